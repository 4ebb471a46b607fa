//! The real command on files that other people made. How each message is decoded is tested in the crate itself.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::common::Lab;
use crate::data;

fn sum(counts: &Value) -> u64 {
    let counts = counts.as_object().unwrap().values();
    counts.map(|n| n.as_u64().unwrap()).sum()
}

/// What `track --json` shows of a file, whose lines all have one outcome.
fn track(lab: &Lab, file: &std::path::Path) -> Value {
    let found = lab.json(&["track", file.to_str().unwrap()]);
    let lines = &found["lines"];
    let n = |of: &Value| of.as_u64().unwrap();
    assert_eq!(
        n(&lines["total"]),
        n(&lines["decoded"])
            + n(&lines["duplicate"])
            + n(&lines["fragment"])
            + sum(&lines["refused"])
    );
    assert_eq!(sum(&found["messages"]), n(&lines["decoded"]));
    found
}

#[test]
fn the_labelled_drift_begins_when_its_label_says() {
    let Some(file) = data("ais/labelled/538004030_drift_1.ais") else {
        return;
    };
    let found = track(&Lab::new(), &file);
    assert_eq!(found["lines"]["total"], 16_104);
    assert!(found["lines"]["duplicate"].as_u64().unwrap() > 3_000);
    let vessels = found["vessels"].as_array().unwrap();
    let frio = vessels.iter().find(|v| v["mmsi"] == 538_004_030).unwrap();
    assert_eq!(frio["names"][0], "FRIO");
    let drifts: Vec<&str> = (frio["anomalies"].as_array().unwrap().iter())
        .filter(|anomaly| anomaly["kind"] == "drift")
        .map(|anomaly| anomaly["start"].as_str().unwrap())
        .collect();
    let seconds = |time: &str| -> i64 {
        let parts: Vec<i64> = time[11..19]
            .split(':')
            .map(|n| n.parse().unwrap())
            .collect();
        parts[0] * 3600 + parts[1] * 60 + parts[2]
    };
    let label = 16 * 3600 + 50 * 60 + 4;
    assert!(
        drifts
            .iter()
            .any(|at| at.starts_with("2014-09-28") && (seconds(at) - label).abs() <= 60),
        "{drifts:?}"
    );
}

#[test]
fn every_line_of_the_norwegian_log_is_accounted_for() {
    let Some(file) = data("ais/kystverket/Ais1000Lines.nm4") else {
        return;
    };
    let found = track(&Lab::new(), &file);
    assert_eq!(found["lines"]["total"], 1_000);
    assert_eq!(found["flags"]["tag-checksum-wrong"], 246);
    let lines = &found["lines"];
    assert_eq!(lines["refused"], json!({}));
    // gpsd gives 870: of messages in two parts (type 24) one, where here each part is one.
    let messages = lines["decoded"].as_u64().unwrap() + lines["duplicate"].as_u64().unwrap();
    assert!((870..=880).contains(&messages), "{messages}");
}

/// Rows `(mmsi, type, lat, lon, sog, cog, heading)` with how often each is there.
type Rows = BTreeMap<Vec<String>, usize>;

