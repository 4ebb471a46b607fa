//! Nobody who can write to the folder, and cannot sign, makes a writer erase anything; and what was put back goes.

use seaproof_ledger::keys::Signer;
use seaproof_ledger::verify::{Answer, Verdict};
use seaproof_ledger::writer::WriteError;

use crate::common::forge::{Forge, Making, leaf_of};
use crate::*;

/// A forged ledger of a custodian and two investigators, in which key 2 said something.
fn forged(then: impl FnOnce(&mut Forge, EntryId)) -> MemoryStore {
    let mut forge = Forge::new();
    for n in [2, 3] {
        forge.add(&key(1), admitting(key(n).public(), Role::Investigator));
    }
    let target = forge.add(&key(2), secret(1));
    then(&mut forge, target);
    placed(forge)
}

fn placed(forge: Forge) -> MemoryStore {
    let store = MemoryStore::new();
    for folder in ["log", "exhibits"] {
        store.make_folder(folder).unwrap();
    }
    for (path, bytes) in forge.finish() {
        store.put(&path, bytes);
    }
    store
}

/// Opens it as the custodian, and records something.
fn opened(store: &MemoryStore) -> Result<(), WriteError> {
    let memory = VolatileMemory::new();
    let salts = Box::new(CountingSalts(1 << 44));
    let mut writer = Writer::open(store, &memory, salts, key(1).public())?;
    writer.append(&key(1), &[evidence("after")])?;
    Ok(())
}

fn says_it(store: &MemoryStore) -> bool {
    !holding(store, SECRET.as_bytes()).is_empty()
}

#[test]
fn what_somebody_entitled_redacted_elsewhere_is_erased_by_the_next_writer() {
    for by in [1, 2] {
        let store = forged(|f, target| {
            f.add(&key(by), erasing(true, true, &[target]));
        });
        let found = report(&store);
        assert_eq!(found.problems.len(), 1, "{:#?}", found.problems);
        let problem = &found.problems[0];
        assert_eq!(problem.code, Code::RedactionUnfinished);
        assert_eq!(problem.entry.unwrap().0, 3);
        assert_eq!(found.answer(Verdict::Intact), Answer::Fail);
        assert_eq!(found.answer(Verdict::Complete), Answer::Pass);
        opened(&store).unwrap();
        assert!(!says_it(&store));
        assert_sound(&store);
    }
}

#[test]
fn what_nobody_entitled_redacts_is_never_erased() {
    // Another investigator, a stranger, an author revoked before, governance, a redaction, behind the end.
    let cases: Vec<(&str, MemoryStore)> = vec![
        (
            "another investigator",
            forged(|f, target| {
                f.add(&key(3), erasing(true, true, &[target]));
            }),
        ),
        (
            "a stranger",
            forged(|f, target| {
                f.add(&key(9), erasing(true, true, &[target]));
            }),
        ),
        (
            "a revoked author",
            forged(|f, target| {
                f.add(&key(1), revoking(key(2).public(), None));
                f.add(&key(2), erasing(true, true, &[target]));
            }),
        ),
        (
            "no target",
            forged(|f, _| {
                f.add(&key(1), erasing(true, true, &[EntryId([7; 32])]));
            }),
        ),
        (
            "governance",
            forged(|f, _| {
                let admission = f.ids[1];
                f.add(&key(1), erasing(true, false, &[admission]));
            }),
        ),
        (
            "a redaction",
            forged(|f, target| {
                let by = f.add(&key(3), erasing(true, true, &[target]));
                f.add(&key(3), erasing(true, false, &[by]));
            }),
        ),
    ];
    for (name, store) in cases {
        assert!(
            !codes(&store).contains(&Code::RedactionUnfinished),
            "{name}"
        );
        let before = kept(&store);
        opened(&store).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(says_it(&store), "{name}");
        assert_eq!(kept(&store)[..before.len()], before, "{name}");
        assert_eq!(report(&store).redacted, 0, "{name}");
    }
}

