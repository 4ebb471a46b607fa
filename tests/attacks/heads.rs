//! Heads from elsewhere: older copies, rollbacks, pins (§14), the signer's memory (§15).

use std::fs;

use crate::{case::*, forge::*};

#[test]
fn heads() {
    play_all(CASES);
}

/// An older genuine copy of the ledger: its first `size` entries under the head of that time.
fn older(scene: &Scene, size: usize) {
    let mut log = base();
    log.entries.truncate(size);
    scene.whole(&log);
}

/// The head of the whole log, kept elsewhere.
fn pin_whole(scene: &Scene) {
    scene.put("pin", Note::of(&base()).sign(&field()).bytes());
}

fn remembered(scene: &Scene, key: &Key, size: usize, root: &Bytes32) {
    let log = base();
    let newest = (0..6)
        .rev()
        .find(|entry| log.entries[*entry].statement.key == key.public)
        .unwrap();
    let seq = log.entries[newest].statement.seq;
    let slot = memory(
        &log.id,
        &key.public,
        seq,
        &log.id_of(newest),
        size as u64,
        root,
    );
    scene.put(
        &format!("state/memory/{}-{}", hex(&log.id), hex(&key.public)),
        slot,
    );
}

const PINNED: &[&str] = &["verify", "case", "--pin", "pin"];
const FRESH: &[&str] = &["verify", "case", "--pin", "pin", "--require", "fresh"];
/// The pin itself is no good: nothing is said against the ledger, and the question is not answered.
const PIN_UNUSABLE: (i32, [&str; 4], &[&str]) = (2, [P, P, P, P], &["pin-unusable"]);

/// An argument is refused before anything is looked at: no report.
const NOT_TRIED: (i32, [&str; 4], &[&str]) = (2, [NONE; 4], &[]);

pub const CASES: &[Case] = &[
    Case {
        name: "older-copy",
        attack: "an older genuine copy in place of the ledger: nothing in it says so, and the answer is `not known`",
        make: |scene| older(scene, 4),
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "older-copy-freshness-required",
        attack: "the same, where the reader requires it to be the latest",
        make: |scene| older(scene, 4),
        args: &["verify", "case", "--require", "fresh"],
        gets: (2, [P, P, P, P], &[]),
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "older-copy-pinned",
        attack: "the same, where the reader kept a newer head",
        make: |scene| {
            older(scene, 4);
            pin_whole(scene);
        },
        args: PINNED,
        gets: (1, [P, F, P, P], &["behind-pin"]),
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "older-copy-remembered",
        attack: "the same, on the machine of an author who signed more",
        make: |scene| {
            older(scene, 4);
            remembered(scene, &desk(), 6, &base().root());
        },
        gets: (1, [P, F, P, P], &["behind-memory"]),
        // A memory never shows freshness; it can show that there was more.
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "truncated",
        attack: "the newest entries are taken out, the checkpoint is not",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            log.write_log(&scene.ledger(), &log.segments(&[]));
            scene.put("case/checkpoint", Note::of(&base()).sign(&field()).bytes());
        },
        gets: (1, [P, F, P, P], &["behind-checkpoint"]),
        ..Case::PLAIN
    },
    Case {
        name: "truncated-under-an-older-checkpoint",
        attack: "the newest entries are taken out, and an older genuine checkpoint is put back",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(5);
            scene.under(&log, &Note::at(&base(), 3).sign(&field()));
        },
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "truncated-and-signed-again",
        attack: "a custodian takes the newest entries out and signs the shorter log; a kept head shows it",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            log.tell(&field(), "nothing was seen");
            log.tell(&field(), "nothing at all");
            log.tell(&field(), "nothing ever");
            scene.whole(&log);
            pin_whole(scene);
        },
        args: PINNED,
        gets: (1, [F, P, P, P], &["fork"]),
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "rollback-observed",
        attack: "a custodian replaces the newest entries; an author who had observed them has signed that they were there",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            log.tell(&field(), "a ship was seen");
            let mut witnessed =
                log.draft(&desk(), 2, Facts::trial("after that").encode(), source(&[]));
            log.entries.truncate(6);
            log.tell(&field(), "nothing was seen");
            witnessed.commit();
            witnessed.sign(&desk());
            log.push(witnessed);
            scene.whole(&log);
        },
        gets: (1, [F, P, P, P], &["observed-root"]),
        ..Case::PLAIN
    },
    Case {
        name: "two-heads-of-one-size",
        attack: "a custodian shows one reader this log and another reader another one of the same size",
        by: CUSTODIAN,
        make: |scene| {
            scene.whole(&base());
            scene.put(
                "pin",
                Note::claiming(&base(), 6, &[7; 32]).sign(&field()).bytes(),
            );
        },
        args: PINNED,
        gets: (1, [F, P, P, P], &["fork"]),
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "pin-older",
        attack: "none: a kept head of an earlier size is a head of this log",
        by: "nobody",
        make: |scene| {
            scene.whole(&base());
            scene.put("pin", Note::at(&base(), 3).sign(&field()).bytes());
        },
        args: FRESH,
        also: &[("fresh", P)],
        ..Case::PLAIN
    },
    Case {
        name: "pin-by-a-stranger",
        attack: "a false pin is slipped to the reader, to make a good ledger look forked",
        by: "a stranger",
        make: |scene| {
            scene.whole(&base());
            scene.put(
                "pin",
                Note::claiming(&base(), 6, &[7; 32])
                    .sign(&stranger())
                    .bytes(),
            );
        },
        args: PINNED,
        gets: PIN_UNUSABLE,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "pin-of-another-ledger",
        attack: "a kept head of another ledger of the same custodian",
        make: |scene| {
            scene.whole(&base());
            scene.put(
                "pin",
                Note::of(&Log::begin(&field(), "Another trial"))
                    .sign(&field())
                    .bytes(),
            );
        },
        args: PINNED,
        gets: PIN_UNUSABLE,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "pin-malformed",
        attack: "a pin that is no checkpoint",
        make: |scene| {
            scene.whole(&base());
            scene.put("pin", "trust me");
        },
        args: PINNED,
        gets: NOT_TRIED,
        ..Case::PLAIN
    },
    Case {
        name: "pin-too-long",
        attack: "a pin that is larger than the memory there is",
        make: |scene| {
            scene.whole(&base());
            pin_whole(scene);
            fs::OpenOptions::new()
                .write(true)
                .open(scene.path("pin"))
                .unwrap()
                .set_len(1 << 40)
                .unwrap();
        },
        args: PINNED,
        gets: NOT_TRIED,
        ..Case::PLAIN
    },
    Case {
        name: "memory-of-another-history",
        attack: "an author's machine remembers another head of a size that this log has",
        make: |scene| {
            scene.whole(&base());
            remembered(scene, &desk(), 5, &[7; 32]);
        },
        gets: (1, [F, P, P, P], &["fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "memory-without-checkpoint",
        attack: "the checkpoint is taken away, but a signer of this machine remembers",
        make: |scene| {
            base().write_log(&scene.ledger(), &base().segments(&[]));
            remembered(scene, &desk(), 6, &base().root());
        },
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
];
