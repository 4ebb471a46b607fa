//! Proof files (§20), checked with no ledger at hand.

use std::fs;

use crate::{case::*, forge::*};

#[test]
fn proofs() {
    play_all(CASES);
}

/// The base, then Field's roster as #6.
fn log() -> Log {
    let mut log = base();
    let rows = [(field(), 0, 0, None, None), (desk(), 1, 1, None, None)];
    log.add(&field(), 1, &roster(&rows));
    log
}

fn head(log: &Log) -> Note {
    Note::of(log).sign(&field())
}

/// A proof of #3, which Desk signed.
fn honest() -> Proof {
    Proof::of(&log(), 3, &head(&log()))
}

/// The file to check, and the key that the checker trusts.
fn file(scene: &Scene, bytes: &[u8]) {
    scene.put("proof", bytes);
    scene.put("vkey", field().verifier_line(&Note::of(&log()).origin));
}

fn but(scene: &Scene, change: impl FnOnce(&mut Proof)) {
    let mut proof = honest();
    change(&mut proof);
    file(scene, &proof.bytes());
}

/// A proof of an entry of this log, with its newest entry as the roster.
fn with_roster(scene: &Scene, log: &Log, entry: usize, change: impl FnOnce(&mut Proof)) {
    let mut proof = Proof::of(log, entry, &head(log)).with_roster(log, log.size() - 1);
    change(&mut proof);
    file(scene, &proof.bytes());
    scene.put("vkey", field().verifier_line(&Note::of(log).origin));
}

/// That the newest head extends the one of size 4.
fn extends(scene: &Scene, change: impl FnOnce(&mut Consistency)) {
    let mut proof = Consistency::of(&log(), 4, &head(&log()));
    change(&mut proof);
    file(scene, &proof.bytes());
}

const CHECK: &[&str] = &["check-proof", "proof", "--ledger-key", "VKEY"];
const PINNED: &[&str] = &[
    "check-proof",
    "proof",
    "--ledger-key",
    "VKEY",
    "--pin",
    "pin",
];

