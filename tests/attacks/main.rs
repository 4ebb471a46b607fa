//! The attack corpus: what could be done to a ledger, each with the verdict and the problem that it must
//! get. The cases are forged by code of their own, written from docs/FORMAT.md, and judged by the real command
//! under a limit of memory and time. docs/ATTACKS.md lists them all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]
#![allow(clippy::needless_update, reason = "a case says what is special to it")]

mod anchors;
mod case;
mod checkpoints;
mod exhibits;
mod forge;
mod governance;
mod heads;
mod leaves;
mod listed;
mod mutations;
mod openings;
mod proofs;
mod records;
mod redaction;
mod refusals;
mod segments;
mod signatures;
mod tiles;
mod timestamps;
