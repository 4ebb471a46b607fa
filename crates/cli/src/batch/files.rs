//! Files that lines name: looked at first, taken in as exhibits only when every line can stand.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use seaproof_ledger::exhibit::{Taken, exhibit_path, take_in_or_again};
use seaproof_ledger::ids::{ExhibitHash, ExhibitRef};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::Store;

use crate::error::{Error, Result};
use crate::input::{bytes_bar, open_exhibit};
use crate::snapshots::ExhibitReader;

/// A file that lines name otherwise than by its path: not every path is text, and a path may lead to another file
/// by the time it is taken in.
#[derive(Debug, Clone)]
pub struct Given {
    /// How lines name it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What was read of it, which is to be taken in; `None`: it was not read.
    pub exhibit: Option<ExhibitRef>,
}

/// The files of a batch.
pub struct Planned {
    base: PathBuf,
    given: Vec<Given>,
    files: BTreeMap<PathBuf, File>,
}

struct File {
    length: u64,
    /// In its place until the file is taken in: no file has this hash.
    stand_in: ExhibitHash,
    /// What it has to be.
    expected: Option<ExhibitRef>,
    taken: Option<Taken>,
}

impl Planned {
    pub fn new(base: &Path, given: &[Given]) -> Self {
        Self {
            base: base.to_path_buf(),
            given: given.to_vec(),
            files: BTreeMap::new(),
        }
    }

    /// The exhibit that a name in a line stands for.
    pub fn find(&mut self, name: &str, store: &dyn Store) -> Result<ExhibitRef, String> {
        let given = self.given.iter().find(|given| given.name == name);
        if given.is_none()
            && let Some(digits) = name.strip_prefix("sha256:")
        {
            let hash: ExhibitHash = digits.parse().map_err(|e| format!("{e}"))?;
            let length = store
                .open(&exhibit_path(&hash))
                .and_then(|blob| blob.len())
                .map_err(|error| {
                    format!("the ledger does not hold this file ({error}): name it by its path")
                })?;
            return Ok(ExhibitRef { hash, length });
        }
        let expected = given.and_then(|given| given.exhibit);
        let path = match given {
            Some(given) => given.path.clone(),
            None => self.base.join(name),
        };
        if let Some(file) = self.files.get(&path) {
            return Ok(file.exhibit());
        }
        let (_, length) = open_exhibit(&path).map_err(|error| error.sentence())?;
        let mut stand_in = [0xff; 32];
        stand_in[..8].copy_from_slice(&(self.files.len() as u64).to_le_bytes());
        let file = File {
            length,
            stand_in: ExhibitHash(stand_in),
            expected,
            taken: None,
        };
        let exhibit = file.exhibit();
        self.files.insert(path, file);
        Ok(exhibit)
    }

    /// Opens a file of the batch, or an exhibit of the ledger.
    pub fn open(&self, exhibit: ExhibitRef, store: &dyn Store) -> Result<Box<dyn Read>, String> {
        match self.files.iter().find(|(_, f)| f.exhibit() == exhibit) {
            Some((path, _)) => match open_exhibit(path) {
                Ok((file, _)) => Ok(Box::new(file)),
                Err(error) => Err(error.sentence()),
            },
            None => store
                .open(&exhibit_path(&exhibit.hash))
                .map(|blob| Box::new(ExhibitReader { blob, at: 0 }) as Box<dyn Read>)
                .map_err(|error| format!("exhibit {} cannot be read: {error}", exhibit.hash)),
        }
    }

    /// Copies all files into the ledger while hashing them.
    pub fn take_in(&mut self, store: &dyn Store) -> Result<()> {
        for (path, planned) in &mut self.files {
            let (mut file, length) = open_exhibit(path)?;
            if length != planned.length {
                return Err(Error::input(format!(
                    "{} changed while the batch was checked: {} bytes at first, {length} now",
                    path.display(),
                    planned.length
                ))
                .remedy("Wait until nothing writes to it, and try again."));
            }
            let bar = bytes_bar(length, &path.display().to_string());
            let taken = take_in_or_again(store, &mut file, Some(length), &mut |done| {
                bar.set_position(done);
            });
            bar.finish_and_clear();
            let taken = taken.map_err(|error| Error::from(error).at(path.display()))?;
            planned.taken = Some(taken);
            if planned
                .expected
                .is_some_and(|expected| expected != taken.exhibit)
            {
                return Err(Error::input(format!(
                    "{} is not the file any more that was read before",
                    path.display()
                ))
                .remedy("Wait until nothing writes to it, and try again."));
            }
        }
        Ok(())
    }

    /// Removes what was taken in and no entry names: nothing came of the batch.
    pub fn take_back(&self, store: &dyn Store) {
        let taken = self.files.values().filter_map(|file| file.taken);
        let new = taken.filter(|taken| taken.new);
        remove_unnamed(store, new.map(|taken| taken.exhibit.hash).collect());
    }
}

/// Removes those of some exhibits that no entry names. They have to be new: of what stood before, an entry may speak
/// whose facts are withheld or not known to this program.
pub fn remove_unnamed(store: &dyn Store, mut unnamed: BTreeSet<ExhibitHash>) {
    if unnamed.is_empty() {
        return;
    }
    let Ok(reader) = Reader::open(store, None) else {
        return;
    };
    for read in reader.entries() {
        let Ok(read) = read else { return };
        for exhibit in read.entry.facts.known().iter().flat_map(|f| &f.exhibits) {
            unnamed.remove(&exhibit.hash);
        }
    }
    for hash in unnamed {
        // What stays all the same is a file that no entry names: harmless.
        let _ = store.remove(&exhibit_path(&hash));
    }
}

impl File {
    fn exhibit(&self) -> ExhibitRef {
        match self.taken {
            Some(taken) => taken.exhibit,
            None => ExhibitRef {
                hash: self.stand_in,
                length: self.length,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use seaproof_ledger::store::FolderStore;

    use super::*;

    #[test]
    fn another_file_than_the_one_that_was_read_does_not_stay() {
        let dir = tempfile::tempdir().unwrap();
        let store = FolderStore::new(dir.path().join("case"));
        let path = dir.path().join("ports.csv");
        std::fs::write(&path, "a table").unwrap();
        let read = take_in_or_again(&store, &mut &b"a table"[..], None, &mut |_| {}).unwrap();
        let given = Given {
            name: "sha256:a name".into(),
            path: path.clone(),
            exhibit: Some(read.exhibit),
        };
        let mut planned = Planned::new(Path::new(""), std::slice::from_ref(&given));
        planned.find("sha256:a name", &store).unwrap();
        planned.take_in(&store).unwrap();
        assert_eq!(planned.find("sha256:a name", &store), Ok(read.exhibit));

        std::fs::write(&path, "a toble").unwrap();
        let mut planned = Planned::new(Path::new(""), std::slice::from_ref(&given));
        planned.find("sha256:a name", &store).unwrap();
        let error = planned.take_in(&store).unwrap_err();
        assert!(
            error.sentence().contains("ports.csv is not the file"),
            "{}",
            error.sentence()
        );
    }
}
