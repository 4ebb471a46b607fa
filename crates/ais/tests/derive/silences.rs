//! Gaps: what counts as silence, what is known before and after it, and how well it is shown.

use seaproof_ais::analyse::{Named, analyse_within, gaps, gaps_within};
use seaproof_ais::analysis::{AnomalyKind, Coverage, CoverageBasis, Gap};
use seaproof_ais::derive::coverage::HeardNear;
use seaproof_ais::report::{Kind, LineRef};
use seaproof_ais::sink::{Identity, RawPosition, Reception, Sink};
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::units::{Metres, Mmsi, TenthKnots, Time};

use crate::common::*;

const SEA: i64 = 200_000;

fn only_gap(said: &[Said]) -> Option<Gap> {
    let mut gaps = of(&usual(said), 1).gaps.clone();
    assert!(gaps.len() <= 1, "{gaps:?}");
    gaps.pop()
}

#[test]
fn a_silence_of_six_hours_is_a_gap_and_a_second_less_is_none() {
    let pair = |silence| {
        [
            position(1, 0, at(SEA, 0), 100),
            position(1, silence, at(SEA, 0), 100),
        ]
    };
    assert_eq!(only_gap(&pair(6 * HOUR - 1)), None);
    let gap = only_gap(&pair(6 * HOUR)).unwrap();
    assert_eq!((gap.start.at.line, gap.end.unwrap().at.line), (1, 2));
    assert_eq!(gap.until, gap.end.unwrap().time);
    assert_eq!(gap.distance, Some(Metres(0)));
    assert_eq!(gap.implied, Some(TenthKnots(0)));
}

#[test]
fn a_static_report_shows_that_it_transmits() {
    let said = [
        position(1, 0, at(SEA, 0), 100),
        static_report(1, 4 * HOUR, None),
        position(1, 8 * HOUR, at(SEA, 0), 100),
    ];
    assert_eq!(only_gap(&said), None);
    // And a gap after one begins with it, from the last position before.
    let said = [
        position(1, 0, at(SEA, 0), 100),
        static_report(1, HOUR, None),
        static_report(1, 8 * HOUR, None),
        position(1, 9 * HOUR, at(SEA + 90_000, 0), 100),
    ];
    let gap = only_gap(&said).unwrap();
    assert_eq!((gap.start.at.line, gap.end.unwrap().at.line), (2, 3));
    assert_eq!((gap.from.unwrap().at.line, gap.to.unwrap().at.line), (1, 4));
    // 90 km in the nine hours between the positions, not in the seven of the silence.
    assert!(gap.distance.unwrap().0.abs_diff(90_000) < 10, "{gap:?}");
    assert_eq!(gap.implied, Some(TenthKnots(54)));
}

#[test]
fn a_time_without_positions_is_told_where_something_else_was_heard_in_it() {
    let lines = |said: &[Said]| -> Vec<(u64, u64)> {
        let analysis = usual(said);
        let unplaced = of(&analysis, 1).unplaced.iter();
        unplaced
            .map(|one| (one.start.at.line, one.end.at.line))
            .collect()
    };
    let (first, last) = (
        position(1, 0, at(SEA, 0), 100),
        position(1, 6 * HOUR, at(SEA, 0), 100),
    );
    let between = static_report(1, 3 * HOUR, None);
    assert_eq!(lines(&[first, between, last]), [(1, 3)]);
    // Nothing at all was heard: that is a gap.
    assert_eq!(lines(&[first, last]), []);
    let sooner = position(1, 6 * HOUR - 1, at(SEA, 0), 100);
    assert_eq!(lines(&[first, between, sooner]), []);
    // At the ends of the track, and of one that never says where it is.
    let (early, late) = (
        static_report(1, -9 * HOUR, None),
        static_report(1, -4 * HOUR, None),
    );
    assert_eq!(lines(&[early, late, first]), [(1, 3)]);
    let (after, end) = (
        static_report(1, 5 * HOUR, None),
        static_report(1, 9 * HOUR, None),
    );
    assert_eq!(lines(&[first, after, end]), [(1, 3)]);
    assert_eq!(lines(&[early, late, after]), [(1, 3)]);
}

