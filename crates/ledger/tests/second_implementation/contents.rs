//! Facts, sources, openings, redactions.

use seaproof_ledger::facts::{Reference, Relation};
use seaproof_ledger::ids::{EntryId, ExhibitHash, ExhibitRef, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::writer::Draft;

use crate::common::forge::{Forge, Making};
use crate::common::*;
use crate::ledgers::*;
use crate::{Case, INVESTIGATOR, STRANGER, WITNESS};

/// Facts, sources, openings, redactions, exhibits.
pub fn contents() -> Vec<Case> {
    let genesis = |name: &str, change: fn(&mut Making)| {
        let mut forge = Forge::begun_with(change);
        forge.add(&key(1), admitting(key(2).public(), Role::Investigator));
        signs(&mut forge, 2);
        Case::new(name, forge.finish())
    };
    let making = |name: &str, change: fn(&mut Making)| {
        forged(name, |f| {
            f.add_with(&key(INVESTIGATOR), evidence("changed"), change);
            signs(f, 1);
        })
    };
    let drafted = |name: &str, change: fn(&mut Draft)| {
        let mut draft = labelled("one", "drafted");
        change(&mut draft);
        forged(name, |f| {
            f.add(&key(INVESTIGATOR), draft);
        })
    };
    // Key 2's entry without its facts and source, redacted by this key.
    let redacted = |name: &str, by: u8, facts: bool, source: bool| {
        forged(name, |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), |m| {
                (m.show_facts, m.show_source) = (false, false);
            });
            f.add(&key(by), redacting(facts, source, target));
        })
    };
    let revoked_in_between = |name: &str, by: u8| {
        forged(name, |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            f.add(&key(1), revoking(key(by).public(), None));
            f.add(&key(by), redacting(true, true, target));
        })
    };
    vec![
        genesis("genesis of newer facts", version_2),
        genesis("genesis without facts", without_facts),
        genesis("genesis without a source", without_source),
        genesis("genesis of malformed facts", |m| m.facts.push(0)),
        genesis("genesis of another kind", |m| m.facts[10] = b'x'),
        genesis("genesis of a newer kind", |m| m.facts[17] = 2),
        making("newer facts", version_2),
        making("facts of version 0", |m| m.facts[0] = 0),
        making("a newer source", |m| m.source[0] = 2),
        making("a source of version 0", |m| m.source[0] = 0),
        making("empty facts", |m| m.facts.clear()),
        making("an empty source", |m| m.source.clear()),
        making("one byte of facts", |m| m.facts.truncate(1)),
        making("trailing facts", |m| m.facts.push(0)),
        making("a trailing source", |m| m.source.push(0)),
        making("a source that counts a field too many", |m| m.source[2] = 1),
        making("a source of 32 fields", |m| m.source = source(&names(32))),
        making("a source of 33 fields", |m| m.source = source(&names(33))),
        making("a source out of order", |m| m.source = source(&["b", "a"])),
        making("a source with a field twice", |m| {
            m.source = source(&["a", "a"])
        }),
        making("a field without a name", |m| m.source = source(&[""])),
        making("a field that begins with a digit", |m| {
            m.source = source(&["1st"])
        }),
        making("a field of a long name", |m| {
            m.source = source(&[&"n".repeat(32)])
        }),
        making("a field of too long a name", |m| {
            m.source = source(&[&"n".repeat(33)])
        }),
        making("an endless list", |m| m.facts[17..25].fill(0xff)),
        making("facts withheld", without_facts),
        making("a source withheld", without_source),
        drafted("a capital in a kind", |d| d.facts.kind = "Trial".into()),
        drafted("an empty kind", |d| d.facts.kind.clear()),
        drafted("a kind of 65", |d| d.facts.kind = "k".repeat(65)),
        drafted("a kind with a line feed", |d| d.facts.kind.push('\n')),
        drafted("a kind of version 0", |d| d.facts.kind_version = 0),
        drafted("a kind that belongs to governance", |d| {
            d.facts.kind = "closed".into();
        }),
        drafted("a label with a dot", |d| {
            d.facts.label = Some("a.b_c-d".into())
        }),
        drafted("a label with a space", |d| {
            d.facts.label = Some("a b".into())
        }),
        drafted("an empty label", |d| d.facts.label = Some(String::new())),
        drafted("a reference to nothing", |d| {
            d.facts.refs = vec![Reference::Entry(EntryId([7; 32]))];
        }),
        drafted("a reference twice", |d| {
            d.facts.refs = vec![Reference::Entry(EntryId([7; 32])); 2];
        }),
        drafted("evidence with an amendment", |d| {
            d.facts.amendment = amending(Relation::Corrects, &[EntryId([7; 32])])
                .facts
                .amendment;
        }),
        drafted("as many references as may be", |d| {
            d.facts.refs = ids(4_096).into_iter().map(Reference::Entry).collect();
        }),
        drafted("a reference too many", |d| {
            d.facts.refs = ids(4_097).into_iter().map(Reference::Entry).collect();
        }),
        drafted("as many targets as may be", |d| {
            *d = amending(Relation::Disputes, &ids(256));
        }),
        drafted("a target too many", |d| {
            *d = amending(Relation::Disputes, &ids(257))
        }),
        drafted("as many exhibits as may be", |d| {
            d.facts.exhibits = exhibits(1_024)
        }),
        drafted("an exhibit too many", |d| {
            d.facts.exhibits = exhibits(1_025)
        }),
        drafted("an exhibit twice", |d| {
            d.facts.exhibits = [exhibits(1), exhibits(1)].concat();
        }),
        drafted("an exhibit twice with two lengths", |d| {
            d.facts.exhibits = [exhibits(1), exhibits(1)].concat();
            d.facts.exhibits[1].length = 1;
        }),
        drafted("an amendment of nothing", |d| {
            *d = amending(Relation::Corrects, &[]);
        }),
        drafted("an amendment of one twice", |d| {
            *d = amending(Relation::Corrects, &[EntryId([7; 32]); 2]);
        }),
        drafted("an amendment of what is not there", |d| {
            *d = amending(Relation::Corrects, &[EntryId([7; 32])]);
        }),
        drafted("a redaction of nothing", |d| {
            *d = redacting(false, false, EntryId([7; 32]));
        }),
        forged("a label twice", |f| {
            f.add(&key(1), labelled("one", "a"));
            f.add(&key(1), labelled("one", "b"));
        }),
        redacted("redacted by its author", INVESTIGATOR, true, true),
        redacted("redacted by a custodian", 4, true, true),
        redacted("redacted by a stranger", STRANGER, true, true),
        redacted("redacted by a witness", WITNESS, true, true),
        redacted("redacted by half", INVESTIGATOR, true, false),
        redacted("redacted by the other half", 1, false, true),
        revoked_in_between("redacted by its revoked author", INVESTIGATOR),
        revoked_in_between("redacted by a revoked custodian", 4),
        forged("redacted by another investigator", |f| {
            f.add(&key(1), admitting(key(5).public(), Role::Investigator));
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            f.add(&key(5), redacting(true, true, target));
        }),
        forged("redacted twice, half by half", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), |m| {
                (m.show_facts, m.show_source) = (false, false);
            });
            f.add(&key(INVESTIGATOR), redacting(true, false, target));
            f.add(&key(1), redacting(false, true, target));
        }),
        forged("redacted and still there", |f| {
            let target = signs(f, INVESTIGATOR);
            f.add(&key(INVESTIGATOR), redacting(true, true, target));
        }),
        forged("a part of it redacted, and all of it still there", |f| {
            let target = signs(f, INVESTIGATOR);
            f.add(&key(1), redacting(false, true, target));
        }),
        forged("redacted by another investigator, and still there", |f| {
            f.add(&key(1), admitting(key(5).public(), Role::Investigator));
            let target = signs(f, INVESTIGATOR);
            f.add(&key(5), redacting(true, true, target));
        }),
        forged(
            "redacted by its author behind an unknown kind, and still there",
            |f| {
                let target = signs(f, INVESTIGATOR);
                f.add(&key(1), governing("quorum", b"2"));
                f.add(&key(INVESTIGATOR), redacting(true, true, target));
            },
        ),
        forged("a redaction of an admission, which is still there", |f| {
            let target = f.add(&key(1), admitting(key(5).public(), Role::Witness));
            f.add(&key(1), redacting(true, false, target));
        }),
        forged(
            "a redaction of an admission, whose source is still there",
            |f| {
                let target = f.add(&key(1), admitting(key(5).public(), Role::Witness));
                f.add(&key(1), redacting(true, true, target));
            },
        ),
        forged("a redaction of a redaction", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            let first = f.add(&key(INVESTIGATOR), redacting(true, false, target));
            f.add(&key(1), redacting(true, false, first));
        }),
        forged("a redaction of a redaction, which was withheld", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            let first = f.add_with(&key(1), redacting(true, false, target), without_facts);
            f.add(&key(1), redacting(true, false, first));
        }),
        forged(
            "half of it redacted and gone, the other half redacted and there",
            |f| {
                let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
                f.add(&key(INVESTIGATOR), redacting(true, true, target));
            },
        ),
        forged("redacted, retracted, and still there", |f| {
            let target = signs(f, INVESTIGATOR);
            let by = f.add(&key(1), redacting(true, true, target));
            f.add(&key(1), retracting(Reference::Entry(by)));
        }),
        forged("redacted before", |f| {
            let target = signs(f, INVESTIGATOR);
            f.add(&key(1), redacting(true, true, target));
            f.segments[0].swap(4, 5);
            f.segments[0][5].body.truncate(283);
            f.segments[0][5].body.push(0);
        }),
        forged("a redacted admission", |f| {
            let target = f.add_with(
                &key(1),
                admitting(key(5).public(), Role::Witness),
                without_facts,
            );
            f.add(&key(1), redacting(true, true, target));
        }),
        forged("the redacted source of an admission", |f| {
            let target = f.add_with(
                &key(1),
                admitting(key(5).public(), Role::Witness),
                without_source,
            );
            f.add(&key(1), redacting(true, true, target));
        }),
        forged("a withheld redaction", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            f.add_with(&key(1), redacting(true, true, target), without_facts);
        }),
        forged("redacted behind an unknown kind", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            f.add(&key(1), governing("quorum", b"2"));
            f.add(&key(1), redacting(true, true, target));
        }),
        forged("redacted by its author behind an unknown kind", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            f.add(&key(1), governing("quorum", b"2"));
            f.add(&key(INVESTIGATOR), redacting(true, true, target));
        }),
        forged("redacted behind the end", |f| {
            let target = f.add_with(&key(INVESTIGATOR), evidence("gone"), without_facts);
            f.add(&key(1), closing());
            f.add(&key(1), redacting(true, true, target));
        }),
    ]
}

/// Entry ids that no entry has.
fn ids(count: u16) -> Vec<EntryId> {
    let id = |i: u16| {
        let mut id = [7; 32];
        id[..2].copy_from_slice(&i.to_le_bytes());
        EntryId(id)
    };
    (0..count).map(id).collect()
}

/// Exhibits that are not there.
fn exhibits(count: u16) -> Vec<ExhibitRef> {
    let exhibit = |id: EntryId| ExhibitRef {
        hash: ExhibitHash(id.0),
        length: 0,
    };
    ids(count).into_iter().map(exhibit).collect()
}

fn names(count: u8) -> Vec<&'static str> {
    let all: &str = "a0a1a2a3a4a5a6a7b0b1b2b3b4b5b6b7c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d7e0";
    (0..usize::from(count))
        .map(|i| &all[2 * i..2 * i + 2])
        .collect()
}

/// The bytes of a source with these fields, in this order, whatever the rules say.
fn source(names: &[&str]) -> Vec<u8> {
    let mut bytes = vec![1, 0];
    bytes.extend((names.len() as u64).to_le_bytes());
    for text in names.iter().flat_map(|name| [*name, "text"]) {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}
