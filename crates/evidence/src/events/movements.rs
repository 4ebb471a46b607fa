//! What ships did, or are said to have done. Each its own fact: moored is not loading.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Words};
use crate::provenance::Provenance;
use crate::time::When;
use crate::units::{CountRange, Place};
use crate::wire::{EntrySlot, Slots};

use super::quantities::{Product, Telling};

/// A vessel or some of a group was seen. Class 2, kind `sighting`.
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
pub struct Sighting {
    /// The vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// Where.
    pub place: Place,
    /// When.
    pub when: Option<When>,
    /// What it was doing, in words.
    pub status: Option<Words>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A call at a port: arrival and departure as far as they are told. Class 2, kind `port-call`.
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
pub struct PortCall {
    /// The vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// Where.
    pub place: Place,
    /// When it came; `None` is not stated.
    pub arrival: Option<When>,
    /// When it left; `None` is not stated.
    pub departure: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// Cargo taken on or given off. Class 2, kinds `loading` and `unloading`.
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
pub struct CargoMove {
    /// The vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// The port call or sighting during which it happened.
    pub during: Option<EntrySlot>,
    /// Where, if nothing says it already.
    pub place: Option<Place>,
    /// What was moved.
    pub product: Product,
    /// How much of it.
    pub quantity: Option<Telling>,
    /// When.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A vessel or some of a group set out. Class 2, kind `departure`.
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
pub struct Departure {
    /// The vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// From where.
    pub place: Place,
    /// For where.
    pub bound_for: Option<Place>,
    /// When.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// On what it rests that a transmission would have been received. Variant order is frozen.
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
pub enum Coverage {
    /// Not stated, and shown so.
    #[default]
    NotStated,
    /// A recorded track with its receivers.
    Track(EntrySlot),
    /// In words.
    Words(Words),
}

/// That no AIS was received, or that it is said to have been off. Class 2, kind `ais-silence`.
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
pub struct AisSilence {
    /// The vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// When.
    pub when: Option<When>,
    /// In which part of the voyage, in words.
    pub phase: Option<Words>,
    /// What shows that it would have been heard.
    #[serde(default)]
    pub coverage: Coverage,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// What a listing imposes. Variant order is frozen.
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
pub enum Measure {
    /// No entry into ports.
    PortBan,
    /// Assets frozen; by itself no port ban.
    AssetFreeze,
    /// To be struck off its flag's register.
    Deflag,
    /// Any other.
    Other,
}

/// A measure as somebody tells it.
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
pub struct SaidMeasure {
    /// Which.
    pub measure: Measure,
    /// In whose words or understanding.
    pub says: Option<Words>,
}

/// Said to be on a list, by somebody; no list was consulted. Class 2, kind `said-listed`.
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
pub struct SaidListed {
    /// The vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// Whose list.
    pub authority: Words,
    /// Which list, in words; `None` is not stated.
    pub list: Option<Words>,
    /// What the listing is said to impose.
    #[serde(default)]
    pub measures: List<SaidMeasure, 16>,
    /// When it held.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// What a vessel did in a transfer. Variant order is frozen.
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
pub enum TransferRole {
    /// Not stated.
    #[default]
    NotStated,
    /// It gave.
    Giver,
    /// It received.
    Receiver,
}

/// Cargo moved from ship to ship. Class 2, kind `ship-to-ship-transfer`.
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
pub struct ShipToShipTransfer {
    /// One vessel or group.
    pub about: EntrySlot,
    /// How many of a group; `None`: all of what it is about.
    pub count: Option<CountRange>,
    /// The source's word for how many.
    pub says: Option<Words>,
    /// What the vessel that it is about did.
    #[serde(default)]
    pub role: TransferRole,
    /// The other vessel or group; `None` is not known.
    pub with: Option<EntrySlot>,
    /// Where.
    pub place: Option<Place>,
    /// What was moved.
    pub product: Product,
    /// How much of it.
    pub quantity: Option<Telling>,
    /// When.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
