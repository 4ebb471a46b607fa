//! Checkpoints: the published example, the ledger's own file byte by byte, and what is refused.

#![allow(clippy::unwrap_used)]

use ed25519_dalek::{Signer, SigningKey};
use seaproof_ledger::checkpoint::{
    CHECKPOINT_MAX, Checkpoint, CheckpointError, FileError, SignedCheckpoint, origin_of,
    parse_file, sign_file,
};
use seaproof_ledger::ids::{AuthorKey, LedgerId, TreeHash, TreeSize};
use seaproof_ledger::note::{KeyName, Note, NoteError, SignError, VerifierKey, sign_with};
use seaproof_ledger::statement::Head;

const LEDGER: LedgerId = LedgerId([0x5e; 32]);
const ROOT: TreeHash = TreeHash([0xa0; 32]);
const ORIGIN: &str = "seaproof/5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

fn custodian() -> (SigningKey, AuthorKey) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = AuthorKey(key.verifying_key().to_bytes());
    (key, public)
}

fn signed(size: u64) -> SignedCheckpoint {
    let (key, public) = custodian();
    let sign = |text: &[u8]| Ok::<_, ()>(key.sign(text).to_bytes());
    sign_file(&LEDGER, TreeSize(size), &ROOT, &public, sign).unwrap()
}

/// A note by the custodian over any text, in any name.
fn note_of(text: &str, name: &str) -> Vec<u8> {
    let (key, public) = custodian();
    let sign = |text: &[u8]| Ok::<_, ()>(key.sign(text).to_bytes());
    let name = KeyName::new(name).unwrap();
    let note = sign_with(text, &name, &public, sign).unwrap();
    note.as_bytes().to_vec()
}

// ---- The text ----

#[test]
fn the_published_example_is_read_and_written_back() {
    let file = "example.com/behind-the-sofa\n\
                20852163\n\
                CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\
                \n\
                — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let note = Note::parse(file.as_bytes()).unwrap();
    let checkpoint = Checkpoint::parse(note.unverified_text()).unwrap();
    assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.head().size, TreeSize(20_852_163));
    assert_eq!(
        checkpoint.head().root.to_string(),
        "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    );
    assert_eq!(checkpoint.extensions(), <[String; 0]>::default());
    assert_eq!(checkpoint.to_string(), note.unverified_text());
}

#[test]
fn other_peoples_extension_lines_and_origins_are_kept() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let text = format!("an origin + spaces\n0\n{root}\n one\ntwo\n");
    let checkpoint = Checkpoint::parse(&text).unwrap();
    assert_eq!(checkpoint.origin(), "an origin + spaces");
    assert_eq!(checkpoint.extensions(), [" one", "two"]);
    assert_eq!(checkpoint.to_string(), text);
}

#[test]
fn what_is_not_a_checkpoint_is_refused_with_the_reason() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let refused = |text: &str| Checkpoint::parse(text).unwrap_err();
    assert_eq!(refused(""), CheckpointError::Unterminated);
    assert_eq!(refused("a\n1\nx"), CheckpointError::Unterminated);
    assert_eq!(refused("\n"), CheckpointError::EmptyLine { line: 1 });
    assert_eq!(
        refused("a\n1\n"),
        CheckpointError::LinesMissing { found: 2 }
    );
    for (text, line) in [
        (format!("\n1\n{root}\n"), 1),
        (format!("a\n\n{root}\n"), 2),
        (format!("a\n1\n{root}\n\n"), 4),
        (format!("a\n1\n{root}\nb\n\nc\n"), 5),
    ] {
        assert_eq!(refused(&text), CheckpointError::EmptyLine { line });
    }
    for size in [
        "00",
        "01",
        "+1",
        "-1",
        " 1",
        "1 ",
        "1.0",
        "0x1",
        "1e3",
        "١",
        "18446744073709551616",
    ] {
        let found = size.to_owned();
        let error = refused(&format!("a\n{size}\n{root}\n"));
        assert_eq!(error, CheckpointError::Size { found });
    }
    for found in [
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=",
        "CsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2Ii",
        " CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= ",
    ] {
        let found = found.to_owned();
        let error = refused(&format!("a\n1\n{found}\n"));
        assert_eq!(error, CheckpointError::Root { found });
    }
    let largest = format!("a\n18446744073709551615\n{root}\n");
    assert_eq!(
        Checkpoint::parse(&largest).unwrap().head().size,
        TreeSize(u64::MAX)
    );
}

// ---- The file ----

/// The expected signature was made with another program (OpenSSL).
#[test]
fn the_file_is_the_text_and_one_line_and_never_changes() {
    let file = format!(
        "{ORIGIN}\n\
         61\n\
         oKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKA=\n\
         \n\
         — {ORIGIN} Oydg4Ecnl2+xHsjtZdCfrMe06bZTeRqywUuwU/pIKNwPwz5gLHTkJASPv9+nSBWTX6mGpoDhPIms6TDWHzxwVGyNAgA=\n"
    );
    assert_eq!(origin_of(&LEDGER).as_str(), ORIGIN);
    assert_eq!(std::str::from_utf8(signed(61).as_bytes()).unwrap(), file);
}

