//! What a redaction takes, and what a record becomes (FORMAT.md §24).
//!
//! Only the rule and the bytes. Who finds what is unfinished is [`crate::verify`], who erases it
//! [`crate::writer`].

use crate::encoding::EncodingError;
use crate::facts::{Amendment, Facts, Relation};
use crate::ids::{AuthorKey, Class, EntryIndex};
use crate::log::RawRecord;
use crate::opening::Openings;
use crate::record::encode_record;

/// Some of the two openings of an entry.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    bincode::Encode,
    bincode::Decode,
)]
pub struct Parts {
    /// What it says.
    pub facts: bool,
    /// How that was obtained.
    pub source: bool,
}

impl Parts {
    /// Whether there is any.
    pub const fn any(self) -> bool {
        self.facts || self.source
    }

    /// Those in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            facts: self.facts && other.facts,
            source: self.source && other.source,
        }
    }

    /// Those in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            facts: self.facts || other.facts,
            source: self.source || other.source,
        }
    }

    /// Those not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self {
            facts: self.facts && !other.facts,
            source: self.source && !other.source,
        }
    }

    /// How many.
    pub const fn count(self) -> u64 {
        self.facts as u64 + self.source as u64
    }

    /// In words, to stand before a plural verb.
    pub const fn words(self) -> &'static str {
        match (self.facts, self.source) {
            (true, true) => "facts and source",
            (true, false) => "facts",
            (false, true) => "source",
            (false, false) => "openings",
        }
    }
}

/// Openings that are redacted: whose, which, and by which entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redacted {
    /// The entry whose openings they are.
    pub entry: EntryIndex,
    /// Which of them.
    pub parts: Parts,
    /// The entry that redacts them.
    pub by: EntryIndex,
}

/// What an amendment asks to be erased; nothing if it does not redact.
pub fn named(amendment: &Amendment) -> Parts {
    match amendment.relation {
        Relation::Redacts { facts, source } => Parts { facts, source },
        Relation::Corrects | Relation::Retracts | Relation::Disputes => Parts::default(),
    }
}

/// Whether an entry with these facts redacts others.
pub fn redacts(facts: &Facts) -> bool {
    facts
        .amendment
        .as_ref()
        .is_some_and(|amendment| named(amendment).any())
}

/// What of an entry a redaction can take at all: never the facts of classes 0 and 1, nor those of an entry that
/// redacts. `facts` are the entry's own, where they can be read.
pub fn within_reach(class: Class, facts: Option<&Facts>) -> Parts {
    let governs = matches!(class, Class::Genesis | Class::Governance);
    Parts {
        facts: !governs && !facts.is_some_and(redacts),
        source: true,
    }
}

/// Whether somebody can redact what another wrote: its author, or a custodian in force.
pub fn entitled(by: &AuthorKey, custodian: bool, author: &AuthorKey) -> bool {
    custodian || by == author
}

/// Appends to `out` what a record becomes without these openings: flags and leaf stay.
///
/// # Errors
/// The openings cannot be told apart.
pub(crate) fn erase_to(
    out: &mut Vec<u8>,
    record: &RawRecord<'_>,
    parts: Parts,
) -> Result<(), EncodingError> {
    let openings = Openings::decode(record.openings())?;
    let left = Openings {
        facts: openings.facts.filter(|_| !parts.facts),
        source: openings.source.filter(|_| !parts.source),
    };
    encode_record(out, record.header.flags, |out| {
        out.extend_from_slice(&record.leaf().0);
        left.encode_to(out);
    });
    Ok(())
}

/// Which openings of a record are present; none if they cannot be told apart.
pub(crate) fn present(record: &RawRecord<'_>) -> Parts {
    Openings::decode(record.openings()).map_or(Parts::default(), |openings| Parts {
        facts: openings.facts.is_some(),
        source: openings.source.is_some(),
    })
}
