//! `seaproof close`: the end of a ledger. Nothing may follow it.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Parser;
use seaproof_ledger::ids::LedgerId;
use serde_json::json;

use super::author::{governance, may_sign};
use super::record::hand::Options;
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::recording::{self, with_session};

/// Digits of the ledger's id that are typed to close it.
const DIGITS: usize = 8;

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof close --reason \"handed over to the court\"\n\n\
    Nothing can be recorded in a closed ledger: no correction, no revocation, no admission. It can be read, verified,\n\
    cosigned and timestamped. Who sees that a ledger is closed need not ask whether there is a newer state of it."
)]
pub struct Args {
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Close it without asking; needed where there is no terminal to ask on
    #[arg(long)]
    for_ever: bool,
    #[command(flatten)]
    options: Options,
}

pub fn run(ctx: &mut Context, args: &Args) -> Result<()> {
    let words = args.reason.as_deref().map(|text| ("reason", text));
    let draft = [governance("closed", Vec::new(), words, ctx.now())?];
    let store = ctx.store()?;
    let reader = context::reader_for_writing(&store, None)?;
    may_sign(&reader, &args.options.key, &draft)?;
    let ledger = reader
        .ledger()
        .ok_or_else(|| Error::new(Kind::Ledger, "the log is empty"))?;
    let entries = reader.head().size.0;
    drop(reader);
    if args.options.dry_run {
        ctx.out
            .json_text(&json!({"kind": "closed", "reason": args.reason}))?;
        return ctx.out.line("");
    }
    if !args.for_ever && !confirmed(ctx, &ledger, entries)? {
        return Err(Error::usage("not closed: nothing was recorded"));
    }
    let recorded = with_session(ctx, &args.options.key, |session| session.govern(&draft))?;
    recording::report(ctx, &recorded)?;
    ctx.note(
        "the ledger is closed, and its checkpoint covers all of it. Keep a copy elsewhere: \
         `seaproof checkpoint > closed.pin`",
    );
    Ok(())
}

/// Asks, and takes only the ledger's own digits for a yes.
fn confirmed(ctx: &Context, ledger: &LedgerId, entries: u64) -> Result<bool> {
    if ctx.json || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Error::usage(
            "closing ends the ledger for ever, and there is no terminal to ask on",
        )
        .remedy("Nothing was recorded. If it is meant, say --for-ever."));
    }
    let id = ledger.to_string();
    let digits = &id[..DIGITS];
    let asked = |e| Error::storage("cannot ask", &e);
    let mut stderr = io::stderr().lock();
    write!(
        stderr,
        "This ends the ledger {id} after {entries} entries.\n\
         Nothing may follow: no correction, no retraction, no revocation. It cannot be undone.\n\
         Type its first {DIGITS} digits to close it: "
    )
    .map_err(asked)?;
    stderr.flush().map_err(asked)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(asked)?;
    Ok(answer.trim() == digits)
}
