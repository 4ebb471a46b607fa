//! Verification's memory does not grow with the ledger. Measured by the operating system, as the peak of a process
//! that does nothing else.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::path::Path;
use std::process::Command;

use common::*;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::store::FolderStore;

/// The variable that makes this program verify the ledger in the folder it names.
const ROLE: &str = "SEAPROOF_TEST_VERIFIER";
/// What the larger ledger's verification may need more than the smaller one's, in bytes.
const MORE: u64 = 48 << 20;

#[test]
fn verifying_a_hundred_times_the_entries_takes_hardly_more_memory() {
    if let Some(folder) = std::env::var_os(ROLE) {
        let report = assert_sound(&FolderStore::new(Path::new(&folder)));
        println!("\npeak {} {}", report.entries, peak());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [small, large] = [200, 20_000].map(|entries| {
        let path = folder.path().join(entries.to_string());
        let length = write(&path, entries);
        let (seen, peak) = verified(&path);
        assert_eq!(seen, entries);
        (length, peak)
    });
    // Kept in memory, the larger one alone would be twice the bound.
    assert!(large.0 > 2 * MORE, "{} bytes", large.0);
    assert!(
        large.1 < small.1 + MORE,
        "{} bytes at the peak for 20,000 entries, {} for 200",
        large.1,
        small.1
    );
}

/// Writes a ledger of this many entries with a checkpoint; returns its length in bytes.
fn write(path: &Path, entries: u64) -> u64 {
    let (store, memory) = (FolderStore::new(path), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    writer.set_segment_bytes(8 << 20);
    let text = "x".repeat(5_000);
    while writer.head().size.0 < entries {
        let left = (entries - writer.head().size.0).min(1_000);
        let batch: Vec<_> = (0..left).map(|_| evidence(&text)).collect();
        writer.append(&key(1), &batch).unwrap();
    }
    writer.checkpoint(&key(1)).unwrap();
    writer.close();
    let log = std::fs::read_dir(path.join("log")).unwrap();
    log.map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

/// Entries and peak memory, in bytes, of a process that verifies.
fn verified(path: &Path) -> (u64, u64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "verifying_a_hundred_times_the_entries_takes_hardly_more_memory",
            "--nocapture",
        ])
        .env(ROLE, path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("peak "));
    let (entries, peak) = line.and_then(|line| line.split_once(' ')).unwrap();
    (entries.parse().unwrap(), peak.parse().unwrap())
}

/// The most memory that this process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kib.trim().parse::<u64>().unwrap() * 1_024
}
