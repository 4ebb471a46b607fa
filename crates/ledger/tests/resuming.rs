//! A reader that goes on where an earlier one stopped sees what a full reading sees.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::*;
use seaproof_ledger::ids::{Role, TreeSize};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::reader::{Mark, Reader};
use seaproof_ledger::store::{MemoryStore, Store};

/// A ledger after each of its commits, over several segments.
fn history() -> Vec<MemoryStore> {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let (field, desk) = (key(1), key(2));
    let mut states = Vec::new();
    let mut writer = begin(&store, &memory);
    writer.set_segment_bytes(4_000);
    states.push(store.duplicate());
    let admission = admitting(desk.public(), Role::Investigator);
    for drafts in [
        vec![admission],
        (0..9).map(|i| evidence(&format!("first {i}"))).collect(),
        (0..30).map(|i| evidence(&format!("second {i}"))).collect(),
        vec![evidence("third")],
        vec![revoking(desk.public(), Some(20)), evidence("fourth")],
        vec![evidence("fifth")],
    ] {
        writer.append(&field, &drafts).unwrap();
        states.push(store.duplicate());
    }
    states
}

fn told(reader: &Reader<'_>) -> Vec<String> {
    let of = |read: Result<seaproof_ledger::reader::ReadEntry, _>| {
        let read = read.unwrap();
        format!("{} {} {:?}", read.entry.index, read.entry.id, read.standing)
    };
    reader.entries().map(of).collect()
}

#[test]
fn from_every_mark_to_every_later_end_it_is_as_a_full_reading() {
    let states = history();
    for (i, old) in states.iter().enumerate() {
        let mark = Reader::open(old, None).unwrap().mark().unwrap();
        let bytes = mark.to_bytes();
        let mark = Mark::from_bytes(&bytes).unwrap();
        for (j, new) in states.iter().enumerate() {
            let resumed = Reader::open_at(new, &mark);
            if j < i {
                assert!(resumed.is_none(), "{i} to {j}: the log is shorter");
                continue;
            }
            let (resumed, whole) = (resumed.unwrap(), Reader::open(new, None).unwrap());
            assert_eq!(resumed.head(), whole.head());
            assert_eq!(resumed.ledger(), whole.ledger());
            assert_eq!(resumed.authority(), whole.authority());
            assert_eq!(resumed.mark(), whole.mark());
            let all = told(&whole);
            assert_eq!(told(&resumed), all);
            let after: Vec<u64> = resumed
                .entries_after()
                .map(|read| read.unwrap().entry.index.0)
                .collect();
            let expected: Vec<u64> = (mark.head().size.0..whole.head().size.0).collect();
            assert_eq!(after, expected);
            // The revocation is in the state before the last, and calls #20 onwards suspect.
            let reaches = i < 5 && j >= 5 && mark.head().size.0 > 20;
            assert_eq!(resumed.reaches_back(), reaches, "{i} to {j}");
            for size in 0..=whole.head().size.0 {
                let until = Reader::open(new, Some(TreeSize(size))).unwrap();
                let root = (size > 0).then(|| until.head().root);
                let found = resumed.root_at(TreeSize(size)).unwrap();
                assert_eq!(found.filter(|_| size > 0), root);
                assert_eq!(until.mark().is_some(), size == whole.head().size.0);
            }
        }
    }
}

#[test]
fn one_entry_is_read_from_its_place() {
    let states = history();
    let store = states.last().unwrap();
    let reader = Reader::open(store, None).unwrap();
    for read in reader.entries() {
        let entry = read.unwrap().entry;
        let again = reader.entry_at(entry.position).unwrap();
        assert_eq!((again.id, again.index), (entry.id, entry.index));
        let mut beside = entry.position;
        beside.offset += 1;
        assert!(reader.entry_at(beside).is_none());
    }
}

#[test]
fn a_mark_of_another_ledger_or_of_other_bytes_does_not_fit() {
    let states = history();
    let store = states.last().unwrap();
    let mark = Reader::open(store, None).unwrap().mark().unwrap();
    let other = MemoryStore::new();
    let memory = VolatileMemory::new();
    let mut writer = begin(&other, &memory);
    writer
        .append(&key(1), &vec![evidence(&"long ".repeat(400)); 40])
        .unwrap();
    writer.close();
    assert!(Reader::open_at(&other, &mark).is_none());
    // Any byte of the last entry, and a segment before it that is shorter or longer.
    let paths: Vec<String> = store
        .list("log")
        .unwrap()
        .into_iter()
        .map(|found| format!("log/{}", found.name))
        .collect();
    let last = paths.last().unwrap();
    let bytes = store.get(last).unwrap();
    let begins = mark.end().offset as usize - 300;
    for at in (begins..bytes.len()).step_by(7) {
        let changed = store.duplicate();
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        changed.put(last, bytes);
        assert!(Reader::open_at(&changed, &mark).is_none(), "byte {at}");
    }
    for longer in [false, true] {
        let changed = store.duplicate();
        let mut bytes = store.get(&paths[0]).unwrap();
        match longer {
            true => bytes.push(0),
            false => drop(bytes.pop()),
        }
        changed.put(&paths[0], bytes);
        assert!(Reader::open_at(&changed, &mark).is_none());
    }
}

#[test]
fn damaged_marks_are_refused_or_harmless() {
    let states = history();
    let store = states.last().unwrap();
    let mark = Reader::open(&states[3], None).unwrap().mark().unwrap();
    let bytes = mark.to_bytes();
    for at in 0..bytes.len() {
        assert!(Mark::from_bytes(&bytes[..at]).is_none());
        let mut bytes = bytes.clone();
        bytes[at] ^= 0xff;
        if let Some(mark) = Mark::from_bytes(&bytes) {
            // Whoever stores a mark also stores a checksum over it; here it only must not panic.
            let _ = Reader::open_at(store, &mark).map(|reader| reader.head());
        }
    }
}
