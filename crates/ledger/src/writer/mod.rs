//! Writing: the one writer of a ledger, from opening to a durable commit.
//!
//! The order is always: exhibits, records, signer's memory, acknowledgement, checkpoint. Nothing is
//! signed unless the log extends what the signer remembers, and nothing is built on bytes that are
//! not durable. A failed sync ends the session. No clock and no prompt: times and signers are handed in.

use std::collections::BTreeMap;
use std::io;

use crate::cache::{Cache, NewEntry};
use crate::checkpoint;
use crate::entry::Entry;
use crate::facts::Reference;
use crate::governance::{Authority, Unauthorised};
use crate::ids::{
    AuthorKey, EntryId, EntryIndex, LedgerId, Salt, Seq, Timestamp, TreeHash, TreeSize,
};
use crate::keys::{Signer, SignerError, fingerprint};
use crate::log::{LogError, LogReader, Position};
use crate::memory::{MemoryLock, Remembered, SignerMemory};
use crate::note::SignError;
use crate::opening::Source;
use crate::reader::entry_at;
use crate::record::{SEGMENT_HEADER_LEN, SegmentHeader, segment_path};
use crate::statement::Head;
use crate::store::{Store, WriterLock, replace};

mod draft;
mod open;
mod redact;
mod seal;

pub use draft::Draft;

/// The size at which a new segment is begun.
pub const SEGMENT_BYTES: u64 = 64 << 20;
/// After this many entries the cache's files are brought up to date.
const CACHE_EVERY: usize = 4_096;
/// What a failure means when it is not known how far the bytes came.
const UNKNOWN_UNTIL_OPENED: &str =
    "Whether the entries are there is unknown until the ledger is opened again";

/// Where salts come from: the operating system, or a fixed sequence in tests and examples.
pub trait Salts: Send {
    /// The next salt.
    ///
    /// # Errors
    /// In words.
    fn next(&mut self) -> Result<Salt, String>;
}

/// Salts from the operating system, fetched in blocks.
#[derive(Default)]
pub struct OsSalts {
    block: Vec<u8>,
}

impl Salts for OsSalts {
    fn next(&mut self) -> Result<Salt, String> {
        if self.block.is_empty() {
            self.block.resize(64 * 32, 0);
            getrandom::fill(&mut self.block).map_err(|e| e.to_string())?;
        }
        let mut salt = [0; 32];
        let rest = self.block.len() - 32;
        salt.copy_from_slice(&self.block[rest..]);
        self.block.truncate(rest);
        Ok(Salt(salt))
    }
}

/// Why nothing was written, or writing ended.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else is writing.
    #[error("another program is writing to this ledger: wait until it is done, and try again")]
    Locked,
    /// Somebody else signs with this key in this ledger.
    #[error(
        "another program is signing with the key {} in this ledger, perhaps in another copy of it: wait until \
         it is done, and try again. Nothing was signed or written",
        fingerprint(.0)
    )]
    KeyBusy(AuthorKey),
    /// The log cannot be read.
    #[error("{0}. Nothing was written; `seaproof verify` says more")]
    Log(#[from] LogError),
    /// An entry in the log is not what it should be.
    #[error("{index} is damaged: {why}. Nothing was written; `seaproof verify` says more")]
    Damaged {
        /// Which.
        index: EntryIndex,
        /// What is wrong.
        why: String,
    },
    /// Bytes behind the last commit that no torn write explains.
    #[error(
        "{path} is damaged at byte {offset}: {why}, and whole entries follow. Nothing was written; \
         `seaproof verify` says more"
    )]
    DamagedTail {
        /// The segment.
        path: String,
        /// Where the damage begins.
        offset: u64,
        /// What is wrong there.
        why: String,
    },
    /// The log is behind, or differs from, a head that is known.
    #[error(
        "{whose} knows this ledger with {expected} entries and root {expected_root}, and here is {found}. \
         This looks like an older copy or another history: nothing was signed. Use the \
         newest copy of this ledger, or compare with `seaproof verify --pin`"
    )]
    RolledBack {
        /// Who knows better.
        whose: &'static str,
        /// Size known.
        expected: u64,
        /// Root known, in short.
        expected_root: String,
        /// What is here instead.
        found: String,
    },
    /// The checkpoint file is not a checkpoint of this ledger by one of its custodians.
    #[error("the checkpoint is damaged: {0}. Nothing was written; `seaproof verify` says more")]
    Checkpoint(String),
    /// The signer's memory cannot be read or written.
    #[error("the signer's memory: {0}")]
    Memory(#[source] io::Error),
    /// A file could not be written.
    #[error("cannot write {path}: {source}. {outcome}")]
    Io {
        /// Which.
        path: String,
        /// What the storage said.
        source: io::Error,
        /// What that means for the entries.
        outcome: &'static str,
    },
    /// What is redacted cannot be erased, because the log is not what it should be.
    #[error(
        "{0}. A redaction rewrites a part of the log, so nothing was erased; `seaproof verify` says more"
    )]
    Redaction(String),
    /// A redaction is recorded, and what it names could not be erased.
    #[error(
        "a redaction is recorded and not finished: {0}. Whoever next opens the ledger for writing finishes it"
    )]
    Unfinished(String),
    /// An earlier failure left it unknown what is durable.
    #[error("an earlier write failed, so nothing more is written now: open the ledger again")]
    Ended,
    /// A folder that is to become a ledger holds something already.
    #[error("there is something here already: a ledger begins in a new or empty folder")]
    NotEmpty,
    /// The entries below do not allow it.
    #[error("entry {draft} of this batch: {source}")]
    Unauthorised {
        /// The draft's place in the batch, from 1.
        draft: usize,
        /// Why.
        source: Unauthorised,
    },
    /// A draft breaks a rule of the format or refers to what is not there.
    #[error("entry {draft} of this batch: {why}")]
    Draft {
        /// The draft's place in the batch, from 1.
        draft: usize,
        /// What is wrong.
        why: String,
    },
    /// The signer refused.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// No salt was to be had.
    #[error("no random bytes for salts: {0}")]
    Salts(String),
}

