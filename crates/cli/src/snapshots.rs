//! Sanctions lists that are held: found by their entry, read from their exhibit.

use std::io::{self, BufReader, Read};

use seaproof_evidence::events::lists::ListSnapshot;
use seaproof_evidence::lists::{self, Snapshot};
use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::exhibit::exhibit_path;
use seaproof_ledger::ids::{EntryId, ExhibitRef};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::{Blob, Store};

use crate::error::{Error, Result};
use crate::names::EntryName;

/// A list as an entry holds it.
pub struct Held {
    /// The entry's label or number.
    pub name: String,
    /// What the entry says of it.
    pub event: ListSnapshot,
    /// What its file says.
    pub list: Snapshot,
}

/// The lists that a ledger holds, or the one named.
pub fn held(
    store: &dyn Store,
    reader: &Reader<'_>,
    named: Option<&EntryName>,
) -> Result<Vec<Held>> {
    let index = named.map(|name| name.find(reader)).transpose()?;
    let mut found: Vec<(EntryId, String, ListSnapshot, Vec<ExhibitRef>)> = Vec::new();
    for read in reader.entries() {
        let entry = read?.entry;
        let Some(facts) = entry.facts.known() else {
            continue;
        };
        let wanted = index.is_none_or(|index| index == entry.index);
        match facts.kind.as_str() {
            "list-snapshot" if wanted => {}
            "attached" => {}
            kind if index == Some(entry.index) => {
                return Err(
                    Error::input(format!("{} is a {kind} and no list", entry.index))
                        .remedy("`seaproof log --kind list-snapshot` shows the lists."),
                );
            }
            _ => continue,
        }
        let Decoded::Known(said) = Decoded::of(entry.statement.class, facts) else {
            continue;
        };
        match said.event() {
            Event::ListSnapshot(event) => {
                let label = facts.label.clone();
                let name = label.unwrap_or_else(|| entry.index.to_string());
                found.push((entry.id, name, event.clone(), facts.exhibits.clone()));
            }
            Event::Attached(event) => {
                let about = said.entry(event.about);
                for (id, _, _, exhibits) in &mut found {
                    if *id == about {
                        exhibits.extend(said.exhibits());
                    }
                }
            }
            _ => {}
        }
    }
    let mut lists = Vec::new();
    for (_, name, event, exhibits) in found {
        match exhibits[..] {
            [] if named.is_none() => {}
            [] => {
                return Err(
                    Error::input(format!("{name} is cited, and its file is not held"))
                        .remedy("`seaproof attach` adds it."),
                );
            }
            [exhibit, ..] => {
                let list = read(store, exhibit).map_err(|error| error.at(&name))?;
                let list = dated(list, &event);
                lists.push(Held { name, event, list });
            }
        }
    }
    Ok(lists)
}

/// Reads a list from its exhibit.
pub fn read(store: &dyn Store, exhibit: ExhibitRef) -> Result<Snapshot> {
    let blob = store
        .open(&exhibit_path(&exhibit.hash))
        .map_err(|e| Error::storage(format_args!("exhibit {}", exhibit.hash), &e))?;
    lists::read(BufReader::new(ExhibitReader { blob, at: 0 }))
        .map_err(|refused| Error::input(refused.to_string()))
}

/// With the day that the entry gives, where the file gives none.
fn dated(mut list: Snapshot, event: &ListSnapshot) -> Snapshot {
    let told = event.generated.as_ref().or(event.captured.as_ref());
    list.head.obtained = told.map(|when| when.edtf.clone());
    list
}

/// Reads a stored file from its beginning.
pub struct ExhibitReader {
    pub blob: Box<dyn Blob>,
    pub at: u64,
}

impl Read for ExhibitReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.blob.read_at(self.at, buf)?;
        self.at += read as u64;
        Ok(read)
    }
}
