//! Port visits and the ladder of how well they are shown.

use seaproof_ais::analysis::PortVisit;
use seaproof_ais::units::Place;

use crate::common::*;

const OUT: i64 = 4_001;

fn visits(said: &[Said]) -> Vec<PortVisit> {
    of(&usual(said), 1).port_visits.clone()
}

fn steps(of: &[(i64, i64, u32)]) -> Vec<Said> {
    of.iter()
        .map(|(seconds, metres, speed)| position(1, *seconds, at(0, *metres), *speed))
        .collect()
}

/// Confidence, whether entered and left, whether a stop and a silence were seen.
fn ladder(of: &[(i64, i64, u32)]) -> Vec<(u8, bool, bool, bool, bool)> {
    visits(&steps(of))
        .iter()
        .map(|v| {
            (
                v.confidence,
                v.entered,
                v.left,
                v.stop.is_some(),
                v.silence.is_some(),
            )
        })
        .collect()
}

#[test]
fn every_rung() {
    let (before, inside, stopped, after) = (
        (0, OUT, 50),
        (900, 2_000, 50),
        (1_800, 100, 1),
        (3_600, OUT, 50),
    );
    assert_eq!(
        ladder(&[before, inside, stopped, after]),
        [(4, true, true, true, false)]
    );
    assert_eq!(
        ladder(&[before, inside, stopped]),
        [(3, true, false, true, false)]
    );
    assert_eq!(
        ladder(&[inside, stopped, after]),
        [(3, false, true, true, false)]
    );
    assert_eq!(ladder(&[inside, stopped]), [(2, false, false, true, false)]);
    assert_eq!(
        ladder(&[before, inside, after]),
        [(1, true, true, false, false)]
    );
    assert_eq!(ladder(&[before, inside]), [(1, true, false, false, false)]);
    assert_eq!(ladder(&[inside, after]), [(1, false, true, false, false)]);
    assert_eq!(ladder(&[inside]), []);
    assert_eq!(ladder(&[before, after]), []);
    // Silent in port for four hours, and a second less.
    let later = |seconds| (900 + seconds, 2_000, 50);
    assert_eq!(
        ladder(&[before, inside, later(4 * HOUR)]),
        [(3, true, false, false, true)]
    );
    assert_eq!(
        ladder(&[before, inside, later(4 * HOUR - 1)]),
        [(1, true, false, false, false)]
    );
    // Going dark in port is a silence in port, wherever it is heard next. That it was not heard to leave is told.
    let out = |v: &PortVisit| v.silence_out.map(|(from, to)| (from.at.line, to.at.line));
    for after in [(900 + 4 * HOUR, OUT, 50), (900 + 10 * HOUR, 130_000, 140)] {
        for (said, confidence, lines) in [
            (vec![before, inside, after], 4, (2, 3)),
            (vec![inside, after], 3, (1, 2)),
        ] {
            let visit = visits(&steps(&said)).remove(0);
            assert_eq!(
                (visit.confidence, visit.left, visit.silence, out(&visit)),
                (confidence, true, None, Some(lines))
            );
        }
    }
    assert_eq!(
        ladder(&[before, inside, (899 + 4 * HOUR, OUT, 50)]),
        [(1, true, true, false, false)]
    );
    // Heard again without a place.
    for (said, confidence) in [(vec![before, inside], 3), (vec![inside], 2)] {
        let mut said = steps(&said);
        said.push(static_report(1, 900 + 4 * HOUR, None));
        let visit = visits(&said).remove(0);
        assert_eq!(
            (visit.confidence, visit.silence, visit.left, out(&visit)),
            (
                confidence,
                None,
                false,
                Some((said.len() as u64 - 1, said.len() as u64))
            )
        );
    }
}

