//! Decoding of sentences beside the crate `ais`, and on two cores beside what two threads of pure arithmetic gain.
//!
//! Both sides run in the same process, in turn, and medians are compared, so that a machine that changes its
//! speed changes both. Prints `floor / measured`. `SEAPROOF_ROUNDS` sets the rounds (default 9),
//! `SEAPROOF_LINES` the lines (default 1,000,000).
//!
//! No sentence is there twice: those of `../shared/data/ais` (or a few of our own where that folder is absent)
//! are decoded, get another MMSI, place and second each time round, and are encoded again by `aivdm`.

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on ends"
)]

use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};

use aivdm::{AisMessage, Latitude, Longitude, Mmsi, Timestamp};
use seaproof_ais::decode::{Options, read, read_parallel};
use seaproof_ais::sink::{Counts, Outcome, Reception, Sink};

fn main() {
    let templates = templates();
    println!(
        "{:<58} {:>11} {:>11} {:>7}  bar",
        "work", "floor", "measured", "ratio"
    );
    let plain = corpus(&templates, false);
    one_core("decode, one core; floor: crate ais 0.12", &plain);
    let tagged = corpus(&templates, true);
    one_core(
        "decode with tag blocks, one core; floor: crate ais 0.12",
        &tagged,
    );
    both_cores("decode", &plain);
    both_cores("decode with tag blocks", &tagged);
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

fn rounds() -> usize {
    number("SEAPROOF_ROUNDS", 9)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Lines, and how many.
struct Corpus {
    bytes: Vec<u8>,
    lines: usize,
}

/// Real messages; a few of our own where the files are absent.
fn templates() -> Vec<AisMessage> {
    let mut all = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ais");
    for name in [
        "kystverket/Ais1000Lines.nm4",
        "gpsd/ais-nmea.log",
        "labelled/aislib_stream_example.txt",
    ] {
        let Ok(bytes) = std::fs::read(folder.join(name)) else {
            continue;
        };
        let mut parts: Vec<u8> = Vec::new();
        for line in bytes.split(|c| *c == b'\n') {
            let Some(start) = line.iter().position(|c| *c == b'!') else {
                continue;
            };
            let fields: Vec<&[u8]> = line[start..].split(|c| matches!(c, b',' | b'*')).collect();
            let (count, number, fill) = (fields[1], fields[2], fields[6][0] - b'0');
            if number == b"1" {
                parts.clear();
            }
            parts.extend(fields[5]);
            if number == count
                && let Ok(message) = aivdm::decode_payload(&parts, fill)
            {
                all.push(message);
            }
        }
    }
    if all.is_empty() {
        println!("the real sentences are not at hand: three of our own take their place");
        for payload in [
            "15RTgt0PAso;90TKcjM8h6g208CQ",
            "B52K>;h00Fc>jpUlNV@ikwpUoP06",
            "403OviQuMGCqWrRO9>E6fE700@GO",
        ] {
            all.push(aivdm::decode_payload(payload.as_bytes(), 0).expect("a good payload"));
        }
    }
    all
}

/// The same message of another ship each time, elsewhere, at another second.
fn moved(message: &AisMessage, round: u32, i: u32) -> AisMessage {
    let mut message = *message;
    let mmsi =
        |old: Mmsi| Mmsi::from_raw((old.raw() + round * 1_000_003 + i * 101) % 1_000_000_000);
    let lat = |old: Latitude| Latitude::from_raw((old.raw() + round as i32 * 37) % 54_000_000);
    let lon = |old: Longitude| Longitude::from_raw((old.raw() + round as i32 * 61) % 108_000_000);
    let second = Timestamp::Second((round % 60) as u8);
    match &mut message {
        AisMessage::PositionReportClassA(m) => {
            (m.mmsi, m.latitude, m.longitude) = (mmsi(m.mmsi), lat(m.latitude), lon(m.longitude));
            m.timestamp = second;
        }
        AisMessage::PositionReportClassB(m) => {
            (m.mmsi, m.latitude, m.longitude) = (mmsi(m.mmsi), lat(m.latitude), lon(m.longitude));
            m.timestamp = second;
        }
        AisMessage::PositionReportClassBExtended(m) => {
            (m.mmsi, m.latitude, m.longitude) = (mmsi(m.mmsi), lat(m.latitude), lon(m.longitude));
            m.timestamp = second;
        }
        AisMessage::AidToNavigationReport(m) => {
            (m.mmsi, m.latitude, m.longitude) = (mmsi(m.mmsi), lat(m.latitude), lon(m.longitude));
            m.timestamp = second;
        }
        AisMessage::BaseStationReport(m) => {
            (m.mmsi, m.utc_second) = (mmsi(m.mmsi), (round % 60) as u8);
        }
        AisMessage::StaticVoyageData(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::StaticDataReport(aivdm::message::StaticDataReport::A(m)) => {
            m.mmsi = mmsi(m.mmsi)
        }
        AisMessage::StaticDataReport(aivdm::message::StaticDataReport::B(m)) => {
            m.mmsi = mmsi(m.mmsi)
        }
        AisMessage::BinaryAddressedMessage(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::BinaryBroadcastMessage(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::Acknowledge(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::Interrogation(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::AssignmentModeCommand(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::DgnssBroadcastMessage(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::DataLinkManagement(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::GroupAssignmentCommand(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::SarAircraftPositionReport(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::UtcDateInquiry(m) => m.mmsi = mmsi(m.mmsi),
        AisMessage::SafetyRelatedBroadcast(m) => m.mmsi = mmsi(m.mmsi),
        _ => {}
    }
    message
}

fn corpus(templates: &[AisMessage], tagged: bool) -> Corpus {
    let wanted = number("SEAPROOF_LINES", 1_000_000);
    let mut corpus = Corpus {
        bytes: Vec::with_capacity(wanted * 80),
        lines: 0,
    };
    let mut buffer = [0u8; 400];
    for round in 0.. {
        for (i, template) in templates.iter().enumerate() {
            let message = moved(template, round, i as u32);
            let Ok((payload, fill)) = aivdm::encode_payload(&message, &mut buffer) else {
                continue;
            };
            let count = payload.len().div_ceil(60);
            for (n, part) in payload.chunks(60).enumerate() {
                if tagged {
                    // Two hundred messages a second.
                    let second = 1_500_000_000 + (round as usize * templates.len() + i) / 200;
                    let tags = format!("s:r{:03},c:{second}", i % 40);
                    write!(corpus.bytes, "\\{tags}*{:02X}\\", xor(tags.as_bytes()))
                        .expect("memory");
                }
                let sequence = if count > 1 {
                    (i % 10).to_string()
                } else {
                    String::new()
                };
                let channel = if i % 2 == 0 { 'A' } else { 'B' };
                let fill = if n + 1 == count { fill } else { 0 };
                let text = std::str::from_utf8(part).expect("armour is ASCII");
                let inner = format!("AIVDM,{count},{},{sequence},{channel},{text},{fill}", n + 1);
                writeln!(corpus.bytes, "!{inner}*{:02X}", xor(inner.as_bytes())).expect("memory");
                corpus.lines += 1;
            }
            if corpus.lines >= wanted {
                return corpus;
            }
        }
    }
    corpus
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// Looks at everything and keeps nothing.
#[derive(Default)]
struct Looks(u64);

impl Sink for Looks {
    fn line(&mut self, line: u64, outcome: Outcome) {
        self.0 ^= line ^ u64::from(matches!(outcome, Outcome::Decoded(_)));
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        let place = heard.report.place.map_or(0, |place| place.lat ^ place.lon);
        self.0 ^= heard.payload ^ place.cast_unsigned() as u64 ^ u64::from(heard.mmsi.0);
        self.0 ^= heard.receiver.map_or(0, str::len) as u64;
    }
}

fn ours(corpus: &Corpus, threads: usize) -> Counts {
    let mut looks = Looks::default();
    let options = Options::default();
    let counts = match threads {
        1 => read(&corpus.bytes[..], 0, &options, &mut looks),
        n => read_parallel(
            &corpus.bytes[..],
            0,
            &options,
            NonZeroUsize::new(n).expect("not zero"),
            &mut looks,
        ),
    };
    black_box(looks.0);
    counts.expect("memory can be read")
}

/// How many messages the crate `ais` gives.
fn theirs(corpus: &Corpus) -> usize {
    let mut parser = ais::AisParser::new();
    let mut messages = 0;
    for line in corpus.bytes.split(|c| *c == b'\n') {
        if let Ok(ais::AisFragments::Complete(sentence)) = parser.parse(line, true) {
            messages += 1;
            black_box(&sentence);
        }
    }
    messages
}

fn one_core(name: &str, corpus: &Corpus) {
    let counts = ours(corpus, 1);
    let messages = theirs(corpus);
    println!(
        "  {} lines: {} decoded, {} duplicate, {} fragment, {} refused; crate ais: {messages} messages",
        counts.total,
        counts.decoded,
        counts.duplicate,
        counts.fragment,
        counts.refused_total(),
    );
    let (mut floors, mut times) = (Vec::new(), Vec::new());
    for round in 0..rounds() {
        let floor = |floors: &mut Vec<_>| {
            floors.push(time(|| {
                black_box(theirs(corpus));
            }));
        };
        let measured = |times: &mut Vec<_>| {
            times.push(time(|| {
                black_box(ours(corpus, 1));
            }));
        };
        if round % 2 == 0 {
            floor(&mut floors);
            measured(&mut times);
        } else {
            measured(&mut times);
            floor(&mut floors);
        }
    }
    row(name, median(floors), median(times), corpus.lines, "≥ 1.5");
}

fn row(name: &str, floor: f64, measured: f64, lines: usize, bar: &str) {
    println!(
        "{name:<58} {:>8.1} ns {:>8.1} ns {:>7.2}  {bar}",
        floor * 1e9 / lines as f64,
        measured * 1e9 / lines as f64,
        floor / measured,
    );
}

/// Nothing but registers.
fn arithmetic(steps: u64) -> u64 {
    (0..steps).fold(1u64, |x, i| {
        black_box(x.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(i))
    })
}

/// What both cores gain, beside what they gain in pure arithmetic.
fn both_cores(name: &str, corpus: &Corpus) {
    let once = time(|| {
        black_box(ours(corpus, 1));
    });
    let tried = time(|| {
        black_box(arithmetic(10_000_000));
    });
    let steps = (1e7 * once.as_secs_f64() / tried.as_secs_f64()) as u64;
    let mut times = [const { Vec::new() }; 4];
    for round in 0..rounds() {
        for turn in 0..4 {
            let what = (turn + round) % 4;
            times[what].push(time(|| match what {
                0 => {
                    black_box(arithmetic(steps));
                }
                1 => std::thread::scope(|scope| {
                    scope.spawn(|| black_box(arithmetic(steps / 2)));
                    black_box(arithmetic(steps / 2));
                }),
                2 => {
                    black_box(ours(corpus, 1));
                }
                _ => {
                    black_box(ours(corpus, 2));
                }
            }));
        }
    }
    let [one, two, ours_one, ours_two] = times.map(median);
    println!(
        "{:<58} {:>8.2} x  {:>8.2} x  {:>7.2}  ≥ 0.9",
        format!("{name}, both cores; floor: the gain of pure arithmetic"),
        one / two,
        ours_one / ours_two,
        (ours_one / ours_two) / (one / two),
    );
}
