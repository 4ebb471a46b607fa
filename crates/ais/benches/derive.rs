//! What deriving costs beside walking the same tracks, in the same run, and the peak of memory.
//!
//! The floor is a walk that only counts points. Rounds are interleaved and medians compared; prints `floor /
//! measured`. `SEAPROOF_ROUNDS` sets the rounds (default 3), `SEAPROOF_POSITIONS` the positions (default 2,000,000),
//! `SEAPROOF_SHIPS` the ships. With `SEAPROOF_PORTS` set to a World Port Index, ports are looked up too.

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

mod world;

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use seaproof_ais::analyse::{analyse, gaps};
use seaproof_ais::collect::{CollectError, Collector, Settings, Tracks};
use seaproof_ais::input::{Options, collect_any};
use seaproof_ais::ports::Gazetteer;
use seaproof_ais::thresholds::Thresholds;

fn main() {
    let positions = number("SEAPROOF_POSITIONS", 2_000_000);
    let ships = number("SEAPROOF_SHIPS", world::SHIPS);
    let rounds = number("SEAPROOF_ROUNDS", 3).max(1);
    let ports = std::env::var_os("SEAPROOF_PORTS")
        .map(|file| Gazetteer::read(&std::fs::read(file).expect("a file")).expect("a gazetteer"));
    let thresholds = Thresholds::default();
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut collector = Collector::new(Settings::new(scratch.path(), &thresholds));
    let options = Options {
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        ..Options::default()
    };
    let input = world::Rows::new(positions, ships);
    collect_any(input, 0, &options, &mut collector).expect("a sound table");
    let mut tracks = collector.finish().expect("tracks");
    println!(
        "{positions} positions, {ships} ships; collected, peak {}",
        peak()
    );

    let mut works: Vec<(&str, Work<'_>, Vec<Duration>)> = vec![
        ("walk alone (floor)", Box::new(walk), Vec::new()),
        (
            "gaps",
            Box::new(|tracks| silences(tracks, &thresholds)),
            Vec::new(),
        ),
        (
            "everything, no ports",
            Box::new(|tracks| everything(tracks, &thresholds, None)),
            Vec::new(),
        ),
    ];
    if let Some(ports) = &ports {
        works.push((
            "everything, with ports",
            Box::new(|tracks| everything(tracks, &thresholds, Some(ports))),
            Vec::new(),
        ));
    }
    for _ in 0..rounds {
        for (_, work, times) in &mut works {
            let start = Instant::now();
            black_box(work(&mut tracks));
            times.push(start.elapsed());
        }
    }
    let mut floor = None;
    for (name, _, times) in &mut works {
        times.sort();
        let time = times[times.len() / 2];
        let floor = *floor.get_or_insert(time);
        println!(
            "{name:<24} {time:>10.2?}  {:>5.2}",
            floor.as_secs_f64() / time.as_secs_f64()
        );
    }
    println!("peak {}", peak());
}

type Work<'a> = Box<dyn FnMut(&mut Tracks) -> usize + 'a>;

fn walk(tracks: &mut Tracks) -> usize {
    let mut points = 0;
    let walked = tracks.walk::<CollectError>(|vessel| {
        points += vessel.by_ref().count();
        Ok(())
    });
    walked.expect("walked");
    points
}

fn silences(tracks: &mut Tracks, thresholds: &Thresholds) -> usize {
    let vessels = gaps(tracks, thresholds, None, None).expect("gaps");
    vessels.vessels.iter().map(|vessel| vessel.gaps.len()).sum()
}

fn everything(tracks: &mut Tracks, thresholds: &Thresholds, ports: Option<&Gazetteer>) -> usize {
    let analysis = analyse(tracks, thresholds, ports, None).expect("an analysis");
    analysis.vessels.len()
}

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.map_or("not known".into(), |line| line[6..].trim().to_owned())
}
