//! What one row of a list says.

use serde::Serialize;

use crate::events::movements::Measure;
use crate::ids::{CallSign, CompanyImo, Imo, Mmsi};
use crate::time::Edtf;

use super::refused::Place;

/// One row: a person, company, ship or other thing that a list names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The reference by which a listing names the row, without stray spaces.
    pub reference: String,
    /// Whether the list gives that reference or it was put together from the row.
    pub reference_kind: ReferenceKind,
    /// Other references of the list to the same row, as `DATAID 6908674`.
    pub other_references: Vec<String>,
    /// Its number among the rows of the file, from 1.
    pub number: u32,
    /// Where it begins in the file.
    pub place: Place,
    /// What the list says it is.
    pub kind: Kind,
    /// Its names, and ships named inside its texts.
    pub names: Vec<Name>,
    /// IMO numbers of ships, in its fields or inside its texts.
    pub imos: Vec<ImoFound<Imo>>,
    /// IMO numbers of companies, likewise. One digit string may be a number of either scheme.
    pub company_imos: Vec<ImoFound<CompanyImo>>,
    /// Its MMSIs.
    pub mmsis: Vec<Mmsi>,
    /// Its call signs.
    pub call_signs: Vec<CallSign>,
    /// Flags as written: a country's name or code, perhaps a former one.
    pub flags: Vec<String>,
    /// When it was listed.
    pub listed: Vec<Stated>,
    /// When it was last updated.
    pub updated: Vec<Stated>,
    /// When the list says it was taken off.
    pub delisted: Vec<Stated>,
    /// The programmes or regimes, as written.
    pub programmes: Vec<String>,
    /// Who listed it, where the row says so.
    pub authorities: Vec<String>,
    /// What the row orders, as far as the list states it; often nothing.
    pub measures: Vec<StatedMeasure>,
    /// Owners, managers and whatever else it is linked to, as written.
    pub linked: Vec<String>,
    /// Its texts, as written.
    pub remarks: Vec<Remark>,
    /// What stands in an identifier's or date's place and is none.
    pub refused: Vec<RefusedValue>,
    /// What the reader of the row should know, in our words.
    pub notes: Vec<String>,
}

/// Where a reference comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceKind {
    /// The list numbers the row.
    Own,
    /// The list gives none; put together from the row's identifier or name.
    Composed,
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A ship.
    Vessel,
    /// A company, body or group.
    Entity,
    /// A person.
    Person,
    /// Anything else, as an aircraft.
    Other,
}

/// A name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Name {
    /// The name as written, with runs of spaces made one.
    pub text: String,
    /// How the row holds it.
    pub kind: NameKind,
    /// The list's own word on it, as `a.k.a.`, `Good` or `Low`.
    pub quality: Option<String>,
    /// The field that it stands in.
    pub field: &'static str,
}

/// How a row holds a name. Ordered from the closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameKind {
    /// The row's own name.
    Primary,
    /// Another name.
    Alias,
    /// A name it had.
    Former,
    /// Another name that the list itself calls weak.
    WeakAlias,
    /// A ship that one of the row's texts names: the row may be about somebody else.
    InText,
}

/// An IMO number that passes its check digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ImoFound<N> {
    /// The number.
    pub number: N,
    /// How the scheme is known.
    pub basis: SchemeBasis,
    /// The field that it stands in.
    pub field: &'static str,
    /// That field is a text: the number may be another ship's than the one the row is about.
    pub in_text: bool,
}

/// How it is known whether an IMO number is a ship's or a company's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemeBasis {
    /// The words beside it say so.
    Stated,
    /// It stands behind a ship's name in a text.
    BesideShip,
    /// The row is about a ship, or about a company.
    RowKind,
    /// Only the check digit speaks for it: the register is not named, or the number passes another check
    /// than that of what the words or the row's kind say, perhaps both.
    CheckDigitOnly,
}

/// A date as a list states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stated {
    /// As written.
    pub written: String,
    /// The one date it is; `None` if it is two, or none that can be read.
    pub date: Option<Edtf>,
}

