//! Inclusion and consistency proofs, RFC 9162 §2.1.3 and §2.1.4: their shape, and checking them.
//!
//! Making a proof needs the nodes and is in [`super::stored`]; both sides share one walk down the
//! tree, `descend`. Checking is total: any index, size and number of hashes gets an answer.

use std::ops::Range;

use super::{empty_root, node_hash};
use crate::ids::{EntryIndex, TreeHash, TreeSize};

/// Why a proof does not show what it is meant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("{index} is not in a tree of {size} entries, which ends before it")]
    IndexBeyondSize {
        /// The leaf asked for.
        index: EntryIndex,
        /// The tree's size.
        size: TreeSize,
    },
    /// The tree said to be older is the larger one.
    #[error("a tree of {old} entries cannot be an earlier state of one of {new}")]
    SizesReversed {
        /// The size said to be the older.
        old: TreeSize,
        /// The size said to be the newer.
        new: TreeSize,
    },
    /// A proof has exactly one possible length for each index and size.
    #[error("the proof has {found} hashes where these positions take {expected}")]
    Length {
        /// How many hashes the proof needs.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// The proof leads from the leaf to another root.
    #[error("the proof leads to the root {computed}, not to {expected}")]
    Root {
        /// The root that was to be reached.
        expected: TreeHash,
        /// The root the proof leads to.
        computed: TreeHash,
    },
    /// The proof leads to another root of the older tree.
    #[error("the proof leads to the older root {computed}, not to {expected}")]
    OldRoot {
        /// The root that was to be reached.
        expected: TreeHash,
        /// The root the proof leads to.
        computed: TreeHash,
    },
    /// The proof leads to another root of the newer tree.
    #[error("the proof leads to the newer root {computed}, not to {expected}")]
    NewRoot {
        /// The root that was to be reached.
        expected: TreeHash,
        /// The root the proof leads to.
        computed: TreeHash,
    },
}

/// Where a sibling stands beside the subtree being walked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A subtree beside the walk: the leaves it spans and its side.
#[derive(Debug, Clone)]
pub(super) struct Sibling {
    pub(super) leaves: Range<u64>,
    pub(super) side: Side,
}

/// Walks from the root of the tree of `size` leaves towards leaf `index` (below `size`) until `stop`
/// holds for the subtree reached or a single leaf is left. Gives that subtree's leaves and the
/// siblings passed, from the root downward: at most 64.
pub(super) fn descend(
    index: u64,
    size: u64,
    stop: impl Fn(&Range<u64>) -> bool,
) -> (Range<u64>, Vec<Sibling>) {
    let mut here = 0..size;
    let mut siblings = Vec::new();
    while here.end - here.start > 1 && !stop(&here) {
        let middle = here.start + split(here.end - here.start);
        let (next, leaves, side) = if index < middle {
            (here.start..middle, middle..here.end, Side::Right)
        } else {
            (middle..here.end, here.start..middle, Side::Left)
        };
        siblings.push(Sibling { leaves, side });
        here = next;
    }
    (here, siblings)
}

/// The walk of a consistency proof: to the largest subtree of the newer tree that ends where the
/// older one (0 < old ≤ new) does. If it begins at leaf 0 it *is* the older tree, whose root the checker
/// already has; otherwise its hash opens the proof.
pub(super) fn descend_to_end_of(old: u64, new: u64) -> (Range<u64>, Vec<Sibling>) {
    descend(old - 1, new, |subtree| subtree.end == old)
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// Checks that the leaf with hash `leaf` stands at `index` in the tree of `size` leaves with this root.
/// `proof` holds the siblings' hashes from the leaf upward.
///
/// The size is only as good as the root: taken together they must come from one signed head.
///
/// # Errors
/// [`ProofError::IndexBeyondSize`], [`ProofError::Length`] or [`ProofError::Root`].
pub fn check_inclusion(
    leaf: &TreeHash,
    index: EntryIndex,
    size: TreeSize,
    proof: &[TreeHash],
    root: &TreeHash,
) -> Result<(), ProofError> {
    if index.0 >= size.0 {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    let (_, siblings) = descend(index.0, size.0, |_| false);
    check_length(siblings.len(), proof.len())?;
    let computed = siblings
        .iter()
        .rev()
        .zip(proof)
        .fold(*leaf, |node, (sibling, hash)| match sibling.side {
            Side::Left => node_hash(hash, &node),
            Side::Right => node_hash(&node, hash),
        });
    if computed != *root {
        return Err(ProofError::Root {
            expected: *root,
            computed,
        });
    }
    Ok(())
}

/// Checks that the tree of `old` leaves is a prefix of the tree of `new` leaves.
///
/// From size 0 the proof is empty and the older root must be the empty tree's: every tree grows from
/// it, so the newer root is not looked at unless its size is 0 too. Between equal sizes the proof is
/// empty and the roots are equal.
///
/// # Errors
/// [`ProofError::SizesReversed`], [`ProofError::Length`], [`ProofError::OldRoot`] or
/// [`ProofError::NewRoot`].
pub fn check_consistency(
    old: TreeSize,
    old_root: &TreeHash,
    new: TreeSize,
    new_root: &TreeHash,
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::SizesReversed { old, new });
    }
    if old.0 == 0 {
        check_length(0, proof.len())?;
        check_old_root(old_root, empty_root())?;
        return match new.0 {
            0 => check_new_root(new_root, *old_root),
            _ => Ok(()),
        };
    }
    let (shared, siblings) = descend_to_end_of(old.0, new.0);
    let opening = usize::from(shared.start != 0);
    check_length(siblings.len() + opening, proof.len())?;
    let (shared_hash, rest) = match proof.split_first() {
        Some((first, rest)) if opening == 1 => (*first, rest),
        _ => (*old_root, proof),
    };
    let mut old_node = shared_hash;
    let mut new_node = shared_hash;
    for (sibling, hash) in siblings.iter().rev().zip(rest) {
        match sibling.side {
            // What lies to the left is in both trees, what lies to the right is only in the newer.
            Side::Left => {
                old_node = node_hash(hash, &old_node);
                new_node = node_hash(hash, &new_node);
            }
            Side::Right => new_node = node_hash(&new_node, hash),
        }
    }
    check_old_root(old_root, old_node)?;
    check_new_root(new_root, new_node)
}

fn check_length(expected: usize, found: usize) -> Result<(), ProofError> {
    if expected != found {
        return Err(ProofError::Length { expected, found });
    }
    Ok(())
}

fn check_old_root(expected: &TreeHash, computed: TreeHash) -> Result<(), ProofError> {
    if computed != *expected {
        return Err(ProofError::OldRoot {
            expected: *expected,
            computed,
        });
    }
    Ok(())
}

fn check_new_root(expected: &TreeHash, computed: TreeHash) -> Result<(), ProofError> {
    if computed != *expected {
        return Err(ProofError::NewRoot {
            expected: *expected,
            computed,
        });
    }
    Ok(())
}
