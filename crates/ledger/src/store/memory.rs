//! A store in memory, which also shows what a crash may leave: it keeps apart what was written and
//! what was synced.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Blob, Found, FoundKind, Store, WriterLock, other_end};

/// A ledger's folder in memory. Clones share the same bytes.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    disk: Arc<Mutex<Disk>>,
    locked: Arc<AtomicBool>,
}

#[derive(Debug, Default, Clone)]
struct Disk {
    /// Every file ever made, by number; names come and go.
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
}

#[derive(Debug, Default, Clone)]
struct File {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    /// Up to here `bytes` and `durable` are the same.
    same: usize,
}

/// What a crash does with bytes and names that were not synced. Drawn from a seed, so that a failing
/// test can be run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Everything written has reached the disk, synced or not (a killed process).
    KeepAll,
    /// Nothing has that was not synced.
    LoseUnsynced,
    /// Each unsynced name, and each 512-byte block of unsynced bytes, may or may not have; a block
    /// that has not reads as zeros.
    Mixture(
        /// The seed.
        u64,
    ),
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        match self.disk.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    /// A copy that shares nothing with this one and is not locked.
    pub fn duplicate(&self) -> Self {
        Self {
            disk: Arc::new(Mutex::new(self.disk().clone())),
            locked: Arc::default(),
        }
    }

    /// The paths of all files.
    pub fn paths(&self) -> Vec<String> {
        self.disk().names.keys().cloned().collect()
    }

    /// A file's bytes.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        let disk = self.disk();
        let file = *disk.names.get(path)?;
        Some(disk.files[file].bytes.clone())
    }

    /// Puts a file there with these bytes, durably, whatever was there before.
    pub fn put(&self, path: &str, bytes: Vec<u8>) {
        let mut disk = self.disk();
        let number = disk.files.len();
        disk.files.push(File {
            same: bytes.len(),
            durable: bytes.clone(),
            bytes,
        });
        disk.names.insert(path.to_owned(), number);
        disk.durable_names.insert(path.to_owned(), number);
    }

    /// The store as it may be found after a crash at this moment.
    pub fn after(&self, crash: Crash) -> Self {
        let old = self.disk().clone();
        let mut random = match crash {
            Crash::Mixture(seed) => SplitMix(seed),
            _ => SplitMix(0),
        };
        let names: BTreeMap<String, usize> = match crash {
            Crash::KeepAll => old.names.clone(),
            Crash::LoseUnsynced => old.durable_names.clone(),
            Crash::Mixture(_) => {
                let mut names = old.durable_names.clone();
                let all: BTreeSet<&String> =
                    old.names.keys().chain(old.durable_names.keys()).collect();
                for name in all {
                    if old.names.get(name) != old.durable_names.get(name) && random.coin() {
                        match old.names.get(name) {
                            Some(file) => names.insert(name.clone(), *file),
                            None => names.remove(name),
                        };
                    }
                }
                names
            }
        };
        let store = Self::new();
        {
            let mut disk = store.disk();
            disk.folders = old.folders.clone();
        }
        for (name, number) in names {
            let file = &old.files[number];
            let bytes = match crash {
                Crash::KeepAll => file.bytes.clone(),
                Crash::LoseUnsynced => file.durable.clone(),
                Crash::Mixture(_) => mix(file, &mut random),
            };
            store.put(&name, bytes);
        }
        store
    }
}

/// What may be on the disk of a file whose last bytes were not synced.
fn mix(file: &File, random: &mut SplitMix) -> Vec<u8> {
    if file.bytes == file.durable {
        return file.durable.clone();
    }
    if random.coin() && file.bytes.len() < file.durable.len() {
        return file.durable.clone();
    }
    let mut bytes = file.durable.clone();
    let reached = file.same as u64 + random.below((file.bytes.len() - file.same) as u64 + 1);
    let reached = reached as usize;
    bytes.resize(reached.max(file.same), 0);
    let mut at = file.same.min(bytes.len());
    while at < bytes.len() {
        let end = (at / 512 * 512 + 512).min(bytes.len());
        if random.coin() {
            bytes[at..end].copy_from_slice(&file.bytes[at..end]);
        } else if end <= file.durable.len() {
            bytes[at..end].copy_from_slice(&file.durable[at..end]);
        } else {
            bytes[at..end].fill(0);
        }
        at = end;
    }
    bytes
}

