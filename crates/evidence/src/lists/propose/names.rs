//! Names of a list's rows by spelling, sound and nearness.

use std::collections::HashMap;

use crate::folding::{NAME_CHARS_MAX, NameKey, name_key};
use crate::lists::row::{Kind, NameKind, Row};

use super::near::{Near, edits};
use super::{How, Match, SAME_NAME_ROWS_MAX};

/// The most names, and parts of names in brackets, of a list that are compared.
pub(super) const ENTRIES_MAX: usize = 1_000_000;
/// The most bytes of memory that they are charged with.
const ENTRY_BYTES_MAX: usize = 512 << 20;
/// The most parts in brackets that are taken from a name.
const BRACKETS_MAX: usize = 4;

/// A name, or a part of one, with its keys.
pub(super) struct Named {
    /// The name as written, as a whole.
    pub(super) written: String,
    pub(super) key: NameKey,
    /// It stood in brackets: `Chol Ryong (Ryong Gun Bong)`.
    pub(super) bracketed: bool,
}

impl Named {
    /// A name without what stands in brackets, and each of these.
    pub(super) fn parts(written: &str) -> Vec<Self> {
        let mut outside = String::new();
        let mut inside: Vec<String> = Vec::new();
        let mut depth = 0usize;
        // What a key reads of each part is less.
        for c in written.chars().take(4 * NAME_CHARS_MAX) {
            match c {
                '(' | '[' => {
                    depth += 1;
                    // One more than is taken collects what stands in the rest.
                    if inside.len() <= BRACKETS_MAX {
                        inside.push(String::new());
                    }
                    outside.push(' ');
                }
                ')' | ']' => depth = depth.saturating_sub(1),
                c if depth == 0 => outside.push(c),
                c => {
                    if let Some(last) = inside.last_mut() {
                        last.push(c);
                    }
                }
            }
        }
        let inside = inside.into_iter().take(BRACKETS_MAX);
        std::iter::once((outside, false))
            .chain(inside.map(|text| (text, true)))
            .map(|(text, bracketed)| Self {
                written: written.to_owned(),
                key: name_key(&text),
                bracketed,
            })
            .filter(|named| !named.key.is_empty())
            .collect()
    }
}

/// One name of one row.
struct Entry {
    row: usize,
    nth: usize,
    key: NameKey,
    /// The sound's letters and numbers, apart.
    letters: Vec<char>,
    numbers: String,
    bracketed: bool,
}

/// The names of a list.
pub(super) struct Listed {
    entries: Vec<Entry>,
    /// Entries by spelling and by sound; only looked into.
    same: HashMap<String, Vec<usize>>,
    pub(super) near: Near,
    /// Names were left out because there are too many, or too long ones.
    pub(super) full: bool,
}

/// About how many bytes an entry takes with its places in the maps.
fn cost(key: &NameKey) -> usize {
    let keys = [&key.sound, &key.spelling].into_iter().chain(&key.others);
    let texts: usize = keys.map(|text| 2 * text.len() + 80).sum();
    texts + 4 * key.sound.len() + size_of::<Entry>()
}

impl Listed {
    pub(super) fn of(rows: &[Row]) -> Self {
        Self::of_at_most(rows, ENTRIES_MAX, ENTRY_BYTES_MAX)
    }

