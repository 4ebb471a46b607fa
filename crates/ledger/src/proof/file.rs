//! The text of proof files: C2SP's tlog-proof for one entry, and ours for a consistency proof.

use std::fmt;

use base64ct::{Base64, Encoding};

use super::extra::{EXTRA_MAX, Extra};
use crate::checkpoint::{CosignedCheckpoint, FileError, parse_cosigned};
use crate::encoding::EncodingError;
use crate::ids::{EntryIndex, LedgerId, TreeHash, TreeSize};
use crate::statement::Head;
use crate::text::{base64, cut, decimal, hash};

/// The longest proof file, in bytes.
pub const PROOF_MAX: usize = 256 << 10;
/// The most hashes of one proof: a tree has no more levels.
pub const HASHES_MAX: usize = 64;

const ENTRY_HEADER: &str = "c2sp.org/tlog-proof@v1";
const CONSISTENCY_HEADER: &str = "seaproof/consistency@v1";

/// Why bytes are not a proof file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// Its first line is not one of a proof.
    #[error("not a proof: its first line is neither {ENTRY_HEADER} nor {CONSISTENCY_HEADER}")]
    OtherKind,
    /// More than [`PROOF_MAX`] bytes.
    #[error("the proof has {found} bytes, more than the {PROOF_MAX} it may have")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// No blank line with a checkpoint under it.
    #[error("the proof ends before its checkpoint: a blank line must stand above that")]
    NoCheckpoint,
    /// A line is not what must stand there.
    #[error("line {line} of the proof: {expected} is expected, found {found:?}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What must stand there.
        expected: &'static str,
        /// What stands there, cut to 80 characters.
        found: String,
    },
    /// More than [`HASHES_MAX`] hashes.
    #[error("the proof has more than {HASHES_MAX} hashes")]
    TooManyHashes,
    /// A proof of an entry without the entry.
    #[error("the proof has no \"extra\" line, in which the entry itself travels")]
    NoExtra,
    /// What is in `extra` is not ours.
    #[error("what the proof carries in \"extra\": {0}")]
    Extra(#[from] EncodingError),
    /// The checkpoint is not that of a ledger.
    #[error("the proof's checkpoint: {0}")]
    Checkpoint(#[from] FileError),
    /// The checkpoint's first line names no ledger.
    #[error("the proof's checkpoint is not of a ledger of this kind: its first line is {found:?}")]
    Origin {
        /// What stands there, cut to 80 characters.
        found: String,
    },
}

/// A proof that an entry stands in a ledger. Nothing is checked yet but its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryProof {
    /// The ledger that its checkpoint names.
    pub ledger: LedgerId,
    /// Where the entry stands.
    pub index: EntryIndex,
    /// The inclusion proof, from the leaf upward.
    pub hashes: Vec<TreeHash>,
    /// The entry and what travels with it.
    pub extra: Extra,
    /// The head that it stands under.
    pub checkpoint: CosignedCheckpoint,
}

/// A proof that one head extends another. Nothing is checked yet but its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The ledger that its checkpoint names.
    pub ledger: LedgerId,
    /// The older head.
    pub old: Head,
    /// The consistency proof.
    pub hashes: Vec<TreeHash>,
    /// The newer head.
    pub checkpoint: CosignedCheckpoint,
}

/// Any proof file.
#[expect(clippy::large_enum_variant, reason = "one at a time")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofFile {
    /// Of one entry.
    Entry(EntryProof),
    /// Between two heads.
    Consistency(ConsistencyProof),
}

impl ProofFile {
    /// Whether the first line is one of a proof.
    pub fn is_one(bytes: &[u8]) -> bool {
        [ENTRY_HEADER, CONSISTENCY_HEADER]
            .iter()
            .any(|header| first_line(bytes) == header.as_bytes())
    }

