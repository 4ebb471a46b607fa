//! What shows that a ledger is fresh, what shows that it is not, and what shows nothing: every cell of FORMAT.md §22.

use seaproof_ledger::anchors::{AnchorKind, AnchorName};
use seaproof_ledger::checkpoint::origin_of;
use seaproof_ledger::ids::{LedgerId, Role, TreeHash, TreeSize};
use seaproof_ledger::note::{Note, VerifierKey};
use seaproof_ledger::policy::Policy;
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::MemoryStore;
use seaproof_ledger::verify::{Answer, Code, Demand, Options, Pin, Report, Verdict, verify};

use super::common::forge::Forge;
use super::common::*;
use super::{at, line, name, three};
use seaproof_ledger::keys::Signer;

/// When the caller wants it to have been cosigned at the earliest.
const SINCE: u64 = 1_000_000;

/// Custodians 1 and 4, investigator 2, witness 3, and an entry: five in all.
fn ledger() -> Forge {
    let mut forge = Forge::new();
    for (number, role) in (2..).zip([Role::Investigator, Role::Witness, Role::Custodian]) {
        forge.add(&key(1), admitting(key(number).public(), role));
    }
    forge.add(&key(2), evidence("x"));
    forge.checkpoint(&key(1));
    forge
}

/// A head's checkpoint by a custodian.
fn signed(by: u8, ledger: LedgerId, head: Head) -> Note {
    let mut forge = Forge::new();
    forge.checkpoint_of(&key(by), ledger, head);
    Note::parse(&forge.files.remove("checkpoint").unwrap()).unwrap()
}

/// The ledger with a checkpoint in `anchors/`.
struct Case {
    forge: Forge,
    policy: String,
    since: Option<u64>,
    pins: Vec<Vec<u8>>,
}

impl Case {
    /// The policy asks for two of A, B, C, whose keys are 11, 12 and 13.
    fn new() -> Self {
        Self {
            forge: ledger(),
            policy: format!("{}group two 2 A B C\nquorum two\n", three()),
            since: Some(SINCE),
            pins: Vec::new(),
        }
    }

    /// The newest head, cosigned by these keys at these times.
    fn cosigned(self, by: &[(&str, u8, u64)]) -> Self {
        let head = self.forge.head();
        self.with(1, head, by)
    }

    fn note(&self, custodian: u8, head: Head, by: &[(&str, u8, u64)]) -> Note {
        let note = signed(custodian, self.forge.ledger, head);
        let lines: Vec<_> = by
            .iter()
            .map(|(called, n, time)| line(note.unverified_text(), called, &key(*n), *time))
            .collect();
        note.with_lines(&lines).unwrap()
    }

    fn with(self, custodian: u8, head: Head, by: &[(&str, u8, u64)]) -> Self {
        let note = self.note(custodian, head, by);
        self.kept(head.size, &note)
    }

    fn kept(mut self, size: TreeSize, note: &Note) -> Self {
        let name = AnchorName::of(size, AnchorKind::Note, note.as_bytes());
        self.forge
            .files
            .insert(name.path(), note.as_bytes().to_vec());
        self
    }

    fn pinned(mut self, note: &Note) -> Self {
        self.pins.push(note.as_bytes().to_vec());
        self
    }

    fn policy(mut self, policy: &str) -> Self {
        self.policy = policy.to_owned();
        self
    }

    fn since(mut self, since: Option<u64>) -> Self {
        self.since = since;
        self
    }

    fn report(&self) -> Report {
        let store = MemoryStore::new();
        for (path, bytes) in self.forge.files() {
            store.put(&path, bytes);
        }
        let options = Options {
            pins: (self.pins.iter())
                .map(|pin| Pin {
                    checkpoint: pin.clone(),
                })
                .collect(),
            demand: Some(Demand {
                policy: Policy::parse(self.policy.as_bytes()).unwrap(),
                since: self.since.map(at),
                until: Some(at(SINCE + 1_000)),
            }),
            ..Options::default()
        };
        verify(&store, &options)
    }

