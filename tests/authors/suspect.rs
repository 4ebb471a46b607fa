//! A revocation that calls a key suspect marks what rests on its entries, and changes nothing else.

use std::fs;

use serde_json::{Value, json};

use crate::common::{Lab, copy};
use crate::{fingerprint, lab_with};

/// From here on Desk's entries are suspect: from the first press report.
const FROM: u64 = 6;
/// Desk's last entry; the custodian recorded the rest.
const LAST: u64 = 32;

/// The example case, its second to thirty-first line signed by Desk.
fn lab() -> Lab {
    let lab = lab_with(&["desk"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/vostochny-2024");
    copy(example.as_ref(), &lab.path("example"));
    let case = fs::read_to_string(lab.path("example/case.jsonl")).unwrap();
    let lines: Vec<&str> = case.lines().collect();
    for (part, key) in [
        (&lines[..1], "field"),
        (&lines[1..31], "desk"),
        (&lines[31..], "field"),
    ] {
        lab.write("example/part.jsonl", part.join("\n"));
        lab.ok(&["record", "batch", "example/part.jsonl", "--key", key]);
    }
    lab
}

fn call_suspect(lab: &Lab) {
    let from = FROM.to_string();
    lab.ok(&[
        "author",
        "revoke",
        "Desk",
        "--reason",
        "compromised",
        "--suspect-from",
        &from,
    ]);
}

/// An answer without what marks suspicion, and without what says how far the log was read.
fn unmarked(mut value: Value) -> Value {
    if let Some(answer) = value.as_object_mut() {
        for name in ["entries", "state_root"] {
            answer.remove(name);
        }
    }
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in [
                "suspect",
                "rests_on_suspect",
                "count_rests_on_suspect",
                "suspect_keys",
            ] {
                fields.remove(name);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => {
            items.retain(|item| !item.as_str().is_some_and(|s| s.contains("called suspect")));
            items.iter_mut().for_each(strip);
        }
        _ => {}
    }
}

/// Every value that stands under this name, wherever.
fn all<'v>(value: &'v Value, name: &str) -> Vec<&'v Value> {
    let mut found = Vec::new();
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(name));
            found.extend(fields.values().flat_map(|v| all(v, name)));
        }
        Value::Array(items) => found.extend(items.iter().flat_map(|v| all(v, name))),
        _ => {}
    }
    found
}

fn row<'v>(rows: &'v Value, id: &str) -> &'v Value {
    let mut rows = rows.as_array().unwrap().iter();
    rows.find(|row| row["id"] == id).unwrap()
}

