//! Whatever fails, whatever a crash leaves: not recorded, or recorded and finished by the next writer.

use std::sync::OnceLock;

use rayon::prelude::*;
use seaproof_ledger::store::Crash;

use crate::common::faulty::{Fault, Faulty, Plan};
use crate::*;

/// A ledger over several segments, with something to erase in the first and in the last.
fn sown() -> (Case, Vec<EntryId>, ExhibitRef) {
    let case = Case::new();
    let exhibit = case.exhibit(b"a letter of the second mate");
    let mut letter = naming(exhibit);
    letter.source = Source::new([("obtained-from", INFORMANT)]).unwrap();
    let mut ids = case.record(&key(2), &[letter, secret(1)]);
    for n in 0..4 {
        case.record(
            &key(3),
            &[evidence(&format!("kept {n} {}", "long ".repeat(100)))],
        );
    }
    ids.extend(case.record(&key(2), &[secret(2), evidence("the last")]));
    ids.truncate(3);
    assert!(
        case.store.list("log").unwrap().len() > 1,
        "several segments"
    );
    (case, ids, exhibit)
}

/// Redacts in a session on a store that fails; whether it was acknowledged.
fn redact(faulty: &Faulty, ids: &[EntryId]) -> Result<bool, String> {
    let salts = Box::new(CountingSalts(1 << 40));
    let mut writer = Writer::open(faulty, faulty, salts, key(2).public())
        .map_err(|error| format!("opening: {error}"))?;
    writer.set_segment_bytes(3_000);
    let written = writer
        .append(&key(2), &[erasing(true, true, ids)])
        .map_err(|error| error.to_string())?;
    writer.close();
    Ok(written.len() == 1)
}

fn run(plan: Plan) -> (Faulty, Vec<EntryId>, ExhibitRef, Result<bool, String>) {
    let (case, ids, exhibit) = sown();
    let faulty = Faulty::new(case.store, case.memory, plan);
    let told = redact(&faulty, &ids);
    (faulty, ids, exhibit, told)
}

/// What a crash may have left is either without the redaction, or finished by the next writer.
fn check(
    store: &MemoryStore,
    memory: &VolatileMemory,
    exhibit: &ExhibitRef,
    told: &Result<bool, String>,
    context: &str,
) {
    let before = report(store);
    let allowed = |code: &Code| {
        matches!(
            code,
            Code::TornTail | Code::RedactionUnfinished | Code::ExhibitMissing
        )
    };
    let found: Vec<Code> = before.problems.iter().map(|p| p.code).collect();
    assert!(
        found.iter().all(allowed),
        "{context}: {:#?}",
        before.problems
    );
    if !found.contains(&Code::RedactionUnfinished) {
        assert!(!found.contains(&Code::ExhibitMissing), "{context}");
    }
    if *told == Ok(true) {
        assert_eq!(found, [], "{context}: it was acknowledged");
    }
    let salts = Box::new(CountingSalts(1 << 41));
    let mut writer = Writer::open(store, memory, salts, key(1).public())
        .unwrap_or_else(|error| panic!("{context}: {error}"));
    writer.append(&key(1), &[evidence("after")]).unwrap();
    writer.checkpoint(&key(1)).unwrap();
    drop(writer);
    let after = assert_sound(store);
    let recorded = kept(store).len() > 3 + 2 + 4 + 2 + 1;
    let path = seaproof_ledger::exhibit::exhibit_path(&exhibit.hash);
    assert_eq!(store.get(&path).is_none(), recorded, "{context}");
    assert_eq!(after.redacted, if recorded { 6 } else { 0 }, "{context}");
    for words in [SECRET, INFORMANT] {
        assert_eq!(
            holding(store, words.as_bytes()).is_empty(),
            recorded,
            "{context}"
        );
    }
    no_rewriting_is_left(store);
    if *told == Ok(true) {
        assert!(recorded, "{context}: it was acknowledged");
    }
    // What stood there before is there, leaf for leaf.
    static SOWN: OnceLock<Vec<(u8, Vec<u8>)>> = OnceLock::new();
    let leaves = SOWN.get_or_init(|| kept(&sown().0.store));
    assert!(kept(store)[..leaves.len()] == leaves[..], "{context}");
}

#[test]
fn without_faults_it_is_acknowledged_and_done() {
    let (faulty, _, exhibit, told) = run(Plan::Never);
    assert_eq!(told, Ok(true));
    check(&faulty.store, &faulty.memory, &exhibit, &told, "no fault");
}

