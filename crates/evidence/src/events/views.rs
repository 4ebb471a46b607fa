//! What is held to be so beyond single facts: general and legal assertions, hypotheses. They feed
//! no finding but accounts-differ.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Prose};
use crate::provenance::Provenance;
use crate::time::When;
use crate::units::Place;
use crate::wire::{EntrySlot, Slots};

/// A general or legal statement: of a property of a thing, or in words alone. Class 2, kind
/// `assertion`.
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
pub struct Assertion {
    /// The thing, if it is about one.
    pub about: Option<EntrySlot>,
    /// The question that the text answers, as `breach-of-the-2017-limits`; two answers about one
    /// thing are accounts that differ.
    pub property: Option<Keyword>,
    /// The statement or answer.
    pub text: Prose,
    /// Whether it is of law; then nothing here decides it.
    #[serde(default)]
    pub legal: bool,
    /// Where.
    pub place: Option<Place>,
    /// When.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// Where a hypothesis stands. Variant order is frozen.
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
pub enum HypothesisStatus {
    /// Under examination.
    #[default]
    Open,
    /// Held to be shown.
    Supported,
    /// Held to be refuted.
    Refuted,
    /// No longer pursued.
    Abandoned,
}

/// Something that might be so. Class 2, kind `hypothesis`.
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
pub struct Hypothesis {
    /// What.
    pub text: Prose,
    /// Whose: entries of documents and the like; empty is the recorder's own.
    #[serde(default)]
    pub raised_by: List<EntrySlot, 64>,
    /// What speaks for it.
    #[serde(default)]
    pub supports: List<EntrySlot, 256>,
    /// What speaks against it.
    #[serde(default)]
    pub against: List<EntrySlot, 256>,
    /// What would refute it.
    pub would_refute: Option<Prose>,
    /// Where it stands.
    #[serde(default)]
    pub status: HypothesisStatus,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
