//! All nodes of the tree in one sequence that only ever grows, and what can be answered from it.
//!
//! Each leaf hash is followed by the perfect subtrees that it completes, smallest first (post-order;
//! see [`super::Frontier::absorb`]):
//!
//! ```text
//! position   0    1    2     3    4    5     6     7  …
//! leaves    #0   #1   0–1   #2   #3   2–3   0–3   #4  …
//! ```
//!
//! A tree of n leaves has 2n − (set bits of n) nodes here, and a node never moves. Roots, frontiers and proofs
//! of every size up to n cost at most two reads a level. Nodes that are not of a perfect subtree are
//! not stored, because they change as the tree grows.
//!
//! What is read is believed: a source over a file that may be damaged checks the results against a
//! root that is known otherwise.

use std::ops::Range;

use super::proof::{descend, descend_to_end_of};
use super::{Frontier, MAX_TREE_SIZE, join};
use crate::ids::{EntryIndex, TreeHash, TreeSize};

/// Where a node stands in the sequence, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodePosition(pub u64);

impl NodePosition {
    /// Where no tree has a node. Stands for every node of a tree above [`MAX_TREE_SIZE`] whose
    /// position would not fit in 64 bits.
    pub const NONE: Self = Self(u64::MAX);
}

/// The sequence of nodes, wherever it is kept.
pub trait NodeSource {
    /// Why a node could not be read.
    type Error;

    /// The node at this position. Asked only for positions below [`stored_count`] of the size that is
    /// being answered for.
    ///
    /// # Errors
    /// If the sequence is shorter, or cannot be read.
    fn node(&self, position: NodePosition) -> Result<TreeHash, Self::Error>;
}

/// A sequence of nodes in memory is too short for what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored tree has {count} nodes and none at position {}", position.0)]
pub struct NoSuchNode {
    /// The position that was read.
    pub position: NodePosition,
    /// How many nodes there are.
    pub count: usize,
}

impl NodeSource for [TreeHash] {
    type Error = NoSuchNode;

    fn node(&self, position: NodePosition) -> Result<TreeHash, NoSuchNode> {
        usize::try_from(position.0)
            .ok()
            .and_then(|position| self.get(position))
            .copied()
            .ok_or(NoSuchNode {
                position,
                count: self.len(),
            })
    }
}

/// Why the stored nodes give no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E> {
    /// The tree has no such leaf.
    #[error("{index} is not in a tree of {size} entries, which ends before it")]
    IndexBeyondSize {
        /// The leaf asked for.
        index: EntryIndex,
        /// The tree's size.
        size: TreeSize,
    },
    /// The older size is the larger one.
    #[error("a tree of {old} entries cannot be an earlier state of one of {new}")]
    SizesReversed {
        /// The size said to be the older.
        old: TreeSize,
        /// The size said to be the newer.
        new: TreeSize,
    },
    /// Above [`MAX_TREE_SIZE`].
    #[error("a tree of {size} entries is larger than any that this version stores")]
    TooLarge {
        /// The tree's size.
        size: TreeSize,
    },
    /// The nodes could not be read.
    #[error(transparent)]
    Source(#[from] E),
}

/// The position of the root of the perfect subtree at `level` (0 for leaves) that is the `index`th of
/// its level: the one over the leaves from `index`·2^`level`, 2^`level` of them.
/// [`NodePosition::NONE`] where that does not fit in 64 bits.
pub fn stored_position(level: u32, index: u64) -> NodePosition {
    // It is written with the last leaf it spans, `level` places behind that leaf's own hash.
    let Some(last_leaf) = (u128::from(index) + 1)
        .checked_shl(level)
        .filter(|_| level < u64::BITS)
        .and_then(|end| u64::try_from(end - 1).ok())
    else {
        return NodePosition::NONE;
    };
    let before = 2 * u128::from(last_leaf) - u128::from(last_leaf.count_ones());
    u64::try_from(before + u128::from(level)).map_or(NodePosition::NONE, NodePosition)
}