#[test]
fn positions_are_those_that_gpsd_decodes() {
    let (Some(file), Some(check)) = (
        data("ais/gpsd/sample.aivdm"),
        data("ais/gpsd/sample.aivdm.ju.chk"),
    ) else {
        return;
    };
    let lab = Lab::new();
    lab.ok(&["track", file.to_str().unwrap(), "--positions", "out.csv"]);
    let written = fs::read_to_string(lab.path("out.csv")).unwrap();
    let mut ours = Rows::new();
    for row in written.lines().skip(1) {
        let fields: Vec<String> = row.split(',').skip(2).map(str::to_owned).collect();
        if ["1", "2", "3", "18", "19"].contains(&fields[1].as_str()) {
            *ours.entry(fields).or_default() += 1;
        }
    }
    let mut theirs = Rows::new();
    for line in fs::read_to_string(check)
        .unwrap()
        .lines()
        .filter(|l| l.starts_with('{'))
    {
        let message: Value = serde_json::from_str(line).unwrap();
        let number = |name: &str| message[name].as_i64().unwrap();
        if ![1, 2, 3, 18, 19].contains(&number("type")) {
            continue;
        }
        let mut row = vec![number("mmsi").to_string(), number("type").to_string()];
        for (name, not_available) in [
            ("lat", 54_600_000),
            ("lon", 108_600_000),
            ("speed", 1023),
            ("course", 3600),
            ("heading", 511),
        ] {
            let value = number(name);
            row.push(if value == not_available {
                String::new()
            } else {
                value.to_string()
            });
        }
        *theirs.entry(row).or_default() += 1;
    }
    assert!(theirs.len() >= 8);
    // A malformed message of 163 bits is decoded there and refused here.
    let beyond = |these: &Rows, those: &Rows| -> usize {
        let surplus = |(row, n): (&Vec<String>, &usize)| {
            n.saturating_sub(those.get(row).copied().unwrap_or(0))
        };
        these.iter().map(surplus).sum()
    };
    assert!(beyond(&theirs, &ours) <= 1, "{theirs:?}\n{ours:?}");
    assert_eq!(beyond(&ours, &theirs), 0, "{theirs:?}\n{ours:?}");
}

#[test]
fn a_day_of_marinecadastre_is_read_as_it_is() {
    let Some(file) = data("ais/csv/marinecadastre_2022-01-03_sample.csv.gz") else {
        return;
    };
    let lab = Lab::new();
    let found = track(&lab, &file);
    assert_eq!(found["files"][0]["compression"], "gzip");
    assert_eq!(found["lines"]["total"], 99_999);
    assert_eq!(
        found["messages"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["row"]
    );
    let vessels = found["vessels"].as_array().unwrap();
    assert_eq!(vessels.len(), 10_631);
    // Those that give 0000000 have no IMO number, and what fails its check digit is none.
    for vessel in vessels {
        if let Some(imo) = vessel["imo"].as_u64() {
            let digits: Vec<u64> = imo
                .to_string()
                .bytes()
                .map(|d| u64::from(d - b'0'))
                .collect();
            assert_eq!(digits.len(), 7);
            let sum: u64 = digits[..6]
                .iter()
                .zip((2..=7).rev())
                .map(|(d, n)| d * n)
                .sum();
            assert_eq!(sum % 10, digits[6], "{imo}");
        }
    }
    let failing: usize = vessels
        .iter()
        .flat_map(|vessel| vessel["identity"].as_array().unwrap())
        .filter(|claim| claim["field"] == "imo" && claim["plausible"] == json!(false))
        .count();
    assert!(failing > 100, "{failing}");
    // One MMSI in two places at once, up to 168 nm apart.
    let apart = vessels
        .iter()
        .flat_map(|vessel| vessel["anomalies"].as_array().unwrap())
        .filter(|anomaly| anomaly["kind"] == "clone" || anomaly["kind"] == "jump")
        .filter_map(|anomaly| {
            let metres = [&anomaly["apart_metres"], &anomaly["distance_metres"]];
            metres.into_iter().find_map(Value::as_u64)
        })
        .max();
    assert!(apart.is_some_and(|metres| metres > 311_000), "{apart:?}");
    // The late rows make silences of hours; hardly anybody else was heard in them, and that is said.
    let gaps: Vec<&Value> = vessels
        .iter()
        .flat_map(|v| v["gaps"].as_array().unwrap())
        .collect();
    assert!(!gaps.is_empty());
    for gap in &gaps {
        let basis = gap["coverage"]["basis"].as_str().unwrap();
        assert_ne!(basis, "others-heard", "{gap}");
    }
    let shown = lab.ok(&["track", file.to_str().unwrap(), "--limit", "3"]);
    assert!(shown.contains("Coverage: "), "{shown}");
}
