//! The recorded case, its three points, and how to find things in its state.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::common::Lab;

pub const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/vostochny-2024");
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");

/// The two press reports and the resolution.
pub const P: u64 = 37;
/// The first of what other sources say, too.
pub const O: u64 = 51;
/// All of it.
pub const H: u64 = 55;
/// The three points of one log.
pub const POINTS: [u64; 3] = [P, O, H];

/// The entries that say what a line of the acceptance page's case says. There, some lines hold two things,
/// and the port is not recorded.
pub fn entries_of_line(line: u64) -> Vec<u64> {
    match line {
        1..=38 => vec![line],
        39 => vec![39, 40],
        40 | 41 => vec![line + 1],
        42 => vec![43, 44],
        43 | 44 => vec![line + 2],
        45..=48 => vec![line + 3],
        49 => vec![52, 53],
        50 => vec![54, 55],
        _ => panic!("the case has no line {line}"),
    }
}

/// A file of test data that a user's clone does not have. Continuous integration has it.
pub fn shared(path: &str) -> Option<PathBuf> {
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

/// The example in a ledger, recorded once for all tests that only read it.
pub fn case() -> &'static Lab {
    static CASE: OnceLock<Lab> = OnceLock::new();
    CASE.get_or_init(|| record(&Path::new(EXAMPLE).join("case.jsonl")))
}

/// Records a batch file into a new ledger.
pub fn record(batch: &Path) -> Lab {
    let lab = Lab::with_ledger();
    lab.ok(&["record", "batch", batch.to_str().expect("a path")]);
    lab
}

/// The state after an entry.
pub fn state_at(point: u64) -> Value {
    seen(&["--at", &point.to_string()])
}

/// The state that these options look at.
pub fn seen(options: &[&str]) -> Value {
    case().json(&[&["replay"], options].concat())
}

/// The screen of the same.
pub fn screen(options: &[&str]) -> String {
    case().ok(&[&["replay"], options].concat())
}

/// A list of the state.
pub fn list<'a>(state: &'a Value, name: &str) -> &'a [Value] {
    let list = state[name].as_array();
    list.unwrap_or_else(|| panic!("{name} is no list"))
}

/// The row of a list with this label.
pub fn find<'a>(state: &'a Value, name: &str, id: &str) -> &'a Value {
    let found = list(state, name).iter().find(|row| row["id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not in {name}"))
}

/// Numbers of a list, as `entries` and `statements` of a finding.
pub fn numbers(list: &Value) -> BTreeSet<u64> {
    let list = list.as_array().expect("a list");
    list.iter().map(|n| n.as_u64().expect("a number")).collect()
}

/// The findings of a rule that rest on all of these entries.
pub fn findings<'a>(state: &'a Value, rule: &str, resting_on: &[u64]) -> Vec<&'a Value> {
    list(state, "findings")
        .iter()
        .filter(|finding| finding["rule"] == rule)
        .filter(|finding| {
            let entries = numbers(&finding["entries"]);
            resting_on.iter().all(|entry| entries.contains(entry))
        })
        .collect()
}

/// The one finding of a rule on these entries.
pub fn finding<'a>(state: &'a Value, rule: &str, resting_on: &[u64]) -> &'a Value {
    match findings(state, rule, resting_on)[..] {
        [finding] => finding,
        ref found => panic!("{} findings {rule} on {resting_on:?}", found.len()),
    }
}

/// What a finding says.
pub fn statement(finding: &Value) -> &str {
    finding["statement"].as_str().expect("a statement")
}

/// The rules that fired, in their order, each as often as it did.
pub fn rules_fired(state: &Value) -> Vec<&str> {
    let findings = list(state, "findings").iter();
    let mut rules: Vec<&str> = findings.filter_map(|f| f["rule"].as_str()).collect();
    rules.sort_unstable();
    rules
}

/// The part of a screen under a heading that begins so, with its heading.
pub fn part<'a>(screen: &'a str, heading: &str) -> &'a str {
    let start = screen
        .match_indices(heading)
        .find(|(at, _)| *at == 0 || screen[..*at].ends_with('\n'))
        .unwrap_or_else(|| panic!("no {heading} in\n{screen}"))
        .0;
    let rest = &screen[start..];
    &rest[..rest.find("\n\n").unwrap_or(rest.len())]
}

/// Whether a column is null, or has these ends.
pub fn ends(column: &Value) -> Option<(u64, bool, Option<u64>, bool)> {
    (!column.is_null()).then(|| {
        (
            column["low"].as_u64().expect("a low end"),
            column["low_exclusive"].as_bool().expect("said"),
            column["high"].as_u64(),
            column["open"].as_bool().expect("said"),
        )
    })
}

/// The figures of a column that stand beside it and are not added.
pub fn also(column: &Value) -> Vec<&str> {
    let figures = column["figures"].as_array().expect("figures").iter();
    let beside = figures.filter(|figure| figure["counts"] == false);
    beside.filter_map(|figure| figure["id"].as_str()).collect()
}
