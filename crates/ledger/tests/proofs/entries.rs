//! Proofs of one entry.

use super::*;
use seaproof_ledger::entry::Disclosed;
use seaproof_ledger::ids::{Seq, TreeHash, TreeSize};
use seaproof_ledger::opening::Part;
use seaproof_ledger::proof::MakeError;
use seaproof_ledger::statement::{Leaf, Statement};

#[test]
fn every_entry_of_every_small_ledger_is_proven() {
    for size in 2..20 {
        let store = ledger_of(size);
        for index in 0..size as u64 {
            let proof = ProofFile::Entry(prove(&store, index));
            let proof = ProofFile::parse(proof.to_string().as_bytes()).unwrap();
            let report = judge(&proof);
            assert_eq!(codes(&report), [], "#{index} of {size}");
            assert_eq!(report.answer(Verdict::Intact), Answer::Pass);
            assert_eq!(report.answer(Verdict::Attributable), Answer::Pass);
            for not in [
                Verdict::Complete,
                Verdict::Authorised,
                Verdict::Timestamped,
                Verdict::Fresh,
                Verdict::Reproducible,
            ] {
                assert_eq!(report.answer(not), Answer::NotChecked, "{}", not.name());
            }
            let entry = report.entry.unwrap();
            assert!(matches!(entry.facts, Disclosed::Present(_)));
        }
        let prover = Prover::open(&store).unwrap();
        for old in 0..=size as u64 {
            let proof = prover.consistency(TreeSize(old)).unwrap();
            assert_eq!(codes(&judge(&ProofFile::Consistency(proof))), []);
        }
    }
}

#[test]
fn nothing_is_shown_that_was_not_asked_for() {
    let store = ledger_of(5);
    let prover = Prover::open(&store).unwrap();
    let report_of = |show| {
        let proof = prover.entry(EntryIndex(3), show, false).unwrap();
        let text = ProofFile::Entry(proof.clone()).to_string();
        (judge(&ProofFile::Entry(proof)).entry.unwrap(), text.len())
    };
    let (closed, length) = report_of(Disclose::default());
    assert_eq!(closed.facts, Disclosed::Absent);
    assert_eq!(closed.source, Disclosed::Absent);
    assert!(length < 2_048, "{length}");
    let (facts, _) = report_of(Disclose {
        facts: true,
        source: false,
    });
    assert!(facts.facts.known().is_some() && facts.source.known().is_none());
}

#[test]
fn the_log_is_read_where_the_cache_is_missing_or_lies() {
    let sound = prove(&ledger_of(40), 17);
    let since = |store: &MemoryStore| {
        let prover = Prover::open(store).unwrap();
        prover.consistency(TreeSize(13)).unwrap()
    };
    let old = since(&ledger_of(40));
    let without = ledger_of(40);
    for path in ["cache/tree", "cache/entries", "cache/labels", "cache/state"] {
        without.remove(path).unwrap();
    }
    let zeros = ledger_of(40);
    for path in ["cache/tree", "cache/entries"] {
        let length = zeros.get(path).unwrap().len();
        zeros.put(path, vec![0; length]);
    }
    // Rows that lead to other entries.
    let moved = ledger_of(40);
    let mut rows = moved.get("cache/entries").unwrap();
    rows.rotate_left(32);
    moved.put("cache/entries", rows);
    let other = ledger_of(40);
    let mut nodes = other.get("cache/tree").unwrap();
    nodes[32 * 7] ^= 1;
    other.put("cache/tree", nodes);
    for (name, store) in [
        ("without", without),
        ("zeros", zeros),
        ("moved", moved),
        ("other nodes", other),
    ] {
        assert_eq!(prove(&store, 17), sound, "{name}");
        assert_eq!(since(&store), old, "{name}");
    }
}

#[test]
fn no_proof_is_made_of_what_is_not_there() {
    let store = ledger_of(5);
    let prover = Prover::open(&store).unwrap();
    assert!(matches!(
        prover.entry(EntryIndex(5), ALL, false),
        Err(MakeError::NotCovered { .. })
    ));
    assert!(matches!(
        prover.consistency(TreeSize(6)),
        Err(MakeError::Older { .. })
    ));
    assert!(matches!(
        prover.entry(EntryIndex(2), ALL, true),
        Err(MakeError::NoRoster { .. })
    ));
    // Beyond the checkpoint.
    append(&store, &key(2), &[evidence("later")]);
    assert!(matches!(
        Prover::open(&store)
            .unwrap()
            .entry(EntryIndex(5), ALL, false),
        Err(MakeError::NotCovered { .. })
    ));
    // Another history than the checkpoint's.
    let other = ledger_of(6);
    let mut bytes = store.get("checkpoint").unwrap();
    let at = bytes.windows(3).position(|w| w == b"\n5\n").unwrap();
    bytes[at + 1] = b'4';
    other.put("checkpoint", bytes);
    assert!(matches!(
        Prover::open(&other)
            .unwrap()
            .entry(EntryIndex(2), ALL, false),
        Err(MakeError::OtherHistory { .. })
    ));
    assert!(Prover::open(&MemoryStore::new()).is_err());
    store.remove("checkpoint").unwrap();
    assert!(matches!(
        Prover::open(&store),
        Err(MakeError::Checkpoint(_))
    ));
}

