//! Whatever happens to the files of the index, what is found is what the log holds.
//!
//! `SEAPROOF_FAULTS` sets how many faults are tried (400).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use seaproof_index::{CaughtUp, Index, Paging, Query};
use seaproof_ledger::ids::TreeSize;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use serde_json::{Value, json};

const QUERIES: [&str; 4] = [
    "note anchor",
    "vessel:ship-2 port:RUVYP",
    "Baekyangsan",
    "author:kim from:2024-03-01 to:2024-04",
];

fn found(index: &Index, reader: &Reader<'_>, query: &str) -> (Vec<u64>, CaughtUp) {
    let query: Query = query.parse().unwrap();
    let paging = Paging {
        limit: 1_000,
        after: None,
    };
    let searched = index
        .find(reader, None, &query, paging, &mut |_, _| {})
        .unwrap();
    let hits = searched.page.hits.iter().map(|hit| hit.entry.index.0);
    (hits.collect(), searched.index)
}

/// All files below, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for found in fs::read_dir(folder).unwrap() {
            let path = found.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let path = found.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(fs::copy(&path, &to).unwrap()),
        }
    }
}

struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) % below.max(1) as u64) as usize
    }
}

/// Does something to one file; says what.
fn fault(random: &mut SplitMix, index: &Path) -> String {
    let files = files(index);
    let path = &files[random.below(files.len())];
    let mut bytes = fs::read(path).unwrap();
    let at = random.below(bytes.len());
    let most = [64, 8_192][random.below(2)];
    let length = 1 + random.below(most);
    let what = match random.below(7) {
        0 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        1 if !bytes.is_empty() => {
            bytes[at] ^= 1 << random.below(8);
            format!("a bit of byte {at}")
        }
        2 => {
            for byte in bytes.iter_mut().skip(at).take(length) {
                *byte = 0;
            }
            format!("{length} zeros at {at}")
        }
        3 => {
            for byte in bytes.iter_mut().skip(at).take(length) {
                *byte = random.below(256) as u8;
            }
            format!("{length} bytes of noise at {at}")
        }
        4 => {
            fs::remove_file(path).unwrap();
            return format!("{} removed", path.display());
        }
        5 => {
            let from = random.below(bytes.len());
            let part: Vec<u8> = bytes.iter().skip(from).take(length).copied().collect();
            for (byte, other) in bytes.iter_mut().skip(at).zip(part) {
                *byte = other;
            }
            format!("{length} bytes of {from} copied to {at}")
        }
        _ => {
            bytes.extend_from_slice(&vec![0x5a; length]);
            format!("{length} bytes more")
        }
    };
    fs::write(path, bytes).unwrap();
    format!("{}: {what}", path.display())
}

#[test]
fn a_damaged_index_never_gives_a_wrong_answer() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let store = fleet(&case, 700, 350);
    let index = Index::of(&store, SECRET);
    let reader = Reader::open(&store, None).unwrap();
    let expected: Vec<Vec<u64>> = QUERIES
        .iter()
        .map(|query| found(&index, &reader, query).0)
        .collect();
    assert!(expected.iter().all(|found| !found.is_empty()));
    let mark = reader.mark().unwrap();
    let answer = json!({"vessels": expected});
    let agreed = Some(reader.head());
    let kept = index.keep("vessels", &mark, agreed, &answer);
    assert_eq!(kept, seaproof_index::Kept::Yes);
    let state = seaproof_replay::State::new();
    assert_eq!(
        index.keep_state(&mark, agreed, &state),
        seaproof_index::Kept::Yes,
        "a state"
    );
    assert!(
        index.stored_state().is_none(),
        "a state of no entries is not that of the mark"
    );
    let sound = dir.path().join("sound");
    copy(&case.join("index"), &sound);
    let faults = std::env::var("SEAPROOF_FAULTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400);
    let mut random = SplitMix(3);
    let (mut rebuilt, mut unused, mut unharmed, mut lost) = (0, 0, 0, 0);
    for n in 0..faults {
        let _ = fs::remove_dir_all(case.join("index"));
        copy(&sound, &case.join("index"));
        let what = fault(&mut random, &case.join("index"));
        let reader = match index.search_mark() {
            Some((mark, _)) => Reader::open_at(&store, &mark).unwrap(),
            None => Reader::open(&store, None).unwrap(),
        };
        match index.stored("vessels") {
            Some(stored) => {
                assert_eq!(stored.value::<Value>().as_ref(), Some(&answer), "{what}");
                assert_eq!(stored.mark, mark, "{what}");
                assert_eq!(stored.agreed, agreed, "{what}");
            }
            None => lost += 1,
        }
        let at = n % QUERIES.len();
        let (hits, how) = found(&index, &reader, QUERIES[at]);
        assert_eq!(hits, expected[at], "{what}: {how:?}");
        match how {
            CaughtUp::Yes { added: 0 } => unharmed += 1,
            CaughtUp::Yes { .. } | CaughtUp::Rebuilt => rebuilt += 1,
            CaughtUp::No(_) => unused += 1,
        }
    }
    println!(
        "{faults} faults: {rebuilt} made anew, {unused} read from the log, {unharmed} unharmed; \
         {lost} answers not used"
    );
    assert!(rebuilt > faults / 10, "the faults do harm");
    assert!(!case.join("index/damaged").exists(), "a sound one stands");
    assert!(
        !case.join("index.damaged").exists(),
        "whoever removes the folder removes everything"
    );
}

