//! Batch lines, event bytes, dates and names mangled in every way: refused in words with their place, or read as what
//! they are.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "../../../tests/fuzzing/mod.rs"]
mod fuzzing;

use std::collections::BTreeMap;

use common::Names;
use seaproof_evidence::quotes::find_quote;
use seaproof_evidence::time::Edtf;
use seaproof_evidence::{Event, Slots};

/// Pieces that the reader of lines has a rule for.
const PIECES: &[&str] = &[
    "\"",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "null",
    "-1",
    "0",
    "1.5",
    "1e9",
    "99999999999999999999",
    "true",
    "\"kind\":",
    "\"kind\":\"claim\",",
    "\"about\":\"x\",",
    "\"#12\"",
    "\"sha256:\"",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\u{7f}",
    "é",
    "\"\"",
    "../",
    "2024-03-07/..",
    "2024-02-30",
    "+10:00",
    "/0",
    "\"edtf\":",
];

fn lines() -> Vec<&'static str> {
    include_str!("vectors/events.jsonl").lines().collect()
}

#[test]
fn mangled_lines_are_read_or_refused_with_their_place() {
    let seeds = lines();
    fuzzing::rounds(6_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, PIECES, seed);
        let text = String::from_utf8_lossy(&bytes);
        match Names::default().read(&text) {
            Ok(line) => {
                let slots = Slots {
                    entries: line.facts.refs.len(),
                    exhibits: line.facts.exhibits.len(),
                };
                let kind = line.event.kind();
                let again = Event::from_bytes(kind, 1, &line.facts.event, slots);
                assert_eq!(again, Some(Ok(line.event)), "{text}");
                true
            }
            Err(error) => {
                assert!(!error.problem.is_empty());
                false
            }
        }
    });
}

#[test]
fn mangled_event_bytes_are_refused_or_canonical() {
    let seeds: Vec<(String, Vec<u8>)> = lines()
        .iter()
        .map(|line| Names::default().read(line).unwrap().event)
        .map(|event| (event.kind().to_owned(), event.to_bytes()))
        .collect();
    let bytes: Vec<&[u8]> = seeds.iter().map(|(_, bytes)| &bytes[..]).collect();
    let pieces: &[&[u8]] = &[
        &[0],
        &[1],
        &[0xff; 8],
        &[0; 8],
        &[0xff, 0xff],
        &[1, 0, 0, 0],
    ];
    fuzzing::rounds(6_000, |seed| {
        let mangled = fuzzing::mangled(&bytes, pieces, seed);
        let mut accepted = false;
        for (kind, _) in &seeds {
            if let Some(Ok(event)) = Event::from_bytes(kind, 1, &mangled, Slots::ANY) {
                assert_eq!(event.to_bytes(), mangled, "{kind}");
                accepted = true;
            }
        }
        accepted
    });
}

#[test]
fn mangled_dates_are_refused_or_stay_as_they_were_written() {
    let seeds = [
        "2024",
        "2024-03",
        "2024-03-07",
        "2024-03-07T14:00:00",
        "2024-03-07/2024-03-22",
        "../2024",
        "2024/..",
    ];
    let pieces = ["/", "..", "-", "0", "T", "Z", "9999", "é"];
    fuzzing::rounds(4_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, &pieces, seed);
        let text = String::from_utf8_lossy(&bytes);
        let read = text.parse::<Edtf>();
        if let Ok(edtf) = &read {
            assert_eq!(edtf.as_str(), text);
            let (first, last) = edtf.local_bounds();
            assert!(
                first.zip(last).is_none_or(|(first, last)| first <= last),
                "{text}"
            );
        }
        read.is_ok()
    });
}

#[test]
fn quotes_are_found_wherever_they_stand() {
    let text = "Five tankers came in.\nAt  least four of them\r\nare on a list. \u{ff26}ive";
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = BTreeMap::new();
    fuzzing::rounds(2_000, |seed| {
        let bytes = fuzzing::mangled(&[text], &[" ", "\n", "Five"], seed);
        let start = (seed as usize * 7) % words.len();
        let quote = words[start..(start + 2).min(words.len())].join(" ");
        let folded = String::from_utf8_lossy(&bytes);
        let stands = folded
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains(&quote);
        let outcome = find_quote(&mut &bytes[..], &quote, None);
        // What is no text at all has no words in it.
        if std::str::from_utf8(&bytes).is_ok() {
            assert_eq!(outcome.is_ok(), stands, "{quote:?} in {folded:?}");
        }
        *found.entry(outcome.is_ok()).or_insert(0) += 1;
        outcome.is_ok()
    });
    assert_eq!(found.len(), 2);
}
