//! What a held AIS track means in a case, by the command: from the lines of a file to findings, and what is said when
//! the file is withheld, changed or withdrawn.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::Lab;
use serde_json::{Value, json};

const HEADER: &str = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass";
const SHIP: &str = r#"{"kind":"vessel","as":"ship","names":[{"latin":"Example"}],"imo":"8691702","mode":"reported"}"#;
const SEEN: &str = r#"{"kind":"sighting","as":"seen","about":"ship","place":{"locode":"RUVYP"},"when":{"edtf":"2024-03-08T14:00:00","sense":"on","zone":"+00:00"},"mode":"observed"}"#;
const PORTS: &str = "Main Port Name,UN/LOCODE,Latitude,Longitude\nVostochnyy Port,RU VYP,42.75,133.083333\nNakhodka,RU NJK,42.8,132.883333\n";

/// Ten-minute positions of a tanker for ten hours, nothing for 33 hours, then ten hours more; and of another ship
/// that is heard nearby all the time.
fn rows() -> Vec<String> {
    let mut rows = Vec::new();
    for step in 0..(53 * 6) {
        let minutes = 16 * 60 + step * 10;
        let (day, hour, minute) = (7 + minutes / 1_440, minutes / 60 % 24, minutes % 60);
        let time = format!("2024-03-{day:02}T{hour:02}:{minute:02}:00");
        if !(60..258).contains(&step) {
            let lat = 41_000 + step * 5;
            rows.push(format!(
                "445123000,{time},{}.{:03},131.000,8.0,10.0,10,EXAMPLE,IMO8691702,ABCD,80,0,100,16,6.0,80,A",
                lat / 1_000,
                lat % 1_000
            ));
        }
        rows.push(format!(
            "273000001,{time},41.300,131.010,0.1,10.0,10,OTHER,,UBCD,30,0,20,6,2.0,30,A"
        ));
    }
    rows
}

fn csv(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn track(label: &str, file: &str) -> String {
    json!({"kind": "ais-track", "as": label, "mmsi": "445123000", "supplied_by": "a provider", "receiver": "terrestrial",
        "hold": {"held": [{"file": file, "form": "original"}]}})
    .to_string()
}

fn lab() -> Lab {
    let lab = Lab::with_ledger();
    lab.write("track.csv", csv(&rows()));
    lab.batch(&[SHIP, SEEN, &track("track", "track.csv")]);
    lab
}

fn found(lab: &Lab, rule: &str) -> Vec<Value> {
    let all = lab.json(&["findings", "--rule", rule]);
    all["findings"].as_array().unwrap().clone()
}

/// Where the ledger keeps the file of an entry.
fn exhibit(lab: &Lab, entry: &str) -> PathBuf {
    let digest = lab.json(&["show", entry])["exhibits"][0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    lab.path(&format!("case/exhibits/{}/{digest}", &digest[..2]))
}

/// Lets a file that the ledger wrote be taken away or changed.
fn writable(path: &PathBuf) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions).unwrap();
}

#[test]
fn a_held_track_gives_dark_periods_and_what_was_seen_in_them() {
    let lab = lab();
    let dark = found(&lab, "dark-period");
    assert_eq!(dark.len(), 1, "{dark:?}");
    let statement = dark[0]["statement"].as_str().unwrap();
    assert!(
        statement.starts_with("Others were heard in the region of its last position (within half a degree to a degree) in 33 of 33 whole hours of the silence. Of ship (MMSI 445123000)"),
        "{statement}"
    );
    assert!(statement.contains("from 2024-03-08T01:50:00Z (line 120 of track, #3) to 2024-03-09T11:00:00Z (line 320 of track, #3), 33 h 10 min"), "{statement}");
    let identity = dark[0]["identity"].as_str().unwrap();
    assert!(
        identity
            .starts_with("AIS gives IMO 8691702 (line 2 of track, #3), and #1 claims it for ship."),
        "{identity}"
    );
    assert_eq!(dark[0]["entries"], json!([1, 3]));
    let seen = found(&lab, "seen-while-dark");
    assert_eq!(seen[0]["statements"], json!([2, 3]));
    assert!(
        seen[0]["statement"]
            .as_str()
            .unwrap()
            .contains("In that time it is said seen at RUVYP on 8 March 2024 14:00:00 (#2).")
    );
    // Of the other ship nothing is missing.
    let shown = lab.ok(&["vessels"]);
    for words in [
        "AIS, from the tracks that are held",
        "dark",
        "MMSI 445123000",
        "1 of 2 MMSI",
    ] {
        assert!(shown.contains(words), "{words:?} is not in\n{shown}");
    }
    let vessels = lab.json(&["vessels"]);
    let row = &vessels["vessels"][0]["ais"][0];
    assert_eq!(row["dark_periods"][0]["seconds"], 33 * 3_600 + 600);
    assert_eq!(row["dark_periods"][0]["start"]["line"], 120);
    assert_eq!(vessels["ais"]["thresholds"]["gap_seconds"], 21_600);
    // Down to the words in the file.
    let why = lab.ok(&["why", "dark-period"]);
    for words in [
        "on a line of it:",
        "| 445123000,2024-03-08T01:50:00,",
        "| 445123000,2024-03-09T11:00:00,",
    ] {
        assert!(why.contains(words), "{words:?} is not in\n{why}");
    }
    let up = lab.json(&["rests-on", "track"]);
    assert_eq!(up["rests_on_it"]["findings"].as_array().unwrap().len(), 3);
}

