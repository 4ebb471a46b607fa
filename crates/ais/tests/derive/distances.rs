//! Distances are held against Karney's geodesics.

use geographiclib_rs::{Geodesic, InverseGeodesic};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use seaproof_ais::geodesy::{abeam, at_least, between, distance, implied_speed, reach, turn};
use seaproof_ais::units::{Metres, PER_DEGREE, Place, TenthKnots};

const POLE: i32 = 90 * PER_DEGREE;
const TURN: i32 = 180 * PER_DEGREE;

fn geodesic(a: Place, b: Place) -> f64 {
    let degrees = |units: i32| f64::from(units) / f64::from(PER_DEGREE);
    Geodesic::wgs84().inverse(
        degrees(a.lat),
        degrees(a.lon),
        degrees(b.lat),
        degrees(b.lon),
    )
}

fn place(lat: i32, lon: i32) -> Place {
    Place::new(lat, lon).unwrap()
}

fn any_place() -> impl Strategy<Value = Place> {
    let lat = prop_oneof![
        8 => -POLE..=POLE,
        1 => prop::sample::select(vec![-POLE, POLE, 0, 1, -1, POLE - 1, 1 - POLE]),
    ];
    let lon = prop_oneof![
        8 => -TURN..=TURN,
        1 => prop::sample::select(vec![-TURN, TURN, 0, 1, TURN - 1, 1 - TURN, TURN / 2]),
    ];
    (lat, lon).prop_map(|(lat, lon)| place(lat, lon))
}

/// Off the antipode by so many units at most.
fn near_antipode(off: i32) -> impl Strategy<Value = (Place, Place)> {
    (any_place(), -off..=off, -off..=off).prop_map(|(a, north, east)| {
        let lat = (north - a.lat).clamp(-POLE, POLE);
        (a, place(lat, turn(0, a.lon + TURN + east)))
    })
}

/// Less than three quarters of a degree, in latitude and longitude, from being antipodes: where the bound is another.
fn almost_antipodes(a: Place, b: Place) -> bool {
    let near = PER_DEGREE.unsigned_abs() / 4 * 3;
    (a.lat + b.lat).unsigned_abs() < near
        && turn(a.lon, b.lon).unsigned_abs() > TURN.unsigned_abs() - near
}

fn check(a: Place, b: Place) -> Result<(), TestCaseError> {
    let (ours, theirs) = (distance(a, b), geodesic(a, b));
    let bound = if almost_antipodes(a, b) {
        10_000.0
    } else {
        0.501
    };
    let off = (f64::from(ours.0) - theirs).abs();
    prop_assert!(off <= bound, "{a:?} {b:?}: {ours:?}, not {theirs}");
    prop_assert_eq!(ours, distance(b, a));
    prop_assert!(
        at_least(a, b) <= ours,
        "{:?} {:?}: at least {:?}, is {:?}",
        a,
        b,
        at_least(a, b),
        ours
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, rng_seed: RngSeed::Fixed(84), ..ProptestConfig::default() })]

    #[test]
    fn a_distance_is_the_geodesic_to_the_metre(a in any_place(), b in any_place()) {
        check(a, b)?;
    }

    #[test]
    fn so_is_a_short_one(a in any_place(), north in -30_000i32..=30_000, east in -30_000i32..=30_000) {
        let b = place((a.lat + north).clamp(-POLE, POLE), turn(0, a.lon + east));
        check(a, b)?;
    }

    #[test]
    fn near_the_antipode_it_stays_within_its_bound((a, b) in near_antipode(2 * PER_DEGREE)) {
        check(a, b)?;
    }

    #[test]
    fn right_at_the_antipode_too((a, b) in near_antipode(3_000)) {
        check(a, b)?;
    }

    #[test]
    fn a_place_between_lies_on_the_way(a in any_place(), north in -60_000i32..=60_000, east in -60_000i32..=60_000, part in 0i64..=600) {
        let b = place((a.lat + north).clamp(-POLE, POLE), turn(0, a.lon + east));
        let m = between(a, b, part, 600);
        prop_assert!(Place::new(m.lat, m.lon).is_some());
        let back = between(b, a, 600 - part, 600);
        prop_assert!((m.lat - back.lat).abs() <= 1 && turn(m.lon, back.lon).abs() <= 1);
        if a.lat.abs() < 80 * PER_DEGREE {
            let way = distance(a, b).0;
            let detour = distance(a, m).0 + distance(m, b).0;
            prop_assert!(detour <= way + 3 + way / 500, "{detour} for {way}");
        }
    }

    #[test]
    fn a_speed_reaches_as_far_as_it_implies(metres in 0u32..20_003_932, ms in 1i64..1_000_000_000) {
        let speed = implied_speed(Metres(metres), ms).unwrap();
        // Half a tenth of a knot is lost by rounding, and a metre.
        let slack = u32::try_from(ms / 36_000_000 * 926 + 1_000).unwrap() + 26;
        prop_assert!(reach(speed, ms).0.abs_diff(metres) <= slack);
    }
}

