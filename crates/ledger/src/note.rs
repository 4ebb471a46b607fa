//! Signed notes as C2SP's signed-note 1.0.0 defines them: a text and signature lines under it.
//!
//! ```text
//! note   = text ‖ LF ‖ line …               text ends with LF and is exactly what is signed
//! line   = "— " ‖ name ‖ " " ‖ base64(key id 4 ‖ signature) ‖ LF              (em dash, U+2014)
//! key id = first 4 bytes of SHA-256(name ‖ 0A ‖ type ‖ public key)
//! ```
//!
//! Ed25519 signatures over the text itself (type 01) and cosignatures (type 04) are judged here; lines of other
//! types belong to keys that nobody here knows, and are kept. What the text says is not looked at: see
//! [`crate::checkpoint`].

mod cosignature;
mod key;

use std::fmt;

use base64ct::{Base64, Encoding};

use crate::ids::AuthorKey;
use crate::keys::KeyError;
pub use cosignature::{COSIGNATURE_LEN, CosignerKey, PosixTime, cosign_with, cosigned_bytes};
pub use key::{KeyId, KeyName, KeyNameError, VerifierKey, VerifierKeyError};

/// The longest note that is read, in bytes.
pub const NOTE_MAX: usize = 1 << 20;
/// The most signature lines that are read; the specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 100;

/// What a signature line begins with: an em dash and a space.
const LINE_START: &str = "— ";

/// Why bytes are not a signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More than [`NOTE_MAX`] bytes.
    #[error("the note has {found} bytes, more than the {NOTE_MAX} that are read")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// Not UTF-8.
    #[error("the note is not UTF-8 text from byte {offset} on")]
    NotUtf8 {
        /// Where the text stops being UTF-8, in bytes from the start.
        offset: usize,
    },
    /// A control character below 20 (hexadecimal) other than LF.
    #[error(
        "the note has the control character {byte:02x} at byte {offset}: only line feeds may \
         stand in a note (was it saved with other line ends?)"
    )]
    ControlCharacter {
        /// The character.
        byte: u8,
        /// Where it stands, in bytes from the start.
        offset: usize,
    },
    /// The text, or the note, does not end with LF.
    #[error("the note's last line is not ended by a line feed: its end may be missing")]
    Unterminated,
    /// No blank line with something under it.
    #[error("the note has no signatures: there must be a blank line and signature lines under it")]
    NoSignatures,
    /// A line under the last blank line is not a signature line.
    #[error("line {line} under the note's text is not a signature line (\"— name base64\")")]
    MalformedLine {
        /// Which line, counted from 1 under the last blank line.
        line: usize,
    },
    /// More than [`SIGNATURES_MAX`] signature lines.
    #[error("the note has more than the {SIGNATURES_MAX} signatures that are read")]
    TooManySignatures,
}

/// Why a note is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A line by a known key does not verify. The whole note is refused.
    #[error("the signature of {name}+{id} does not verify: the text or the signature was changed")]
    WrongSignature {
        /// Name of the key.
        name: KeyName,
        /// Its id.
        id: KeyId,
    },
    /// No line is by a known key.
    #[error("none of the note's {lines} signatures is by a key that is known here")]
    NoKnownKey {
        /// How many lines there are.
        lines: usize,
    },
    /// Two different known keys have one name and id, so it is not known which one a line is by.
    #[error("two different known keys are both called {name}+{id}: one of them is an impostor")]
    AmbiguousKey {
        /// Name of both keys.
        name: KeyName,
        /// Id of both.
        id: KeyId,
    },
}

/// Why a note was not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError<E> {
    /// The text cannot be that of a note.
    #[error("the text cannot be signed as a note: {0}")]
    Text(#[from] NoteError),
    /// The public key is not acceptable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The signer did not sign.
    #[error(transparent)]
    Signer(E),
    /// What the signer gave is not a signature of the text under the public key.
    #[error("the signer gave a signature that does not verify under its own public key")]
    WrongSignature,
}

/// One signature line. Written without its LF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    /// The name of the key, as the line claims it.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of the key, as the line claims it.
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// The signature: at least one byte; 64 if it is of Ed25519.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Reads a line, given without its LF. `None` unless it is written exactly as [`fmt::Display`]
    /// writes it: base64 is read strictly, and the rest has one spelling.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(LINE_START)?.split_once(' ')?;
        let bytes = Base64::decode_vec(base64).ok()?;
        let (id, signature) = bytes.split_first_chunk()?;
        if signature.is_empty() {
            return None;
        }
        Some(Self {
            name: KeyName::new(name).ok()?,
            id: KeyId(*id),
            signature: signature.to_vec(),
        })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.0[..], &self.signature].concat();
        let base64 = Base64::encode_string(&bytes);
        write!(f, "{LINE_START}{} {base64}", self.name)
    }
}

