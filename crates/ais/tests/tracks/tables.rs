use seaproof_ais::analysis::IdentityField;
use seaproof_ais::input::Options;
use seaproof_ais::report::Kind;
use seaproof_ais::sink::{Flag, Outcome, Reason};
use seaproof_ais::units::{Mmsi, Place, TenthKnots, Time};

use super::*;

fn one(text: &str) -> Track {
    let (counts, tracks) = read_all(&[text.as_bytes()], 1, ROOMY);
    assert_eq!((counts.total, counts.decoded), (1, 1), "{counts:?}");
    tracks.into_iter().next().unwrap()
}

fn claims(track: &Track) -> Vec<(IdentityField, &str)> {
    track
        .0
        .claims
        .iter()
        .map(|claim| (claim.field, claim.value.as_str()))
        .collect()
}

#[test]
fn marine_cadastre_before_2025() {
    let track = one(&format!(
        "{HEADER}\n368000001,2022-01-03T00:00:04,43.26183,-79.06389,12.3,-50.9,511,SEA PROOF,IMO9074729,WDA1234,70,5,200,32,10.2,70,A\n"
    ));
    let report = track.1[0].report;
    assert_eq!(report.mmsi, Mmsi(368_000_001));
    assert_eq!(report.time, Time(1_641_168_004_000));
    // It says that it is of class A.
    assert_eq!(report.kind, Kind::ShipRow);
    assert_eq!(report.at.line, 2);
    assert_eq!(report.place, Place::new(25_957_098, -47_438_334));
    assert_eq!(report.sog, Some(TenthKnots(123)));
    // Stored in too few bits: 409.6 less.
    assert_eq!(report.cog, Some(3_587));
    assert_eq!(report.heading, None);
    assert_eq!(report.status, Some(5));
    assert_eq!(report.draught, Some(102));
    assert_eq!(
        claims(&track),
        [
            (IdentityField::Imo, "9074729"),
            (IdentityField::Name, "SEA PROOF"),
            (IdentityField::CallSign, "WDA1234"),
            (IdentityField::ShipType, "70"),
            (IdentityField::Dimensions, "200 x 32"),
            (IdentityField::Draught, "10.2"),
        ]
    );
    assert!(track.0.claims[0].plausible);
}

#[test]
fn marine_cadastre_from_2025_has_longitude_first_and_a_space_in_the_time() {
    let track = one(
        "mmsi,base_date_time,longitude,latitude,sog,cog,heading,vessel_name,imo,call_sign,vessel_type,status,length,width,draft,cargo,transceiver\n\
         368000001,2025-01-03 00:00:04,-79.06389,43.26183,102.3,360.0,359.0,\"SEA, PROOF\",IMO0000000,,,15,0,0,0.0,,A\n",
    );
    let report = track.1[0].report;
    assert_eq!(report.time, Time(1_735_862_404_000));
    assert_eq!(report.place, Place::new(25_957_098, -47_438_334));
    assert_eq!(
        (report.sog, report.cog, report.heading),
        (None, None, Some(359))
    );
    assert_eq!((report.status, report.draught), (Some(15), None));
    assert_eq!(claims(&track), [(IdentityField::Name, "SEA, PROOF")]);
}

const DANISH: &str = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type";

#[test]
fn danish_maritime_authority_with_and_without_the_last_four() {
    for (more_names, more) in [("", ""), (",A,B,C,D", ",150,30,10,10")] {
        let track = one(&format!(
            "{DANISH}{more_names}\n07/03/2024 14:00:00,Class A,219000001,55.5,-0.00005,Engaged in fishing,Unknown,0.0,12.5,13,Unknown,OUAB,NORD,Fishing,,20,180,GPS,6.7,Unknown,,AIS{more}\n"
        ));
        let report = track.1[0].report;
        assert_eq!(report.time, Time(1_709_820_000_000));
        assert_eq!(report.place, Place::new(33_300_000, -30));
        assert_eq!((report.status, report.draught), (Some(7), Some(67)));
        assert_eq!(
            (report.sog, report.cog, report.heading),
            (Some(TenthKnots(0)), Some(125), Some(13))
        );
        assert_eq!(
            claims(&track),
            [
                (IdentityField::Name, "NORD"),
                (IdentityField::CallSign, "OUAB"),
                (IdentityField::ShipType, "30"),
                (IdentityField::Dimensions, "180 x 20"),
                (IdentityField::Draught, "6.7"),
            ]
        );
    }
}

