//! Against the definitions of RFC 6962 §2.1, slow and without shared code, and against ct-merkle.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use seaproof_ledger::ids::{EntryIndex, TreeHash, TreeSize};
use seaproof_ledger::tree::{
    Frontier, check_consistency, check_inclusion, empty_root, frontier_at, node_hash, stored_count,
    stored_position,
};
use sha2::Sha256;

use crate::{grow, leaf};

/// All sizes up to here are tried; it passes a power of two by a little.
const EVERY_SIZE_TO: u64 = 131;

fn largest_power_of_two_below(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// §2.1: MTH(D).
pub fn defined_root(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(largest_power_of_two_below(leaves.len()));
            node_hash(&defined_root(left), &defined_root(right))
        }
    }
}

/// §2.1.1: PATH(m, D).
pub fn defined_path(m: usize, leaves: &[TreeHash]) -> Vec<TreeHash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let k = largest_power_of_two_below(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if m < k {
        (defined_path(m, left), right)
    } else {
        (defined_path(m - k, right), left)
    };
    path.push(defined_root(sibling));
    path
}

/// §2.1.2: SUBPROOF(m, D, b).
pub fn defined_subproof(m: usize, leaves: &[TreeHash], known: bool) -> Vec<TreeHash> {
    if m == leaves.len() {
        return if known {
            vec![]
        } else {
            vec![defined_root(leaves)]
        };
    }
    let k = largest_power_of_two_below(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if m <= k {
        (defined_subproof(m, left, known), right)
    } else {
        (defined_subproof(m - k, right, false), left)
    };
    proof.push(defined_root(sibling));
    proof
}

#[test]
fn roots_of_every_size_are_those_of_the_definition() {
    let grown = grow(EVERY_SIZE_TO);
    let mut frontier = Frontier::new();
    for size in 0..=EVERY_SIZE_TO {
        let expected = defined_root(&grown.leaves[..size as usize]);
        assert_eq!(frontier.size(), TreeSize(size));
        assert_eq!(frontier.root(), expected);
        assert_eq!(grown.root(size), expected);
        let stored = frontier_at(TreeSize(size), &grown.nodes[..]).unwrap();
        assert_eq!(stored, frontier);
        let rebuilt = Frontier::from_parts(TreeSize(size), frontier.hashes().to_vec());
        assert_eq!(rebuilt, Ok(frontier.clone()));
        if size < EVERY_SIZE_TO {
            frontier.push(grown.leaves[size as usize]);
        }
    }
}

#[test]
fn a_frontier_read_back_goes_on_growing_into_the_same_nodes() {
    let grown = grow(EVERY_SIZE_TO);
    for size in 0..=EVERY_SIZE_TO {
        let mut frontier = frontier_at(TreeSize(size), &grown.nodes[..]).unwrap();
        let mut nodes = grown.nodes[..stored_count(TreeSize(size)) as usize].to_vec();
        for n in size..EVERY_SIZE_TO {
            frontier.absorb(leaf(n), |node| nodes.push(node));
        }
        assert_eq!(nodes, grown.nodes);
        assert_eq!(frontier, grown.frontier);
    }
}

#[test]
fn every_perfect_subtree_is_stored_where_its_position_says() {
    let size = 1 << 7;
    let grown = grow(size);
    let mut seen = vec![false; grown.nodes.len()];
    for level in 0..=7 {
        for index in 0..size >> level {
            let position = stored_position(level, index).0 as usize;
            let span = (index << level) as usize..((index + 1) << level) as usize;
            assert_eq!(grown.nodes[position], defined_root(&grown.leaves[span]));
            assert!(!seen[position], "two nodes at {position}");
            seen[position] = true;
        }
    }
    assert!(seen.iter().all(|seen| *seen));
}

#[test]
fn the_number_of_stored_nodes_follows_from_the_size() {
    let mut frontier = Frontier::new();
    let mut count = 0;
    for n in 0..1_000 {
        assert_eq!(stored_count(TreeSize(n)), count);
        frontier.absorb(leaf(n), |_| count += 1);
    }
}

#[test]
fn every_inclusion_proof_is_the_defined_one_and_passes() {
    let grown = grow(EVERY_SIZE_TO);
    for size in 1..=EVERY_SIZE_TO {
        let root = grown.root(size);
        for index in 0..size {
            let proof = grown.inclusion(index, size);
            let leaves = &grown.leaves[..size as usize];
            assert_eq!(proof, defined_path(index as usize, leaves));
            let leaf = &grown.leaves[index as usize];
            check_inclusion(leaf, EntryIndex(index), TreeSize(size), &proof, &root).unwrap();
        }
    }
}

#[test]
fn every_consistency_proof_is_the_defined_one_and_passes() {
    let grown = grow(EVERY_SIZE_TO);
    for new in 0..=EVERY_SIZE_TO {
        for old in 0..=new {
            let proof = grown.consistency(old, new);
            if old > 0 {
                let leaves = &grown.leaves[..new as usize];
                assert_eq!(proof, defined_subproof(old as usize, leaves, true));
            } else {
                assert_eq!(proof, []);
            }
            check_consistency(
                TreeSize(old),
                &grown.root(old),
                TreeSize(new),
                &grown.root(new),
                &proof,
            )
            .unwrap();
        }
    }
}

fn concatenated(proof: &[TreeHash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn roots_and_proofs_agree_with_ct_merkle() {
    let size = 70;
    let ours = grow(size);
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    let mut their_roots = vec![theirs.root()];
    for n in 0..size {
        theirs.push(n.to_le_bytes());
        let root = theirs.root();
        let new = n + 1;
        assert_eq!(ours.root(new).0[..], root.as_bytes()[..]);
        for index in 0..new {
            let proof = theirs.prove_inclusion(index as usize);
            assert_eq!(proof.as_bytes(), concatenated(&ours.inclusion(index, new)));
            root.verify_inclusion(&index.to_le_bytes(), index, &proof)
                .unwrap();
        }
        for old in 1..=new {
            let proof = theirs.prove_consistency((new - old) as usize);
            assert_eq!(proof.as_bytes(), concatenated(&ours.consistency(old, new)));
            if old < new {
                root.verify_consistency(&their_roots[old as usize], &proof)
                    .unwrap();
            }
        }
        their_roots.push(root);
    }
}
