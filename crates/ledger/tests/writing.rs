//! Writing a ledger and reading it back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::ids::{EntryIndex, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::{FolderStore, MemoryStore, Store};
use seaproof_ledger::verify::{Answer, Verdict};
use seaproof_ledger::writer::{WriteError, Writer};

#[test]
fn a_new_ledger_holds_genesis_and_a_checkpoint() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    begin(&store, &memory).close();
    let report = assert_sound(&store);
    assert_eq!(report.entries.0, 1);
    assert_eq!(report.title.as_deref(), Some("Trial"));
    assert_eq!(report.signing_keys[0].name.as_deref(), Some("Field"));
    assert_eq!(report.answer(Verdict::Fresh), Answer::NotChecked);
    assert_eq!(report.not_yet_covered(), Some(0));
}

/// Everything a ledger goes through, on any store.
fn a_case(store: &dyn Store) {
    let memory = VolatileMemory::new();
    let (field, desk) = (key(1), key(2));
    let mut writer = begin(store, &memory);
    writer.set_segment_bytes(4_000);
    let exhibit = take_in(store, &mut &b"an image"[..], Some(8), &mut |_| {}).unwrap();
    writer
        .append(&field, &[admitting(desk.public(), Role::Investigator)])
        .unwrap();
    let first = writer
        .append(&field, &[labelled("berth", "one"), naming(exhibit)])
        .unwrap();
    writer.checkpoint(&field).unwrap();
    writer.close();
    assert_sound(store);

    let mut writer = reopen(store, &memory, &desk, 1);
    writer.set_segment_bytes(4_000);
    assert_eq!(writer.find_label("berth").unwrap(), Some(EntryIndex(2)));
    assert_eq!(writer.find_id(first[1].id).unwrap(), Some(EntryIndex(3)));
    let hex = first[1].id.to_string();
    assert_eq!(writer.find_prefix(&hex[..12]).unwrap(), [EntryIndex(3)]);
    let batch: Vec<_> = (0..40)
        .map(|i| match i {
            7 => retracting(Reference::Draft(3)),
            8 => retracting(Reference::Entry(first[0].id)),
            _ => evidence(&format!("entry {i}")),
        })
        .collect();
    writer.append(&desk, &batch).unwrap();
    for i in 0..20 {
        writer
            .append(&desk, &[evidence(&format!("single {i}"))])
            .unwrap();
    }
    writer.close();
    let report = assert_sound(store);
    assert_eq!(report.entries.0, 64);
    assert_eq!(report.not_yet_covered(), Some(60));
    assert_eq!(report.exhibits.named, 1);
    assert!(store.list("log").unwrap().len() > 3, "it rolled");

    // A governance entry in the middle of a batch begins a new run.
    let mut writer = reopen(store, &memory, &field, 2);
    writer
        .append(
            &field,
            &[
                evidence("before"),
                revoking(desk.public(), Some(50)),
                evidence("after"),
            ],
        )
        .unwrap();
    writer.checkpoint(&field).unwrap();
    writer.close();
    assert_sound(store);
    let reader = Reader::open(store, None).unwrap();
    let entries: Vec<_> = reader.entries().map(Result::unwrap).collect();
    assert_eq!(entries.len(), 67);
    assert!(entries.iter().all(|e| e.standing.authorised));
    assert!(!entries[49].standing.suspect && entries[50].standing.suspect);
    assert_eq!(entries[66].entry.statement.observed.size.0, 65);
}

#[test]
fn a_case_in_memory() {
    a_case(&MemoryStore::new());
}

#[test]
fn a_case_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    a_case(&FolderStore::new(folder.path().join("case")));
}

#[test]
fn what_the_entries_below_do_not_allow_is_not_recorded() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let (field, desk, stranger) = (key(1), key(2), key(3));
    let mut writer = begin(&store, &memory);
    writer
        .append(&field, &[admitting(desk.public(), Role::Investigator)])
        .unwrap();
    let before = writer.head();
    let refused = |writer: &mut Writer<'_>, by, draft| {
        let error = writer.append(by, &[draft]).unwrap_err();
        assert!(matches!(error, WriteError::Unauthorised { .. }), "{error}");
    };
    refused(&mut writer, &stranger, evidence("x"));
    refused(
        &mut writer,
        &desk,
        admitting(stranger.public(), Role::Custodian),
    );
    refused(
        &mut writer,
        &field,
        admitting(desk.public(), Role::Custodian),
    );
    refused(&mut writer, &field, revoking(stranger.public(), None));
    writer
        .append(&desk, &[revoking(desk.public(), None)])
        .unwrap();
    refused(&mut writer, &desk, evidence("too late"));
    writer.append(&field, &[closing()]).unwrap();
    refused(&mut writer, &field, evidence("too late"));
    assert_eq!(writer.head().size.0, before.size.0 + 2);
    drop(writer);
    assert_sound(&store);
}

