//! The ledger's work beside its floors: what the machine needs at the very least for the same bytes.
//!
//! Both sides run in the same process, in turn, and medians are compared, so that a machine that changes its
//! speed changes both. Prints `floor / measured`. `SEAPROOF_ROUNDS` sets the rounds (default 7),
//! `SEAPROOF_ENTRIES` the entries to verify (default 100,000).

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::*;
use rayon::prelude::*;
use seaproof_ledger::exhibit::{exhibit_path, take_in};
use seaproof_ledger::keys::{AdmissibleKey, Signer};
use seaproof_ledger::log::{LogReader, Position, find_end};
use seaproof_ledger::memory::{FolderMemory, VolatileMemory};
use seaproof_ledger::opening::Source;
use seaproof_ledger::signature::verify_one;
use seaproof_ledger::sshsig;
use seaproof_ledger::statement::Leaf;
use seaproof_ledger::store::{FolderStore, Store};
use seaproof_ledger::tree::Frontier;
use seaproof_ledger::verify::{Options, verify};
use seaproof_ledger::writer::{Draft, OsSalts, Writer};
use sha2::{Digest, Sha256};

fn main() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bars");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).expect("a scratch folder");
    println!(
        "{:<58} {:>11} {:>11} {:>7}  bar",
        "work", "floor", "measured", "ratio"
    );
    append_one(&scratch);
    append_batches(&scratch);
    verify_all(&scratch, true);
    verify_all(&scratch, false);
    hash_exhibits(&scratch);
    open_for_appending(&scratch);
    let _ = std::fs::remove_dir_all(&scratch);
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Runs both sides in turn and prints a row; `per` is how much work a round is.
fn row(name: &str, bar: &str, per: u32, mut floor: impl FnMut(), mut measured: impl FnMut()) {
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    floor();
    measured();
    for round in 0..number("SEAPROOF_ROUNDS", 7) {
        // Neither side always goes first.
        if round % 2 == 0 {
            floors.push(time(&mut floor));
            times.push(time(&mut measured));
        } else {
            times.push(time(&mut measured));
            floors.push(time(&mut floor));
        }
    }
    let (floor, measured) = (median(floors), median(times));
    println!(
        "{name:<58} {:>8.2} µs {:>8.2} µs {:>7.2}  {bar}",
        floor.as_secs_f64() * 1e6 / f64::from(per),
        measured.as_secs_f64() * 1e6 / f64::from(per),
        floor.as_secs_f64() / measured.as_secs_f64(),
    );
}

/// An entry of about 300 bytes of facts.
fn entry(i: usize) -> Draft {
    evidence(&format!("{i:0>220}"))
}

fn new_ledger(folder: &Path) -> (FolderStore, FolderMemory) {
    (
        FolderStore::new(folder.join("case")),
        FolderMemory::new(folder.join("memory")),
    )
}

fn append_one(scratch: &Path) {
    const ROUND: usize = 200;
    let folder = scratch.join("one");
    let (store, memory) = new_ledger(&folder);
    let by = key(1);
    let mut writer = Writer::init(
        &store,
        &memory,
        Box::<OsSalts>::default(),
        &by,
        &genesis(),
        &[],
    )
    .expect("a new ledger");
    let before = std::fs::metadata(folder.join("case/log/00000000.seg")).expect("a segment");
    writer.append(&by, &[entry(0)]).expect("an entry");
    let after = std::fs::metadata(folder.join("case/log/00000000.seg")).expect("a segment");
    let record = vec![7u8; (after.len() - before.len()) as usize];
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(folder.join("floor"))
        .expect("a file");
    let mut i = 0;
    row(
        "append one entry, durable",
        "≥ 0.8",
        ROUND as u32,
        || {
            for _ in 0..ROUND {
                black_box(by.sign(&record[..113]).expect("a signature"));
                file.write_all(&record).expect("written");
                file.sync_data().expect("synced");
            }
        },
        || {
            for _ in 0..ROUND {
                i += 1;
                writer.append(&by, &[entry(i)]).expect("an entry");
            }
        },
    );
}

fn append_batches(scratch: &Path) {
    const BATCH: usize = 256;
    const BATCHES: usize = 16;
    let (store, memory) = new_ledger(&scratch.join("batches"));
    let by = key(1);
    let mut writer = Writer::init(
        &store,
        &memory,
        Box::<OsSalts>::default(),
        &by,
        &genesis(),
        &[],
    )
    .expect("a new ledger");
    let message = [7u8; 113];
    let drafts: Vec<Draft> = (0..BATCH).map(entry).collect();
    row(
        "append in batches of 256",
        "≥ 0.65",
        (BATCH * BATCHES) as u32,
        || {
            for _ in 0..BATCHES {
                let signed: Vec<[u8; 64]> = (0..BATCH)
                    .into_par_iter()
                    .map(|_| by.sign(&message).expect("a signature"))
                    .collect();
                black_box(signed);
            }
        },
        || {
            for _ in 0..BATCHES {
                writer.append(&by, &drafts).expect("a batch");
            }
        },
    );
}