#[test]
fn a_reappearance_is_told_once_however_many_silences_lie_in_it() {
    let said = [
        position(1, 0, at(SEA, 0), 100),
        static_report(1, 7 * HOUR, None),
        position(1, 14 * HOUR, at(SEA + 1_500_000, 0), 100),
    ];
    let analysis = usual(&said);
    let told = kinds(&analysis, 1);
    let told = told
        .iter()
        .filter(|kind| matches!(kind, AnomalyKind::ImplausibleReappearance { .. }));
    assert_eq!((of(&analysis, 1).gaps.len(), told.count()), (2, 1));
}

#[test]
fn a_clock_that_was_not_set_makes_no_silence() {
    let mut said = stay(1, 0, HOUR, 600, at(SEA, 0), 50);
    let good = usual(&said);
    let (mut early, mut late) = (said[0], said[0]);
    early.ms = 3_600_000;
    late.ms = 5_000_000_000_000;
    said.extend([early, late]);
    let analysis = usual(&said);
    let (with, without) = (of(&analysis, 1), of(&good, 1));
    assert_eq!(with.gaps, []);
    assert_eq!((with.first, with.last), (without.first, without.last));
    assert_eq!((with.improbable, without.improbable), (2, 0));
    let thresholds = Thresholds::default();
    let quick = gaps(&mut tracks(&said, &thresholds), &thresholds, None, None).unwrap();
    assert!(quick.vessels.is_empty(), "{:?}", quick.vessels);
}

#[test]
fn a_gap_is_open_where_the_data_ends() {
    let mut said = vec![
        position(1, 0, at(SEA, 0), 100),
        position(2, 6 * HOUR, at(-SEA, 0), 100),
    ];
    let gap = only_gap(&said).unwrap();
    assert_eq!(
        (gap.end, gap.to, gap.until.0),
        (None, None, (START + 6 * HOUR) * 1_000)
    );
    assert_eq!(gap.until_at.line, 2);
    said[1] = position(2, 6 * HOUR - 1, at(-SEA, 0), 100);
    assert_eq!(only_gap(&said), None);
}

#[test]
fn a_wrong_clock_of_another_opens_no_gap() {
    let mut said = stay(1, 0, 20 * HOUR, 600, at(SEA, 0), 5);
    said.extend(stay(2, 0, 20 * HOUR, 600, at(SEA, 0), 5));
    // 2033, 1970, 2100, and the end of time; and a day after a day's data.
    for seconds in [
        300_000_000,
        -START,
        4_102_444_800 - START,
        i64::MAX / 1_000 - START,
        41 * HOUR,
    ] {
        let mut with = said.clone();
        with.push(position(3, seconds, at(0, 0), 5));
        let analysis = usual(&with);
        assert_eq!(
            (of(&analysis, 1).gaps.len(), of(&analysis, 2).gaps.len()),
            (0, 0),
            "{seconds}"
        );
    }
    // Data that goes on shows one, until its last report; of two at one time the one on the lower line.
    said.extend(stay(3, 30 * HOUR, 40 * HOUR, HOUR, at(0, 0), 5));
    said.push(position(3, 40 * HOUR, at(0, 0), 5));
    let analysis = usual(&said);
    let gap = &of(&analysis, 1).gaps[0];
    assert_eq!((gap.end, gap.until.0), (None, (START + 40 * HOUR) * 1_000));
    assert_eq!(gap.until_at.line, said.len() as u64 - 1);
    assert_eq!(
        (analysis.until, analysis.until_at),
        (Some(gap.until), Some(gap.until_at))
    );
}

