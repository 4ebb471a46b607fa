//! Whether signatures are valid: strict Ed25519, one verdict per signature, at speed.
//!
//! A signature (R, s) by an acceptable key A over M is valid if and only if s < L, R is not of
//! small order, and R equals, byte for byte, the encoding of `[s]B − [k]A` with
//! k = SHA-512(R ‖ A ‖ M) mod L (FORMAT.md §4). That is `ed25519-dalek`'s `verify_strict`. Batch
//! equations accept signatures that this refuses, so none is used.
//!
//! Three ways to the same verdict: [`verify_one`]; an [`AuthorTable`], which makes many signatures
//! of one author about three times cheaper; and a [`Verifier`], which takes signatures of any
//! authors and decides by itself whose table is worth building.
//!
//! What the message is (see [`crate::sshsig`]) and what an author may do are judged elsewhere.

mod table;
mod verifier;

use ed25519_dalek::Signature;

use crate::keys::AdmissibleKey;
pub use table::{AuthorTable, Item};
pub use verifier::{Signed, Verdict, Verifier};

/// Judges one signature by `ed25519-dalek`'s own strict verification.
pub fn verify_one(key: &AdmissibleKey, message: &[u8], signature: &[u8; 64]) -> bool {
    key.verifying()
        .verify_strict(message, &Signature::from_bytes(signature))
        .is_ok()
}
