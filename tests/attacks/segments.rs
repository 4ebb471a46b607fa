//! Segments and the folder (§2, §11): headers, gaps, links, pipes, and files that are larger than memory.

use std::{fs, os::unix::fs::symlink, process::Command};

use crate::{case::*, forge::*};

#[test]
fn segments() {
    play_all(CASES);
}

const FIRST: &str = "case/log/00000000.seg";
const SECOND: &str = "case/log/00000001.seg";
const THIRD: &str = "case/log/00000002.seg";

/// Two entries in each of three segments, changed.
fn in_three(scene: &Scene, change: impl FnOnce(&mut [Segment])) {
    let log = base();
    scene.whole(&log);
    let mut segments = log.segments(&[2, 4]);
    change(&mut segments);
    log.write_log(&scene.ledger(), &segments);
}

fn pipe(scene: &Scene, name: &str) {
    let path = scene.path(name);
    _ = fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A file of this length that takes no room.
fn sparse(scene: &Scene, name: &str, length: u64) {
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(scene.path(name))
        .unwrap()
        .set_len(length)
        .unwrap();
}

/// Moves a file elsewhere and leaves a link to it.
fn linked(scene: &Scene, name: &str) {
    let elsewhere = scene.path("elsewhere");
    fs::rename(scene.path(name), &elsewhere).unwrap();
    symlink(elsewhere, scene.path(name)).unwrap();
}

/// Read up to the second segment, whose header is not the one of its place.
const HEADER_WRONG: (i32, [&str; 4], &[&str]) = (1, [F, F, PARTLY, PARTLY], &["segment-header"]);
const NOTHING_READ: (i32, [&str; 4], &[&str]) = (1, [F, N, N, N], &["segment-header"]);
const UNREADABLE: (i32, [&str; 4], &[&str]) = (2, [N, N, N, N], &["unreadable"]);

pub const CASES: &[Case] = &[
    Case {
        name: "three-segments",
        attack: "none: a log in three segments",
        by: "nobody",
        make: |scene| in_three(scene, |_| ()),
        ..Case::PLAIN
    },
    Case {
        name: "segment-magic",
        attack: "a segment in the middle does not begin as one",
        by: STORAGE,
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[0] ^= 1)
            })
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-crc",
        attack: "the CRC of a header is wrong",
        by: STORAGE,
        make: |scene| in_three(scene, |segments| segments[1].header[61] ^= 1),
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-number",
        attack: "a header with the number of another segment",
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[42] = 2)
            })
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-first",
        attack: "a header that skips an entry",
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[50] = 3)
            })
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-first-bomb",
        attack: "a header whose first entry is 2^64 - 1",
        by: SENDER,
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[50..58].fill(0xff))
            });
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-of-another-ledger",
        attack: "a header with another ledger's id",
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[10] ^= 1)
            })
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-version-zero",
        attack: "a header of version 0 with a right CRC",
        by: SENDER,
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[8] = 0)
            })
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-version-newer",
        attack: "a header of version 2: no damage, but nothing that this program can judge",
        by: SENDER,
        make: |scene| {
            in_three(scene, |segments| {
                segments[1].reheader(|header| header[8] = 2)
            })
        },
        gets: (2, [N, N, PARTLY, PARTLY], &["newer-version"]),
        ..Case::PLAIN
    },
    Case {
        name: "last-segment-version-newer",
        attack: "the same in the last segment: nothing is read",
        by: SENDER,
        make: |scene| {
            in_three(scene, |segments| {
                segments[2].reheader(|header| header[8] = 2)
            })
        },
        gets: (2, [N, N, N, N], &["newer-version"]),
        ..Case::PLAIN
    },
    Case {
        name: "last-segment-header",
        attack: "the last segment's header is unsound, and whole commits stand behind it",
        by: STORAGE,
        make: |scene| in_three(scene, |segments| segments[2].header[0] ^= 1),
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "last-segment-number",
        attack: "the last segment's header is sound and not the one of its place",
        make: |scene| {
            in_three(scene, |segments| {
                segments[2].reheader(|header| header[42] = 7)
            })
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "first-segment-header",
        attack: "the first segment's header is unsound: not even the ledger's id is known",
        by: STORAGE,
        make: |scene| in_three(scene, |segments| segments[0].header[0] ^= 1),
        gets: NOTHING_READ,
        ..Case::PLAIN
    },
    Case {
        name: "first-segment-of-another-ledger",
        attack: "the first header names another ledger, with a right CRC",
        make: |scene| {
            in_three(scene, |segments| {
                segments[0].reheader(|header| header[10] ^= 1)
            })
        },
        // Its key is in force all the same, by the statement alone.
        gets: (
            1,
            [F, N, PARTLY, PARTLY],
            &["checkpoint-malformed", "segment-header", "wrong-ledger"],
        ),
        ..Case::PLAIN
    },
    Case {
        name: "first-segment-cut",
        attack: "the first segment is cut within its header",
        make: |scene| {
            scene.whole(&base());
            scene.edit(FIRST, |bytes| bytes.truncate(30));
        },
        gets: NOTHING_READ,
        ..Case::PLAIN
    },
    Case {
        name: "first-segment-empty",
        attack: "the only segment is a file of no bytes",
        make: |scene| {
            scene.whole(&base());
            scene.put(FIRST, b"");
        },
        gets: NOTHING_READ,
        ..Case::PLAIN
    },
    Case {
        name: "segment-without-entries",
        attack: "a segment in the middle of which only the header is left",
        make: |scene| in_three(scene, |segments| segments[1].records.clear()),
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segments-exchanged",
        attack: "two segments change names",
        make: |scene| {
            in_three(scene, |_| ());
            fs::rename(scene.path(SECOND), scene.path("aside")).unwrap();
            fs::rename(scene.path(THIRD), scene.path(SECOND)).unwrap();
            fs::rename(scene.path("aside"), scene.path(THIRD)).unwrap();
        },
        gets: HEADER_WRONG,
        ..Case::PLAIN
    },
    Case {
        name: "segment-twice",
        attack: "a segment is there again under the next number",
        make: |scene| {
            in_three(scene, |_| ());
            let last = scene.get(THIRD);
            scene.put("case/log/00000003.seg", last);
        },
        // Everything that the checkpoint covers was read before.
        gets: (1, [F, P, PARTLY, PARTLY], &["segment-header"]),
        ..Case::PLAIN
    },
    Case {
        name: "segment-missing",
        attack: "a segment in the middle is gone",
        make: |scene| {
            in_three(scene, |_| ());
            fs::remove_file(scene.path(SECOND)).unwrap();
        },
        gets: (1, [F, N, N, N], &["segment-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "first-segment-missing",
        attack: "the first segment is gone",
        make: |scene| {
            in_three(scene, |_| ());
            fs::remove_file(scene.path(FIRST)).unwrap();
        },
        gets: (1, [F, N, N, N], &["segment-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "last-segment-missing",
        attack: "the last segment is gone; the checkpoint remembers it",
        make: |scene| {
            in_three(scene, |_| ());
            fs::remove_file(scene.path(THIRD)).unwrap();
        },
        gets: (1, [P, F, P, P], &["behind-checkpoint"]),
        ..Case::PLAIN
    },
    Case {
        name: "segment-number-bomb",
        attack: "a segment with the highest number that a name can hold",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            let bytes = scene.get(FIRST);
            scene.put("case/log/99999999.seg", bytes);
        },
        gets: (1, [F, N, N, N], &["segment-missing"]),
        ..Case::PLAIN
    },
    Case {
        name: "segment-with-an-odd-name",
        attack: "files that look like segments and are none: not part of the ledger",
        make: |scene| {
            scene.whole(&base());
            scene.put("case/log/00000001.SEG", b"");
            scene.put("case/log/1.seg", b"");
            scene.put("case/log/000000001.seg", b"");
            scene.put("case/log/+0000001.seg", b"");
        },
        ..Case::PLAIN
    },
    Case {
        name: "no-log",
        attack: "the folder of the log is gone",
        make: |scene| {
            scene.whole(&base());
            fs::remove_dir_all(scene.path("case/log")).unwrap();
        },
        gets: (2, [N, N, N, N], &["not-a-ledger"]),
        ..Case::PLAIN
    },
    Case {
        name: "segment-is-a-folder",
        attack: "a folder has the only segment's name",
        make: |scene| {
            scene.whole(&base());
            fs::remove_file(scene.path(FIRST)).unwrap();
            fs::create_dir(scene.path(FIRST)).unwrap();
        },
        gets: (2, [N, N, N, N], &["not-a-ledger"]),
        ..Case::PLAIN
    },
    Case {
        name: "segment-is-a-link",
        attack: "a segment is a link to a good one elsewhere",
        make: |scene| {
            scene.whole(&base());
            linked(scene, FIRST);
        },
        gets: UNREADABLE,
        ..Case::PLAIN
    },
    Case {
        name: "log-is-a-link",
        attack: "the log's folder is a link to a good one elsewhere",
        make: |scene| {
            scene.whole(&base());
            linked(scene, "case/log");
        },
        gets: UNREADABLE,
        ..Case::PLAIN
    },
    Case {
        name: "log-is-a-file",
        attack: "the log is a file",
        make: |scene| {
            scene.whole(&base());
            fs::remove_dir_all(scene.path("case/log")).unwrap();
            scene.put("case/log", b"log");
        },
        gets: UNREADABLE,
        ..Case::PLAIN
    },
    Case {
        name: "segment-is-a-pipe",
        attack: "a segment is a pipe that nobody writes to, so that a reader waits for ever",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            pipe(scene, FIRST);
        },
        gets: UNREADABLE,
        ..Case::PLAIN
    },
    Case {
        name: "segment-is-endless",
        attack: "a segment is a link to a device that never ends",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            fs::remove_file(scene.path(FIRST)).unwrap();
            symlink("/dev/zero", scene.path(FIRST)).unwrap();
        },
        gets: UNREADABLE,
        ..Case::PLAIN
    },
    Case {
        name: "segment-larger-than-memory",
        attack: "a tail of zeros that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            sparse(scene, FIRST, 512 << 20);
        },
        gets: (1, [F, P, P, P], &["torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-larger-than-memory",
        attack: "a checkpoint that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            sparse(scene, "case/checkpoint", 1 << 40);
        },
        gets: (1, [F, N, P, P], &["checkpoint-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-is-a-pipe",
        attack: "the checkpoint is a pipe that nobody writes to",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            pipe(scene, "case/checkpoint");
        },
        gets: (2, [N, N, P, P], &["unreadable"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-is-a-link",
        attack: "the checkpoint is a link to a good one elsewhere",
        make: |scene| {
            scene.whole(&base());
            linked(scene, "case/checkpoint");
        },
        gets: (2, [N, N, P, P], &["unreadable"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-is-a-folder",
        attack: "the checkpoint is a folder",
        make: |scene| {
            scene.whole(&base());
            fs::remove_file(scene.path("case/checkpoint")).unwrap();
            fs::create_dir(scene.path("case/checkpoint")).unwrap();
        },
        gets: (2, [N, N, P, P], &["unreadable"]),
        ..Case::PLAIN
    },
    Case {
        name: "false-cache",
        attack: "folders of derived things that are full of lies: verification does not look at them",
        make: |scene| {
            scene.whole(&base());
            scene.put("case/cache/state", b"everything is well");
            scene.put("case/cache/tree", vec![7; 6 * 32]);
            scene.put("case/index/db", b"sled");
        },
        ..Case::PLAIN
    },
];
