//! The files: one spelling, bounded, and a vector that never changes.

use super::*;
use seaproof_ledger::ids::TreeSize;
use seaproof_ledger::proof::{EXTRA_MAX, Extra, HASHES_MAX, PROOF_MAX, ProofFileError};

/// The proof of `#3` of FORMAT.md's worked example (§19) without openings, above its checkpoint. It never changes.
const ENTRY: &str = "c2sp.org/tlog-proof@v1
extra AQABAALJLOWez9FBigTXhMm8RUxhlgtizYlIsrb65eRzbU0QOoE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOUAQAAAAAAAADd90vt6egQuVQcYpDwXEbUlifTMz4WFO4OLltWsvSXTgIAAAAAAAAAMwNYxSs13Wau/SQPqwMvbEpHOKA56AdXhiUv9CXZHjgArqF6jgEAALFRJdfQ2oATirxVCJLRIoOmlYqi+uJRIeZftfRIhI8/m6kNs0Ir+StWUYQRxnHSoTAQa68ZKZg5lLMHERCGBjHJDAR5RdKfyyHNPce9zFipA3ndXrVKMv/lGatZMieyoMpBxcfSrdjND0/tptTKXZ8mGerntZk6qfPefxjizhYOAAA=
index 3
wGaLGBKYtsEK2CfLlT2ve/+55DU2Ojo2yWfheUm1Pn8=
MwNYxSs13Wau/SQPqwMvbEpHOKA56AdXhiUv9CXZHjg=
";
/// The proof that its head extends that of size 2. It never changes.
const CONSISTENCY: &str = "seaproof/consistency@v1
old 2 MwNYxSs13Wau/SQPqwMvbEpHOKA56AdXhiUv9CXZHjg=
0aPBIGQ8HvrRC5mGqGifHrPTjBB2RkZjcPTloZAkF0s=
";

fn example() -> MemoryStore {
    let page = include_str!("../../../../docs/FORMAT.md");
    let block = |name: &str| {
        let from = page.split_once(name).unwrap().1;
        let body = from.split_once("```\n").unwrap().1;
        body.split_once("```").unwrap().0.to_owned()
    };
    let hex: String = block("`log/00000000.seg`, with offsets:")
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(_, digits)| digits.to_owned())
        .collect();
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    let store = MemoryStore::new();
    store.put("log/00000000.seg", bytes);
    store.put("checkpoint", block("\n`checkpoint`:").into_bytes());
    store
}

#[test]
fn the_proofs_of_the_worked_example_never_change() {
    let store = example();
    let prover = Prover::open(&store).unwrap();
    let none = Disclose::default();
    let proof = ProofFile::Entry(prover.entry(EntryIndex(3), none, false).unwrap());
    let since = ProofFile::Consistency(prover.consistency(TreeSize(2)).unwrap());
    let checkpoint = String::from_utf8(store.get("checkpoint").unwrap()).unwrap();
    for (proof, vector) in [(proof, ENTRY), (since, CONSISTENCY)] {
        assert_eq!(proof.to_string(), format!("{vector}\n{checkpoint}"));
        assert!(include_str!("../../../../docs/FORMAT.md").contains(vector));
        assert_eq!(codes(&judge(&proof)), []);
    }
}

