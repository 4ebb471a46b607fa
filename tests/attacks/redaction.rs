//! Redaction (§24): what is gone by an entry, what is gone without one, and what came back.

use std::{fs, os::unix::fs::symlink};

use crate::{case::*, forge::*};

#[test]
fn redaction() {
    play_all(CASES);
}

/// What is taken out of a record.
#[derive(Clone, Copy)]
enum Erased {
    Facts,
    Source,
    Both,
}

fn erase(log: &mut Log, entry: usize, what: Erased) {
    log.tamper(entry, |entry| {
        if matches!(what, Erased::Facts | Erased::Both) {
            entry.facts = None;
        }
        if matches!(what, Erased::Source | Erased::Both) {
            entry.source = None;
        }
    });
}

/// This key redacts, of this entry, facts and source as said; and what is erased is another question.
fn redacts(log: &mut Log, by: &Key, target: usize, facts: bool, source: bool) -> usize {
    let id = log.id_of(target);
    log.add(by, 3, &Facts::redacts(facts, source, &[id]))
}

fn redacted(scene: &Scene, forge: impl FnOnce(&mut Log)) {
    let mut log = base();
    forge(&mut log);
    scene.whole(&log);
}

const ABSENT: (i32, [&str; 4], &[&str]) = (1, [P, F, P, P], &["opening-absent"]);
const UNFINISHED: (i32, [&str; 4], &[&str]) = (1, [F, P, P, P], &["redaction-unfinished"]);

