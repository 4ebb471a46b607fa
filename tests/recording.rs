//! Recording by hand: every kind, what is found and filled in, what is refused before it is signed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{GROUP, Lab};
use seaproof_evidence::{Class, Event};
use serde_json::json;

const NOTES: &str = "A press report, in our own words.\n\nFive tankers came in.\nThey were at the berth.\n\
                     Five ships loaded oil.\n\nUp to 125,000 barrels.\n";

/// A ledger with the things that the examples of the kinds speak of.
fn lab() -> Lab {
    let lab = Lab::with_ledger();
    for name in ["press-a.txt", "press-b.txt", "ft.txt"] {
        lab.write(name, NOTES);
    }
    for name in ["scene.tif", "crop.tif", "track.csv"] {
        lab.write(name, name);
    }
    lab.batch(&[
        r#"{"kind":"document","as":"ft","publisher":"A newspaper","hold":"cited"}"#,
        r#"{"kind":"document","as":"press-a","title":"A report","hold":{"held":[{"file":"press-a.txt","form":"own-notes"}]}}"#,
        r#"{"kind":"image","as":"scene-1","platform":"A satellite","hold":"cited"}"#,
        r#"{"kind":"group","as":"march-five","members":"vessels","criterion":"Five tankers."}"#,
        r#"{"kind":"vessel","as":"yu-son","names":[{"latin":"Yu Son"}],"mode":"reported"}"#,
        r#"{"kind":"port-call","as":"calls-march","about":"march-five","place":{"locode":"RUVYP"},"mode":"reported"}"#,
        r#"{"kind":"figure","as":"rusi-march","what":"oil","period":{"edtf":"2024-03","sense":"within"}}"#,
        r#"{"kind":"figure","as":"ru-jan","what":"oil notified","period":{"edtf":"2024-01","sense":"within"},"origin":{"who":{"words":"A state"},"mode":"notified"}}"#,
    ]);
    lab
}

/// Every byte in a folder, with what is derived.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for found in fs::read_dir(folder).unwrap() {
            let path = found.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    files.insert(path.display().to_string(), fs::read(&path).unwrap());
                }
            }
        }
    }
    files
}

/// The subcommand that records a kind.
fn subcommand(kind: &str) -> Vec<&str> {
    match kind {
        "corrected" => vec!["correct"],
        "retracted" => vec!["retract"],
        "disputed" => vec!["dispute"],
        "redacted" => vec!["redact"],
        kind => vec!["record", kind],
    }
}

#[test]
#[cfg(unix)]
fn every_kind_can_be_recorded_as_its_help_shows_it() {
    let lab = lab();
    let mut recorded = 0;
    // In the order in which the help lists them, because later examples name earlier ones.
    let listed = lab.ok(&["record", "--help"]);
    let mut kinds: Vec<&str> = Event::KINDS
        .iter()
        .filter(|(_, class)| *class != Class::Amendment)
        .map(|(kind, _)| *kind)
        .collect();
    let place = |kind: &str| {
        let name = if kind == "ais-track" { "track" } else { kind };
        listed
            .lines()
            .position(|line| line.split_whitespace().next() == Some(name))
            .unwrap_or_else(|| panic!("{kind} is not in the help"))
    };
    kinds.sort_by_key(|kind| place(kind));
    for kind in kinds {
        let help = lab.ok(&["record", kind, "--help"]);
        let example = help.split("Example: seaproof ").nth(1).unwrap();
        let example = example.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = format!("{} {example}", env!("CARGO_BIN_EXE_seaproof"));
        let ran = lab.shell(&line);
        assert_eq!(ran.code, Some(0), "{example}: {}", ran.stderr);
        assert!(ran.stdout.contains(&format!("  {kind}")), "{}", ran.stdout);
        recorded += 1;
    }
    for (kind, class) in Event::KINDS {
        if *class == Class::Amendment {
            let mut help = subcommand(kind);
            help.push("--help");
            assert!(lab.ok(&help).contains("Example"), "{kind}");
        }
    }
    assert_eq!(recorded, Event::KINDS.len() - 4);
    let replayed = lab.json(&["replay"]);
    assert!(
        replayed["notices"]
            .as_array()
            .unwrap()
            .iter()
            .all(|n| n["code"] != "wrong-kind"),
        "{}",
        replayed["notices"]
    );
    lab.ok(&["verify"]);
}

