//! Statements, openings, facts, sources, records, notes, checkpoints, keys and memories mangled in every way: refused, or
//! written again as the bytes that they were read from.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../tests/fuzzing/mod.rs"]
mod fuzzing;
#[path = "../../../tests/stamping/mod.rs"]
mod stamping;

use seaproof_ledger::checkpoint::{Checkpoint, parse_file};
use seaproof_ledger::facts::Facts;
use seaproof_ledger::ids::{AuthorKey, Class, EntryId, LedgerId};
use seaproof_ledger::keys::{AdmissibleKey, SecretKey, Signer};
use seaproof_ledger::memory;
use seaproof_ledger::note::Note;
use seaproof_ledger::opening::{Openings, Source};
use seaproof_ledger::reader::Mark;
use seaproof_ledger::record::{RecordHeader, SegmentHeader};
use seaproof_ledger::statement::Statement;
use seaproof_ledger::timestamp::{Roots, TimestampError, Token};

const BYTES: &[&[u8]] = &[
    &[0],
    &[1],
    &[2],
    &[3],
    &[0xff; 8],
    &[0; 8],
    &[0x80, 0],
    &[1, 0, 0, 0, 0, 0, 0, 0],
];

fn facts(class: Class) -> Vec<u8> {
    let amendment = (class == Class::Amendment).then(|| seaproof_ledger::facts::Amendment {
        relation: seaproof_ledger::facts::Relation::Retracts,
        targets: vec![EntryId([7; 32])],
    });
    Facts {
        version: 1,
        kind: "trial".into(),
        kind_version: 1,
        label: Some("first".into()),
        exhibits: Vec::new(),
        refs: vec![EntryId([1; 32]), EntryId([2; 32])],
        amendment,
        event: b"names an exhibit".to_vec(),
    }
    .encode()
}

#[test]
fn mangled_facts_are_refused_or_canonical() {
    let seeds = [facts(Class::Evidence), facts(Class::Amendment)];
    fuzzing::rounds(8_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, BYTES, seed);
        let mut accepted = false;
        for class in [
            Class::Genesis,
            Class::Governance,
            Class::Evidence,
            Class::Amendment,
        ] {
            if let Ok(Some(facts)) = Facts::decode(&bytes, class) {
                assert_eq!(facts.encode(), bytes);
                accepted = true;
            }
        }
        accepted
    });
}

#[test]
fn mangled_sources_and_openings_are_refused_or_canonical() {
    let source = Source::new([("obtained-from", "a colleague"), ("note", "by hand")]).unwrap();
    let seeds = [source.encode(), Source::default().encode(), vec![3; 80]];
    fuzzing::rounds(8_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, BYTES, seed);
        if let Ok(openings) = Openings::decode(&bytes) {
            let mut again = Vec::new();
            openings.encode_to(&mut again);
            assert_eq!(again, bytes);
        }
        match Source::decode(&bytes) {
            Ok(Some(source)) => {
                assert_eq!(source.encode(), bytes);
                true
            }
            _ => false,
        }
    });
}

#[test]
fn mangled_statements_headers_and_marks_never_panic() {
    let statement = vec![0u8; 219];
    let mut good = statement.clone();
    good[0] = 1;
    good[2] = 2;
    let seeds = [statement, good, vec![0x53; 62], vec![1; 200]];
    fuzzing::rounds(8_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, BYTES, seed);
        let _ = Mark::from_bytes(&bytes);
        if let Some(header) = bytes.first_chunk::<13>() {
            let _ = RecordHeader::decode(header);
        }
        if let Some(header) = bytes.first_chunk::<62>()
            && let Ok(read) = SegmentHeader::decode(header)
        {
            assert_eq!(read.encode(), *header);
        }
        if let Some(key) = bytes.first_chunk::<32>() {
            let _ = AdmissibleKey::admit(AuthorKey(*key));
        }
        match Statement::decode(&bytes) {
            Ok(statement) => {
                assert_eq!(statement.encode()[..], bytes[..]);
                true
            }
            Err(_) => false,
        }
    });
}

