//! Sanctions lists as evidence: a list as it stood on a day, and what a signed reading of it says of a
//! vessel. What a list's file holds is read by [`crate::lists`]; nothing is concluded here.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Prose, Text, Words};
use crate::provenance::{Hold, Provenance};
use crate::time::When;
use crate::wire::{EntrySlot, Slots};

use super::movements::SaidMeasure;

/// A sanctions list as it stood on a day. Class 2, kind `list-snapshot`.
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
pub struct ListSnapshot {
    /// Whose list.
    pub authority: Words,
    /// Which of its lists, as it calls it.
    pub list: Words,
    /// The programme or regime, if the list has only one.
    pub programme: Option<Words>,
    /// In which format the file is, as `un-xml`, `eu-csv`, `ofac-csv`, `ftm-json`.
    pub format: Option<Keyword>,
    /// Where it was found.
    pub url: Option<Text<2000>>,
    /// The date that the list itself states.
    pub generated: Option<When>,
    /// When it was fetched.
    pub captured: Option<When>,
    /// How many rows it has.
    pub rows: Option<u64>,
    /// Whether and how it is held.
    #[serde(default)]
    pub hold: Hold,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// By what a vessel was found to be the one of a row. Variant order is frozen.
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
pub enum MatchedBy {
    /// The IMO numbers are the same.
    Imo,
    /// A name is the same, or the same once spelling is folded.
    Name,
    /// It is the row's alias.
    Alias,
    /// It is a name that the row's vessel had before.
    FormerName,
    /// Anything else: the basis says what.
    Other,
}

/// That a row of a list speaks of a vessel, by the recorder's reading; the confidence is that in the
/// identity. Class 2, kind `listed`.
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
pub struct Listed {
    /// The vessel.
    pub about: EntrySlot,
    /// The list as it stood.
    pub snapshot: EntrySlot,
    /// The row's own reference in the list, as `KPe.061`.
    pub reference: Words,
    /// The vessel's name in the row.
    pub named: Option<Words>,
    /// By what the vessel is taken to be that of the row.
    pub matched_by: MatchedBy,
    /// The programme or regime of the row.
    pub programme: Option<Words>,
    /// What the listing imposes. A freeze is no port ban.
    #[serde(default)]
    pub measures: List<SaidMeasure, 16>,
    /// From when on it is in force; `None` is not stated.
    pub since: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// That a listing was changed. Class 2, kind `listing-amended`.
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
pub struct ListingAmended {
    /// The listing.
    pub listing: EntrySlot,
    /// The list that shows the change.
    pub snapshot: Option<EntrySlot>,
    /// What the listing imposes from then on: all of it.
    #[serde(default)]
    pub measures: List<SaidMeasure, 16>,
    /// From when on.
    pub since: Option<When>,
    /// What was changed, in words.
    pub says: Option<Prose>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// That a listing ended. Class 2, kind `delisted`.
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
pub struct Delisted {
    /// The listing.
    pub listing: EntrySlot,
    /// The list that shows it.
    pub snapshot: Option<EntrySlot>,
    /// From when on it is no longer in force.
    pub since: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
