//! The append-only, hashed, signed log under a ledger of shipment evidence.
//!
//! It knows entries, authors, a Merkle tree, segments, exhibits, checkpoints and verification. It
//! is not about ships: what an entry says is bytes to it. It reads no clock, no environment and no
//! terminal; its caller hands in times, keys and randomness. `docs/FORMAT.md` is its byte-exact
//! specification.

#![forbid(unsafe_code)]

pub mod anchors;
mod cache;
pub mod checkpoint;
pub mod encoding;
pub mod entry;
pub mod exhibit;
pub mod facts;
pub mod governance;
pub mod ids;
pub mod keys;
pub mod log;
pub mod memory;
pub mod note;
pub mod opening;
pub mod policy;
pub mod proof;
pub mod reader;
pub mod record;
pub mod redaction;
pub mod signature;
pub mod sshsig;
pub mod statement;
pub mod store;
mod text;
pub mod tiles;
pub mod timestamp;
pub mod tree;
pub mod verify;
pub mod witness;
pub mod writer;