type Gets = (i32, [&'static str; 4], &'static [&'static str]);
const ROOT: Gets = (1, [F, N, P, N], &["proof-root"]);
/// Nothing of it is believed, so nothing else is judged.
const MALFORMED: Gets = (1, [F, N, N, N], &["proof-malformed"]);

impl Case {
    const PROOF: Self = Self {
        args: CHECK,
        gets: (0, [P, N, P, N], &[]),
        ..Self::PLAIN
    };
    const CONSISTENCY: Self = Self {
        args: CHECK,
        gets: (0, [P, N, N, N], &[]),
        ..Self::PLAIN
    };
}

pub const CASES: &[Case] = &[
    Case {
        name: "proved",
        attack: "none: a proof of one entry; without a roster nothing is known of what its author may do",
        by: "nobody",
        make: |scene| but(scene, |_| ()),
        ..Case::PROOF
    },
    Case {
        name: "proved-and-disclosed",
        attack: "none: the same with what the entry says",
        by: "nobody",
        make: |scene| but(scene, |proof| proof.openings = log().entries[3].openings()),
        ..Case::PROOF
    },
    Case {
        name: "proved-with-a-roster",
        attack: "none: the same with a later roster",
        by: "nobody",
        make: |scene| with_roster(scene, &log(), 3, |_| ()),
        gets: (0, [P, N, P, P], &[]),
        ..Case::PROOF
    },
    Case {
        name: "proof-without-a-key",
        attack: "a proof, and a checker who does not say whom they trust",
        make: |scene| but(scene, |_| ()),
        args: &["check-proof", "proof"],
        gets: (2, [NONE; 4], &[]),
        ..Case::PROOF
    },
    Case {
        name: "proof-for-another-index",
        attack: "a proof that says it is of the entry behind",
        make: |scene| but(scene, |proof| proof.index = "4".to_owned()),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-for-an-index-beyond",
        attack: "a proof of an entry that the head does not reach",
        make: |scene| but(scene, |proof| proof.index = "7".to_owned()),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-index-bomb",
        attack: "a proof of #2^64 - 1",
        make: |scene| but(scene, |proof| proof.index = u64::MAX.to_string()),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-index-overflow",
        attack: "a proof of #2^64",
        make: |scene| {
            but(scene, |proof| {
                proof.index = "18446744073709551616".to_owned()
            })
        },
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-index-zero-first",
        attack: "an index with a leading zero",
        make: |scene| but(scene, |proof| proof.index = "03".to_owned()),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-for-another-root",
        attack: "a proof under a signed head of another history",
        by: CUSTODIAN,
        make: |scene| {
            but(scene, |proof| {
                proof.checkpoint = Note::claiming(&log(), 7, &[7; 32]).sign(&field()).bytes();
            })
        },
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-for-an-older-head",
        attack: "a proof from one tree under a genuine head of a smaller one",
        make: |scene| {
            but(scene, |proof| {
                proof.checkpoint = Note::at(&log(), 5).sign(&field()).bytes()
            });
        },
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-too-long",
        attack: "a hash too many",
        make: |scene| but(scene, |proof| proof.hashes.push([7; 32])),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-too-short",
        attack: "a hash too few",
        make: |scene| but(scene, |proof| _ = proof.hashes.pop()),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-of-no-hashes",
        attack: "no hashes at all",
        make: |scene| but(scene, |proof| proof.hashes.clear()),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-of-too-many-hashes",
        attack: "65 hashes, more than any tree has levels",
        by: SENDER,
        make: |scene| but(scene, |proof| proof.hashes = vec![[7; 32]; 65]),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-hashes-exchanged",
        attack: "two hashes change places",
        make: |scene| but(scene, |proof| proof.hashes.swap(0, 1)),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-of-an-inner-node",
        attack: "a leaf that is two hashes of the tree, for a path that begins one level up",
        make: |scene| {
            but(scene, |proof| {
                // Leaves have 283 bytes, so that none can be taken for a node.
                let hashes = log().hashes();
                proof.leaf = [hashes[2], hashes[3]].concat();
                proof.hashes.remove(0);
                proof.index = "1".to_owned();
            })
        },
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-of-another-leaf",
        attack: "another entry's leaf in a genuine proof",
        make: |scene| but(scene, |proof| proof.leaf = log().entries[2].leaf()),
        gets: ROOT,
        ..Case::PROOF
    },
    Case {
        name: "proof-of-a-changed-leaf",
        attack: "the clock in the leaf is moved",
        make: |scene| but(scene, |proof| proof.leaf[147] ^= 1),
        gets: (1, [F, N, F, N], &["proof-root", "signature-invalid"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-of-a-false-signature",
        attack: "an entry in Desk's name that somebody else signed, under a head that covers it",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = log();
            let message = sshsig(&log.entries[3].statement);
            log.tamper(3, |entry| entry.signature = stranger().sign(&message));
            file(scene, &Proof::of(&log, 3, &head(&log)).bytes());
        },
        gets: (1, [P, N, F, N], &["signature-invalid"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-by-a-small-order-key",
        attack: "an entry by a key under which anybody can sign",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = log();
            let key = Key::small_order(1);
            let mut entry = log.draft(&key, 2, Facts::trial("seen").encode(), source(&[]));
            entry.commit();
            entry.signature = key.sign_small_order(&sshsig(&entry.statement));
            log.push(entry);
            file(scene, &Proof::of(&log, 7, &head(&log)).bytes());
        },
        gets: (1, [P, N, F, N], &["key-unacceptable"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-of-a-malformed-statement",
        attack: "an entry of class 4, under a head that covers it",
        by: AUTHOR,
        make: |scene| {
            let mut log = log();
            log.add_changed(&desk(), 2, &Facts::trial("seen"), |statement| {
                statement.class = 4
            });
            file(scene, &Proof::of(&log, 7, &head(&log)).bytes());
        },
        gets: (1, [F, N, N, N], &["statement-malformed"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-observed-ahead",
        attack: "an entry that observed more than there was",
        by: AUTHOR,
        make: |scene| {
            let mut log = log();
            log.add_changed(&desk(), 2, &Facts::trial("seen"), |statement| {
                statement.observed_size = 8
            });
            file(scene, &Proof::of(&log, 7, &head(&log)).bytes());
        },
        gets: (1, [F, N, P, N], &["observed-ahead"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-under-a-strangers-head",
        attack: "a head that the checker's key did not sign",
        by: "a stranger",
        make: |scene| {
            but(scene, |proof| {
                proof.checkpoint = Note::of(&log()).sign(&stranger()).bytes()
            })
        },
        gets: (1, [F, N, P, N], &["checkpoint-signature"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-under-a-changed-head",
        attack: "a bit of the head's signature is another",
        make: |scene| {
            but(scene, |proof| {
                let mut note = head(&log());
                note.lines[0].1[30] ^= 1;
                proof.checkpoint = note.bytes();
            })
        },
        gets: (1, [F, N, P, N], &["checkpoint-signature"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-from-another-ledger",
        attack: "a genuine proof of another ledger of the same custodian",
        make: |scene| {
            let mut other = Log::begin(&field(), "Another trial");
            other.tell(&field(), "seen");
            file(scene, &Proof::of(&other, 1, &head(&other)).bytes());
        },
        gets: (1, [F, N, P, N], &["wrong-ledger"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-with-other-openings",
        attack: "another entry's words with a genuine proof",
        make: |scene| but(scene, |proof| proof.openings = log().entries[4].openings()),
        gets: (1, [F, N, P, N], &["facts-commitment", "source-commitment"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-with-changed-facts",
        attack: "one byte of the words is another",
        make: |scene| {
            but(scene, |proof| {
                let mut entry = log().entries[3].clone();
                entry.source = None;
                *entry.facts.as_mut().unwrap().bytes.last_mut().unwrap() ^= 1;
                proof.openings = entry.openings();
            })
        },
        gets: (1, [F, N, P, N], &["facts-commitment"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-without-extra",
        attack: "a proof without the entry",
        make: |scene| file(scene, &honest().bytes_with("")),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-extra-not-base64",
        attack: "an `extra` that is no base64",
        make: |scene| file(scene, &honest().bytes_with("extra ???\n")),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-extra-version",
        attack: "an `extra` of version 2",
        make: |scene| but(scene, |proof| proof.version = 2),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-extra-trailing",
        attack: "a byte behind what `extra` holds",
        make: |scene| but(scene, |proof| proof.trailing.push(0)),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-extra-too-long",
        attack: "an `extra` above 48 KiB",
        by: SENDER,
        make: |scene| but(scene, |proof| proof.trailing = vec![0; 49_152]),
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-opening-length-bomb",
        attack: "facts in `extra` that say they have 4 GiB",
        by: SENDER,
        make: |scene| {
            but(scene, |proof| {
                proof.openings = vec![1];
                proof.openings.extend([7; 32]);
                proof.openings.extend([0xff; 4]);
            })
        },
        gets: MALFORMED,
        ..Case::PROOF
    },
    Case {
        name: "proof-larger-than-memory",
        attack: "a proof that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            but(scene, |_| ());
            fs::OpenOptions::new()
                .write(true)
                .open(scene.path("proof"))
                .unwrap()
                .set_len(1 << 40)
                .unwrap();
        },
        gets: (2, [NONE; 4], &[]),
        ..Case::PROOF
    },
    Case {
        name: "proof-crlf",
        attack: "line ends of another system",
        make: |scene| {
            let text = String::from_utf8(honest().bytes()).unwrap();
            file(scene, text.replace('\n', "\r\n").as_bytes());
        },
        gets: (2, [NONE; 4], &[]),
        ..Case::PROOF
    },
    Case {
        name: "proof-of-words",
        attack: "a file that is no proof",
        make: |scene| file(scene, b"trust me"),
        gets: (2, [NONE; 4], &[]),
        ..Case::PROOF
    },
    // Rosters that travel with it.
    Case {
        name: "proof-with-an-older-roster",
        attack: "a roster from below the entry, from before its author was revoked",
        make: |scene| {
            let mut log = log();
            log.tell(&desk(), "later");
            let proof = Proof::of(&log, 7, &head(&log)).with_roster(&log, 6);
            file(scene, &proof.bytes());
        },
        ..Case::PROOF
    },
    Case {
        name: "proof-with-a-roster-by-another",
        attack: "a roster that an investigator signed",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.add(
                &desk(),
                1,
                &roster(&[(field(), 0, 0, None, None), (desk(), 1, 1, None, None)]),
            );
            with_roster(scene, &log, 3, |_| ());
        },
        ..Case::PROOF
    },
    Case {
        name: "proof-with-a-closed-roster",
        attack: "a roster whose facts are held back",
        make: |scene| {
            with_roster(scene, &log(), 3, |proof| {
                proof.roster.as_mut().unwrap().openings = CLOSED.to_vec()
            });
        },
        ..Case::PROOF
    },
    Case {
        name: "proof-with-something-else-for-a-roster",
        attack: "an entry of evidence in the place of the roster",
        make: |scene| {
            let mut log = log();
            log.tell(&field(), "all is well");
            with_roster(scene, &log, 3, |_| ());
        },
        ..Case::PROOF
    },
    Case {
        name: "proof-with-a-moved-roster",
        attack: "an older roster that is said to stand above the entry, and is not shown to",
        make: |scene| {
            let mut log = log();
            log.tell(&desk(), "later");
            let mut proof = Proof::of(&log, 7, &head(&log)).with_roster(&log, 6);
            proof.roster.as_mut().unwrap().index = 8;
            file(scene, &proof.bytes());
        },
        gets: (1, [F, N, P, N], &["observed-inexact", "proof-root"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-with-a-changed-roster",
        attack: "a roster in which another key stands",
        make: |scene| {
            with_roster(scene, &log(), 3, |proof| {
                let mut entry = log().entries[6].clone();
                entry.facts.as_mut().unwrap().bytes =
                    roster(&[(field(), 0, 0, None, None), (stranger(), 1, 1, None, None)]).encode();
                proof.roster.as_mut().unwrap().openings = entry.openings();
            })
        },
        gets: (1, [F, N, P, N], &["facts-commitment"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-by-a-revoked-key",
        attack: "an entry that was signed behind its author's revocation, with a roster that says so",
        by: "a revoked author",
        make: |scene| {
            let mut log = base();
            log.revoke(&field(), &desk(), None);
            let entry = log.tell(&desk(), "still here");
            log.add(
                &field(),
                1,
                &roster(&[(field(), 0, 0, None, None), (desk(), 1, 1, Some(6), None)]),
            );
            with_roster(scene, &log, entry, |_| ());
        },
        gets: (1, [P, N, P, F], &["revoked-key"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-of-an-entry-before-the-revocation",
        attack: "none: an entry from before its author's revocation was allowed",
        by: "nobody",
        make: |scene| {
            let mut log = base();
            log.revoke(&field(), &desk(), Some(3));
            log.add(
                &field(),
                1,
                &roster(&[
                    (field(), 0, 0, None, None),
                    (desk(), 1, 1, Some(6), Some(3)),
                ]),
            );
            with_roster(scene, &log, 3, |_| ());
        },
        gets: (0, [P, N, P, P], &[]),
        ..Case::PROOF
    },
    Case {
        name: "proof-by-an-unknown-key",
        attack: "an entry by a key that the roster does not know",
        by: "a stranger",
        make: |scene| {
            let mut log = base();
            let entry = log.tell(&stranger(), "seen too");
            log.add(
                &field(),
                1,
                &roster(&[(field(), 0, 0, None, None), (desk(), 1, 1, None, None)]),
            );
            with_roster(scene, &log, entry, |_| ());
        },
        gets: (1, [P, N, P, F], &["unknown-key"]),
        ..Case::PROOF
    },
    Case {
        name: "proof-by-a-witness",
        attack: "evidence by a witness",
        by: "a witness",
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &watch(), 2);
            let entry = log.tell(&watch(), "seen too");
            let rows = [
                (field(), 0, 0, None, None),
                (desk(), 1, 1, None, None),
                (watch(), 2, 6, None, None),
            ];
            log.add(&field(), 1, &roster(&rows));
            with_roster(scene, &log, entry, |_| ());
        },
        gets: (1, [P, N, P, F], &["role-forbids"]),
        ..Case::PROOF
    },
    // Heads.
    Case {
        name: "proof-pinned",
        attack: "none: the checker kept the head that the proof stands under",
        by: "nobody",
        make: |scene| {
            but(scene, |_| ());
            scene.put("pin", head(&log()).bytes());
        },
        args: PINNED,
        also: &[("fresh", P)],
        ..Case::PROOF
    },
    Case {
        name: "proof-of-another-history",
        attack: "the checker kept a head of this size with another root",
        by: CUSTODIAN,
        make: |scene| {
            but(scene, |_| ());
            scene.put(
                "pin",
                Note::claiming(&log(), 7, &[7; 32]).sign(&field()).bytes(),
            );
        },
        args: PINNED,
        gets: (1, [F, N, P, N], &["fork"]),
        also: &[("fresh", F)],
        ..Case::PROOF
    },
    Case {
        name: "extended",
        attack: "none: a proof that the newest head extends an older one",
        by: "nobody",
        make: |scene| extends(scene, |_| ()),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extends-another-history",
        attack: "the older head has another root",
        by: CUSTODIAN,
        make: |scene| extends(scene, |proof| proof.root = [7; 32]),
        gets: (1, [F, N, N, N], &["proof-root"]),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extends-another-size",
        attack: "the older root is said of another size",
        make: |scene| extends(scene, |proof| proof.old = "3".to_owned()),
        gets: (1, [F, N, N, N], &["proof-root"]),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extension-too-short",
        attack: "a hash too few",
        make: |scene| extends(scene, |proof| _ = proof.hashes.pop()),
        gets: (1, [F, N, N, N], &["proof-root"]),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extension-too-long",
        attack: "a hash too many",
        make: |scene| extends(scene, |proof| proof.hashes.push([7; 32])),
        gets: (1, [F, N, N, N], &["proof-root"]),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extends-itself-with-another-root",
        attack: "the same size with another root and no hashes",
        by: CUSTODIAN,
        make: |scene| {
            extends(scene, |proof| {
                (proof.old, proof.root) = ("7".to_owned(), [7; 32]);
                proof.hashes.clear();
            })
        },
        gets: (1, [F, N, N, N], &["proof-root"]),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extends-nothing-with-a-root",
        attack: "from size 0, with a root that the empty tree does not have",
        make: |scene| {
            extends(scene, |proof| {
                (proof.old, proof.root) = ("0".to_owned(), [7; 32]);
                proof.hashes.clear();
            })
        },
        gets: (1, [F, N, N, N], &["proof-root"]),
        ..Case::CONSISTENCY
    },
    Case {
        name: "extension-by-a-stranger",
        attack: "a newest head that the checker's key did not sign",
        by: "a stranger",
        make: |scene| {
            extends(scene, |proof| {
                proof.checkpoint = Note::of(&log()).sign(&stranger()).bytes()
            });
        },
        gets: (1, [F, N, N, N], &["checkpoint-signature"]),
        ..Case::CONSISTENCY
    },
];