#[test]
fn an_index_that_another_process_holds_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store: FolderStore = fleet(&dir.path().join("case"), 40, 40);
    let index = Index::of(&store, SECRET);
    let reader = Reader::open(&store, None).unwrap();
    let (expected, how) = found(&index, &reader, QUERIES[0]);
    assert_eq!(how, CaughtUp::Yes { added: 48 });
    let held = sled::open(dir.path().join("case/index/sled")).unwrap();
    let (hits, how) = found(&index, &reader, QUERIES[0]);
    assert_eq!(hits, expected);
    assert!(matches!(how, CaughtUp::No(_)), "{how:?}");
    drop(held);
}

/// Everything below a folder with what it holds.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = files(folder).into_iter();
    files
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn nothing_is_removed_while_another_process_holds_the_lock() {
    let dir = tempfile::tempdir().unwrap();
    let store = fleet(&dir.path().join("case"), 40, 40);
    let reader = Reader::open(&store, None).unwrap();
    let (expected, _) = found(&Index::of(&store, SECRET), &reader, QUERIES[0]);
    let folder = dir.path().join("case/index");
    let lock = fs::File::options()
        .write(true)
        .open(folder.join("lock"))
        .unwrap();
    lock.try_lock().unwrap();
    // As it looks to whoever comes while the other has not written its manifest yet, or is of another version.
    fs::write(folder.join("search"), b"not yet").unwrap();
    let before = contents(&folder);
    let index = Index::of(&store, SECRET);
    let (hits, how) = found(&index, &reader, QUERIES[0]);
    assert_eq!(hits, expected);
    assert!(matches!(how, CaughtUp::No(_)), "{how:?}");
    let how = index.rebuild(&reader, None, &mut |_, _| {}).unwrap();
    assert!(matches!(how, CaughtUp::No(_)), "{how:?}");
    assert!(contents(&folder) == before, "nothing was touched");
    drop(lock);
    let (hits, how) = found(&index, &reader, QUERIES[0]);
    assert_eq!((hits, how), (expected, CaughtUp::Yes { added: 48 }));
}

#[test]
fn a_reader_that_was_opened_earlier_leaves_the_index_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = fleet(&dir.path().join("case"), 40, 40);
    let index = Index::of(&store, SECRET);
    let early = Reader::open(&store, Some(TreeSize(20))).unwrap();
    let (expected, _) = found(&index, &Reader::open(&store, None).unwrap(), QUERIES[0]);
    let folder = dir.path().join("case/index");
    let before = fs::read(folder.join("search")).unwrap();
    let (hits, how) = found(&index, &early, QUERIES[0]);
    assert!(matches!(how, CaughtUp::No(_)), "{how:?}");
    assert!(hits.len() < expected.len());
    assert_eq!(fs::read(folder.join("search")).unwrap(), before);
}

#[test]
fn what_somebody_else_kept_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let store = fleet(&dir.path().join("case"), 40, 40);
    let reader = Reader::open(&store, None).unwrap();
    let (mark, theirs) = (reader.mark().unwrap(), Index::of(&store, [8; 32]));
    assert_eq!(
        theirs.keep("vessels", &mark, None, &json!({"vessels": "forged"})),
        seaproof_index::Kept::Yes
    );
    let (expected, _) = found(&theirs, &reader, QUERIES[0]);
    let ours = Index::of(&store, SECRET);
    assert!(theirs.stored("vessels").is_some());
    assert!(ours.stored("vessels").is_none(), "another key");
    assert!(ours.search_mark().is_none(), "another key");
    let (hits, how) = found(&ours, &reader, QUERIES[0]);
    assert_eq!((hits, how), (expected, CaughtUp::Yes { added: 48 }));
    // One answer is not taken for another, whoever kept it.
    assert_eq!(
        ours.keep("vessels", &mark, None, &json!({})),
        seaproof_index::Kept::Yes
    );
    let answers = dir.path().join("case/index/answers");
    fs::copy(answers.join("vessels"), answers.join("quota")).unwrap();
    assert!(ours.stored("vessels").is_some());
    assert!(ours.stored("quota").is_none());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let store = fleet(&case, 40, 40);
    let reader = Reader::open(&store, None).unwrap();
    let (expected, _) = found(&Index::of(&store, SECRET), &reader, QUERIES[0]);
    let mine = dir.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("letter"), b"keep me").unwrap();
    for link in [
        "index",
        "index/sled",
        "index/answers",
        "index/lock",
        "index/sled/db",
    ] {
        let _ = fs::remove_dir_all(case.join("index"));
        let _ = fs::remove_file(case.join("index"));
        let index = Index::of(&store, SECRET);
        found(&index, &reader, QUERIES[0]);
        let place = case.join(link);
        let to = match link {
            "index/lock" | "index/sled/db" => mine.join("letter"),
            _ => mine.clone(),
        };
        let _ = fs::remove_dir_all(&place);
        let _ = fs::remove_file(&place);
        std::os::unix::fs::symlink(to, &place).unwrap();
        let (hits, _) = found(&index, &reader, QUERIES[0]);
        let _ = index.keep("vessels", &reader.mark().unwrap(), None, &json!({}));
        let _ = index.rebuild(&reader, None, &mut |_, _| {});
        assert_eq!(hits, expected, "{link}");
        let left: Vec<_> = contents(&mine);
        assert_eq!(left, [(mine.join("letter"), b"keep me".to_vec())], "{link}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_searched_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let store = fleet(&case, 40, 40);
    let reader = Reader::open(&store, None).unwrap();
    let (expected, _) = found(&Index::of(&store, SECRET), &reader, QUERIES[0]);
    fs::remove_dir_all(case.join("index")).unwrap();
    let mode = |mode| fs::set_permissions(&case, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    let (hits, how) = found(&Index::of(&store, SECRET), &reader, QUERIES[0]);
    mode(0o700);
    assert_eq!(hits, expected);
    // Whoever may do everything can write there too.
    if !case.join("index").exists() {
        assert!(matches!(how, CaughtUp::No(_)), "{how:?}");
    }
}
