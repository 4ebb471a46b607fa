//! The case of March 2024, from the batch file to the table that it must give, by the command alone.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/vostochny-2024");
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");

/// Sums and shares that only wrong arithmetic gives.
const FORBIDDEN: [&str; 9] = [
    "250000", "290000", "305279", "140279", "180279", "183958", "333679", "375000", "665000",
];

/// A file of test data that a user's clone does not have. Continuous integration has it.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(SHARED).join(path);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{} is missing",
        path.display()
    );
    println!("skipped: there is no {}", path.display());
    None
}

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    /// Records a batch file into a new ledger.
    fn record(batch: &Path) -> Self {
        let case = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        let batch = batch.to_str().expect("a path");
        case.run(&["key", "new", "--out", "key", "--no-passphrase"]);
        case.run(&["init", "case", "--title", "Vostochny", "--key", "key"]);
        case.run(&["--ledger", "case", "record", "batch", batch, "--key", "key"]);
        case
    }

    fn run(&self, args: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_seaproof"))
            .args(args)
            .current_dir(self.folder.path())
            .env("SEAPROOF_STATE", self.folder.path().join("state"))
            .env_remove("SEAPROOF_LEDGER")
            .env_remove("SEAPROOF_KEY")
            .output()
            .expect("the command");
        assert!(
            output.status.success(),
            "{args:?}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    fn read(&self, args: &[&str]) -> String {
        self.run(&[&["--ledger", "case"], args].concat())
    }

    fn state(&self) -> Value {
        serde_json::from_str(&self.read(&["replay", "--json"])).expect("JSON")
    }
}

fn find<'a>(list: &'a Value, id: &str) -> &'a Value {
    let found = list
        .as_array()
        .expect("a list")
        .iter()
        .find(|v| v["id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not in {list}"))
}

fn entries(finding: &Value) -> BTreeSet<u64> {
    let list = finding["entries"].as_array().expect("a list");
    list.iter().filter_map(Value::as_u64).collect()
}

/// The findings of a rule that rest on all of these entries.
fn findings<'a>(state: &'a Value, rule: &str, resting_on: &[u64]) -> Vec<&'a Value> {
    let all = state["findings"].as_array().expect("a list");
    all.iter()
        .filter(|f| f["rule"] == rule && resting_on.iter().all(|e| entries(f).contains(e)))
        .collect()
}

/// The table at the point where two press reports and the resolution are known.
fn assert_table(case: &Case) {
    let state = case.state();
    // Line n of the batch file is #n: genesis stands before the first line.
    assert_eq!(state["entries"], 38);
    for (group, low, high) in [
        ("march-five", 5, 5),
        ("march-listed", 4, 5),
        ("march-onward", 2, 5),
    ] {
        let count = &find(&state["groups"], group)["count"];
        assert_eq!(
            (&count["low"], &count["high"]),
            (&json!(low), &json!(high)),
            "{group}"
        );
    }
    assert_eq!(state["vessels"], json!([]));
    assert_eq!(state["listings"], json!([]));
    assert_eq!(state["sightings"].as_array().map(Vec::len), Some(2));
    assert_eq!(state["port_calls"].as_array().map(Vec::len), Some(1));
    let cap = find(&state["caps"], "cap-500k");
    assert_eq!(cap["limit"], json!({"amount": 500_000, "unit": "bbl"}));
    assert_eq!(
        (&cap["notified"], &cap["estimated"]),
        (&Value::Null, &Value::Null)
    );
    let reported = &cap["reported"];
    assert_eq!(
        (
            &reported["low"],
            &reported["high"],
            &reported["open"],
            &reported["low_exclusive"]
        ),
        (&json!(0), &json!(125_000), &json!(false), &json!(false))
    );
    assert_eq!(reported["share"], json!({"low": 0, "high": 2_500}));
    let other = find(&state["caps"], "cap-4m");
    for column in ["notified", "reported", "estimated"] {
        assert_eq!(other[column], Value::Null);
    }
    // The rules that must fire, once each, and on what.
    for (rule, lines) in [
        ("said-listed-in-foreign-port", vec![12, 17, 18]),
        ("accounts-differ", vec![23, 25, 26]),
        ("accounts-differ", vec![23, 27]),
        ("accounts-differ", vec![33, 34]),
        ("wordings-differ", vec![30, 31]),
        ("basis-cannot-show", vec![14, 15]),
        ("seen-while-said-dark", vec![11, 14]),
        (
            "not-independent",
            (9..=15).chain([17, 18, 20, 21, 22]).collect(),
        ),
        ("cap-share", vec![23, 30]),
    ] {
        assert_eq!(
            findings(&state, rule, &lines).len(),
            1,
            "{rule} on {lines:?}"
        );
    }
    // And nothing else.
    assert_eq!(state["findings"].as_array().map(Vec::len), Some(9));
    let law = &findings(&state, "accounts-differ", &[33, 34])[0]["statement"];
    assert!(
        law.as_str().is_some_and(|s| s.contains("not decided here")),
        "{law}"
    );
    let alone = &findings(&state, "not-independent", &[])[0]["statement"];
    assert!(
        alone
            .as_str()
            .is_some_and(|s| s.contains("All 12 statements")),
        "{alone}"
    );

    // Wrong sums appear nowhere, in no form.
    for args in [
        &["replay", "--json"][..],
        &["replay"],
        &["findings"],
        &["findings", "--json"],
        &["quota"],
        &["quota", "--json"],
        &["vessels"],
        &["log"],
    ] {
        let text = case.read(args).replace(['\u{a0}', '\u{202f}'], " ");
        let plain = text.replace(',', "");
        let tokens: BTreeSet<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for forbidden in FORBIDDEN {
            assert!(!tokens.contains(forbidden), "{forbidden} in {args:?}");
        }
        assert!(!text.contains("un-notified") && !text.contains("unnotified"));
    }
}

