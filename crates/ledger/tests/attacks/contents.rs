//! What entries say: encodings, commitments, exhibits, and what is withheld.

use seaproof_ledger::encoding::encode;
use seaproof_ledger::facts::{Reference, Relation};
use seaproof_ledger::ids::{Class, EntryId, ExhibitHash, ExhibitRef, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::statement::LEAF_LEN;
use seaproof_ledger::verify::{Answer, Code, Verdict};
use seaproof_ledger::writer::Draft;

use super::common::forge::{Making, facts};
use super::common::*;
use super::{Case, forged};

/// An entry of key 2, changed before it is committed to and signed.
fn saying(name: &str, codes: &[Code], draft: Draft, change: impl FnOnce(&mut Making)) -> Case {
    forged(name, codes, |forge| {
        forge.add_with(&key(2), draft, change);
    })
}

/// Facts whose bytes are changed.
fn fact(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Case {
    let draft = labelled("label", "an event");
    saying(name, &[Code::FactsMalformed], draft, |made| {
        change(&mut made.facts)
    })
}

/// A draft that a writer would refuse.
fn drafted(name: &str, change: impl FnOnce(&mut Draft)) -> Case {
    let mut draft = evidence("x");
    change(&mut draft);
    saying(name, &[Code::FactsMalformed], draft, |_| {})
}

fn source(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Case {
    saying(name, &[Code::SourceMalformed], evidence("x"), |made| {
        change(&mut made.source)
    })
}

/// An entry whose openings are changed after it was signed.
fn opened(name: &str, codes: &[Code], change: impl FnOnce(&mut Vec<u8>)) -> Case {
    let mut aside = super::staffed();
    aside.add(&key(2), evidence("what was said"));
    let mut record = aside.segments[0].pop().unwrap();
    let mut openings = record.body.split_off(LEAF_LEN);
    change(&mut openings);
    record.body.extend(openings);
    forged(name, codes, |forge| forge.add_record(record))
}

fn amending(relation: Relation, targets: Vec<EntryId>) -> Draft {
    let mut draft = retracting(Reference::Draft(0));
    let targets = targets.into_iter().map(Reference::Entry).collect();
    draft.facts.amendment = Some((relation, targets));
    draft
}

fn redacting(facts: bool, source: bool, target: EntryId) -> Draft {
    amending(Relation::Redacts { facts, source }, vec![target])
}

/// Key 2's entry, without one or both openings, and then redacted by another entry.
fn redacted(name: &str, codes: &[Code], shown: [bool; 2], by: u8, parts: [bool; 2]) -> Case {
    forged(name, codes, |forge| {
        let target = forge.add_with(&key(2), evidence("secret"), |made| {
            [made.show_facts, made.show_source] = shown;
        });
        forge.add(&key(by), redacting(parts[0], parts[1], target));
    })
}

fn governing(name: &str, change: impl FnOnce(&mut Draft)) -> Case {
    let mut draft = admitting(key(9).public(), Role::Witness);
    change(&mut draft);
    let case = forged(name, &[Code::FactsMalformed], |forge| {
        forge.add(&key(1), draft);
    });
    // Whom it would have let in is unknown.
    case.but(Verdict::Authorised, Answer::NotChecked)
}

/// A list of `count` source fields, the first ones of these names and the rest without.
fn fields(count: u64, names: &[&str]) -> Vec<u8> {
    let mut bytes = vec![1, 0];
    bytes.extend(count.to_le_bytes());
    for name in names {
        bytes.extend(encode(&(name.to_string(), String::new())));
    }
    bytes
}

fn hash(n: usize) -> [u8; 32] {
    let mut hash = [0xcc; 32];
    hash[..8].copy_from_slice(&(n as u64).to_le_bytes());
    hash
}

pub fn cases() -> Vec<Case> {
    // In the facts of `labelled("label", "an event")`: version 0, kind 2 (length) and 10, kind version 15,
    // label 17 (present), 18 (length) and 26, exhibits 31, references 39, amendment 47, event 48 and 56.
    let mut cases = vec![
        fact("facts with a byte too many", |f| f.push(0)),
        fact("facts with a byte too few", |f| f.truncate(f.len() - 1)),
        fact("no facts at all", Vec::clear),
        fact("one byte of facts", |f| f.truncate(1)),
        fact("facts of version 0", |f| f[0] = 0),
        fact("a kind that is not UTF-8", |f| f[10] = 0xff),
        fact("a kind in capitals", |f| f[10] = b'T'),
        fact("a kind that bursts", |f| f[2..10].fill(0xff)),
        fact("kind version 0", |f| f[15] = 0),
        fact("neither with a label nor without", |f| f[17] = 2),
        fact("a label with a space", |f| f[28] = b' '),
        fact("a label that begins with a digit", |f| f[26] = b'1'),
        fact("exhibits that burst", |f| f[31..39].fill(0xff)),
        fact("2^40 exhibits", |f| f[36] = 1),
        fact("references that burst", |f| {
            f[39..47].copy_from_slice(&(1u64 << 59).to_le_bytes())
        }),
        fact("neither amending nor not", |f| f[47] = 0x80),
        fact("an event that bursts", |f| f[48..56].fill(0x7f)),
        fact("an event longer than the facts", |f| f[48] += 1),
        fact("an event shorter than the facts", |f| f[48] -= 1),
    ];
    let long = "a".repeat(65);
    cases.extend([
        drafted("a kind without letters", |d| d.facts.kind = String::new()),
        drafted("a kind too long", |d| d.facts.kind = long.clone()),
        drafted("a label too long", |d| d.facts.label = Some(long.clone())),
        drafted("an empty label", |d| d.facts.label = Some(String::new())),
        drafted("references that are one", |d| {
            d.facts.refs = vec![Reference::Entry(EntryId([1; 32])); 2];
        }),
        drafted("4,097 references", |d| {
            d.facts.refs = (0..4_097)
                .map(|n| Reference::Entry(EntryId(hash(n))))
                .collect();
        }),
        drafted("1,025 exhibits", |d| {
            let exhibit = |n| ExhibitRef {
                hash: ExhibitHash(hash(n)),
                length: 1,
            };
            d.facts.exhibits = (0..1_025).map(exhibit).collect();
        }),
        drafted("one exhibit with two lengths", |d| {
            let exhibit = |length| ExhibitRef {
                hash: ExhibitHash([1; 32]),
                length,
            };
            d.facts.exhibits = vec![exhibit(1), exhibit(2)];
        }),
        drafted("a kind of governance in evidence", |d| {
            d.facts.kind = "closed".into()
        }),
        drafted("genesis in evidence", |d| d.facts.kind = "genesis".into()),
        drafted("an amendment in evidence", |d| {
            let target = Reference::Entry(EntryId([1; 32]));
            d.facts.amendment = Some((Relation::Disputes, vec![target]));
        }),
        drafted("an amendment of nothing", |d| d.class = Class::Amendment),
        drafted("an amendment without targets", |d| {
            *d = amending(Relation::Retracts, Vec::new());
        }),
        drafted("an amendment of one twice", |d| {
            *d = amending(Relation::Retracts, vec![EntryId([1; 32]); 2]);
        }),
        drafted("an amendment of 257", |d| {
            *d = amending(
                Relation::Corrects,
                (0..257).map(|n| EntryId(hash(n))).collect(),
            );
        }),
        drafted("a redaction of neither", |d| {
            *d = redacting(false, false, EntryId([1; 32]))
        }),
    ]);
    for (name, at, value) in [("relation 4", 48, 4), ("a bool of 2", 52, 2)] {
        let draft = redacting(true, false, EntryId([1; 32]));
        let place = facts(&draft).encode().len() - (8 + 32 + 8 + 2 + 4) + (at - 48);
        cases.push(saying(name, &[Code::FactsMalformed], draft, |m| {
            m.facts[place] = value
        }));
    }
    cases.extend([
        governing("an admission with a byte too many", |d| {
            d.facts.event.push(0)
        }),
        governing("an admission with a byte too few", |d| {
            d.facts.event.truncate(35)
        }),
        governing("an admission in role 3", |d| d.facts.event[32] = 3),
        governing("a closing that says something", |d| {
            (d.facts.kind, d.facts.event) = ("closed".into(), vec![0]);
        }),
        governing("a revocation for reason 5", |d| {
            *d = revoking(key(2).public(), None);
            d.facts.event[32] = 5;
        }),
        governing("a revocation with an odd option", |d| {
            *d = revoking(key(2).public(), None);
            d.facts.event[36] = 2;
        }),
        governing("genesis as governance", |d| d.facts.kind = "genesis".into()),
    ]);

    cases.extend([
        source("a source with a byte too many", |s| s.push(0)),
        source("no source at all", Vec::clear),
        source("a source of version 0", |s| s[0] = 0),
        source("fields that burst", |s| s[2..10].fill(0xff)),
        source("fields out of order", |s| *s = fields(2, &["note", "name"])),
        source("a field twice", |s| *s = fields(2, &["note", "note"])),
        source("a field without a name", |s| *s = fields(1, &[""])),
        source("a field of a name too long", |s| {
            *s = fields(1, &["a".repeat(33).as_str()])
        }),
        source("33 fields", |s| {
            let names: Vec<String> = (0..33).map(|n| format!("n{n:02}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            *s = fields(33, &names);
        }),
    ]);

    let malformed = [Code::OpeningsMalformed];
    cases.extend([
        opened("an unknown opening", &malformed, |o| o[0] = 7),
        opened("an opening said and not there", &malformed, |o| {
            o.truncate(1)
        }),
        opened("openings with a byte too many", &malformed, |o| o.push(0)),
        opened("openings with a byte too few", &malformed, |o| {
            o.truncate(o.len() - 1)
        }),
        opened("facts that burst", &malformed, |o| o[33..37].fill(0xff)),
        opened("facts over their limit", &malformed, |o| {
            o[33..37].copy_from_slice(&1_048_577u32.to_le_bytes());
        }),
        opened("the source left over", &malformed, |o| o[0] = 1),
        opened("another salt", &[Code::FactsCommitment], |o| o[1] ^= 1),
        opened("other facts", &[Code::FactsCommitment], |o| o[60] ^= 1),
        opened("another source's salt", &[Code::SourceCommitment], |o| {
            let at = o.len() - 20;
            o[at] ^= 1;
        }),
        // Facts that say nothing different: one more byte that a lax reader would skip.
        opened("facts made longer", &[Code::FactsCommitment], |o| {
            let length = u32::from_le_bytes(o[33..37].try_into().unwrap());
            o[33..37].copy_from_slice(&(length + 1).to_le_bytes());
            o.insert(37 + length as usize, 0);
        }),
    ]);
    // Somebody else's commitment, with its openings, as if it had been known independently.
    let copied = [Code::FactsCommitment, Code::SourceCommitment];
    cases.push(forged("a copied commitment", &copied, |forge| {
        let mut seen = None;
        forge.add_with(&key(2), evidence("seen"), |_| {});
        let original = forge.segments[0].last().unwrap().body.clone();
        let mut aside = super::staffed();
        aside.add(&key(2), evidence("seen"));
        aside.add_with(&key(4), evidence("seen"), |made| {
            seen = Some(made.statement.clone())
        });
        let mut statement = seen.unwrap();
        statement.facts.0.copy_from_slice(&original[155..187]);
        statement.source.0.copy_from_slice(&original[187..219]);
        forge.add_raw(&key(4), statement.encode(), |body| {
            body.extend_from_slice(&original[LEAF_LEN..]);
        });
    }));

    let absent = [Code::OpeningAbsent];
    cases.extend([
        saying("facts withheld", &absent, evidence("x"), |m| {
            m.show_facts = false
        }),
        saying("a source withheld", &absent, evidence("x"), |m| {
            m.show_source = false
        }),
        opened("everything withheld", &absent, |o| *o = vec![0]),
        redacted(
            "facts redacted by their author",
            &[],
            [false, true],
            2,
            [true, false],
        ),
        redacted(
            "both redacted by their author",
            &[],
            [false, false],
            2,
            [true, true],
        ),
        redacted(
            "a source redacted by a custodian",
            &[],
            [true, false],
            4,
            [false, true],
        ),
        redacted(
            "the wrong part redacted",
            &[Code::OpeningAbsent, Code::RedactionUnfinished],
            [false, true],
            2,
            [false, true],
        ),
        redacted(
            "half of it redacted",
            &absent,
            [false, false],
            2,
            [true, false],
        ),
        redacted(
            "redacted and still there",
            &[Code::RedactionUnfinished],
            [true, true],
            2,
            [true, true],
        ),
        forged("redacted by another investigator", &absent, |forge| {
            forge.add(&key(1), admitting(key(5).public(), Role::Investigator));
            let target = forge.add_with(&key(2), evidence("x"), |m| m.show_facts = false);
            forge.add(&key(5), redacting(true, true, target));
        }),
        redacted(
            "redacted by a witness",
            &[Code::OpeningAbsent, Code::RoleForbids],
            [false, true],
            3,
            [true, true],
        ),
        forged(
            "redacted by a stranger",
            &[Code::OpeningAbsent, Code::UnknownKey],
            |forge| {
                let target = forge.add_with(&key(2), evidence("x"), |m| m.show_facts = false);
                forge.add(&key(7), redacting(true, true, target));
            },
        ),
        forged(
            "redacted by an author who was revoked",
            &[Code::OpeningAbsent, Code::RevokedKey],
            |forge| {
                let target = forge.add_with(&key(2), evidence("x"), |m| m.show_facts = false);
                forge.add(&key(1), revoking(key(2).public(), None));
                forge.add(&key(2), redacting(true, true, target));
            },
        ),
        forged("a redaction that is withheld itself", &absent, |forge| {
            let target = forge.add_with(&key(2), evidence("x"), |m| m.show_facts = false);
            forge.add_with(&key(2), redacting(true, true, target), |m| {
                m.show_facts = false
            });
        }),
        // Its facts stay; its source should be gone.
        forged(
            "a redaction redacted",
            &[Code::RedactionUnfinished],
            |forge| {
                let source = forge.add_with(&key(2), evidence("x"), |m| m.show_source = false);
                let first = forge.add(&key(2), redacting(false, true, source));
                forge.add(&key(2), redacting(true, true, first));
            },
        ),
        // A redaction ahead of what it redacts finds nothing below to redact.
        forged("redacted in advance", &absent, |forge| {
            let observed = forge.head();
            let hidden = |made: &mut Making| {
                made.statement.observed = observed;
                made.show_facts = false;
            };
            let mut aside = super::staffed();
            let id = aside.add_with(&key(2), evidence("x"), hidden);
            // The same salts in both.
            forge.add_with(&key(2), evidence("x"), hidden);
            let record = forge.segments[0].pop().unwrap();
            *forge = super::staffed();
            forge.add(&key(4), redacting(true, true, id));
            forge.add_record(record);
        }),
    ]);
    cases.push(
        forged("governance withheld", &absent, |forge| {
            let draft = admitting(key(5).public(), Role::Investigator);
            forge.add_with(&key(1), draft, |m| m.show_facts = false);
            forge.add(&key(5), evidence("admitted by what nobody can read"));
        })
        .but(Verdict::Authorised, Answer::NotChecked),
    );
    cases.push(
        forged("governance redacted", &absent, |forge| {
            let draft = revoking(key(2).public(), None);
            let target = forge.add_with(&key(1), draft, |m| m.show_facts = false);
            forge.add(&key(1), redacting(true, true, target));
        })
        .but(Verdict::Authorised, Answer::NotChecked),
    );
    cases.push(forged("the words of governance redacted", &[], |forge| {
        let draft = admitting(key(5).public(), Role::Investigator);
        let target = forge.add_with(&key(1), draft, |m| m.show_source = false);
        forge.add(&key(1), redacting(true, true, target));
        forge.add(&key(5), evidence("x"));
    }));
    // Newer contents are kept and bound, and may name what nobody here can look for.
    for newer in ["facts", "source"] {
        let case = saying(
            &format!("{newer} of version 2"),
            &[],
            evidence("x"),
            |made| match newer {
                "facts" => made.facts[0] = 2,
                _ => made.source[0] = 2,
            },
        );
        cases.push(match newer {
            "facts" => case.but(Verdict::Complete, Answer::NotChecked),
            _ => case,
        });
    }

    let exhibit = |name: &str, code: Code, change: fn(&mut ExhibitRef, &mut Vec<u8>) -> bool| {
        let mut forge = super::staffed();
        let mut image = forge.exhibit(b"an image");
        let path = seaproof_ledger::exhibit::exhibit_path(&image.hash);
        let mut bytes = forge.files.remove(&path).unwrap();
        if change(&mut image, &mut bytes) {
            forge.files.insert(path, bytes);
        }
        forge.add(&key(2), naming(image));
        Case::new(name, forge.finish(), &[code])
    };
    cases.extend([
        exhibit("another exhibit", Code::ExhibitDigest, |_, bytes| {
            bytes[0] ^= 1;
            true
        }),
        exhibit("an exhibit grown", Code::ExhibitDigest, |_, bytes| {
            bytes.push(0);
            true
        }),
        exhibit("another length", Code::ExhibitLength, |image, _| {
            image.length += 1;
            true
        }),
        exhibit(
            "an exhibit that is not there",
            Code::ExhibitMissing,
            |_, _| false,
        ),
    ]);
    cases
}

#[test]
fn what_entries_say() {
    for case in cases() {
        let report = case.hold();
        if case.codes.contains(&Code::ExhibitMissing) {
            let file = report.problems[0].file.as_deref().unwrap();
            assert!(file.starts_with("exhibits/"), "{file}");
        }
    }
}

#[test]
fn what_is_redacted_is_counted() {
    let case = redacted("counted", &[], [false, false], 2, [true, true]);
    assert_eq!(case.hold().redacted, 2);
}
