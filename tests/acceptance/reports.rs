//! With the reports themselves in place of our notes on them, the digests change and nothing else.

use std::path::Path;

use serde_json::Value;

use crate::case::{EXAMPLE, POINTS, find, list, record, shared};
use crate::common::Lab;

/// The case on the two reports, each held in this form.
fn on_the_reports(form: &str) -> Option<Lab> {
    let a = shared("data/press/000_70d934b5afc9fd08.txt")?;
    let b = shared("data/press/003_22f59ec26466d1c9.txt")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("notes")).unwrap();
    std::fs::copy(a, folder.path().join("notes/press-a.txt")).unwrap();
    std::fs::copy(b, folder.path().join("notes/press-b.txt")).unwrap();
    let text = std::fs::read_to_string(Path::new(EXAMPLE).join("case.jsonl")).unwrap();
    let batch = folder.path().join("case.jsonl");
    std::fs::write(
        &batch,
        text.replace("\"own-notes\"", &format!("\"{form}\"")),
    )
    .unwrap();
    Some(record(&batch))
}

/// A state without what belongs to one ledger alone: its name, keys, clock, and the files' digests.
fn apart_from_the_files(state: &Value) -> Value {
    match state {
        Value::Array(items) => items.iter().map(apart_from_the_files).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| {
                !matches!(
                    name.as_str(),
                    "ledger" | "state_root" | "author" | "recorded_at_ms" | "sha256" | "length"
                )
            })
            .map(|(name, value)| (name.clone(), apart_from_the_files(value)))
            .collect(),
        other => other.clone(),
    }
}

fn digests(state: &Value) -> Vec<String> {
    ["press-a", "press-b"]
        .map(|report| find(state, "documents", report)["held"]["files"][0]["sha256"].to_string())
        .to_vec()
}

#[test]
fn the_reports_change_the_digests_and_nothing_in_the_table() {
    let Some(reports) = on_the_reports("own-notes") else {
        return;
    };
    for point in POINTS {
        let at = point.to_string();
        let notes = crate::case::state_at(point);
        let state = reports.json(&["replay", "--at", &at]);
        assert_eq!(apart_from_the_files(&state), apart_from_the_files(&notes));
        for (one, other) in digests(&state).iter().zip(digests(&notes)) {
            assert_ne!(*one, other);
        }
        // Below its first line, with the root, each screen is the same.
        for command in ["replay", "quota", "findings", "vessels"] {
            let lines = |lab: &Lab| -> Vec<String> {
                let screen = lab.ok(&[command, "--at", &at]);
                let lines = screen
                    .lines()
                    .filter(|line| !line.starts_with("State after"));
                lines.map(str::to_owned).collect()
            };
            assert_eq!(lines(&reports), lines(crate::case::case()), "{command}");
        }
    }
    reports.ok(&["verify"]);
}

#[test]
fn a_copy_of_a_report_is_not_called_notes() {
    let Some(reports) = on_the_reports("copy") else {
        return;
    };
    let state = reports.json(&["replay"]);
    let notes = crate::case::state_at(crate::case::H);
    for report in ["press-a", "press-b"] {
        assert_eq!(
            find(&state, "documents", report)["held"]["files"][0]["form"],
            "copy"
        );
    }
    assert!(!reports.ok(&["findings"]).contains("own notes"));
    // Every value of the table is the same all the same.
    for rows in ["distinct_vessels", "labels", "rules"] {
        assert_eq!(state[rows], notes[rows]);
    }
    for rows in ["groups", "sightings", "port_calls", "caps"] {
        let strip = |state: &Value| -> Vec<Value> {
            let rows = list(state, rows).iter().map(apart_from_the_files);
            rows.map(|row| {
                serde_json::from_str(&row.to_string().replace("held as own notes", "held as copy"))
                    .unwrap()
            })
            .collect()
        };
        assert_eq!(strip(&state), strip(&notes), "{rows}");
    }
    let fired = |state: &Value| -> Vec<String> {
        let findings = list(state, "findings").iter();
        findings
            .map(|f| format!("{} {}", f["rule"], f["entries"]))
            .collect()
    };
    assert_eq!(fired(&state), fired(&notes));
}