#[test]
fn danish_words_that_mean_nothing_are_no_values() {
    let track = one(&format!(
        "{DANISH}\n07/03/2024 14:00:00,Base Station,2190047,91.000000,0.000000,Unknown value,,,,,Unknown,Unknown,Unknown,Undefined,,,,Undefined,,Unknown,,AIS\n"
    ));
    let report = track.1[0].report;
    assert_eq!(
        (report.place, report.status, report.draught),
        (None, None, None)
    );
    assert_eq!(track.0.claims, []);
}

#[test]
fn another_table_is_explained_by_a_mapping() {
    let options = Options {
        mapping: Some(
            "mmsi=id,time=ts,time-format=unix,lat=breite,lon=#3,sog=kn,name=schiff,receiver=von"
                .parse()
                .unwrap(),
        ),
        ..Options::default()
    };
    let text = "id;ts;laenge;breite;kn;schiff;von\n\
                445000001;1709820000;133,083;42.75;\"7,5\";\"PAEK \"\"1\"\"\";radar\n";
    let (counts, kept) = read_kept(text.as_bytes(), &options);
    assert_eq!(counts.unwrap().decoded, 1);
    let heard = &kept.heard[0];
    for part in [
        "time: Some(Time(1709820000000))",
        "lat: 25650000, lon: 79849800",
        "sog: Some(TenthKnots(75))",
        "name: Some(\"PAEK \\\"1\\\"\")",
        "receiver: Some(\"radar\")",
    ] {
        assert!(heard.contains(part), "{part} is not in {heard}");
    }
}

#[test]
fn rows_are_refused_for_what_is_wrong_with_them() {
    let rows = [
        ("1,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A", None),
        (
            "1,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A,x",
            Some(Reason::ColumnCount),
        ),
        ("1,2022-01-03T00:00:00", Some(Reason::ColumnCount)),
        (
            "1,2022-13-03T00:00:00,1,1,,,,,,,,,,,,,A",
            Some(Reason::TimeInvalid),
        ),
        ("1,,1,1,,,,,,,,,,,,,A", Some(Reason::TimeInvalid)),
        (
            ",2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A",
            Some(Reason::MmsiInvalid),
        ),
        (
            "1073741824,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A",
            Some(Reason::MmsiInvalid),
        ),
        (
            "-1,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A",
            Some(Reason::MmsiInvalid),
        ),
        (
            "1,2022-01-03T00:00:00,north,1,,,,,,,,,,,,,A",
            Some(Reason::ValueInvalid),
        ),
        (
            "1,2022-01-03T00:00:00,1,1e30,,,,,,,,,,,,,A",
            Some(Reason::ValueInvalid),
        ),
        ("000000000,1969-12-31T23:59:59,-90,180,,,,,,,,,,,,,A", None),
        ("999999999,2100-01-01T00:00:00,90,-180,,,,,,,,,,,,,A", None),
        ("2,2022-01-03T00:00:00,91,181,,,,,,,,,,,,,A", None),
        ("2,2022-01-03T00:00:00,,,,,,,,,,,,,,,A", None),
        ("2,2022-01-03T00:00:00,95,200,,,,,,,,,,,,,A", None),
    ];
    let mut text = format!("\u{feff}{HEADER}\r\n\r\n");
    for (row, _) in rows {
        text.push_str(row);
        text.push_str("\r\n");
    }
    let (counts, kept) = read_kept(text.as_bytes(), &Options::default());
    let counts = counts.unwrap();
    assert_eq!(counts.total, rows.len() as u64);
    for (at, ((row, refused), (line, outcome))) in rows.iter().zip(&kept.lines).enumerate() {
        assert_eq!(*line, at as u64 + 3);
        match refused {
            Some(reason) => assert_eq!(*outcome, Outcome::Refused(*reason), "{row}"),
            None => assert_eq!(*outcome, Outcome::Decoded(Kind::Row), "{row}"),
        }
    }
    assert_eq!(
        kept.flags,
        [
            (13, Flag::TimeImprobable),
            (14, Flag::TimeImprobable),
            (17, Flag::ValueUnreadable)
        ]
    );
    let (_, tracks) = read_all(&[text.as_bytes()], 1, ROOMY);
    let at = |track: usize, point: usize| tracks[track].1[point].report.place;
    assert_eq!(at(0, 0), Place::new(-54_000_000, 108_000_000));
    assert_eq!(at(3, 0), Place::new(54_000_000, -108_000_000));
    assert!(tracks[2].1.iter().all(|point| point.report.place.is_none()));
}

