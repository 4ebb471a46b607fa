//! Anchors: what others said of this ledger's heads, kept beside the log in `anchors/` (FORMAT.md §22).
//!
//! A *note* is a checkpoint with cosignatures; a *token* is a timestamp over a checkpoint's text. The name of a
//! file states the size of the head and the SHA-256 of the file's bytes. Nothing here judges what is in it.

use std::fmt;
use std::io;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::exhibit::INCOMING;
use crate::ids::{TreeSize, from_hex, to_hex};
use crate::store::{FoundKind, Store, read_small};

/// The folder's name in a ledger.
pub const FOLDER: &str = "anchors";
/// The longest anchor, in bytes.
pub const ANCHOR_MAX: u64 = 65_536;

/// What an anchor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnchorKind {
    /// A checkpoint note with any number of signature lines: `.note`.
    Note,
    /// An RFC 3161 token over a checkpoint's text: `.tsr`.
    Token,
}

impl AnchorKind {
    /// What its file's name ends with, behind the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Token => "tsr",
        }
    }
}

/// The name of an anchor: `<size>-<sha256>.note` or `.tsr`. Ordered by size first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnchorName {
    /// The size of the head that it is about.
    pub size: TreeSize,
    /// SHA-256 of the file's bytes.
    pub digest: [u8; 32],
    /// What it is.
    pub kind: AnchorKind,
}

impl AnchorName {
    /// The name for these bytes.
    pub fn of(size: TreeSize, kind: AnchorKind, bytes: &[u8]) -> Self {
        Self {
            size,
            digest: Sha256::digest(bytes).into(),
            kind,
        }
    }

    /// Its path in the ledger.
    pub fn path(&self) -> String {
        format!("{FOLDER}/{self}")
    }
}

impl fmt::Display for AnchorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, digest) = (self.size, to_hex(&self.digest));
        write!(f, "{size}-{digest}.{}", self.kind.extension())
    }
}

/// A file's name that is not an anchor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an anchor: <size>-<sha256 in hexadecimal>.note or .tsr is expected")]
pub struct NotAnAnchor;

impl FromStr for AnchorName {
    type Err = NotAnAnchor;

    /// Reads the one spelling of a name.
    fn from_str(name: &str) -> Result<Self, NotAnAnchor> {
        let parse = || {
            let (stem, extension) = name.split_once('.')?;
            let (size, digest) = stem.split_once('-')?;
            let kind = [AnchorKind::Note, AnchorKind::Token]
                .into_iter()
                .find(|kind| kind.extension() == extension)?;
            let read = Self {
                size: TreeSize(size.parse().ok()?),
                digest: from_hex(digest)?,
                kind,
            };
            (read.to_string() == name).then_some(read)
        };
        parse().ok_or(NotAnAnchor)
    }
}

/// What is in the folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The anchors, the largest heads first.
    pub anchors: Vec<AnchorName>,
    /// Paths of what is not an anchor.
    pub strays: Vec<String>,
}

/// Lists the anchors of a ledger; none if there is no folder.
///
/// # Errors
/// As the storage says.
pub fn list(store: &dyn Store) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for found in store.list(FOLDER)? {
        match (found.kind, found.name.parse()) {
            (FoundKind::File, Ok(name)) => listing.anchors.push(name),
            (FoundKind::File, _) if found.name.starts_with(INCOMING) => {}
            _ => listing.strays.push(format!("{FOLDER}/{}", found.name)),
        }
    }
    listing.anchors.sort_unstable_by(|a, b| b.cmp(a));
    Ok(listing)
}

/// Why an anchor was not read.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// Its bytes are not those that its name states.
    #[error("its bytes are not those that its name states: their SHA-256 is {found}")]
    Digest {
        /// What they hash to, in hexadecimal.
        found: String,
    },
    /// It is longer than an anchor can be.
    #[error("it has more than the {ANCHOR_MAX} bytes that an anchor may have")]
    TooLong,
    /// It could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads an anchor. The bytes are those that its name states.
