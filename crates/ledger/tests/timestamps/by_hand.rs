//! Tokens that are wrong in one way each.

use sha2::{Digest, Sha256};

use super::stamping::*;
use super::{check, refused, roots};
use seaproof_ledger::timestamp::{Roots, RootsError, TOKEN_MAX, Token};

const MESSAGE: &[u8] = b"seaproof/00\n1\nAAAA\n";
const NOON: &str = "20240326120000Z";

fn service() -> (Service, Roots) {
    let service = Service::new();
    let roots = roots(service.roots());
    (service, roots)
}

#[test]
fn a_token_made_by_hand_is_good() {
    let (service, roots) = service();
    let answer = service.stamp(MESSAGE, NOON);
    let authority = check(&answer, MESSAGE, &roots).unwrap();
    assert_eq!(authority.name, "CN=Trial Clock");
    assert_eq!(
        authority.certificate,
        <[u8; 32]>::from(Sha256::digest(&service.certificate))
    );
    let stamp = Token::read(&answer).unwrap().stamp().clone();
    assert_eq!(
        (stamp.gen_time.0, stamp.latest().0),
        (1_711_454_400_000, 1_711_454_401_500)
    );
    assert_eq!(
        (stamp.serial.as_str(), stamp.nonce.as_deref()),
        ("09", Some("07"))
    );
}

/// The vector of FORMAT.md §23: it never changes.
#[test]
fn the_worked_example_is_what_the_format_shows() {
    let text = "seaproof/c92ce59ecfd1418a04d784c9bc454c61960b62cd8948b2b6fae5e4736d4d103a\n4\n\
                qCJ8aKkbh10u/7VmtBcVd726ic5z1AfajoPnEbFCbYE=\n";
    let service = Service::new();
    let answer = service.stamp(text.as_bytes(), NOON);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/FORMAT.md");
    let shown = std::fs::read_to_string(path).unwrap();
    let hex = seaproof_ledger::ids::to_hex;
    let name = hex(&Sha256::digest(&answer));
    let mut token = format!("`anchors/4-{name}.tsr`:\n\n```\n");
    for (i, line) in answer.chunks(32).enumerate() {
        token.push_str(&format!("{:05x}  {}\n", i * 32, hex(line)));
    }
    let root = format!("```\n{}```\n", service.roots());
    for expected in [token + "```\n", root] {
        assert!(shown.contains(&expected), "FORMAT.md lacks:\n{expected}");
    }
    check(&answer, text.as_bytes(), &roots(service.roots())).unwrap();
}

#[test]
fn what_is_signed_must_fit() {
    let (service, roots) = service();
    let content = tst_info(MESSAGE, NOON);
    let named = attributes(&content, &service.certificate);
    let sign = |attributes: &[Vec<u8>]| {
        let signer = signer_info(&service.tsa, &service.root.name, 2, attributes);
        token(&content, &[&service.certificate], &[&signer])
    };
    check(&sign(&named), MESSAGE, &roots).unwrap();
    // One attribute left out, each in turn; or one twice.
    for (at, says) in [(0, "timestamp"), (1, "digest"), (2, "certificate")] {
        let mut fewer = named.clone();
        fewer.remove(at);
        refused(check(&sign(&fewer), MESSAGE, &roots), "malformed", says);
        let mut more = named.clone();
        more.push(named[at].clone());
        refused(check(&sign(&more), MESSAGE, &roots), "malformed", "twice");
    }
    let other = tst_info(MESSAGE, "20240326120001Z");
    let elsewhere = attributes(&other, &service.certificate);
    refused(
        check(&sign(&elsewhere), MESSAGE, &roots),
        "invalid",
        "not what was signed",
    );
    let strange = attributes(&content, &service.root_certificate);
    refused(
        check(&sign(&strange), MESSAGE, &roots),
        "untrusted",
        "name as its signer's is not here",
    );
    // Signed by somebody else in the service's name.
    let thief = Party::new("Trial Clock", 9);
    let signer = signer_info(&thief, &service.root.name, 2, &named);
    let forged = token(&content, &[&service.certificate], &[&signer]);
    refused(
        check(&forged, MESSAGE, &roots),
        "invalid",
        "signature is wrong",
    );
    // With the thief's own certificate of the same issuer and number: the signed attributes name the other one.
    let own = thief.certified(&thief, 2, DATES, &for_timestamps());
    let forged = token(&content, &[&own, &service.certificate], &[&signer]);
    refused(
        check(&forged, MESSAGE, &roots),
        "invalid",
        "signature is wrong",
    );
}

