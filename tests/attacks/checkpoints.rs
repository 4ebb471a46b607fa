//! The checkpoint (§14): by the wrong key, of another log, in another form, of another head.

use base64ct::{Base64, Encoding};

use crate::{case::*, forge::*};

#[test]
fn checkpoints() {
    play_all(CASES);
}

/// The genuine log, under this in place of its checkpoint.
fn note(scene: &Scene, note: &Note) {
    scene.under(&base(), note);
}

/// Under these bytes.
fn bytes(scene: &Scene, change: impl FnOnce(String) -> String) {
    let genuine = String::from_utf8(Note::of(&base()).sign(&field()).bytes()).unwrap();
    scene.whole(&base());
    scene.put("case/checkpoint", change(genuine));
}

/// Well-formed in every way but signed over by its right key only afterwards.
fn signed_but(scene: &Scene, change: impl FnOnce(&mut Note)) {
    let mut head = Note::of(&base());
    change(&mut head);
    note(scene, &head.sign(&field()));
}

const MALFORMED: (i32, [&str; 4], &[&str]) = (1, [F, N, P, P], &["checkpoint-malformed"]);
const SIGNATURE: (i32, [&str; 4], &[&str]) = (1, [F, N, P, P], &["checkpoint-signature"]);

pub const CASES: &[Case] = &[
    Case {
        name: "checkpoint-removed",
        attack: "the checkpoint is taken away: nothing says how much there was",
        make: |scene| base().write_log(&scene.ledger(), &base().segments(&[])),
        gets: (2, [P, N, P, P], &[]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-by-an-investigator",
        attack: "an investigator signs a head",
        by: AUTHOR,
        make: |scene| note(scene, &Note::of(&base()).sign(&desk())),
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-by-a-stranger",
        attack: "a stranger signs a head",
        make: |scene| note(scene, &Note::of(&base()).sign(&stranger())),
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-with-a-borrowed-key-id",
        attack: "a stranger's signature under the custodian's key id",
        make: |scene| {
            let mut head = Note::of(&base());
            let signature = stranger().sign(head.text().as_bytes());
            head.line(&field(), signature);
            note(scene, &head);
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-by-a-witness",
        attack: "a witness's cosignature in place of a custodian's signature",
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &watch(), 2);
            let name = Note::of(&log).origin;
            scene.under(&log, &Note::of(&log).cosign(&watch(), &name, 1_711_454_400));
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-by-a-witness-as-custodian",
        attack: "a witness signs a head as a custodian would",
        by: "a witness",
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &watch(), 2);
            scene.under(&log, &Note::of(&log).sign(&watch()));
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-by-a-revoked-custodian",
        attack: "a custodian signs a head over their own revocation",
        by: "a revoked custodian",
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &second(), 0);
            log.revoke(&field(), &second(), None);
            scene.under(&log, &Note::of(&log).sign(&second()));
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-signed-before-the-revocation",
        attack: "none: a head that a custodian signed while in force stays good",
        by: "nobody",
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &second(), 0);
            let head = Note::of(&log).sign(&second());
            log.revoke(&field(), &second(), None);
            scene.under(&log, &head);
        },
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-before-the-admission",
        attack: "a custodian signs an older head, of a size at which they were not yet admitted",
        by: CUSTODIAN,
        make: |scene| {
            let mut log = base();
            log.admit(&field(), &second(), 0);
            scene.under(&log, &Note::at(&log, 6).sign(&second()));
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-of-nothing",
        attack: "a head of size 0, which agrees with every log",
        by: CUSTODIAN,
        make: |scene| note(scene, &Note::at(&base(), 0).sign(&field())),
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-signature-changed",
        attack: "a bit of the signature is another",
        make: |scene| {
            let mut head = Note::of(&base()).sign(&field());
            head.lines[0].1[40] ^= 1;
            note(scene, &head);
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-s-plus-l",
        attack: "s + L in place of s: a second form of one signature",
        make: |scene| {
            let mut head = Note::of(&base());
            let signature = field().sign_above_order(head.text().as_bytes());
            head.line(&field(), signature);
            note(scene, &head);
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-torsion",
        attack: "a torsion point in R: only an equation with the cofactor accepts it",
        by: CUSTODIAN,
        make: |scene| {
            let mut head = Note::of(&base());
            let signature = field().sign_with(head.text().as_bytes(), 5, 1);
            head.line(&field(), signature);
            note(scene, &head);
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "entry-signature-as-checkpoint",
        attack: "the custodian's signature of an entry under a head",
        make: |scene| {
            let mut head = Note::of(&base());
            head.line(&field(), base().entries[4].signature);
            note(scene, &head);
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-of-another-log",
        attack: "a head that the same custodian signed for another ledger",
        make: |scene| {
            let other = Log::begin(&field(), "Another trial");
            note(scene, &Note::of(&other).sign(&field()));
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-text-changed",
        attack: "the size under a genuine signature is another",
        make: |scene| bytes(scene, |note| note.replacen("\n6\n", "\n5\n", 1)),
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-fork",
        attack: "a head of this size with another root: the custodian signed two histories",
        by: CUSTODIAN,
        make: |scene| note(scene, &Note::claiming(&base(), 6, &[7; 32]).sign(&field())),
        gets: (1, [F, N, P, P], &["fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-fork-below",
        attack: "a head of a smaller size with another root",
        by: CUSTODIAN,
        make: |scene| note(scene, &Note::claiming(&base(), 3, &[7; 32]).sign(&field())),
        gets: (1, [F, N, P, P], &["fork"]),
        ..Case::PLAIN
    },
    Case {
        name: "no-fork-by-a-stranger",
        attack: "a stranger signs another root, so that the custodian seems to have forked",
        make: |scene| {
            note(
                scene,
                &Note::claiming(&base(), 6, &[7; 32]).sign(&stranger()),
            )
        },
        gets: SIGNATURE,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-beyond",
        attack: "a head of more entries than there are",
        make: |scene| note(scene, &Note::claiming(&base(), 7, &[7; 32]).sign(&field())),
        gets: (1, [P, F, P, P], &["behind-checkpoint"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-size-bomb",
        attack: "a head of 2^64 - 1 entries",
        by: SENDER,
        make: |scene| {
            note(
                scene,
                &Note::claiming(&base(), u64::MAX, &[7; 32]).sign(&stranger()),
            )
        },
        gets: (1, [P, F, P, P], &["behind-checkpoint"]),
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-size-overflow",
        attack: "a head of 2^64 entries, which no number of the format can hold",
        by: SENDER,
        make: |scene| signed_but(scene, |note| note.size = "18446744073709551616".to_owned()),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-size-zero-first",
        attack: "a size with a leading zero: a second form of one head",
        make: |scene| signed_but(scene, |note| note.size = "06".to_owned()),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-size-signed",
        attack: "a size with a plus sign",
        make: |scene| signed_but(scene, |note| note.size = "+6".to_owned()),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-upper-case",
        attack: "the ledger's id in upper case",
        make: |scene| {
            signed_but(scene, |note| {
                note.origin = format!("seaproof/{}", note.origin[9..].to_uppercase())
            })
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-root-short",
        attack: "a root of 31 bytes",
        make: |scene| signed_but(scene, |note| note.root = Base64::encode_string(&[7; 31])),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-root-unused-bits",
        attack: "base64 whose unused bits are not zero: a second form of one root",
        make: |scene| {
            signed_but(scene, |note| {
                // 32 bytes end in one character of four bits and padding.
                let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
                let last = note.root.as_bytes()[42];
                let value = digits.iter().position(|digit| *digit == last).unwrap();
                note.root
                    .replace_range(42..43, &char::from(digits[value | 1]).to_string());
            });
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-extension",
        attack: "a fourth line in the text, signed",
        by: CUSTODIAN,
        make: |scene| signed_but(scene, |note| note.root.push_str("\nand more")),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-two-lines",
        attack: "a second signature line, which does not belong in this file",
        make: |scene| note(scene, &Note::of(&base()).sign(&field()).sign(&desk())),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-unsigned",
        attack: "a head without a signature line",
        make: |scene| note(scene, &Note::of(&base())),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-signature-long",
        attack: "65 bytes for a signature",
        make: |scene| {
            let mut head = Note::of(&base()).sign(&field());
            head.lines[0].1.push(0);
            note(scene, &head);
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-signer-named-otherwise",
        attack: "a signature line under a name that is not the log's",
        make: |scene| {
            let mut head = Note::of(&base()).sign(&field());
            head.lines[0].0 = "field".to_owned();
            note(scene, &head);
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-hyphen",
        attack: "a hyphen in place of the em dash",
        make: |scene| bytes(scene, |note| note.replace('\u{2014}', "-")),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-crlf",
        attack: "line ends of another system",
        make: |scene| bytes(scene, |note| note.replace('\n', "\r\n")),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-trailing",
        attack: "an empty line at the end",
        make: |scene| bytes(scene, |note| note + "\n"),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-cut",
        attack: "the last line end is missing",
        make: |scene| bytes(scene, |note| note.trim_end().to_owned()),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-empty",
        attack: "a checkpoint of no bytes",
        by: STORAGE,
        make: |scene| bytes(scene, |_| String::new()),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-too-long",
        attack: "a checkpoint above 8,192 bytes",
        by: SENDER,
        make: |scene| bytes(scene, |note| note + &"x".repeat(8192)),
        gets: MALFORMED,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-not-utf8",
        attack: "bytes that are no text",
        by: STORAGE,
        make: |scene| {
            scene.whole(&base());
            scene.edit("case/checkpoint", |bytes| bytes[3] = 0xff);
        },
        gets: MALFORMED,
        ..Case::PLAIN
    },
];
