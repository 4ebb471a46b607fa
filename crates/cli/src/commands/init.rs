//! `seaproof init`: a new ledger, with its first custodians and its first checkpoint.

use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_ledger::ids::Role;
use seaproof_ledger::keys::{Signer, fingerprint};
use seaproof_ledger::opening::Source;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::{Genesis, OsSalts, WriteError, Writer};
use serde_json::json;

use super::author::admission;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::keyring::{self, KeyArgs};
use crate::output::clean;

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof init vostochny --title \"Vostochny, March 2024\" --name Field \\\n           --key ~/keys/field --custodian ~/keys/desk.pub\n\n\
    A second custodian key is worth having: a ledger that loses every custodian can admit nobody any more."
)]
pub struct Args {
    /// The new folder
    dir: PathBuf,
    /// The case's title
    #[arg(long)]
    title: String,
    /// The name of the holder of the key, as others will see it
    #[arg(long)]
    name: Option<String>,
    /// Admit this key as custodian at once: a .pub file, or the line in it. May be repeated
    #[arg(long, value_name = "PUB")]
    custodian: Vec<String>,
    /// Check everything and show what would be signed; make nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    key: KeyArgs,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let now = ctx.now();
    let mut fields = vec![("title", args.title.clone())];
    fields.extend(args.name.clone().map(|name| ("name", name)));
    let genesis = Genesis {
        source: Source::new(fields)?,
        recorded_at: now,
    };
    let others = args
        .custodian
        .iter()
        .map(|text| {
            let line = keyring::public_key(text)?;
            admission(line.key, Role::Custodian, Some(&line.comment), now)
        })
        .collect::<Result<Vec<_>>>()?;
    let store = FolderStore::new(&args.dir);
    if args.dir.is_file() {
        return Err(Error::usage(format!("{} is a file", args.dir.display()))
            .remedy("A ledger begins in a new or empty folder."));
    }
    if args.dry_run {
        return show(ctx, &args);
    }
    let signer = args.key.open()?;
    let memory = ctx.memory()?;
    let writer = Writer::init(
        &store,
        &memory,
        Box::new(OsSalts::default()),
        &signer,
        &genesis,
        &others,
    )
    .map_err(|error| match error {
        WriteError::NotEmpty => not_empty(&args.dir),
        WriteError::Io { .. } => {
            let error = Error::from(error);
            match error.message().contains(&args.dir.display().to_string()) {
                true => error,
                false => error.at(args.dir.display()),
            }
            .remedy(
                "A ledger begins in a new or empty folder that you can write to: name another one.",
            )
        }
        other => other.into(),
    })?;
    let ledger = writer.ledger();
    let custodians = writer.authority().custodians().count();
    writer.close();
    if ctx.json {
        return ctx.out.json(&json!({
            "ledger": ledger.to_string(), "folder": args.dir, "title": args.title,
            "custodian": fingerprint(&signer.public()), "entries": others.len() + 1,
        }));
    }
    ctx.out
        .line(format_args!("Begun      {}", clean(&args.title)))?;
    ctx.out
        .line(format_args!("Folder     {}", args.dir.display()))?;
    ctx.out.line(format_args!("Ledger     {ledger}"))?;
    ctx.out
        .line(format_args!("Custodian  {}", fingerprint(&signer.public())))?;
    if custodians < 2 {
        ctx.note(
            "this key is the only custodian. If it is lost nobody can be admitted or revoked any more: \
             `seaproof author admit KEY.pub --role custodian` adds a second one.",
        );
    }
    Ok(())
}

fn not_empty(dir: &Path) -> Error {
    Error::usage(format!("{} is there already and not empty", dir.display()))
        .remedy("A ledger begins in a new or empty folder: name another one.")
}

/// Prints what would be signed, one line for each entry.
fn show(ctx: &mut Context, args: &Args) -> Result<()> {
    if std::fs::read_dir(&args.dir).is_ok_and(|mut found| found.next().is_some()) {
        return Err(not_empty(&args.dir));
    }
    let key = args.key.public();
    let genesis = json!({
        "kind": "genesis", "key": key.map(|key| fingerprint(&key)), "role": Role::Custodian.name(),
        "title": args.title, "name": args.name,
    });
    ctx.out.json_text(&genesis)?;
    ctx.out.line("")?;
    for text in &args.custodian {
        let line = keyring::public_key(text)?;
        ctx.out.json_text(&json!({
            "kind": "author-admitted", "key": fingerprint(&line.key), "role": Role::Custodian.name(),
            "name": line.comment,
        }))?;
        ctx.out.line("")?;
    }
    Ok(())
}
