//! Proofs taken from a ledger.
//!
//! The stored tree is asked first, so that a proof costs the same at any size. It is never believed: what it gives is
//! held against the checkpoint's root, and if that does not fit, the log is read.

use rayon::prelude::*;

use super::extra::{Disclosure, EXTRA_MAX, Extra, OwnedOpening, RosterEntry};
use super::file::{ConsistencyProof, EntryProof};
use crate::cache::{hinted_labels, hinted_nodes, hinted_position};
use crate::checkpoint::{self, CHECKPOINT_MAX, CosignedCheckpoint};
use crate::entry::{Content, Disclosed, EntryError, disclose, statement_at};
use crate::governance::Governance;
use crate::ids::{Class, EntryIndex, LedgerId, TreeHash, TreeSize};
use crate::log::{LogError, LogReader, Position, RawRecord, find_end, read_segment_header};
use crate::opening::{Openings, Part};
use crate::reader::record_at;
use crate::record::{RECORD_HEADER_LEN, segment_path};
use crate::statement::{Head, LEAF_LEN, Leaf};
use crate::store::{Store, read_small};
use crate::tree::streamed::StreamedProof;
use crate::tree::{
    Frontier, check_consistency, check_inclusion, prove_consistency, prove_inclusion, root_at,
};

/// Why a proof was not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The log cannot be read.
    #[error("{0}")]
    Log(#[from] LogError),
    /// There is no checkpoint, or it is not one.
    #[error("the checkpoint: {0}")]
    Checkpoint(String),
    /// The checkpoint does not reach the entry.
    #[error("the checkpoint covers {size} entries, and {index} is not one of them")]
    NotCovered {
        /// The entry asked for.
        index: EntryIndex,
        /// The checkpoint's size.
        size: TreeSize,
    },
    /// The checkpoint is of a smaller tree than the older head.
    #[error("the checkpoint covers {size} entries, fewer than the {old} that are asked for")]
    Older {
        /// The older size that was asked for.
        old: TreeSize,
        /// The checkpoint's size.
        size: TreeSize,
    },
    /// The log is not what the checkpoint says.
    #[error("the log does not have the root that its checkpoint states for {size} entries")]
    OtherHistory {
        /// The checkpoint's size.
        size: TreeSize,
    },
    /// The entry is not what it should be.
    #[error("{index} is damaged: {source}")]
    Entry {
        /// Which.
        index: EntryIndex,
        /// What is wrong with it.
        source: EntryError,
    },
    /// What is to be disclosed is not here.
    #[error("the {} of {index} {} not in this ledger", match part { Part::Facts => "facts", Part::Source => "source" }, match part { Part::Facts => "are", Part::Source => "is" })]
    Absent {
        /// Of which entry.
        index: EntryIndex,
        /// Which opening.
        part: Part,
    },
    /// No roster follows the entry.
    #[error("no roster follows {index} under the checkpoint")]
    NoRoster {
        /// The entry.
        index: EntryIndex,
    },
    /// More than fits into a proof.
    #[error(
        "what is to travel with {index} has {found} bytes, more than the {EXTRA_MAX} that a proof may carry"
    )]
    TooLong {
        /// The entry.
        index: EntryIndex,
        /// How many bytes.
        found: usize,
    },
}

/// Which openings are to travel with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Disclose {
    /// What it says.
    pub facts: bool,
    /// How that was obtained.
    pub source: bool,
}

/// Makes proofs under a ledger's checkpoint. Writes nothing.
#[derive(Debug)]
pub struct Prover<'s> {
    store: &'s dyn Store,
    ledger: LedgerId,
    checkpoint: CosignedCheckpoint,
}

/// An entry as it stands in the log, proven to stand under the checkpoint.
struct Proven {
    position: Position,
    leaf: Leaf,
    /// The openings' bytes, as the record has them.
    openings: Vec<u8>,
    hashes: Vec<TreeHash>,
}

impl<'s> Prover<'s> {
    /// Reads the ledger's checkpoint; not the log.
    ///
    /// # Errors
    /// There is no log or no checkpoint, or one of them is not well-formed.
    pub fn open(store: &'s dyn Store) -> Result<Self, MakeError> {
        let path = segment_path(0);
        let blob = store.open(&path).map_err(|_| LogError::NotALedger)?;
        let ledger = read_segment_header(blob.as_ref(), &path)?
            .ok_or(LogError::NotALedger)?
            .ledger;
        let wrong = |why: String| MakeError::Checkpoint(why);
        let bytes = read_small(store, "checkpoint", CHECKPOINT_MAX as u64)
            .map_err(|error| wrong(error.to_string()))?
            .ok_or_else(|| wrong("there is none, and every ledger begins with one".into()))?;
        let signed = checkpoint::parse_file(&bytes, &ledger).map_err(|e| wrong(e.to_string()))?;
        Ok(Self {
            store,
            ledger,
            checkpoint: signed.into(),
        })
    }

