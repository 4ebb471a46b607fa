//! Whatever is done to the files of a ledger, verification finds it, says where, and writes nothing.

mod common;

use std::collections::BTreeMap;

use common::*;
use rayon::prelude::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::ids::Role;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::record::{
    RECORD_HEADER_LEN, RecordHeader, SEGMENT_HEADER_LEN, SegmentHeader, encode_record, segment_path,
};
use seaproof_ledger::store::{FolderStore, MemoryStore, Store};
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

#[test]
fn every_file_is_missed() {
    let base = small();
    for path in authoritative(&base).keys() {
        let store = without(&base, path);
        let expected = match path.as_str() {
            "log/00000000.seg" | "log/00000001.seg" => Code::SegmentMissing,
            "log/00000002.seg" => Code::BehindCheckpoint,
            "checkpoint" => {
                let report = report(&store);
                assert_eq!(codes(&report), []);
                assert_eq!(report.answer(Verdict::Complete), Answer::NotChecked);
                assert_eq!(report.answer(Verdict::Intact), Answer::Pass);
                assert!(report.notices.iter().any(|n| n.contains("no checkpoint")));
                continue;
            }
            _ => Code::ExhibitMissing,
        };
        let report = failed(&store, path);
        assert_eq!(codes(&report), [expected], "{path}");
        let file = match expected {
            Code::BehindCheckpoint => "checkpoint",
            _ => path,
        };
        assert!(at(&report, file, None), "{path}: {:#?}", report.problems);
    }
    let nothing = MemoryStore::new();
    let report = report(&nothing);
    assert_eq!(codes(&report), [Code::NotALedger]);
    assert!(!report.answers.contains(&Answer::Fail) && !passes(&report));
}

/// The log as records in segments, to be put together anew.
struct Pieces {
    headers: Vec<Vec<u8>>,
    /// Number of the segment, and the record.
    records: Vec<(usize, Vec<u8>)>,
}

impl Pieces {
    fn of(base: &MemoryStore) -> Self {
        let (mut headers, mut all) = (Vec::new(), Vec::new());
        for number in 0..3 {
            let bytes = base.get(&segment_path(number)).unwrap();
            headers.push(bytes[..SEGMENT_HEADER_LEN].to_vec());
            let records = records(&bytes).into_iter().map(|r| bytes[r].to_vec());
            all.extend(records.map(|r| (number as usize, r)));
        }
        Self {
            headers,
            records: all,
        }
    }

    fn put(&self, base: &MemoryStore, records: &[(usize, Vec<u8>)]) -> MemoryStore {
        let store = base.duplicate();
        for (number, header) in self.headers.iter().enumerate() {
            let mut bytes = header.clone();
            for (_, record) in records.iter().filter(|(n, _)| *n == number) {
                bytes.extend_from_slice(record);
            }
            store.put(&segment_path(number as u64), bytes);
        }
        store
    }
}

/// The record with other flags and the CRC for them.
fn flagged(record: &[u8], flags: u8) -> Vec<u8> {
    let mut out = Vec::new();
    encode_record(&mut out, flags, |out| {
        out.extend_from_slice(&record[RECORD_HEADER_LEN..]);
    });
    out
}

#[test]
fn records_swapped_dropped_or_doubled_are_found() {
    let base = small();
    let pieces = Pieces::of(&base);
    let all = &pieces.records;
    let count = all.len();
    assert_eq!(count, 7);
    for i in 0..count {
        let mut dropped = all.clone();
        dropped.remove(i);
        failed(&pieces.put(&base, &dropped), &format!("#{i} dropped"));
        for j in 0..count {
            let mut doubled = all.clone();
            // As it is, and as a commit of its own.
            for record in [all[i].1.clone(), flagged(&all[i].1, 3)] {
                doubled.insert(j + 1, (all[j].0, record));
                let what = format!("#{i} again behind #{j}");
                failed(&pieces.put(&base, &doubled), &what);
                doubled.remove(j + 1);
            }
            if i < j {
                let mut swapped = all.clone();
                swapped[i].1 = all[j].1.clone();
                swapped[j].1 = all[i].1.clone();
                let what = format!("#{i} and #{j} swapped");
                failed(&pieces.put(&base, &swapped), &what);
                // Commits as they were: only what was signed tells.
                swapped[i].1 = flagged(&all[j].1, all[i].1[4]);
                swapped[j].1 = flagged(&all[i].1, all[j].1[4]);
                let report = failed(&pieces.put(&base, &swapped), &what);
                assert!(!codes(&report).contains(&Code::RecordDamaged), "{what}");
            }
        }
    }
}

