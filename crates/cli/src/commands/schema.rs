//! `seaproof schema`: the JSON Schema of a batch line.

use clap::Parser;

use crate::context::Context;
use crate::error::Result;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof schema > seaproof.schema.json")]
pub struct Args {}

pub fn run(ctx: &mut Context, _: Args) -> Result<()> {
    ctx.out.json(&seaproof_evidence::batch::schema())
}
