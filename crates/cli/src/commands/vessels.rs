//! `seaproof vessels`: groups and vessels, with every claim and what held AIS tracks show of them.

use clap::Parser;

use super::replay::things;
use crate::answers;
use crate::context::Context;
use crate::error::Result;
use crate::heard;
use crate::looking::Looking;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof vessels --json")]
pub struct Args {
    #[command(flatten)]
    looking: Looking,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let marked = answers::vessels(ctx, &store, &args.looking)?;
    if ctx.json {
        return ctx.out.json(&marked);
    }
    let answer = marked.answer;
    things(
        &mut ctx.out,
        &answer.groups,
        &answer.vessels,
        answer.distinct_vessels,
    )?;
    heard::vessels(&mut ctx.out, &answer.vessels, &answer.ais)?;
    marked.suspect_keys.explain(&mut ctx.out)
}
