//! How entries and authors are named on the command line.

use std::collections::BTreeMap;
use std::str::FromStr;

use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::facts::check_label;
use seaproof_ledger::governance::{Author, Authority, Governance};
use seaproof_ledger::ids::{AuthorKey, EntryIndex};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::{ReadEntry, Reader};
use seaproof_ledger::writer::Writer;

use crate::error::{Error, Result};
use crate::output::clean;

/// The fewest digits of an entry id that name an entry.
const PREFIX_MIN: usize = 8;

/// An entry as a person names it: `#12` or `12`, a label, or the beginning of its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryName {
    /// By its place.
    Index(EntryIndex),
    /// By a label or the beginning of its id; a label goes first.
    Word(String),
}

impl FromStr for EntryName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        if !digits.is_empty() && digits.len() < 20 && digits.bytes().all(|b| b.is_ascii_digit()) {
            return digits
                .parse()
                .map(|n| Self::Index(EntryIndex(n)))
                .map_err(|_| format!("{digits} is too large for an entry's number"));
        }
        let word = Self::Word(text.to_owned());
        if check_label(text).is_ok() || word.prefix().is_some() {
            return Ok(word);
        }
        Err(format!(
            "an entry is named by its number (12 or '#12'), its label, or at least {PREFIX_MIN} digits of its id"
        ))
    }
}

impl std::fmt::Display for EntryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index(index) => index.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl EntryName {
    /// The word as the beginning of an entry id, if it can be one.
    fn prefix(&self) -> Option<&str> {
        match self {
            Self::Word(word)
                if (PREFIX_MIN..=64).contains(&word.len())
                    && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) =>
            {
                Some(word)
            }
            _ => None,
        }
    }

    fn missing(&self) -> Error {
        match self {
            Self::Index(index) => Error::input(format!("there is no {index} in this ledger")),
            Self::Word(word) => Error::input(format!("no entry has the label or id {word:?}")),
        }
        .remedy("`seaproof log` lists the entries.")
    }

    fn ambiguous(&self, a: EntryIndex, b: EntryIndex) -> Error {
        let Self::Word(word) = self else {
            return self.missing();
        };
        Error::input(format!("the ids of {a} and {b} both begin with {word}"))
            .remedy("Give more digits.")
    }

    /// Finds the entry by reading the log once.
    pub fn find(&self, reader: &Reader<'_>) -> Result<EntryIndex> {
        if let Self::Index(index) = self {
            return match index.0 < reader.head().size.0 {
                true => Ok(*index),
                false => Err(self.missing()),
            };
        }
        let mut by_prefix = Vec::new();
        for entry in reader.entries() {
            let entry = entry?.entry;
            if self.is_label_of(&entry) {
                return Ok(entry.index);
            }
            if let Some(prefix) = self.prefix()
                && by_prefix.len() < 2
                && entry.id.to_string().starts_with(prefix)
            {
                by_prefix.push(entry.index);
            }
        }
        self.only(&by_prefix)
    }

    /// Finds the entry with a writer's look-ups.
    pub fn find_in(&self, writer: &mut Writer<'_>) -> Result<EntryIndex> {
        match self {
            Self::Index(index) if index.0 < writer.head().size.0 => Ok(*index),
            Self::Index(_) => Err(self.missing()),
            Self::Word(word) => {
                if let Some(index) = writer.find_label(word)? {
                    return Ok(index);
                }
                match self.prefix() {
                    Some(prefix) => self.only(&writer.find_prefix(prefix)?),
                    None => Err(self.missing()),
                }
            }
        }
    }

    fn only(&self, found: &[EntryIndex]) -> Result<EntryIndex> {
        match found {
            [] => Err(self.missing()),
            [only] => Ok(*only),
            [a, b, ..] => Err(self.ambiguous(*a, *b)),
        }
    }

    fn is_label_of(&self, entry: &Entry) -> bool {
        match (self, entry.facts.known().and_then(|f| f.label.as_deref())) {
            (Self::Word(word), Some(label)) => word == label,
            _ => false,
        }
    }
}

/// Names of keys' holders, as the admitting custodians wrote them. They prove nothing.
#[derive(Debug, Default)]
pub struct Holders(BTreeMap<AuthorKey, String>);

