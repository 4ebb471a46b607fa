//! Sanctions lists as evidence: what a list file says, row by row; what changed between two of them;
//! which vessels of a case may stand on one.
//!
//! A list is read as it is written. Nothing is repaired and nothing is inferred: a freeze is no
//! port ban, a number that fails its check digit is kept as refused, two dates in one field stay
//! two. What this module finds by reading between the lines (ships named inside a remark, whose
//! number an IMO number is) says where and why. A match is a proposal, for a person to sign or drop.
//!
//! Files come as bytes; no file, clock or network is touched here. Every reader streams and every
//! number below is a maximum: reading stops with [`Refused`], and nothing of the file is kept.

mod compare;
mod csv;
mod eu;
mod fields;
mod ftm;
mod json;
mod keep;
mod measures;
mod ofac;
mod propose;
mod refused;
mod remarks;
mod row;
mod source;
mod un;

use std::collections::BTreeMap;
use std::io::Read;

use crate::time::Edtf;

pub use compare::{Change, Changes, FieldChange, Incomparable, RowSeen, compare};
pub use propose::{
    CaseVessel, How, ImoContradiction, Match, NAME_PROPOSALS_MAX, Proposal, Proposals,
    SAME_NAME_ROWS_MAX, propose,
};
pub use refused::{Place, Refused};
pub use row::{
    ImoFound, Kind, Name, NameKind, ReferenceKind, RefusedValue, Remark, Row, SchemeBasis, Stated,
    StatedMeasure,
};

/// The most rows of a snapshot.
pub const ROWS_MAX: usize = 200_000;
/// The most bytes that all rows of a snapshot may take in memory, as counted by their texts and
/// a fixed charge for each.
pub const KEPT_BYTES_MAX: u64 = 256 << 20;
/// The most bytes of one row or one JSON entity in the file.
pub const ROW_BYTES_MAX: u64 = 1 << 20;
/// The most bytes of one field.
pub const FIELD_BYTES_MAX: usize = 256 << 10;
/// The most bytes of a file.
pub const FILE_BYTES_MAX: u64 = 4 << 30;
/// The most columns of a CSV file.
pub const COLUMNS_MAX: usize = 256;
/// The most levels of XML elements.
pub const XML_DEPTH_MAX: usize = 32;
/// The most levels of JSON lists and objects in one entity.
pub const JSON_DEPTH_MAX: usize = 32;

/// How a list file is written. Known by its content, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The consolidated list of the UN Security Council, XML.
    UnXml,
    /// Rows of EU legal acts in CSV, as OpenSanctions cuts them (first column `celex`).
    EuCsv,
    /// OFAC's SDN list in CSV: the official file without a header, or a cut with one (`ent_num`).
    OfacCsv,
    /// FollowTheMoney entities in JSON, as OpenSanctions publishes them.
    FtmJson,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::UnXml => "UN consolidated XML",
            Self::EuCsv => "EU CSV",
            Self::OfacCsv => "OFAC SDN CSV",
            Self::FtmJson => "FollowTheMoney JSON",
        })
    }
}

/// What is known of a snapshot as a whole.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Head {
    /// How the file is written.
    pub format: Format,
    /// Which list it is, as far as the file tells: only snapshots of the same list are compared.
    pub list: String,
    /// Whose list it seems to be. A guess from the format and the file: an investigator confirms it.
    pub authority_guess: Option<String>,
    /// When the file says it was generated.
    pub generated: Option<Stated>,
    /// When the caller says it was obtained. No reader sets this; [`compare()`] uses it where the file says
    /// nothing.
    pub obtained: Option<Edtf>,
    /// How many bytes the file has.
    pub bytes: u64,
    /// What was passed over because it is no person, company or ship, by its name in the file.
    pub passed_over: BTreeMap<String, u64>,
    /// What a reader of the whole file should know.
    pub notes: Vec<String>,
}

/// A list file as it was read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Snapshot {
    /// What is known of it as a whole.
    pub head: Head,
    /// Its rows, in the order of the file.
    pub rows: Vec<Row>,
}

impl Snapshot {
    /// The first row with a reference, as a signed listing names it.
    pub fn row(&self, reference: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.reference == reference)
    }
}

/// Reads a list in whichever of the four formats it is.
///
/// # Errors
/// [`Refused`]: in words, with the line and byte, for anything that is not such a list, is broken,
/// is not UTF-8, or is beyond a maximum.
pub fn read(reader: impl Read) -> Result<Snapshot, Refused> {
    let mut source = source::Source::open(reader)?;
    let start = source.peek()?;
    let first = start.iter().copied().find(|b| !b.is_ascii_whitespace());
    match first {
        None => Err(source.refuse(
            "the file is empty",
            "get it again from where it is published",
        )),
        Some(b'<') => un::read(source),
        Some(b'{' | b'[') => ftm::read(source),
        Some(_) => csv::read(source),
    }
}

#[cfg(test)]
mod tests;
