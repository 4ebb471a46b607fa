//! Observed heads so far back that they are settled by reading the log once more.

use seaproof_ledger::ids::{Class, Role, Seq, TreeHash};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::log::{LogReader, Position, find_end};
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::opening::{Opening, Openings, Part, Place, Source, commit};
use seaproof_ledger::record::{encode_record, segment_path};
use seaproof_ledger::sshsig::signed_bytes;
use seaproof_ledger::statement::{Head, Leaf, Statement};
use seaproof_ledger::store::{MemoryStore, Store};
use seaproof_ledger::tree::Frontier;
use seaproof_ledger::verify::{Answer, Code, Verdict};
use seaproof_ledger::writer::{Salts, Writer};

use super::common::forge::facts;
use super::common::*;

/// More than verification keeps at hand.
const FAR: u64 = 65_536 + 300;

/// An entry of key 2 in a commit of its own, which observed this head.
fn record(
    ledger: seaproof_ledger::ids::LedgerId,
    seq: u64,
    prev: [u8; 32],
    observed: Head,
) -> (Vec<u8>, [u8; 32]) {
    let mut salts = CountingSalts(1 << 50);
    let salts = [salts.next().unwrap(), salts.next().unwrap()];
    let place = Place {
        ledger,
        key: key(2).public(),
        seq: Seq(seq),
    };
    let said = [
        facts(&evidence("late")).encode(),
        Source::default().encode(),
    ];
    let statement = Statement {
        class: Class::Evidence,
        ledger,
        key: place.key,
        seq: place.seq,
        prev: seaproof_ledger::ids::EntryId(prev),
        observed,
        recorded_at: NOW,
        facts: commit(Part::Facts, place, &salts[0], &said[0]),
        source: commit(Part::Source, place, &salts[1], &said[1]),
    }
    .encode();
    let leaf = Leaf::new(&statement, &key(2).sign(&signed_bytes(&statement)).unwrap());
    let opening = |i: usize| {
        Some(Opening {
            salt: salts[i],
            bytes: &said[i],
        })
    };
    let openings = Openings {
        facts: opening(0),
        source: opening(1),
    };
    let mut bytes = Vec::new();
    encode_record(&mut bytes, 3, |out| {
        out.extend_from_slice(&leaf.0);
        openings.encode_to(out);
    });
    (bytes, leaf.entry_id().0)
}

/// A long log, its heads of some sizes, and where the entry that admitted key 2 stands.
fn long() -> (
    MemoryStore,
    seaproof_ledger::ids::LedgerId,
    [u8; 32],
    Vec<Head>,
) {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let admit = [admitting(key(2).public(), Role::Investigator)];
    let mut writer = Writer::init(&store, &memory, salts(), &key(1), &genesis(), &admit).unwrap();
    while writer.head().size.0 < FAR {
        let batch: Vec<_> = (0..2_000).map(|_| evidence("")).collect();
        writer.append(&key(1), &batch).unwrap();
    }
    writer.checkpoint(&key(1)).unwrap();
    let ledger = writer.ledger();
    drop(writer);
    let end = find_end(&store, None).unwrap();
    let mut log = LogReader::new(&store, Position::START, end);
    let (mut frontier, mut heads, mut admitted) = (Frontier::new(), Vec::new(), [0; 32]);
    while let Some(chunk) = log.next_chunk(usize::MAX).unwrap() {
        for record in chunk.records() {
            let size = frontier.size();
            heads.push(Head {
                size,
                root: frontier.root(),
            });
            if size.0 == 1 {
                admitted = record.leaf().entry_id().0;
            }
            frontier.push(record.leaf().hash());
        }
    }
    (store, ledger, admitted, heads)
}

#[test]
fn what_lags_far_behind_is_checked_all_the_same() {
    let (store, ledger, admitted, heads) = long();
    let path = segment_path(store.list("log").unwrap().len() as u64 - 1);
    let sound = store.get(&path).unwrap();
    // Each of three entries lags by more than is kept; then one of them tells another history.
    for wrong in [None, Some(0), Some(1), Some(2)] {
        let (mut bytes, mut prev) = (sound.clone(), admitted);
        for (seq, size) in [2, 77, 258].into_iter().enumerate() {
            let mut observed = heads[size];
            if wrong == Some(seq) {
                observed.root = TreeHash([3; 32]);
            }
            let (record, id) = record(ledger, seq as u64, prev, observed);
            bytes.extend(record);
            prev = id;
        }
        store.put(&path, bytes);
        let report = report(&store);
        match wrong {
            None => assert_eq!(report.problems, []),
            Some(seq) => {
                assert_eq!(report.problem_count, 1, "{:#?}", report.problems);
                let problem = &report.problems[0];
                assert_eq!(problem.code, Code::ObservedRoot);
                assert_eq!(
                    problem.entry.map(|e| e.0),
                    Some(heads.len() as u64 + seq as u64)
                );
                assert_eq!(
                    problem.actual,
                    Some(heads[[2, 77, 258][seq]].root.to_string())
                );
                assert_eq!(report.answer(Verdict::Intact), Answer::Fail);
            }
        }
    }
}
