//! The tree against the recursive definition of RFC 6962, published vectors, another implementation,
//! and every wrong proof that could be thought of.

#![allow(clippy::unwrap_used)]

mod definition;
mod published;
mod stored;
mod totality;
mod wrong_proofs;

use seaproof_ledger::ids::{EntryIndex, TreeHash, TreeSize};
use seaproof_ledger::tree::{Frontier, leaf_hash, prove_consistency, prove_inclusion, root_at};

fn leaf(n: u64) -> TreeHash {
    leaf_hash(&n.to_le_bytes())
}

struct Grown {
    leaves: Vec<TreeHash>,
    nodes: Vec<TreeHash>,
    frontier: Frontier,
}

/// The tree over leaves 0, 1, 2, … with all its stored nodes.
fn grow(size: u64) -> Grown {
    let mut grown = Grown {
        leaves: vec![],
        nodes: vec![],
        frontier: Frontier::new(),
    };
    for n in 0..size {
        grown.leaves.push(leaf(n));
        grown
            .frontier
            .absorb(leaf(n), |node| grown.nodes.push(node));
    }
    grown
}

impl Grown {
    fn root(&self, size: u64) -> TreeHash {
        root_at(TreeSize(size), &self.nodes[..]).unwrap()
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<TreeHash> {
        prove_inclusion(EntryIndex(index), TreeSize(size), &self.nodes[..]).unwrap()
    }

    fn consistency(&self, old: u64, new: u64) -> Vec<TreeHash> {
        prove_consistency(TreeSize(old), TreeSize(new), &self.nodes[..]).unwrap()
    }
}