#[test]
fn files_swapped_are_found() {
    let base = small();
    let files: Vec<(String, Vec<u8>)> = authoritative(&base).into_iter().collect();
    for (i, (one, first)) in files.iter().enumerate() {
        for (other, second) in &files[i + 1..] {
            let store = with(&base, one, second.clone());
            store.put(other, first.clone());
            let what = format!("{one} and {other} swapped");
            let report = failed(&store, &what);
            assert!(at(&report, one, None) || at(&report, other, None), "{what}");
            if one.starts_with("exhibits/") && other.starts_with("exhibits/") {
                assert_eq!(codes(&report), [Code::ExhibitDigest]);
                assert!(at(&report, one, None) && at(&report, other, None));
                assert_eq!(report.answer(Verdict::Complete), Answer::Pass);
                assert_eq!(report.exhibits.sound, 0);
            }
        }
    }
    // Segments in each other's place, with headers that fit it.
    let segment = |n| base.get(&segment_path(n)).unwrap();
    let ledger = report(&base).ledger.unwrap();
    let header = |number, first| {
        let header = SegmentHeader {
            ledger,
            number,
            first,
        };
        header.encode().to_vec()
    };
    let firsts = [0, records(&segment(0)).len()];
    let moved = |from: u64, number, first| {
        let mut bytes = header(number, first);
        bytes.extend_from_slice(&segment(from)[SEGMENT_HEADER_LEN..]);
        bytes
    };
    let store = with(&base, &segment_path(1), moved(2, 1, firsts[1] as u64));
    let first = firsts[1] + records(&segment(2)).len();
    store.put(&segment_path(2), moved(1, 2, first as u64));
    let report = failed(&store, "segments swapped, with headers");
    assert!(codes(&report).contains(&Code::ObservedAhead));
}

#[test]
fn what_is_added_to_a_file_is_found() {
    let base = small();
    let elsewhere = {
        let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
        let mut writer = Writer::init(
            &store,
            &memory,
            Box::new(CountingSalts(1 << 40)),
            &key(1),
            &genesis(),
            &[evidence("of another ledger")],
        )
        .unwrap();
        writer.checkpoint(&key(1)).unwrap();
        let bytes = store.get("log/00000000.seg").unwrap();
        let last = records(&bytes).pop().unwrap();
        flagged(&bytes[last], 3)
    };
    let own = flagged(&Pieces::of(&base).records[3].1, 3);
    let mut work = Vec::new();
    for length in [1, 2, 3, 12, 13, 62, 511, 4_096] {
        let garbage: Vec<u8> = (0..length).map(|i: u32| (i * 37 + 11) as u8).collect();
        work.extend([
            garbage,
            vec![0; length as usize],
            vec![0xff; length as usize],
        ]);
    }
    work.push(b"SPR1".to_vec());
    work.push(b"\n".to_vec());
    work.extend([&elsewhere, &own].map(|r| r[..r.len() - 1].to_vec()));
    for (path, bytes) in authoritative(&base) {
        for added in &work {
            let mut longer = bytes.clone();
            longer.extend_from_slice(added);
            let what = format!("{} bytes behind {path}", added.len());
            let report = failed(&with(&base, &path, longer), &what);
            assert!(at(&report, &path, None), "{what}: {:#?}", report.problems);
            if path == "log/00000002.seg" {
                assert_eq!(codes(&report), [Code::TornTail], "{what}");
                assert!(at(&report, &path, Some(bytes.len())));
            }
        }
        for (added, code) in [(&elsewhere, Code::WrongLedger), (&own, Code::AuthorFork)] {
            let mut longer = bytes.clone();
            longer.extend_from_slice(added);
            let report = failed(&with(&base, &path, longer), &path);
            if path == "log/00000002.seg" {
                assert!(codes(&report).contains(&code), "{:?}", codes(&report));
                assert!(at(&report, &path, Some(bytes.len())));
            }
        }
    }
}

