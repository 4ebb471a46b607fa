//! The facts opening: an envelope that the ledger reads around event bytes that it does not
//! (FORMAT.md §6).

use std::collections::BTreeSet;

use crate::encoding::{self, EncodingError};
use crate::governance::RESERVED_KINDS;
use crate::ids::{Class, EntryId, ExhibitRef};
use crate::opening::{FACTS_MAX, excerpt, is_name, newer_version};

/// How an amendment bears on its targets. Variant order is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, bincode::Encode, bincode::Decode)]
pub enum Relation {
    /// Replaces what the targets say. Encoded as 0.
    Corrects,
    /// Withdraws the targets. Encoded as 1.
    Retracts,
    /// Contests the targets, which stay. Encoded as 2.
    Disputes,
    /// Erases openings of the targets, at least one of the two. Encoded as 3.
    Redacts {
        /// Their facts.
        facts: bool,
        /// Their sources.
        source: bool,
    },
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

/// The most exhibits that an entry names.
pub const EXHIBITS_MAX: usize = 1_024;
/// The most references that an entry has.
pub const REFS_MAX: usize = 4_096;
/// The most targets that an amendment has.
pub const TARGETS_MAX: usize = 256;

impl Facts {
    /// The facts' bytes.
    pub fn encode(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// Reads the facts of an entry of this class; `None` if the envelope's version is above 1.
    ///
    /// # Errors
    /// Not canonical, or against a rule of FORMAT.md §6.
    pub fn decode(bytes: &[u8], class: Class) -> Result<Option<Self>, EncodingError> {
        if newer_version(bytes)? {
            if class == Class::Genesis {
                return Err(EncodingError::Rule(
                    "the facts of genesis have version 1".into(),
                ));
            }
            return Ok(None);
        }
        let facts: Self = encoding::decode(bytes, FACTS_MAX)?;
        facts.check(class)?;
        Ok(Some(facts))
    }

    /// Checks the rules of FORMAT.md §6 for an entry of this class.
    ///
    /// # Errors
    /// The first rule that is broken, in words.
    pub fn check(&self, class: Class) -> Result<(), EncodingError> {
        let rule = |text: String| Err(EncodingError::Rule(text));
        if !is_name(&self.kind, 64, b"-") {
            return rule(format!(
                "kind {:?}: 1 to 64 of a-z, 0-9, -, beginning with a letter",
                excerpt(&self.kind)
            ));
        }
        if self.kind_version == 0 {
            return rule(format!("kind {:?} has version 0", excerpt(&self.kind)));
        }
        if let Some(label) = &self.label {
            check_label(label)?;
        }
        match RESERVED_KINDS.iter().find(|(kind, _)| *kind == self.kind) {
            Some((_, expected)) if *expected != class => {
                return rule(format!(
                    "kind {:?} belongs to class {}, not {}",
                    self.kind, *expected as u8, class as u8
                ));
            }
            Some(_) if class == Class::Genesis && self.kind_version != 1 => {
                return rule(format!("genesis has kind version {}", self.kind_version));
            }
            None if class == Class::Genesis => {
                return rule(format!(
                    "kind {:?} in the genesis entry",
                    excerpt(&self.kind)
                ));
            }
            _ => {}
        }
        distinct(
            "exhibits",
            EXHIBITS_MAX,
            self.exhibits.iter().map(|e| e.hash),
        )?;
        distinct("references", REFS_MAX, self.refs.iter())?;
        match (&self.amendment, class) {
            (Some(amendment), Class::Amendment) => {
                if amendment.targets.is_empty() {
                    return rule("an amendment without a target".into());
                }
                distinct("targets", TARGETS_MAX, amendment.targets.iter())?;
                if let Relation::Redacts {
                    facts: false,
                    source: false,
                } = amendment.relation
                {
                    return rule("a redaction of nothing".into());
                }
                Ok(())
            }
            (None, Class::Amendment) => rule("an amendment without relation and targets".into()),
            (Some(_), _) => rule(format!(
                "relation and targets in an entry of class {}",
                class as u8
            )),
            (None, _) => Ok(()),
        }
    }
}

/// Checks that a text can be a label.
///
/// # Errors
/// What a label may be.
pub fn check_label(label: &str) -> Result<(), EncodingError> {
    if is_name(label, 64, b"-_.") {
        return Ok(());
    }
    Err(EncodingError::Rule(format!(
        "label {:?}: 1 to 64 of a-z, 0-9, -, _, ., beginning with a letter",
        excerpt(label)
    )))
}

fn distinct<T: Ord>(
    what: &str,
    most: usize,
    items: impl ExactSizeIterator<Item = T>,
) -> Result<(), EncodingError> {
    let count = items.len();
    if count > most {
        return Err(EncodingError::Rule(format!(
            "{count} {what}, at most {most} are allowed"
        )));
    }
    let unique: BTreeSet<T> = items.collect();
    if unique.len() != count {
        return Err(EncodingError::Rule(format!("{what} that are given twice")));
    }
    Ok(())
}
