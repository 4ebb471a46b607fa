//! The keys of signed notes: names, ids, and the text form in which verifiers exchange them.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use crate::ids::AuthorKey;
use crate::keys::{AdmissibleKey, KeyError};
use crate::signature::verify_one;

/// The signature type of Ed25519 over the note's text.
pub(super) const ED25519: u8 = 0x01;
/// The signature type of an Ed25519 cosignature (C2SP tlog-cosignature).
pub(super) const COSIGNATURE: u8 = 0x04;

/// A text cannot be the name of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} cannot name a key: a name has at least one character, no spaces and no \"+\"")]
pub struct KeyNameError {
    /// What stood there, cut to 80 characters.
    pub found: String,
}

/// The name of a key: not empty, without Unicode spaces, `+` and control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Checks a name.
    ///
    /// # Errors
    /// If it is empty or has a character that no name has.
    pub fn new(name: impl Into<String>) -> Result<Self, KeyNameError> {
        let name = name.into();
        let refused = |c: char| c == '+' || c < ' ' || c.is_whitespace();
        if name.is_empty() || name.contains(refused) {
            return Err(KeyNameError {
                found: name.chars().take(80).collect(),
            });
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tells apart the keys of one name: four bytes, written as eight hexadecimal digits. Too short to prove
/// anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// The first 4 bytes of SHA-256(name ‖ 0A ‖ 01 ‖ key): the id of an Ed25519 key of this name.
    pub fn ed25519(name: &KeyName, key: &AuthorKey) -> Self {
        Self::of(ED25519, name, key)
    }

    /// The same of a cosigner's key, with 04 in the place of 01.
    pub fn cosigner(name: &KeyName, key: &AuthorKey) -> Self {
        Self::of(COSIGNATURE, name, key)
    }

    fn of(kind: u8, name: &KeyName, key: &AuthorKey) -> Self {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::new()
            .chain_update(name.as_str())
            .chain_update([b'\n', kind])
            .chain_update(key.as_bytes())
            .finalize()
            .into();
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Why a text is not a verifier key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not of the form `name+id+key`, with eight lower-case hexadecimal digits and strict base64.
    #[error("a verifier key has the form name+id+key (eight hexadecimal digits, then base64)")]
    Form,
    /// The name is no name.
    #[error(transparent)]
    Name(#[from] KeyNameError),
    /// The key is of a type other than the one that is wanted here.
    #[error("the key is of signature type {found:02x}, and one of type {expected:02x} is wanted here: {}", wanted(.expected))]
    UnknownType {
        /// The type that is wanted: 01 of a log, 04 of a cosigner.
        expected: u8,
        /// The type's byte.
        found: u8,
    },
    /// An Ed25519 key has 32 bytes.
    #[error("the key has {found} bytes, an Ed25519 key has 32: copy it again")]
    Length {
        /// How many bytes stood there.
        found: usize,
    },
    /// The id does not belong to the name and key.
    #[error("the key id is {found}, and of this name and key it is {expected}: copy it again")]
    WrongId {
        /// The id that belongs to them.
        expected: KeyId,
        /// The id that stood there.
        found: KeyId,
    },
    /// The key is not acceptable.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A named Ed25519 key that a verifier trusts to sign notes. Written as `name+id+base64(01 ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    key: AdmissibleKey,
}

impl VerifierKey {
    /// Names a key.
    ///
    /// # Errors
    /// If the key is not acceptable.
    pub fn new(name: KeyName, key: AuthorKey) -> Result<Self, KeyError> {
        Ok(Self {
            id: KeyId::ed25519(&name, &key),
            key: AdmissibleKey::admit(key)?,
            name,
        })
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The key itself.
    pub fn key(&self) -> AuthorKey {
        self.key.author()
    }

    /// Whether this is the key's signature on the text, strictly.
    pub(super) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        signature
            .try_into()
            .is_ok_and(|signature| verify_one(&self.key, text, signature))
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_typed(ED25519, &self.name, self.id, &self.key()))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, key) = parse_typed(ED25519, text)?;
        Ok(Self::new(name, key)?)
    }
}

fn wanted(kind: &u8) -> &'static str {
    match *kind {
        COSIGNATURE => "the key of a cosigner, such as `seaproof cosign --vkey` prints",
        _ => "the Ed25519 key of a log, such as `seaproof checkpoint --vkey` prints",
    }
}

/// `name+id+base64(type ‖ key)`.
pub(super) fn format_typed(kind: u8, name: &KeyName, id: KeyId, key: &AuthorKey) -> String {
    let typed = [&[kind], &key.0[..]].concat();
    format!("{name}+{id}+{}", Base64::encode_string(&typed))
}

/// Reads the text of a key of this type. The key is not looked at.
pub(super) fn parse_typed(kind: u8, text: &str) -> Result<(KeyName, AuthorKey), VerifierKeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(VerifierKeyError::Form);
    };
    let found = u32::from_str_radix(id, 16)
        .map(|id| KeyId(id.to_be_bytes()))
        .ok()
        .filter(|parsed| parsed.to_string() == id)
        .ok_or(VerifierKeyError::Form)?;
    let typed = Base64::decode_vec(base64).map_err(|_| VerifierKeyError::Form)?;
    let name = KeyName::new(name)?;
    let key = match typed.split_first() {
        None => return Err(VerifierKeyError::Form),
        Some((found, key)) if *found == kind => key,
        Some((&found, _)) => {
            return Err(VerifierKeyError::UnknownType {
                expected: kind,
                found,
            });
        }
    };
    let key = AuthorKey(
        key.try_into()
            .map_err(|_| VerifierKeyError::Length { found: key.len() })?,
    );
    let expected = KeyId::of(kind, &name, &key);
    match found == expected {
        true => Ok((name, key)),
        false => Err(VerifierKeyError::WrongId { expected, found }),
    }
}
