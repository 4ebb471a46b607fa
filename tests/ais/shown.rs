//! The shapes that `track` prints.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::common::{Lab, Ran};
use crate::made::{day, sentence, table};

/// `track` of made files, outside of any ledger.
fn track(lab: &Lab, args: &[&str]) -> Value {
    let all: Vec<&str> = ["track"].iter().chain(args).copied().collect();
    lab.json(&all)
}

#[test]
fn the_json_has_the_promised_shape() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    let found = track(&lab, &["day.csv"]);
    let lines = &found["lines"];
    assert_eq!(lines["total"], 144 + 97);
    assert_eq!(lines["decoded"], lines["total"]);
    for none in ["duplicate", "fragment"] {
        assert_eq!(lines[none], 0);
    }
    assert_eq!(lines["refused"], json!({}));
    assert_eq!(found["messages"], json!({"row": 241}));
    let vessels = found["vessels"].as_array().unwrap();
    assert_eq!(vessels.len(), 2);
    let [two, one] = &vessels[..] else { panic!() };
    assert_eq!(two["mmsi"], 273_000_001);
    // 0000000 passes the sum and is no number.
    assert_eq!(two["imo"], Value::Null);
    assert_eq!(two["gaps"], json!([]));
    assert_eq!(one["imo"], 8_691_702);
    assert_eq!(one["names"], json!(["MADE ONE"]));
    assert_eq!(one["positions"], 97);
    assert_eq!(one["first"], "2024-03-07T00:00:00Z");
    assert_eq!(one["last"], "2024-03-07T23:50:00Z");
    for list in ["port_visits", "anomalies"] {
        assert!(one[list].is_array(), "{list}");
    }
    assert!(found["encounters"].is_array());
    let [gap] = &one["gaps"].as_array().unwrap()[..] else {
        panic!("{one}")
    };
    assert_eq!(gap["start"], "2024-03-07T02:00:00Z");
    assert_eq!(gap["end"], "2024-03-07T10:00:00Z");
    assert_eq!(gap["seconds"], 8 * 3600);
    assert_eq!(gap["open"], false);
    // 8.2 km in 8 hours.
    assert_eq!(gap["implied_knots"], 0.6);
    assert_eq!(gap["coverage"]["basis"], "others-heard");
    // Where it stands: the header is line 1.
    assert_eq!(gap["start_at"]["line"], 26);
    assert_eq!(gap["from"]["lon"], 133.5);
    assert_eq!(found["files"][0]["format"], "marinecadastre");
    assert!(
        found["basis"]
            .as_str()
            .unwrap()
            .contains("pattern to examine")
    );
}

/// Whether a value is of a type.
fn is(value: &Value, what: &str) -> bool {
    match what {
        "number" => value.is_u64(),
        "knots or null" => value.is_number() || value.is_null(),
        "number or null" => value.is_u64() || value.is_null(),
        "text" => value.is_string(),
        "text or null" => value.is_string() || value.is_null(),
        "bool" => value.is_boolean(),
        "list" => value.is_array(),
        "texts" => (value.as_array()).is_some_and(|all| all.iter().all(Value::is_string)),
        "counts" => (value.as_object()).is_some_and(|all| all.values().all(Value::is_u64)),
        "object" => value.is_object(),
        _ => panic!("{what}"),
    }
}

#[test]
fn what_others_rely_on_has_its_keys_and_types() {
    let lab = Lab::new();
    let mut rows = vec![(445_123_000, 0, 42.5, 133.5, 5.0, "", "")];
    rows.extend((0..144).map(|n| (273_000_001, n * 10, 42.6, 133.5, 5.0, "MADE", "IMO8691702")));
    let mut text = table(&rows);
    text += "too,few\n";
    lab.write("day.csv", text);
    let mut lines = String::from("noise\n");
    for n in 0..20 {
        lines += &sentence(
            445_123_000,
            1_709_769_600 + n * 40_000,
            25_500_000,
            80_100_000,
            52,
        );
    }
    lab.write("made.nmea", lines);
    for file in ["day.csv", "made.nmea"] {
        let found = track(&lab, &[file]);
        let have = |of: &Value, keys: &[(&str, &str)]| {
            for (key, what) in keys {
                assert!(
                    of.get(key).is_some_and(|value| is(value, what)),
                    "{file}: {key}, {what}: {of}"
                );
            }
        };
        have(
            &found,
            &[
                ("lines", "object"),
                ("messages", "counts"),
                ("vessels", "list"),
                ("encounters", "list"),
            ],
        );
        let outcomes = ["total", "decoded", "duplicate", "fragment"].map(|key| (key, "number"));
        have(&found["lines"], &outcomes);
        have(&found["lines"], &[("refused", "counts")]);
        let mut gaps = 0;
        for vessel in found["vessels"].as_array().unwrap() {
            have(
                vessel,
                &[
                    ("mmsi", "number"),
                    ("imo", "number or null"),
                    ("names", "texts"),
                    ("positions", "number"),
                    ("first", "text or null"),
                    ("last", "text or null"),
                    ("gaps", "list"),
                    ("port_visits", "list"),
                    ("anomalies", "list"),
                ],
            );
            for gap in vessel["gaps"].as_array().unwrap() {
                gaps += 1;
                have(
                    gap,
                    &[
                        ("start", "text"),
                        ("end", "text or null"),
                        ("seconds", "number"),
                        ("implied_knots", "knots or null"),
                        ("open", "bool"),
                    ],
                );
            }
        }
        assert!(gaps > 0, "{file}");
    }
}

