//! The worked example of docs/FORMAT.md §19, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::*;
use seaproof_ledger::exhibit::take_in;
use seaproof_ledger::ids::{Role, to_hex};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::{SignerMemory, VolatileMemory, encode};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::MemoryStore;
use sha2::Digest;

fn example() -> (MemoryStore, String) {
    let (store, memory) = (MemoryStore::new(), VolatileMemory::new());
    let mut writer = begin(&store, &memory);
    let exhibit = take_in(&store, &mut &b"hello"[..], None, &mut |_| {}).unwrap();
    writer
        .append(&key(1), &[admitting(key(2).public(), Role::Investigator)])
        .unwrap();
    let mut draft = naming(exhibit);
    draft.facts.label = Some("first".into());
    let mut second = evidence("seen");
    second
        .facts
        .refs
        .push(seaproof_ledger::facts::Reference::Draft(0));
    writer.append(&key(2), &[draft, second]).unwrap();
    writer.checkpoint(&key(1)).unwrap();
    let ledger = writer.ledger();
    let known = memory.recall(ledger, key(2).public()).unwrap().unwrap();
    (store, encode(ledger, key(2).public(), &known))
}

#[test]
fn the_document_shows_these_bytes() {
    let (store, memory) = example();
    assert_sound(&store);
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/FORMAT.md"))
            .unwrap();
    let segment = store.get("log/00000000.seg").unwrap();
    let mut lines = String::new();
    for (i, line) in segment.chunks(32).enumerate() {
        lines.push_str(&format!("{:05x}  {}\n", i * 32, to_hex(line)));
    }
    let checkpoint = String::from_utf8(store.get("checkpoint").unwrap()).unwrap();
    let reader = Reader::open(&store, None).unwrap();
    let mut table = format!("| ledger id | `{}` |\n", reader.ledger().unwrap());
    let mut offsets = Vec::new();
    for read in reader.entries() {
        let entry = read.unwrap().entry;
        table.push_str(&format!(
            "| entry id of `{}` | `{}` |\n",
            entry.index, entry.id
        ));
        table.push_str(&format!("| its leaf hash | `{}` |\n", entry.leaf_hash));
        offsets.push(format!("{:x}", entry.position.offset));
    }
    table.push_str(&format!("| root of size 4 | `{}` |\n", reader.head().root));
    let offsets = offsets.join(", ");
    // Printed so that the document can be brought up to date with the format it describes.
    println!(
        "<<table>>\n{table}<<end>>\n<<segment>>\n{lines}<<end>>\n<<checkpoint>>\n{checkpoint}<<end>>\n\
         <<memory>>\n{memory}<<end>>\n<<offsets>>\n{offsets}<<end>>"
    );
    for (name, block) in [
        ("segment", format!("```\n{lines}```")),
        ("checkpoint", format!("```\n{checkpoint}```")),
        ("signer memory", format!("```\n{memory}```")),
        ("ids and hashes", table),
        ("offsets", offsets),
    ] {
        assert!(
            document.contains(&block),
            "docs/FORMAT.md §19 does not show the {name}:\n{block}"
        );
    }
}

#[test]
fn the_document_shows_what_a_redaction_leaves() {
    let (store, memory) = (example().0, VolatileMemory::new());
    let reader = Reader::open(&store, None).unwrap();
    let id = reader.entries().nth(2).unwrap().unwrap().entry.id;
    drop(reader);
    let mut writer = reopen(&store, &memory, &key(2), 7);
    writer
        .append(&key(2), &[erasing(true, true, &[id])])
        .unwrap();
    drop(writer);
    let report = assert_sound(&store);
    assert_eq!((report.entries.0, report.redacted), (5, 2));
    assert!(
        store
            .paths()
            .iter()
            .all(|path| !path.starts_with("exhibits/"))
    );
    let segment = store.get("log/00000000.seg").unwrap();
    // The record of #2 stands where it stood; what is left of it is a leaf and a zero.
    let record = &segment[0x405..0x405 + 13 + 284];
    let digest: [u8; 32] = sha2::Sha256::digest(&segment).into();
    let shown = format!(
        "record of `#2`: `{} … {}`",
        to_hex(&record[..16]),
        to_hex(&record[13 + 280..])
    );
    let digest = format!("SHA-256 of the segment: `{}`", to_hex(&digest));
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/FORMAT.md"))
            .unwrap();
    for line in [&shown, &digest] {
        assert!(document.contains(line.as_str()), "{line}");
    }
    let root = format!("root of size 5: `{}`", report.root);
    assert!(document.contains(&root), "{root}");
}
