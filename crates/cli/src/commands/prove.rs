//! `seaproof prove`: a file that shows one entry, or that one head extends another, to somebody without the ledger.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use seaproof_ledger::ids::{EntryIndex, TreeSize};
use seaproof_ledger::log::LogError;
use seaproof_ledger::proof::{Disclose, MakeError, ProofFile, Prover};
use seaproof_ledger::store::FolderStore;
use serde_json::json;

use crate::context::{self, Context, cannot};
use crate::error::{Error, Kind, Result};
use crate::names::EntryName;
use crate::output::{count, grouped};

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof prove 12 --out 12.tlog-proof\n          \
    seaproof prove calls-march --disclose facts --roster --out calls.tlog-proof\n          \
    seaproof prove --since 54 --out since-54.consistency\n\n\
    Whoever gets the file checks it with `seaproof check-proof FILE --ledger-key VKEY`; `seaproof checkpoint --vkey`\n\
    prints that key. Without --disclose the file shows that the entry is there, by whom and when, and not what it says."
)]
pub struct Args {
    /// Which entry
    #[arg(required_unless_present = "since", conflicts_with = "since")]
    entry: Option<EntryName>,
    /// Show that the checkpoint extends the head of this many entries
    #[arg(long, value_name = "SIZE")]
    since: Option<u64>,
    /// The new file [default: the proof is printed]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What the file is to show of the entry, separated by commas
    #[arg(
        long,
        value_enum,
        value_name = "PARTS",
        value_delimiter = ',',
        conflicts_with = "since"
    )]
    disclose: Vec<PartName>,
    /// Put the newest roster above the entry into the file, so that it shows that the author was allowed to sign
    #[arg(long, conflicts_with = "since")]
    roster: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PartName {
    /// What it says
    Facts,
    /// How that was obtained, and from whom
    Source,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    if let Some(file) = args.out.as_deref().filter(|f| f.symlink_metadata().is_ok()) {
        return Err(Error::usage(format!("{} is there already", file.display()))
            .remedy("Nothing was written. Name a new file."));
    }
    let store = ctx.store()?;
    let prover = Prover::open(&store).map_err(refused)?;
    let proof = match (&args.entry, args.since) {
        (Some(entry), _) => {
            let index = find(&store, &prover, entry)?;
            let show = Disclose {
                facts: args.disclose.contains(&PartName::Facts),
                source: args.disclose.contains(&PartName::Source),
            };
            ProofFile::Entry(prover.entry(index, show, args.roster).map_err(refused)?)
        }
        (None, since) => {
            let old = TreeSize(since.unwrap_or_default());
            ProofFile::Consistency(prover.consistency(old).map_err(refused)?)
        }
    };
    let text = proof.to_string();
    let Some(file) = &args.out else {
        if ctx.json {
            return ctx.out.json(&json!({ "proof": text }));
        }
        return ctx.out.text(&text);
    };
    write_new(file, text.as_bytes())?;
    report(ctx, &args, file, &proof, text.len())
}

fn report(
    ctx: &mut Context,
    args: &Args,
    file: &Path,
    proof: &ProofFile,
    bytes: usize,
) -> Result<()> {
    let head = proof.checkpoint().head();
    let under = count(head.size.0, "entry", "entries");
    let (mut value, shows) = match proof {
        ProofFile::Entry(proof) => (
            json!({
                "index": proof.index.0, "hashes": proof.hashes.len(),
                "disclosed": args.disclose.iter().filter_map(ValueEnum::to_possible_value)
                    .map(|part| part.get_name().to_owned()).collect::<Vec<_>>(),
                "roster": proof.extra.roster.as_ref().map(|roster| roster.index.0),
            }),
            format!("{} is in the ledger of {under}", proof.index),
        ),
        ProofFile::Consistency(proof) => (
            json!({
                "old": proof.old.size.0, "old_root": proof.old.root.to_string(), "hashes": proof.hashes.len(),
            }),
            format!("the head of {under} extends that of {}", proof.old.size),
        ),
    };
    value["file"] = file.display().to_string().into();
    value["bytes"] = bytes.into();
    value["ledger"] = proof.ledger().to_string().into();
    value["size"] = head.size.0.into();
    value["root"] = head.root.to_string().into();
    if ctx.json {
        return ctx.out.json(&value);
    }
    ctx.out.line(format_args!(
        "Wrote {}  {} bytes: {shows}",
        file.display(),
        grouped(bytes as u64)
    ))
}

/// The entry that is meant. A label is looked up in the cache, and in the log if it is not there.
fn find(store: &FolderStore, prover: &Prover<'_>, name: &EntryName) -> Result<EntryIndex> {
    match name {
        EntryName::Index(index) => Ok(*index),
        EntryName::Word(word) => match prover.labelled(word) {
            Some(index) => Ok(index),
            None => name.find(&context::reader(store, None)?),
        },
    }
}

fn refused(error: MakeError) -> Error {
    let message = error.to_string();
    let ledger = |message| {
        Error::new(Kind::Ledger, message)
            .remedy("`seaproof verify` says more; nothing was written.")
    };
    match error {
        MakeError::Log(LogError::NotALedger) => Error::usage(message),
        MakeError::Log(_) | MakeError::Checkpoint(_) => ledger(message),
        MakeError::OtherHistory { .. } | MakeError::Entry { .. } => ledger(message),
        MakeError::NotCovered { .. } | MakeError::Older { .. } => Error::input(message).remedy(
            "Entries beyond the checkpoint are covered by `seaproof checkpoint --sign`, which a custodian does.",
        ),
        MakeError::Absent { .. } => {
            Error::input(message).remedy("It was redacted or withheld: prove the entry without it.")
        }
        MakeError::NoRoster { .. } => Error::input(message)
            .remedy("A custodian records one with `seaproof author roster`; then prove the entry again."),
        MakeError::TooLong { .. } => Error::input(message)
            .remedy("Disclose less, or leave the roster out; what is long is handed over as a package."),
    }
}

/// Writes a file that is not there yet; nothing is left of it if that fails.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| cannot("write", path, &error))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| {
            let _ = fs::remove_file(path);
            cannot("write", path, &error)
        })
}
