//! Gaps: what counts as silence, what is known before and after it, and how well it is shown.

use seaproof_ais::analyse::gaps;
use seaproof_ais::analysis::{AnomalyKind, Coverage, CoverageBasis, Gap};
use seaproof_ais::derive::coverage::HeardNear;
use seaproof_ais::report::Kind;
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
    said[1] = position(2, 6 * HOUR - 1, at(-SEA, 0), 100);
    assert_eq!(only_gap(&said), None);
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
    // Silent from 0:30 to 10:30, begun hours 0 to 10: eleven.
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
        hours: 11,
        hours_heard,
        step_hours: 1,
    };
    assert_eq!(with(&[]), told(CoverageBasis::Nobody, 0));
    // In the next cell, in five hours of eleven, then in six.
    let near = at(SEA + 110_000, 0);
    let five = stay(2, HOUR, 5 * HOUR, HOUR, near, 0);
    assert_eq!(with(&five), told(CoverageBasis::Thin, 5));
    let six = stay(2, HOUR, 6 * HOUR, HOUR, near, 0);
    assert_eq!(with(&six), told(CoverageBasis::OthersHeard, 6));
    // Two cells away, or from the shore, or without a place: that shows nothing.
    assert_eq!(
        with(&stay(2, HOUR, 9 * HOUR, HOUR, at(SEA + 225_000, 0), 0)),
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
    // In the hours of start and end it was heard itself: only others count.
    assert_eq!(
        with(&stay(2, 0, 0, HOUR, near, 0)),
        told(CoverageBasis::Thin, 1)
    );
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
    for (here, there) in [
        (place(10, 180), place(10, -180)),
        (place(10, -180), place(10, 179)),
        (place(90, 17), place(89, -120)),
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
        for n in 0..200_000 {
            near.heard(Mmsi(7), (order(n), 5));
        }
        near.heard(Mmsi(8), (3, 5));
        near.finish().near(5)
    };
    let hour = |n: i64| Time(n * HOUR * 1_000);
    for near in [
        heard(&|n| n),
        heard(&|n| 199_999 - n),
        heard(&|n| (n * 77_777) % 200_000),
    ] {
        // 129,600 are told apart: hours are taken by two.
        let other = near.coverage(Mmsi(9), hour(11), hour(21), 50);
        assert_eq!(
            (other.step_hours, other.hours, other.hours_heard),
            (2, 10, 10)
        );
        // Of its own silence only what is not its own counts.
        let own = near.coverage(Mmsi(7), hour(2), hour(3), 50);
        assert_eq!((own.hours, own.hours_heard), (1, 1));
        assert_eq!(near.coverage(Mmsi(7), hour(5), hour(6), 50).hours_heard, 0);
        let far = near.coverage(Mmsi(9), Time(i64::MIN), Time(i64::MAX), 50);
        assert_eq!((far.basis, far.hours_heard), (CoverageBasis::Thin, 200_000));
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
