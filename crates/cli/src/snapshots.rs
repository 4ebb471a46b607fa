//! Sanctions lists that are held: found among what stands in a ledger, read from their exhibits.

use std::io::{self, BufReader, Read};

use seaproof_evidence::lists::{self, Snapshot};
use seaproof_ledger::exhibit::exhibit_path;
use seaproof_ledger::ids::{EntryIndex, ExhibitHash};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::{Blob, Store};
use seaproof_replay::View;
use seaproof_replay::view::ListRow;
use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};
use crate::names::EntryName;

/// A list as an entry holds it.
pub struct Held {
    /// The entry's label or number.
    pub name: String,
    /// Which list the entry says it is.
    pub title: String,
    /// What its file says.
    pub list: Snapshot,
}

/// The lists that a ledger holds, or the one named. Only what stands counts: a list, or a file attached to
/// one, that is retracted or that its author could not record is none.
pub fn held(
    store: &dyn Store,
    reader: &Reader<'_>,
    view: &View,
    named: Option<&EntryName>,
) -> Result<Vec<Held>> {
    let index = named.map(|name| name.find(reader)).transpose()?;
    let wanted = |row: &&ListRow| index.is_none_or(|index| row.told.entry == index.0);
    let rows: Vec<&ListRow> = view.lists.iter().filter(wanted).collect();
    if let (Some(index), []) = (index, &rows[..]) {
        return Err(no_list(reader, index)?);
    }
    let mut lists = Vec::new();
    for row in rows {
        let name = &row.told.id;
        match &row.held.files[..] {
            [] if named.is_none() => {}
            [] => {
                return Err(
                    Error::input(format!("{name} is cited, and its file is not held"))
                        .remedy("`seaproof attach` adds it."),
                );
            }
            [file, ..] => {
                let hash: ExhibitHash = (file.sha256.parse())
                    .map_err(|_| Error::input(format!("{:?} is no hash", file.sha256)))?;
                let list = read(store, &hash).map_err(|error| error.at(name))?;
                lists.push(Held {
                    name: name.clone(),
                    title: row.list.clone(),
                    list: dated(list, row),
                });
            }
        }
    }
    Ok(lists)
}

/// Why an entry is no list.
fn no_list(reader: &Reader<'_>, index: EntryIndex) -> Result<Error> {
    for read in reader.entries() {
        let entry = read?.entry;
        if entry.index != index {
            continue;
        }
        let kind = entry.facts.known().map(|facts| facts.kind.as_str());
        return Ok(match kind {
            Some("list-snapshot") => Error::input(format!(
                "{index} is a list that does not stand: it is retracted, or its author could not record it"
            ))
            .remedy(format!("`seaproof show {index}` says why.")),
            Some(kind) => Error::input(format!("{index} is a {kind} and no list"))
                .remedy("`seaproof log --kind list-snapshot` shows the lists."),
            None => Error::input(format!("{index} is no list that can be read"))
                .remedy("`seaproof log --kind list-snapshot` shows the lists."),
        });
    }
    Ok(Error::input(format!("{index} is not there")))
}

/// Reads a list from its exhibit, hashing what is read: a file that has changed since is no evidence.
fn read(store: &dyn Store, hash: &ExhibitHash) -> Result<Snapshot> {
    let storage = |e: &io::Error| Error::storage(format_args!("exhibit {hash}"), e);
    let blob = (store.open(&exhibit_path(hash))).map_err(|e| storage(&e))?;
    let mut file = Hashed {
        file: ExhibitReader { blob, at: 0 },
        hash: Sha256::new(),
    };
    let list = lists::read(BufReader::new(&mut file));
    // The reader may stop before the end.
    io::copy(&mut file, &mut io::sink()).map_err(|e| storage(&e))?;
    let found = ExhibitHash(file.hash.finalize().into());
    if found != *hash {
        return Err(Error::new(
            Kind::Ledger,
            format!("exhibit {hash} is damaged: its bytes now hash to {found}"),
        )
        .remedy("Nothing of it was used. `seaproof verify` shows all damage; put the file back from a copy."));
    }
    list.map_err(|refused| Error::input(refused.to_string()))
}

/// With the day that the entry gives, where the file gives none.
fn dated(mut list: Snapshot, row: &ListRow) -> Snapshot {
    let told = row.generated.as_ref().or(row.captured.as_ref());
    list.head.obtained = told.and_then(|when| when.edtf.parse().ok());
    list
}

/// Hashes what is read.
struct Hashed {
    file: ExhibitReader,
    hash: Sha256,
}

impl Read for Hashed {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buf)?;
        self.hash.update(&buf[..read]);
        Ok(read)
    }
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
