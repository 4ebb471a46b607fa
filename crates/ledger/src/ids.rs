//! Identifiers and units of the log: a type for each, so that no two can be swapped.
//!
//! Only values live here: no hashing, no input or output.

use std::fmt;

/// Why a text is not the identifier it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not exactly 64 hexadecimal digits, in lower case.
    #[error("{what} is written as 64 lower-case hexadecimal digits, found {found:?}")]
    NotHex {
        /// Which identifier was read.
        what: &'static str,
        /// What stood there, cut to 80 characters.
        found: String,
    },
}

/// Writes bytes as lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Reads 32 bytes from exactly 64 lower-case hexadecimal digits.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let value = |d: u8| match d {
        b'0'..=b'9' => Some(d - b'0'),
        b'a'..=b'f' => Some(d - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

macro_rules! bytes32 {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bincode::Encode, bincode::Decode)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The first eight hexadecimal digits, for people to recognise it by.
            pub fn short(&self) -> String {
                to_hex(&self.0[..4])
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                from_hex(text).map(Self).ok_or_else(|| IdError::NotHex {
                    what: $what,
                    found: text.chars().take(80).collect(),
                })
            }
        }
    };
}

bytes32! {
    /// Names one statement: SHA-256 over a tag and the 219 statement bytes (FORMAT.md §3).
    /// It does not depend on the signature. Authors' chains, amendments and references use it.
    EntryId, "an entry id"
}
bytes32! {
    /// Names a ledger: the entry id of its genesis entry.
    LedgerId, "a ledger id"
}
bytes32! {
    /// A node or the root of the Merkle tree (RFC 6962 §2.1).
    TreeHash, "a tree hash"
}
bytes32! {
    /// SHA-256 of an exhibit's bytes, without tag or salt, as `sha256sum` prints it.
    ExhibitHash, "an exhibit's SHA-256"
}
bytes32! {
    /// A salted commitment to one opening (FORMAT.md §5).
    Commitment, "a commitment"
}
bytes32! {
    /// The random salt of one opening. Secret as long as the opening is withheld.
    Salt, "a salt"
}
bytes32! {
    /// An Ed25519 public key in its 32-byte encoding. Holding one does not mean that it is
    /// acceptable: see [`crate::keys::AdmissibleKey`].
    AuthorKey, "an author's key"
}

/// An exhibit as an entry names it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bincode::Encode, bincode::Decode,
)]
pub struct ExhibitRef {
    /// SHA-256 of the exhibit's bytes.
    pub hash: ExhibitHash,
    /// Its length in bytes.
    pub length: u64,
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, bincode::Encode, bincode::Decode)]
        pub struct $name(pub u64);
    };
}

number! {
    /// A leaf's index in the tree, from 0 (genesis). Written `#12`.
    EntryIndex
}
number! {
    /// A number of leaves: the tree of size `n` holds `#0` to `#n-1`.
    TreeSize
}
number! {
    /// An author's own count of entries, from 0.
    Seq
}

impl fmt::Display for EntryIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A moment: milliseconds since 1970-01-01T00:00:00Z, without leap seconds. In a statement it is
/// its author's claim and nothing more.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bincode::Encode, bincode::Decode,
)]
pub struct Timestamp(pub i64);

/// What a signature covers: 0 genesis, 1 governance, 2 evidence, 3 amendment. Public in every
/// statement, so that nobody can hide a revocation or a retraction by withholding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// The first entry of a ledger, and only that.
    Genesis = 0,
    /// Admit, revoke, roster, rule set, closed.
    Governance = 1,
    /// Everything an investigator records.
    Evidence = 2,
    /// Correct, retract, dispute, redact.
    Amendment = 3,
}

impl Class {
    /// The class with this byte, if there is one.
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Genesis),
            1 => Some(Self::Governance),
            2 => Some(Self::Evidence),
            3 => Some(Self::Amendment),
            _ => None,
        }
    }
}

/// What a key may do in a ledger.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bincode::Encode, bincode::Decode,
)]
pub enum Role {
    /// Governs, records, amends, signs checkpoints. Encoded as 0.
    Custodian,
    /// Records and amends. Encoded as 1.
    Investigator,
    /// Cosigns, nothing else. Encoded as 2.
    Witness,
}

impl Role {
    /// The role's name in words and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Custodian => "custodian",
            Self::Investigator => "investigator",
            Self::Witness => "witness",
        }
    }
}

/// What the ledger says of an entry's author at the entry's place, from the governance entries
/// below it. Handed to replay, which never sees keys at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// The role in force for the key at this place; `None` if it was never admitted or is revoked.
    pub role: Option<Role>,
    /// Whether the role allows this entry's class here.
    pub authorised: bool,
    /// Whether a revocation anywhere in the log calls entries of this key from here on suspect.
    pub suspect: bool,
}
