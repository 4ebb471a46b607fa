//! The index on a large ledger, beside its floors: kept answers, finding, catching up, replay's memory.
//!
//! `SEAPROOF_LARGE` sets the size (100,000 entries; the bars are stated for 1,000,000), `SEAPROOF_BIN` names the built
//! command, whose whole process is then timed too. Every piece of work runs in a process of its own, so that its peak
//! memory is its own; what is compared is interleaved, and medians are printed.

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use common::*;
use seaproof_evidence::EntryId;
use seaproof_index::{CaughtUp, Index, Paging, Query};
use seaproof_ledger::entry::Disclosed;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::{Draft, Writer};
use seaproof_replay::{Content, Recorded, State, apply};

const VESSELS: u64 = 500;
const DOCUMENTS: u64 = 20;
const BATCH: usize = 4_096;
const ROUNDS: usize = 5;

fn main() {
    if let (Ok(work), Ok(folder)) = (std::env::var("SEAPROOF_WORK"), std::env::var("SEAPROOF_AT")) {
        let entries = std::env::var("SEAPROOF_N")
            .ok()
            .and_then(|n| n.parse().ok());
        let start = Instant::now();
        let inner = run(&work, Path::new(&folder), entries.unwrap_or(0));
        let took = inner.unwrap_or_else(|| start.elapsed().as_secs_f64());
        println!("{took} {}", peak_kib());
        return;
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("index-scale");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).unwrap();
    let large: u64 = std::env::var("SEAPROOF_LARGE")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let (big, small) = (scratch.join("big"), scratch.join("small"));
    work("append", &small, 1_000);
    work("catch-up", &small, 1_000);
    let (append, _) = work("append", &big, large);
    println!("{large} entries about {VESSELS} vessels");
    line("append in batches of 4,096", append, None);
    let (catch, peak) = work("catch-up", &big, large);
    line("catch the search index up", catch, Some(peak));
    println!("  catching up / appending: {:.2} (bar 2)", catch / append);
    println!(
        "  index on disk: {} MiB",
        size(&big.join("index/sled")) >> 20
    );
    finding(&big, large);
    let (replay, peak) = work("replay", &big, large);
    line("replay, settle, answers", replay, Some(peak));
    println!(
        "  peak memory: {:.0} MiB (bar 512 at 1,000,000)",
        peak / 1024.0
    );
    let (resume, peak) = work("resume", &big, large);
    line("the same from the state kept", resume, Some(peak));
    if let Ok(binary) = std::env::var("SEAPROOF_BIN") {
        processes(Path::new(&binary), &small, &big);
    } else {
        println!("whole processes: set SEAPROOF_BIN to the built command");
    }
    let _ = fs::remove_dir_all(&scratch);
}

fn line(what: &str, seconds: f64, peak: Option<f64>) {
    let peak = peak.map_or(String::new(), |kib| {
        format!("{:>8.0} MiB peak", kib / 1024.0)
    });
    println!("{what:<32} {seconds:>9.3} s{peak}");
}