#[test]
fn of_two_imo_numbers_the_same_is_shown_in_any_order_of_lines() {
    let lab = Lab::new();
    let head = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,\
        Cargo,TransceiverClass\n";
    let row = |imo: u32| {
        format!("273000001,2022-01-03T00:00:00,42.0,133.0,5.0,10,511,A,IMO{imo},,80,0,,,,,A\n")
    };
    for (name, imos) in [
        ("a.csv", [9_074_729, 8_691_702]),
        ("b.csv", [8_691_702, 9_074_729]),
    ] {
        let rows: String = imos.into_iter().map(row).collect();
        lab.write(name, format!("{head}{rows}"));
        assert_eq!(
            track(&lab, &[name])["vessels"][0]["imo"],
            8_691_702,
            "{name}"
        );
    }
}

#[test]
fn an_open_silence_has_no_end() {
    let lab = Lab::new();
    let mut rows = vec![(445_123_000, 0, 42.5, 133.5, 5.0, "", "")];
    rows.extend((0..144).map(|n| (273_000_001, n * 10, 42.6, 133.5, 5.0, "", "")));
    lab.write("day.csv", table(&rows));
    let found = track(&lab, &["day.csv", "--mmsi", "445123000"]);
    let [vessel] = &found["vessels"].as_array().unwrap()[..] else {
        panic!("{found}")
    };
    let gap = &vessel["gaps"][0];
    assert_eq!((&gap["open"], &gap["end"]), (&json!(true), &Value::Null));
    assert_eq!(gap["implied_knots"], Value::Null);
    assert_eq!(gap["until"], "2024-03-07T23:50:00Z");
    // The report that ends the data: the last row.
    assert_eq!(gap["until_at"]["line"], 146);
    assert_eq!(vessel["names"], json!([]));
}

