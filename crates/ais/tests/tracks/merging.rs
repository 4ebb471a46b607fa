use seaproof_ais::report::Kind;
use seaproof_ais::sink::{Identity, RawPosition, ReportFields};
use seaproof_ais::track::ReceiverCount;
use seaproof_ais::units::{Mmsi, Place, Time};

use super::*;

fn heard(line: u64, time: Option<i64>, receiver: Option<&str>, payload: u64) -> Reception<'_> {
    Reception {
        at: LineRef::new(0, line),
        time: time.map(Time),
        receiver,
        // Its highest bits tell transmissions apart.
        payload: payload << 32,
        mmsi: Mmsi(445_000_000),
        kind: Kind::Message(1),
        position: RawPosition::default(),
        report: ReportFields {
            place: Place::new(25_650_000, 79_849_800),
            ..ReportFields::default()
        },
        identity: None,
    }
}

fn points(receptions: &[Reception<'_>]) -> Track {
    let mut collector = collector(ROOMY);
    for reception in receptions {
        collector.heard(reception);
    }
    tracks(collector).remove(0)
}

#[test]
fn receptions_of_one_transmission_are_one_point() {
    let (summary, points) = points(&[
        heard(1, Some(2_000), Some("b"), 1),
        heard(2, Some(0), Some("a"), 1),
        heard(3, Some(10_000), Some("c"), 1),
        // The same reception once more, and another transmission in between.
        heard(4, Some(2_000), Some("b"), 1),
        heard(5, Some(2_000), Some("a"), 2),
    ]);
    assert_eq!(points.len(), 2);
    assert_eq!(
        (points[0].report.time, points[0].report.at.line),
        (Time(0), 2)
    );
    assert_eq!((points[0].receptions, points[1].receptions), (3, 1));
    let count = |name: &str, receptions| ReceiverCount {
        name: name.into(),
        receptions,
    };
    assert_eq!(
        summary.receivers,
        [count("a", 2), count("b", 1), count("c", 1)]
    );
    assert_eq!((summary.points, summary.receptions), (2, 4));
}

#[test]
fn a_group_ends_ten_seconds_after_its_first() {
    let times = [0, 6_000, 10_000, 10_001, 20_001, 20_002];
    let receptions: Vec<_> = (1..)
        .zip(times)
        .map(|(line, time)| heard(line, Some(time), None, 1))
        .collect();
    let (_, points) = points(&receptions);
    let found: Vec<_> = points
        .iter()
        .map(|point| (point.report.time.0, point.receptions))
        .collect();
    assert_eq!(found, [(0, 3), (10_001, 2), (20_002, 1)]);
}

#[test]
fn many_transmissions_at_once_are_told_apart() {
    let mut receptions = Vec::new();
    for payload in 0..400u64 {
        for (again, time) in [(0, 0), (1, 3_000), (2, 9_000), (3, 30_000)] {
            receptions.push(heard(
                payload * 4 + again + 1,
                Some(time),
                Some("a"),
                payload,
            ));
        }
    }
    let (summary, points) = points(&receptions);
    assert_eq!(points.len(), 800);
    assert!(points[..400].iter().all(|point| point.receptions == 3));
    assert!(points[400..].iter().all(|point| point.receptions == 1));
    assert_eq!(summary.receptions, 1_600);
}

#[test]
fn what_has_no_time_is_counted_and_in_no_track() {
    let (summary, points) = points(&[
        heard(1, None, Some("a"), 1),
        heard(2, Some(0), Some("a"), 1),
        heard(3, None, Some("a"), 1),
        // No time that anybody can mean.
        heard(4, Some(i64::MAX), Some("a"), 1),
        heard(5, Some(i64::MIN), Some("a"), 1),
    ]);
    assert_eq!((points.len(), summary.untimed), (1, 4));

    let mut only = collector(ROOMY);
    only.heard(&heard(1, None, None, 1));
    let all = tracks(only);
    assert_eq!((all.len(), all[0].1.len(), all[0].0.untimed), (1, 0, 1));
}

#[test]
fn identity_is_claimed_with_its_dates_and_zero_is_no_imo_number() {
    let mut collector = collector(ROOMY);
    for (line, time, imo, name) in [
        (1, 5, 9_074_729, "SEA"),
        (2, 1, 9_074_728, "SEA"),
        (3, 9, 9_074_729, "SEB"),
    ] {
        collector.heard(&Reception {
            identity: Some(Identity {
                imo: Some(imo),
                name: Some(name),
                ..Identity::default()
            }),
            ..heard(line, Some(time * 60_000), None, line)
        });
    }
    let (summary, _) = tracks(collector).remove(0);
    let claims: Vec<_> = summary
        .claims
        .iter()
        .map(|claim| {
            (
                claim.value.as_str(),
                claim.first.at.line,
                claim.last.at.line,
                claim.count,
                claim.plausible,
            )
        })
        .collect();
    assert_eq!(
        claims,
        [
            ("9074728", 2, 2, 1, false),
            ("9074729", 1, 3, 2, true),
            ("SEA", 2, 1, 2, true),
            ("SEB", 3, 3, 1, true),
        ]
    );
}

#[test]
fn an_mmsi_with_ever_new_names_takes_bounded_memory_and_says_so() {
    let mut collector = collector(1 << 16);
    let names: Vec<String> = (0..6_000)
        .map(|number| format!("NAME {number:05}"))
        .collect();
    for (line, name) in (1..).zip(&names) {
        collector.heard(&Reception {
            identity: Some(Identity {
                name: Some(name),
                ..Identity::default()
            }),
            ..heard(line, Some(line as i64 * 60_000), None, line)
        });
    }
    let (summary, points) = tracks(collector).remove(0);
    assert_eq!(
        (points.len(), summary.claims.len(), summary.claims_left_out),
        (6_000, 4_096, 1_904)
    );
    assert_eq!(summary.claims[0].value, "NAME 00000");
    assert_eq!(summary.claims[4_095].value, "NAME 04095");
}