#[test]
fn known_distances() {
    // From the equator along a meridian and along the equator, and from pole to pole.
    assert_eq!(distance(place(0, 0), place(PER_DEGREE, 0)), Metres(110_574));
    assert_eq!(distance(place(0, 0), place(0, PER_DEGREE)), Metres(111_319));
    assert_eq!(
        distance(place(POLE, 7), place(-POLE, 9)),
        Metres(20_003_931)
    );
    assert_eq!(distance(place(0, 0), place(0, TURN)), Metres(20_003_931));
    // Vostochny to Chongjin by the World Port Index.
    let vostochny = place(25_650_000, 79_850_000);
    let chongjin = place(25_060_000, 77_890_000);
    assert_eq!(distance(vostochny, chongjin), Metres(290_812));
    assert_eq!(geodesic(vostochny, chongjin).round(), 290_812.0);
    // The antimeridian and the poles have one place each.
    assert_eq!(distance(place(60, TURN), place(60, -TURN)), Metres(0));
    assert_eq!(distance(place(POLE, 5), place(POLE, -TURN)), Metres(0));
    assert_eq!(
        between(place(0, TURN - 10), place(0, -TURN + 10), 3, 4),
        place(0, -TURN + 5)
    );
}

#[test]
fn speeds_of_any_size() {
    assert_eq!(
        implied_speed(Metres(1_852), 3_600_000),
        Some(TenthKnots(10))
    );
    assert_eq!(implied_speed(Metres(1), 0), None);
    assert_eq!(implied_speed(Metres(1), i64::MIN), None);
    assert_eq!(
        implied_speed(Metres(u32::MAX), 1),
        Some(TenthKnots(u32::MAX))
    );
    assert_eq!(reach(TenthKnots(u32::MAX), i64::MAX), Metres(u32::MAX));
    assert_eq!(reach(TenthKnots(200), 3_600_000), Metres(37_040));
    assert_eq!(reach(TenthKnots(200), -1), Metres(0));
    let here = place(1, 1);
    assert_eq!(between(here, place(3, 3), 1, 0), here);
    assert_eq!(between(here, place(3, 3), i64::MAX, i64::MAX), place(3, 3));
}

#[test]
fn to_the_side_of_a_heading() {
    let here = place(30 * PER_DEGREE, TURN);
    let (north, east) = (place(here.lat + 6_000, TURN), place(here.lat, 6_000 - TURN));
    let (up, right) = (distance(here, north), distance(here, east));
    for (heading, of_north, of_east) in [
        (0, Metres(0), right),
        (90, up, Metres(0)),
        (180, Metres(0), right),
        (270, up, Metres(0)),
    ] {
        assert_eq!(
            (abeam(here, north, heading), abeam(here, east, heading)),
            (of_north, of_east)
        );
    }
    // Half of it at 30 degrees, on either side.
    for heading in [30, 150, 210, 330, 390] {
        assert!(
            abeam(here, north, heading).0.abs_diff(up.0 / 2) <= 1,
            "{heading}"
        );
    }
    assert_eq!(abeam(here, here, u16::MAX), Metres(0));
    // By the geodesic's own direction.
    let away = place(here.lat + 4_000, 3_000 - TURN);
    let degrees = |units: i32| f64::from(units) / f64::from(PER_DEGREE);
    let (metres, azimuth, _, _): (f64, f64, f64, f64) = Geodesic::wgs84().inverse(
        degrees(here.lat),
        180.0,
        degrees(away.lat),
        degrees(away.lon),
    );
    for heading in 0..360u16 {
        let side = (metres * (azimuth - f64::from(heading)).to_radians().sin()).abs();
        assert!(
            (f64::from(abeam(here, away, heading).0) - side).abs() <= 1.5,
            "{heading}"
        );
    }
}
