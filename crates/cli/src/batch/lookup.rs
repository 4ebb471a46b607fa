//! What the names in a batch stand for in the ledger: by a writer's look-ups, or, when nothing is
//! to be written, by reading the log once.

use std::collections::HashMap;

use seaproof_ledger::entry::Entry;
use seaproof_ledger::ids::{AuthorKey, EntryId, EntryIndex, ExhibitRef};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::writer::Writer;

use crate::error::Result;
use crate::names::EntryName;

/// Entries that are in the ledger already.
pub trait Lookup {
    /// The entry with this name.
    fn find(&mut self, name: &EntryName) -> Result<EntryId>;
    /// Who has this label.
    fn labelled(&mut self, label: &str) -> Result<Option<EntryIndex>>;
    /// What is known of an entry; `None` if it is not in the ledger.
    fn about(&mut self, id: EntryId) -> Result<Option<About>>;
}

/// What a line must know of an entry that it refers to.
#[derive(Debug, Clone)]
pub struct About {
    pub index: EntryIndex,
    pub label: Option<String>,
    pub author: AuthorKey,
    /// `None` if the opening is withheld or of a newer version.
    pub kind: Option<String>,
    pub exhibits: Vec<ExhibitRef>,
}

impl About {
    fn of(entry: &Entry) -> Self {
        let facts = entry.facts.known();
        Self {
            index: entry.index,
            label: facts.and_then(|facts| facts.label.clone()),
            author: entry.statement.key,
            kind: facts.map(|facts| facts.kind.clone()),
            exhibits: facts
                .map(|facts| facts.exhibits.clone())
                .unwrap_or_default(),
        }
    }
}

impl Lookup for Writer<'_> {
    fn find(&mut self, name: &EntryName) -> Result<EntryId> {
        let index = name.find_in(self)?;
        Ok(self.entry(index)?.id)
    }

    fn labelled(&mut self, label: &str) -> Result<Option<EntryIndex>> {
        Ok(self.find_label(label)?)
    }

    fn about(&mut self, id: EntryId) -> Result<Option<About>> {
        match self.find_id(id)? {
            Some(index) => Ok(Some(About::of(&self.entry(index)?))),
            None => Ok(None),
        }
    }
}

/// All entries of a ledger by their names.
pub struct Known<'r> {
    reader: &'r Reader<'r>,
    ids: Vec<EntryId>,
    labels: HashMap<String, EntryIndex>,
    about: HashMap<EntryId, About>,
}

impl<'r> Known<'r> {
    pub fn read(reader: &'r Reader<'r>) -> Result<Self> {
        let mut known = Self {
            reader,
            ids: Vec::new(),
            labels: HashMap::new(),
            about: HashMap::new(),
        };
        for read in reader.entries() {
            let entry = read?.entry;
            known.ids.push(entry.id);
            if let Some(label) = entry.facts.known().and_then(|f| f.label.clone()) {
                known.labels.entry(label).or_insert(entry.index);
            }
            known.about.insert(entry.id, About::of(&entry));
        }
        Ok(known)
    }
}

impl Lookup for Known<'_> {
    fn find(&mut self, name: &EntryName) -> Result<EntryId> {
        let index = match name {
            EntryName::Word(word) if self.labels.contains_key(word) => self.labels[word],
            other => other.find(self.reader)?,
        };
        // `find` answers with entries that the reader has.
        Ok(self.ids[index.0 as usize])
    }

    fn labelled(&mut self, label: &str) -> Result<Option<EntryIndex>> {
        Ok(self.labels.get(label).copied())
    }

    fn about(&mut self, id: EntryId) -> Result<Option<About>> {
        Ok(self.about.get(&id).cloned())
    }
}
