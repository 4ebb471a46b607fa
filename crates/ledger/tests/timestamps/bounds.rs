//! Limits of what is read, words of others, accuracy that is not stated, and the order in which a token is judged.

use sha2::{Digest, Sha256};

use super::stamping::*;
use super::{check, refused, roots};
use seaproof_ledger::anchors::{AnchorKind, AnchorName};
use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::ids::{LedgerId, TreeHash, TreeSize};
use seaproof_ledger::statement::Head;
use seaproof_ledger::timestamp::{KeptToken, Roots, Token, Worth};

const MESSAGE: &[u8] = b"seaproof/00\n1\nAAAA\n";
const NOON: &str = "20240326120000Z";
const NOON_MS: i64 = 1_711_454_400_000;

/// A timestamp with these parts behind its time.
fn info(time: &str, more: &[u8]) -> Vec<u8> {
    let digest = tlv(0x04, &[&Sha256::digest(MESSAGE)]);
    sequence(&[
        &[2, 1, 1],
        &oid("1.2.3.4.1"),
        &sequence(&[&algorithm(SHA256), &digest]),
        &[2, 1, 9],
        &tlv(0x18, &[time.as_bytes()]),
        more,
    ])
}

#[test]
fn a_time_of_no_stated_accuracy_may_have_been_cut_at_its_last_digit() {
    let service = Service::new();
    let accurate = sequence(&[&[0x80, 1, 2]]);
    for (time, more, earliest, latest) in [
        (NOON, &[][..], 0, 1_000),
        ("20240326120000.5Z", &[], 500, 600),
        ("20240326120000.0019Z", &[], 1, 2),
        (NOON, &accurate, -2, 2),
    ] {
        let token = service.signed(&info(time, more));
        check(&token, MESSAGE, &roots(service.roots())).unwrap();
        let stamp = Token::read(&token).unwrap().stamp().clone();
        assert_eq!(
            (stamp.earliest().0, stamp.latest().0),
            (NOON_MS + earliest, NOON_MS + latest),
            "{time}"
        );
    }
}

#[test]
fn what_a_token_is_over_is_judged_before_its_signature() {
    let service = Service::new();
    let roots = roots(service.roots());
    let ledger = LedgerId([7; 32]);
    let root = TreeHash([5; 32]);
    let head = Head {
        size: TreeSize(4),
        root,
    };
    let over = Checkpoint::of_ledger(&ledger, head).to_string();
    for (message, good, met, worth) in [
        (over.as_bytes(), true, true, "trusted"),
        (over.as_bytes(), false, true, "invalid"),
        (over.as_bytes(), false, false, "beyond"),
        (MESSAGE, true, true, "other"),
        (MESSAGE, false, true, "other"),
        (MESSAGE, false, false, "beyond"),
        (b"", false, true, "other"),
    ] {
        let mut bytes = service.stamp(message, NOON);
        if !good {
            *bytes.last_mut().unwrap() ^= 1;
        }
        let name = AnchorName::of(head.size, AnchorKind::Token, &bytes);
        let mut kept = KeptToken::read(name, &bytes, &roots);
        if met {
            kept.meet(&ledger, root);
        }
        assert_eq!(kept.worth().name(), worth);
        assert_eq!(kept.dated().is_some(), worth == "trusted");
        assert_eq!(kept.claims().is_some(), worth == "trusted");
    }
    let name = AnchorName::of(head.size, AnchorKind::Token, b"");
    let none = KeptToken::read(name, b"", &roots);
    assert!(matches!(none.worth(), Worth::Malformed(_)));
}

#[test]
fn of_an_authoritys_key_identifier_only_the_key_is_read() {
    let service = Service::new();
    // A serial number of 30 bytes, and a name of a kind that nobody uses.
    let authority = sequence(&[
        &tlv(0xa1, &[&tlv(0xa3, &[&[5, 0]])]),
        &tlv(0x82, &[&[1; 30]]),
    ]);
    let made = |value: &[u8]| {
        let extensions = [for_timestamps(), extension("2.5.29.35", false, value)].concat();
        let certificate = service.tsa.certified(&service.root, 2, DATES, &extensions);
        Service {
            certificate,
            ..Service::new()
        }
        .stamp(MESSAGE, NOON)
    };
    check(&made(&authority), MESSAGE, &roots(service.roots())).unwrap();
    // What cannot be read is told.
    refused(
        check(&made(&[5, 0]), MESSAGE, &roots(service.roots())),
        "untrusted",
        "one in the token cannot be read: an extension of a certificate",
    );
}

