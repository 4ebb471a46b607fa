//! Reading a ledger's entries in order, each with its author's standing.
//!
//! Never writes and takes no lock: a reader sees the log up to the last commit that was complete when it began.
//! It checks each entry by itself (canonical bytes, commitments, CRC) and no signatures: that is
//! [`crate::verify`].

mod mark;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::entry::{Entry, EntryError};
use crate::governance::{Authority, Governance};
use crate::ids::{AuthorKey, Class, EntryIndex, LedgerId, Standing, TreeHash, TreeSize};
use crate::log::{LogEnd, LogError, LogReader, Position, RawRecord, Tail, find_end, lengths};
use crate::record::{RECORD_HEADER_LEN, RecordHeader, segment_path};
use crate::statement::Head;
use crate::store::Store;
use crate::tree::Frontier;

use mark::LastRecord;
pub use mark::Mark;

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
    /// What was known where this reader began.
    before: Before,
    authority: Authority,
    ledger: Option<LedgerId>,
    frontier: Frontier,
    head: Head,
    last: Option<LastRecord>,
    /// Whether it was read to the end of the log.
    whole: bool,
    /// The lengths of the segments before the last, as they were before anything was read.
    lengths: Option<Vec<u64>>,
}

/// What a reader that resumes is given: nothing, or what a [`Mark`] holds.
#[derive(Debug)]
struct Before {
    position: Position,
    authority: Authority,
    frontier: Frontier,
}

/// Entries that are looked at together.
struct Looked {
    hash: TreeHash,
    /// Where the record stands.
    record: LastRecord,
    /// Of classes 0 and 1.
    governance: Option<Result<Entry, EntryError>>,
}

impl<'s> Reader<'s> {
    /// Opens a ledger up to `until` entries, or to its end. Reads the log once, for the root and the
    /// authors.
    ///
    /// # Errors
    /// Damage, a newer format, the storage.
    pub fn open(store: &'s dyn Store, until: Option<TreeSize>) -> Result<Self, ReadError> {
        let end = find_end(store, None)?;
        let mut reader = Self {
            store,
            lengths: lengths(store, end.segment).ok(),
            end,
            before: Before {
                position: Position::START,
                authority: Authority::default(),
                frontier: Frontier::new(),
            },
            authority: Authority::default(),
            ledger: None,
            frontier: Frontier::new(),
            head: Head::empty(),
            last: None,
            whole: true,
        };
        reader.read_on(until)?;
        Ok(reader)
    }

    /// Opens a ledger to its end and reads only what came after the mark. `None` if the mark does not fit the
    /// log, or what came after it cannot be read: [`Self::open`] then finds out.
    pub fn open_at(store: &'s dyn Store, mark: &Mark) -> Option<Self> {
        let frontier = mark.frontier()?;
        if !mark.fits(store) {
            return None;
        }
        let end = find_end(store, Some(mark.end())).ok()?;
        if (end.segment, end.offset) < (mark.end().segment, mark.end().offset) {
            return None;
        }
        let mut reader = Self {
            store,
            lengths: lengths(store, end.segment).ok(),
            end,
            before: Before {
                position: mark.end(),
                authority: mark.authority().clone(),
                frontier: frontier.clone(),
            },
            authority: mark.authority().clone(),
            ledger: Some(mark.ledger()),
            frontier,
            head: mark.head(),
            last: Some(mark.last()),
            whole: true,
        };
        reader.read_on(None).ok()?;
        Some(reader)
    }

