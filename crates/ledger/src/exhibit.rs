//! Exhibits: original files, taken in while they are hashed, and never changed again
//! (FORMAT.md §13).

use std::io::{self, Read};

use sha2::{Digest, Sha256};

use crate::ids::{ExhibitHash, ExhibitRef, to_hex};
use crate::store::{Blob, FoundKind, Store};

/// Begins the name of an exhibit that is being written.
pub const INCOMING: &str = ".incoming-";

/// The path of an exhibit.
pub fn exhibit_path(hash: &ExhibitHash) -> String {
    let name = hash.to_string();
    format!("exhibits/{}/{name}", &name[..2])
}

/// Bytes that are read at a time: enough to be fast, few enough to stay in a core's cache.
const BLOCK: usize = 128 << 10;

/// Why a file did not become an exhibit.
#[derive(Debug, thiserror::Error)]
pub enum ExhibitError {
    /// The file could not be read.
    #[error("cannot read the file: {0}")]
    Read(#[source] io::Error),
    /// It had not the length that was expected.
    #[error(
        "the file changed while it was read: {expected} bytes at first, {found} in the end. \
         Wait until nothing writes to it, or copy it, and try again"
    )]
    Changed {
        /// Length when it was opened.
        expected: u64,
        /// Bytes read, at most one more than expected.
        found: u64,
    },
    /// The ledger's folder could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// What was written.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(String),
}

/// What came of a file that was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The exhibit.
    pub exhibit: ExhibitRef,
    /// Whether nothing stood under its digest before. What did may be of an entry that does not say so to this
    /// reader, and is not to be taken back.
    pub new: bool,
}

/// Streams `reader` into the store's exhibits while hashing it; durable on return. Memory does not
/// depend on the length. `expected` is the file's length as it was opened; reading stops one byte behind it.
/// `progress` is called with the bytes read so far.
///
/// # Errors
/// See [`ExhibitError`]; nothing is left behind but, at worst, a file named `.incoming-…`.
pub fn take_in(
    store: &dyn Store,
    reader: &mut dyn Read,
    expected: Option<u64>,
    progress: &mut dyn FnMut(u64),
) -> Result<ExhibitRef, ExhibitError> {
    take_in_or_again(store, reader, expected, progress).map(|taken| taken.exhibit)
}

/// The same as [`take_in`], and says whether the exhibit is new there.
///
/// # Errors
/// See [`take_in`].
pub fn take_in_or_again(
    store: &dyn Store,
    reader: &mut dyn Read,
    expected: Option<u64>,
    progress: &mut dyn FnMut(u64),
) -> Result<Taken, ExhibitError> {
    let mut unique = [0; 8];
    getrandom::fill(&mut unique).map_err(|e| ExhibitError::Random(e.to_string()))?;
    let incoming = format!("exhibits/{INCOMING}{}", to_hex(&unique));
    let outcome = write_incoming(store, &incoming, reader, expected, progress)
        .and_then(|exhibit| keep(store, &incoming, exhibit).map(|new| Taken { exhibit, new }));
    if outcome.is_err() {
        // The next writer removes it if this fails.
        let _ = store.remove(&incoming);
    }
    outcome
}

fn writing(path: &str) -> impl FnOnce(io::Error) -> ExhibitError {
    let path = path.to_owned();
    move |source| ExhibitError::Write { path, source }
}

