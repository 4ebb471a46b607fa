//! What remains when a writer dies, what only looks like it, and gaps.

use seaproof_ledger::record::segment_path;

use crate::Case;
use crate::common::forge::{Forge, HEADER, Segments, pack, unpack};
use crate::ledgers::*;

/// What remains when a writer dies, and what only looks like it.
pub fn tails() -> Vec<Case> {
    let files = three_segments();
    let last = segment_path(2);
    let length = files[&last].len();
    let record = {
        let mut bytes = Vec::new();
        unpack(&files)[2].last().unwrap().encode_to(&mut bytes);
        bytes
    };
    let changed = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = files.clone();
        change(files.get_mut(&last).unwrap());
        Case::new(name, files)
    };
    let longer = |name: &str, tail: &[u8]| changed(name, &|bytes| bytes.extend_from_slice(tail));
    let rotten = |at: usize| {
        let mut record = record.clone();
        record[at] ^= 1;
        record
    };
    let foreign = {
        let mut other = Forge::begun_with(|m| m.statement.recorded_at.0 += 1);
        signs(&mut other, 1);
        let mut bytes = Vec::new();
        other.segments[0][1].encode_to(&mut bytes);
        bytes
    };
    let unfinished = {
        let mut bytes = Vec::new();
        let mut record = unpack(&files)[2].last().unwrap().clone();
        record.flags = 2;
        record.encode_to(&mut bytes);
        bytes
    };
    let middle = {
        let mut bytes = Vec::new();
        let mut record = unpack(&files)[2].last().unwrap().clone();
        record.flags = 0;
        record.encode_to(&mut bytes);
        bytes
    };
    let segments = |name: &str, change: &dyn Fn(&mut Segments)| {
        let mut segments = unpack(&files);
        change(&mut segments);
        Case::new(name, pack(&files, &segments))
    };
    let mut cases = vec![
        Case::new("three segments", files.clone()),
        longer("one byte more", b"S"),
        longer("zeros", &[0; 5_000]),
        longer("the beginning of a record", &record[..100]),
        longer("a rotten record", &rotten(400)),
        longer("two rotten records", &[rotten(400), rotten(300)].concat()),
        longer(
            "a rotten record before a good one",
            &[rotten(400), record.clone()].concat(),
        ),
        longer("a good record behind a byte", &[b"S", &record[..]].concat()),
        longer("an unfinished commit", &unfinished),
        longer(
            "an unfinished commit and its middle",
            &[&unfinished[..], &middle].concat(),
        ),
        longer(
            "an unfinished commit before a good one",
            &[&unfinished[..], &record].concat(),
        ),
        longer("the middle of a commit", &middle),
        longer("a foreign commit", &foreign),
        longer(
            "a foreign commit behind a byte",
            &[b"S", &foreign[..]].concat(),
        ),
        changed("a rotten last commit", &|bytes| {
            let at = bytes.len() - 5;
            bytes[at] ^= 1;
        }),
        changed("no record in the last segment", &|bytes| {
            bytes.truncate(HEADER)
        }),
        changed("half a header", &|bytes| bytes.truncate(30)),
        changed("an empty last segment", &|bytes| bytes.clear()),
        changed("zeros for a last segment", &|bytes| bytes.fill(0)),
        segments("a commit without its last record", &|s| {
            s[1].pop();
        }),
        segments("a commit without its first record", &|s| {
            s[1].remove(0);
        }),
        segments("a commit without its middle", &|s| {
            s[1].remove(1);
        }),
        segments("an empty middle segment", &|s| s[1].clear()),
        segments("an empty first segment", &|s| s.insert(0, Vec::new())),
        segments("a last commit without its last record", &|s| {
            s[2].truncate(2);
        }),
        segments("a torn commit in the middle of the last segment", &|s| {
            s[2].remove(2);
        }),
        segments("only genesis", &|s| {
            s.truncate(1);
            s[0].truncate(1);
        }),
        segments("a lost end", &|s| {
            s[2].truncate(3);
        }),
        segments("a lost last segment", &|s| {
            s.pop();
        }),
    ];
    for (name, tail) in [
        ("a commit under way", &record[..100]),
        (
            "a commit under way before a good one",
            &[&record[..100], &record].concat(),
        ),
    ] {
        cases.push(Case {
            locked: true,
            ..longer(name, tail)
        });
    }
    for at in [
        1,
        HEADER,
        HEADER + 1,
        HEADER + 13,
        HEADER + 500,
        length - 700,
        length - 1,
    ] {
        cases.push(changed(&format!("cut at {at}"), &|bytes| {
            bytes.truncate(at)
        }));
    }
    for number in 0..3 {
        let mut without = files.clone();
        without.remove(&segment_path(number));
        cases.push(Case::new(format!("no segment {number}"), without));
        for (what, at, value) in [
            ("version 2", 8, 2),
            ("version 0", 8, 0),
            ("another ledger", 10, 0xff),
            ("another number", 42, 7),
            ("another first entry", 50, 77),
            ("another magic", 0, b'x'),
        ] {
            let mut files = files.clone();
            let bytes = files.get_mut(&segment_path(number)).unwrap();
            bytes[at] = value;
            cases.push(Case::new(
                format!("{what} in header {number}, rotten"),
                files.clone(),
            ));
            let bytes = files.get_mut(&segment_path(number)).unwrap();
            let crc = crc32c::crc32c(&bytes[..58]).to_le_bytes();
            bytes[58..62].copy_from_slice(&crc);
            cases.push(Case::new(format!("{what} in header {number}"), files));
        }
    }
    let mut empty_first = files.clone();
    empty_first.retain(|path, _| !path.starts_with("log/"));
    for (name, bytes) in [
        ("no byte in the only segment", Vec::new()),
        (
            "a header alone",
            files["log/00000000.seg"][..HEADER].to_vec(),
        ),
        ("a torn genesis", files["log/00000000.seg"][..300].to_vec()),
        ("not a segment", b"something else entirely".repeat(20)),
    ] {
        let mut files = empty_first.clone();
        files.insert("log/00000000.seg".into(), bytes);
        cases.push(Case::new(name, files));
    }
    cases
}
