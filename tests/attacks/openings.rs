//! Openings (§5), facts (§6) and sources (§7): exchanged, withheld, ill-formed, bombs.

use crate::{case::*, forge::*};

#[test]
fn openings() {
    play_all(CASES);
}

/// The folder's holder changes #4, which Field signed, and leaves every signature alone.
fn changed(scene: &Scene, change: impl FnOnce(&mut Entry)) {
    let mut log = base();
    log.tamper(4, change);
    scene.whole(&log);
}

/// Desk signs these bytes as facts of evidence.
fn facts(scene: &Scene, bytes: Vec<u8>) {
    facts_of_class(scene, 2, bytes);
}

fn facts_of_class(scene: &Scene, class: u8, bytes: Vec<u8>) {
    let mut log = base();
    let by = if class == 1 { field() } else { desk() };
    log.add_as(&by, class, bytes, source(&[]), |_| ());
    scene.whole(&log);
}

/// Desk signs ordinary facts, with one thing wrong in them.
fn facts_but(scene: &Scene, change: impl FnOnce(&mut Facts)) {
    let mut facts = Facts::trial("one more");
    change(&mut facts);
    self::facts(scene, facts.encode());
}

fn amends_but(scene: &Scene, change: impl FnOnce(&mut Facts)) {
    let mut facts = Facts::amends(2, &[base().id_of(4)]);
    change(&mut facts);
    facts_of_class(scene, 3, facts.encode());
}

/// Desk signs these bytes as a source.
fn source_is(scene: &Scene, bytes: Vec<u8>) {
    let mut log = base();
    log.add_as(&desk(), 2, Facts::trial("one more").encode(), bytes, |_| ());
    scene.whole(&log);
}

/// `count` distinct ids that no entry has.
fn ids(count: u64) -> Vec<Bytes32> {
    (0..count).map(|n| sha256(&[&n.to_le_bytes()])).collect()
}

/// Openings with one field in place of another: presence, salt, length as it is said, content.
fn one_opening(presence: u8, length: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![presence];
    bytes.extend([0xa5; 32]);
    bytes.extend(length.to_le_bytes());
    bytes.extend(content);
    bytes
}

const MALFORMED_FACTS: (i32, [&str; 4], &[&str]) = (1, [F, P, P, P], &["facts-malformed"]);
const MALFORMED_SOURCE: (i32, [&str; 4], &[&str]) = (1, [F, P, P, P], &["source-malformed"]);
const MALFORMED_OPENINGS: (i32, [&str; 4], &[&str]) = (1, [F, P, P, P], &["openings-malformed"]);