#[test]
fn a_file_that_is_not_here_or_changed_is_said_and_feeds_nothing() {
    let lab = lab();
    let before = lab.json(&["findings"]);
    let path = exhibit(&lab, "track");
    let aside = lab.path("aside");
    fs::rename(&path, &aside).unwrap();
    assert!(found(&lab, "dark-period").is_empty());
    assert!(found(&lab, "seen-while-dark").is_empty());
    for command in ["findings", "vessels", "replay"] {
        let shown = lab
            .ok(&[command])
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let words = "not reproducible: exhibit withheld: its file is not here";
        assert!(shown.contains(words), "{command}: {shown}");
    }
    // That something could not be worked out comes before what was found without it.
    let shown = lab.ok(&["findings", "--rule", "dark-period"]);
    let place = |words: &str| {
        shown
            .find(words)
            .unwrap_or_else(|| panic!("{words}: {shown}"))
    };
    assert!(place("not reproducible") < place("Nothing is found in what could be read"));
    lab.run(&["why", "dark-period"]).failed(
        1,
        &[
            "track (#3)",
            "exhibit withheld: its file is not here",
            "seaproof verify",
        ],
        "why",
    );
    fs::rename(&aside, &path).unwrap();
    assert_eq!(lab.json(&["findings"]), before);
    lab.run(&["why", "close-together"]).failed(
        1,
        &["the rule close-together finds nothing here"],
        "why",
    );

    let text = fs::read_to_string(&path).unwrap();
    writable(&path);
    fs::write(&path, text.replacen("EXAMPLE", "EXEMPLA", 1)).unwrap();
    assert!(found(&lab, "dark-period").is_empty());
    let shown = lab.ok(&["findings"]);
    assert!(shown.contains("exhibit changed"), "{shown}");
    fs::write(&path, text).unwrap();
    assert_eq!(lab.json(&["findings"]), before);
}

