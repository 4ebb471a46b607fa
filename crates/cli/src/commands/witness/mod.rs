//! `seaproof witness`: cosigning between machines, as C2SP's tlog-witness has it.

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

mod ask;
mod http;
mod serve;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer requests to cosign over HTTP, on this computer alone unless told otherwise
    #[command(
        after_help = "Example: seaproof witness serve --key witness --name example.org/witness --log \"$(seaproof checkpoint --vkey)\"\n\n\
        Speaks C2SP's tlog-witness: POST /add-checkpoint. Without TLS: for other machines put a proxy or a tunnel in front of it.\n\
        Ctrl-C or SIGTERM ends it; requests under way are answered first."
    )]
    Serve(serve::Args),
    /// Ask a witness to cosign this ledger's checkpoint, and keep what it says in anchors/
    #[command(
        after_help = "Example: seaproof witness ask http://127.0.0.1:7878 --witness \"example.org/witness+7b3a9c01+BA…\"\n\n\
        Speaks plain HTTP, without TLS; what the witness says is believed only with its key."
    )]
    Ask(ask::Args),
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Serve(args) => serve::run(ctx, args),
        Command::Ask(args) => ask::run(ctx, &args),
    }
}
