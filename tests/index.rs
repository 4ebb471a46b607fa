//! Kept answers and searching, by the command: the same as from the log, whatever happens to the index.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{GROUP, Lab, SEEN};
use serde_json::Value;

const SHIP: &str = r#"{"kind":"vessel","as":"pys","names":[{"latin":"Paek Yang San 1"}],"imo":"8660313","flag":"KP","mode":"reported"}"#;
const CALL: &str = r#"{"kind":"port-call","as":"call","about":"pys","place":{"locode":"RUVYP"},"arrival":{"edtf":"2024-03-07","sense":"on","zone":"+10:00"},"mode":"reported"}"#;
const CAP: &str = r#"{"kind":"cap","as":"cap","amount":{"value":500000,"unit":"bbl"},"product":"refined","suppliers":"all","receiver":"KP","period":{"month":1,"day":1,"months":12},"mode":"reported"}"#;

fn lab() -> Lab {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP, SEEN, SHIP, CALL]);
    lab
}

/// Each kept answer, and what replay from the first entry says in its place.
fn agree(lab: &Lab) {
    let whole = lab.json(&["replay"]);
    for (command, parts) in [
        ("vessels", &["distinct_vessels", "groups", "vessels"][..]),
        ("quota", &["caps", "figures"]),
        ("findings", &["adopted", "rules", "findings"]),
    ] {
        let answer = lab.json(&[command]);
        for part in ["ledger", "entries", "state_root"].iter().chain(parts) {
            assert_eq!(answer[part], whole[part], "{command}: {part}");
        }
    }
}

