//! Whatever is done to the files of a ledger, verification finds it, says where, and writes nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/mod.rs"]
mod common;

mod parts;

use common::*;
use rayon::prelude::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::ids::Role;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::record::{RECORD_HEADER_LEN, RecordHeader, SEGMENT_HEADER_LEN, segment_path};
use seaproof_ledger::store::{MemoryStore, Store};
use seaproof_ledger::verify::{Answer, Code, Options, Pin, Problem, Report, Verdict, verify};
use seaproof_ledger::writer::Writer;

/// A small ledger with something of everything: three authors, three segments, batches, governance, an
/// amendment, two exhibits, and a checkpoint over all of it.
fn small() -> MemoryStore {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    write_small(&store, &memory);
    store
}

fn write_small(store: &dyn Store, memory: &VolatileMemory) {
    let (field, desk, third) = (key(1), key(2), key(3));
    let others = [
        admitting(desk.public(), Role::Investigator),
        admitting(third.public(), Role::Investigator),
    ];
    let mut writer = Writer::init(store, memory, salts(), &field, &genesis(), &others).unwrap();
    writer.set_segment_bytes(1_700);
    let mut both = evidence("both");
    for text in ["image", "a track"] {
        let taken = take_in(store, &mut text.as_bytes(), None, &mut |_| {});
        both.facts.exhibits.push(taken.unwrap());
    }
    let written = writer
        .append(&desk, &[labelled("berth", "x"), both])
        .unwrap();
    let retraction = retracting(Reference::Entry(written[0].id));
    writer.append(&third, &[retraction]).unwrap();
    writer
        .append(&field, &[revoking(third.public(), Some(5))])
        .unwrap();
    writer.checkpoint(&field).unwrap();
    writer.close();
    let report = assert_sound(store);
    assert_eq!((report.entries.0, report.not_yet_covered()), (7, Some(0)));
    assert_eq!(store.list("log").unwrap().len(), 3);
}

/// Where each record of a segment begins, and its length.
fn records(segment: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = SEGMENT_HEADER_LEN;
    while let Some(header) = segment.get(at..).and_then(<[u8]>::first_chunk) {
        let end = at + RECORD_HEADER_LEN + RecordHeader::decode(header).unwrap().length;
        found.push(at..end);
        at = end;
    }
    found
}

/// Verifies a store that is not what it was: something is found, it is an answer, and nothing is
/// written.
fn found(store: &MemoryStore, what: &str) -> Report {
    let before = snapshot(store);
    let report = report(store);
    assert!(snapshot(store) == before, "{what}: verification wrote");
    assert!(!report.problems.is_empty(), "{what}: nothing was found");
    assert!(!passes(&report), "{what}: {:#?}", report.problems);
    for problem in &report.problems {
        assert!(problem.file.is_some(), "{what}: where? {problem:?}");
        assert!(!problem.message.is_empty());
        if let (Some(file), Some(offset)) = (&problem.file, problem.offset) {
            let length = before.get(file).map_or(0, Vec::len) as u64;
            assert!(offset <= length, "{what}: {problem:?}");
        }
    }
    report
}

/// As [`found`], and a verdict that is required fails: exit 1.
fn failed(store: &MemoryStore, what: &str) -> Report {
    let report = found(store, what);
    let fails = Verdict::ALL[..4]
        .iter()
        .any(|verdict| report.answer(*verdict) == Answer::Fail);
    assert!(fails, "{what}: {:#?}", report.problems);
    report
}

fn with(base: &MemoryStore, path: &str, bytes: Vec<u8>) -> MemoryStore {
    let store = base.duplicate();
    store.put(path, bytes);
    store
}

fn without(base: &MemoryStore, path: &str) -> MemoryStore {
    let store = base.duplicate();
    store.remove(path).unwrap();
    store
}

fn at(report: &Report, file: &str, offset: Option<usize>) -> bool {
    let here = |p: &&Problem| {
        p.file.as_deref() == Some(file)
            && (offset.is_none() || p.offset == offset.map(|o| o as u64))
    };
    report.problems.iter().find(here).is_some()
}

fn codes(report: &Report) -> Vec<Code> {
    let mut codes: Vec<Code> = report.problems.iter().map(|p| p.code).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The beginning of what holds this byte of a segment: a record, or the header at 0.
fn place(segment: &[u8], byte: usize) -> usize {
    records(segment)
        .iter()
        .find(|r| r.contains(&byte))
        .map_or(0, |r| r.start)
}

#[test]
fn every_single_bit_counts() {
    let base = small();
    let files = authoritative(&base);
    assert_eq!(files.len(), 6);
    let bits: Vec<(&String, usize)> = files
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len() * 8).map(move |bit| (path, bit)))
        .collect();
    assert!(bits.len() > 25_000, "{}", bits.len());
    bits.par_iter().for_each(|(path, bit)| {
        let bytes = &files[*path];
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let what = format!("bit {} of byte {} of {path}", bit % 8, bit / 8);
        let report = failed(&with(&base, path, flipped), &what);
        let offset = path.starts_with("log/").then(|| place(bytes, bit / 8));
        // The last segment's only commit: the whole segment is its tail.
        let tail = codes(&report).contains(&Code::TornTail) && at(&report, path, Some(0));
        assert!(
            at(&report, path, offset) || tail,
            "{what}: {:#?}",
            report.problems
        );
    });
}

