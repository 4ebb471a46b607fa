//! What was done with evidence: who had it, what was made of it, what was found for something only cited,
//! what is known of this ledger from outside.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Prose, Text, Words};
use crate::ids::Digest;
use crate::provenance::{HeldFile, Hold, Provenance};
use crate::time::When;
use crate::wire::{EntrySlot, ExhibitSlot, Slots};

/// What was done with evidence (CASE: InvestigativeAction). Variant order is frozen.
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
pub enum CustodyAction {
    /// It changed hands.
    Transferred,
    /// It was looked at.
    Accessed,
    /// It was copied.
    Copied,
    /// It left the ledger in another form or folder.
    Exported,
    /// It was handed over under a duty, as to a court.
    Served,
}

/// Who had evidence, from whom, to whom, why. Class 2, kind `custody`.
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
pub struct Custody {
    /// What was done.
    pub action: CustodyAction,
    /// The entries whose files it is about.
    #[serde(default)]
    pub entries: List<EntrySlot, 1024>,
    /// The files it is about.
    #[serde(default)]
    pub exhibits: List<ExhibitSlot, 1024>,
    /// Whether it is about everything that the ledger held.
    #[serde(default)]
    pub whole_ledger: bool,
    /// Who had it before.
    pub from: Option<Words>,
    /// Who had it afterwards.
    pub to: Option<Words>,
    /// Why.
    pub purpose: Option<Prose>,
    /// Where.
    pub place: Option<Words>,
    /// On what, as a disk or by mail.
    pub medium: Option<Words>,
    /// When.
    pub when: Option<When>,
    /// SHA-256 of what was handed over, if it is one file.
    pub digest: Option<Digest>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A name with a text.
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
pub struct NamedText {
    /// The name.
    pub name: Text<64>,
    /// The text.
    pub text: Text<4000>,
}

/// Something made of exhibits by a tool. Class 2, kind `derived`.
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
pub struct Derived {
    /// The files it was made of; the entries that hold them are in the basis.
    #[serde(default)]
    pub parents: List<ExhibitSlot, 64>,
    /// The tool.
    pub tool: Words,
    /// Its version.
    pub tool_version: Option<Words>,
    /// How it was called.
    #[serde(default)]
    pub parameters: List<NamedText, 64>,
    /// What was done, in words.
    pub method: Option<Prose>,
    /// When.
    pub when: Option<When>,
    /// Whether and how the outcome is held.
    #[serde(default)]
    pub hold: Hold,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A file found for something that was only cited. Class 2, kind `attached`.
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
pub struct Attached {
    /// The document, image, track or list.
    pub about: EntrySlot,
    /// The files: at least one.
    pub files: List<HeldFile, 64>,
    /// Where they were found.
    pub url: Option<Text<2000>>,
    /// When they were captured.
    pub captured: Option<When>,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// How a head of this ledger is known outside. Variant order is frozen.
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
pub enum AnchorKind {
    /// A timestamp token (RFC 3161).
    Timestamp,
    /// A witness's cosignature (C2SP).
    Cosignature,
    /// Printed or published somewhere.
    Publication,
    /// Any other way.
    Other,
}

/// That a head of this ledger is known outside of it. Class 2, kind `anchored`.
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
pub struct Anchored {
    /// How.
    pub anchor: AnchorKind,
    /// The head's number of entries.
    pub size: u64,
    /// The head's root.
    pub root: Digest,
    /// By whom or where, in words.
    pub by: Option<Words>,
    /// Where it can be seen.
    pub url: Option<Text<2000>>,
    /// When it was made, or seen there.
    pub seen: Option<When>,
    /// Whether and how it is held.
    #[serde(default)]
    pub hold: Hold,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// What replay made of the entries below: so that replay itself can be checked. Class 2, kind
/// `state-recorded`.
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
pub struct StateRecorded {
    /// How many entries were replayed, from genesis on.
    pub entries: u64,
    /// The state's root.
    pub root: Digest,
    /// The version of the state's encoding.
    pub version: u16,
}
