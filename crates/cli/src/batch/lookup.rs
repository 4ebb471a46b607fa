//! What the names in a batch stand for in the ledger: by a writer's look-ups, or, when nothing is
//! to be written, by reading the log once.

use std::collections::HashMap;

use seaproof_ledger::entry::Entry;
use seaproof_ledger::ids::{EntryId, EntryIndex, ExhibitRef};
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
    /// The exhibits that an entry names.
    fn exhibits_of(&mut self, id: EntryId) -> Result<Vec<ExhibitRef>>;
}

fn exhibits(entry: &Entry) -> Vec<ExhibitRef> {
    entry
        .facts
        .known()
        .map(|facts| facts.exhibits.clone())
        .unwrap_or_default()
}

impl Lookup for Writer<'_> {
    fn find(&mut self, name: &EntryName) -> Result<EntryId> {
        let index = name.find_in(self)?;
        Ok(self.entry(index)?.id)
    }

    fn labelled(&mut self, label: &str) -> Result<Option<EntryIndex>> {
        Ok(self.find_label(label)?)
    }

    fn exhibits_of(&mut self, id: EntryId) -> Result<Vec<ExhibitRef>> {
        match self.find_id(id)? {
            Some(index) => Ok(exhibits(&self.entry(index)?)),
            None => Ok(Vec::new()),
        }
    }
}

/// All entries of a ledger by their names.
pub struct Known<'r> {
    reader: &'r Reader<'r>,
    ids: Vec<EntryId>,
    labels: HashMap<String, EntryIndex>,
    exhibits: HashMap<EntryId, Vec<ExhibitRef>>,
}

impl<'r> Known<'r> {
    pub fn read(reader: &'r Reader<'r>) -> Result<Self> {
        let mut known = Self {
            reader,
            ids: Vec::new(),
            labels: HashMap::new(),
            exhibits: HashMap::new(),
        };
        for read in reader.entries() {
            let entry = read?.entry;
            known.ids.push(entry.id);
            if let Some(label) = entry.facts.known().and_then(|f| f.label.clone()) {
                known.labels.entry(label).or_insert(entry.index);
            }
            let named = exhibits(&entry);
            if !named.is_empty() {
                known.exhibits.insert(entry.id, named);
            }
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

    fn exhibits_of(&mut self, id: EntryId) -> Result<Vec<ExhibitRef>> {
        Ok(self.exhibits.get(&id).cloned().unwrap_or_default())
    }
}