#[test]
fn what_is_said_to_be_no_ship_has_no_silences() {
    let lab = Lab::new();
    let mut text =
        "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status\n".to_owned();
    for hour in 0..24 {
        let row = |what: &str, mmsi: u32| {
            format!("07/03/2024 {hour:02}:00:00,{what},{mmsi},55.5,11.5,\n")
        };
        text += &row("Class A", 219_000_001);
        if hour < 6 {
            let of = [
                ("Base Station", 219_000_002),
                ("AtoN", 219_000_003),
                ("SAR Airborne", 219_000_004),
                ("Class B", 219_000_005),
                ("Unknown", 219_000_006),
            ];
            text.extend(of.map(|(what, mmsi)| row(what, mmsi)));
        }
    }
    lab.write("day.csv", text);
    let found = track(&lab, &["day.csv"]);
    let told: Vec<_> = (found["vessels"].as_array().unwrap().iter())
        .map(|vessel| {
            let gaps = vessel["gaps"].as_array().unwrap().len();
            (
                vessel["mmsi"].as_u64().unwrap() % 10,
                gaps,
                vessel["not_told"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, 0, 0),
            (2, 0, 1),
            (3, 0, 1),
            (4, 0, 1),
            (5, 1, 0),
            (6, 1, 0)
        ]
    );
}

#[test]
fn very_many_vessels_as_json_take_no_more_memory_than_as_tables() {
    let lab = Lab::new();
    let mut text = "mmsi,time,lat,lon\n".to_owned();
    for ship in 0..60_000_u32 {
        let (mmsi, time) = (200_000_000 + ship, 1_640_995_200 + ship % 40_000 * 4);
        text += &format!("{mmsi},{time},{},{}\n", ship % 85, ship % 359);
    }
    lab.write("many.csv", text);
    let program = env!("CARGO_BIN_EXE_seaproof");
    let peak = |how: &str| -> u64 {
        let python = format!(
            "import resource,subprocess; subprocess.run('{program} track many.csv --map \
             mmsi=mmsi,time=time,lat=lat,lon=lon,time-format=unix {how} > {how}.out', shell=True, check=True); \
             print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        );
        let ran = lab.shell(&format!("python3 -c \"{python}\""));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout.trim().parse().unwrap()
    };
    let (table, json) = (peak("--limit=1"), peak("--json"));
    let found: Value =
        serde_json::from_str(&fs::read_to_string(lab.path("--json.out")).unwrap()).unwrap();
    assert_eq!(found["vessels"].as_array().unwrap().len(), 60_000);
    assert!(json < table + (64 << 10), "{json} KiB and {table} KiB");
}

#[test]
fn thresholds_are_set_by_name_or_file() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    lab.write("t.json", r#"{"gap_seconds": 36000}"#);
    let gaps = |args: &[&str]| {
        let all = [&["day.csv"], args].concat();
        track(&lab, &all)["vessels"][1]["gaps"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(gaps(&[]), 1);
    assert_eq!(gaps(&["--set", "gap-seconds=28801"]), 0);
    assert_eq!(gaps(&["--thresholds", "t.json"]), 0);
    assert_eq!(
        gaps(&["--thresholds", "t.json", "--set", "gap_seconds=28800"]),
        1
    );
    let listed = lab.ok(&["track", "--list-thresholds"]);
    assert!(listed.contains("gap-seconds=21600\n"), "{listed}");
}

#[test]
fn what_was_heard_before_is_counted_under_its_threshold() {
    let lab = Lab::new();
    let one = |unix: i64| {
        let line = sentence(445_123_000, unix, 25_500_000, 80_100_000, 52);
        // The same bits: the second of the report is that of the first.
        let (_, bare) = sentence(445_123_000, 1_709_769_600, 25_500_000, 80_100_000, 52)
            .split_once("\\!")
            .map(|(tag, bare)| (tag.to_owned(), bare.to_owned()))
            .unwrap();
        let (tag, _) = line.split_once("\\!").unwrap();
        format!("{tag}\\!{bare}")
    };
    lab.write("made.nmea", one(1_709_769_600) + &one(1_709_769_605));
    for (seconds, duplicate, positions) in [("10", 1, 1), ("5", 1, 1), ("4", 0, 2)] {
        let set = format!("duplicate-seconds={seconds}");
        let found = track(&lab, &["made.nmea", "--set", &set]);
        assert_eq!(found["lines"]["duplicate"], duplicate, "{set}");
        assert_eq!(found["vessels"][0]["positions"], positions, "{set}");
    }
}

#[test]
fn files_standard_input_and_packed_files_give_the_same() {
    let lab = Lab::new();
    let day = day();
    lab.write("day.csv", &day);
    let whole = track(&lab, &["day.csv"]);
    let (first, last) = day.split_at(day.match_indices('\n').nth(100).unwrap().0 + 1);
    let header = day.lines().next().unwrap();
    lab.write("a.csv", first);
    lab.write("b.csv", format!("{header}\n{last}"));
    let parts = track(&lab, &["b.csv", "a.csv"]);
    assert_eq!(parts["lines"], whole["lines"]);
    for (part, whole) in parts["vessels"]
        .as_array()
        .unwrap()
        .iter()
        .zip(whole["vessels"].as_array().unwrap())
    {
        for field in ["mmsi", "imo", "names", "positions", "first", "last"] {
            assert_eq!(part[field], whole[field]);
        }
        assert_eq!(part["gaps"][0]["seconds"], whole["gaps"][0]["seconds"]);
    }
    let mut child = lab.command(&["track", "-", "--json"]);
    let mut child = child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(day.as_bytes())
        .unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut piped: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(piped["files"][0]["name"], "standard input");
    piped["files"][0]["name"] = "day.csv".into();
    assert_eq!(piped, whole);
    let python =
        "import gzip,sys; sys.stdout.buffer.write(gzip.compress(open('day.csv','rb').read()))";
    let packed = lab.shell(&format!("python3 -c \"{python}\" > day.csv.gz"));
    assert_eq!(packed.code, Some(0), "{}", packed.stderr);
    let mut unpacked = track(&lab, &["day.csv.gz"]);
    assert_eq!(unpacked["files"][0]["compression"], "gzip");
    unpacked["files"] = whole["files"].clone();
    assert_eq!(unpacked, whole);
}

#[test]
fn receivers_are_named_with_how_much_they_heard() {
    let lab = Lab::new();
    let mut lines = String::new();
    for n in 0..3 {
        lines += &sentence(
            445_123_000,
            1_709_769_600 + n * 60,
            25_500_000 + n,
            80_100_000,
            52,
        );
    }
    // The second of them was heard by another receiver too.
    let heard = sentence(445_123_000, 1_709_769_660, 25_500_001, 80_100_000, 52);
    let (_, bare) = heard.split_once("\\!").unwrap();
    let tag = "s:other,c:1709769660";
    let sum = tag.bytes().fold(0, |sum, byte| sum ^ byte);
    lines += &format!("\\{tag}*{sum:02X}\\!{bare}");
    lab.write("made.nmea", lines);
    let found = track(&lab, &["made.nmea"]);
    assert_eq!(found["vessels"][0]["positions"], 3);
    assert_eq!(
        found["vessels"][0]["receivers"],
        json!([{"name": "made", "receptions": 3}, {"name": "other", "receptions": 1}])
    );
    let shown = lab.ok(&["track", "made.nmea"]);
    assert!(shown.contains("\nReceivers  made 3, other 1\n"), "{shown}");
    // A table does not say who received.
    lab.write("day.csv", day());
    assert_eq!(
        track(&lab, &["day.csv"])["vessels"][0]["receivers"],
        json!([])
    );
    assert!(!lab.ok(&["track", "day.csv"]).contains("Receivers"));
}

#[test]
fn positions_are_written_as_they_were_transmitted() {
    let lab = Lab::new();
    let mut lines = sentence(445_123_000, 1_709_769_600, 25_500_000, 80_100_000, 52);
    // The same again, heard by the same receiver: a line of its own all the same.
    lines += &sentence(445_123_000, 1_709_769_600, 25_500_000, 80_100_000, 52);
    // Latitude, longitude and speed not available.
    lines += &sentence(445_123_000, 1_709_769_660, 54_600_000, 108_600_000, 1023);
    let bare = sentence(273_000_001, 0, -1, -2, 0);
    lines += bare
        .split_once("\\!")
        .map(|(_, rest)| format!("!{rest}"))
        .unwrap()
        .as_str();
    lab.write("made.nmea", lines);
    let found = track(&lab, &["made.nmea", "--positions", "out.csv"]);
    assert_eq!(found["lines"]["duplicate"], 1);
    assert_eq!(found["untimed"], 1);
    let written = fs::read_to_string(lab.path("out.csv")).unwrap();
    assert_eq!(
        written,
        "line,time,mmsi,type,lat,lon,sog,cog,heading\n\
         1,2024-03-07T00:00:00Z,445123000,1,25500000,80100000,52,900,90\n\
         2,2024-03-07T00:00:00Z,445123000,1,25500000,80100000,52,900,90\n\
         3,2024-03-07T00:01:00Z,445123000,1,,,,900,90\n\
         4,,273000001,1,-1,-2,0,900,90\n"
    );
    let ran = lab.run(&["track", "made.nmea", "--positions", "out.csv"]);
    ran.failed(
        2,
        &["out.csv", "nothing is overwritten", "Name a file"],
        "again",
    );
    assert_eq!(fs::read_to_string(lab.path("out.csv")).unwrap(), written);
    lab.ok(&[
        "track",
        "made.nmea",
        "--positions",
        "one.csv",
        "--mmsi",
        "273000001",
    ]);
    assert_eq!(
        fs::read_to_string(lab.path("one.csv"))
            .unwrap()
            .lines()
            .count(),
        2
    );
}

#[test]
fn positions_of_several_files_name_the_file_of_their_line() {
    let lab = Lab::new();
    let one = |mmsi| sentence(mmsi, 1_709_769_600, 2, 3, 52);
    lab.write("a.nmea", one(445_123_000));
    lab.write("b, two.nmea", one(273_000_001));
    track(&lab, &["a.nmea", "b, two.nmea", "--positions", "out.csv"]);
    assert_eq!(
        fs::read_to_string(lab.path("out.csv")).unwrap(),
        "line,time,mmsi,type,lat,lon,sog,cog,heading,file\n\
         1,2024-03-07T00:00:00Z,445123000,1,2,3,52,900,90,a.nmea\n\
         1,2024-03-07T00:00:00Z,273000001,1,2,3,52,900,90,\"b, two.nmea\"\n"
    );
}

#[test]
fn geojson_has_longitude_first_and_cuts_lines_at_the_antimeridian() {
    let lab = Lab::new();
    let mut rows = Vec::new();
    for n in 0..12_u32 {
        let lon = 179.95 + f64::from(n) * 0.01;
        let lon = if lon > 180.0 { lon - 360.0 } else { lon };
        rows.push((445_123_000, n * 10, 10.0, lon, 4.0, "", ""));
    }
    lab.write("east.csv", table(&rows));
    let found: Value = serde_json::from_str(&lab.ok(&["track", "east.csv", "--geojson"])).unwrap();
    assert_eq!(found["type"], "FeatureCollection");
    let lines: Vec<&Value> = (found["features"].as_array().unwrap().iter())
        .filter(|feature| feature["properties"]["what"] == "track")
        .collect();
    assert_eq!(lines.len(), 2);
    let ends = |line: &Value| {
        let places = line["geometry"]["coordinates"].as_array().unwrap().clone();
        (
            places.first().unwrap().clone(),
            places.last().unwrap().clone(),
        )
    };
    assert_eq!(
        ends(lines[0]),
        (json!([179.95, 10.0]), json!([180.0, 10.0]))
    );
    assert_eq!(ends(lines[1]).0, json!([-180.0, 10.0]));
    // What was received, and not where the line is cut.
    let counts = [&lines[0], &lines[1]].map(|line| line["properties"]["positions"].clone());
    assert_eq!(counts, [json!(6), json!(6)]);
    for line in lines {
        assert_eq!(line["geometry"]["type"], "LineString");
        assert_eq!(line["properties"]["mmsi"], 445_123_000);
    }
    lab.write("day.csv", day());
    let found: Value = serde_json::from_str(&lab.ok(&["track", "day.csv", "--geojson"])).unwrap();
    let gap = found["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["properties"]["what"] == "gap");
    let gap = gap.unwrap();
    assert_eq!(
        gap["geometry"]["coordinates"],
        json!([[133.5, 42.5], [133.6, 42.5]])
    );
    assert_eq!(gap["properties"]["seconds"], 28_800);
}

#[test]
fn csv_has_a_row_for_each_vessel() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    let csv = lab.ok(&["track", "day.csv", "--csv"]);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 3);
    assert!(rows[0].starts_with("mmsi,imo,name,positions,first,last,"));
    assert!(
        rows[2].starts_with(
            "445123000,8691702,MADE ONE,97,2024-03-07T00:00:00Z,2024-03-07T23:50:00Z,1,1,28800,"
        ),
        "{}",
        rows[2]
    );
    // A name that a spreadsheet would work out.
    let named = table(&[(445_123_000, 0, 10.0, 133.0, 4.0, "=1+1", "")]);
    lab.write("named.csv", named);
    let csv = lab.ok(&["track", "named.csv", "--csv"]);
    assert!(csv.contains("445123000,,'=1+1,1,"), "{csv}");
}

#[test]
fn tables_say_first_what_was_received_and_what_it_can_show() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    let shown = lab.ok(&["track", "day.csv"]);
    let order = [
        "File ",
        "Lines ",
        "Vessels",
        "Silences",
        "Coverage: 1 with others heard in the region",
        "2024-03-07 02:00",
        "pattern to examine",
    ];
    let mut from = 0;
    for words in order {
        let at = shown[from..].find(words);
        from += at.unwrap_or_else(|| panic!("{words:?} is missing behind {from}: {shown}"));
    }
    for line in shown.lines() {
        assert!(line.chars().count() <= 82, "{line}");
    }
    let few = lab.ok(&["track", "day.csv", "--limit", "1"]);
    assert!(few.contains("… 1 more"), "{few}");
    // A name from a file is no order to a terminal.
    lab.write(
        "evil.csv",
        table(&[(1, 0, 1.0, 1.0, 1.0, "A\u{1b}[31m", "")]),
    );
    assert!(!lab.ok(&["track", "evil.csv"]).contains('\u{1b}'));
}

#[test]
fn what_has_no_time_is_known_by_its_name_all_the_same() {
    // A message of two parts that gpsd has among its examples, with a name and an IMO number, and no time.
    let Some(file) = crate::data("ais/gpsd/sample.aivdm") else {
        return;
    };
    let lab = Lab::new();
    let found = track(&lab, &[file.to_str().unwrap()]);
    let named = (found["vessels"].as_array().unwrap().iter())
        .filter(|vessel| vessel["first"].is_null() && vessel["names"] != json!([]))
        .count();
    assert!(named > 3, "{named}");
    let heard: u64 = (found["vessels"].as_array().unwrap().iter())
        .map(|vessel| vessel["positions"].as_u64().unwrap())
        .sum();
    assert!(heard > 10, "{heard}");
    let imos = (found["vessels"].as_array().unwrap().iter()).filter(|v| !v["imo"].is_null());
    assert!(imos.count() > 0);
}
