//! Entries by those who may not sign them.

use std::collections::BTreeMap;

use seaproof_ledger::encoding;
use seaproof_ledger::governance::{
    AUTHORS_MAX, Author, AuthorAdmitted, Authority, Governance, ROSTER_MAX, Roster, Unauthorised,
};
use seaproof_ledger::ids::{AuthorKey, Class, EntryId, EntryIndex, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::verify::{Answer, Code, Verdict};
use seaproof_ledger::writer::Draft;

use super::common::*;
use super::{Case, forged};

/// These keys sign these entries, one after the other.
fn signing(name: &str, codes: &[Code], entries: Vec<(u8, Draft)>) -> Case {
    forged(name, codes, |forge| {
        for (by, draft) in entries {
            forge.add(&key(by), draft);
        }
    })
}

fn admit(number: u8, role: Role) -> Draft {
    admitting(key(number).public(), role)
}

fn revoke(number: u8, suspect_from: Option<u64>) -> Draft {
    revoking(key(number).public(), suspect_from)
}

/// Governance of a kind that this version does not know.
fn unknown_kind() -> Draft {
    let mut draft = closing();
    (draft.facts.kind, draft.facts.event) = ("quorum".into(), vec![1, 2, 3]);
    draft
}

fn rules() -> Draft {
    let mut draft = unknown_kind();
    draft.facts.kind = "rule-set".into();
    draft
}

fn x() -> Draft {
    evidence("x")
}

pub fn cases() -> Vec<Case> {
    let (investigator, custodian) = (Role::Investigator, Role::Custodian);
    let unknown = [Code::UnknownKey];
    let revoked = [Code::RevokedKey];
    let forbids = [Code::RoleForbids];
    let twice = [Code::AdmittedTwice];
    let no_effect = [Code::RevokedUnknown];
    let closed = [Code::AfterClose];
    let mut cases = vec![
        signing(
            "everybody within their role",
            &[],
            vec![
                (2, x()),
                (1, x()),
                (4, rules()),
                (4, admit(5, custodian)),
                (5, admit(6, investigator)),
                (6, x()),
                (1, revoke(5, Some(5))),
                (1, revoke(5, Some(4))),
                (3, revoke(3, None)),
                (2, revoke(2, Some(0))),
                (4, closing()),
            ],
        ),
        signing("a stranger's entry", &unknown, vec![(7, x())]),
        signing("a stranger's entries", &unknown, vec![(7, x()), (7, x())]),
        signing(
            "a stranger lets itself in",
            &unknown,
            vec![(7, admit(7, custodian)), (7, x())],
        ),
        signing(
            "a stranger closes",
            &unknown,
            vec![(7, closing()), (2, x())],
        ),
        signing(
            "before it is admitted",
            &unknown,
            vec![(7, x()), (1, admit(8, investigator))],
        ),
        signing(
            "after it was revoked",
            &revoked,
            vec![(1, revoke(2, None)), (2, x())],
        ),
        signing(
            "after it revoked itself",
            &revoked,
            vec![(2, revoke(2, None)), (2, x())],
        ),
        signing(
            "a revoked custodian",
            &revoked,
            vec![
                (1, revoke(4, None)),
                (4, admit(5, custodian)),
                (4, revoke(1, None)),
                (1, x()),
            ],
        ),
        signing(
            "a revoked key revokes itself again",
            &revoked,
            vec![(2, revoke(2, None)), (2, revoke(2, Some(1)))],
        ),
        signing("a witness' evidence", &forbids, vec![(3, x())]),
        signing(
            "a witness' dispute",
            &forbids,
            vec![(
                3,
                retracting(seaproof_ledger::facts::Reference::Entry(EntryId([1; 32]))),
            )],
        ),
        signing(
            "an investigator admits",
            &[Code::RoleForbids, Code::UnknownKey],
            vec![(2, admit(5, investigator)), (5, x())],
        ),
        signing(
            "an investigator revokes",
            &forbids,
            vec![(2, revoke(4, None)), (4, x())],
        ),
        signing(
            "an investigator closes",
            &forbids,
            vec![(2, closing()), (1, x())],
        ),
        signing("an investigator's rules", &forbids, vec![(2, rules())]),
        // What has no effect leaves nothing unknown either.
        signing(
            "an investigator's unknown governance",
            &forbids,
            vec![(2, unknown_kind())],
        ),
        signing(
            "admitted again",
            &twice,
            vec![(1, admit(2, custodian)), (2, x())],
        ),
        signing(
            "admitted after it was revoked",
            &[Code::AdmittedTwice, Code::RevokedKey],
            vec![(1, revoke(2, None)), (1, admit(2, investigator)), (2, x())],
        ),
        signing(
            "the first key admitted",
            &twice,
            vec![(4, admit(1, custodian))],
        ),
        signing("a stranger revoked", &no_effect, vec![(1, revoke(7, None))]),
        signing(
            "revoked again",
            &no_effect,
            vec![(1, revoke(2, None)), (1, revoke(2, None))],
        ),
        signing(
            "suspect from later on",
            &no_effect,
            vec![
                (1, revoke(2, Some(3))),
                (1, revoke(2, Some(3))),
                (1, revoke(2, Some(4))),
            ],
        ),
        signing(
            "suspect from what is to come",
            &no_effect,
            vec![(1, revoke(2, Some(5))), (2, x())],
        ),
        signing(
            "an entry after the end",
            &closed,
            vec![(1, closing()), (2, x())],
        ),
        signing(
            "governance after the end",
            &closed,
            vec![
                (1, closing()),
                (1, admit(5, custodian)),
                (5, x()),
                (1, closing()),
            ],
        ),
    ];
    let mut version_2 = admit(5, investigator);
    version_2.facts.kind_version = 2;
    let mut later = unknown_kind();
    later.facts.kind_version = 9;
    for (name, draft) in [
        ("quorum", unknown_kind()),
        ("version 2", version_2),
        ("version 9", later),
    ] {
        // It may have admitted key 5, and closed the ledger.
        let entries = vec![(1, draft), (5, x()), (2, x()), (7, x())];
        let case = signing(&format!("unknown governance: {name}"), &[], entries);
        cases.push(case.but(Verdict::Authorised, Answer::NotChecked));
    }
    let below = vec![(7, x()), (1, unknown_kind()), (8, x())];
    cases.push(signing(
        "a stranger below unknown governance",
        &unknown,
        below,
    ));
    cases.extend(rosters());
    cases
}

/// Rosters: what they may say, and who may record one.
fn rosters() -> Vec<Case> {
    let wrong = [Code::RosterWrong];
    let staffed = || rostering(&staff());
    let but = |number: usize, change: fn(&mut Listed)| {
        let mut keys = staff();
        change(&mut keys[number - 1]);
        rostering(&keys)
    };
    let revoked = |suspect_from| {
        let mut keys = staff();
        (keys[1].3, keys[1].4) = (Some(5), suspect_from);
        rostering(&keys)
    };
    let mut with_stranger = staff().to_vec();
    with_stranger.push((7, Role::Witness, 4, None, None));
    let mut cases = vec![
        signing(
            "rosters",
            &[],
            vec![
                (1, staffed()),
                (1, revoke(2, Some(3))),
                (4, revoked(Some(3))),
                (4, revoke(2, Some(2))),
                (1, revoked(Some(2))),
                (1, revoked(Some(2))),
            ],
        ),
        signing(
            "a roster that forgot a key",
            &wrong,
            vec![(1, rostering(&staff()[..3])), (2, x())],
        ),
        signing(
            "a roster with a stranger",
            &[Code::RosterWrong, Code::UnknownKey],
            vec![(1, rostering(&with_stranger)), (7, x())],
        ),
        signing(
            "a roster in another role",
            &wrong,
            vec![(1, but(2, |key| key.1 = Role::Custodian))],
        ),
        signing(
            "a roster with another admission",
            &wrong,
            vec![(1, but(1, |key| key.2 = 1))],
        ),
        signing(
            "a roster with a revocation that never was",
            &wrong,
            vec![(1, but(2, |key| key.3 = Some(3))), (2, x())],
        ),
        signing(
            "a roster with a suspicion that never was",
            &wrong,
            vec![(1, but(2, |key| key.4 = Some(3)))],
        ),
        signing(
            "a roster from before a revocation",
            &wrong,
            vec![(1, x()), (1, revoke(2, None)), (1, staffed())],
        ),
        signing(
            "a roster without a suspicion",
            &wrong,
            vec![(1, x()), (1, revoke(2, Some(3))), (1, revoked(None))],
        ),
        signing("an empty roster", &wrong, vec![(1, rostering(&[]))]),
        signing(
            "an investigator's roster",
            &[Code::RoleForbids],
            vec![(2, staffed())],
        ),
        signing(
            "a witness' roster",
            &[Code::RoleForbids],
            vec![(3, staffed())],
        ),
        signing(
            "a stranger's roster",
            &[Code::UnknownKey],
            vec![(7, staffed())],
        ),
        signing(
            "a roster after the end",
            &[Code::AfterClose],
            vec![(1, closing()), (1, staffed())],
        ),
    ];
    let malformed = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut draft = staffed();
        change(&mut draft.facts.event);
        let case = signing(name, &[Code::FactsMalformed], vec![(1, draft), (7, x())]);
        case.but(Verdict::Authorised, Answer::NotChecked)
    };
    // A key's 54 bytes: 32 of key, 4 of role, 8 of admission, two of options.
    const KEY: usize = 54;
    cases.extend([
        malformed("a roster that does not ascend", &|event| {
            let second = event.split_off(8 + KEY);
            let first = event.split_off(8);
            event.extend(second);
            event.extend(first);
        }),
        malformed("a roster with a key twice", &|event| {
            event.copy_within(8..8 + KEY, 8 + KEY);
        }),
        malformed("a roster cut short", &|event| {
            event.truncate(event.len() - 1)
        }),
        malformed("a roster and a byte", &|event| event.push(0)),
        malformed("a roster with no such role", &|event| event[8 + 32] = 3),
        malformed("a roster of 16,385 keys", &|event| {
            event.clear();
            event.extend(16_385u64.to_le_bytes());
            for n in 0..16_385u32 {
                let mut key = [0; KEY];
                key[..4].copy_from_slice(&n.to_be_bytes());
                event.extend(key);
            }
        }),
        malformed("a roster that promises too much", &|event| {
            event[..8].copy_from_slice(&u64::MAX.to_le_bytes());
        }),
    ]);
    let mut evidence = staffed();
    evidence.class = Class::Evidence;
    cases.push(signing(
        "a roster as evidence",
        &[Code::FactsMalformed],
        vec![(1, evidence)],
    ));
    let mut later = staffed();
    later.facts.kind_version = 2;
    let case = signing("a roster of version 2", &[], vec![(1, later), (7, x())]);
    cases.push(case.but(Verdict::Authorised, Answer::NotChecked));
    // What is known no longer stands for everything: a roster may know more.
    let unknown = vec![(1, unknown_kind()), (1, rostering(&with_stranger))];
    let case = signing("a roster behind unknown governance", &[], unknown);
    cases.push(case.but(Verdict::Authorised, Answer::NotChecked));
    cases
}

