//! What rests on the words of a key that a revocation calls suspect. It is marked; nothing else
//! changes, and nothing is left out.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;

use super::{Settled, Statement};
use crate::state::At;

impl Settled<'_> {
    /// Whether an entry, or the correction whose words stand for it, is by a key that is called suspect.
    pub(crate) fn is_suspect(&self, at: At) -> bool {
        let words = self.corrected_by.get(&at).copied().unwrap_or(at);
        [at, words]
            .into_iter()
            .any(|at| self.state.entry(at).standing.suspect)
    }

    /// Whether an entry, or anything that it is about or rests on, is by a key that is called suspect.
    pub(crate) fn rests_on_suspect(&self, at: At) -> bool {
        self.on_suspect.contains(&at)
    }

    /// Whether any of these do.
    pub(crate) fn any_on_suspect(&self, all: impl IntoIterator<Item = At>) -> bool {
        all.into_iter().any(|at| self.rests_on_suspect(at))
    }

    /// What a statement is about, is a part of, and rests on.
    pub(crate) fn directly_below(&self, statement: &Statement<'_>) -> Vec<At> {
        let whole = match statement.event() {
            Event::Group(group) => group.within.and_then(|slot| statement.target(slot)),
            _ => None,
        };
        let below = statement.subject().into_iter().chain(whole);
        below.chain(statement.bases()).collect()
    }

    /// Finds all entries that rest on a suspect one: upward from these, so that each is met once.
    pub(super) fn find_suspect(&mut self) {
        let mut open: Vec<At> = (0..self.state.entries.len())
            .map(At::new)
            .filter(|at| self.state.entry(*at).standing.suspect)
            .collect();
        if open.is_empty() {
            return;
        }
        let mut above: BTreeMap<At, Vec<At>> = BTreeMap::new();
        for at in self.recorded() {
            if let Some(statement) = self.words_of(at) {
                for below in self.directly_below(&statement) {
                    above.entry(below).or_default().push(at);
                }
            }
        }
        for (at, words) in &self.corrected_by {
            above.entry(*words).or_default().push(*at);
        }
        let mut found: BTreeSet<At> = open.iter().copied().collect();
        while let Some(at) = open.pop() {
            for next in above.get(&at).into_iter().flatten() {
                if found.insert(*next) {
                    open.push(*next);
                }
            }
        }
        self.on_suspect = found;
    }
}
