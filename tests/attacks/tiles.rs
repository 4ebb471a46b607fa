//! The published form (§21): leaves and tree as static files.

use std::{fs, os::unix::fs::symlink, process::Command};

use crate::{case::*, forge::*};

#[test]
fn tiles() {
    play_all(CASES);
}

const HASHES: &str = "case/tile/0/000.p/6";
const ENTRIES: &str = "case/tile/entries/000.p/6";

/// N in groups of three digits.
fn tile_name(number: usize) -> String {
    assert!(number < 1000);
    format!("{number:03}")
}

/// Publishes a log under this checkpoint.
fn published_under(scene: &Scene, log: &Log, note: &Note) {
    let hashes = log.hashes();
    let mut level: Vec<Bytes32> = hashes.clone();
    let mut number = 0;
    while !level.is_empty() {
        for (tile, part) in level.chunks(256).enumerate() {
            let width = if part.len() == 256 {
                String::new()
            } else {
                format!(".p/{}", part.len())
            };
            scene.put(
                &format!("case/tile/{number}/{}{width}", tile_name(tile)),
                part.concat(),
            );
        }
        let full = level.len() / 256;
        level = (0..full)
            .map(|tile| root(&level[tile * 256..(tile + 1) * 256]))
            .collect();
        number += 1;
    }
    for (tile, part) in log.entries.chunks(256).enumerate() {
        let width = if part.len() == 256 {
            String::new()
        } else {
            format!(".p/{}", part.len())
        };
        let bundle: Vec<u8> = part
            .iter()
            .flat_map(|entry| bundled(&entry.leaf()))
            .collect();
        scene.put(
            &format!("case/tile/entries/{}{width}", tile_name(tile)),
            bundle,
        );
    }
    scene.put("case/checkpoint", note.bytes());
}

fn bundled(leaf: &[u8]) -> Vec<u8> {
    let mut bytes = (leaf.len() as u16).to_be_bytes().to_vec();
    bytes.extend(leaf);
    bytes
}

fn published(scene: &Scene, log: &Log) {
    published_under(scene, log, &Note::of(log).sign(&field()));
}

/// 300 entries: a full tile, a partial one, and a level above.
fn large() -> Log {
    let mut log = Log::begin(&field(), "Trial");
    while log.size() < 300 {
        log.tell(&field(), "seen");
    }
    log
}

