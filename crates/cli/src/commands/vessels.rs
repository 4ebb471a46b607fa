//! `seaproof vessels`: groups and vessels, with every claim.

use clap::Parser;
use serde_json::json;

use super::replay::things;
use crate::context::Context;
use crate::error::Result;
use crate::names::EntryName;
use crate::state::view_at;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof vessels --json")]
pub struct Args {
    /// As they were after this entry
    #[arg(long, value_name = "ENTRY")]
    at: Option<EntryName>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let view = view_at(&store, args.at.as_ref())?;
    if ctx.json {
        return ctx.out.json(&json!({
            "ledger": view.ledger, "entries": view.entries, "state_root": view.state_root,
            "distinct_vessels": view.distinct_vessels, "groups": view.groups, "vessels": view.vessels,
        }));
    }
    things(&mut ctx.out, &view)
}
