//! Files in `anchors/` that are not what they should be, and heads in them that do not belong to the log.

use seaproof_ledger::anchors::{AnchorKind, AnchorName};
use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::ids::{LedgerId, TreeHash, TreeSize};
use seaproof_ledger::statement::Head;
use seaproof_ledger::verify::{Answer, Code, Verdict};

use super::Case;
use super::common::forge::Forge;
use super::common::*;
use super::staffed;
use super::stamping::Service;

const WITNESS: &str = "— example.org/witness AAAAAQAAAABlAAAAAAAA\n";

/// A ledger of six entries with its checkpoint.
fn six() -> Forge {
    let mut forge = staffed();
    forge.add(&key(2), evidence("x"));
    forge.add(&key(1), evidence("y"));
    forge.checkpoint(&key(1));
    forge
}

/// The checkpoint of this head by this key.
fn note(by: u8, ledger: Option<LedgerId>, head: Head) -> Vec<u8> {
    let mut forge = six();
    forge.checkpoint_of(&key(by), ledger.unwrap_or(forge.ledger), head);
    forge.files.remove("checkpoint").unwrap()
}

fn kept(name: &str, codes: &[Code], anchors: &[(AnchorName, Vec<u8>)]) -> Case {
    let mut forge = six();
    for (at, bytes) in anchors {
        forge.files.insert(at.path(), bytes.clone());
    }
    Case::new(name, forge.files(), codes)
}

fn anchored(name: &str, codes: &[Code], size: u64, bytes: &[u8]) -> Case {
    let at = AnchorName::of(TreeSize(size), AnchorKind::Note, bytes);
    kept(name, codes, &[(at, bytes.to_vec())])
}

fn another_root(size: u64) -> Head {
    Head {
        size: TreeSize(size),
        root: TreeHash([6; 32]),
    }
}

fn token(name: &str, codes: &[Code], size: u64, bytes: &[u8]) -> Case {
    let at = AnchorName::of(TreeSize(size), AnchorKind::Token, bytes);
    kept(name, codes, &[(at, bytes.to_vec())])
}

/// A timestamp over this head.
fn stamped(head: Head) -> Vec<u8> {
    let text = Checkpoint::of_ledger(&six().ledger, head).to_string();
    Service::new().stamp(text.as_bytes(), "20240326120000Z")
}

pub fn cases() -> Vec<Case> {
    let head = six().head();
    let older = {
        let mut forge = staffed();
        forge.add(&key(2), evidence("x"));
        forge.head()
    };
    let good = note(1, None, head);
    let mut cosigned = good.clone();
    cosigned.extend(WITNESS.as_bytes());
    let at = AnchorName::of(head.size, AnchorKind::Note, &good);
    let mut flipped = good.clone();
    let place = flipped.len() - 20;
    flipped[place] ^= 1;
    let named = AnchorName::of(head.size, AnchorKind::Token, b"a token");
    vec![
        anchored("a checkpoint kept", &[], 6, &good),
        anchored("a cosigned checkpoint kept", &[], 6, &cosigned),
        kept("a file of another name", &[], &[]).with("anchors/notes.txt", b"x"),
        kept(
            "a bit of an anchor",
            &[Code::AnchorDigest],
            &[(at, flipped.clone())],
        ),
        kept(
            "an anchor over its limit",
            &[Code::AnchorDigest],
            &[(at, vec![b'\n'; 65_537])],
        ),
        kept(
            "a token of other bytes",
            &[Code::AnchorDigest],
            &[(named, b"a tokem".to_vec())],
        ),
        anchored(
            "an anchor of another size",
            &[Code::AnchorMalformed],
            5,
            &good,
        ),
        anchored("an empty anchor", &[Code::AnchorMalformed], 6, b""),
        anchored(
            "an anchor that is no note",
            &[Code::AnchorMalformed],
            6,
            b"a letter\n",
        ),
        anchored(
            "an anchor of another ledger",
            &[Code::AnchorMalformed],
            6,
            &note(1, Some(LedgerId([7; 32])), head),
        ),
        anchored(
            "an anchor under a changed signature",
            &[Code::AnchorSignature],
            6,
            &flipped,
        ),
        anchored(
            "an anchor by an investigator",
            &[Code::AnchorSignature],
            6,
            &note(2, None, head),
        ),
        anchored(
            "an anchor of another history by a stranger",
            &[Code::AnchorSignature],
            6,
            &note(7, None, another_root(6)),
        ),
        anchored(
            "an anchor of another history by a custodian",
            &[Code::Fork],
            6,
            &note(1, None, another_root(6)),
        ),
        token("a timestamp", &[], 6, &stamped(head)),
        token("a timestamp of an older head", &[], 5, &stamped(older)),
        token("a timestamp of a larger log", &[], 9, &stamped(head)),
        token(
            "a timestamp that is none",
            &[Code::TimestampMalformed],
            6,
            b"a token",
        ),
        token(
            "a timestamp of another size",
            &[Code::TimestampOther],
            5,
            &stamped(head),
        ),
        token(
            "a timestamp of another history",
            &[Code::TimestampOther],
            6,
            &stamped(another_root(6)),
        ),
        token(
            "a timestamp under a changed signature",
            &[Code::TimestampInvalid],
            6,
            &{
                let mut bytes = stamped(head);
                let place = bytes.len() - 1;
                bytes[place] ^= 1;
                bytes
            },
        ),
        anchored(
            "an anchor of a larger log",
            &[Code::BehindAnchor],
            9,
            &note(1, None, another_root(9)),
        ),
    ]
}

#[test]
fn anchors_are_held_against_the_log() {
    cases().iter().for_each(|case| drop(case.hold()));
}

#[test]
fn an_anchor_alone_shows_nothing_fresh_and_tells_the_tokens_head() {
    let head = six().head();
    let bytes = stamped(head);
    let at = AnchorName::of(TreeSize(5), AnchorKind::Token, &bytes);
    let far = AnchorName::of(TreeSize(99), AnchorKind::Token, &bytes);
    let codes = [Code::TimestampOther];
    let mut case = anchored("a checkpoint kept", &codes, 6, &note(1, None, head));
    for token in [at, far] {
        case.files.insert(token.path(), bytes.clone());
    }
    let report = case.hold();
    assert_eq!(report.answer(Verdict::Fresh), Answer::NotChecked);
    assert_eq!(report.tokens.len(), 2);
    assert_eq!((report.tokens[0].name, report.tokens[0].root), (far, None));
    assert!(report.tokens[1].root.is_some_and(|root| root != head.root));
    let from: Vec<&str> = report.heads.iter().map(|h| h.from).collect();
    assert_eq!(from, ["checkpoint", "anchor"]);
}

#[test]
fn many_anchors_cost_no_more_than_some() {
    // Empty tokens cost nothing but their number; those of the largest heads are looked at.
    let mut case = kept("many", &[Code::TimestampMalformed], &[]);
    for size in 0..5_000 {
        let at = AnchorName::of(TreeSize(size), AnchorKind::Token, b"");
        case.files.insert(at.path(), Vec::new());
    }
    let report = case.hold();
    assert_eq!(report.tokens.len(), 1_024);
    assert_eq!(report.tokens[0].name.size, TreeSize(4_999));
    assert!(report.notices.iter().any(|n| n.starts_with("904 anchors")));
    let aside = "3072 timestamps of older heads";
    assert!(report.notices.iter().any(|n| n.starts_with(aside)));
}