#[test]
fn a_redaction_that_nobody_signed_erases_nothing_and_keeps_nobody_from_recording() {
    // Signed by another key than it names; or by a key that such an entry admits.
    let unsigned = |m: &mut Making| m.statement.key = key(1).public();
    let wrong_key = forged(|f, target| {
        let (seq, prev) = (3, f.ids[2]);
        f.add_with(&key(9), erasing(true, true, &[target]), |m| {
            unsigned(m);
            (m.statement.seq.0, m.statement.prev) = (seq, prev);
        });
    });
    let admitted = forged(|f, target| {
        let (seq, prev) = (3, f.ids[2]);
        f.add_with(&key(8), admitting(key(9).public(), Role::Custodian), |m| {
            unsigned(m);
            (m.statement.seq.0, m.statement.prev) = (seq, prev);
        });
        f.add(&key(9), erasing(true, true, &[target]));
    });
    for store in [wrong_key, admitted] {
        let found = codes(&store);
        assert!(found.contains(&Code::SignatureInvalid), "{found:?}");
        assert!(found.contains(&Code::RedactionUnfinished), "{found:?}");
        let before = kept(&store);
        opened(&store).unwrap();
        assert!(says_it(&store));
        assert!(kept(&store)[..before.len()] == before);
        // What would be redacted now could not be erased: it is refused before it is recorded.
        let memory = VolatileMemory::new();
        let salts = Box::new(CountingSalts(1 << 45));
        let mut writer = Writer::open(&store, &memory, salts, key(1).public()).unwrap();
        let target = writer
            .entry(seaproof_ledger::ids::EntryIndex(3))
            .unwrap()
            .id;
        let refused = writer.append(&key(1), &[erasing(true, true, &[target])]);
        assert!(
            matches!(refused, Err(WriteError::Redaction(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn damage_anywhere_else_stops_the_rewriting() {
    let case = Case::new();
    let ids = case.record(&key(2), &[secret(1), evidence("another")]);
    let mut bytes = case.store.get("log/00000000.seg").unwrap();
    let at = bytes.windows(7).position(|w| w == b"another").unwrap();
    bytes[at] ^= 1;
    let mut writer = case.open(3);
    case.store.put("log/00000000.seg", bytes);
    let before = authoritative(&case.store);
    let refused = writer.append(&key(2), &[erasing(true, true, &ids[..1])]);
    assert!(
        matches!(refused, Err(WriteError::Redaction(_))),
        "{refused:?}"
    );
    assert!(authoritative(&case.store) == before, "nothing was written");
}

#[test]
fn what_was_put_back_is_found_and_erased_again_with_or_without_a_cache() {
    for cached in [true, false] {
        let case = Case::new();
        let ids = case.record(
            &key(2),
            &[evidence("before"), secret(1), evidence("behind")],
        );
        let old = case.store.get("log/00000000.seg").unwrap();
        let mut writer = case.open(4);
        writer
            .append(&key(2), &[erasing(true, true, &ids[1..2])])
            .unwrap();
        writer.checkpoint(&key(1)).unwrap();
        writer.close();
        // The old bytes of the segment, and behind them what came since.
        let new = case.store.get("log/00000000.seg").unwrap();
        let records = unpack(&authoritative(&case.store));
        let mut last = Vec::new();
        records[0].last().unwrap().encode_to(&mut last);
        assert!(new.ends_with(&last));
        case.store.put("log/00000000.seg", [old, last].concat());
        if !cached {
            for path in case
                .store
                .paths()
                .iter()
                .filter(|p| p.starts_with("cache/"))
            {
                case.store.remove(path).unwrap();
            }
        }
        assert_eq!(codes(&case.store), [Code::RedactionUnfinished]);
        assert!(says_it(&case.store));
        drop(case.open(5));
        assert!(!says_it(&case.store), "cached: {cached}");
        assert_eq!(case.store.get("log/00000000.seg").unwrap(), new);
        assert_sound(&case.store);
    }
}

#[test]
fn another_opening_in_its_place_is_no_opening_of_it() {
    let case = Case::new();
    let ids = case.record(&key(2), &[secret(1)]);
    let shown = record_of(&case.store, ids[0]).unwrap();
    case.record(&key(2), &[erasing(true, true, &ids)]);
    let mut segments = unpack(&authoritative(&case.store));
    for record in segments.iter_mut().flatten() {
        if leaf_of(&record.body).entry_id() == ids[0] {
            record.body = shown.body.clone();
            *record.body.last_mut().unwrap() ^= 1;
        }
    }
    let files = crate::common::forge::pack(&authoritative(&case.store), &segments);
    for (path, bytes) in files {
        case.store.put(&path, bytes);
    }
    let found = codes(&case.store);
    assert!(found.contains(&Code::SourceCommitment), "{found:?}");
    // Damage: a writer leaves it alone.
    let before = authoritative(&case.store);
    assert!(Writer::open(&case.store, &case.memory, salts(), key(1).public()).is_err());
    assert!(authoritative(&case.store) == before);
}

#[test]
fn leftovers_of_a_rewriting_are_no_segments_and_are_removed() {
    let case = Case::new();
    case.record(&key(2), &[secret(1)]);
    case.store
        .put("log/00000000.redacting", b"half of something".to_vec());
    case.store
        .put("log/00000007.redacting", SECRET.as_bytes().to_vec());
    assert_sound(&case.store);
    drop(case.open(3));
    no_rewriting_is_left(&case.store);
}

#[test]
fn while_a_writer_is_at_work_a_redaction_is_under_way() {
    let store = forged(|f, target| {
        f.add(&key(2), erasing(true, true, &[target]));
    });
    let lock = store.lock().unwrap().unwrap();
    let found: Report = report(&store);
    assert_eq!(found.problems, []);
    assert!(
        found.notices.iter().any(|n| n.contains("under way")),
        "{:?}",
        found.notices
    );
    drop(lock);
    assert_eq!(codes(&store), [Code::RedactionUnfinished]);
}

#[test]
fn a_withheld_retraction_is_missed() {
    let store = forged(|f, target| {
        f.add_with(&key(2), retracting(Reference::Entry(target)), |m| {
            m.show_facts = false
        });
    });
    assert_eq!(codes(&store), [Code::OpeningAbsent]);
}

#[test]
fn behind_governance_that_is_not_known_a_redaction_is_refused_and_not_acknowledged() {
    let case = Case::new();
    let ids = case.record(&key(2), &[secret(1)]);
    let mut unknown = closing();
    unknown.facts.kind = "quorum".into();
    case.record(&key(1), &[unknown]);
    let before = authoritative(&case.store);
    let mut writer = case.open(7);
    let refused = writer.append(&key(2), &[erasing(true, true, &ids)]);
    assert!(
        matches!(refused, Err(WriteError::Redaction(_))),
        "{refused:?}"
    );
    assert!(authoritative(&case.store) == before);
}

/// An investigator names what is not there, more often than can be kept: what is redacted is still found and erased.
#[test]
fn many_claims_hide_nothing() {
    let store = forged(|f, target| {
        let mut named = 0u64;
        for _ in 0..260 {
            let ids: Vec<EntryId> = (0..256)
                .map(|_| {
                    named += 1;
                    let mut id = [5; 32];
                    id[..8].copy_from_slice(&named.to_le_bytes());
                    EntryId(id)
                })
                .collect();
            f.add(&key(3), erasing(true, true, &ids));
        }
        f.add(&key(2), erasing(true, true, &[target]));
    });
    assert_eq!(codes(&store), [Code::RedactionUnfinished]);
    opened(&store).unwrap();
    assert!(!says_it(&store));
    assert_sound(&store);
}
