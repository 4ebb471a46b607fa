//! The case of March 2024 from the first command to the findings.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

use std::fs;

use common::{Lab, Ran, copy};
use serde_json::{Value, json};

/// Sums and differences of numbers that describe the same month or the same cap.
const NEVER: [&str; 9] = [
    "250,000", "290,000", "305,279", "140,279", "180,279", "183,958", "333,679", "375,000",
    "665,000",
];

fn demo(lab: &Lab, args: &[&str]) -> Ran {
    let mut command = lab.command(args);
    // As on a fresh machine: no ledger, no key, no home.
    for name in ["SEAPROOF_LEDGER", "SEAPROOF_KEY", "SEAPROOF_STATE", "HOME"] {
        command.env_remove(name);
    }
    Ran::of(command.output().unwrap())
}

#[test]
fn the_demo_records_verifies_and_replays_the_case() {
    let lab = Lab::new();
    let ran = demo(&lab, &["demo"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stderr, "");
    for words in [
        "55 entries recorded in one commit",
        "[authorised]    yes",
        "This says nothing about whether any statement is true.",
        "SIGHTINGS",
        "above 500,000 (above 100.00 %)",
        "11  cap-share",
    ] {
        assert!(
            ran.stdout.contains(words),
            "{words:?} is not in\n{}",
            ran.stdout
        );
    }
    lab.ok(&["verify", "seaproof-demo/ledger"]);
}

#[test]
fn the_demo_touches_no_folder_that_is_there() {
    let lab = Lab::new();
    lab.write("there/mine.txt", "mine");
    demo(&lab, &["demo", "there"]).failed(
        2,
        &["there is there already", "Nothing was touched"],
        "demo",
    );
    assert_eq!(lab.snapshot("there").len(), 1);
    assert_eq!(demo(&lab, &["demo", "new"]).code, Some(0));
    demo(&lab, &["demo", "new"]).failed(2, &["there already"], "demo twice");
}

/// Whether a number stands in a text as a token of its own, with or without its comma.
fn mentions(text: &str, number: &str) -> bool {
    let tokens = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ',' || c == '.'));
    let plain = number.replace(',', "");
    tokens
        .map(|token| token.trim_matches([',', '.']))
        .any(|token| token == number || token == plain)
}

#[test]
fn numbers_that_only_wrong_arithmetic_gives_are_printed_nowhere() {
    let lab = Lab::new();
    let shown = demo(&lab, &["demo", "d"]).stdout;
    let mut texts = vec![("demo".to_owned(), shown)];
    for command in ["replay", "vessels", "quota", "findings", "log"] {
        for json in [&["--json"][..], &[]] {
            let args: Vec<&str> = [command, "--ledger", "d/ledger"]
                .into_iter()
                .chain(json.iter().copied())
                .collect();
            texts.push((args.join(" "), lab.ok(&args)));
        }
    }
    for (what, text) in texts {
        for number in NEVER {
            assert!(!mentions(&text, number), "{number} in {what}");
        }
    }
    assert!(mentions("up to 125,000.", "125,000") && !mentions("1125,000", "125,000"));
}

#[test]
fn the_demo_speaks_json() {
    let lab = Lab::new();
    let ran = demo(&lab, &["demo", "d", "--json"]);
    let all: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(all["recorded"], 55);
    assert_eq!(all["verify"]["verdicts"]["intact"], "pass");
    assert_eq!(all["replay"]["entries"], 56);
}

#[test]
fn the_same_entries_give_the_same_state_wherever_they_are_replayed() {
    let lab = Lab::new();
    demo(&lab, &["demo", "d"]);
    copy(&lab.path("d/ledger"), &lab.path("elsewhere"));
    fs::remove_dir_all(lab.path("elsewhere/cache")).ok();
    let here = lab.ok(&["replay", "d/ledger", "--json"]);
    assert_eq!(lab.ok(&["replay", "elsewhere", "--json"]), here);
    let earlier = lab.json(&["replay", "d/ledger", "--at", "calls-march"]);
    assert_eq!(earlier["entries"], 13);
    assert_eq!(earlier["caps"], json!([]));
    assert_eq!(lab.json(&["replay", "d/ledger", "--at", "12"]), earlier);
}
