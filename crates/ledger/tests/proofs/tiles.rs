//! The published form: deterministic, incremental, and everything in it that is not what it should be is found.

use super::*;
use seaproof_ledger::ids::TreeSize;
use seaproof_ledger::tiles::{BUNDLED_LEN, ExportError, Exported, export, names};
use seaproof_ledger::verify::{Options, Pin, Report, verify_tiles};

fn publish(log: &MemoryStore, to: &MemoryStore) -> Result<Exported, ExportError> {
    export(log, to, &|_| {})
}

fn published(log: &MemoryStore) -> MemoryStore {
    let to = MemoryStore::new();
    publish(log, &to).unwrap();
    to
}

/// A large ledger, made in batches.
fn large(entries: usize) -> MemoryStore {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    let drafts: Vec<Draft> = (1..entries)
        .map(|i| evidence(&format!("seen {i}")))
        .collect();
    for batch in drafts.chunks(500) {
        writer.append(&key(1), batch).unwrap();
    }
    writer.checkpoint(&key(1)).unwrap();
    writer.close();
    store
}

fn grow(store: &MemoryStore, entries: usize) {
    let drafts: Vec<Draft> = (0..entries)
        .map(|i| evidence(&format!("more {i}")))
        .collect();
    append(store, &key(1), &drafts);
}

fn judged(tiles: &MemoryStore) -> Report {
    verify_tiles(tiles, &Options::default(), &[])
}

