//! Anchors, cosignatures and policies (§22): what others said, or did not, of a head of this log.

use std::{fs, os::unix::fs::symlink};

use crate::{case::*, forge::*};

#[test]
fn anchors() {
    play_all(CASES);
}

/// Puts these bytes among the anchors, under the name that is right for them.
fn anchor(scene: &Scene, size: usize, bytes: &[u8]) {
    scene.put(&anchor_path(size, bytes), bytes);
}

fn anchor_path(size: usize, bytes: &[u8]) -> String {
    format!("case/anchors/{size}-{}.note", hex(&sha256(&[bytes])))
}

/// The base with one anchor.
fn with_anchor(scene: &Scene, size: usize, note: &Note) {
    scene.whole(&base());
    anchor(scene, size, &note.bytes());
}

/// A second witness.
fn tower() -> Key {
    Key::new(5)
}

/// 26 March 2024.
const THEN: u64 = 1_711_454_400;

/// A head that Field signed.
fn head(size: usize) -> Note {
    Note::at(&base(), size).sign(&field())
}

/// The reader trusts these; all lines as they stand.
fn policy(scene: &Scene, lines: &str) {
    scene.put("policy", lines);
}

fn one_witness(scene: &Scene) {
    policy(
        scene,
        &format!(
            "witness watch {}\nquorum watch\n",
            watch().witness_line("watch")
        ),
    );
}

fn two_witnesses(scene: &Scene) {
    policy(
        scene,
        &format!(
            "witness watch {}\nwitness tower {}\ngroup both all watch tower\nquorum both\n",
            watch().witness_line("watch"),
            tower().witness_line("tower")
        ),
    );
}

/// The base, an anchor of its head, and a reader who trusts one witness.
fn judged(scene: &Scene, note: &Note) {
    with_anchor(scene, 6, note);
    one_witness(scene);
}

const FRESH: &[&str] = &[
    "verify",
    "case",
    "--policy",
    "policy",
    "--fresh-since",
    "2024-03-01",
    "--require",
    "fresh",
];
const POLICY: &[&str] = &[
    "verify",
    "case",
    "--policy",
    "policy",
    "--fresh-since",
    "2024-03-01",
];
const PINNED: &[&str] = &["verify", "case", "--pin", "pin", "--require", "fresh"];

const INTACT_FAILS: [&str; 4] = [F, P, P, P];
/// The question is answered by nobody.
const NOT_FRESH: (i32, [&str; 4], &[&str]) = (2, [P; 4], &[]);
const INVALID: (i32, [&str; 4], &[&str]) = (1, [P; 4], &["cosignature-invalid"]);