/// How many nodes a tree of this size has in the sequence: 2n − (set bits of n). `u64::MAX` where
/// that does not fit in 64 bits, which it does up to [`MAX_TREE_SIZE`] and beyond.
pub fn stored_count(size: TreeSize) -> u64 {
    let count = 2 * u128::from(size.0) - u128::from(size.0.count_ones());
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The frontier of the tree of this size.
///
/// # Errors
/// [`TreeError::TooLarge`], or [`TreeError::Source`] if a node cannot be read.
pub fn frontier_at<S: NodeSource + ?Sized>(
    size: TreeSize,
    source: &S,
) -> Result<Frontier, TreeError<S::Error>> {
    check_size(size)?;
    Ok(Frontier {
        size: size.0,
        peaks: read_peaks(0..size.0, source)?,
    })
}

/// The root of the tree of this size.
///
/// # Errors
/// [`TreeError::TooLarge`], or [`TreeError::Source`] if a node cannot be read.
pub fn root_at<S: NodeSource + ?Sized>(
    size: TreeSize,
    source: &S,
) -> Result<TreeHash, TreeError<S::Error>> {
    Ok(frontier_at(size, source)?.root())
}

/// The proof that leaf `index` is in the tree of this size: the siblings' hashes from the leaf upward.
///
/// # Errors
/// [`TreeError::IndexBeyondSize`], [`TreeError::TooLarge`], or [`TreeError::Source`] if a node cannot
/// be read.
pub fn prove_inclusion<S: NodeSource + ?Sized>(
    index: EntryIndex,
    size: TreeSize,
    source: &S,
) -> Result<Vec<TreeHash>, TreeError<S::Error>> {
    if index.0 >= size.0 {
        return Err(TreeError::IndexBeyondSize { index, size });
    }
    check_size(size)?;
    let (_, siblings) = descend(index.0, size.0, |_| false);
    let mut proof = Vec::with_capacity(siblings.len());
    for sibling in siblings.into_iter().rev() {
        proof.extend(read_subtree(sibling.leaves, source)?);
    }
    Ok(proof)
}

/// The proof that the tree of `old` leaves is a prefix of the tree of `new` leaves. Empty if the sizes
/// are equal or the older is 0.
///
/// # Errors
/// [`TreeError::SizesReversed`], [`TreeError::TooLarge`], or [`TreeError::Source`] if a node cannot be
/// read.
pub fn prove_consistency<S: NodeSource + ?Sized>(
    old: TreeSize,
    new: TreeSize,
    source: &S,
) -> Result<Vec<TreeHash>, TreeError<S::Error>> {
    if old > new {
        return Err(TreeError::SizesReversed { old, new });
    }
    check_size(new)?;
    if old.0 == 0 {
        return Ok(Vec::new());
    }
    let (shared, siblings) = descend_to_end_of(old.0, new.0);
    let mut proof = Vec::with_capacity(siblings.len() + 1);
    if shared.start != 0 {
        proof.extend(read_subtree(shared, source)?);
    }
    for sibling in siblings.into_iter().rev() {
        proof.extend(read_subtree(sibling.leaves, source)?);
    }
    Ok(proof)
}

fn check_size<E>(size: TreeSize) -> Result<(), TreeError<E>> {
    if size > MAX_TREE_SIZE {
        return Err(TreeError::TooLarge { size });
    }
    Ok(())
}

/// The root of the subtree over these leaves; `None` if there are none.
fn read_subtree<S: NodeSource + ?Sized>(
    leaves: Range<u64>,
    source: &S,
) -> Result<Option<TreeHash>, S::Error> {
    Ok(join(&read_peaks(leaves, source)?))
}

/// The perfect subtrees that leaves make up which begin where a subtree of the tree does, from the
/// largest to the smallest.
fn read_peaks<S: NodeSource + ?Sized>(
    leaves: Range<u64>,
    source: &S,
) -> Result<Vec<TreeHash>, S::Error> {
    let mut start = leaves.start;
    let mut peaks = Vec::with_capacity((leaves.end - start).count_ones() as usize);
    while let Some(level) = (leaves.end - start).checked_ilog2() {
        peaks.push(source.node(stored_position(level, start >> level))?);
        start += 1 << level;
    }
    Ok(peaks)
}
