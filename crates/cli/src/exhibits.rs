//! The words in an exhibit that a locator points to, for people to read.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use seaproof_ais::decode;
use seaproof_ais::input::Unpacked;
use seaproof_ais::report::LineRef;
use seaproof_ais::sink::{Outcome, Reception, Sink};
use seaproof_evidence::ExhibitHash;
use seaproof_evidence::provenance::{Lines, Locator};
use seaproof_ledger::exhibit::{exhibit_path, hash_blob};
use seaproof_ledger::store::Store;

use crate::snapshots::ExhibitReader;

/// Lines that are shown of one place.
const LINES_MAX: u32 = 12;
/// Bytes of a file that are read to hold it against its digest.
const CHECKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of one line that are read; what follows in it is passed over.
const LINE_BYTES_MAX: u64 = 2_000;

/// A locator in words: `line 3`, `page 2, row 5`.
pub fn place_words(at: &Locator) -> String {
    let mut words = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| format!("{name} {value}")));
    };
    add("page", at.page.map(|n| n.to_string()));
    add("paragraph", at.paragraph.as_ref().map(ToString::to_string));
    let lines = |lines: Lines| lines.to_string();
    let plural = at.line.is_some_and(|l| l.ends().0 != l.ends().1);
    add(if plural { "lines" } else { "line" }, at.line.map(lines));
    add("row", at.row.map(|n| n.to_string()));
    add("cell", at.cell.as_ref().map(ToString::to_string));
    add(
        "region",
        at.region
            .map(|r| format!("{}x{} at {},{}", r.width, r.height, r.x, r.y)),
    );
    add("sentences", at.nmea.map(lines));
    add("second", at.second.map(|n| n.to_string()));
    words.join(", ")
}

/// The lines of a held text that a locator names, each cut to a length; empty if it names none, or if the
/// file is not here or is no text.
pub fn lines_at(store: &dyn Store, hash: &ExhibitHash, at: &Locator) -> Vec<String> {
    // A row is none of these: a heading, or a cell of several lines, moves it.
    let lines = at.line.or(at.nmea);
    lines.map_or_else(Vec::new, |lines| read(store, hash, lines, LINES_MAX))
}

/// The lines of the message in fragments whose first and last lines a locator names, with their numbers; empty if none
/// ends there. Lines of others that stand between them are left out.
pub fn message_at(store: &dyn Store, hash: &ExhibitHash, at: &Locator) -> Vec<(u32, String)> {
    let Some(lines) = at.line else {
        return Vec::new();
    };
    let all = read(store, hash, lines, u32::from(LineRef::BEFORE_MAX) + 1);
    let mut fragments = Fragments {
        last: all.len() as u64,
        lines: Vec::new(),
    };
    let mut text = all.join("\n");
    text.push('\n');
    let read = decode::read(
        text.as_bytes(),
        0,
        &decode::Options::default(),
        &mut fragments,
    );
    if read.is_err() || fragments.lines.is_empty() {
        return Vec::new();
    }
    fragments.lines.push(fragments.last);
    (1..)
        .zip(lines.ends().0..)
        .zip(all)
        .filter(|((at, _), _)| fragments.lines.contains(at))
        .map(|((_, number), line)| (number, line))
        .collect()
}

/// Which lines are fragments of the message that ends on the last one.
struct Fragments {
    last: u64,
    lines: Vec<u64>,
}

impl Sink for Fragments {
    fn line(&mut self, line: u64, outcome: Outcome) {
        if outcome == (Outcome::Fragment { of: self.last }) {
            self.lines.push(line);
        }
    }

    fn heard(&mut self, _: &Reception<'_>) {}
}

fn read(store: &dyn Store, hash: &ExhibitHash, lines: Lines, most: u32) -> Vec<String> {
    let Ok(blob) = store.open(&exhibit_path(hash)) else {
        return Vec::new();
    };
    // A track may be held packed; its lines are those of what is in it.
    let Ok(text) = Unpacked::new(ExhibitReader { blob, at: 0 }) else {
        return Vec::new();
    };
    read_lines(BufReader::new(text), lines, most).unwrap_or_default()
}

/// Whether a file is the one that its digest names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// It is.
    Same,
    /// It is another, or changed.
    Differs,
    /// It is too long to be read for this, or cannot be read.
    NotChecked,
}

/// Files that were held against their digests, each once.
#[derive(Default)]
pub struct Checks(BTreeMap<ExhibitHash, Compared>);

impl Checks {
    /// Reads the whole file, up to a length.
    pub fn of(&mut self, store: &dyn Store, hash: &ExhibitHash) -> Compared {
        *self.0.entry(*hash).or_insert_with(|| {
            let blob = store.open(&exhibit_path(hash));
            let short =
                blob.and_then(|blob| Ok((blob.len()? <= CHECKED_BYTES_MAX).then_some(blob)));
            let Ok(Some(blob)) = short else {
                return Compared::NotChecked;
            };
            match hash_blob(blob.as_ref()) {
                Ok(found) if found.hash == *hash => Compared::Same,
                Ok(_) => Compared::Differs,
                Err(_) => Compared::NotChecked,
            }
        })
    }
}

fn read_lines(mut file: impl BufRead, lines: Lines, most: u32) -> std::io::Result<Vec<String>> {
    let (first, last) = lines.ends();
    let last = last.min(first.saturating_add(most - 1));
    let mut found = Vec::new();
    for number in 1..=last {
        let mut line = Vec::new();
        let read = file
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            file.skip_until(b'\n')?;
        }
        if number >= first {
            match String::from_utf8(line) {
                Ok(text) => found.push(text.trim_end().to_owned()),
                // Cut in the middle of a character, or no text at all.
                Err(error) => {
                    let valid = error.utf8_error().valid_up_to();
                    let text = String::from_utf8_lossy(&error.as_bytes()[..valid]);
                    found.push(text.trim_end().to_owned());
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_named_are_read_and_long_ones_are_cut() {
        let long = "x".repeat(5_000);
        let text = format!("one\n{long}\nthree\nfour");
        let lines = |of: &str| read_lines(text.as_bytes(), of.parse().unwrap(), 12).unwrap();
        assert_eq!(lines("1"), ["one"]);
        assert_eq!(lines("2")[0].len(), 2_000);
        assert_eq!(lines("3-9"), ["three", "four"]);
        assert!(lines("5").is_empty());
    }
}