pub const CASES: &[Case] = &[
    Case {
        name: "anchored",
        attack: "none: a cosigned head among the anchors",
        by: "nobody",
        make: |scene| with_anchor(scene, 4, &head(4).cosign(&watch(), "watch", THEN)),
        also: &[("fresh", N), ("timestamped", N)],
        ..Case::PLAIN
    },
    Case {
        name: "anchor-changed",
        attack: "a bit of an anchor is another",
        by: STORAGE,
        make: |scene| {
            with_anchor(scene, 4, &head(4));
            scene.edit(&anchor_path(4, &head(4).bytes()), |bytes| bytes[90] ^= 1);
        },
        gets: (1, INTACT_FAILS, &["anchor-digest"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-cut",
        attack: "an anchor is cut",
        by: STORAGE,
        make: |scene| {
            with_anchor(scene, 4, &head(4));
            scene.edit(&anchor_path(4, &head(4).bytes()), |bytes| {
                bytes.truncate(10)
            });
        },
        gets: (1, INTACT_FAILS, &["anchor-digest"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-exchanged",
        attack: "a genuine anchor under the name of another",
        make: |scene| {
            scene.whole(&base());
            scene.put(&anchor_path(4, &head(4).bytes()), head(5).bytes());
        },
        gets: (1, INTACT_FAILS, &["anchor-digest"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-too-long",
        attack: "an anchor one byte above the limit",
        by: SENDER,
        make: |scene| {
            scene.whole(&base());
            anchor(scene, 4, &vec![b'a'; 65_537]);
        },
        gets: (1, INTACT_FAILS, &["anchor-digest"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-larger-than-memory",
        attack: "an anchor that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            with_anchor(scene, 4, &head(4));
            let path = scene.path(&anchor_path(4, &head(4).bytes()));
            fs::OpenOptions::new()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(1 << 40)
                .unwrap();
        },
        gets: (1, INTACT_FAILS, &["anchor-digest"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-size",
        attack: "an anchor whose name gives another size than its head",
        make: |scene| with_anchor(scene, 5, &head(4)),
        gets: (1, INTACT_FAILS, &["anchor-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-of-another-log",
        attack: "a head of another ledger of the same custodian, cosigned, to make this one look witnessed",
        make: |scene| {
            let other = Log::begin(&field(), "Another trial");
            with_anchor(
                scene,
                1,
                &Note::of(&other)
                    .sign(&field())
                    .cosign(&watch(), "watch", THEN),
            );
        },
        gets: (1, INTACT_FAILS, &["anchor-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-of-words",
        attack: "a file among the anchors that is no note",
        make: |scene| {
            scene.whole(&base());
            anchor(scene, 4, b"trust me");
        },
        gets: (1, INTACT_FAILS, &["anchor-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-unsigned",
        attack: "a head without any line",
        make: |scene| with_anchor(scene, 4, &Note::at(&base(), 4)),
        gets: (1, INTACT_FAILS, &["anchor-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-of-too-many-lines",
        attack: "a head with 101 lines",
        by: SENDER,
        make: |scene| {
            let mut note = head(4);
            while note.lines.len() < 101 {
                note.lines.push(("someone".to_owned(), vec![7; 68]));
            }
            with_anchor(scene, 4, &note);
        },
        gets: (1, INTACT_FAILS, &["anchor-malformed"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-with-strange-lines",
        attack: "none: lines by keys that nobody knows are left aside",
        by: "nobody",
        make: |scene| {
            let mut note = head(4);
            note.lines.push(("someone".to_owned(), vec![7; 68]));
            with_anchor(scene, 4, &note);
        },
        ..Case::PLAIN
    },
    Case {
        name: "anchor-by-a-stranger",
        attack: "a head of this log that no custodian signed",
        make: |scene| with_anchor(scene, 4, &Note::at(&base(), 4).sign(&stranger())),
        gets: (1, INTACT_FAILS, &["anchor-signature"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-by-a-witness-alone",
        attack: "a head that a witness cosigned and no custodian signed",
        by: "a witness",
        make: |scene| {
            with_anchor(
                scene,
                4,
                &Note::at(&base(), 4).cosign(&watch(), "watch", THEN),
            )
        },
        gets: (1, INTACT_FAILS, &["anchor-signature"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-signature-changed",
        attack: "the custodian's line does not verify",
        make: |scene| {
            let mut note = head(4);
            note.lines[0].1[20] ^= 1;
            with_anchor(scene, 4, &note);
        },
        gets: (1, INTACT_FAILS, &["anchor-signature"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-fork",
        attack: "a head of another history, signed by the custodian and cosigned: the ledger was rewritten since",
        by: CUSTODIAN,
        make: |scene| {
            let note = Note::claiming(&base(), 4, &[7; 32]).sign(&field());
            with_anchor(scene, 4, &note.cosign(&watch(), "watch", THEN));
        },
        gets: (1, INTACT_FAILS, &["fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-of-a-fork-by-a-stranger",
        attack: "a stranger's head of another root among the anchors: no proof of a fork",
        make: |scene| {
            with_anchor(
                scene,
                4,
                &Note::claiming(&base(), 4, &[7; 32]).sign(&stranger()),
            )
        },
        gets: (1, INTACT_FAILS, &["anchor-signature"]),
        ..Case::PLAIN
    },
    Case {
        name: "behind-anchor",
        attack: "the newest entries and the checkpoint are set back, an anchor is forgotten",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            scene.whole(&log);
            anchor(scene, 6, &head(6).cosign(&watch(), "watch", THEN).bytes());
        },
        gets: (1, [P, F, P, P], &["behind-anchor"]),
        ..Case::PLAIN
    },
    Case {
        name: "anchor-with-an-odd-name",
        attack: "files among the anchors that are none by their names: not part of the ledger",
        make: |scene| {
            with_anchor(scene, 4, &head(4));
            let digest = hex(&sha256(&[b"x"]));
            for name in ["readme", "04-", "4-abc.note", "4.note", ".note"] {
                scene.put(&format!("case/anchors/{name}"), b"x");
            }
            scene.put(&format!("case/anchors/04-{digest}.note"), b"x");
            scene.put(
                &format!("case/anchors/4-{}.note", digest.to_uppercase()),
                b"x",
            );
            scene.put(&format!("case/anchors/4-{digest}.txt"), b"x");
            scene.put(
                &format!("case/anchors/18446744073709551616-{digest}.note"),
                b"x",
            );
        },
        ..Case::PLAIN
    },
    Case {
        name: "anchor-is-a-link",
        attack: "a link among the anchors: it is none",
        make: |scene| {
            scene.whole(&base());
            let bytes = Note::claiming(&base(), 4, &[7; 32]).sign(&field()).bytes();
            scene.put("elsewhere", &bytes);
            fs::create_dir(scene.path("case/anchors")).unwrap();
            symlink(scene.path("elsewhere"), scene.path(&anchor_path(4, &bytes))).unwrap();
        },
        ..Case::PLAIN
    },
    // What the reader's policy makes of cosignatures.
    Case {
        name: "cosigned",
        attack: "none: the head is cosigned by the witness whom the reader trusts",
        by: "nobody",
        make: |scene| judged(scene, &head(6).cosign(&watch(), "watch", THEN)),
        args: FRESH,
        also: &[("fresh", P)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-long-ago",
        attack: "an old cosignature, where the reader asks for one since March",
        make: |scene| {
            judged(
                scene,
                &head(6).cosign(&watch(), "watch", THEN - 60 * 86_400),
            )
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-in-the-future",
        attack: "a cosignature with a time far ahead, to be fresh for years",
        by: "a witness",
        make: |scene| {
            judged(
                scene,
                &head(6).cosign(&watch(), "watch", THEN + 4_000_000_000),
            )
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosignature-dated-anew",
        attack: "the time in a genuine cosignature is moved forward",
        make: |scene| {
            let mut note = head(6).cosign(&watch(), "watch", THEN - 60 * 86_400);
            note.lines[1].1[4..12].copy_from_slice(&THEN.to_be_bytes());
            judged(scene, &note);
        },
        args: FRESH,
        gets: INVALID,
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "cosignature-replayed",
        attack: "a genuine cosignature of an older head under the newest",
        make: |scene| {
            let older = head(4).cosign(&watch(), "watch", THEN);
            let mut note = head(6);
            note.lines.push(older.lines[1].clone());
            judged(scene, &note);
        },
        args: FRESH,
        gets: INVALID,
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "cosignature-of-another-log",
        attack: "a genuine cosignature of another ledger's head under a head of this one",
        make: |scene| {
            let other =
                Note::of(&Log::begin(&field(), "Another trial")).cosign(&watch(), "watch", THEN);
            let mut note = head(6);
            note.lines.push(other.lines[0].clone());
            judged(scene, &note);
        },
        args: FRESH,
        gets: INVALID,
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "cosignature-invalid-not-asked-for",
        attack: "the same, where the reader did not require it to be the latest",
        make: |scene| {
            let older = head(4).cosign(&watch(), "watch", THEN);
            let mut note = head(6);
            note.lines.push(older.lines[1].clone());
            judged(scene, &note);
        },
        args: POLICY,
        gets: INVALID,
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-by-an-unknown",
        attack: "a cosignature by somebody whom the reader's policy does not name",
        by: "a stranger",
        make: |scene| judged(scene, &head(6).cosign(&stranger(), "watch-too", THEN)),
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-under-a-borrowed-name",
        attack: "a cosignature by another key under the witness's name",
        by: "a stranger",
        make: |scene| judged(scene, &head(6).cosign(&stranger(), "watch", THEN)),
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-under-a-borrowed-key-id",
        attack: "a cosignature by another key under the witness's name and key id",
        by: "a stranger",
        make: |scene| {
            let mut note = head(6).cosign(&stranger(), "watch", THEN);
            note.lines[1].1[..4].copy_from_slice(&key_id("watch", 4, &watch().public));
            judged(scene, &note);
        },
        args: FRESH,
        gets: INVALID,
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-as-a-plain-note",
        attack: "the witness's plain signature, without a time, in place of a cosignature",
        make: |scene| {
            let mut note = head(6);
            let mut blob = key_id("watch", 1, &watch().public).to_vec();
            blob.extend(watch().sign(note.text().as_bytes()));
            note.lines.push(("watch".to_owned(), blob));
            judged(scene, &note);
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-by-half-of-a-quorum",
        attack: "one witness of the two whom the reader demands",
        make: |scene| {
            with_anchor(scene, 6, &head(6).cosign(&watch(), "watch", THEN));
            two_witnesses(scene);
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-twice-by-one",
        attack: "one witness twice, to pass for two",
        by: "a witness",
        make: |scene| {
            let note = head(6)
                .cosign(&watch(), "watch", THEN)
                .cosign(&watch(), "watch", THEN + 1);
            with_anchor(scene, 6, &note);
            two_witnesses(scene);
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-in-two-notes",
        attack: "each of two witnesses cosigned another head: no head has both",
        make: |scene| {
            with_anchor(scene, 4, &head(4).cosign(&tower(), "tower", THEN));
            anchor(scene, 6, &head(6).cosign(&watch(), "watch", THEN).bytes());
            two_witnesses(scene);
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-by-an-author",
        attack: "an investigator of the ledger cosigns it, and the reader's policy names that key",
        by: AUTHOR,
        make: |scene| {
            with_anchor(scene, 6, &head(6).cosign(&desk(), "desk", THEN));
            policy(
                scene,
                &format!(
                    "witness desk {}\nquorum desk\n",
                    desk().witness_line("desk")
                ),
            );
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-by-the-custodian",
        attack: "the custodian cosigns the own head",
        by: CUSTODIAN,
        make: |scene| {
            with_anchor(scene, 6, &head(6).cosign(&field(), "field", THEN));
            policy(
                scene,
                &format!(
                    "witness field {}\nquorum field\n",
                    field().witness_line("field")
                ),
            );
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "cosigned-fork-pinned",
        attack: "the reader kept a cosigned head, and is shown another history of the same size",
        by: CUSTODIAN,
        make: |scene| {
            scene.whole(&base());
            let note = Note::claiming(&base(), 6, &[7; 32]).sign(&field());
            scene.put("pin", note.cosign(&watch(), "watch", THEN).bytes());
        },
        args: PINNED,
        gets: (1, INTACT_FAILS, &["fork"]),
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "rolled-back-below-a-cosigned-head",
        attack: "an older genuine copy, where the reader kept a cosigned head of the newer",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            scene.whole(&log);
            scene.put("pin", head(6).cosign(&watch(), "watch", THEN).bytes());
        },
        args: PINNED,
        gets: (1, [P, F, P, P], &["behind-pin"]),
        also: &[("fresh", F)],
        ..Case::PLAIN
    },
    Case {
        name: "policy-of-nobody",
        attack: "a policy whose quorum is nobody: nothing is fresh by it",
        make: |scene| {
            with_anchor(scene, 6, &head(6).cosign(&watch(), "watch", THEN));
            policy(scene, "quorum none\n");
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "policy-of-another-log",
        attack: "a policy for another custodian's key of this ledger",
        make: |scene| {
            with_anchor(scene, 6, &head(6).cosign(&watch(), "watch", THEN));
            let origin = head(6).origin;
            let log = stranger().verifier_line(&origin);
            policy(
                scene,
                &format!(
                    "log {log}\nwitness watch {}\nquorum watch\n",
                    watch().witness_line("watch")
                ),
            );
        },
        args: FRESH,
        gets: NOT_FRESH,
        also: &[("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "policy-with-a-loop",
        attack: "a group that is a member of itself",
        by: SENDER,
        make: |scene| {
            with_anchor(scene, 6, &head(6));
            policy(scene, "group a any b\ngroup b any a\nquorum a\n");
        },
        args: FRESH,
        gets: NOT_TRIED,
        ..Case::PLAIN
    },
    Case {
        name: "policy-bomb",
        attack: "a policy above the limit",
        by: SENDER,
        make: |scene| {
            with_anchor(scene, 6, &head(6));
            policy(scene, &"# much ado\n".repeat(100_000));
        },
        args: FRESH,
        gets: NOT_TRIED,
        ..Case::PLAIN
    },
];

/// An argument is refused before anything is looked at: no report.
const NOT_TRIED: (i32, [&str; 4], &[&str]) = (2, [NONE; 4], &[]);