    /// The answer, when these are the problems.
    fn answer(&self, codes: &[Code]) -> Answer {
        let report = self.report();
        let found: Vec<Code> = report.problems.iter().map(|p| p.code).collect();
        assert_eq!(found, codes, "{:#?}", report.problems);
        report.answer(Verdict::Fresh)
    }
}

/// A and B, after the time that is asked for.
const TWO: &[(&str, u8, u64)] = &[("w/A", 11, SINCE + 5), ("w/B", 12, SINCE)];

fn other_root(size: u64) -> Head {
    Head {
        size: TreeSize(size),
        root: TreeHash([6; 32]),
    }
}

#[test]
fn a_head_that_the_quorum_cosigned_in_time_shows_it() {
    assert_eq!(Case::new().cosigned(TWO).answer(&[]), Answer::Pass);
    let report = Case::new().cosigned(TWO).report();
    let cosigned = report.cosigned.unwrap();
    let newest = cosigned.newest().unwrap();
    assert_eq!(
        (newest.size, newest.complete_at),
        (TreeSize(5), Some(at(SINCE)))
    );
    assert_eq!(newest.by.len(), 2);
    // Also an earlier head than the newest, and one signed by another custodian.
    let early = Case::new();
    let head = early.forge.head();
    let mut early = early.with(4, head, TWO);
    early.forge.add(&key(1), evidence("later"));
    assert_eq!(early.answer(&[]), Answer::Pass);
    // More witnesses, also later, do not move the time back.
    let more = [TWO, &[("w/C", 13, SINCE + 9)]].concat();
    let report = Case::new().cosigned(&more).report();
    let cosigned = report.cosigned.unwrap();
    assert_eq!(cosigned.newest().unwrap().complete_at, Some(at(SINCE + 5)));
    // A witness that the ledger admitted as one.
    let policy = format!("witness W {}\nquorum W\n", super::cosigner("w/W", &key(3)));
    let admitted = Case::new().policy(&policy).cosigned(&[("w/W", 3, SINCE)]);
    assert_eq!(admitted.answer(&[]), Answer::Pass);
}

#[test]
fn what_is_too_old_too_little_or_too_late_shows_nothing() {
    let unknown = |case: Case| assert_eq!(case.answer(&[]), Answer::NotChecked);
    unknown(Case::new());
    // One witness, also twice, and two of whom one is nobody.
    unknown(Case::new().cosigned(&[("w/A", 11, SINCE)]));
    unknown(Case::new().cosigned(&[("w/A", 11, SINCE), ("w/A", 11, SINCE + 1)]));
    unknown(Case::new().cosigned(&[("w/A", 11, SINCE), ("w/D", 14, SINCE)]));
    // The right name with another key, the right key under another name.
    unknown(Case::new().cosigned(&[("w/A", 14, SINCE), ("w/B", 12, SINCE)]));
    unknown(Case::new().cosigned(&[("w/a", 11, SINCE), ("w/B", 12, SINCE)]));
    // Each on a head of its own.
    let head = Case::new().forge.head();
    let apart = Case::new()
        .with(1, head, &TWO[..1])
        .with(1, head, &TWO[1..]);
    unknown(apart);
    // One of the two is too old: the quorum was complete then.
    unknown(Case::new().cosigned(&[("w/A", 11, SINCE + 5), ("w/B", 12, SINCE - 1)]));
    // From the future: somebody's clock is wrong.
    unknown(Case::new().cosigned(&[("w/A", 11, SINCE), ("w/B", 12, SINCE + 1_001)]));
    // No time was asked for; no witness is asked for.
    unknown(Case::new().since(None).cosigned(TWO));
    unknown(
        Case::new()
            .policy(&format!("{}quorum none\n", three()))
            .cosigned(TWO),
    );
    // Keys that do something else in the ledger count for nothing.
    for n in [2, 4] {
        let policy = format!("witness W {}\nquorum W\n", super::cosigner("w/W", &key(n)));
        unknown(Case::new().policy(&policy).cosigned(&[("w/W", n, SINCE)]));
    }
    // A timestamp is no cosignature, whatever it is over.
    let mut stamped = Case::new();
    let token = AnchorName::of(TreeSize(5), AnchorKind::Token, b"a token");
    stamped
        .forge
        .files
        .insert(token.path(), b"a token".to_vec());
    assert_eq!(
        stamped.answer(&[Code::TimestampMalformed]),
        Answer::NotChecked
    );
}

