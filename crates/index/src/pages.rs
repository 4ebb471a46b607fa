//! sled, kept at arm's length: it may panic, lose what was written or be locked, and none of that may be seen.
//!
//! What is read from it is checked against digests that stand elsewhere. It is opened and closed within
//! `catch_unwind`, and what a panic would print is not printed.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::run::{Blocks, Check, Unsound, check, first_key};

/// Memory that sled may use for pages it has read. Small: blocks are read in passing.
const CACHE_BYTES: u64 = 16 << 20;

/// How many are inside of [`quietly`].
static QUIET: AtomicUsize = AtomicUsize::new(0);
static HOOK: Once = Once::new();

/// Runs something that may panic; `None` if it did. What another thread panics with meanwhile is not printed
/// either: sled's own threads are among those.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if QUIET.load(Ordering::Relaxed) == 0 {
                before(info);
            }
        }));
    });
    QUIET.fetch_add(1, Ordering::Relaxed);
    let done = catch_unwind(AssertUnwindSafe(work));
    QUIET.fetch_sub(1, Ordering::Relaxed);
    done.ok()
}

/// Why there are no pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPages {
    /// Another process has them, or they cannot be written here.
    Unavailable,
    /// They are damaged.
    Damaged,
}

/// The open pages.
pub(crate) struct Pages {
    /// Taken out only to be closed.
    db: Option<sled::Db>,
    path: PathBuf,
}

impl Pages {
    pub fn open(path: &Path) -> Result<Self, NoPages> {
        let config = sled::Config::new()
            .path(path)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(None);
        match quietly(|| config.open()) {
            Some(Ok(db)) => Ok(Self {
                db: Some(db),
                path: path.to_owned(),
            }),
            // So it tells of a lock and of a folder that cannot be written; a file that is too short is another matter.
            Some(Err(sled::Error::Io(error)))
                if !matches!(
                    error.kind(),
                    ErrorKind::UnexpectedEof | ErrorKind::InvalidData
                ) =>
            {
                Err(NoPages::Unavailable)
            }
            Some(Err(_)) | None => Err(NoPages::Damaged),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, Unsound> {
        let db = self.db.as_ref().ok_or(Unsound)?;
        quietly(|| work(db)).and_then(Result::ok).ok_or(Unsound)
    }

    pub fn insert(&self, key: [u8; 8], block: &[u8]) -> Result<(), Unsound> {
        self.with(|db| db.insert(key, block).map(|_| ()))
    }

    pub fn remove(&self, keys: impl Iterator<Item = [u8; 8]>) -> Result<(), Unsound> {
        for key in keys {
            self.with(|db| db.remove(key).map(|_| ()))?;
        }
        Ok(())
    }

    /// Removes the blocks of this run and of all that were begun after it.
    pub fn remove_from(&self, run: u32) -> Result<(), Unsound> {
        let keys: Vec<sled::IVec> = self.with(|db| db.range(first_key(run)..).keys().collect())?;
        for key in keys {
            self.with(|db| db.remove(key).map(|_| ()))?;
        }
        Ok(())
    }

    /// Hands everything to the operating system. No more is needed: what is lost in a crash is noticed.
    pub fn flush(&self) -> Result<(), Unsound> {
        self.with(|db| db.flush().map(|_| ()))
    }
}

impl Blocks for Pages {
    fn block(&self, key: &[u8; 8], expected: &Check) -> Result<Vec<u8>, Unsound> {
        let block = self.with(|db| db.get(key))?.ok_or(Unsound)?;
        match check(&block) == *expected {
            true => Ok(block.to_vec()),
            false => Err(Unsound),
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let db = self.db.take();
        let _ = quietly(|| drop(db));
        make_private(&self.path);
    }
}

/// Takes sled's files away from everybody else.
fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let Ok(found) = std::fs::read_dir(path) else {
            return;
        };
        for file in found.flatten() {
            let mode = match file.file_type() {
                Ok(kind) if kind.is_dir() => 0o700,
                Ok(kind) if kind.is_file() => 0o600,
                _ => continue,
            };
            // The folder above lets nobody else in anyway.
            let _ = std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode));
        }
    }
}
