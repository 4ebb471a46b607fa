//! The corpus as a whole: its page, its size, the forge under it, and a second judge.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
    process::Command,
};

use serde_json::Value;

use crate::{case::*, forge::*};

/// Every case, by subject.
const ALL: &[(&str, &[Case])] = &[
    ("Leaves", crate::leaves::CASES),
    ("Openings, facts, sources", crate::openings::CASES),
    ("Records, commits, tails", crate::records::CASES),
    ("Segments and the folder", crate::segments::CASES),
    ("Checkpoints", crate::checkpoints::CASES),
    ("Governance", crate::governance::CASES),
    ("Keys and signatures", crate::signatures::CASES),
    ("Heads and rollback", crate::heads::CASES),
    ("Exhibits", crate::exhibits::CASES),
    ("Anchors, cosignatures, policies", crate::anchors::CASES),
    ("Redaction", crate::redaction::CASES),
    ("Timestamps", crate::timestamps::CASES),
    ("Proofs", crate::proofs::CASES),
    ("Tiles", crate::tiles::CASES),
];

fn cases() -> impl Iterator<Item = &'static Case> {
    ALL.iter().flat_map(|(_, cases)| *cases)
}

#[test]
fn no_two_cases_have_one_name() {
    let names: BTreeSet<&str> = cases().map(|case| case.name).collect();
    assert_eq!(names.len(), cases().count());
    assert!(cases().all(|case| !case.name.is_empty() && !case.attack.is_empty()));
}

/// What FORMAT.md's worked example says of itself, made by the forge: then the forge writes the format.
#[test]
fn the_forge_makes_the_worked_example() {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/FORMAT.md")).unwrap();
    let (one, two) = (Key::new(1), Key::new(2));
    let mut log = Log::begin(&one, "Trial");
    let admission = log.add_as(
        &one,
        1,
        admits(&two.public, 1).encode(),
        source(&[("name", "Desk")]),
        |_| (),
    );
    let head = (log.size() as u64, log.root());
    let observe =
        |statement: &mut Statement| (statement.observed_size, statement.observed_root) = head;
    let first = Facts::trial("names an exhibit")
        .labelled("first")
        .naming(b"hello");
    let admitted = log.id_of(admission);
    let two_two = log.add_as(&two, 2, first.encode(), source(&[]), |statement| {
        observe(statement);
        statement.prev = admitted;
    });
    let mut second = Facts::trial("seen");
    second.references.push(log.id_of(two_two));
    log.add_as(&two, 2, second.encode(), source(&[]), observe);
    log.entries[2].last = false;
    log.entries[3].first = false;
    let bytes = log.segments(&[])[0].bytes();
    let mut block = String::new();
    for (line, part) in bytes.chunks(32).enumerate() {
        writeln!(block, "{:05x}  {}", line * 32, hex(part)).unwrap();
    }
    assert!(page.contains(&block), "{block}");
    let note = String::from_utf8(Note::of(&log).sign(&one).bytes()).unwrap();
    assert!(page.contains(&note), "{note}");
    let slot = memory(&log.id, &two.public, 1, &log.id_of(3), 4, &log.root());
    let slot = String::from_utf8(slot).unwrap();
    assert!(page.contains(slot.trim_end()), "{slot}");
}