#[test]
fn values_stay_and_marks_appear() {
    let lab = lab();
    let views = ["vessels", "quota", "findings", "replay"];
    let before: Vec<Value> = views.iter().map(|view| lab.json(&[view])).collect();
    for view in &before {
        let marks = ["suspect", "rests_on_suspect", "count_rests_on_suspect"];
        let marks = marks.iter().flat_map(|name| all(view, name));
        assert!(marks.clone().count() > 0);
        for mark in marks {
            assert!(*mark == json!(false) || *mark == json!([]), "{mark}");
        }
        assert_eq!(view["suspect_keys"], json!([]));
    }
    for view in views {
        let shown = lab.ok(&[view]);
        assert!(
            !shown.contains("Suspect since") && !shown.contains(", suspect"),
            "{shown}"
        );
    }
    call_suspect(&lab);
    let last = lab.json(&["log"])["entries"].as_u64().unwrap() - 1;
    let known = json!([{
        "key": lab.json(&["show", "3"])["author"], "fingerprint": fingerprint(&lab, "desk"),
        "name": "Desk", "suspect_from": FROM, "revoked_at": last, "reason": "compromised",
    }]);
    let after: Vec<Value> = views.iter().map(|view| lab.json(&[view])).collect();
    // A second time from what was kept.
    for (view, after) in views.iter().zip(&after) {
        assert_eq!(&lab.json(&[view]), after, "{view}");
    }
    for (name, (before, after)) in views.iter().zip(before.iter().zip(&after)) {
        assert_eq!(after["suspect_keys"], known, "{name}");
        let (before, after) = (unmarked(before.clone()), unmarked(after.clone()));
        assert_eq!(before, after, "{name}: something else than marks changed");
        let shown = lab.ok(&[name]);
        let words: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            format!("Suspect since #{FROM}: the key of Desk (SHA256:"),
            format!("revoked at #{last}, compromised"),
        ] {
            assert!(words.contains(&said), "{name}: {shown}");
        }
    }
    let [vessels, quota, findings, replay] = &after[..] else {
        unreachable!("four views")
    };
    // Desk's own words; Field's words that rest on them; Field's that do not.
    let five = row(&vessels["groups"], "march-five");
    assert_eq!(
        (&five["suspect"], &five["rests_on_suspect"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(five["count_rests_on_suspect"], true);
    let first = all(&replay["port_calls"], "claims");
    let first = row(first[0], "first-on-7");
    assert_eq!(
        (&first["suspect"], &first["rests_on_suspect"]),
        (&json!(false), &json!(true))
    );
    let ship = row(&vessels["vessels"], "paek-yang-san-1");
    assert_eq!(
        (&ship["suspect"], &ship["rests_on_suspect"]),
        (&json!(false), &json!(false))
    );
    // A document that Desk recorded before is not suspect.
    let (ft, press) = (
        row(&replay["documents"], "ft"),
        row(&replay["documents"], "press-a"),
    );
    assert_eq!(
        (&ft["suspect"], &press["suspect"]),
        (&json!(false), &json!(true))
    );
    let all_suspect: Vec<u64> = (FROM..=LAST).collect();
    assert_eq!(replay["suspect"], json!(all_suspect));
    let cap = row(&quota["caps"], "cap-500k");
    assert_eq!(cap["suspect"], true);
    // One of the figures rests on a suspect entry; that which makes the number does not.
    assert_eq!(cap["reported"]["rests_on_suspect"], false);
    let figure = row(&cap["reported"]["figures"], "rusi-march");
    assert_eq!(
        (&figure["counts"], &figure["rests_on_suspect"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(cap["notified"]["rests_on_suspect"], false);
    let found = findings["findings"].as_array().unwrap();
    let marked = found.iter().filter(|f| f["suspect"] != json!([]));
    assert!(marked.clone().count() > 3);
    for finding in marked {
        for entry in finding["suspect"].as_array().unwrap() {
            assert!(finding["entries"].as_array().unwrap().contains(entry));
            assert!((FROM..=LAST).contains(&entry.as_u64().unwrap()));
            let caveat = json!(format!("#{entry}: its author's key is called suspect."));
            assert!(finding["caveats"].as_array().unwrap().contains(&caveat));
        }
    }
    // What the ledger knew before the revocation stays what it knew.
    let then = (last - 1).to_string();
    assert_eq!(&lab.json(&["replay", "--at", &then]), &before[3]);
}

#[test]
fn entries_are_marked_one_by_one() {
    let lab = lab();
    call_suspect(&lab);
    let log = lab.json(&["log"]);
    for entry in log["log"].as_array().unwrap() {
        let index = entry["index"].as_u64().unwrap();
        let (from, to) = (FROM, LAST);
        assert_eq!(entry["suspect"], (from..=to).contains(&index), "{entry}");
    }
    assert_eq!(log["suspect_keys"][0]["name"], "Desk");
    let shown = lab.ok(&["log"]);
    let marks = shown.lines().filter(|line| line.contains(" (suspect)"));
    assert_eq!(marks.count() as u64, LAST - FROM + 1);
    assert!(shown.contains("Suspect since #6"), "{shown}");

    let press = lab.json(&["show", "press-a"]);
    assert_eq!(
        (&press["suspect"], &press["authorised"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(press["suspect_because"]["reason"], "compromised");
    let shown = lab.ok(&["show", "press-a"]);
    assert!(
        shown.contains("Suspect     since #6: the key of Desk"),
        "{shown}"
    );
    assert!(shown.contains("investigator"), "{shown}");
    let ft = lab.json(&["show", "ft"]);
    assert_eq!(
        (&ft["suspect"], &ft["suspect_because"]),
        (&json!(false), &json!(null))
    );
    assert!(!lab.ok(&["show", "ft"]).contains("Suspect"));

    let found = lab.json(&["find", "label:press-a"]);
    assert_eq!(found["found"][0]["suspect"], true);
    assert_eq!(found["suspect_keys"][0]["suspect_from"], FROM);
    assert!(
        lab.ok(&["find", "label:press-a"])
            .contains("Suspect since #6")
    );

    let why = lab.json(&["why", "first-on-7"]);
    let step = &why["why"][0]["steps"][0];
    assert_eq!(
        (&step["id"], &step["suspect"]),
        (&json!("first-on-7"), &json!(false))
    );
    assert_eq!(
        (&step["below"][0]["id"], &step["below"][0]["suspect"]),
        (&json!("calls-march"), &json!(true))
    );
    assert_eq!(why["suspect_keys"][0]["name"], "Desk");
    let shown = lab.ok(&["why", "first-on-7"]);
    assert!(
        shown.contains(", suspect") && shown.contains("Suspect since #6"),
        "{shown}"
    );
    let resting = lab.json(&["rests-on", "ft"]);
    let rows = resting["rests_on_it"]["entries"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["suspect"].is_boolean()));
}

#[test]
fn suspicion_goes_down_and_never_up_again() {
    let lab = lab();
    call_suspect(&lab);
    let revoke = |from: &'static str| ["author", "revoke", "Desk", "--suspect-from", from];
    lab.refused(1, &revoke("7"), &["may only lower"]);
    lab.ok(&revoke("4"));
    assert_eq!(lab.json(&["show", "4"])["suspect"], true);
    assert_eq!(lab.json(&["show", "3"])["suspect"], false);
    // The reason is that of the revocation whose number counts.
    let because = &lab.json(&["show", "4"])["suspect_because"];
    assert_eq!(
        (&because["suspect_from"], &because["reason"]),
        (&json!(4), &json!("no reason stated"))
    );
}

#[test]
fn a_state_that_was_recorded_before_a_suspicion_stays_reproducible() {
    let lab = lab();
    lab.ok(&["state", "record"]);
    call_suspect(&lab);
    let report = lab.json(&["verify", "--replay"]);
    assert_eq!(report["verdicts"]["reproducible"], "pass");
    // The root says that the entries are suspect: FORMAT of the state, `suspect u8`.
    let last = lab.json(&["log"])["entries"].as_u64().unwrap() - 1;
    let root = |at: u64| lab.json(&["replay", "--at", &at.to_string()])["state_root"].clone();
    assert_ne!(root(last), root(last - 1));
    lab.ok(&["state", "record"]);
    let report = lab.json(&["verify", "--replay"]);
    assert_eq!(report["verdicts"]["reproducible"], "pass");
}
