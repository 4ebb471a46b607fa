//! Real files: every line has the outcome that it must have.

use std::collections::BTreeSet;

use seaproof_ais::decode;
use seaproof_ais::report::Kind;
use seaproof_ais::sink::{Outcome, Reception, Sink};
use seaproof_ais::units::Time;
use serde_json::Value;

use crate::common::{Kept, kept, real, summary};
use crate::rules::sentence;

fn read(name: &str, expected: &str) -> Option<Kept> {
    let (counts, kept) = kept(&real(name)?);
    assert_eq!(summary(&counts), expected, "{name}");
    Some(kept)
}

fn receivers(kept: &Kept) -> BTreeSet<&str> {
    kept.heard
        .iter()
        .filter_map(|heard| heard.receiver.as_deref())
        .collect()
}

#[test]
fn times_come_from_the_line_before_and_receivers_are_kept() {
    let Some(kept) = read(
        "labelled/538004030_drift_1.ais",
        "16104 lines: 952 decoded, 4300 duplicate, 223 fragment; refused: not-ais 80, \
         tag-only 5252, time-only 5297; flagged: times-differ 50; 0 untimed",
    ) else {
        return;
    };
    assert_eq!(receivers(&kept).len(), 13);
    // 2014-09-28T16:00:04.684Z, by the station named on the line before.
    let first = &kept.heard[0];
    assert_eq!(
        (first.line, first.time, first.receiver.as_deref()),
        (3, Some(Time(1_411_920_004_684)), Some("992190921"))
    );
}

#[test]
fn talkers_of_all_kinds_are_read() {
    let Some(kept) = read(
        "labelled/aislib_stream_example.txt",
        "8551 lines: 4051 decoded, 0 duplicate, 449 fragment; refused: time-only 4051; \
         flagged: times-differ 2, own-ship 154; 0 untimed",
    ) else {
        return;
    };
    let span = kept.heard.iter().filter_map(|heard| heard.time);
    // 2010-06-11T11:46:10Z to 11:46:39Z.
    assert_eq!(span.clone().min(), Some(Time(1_276_256_770_000)));
    assert!(span.max().unwrap().0 < 1_276_256_799_000);
}

#[test]
fn sentences_that_are_damaged_are_refused_for_a_reason() {
    read(
        "libais/test.aivdm",
        "345 lines: 211 decoded, 6 duplicate, 2 fragment; refused: blank 35, comment 47, \
         too-short 18, type-unknown 17, payload-invalid 9; flagged: time-backwards 18, own-ship 1; 0 untimed",
    );
}

#[test]
fn tag_blocks_give_station_group_and_time() {
    let Some(kept) = read(
        "libais/tagblock.nmea",
        "5 lines: 4 decoded, 0 duplicate, 1 fragment; refused: ; flagged: time-backwards 2; \
         0 untimed",
    ) else {
        return;
    };
    let theirs = json_lines("libais/tagblock.json").unwrap();
    // In the order of the messages' lines, which is not that of their file.
    for heard in &kept.heard {
        let found = theirs.iter().any(|message| {
            message["mmsi"] == heard.mmsi.0
                && message["tagblock_station"] == heard.receiver.as_deref().unwrap()
                && message["tagblock_T"] == dotted(heard.time.unwrap())
                && message["lat"].as_f64().map(thousandths)
                    == heard
                        .says
                        .position
                        .lat
                        .map(|lat| thousandths(f64::from(lat) / 600_000.0))
        });
        assert!(found, "{heard:?}");
    }
    assert_eq!(receivers(&kept).len(), 3);
}

/// Their degrees are 32-bit floats.
fn thousandths(degrees: f64) -> i64 {
    (degrees * 1000.0).round() as i64
}

