//! Checkpoints, pins and memories that do not belong to the log, or to which the log does not reach.

use seaproof_ledger::ids::{EntryId, LedgerId, Role, Seq, TreeHash, TreeSize};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::Remembered;
use seaproof_ledger::statement::Head;
use seaproof_ledger::verify::{Answer, Code, Verdict};

use super::common::forge::Forge;
use super::common::*;
use super::{Case, staffed};

/// A ledger of six entries: the staff, one of key 2, one of key 1.
fn six() -> Forge {
    let mut forge = staffed();
    forge.add(&key(2), evidence("x"));
    forge.add(&key(1), evidence("y"));
    forge
}

/// The checkpoint of this head by this key.
fn note(by: u8, head: Head) -> Vec<u8> {
    let mut forge = six();
    forge.checkpoint_of(&key(by), forge.ledger, head);
    forge.files.remove("checkpoint").unwrap()
}

/// The six entries with this checkpoint.
fn noted(name: &str, codes: &[Code], note: Vec<u8>) -> Case {
    let mut forge = six();
    forge.files.insert("checkpoint".into(), note);
    let case = Case::new(name, forge.files(), codes);
    match codes {
        [] => case,
        // No head that can be believed is reached.
        _ => case.but(Verdict::Complete, Answer::NotChecked),
    }
}

fn sound(name: &str, codes: &[Code]) -> Case {
    Case::new(name, six().finish(), codes)
}

/// The true head of the first `size` entries.
fn head(size: usize) -> Head {
    let mut frontier = seaproof_ledger::tree::Frontier::new();
    for record in &six().segments[0][..size] {
        frontier.push(super::common::forge::leaf_of(&record.body).hash());
    }
    Head {
        size: frontier.size(),
        root: frontier.root(),
    }
}

fn another_root(size: u64) -> Head {
    Head {
        size: TreeSize(size),
        root: TreeHash([6; 32]),
    }
}

fn remembered(head: Head) -> Remembered {
    Remembered {
        seq: Seq(0),
        entry: EntryId([1; 32]),
        head,
    }
}

pub fn cases() -> Vec<Case> {
    let good = note(1, head(6));
    let text = |change: &dyn Fn(&mut String)| {
        let mut text = String::from_utf8(good.clone()).unwrap();
        change(&mut text);
        text.into_bytes()
    };
    let malformed = [Code::CheckpointMalformed];
    let mut cases = vec![
        noted("a checkpoint over everything", &[], good.clone()),
        noted(
            "a checkpoint by the second custodian",
            &[],
            note(4, head(6)),
        ),
        noted(
            "a checkpoint right after its signer came",
            &[],
            note(4, head(4)),
        ),
        noted("an empty checkpoint", &malformed, Vec::new()),
        noted("a checkpoint of zeros", &malformed, vec![0; 300]),
        noted(
            "a checkpoint over its limit",
            &malformed,
            vec![b'\n'; 8_193],
        ),
        noted(
            "line ends of another system",
            &malformed,
            text(&|t| *t = t.replace('\n', "\r\n")),
        ),
        noted(
            "a checkpoint without its last line end",
            &malformed,
            text(&|t| t.truncate(t.len() - 1)),
        ),
        noted(
            "a size with a zero in front",
            &malformed,
            text(&|t| *t = t.replacen("\n6\n", "\n06\n", 1)),
        ),
        noted(
            "a size with a sign",
            &malformed,
            text(&|t| *t = t.replacen("\n6\n", "\n+6\n", 1)),
        ),
        noted(
            "an extension line",
            &malformed,
            text(&|t| *t = t.replacen("\n\n", "\nmore\n\n", 1)),
        ),
        noted(
            "a second signature",
            &malformed,
            text(&|t| {
                let line = t.lines().last().unwrap().to_owned();
                t.push_str(&line);
                t.push('\n');
            }),
        ),
        noted("a line behind", &malformed, text(&|t| t.push_str("more\n"))),
    ];
    let mut of_another = six();
    of_another.checkpoint_of(&key(1), LedgerId([7; 32]), head(6));
    let of_another = of_another.files.remove("checkpoint").unwrap();
    cases.push(noted(
        "another ledger's checkpoint",
        &malformed,
        of_another.clone(),
    ));

    let unsigned = [Code::CheckpointSignature];
    let tampered = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        bytes
    };
    // The base64 of key id and signature ends the file: "…==" or the like, and a line end.
    let in_signature = good.len() - 20;
    cases.extend([
        noted("an investigator's checkpoint", &unsigned, note(2, head(6))),
        noted("a witness' checkpoint", &unsigned, note(3, head(6))),
        noted("a stranger's checkpoint", &unsigned, note(7, head(6))),
        noted(
            "a stranger's checkpoint of another history",
            &unsigned,
            note(7, another_root(6)),
        ),
        noted(
            "a checkpoint from before its signer came",
            &unsigned,
            note(4, head(3)),
        ),
        noted("a checkpoint of nothing", &unsigned, note(1, Head::empty())),
        noted(
            "a signature with a letter changed",
            &unsigned,
            tampered(&|bytes| {
                bytes[in_signature] = if bytes[in_signature] == b'A' {
                    b'B'
                } else {
                    b'A'
                };
            }),
        ),
        noted("another root under the old signature", &unsigned, {
            let other = String::from_utf8(note(1, another_root(6))).unwrap();
            let root = other.lines().nth(2).unwrap().to_owned();
            text(&|t| {
                let old = t.lines().nth(2).unwrap().to_owned();
                *t = t.replacen(&old, &root, 1);
            })
        }),
        noted(
            "another history, by a custodian",
            &[Code::Fork],
            note(1, another_root(6)),
        ),
        noted(
            "another past, by a custodian",
            &[Code::Fork],
            note(1, another_root(5)),
        ),
    ]);
    // A custodian who was revoked: what was signed before counts.
    for (name, size, codes) in [
        ("before it was revoked", 6, &[][..]),
        ("after it was revoked", 7, &unsigned[..]),
    ] {
        let mut forge = six();
        let mut at = forge.head();
        forge.add(&key(1), revoking(key(4).public(), None));
        if size == 7 {
            at = forge.head();
        }
        forge.checkpoint_of(&key(4), forge.ledger, at);
        let case = Case::new(
            format!("a checkpoint by a custodian {name}"),
            forge.files(),
            codes,
        );
        cases.push(match codes {
            [] => case,
            _ => case.but(Verdict::Complete, Answer::NotChecked),
        });
    }
    // An admission that was not allowed makes no custodian.
    let mut forge = six();
    forge.add(&key(2), admitting(key(7).public(), Role::Custodian));
    forge.checkpoint(&key(7));
    let codes = [Code::RoleForbids, Code::CheckpointSignature];
    let case = Case::new(
        "a checkpoint by a custodian by their own word",
        forge.files(),
        &codes,
    );
    cases.push(case.but(Verdict::Complete, Answer::NotChecked));

    for (name, head) in [
        ("one entry more", another_root(7)),
        ("no end", another_root(u64::MAX)),
    ] {
        let case = noted(
            &format!("a checkpoint of {name}"),
            &[Code::BehindCheckpoint],
            note(1, head),
        );
        cases.push(case);
    }
    cases.extend([
        sound("a pin of more entries", &[Code::BehindPin]).pinned(note(1, another_root(9))),
        sound("a pin of another history", &[Code::Fork]).pinned(note(1, another_root(4))),
        sound("a pin of this history", &[]).pinned(note(4, head(5))),
        sound("a pin of nothing", &[Code::PinUnusable]).pinned(note(1, Head::empty())),
        sound("a pin that is none", &[Code::PinUnusable]).pinned(b"a letter\n".to_vec()),
        sound("a pin of another ledger", &[Code::PinUnusable]).pinned(of_another),
        sound("a stranger's pin", &[Code::PinUnusable]).pinned(note(7, head(6))),
        sound("a memory of more entries", &[Code::BehindMemory])
            .remembered(key(2).public(), remembered(another_root(7))),
        sound("a memory of another history", &[Code::Fork])
            .remembered(key(2).public(), remembered(another_root(6))),
        sound("a memory of this history", &[]).remembered(key(2).public(), remembered(head(5))),
    ]);
    cases
}

