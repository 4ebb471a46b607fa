//! Reference data that findings compute with, each with its source: places and conversion factors.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Words};
use crate::ids::Locode;
use crate::provenance::Provenance;
use crate::time::Zone;
use crate::units::{Position, Share, Unit};
use crate::wire::Slots;

use super::quantities::ProductClass;

/// A port of a gazetteer. Class 2, kind `port`.
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
pub struct Port {
    /// Its UN/LOCODE.
    pub locode: Locode,
    /// Its names: at least one.
    pub names: List<Words, 32>,
    /// Where it is.
    pub position: Option<Position>,
    /// How far the position may be off, in metres.
    pub uncertainty_m: Option<u32>,
    /// What its clocks show, all year round; `None` is not stated.
    #[serde(default)]
    pub zone: Zone,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// What one unit of a product makes in another, by a source. There is no official table. Class 2, kind
/// `conversion-factor`.
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
pub struct ConversionFactor {
    /// The unit that is converted.
    pub from: Unit,
    /// The unit that it is converted to.
    pub to: Unit,
    /// Of which product.
    pub product: ProductClass,
    /// How many of the second make one of the first, as a fraction: 7.6 is `76/10`.
    pub factor: Share,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