#[test]
fn who_may_do_what() {
    cases().iter().for_each(|case| drop(case.hold()));
}

#[test]
fn a_closed_ledger_needs_no_word_from_outside_to_be_the_newest() {
    let open = signing("open", &[], vec![(2, x())]).hold();
    assert_eq!(open.answer(Verdict::Fresh), Answer::NotChecked);
    let closed = signing("closed", &[], vec![(2, x()), (1, closing())]).hold();
    assert_eq!(closed.answer(Verdict::Fresh), Answer::Pass);
    let not_by_her = [Code::RoleForbids];
    let open = signing("not closed", &not_by_her, vec![(2, closing())]).hold();
    assert_eq!(open.answer(Verdict::Fresh), Answer::NotChecked);
}

#[test]
fn suspicion_goes_down_only() {
    let case = signing(
        "suspect",
        &[Code::RevokedUnknown],
        vec![
            (2, x()),
            (1, revoke(2, Some(5))),
            (1, revoke(2, Some(3))),
            (4, revoke(2, Some(4))),
        ],
    );
    let report = case.hold();
    let desk = report
        .signing_keys
        .iter()
        .find(|k| k.key == key(2).public())
        .unwrap();
    assert_eq!(desk.suspect_from, Some(EntryIndex(3)));
    assert_eq!(desk.revoked_at, Some(EntryIndex(5)));
}