#[test]
fn of_too_many_vessels_those_with_the_most_positions_are_kept() {
    let thresholds = Thresholds::default();
    let mut said = Vec::new();
    for mmsi in 1..=60 {
        let to = HOUR * i64::from(1 + mmsi * 7 % 5);
        said.extend(stay(mmsi, 0, to, HOUR, at(SEA, 0), 5));
    }
    let whole = all(&said, &thresholds, None, None);
    assert_eq!((whole.vessels.len(), whole.vessels_left_out), (60, 0));
    for memory in [0, 1_000, 5_000, 9_000, 14_000] {
        let part = analyse_within(
            memory,
            &Named::default(),
            &mut tracks(&said, &thresholds),
            &thresholds,
            None,
            None,
        )
        .unwrap();
        assert_eq!(part.vessels.len() as u64 + part.vessels_left_out, 60);
        assert!(part.vessels.len() < 60);
        // The same values, in the same order, and none with more positions is missing.
        let mut best = whole.vessels.clone();
        best.sort_by_key(|vessel| (std::cmp::Reverse(vessel.positions), vessel.mmsi));
        best.truncate(part.vessels.len());
        best.sort_by_key(|vessel| vessel.mmsi);
        assert_eq!(part.vessels, best, "{memory}");
    }
}

#[test]
fn those_that_are_named_are_kept_before_all_others() {
    let thresholds = Thresholds::default();
    // Of 60 the named one says the least, and goes silent.
    let mut said = vec![position(99, 0, at(SEA, 0), 5)];
    said.push(position(99, 20 * HOUR, at(SEA, 0), 5));
    for mmsi in 1..60 {
        said.extend(stay(mmsi, 0, 20 * HOUR, HOUR, at(SEA, 0), 5));
    }
    let part = |memory, named: &Named| {
        let mut tracks = tracks(&said, &thresholds);
        analyse_within(memory, named, &mut tracks, &thresholds, None, None).unwrap()
    };
    let whole = part(1 << 20, &Named::default());
    assert_eq!((whole.vessels.len(), whole.vessels_left_out), (60, 0));
    assert_eq!(of(&whole, 99).gaps.len(), 1);
    let named = Named {
        mmsis: [Mmsi(99), Mmsi(98)].into(),
        ..Named::default()
    };
    for memory in [2_000, 9_000, 14_000] {
        let without = part(memory, &Named::default());
        assert!(!without.vessels.iter().any(|vessel| vessel.mmsi.0 == 99));
        let with = part(memory, &named);
        assert_eq!(of(&with, 99), of(&whole, 99));
        assert_eq!(with.vessels.len() as u64 + with.vessels_left_out, 60);
        assert!(with.vessels_left_out > 0);
    }
    assert_eq!(part(0, &named).vessels_left_out, 60);
}

#[test]
fn who_gives_a_named_imo_number_is_kept_next() {
    let thresholds = Thresholds::default();
    let mut collector = collector(&thresholds);
    for mmsi in 1..=40_u32 {
        let identity = Identity {
            imo: Some(if mmsi == 40 { 9_074_729 } else { 8_691_702 }),
            ..Identity::default()
        };
        // The fewest positions has the one that is named by its MMSI, then the one that gives the number.
        let positions = match mmsi {
            39 => 1,
            40 => 2,
            _ => 5,
        };
        for n in 0..positions {
            let line = u64::from(mmsi) * 10 + n;
            collector.heard(&Reception {
                at: LineRef::new(0, line),
                time: Some(Time((START + i64::try_from(n).unwrap() * HOUR) * 1_000)),
                receiver: None,
                payload: line.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                mmsi: Mmsi(mmsi),
                kind: Kind::Message(1),
                position: RawPosition::default(),
                report: position(mmsi, 0, at(SEA, 0), 5).fields,
                identity: Some(identity),
            });
        }
    }
    let mut tracks = collector.finish().unwrap();
    let named = Named {
        mmsis: [Mmsi(39)].into(),
        imos: [9_074_729].into(),
    };
    let mut kept = Vec::new();
    for memory in (0..20_000).step_by(100) {
        let part = analyse_within(memory, &named, &mut tracks, &thresholds, None, None).unwrap();
        kept.push(part.vessels.iter().map(|v| v.mmsi.0).collect::<Vec<_>>());
    }
    kept.dedup();
    assert_eq!(kept[..4], [vec![], vec![39], vec![39, 40], vec![1, 39, 40]]);
}

