//! Statements that are malformed, or do not stand where they should.

use seaproof_ledger::ids::{Class, EntryId, LedgerId, Seq, TreeHash, TreeSize};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::statement::Head;
use seaproof_ledger::verify::{Answer, Code, Verdict};

use super::common::forge::{Forge, Making};
use super::common::*;
use super::{Case, forged, staffed};

type Change = fn(&mut Making);

/// What key 2 might observe or refer to.
struct Seen {
    /// Entry ids of `#0` and so on.
    ids: Vec<EntryId>,
    /// Heads of these sizes: 4, 5, 6.
    heads: [Head; 3],
}

/// Entry `#6`, the second of key 2 after `#4`, is changed before it is signed.
fn second(name: &str, codes: &[Code], change: impl FnOnce(&mut Making, &Seen)) -> Case {
    forged(name, codes, |forge| {
        let four = forge.head();
        forge.add(&key(2), evidence("before"));
        let five = forge.head();
        forge.add(&key(1), evidence("between"));
        let seen = Seen {
            ids: forge.ids.clone(),
            heads: [four, five, forge.head()],
        };
        forge.add_with(&key(2), evidence("the second"), |made| change(made, &seen));
    })
}

/// A governance entry that is changed before it is signed.
fn governing(name: &str, codes: &[Code], change: impl FnOnce(&mut Making, Head)) -> Case {
    forged(name, codes, |forge| {
        let three = forge.head();
        forge.add(&key(1), evidence("x"));
        forge.add_with(&key(1), revoking(key(2).public(), None), |made| {
            change(made, three);
        });
    })
}

/// The bytes of a statement of key 2 are changed before they are signed.
fn raw(name: &str, codes: &[Code], change: impl FnOnce(&mut [u8; 219])) -> Case {
    let mut bytes = [0; 219];
    staffed().add_with(&key(2), evidence("x"), |made| {
        bytes = made.statement.encode()
    });
    change(&mut bytes);
    forged(name, codes, |forge| {
        forge.add_raw(&key(2), bytes, |body| body.push(0));
    })
}

/// A ledger whose genesis is changed before it is signed.
fn begun(name: &str, codes: &[Code], change: impl FnOnce(&mut Making)) -> Case {
    Case::new(name, Forge::begun_with(change).finish(), codes)
}

