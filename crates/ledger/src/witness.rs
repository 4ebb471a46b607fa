//! Cosigning as a witness (FORMAT.md §22, C2SP tlog-witness 1.0.0): a head of some log, ours or any other, is cosigned only
//! if it continues the one that the same key cosigned before for the log.
//!
//! What was cosigned last lies outside of every ledger, in a folder that the caller gives, one file for each key and
//! origin. Checking and remembering happen under one lock, and what is remembered is durable before a cosignature is
//! made. So neither a crash nor two requests at once can make a key vouch for two histories. Losing or rolling back the
//! folder can: it must never be restored from a backup.
//!
//! Requests are values here. Sockets and HTTP belong to the caller.

use std::fmt;
use std::io;

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::ids::{AuthorKey, TreeHash, TreeSize};
use crate::keys::Signer;
use crate::note::{
    CosignerKey, Note, NoteError, PosixTime, SignError, SignatureLine, VerifierKey, VerifyError,
    cosign_with,
};
use crate::statement::Head;
use crate::store::{Store, read_small, replace};
use crate::text::{decimal, hash};
use crate::tree::{ProofError, check_consistency};

/// The most bytes of a request.
pub const REQUEST_MAX: usize = 64 << 10;
/// The most hashes of a consistency proof.
pub const PROOF_MAX: usize = 63;
/// The most bytes of an origin that is remembered.
pub const ORIGIN_MAX: usize = 512;
/// The most bytes of a memory file.
pub const MEMORY_MAX: usize = 1_024;

/// Why bytes are not a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// More than [`REQUEST_MAX`] bytes.
    #[error("the request has {found} bytes, more than the {REQUEST_MAX} that are read")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The first line is not `old`, a space and a decimal number.
    #[error("the request's first line must be \"old\", a space and the size cosigned before")]
    Old,
    /// A line of the proof is not 32 bytes in base64.
    #[error("line {line} of the request is not a hash of 32 bytes in base64")]
    Hash {
        /// Which line, from 1.
        line: usize,
    },
    /// Above [`PROOF_MAX`].
    #[error("the request has more than the {PROOF_MAX} hashes that a proof may have")]
    TooManyHashes,
    /// No blank line before the checkpoint.
    #[error("the request has no blank line with a checkpoint under it")]
    NoCheckpoint,
    /// The checkpoint is not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text is not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The origin is too long to remember.
    #[error("the origin has {found} bytes, more than the {ORIGIN_MAX} that are remembered")]
    Origin {
        /// Its length in bytes.
        found: usize,
    },
}

/// A request to cosign a head. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The size that is said to have been cosigned before; 0 for none.
    old: TreeSize,
    /// Proves that the tree of `old` entries is a prefix of the head's.
    proof: Vec<TreeHash>,
    note: Note,
    checkpoint: Checkpoint,
}

impl Request {
    /// A request for a checkpoint.
    ///
    /// # Errors
    /// If the note is no checkpoint, or the proof or origin too long.
    pub fn new(old: TreeSize, proof: Vec<TreeHash>, note: Note) -> Result<Self, RequestError> {
        if proof.len() > PROOF_MAX {
            return Err(RequestError::TooManyHashes);
        }
        let checkpoint = Checkpoint::parse(note.unverified_text())?;
        let found = checkpoint.origin().len();
        if found > ORIGIN_MAX {
            return Err(RequestError::Origin { found });
        }
        Ok(Self {
            old,
            proof,
            note,
            checkpoint,
        })
    }

