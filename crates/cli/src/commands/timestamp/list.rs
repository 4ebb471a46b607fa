//! `seaproof timestamp list`: the tokens that a ledger keeps, and what they are worth.

use clap::Parser;
use serde_json::{Value, json};

use crate::context::{self, Context};
use crate::error::Result;
use crate::output::{WIDTH, clean, count, rfc3339, wrap};
use crate::times::{Tokens, TrustRoots, token_json, worth_words};

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof timestamp list --tsa-roots service.pem\n\n\
    `seaproof verify --tsa-roots service.pem` gives the verdict on them; `seaproof show` says of an entry between which \
    moments it came into being."
)]
pub struct Args {
    #[command(flatten)]
    roots: TrustRoots,
}

pub fn run(ctx: &mut Context, args: &Args) -> Result<()> {
    let roots = args.roots.read(ctx)?;
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let mut tokens = Tokens::read(&store, &reader, roots.as_ref())?;
    if !tokens.is_empty() {
        for read in reader.entries() {
            tokens.heed(&read?.entry);
        }
    }
    if ctx.json {
        let list: Vec<Value> = tokens.kept.iter().map(token_json).collect();
        return ctx.out.json(&json!({
            "entries": reader.head().size.0, "checked": tokens.checked, "tokens": list,
            "unreadable": tokens.unread,
        }));
    }
    for unread in &tokens.unread {
        ctx.note(&format!("{unread}. `seaproof verify` says more"));
    }
    if tokens.is_empty() {
        return ctx.out.line("No timestamps are kept here");
    }
    for token in &tokens.kept {
        let time = match token.stamp() {
            Some(stamp) => rfc3339(stamp.gen_time),
            None => "no time".into(),
        };
        let recorded = match token.recorded_at {
            Some(at) => format!("recorded in {at}"),
            None => "recorded in no entry".into(),
        };
        ctx.out.line(format_args!(
            "{time}  over {}, {recorded}",
            count(token.name.size.0, "entry", "entries")
        ))?;
        ctx.out.line(format_args!("    {}", token.name.path()))?;
        if let Some(stamp) = token.stamp() {
            let accuracy = match stamp.accuracy_micros {
                Some(micros) => format!("accurate to {} s", seconds(micros)),
                None => "accuracy not stated".into(),
            };
            ctx.out.line(format_args!(
                "    policy {}, serial {}, {accuracy}",
                clean(&stamp.policy),
                clean(&stamp.serial)
            ))?;
        }
        for line in wrap(&worth_words(token, tokens.checked), WIDTH - 4) {
            ctx.out.line(format_args!("    {line}"))?;
        }
    }
    Ok(())
}

/// Microseconds as seconds, without zeros at the end.
fn seconds(micros: u64) -> String {
    let (whole, part) = (micros / 1_000_000, micros % 1_000_000);
    match part {
        0 => whole.to_string(),
        _ => format!("{whole}.{}", format!("{part:06}").trim_end_matches('0')),
    }
}
