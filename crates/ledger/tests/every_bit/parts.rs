//! Whole parts taken away, swapped, doubled, added, or put there as something else.

use std::collections::BTreeMap;

use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::record::{
    RECORD_HEADER_LEN, SEGMENT_HEADER_LEN, SegmentHeader, encode_record, segment_path,
};
use seaproof_ledger::store::{FolderStore, MemoryStore};
use seaproof_ledger::verify::{Answer, Code, Verdict};
use seaproof_ledger::writer::Writer;

use super::common::*;
use super::{at, codes, failed, records, small, with, without, write_small};

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
