//! Leaves (§3): what an author signs against the rules of the format, and whole leaves in the wrong place.

use crate::{case::*, forge::*};

#[test]
fn leaves() {
    play_all(CASES);
}

/// Desk signs one more entry, changed before it is signed; Field's checkpoint covers it.
fn desk_signs(scene: &Scene, change: impl FnOnce(&mut Statement)) {
    let mut log = base();
    log.add_changed(&desk(), 2, &Facts::trial("one more"), change);
    scene.whole(&log);
}

/// Another ledger of the same keys.
fn other() -> Log {
    let mut log = Log::begin(&field(), "Another trial");
    log.admit(&field(), &desk(), 1);
    log.exhibit(&desk(), "names an exhibit", b"hello");
    log.tell(&desk(), "seen elsewhere");
    log.tell(&field(), "also seen elsewhere");
    log.tell(&desk(), "seen elsewhere again");
    log.tell(&desk(), "and again");
    log
}

pub const CASES: &[Case] = &[
    Case {
        name: "nothing-wrong",
        attack: "none: the ledger that most cases begin with",
        by: "nobody",
        make: |scene| scene.whole(&base()),
        also: &[("timestamped", N), ("fresh", N), ("reproducible", N)],
        ..Case::PLAIN
    },
    Case {
        name: "leaf-version",
        attack: "a statement of version 2 in a segment of version 1",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.version = 2),
        gets: (1, [F, P, P, P], &["statement-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "leaf-version-zero",
        attack: "a statement of version 0",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.version = 0),
        gets: (1, [F, P, P, P], &["statement-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "leaf-class",
        attack: "a statement of class 4",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.class = 4),
        gets: (1, [F, P, P, P], &["statement-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "genesis-twice",
        attack: "a second, well-formed genesis behind the first, to become custodian",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let mut second = Log::begin(&stranger(), "Mine now").entries.remove(0);
            second.commit();
            second.sign(&stranger());
            log.push(second);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["wrong-ledger"]),
        ..Case::PLAIN
    },
    Case {
        name: "genesis-with-seq",
        attack: "class 0 with a place in the author's chain",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.class = 0),
        gets: (1, [F, P, P, P], &["statement-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "genesis-replaced",
        attack: "#0 is the genesis of another ledger, the segment's header is not",
        make: |scene| {
            let mut log = base();
            log.entries[0] = other().entries[0].clone();
            scene.whole(&log);
            // Nobody can sign the changed tree; the genuine checkpoint stays.
            scene.put("case/checkpoint", Note::of(&base()).sign(&field()).bytes());
        },
        gets: (
            1,
            [F, N, P, P],
            &["fork", "observed-root", "wrong-ledger", "wrong-prev"],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "ledger-replaced",
        attack: "a whole other ledger, genuine in itself, under the old checkpoint",
        make: |scene| {
            scene.whole(&other());
            scene.put("case/checkpoint", Note::of(&base()).sign(&field()).bytes());
        },
        gets: (1, [F, N, P, P], &["checkpoint-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "ledger-field",
        attack: "an entry that names another ledger, signed for this place",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.ledger = [7; 32]),
        gets: (1, [F, P, P, P], &["wrong-ledger"]),
        ..Case::PLAIN
    },
    Case {
        name: "moved-from-another-ledger",
        attack: "an entry that the same author signed in another ledger, put at the end of this one",
        make: |scene| {
            let mut log = base();
            // Desk's fourth there, where Desk's fourth would stand here.
            log.push(other().entries[6].clone());
            scene.whole(&log);
        },
        gets: (
            1,
            [F, P, P, P],
            &["observed-root", "wrong-ledger", "wrong-prev"],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "replayed-in-place",
        attack: "an entry in the middle replaced by one that its author signed in another ledger",
        make: |scene| {
            let mut log = base();
            log.entries[3] = other().entries[3].clone();
            scene.whole(&log);
            scene.put("case/checkpoint", Note::of(&base()).sign(&field()).bytes());
        },
        gets: (
            1,
            [F, N, P, P],
            &["fork", "observed-root", "wrong-ledger", "wrong-prev"],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "seq-gap",
        attack: "an author leaves out a number, as if an entry had been withheld",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.seq += 1),
        gets: (1, [F, P, P, P], &["author-gap"]),
        ..Case::PLAIN
    },
    Case {
        name: "seq-bomb",
        attack: "the highest number there is, so that counting on would overflow",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.seq = u64::MAX),
        gets: (1, [F, P, P, P], &["author-gap"]),
        ..Case::PLAIN
    },
    Case {
        name: "author-forks",
        attack: "an author signs a second history from an earlier entry of theirs",
        by: AUTHOR,
        make: |scene| {
            let before = base().id_of(2);
            desk_signs(scene, |statement| {
                statement.seq = 1;
                statement.prev = before;
            });
        },
        gets: (1, [F, P, P, P], &["author-fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "author-forks-and-goes-on",
        attack: "an author forks, and then goes on from the honest branch: one problem, not a chain of them",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let honest = log.draft(&desk(), 2, Facts::trial("goes on").encode(), source(&[]));
            log.add_changed(&desk(), 2, &Facts::trial("the other story"), |statement| {
                statement.seq = 2;
                statement.prev = base().id_of(3);
            });
            let mut next = honest;
            next.commit();
            next.sign(&desk());
            log.push(next);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["author-fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "duplicate",
        attack: "the newest entry is there twice, byte for byte",
        make: |scene| {
            let mut log = base();
            let again = log.entries[5].clone();
            log.push(again);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["signature-variant"]),
        ..Case::PLAIN
    },
    Case {
        name: "duplicate-of-an-older-entry",
        attack: "an entry that is not its author's newest is there twice",
        make: |scene| {
            let mut log = base();
            let again = log.entries[2].clone();
            log.push(again);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["author-fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "two-signatures",
        attack: "one statement with two different signatures, both valid, so that two trees hold it",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let mut variant = log.entries[5].clone();
            variant.signature = desk().sign_with(&sshsig(&variant.statement), 77, 0);
            assert_ne!(variant.signature, log.entries[5].signature);
            log.push(variant);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["signature-variant"]),
        ..Case::PLAIN
    },
    Case {
        name: "signature-exchanged",
        attack: "the author exchanges a signature for another valid one under a head that was signed",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let message = sshsig(&log.entries[5].statement);
            log.tamper(5, |entry| {
                entry.signature = desk().sign_with(&message, 77, 0)
            });
            scene.under(&log, &Note::of(&base()).sign(&field()));
        },
        gets: (1, [F, N, P, P], &["fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "prev-wrong",
        attack: "an entry that does not continue its author's chain",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.prev = [7; 32]),
        gets: (1, [F, P, P, P], &["wrong-prev"]),
        ..Case::PLAIN
    },
    Case {
        name: "first-prev-wrong",
        attack: "a key's first entry does not name its admission: no acceptance",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &second(), 0);
            log.add_changed(&second(), 2, &Facts::trial("here I am"), |statement| {
                statement.prev = ZERO
            });
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["wrong-prev"]),
        ..Case::PLAIN
    },
    Case {
        name: "observed-ahead",
        attack: "an author claims to have seen entries that do not exist yet",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.observed_size += 1),
        gets: (1, [F, P, P, P], &["observed-ahead"]),
        ..Case::PLAIN
    },
    Case {
        name: "observed-bomb",
        attack: "a claim to have seen 2^64 - 1 entries",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.observed_size = u64::MAX),
        gets: (1, [F, P, P, P], &["observed-ahead"]),
        ..Case::PLAIN
    },
    Case {
        name: "observed-back",
        attack: "an author who had seen more claims to have seen less, to seem older",
        by: AUTHOR,
        make: |scene| {
            let root = base().root_at(2);
            desk_signs(scene, |statement| {
                statement.observed_size = 2;
                statement.observed_root = root;
            });
        },
        gets: (1, [F, P, P, P], &["observed-back"]),
        ..Case::PLAIN
    },
    Case {
        name: "observed-never-existed",
        attack: "a head that this log never had",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.observed_root = [7; 32]),
        gets: (1, [F, P, P, P], &["observed-root"]),
        ..Case::PLAIN
    },
    Case {
        name: "observed-of-another-size",
        attack: "a true root of this log, said of another size",
        by: AUTHOR,
        make: |scene| {
            let root = base().root_at(4);
            desk_signs(scene, |statement| statement.observed_root = root);
        },
        gets: (1, [F, P, P, P], &["observed-root"]),
        ..Case::PLAIN
    },
    Case {
        name: "observed-empty-root",
        attack: "nothing observed, and a root that the empty tree does not have",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &second(), 1);
            log.add_changed(&second(), 2, &Facts::trial("new here"), |statement| {
                statement.observed_size = 0;
                statement.observed_root = ZERO;
            });
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["observed-root"]),
        ..Case::PLAIN
    },
    Case {
        name: "governance-observed-inexact",
        attack: "an admission that does not stand on the head it was signed on: something slipped in before it",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            let root = log.root_at(5);
            log.add_changed(&field(), 1, &admits(&second().public, 1), |statement| {
                statement.observed_size = 5;
                statement.observed_root = root;
            });
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["observed-inexact"]),
        ..Case::PLAIN
    },
    Case {
        name: "slipped-in-before-a-revocation",
        attack: "a revoked author's new entry is put in below the revocation, and the rest is moved up",
        make: |scene| {
            let mut log = base();
            let mut late = log.draft(
                &desk(),
                2,
                Facts::trial("in time, surely").encode(),
                source(&[]),
            );
            log.revoke(&field(), &desk(), None);
            late.commit();
            late.sign(&desk());
            let head = Note::of(&log).sign(&field());
            log.entries.insert(6, late);
            scene.under(&log, &head);
        },
        gets: (1, [F, N, P, P], &["fork", "observed-inexact"]),
        ..Case::PLAIN
    },
    Case {
        name: "backdated",
        attack: "recorded at says 1970; position, not the clock, decides, so nothing is broken by it",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.recorded_at = 0),
        ..Case::PLAIN
    },
    Case {
        name: "clock-bomb",
        attack: "recorded at is the lowest number there is, which no calendar can show",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.recorded_at = i64::MIN),
        ..Case::PLAIN
    },
    Case {
        name: "clock-bomb-of-the-future",
        attack: "recorded at is the highest number there is",
        by: AUTHOR,
        make: |scene| desk_signs(scene, |statement| statement.recorded_at = i64::MAX),
        ..Case::PLAIN
    },
    Case {
        name: "reordered",
        attack: "two entries of different authors change places",
        make: |scene| {
            let mut log = base();
            log.entries.swap(3, 4);
            scene.under(&log, &Note::of(&base()).sign(&field()));
        },
        gets: (
            1,
            [F, N, P, P],
            &["fork", "observed-ahead", "observed-root"],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "reordered-own",
        attack: "two entries of one author change places",
        make: |scene| {
            let mut log = base();
            log.entries.swap(2, 3);
            scene.under(&log, &Note::of(&base()).sign(&field()));
        },
        gets: (
            1,
            [F, N, P, P],
            &[
                "author-fork",
                "author-gap",
                "fork",
                "observed-ahead",
                "observed-root",
            ],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "removed",
        attack: "an entry in the middle is taken out and the rest moved down",
        make: |scene| {
            let mut log = base();
            log.entries.remove(4);
            scene.under(&log, &Note::of(&base()).sign(&field()));
        },
        gets: (1, [F, F, P, P], &["behind-checkpoint", "observed-ahead"]),
        ..Case::PLAIN
    },
    Case {
        name: "removed-with-a-new-head",
        attack: "the same, and the custodian signs what is left; what a later author observed speaks against it",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            log.tell(&desk(), "later");
            log.tell(&desk(), "latest");
            log.entries.remove(4);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["observed-ahead"]),
        ..Case::PLAIN
    },
    Case {
        name: "rewritten-by-the-custodian",
        attack: "a custodian signs another entry in the place of an own older one, and a new head",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            log.tamper(4, |entry| {
                entry.facts.as_mut().unwrap().bytes = Facts::trial("nothing seen").encode();
                entry.commit();
                entry.sign(&field());
            });
            scene.whole(&log);
        },
        // Desk's #5 observed the head with the genuine #4.
        gets: (1, [F, P, P, P], &["observed-root"]),
        ..Case::PLAIN
    },
];