    /// Makes proofs to another signed head of the ledger.
    pub fn under(store: &'s dyn Store, ledger: LedgerId, checkpoint: CosignedCheckpoint) -> Self {
        Self {
            store,
            ledger,
            checkpoint,
        }
    }

    /// The ledger.
    pub fn ledger(&self) -> LedgerId {
        self.ledger
    }

    /// The head that proofs lead to.
    pub fn head(&self) -> Head {
        self.checkpoint.head()
    }

    /// The place of an entry with this label, as far as the cache knows one under the checkpoint. That it has the
    /// label was looked up in the entry itself.
    pub fn labelled(&self, label: &str) -> Option<EntryIndex> {
        hinted_labels(self.store, label).into_iter().find(|index| {
            let content = self.hinted(*index).and_then(|p| p.content(*index).ok());
            let facts = content.and_then(|content| content.facts.ok());
            let found = facts.as_ref().and_then(Disclosed::known);
            found.is_some_and(|facts| facts.label.as_deref() == Some(label))
        })
    }

    /// The proof that an entry stands in the ledger, with what is to be disclosed of it, and with the newest roster
    /// above it if one is asked for.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub fn entry(
        &self,
        index: EntryIndex,
        show: Disclose,
        roster: bool,
    ) -> Result<EntryProof, MakeError> {
        let proven = self.proven(index)?;
        let entry = proven.disclosure(index, show)?;
        let roster = match roster {
            true => Some(self.roster_above(index, proven.position)?),
            false => None,
        };
        let extra = Extra { entry, roster };
        let found = extra.encode().len();
        if found > EXTRA_MAX {
            return Err(MakeError::TooLong { index, found });
        }
        Ok(EntryProof {
            ledger: self.ledger,
            index,
            hashes: proven.hashes,
            extra,
            checkpoint: self.checkpoint.clone(),
        })
    }

    /// The proof that the log's head of size `old` is extended by the checkpoint.
    ///
    /// # Errors
    /// See [`MakeError`].
    pub fn consistency(&self, old: TreeSize) -> Result<ConsistencyProof, MakeError> {
        let new = self.head();
        if old > new.size {
            return Err(MakeError::Older {
                old,
                size: new.size,
            });
        }
        let sound = |root: &TreeHash, hashes: &[TreeHash]| {
            check_consistency(old, root, new.size, &new.root, hashes).is_ok()
        };
        let hinted = hinted_nodes(self.store).and_then(|nodes| {
            let root = root_at(old, &nodes).ok()?;
            let hashes = prove_consistency(old, new.size, &nodes).ok()?;
            sound(&root, &hashes).then_some((root, hashes))
        });
        let (root, hashes) = match hinted {
            // From the empty tree every proof is empty: that the log bears the checkpoint out is looked up there.
            Some(found) if old.0 > 0 => found,
            _ => self.consistency_from_log(old)?,
        };
        Ok(ConsistencyProof {
            ledger: self.ledger,
            old: Head { size: old, root },
            hashes,
            checkpoint: self.checkpoint.clone(),
        })
    }

    fn consistency_from_log(&self, old: TreeSize) -> Result<(TreeHash, Vec<TreeHash>), MakeError> {
        let size = self.head().size;
        let older = || MakeError::Older { old, size };
        let mut proof = StreamedProof::consistency(old, size).ok_or_else(older)?;
        let mut frontier = Frontier::new();
        let mut root = (old.0 == 0).then(|| frontier.root());
        self.leaves(|_, hash| {
            proof.push(hash);
            frontier.push(hash);
            if frontier.size() == old {
                root = Some(frontier.root());
            }
        })?;
        match root {
            Some(root) if frontier.size() == size && frontier.root() == self.head().root => {
                Ok((root, proof.finish()))
            }
            _ => Err(MakeError::OtherHistory { size }),
        }
    }

    /// The entry at a place, with its path to the checkpoint.
    fn proven(&self, index: EntryIndex) -> Result<Proven, MakeError> {
        let size = self.head().size;
        if index.0 >= size.0 {
            return Err(MakeError::NotCovered { index, size });
        }
        if let Some(proven) = self.hinted(index) {
            return Ok(proven);
        }
        let proven = self.proven_from_log(index)?;
        match proven.stands(index, self.head()) {
            true => Ok(proven),
            false => Err(MakeError::OtherHistory { size }),
        }
    }

    /// The same by the cache, if what it says is so.
    fn hinted(&self, index: EntryIndex) -> Option<Proven> {
        let position = hinted_position(self.store, index)?;
        let nodes = hinted_nodes(self.store)?;
        let hashes = prove_inclusion(index, self.head().size, &nodes).ok()?;
        let proven = Proven::of(position, &record_at(self.store, position)?, hashes)?;
        proven.stands(index, self.head()).then_some(proven)
    }

    fn proven_from_log(&self, index: EntryIndex) -> Result<Proven, MakeError> {
        let size = self.head().size;
        let not_covered = || MakeError::NotCovered { index, size };
        let mut proof = StreamedProof::inclusion(index, size).ok_or_else(not_covered)?;
        let mut found = None;
        self.leaves(|record, hash| {
            if record.index == index {
                let position = Position {
                    segment: record.segment,
                    offset: record.offset,
                    index,
                };
                found = Proven::of(position, record.bytes, Vec::new());
            }
            proof.push(hash);
        })?;
        let mut proven = found.ok_or(MakeError::OtherHistory { size })?;
        proven.hashes = proof.finish();
        Ok(proven)
    }

    /// Reads the log up to the checkpoint.
    fn leaves(&self, mut take: impl FnMut(&RawRecord<'_>, TreeHash)) -> Result<(), MakeError> {
        let size = self.head().size.0;
        let end = find_end(self.store, None)?;
        let mut reader = LogReader::new(self.store, Position::START, end);
        while reader.position().index.0 < size
            && let Some(chunk) = reader.next_chunk(usize::MAX)?
        {
            let hashes: Vec<TreeHash> = (0..chunk.len())
                .into_par_iter()
                .filter_map(|i| Some(chunk.get(i)?.leaf().hash()))
                .collect();
            for (record, hash) in chunk.records().zip(hashes) {
                if record.index.0 < size {
                    take(&record, hash);
                }
            }
        }
        Ok(())
    }

    /// The newest roster above an entry whose place is known. One by a key that signed the checkpoint goes before
    /// others: that key is known to whoever checks the proof.
    fn roster_above(&self, index: EntryIndex, at: Position) -> Result<RosterEntry, MakeError> {
        let size = self.head().size.0;
        let mut reader = LogReader::resume(self.store, at, find_end(self.store, None)?);
        let mut newest: Option<(bool, EntryIndex)> = None;
        while let Some(chunk) = reader.next_chunk(usize::MAX)? {
            for record in chunk.records() {
                if record.index <= index || record.index.0 >= size || !is_roster(&record) {
                    continue;
                }
                let known = statement_at(&record.leaf(), record.index)
                    .is_ok_and(|statement| self.checkpoint.verify(&statement.key));
                newest = newest.max(Some((known, record.index)));
            }
        }
        let (_, at) = newest.ok_or(MakeError::NoRoster { index })?;
        let proven = self.proven(at)?;
        let show = Disclose {
            facts: true,
            source: false,
        };
        Ok(RosterEntry {
            index: at,
            entry: proven.disclosure(at, show)?,
            hashes: proven.hashes,
        })
    }
}