#[test]
fn the_policys_logs_must_have_signed() {
    let origin = origin_of(&ledger().ledger);
    let with = |key: VerifierKey| {
        let policy = format!("log {key}\n{}quorum A\n", three());
        Case::new().policy(&policy).cosigned(TWO)
    };
    let of = |n: u8| VerifierKey::new(origin.clone(), key(n).public()).unwrap();
    assert_eq!(with(of(1)).answer(&[]), Answer::Pass);
    // A custodian whom the caller does not know.
    assert_eq!(with(of(4)).answer(&[]), Answer::NotChecked);
    let other = VerifierKey::new(name("log.example/x"), key(1).public()).unwrap();
    assert_eq!(with(other.clone()).answer(&[]), Answer::NotChecked);
    assert!(with(other).report().cosigned.unwrap().of_other_logs);
}

#[test]
fn a_false_cosignature_shows_that_something_is_wrong() {
    let head = Case::new().forge.head();
    let good = Case::new().note(1, head, TWO);
    // One that was given for another head of the same ledger, and one for another log.
    let fourth = Head {
        size: TreeSize(4),
        root: TreeHash([4; 32]),
    };
    let replayed = line(
        signed(1, Case::new().forge.ledger, fourth).unverified_text(),
        "w/C",
        &key(13),
        SINCE,
    );
    let foreign = line(
        signed(1, LedgerId([9; 32]), head).unverified_text(),
        "w/A",
        &key(11),
        SINCE,
    );
    for bad in [replayed, foreign] {
        let spoiled = good.with_lines([&bad]).unwrap();
        let kept = Case::new().kept(head.size, &spoiled);
        assert_eq!(kept.answer(&[Code::CosignatureInvalid]), Answer::Fail);
        // It says nothing of what was signed.
        assert_eq!(kept.report().answer(Verdict::Intact), Answer::Pass);
        let pinned = Case::new().pinned(&spoiled);
        assert_eq!(pinned.answer(&[Code::CosignatureInvalid]), Answer::Fail);
        // Whom nobody asks about may write what they will.
        let policy = format!("witness W {}\nquorum W\n", super::cosigner("w/W", &key(15)));
        let others = Case::new().policy(&policy).kept(head.size, &spoiled);
        assert_eq!(others.answer(&[]), Answer::NotChecked);
    }
}

#[test]
fn a_cosigned_head_of_another_history_shows_that_it_is_not() {
    let forked = Case::new().with(1, other_root(5), TWO);
    assert_eq!(forked.answer(&[Code::Fork]), Answer::Fail);
    assert_eq!(forked.report().answer(Verdict::Intact), Answer::Fail);
    let earlier = Case::new().cosigned(TWO).with(1, other_root(3), TWO);
    assert_eq!(earlier.answer(&[Code::Fork]), Answer::Fail);
    // Of longer ago it shows so too.
    let old = &[("w/A", 11, 5), ("w/B", 12, 5)];
    assert_eq!(
        Case::new()
            .with(1, other_root(5), old)
            .answer(&[Code::Fork]),
        Answer::Fail
    );
    // Signed by no custodian it is nobody's history, cosigned or not.
    let nobodys = Case::new().with(2, other_root(5), TWO);
    assert_eq!(nobodys.answer(&[Code::AnchorSignature]), Answer::NotChecked);
}

#[test]
fn a_log_behind_a_cosigned_head_is_not_the_newest() {
    let behind = Case::new().with(1, other_root(7), TWO);
    assert_eq!(behind.answer(&[Code::BehindAnchor]), Answer::Fail);
    assert_eq!(behind.report().answer(Verdict::Complete), Answer::Fail);
    let old = &[("w/A", 11, 5), ("w/B", 12, 5)];
    let behind = Case::new().cosigned(TWO).with(1, other_root(7), old);
    assert_eq!(behind.answer(&[Code::BehindAnchor]), Answer::Fail);
    // Without a quorum it is known to be incomplete, and so not the newest.
    let one = Case::new().with(1, other_root(7), &TWO[..1]);
    assert_eq!(one.answer(&[Code::BehindAnchor]), Answer::Fail);
    let pinned = Case::new();
    let note = pinned.note(1, other_root(7), TWO);
    assert_eq!(
        pinned.pinned(&note).answer(&[Code::BehindPin]),
        Answer::Fail
    );
}

