//! What a signer remembers outside the ledger (FORMAT.md §15), so that an honest author with a
//! restored backup is stopped instead of producing evidence against themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use crate::ids::{AuthorKey, EntryId, LedgerId, Seq, TreeHash, TreeSize};
use crate::statement::Head;

/// The most bytes of a memory file.
pub const MEMORY_MAX: u64 = 2 * SLOT as u64;
/// The bytes of one of the two slots of a memory file.
const SLOT: usize = 512;

/// A key's last acknowledged entry in a ledger, and a durable head that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Its seq.
    pub seq: Seq,
    /// Its id.
    pub entry: EntryId,
    /// The head.
    pub head: Head,
}

/// Held while a key signs in a ledger: nobody else who has this memory signs with it meanwhile. Ends when it
/// is dropped, and with its process.
pub trait MemoryLock: Send {}

/// Where a signer's memory is kept. Being behind is safe, being ahead is not: it is written after
/// the log is durable and before an entry is acknowledged.
pub trait SignerMemory: Send + Sync {
    /// Makes recalling, signing and remembering one step for this key in this ledger, also where another
    /// process has another copy of the ledger. `None`: somebody else is at it.
    ///
    /// # Errors
    /// As the storage says.
    fn hold(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Box<dyn MemoryLock>>>;

    /// What is remembered of this key in this ledger.
    ///
    /// # Errors
    /// Unreadable, or not a memory file of this key and ledger (`InvalidData`).
    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>>;

    /// Replaces what is remembered.
    ///
    /// # Errors
    /// As the storage says.
    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()>;
}

/// The text of one slot, without its padding.
pub fn encode(ledger: LedgerId, key: AuthorKey, what: &Remembered) -> String {
    let lines = format!(
        "seaproof signer memory 1\nledger {ledger}\nkey {key}\nseq {}\nentry {}\nsize {}\nroot {}\n",
        what.seq, what.entry, what.head.size, what.head.root
    );
    let check = TreeHash(Sha256::digest(&lines).into());
    format!("{lines}check {check}\n")
}

/// Reads the text of one slot; `None` if it is not exactly that of this ledger and key.
pub fn decode(ledger: LedgerId, key: AuthorKey, text: &str) -> Option<Remembered> {
    let mut lines = text.split('\n');
    let mut field = |name: &str| {
        let line = lines.next()?;
        line.strip_prefix(name)?.strip_prefix(' ')
    };
    field("seaproof signer memory").filter(|v| *v == "1")?;
    field("ledger")?;
    field("key")?;
    let what = Remembered {
        seq: Seq(field("seq")?.parse().ok()?),
        entry: field("entry")?.parse().ok()?,
        head: Head {
            size: TreeSize(field("size")?.parse().ok()?),
            root: field("root")?.parse().ok()?,
        },
    };
    // One text for one value: whatever differs anywhere, check line and all, is refused.
    (encode(ledger, key, &what) == text).then_some(what)
}

fn file_name(ledger: LedgerId, key: AuthorKey) -> String {
    format!("{ledger}-{key}")
}

/// Reads a memory file: the newest of its sound slots.
pub fn decode_file(ledger: LedgerId, key: AuthorKey, bytes: &[u8]) -> Option<Remembered> {
    slots(ledger, key, bytes)
        .into_iter()
        .flatten()
        .max_by_key(|r| (r.seq, r.head.size))
}

fn slots(ledger: LedgerId, key: AuthorKey, bytes: &[u8]) -> [Option<Remembered>; 2] {
    let slot = |i: usize| {
        let slot = bytes.get(i * SLOT..)?;
        let text = std::str::from_utf8(slot.get(..SLOT).unwrap_or(slot)).ok()?;
        decode(ledger, key, &format!("{}\n", text.trim_end_matches('\n')))
    };
    [slot(0), slot(1)]
}

/// A memory file that is written to.
#[derive(Debug)]
struct OpenFile {
    file: File,
    /// The slot that is written next.
    slot: usize,
    /// Whether the file was made by this process.
    fresh: bool,
}

/// Memory in a folder of the signer's own.
#[derive(Debug)]
pub struct FolderMemory {
    folder: PathBuf,
    /// Files that this process writes to.
    open: Mutex<BTreeMap<(LedgerId, AuthorKey), OpenFile>>,
}

impl FolderMemory {
    /// Memory in this folder, which is made when first written to.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            open: Mutex::default(),
        }
    }

    fn path(&self, ledger: LedgerId, key: AuthorKey) -> PathBuf {
        self.folder.join(file_name(ledger, key))
    }

    /// Opens the file for writing, and finds the slot that does not hold the newest memory.
    fn open(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<OpenFile> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(ledger, key);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            other => other?,
        };
        let newest = slots(ledger, key, &bytes).map(|slot| slot.map(|r| (r.seq, r.head.size)));
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(OpenFile {
            file,
            slot: usize::from(newest[0] > newest[1]),
            fresh: bytes.is_empty(),
        })
    }
}

