//! `seaproof reindex`: makes the search index and the kept answers anew.

use clap::Parser;
use seaproof_index::{CaughtUp, Kept};
use serde_json::json;

use crate::answers;
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::input::things_bar;
use crate::output::count;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof reindex\n\n\
    Nothing depends on it: searching and the answers of vessels, quota and findings bring it up to date by\n\
    themselves. It can be deleted at any time, and verification never looks at it.")]
pub struct Args {}

pub fn run(ctx: &mut Context, _: Args) -> Result<()> {
    let store = ctx.store()?;
    let cannot = |why: &str| {
        Error::new(Kind::Storage, format!("the index cannot be made: {why}"))
            .remedy("The ledger is whole without it; every command then reads the log.")
    };
    let opened = context::newest(&store)?;
    let bar = things_bar(opened.reader.head().size.0, "Indexing");
    let index = context::index(&store).ok_or_else(|| cannot(context::NO_STATE))?;
    let done = index.rebuild(&opened.reader, opened.agreed, &mut |done, _| {
        bar.set_position(done);
    });
    bar.finish_and_clear();
    if let CaughtUp::No(why) = done? {
        return Err(cannot(&why));
    }
    let entries = opened.reader.head().size.0;
    if let (_, _, Kept::No(why)) = answers::make(&store, Some(&index))? {
        return Err(cannot(&why));
    }
    if ctx.json {
        return ctx.out.json(&json!({"entries": entries}));
    }
    ctx.out.line(format_args!(
        "Indexed {}",
        count(entries, "entry", "entries")
    ))
}
