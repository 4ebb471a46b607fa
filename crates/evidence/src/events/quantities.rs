//! Caps, figures, and the words in which figures are told. The arithmetic on them is replay's.

use std::fmt;
use std::str::FromStr;

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{List, Prose, Words};
use crate::ids::{Country, IdentifierError};
use crate::json::as_text;
use crate::provenance::{Origin, Provenance};
use crate::time::When;
use crate::units::{Amount, Bound, Place, Share};
use crate::wire::{EntrySlot, Slots, encoded_as};

/// What kind of oil. Variant order is frozen.
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
pub enum ProductClass {
    /// Not stated.
    #[default]
    NotStated,
    /// Oil, crude or refined: said so broadly.
    Oil,
    /// Crude oil.
    Crude,
    /// Refined petroleum products.
    Refined,
}

/// A cargo as it is told.
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
pub struct Product {
    /// The source's word.
    pub says: Option<Words>,
    /// Its class.
    #[serde(default)]
    pub class: ProductClass,
}

/// A supplier or receiver. In JSON `"RU"`, `"all"` or `"not-stated"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Party {
    /// Not stated.
    #[default]
    NotStated,
    /// All states together.
    All,
    /// One country.
    Country(Country),
}

impl FromStr for Party {
    type Err = IdentifierError;
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        match text {
            "not-stated" => Ok(Self::NotStated),
            "all" => Ok(Self::All),
            code => code.parse().map(Self::Country),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStated => f.write_str("not-stated"),
            Self::All => f.write_str("all"),
            Self::Country(code) => code.fmt(f),
        }
    }
}

/// Encoded as 0 not stated, 1 all, 2 and the country's two bytes.
#[derive(Encode, Decode)]
enum PartyRepr {
    NotStated,
    All,
    Country(Country),
}

impl From<&Party> for PartyRepr {
    fn from(party: &Party) -> Self {
        match party {
            Party::NotStated => Self::NotStated,
            Party::All => Self::All,
            Party::Country(code) => Self::Country(*code),
        }
    }
}

impl From<PartyRepr> for Party {
    fn from(repr: PartyRepr) -> Self {
        match repr {
            PartyRepr::NotStated => Self::NotStated,
            PartyRepr::All => Self::All,
            PartyRepr::Country(code) => Self::Country(code),
        }
    }
}

encoded_as!(Party, PartyRepr);
as_text!(
    Party,
    "^(not-stated|all|[A-Z]{2})$",
    "A country by its two ISO 3166-1 letters, all, or not-stated"
);

/// The twelve months or fewer that a cap counts by, again and again.
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
#[serde(deny_unknown_fields)]
pub struct CapPeriod {
    /// The month in which a period begins, 1 to 12.
    pub month: u8,
    /// The day of that month, 1 to 31.
    pub day: u8,
    /// How many months it lasts, 1 to 12.
    pub months: u8,
    /// The year in which the first period begins; `None` is not stated.
    pub first_year: Option<u16>,
}

/// A limit that somebody set. What others say of it are claims about this entry. Class 2, kind
/// `cap`.
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
pub struct Cap {
    /// The limit.
    pub amount: Amount,
    /// Of what.
    pub product: ProductClass,
    /// Whose deliveries count.
    pub suppliers: Party,
    /// To whom.
    pub receiver: Party,
    /// Over which time.
    pub period: CapPeriod,
    /// What a supplier has to do besides, in words.
    pub duty: Option<Words>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// How two figures relate. Variant order is frozen.
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
pub enum FigureRelation {
    /// This figure's scope takes in the other's.
    Contains,
    /// Nothing is counted in both. Needs a reason.
    Disjoint,
    /// Both speak of one scope, by different origins.
    Rival,
}

/// A relation to another figure.
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
pub struct FigureLink {
    /// Which relation.
    pub relation: FigureRelation,
    /// To which figure.
    pub figure: EntrySlot,
    /// Why it holds.
    pub reason: Option<Prose>,
}

/// One estimate by one origin. Its numbers are told by [`Quantity`] events. Class 2, kind
/// `figure`.
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
pub struct Figure {
    /// What it counts, in words.
    pub what: Words,
    /// The vessel or group that carried it.
    pub about: Option<EntrySlot>,
    /// Who supplied it.
    #[serde(default)]
    pub supplier: Party,
    /// Who received it.
    #[serde(default)]
    pub receiver: Party,
    /// Of which class.
    #[serde(default)]
    pub product: ProductClass,
    /// Over which time.
    pub period: When,
    /// Where.
    pub place: Option<Place>,
    /// Who made the number, and how. It decides the column: mode *notified* is a state's filing,
    /// [`crate::provenance::Who::Recorder`] an author of the ledger, all else an outsider.
    #[serde(default)]
    pub origin: Origin,
    /// How it relates to other figures.
    #[serde(default)]
    pub relations: List<FigureLink, 64>,
    /// Anything else, in words.
    pub note: Option<Prose>,
}

/// A quantity as it is worded. Variant order is frozen.
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
pub enum Telling {
    /// In units.
    Amount {
        /// How the number bounds it.
        bound: Bound,
        /// The number.
        value: u64,
        /// Of what unit.
        unit: crate::units::Unit,
    },
    /// As a share of a cap.
    Share {
        /// How the share bounds it.
        bound: Bound,
        /// The share.
        share: Share,
        /// Of which cap.
        cap: EntrySlot,
    },
}

/// One telling of a figure. Class 2, kind `quantity`.
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
pub struct Quantity {
    /// The figure.
    pub figure: EntrySlot,
    /// The number.
    pub quantity: Telling,
    /// The source's words.
    pub says: Option<Words>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A quantity as a state filed it: a telling of a figure whose origin is of mode *notified*. Class 2, kind
/// `notification`.
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
pub struct Notification {
    /// The figure.
    pub figure: EntrySlot,
    /// The number as filed.
    pub quantity: Telling,
    /// The filing's own words.
    pub says: Option<Words>,
    /// The state that filed it.
    #[serde(default)]
    pub state: Party,
    /// When it was filed; `None` is not stated.
    pub filed: Option<When>,
    /// Mode, origin, basis, confidence, note.
    #[serde(flatten)]
    pub provenance: Provenance,
}