/// Runs a piece of work in a process of its own: seconds, and peak KiB.
fn work(work: &str, folder: &Path, entries: u64) -> (f64, f64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .env("SEAPROOF_WORK", work)
        .env("SEAPROOF_AT", folder)
        .env("SEAPROOF_N", entries.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().map(|n| n.parse::<f64>());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(seconds)), Some(Ok(peak))) => (seconds, peak),
        _ => panic!("{work}: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Opening the pages alone, and each query with its own opening, in turn.
fn finding(folder: &Path, entries: u64) {
    let (mut floors, mut taken) = (Vec::new(), Vec::new());
    let mut peak = 0.0;
    for _ in 0..ROUNDS {
        floors.push(work("open", folder, entries).0);
        let (seconds, kib) = work("find", folder, entries);
        taken.push(seconds / QUERIES.len() as f64);
        peak = kib;
    }
    let (floor, taken) = (median(floors), median(taken));
    line("open the sled tree alone", floor, None);
    line("find, first page", taken, Some(peak));
    println!("  first page / bare opening: {:.2} (bar 3)", taken / floor);
}

/// What a committee might look for.
const QUERIES: [&str; 8] = [
    "anchor",
    "vessel:ship-7",
    "note 9999",
    "port:RUVYP kind:port-call",
    "label:move-9",
    "from:2024-02-10 to:2024-02-11 kind:sighting",
    "baekyangsan",
    "imo:8691702",
];

/// Does one piece of work; says how long, if not all of it counts.
fn run(work: &str, folder: &Path, entries: u64) -> Option<f64> {
    let store = FolderStore::new(folder);
    let memory = VolatileMemory::new();
    match work {
        "append" => return Some(append(&store, &memory, entries)),
        "catch-up" => {
            let reader = Reader::open(&store, None).unwrap();
            let done = Index::of(&store, SECRET)
                .catch_up(&reader, None, &mut |_, _| {})
                .unwrap();
            assert_eq!(done, CaughtUp::Yes { added: entries });
        }
        "open" => {
            // As the index opens it, and nothing else.
            let db = sled::Config::new()
                .path(folder.join("index/sled"))
                .cache_capacity(16 << 20)
                .flush_every_ms(None)
                .open()
                .unwrap();
            assert!(!db.is_empty());
        }
        "find" => {
            for query in QUERIES {
                let index = Index::of(&store, SECRET);
                let (mark, _) = index.search_mark().unwrap();
                let reader = Reader::open_at(&store, &mark).unwrap();
                let query: Query = query.parse().unwrap();
                let paging = Paging {
                    limit: 20,
                    after: None,
                };
                let found = index
                    .find(&reader, None, &query, paging, &mut |_, _| {})
                    .unwrap();
                assert_eq!(found.index, CaughtUp::Yes { added: 0 });
                assert!(!found.page.hits.is_empty());
            }
        }
        "replay" => {
            let reader = Reader::open(&store, None).unwrap();
            let mut state = State::new();
            for read in reader.entries() {
                apply(&mut state, recorded(read.unwrap()));
            }
            keep(&store, &reader, &state);
        }
        _ => {
            let kept = Index::of(&store, SECRET).stored_state().unwrap();
            let reader = Reader::open_at(&store, &kept.mark).unwrap();
            keep(&store, &reader, &kept.state);
        }
    }
    None
}

fn keep(store: &FolderStore, reader: &Reader<'_>, state: &State) {
    let (index, mark) = (Index::of(store, SECRET), reader.mark().unwrap());
    let answers = state
        .settle()
        .answers(&seaproof_replay::tracks::Readings::default());
    let _ = index.keep("vessels", &mark, None, &answers.vessels);
    let _ = index.keep("quota", &mark, None, &answers.quota);
    let _ = index.keep("findings", &mark, None, &answers.findings);
    let _ = index.keep_state(&mark, None, state);
}

fn recorded(read: seaproof_ledger::reader::ReadEntry) -> Recorded {
    let entry = read.entry;
    let recorded = Recorded {
        index: entry.index,
        id: entry.id,
        author: entry.statement.key,
        standing: read.standing,
        recorded_at: entry.statement.recorded_at,
        class: entry.statement.class,
        label: None,
        amendment: None,
        content: Content::NewerEnvelope,
    };
    match &entry.facts {
        Disclosed::Present(facts) => recorded.with_facts(Some(facts)),
        Disclosed::Absent => recorded.with_facts(None),
        Disclosed::Newer => recorded,
    }
}

/// Vessels and documents first, then movements of them; a label on every fifth. Only the appending counts.
fn append(store: &FolderStore, memory: &VolatileMemory, entries: u64) -> f64 {
    let field = key(1);
    let mut writer: Writer<'_> = begin(store, memory);
    let mut took = 0.0;
    let mut put = |drafts: &[Draft]| -> Vec<EntryId> {
        let start = Instant::now();
        let sealed = writer.append(&field, drafts).unwrap();
        took += start.elapsed().as_secs_f64();
        sealed.iter().map(|sealed| sealed.id).collect()
    };
    let vessels: Vec<Draft> = (0..VESSELS)
        .map(|n| {
            let name = format!("{} {n}", SHIPS[(n % 5) as usize]);
            draft(&vessel(n, &name), Some(&format!("ship-{n}")), vec![])
        })
        .collect();
    let ships = put(&vessels);
    let documents: Vec<Draft> = (0..DOCUMENTS)
        .map(|n| draft(&document(n), Some(&format!("report-{n}")), vec![]))
        .collect();
    let documents = put(&documents);
    let mut done = 1 + VESSELS + DOCUMENTS;
    while done < entries {
        let n = (BATCH as u64).min(entries - done);
        let drafts: Vec<Draft> = (done..done + n)
            .map(|n| {
                let ship = ships[(n * 7_919 % VESSELS) as usize];
                let report = documents[(n % DOCUMENTS) as usize];
                let refs = vec![Reference::Entry(ship), Reference::Entry(report)];
                let label = (n % 5 == 0).then(|| format!("move-{n}"));
                draft(&movement(n), label.as_deref(), refs)
            })
            .collect();
        put(&drafts);
        done += n;
    }
    let start = Instant::now();
    writer.checkpoint(&field).unwrap();
    writer.close();
    took + start.elapsed().as_secs_f64()
}

/// `vessels` and `quota` as a person runs them, on both ledgers, with their answers kept.
fn processes(binary: &Path, small: &Path, big: &Path) {
    let binary: PathBuf = fs::canonicalize(binary).unwrap();
    let state = big.with_file_name("state");
    fs::create_dir_all(&state).unwrap();
    fs::write(state.join("index-key"), SECRET).unwrap();
    let once = |command: &[&str], ledger: &Path| {
        let start = Instant::now();
        let done = Command::new(&binary)
            .args(command)
            .env("SEAPROOF_LEDGER", ledger)
            .env("SEAPROOF_STATE", &state)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "{command:?}");
        start.elapsed().as_secs_f64()
    };
    for command in [
        &["vessels"][..],
        &["quota"],
        &["findings"],
        &["find", "baekyangsan"],
    ] {
        let first = once(command, big);
        once(command, small);
        let (mut floors, mut taken) = (Vec::new(), Vec::new());
        for _ in 0..3 * ROUNDS {
            floors.push(once(command, small));
            taken.push(once(command, big));
        }
        let (floor, taken) = (median(floors), median(taken));
        println!(
            "{:<10} first {first:>7.3} s; warm {:>7.1} ms, on 1,000 entries {:>7.1} ms: {:.2} (bar 2)",
            command[0],
            taken * 1e3,
            floor * 1e3,
            taken / floor
        );
    }
}

fn size(folder: &Path) -> u64 {
    let mut bytes = 0;
    for found in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = found.path();
        bytes += match path.is_dir() {
            true => size(&path),
            false => fs::metadata(&path).map_or(0, |m| m.len()),
        };
    }
    bytes
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
