//! Whether what a line refers to can be meant there: of the right kind, not withdrawn, and no figure that would
//! contain itself. Replay only notes such things; here they are refused before they are signed.

use std::collections::hash_map::Entry;

use seaproof_evidence::batch::Line;
use seaproof_evidence::events::amendments::Corrected;
use seaproof_evidence::lists;
use seaproof_evidence::provenance::Basis;
use seaproof_evidence::references::{Link, links};
use seaproof_evidence::{EntrySlot, Event, Relation, Slots};
use seaproof_ledger::facts::Reference;

use super::past::contained;
use super::{Author, Names};
use crate::error::{Error, Result};
use crate::output::clean;

impl Names<'_> {
    /// Refuses what cannot be meant; then takes in what the line does to others.
    pub(super) fn check_references(
        &mut self,
        line: &Line,
        number: usize,
        author: Option<&Author<'_>>,
    ) -> Result<()> {
        let targets = line.facts.amendment.as_ref();
        if line.facts.refs.is_empty() && targets.is_none() {
            return Ok(());
        }
        let replacement = match &line.event {
            Event::Corrected(Corrected { replacement, .. }) => match replacement.read(Slots::ANY) {
                Some(Ok(event)) => Some(event),
                _ => None,
            },
            _ => None,
        };
        let event = replacement.as_ref().unwrap_or(&line.event);
        self.check_kinds(event, &line.facts.refs)?;
        if !matches!(line.event, Event::Disputed(_)) {
            self.check_standing(event, &line.facts.refs)?;
        }
        if let Event::Listed(listed) = event {
            let EntrySlot(slot) = listed.snapshot;
            self.check_row(
                line.facts.refs[usize::from(slot)],
                listed.reference.as_str(),
            )?;
        }
        let by = Reference::Draft(self.lines.len());
        let contains = contained(event, &line.facts.refs);
        if let Some((relation, targets)) = targets {
            if let (Relation::Corrects, [target]) = (relation, &targets[..]) {
                self.check_correction(event, *target, contains.as_deref())?;
            }
            let name = format!("line {number}");
            self.amend(by, name, *relation, targets, contains, author)
        } else if let Some(figures) = contains {
            self.past()?.contains(by, figures);
            Ok(())
        } else if let Event::Attached(attached) = event {
            let EntrySlot(slot) = attached.about;
            let about = line.facts.refs[usize::from(slot)];
            self.past()?.attach(by, about, &line.facts.exhibits);
            Ok(())
        } else {
            Ok(())
        }
    }

    fn check_kinds(&mut self, event: &Event, refs: &[Reference]) -> Result<()> {
        let mut named = Vec::new();
        links(event, &mut |EntrySlot(slot), _, kinds| {
            named.extend(refs.get(usize::from(slot)).map(|of| (*of, kinds)));
        });
        for (of, kinds) in named {
            if kinds.is_empty() {
                continue;
            }
            let root = self.past()?.root(of);
            if let Some(found) = self.kind_of(root)?
                && !kinds.contains(&found.as_str())
            {
                let meant = match kinds {
                    [only] => article(only),
                    _ => format!("one of {}", kinds.join(", ")),
                };
                return Err(Error::input(format!(
                    "{} is {}, and what {} refers to there must be {meant}",
                    self.call(of),
                    article(&found),
                    article(event.kind()),
                ))
                .remedy(
                    "Nothing was recorded. `seaproof log` lists the entries with their kinds.",
                ));
            }
        }
        Ok(())
    }

    /// Refuses what would fall as soon as it is recorded: what it is about, or all that it rests on, was
    /// withdrawn.
    fn check_standing(&mut self, event: &Event, refs: &[Reference]) -> Result<()> {
        let mut needed = Vec::new();
        let mut bases = Vec::new();
        // What was done with the files of a withdrawn entry was done all the same.
        let tells_of_it = matches!(
            event,
            Event::Custody(_) | Event::Absence(_) | Event::Hypothesis(_)
        );
        links(event, &mut |EntrySlot(slot), link, _| {
            let Some(of) = refs.get(usize::from(slot)) else {
                return;
            };
            match link {
                Link::Subject => needed.push(*of),
                Link::Part if !tells_of_it => needed.push(*of),
                Link::Basis => bases.push(*of),
                Link::Part | Link::Origin => {}
            }
        });
        let rests_on_entries_alone = event.provenance().is_some_and(|provenance| {
            let mut basis = provenance.basis.iter();
            basis.all(|one| matches!(one, Basis::Entry { .. }))
        });
        for of in needed {
            if let Some(by) = self.withdrawn(of)? {
                return Err(Error::input(format!(
                    "{} was retracted by {by}: nothing can be said of it or with it",
                    self.call(of)
                ))
                .remedy(format!(
                    "Nothing was recorded. Record the thing anew and name that, or retract {by} if it was wrong."
                )));
            }
        }
        if rests_on_entries_alone && !bases.is_empty() {
            let mut gone = Vec::new();
            for of in &bases {
                gone.extend(self.withdrawn(*of)?.map(|by| (*of, by)));
            }
            if gone.len() == bases.len()
                && let Some((of, by)) = gone.first()
            {
                return Err(Error::input(format!(
                    "{} was retracted by {by}, and nothing else is given that it rests on",
                    self.call(*of)
                ))
                .remedy("Nothing was recorded. Give another basis."));
            }
        }
        Ok(())
    }

    /// Refuses a row that the list does not have. What is not held, or no list that can be read, cannot be
    /// looked at.
    fn check_row(&mut self, snapshot: Reference, reference: &str) -> Result<()> {
        let Some(exhibit) = self.files_of(snapshot)?.first().copied() else {
            return Ok(());
        };
        if let Entry::Vacant(place) = self.rows.entry(exhibit) {
            let file = self
                .planned
                .open(exhibit, self.store)
                .map_err(Error::input)?;
            let rows = lists::read(file).map(|list| {
                let rows = list.rows.into_iter();
                rows.flat_map(|row| {
                    let mut names = row.other_references;
                    names.push(row.reference);
                    names
                })
                .collect()
            });
            place.insert(rows.ok());
        }
        match self.rows.get(&exhibit) {
            Some(Some(rows)) if !rows.contains(reference) => Err(Error::input(format!(
                "{} has no row {:?}",
                self.call(snapshot),
                clean(reference)
            ))
            .remedy("Nothing was recorded. `seaproof match` shows the rows that may be meant.")),
            _ => Ok(()),
        }
    }

    fn check_correction(
        &mut self,
        event: &Event,
        target: Reference,
        contains: Option<&[Reference]>,
    ) -> Result<()> {
        if let Some(by) = self.withdrawn(target)? {
            return Err(Error::input(format!(
                "{} is withdrawn, by {by}: nothing rests on it",
                self.call(target)
            ))
            .remedy("Nothing was recorded. Record a new entry."));
        }
        let root = self.past()?.root(target);
        if let Some(kind) = self.kind_of(root)?
            && kind != event.kind()
            && event.kind() != "corrected"
        {
            return Err(Error::input(format!(
                "{} is {}, and its correction would be of another kind",
                self.call(target),
                article(&kind)
            ))
            .remedy("Nothing was recorded. Retract the entry and record another."));
        }
        let way = contains.and_then(|figures| self.past.as_ref()?.circle(root, figures));
        if let Some(way) = way {
            let names: Vec<String> = way.iter().map(|figure| self.call(*figure)).collect();
            return Err(Error::input(format!(
                "a figure cannot contain itself: {}",
                names.join(" contains ")
            ))
            .remedy("Nothing was recorded. Correct the figure in between first."));
        }
        Ok(())
    }

    fn amend(
        &mut self,
        by: Reference,
        name: String,
        relation: Relation,
        targets: &[Reference],
        contains: Option<Vec<Reference>>,
        author: Option<&Author<'_>>,
    ) -> Result<()> {
        let mut entitled = Vec::new();
        for target in targets {
            let of_another = match (target, author) {
                (Reference::Entry(id), Some(author)) => {
                    let theirs = self.ledger.about(*id)?.map(|about| about.author);
                    let custodian = author.authority.custodians().any(|c| *c == author.key);
                    !custodian && theirs != Some(author.key)
                }
                _ => false,
            };
            if !of_another {
                entitled.push(*target);
            }
        }
        let past = self.past()?;
        match relation {
            Relation::Retracts => past.retract(by, name, entitled),
            Relation::Corrects => {
                for target in entitled {
                    past.correct(by, target, contains.clone());
                }
            }
            Relation::Disputes | Relation::Redacts { .. } => {}
        }
        Ok(())
    }

    /// The retraction that withdraws an entry or what it corrects.
    fn withdrawn(&mut self, of: Reference) -> Result<Option<String>> {
        let past = self.past()?;
        let root = past.root(of);
        Ok(past.withdrawn(root).map(str::to_owned))
    }

    fn kind_of(&mut self, of: Reference) -> Result<Option<String>> {
        Ok(match of {
            Reference::Draft(draft) => self.lines.get(draft).map(|kept| kept.kind.clone()),
            Reference::Entry(id) => self.ledger.about(id)?.and_then(|about| about.kind),
        })
    }

    /// How an entry is named where the line names it, or by its label or number.
    pub(super) fn call(&mut self, of: Reference) -> String {
        // A label says more than a number, whichever of the two was given.
        match self.called.get(&of) {
            Some(name) if !name.starts_with('#') => return clean(name),
            _ => {}
        }
        match of {
            Reference::Draft(_) => "an earlier line".into(),
            Reference::Entry(id) => match self.ledger.about(id) {
                Ok(Some(about)) => about.label.unwrap_or_else(|| about.index.to_string()),
                _ => format!("{}…", id.short()),
            },
        }
    }
}

/// A kind in a sentence.
fn article(kind: &str) -> String {
    let article = match kind.as_bytes().first() {
        Some(b'a' | b'e' | b'i' | b'o') => "an",
        _ => "a",
    };
    format!("{article} {kind}")
}