#[test]
fn values_that_cannot_be_are_not_used_and_flagged() {
    let row = |fields: &str| format!("{HEADER}\n1,2022-01-03T00:00:00,1,1,{fields}\n");
    for odd in [
        "200,,,,,,,,,,,,A",
        ",361,,,,,,,,,,,A",
        "-51.3,,,,,,,,,,,,A",
        ",-204.9,,,,,,,,,,,A",
        ",,360,,,,,,,,,,A",
        ",,,,12345678901,,,,,,,,A",
        ",,,,IMOX,,,,,,,,A",
        ",,,,,,1004,,,,,,A",
        ",,,,,,,16,,,,,A",
        ",,,,,,,,-5,,,,A",
        ",,,,,,,,,,30,,A",
    ] {
        let (counts, kept) = read_kept(row(odd).as_bytes(), &Options::default());
        assert_eq!(counts.unwrap().decoded, 1);
        assert_eq!(kept.flags, [(2, Flag::ValueUnreadable)], "{odd}");
        assert!(kept.heard[0].contains("identity: None"), "{odd}");
    }
}

#[test]
fn only_what_is_written_as_not_available_is() {
    let moving = |fields: &str| {
        let text = format!("{HEADER}\n1,2022-01-03T00:00:00,1,1,{fields},,,,,,,,,,A\n");
        let (_, tracks) = read_all(&[text.as_bytes()], 1, ROOMY);
        let report = tracks[0].1[0].report;
        let (_, kept) = read_kept(text.as_bytes(), &Options::default());
        let sog = report.sog.map(|sog| sog.0);
        (sog, report.cog, report.heading, kept.flags.len())
    };
    for none in [
        "102.3,360,511",
        "102.30,360.0,511.0",
        "102.30000305,360.00,511.00",
        "-0.1,-49.6,",
        "1.023e2,3.6e2,",
    ] {
        assert_eq!(moving(none), (None, None, None, 0), "{none}");
    }
    // A course that only rounds to 360 is 0,
    for course in ["359.97", "359.950", "-49.63"] {
        let found = moving(&format!(",{course},"));
        assert_eq!(found, (None, Some(0), None, 0), "{course}");
    }
    assert_eq!(moving(",359.94,").1, Some(3_599));
    // and other values are none that their columns can have.
    for odd in ["102.26,,", "102.349,,", ",360.04,", ",,510.7"] {
        assert_eq!(moving(odd), (None, None, None, 1), "{odd}");
    }
}

#[test]
fn a_text_in_another_encoding_is_flagged_and_not_guessed() {
    let mut text = format!("{HEADER}\n1,2022-01-03T00:00:00,1,1,,,,").into_bytes();
    text.extend_from_slice(b"S\xd8STRENE,,OUAB,,,,,,,A\n");
    let (counts, kept) = read_kept(&text[..], &Options::default());
    assert_eq!(counts.unwrap().decoded, 1);
    assert_eq!(kept.flags, [(2, Flag::TextUnreadable)]);
    assert!(kept.heard[0].contains("name: None, call_sign: Some(\"OUAB\")"));
}

