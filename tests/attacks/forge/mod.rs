//! A forge for ledgers, honest and false, written from docs/FORMAT.md alone (its sections are named as
//! "§n"). It shares no code with the program that must see through it.

pub mod der;
mod facts;
mod folder;
mod log;
mod note;
mod proof;
mod sign;
mod token;
mod tree;

pub use facts::{Facts, admits, closed, list, revokes, roster, source};
pub use folder::{Segment, exhibit_file, memory};
pub use log::{Entry, Log, Statement};
pub use note::{Note, key_id};
pub use proof::{CLOSED, Consistency, Proof};
pub use sign::{Key, sshsig, sshsig_of};
pub use token::{Certificate, Token};
pub use tree::{consistency, inclusion, leaf_hash, root};

use sha2::{Digest, Sha256};

/// 32 bytes: a digest, an id or a key.
pub type Bytes32 = [u8; 32];

/// No id, and the ledger field of a genesis.
pub const ZERO: Bytes32 = [0; 32];

/// SHA-256 over these, one after the other.
pub fn sha256(parts: &[&[u8]]) -> Bytes32 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