    fn of_at_most(rows: &[Row], entries_max: usize, bytes_max: usize) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let (mut bytes, mut full) = (0, false);
        'rows: for (row, of) in rows.iter().enumerate() {
            for (nth, name) in of.names.iter().enumerate() {
                let a_ship = matches!(of.kind, Kind::Vessel | Kind::Other);
                if !a_ship && name.kind != NameKind::InText {
                    continue;
                }
                for named in Named::parts(&name.text) {
                    bytes += cost(&named.key);
                    if entries.len() >= entries_max || bytes > bytes_max {
                        full = true;
                        break 'rows;
                    }
                    let (letters, numbers) = named.key.parts();
                    entries.push(Entry {
                        row,
                        nth,
                        key: named.key,
                        letters: letters.chars().collect(),
                        numbers,
                        bracketed: named.bracketed,
                    });
                }
            }
        }
        let mut same: HashMap<String, Vec<usize>> = HashMap::new();
        let mut near = Near::new();
        for (at, entry) in entries.iter().enumerate() {
            same.entry(entry.key.sound.clone()).or_default().push(at);
            if entry.key.spelling != entry.key.sound {
                same.entry(entry.key.spelling.clone()).or_default().push(at);
            }
            for other in &entry.key.others {
                if *other != entry.key.spelling {
                    same.entry(other.clone()).or_default().push(at);
                }
            }
            near.add(&entry.key, at);
        }
        near.sort();
        Self {
            entries,
            same,
            near,
            full,
        }
    }

    /// Finds rows of this name; true if there are more than were looked at.
    pub(super) fn look_up(
        &self,
        rows: &[Row],
        named: &Named,
        add: &mut impl FnMut(usize, Match),
    ) -> bool {
        let mut more = false;
        let mut at_most = |found: usize| {
            more |= found > SAME_NAME_ROWS_MAX;
            SAME_NAME_ROWS_MAX
        };
        let mut keys = vec![&named.key.sound];
        if named.key.spelling != named.key.sound {
            keys.push(&named.key.spelling);
        }
        keys.extend(&named.key.others);
        for key in keys {
            let Some(entries) = self.same.get(key) else {
                continue;
            };
            for at in entries.iter().take(at_most(entries.len())) {
                let entry = &self.entries[*at];
                let (how, less) = match entry.key.spelling == named.key.spelling {
                    true => (How::NameFolded, 0),
                    false => (How::NameTransliterated, 100),
                };
                add(entry.row, self.found(rows, entry, named, how, less));
            }
        }
        let (mine, numbers) = named.key.parts();
        let mine: Vec<char> = mine.chars().collect();
        let near = self.near.candidates(&named.key);
        for at in near.iter().take(at_most(near.len())) {
            let entry = &self.entries[*at];
            if entry.key.sound == named.key.sound || entry.numbers != numbers {
                continue;
            }
            if let Some(edits) = edits(&mine, &entry.letters) {
                let less = if edits == 1 { 300 } else { 400 };
                add(
                    entry.row,
                    self.found(rows, entry, named, How::NameNear, less),
                );
            }
        }
        more
    }

    fn found(&self, rows: &[Row], entry: &Entry, named: &Named, how: How, less: u16) -> Match {
        let name = &rows[entry.row].names[entry.nth];
        let points = match (name.kind, entry.bracketed) {
            (NameKind::Primary, false) => 800,
            (NameKind::Primary | NameKind::Alias, _) => 750,
            (NameKind::Former, _) => 650,
            (NameKind::WeakAlias, _) => 550,
            (NameKind::InText, _) => 500,
        };
        let letters = named.key.spelling.chars().filter(|c| c.is_alphabetic());
        let short = if letters.count() < 5 { 100 } else { 0 };
        Match {
            how,
            name_kind: Some(match (name.kind, entry.bracketed) {
                (NameKind::Primary, true) => NameKind::Alias,
                (kind, _) => kind,
            }),
            field: name.field,
            vessel_value: named.written.clone(),
            row_value: name.text.clone(),
            score: points - less - short,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Place;

    #[test]
    fn no_name_gives_more_than_a_few_entries_and_no_list_more_than_the_most() {
        let brackets = "A (B) ".repeat(100_000);
        assert_eq!(Named::parts(&brackets).len(), 1 + BRACKETS_MAX);
        let parts = Named::parts("Chol Ryong (Ryong Gun Bong) [Old] (C) (D) (E)");
        let bracketed = parts.iter().filter(|part| part.bracketed);
        assert_eq!(bracketed.count(), BRACKETS_MAX);

        let row = |name: &str| {
            let mut row = Row::new(Kind::Vessel, Place { line: 1, byte: 0 });
            row.name_as(name, NameKind::Primary, None, "name");
            row
        };
        let rows = ["ONE", "TWO (SECOND)", "THREE"].map(row);
        for (entries, bytes, kept, full) in [
            (4, usize::MAX, 4, false),
            (3, usize::MAX, 3, true),
            (4, 3 * cost(&name_key("ONE")), 1, true),
        ] {
            let listed = Listed::of_at_most(&rows, entries, bytes);
            assert!(
                listed.entries.len() >= kept && listed.full == full,
                "{entries} {bytes}"
            );
            assert!(listed.entries.len() <= entries);
        }
    }
}
