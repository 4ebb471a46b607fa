//! What replay keeps: every entry with what it says, its references resolved, and what was found
//! wrong on the way. Amendments come later than what they amend, so nothing is concluded here;
//! [`State::settle`] does.

use std::collections::{BTreeMap, HashMap};

use seaproof_evidence::{AuthorKey, Class, EntryId, EntryIndex, Said, Standing, Timestamp};

use crate::input::Content;

/// Where an entry lies in [`State::entries`]: the order in which entries were applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At(u32);

impl At {
    pub(crate) fn new(position: usize) -> Self {
        // A ledger of 2^32 entries does not fit in memory; the last place would be shared.
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    pub(crate) fn position(self) -> usize {
        self.0 as usize
    }
}

/// An entry as the state keeps it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its index in the tree.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
    /// Who signed it.
    pub author: AuthorKey,
    /// The author's standing at this place.
    pub standing: Standing,
    /// When, by the author's own clock.
    pub recorded_at: Timestamp,
    /// What the signature covers.
    pub class: Class,
    /// Its name, if it has one and is the first to have it.
    pub label: Option<String>,
    /// What it says.
    pub content: Content,
    /// What its references stand for, in the order of its envelope; `None` is dangling. A
    /// reference to a correction stands for what was corrected.
    pub(crate) refs: Box<[Option<At>]>,
    /// Of an amendment: what it does to which entries.
    pub(crate) bearings: Box<[Bearing]>,
    /// Of a correction that can take effect: what it puts in place.
    pub(crate) replacement: Option<Box<Said>>,
    /// Of a correction: the statement at the beginning of the chain.
    pub(crate) stands_for: Option<At>,
    /// Whether a reference that the statement needs dangles or means the wrong kind of thing.
    pub(crate) misplaced: bool,
}

/// What an amendment does to one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bearing {
    pub(crate) on: At,
    pub(crate) how: How,
}

/// How an amendment bears, after its author was found entitled or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Corrects,
    Retracts,
    /// Also what was tried by somebody who may not, or in a way that cannot be.
    Disputes,
}

/// Something that is wrong with an entry. It is kept, and says so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The entry.
    pub entry: EntryIndex,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// The same entry came before; this one feeds nothing.
    Repeated,
    /// Its index does not follow those before it.
    OutOfOrder,
    /// Another entry has this label; the label stays with that one.
    LabelTaken {
        /// The label.
        label: String,
        /// Who has it.
        by: EntryIndex,
    },
    /// It refers to an entry that is not among those before it.
    Dangling {
        /// The id it refers to.
        id: EntryId,
    },
    /// It refers to a thing of a kind that cannot be meant.
    WrongKind {
        /// What it refers to.
        entry: EntryIndex,
        /// The kind found there.
        found: String,
        /// The kinds that can be meant.
        expected: &'static [&'static str],
    },
    /// A kind or version that this software does not know.
    UnknownKind {
        /// The kind.
        kind: String,
        /// The version.
        version: u16,
    },
    /// The envelope is of a newer version.
    NewerEnvelope,
    /// A known kind whose bytes cannot be read.
    Malformed {
        /// Why.
        why: String,
    },
    /// A correction or retraction by neither the author nor a custodian: counts as a dispute.
    NotEntitled {
        /// The entry it was aimed at.
        entry: EntryIndex,
    },
    /// A correction or retraction that cannot be: counts as a dispute.
    CannotAmend {
        /// The entry it was aimed at.
        entry: EntryIndex,
        /// Why not.
        why: &'static str,
    },
}

impl Problem {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Repeated => "repeated",
            Self::OutOfOrder => "out-of-order",
            Self::LabelTaken { .. } => "label-taken",
            Self::Dangling { .. } => "dangling-reference",
            Self::WrongKind { .. } => "wrong-kind",
            Self::UnknownKind { .. } => "unknown-kind",
            Self::NewerEnvelope => "newer-envelope",
            Self::Malformed { .. } => "malformed",
            Self::NotEntitled { .. } => "not-entitled",
            Self::CannotAmend { .. } => "cannot-amend",
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Repeated => f.write_str("the same entry came before; this one feeds nothing"),
            Self::OutOfOrder => f.write_str("its index does not follow those before it"),
            Self::LabelTaken { label, by } => {
                write!(f, "its label {label:?} belongs to {by}")
            }
            Self::Dangling { id } => {
                write!(f, "it refers to {}, which is not before it", id.short())
            }
            Self::WrongKind {
                entry,
                found,
                expected,
            } => write!(
                f,
                "it refers to {entry}, of kind {found}, where {} is meant",
                expected.join(" or ")
            ),
            Self::UnknownKind { kind, version } => {
                write!(f, "its kind {kind:?}, version {version}, is not known here")
            }
            Self::NewerEnvelope => {
                f.write_str("its envelope is of a newer version than this software reads")
            }
            Self::Malformed { why } => write!(f, "it cannot be read: {why}"),
            Self::NotEntitled { entry } => write!(
                f,
                "only the author of {entry} or a custodian can correct or retract it; this counts \
                 as a dispute"
            ),
            Self::CannotAmend { entry, why } => {
                write!(f, "{entry}: {why}; this counts as a dispute")
            }
        }
    }
}

/// Everything applied so far. Applying a prefix of the log gives what was known after it.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub(crate) entries: Vec<Entry>,
    /// Only looked up, never iterated.
    pub(crate) ids: HashMap<EntryId, At>,
    pub(crate) labels: BTreeMap<String, At>,
    pub(crate) notices: Vec<Notice>,
}

impl State {
    /// The state before the first entry.
    pub fn new() -> Self {
        Self::default()
    }

    /// All entries in the order in which they were applied.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was found wrong, in the order of entries.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The entry with this id.
    pub fn find(&self, id: &EntryId) -> Option<&Entry> {
        self.ids.get(id).map(|at| self.entry(*at))
    }

    /// The entry with this label.
    pub fn labelled(&self, label: &str) -> Option<&Entry> {
        self.labels.get(label).map(|at| self.entry(*at))
    }

    pub(crate) fn entry(&self, at: At) -> &Entry {
        &self.entries[at.position()]
    }

    /// The label of an entry, or its number.
    pub(crate) fn name(&self, at: At) -> String {
        let entry = self.entry(at);
        match &entry.label {
            Some(label) => label.clone(),
            None => entry.index.to_string(),
        }
    }
}

impl Entry {
    /// The event as it was recorded, if it was read.
    pub fn said(&self) -> Option<&Said> {
        match &self.content {
            Content::Opened(seaproof_evidence::Decoded::Known(said)) => Some(said),
            _ => None,
        }
    }

    /// The kind, as far as it is known.
    pub(crate) fn kind(&self) -> Option<&str> {
        match &self.content {
            Content::Opened(seaproof_evidence::Decoded::Known(said)) => Some(said.event().kind()),
            Content::Opened(seaproof_evidence::Decoded::Unknown { kind, .. }) => Some(kind),
            _ => None,
        }
    }
}