type Gets = (i32, [&'static str; 4], &'static [&'static str]);
/// A tile that is not what the leaves give.
const HASH: Gets = (1, [F, P, P, W], &["tile-hash"]);
/// Nothing could be read.
const MISSING: Gets = (1, [P, F, P, W], &["tile-missing"]);

impl Case {
    const TILES: Self = Self {
        gets: (0, [P, P, P, W], &[]),
        ..Self::PLAIN
    };
}

pub const CASES: &[Case] = &[
    Case {
        name: "published",
        attack: "none: a ledger as tiles; what its governance says is not published",
        by: "nobody",
        make: |scene| published(scene, &base()),
        ..Case::TILES
    },
    Case {
        name: "published-large",
        attack: "none: 300 entries, in two tiles and a level above",
        by: "nobody",
        make: |scene| published(scene, &large()),
        ..Case::TILES
    },
    Case {
        name: "tile-hash-changed",
        attack: "a hash in a tile is another",
        make: |scene| {
            published(scene, &base());
            scene.edit(HASHES, |bytes| bytes[40] ^= 1);
        },
        gets: HASH,
        ..Case::TILES
    },
    Case {
        name: "tile-hashes-exchanged",
        attack: "two hashes in a tile change places",
        make: |scene| {
            published(scene, &base());
            scene.edit(HASHES, |bytes| bytes.rotate_left(32));
        },
        gets: HASH,
        ..Case::TILES
    },
    Case {
        name: "upper-tile-changed",
        attack: "a hash one level up is another, so that a client who trusts it proves a false history",
        make: |scene| {
            published(scene, &large());
            scene.edit("case/tile/1/000.p/1", |bytes| bytes[0] ^= 1);
        },
        gets: HASH,
        ..Case::TILES
    },
    Case {
        name: "tile-missing",
        attack: "a partial tile is gone",
        make: |scene| {
            published(scene, &base());
            fs::remove_file(scene.path(HASHES)).unwrap();
        },
        gets: MISSING,
        ..Case::TILES
    },
    Case {
        name: "upper-tile-missing",
        attack: "the tile one level up is gone",
        make: |scene| {
            published(scene, &large());
            fs::remove_file(scene.path("case/tile/1/000.p/1")).unwrap();
        },
        gets: MISSING,
        ..Case::TILES
    },
    Case {
        name: "tile-too-long",
        attack: "a tile with a hash too many",
        make: |scene| {
            published(scene, &base());
            scene.edit(HASHES, |bytes| bytes.extend([7; 32]));
        },
        gets: (1, [F, P, P, W], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "tile-too-short",
        attack: "a tile with a hash too few",
        make: |scene| {
            published(scene, &base());
            scene.edit(HASHES, |bytes| bytes.truncate(5 * 32));
        },
        gets: (1, [F, P, P, W], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "tile-larger-than-memory",
        attack: "a tile that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            published(scene, &base());
            fs::OpenOptions::new()
                .write(true)
                .open(scene.path(HASHES))
                .unwrap()
                .set_len(1 << 40)
                .unwrap();
        },
        gets: (1, [F, P, P, W], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "tile-is-a-link",
        attack: "a tile is a link to a device that never ends",
        by: SENDER,
        make: |scene| {
            published(scene, &base());
            fs::remove_file(scene.path(HASHES)).unwrap();
            symlink("/dev/zero", scene.path(HASHES)).unwrap();
        },
        gets: (1, [F, P, P, W], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "bundle-is-a-pipe",
        attack: "an entry bundle is a pipe that nobody writes to",
        by: SENDER,
        make: |scene| {
            published(scene, &base());
            fs::remove_file(scene.path(ENTRIES)).unwrap();
            assert!(
                Command::new("mkfifo")
                    .arg(scene.path(ENTRIES))
                    .status()
                    .unwrap()
                    .success()
            );
        },
        gets: (1, [F, N, N, N], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "bundle-missing",
        attack: "the only entry bundle is gone",
        make: |scene| {
            published(scene, &base());
            fs::remove_file(scene.path(ENTRIES)).unwrap();
        },
        gets: (1, [N, F, N, N], &["tile-missing"]),
        ..Case::TILES
    },
    Case {
        name: "second-bundle-missing",
        attack: "the second entry bundle is gone",
        make: |scene| {
            published(scene, &large());
            fs::remove_file(scene.path("case/tile/entries/001.p/44")).unwrap();
        },
        gets: (1, [PARTLY, F, PARTLY, W], &["tile-missing"]),
        ..Case::TILES
    },
    Case {
        name: "bundle-oversized",
        attack: "an entry more in the bundle than its place gives it",
        make: |scene| {
            published(scene, &base());
            scene.edit(ENTRIES, |bytes| {
                bytes.extend(bundled(&base().entries[5].leaf()))
            });
        },
        gets: (1, [F, N, N, N], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "bundle-cut",
        attack: "an entry bundle without its last byte",
        by: STORAGE,
        make: |scene| {
            published(scene, &base());
            scene.edit(ENTRIES, |bytes| _ = bytes.pop());
        },
        gets: (1, [F, N, N, N], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "bundle-entry-length",
        attack: "an entry that says it has 284 bytes",
        make: |scene| {
            published(scene, &base());
            scene.edit(ENTRIES, |bytes| bytes[1] += 1);
        },
        gets: (1, [F, N, N, N], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "bundle-entry-length-bomb",
        attack: "an entry that says it has 65,535 bytes",
        by: SENDER,
        make: |scene| {
            published(scene, &base());
            scene.edit(ENTRIES, |bytes| bytes[285..287].fill(0xff));
        },
        gets: (1, [F, N, N, N], &["tile-malformed"]),
        ..Case::TILES
    },
    Case {
        name: "leaf-changed",
        attack: "the clock in a leaf is moved",
        make: |scene| {
            published(scene, &base());
            scene.edit(ENTRIES, |bytes| bytes[5 * 285 + 2 + 147] ^= 1);
        },
        gets: (1, [F, N, F, W], &["fork", "signature-invalid", "tile-hash"]),
        ..Case::TILES
    },
    Case {
        name: "published-by-a-stranger",
        attack: "a stranger signs the head",
        by: "a stranger",
        make: |scene| published_under(scene, &base(), &Note::of(&base()).sign(&stranger())),
        gets: (1, [F, N, P, W], &["checkpoint-signature"]),
        ..Case::TILES
    },
    Case {
        name: "published-beyond",
        attack: "the head of a larger tree over the tiles of a smaller",
        make: |scene| {
            let mut log = base();
            log.tell(&field(), "not published");
            published_under(scene, &base(), &Note::of(&log).sign(&field()));
        },
        gets: (1, [N, F, N, N], &["tile-missing"]),
        ..Case::TILES
    },
    Case {
        name: "published-otherwise",
        attack: "the head of another history over these tiles",
        by: CUSTODIAN,
        make: |scene| {
            published_under(
                scene,
                &base(),
                &Note::claiming(&base(), 6, &[7; 32]).sign(&field()),
            )
        },
        gets: (1, [F, N, P, W], &["fork"]),
        ..Case::TILES
    },
    Case {
        name: "published-size-bomb",
        attack: "a head of 2^64 - 1 entries over few tiles",
        by: SENDER,
        make: |scene| {
            published_under(
                scene,
                &base(),
                &Note::claiming(&base(), u64::MAX, &[7; 32]).sign(&field()),
            )
        },
        gets: (1, [N, F, N, N], &["tile-missing"]),
        ..Case::TILES
    },
    Case {
        name: "published-with-more",
        attack: "tiles that a tree of this size does not have: no part of it",
        make: |scene| {
            published(scene, &base());
            scene.put("case/tile/0/000", vec![7; 8192]);
            scene.put("case/tile/0/000.p/5", b"old");
            scene.put("case/tile/7/x001/000", b"x");
            scene.put("case/tile/entries/001", b"x");
        },
        ..Case::TILES
    },
    Case {
        name: "published-observed-never-existed",
        attack: "a leaf that observed a head which this log never had",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.add_changed(&desk(), 2, &Facts::trial("seen"), |statement| {
                statement.observed_root = [7; 32]
            });
            published(scene, &log);
        },
        gets: (1, [F, P, P, W], &["observed-root"]),
        ..Case::TILES
    },
    Case {
        name: "published-fork-of-an-author",
        attack: "two leaves of one author with one number",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.add_changed(&desk(), 2, &Facts::trial("seen"), |statement| {
                statement.seq = 1;
                statement.prev = base().id_of(2);
            });
            published(scene, &log);
        },
        gets: (1, [F, P, P, W], &["author-fork"]),
        ..Case::TILES
    },
    Case {
        name: "published-false-signature",
        attack: "a leaf in Desk's name that somebody else signed",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            let message = sshsig(&log.entries[3].statement);
            log.tamper(3, |entry| entry.signature = stranger().sign(&message));
            // Who observed the tree with it, observed the false one.
            published(scene, &log);
        },
        gets: (1, [F, P, F, W], &["observed-root", "signature-invalid"]),
        ..Case::TILES
    },
];
