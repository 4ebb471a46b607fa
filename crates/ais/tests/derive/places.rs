//! Ports and shores: what is read of a file, and which is nearest.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use seaproof_ais::geodesy::{between, distance, turn};
use seaproof_ais::ports::{Gazetteer, GazetteerError, RowFault};
use seaproof_ais::shore::{ShoreError, Shoreline};
use seaproof_ais::units::{Metres, PER_DEGREE, Place};

use crate::real;

const HEADING: &str = "Index,Main Port Name,UN/LOCODE,\"Country, or part\",Longitude,Latitude\n";

fn degrees(lat: i32, lon: i32) -> Place {
    Place::new(lat * PER_DEGREE, lon * PER_DEGREE).unwrap()
}

fn gazetteer(rows: &str) -> Gazetteer {
    Gazetteer::read(format!("{HEADING}{rows}").as_bytes()).unwrap()
}

#[test]
fn the_world_port_index_is_read() {
    let Some(bytes) = real("ports/wpi_UpdatedPub150.csv") else {
        return;
    };
    let ports = Gazetteer::read(&bytes).unwrap();
    assert_eq!(ports.ports().len(), 3_768);
    assert_eq!(ports.refused_total(), 0);
    // 42.750 N 133.083 E.
    let near = ports
        .nearest(Place::new(25_650_000, 79_850_000).unwrap())
        .unwrap();
    assert_eq!(near.port.locode.as_deref(), Some("RUVYP"));
    assert!(near.distance <= Metres(1_000), "{near:?}");
    let chongjin = ports
        .ports()
        .iter()
        .find(|port| port.locode.as_deref() == Some("KPCHO"));
    assert!(
        distance(
            chongjin.unwrap().place,
            Place::new(25_060_000, 77_890_000).unwrap()
        ) <= Metres(1_000)
    );
    let codes = ports
        .ports()
        .iter()
        .filter(|port| port.locode.is_some())
        .count();
    assert!(codes > 2_000, "{codes}");
    // The nearest is the nearest, wherever one asks.
    for lat in (-90..=90).step_by(15) {
        for lon in (-180..=180).step_by(18) {
            let here = degrees(lat, lon);
            let best = ports
                .ports()
                .iter()
                .map(|p| (distance(here, p.place), p.row))
                .min();
            let near = ports.nearest(here).unwrap();
            assert_eq!(best, Some((near.distance, near.port.row)), "{here:?}");
            assert!(ports.nearest_within(here, near.distance).is_some());
            assert!(
                near.distance.0 == 0
                    || ports
                        .nearest_within(here, Metres(near.distance.0 - 1))
                        .is_none()
            );
        }
    }
}

#[test]
fn what_a_gazetteer_says_is_not_guessed() {
    let twice = "Main Port Name,UN/LOCODE,Latitude,Longitude, latitude\nA,,1,1,2\n";
    let error = Gazetteer::read(twice.as_bytes()).unwrap_err();
    assert!(matches!(error, GazetteerError::ColumnTwice { column } if column == "Latitude"));
    // A name in Latin-1.
    let rows = b"1,K\xf8ge,DKKOG,x,12.2,55.4\n2,B,,x,1,1\n";
    let ports = Gazetteer::read(&[HEADING.as_bytes(), rows].concat()).unwrap();
    assert_eq!(ports.ports().len(), 1);
    assert_eq!(ports.refused_total(), 1);
    let refused = &ports.refused()[0];
    assert_eq!((refused.line, refused.why), (2, RowFault::NameEncoding));
}