pub fn cases() -> Vec<Case> {
    let malformed = [Code::StatementMalformed];
    let mut cases = vec![
        raw("statement version 2", &malformed, |b| b[0] = 2),
        raw("statement version 0", &malformed, |b| b[0] = 0),
        raw("statement version 257", &malformed, |b| b[1] = 1),
        raw("class 4", &malformed, |b| b[2] = 4),
        raw("class 255", &malformed, |b| b[2] = 255),
    ];
    // Nothing can be counted on from there.
    let mut last = [0; 219];
    staffed().add_with(&key(2), evidence("x"), |made| {
        made.statement.prev = EntryId([8; 32]);
        last = made.statement.encode();
    });
    last[67..75].fill(0xff);
    let codes = [Code::AuthorGap, Code::WrongPrev, Code::OpeningAbsent];
    cases.push(forged("the last seq there is, twice", &codes, |forge| {
        forge.add_raw(&key(2), last, |body| body.push(0));
        last[147] ^= 1;
        forge.add_raw(&key(2), last, |body| body.push(0));
    }));
    // Without a genesis nobody may sign; the chain's beginning is not there either.
    let odd_genesis: [(&str, Change); 5] = [
        ("genesis with a ledger", |m| {
            m.statement.ledger = LedgerId([1; 32])
        }),
        ("genesis with a prev", |m| {
            m.statement.prev = EntryId([1; 32])
        }),
        ("genesis with a seq", |m| m.statement.seq = Seq(1)),
        ("genesis that observed an entry", |m| {
            m.statement.observed.size = TreeSize(1)
        }),
        ("genesis that observed another root", |m| {
            m.statement.observed.root = TreeHash([0; 32]);
        }),
    ];
    for (name, change) in odd_genesis {
        // Nobody is custodian then, so no checkpoint counts.
        let codes = [Code::StatementMalformed, Code::CheckpointSignature];
        cases.push(begun(name, &codes, change).but(Verdict::Complete, Answer::NotChecked));
    }
    let codes = [Code::WrongLedger, Code::CheckpointSignature];
    let case = begun("evidence at #0", &codes, |m| {
        m.statement.class = Class::Evidence
    });
    cases.push(case.but(Verdict::Complete, Answer::NotChecked));

    cases.extend([
        second("another ledger's entry", &[Code::WrongLedger], |m, _| {
            m.statement.ledger = LedgerId([7; 32]);
        }),
        second(
            "an entry that names no ledger",
            &[Code::WrongLedger],
            |m, _| {
                m.statement.ledger = LedgerId([0; 32]);
            },
        ),
        forged("genesis again", &[Code::WrongLedger], |forge| {
            forge.add_with(&key(1), evidence("x"), |m| {
                m.statement.class = Class::Genesis;
                m.statement.ledger = LedgerId([0; 32]);
                m.statement.prev = EntryId([0; 32]);
                m.statement.seq = Seq(0);
                m.statement.observed = Head::empty();
            });
        }),
        second("a seq left out", &[Code::AuthorGap], |m, _| {
            m.statement.seq = Seq(2)
        }),
        second("a seq near the end", &[Code::AuthorGap], |m, _| {
            m.statement.seq = Seq(u64::MAX - 1);
        }),
        forged(
            "a first entry that is not the first",
            &[Code::AuthorGap],
            |forge| {
                forge.add_with(&key(4), evidence("x"), |m| m.statement.seq = Seq(1));
            },
        ),
        second("a seq used twice", &[Code::AuthorFork], |m, _| {
            m.statement.seq = Seq(0);
            m.statement.prev = EntryId([9; 32]);
        }),
        second("prev of another author", &[Code::WrongPrev], |m, seen| {
            m.statement.prev = seen.ids[5];
        }),
        second("prev of zeros", &[Code::WrongPrev], |m, _| {
            m.statement.prev = EntryId([0; 32]);
        }),
        forged(
            "a first entry that follows genesis",
            &[Code::WrongPrev],
            |forge| {
                let genesis = forge.ids[0];
                forge.add_with(&key(2), evidence("x"), |m| m.statement.prev = genesis);
            },
        ),
        second(
            "an observed head of the future",
            &[Code::ObservedAhead],
            |m, _| {
                m.statement.observed.size = TreeSize(7);
            },
        ),
        second(
            "an observed head beyond all",
            &[Code::ObservedAhead],
            |m, _| {
                m.statement.observed.size = TreeSize(u64::MAX);
            },
        ),
        second("an observed head of the past", &[], |m, seen| {
            m.statement.observed = seen.heads[1];
        }),
        // #4 observed 4 entries.
        second(
            "an observed head before the last one",
            &[Code::ObservedBack],
            |m, _| {
                m.statement.observed = staffed_head(3);
            },
        ),
        second(
            "nothing observed after something",
            &[Code::ObservedBack],
            |m, _| {
                m.statement.observed = Head::empty();
            },
        ),
        second(
            "an observed root of another size",
            &[Code::ObservedRoot],
            |m, seen| {
                m.statement.observed.size = seen.heads[1].size;
            },
        ),
        second(
            "an observed root of another history",
            &[Code::ObservedRoot],
            |m, _| {
                m.statement.observed.root = TreeHash([5; 32]);
            },
        ),
        forged(
            "nothing observed, with a root",
            &[Code::ObservedRoot],
            |forge| {
                forge.add_with(&key(2), evidence("x"), |m| {
                    m.statement.observed.size = TreeSize(0)
                });
            },
        ),
        governing(
            "governance that observed less",
            &[Code::ObservedInexact],
            |m, three| {
                m.statement.observed = three;
            },
        ),
        governing(
            "governance with another root",
            &[Code::ObservedRoot],
            |m, _| {
                m.statement.observed.root = TreeHash([5; 32]);
            },
        ),
        governing(
            "governance of the future",
            &[Code::ObservedAhead],
            |m, _| {
                m.statement.observed.size = TreeSize(6);
            },
        ),
    ]);
    cases
}

/// The head of the staffed ledger's first entries.
fn staffed_head(size: usize) -> Head {
    let mut frontier = seaproof_ledger::tree::Frontier::new();
    for record in &staffed().segments[0][..size] {
        frontier.push(super::common::forge::leaf_of(&record.body).hash());
    }
    Head {
        size: frontier.size(),
        root: frontier.root(),
    }
}

#[test]
fn statements_and_their_place() {
    cases().iter().for_each(|case| drop(case.hold()));
}
