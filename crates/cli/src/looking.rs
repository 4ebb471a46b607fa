//! Which state is looked at: after which entry, as of which date, and without what.

use clap::Args;
use seaproof_evidence::{EntryIndex, ExhibitHash};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_replay::{AsOf, Lens, View};

use crate::context;
use crate::error::{Error, Result};
use crate::names::{EntryName, Holders};
use crate::readings;
use crate::state;
use crate::suspects::{Marked, Suspects};

/// Options of every command that shows the state.
#[derive(Debug, Args)]
pub struct Looking {
    /// The state after this entry
    #[arg(long, value_name = "ENTRY")]
    pub at: Option<EntryName>,
    /// Only what had begun in the world by the end of this date, as 2024-03-15
    #[arg(long, value_name = "DATE")]
    as_of: Option<AsOf>,
    /// As if this had not been recorded: an entry, author:NAME, or sha256:DIGEST of a file. May be repeated
    #[arg(long, value_name = "WHAT")]
    without: Vec<String>,
}

impl Looking {
    /// Whether all of the newest state is looked at.
    pub fn is_plain(&self) -> bool {
        self.at.is_none() && self.is_whole()
    }

    /// Whether nothing is left out of it.
    fn is_whole(&self) -> bool {
        self.as_of.is_none() && self.without.is_empty()
    }

    /// The view of it.
    pub fn view(&self, store: &FolderStore) -> Result<Marked<View>> {
        let reader = self.reader(store)?;
        let lens = self.lens(&reader)?;
        let state = state::replay(&reader)?;
        let settled = state.settle_under(lens);
        let readings = readings::only(store, &settled)?;
        Ok(Marked {
            answer: settled.view(&readings),
            suspect_keys: Suspects::read(&reader)?,
        })
    }

    /// The log up to where it is looked at.
    pub fn reader<'s>(&self, store: &'s FolderStore) -> Result<Reader<'s>> {
        match &self.at {
            None => context::reader(store, None),
            Some(EntryName::Index(index)) => context::reader(store, Some(index.0)),
            Some(name) => {
                let index = name.find(&context::reader(store, None)?)?;
                context::reader(store, Some(index.0))
            }
        }
    }

    /// What is left out.
    pub fn lens(&self, reader: &Reader<'_>) -> Result<Lens> {
        let mut lens = Lens {
            as_of: self.as_of.clone(),
            ..Lens::default()
        };
        for what in &self.without {
            if let Some(name) = what.strip_prefix("author:") {
                // Whoever leaves out a person leaves out every key of theirs.
                let keys = Holders::read(reader)?.find_all(reader.authority(), name)?;
                lens.without.authors.extend(keys);
            } else if let Some(digest) = what.strip_prefix("sha256:") {
                let digest: ExhibitHash = digest.parse().map_err(|_| {
                    Error::usage(format!(
                        "--without {what:?}: expected 64 digits of 0-9 and a-f"
                    ))
                })?;
                named(reader, &digest)?;
                lens.without.exhibits.insert(digest);
            } else {
                let name: EntryName = what.parse().map_err(Error::usage)?;
                lens.without.entries.insert(one(&name, reader)?);
            }
        }
        Ok(lens)
    }

    /// In words, behind "after #37"; empty if all of it is looked at.
    pub fn words(&self) -> String {
        let mut words = String::new();
        if let Some(date) = &self.as_of {
            words.push_str(&format!(", as of {date}"));
        }
        if !self.without.is_empty() {
            words.push_str(&format!(", without {}", self.without.join(", ")));
        }
        words
    }
}

/// Refuses a file that no entry names: leaving it out would change nothing, and look as if it had.
fn named(reader: &Reader<'_>, digest: &ExhibitHash) -> Result<()> {
    for read in reader.entries() {
        let entry = read?.entry;
        let exhibits = entry.facts.known().map_or(&[][..], |facts| &facts.exhibits);
        if exhibits.iter().any(|exhibit| exhibit.hash == *digest) {
            return Ok(());
        }
    }
    Err(Error::input(format!("no entry names the file {digest}")))
}

fn one(name: &EntryName, reader: &Reader<'_>) -> Result<EntryIndex> {
    let index = name.find(reader)?;
    if index.0 == 0 {
        return Err(Error::usage(
            "--without #0: the first entry is the ledger itself",
        ));
    }
    Ok(index)
}