/// An authority that has admitted this many keys, as its stored form gives it: admitting them one by one would
/// take minutes.
fn crowded(keys: usize) -> Authority {
    let author = |role| Author {
        role,
        admitted_by: EntryId([1; 32]),
        admitted_at: EntryIndex(0),
        revoked_at: None,
        suspect_from: None,
    };
    let mut authors: BTreeMap<AuthorKey, Author> = (1..keys as u64)
        .map(|n| {
            let mut bytes = [0xee; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            (AuthorKey(bytes), author(Role::Witness))
        })
        .collect();
    authors.insert(key(1).public(), author(Role::Custodian));
    let nowhere: Option<EntryIndex> = None;
    encoding::decode(&encoding::encode(&(authors, nowhere, nowhere)), usize::MAX).unwrap()
}

#[test]
fn a_roster_holds_16_384_keys_and_no_more() {
    let largest = crowded(ROSTER_MAX).roster().unwrap();
    assert_eq!(Roster::decode(&largest.encode()).as_ref(), Ok(&largest));
    let custodian = key(1).public();
    let judge = |keys, roster: &Roster| {
        let event = Governance::Roster(roster.clone());
        let class = Class::Governance;
        crowded(keys).check(EntryIndex(70_000), &custodian, class, Some(&event))
    };
    assert_eq!(judge(ROSTER_MAX, &largest), Ok(()));
    assert!(crowded(ROSTER_MAX + 1).roster().is_none());
    assert!(matches!(
        judge(ROSTER_MAX + 1, &largest),
        Err(Unauthorised::RosterWrong { key: Some(_) })
    ));
    // Every option given, its facts are within their limit.
    let longest = 8 + ROSTER_MAX * (32 + 4 + 8 + 9 + 9);
    assert!(longest + 100 < seaproof_ledger::opening::FACTS_MAX);
}

/// These bytes never change.
#[test]
fn a_rosters_bytes() {
    let expected = "02000000000000008139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394\
                    01000000010000000000000001050000000000000001030000000000000\
                    08a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c\
                    0000000000000000000000000000";
    let draft = rostering(&[
        (1, Role::Custodian, 0, None, None),
        (2, Role::Investigator, 1, Some(5), Some(3)),
    ]);
    let hex = seaproof_ledger::ids::to_hex(&draft.facts.event);
    assert_eq!(hex, expected);
    let roster = Roster::decode(&draft.facts.event).unwrap();
    assert_eq!(roster.encode(), draft.facts.event);
    let desk = roster.key(&key(2).public()).unwrap();
    assert_eq!(desk.role, Role::Investigator);
    assert_eq!(desk.revoked_at, Some(EntryIndex(5)));
    assert_eq!(desk.suspect_from, Some(EntryIndex(3)));
    assert!(roster.key(&key(3).public()).is_none());
}

#[test]
fn a_ledger_has_room_for_65_536_keys_and_no_more() {
    for (keys, expected) in [
        (AUTHORS_MAX - 1, Ok(())),
        (AUTHORS_MAX, Err(Unauthorised::Full)),
    ] {
        let mut authority = crowded(keys);
        assert_eq!(authority.authors().count(), keys);
        let event = Governance::Admitted(AuthorAdmitted {
            key: key(9).public(),
            role: Role::Witness,
        });
        let custodian = key(1).public();
        let (index, id) = (EntryIndex(70_000), EntryId([2; 32]));
        let judged = authority.apply(index, id, &custodian, Class::Governance, Some(&event));
        assert_eq!(judged, expected);
    }
}
