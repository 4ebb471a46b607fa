//! The Merkle tree over the log's leaves, RFC 6962 §2.1 and RFC 9162 §2.1 with SHA-256:
//!
//! ```text
//! leaf hash = SHA-256(00 ‖ leaf)      node = SHA-256(01 ‖ left ‖ right)      root of size 0 = SHA-256("")
//! ```
//!
//! A tree of n > 1 leaves splits at the largest power of two below n. [`Frontier`] grows a tree and
//! knows its root; [`stored`] lays all its nodes out in one sequence and answers for any earlier
//! size from it; [`proof`] makes and checks proofs.
//!
//! Only hashes live here: no files, no signatures, nothing about what a leaf holds.

pub mod proof;
pub mod stored;
pub mod streamed;

use sha2::{Digest, Sha256};

use crate::ids::{TreeHash, TreeSize};

pub use proof::{ProofError, check_consistency, check_inclusion};
pub use stored::{
    NoSuchNode, NodePosition, NodeSource, TreeError, frontier_at, prove_consistency,
    prove_inclusion, root_at, stored_count, stored_position,
};

/// The largest tree that is grown or stored: 2⁶² leaves. Up to here no size, node count or node
/// position overflows. Proofs of other people's trees are checked at any size.
pub const MAX_TREE_SIZE: TreeSize = TreeSize(1 << 62);

/// SHA-256(00 ‖ leaf).
pub fn leaf_hash(leaf: &[u8]) -> TreeHash {
    TreeHash(
        Sha256::new()
            .chain_update([0x00])
            .chain_update(leaf)
            .finalize()
            .into(),
    )
}

/// SHA-256(01 ‖ left ‖ right).
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    let mut bytes = [0x01; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    TreeHash(Sha256::digest(bytes).into())
}

/// The root of the tree without leaves: SHA-256("").
pub fn empty_root() -> TreeHash {
    TreeHash(Sha256::digest([]).into())
}

/// Why hashes are not the frontier of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrontierError {
    /// A frontier has one hash for each bit that is set in its size.
    #[error("the frontier of a tree of {size} entries has {expected} hashes, found {found}")]
    Count {
        /// The tree's size.
        size: TreeSize,
        /// How many perfect subtrees it consists of.
        expected: usize,
        /// How many hashes were given.
        found: usize,
    },
    /// Above [`MAX_TREE_SIZE`].
    #[error("a tree of {size} entries is larger than any that this version grows")]
    TooLarge {
        /// The tree's size.
        size: TreeSize,
    },
}

/// The right edge of a tree of n leaves: the roots of the perfect subtrees it consists of, from the
/// largest (leftmost) to the smallest. All it takes to append to the tree and to know its root; at most
/// 63 hashes, so a clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// One hash for each set bit of `size`, highest bit first.
    peaks: Vec<TreeHash>,
}

impl Frontier {
    /// The frontier of the empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// A frontier from its size and hashes, as [`Frontier::hashes`] gives them.
    ///
    /// # Errors
    /// If the number of hashes is not the one that belongs to the size, or the size is above
    /// [`MAX_TREE_SIZE`]. That the hashes are the right ones only the root can show.
    pub fn from_parts(size: TreeSize, hashes: Vec<TreeHash>) -> Result<Self, FrontierError> {
        if size > MAX_TREE_SIZE {
            return Err(FrontierError::TooLarge { size });
        }
        let expected = size.0.count_ones() as usize;
        if hashes.len() != expected {
            return Err(FrontierError::Count {
                size,
                expected,
                found: hashes.len(),
            });
        }
        Ok(Self {
            size: size.0,
            peaks: hashes,
        })
    }

    /// Appends one leaf, given its leaf hash.
    pub fn push(&mut self, leaf_hash: TreeHash) {
        self.absorb(leaf_hash, |_| {});
    }

    /// Appends one leaf and hands out every node this completes, in the order in which
    /// [`stored`] keeps them: the leaf hash itself, then the perfect subtrees that end with it, from the
    /// smallest to the largest.
    pub fn absorb(&mut self, leaf_hash: TreeHash, mut completed: impl FnMut(TreeHash)) {
        completed(leaf_hash);
        let mut node = leaf_hash;
        // Each trailing one bit of the size is a perfect subtree that the new leaf's side now matches.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            node = node_hash(&left, &node);
            completed(node);
        }
        self.peaks.push(node);
        // Cannot overflow: from MAX_TREE_SIZE on it would take 2⁶³ appends.
        self.size += 1;
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// The hashes of the perfect subtrees, from the largest to the smallest.
    pub fn hashes(&self) -> &[TreeHash] {
        &self.peaks
    }

    /// The tree's root.
    pub fn root(&self) -> TreeHash {
        join(&self.peaks).unwrap_or_else(empty_root)
    }
}

/// The root over perfect subtrees that shrink from left to right; `None` if there are none.
fn join(peaks: &[TreeHash]) -> Option<TreeHash> {
    let (smallest, larger) = peaks.split_last()?;
    Some(
        larger
            .iter()
            .rfold(*smallest, |right, left| node_hash(left, &right)),
    )
}
