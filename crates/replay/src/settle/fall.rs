//! What goes when something that it needs is gone.
//!
//! Of what is left out, more goes than of what was withdrawn, because it is to be as if it had never been
//! recorded:
//!
//! - a source whose every relayed source is left out says nothing by itself: what it tells goes too;
//! - a source held as nothing but files that are left out goes;
//! - a group or figure of which nothing is told any more goes. Our own readings and memberships tell
//!   nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::provenance::{Basis, Hold};

use super::{Settled, Statement, Status};
use crate::anatomy::{self, Link};
use crate::lens::{Lies, world_time};
use crate::sources;
use crate::state::{At, Entry};

impl Settled<'_> {
    pub(super) fn is_left_out(&self, entry: &Entry) -> bool {
        let without = &self.lens.without;
        if without.is_empty() {
            return false;
        }
        let author = self.state.author(entry);
        without.entries.contains(&entry.index)
            || author.is_some_and(|key| without.authors.contains(&key))
            || (!entry.exhibits().is_empty() && self.holds_nothing_else(entry))
    }

    /// Whether an entry introduces a thing that is held as nothing but files that are left out.
    fn holds_nothing_else(&self, entry: &Entry) -> bool {
        let without = &self.lens.without.exhibits;
        let Some(event) = self.state.event(entry) else {
            return false;
        };
        let files = match (event.hold(), &event) {
            (Some(Hold::Held(files)), _) => files.iter(),
            (_, Event::Attached(attached)) => attached.files.iter(),
            _ => return false,
        };
        files
            .filter_map(|held| entry.exhibits().get(usize::from(held.file.0)))
            .all(|exhibit| without.contains(&exhibit.hash))
    }

    /// Rule 4. Each statement is looked at again only when something it refers to goes.
    pub(super) fn fall(&mut self) {
        let mut gone: Vec<At> = self
            .recorded()
            .filter(|at| !self.status(*at).stands())
            .collect();
        if gone.is_empty() && self.lens.without.is_empty() {
            return;
        }
        let mut left_out: BTreeSet<At> = gone
            .iter()
            .copied()
            .filter(|at| *self.status(*at) == Status::LeftOut)
            .collect();
        let mut dependents: BTreeMap<At, Vec<At>> = BTreeMap::new();
        let mut told_of: BTreeMap<At, usize> = BTreeMap::new();
        let all_of_it = self.lens.without.is_empty();
        for at in self.recorded().collect::<Vec<At>>() {
            let Some(statement) = self.words_of(at) else {
                continue;
            };
            if !all_of_it
                && tells(statement.event())
                && let Some(subject) = statement.subject()
                && *self.status(at) != Status::Misplaced
            {
                *told_of.entry(subject).or_default() += 1;
            }
            if !self.status(at).stands() {
                if left_out.contains(&at) {
                    untold(&statement, &mut told_of);
                }
                continue;
            }
            if !all_of_it && let (true, with) = self.what_is_gone(&statement, &left_out) {
                gone.push(at);
                left_out.insert(at);
                self.status[at.position()] = Status::Fallen { with };
                untold(&statement, &mut told_of);
                continue;
            }
            let mut needs: BTreeSet<At> = needed(&statement)
                .into_iter()
                .chain(statement.bases())
                .collect();
            if !all_of_it {
                needs.extend(sources::made_from(self, at));
            }
            for target in needs {
                dependents.entry(target).or_default().push(at);
            }
        }
        loop {
            while let Some(target) = gone.pop() {
                for at in dependents.remove(&target).unwrap_or_default() {
                    self.reconsider(at, &mut gone, &mut left_out, &mut told_of);
                }
            }
            let untold: Vec<At> = told_of
                .iter()
                .filter(|(_, count)| **count == 0)
                .map(|(thing, _)| *thing)
                .filter(|thing| self.status(*thing).stands())
                .filter(|thing| matches!(self.kind(*thing), Some("group" | "figure")))
                .collect();
            if untold.is_empty() {
                return;
            }
            for thing in untold {
                self.status[thing.position()] = Status::Fallen { with: Vec::new() };
                left_out.insert(thing);
                gone.push(thing);
            }
        }
    }

    /// Looks again at a statement of which something is gone.
    fn reconsider(
        &mut self,
        at: At,
        gone: &mut Vec<At>,
        left_out: &mut BTreeSet<At>,
        told_of: &mut BTreeMap<At, usize>,
    ) {
        if !self.status(at).stands() {
            return;
        }
        let Some(statement) = self.words_of(at) else {
            return;
        };
        let (falls, with) = self.what_is_gone(&statement, left_out);
        if falls {
            self.weakened.remove(&at);
            if with.iter().any(|target| left_out.contains(target)) {
                left_out.insert(at);
                untold(&statement, told_of);
            }
            self.status[at.position()] = Status::Fallen { with };
            gone.push(at);
        } else if !with.is_empty() {
            self.weakened.insert(at, with);
        }
    }

    /// Whether a statement falls, and what of what it needs and rests on is gone.
    fn what_is_gone(&self, statement: &Statement<'_>, left_out: &BTreeSet<At>) -> (bool, Vec<At>) {
        let lost: BTreeSet<At> = needed(statement)
            .into_iter()
            .filter(|at| !self.status(*at).stands())
            .collect();
        if !lost.is_empty() {
            return (true, lost.into_iter().collect());
        }
        let relayed = sources::made_from(self, statement.at);
        if !relayed.is_empty() && relayed.iter().all(|at| left_out.contains(at)) {
            return (true, relayed);
        }
        let without = &self.lens.without.exhibits;
        let file_gone = |slot| {
            let file = statement.exhibit(slot);
            file.is_some_and(|file| without.contains(&file.hash))
        };
        let gone: BTreeSet<At> = statement
            .bases()
            .filter(|at| !self.status(*at).stands())
            .collect();
        let mut any = !gone.is_empty();
        let all = statement.provenance().is_some_and(|p| {
            p.basis.iter().all(|basis| match basis {
                Basis::Entry { of, file, .. } => {
                    let lost_file = file.is_some_and(file_gone);
                    any |= lost_file;
                    lost_file || statement.target(*of).is_some_and(|at| gone.contains(&at))
                }
                Basis::Exhibit { file, .. } => {
                    let lost = file_gone(*file);
                    any |= lost;
                    lost
                }
                Basis::Cited(_) => false,
            })
        });
        (all && any, gone.into_iter().collect())
    }

    /// Sets aside what began after the date that is looked at.
    pub(super) fn look_back(&mut self) {
        let Some(as_of) = self.lens.as_of.clone() else {
            return;
        };
        let later: Vec<At> = self
            .recorded()
            .filter(|at| self.status(*at).stands())
            .filter(|at| {
                let statement = self.words_of(*at);
                let when = statement.as_ref().and_then(|s| world_time(s.event()));
                when.is_some_and(|when| as_of.lies(when) == Lies::After)
            })
            .collect();
        for at in later {
            self.status[at.position()] = Status::Later;
        }
    }
}

/// What a statement cannot do without: what it is about, and what its kind needs besides.
fn needed(statement: &Statement<'_>) -> Vec<At> {
    let mut found: Vec<At> = statement.subject().into_iter().collect();
    anatomy::links(statement.event(), &mut |slot, link, _| {
        if link == Link::Subject {
            found.extend(statement.target(slot));
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a statement tells something of what it is about, and is more than our own choice.
fn tells(event: &Event) -> bool {
    !matches!(event, Event::Reading(_) | Event::Membership(_))
}

fn untold(statement: &Statement<'_>, told_of: &mut BTreeMap<At, usize>) {
    if tells(statement.event())
        && let Some(subject) = statement.subject()
        && let Some(count) = told_of.get_mut(&subject)
    {
        *count = count.saturating_sub(1);
    }
}
