//! What goes, what stays, and what is refused.

use seaproof_ledger::ids::TreeSize;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::statement::Head;
use seaproof_ledger::writer::WriteError;

use crate::*;

#[test]
fn what_is_redacted_is_in_no_file_and_everything_else_is_as_it_was() {
    let case = Case::new();
    let ids = case.record(
        &key(2),
        &[evidence("before"), secret(7), evidence("between")],
    );
    case.record(&key(3), &[evidence("behind")]);
    let pin = case.store.get("checkpoint").unwrap();
    let salts = salts_of(&case.store, ids[1]);
    assert_eq!(salts.len(), 2);
    let words = [
        format!("{SECRET} 7"),
        format!("{INFORMANT} 7"),
        "hidden-7".into(),
    ];
    for bytes in words
        .iter()
        .map(|w| w.as_bytes())
        .chain(salts.iter().map(|s| &s[..]))
    {
        assert!(!holding(&case.store, bytes).is_empty(), "it was there");
    }
    case.store
        .put("index/answers/state", words[0].as_bytes().to_vec());
    case.store
        .put("index/sled/db", words[1].as_bytes().to_vec());
    let before = kept(&case.store);

    let mut writer = case.open(50);
    let written = writer
        .append(&key(2), &[erasing(true, true, &ids[1..2])])
        .unwrap();
    assert_eq!(writer.find_label("hidden-7").unwrap(), None);
    // It goes on as if nothing had happened, and the label is free.
    writer
        .append(&key(2), &[labelled("hidden-7", "another")])
        .unwrap();
    writer.checkpoint(&key(1)).unwrap();
    writer.close();

    for bytes in words[..2]
        .iter()
        .map(|w| w.as_bytes())
        .chain(salts.iter().map(|s| &s[..]))
    {
        assert_eq!(holding(&case.store, bytes), Vec::<String>::new());
    }
    no_rewriting_is_left(&case.store);
    assert_eq!(kept(&case.store)[..before.len()], before);
    let report = assert_sound(&case.store);
    assert_eq!(report.redacted, 2);
    let [redacted] = report.redactions[..] else {
        panic!("{:?}", report.redactions);
    };
    assert_eq!((redacted.entry.0, redacted.by), (4, written[0].index));
    // The head that was signed before is still one of this log.
    let options = Options {
        pins: vec![Pin { checkpoint: pin }],
        ..Options::default()
    };
    assert!(passes(&verify(&case.store, &options)));
    let reader = Reader::open(&case.store, None).unwrap();
    let gone: Vec<_> = reader
        .entries()
        .map(|e| e.unwrap().entry.facts.known().is_none())
        .collect();
    assert_eq!(gone.iter().filter(|gone| **gone).count(), 1);
}

#[test]
fn only_the_part_that_is_named_goes() {
    for (facts, source) in [(true, false), (false, true)] {
        let case = Case::new();
        let ids = case.record(&key(2), &[secret(1)]);
        case.record(&key(2), &[erasing(facts, source, &ids)]);
        assert_eq!(holding(&case.store, SECRET.as_bytes()).is_empty(), facts);
        assert_eq!(
            holding(&case.store, INFORMANT.as_bytes()).is_empty(),
            source
        );
        assert_eq!(assert_sound(&case.store).redacted, 1);
        // The other part can follow; the same cannot.
        let mut writer = case.open(60);
        let again = writer
            .append(&key(2), &[erasing(facts, source, &ids)])
            .unwrap_err();
        assert!(again.to_string().contains("does not show its"), "{again}");
        writer
            .append(&key(2), &[erasing(!facts, !source, &ids)])
            .unwrap();
        drop(writer);
        assert_eq!(assert_sound(&case.store).redacted, 2);
        assert!(holding(&case.store, INFORMANT.as_bytes()).is_empty());
    }
}