#[test]
fn every_byte_counts_also_for_those_who_can_compute_a_crc() {
    let base = small();
    let mut work = Vec::new();
    for number in 0..3 {
        let path = segment_path(number);
        let bytes = base.get(&path).unwrap();
        work.extend((0..58).map(|at| (path.clone(), bytes.clone(), 0..58, at)));
        for record in records(&bytes) {
            let inside = std::iter::once(record.start + 4)
                .chain(record.start + RECORD_HEADER_LEN..record.end);
            work.extend(inside.map(|at| (path.clone(), bytes.clone(), record.clone(), at)));
        }
    }
    work.into_par_iter()
        .for_each(|(path, mut bytes, range, at_byte)| {
            // The two flags that have a meaning, and some bit of everything else.
            let flags = range.start >= SEGMENT_HEADER_LEN && at_byte == range.start + 4;
            for bit in if flags {
                0..2
            } else {
                at_byte % 8..at_byte % 8 + 1
            } {
                let untouched = bytes.clone();
                bytes[at_byte] ^= 1 << bit;
                if range.start == 0 {
                    let crc = crc32c::crc32c(&bytes[..58]);
                    bytes[58..62].copy_from_slice(&crc.to_le_bytes());
                } else {
                    let crc = crc32c::crc32c(&bytes[range.start + 4..range.start + 9]);
                    let crc = crc32c::crc32c_append(
                        crc,
                        &bytes[range.start + RECORD_HEADER_LEN..range.end],
                    );
                    bytes[range.start + 9..range.start + 13].copy_from_slice(&crc.to_le_bytes());
                }
                let what = format!("bit {bit} of byte {at_byte} of {path}, with its CRC");
                let report = found(&with(&base, &path, bytes.clone()), &what);
                // Another ledger's id in the first header makes the first entry the odd one.
                let offset = (!flags && range.start > 0).then_some(range.start);
                assert!(at(&report, &path, offset), "{what}: {:#?}", report.problems);
                let newer = codes(&report).contains(&Code::NewerVersion);
                // Version 1 becomes 0, which never was, or a later one.
                assert_eq!(newer, range.start == 0 && at_byte == 9, "{what}");
                assert_eq!(
                    report.answers.contains(&Answer::Fail),
                    !newer,
                    "{what}: {:#?}",
                    report.problems
                );
                bytes = untouched;
            }
        });
}

#[test]
fn every_length_but_the_right_one_is_found() {
    let base = small();
    let files = authoritative(&base);
    let cuts: Vec<(&String, usize)> = files
        .iter()
        .flat_map(|(path, bytes)| (0..bytes.len()).map(move |length| (path, length)))
        .collect();
    cuts.par_iter().for_each(|(path, length)| {
        let what = format!("{path} cut to {length} bytes");
        let report = failed(&with(&base, path, files[*path][..*length].to_vec()), &what);
        let in_place = at(&report, path, None) || codes(&report) == [Code::BehindCheckpoint];
        // A segment that is short makes the next one's header wrong.
        let next = codes(&report).contains(&Code::SegmentHeader);
        assert!(in_place || next, "{what}: {:#?}", report.problems);
    });
}

#[test]
fn only_a_cut_between_commits_above_every_known_head_cannot_be_seen() {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    writer.append(&key(1), &[evidence("covered")]).unwrap();
    writer.checkpoint(&key(1)).unwrap();
    let mut kept = vec![(2, store.get("log/00000000.seg").unwrap().len())];
    for (i, of) in [1, 3, 1].into_iter().enumerate() {
        let batch: Vec<_> = (0..of).map(|n| evidence(&format!("{i} {n}"))).collect();
        writer.append(&key(1), &batch).unwrap();
        let entries = kept[kept.len() - 1].0 + of;
        kept.push((entries, store.get("log/00000000.seg").unwrap().len()));
    }
    let ledger = writer.ledger();
    let pin = {
        let other = store.duplicate();
        drop(writer);
        let mut writer = reopen(&other, &memory, &key(1), 5);
        writer.checkpoint(&key(1)).unwrap();
        other.get("checkpoint").unwrap()
    };
    let whole = store.get("log/00000000.seg").unwrap();
    for length in 0..whole.len() {
        let cut = with(&store, "log/00000000.seg", whole[..length].to_vec());
        let what = format!("cut to {length} bytes");
        let Some((entries, _)) = kept.iter().find(|(_, end)| *end == length) else {
            failed(&cut, &what);
            continue;
        };
        let report = assert_sound(&cut);
        assert_eq!(report.entries.0, *entries, "{what}");
        assert_eq!(report.not_yet_covered(), Some(entries - 2), "{what}");
        // It cannot be seen, so it is not said that this is the newest state.
        assert_eq!(report.answer(Verdict::Fresh), Answer::NotChecked);
        // Whoever remembers more sees it.
        let known = seaproof_ledger::memory::SignerMemory::recall(&memory, ledger, key(1).public())
            .unwrap()
            .unwrap();
        let pins = vec![Pin {
            checkpoint: pin.clone(),
        }];
        let options = Options {
            memories: vec![(key(1).public(), known)],
            pins,
            ..Options::default()
        };
        let report = verify(&cut, &options);
        assert_eq!(codes(&report), [Code::BehindPin, Code::BehindMemory]);
        assert_eq!(report.answer(Verdict::Complete), Answer::Fail);
        assert_eq!(report.answer(Verdict::Fresh), Answer::Fail);
        assert_eq!(report.answer(Verdict::Intact), Answer::Pass);
    }
}
