//! What the ledger's tests share: pinned keys and salts, drafts, and one oracle.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

pub mod faulty;
pub mod forge;

use std::collections::BTreeMap;

use seaproof_ledger::facts::{DraftFacts, Reference, Relation};
use seaproof_ledger::governance::{AuthorAdmitted, AuthorRevoked, RevocationReason};
use seaproof_ledger::ids::{AuthorKey, Class, EntryId, ExhibitRef, Role, Salt, Timestamp};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::SignerMemory;
use seaproof_ledger::opening::Source;
use seaproof_ledger::store::{MemoryStore, Store};
use seaproof_ledger::verify::{Answer, Options, Report, Verdict, verify};
use seaproof_ledger::writer::{Draft, Genesis, Salts, Writer};

/// Salts that count, so that bytes are the same in every run.
#[derive(Default)]
pub struct CountingSalts(pub u64);

impl Salts for CountingSalts {
    fn next(&mut self) -> Result<Salt, String> {
        self.0 += 1;
        let mut salt = [0xa5; 32];
        salt[..8].copy_from_slice(&self.0.to_le_bytes());
        Ok(Salt(salt))
    }
}

/// A moment in the spring of 2024.
pub const NOW: Timestamp = Timestamp(1_711_454_400_000);

/// The key number `n` of these tests.
pub fn key(n: u8) -> SecretKey {
    SecretKey::from_seed([n; 32])
}

pub fn salts() -> Box<dyn Salts> {
    Box::<CountingSalts>::default()
}

pub fn genesis() -> Genesis {
    Genesis {
        source: Source::new([("title", "Trial"), ("name", "Field")]).unwrap(),
        recorded_at: NOW,
    }
}

/// A ledger of one entry, by key 1.
pub fn begin<'a>(store: &'a dyn Store, memory: &'a dyn SignerMemory) -> Writer<'a> {
    Writer::init(store, memory, salts(), &key(1), &genesis(), &[]).unwrap()
}

pub fn reopen<'a>(
    store: &'a dyn Store,
    memory: &'a dyn SignerMemory,
    by: &SecretKey,
    salt: u64,
) -> Writer<'a> {
    let salts = Box::new(CountingSalts(salt << 32));
    Writer::open(store, memory, salts, by.public()).unwrap()
}

fn draft(class: Class, kind: &str, event: Vec<u8>) -> Draft {
    Draft {
        class,
        facts: DraftFacts {
            kind: kind.into(),
            kind_version: 1,
            label: None,
            exhibits: Vec::new(),
            refs: Vec::new(),
            amendment: None,
            event,
        },
        source: Source::default(),
        recorded_at: NOW,
    }
}

/// Evidence with these bytes as its event.
pub fn evidence(text: &str) -> Draft {
    draft(Class::Evidence, "trial", text.as_bytes().to_vec())
}

pub fn labelled(label: &str, text: &str) -> Draft {
    let mut draft = evidence(text);
    draft.facts.label = Some(label.into());
    draft
}

pub fn naming(exhibit: ExhibitRef) -> Draft {
    let mut draft = evidence("names an exhibit");
    draft.facts.exhibits.push(exhibit);
    draft
}

pub fn retracting(target: Reference) -> Draft {
    let mut draft = draft(Class::Amendment, "retracted", Vec::new());
    draft.facts.amendment = Some((Relation::Retracts, vec![target]));
    draft
}

/// Redacts what these entries say, their sources, or both.
pub fn erasing(facts: bool, source: bool, targets: &[EntryId]) -> Draft {
    let mut draft = draft(Class::Amendment, "redacted", b"a reason".to_vec());
    let targets = targets.iter().map(|id| Reference::Entry(*id)).collect();
    draft.facts.amendment = Some((Relation::Redacts { facts, source }, targets));
    draft
}

pub fn admitting(key: AuthorKey, role: Role) -> Draft {
    let event = seaproof_ledger::encoding::encode(&AuthorAdmitted { key, role });
    let mut draft = draft(Class::Governance, "author-admitted", event);
    draft.source = Source::new([("name", "Desk")]).unwrap();
    draft
}

pub fn revoking(key: AuthorKey, suspect_from: Option<u64>) -> Draft {
    let event = seaproof_ledger::encoding::encode(&AuthorRevoked {
        key,
        reason: RevocationReason::Compromised,
        suspect_from,
    });
    draft(Class::Governance, "author-revoked", event)
}

pub fn closing() -> Draft {
    draft(Class::Governance, "closed", Vec::new())
}

/// A key as a roster gives it: number, role, and where it was admitted, revoked, and is suspect from.
pub type Listed = (u8, Role, u64, Option<u64>, Option<u64>);

/// A roster of these keys, in the order of their bytes; encoded here by the words of FORMAT.md.
pub fn rostering(keys: &[Listed]) -> Draft {
    let mut keys: Vec<_> = keys.iter().map(|k| (key(k.0).public(), k)).collect();
    keys.sort_by_key(|(public, _)| *public);
    let mut event = (keys.len() as u64).to_le_bytes().to_vec();
    for (public, (_, role, admitted_at, revoked_at, suspect_from)) in keys {
        event.extend(public.0);
        event.extend((*role as u32).to_le_bytes());
        event.extend(admitted_at.to_le_bytes());
        for option in [revoked_at, suspect_from] {
            event.push(u8::from(option.is_some()));
            event.extend(option.iter().flat_map(|n| n.to_le_bytes()));
        }
    }
    draft(Class::Governance, "roster", event)
}

/// What a roster of the staffed ledger holds: custodians 1 and 4, investigator 2, witness 3.
pub fn staff() -> [Listed; 4] {
    [
        (1, Role::Custodian, 0, None, None),
        (2, Role::Investigator, 1, None, None),
        (3, Role::Witness, 2, None, None),
        (4, Role::Custodian, 3, None, None),
    ]
}

pub fn report(store: &dyn Store) -> Report {
    verify(store, &Options::default())
}

/// The oracle: everything that is required passes, and nothing is wrong.
pub fn assert_sound(store: &dyn Store) -> Report {
    let report = report(store);
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
    for verdict in [
        Verdict::Intact,
        Verdict::Complete,
        Verdict::Attributable,
        Verdict::Authorised,
    ] {
        assert_eq!(report.answer(verdict), Answer::Pass, "{}", verdict.name());
    }
    report
}

/// Every file of a store with its bytes.
pub fn snapshot(store: &MemoryStore) -> BTreeMap<String, Vec<u8>> {
    store
        .paths()
        .into_iter()
        .filter_map(|path| store.get(&path).map(|bytes| (path, bytes)))
        .collect()
}

/// The files that a ledger consists of, without what is derived.
pub fn authoritative(store: &MemoryStore) -> BTreeMap<String, Vec<u8>> {
    let mut files = snapshot(store);
    files.retain(|path, _| {
        path == "checkpoint" || path.starts_with("log/") || path.starts_with("exhibits/")
    });
    files
}

/// Whether everything that is required by default passes.
pub fn passes(report: &Report) -> bool {
    Verdict::ALL[..4]
        .iter()
        .all(|verdict| report.answer(*verdict) == Answer::Pass)
}
