//! Replay on small logs: given these entries, this state and these findings. One binary, because building one is most of
//! the time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod acceptance;
mod amendments;
mod caps;
mod common;
mod findings;
mod lens;
mod listed;
mod listings;
mod looking;
mod notices;
mod rows;
mod snapshot;
mod total;
mod tracing;
mod tracks;
