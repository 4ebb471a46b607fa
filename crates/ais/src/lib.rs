//! AIS as evidence: from raw sentences and CSV to positions, from positions to gaps, port visits and
//! encounters, each with every line and threshold that it rests on.
//!
//! ```text
//! input      a file as it was, gz and zst included          one outcome for each line
//!   → report   what one transmission says of one MMSI        raw integers, with source and line
//!   → track    all of an MMSI by time, receivers merged      nothing dropped, what is odd is flagged
//!   → analysis gaps, visits, encounters, anomalies           pure, thresholds by name
//! ```
//!
//! It knows no ledger and no case, reads no clock and never invents a time or a place: what was not
//! transmitted is `None`. The same lines give the same analysis on every machine and in every order.

#![forbid(unsafe_code)]

pub mod analyse;
pub mod analysis;
pub mod collect;
pub mod columns;
pub mod decode;
pub mod derive;
pub mod geodesy;
pub mod hash;
pub mod imo;
pub mod input;
mod kept;
pub mod message;
pub mod ports;
pub mod report;
pub mod sentence;
pub mod shore;
pub mod sink;
mod space;
pub mod table;
pub mod thresholds;
pub mod track;
pub mod units;
