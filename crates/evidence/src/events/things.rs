//! What is spoken about, and what is said of it: vessels, groups, counts, claims, readings.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Prose, Words};
use crate::ids::{CallSign, Country, Imo, ImoNumber, ImoScheme, Mmsi, Script};
use crate::provenance::Provenance;
use crate::time::When;
use crate::units::{Amount, CountRange};
use crate::wire::{EntrySlot, Slots};

use super::quantities::ProductClass;

/// One name of a vessel.
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
pub struct VesselName {
    /// In Latin letters.
    pub latin: Words,
    /// In its original script.
    pub original: Option<Words>,
    /// The original's script.
    pub script: Option<Script>,
    /// The system by which it was romanised, as `DPRK` or `Revised Romanization`.
    pub system: Option<Words>,
}

/// A vessel with what its first source claims of it; later claims are [`Claim`]s about this entry.
/// At least a name or one identifier is there. Class 2, kind `vessel`.
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
pub struct Vessel {
    /// Its names: spellings of one name, or several names.
    #[serde(default)]
    pub names: List<VesselName, 64>,
    /// Its IMO number (of the ship).
    pub imo: Option<Imo>,
    /// Its flag.
    pub flag: Option<Country>,
    /// Its MMSI.
    pub mmsi: Option<Mmsi>,
    /// Its call sign.
    pub call_sign: Option<CallSign>,
    /// What type of ship it is, in words.
    pub ship_type: Option<Words>,
    /// Deadweight in tonnes.
    pub deadweight_t: Option<u32>,
    /// Who owns it.
    pub owner: Option<Owner>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// An owner as a source names it.
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
pub struct Owner {
    /// Its name.
    pub name: Words,
    /// Its IMO number (of the company).
    pub imo: Option<ImoNumber>,
}

/// What a group's members are. Variant order is frozen.
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
pub enum Members {
    /// Vessels.
    Vessels,
    /// Calls at a port, of however many vessels.
    Calls,
}

/// Unnamed things with a criterion of membership. Never placeholder ships. Class 2, kind `group`.
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
pub struct Group {
    /// What is counted when its members are.
    pub members: Members,
    /// What makes a member, in words.
    pub criterion: Prose,
    /// The group that this one is a part of.
    pub within: Option<EntrySlot>,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// How many members a group has. The only event that sets a group's high end. Class 2, kind
/// `count`.
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
pub struct Count {
    /// The group.
    pub about: EntrySlot,
    /// How many.
    pub count: CountRange,
    /// The source's word for it.
    pub says: Option<Words>,
    /// When it held.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// What a claim says. Variant order is frozen.
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
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Value {
    /// In words.
    Words(Words),
    /// A country.
    Country(Country),
    /// A class of products.
    Product(ProductClass),
    /// So much of a unit.
    Amount(Amount),
    /// A date.
    When(When),
    /// A vessel's name.
    Name(VesselName),
    /// An IMO number.
    Imo {
        /// Of a ship or a company.
        scheme: ImoScheme,
        /// The number.
        number: ImoNumber,
    },
    /// An MMSI.
    Mmsi(Mmsi),
    /// A call sign.
    CallSign(CallSign),
    /// A thing that has an entry.
    Entry(EntrySlot),
}

/// One property of a thing, as somebody has it. Two values of one single-valued property are
/// accounts that differ. Class 2, kind `claim`.
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
pub struct Claim {
    /// The thing.
    pub about: EntrySlot,
    /// Which property, as `flag`, `product`, `duty`, `first-arrival`.
    pub property: Keyword,
    /// Its value.
    pub value: Value,
    /// Values that this one takes in without choosing.
    #[serde(default)]
    pub broader_than: List<Value, 32>,
    /// When it held.
    pub when: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// Our own signed choice where a source is vague. Class 2, kind `reading`.
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
pub struct Reading {
    /// The thing.
    pub about: EntrySlot,
    /// Which property.
    pub property: Keyword,
    /// How it is read.
    pub value: Value,
    /// How else it could be.
    #[serde(default)]
    pub alternatives: List<Value, 32>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// How a vessel is held to belong to a group. Variant order is frozen.
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
pub enum MembershipDegree {
    /// It may be one of the members.
    MayBe,
    /// It is one of them.
    Is,
    /// It is none of them.
    IsNot,
}

/// That a named vessel belongs to a group, may, or does not. Class 2, kind `membership`.
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
pub struct Membership {
    /// The vessel.
    pub about: EntrySlot,
    /// The group.
    pub group: EntrySlot,
    /// How it is held to belong.
    pub degree: MembershipDegree,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
