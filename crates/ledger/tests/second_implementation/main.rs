//! The verifier of this crate beside the one in tests/second_implementation, which was written from
//! docs/FORMAT.md alone: about sound, forged and damaged ledgers they say the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod authority;
mod chance;
#[path = "../common/mod.rs"]
mod common;
mod contents;
mod damage;
mod folders;
mod ledgers;
#[path = "../../../../tests/stamping/mod.rs"]
mod stamping;
mod statements;
mod tails;
mod tokens;

use std::path::Path;
use std::process::Command;

use common::forge::Files;
use common::passes;
use seaproof_ledger::store::{FolderStore, Store};
use seaproof_ledger::verify::{Options, Report, Verdict, verify};

use chance::chance;
use damage::{Numbers, mutants};
use ledgers::{example, several_segments, three_segments};

const INVESTIGATOR: u8 = 2;
const WITNESS: u8 = 3;
const STRANGER: u8 = 9;

/// A ledger that both verifiers are asked about, and what is done to its folder at the end.
struct Case {
    name: String,
    files: Files,
    then: fn(&Path),
    /// Whether a writer is at work.
    locked: bool,
}

impl Case {
    fn new(name: impl Into<String>, files: Files) -> Self {
        Self {
            name: name.into(),
            files,
            then: |_| {},
            locked: false,
        }
    }
}

/// The four answers, how many entries were read, and the codes of the problems.
#[derive(PartialEq, Eq)]
struct Said {
    entries: u64,
    answers: [String; 4],
    codes: Vec<String>,
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (answers, codes) = (self.answers.join(", "), self.codes.join(" "));
        write!(f, "{} entries; {answers}; {codes}", self.entries)
    }
}

impl Said {
    fn new(
        entries: u64,
        answers: impl Iterator<Item = String>,
        codes: impl Iterator<Item = String>,
    ) -> Self {
        let answers: Vec<_> = answers.collect();
        let mut codes: Vec<_> = codes.collect();
        codes.sort_unstable();
        codes.dedup();
        Self {
            entries,
            answers: answers.try_into().unwrap(),
            codes,
        }
    }

    fn here(report: &Report) -> Self {
        Self::new(
            report.entries.0,
            Verdict::ALL[..4]
                .iter()
                .map(|verdict| report.answer(*verdict).name().to_owned()),
            report.problems.iter().map(|p| p.code.name().to_owned()),
        )
    }

    /// What a line of the other verifier says.
    fn there(line: &str) -> Self {
        let behind = |text: &str, name: &str| {
            let (_, rest) = text.split_once(name).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let entries = line.split_once("\"entries\": ").unwrap().1;
        Self::new(
            entries.split(',').next().unwrap().parse().unwrap(),
            Verdict::ALL[..4]
                .iter()
                .map(|verdict| behind(line, &format!("\"{}\": \"", verdict.name()))),
            line.split("{\"code\"")
                .skip(1)
                .map(|problem| behind(problem, ": \"")),
        )
    }
}

fn python() -> Option<Command> {
    let found = Command::new("python3").arg("--version").output().is_ok();
    if !found {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "python3 is needed to compare with the second implementation"
        );
        println!("skipped: there is no python3 to run the second implementation");
    }
    let mut command = Command::new("python3");
    command.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/second_implementation/verify.py"
    ));
    found.then_some(command)
}

/// Asks both about every case; `seen` is shown each ledger and what this crate says of it.
fn agree(cases: &[Case], seen: impl Fn(&Report)) {
    let Some(mut other) = python() else { return };
    let root = tempfile::tempdir().unwrap();
    let (mut here, mut locks) = (Vec::new(), Vec::new());
    for (number, case) in cases.iter().enumerate() {
        let folder = root.path().join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        for (path, bytes) in &case.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        (case.then)(&folder);
        let store = FolderStore::new(&folder);
        let lock = case.locked.then(|| store.lock().unwrap().unwrap());
        let report = verify(&store, &Options::default());
        seen(&report);
        here.push(Said::here(&report));
        locks.push(lock);
        other.arg(number.to_string());
    }
    let output = other.current_dir(root.path()).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    let there: Vec<_> = lines.lines().map(Said::there).collect();
    assert_eq!(there.len(), cases.len());
    let mut differences = Vec::new();
    for ((case, here), there) in cases.iter().zip(&here).zip(&there) {
        if here != there {
            differences.push(format!("{}\n   here: {here}\n  there: {there}", case.name));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {} ledgers:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}

#[test]
fn the_other_finds_the_pages_example_sound() {
    let Some(mut other) = python() else { return };
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/FORMAT.md");
    let output = other.args(["--page", page]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn they_agree_about_sound_ledgers() {
    let cases = [
        Case::new("the example", example()),
        Case::new("several segments", several_segments()),
        Case::new("three segments", three_segments()),
    ];
    agree(&cases, |report| assert!(passes(report), "{report:#?}"));
}

#[test]
fn they_agree_about_who_may_do_what() {
    agree(&authority::authority(), |_| {});
}

#[test]
fn they_agree_about_statements_and_their_place() {
    agree(&statements::statements(), |_| {});
}

#[test]
fn they_agree_about_what_entries_say() {
    agree(&contents::contents(), |_| {});
}

#[test]
fn they_agree_about_what_stands_beside_the_log() {
    agree(&folders::folders(), |_| {});
}

#[test]
fn they_agree_about_timestamps() {
    agree(&tokens::tokens(), |_| {});
}

#[test]
fn they_agree_about_tails_and_gaps() {
    agree(&tails::tails(), |_| {});
}

#[test]
fn they_agree_about_damage() {
    let mut numbers = Numbers(0x5ea9_700f);
    let mut cases = Vec::new();
    for (name, files) in [
        ("example", example()),
        ("several segments", several_segments()),
        ("three segments", three_segments()),
    ] {
        cases.extend(mutants(name, &files, &mut numbers));
    }
    for round in 0..30 {
        let files = chance(&mut numbers);
        cases.push(Case::new(format!("by chance ({round})"), files));
    }
    assert!(cases.len() > 300, "{}", cases.len());
    agree(&cases, |_| {});
}