#[test]
fn silent_in_port_until_the_data_ends() {
    let mut said = steps(&[(0, OUT, 50), (900, 2_000, 50)]);
    // Another is heard for four hours more, far off.
    let far = at(500_000, 0);
    said.extend((0..=4).map(|hours| position(2, 900 + hours * HOUR, far, 0)));
    let visit = &visits(&said)[0];
    let (from, to) = visit.silence_out.unwrap();
    assert_eq!((visit.confidence, visit.left), (3, false));
    assert_eq!((from.at.line, to.at.line), (2, 7));
    // A second less.
    said.pop();
    said.push(position(2, 899 + 4 * HOUR, far, 0));
    let visit = &visits(&said)[0];
    assert_eq!((visit.confidence, visit.silence_out), (1, None));
    // What was heard of the MMSI since, elsewhere, may be the same hull under a wrong place.
    let mut said = steps(&[(0, 0, 50), (900, 100, 50), (1_800, 0, 50)]);
    said.extend((10..=60).map(|sixth| position(1, sixth * 600, at(2_000_000, 0), 0)));
    let visit = &visits(&said)[..];
    assert!(visit.iter().all(|one| one.silence_out.is_none()));
}

#[test]
fn three_kilometres_to_enter_and_four_to_leave() {
    assert_eq!(ladder(&[(0, OUT, 50), (900, 3_000, 50)]).len(), 1);
    assert_eq!(ladder(&[(0, OUT, 50), (900, 3_002, 50)]).len(), 0);
    let left = |metres| ladder(&[(0, 2_000, 50), (900, metres, 50), (1_800, 2_000, 1)]);
    // Left at four kilometres and back: one visit that was left, and one that was entered.
    assert_eq!(
        left(4_001),
        [
            (1, false, true, false, false),
            (3, true, false, true, false)
        ]
    );
    assert_eq!(left(3_998), [(2, false, false, true, false)]);
}

#[test]
fn a_stop_begins_at_a_fifth_of_a_knot_and_ends_at_half_a_knot() {
    let said = steps(&[
        (0, OUT, 50),
        (600, 1_000, 3),
        (1_200, 900, 2),
        (1_800, 890, 4),
        (2_400, 880, 5),
        (3_000, 870, 0),
        (3_600, OUT, 50),
    ]);
    let visits = visits(&said);
    let [visit] = &visits[..] else {
        panic!("{visits:?}");
    };
    let (from, to) = visit.stop.unwrap();
    assert_eq!(
        (
            visit.first.at.line,
            from.at.line,
            to.at.line,
            visit.last.at.line
        ),
        (2, 3, 4, 6)
    );
    assert_eq!(
        ladder(&[(0, OUT, 50), (600, 1_000, 3)]),
        [(1, true, false, false, false)]
    );
}

#[test]
fn the_longest_time_between_positions_is_told_whatever_else_was_heard_in_it() {
    let mut said = steps(&[
        (0, OUT, 50),
        (900, 1_000, 50),
        (900 + 5 * HOUR, 1_000, 50),
        (900 + 11 * HOUR, 1_000, 50),
    ]);
    let told = visits(&said)[0].silence.unwrap();
    assert_eq!((told.0.at.line, told.1.at.line), (3, 4));
    // A static report does not say where it was.
    said.push(static_report(1, 8 * HOUR, None));
    let told = visits(&said)[0].silence.unwrap();
    assert_eq!((told.0.at.line, told.1.at.line), (3, 4));
}

#[test]
fn each_ship_of_an_mmsi_visits_by_itself() {
    // One lies in port, the other sails 2,000 km away under the same number.
    let mut said = stay(1, 0, 6 * HOUR, 600, at(0, 500), 0);
    said.extend(stay(1, 300, 6 * HOUR, 600, at(2_000_000, 0), 100));
    let visits = visits(&said);
    assert_eq!(visits.len(), 1);
    assert_eq!((visits[0].confidence, visits[0].left), (2, false));
    assert_eq!(visits[0].ship, 0);
}

