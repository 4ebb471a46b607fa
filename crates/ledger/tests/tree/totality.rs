//! Any index, any size and any proof get an answer.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use seaproof_ledger::ids::{EntryIndex, TreeHash, TreeSize};
use seaproof_ledger::tree::{
    MAX_TREE_SIZE, NoSuchNode, NodePosition, NodeSource, ProofError, check_consistency,
    check_inclusion, empty_root, prove_consistency, prove_inclusion, root_at, stored_position,
};

use crate::definition::{defined_path, defined_root, defined_subproof};
use crate::{grow, leaf};

/// A tree too large to hold: every node a function of its position.
struct Imagined;

impl NodeSource for Imagined {
    type Error = NoSuchNode;

    fn node(&self, position: NodePosition) -> Result<TreeHash, NoSuchNode> {
        Ok(leaf(position.0))
    }
}

fn any_hashes() -> impl Strategy<Value = Vec<TreeHash>> {
    proptest::collection::vec(any::<[u8; 32]>().prop_map(TreeHash), 0..70)
}

/// Any number, with those near powers of two as likely as the rest.
fn any_number() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        (0..64_u32, -2..=2_i64).prop_map(|(bit, near)| (1_u64 << bit).wrapping_add_signed(near)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(6962), ..ProptestConfig::default() })]

    #[test]
    fn larger_trees_follow_the_definition_too(size in 132_u64..3_000, at in any::<u64>(), from in any::<u64>()) {
        let grown = grow(size);
        let (index, old) = (at % size, 1 + from % size);
        prop_assert_eq!(grown.frontier.root(), defined_root(&grown.leaves));
        prop_assert_eq!(grown.inclusion(index, size), defined_path(index as usize, &grown.leaves));
        prop_assert_eq!(
            grown.consistency(old, size),
            defined_subproof(old as usize, &grown.leaves, true)
        );
    }

    #[test]
    fn any_proof_of_any_length_gets_an_answer(
        leaf in any::<[u8; 32]>().prop_map(TreeHash),
        a in any_number(),
        b in any_number(),
        proof in any_hashes(),
    ) {
        let root = empty_root();
        // Random hashes never lead to a given root.
        prop_assert!(check_inclusion(&leaf, EntryIndex(a), TreeSize(b), &proof, &root).is_err());
        let consistent = check_consistency(TreeSize(a), &leaf, TreeSize(b), &root, &proof);
        prop_assert!(consistent.is_err());
    }

    #[test]
    fn any_size_gets_an_answer_from_stored_nodes(a in any_number(), b in any_number()) {
        let (index, size) = (EntryIndex(a), TreeSize(b));
        let proof = prove_inclusion(index, size, &Imagined);
        prop_assert_eq!(proof.is_ok(), a < b && size <= MAX_TREE_SIZE);
        if let Ok(proof) = proof {
            // The shapes agree: what is refused is the root, since imagined nodes have none.
            let outcome = check_inclusion(&empty_root(), index, size, &proof, &empty_root());
            let is_root = matches!(outcome, Err(ProofError::Root { .. }) | Ok(()));
            prop_assert!(is_root, "{:?}", outcome);
        }
        let proof = prove_consistency(TreeSize(a), size, &Imagined);
        prop_assert_eq!(proof.is_ok(), a <= b && size <= MAX_TREE_SIZE);
        if let Ok(proof) = proof {
            let outcome =
                check_consistency(TreeSize(a), &empty_root(), size, &empty_root(), &proof);
            let is_length = matches!(outcome, Err(ProofError::Length { .. }));
            prop_assert!(!is_length, "{:?}", outcome);
        }
        prop_assert_eq!(root_at(size, &Imagined).is_ok(), size <= MAX_TREE_SIZE);
        let _ = stored_position((a % 70) as u32, b);
    }
}