    /// Takes in what stands behind the place reached.
    fn read_on(&mut self, until: Option<TreeSize>) -> Result<(), ReadError> {
        if let Some(tail) = &self.end.tail
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
        let mut log = LogReader::new(self.store, self.before.position, self.end.clone());
        'log: while let Some(chunk) = log.next_chunk(usize::MAX)? {
            let looked: Vec<Looked> = (0..chunk.len())
                .into_par_iter()
                .filter_map(|i| chunk.get(i))
                .map(|record| {
                    let leaf = record.leaf();
                    // Offset 2 of a statement is its class.
                    let governs = leaf.0[2] <= Class::Governance as u8;
                    Looked {
                        hash: leaf.hash(),
                        record: LastRecord::of(&record),
                        governance: governs.then(|| Entry::parse(&record)),
                    }
                })
                .collect();
            for looked in looked {
                let index = EntryIndex(self.frontier.size().0);
                if until.is_some_and(|until| index.0 >= until.0) {
                    self.whole = false;
                    break 'log;
                }
                self.frontier.push(looked.hash);
                self.last = Some(looked.record);
                if let Some(entry) = looked.governance {
                    let entry = entry.map_err(|source| ReadError::Entry { index, source })?;
                    let _ = judge(&mut self.authority, &entry);
                }
            }
        }
        if let Some(ledger) = log.ledger() {
            self.ledger = Some(ledger);
        }
        self.head = Head {
            size: self.frontier.size(),
            root: self.frontier.root(),
        };
        Ok(())
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

    /// Where a later reader can go on; `None` if this one stopped before the end of the log, or if a redaction replaced
    /// what it read: what was made of that is not to be kept.
    pub fn mark(&self) -> Option<Mark> {
        let last = self.last.filter(|_| self.whole)?;
        let now = lengths(self.store, self.end.segment).ok();
        if now.is_none() || now != self.lengths {
            return None;
        }
        Mark::new(
            self.store,
            self.ledger?,
            last,
            &self.frontier,
            &self.authority,
        )
    }

    /// Whether a mark can have been made in this log as it is now; its root tells more ([`Self::root_at`]).
    pub fn fits(&self, mark: &Mark) -> bool {
        self.ledger == Some(mark.ledger())
            && mark.head().size <= self.head.size
            && mark.fits(self.store)
    }

    /// How many entries stand before those that [`Self::entries_after`] gives.
    pub fn resumed_at(&self) -> TreeSize {
        self.before.frontier.size()
    }

    /// Whether what came after the mark changes the standing of an entry before it: a revocation calls older
    /// entries suspect. What was derived from those entries must then be derived anew.
    pub fn reaches_back(&self) -> bool {
        let size = self.resumed_at().0;
        self.authority.authors().any(|(key, now)| {
            let before = self.before.authority.author(key);
            before.and_then(|author| author.suspect_from) != now.suspect_from
                && now.suspect_from.is_some_and(|from| from.0 < size)
        })
    }

    /// The root of the tree of the first `size` entries. Reads leaves from where this reader began, or from the
    /// beginning. `None` if the log is shorter.
    ///
    /// # Errors
    /// Damage, the storage.
    pub fn root_at(&self, size: TreeSize) -> Result<Option<TreeHash>, ReadError> {
        if size >= self.head.size {
            return Ok((size == self.head.size).then_some(self.head.root));
        }
        let (mut frontier, from) = match size < self.resumed_at() {
            true => (Frontier::new(), Position::START),
            false => (self.before.frontier.clone(), self.before.position),
        };
        let mut log = LogReader::new(self.store, from, self.end.clone());
        while frontier.size() < size {
            let Some(chunk) = log.next_chunk(usize::MAX)? else {
                return Ok(None);
            };
            let left = (size.0 - frontier.size().0) as usize;
            let hashes: Vec<TreeHash> = (0..chunk.len().min(left))
                .into_par_iter()
                .filter_map(|i| Some(chunk.get(i)?.leaf().hash()))
                .collect();
            hashes.into_iter().for_each(|hash| frontier.push(hash));
        }
        Ok(Some(frontier.root()))
    }

    /// The roots of the trees of so many entries, as far as the log reaches. Reads the leaves once.
    ///
    /// # Errors
    /// Damage, the storage.
    pub fn roots_at(&self, sizes: &[TreeSize]) -> Result<BTreeMap<TreeSize, TreeHash>, ReadError> {
        let mut wanted: Vec<TreeSize> = sizes.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut roots = BTreeMap::new();
        let Some(last) = wanted
            .iter()
            .rfind(|size| **size <= self.head.size)
            .copied()
        else {
            return Ok(roots);
        };
        self.walk(|frontier| {
            if wanted.binary_search(&frontier.size()).is_ok() {
                roots.insert(frontier.size(), frontier.root());
            }
            frontier.size() < last
        })?;
        Ok(roots)
    }

