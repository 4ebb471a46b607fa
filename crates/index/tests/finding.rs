//! What is found, and that the index and the log find the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::Path;

use common::*;
use seaproof_evidence::EntryId;
use seaproof_index::{CaughtUp, Index, Known, Paging, Query, find_in_log};
use seaproof_ledger::ids::Standing;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::Writer;

const QUERIES: [&str; 32] = [
    "anchor",
    "note",
    "note 17",
    "anch*",
    "zzz",
    "paek yang san",
    "Baekyangsan",
    "백양산",
    "chonma*",
    "백*",
    "백양* kind:vessel",
    "\"oil berth\" report",
    "vessel:ship-0",
    "vessel:ship-2 port:RUVYP",
    "vessel:#3",
    "vessel:nothing",
    "imo:8691702",
    "mmsi:445123000",
    "callsign:hmzf",
    "port:KPCHO",
    "port:kpcho kind:port-call",
    "kind:vessel",
    "kind:author-admitted",
    "author:kim kind:sighting",
    "author:\"field desk\"",
    "author:nobody",
    "label:move-1",
    "label:ship-*",
    "from:2024-03-10 to:2024-03-12",
    "from:2024-12 kind:sighting",
    "to:2024-01-02",
    "slip",
];

/// Pages of each query: entries by number, and whether they may count.
fn found(index: &Index, reader: &Reader<'_>, query: &str) -> Vec<(u64, bool, bool)> {
    let query: Query = query.parse().unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let paging = Paging { limit: 7, after };
        let searched = index
            .find(reader, None, &query, paging, &mut |_, _| {})
            .unwrap();
        for hit in &searched.page.hits {
            all.push((hit.entry.index.0, hit.authorised, hit.suspect));
            if let Some(facts) = hit.entry.facts.known() {
                let called = |id| searched.page.called.contains_key(id);
                assert!(facts.refs.iter().all(called), "references have names");
            }
        }
        after = all.last().map(|hit| hit.0);
        if !searched.page.more {
            return all;
        }
    }
}

/// An index that cannot be: the log answers.
fn none(folder: &Path) -> Index {
    let place = folder.join("no-index");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    // A file where the folder should be.
    fs::write(place.join("index"), b"").unwrap();
    Index::of(&FolderStore::new(&place), SECRET)
}

fn agree(store: &FolderStore, folder: &Path) -> Vec<usize> {
    let (index, none) = (Index::of(store, SECRET), none(folder));
    let reader = match index.search_mark() {
        Some((mark, _)) => Reader::open_at(store, &mark).unwrap(),
        None => Reader::open(store, None).unwrap(),
    };
    let whole = Reader::open(store, None).unwrap();
    QUERIES
        .iter()
        .map(|query| {
            let by_index = found(&index, &reader, query);
            assert_eq!(by_index, found(&none, &whole, query), "{query}");
            assert!(by_index.is_sorted_by(|a, b| a.0 > b.0));
            by_index.len()
        })
        .collect()
}

fn id_of(store: &FolderStore, index: u64) -> EntryId {
    let reader = Reader::open(store, None).unwrap();
    let read = reader.entries().nth(index as usize).unwrap().unwrap();
    read.entry.id
}

#[test]
fn the_index_and_the_log_find_the_same_as_the_ledger_grows() {
    let dir = tempfile::tempdir().unwrap();
    let store = fleet(&dir.path().join("case"), 120, 50);
    let counts = agree(&store, dir.path());
    let count = |query: &str| {
        let at = QUERIES.iter().position(|q| *q == query).unwrap();
        counts[at]
    };
    assert_eq!(count("zzz"), 0);
    assert_eq!(count("note"), 120);
    assert_eq!(count("note 17"), 1);
    for spelling in ["paek yang san", "Baekyangsan", "백양산"] {
        assert_eq!(count(spelling), 1, "{spelling}");
    }
    for beginning in ["백*", "백양* kind:vessel"] {
        assert_eq!(count(beginning), 1, "{beginning}");
    }
    assert_eq!(count("vessel:ship-0"), 1 + 24);
    assert_eq!(count("imo:8691702"), 1);
    assert_eq!(count("callsign:hmzf"), 1);
    assert_eq!(count("port:KPCHO"), 30);
    assert_eq!(count("author:kim kind:sighting"), 60);
    assert_eq!(count("label:ship-*"), 5);
    assert!(count("from:2024-03-10 to:2024-03-12") > 0);
    assert_eq!(count("from:2024-12 kind:sighting"), 0);
    assert!(matches!(
        Index::of(&store, SECRET).catch_up(
            &Reader::open(&store, None).unwrap(),
            None,
            &mut |_, _| {}
        ),
        Ok(CaughtUp::Yes { added: 0 })
    ));
    // It grows in many ways: single entries, batches, governance, amendments, an unauthorised entry.
    let memory = VolatileMemory::new();
    let things: Vec<EntryId> = (1..6).map(|i| id_of(&store, i)).collect();
    let press = id_of(&store, 6);
    for (from, to) in [(120, 121), (121, 122), (122, 160), (160, 161), (161, 400)] {
        add(&store, &memory, &things, press, from..to, 30);
        agree(&store, dir.path());
    }
    let mut writer = Writer::open(&store, &memory, salts(), key(1).public()).unwrap();
    let last = id_of(&store, 300);
    writer
        .append(&key(1), &[retracting(last), revoking(key(2).public(), 250)])
        .unwrap();
    writer.close();
    let counts = agree(&store, dir.path());
    assert_eq!(counts[QUERIES.len() - 1], 1, "the retraction's reason");
    let suspects = found(
        &Index::of(&store, SECRET),
        &Reader::open(&store, None).unwrap(),
        "author:kim",
    );
    assert_eq!(suspects.iter().filter(|hit| hit.2).count(), 408 - 250);
}

