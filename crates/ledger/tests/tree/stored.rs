//! Stored nodes: how many are read, and what happens when they cannot be.

use std::cell::Cell;

use seaproof_ledger::ids::{EntryIndex, TreeHash, TreeSize};
use seaproof_ledger::tree::{
    Frontier, FrontierError, MAX_TREE_SIZE, NoSuchNode, NodePosition, NodeSource, TreeError,
    empty_root, prove_consistency, prove_inclusion, root_at, stored_count, stored_position,
};

use crate::grow;

struct Counted<'a> {
    nodes: &'a [TreeHash],
    reads: Cell<u32>,
}

impl NodeSource for Counted<'_> {
    type Error = NoSuchNode;

    fn node(&self, position: NodePosition) -> Result<TreeHash, NoSuchNode> {
        self.reads.set(self.reads.get() + 1);
        self.nodes.node(position)
    }
}

#[test]
fn answers_cost_at_most_two_reads_a_level() {
    let grown = grow(1_500);
    for size in [1, 2, 3, 1_000, 1_023, 1_024, 1_025, 1_499, 1_500] {
        let levels = u64::BITS - (size - 1_u64).leading_zeros();
        let source = Counted {
            nodes: &grown.nodes[..stored_count(TreeSize(size)) as usize],
            reads: Cell::new(0),
        };
        let cost = |answer: &dyn Fn()| {
            source.reads.set(0);
            answer();
            source.reads.get()
        };
        let size = TreeSize(size);
        assert!(cost(&|| assert!(root_at(size, &source).is_ok())) <= levels + 1);
        for n in 0..size.0 {
            let included = cost(&|| assert!(prove_inclusion(EntryIndex(n), size, &source).is_ok()));
            assert!(included <= 2 * levels, "#{n} of {size}: {included} reads");
            let consistent =
                cost(&|| assert!(prove_consistency(TreeSize(n), size, &source).is_ok()));
            assert!(consistent <= 2 * levels + 1, "{n} to {size}: {consistent}");
        }
    }
}

#[test]
fn a_sequence_that_is_too_short_gives_an_error_and_no_answer() {
    let grown = grow(10);
    let short = &grown.nodes[..grown.nodes.len() - 1];
    let missing = NoSuchNode {
        position: NodePosition(17),
        count: 17,
    };
    let size = TreeSize(10);
    assert_eq!(root_at(size, short), Err(TreeError::Source(missing)));
    assert_eq!(
        prove_inclusion(EntryIndex(0), size, short),
        Err(TreeError::Source(missing))
    );
    assert_eq!(
        prove_consistency(TreeSize(8), size, short),
        Err(TreeError::Source(missing))
    );
    assert_eq!(
        missing.to_string(),
        "the stored tree has 17 nodes and none at position 17"
    );
}

#[test]
fn what_a_tree_does_not_have_is_refused_before_anything_is_read() {
    let none: &[TreeHash] = &[];
    let size = TreeSize(7);
    let index = EntryIndex(7);
    assert_eq!(
        prove_inclusion(index, size, none),
        Err(TreeError::IndexBeyondSize { index, size })
    );
    assert_eq!(
        prove_consistency(TreeSize(8), size, none),
        Err(TreeError::SizesReversed {
            old: TreeSize(8),
            new: size
        })
    );
    let size = TreeSize(MAX_TREE_SIZE.0 + 1);
    assert_eq!(root_at(size, none), Err(TreeError::TooLarge { size }));
}

#[test]
fn positions_and_counts_that_do_not_fit_are_none() {
    assert_eq!(stored_position(64, 0), NodePosition::NONE);
    assert_eq!(stored_position(u32::MAX, u64::MAX), NodePosition::NONE);
    assert_eq!(stored_position(0, u64::MAX), NodePosition::NONE);
    assert_eq!(stored_position(63, 1), NodePosition::NONE);
    // The tree of 2⁶³ leaves is the largest whose nodes can all be numbered.
    assert_eq!(stored_position(63, 0), NodePosition(u64::MAX - 1));
    assert_eq!(stored_count(TreeSize(1 << 63)), u64::MAX);
    assert_eq!(stored_count(TreeSize(u64::MAX)), u64::MAX);
    assert_eq!(stored_count(MAX_TREE_SIZE), (1 << 63) - 1);
}

#[test]
fn a_frontier_of_the_wrong_number_of_hashes_is_refused() {
    assert_eq!(
        Frontier::from_parts(TreeSize(6), vec![empty_root()]),
        Err(FrontierError::Count {
            size: TreeSize(6),
            expected: 2,
            found: 1
        })
    );
    assert!(Frontier::from_parts(MAX_TREE_SIZE, vec![empty_root()]).is_ok());
    let above = TreeSize(MAX_TREE_SIZE.0 + 1);
    assert_eq!(
        Frontier::from_parts(above, vec![empty_root(); 2]),
        Err(FrontierError::TooLarge { size: above })
    );
}