fn codes_of(report: &Report) -> Vec<Code> {
    let mut codes: Vec<Code> = report.problems.iter().map(|p| p.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn an_export_holds_what_the_specification_names_and_passes() {
    for entries in [1, 2, 255, 256, 257, 600] {
        let log = large(entries);
        let tiles = published(&log);
        let mut expected: Vec<String> = names(TreeSize(entries as u64))
            .map(|name| name.path())
            .chain(["checkpoint".into()])
            .collect();
        expected.sort();
        let mut found = tiles.paths();
        found.sort();
        assert_eq!(found, expected);
        assert_eq!(tiles.get("checkpoint"), log.get("checkpoint"));
        let report = judged(&tiles);
        assert_eq!(codes_of(&report), [], "{entries}");
        for (verdict, answer) in [
            (Verdict::Intact, Answer::Pass),
            (Verdict::Complete, Answer::Pass),
            (Verdict::Attributable, Answer::Pass),
            (Verdict::Authorised, Answer::Withheld),
            (Verdict::Fresh, Answer::NotChecked),
        ] {
            assert_eq!(report.answer(verdict), answer, "{}", verdict.name());
        }
        assert_eq!(report.entries, TreeSize(entries as u64));
        assert_eq!(report.signing_keys.len(), 1);
    }
}

#[test]
fn a_later_export_writes_what_is_new_and_ends_where_a_fresh_one_does() {
    let log = large(300);
    let tiles = published(&log);
    let again = publish(&log, &tiles).unwrap();
    assert_eq!((again.written, again.kept), (0, 5));
    for growth in [1, 200, 20, 400] {
        grow(&log, growth);
        let before = snapshot(&tiles);
        publish(&log, &tiles).unwrap();
        let (now, fresh) = (snapshot(&tiles), snapshot(&published(&log)));
        for (path, bytes) in &fresh {
            assert_eq!(now.get(path), Some(bytes), "{path}");
        }
        // What else is there are partial tiles of earlier heads, in whose place no full one stands.
        for path in now.keys().filter(|path| !fresh.contains_key(*path)) {
            let (full, _) = path.split_once(".p/").unwrap();
            assert!(!now.contains_key(full), "{path}");
            assert_eq!(now.get(path), before.get(path));
        }
        assert_eq!(codes_of(&judged(&tiles)), []);
    }
}

#[test]
fn a_published_head_is_never_taken_back() {
    let log = large(300);
    let older = MemoryStore::new();
    for (path, bytes) in snapshot(&log) {
        older.put(&path, bytes);
    }
    grow(&log, 10);
    let tiles = published(&log);
    let before = snapshot(&tiles);
    assert!(matches!(
        publish(&older, &tiles),
        Err(ExportError::Older { .. })
    ));
    // Another history of the same ledger, shorter and longer.
    grow(&older, 9);
    append(&older, &key(1), &[evidence("another")]);
    assert!(matches!(
        publish(&older, &tiles),
        Err(ExportError::Fork { .. })
    ));
    assert_eq!(snapshot(&tiles), before);
    append(&older, &key(1), &[evidence("and on")]);
    assert!(matches!(
        publish(&older, &tiles),
        Err(ExportError::Fork { .. })
    ));
    assert_eq!(tiles.get("checkpoint"), before.get("checkpoint").cloned());
    // What that left behind does not stay once the right one goes on.
    grow(&log, 300);
    publish(&log, &tiles).unwrap();
    assert_eq!(codes_of(&judged(&tiles)), []);
    // Another ledger, and a folder of something else.
    let other = MemoryStore::new();
    let mut forge = forge::Forge::begun_with(|made| made.statement.recorded_at.0 += 1);
    forge.add(&key(1), evidence("x"));
    for (path, bytes) in forge.finish() {
        other.put(&path, bytes);
    }
    assert!(matches!(
        publish(&other, &tiles),
        Err(ExportError::Occupied { .. })
    ));
    let strange = MemoryStore::new();
    strange.put("notes.txt", b"mine".to_vec());
    assert!(matches!(
        publish(&log, &strange),
        Err(ExportError::Occupied { .. })
    ));
}

#[test]
fn nothing_is_published_that_the_checkpoint_does_not_bear_out() {
    let log = large(300);
    let path = "log/00000000.seg";
    let mut bytes = log.get(path).unwrap();
    // In a leaf of the first entries.
    bytes[62 + 13 + 200] ^= 1;
    log.put(path, bytes);
    let tiles = MemoryStore::new();
    assert!(publish(&log, &tiles).is_err());
    assert_eq!(tiles.get("checkpoint"), None);
}

#[test]
fn what_is_wrong_with_a_file_is_found() {
    let files = snapshot(&published(&large(600)));
    let case = |change: &dyn Fn(&mut forge::Files)| {
        let mut files = files.clone();
        change(&mut files);
        let tiles = MemoryStore::new();
        for (path, bytes) in files {
            tiles.put(&path, bytes);
        }
        judged(&tiles)
    };
    let expect = |name: &str, expected: &[Code], report: Report| {
        assert_eq!(
            codes_of(&report),
            expected,
            "{name}: {:#?}",
            report.problems
        );
        report
    };
    for path in ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"] {
        let report = expect("a swapped hash", &[Code::TileHash], {
            case(&|f| f.get_mut(path).unwrap().rotate_left(32))
        });
        assert_eq!(report.answer(Verdict::Intact), Answer::Fail);
        let report = expect(
            "missing",
            &[Code::TileMissing],
            case(&|f| drop(f.remove(path))),
        );
        assert_eq!(report.answer(Verdict::Complete), Answer::Fail);
        assert_eq!(report.answer(Verdict::Intact), Answer::Pass);
        let longer = case(&|f| f.get_mut(path).unwrap().extend([0; 32]));
        expect("a hash too many", &[Code::TileMalformed], longer);
        let shorter = case(&|f| f.get_mut(path).unwrap().truncate(33));
        expect("cut off", &[Code::TileMalformed], shorter);
    }
    let last = "tile/entries/002.p/88";
    for path in ["tile/entries/001", last] {
        let report = expect(
            "no bundle",
            &[Code::TileMissing],
            case(&|f| drop(f.remove(path))),
        );
        assert!(report.stopped && report.entries.0 < 600);
        assert_eq!(report.answer(Verdict::Complete), Answer::Fail);
        let oversized = case(&|f| f.get_mut(path).unwrap().extend([0; BUNDLED_LEN]));
        expect("an oversized bundle", &[Code::TileMalformed], oversized);
        let length = case(&|f| f.get_mut(path).unwrap()[1] ^= 1);
        expect("another length", &[Code::TileMalformed], length);
    }
    let swapped = case(&|f| f.get_mut(last).unwrap().rotate_left(BUNDLED_LEN));
    let found = codes_of(&swapped);
    for code in [Code::TileHash, Code::Fork, Code::AuthorGap] {
        assert!(found.contains(&code), "{found:?}");
    }
    let signature = case(&|f| f.get_mut(last).unwrap()[BUNDLED_LEN - 1] ^= 1);
    expect(
        "another signature",
        &[Code::Fork, Code::TileHash, Code::SignatureInvalid],
        signature,
    );
    expect(
        "no checkpoint",
        &[Code::NotALedger],
        case(&|f| drop(f.remove("checkpoint"))),
    );
    let no_note = case(&|f| drop(f.insert("checkpoint".into(), b"seaproof".to_vec())));
    expect("no note", &[Code::CheckpointMalformed], no_note);
    let larger = published(&large(601)).get("checkpoint").unwrap();
    let report = case(&|f| drop(f.insert("checkpoint".into(), larger.clone())));
    expect("a larger checkpoint", &[Code::TileMissing], report);
    let rolled = published(&large(599)).get("checkpoint").unwrap();
    let report = case(&|f| drop(f.insert("checkpoint".into(), rolled.clone())));
    // The partial files of that size are not there.
    expect("a smaller checkpoint", &[Code::TileMissing], report);
}

#[test]
fn heads_are_held_against_tiles_and_only_those_of_the_callers_keys() {
    let log = ledger_of(40);
    let ledger = id_of(&log);
    let tiles = published(&log);
    let judged = |pins: Vec<Vec<u8>>, keys: &[VerifierKey]| {
        let pins = pins.into_iter().map(|checkpoint| Pin { checkpoint });
        let options = Options {
            pins: pins.collect(),
            ..Options::default()
        };
        verify_tiles(&tiles, &options, keys)
    };
    let keys = [vkey(&ledger, 1)];
    let report = judged(vec![log.get("checkpoint").unwrap()], &keys);
    assert_eq!(codes_of(&report), []);
    assert_eq!(report.answer(Verdict::Fresh), Answer::Pass);
    let mut head = Prover::open(&log).unwrap().head();
    head.root.0[0] ^= 1;
    let report = judged(vec![checkpoint(&ledger, head, &key(1))], &keys);
    assert_eq!(codes_of(&report), [Code::Fork]);
    head.size.0 = 41;
    let report = judged(vec![checkpoint(&ledger, head, &key(1))], &keys);
    assert_eq!(codes_of(&report), [Code::BehindPin]);
    assert_eq!(report.answer(Verdict::Complete), Answer::Fail);
    // The investigator is no custodian, whatever genesis says.
    let report = judged(Vec::new(), &[vkey(&ledger, 2)]);
    assert_eq!(codes_of(&report), [Code::CheckpointSignature]);
    let report = judged(Vec::new(), &[vkey(&LedgerId([7; 32]), 1)]);
    assert!(codes_of(&report).contains(&Code::WrongLedger));
}

#[test]
fn leaves_show_forked_chains_and_false_heads() {
    let mut forge = forge::Forge::new();
    forge.add(&key(1), admitting(key(2).public(), Role::Investigator));
    forge.add(&key(2), evidence("a"));
    forge.add_with(&key(2), evidence("b"), |made| made.statement.seq.0 = 0);
    forge.add_with(&key(2), evidence("c"), |made| {
        made.statement.observed.root.0[0] ^= 1;
    });
    // Nothing of governance stands behind it.
    let prev = *forge.ids.last().unwrap();
    forge.add_with(&key(3), evidence("d"), |made| made.statement.prev = prev);
    let store = MemoryStore::new();
    for (path, bytes) in forge.finish() {
        store.put(&path, bytes);
    }
    let report = judged(&published(&store));
    let found = codes_of(&report);
    for code in [Code::AuthorFork, Code::ObservedRoot, Code::WrongPrev] {
        assert!(found.contains(&code), "{found:?}");
    }
    assert_eq!(report.answer(Verdict::Authorised), Answer::Withheld);
}
