//! Amendments: what they do and to which entries stands in the envelope, why and with what
//! replacement stands here.

use std::borrow::Cow;

use bincode::{Decode, Encode};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use seaproof_ledger::ids::Class;
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
        Some(Self {
            kind: event.kind().parse().ok()?,
            version: event.version(),
            event: event.to_bytes(),
        })
    }

    /// The event, if its slots lie within `slots`; `None` for a kind or version not known here.
    ///
    /// # Errors
    /// [`Malformed`] as for every event.
    pub fn read(&self, slots: Slots) -> Option<Result<Event, Malformed>> {
        Event::from_bytes(self.kind.as_str(), self.version, &self.event, slots)
    }
}

/// In JSON the event itself.
impl Serialize for Replacement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.read(Slots::ANY) {
            Some(Ok(event)) => event.serialize(serializer),
            _ => Err(serde::ser::Error::custom(format!(
                "the replacement's kind {} version {} cannot be read here",
                self.kind, self.version
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Replacement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Event::deserialize(deserializer)?;
        if event.class() != Class::Evidence {
            return Err(serde::de::Error::custom(format!(
                "{} cannot replace anything; give an event of the target's kind",
                event.kind()
            )));
        }
        Self::of(&event).ok_or_else(|| serde::de::Error::custom("no kind"))
    }
}

impl JsonSchema for Replacement {
    fn schema_name() -> Cow<'static, str> {
        Event::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Event>()
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