    /// Reads a proof file. What it writes is what it reads, and only that is accepted.
    ///
    /// # Errors
    /// [`ProofFileError`], with the place.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        if !Self::is_one(bytes) {
            return Err(ProofFileError::OtherKind);
        }
        if bytes.len() > PROOF_MAX {
            return Err(ProofFileError::TooLong { found: bytes.len() });
        }
        let end = bytes
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .ok_or(ProofFileError::NoCheckpoint)?;
        let (ledger, checkpoint) = parse_checkpoint(&bytes[end + 2..])?;
        let mut lines = Lines::of(&bytes[..end]);
        if lines.next() == Some(ENTRY_HEADER) {
            let extra = lines.take("extra ", "\"extra\" and base64", |text| {
                base64(text, EXTRA_MAX)
            });
            let extra = extra.map_err(|error| match lines.peek() {
                Some(line) if line.starts_with("index ") => ProofFileError::NoExtra,
                _ => error,
            })?;
            let index = lines.take("index ", "\"index\" and a number", decimal)?;
            return Ok(Self::Entry(EntryProof {
                ledger,
                index: EntryIndex(index),
                hashes: lines.hashes()?,
                extra: Extra::decode(&extra)?,
                checkpoint,
            }));
        }
        let old = lines.take("old ", "\"old\", a size and a root in base64", |text| {
            let (size, root) = text.split_once(' ')?;
            Some(Head {
                size: TreeSize(decimal(size)?),
                root: hash(root)?,
            })
        })?;
        Ok(Self::Consistency(ConsistencyProof {
            ledger,
            old,
            hashes: lines.hashes()?,
            checkpoint,
        }))
    }

    /// The ledger that its checkpoint names.
    pub fn ledger(&self) -> LedgerId {
        match self {
            Self::Entry(proof) => proof.ledger,
            Self::Consistency(proof) => proof.ledger,
        }
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &CosignedCheckpoint {
        match self {
            Self::Entry(proof) => &proof.checkpoint,
            Self::Consistency(proof) => &proof.checkpoint,
        }
    }
}

/// The file's text.
impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hashes = match self {
            Self::Entry(proof) => {
                let extra = Base64::encode_string(&proof.extra.encode());
                let index = proof.index.0;
                write!(f, "{ENTRY_HEADER}\nextra {extra}\nindex {index}\n")?;
                &proof.hashes
            }
            Self::Consistency(proof) => {
                let (size, root) = (proof.old.size, Base64::encode_string(&proof.old.root.0));
                write!(f, "{CONSISTENCY_HEADER}\nold {size} {root}\n")?;
                &proof.hashes
            }
        };
        for hash in hashes {
            writeln!(f, "{}", Base64::encode_string(&hash.0))?;
        }
        let note = self.checkpoint().note().as_bytes();
        write!(f, "\n{}", String::from_utf8_lossy(note))
    }
}

/// A checkpoint of whichever ledger it names.
pub(crate) fn parse_checkpoint(
    bytes: &[u8],
) -> Result<(LedgerId, CosignedCheckpoint), ProofFileError> {
    let origin = String::from_utf8_lossy(first_line(bytes));
    let ledger: LedgerId = origin
        .strip_prefix("seaproof/")
        .and_then(|hex| hex.parse().ok())
        .ok_or_else(|| ProofFileError::Origin {
            found: cut(&origin),
        })?;
    Ok((ledger, parse_cosigned(bytes, &ledger)?))
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default()
}

/// The lines above the checkpoint.
struct Lines<'a> {
    lines: Vec<&'a [u8]>,
    /// How many were taken.
    taken: usize,
}

impl<'a> Lines<'a> {
    fn of(header: &'a [u8]) -> Self {
        Self {
            lines: header.split(|byte| *byte == b'\n').collect(),
            taken: 0,
        }
    }

    /// The next line; none if it is not UTF-8.
    fn peek(&self) -> Option<&'a str> {
        std::str::from_utf8(self.lines.get(self.taken)?).ok()
    }

    fn next(&mut self) -> Option<&'a str> {
        let line = self.peek();
        self.taken += 1;
        line
    }

    /// The next line, which must begin with this word; it is left where it is if it does not fit.
    fn take<T>(
        &mut self,
        word: &str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ProofFileError> {
        let line = self.peek();
        match line.and_then(|line| read(line.strip_prefix(word)?)) {
            Some(value) => {
                self.next();
                Ok(value)
            }
            None => Err(ProofFileError::Line {
                line: self.taken + 1,
                expected,
                found: cut(line.unwrap_or_default()),
            }),
        }
    }

    /// All the lines that are left.
    fn hashes(&mut self) -> Result<Vec<TreeHash>, ProofFileError> {
        let mut hashes = Vec::new();
        while self.taken < self.lines.len() {
            if hashes.len() == HASHES_MAX {
                return Err(ProofFileError::TooManyHashes);
            }
            hashes.push(self.take("", "32 bytes in base64", hash)?);
        }
        Ok(hashes)
    }
}
