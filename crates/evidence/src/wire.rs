//! Event bytes: how checked values and references stand in them.
//!
//! Event bytes hold no entry ids and no hashes: they refer by position to the two lists of their
//! envelope (FORMAT.md §6), so that every reference can be seen without the vocabulary.

use bincode::de::{Decode, Decoder};
use bincode::error::DecodeError;

/// Lengths of the envelope's lists that event bytes refer to. Decoding refuses positions beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// Entries that the envelope refers to.
    pub entries: usize,
    /// Exhibits that the envelope names.
    pub exhibits: usize,
}

impl Slots {
    /// Lengths that allow every position.
    pub const ANY: Self = Self {
        entries: usize::MAX,
        exhibits: usize::MAX,
    };
}

/// An entry that an event refers to: position in the envelope's references, from 0. The referring
/// event's [`crate::Said::entry`] resolves it. In JSON it is the entry's name.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    bincode::Encode,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct EntrySlot(pub u16);

/// An exhibit that an event names: position in the envelope's exhibits, from 0. The naming event's
/// [`crate::Said::exhibit`] resolves it. In JSON it is the file's path.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    bincode::Encode,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct ExhibitSlot(pub u16);

impl Decode<Slots> for EntrySlot {
    fn decode<D: Decoder<Context = Slots>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let slot = u16::decode(decoder)?;
        in_range(slot, decoder.context().entries, "reference").map(Self)
    }
}

impl Decode<Slots> for ExhibitSlot {
    fn decode<D: Decoder<Context = Slots>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let slot = u16::decode(decoder)?;
        in_range(slot, decoder.context().exhibits, "exhibit").map(Self)
    }
}

bincode::impl_borrow_decode_with_context!(EntrySlot, Slots);
bincode::impl_borrow_decode_with_context!(ExhibitSlot, Slots);

fn in_range(slot: u16, length: usize, what: &str) -> Result<u16, DecodeError> {
    if usize::from(slot) < length {
        Ok(slot)
    } else {
        Err(DecodeError::OtherString(format!(
            "{what} {slot} of an envelope that has {length}"
        )))
    }
}

macro_rules! named_in_json {
    ($name:ident, $what:literal) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "minLength": 1, "description": $what})
            }
        }
    };
}
named_in_json!(
    EntrySlot,
    "An entry: a label, #N, or a prefix of the entry id"
);
named_in_json!(ExhibitSlot, "The path of a file, relative to the batch");

/// Gives a type the encoding of another, from which it is read by a check.
macro_rules! encoded_as {
    ($name:ident, $repr:ty) => {
        impl bincode::Encode for $name {
            fn encode<E: bincode::enc::Encoder>(
                &self,
                encoder: &mut E,
            ) -> Result<(), bincode::error::EncodeError> {
                bincode::Encode::encode(&<$repr>::from(self), encoder)
            }
        }

        impl<C> bincode::Decode<C> for $name {
            fn decode<D: bincode::de::Decoder<Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, bincode::error::DecodeError> {
                let repr = <$repr as bincode::Decode<C>>::decode(decoder)?;
                <$name>::try_from(repr)
                    .map_err(|error| bincode::error::DecodeError::OtherString(error.to_string()))
            }
        }

        bincode::impl_borrow_decode!($name);
    };
}
pub(crate) use encoded_as;
