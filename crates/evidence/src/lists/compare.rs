//! What changed between two snapshots of one list.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::ids::Imo;

use super::row::{Kind, Row, Stated};
use super::{Format, Head, Snapshot};

/// What changed from an older snapshot to a newer one of the same list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The list.
    pub list: String,
    /// The older snapshot's date, as it states it or as it was obtained.
    pub from: Option<String>,
    /// The newer snapshot's date. What was removed was taken off between the two.
    pub to: Option<String>,
    /// False if a date is missing, so that nothing but the caller says which one is older.
    pub order_known: bool,
    /// The changes, by reference.
    pub changes: Vec<Change>,
}

/// One row's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// Only in the newer snapshot.
    Added {
        /// The row there.
        row: RowSeen,
        /// When the list says it was listed.
        listed: Vec<Stated>,
    },
    /// In both, with another content.
    Changed {
        /// The row in the newer snapshot.
        row: RowSeen,
        /// What differs.
        fields: Vec<FieldChange>,
    },
    /// Only in the older snapshot: delisted between the two, or renumbered.
    Removed {
        /// The row in the older snapshot.
        row: RowSeen,
        /// When it was listed.
        listed: Vec<Stated>,
    },
}

impl Change {
    /// The row that changed.
    pub fn row(&self) -> &RowSeen {
        match self {
            Self::Added { row, .. } | Self::Changed { row, .. } | Self::Removed { row, .. } => row,
        }
    }
}

/// Enough of a row to find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowSeen {
    /// Its reference.
    pub reference: String,
    /// Its number in the file.
    pub number: u32,
    /// Its line in the file.
    pub line: u64,
    /// What it is about.
    pub kind: Kind,
    /// Its own name.
    pub name: Option<String>,
    /// Its ships' IMO numbers.
    pub imos: Vec<Imo>,
}

impl RowSeen {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            reference: row.reference.clone(),
            number: row.number,
            line: row.place.line,
            kind: row.kind,
            name: row.name().map(str::to_owned),
            imos: row.imos.iter().map(|imo| imo.number).collect(),
        }
    }
}

/// One field of a changed row. The order of values in the file is no change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field of [`Row`].
    pub field: &'static str,
    /// Values that only the older snapshot has.
    pub old: Vec<String>,
    /// Values that only the newer snapshot has.
    pub new: Vec<String>,
}

/// Why two snapshots cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Incomparable {
    /// They are not of one list.
    #[error(
        "the older snapshot is of {old}, the newer of {new}: only two snapshots of one list can be \
         compared"
    )]
    DifferentLists {
        /// The older one's list.
        old: String,
        /// The newer one's list.
        new: String,
    },
    /// The newer one is older.
    #[error(
        "the first snapshot is dated {old}, the second {new}: they stand in the wrong order; give \
         the older one first"
    )]
    WrongOrder {
        /// The date of the one given as older.
        old: String,
        /// The date of the one given as newer.
        new: String,
    },
}

/// Compares two snapshots of one list by the list's own references.
///
/// # Errors
/// [`Incomparable`] if they are of different lists or given in the wrong order.
pub fn compare(old: &Snapshot, new: &Snapshot) -> Result<Changes, Incomparable> {
    if !same_list(&old.head, &new.head) {
        let name = |head: &Head| format!("{} ({})", head.list, head.format);
        return Err(Incomparable::DifferentLists {
            old: name(&old.head),
            new: name(&new.head),
        });
    }
    let (from, to) = (Dated::of(&old.head), Dated::of(&new.head));
    if let (Some(from), Some(to)) = (&from, &to)
        && to.before(from)
    {
        return Err(Incomparable::WrongOrder {
            old: from.written.clone(),
            new: to.written.clone(),
        });
    }
    let (before, after) = (by_reference(old), by_reference(new));
    let references: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for reference in references {
        match (before.get(reference), after.get(reference)) {
            (None, Some(row)) => changes.push(Change::Added {
                row: RowSeen::of(row),
                listed: row.listed.clone(),
            }),
            (Some(row), None) => changes.push(Change::Removed {
                row: RowSeen::of(row),
                listed: row.listed.clone(),
            }),
            (Some(old), Some(new)) => {
                let fields = differences(old, new);
                if !fields.is_empty() {
                    changes.push(Change::Changed {
                        row: RowSeen::of(new),
                        fields,
                    });
                }
            }
            (None, None) => {}
        }
    }
    Ok(Changes {
        list: new.head.list.clone(),
        order_known: from.is_some() && to.is_some(),
        from: from.map(|date| date.written),
        to: to.map(|date| date.written),
        changes,
    })
}