#[test]
fn whatever_change_fails_it_is_not_recorded_or_finished_later() {
    let changes = run(Plan::Never).0.changes();
    assert!(changes > 25, "{changes}");
    let unfinished: usize = (0..changes)
        .into_par_iter()
        .map(|k| {
            let mut unfinished = 0;
            for fault in [Fault::Error, Fault::Short, Fault::Late] {
                for plan in [Plan::Once(k, fault), Plan::From(k, fault)] {
                    let crashes = [Crash::KeepAll, Crash::LoseUnsynced]
                        .into_iter()
                        .chain((0..2).map(|seed| Crash::Mixture(seed * 1_000 + k as u64)));
                    for crash in crashes {
                        let (faulty, _, exhibit, told) = run(plan);
                        let context = format!("{plan:?} {crash:?} {told:?}");
                        let left = faulty.store.after(crash);
                        unfinished +=
                            usize::from(codes(&left).contains(&Code::RedactionUnfinished));
                        check(&left, &faulty.memory, &exhibit, &told, &context);
                    }
                }
            }
            unfinished
        })
        .sum();
    assert!(unfinished > 100, "{unfinished} were unfinished");
}

#[test]
fn a_full_disk_leaves_it_unfinished_and_says_so() {
    let changes = run(Plan::Never).0.changes();
    for k in 0..changes {
        let (faulty, _, exhibit, told) = run(Plan::Full(k));
        if let Err(error) = &told {
            let says = ["Nothing was recorded", "not finished", "opening: "];
            assert!(
                says.iter().any(|words| error.contains(words)),
                "{k}: {error}"
            );
        }
        check(
            &faulty.store.duplicate(),
            &faulty.memory,
            &exhibit,
            &told,
            &format!("full from {k}"),
        );
    }
}

#[test]
fn what_cannot_be_read_is_never_erased_by_mistake() {
    let reads = run(Plan::Never).0.reads();
    (0..reads).into_par_iter().step_by(3).for_each(|k| {
        let (faulty, _, exhibit, told) = run(Plan::ReadOnce(k));
        check(
            &faulty.store.duplicate(),
            &faulty.memory,
            &exhibit,
            &told,
            &format!("read {k}"),
        );
    });
}

/// The next writer may die as well.
#[test]
fn finishing_can_fail_and_be_finished_in_turn() {
    let stopped = |k| {
        let (faulty, ids, exhibit, told) = run(Plan::From(k, Fault::Error));
        (
            faulty.store.after(Crash::KeepAll),
            faulty.memory,
            ids,
            exhibit,
            told,
        )
    };
    let changes = run(Plan::Never).0.changes();
    let mut finished = 0;
    for k in (0..changes).step_by(3) {
        let (left, ..) = stopped(k);
        if !codes(&left).contains(&Code::RedactionUnfinished) {
            continue;
        }
        finished += 1;
        for again in 0..40 {
            let (left, memory, _, exhibit, told) = stopped(k);
            let faulty = Faulty::new(left, memory, Plan::From(again, Fault::Error));
            let opened = Writer::open(&faulty, &faulty, salts(), key(3).public());
            let through = opened.is_ok();
            drop(opened);
            let context = format!("{k}, then {again}");
            check(
                &faulty.store.after(Crash::LoseUnsynced),
                &faulty.memory,
                &exhibit,
                &told,
                &context,
            );
            if through {
                break;
            }
        }
    }
    assert!(finished > 2, "{finished}");
}

/// A copy of what is erased, made by another user.
fn copied(store: &MemoryStore) {
    store.make_folder("index").unwrap();
    store.put("index/terms", SECRET.as_bytes().to_vec());
}

#[test]
fn while_a_copy_cannot_be_removed_nothing_is_redacted_and_it_is_said_why() {
    let (case, ids, _) = sown();
    copied(&case.store);
    let before = kept(&case.store);
    let faulty = Faulty::new(case.store, case.memory, Plan::Kept("index/"));
    let told = redact(&faulty, &ids).unwrap_err();
    for words in ["index/terms cannot be removed", "Remove the folder index"] {
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(kept(&faulty.store), before);
    assert_sound(&faulty.store);
    // Gone, it goes on.
    faulty.store.remove("index/terms").unwrap();
    assert_eq!(redact(&faulty, &ids), Ok(true));
    assert_eq!(
        holding(&faulty.store, SECRET.as_bytes()),
        Vec::<String>::new()
    );
}