#[test]
fn names_that_are_no_part_of_a_ledger_change_nothing() {
    let base = small();
    for path in [
        "log/note.txt",
        "log/0000001.seg",
        "log/000000001.seg",
        "log/00000003.seg.incoming",
        "exhibits/.incoming-0123",
        "exhibits/ab/short",
        "exhibits/stray",
        "cache/state",
        "checkpoint.incoming",
        "index/db",
        "README",
    ] {
        assert_sound(&with(&base, path, b"anything".to_vec()));
    }
    let segment = base.get("log/00000002.seg").unwrap();
    let extra = failed(&with(&base, "log/00000004.seg", segment.clone()), "a gap");
    assert_eq!(codes(&extra), [Code::SegmentMissing]);
    failed(&with(&base, "log/00000003.seg", segment), "a copy");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_taken_for_one() {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    let names = |root: &Path| -> BTreeMap<std::path::PathBuf, (u64, std::fs::FileType)> {
        let mut all = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let found = std::fs::symlink_metadata(entry.path()).unwrap();
                if found.is_dir() {
                    folders.push(entry.path());
                }
                all.insert(entry.path(), (found.len(), found.file_type()));
            }
        }
        all
    };
    type Replace = fn(&Path, &Path);
    let ways: [(&str, Replace); 5] = [
        ("link to the same bytes", |path, aside| {
            std::fs::rename(path, aside).unwrap();
            symlink(aside, path).unwrap();
        }),
        ("loop", |path, aside| {
            std::fs::rename(path, aside).unwrap();
            symlink(path, path).unwrap();
        }),
        ("dangling link", |path, aside| {
            std::fs::rename(path, aside).unwrap();
            symlink(aside.join("gone"), path).unwrap();
        }),
        ("pipe", |path, aside| {
            std::fs::rename(path, aside).unwrap();
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.unwrap().success());
        }),
        ("folder", |path, aside| {
            std::fs::rename(path, aside).unwrap();
            std::fs::create_dir(path).unwrap();
        }),
    ];
    for (way, replace) in ways {
        let sample = small();
        let mut paths: Vec<String> = authoritative(&sample).into_keys().collect();
        let exhibit = paths.iter().find(|p| p.starts_with("exhibits/")).unwrap();
        // The folder of an exhibit as well.
        paths.push(exhibit[.."exhibits/ab".len()].to_owned());
        for path in paths {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("case");
            let store = FolderStore::new(&root);
            write_small(&store, &VolatileMemory::new());
            replace(&root.join(&path), &folder.path().join("aside"));
            let before = names(&root);
            let report = report(&store);
            let what = format!("{path}: a {way}");
            assert!(before == names(&root), "{what}: verification wrote");
            if path.len() == "exhibits/ab".len() && way == "folder" {
                assert_eq!(codes(&report), [Code::ExhibitMissing], "{what}");
            } else if path.starts_with("exhibits/") {
                assert_eq!(codes(&report), [Code::ExhibitNotAFile], "{what}");
                assert_eq!(report.problems[0].named_by.len(), 1);
            }
            assert!(!passes(&report), "{what}: {:?}", report.answers);
            assert!(!report.problems.is_empty(), "{what}");
        }
    }
}
