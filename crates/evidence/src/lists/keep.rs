//! The rows that are kept: numbered, finished and never too many.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use crate::folding::name_key;

use super::row::{Kind, NameKind, ReferenceKind, Row};
use super::source::Source;
use super::{Format, Head, KEPT_BYTES_MAX, ROWS_MAX, Refused, Snapshot};

pub(super) struct Kept {
    pub(super) rows: Vec<Row>,
    /// Never iterated, so its order does not matter.
    by_reference: HashMap<String, usize>,
    bytes: u64,
    pub(super) passed_over: BTreeMap<String, u64>,
    pub(super) notes: Vec<String>,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::new(),
            by_reference: HashMap::new(),
            bytes: 0,
            passed_over: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    /// Takes a row in; where it lacks a reference, one is put together.
    pub(super) fn push<R: Read>(
        &mut self,
        mut row: Row,
        source: &Source<R>,
    ) -> Result<(), Refused> {
        drop_named_twice(&mut row);
        row.number = u32::try_from(self.rows.len() + 1).unwrap_or(u32::MAX);
        if row.reference.is_empty() {
            row.reference_kind = ReferenceKind::Composed;
            row.reference = match (row.own_imos().first(), row.name()) {
                (Some(imo), _) => format!("IMO {imo}"),
                (None, Some(name)) => name.to_owned(),
                (None, None) => format!("row {}", row.number),
            };
        }
        if row.reference_kind == ReferenceKind::Composed {
            row.notes.push(
                "the list gives this row no number; it is named by what stands in it".to_owned(),
            );
        }
        if let Some(first) = self.by_reference.get(&row.reference) {
            row.notes.push(format!(
                "row {} has the same reference",
                self.rows[*first].number
            ));
        }
        if !row.names.iter().any(|name| name.kind != NameKind::InText) {
            row.notes.push("the row gives no name".to_owned());
        }
        if let Some(name) = row.name()
            && looks_like_a_spreadsheet_date(name)
        {
            row.notes.push(format!(
                "the name {name:?} looks like a date that a spreadsheet made of a name with a number; \
                 compare it with the list as published"
            ));
        }
        self.charge(row.cost() + 2 * row.reference.len() as u64 + 128, source)?;
        if self.rows.len() >= ROWS_MAX {
            return Err(source.refuse(
                format!("the list has more than {ROWS_MAX} rows"),
                "cut it to the programme that the case is about",
            ));
        }
        self.by_reference
            .entry(row.reference.clone())
            .or_insert(self.rows.len());
        self.rows.push(row);
        Ok(())
    }

    /// Counts memory that is kept until the end.
    pub(super) fn charge<R: Read>(
        &mut self,
        bytes: u64,
        source: &Source<R>,
    ) -> Result<(), Refused> {
        self.bytes += bytes;
        if self.bytes > KEPT_BYTES_MAX {
            return Err(source.refuse(
                format!("the rows up to here need more than {KEPT_BYTES_MAX} bytes of memory"),
                "cut the list to the programme that the case is about",
            ));
        }
        Ok(())
    }

    /// The place of the first row of a reference.
    pub(super) fn find(&self, reference: &str) -> Option<usize> {
        self.by_reference.get(reference).copied()
    }

    pub(super) fn pass_over(&mut self, what: &str) {
        // A hostile file may make up any number of names.
        let what = match self.passed_over.len() < 64 || self.passed_over.contains_key(what) {
            true => what,
            false => "others",
        };
        *self
            .passed_over
            .entry(super::refused::cut(what))
            .or_default() += 1;
    }

    pub(super) fn into_snapshot<R: Read>(
        self,
        format: Format,
        list: String,
        authority_guess: Option<String>,
        source: &Source<R>,
    ) -> Result<Snapshot, Refused> {
        if self.rows.is_empty() {
            return Err(source.refuse(
                format!("the {format} file has no row"),
                "check that it is the whole list",
            ));
        }
        Ok(Snapshot {
            head: Head {
                format,
                list,
                authority_guess,
                generated: None,
                obtained: None,
                bytes: source.place().byte,
                passed_over: self.passed_over,
                notes: self.notes,
            },
            rows: self.rows,
        })
    }
}

/// `Jul-28` or `28-Jul`: what a spreadsheet writes for names such as `7.28`.
fn looks_like_a_spreadsheet_date(name: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let month = |text: &str| MONTHS.contains(&text.to_ascii_lowercase().as_str());
    let day =
        |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    name.split_once('-')
        .is_some_and(|(a, b)| (month(a) && day(b)) || (day(a) && month(b)))
}

/// Drops ships in texts that are named twice in different spellings, or are the row's own ship.
fn drop_named_twice(row: &mut Row) {
    let mut sounds = std::collections::BTreeSet::new();
    if row.kind == Kind::Vessel && row.names.iter().any(|n| n.kind == NameKind::InText) {
        let own = row.names.iter().filter(|n| n.kind != NameKind::InText);
        sounds.extend(own.map(|name| name_key(&name.text).sound));
    }
    row.names
        .retain(|name| name.kind != NameKind::InText || sounds.insert(name_key(&name.text).sound));
}
