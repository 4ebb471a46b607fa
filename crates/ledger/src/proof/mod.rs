//! Proofs that travel without the ledger (FORMAT.md §20): one entry is in it, one head extends another, and what
//! a verification found of heads.
//!
//! `file` parses and writes them, `make` takes them from a ledger, `check` judges them with nothing at
//! hand but the keys that the caller names. What only a ledger can show (that nothing is missing, that nothing was
//! revoked since) no proof of one entry shows.

mod check;
mod extra;
mod file;
mod heads;
mod make;

pub use check::{Given, ProofReport, ProvenEntry, check, check_heads};
pub use extra::{EXTRA_MAX, Extra, OwnedOpening, RosterEntry};
pub(crate) use file::parse_checkpoint;
pub use file::{ConsistencyProof, EntryProof, HASHES_MAX, PROOF_MAX, ProofFile, ProofFileError};
pub use heads::{HEADS_MAX, ReportedHead, ReportedHeads};
pub use make::{Disclose, MakeError, Prover};
