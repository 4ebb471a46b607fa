//! Records, commits and tails (§10, §12). The log is cut into two segments where it matters that the damage is
//! not in the last.

use crate::{case::*, forge::*};

#[test]
fn records() {
    play_all(CASES);
}

/// #0 to #2 in segment 0 and #3 to #5 in segment 1, with a change to one of them.
fn in_two(scene: &Scene, change: impl FnOnce(&mut [Segment])) {
    let log = base();
    scene.whole(&log);
    let mut segments = log.segments(&[3]);
    change(&mut segments);
    log.write_log(&scene.ledger(), &segments);
}

/// All in one segment, whose bytes are then changed.
fn in_one(scene: &Scene, change: impl FnOnce(&mut Segment)) {
    let log = base();
    scene.whole(&log);
    let mut segments = log.segments(&[]);
    change(&mut segments[0]);
    log.write_log(&scene.ledger(), &segments);
}

/// A log with one entry beyond its checkpoint, whose record is then changed.
fn beyond_the_checkpoint(scene: &Scene, change: impl FnOnce(&mut Segment)) {
    let mut log = base();
    let head = Note::of(&log).sign(&field());
    log.tell(&desk(), "not yet covered");
    scene.under(&log, &head);
    let mut segments = log.segments(&[]);
    change(&mut segments[0]);
    log.write_log(&scene.ledger(), &segments);
}

/// Reading ended in the log: what is behind is missing, and the damage is the problem.
const ENDED: [&str; 4] = [F, F, PARTLY, PARTLY];

