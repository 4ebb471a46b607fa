//! Where a ledger's bytes lie: the file layer under the log.
//!
//! A [`Store`] is a small folder tree with the operations that the log needs and no others. It knows
//! nothing of entries. Everything above reads and writes through it, so that a test can make any
//! write, sync or rename fail, or lose what was not synced.

use std::fmt;
use std::io;

mod folder;
mod memory;

pub use folder::FolderStore;
pub use memory::{Crash, MemoryStore};

/// What stands under a name in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// Anything else: a symbolic link, a pipe, a device. Never followed.
    Other,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The name, without its folder. Names that are not UTF-8 are given lossily.
    pub name: String,
    /// What it is.
    pub kind: FoundKind,
}

/// An open file for reading. Its bytes may grow while it is open.
pub trait Blob: Send + Sync {
    /// Its length in bytes now.
    ///
    /// # Errors
    /// As the storage says.
    fn len(&self) -> io::Result<u64>;

    /// Whether it has no bytes now.
    ///
    /// # Errors
    /// As the storage says.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads at `offset` as many bytes as there are, at most `buf.len()`; 0 at the end.
    ///
    /// # Errors
    /// As the storage says.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Reads until `buf` is full or the file ends; returns how many bytes were read.
    ///
    /// # Errors
    /// As the storage says.
    fn read_full_at(&self, mut offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            match self.read_at(offset, &mut buf[done..]) {
                Ok(0) => break,
                Ok(n) => {
                    done += n;
                    offset += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

/// Held as long as its owner is the one writer.
pub trait WriterLock: Send + Sync + fmt::Debug {}

/// A ledger's folder. Paths are relative, joined by `/`, and made by this crate alone.
///
/// Durability: bytes written are durable after [`sync`](Store::sync) of their file; a name made,
/// renamed or removed is durable after [`sync_folder`](Store::sync_folder) of its folder. Nothing
/// else is promised, in any order. Concurrency: any number of readers beside one writer.
pub trait Store: Send + Sync + fmt::Debug {
    /// The names in a folder, sorted; none if the folder does not exist. `""` is the ledger itself.
    ///
    /// # Errors
    /// As the storage says.
    fn list(&self, folder: &str) -> io::Result<Vec<Found>>;

    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// `NotFound` if nothing has that name, `InvalidInput` if it is not a regular file.
    fn open(&self, path: &str) -> io::Result<Box<dyn Blob>>;

    /// Writes bytes at the end of a file, making it if it does not exist. `at` is where the end
    /// must be.
    ///
    /// # Errors
    /// `InvalidInput` if the file ends elsewhere, or is not a regular file: nothing is written then. Otherwise as
    /// the storage says; part of the bytes may have been written.
    fn append(&self, path: &str, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes a file's bytes durable.
    ///
    /// # Errors
    /// As the storage says; what is durable is then unknown.
    fn sync(&self, path: &str) -> io::Result<()>;

    /// Cuts a file to `length` bytes.
    ///
    /// # Errors
    /// As the storage says.
    fn truncate(&self, path: &str, length: u64) -> io::Result<()>;

    /// Makes a folder, with those above it, if it does not exist.
    ///
    /// # Errors
    /// As the storage says.
    fn make_folder(&self, folder: &str) -> io::Result<()>;

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// As the storage says.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;

    /// Gives a file another name, replacing what had it.
    ///
    /// # Errors
    /// As the storage says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file; one that does not exist is no error.
    ///
    /// # Errors
    /// As the storage says.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Takes the right to write to a file away from everybody (mode 0444), where there are modes.
    ///
    /// # Errors
    /// As the storage says.
    fn make_read_only(&self, path: &str) -> io::Result<()>;

    /// Becomes the one writer; `None` if somebody else is. The lock lasts as long as the value.
    ///
    /// # Errors
    /// As the storage says.
    fn lock(&self) -> io::Result<Option<Box<dyn WriterLock>>>;

    /// Whether somebody is writing now. Changes nothing.
    ///
    /// # Errors
    /// As the storage says.
    fn is_locked(&self) -> io::Result<bool>;
}

/// The error of an append to a file that does not end where it should.
fn other_end(end: u64, expected: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("the file ends at {end}, expected {expected}: something else has written to it"),
    )
}

/// Reads a whole file of at most `most` bytes; `None` if it does not exist.
///
/// # Errors
/// As the storage says; `InvalidData` if it is longer.
pub fn read_small(store: &dyn Store, path: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
    let blob = match store.open(path) {
        Ok(blob) => blob,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = blob.len()?;
    if length > most {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{length} bytes, at most {most} are expected"),
        ));
    }
    // `most` bounds the length, and with it the memory.
    let mut bytes = vec![0; length as usize];
    let read = blob.read_full_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(Some(bytes))
}

/// Replaces a file as a whole: after a crash it is the old one or the new one. Durable on return if
/// `durable`; a derived file needs no more than the atomic change of name.
///
/// # Errors
/// As the storage says; the old file is then still there.
pub fn replace(store: &dyn Store, path: &str, bytes: &[u8], durable: bool) -> io::Result<()> {
    let incoming = format!("{path}.incoming");
    store.remove(&incoming)?;
    store.append(&incoming, 0, bytes)?;
    if durable {
        store.sync(&incoming)?;
    }
    store.rename(&incoming, path)?;
    if durable {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        store.sync_folder(folder)?;
    }
    Ok(())
}
