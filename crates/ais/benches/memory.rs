//! Peak memory for input of any size, made as it is read: tables of many ships, of one, and of as many as there
//! are rows. `SEAPROOF_LARGE` (any value) reads 2 GB of each, `SEAPROOF_BYTES` so many; without either it is 64 MB.

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

mod world;

use std::io::Read;
use std::num::NonZeroUsize;
use std::process::Command;
use std::time::Instant;

use seaproof_ais::analyse::analyse;
use seaproof_ais::collect::{Collector, Settings};
use seaproof_ais::input::{Options, collect_any};
use seaproof_ais::thresholds::Thresholds;

fn main() {
    let ships = std::env::args()
        .nth(1)
        .and_then(|number| number.parse().ok());
    if let Some(ships) = ships {
        return run(ships);
    }
    // Each in a process of its own, since a peak never comes down again.
    let this = std::env::current_exe().expect("this program");
    for ships in [world::SHIPS, 1, 10_000_000] {
        let status = Command::new(&this)
            .arg(ships.to_string())
            .status()
            .expect("run");
        assert!(status.success());
    }
}

fn bytes() -> u64 {
    let set = std::env::var("SEAPROOF_BYTES")
        .ok()
        .and_then(|value| value.parse().ok());
    let large = std::env::var_os("SEAPROOF_LARGE").is_some();
    set.unwrap_or(if large { 2_000_000_000 } else { 64_000_000 })
}

fn run(ships: u64) {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let start = Instant::now();
    let mut collector = Collector::new(Settings::new(scratch.path(), &Thresholds::default()));
    let options = Options {
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        ..Options::default()
    };
    let input = world::Rows::new(u64::MAX, ships).take(bytes());
    let counts = collect_any(input, 0, &options, &mut collector).expect("a sound table");
    let read = start.elapsed();
    let mut tracks = collector.finish().expect("tracks");
    let thresholds = Thresholds::default();
    let analysis = analyse(&mut tracks, &thresholds, None, None).expect("derived");
    let gaps: usize = analysis
        .vessels
        .iter()
        .map(|vessel| vessel.gaps.len())
        .sum();
    println!(
        "{:>6} MB, {ships:>8} ships: {} rows, {} MMSIs told and {} left out, {gaps} gaps, read {read:.1?}, whole {:.1?}, \
         peak {}",
        bytes() / 1_000_000,
        counts.total,
        analysis.vessels.len(),
        analysis.vessels_left_out,
        start.elapsed(),
        peak(),
    );
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    match line.and_then(|line| line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()) {
        Some(kib) => format!("{} MiB", kib / 1024),
        None => "not known here".into(),
    }
}
