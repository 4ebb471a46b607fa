//! A store in memory that fails when it is told to, together with the signer's memory.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use seaproof_ledger::ids::{AuthorKey, LedgerId};
use seaproof_ledger::memory::{MemoryLock, Remembered, SignerMemory, VolatileMemory};
use seaproof_ledger::store::{Blob, Found, MemoryStore, Store, WriterLock};

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done.
    Error,
    /// Half of the bytes are written; anything but an append is not done.
    Short,
    /// It is done, and an error is given all the same.
    Late,
}

/// Which operations fail. They are counted from 0, those that change something and those that read
/// apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// None.
    Never,
    /// One change.
    Once(usize, Fault),
    /// One change, and every one after it.
    From(usize, Fault),
    /// Appends write half of their bytes from this change on: the disk is full.
    Full(usize),
    /// One reading operation.
    ReadOnce(usize),
    /// Files under this folder cannot be removed: they are somebody else's.
    Kept(&'static str),
    /// Every reading operation from this one on.
    ReadFrom(usize),
}

/// Wraps a [`MemoryStore`] and a [`VolatileMemory`].
#[derive(Debug)]
pub struct Faulty {
    pub store: MemoryStore,
    pub memory: VolatileMemory,
    counted: Arc<Counted>,
}

#[derive(Debug)]
struct Counted {
    plan: Plan,
    changes: AtomicUsize,
    reads: AtomicUsize,
}

fn injected() -> io::Error {
    io::Error::other("an injected fault")
}

impl Faulty {
    pub fn new(store: MemoryStore, memory: VolatileMemory, plan: Plan) -> Self {
        Self {
            store,
            memory,
            counted: Arc::new(Counted {
                plan,
                changes: AtomicUsize::new(0),
                reads: AtomicUsize::new(0),
            }),
        }
    }

    /// How many changes were asked for.
    pub fn changes(&self) -> usize {
        self.counted.changes.load(Ordering::SeqCst)
    }

    /// How many reading operations were asked for.
    pub fn reads(&self) -> usize {
        self.counted.reads.load(Ordering::SeqCst)
    }

    fn fault(&self) -> Option<Fault> {
        let at = self.counted.changes.fetch_add(1, Ordering::SeqCst);
        match self.counted.plan {
            Plan::Once(k, fault) | Plan::From(k, fault) if at == k => Some(fault),
            Plan::From(k, _) if at > k => Some(Fault::Error),
            _ => None,
        }
    }

    /// A change that is made as a whole or not at all.
    fn change(&self, run: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match self.fault() {
            None => run(),
            Some(Fault::Late) => run().and(Err(injected())),
            Some(Fault::Error | Fault::Short) => Err(injected()),
        }
    }
}

impl Counted {
    fn read<T>(&self, run: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let at = self.reads.fetch_add(1, Ordering::SeqCst);
        match self.plan {
            Plan::ReadOnce(k) if at == k => Err(injected()),
            Plan::ReadFrom(k) if at >= k => Err(injected()),
            _ => run(),
        }
    }
}

struct FaultyBlob {
    blob: Box<dyn Blob>,
    counted: Arc<Counted>,
}

impl Blob for FaultyBlob {
    fn len(&self) -> io::Result<u64> {
        self.counted.read(|| self.blob.len())
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.counted.read(|| self.blob.read_at(offset, buf))
    }
}

impl Store for Faulty {
    fn list(&self, folder: &str) -> io::Result<Vec<Found>> {
        self.counted.read(|| self.store.list(folder))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Blob>> {
        let blob = self.counted.read(|| self.store.open(path))?;
        Ok(Box::new(FaultyBlob {
            blob,
            counted: Arc::clone(&self.counted),
        }))
    }

    fn append(&self, path: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        let fault = self.fault();
        if let Plan::Full(k) = self.counted.plan
            && self.changes() > k
        {
            self.store.append(path, at, &bytes[..bytes.len() / 2])?;
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        let written = match fault {
            None => return self.store.append(path, at, bytes),
            Some(Fault::Error) => 0,
            Some(Fault::Short) => bytes.len() / 2,
            Some(Fault::Late) => bytes.len(),
        };
        if written > 0 {
            self.store.append(path, at, &bytes[..written])?;
        }
        Err(injected())
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        self.change(|| self.store.sync(path))
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        self.change(|| self.store.truncate(path, length))
    }

    fn make_folder(&self, folder: &str) -> io::Result<()> {
        self.change(|| self.store.make_folder(folder))
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        self.change(|| self.store.sync_folder(folder))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change(|| self.store.rename(from, to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        match self.counted.plan {
            Plan::Kept(folder) if path.starts_with(folder) => {
                Err(io::ErrorKind::PermissionDenied.into())
            }
            _ => self.change(|| self.store.remove(path)),
        }
    }

    fn make_read_only(&self, path: &str) -> io::Result<()> {
        self.change(|| self.store.make_read_only(path))
    }

    fn lock(&self) -> io::Result<Option<Box<dyn WriterLock>>> {
        self.store.lock()
    }

    fn is_locked(&self) -> io::Result<bool> {
        self.store.is_locked()
    }
}

impl SignerMemory for Faulty {
    fn hold(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Box<dyn MemoryLock>>> {
        self.memory.hold(ledger, key)
    }

    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>> {
        self.counted.read(|| self.memory.recall(ledger, key))
    }

    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()> {
        self.change(|| self.memory.remember(ledger, key, what))
    }
}
