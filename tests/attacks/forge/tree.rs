//! The tree of §9, by its definition: slow and plain.

use super::{Bytes32, sha256};

pub fn leaf_hash(leaf: &[u8]) -> Bytes32 {
    sha256(&[&[0], leaf])
}

pub fn node(left: &Bytes32, right: &Bytes32) -> Bytes32 {
    sha256(&[&[1], left, right])
}

/// The largest power of two below `size`, which is above 1.
fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// The root over these leaf hashes.
pub fn root(hashes: &[Bytes32]) -> Bytes32 {
    match hashes {
        [] => sha256(&[]),
        [only] => *only,
        _ => {
            let (left, right) = hashes.split_at(split(hashes.len()));
            node(&root(left), &root(right))
        }
    }
}
