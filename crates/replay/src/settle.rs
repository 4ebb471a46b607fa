//! What stands after all amendments so far. The rules, in this order:
//!
//! 1. An amendment is in effect unless a later retraction of it is; so a retraction can itself be
//!    retracted, and a dispute too. Amendments by unauthorised keys bear on nothing.
//! 2. Only the author of an entry or a custodian in force corrects or retracts it. What anybody
//!    else tries counts as a dispute. A dispute changes nothing and is shown with what it contests.
//! 3. The newest correction in effect stands in the place of what it corrects; a correction of a
//!    correction replaces what the first statement says. Retracting an entry withdraws what
//!    corrects it too. References to the entry, and to its corrections, mean what stands.
//! 4. A statement falls if what it is about is gone, or if it rests on entries alone and all of
//!    them are gone: retracted, fallen or unauthorised. A statement with some of its bases gone
//!    stands, marked as weakened. An entry that is withheld is not gone.
//! 5. What a [`Lens`] leaves out is gone in a stronger sense, as if it had never been recorded: see
//!    [`fall`]. What began after its date is set aside last, and nothing falls with it.
//!
//! Nothing is dropped: whatever does not stand is listed with the reason.

mod fall;
mod suspect;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use seaproof_evidence::provenance::{Basis, Provenance};
use seaproof_evidence::{Class, EntryId, EntrySlot, Event, ExhibitHash, ExhibitRef, ExhibitSlot};

use crate::lens::Lens;
use crate::state::{At, Body, Encoded, Entry, How, State};

/// Whether an entry feeds the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Standing,
    /// A retraction in effect withdraws it.
    Retracted {
        /// The retraction.
        by: At,
    },
    /// What it is about or rests on is gone.
    Fallen {
        /// What is gone.
        with: Vec<At>,
    },
    /// Its author could not record it.
    Unauthorised,
    /// A needed reference dangles or means the wrong kind of thing, or the entry came twice.
    Misplaced,
    /// It is left out of what is looked at.
    LeftOut,
    /// What it tells of began after the date that is looked at.
    Later,
}

impl Status {
    pub(crate) fn stands(&self) -> bool {
        *self == Self::Standing
    }
}

/// A statement in its newest words.
#[derive(Debug, Clone)]
pub(crate) struct Statement<'a> {
    /// The entry that introduced it and by which it is known.
    pub(crate) at: At,
    /// The entry whose words stand: itself or a correction.
    pub(crate) words: At,
    event: Rc<Event>,
    refs: &'a [Option<At>],
    entry: &'a Entry,
    hidden: Rc<Hidden>,
}

/// What is left out, so that nothing names it.
#[derive(Debug, Default)]
pub(crate) struct Hidden {
    pub(crate) entries: BTreeSet<At>,
    exhibits: BTreeSet<ExhibitHash>,
}

impl Statement<'_> {
    pub(crate) fn event(&self) -> &Event {
        &self.event
    }

    /// What a reference stands for; `None` is dangling.
    pub(crate) fn target(&self, slot: EntrySlot) -> Option<At> {
        self.refs.get(usize::from(slot.0)).copied().flatten()
    }

    /// The file that a slot stands for.
    pub(crate) fn exhibit(&self, slot: ExhibitSlot) -> Option<ExhibitRef> {
        self.entry.exhibits().get(usize::from(slot.0)).copied()
    }

    pub(crate) fn subject(&self) -> Option<At> {
        self.entry.subject
    }

    pub(crate) fn provenance(&self) -> Option<&Provenance> {
        self.event().provenance()
    }

    /// What it rests on, but for what is left out.
    pub(crate) fn basis(&self) -> impl Iterator<Item = &Basis> {
        self.provenance()
            .into_iter()
            .flat_map(|p| &p.basis)
            .filter(|basis| !self.is_hidden(basis))
    }

    fn is_hidden(&self, basis: &Basis) -> bool {
        let file_is = |slot: ExhibitSlot| {
            let file = self.exhibit(slot);
            file.is_some_and(|file| self.hidden.exhibits.contains(&file.hash))
        };
        match basis {
            Basis::Entry { of, file, .. } => {
                let entry = self.target(*of);
                file.is_some_and(file_is)
                    || entry.is_some_and(|at| self.hidden.entries.contains(&at))
            }
            Basis::Exhibit { file, .. } => file_is(*file),
            Basis::Cited(_) => false,
        }
    }

    /// The entries that it rests on.
    pub(crate) fn bases(&self) -> impl Iterator<Item = At> {
        self.basis().filter_map(|basis| match basis {
            Basis::Entry { of, .. } => self.target(*of),
            _ => None,
        })
    }
}

