//! Opening a ledger for writing, and beginning one.

use std::collections::BTreeMap;

use super::redact::clear_rewriting;
use super::{Draft, Genesis, SEGMENT_BYTES, Salts, WriteError, Writer};
use crate::cache::{Cache, Claim, NewEntry};
use crate::checkpoint::{self, CHECKPOINT_MAX, SignedCheckpoint};
use crate::entry::Entry;
use crate::exhibit::clear_incoming;
use crate::facts::DraftFacts;
use crate::governance::Governance;
use crate::ids::{AuthorKey, Class, LedgerId};
use crate::keys::Signer;
use crate::log::{LogEnd, LogReader, Tail, find_end, read_segment_header};
use crate::memory::SignerMemory;
use crate::record::segment_path;
use crate::redaction::named;
use crate::statement::Head;
use crate::store::{Store, read_small};

impl<'a> Writer<'a> {
    /// Begins a ledger in an empty or new folder: genesis, then the drafts that follow it in the same
    /// commit (a second custodian, say), and the first checkpoint.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn init(
        store: &'a dyn Store,
        memory: &'a dyn SignerMemory,
        salts: Box<dyn Salts>,
        signer: &dyn Signer,
        genesis: &Genesis,
        others: &[Draft],
    ) -> Result<Self, WriteError> {
        let io = |path: &'static str| {
            move |source| WriteError::Io {
                path: path.to_owned(),
                source,
                outcome: "No ledger was begun",
            }
        };
        if !store.list("").map_err(io("the folder"))?.is_empty() {
            return Err(WriteError::NotEmpty);
        }
        store.make_folder("").map_err(io("the folder"))?;
        let lock = store
            .lock()
            .map_err(io("lock"))?
            .ok_or(WriteError::Locked)?;
        store.make_folder("log").map_err(io("log"))?;
        store.make_folder("exhibits").map_err(io("exhibits"))?;
        store.sync_folder("").map_err(io("the folder"))?;
        let mut writer = Self {
            store,
            memory,
            salts,
            cache: Cache::empty(store, LedgerId([0; 32])),
            segment_bytes: SEGMENT_BYTES,
            ended: false,
            checked: None,
            held: BTreeMap::new(),
            buffer: Vec::new(),
            _lock: lock,
        };
        let genesis = Draft {
            class: Class::Genesis,
            facts: DraftFacts {
                kind: "genesis".into(),
                kind_version: 1,
                label: None,
                exhibits: Vec::new(),
                refs: Vec::new(),
                amendment: None,
                event: Vec::new(),
            },
            source: genesis.source.clone(),
            recorded_at: genesis.recorded_at,
        };
        let drafts: Vec<Draft> = std::iter::once(genesis)
            .chain(others.iter().cloned())
            .collect();
        writer.append(signer, &drafts)?;
        // The ledger has an id now, under which the key can be held.
        writer.checked = None;
        writer.checkpoint(signer)?;
        Ok(writer)
    }

    /// Opens a ledger for writing with this key. Cuts a torn tail (FORMAT.md §12); anything else that is
    /// wrong is refused, and nothing is written.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn open(
        store: &'a dyn Store,
        memory: &'a dyn SignerMemory,
        salts: Box<dyn Salts>,
        key: AuthorKey,
    ) -> Result<Self, WriteError> {
        let ledger = first_header(store)?;
        let lock = lock(store)?;
        let checkpoint = read_checkpoint(store, ledger)?;
        let known = memory.recall(ledger, key).map_err(WriteError::Memory)?;
        // What this key itself signed or remembers can vouch for a cache. Whose signature another head bears,
        // only the log can tell.
        let trusted: Vec<Head> = checkpoint
            .iter()
            .filter(|checkpoint| checkpoint.verify(&key))
            .map(SignedCheckpoint::head)
            .chain(known.map(|known| known.head))
            .collect();
        let mut writer = Self {
            store,
            memory,
            salts,
            cache: Cache::empty_of(ledger),
            segment_bytes: SEGMENT_BYTES,
            ended: false,
            checked: None,
            held: BTreeMap::new(),
            buffer: Vec::new(),
            _lock: lock,
        };
        let from_cache = Cache::load(store, ledger, &trusted).and_then(|cache| {
            writer.cache = cache;
            writer.take_stock(key, checkpoint.as_ref()).ok()
        });
        let end = match from_cache {
            Some(end) => end,
            None => {
                // A cache that does not fit the log: the log is the truth.
                writer.cache = Cache::empty(store, ledger);
                writer.take_stock(key, checkpoint.as_ref())?
            }
        };
        if let Some(tail) = &end.tail {
            writer.check_all_memories()?;
            cut(store, tail)?;
        }
        // What is built on must be durable, whoever wrote it.
        let path = segment_path(writer.cache.state.position.segment);
        store
            .sync(&path)
            .and_then(|()| clear_rewriting(store))
            .and_then(|()| store.sync_folder("log"))
            .and_then(|()| clear_incoming(store))
            .map_err(|source| WriteError::Io {
                path,
                source,
                outcome: "Nothing was recorded",
            })?;
        writer.heed_redactions()?;
        Ok(writer)
    }

    /// Takes in what the log holds beyond the cache, and holds all of it against the checkpoint and this key's
    /// memory.
    fn take_stock(
        &mut self,
        key: AuthorKey,
        checkpoint: Option<&SignedCheckpoint>,
    ) -> Result<LogEnd, WriteError> {
        let at = self.cache.state.position;
        let end = find_end(self.store, Some(at))?;
        if (at.segment, at.offset) > (end.segment, end.offset) {
            return Err(WriteError::Damaged {
                index: at.index,
                why: "the log ends before it".into(),
            });
        }
        catch_up(self.store, &mut self.cache, end.clone())?;
        if let Some(checkpoint) = checkpoint {
            self.check_checkpoint(checkpoint)?;
        }
        self.check_memory(key)?;
        Ok(end)
    }

    /// Before anything is cut, every key of this ledger that is remembered here is asked.
    fn check_all_memories(&mut self) -> Result<(), WriteError> {
        let keys: Vec<AuthorKey> = self.authority().authors().map(|(key, _)| *key).collect();
        for key in keys {
            let known = self
                .memory
                .recall(self.ledger(), key)
                .map_err(WriteError::Memory)?;
            if let Some(known) = known {
                self.check_remembered(key, &known)?;
            }
        }
        Ok(())
    }

    /// The checkpoint must be a head of this log, signed by a custodian of it.
    fn check_checkpoint(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), WriteError> {
        self.check_head("the checkpoint", checkpoint.head())?;
        let by_custodian = self.authority().authors().any(|(key, author)| {
            author.role == crate::ids::Role::Custodian
                && author.admitted_at.0 < checkpoint.head().size.0
                && author
                    .revoked_at
                    .is_none_or(|at| at.0 >= checkpoint.head().size.0)
                && checkpoint.verify(key)
        });
        if by_custodian {
            Ok(())
        } else {
            Err(WriteError::Checkpoint(
                "it is not signed by a key in force as custodian".into(),
            ))
        }
    }
}