/// A small repeatable random sequence (SplitMix64).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
}

struct MemoryBlob {
    store: MemoryStore,
    file: usize,
}

impl Blob for MemoryBlob {
    fn len(&self) -> io::Result<u64> {
        Ok(self.store.disk().files[self.file].bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let disk = self.store.disk();
        let bytes = &disk.files[self.file].bytes;
        let Some(rest) = usize::try_from(offset).ok().and_then(|o| bytes.get(o..)) else {
            return Ok(0);
        };
        let n = rest.len().min(buf.len());
        buf[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

#[derive(Debug)]
struct MemoryLock(Arc<AtomicBool>);

impl WriterLock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

fn not_found() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such file")
}

impl Disk {
    fn number(&self, path: &str) -> io::Result<usize> {
        match self.names.get(path) {
            Some(number) => Ok(*number),
            None if self.folders.contains(path) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            )),
            None => Err(not_found()),
        }
    }
}

impl Store for MemoryStore {
    fn list(&self, folder: &str) -> io::Result<Vec<Found>> {
        let disk = self.disk();
        let prefix = match folder {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let mut found: BTreeMap<String, FoundKind> = BTreeMap::new();
        for path in disk.names.keys() {
            if let Some(rest) = path.strip_prefix(&prefix) {
                match rest.split_once('/') {
                    Some((name, _)) => found.insert(name.to_owned(), FoundKind::Folder),
                    None => found.insert(rest.to_owned(), FoundKind::File),
                };
            }
        }
        for path in &disk.folders {
            if let Some(rest) = path.strip_prefix(&prefix)
                && !rest.is_empty()
                && !rest.contains('/')
            {
                found.insert(rest.to_owned(), FoundKind::Folder);
            }
        }
        Ok(found
            .into_iter()
            .map(|(name, kind)| Found { name, kind })
            .collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Blob>> {
        let file = self.disk().number(path)?;
        Ok(Box::new(MemoryBlob {
            store: self.clone(),
            file,
        }))
    }

    fn append(&self, path: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let number = match disk.number(path) {
            Ok(number) => number,
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) if at != 0 => return Err(error),
            Err(_) => {
                let number = disk.files.len();
                disk.files.push(File::default());
                disk.names.insert(path.to_owned(), number);
                number
            }
        };
        let file = &mut disk.files[number];
        if file.bytes.len() as u64 != at {
            return Err(other_end(file.bytes.len() as u64, at));
        }
        file.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let mut disk = self.disk();
        let number = disk.number(path)?;
        let file = &mut disk.files[number];
        file.durable.truncate(file.same);
        file.durable.extend_from_slice(&file.bytes[file.same..]);
        file.same = file.bytes.len();
        Ok(())
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        let mut disk = self.disk();
        let number = disk.number(path)?;
        let file = &mut disk.files[number];
        let length = usize::try_from(length).map_err(io::Error::other)?;
        file.bytes.resize(length, 0);
        file.same = file.same.min(length);
        Ok(())
    }

    fn make_folder(&self, folder: &str) -> io::Result<()> {
        let mut disk = self.disk();
        for (at, _) in folder.match_indices('/') {
            disk.folders.insert(folder[..at].to_owned());
        }
        disk.folders.insert(folder.to_owned());
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        let mut disk = self.disk();
        let inside = |path: &str| path.rsplit_once('/').map_or("", |(f, _)| f) == folder;
        let Disk {
            names,
            durable_names,
            ..
        } = &mut *disk;
        durable_names.retain(|path, _| !inside(path));
        for (path, number) in names.iter().filter(|(path, _)| inside(path)) {
            durable_names.insert(path.clone(), *number);
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.disk();
        let number = disk.names.remove(from).ok_or_else(not_found)?;
        disk.names.insert(to.to_owned(), number);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.disk().names.remove(path);
        Ok(())
    }

    fn make_read_only(&self, path: &str) -> io::Result<()> {
        self.disk().number(path).map(|_| ())
    }

    fn lock(&self) -> io::Result<Option<Box<dyn WriterLock>>> {
        if self.locked.swap(true, Ordering::SeqCst) {
            return Ok(None);
        }
        Ok(Some(Box::new(MemoryLock(Arc::clone(&self.locked)))))
    }

    fn is_locked(&self) -> io::Result<bool> {
        Ok(self.locked.load(Ordering::SeqCst))
    }
}
