//! An entry read back: a record's bytes taken apart and checked against themselves.
//!
//! One entry by itself: canonical bytes and commitments. Its place in the log, its author's chain and its
//! signature are judged elsewhere.

use crate::encoding::EncodingError;
use crate::facts::Facts;
use crate::ids::{Class, EntryId, EntryIndex, TreeHash};
use crate::log::{LogError, Position, RawRecord};
use crate::opening::{Opening, Openings, Part, Place, Source, commit};
use crate::statement::{Leaf, Statement};

/// An opening of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disclosed<T> {
    /// Present, and what was committed to.
    Present(T),
    /// Present and what was committed to, in a version that this program does not read.
    Newer,
    /// Withheld or redacted.
    Absent,
}

impl<T> Disclosed<T> {
    /// The content, if present and known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Newer | Self::Absent => None,
        }
    }
}

/// An entry whose bytes are canonical and whose openings are those committed to.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its index.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
    /// Its leaf hash.
    pub leaf_hash: TreeHash,
    /// Its bytes in the tree.
    pub leaf: Leaf,
    /// What its author signed.
    pub statement: Statement,
    /// What it says.
    pub facts: Disclosed<Facts>,
    /// How that was obtained.
    pub source: Disclosed<Source>,
    /// Where its record begins.
    pub position: Position,
    /// Length of its record.
    pub length: u32,
}

/// Why a record is not an entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The CRC does not fit.
    #[error(transparent)]
    Record(#[from] LogError),
    /// The statement is not canonical.
    #[error("the statement: {0}")]
    Statement(#[source] EncodingError),
    /// Genesis elsewhere than at #0, or something else there.
    #[error("class {} at {index}: genesis stands at #0 and only there", *.class as u8)]
    Genesis {
        /// Where.
        index: EntryIndex,
        /// The class found.
        class: Class,
    },
    /// The openings are not well-formed.
    #[error("the openings: {0}")]
    Openings(#[source] EncodingError),
    /// An opening is not the one committed to.
    #[error("the {} are not what the author committed to", match part { Part::Facts => "facts", Part::Source => "source's bytes" })]
    Commitment {
        /// Which.
        part: Part,
        /// The signed commitment.
        expected: crate::ids::Commitment,
        /// What the bytes give.
        actual: crate::ids::Commitment,
    },
    /// The facts are not canonical.
    #[error("the facts: {0}")]
    Facts(#[source] EncodingError),
    /// The source is not canonical.
    #[error("the source: {0}")]
    Source(#[source] EncodingError),
}

/// What an entry says, and how that was obtained: each for itself, as far as it is disclosed and sound.
#[derive(Debug)]
pub struct Content {
    /// What it says.
    pub facts: Result<Disclosed<Facts>, EntryError>,
    /// How that was obtained.
    pub source: Result<Disclosed<Source>, EntryError>,
}

/// The statement of a record.
///
/// # Errors
/// It is not canonical, or genesis stands elsewhere than at #0.
pub fn parse_statement(record: &RawRecord<'_>) -> Result<Statement, EntryError> {
    statement_at(&record.leaf(), record.index)
}

/// The statement of the leaf at this place.
///
/// # Errors
/// It is not canonical, or genesis stands elsewhere than at #0.
pub fn statement_at(leaf: &Leaf, index: EntryIndex) -> Result<Statement, EntryError> {
    let statement = Statement::decode(leaf.statement()).map_err(EntryError::Statement)?;
    if (statement.class == Class::Genesis) != (index.0 == 0) {
        return Err(EntryError::Genesis {
            index,
            class: statement.class,
        });
    }
    Ok(statement)
}

/// The openings of a record, checked against the statement's commitments.
///
/// # Errors
/// They cannot be told apart. What is wrong with one of them stands in its place.
pub fn parse_content(record: &RawRecord<'_>, statement: &Statement) -> Result<Content, EntryError> {
    let openings = Openings::decode(record.openings()).map_err(EntryError::Openings)?;
    Ok(disclose(&openings, statement))
}

/// What openings say, checked against the statement's commitments.
pub fn disclose(openings: &Openings<'_>, statement: &Statement) -> Content {
    let place = Place {
        ledger: statement.ledger,
        key: statement.key,
        seq: statement.seq,
    };
    let committed = |part, opening: &Opening<'_>, expected| {
        let actual = commit(part, place, &opening.salt, opening.bytes);
        match actual == expected {
            true => Ok(()),
            false => Err(EntryError::Commitment {
                part,
                expected,
                actual,
            }),
        }
    };
    let facts = |opening: Opening<'_>| {
        committed(Part::Facts, &opening, statement.facts)?;
        let facts = Facts::decode(opening.bytes, statement.class).map_err(EntryError::Facts)?;
        Ok(facts.map_or(Disclosed::Newer, Disclosed::Present))
    };
    let source = |opening: Opening<'_>| {
        committed(Part::Source, &opening, statement.source)?;
        let source = Source::decode(opening.bytes).map_err(EntryError::Source)?;
        Ok(source.map_or(Disclosed::Newer, Disclosed::Present))
    };
    Content {
        facts: openings.facts.map_or(Ok(Disclosed::Absent), facts),
        source: openings.source.map_or(Ok(Disclosed::Absent), source),
    }
}

impl Entry {
    /// Takes a record apart.
    ///
    /// # Errors
    /// The first thing that is wrong with the entry by itself.
    pub fn parse(record: &RawRecord<'_>) -> Result<Self, EntryError> {
        record.check_crc()?;
        let leaf = record.leaf();
        let statement = parse_statement(record)?;
        let content = parse_content(record, &statement)?;
        Ok(Self {
            index: record.index,
            id: leaf.entry_id(),
            leaf_hash: leaf.hash(),
            leaf,
            statement,
            facts: content.facts?,
            source: content.source?,
            position: Position {
                segment: record.segment,
                offset: record.offset,
                index: record.index,
            },
            length: record.bytes.len() as u32,
        })
    }
}