#[test]
fn drafts_that_break_a_rule_are_refused_before_anything_is_signed() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let field = key(1);
    let mut writer = begin(&store, &memory);
    writer.append(&field, &[labelled("taken", "x")]).unwrap();
    let before = (writer.head(), store.get("log/00000000.seg"));
    let missing = seaproof_ledger::ids::ExhibitRef {
        hash: seaproof_ledger::ids::ExhibitHash([7; 32]),
        length: 3,
    };
    for (drafts, words) in [
        (vec![labelled("taken", "y")], "belongs to #1 already"),
        (
            vec![labelled("new", "y"), labelled("new", "z")],
            "used twice",
        ),
        (vec![labelled("Not a label", "y")], "label"),
        (
            vec![retracting(Reference::Draft(0))],
            "does not stand before it",
        ),
        (
            vec![retracting(Reference::Entry(seaproof_ledger::ids::EntryId(
                [9; 32],
            )))],
            "not an entry of this ledger",
        ),
        (vec![naming(missing)], "is not in the ledger's folder"),
    ] {
        let error = writer.append(&field, &drafts).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(before, (writer.head(), store.get("log/00000000.seg")));
}

#[test]
fn a_second_writer_waits_outside() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let writer = begin(&store, &memory);
    let second = Writer::open(&store, &memory, salts(), key(1).public());
    assert!(matches!(second, Err(WriteError::Locked)));
    drop(writer);
    reopen(&store, &memory, &key(1), 1);
}

#[test]
fn a_restored_old_copy_is_refused_by_the_signers_memory() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    let old = store.duplicate();
    writer.append(&key(1), &[evidence("newer")]).unwrap();
    drop(writer);
    let error = Writer::open(&old, &memory, salts(), key(1).public()).unwrap_err();
    assert!(matches!(error, WriteError::RolledBack { .. }), "{error}");
    let others = VolatileMemory::new();
    let mut writer = reopen(&old, &others, &key(1), 9);
    writer
        .append(&key(1), &[evidence("another history")])
        .unwrap();
    drop(writer);
    let error = Writer::open(&old, &memory, salts(), key(1).public()).unwrap_err();
    assert!(error.to_string().contains("another history"), "{error}");
}

#[test]
fn a_cache_is_never_missed_and_never_believed_blindly() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    writer
        .append(
            &key(1),
            &[labelled("a", "1"), evidence("2"), labelled("b", "3")],
        )
        .unwrap();
    writer.close();
    let cached: Vec<String> = store
        .paths()
        .into_iter()
        .filter(|p| p.starts_with("cache/"))
        .collect();
    assert_eq!(cached.len(), 4);
    for path in &cached {
        let bytes = store.get(path).unwrap();
        let mut harms = vec![Vec::new(), bytes[..bytes.len() / 2].to_vec()];
        for at in 0..bytes.len() {
            let mut harm = bytes.clone();
            harm[at] ^= 1 << (at % 8);
            harms.push(harm);
        }
        for (i, harm) in harms.into_iter().enumerate() {
            let copy = store.duplicate();
            copy.put(path, harm);
            let mut writer = reopen(&copy, &memory, &key(1), 5);
            let written = writer.append(&key(1), &[labelled("c", "4")]).unwrap();
            assert_eq!(written[0].index, EntryIndex(4), "{path} {i}");
            assert_eq!(
                writer.find_label("b").unwrap(),
                Some(EntryIndex(3)),
                "{path} {i}"
            );
            writer.close();
            assert_sound(&copy);
            // This history is not the next one's.
            memory_of(&memory, &store);
        }
    }
}

/// Lets the signer forget what it did to a copy.
fn memory_of(memory: &VolatileMemory, store: &MemoryStore) {
    use seaproof_ledger::memory::{Remembered, SignerMemory};
    let reader = Reader::open(store, None).unwrap();
    let last = reader.entries().last().unwrap().unwrap().entry;
    let what = Remembered {
        seq: last.statement.seq,
        entry: last.id,
        head: reader.head(),
    };
    memory
        .remember(reader.ledger().unwrap(), key(1).public(), &what)
        .unwrap();
}

#[test]
fn another_authors_entries_do_not_cost_the_cache() {
    let (store, memory, desks) = (
        MemoryStore::new(),
        VolatileMemory::new(),
        VolatileMemory::new(),
    );
    let (field, desk) = (key(1), key(2));
    let mut writer = begin(&store, &memory);
    writer
        .append(&field, &[admitting(desk.public(), Role::Investigator)])
        .unwrap();
    writer.checkpoint(&field).unwrap();
    writer.close();
    let mut writer = reopen(&store, &desks, &desk, 1);
    for i in 0..10 {
        writer
            .append(&desk, &[evidence(&format!("{i}")), evidence("more")])
            .unwrap();
    }
    writer.close();
    let cached = store.get("cache/entries");
    // Neither the checkpoint nor this author's memory knows the head, and the log bears it out.
    let writer = reopen(&store, &memory, &field, 2);
    assert_eq!(store.get("cache/entries"), cached, "it was not begun anew");
    assert_eq!(writer.head().size.0, 22);
    drop(writer);

    // A cache of another history, sound in itself, is not believed.
    let (other, others) = (MemoryStore::new(), VolatileMemory::new());
    let mut forger = begin(&other, &others);
    forger
        .append(&field, &[admitting(desk.public(), Role::Investigator)])
        .unwrap();
    for i in 0..20 {
        forger
            .append(&field, &[evidence(&format!("{i:>4}"))])
            .unwrap();
    }
    forger.close();
    for path in ["cache/state", "cache/tree", "cache/entries", "cache/labels"] {
        store.put(path, other.get(path).unwrap());
    }
    let mut writer = reopen(&store, &memory, &field, 3);
    writer.append(&field, &[evidence("after")]).unwrap();
    writer.checkpoint(&field).unwrap();
    drop(writer);
    assert_sound(&store);
}