/// The state with all amendments taken into account. Views, findings and the state root are
/// computed from it.
#[derive(Debug)]
pub struct Settled<'a> {
    pub(crate) state: &'a State,
    /// What of it is looked at.
    pub(crate) lens: Lens,
    /// What is left out, with all that goes with it.
    pub(crate) hidden: Rc<Hidden>,
    pub(crate) status: Vec<Status>,
    /// The correction whose words stand in an entry's place.
    pub(crate) corrected_by: BTreeMap<At, At>,
    /// Disputes in effect, by what they contest.
    pub(crate) disputes: BTreeMap<At, Vec<At>>,
    /// Redactions, by the entries whose openings they erase. Nothing undoes them.
    pub(crate) redactions: BTreeMap<At, Vec<At>>,
    /// Statements with some of their bases gone, and which.
    pub(crate) weakened: BTreeMap<At, Vec<At>>,
    /// Entries that are by a suspect key or rest on such.
    on_suspect: BTreeSet<At>,
    by_kind: BTreeMap<&'static str, Vec<At>>,
    /// Statements that stand: what they are about, and the statement, in this order.
    about: Vec<(At, At)>,
    /// Things are looked at again and again, so they are decoded once; what is said of them is
    /// decoded each time, because there may be much of it.
    things: RefCell<BTreeMap<At, Rc<Event>>>,
}

/// Kinds of entries that others refer to.
const THINGS: [&str; 15] = [
    "ais-track",
    "cap",
    "conversion-factor",
    "derived",
    "document",
    "figure",
    "gazetteer",
    "group",
    "image",
    "image-set",
    "list-snapshot",
    "listed",
    "port",
    "rule-set",
    "vessel",
];

impl State {
    /// Takes all amendments so far into account.
    pub fn settle(&self) -> Settled<'_> {
        self.settle_under(Lens::default())
    }

    /// The same of a part of what was recorded.
    pub fn settle_under(&self, lens: Lens) -> Settled<'_> {
        let mut settled = Settled {
            state: self,
            status: Vec::new(),
            lens,
            hidden: Rc::default(),
            corrected_by: BTreeMap::new(),
            disputes: BTreeMap::new(),
            redactions: BTreeMap::new(),
            weakened: BTreeMap::new(),
            on_suspect: BTreeSet::new(),
            by_kind: BTreeMap::new(),
            about: Vec::new(),
            things: RefCell::default(),
        };
        settled.status = self.entries.iter().map(|e| settled.initial(e)).collect();
        settled.amend();
        settled.fall();
        settled.look_back();
        settled.sort();
        settled.find_suspect();
        settled
    }
}

impl<'a> Settled<'a> {
    fn initial(&self, entry: &Entry) -> Status {
        match (entry.standing.authorised, entry.class) {
            (false, _) => Status::Unauthorised,
            _ if self.is_left_out(entry) => Status::LeftOut,
            // A correction's references are judged when its words are taken up.
            (true, Class::Amendment) => Status::Standing,
            (true, _) if entry.misplaced => Status::Misplaced,
            (true, _) => Status::Standing,
        }
    }

    /// Rules 1 to 3. Backwards, because only later retractions decide whether an amendment is in
    /// effect; then forwards, because a correction stands on what it corrects.
    fn amend(&mut self) {
        let amendments: Vec<At> = (0..self.state.entries.len())
            .map(At::new)
            .filter(|at| !self.state.entry(*at).bearings().is_empty())
            .collect();
        for at in &amendments {
            let bearings = self.state.entry(*at).bearings().iter();
            for bearing in bearings.filter(|bearing| bearing.how == How::Redacts) {
                self.redactions.entry(bearing.on).or_default().push(*at);
            }
        }
        for at in amendments.iter().rev() {
            if !self.status(*at).stands() {
                continue;
            }
            for bearing in self.state.entry(*at).bearings() {
                match bearing.how {
                    // Of several retractions in effect the first one counts.
                    How::Retracts
                        if !matches!(
                            self.status(bearing.on),
                            Status::Unauthorised | Status::LeftOut
                        ) =>
                    {
                        self.status[bearing.on.position()] = Status::Retracted { by: *at };
                    }
                    How::Disputes => self.disputes.entry(bearing.on).or_default().push(*at),
                    How::Retracts | How::Corrects | How::Redacts => {}
                }
            }
        }
        for disputes in self.disputes.values_mut() {
            disputes.reverse();
        }
        let mut in_effect = BTreeSet::new();
        for at in amendments {
            let entry = self.state.entry(at);
            let (Some(root), Some(bearing)) = (entry.stands_for(), entry.bearings().first()) else {
                continue;
            };
            let first = bearing.on == root;
            if self.status(at).stands()
                && self.status(bearing.on).is_amendable()
                && (first || in_effect.contains(&bearing.on))
            {
                in_effect.insert(at);
                self.corrected_by.insert(root, at);
                if *self.status(root) == Status::Misplaced && !entry.misplaced {
                    self.status[root.position()] = Status::Standing;
                } else if entry.misplaced && self.status(root).stands() {
                    self.status[root.position()] = Status::Misplaced;
                }
            }
        }
    }

