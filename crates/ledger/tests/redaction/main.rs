//! Redaction: what is named is gone from every file, all else stays byte for byte, and no failure, crash or
//! hostile folder makes it otherwise (FORMAT.md §24).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chance;
#[path = "../common/mod.rs"]
mod common;
mod failing;
mod hostile;
#[cfg(unix)]
mod killed;
mod many;
mod what_goes;

use common::forge::{Record, unpack};
use common::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::ids::{EntryId, ExhibitRef, Role};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::opening::Source;
use seaproof_ledger::store::{MemoryStore, Store};
use seaproof_ledger::verify::{Code, Options, Pin, Report, verify};
use seaproof_ledger::writer::{Draft, Writer};

/// Words that no file may hold once they are erased.
const SECRET: &str = "the witness lives at the harbour";
const INFORMANT: &str = "told by the second mate";

/// An entry with words in its facts, in its source, and in its label.
fn secret(n: usize) -> Draft {
    let mut draft = labelled(&format!("hidden-{n}"), &format!("{SECRET} {n}."));
    draft.source = Source::new([("obtained-from", format!("{INFORMANT} {n}."))]).unwrap();
    draft
}

/// A ledger of a custodian (key 1) and two investigators (keys 2 and 3), with a checkpoint over these entries.
struct Case {
    store: MemoryStore,
    memory: VolatileMemory,
}

impl Case {
    fn new() -> Self {
        let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
        let admit = [2, 3].map(|n| admitting(key(n).public(), Role::Investigator));
        let mut writer =
            Writer::init(&store, &memory, salts(), &key(1), &genesis(), &admit).unwrap();
        writer.checkpoint(&key(1)).unwrap();
        writer.close();
        Self { store, memory }
    }

    fn open(&self, salt: u64) -> Writer<'_> {
        reopen(&self.store, &self.memory, &key(1), salt)
    }

    /// What is recorded by these drafts, as one commit.
    fn record(&self, by: &SecretKey, drafts: &[Draft]) -> Vec<EntryId> {
        let salt = 1_000 + self.store.paths().len() as u64 + report(&self.store).entries.0;
        let mut writer = self.open(salt);
        writer.set_segment_bytes(3_000);
        let written = writer.append(by, drafts).unwrap();
        writer.close();
        written.into_iter().map(|written| written.id).collect()
    }

    fn exhibit(&self, bytes: &[u8]) -> ExhibitRef {
        take_in(&self.store, &mut &bytes[..], None, &mut |_| {}).unwrap()
    }
}

/// The salts of an entry's openings, as they stand in its record.
fn salts_of(store: &MemoryStore, id: EntryId) -> Vec<Vec<u8>> {
    let record = record_of(store, id).unwrap();
    let openings = &record.body[283..];
    let mut rest = &openings[1..];
    let mut found = Vec::new();
    while !rest.is_empty() {
        found.push(rest[..32].to_vec());
        let length = u32::from_le_bytes(rest[32..36].try_into().unwrap()) as usize;
        rest = &rest[36 + length..];
    }
    found
}

fn record_of(store: &MemoryStore, id: EntryId) -> Option<Record> {
    let records = unpack(&authoritative(store)).into_iter().flatten();
    records
        .into_iter()
        .find(|record| common::forge::leaf_of(&record.body).entry_id() == id)
}

/// The files that hold these bytes.
fn holding(store: &MemoryStore, bytes: &[u8]) -> Vec<String> {
    let holds = |content: &Vec<u8>| content.windows(bytes.len()).any(|w| w == bytes);
    snapshot(store)
        .into_iter()
        .filter(|(_, content)| holds(content))
        .map(|(path, _)| path)
        .collect()
}

/// The leaves in order, and the flags of their records.
fn kept(store: &MemoryStore) -> Vec<(u8, Vec<u8>)> {
    let records = unpack(&authoritative(store)).into_iter().flatten();
    records
        .map(|record| (record.flags, record.body[..283].to_vec()))
        .collect()
}

fn codes(store: &MemoryStore) -> Vec<Code> {
    report(store).problems.iter().map(|p| p.code).collect()
}

fn no_rewriting_is_left(store: &MemoryStore) {
    let left: Vec<_> = store
        .paths()
        .into_iter()
        .filter(|p| p.ends_with(".redacting"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
