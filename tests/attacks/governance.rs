//! Who may do what (§8): position decides, whatever a clock or a signature says.

use crate::{case::*, forge::*};

#[test]
fn governance() {
    play_all(CASES);
}

fn allowed_not(scene: &Scene, forge: impl FnOnce(&mut Log)) {
    let mut log = base();
    forge(&mut log);
    scene.whole(&log);
}

const fn refused(
    code: &'static [&'static str],
) -> (i32, [&'static str; 4], &'static [&'static str]) {
    (1, [P, P, P, F], code)
}

pub const CASES: &[Case] = &[
    Case {
        name: "unknown-key",
        attack: "a key that nobody admitted signs evidence",
        by: "a stranger",
        make: |scene| allowed_not(scene, |log| _ = log.tell(&stranger(), "seen too")),
        gets: refused(&["unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "admits-oneself",
        attack: "a stranger admits their own key as custodian, and then records",
        by: "a stranger",
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&stranger(), &stranger(), 0);
                log.tell(&stranger(), "seen too");
            })
        },
        gets: refused(&["unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "before-the-admission",
        attack: "a key signs evidence at a position below its admission",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.tell(&second(), "early");
                log.admit(&field(), &second(), 1);
            })
        },
        gets: refused(&["unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "revoked-key",
        attack: "a revoked author goes on recording",
        by: "a revoked author",
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), None);
                log.tell(&desk(), "still here");
            })
        },
        gets: refused(&["revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "revoked-key-backdated",
        attack: "the same, dated before the revocation and observing only what was below it",
        by: "a revoked author",
        make: |scene| {
            allowed_not(scene, |log| {
                let mut late = log.draft(&desk(), 2, Facts::trial("in time").encode(), source(&[]));
                log.revoke(&field(), &desk(), None);
                late.statement.recorded_at -= 86_400_000;
                late.commit();
                late.sign(&desk());
                log.push(late);
            })
        },
        gets: refused(&["revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "revoked-key-retracts",
        attack: "a revoked author retracts what they said",
        by: "a revoked author",
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), None);
                let target = log.id_of(2);
                log.add(&desk(), 3, &Facts::amends(1, &[target]));
            })
        },
        gets: refused(&["revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "suspect-key",
        attack: "none: a revoked key's older entries are suspect; they were allowed, and stay so",
        by: "nobody",
        make: |scene| allowed_not(scene, |log| _ = log.revoke(&field(), &desk(), Some(2))),
        ..Case::PLAIN
    },
    Case {
        name: "rotated-key",
        attack: "a key was replaced by another; the old one signs again",
        by: "whoever found the old key",
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &second(), 1);
                log.revoke(&field(), &desk(), None);
                log.tell(&second(), "with the new key");
                log.tell(&desk(), "with the old key");
            })
        },
        gets: refused(&["revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "revoked-custodian-admits",
        attack: "a revoked custodian admits a key, which then records",
        by: "a revoked custodian",
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &second(), 0);
                log.revoke(&field(), &second(), None);
                log.admit(&second(), &stranger(), 0);
                log.tell(&stranger(), "seen too");
            })
        },
        gets: refused(&["revoked-key", "unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "custodian-revokes-the-first",
        attack: "none by the rules: a second custodian revokes the first, who can then do nothing",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &second(), 0);
            log.revoke(&second(), &field(), None);
            log.tell(&field(), "I object");
            scene.under(&log, &Note::of(&log).sign(&second()));
        },
        gets: refused(&["revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "witness-records",
        attack: "a witness records evidence",
        by: "a witness",
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &watch(), 2);
                log.tell(&watch(), "seen too");
            })
        },
        gets: refused(&["role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "witness-disputes",
        attack: "a witness disputes an entry",
        by: "a witness",
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &watch(), 2);
                let target = log.id_of(2);
                log.add(&watch(), 3, &Facts::amends(2, &[target]));
            })
        },
        gets: refused(&["role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "witness-leaves",
        attack: "none: a witness revokes itself, the one entry it may sign",
        by: "nobody",
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &watch(), 2);
                log.revoke(&watch(), &watch(), None);
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "investigator-admits",
        attack: "an investigator admits a friend, who then records",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&desk(), &stranger(), 1);
                log.tell(&stranger(), "seen too");
            })
        },
        gets: refused(&["role-forbids", "unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "investigator-revokes-another",
        attack: "an investigator revokes the custodian; the custodian stays in force",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&desk(), &field(), Some(0));
                log.tell(&field(), "unmoved");
            })
        },
        gets: refused(&["role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "investigator-closes",
        attack: "an investigator closes the ledger, so that nothing may follow; it stays open",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(&desk(), 1, &closed());
                log.tell(&field(), "open");
            })
        },
        gets: refused(&["role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "investigator-sets-rules",
        attack: "an investigator adopts a rule set",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                _ = log.add(&desk(), 1, &Facts::kind("rule-set", vec![1, 2, 3]))
            })
        },
        gets: refused(&["role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "investigator-blinds",
        attack: "an investigator signs governance of an unknown kind, so that nothing after it could be judged",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(&desk(), 1, &Facts::kind("amnesty", Vec::new()));
                log.tell(&stranger(), "seen too");
            })
        },
        gets: refused(&["role-forbids", "unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "stranger-blinds",
        attack: "a stranger does the same",
        by: "a stranger",
        make: |scene| {
            allowed_not(scene, |log| {
                _ = log.add(&stranger(), 1, &Facts::kind("amnesty", Vec::new()))
            })
        },
        gets: refused(&["unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "governance-of-an-unknown-kind",
        attack: "a custodian signs governance that this program does not know: not known what it allows from there on",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(&field(), 1, &Facts::kind("amnesty", Vec::new()));
                log.tell(&stranger(), "seen too");
            })
        },
        gets: (2, [P, P, P, N], &[]),
        ..Case::PLAIN
    },
    Case {
        name: "governance-of-an-unknown-kind-version",
        attack: "an admission of kind version 2",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                let mut facts = admits(&stranger().public, 1);
                facts.kind_version = 2;
                log.add(&field(), 1, &facts);
                log.tell(&stranger(), "seen too");
            })
        },
        gets: (2, [P, P, P, N], &[]),
        ..Case::PLAIN
    },
    Case {
        name: "problem-below-unknown-governance",
        attack: "unknown governance is added above a problem, to make the problem go away",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.tell(&stranger(), "seen too");
                log.add(&field(), 1, &Facts::kind("amnesty", Vec::new()));
            })
        },
        gets: refused(&["unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "admitted-twice",
        attack: "a key is admitted again, as custodian; it keeps its first role",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &desk(), 0);
                log.admit(&desk(), &second(), 1);
            })
        },
        gets: refused(&["admitted-twice", "role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "readmitted",
        attack: "a revoked key is admitted again and records",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), None);
                log.admit(&field(), &desk(), 1);
                log.tell(&desk(), "back again");
            })
        },
        gets: refused(&["admitted-twice", "revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "genesis-key-admitted",
        attack: "the first custodian is admitted as a witness, to take the role away",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.admit(&field(), &second(), 0);
                log.admit(&second(), &field(), 2);
                log.tell(&field(), "unmoved");
            })
        },
        gets: refused(&["admitted-twice"]),
        ..Case::PLAIN
    },
    Case {
        name: "revokes-a-stranger",
        attack: "a revocation of a key that nobody admitted",
        by: CUSTODIAN,
        make: |scene| allowed_not(scene, |log| _ = log.revoke(&field(), &stranger(), None)),
        gets: refused(&["revoked-unknown"]),
        ..Case::PLAIN
    },
    Case {
        name: "revoked-again",
        attack: "a revocation that changes nothing",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(3));
                log.revoke(&field(), &desk(), Some(3));
            })
        },
        gets: refused(&["revoked-unknown"]),
        ..Case::PLAIN
    },
    Case {
        name: "suspicion-lifted",
        attack: "a second revocation that moves suspicion up again, to clear what was suspect",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(2));
                log.revoke(&field(), &desk(), Some(5));
            })
        },
        gets: refused(&["revoked-unknown"]),
        ..Case::PLAIN
    },
    Case {
        name: "suspicion-lowered",
        attack: "none: a second revocation that moves suspicion down",
        by: "nobody",
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(5));
                log.revoke(&field(), &desk(), Some(2));
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "suspicion-of-the-future",
        attack: "suspect from an entry above the revocation",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(7));
                // The revocation had no effect.
                log.tell(&desk(), "still in force");
            })
        },
        gets: refused(&["revoked-unknown"]),
        ..Case::PLAIN
    },
    Case {
        name: "after-close",
        attack: "evidence behind the end of the ledger",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(&field(), 1, &closed());
                log.tell(&desk(), "one more");
            })
        },
        gets: refused(&["after-close"]),
        ..Case::PLAIN
    },
    Case {
        name: "admitted-after-close",
        attack: "a custodian admits a key to a closed ledger; the key is not in force",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(&field(), 1, &closed());
                log.admit(&field(), &second(), 1);
                log.tell(&second(), "one more");
            })
        },
        gets: refused(&["after-close"]),
        ..Case::PLAIN
    },
    Case {
        name: "genesis-of-an-unknown-kind",
        attack: "a genesis whose facts are of another kind",
        by: SENDER,
        make: |scene| {
            let mut log = base_begun_with(Facts::kind("birth", Vec::new()));
            log.tell(&field(), "seen");
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["facts-malformed"]),
        ..Case::PLAIN
    },
    // Rosters.
    Case {
        name: "roster",
        attack: "none: a custodian sums up every key",
        by: "nobody",
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(3));
                let says = roster(&[
                    (field(), 0, 0, None, None),
                    (desk(), 1, 1, Some(6), Some(3)),
                ]);
                log.add(&field(), 1, &says);
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "roster-hides-a-revocation",
        attack: "a roster in which a revoked key is in force, to travel with a proof",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(3));
                let says = roster(&[(field(), 0, 0, None, None), (desk(), 1, 1, None, None)]);
                log.add(&field(), 1, &says);
            })
        },
        gets: refused(&["roster-wrong"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-lifts-suspicion",
        attack: "a roster that raises the entry from which a key is suspect",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.revoke(&field(), &desk(), Some(3));
                let says = roster(&[
                    (field(), 0, 0, None, None),
                    (desk(), 1, 1, Some(6), Some(5)),
                ]);
                log.add(&field(), 1, &says);
            })
        },
        gets: refused(&["roster-wrong"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-leaves-out",
        attack: "a roster without a key that entered",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                _ = log.add(&field(), 1, &roster(&[(field(), 0, 0, None, None)]))
            })
        },
        gets: refused(&["roster-wrong"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-invents",
        attack: "a roster with a key that never entered; it is not admitted by it",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                let says = roster(&[
                    (field(), 0, 0, None, None),
                    (desk(), 1, 1, None, None),
                    (stranger(), 0, 2, None, None),
                ]);
                log.add(&field(), 1, &says);
                log.tell(&stranger(), "seen too");
            })
        },
        gets: refused(&["roster-wrong", "unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-promotes",
        attack: "a roster in which an investigator is a custodian",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(
                    &field(),
                    1,
                    &roster(&[(field(), 0, 0, None, None), (desk(), 0, 1, None, None)]),
                );
                log.admit(&desk(), &stranger(), 1);
            })
        },
        gets: refused(&["role-forbids", "roster-wrong"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-by-an-investigator",
        attack: "an investigator signs a roster",
        by: AUTHOR,
        make: |scene| {
            allowed_not(scene, |log| {
                log.add(
                    &desk(),
                    1,
                    &roster(&[(field(), 0, 0, None, None), (desk(), 1, 1, None, None)]),
                );
            })
        },
        gets: refused(&["role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-unordered",
        attack: "a roster whose keys do not ascend: a second encoding of the same",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                let mut says = roster(&[(field(), 0, 0, None, None), (desk(), 1, 1, None, None)]);
                // Two rows of 32 + 4 + 8 + 1 + 1 bytes behind the count.
                let (first, second) = says.event[8..].split_at_mut(46);
                first.swap_with_slice(second);
                log.add(&field(), 1, &says);
            })
        },
        gets: (1, [F, P, P, N], &["facts-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "roster-count-bomb",
        attack: "a roster of 2^64 - 1 keys in a hundred bytes",
        by: CUSTODIAN,
        make: |scene| {
            allowed_not(scene, |log| {
                let mut says = roster(&[(field(), 0, 0, None, None)]);
                says.event[..8].fill(0xff);
                log.add(&field(), 1, &says);
            })
        },
        gets: (1, [F, P, P, N], &["facts-malformed"]),
        ..Case::PLAIN
    },
];

/// A log whose genesis has these facts.
fn base_begun_with(facts: Facts) -> Log {
    let mut log = Log::begin(&field(), "Trial");
    let mut genesis = log.entries.remove(0);
    genesis.facts.as_mut().unwrap().bytes = facts.encode();
    genesis.commit();
    genesis.sign(&field());
    log.id = genesis.id();
    log.push(genesis);
    log
}