#[test]
fn any_field_can_be_set() {
    let lab = lab();
    lab.ok(&[
        "record", "image", "--platform", "A satellite", "--set", "cloud=1250", "--set",
        r#"footprint=[{"lat":"42.1","lon":"133"},{"lat":"42.2","lon":"133"},{"lat":"42.2","lon":"133.1"}]"#,
        "--as", "clouded",
    ]);
    // Digits of an identifier are text without quotes.
    lab.ok(&[
        "correct",
        "yu-son",
        "--reason",
        "found",
        "--set",
        "imo=8691702",
    ]);
    let shown = lab.json(&["show", "clouded"]);
    assert_eq!(shown["event"]["cloud"], 1250);
    assert_eq!(shown["event"]["footprint"][2]["lon"], "133.1000000");
    lab.refused(
        1,
        &["record", "image", "--platform", "X", "--set", "clouds=3"],
        &[
            "\"clouds\"",
            "did you mean \"cloud\"",
            "Nothing was recorded",
        ],
    );
}

#[test]
fn a_dry_run_writes_nothing_anywhere() {
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
    lab.write("batch.jsonl", GROUP);
    let runs: [&[&str]; 14] = [
        &[
            "record",
            "sighting",
            "--about",
            "march-five",
            "--port",
            "RUVYP",
            "--basis",
            "press-a",
            "--quote",
            "came in",
        ],
        &[
            "record",
            "document",
            "--file",
            "press-b.txt",
            "--form",
            "copy",
        ],
        &["record", "batch", "batch.jsonl"],
        &["record", "rule-set", "--rule", "cap-share"],
        &[
            "correct",
            "march-five",
            "--reason",
            "x",
            "--set",
            "criterion=Four tankers.",
        ],
        &["retract", "calls-march", "--reason", "x"],
        &[
            "dispute",
            "calls-march",
            "--reason",
            "x",
            "--basis",
            "press-a:3",
        ],
        &["attach", "ft", "ft.txt", "--form", "capture"],
        &["author", "admit", "desk.pub"],
        &["author", "revoke", "Field", "--last-custodian"],
        &["author", "rotate", "desk.pub"],
        &["author", "roster"],
        &["close"],
        &["checkpoint", "--sign"],
    ];
    for run in runs {
        let before = bytes(&lab.path(""));
        let run = [run, &["--dry-run"]].concat();
        let shown = lab.ok(&run);
        assert!(!shown.trim().is_empty(), "{run:?} shows nothing");
        assert_eq!(bytes(&lab.path("")), before, "{run:?} wrote something");
    }
    let before = bytes(&lab.path(""));
    let shown = lab.ok(&[
        "init",
        "another",
        "--title",
        "Another",
        "--key",
        "field",
        "--dry-run",
    ]);
    assert!(shown.contains("Another"), "{shown}");
    assert_eq!(bytes(&lab.path("")), before);
    // What a dry run prints can be recorded.
    let line = lab.ok(&[
        "record",
        "sighting",
        "--about",
        "march-five",
        "--port",
        "RUVYP",
        "--basis",
        "press-a",
        "--quote",
        "came in",
        "--dry-run",
    ]);
    assert!(line.contains(r#""line":"3""#), "{line}");
    lab.batch(&[line.trim()]);
}

#[test]
fn a_dry_run_refuses_what_the_key_may_not_sign() {
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
    lab.ok(&["author", "admit", "desk.pub", "--role", "investigator"]);
    lab.refused(
        1,
        &[
            "record",
            "rule-set",
            "--rule",
            "cap-share",
            "--key",
            "desk",
            "--dry-run",
        ],
        &["investigator"],
    );
}

#[test]
fn a_quote_finds_its_line() {
    let lab = lab();
    let claim = |quote: &'static str, basis: &'static str| {
        vec![
            "record",
            "claim",
            "--about",
            "march-five",
            "--property",
            "duty",
            "--value",
            "carrying oil",
            "--basis",
            basis,
            "--quote",
            quote,
        ]
    };
    let ran = lab.run(
        &[
            &claim("berth. Five ships", "press-a")[..],
            &["--as", "found"],
        ]
        .concat(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("line 4-5"), "{}", ran.stderr);
    let shown = lab.json(&["show", "found"]);
    assert_eq!(shown["event"]["basis"][0]["at"]["line"], "4-5");
    lab.refused(
        1,
        &claim("Five", "press-a"),
        &["several places", "lines 3, 5", "as press-a:3,"],
    );
    lab.ok(&claim("Five", "press-a:5"));
    lab.refused(
        1,
        &claim("Five tankers left", "press-a"),
        &["longest beginning", "\"Five tankers \" in line 3"],
    );
    // Nothing is held, so nothing can be looked up.
    lab.ok(&[&claim("Anything", "ft")[..], &["--as", "unheld"]].concat());
    assert_eq!(
        lab.json(&["show", "unheld"])["event"]["basis"][0]["at"],
        json!({"quote": "Anything"})
    );
}

#[test]
fn a_basis_names_pages_rows_and_paragraphs() {
    let lab = lab();
    lab.ok(&[
        "record",
        "count",
        "--about",
        "march-five",
        "--count",
        "5",
        "--as",
        "placed",
        "--basis",
        "ft:p3",
        "--basis",
        "scene-1:r12",
        "--basis",
        "press-a:p2,3-5",
        "--basis",
        "ft:p2§5 (b)",
    ]);
    let basis = lab.json(&["show", "placed"])["event"]["basis"].clone();
    assert_eq!(basis[0]["at"], json!({"page": 3}));
    assert_eq!(basis[1]["at"], json!({"row": 12}));
    assert_eq!(basis[2]["at"], json!({"page": 2, "line": "3-5"}));
    assert_eq!(basis[3]["at"], json!({"page": 2, "paragraph": "5 (b)"}));
    lab.refused(
        1,
        &[
            "record",
            "count",
            "--about",
            "march-five",
            "--count",
            "5",
            "--basis",
            "ft:page3",
        ],
        &["\"page3\"", "basis[0].at.line"],
    );
}

#[test]
fn what_is_attached_is_searched_for_quotes() {
    let lab = lab();
    let quote = r#"{"kind":"count","about":"march-five","count":{"low":5},"mode":"reported","basis":[{"of":"ft","at":{"quote":"Six tankers"}}]}"#;
    lab.batch(&[quote]);
    lab.ok(&[
        "attach", "ft", "ft.txt", "--form", "capture", "--as", "ft-found",
    ]);
    lab.write("wrong.jsonl", quote);
    lab.refused(
        1,
        &["record", "batch", "wrong.jsonl"],
        &["does not hold these words", "Nothing was recorded"],
    );
    lab.ok(&[
        "record",
        "count",
        "--about",
        "march-five",
        "--count",
        "5",
        "--basis",
        "ft",
        "--quote",
        "Five tankers",
        "--as",
        "checked",
    ]);
    assert_eq!(
        lab.json(&["show", "checked"])["event"]["basis"][0]["at"]["line"],
        "3"
    );
    // In the same batch, too; and not once it is withdrawn.
    lab.write("scene.txt", "Two ships at anchor.\n");
    lab.write("both.jsonl", [
        r#"{"kind":"attached","about":"scene-1","files":[{"file":"scene.txt","form":"own-notes"}]}"#,
        r#"{"kind":"count","about":"march-five","count":{"low":5},"mode":"reported","basis":[{"of":"scene-1","at":{"quote":"Three ships"}}]}"#,
    ].join("\n"));
    lab.refused(
        1,
        &["record", "batch", "both.jsonl"],
        &["line 2", "does not hold these words"],
    );
    lab.ok(&["retract", "ft-found", "--reason", "another article"]);
    lab.batch(&[quote]);
    lab.refused(
        1,
        &["attach", "march-five", "ft.txt", "--form", "copy"],
        &["march-five is a group", "document"],
    );
    // An investigator may attach.
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
    lab.ok(&["attach", "ft", "ft.txt", "--form", "copy", "--key", "desk"]);
}

#[test]
fn references_of_the_wrong_kind_are_refused() {
    let lab = lab();
    let refused = |line: &str, says: &[&str]| {
        lab.write("wrong.jsonl", line);
        let says = [says, &["Nothing was recorded"]].concat();
        lab.refused(1, &["record", "batch", "wrong.jsonl"], &says);
    };
    refused(
        r#"{"kind":"sighting","about":"press-a","place":{"locode":"RUVYP"},"mode":"reported"}"#,
        &[
            "press-a is a document",
            "a sighting refers to",
            "vessel, group",
        ],
    );
    refused(
        r#"{"kind":"listed","about":"yu-son","snapshot":"press-a","reference":"KPe.1","matched_by":"imo","mode":"inferred"}"#,
        &["press-a is a document", "must be a list-snapshot"],
    );
    refused(
        r##"{"kind":"quantity","figure":"#0","quantity":{"amount":{"bound":"exactly","value":1,"unit":"bbl"}},"mode":"reported"}"##,
        &["#0 is a genesis", "must be a figure"],
    );
    // A thing of the same batch is looked at as well.
    refused(
        &[GROUP, r#"{"kind":"membership","about":"five","group":"five","degree":"is","mode":"reported"}"#].join("\n"),
        &["line 2"],
    );
    refused(
        &[GROUP, r#"{"kind":"membership","about":"five","group":"march-five","degree":"is","mode":"reported"}"#].join("\n"),
        &["line 2", "five is a group", "must be a vessel"],
    );
    // And what a correction puts in place.
    refused(
        r#"{"kind":"corrected","targets":["calls-march"],"reason":"x","replacement":{"kind":"port-call","about":"ft","place":{"locode":"RUVYP"},"mode":"reported"}}"#,
        &["ft is a document"],
    );
    refused(
        r#"{"kind":"corrected","targets":["calls-march"],"reason":"x","replacement":{"kind":"sighting","about":"march-five","place":{"locode":"RUVYP"},"mode":"reported"}}"#,
        &["calls-march is a port-call", "another kind"],
    );
}

#[test]
fn nothing_is_said_of_what_was_retracted() {
    let lab = lab();
    lab.ok(&[
        "retract",
        "march-five",
        "press-a",
        "--reason",
        "another case",
        "--as",
        "gone",
    ]);
    let index = lab.json(&["show", "gone"])["index"].clone();
    let by = format!("#{index}");
    let claim = [
        "record",
        "claim",
        "--about",
        "march-five",
        "--property",
        "flag",
        "--value",
        "country=KP",
    ];
    lab.refused(1, &claim, &["march-five was retracted by", &by, "retract"]);
    let resting = [
        "record",
        "claim",
        "--about",
        "yu-son",
        "--property",
        "flag",
        "--value",
        "country=KP",
        "--basis",
        "press-a:3",
    ];
    lab.refused(1, &resting, &["press-a was retracted by", &by]);
    lab.ok(&[&resting[..], &["--cited", "something else"]].concat());
    lab.refused(
        1,
        &["correct", "march-five", "--reason", "x", "--set", "note=y"],
        &["withdrawn", &by],
    );
    // What was done with a withdrawn entry's file was done all the same.
    lab.ok(&[
        "record",
        "custody",
        "--action",
        "copied",
        "--of",
        "press-a",
        "--to",
        "The archive",
    ]);
    // A retraction can itself be retracted; then the thing stands again.
    lab.ok(&["retract", "gone", "--reason", "it was this case"]);
    lab.ok(&claim);
    // In a batch as well.
    lab.write("wrong.jsonl", [
        r#"{"kind":"retracted","targets":["yu-son"],"reason":"x"}"#,
        r#"{"kind":"claim","about":"yu-son","property":"flag","value":{"country":"KP"},"mode":"reported"}"#,
    ].join("\n"));
    lab.refused(
        1,
        &["record", "batch", "wrong.jsonl"],
        &["line 2", "yu-son was retracted by line 1"],
    );
    // Somebody who may not retract only disputes: the thing stays.
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
    lab.ok(&["retract", "march-five", "--reason", "x", "--key", "desk"]);
    lab.ok(&claim);
}

#[test]
fn figures_do_not_contain_themselves() {
    let lab = lab();
    let figure = |label: &str, contains: &str| {
        format!(
            r#"{{"kind":"figure","as":"{label}","what":"oil","period":{{"edtf":"2024","sense":"within"}},"relations":[{{"relation":"contains","figure":"{contains}"}}]}}"#
        )
    };
    lab.batch(&[&figure("year", "rusi-march"), &figure("decade", "year")]);
    let change = r#"relations=[{"relation":"contains","figure":"decade"}]"#;
    lab.refused(
        1,
        &["correct", "rusi-march", "--reason", "x", "--set", change],
        &[
            "cannot contain itself",
            "contains decade contains year contains",
        ],
    );
    lab.refused(
        1,
        &[
            "correct",
            "year",
            "--reason",
            "x",
            "--set",
            r#"relations=[{"relation":"contains","figure":"year"}]"#,
        ],
        &["cannot contain itself: year contains year"],
    );
    lab.ok(&[
        "correct",
        "year",
        "--reason",
        "x",
        "--set",
        r#"relations=[{"relation":"contains","figure":"ru-jan"}]"#,
    ]);
    // The way round is open now.
    lab.ok(&["correct", "rusi-march", "--reason", "x", "--set", change]);
}