#[test]
fn rows_that_hold_no_port_are_told_by_line() {
    let ports = gazetteer(concat!(
        "1,\"A, quoted\nover two lines\",\"us nyc\",x,-0.0000008,+0.5\n",
        "2,Short,USNYC\n",
        "3,  ,USNYC,x,1,1\n",
        "4,North,,x,1,90.000001\n",
        "5,East,,x,180.1,1\n",
        "6,Words,,x,east,1\n",
        "7,Blank, ,x,-180,-90\n",
        "8,Odd code,USNYCX,x,1.,.5\n",
        "9,Exponent,,x,1e1,5\n",
        "10,\u{fffd}mlaut,DEHAM,x,1,1\n",
    ));
    let told: Vec<_> = ports
        .refused()
        .iter()
        .map(|row| (row.line, row.why))
        .collect();
    assert_eq!(
        told,
        [
            (4, RowFault::Columns),
            (5, RowFault::NoName),
            (6, RowFault::Latitude),
            (7, RowFault::Longitude),
            (8, RowFault::Longitude),
            (11, RowFault::Longitude),
        ]
    );
    assert_eq!(ports.refused_total(), 6);
    let read: Vec<_> = ports
        .ports()
        .iter()
        .map(|p| (p.row, p.locode.as_deref(), p.place.lat, p.place.lon))
        .collect();
    assert_eq!(
        read,
        [
            (1, Some("USNYC"), 300_000, 0),
            (7, None, -90 * PER_DEGREE, -180 * PER_DEGREE),
            (8, None, 300_000, PER_DEGREE),
            (10, Some("DEHAM"), PER_DEGREE, PER_DEGREE),
        ]
    );
}

#[test]
fn what_is_no_gazetteer_is_refused_in_words() {
    let why = |bytes: &[u8]| Gazetteer::read(bytes).unwrap_err().to_string();
    assert!(why(b"").contains("no column \"Main Port Name\""));
    assert!(why(b"Main Port Name,Latitude,Longitude\n").contains("UN/LOCODE"));
    assert!(why(HEADING.as_bytes()).contains("no port"));
    assert!(matches!(
        Gazetteer::read(&vec![b','; (64 << 20) + 1]),
        Err(GazetteerError::TooLarge { .. })
    ));
    // A byte order mark and NUL are no reason.
    let odd = [
        b"\xef\xbb\xbf",
        HEADING.as_bytes(),
        "1,Münde\0,,x,1,1\n".as_bytes(),
    ]
    .concat();
    assert_eq!(Gazetteer::read(&odd).unwrap().ports()[0].name, "Münde\0");
}

#[test]
fn ties_go_to_the_lower_row() {
    let ports = gazetteer("1,East,,x,1,0\n2,West,,x,-1,0\n3,East again,,x,1,0\n");
    assert_eq!(ports.nearest(degrees(0, 0)).unwrap().port.row, 1);
    assert_eq!(ports.nearest(degrees(0, 1)).unwrap().port.row, 1);
}

#[test]
fn a_port_beyond_the_antimeridian_or_the_pole_is_near() {
    let ports = gazetteer("1,West,,x,-179.99,0\n2,East,,x,179.9,0\n3,North,,x,10,89.9\n");
    let row = |lat, lon| {
        ports
            .nearest(Place::new(lat, lon).unwrap())
            .unwrap()
            .port
            .row
    };
    assert_eq!(row(0, 180 * PER_DEGREE), 1);
    assert_eq!(row(0, -180 * PER_DEGREE), 1);
    assert_eq!(row(89 * PER_DEGREE, -170 * PER_DEGREE), 3);
}

fn line(points: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":null,"geometry":{{"type":"LineString","coordinates":[{points}]}}}}"#
    )
}