/// An entry that is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its place.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
}

/// How a ledger begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// Title, holder's name and the like: fields `title` and `name` of the source.
    pub source: Source,
    /// The author's clock.
    pub recorded_at: Timestamp,
}

/// The one writer of a ledger.
pub struct Writer<'a> {
    store: &'a dyn Store,
    memory: &'a dyn SignerMemory,
    salts: Box<dyn Salts>,
    cache: Cache,
    segment_bytes: u64,
    ended: bool,
    /// The key whose memory this writer has checked or written.
    checked: Option<AuthorKey>,
    /// The keys that nobody else signs with in this ledger while this writer lives.
    held: BTreeMap<AuthorKey, Box<dyn MemoryLock>>,
    /// Buffer for a commit's records, kept for the next.
    buffer: Vec<u8>,
    _lock: Box<dyn WriterLock>,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("ledger", &self.ledger())
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    /// The ledger.
    pub fn ledger(&self) -> LedgerId {
        self.cache.state.ledger
    }

    /// The head that everything durable adds up to.
    pub fn head(&self) -> Head {
        self.cache.head()
    }

    /// The authors now.
    pub fn authority(&self) -> &Authority {
        &self.cache.state.authority
    }

    /// Sets the size at which a new segment is begun, for tests of small ledgers.
    pub fn set_segment_bytes(&mut self, bytes: u64) {
        self.segment_bytes = bytes;
    }

    /// The store that is written to.
    pub fn store(&self) -> &'a dyn Store {
        self.store
    }

    /// Records drafts as one commit: all of them are durable on return, or none is there.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn append(
        &mut self,
        signer: &dyn Signer,
        drafts: &[Draft],
    ) -> Result<Vec<Written>, WriteError> {
        if self.ended {
            return Err(WriteError::Ended);
        }
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        self.check_memory(signer.public())?;
        self.check_drafts(drafts)?;
        let redacts = self.check_redactions(signer.public(), drafts)?;
        let sealed = self.seal(signer, drafts)?;
        let written = self.commit(signer.public(), sealed)?;
        if redacts {
            // Recorded, whatever happens now: what fails here, the next writer finishes.
            let done = self
                .finish_redactions()
                .and_then(|()| self.check_erased(drafts));
            done.inspect_err(|_| self.ended = true)?;
        }
        Ok(written)
    }

    /// Nothing is signed unless the log extends what this key remembers.
    fn check_memory(&mut self, key: AuthorKey) -> Result<(), WriteError> {
        if self.checked == Some(key) {
            return Ok(());
        }
        let ledger = self.ledger();
        // A ledger that is being begun has no id yet, and nobody else has it.
        if ledger != LedgerId([0; 32]) && !self.held.contains_key(&key) {
            let lock = self.memory.hold(ledger, key).map_err(WriteError::Memory)?;
            self.held.insert(key, lock.ok_or(WriteError::KeyBusy(key))?);
        }
        let known = self
            .memory
            .recall(self.ledger(), key)
            .map_err(WriteError::Memory)?;
        if let Some(known) = known {
            self.check_remembered(key, &known)?;
        }
        self.checked = Some(key);
        Ok(())
    }

    fn check_remembered(&mut self, key: AuthorKey, known: &Remembered) -> Result<(), WriteError> {
        self.check_head("the signer's memory", known.head)?;
        let here = self.cache.state.heads.get(&key);
        let behind = here.is_none_or(|head| {
            head.seq < known.seq || (head.seq == known.seq && head.id != known.entry)
        });
        if behind {
            return Err(WriteError::RolledBack {
                whose: "the signer's memory",
                expected: known.head.size.0,
                expected_root: known.head.root.short(),
                found: format!("no entry {} of this key", known.seq),
            });
        }
        Ok(())
    }

    /// Whether a known head is a head of this log.
    fn check_head(&mut self, whose: &'static str, known: Head) -> Result<(), WriteError> {
        let here = self.head();
        if here == known {
            return Ok(());
        }
        let refuse = |found: String| WriteError::RolledBack {
            whose,
            expected: known.size.0,
            expected_root: known.root.short(),
            found,
        };
        if known.size > here.size {
            return Err(refuse(format!("a log of {} entries", here.size)));
        }
        let root = match self.cached_root(known.size) {
            Some(root) => root,
            None => self.root_from_log(known.size)?,
        };
        if root != known.root {
            return Err(refuse(format!("root {} at that size", root.short())));
        }
        Ok(())
    }

    fn cached_root(&mut self, size: TreeSize) -> Option<TreeHash> {
        let nodes = self.cache.nodes(self.store)?;
        crate::tree::root_at(size, &nodes).ok()
    }

    fn root_from_log(&self, size: TreeSize) -> Result<TreeHash, WriteError> {
        let end = crate::log::find_end(self.store, None)?;
        let mut reader = LogReader::new(self.store, Position::START, end);
        let mut frontier = crate::tree::Frontier::new();
        while frontier.size() < size
            && let Some(chunk) = reader.next_chunk(usize::MAX)?
        {
            for record in chunk.records() {
                if frontier.size() < size {
                    frontier.push(record.leaf().hash());
                }
            }
        }
        Ok(frontier.root())
    }

    /// Writes a sealed commit: records, sync, memory, and only then the writer's own state.
    fn commit(&mut self, key: AuthorKey, sealed: seal::Sealed) -> Result<Vec<Written>, WriteError> {
        let at = self.cache.state.position;
        let roll = at.offset > SEGMENT_HEADER_LEN as u64
            && at.offset + self.buffer.len() as u64 > self.segment_bytes;
        let begins_segment = roll || at == Position::START;
        let mut start = at;
        if roll {
            start.segment += 1;
            start.offset = SEGMENT_HEADER_LEN as u64;
        }
        let path = segment_path(start.segment);
        if begins_segment {
            let header = SegmentHeader {
                ledger: sealed.ledger,
                number: start.segment,
                first: at.index.0,
            };
            self.buffer.splice(0..0, header.encode());
        }
        let file_end = if begins_segment { 0 } else { start.offset };
        if let Err(source) = self.store.append(&path, file_end, &self.buffer) {
            // A file that does not end where it should is somebody else's doing: it is left alone.
            let foreign = source.kind() == io::ErrorKind::InvalidInput;
            let undone = !foreign && self.undo(&path, file_end).is_ok();
            self.ended = !undone;
            return Err(WriteError::Io {
                path,
                source,
                outcome: match foreign || undone {
                    true => "Nothing was recorded",
                    false => UNKNOWN_UNTIL_OPENED,
                },
            });
        }
        let synced = self.store.sync(&path).and_then(|()| match begins_segment {
            true => self.store.sync_folder("log"),
            false => Ok(()),
        });
        if let Err(source) = synced {
            self.ended = true;
            return Err(WriteError::Io {
                path,
                source,
                outcome: UNKNOWN_UNTIL_OPENED,
            });
        }
        self.cache.state.ledger = sealed.ledger;
        self.cache.state.authority = sealed.authority;
        let mut written = Vec::with_capacity(sealed.entries.len());
        let mut position = start;
        for entry in &sealed.entries {
            self.cache.push(&NewEntry {
                position,
                length: entry.length,
                id: entry.id,
                leaf_hash: entry.leaf_hash,
                key,
                seq: entry.seq,
                observed: entry.observed,
                label: entry.label.as_deref(),
            });
            written.push(Written {
                index: position.index,
                id: entry.id,
            });
            position = self.cache.state.position;
        }
        self.remember(key)?;
        if self.cache.unwritten() >= CACHE_EVERY {
            self.cache.write(self.store);
        }
        Ok(written)
    }

    /// Takes back what a failed append may have written, durably: it must not come back behind what is
    /// written next.
    fn undo(&self, path: &str, file_end: u64) -> io::Result<()> {
        match file_end {
            0 => {
                self.store.remove(path)?;
                self.store.sync_folder("log")
            }
            _ => {
                self.store.truncate(path, file_end)?;
                self.store.sync(path)
            }
        }
    }

    fn remember(&mut self, key: AuthorKey) -> Result<(), WriteError> {
        let Some(head) = self.cache.state.heads.get(&key) else {
            return Ok(());
        };
        let what = Remembered {
            seq: head.seq,
            entry: head.id,
            head: self.head(),
        };
        self.memory
            .remember(self.ledger(), key, &what)
            .map_err(|source| {
                self.ended = true;
                WriteError::Io {
                    path: "the signer's memory".into(),
                    source,
                    outcome: "The entries are recorded; the memory is behind, which is safe",
                }
            })
    }

    /// Signs the head as a checkpoint and replaces the file. Everything below it is durable.
    ///
    /// # Errors
    /// The key is not in force as custodian, the signer refuses, or writing fails.
    pub fn checkpoint(&mut self, signer: &dyn Signer) -> Result<Head, WriteError> {
        if self.ended {
            return Err(WriteError::Ended);
        }
        let key = signer.public();
        if !self.authority().custodians().any(|c| *c == key) {
            return Err(WriteError::Checkpoint(
                "only a key in force as custodian signs one".into(),
            ));
        }
        self.check_memory(key)?;
        let head = self.head();
        // Before the signature is out: a head once signed binds its signer.
        self.remember(key)?;
        let file = checkpoint::sign_file(&self.ledger(), head.size, &head.root, &key, |text| {
            signer.sign(text)
        })
        .map_err(|error| match error {
            SignError::Signer(error) => WriteError::Signer(error),
            other => WriteError::Checkpoint(other.to_string()),
        })?;
        replace(self.store, "checkpoint", file.as_bytes(), true).map_err(|source| {
            WriteError::Io {
                path: "checkpoint".into(),
                source,
                outcome: "The entries are recorded, and not yet covered by a checkpoint",
            }
        })?;
        Ok(head)
    }

    /// The place of the entry with this label.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn find_label(&mut self, label: &str) -> Result<Option<EntryIndex>, WriteError> {
        let candidates = match self.cache.label_candidates(self.store, label) {
            Some(candidates) => candidates,
            None => (0..self.head().size.0).map(EntryIndex).collect(),
        };
        for index in candidates {
            let entry = self.entry(index)?;
            if entry.facts.known().and_then(|f| f.label.as_deref()) == Some(label) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// The place of the entry with this id.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn find_id(&mut self, id: EntryId) -> Result<Option<EntryIndex>, WriteError> {
        let candidates = match self.cache.id_candidate(self.store, id) {
            Some(candidate) => candidate.into_iter().collect(),
            None => (0..self.head().size.0).map(EntryIndex).collect::<Vec<_>>(),
        };
        for index in candidates {
            if self.entry(index)?.id == id {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// The places of up to two entries whose ids begin with these lower-case hexadecimal digits.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn find_prefix(&mut self, digits: &str) -> Result<Vec<EntryIndex>, WriteError> {
        let candidates = self
            .cache
            .prefix_candidates(self.store, digits)
            .unwrap_or_else(|| (0..self.head().size.0).map(EntryIndex).collect());
        let mut found = Vec::new();
        for index in candidates {
            if self.entry(index)?.id.to_string().starts_with(digits) {
                found.push(index);
            }
        }
        Ok(found)
    }

    /// An entry of the log.
    ///
    /// # Errors
    /// There is no such entry, or it cannot be read.
    pub fn entry(&mut self, index: EntryIndex) -> Result<Entry, WriteError> {
        let damaged = |why: String| WriteError::Damaged { index, why };
        if index.0 >= self.head().size.0 {
            return Err(damaged(format!(
                "there is no such entry, the last is #{}",
                self.head().size.0.saturating_sub(1)
            )));
        }
        if let Some(row) = self.cache.row(self.store, index)
            && let Some(entry) = entry_at(self.store, row.position)
            && entry.id.0[..16] == row.id_prefix
        {
            return Ok(entry);
        }
        let end = crate::log::find_end(self.store, None)?;
        let mut reader = LogReader::new(self.store, Position::START, end);
        while let Some(chunk) = reader.next_chunk(usize::MAX)? {
            if let Some(record) = index
                .0
                .checked_sub(chunk.first().0)
                .and_then(|i| chunk.get(i as usize))
            {
                return Entry::parse(&record).map_err(|e| damaged(e.to_string()));
            }
        }
        Err(damaged("the log ends before it".into()))
    }

    /// The id of the entry that a reference within a batch means.
    fn resolve(reference: &Reference, ids: &[EntryId]) -> Option<EntryId> {
        match reference {
            Reference::Entry(id) => Some(*id),
            Reference::Draft(i) => ids.get(*i).copied(),
        }
    }

    /// Ends the session in order, so that the next opening is quick. Dropping a writer is
    /// safe too.
    pub fn close(mut self) {
        // After a failure the next opening reads what was recorded anew, and what it redacts.
        if !self.ended {
            self.cache.write(self.store);
        }
    }
}

/// A key's seq and prev for its next entry.
struct Next {
    seq: Seq,
    prev: EntryId,
}
