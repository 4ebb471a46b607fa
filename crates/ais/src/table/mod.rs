//! Tables of positions as CSV: MarineCadastre, the Danish Maritime Authority, and others by a mapping.
//!
//! Each row gets one outcome. The header and blank lines are no rows and are not counted; a row of a mapped
//! table that goes over several lines counts once, at its first.

mod header;
mod number;
mod parse;
mod rows;
mod time;
mod words;

use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::mpsc;

pub use header::{Dialect, Field, Header, Mapping, MappingError};
pub use time::TimeFormat;

use crate::collect::Collector;
use crate::input::{Input, Problem, ReadError};
use crate::report::Kind;
use crate::sink::{Counts, Flag, Outcome, Reason, Reception, Sink};
use crate::units::Place;
use parse::{Parser, Rows, Who};
use rows::{Chunk, Chunks};

/// Rows that are remembered, to tell repeated ones.
const SEEN: usize = 1 << 14;

/// Reads a table. `source` is the number that [`crate::report::LineRef`]s get.
///
/// Holds no more than a chunk of rows, of 1 MiB.
pub fn read<R: Read>(
    input: Input<R>,
    header: &Header,
    source: u16,
    sink: &mut dyn Sink,
) -> Result<Counts, ReadError> {
    let rows = Ordered {
        sink,
        seen: Seen::new(),
        counts: Counts::default(),
    };
    serial(input, header, source, rows, |rows| rows.counts)
}

/// All rows, one after the other.
fn serial<R: Read, S: Rows>(
    input: Input<R>,
    header: &Header,
    source: u16,
    mut rows: S,
    counts: impl FnOnce(S) -> Counts,
) -> Result<Counts, ReadError> {
    let mut chunks = Chunks::new(input.line(), header, input);
    let mut chunk = Chunk::default();
    let mut parser = Parser::new(header, source);
    loop {
        match chunks.next(&mut chunk) {
            Ok(true) => parser.chunk(&chunk, &mut rows),
            Ok(false) => return Ok(counts(rows)),
            Err(error) => {
                return Err(ReadError {
                    counts: Box::new(counts(rows)),
                    line: chunks.line(),
                    problem: Problem::of(error),
                });
            }
        }
    }
}

/// [`read`] into a collector by several threads, with the same counts and the same tracks.
pub fn collect<R: Read>(
    input: Input<R>,
    header: &Header,
    source: u16,
    threads: NonZeroUsize,
    collector: &mut Collector,
) -> Result<Counts, ReadError> {
    if threads.get() == 1 {
        let rows = Collected {
            collector,
            seen: Seen::new(),
            tally: Tally::default(),
            counts: Counts::default(),
        };
        return serial(input, header, source, rows, |rows| {
            let mut counts = rows.counts;
            rows.tally.add_to(&mut counts);
            counts
        });
    }
    let mut chunks = Chunks::new(input.line(), header, input);
    let mut seen = Seen::new();
    let mut counts = Counts::default();
    let forks = collector.fork(threads.get());
    let (forks, ended) = std::thread::scope(|scope| {
        let workers: Vec<Worker> = forks
            .into_iter()
            .map(|fork| {
                let (to, tasks) = mpsc::sync_channel::<Task>(2);
                let (results, from) = mpsc::channel::<Task>();
                let handle = scope.spawn(move || work(fork, header, source, &tasks, &results));
                Worker {
                    to: Some(to),
                    from,
                    spare: vec![Task::default(), Task::default(), Task::default()],
                    handle,
                }
            })
            .collect();
        deal(workers, &mut chunks, &mut seen, &mut counts)
    });
    collector.join(forks);
    match ended {
        Ok(()) => Ok(counts),
        Err(error) => Err(ReadError {
            counts: Box::new(counts),
            line: chunks.line(),
            problem: Problem::of(error),
        }),
    }
}

/// A chunk on its way to a thread, and what its rows came to on the way back.
#[derive(Default)]
struct Task {
    chunk: Chunk,
    found: Found,
}

/// What the rows of a chunk came to, but for which of them repeat others.
#[derive(Default)]
struct Found {
    read: Vec<Line>,
    counts: Counts,
}

struct Worker<'s> {
    to: Option<mpsc::SyncSender<Task>>,
    from: mpsc::Receiver<Task>,
    spare: Vec<Task>,
    handle: std::thread::ScopedJoinHandle<'s, Collector>,
}

/// Deals chunks to the threads in turn and takes what they found in the same turn, which is the rows' order.
fn deal<R: Read>(
    mut workers: Vec<Worker<'_>>,
    chunks: &mut Chunks<R>,
    seen: &mut Seen,
    counts: &mut Counts,
) -> (Vec<Collector>, std::io::Result<()>) {
    let number = workers.len();
    let mut ended = Ok(());
    let mut next = 0;
    let mut settled = 0;
    let mut settle = |workers: &mut Vec<Worker<'_>>, settled: &mut usize| {
        let worker = &mut workers[*settled % number];
        if let Ok(task) = worker.from.recv() {
            task.found.settle(seen, counts);
            worker.spare.push(task);
        }
        *settled += 1;
    };
    loop {
        while workers[next % number].spare.is_empty() && settled < next {
            settle(&mut workers, &mut settled);
        }
        let mut task = workers[next % number].spare.pop().unwrap_or_default();
        match chunks.next(&mut task.chunk) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                ended = Err(error);
                break;
            }
        }
        let worker = &mut workers[next % number];
        let sent = worker.to.as_ref().is_some_and(|to| to.send(task).is_ok());
        if !sent {
            // The thread panicked; joining it passes that on.
            break;
        }
        next += 1;
    }
    while settled < next {
        settle(&mut workers, &mut settled);
    }
    let mut forks = Vec::new();
    for worker in &mut workers {
        worker.to = None;
    }
    for worker in workers {
        match worker.handle.join() {
            Ok(fork) => forks.push(fork),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    (forks, ended)
}

fn work(
    mut fork: Collector,
    header: &Header,
    source: u16,
    tasks: &mpsc::Receiver<Task>,
    results: &mpsc::Sender<Task>,
) -> Collector {
    let mut parser = Parser::new(header, source);
    while let Ok(mut task) = tasks.recv() {
        task.found.read.clear();
        task.found.counts = Counts::default();
        let mut rows = Unordered {
            collector: &mut fork,
            found: &mut task.found,
        };
        parser.chunk(&task.chunk, &mut rows);
        if results.send(task).is_err() {
            break;
        }
    }
    fork.sort();
    fork
}

impl Found {
    fn settle(&self, seen: &mut Seen, counts: &mut Counts) {
        counts.add(&self.counts);
        let mut tally = Tally::default();
        for line in &self.read {
            tally.count(seen.outcome(line));
        }
        tally.add_to(counts);
    }
}

struct Unordered<'a> {
    collector: &'a mut Collector,
    found: &'a mut Found,
}