const NOTE: &str = "seaproof/c92ce59ecfd1418a04d784c9bc454c61960b62cd8948b2b6fae5e4736d4d103a\n4\n\
    qCJ8aKkbh10u/7VmtBcVd726ic5z1AfajoPnEbFCbYE=\n\n\u{2014} seaproof/c92ce59ecfd1418a04d784c9bc454c61960b62cd8948b2b6fae5e4736d4d103a \
    pTnk6mCDamYdgHge1WGa5MYlkAEL6f3eGuSX0O4zQGkJZ+nAVDyhG1fpRlMipIiaZa/oOjd8WXFTopQ3eveIJIyzHA8=\n";

#[test]
fn mangled_notes_and_checkpoints_are_refused_or_stay_as_they_are() {
    let pieces = [
        "\n",
        "\n\n",
        "\u{2014} ",
        " ",
        "=",
        "+",
        "0",
        "\0",
        "\u{a0}",
        "AAAA",
        "18446744073709551616",
    ];
    let ledger = LedgerId([0xc9; 32]);
    fuzzing::rounds(8_000, |seed| {
        let bytes = fuzzing::mangled(&[NOTE], &pieces, seed);
        let _ = parse_file(&bytes, &ledger);
        match Note::parse(&bytes) {
            Ok(note) => {
                assert_eq!(note.as_bytes(), bytes);
                if let Ok(checkpoint) = Checkpoint::parse(note.unverified_text()) {
                    // A text has one form only.
                    assert!(note.unverified_text().starts_with(checkpoint.origin()));
                }
                true
            }
            Err(_) => false,
        }
    });
}

#[test]
fn mangled_key_files_and_memories_are_refused_or_mean_what_they_meant() {
    let key = SecretKey::from_seed([7; 32]);
    let file = key.to_openssh("a comment", None).unwrap();
    let pieces = [
        "-----BEGIN OPENSSH PRIVATE KEY-----\n",
        "\n",
        "AAAA",
        "=",
        "\0",
    ];
    fuzzing::rounds(3_000, |seed| {
        let bytes = fuzzing::mangled(&[file.as_bytes()], &pieces, seed);
        let _ = memory::decode_file(LedgerId([1; 32]), key.public(), &bytes);
        match SecretKey::from_openssh(&bytes, None) {
            Ok(read) => {
                // What is public and what is secret must belong together.
                assert_eq!(read.public(), key.public());
                true
            }
            Err(_) => false,
        }
    });
}

#[test]
fn mangled_tokens_say_what_they_said_or_are_refused() {
    let service = stamping::Service::new();
    let message = b"seaproof/00\n1\nAAAA\n";
    let good = service.stamp(message, "20240326120000Z");
    let stamp = Token::read(&good).unwrap().stamp().clone();
    let roots = Roots::from_pem(service.roots().as_bytes()).unwrap();
    let seeds = [
        good.clone(),
        stamping::response(&service.signed(&stamping::tst_info(b"other", "20250101000000.5Z"))),
        service.certificate.clone(),
        service.root_certificate.clone(),
    ];
    let pieces: &[&[u8]] = &[
        &[0x30, 0x80],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
        &[0x30, 0x82, 0x01, 0x00],
        &[0x02, 1, 0],
        &[0x05, 0],
        &[0xa0, 0],
        &[0x1f, 0x81, 0x00],
        &[0x31, 0],
    ];
    fuzzing::rounds(8_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, pieces, seed);
        match Token::read(&bytes) {
            Ok(token) => {
                let over = token.is_over(message);
                if over.is_ok() && token.verify(&roots).is_ok() {
                    // What is not signed may have changed; what it says cannot.
                    assert_eq!(token.stamp(), &stamp);
                }
                let _ = token.verify(&Roots::none());
                true
            }
            Err(TimestampError::Malformed(_) | TimestampError::Refused(_)) => false,
            Err(other) => panic!("{other}"),
        }
    });
}

#[test]
fn mangled_trust_roots_never_panic() {
    let service = stamping::Service::new();
    let seeds = [
        service.root_certificate.clone(),
        service.certificate.clone(),
    ];
    let pieces: &[&[u8]] = &[
        &[0x30, 0x80],
        &[0x02, 1, 0],
        &[0x03, 1, 0],
        &[0x05, 0],
        &[0x17, 0],
    ];
    fuzzing::rounds(8_000, |seed| {
        let der = fuzzing::mangled(&seeds, pieces, seed);
        Roots::from_pem(stamping::pem(&[&der]).as_bytes()).is_ok()
    });
}
