//! `seaproof redact`: what is erased is in no file of the ledger or of its user, everything says who erased it and
//! why, and what rests on it goes or says so.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use serde_json::json;

const WITNESS: &str = "Kapitan Pyotr of the second watch";
const INFORMANT: &str = "the harbour master's clerk";

/// A ledger in which a witness is named in what an entry says, in its source, its label and a file.
fn lab() -> Lab {
    let lab = Lab::with_ledger();
    lab.write("letter.txt", format!("Seen by {WITNESS}.\n"));
    lab.write("image.txt", "Five tankers at a berth.\n");
    lab.batch(&[
        GROUP,
        &json!({"kind": "document", "as": "letter", "title": format!("A letter of {WITNESS}"),
            "hold": {"held": [{"file": "letter.txt", "form": "original"}]},
            "source": {"obtained-from": INFORMANT}})
        .to_string(),
        &json!({"kind": "document", "as": "both", "title": "Two files",
            "hold": {"held": [{"file": "image.txt", "form": "original"}]}})
        .to_string(),
        &json!({"kind": "sighting", "as": "pyotr-saw", "about": "five", "count": {"low": 5, "high": 5},
            "place": {"locode": "RUVYP"}, "when": {"edtf": "2024-03-14", "sense": "on"},
            "mode": "reported", "basis": [{"of": "letter"}]})
        .to_string(),
    ]);
    lab
}

/// The files under a folder that hold these words, and those that cannot be read.
fn holding(folder: &Path, words: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                if bytes.windows(words.len()).any(|w| w == words) {
                    found.push(path);
                }
            }
        }
    }
    found
}

/// Everything that this computer keeps of the case.
fn kept(lab: &Lab, words: &[u8]) -> Vec<PathBuf> {
    let mut found = holding(&lab.path("case"), words);
    found.extend(holding(&lab.path("state"), words));
    found.extend(holding(&lab.path("home"), words));
    found
}

/// A text without its line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The salts of an entry, out of its record.
fn salts(lab: &Lab, label: &str) -> Vec<Vec<u8>> {
    let shown = lab.json(&["show", label]);
    let statement: Vec<u8> = (0..438)
        .step_by(2)
        .map(|i| u8::from_str_radix(&shown["statement"].as_str().unwrap()[i..i + 2], 16).unwrap())
        .collect();
    let log = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    let at = log.windows(219).position(|w| w == statement).unwrap() + 283;
    let (mut rest, mut salts) = (&log[at + 1..], Vec::new());
    for bit in [1, 2] {
        if log[at] & bit != 0 {
            salts.push(rest[..32].to_vec());
            let length = u32::from_le_bytes(rest[32..36].try_into().unwrap()) as usize;
            rest = &rest[36 + length..];
        }
    }
    salts
}

