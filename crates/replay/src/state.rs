//! What replay keeps: every entry with what it says, its references resolved, and what was found
//! wrong on the way. Amendments come later than what they amend, so nothing is concluded here;
//! [`State::settle`] does.

use std::collections::{BTreeMap, HashMap, hash_map};
use std::num::NonZeroU32;

use seaproof_evidence::{
    AuthorKey, Class, EntryId, EntryIndex, Event, ExhibitRef, Slots, Standing, Timestamp,
};

/// Where an entry lies in [`State::entries`]: the order in which entries were applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At(NonZeroU32);

impl At {
    pub(crate) fn new(position: usize) -> Self {
        // A ledger of 2^32 entries does not fit in memory; the last place would be shared.
        let place = u32::try_from(position).map_or(u32::MAX, |p| p.saturating_add(1));
        Self(NonZeroU32::new(place).unwrap_or(NonZeroU32::MAX))
    }

    pub(crate) fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// An entry as the state keeps it: small, because there are many.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its index in the tree.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
    /// The author's standing at this place.
    pub standing: Standing,
    /// When, by the author's own clock.
    pub recorded_at: Timestamp,
    /// What the signature covers.
    pub class: Class,
    /// Whether a reference that the statement needs dangles or means the wrong kind of thing.
    pub(crate) misplaced: bool,
    /// Who signed it, in [`State::authors`].
    pub(crate) author: u32,
    /// What its words are about.
    pub(crate) subject: Option<At>,
    /// What it says.
    pub(crate) body: Body,
    /// What its references stand for, in the order of its envelope; `None` is dangling. A
    /// reference to a correction stands for what was corrected.
    pub(crate) refs: Refs,
    /// What few entries have.
    pub(crate) rare: Option<Box<Rare>>,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    Event(Encoded),
    OfTheLog,
    Unknown { kind: String, version: u16 },
    Malformed { why: String },
    Withheld,
    NewerEnvelope,
}

/// An event as its bytes in its kind's newest version, in [`State::bytes`]: a fifth of its size
/// in memory, and no allocation of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub(crate) kind: &'static str,
    pub(crate) version: u16,
    pub(crate) length: u32,
    pub(crate) start: usize,
}

/// References of one entry, in [`State::refs`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Refs {
    pub(crate) start: usize,
    pub(crate) length: u16,
}

/// What few entries have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rare {
    /// Its name, if it is the first to have it.
    pub(crate) label: Option<String>,
    pub(crate) exhibits: Box<[ExhibitRef]>,
    /// Of an amendment: what it does to which entries.
    pub(crate) bearings: Box<[Bearing]>,
    /// Of a correction that can take effect: what it puts in place.
    pub(crate) replacement: Option<Encoded>,
    /// Of such a correction: the statement at the beginning of the chain.
    pub(crate) stands_for: Option<At>,
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
    /// Erases openings; what stands is not changed by it.
    Redacts,
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
    pub(crate) authors: Vec<AuthorKey>,
    /// Places in `authors`.
    pub(crate) author_places: BTreeMap<AuthorKey, u32>,
    /// Event bytes of all entries.
    pub(crate) bytes: Vec<u8>,
    /// References of all entries.
    pub(crate) refs: Vec<Option<At>>,
    /// Only looked up, never iterated.
    ids: HashMap<u64, At>,
    /// Entries whose ids begin as that of an earlier one: as good as never any.
    more_ids: BTreeMap<EntryId, At>,
    pub(crate) labels: BTreeMap<String, At>,
    pub(crate) notices: Vec<Notice>,
}

