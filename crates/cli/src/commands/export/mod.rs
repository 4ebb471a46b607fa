//! `seaproof export exhibit`: a copy that leaves the ledger, which records itself.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use seaproof_ledger::exhibit::copy_out;
use seaproof_ledger::ids::ExhibitHash;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::Store;
use serde_json::{Map, Value, json};

mod tiles;

use super::custody::digest;
use super::record::hand::{Common, record_with};
use crate::context::{self, Context, cannot};
use crate::error::{Error, Kind, Result};
use crate::names::EntryName;
use crate::output::grouped;

#[expect(clippy::large_enum_variant, reason = "made once in a run")]
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy an exhibit to a file, and record to whom it went and why
    Exhibit(Exhibit),
    /// Publish the signed leaves and the tree as static files (C2SP tlog-tiles)
    Tiles(tiles::Tiles),
}

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof export exhibit press-a copy.txt --to \"The court\" --purpose \"Evidence in the case\"\n\n\
    The bytes are checked against their digest while they are copied. A file that is there is never touched."
)]
pub struct Exhibit {
    /// The exhibit: its digest (sha256:… with 64 digits), or an entry that holds one file
    #[arg(value_name = "ENTRY|EXHIBIT")]
    what: String,
    /// The new file
    file: PathBuf,
    /// To whom the copy goes
    #[arg(long, value_name = "WORDS")]
    to: String,
    /// Why
    #[arg(long, value_name = "WORDS")]
    purpose: String,
    /// On what, as a disk or by mail
    #[arg(long, value_name = "WORDS")]
    medium: Option<String>,
    /// Where
    #[arg(long, value_name = "WORDS")]
    place: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Exhibit(args) => exhibit(ctx, args),
        Command::Tiles(args) => tiles::run(ctx, &args),
    }
}

fn exhibit(ctx: &mut Context, args: Exhibit) -> Result<()> {
    let store = ctx.store()?;
    let (entry, hash) = {
        let reader = context::reader_for_writing(&store, None)?;
        find(&reader, &args.what)?
    };
    if args.file.symlink_metadata().is_ok() {
        return Err(there_already(&args.file));
    }
    let mut line = Map::new();
    let mut put = |field: &str, value: Value| line.insert(field.into(), value);
    put("kind", "custody".into());
    put("action", "exported".into());
    if let Some(entry) = entry {
        put("entries", json!([entry]));
    }
    put("exhibits", json!([format!("sha256:{hash}")]));
    put("to", args.to.into());
    put("purpose", args.purpose.into());
    for (field, value) in [("medium", args.medium), ("place", args.place)] {
        if let Some(value) = value {
            put(field, value.into());
        }
    }
    put("digest", hash.to_string().into());
    put("mode", "observed".into());
    put("origin", json!({"who": "recorder", "mode": "observed"}));

    // Under another name until the entry is recorded: no copy is handed out that nothing tells of.
    let waiting = beside(&args.file);
    let mut length = None;
    let recorded = record_with(ctx, line, &args.common, &mut |store| {
        length = Some(copy(store, &hash, &waiting)?);
        Ok(())
    });
    let Some(length) = length else {
        return recorded;
    };
    if let Err(error) = recorded {
        let _ = fs::remove_file(&waiting);
        return Err(error);
    }
    put_in_place(&waiting, &args.file)?;
    match ctx.json {
        true => Ok(()),
        false => ctx.out.line(format_args!(
            "Copied {} bytes to {}, as they were taken in",
            grouped(length),
            args.file.display()
        )),
    }
}

fn there_already(file: &Path) -> Error {
    Error::new(Kind::Usage, format!("{} is there already", file.display()))
        .remedy("Nothing was recorded or written. Name a new file.")
}

/// The exhibit that is meant, and the entry that was named.
fn find(reader: &Reader<'_>, what: &str) -> Result<(Option<String>, ExhibitHash)> {
    if let Some(hash) = digest(what) {
        return Ok((None, hash));
    }
    let name: EntryName = what.parse().map_err(Error::usage)?;
    let index = name.find(reader)?;
    let mut hashes = Vec::new();
    let mut id = None;
    for read in reader.entries() {
        let entry = read?.entry;
        let Some(facts) = entry.facts.known() else {
            continue;
        };
        if entry.index == index {
            id = Some(entry.id);
        }
        let attached = facts.kind == "attached" && id.is_some_and(|id| facts.refs.contains(&id));
        if entry.index == index || attached {
            hashes.extend(facts.exhibits.iter().map(|exhibit| exhibit.hash));
        }
    }
    hashes.sort_unstable();
    hashes.dedup();
    match hashes[..] {
        [only] => Ok((Some(index.to_string()), only)),
        [] => Err(Error::input(format!("{name} holds no file"))
            .remedy("`seaproof attach` adds one that was found later.")),
        _ => {
            let named: Vec<String> = hashes.iter().map(|hash| format!("sha256:{hash}")).collect();
            Err(Error::input(format!("{name} holds {} files", hashes.len()))
                .remedy(format!("Name the one that is meant: {}", named.join(", "))))
        }
    }
}

/// Where the copy waits until it is recorded.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".incoming");
    file.with_file_name(name)
}

fn copy(store: &dyn Store, hash: &ExhibitHash, waiting: &Path) -> Result<u64> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(waiting)
        .map_err(|e| cannot("create", waiting, &e))?;
    let copied = copy_out(store, hash, &mut file)
        .map_err(|error| Error::new(Kind::Ledger, error.to_string()).at(hash))
        .and_then(|length| {
            file.sync_all()
                .map_err(|e| cannot("write", waiting, &e))
                .map(|()| length)
        });
    if copied.is_err() {
        let _ = fs::remove_file(waiting);
    }
    copied
}

/// Gives the copy its name, unless something has it by now.
fn put_in_place(waiting: &Path, file: &Path) -> Result<()> {
    let named = match fs::hard_link(waiting, file) {
        Ok(()) => fs::remove_file(waiting),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has links: take the name first, then put the copy there.
        Err(_) => File::create_new(file).and_then(|_| fs::rename(waiting, file)),
    };
    named.map_err(|error| {
        cannot("write", file, &error).remedy(format!(
            "The export is recorded, and its copy is {}: give it its name yourself.",
            waiting.display()
        ))
    })
}
