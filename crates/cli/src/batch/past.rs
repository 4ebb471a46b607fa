//! What later entries did to earlier ones, as far as a new line must know it: withdrawn, corrected, given
//! files, and which figures contain which. In a ledger it is found by reading the log once; lines of
//! the batch add to it.

use std::collections::HashMap;

use seaproof_evidence::events::quantities::FigureRelation;
use seaproof_evidence::{Decoded, Event, Relation};
use seaproof_ledger::entry::Entry;
use seaproof_ledger::facts::Reference;
use seaproof_ledger::ids::{AuthorKey, EntryId, ExhibitRef, Role};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::Store;

use super::lookup::Lookup;
use crate::error::Result;

/// A retraction by somebody who may retract.
#[derive(Debug)]
struct Retraction {
    by: Reference,
    /// How it is named in an error.
    name: String,
    targets: Vec<Reference>,
}

/// What happened to entries after they were recorded.
#[derive(Debug, Default)]
pub struct Past {
    retractions: Vec<Retraction>,
    /// What a correction stands for.
    roots: HashMap<Reference, Reference>,
    /// Entries that bring files, what they bring them for, and the files.
    attached: Vec<(Reference, Reference, Vec<ExhibitRef>)>,
    contains: HashMap<Reference, Vec<Reference>>,
    /// From `retractions`, when something was added.
    withdrawn: Option<HashMap<Reference, String>>,
}

/// An amendment in the log, before it is known whether its author was entitled.
struct Tried {
    by: EntryId,
    name: String,
    author: AuthorKey,
    custodian: bool,
    relation: Relation,
    targets: Vec<EntryId>,
    /// What a correction makes a figure contain.
    contains: Option<Vec<Reference>>,
}

impl Past {
    /// Reads a ledger's log once.
    pub fn read(store: &dyn Store, ledger: &mut dyn Lookup) -> Result<Self> {
        let mut past = Self::default();
        let mut tried = Vec::new();
        let reader = Reader::open(store, None)?;
        for read in reader.entries() {
            let read = read?;
            if read.standing.authorised {
                past.heed(&read.entry, read.standing.role, &mut tried);
            }
        }
        for amendment in tried {
            past.amend(amendment, ledger)?;
        }
        Ok(past)
    }

    fn heed(&mut self, entry: &Entry, role: Option<Role>, tried: &mut Vec<Tried>) {
        let Some(facts) = entry.facts.known() else {
            return;
        };
        let by = Reference::Entry(entry.id);
        let amendment = match &facts.amendment {
            None if !matches!(facts.kind.as_str(), "attached" | "figure") => return,
            Some(amendment) if matches!(amendment.relation, Relation::Disputes) => return,
            other => other,
        };
        let Decoded::Known(said) = Decoded::of(entry.statement.class, facts) else {
            return;
        };
        let refs: Vec<Reference> = said
            .entries()
            .iter()
            .copied()
            .map(Reference::Entry)
            .collect();
        if let Some(amendment) = amendment {
            let replacement = said.replacement();
            let contains = match &replacement {
                Some(Decoded::Known(replacement)) => contained(replacement.event(), &refs),
                _ => None,
            };
            tried.push(Tried {
                by: entry.id,
                name: entry.index.to_string(),
                author: entry.statement.key,
                custodian: role == Some(Role::Custodian),
                relation: amendment.relation,
                targets: amendment.targets.clone(),
                contains,
            });
        } else if let Some(figures) = contained(said.event(), &refs) {
            self.contains(by, figures);
        } else if let Event::Attached(event) = said.event() {
            self.attach(by, refs[usize::from(event.about.0)], said.exhibits());
        }
    }