    /// Reads the body of an `add-checkpoint` request.
    ///
    /// # Errors
    /// [`RequestError`], with the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestError> {
        if bytes.len() > REQUEST_MAX {
            return Err(RequestError::TooLong { found: bytes.len() });
        }
        let mut rest = bytes;
        let old = take_line(&mut rest)
            .and_then(|line| line.strip_prefix("old "))
            .and_then(decimal)
            .map(TreeSize)
            .ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        loop {
            let line = take_line(&mut rest).ok_or(RequestError::NoCheckpoint)?;
            if line.is_empty() {
                break;
            }
            let number = proof.len() + 2;
            proof.push(hash(line).ok_or(RequestError::Hash { line: number })?);
            if proof.len() > PROOF_MAX {
                return Err(RequestError::TooManyHashes);
            }
        }
        Self::new(old, proof, Note::parse(rest)?)
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        self.checkpoint.origin()
    }

    /// The checkpoint, as it was signed.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Checks that a key trusted for this origin signed the checkpoint: a key's name is its log's origin.
    ///
    /// # Errors
    /// [`Untrusted`].
    pub fn by_one_of(self, logs: &[VerifierKey]) -> Result<SignedRequest, Untrusted> {
        let of_origin: Vec<VerifierKey> = logs
            .iter()
            .filter(|key| key.name().as_str() == self.origin())
            .cloned()
            .collect();
        if of_origin.is_empty() {
            return Err(Untrusted::UnknownOrigin {
                origin: self.origin().chars().take(200).collect(),
            });
        }
        drop(self.note.verify(&of_origin)?);
        let keys = of_origin.iter().map(VerifierKey::key).collect();
        Ok(SignedRequest {
            request: self,
            keys,
        })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", Base64::encode_string(&hash.0))?;
        }
        write!(f, "\n{}", String::from_utf8_lossy(self.note.as_bytes()))
    }
}

/// Why a request is not by a trusted log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// No key is trusted for this origin.
    #[error("no log with the origin {origin:?} is known here")]
    UnknownOrigin {
        /// The origin, cut to 200 characters.
        origin: String,
    },
    /// No trusted key signed it, or a signature in the name of one is wrong.
    #[error(transparent)]
    Signature(#[from] VerifyError),
}

/// A request whose checkpoint a trusted key of the log signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct SignedRequest {
    request: Request,
    /// The keys that are known for its origin, one of which signed it.
    keys: Vec<AuthorKey>,
}

impl SignedRequest {
    /// The checkpoint, as it was signed.
    pub fn note(&self) -> &Note {
        &self.request.note
    }

    /// The head that is to be cosigned.
    pub fn head(&self) -> Head {
        self.request.checkpoint.head()
    }
}

/// Why a head is not cosigned: it does not continue what was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The size given as the older is above that of the head.
    #[error("the old size {old} is above the size {size} of the checkpoint")]
    Reversed {
        /// The size given as the older.
        old: TreeSize,
        /// The size of the head.
        size: TreeSize,
    },
    /// Another size was cosigned last. After the first time a proof from that size is needed.
    #[error("this key last cosigned {last} entries of the log, and the request goes on from {old}")]
    OtherSize {
        /// The size given as the older.
        old: TreeSize,
        /// The size that was cosigned last; 0 if none was.
        last: TreeSize,
    },
    /// Another root of the same size was cosigned: the log signed two histories.
    #[error(
        "this key cosigned {size} entries with the root {known}, and the checkpoint gives {found}: \
         the log signed two histories"
    )]
    OtherRoot {
        /// The size.
        size: TreeSize,
        /// The root that was cosigned.
        known: TreeHash,
        /// The root that is now stated.
        found: TreeHash,
    },
    /// The proof does not show that the head continues the one that was cosigned last.
    #[error("the consistency proof does not hold: {0}")]
    Proof(ProofError),
    /// A log's own key vouches for nothing beside itself.
    #[error("the key signed this checkpoint as the log; a witness has a key of its own")]
    LogKey,
}

/// Why nothing was cosigned.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// The head does not continue what was cosigned.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another process is cosigning: try again.
    #[error("another process is cosigning with the same memory")]
    Busy,
    /// What was cosigned last cannot be known.
    #[error(
        "{path} is damaged: what this key cosigned last is not known, and it must not cosign this log \
         again. Take a new key for it"
    )]
    Damaged {
        /// The file, in the memory's folder.
        path: String,
    },
    /// The memory could not be read or written.
    #[error("the witness's memory: {0}")]
    Io(#[from] io::Error),
    /// The signer did not sign.
    #[error("{0}")]
    Sign(String),
}

/// The path of the memory of this key and origin: `<key>-<SHA-256 of the origin>`.
pub fn memory_path(key: &AuthorKey, origin: &str) -> String {
    format!("{key}-{}", TreeHash(Sha256::digest(origin).into()))
}

