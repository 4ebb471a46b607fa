//! What is left to be done about the evidence: what a careful reader would ask for next.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::provenance::{Basis, Hold};
use serde::Serialize;

use crate::settle::Settled;
use crate::sources;
use crate::state::At;

/// What is left to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Todo {
    /// Sources that are cited and not held, most needed first.
    pub cited_not_held: Vec<Needed>,
    /// Statements that rest on a held source without saying where in it.
    pub no_locator: Vec<Open>,
    /// Statements that rest on nothing.
    pub no_basis: Vec<Open>,
    /// How many entries stand above the newest head that is said to be known outside the ledger.
    pub not_anchored: u64,
    /// The size of that head; null if none is.
    pub anchored_size: Option<u64>,
    /// Things of which everything told goes back to one origin: the numbers of the findings that say so.
    pub not_independent: Vec<usize>,
}

/// A source that is not held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// Its entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// How it is held, in words.
    pub held: String,
    /// How many statements rest on it, by itself or by what relays it.
    pub statements: u64,
}

/// A statement with something left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// Its entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The sources that it concerns.
    pub sources: Vec<String>,
}

impl Settled<'_> {
    /// What is left to be done about the evidence; `findings` are those of this state.
    pub fn todo(&self, findings: &[crate::Finding]) -> Todo {
        let mut resting: BTreeMap<At, u64> = BTreeMap::new();
        let (mut no_locator, mut no_basis) = (Vec::new(), Vec::new());
        let mut ancestries = sources::Ancestries::default();
        for at in self.recorded().filter(|at| self.status(*at).stands()) {
            let Some(statement) = self.words_of(at) else {
                continue;
            };
            let Some(provenance) = statement.provenance() else {
                continue;
            };
            let open = |sources: Vec<String>| Open {
                entry: self.number(at),
                id: self.state.name(at),
                kind: statement.event().kind().to_owned(),
                sources,
            };
            // What we conclude or saw ourselves needs no source.
            let own = provenance.origin.who == seaproof_evidence::provenance::Who::Recorder;
            if provenance.basis.is_empty()
                && !own
                && !matches!(statement.event(), Event::Custody(_))
            {
                no_basis.push(open(Vec::new()));
            }
            let without: Vec<String> = provenance
                .basis
                .iter()
                .filter_map(|basis| match basis {
                    Basis::Entry { of, at: None, .. } => statement.target(*of),
                    _ => None,
                })
                .filter(|source| self.is_held(*source))
                .map(|source| self.state.name(source))
                .collect();
            if !without.is_empty() {
                no_locator.push(open(without));
            }
            let below: BTreeSet<At> = sources::sources_of(self, &statement)
                .into_iter()
                .flatten()
                .flat_map(|source| ancestries.of(self, source).to_vec())
                .map(|(_, at)| at)
                .collect();
            for source in below {
                *resting.entry(source).or_default() += 1;
            }
        }
        let mut cited_not_held: Vec<Needed> = self
            .recorded()
            .filter(|at| self.status(*at).stands())
            .filter_map(|at| {
                let statement = self.words_of(at)?;
                statement.event().hold()?;
                (!self.is_held(at)).then(|| Needed {
                    entry: self.number(at),
                    id: self.state.name(at),
                    kind: statement.event().kind().to_owned(),
                    held: sources::hold_words(self, at),
                    statements: resting.get(&at).copied().unwrap_or(0),
                })
            })
            .collect();
        cited_not_held.sort_by_key(|row| (std::cmp::Reverse(row.statements), row.entry));
        let anchored_size = self
            .of_kind("anchored")
            .filter_map(|statement| match statement.event() {
                // A head of more than there was by then is none of this ledger.
                Event::Anchored(e) => (e.size <= self.number(statement.at)).then_some(e.size),
                _ => None,
            })
            .max();
        let not_independent = findings.iter().enumerate();
        Todo {
            cited_not_held,
            no_locator,
            no_basis,
            not_anchored: (self.state.entries.len() as u64)
                .saturating_sub(anchored_size.unwrap_or(0)),
            anchored_size,
            not_independent: not_independent
                .filter(|(_, finding)| finding.rule == "not-independent")
                .map(|(i, _)| i + 1)
                .collect(),
        }
    }

    /// Whether a source is held, by its own entry or by a file attached to it.
    fn is_held(&self, at: At) -> bool {
        self.words_of(at).is_some_and(|statement| {
            statement.event().hold().is_some_and(|hold| {
                matches!(hold, Hold::Held(_) | Hold::Withheld)
                    || !sources::files(self, &statement).is_empty()
            })
        })
    }
}
