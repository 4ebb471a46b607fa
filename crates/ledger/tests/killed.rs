//! A recorder that is killed at any moment loses nothing that it acknowledged. (SIGKILL shows that
//! things are done in the right order; what a power cut does is the business of `faults.rs`.)
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::FolderMemory;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::{OsSalts, Writer};

/// The variable that makes this program the recorder, of a ledger in the folder it names.
const ROLE: &str = "SEAPROOF_TEST_RECORDER";
/// How often a recorder is killed.
const KILLS: &str = "SEAPROOF_KILLS";
/// Kills that one ledger goes through.
const KILLS_OF_ONE: u32 = 20;

#[test]
fn a_killed_recorder_loses_nothing_that_it_acknowledged() {
    if let Some(folder) = std::env::var_os(ROLE) {
        record_for_ever(Path::new(&folder));
    }
    let kills: u32 = std::env::var(KILLS).map_or(100, |text| text.parse().unwrap());
    let mut random = Moments(20_240_314);
    let (mut done, mut acknowledged) = (0, 0);
    while done < kills {
        let folder = tempfile::tempdir().unwrap();
        let (store, memory) = places(folder.path());
        let writer = Writer::init(&store, &memory, salts(), &key(1), &genesis(), &[]);
        writer.unwrap().close();
        let mut told = Vec::new();
        for _ in 0..KILLS_OF_ONE.min(kills - done) {
            told.extend(one_life(folder.path(), random.next()));
            let context = format!("kill {done}, at {}", folder.path().display());
            check(folder.path(), &told, &context);
            done += 1;
        }
        acknowledged += told.len();
    }
    // Killed too early each time, nothing would have been tested.
    assert!(acknowledged > kills as usize, "{acknowledged} of {kills}");
}

fn places(folder: &Path) -> (FolderStore, FolderMemory) {
    (
        FolderStore::new(folder.join("case")),
        FolderMemory::new(folder.join("memory")),
    )
}

/// The recorder: opens the ledger and records, and says so once it is acknowledged.
fn record_for_ever(folder: &Path) -> ! {
    let (store, memory) = places(folder);
    let mut out = std::io::stdout();
    let mut say = |line: &str| {
        out.write_all(line.as_bytes()).unwrap();
        out.flush().unwrap();
    };
    let field = key(1);
    let opened = Writer::open(
        &store,
        &memory,
        Box::new(OsSalts::default()),
        field.public(),
    );
    let mut writer = opened.unwrap();
    writer.set_segment_bytes(16_000);
    say("open\n");
    for round in 0u64.. {
        let drafts = match round % 4 {
            0 => {
                let image = format!("an image, {} of {round}", writer.head().size);
                let taken = take_in(&store, &mut image.as_bytes(), None, &mut |_| {});
                vec![naming(taken.unwrap())]
            }
            1 => vec![evidence("a single one")],
            _ => {
                let (begin, of) = (writer.head().size, 2 + round % 13);
                (0..of)
                    .map(|i| evidence(&format!("batch from {begin} of {of}, {i}")))
                    .collect()
            }
        };
        for written in writer.append(&field, &drafts).unwrap() {
            say(&format!("ack {} {}\n", written.index.0, written.id));
        }
        if round % 7 == 6 {
            let head = writer.checkpoint(&field).unwrap();
            say(&format!("checkpoint {}\n", head.size));
        }
    }
    unreachable!("it is killed")
}

struct Recorder(Child);

impl Drop for Recorder {
    fn drop(&mut self) {
        // Dead already, unless the test fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a recorder, kills it after so many microseconds of recording, and returns what it
/// acknowledged.
fn one_life(folder: &Path, moment: Duration) -> Vec<(u64, String)> {
    let program: PathBuf = std::env::current_exe().unwrap();
    let child = Command::new(program)
        .args([
            "--exact",
            "a_killed_recorder_loses_nothing_that_it_acknowledged",
        ])
        .arg("--nocapture")
        .env(ROLE, folder)
        .stdout(Stdio::piped())
        .spawn();
    let mut recorder = Recorder(child.unwrap());
    let mut lines = BufReader::new(recorder.0.stdout.take().unwrap()).lines();
    let opened = lines.find(|line| line.as_ref().is_ok_and(|line| line.ends_with("open")));
    assert!(opened.is_some(), "the recorder could not open the ledger");
    std::thread::sleep(moment);
    // SIGKILL.
    recorder.0.kill().unwrap();
    let mut told = Vec::new();
    // A line that was cut off was not said.
    let mut rest = String::new();
    for line in lines.map_while(Result::ok) {
        rest = line;
        if let Some((index, id)) = rest.strip_prefix("ack ").and_then(|l| l.split_once(' '))
            && id.len() == 64
        {
            told.push((index.parse().unwrap(), id.to_owned()));
        }
    }
    assert!(!rest.contains("panicked"), "{rest}");
    told
}

fn check(folder: &Path, told: &[(u64, String)], context: &str) {
    let (store, memory) = places(folder);
    let opened = Writer::open(
        &store,
        &memory,
        Box::new(OsSalts::default()),
        key(1).public(),
    );
    let writer = opened.unwrap_or_else(|error| panic!("{context}: {error}"));
    drop(writer);
    let report = report(&store);
    assert!(
        passes(&report) && report.problems.is_empty(),
        "{context}: {:#?}",
        report.problems
    );
    let reader = Reader::open(&store, None).unwrap();
    let entries: Vec<_> = reader.entries().map(|e| e.unwrap().entry).collect();
    for (index, id) in told {
        let entry = entries.get(*index as usize);
        assert_eq!(
            entry.map(|e| e.id.to_string()).as_ref(),
            Some(id),
            "{context}: #{index} was acknowledged"
        );
    }
    let mut batches = std::collections::BTreeMap::new();
    for entry in &entries {
        let text = String::from_utf8_lossy(&entry.facts.known().unwrap().event).into_owned();
        if let Some((batch, _)) = text.split_once(',') {
            *batches.entry(batch.to_owned()).or_insert(0u64) += 1;
        }
    }
    for (batch, here) in batches {
        let of = batch.rsplit(' ').next().unwrap();
        assert_eq!(
            of,
            here.to_string(),
            "{context}: {batch} is there by halves"
        );
    }
}

/// Moments at which to kill, the same in every run; what is then being done is not.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> Duration {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros((self.0 >> 33) % 60_000)
    }
}
