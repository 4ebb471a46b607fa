//! Wrong proofs of every kind are refused, with the reason.

use seaproof_ledger::ids::{EntryIndex, TreeHash, TreeSize};
use seaproof_ledger::tree::{ProofError, check_consistency, check_inclusion, empty_root};

use crate::grow;

fn flipped(hash: &TreeHash, bit: usize) -> TreeHash {
    let mut flipped = *hash;
    flipped.0[bit / 8] ^= 1 << (bit % 8);
    flipped
}

/// Every proof of another length or with one bit changed (one bit of each byte).
fn damaged(proof: &[TreeHash]) -> Vec<Vec<TreeHash>> {
    let mut all = vec![];
    for place in 0..=proof.len() {
        let mut longer = proof.to_vec();
        longer.insert(place, empty_root());
        all.push(longer);
    }
    for place in 0..proof.len() {
        let mut shorter = proof.to_vec();
        shorter.remove(place);
        all.push(shorter);
        for byte in 0..32 {
            let mut changed = proof.to_vec();
            changed[place] = flipped(&changed[place], byte * 8 + byte % 8);
            all.push(changed);
        }
    }
    for place in 1..proof.len() {
        let mut swapped = proof.to_vec();
        swapped.swap(place - 1, place);
        all.push(swapped);
    }
    all
}

#[test]
fn no_damaged_inclusion_proof_passes() {
    let grown = grow(21);
    for size in 1..=21 {
        let root = grown.root(size);
        for index in 0..size {
            let leaf = &grown.leaves[index as usize];
            for proof in damaged(&grown.inclusion(index, size)) {
                let outcome =
                    check_inclusion(leaf, EntryIndex(index), TreeSize(size), &proof, &root);
                assert!(outcome.is_err(), "#{index} of {size} passed with {proof:?}");
            }
        }
    }
}

#[test]
fn no_inclusion_proof_passes_for_another_index_leaf_root_or_head() {
    let grown = grow(21);
    for size in 1..=21 {
        for index in 0..size {
            let proof = grown.inclusion(index, size);
            let passes = |leaf: u64, index: u64, size: u64, root: u64| {
                check_inclusion(
                    &grown.leaves[leaf as usize],
                    EntryIndex(index),
                    TreeSize(size),
                    &proof,
                    &grown.root(root),
                )
                .is_ok()
            };
            for other in (0..21).filter(|other| *other != index) {
                assert!(!passes(index, other, size, size), "#{index} as #{other}");
                assert!(!passes(other, index, size, size), "#{other} for #{index}");
            }
            for other in (0..=21).filter(|other| *other != size) {
                assert!(!passes(index, index, size, other), "{size} under {other}");
                assert!(!passes(index, index, other, other), "{size} as {other}");
            }
        }
    }
}

#[test]
fn no_damaged_consistency_proof_passes() {
    let grown = grow(21);
    for new in 0..=21 {
        for old in 0..=new {
            for proof in damaged(&grown.consistency(old, new)) {
                let outcome = check_consistency(
                    TreeSize(old),
                    &grown.root(old),
                    TreeSize(new),
                    &grown.root(new),
                    &proof,
                );
                assert!(outcome.is_err(), "{old} to {new} passed with {proof:?}");
            }
        }
    }
}

#[test]
fn no_consistency_proof_passes_for_other_heads() {
    let grown = grow(21);
    // One root for each size, and one that no size has.
    let mut roots: Vec<_> = (0..=21).map(|size| grown.root(size)).collect();
    roots.push(flipped(&roots[21], 0));
    for new in 1..=21_usize {
        for old in 1..=new {
            let proof = grown.consistency(old as u64, new as u64);
            let passes = |old: usize, old_root: usize, new: usize, new_root: usize| {
                check_consistency(
                    TreeSize(old as u64),
                    &roots[old_root],
                    TreeSize(new as u64),
                    &roots[new_root],
                    &proof,
                )
                .is_ok()
            };
            assert!(passes(old, old, new, new));
            for other in 0..roots.len() {
                let is_size = other <= 21;
                if other != old {
                    assert!(!passes(old, other, new, new), "{old} to {new}");
                    assert!(!(is_size && passes(other, old, new, new)), "{old} to {new}");
                    // From the empty tree and to itself an empty proof is the right one.
                    let right = proof.is_empty() && (other == 0 || other == new);
                    assert_eq!(is_size && passes(other, other, new, new), right);
                }
                if other != new {
                    assert!(!passes(old, old, new, other), "{old} to {new}");
                    let right = proof.is_empty() && other == old;
                    assert_eq!(is_size && passes(old, old, other, other), right);
                }
            }
        }
    }
}

#[test]
fn from_the_empty_tree_only_the_empty_proof_and_the_empty_root_will_do() {
    let grown = grow(3);
    let (zero, three) = (TreeSize(0), TreeSize(3));
    let (empty, root) = (empty_root(), grown.root(3));
    assert_eq!(check_consistency(zero, &empty, three, &root, &[]), Ok(()));
    assert_eq!(check_consistency(zero, &empty, zero, &empty, &[]), Ok(()));
    assert_eq!(
        check_consistency(zero, &root, three, &root, &[]),
        Err(ProofError::OldRoot {
            expected: root,
            computed: empty
        })
    );
    assert_eq!(
        check_consistency(zero, &root, zero, &root, &[]),
        Err(ProofError::OldRoot {
            expected: root,
            computed: empty
        })
    );
    assert_eq!(
        check_consistency(zero, &empty, zero, &root, &[]),
        Err(ProofError::NewRoot {
            expected: root,
            computed: empty
        })
    );
    assert_eq!(
        check_consistency(zero, &empty, three, &root, &[root]),
        Err(ProofError::Length {
            expected: 0,
            found: 1
        })
    );
}

#[test]
fn refusals_say_what_was_expected_and_what_was_found() {
    let grown = grow(8);
    let root = grown.root(8);
    let proof = grown.inclusion(2, 8);
    let at = |index, proof: &[TreeHash], root: &TreeHash| {
        check_inclusion(
            &grown.leaves[2],
            EntryIndex(index),
            TreeSize(8),
            proof,
            root,
        )
    };
    assert_eq!(
        at(8, &proof, &root).unwrap_err().to_string(),
        "#8 is not in a tree of 8 entries, which ends before it"
    );
    assert_eq!(
        at(2, &proof[1..], &root).unwrap_err().to_string(),
        "the proof has 2 hashes where these positions take 3"
    );
    assert_eq!(
        at(2, &proof, &empty_root()),
        Err(ProofError::Root {
            expected: empty_root(),
            computed: root
        })
    );
    assert_eq!(
        check_consistency(TreeSize(9), &root, TreeSize(8), &root, &[])
            .unwrap_err()
            .to_string(),
        "a tree of 9 entries cannot be an earlier state of one of 8"
    );
}
