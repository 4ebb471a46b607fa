//! Leaf, openings, checkpoint, and the headers of segment and records, changed byte by byte: each change must be found under
//! its own name. The ledger is the base; nothing is signed again. Of what is one digest, key or signature, some bytes
//! stand for all.

use std::{collections::BTreeSet, ops::Range};

use crate::{case::*, forge::*};

/// A field, and the problems that a change in it must be.
type Field = (Range<usize>, Vec<&'static str>);

/// All places of a short field; of a long one every fifth and the last.
fn places(range: &Range<usize>) -> Vec<usize> {
    let step = if range.len() > 16 { 5 } else { 1 };
    range
        .clone()
        .step_by(step)
        .chain(range.clone().last().filter(|_| step > 1))
        .collect()
}

/// Changes one byte after the other. Each is a problem of its field, and of no other.
fn play_fields(fields: &[Field], make: impl Fn(&Scene, usize)) {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene {
        dir: dir.path().to_owned(),
    };
    scene.whole(&base());
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (range, codes_expected) in fields {
        let expected: BTreeSet<String> = codes_expected
            .iter()
            .map(|code| (*code).to_owned())
            .collect();
        for at in places(range) {
            tried += 1;
            make(&scene, at);
            match run(&scene, &["verify", "case", "--json"]) {
                Err(error) => wrong.push(format!("byte {at}: {error}")),
                Ok(ran) => {
                    let found = codes(&ran.json());
                    if found != expected || ran.code != Some(1) {
                        wrong.push(format!(
                            "byte {at}: exit {:?}, {found:?}, expected {expected:?}",
                            ran.code
                        ));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Writes the base with one record changed and its CRC made right.
fn rewritten(scene: &Scene, record: usize, change: impl FnOnce(&mut Vec<u8>)) {
    let mut segments = base().segments(&[]);
    segments[0].rerecord(record, change);
    scene.put("case/log/00000000.seg", segments[0].bytes());
}

/// #5 is Desk's newest entry, so nothing that follows is touched by what it becomes.
#[test]
fn every_field_of_a_leaf() {
    // What is no longer the leaf that the checkpoint covers is a fork, and no longer what was signed.
    let with = |codes: &[&'static str]| [codes, &["fork", "signature-invalid"]].concat();
    let bound = ["facts-commitment", "source-commitment"];
    let fields = [
        // Of a malformed statement nothing more is judged.
        (0..2, vec!["fork", "statement-malformed"]),
        // An amendment in class 2.
        (2..3, with(&["facts-malformed"])),
        (3..35, with(&[&["wrong-ledger"], &bound[..]].concat())),
        // No point of the curve, or not of the prime-order subgroup; nobody admitted it.
        (
            35..67,
            [&["fork", "key-unacceptable", "unknown-key"], &bound[..]].concat(),
        ),
        (67..75, with(&[&["author-gap"], &bound[..]].concat())),
        (75..107, with(&["wrong-prev"])),
        // 5 becomes 4, whose root is another; all others are sizes beyond.
        (107..108, with(&["observed-root"])),
        (108..115, with(&["observed-ahead"])),
        (115..147, with(&["observed-root"])),
        // The clock is nobody's but the author's.
        (147..155, with(&[])),
        (155..187, with(&["facts-commitment"])),
        (187..219, with(&["source-commitment"])),
        (219..251, with(&[])),
        (251..283, with(&[])),
    ];
    play_fields(&fields, |scene, at| {
        rewritten(scene, 5, |record| record[13 + at] ^= 1)
    });
}

/// #4 is Field's; its facts are of class 2 and its source is empty.
#[test]
fn every_field_of_the_openings() {
    let openings = base().entries[4].openings();
    let facts_end = 37 + base().entries[4].facts.clone().unwrap().bytes.len();
    let fields = [
        // Bit 0 goes: what follows is taken for the source, and does not end with it.
        (0..1, vec!["openings-malformed"]),
        (1..33, vec!["facts-commitment"]),
        (33..37, vec!["openings-malformed"]),
        (37..facts_end, vec!["facts-commitment"]),
        (facts_end..facts_end + 32, vec!["source-commitment"]),
        (facts_end + 32..facts_end + 36, vec!["openings-malformed"]),
        (facts_end + 36..openings.len(), vec!["source-commitment"]),
    ];
    play_fields(&fields, |scene, at| {
        rewritten(scene, 4, |record| record[13 + 283 + at] ^= 1)
    });
}

/// Nothing is repaired: a byte of a header or of a body rots.
#[test]
fn every_field_of_a_segment() {
    let segment = base().segments(&[]).remove(0);
    let mut fields: Vec<Field> = [0..8, 8..10, 10..42, 42..50, 50..58, 58..62]
        .into_iter()
        .map(|range| (range, vec!["segment-header"]))
        .collect();
    for record in [0, 2, 5] {
        let (start, end) = (segment.offset(record), segment.offset(record + 1));
        let codes = match record {
            // Then the segment holds no commit.
            0 => vec!["record-damaged", "segment-header"],
            5 => vec!["behind-checkpoint", "torn-tail"],
            _ => vec!["record-damaged"],
        };
        fields.push((start..start + 13, codes.clone()));
        // Leaf, presence, and some of the openings.
        let body = start + 13;
        for at in [
            body,
            body + 100,
            body + 250,
            body + 283,
            body + 290,
            end - 1,
        ] {
            fields.push((at..at + 1, codes.clone()));
        }
    }
    let genuine = segment.bytes();
    play_fields(&fields, |scene, at| {
        let mut bytes = genuine.clone();
        bytes[at] ^= 0x10;
        scene.put("case/log/00000000.seg", bytes);
    });
}

#[test]
fn every_field_of_a_checkpoint() {
    let head = Note::of(&base()).sign(&field());
    let (genuine, origin, text) = (head.bytes(), head.origin.len(), head.text().len());
    let malformed = || vec!["checkpoint-malformed"];
    let signature = || vec!["checkpoint-signature"];
    // 6 becomes 7. The root's 43 digits and its padding end the text.
    let (size, root) = (origin + 1, origin + 3);
    let (line, blob) = (text + 1, text + 1 + "\u{2014} ".len() + origin + 1);
    let fields = [
        (0..origin, malformed()),
        (origin..size, malformed()),
        (size..size + 1, vec!["behind-checkpoint"]),
        (size + 1..root, malformed()),
        // The digits before the last, each into another digit.
        (root..root + 42, signature()),
        // The last digit has unused bits, which must be zero; then the padding and the line ends.
        (root + 42..line, malformed()),
        (line..blob, malformed()),
        (blob..blob + 90, signature()),
        // The last digit, the padding, the line end.
        (blob + 90..genuine.len(), malformed()),
    ];
    play_fields(&fields, |scene, at| {
        let mut bytes = genuine.clone();
        bytes[at] = match bytes[at] {
            // To a neighbour within the base64 alphabet.
            digit @ (b'A'..=b'Z' | b'a'..=b'z')
                if (root..root + 42).contains(&at) || at >= blob && at < blob + 90 =>
            {
                if digit.eq_ignore_ascii_case(&b'Z') {
                    digit - 1
                } else {
                    digit + 1
                }
            }
            b'+' => b'/',
            b'/' => b'+',
            other => other ^ 1,
        };
        scene.put("case/checkpoint", bytes);
    });
}
