//! What is out of the ordinary in how one vessel moves, and in what it says of itself.

use seaproof_ais::analyse::analyse;
use seaproof_ais::analysis::AnomalyKind;
use seaproof_ais::report::LineRef;
use seaproof_ais::sink::{Identity, RawPosition, Reception, Sink};
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::units::{Metres, Mmsi, Time};

use crate::common::*;

const SEA: i64 = 100_000;

#[test]
fn loitering_is_slow_for_an_hour_and_far_from_the_shore() {
    let thresholds = Thresholds::default();
    let coast = coast();
    let told = |said: &[Said]| {
        let analysis = all(said, &thresholds, None, Some(&coast));
        let mut told = kinds(&analysis, 1);
        assert!(told.len() <= 1, "{told:?}");
        told.pop()
    };
    let AnomalyKind::Loitering { mean, shore, .. } =
        told(&stay(1, 0, HOUR, 600, at(SEA, 0), 19)).unwrap()
    else {
        panic!();
    };
    assert_eq!((mean.0, shore), (19, Some(Metres(100_000))));
    // A second too short, too fast, too near to the shore.
    assert_eq!(told(&stay(1, 1, HOUR, 600, at(SEA, 0), 19)), None);
    assert_eq!(told(&stay(1, 0, HOUR, 600, at(SEA, 0), 20)), None);
    assert!(told(&stay(1, 0, HOUR, 600, at(37_042, 0), 19)).is_some());
    assert_eq!(told(&stay(1, 0, HOUR, 600, at(37_038, 0), 19)), None);
    // The mean counts: half of the hour at 39, half at none.
    let mut mixed = stay(1, 0, 2 * HOUR, 600, at(SEA, 0), 0);
    for said in mixed.iter_mut().step_by(2) {
        said.fields.sog = Some(seaproof_ais::units::TenthKnots(39));
    }
    assert!(told(&mixed).is_some());
    // Without a shore there is none, unless no distance is asked for.
    let slow = stay(1, 0, HOUR, 600, at(SEA, 0), 19);
    assert!(kinds(&all(&slow, &thresholds, None, None), 1).is_empty());
    let anywhere = Thresholds {
        loiter_shore_metres: 0,
        ..thresholds.clone()
    };
    let told = kinds(&all(&slow, &anywhere, None, None), 1);
    assert!(
        matches!(told[..], [AnomalyKind::Loitering { shore: None, .. }]),
        "{told:?}"
    );
}

#[test]
fn an_hour_that_is_fast_or_silent_ends_loitering() {
    let coast = coast();
    let mut said = stay(1, 0, 10 * HOUR - 1, 300, at(SEA, 0), 10);
    for said in &mut said {
        if (4 * HOUR..5 * HOUR).contains(&(said.ms / 1_000 - START)) {
            said.fields.sog = Some(seaproof_ais::units::TenthKnots(30));
        }
    }
    said.retain(|said| !(7 * HOUR..8 * HOUR).contains(&(said.ms / 1_000 - START)));
    let analysis = all(&said, &Thresholds::default(), None, Some(&coast));
    let spells: Vec<_> = of(&analysis, 1)
        .anomalies
        .iter()
        .map(|a| {
            (
                (a.start.0 / 1_000 - START) / HOUR,
                (a.end.0 / 1_000 - START) / HOUR,
            )
        })
        .collect();
    assert_eq!(spells, [(0, 3), (5, 6), (8, 9)]);
}

/// Moving east at a speed, with a heading, a position every ten seconds.
fn drifting(seconds: i64, tenth_knots: u32, course: u16, heading: u16) -> Vec<Said> {
    (0..=seconds / 10)
        .map(|n| {
            let east = n * 10 * i64::from(tenth_knots) * 1_852 / 36_000;
            let mut said = position(1, n * 10, at(SEA, east), tenth_knots);
            said.fields.cog = Some(course);
            said.fields.heading = Some(heading);
            said
        })
        .collect()
}

