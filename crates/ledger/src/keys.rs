//! Authors' keys: which public keys are acceptable, how keys are written, and who signs.
//!
//! Bytes in, bytes out: files, prompts and agents' sockets belong to the caller. Nothing here says
//! whose key a key is, or what it may do in a ledger.

mod secret;

use base64ct::{Base64, Base64Unpadded, Encoding};
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use std::fmt;

use crate::ids::AuthorKey;
pub use secret::{KeyFileError, NewKeyError, SecretKey};

/// The name of the algorithm in OpenSSH's formats.
pub(crate) const ALGORITHM: &str = "ssh-ed25519";

/// Why 32 bytes are not an acceptable author's key. Each kind would make some signatures mean
/// something else to one verifier than to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not the encoding of a point of the curve.
    #[error("the key is not a point of the Ed25519 curve: copy it again, or ask for another key")]
    NotAPoint,
    /// The bytes decode to a point whose own encoding is different.
    #[error(
        "the key is written in a non-canonical way (a second spelling of the same key): ask for \
         another key"
    )]
    NonCanonical,
    /// One of the eight points for which signatures can be made without any secret.
    #[error("the key is weak (small order): anyone could sign with it; ask for another key")]
    SmallOrder,
    /// A point outside the prime-order subgroup: verifiers disagree about its signatures.
    #[error(
        "the key has a small-order part (mixed order): verifiers would disagree about its \
         signatures; ask for another key"
    )]
    MixedOrder,
}

/// A public key under which signatures mean the same to every verifier: canonical, and a point of
/// the prime-order subgroup other than the identity (FORMAT.md §4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AdmissibleKey {
    verifying: VerifyingKey,
}

impl AdmissibleKey {
    /// Checks a key.
    ///
    /// # Errors
    /// The first of the four reasons that applies, in the order in which [`KeyError`] lists them.
    pub fn admit(key: AuthorKey) -> Result<Self, KeyError> {
        let point = CompressedEdwardsY(*key.as_bytes())
            .decompress()
            .ok_or(KeyError::NotAPoint)?;
        if point.compress().as_bytes() != key.as_bytes() {
            return Err(KeyError::NonCanonical);
        }
        if point.is_small_order() {
            return Err(KeyError::SmallOrder);
        }
        if !point.is_torsion_free() {
            return Err(KeyError::MixedOrder);
        }
        Ok(Self {
            verifying: VerifyingKey::from(point),
        })
    }

    /// The key's 32 bytes.
    pub fn author(&self) -> AuthorKey {
        AuthorKey(self.verifying.to_bytes())
    }

    /// The key as `ed25519-dalek` takes it.
    pub(crate) fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }
}

impl fmt::Debug for AdmissibleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdmissibleKey({})", fingerprint(&self.author()))
    }
}

/// The public key as SSH carries it: `string "ssh-ed25519" ‖ string key` (RFC 8709 §4), 51 bytes.
pub(crate) fn wire_key(key: &AuthorKey) -> Vec<u8> {
    let mut wire = Vec::with_capacity(51);
    put_string(&mut wire, ALGORITHM.as_bytes());
    put_string(&mut wire, key.as_bytes());
    wire
}

/// Appends an SSH string: its length as a big-endian `u32`, then its bytes (RFC 4251 §5).
pub(crate) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    // Only keys, names, digests and signatures are written: none is longer than 115 bytes.
    let length = bytes.len() as u32;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The key's fingerprint as `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64.
pub fn fingerprint(key: &AuthorKey) -> String {
    let digest = Sha256::digest(wire_key(key));
    format!("SHA256:{}", Base64Unpadded::encode_string(&digest))
}

/// A public key on one line, as in OpenSSH's `.pub` files: `ssh-ed25519 AAAA… comment`.
///
/// Reading one does not admit the key: see [`AdmissibleKey::admit`]. Written with its comment's
/// control characters replaced by spaces, so that it stays one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyLine {
    /// The key.
    pub key: AuthorKey,
    /// What the key's owner wrote beside it; often empty. It proves nothing.
    pub comment: String,
}

/// Why a text is not a public key line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyLineError {
    /// More than one line, or control characters in it.
    #[error("expected one line of the form \"ssh-ed25519 AAAA… comment\", found several lines")]
    SeveralLines,
    /// Another kind of SSH key.
    #[error(
        "the key is of the kind {found:?}, only ssh-ed25519 keys are taken: make one with \
         `ssh-keygen -t ed25519`"
    )]
    NotEd25519 {
        /// The kind that stood there.
        found: String,
    },
    /// Not a public key line at all, or a damaged one.
    #[error("not a public key line ({reason}): expected \"ssh-ed25519 AAAA… comment\"")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

impl std::str::FromStr for PublicKeyLine {
    type Err = PublicKeyLineError;

    fn from_str(text: &str) -> Result<Self, PublicKeyLineError> {
        let line = text.trim();
        if line.chars().any(|c| c.is_control() && c != '\t') {
            return Err(PublicKeyLineError::SeveralLines);
        }
        let malformed = |reason: &str| PublicKeyLineError::Malformed {
            reason: reason.to_owned(),
        };
        let mut words = line.splitn(3, [' ', '\t']);
        let kind = words.next().unwrap_or_default();
        let encoded = words.next().ok_or_else(|| malformed("it has one word"))?;
        if kind != ALGORITHM {
            return Err(PublicKeyLineError::NotEd25519 {
                found: kind.chars().take(80).collect(),
            });
        }
        let wire =
            Base64::decode_vec(encoded).map_err(|_| malformed("its second word is not base64"))?;
        let key = wire
            .last_chunk::<32>()
            .map(|bytes| AuthorKey(*bytes))
            .filter(|key| wire_key(key) == wire)
            .ok_or_else(|| malformed("its second word is not an ssh-ed25519 key"))?;
        Ok(Self {
            key,
            comment: words.next().unwrap_or_default().trim().to_owned(),
        })
    }
}

impl fmt::Display for PublicKeyLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = Base64::encode_string(&wire_key(&self.key));
        write!(f, "{ALGORITHM} {encoded}")?;
        let comment = one_line(&self.comment);
        if comment.is_empty() {
            return Ok(());
        }
        write!(f, " {comment}")
    }
}

/// A comment with control characters replaced by spaces.
fn one_line(comment: &str) -> String {
    let spaced: String = comment
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.trim().to_owned()
}

/// Whatever holds a secret key and signs with it: a [`SecretKey`], or an agent.
pub trait Signer: Send + Sync {
    /// The public key that the signatures are under.
    fn public(&self) -> AuthorKey;

    /// Signs exactly these bytes with Ed25519 (RFC 8032, without prehash or context).
    ///
    /// # Errors
    /// When the holder of the key does not sign: it refuses, or cannot be reached.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError>;
}

impl<S: Signer + ?Sized> Signer for Box<S> {
    fn public(&self) -> AuthorKey {
        (**self).public()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        (**self).sign(message)
    }
}

/// A signer did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key {} was not used to sign: {reason}", fingerprint(.key))]
pub struct SignerError {
    /// The key that was asked for.
    pub key: AuthorKey,
    /// What its holder said, and what can be done.
    pub reason: String,
}
