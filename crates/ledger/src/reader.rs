//! Reading a ledger's entries in order, each with its author's standing.
//!
//! Never writes and takes no lock: a reader sees the log up to the last commit that was complete when it began.
//! It checks each entry by itself (canonical bytes, commitments, CRC) and no signatures: that is
//! [`crate::verify`].

use rayon::prelude::*;

use crate::entry::{Entry, EntryError};
use crate::governance::{Authority, Governance};
use crate::ids::{AuthorKey, Class, EntryIndex, LedgerId, Standing, TreeHash, TreeSize};
use crate::log::{LogEnd, LogError, LogReader, Position, Tail, find_end};
use crate::record::segment_path;
use crate::statement::Head;
use crate::store::Store;
use crate::tree::Frontier;

/// Why a ledger cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log.
    #[error("{0}. `seaproof verify` says more")]
    Log(#[from] LogError),
    /// An entry.
    #[error("{index} is damaged: {source}. `seaproof verify` says more")]
    Entry {
        /// Which.
        index: EntryIndex,
        /// What is wrong with it.
        source: EntryError,
    },
}

/// An entry, and what the governance entries make of its author.
#[derive(Debug, Clone)]
pub struct ReadEntry {
    /// The entry.
    pub entry: Entry,
    /// Its author's standing.
    pub standing: Standing,
}

/// A ledger at one consistent head.
#[derive(Debug)]
pub struct Reader<'s> {
    store: &'s dyn Store,
    end: LogEnd,
    authority: Authority,
    ledger: Option<LedgerId>,
    head: Head,
}

impl<'s> Reader<'s> {
    /// Opens a ledger up to `until` entries, or to its end. Reads the log once, for the authors.
    ///
    /// # Errors
    /// Damage, a newer format, the storage.
    pub fn open(store: &'s dyn Store, until: Option<TreeSize>) -> Result<Self, ReadError> {
        let end = find_end(store, None)?;
        if let Some(tail) = &end.tail
            && tail.commit_at.is_some()
        {
            // Whole entries stand behind the damage: what could be read is not what was recorded.
            return Err(LogError::Record {
                path: segment_path(tail.segment),
                offset: tail.offset,
                why: tail.why.clone(),
            }
            .into());
        }
        let mut reader = Self {
            store,
            end,
            authority: Authority::default(),
            ledger: None,
            head: Head::empty(),
        };
        let mut log = LogReader::new(store, Position::START, reader.end.clone());
        let mut frontier = Frontier::new();
        while let Some(chunk) = log.next_chunk(usize::MAX)? {
            let known: Vec<(TreeHash, Option<Result<Entry, EntryError>>)> = (0..chunk.len())
                .into_par_iter()
                .filter_map(|i| chunk.get(i))
                .map(|record| {
                    let leaf = record.leaf();
                    // Offset 2 of a statement is its class.
                    let governs = leaf.0[2] <= Class::Governance as u8;
                    (leaf.hash(), governs.then(|| Entry::parse(&record)))
                })
                .collect();
            for (hash, governance) in known {
                let index = EntryIndex(frontier.size().0);
                if until.is_some_and(|until| index.0 >= until.0) {
                    break;
                }
                frontier.push(hash);
                if let Some(entry) = governance {
                    let entry = entry.map_err(|source| ReadError::Entry { index, source })?;
                    let _ = judge(&mut reader.authority, &entry);
                }
            }
        }
        reader.ledger = log.ledger();
        reader.head = Head {
            size: frontier.size(),
            root: frontier.root(),
        };
        Ok(reader)
    }

    /// The ledger.
    pub fn ledger(&self) -> Option<LedgerId> {
        self.ledger
    }

    /// The head that is read up to.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The authors at that head.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// What stands behind the last complete commit and is left aside.
    pub fn tail(&self) -> Option<&Tail> {
        self.end.tail.as_ref()
    }

    /// The entries in order.
    pub fn entries(&self) -> Entries<'_> {
        Entries {
            reader: self,
            log: LogReader::new(self.store, Position::START, self.end.clone()),
            authority: Authority::default(),
            ready: Vec::new().into_iter(),
            failed: false,
        }
    }
}

/// Judges an entry by the governance entries below it, and takes its effect.
fn judge(authority: &mut Authority, entry: &Entry) -> Result<(), crate::governance::Unauthorised> {
    let event = match (entry.statement.class, &entry.facts) {
        (Class::Evidence | Class::Amendment, _) => None,
        (class, facts) => Some(
            facts
                .known()
                .and_then(|facts| Governance::of(facts).ok())
                .unwrap_or_else(|| Governance::undisclosed(class)),
        ),
    };
    authority.apply(
        entry.index,
        entry.id,
        &entry.statement.key,
        entry.statement.class,
        event.as_ref(),
    )
}

/// The entries of a ledger, in order.
pub struct Entries<'r> {
    reader: &'r Reader<'r>,
    log: LogReader<'r>,
    authority: Authority,
    ready: std::vec::IntoIter<Result<Entry, ReadError>>,
    failed: bool,
}

impl Entries<'_> {
    fn next_parsed(&mut self) -> Option<Result<Entry, ReadError>> {
        loop {
            if let Some(entry) = self.ready.next() {
                return Some(entry);
            }
            match self.log.next_chunk(usize::MAX) {
                Ok(None) => return None,
                Err(error) => return Some(Err(error.into())),
                Ok(Some(chunk)) => {
                    let parsed: Vec<_> = (0..chunk.len())
                        .into_par_iter()
                        .filter_map(|i| chunk.get(i))
                        .map(|record| {
                            Entry::parse(&record).map_err(|source| ReadError::Entry {
                                index: record.index,
                                source,
                            })
                        })
                        .collect();
                    self.ready = parsed.into_iter();
                }
            }
        }
    }

    fn suspect(&self, key: &AuthorKey, index: EntryIndex) -> bool {
        self.reader
            .authority
            .author(key)
            .and_then(|author| author.suspect_from)
            .is_some_and(|from| index >= from)
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<ReadEntry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let entry = match self.next_parsed()? {
            Ok(entry) => entry,
            Err(error) => {
                self.failed = true;
                return Some(Err(error));
            }
        };
        if entry.index.0 >= self.reader.head.size.0 {
            return None;
        }
        let key = entry.statement.key;
        // The role before the entry itself: a key may revoke itself.
        let role = self
            .authority
            .author(&key)
            .filter(|author| author.in_force())
            .map(|author| author.role);
        let authorised = judge(&mut self.authority, &entry).is_ok();
        let standing = Standing {
            role: role.or_else(|| {
                self.authority
                    .author(&key)
                    .map(|a| a.role)
                    .filter(|_| authorised)
            }),
            authorised,
            suspect: self.suspect(&key, entry.index),
        };
        Some(Ok(ReadEntry { entry, standing }))
    }
}