    /// The first head of the log, from the empty one up, that fits. Reads the leaves once.
    ///
    /// # Errors
    /// Damage, the storage.
    pub fn find_head(&self, fits: impl Fn(Head) -> bool) -> Result<Option<Head>, ReadError> {
        let mut found = None;
        self.walk(|frontier| {
            let head = Head {
                size: frontier.size(),
                root: frontier.root(),
            };
            found = fits(head).then_some(head);
            found.is_none()
        })?;
        Ok(found)
    }

    /// Shows the frontier at every size from 0 on, until `go_on` says no.
    fn walk(&self, mut go_on: impl FnMut(&Frontier) -> bool) -> Result<(), ReadError> {
        let mut frontier = Frontier::new();
        if !go_on(&frontier) {
            return Ok(());
        }
        let mut log = LogReader::new(self.store, Position::START, self.end.clone());
        while let Some(chunk) = log.next_chunk(usize::MAX)? {
            let left = (self.head.size.0 - frontier.size().0) as usize;
            let hashes: Vec<TreeHash> = (0..chunk.len().min(left))
                .into_par_iter()
                .filter_map(|i| Some(chunk.get(i)?.leaf().hash()))
                .collect();
            for hash in hashes {
                frontier.push(hash);
                if !go_on(&frontier) {
                    return Ok(());
                }
            }
            if frontier.size() >= self.head.size {
                break;
            }
        }
        Ok(())
    }

    /// The entries in order.
    pub fn entries(&self) -> Entries<'_> {
        self.entries_from(Position::START, Authority::default())
    }

    /// The entries behind the mark that this reader was opened at, in order; all of them if there was none.
    pub fn entries_after(&self) -> Entries<'_> {
        self.entries_from(self.before.position, self.before.authority.clone())
    }

    fn entries_from(&self, position: Position, authority: Authority) -> Entries<'_> {
        Entries {
            reader: self,
            log: LogReader::new(self.store, position, self.end.clone()),
            authority,
            ready: Vec::new().into_iter(),
            failed: false,
        }
    }

    /// The entry whose record begins at this place, if one does and its bytes are sound. That it is the entry
    /// of that number is for the caller to know.
    pub fn entry_at(&self, at: Position) -> Option<Entry> {
        entry_at(self.store, at).filter(|entry| entry.index.0 < self.head.size.0)
    }

    /// Whether a revocation calls an entry of this key at this place suspect.
    pub fn is_suspect(&self, key: &AuthorKey, index: EntryIndex) -> bool {
        self.authority
            .author(key)
            .and_then(|author| author.suspect_from)
            .is_some_and(|from| index >= from)
    }
}

/// Judges an entry by the governance entries below it, and takes its effect.
fn judge(authority: &mut Authority, entry: &Entry) -> Result<(), crate::governance::Unauthorised> {
    let class = entry.statement.class;
    let event = Governance::of_entry(class, &entry.facts)
        .unwrap_or_else(|_| Some(Governance::undisclosed(class)));
    let key = &entry.statement.key;
    authority.apply(entry.index, entry.id, key, class, event.as_ref())
}

/// The entry whose record begins at this position, if one does.
pub(crate) fn entry_at(store: &dyn Store, at: Position) -> Option<Entry> {
    let bytes = record_at(store, at)?;
    let header = RecordHeader::decode(bytes.first_chunk()?).ok()?;
    Entry::parse(&RawRecord {
        index: at.index,
        segment: at.segment,
        offset: at.offset,
        header,
        bytes: &bytes,
    })
    .ok()
}

/// The bytes of the record that begins at this position, if one does.
pub(crate) fn record_at(store: &dyn Store, at: Position) -> Option<Vec<u8>> {
    let blob = store.open(&segment_path(at.segment)).ok()?;
    let mut header = [0; RECORD_HEADER_LEN];
    blob.read_full_at(at.offset, &mut header).ok()?;
    let header = RecordHeader::decode(&header).ok()?;
    let mut bytes = vec![0; RECORD_HEADER_LEN + header.length];
    let read = blob.read_full_at(at.offset, &mut bytes).ok()?;
    (read == bytes.len()).then_some(bytes)
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
            suspect: self.reader.is_suspect(&key, entry.index),
        };
        Some(Ok(ReadEntry { entry, standing }))
    }
}