fn is_roster(record: &RawRecord<'_>) -> bool {
    // Offset 2 of a statement is its class: most records end here.
    if record.leaf().0[2] != Class::Governance as u8 {
        return false;
    }
    let content = statement_at(&record.leaf(), record.index).and_then(|statement| {
        let openings = Openings::decode(record.openings()).map_err(EntryError::Openings)?;
        Ok(disclose(&openings, &statement))
    });
    let facts = content.and_then(|content| content.facts);
    matches!(
        facts.as_ref().map(Disclosed::known),
        Ok(Some(facts)) if matches!(Governance::of(facts), Ok(Governance::Roster(_)))
    )
}

impl Proven {
    /// From a whole record; `None` if it is too short for one.
    fn of(position: Position, record: &[u8], hashes: Vec<TreeHash>) -> Option<Self> {
        let body = record.get(RECORD_HEADER_LEN..)?;
        let (leaf, openings) = body.split_first_chunk::<LEAF_LEN>()?;
        Some(Self {
            position,
            leaf: Leaf(*leaf),
            openings: openings.to_vec(),
            hashes,
        })
    }

    /// Whether its path leads to this head.
    fn stands(&self, index: EntryIndex, head: Head) -> bool {
        let leaf = self.leaf.hash();
        check_inclusion(&leaf, index, head.size, &self.hashes, &head.root).is_ok()
    }

    fn openings(&self) -> Result<Openings<'_>, EntryError> {
        Openings::decode(&self.openings).map_err(EntryError::Openings)
    }

    /// What the entry says, checked.
    fn content(&self, index: EntryIndex) -> Result<Content, EntryError> {
        let statement = statement_at(&self.leaf, index)?;
        Ok(disclose(&self.openings()?, &statement))
    }

    /// The entry with those openings that are to be shown: sound ones, so that no proof is handed out that fails.
    fn disclosure(&self, index: EntryIndex, show: Disclose) -> Result<Disclosure, MakeError> {
        let damaged = |source| MakeError::Entry { index, source };
        let content = self.content(index).map_err(damaged)?;
        let openings = self.openings().map_err(damaged)?;
        if show.facts {
            content.facts.map_err(damaged)?;
        }
        if show.source {
            content.source.map_err(damaged)?;
        }
        let taken = |show: bool, part, opening: Option<_>| match (show, opening) {
            (false, _) => Ok(None),
            (true, Some(opening)) => Ok(Some(OwnedOpening::from(opening))),
            (true, None) => Err(MakeError::Absent { index, part }),
        };
        Ok(Disclosure {
            leaf: self.leaf,
            facts: taken(show.facts, Part::Facts, openings.facts)?,
            source: taken(show.source, Part::Source, openings.source)?,
        })
    }
}
