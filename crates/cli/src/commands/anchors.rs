//! `seaproof anchors`: what others said of this ledger's heads, kept beside the log.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use seaproof_ledger::anchors::{self, ANCHOR_MAX, AnchorKind, AnchorName};
use seaproof_ledger::checkpoint::{CosignedCheckpoint, parse_cosigned};
use seaproof_ledger::ids::to_hex;
use seaproof_ledger::note::{COSIGNATURE_LEN, Note, PosixTime, SignatureLine};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use serde_json::{Value, json};

use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::output::{clean, count, rfc3339_seconds};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keep cosigned checkpoints of this ledger beside its log
    #[command(after_help = "Example: seaproof anchors add cosigned.txt\n\n\
        A cosigned checkpoint must be a head of this log that a custodian signed. It is no entry: `seaproof record anchored` makes one.\n\
        Timestamp tokens are added by `seaproof timestamp add`.")]
    Add {
        /// Checkpoints with the lines of cosigners
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List what is kept
    #[command(after_help = "Example: seaproof anchors list --json")]
    List,
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Add { files } => add(ctx, &files),
        Command::List => list(ctx),
    }
}

fn add(ctx: &mut Context, files: &[PathBuf]) -> Result<()> {
    let store = ctx.store()?;
    // All are looked at before one is kept.
    let notes = files
        .iter()
        .map(|file| read(&store, file))
        .collect::<Result<Vec<_>>>()?;
    let mut kept = Vec::new();
    for note in &notes {
        kept.push((keep(&store, note)?, note));
    }
    if ctx.json {
        let kept: Vec<Value> = kept
            .iter()
            .map(|(name, note)| {
                json!({
                    "file": name.path(), "size": name.size.0, "root": note.head().root.to_string(),
                })
            })
            .collect();
        return ctx.out.json(&json!({ "kept": kept }));
    }
    for (name, note) in kept {
        let lines = cosigners(note.note());
        ctx.out.line(format_args!(
            "Kept the head of {}, {}",
            count(name.size.0, "entry", "entries"),
            said_by(&lines)
        ))?;
        ctx.out.line(format_args!("  {}", name.path()))?;
    }
    Ok(())
}

fn read(store: &FolderStore, path: &Path) -> Result<CosignedCheckpoint> {
    let bytes = context::read_file(path, ANCHOR_MAX)?;
    // A DER sequence begins so, and no text that is a note does.
    if bytes.first() == Some(&0x30) && Note::parse(&bytes).is_err() {
        return Err(
            Error::input(format!("{} looks like a timestamp token", path.display()))
                .remedy("Nothing was added. `seaproof timestamp add` checks and keeps tokens."),
        );
    }
    checked(store, &bytes).map_err(|error| error.at(path.display()))
}

/// A cosigned checkpoint that is a head of this log, signed by a custodian of it.
pub fn checked(store: &FolderStore, bytes: &[u8]) -> Result<CosignedCheckpoint> {
    let refused = |why: String| Error::new(Kind::Ledger, why).remedy("Nothing was added.");
    let ledger = context::ledger_of(store)
        .ok_or_else(|| refused("the ledger's beginning cannot be read".into()))?;
    let note = parse_cosigned(bytes, &ledger).map_err(|error| refused(error.to_string()))?;
    let head = note.head();
    let reader = Reader::open(store, Some(head.size))?;
    let here = reader.head();
    if here.size < head.size {
        return Err(refused(format!(
            "it covers {} entries, and {} are here",
            head.size, here.size
        ))
        .remedy("Nothing was added. Entries are missing here: `seaproof verify --pin` with this file says more."));
    }
    if here.root != head.root {
        return Err(refused(format!(
            "it gives another root for the first {} entries than the log has",
            head.size
        ))
        .remedy("Nothing was added. Keep it: with this ledger's checkpoint it is evidence. `seaproof verify --pin` with this file says more."));
    }
    match reader.authority().custodians().any(|key| note.verify(key)) {
        true => Ok(note),
        false => Err(refused(
            "no key in force as custodian at its size signed it".into(),
        )),
    }
}

/// Keeps a checkpoint that was checked.
pub fn keep(store: &FolderStore, note: &CosignedCheckpoint) -> Result<AnchorName> {
    let bytes = note.note().as_bytes();
    anchors::add(store, note.head().size, AnchorKind::Note, bytes).map_err(|error| {
        Error::new(Kind::Storage, format!("the anchor: {error}"))
            .remedy("Try again: what is kept already is left as it is.")
    })
}

/// A line that has the form of a cosignature: whose it claims to be, and when. Without the key nothing is known.
fn cosigners(note: &Note) -> Vec<(String, PosixTime)> {
    let time = |line: &SignatureLine| {
        let bytes = line.signature().first_chunk::<8>()?;
        let cosignature = line.signature().len() == COSIGNATURE_LEN;
        PosixTime::new(u64::from_be_bytes(*bytes)).filter(|_| cosignature)
    };
    let lines = note.lines().iter();
    lines
        .filter_map(|line| Some((line.name().to_string(), time(line)?)))
        .collect()
}

fn said_by(lines: &[(String, PosixTime)]) -> String {
    match lines {
        [] => "without a cosignature".into(),
        lines => {
            let lines: Vec<String> = lines
                .iter()
                .map(|(name, at)| format!("{} at {}", clean(name), rfc3339_seconds(at.moment())))
                .collect();
            format!("cosigned by {}", lines.join(", "))
        }
    }
}

fn shortened(name: &AnchorName) -> String {
    format!(
        "{}/{}-{}….{}",
        anchors::FOLDER,
        name.size,
        &to_hex(&name.digest)[..8],
        name.kind.extension()
    )
}

fn list(ctx: &mut Context) -> Result<()> {
    let store = ctx.store()?;
    let listing =
        anchors::list(&store).map_err(|error| Error::storage("the folder anchors", &error))?;
    let read: Vec<_> = listing
        .anchors
        .iter()
        .map(|name| (name, anchors::read(&store, name)))
        .collect();
    if ctx.json {
        let anchors: Vec<Value> = read
            .iter()
            .map(|(name, bytes)| {
                let note = bytes.as_ref().ok().and_then(|bytes| Note::parse(bytes).ok());
                let by = note.as_ref().map(cosigners).unwrap_or_default();
                let by: Vec<Value> = by
                    .iter()
                    .map(|(name, at)| json!({ "name": name, "at": rfc3339_seconds(at.moment()) }))
                    .collect();
                json!({
                    "file": name.path(), "size": name.size.0, "kind": name.kind.extension(), "by": by,
                    "error": bytes.as_ref().err().map(ToString::to_string),
                })
            })
            .collect();
        return ctx
            .out
            .json(&json!({ "anchors": anchors, "others": listing.strays }));
    }
    if read.is_empty() {
        ctx.out.line("No anchors are kept here")?;
    }
    for (name, bytes) in &read {
        let what = match (name.kind, bytes) {
            (_, Err(error)) => error.to_string(),
            (AnchorKind::Token, Ok(_)) => "timestamp token".into(),
            (AnchorKind::Note, Ok(bytes)) => match Note::parse(bytes) {
                Ok(note) => said_by(&cosigners(&note)),
                Err(error) => error.to_string(),
            },
        };
        ctx.out.line(format_args!(
            "{}  {}  {}",
            shortened(name),
            count(name.size.0, "entry", "entries"),
            clean(&what)
        ))?;
    }
    if !read.is_empty() {
        ctx.note("names and times are as the files state them; `seaproof verify --policy` checks cosignatures");
    }
    Ok(())
}