#[test]
fn pins_go_before_the_policy_and_may_be_cosigned() {
    let head = Case::new().forge.head();
    let note = |by| Case::new().note(1, head, by);
    let wrong = Case::new().note(2, head, TWO);
    // A pin that agrees is enough, cosigned or not; cosigned in time it is both.
    assert_eq!(Case::new().pinned(&note(&[])).answer(&[]), Answer::Pass);
    assert_eq!(Case::new().pinned(&note(TWO)).answer(&[]), Answer::Pass);
    let counted = Case::new().pinned(&note(TWO)).report().cosigned.unwrap();
    assert_eq!(counted.newest().unwrap().from, "pin");
    // One that cannot be used leaves it to the policy.
    let unusable = Case::new().pinned(&wrong);
    assert_eq!(unusable.answer(&[Code::PinUnusable]), Answer::NotChecked);
    let unusable = Case::new().cosigned(TWO).pinned(&wrong);
    assert_eq!(unusable.answer(&[Code::PinUnusable]), Answer::Pass);
    // One that disagrees shows that it is not, whatever the witnesses say.
    let forked = signed(1, ledger().ledger, other_root(5));
    let case = Case::new().cosigned(TWO).pinned(&forked);
    assert_eq!(case.answer(&[Code::Fork]), Answer::Fail);
    let behind = signed(1, ledger().ledger, other_root(9));
    let case = Case::new().cosigned(TWO).pinned(&behind);
    assert_eq!(case.answer(&[Code::BehindPin]), Answer::Fail);
}

#[test]
fn a_closed_ledger_needs_no_word_from_outside() {
    let closed = || {
        let mut case = Case::new();
        case.forge.add(&key(1), closing());
        case.forge.checkpoint(&key(1));
        case
    };
    assert_eq!(closed().answer(&[]), Answer::Pass);
    assert_eq!(closed().cosigned(TWO).answer(&[]), Answer::Pass);
    let old = &[("w/A", 11, 5), ("w/B", 12, 5)];
    assert_eq!(closed().cosigned(old).answer(&[]), Answer::Pass);
    // But what contradicts it does.
    assert_eq!(
        closed().with(1, other_root(6), TWO).answer(&[Code::Fork]),
        Answer::Fail
    );
    assert_eq!(
        closed()
            .with(1, other_root(8), TWO)
            .answer(&[Code::BehindAnchor]),
        Answer::Fail
    );
}

#[test]
fn nothing_shows_it_beside_a_signed_head_that_the_log_does_not_reach() {
    // The ledger's own checkpoint, a pin whose signer came later, and a quorum's word below both.
    let mut case = Case::new().cosigned(TWO);
    case.forge
        .checkpoint_of(&key(1), case.forge.ledger, other_root(9));
    assert_eq!(case.answer(&[Code::BehindCheckpoint]), Answer::Fail);
    let later = signed(9, ledger().ledger, other_root(8));
    let case = Case::new().cosigned(TWO).pinned(&later);
    assert_eq!(case.answer(&[Code::BehindPin]), Answer::Fail);
    // Somebody cut below their own revocation and closed it.
    let mut case = Case::new();
    case.forge.add(&key(4), closing());
    case.forge
        .checkpoint_of(&key(1), case.forge.ledger, other_root(9));
    assert_eq!(case.answer(&[Code::BehindCheckpoint]), Answer::Fail);
}

#[test]
fn closing_counts_for_nothing_behind_governance_that_is_not_known() {
    let mut case = Case::new();
    let mut unknown = closing();
    unknown.facts.kind = "hereafter".into();
    case.forge.add(&key(1), unknown);
    case.forge.add(&key(4), closing());
    case.forge.checkpoint(&key(1));
    let report = case.report();
    assert_eq!(report.answer(Verdict::Authorised), Answer::NotChecked);
    assert_eq!(report.answer(Verdict::Fresh), Answer::NotChecked);
}