#[test]
fn parts_without_number_are_not_read() {
    let service = Service::new();
    let trusted = roots(service.roots());
    let content = tst_info(MESSAGE, NOON);
    for (more, good) in [(61, true), (62, false)] {
        let mut named = attributes(&content, &service.certificate);
        named.extend((0..more).map(|n| attribute(&format!("1.2.3.{n}"), &[5, 0])));
        let signer = signer_info(&service.tsa, &service.root.name, 2, &named);
        let token = token(&content, &[&service.certificate], &[&signer]);
        match good {
            true => drop(check(&token, MESSAGE, &trusted).unwrap()),
            false => refused(
                check(&token, MESSAGE, &trusted),
                "malformed",
                "more than 64",
            ),
        }
    }
    for (more, good) in [(63, true), (64, false)] {
        let mut extensions = for_timestamps();
        extensions.extend((0..more).flat_map(|n| extension(&format!("1.2.3.{n}"), false, &[5, 0])));
        let crowded = Service {
            certificate: service.tsa.certified(&service.root, 2, DATES, &extensions),
            ..Service::new()
        };
        let answer = crowded.stamp(MESSAGE, NOON);
        match good {
            true => drop(check(&answer, MESSAGE, &trusted).unwrap()),
            false => refused(
                check(&answer, MESSAGE, &trusted),
                "untrusted",
                "more than 64",
            ),
        }
    }
}

#[test]
fn wrong_signatures_are_tried_so_often_and_no_more() {
    let service = Service::new();
    let answer = service.stamp(MESSAGE, NOON);
    let namesakes: Vec<Vec<u8>> = (10..75)
        .map(|seed| {
            let root = Party::new("Trial Root", seed);
            root.certified(&root, 1, DATES, &for_authority())
        })
        .collect();
    let with = |count: usize| {
        let mut all: Vec<&[u8]> = namesakes[..count].iter().map(Vec::as_slice).collect();
        all.push(&service.root_certificate);
        Roots::from_pem(pem(&all).as_bytes()).unwrap()
    };
    check(&answer, MESSAGE, &with(64)).unwrap();
    refused(
        check(&answer, MESSAGE, &with(65)),
        "untrusted",
        "more than 64 signatures",
    );
}

#[test]
fn the_words_of_others_are_short_and_obeyed_by_nothing() {
    let hostile = format!("a\u{9b}31m\u{202e}b\u{2066}\u{7}{}", "x".repeat(5_000));
    let harmless = |told: &str| {
        let unfit = |c: char| c.is_control() || ('\u{2028}'..='\u{206f}').contains(&c);
        assert!(!told.contains(unfit), "{told:?}");
        assert!(told.chars().count() < 600, "{}", told.chars().count());
    };
    let service = Service::new();
    let tsa = Party::new(&hostile, 4);
    let named = Service {
        certificate: tsa.certified(&service.root, 2, DATES, &for_timestamps()),
        ..Service::new()
    };
    let trusted = roots(service.roots());
    let answer = named.stamp(MESSAGE, NOON);
    harmless(&check(&answer, MESSAGE, &trusted).unwrap().name);
    let strangers = roots(pem(&[&tsa.certified(&tsa, 1, DATES, &for_authority())]));
    let hostile_issuer = Service {
        certificate: service.tsa.certified(&tsa, 2, DATES, &for_timestamps()),
        ..Service::new()
    };
    let content = tst_info(MESSAGE, NOON);
    let named_so = attributes(&content, &hostile_issuer.certificate);
    let signer = signer_info(&service.tsa, &hostile, 2, &named_so);
    let below = token(&content, &[&hostile_issuer.certificate], &[&signer]);
    harmless(&check(&below, MESSAGE, &strangers).unwrap().root);
    harmless(&check(&below, MESSAGE, &trusted).unwrap_err().to_string());
    for general in [
        tlv(0xa4, &[&name(&hostile)]),
        tlv(0x86, &[hostile.as_bytes()]),
    ] {
        let content = info(NOON, &tlv(0xa0, &[&general]));
        let token = Token::read(&service.signed(&content)).unwrap();
        harmless(token.stamp().authority.as_deref().unwrap());
    }
    // The name of a signer whom nobody knows.
    let signer = signer_info(&tsa, &hostile, 2, &named_so);
    let token = token(&content, &[], &[&signer]);
    harmless(&check(&token, MESSAGE, &trusted).unwrap_err().to_string());
}
