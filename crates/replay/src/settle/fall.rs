//! What goes when something that it needs is gone.
//!
//! A statement goes if something that it needs is gone, or if it rests on entries alone and all of them are gone. Of
//! what is *left out* more goes than of what was withdrawn, because it is to be as if it had never been recorded:
//!
//! - a source that is held as nothing but files that are left out, and one whose every relayed source is left out:
//!   what it tells goes too; something derived from nothing else; a search in nothing else;
//! - a group or figure of which nothing is told any more. Our own readings and memberships tell nothing of it.
//!
//! Whether something goes only ever depends on what has gone before, so the outcome does not depend on the order in
//! which it is worked out.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use seaproof_evidence::events::custody::Derived;
use seaproof_evidence::provenance::{Basis, HeldFile, Hold};
use seaproof_evidence::{Event, ExhibitHash};

use super::{Hidden, Settled, Statement, Status};
use crate::anatomy::{self, Link};
use crate::lens::{Lies, world_time};
use crate::sources;
use crate::state::{At, Entry};

/// How often all statements are looked at for what is about something later.
const PASSES_MAX: usize = 16;

/// What has gone so far.
#[derive(Default)]
struct Gone {
    /// Everything that does not stand.
    all: BTreeSet<At>,
    /// What of it goes because something is left out.
    left_out: BTreeSet<At>,
    /// What looks at an entry again when it goes.
    dependents: BTreeMap<At, Vec<At>>,
    /// Of groups and figures under a lens: what tells of them.
    told_by: BTreeMap<At, Vec<At>>,
    /// Files that were attached to a source later and are not left out.
    attached: BTreeSet<At>,
}

