//! Who may do what: every role doing what it may and what it may not.

use seaproof_ledger::ids::{AuthorKey, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::writer::Draft;

use crate::common::forge::{Forge, Making};
use crate::common::*;
use crate::ledgers::*;
use crate::{Case, INVESTIGATOR, STRANGER, WITNESS};

/// Who did what.
pub fn authority() -> Vec<Case> {
    let public = |number: u8| key(number).public();
    let admit = |forge: &mut Forge, by: u8, whom: AuthorKey| {
        forge.add(&key(by), admitting(whom, Role::Investigator))
    };
    let revoke = |forge: &mut Forge, by: u8, whom: u8, suspect_from: Option<u64>| {
        forge.add(&key(by), revoking(public(whom), suspect_from))
    };
    let by = |number: u8, draft: Draft| {
        move |forge: &mut Forge| {
            forge.add(&key(number), draft);
            signs(forge, 1);
        }
    };
    // The identity, a point of order 8, and one that is not on the curve.
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut off_curve = [0; 32];
    off_curve[0] = 2;
    let order_8 = *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\
                     \x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a";
    let mut cases = vec![
        forged("evidence by all who may", |f| {
            signs(f, 1);
            signs(f, INVESTIGATOR);
            signs(f, 4);
        }),
        forged("evidence by a stranger", |f| {
            signs(f, STRANGER);
        }),
        forged("evidence by a witness", |f| {
            signs(f, WITNESS);
        }),
        forged("an admission by an investigator", |f| {
            admit(f, INVESTIGATOR, public(STRANGER));
            signs(f, STRANGER);
        }),
        forged("a revocation by an investigator", |f| {
            revoke(f, INVESTIGATOR, 4, None);
            signs(f, 4);
        }),
        forged("an author admitted twice", |f| {
            admit(f, 1, public(INVESTIGATOR));
            signs(f, INVESTIGATOR);
        }),
        forged("the first key admitted", |f| {
            admit(f, 4, public(1));
        }),
        forged("a revoked key", |f| {
            revoke(f, 1, INVESTIGATOR, Some(4));
            signs(f, INVESTIGATOR);
        }),
        forged("a revoked key admitted again", |f| {
            revoke(f, 1, INVESTIGATOR, None);
            admit(f, 1, public(INVESTIGATOR));
        }),
        forged("a witness that revokes itself", |f| {
            revoke(f, WITNESS, WITNESS, None);
        }),
        forged("a witness that revokes itself twice", |f| {
            revoke(f, WITNESS, WITNESS, None);
            revoke(f, WITNESS, WITNESS, Some(2));
        }),
        forged("a custodian that revokes itself and signs", |f| {
            revoke(f, 4, 4, None);
            signs(f, 4);
        }),
        forged("a suspicion that reaches back further", |f| {
            revoke(f, 1, INVESTIGATOR, None);
            revoke(f, 4, INVESTIGATOR, Some(5));
            revoke(f, 4, INVESTIGATOR, Some(2));
        }),
        forged("a suspicion that does not reach back further", |f| {
            revoke(f, 1, INVESTIGATOR, Some(2));
            revoke(f, 1, INVESTIGATOR, Some(2));
        }),
        forged("a suspicion from later on", |f| {
            revoke(f, 1, INVESTIGATOR, Some(5));
            signs(f, INVESTIGATOR);
        }),
        forged("a suspicion from there on", |f| {
            revoke(f, 1, INVESTIGATOR, Some(4));
        }),
        forged("a revocation of a stranger", |f| {
            revoke(f, 1, STRANGER, None);
        }),
        forged("a closed ledger", |f| {
            f.add(&key(4), closing());
        }),
        forged("an entry after the end", by(1, closing())),
        forged("an end by an investigator", by(INVESTIGATOR, closing())),
        forged("rules", by(4, governing("rule-set", b"any bytes"))),
        forged(
            "rules by a witness",
            by(WITNESS, governing("rule-set", b"")),
        ),
        forged("a roster", by(1, rostering(&staff()))),
        forged("a roster of before and of after a revocation", |f| {
            revoke(f, 1, INVESTIGATOR, Some(3));
            let mut keys = staff();
            f.add(&key(1), rostering(&keys));
            keys[1] = (INVESTIGATOR, Role::Investigator, 1, Some(4), Some(3));
            f.add(&key(4), rostering(&keys));
            revoke(f, 4, INVESTIGATOR, Some(2));
            f.add(&key(4), rostering(&keys));
            keys[1].4 = Some(2);
            f.add(&key(4), rostering(&keys));
        }),
        forged("a roster that forgot a key", |f| {
            f.add(&key(1), rostering(&staff()[..3]));
        }),
        forged("a roster with a stranger", |f| {
            let mut keys = staff().to_vec();
            keys.push((STRANGER, Role::Witness, 4, None, None));
            f.add(&key(1), rostering(&keys));
            signs(f, STRANGER);
        }),
        forged("an empty roster", by(1, rostering(&[]))),
        forged(
            "a roster by an investigator",
            by(INVESTIGATOR, rostering(&staff())),
        ),
        forged("a roster with a key twice", |f| {
            let mut draft = rostering(&staff());
            draft.facts.event.copy_within(8..8 + 54, 8 + 54);
            f.add(&key(1), draft);
            signs(f, WITNESS);
        }),
        forged("a roster of no such role", |f| {
            let mut draft = rostering(&staff());
            draft.facts.event[8 + 32] = 3;
            f.add(&key(1), draft);
        }),
        forged("a roster and a byte", |f| {
            let mut draft = rostering(&staff());
            draft.facts.event.push(0);
            f.add(&key(1), draft);
        }),
        forged("a roster behind an unknown kind", |f| {
            f.add(&key(1), governing("quorum", b"2"));
            f.add(&key(1), rostering(&staff()[..3]));
        }),
        forged("an unknown kind", by(1, governing("quorum", b"2"))),
        forged(
            "an unknown kind by an investigator",
            by(INVESTIGATOR, governing("quorum", b"2")),
        ),
        forged(
            "an unknown kind by a stranger",
            by(STRANGER, governing("quorum", b"2")),
        ),
        forged("a known kind of a newer version", |f| {
            let mut draft = closing();
            draft.facts.kind_version = 2;
            f.add(&key(1), draft);
            signs(f, WITNESS);
        }),
        forged("a problem below an unknown kind", |f| {
            signs(f, WITNESS);
            f.add(&key(1), governing("quorum", b"2"));
        }),
        forged("an admission behind an unknown kind", |f| {
            f.add(&key(1), governing("quorum", b"2"));
            admit(f, 1, public(STRANGER));
            signs(f, STRANGER);
        }),
        forged("an unknown author behind an unknown kind", |f| {
            f.add(&key(1), governing("quorum", b"2"));
            f.add_with(&key(STRANGER), evidence("signed"), |made| {
                made.statement.seq.0 = 3;
            });
        }),
        forged("a broken chain behind an unknown kind", |f| {
            f.add(&key(1), governing("quorum", b"2"));
            admit(f, 1, public(STRANGER));
            f.add_with(&key(STRANGER), evidence("signed"), |made| {
                made.statement.seq.0 = 3;
            });
        }),
        forged("an admission of a spoilt source", |f| {
            let spoil = |made: &mut Making| made.source.push(0);
            f.add_with(&key(1), admitting(public(STRANGER), Role::Witness), spoil);
            signs(f, STRANGER);
        }),
        forged("admissions in newer facts", |f| {
            f.add_with(&key(1), admitting(public(5), Role::Witness), version_2);
        }),
        forged("admissions in newer facts by an investigator", |f| {
            f.add_with(
                &key(INVESTIGATOR),
                admitting(public(5), Role::Witness),
                version_2,
            );
        }),
        forged("a withheld admission", |f| {
            let draft = admitting(public(5), Role::Investigator);
            f.add_with(&key(1), draft, without_facts);
            signs(f, 5);
        }),
        forged("a withheld revocation of oneself", |f| {
            let draft = revoking(public(WITNESS), None);
            f.add_with(&key(WITNESS), draft, without_facts);
        }),
        forged("a withheld governance entry by a stranger", |f| {
            f.add_with(&key(STRANGER), closing(), without_facts);
        }),
        forged("a governance entry without its source", |f| {
            f.add_with(&key(1), governing("rule-set", b""), without_source);
        }),
        forged("an admission cut short", |f| {
            f.add(&key(1), governing("author-admitted", &[7; 35]));
        }),
        forged("an admission in no role", |f| {
            let mut event = public(5).0.to_vec();
            event.extend([3, 0, 0, 0]);
            f.add(&key(1), governing("author-admitted", &event));
        }),
        forged("an end with words", |f| {
            f.add(&key(1), governing("closed", b"for good"));
            signs(f, 1);
        }),
        forged("a malformed governance entry by an investigator", |f| {
            f.add(&key(INVESTIGATOR), governing("closed", b"for good"));
        }),
        forged("the kind of genesis in the middle", |f| {
            f.add(&key(1), governing("genesis", b""));
        }),
    ];
    for (name, unacceptable) in [
        ("the identity", identity),
        ("a point of order 8", order_8),
        ("no point", off_curve),
        ("a point that is not reduced", [0xff; 32]),
    ] {
        cases.push(forged(&format!("{name} is admitted"), |f| {
            admit(f, 1, AuthorKey(unacceptable));
        }));
        cases.push(forged(&format!("{name} signs"), |f| {
            f.add_with(&key(1), evidence("signed"), |made| {
                made.statement.key = AuthorKey(unacceptable);
            });
        }));
    }
    cases
}
