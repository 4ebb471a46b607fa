//! An entry's signature, its place in its author's chain, and the head that it observed: judged from leaves alone.

use std::collections::BTreeMap;

use super::observed::{Roots, WrongRoot};
use super::report::{Code, Problem};
use crate::cache::AuthorHead;
use crate::ids::{AuthorKey, Class, EntryId, EntryIndex};
use crate::signature::Verdict as SignatureVerdict;
use crate::statement::Statement;

/// What a key's first entry must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum First {
    /// Entry 0 of the key, after this entry.
    After(EntryId),
    /// There is no chain to check.
    NoChain,
}

/// The newest entry of each author.
#[derive(Default)]
pub(super) struct Chains {
    heads: BTreeMap<AuthorKey, AuthorHead>,
}

impl Chains {
    /// Whether the key has a chain already.
    pub(super) fn knows(&self, key: &AuthorKey) -> bool {
        self.heads.contains_key(key)
    }

    /// How many authors there are.
    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Judges the next entry of a key; `first` tells what its first one must be.
    pub(super) fn step(
        &mut self,
        index: EntryIndex,
        id: EntryId,
        statement: &Statement,
        first: First,
        found: &mut Vec<Problem>,
    ) {
        let (key, seq) = (statement.key, statement.seq);
        let next = AuthorHead {
            seq,
            id,
            index,
            observed: statement.observed.size,
        };
        let (expected_seq, expected_prev) = match (self.heads.get(&key), first) {
            (Some(head), _) if head.id == id => {
                found.push(Problem::new(
                    Code::SignatureVariant,
                    format!("{index} is the same statement as {}", head.index),
                ));
                return;
            }
            (Some(head), _) => (head.seq.0.saturating_add(1), head.id),
            (None, First::After(entry)) => (0, entry),
            (None, First::NoChain) => return,
        };
        if seq.0 < expected_seq {
            let after = expected_seq - 1;
            found.push(
                Problem::new(
                    Code::AuthorFork,
                    format!(
                        "{index} is entry {seq} of its author, who has already signed entries 0 to {after}"
                    ),
                )
                .between(format!("seq {expected_seq}"), format!("seq {seq}")),
            );
            return;
        }
        if seq.0 > expected_seq {
            found.push(
                Problem::new(
                    Code::AuthorGap,
                    format!(
                        "{index} is entry {seq} of its author, and entry {expected_seq} is not here"
                    ),
                )
                .between(format!("seq {expected_seq}"), format!("seq {seq}")),
            );
        } else if statement.prev != expected_prev {
            found.push(
                Problem::new(
                    Code::WrongPrev,
                    format!("{index} follows another entry than its author's previous one"),
                )
                .between(expected_prev, statement.prev),
            );
        }
        if let Some(head) = self.heads.get(&key)
            && statement.observed.size < head.observed
        {
            found.push(
                Problem::new(
                    Code::ObservedBack,
                    format!(
                        "{index} observed {} entries, its author's {} had observed {}",
                        statement.observed.size, head.index, head.observed
                    ),
                )
                .between(
                    format!("at least {}", head.observed),
                    statement.observed.size,
                ),
            );
        }
        self.heads.insert(key, next);
    }
}

/// The head that an entry observed.
pub(super) fn observed(
    roots: &mut Roots,
    index: EntryIndex,
    statement: &Statement,
    found: &mut Vec<Problem>,
) {
    let observed = statement.observed;
    if observed.size.0 > index.0 {
        found.push(
            Problem::new(
                Code::ObservedAhead,
                format!(
                    "{index} observed {} entries, and stands before them",
                    observed.size
                ),
            )
            .between(format!("at most {}", index.0), observed.size),
        );
        return;
    }
    let exact = matches!(statement.class, Class::Genesis | Class::Governance);
    if exact && observed.size.0 != index.0 {
        found.push(
            Problem::new(
                Code::ObservedInexact,
                format!(
                    "{index} is governance and observed {} entries",
                    observed.size
                ),
            )
            .between(index.0, observed.size),
        );
    }
    if let Some(wrong) = roots.check(statement.key, observed, index) {
        found.push(root_problem(&wrong));
    }
}

/// An observed head that is not a head of this log.
pub(super) fn root_problem(wrong: &WrongRoot) -> Problem {
    Problem::new(
        Code::ObservedRoot,
        format!(
            "{} observed another history: its author signed another root for the first {} entries",
            wrong.entry, wrong.observed.size
        ),
    )
    .between(wrong.observed.root, wrong.actual)
}

/// What is wrong with an entry's signature.
pub(super) fn signature_problem(index: EntryIndex, verdict: SignatureVerdict) -> Option<Problem> {
    match verdict {
        SignatureVerdict::WrongSignature => Some(Problem::new(
            Code::SignatureInvalid,
            format!("the signature of {index} is not that of its key over its statement"),
        )),
        SignatureVerdict::UnacceptableKey(error) => Some(Problem::new(
            Code::KeyUnacceptable,
            format!("{index} is signed under an unacceptable key: {error}"),
        )),
        SignatureVerdict::Valid => None,
    }
}
