//! Published vectors: the eight leaves of the Certificate Transparency test suites.

use seaproof_ledger::ids::{EntryIndex, TreeHash, TreeSize};
use seaproof_ledger::tree::{
    Frontier, NodeSource, check_consistency, check_inclusion, leaf_hash, prove_consistency,
    prove_inclusion, root_at, stored_position,
};

fn published_leaves() -> [&'static [u8]; 8] {
    [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ]
}

/// Roots of the sizes 0 to 8.
const PUBLISHED_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// All nodes of the perfect subtrees, level by level.
const PUBLISHED_NODES: [&[&str]; 4] = [
    &[
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
        "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
    ],
    &[
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    ],
    &[
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    &["5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
];

fn published(level: usize, index: usize) -> TreeHash {
    PUBLISHED_NODES[level][index].parse().unwrap()
}

fn published_tree() -> Vec<TreeHash> {
    let mut nodes = vec![];
    let mut frontier = Frontier::new();
    for leaf in published_leaves() {
        frontier.absorb(leaf_hash(leaf), |node| nodes.push(node));
    }
    nodes
}

#[test]
fn the_published_roots_and_nodes_come_out() {
    let nodes = published_tree();
    for (size, root) in PUBLISHED_ROOTS.iter().enumerate() {
        let ours = root_at(TreeSize(size as u64), &nodes[..]).unwrap();
        assert_eq!(ours.to_string(), *root, "size {size}");
    }
    for (level, row) in PUBLISHED_NODES.iter().enumerate() {
        for index in 0..row.len() {
            let position = stored_position(level as u32, index as u64);
            assert_eq!(nodes.node(position).unwrap(), published(level, index));
        }
    }
}

#[test]
fn the_published_inclusion_proofs_come_out_and_pass() {
    // (leaf index, tree size, proof)
    let vectors = [
        (0, 1, vec![]),
        (
            0,
            8,
            vec![published(0, 1), published(1, 1), published(2, 1)],
        ),
        (
            5,
            8,
            vec![published(0, 4), published(1, 3), published(2, 0)],
        ),
        (2, 3, vec![published(1, 0)]),
        (
            1,
            5,
            vec![published(0, 0), published(1, 1), published(0, 4)],
        ),
    ];
    let nodes = published_tree();
    for (index, size, proof) in vectors {
        let leaf = leaf_hash(published_leaves()[index as usize]);
        let root = PUBLISHED_ROOTS[size as usize].parse().unwrap();
        let (index, size) = (EntryIndex(index), TreeSize(size));
        assert_eq!(prove_inclusion(index, size, &nodes[..]).unwrap(), proof);
        check_inclusion(&leaf, index, size, &proof, &root).unwrap();
    }
}

#[test]
fn the_published_consistency_proofs_come_out_and_pass() {
    let vectors = [
        (1, 1, vec![]),
        (
            1,
            8,
            vec![published(0, 1), published(1, 1), published(2, 1)],
        ),
        (
            6,
            8,
            vec![published(1, 2), published(1, 3), published(2, 0)],
        ),
        (2, 5, vec![published(1, 1), published(0, 4)]),
        (
            6,
            7,
            vec![published(1, 2), published(0, 6), published(2, 0)],
        ),
    ];
    let nodes = published_tree();
    for (old, new, proof) in vectors {
        let root = |size: u64| PUBLISHED_ROOTS[size as usize].parse().unwrap();
        let (old_root, new_root) = (root(old), root(new));
        let (old, new) = (TreeSize(old), TreeSize(new));
        assert_eq!(prove_consistency(old, new, &nodes[..]).unwrap(), proof);
        check_consistency(old, &old_root, new, &new_root, &proof).unwrap();
    }
}
