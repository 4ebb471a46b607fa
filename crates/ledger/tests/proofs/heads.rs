//! One head extends another, and what a verification found of heads.

use super::*;
use seaproof_ledger::checkpoint::parse_cosigned;
use seaproof_ledger::ids::{TreeHash, TreeSize};
use seaproof_ledger::proof::{ConsistencyProof, ReportedHead, ReportedHeads, check_heads};

fn since(store: &MemoryStore, old: u64) -> ConsistencyProof {
    let prover = Prover::open(store).unwrap();
    prover.consistency(TreeSize(old)).unwrap()
}

#[test]
fn a_consistency_proof_that_was_tampered_with_says_so() {
    let changed = |change: &dyn Fn(&mut ConsistencyProof)| {
        let mut proof = since(&ledger_of(11), 6);
        change(&mut proof);
        codes(&judge(&ProofFile::Consistency(proof)))
    };
    assert_eq!(changed(&|_| {}), []);
    let root = [Code::ProofRoot];
    assert_eq!(changed(&|p| p.old.root.0[0] ^= 1), root);
    assert_eq!(changed(&|p| p.old.size.0 = 7), root);
    assert_eq!(changed(&|p| p.old.size.0 = 12), root);
    assert_eq!(changed(&|p| p.hashes.push(TreeHash([1; 32]))), root);
    assert_eq!(changed(&|p| p.hashes[0].0[0] ^= 1), root);
    assert_eq!(changed(&|p| p.hashes.truncate(1)), root);
    let other = since(&ledger_of(10), 6);
    assert_eq!(changed(&|p| p.checkpoint = other.checkpoint.clone()), root);
}

#[test]
fn a_pin_is_shown_to_be_a_beginning() {
    let store = ledger_of(11);
    let ledger = id_of(&store);
    let proof = since(&store, 6);
    let keys = [vkey(&ledger, 1)];
    let judged = |head: Head| {
        let pins = [checkpoint(&ledger, head, &key(1))];
        let given = Given {
            keys: &keys,
            pins: &pins,
        };
        check(&ProofFile::Consistency(proof.clone()), &given)
    };
    let report = judged(proof.old);
    assert_eq!(codes(&report), []);
    assert_eq!(report.answer(Verdict::Fresh), Answer::Pass);
    let mut other = proof.old;
    other.root.0[5] ^= 1;
    let report = judged(other);
    assert_eq!(codes(&report), [Code::Fork]);
    assert_eq!(report.answer(Verdict::Fresh), Answer::Fail);
}

/// A report on a head of the first six of eleven entries.
fn reported(change: impl FnOnce(&mut Head)) -> (ReportedHeads, [VerifierKey; 1]) {
    let store = ledger_of(11);
    let ledger = id_of(&store);
    let proof = since(&store, 6);
    let mut head = proof.old;
    change(&mut head);
    let note = checkpoint(&ledger, head, &key(1));
    let found = ReportedHeads {
        ledger,
        own: Some(proof.checkpoint),
        heads: vec![ReportedHead {
            from: "pin".into(),
            checkpoint: parse_cosigned(&note, &ledger).unwrap(),
            here: Some((proof.old.root, proof.hashes)),
        }],
    };
    let keys = [vkey(&ledger, 1)];
    (found, keys)
}

fn judged(found: &ReportedHeads, keys: &[VerifierKey]) -> ProofReport {
    let given = Given { keys, pins: &[] };
    check_heads(found, &given)
}

#[test]
fn a_report_shows_a_fork_by_itself() {
    let (found, keys) = reported(|head| head.root.0[0] ^= 1);
    let report = judged(&found, &keys);
    assert_eq!(codes(&report), [Code::Fork]);
    assert_eq!(report.answer(Verdict::Intact), Answer::Fail);
    assert_eq!(report.heads[0].agrees, Some(false));

    let (found, keys) = reported(|_| {});
    let report = judged(&found, &keys);
    assert_eq!(codes(&report), []);
    assert_eq!(report.answer(Verdict::Intact), Answer::Pass);
}

#[test]
fn a_report_cannot_accuse_anybody_without_proof() {
    // The root that it says the ledger has is not shown.
    let (mut found, keys) = reported(|_| {});
    found.heads[0].here.as_mut().unwrap().0.0[0] ^= 1;
    assert_eq!(codes(&judged(&found, &keys)), [Code::ProofRoot]);
    let (mut found, keys) = reported(|head| head.root.0[0] ^= 1);
    found.heads[0].here.as_mut().unwrap().1.pop();
    assert_eq!(codes(&judged(&found, &keys)), [Code::ProofRoot]);
    // The head that it presents is nobody's word.
    let (mut found, keys) = reported(|_| {});
    let mut head = found.heads[0].checkpoint.head();
    head.root.0[0] ^= 1;
    let note = checkpoint(&found.ledger, head, &key(2));
    found.heads[0].checkpoint = parse_cosigned(&note, &found.ledger).unwrap();
    let report = judged(&found, &keys);
    assert_eq!(codes(&report), []);
    assert_eq!(report.answer(Verdict::Intact), Answer::NotChecked);
    // Its own head is not signed by the key of the caller.
    let (found, _) = reported(|head| head.root.0[0] ^= 1);
    let report = judged(&found, &[vkey(&found.ledger, 2)]);
    assert_eq!(codes(&report), [Code::CheckpointSignature]);
    // A head beyond its own: that it was missing is somebody's word.
    let (mut found, keys) = reported(|head| head.size.0 = 12);
    found.heads[0].here = None;
    let report = judged(&found, &keys);
    assert_eq!(codes(&report), []);
    assert_eq!(report.answer(Verdict::Intact), Answer::NotChecked);
    found.own = None;
    let report = judged(&found, &keys);
    assert_eq!(report.answer(Verdict::Intact), Answer::NotChecked);
}
