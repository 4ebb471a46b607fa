//! Timestamps of RFC 3161 over checkpoint texts (FORMAT.md §23): writing a request, reading an answer, and verifying it
//! offline, at the token's own time, under roots that the caller gives.
//!
//! Bytes in, answers out: no clock, no network, no files. The signer is found by its identifier, never by position.
//! Revocation lists are not asked for: what counts is the time at which the token was made.

use crate::ids::Timestamp;

mod algorithm;
mod asn1;
mod bounds;
mod certificate;
mod kept;
mod request;
mod token;
mod trust;

pub use bounds::{Bound, Bounds, Dated, Timeline};
pub use certificate::{ROOTS_BYTES_MAX, Roots, RootsError};
pub use kept::{KeptToken, Worth};
pub use request::request;

use algorithm::{Hash, Known};
use token::Signer;

/// The most bytes of an answer or token.
pub const TOKEN_MAX: usize = 65_536;
/// The most certificates that a token may hold.
pub const CERTIFICATES_MAX: usize = 32;
/// The most extensions of a certificate or a timestamp, and the most signed attributes.
const PARTS_MAX: usize = 64;

/// Why a token proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not strict DER, or not what RFC 3161 says.
    #[error("{0}")]
    Malformed(String),
    /// An answer without a token.
    #[error("{0}")]
    Refused(String),
    /// It stamps something else.
    #[error("it stamps something else: its imprint is not that of what it should stamp")]
    Other,
    /// What is signed, or the signature, is wrong.
    #[error("{0}")]
    Invalid(String),
    /// Its signer is nobody whom the caller trusts for timestamps at that time, or it cannot be checked here.
    #[error("{0}")]
    Untrusted(String),
}

/// What a token says (TSTInfo). Claims, until [`Token::verify`] found them to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When it was made, by the service's clock.
    pub gen_time: Timestamp,
    /// How far that clock may be off, in microseconds, where it is stated.
    pub accuracy_micros: Option<u64>,
    /// Under which policy, as numbers with dots.
    pub policy: String,
    /// The token's serial number: hexadecimal digits of its two's complement.
    pub serial: String,
    /// The request's nonce, in the same form.
    pub nonce: Option<String>,
    /// What the service calls itself in the token.
    pub authority: Option<String>,
    /// One unit of the last digit of its time, in milliseconds: 1, 10, 100 or 1,000.
    unit_millis: i64,
    hash: Known<Hash>,
    digest: Vec<u8>,
}

impl Stamp {
    /// What it stamps came before this moment: its time and the accuracy that it states. Where it states none, one unit
    /// of its time's last digit is added, as a time may have been cut there.
    pub fn latest(&self) -> Timestamp {
        let more = self.accuracy_millis().unwrap_or(self.unit_millis);
        Timestamp(self.gen_time.0.saturating_add(more))
    }

    /// It was made after this moment: its time, less the accuracy that it states.
    pub fn earliest(&self) -> Timestamp {
        let less = self.accuracy_millis().unwrap_or(0);
        Timestamp(self.gen_time.0.saturating_sub(less))
    }

    /// Rounded up; at most some 136 years, as the seconds have 32 bits.
    fn accuracy_millis(&self) -> Option<i64> {
        self.accuracy_micros
            .map(|micros| i64::try_from(micros.div_ceil(1_000)).unwrap_or(i64::MAX))
    }

    /// The digest that the imprint was made with: `sha256`, `sha384`, `sha512`.
    ///
    /// # Errors
    /// [`TimestampError::Untrusted`] if it is another, which is not checked here.
    pub fn hash_name(&self) -> Result<&'static str, TimestampError> {
        match &self.hash {
            Ok(hash) => Ok(hash.name()),
            Err(why) => Err(TimestampError::Untrusted(why.clone())),
        }
    }
}

/// The service that made a token, under the caller's roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The subject of its certificate (RFC 4514).
    pub name: String,
    /// SHA-256 of its certificate.
    pub certificate: [u8; 32],
    /// The subject of the root that it leads to.
    pub root: String,
    /// SHA-256 of that root.
    pub root_certificate: [u8; 32],
}

/// A timestamp token. Holding one means that it is well-formed and nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    stamp: Stamp,
    /// The TSTInfo's bytes, as they were signed.
    content: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signer: Signer,
}

impl Token {
    /// Reads an answer (TimeStampResp) or a bare token (TimeStampToken): strict DER, at most [`TOKEN_MAX`] bytes, and
    /// nothing behind it.
    ///
    /// # Errors
    /// [`TimestampError::Malformed`], or [`TimestampError::Refused`] if the answer holds no token.
    pub fn read(bytes: &[u8]) -> Result<Self, TimestampError> {
        token::read(bytes)
    }

    /// What it says.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Whether it stamps exactly these bytes.
    ///
    /// # Errors
    /// [`TimestampError::Other`]; [`TimestampError::Untrusted`] if its digest is not of SHA-2.
    pub fn is_over(&self, message: &[u8]) -> Result<(), TimestampError> {
        match &self.stamp.hash {
            Err(why) => Err(TimestampError::Untrusted(why.clone())),
            Ok(hash) if hash.of(message) == self.stamp.digest => Ok(()),
            Ok(_) => Err(TimestampError::Other),
        }
    }

    /// Verifies signature and signer at the token's own time. Whether it stamps what it should is
    /// [`is_over`](Self::is_over)'s to say. Under no roots a sound token is untrusted, and one whose signature can be
    /// seen to be wrong is invalid.
    ///
    /// # Errors
    /// [`TimestampError::Invalid`] or [`TimestampError::Untrusted`].
    pub fn verify(&self, roots: &Roots) -> Result<Authority, TimestampError> {
        trust::verify(self, roots)
    }
}