#[test]
fn wherever_it_stands_it_goes() {
    // The last entry, the only one of its segment, in the segment that is written to, and two of one segment.
    for segment_bytes in [1, 2_000, 64 << 20] {
        for targets in [vec![0], vec![5], vec![1, 2], vec![0, 1, 2, 3, 4, 5]] {
            let case = Case::new();
            let mut writer = case.open(1);
            writer.set_segment_bytes(segment_bytes);
            let mut ids = Vec::new();
            for n in 0..6 {
                ids.extend(
                    writer
                        .append(&key(2), &[secret(n)])
                        .unwrap()
                        .iter()
                        .map(|w| w.id),
                );
            }
            let root = writer.head();
            let targets: Vec<_> = targets.iter().map(|t| ids[*t]).collect();
            writer
                .append(&key(1), &[erasing(true, true, &targets)])
                .unwrap();
            assert_eq!(root_at(&case.store, root.size), root);
            writer.append(&key(2), &[secret(9)]).unwrap();
            let more = writer.find_label("hidden-9").unwrap().unwrap();
            let last = writer.entry(more).unwrap().id;
            writer
                .append(&key(1), &[erasing(true, false, &[last])])
                .unwrap();
            writer.checkpoint(&key(1)).unwrap();
            writer.close();
            let report = assert_sound(&case.store);
            assert_eq!(report.redacted, 2 * targets.len() as u64 + 1);
            let secrets = kept_secrets(&case.store);
            assert_eq!(secrets, 6 - targets.len(), "{segment_bytes}");
            no_rewriting_is_left(&case.store);
        }
    }
}

fn root_at(store: &MemoryStore, size: TreeSize) -> Head {
    Reader::open(store, Some(size)).unwrap().head()
}

/// How many entries still show their words.
fn kept_secrets(store: &MemoryStore) -> usize {
    let log = authoritative(store);
    let all: Vec<u8> = log.values().flatten().copied().collect();
    all.windows(SECRET.len())
        .filter(|w| *w == SECRET.as_bytes())
        .count()
}

#[test]
fn exhibits_go_with_the_facts_that_alone_name_them() {
    let case = Case::new();
    let (alone, shared, both) = (
        case.exhibit(b"a letter"),
        case.exhibit(b"an image"),
        case.exhibit(b"named by two that go"),
    );
    let naming_all = |all: &[ExhibitRef]| {
        let mut draft = evidence("names exhibits");
        draft.facts.exhibits = all.to_vec();
        draft
    };
    let ids = case.record(
        &key(2),
        &[naming_all(&[alone, shared, both]), naming_all(&[both])],
    );
    let other = case.record(&key(3), &[naming_all(&[shared])]);
    let path = |e: &ExhibitRef| seaproof_ledger::exhibit::exhibit_path(&e.hash);
    // A source has no exhibits: nothing of them goes with it.
    case.record(&key(2), &[erasing(false, true, &ids)]);
    assert!(case.store.get(&path(&alone)).is_some());
    let mut writer = case.open(70);
    let drafts = [
        erasing(true, false, &ids[..1]),
        erasing(true, false, &ids[1..]),
    ];
    writer.append(&key(2), &drafts).unwrap();
    drop(writer);
    assert_eq!(case.store.get(&path(&alone)), None);
    assert_eq!(case.store.get(&path(&both)), None);
    assert!(case.store.get(&path(&shared)).is_some());
    assert_eq!(assert_sound(&case.store).exhibits.named, 1);
    case.record(&key(3), &[erasing(true, true, &other)]);
    assert_eq!(case.store.get(&path(&shared)), None);
    assert_eq!(assert_sound(&case.store).exhibits.named, 0);
}

#[test]
fn what_would_not_take_effect_is_refused_and_nothing_is_recorded() {
    let case = Case::new();
    let ids = case.record(&key(2), &[secret(1), secret(2)]);
    let redaction = case.record(&key(2), &[erasing(true, true, &ids[..1])]);
    let reader = Reader::open(&case.store, None).unwrap();
    let admission = reader.entries().nth(1).unwrap().unwrap().entry.id;
    drop(reader);
    let mut writer = case.open(80);
    let before = snapshot(&case.store);
    let refused = |writer: &mut Writer<'_>, by: u8, drafts: &[Draft], words: &str| {
        let error = writer.append(&key(by), drafts).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(
        &mut writer,
        3,
        &[erasing(true, false, &ids[1..])],
        "only its author or a custodian",
    );
    refused(
        &mut writer,
        1,
        &[erasing(true, false, &[admission])],
        "never redacted",
    );
    refused(
        &mut writer,
        1,
        &[erasing(true, true, &[admission])],
        "never redacted",
    );
    refused(
        &mut writer,
        2,
        &[erasing(true, false, &redaction)],
        "redacts others",
    );
    refused(
        &mut writer,
        2,
        &[erasing(true, false, &ids)],
        "does not show its",
    );
    refused(
        &mut writer,
        2,
        &[erasing(false, true, &ids[..1])],
        "does not show its",
    );
    refused(
        &mut writer,
        2,
        &[erasing(true, false, &ids[1..]), evidence("more")],
        "holds nothing else",
    );
    refused(
        &mut writer,
        2,
        &[
            erasing(true, false, &ids[1..]),
            erasing(true, true, &ids[1..]),
        ],
        "an entry before it names",
    );
    refused(
        &mut writer,
        1,
        &[erasing(true, false, &[EntryId([9; 32])])],
        "not an entry",
    );
    assert_eq!(authoritative_of(&before), authoritative(&case.store));
    // The source of governance, and of a redaction, can go: names of persons stand there.
    writer
        .append(&key(1), &[erasing(false, true, &[admission])])
        .unwrap();
    writer
        .append(&key(2), &[erasing(false, true, &redaction)])
        .unwrap();
    writer
        .append(&key(2), &[erasing(true, false, &ids[1..])])
        .unwrap();
    writer.checkpoint(&key(1)).unwrap();
    drop(writer);
    assert_eq!(assert_sound(&case.store).redacted, 2 + 1 + 1 + 1);
}