#[test]
fn what_is_written_is_read_and_nothing_else() {
    let store = ledger_of(9);
    let proof = ProofFile::Entry(prove(&store, 5));
    let text = proof.to_string();
    assert_eq!(ProofFile::parse(text.as_bytes()).unwrap(), proof);
    let prover = Prover::open(&store).unwrap();
    let since = ProofFile::Consistency(prover.consistency(TreeSize(5)).unwrap());
    let since_text = since.to_string();
    assert_eq!(ProofFile::parse(since_text.as_bytes()).unwrap(), since);

    let with = |from: &str, to: &str| text.replacen(from, to, 1);
    for (wrong, text) in [
        ("another first line", with("tlog-proof@v1", "tlog-proof@v2")),
        ("a carriage return", with("index 5\n", "index 5\r\n")),
        ("a leading zero", with("index 5", "index 05")),
        ("a sign", with("index 5", "index +5")),
        ("no index", with("index 5\n", "")),
        ("no extra", {
            let (head, rest) = text.split_once('\n').unwrap();
            format!("{head}\n{}", rest.split_once('\n').unwrap().1)
        }),
        ("extra and index swapped", {
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines.swap(1, 2);
            lines.join("\n")
        }),
        ("no blank line", with("\n\nseaproof/", "\nseaproof/")),
        (
            "nothing under it",
            text.split_once("\n\n").unwrap().0.into(),
        ),
        ("another origin", with("\n\nseaproof/", "\n\nseaproof/0")),
        (
            "a log of somebody else",
            with("\n\nseaproof/", "\n\nelsewhere/"),
        ),
        ("base64 with bits over", with("=\n", "\n")),
    ] {
        let parsed = ProofFile::parse(text.as_bytes());
        assert!(parsed.is_err(), "{wrong}: {parsed:?}");
    }
    for (wrong, text) in [
        ("a leading zero", since_text.replacen("old 5", "old 05", 1)),
        ("two spaces", since_text.replacen("old 5 ", "old 5  ", 1)),
        ("no old head", since_text.replacen("old 5 ", "", 1)),
    ] {
        assert!(ProofFile::parse(text.as_bytes()).is_err(), "{wrong}");
    }
    assert_eq!(
        ProofFile::parse(b"anything"),
        Err(ProofFileError::OtherKind)
    );
}

#[test]
fn what_is_too_large_is_not_read() {
    let store = ledger_of(4);
    let text = ProofFile::Entry(prove(&store, 2)).to_string();
    let hash = "VPExbsIXiefW30xFrWwMPhkwUPwJXU5OI2D8PpDlCMc=\n";
    let (head, checkpoint) = text.split_once("\n\n").unwrap();
    let many = |n| format!("{head}\n{}\n{checkpoint}", hash.repeat(n));
    let most = HASHES_MAX - 2;
    assert!(ProofFile::parse(many(most).as_bytes()).is_ok());
    let parsed = ProofFile::parse(many(most + 1).as_bytes());
    assert_eq!(parsed, Err(ProofFileError::TooManyHashes));
    let long = format!("{text}{}", " ".repeat(PROOF_MAX));
    assert!(matches!(
        ProofFile::parse(long.as_bytes()),
        Err(ProofFileError::TooLong { .. })
    ));
    assert!(Extra::decode(&vec![0; EXTRA_MAX + 1]).is_err());
}

#[test]
fn extra_has_one_encoding() {
    let store = ledger_of(6);
    append(&store, &key(1), &[roster(&store)]);
    let prover = Prover::open(&store).unwrap();
    let extra = prover.entry(EntryIndex(3), ALL, true).unwrap().extra;
    let bytes = extra.encode();
    assert_eq!(Extra::decode(&bytes).unwrap(), extra);
    for cut in 0..bytes.len() {
        assert!(Extra::decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let mut more = bytes.clone();
    more.push(0);
    assert!(Extra::decode(&more).is_err());
    let mut version = bytes.clone();
    version[0] = 2;
    assert!(Extra::decode(&version).is_err());
    let mut absent = bytes;
    // The openings' presence byte.
    absent[2 + 283] = 4;
    assert!(Extra::decode(&absent).is_err());
}

#[test]
fn no_bytes_make_it_panic() {
    let store = ledger_of(6);
    append(&store, &key(1), &[roster(&store)]);
    let prover = Prover::open(&store).unwrap();
    let proof = ProofFile::Entry(prover.entry(EntryIndex(3), ALL, true).unwrap());
    let bytes = proof.to_string().into_bytes();
    let mut seed = 0x5ea9_700f_u64;
    let mut next = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..4_000 {
        let mut mangled = bytes.clone();
        for _ in 0..1 + next() % 3 {
            let at = (next() % mangled.len() as u64) as usize;
            match next() % 4 {
                0 => mangled[at] = next() as u8,
                1 => mangled[at] ^= 1 << (next() % 8),
                2 => mangled.truncate(at + 1),
                _ => mangled.insert(at, next() as u8),
            }
        }
        if mangled == bytes {
            continue;
        }
        let Ok(proof) = ProofFile::parse(&mangled) else {
            continue;
        };
        // Nothing that was changed passes.
        let report = judge(&proof);
        assert_ne!(codes(&report), [], "{}", String::from_utf8_lossy(&mangled));
    }
}
