//! What every statement carries besides its content: how we hold it, who made it, on what it
//! rests, how sure its recorder is; and whether and in which form a thing is held.
//!
//! Who records it and when stands in the statement itself, below this vocabulary.

mod locator;

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Prose, Text, Words};
use crate::wire::{EntrySlot, ExhibitSlot, Slots};

pub use locator::{Lines, LinesError, Locator, Region};

/// How a statement is held or was made. Variant order is frozen.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Seen or measured.
    Observed,
    /// Told by somebody else.
    Reported,
    /// Worked out as a number.
    Estimated,
    /// Filed by a state.
    Notified,
    /// Concluded.
    Inferred,
}

/// Who made a statement. Variant order is frozen.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[bincode(decode_context = "Slots")]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Not stated.
    #[default]
    NotStated,
    /// The author of this entry.
    Recorder,
    /// The maker of a document, image or the like that has an entry.
    Entry(EntrySlot),
    /// Named in words.
    Words(Words),
}

/// Who made a statement and how, before it came to us. A paper reports what a think tank
/// estimates: that is [`Provenance::mode`] *reported* with an origin of mode *estimated*.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[bincode(decode_context = "Slots")]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Who.
    #[serde(default)]
    pub who: Who,
    /// How; `None` is not stated.
    pub mode: Option<Mode>,
    /// By which method, in words.
    pub method: Option<Words>,
}

/// One thing that a statement rests on. Variant order is frozen.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[bincode(decode_context = "Slots")]
#[serde(try_from = "BasisFields", into = "BasisFields")]
#[schemars(with = "BasisFields")]
pub enum Basis {
    /// An entry, and if it holds several files, which of them.
    Entry {
        /// The entry.
        of: EntrySlot,
        /// One of its files; this entry names it too.
        file: Option<ExhibitSlot>,
        /// Where inside.
        at: Option<Locator>,
    },
    /// A file that this entry itself brings.
    Exhibit {
        /// The file.
        file: ExhibitSlot,
        /// Where inside.
        at: Option<Locator>,
    },
    /// Something without an entry, in words.
    Cited(Words),
}

/// [`Basis`] as JSON has it.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Basis")]
struct BasisFields {
    /// The entry it rests on.
    of: Option<EntrySlot>,
    /// The file it rests on.
    file: Option<ExhibitSlot>,
    /// Where inside.
    at: Option<Locator>,
    /// Something without an entry, in words; stands alone.
    cited: Option<Words>,
}

impl TryFrom<BasisFields> for Basis {
    type Error = &'static str;
    fn try_from(fields: BasisFields) -> Result<Self, &'static str> {
        let BasisFields {
            of,
            file,
            at,
            cited,
        } = fields;
        match (of, file, at, cited) {
            (Some(of), file, at, None) => Ok(Self::Entry { of, file, at }),
            (None, Some(file), at, None) => Ok(Self::Exhibit { file, at }),
            (None, None, None, Some(words)) => Ok(Self::Cited(words)),
            _ => Err("a basis is {of, at}, {file, at}, {of, file, at} or {cited} alone"),
        }
    }
}

impl From<Basis> for BasisFields {
    fn from(basis: Basis) -> Self {
        let (of, file, at, cited) = match basis {
            Basis::Entry { of, file, at } => (Some(of), file, at, None),
            Basis::Exhibit { file, at } => (None, Some(file), at, None),
            Basis::Cited(words) => (None, None, None, Some(words)),
        };
        Self {
            of,
            file,
            at,
            cited,
        }
    }
}

/// How sure the recorder is of the content. Variant order is frozen.
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
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ConfidenceLevel {
    /// Not assessed.
    #[default]
    NotAssessed,
    /// More likely false than true.
    Doubtful,
    /// May be so.
    Possible,
    /// More likely true than false.
    Probable,
    /// Shown by independent evidence.
    Confirmed,
}

/// The recorder's confidence in the content, and why.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// On the fixed scale.
    #[serde(default)]
    pub level: ConfidenceLevel,
    /// Why.
    pub reason: Option<Prose>,
}

/// What every statement about the world carries.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[bincode(decode_context = "Slots")]
pub struct Provenance {
    /// How we hold it.
    pub mode: Mode,
    /// Who made it, and how.
    #[serde(default)]
    pub origin: Origin,
    /// What it rests on.
    #[serde(default)]
    pub basis: List<Basis, 256>,
    /// How sure its recorder is.
    #[serde(default)]
    pub confidence: Confidence,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// In which form a file is held. Variant order is frozen.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// As its maker made it.
    Original,
    /// Taken from the web or a screen.
    Capture,
    /// A copy of the original.
    Copy,
    /// A part of it.
    Extract,
    /// Its words, typed.
    Transcript,
    /// Its words in another language.
    Translation,
    /// The investigator's own notes on it; never shown as the thing itself.
    OwnNotes,
}

/// A file that is an exhibit of the entry.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[bincode(decode_context = "Slots")]
#[serde(deny_unknown_fields)]
pub struct HeldFile {
    /// The exhibit.
    pub file: ExhibitSlot,
    /// In which form it holds the thing.
    pub form: Form,
    /// Its name where it came from.
    pub name: Option<Text<255>>,
    /// Its media type (RFC 6838), as told.
    pub media_type: Option<Text<127>>,
}

/// Whether a thing is held. Four different things that look different everywhere. Variant order is
/// frozen.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[bincode(decode_context = "Slots")]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// Not stated.
    #[default]
    NotStated,
    /// Known of and not held.
    Cited,
    /// Held and not given.
    Withheld,
    /// Held as exhibits of this entry: at least one.
    Held(List<HeldFile, 64>),
}