///
/// # Errors
/// See [`AnchorError`].
pub fn read(store: &dyn Store, name: &AnchorName) -> Result<Vec<u8>, AnchorError> {
    let bytes = match read_small(store, &name.path(), ANCHOR_MAX) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(io::Error::from(io::ErrorKind::NotFound).into()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(AnchorError::TooLong);
        }
        Err(error) => return Err(error.into()),
    };
    let here = AnchorName::of(name.size, name.kind, &bytes);
    match here == *name {
        true => Ok(bytes),
        false => Err(AnchorError::Digest {
            found: to_hex(&here.digest),
        }),
    }
}

/// Keeps an anchor: durable on return. One that is kept already is left as it is.
///
/// The caller answers for what it says: it is about this ledger's head of `size`.
///
/// # Errors
/// [`AnchorError::TooLong`], or as the storage says.
pub fn add(
    store: &dyn Store,
    size: TreeSize,
    kind: AnchorKind,
    bytes: &[u8],
) -> Result<AnchorName, AnchorError> {
    if bytes.len() as u64 > ANCHOR_MAX {
        return Err(AnchorError::TooLong);
    }
    let name = AnchorName::of(size, kind, bytes);
    // A link in its place is no folder of the ledger: listing refuses it.
    store.list(FOLDER)?;
    store.make_folder(FOLDER)?;
    store.sync_folder("")?;
    if read(store, &name).is_err() {
        // Of its own name: two may keep the same at once.
        let mut unique = [0; 8];
        getrandom::fill(&mut unique).map_err(io::Error::other)?;
        let incoming = format!("{FOLDER}/{INCOMING}{}", to_hex(&unique));
        store.append(&incoming, 0, bytes)?;
        store.sync(&incoming)?;
        store.rename(&incoming, &name.path())?;
    }
    // Whoever wrote one that is there may have died before it was durable.
    store.sync(&name.path())?;
    store.sync_folder(FOLDER)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;
    use crate::store::MemoryStore;

    #[test]
    fn an_anchor_is_kept_once_under_its_own_name() {
        let store = MemoryStore::new();
        assert_eq!(list(&store).unwrap(), Listing::default());
        let name = add(&store, TreeSize(7), AnchorKind::Token, b"token").unwrap();
        assert_eq!(
            name.path(),
            "anchors/7-3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0.tsr"
        );
        assert_eq!(
            add(&store, TreeSize(7), AnchorKind::Token, b"token").unwrap(),
            name
        );
        let larger = add(&store, TreeSize(10), AnchorKind::Note, b"note").unwrap();
        assert_eq!(list(&store).unwrap().anchors, [larger, name]);
        assert_eq!(read(&store, &name).unwrap(), b"token");
    }

    #[test]
    fn other_bytes_under_its_name_are_noticed() {
        let store = MemoryStore::new();
        let name = add(&store, TreeSize(7), AnchorKind::Token, b"token").unwrap();
        store.remove(&name.path()).unwrap();
        store.append(&name.path(), 0, b"tokem").unwrap();
        assert!(matches!(
            read(&store, &name),
            Err(AnchorError::Digest { .. })
        ));
        store
            .append(&name.path(), 5, &vec![0; ANCHOR_MAX as usize])
            .unwrap();
        assert!(matches!(read(&store, &name), Err(AnchorError::TooLong)));
    }

    #[test]
    fn a_name_has_one_spelling() {
        let hex = "ab".repeat(32);
        let name: AnchorName = format!("12-{hex}.note").parse().unwrap();
        assert_eq!(name.to_string(), format!("12-{hex}.note"));
        for wrong in [
            format!("012-{hex}.note"),
            format!("+12-{hex}.note"),
            format!("12-{}.note", hex.to_uppercase()),
            format!("12-{hex}.txt"),
            format!("12-{hex}.note.incoming"),
            format!("12-{}.tsr", &hex[..62]),
            format!("-{hex}.tsr"),
            String::new(),
        ] {
            assert_eq!(wrong.parse::<AnchorName>(), Err(NotAnAnchor), "{wrong}");
        }
    }
}