#[test]
fn what_is_redacted_is_in_no_file_and_says_by_whom_and_why() {
    let lab = lab();
    // Everything that keeps copies keeps one.
    lab.ok(&["find", "kapitan"]);
    lab.ok(&["vessels"]);
    lab.ok(&["findings"]);
    let secrets: Vec<Vec<u8>> = salts(&lab, "letter");
    assert_eq!(secrets.len(), 2);
    let pin = lab.write("pin", lab.ok(&["checkpoint"]));
    assert!(!kept(&lab, WITNESS.as_bytes()).is_empty());
    assert!(
        kept(&lab, WITNESS.as_bytes()).len() > 2,
        "the log, the file, and what was kept of them"
    );

    let done = lab.ok(&[
        "redact",
        "letter",
        "--facts",
        "--source",
        "--reason",
        "It names a witness",
        "--yes",
    ]);
    assert!(done.contains("Recorded #5  redacted"), "{done}");
    assert!(
        done.contains("Erased the facts and source of #2, and 1 file."),
        "{done}"
    );

    for words in [WITNESS.as_bytes(), INFORMANT.as_bytes(), b"kapitan"] {
        assert_eq!(kept(&lab, words), Vec::<PathBuf>::new());
    }
    for salt in &secrets {
        assert_eq!(kept(&lab, salt), Vec::<PathBuf>::new());
    }
    // Every command that reads goes on, and makes what it keeps anew.
    let by = "redacted by #5: It names a witness";
    let shown = lab.ok(&["show", "2"]);
    assert!(
        shown.contains("(redacted)") && shown.contains(by),
        "{shown}"
    );
    assert!(
        shown.contains("Amended by  #5, which redacts it"),
        "{shown}"
    );
    let shown = lab.json(&["show", "2"]);
    assert_eq!(
        shown["redacted"]["facts"],
        json!({"by": 5, "reason": "It names a witness"})
    );
    assert_eq!(shown["redacted"]["source"]["by"], 5);
    let log = lab.ok(&["log"]);
    assert!(log.contains("(redacted)") && log.contains(by), "{log}");
    let found = lab.ok(&["find", "author:Field"]);
    assert!(found.contains(by), "{found}");
    assert!(lab.ok(&["find", "kapitan"]).contains("Nothing is found"));
    let why = lab.ok(&["why", "pyotr-saw"]);
    assert!(
        why.contains("#2 (redacted)") && why.contains("redacted by #5"),
        "{why}"
    );
    assert!(why.contains("It names a witness"), "{why}");
    let replayed = lab.json(&["replay"]);
    assert_eq!(replayed["redacted"][0]["entry"], 2);
    assert_eq!(replayed["redacted"][0]["reasons"][0], "It names a witness");
    assert!(lab.ok(&["replay"]).contains("redacted by #5"));
    for words in [WITNESS.as_bytes(), INFORMANT.as_bytes()] {
        assert_eq!(kept(&lab, words), Vec::<PathBuf>::new());
    }

    // The log is what it was, and older heads still are heads of it.
    let screen = flat(&lab.ok(&["verify", "--pin", pin.to_str().unwrap()]));
    assert!(screen.contains("REDACTED BY SIGNED ENTRIES"), "{screen}");
    assert!(
        screen.contains("facts 1: #2, in #5 by \"Field\": \"It names a witness\""),
        "{screen}"
    );
    assert!(screen.contains("source notes 1: #2, in #5"), "{screen}");
    assert!(screen.contains("2 openings are"), "{screen}");
    assert!(screen.contains("2 openings were redacted"), "{screen}");
    let report = lab.json(&["verify"]);
    assert_eq!(report["redacted"], 2);
    assert_eq!(
        report["redactions"],
        json!([{"entry": 2, "facts": true, "source": true, "by": 5}])
    );
    assert_eq!(report["verdicts"]["complete"], "pass");
    let undisclosed = lab.run(&["verify", "--require", "disclosed"]);
    assert_eq!(undisclosed.code, Some(1));
    assert!(
        undisclosed.stdout.contains("Required and not so"),
        "{}",
        undisclosed.stdout
    );
    // Its label is free, and work goes on.
    lab.batch(&[r#"{"kind":"document","as":"letter","title":"Another"}"#]);
    lab.ok(&["verify"]);
}

#[test]
fn what_will_go_is_shown_before_and_nothing_is_done() {
    let lab = lab();
    lab.batch(&[
        &json!({"kind": "document", "as": "copy", "title": "The same image",
        "hold": {"held": [{"file": "image.txt", "form": "copy"}]}})
        .to_string(),
    ]);
    lab.ok(&["state", "record"]);
    let before = lab.snapshot("case");
    let plan = flat(&lab.ok(&[
        "redact",
        "letter",
        "both",
        "--facts",
        "--reason",
        "x",
        "--dry-run",
    ]));
    for says in [
        "Erases the facts of #2 document letter",
        "Erases the state recorded in #6, which rests on it",
        "Stays file sha256:",
        "which #5 names too",
        "Affects #4, resting on it",
        "This cannot be undone",
        "Nothing was recorded, and nothing erased.",
    ] {
        assert!(plan.contains(says), "{says}: {plan}");
    }
    let plan = lab.json(&[
        "redact",
        "letter",
        "both",
        "--facts",
        "--reason",
        "x",
        "--dry-run",
    ]);
    assert_eq!(plan["recorded_states"], json!([6]));
    assert_eq!(plan["files_erased"].as_array().unwrap().len(), 1);
    assert_eq!(plan["files_kept"][0]["named_in"], 5);
    assert_eq!(plan["rests_on_it"], json!([4]));
    assert_eq!(lab.snapshot("case"), before);
    // With nobody to ask it must be said.
    let args = ["redact", "letter", "--facts", "--reason", "x"];
    lab.refused(2, &args, &["cannot be had back", "--yes"]);
    lab.refused(
        2,
        &["redact", "letter", "--reason", "x", "--yes"],
        &["--facts"],
    );
    lab.refused(2, &["redact", "letter", "--facts", "--yes"], &["--reason"]);
}

#[test]
fn recorded_states_go_with_what_they_rest_on_and_replay_says_so() {
    let lab = lab();
    lab.ok(&["state", "record"]);
    let root = lab.json(&["show", "5"])["event"]["root"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        lab.json(&["verify", "--replay"])["verdicts"]["reproducible"],
        "pass"
    );
    // A source is no part of a state.
    lab.ok(&["redact", "letter", "--source", "--reason", "x", "--yes"]);
    assert_eq!(
        lab.json(&["verify", "--replay"])["verdicts"]["reproducible"],
        "pass"
    );
    let done = lab.json(&[
        "redact",
        "letter",
        "--facts",
        "--reason",
        "It names a witness",
        "--yes",
    ]);
    assert_eq!(done["recorded"].as_array().unwrap().len(), 2);
    assert_eq!(done["recorded_states"], json!([5]));
    let bytes: Vec<u8> = (0..root.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&root[i..i + 2], 16).unwrap())
        .collect();
    assert_eq!(kept(&lab, &bytes), Vec::<PathBuf>::new());
    assert_eq!(kept(&lab, root.as_bytes()), Vec::<PathBuf>::new());
    let report = lab.json(&["verify", "--replay"]);
    assert_eq!(report["verdicts"]["reproducible"], "not checked");
    assert_eq!(report["exit"], 0);
    assert_eq!(report["redacted"], 3);
    // A state that is recorded now says that openings below it are not here.
    lab.ok(&["state", "record"]);
    let report = lab.json(&["verify", "--replay"]);
    assert_eq!(report["verdicts"]["reproducible"], "withheld");
    assert_eq!(report["exit"], 0);
}

#[test]
fn who_may_not_redact_is_refused_before_anything_is_written() {
    let lab = lab();
    lab.ok(&[
        "key",
        "new",
        "--out",
        "desk",
        "--comment",
        "Desk",
        "--no-passphrase",
    ]);
    let public = lab.path("desk.pub");
    lab.ok(&[
        "author",
        "admit",
        public.to_str().unwrap(),
        "--role",
        "investigator",
        "--name",
        "Desk",
    ]);
    let by_desk = |entry: &str| {
        vec![
            "redact", entry, "--facts", "--reason", "x", "--yes", "--key", "desk",
        ]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>()
    };
    let args = by_desk("letter");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    lab.refused(1, &args, &["#2 was signed by somebody else"]);
    lab.refused(
        1,
        &["redact", "0", "--facts", "--reason", "x", "--yes"],
        &["governs the ledger"],
    );
    lab.ok(&["redact", "letter", "--facts", "--reason", "x", "--yes"]);
    lab.refused(
        1,
        &["redact", "2", "--facts", "--reason", "x", "--yes"],
        &["does not show its facts"],
    );
    lab.refused(
        1,
        &["redact", "6", "--facts", "--reason", "x", "--yes"],
        &["redacts others"],
    );
    // What an investigator recorded, they and the custodian can; what rests on it by others, the custodian.
    lab.write(
        "desk.jsonl",
        r#"{"kind":"document","as":"note","title":"A note"}"#,
    );
    lab.ok(&["record", "batch", "desk.jsonl", "--key", "desk"]);
    lab.ok(&["state", "record"]);
    let args = by_desk("note");
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    lab.refused(
        1,
        &args,
        &[
            "records a state that rests on",
            "A custodian can redact both",
        ],
    );
    lab.ok(&["redact", "note", "--facts", "--reason", "x", "--yes"]);
    lab.ok(&["verify"]);
    lab.write(
        "batch.jsonl",
        r##"{"kind":"redacted","targets":["#1"],"reason":"x","erases":"facts"}"##,
    );
    lab.refused(1, &["record", "batch", "batch.jsonl"], &["seaproof redact"]);
}

#[test]
fn an_opening_that_was_put_back_is_said_and_erased_by_the_next_writer() {
    let lab = lab();
    let old = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    lab.ok(&[
        "redact",
        "letter",
        "--facts",
        "--source",
        "--reason",
        "It names a witness",
        "--yes",
    ]);
    let new = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    // The redacting entry is the last record of the new file; the old one goes before it.
    let at = new.windows(4).rposition(|w| w == b"SPR1").unwrap();
    fs::write(
        lab.path("case/log/00000000.seg"),
        [&old[..], &new[at..]].concat(),
    )
    .unwrap();
    let ran = lab.run(&["verify"]);
    let screen = flat(&ran.stdout);
    assert_eq!(ran.code, Some(1));
    assert!(screen.contains("[redaction-unfinished]"), "{}", ran.stdout);
    assert!(
        screen.contains("the next writing command erases it"),
        "{}",
        ran.stdout
    );
    lab.batch(&[r#"{"kind":"document","as":"more","title":"More"}"#]);
    assert_eq!(kept(&lab, INFORMANT.as_bytes()), Vec::<PathBuf>::new());
    lab.ok(&["verify"]);
}

#[test]
fn a_correction_that_holds_the_same_words_is_named() {
    let lab = lab();
    lab.ok(&[
        "correct",
        "pyotr-saw",
        "--reason",
        "two",
        "--set",
        "count.low=2",
        "--set",
        "count.high=2",
    ]);
    let plan = flat(&lab.ok(&[
        "redact",
        "pyotr-saw",
        "--facts",
        "--reason",
        "x",
        "--dry-run",
    ]));
    assert!(plan.contains("#5, which amended it"), "{plan}");
    let plan = flat(&lab.ok(&["redact", "5", "--facts", "--reason", "x", "--dry-run"]));
    assert!(plan.contains("#5 is an amendment"), "{plan}");
}