fn fill(store: &FolderStore, entries: usize, batch: usize) {
    let memory = VolatileMemory::new();
    let by = key(1);
    let mut writer = Writer::init(
        store,
        &memory,
        Box::<OsSalts>::default(),
        &by,
        &genesis(),
        &[],
    )
    .expect("a new ledger");
    let mut done = 1;
    while done < entries {
        let n = batch.min(entries - done);
        let drafts: Vec<Draft> = (done..done + n).map(entry).collect();
        writer.append(&by, &drafts).expect("a batch");
        done += n;
    }
    writer.checkpoint(&by).expect("a checkpoint");
    writer.close();
}

fn leaves(store: &dyn Store) -> Vec<Leaf> {
    let end = find_end(store, None).expect("a log");
    let mut reader = LogReader::new(store, Position::START, end);
    let mut leaves = Vec::new();
    while let Some(chunk) = reader.next_chunk(usize::MAX).expect("a sound log") {
        leaves.extend(chunk.records().map(|record| record.leaf()));
    }
    leaves
}

fn verify_all(scratch: &Path, batches: bool) {
    let entries = number("SEAPROOF_ENTRIES", 100_000);
    let store = FolderStore::new(scratch.join(format!("verify-{batches}")));
    fill(&store, entries, if batches { 256 } else { 1 });
    let leaves = leaves(&store);
    let admitted = AdmissibleKey::admit(key(1).public()).expect("a key");
    row(
        match batches {
            true => "verify, entries observe their batch's start",
            false => "verify, each entry observes its predecessor",
        },
        if batches { "≥ 1.4" } else { "≥ 1.2" },
        entries as u32,
        || {
            let hashes: Vec<_> = leaves
                .par_iter()
                .map(|leaf| {
                    let message = sshsig::signed_bytes(leaf.statement());
                    assert!(verify_one(&admitted, &message, leaf.signature()));
                    leaf.hash()
                })
                .collect();
            let mut frontier = Frontier::new();
            for hash in hashes {
                frontier.push(hash);
            }
            black_box(frontier.root());
        },
        || {
            let report = verify(&store, &Options::default());
            assert!(report.problems.is_empty());
        },
    );
}

fn hash_exhibits(scratch: &Path) {
    const FILES: usize = 64;
    const BYTES: usize = 4 << 20;
    let (store, memory) = new_ledger(&scratch.join("exhibits"));
    let by = key(1);
    let mut writer = Writer::init(
        &store,
        &memory,
        Box::<OsSalts>::default(),
        &by,
        &genesis(),
        &[],
    )
    .expect("a new ledger");
    let mut files: Vec<Vec<u8>> = Vec::new();
    for i in 0..FILES {
        let bytes: Vec<u8> = (0..BYTES)
            .map(|at| (at * 31 + i * 7 + at / 251) as u8)
            .collect();
        let exhibit = take_in(&store, &mut &bytes[..], None, &mut |_| {}).expect("an exhibit");
        let mut draft = naming(exhibit);
        draft.source = Source::default();
        writer.append(&by, &[draft]).expect("an entry");
        assert!(store.open(&exhibit_path(&exhibit.hash)).is_ok());
        files.push(bytes);
    }
    writer.checkpoint(&by).expect("a checkpoint");
    writer.close();
    row(
        "hash exhibits (64 of 4 MiB), per file",
        "≥ 0.9",
        FILES as u32,
        || {
            let hashes: Vec<[u8; 32]> = files
                .par_iter()
                .with_max_len(1)
                .map(|bytes| Sha256::digest(bytes).into())
                .collect();
            black_box(hashes);
        },
        || {
            let report = verify(&store, &Options::default());
            assert_eq!(report.exhibits.sound, FILES as u64);
        },
    );
}

fn open_for_appending(scratch: &Path) {
    let large = number("SEAPROOF_LARGE", 1_000_000);
    let ledger = |entries: usize| -> PathBuf {
        let folder = scratch.join(format!("open-{entries}"));
        fill(&FolderStore::new(&folder), entries, 4_096);
        folder
    };
    let (small, big) = (ledger(1_000), ledger(large));
    let open = |folder: &Path| {
        let store = FolderStore::new(folder);
        let memory = VolatileMemory::new();
        let salts = Box::<OsSalts>::default();
        let writer = Writer::open(&store, &memory, salts, key(1).public()).expect("a ledger");
        writer.close();
    };
    row(
        &format!("open for appending at {large} entries (floor: at 1,000)"),
        "≥ 0.5",
        1,
        || open(&small),
        || open(&big),
    );
}
