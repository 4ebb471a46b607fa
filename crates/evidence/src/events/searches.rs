//! What was looked for and not found. Without such an entry no finding says "un-".

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Words};
use crate::provenance::Provenance;
use crate::time::When;
use crate::units::Place;
use crate::wire::{EntrySlot, Slots};

use super::quantities::{Party, ProductClass};

/// What was looked for.
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
pub struct Sought {
    /// Which kind of thing, as `notification`, `listed`, `port-call`, `ais-track`.
    pub kind: Keyword,
    /// About which things.
    #[serde(default)]
    pub about: List<EntrySlot, 64>,
    /// By which supplier.
    #[serde(default)]
    pub supplier: Party,
    /// To which receiver.
    #[serde(default)]
    pub receiver: Party,
    /// Of which product.
    #[serde(default)]
    pub product: ProductClass,
    /// Of which time.
    pub period: Option<When>,
    /// Where.
    pub place: Option<Place>,
    /// In words.
    pub words: Option<Words>,
}

/// That something was looked for and not found. Class 2, kind `absence`.
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
pub struct Absence {
    /// What.
    pub looked_for: Sought,
    /// In what: documents, lists, tracks, images.
    #[serde(default)]
    pub looked_in: List<EntrySlot, 64>,
    /// As what was looked in stood, or was seen, when.
    pub as_seen: When,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