/// The ledger that segment 0 names.
fn first_header(store: &dyn Store) -> Result<LedgerId, WriteError> {
    crate::log::segments(store)?;
    let path = segment_path(0);
    let blob = store
        .open(&path)
        .map_err(|source| crate::log::LogError::Io {
            path: path.clone(),
            source,
        })?;
    match read_segment_header(blob.as_ref(), &path)? {
        Some(header) => Ok(header.ledger),
        None => Err(crate::log::LogError::SegmentHeader {
            path,
            why: "shorter than a segment header".into(),
        }
        .into()),
    }
}

fn lock(store: &dyn Store) -> Result<Box<dyn crate::store::WriterLock>, WriteError> {
    store
        .lock()
        .map_err(|source| WriteError::Io {
            path: "lock".into(),
            source,
            outcome: "Nothing was recorded",
        })?
        .ok_or(WriteError::Locked)
}

fn read_checkpoint(
    store: &dyn Store,
    ledger: LedgerId,
) -> Result<Option<SignedCheckpoint>, WriteError> {
    let wrong = |why: String| WriteError::Checkpoint(why);
    let Some(bytes) =
        read_small(store, "checkpoint", CHECKPOINT_MAX as u64).map_err(|e| wrong(e.to_string()))?
    else {
        return Ok(None);
    };
    checkpoint::parse_file(&bytes, &ledger)
        .map(Some)
        .map_err(|e| wrong(e.to_string()))
}

/// Takes in what the log holds beyond the cache.
pub(super) fn catch_up(
    store: &dyn Store,
    cache: &mut Cache,
    end: LogEnd,
) -> Result<(), WriteError> {
    let from = cache.state.position;
    let ledger = cache.state.ledger;
    let mut reader = LogReader::new(store, from, end);
    while let Some(chunk) = reader.next_chunk(usize::MAX)? {
        for record in chunk.records() {
            let damaged = |why: String| WriteError::Damaged {
                index: record.index,
                why,
            };
            let entry = Entry::parse(&record).map_err(|e| damaged(e.to_string()))?;
            let statement = &entry.statement;
            let head = cache.state.heads.get(&statement.key);
            let follows = match head {
                Some(head) => {
                    Some(statement.seq.0) == head.seq.0.checked_add(1) && statement.prev == head.id
                }
                None => statement.seq.0 == 0,
            };
            let of = match statement.class {
                Class::Genesis => LedgerId(entry.id.0),
                _ => statement.ledger,
            };
            if of != ledger || !follows {
                return Err(damaged("it does not belong to this chain".into()));
            }
            let governance = Governance::of_entry(statement.class, &entry.facts)
                .map_err(|e| damaged(e.to_string()))?;
            // An entry that was not allowed has no effect; saying so is the verifier's business.
            let authority = &mut cache.state.authority;
            let allowed = authority.apply(
                entry.index,
                entry.id,
                &statement.key,
                statement.class,
                governance.as_ref(),
            );
            // Behind governance that cannot be read, nobody can tell who may redact.
            if allowed.is_ok()
                && authority.unread_at().is_none()
                && let Some(amendment) = entry.facts.known().and_then(|f| f.amendment.as_ref())
                && named(amendment).any()
            {
                let custodian = authority.custodians().any(|key| *key == statement.key);
                cache.state.claims.push(Claim {
                    by: entry.index,
                    own: (!custodian).then_some(statement.key),
                    parts: named(amendment),
                    targets: amendment.targets.clone(),
                });
            }
            cache.push(&NewEntry::from(&entry));
        }
    }
    Ok(())
}

/// Cuts a torn tail; refuses to touch anything else.
fn cut(store: &dyn Store, tail: &Tail) -> Result<(), WriteError> {
    let path = segment_path(tail.segment);
    if tail.commit_at.is_some() {
        return Err(WriteError::DamagedTail {
            path,
            offset: tail.offset,
            why: tail.why.clone(),
        });
    }
    let done = match tail.offset {
        0 => store.remove(&path).and_then(|()| store.sync_folder("log")),
        offset => store
            .truncate(&path, offset)
            .and_then(|()| store.sync(&path)),
    };
    done.map_err(|source| WriteError::Io {
        path,
        source,
        outcome: "Nothing was recorded",
    })
}