    fn sort(&mut self) {
        let mut by_kind: BTreeMap<&'static str, Vec<At>> = BTreeMap::new();
        let mut about = Vec::new();
        for at in self.recorded().filter(|at| self.status(*at).stands()) {
            let Some((entry, encoded)) = self.encoded(at) else {
                continue;
            };
            by_kind.entry(encoded.kind).or_default().push(at);
            if let Some(thing) = entry.subject {
                about.push((thing, at));
            }
        }
        about.sort_unstable();
        self.by_kind = by_kind;
        self.about = about;
    }

    /// All entries that are no amendments.
    pub(super) fn recorded(&self) -> impl Iterator<Item = At> + use<'_, 'a> {
        (0..self.state.entries.len())
            .map(At::new)
            .filter(|at| self.state.entry(*at).class != Class::Amendment)
    }

    /// The entry whose words stand for this one, and the words.
    fn encoded(&self, at: At) -> Option<(&'a Entry, &'a Encoded)> {
        let words = self.corrected_by.get(&at).copied().unwrap_or(at);
        let entry = self.state.entry(words);
        match (entry.replacement(), &entry.body) {
            (Some(replacement), _) if words != at => Some((entry, replacement)),
            (_, Body::Event(encoded)) => Some((entry, encoded)),
            _ => None,
        }
    }

    /// The kind of what an entry says, if it can be read.
    pub(crate) fn kind(&self, at: At) -> Option<&'static str> {
        self.encoded(at).map(|(_, encoded)| encoded.kind)
    }

    /// What an entry says in its newest words.
    pub(crate) fn words_of(&self, at: At) -> Option<Statement<'a>> {
        let (entry, encoded) = self.encoded(at)?;
        let event = if THINGS.contains(&encoded.kind) {
            let known = self.things.borrow().get(&at).cloned();
            match known {
                Some(event) => event,
                None => {
                    let event = Rc::new(self.state.decoded(encoded)?);
                    self.things.borrow_mut().insert(at, Rc::clone(&event));
                    event
                }
            }
        } else {
            Rc::new(self.state.decoded(encoded)?)
        };
        Some(Statement {
            at,
            words: self.corrected_by.get(&at).copied().unwrap_or(at),
            event,
            refs: self.state.refs_of(entry),
            entry,
            hidden: Rc::clone(&self.hidden),
        })
    }

    /// A statement that stands.
    pub(crate) fn statement(&self, at: At) -> Option<Statement<'a>> {
        if self.status(at).stands() {
            self.words_of(at)
        } else {
            None
        }
    }

    /// Whether the entry with this id stands.
    pub fn stands(&self, id: &EntryId) -> bool {
        let at = self.state.at(id);
        at.is_some_and(|at| self.status(at).stands())
    }

    pub(crate) fn status(&self, at: At) -> &Status {
        &self.status[at.position()]
    }

    /// All entries of a kind that stand, in the order of the log.
    pub(crate) fn ats_of_kind(&self, kind: &str) -> &[At] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// All statements of a kind that stand, in the order of the log.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = Statement<'a>> + use<'_, 'a> {
        self.ats_of_kind(kind)
            .iter()
            .filter_map(|at| self.statement(*at))
    }

    /// What the statements of a kind that stand are about.
    pub(crate) fn subjects_of_kind(&self, kind: &str) -> impl Iterator<Item = At> + use<'_, 'a> {
        self.ats_of_kind(kind)
            .iter()
            .filter_map(|at| self.encoded(*at)?.0.subject)
    }

    /// All statements about a thing that stand, in the order of the log.
    pub(crate) fn about(&self, thing: At) -> impl Iterator<Item = Statement<'a>> + use<'_, 'a> {
        self.ats_about(thing)
            .iter()
            .filter_map(|(_, at)| self.statement(*at))
    }

    /// Those of one of these kinds.
    pub(crate) fn about_of_kinds(
        &self,
        thing: At,
        kinds: &'static [&'static str],
    ) -> impl Iterator<Item = Statement<'a>> + use<'_, 'a> {
        self.ats_about(thing)
            .iter()
            .filter(|(_, at)| self.kind(*at).is_some_and(|kind| kinds.contains(&kind)))
            .filter_map(|(_, at)| self.statement(*at))
    }

    fn ats_about(&self, thing: At) -> &[(At, At)] {
        let start = self.about.partition_point(|(about, _)| *about < thing);
        let rest = &self.about[start..];
        &rest[..rest.partition_point(|(about, _)| *about == thing)]
    }

    /// Amendments that may bear on anything, because they cannot be read.
    pub(crate) fn unread_amendments(&self) -> impl Iterator<Item = At> + use<'_, 'a> {
        (0..self.state.entries.len()).map(At::new).filter(|at| {
            let entry = self.state.entry(*at);
            entry.class == Class::Amendment
                && self.status(*at).stands()
                && matches!(
                    entry.body,
                    Body::Withheld | Body::NewerEnvelope | Body::Malformed { .. }
                )
        })
    }
}

impl Status {
    /// Whether a correction of the entry can take effect.
    fn is_amendable(&self) -> bool {
        matches!(self, Self::Standing | Self::Misplaced)
    }
}