#[test]
fn a_row_over_several_lines_is_one_row_at_its_first() {
    let text = format!(
        "{HEADER}\n\
         1,2022-01-03T00:00:00,1,1,,,,\"TWO\nLINES\",,,,,,,,,A\n\
         2,2022-01-03T00:00:00,1,1,,,,A \"STRAY\" QUOTE,,,,,,,,,A\n\
         3,2022-01-03T00:00:00,1,1,,,,\"NOT CLOSED,,,,,,,,,A\n\
         4,2022-01-03T00:00:00,1,1,,,,AFTER,,,,,,,,,A\n"
    );
    let (counts, kept) = read_kept(text.as_bytes(), &mapped(1));
    assert_eq!(counts.unwrap().total, 4);
    let decoded = Outcome::Decoded(Kind::Row);
    assert_eq!(
        kept.lines,
        [
            (2, decoded),
            (4, decoded),
            (5, Outcome::Refused(Reason::ColumnCount)),
            (6, decoded)
        ]
    );
    assert_eq!(kept.flags, [(3, Flag::RowGoesOn)]);
    assert!(kept.heard[0].contains("TWO\\nLINES"));
    assert!(kept.heard[1].contains("A \\\"STRAY\\\" QUOTE"));
}

#[test]
fn a_repeated_row_is_a_duplicate_of_its_first() {
    let row = "1,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A\n";
    let text = format!("{HEADER}\n{row}{row}\n{row}");
    let (counts, kept) = read_kept(text.as_bytes(), &Options::default());
    let counts = counts.unwrap();
    assert_eq!((counts.total, counts.decoded, counts.duplicate), (3, 1, 2));
    let repeated = Outcome::Duplicate {
        kind: Kind::Row,
        of: 2,
    };
    assert_eq!(kept.lines[1..], [(3, repeated), (5, repeated)]);
    let (parallel, tracks) = read_all(&[text.as_bytes()], 2, ROOMY);
    assert_eq!(parallel, counts);
    assert_eq!((tracks[0].1.len(), tracks[0].1[0].receptions), (1, 1));
}

/// Rows of fields as the `csv` crate reads them, one to one where no quote is astray.
#[test]
fn quoted_rows_are_read_as_the_csv_crate_reads_them() {
    let fields = [
        "", "a", " b ", "c,d", "e\"f", "g\nh", "\"", ",\n\"", "x\r\ny", "ümlaut",
    ];
    let mut dice = 7u64;
    let mut roll = |below: usize| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % below
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["mmsi", "time", "lat", "lon", "name", "dest"])
        .unwrap();
    let mut expected = Vec::new();
    for _ in 0..300 {
        let (name, dest) = (fields[roll(fields.len())], fields[roll(fields.len())]);
        writer
            .write_record(["1", "0", "1", "1", name, dest])
            .unwrap();
        expected.push((name.trim().to_owned(), dest.trim().to_owned()));
    }
    let bytes = writer.into_inner().unwrap();
    let options = Options {
        mapping: Some(
            "mmsi=mmsi,time=time,time-format=unix,lat=lat,lon=lon,name=name,destination=dest"
                .parse()
                .unwrap(),
        ),
        ..Options::default()
    };
    let (counts, kept) = read_kept(&bytes[..], &options);
    assert_eq!(counts.unwrap().refused_total(), 0);
    assert_eq!(kept.heard.len(), expected.len());
    for (heard, (name, dest)) in kept.heard.iter().zip(&expected) {
        for (key, value) in [("name", name), ("destination", dest)] {
            if !value.is_empty() {
                assert!(
                    heard.contains(&format!("{key}: Some({value:?})")),
                    "{heard}"
                );
            }
        }
    }
}