fn index_files(lab: &Lab) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![lab.path("case/index")]);
    while let Some(folder) = folders.pop() {
        for found in fs::read_dir(folder).unwrap() {
            let path = found.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

fn numbers(found: &Value) -> Vec<u64> {
    let found = found["found"].as_array().unwrap();
    found
        .iter()
        .map(|hit| hit["index"].as_u64().unwrap())
        .collect()
}

#[test]
fn kept_answers_follow_the_ledger() {
    let lab = lab();
    agree(&lab);
    agree(&lab);
    let shown = lab.ok(&["vessels"]);
    assert!(shown.contains("Paek Yang San 1"), "{shown}");
    for lines in [
        &[
            r#"{"kind":"claim","about":"pys","property":"flag","value":{"country":"TG"},"mode":"reported"}"#,
        ][..],
        &[r#"{"kind":"count","about":"five","count":{"low":5,"high":5},"mode":"reported"}"#],
    ] {
        lab.batch(lines);
        agree(&lab);
    }
    lab.ok(&["retract", "pys", "--reason", "another ship", "--yes"]);
    agree(&lab);
    assert_eq!(
        lab.json(&["vessels"])["vessels"].as_array().unwrap().len(),
        0
    );
    // An earlier state is worked out, and is not what is kept.
    assert_eq!(lab.json(&["vessels", "--at", "4"])["entries"], 5);
    agree(&lab);
}

#[test]
fn a_revocation_that_reaches_back_is_in_the_next_answer() {
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
    lab.ok(&[
        "author",
        "admit",
        "desk.pub",
        "--role",
        "custodian",
        "--name",
        "Desk",
        "--yes",
    ]);
    agree(&lab);
    let field = lab.ok(&["key", "show", "field.pub"]);
    let fingerprint = field
        .split_whitespace()
        .find(|w| w.starts_with("SHA256:"))
        .unwrap();
    lab.ok(&[
        "author",
        "revoke",
        fingerprint,
        "--reason",
        "compromised",
        "--suspect-from",
        "1",
        "--key",
        "desk",
        "--yes",
    ]);
    agree(&lab);
    let vessels = lab.json(&["vessels"]);
    assert_eq!(vessels["vessels"][0]["suspect"], true);
    let found = lab.json(&["find", "kind:vessel"]);
    assert_eq!(found["found"][0]["suspect"], true);
}

#[test]
fn damage_of_any_file_changes_no_answer() {
    let lab = lab();
    lab.batch(&[CAP]);
    agree(&lab);
    lab.ok(&["reindex"]);
    let expected = lab.json(&["find", "baekyangsan"]);
    assert_eq!(numbers(&expected), [3]);
    let files = index_files(&lab);
    let names: Vec<&str> = files
        .iter()
        .filter_map(|f| f.file_name()?.to_str())
        .collect();
    for name in ["vessels", "quota", "findings", "state", "search", "db"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for path in &files {
        for harm in [noise, cut, |path: &Path| fs::remove_file(path).unwrap()] {
            if path.exists() {
                harm(path);
            }
            agree(&lab);
            assert_eq!(
                lab.json(&["find", "baekyangsan"]),
                expected,
                "{}",
                path.display()
            );
        }
    }
    fs::remove_dir_all(lab.path("case/index")).unwrap();
    agree(&lab);
    // Something else stands in its place.
    fs::remove_dir_all(lab.path("case/index")).unwrap();
    fs::write(lab.path("case/index"), "no folder").unwrap();
    let ran = lab.run(&["vessels"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("could not be kept"), "{}", ran.stderr);
    let ran = lab.run(&["find", "baekyangsan", "--json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&ran.stdout).unwrap(),
        expected
    );
    assert!(
        ran.stderr.contains("searched the log itself"),
        "{}",
        ran.stderr
    );
    lab.fails(2, &["reindex"], &["the index cannot be made"]);
}

fn noise(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    for byte in bytes.iter_mut().skip(middle).take(40) {
        *byte ^= 0xa5;
    }
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

#[test]
fn verification_neither_needs_nor_touches_it() {
    let lab = lab();
    let before = lab.ok(&["verify", "--json"]);
    lab.ok(&["reindex"]);
    for path in index_files(&lab) {
        noise(&path);
    }
    let files: Vec<_> = index_files(&lab)
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert_eq!(lab.ok(&["verify", "--json"]), before);
    let after: Vec<_> = index_files(&lab)
        .iter()
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert_eq!(files, after);
}

#[test]
fn a_damaged_log_is_refused_as_without_an_index() {
    let lab = lab();
    agree(&lab);
    lab.ok(&["find", "tankers"]);
    let log = lab.path("case/log/00000000.seg");
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() - 1]).unwrap();
    for command in [&["vessels"][..], &["find", "tankers"]] {
        lab.fails(1, command, &["not a whole entry"]);
    }
    let mut shorter = bytes.clone();
    let last = shorter.windows(4).rposition(|w| w == b"SPR1").unwrap();
    shorter.truncate(last);
    fs::write(&log, shorter).unwrap();
    for command in [&["vessels"][..], &["find", "tankers"]] {
        lab.fails(1, command, &[]);
    }
    fs::write(&log, bytes).unwrap();
    agree(&lab);
}

#[test]
fn entries_are_found_in_pages_newest_first() {
    let lab = lab();
    let sightings: Vec<String> = (1..=25)
        .map(|day| {
            format!(
                r#"{{"kind":"sighting","about":"pys","place":{{"locode":"KPCHO"}},"when":{{"edtf":"2024-04-{day:02}","sense":"on","zone":"+09:00"}},"mode":"observed"}}"#
            )
        })
        .collect();
    lab.batch(&sightings.iter().map(String::as_str).collect::<Vec<_>>());
    let first = lab.json(&["find", "vessel:pys"]);
    assert_eq!(numbers(&first), (10..30).rev().collect::<Vec<_>>());
    assert_eq!(first["next"], 10);
    let second = lab.json(&["find", "vessel:pys", "--after", "10"]);
    assert_eq!(numbers(&second), [9, 8, 7, 6, 5, 4, 3]);
    assert_eq!(second["next"], Value::Null);
    let days = lab.json(&["find", "vessel:pys", "from:2024-04-03", "to:2024-04-04"]);
    // The 3rd begins at 15:00 UTC on the 2nd, and the 5th on the 4th.
    assert_eq!(numbers(&days), [9, 8, 7]);
    let shown = lab.ok(&["find", "port:ruvyp", "kind:port-call"]);
    assert!(shown.contains("call") && shown.contains("pys"), "{shown}");
    assert!(lab.ok(&["find", "vessel:pys"]).contains("More: --after 10"));
    assert_eq!(
        lab.ok(&["find", "nothing", "like", "it"]),
        "Nothing is found\n"
    );
    lab.fails(2, &["find", "ship:pys"], &["there is no \"ship\""]);
    lab.fails(2, &["find", "imo:1234568"], &["imo:1234568"]);
    lab.fails(2, &["find", "x", "--limit", "0"], &[]);
}
