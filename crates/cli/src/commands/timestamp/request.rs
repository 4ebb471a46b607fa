//! `seaproof timestamp request`: the question that a timestamping service answers.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use clap::Parser;
use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::timestamp::request;
use serde_json::json;

use crate::context::{self, Context, cannot};
use crate::error::{Error, Kind, Result};
use crate::output::count;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof timestamp request --out head.tsq\n\n\
    The request says nothing but a digest. Send it with any HTTP client:\n  \
    curl -H 'Content-Type: application/timestamp-query' --data-binary @head.tsq -o head.tsr URL-OF-THE-SERVICE\n\
    then `seaproof timestamp add head.tsr`.")]
pub struct Args {
    /// The new file [default: head-N.tsq for a head of N entries]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let opened = context::newest(&store)?;
    let none = || {
        Error::new(Kind::Ledger, "there is no checkpoint to be timestamped")
            .remedy("A custodian signs one with `seaproof checkpoint --sign`.")
    };
    let head = opened.agreed.ok_or_else(none)?;
    let ledger = opened.reader.ledger().ok_or_else(none)?;
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce)
        .map_err(|e| Error::new(Kind::Storage, format!("no random bytes: {e}")))?;
    let text = Checkpoint::of_ledger(&ledger, head).to_string();
    let query = request(text.as_bytes(), u64::from_be_bytes(nonce));
    let out = args
        .out
        .unwrap_or_else(|| PathBuf::from(format!("head-{}.tsq", head.size)));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&out)
        .map_err(|error| {
            cannot("create", &out, &error)
                .remedy("Name a new file with --out; nothing was written.")
        })?;
    file.write_all(&query)
        .and_then(|()| file.sync_all())
        .map_err(|error| cannot("write", &out, &error))?;
    if ctx.json {
        return ctx.out.json(&json!({
            "file": out.display().to_string(), "ledger": ledger.to_string(), "entries": head.size.0,
            "root": head.root.to_string(), "text": text,
        }));
    }
    ctx.out.line(format_args!(
        "Wrote {}: a request over the checkpoint of {}",
        out.display(),
        count(head.size.0, "entry", "entries")
    ))?;
    ctx.out
        .line("Send it to a timestamping service; then `seaproof timestamp add` its answer")?;
    let beyond = opened.reader.head().size.0.saturating_sub(head.size.0);
    if beyond > 0 {
        ctx.note(&format!(
            "{} beyond that checkpoint; a custodian covers them with `seaproof checkpoint --sign`",
            count(beyond, "entry is", "entries are")
        ));
    }
    Ok(())
}
