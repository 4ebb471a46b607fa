//! Whatever write, sync, rename or read fails, and whatever a crash then leaves: what was acknowledged
//! is there, and nothing is there by halves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::faulty::{Fault, Faulty, Plan};
use common::*;
use rayon::prelude::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::ids::{EntryId, ExhibitRef, LedgerId, Role};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::{SignerMemory, VolatileMemory};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::{Crash, MemoryStore, Store};
use seaproof_ledger::verify::{Code, Options, Report, verify};
use seaproof_ledger::writer::{Draft, WriteError, Writer, Written};

/// What the caller of a session was told.
#[derive(Default)]
struct Told {
    ledger: Option<LedgerId>,
    /// Entries that were acknowledged.
    written: Vec<Written>,
    exhibits: Vec<ExhibitRef>,
    errors: Vec<String>,
}

impl Told {
    fn heed<T>(&mut self, outcome: Result<T, impl std::fmt::Display>) -> Option<T> {
        outcome
            .map_err(|error| self.errors.push(error.to_string()))
            .ok()
    }

    fn append(&mut self, writer: &mut Writer<'_>, by: &SecretKey, drafts: &[Draft]) {
        let written = writer.append(by, drafts);
        let written = self.heed(written).unwrap_or_default();
        self.written.extend(written);
    }
}

/// The drafts of one commit, which say so and how many there are.
fn batch(name: &str, of: usize) -> Vec<Draft> {
    (0..of)
        .map(|i| evidence(&format!("batch {name} of {of}, {i}")))
        .collect()
}

/// An investigator's and a custodian's day, on a store that may fail. Whoever is refused goes on with the
/// next thing, as far as there is a writer to do it with.
fn a_day(faulty: &Faulty) -> Told {
    let mut told = Told::default();
    let (field, desk) = (key(1), key(2));
    let admit = [admitting(desk.public(), Role::Investigator)];
    let begun = Writer::init(faulty, faulty, salts(), &field, &genesis(), &admit);
    let Some(mut writer) = told.heed(begun) else {
        return told;
    };
    told.ledger = Some(writer.ledger());
    writer.set_segment_bytes(3_000);
    let taken = take_in(faulty, &mut &b"an image"[..], Some(8), &mut |_| {});
    let exhibit = told.heed(taken);
    told.exhibits.extend(exhibit);
    told.append(&mut writer, &field, &batch("a", 1));
    if let Some(exhibit) = exhibit {
        told.append(&mut writer, &field, &[naming(exhibit)]);
    }
    told.append(&mut writer, &desk, &batch("b", 6));
    told.append(&mut writer, &desk, &batch("c", 2));
    let done = writer.checkpoint(&field);
    told.heed(done);
    told.append(&mut writer, &field, &batch("d", 1));
    writer.close();

    let opened = Writer::open(faulty, faulty, salted(7), desk.public());
    let Some(mut writer) = told.heed(opened) else {
        return told;
    };
    writer.set_segment_bytes(3_000);
    told.append(&mut writer, &desk, &batch("e", 8));
    told.append(&mut writer, &field, &batch("f", 1));
    let done = writer.checkpoint(&field);
    told.heed(done);
    told
}

fn salted(n: u64) -> Box<dyn seaproof_ledger::writer::Salts> {
    Box::new(CountingSalts(n << 32))
}

fn verify_with(store: &dyn Store, memory: &VolatileMemory, ledger: LedgerId) -> Report {
    let memories = [key(1).public(), key(2).public()]
        .into_iter()
        .filter_map(|key| Some((key, memory.recall(ledger, key).unwrap()?)))
        .collect();
    let options = Options {
        memories,
        ..Options::default()
    };
    verify(store, &options)
}

/// Checks what a day left, with the signers' memory as it was.
fn check(store: &MemoryStore, memory: &VolatileMemory, told: &Told, context: &str) {
    let before = snapshot(store);
    let Some(ledger) = told.ledger else {
        // Nobody was told that a ledger had begun; what is there is looked at without harm.
        let beginnings = [Code::NotALedger, Code::SegmentHeader, Code::TornTail];
        let found = verify_codes(store);
        assert!(
            found.iter().all(|code| beginnings.contains(code)),
            "{context}: {found:?}"
        );
        assert_eq!(snapshot(store), before, "{context}");
        let opened = Writer::open(store, memory, salted(8), key(1).public());
        if opened.is_ok() {
            drop(opened);
            assert_eq!(verify_codes(store), [], "{context}");
        }
        return;
    };
    let found = verify_with(store, memory, ledger);
    let only_a_torn_tail = found.problems.iter().all(|p| p.code == Code::TornTail);
    assert!(only_a_torn_tail, "{context}: {:#?}", found.problems);
    assert_eq!(snapshot(store), before, "{context}: verification wrote");

    let opened = Writer::open(store, memory, salted(9), key(1).public());
    let mut writer = opened.unwrap_or_else(|error| panic!("{context}: {error}"));
    all_is_there(store, told, context);
    writer
        .append(&key(1), &[retracting(Reference::Entry(EntryId(ledger.0)))])
        .unwrap_or_else(|error| panic!("{context}: {error}"));
    writer
        .checkpoint(&key(1))
        .unwrap_or_else(|error| panic!("{context}: {error}"));
    drop(writer);
    let report = verify_with(store, memory, ledger);
    assert!(
        passes(&report) && report.problems.is_empty(),
        "{context}: {:#?}",
        report.problems
    );
}

fn verify_codes(store: &MemoryStore) -> Vec<Code> {
    report(store).problems.iter().map(|p| p.code).collect()
}