#[test]
fn drift_is_across_the_heading_for_ten_minutes_and_half_a_kilometre() {
    let drifts = |said: &[Said]| {
        let told = kinds(&usual(said), 1);
        told.iter()
            .filter(|kind| matches!(kind, AnomalyKind::Drift { .. }))
            .count()
    };
    // 2 knots are 617 metres in ten minutes.
    assert_eq!(drifts(&drifting(600, 20, 900, 0)), 1);
    assert_eq!(drifts(&drifting(590, 20, 900, 0)), 0);
    assert_eq!(drifts(&drifting(1_000, 20, 900, 45)), 1);
    assert_eq!(drifts(&drifting(1_000, 20, 899, 45)), 0);
    // Either way round the compass.
    assert_eq!(drifts(&drifting(1_000, 20, 3_590, 44)), 1);
    assert_eq!(drifts(&drifting(1_000, 20, 3_591, 44)), 0);
    assert_eq!(drifts(&drifting(1_000, 20, 10, 316)), 1);
    // To the side: 617 metres at 45 degrees are 437 there, and going astern is none.
    assert_eq!(drifts(&drifting(600, 20, 900, 45)), 0);
    assert_eq!(drifts(&drifting(6_000, 20, 900, 270)), 0);
    // 1.6 knots are 494 metres, 1.7 are 525.
    assert_eq!(drifts(&drifting(600, 16, 900, 0)), 0);
    assert_eq!(drifts(&drifting(600, 17, 900, 0)), 1);
    assert_eq!(drifts(&drifting(6_000, 50, 900, 0)), 1);
    assert_eq!(drifts(&drifting(6_000, 51, 900, 0)), 0);
    assert_eq!(drifts(&drifting(6_000, 9, 900, 0)), 0);
    // It starts where it is established, and rests on where it began.
    let analysis = usual(&drifting(1_000, 10, 900, 0));
    let drift = &of(&analysis, 1).anomalies[0];
    let seconds = |time: Time| time.0 / 1_000 - START;
    // 500 metres at a knot take 972 seconds.
    assert_eq!((seconds(drift.start), seconds(drift.end)), (980, 1_000));
    let rests_on: Vec<_> = drift
        .rests_on
        .iter()
        .map(|heard| seconds(heard.time))
        .collect();
    assert_eq!(rests_on, [0, 980, 1_000]);
    // One report without a heading changes nothing; one with another does.
    let mut said = drifting(1_000, 20, 900, 0);
    said[50].fields.heading = None;
    assert_eq!(drifts(&said), 1);
    said[50].fields.heading = Some(90);
    assert_eq!(drifts(&said), 0);
    // Silence for longer than the ten minutes ends it.
    let mut said = drifting(1_100, 20, 900, 0);
    said.retain(|said| !(230..850).contains(&(said.ms / 1_000 - START)));
    assert_eq!(drifts(&said), 0);
}

#[test]
fn a_sudden_stop_is_within_half_a_minute() {
    let stops = |speeds: &[(i64, u32)]| {
        let said: Vec<_> = speeds
            .iter()
            .map(|(t, v)| position(1, *t, at(SEA, *t * 5), *v))
            .collect();
        let told = kinds(&usual(&said), 1);
        told.iter()
            .filter(|kind| matches!(kind, AnomalyKind::SuddenStop { .. }))
            .count()
    };
    assert_eq!(stops(&[(0, 71), (30, 9)]), 1);
    assert_eq!(stops(&[(0, 70), (30, 9)]), 0);
    assert_eq!(stops(&[(0, 71), (30, 10)]), 0);
    assert_eq!(stops(&[(0, 71), (31, 9)]), 0);
    assert_eq!(stops(&[(0, 71), (10, 30), (20, 9), (25, 8)]), 1);
    assert_eq!(stops(&[(0, 71), (10, 9), (20, 80), (30, 0)]), 2);
}

