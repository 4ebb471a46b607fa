//! Bad input to `track`: counted, or refused in words, never a panic.

use std::fmt::Write as _;
use std::fs;

use serde_json::json;

use crate::common::Lab;
use crate::made::{HEADER, day, sentence};

#[test]
fn junk_is_counted_line_by_line() {
    let lab = Lab::new();
    let mut junk = Vec::new();
    let mut state = 1_u32;
    for _ in 0..200_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        junk.push((state >> 24) as u8);
    }
    // Not taken for a packed file, whatever it begins with.
    junk[0] = b'x';
    lab.write("junk", &junk);
    let found = lab.json(&["track", "junk"]);
    let newlines = junk.iter().filter(|byte| **byte == b'\n').count() as u64;
    let total = found["lines"]["total"].as_u64().unwrap();
    assert!(
        total == newlines || total == newlines + 1,
        "{total} {newlines}"
    );
    assert_eq!(found["lines"]["decoded"], 0);
    assert_eq!(found["vessels"], json!([]));
    assert!(lab.ok(&["track", "junk"]).contains("No vessel was heard"));
}

#[test]
fn a_line_of_ten_megabytes_costs_one_line() {
    let lab = Lab::new();
    let mut text = sentence(445_123_000, 1_709_769_600, 1, 2, 3);
    text += &"A".repeat(10 << 20);
    text += "\r\n";
    text += &sentence(445_123_000, 1_709_769_660, 1, 3, 3);
    lab.write("long.nmea", text);
    let found = lab.json(&["track", "long.nmea"]);
    assert_eq!(found["lines"]["total"], 3);
    assert_eq!(found["lines"]["decoded"], 2);
    assert_eq!(found["lines"]["refused"], json!({"line-too-long": 1}));
}

#[test]
fn nothing_is_nothing() {
    let lab = Lab::new();
    lab.write("empty", "");
    let found = lab.json(&["track", "empty"]);
    assert_eq!(found["lines"]["total"], 0);
    assert_eq!(found["vessels"], json!([]));
    for format in ["--csv", "--geojson"] {
        lab.ok(&["track", "empty", format]);
    }
    // Standard input is empty here.
    assert_eq!(lab.json(&["track", "-"])["lines"]["total"], 0);
}

#[test]
fn rows_that_cannot_be_read_are_counted_with_their_reason() {
    let lab = Lab::new();
    let mut text = format!("{HEADER}\n");
    let rest = ",5.0,90.0,90,A,,,80,0,100,16,5.0,80,A";
    for (mmsi, time, place) in [
        ("445123000", "2024-03-07T00:00:00", "42.5,133.5"),
        ("445123000", "2024-03-07T00:10:00", "91.0,181.0"),
        ("445123000", "yesterday", "42.5,133.5"),
        ("nobody", "2024-03-07T00:00:00", "42.5,133.5"),
        ("445123000", "2100-01-01T00:00:00", "90.0,180.0"),
        ("445123000", "1969-12-31T23:59:59", "-90.0,-180.0"),
    ] {
        writeln!(text, "{mmsi},{time},{place}{rest}").unwrap();
    }
    text += "too,few\n";
    lab.write("bad.csv", text);
    let found = lab.json(&["track", "bad.csv"]);
    let refused = &found["lines"]["refused"];
    assert_eq!(refused["time-invalid"], 1, "{refused}");
    assert_eq!(refused["mmsi-invalid"], 1, "{refused}");
    assert_eq!(refused["column-count"], 1, "{refused}");
    assert_eq!(found["lines"]["total"], 7);
}

#[test]
fn a_packed_file_that_is_cut_short_says_so() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    let python = "import gzip,sys; b=gzip.compress(open('day.csv','rb').read()); sys.stdout.buffer.write(b[:len(b)//2])";
    let packed = lab.shell(&format!("python3 -c \"{python}\" > cut.gz"));
    assert_eq!(packed.code, Some(0), "{}", packed.stderr);
    lab.fails(
        1,
        &["track", "cut.gz"],
        &["cut.gz", "gzip", "cut short", "unpack what there is"],
    );
}