/// A measure in the list's own words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatedMeasure {
    /// What these words name and nothing beyond; [`Measure::Other`] for words such as "transportation
    /// restrictions": read the act.
    pub measure: Measure,
    /// As written.
    pub says: String,
}

/// A text of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Remark {
    /// The field that it stands in.
    pub field: &'static str,
    /// As written, without spaces around it.
    pub text: String,
}

/// Something in an identifier's or date's place that is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RefusedValue {
    /// The field that it stands in.
    pub field: &'static str,
    /// As written.
    pub written: String,
    /// Why it is none.
    pub reason: String,
}

impl Row {
    pub(super) fn new(kind: Kind, place: Place) -> Self {
        Self {
            reference: String::new(),
            reference_kind: ReferenceKind::Own,
            other_references: Vec::new(),
            number: 0,
            place,
            kind,
            names: Vec::new(),
            imos: Vec::new(),
            company_imos: Vec::new(),
            mmsis: Vec::new(),
            call_signs: Vec::new(),
            flags: Vec::new(),
            listed: Vec::new(),
            updated: Vec::new(),
            delisted: Vec::new(),
            programmes: Vec::new(),
            authorities: Vec::new(),
            measures: Vec::new(),
            linked: Vec::new(),
            remarks: Vec::new(),
            refused: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The row's own name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.names
            .iter()
            .find(|name| name.kind == NameKind::Primary)
            .map(|name| name.text.as_str())
    }

    /// The ships' numbers of its identifier fields, that the row's being on a ship speaks for.
    pub(super) fn own_imos(&self) -> Vec<Imo> {
        let own = |imo: &&ImoFound<Imo>| !imo.in_text && imo.basis == SchemeBasis::RowKind;
        self.imos.iter().filter(own).map(|imo| imo.number).collect()
    }

    /// True if a number that the row names is the row's own as far as the row tells: it stands in an
    /// identifier field, or it is the only one in the texts of a row on a ship that has no such field,
    /// and it stands beside no ship's name.
    pub(super) fn is_own(&self, imo: &ImoFound<Imo>) -> bool {
        if !imo.in_text {
            return imo.basis == SchemeBasis::RowKind;
        }
        let alone = self.imos.iter().all(|other| other.number == imo.number);
        let speaks = matches!(imo.basis, SchemeBasis::RowKind | SchemeBasis::Stated);
        self.kind == Kind::Vessel && speaks && alone
    }

    /// About how many bytes the row takes in memory: its texts and a charge for each thing it holds.
    pub(super) fn cost(&self) -> u64 {
        const ROW: usize = size_of::<Row>();
        const ITEM: usize = 96;
        let texts = |list: &[String]| list.iter().map(|text| text.len() + ITEM).sum::<usize>();
        let dates = |list: &[Stated]| {
            list.iter()
                .map(|date| 2 * date.written.len() + 2 * ITEM)
                .sum::<usize>()
        };
        let bytes = ROW
            + self.reference.len()
            + texts(&self.other_references)
            + texts(&self.flags)
            + texts(&self.programmes)
            + texts(&self.authorities)
            + texts(&self.linked)
            + texts(&self.notes)
            + dates(&self.listed)
            + dates(&self.updated)
            + dates(&self.delisted)
            + self
                .names
                .iter()
                .map(|n| n.text.len() + ITEM)
                .sum::<usize>()
            + self
                .measures
                .iter()
                .map(|m| m.says.len() + ITEM)
                .sum::<usize>()
            + self
                .remarks
                .iter()
                .map(|r| r.text.len() + ITEM)
                .sum::<usize>()
            + self
                .refused
                .iter()
                .map(|r| r.written.len() + r.reason.len() + ITEM)
                .sum::<usize>()
            + (self.imos.len()
                + self.company_imos.len()
                + self.mmsis.len()
                + self.call_signs.len())
                * ITEM;
        bytes as u64
    }
}
