//! The vocabulary of shipment evidence: events, identifiers, units, dates, and what every
//! statement carries. It reads no files and no clock and holds no keys.
//!
//! A thing (a vessel, a group, a cap, a figure, a document, a port call) is identified by the id of
//! the entry that introduced it. Every statement says how it is held, who made it, on what it
//! rests and how sure its recorder is; contradicting statements stand side by side. What follows
//! from them is replay's affair.
//!
//! One family of types: the structs of [`events`] are the encoding (in the order of their fields),
//! the values in memory and the JSON.

#![forbid(unsafe_code)]

pub mod batch;
pub mod bounded;
mod check;
mod event;
pub mod events;
pub mod folding;
pub mod ids;
mod json;
pub mod lists;
pub mod provenance;
pub mod quotes;
pub mod references;
pub mod time;
pub mod units;
mod wire;

pub use check::Broken;
pub use event::{Decoded, EVENT_BYTES_MAX, Event, Malformed, Said};
pub use seaproof_ledger::facts::{Amendment, Facts, Relation};
pub use seaproof_ledger::ids::{
    AuthorKey, Class, EntryId, EntryIndex, ExhibitHash, ExhibitRef, Role, Standing, Timestamp,
};
pub use wire::{EntrySlot, ExhibitSlot, Slots};