#[test]
fn sentences_whose_packing_breaks_off_are_counted_up_to_there() {
    let lab = Lab::new();
    let python = "import gzip,sys,random; r=random.Random(1); \
        b=gzip.compress(b''.join(b'!AIVDM,1,1,,A,15M67N0000G?Uf6E`FepT@3n00Sa,0*50\\n# %d\\n' % r.getrandbits(60) for n in range(20000)));";
    let make = |cut: &str, name: &str| {
        let made = lab.shell(&format!(
            "python3 -c \"{}sys.stdout.buffer.write({cut})\" > {name}",
            python.replace('`', "\\`")
        ));
        assert_eq!(made.code, Some(0), "{}", made.stderr);
    };
    make("b[:len(b)//2]", "cut.nmea.gz");
    let told = lab.fails(
        1,
        &["track", "cut.nmea.gz"],
        &[
            "cut.nmea.gz: line ",
            "cut short",
            "packed ones",
            "Up to there",
            "lines were read: ",
            " decoded, ",
        ],
    );
    assert!(!told.contains("line 1:"), "{told}");
    make("b+bytes(600)", "padded.nmea.gz");
    assert_eq!(
        lab.json(&["track", "padded.nmea.gz"])["lines"]["total"],
        40_000
    );
    make("b+bytes(600)+b'junk'", "more.nmea.gz");
    lab.fails(
        1,
        &["track", "more.nmea.gz"],
        &[
            "ends, sound, after ",
            "(6a 75 6e 6b …)",
            "40,000 lines were read",
            "head -c ",
        ],
    );
    make("gzip.compress(b)", "twice.nmea.gz");
    lab.fails(
        1,
        &["track", "twice.nmea.gz"],
        &["packed twice", "gzip", "Unpack it once"],
    );
}

#[test]
fn texts_that_are_not_meant_for_reading_say_what_to_do() {
    let lab = Lab::new();
    lab.write(
        "old.nmea",
        "!AIVDM,1,1,,A,15M67N0000G?Uf6E`FepT@3n00Sa,0*50\r".repeat(3),
    );
    lab.fails(
        1,
        &["track", "old.nmea"],
        &["old.nmea", "carriage returns alone", "tr '\\r' '\\n'"],
    );
    let utf16: Vec<u8> = day().encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(lab.path("wide.csv"), utf16).unwrap();
    lab.fails(
        1,
        &["track", "wide.csv"],
        &["wide.csv", "UTF-16LE", "iconv -f UTF-16LE -t UTF-8"],
    );
}

#[test]
fn wrong_usage_is_told_what_to_do() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    lab.write(
        "other.csv",
        "ship,seen,north,east\n445123000,2024-03-07T00:00:00Z,42.5,133.5\n",
    );
    lab.fails(
        1,
        &["track", "other.csv"],
        &[
            "other.csv",
            "ship",
            "MarineCadastre",
            "Danish Maritime Authority",
            "--map",
        ],
    );
    let found = lab.json(&[
        "track",
        "other.csv",
        "--map",
        "mmsi=ship,time=seen,lat=north,lon=east",
    ]);
    assert_eq!(found["vessels"][0]["mmsi"], 445_123_000);
    assert_eq!(found["vessels"][0]["first"], "2024-03-07T00:00:00Z");
    lab.fails(
        2,
        &["track", "other.csv", "--map", "mmsi=ship"],
        &["--map", "time"],
    );
    lab.fails(
        1,
        &[
            "track",
            "other.csv",
            "--map",
            "mmsi=boat,time=seen,lat=north,lon=east",
        ],
        &["boat", "ship,seen"],
    );
    lab.fails(2, &["track", "absent.csv"], &["absent.csv"]);
    fs::create_dir(lab.path("folder")).unwrap();
    lab.fails(1, &["track", "folder"], &["folder is a folder"]);
    lab.fails(2, &["track", "-", "-"], &["standard input", "once"]);
    lab.fails(
        2,
        &["track", "day.csv", "--set", "gap-second=1"],
        &["gap-second", "gap-seconds", "--list-thresholds"],
    );
    lab.fails(
        2,
        &["track", "day.csv", "--set", "gap-seconds"],
        &["NAME=NUMBER"],
    );
    lab.fails(
        1,
        &["track", "day.csv", "--ports", "other.csv"],
        &["other.csv", "World Port Index"],
    );
    lab.fails(
        1,
        &["track", "day.csv", "--shore", "other.csv"],
        &["other.csv", "GeoJSON"],
    );
    lab.write("t.json", "[]");
    lab.fails(
        2,
        &["track", "day.csv", "--thresholds", "t.json"],
        &["t.json", "gap_seconds"],
    );
    lab.write("t.json", r#"{"gap_seconds": 7200, "gap-seconds": 3600}"#);
    lab.fails(
        2,
        &["track", "day.csv", "--thresholds", "t.json"],
        &["t.json", "gap-seconds is given twice"],
    );
    lab.write("t.json", r#"{"gap_seconds": 7200, "gap_seconds": 7200}"#);
    lab.fails(
        2,
        &["track", "day.csv", "--thresholds", "t.json"],
        &["t.json", "gap-seconds is given twice"],
    );
    // Standard input is empty here.
    assert!(lab.ok(&["track"]).contains("No vessel was heard"));
}