#[test]
fn gaps_alone_are_bounded_too() {
    let thresholds = Thresholds::default();
    let mut said = Vec::new();
    for mmsi in 1..=60 {
        let from = HOUR * i64::from(mmsi * 7 % 5);
        said.extend(stay(mmsi, from, 6 * HOUR, HOUR, at(SEA, 0), 5));
        said.push(position(mmsi, 20 * HOUR, at(SEA, 0), 5));
    }
    let whole = all(&said, &thresholds, None, None);
    for memory in [0, 1_000, 5_000, 1 << 20] {
        let mut tracks = tracks(&said, &thresholds);
        let part = gaps_within(memory, &mut tracks, &thresholds, None, None).unwrap();
        assert_eq!(part.vessels.len() as u64 + part.vessels_left_out, 60);
        assert_eq!(part.vessels_left_out == 0, memory == 1 << 20);
        let mut best = whole.vessels.clone();
        best.sort_by_key(|vessel| (std::cmp::Reverse(vessel.positions), vessel.mmsi));
        best.truncate(part.vessels.len());
        best.sort_by_key(|vessel| vessel.mmsi);
        let best: Vec<_> = best.into_iter().map(|one| (one.mmsi, one.gaps)).collect();
        let told: Vec<_> = (part.vessels.into_iter())
            .map(|one| (one.mmsi, one.gaps))
            .collect();
        assert_eq!(told, best, "{memory}");
    }
}

#[test]
fn of_what_is_no_ship_no_silence_is_told() {
    let silent = |mmsi, kind| {
        let mut said = vec![
            position(mmsi, 0, at(SEA, 0), 0),
            position(mmsi, 20 * HOUR, at(SEA, 0), 0),
        ];
        for said in &mut said {
            said.kind = kind;
        }
        // The data goes on after it, too.
        said.extend(stay(366_000_001, 0, 40 * HOUR, HOUR, at(SEA, 0), 0));
        let thresholds = Thresholds::default();
        let mut tracks = tracks(&said, &thresholds);
        let alone = gaps_within(1 << 20, &mut tracks, &thresholds, None, None).unwrap();
        let analysis = usual(&said);
        let one = of(&analysis, mmsi);
        let told = alone.vessels.iter().find(|vessel| vessel.mmsi.0 == mmsi);
        assert_eq!(told.map_or(0, |told| told.gaps.len()), one.gaps.len());
        assert_eq!(one.gaps.len() as u64 + one.not_told, 2, "{mmsi} {kind:?}");
        one.gaps.len()
    };
    let ship = 219_000_001;
    for kind in [4, 9, 16, 17, 20, 21, 22, 23] {
        assert_eq!(silent(ship, Kind::Message(kind)), 0, "{kind}");
    }
    assert_eq!(silent(ship, Kind::OtherRow), 0);
    for mmsi in [111_219_501, 970_010_000, 972_123_456, 992_191_234] {
        for kind in [Kind::Message(1), Kind::Message(8), Kind::Row, Kind::ShipRow] {
            assert_eq!(silent(mmsi, kind), 0, "{mmsi} {kind:?}");
        }
    }
    // A station on shore by its number, unless it sends what only ships do: then its number was taken by one.
    assert_eq!(silent(2_191_000, Kind::Row), 0);
    assert_eq!(silent(2_191_000, Kind::Message(8)), 0);
    assert_eq!(silent(2_191_000, Kind::Message(1)), 2);
    // Nobody's number is one that a ship may send.
    for mmsi in [1, 1_193_046, 123_456_789, 823_456_789] {
        for kind in [Kind::Message(18), Kind::Row, Kind::ShipRow] {
            assert_eq!(silent(mmsi, kind), 2, "{mmsi} {kind:?}");
        }
    }
}

