//! Distances, ports, shores and what is derived from tracks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod close;
mod common;
mod distances;
mod movements;
mod places;
mod properties;
mod real;
mod silences;
mod visits;

use std::path::PathBuf;

/// A file of the real data that lies beside the project; `None`, with the reason printed, where that is absent.
fn real(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(path);
    match std::fs::read(&file) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!ci, "{} must be there: {error}", file.display());
            println!("skipped: {} is not there", file.display());
            None
        }
    }
}
