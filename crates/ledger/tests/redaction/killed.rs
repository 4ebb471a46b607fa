//! A writer that is killed in the middle of redacting leaves what the next one finishes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use seaproof_ledger::memory::FolderMemory;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::OsSalts;

use crate::*;

/// The variable that makes this program the writer, of a ledger in the folder it names.
const ROLE: &str = "SEAPROOF_TEST_REDACTOR";
const KILLS: u64 = 60;

fn places(folder: &Path) -> (FolderStore, FolderMemory) {
    (
        FolderStore::new(folder.join("case")),
        FolderMemory::new(folder.join("memory")),
    )
}

#[test]
fn a_killed_redaction_is_finished_by_the_next_writer() {
    if let Some(folder) = std::env::var_os(ROLE) {
        redact_for_ever(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, memory) = places(folder.path());
    let writer = Writer::init(&store, &memory, salts(), &key(1), &genesis(), &[]);
    writer.unwrap().close();
    let (mut unfinished, mut done) = (0, 0);
    for kill in 0..KILLS {
        // The same moments in every run; what is then being done is not.
        let moment = Duration::from_micros(kill * 7_919 % 30_000);
        one_life(folder.path(), moment);
        let context = format!("kill {kill}");
        let before = report(&store);
        let found: Vec<Code> = before.problems.iter().map(|p| p.code).collect();
        let allowed = [
            Code::TornTail,
            Code::RedactionUnfinished,
            Code::ExhibitMissing,
        ];
        assert!(
            found.iter().all(|c| allowed.contains(c)),
            "{context}: {:#?}",
            before.problems
        );
        unfinished += u64::from(found.contains(&Code::RedactionUnfinished));
        let opened = Writer::open(
            &store,
            &memory,
            Box::new(OsSalts::default()),
            key(1).public(),
        );
        opened
            .unwrap_or_else(|error| panic!("{context}: {error}"))
            .close();
        let after = report(&store);
        assert!(
            passes(&after) && after.problems.is_empty(),
            "{context}: {:#?}",
            after.problems
        );
        done = after.redacted;
        // What a redaction names is gone, also in the files.
        let reader = Reader::open(&store, None).unwrap();
        let entries: Vec<_> = reader.entries().map(|e| e.unwrap().entry).collect();
        let mut gone = std::collections::BTreeSet::new();
        for entry in &entries {
            for amendment in entry
                .facts
                .known()
                .iter()
                .filter_map(|f| f.amendment.as_ref())
            {
                gone.extend(amendment.targets.iter().copied());
            }
        }
        for entry in &entries {
            assert_eq!(
                entry.facts.known().is_none(),
                gone.contains(&entry.id),
                "{context}"
            );
        }
        let left = std::fs::read_dir(folder.path().join("case/log")).unwrap();
        assert!(
            left.flatten()
                .all(|f| f.file_name().to_string_lossy().ends_with(".seg"))
        );
        let exhibits = walk(&folder.path().join("case/exhibits"));
        let named: std::collections::BTreeSet<_> = entries
            .iter()
            .filter_map(|e| e.facts.known())
            .flat_map(|f| f.exhibits.iter().map(|e| e.hash.to_string()))
            .collect();
        // One that was taken in before its entry was written may be there besides.
        let orphans = exhibits
            .iter()
            .filter(|name| !named.contains(*name))
            .count();
        assert!(orphans as u64 <= kill + 1, "{context}: {orphans}");
    }
    assert!(done > 20, "{done} were redacted");
    println!("{unfinished} of {KILLS} kills left a redaction unfinished");
}

fn walk(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for found in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match found.path().is_dir() {
            true => names.extend(walk(&found.path())),
            false => names.push(found.file_name().to_string_lossy().into_owned()),
        }
    }
    names
}

/// Records and redacts, again and again.
fn redact_for_ever(folder: &Path) -> ! {
    let (store, memory) = places(folder);
    let mut out = std::io::stdout();
    let mut writer = Writer::open(
        &store,
        &memory,
        Box::new(OsSalts::default()),
        key(1).public(),
    )
    .unwrap();
    writer.set_segment_bytes(6_000);
    out.write_all(b"open\n").unwrap();
    out.flush().unwrap();
    for round in 0usize.. {
        let image = format!("an image, {} of {round}", writer.head().size);
        let taken = take_in(&store, &mut image.as_bytes(), None, &mut |_| {}).unwrap();
        let mut first = evidence(SECRET);
        first.facts.exhibits.push(taken);
        let drafts = [first, evidence("kept"), evidence(SECRET)];
        let written = writer.append(&key(1), &drafts).unwrap();
        let targets = [written[0].id, written[2].id];
        writer
            .append(&key(1), &[erasing(true, true, &targets)])
            .unwrap();
    }
    unreachable!("it is killed")
}

struct Redactor(Child);

impl Drop for Redactor {
    fn drop(&mut self) {
        // Dead already, unless the test fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn one_life(folder: &Path, moment: Duration) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::a_killed_redaction_is_finished_by_the_next_writer",
            "--nocapture",
        ])
        .env(ROLE, folder)
        .stdout(Stdio::piped())
        .spawn();
    let mut redactor = Redactor(child.unwrap());
    let mut lines = BufReader::new(redactor.0.stdout.take().unwrap()).lines();
    let opened = lines.find(|line| line.as_ref().is_ok_and(|line| line.ends_with("open")));
    assert!(opened.is_some(), "the writer could not open the ledger");
    std::thread::sleep(moment);
    // SIGKILL.
    redactor.0.kill().unwrap();
    redactor.0.wait().unwrap();
}