#[test]
fn a_silence_of_one_of_two_clones_is_counted() {
    let not_told = |silent: &[std::ops::Range<i64>]| {
        let mut said = stay(1, 0, 40 * HOUR, 600, at(SEA, 0), 50);
        let mut clone = stay(1, 300, 40 * HOUR, 600, at(SEA, 900_000), 50);
        let hour = |said: &Said| (said.ms / 1_000 - START) / HOUR;
        clone.retain(|said| !silent.iter().any(|range| range.contains(&hour(said))));
        said.extend(clone);
        let analysis = usual(&said);
        let one = of(&analysis, 1);
        assert_eq!((one.ships, one.gaps.len()), (2, 0));
        one.not_told
    };
    assert_eq!(not_told(&[]), 0);
    assert_eq!(not_told(std::slice::from_ref(&(10..28))), 1);
    assert_eq!(not_told(&[10..16, 20..25]), 1);
    assert_eq!(not_told(&[10..16, 20..26]), 2);
    // It is not heard again.
    assert_eq!(not_told(&[10..16, 33..41]), 2);
    assert_eq!(not_told(&[10..16, 35..41]), 1);
}

#[test]
fn positions_in_the_twelve_hours_before_are_counted() {
    // At 0 h, then every hour to 20 h: 13 of them lie from 8 h to 20 h.
    let mut said = stay(1, 0, 20 * HOUR, HOUR, at(SEA, 0), 5);
    said.push(static_report(1, 20 * HOUR + 60, None));
    said.push(position(1, 40 * HOUR, at(SEA, 0), 5));
    // A minute later than the last position the first of the 13 is older than twelve hours.
    assert_eq!(only_gap(&said).unwrap().positions_before, 12);
    said.remove(21);
    assert_eq!(only_gap(&said).unwrap().positions_before, 13);
}

#[test]
fn a_gap_names_its_port_and_shore() {
    let said = [
        position(1, 0, at(5_000, 0), 100),
        position(1, 7 * HOUR, at(9_000, 0), 100),
    ];
    let analysis = all(&said, &Thresholds::default(), Some(&port()), Some(&coast()));
    let gap = &of(&analysis, 1).gaps[0];
    let near = gap.port.clone().unwrap();
    assert_eq!(
        (near.port.locode.as_deref(), near.distance),
        (Some("XXNUL"), Metres(5_000))
    );
    assert_eq!(gap.shore, Some(Metres(5_000)));
    let bare = all(&said, &Thresholds::default(), None, None);
    assert_eq!(
        (
            of(&bare, 1).gaps[0].shore,
            of(&bare, 1).gaps[0].port.clone()
        ),
        (None, None)
    );
}