/// A file that is locked as long as it is open.
#[derive(Debug)]
struct LockFile(#[allow(dead_code, reason = "held, not read")] File);

impl MemoryLock for LockFile {}

impl SignerMemory for FolderMemory {
    fn hold(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Box<dyn MemoryLock>>> {
        fs::create_dir_all(&self.folder)?;
        // Beside the memory, which others read meanwhile. It stays: removing it would let two hold it.
        let name = format!("{}.lock", file_name(ledger, key));
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.folder.join(name))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(LockFile(file)))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>> {
        let path = self.path(ledger, key);
        let bytes = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            // Made and never written: a signer that died before its first acknowledgement.
            Ok(found) if found.is_file() && found.len() == 0 => return Ok(None),
            Ok(found) if !found.is_file() || found.len() > MEMORY_MAX => Vec::new(),
            Ok(_) => fs::read(&path)?,
        };
        // Written and never reached the disk before a power cut.
        if bytes.iter().all(|byte| *byte == 0) && !bytes.is_empty() {
            return Ok(None);
        }
        decode_file(ledger, key, &bytes).map(Some).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "{} is damaged. Compare the ledger with a checkpoint you kept \
                     (`seaproof verify --pin`); if it agrees, delete this file",
                    path.display()
                ),
            )
        })
    }

    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()> {
        let mut open = locked(&self.open);
        let entry = match open.entry((ledger, key)) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(self.open(ledger, key)?)
            }
        };
        let OpenFile { file, slot, fresh } = entry;
        let mut text = encode(ledger, key, what).into_bytes();
        text.resize(SLOT, b'\n');
        // In place and not synced: changing names would put a second file into every sync of the log.
        // After a power cut one slot may be torn; the other is older, which is safe.
        file.seek(SeekFrom::Start((*slot * SLOT) as u64))?;
        file.write_all(&text)?;
        if *fresh {
            file.sync_all()?;
            // The new name must last too.
            #[cfg(unix)]
            File::open(&self.folder)?.sync_all()?;
            *fresh = false;
        }
        *slot = 1 - *slot;
        Ok(())
    }
}

/// Memory that lasts as long as the value.
#[derive(Debug, Default)]
pub struct VolatileMemory {
    known: Mutex<BTreeMap<(LedgerId, AuthorKey), Remembered>>,
    held: Arc<Mutex<BTreeSet<(LedgerId, AuthorKey)>>>,
}

/// A key that is held in this process.
struct VolatileLock {
    held: Arc<Mutex<BTreeSet<(LedgerId, AuthorKey)>>>,
    which: (LedgerId, AuthorKey),
}

impl MemoryLock for VolatileLock {}

impl Drop for VolatileLock {
    fn drop(&mut self) {
        locked(&self.held).remove(&self.which);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    match mutex.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    }
}

impl VolatileMemory {
    /// Nothing remembered yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<(LedgerId, AuthorKey), Remembered>> {
        locked(&self.known)
    }
}

impl SignerMemory for VolatileMemory {
    fn hold(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Box<dyn MemoryLock>>> {
        let which = (ledger, key);
        let free = locked(&self.held).insert(which);
        Ok(free.then(|| -> Box<dyn MemoryLock> {
            Box::new(VolatileLock {
                held: Arc::clone(&self.held),
                which,
            })
        }))
    }

    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>> {
        Ok(self.known().get(&(ledger, key)).copied())
    }

    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()> {
        self.known().insert((ledger, key), *what);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(seq: u64) -> Remembered {
        Remembered {
            seq: Seq(seq),
            entry: EntryId([3; 32]),
            head: Head {
                size: TreeSize(seq + 1),
                root: TreeHash([4; 32]),
            },
        }
    }

    #[test]
    fn the_newest_sound_slot_counts() {
        let (ledger, key) = (LedgerId([1; 32]), AuthorKey([2; 32]));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("memory").join(file_name(ledger, key));
        for seq in 0..5 {
            // A new process each time.
            let memory = FolderMemory::new(folder.path().join("memory"));
            memory.remember(ledger, key, &known(seq)).expect("written");
            assert_eq!(memory.recall(ledger, key).ok(), Some(Some(known(seq))));
        }
        let whole = fs::read(&path).expect("the file");
        assert_eq!(whole.len(), 2 * SLOT);
        // One torn slot gives the other's memory; two are damage.
        let mut torn = whole.clone();
        torn[100] ^= 1;
        assert_eq!(decode_file(ledger, key, &torn), Some(known(3)));
        torn[SLOT + 100] ^= 1;
        fs::write(&path, &torn).expect("written");
        let memory = FolderMemory::new(folder.path().join("memory"));
        let error = memory.recall(ledger, key).expect_err("damaged");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn one_at_a_time_holds_a_key_in_a_ledger() {
        let (ledger, key) = (LedgerId([1; 32]), AuthorKey([2; 32]));
        let folder = tempfile::tempdir().expect("a folder");
        let memory = || FolderMemory::new(folder.path().join("memory"));
        let volatile = VolatileMemory::new();
        let kinds: [[&dyn SignerMemory; 2]; 2] = [[&memory(), &memory()], [&volatile, &volatile]];
        for [one, other] in kinds {
            let held = one.hold(ledger, key).expect("a lock");
            assert!(held.is_some());
            assert!(other.hold(ledger, key).expect("a lock").is_none());
            let elsewhere = [(LedgerId([9; 32]), key), (ledger, AuthorKey([9; 32]))];
            for (ledger, key) in elsewhere {
                assert!(other.hold(ledger, key).expect("a lock").is_some());
            }
            drop(held);
            assert!(other.hold(ledger, key).expect("a lock").is_some());
        }
    }

    #[test]
    fn memory_of_another_ledger_or_key_is_none() {
        let (ledger, key) = (LedgerId([1; 32]), AuthorKey([2; 32]));
        let text = encode(ledger, key, &known(7));
        assert!(text.len() <= SLOT);
        assert_eq!(decode(ledger, key, &text), Some(known(7)));
        assert_eq!(decode(LedgerId([9; 32]), key, &text), None);
        assert_eq!(decode(ledger, AuthorKey([9; 32]), &text), None);
        let largest = Remembered {
            seq: Seq(u64::MAX),
            head: Head {
                size: TreeSize(u64::MAX),
                root: TreeHash([4; 32]),
            },
            ..known(0)
        };
        assert!(encode(ledger, key, &largest).len() <= SLOT);
    }
}