#[test]
fn a_danish_row_says_what_it_is_of() {
    let rows = [
        ("Class A", Kind::ShipRow),
        ("class b", Kind::ShipRow),
        ("Base Station", Kind::OtherRow),
        ("AtoN", Kind::OtherRow),
        ("SAR Airborne", Kind::OtherRow),
        ("Search and Rescue Transponder", Kind::OtherRow),
        ("Man Overboard Device", Kind::OtherRow),
        ("Unknown", Kind::Row),
        ("", Kind::Row),
        ("Something new", Kind::Row),
    ];
    for (words, kind) in rows {
        let track = one(&format!(
            "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status\n\
             07/03/2024 14:00:00,{words},219000001,55.5,11.5,\n"
        ));
        assert_eq!(track.1[0].report.kind, kind, "{words}");
    }
    // A table that is mapped may have such a column.
    let mapping = "mmsi=id,time=at,lat=n,lon=e,mobile=what,time-format=utc";
    let text = "id;at;n;e;what\n219000001;2024-03-07 14:00:00;55,5;11,5;AtoN\n";
    let options = Options {
        mapping: Some(mapping.parse().unwrap()),
        ..Options::default()
    };
    let (_, kept) = read_kept(text.as_bytes(), &options);
    assert!(
        kept.heard[0].contains("kind: OtherRow"),
        "{}",
        kept.heard[0]
    );
}

/// Bytes that took away what stands beside them from a hash without secret keys.
const SWALLOWING: &[u8] = b"\x93\xfd\x59\x66\xb8\xfe\xe8\xd6";

#[test]
fn no_bytes_give_a_row_the_identity_of_another_or_hide_it() {
    let row = |minute: u32, name: &str| {
        let mut row = format!(
            "07/03/2024 14:{minute:02}:00,Class A,445000001,42.75,133.08,Moored,0,0,0,0,9074729,UBCDEF1,{name},"
        )
        .into_bytes();
        row.extend_from_slice(SWALLOWING);
        row.extend_from_slice(b",,10,100,GPS,5,VOSTOCHNY,,AIS\n");
        row
    };
    let table = [
        format!("{DANISH}\n").as_bytes(),
        &row(0, "PAEKYAN"),
        &row(10, "WOLBONG"),
        &row(20, "WOLBONG"),
    ]
    .concat();
    for threads in [1, 2] {
        let (counts, tracks) = read_all(&[&table], threads, ROOMY);
        assert_eq!((counts.decoded, counts.duplicate), (3, 0));
        let names: Vec<_> = claims(&tracks[0])
            .into_iter()
            .filter(|(field, _)| *field == IdentityField::Name)
            .collect();
        assert_eq!(
            names,
            [
                (IdentityField::Name, "PAEKYAN"),
                (IdentityField::Name, "WOLBONG")
            ]
        );
    }
}

#[test]
fn one_name_written_in_many_ways_is_one_name() {
    let mut table = format!("{DANISH}\n");
    let mut row = |second: u32, imo: &str, name: &str, spaces: usize| {
        let (hour, minute) = (second / 3_600, second / 60 % 60);
        table += &format!(
            "07/03/2024 {hour:02}:{minute:02}:{:02},Class A,445000001,42.75,133.08,Moored,0,0,0,0,{imo},UBCDEF1,{name}{},\
             Tanker,,10,100,GPS,5,VOSTOCHNY,,AIS\n",
            second % 60,
            " ".repeat(spaces),
        );
    };
    for spaces in 0..4_200u32 {
        row(spaces, "9074729", "SHIP ONE", spaces as usize);
    }
    row(5_000, "8660313", "SHIP TWO", 0);
    let (_, tracks) = read_all(&[table.as_bytes()], 1, ROOMY);
    assert_eq!(tracks[0].0.claims_left_out, 0);
    let found = claims(&tracks[0]);
    for expected in [
        (IdentityField::Imo, "9074729"),
        (IdentityField::Imo, "8660313"),
        (IdentityField::Name, "SHIP ONE"),
        (IdentityField::Name, "SHIP TWO"),
    ] {
        assert!(found.contains(&expected), "{found:?}");
    }
}
