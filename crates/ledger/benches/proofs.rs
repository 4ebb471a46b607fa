//! Proofs and the published form of a large ledger. Proofs beside nothing: they must stay under 5 ms. The export beside its
//! floor: copying the log's bytes and hashing them, in the same process, in turn; medians. `SEAPROOF_LARGE` sets the
//! size (default 1,000,000), `SEAPROOF_ROUNDS` the rounds (default 3).

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use common::*;
use seaproof_ledger::checkpoint::origin_of;
use seaproof_ledger::ids::{EntryIndex, TreeSize};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::note::VerifierKey;
use seaproof_ledger::proof::{Disclose, Given, ProofFile, Prover, check};
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::tiles::export;
use seaproof_ledger::verify::{Options, verify_tiles};
use seaproof_ledger::writer::{Draft, OsSalts, Writer};
use sha2::{Digest, Sha256};

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

fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let value = work();
    (start.elapsed(), value)
}

fn main() {
    let entries = number("SEAPROOF_LARGE", 1_000_000);
    let rounds = number("SEAPROOF_ROUNDS", 3);
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("proofs");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).expect("a scratch folder");
    let case = scratch.join("case");
    let store = FolderStore::new(&case);
    fill(&store, entries);
    proofs(&store, entries as u64);
    published(&scratch, &case, &store, rounds);
    let _ = std::fs::remove_dir_all(&scratch);
}

fn fill(store: &FolderStore, entries: usize) {
    let (memory, by) = (VolatileMemory::new(), key(1));
    let salts = Box::<OsSalts>::default();
    let mut writer = Writer::init(store, &memory, salts, &by, &genesis(), &[]).expect("a ledger");
    let mut done = 1;
    while done < entries {
        let n = 4_096.min(entries - done);
        let drafts: Vec<Draft> = (done..done + n)
            .map(|i| evidence(&format!("{i:0>220}")))
            .collect();
        writer.append(&by, &drafts).expect("a batch");
        done += n;
    }
    writer.checkpoint(&by).expect("a checkpoint");
    writer.close();
}

fn proofs(store: &FolderStore, entries: u64) {
    let (mut made, mut since, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    let mut longest = 0;
    let ledger = Prover::open(store).expect("a checkpoint").ledger();
    let keys = [VerifierKey::new(origin_of(&ledger), key(1).public()).expect("a key")];
    let given = Given {
        keys: &keys,
        pins: &[],
    };
    for i in 0..101 {
        let index = EntryIndex((entries - 1) * i / 100);
        let (took, text) = time(|| {
            let prover = Prover::open(store).expect("a checkpoint");
            let proof = prover.entry(index, Disclose::default(), false);
            ProofFile::Entry(proof.expect("a proof")).to_string()
        });
        made.push(took);
        longest = longest.max(text.len());
        let (took, report) = time(|| {
            let proof = ProofFile::parse(text.as_bytes()).expect("a proof");
            check(&proof, &given)
        });
        assert!(report.problems.is_empty());
        checked.push(took);
        let (took, proof) = time(|| {
            let prover = Prover::open(store).expect("a checkpoint");
            prover.consistency(TreeSize(index.0 + 1)).expect("a proof")
        });
        black_box(proof);
        since.push(took);
    }
    for (name, times) in [
        ("prove", made),
        ("prove --since", since),
        ("check", checked),
    ] {
        let worst = times.iter().max().copied().unwrap_or_default();
        println!(
            "{name:<16} at {entries} entries: median {:>8.3} ms, worst {:>8.3} ms   bar 5 ms",
            median(times).as_secs_f64() * 1e3,
            worst.as_secs_f64() * 1e3
        );
    }
    println!("the longest proof without openings: {longest} bytes   bar 2048");
}

fn published(scratch: &Path, case: &Path, store: &FolderStore, rounds: usize) {
    let (mut floors, mut times, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let copy = scratch.join("copy");
    let www = scratch.join("www");
    for _ in 0..rounds {
        let _ = std::fs::remove_dir_all(&copy);
        std::fs::create_dir_all(&copy).expect("a folder");
        floors.push(time(|| copy_and_hash(&case.join("log"), &copy)).0);
        let _ = std::fs::remove_dir_all(&www);
        let to = FolderStore::new(&www);
        std::fs::create_dir_all(&www).expect("a folder");
        times.push(time(|| export(store, &to, &|_| {}).expect("an export")).0);
        again.push(time(|| export(store, &to, &|_| {}).expect("an export")).0);
    }
    let (floor, took) = (median(floors), median(times));
    println!(
        "export tiles: {:.2} s, copying and hashing the log {:.2} s: {:.2} times   bar 2; again, with nothing new: {:.2} s",
        took.as_secs_f64(),
        floor.as_secs_f64(),
        took.as_secs_f64() / floor.as_secs_f64(),
        median(again).as_secs_f64(),
    );
    let to = FolderStore::new(&www);
    let (took, report) = time(|| verify_tiles(&to, &Options::default(), &[]));
    assert!(report.problems.is_empty());
    println!("verify tiles: {:.2} s", took.as_secs_f64());
}

/// Copies each segment and hashes what was copied.
fn copy_and_hash(from: &Path, to: &Path) {
    let mut buffer = vec![0; 1 << 20];
    for found in std::fs::read_dir(from).expect("a folder") {
        let found = found.expect("a segment");
        let mut source = File::open(found.path()).expect("a segment");
        let mut target = File::create(to.join(found.file_name())).expect("a copy");
        let mut hash = Sha256::new();
        loop {
            let read = source.read(&mut buffer).expect("read");
            if read == 0 {
                break;
            }
            target.write_all(&buffer[..read]).expect("written");
            hash.update(&buffer[..read]);
        }
        black_box(hash.finalize());
    }
}
