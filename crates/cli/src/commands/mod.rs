//! One file per command.

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::context::Context;
use crate::error::Result;

pub mod amend;
pub mod author;
pub mod checkpoint;
pub mod init;
pub mod key;
pub mod log;
pub mod record;
pub mod schema;
pub mod show;
pub mod verify;

/// Runs one command.
pub fn run(args: Args) -> Result<ExitCode> {
    let mut ctx = Context::new(args.json, args.ledger);
    let code = match args.command {
        Command::Verify(args) => verify::run(&mut ctx, args)?,
        other => {
            done(&mut ctx, other)?;
            ExitCode::SUCCESS
        }
    };
    ctx.out.finish()?;
    Ok(code)
}

/// The commands that succeed or fail as a whole.
fn done(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Key(command) => key::run(ctx, command),
        Command::Init(args) => init::run(ctx, args),
        Command::Author(command) => author::run(ctx, command),
        Command::Record(command) => record::run(ctx, command),
        Command::Correct(args) => amend::correct(ctx, args),
        Command::Retract(args) => amend::retract(ctx, args),
        Command::Dispute(args) => amend::dispute(ctx, args),
        Command::Schema(args) => schema::run(ctx, args),
        Command::Log(args) => log::run(ctx, args),
        Command::Show(args) => show::run(ctx, args),
        Command::Checkpoint(args) => checkpoint::run(ctx, args),
        Command::Verify(args) => verify::run(ctx, args).map(|_| ()),
    }
}