impl From<BTreeMap<AuthorKey, String>> for Holders {
    fn from(names: BTreeMap<AuthorKey, String>) -> Self {
        Self(names)
    }
}

impl Holders {
    /// Takes in what an entry says about a key's holder. An entry that its key could not record says nothing.
    pub fn heed(&mut self, read: &ReadEntry) {
        let entry = &read.entry;
        if !read.standing.authorised {
            return;
        }
        let (Disclosed::Present(facts), Some(source)) = (&entry.facts, entry.source.known()) else {
            return;
        };
        let Some(name) = source.get("name") else {
            return;
        };
        let key = match Governance::of(facts) {
            Ok(Governance::Genesis) => entry.statement.key,
            Ok(Governance::Admitted(admitted)) => admitted.key,
            _ => return,
        };
        self.0.entry(key).or_insert_with(|| name.to_owned());
    }

    /// All names in a ledger, by reading its log once.
    pub fn read(reader: &Reader<'_>) -> Result<Self> {
        let mut holders = Self::default();
        for entry in reader.entries() {
            holders.heed(&entry?);
        }
        Ok(holders)
    }

    pub fn get(&self, key: &AuthorKey) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The keys whose holder has this name: several if one came in the place of another.
    pub fn all(&self, name: &str) -> impl Iterator<Item = AuthorKey> {
        self.0
            .iter()
            .filter(move |(_, known)| *known == name)
            .map(|(key, _)| *key)
    }

    /// A key for a table: its holder's name, or the beginning of its fingerprint.
    pub fn short(&self, key: &AuthorKey) -> String {
        match self.get(key) {
            Some(name) => crate::output::short(name, 24),
            None => fingerprint(key)
                .chars()
                .take(14)
                .chain("…".chars())
                .collect(),
        }
    }

    /// The author that a person means: by the name of the holder or by (the beginning of) the
    /// fingerprint. Of several keys with one name, the one in force is meant.
    pub fn find(&self, authority: &Authority, text: &str) -> Result<AuthorKey> {
        let found = self.find_all(authority, text)?;
        let in_force = |key: &&AuthorKey| authority.author(key).is_some_and(Author::in_force);
        let mut of_force = found.iter().filter(in_force);
        match (&found[..], of_force.next(), of_force.next()) {
            ([key], _, _) | (_, Some(key), None) => Ok(*key),
            _ => Err(several(found.len(), text)),
        }
    }

    /// All keys that a person means: those that came one in the place of the other have one name.
    pub fn find_all(&self, authority: &Authority, text: &str) -> Result<Vec<AuthorKey>> {
        let known = || authority.authors().map(|(key, _)| *key);
        let named: Vec<AuthorKey> = known().filter(|key| self.get(key) == Some(text)).collect();
        let printed: Vec<AuthorKey> = known()
            .filter(|key| text.len() > 10 && fingerprint(key).starts_with(text))
            .collect();
        match (&named[..], &printed[..]) {
            ([], []) => Err(
                Error::input(format!("no author of this ledger is {:?}", clean(text)))
                    .remedy("`seaproof author list` shows names and fingerprints."),
            ),
            ([], [_]) => Ok(printed),
            (_, []) => Ok(named),
            _ => Err(several(named.len() + printed.len(), text)),
        }
    }
}

fn several(count: usize, text: &str) -> Error {
    Error::input(format!("{count} authors are {:?}", clean(text))).remedy(
        "Name the one you mean by its fingerprint, SHA256:…; `seaproof author list` shows them.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_labels_and_ids_are_told_apart() {
        let index = |n| Ok(EntryName::Index(EntryIndex(n)));
        assert_eq!("12".parse(), index(12));
        assert_eq!("#12".parse(), index(12));
        assert_eq!("press-a".parse(), Ok(EntryName::Word("press-a".into())));
        assert_eq!("0a1b2c3d".parse(), Ok(EntryName::Word("0a1b2c3d".into())));
        for wrong in [
            "",
            "#",
            "0a1",
            "Press",
            "0A1B2C",
            "-1",
            "12a b",
            "\u{1b}[2J",
        ] {
            assert!(wrong.parse::<EntryName>().is_err(), "{wrong:?}");
        }
    }
}