#[test]
fn a_signed_file_is_read_back_and_verified_with_the_custodians_key_only() {
    let (_, public) = custodian();
    for size in [1, 61, u64::MAX] {
        let file = signed(size);
        let read = parse_file(file.as_bytes(), &LEDGER).unwrap();
        assert_eq!(read, file);
        let head = Head {
            size: TreeSize(size),
            root: ROOT,
        };
        assert_eq!(read.head(), head);
        assert!(read.verify(&public));
        let other = AuthorKey(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
        assert!(!read.verify(&other));
        assert!(!read.verify(&AuthorKey([0; 32])));
    }
}

#[test]
fn other_tools_can_check_the_file_as_a_note() {
    let (_, public) = custodian();
    let file = signed(61);
    let key = VerifierKey::new(origin_of(&LEDGER), public).unwrap();
    let note = Note::parse(file.as_bytes()).unwrap();
    assert_eq!(note.lines()[0].key_id(), file.key_id());
    assert_eq!(note.lines()[0].signature(), file.signature());
    let keys = [key.to_string().parse().unwrap()];
    let text = note.verify(&keys).unwrap().text();
    let ours = Checkpoint::of_ledger(&LEDGER, file.head());
    assert_eq!(Checkpoint::parse(text), Ok(ours));
}

#[test]
fn files_that_other_logs_may_have_are_not_a_ledgers_own() {
    let refused = |bytes: &[u8]| parse_file(bytes, &LEDGER).unwrap_err();
    let text = Checkpoint::of_ledger(&LEDGER, signed(61).head()).to_string();
    let expected = || origin_of(&LEDGER);

    let elsewhere = LedgerId([0x5f; 32]);
    assert_eq!(
        parse_file(signed(61).as_bytes(), &elsewhere),
        Err(FileError::WrongOrigin {
            expected: origin_of(&elsewhere),
            found: ORIGIN.into()
        })
    );
    assert_eq!(
        refused(&note_of(&format!("{text}extension\n"), ORIGIN)),
        FileError::Extensions { found: 1 }
    );
    assert_eq!(
        refused(&note_of(&text, "seaproof")),
        FileError::WrongName {
            expected: expected(),
            found: "seaproof".into()
        }
    );
    let one = String::from_utf8(note_of(&text, ORIGIN)).unwrap();
    let line = one.lines().last().unwrap();
    assert_eq!(
        refused(format!("{one}{line}\n").as_bytes()),
        FileError::Signatures { found: 2 }
    );
    assert_eq!(
        refused(format!("{text}\n— {ORIGIN} AAECAwQ=\n").as_bytes()),
        FileError::SignatureLength { found: 1 }
    );
    assert_eq!(
        refused(text.as_bytes()),
        FileError::Note(NoteError::NoSignatures)
    );
    assert_eq!(
        refused(&note_of("hello\n", ORIGIN)),
        FileError::Text(CheckpointError::LinesMissing { found: 1 })
    );
    assert_eq!(
        refused(&vec![b'\n'; CHECKPOINT_MAX + 1]),
        FileError::TooLong {
            found: CHECKPOINT_MAX + 1,
            most: CHECKPOINT_MAX
        }
    );
}

#[test]
fn no_changed_or_missing_byte_of_the_file_goes_unnoticed() {
    let (_, public) = custodian();
    let file = signed(61).as_bytes().to_vec();
    let passes = |bytes: &[u8]| parse_file(bytes, &LEDGER).is_ok_and(|file| file.verify(&public));
    assert!(passes(&file));
    for place in 0..file.len() {
        for byte in 0..=u8::MAX {
            let mut changed = file.clone();
            changed[place] = byte;
            assert_eq!(passes(&changed), changed == file, "byte {place} as {byte}");
        }
        let mut shorter = file.clone();
        shorter.remove(place);
        assert!(!passes(&shorter), "without byte {place}");
        assert!(!passes(&file[..place]), "cut at {place}");
        for byte in [0, b'\n', b' ', b'0', 0xff] {
            let mut longer = file.clone();
            longer.insert(place, byte);
            assert!(!passes(&longer), "{byte} put in at {place}");
        }
    }
}

#[test]
fn a_signer_that_refuses_or_errs_makes_no_file() {
    let (key, public) = custodian();
    let sign = |sign: fn(&SigningKey, &[u8]) -> Result<[u8; 64], &'static str>| {
        sign_file(&LEDGER, TreeSize(61), &ROOT, &public, |text| {
            sign(&key, text)
        })
    };
    assert_eq!(sign(|_, _| Err("no")), Err(SignError::Signer("no")));
    assert_eq!(
        sign(|key, _| Ok(key.sign(b"another text").to_bytes())),
        Err(SignError::WrongSignature)
    );
}
