//! What evidence is made of: documents, images, tracks. Not what they say.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Prose, Text, Words};
use crate::ids::{Language, Mmsi};
use crate::provenance::{Hold, Locator, Provenance, Region};
use crate::time::When;
use crate::units::{CountRange, Position};
use crate::wire::{EntrySlot, Slots};

use super::decoding::Decoding;

/// A report, article, resolution, page, list or book. Class 2, kind `document`.
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
pub struct Document {
    /// Its title.
    pub title: Option<Words>,
    /// Who published it.
    pub publisher: Option<Words>,
    /// Where it was found.
    pub url: Option<Text<2000>>,
    /// Its language.
    pub language: Option<Language>,
    /// When it was published.
    pub published: Option<When>,
    /// When it was captured; `None` is not stated.
    pub captured: Option<When>,
    /// When it was seen, by whoever tells of it.
    pub seen: Option<When>,
    /// Whether and how it is held.
    #[serde(default)]
    pub hold: Hold,
    /// What it retells: documents, images. Statements whose bases all relay one origin are one.
    #[serde(default)]
    pub relays: List<EntrySlot, 64>,
    /// That it is a translation.
    pub translated: Option<Translated>,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// From which language something was translated, and by whom.
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
pub struct Translated {
    /// The language of the original.
    pub from: Option<Language>,
    /// By whom or what; `None` is not stated.
    pub by: Option<Words>,
}

/// One image of a place from above. Class 2, kind `image`.
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
pub struct Image {
    /// The satellite or aircraft.
    pub platform: Option<Words>,
    /// The instrument on it.
    pub instrument: Option<Words>,
    /// The scene's name in its provider's catalogue.
    pub scene_id: Option<Words>,
    /// Who provided it.
    pub provider: Option<Words>,
    /// When it was taken.
    pub acquired: Option<When>,
    /// The ring of corners it covers, in order, the first not repeated; empty is not stated.
    #[serde(default)]
    pub footprint: List<Position, 256>,
    /// Ground size of a pixel in millimetres.
    pub resolution_mm: Option<u32>,
    /// Cloud cover in hundredths of a percent, 0 to 10,000.
    pub cloud: Option<u16>,
    /// Processing level, as its provider names it.
    pub level: Option<Words>,
    /// The image set that it belongs to.
    pub within: Option<EntrySlot>,
    /// What it shows, in words.
    pub shows: Option<Words>,
    /// Whether and how it is held.
    #[serde(default)]
    pub hold: Hold,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// Images known only together, perhaps in unknown number. Class 2, kind `image-set`.
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
pub struct ImageSet {
    /// How many images.
    pub count: CountRange,
    /// When they were taken.
    pub acquired: Option<When>,
    /// The satellite or aircraft.
    pub platform: Option<Words>,
    /// Who provided them.
    pub provider: Option<Words>,
    /// Scene names; empty is not stated.
    #[serde(default)]
    pub scene_ids: List<Words, 256>,
    /// What they show, in words.
    pub shows: Option<Words>,
    /// Whether and how they are held.
    #[serde(default)]
    pub hold: Hold,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// From where transmissions were received. Variant order is frozen.
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
pub enum Receiver {
    /// Not stated.
    #[default]
    NotStated,
    /// From stations on the coast.
    Terrestrial,
    /// From satellites.
    Satellite,
    /// From both.
    Both,
    /// From aboard a ship.
    Shipborne,
}

/// AIS messages held as a file, with what is declared of them. They are not decoded here. Class 2,
/// kind `ais-track`.
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
pub struct AisTrack {
    /// The vessel it is declared to be of.
    pub about: Option<EntrySlot>,
    /// The MMSI it is declared to be of. At least one of the two is there.
    pub mmsi: Option<Mmsi>,
    /// Who supplied it.
    pub supplied_by: Words,
    /// What received it.
    #[serde(default)]
    pub receiver: Receiver,
    /// What the receivers cover, in words; `None` is not stated.
    pub coverage: Option<Words>,
    /// From when to when.
    pub span: Option<When>,
    /// How many positions are declared.
    pub positions: Option<u64>,
    /// Whether and how it is held.
    #[serde(default)]
    pub hold: Hold,
    /// Anything else, in words.
    pub note: Option<Prose>,
    /// What a decoder made of its file. With it, the entry is of version 2.
    pub decoded: Option<Decoding>,
}

/// What somebody sees in an image (UCO: Annotation). Class 2, kind `image-interpreted`.
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
pub struct ImageInterpreted {
    /// The image or image set.
    pub image: EntrySlot,
    /// In which part of it.
    pub region: Option<Region>,
    /// The vessel or group that is seen, if it is known here.
    pub about: Option<EntrySlot>,
    /// What is seen.
    pub sees: Prose,
    /// What else it could be.
    #[serde(default)]
    pub alternatives: List<Words, 32>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// Some words of an original and how a translation has them.
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
pub struct Passage {
    /// A name for the words, the same in every translation of the original.
    pub name: Keyword,
    /// Where they stand in the translation.
    pub at: Option<Locator>,
    /// The words of the original, where it is held.
    pub original: Option<Text<4000>>,
    /// The words of the translation.
    pub rendered: Text<4000>,
}

/// That a document renders another in some language; two that render the same passage differently have
/// drifted. Class 2, kind `translation`.
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
pub struct Translation {
    /// The document that is a translation.
    pub document: EntrySlot,
    /// The original: one entry for each, if it renders several.
    pub of: EntrySlot,
    /// The original's language.
    pub from: Option<Language>,
    /// The translation's language.
    pub into: Option<Language>,
    /// By whom or what; `None` is not stated.
    pub by: Option<Words>,
    /// Passages that were looked at.
    #[serde(default)]
    pub passages: List<Passage, 256>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