#[test]
fn an_opening_that_was_taken_away_cannot_be_shown() {
    let mut forge = forge::Forge::new();
    forge.add_with(&key(1), evidence("x"), |made| made.show_source = false);
    let store = MemoryStore::new();
    for (path, bytes) in forge.finish() {
        store.put(&path, bytes);
    }
    let prover = Prover::open(&store).unwrap();
    assert!(matches!(
        prover.entry(EntryIndex(1), ALL, false),
        Err(MakeError::Absent {
            part: Part::Source,
            ..
        })
    ));
}

#[test]
fn what_is_too_long_to_travel_is_refused() {
    let store = ledger_of(3);
    append(&store, &key(1), &[evidence(&"x".repeat(60_000))]);
    let prover = Prover::open(&store).unwrap();
    assert!(matches!(
        prover.entry(EntryIndex(3), ALL, false),
        Err(MakeError::TooLong { .. })
    ));
    assert!(
        prover
            .entry(EntryIndex(3), Disclose::default(), false)
            .is_ok()
    );
}

/// A sound proof of #6 of 11 after a change.
fn changed(change: impl FnOnce(&mut EntryProof, &MemoryStore)) -> ProofReport {
    let store = ledger_of(11);
    let mut proof = prove(&store, 6);
    change(&mut proof, &store);
    judge(&ProofFile::Entry(proof))
}

#[test]
fn a_proof_that_was_tampered_with_says_so() {
    let root = [Code::ProofRoot];
    let cases: [(&str, &[Code], ProofReport); 13] = [
        ("for another index", &root, changed(|p, _| p.index.0 = 7)),
        (
            "for an index beyond the tree",
            &root,
            changed(|p, _| p.index.0 = 11),
        ),
        (
            "another hash",
            &root,
            changed(|p, _| p.hashes[1] = TreeHash([7; 32])),
        ),
        (
            "too long",
            &root,
            changed(|p, _| p.hashes.push(TreeHash([7; 32]))),
        ),
        (
            "too short",
            &root,
            changed(|p, _| {
                p.hashes.pop();
            }),
        ),
        (
            "hashes of another entry",
            &root,
            changed(|p, store| p.hashes = prove(store, 7).hashes),
        ),
        (
            "the checkpoint of a smaller tree",
            &root,
            changed(|p, _| p.checkpoint = prove(&ledger_of(10), 3).checkpoint),
        ),
        (
            "the leaf of another entry, with its openings",
            &root,
            changed(|p, store| p.extra = prove(store, 5).extra),
        ),
        (
            "the openings of another entry",
            &[Code::FactsCommitment, Code::SourceCommitment],
            changed(|p, store| {
                let other = prove(store, 5).extra.entry;
                p.extra.entry.facts = other.facts;
                p.extra.entry.source = other.source;
            }),
        ),
        (
            "other facts",
            &[Code::FactsCommitment],
            changed(|p, _| {
                *p.extra
                    .entry
                    .facts
                    .as_mut()
                    .unwrap()
                    .bytes
                    .last_mut()
                    .unwrap() ^= 1
            }),
        ),
        (
            "another salt",
            &[Code::SourceCommitment],
            changed(|p, _| p.extra.entry.source.as_mut().unwrap().salt.0[0] ^= 1),
        ),
        (
            "another signature",
            &[Code::ProofRoot, Code::SignatureInvalid],
            changed(|p, _| p.extra.entry.leaf.0[282] ^= 1),
        ),
        (
            "a statement of a class that there is not",
            &[Code::StatementMalformed, Code::ProofRoot],
            changed(|p, _| p.extra.entry.leaf.0[2] = 9),
        ),
    ];
    for (name, expected, report) in cases {
        assert_eq!(codes(&report), expected, "{name}: {:#?}", report.problems);
        assert_eq!(report.answer(Verdict::Intact), Answer::Fail, "{name}");
    }
}