#[test]
fn another_ledger_in_the_same_place_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (case, other) = (dir.path().join("case"), dir.path().join("other"));
    let store = fleet(&case, 60, 20);
    agree(&store, dir.path());
    fleet(&other, 60, 20);
    fs::remove_dir_all(case.join("log")).unwrap();
    fs::rename(other.join("log"), case.join("log")).unwrap();
    let store = FolderStore::new(&case);
    let (index, none) = (Index::of(&store, SECRET), none(dir.path()));
    let reader = Reader::open(&store, None).unwrap();
    for query in QUERIES {
        assert_eq!(
            found(&index, &reader, query),
            found(&none, &reader, query),
            "{query}"
        );
    }
}

#[test]
fn a_ledger_that_was_cut_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let case = dir.path().join("case");
    let store = fleet(&case, 60, 20);
    let small = dir.path().join("small");
    copy(&case.join("log"), &small);
    let memory = VolatileMemory::new();
    let things: Vec<EntryId> = (1..6).map(|i| id_of(&store, i)).collect();
    add(&store, &memory, &things, id_of(&store, 6), 60..90, 30);
    agree(&store, dir.path());
    fs::remove_dir_all(case.join("log")).unwrap();
    copy(&small, &case.join("log"));
    let store = FolderStore::new(&case);
    let reader = Reader::open(&store, None).unwrap();
    let (index, none) = (Index::of(&store, SECRET), none(dir.path()));
    for query in QUERIES {
        assert_eq!(found(&index, &reader, query), found(&none, &reader, query));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = fleet(&dir.path().join("case"), 30, 30);
    agree(&store, dir.path());
    let mut folders = vec![dir.path().join("case/index")];
    while let Some(folder) = folders.pop() {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for found in fs::read_dir(&folder).unwrap() {
            let path = found.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => assert_eq!(mode(&path), 0o600, "{}", path.display()),
            }
        }
    }
}

#[test]
fn a_name_counts_only_from_a_key_that_may_give_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = fleet(&dir.path().join("case"), 1, 1);
    let reader = Reader::open(&store, None).unwrap();
    let read = reader.entries().nth(7).unwrap().unwrap();
    let of = key(2).public();
    let (mut known, unauthorised) = (
        Known::default(),
        Standing {
            authorised: false,
            ..read.standing
        },
    );
    known.heed_names(&read.entry, unauthorised);
    assert_eq!(known.names.get(&of), None);
    known.heed_names(&read.entry, read.standing);
    assert_eq!(known.names.get(&of).map(String::as_str), Some("Anna Kim"));
}

#[test]
fn pages_are_bounded_by_what_they_hold() {
    let dir = tempfile::tempdir().unwrap();
    let store = FolderStore::new(dir.path().join("case"));
    let memory = VolatileMemory::new();
    let mut writer = begin(&store, &memory);
    // No words.
    let long = ".".repeat(15_900);
    for batch in 0..28 {
        let drafts: Vec<_> = (0..40)
            .map(|n| {
                let mut document = document(batch * 40 + n);
                document["note"] = long.as_str().into();
                draft(&document, None, vec![])
            })
            .collect();
        writer.append(&key(1), &drafts).unwrap();
    }
    writer.close();
    let reader = Reader::open(&store, None).unwrap();
    let query: Query = "tankers".parse().unwrap();
    let paging = Paging {
        limit: 10_000,
        after: None,
    };
    let page = find_in_log(&reader, &query, paging).unwrap();
    assert!(page.more && page.hits.len() < 1_100, "{}", page.hits.len());
    let index = Index::of(&store, SECRET);
    let by_index = index
        .find(&reader, None, &query, paging, &mut |_, _| {})
        .unwrap();
    assert_eq!(by_index.page.hits.len(), page.hits.len());
    assert!(by_index.page.more);
}

#[test]
fn bad_queries_say_why() {
    for (query, says) in [
        ("", "nothing to look for"),
        ("!!", "nothing to look for"),
        ("ship:x", "no \"ship\""),
        ("imo:123", "imo:123"),
        ("from:yesterday", "not a date"),
        ("from:2024-03 to:2024-02", "to:2024-02: it ends before"),
        ("exhibit:xyz", "hexadecimal"),
        ("vessel:#x", "label"),
    ] {
        let error = query.parse::<Query>().unwrap_err().to_string();
        assert!(error.contains(says), "{query}: {error}");
    }
    for query in [
        "\"ship:x\"",
        "from:2024-03 to:2024-03",
        // A company's number has another check digit.
        "imo:5342883",
    ] {
        assert!(query.parse::<Query>().is_ok(), "{query}");
    }
    assert!("x ".repeat(65).parse::<Query>().is_err());
}
