//! Tables to tracks and to gaps, beside what others need for the same bytes in the same run.
//!
//! Both sides run in turn, and medians are compared, so that a machine that changes its speed changes both. Prints
//! `floor / measured`. `SEAPROOF_ROUNDS` sets the rounds (default 5), `SEAPROOF_POSITIONS` the rows of the table
//! for gaps (default 5,000,000). DuckDB is asked through python3 (`pip install duckdb`); without it that part is
//! skipped, and says so.

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

mod world;

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use seaproof_ais::analyse::gaps;
use seaproof_ais::collect::{CollectError, Collector, Settings};
use seaproof_ais::input::{Options, collect_any};
use seaproof_ais::thresholds::Thresholds;

fn main() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let positions = number("SEAPROOF_POSITIONS", 5_000_000);
    let small = scratch.path().join("small.csv");
    let large = scratch.path().join("large.csv");
    write(&small, 500_000);
    println!(
        "{:<50} {:>12} {:>12} {:>7}  bar",
        "work", "floor", "measured", "ratio"
    );
    tracks(&small, scratch.path(), 1);
    tracks(&small, scratch.path(), 2);
    write(&large, positions);
    silences(&large, scratch.path(), positions);
}

fn write(file: &Path, rows: usize) {
    let mut out = std::io::BufWriter::with_capacity(1 << 20, File::create(file).expect("a file"));
    std::io::copy(&mut world::Rows::new(rows as u64, world::SHIPS), &mut out).expect("written");
    out.flush().expect("written");
}

fn number(name: &str, default: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Runs both sides in turn and prints a row; each says how long it took.
fn row(
    name: &str,
    bar: &str,
    rows: usize,
    mut floor: impl FnMut() -> Duration,
    mut measured: impl FnMut() -> Duration,
) {
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    floor();
    measured();
    for round in 0..number("SEAPROOF_ROUNDS", 5) {
        // Neither side always goes first.
        if round % 2 == 0 {
            floors.push(floor());
            times.push(measured());
        } else {
            times.push(measured());
            floors.push(floor());
        }
    }
    let (floor, measured) = (median(floors), median(times));
    println!(
        "{name:<50} {:>9.3} µs {:>9.3} µs {:>7.2}  {bar}",
        floor.as_secs_f64() * 1e6 / rows as f64,
        measured.as_secs_f64() * 1e6 / rows as f64,
        floor.as_secs_f64() / measured.as_secs_f64(),
    );
}

fn collect(file: &Path, folder: &Path, threads: usize) -> Collector {
    let mut collector = Collector::new(Settings::new(folder, &Thresholds::default()));
    let options = Options {
        threads: NonZeroUsize::new(threads).expect("a thread"),
        ..Options::default()
    };
    let input = File::open(file).expect("a table");
    let counts = collect_any(input, 0, &options, &mut collector).expect("a sound table");
    assert_eq!(counts.refused_total(), 0);
    collector
}

/// So many cores against the one that `csv` uses: every row to a point of a track that was walked.
fn tracks(file: &Path, folder: &Path, threads: usize) {
    let rows = 500_000;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool");
    row(
        &format!("CSV to tracks, cores: {threads} (floor: csv, 1), a row"),
        "≥ 0.5",
        rows,
        || {
            let start = Instant::now();
            let mut reader = csv::Reader::from_path(file).expect("a table");
            let mut record = csv::ByteRecord::new();
            let mut read = 0;
            while reader.read_byte_record(&mut record).expect("a row") {
                read += black_box(&record).len();
            }
            assert_eq!(read, rows * 17);
            start.elapsed()
        },
        || {
            let start = Instant::now();
            let mut points = 0;
            pool.install(|| {
                let mut tracks = collect(file, folder, threads).finish().expect("tracks");
                let walked = tracks.walk::<CollectError>(|vessel| {
                    points += vessel
                        .by_ref()
                        .inspect(|point| {
                            black_box(point);
                        })
                        .count();
                    black_box(vessel.summary());
                    Ok(())
                });
                walked.expect("walked");
            });
            assert_eq!(points, rows);
            start.elapsed()
        },
    );
}

const QUERY: &str = "
import duckdb, sys, time
for line in sys.stdin:
    file, threads = line.split()
    start = time.perf_counter()
    db = duckdb.connect()
    db.execute(f'set threads={threads}')
    db.execute('set enable_progress_bar=false')
    gaps = db.execute('''
        select mmsi, before, after from (
            select MMSI as mmsi, BaseDateTime as after,
                   lag(BaseDateTime) over (partition by MMSI order by BaseDateTime) as before
            from read_csv(?))
        where after - before > interval 6 hour
    ''', [file]).fetchall()
    print(len(gaps), time.perf_counter() - start, flush=True)
";

/// Both cores against both cores: from the file to the list of gaps of more than six hours.
fn silences(file: &Path, folder: &Path, rows: usize) {
    let duckdb = Command::new("python3")
        .args(["-c", "import duckdb"])
        .stderr(Stdio::null())
        .status();
    if !duckdb.is_ok_and(|status| status.success()) {
        println!("gaps beside DuckDB: skipped, python3 with duckdb is not there");
        return;
    }
    let mut python = Command::new("python3")
        .args(["-c", QUERY])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut ask = python.stdin.take().expect("its input");
    let mut answers = std::io::BufReader::new(python.stdout.take().expect("its output"));
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let (mut found, mut told) = (None, None);
    row(
        &format!("gaps over {rows} rows (floor: DuckDB), {threads} cores"),
        "> 1",
        rows,
        || {
            writeln!(ask, "{} {threads}", file.display()).expect("asked");
            let mut answer = String::new();
            std::io::BufRead::read_line(&mut answers, &mut answer).expect("answered");
            let (gaps, seconds) = answer.trim().split_once(' ').expect("two numbers");
            found = Some(gaps.parse::<usize>().expect("a number"));
            Duration::from_secs_f64(seconds.parse().expect("seconds"))
        },
        || {
            let start = Instant::now();
            told = Some(ours(file, folder, threads));
            start.elapsed()
        },
    );
    assert_eq!(found, told, "both find the same gaps");
    drop(ask);
    let _ = python.wait();
}

/// With all that is told of a gap: positions before it, places, distance, implied speed, coverage.
fn ours(file: &Path, folder: &Path, threads: usize) -> usize {
    let mut tracks = collect(file, folder, threads).finish().expect("tracks");
    let found = gaps(&mut tracks, &Thresholds::default(), None, None).expect("gaps");
    let ended = found
        .vessels
        .iter()
        .flat_map(|vessel| &vessel.gaps)
        .filter(|gap| gap.end.is_some());
    ended.count()
}
