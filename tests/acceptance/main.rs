//! The case of March 2024, by the command alone: from the batch file to everything that the acceptance page
//! asks of it, at its three points, both times at once, and with parts left out.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod both_times;
mod case;
mod expected;
mod findings;
mod never;
mod reports;
mod table;
mod without;