/// What was acknowledged is there, and no commit by halves.
fn all_is_there(store: &MemoryStore, told: &Told, context: &str) {
    let reader = Reader::open(store, None).unwrap();
    let entries: Vec<_> = reader.entries().map(|e| e.unwrap().entry).collect();
    for written in &told.written {
        let entry = entries.get(written.index.0 as usize);
        assert_eq!(
            entry.map(|e| e.id),
            Some(written.id),
            "{context}: {} was acknowledged",
            written.index
        );
    }
    for exhibit in &told.exhibits {
        let path = seaproof_ledger::exhibit::exhibit_path(&exhibit.hash);
        assert_eq!(
            store.get(&path).unwrap().len() as u64,
            exhibit.length,
            "{context}: {path} was acknowledged"
        );
    }
    let mut commits = std::collections::BTreeMap::new();
    for entry in &entries {
        let text = String::from_utf8_lossy(&entry.facts.known().unwrap().event).into_owned();
        if let Some((commit, _)) = text.split_once(',') {
            *commits.entry(commit.to_owned()).or_insert(0usize) += 1;
        }
    }
    for (commit, here) in commits {
        let of = commit.rsplit(' ').next().unwrap();
        assert_eq!(
            of,
            here.to_string(),
            "{context}: {commit} is there by halves"
        );
    }
}

fn run(plan: Plan) -> (Faulty, Told) {
    let faulty = Faulty::new(MemoryStore::new(), VolatileMemory::new(), plan);
    let told = a_day(&faulty);
    (faulty, told)
}

#[test]
fn a_day_without_faults_is_acknowledged_whole() {
    let (faulty, told) = run(Plan::Never);
    assert_eq!(told.errors, Vec::<String>::new());
    assert_eq!(told.written.len(), 1 + 1 + 6 + 2 + 1 + 8 + 1);
    assert!(faulty.store.list("log").unwrap().len() > 2, "it rolled");
    check(&faulty.store.duplicate(), &faulty.memory, &told, "no fault");
}

#[test]
fn whatever_change_fails_nothing_acknowledged_is_lost_in_whatever_crash() {
    let changes = run(Plan::Never).0.changes();
    assert!(changes > 60, "{changes}");
    (0..changes).into_par_iter().for_each(|k| {
        for fault in [Fault::Error, Fault::Short, Fault::Late] {
            for plan in [Plan::Once(k, fault), Plan::From(k, fault)] {
                // The first is no crash at all, or a killed process.
                let crashes = [Crash::KeepAll, Crash::LoseUnsynced]
                    .into_iter()
                    .chain((0..2).map(|seed| Crash::Mixture(seed * 1_000 + k as u64)));
                for crash in crashes {
                    // Run anew each time: checking writes to the signers' memory.
                    let (faulty, told) = run(plan);
                    let context = format!("{plan:?} {crash:?}");
                    check(&faulty.store.after(crash), &faulty.memory, &told, &context);
                }
            }
        }
    });
}

#[test]
fn a_full_disk_loses_nothing_and_says_so() {
    let changes = run(Plan::Never).0.changes();
    (0..changes).into_par_iter().for_each(|k| {
        let (faulty, told) = run(Plan::Full(k));
        for error in &told.errors {
            assert!(
                error.contains("Nothing was recorded")
                    || error.contains("not yet covered")
                    || error.contains("cannot write exhibits/"),
                "{error}"
            );
        }
        // Room is made, and the same folder is opened again.
        let context = format!("full from {k}");
        check(&faulty.store.duplicate(), &faulty.memory, &told, &context);
    });
}

#[test]
fn what_cannot_be_read_is_said_and_never_passed_over() {
    let (day, told) = run(Plan::Never);
    let ledger = told.ledger.unwrap();
    let sound = snapshot(&day.store);
    let all = {
        let counting = Faulty::new(day.store.duplicate(), VolatileMemory::new(), Plan::Never);
        assert!(passes(&report(&counting)));
        counting.reads()
    };
    assert!(all > 20, "{all}");
    for plan in (0..all).flat_map(|k| [Plan::ReadOnce(k), Plan::ReadFrom(k)]) {
        let faulty = Faulty::new(day.store.duplicate(), VolatileMemory::new(), plan);
        let report = report(&faulty);
        let unreadable = report.problems.iter().any(|p| p.code == Code::Unreadable);
        assert!(unreadable, "{plan:?}: {:#?}", report.problems);
        assert!(!passes(&report), "{plan:?}");
        assert_eq!(snapshot(&faulty.store), sound, "{plan:?}");
    }
    let remembered = |memory: &VolatileMemory| {
        let known = day.memory.recall(ledger, key(1).public()).unwrap().unwrap();
        memory.remember(ledger, key(1).public(), &known).unwrap();
    };
    let opening = |plan| {
        let memory = VolatileMemory::new();
        remembered(&memory);
        let faulty = Faulty::new(day.store.duplicate(), memory, plan);
        let opened = Writer::open(&faulty, &faulty, salted(9), key(1).public());
        let refused = match opened {
            Ok(mut writer) => writer.append(&key(1), &[labelled("new", "x")]).is_err(),
            Err(WriteError::Locked) => panic!("{plan:?}: nobody else writes"),
            Err(_) => true,
        };
        (faulty, refused)
    };
    let all = opening(Plan::Never).0.reads();
    let mut refusals = 0;
    for plan in (0..all).flat_map(|k| [Plan::ReadOnce(k), Plan::ReadFrom(k)]) {
        let (faulty, refused) = opening(plan);
        if refused {
            refusals += 1;
            assert_eq!(
                authoritative(&faulty.store),
                authoritative(&day.store),
                "{plan:?}"
            );
        }
        // A cache that cannot be read is done without.
        assert_sound(&faulty.store);
    }
    assert!(refusals > 10, "{refusals} of {all}");
}
