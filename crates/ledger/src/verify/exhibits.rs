//! Hashing what lies in `exhibits/`, before the log says who names it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::report::{Code, Problem};
use crate::exhibit::{INCOMING, exhibit_path, hash_blob};
use crate::ids::{ExhibitHash, ExhibitRef};
use crate::store::{FoundKind, Store};

/// Files that are hashed at a time.
const BATCH: usize = 1_024;
/// Bad files that are told apart.
pub(super) const BAD_MAX: usize = 10_000;

/// Names that are no exhibit's and are told.
const STRAYS_MAX: usize = 100;

/// What is wrong with a file.
#[derive(Debug, Clone)]
pub(super) enum Bad {
    /// Other bytes.
    Digest(ExhibitRef),
    /// A link, a pipe, a folder.
    NotAFile,
    /// The storage failed.
    Unreadable(String),
}

/// Everything found in `exhibits/`.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Files, links and so on whose name is a hash and which are not what that hash says.
    pub bad: BTreeMap<ExhibitHash, Bad>,
    /// First bytes of hashes whose folder is not a folder: what is reached through it is not here.
    pub no_folder: BTreeSet<u8>,
    /// Whether there were more bad files than are told apart.
    pub more_bad: bool,
    /// Names that cannot be an exhibit's.
    pub strays: Vec<String>,
    /// Files whose name is a hash.
    pub files: u64,
}

impl Found {
    fn stray(&mut self, path: String) {
        if self.strays.len() < STRAYS_MAX {
            self.strays.push(path);
        }
    }

    fn add(&mut self, hash: ExhibitHash, what: Bad) {
        if self.bad.len() < BAD_MAX {
            self.bad.insert(hash, what);
        } else {
            self.more_bad = true;
        }
    }

    /// Whether the file of this hash is known to be wrong.
    pub(super) fn is_bad(&self, hash: &ExhibitHash) -> bool {
        self.bad.contains_key(hash) || self.no_folder.contains(&hash.0[0])
    }
}

impl Bad {
    /// The problem, without the entries that name the file.
    pub(super) fn problem(&self, hash: ExhibitHash) -> Problem {
        let path = exhibit_path(&hash);
        match self {
            Self::Digest(actual) => Problem::new(
                Code::ExhibitDigest,
                format!("{path} is not the file that was signed"),
            )
            .between(hash, actual.hash),
            Self::NotAFile => Problem::new(
                Code::ExhibitNotAFile,
                format!("{path} is not a regular file"),
            ),
            Self::Unreadable(why) => {
                Problem::new(Code::Unreadable, format!("{path} cannot be read: {why}"))
            }
        }
        .in_file(path, None)
    }
}

/// Hashes every file in `exhibits/`. `progress` is called with bytes done.
pub(super) fn examine(
    store: &dyn Store,
    progress: &(dyn Fn(u64) + Sync),
) -> std::io::Result<Found> {
    let mut found = Found::default();
    let mut batch = Vec::new();
    for folder in store.list("exhibits")? {
        if folder.kind != FoundKind::Folder {
            if let Some(byte) = first_byte(&folder.name) {
                found.no_folder.insert(byte);
            } else if !folder.name.starts_with(INCOMING) {
                found.stray(format!("exhibits/{}", folder.name));
            }
            continue;
        }
        if first_byte(&folder.name).is_none() {
            found.stray(format!("exhibits/{}", folder.name));
            continue;
        }
        for file in store.list(&format!("exhibits/{}", folder.name))? {
            let path = format!("exhibits/{}/{}", folder.name, file.name);
            match file.name.parse::<ExhibitHash>() {
                Ok(hash) if exhibit_path(&hash) == path => {
                    found.files += 1;
                    if file.kind == FoundKind::File {
                        batch.push(hash);
                    } else {
                        found.add(hash, Bad::NotAFile);
                    }
                }
                _ => found.stray(path),
            }
            if batch.len() >= BATCH {
                hash_all(store, &mut batch, &mut found, progress);
            }
        }
    }
    hash_all(store, &mut batch, &mut found, progress);
    Ok(found)
}

fn hash_all(
    store: &dyn Store,
    batch: &mut Vec<ExhibitHash>,
    found: &mut Found,
    progress: &(dyn Fn(u64) + Sync),
) {
    let bad: Vec<(ExhibitHash, Bad)> = batch
        .par_iter()
        .with_max_len(1)
        .filter_map(|hash| {
            let hashed = store
                .open(&exhibit_path(hash))
                .and_then(|blob| hash_blob(blob.as_ref()));
            match hashed {
                Ok(actual) => {
                    progress(actual.length);
                    (actual.hash != *hash).then_some((*hash, Bad::Digest(actual)))
                }
                // Gone since it was listed: whoever names it misses it.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => Some((*hash, Bad::Unreadable(error.to_string()))),
            }
        })
        .collect();
    batch.clear();
    for (hash, what) in bad {
        found.add(hash, what);
    }
}

/// The byte that a folder of exhibits is named after.
fn first_byte(name: &str) -> Option<u8> {
    let lower = name.len() == 2 && !name.bytes().any(|b| b.is_ascii_uppercase() || b == b'+');
    lower.then(|| u8::from_str_radix(name, 16).ok()).flatten()
}
