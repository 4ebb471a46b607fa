//! How the ledger grows: appending, opening, verifying and reading from 10³ to 10⁶ entries, each in a process of its
//! own, with its peak memory. `SEAPROOF_LARGE` sets the largest size.

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use common::*;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::{Options, verify};
use seaproof_ledger::writer::{Draft, OsSalts, Writer};

const WORK: [&str; 4] = ["append", "open", "verify", "read"];

fn main() {
    if let (Ok(work), Ok(folder)) = (std::env::var("SEAPROOF_WORK"), std::env::var("SEAPROOF_AT")) {
        let entries = std::env::var("SEAPROOF_N")
            .ok()
            .and_then(|n| n.parse().ok());
        let took = run(&work, Path::new(&folder), entries.unwrap_or(0));
        println!("{} {}", took.as_micros(), peak_kib());
        return;
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scale");
    let largest: u64 = std::env::var("SEAPROOF_LARGE")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000_000);
    println!(
        "{:>9}  {:<7} {:>11} {:>13} {:>10}",
        "entries", "work", "seconds", "µs an entry", "peak MiB"
    );
    let mut entries = 1_000;
    while entries <= largest {
        let _ = std::fs::remove_dir_all(&scratch);
        std::fs::create_dir_all(&scratch).expect("a scratch folder");
        for work in WORK {
            let output = Command::new(std::env::current_exe().expect("this program"))
                .env("SEAPROOF_WORK", work)
                .env("SEAPROOF_AT", scratch.join("case"))
                .env("SEAPROOF_N", entries.to_string())
                .output()
                .expect("a process");
            let text = String::from_utf8_lossy(&output.stdout);
            let mut numbers = text.split_whitespace().map(|n| n.parse::<f64>());
            let (Some(Ok(micros)), Some(Ok(peak))) = (numbers.next(), numbers.next()) else {
                panic!("{work}: {}", String::from_utf8_lossy(&output.stderr));
            };
            println!(
                "{entries:>9}  {work:<7} {:>11.3} {:>13.2} {:>10.1}",
                micros / 1e6,
                micros / entries as f64,
                peak / 1024.0
            );
        }
        entries *= 10;
    }
    let _ = std::fs::remove_dir_all(&scratch);
}

fn run(work: &str, folder: &Path, entries: usize) -> Duration {
    let store = FolderStore::new(folder);
    let memory = VolatileMemory::new();
    let by = key(1);
    let salts = Box::<OsSalts>::default;
    let start = Instant::now();
    match work {
        "append" => {
            let mut writer =
                Writer::init(&store, &memory, salts(), &by, &genesis(), &[]).expect("a new ledger");
            let mut done = 1;
            while done < entries {
                let n = 256.min(entries - done);
                let drafts: Vec<Draft> = (done..done + n)
                    .map(|i| evidence(&format!("{i:0>220}")))
                    .collect();
                writer.append(&by, &drafts).expect("a batch");
                done += n;
            }
            writer.checkpoint(&by).expect("a checkpoint");
            writer.close();
        }
        "open" => Writer::open(&store, &memory, salts(), by.public())
            .expect("a ledger")
            .close(),
        "verify" => {
            let report = verify(&store, &Options::default());
            assert!(report.problems.is_empty());
        }
        _ => {
            let reader = Reader::open(&store, None).expect("a ledger");
            assert_eq!(reader.entries().count(), entries);
        }
    }
    start.elapsed()
}

/// The process's peak of resident memory, in KiB; 0 where the system does not say.
fn peak_kib() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse().ok()
        })
        .unwrap_or(0)
}
