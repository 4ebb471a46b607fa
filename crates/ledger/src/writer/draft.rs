//! What is to be recorded, and whether it may be.

use std::collections::BTreeSet;

use super::{WriteError, Writer};
use crate::exhibit::exhibit_path;
use crate::facts::{DraftFacts, Facts, Reference};
use crate::governance::Governance;
use crate::ids::{Class, EntryId, Timestamp};
use crate::opening::{FACTS_MAX, SOURCE_MAX, Source};

/// An entry before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its class.
    pub class: Class,
    /// What it says.
    pub facts: DraftFacts,
    /// How that was obtained.
    pub source: Source,
    /// The author's clock.
    pub recorded_at: Timestamp,
}

impl Draft {
    /// The facts once the ids of the batch so far are known; `None` for a reference to what is not
    /// there yet.
    pub(super) fn facts(&self, ids: &[EntryId]) -> Option<Facts> {
        let resolve = |references: &[Reference]| -> Option<Vec<EntryId>> {
            references.iter().map(|r| Writer::resolve(r, ids)).collect()
        };
        Some(Facts {
            version: 1,
            kind: self.facts.kind.clone(),
            kind_version: self.facts.kind_version,
            label: self.facts.label.clone(),
            exhibits: self.facts.exhibits.clone(),
            refs: resolve(&self.facts.refs)?,
            amendment: match &self.facts.amendment {
                None => None,
                Some((relation, targets)) => Some(crate::facts::Amendment {
                    relation: *relation,
                    targets: resolve(targets)?,
                }),
            },
            event: self.facts.event.clone(),
        })
    }

    fn references(&self) -> impl Iterator<Item = &Reference> {
        let targets = self.facts.amendment.iter().flat_map(|(_, t)| t);
        self.facts.refs.iter().chain(targets)
    }

    /// Whether its facts can be encoded before any other entry of the batch is sealed.
    pub(super) fn stands_alone(&self) -> bool {
        self.references().all(|r| matches!(r, Reference::Entry(_)))
    }

    /// The governance event, for classes 0 and 1.
    pub fn governance(&self) -> Option<Governance> {
        matches!(self.class, Class::Genesis | Class::Governance)
            .then(|| {
                // Such facts stand alone: they refer to nothing.
                self.facts(&[]).and_then(|f| Governance::of(&f).ok())
            })
            .flatten()
    }
}

impl Writer<'_> {
    /// Checks a batch before anything is signed: rules of the format, labels, references, exhibits.
    pub(super) fn check_drafts(&mut self, drafts: &[Draft]) -> Result<(), WriteError> {
        let mut labels = BTreeSet::new();
        let mut exhibits = BTreeSet::new();
        let placeholder: Vec<EntryId> = (0..drafts.len())
            .map(|i| {
                // Distinct stand-ins, so that the rules on distinct references can be checked.
                let mut id = [0xff; 32];
                id[..8].copy_from_slice(&(i as u64).to_le_bytes());
                EntryId(id)
            })
            .collect();
        for (i, draft) in drafts.iter().enumerate() {
            let wrong = |why: String| WriteError::Draft { draft: i + 1, why };
            if draft.class == Class::Genesis && (i > 0 || self.head().size.0 > 0) {
                return Err(wrong("a ledger has one genesis, its first entry".into()));
            }
            if matches!(draft.class, Class::Genesis | Class::Governance) {
                let facts = draft.facts(&[]).filter(|_| draft.stands_alone());
                let facts = facts.ok_or_else(|| {
                    wrong("governance does not refer to entries of its own batch".into())
                })?;
                Governance::of(&facts).map_err(|e| wrong(e.to_string()))?;
            }
            for reference in draft.references() {
                match reference {
                    Reference::Draft(at) if *at < i => {}
                    Reference::Draft(at) => {
                        return Err(wrong(format!(
                            "it refers to entry {} of the batch, which does not stand before it",
                            at + 1
                        )));
                    }
                    Reference::Entry(id) => {
                        if self.find_id(*id)?.is_none() {
                            return Err(wrong(format!(
                                "it refers to {id}, which is not an entry of this ledger"
                            )));
                        }
                    }
                }
            }
            let facts = draft
                .facts(&placeholder)
                .ok_or_else(|| wrong("a reference that cannot be resolved".into()))?;
            facts.check(draft.class).map_err(|e| wrong(e.to_string()))?;
            for (what, length, most) in [
                ("facts", facts.encode().len(), FACTS_MAX),
                ("source", draft.source.encode().len(), SOURCE_MAX),
            ] {
                if length > most {
                    return Err(wrong(format!(
                        "its {what} have {length} bytes, at most {most} are allowed"
                    )));
                }
            }
            if let Some(label) = &draft.facts.label {
                if !labels.insert(label.as_str()) {
                    return Err(wrong(format!("the label {label:?} is used twice")));
                }
                if let Some(index) = self.find_label(label)? {
                    return Err(wrong(format!(
                        "the label {label:?} belongs to {index} already"
                    )));
                }
            }
            for exhibit in &draft.facts.exhibits {
                if !exhibits.insert(*exhibit) {
                    continue;
                }
                let path = exhibit_path(&exhibit.hash);
                let found = self.store.open(&path).and_then(|blob| blob.len());
                if found.as_ref().ok() != Some(&exhibit.length) {
                    return Err(wrong(format!(
                        "exhibit {} is not in the ledger's folder with {} bytes",
                        exhibit.hash, exhibit.length
                    )));
                }
            }
        }
        Ok(())
    }
}
