//! Cosignatures as C2SP's tlog-cosignature 1.0.1 defines them, of type 04: somebody other than the log states, with the
//! time, that this is the largest head that they saw of it and that it continues all they had seen.
//!
//! ```text
//! signed    = "cosignature/v1" LF "time " ‖ seconds, decimal ‖ LF ‖ text of the checkpoint
//! signature = seconds u64 big-endian ‖ Ed25519 signature 64                                (72 bytes)
//! key id    = first 4 bytes of SHA-256(name ‖ 0A ‖ 04 ‖ key)
//! ```
//!
//! The cosigner's name is not signed, so a key belongs to one cosigner.

use std::fmt;
use std::str::FromStr;

use super::key::{COSIGNATURE, KeyId, KeyName, VerifierKeyError, format_typed, parse_typed};
use super::{SignError, SignatureLine, check_text};
use crate::ids::{AuthorKey, Timestamp};
use crate::keys::{AdmissibleKey, KeyError};
use crate::signature::verify_one;

/// The bytes of a cosignature behind the key id: time and Ed25519 signature.
pub const COSIGNATURE_LEN: usize = 72;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds. At most 2⁶³ − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PosixTime(u64);

impl PosixTime {
    /// A time; `None` above 2⁶³ − 1.
    pub fn new(seconds: u64) -> Option<Self> {
        (seconds <= i64::MAX as u64).then_some(Self(seconds))
    }

    /// The second in which a moment lies; moments before 1970 count as its beginning.
    pub fn of(moment: Timestamp) -> Self {
        Self(u64::try_from(moment.0.div_euclid(1_000)).unwrap_or(0))
    }

    /// The seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// As milliseconds; times beyond their range are its end.
    pub fn moment(self) -> Timestamp {
        let seconds = i64::try_from(self.0).unwrap_or(i64::MAX);
        Timestamp(seconds.saturating_mul(1_000))
    }
}

/// The bytes that a cosigner signs for this text at this time.
pub fn cosigned_bytes(time: PosixTime, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {}\n{text}", time.0).into_bytes()
}

/// A named Ed25519 key of a cosigner. Written as `name+id+base64(04 ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignerKey {
    name: KeyName,
    id: KeyId,
    key: AdmissibleKey,
}

impl CosignerKey {
    /// Names a key.
    ///
    /// # Errors
    /// If the key is not acceptable.
    pub fn new(name: KeyName, key: AuthorKey) -> Result<Self, KeyError> {
        Ok(Self {
            id: KeyId::cosigner(&name, &key),
            key: AdmissibleKey::admit(key)?,
            name,
        })
    }

    /// The cosigner's name.
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

    /// Whether a line says that it is by this key: name and id. Four bytes prove nothing.
    pub fn is_named_by(&self, line: &SignatureLine) -> bool {
        line.id == self.id && line.name == self.name
    }

    /// The time of this key's cosignature on the text; `None` if the line is not one, or not valid strictly.
    pub fn verify(&self, text: &str, line: &SignatureLine) -> Option<PosixTime> {
        if !self.is_named_by(line) || line.signature.len() != COSIGNATURE_LEN {
            return None;
        }
        let (time, signature) = line.signature.split_first_chunk::<8>()?;
        let time = PosixTime::new(u64::from_be_bytes(*time))?;
        let signature = signature.try_into().ok()?;
        verify_one(&self.key, &cosigned_bytes(time, text), signature).then_some(time)
    }
}

impl fmt::Display for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_typed(COSIGNATURE, &self.name, self.id, &self.key()))
    }
}

impl FromStr for CosignerKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, key) = parse_typed(COSIGNATURE, text)?;
        Ok(Self::new(name, key)?)
    }
}

/// Cosigns a checkpoint's text at this time. `sign` is given the bytes and returns their Ed25519 signature.
///
/// The caller answers for the head: it continues everything that this key cosigned for the log before, and is
/// remembered durably ([`crate::witness`] does that).
///
/// # Errors
/// [`SignError`]: the text will not do, or the signer refuses or gives a signature that does not verify.
pub fn cosign_with<E>(
    text: &str,
    key: &CosignerKey,
    time: PosixTime,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<SignatureLine, SignError<E>> {
    check_text(text)?;
    let signature = sign(&cosigned_bytes(time, text)).map_err(SignError::Signer)?;
    let line = SignatureLine {
        name: key.name.clone(),
        id: key.id,
        signature: [&time.0.to_be_bytes()[..], &signature].concat(),
    };
    match key.verify(text, &line) {
        Some(_) => Ok(line),
        None => Err(SignError::WrongSignature),
    }
}
