//! Sound ledgers, and the parts that forged ones are made of.

use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::facts::{Reference, Relation};
use seaproof_ledger::ids::{EntryId, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::store::MemoryStore;
use seaproof_ledger::writer::Draft;

use crate::common::forge::{Files, Forge, Making};
use crate::common::*;
use crate::{Case, INVESTIGATOR, WITNESS};

/// The worked example of the page.
pub fn example() -> Files {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    let exhibit = take_in(&store, &mut &b"hello"[..], None, &mut |_| {}).unwrap();
    let investigator = key(INVESTIGATOR);
    writer
        .append(
            &key(1),
            &[admitting(investigator.public(), Role::Investigator)],
        )
        .unwrap();
    let mut draft = naming(exhibit);
    draft.facts.label = Some("first".into());
    let mut second = evidence("seen");
    second.facts.refs.push(Reference::Draft(0));
    writer.append(&investigator, &[draft, second]).unwrap();
    writer.checkpoint(&key(1)).unwrap();
    authoritative(&store)
}

/// Several segments, authors, commits of several records, amendments, a revocation, two exhibits.
pub fn several_segments() -> Files {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let (first, second) = (key(1), key(INVESTIGATOR));
    let mut writer = begin(&store, &memory);
    let exhibits =
        [&b"an image"[..], b""].map(|mut e| take_in(&store, &mut e, None, &mut |_| {}).unwrap());
    writer.set_segment_bytes(2_000);
    let admissions = [
        admitting(second.public(), Role::Investigator),
        admitting(key(WITNESS).public(), Role::Witness),
        admitting(key(4).public(), Role::Custodian),
    ];
    writer.append(&first, &admissions).unwrap();
    let batch = [
        labelled("berth", "one"),
        naming(exhibits[0]),
        retracting(Reference::Draft(0)),
    ];
    let sealed = writer.append(&second, &batch).unwrap();
    writer.append(&key(4), &[naming(exhibits[1])]).unwrap();
    writer
        .append(&key(4), &[amending(Relation::Disputes, &[sealed[1].id])])
        .unwrap();
    writer.checkpoint(&key(4)).unwrap();
    writer
        .append(&first, &[revoking(second.public(), Some(5))])
        .unwrap();
    writer
        .append(&key(4), &[evidence("after"), evidence("after that")])
        .unwrap();
    let files = authoritative(&store);
    assert!(files.contains_key("log/00000002.seg"), "it rolled");
    files
}

// Parts of forged ledgers.

pub fn amending(relation: Relation, targets: &[EntryId]) -> Draft {
    let mut draft = retracting(Reference::Entry(EntryId([0; 32])));
    let targets = targets.iter().map(|id| Reference::Entry(*id)).collect();
    draft.facts.amendment = Some((relation, targets));
    draft
}

pub fn redacting(facts: bool, source: bool, target: EntryId) -> Draft {
    amending(Relation::Redacts { facts, source }, &[target])
}

/// A governance entry of any kind.
pub fn governing(kind: &str, event: &[u8]) -> Draft {
    let mut draft = closing();
    draft.facts.kind = kind.into();
    draft.facts.event = event.to_vec();
    draft
}

/// A ledger with a custodian (key 1), an investigator, a witness and a second custodian (key 4).
pub fn staffed() -> Forge {
    let mut forge = Forge::new();
    for (number, role) in [
        (INVESTIGATOR, Role::Investigator),
        (WITNESS, Role::Witness),
        (4, Role::Custodian),
    ] {
        forge.add(&key(1), admitting(key(number).public(), role));
    }
    forge
}

pub fn version_2(made: &mut Making) {
    made.facts[0] = 2;
}

pub fn without_facts(made: &mut Making) {
    made.show_facts = false;
}

pub fn without_source(made: &mut Making) {
    made.show_source = false;
}

/// A case in which entries follow on a staffed ledger, with evidence and a checkpoint at the end.
pub fn forged(name: &str, entries: impl FnOnce(&mut Forge)) -> Case {
    let mut forge = staffed();
    entries(&mut forge);
    Case::new(name, forge.finish())
}

/// One who signs a piece of evidence.
pub fn signs(forge: &mut Forge, number: u8) -> EntryId {
    forge.add(&key(number), evidence("signed"))
}

/// A log of three segments: five commits of one, two of three, two of one.
pub fn three_segments() -> Files {
    let mut forge = staffed();
    signs(&mut forge, INVESTIGATOR);
    for _ in 0..2 {
        forge.roll();
        for number in [1, INVESTIGATOR, 4] {
            signs(&mut forge, number);
        }
        forge.join();
    }
    for number in [INVESTIGATOR, 4] {
        signs(&mut forge, number);
    }
    forge.finish()
}
