//! Every byte of a leaf, of openings, of a checkpoint and of the headers is changed once, and each change must be
//! found under its own name. The ledger is the base; nothing is signed again.

use std::collections::BTreeSet;

use crate::{case::*, forge::*};

/// Plays many changes on one kind of thing. `expected` gives the codes for each.
fn play_changes(
    count: usize,
    make: impl Fn(&Scene, usize),
    expected: impl Fn(usize) -> (Option<&'static str>, Vec<&'static str>),
) {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene {
        dir: dir.path().to_owned(),
    };
    let mut wrong = Vec::new();
    for at in 0..count {
        scene.whole(&base());
        make(&scene, at);
        let ran = match run(&scene, &["verify", "case", "--json"]) {
            Ok(ran) => ran,
            Err(error) => {
                wrong.push(format!("byte {at}: {error}"));
                continue;
            }
        };
        let report = ran.json();
        let (intact, codes_expected) = expected(at);
        let (found, expected): (_, BTreeSet<String>) = (
            codes(&report),
            codes_expected.into_iter().map(str::to_owned).collect(),
        );
        if found != expected || ran.code != Some(1) {
            wrong.push(format!(
                "byte {at}: exit {:?}, {found:?}, expected {expected:?}",
                ran.code
            ));
        }
        if let Some(intact) = intact
            && report["verdicts"]["intact"] != intact
        {
            wrong.push(format!(
                "byte {at}: intact {}, expected {intact}",
                report["verdicts"]["intact"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Writes the base with one record changed and its CRC made right.
fn rewritten(scene: &Scene, record: usize, change: impl FnOnce(&mut Vec<u8>)) {
    let mut segments = base().segments(&[]);
    segments[0].rerecord(record, change);
    base().write_log(&scene.ledger(), &segments);
}

/// #5 is Desk's newest entry, so nothing that follows is touched by what it becomes.
#[test]
fn every_byte_of_a_leaf() {
    play_changes(
        283,
        |scene, at| rewritten(scene, 5, |record| record[13 + at] ^= 1),
        |at| {
            let mut codes = match at {
                // Of a malformed statement nothing more is judged.
                0..2 => return (Some(F), vec!["statement-malformed", "fork"]),
                // An amendment in class 2.
                2 => vec!["facts-malformed"],
                3..35 => vec!["wrong-ledger", "facts-commitment", "source-commitment"],
                35..67 => vec!["unknown-key", "facts-commitment", "source-commitment"],
                67..75 => vec!["author-gap", "facts-commitment", "source-commitment"],
                75..107 => vec!["wrong-prev"],
                // 5 becomes 4, whose root is another; all others are sizes beyond.
                107 => vec!["observed-root"],
                108..115 => vec!["observed-ahead"],
                115..147 => vec!["observed-root"],
                147..155 => vec![],
                155..187 => vec!["facts-commitment"],
                187..219 => vec!["source-commitment"],
                _ => vec![],
            };
            codes.extend(["signature-invalid", "fork"]);
            (Some(F), codes)
        },
    );
}

/// #4 is Field's; its facts are of class 2 and its source is empty.
#[test]
fn every_byte_of_the_openings() {
    let openings = base().entries[4].openings();
    let facts = base().entries[4].facts.clone().unwrap().bytes.len();
    play_changes(
        openings.len(),
        |scene, at| rewritten(scene, 4, |record| record[13 + 283 + at] ^= 1),
        |at| {
            let code = match at {
                // Bit 0 goes: what follows is taken for the source, and is too long.
                0 => "openings-malformed",
                at if at < 33 => "facts-commitment",
                at if at < 37 => "openings-malformed",
                at if at < 37 + facts => "facts-commitment",
                at if at < 37 + facts + 32 => "source-commitment",
                at if at < 37 + facts + 36 => "openings-malformed",
                _ => "source-commitment",
            };
            (Some(F), vec![code])
        },
    );
}

/// Nothing is repaired: a byte in a record's header, leaf or openings rots.
#[test]
fn every_kind_of_byte_of_the_segment() {
    let segment = base().segments(&[]).remove(0);
    let ends: Vec<usize> = (0..=6).map(|record| segment.offset(record)).collect();
    // Every byte of every header, and now and then one of the bodies.
    let places: Vec<usize> = (0..HEADER)
        .chain((0..6).flat_map(|record| {
            let (start, end) = (ends[record], ends[record + 1]);
            (start..start + 13).chain((start + 13..end).step_by(37))
        }))
        .collect();
    play_changes(
        places.len(),
        |scene, at| scene.edit("case/log/00000000.seg", |bytes| bytes[places[at]] ^= 0x10),
        |at| match places[at] {
            at if at < HEADER => (Some(F), vec!["segment-header"]),
            at if at < ends[5] => (Some(F), vec!["record-damaged"]),
            _ => (Some(F), vec!["torn-tail", "behind-checkpoint"]),
        },
    );
}

#[test]
fn every_byte_of_a_checkpoint() {
    let note = Note::of(&base()).sign(&field()).bytes();
    let text = Note::of(&base()).text().len();
    let size_at = Note::of(&base()).origin.len() + 1;
    // Six bytes of the decoded line are the key id; base64 packs three bytes in four characters.
    let blob_at = text + 1 + 4 + Note::of(&base()).origin.len() + 1;
    for bit in [1, 0x20] {
        let dir = tempfile::tempdir().unwrap();
        let scene = Scene {
            dir: dir.path().to_owned(),
        };
        scene.whole(&base());
        for at in 0..note.len() {
            let mut changed = note.clone();
            changed[at] ^= bit;
            scene.put("case/checkpoint", &changed);
            let ran = run(&scene, &["verify", "case", "--json"]).unwrap();
            let found = codes(&ran.json());
            assert_eq!(ran.code, Some(1), "byte {at}: {found:?}");
            let expected: &[&str] = match at {
                // 6 becomes 7.
                at if at == size_at && bit == 1 => &["behind-checkpoint"],
                // Still base64, or not; then the signature is not over this text.
                at if at > size_at + 1 && at < text - 2 => {
                    &["checkpoint-signature", "checkpoint-malformed"]
                }
                at if at >= blob_at => &["checkpoint-signature", "checkpoint-malformed"],
                // The origin is not this ledger's, or the form is broken.
                _ => &["checkpoint-malformed"],
            };
            assert!(
                found.len() == 1 && expected.contains(&found.first().unwrap().as_str()),
                "byte {at}, bit {bit:02x}: {found:?}"
            );
        }
    }
}