/// A well-formed note, held as the bytes received. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    note: String,
    /// Length of the text in `note`; the blank line and the signature lines follow it.
    text_len: usize,
    lines: Vec<SignatureLine>,
}

impl Note {
    /// Reads a note. There is one way to write what it holds, and only that is accepted.
    ///
    /// # Errors
    /// [`NoteError`], with the place.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_MAX {
            return Err(NoteError::TooLong { found: bytes.len() });
        }
        let note = std::str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        check_text(note)?;
        let (text, under) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        if under.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let lines = under
            .split_terminator('\n')
            .zip(1..)
            .map(|(text, line)| match SignatureLine::parse(text) {
                _ if line > SIGNATURES_MAX => Err(NoteError::TooManySignatures),
                Some(parsed) => Ok(parsed),
                None => Err(NoteError::MalformedLine { line }),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            note: note.to_owned(),
            text_len: text.len() + 1,
            lines,
        })
    }

    /// The bytes received, every one.
    pub fn as_bytes(&self) -> &[u8] {
        self.note.as_bytes()
    }

    /// The text, with its last LF. To be ignored until [`Note::verify`], or whoever else knows the
    /// keys, has found a signature of a known key on it.
    pub fn unverified_text(&self) -> &str {
        &self.note[..self.text_len]
    }

    /// The same note with further lines under those it has; lines that it has already are left out.
    ///
    /// # Errors
    /// If it would have more lines, or be longer, than is read.
    pub fn with_lines<'a>(
        &self,
        lines: impl IntoIterator<Item = &'a SignatureLine>,
    ) -> Result<Self, NoteError> {
        let mut note = self.note.clone();
        let mut all = self.lines.clone();
        for line in lines {
            if !all.contains(line) {
                note.push_str(&format!("{line}\n"));
                all.push(line.clone());
            }
        }
        Self::parse(note.as_bytes())
    }

    /// The signature lines in order, known or not; at least one.
    pub fn lines(&self) -> &[SignatureLine] {
        &self.lines
    }

    /// Checks every line that is by a known key; lines by others are ignored. A key's second line counts no
    /// more than its first, and must verify as well.
    ///
    /// # Errors
    /// [`VerifyError`]: one such line does not verify, or there is none, or it cannot be told by whom one is.
    pub fn verify<'a>(&'a self, known: &'a [VerifierKey]) -> Result<VerifiedNote<'a>, VerifyError> {
        let text = self.unverified_text();
        let mut signers: Vec<&VerifierKey> = Vec::new();
        for line in &self.lines {
            let mut named = known
                .iter()
                .filter(|key| key.id() == line.id && *key.name() == line.name);
            let Some(key) = named.next() else { continue };
            let (name, id) = (line.name.clone(), line.id);
            if named.any(|other| other != key) {
                return Err(VerifyError::AmbiguousKey { name, id });
            }
            if !key.verifies(text.as_bytes(), &line.signature) {
                return Err(VerifyError::WrongSignature { name, id });
            }
            if !signers.contains(&key) {
                signers.push(key);
            }
        }
        if signers.is_empty() {
            return Err(VerifyError::NoKnownKey {
                lines: self.lines.len(),
            });
        }
        Ok(VerifiedNote { text, signers })
    }
}

/// A note's text with the known keys that signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct VerifiedNote<'a> {
    text: &'a str,
    signers: Vec<&'a VerifierKey>,
}

impl<'a> VerifiedNote<'a> {
    /// The text, with its last LF.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The known keys that signed it, each once, in the order of their lines; at least one.
    pub fn signers(&self) -> &[&'a VerifierKey] {
        &self.signers
    }
}

/// Signs a text, which ends with LF, as a note with one line: by the key `public`, called `name`. `sign` is given
/// the text's bytes and returns their Ed25519 signature.
///
/// # Errors
/// [`SignError`]: the text or key will not do, or the signer refuses or gives a signature that does not
/// verify.
pub fn sign_with<E>(
    text: &str,
    name: &KeyName,
    public: &AuthorKey,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<Note, SignError<E>> {
    check_text(text)?;
    let key = VerifierKey::new(name.clone(), *public)?;
    let signature = sign(text.as_bytes()).map_err(SignError::Signer)?;
    if !key.verifies(text.as_bytes(), &signature) {
        return Err(SignError::WrongSignature);
    }
    let line = SignatureLine {
        name: name.clone(),
        id: key.id(),
        signature: signature.to_vec(),
    };
    Ok(Note::parse(format!("{text}\n{line}\n").as_bytes())?)
}

/// No control characters but LF, and LF at the end.
fn check_text(text: &str) -> Result<(), NoteError> {
    let control = |(_, byte): &(usize, u8)| *byte < 0x20 && *byte != b'\n';
    if let Some((offset, byte)) = text.bytes().enumerate().find(control) {
        return Err(NoteError::ControlCharacter { byte, offset });
    }
    if !text.ends_with('\n') {
        return Err(NoteError::Unterminated);
    }
    Ok(())
}
