//! Proofs from leaf hashes that go by once, for a tree of which no node is stored. The memory is that of a few frontiers.

use std::ops::Range;

use super::Frontier;
use super::proof::{descend, descend_to_end_of};
use crate::ids::{EntryIndex, TreeHash, TreeSize};

/// A proof that is being made. It is fed every leaf hash from #0 to the size.
#[derive(Debug)]
pub struct StreamedProof {
    /// The subtrees whose roots make up the proof, in its order, each with what it has so far.
    parts: Vec<(Range<u64>, Frontier)>,
    at: u64,
    /// The part that the leaf before went to.
    current: usize,
}

impl StreamedProof {
    /// The proof that leaf `index` is in the tree of `size` leaves. `None` if it is not.
    pub fn inclusion(index: EntryIndex, size: TreeSize) -> Option<Self> {
        let siblings = (index.0 < size.0).then(|| descend(index.0, size.0, |_| false).1)?;
        Some(Self::of(siblings.into_iter().rev().map(|s| s.leaves)))
    }

    /// The proof that the tree of `old` leaves is a prefix of that of `new` leaves. `None` if it is the larger one.
    pub fn consistency(old: TreeSize, new: TreeSize) -> Option<Self> {
        if old > new {
            return None;
        }
        if old.0 == 0 {
            return Some(Self::of(std::iter::empty()));
        }
        let (shared, siblings) = descend_to_end_of(old.0, new.0);
        let opening = Some(shared).filter(|shared| shared.start != 0);
        let rest = siblings.into_iter().rev().map(|s| s.leaves);
        Some(Self::of(opening.into_iter().chain(rest)))
    }

    fn of(parts: impl Iterator<Item = Range<u64>>) -> Self {
        Self {
            parts: parts.map(|leaves| (leaves, Frontier::new())).collect(),
            at: 0,
            current: 0,
        }
    }

    /// Takes in the next leaf.
    pub fn push(&mut self, leaf_hash: TreeHash) {
        let at = self.at;
        self.at += 1;
        let holds = |(leaves, _): &(Range<u64>, Frontier)| leaves.contains(&at);
        if !self.parts.get(self.current).is_some_and(holds) {
            match self.parts.iter().position(holds) {
                Some(part) => self.current = part,
                // The leaf itself, or what the checker has.
                None => return,
            }
        }
        if let Some((_, frontier)) = self.parts.get_mut(self.current) {
            frontier.push(leaf_hash);
        }
    }

    /// The proof's hashes, once every leaf was taken in.
    pub fn finish(self) -> Vec<TreeHash> {
        self.parts.iter().map(|(_, part)| part.root()).collect()
    }
}
