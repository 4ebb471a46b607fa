//! Random ledgers, random redactions: every head that ever was is still a head.

use proptest::prelude::*;
use seaproof_ledger::ids::TreeHash;
use seaproof_ledger::reader::Reader;

use crate::*;

#[derive(Debug, Clone)]
enum Step {
    Record(u8, usize),
    Redact(u8, Vec<usize>, bool, bool),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1u8..4, 1usize..5).prop_map(|(by, n)| Step::Record(by, n)),
        2 => (1u8..4, prop::collection::vec(0usize..40, 1..5), any::<bool>(), any::<bool>())
            .prop_map(|(by, targets, facts, source)| Step::Redact(by, targets, facts, source)),
        1 => Just(Step::Reopen),
    ]
}

fn roots(store: &MemoryStore) -> Vec<TreeHash> {
    let size = report(store).entries.0;
    (1..=size)
        .map(|n| {
            Reader::open(store, Some(seaproof_ledger::ids::TreeSize(n)))
                .unwrap()
                .head()
                .root
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn heads_stay_and_what_was_redacted_is_gone(
        steps in prop::collection::vec(step(), 1..14),
        segment_bytes in prop_oneof![Just(1u64), Just(2_500), Just(1 << 20)],
    ) {
        let case = Case::new();
        let mut writer = Some(case.open(1));
        // Ids, authors, words that are still to be seen, salts.
        let mut said: Vec<(EntryId, u8, bool, bool)> = Vec::new();
        let mut salts: Vec<Vec<u8>> = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            let open = writer.get_or_insert_with(|| case.open(10 + n as u64));
            open.set_segment_bytes(segment_bytes);
            match step {
                Step::Record(by, count) => {
                    let drafts: Vec<_> = (0..count).map(|i| secret(said.len() + i)).collect();
                    let written = open.append(&key(by), &drafts).unwrap();
                    said.extend(written.iter().map(|w| (w.id, by, true, true)));
                }
                Step::Redact(by, targets, facts, source) => {
                    if said.is_empty() || !(facts || source) {
                        continue;
                    }
                    let mut targets: Vec<_> = targets.iter().map(|t| t % said.len()).collect();
                    targets.sort_unstable();
                    targets.dedup();
                    let allowed = targets.iter().all(|t| {
                        let (_, author, has_facts, has_source) = said[*t];
                        (by == 1 || by == author) && (!facts || has_facts) && (!source || has_source)
                    });
                    let ids: Vec<_> = targets.iter().map(|t| said[*t].0).collect();
                    let before: Vec<_> = ids.iter().map(|id| salts_of(&case.store, *id)).collect();
                    let done = open.append(&key(by), &[erasing(facts, source, &ids)]);
                    prop_assert_eq!(done.is_ok(), allowed);
                    if allowed {
                        for (t, had) in targets.iter().zip(before) {
                            let (_, _, has_facts, has_source) = said[*t];
                            let parts = [has_facts && facts, has_source && source];
                            let present = [has_facts, has_source];
                            let mut at = 0;
                            for (gone, present) in parts.into_iter().zip(present) {
                                if gone {
                                    salts.push(had[at].clone());
                                }
                                at += usize::from(present);
                            }
                            said[*t].2 &= !facts;
                            said[*t].3 &= !source;
                        }
                    }
                }
                Step::Reopen => {
                    if let Some(writer) = writer.take() {
                        writer.close();
                    }
                }
            }
        }
        let mut open = writer.take().unwrap_or_else(|| case.open(99));
        open.checkpoint(&key(1)).unwrap();
        open.close();
        let report = assert_sound(&case.store);
        let gone = said.iter().map(|s| u64::from(!s.2) + u64::from(!s.3)).sum::<u64>();
        prop_assert_eq!(report.redacted, gone);
        for salt in salts {
            prop_assert!(holding(&case.store, &salt).is_empty());
        }
        for (n, (_, _, facts, source)) in said.iter().enumerate() {
            prop_assert_eq!(holding(&case.store, format!("{SECRET} {n}.").as_bytes()).is_empty(), !facts);
            prop_assert_eq!(holding(&case.store, format!("{INFORMANT} {n}.").as_bytes()).is_empty(), !source);
        }
        // Without any cache the log says the same.
        let all = roots(&case.store);
        prop_assert_eq!(all.last().copied(), Some(report.root));
    }
}
