//! The read model of a ledger: answers that are kept, and full-text search.
//!
//! Derived and disposable: `index/` in the ledger's folder can be deleted at any time. It is stamped with
//! what it was made from, every byte that is used is checked first, and every entry that is found is read
//! from the log and must answer the query itself. On any doubt (damage, a stale stamp, a lock, a folder that
//! cannot be written) the answer comes from the log. Verification never looks at it.
//!
//! ```text
//! index/answers/{state,vessels,quota,findings}   checksummed files: replay's state and its answers
//! index/search                                   checksummed manifest of the runs of terms
//! index/sled/                                    the runs' blocks, each with its digest in the manifest
//! index.damaged/                                 what was moved aside last
//! ```
//!
//! It holds what the openings of the entries say: files have mode 0600, folders 0700.

#![forbid(unsafe_code)]

mod answers;
mod files;
mod pages;
mod query;
mod run;
mod search;
mod terms;
mod walk;

use std::path::PathBuf;

use seaproof_ledger::store::FolderStore;

pub use answers::{Kept, Stored, StoredState};
pub use query::{CLAUSES_MAX, Known, Query, QueryError};
pub use search::{CaughtUp, Hit, Page, Paging, Searched};

/// The read model of the ledger in a folder.
#[derive(Debug, Clone)]
pub struct Index {
    folder: PathBuf,
}

impl Index {
    /// That of a ledger. Touches nothing.
    pub fn of(store: &FolderStore) -> Self {
        Self {
            folder: store.root().join("index"),
        }
    }

    fn answers(&self) -> PathBuf {
        self.folder.join("answers")
    }
}
