//! The case in `examples/vostochny-2024` can be read, and its locators lead to lines that exist.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use common::Names;
use seaproof_evidence::batch::Line;
use seaproof_evidence::provenance::Hold;
use seaproof_evidence::quotes::{Cited, Files, check_quotes};
use seaproof_ledger::facts::Reference;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/vostochny-2024")
}

fn read_case() -> (Names, Vec<Line>) {
    let text = std::fs::read_to_string(folder().join("case.jsonl")).unwrap();
    let mut names = Names::default();
    let lines = text.lines().map(|line| names.read(line).unwrap()).collect();
    (names, lines)
}

#[test]
fn the_case_is_55_entries_whose_names_were_given_before() {
    let (names, lines) = read_case();
    assert_eq!(lines.len(), 55);
    let mut given: Vec<&str> = Vec::new();
    for line in &lines {
        for reference in &line.facts.refs {
            let Reference::Entry(id) = reference else {
                panic!("a draft");
            };
            let name = names.name_of(*id);
            assert!(given.contains(&name.as_str()), "{name} before it exists");
        }
        given.extend(line.facts.label.as_deref());
    }
    assert_eq!(given.len(), 39);
}

/// Opens the notes that an entry of the case holds.
struct Notes<'a> {
    names: &'a Names,
    lines: &'a [Line],
    citing: &'a Line,
    opened: usize,
}

impl Files for Notes<'_> {
    fn open(&mut self, cited: Cited) -> Result<Option<Box<dyn Read + '_>>, String> {
        let Cited::OnlyFileOf(slot) = cited else {
            panic!("no line of the case brings a file and points into it");
        };
        let Reference::Entry(id) = self.citing.facts.refs[usize::from(slot.0)] else {
            panic!("a draft");
        };
        let label = self.names.name_of(id);
        let of = |line: &&Line| line.facts.label.as_ref() == Some(&label);
        let document = self.lines.iter().find(of).unwrap();
        let Some(Hold::Held(_)) = document.event.hold() else {
            return Ok(None);
        };
        self.opened += 1;
        let notes = folder().join(format!("notes/{label}.txt"));
        Ok(Some(Box::new(File::open(notes).unwrap())))
    }
}

#[test]
fn every_line_that_is_pointed_to_is_in_the_notes() {
    let (names, lines) = read_case();
    let mut opened = 0;
    for citing in &lines {
        let mut notes = Notes {
            names: &names,
            lines: &lines,
            citing,
            opened: 0,
        };
        check_quotes(&citing.event, &mut notes).unwrap();
        opened += notes.opened;
    }
    assert_eq!(opened, 29);
}