fn dotted(time: Time) -> String {
    let seconds = time.0 / 1000 % 86_400;
    assert_eq!(time.0 / 86_400_000, 16_414, "2014-12-10");
    format!(
        "2014-12-10 {:02}.{:02}.{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn json_lines(name: &str) -> Option<Vec<Value>> {
    let bytes = real(name)?;
    Some(
        bytes
            .split(|c| *c == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect(),
    )
}

#[test]
fn examples_of_each_type_are_read_with_the_time_behind_them() {
    let Some(kept) = read(
        "libais/typeexamples.nmea",
        "26 lines: 26 decoded, 0 duplicate, 0 fragment; refused: ; flagged: times-differ 26; \
         0 untimed",
    ) else {
        return;
    };
    let kinds: BTreeSet<Kind> = kept.heard.iter().map(|heard| heard.kind).collect();
    assert_eq!(kinds.len(), 26);
    // Two loggers wrote behind it, a minute apart: the first is the station's own.
    let first = &kept.heard[0];
    assert_eq!(
        (first.time, first.receiver.as_deref()),
        (Some(Time(1_325_394_060_000)), Some("r003669946"))
    );
    let theirs = json_lines("libais/typeexamples.json").unwrap();
    for message in &theirs {
        let heard = kept
            .heard
            .iter()
            .find(|heard| {
                message["mmsi"] == heard.mmsi.0
                    && Kind::Message(message["type"].as_u64().unwrap() as u8) == heard.kind
            })
            .unwrap();
        if heard.kind != Kind::Message(17) && heard.kind != Kind::Message(27) {
            let lat = heard.says.position.lat;
            let ours = lat.map(|lat| thousandths(f64::from(lat) / 600_000.0));
            let theirs = message["lat"].as_f64().map(thousandths);
            assert!(
                theirs.is_none_or(|theirs| theirs == 91_000 || Some(theirs) == ours),
                "{message}"
            );
        }
    }
}

/// What was heard, by the hashes of the bits.
#[derive(Default)]
struct Said(BTreeSet<u64>);

impl Sink for Said {
    fn line(&mut self, _: u64, _: Outcome) {}

    fn heard(&mut self, heard: &Reception<'_>) {
        self.0.insert(heard.payload);
    }
}

fn said(lines: &[&[u8]]) -> BTreeSet<u64> {
    let mut said = Said::default();
    decode::read(
        &lines.concat()[..],
        0,
        &decode::Options::default(),
        &mut said,
    )
    .unwrap();
    said.0
}

#[test]
fn what_is_missing_never_makes_a_message() {
    // Fragments wait for 127 lines; so many lines before and after show all that can come of one.
    const AROUND: usize = 160;
    for name in [
        "kystverket/Ais1000Lines.nm4",
        "gpsd/sample.aivdm",
        "gpsd/ais-nmea.log",
        "gpsd/ais_unpack_sixbit.log",
        "libais/test.aivdm",
        "libais/tagblock.nmea",
        "labelled/538004030_drift_1.ais",
        "labelled/aislib_stream_example.txt",
    ] {
        let Some(bytes) = real(name) else {
            return;
        };
        for repeated_sequence in [false, true] {
            let mut lines: Vec<Vec<u8>> = bytes
                .split_inclusive(|c| *c == b'\n')
                .map(<[u8]>::to_vec)
                .collect();
            if repeated_sequence {
                // Harder: fragments alone, without what else is given, all of one sequence and channel. In this
                // file no message stands between the fragments of another.
                if !name.starts_with("kystverket") {
                    continue;
                }
                lines = lines
                    .iter()
                    .filter_map(|line| bare_fragment(line))
                    .collect();
            }
            let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
            let whole = said(&lines);
            // Each line of the smaller files, every third of the others.
            for at in (0..lines.len()).step_by(if lines.len() > 2000 { 3 } else { 1 }) {
                let after = &lines[at + 1..lines.len().min(at + AROUND)];
                let before = &lines[at.saturating_sub(AROUND)..at];
                for without in [after.to_vec(), [before, after].concat()] {
                    let made_up = said(&without).difference(&whole).count();
                    assert_eq!(made_up, 0, "{name}, line {}", at + 1);
                }
            }
        }
    }
}

/// Sentences, each with the lines that say something of it.
fn units(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut units = Vec::new();
    let mut unit = Vec::new();
    for line in bytes.split_inclusive(|c| *c == b'\n') {
        unit.extend_from_slice(line);
        if line.contains(&b'!') {
            units.push(std::mem::take(&mut unit));
        }
    }
    units
}

/// The number of a fragment of several.
fn fragment(unit: &[u8]) -> Option<u8> {
    let at = unit.iter().position(|c| *c == b'!')?;
    let fields: Vec<&[u8]> = unit[at..].split(|c| *c == b',').take(3).collect();
    match fields[..] {
        [_, [b'2'..=b'9'], [number]] => Some(number - b'0'),
        _ => None,
    }
}

#[test]
fn in_another_order_most_is_joined_and_nothing_is_made_up() {
    // One receiver each, or one that says whose a fragment is. Of national feeds without that, where several stations
    // use the same numbers at a time, fragments that are moved far stand among those of others.
    for (name, least) in [
        ("gpsd/sample.aivdm", 89),
        ("gpsd/ais-nmea.log", 161),
        ("libais/tagblock.nmea", 4),
        ("labelled/538004030_drift_1.ais", 416),
    ] {
        let Some(bytes) = real(name) else {
            return;
        };
        let mut units = units(&bytes);
        units.truncate(2_500);
        let units: Vec<&[u8]> = units.iter().map(Vec::as_slice).collect();
        let whole = said(&units);
        for far in [6, 16, 31] {
            for which in 0..3 {
                let mut order = units.clone();
                for block in order.chunks_mut(far) {
                    match which {
                        0 => block.sort_by_key(|unit| std::cmp::Reverse(fragment(unit))),
                        1 => block.sort_by_key(|unit| fragment(unit)),
                        _ => block.reverse(),
                    }
                }
                let joined = said(&order);
                assert_eq!(joined.difference(&whole).count(), 0, "{name}, {far}");
                assert!(joined.len() >= least, "{name}, {far}: {}", joined.len());
                // And with a fragment left out, or the file cut before it.
                let parts = (0..order.len()).filter(|at| fragment(order[*at]).is_some());
                for at in parts {
                    let after = &order[at + 1..order.len().min(at + 160)];
                    let before = &order[at.saturating_sub(160)..at];
                    for without in [after.to_vec(), [before, after].concat()] {
                        let made_up = said(&without).difference(&whole).count();
                        assert_eq!(made_up, 0, "{name}, {far}, {which}, unit {at}");
                    }
                }
            }
        }
    }
}

/// A sentence with a fragment, of sequence 1 on channel A.
fn bare_fragment(line: &[u8]) -> Option<Vec<u8>> {
    let line = std::str::from_utf8(line).ok()?;
    let fields: Vec<&str> = line[line.find('!')?..].split([',', '*']).collect();
    let [_, "2", number, _, _, payload, fill_bits, ..] = fields[..] else {
        return None;
    };
    let inner = format!("AIVDM,2,{number},1,A,{payload},{fill_bits}");
    Some((sentence(&inner) + "\n").into_bytes())
}
