//! Checkpoints: tree heads as text (C2SP tlog-checkpoint 1.0.0), and the ledger's own checkpoint file
//! (FORMAT.md §14), which is one such text with one custodian's signature.
//!
//! ```text
//! origin LF
//! size, decimal, no leading zero LF
//! base64(root) LF
//! ```
//!
//! Whether a head is one of the log, and whether the key that signed it may do so, is judged
//! by those who read the log.

use std::fmt;

use base64ct::{Base64, Encoding};

use crate::anchors::ANCHOR_MAX;
use crate::ids::{AuthorKey, LedgerId, TreeHash, TreeSize};
use crate::note::{self, KeyId, KeyName, Note, NoteError, SignError, VerifierKey};
use crate::statement::Head;
use crate::text::{cut, decimal, hash};

/// The longest checkpoint file, in bytes.
pub const CHECKPOINT_MAX: usize = 8_192;

/// Why a text is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The last line is not ended by LF.
    #[error("the checkpoint's last line is not ended by a line feed: its end may be missing")]
    Unterminated,
    /// Origin, size and root are three lines.
    #[error("a checkpoint has an origin, a size and a root on a line each, found {found} lines")]
    LinesMissing {
        /// How many lines there are.
        found: usize,
    },
    /// A line is empty.
    #[error("line {line} of the checkpoint is empty")]
    EmptyLine {
        /// Which line, from 1.
        line: usize,
    },
    /// The second line is not a number as it is written here.
    #[error(
        "the checkpoint's size must be a decimal number without leading zeros, found {found:?}"
    )]
    Size {
        /// What stood there, cut to 80 characters.
        found: String,
    },
    /// The third line is not 32 bytes in base64.
    #[error("the checkpoint's root must be 32 bytes in base64, found {found:?}")]
    Root {
        /// What stood there, cut to 80 characters.
        found: String,
    },
}

/// A tree head as a log states it: text, whoever signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: Head,
    /// Further lines, none of them empty. Other logs may have them; a ledger of ours never does.
    extensions: Vec<String>,
}

impl Checkpoint {
    /// The checkpoint of a ledger at this head.
    pub fn of_ledger(ledger: &LedgerId, head: Head) -> Self {
        Self {
            origin: origin_of(ledger).to_string(),
            head,
            extensions: Vec::new(),
        }
    }

    /// Reads the text of a checkpoint, ours or any other log's. It is written back to the same bytes.
    ///
    /// # Errors
    /// [`CheckpointError`], with what stood there.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Unterminated)?
            .split('\n')
            .collect();
        if let Some(empty) = lines.iter().position(|line| line.is_empty()) {
            return Err(CheckpointError::EmptyLine { line: empty + 1 });
        }
        let [origin, size, root, extensions @ ..] = &lines[..] else {
            return Err(CheckpointError::LinesMissing { found: lines.len() });
        };
        Ok(Self {
            origin: (*origin).to_owned(),
            head: Head {
                size: decimal(size)
                    .map(TreeSize)
                    .ok_or_else(|| CheckpointError::Size { found: cut(size) })?,
                root: hash(root).ok_or_else(|| CheckpointError::Root { found: cut(root) })?,
            },
            extensions: extensions.iter().map(|line| (*line).to_owned()).collect(),
        })
    }

    /// Which log states it: for a ledger of ours, [`origin_of`] it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Further lines without their LF; what they mean is the other log's business.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = Base64::encode_string(&self.head.root.0);
        write!(f, "{}\n{}\n{root}\n", self.origin, self.head.size)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A ledger's origin, which is also the name of every key that signs its checkpoints:
/// `seaproof/` and the ledger id in hexadecimal.
pub fn origin_of(ledger: &LedgerId) -> KeyName {
    #[expect(clippy::expect_used, reason = "an invariant")]
    KeyName::new(format!("seaproof/{ledger}"))
        .expect("letters, a slash and hexadecimal digits make a name")
}

/// Why bytes are not the checkpoint file of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// More bytes than it may have.
    #[error("the checkpoint file has {found} bytes, more than the {most} it may have")]
    TooLong {
        /// Its length in bytes.
        found: usize,
        /// What it may have: [`CHECKPOINT_MAX`], or [`ANCHOR_MAX`] with cosignatures.
        most: usize,
    },
    /// Not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text is not a checkpoint.
    #[error(transparent)]
    Text(#[from] CheckpointError),
    /// The checkpoint is another ledger's.
    #[error("the checkpoint is of {found:?}, this ledger's origin is {expected}")]
    WrongOrigin {
        /// This ledger's origin.
        expected: KeyName,
        /// What stood there, cut to 80 characters.
        found: String,
    },
    /// Lines beyond origin, size and root.
    #[error("the checkpoint has {found} lines under its root, a ledger's own has none")]
    Extensions {
        /// How many.
        found: usize,
    },
    /// Not exactly one signature line.
    #[error("the checkpoint file has {found} signatures, it must have exactly one")]
    Signatures {
        /// How many.
        found: usize,
    },
    /// The signature line's key is not called as the ledger.
    #[error("the checkpoint is signed in the name {found:?}, it must be signed as {expected}")]
    WrongName {
        /// This ledger's origin.
        expected: KeyName,
        /// What stood there, cut to 80 characters.
        found: String,
    },
    /// Not the length of an Ed25519 signature.
    #[error("the checkpoint's signature has {found} bytes, an Ed25519 signature has 64")]
    SignatureLength {
        /// How many bytes.
        found: usize,
    },
}