/// docs/ATTACKS.md says what this corpus holds.
#[test]
fn the_page_lists_every_case() {
    let mut page = String::from(
        "# The attack corpus\n\n\
         What could be done to a ledger, and what the command must answer. Each line is a case in `tests/attacks/`, forged by code that was\n\
         written from [FORMAT.md](FORMAT.md) alone and judged by the real command with little memory and little time. This page is held against\n\
         the corpus by a test.\n\n\
         The four letters are intact, complete, attributable and authorised: `+` pass, `-` fail, `~` partly, `=` withheld, `?` not checked or no report. Where nothing else is said\n\
         the command is `verify` with nothing from outside.\n",
    );
    writeln!(page, "\n{} cases, and {} attempts to make a writer do harm. Beside them leaf, openings, checkpoint, and the headers of segment and records are changed byte by byte, each change with the problem that it must be.", cases().count(), crate::refusals::ATTEMPTS.len()).unwrap();
    for (subject, cases) in ALL {
        write!(page, "\n## {subject}\n\n| case | what it is | who could | gets | problems | exit |\n|---|---|---|---|---|---|\n")
            .unwrap();
        for case in *cases {
            let (exit, answers, problems) = case.gets;
            let gets: String = answers
                .iter()
                .map(|answer| match *answer {
                    P => '+',
                    F => '-',
                    PARTLY => '~',
                    W => '=',
                    _ => '?',
                })
                .collect();
            let also: String = case
                .also
                .iter()
                .map(|(verdict, answer)| format!(", {verdict} {answer}"))
                .collect();
            let with = if case.is_of_the_folder_alone() {
                String::new()
            } else {
                format!(" (`{}`)", case.args.join(" "))
            };
            let problems: Vec<String> = problems.iter().map(|code| format!("`{code}`")).collect();
            writeln!(
                page,
                "| `{}` | {}{with} | {} | `{gets}`{also} | {} | {exit} |",
                case.name,
                case.attack,
                case.by,
                problems.join(" ")
            )
            .unwrap();
        }
    }
    page.push_str(
        "\n## What a writer must refuse\n\nThe custodian's own command, where nothing else is said, is asked to record on such a folder. Where it refuses it says why, and leaves log,\n\
         checkpoint and anchors as they are; where it does not, what it wrote verifies.\n\n| case | what it is | who could | gets |\n|---|---|---|---|\n",
    );
    for attempt in crate::refusals::ATTEMPTS {
        let gets = if attempt.exit == 0 { "done" } else { "refused" };
        writeln!(
            page,
            "| `{}` | {} | {} | {gets} |",
            attempt.name, attempt.attack, attempt.by
        )
        .unwrap();
    }
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/ATTACKS.md"
    ));
    if fs::read_to_string(path).unwrap_or_default() != page {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ATTACKS.md");
        fs::write(&made, page).unwrap();
        panic!(
            "docs/ATTACKS.md is not what the corpus holds; compare it with {}",
            made.display()
        );
    }
}

/// Every case that is of a folder alone, judged by the verifier in Python as well.
#[test]
fn the_second_implementation_agrees() {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/second_implementation/verify.py"
    );
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI has python3");
        println!("skipped: there is no python3");
        return;
    }
    // A memory is the reader's, and the script has none; what is larger than memory it reads whole.
    let too_much = |case: &&Case| !case.name.contains("memory") && case.name != "tail-bomb";
    let dir = tempfile::tempdir().unwrap();
    let mut chosen = BTreeMap::new();
    for case in cases()
        .filter(|case| case.is_of_the_folder_alone())
        .filter(too_much)
    {
        let scene = Scene {
            dir: dir.path().join(case.name),
        };
        fs::create_dir(&scene.dir).unwrap();
        (case.make)(&scene);
        // It reads ledgers, not what is published of them.
        if !scene.path("state").exists() && !scene.path("case/tile").exists() {
            chosen.insert(scene.ledger(), case);
        }
    }
    let output = Command::new("python3")
        .arg(script)
        .args(chosen.keys())
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        lines.lines().count(),
        chosen.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut wrong = Vec::new();
    for (line, case) in lines.lines().zip(chosen.values()) {
        let report: Value = serde_json::from_str(line).unwrap();
        let found = codes(&report);
        let answers = VERDICTS.map(|verdict| {
            report["verdicts"][verdict]
                .as_str()
                .unwrap_or("no answer")
                .to_owned()
        });
        if found != case.gets.2.iter().map(|code| (*code).to_owned()).collect()
            || answers != case.gets.1
        {
            wrong.push(format!(
                "{}: {answers:?} {found:?}, expected {:?} {:?}",
                case.name, case.gets.1, case.gets.2
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        chosen.len(),
        wrong.join("\n")
    );
}
