//! The append-only, hashed, signed log under a ledger of shipment evidence.
//!
//! It knows entries, authors, a Merkle tree, segments, exhibits, checkpoints and verification. It
//! is not about ships: what an entry says is bytes to it. It reads no clock, no environment and no
//! terminal; its caller hands in times, keys and randomness. `docs/FORMAT.md` is its byte-exact
//! specification.

#![forbid(unsafe_code)]

pub mod facts;
pub mod ids;
