//! Reference data that findings compute with, each with its source: places, tables of them, and conversion
//! factors.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Prose, Text, Words};
use crate::ids::Locode;
use crate::provenance::{Hold, Provenance};
use crate::time::{When, Zone};
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

/// What a gazetteer tells of. Variant order is frozen.
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
pub enum Gazetted {
    /// Ports with their places.
    Ports,
    /// Where the land ends.
    Shoreline,
}

/// A table of places as it stood on a day, held as a file: what computes with places names it. Class 2, kind
/// `gazetteer`.
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
pub struct Gazetteer {
    /// What it tells of.
    pub what: Gazetted,
    /// Its title.
    pub title: Words,
    /// Who publishes it.
    pub publisher: Option<Words>,
    /// Which edition, as its publisher calls it.
    pub edition: Option<Words>,
    /// In which format the file is, as wpi-csv or geojson.
    pub format: Option<Keyword>,
    /// Where it was found.
    pub url: Option<Text<2000>>,
    /// When it was published.
    pub published: Option<When>,
    /// When it was fetched.
    pub captured: Option<When>,
    /// How many ports or stretches of land it has.
    pub rows: Option<u64>,
    /// Whether and how it is held.
    #[serde(default)]
    pub hold: Hold,
    /// Anything else, in words.
    pub note: Option<Prose>,
}