#[test]
fn only_the_keys_of_the_caller_are_believed() {
    let store = ledger_of(5);
    let proof = ProofFile::Entry(prove(&store, 3));
    let ledger = id_of(&store);
    let judged = |keys: &[VerifierKey]| {
        let given = Given { keys, pins: &[] };
        check(&proof, &given)
    };
    assert_eq!(
        codes(&judged(&[vkey(&ledger, 2)])),
        [Code::CheckpointSignature]
    );
    assert_eq!(codes(&judged(&[])), [Code::CheckpointSignature]);
    let elsewhere = vkey(&LedgerId([7; 32]), 1);
    assert_eq!(
        codes(&judged(std::slice::from_ref(&elsewhere))),
        [Code::WrongLedger]
    );
    let both = [elsewhere, vkey(&ledger, 2), vkey(&ledger, 1)];
    assert_eq!(codes(&judged(&both)), []);
}

/// An entry that was signed whatever the rules say, under a checkpoint of the custodian.
fn forged(change: impl FnOnce(&mut Statement)) -> ProofReport {
    let mut forge = forge::Forge::new();
    for i in 0..4 {
        forge.add(&key(1), evidence(&i.to_string()));
    }
    forge.add_with(&key(1), evidence("odd"), |made| change(&mut made.statement));
    let store = MemoryStore::new();
    for (path, bytes) in forge.finish() {
        store.put(&path, bytes);
    }
    let prover = Prover::open(&store).unwrap();
    let proof = prover.entry(EntryIndex(5), Disclose::default(), false);
    judge(&ProofFile::Entry(proof.unwrap()))
}

#[test]
fn what_a_custodian_covers_is_still_judged() {
    assert_eq!(codes(&forged(|_| {})), []);
    let report = forged(|s| s.ledger = LedgerId([7; 32]));
    assert_eq!(codes(&report), [Code::WrongLedger]);
    let report = forged(|s| s.observed.size = TreeSize(6));
    assert_eq!(codes(&report), [Code::ObservedAhead]);
    let report = forged(|s| {
        s.class = Class::Governance;
        s.observed.size = TreeSize(3);
    });
    assert_eq!(codes(&report), [Code::ObservedInexact]);
    let report = forged(|s| s.key.0 = [0; 32]);
    assert_eq!(codes(&report), [Code::KeyUnacceptable]);
    assert_eq!(report.answer(Verdict::Attributable), Answer::Fail);
    // What one entry cannot show.
    assert_eq!(codes(&forged(|s| s.seq = Seq(99))), []);
}

#[test]
fn a_pin_of_the_same_size_is_held_against_the_proof() {
    let store = ledger_of(5);
    let ledger = id_of(&store);
    let proof = ProofFile::Entry(prove(&store, 3));
    let head = proof.checkpoint().head();
    let keys = [vkey(&ledger, 1)];
    let judged = |pin: Vec<u8>| {
        let pins = [pin];
        let given = Given {
            keys: &keys,
            pins: &pins,
        };
        check(&proof, &given)
    };
    let same = judged(checkpoint(&ledger, head, &key(1)));
    assert_eq!(codes(&same), []);
    assert_eq!(same.answer(Verdict::Fresh), Answer::Pass);
    let mut other = head;
    other.root.0[0] ^= 1;
    let fork = judged(checkpoint(&ledger, other, &key(1)));
    assert_eq!(codes(&fork), [Code::Fork]);
    assert_eq!(fork.answer(Verdict::Fresh), Answer::Fail);
    assert_eq!(fork.answer(Verdict::Intact), Answer::Fail);
    let mut smaller = head;
    smaller.size.0 = 4;
    let open = judged(checkpoint(&ledger, smaller, &key(1)));
    assert_eq!(codes(&open), []);
    assert_eq!(open.answer(Verdict::Fresh), Answer::NotChecked);
    // What nobody entitled signed proves no fork.
    let strange = judged(checkpoint(&ledger, other, &key(2)));
    assert_eq!(codes(&strange), [Code::PinUnusable]);
    assert_eq!(strange.answer(Verdict::Fresh), Answer::NotChecked);
    assert_eq!(codes(&judged(b"no note".to_vec())), [Code::PinUnusable]);
}

#[test]
fn the_leaf_of_genesis_belongs_at_its_place_only() {
    let report = changed(|p, store| {
        p.extra = prove(store, 0).extra;
    });
    assert!(codes(&report).contains(&Code::WrongLedger), "{report:#?}");
    let store = ledger_of(3);
    let mut proof = prove(&store, 0);
    proof.extra.entry.leaf = Leaf(prove(&store, 1).extra.entry.leaf.0);
    assert!(codes(&judge(&ProofFile::Entry(proof))).contains(&Code::WrongLedger));
}
