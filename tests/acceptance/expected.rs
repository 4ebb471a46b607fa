//! The same as the acceptance page gives it for machines, computed without us.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::case::{
    H, O, P, entries_of_line, find, finding, list, numbers, shared, state_at, statement,
};

fn stages() -> Option<Vec<(u64, Value)>> {
    let text = std::fs::read_to_string(shared("acceptance/expected.json")?).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let stage = |(point, name): (u64, &str)| (point, expected[name].clone());
    Some(
        [(P, "stage1"), (O, "stage2"), (H, "stage3")]
            .map(stage)
            .to_vec(),
    )
}

#[test]
fn groups_and_named_vessels_are_those_expected() {
    for (point, expected) in stages().unwrap_or_default() {
        let state = state_at(point);
        let groups = expected["groups"].as_object().unwrap();
        assert_eq!(list(&state, "groups").len(), groups.len());
        for (id, group) in groups {
            let found = find(&state, "groups", id);
            assert_eq!(found["count"]["low"], group["low"], "{id} at #{point}");
            assert_eq!(found["count"]["high"], group["high"], "{id} at #{point}");
            assert_eq!(found["within"], group["within"], "{id} at #{point}");
        }
        let named: Vec<&Value> = list(&state, "vessels").iter().map(|v| &v["id"]).collect();
        let expected: Vec<&Value> = list(&expected, "named_vessels").iter().collect();
        assert_eq!(named, expected, "at #{point}");
    }
}

#[test]
fn the_columns_of_the_cap_are_those_expected() {
    for (point, expected) in stages().unwrap_or_default() {
        let expected = &expected["cap-500k"];
        let state = state_at(point);
        let cap = find(&state, "caps", "cap-500k");
        assert_eq!(cap["limit"]["amount"], expected["limit"]);
        for column in ["notified", "reported", "estimated"] {
            let (found, wanted) = (&cap[column], &expected[column]);
            let at = format!("{column} at #{point}");
            if wanted["low"].is_null() && wanted["high"].is_null() {
                assert!(found.is_null(), "{at}");
                continue;
            }
            assert_eq!(found["low"], wanted["low"], "{at}");
            assert_eq!(found["high"], wanted["high"], "{at}");
            assert_eq!(found["open"], wanted["high"].is_null(), "{at}");
            assert_eq!(found["low_exclusive"], wanted["low_is_exclusive"], "{at}");
            assert_eq!(found["share"], wanted["share_bp"], "{at}");
            let figures: BTreeSet<&str> = list(found, "figures")
                .iter()
                .filter_map(|figure| figure["id"].as_str())
                .collect();
            // All of a column's figures overlap: one cluster.
            let [cluster] = list(wanted, "clusters") else {
                panic!("one cluster is expected, {at}");
            };
            let together: BTreeSet<&str> = list(cluster, "figures")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(figures, together, "{at}");
        }
    }
}

#[test]
fn accounts_and_wordings_differ_as_expected() {
    for (point, expected) in stages().unwrap_or_default() {
        let state = state_at(point);
        for differing in list(&expected, "accounts_differ") {
            let entries: Vec<u64> = list(differing, "values")
                .iter()
                .flat_map(|value| entries_of_line(value["line"].as_u64().unwrap()))
                .collect();
            finding(&state, "accounts-differ", &entries);
        }
        let found = list(&state, "findings").iter();
        let found = found.filter(|finding| finding["rule"] == "accounts-differ");
        assert_eq!(found.count(), list(&expected, "accounts_differ").len());
        for differing in list(&expected, "figures_disagree") {
            let lines: Vec<u64> = numbers(&differing["lines"]).into_iter().collect();
            let found = finding(&state, "wordings-differ", &lines);
            let figure = differing["figure"].as_str().unwrap();
            assert!(statement(found).starts_with(figure), "{}", statement(found));
        }
    }
}

#[test]
fn statements_on_the_group_are_as_many_as_expected() {
    for (point, expected) in stages().unwrap_or_default() {
        let state = state_at(point);
        let expected = &expected["group_statements"];
        let found = finding(&state, "not-independent", &[]);
        let count = expected["count"].as_u64().unwrap();
        assert_eq!(numbers(&found["statements"]).len() as u64, count);
        let shared = expected["nearest_shared_source"].as_str().unwrap();
        assert!(statement(found).contains(&format!("one source ({shared},")));
        for teller in list(expected, "tellers") {
            assert!(statement(found).contains(teller.as_str().unwrap()));
        }
    }
}
