//! Proofs and the published form: made from a ledger, judged without one, and everything wrong that could be thought of.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/mod.rs"]
mod common;

mod entries;
mod files;
mod heads;
mod rosters;
mod tiles;

use common::*;
use seaproof_ledger::checkpoint::{origin_of, sign_file};
use seaproof_ledger::governance::Authority;
use seaproof_ledger::ids::{Class, EntryIndex, LedgerId, Role};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::note::VerifierKey;
use seaproof_ledger::proof::{Disclose, EntryProof, Given, ProofFile, ProofReport, Prover, check};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::{MemoryStore, Store};
use seaproof_ledger::verify::{Answer, Code, Verdict};
use seaproof_ledger::writer::Draft;

const ALL: Disclose = Disclose {
    facts: true,
    source: true,
};

/// A ledger of key 1 with an investigator (2), so many entries by both, and a checkpoint over all.
fn ledger_of(entries: usize) -> MemoryStore {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    writer
        .append(&key(1), &[admitting(key(2).public(), Role::Investigator)])
        .unwrap();
    for i in 2..entries {
        let draft = labelled(&format!("entry-{i}"), &format!("seen {i}"));
        writer.append(&key(1 + (i % 2) as u8), &[draft]).unwrap();
    }
    writer.checkpoint(&key(1)).unwrap();
    writer.close();
    store
}

/// The ledger's id.
fn id_of(store: &dyn Store) -> LedgerId {
    Prover::open(store).unwrap().ledger()
}

/// The verifier key of the key number `n` in a ledger.
fn vkey(ledger: &LedgerId, n: u8) -> VerifierKey {
    VerifierKey::new(origin_of(ledger), key(n).public()).unwrap()
}

/// Judges a file, given the key 1 of its own ledger.
fn judge(proof: &ProofFile) -> ProofReport {
    let keys = [vkey(&proof.ledger(), 1)];
    let given = Given {
        keys: &keys,
        pins: &[],
    };
    check(proof, &given)
}

fn codes(report: &ProofReport) -> Vec<Code> {
    let mut codes: Vec<Code> = report.problems.iter().map(|p| p.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn prove(store: &dyn Store, index: u64) -> EntryProof {
    let prover = Prover::open(store).unwrap();
    prover.entry(EntryIndex(index), ALL, false).unwrap()
}

/// Covers what a custodian recorded by hand.
fn append(store: &MemoryStore, by: &SecretKey, drafts: &[Draft]) {
    let memory = VolatileMemory::new();
    let mut writer = reopen(store, &memory, by, 1_000);
    writer.append(by, drafts).unwrap();
    if by.public() == key(1).public() {
        writer.checkpoint(by).unwrap();
    }
    writer.close();
}

/// A roster of the ledger as it is now.
fn roster(store: &dyn Store) -> Draft {
    let reader = Reader::open(store, None).unwrap();
    roster_of(reader.authority())
}

fn roster_of(authority: &Authority) -> Draft {
    let mut draft = evidence("");
    draft.class = Class::Governance;
    draft.facts.kind = "roster".into();
    draft.facts.event = authority.roster().unwrap().encode();
    draft
}

/// A checkpoint of any head, signed by any key.
fn checkpoint(ledger: &LedgerId, head: Head, by: &SecretKey) -> Vec<u8> {
    let file = sign_file(ledger, head.size, &head.root, &by.public(), |text| {
        by.sign(text)
    });
    file.unwrap().as_bytes().to_vec()
}
