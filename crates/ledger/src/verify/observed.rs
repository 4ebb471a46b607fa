//! Whether authors observed true heads, in memory that does not grow with the log.
//!
//! Most observed heads lie near the end: they are computed from a ring of recent leaf hashes,
//! frontiers taken now and then, and a cursor for each author. What lags further is collected and settled
//! by reading the leaf hashes once more.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::ids::{AuthorKey, EntryIndex, TreeHash, TreeSize};
use crate::log::{Chunk, LogEnd, LogError, LogReader, Position};
use crate::statement::Head;
use crate::store::Store;
use crate::tree::Frontier;

/// Leaf hashes that are kept.
const RING: usize = 65_536;
/// A frontier is kept every so many leaves.
const SNAPSHOT_EVERY: u64 = 256;
/// Roots that are remembered.
const MEMO: usize = 1_024;
/// Authors that have a cursor.
const CURSORS: usize = 1_024;
/// Distinct lagging heads that are collected before they are settled.
const PENDING: usize = 262_144;

/// Computes roots of prefixes while the log goes by.
pub(super) struct Roots {
    frontier: Frontier,
    root: Option<TreeHash>,
    ring: VecDeque<TreeHash>,
    snapshots: VecDeque<Frontier>,
    memo: HashMap<u64, TreeHash>,
    memo_order: VecDeque<u64>,
    cursors: HashMap<AuthorKey, Frontier>,
    pending: BTreeMap<(u64, TreeHash), EntryIndex>,
}

/// An observed head that is not a head of this log.
#[derive(Debug)]
pub(super) struct WrongRoot {
    /// The entry that observed it.
    pub entry: EntryIndex,
    /// What it observed.
    pub observed: Head,
    /// The root of that prefix here.
    pub actual: TreeHash,
}

impl Roots {
    pub(super) fn new() -> Self {
        Self {
            frontier: Frontier::new(),
            root: None,
            ring: VecDeque::new(),
            snapshots: VecDeque::from([Frontier::new()]),
            memo: HashMap::new(),
            memo_order: VecDeque::new(),
            cursors: HashMap::new(),
            pending: BTreeMap::new(),
        }
    }

    pub(super) fn size(&self) -> TreeSize {
        self.frontier.size()
    }

    /// The root of everything so far.
    pub(super) fn root(&mut self) -> TreeHash {
        *self.root.get_or_insert_with(|| self.frontier.root())
    }

    pub(super) fn push(&mut self, leaf_hash: TreeHash) {
        self.frontier.push(leaf_hash);
        self.root = None;
        if self.ring.len() == RING {
            self.ring.pop_front();
        }
        self.ring.push_back(leaf_hash);
        let size = self.frontier.size().0;
        if size.is_multiple_of(SNAPSHOT_EVERY) {
            self.snapshots.push_back(self.frontier.clone());
            let oldest = size - self.ring.len() as u64;
            while self.snapshots.front().is_some_and(|s| s.size().0 < oldest) {
                self.snapshots.pop_front();
            }
        }
    }

    /// Checks a head of at most the present size, observed by `key` in `entry`. One that lags too far is
    /// kept for [`settle`](Self::settle).
    pub(super) fn check(
        &mut self,
        key: AuthorKey,
        observed: Head,
        entry: EntryIndex,
    ) -> Option<WrongRoot> {
        let actual = self.recent(key, observed.size.0);
        match actual {
            Some(actual) if actual == observed.root => None,
            Some(actual) => Some(WrongRoot {
                entry,
                observed,
                actual,
            }),
            None => {
                self.pending
                    .entry((observed.size.0, observed.root))
                    .or_insert(entry);
                None
            }
        }
    }

    fn recent(&mut self, key: AuthorKey, size: u64) -> Option<TreeHash> {
        let here = self.frontier.size().0;
        if size == here {
            return Some(self.root());
        }
        if let Some(root) = self.memo.get(&size) {
            return Some(*root);
        }
        let oldest = here - self.ring.len() as u64;
        let near = self
            .snapshots
            .partition_point(|s| s.size().0 <= size)
            .checked_sub(1)
            .and_then(|i| self.snapshots.get(i));
        let cursor = self.cursors.get(&key).filter(|c| c.size().0 <= size);
        let start = [near, cursor]
            .into_iter()
            .flatten()
            .filter(|f| f.size().0 >= oldest)
            .max_by_key(|f| f.size())?;
        let mut frontier = start.clone();
        while frontier.size().0 < size {
            let leaf = self.ring.get((frontier.size().0 - oldest) as usize)?;
            frontier.push(*leaf);
        }
        let root = frontier.root();
        if self.cursors.len() < CURSORS || self.cursors.contains_key(&key) {
            self.cursors.insert(key, frontier);
        }
        if self.memo_order.len() == MEMO
            && let Some(old) = self.memo_order.pop_front()
        {
            self.memo.remove(&old);
        }
        self.memo.insert(size, root);
        self.memo_order.push_back(size);
        Some(root)
    }

    /// Whether so many heads are waiting that they should be settled now.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= PENDING
    }

    /// Settles the heads that lagged too far, by reading leaf hashes again.
    pub(super) fn settle(
        &mut self,
        store: &dyn Store,
        end: &LogEnd,
    ) -> Result<Vec<WrongRoot>, LogError> {
        let mut reader = LogReader::new(store, Position::START, end.clone());
        self.settle_from(|| {
            use rayon::prelude::*;
            let hashes = |chunk: Chunk| {
                let leaves = (0..chunk.len()).into_par_iter();
                leaves
                    .filter_map(|i| chunk.get(i).map(|r| r.leaf().hash()))
                    .collect()
            };
            Ok(reader.next_chunk(usize::MAX)?.map(hashes))
        })
    }

    /// The same from any source of leaf hashes in order, which gives `None` at its end.
    pub(super) fn settle_from<E>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<Vec<TreeHash>>, E>,
    ) -> Result<Vec<WrongRoot>, E> {
        let pending = std::mem::take(&mut self.pending);
        let mut wrong = Vec::new();
        let mut waiting = pending.into_iter().peekable();
        let mut frontier = Frontier::new();
        while waiting.peek().is_some()
            && let Some(leaves) = next()?
        {
            for leaf in leaves {
                take_settled(&mut waiting, &frontier, &mut wrong);
                frontier.push(leaf);
            }
        }
        take_settled(&mut waiting, &frontier, &mut wrong);
        wrong.sort_by_key(|w| w.entry);
        Ok(wrong)
    }
}

type Waiting =
    std::iter::Peekable<std::collections::btree_map::IntoIter<(u64, TreeHash), EntryIndex>>;

fn take_settled(waiting: &mut Waiting, frontier: &Frontier, wrong: &mut Vec<WrongRoot>) {
    let size = frontier.size();
    let mut actual = None;
    while let Some(((_, root), entry)) = waiting.next_if(|((s, _), _)| *s == size.0) {
        let actual = *actual.get_or_insert_with(|| frontier.root());
        if actual != root {
            wrong.push(WrongRoot {
                entry,
                observed: Head { size, root },
                actual,
            });
        }
    }
}
