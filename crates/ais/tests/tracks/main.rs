//! Tables and tracks: what is read of rows, and what becomes of receptions in any order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../../../../tests/fuzzing/mod.rs"]
mod fuzzing;

mod bad_input;
mod merging;
mod order;
mod packed;
mod real;
mod ships;
mod tables;

use std::io::Read;
use std::num::NonZeroUsize;

use seaproof_ais::collect::{CollectError, Collector, Settings};
use seaproof_ais::input::{Options, ReadError, collect_any, read_any};
use seaproof_ais::report::LineRef;
use seaproof_ais::sink::{Counts, Flag, Outcome, Reception, Sink};
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::track::{Point, TrackSummary};
use seaproof_ais::units::PER_DEGREE;

/// The track of an MMSI, held in memory for a test to look at.
type Track = (TrackSummary, Vec<Point>);

fn collector(memory: usize) -> Collector {
    Collector::new(Settings {
        memory,
        ..Settings::new(std::env::temp_dir(), &Thresholds::default())
    })
}

fn tracks(collector: Collector) -> Vec<Track> {
    let mut tracks = collector.finish().unwrap();
    let mut all: Vec<Track> = Vec::new();
    // Twice: tracks can be walked again.
    for _ in 0..2 {
        let mut this = Vec::new();
        tracks
            .walk::<CollectError>(|vessel| {
                let points = vessel.by_ref().collect();
                this.push((vessel.summary().clone(), points));
                Ok(())
            })
            .unwrap();
        assert!(all.is_empty() || all == this);
        all = this;
    }
    // The data may end with another reception of what was heard before, and not at a time that cannot be.
    let times = all.iter().flat_map(|(_, points)| points);
    let last = times
        .map(|point| point.report.time)
        .filter(|time| time.is_probable())
        .max();
    assert!(tracks.until().map(|until| until.time) >= last);
    all
}

/// Reads inputs one after the other, by so many threads, in so much memory.
fn read_all(inputs: &[&[u8]], threads: usize, memory: usize) -> (Counts, Vec<Track>) {
    let options = Options {
        threads: NonZeroUsize::new(threads).unwrap(),
        ..Options::default()
    };
    read_with(inputs, &options, memory)
}

fn read_with(inputs: &[&[u8]], options: &Options, memory: usize) -> (Counts, Vec<Track>) {
    let mut collector = collector(memory);
    let mut counts = Counts::default();
    for (source, input) in inputs.iter().enumerate() {
        counts.add(&collect_any(*input, source as u16, options, &mut collector).unwrap());
    }
    (counts, tracks(collector))
}

/// Of a table with [`HEADER`] that is read by a mapping all the same.
fn mapped(threads: usize) -> Options {
    let mapping = "mmsi=MMSI,time=BaseDateTime,time-format=utc,lat=LAT,lon=LON,name=VesselName";
    Options {
        mapping: Some(mapping.parse().unwrap()),
        threads: NonZeroUsize::new(threads).unwrap(),
        ..Options::default()
    }
}

/// Several tables one after the other leave each as much room as the first had.
#[test]
fn many_tables_by_threads_are_few_runs() {
    let table = |day: usize| {
        let mut text = format!("{HEADER}\n");
        for row in 0..6_000 {
            let (mmsi, minute) = (row % 500, row / 500);
            text.push_str(&format!(
                "{},2022-01-{:02}T00:{minute:02}:00,1,1,,,,SHIP {mmsi},,,,,,,,,A\n",
                200_000_000 + mmsi,
                day + 1
            ));
        }
        text
    };
    let days: Vec<String> = (0..12).map(table).collect();
    let days: Vec<&[u8]> = days.iter().map(String::as_bytes).collect();
    let (_, roomy) = read_all(&days, 1, ROOMY);
    for threads in [2, 3] {
        let mut collector = collector(1 << 20);
        let options = Options {
            threads: NonZeroUsize::new(threads).unwrap(),
            ..Options::default()
        };
        for (source, day) in days.iter().enumerate() {
            collect_any(*day, source as u16, &options, &mut collector).unwrap();
        }
        // 72,000 records where 16,384 fit.
        assert!(collector.runs() <= 60, "{}", collector.runs());
        assert!(collector.runs() > 0);
        assert_eq!(tracks(collector), roomy);
    }
}

const ROOMY: usize = 64 << 20;

/// What a reader gives, kept.
#[derive(Default)]
struct Kept {
    lines: Vec<(u64, Outcome)>,
    flags: Vec<(u64, Flag)>,
    heard: Vec<String>,
}

impl Sink for Kept {
    fn line(&mut self, line: u64, outcome: Outcome) {
        self.lines.push((line, outcome));
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        self.heard.push(format!("{heard:?}"));
    }

    fn flag(&mut self, line: u64, flag: Flag) {
        self.flags.push((line, flag));
    }
}

fn read_kept(input: impl Read + Send, options: &Options) -> (Result<Counts, ReadError>, Kept) {
    let mut kept = Kept::default();
    let counts = read_any(input, 0, options, &mut kept);
    let counted = match &counts {
        Ok(counts) => counts,
        Err(error) => &*error.counts,
    };
    // Every line has one outcome, and the counts are of them.
    let mut again = Counts::default();
    for (_, outcome) in &kept.lines {
        again.count(*outcome);
    }
    for (_, flag) in &kept.flags {
        again.flag(*flag);
    }
    again.untimed = counted.untimed;
    assert_eq!(&again, counted);
    assert_eq!(
        counted.total,
        counted.decoded + counted.duplicate + counted.fragment + counted.refused_total()
    );
    (counts, kept)
}

/// Tracks without where things stand: what must not depend on the order of lines.
fn without_lines(tracks: &[Track]) -> Vec<Track> {
    let nowhere = LineRef::new(0, 0);
    let mut tracks = tracks.to_vec();
    for (summary, points) in &mut tracks {
        for heard in [&mut summary.first, &mut summary.last]
            .into_iter()
            .flatten()
        {
            heard.at = nowhere;
        }
        for claim in &mut summary.claims {
            claim.first.at = nowhere;
            claim.last.at = nowhere;
        }
        if let Some(split) = &mut summary.split {
            for track in &mut split.tracks {
                track.first.at = nowhere;
                track.last.at = nowhere;
            }
            if let Some(apart) = &mut split.apart {
                apart.from.at = nowhere;
                apart.to.at = nowhere;
            }
        }
        for point in points {
            point.report.at = nowhere;
        }
    }
    tracks
}

const HEADER: &str = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,\
                      Length,Width,Draft,Cargo,TransceiverClass";

fn degrees(value: f64) -> i32 {
    (value * f64::from(PER_DEGREE)).round() as i32
}