/// A row with its identity as it was recalled or read.
fn give(collector: &mut Collector, heard: &Reception<'_>, who: Who) {
    match who {
        Who::Recalled(identity) => collector.take(heard, identity),
        Who::Written(written) => collector.heard_written(heard, written),
        Who::Read => collector.heard(heard),
    }
}

impl Rows for Unordered<'_> {
    fn read(&mut self, heard: &Reception<'_>, who: Who) {
        self.found.read.push(Line::of(heard));
        give(self.collector, heard, who);
    }

    fn recall(&self, written: u64) -> Option<u64> {
        self.collector.recall(written)
    }

    fn refused(&mut self, _: u64, reason: Reason) {
        self.found.counts.count(Outcome::Refused(reason));
    }

    fn flag(&mut self, _: u64, flag: Flag) {
        self.found.counts.flag(flag);
    }
}

struct Collected<'a> {
    collector: &'a mut Collector,
    seen: Seen,
    tally: Tally,
    counts: Counts,
}

impl Rows for Collected<'_> {
    fn read(&mut self, heard: &Reception<'_>, who: Who) {
        self.tally.count(self.seen.outcome(&Line::of(heard)));
        give(self.collector, heard, who);
    }

    fn recall(&self, written: u64) -> Option<u64> {
        self.collector.recall(written)
    }

    fn refused(&mut self, _: u64, reason: Reason) {
        self.counts.count(Outcome::Refused(reason));
    }

    fn flag(&mut self, _: u64, flag: Flag) {
        self.counts.flag(flag);
    }
}

/// Counts of rows that were read, of which there are two kinds.
#[derive(Debug, Default)]
struct Tally {
    decoded: u64,
    duplicate: u64,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Duplicate { .. } => self.duplicate += 1,
            _ => self.decoded += 1,
        }
    }

    fn add_to(&self, counts: &mut Counts) {
        let Self { decoded, duplicate } = *self;
        let of = |rows: u64| {
            (rows > 0)
                .then_some((Kind::Row, rows))
                .into_iter()
                .collect()
        };
        counts.add(&Counts {
            total: decoded + duplicate,
            decoded,
            duplicate,
            messages: of(decoded),
            repeated: of(duplicate),
            ..Counts::default()
        });
    }
}

struct Ordered<'a> {
    sink: &'a mut dyn Sink,
    seen: Seen,
    counts: Counts,
}

impl Rows for Ordered<'_> {
    fn read(&mut self, heard: &Reception<'_>, _: Who) {
        let outcome = self.seen.outcome(&Line::of(heard));
        self.counts.count(outcome);
        self.sink.line(heard.at.line, outcome);
        self.sink.heard(heard);
    }

    fn refused(&mut self, line: u64, reason: Reason) {
        self.counts.count(Outcome::Refused(reason));
        self.sink.line(line, Outcome::Refused(reason));
    }

    fn flag(&mut self, line: u64, flag: Flag) {
        self.counts.flag(flag);
        self.sink.flag(line, flag);
    }
}

/// What tells a row from others.
struct Line {
    line: u64,
    payload: u64,
    place: usize,
}

impl Line {
    fn of(heard: &Reception<'_>) -> Self {
        // By its payload it would have another place in every run, and another row would be forgotten.
        let time = heard.time.map_or(0, |time| time.0.cast_unsigned());
        let place = heard.report.place.unwrap_or(Place { lat: 0, lon: 0 });
        let place =
            u64::from(place.lat.cast_unsigned()) << 32 | u64::from(place.lon.cast_unsigned());
        let ship = u64::from(heard.mmsi.0);
        let spread = (ship ^ place.rotate_left(17) ^ time.rotate_left(40))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self {
            line: heard.at.line,
            payload: heard.payload,
            place: (spread >> 40) as usize % SEEN,
        }
    }
}

/// Tells rows that are byte for byte the same as one before. A table of places, each for some of all rows: a row
/// is found again unless another came to its place since.
struct Seen(Vec<(u64, u64)>);

impl Seen {
    fn new() -> Self {
        Self(vec![(0, 0); SEEN])
    }

    fn outcome(&mut self, row: &Line) -> Outcome {
        let kind = Kind::Row;
        let Some(place) = self.0.get_mut(row.place) else {
            return Outcome::Decoded(kind);
        };
        // Lines count from 1: a place that was never used has none.
        if place.0 == row.payload && place.1 != 0 {
            return Outcome::Duplicate { kind, of: place.1 };
        }
        *place = (row.payload, row.line);
        Outcome::Decoded(kind)
    }
}