/// The checkpoint file of a ledger, held as the bytes received. It does not hold the key that
/// signed it: to be tried with the ledger's custodians by [`SignedCheckpoint::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    origin: KeyName,
    head: Head,
    key_id: KeyId,
    signature: [u8; 64],
}

impl SignedCheckpoint {
    /// The head that is claimed.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The id of the key that is said to have signed.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The file's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.note.as_bytes()
    }

    /// Whether this key signed it: the key has the id of the signature line, is acceptable, and the
    /// signature is strictly valid. Costs one hash for a key with another id.
    pub fn verify(&self, key: &AuthorKey) -> bool {
        KeyId::ed25519(&self.origin, key) == self.key_id
            && VerifierKey::new(self.origin.clone(), *key)
                .is_ok_and(|key| self.note.verify(&[key]).is_ok())
    }
}

/// A head of this ledger as a note with any number of signature lines: a custodian's and cosigners'
/// (FORMAT.md §22). To be tried with the ledger's custodians by [`CosignedCheckpoint::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedCheckpoint {
    note: Note,
    origin: KeyName,
    head: Head,
}

impl CosignedCheckpoint {
    /// The head that is claimed.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The note, with all its lines.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Whether this key signed it as a checkpoint: a line in the ledger's name has its id, the key is acceptable, and
    /// every such line is strictly valid.
    pub fn verify(&self, key: &AuthorKey) -> bool {
        let id = KeyId::ed25519(&self.origin, key);
        self.note.lines().iter().any(|line| line.key_id() == id)
            && VerifierKey::new(self.origin.clone(), *key)
                .is_ok_and(|key| self.note.verify(&[key]).is_ok())
    }
}

impl From<SignedCheckpoint> for CosignedCheckpoint {
    fn from(signed: SignedCheckpoint) -> Self {
        Self {
            note: signed.note,
            origin: signed.origin,
            head: signed.head,
        }
    }
}

/// Reads a head of this ledger as others hand it on: with any number of signature lines, at most
/// [`ANCHOR_MAX`] bytes. Nothing is verified yet but its form.
///
/// # Errors
/// [`FileError`], with what stood there.
pub fn parse_cosigned(bytes: &[u8], ledger: &LedgerId) -> Result<CosignedCheckpoint, FileError> {
    parse_note(bytes, ledger, ANCHOR_MAX as usize)
}

fn parse_note(
    bytes: &[u8],
    ledger: &LedgerId,
    most: usize,
) -> Result<CosignedCheckpoint, FileError> {
    if bytes.len() > most {
        return Err(FileError::TooLong {
            found: bytes.len(),
            most,
        });
    }
    let note = Note::parse(bytes)?;
    let checkpoint = Checkpoint::parse(note.unverified_text())?;
    let origin = origin_of(ledger);
    if checkpoint.origin != origin.as_str() {
        return Err(FileError::WrongOrigin {
            expected: origin,
            found: cut(&checkpoint.origin),
        });
    }
    if !checkpoint.extensions.is_empty() {
        return Err(FileError::Extensions {
            found: checkpoint.extensions.len(),
        });
    }
    Ok(CosignedCheckpoint {
        note,
        origin,
        head: checkpoint.head,
    })
}

/// Reads the checkpoint file of this ledger. Nothing is verified yet but its form.
///
/// # Errors
/// [`FileError`], with what stood there.
pub fn parse_file(bytes: &[u8], ledger: &LedgerId) -> Result<SignedCheckpoint, FileError> {
    let CosignedCheckpoint { note, origin, head } = parse_note(bytes, ledger, CHECKPOINT_MAX)?;
    let [line] = note.lines() else {
        return Err(FileError::Signatures {
            found: note.lines().len(),
        });
    };
    if *line.name() != origin {
        return Err(FileError::WrongName {
            expected: origin,
            found: cut(line.name().as_str()),
        });
    }
    let signature = line
        .signature()
        .try_into()
        .map_err(|_| FileError::SignatureLength {
            found: line.signature().len(),
        })?;
    Ok(SignedCheckpoint {
        origin,
        head,
        key_id: line.key_id(),
        signature,
        note,
    })
}

/// Signs a ledger's head as a checkpoint file, with the key `public`. `sign` is given the bytes and returns
/// their Ed25519 signature.
///
/// The caller answers for the head: it is durable, consistent with every head that was signed before,
/// and the key is in force as custodian in it.
///
/// # Errors
/// [`SignError`]: the key is not acceptable, or the signer refuses or gives a signature that does not
/// verify.
pub fn sign_file<E>(
    ledger: &LedgerId,
    size: TreeSize,
    root: &TreeHash,
    public: &AuthorKey,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<SignedCheckpoint, SignError<E>> {
    let head = Head { size, root: *root };
    let text = Checkpoint::of_ledger(ledger, head).to_string();
    let origin = origin_of(ledger);
    let mut signature = [0; 64];
    let note = note::sign_with(&text, &origin, public, |text| {
        signature = sign(text)?;
        Ok(signature)
    })?;
    Ok(SignedCheckpoint {
        note,
        key_id: KeyId::ed25519(&origin, public),
        origin,
        head,
        signature,
    })
}
