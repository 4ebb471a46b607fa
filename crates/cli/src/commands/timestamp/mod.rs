//! `seaproof timestamp`: words from outside on when the ledger's heads existed (RFC 3161).

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

mod add;
mod list;
mod request;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a request over the newest checkpoint, to be sent to a timestamping service
    Request(request::Args),
    /// Keep a timestamping service's answer in the ledger, and record it
    Add(add::Args),
    /// List the timestamps that the ledger keeps
    List(list::Args),
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Request(args) => request::run(ctx, args),
        Command::Add(args) => add::run(ctx, args),
        Command::List(args) => list::run(ctx, &args),
    }
}
