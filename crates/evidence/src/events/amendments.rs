//! Amendments: what they do and to which entries stands in the envelope, why and with what
//! replacement stands here.

use std::borrow::Cow;

use bincode::{Decode, Encode};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use seaproof_ledger::ids::{Class, to_hex};
use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bounded::{Keyword, List, Prose};
use crate::event::{Event, Malformed};
use crate::provenance::Basis;
use crate::wire::Slots;

/// The event that stands in the place of a corrected one: of the target's kind, with references
/// into the envelope of the correction. Kept as bytes, so that the type holds no event in itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Replacement {
    /// Its kind.
    pub kind: Keyword,
    /// The version of its encoding.
    pub version: u16,
    /// Its bytes.
    pub event: Vec<u8>,
}

impl Replacement {
    /// Wraps an event.
    pub fn of(event: &Event) -> Option<Self> {
        let (version, bytes) = event.written();
        Some(Self {
            kind: event.kind().parse().ok()?,
            version,
            event: bytes,
        })
    }

    /// The event, if its slots lie within `slots`; `None` for a kind or version not known here.
    ///
    /// # Errors
    /// [`Malformed`] as for every event.
    pub fn read(&self, slots: Slots) -> Option<Result<Event, Malformed>> {
        let class = |kind: &str| Event::KINDS.iter().find(|(known, _)| *known == kind);
        // Before anything is read: replacements within replacements could go on for ever.
        if class(self.kind.as_str()).is_some_and(|(_, class)| *class != Class::Evidence) {
            return Some(Err(Malformed::cannot_replace(self.kind.as_str())));
        }
        Event::from_bytes(self.kind.as_str(), self.version, &self.event, slots)
    }
}

/// In JSON the event itself; one that is not known here as its kind, version and bytes.
impl Serialize for Replacement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(Ok(event)) = self.read(Slots::ANY) {
            return event.serialize(serializer);
        }
        let mut fields = serializer.serialize_struct("Replacement", 3)?;
        fields.serialize_field("kind", &self.kind)?;
        fields.serialize_field("version", &self.version)?;
        fields.serialize_field("bytes", &to_hex(&self.event))?;
        fields.end()
    }
}

impl<'de> Deserialize<'de> for Replacement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Event::deserialize(deserializer)?;
        if event.class() != Class::Evidence {
            return Err(D::Error::custom(Malformed::cannot_replace(event.kind())));
        }
        Self::of(&event).ok_or_else(|| D::Error::custom("no kind"))
    }
}

impl JsonSchema for Replacement {
    fn schema_name() -> Cow<'static, str> {
        "replacement".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // The definition is the batch's own: it knows the kinds.
        schemars::json_schema!({"$ref": "#/$defs/replacement"})
    }
    fn inline_schema() -> bool {
        true
    }
}

/// Replaces what one entry says. Class 3, relation *corrects*, one target; kind `corrected`.
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
pub struct Corrected {
    /// Why.
    pub reason: Prose,
    /// What it should have said.
    pub replacement: Replacement,
}

/// Withdraws entries. Class 3, relation *retracts*; kind `retracted`.
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
#[serde(deny_unknown_fields)]
pub struct Retracted {
    /// Why.
    pub reason: Prose,
}

/// Contests entries, which stay. Class 3, relation *disputes*; kind `disputed`.
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
pub struct Disputed {
    /// Why.
    pub reason: Prose,
    /// On what that rests.
    #[serde(default)]
    pub basis: List<Basis, 256>,
}

/// Which openings of an entry.
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
pub enum Erased {
    /// What it says.
    Facts,
    /// How that was obtained.
    Source,
    /// Both.
    Both,
}

/// Erases openings of entries from the ledger. Class 3, relation *redacts*; kind `redacted`.
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
#[serde(deny_unknown_fields)]
pub struct Redacted {
    /// Why.
    pub reason: Prose,
    /// What is erased.
    pub erases: Erased,
}