impl Settled<'_> {
    pub(super) fn is_left_out(&self, entry: &Entry) -> bool {
        let without = &self.lens.without;
        if without.is_empty() {
            return false;
        }
        let author = self.state.author(entry);
        without.entries.contains(&entry.index)
            || author.is_some_and(|key| without.authors.contains(&key))
    }

    /// Rule 4. Each statement is looked at again only when something it refers to goes.
    pub(super) fn fall(&mut self) {
        let all_of_it = self.lens.without.is_empty();
        let mut gone = Gone::default();
        for at in (0..self.state.entries.len()).map(At::new) {
            match self.status(at) {
                Status::Standing => continue,
                Status::LeftOut => drop(gone.left_out.insert(at)),
                _ => {}
            }
            gone.all.insert(at);
        }
        if gone.all.is_empty() && all_of_it {
            return;
        }
        let mut open: Vec<At> = gone.all.iter().copied().collect();
        let recorded: Vec<At> = self.recorded().collect();
        if !all_of_it {
            for at in &recorded {
                self.tell(*at, &mut gone);
            }
        }
        for at in &recorded {
            for target in self.looks_to(*at) {
                gone.dependents.entry(target).or_default().push(*at);
            }
        }
        // A thing is looked at again when what tells of it goes.
        for (thing, told_by) in &gone.told_by {
            for at in told_by {
                gone.dependents.entry(*at).or_default().push(*thing);
            }
        }
        if !all_of_it {
            for at in recorded {
                self.reconsider(at, &mut gone, &mut open);
            }
        }
        while let Some(target) = open.pop() {
            let looking = gone.dependents.get(&target).cloned().unwrap_or_default();
            for at in looking {
                self.reconsider(at, &mut gone, &mut open);
            }
        }
        self.keep(gone);
    }

    /// Keeps what an entry means for others where something is left out.
    fn tell(&self, at: At, gone: &mut Gone) {
        let status = self.status(at);
        let Some(statement) = self.words_of(at) else {
            return;
        };
        let counts = matches!(status, Status::Standing | Status::LeftOut);
        let Some(subject) = statement.subject().filter(|_| counts) else {
            return;
        };
        if tells(statement.event()) && matches!(self.kind(subject), Some("group" | "figure")) {
            gone.told_by.entry(subject).or_default().push(at);
        }
        if let Event::Attached(attached) = statement.event()
            && status.stands()
            && !self.all_left_out(&statement, &attached.files)
        {
            gone.attached.insert(subject);
        }
    }

    /// What a statement looks to: when it goes, the statement is looked at again.
    fn looks_to(&self, at: At) -> BTreeSet<At> {
        let Some(statement) = self.words_of(at) else {
            return BTreeSet::new();
        };
        let mut found: BTreeSet<At> = needed(&statement).into_iter().collect();
        found.extend(statement.bases());
        if !self.lens.without.is_empty() {
            found.extend(sources::made_from(self, at));
            if let Event::Absence(absence) = statement.event() {
                let looked_in = absence.looked_in.iter();
                found.extend(looked_in.filter_map(|slot| statement.target(*slot)));
            }
        }
        found
    }

    /// Looks whether a statement goes, and whether because of what is left out.
    fn reconsider(&self, at: At, gone: &mut Gone, open: &mut Vec<At>) {
        let own = matches!(self.status(at), Status::Standing);
        if !own || gone.left_out.contains(&at) {
            return;
        }
        let Some(statement) = self.words_of(at) else {
            return;
        };
        let (goes, because_left_out) = self.goes(&statement, gone);
        if goes && gone.all.insert(at) {
            open.push(at);
        }
        if goes && because_left_out && gone.left_out.insert(at) {
            open.push(at);
        }
    }

    fn goes(&self, statement: &Statement<'_>, gone: &Gone) -> (bool, bool) {
        let needed = needed(statement);
        let mut goes = needed.iter().any(|at| gone.all.contains(at));
        let mut left_out = needed.iter().any(|at| gone.left_out.contains(at));
        let (mut any, mut all, mut any_left_out) = (false, true, false);
        for basis in statement.provenance().into_iter().flat_map(|p| &p.basis) {
            let (is_gone, is_left_out) = match basis {
                Basis::Entry { of, file, .. } => {
                    let target = statement.target(*of);
                    let file = file.is_some_and(|slot| self.file_left_out(statement, slot));
                    (
                        file || target.is_some_and(|at| gone.all.contains(&at)),
                        file || target.is_some_and(|at| gone.left_out.contains(&at)),
                    )
                }
                Basis::Exhibit { file, .. } => {
                    let file = self.file_left_out(statement, *file);
                    (file, file)
                }
                Basis::Cited(_) => (false, false),
            };
            any |= is_gone;
            all &= is_gone;
            any_left_out |= is_left_out;
        }
        if any && all {
            goes = true;
            left_out |= any_left_out;
        }
        if !self.lens.without.is_empty() && self.goes_with_what_is_left_out(statement, gone) {
            (goes, left_out) = (true, true);
        }
        (goes, left_out)
    }

    fn goes_with_what_is_left_out(&self, statement: &Statement<'_>, gone: &Gone) -> bool {
        let all_of =
            |all: &[At]| !all.is_empty() && all.iter().all(|at| gone.left_out.contains(at));
        let held = match (statement.event().hold(), statement.event()) {
            (Some(Hold::Held(files)), _) => {
                self.all_left_out(statement, files) && !gone.attached.contains(&statement.at)
            }
            (_, Event::Attached(attached)) => self.all_left_out(statement, &attached.files),
            _ => false,
        };
        let derived = match statement.event() {
            Event::Derived(Derived { parents, .. }) => {
                !parents.is_empty()
                    && parents
                        .iter()
                        .all(|slot| self.file_left_out(statement, *slot))
            }
            _ => false,
        };
        let looked_in = match statement.event() {
            Event::Absence(absence) => {
                let looked_in = absence.looked_in.iter();
                let all: Vec<At> = looked_in
                    .filter_map(|slot| statement.target(*slot))
                    .collect();
                all_of(&all)
            }
            _ => false,
        };
        let untold = gone.told_by.get(&statement.at).is_some_and(|told_by| {
            told_by.iter().all(|at| gone.all.contains(at))
                && told_by.iter().any(|at| gone.left_out.contains(at))
        });
        held || derived || looked_in || untold || all_of(&sources::made_from(self, statement.at))
    }

    fn file_left_out(
        &self,
        statement: &Statement<'_>,
        slot: seaproof_evidence::ExhibitSlot,
    ) -> bool {
        let without: &BTreeSet<ExhibitHash> = &self.lens.without.exhibits;
        let file = statement.exhibit(slot);
        file.is_some_and(|file| without.contains(&file.hash))
    }

    fn all_left_out(&self, statement: &Statement<'_>, files: &[HeldFile]) -> bool {
        !files.is_empty()
            && files
                .iter()
                .all(|held| self.file_left_out(statement, held.file))
    }

    /// Keeps the outcome: what fell and with what, and what stands on less than before.
    fn keep(&mut self, gone: Gone) {
        let recorded: Vec<At> = self.recorded().collect();
        let (mut fallen, mut weakened) = (Vec::new(), BTreeMap::new());
        for at in recorded {
            if !self.status(at).stands() {
                continue;
            }
            let Some(statement) = self.words_of(at) else {
                continue;
            };
            let falls = gone.all.contains(&at);
            let mut with: BTreeSet<At> = statement.bases().collect();
            if falls {
                with.extend(needed(&statement));
                if gone.left_out.contains(&at) {
                    with.extend(sources::made_from(self, at));
                }
            }
            let with: Vec<At> = with
                .into_iter()
                .filter(|at| gone.all.contains(at))
                .collect();
            if falls {
                fallen.push((at, with));
            } else {
                // Of what is left out nothing is said any more, not even that it is missing.
                let with: Vec<At> = with
                    .into_iter()
                    .filter(|at| !gone.left_out.contains(at))
                    .collect();
                if !with.is_empty() {
                    weakened.insert(at, with);
                }
            }
        }
        for (at, with) in fallen {
            self.status[at.position()] = Status::Fallen { with };
        }
        self.weakened = weakened;
        self.hidden = Rc::new(Hidden {
            entries: gone.left_out,
            exhibits: self.lens.without.exhibits.clone(),
        });
    }

    /// Sets aside what began after the date that is looked at, and what is about that.
    pub(super) fn look_back(&mut self) {
        let Some(as_of) = self.lens.as_of.clone() else {
            return;
        };
        let standing: Vec<At> = self
            .recorded()
            .filter(|at| self.status(*at).stands())
            .collect();
        // What a statement is about stands before it, unless a correction put it there: so once is mostly enough.
        for _ in 0..PASSES_MAX {
            let mut any = false;
            for at in &standing {
                let Some(statement) = self.statement(*at) else {
                    continue;
                };
                let about_later =
                    (needed(&statement).iter()).any(|thing| *self.status(*thing) == Status::Later);
                if about_later || self.begins_after(&as_of, &statement) {
                    self.status[at.position()] = Status::Later;
                    any = true;
                }
            }
            if !any {
                break;
            }
        }
    }

    fn begins_after(&self, as_of: &crate::AsOf, statement: &Statement<'_>) -> bool {
        if let Event::Listed(listed) = statement.event()
            && listed.since.is_none()
        {
            // A listing without a date of its own was there by the date of the list.
            let list = statement
                .target(listed.snapshot)
                .and_then(|at| self.words_of(at));
            return match list.as_ref().map(|list| list.event()) {
                Some(Event::ListSnapshot(list)) => {
                    (list.generated.as_ref()).is_some_and(|when| as_of.lies(when) == Lies::After)
                }
                _ => false,
            };
        }
        world_time(statement.event()).is_some_and(|when| as_of.lies(when) == Lies::After)
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