#[test]
fn stray_positions_visit_no_port() {
    // It sails far off; twice its place is garbled, hours apart, into a harbour.
    let mut said = stay(1, 0, 12 * HOUR, 600, at(2_000_000, 0), 100);
    said.push(position(1, HOUR + 30, at(0, 500), 0));
    said.push(position(1, 6 * HOUR + 30, at(0, 500), 0));
    let analysis = usual(&said);
    assert_eq!(of(&analysis, 1).port_visits, []);
    assert!(of(&analysis, 1).not_told > 0);
    // Of one track a single position is no stray.
    assert_eq!(visits(&[position(1, 0, at(0, 500), 0)]).len(), 1);
}

#[test]
fn ports_at_the_end_of_the_world() {
    let gazetteer = seaproof_ais::ports::Gazetteer::read(
        b"Main Port Name,UN/LOCODE,Latitude,Longitude\nDate line,,0,180\nPole,,90,0\n",
    )
    .unwrap();
    let place = |lat, lon| Place::new(lat, lon).unwrap();
    let said = [
        position(1, 0, place(0, -107_990_000), 1),
        position(1, 600, place(0, 107_990_000), 1),
        position(2, 0, place(53_990_000, 107_000_000), 1),
        position(2, 600, place(53_990_000, -1_000_000), 1),
    ];
    let analysis = all(&said, &Default::default(), Some(&gazetteer), None);
    for mmsi in [1, 2] {
        let visits = &of(&analysis, mmsi).port_visits;
        assert_eq!(
            (visits.len(), visits[0].port.row, visits[0].last.at.line % 2),
            (1, mmsi, 0)
        );
    }
}

#[test]
fn a_station_in_port_makes_no_visit() {
    let mut said = stay(1, 0, 20 * HOUR, 5 * HOUR, at(0, 500), 0);
    assert_eq!(visits(&said).len(), 1);
    for said in &mut said {
        said.kind = seaproof_ais::report::Kind::Message(4);
    }
    assert_eq!(visits(&said), []);
}

#[test]
fn a_badly_set_radio_is_aboard_a_ship() {
    use seaproof_ais::report::Kind;
    let told = |mmsi, kind| {
        let mut said = stay(mmsi, 0, 6 * HOUR, 600, at(0, 500), 0);
        said.extend(stay(mmsi, 30 * HOUR, 36 * HOUR, 600, at(0, 200_000), 0));
        said.extend(stay(
            201_000_001,
            30 * HOUR,
            36 * HOUR,
            600,
            at(0, 200_100),
            0,
        ));
        let own = said.iter_mut().filter(|said| said.mmsi == mmsi);
        own.for_each(|said| said.kind = kind);
        let analysis = usual(&said);
        let one = of(&analysis, mmsi);
        let found = (one.port_visits.len(), analysis.encounters.len());
        (found, one.not_of_ship)
    };
    // As a ship's number: also one that was never assigned, is too short, or too long.
    for mmsi in [
        272_000_001,
        123_456_789,
        366_988,
        871_160_567,
        1_072_211_352,
    ] {
        assert_eq!(told(mmsi, Kind::Row), ((1, 1), 0), "{mmsi}");
    }
    // What has the form of something else is left out, and counted.
    for mmsi in [3_669_881, 36_926_403, 111_219_501, 972_971_214, 992_191_234] {
        assert_eq!(told(mmsi, Kind::Row), ((0, 0), 74), "{mmsi}");
    }
    // Where the row says what it is of, that counts, but for beacons, aids and aircraft.
    assert_eq!(told(3_669_881, Kind::ShipRow), ((1, 1), 0));
    assert_eq!(told(36_926_403, Kind::ShipRow), ((1, 1), 0));
    assert_eq!(told(123_456_789, Kind::OtherRow), ((0, 0), 74));
    assert_eq!(told(972_971_214, Kind::ShipRow), ((0, 0), 74));
}