#[test]
fn heads_from_outside() {
    cases().iter().for_each(|case| drop(case.hold()));
}

#[test]
fn only_a_head_kept_outside_shows_that_this_is_the_newest_state() {
    let fresh = |case: Case| case.hold().answer(Verdict::Fresh);
    assert_eq!(fresh(sound("no pin", &[])), Answer::NotChecked);
    let memory = sound("a memory", &[]).remembered(key(2).public(), remembered(head(6)));
    assert_eq!(fresh(memory), Answer::NotChecked);
    let agreeing = || sound("a pin", &[]).pinned(note(1, head(5)));
    assert_eq!(fresh(agreeing()), Answer::Pass);
    let two = agreeing().pinned(note(4, head(6)));
    assert_eq!(fresh(two), Answer::Pass);
    let behind = sound("behind", &[Code::BehindPin]).pinned(note(1, another_root(9)));
    assert_eq!(fresh(behind), Answer::Fail);
    let forked = sound("forked", &[Code::Fork]).pinned(note(1, another_root(6)));
    assert_eq!(fresh(forked), Answer::Fail);
    let unusable = sound("unusable", &[Code::PinUnusable]).pinned(note(7, head(6)));
    assert_eq!(fresh(unusable), Answer::NotChecked);
    // One that cannot be used beside one that agrees: not every word was heard.
    let mixed = Case::new("mixed", six().finish(), &[Code::PinUnusable]);
    let mixed = mixed.pinned(note(1, head(5))).pinned(note(7, head(6)));
    assert_eq!(fresh(mixed), Answer::NotChecked);
}

#[test]
fn a_fork_is_reported_with_both_signed_heads() {
    let case = sound("forked", &[Code::Fork]).pinned(note(4, another_root(6)));
    let report = case.hold();
    let notes: Vec<&str> = report
        .heads
        .iter()
        .filter_map(|h| h.note.as_deref())
        .collect();
    assert_eq!(notes.len(), 2);
    let signers: Vec<_> = report.heads.iter().map(|h| h.signed_by).collect();
    assert_eq!(signers, [Some(key(1).public()), Some(key(4).public())]);
    let problem = &report.problems[0];
    assert_eq!(problem.expected.as_deref(), Some("06".repeat(32).as_str()));
    assert_eq!(problem.actual, Some(head(6).root.to_string()));
}

#[test]
fn every_head_is_held_against_the_log_whatever_stands_beside_it() {
    // Sizes in no order, among them none at all, the same twice, and one out of reach.
    let case = Case::new(
        "many",
        six().finish(),
        &[Code::PinUnusable, Code::BehindPin, Code::Fork],
    );
    let case = [
        note(1, head(5)),
        note(1, Head::empty()),
        note(1, head(1)),
        note(4, another_root(5)),
        note(1, head(5)),
        note(1, another_root(8)),
    ]
    .into_iter()
    .fold(case, Case::pinned);
    let report = case.hold();
    let agrees: Vec<Option<bool>> = report.heads.iter().map(|h| h.agrees).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(agrees, [yes, yes, yes, yes, no, yes, None]);
}