#[test]
fn the_signer_is_found_by_its_number_wherever_it_stands() {
    let (service, roots) = service();
    let content = tst_info(MESSAGE, NOON);
    let signer = signer_info(
        &service.tsa,
        &service.root.name,
        2,
        &attributes(&content, &service.certificate),
    );
    let good = check(
        &token(&content, &[&service.certificate], &[&signer]),
        MESSAGE,
        &roots,
    )
    .unwrap();
    let thief = Party::new("Trial Clock", 9);
    let root = Party::new("Trial Root", 9);
    let own = thief.certified(&root, 2, DATES, &for_timestamps());
    let false_root = root.certified(&root, 1, DATES, &for_authority());
    let garbage = tlv(0x30, &[b"no certificate at all"]);
    let others: [&[u8]; 4] = [&own, &false_root, &garbage, &service.root_certificate];
    for before in 0..=others.len() {
        let mut all: Vec<&[u8]> = others.to_vec();
        all.insert(before, &service.certificate);
        assert_eq!(
            check(&token(&content, &all, &[&signer]), MESSAGE, &roots).unwrap(),
            good
        );
    }
    let many = vec![&own[..]; 33];
    refused(
        check(&token(&content, &many, &[&signer]), MESSAGE, &roots),
        "malformed",
        "33 certificates",
    );
}

#[test]
fn forms_that_are_not_strict_are_refused() {
    let (service, roots) = service();
    let good = service.stamp(MESSAGE, NOON);
    let bad = |bytes: &[u8], says: &str| refused(check(bytes, MESSAGE, &roots), "malformed", says);
    bad(&[], "");
    bad(&[&good[..], &[0]].concat(), "");
    bad(&vec![0x30; TOKEN_MAX + 1], "65537 bytes");
    // A length written in more bytes than it needs; one without end; one beyond the file; one beyond memory.
    bad(&[&[0x30, 0x83, 0], &good[2..]].concat(), "");
    bad(&[&[0x30, 0x80], &good[4..], &[0, 0]].concat(), "indefinite");
    bad(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30], "");
    bad(
        &[
            0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x30,
        ],
        "",
    );
    let content = tst_info(MESSAGE, NOON);
    let attributes = attributes(&content, &service.certificate);
    let signer = signer_info(&service.tsa, &service.root.name, 2, &attributes);
    bad(&token(&content, &[&service.certificate], &[]), "0 signers");
    bad(
        &token(&content, &[&service.certificate], &[&signer, &signer]),
        "2 signers",
    );
    // Things that are wrong inside what is signed.
    for (what, says) in [
        (tst_info(MESSAGE, "20240326120000"), "time"),
        (tst_info(MESSAGE, "20240326120000.50Z"), "time"),
        (tst_info(MESSAGE, "20240230120000Z"), "time"),
        ([&content[..], &[0]].concat(), "timestamp"),
        (content[..content.len() - 3].to_vec(), "timestamp"),
    ] {
        bad(&service.signed(&what), says);
    }
    // Answers that grant nothing.
    let refusal = sequence(&[&sequence(&[
        &[2, 1, 2],
        &sequence(&[&tlv(0x0c, &["\u{1b}no".as_bytes()])]),
    ])]);
    refused(check(&refusal, MESSAGE, &roots), "refused", "no");
    bad(&sequence(&[&sequence(&[&[2, 1, 0]])]), "");
}

#[test]
fn an_imprint_that_is_too_short_or_of_another_kind_stamps_nothing() {
    let (service, roots) = service();
    let digest = Sha256::digest(MESSAGE);
    let short = sequence(&[&algorithm(SHA256), &tlv(0x04, &[&digest[..31]])]);
    refused(
        check(&service.signed(&tst_info_of(&short, NOON)), MESSAGE, &roots),
        "other",
        "something else",
    );
    let sha1 = sequence(&[&algorithm("1.3.14.3.2.26"), &tlv(0x04, &[&digest[..20]])]);
    refused(
        check(&service.signed(&tst_info_of(&sha1, NOON)), MESSAGE, &roots),
        "untrusted",
        "not checked here",
    );
}

#[test]
fn files_of_roots_say_what_is_wrong_with_them() {
    let service = Service::new();
    let pem = service.roots();
    let with = format!("# a comment\n{pem}and more\n{pem}");
    assert_eq!(Roots::from_pem(with.as_bytes()).unwrap().len(), 2);
    assert!(matches!(
        Roots::from_pem(b"nothing"),
        Err(RootsError::None(_))
    ));
    assert!(matches!(
        Roots::from_pem(&pem.as_bytes()[..pem.len() - 9]),
        Err(RootsError::Pem { number: 1, .. })
    ));
    let garbled = pem.replacen('M', "!", 1);
    assert!(matches!(
        Roots::from_pem(garbled.as_bytes()),
        Err(RootsError::Pem { number: 1, .. })
    ));
    let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let one = Roots::from_pem(format!("{empty}{pem}").as_bytes()).unwrap();
    assert_eq!((one.len(), one.unreadable()), (1, 1));
    assert!(matches!(
        Roots::from_pem(empty.as_bytes()),
        Err(RootsError::None(_))
    ));
    let big = vec![b'x'; seaproof_ledger::timestamp::ROOTS_BYTES_MAX + 1];
    assert!(matches!(
        Roots::from_pem(&big),
        Err(RootsError::TooLong { .. })
    ));
}