pub const CASES: &[Case] = &[
    Case {
        name: "two-segments",
        attack: "none: a log in two segments",
        by: "nobody",
        make: |scene| in_two(scene, |_| ()),
        ..Case::PLAIN
    },
    Case {
        name: "record-magic",
        attack: "a record in an older segment does not begin as one",
        by: STORAGE,
        make: |scene| in_two(scene, |segments| segments[0].records[1][0] ^= 1),
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-crc",
        attack: "the CRC of a record in an older segment is wrong, and nothing else",
        by: STORAGE,
        make: |scene| in_two(scene, |segments| segments[0].records[1][9] ^= 1),
        gets: (1, [F, P, P, P], &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-rot",
        attack: "a byte of what is said in an older segment rots",
        by: STORAGE,
        make: |scene| {
            in_two(scene, |segments| {
                *segments[0].records[2].last_mut().unwrap() ^= 1
            })
        },
        gets: (1, [F, P, P, P], &["record-damaged", "source-commitment"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-flags-unknown",
        attack: "a flag that means nothing, with a right CRC",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| record[4] |= 4)
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-length-bomb",
        attack: "a record that says it has 4 GiB",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| {
                    record[5..9].copy_from_slice(&u32::MAX.to_le_bytes())
                });
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-length-just-too-long",
        attack: "a record one byte above the limit, really there",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| {
                    record.resize(13 + 1_114_469, 0);
                    record[5..9].copy_from_slice(&1_114_469u32.to_le_bytes());
                });
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-too-short",
        attack: "a record of a leaf without a presence byte",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| {
                    record.truncate(13 + 283);
                    record[5..9].copy_from_slice(&283u32.to_le_bytes());
                });
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-empty",
        attack: "a record of no bytes, on which a reader could stand still",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| {
                    record.truncate(13);
                    record[5..9].copy_from_slice(&0u32.to_le_bytes());
                });
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-longer-than-the-file",
        attack: "the last record of an older segment reaches beyond its end",
        by: STORAGE,
        make: |scene| in_two(scene, |segments| _ = segments[0].records[2].pop()),
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "record-between",
        attack: "a byte that belongs to nothing stands between two records",
        by: STORAGE,
        make: |scene| in_two(scene, |segments| segments[0].records[1].push(0)),
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "commit-not-begun",
        attack: "a record that is the last of its commit and not the first, behind another that is the last",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| record[4] = 1)
            })
        },
        gets: (1, ENDED, &["commit-broken"]),
        ..Case::PLAIN
    },
    Case {
        name: "commit-not-ended",
        attack: "a commit begins within a commit",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(1, |record| record[4] = 2)
            })
        },
        gets: (1, ENDED, &["commit-broken"]),
        ..Case::PLAIN
    },
    Case {
        name: "commit-across-segments",
        attack: "a commit begins in one segment and ends in the next",
        by: SENDER,
        make: |scene| {
            in_two(scene, |segments| {
                segments[0].rerecord(2, |record| record[4] = 2);
                segments[1].rerecord(0, |record| record[4] = 1);
            })
        },
        gets: (1, ENDED, &["commit-broken", "record-damaged"]),
        ..Case::PLAIN
    },
    // Tails.
    Case {
        name: "torn",
        attack: "none: a power cut within the last record, which nobody had signed a head over",
        by: STORAGE,
        make: |scene| beyond_the_checkpoint(scene, |segment| segment.records[6].truncate(200)),
        gets: (1, [F, P, P, P], &["torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "torn-below-the-checkpoint",
        attack: "a record that the checkpoint covers is cut as if a writer had died",
        make: |scene| in_one(scene, |segment| segment.records[5].truncate(200)),
        gets: (1, [F, F, P, P], &["behind-checkpoint", "torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "torn-by-a-byte",
        attack: "the last byte of the log is cut off",
        make: |scene| in_one(scene, |segment| _ = segment.records[5].pop()),
        gets: (1, [F, F, P, P], &["behind-checkpoint", "torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "rot-in-the-last-record",
        attack: "a byte of the newest record, which is covered, is changed and its CRC left",
        make: |scene| {
            in_one(scene, |segment| {
                *segment.records[5].last_mut().unwrap() ^= 1
            })
        },
        gets: (1, [F, F, P, P], &["behind-checkpoint", "torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "damage-in-the-middle",
        attack: "a record in the middle of the last segment is damaged, so that all behind it would be cut as torn",
        make: |scene| {
            in_one(scene, |segment| {
                *segment.records[3].last_mut().unwrap() ^= 1
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "damage-in-the-middle-magic",
        attack: "the same, by the record's first byte",
        make: |scene| in_one(scene, |segment| segment.records[3][0] = 0),
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "damage-in-the-middle-length",
        attack: "the same, by a length that swallows all records behind it",
        make: |scene| {
            in_one(scene, |segment| {
                segment.rerecord(3, |record| {
                    record[5..9].copy_from_slice(&4000u32.to_le_bytes())
                });
            })
        },
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "damage-before-the-last-commit",
        attack: "the last record but one is damaged: the last is whole, so nothing may be cut",
        make: |scene| in_one(scene, |segment| segment.records[4][20] ^= 1),
        gets: (1, ENDED, &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "damage-in-the-first-record",
        attack: "genesis is damaged, and entries stand behind it",
        make: |scene| in_one(scene, |segment| segment.records[0][20] ^= 1),
        gets: (1, [F, N, N, N], &["record-damaged", "segment-header"]),
        ..Case::PLAIN
    },
    Case {
        name: "commit-behind-garbage",
        attack: "a complete commit is hidden behind garbage at the end",
        make: |scene| {
            beyond_the_checkpoint(scene, |segment| {
                segment.records[6].splice(0..0, *b"garbage");
            })
        },
        gets: (1, [F, P, PARTLY, PARTLY], &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "garbage-behind",
        attack: "bytes that are no record stand behind the log",
        make: |scene| in_one(scene, |segment| segment.records[5].extend(b"garbage")),
        gets: (1, [F, P, P, P], &["torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "zeros-behind",
        attack: "a block of zeros behind the log, as some file systems leave after a power cut",
        by: STORAGE,
        make: |scene| in_one(scene, |segment| segment.records[5].extend([0; 4096])),
        gets: (1, [F, P, P, P], &["torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "foreign-commit-in-the-tail",
        attack: "a commit of another ledger stands in the tail: it is no reason to keep it",
        make: |scene| {
            let mut foreign = Log::begin(&stranger(), "Elsewhere");
            foreign.tell(&stranger(), "seen");
            let record = foreign.segments(&[])[0].records[1].clone();
            in_one(scene, |segment| {
                segment.records[5].extend(b"garbage");
                segment.records[5].extend(record);
            });
        },
        gets: (1, [F, P, P, P], &["torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "commit-half-written",
        attack: "none: a commit of two records of which only the first was written",
        by: STORAGE,
        make: |scene| {
            beyond_the_checkpoint(scene, |segment| segment.rerecord(6, |record| record[4] = 2))
        },
        gets: (1, [F, P, P, P], &["torn-tail"]),
        ..Case::PLAIN
    },
    Case {
        name: "tail-bomb",
        attack: "beginnings of records over beginnings of records: a tail that is costly to judge",
        by: SENDER,
        make: |scene| {
            in_one(scene, |segment| {
                // Each says that it reaches far beyond the others, and its CRC is wrong.
                let mut beginning = b"SPR1\x02".to_vec();
                beginning.extend(1_000_000u32.to_le_bytes());
                beginning.extend([0; 4]);
                segment.records[5].extend(beginning.repeat(200_000));
            });
        },
        // §12: the verifier gives up, and takes it for damage.
        gets: (1, [F, P, PARTLY, PARTLY], &["record-damaged"]),
        ..Case::PLAIN
    },
    Case {
        name: "appended",
        attack: "a stranger appends a well-formed entry",
        make: |scene| {
            let mut log = base();
            let head = Note::of(&log).sign(&field());
            log.tell(&stranger(), "seen too");
            scene.under(&log, &head);
        },
        gets: (1, [P, P, P, F], &["unknown-key"]),
        ..Case::PLAIN
    },
];
