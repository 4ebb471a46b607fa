//! The facts opening: an envelope that the ledger reads around event bytes that it does not
//! (FORMAT.md §6).

use crate::ids::{EntryId, ExhibitRef};

/// How an amendment bears on its targets. Variant order is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, bincode::Encode, bincode::Decode)]
pub enum Relation {
    /// Replaces what the targets say. Encoded as 0.
    Corrects,
    /// Withdraws the targets. Encoded as 1.
    Retracts,
    /// Contests the targets, which stay. Encoded as 2.
    Disputes,
    /// Erases openings of the targets. Encoded as 3.
    Redacts,
}

/// The part of an amendment that the ledger itself reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, bincode::Encode, bincode::Decode)]
pub struct Amendment {
    /// What it does.
    pub relation: Relation,
    /// To which entries: 1 to 256, distinct.
    pub targets: Vec<EntryId>,
}

/// What an entry says: an envelope around event bytes. Field order is the encoding's.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct Facts {
    /// Version of this envelope: 1.
    pub version: u16,
    /// The event's kind: 1 to 64 of `a-z`, `0-9`, `-`, beginning with a letter.
    pub kind: String,
    /// Version of the event bytes' encoding, from 1, per kind.
    pub kind_version: u16,
    /// A name for this entry, unique in the ledger: 1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`,
    /// beginning with a letter.
    pub label: Option<String>,
    /// Exhibits that the entry names, at most 1,024, distinct. The event bytes refer to them by
    /// position.
    pub exhibits: Vec<ExhibitRef>,
    /// Lower entries that the event refers to, at most 4,096, distinct. The event bytes refer to
    /// them by position.
    pub refs: Vec<EntryId>,
    /// Present in class 3 and only there.
    pub amendment: Option<Amendment>,
    /// The event, encoded by the vocabulary's owner; opaque here.
    pub event: Vec<u8>,
}

/// A reference that may still lie in the batch being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reference {
    /// An entry already in the ledger.
    Entry(EntryId),
    /// The draft at this position of the same batch, counted from 0, before the one that refers.
    Draft(usize),
}

/// Facts before they are sealed: references may still point into the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFacts {
    /// See [`Facts::kind`].
    pub kind: String,
    /// See [`Facts::kind_version`].
    pub kind_version: u16,
    /// See [`Facts::label`].
    pub label: Option<String>,
    /// See [`Facts::exhibits`].
    pub exhibits: Vec<ExhibitRef>,
    /// See [`Facts::refs`].
    pub refs: Vec<Reference>,
    /// Relation and targets of an amendment.
    pub amendment: Option<(Relation, Vec<Reference>)>,
    /// See [`Facts::event`].
    pub event: Vec<u8>,
}
