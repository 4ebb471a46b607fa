//! The `extra` of a proof of one entry: the leaf itself, what is disclosed of it, and a roster if one is sent along.

use super::file::HASHES_MAX;
use crate::encoding::{self, EncodingError};
use crate::entry::{Content, disclose};
use crate::ids::{EntryIndex, Salt, TreeHash};
use crate::opening::{Opening, Openings};
use crate::statement::{LEAF_LEN, Leaf, Statement};

/// The most bytes of an `extra`.
pub const EXTRA_MAX: usize = 48 << 10;

/// The version of `extra` that is written and read.
const VERSION: u16 = 1;

/// An opening that owns its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedOpening {
    /// Its salt.
    pub salt: Salt,
    /// The committed bytes.
    pub bytes: Vec<u8>,
}

impl OwnedOpening {
    fn borrowed(&self) -> Opening<'_> {
        Opening {
            salt: self.salt,
            bytes: &self.bytes,
        }
    }
}

impl From<Opening<'_>> for OwnedOpening {
    fn from(opening: Opening<'_>) -> Self {
        Self {
            salt: opening.salt,
            bytes: opening.bytes.to_vec(),
        }
    }
}

/// A leaf with the openings that are disclosed. Not checked against its commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The leaf.
    pub leaf: Leaf,
    /// What it says.
    pub facts: Option<OwnedOpening>,
    /// How that was obtained.
    pub source: Option<OwnedOpening>,
}

impl Disclosure {
    /// What is disclosed, checked against the commitments of its statement.
    pub(super) fn content(&self, statement: &Statement) -> Content {
        disclose(&self.openings(), statement)
    }

    fn openings(&self) -> Openings<'_> {
        Openings {
            facts: self.facts.as_ref().map(OwnedOpening::borrowed),
            source: self.source.as_ref().map(OwnedOpening::borrowed),
        }
    }

    fn encode_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.leaf.0);
        self.openings().encode_to(out);
    }

    fn decode_first(bytes: &[u8]) -> Result<(Self, &[u8]), EncodingError> {
        let (leaf, rest) = bytes.split_first_chunk::<LEAF_LEN>().ok_or_else(short)?;
        let (openings, rest) = Openings::decode_first(rest)?;
        let disclosure = Self {
            leaf: Leaf(*leaf),
            facts: openings.facts.map(OwnedOpening::from),
            source: openings.source.map(OwnedOpening::from),
        };
        Ok((disclosure, rest))
    }
}

/// A later roster entry, and its path to the same checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Where it stands.
    pub index: EntryIndex,
    /// The entry.
    pub entry: Disclosure,
    /// Its inclusion proof, from the leaf upward.
    pub hashes: Vec<TreeHash>,
}

/// Everything in an `extra`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The entry that is proven.
    pub entry: Disclosure,
    /// A later roster.
    pub roster: Option<RosterEntry>,
}

fn short() -> EncodingError {
    EncodingError::Malformed("it ends too early".into())
}

impl Extra {
    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = VERSION.to_le_bytes().to_vec();
        self.entry.encode_to(&mut out);
        out.push(u8::from(self.roster.is_some()));
        if let Some(roster) = &self.roster {
            out.extend_from_slice(&roster.index.0.to_le_bytes());
            roster.entry.encode_to(&mut out);
            out.extend(encoding::encode(&roster.hashes));
        }
        out
    }

    /// Reads an `extra`.
    ///
    /// # Errors
    /// Too long, another version, or not the canonical bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        if bytes.len() > EXTRA_MAX {
            return Err(EncodingError::TooLong {
                found: bytes.len(),
                most: EXTRA_MAX,
            });
        }
        let (version, rest) = bytes.split_first_chunk::<2>().ok_or_else(short)?;
        let version = u16::from_le_bytes(*version);
        if version != VERSION {
            return Err(EncodingError::Rule(format!(
                "it has version {version}, expected {VERSION}"
            )));
        }
        let (entry, rest) = Disclosure::decode_first(rest)?;
        let roster = match rest {
            [0] => None,
            [1, rest @ ..] => Some(RosterEntry::decode(rest)?),
            [] => return Err(short()),
            [0, rest @ ..] => return Err(EncodingError::Trailing(rest.len())),
            [other, ..] => {
                return Err(EncodingError::Malformed(format!(
                    "{other} where 0 or 1 says whether a roster follows"
                )));
            }
        };
        Ok(Self { entry, roster })
    }
}

impl RosterEntry {
    fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let (index, rest) = bytes.split_first_chunk::<8>().ok_or_else(short)?;
        let (entry, rest) = Disclosure::decode_first(rest)?;
        let hashes: Vec<TreeHash> = encoding::decode(rest, 8 + 32 * HASHES_MAX)?;
        Ok(Self {
            index: EntryIndex(u64::from_le_bytes(*index)),
            entry,
            hashes,
        })
    }
}
