//! From findings down to the words in files, from entries up to findings, and replay checked by replay.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

use common::Lab;
use serde_json::Value;

const CASE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/vostochny-2024/case.jsonl"
);

fn case() -> Lab {
    let lab = Lab::with_ledger();
    lab.ok(&["record", "batch", CASE]);
    lab
}

#[test]
fn a_finding_leads_down_to_the_line_in_the_file() {
    let lab = case();
    let text = lab.ok(&["why", "wordings-differ"]);
    for words in [
        "#30 quantity",
        "rests on #6 press-b document, line 17, held as own notes",
        "| Verdict of the report: so far no violation of the limit",
        "relays #4 ft document, cited, not held",
        "relays #2 rusi-images image-set, cited, not held",
        "refers to #23 cap-500k cap",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    // The second statement rests on what was shown for the first.
    assert!(text.contains("rests on #6 press-b document, line 17, held as own notes, see above"));
    let file = lab.ok(&["why", "press-b"]);
    let digest = lab.json(&["show", "press-b"])["exhibits"][0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(file.contains(&format!("file sha256:{digest}")), "{file}");
}

#[test]
fn a_finding_is_named_by_its_number_or_its_rule() {
    let lab = case();
    let all = lab.json(&["findings"]);
    let number = all["findings"]
        .as_array()
        .unwrap()
        .iter()
        .position(|f| f["rule"] == "wordings-differ")
        .unwrap()
        + 1;
    let by_number = lab.json(&["why", &format!("finding:{number}")]);
    assert_eq!(by_number, lab.json(&["why", "wordings-differ"]));
    assert_eq!(by_number["why"][0]["finding"]["number"], number);
    lab.fails(
        1,
        &["why", "finding:99"],
        &["there is no finding 99", "seaproof findings"],
    );
    lab.fails(1, &["why", "nothing-like-it"], &["no entry has the label"]);
}

#[test]
fn a_source_leads_up_to_every_finding_that_rests_on_it() {
    let lab = case();
    let up = lab.json(&["rests-on", "ft"]);
    let rests = &up["rests_on_it"];
    let findings = lab.json(&["findings"]);
    let expected: Vec<u64> = findings["findings"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(_, finding)| {
            let entries = finding["entries"].as_array().unwrap();
            let sources = finding["sources"].as_array().unwrap();
            entries.contains(&4.into()) || sources.iter().any(|s| s["entry"] == 4)
        })
        .map(|(i, _)| i as u64 + 1)
        .collect();
    let told: Vec<u64> = rests["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_u64().unwrap())
        .collect();
    assert_eq!(told, expected);
    let nearest = &rests["entries"][0];
    assert_eq!(nearest["id"], "press-a");
    assert_eq!(nearest["on"], serde_json::json!([[4, "relays"]]));
    let text = lab.ok(&["rests-on", "no-ru-notice"]);
    assert!(text.contains("No entry rests on it"), "{text}");
    assert!(text.contains("no-notification-found"), "{text}");
}

#[test]
fn what_is_left_to_do_is_said() {
    let lab = case();
    let todo = lab.json(&["todo"]);
    assert_eq!(todo["cited_not_held"][0]["statements"], 25);
    assert_eq!(todo["no_locator"], serde_json::json!([]));
    assert_eq!(todo["anchored_size"], Value::Null);
    assert_eq!(todo["not_anchored"], 56);
    assert_eq!(todo["not_independent"].as_array().unwrap().len(), 1);
    lab.write(
        "more.jsonl",
        [
            r#"{"kind":"vessel","names":[{"latin":"One"}],"as":"one","mode":"reported","basis":[{"of":"press-a"}]}"#,
            r#"{"kind":"sighting","about":"one","place":{"words":"at sea"},"mode":"reported"}"#,
        ]
        .join("\n"),
    );
    lab.ok(&["record", "batch", "more.jsonl"]);
    let todo = lab.json(&["todo"]);
    assert_eq!(todo["no_locator"][0]["sources"][0], "press-a");
    assert_eq!(todo["no_basis"][0]["kind"], "sighting");
}

#[test]
fn a_recorded_state_is_derived_anew() {
    let lab = case();
    let text = lab.ok(&["verify"]);
    assert!(text.contains("[reproducible]  not known"), "{text}");
    let none = lab.ok(&["verify", "--replay"]);
    assert!(none.contains("no state is recorded here"), "{none}");
    let root = lab.json(&["replay"])["state_root"].clone();
    lab.ok(&["state", "record", "--yes"]);
    assert_eq!(lab.json(&["show", "56"])["event"]["root"], root);
    // What is recorded later does not touch it.
    lab.ok(&["retract", "30", "--reason", "a slip", "--yes"]);
    let report = lab.json(&["verify", "--require", "reproducible"]);
    assert_eq!(report["verdicts"]["reproducible"], "pass");
    assert_eq!(report["exit"], 0);
}

#[test]
fn a_recorded_state_that_the_entries_do_not_give_fails() {
    let lab = case();
    let line = format!(
        r#"{{"kind":"state-recorded","entries":56,"root":"{}","version":1}}"#,
        "ab".repeat(32)
    );
    lab.write("wrong.jsonl", &line);
    lab.ok(&["record", "batch", "wrong.jsonl"]);
    let ran = lab.run(&["verify", "--require", "reproducible"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[state-root]"), "{}", ran.stdout);
    assert!(ran.stdout.contains("[reproducible]  no"), "{}", ran.stdout);
    // A state of entries that its author had not seen proves nothing.
    let line = line.replace("56", "1000");
    lab.write("beyond.jsonl", &line);
    lab.ok(&["record", "batch", "beyond.jsonl"]);
    let ran = lab.run(&["verify", "--replay"]);
    let json: Value =
        serde_json::from_str(&lab.run(&["verify", "--replay", "--json"]).stdout).unwrap();
    assert_eq!(json["problems"][0]["code"], "state-root");
    assert_eq!(json["problems"][0]["entry"], 57);
    // Whoever asks and is told no has a problem; whoever does not ask has none.
    assert_eq!(ran.code, Some(1));
    lab.ok(&["verify"]);
}

#[test]
fn a_later_revocation_does_not_undo_a_recorded_state() {
    let lab = case();
    lab.ok(&[
        "key",
        "new",
        "--out",
        "desk",
        "--comment",
        "Desk",
        "--no-passphrase",
    ]);
    lab.ok(&["author", "admit", "desk.pub", "--role", "investigator"]);
    lab.ok(&[
        "record", "document", "--title", "Notes", "--hold", "cited", "--key", "desk",
    ]);
    lab.ok(&["state", "record"]);
    lab.ok(&[
        "author",
        "revoke",
        "Desk",
        "--reason",
        "left",
        "--suspect-from",
        "57",
    ]);
    let report = lab.json(&["verify", "--replay"]);
    assert_eq!(report["verdicts"]["reproducible"], "pass", "{report}");
}

#[test]
fn a_retracted_state_says_nothing_any_more() {
    let lab = case();
    let line = format!(
        r#"{{"kind":"state-recorded","as":"wrong","entries":56,"root":"{}","version":1}}"#,
        "ab".repeat(32)
    );
    lab.batch(&[&line]);
    assert_eq!(lab.run(&["verify", "--replay"]).code, Some(1));
    lab.ok(&["retract", "wrong", "--reason", "made by hand", "--yes"]);
    let report = lab.json(&["verify", "--replay"]);
    assert_eq!(
        report["verdicts"]["reproducible"], "not checked",
        "{report}"
    );
}

#[test]
fn a_file_that_no_entry_names_cannot_be_left_out() {
    let lab = case();
    let digest = format!("sha256:{}", "ab".repeat(32));
    lab.fails(
        1,
        &["replay", "--without", &digest],
        &["no entry names the file"],
    );
    lab.fails(2, &["replay", "--without", "#0"], &["the ledger itself"]);
}

#[test]
fn the_ways_are_the_same_from_what_was_kept() {
    let lab = case();
    let asked: [&[&str]; 3] = [&["why", "wordings-differ"], &["rests-on", "ft"], &["todo"]];
    let anew: Vec<String> = asked.iter().map(|args| lab.ok(args)).collect();
    // Keeps the state and the findings.
    lab.ok(&["findings"]);
    let kept: Vec<String> = asked.iter().map(|args| lab.ok(args)).collect();
    assert_eq!(kept, anew);
    // What came since is taken up.
    lab.ok(&["retract", "30", "--reason", "a slip", "--yes"]);
    lab.fails(
        1,
        &["why", "wordings-differ"],
        &["the rule wordings-differ finds nothing here"],
    );
    let text = lab.ok(&["why", "30"]);
    assert!(text.contains("does not stand: retracted"), "{text}");
}