#[test]
fn a_withdrawn_track_feeds_nothing() {
    let lab = lab();
    assert!(
        lab.json(&["findings", "--without", "track"])["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["rule"] != "dark-period")
    );
    let earlier = lab.json(&["findings", "--as-of", "2024-03-07"]);
    assert!(
        earlier["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["rule"] != "dark-period")
    );
    assert_eq!(found(&lab, "dark-period").len(), 1);
    lab.ok(&["retract", "track", "--reason", "of another ship", "--yes"]);
    assert!(found(&lab, "dark-period").is_empty());
    assert!(
        lab.json(&["vessels"])["ais"]["files"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let before = lab.json(&["findings", "--at", "3"]);
    assert_eq!(before["findings"].as_array().unwrap().len(), 3, "{before}");
}

#[test]
fn kept_answers_are_the_same_as_those_worked_out() {
    let lab = lab();
    let first = lab.ok(&["findings", "--json"]);
    assert_eq!(lab.ok(&["findings", "--json"]), first);
    let whole = lab.json(&["replay"]);
    let vessels = lab.json(&["vessels"]);
    assert_eq!(whole["vessels"], vessels["vessels"]);
    assert_eq!(whole["ais"], vessels["ais"]);
    fs::remove_dir_all(lab.path("case/index")).unwrap();
    assert_eq!(lab.ok(&["findings", "--json"]), first);
    // What was read of the file serves the next answers too.
    let kept = lab.path("case/index/answers/tracks");
    let before = fs::metadata(&kept).unwrap().modified().unwrap();
    lab.batch(&[r#"{"kind":"claim","about":"ship","property":"flag","value":{"country":"KP"},"mode":"reported"}"#]);
    assert_eq!(found(&lab, "dark-period").len(), 1);
    assert_eq!(fs::metadata(&kept).unwrap().modified().unwrap(), before);
    // Damaged, it is made anew.
    let mut bytes = fs::read(&kept).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&kept, bytes).unwrap();
    lab.batch(&[r#"{"kind":"claim","about":"ship","property":"flag","value":{"country":"TG"},"mode":"reported"}"#]);
    assert_eq!(found(&lab, "dark-period").len(), 1);
}

#[test]
fn a_station_that_falls_silent_is_no_vessel_that_goes_dark() {
    let lab = Lab::with_ledger();
    let silent = |what: &str| {
        let mut text =
            "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,IMO\n"
                .to_owned();
        for hour in (0..24).filter(|hour| !(3..20).contains(hour)) {
            text += &format!("08/03/2024 {hour:02}:00:00,{what},445123000,41.3,131.0,,8691702\n");
        }
        text
    };
    lab.write("station.csv", silent("Base Station"));
    lab.batch(&[SHIP, SEEN, &track("station", "station.csv")]);
    for rule in ["dark-period", "seen-while-dark"] {
        assert!(found(&lab, rule).is_empty(), "{rule}");
    }
    // The same rows of a ship.
    let lab = Lab::with_ledger();
    lab.write("ship.csv", silent("Class A"));
    lab.batch(&[SHIP, SEEN, &track("ship-track", "ship.csv")]);
    for rule in ["dark-period", "seen-while-dark"] {
        assert_eq!(found(&lab, rule).len(), 1, "{rule}");
    }
}

#[test]
fn the_halves_of_a_track_in_two_files_are_one() {
    let rows = rows();
    let (first, second) = rows.split_at(rows.len() / 2);
    let lab = Lab::with_ledger();
    lab.write("first.csv", csv(first));
    lab.write("second.csv", csv(second));
    lab.batch(&[
        SHIP,
        &track("second", "second.csv"),
        &track("first", "first.csv"),
    ]);
    let dark = found(&lab, "dark-period");
    assert_eq!(dark.len(), 1);
    let lines: Vec<_> = dark[0]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| (l["id"].as_str().unwrap(), l["what"].as_str().unwrap()))
        .collect();
    assert_eq!(
        lines[..2],
        [
            ("first", "last heard before"),
            ("second", "first heard after")
        ]
    );
    // Without the second half the silence is open, and what is missing is said.
    let path = exhibit(&lab, "second");
    fs::rename(&path, lab.path("aside")).unwrap();
    let open = found(&lab, "dark-period");
    assert!(
        open[0]["statement"]
            .as_str()
            .unwrap()
            .contains("to the end of the data"),
        "{open:?}"
    );
    let coverage = open[0]["coverage"].as_str().unwrap();
    assert!(
        coverage.contains("Not considered: second (#2), not reproducible: exhibit withheld"),
        "{coverage}"
    );
}

#[test]
fn a_port_visit_names_the_gazetteer_and_thresholds_are_the_ledgers() {
    let lab = Lab::with_ledger();
    lab.write("track.csv", csv(&rows()));
    lab.write("ports.csv", PORTS);
    let call = r#"{"kind":"port-call","as":"call","about":"ship","place":{"locode":"RUVYP"},"arrival":{"edtf":"2024-03-09T15:00:00","sense":"on","zone":"+00:00"},"mode":"reported"}"#;
    let gazetteer = r#"{"kind":"gazetteer","as":"ports","what":"ports","title":"Two ports","hold":{"held":[{"file":"ports.csv","form":"original"}]}}"#;
    lab.batch(&[SHIP, &track("track", "track.csv"), call, gazetteer]);
    let calls = found(&lab, "port-call-without-ais");
    assert!(
        calls[0]["statement"]
            .as_str()
            .unwrap()
            .starts_with("In the time told it has no silence as long as the threshold"),
        "{calls:?}"
    );
    assert_eq!(calls[0]["entries"], json!([1, 2, 3, 4]));
    let before = lab.json(&["findings", "--at", "3"]);
    assert!(
        before["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["rule"] != "port-call-without-ais")
    );
    // A gazetteer that is held and not here is not one that is not held.
    let path = exhibit(&lab, "ports");
    let aside = lab.path("aside");
    fs::rename(&path, &aside).unwrap();
    let shown = lab.ok(&["vessels"]);
    let (unread, visits) = shown
        .split_once("no visit is known, as the gazetteer was not read")
        .unwrap();
    assert!(
        unread.contains("exhibit withheld: its file is not here"),
        "{shown}"
    );
    assert!(
        visits.contains("ports (#4)") && !shown.contains("no gazetteer is held"),
        "{shown}"
    );
    fs::rename(&aside, &path).unwrap();

    let adopt = |hours: u32| {
        let parameters = json!([{"name": "gap-seconds", "value": hours * 3_600}]);
        json!({"kind": "rule-set", "rules": [{"rule": "dark-period", "version": 1, "parameters": parameters}]}).to_string()
    };
    lab.batch(&[&adopt(48)]);
    assert!(found(&lab, "dark-period").is_empty());
    assert!(found(&lab, "port-call-without-ais").is_empty());
    lab.batch(&[&adopt(24)]);
    let dark = found(&lab, "dark-period");
    assert_eq!(dark[0]["parameters"]["gap-seconds"], json!(["86400"]));
    assert_eq!(
        dark[0]["adopted"]["changes"],
        json!(["#6: gap-seconds from 172800 to 86400"])
    );
    lab.batch(&[&adopt(0)]);
    let shown = lab.ok(&["findings"]);
    assert!(
        shown.contains("its gap-seconds is no whole number from 60"),
        "{shown}"
    );
}

#[test]
fn a_file_that_is_no_track_is_said_to_be_none() {
    let lab = Lab::with_ledger();
    lab.write(
        "noise.bin",
        [0_u8, 159, 146, 150, 10, 200, 13, 10].repeat(400),
    );
    lab.write("track.csv", csv(&rows()));
    lab.batch(&[
        SHIP,
        &track("noise", "noise.bin"),
        &track("track", "track.csv"),
    ]);
    let dark = found(&lab, "dark-period");
    assert_eq!(dark.len(), 1);
    assert_eq!(dark[0]["lines"][0]["id"], "track");
    let files = &lab.json(&["vessels"])["ais"]["files"];
    assert_eq!(
        files[0]["words"],
        "not reproducible: exhibit not readable: none of its lines is AIS"
    );
    assert_eq!(files[1]["read"], true);
}

#[test]
fn a_file_that_is_counted_otherwise_than_its_entry_says_is_told() {
    let lab = Lab::with_ledger();
    lab.write("track.csv", csv(&rows()));
    let lines = rows().len();
    let with = |label: &str, lines: usize, decoded: usize, decoder: &str| {
        let mut line: Value = serde_json::from_str(&track(label, "track.csv")).unwrap();
        line["decoded"] = json!({"format": "marinecadastre", "decoder": decoder, "decoder_version": "0.1.0",
            "lines": lines, "decoded": decoded, "duplicate": 0, "fragment": 0, "mmsi_count": 1, "mmsis": [111]});
        if lines > decoded {
            line["decoded"]["refused"] =
                json!([{"reason": "column-count", "count": lines - decoded}]);
        }
        line.to_string()
    };
    lab.batch(&[
        SHIP,
        &with("right", lines, lines, "seaproof-ais"),
        &with("wrong", lines + 1, lines - 1, "seaproof-ais"),
        &with("theirs", 1, 1, "another"),
    ]);
    let said = format!(
        "read, and counted otherwise than its entry says: lines {lines}, not {}; decoded {lines}, not {}; refused 0, not 2",
        lines + 1,
        lines - 1
    );
    let vessels = lab.json(&["vessels"]);
    let words: Vec<&str> = (vessels["ais"]["files"].as_array().unwrap().iter())
        .map(|row| row["words"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["read", &said, "read"]);
    // The same of a kept answer, and in words.
    assert_eq!(lab.json(&["vessels"])["ais"], vessels["ais"]);
    let shown = lab.ok(&["vessels"]);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        shown.contains("wrong (#3)") && shown.contains(&said),
        "{shown}"
    );
}