/// The first bytes of an id. Keeping the whole once more would cost as much as all the rest of an entry's place.
fn beginning(id: &EntryId) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
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
        self.at(id).map(|at| self.entry(at))
    }

    /// Where the first entry with this id lies.
    pub(crate) fn at(&self, id: &EntryId) -> Option<At> {
        let at = *self.ids.get(&beginning(id))?;
        match self.entry(at).id == *id {
            true => Some(at),
            false => self.more_ids.get(id).copied(),
        }
    }

    /// Appends an entry. The first with its id is the one that is found by it.
    pub(crate) fn push(&mut self, entry: Entry) {
        let at = At::new(self.entries.len());
        if self.at(&entry.id).is_none() {
            match self.ids.entry(beginning(&entry.id)) {
                hash_map::Entry::Vacant(place) => {
                    place.insert(at);
                }
                hash_map::Entry::Occupied(_) => {
                    self.more_ids.insert(entry.id, at);
                }
            }
        }
        self.entries.push(entry);
    }

    /// The entry with this label.
    pub fn labelled(&self, label: &str) -> Option<&Entry> {
        self.labels.get(label).map(|at| self.entry(*at))
    }

    /// The ledger's id: that of its genesis entry.
    pub fn ledger(&self) -> Option<EntryId> {
        let first = self.entries.first()?;
        (first.class == Class::Genesis).then_some(first.id)
    }

    /// What an entry of this state says, as it was recorded; `None` if it could not be read.
    pub fn event(&self, entry: &Entry) -> Option<Event> {
        match &entry.body {
            Body::Event(encoded) => self.decoded(encoded),
            _ => None,
        }
    }

    /// Who signed an entry of this state.
    pub fn author(&self, entry: &Entry) -> Option<AuthorKey> {
        self.authors.get(entry.author as usize).copied()
    }

    pub(crate) fn entry(&self, at: At) -> &Entry {
        &self.entries[at.position()]
    }

    /// Keeps an event's bytes.
    pub(crate) fn encoded(&mut self, event: &Event) -> Encoded {
        let (version, bytes) = event.written();
        let start = self.bytes.len();
        self.bytes.extend(&bytes);
        Encoded {
            kind: event.kind(),
            version,
            // An event has at most 1 MiB.
            length: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            start,
        }
    }

    /// The bytes of an event.
    pub(crate) fn bytes_of(&self, encoded: &Encoded) -> &[u8] {
        let end = encoded.start.saturating_add(encoded.length as usize);
        self.bytes.get(encoded.start..end).unwrap_or_default()
    }

    /// The event. Only events that were read are kept, so there is always one.
    pub(crate) fn decoded(&self, encoded: &Encoded) -> Option<Event> {
        let bytes = self.bytes_of(encoded);
        Event::from_bytes(encoded.kind, encoded.version, bytes, Slots::ANY)?.ok()
    }

    /// What an entry's references stand for.
    pub(crate) fn refs_of(&self, entry: &Entry) -> &[Option<At>] {
        let Refs { start, length } = entry.refs;
        let end = start.saturating_add(usize::from(length));
        self.refs.get(start..end).unwrap_or_default()
    }

    /// The label of an entry, or its number.
    pub(crate) fn name(&self, at: At) -> String {
        let entry = self.entry(at);
        match entry.label() {
            Some(label) => label.to_owned(),
            None => entry.index.to_string(),
        }
    }
}

impl Entry {
    /// Its name, if it has one and is the first to have it.
    pub fn label(&self) -> Option<&str> {
        self.rare.as_ref()?.label.as_deref()
    }

    /// The kind, as far as it is known.
    pub fn kind(&self) -> Option<&str> {
        match &self.body {
            Body::Event(encoded) => Some(encoded.kind),
            Body::Unknown { kind, .. } => Some(kind),
            _ => None,
        }
    }

    pub(crate) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    pub(crate) fn bearings(&self) -> &[Bearing] {
        self.rare.as_ref().map_or(&[], |rare| &rare.bearings)
    }

    pub(crate) fn exhibits(&self) -> &[ExhibitRef] {
        self.rare.as_ref().map_or(&[], |rare| &rare.exhibits)
    }

    /// Of a correction that can take effect: what it corrects, in the end.
    pub(crate) fn stands_for(&self) -> Option<At> {
        self.rare.as_ref()?.stands_for
    }

    pub(crate) fn replacement(&self) -> Option<&Encoded> {
        self.rare.as_ref()?.replacement.as_ref()
    }
}
