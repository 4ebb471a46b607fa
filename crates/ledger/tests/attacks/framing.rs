//! Segments and records that are not what they should be.

use seaproof_ledger::ids::LedgerId;
use seaproof_ledger::record::{SEGMENT_HEADER_LEN, SegmentHeader, segment_path};
use seaproof_ledger::verify::{Answer, Code, Verdict};

use super::common::forge::{Files, HEADER, RECORD_HEADER, Segments, pack, unpack};
use super::common::*;
use super::{Case, staffed};

/// Three segments: four entries of one commit, two commits of one, one commit of two.
fn three() -> Files {
    let mut forge = staffed();
    forge.join();
    forge.roll();
    forge.add(&key(2), evidence("one"));
    forge.add(&key(1), evidence("two"));
    forge.roll();
    forge.add(&key(2), evidence("three"));
    forge.add(&key(4), evidence("four"));
    forge.join();
    forge.finish()
}

fn changed(files: &Files, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> Files {
    let mut files = files.clone();
    if let Some(bytes) = files.get_mut(path) {
        change(bytes);
    }
    files
}

fn repacked(files: &Files, change: impl FnOnce(&mut Segments)) -> Files {
    let mut segments = unpack(files);
    change(&mut segments);
    pack(files, &segments)
}

/// Another header in front of a segment's records.
fn headed(files: &Files, number: u64, change: impl FnOnce(&mut SegmentHeader)) -> Files {
    changed(files, &segment_path(number), |bytes| {
        let header = bytes.first_chunk::<SEGMENT_HEADER_LEN>().unwrap();
        let mut header = SegmentHeader::decode(header).unwrap();
        change(&mut header);
        bytes[..HEADER].copy_from_slice(&header.encode());
    })
}

fn versioned(files: &Files, number: u64, version: u16) -> Files {
    changed(files, &segment_path(number), |bytes| {
        bytes[8..10].copy_from_slice(&version.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..58]);
        bytes[58..62].copy_from_slice(&crc.to_le_bytes());
    })
}

pub fn cases() -> Vec<Case> {
    let files = three();
    let [first, second, third] = [0, 1, 2].map(segment_path);
    let mut cases = vec![Case::new(
        "a sound log of three segments",
        files.clone(),
        &[],
    )];
    let mut case = |name: &str, files: Files, codes: &[Code]| {
        let case = Case::new(name, files, codes).broken_off();
        cases.push(case.but(Verdict::Complete, Answer::Fail));
    };

    let header = [Code::SegmentHeader];
    case(
        "another number",
        headed(&files, 1, |h| h.number = 2),
        &header,
    );
    case(
        "another first entry",
        headed(&files, 1, |h| h.first += 1),
        &header,
    );
    let other = LedgerId([7; 32]);
    case(
        "another ledger in a header",
        headed(&files, 2, |h| h.ledger = other),
        &header,
    );
    case(
        "a header's CRC",
        changed(&files, &second, |b| b[58] ^= 1),
        &header,
    );
    case(
        "a header's magic",
        changed(&files, &second, |b| b[0] ^= 1),
        &header,
    );
    case("version 0", versioned(&files, 1, 0), &header);
    case(
        "a segment without entries",
        repacked(&files, |s| s.insert(1, Vec::new())),
        &header,
    );
    case(
        "a short segment",
        changed(&files, &second, |b| b.truncate(61)),
        &header,
    );

    let damaged = [Code::RecordDamaged];
    case(
        "a record's magic",
        changed(&files, &second, |b| b[HEADER] ^= 1),
        &damaged,
    );
    case(
        "unknown flags",
        changed(&files, &second, |b| b[HEADER + 4] |= 4),
        &damaged,
    );
    let length = |value: u32| {
        changed(&files, &second, |bytes| {
            bytes[HEADER + 5..HEADER + 9].copy_from_slice(&value.to_le_bytes());
        })
    };
    for value in [0, 283, 1_114_469, u32::MAX] {
        case(
            &format!("a record of {value} bytes"),
            length(value),
            &damaged,
        );
    }
    case("a longer record than there is", length(1_114_468), &damaged);
    let broken = [Code::CommitBroken];
    case(
        "a commit that begins twice",
        repacked(&files, |s| s[0][1].flags = 2),
        &broken,
    );
    case(
        "a commit that never began",
        repacked(&files, |s| s[1][0].flags = 1),
        &broken,
    );
    case(
        "a commit over two segments",
        repacked(&files, |s| s[1][1].flags = 2),
        &broken,
    );

    let whole = |files: Files, code: Code| Case::new(code.name(), files, &[code]);
    let crc = changed(&files, &second, |bytes| {
        bytes[HEADER + RECORD_HEADER - 1] ^= 1
    });
    cases.push(Case::new(
        "a record's CRC alone",
        crc,
        &[Code::RecordDamaged],
    ));
    let gap = changed(&files, "", |_| {});
    let without = |path: &str| {
        let mut files = gap.clone();
        files.remove(path);
        files
    };
    for (name, path) in [("no first segment", &first), ("no second segment", &second)] {
        let case = Case::new(name, without(path), &[Code::SegmentMissing]).unchecked();
        cases.push(case);
    }
    let case = whole(without(&third), Code::BehindCheckpoint);
    cases.push(case);
    cases.push(whole(Files::new(), Code::NotALedger).unchecked());
    for number in 0..3 {
        for version in [2, 0xffff] {
            let name = format!("version {version} of segment {number}");
            let files = versioned(&files, number, version);
            let case = Case::new(name, files, &[Code::NewerVersion]);
            cases.push(match number {
                // Read up to there.
                1 => case
                    .broken_off()
                    .but(Verdict::Intact, Answer::NotChecked)
                    .but(Verdict::Complete, Answer::NotChecked),
                _ => case.unchecked(),
            });
        }
    }
    let torn = changed(&files, &third, |bytes| bytes.extend_from_slice(b"SPR1"));
    cases.push(whole(torn, Code::TornTail));
    // What is left is no commit: it might be a torn write, and the checkpoint knows better.
    let headless = repacked(&files, |s| s[2][0].flags = 3);
    let codes = [Code::TornTail, Code::BehindCheckpoint];
    cases.push(Case::new("a last commit in two halves", headless, &codes));
    let behind = changed(&files, &third, |bytes| {
        let records = bytes[HEADER..].to_vec();
        bytes.push(0);
        bytes.extend(records);
    });
    let name = "a whole commit behind a byte too many";
    cases.push(Case::new(name, behind, &[Code::RecordDamaged]).broken_off());
    cases
}

#[test]
fn segments_and_records() {
    cases().iter().for_each(|case| drop(case.hold()));
}
