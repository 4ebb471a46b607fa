//! A roster that travels with an entry, without which nobody can say that its author was allowed to sign.

use super::*;

/// A ledger of five entries, #4 by the investigator, and what comes after.
fn with(after: impl FnOnce(&MemoryStore)) -> MemoryStore {
    let store = ledger_of(4);
    append(&store, &key(2), &[evidence("by the investigator")]);
    after(&store);
    store
}

fn proof_of(store: &MemoryStore, index: u64) -> EntryProof {
    let prover = Prover::open(store).unwrap();
    prover.entry(EntryIndex(index), ALL, true).unwrap()
}

fn judged(proof: EntryProof) -> ProofReport {
    let text = ProofFile::Entry(proof).to_string();
    judge(&ProofFile::parse(text.as_bytes()).unwrap())
}

#[test]
fn a_roster_shows_that_the_author_was_allowed_to_sign() {
    let store = with(|store| append(store, &key(1), &[roster(store)]));
    for index in 0..5 {
        let report = judged(proof_of(&store, index));
        assert_eq!(codes(&report), [], "#{index}: {:#?}", report.problems);
        assert_eq!(report.answer(Verdict::Authorised), Answer::Pass, "#{index}");
        let entry = report.entry.unwrap();
        assert_eq!(entry.roster, Some(EntryIndex(5)));
        assert!(entry.role.is_some());
    }
}

#[test]
fn a_key_that_was_revoked_below_or_never_admitted_was_not() {
    // The rules would not let it sign: it is put there by force.
    let mut forge = forge::Forge::new();
    let investigator = key(2).public();
    forge.add(&key(1), admitting(investigator, Role::Investigator));
    forge.add(&key(2), evidence("allowed"));
    forge.add(&key(1), revoking(investigator, Some(2)));
    forge.add(&key(2), evidence("revoked"));
    forge.add(&key(3), evidence("unknown"));
    forge.add(&key(1), admitting(key(3).public(), Role::Witness));
    forge.add(&key(3), evidence("a witness"));
    let store = MemoryStore::new();
    let put = |files: forge::Files| {
        for (path, bytes) in files {
            store.put(&path, bytes);
        }
    };
    put(forge.files());
    forge.add(&key(1), roster(&store));
    put(forge.finish());
    let expect = |index, expected: &[Code]| {
        let report = judged(proof_of(&store, index));
        assert_eq!(codes(&report), expected, "#{index}");
        let answer = match expected {
            [] => Answer::Pass,
            _ => Answer::Fail,
        };
        assert_eq!(report.answer(Verdict::Authorised), answer, "#{index}");
        assert_eq!(report.answer(Verdict::Intact), Answer::Pass, "#{index}");
        report.entry.unwrap()
    };
    let suspect = expect(2, &[]);
    assert_eq!(suspect.suspect_from, Some(EntryIndex(2)));
    expect(4, &[Code::RevokedKey]);
    expect(5, &[Code::UnknownKey]);
    expect(7, &[Code::RoleForbids]);
}

#[test]
fn a_roster_that_cannot_be_relied_on_tells_nothing() {
    let store = with(|store| {
        append(store, &key(1), &[roster(store)]);
        append(store, &key(1), &[evidence("later")]);
    });
    let tells_nothing = |proof: EntryProof, why: &str| {
        let report = judged(proof);
        assert_eq!(codes(&report), [], "{why}: {:#?}", report.problems);
        assert_eq!(report.answer(Verdict::Authorised), Answer::NotChecked);
        assert!(report.notices[0].contains(why), "{:?}", report.notices);
    };
    let sound = proof_of(&store, 3);
    let roster = sound.extra.roster.clone();

    // Above an entry, it says nothing of what came later.
    let mut older = prove(&store, 6);
    older.extra.roster = roster.clone();
    tells_nothing(older, "does not stand above");

    let mut closed = sound.clone();
    closed.extra.roster.as_mut().unwrap().entry.facts = None;
    tells_nothing(closed, "does not show its facts");

    let mut other = sound.clone();
    let later = prove(&store, 6);
    let sent = other.extra.roster.as_mut().unwrap();
    (sent.index, sent.entry, sent.hashes) = (later.index, later.extra.entry, later.hashes);
    tells_nothing(other, "it is none");

    // Wrong in itself, and not merely useless.
    let mut moved = sound.clone();
    moved.extra.roster.as_mut().unwrap().index.0 = 6;
    assert_eq!(
        codes(&judged(moved)),
        [Code::ObservedInexact, Code::ProofRoot]
    );
    let mut changed = sound;
    let facts = &mut changed.extra.roster.as_mut().unwrap().entry.facts;
    *facts.as_mut().unwrap().bytes.last_mut().unwrap() ^= 1;
    let report = judged(changed);
    assert_eq!(codes(&report), [Code::FactsCommitment]);
    assert_eq!(report.answer(Verdict::Authorised), Answer::NotChecked);
}

#[test]
fn a_roster_by_a_key_that_the_caller_did_not_name_tells_nothing() {
    let store = with(|store| {
        append(
            store,
            &key(1),
            &[admitting(key(4).public(), Role::Custodian)],
        );
        append(store, &key(4), &[roster(store)]);
        append(store, &key(1), &[evidence("covers it")]);
    });
    let proof = ProofFile::Entry(proof_of(&store, 4));
    let report = judge(&proof);
    assert_eq!(codes(&report), []);
    assert_eq!(report.answer(Verdict::Authorised), Answer::NotChecked);
    let ledger = id_of(&store);
    let keys = [vkey(&ledger, 1), vkey(&ledger, 4)];
    let given = Given {
        keys: &keys,
        pins: &[],
    };
    let report = check(&proof, &given);
    assert_eq!(report.answer(Verdict::Authorised), Answer::Pass);
}
