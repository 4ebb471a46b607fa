//! The read model of a ledger: answers that are kept, and full-text search.
//!
//! Derived and disposable: `index/` in the ledger's folder can be deleted at any time. It is stamped with
//! what it was made from and sealed with a key that its user keeps elsewhere, so a folder from somebody else
//! brings no answers of theirs. Every byte that is used is checked first, and every entry that is found is read
//! from the log and must answer the query itself. On any doubt (damage, another key, a stale stamp, a lock, a
//! folder that cannot be written) the answer comes from the log. Verification never looks at it.
//!
//! ```text
//! index/answers/{state,vessels,quota,findings}   sealed files: replay's state and its answers
//! index/answers/tracks                           sealed: what was worked out from the files of AIS tracks
//! index/search                                   sealed manifest of the runs of terms
//! index/sled/                                    the runs' blocks, each with its digest in the manifest
//! index/lock                                     held by whoever searches or makes the index
//! index/damaged/                                 what was moved aside, until a sound index stands
//! ```
//!
//! It holds what the openings of the entries say: files have mode 0600, folders 0700.

#![forbid(unsafe_code)]

mod answers;
mod files;
mod lock;
mod pages;
mod query;
mod run;
mod seal;
mod search;
mod terms;
mod walk;

use std::cell::RefCell;
use std::path::PathBuf;

use seaproof_ledger::store::FolderStore;

pub use answers::{Kept, Stored, StoredState};
pub use query::{CLAUSES_MAX, Known, Query, QueryError};
pub use search::{CaughtUp, Hit, Page, Paging, Searched, find_in_log};

/// The read model of the ledger in a folder.
#[derive(Debug, Clone)]
pub struct Index {
    folder: PathBuf,
    key: seal::Key,
    /// The manifest that was read last, so that it is read once.
    manifest: RefCell<Option<search::Found>>,
}

impl Index {
    /// That of a ledger, under the secret of whoever looks at it: 32 random bytes that stand nowhere near the
    /// ledger. What was kept under another one is worked out anew. Touches nothing.
    pub fn of(store: &FolderStore, secret: [u8; 32]) -> Self {
        Self {
            folder: store.root().join("index"),
            key: seal::Key::new(secret),
            manifest: RefCell::default(),
        }
    }

    fn answers(&self) -> PathBuf {
        self.folder.join("answers")
    }
}
