//! `seaproof export tiles`: the leaves and the tree as static files that any web server can serve.

use std::path::PathBuf;

use clap::Parser;
use seaproof_ledger::ids::TreeSize;
use seaproof_ledger::log::LogError;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::tiles::{self, ExportError};
use serde_json::json;

use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::input::spinner;
use crate::output::{count, grouped};

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof export tiles /srv/www/vostochny\n\n\
    The folder is what C2SP calls tlog-tiles: any web server can serve it, any such client read it. It holds the signed\n\
    leaves and the tree, and nothing of what entries say. Run again, it writes what is new. `seaproof verify DIR` checks it.")]
pub struct Tiles {
    /// The folder: a new one, or one that holds an earlier head of this ledger
    dir: PathBuf,
}

pub(super) fn run(ctx: &mut Context, args: &Tiles) -> Result<()> {
    let store = ctx.store()?;
    let shown = args.dir.display().to_string();
    let at = std::path::absolute(&args.dir).unwrap_or_else(|_| args.dir.clone());
    if at.starts_with(std::path::absolute(store.root()).unwrap_or_default()) {
        return Err(
            Error::usage(format!("{shown} lies in the ledger's own folder"))
                .remedy("Nothing was written. Name a folder outside of it."),
        );
    }
    std::fs::create_dir_all(&args.dir)
        .map_err(|error| crate::context::cannot("make", &args.dir, &error))?;
    let bar = spinner("exporting");
    let tell = |entries: TreeSize| {
        bar.set_message(format!("exporting  {} entries", grouped(entries.0)));
    };
    let exported = tiles::export(&store, &FolderStore::new(&args.dir), &tell);
    bar.finish_and_clear();
    let exported = exported.map_err(|error| refused(error).at(&shown))?;
    if ctx.json {
        return ctx.out.json(&json!({
            "folder": shown, "ledger": exported.ledger.to_string(), "entries": exported.head.size.0,
            "root": exported.head.root.to_string(), "written": exported.written, "kept": exported.kept,
        }));
    }
    ctx.out.line(format_args!(
        "Published {} in {shown}: {} written, {} there already",
        count(exported.head.size.0, "entry", "entries"),
        count(exported.written, "file", "files"),
        grouped(exported.kept),
    ))
}

fn refused(error: ExportError) -> Error {
    let message = error.to_string();
    match error {
        ExportError::Log(LogError::NotALedger) => Error::usage(message),
        ExportError::Log(_) | ExportError::Checkpoint(_) | ExportError::OtherHistory { .. } => {
            Error::new(Kind::Ledger, message)
                .remedy("`seaproof verify` says more; the folder's checkpoint is as it was.")
        }
        ExportError::Occupied { .. } => Error::usage(message).remedy("Nothing was written. Name a new folder."),
        ExportError::Older { .. } => Error::new(Kind::Ledger, message).remedy(
            "Nothing was written: a published head is never taken back. Export from the newer copy of this ledger.",
        ),
        ExportError::Fork { .. } => Error::new(Kind::Ledger, message).remedy(
            "The published checkpoint is as it was. Keep both: `seaproof verify --pin DIR/checkpoint --report FILE` \
             saves the two signed heads.",
        ),
        ExportError::Write { .. } => Error::new(Kind::Storage, message)
            .remedy("The folder's checkpoint is as it was; export again."),
    }
}
