//! One file per command.

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::context::Context;
use crate::error::Result;

pub mod amend;
pub mod anchors;
pub mod author;
pub mod check_proof;
pub mod checkpoint;
pub mod close;
pub mod completions;
pub mod cosign;
pub mod custody;
pub mod demo;
pub mod export;
pub mod find;
pub mod findings;
pub mod init;
pub mod key;
pub mod lists;
pub mod log;
pub mod prove;
pub mod quota;
pub mod record;
pub mod redact;
pub mod reindex;
pub mod replay;
pub mod schema;
pub mod show;
pub mod state;
pub mod timestamp;
pub mod todo;
pub mod track;
pub mod verify;
pub mod vessels;
pub mod why;
pub mod witness;

/// Runs one command. Where JSON was asked for, what went wrong is said in JSON too, unless something was printed before.
pub fn run(args: Args) -> Result<ExitCode> {
    let mut ctx = Context::new(args.json, args.ledger);
    let outcome = one(&mut ctx, args.command);
    if let Err(error) = &outcome
        && let Some(said) = error.json()
        && ctx.json
        && !ctx.out.has_begun()
    {
        ctx.out.json(&said)?;
        ctx.out.finish()?;
    }
    outcome
}

fn one(ctx: &mut Context, command: Command) -> Result<ExitCode> {
    let code = match command {
        // These answer with more than done or not done.
        Command::Verify(args) => verify::run(ctx, args)?,
        Command::CheckProof(args) => check_proof::run(ctx, args)?,
        Command::Demo(args) => demo::run(ctx, args)?,
        Command::Key(command) => done(key::run(ctx, command))?,
        Command::Init(args) => done(init::run(ctx, args))?,
        Command::Author(command) => done(author::run(ctx, command))?,
        Command::Close(args) => done(close::run(ctx, &args))?,
        Command::Record(command) => done(record::run(ctx, command))?,
        Command::Correct(args) => done(amend::correct(ctx, args))?,
        Command::Retract(args) => done(amend::retract(ctx, args))?,
        Command::Dispute(args) => done(amend::dispute(ctx, args))?,
        Command::Redact(args) => done(redact::run(ctx, args))?,
        Command::Attach(entry) => done(entry.run(ctx))?,
        Command::Log(args) => done(log::run(ctx, args))?,
        Command::Show(args) => done(show::run(ctx, args))?,
        Command::Replay(args) => done(replay::run(ctx, args))?,
        Command::Vessels(args) => done(vessels::run(ctx, args))?,
        Command::Quota(args) => done(quota::run(ctx, args))?,
        Command::Find(args) => done(find::run(ctx, args))?,
        Command::Reindex(args) => done(reindex::run(ctx, args))?,
        Command::Findings(args) => done(findings::run(ctx, args))?,
        Command::Why(args) => done(why::why(ctx, args))?,
        Command::RestsOn(args) => done(why::rests_on(ctx, args))?,
        Command::Todo(args) => done(todo::run(ctx, args))?,
        Command::State(command) => done(state::run(ctx, command))?,
        Command::Track(args) => done(track::run(ctx, &args))?,
        Command::Lists(command) => done(lists::run(ctx, command))?,
        Command::Match(args) => done(lists::propose_matches(ctx, &args))?,
        Command::Custody(args) => done(custody::run(ctx, args))?,
        Command::Export(command) => done(export::run(ctx, command))?,
        Command::Completions(args) => done(completions::completions(ctx, &args))?,
        Command::Man(args) => done(completions::man(ctx, &args))?,
        Command::Checkpoint(args) => done(checkpoint::run(ctx, args))?,
        Command::Timestamp(command) => done(timestamp::run(ctx, command))?,
        Command::Prove(args) => done(prove::run(ctx, args))?,
        Command::Cosign(args) => done(cosign::run(ctx, args))?,
        Command::Anchors(command) => done(anchors::run(ctx, command))?,
        Command::Witness(command) => done(witness::run(ctx, command))?,
        Command::Schema(args) => done(schema::run(ctx, args))?,
    };
    ctx.out.finish()?;
    Ok(ExitCode::from(code))
}

fn done(outcome: Result<()>) -> Result<u8> {
    outcome.map(|()| 0)
}
