//! AIS through the command: what `track` shows of files, and what `record track` keeps of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/mod.rs"]
mod common;
mod fragments;
mod made;
mod memory;
mod outcomes;
mod real;
mod recorded;
mod refused;
mod shown;

use std::path::{Path, PathBuf};

/// A file of the data beside the project; `None`, with a word, where that is absent. It must be there in CI.
fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    if path.is_file() {
        return Some(path);
    }
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(!ci, "{} is missing", path.display());
    println!("skipped: {} is not there", path.display());
    None
}
