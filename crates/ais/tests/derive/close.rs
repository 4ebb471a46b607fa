//! Encounters: how close, how long, how slow, how far from ports; and crowds.

use seaproof_ais::analysis::{Analysis, Encounter, Fix};
use seaproof_ais::derive::encounters::{CROWD, Encounters};
use seaproof_ais::derive::resample::Sample;
use seaproof_ais::report::LineRef;
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::units::{Metres, Mmsi, Place, Time};

use crate::common::*;

const SEA: i64 = 100_000;

fn encounters(said: &[Said]) -> Vec<Encounter> {
    let analysis: Analysis = usual(said);
    assert_eq!(analysis.crowded, 0);
    analysis.encounters
}

/// Two vessels so far apart, for so long, at a speed, a position every five minutes.
fn pair(metres: i64, seconds: i64, speed: u32) -> Vec<Said> {
    let mut said = stay(2, 0, seconds, 300, at(SEA, metres), speed);
    said.extend(stay(1, 0, seconds, 300, at(SEA, 0), speed));
    said
}

#[test]
fn stray_positions_meet_nobody() {
    let thresholds = Thresholds {
        encounter_bridge_seconds: 7_200,
        encounter_seconds: 3_600,
        ..Thresholds::default()
    };
    let met = |said: &[Said]| all(said, &thresholds, None, None).encounters.len();
    let mut said = stay(2, 0, 7_200, 600, at(SEA, 0), 5);
    let garbled = [
        position(1, 10, at(SEA, 0), 5),
        position(1, 7_190, at(SEA, 0), 5),
    ];
    said.extend(garbled);
    // Of one track they are no strays.
    assert_eq!(met(&said), 1);
    // 800 km off, but for two garbled places.
    said.extend(stay(1, 0, 12_000, 300, at(SEA + 800_000, 0), 5));
    assert_eq!(met(&said), 0);
    // A third makes it a ship of its own.
    said.push(position(1, 3_610, at(SEA, 0), 5));
    assert_eq!(met(&said), 1);
}

#[test]
fn half_a_kilometre_two_hours_and_two_knots() {
    let told = encounters(&pair(499, 2 * HOUR, 19));
    let [met] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!((met.a, met.b), (Mmsi(1), Mmsi(2)));
    assert_eq!(
        (met.start.0, met.end.0),
        (START * 1_000, (START + 2 * HOUR) * 1_000)
    );
    assert!((498..=500).contains(&met.closest.0));
    assert_eq!(met.port.clone().unwrap().distance, Metres(100_000));
    // The lines of the lower MMSI come after those of the higher.
    assert_eq!((met.a_fixes.0.at.line, met.a_fixes.1.at.line), (26, 50));
    assert_eq!((met.b_fixes.0.at.line, met.b_fixes.1.at.line), (1, 25));

    assert!(encounters(&pair(502, 2 * HOUR, 19)).is_empty());
    assert!(encounters(&pair(499, 2 * HOUR - 300, 19)).is_empty());
    assert!(encounters(&pair(499, 2 * HOUR, 20)).is_empty());
}

#[test]
fn farther_than_ten_kilometres_from_a_port() {
    let mut said = stay(2, 0, 3 * HOUR, 300, at(10_002, 0), 5);
    said.extend(stay(1, 0, 3 * HOUR, 300, at(10_002, 100), 5));
    assert_eq!(encounters(&said).len(), 1);
    let mut said = stay(2, 0, 3 * HOUR, 300, at(9_999, 0), 5);
    said.extend(stay(1, 0, 3 * HOUR, 300, at(10_100, 0), 5));
    assert!(encounters(&said).is_empty());
    // Without a gazetteer it is told wherever it is.
    let bare = all(&said, &Thresholds::default(), None, None);
    assert_eq!(
        (bare.encounters.len(), bare.encounters[0].port.clone()),
        (1, None)
    );
}

#[test]
fn an_hour_of_silence_is_bridged_and_a_second_more_is_not() {
    let silent = |seconds: i64| {
        let mut said = stay(2, 0, 4 * HOUR, 300, at(SEA, 0), 5);
        said.extend(stay(1, 0, HOUR, 300, at(SEA, 100), 5));
        said.extend(stay(1, HOUR + seconds, 4 * HOUR, 300, at(SEA, 100), 5));
        encounters(&said)
    };
    assert_eq!(silent(HOUR).len(), 1);
    assert_eq!(
        silent(HOUR)[0].end.0 - silent(HOUR)[0].start.0,
        4 * HOUR * 1_000
    );
    // Broken at one hour: what is left is shorter than two hours.
    assert!(silent(HOUR + 1).is_empty());
}

#[test]
fn a_faster_stretch_between_two_slow_reports_is_seen() {
    let mut said = stay(2, 0, 4 * HOUR, 300, at(SEA, 0), 5);
    said.extend(stay(1, 0, HOUR, 300, at(SEA, 100), 5));
    // 4.2 km in 50 minutes is 2.7 knots.
    said.extend(stay(1, HOUR + 3_000, 4 * HOUR, 300, at(SEA, 4_300), 5));
    assert!(encounters(&said).is_empty());
}