fn authoritative_of(
    files: &std::collections::BTreeMap<String, Vec<u8>>,
) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut files = files.clone();
    files.retain(|path, _| {
        path == "checkpoint" || path.starts_with("log/") || path.starts_with("exhibits/")
    });
    files
}

#[test]
fn a_closed_ledger_and_a_revoked_key_redact_nothing() {
    let case = Case::new();
    let ids = case.record(&key(2), &[secret(1)]);
    case.record(&key(1), &[revoking(key(2).public(), None)]);
    let mut writer = case.open(90);
    let refused = writer.append(&key(2), &[erasing(true, true, &ids)]);
    assert!(
        matches!(refused, Err(WriteError::Unauthorised { .. })),
        "{refused:?}"
    );
    writer.append(&key(1), &[closing()]).unwrap();
    let refused = writer.append(&key(1), &[erasing(true, true, &ids)]);
    assert!(
        matches!(refused, Err(WriteError::Unauthorised { .. })),
        "{refused:?}"
    );
    drop(writer);
    assert!(!holding(&case.store, SECRET.as_bytes()).is_empty());
}

#[test]
fn whoever_has_the_old_segment_open_goes_on_reading_it() {
    let case = Case::new();
    let ids = case.record(&key(2), &[secret(1)]);
    let old = case.store.open("log/00000000.seg").unwrap();
    let length = old.len().unwrap();
    case.record(&key(2), &[erasing(true, true, &ids)]);
    let mut bytes = vec![0; length as usize];
    assert_eq!(old.read_full_at(0, &mut bytes).unwrap() as u64, length);
    assert!(bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()));
}

#[test]
fn a_large_segment_is_rewritten_as_a_stream() {
    let case = Case::new();
    let mut writer = case.open(1);
    let large = |n: usize| evidence(&format!("{n} {}", "x".repeat(900_000)));
    let ids: Vec<_> = (0..8)
        .flat_map(|n| writer.append(&key(2), &[large(n), secret(n)]).unwrap())
        .map(|written| written.id)
        .collect();
    let targets: Vec<_> = ids.iter().skip(1).step_by(2).copied().collect();
    writer
        .append(&key(2), &[erasing(true, true, &targets)])
        .unwrap();
    writer.checkpoint(&key(1)).unwrap();
    drop(writer);
    assert!(holding(&case.store, SECRET.as_bytes()).is_empty());
    assert_eq!(assert_sound(&case.store).redacted, 16);
}

/// A verifier that looks at any moment of it.
#[test]
fn whoever_verifies_while_it_is_done_finds_nothing_wrong() {
    let case = Case::new();
    let done = std::sync::atomic::AtomicBool::new(false);
    let looked = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut looked = 0u32;
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let found = report(&case.store);
                assert!(found.problems.is_empty(), "{:#?}", found.problems);
                looked += 1;
            }
            looked
        });
        let mut writer = case.open(1);
        writer.set_segment_bytes(4_000);
        for n in 0..30 {
            let exhibit = case.exhibit(format!("an image, {n}").as_bytes());
            let mut first = secret(2 * n);
            first.facts.exhibits.push(exhibit);
            let written = writer.append(&key(2), &[first, secret(2 * n + 1)]).unwrap();
            let ids: Vec<_> = written.iter().map(|w| w.id).collect();
            writer
                .append(&key(2), &[erasing(true, true, &ids)])
                .unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        looking.join().unwrap()
    });
    assert!(looked > 0);
    assert!(holding(&case.store, SECRET.as_bytes()).is_empty());
}