#[test]
fn a_draught_change_says_what_stands_beside_it() {
    let told = |said: &[Said]| {
        let told = kinds(&usual(said), 1);
        told.into_iter()
            .filter_map(|kind| match kind {
                AnomalyKind::DraughtChange {
                    before,
                    after,
                    port_visit,
                    gap,
                    ..
                } => Some((before, after, port_visit, gap)),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let mut said = stay(1, 0, 100 * HOUR, HOUR, at(SEA, 0), 50);
    said.extend([
        static_report(1, 40 * HOUR, Some(80)),
        static_report(1, 41 * HOUR, Some(90)),
    ]);
    assert_eq!(told(&said), [(80, 90, false, false)]);
    said.pop();
    said.push(static_report(1, 41 * HOUR, Some(89)));
    assert_eq!(told(&said), []);
    // By small steps: held against what was told last.
    said.push(static_report(1, 42 * HOUR, Some(91)));
    said.push(static_report(1, 43 * HOUR, Some(81)));
    assert_eq!(
        told(&said),
        [(80, 91, false, false), (91, 81, false, false)]
    );
    // A gap within a day before it, then more than a day.
    let mut said = stay(1, 0, 100 * HOUR, HOUR, at(SEA, 0), 50);
    said.extend([
        static_report(1, 40 * HOUR, Some(80)),
        static_report(1, 41 * HOUR, Some(90)),
    ]);
    said.retain(|said| !(9 * HOUR + 1..16 * HOUR).contains(&(said.ms / 1_000 - START)));
    assert_eq!(told(&said), [(80, 90, false, true)]);
    said.retain(|said| !(8 * HOUR..16 * HOUR).contains(&(said.ms / 1_000 - START)));
    said.push(position(1, 15 * HOUR, at(SEA, 0), 50));
    assert_eq!(told(&said), [(80, 90, false, false)]);
    // A port visit that ends a day after it.
    let mut said = vec![
        static_report(1, 0, Some(80)),
        static_report(1, HOUR, Some(60)),
    ];
    said.extend(stay(1, 2 * HOUR, 24 * HOUR, HOUR, at(30_000, 0), 50));
    said.push(position(1, 25 * HOUR, at(2_000, 0), 1));
    let port: Vec<_> = kinds(&usual(&said), 1);
    assert!(
        port.iter().any(|kind| matches!(
            kind,
            AnomalyKind::DraughtChange {
                port_visit: true,
                gap: false,
                ..
            }
        )),
        "{port:?}"
    );
}

#[test]
fn a_draught_change_takes_a_day_at_most_of_what_was_heard() {
    // Heard every three hours, but for between these two.
    let told_but = |silence: std::ops::Range<i64>, said: &[(i64, u8)]| {
        let mut all: Vec<_> = stay(1, 0, 60 * HOUR, 3 * HOUR, at(0, 0), 100);
        all.retain(|one| !silence.contains(&(one.ms / 1_000 - START)));
        let given = |(seconds, draught): &(i64, u8)| static_report(1, *seconds, Some(*draught));
        all.extend(said.iter().map(given));
        let analysis = usual(&all);
        let told: Vec<_> = kinds(&analysis, 1)
            .into_iter()
            .filter_map(|kind| match kind {
                AnomalyKind::DraughtChange { before, after, .. } => Some((before, after)),
                _ => None,
            })
            .collect();
        (told, of(&analysis, 1).not_told)
    };
    let told = |said: &[(i64, u8)]| told_but(0..0, said);
    let hours = |hours: i64| hours * HOUR;
    assert_eq!(told(&[(0, 80), (hours(24), 110)]), (vec![(80, 110)], 0));
    assert_eq!(told(&[(0, 80), (hours(24) + 1, 110)]), (vec![], 1));
    assert_eq!(told(&[(0, 80), (hours(30), 110)]), (vec![], 1));
    // By steps: from one given within the day.
    let steps = [(0, 80), (hours(20), 86), (hours(40), 96), (hours(50), 90)];
    assert_eq!(told(&steps), (vec![(86, 96)], 0));
    assert_eq!(
        told(&[(0, 80), (hours(20), 85), (hours(40), 91)]),
        (vec![], 1)
    );
    // In a silence nobody could hear when it changed.
    let dark = hours(2)..hours(50);
    assert_eq!(
        told_but(dark.clone(), &[(0, 80), (hours(51), 110)]),
        (vec![(80, 110)], 0)
    );
    let late = [(0, 80), (hours(75), 110)];
    assert_eq!(told_but(dark, &late).0, vec![(80, 110)]);
    // What was given again is as young as that.
    let again = [(0, 80), (hours(20), 85), (hours(21), 80), (hours(40), 91)];
    assert_eq!(told(&again), (vec![(80, 91)], 0));
}

/// A static report of one MMSI, at as many seconds as its line says.
fn static_message(line: u64, draught: Option<u8>, identity: Option<Identity<'_>>) -> Reception<'_> {
    Reception {
        at: LineRef::new(0, line),
        time: Some(Time(
            1_000_000_000_000 + i64::try_from(line).unwrap() * 1_000,
        )),
        receiver: None,
        payload: line.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        mmsi: Mmsi(1),
        kind: seaproof_ais::report::Kind::Message(5),
        position: RawPosition::default(),
        report: seaproof_ais::sink::ReportFields {
            draught,
            ..Default::default()
        },
        identity,
    }
}

#[test]
fn a_large_ship_changes_its_draught_by_more() {
    let told = |sizes: &[u16], change: u8| {
        let thresholds = Thresholds::default();
        let mut collector = collector(&thresholds);
        let draughts = [80, 80 + change];
        let of_draughts = draughts.into_iter().map(|draught| (None, Some(draught)));
        let of_sizes = sizes.iter().map(|length| (Some(*length), None));
        for (line, (length, draught)) in (1..).zip(of_sizes.chain(of_draughts)) {
            let identity = length.map(|length| Identity {
                dimensions: Some(seaproof_ais::sink::Dimensions { length, beam: 30 }),
                ..Identity::default()
            });
            collector.heard(&static_message(line, draught, identity));
        }
        let analysis = analyse(&mut collector.finish().unwrap(), &thresholds, None, None).unwrap();
        kinds(&analysis, 1).into_iter().find_map(|kind| match kind {
            AnomalyKind::DraughtChange { least, length, .. } => Some((least, length)),
            _ => None,
        })
    };
    assert_eq!(told(&[], 10), Some((10, None)));
    assert_eq!(told(&[], 9), None);
    assert_eq!(told(&[0], 10), Some((10, None)));
    assert_eq!(told(&[199], 10), Some((10, Some(199))));
    assert_eq!(told(&[200], 19), None);
    assert_eq!(told(&[200], 20), Some((20, Some(200))));
    assert_eq!(told(&[299], 20), Some((20, Some(299))));
    assert_eq!(told(&[300], 29), None);
    assert_eq!(told(&[300], 30), Some((30, Some(300))));
    // The one given most often; of equal ones the shortest.
    assert_eq!(told(&[300, 120, 300], 29), None);
    assert_eq!(told(&[300, 120], 10), Some((10, Some(120))));
}

#[test]
fn a_place_that_no_ship_reaches_is_a_jump() {
    let mut said = stay(1, 0, 900, 60, at(SEA, 0), 50);
    said.extend(stay(1, 930, 1_800, 60, at(SEA, 60_000), 50));
    let analysis = usual(&said);
    let told = kinds(&analysis, 1);
    let [
        AnomalyKind::Jump {
            distance, implied, ..
        },
    ] = told[..]
    else {
        panic!("{told:?}");
    };
    assert!(distance.0.abs_diff(60_000) < 20);
    assert!(implied.unwrap().0 > 30_000);
    // It is flagged, not dropped.
    assert_eq!(of(&analysis, 1).positions, 31);
    // What 30 knots reach in half a minute and a minute's slack is none: 1,389 metres.
    let mut said = stay(1, 0, 900, 60, at(SEA, 0), 50);
    said.extend(stay(1, 930, 1_800, 60, at(SEA, 1_370), 50));
    assert!(kinds(&usual(&said), 1).is_empty());
}

#[test]
fn one_mmsi_in_two_places_by_turns_is_told_once() {
    let clones = |said: &[Said]| {
        let told = kinds(&usual(said), 1);
        let clones: Vec<_> = told
            .iter()
            .filter_map(|kind| match kind {
                AnomalyKind::Clone { apart, changes } => Some((apart.0, *changes)),
                _ => None,
            })
            .collect();
        assert_eq!(told.len() - clones.len(), 1, "{told:?}");
        clones
    };
    let mut said = stay(1, 0, 3_600, 60, at(SEA, 0), 50);
    said.extend(stay(1, 30, 3_600, 60, at(SEA, 300_000), 50));
    let [(apart, changes)] = clones(&said)[..] else {
        panic!();
    };
    assert!(apart.abs_diff(300_000) < 100, "{apart}");
    // 61 and 60 positions by turns.
    assert_eq!(changes, 120);
    assert_eq!(of(&usual(&said), 1).ships, 2);
    // One position elsewhere, or two in a row, may be wrong: a jump. Elsewhere once more, and it is by turns.
    let mut said = stay(1, 0, 3_600, 60, at(SEA, 0), 50);
    said.push(position(1, 30, at(SEA, 300_000), 50));
    assert_eq!((clones(&said).len(), of(&usual(&said), 1).ships), (0, 1));
    said.push(position(1, 50, at(SEA, 300_000), 50));
    assert_eq!(clones(&said), []);
    said.push(position(1, 1_530, at(SEA, 300_000), 50));
    assert_eq!(clones(&said)[0].1, 4);
    // Away for no longer, but for enough positions to be a track of its own.
    let mut said = stay(1, 0, 3_600, 60, at(SEA, 0), 50);
    said.extend(stay(1, 10, 50, 10, at(SEA, 300_000), 50));
    assert_eq!((clones(&said)[0].1, of(&usual(&said), 1).ships), (2, 2));
    // In two places within one second.
    let mut said = stay(1, 0, 600, 60, at(SEA, 0), 50);
    said.extend(stay(1, 0, 600, 60, at(SEA, 300_000), 50));
    assert!(clones(&said)[0].1 >= 20);
    // Jumps, but no more than 50 knots over the time and its slack: 3,858 metres in 90 seconds are 83, 1,900 are 41.
    let mut said = stay(1, 0, 3_600, 60, at(SEA, 0), 50);
    said.push(position(1, 30, at(SEA, 1_900), 50));
    assert!(clones(&said).is_empty());
}

#[test]
fn another_imo_number_or_call_sign_is_told() {
    let thresholds = Thresholds::default();
    let mut collector = collector(&thresholds);
    let mut say = |line: u64, imo, call_sign| {
        collector.heard(&Reception {
            at: LineRef::new(0, line),
            time: Some(Time(i64::try_from(line).unwrap() * 1_000)),
            receiver: None,
            payload: line.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            mmsi: Mmsi(1),
            kind: seaproof_ais::report::Kind::Message(5),
            position: RawPosition::default(),
            report: Default::default(),
            identity: Some(Identity {
                imo,
                call_sign,
                name: Some("YU SON"),
                ..Identity::default()
            }),
        });
    };
    say(1, Some(8_691_702), None);
    // Fails the check digit: no other identity.
    say(2, Some(8_691_703), Some("HMYZ"));
    say(3, Some(8_660_313), Some("HMYZ"));
    say(4, Some(8_691_702), Some("H9XY"));
    let analysis = analyse(&mut collector.finish().unwrap(), &thresholds, None, None).unwrap();
    let told: Vec<_> = of(&analysis, 1)
        .anomalies
        .iter()
        .filter_map(|a| match &a.what {
            AnomalyKind::IdentityChange { before, after, .. } => {
                Some((a.start.0, before.as_str(), after.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [(3_000, "8691702", "8660313"), (4_000, "HMYZ", "H9XY")]
    );
}

/// Identity changes of one MMSI that said this, each a second after the other.
fn identity_changes(said: &[Identity<'static>]) -> Vec<(String, String, bool)> {
    let thresholds = Thresholds::default();
    let mut collector = collector(&thresholds);
    for (line, identity) in (1..).zip(said) {
        collector.heard(&static_message(line, None, Some(*identity)));
    }
    let analysis = analyse(&mut collector.finish().unwrap(), &thresholds, None, None).unwrap();
    let told = of(&analysis, 1).anomalies.iter();
    told.map(|one| match &one.what {
        AnomalyKind::IdentityChange {
            before,
            after,
            before_given,
            after_given,
            ..
        } => {
            // It rests on when both were given first and last.
            let times = [before_given.0, before_given.1, after_given.0, after_given.1];
            assert!(
                times
                    .iter()
                    .all(|time| one.rests_on.iter().any(|on| on.time == *time))
            );
            assert_eq!(one.start, after_given.0);
            let by_turns = before_given.1 > after_given.0;
            (before.clone(), after.clone(), by_turns)
        }
        other => panic!("{other:?}"),
    })
    .collect()
}

#[test]
fn another_name_is_told_where_both_were_given_twice() {
    let told = |names: &[&'static str]| {
        let said = names.iter().map(|name| Identity {
            name: Some(*name),
            ..Identity::default()
        });
        identity_changes(&said.collect::<Vec<_>>())
    };
    let change = |a: &str, b: &str, by_turns| vec![(a.to_owned(), b.to_owned(), by_turns)];
    assert_eq!(
        told(&["YU SON", "YU SON", "UN HUNG", "UN HUNG"]),
        change("YU SON", "UN HUNG", false)
    );
    assert_eq!(
        told(&["YU SON", "UN HUNG", "YU SON", "UN HUNG"]),
        change("YU SON", "UN HUNG", true)
    );
    // Mistyped once, and put right.
    assert_eq!(told(&["YU SON", "YU SON", "YU SUN", "YU SON"]), []);
    // The same in other words.
    assert_eq!(told(&["YU SON", "YU SON", "YU-SON.", "YU-SON."]), []);
}

#[test]
fn other_dimensions_are_told_where_they_are_more_than_rounding() {
    let told = |sizes: &[(u16, u16)]| {
        let said = sizes.iter().map(|(length, beam)| Identity {
            dimensions: Some(seaproof_ais::sink::Dimensions {
                length: *length,
                beam: *beam,
            }),
            ..Identity::default()
        });
        identity_changes(&said.collect::<Vec<_>>()).len()
    };
    assert_eq!(told(&[(120, 18), (120, 18), (183, 32), (183, 32)]), 1);
    assert_eq!(told(&[(120, 18), (120, 18), (120, 20), (120, 20)]), 1);
    assert_eq!(told(&[(120, 18), (120, 18), (183, 32)]), 0);
    assert_eq!(told(&[(120, 18), (120, 18), (121, 19), (121, 19)]), 0);
    assert_eq!(
        told(&[(120, 18), (120, 18), (0, 18), (0, 18), (120, 0), (120, 0)]),
        0
    );
}

#[test]
fn draughts_are_claims_with_their_dates() {
    let said: Vec<_> = [(0, 80), (1, 113), (2, 80), (3, 7)]
        .map(|(hours, draught)| static_report(1, hours * HOUR, Some(draught)))
        .into();
    let analysis = usual(&said);
    let claims = &of(&analysis, 1).claims;
    let told: Vec<_> = claims
        .iter()
        .map(|one| {
            (
                one.value.as_str(),
                one.first.at.line,
                one.last.at.line,
                one.count,
            )
        })
        .collect();
    assert_eq!(
        told,
        [("8.0", 1, 3, 2), ("11.3", 2, 2, 1), ("0.7", 4, 4, 1)]
    );
}

#[test]
fn draughts_of_two_ships_by_turns_are_no_changes() {
    let mut said = stay(1, 0, 6 * HOUR, 600, at(SEA, 0), 50);
    said.extend(stay(1, 300, 6 * HOUR, 600, at(SEA, 900_000), 50));
    for n in 0..10 {
        let draught = if n % 2 == 0 { 80 } else { 120 };
        said.push(static_report(1, n * HOUR / 2 + 60, Some(draught)));
    }
    let analysis = usual(&said);
    let changes = kinds(&analysis, 1);
    assert!(
        !changes
            .iter()
            .any(|kind| matches!(kind, AnomalyKind::DraughtChange { .. }))
    );
    assert_eq!((of(&analysis, 1).ships, of(&analysis, 1).not_told), (2, 9));
}

#[test]
fn which_of_two_identities_came_first_is_not_told_by_lines() {
    let thresholds = Thresholds::default();
    let told = |lines: [u64; 2]| {
        let mut collector = collector(&thresholds);
        for (line, imo) in lines.into_iter().zip([8_691_702, 8_660_313]) {
            collector.heard(&Reception {
                at: LineRef::new(0, line),
                time: Some(Time(1_000_000_000_000)),
                receiver: None,
                payload: imo.into(),
                mmsi: Mmsi(1),
                kind: seaproof_ais::report::Kind::Message(5),
                position: RawPosition::default(),
                report: Default::default(),
                identity: Some(Identity {
                    imo: Some(imo),
                    ..Identity::default()
                }),
            });
        }
        let analysis = analyse(&mut collector.finish().unwrap(), &thresholds, None, None).unwrap();
        kinds(&analysis, 1)
    };
    assert_eq!(told([1, 2]), told([2, 1]));
    assert_eq!(told([1, 2]).len(), 1);
}
