use seaproof_ais::track::Split;

use super::*;

/// Rows of one MMSI: seconds, north, east.
fn track(fixes: &[(u32, f64, f64)]) -> Track {
    let mut text = format!("{HEADER}\n");
    for (second, lat, lon) in fixes {
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        text.push_str(&format!(
            "1,2022-01-03T{hour:02}:{minute:02}:{second:02},{lat:.5},{lon:.5},,,,,,,,,,,,,A\n"
        ));
    }
    read_all(&[text.as_bytes()], 1, ROOMY).1.remove(0)
}

fn ships(track: &Track) -> Vec<u32> {
    track.1.iter().map(|point| point.ship).collect()
}

fn split(track: &Track) -> &Split {
    track.0.split.as_ref().unwrap()
}

/// Northwards at 12 knots, a position a minute.
fn sailing(from: u32, count: u32, lat: f64, lon: f64) -> Vec<(u32, f64, f64)> {
    (from..from + count)
        .map(|minute| (minute * 60, lat + f64::from(minute) * 0.2 / 60.0, lon))
        .collect()
}

#[test]
fn one_ship_is_not_split() {
    let track = track(&sailing(0, 60, 40.0, 130.0));
    assert_eq!(track.0.split, None);
    assert!(ships(&track).iter().all(|ship| *ship == 0));
}

#[test]
fn two_ships_by_turns_are_told_apart_and_the_split_says_why() {
    let mut fixes = sailing(0, 30, 40.0, 130.0);
    fixes.extend(
        sailing(0, 30, 42.0, 133.0)
            .iter()
            .map(|(second, lat, lon)| (second + 20, *lat, *lon)),
    );
    let track = track(&fixes);
    let split = split(&track);
    assert_eq!(split.ships, 2);
    assert_eq!(
        split
            .tracks
            .iter()
            .map(|track| (track.ship, track.positions))
            .collect::<Vec<_>>(),
        [(0, 30), (1, 30)]
    );
    assert_eq!((split.changes, split.stray), (59, 0));
    for (at, ship) in ships(&track).into_iter().enumerate() {
        assert_eq!(ship, at as u32 % 2);
    }
    let apart = split.apart.unwrap();
    // 2° north and about 2.26° of a great circle east.
    assert!((330_000..340_000).contains(&apart.distance.0), "{apart:?}");
    assert_eq!(apart.from.place.lon, degrees(130.0));
    assert_eq!(apart.to.place.lon, degrees(133.0));
}

#[test]
fn a_stray_position_does_not_split_a_track_for_ever() {
    let mut fixes = sailing(0, 60, 40.0, 130.0);
    fixes[30].1 = 10.0;
    // Not even where the ship comes by later: 40.18° is on its way.
    fixes[10].1 = 40.18;
    let track = track(&fixes);
    let split = split(&track);
    assert_eq!((split.ships, split.tracks.len(), split.stray), (1, 1, 2));
    assert_eq!(split.tracks[0].positions, 58);
    let numbers = ships(&track);
    assert_eq!(numbers.iter().filter(|ship| **ship == 0).count(), 58);
    assert_ne!(numbers[30], 0);
}

#[test]
fn what_is_near_is_one_ship_whatever_the_clocks_of_receivers() {
    // 20 knots, and a receiver two minutes behind: about 1.2 km apart in one second.
    let mut fixes = sailing(0, 60, 40.0, 130.0);
    for at in (0..60).step_by(3) {
        fixes[at].1 -= 0.011;
    }
    assert_eq!(track(&fixes).0.split, None);
}

#[test]
fn a_jump_is_no_second_ship() {
    let mut fixes = sailing(0, 30, 40.0, 130.0);
    fixes.extend(sailing(30, 30, 50.0, 130.0));
    let track = track(&fixes);
    let split = split(&track);
    assert_eq!((split.ships, split.tracks.len(), split.changes), (1, 2, 1));
}

#[test]
fn an_mmsi_that_is_everywhere_is_bounded() {
    let mut fixes = Vec::new();
    for second in 0..2_000u32 {
        let (lat, lon) = (
            f64::from(second * 37 % 170) - 85.0,
            f64::from(second * 101 % 358) - 179.0,
        );
        fixes.push((second, lat, lon));
    }
    let track = track(&fixes);
    let split = split(&track);
    let counted: u64 = split.tracks.iter().map(|track| track.positions).sum();
    assert_eq!(track.0.positions, 2_000);
    assert!(counted + split.stray <= 2_000);
    assert!(split.changes > 1_000);
}

#[test]
fn the_antimeridian_and_the_poles_are_no_jumps() {
    let across: Vec<_> = (0..40u32)
        .map(|minute| {
            let lon = 179.95 + f64::from(minute) * 0.0025;
            (
                minute * 60,
                60.0,
                if lon > 180.0 { lon - 360.0 } else { lon },
            )
        })
        .collect();
    assert_eq!(track(&across).0.split, None);
    let over_the_pole: Vec<_> = (0..40u32)
        .map(|minute| {
            let north = 89.95 + f64::from(minute) * 0.0025;
            match north > 90.0 {
                true => (minute * 60, 180.0 - north, -170.0),
                false => (minute * 60, north, 10.0),
            }
        })
        .collect();
    assert_eq!(track(&over_the_pole).0.split, None);
}
