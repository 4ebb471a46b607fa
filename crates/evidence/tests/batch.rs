//! Batch lines: what is read, what is refused and in which words, what is shown.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Names, said};
use seaproof_evidence::batch::to_json;
use seaproof_evidence::{Class, Event};
use serde_json::{Value, json};

/// One line of each kind, with as many fields as there are.
pub fn every_kind() -> Vec<Value> {
    include_str!("vectors/events.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_kind_is_read_shown_and_read_again() {
    let mut kinds = Vec::new();
    for json in every_kind() {
        let mut names = Names::default();
        let line = names
            .read(&json.to_string())
            .unwrap_or_else(|e| panic!("{e}: {json}"));
        let shown = to_json(&said(&line), &|id| names.name_of(id));
        let again = names
            .read(&shown.to_string())
            .unwrap_or_else(|e| panic!("{e}: {shown}"));
        assert_eq!(again.event, line.event);
        assert_eq!(again.facts.event, line.facts.event);
        assert_eq!(again.facts.refs, line.facts.refs);
        assert_eq!(again.facts.amendment, line.facts.amendment);
        kinds.push(line.event.kind());
    }
    let all: Vec<&str> = Event::KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, all);
}

fn sighting() -> Value {
    json!({
        "kind": "sighting",
        "as": "seen-march",
        "about": "march-five",
        "place": {"locode": "RUVYP"},
        "when": {"edtf": "2024-03-07/2024-03-22", "sense": "each-within"},
        "mode": "reported",
        "origin": {"who": {"entry": "images"}, "mode": "observed"},
        "basis": [{"of": "press-a", "at": {"line": "3"}}, {"of": "march-five"}],
        "source": {"obtained-from": "the web"},
        "recorded_at": "2024-03-27T09:30:00Z",
    })
}

#[test]
fn a_line_becomes_an_envelope_with_each_name_once() {
    let mut names = Names::default();
    names.aliases.insert("#5", "press-a");
    let mut json = sighting();
    json["basis"][1] = json!({"of": "#5", "at": {"line": "4"}});
    let line = names.read(&json.to_string()).unwrap();
    assert_eq!(line.class, Class::Evidence);
    assert_eq!(line.facts.label.as_deref(), Some("seen-march"));
    assert_eq!(line.facts.refs.len(), 3);
    assert_eq!(line.source.get("obtained-from"), Some("the web"));
    assert_eq!(line.recorded_at.unwrap().0, 1_711_531_800_000);
    let shown = to_json(&said(&line), &|id| names.name_of(id));
    assert_eq!(shown["basis"][1]["of"], "press-a");
    assert_eq!(shown["about"], "march-five");
    assert_eq!(shown.get("status"), None);
}

#[test]
fn a_correction_by_a_kind_that_is_not_known_here_is_shown_with_its_bytes() {
    let json = every_kind()
        .into_iter()
        .find(|line| line["kind"] == "corrected");
    let mut names = Names::default();
    let mut line = names.read(&json.unwrap().to_string()).unwrap();
    // The kind's name of the same length, so that only the name changes.
    let at = line.facts.event.windows(8).position(|w| w == b"sighting");
    line.facts.event[at.unwrap()] = b'x';
    let shown = to_json(&said(&line), &|id| names.name_of(id));
    assert_eq!(shown["replacement"]["kind"], "xighting");
    assert!(shown["replacement"]["bytes"].is_string());
    assert_eq!(shown["targets"], json!(["seen-march"]));
}
