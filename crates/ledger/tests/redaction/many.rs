//! More openings that are absent than are remembered one by one, redacted long after.

use seaproof_ledger::facts::TARGETS_MAX;
use seaproof_ledger::ids::EntryIndex;

use crate::common::forge::Forge;
use crate::*;

/// More than the 65,536 that are remembered by their id.
const MANY: usize = 66_000;

fn verified(forge: &mut Forge) -> Report {
    forge.checkpoint(&key(1));
    let store = MemoryStore::new();
    for folder in ["log", "exhibits"] {
        store.make_folder(folder).unwrap();
    }
    for (path, bytes) in forge.files() {
        store.put(&path, bytes);
    }
    report(&store)
}

fn absent(report: &Report) -> Vec<(Code, Option<EntryIndex>)> {
    let problems = report.problems.iter();
    problems
        .map(|problem| (problem.code, problem.entry))
        .collect()
}

#[test]
fn a_ledger_with_very_many_redacted_entries_is_sound() {
    let mut forge = Forge::new();
    for n in [2, 3] {
        forge.add(&key(1), admitting(key(n).public(), Role::Investigator));
    }
    let mut hidden = Vec::new();
    for n in 0..MANY {
        hidden.push(forge.add_with(&key(2), evidence(&n.to_string()), |made| {
            (made.show_facts, made.show_source) = (false, false);
        }));
    }
    // All but the last two are redacted, as whole or in halves, and by the custodian or the author.
    let (last, all) = hidden.split_last().unwrap();
    let (other, all) = all.split_last().unwrap();
    for (n, targets) in all.chunks(TARGETS_MAX).enumerate() {
        let by = key(1 + n as u8 % 2);
        match n % 3 {
            0 => drop(forge.add(&by, erasing(true, true, targets))),
            _ => {
                forge.add(&by, erasing(true, false, targets));
                forge.add(&by, erasing(false, true, targets));
            }
        }
    }
    // One of them half, and one by somebody who is not entitled to. What is named twice makes up for nothing.
    forge.add(&key(1), erasing(true, false, &[*other]));
    forge.add(&key(3), erasing(true, true, &[*last]));
    forge.add(&key(1), erasing(true, true, &all[all.len() - 3..]));
    let found = verified(&mut forge);
    let at = |n: usize| (Code::OpeningAbsent, Some(EntryIndex(3 + n as u64)));
    assert_eq!(absent(&found), [at(MANY - 2), at(MANY - 1)]);
    assert!(found.problems[0].message.starts_with("the source of"));
    assert_eq!(found.redacted, 2 * MANY as u64 - 3);

    forge.add(&key(2), erasing(false, true, &[*other]));
    forge.add(&key(1), erasing(true, true, &[*last]));
    let found = verified(&mut forge);
    assert_eq!(absent(&found), []);
    assert_eq!(found.redacted, 2 * MANY as u64);
}