    fn amend(&mut self, tried: Tried, ledger: &mut dyn Lookup) -> Result<()> {
        let mut targets = Vec::new();
        for target in tried.targets {
            let author = ledger.about(target)?.map(|about| about.author);
            if tried.custodian || author == Some(tried.author) {
                targets.push(Reference::Entry(target));
            }
        }
        let by = Reference::Entry(tried.by);
        match tried.relation {
            Relation::Retracts => self.retract(by, tried.name, targets),
            Relation::Corrects => {
                for target in targets {
                    self.correct(by, target, tried.contains.clone());
                }
            }
            Relation::Disputes | Relation::Redacts { .. } => {}
        }
        Ok(())
    }

    /// Takes in a retraction.
    pub fn retract(&mut self, by: Reference, name: String, targets: Vec<Reference>) {
        self.retractions.push(Retraction { by, name, targets });
        self.withdrawn = None;
    }

    /// Takes in a correction, with the figures that its words contain.
    pub fn correct(&mut self, by: Reference, target: Reference, contains: Option<Vec<Reference>>) {
        let root = self.root(target);
        self.roots.insert(by, root);
        if let Some(figures) = contains {
            self.contains(root, figures);
        }
    }

    /// Takes in files found for an entry.
    pub fn attach(&mut self, by: Reference, to: Reference, files: &[ExhibitRef]) {
        self.attached.push((by, to, files.to_vec()));
    }

    /// Takes in which figures a figure contains.
    pub fn contains(&mut self, figure: Reference, figures: Vec<Reference>) {
        self.contains.insert(figure, figures);
    }

    /// The entry by which something is known: for a correction, what it corrects.
    pub fn root(&self, of: Reference) -> Reference {
        self.roots.get(&of).copied().unwrap_or(of)
    }

    /// The files found for an entry later, by what was not withdrawn.
    pub fn attached(&mut self, to: Reference) -> Vec<ExhibitRef> {
        let mut found = Vec::new();
        for i in 0..self.attached.len() {
            let (by, about) = (self.attached[i].0, self.attached[i].1);
            if self.root(about) == self.root(to) && self.withdrawn(by).is_none() {
                found.extend_from_slice(&self.attached[i].2);
            }
        }
        found
    }

    /// The retraction in effect that withdraws an entry. Backwards: a later retraction may withdraw an
    /// earlier one.
    pub fn withdrawn(&mut self, entry: Reference) -> Option<&str> {
        let retractions = &self.retractions;
        let withdrawn = self.withdrawn.get_or_insert_with(|| {
            let mut withdrawn = HashMap::new();
            for retraction in retractions.iter().rev() {
                if !withdrawn.contains_key(&retraction.by) {
                    for target in &retraction.targets {
                        withdrawn.insert(*target, retraction.name.clone());
                    }
                }
            }
            withdrawn
        });
        withdrawn.get(&entry).map(String::as_str)
    }

    /// The way from what a figure is to contain back to the figure itself, if there is one.
    pub fn circle(&self, figure: Reference, figures: &[Reference]) -> Option<Vec<Reference>> {
        let mut came_from: HashMap<Reference, Option<Reference>> = HashMap::new();
        let mut open: Vec<(Reference, Option<Reference>)> =
            figures.iter().map(|f| (self.root(*f), None)).collect();
        while let Some((here, from)) = open.pop() {
            if came_from.contains_key(&here) {
                continue;
            }
            came_from.insert(here, from);
            if here == figure {
                let mut way = vec![here];
                let mut step = from;
                while let Some(next) = step {
                    way.push(next);
                    step = came_from.get(&next).copied().flatten();
                }
                way.push(figure);
                way.reverse();
                return Some(way);
            }
            let below = self.contains.get(&here).into_iter().flatten();
            open.extend(below.map(|f| (self.root(*f), Some(here))));
        }
        None
    }
}

/// The figures that an event says it contains; `None` if it is no figure.
pub fn contained(event: &Event, refs: &[Reference]) -> Option<Vec<Reference>> {
    let Event::Figure(figure) = event else {
        return None;
    };
    let links = figure.relations.iter();
    Some(
        links
            .filter(|link| link.relation == FigureRelation::Contains)
            .filter_map(|link| refs.get(usize::from(link.figure.0)).copied())
            .collect(),
    )
}