#[test]
fn whether_others_were_heard_is_measured() {
    // Silent from 0:30 to 10:30, with whole hours 1 to 9: nine.
    let silent = [
        position(1, HOUR / 2, at(SEA, 0), 100),
        position(1, 10 * HOUR + HOUR / 2, at(SEA, 0), 100),
    ];
    let with = |others: &[Said]| {
        let said = [&silent[..], others].concat();
        only_gap(&said).unwrap().coverage
    };
    let told = |basis, hours_heard| Coverage {
        basis,
        hours: 9,
        hours_heard,
        step_hours: 1,
    };
    assert_eq!(with(&[]), told(CoverageBasis::Nobody, 0));
    // In the next cell, in four hours of nine, then in five.
    let near = at(SEA + 50_000, 0);
    let four = stay(2, HOUR, 4 * HOUR, HOUR, near, 0);
    assert_eq!(with(&four), told(CoverageBasis::Thin, 4));
    let five = stay(2, HOUR, 5 * HOUR, HOUR, near, 0);
    assert_eq!(with(&five), told(CoverageBasis::OthersHeard, 5));
    // Two cells away, or from the shore, or without a place: that shows nothing.
    assert_eq!(
        with(&stay(2, HOUR, 9 * HOUR, HOUR, at(SEA + 110_000, 0), 0)),
        told(CoverageBasis::Nobody, 0)
    );
    let mut station = stay(2, HOUR, 9 * HOUR, HOUR, near, 0);
    for said in &mut station {
        said.kind = Kind::Message(4);
    }
    assert_eq!(with(&station), told(CoverageBasis::Nobody, 0));
    let mute: Vec<Said> = (1..10)
        .map(|hour| static_report(2, hour * HOUR, None))
        .collect();
    assert_eq!(with(&mute), told(CoverageBasis::Nobody, 0));
    // Before it began, after it ended, and in the hours of which only a part is its own.
    for seconds in [0, 2_700, 10 * HOUR + 60, 10 * HOUR + 2_700] {
        assert_eq!(
            with(&[position(2, seconds, near, 0)]),
            told(CoverageBasis::Nobody, 0)
        );
    }
    // Rows of a table do not say what they are: there the MMSI must be a ship's.
    let rows = |mmsi| {
        let mut rows = stay(mmsi, HOUR, 9 * HOUR, HOUR, near, 0);
        for row in &mut rows {
            row.kind = Kind::Row;
        }
        with(&rows)
    };
    for station in [
        2_191_000,
        111_219_501,
        992_191_000,
        970_010_000,
        199_999_999,
        800_000_000,
    ] {
        assert_eq!(rows(station), told(CoverageBasis::Nobody, 0), "{station}");
    }
    for ship in [200_000_000, 799_999_999, 982_190_000] {
        assert_eq!(rows(ship), told(CoverageBasis::OthersHeard, 9), "{ship}");
    }
    // Where they do say, that counts.
    let said_of = |mmsi, kind| {
        let mut rows = stay(mmsi, HOUR, 9 * HOUR, HOUR, near, 0);
        for row in &mut rows {
            row.kind = kind;
        }
        with(&rows)
    };
    let (none, heard) = (
        told(CoverageBasis::Nobody, 0),
        told(CoverageBasis::OthersHeard, 9),
    );
    assert_eq!(said_of(200_000_000, Kind::OtherRow), none);
    assert_eq!(said_of(199_999_999, Kind::ShipRow), heard);
    assert_eq!(said_of(970_010_000, Kind::ShipRow), none);
    // A distress beacon uses a ship's message.
    let mut beacon = stay(970_010_000, HOUR, 9 * HOUR, HOUR, near, 0);
    assert_eq!(with(&beacon), told(CoverageBasis::Nobody, 0));
    for said in &mut beacon {
        said.mmsi = 970_010;
    }
    assert_eq!(with(&beacon), told(CoverageBasis::OthersHeard, 9));
}

#[test]
fn a_station_that_failed_hears_nobody() {
    // Two hours in which nothing at all came in, and others right before and right after.
    let thresholds = Thresholds {
        gap_seconds: 7_200,
        ..Thresholds::default()
    };
    let (here, near) = (at(SEA, 0), at(SEA + 9_000, 0));
    let said = [
        position(1, 10 * HOUR + 3_300, here, 0),
        position(2, 10 * HOUR + 1_200, near, 0),
        position(2, 12 * HOUR + 3_120, near, 0),
        position(1, 12 * HOUR + 3_360, here, 0),
    ];
    let analysis = all(&said, &thresholds, None, None);
    let coverage = of(&analysis, 1).gaps[0].coverage;
    assert_eq!(
        (coverage.basis, coverage.hours, coverage.hours_heard),
        (CoverageBasis::Nobody, 1, 0)
    );
    // Without a whole hour inside nothing is shown.
    let short = Thresholds {
        gap_seconds: 1_800,
        ..thresholds
    };
    let mut said = stay(2, 0, HOUR, 60, near, 0);
    said.push(position(1, 60, here, 0));
    said.push(position(1, HOUR, here, 0));
    let coverage = of(&all(&said, &short, None, None), 1).gaps[0].coverage;
    assert_eq!((coverage.basis, coverage.hours), (CoverageBasis::Nobody, 0));
}

#[test]
fn without_a_position_coverage_is_not_known() {
    let said = [static_report(1, 0, None), static_report(1, 7 * HOUR, None)];
    let gap = only_gap(&said).unwrap();
    assert_eq!(gap.coverage.basis, CoverageBasis::NotKnown);
    assert_eq!((gap.from, gap.to, gap.distance), (None, None, None));
}