pub const CASES: &[Case] = &[
    Case {
        name: "redacted",
        attack: "none: an author redacts an own statement",
        by: "nobody",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &desk(), 3, true, true);
                erase(log, 3, Erased::Both);
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "redacted-disclosure-required",
        attack: "the same, where the reader requires that nothing is held back",
        by: "nobody",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &desk(), 3, true, true);
                erase(log, 3, Erased::Both);
            })
        },
        args: &["verify", "case", "--require", "disclosed"],
        gets: (1, [P; 4], &[]),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-by-the-custodian",
        attack: "none: a custodian redacts what another author said",
        by: "nobody",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &field(), 3, true, false);
                erase(log, 3, Erased::Facts);
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "redacted-and-retracted",
        attack: "a redaction is retracted, to make what is erased look stolen: a redaction stays",
        by: AUTHOR,
        make: |scene| {
            redacted(scene, |log| {
                let redaction = redacts(log, &desk(), 3, true, true);
                erase(log, 3, Erased::Both);
                let id = log.id_of(redaction);
                log.add(&desk(), 3, &Facts::amends(1, &[id]));
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "redacted-without-an-entry",
        attack: "an opening is taken out, and no entry redacts it",
        make: |scene| redacted(scene, |log| erase(log, 3, Erased::Both)),
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "redacted-by-a-retraction",
        attack: "an opening is taken out of an entry that was only retracted",
        by: AUTHOR,
        make: |scene| {
            redacted(scene, |log| {
                let id = log.id_of(2);
                log.add(&desk(), 3, &Facts::amends(1, &[id]));
                erase(log, 2, Erased::Facts);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "redacted-by-another",
        attack: "an investigator redacts what the custodian said, and the opening is taken out",
        by: AUTHOR,
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &desk(), 4, true, true);
                erase(log, 4, Erased::Both);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "redaction-by-another-ignored",
        attack: "none by the rules: the same, and the opening stays: it counts as a dispute",
        by: AUTHOR,
        make: |scene| redacted(scene, |log| _ = redacts(log, &desk(), 4, true, true)),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-by-a-revoked-key",
        attack: "a revoked author redacts own statements, and they are taken out",
        by: "a revoked author",
        make: |scene| {
            redacted(scene, |log| {
                log.revoke(&field(), &desk(), None);
                redacts(log, &desk(), 3, true, true);
                erase(log, 3, Erased::Both);
            })
        },
        gets: (1, [P, F, P, F], &["opening-absent", "revoked-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-by-a-stranger",
        attack: "a stranger's redaction, and the opening is taken out",
        by: "a stranger",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &stranger(), 3, true, true);
                erase(log, 3, Erased::Both);
            })
        },
        gets: (1, [P, F, P, F], &["opening-absent", "unknown-key"]),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-by-a-witness",
        attack: "a witness's redaction, and the opening is taken out",
        by: "a witness",
        make: |scene| {
            redacted(scene, |log| {
                log.admit(&field(), &watch(), 2);
                redacts(log, &watch(), 3, true, true);
                erase(log, 3, Erased::Both);
            })
        },
        gets: (1, [P, F, P, F], &["opening-absent", "role-forbids"]),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-after-close",
        attack: "a redaction in a closed ledger, and the opening is taken out",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                log.add(&field(), 1, &closed());
                redacts(log, &field(), 3, true, true);
                erase(log, 3, Erased::Both);
            })
        },
        gets: (1, [P, F, P, F], &["after-close", "opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-with-a-false-signature",
        attack: "a redaction in the custodian's name that somebody else signed, and the opening is taken out",
        by: "a stranger",
        make: |scene| {
            redacted(scene, |log| {
                let redaction = redacts(log, &field(), 3, true, true);
                let message = sshsig(&log.entries[redaction].statement);
                log.tamper(redaction, |entry| {
                    entry.signature = stranger().sign(&message)
                });
                erase(log, 3, Erased::Both);
            })
        },
        // Whether the rules allow an entry and whether its signature is valid are two questions (§8).
        gets: (1, [P, P, F, P], &["signature-invalid"]),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-more-than-named",
        attack: "the source is redacted, and the facts are taken out with it",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &field(), 3, false, true);
                erase(log, 3, Erased::Both);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "redacted-another-than-named",
        attack: "one entry is redacted, and another one's opening is taken out",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &field(), 3, true, true);
                erase(log, 3, Erased::Both);
                erase(log, 4, Erased::Facts);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "revocation-redacted",
        attack: "a custodian redacts the facts of a revocation: they are never redacted",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                let revocation = log.revoke(&field(), &desk(), None);
                redacts(log, &field(), revocation, true, true);
                erase(log, revocation, Erased::Both);
            })
        },
        gets: (1, [P, F, P, N], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "source-of-a-revocation-redacted",
        attack: "none: a custodian redacts the private words beside a revocation",
        by: "nobody",
        make: |scene| {
            redacted(scene, |log| {
                let revocation = log.revoke(&field(), &desk(), None);
                redacts(log, &field(), revocation, false, true);
                erase(log, revocation, Erased::Source);
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "redaction-redacted",
        attack: "a redaction is itself redacted, so that nobody could tell what was erased",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                let redaction = redacts(log, &field(), 3, true, true);
                redacts(log, &field(), redaction, true, true);
                erase(log, 3, Erased::Both);
                erase(log, redaction, Erased::Both);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "redaction-withheld",
        attack: "the facts of a redaction are taken out, with what it redacts",
        make: |scene| {
            redacted(scene, |log| {
                let redaction = redacts(log, &field(), 3, true, true);
                erase(log, 3, Erased::Both);
                erase(log, redaction, Erased::Both);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "retraction-redacted-by-its-author",
        attack: "none by the rules: an author redacts the words of an own retraction",
        by: "nobody",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &desk(), 5, true, false);
                erase(log, 5, Erased::Facts);
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "redaction-of-a-later-entry",
        attack: "a redaction names an entry that follows it, as a licence for the future",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                // What will follow is known to its author before it is signed; its place is not yet taken.
                let mut later = log.clone();
                later.tell(&desk(), "later");
                let id = later.id_of(6);
                let next = later.entries.remove(6);
                log.add(&field(), 3, &Facts::redacts(true, true, &[id]));
                log.push(next);
                erase(log, 7, Erased::Both);
            })
        },
        gets: ABSENT,
        ..Case::PLAIN
    },
    Case {
        name: "redaction-unfinished",
        attack: "a redaction was signed, and the opening is still there",
        by: STORAGE,
        make: |scene| redacted(scene, |log| _ = redacts(log, &field(), 3, true, true)),
        gets: UNFINISHED,
        ..Case::PLAIN
    },
    Case {
        name: "redaction-half-finished",
        attack: "both openings are redacted, and only one is gone",
        by: STORAGE,
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &field(), 3, true, true);
                erase(log, 3, Erased::Facts);
            })
        },
        gets: UNFINISHED,
        ..Case::PLAIN
    },
    Case {
        name: "redacted-put-back",
        attack: "somebody puts an opening back that was redacted, from a copy of theirs",
        make: |scene| {
            redacted(scene, |log| {
                let kept = log.entries[3].clone();
                redacts(log, &field(), 3, true, true);
                erase(log, 3, Erased::Both);
                log.tamper(3, |entry| entry.source = kept.source);
            })
        },
        gets: UNFINISHED,
        ..Case::PLAIN
    },
    Case {
        name: "redacted-put-back-otherwise",
        attack: "somebody puts other words in the place of what was redacted",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &field(), 3, true, false);
                log.tamper(3, |entry| {
                    entry.facts.as_mut().unwrap().bytes = Facts::trial("invented").encode()
                });
            })
        },
        gets: (
            1,
            [F, P, P, P],
            &["facts-commitment", "redaction-unfinished"],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "redacted-as-empty",
        attack: "an opening is replaced by one of no bytes in place of being absent",
        make: |scene| {
            redacted(scene, |log| {
                log.tamper(4, |entry| entry.source.as_mut().unwrap().bytes.clear());
            })
        },
        gets: (1, [F, P, P, P], &["source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-of-the-redacted",
        attack: "none: with the facts goes the exhibit that they alone named",
        by: "nobody",
        make: |scene| {
            redacted(scene, |log| {
                redacts(log, &desk(), 2, true, false);
                erase(log, 2, Erased::Facts);
                log.exhibits.clear();
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-of-others-too",
        attack: "with redacted facts goes an exhibit that another entry names",
        by: CUSTODIAN,
        make: |scene| {
            redacted(scene, |log| {
                log.exhibit(&field(), "names it too", b"hello");
                redacts(log, &desk(), 2, true, false);
                erase(log, 2, Erased::Facts);
                log.exhibits.clear();
            })
        },
        gets: (1, [P, F, P, P], &["exhibit-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "leftover-of-a-rewriting",
        attack: "a file of a rewriting that was broken off, and a link in the name of another: not part of the ledger",
        make: |scene| {
            scene.whole(&base());
            scene.put("case/log/00000000.redacting", b"half a segment");
            symlink("/dev/zero", scene.path("case/log/00000001.redacting")).unwrap();
            fs::create_dir(scene.path("case/log/00000002.redacting")).unwrap();
        },
        ..Case::PLAIN
    },
];
