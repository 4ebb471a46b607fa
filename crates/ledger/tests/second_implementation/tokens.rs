//! Timestamp tokens beside the log: good ones, and good ones with something changed.

use seaproof_ledger::anchors::{AnchorKind, AnchorName};
use seaproof_ledger::ids::TreeSize;

use crate::Case;
use crate::common::forge::Files;
use crate::ledgers::staffed;
use crate::stamping::{Service, attributes, signer_info, token, tst_info, tst_info_512};

const NOON: &str = "20240326120000Z";

/// A ledger with a checkpoint, and the checkpoint's text.
fn covered() -> (Files, Vec<u8>) {
    let files = staffed().finish();
    let note = String::from_utf8(files["checkpoint"].clone()).unwrap();
    let text: String = note.split_inclusive('\n').take(3).collect();
    (files, text.into_bytes())
}

pub fn tokens() -> Vec<Case> {
    let (files, text) = covered();
    let size = String::from_utf8_lossy(&text)
        .lines()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let kept = |name: String, size: u64, bytes: Vec<u8>| {
        let mut files = files.clone();
        let at = AnchorName::of(TreeSize(size), AnchorKind::Token, &bytes);
        files.insert(at.path(), bytes);
        Case::new(name, files)
    };
    let service = Service::new();
    let good = service.stamp(&text, NOON);
    let content = tst_info(&text, NOON);
    let bare = service.signed(&content);
    let signed = attributes(&content, &service.certificate);
    let signer = signer_info(&service.tsa, &service.root.name, 2, &signed);
    let mut cases = vec![
        kept("a timestamp".into(), size, good.clone()),
        kept("a bare timestamp".into(), size, bare),
        kept("a timestamp of no entries".into(), 0, good.clone()),
        kept(
            "a timestamp of fewer entries".into(),
            size - 1,
            good.clone(),
        ),
        kept("a timestamp of more entries".into(), size + 1, good.clone()),
        kept(
            "a timestamp that is none".into(),
            size,
            b"a letter".to_vec(),
        ),
        kept(
            "a timestamp by SHA-512".into(),
            size,
            service.signed(&tst_info_512(&text, NOON)),
        ),
        kept(
            "a timestamp without certificates".into(),
            size,
            token(&content, &[], &[&signer]),
        ),
        kept(
            "a timestamp with other certificates".into(),
            size,
            token(&content, &[&service.root_certificate], &[&signer]),
        ),
        kept(
            "a timestamp with two signers".into(),
            size,
            token(&content, &[&service.certificate], &[&signer, &signer]),
        ),
    ];
    for at in (0..good.len()).step_by(5) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        cases.push(kept(format!("byte {at} of a timestamp"), size, bytes));
    }
    cases
}
