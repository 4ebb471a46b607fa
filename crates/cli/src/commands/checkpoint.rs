//! `seaproof checkpoint`: the newest signed head.

use clap::Parser;
use seaproof_ledger::checkpoint::{self, CHECKPOINT_MAX, Checkpoint, SignedCheckpoint};
use seaproof_ledger::ids::LedgerId;
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::note::VerifierKey;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::read_small;
use serde_json::json;

use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::keyring::KeyArgs;
use crate::recording::with_session;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof checkpoint > vostochny.pin\n\n\
    Kept elsewhere, it is what `seaproof verify --pin vostochny.pin` compares a copy with years later.")]
pub struct Args {
    /// Sign the head as it is now first (custodians only)
    #[arg(long)]
    sign: bool,
    /// With --sign: show the text that would be signed; sign and write nothing
    #[arg(long, requires = "sign")]
    dry_run: bool,
    /// Print the verifier key of the custodian who signed it (or that of --key), for `check-proof --ledger-key`
    #[arg(long, conflicts_with_all = ["sign", "dry_run"])]
    vkey: bool,
    #[command(flatten)]
    key: KeyArgs,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    if args.dry_run {
        return show(ctx, &args);
    }
    if args.sign {
        with_session(ctx, &args.key, |session| {
            Ok(session.writer.checkpoint(&session.signer)?)
        })?;
    }
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let damaged = |why: String| {
        Error::new(Kind::Ledger, format!("the checkpoint: {why}"))
            .remedy("`seaproof verify` says more.")
    };
    let bytes = read_small(&store, "checkpoint", CHECKPOINT_MAX as u64)
        .map_err(|error| damaged(error.to_string()))?
        .ok_or_else(|| damaged("there is none, and every ledger begins with one".into()))?;
    let ledger = reader
        .ledger()
        .ok_or_else(|| damaged("the log is empty".into()))?;
    let signed = checkpoint::parse_file(&bytes, &ledger).map_err(|e| damaged(e.to_string()))?;
    if args.vkey {
        return vkey(ctx, &args, &reader, ledger, &signed);
    }
    let head = signed.head();
    let text = String::from_utf8_lossy(signed.as_bytes()).into_owned();
    if ctx.json {
        return ctx.out.json(&json!({
            "ledger": ledger.to_string(), "entries": head.size.0, "root": head.root.to_string(), "note": text,
            "not_yet_covered": reader.head().size.0.saturating_sub(head.size.0),
        }));
    }
    for line in text.lines() {
        ctx.out.line(crate::output::clean(line))?;
    }
    let beyond = reader.head().size.0.saturating_sub(head.size.0);
    if beyond > 0 {
        ctx.note(&format!(
            "{} not yet covered by it; a custodian covers them with `seaproof checkpoint --sign`",
            crate::output::count(beyond, "entry is", "entries are")
        ));
    }
    Ok(())
}

/// Prints the verifier key that others need to check proofs.
fn vkey(
    ctx: &mut Context,
    args: &Args,
    reader: &Reader<'_>,
    ledger: LedgerId,
    signed: &SignedCheckpoint,
) -> Result<()> {
    let named = args.key.named();
    let key = match named {
        true => args.key.public(),
        false => {
            let mut authors = reader.authority().authors().map(|(key, _)| *key);
            authors.find(|key| signed.verify(key))
        }
    };
    let key = key.ok_or_else(|| {
        Error::new(
            Kind::Ledger,
            match named {
                true => "the key's public half cannot be read",
                false => "the checkpoint is not signed by an author of this ledger",
            },
        )
    })?;
    let vkey = VerifierKey::new(checkpoint::origin_of(&ledger), key)
        .map_err(|error| Error::new(Kind::Key, error.to_string()))?;
    match ctx.json {
        true => ctx.out.json(&json!({
            "vkey": vkey.to_string(), "ledger": ledger.to_string(), "key": key.to_string(),
            "fingerprint": fingerprint(&key),
        })),
        false => ctx.out.line(&vkey),
    }
}

/// Prints the text that would be signed.
fn show(ctx: &mut Context, args: &Args) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader_for_writing(&store, None)?;
    let key = args.key.public();
    if key.is_some_and(|key| !reader.authority().custodians().any(|c| *c == key)) {
        return Err(Error::new(
            Kind::Ledger,
            "the checkpoint: only a key in force as custodian signs one",
        ));
    }
    let ledger = reader
        .ledger()
        .ok_or_else(|| Error::new(Kind::Ledger, "the log is empty"))?;
    let head = reader.head();
    let text = Checkpoint::of_ledger(&ledger, head).to_string();
    if ctx.json {
        return ctx.out.json(&json!({
            "ledger": ledger.to_string(), "entries": head.size.0, "root": head.root.to_string(), "text": text,
        }));
    }
    ctx.out.text(&text)
}