pub const CASES: &[Case] = &[
    Case {
        name: "facts-changed",
        attack: "one byte of what an entry says is another",
        make: |scene| {
            changed(scene, |entry| {
                *entry.facts.as_mut().unwrap().bytes.last_mut().unwrap() ^= 1
            })
        },
        gets: (1, [F, P, P, P], &["facts-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "facts-salt-changed",
        attack: "the salt of the facts is another",
        make: |scene| changed(scene, |entry| entry.facts.as_mut().unwrap().salt[0] ^= 1),
        gets: (1, [F, P, P, P], &["facts-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "source-changed",
        attack: "a source is put in that the author did not give",
        make: |scene| {
            changed(scene, |entry| {
                entry.source.as_mut().unwrap().bytes = source(&[("obtained-from", "you")])
            })
        },
        gets: (1, [F, P, P, P], &["source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "source-salt-changed",
        attack: "the salt of the source is another",
        make: |scene| {
            changed(scene, |entry| {
                entry.source.as_mut().unwrap().salt[31] ^= 0x80
            })
        },
        gets: (1, [F, P, P, P], &["source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "openings-exchanged",
        attack: "two entries of one author exchange their openings",
        make: |scene| {
            let mut log = base();
            let (two, three) = (log.entries[2].clone(), log.entries[3].clone());
            log.tamper(2, |entry| {
                (entry.facts, entry.source) = (three.facts, three.source)
            });
            log.tamper(3, |entry| {
                (entry.facts, entry.source) = (two.facts, two.source)
            });
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["facts-commitment", "source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "source-for-facts",
        attack: "facts and source of one entry change places",
        make: |scene| {
            changed(scene, |entry| {
                std::mem::swap(&mut entry.facts, &mut entry.source)
            })
        },
        gets: (1, [F, P, P, P], &["facts-commitment", "source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "governance-facts-changed",
        attack: "an admission is made to admit another key: what it does is not known, nor what follows",
        make: |scene| {
            let mut log = base();
            log.tamper(1, |entry| {
                entry.facts.as_mut().unwrap().bytes = admits(&stranger().public, 1).encode()
            });
            scene.whole(&log);
        },
        gets: (1, [F, P, P, N], &["facts-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "commitment-copied",
        attack: "an author copies another's commitment, to claim later to have known the same",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let theirs = log.entries[4].clone();
            let mut copy = log.draft(&desk(), 2, Vec::new(), Vec::new());
            copy.statement.facts = theirs.statement.facts;
            copy.statement.source = theirs.statement.source;
            copy.facts = theirs.facts;
            copy.source = theirs.source;
            copy.sign(&desk());
            log.push(copy);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["facts-commitment", "source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "commitment-copied-unopened",
        attack: "the same, and the openings are held back until the other's are known",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let theirs = log.entries[4].statement.clone();
            let mut copy = log.draft(&desk(), 2, Vec::new(), Vec::new());
            (copy.statement.facts, copy.statement.source) = (theirs.facts, theirs.source);
            (copy.facts, copy.source) = (None, None);
            copy.sign(&desk());
            log.push(copy);
            scene.whole(&log);
        },
        gets: (1, [P, F, P, P], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "commitment-copied-within",
        attack: "an author copies an own older commitment: it is bound to its place in the chain too",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            let older = log.entries[3].clone();
            let mut copy = log.draft(&desk(), 2, Vec::new(), Vec::new());
            copy.statement.facts = older.statement.facts;
            copy.facts = older.facts;
            copy.source = None;
            copy.sign(&desk());
            log.push(copy);
            scene.whole(&log);
        },
        gets: (1, [F, F, P, P], &["facts-commitment", "opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "evidence-withheld",
        attack: "the facts of a statement are taken out of the folder",
        make: |scene| changed(scene, |entry| entry.facts = None),
        gets: (1, [P, F, P, P], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "source-withheld",
        attack: "a source is taken out of the folder",
        make: |scene| changed(scene, |entry| entry.source = None),
        gets: (1, [P, F, P, P], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "everything-withheld",
        attack: "only leaves are left of every entry",
        make: |scene| {
            let mut log = base();
            for entry in &mut log.entries {
                (entry.facts, entry.source) = (None, None);
            }
            scene.whole(&log);
        },
        // The statement of genesis alone puts its key in force; who was admitted since is not known.
        gets: (1, [P, F, P, N], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "retraction-withheld",
        attack: "a retraction is made unreadable, so that what it withdrew seems to stand",
        make: |scene| {
            let mut log = base();
            log.tamper(5, |entry| entry.facts = None);
            scene.whole(&log);
        },
        gets: (1, [P, F, P, P], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "revocation-withheld",
        attack: "a revocation is made unreadable, so that the revoked key's later entry seems allowed",
        make: |scene| {
            let mut log = base();
            let revocation = log.revoke(&field(), &desk(), None);
            log.tell(&desk(), "still here");
            log.tamper(revocation, |entry| entry.facts = None);
            scene.whole(&log);
        },
        gets: (1, [P, F, P, N], &["opening-absent"]),
        ..Case::PLAIN
    },
    Case {
        name: "genesis-facts-withheld",
        attack: "the facts of genesis are taken out; its statement alone puts its key in force",
        make: |scene| {
            let mut log = base();
            log.tamper(0, |entry| entry.facts = None);
            scene.whole(&log);
        },
        gets: (1, [P, F, P, P], &["opening-absent"]),
        ..Case::PLAIN
    },
    // What stands after the leaf.
    Case {
        name: "presence-bit-unknown",
        attack: "a presence byte with a bit that means nothing",
        make: |scene| {
            changed(scene, |entry| {
                let mut openings = entry.openings();
                openings[0] |= 4;
                entry.openings = Some(openings);
            })
        },
        gets: MALFORMED_OPENINGS,
        ..Case::PLAIN
    },
    Case {
        name: "openings-trailing",
        attack: "a byte behind the openings, within the record",
        make: |scene| {
            changed(scene, |entry| {
                let mut openings = entry.openings();
                openings.push(0);
                entry.openings = Some(openings);
            })
        },
        gets: MALFORMED_OPENINGS,
        ..Case::PLAIN
    },
    Case {
        name: "openings-cut",
        attack: "the source says a byte more than the record holds",
        make: |scene| {
            changed(scene, |entry| {
                let mut openings = entry.openings();
                openings.pop();
                entry.openings = Some(openings);
            })
        },
        gets: MALFORMED_OPENINGS,
        ..Case::PLAIN
    },
    Case {
        name: "opening-length-bomb",
        attack: "facts that say they have 4 GiB",
        by: SENDER,
        make: |scene| {
            changed(scene, |entry| {
                entry.openings = Some(one_opening(1, u32::MAX, b"few"))
            })
        },
        gets: MALFORMED_OPENINGS,
        ..Case::PLAIN
    },
    Case {
        name: "facts-too-long",
        attack: "facts one byte above the limit, really there, in a record below its own limit",
        by: SENDER,
        make: |scene| {
            let content = vec![0; (1 << 20) + 1];
            changed(scene, |entry| {
                entry.openings = Some(one_opening(1, content.len() as u32, &content))
            });
        },
        gets: MALFORMED_OPENINGS,
        ..Case::PLAIN
    },
    Case {
        name: "source-too-long",
        attack: "a source one byte above the limit, really there",
        by: SENDER,
        make: |scene| {
            let content = vec![0; (1 << 16) + 1];
            changed(scene, |entry| {
                entry.openings = Some(one_opening(2, content.len() as u32, &content))
            });
        },
        gets: MALFORMED_OPENINGS,
        ..Case::PLAIN
    },
    // Facts that their author really signed.
    Case {
        name: "facts-empty",
        attack: "no bytes at all for facts",
        by: AUTHOR,
        make: |scene| facts(scene, Vec::new()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "facts-version-zero",
        attack: "facts of version 0",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.version = 0),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "facts-version-newer",
        attack: "facts of version 2, in which an exhibit may be named: not a problem, but not all is known",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.version = 2),
        gets: (2, [P, N, P, P], &[]),
        ..Case::PLAIN
    },
    Case {
        name: "facts-trailing",
        attack: "a byte behind the event",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = Facts::trial("one more").encode();
            bytes.push(0);
            facts(scene, bytes);
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "facts-cut",
        attack: "the event is a byte shorter than it says",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = Facts::trial("one more").encode();
            bytes.pop();
            facts(scene, bytes);
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-empty",
        attack: "a kind without a letter",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.kind.clear()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-upper-case",
        attack: "a kind that looks like another but for its case",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.kind = b"Trial".to_vec()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-too-long",
        attack: "a kind of 65 letters",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.kind = vec![b'a'; 65]),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-with-escape",
        attack: "a kind with a terminal's control sequence in it",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.kind = b"a\x1b[2J".to_vec()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-not-utf8",
        attack: "a kind that is no UTF-8",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.kind = vec![b'a', 0xff]),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-length-bomb",
        attack: "a kind that says it has 2^64 - 1 bytes",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = 1u16.to_le_bytes().to_vec();
            bytes.extend(u64::MAX.to_le_bytes());
            bytes.extend(b"trial");
            facts(scene, bytes);
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "kind-version-zero",
        attack: "version 0 of a kind",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.kind_version = 0),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "label-option-byte",
        attack: "2 where only 0 and 1 mean something: a second encoding of the same facts",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.label = (2, b"seen".to_vec())),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "label-like-a-number",
        attack: "a label that begins with a digit, to be taken for an entry's number",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.label = (1, b"12".to_vec())),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "label-twice",
        attack: "a label that an older entry has: an author's error, kept, the first counts",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.add(&field(), 2, &Facts::trial("the one").labelled("one"));
            log.add(&desk(), 2, &Facts::trial("the other").labelled("one"));
            scene.whole(&log);
        },
        ..Case::PLAIN
    },
    Case {
        name: "exhibits-count-bomb",
        attack: "2^63 exhibits in a hundred bytes",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = Facts::trial("one more").encode();
            // version 2, kind 8 + 5, kind version 2, label 1: the count of exhibits is next.
            bytes[18..26].copy_from_slice(&(1u64 << 63).to_le_bytes());
            facts(scene, bytes);
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "exhibits-too-many",
        attack: "1,025 exhibits",
        by: AUTHOR,
        make: |scene| {
            facts_but(scene, |facts| {
                facts.exhibits = ids(1025).iter().map(|id| (*id, 1)).collect()
            })
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "exhibit-named-twice",
        attack: "one exhibit named with two lengths",
        by: AUTHOR,
        make: |scene| {
            facts_but(scene, |facts| {
                facts.exhibits = vec![([7; 32], 1), ([7; 32], 2)]
            })
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "references-too-many",
        attack: "4,097 references",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.references = ids(4097)),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "reference-twice",
        attack: "one reference given twice, to look like two",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.references = vec![[7; 32]; 2]),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "reference-to-nothing",
        attack: "a reference that no entry answers: an author's error, kept, and not verification's business",
        by: AUTHOR,
        make: |scene| facts_but(scene, |facts| facts.references = ids(1)),
        ..Case::PLAIN
    },
    Case {
        name: "amendment-in-evidence",
        attack: "a retraction hidden in class 2, where nobody looks for one",
        by: AUTHOR,
        make: |scene| facts(scene, Facts::amends(1, &[base().id_of(3)]).encode()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "amendment-of-nothing",
        attack: "class 3 without an amendment",
        by: AUTHOR,
        make: |scene| facts_of_class(scene, 3, Facts::trial("one more").encode()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "amendment-relation",
        attack: "a relation with the number 4",
        by: AUTHOR,
        make: |scene| {
            amends_but(scene, |facts| {
                facts.amendment.as_mut().unwrap().relation = 4
            })
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "amendment-without-targets",
        attack: "a dispute of nothing",
        by: AUTHOR,
        make: |scene| {
            amends_but(scene, |facts| {
                facts.amendment.as_mut().unwrap().targets.clear()
            })
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "amendment-with-too-many-targets",
        attack: "a dispute of 257 entries at once",
        by: AUTHOR,
        make: |scene| {
            amends_but(scene, |facts| {
                facts.amendment.as_mut().unwrap().targets = ids(257)
            })
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "amendment-of-one-twice",
        attack: "one target twice",
        by: AUTHOR,
        make: |scene| {
            amends_but(scene, |facts| {
                facts.amendment.as_mut().unwrap().targets = vec![[7; 32]; 2]
            })
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "redacts-nothing",
        attack: "a redaction of neither the facts nor the source",
        by: AUTHOR,
        make: |scene| {
            let target = base().id_of(3);
            facts_of_class(scene, 3, Facts::redacts(false, false, &[target]).encode());
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "redacts-with-a-bool-of-two",
        attack: "a redaction whose yes is 2",
        by: AUTHOR,
        make: |scene| {
            let mut facts = Facts::redacts(true, false, &[base().id_of(3)]);
            facts.amendment.as_mut().unwrap().parts = Some((2, 0));
            facts_of_class(scene, 3, facts.encode());
        },
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "admission-in-evidence",
        attack: "a governance kind in class 2, which an investigator may sign",
        by: AUTHOR,
        make: |scene| facts(scene, admits(&stranger().public, 0).encode()),
        gets: MALFORMED_FACTS,
        ..Case::PLAIN
    },
    Case {
        name: "genesis-kind-in-governance",
        attack: "the kind of genesis in class 1",
        by: CUSTODIAN,
        make: |scene| facts_of_class(scene, 1, Facts::kind("genesis", Vec::new()).encode()),
        gets: (1, [F, P, P, N], &["facts-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "admission-with-an-unknown-role",
        attack: "an admission in the role with the number 3",
        by: CUSTODIAN,
        make: |scene| facts_of_class(scene, 1, admits(&stranger().public, 3).encode()),
        gets: (1, [F, P, P, N], &["facts-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "admission-trailing",
        attack: "an admission with a byte behind its role",
        by: CUSTODIAN,
        make: |scene| {
            let mut facts = admits(&stranger().public, 1);
            facts.event.push(0);
            facts_of_class(scene, 1, facts.encode());
        },
        gets: (1, [F, P, P, N], &["facts-malformed"]),
        ..Case::PLAIN
    },
    // Sources that their author really signed.
    Case {
        name: "source-empty",
        attack: "no bytes at all for a source",
        by: AUTHOR,
        make: |scene| source_is(scene, Vec::new()),
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-version-zero",
        attack: "a source of version 0",
        by: AUTHOR,
        make: |scene| source_is(scene, vec![0; 10]),
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-version-newer",
        attack: "a source of version 2: kept, and only its commitment is checked",
        by: AUTHOR,
        make: |scene| source_is(scene, vec![2, 0, 1, 2, 3]),
        ..Case::PLAIN
    },
    Case {
        name: "source-unordered",
        attack: "names that are not in their one order",
        by: AUTHOR,
        make: |scene| source_is(scene, source(&[("reason", "b"), ("note", "a")])),
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-name-twice",
        attack: "one name with two texts",
        by: AUTHOR,
        make: |scene| source_is(scene, source(&[("note", "a"), ("note", "b")])),
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-name-upper-case",
        attack: "a name that looks like another but for its case",
        by: AUTHOR,
        make: |scene| source_is(scene, source(&[("Note", "a")])),
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-too-many",
        attack: "33 names",
        by: AUTHOR,
        make: |scene| {
            let names: Vec<String> = (10..43).map(|n| format!("n{n}")).collect();
            let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a")).collect();
            source_is(scene, source(&fields));
        },
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-not-utf8",
        attack: "a text that is no UTF-8",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = source(&[("note", "a")]);
            *bytes.last_mut().unwrap() = 0xc0;
            source_is(scene, bytes);
        },
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-count-bomb",
        attack: "2^64 - 1 fields in ten bytes",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = source(&[]);
            bytes[2..10].copy_from_slice(&u64::MAX.to_le_bytes());
            source_is(scene, bytes);
        },
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
    Case {
        name: "source-trailing",
        attack: "a byte behind the last field",
        by: AUTHOR,
        make: |scene| {
            let mut bytes = source(&[]);
            bytes.push(0);
            source_is(scene, bytes);
        },
        gets: MALFORMED_SOURCE,
        ..Case::PLAIN
    },
];
