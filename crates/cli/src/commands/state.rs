//! `seaproof state record`: what replay makes of the entries, signed, so that replay itself can be checked.

use std::path::Path;

use clap::{Parser, Subcommand};
use seaproof_replay::ROOT_VERSION;
use serde_json::json;

use super::record::hand::Asking;
use crate::batch::Batch;
use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::recording::{self, with_session};
use crate::state;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign the root of the state that all entries so far give
    Record(Record),
}

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof state record\n\n\
    `seaproof verify --replay` derives it anew and says whether it is the same.")]
pub struct Record {
    #[command(flatten)]
    asking: Asking,
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    let Command::Record(args) = command;
    let store = ctx.store()?;
    let (line, derived_at) = {
        let reader = context::reader(&store, None)?;
        let root = state::replay(&reader)?.settle().root();
        let line = json!({
            "kind": "state-recorded",
            "entries": reader.head().size.0,
            "root": root.to_string(),
            "version": ROOT_VERSION,
        });
        (line, reader.head())
    };
    if !args.asking.go_on(ctx, &line)? {
        return Ok(());
    }
    let text = line.to_string();
    let batch = Batch {
        lines: vec![(1, &text)],
        base: Path::new(""),
        numbered: false,
        given: &[],
    };
    let now = ctx.now();
    let nothing = |error: Error| error.remedy("Nothing was recorded.");
    let recorded = with_session(ctx, &args.asking.options.key, |session| {
        // A redaction since then would leave a root over what is gone.
        recording::unchanged(session, derived_at)?;
        batch.record(session, now).map_err(nothing)
    })?;
    recording::report(ctx, &recorded)
}