fn write_incoming(
    store: &dyn Store,
    incoming: &str,
    reader: &mut dyn Read,
    expected: Option<u64>,
    progress: &mut dyn FnMut(u64),
) -> Result<ExhibitRef, ExhibitError> {
    store.make_folder("exhibits").map_err(writing("exhibits"))?;
    store.append(incoming, 0, &[]).map_err(writing(incoming))?;
    let mut hash = Sha256::new();
    let mut length = 0;
    let mut block = vec![0; BLOCK];
    let mut reader = reader.take(expected.map_or(u64::MAX, |e| e.saturating_add(1)));
    loop {
        let read = match reader.read(&mut block) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ExhibitError::Read(error)),
        };
        hash.update(&block[..read]);
        store
            .append(incoming, length, &block[..read])
            .map_err(writing(incoming))?;
        length += read as u64;
        progress(length);
    }
    if let Some(expected) = expected
        && expected != length
    {
        return Err(ExhibitError::Changed {
            expected,
            found: length,
        });
    }
    Ok(ExhibitRef {
        hash: ExhibitHash(hash.finalize().into()),
        length,
    })
}

/// Returns whether nothing stood there before.
fn keep(store: &dyn Store, incoming: &str, exhibit: ExhibitRef) -> Result<bool, ExhibitError> {
    let path = exhibit_path(&exhibit.hash);
    let folder = &path[..path.len() - 65];
    let before = store.open(&path).map(drop);
    let new = before.is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    // What is there under this name may be damaged; the bytes just read are right.
    store.sync(incoming).map_err(writing(incoming))?;
    store.make_read_only(incoming).map_err(writing(incoming))?;
    store.make_folder(folder).map_err(writing(folder))?;
    store.rename(incoming, &path).map_err(writing(&path))?;
    store.sync_folder(folder).map_err(writing(folder))?;
    store.sync_folder("exhibits").map_err(writing("exhibits"))?;
    Ok(new)
}

/// Why a copy of an exhibit could not be given out.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The exhibit could not be read.
    #[error("the exhibit cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The copy could not be written.
    #[error("the copy cannot be written: {0}")]
    Write(#[source] io::Error),
    /// Its bytes are not those that were taken in.
    #[error("the exhibit is damaged: it should be {expected}, and its bytes give {found}")]
    Damaged {
        /// The digest that it is named by.
        expected: ExhibitHash,
        /// The digest of its bytes.
        found: ExhibitHash,
    },
}

/// Copies a stored exhibit while hashing it; returns how many bytes. What was written is only to be
/// believed if this succeeds. Memory does not depend on the length.
///
/// # Errors
/// See [`CopyError`].
pub fn copy_out(
    store: &dyn Store,
    hash: &ExhibitHash,
    to: &mut dyn io::Write,
) -> Result<u64, CopyError> {
    let blob = store.open(&exhibit_path(hash)).map_err(CopyError::Read)?;
    let mut digest = Sha256::new();
    let mut length = 0;
    let mut block = vec![0; BLOCK];
    loop {
        let read = blob
            .read_full_at(length, &mut block)
            .map_err(CopyError::Read)?;
        digest.update(&block[..read]);
        to.write_all(&block[..read]).map_err(CopyError::Write)?;
        length += read as u64;
        if read < block.len() {
            break;
        }
    }
    let found = ExhibitHash(digest.finalize().into());
    match found == *hash {
        true => Ok(length),
        false => Err(CopyError::Damaged {
            expected: *hash,
            found,
        }),
    }
}

/// Hashes a stored exhibit; returns its hash and length.
///
/// # Errors
/// As the storage says.
pub fn hash_blob(blob: &dyn Blob) -> io::Result<ExhibitRef> {
    let mut hash = Sha256::new();
    let mut length = 0;
    let mut block = vec![0; BLOCK];
    loop {
        let read = blob.read_full_at(length, &mut block)?;
        hash.update(&block[..read]);
        length += read as u64;
        if read < block.len() {
            break;
        }
    }
    Ok(ExhibitRef {
        hash: ExhibitHash(hash.finalize().into()),
        length,
    })
}

/// Removes what a writer that died left among the exhibits.
pub(crate) fn clear_incoming(store: &dyn Store) -> io::Result<()> {
    for found in store.list("exhibits")? {
        if found.kind == FoundKind::File && found.name.starts_with(INCOMING) {
            store.remove(&format!("exhibits/{}", found.name))?;
        }
    }
    Ok(())
}
