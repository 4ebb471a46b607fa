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
/// RFC 9162 §2.1.3.1: the path from leaf `index` upward.
pub fn inclusion(hashes: &[Bytes32], index: usize) -> Vec<Bytes32> {
    if hashes.len() <= 1 {
        return Vec::new();
    }
    let middle = split(hashes.len());
    let (left, right) = hashes.split_at(middle);
    let (mut path, beside) = if index < middle {
        (inclusion(left, index), root(right))
    } else {
        (inclusion(right, index - middle), root(left))
    };
    path.push(beside);
    path
}

/// RFC 9162 §2.1.4.1: that the tree of `old` leaves is a prefix of this one.
pub fn consistency(hashes: &[Bytes32], old: usize) -> Vec<Bytes32> {
    fn part(hashes: &[Bytes32], old: usize, whole: bool) -> Vec<Bytes32> {
        if old == hashes.len() {
            return if whole {
                Vec::new()
            } else {
                vec![root(hashes)]
            };
        }
        let middle = split(hashes.len());
        let (left, right) = hashes.split_at(middle);
        let (mut path, beside) = if old <= middle {
            (part(left, old, whole), root(right))
        } else {
            (part(right, old - middle, false), root(left))
        };
        path.push(beside);
        path
    }
    if old == 0 || old > hashes.len() {
        return Vec::new();
    }
    part(hashes, old, true)
}
