//! Every example in `docs/EVENTS.md` is a line that can be read, and every kind has one.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::Names;
use seaproof_evidence::Event;

#[test]
fn every_example_is_read_and_every_kind_has_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EVENTS.md");
    let page = std::fs::read_to_string(path).unwrap();
    let mut names = Names::default();
    let mut labels = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    let blocks = page.split("```jsonl\n").skip(1);
    for json in blocks.flat_map(|block| block.split("```").next().unwrap().lines()) {
        let line = names.read(json).unwrap_or_else(|e| panic!("{e}: {json}"));
        kinds.insert(line.event.kind());
        if let Some(label) = line.facts.label {
            assert!(labels.insert(label.clone()), "{label} twice");
        }
    }
    let all: BTreeSet<&str> = Event::KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, all);
}

/// Words of the vocabulary that the page lists.
#[test]
fn the_page_lists_every_word_of_the_closed_lists() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EVENTS.md");
    let page = std::fs::read_to_string(path).unwrap();
    let schema = seaproof_evidence::batch::schema();
    for list in [
        "Bound",
        "ConfidenceLevel",
        "Form",
        "FigureRelation",
        "Measure",
        "Mode",
        "ProductClass",
        "Sense",
        "Unit",
    ] {
        for choice in schema["$defs"][list]["oneOf"].as_array().unwrap() {
            let word = choice["const"].as_str().unwrap();
            let listed =
                page.contains(&format!("`{word}`")) || page.contains(&format!("\"{word}\""));
            assert!(listed, "{list} {word}");
        }
    }
}