#[test]
fn coverage_reaches_over_the_antimeridian_and_the_pole() {
    let place =
        |lat: i32, lon: i32| seaproof_ais::units::Place::new(lat * 600_000, lon * 600_000).unwrap();
    let at_half = |lat: i32, lon: i32| {
        let (lat, lon) = (lat * 600_000 + 300_000, lon * 600_000 + 300_000);
        seaproof_ais::units::Place::new(lat, lon).unwrap()
    };
    for (here, there) in [
        (place(10, 180), place(10, -180)),
        (place(10, -180), at_half(10, 179)),
        (place(90, 17), at_half(89, -120)),
        (place(-90, 0), place(-90, 99)),
    ] {
        let mut said = vec![position(1, 0, here, 0), position(1, 8 * HOUR, here, 0)];
        said.extend(stay(2, 0, 8 * HOUR, HOUR, there, 0));
        assert_eq!(
            only_gap(&said).unwrap().coverage.basis,
            CoverageBasis::OthersHeard,
            "{here:?} {there:?}"
        );
    }
}

#[test]
fn too_many_hours_are_taken_together_whatever_their_order() {
    let heard = |order: &dyn Fn(i64) -> i64| {
        let mut near = HeardNear::with_limit(0);
        for n in 0..600_000 {
            near.heard((order(n), 5));
        }
        near.finish().near(5)
    };
    let hour = |n: i64| Time(n * HOUR * 1_000);
    for near in [
        heard(&|n| n),
        heard(&|n| 599_999 - n),
        heard(&|n| (n * 77_777) % 600_000),
    ] {
        // 518,400 are told apart: hours are taken by two. Each step shows one, if it lies in the silence whole, and
        // others were not heard well enough for any percentage.
        let other = near.coverage(hour(11), hour(21), 1);
        assert_eq!(
            (other.step_hours, other.hours, other.hours_heard),
            (2, 9, 4)
        );
        assert_eq!(other.basis, CoverageBasis::Thin);
        let inside = near.coverage(hour(2), hour(5), 50);
        assert_eq!((inside.hours, inside.hours_heard), (2, 0));
        assert_eq!(inside.basis, CoverageBasis::Nobody);
        let far = near.coverage(Time(i64::MIN), Time(i64::MAX), 50);
        assert_eq!((far.basis, far.hours_heard), (CoverageBasis::Thin, 300_000));
    }
}

#[test]
fn gaps_alone_are_the_same_gaps() {
    let mut said = stay(1, 0, HOUR, 60, at(SEA, 0), 50);
    said.extend(stay(1, 9 * HOUR, 10 * HOUR, 60, at(SEA + 30_000, 0), 50));
    said.extend(stay(2, 0, 20 * HOUR, 600, at(SEA, 9_000), 50));
    said.extend(stay(3, 0, 20 * HOUR, 7 * HOUR, at(SEA, 9_000), 50));
    let thresholds = Thresholds::default();
    let (port, coast) = (port(), coast());
    let whole = all(&said, &thresholds, Some(&port), Some(&coast));
    let alone = gaps(
        &mut tracks(&said, &thresholds),
        &thresholds,
        Some(&port),
        Some(&coast),
    )
    .unwrap();
    let told: Vec<_> = alone
        .vessels
        .iter()
        .flat_map(|vessel| vessel.gaps.clone())
        .collect();
    let expected: Vec<_> = whole
        .vessels
        .iter()
        .flat_map(|vessel| vessel.gaps.clone())
        .collect();
    assert_eq!(told, expected);
    assert_eq!(told.len(), 5);
}

#[test]
fn a_reappearance_too_far_off_is_implausible() {
    // 20 knots for ten hours are 370.4 km; a tenth more is 407.44 km.
    let said = |metres| {
        [
            position(1, 0, at(0, 0), 100),
            position(1, 10 * HOUR, at(0, metres), 100),
        ]
    };
    assert!(kinds(&usual(&said(407_430)), 1).is_empty());
    let told = kinds(&usual(&said(407_450)), 1);
    let [
        AnomalyKind::ImplausibleReappearance {
            distance,
            reachable,
        },
    ] = told[..]
    else {
        panic!("{told:?}");
    };
    assert!(distance.0.abs_diff(407_450) < 5);
    assert_eq!(reachable, Metres(370_400));
}
