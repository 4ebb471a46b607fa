//! `seaproof demo`: the whole way once, on a real case, in a new folder.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_ledger::keys::{PublicKeyLine, SecretKey, Signer};
use seaproof_ledger::memory::FolderMemory;
use seaproof_ledger::opening::Source;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::{Genesis, OsSalts, Writer};
use serde_json::json;

use super::{record, replay, verify};
use crate::batch::Batch;
use crate::context::{Context, cannot};
use crate::error::{Error, Result};
use crate::keyring;
use crate::output::count;
use crate::recording::Session;
use crate::state::view_at;

/// The case, as an investigator typed it.
const CASE: &str = include_str!("../../../../examples/vostochny-2024/case.jsonl");
/// The investigator's own notes on the two reports.
const NOTES: [(&str, &str); 2] = [
    (
        "press-a.txt",
        include_str!("../../../../examples/vostochny-2024/notes/press-a.txt"),
    ),
    (
        "press-b.txt",
        include_str!("../../../../examples/vostochny-2024/notes/press-b.txt"),
    ),
];

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof demo trial\n\n\
    Records what two press reports of March 2024 say about oil from Vostochny, verifies the ledger and\n\
    replays it. Needs no network and asks nothing; the key that it makes has no passphrase.")]
pub struct Args {
    /// The new folder
    #[arg(default_value = "seaproof-demo")]
    dir: PathBuf,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<u8> {
    let dir = args.dir;
    if fs::symlink_metadata(&dir).is_ok() {
        return Err(Error::usage(format!("{} is there already", dir.display()))
            .remedy("Nothing was touched. Name another folder: seaproof demo DIR"));
    }
    let example = dir.join("example");
    let notes = example.join("notes");
    fs::create_dir_all(&notes).map_err(|e| cannot("make", &notes, &e))?;
    let write =
        |path: PathBuf, text: &str| fs::write(&path, text).map_err(|e| cannot("write", &path, &e));
    write(example.join("case.jsonl"), CASE)?;
    for (name, text) in NOTES {
        write(notes.join(name), text)?;
    }
    let signer = new_key(&dir.join("field"))?;
    let ledger = dir.join("ledger");
    let recorded = begin_and_record(ctx, &dir, &ledger, &example, signer)?;
    if !ctx.json {
        ctx.out.line(format_args!(
            "Key      {}  (made for this demo, without a passphrase)",
            dir.join("field").display()
        ))?;
        ctx.out.line(format_args!(
            "Case     {}  (what was typed)",
            example.join("case.jsonl").display()
        ))?;
        ctx.out.line(format_args!(
            "Ledger   {}  ({} recorded in one commit)",
            ledger.display(),
            count(recorded as u64, "entry", "entries")
        ))?;
        ctx.out.line("")?;
    }
    let store = FolderStore::new(&ledger);
    let checked = verify::check(ctx, &ledger, verify::Outside::default(), &[], false)?;
    let view = view_at(&store, None)?;
    if ctx.json {
        let verified = checked.json();
        ctx.out.json(&json!({"folder": dir, "ledger": ledger, "recorded": recorded, "verify": verified, "replay": view}))?;
        return Ok(checked.exit());
    }
    checked.print(&mut ctx.out, &store)?;
    ctx.out.line("")?;
    replay::print(&mut ctx.out, &view, "")?;
    ctx.out.line("")?;
    ctx.out.line("Go on:")?;
    let ledger = ledger.display();
    for command in ["log", "show calls-march", "findings", "quota"] {
        ctx.out
            .line(format_args!("  seaproof {command} --ledger {ledger}"))?;
    }
    Ok(checked.exit())
}

fn new_key(path: &Path) -> Result<SecretKey> {
    let failed = |error: seaproof_ledger::keys::NewKeyError| Error::key(error.to_string());
    let key = SecretKey::generate().map_err(failed)?;
    let comment = "Field".to_owned();
    let secret = key.to_openssh(&comment, None).map_err(failed)?;
    let public = PublicKeyLine {
        key: key.public(),
        comment,
    };
    keyring::write_new(path, &secret, &format!("{public}\n"))?;
    Ok(key)
}

/// Begins the ledger and records the case; returns how many entries that made.
fn begin_and_record(
    ctx: &Context,
    dir: &Path,
    ledger: &Path,
    example: &Path,
    signer: SecretKey,
) -> Result<usize> {
    let store = FolderStore::new(ledger);
    let memory = FolderMemory::new(dir.join("memory"));
    let genesis = Genesis {
        source: Source::new([("title", "Vostochny, March 2024"), ("name", "Field")])?,
        recorded_at: ctx.now(),
    };
    let writer = Writer::init(
        &store,
        &memory,
        Box::new(OsSalts::default()),
        &signer,
        &genesis,
        &[],
    )?;
    let mut session = Session::new(writer, Box::new(signer));
    let batch = Batch {
        lines: record::batch::lines(CASE),
        base: example,
        numbered: true,
        given: &[],
    };
    let recorded = batch.record(&mut session, ctx.now())?;
    session.end()?;
    Ok(recorded.len())
}