/// The text of a memory file.
pub fn encode(key: &AuthorKey, origin: &str, head: Head) -> String {
    let lines = format!(
        "seaproof witness memory 1\nkey {key}\norigin {origin}\nsize {}\nroot {}\n",
        head.size, head.root
    );
    let check = TreeHash(Sha256::digest(&lines).into());
    format!("{lines}check {check}\n")
}

/// Reads a memory file; `None` if it is not exactly that of this key and origin.
pub fn decode(key: &AuthorKey, origin: &str, bytes: &[u8]) -> Option<Head> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines().skip(3);
    let head = Head {
        size: TreeSize(lines.next()?.strip_prefix("size ")?.parse().ok()?),
        root: lines.next()?.strip_prefix("root ")?.parse().ok()?,
    };
    // One text for one value.
    (encode(key, origin, head) == text).then_some(head)
}

/// The head that this key cosigned last for the log with this origin; `None` if none. Reads, never writes.
///
/// # Errors
/// [`WitnessError::Damaged`] or [`WitnessError::Io`].
pub fn last(
    memory: &dyn Store,
    key: &AuthorKey,
    origin: &str,
) -> Result<Option<Head>, WitnessError> {
    let path = memory_path(key, origin);
    let damaged = || WitnessError::Damaged { path: path.clone() };
    match read_small(memory, &path, MEMORY_MAX as u64) {
        Ok(None) => Ok(None),
        Ok(Some(bytes)) => decode(key, origin, &bytes).map(Some).ok_or_else(damaged),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
            ) =>
        {
            Err(damaged())
        }
        Err(error) => Err(error.into()),
    }
}

/// Cosigns a head that continues the one cosigned last, and remembers it first, durably. A head that was cosigned
/// already is cosigned again, with the time that it is now.
///
/// `memory` is a folder of the witness's own; its `lock` is held meanwhile. `now` is asked under the lock.
///
/// # Errors
/// [`WitnessError`]. Whatever fails, no cosignature was made.
pub fn cosign(
    memory: &dyn Store,
    signer: &dyn Signer,
    key: &CosignerKey,
    request: &SignedRequest,
    now: impl FnOnce() -> PosixTime,
) -> Result<SignatureLine, WitnessError> {
    let SignedRequest { request, keys } = request;
    let (old, head) = (request.old, request.checkpoint.head());
    if keys.contains(&key.key()) {
        return Err(Refusal::LogKey.into());
    }
    if old > head.size {
        let size = head.size;
        return Err(Refusal::Reversed { old, size }.into());
    }
    memory.make_folder("")?;
    let _lock = memory.lock()?.ok_or(WitnessError::Busy)?;
    let known = last(memory, &key.key(), request.origin())?;
    continues(known.unwrap_or_else(Head::empty), request)?;
    let path = memory_path(&key.key(), request.origin());
    // Also if it is remembered already: whoever wrote it may have died, or failed, before it was durable.
    let text = encode(&key.key(), request.origin(), head);
    replace(memory, &path, text.as_bytes(), true)?;
    let text = request.note.unverified_text();
    cosign_with(text, key, now(), |bytes| signer.sign(bytes)).map_err(|error| match error {
        SignError::Signer(error) => WitnessError::Sign(error.to_string()),
        other => WitnessError::Sign(other.to_string()),
    })
}

/// Whether a request goes on from the head that was cosigned last, or the empty one.
fn continues(last: Head, request: &Request) -> Result<(), Refusal> {
    let (old, head) = (request.old, request.checkpoint.head());
    if old != last.size {
        let last = last.size;
        return Err(Refusal::OtherSize { old, last });
    }
    if head.size == last.size && head.root != last.root {
        return Err(Refusal::OtherRoot {
            size: head.size,
            known: last.root,
            found: head.root,
        });
    }
    check_consistency(last.size, &last.root, head.size, &head.root, &request.proof)
        .map_err(Refusal::Proof)
}

/// A line that is ended by LF, without it.
fn take_line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.iter().position(|b| *b == b'\n')?;
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    *rest = &rest[end + 1..];
    Some(line)
}