#[test]
fn the_example_gives_the_table() {
    let case = Case::record(&Path::new(EXAMPLE).join("case.jsonl"));
    assert_table(&case);
}

#[test]
fn the_reports_themselves_give_the_same_table() {
    let (Some(a), Some(b)) = (
        shared("data/press/000_70d934b5afc9fd08.txt"),
        shared("data/press/003_22f59ec26466d1c9.txt"),
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(a, folder.path().join("a.txt")).expect("copied");
    std::fs::copy(b, folder.path().join("b.txt")).expect("copied");
    let text = std::fs::read_to_string(Path::new(EXAMPLE).join("case.jsonl")).expect("the case");
    let reports = text
        .replace("notes/press-a.txt", "a.txt")
        .replace("notes/press-b.txt", "b.txt")
        .replace("\"own-notes\"", "\"copy\"");
    let batch = folder.path().join("case.jsonl");
    std::fs::write(&batch, reports).expect("written");
    let case = Case::record(&batch);
    assert_table(&case);
    let state = case.state();
    for report in ["press-a", "press-b"] {
        let held = &find(&state["documents"], report)["held"]["files"][0];
        assert_eq!(held["form"], "copy", "{held}");
    }
}

#[test]
fn the_expected_state_is_that_of_the_acceptance_page() {
    let Some(path) = shared("acceptance/expected.json") else {
        return;
    };
    let expected: Value = std::fs::read_to_string(path)
        .map(|text| serde_json::from_str(&text).expect("JSON"))
        .expect("the page");
    let expected = &expected["stage1"];
    let case = Case::record(&Path::new(EXAMPLE).join("case.jsonl"));
    let state = case.state();
    // Genesis is an entry too.
    assert_eq!(
        state["entries"].as_u64(),
        expected["entries"].as_u64().map(|n| n + 1)
    );
    for (id, group) in expected["groups"].as_object().expect("groups") {
        let found = find(&state["groups"], id);
        assert_eq!(found["count"]["low"], group["low"], "{id}");
        assert_eq!(found["count"]["high"], group["high"], "{id}");
        assert_eq!(found["within"], group["within"], "{id}");
    }
    let cap = find(&state["caps"], "cap-500k");
    for column in ["notified", "reported", "estimated"] {
        let (found, wanted) = (&cap[column], &expected["cap-500k"][column]);
        if wanted["low"].is_null() && wanted["high"].is_null() {
            assert!(found.is_null(), "{column}");
            continue;
        }
        assert_eq!(found["low"], wanted["low"], "{column}");
        assert_eq!(found["high"], wanted["high"], "{column}");
        assert_eq!(
            found["low_exclusive"], wanted["low_is_exclusive"],
            "{column}"
        );
        assert_eq!(found["share"], wanted["share_bp"], "{column}");
    }
    for differing in expected["accounts_differ"].as_array().expect("a list") {
        let lines: Vec<u64> = differing["values"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|value| value["line"].as_u64())
            .collect();
        assert_eq!(
            findings(&state, "accounts-differ", &lines).len(),
            1,
            "{differing}"
        );
    }
}