#[test]
fn they_meet_over_the_antimeridian_and_at_the_pole() {
    let place = |lat, lon| Place::new(lat, lon).unwrap();
    for (a, b) in [
        (place(0, 107_999_900), place(0, -107_999_900)),
        (place(54_000_000, 5), place(53_999_000, 100_000_000)),
    ] {
        let mut said = stay(1, 0, 2 * HOUR, 600, a, 5);
        said.extend(stay(2, 0, 2 * HOUR, 600, b, 5));
        assert_eq!(encounters(&said).len(), 1, "{a:?} {b:?}");
    }
}

#[test]
fn speeds_that_were_not_given_are_worked_out() {
    let mut said = pair(100, 2 * HOUR + 1_200, 0);
    for said in &mut said {
        said.fields.sog = None;
    }
    let told = encounters(&said);
    // Of a first position alone no speed is known.
    assert_eq!(told.len(), 1);
    assert!(told[0].start.0 > START * 1_000);
    for (n, said) in said.iter_mut().enumerate() {
        // Each goes to and fro at 4 knots or so.
        let east = if n % 2 == 0 { 0 } else { 620 };
        said.fields.place = Some(at(SEA, east));
    }
    assert!(encounters(&said).is_empty());
}

#[test]
fn a_crowd_is_counted_and_not_compared() {
    let crowd = |ships: i64| {
        let mut said = Vec::new();
        for n in 0..ships {
            let mmsi = u32::try_from(1 + n).unwrap();
            said.extend(stay(mmsi, 0, 2 * HOUR, 600, at(SEA, n), 0));
        }
        all(&said, &Thresholds::default(), None, None)
    };
    let ships = i64::try_from(CROWD).unwrap() + 1;
    let enough = crowd(ships);
    assert_eq!(
        (enough.encounters.len(), enough.crowded),
        (CROWD * (CROWD + 1) / 2, 0)
    );
    let many = crowd(ships + 1);
    // Each ship at each of thirteen steps.
    assert_eq!(
        (many.encounters.len(), many.crowded),
        (0, (CROWD as u64 + 2) * 13)
    );
}

#[test]
fn ten_thousand_at_one_anchorage_are_no_fifty_million_pairs() {
    let thresholds = Thresholds::default();
    let fix = |mmsi: u32, place| Fix {
        time: Time(0),
        at: LineRef::new(0, mmsi.into()),
        place,
    };
    let mut all = Encounters::with_buffer(&thresholds, std::env::temp_dir(), 10_000);
    let mut add = |step, mmsi, place| {
        let (before, after) = (fix(mmsi, place), fix(mmsi, place));
        all.push(Sample {
            step,
            mmsi: Mmsi(mmsi),
            ship: 0,
            place,
            before,
            after,
        })
        .unwrap();
    };
    for step in 0..13 {
        for mmsi in 0..10_000 {
            add(step, mmsi, at(SEA, i64::from(mmsi % 100)));
        }
        // And a pair by itself.
        add(step, 20_000, at(0, 0));
        add(step, 20_001, at(0, 100));
    }
    let (found, crowded) = all.finish(None).unwrap();
    assert_eq!(
        (found.len(), found[0].a, crowded),
        (1, Mmsi(20_000), 130_000)
    );
}

#[test]
fn spilling_changes_nothing() {
    let thresholds = Thresholds::default();
    let told = |buffer| {
        let mut all = Encounters::with_buffer(&thresholds, std::env::temp_dir(), buffer);
        for n in 0..4_000u32 {
            let (mmsi, step) = (n * 7 % 40, i64::from(n / 40) - 50);
            let place = at(SEA + i64::from(mmsi / 4) * 5_000, i64::from(mmsi % 4) * 300);
            let fix = |line: u32| Fix {
                time: Time(step * 600_000 + i64::from(line)),
                at: LineRef {
                    source: u16::MAX,
                    line: u64::from(line) << 40,
                    before: LineRef::BEFORE_MAX,
                },
                place,
            };
            all.push(Sample {
                step,
                mmsi: Mmsi(mmsi),
                ship: u32::MAX,
                place,
                before: fix(n),
                after: fix(n + 1),
            })
            .unwrap();
        }
        all.finish(Some(&port())).unwrap()
    };
    let memory = told(100_000);
    assert!(!memory.0.is_empty());
    assert_eq!(memory, told(333));
}

#[test]
fn one_mmsi_does_not_meet_itself() {
    let mut said = stay(1, 0, 3 * HOUR, 300, at(SEA, 0), 5);
    said.extend(stay(1, 150, 3 * HOUR, 300, at(SEA, 100), 5));
    assert!(encounters(&said).is_empty());
}

#[test]
fn buoys_stations_and_aircraft_meet_nobody() {
    for kind in [4, 9, 11, 21].map(seaproof_ais::report::Kind::Message) {
        let mut said = pair(100, 3 * HOUR, 0);
        assert_eq!(encounters(&said).len(), 1);
        for said in said.iter_mut().filter(|said| said.mmsi == 2) {
            said.kind = kind;
            said.fields.sog = None;
        }
        assert!(encounters(&said).is_empty(), "{kind:?}");
    }
    // In a table the MMSI alone tells.
    let met = |buoy| {
        let mut said = pair(100, 3 * HOUR, 0);
        for said in &mut said {
            said.kind = seaproof_ais::report::Kind::Row;
            said.mmsi = if said.mmsi == 2 { buoy } else { 219_000_001 };
        }
        encounters(&said).len()
    };
    assert_eq!(
        (met(219_000_002), met(992_190_001), met(2_190_001)),
        (1, 0, 0)
    );
}