/// The nearest of many places on a line.
fn sampled(ends: &[Place], here: Place) -> u32 {
    let mut best = u32::MAX;
    for pair in ends.windows(2) {
        for part in 0..=20_000 {
            best = best.min(distance(here, between(pair[0], pair[1], part, 20_000)).0);
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn a_shore_is_as_far_as_its_nearest_point(
        lat in -88i32..=88, lon in -180i32..=180,
        ends in prop::collection::vec((-600_000i32..=600_000, -900_000i32..=900_000), 3),
        off in (-1_200_000i32..=1_200_000, -1_200_000i32..=1_200_000),
    ) {
        let middle = degrees(lat, lon);
        let moved = |(north, east): (i32, i32)| Place::new(middle.lat + north, turn(0, middle.lon + east)).unwrap();
        let ends: Vec<Place> = ends.into_iter().map(moved).collect();
        let text: Vec<String> = ends.iter()
            .map(|p| format!("[{:.7},{:.7}]", f64::from(p.lon) / 6e5, f64::from(p.lat) / 6e5)).collect();
        let shore = Shoreline::read(line(&text.join(",")).as_bytes()).unwrap();
        let here = moved(off);
        let (ours, theirs) = (shore.distance(here).0, sampled(&ends, here));
        // The samples lie up to 20 m apart.
        prop_assert!(ours <= theirs + 1 && theirs <= ours + 12, "{} {}", ours, theirs);
        let on = between(ends[0], ends[1], 377, 1_000);
        prop_assert!(shore.distance(on).0 <= 2, "{:?}", shore.distance(on));
    }
}

#[test]
fn shores_in_every_form_of_geojson() {
    let here = degrees(1, 0);
    for text in [
        line("[-1,0],[1,0,12.5]"),
        r#"{"type":"Polygon","coordinates":[[[-1,0],[1,0],[0,-1],[-1,0]],[[5,5],[6,6],[5,6],[5,5]]]}"#.into(),
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null},{"type":"Feature","geometry":
            {"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[0,1]},
            {"type":"MultiPoint","coordinates":[[0,1],[0.1,1]]},
            {"type":"MultiLineString","coordinates":[[[7,7],[8,8]],[[-1,0],[1,0]]]}]}}]}"#.into(),
        r#"{"coordinates":[[[[-1,0],[1,0],[0,-1],[-1,0]]]],"type":"MultiPolygon","bbox":[-1,0,1,0]}"#.into(),
    ] {
        let shore = Shoreline::read(text.as_bytes()).unwrap();
        assert_eq!(shore.distance(here), Metres(110_574), "{text}");
    }
    // A meridian's quarter long, and over the antimeridian.
    let long = Shoreline::read(line("[179,-60],[-179,60]").as_bytes()).unwrap();
    assert_eq!(long.distance(degrees(0, 180)), Metres(0));
    assert_eq!(long.pieces(), 480);
    // The place on Earth that is farthest from it.
    assert!(long.distance(degrees(0, 0)) > Metres(10_000_000));
}

#[test]
fn what_is_no_shore_is_refused_in_words() {
    let why = |text: &str| Shoreline::read(text.as_bytes()).unwrap_err();
    assert!(matches!(why(""), ShoreError::Json(_)));
    assert!(matches!(why("[]"), ShoreError::Json(_)));
    assert!(matches!(why(&line("[0,91],[0,0]")), ShoreError::Json(_)));
    assert!(matches!(why(&line("[0],[1]")), ShoreError::Json(_)));
    assert!(matches!(why(&line("[1e999,0],[0,0]")), ShoreError::Json(_)));
    assert!(matches!(
        why(&line("[0,0],[1,0,[2,2]]")),
        ShoreError::Json(_)
    ));
    assert!(matches!(why(&line("[0,0]")), ShoreError::Empty));
    assert!(matches!(
        why(r#"{"type":"Point","coordinates":[0,0]}"#),
        ShoreError::Empty
    ));
    let deep = format!(
        r#"{{"type":"LineString","coordinates":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(matches!(why(&deep), ShoreError::Json(_)));
    // Half a meridian, there and back, 3,000 times.
    let there = "[0,-90],[0,90],".repeat(3_000);
    assert!(matches!(
        why(&line(there.trim_end_matches(','))),
        ShoreError::TooManyPieces
    ));
}

#[test]
fn a_coarse_coast_of_the_world() {
    let Some(bytes) = real("naturalearth/ne_50m_land.geojson") else {
        return;
    };
    let shore = Shoreline::read(&bytes).unwrap();
    // Off Vostochny a few miles at most; in the middle of the South Pacific (Point Nemo) 2,688 km, on a coast this coarse.
    assert!(shore.distance(Place::new(25_650_000, 79_850_000).unwrap()) < Metres(10_000));
    let nemo = shore.distance(Place::new(-29_325_700, -74_036_070).unwrap());
    assert!((2_670_000..2_710_000).contains(&nemo.0), "{nemo:?}");
}