/// Rows by reference; the second row of one reference is another row.
fn by_reference(snapshot: &Snapshot) -> BTreeMap<(&str, u32), &Row> {
    let mut rows = BTreeMap::new();
    let mut used: BTreeMap<&str, u32> = BTreeMap::new();
    for row in &snapshot.rows {
        let nth = used.entry(&row.reference).or_default();
        rows.insert((row.reference.as_str(), *nth), row);
        *nth += 1;
    }
    rows
}

/// EU acts and FollowTheMoney data sets are named in the list's name: one in common is enough, as a
/// file may gain some.
fn same_list(old: &Head, new: &Head) -> bool {
    if old.format != new.format {
        return false;
    }
    if old.list == new.list || matches!(old.format, Format::UnXml | Format::OfacCsv) {
        return old.list == new.list;
    }
    let parts = |head: &Head| -> BTreeSet<String> {
        head.list.split(' ').skip(1).map(str::to_owned).collect()
    };
    let (old, new) = (parts(old), parts(new));
    old.is_empty() || new.is_empty() || !old.is_disjoint(&new)
}

struct Dated {
    written: String,
    moment: Option<Timestamp>,
    first: Option<i64>,
    last: Option<i64>,
}

impl Dated {
    fn of(head: &Head) -> Option<Self> {
        let (written, date) = match (&head.generated, &head.obtained) {
            (Some(stated), _) if stated.date.is_some() => {
                (stated.written.clone(), stated.date.clone())
            }
            (_, Some(date)) => (date.as_str().to_owned(), Some(date.clone())),
            _ => return None,
        };
        let (first, last) = date?.local_bounds();
        Some(Self {
            moment: written.parse().ok(),
            written,
            first,
            last,
        })
    }

    /// Certainly earlier, as far as the two dates tell.
    fn before(&self, other: &Self) -> bool {
        match (self.moment, other.moment) {
            (Some(one), Some(other)) => one < other,
            _ => matches!((self.last, other.first), (Some(end), Some(start)) if end < start),
        }
    }
}

fn differences(old: &Row, new: &Row) -> Vec<FieldChange> {
    fields(old)
        .into_iter()
        .zip(fields(new))
        .filter_map(|((field, old), (_, new))| {
            let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
                one.difference(other).cloned().collect::<Vec<_>>()
            };
            (old != new).then(|| FieldChange {
                field,
                old: only(&old, &new),
                new: only(&new, &old),
            })
        })
        .collect()
}

/// All that a row says, as texts.
fn fields(row: &Row) -> [(&'static str, BTreeSet<String>); 17] {
    fn of<T>(list: &[T], text: impl Fn(&T) -> String) -> BTreeSet<String> {
        list.iter().map(text).collect()
    }
    let same = |list: &[String]| of(list, String::clone);
    let dates = |list: &[Stated]| of(list, |date| date.written.clone());
    [
        ("kind", BTreeSet::from([word(row.kind)])),
        (
            "names",
            of(&row.names, |name| match &name.quality {
                Some(quality) => format!("{} ({}, {quality})", name.text, word(name.kind)),
                None => format!("{} ({})", name.text, word(name.kind)),
            }),
        ),
        ("imos", of(&row.imos, |imo| imo.number.to_string())),
        (
            "company_imos",
            of(&row.company_imos, |imo| imo.number.to_string()),
        ),
        ("mmsis", of(&row.mmsis, ToString::to_string)),
        ("call_signs", of(&row.call_signs, ToString::to_string)),
        ("flags", same(&row.flags)),
        ("listed", dates(&row.listed)),
        ("updated", dates(&row.updated)),
        ("delisted", dates(&row.delisted)),
        ("programmes", same(&row.programmes)),
        ("authorities", same(&row.authorities)),
        (
            "measures",
            of(&row.measures, |measure| measure.says.clone()),
        ),
        ("linked", same(&row.linked)),
        (
            "remarks",
            of(&row.remarks, |remark| {
                format!("{}: {}", remark.field, remark.text)
            }),
        ),
        (
            "refused",
            of(&row.refused, |value| {
                format!("{}: {}", value.field, value.written)
            }),
        ),
        ("other_references", same(&row.other_references)),
    ]
}

/// The word by which JSON names a variant, so that both say the same.
fn word(variant: impl Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
