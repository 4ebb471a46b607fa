//! `seaproof correct`, `retract` and `dispute`: nothing is overwritten, what is wrong is said so.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use seaproof_evidence::Event;
use seaproof_ledger::ids::Class;
use seaproof_ledger::reader::Reader;
use serde_json::{Map, Value};

use super::record::fields::one_basis;
use super::record::hand::{Common, record};
use super::record::set;
use crate::context::{self, Context, cannot};
use crate::error::{Error, Result};
use crate::names::EntryName;
use crate::summary::{self, EntryNames};

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof correct calls-march --reason \"a slip\" --set arrival.edtf=2024-03-07\n          seaproof correct 12 --reason \"a slip\" --with replacement.json\n\n\
    The old entry stays; a new one says what it should have said. --set takes the entry as it stands now."
)]
pub struct Correct {
    /// The entry to correct
    entry: EntryName,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// A field to change, as place.locode=RUNJK; null takes it away. May be repeated
    #[arg(long, value_name = "FIELD=VALUE", required_unless_present = "with")]
    set: Vec<String>,
    /// A file with the whole event as it should be, one JSON object
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    with: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof retract 14 15 --reason \"recorded in the wrong ledger\"")]
pub struct Retract {
    /// The entries to withdraw
    #[arg(required = true)]
    entry: Vec<EntryName>,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof dispute seen-march --reason \"the image shows another port\" --basis image-1"
)]
pub struct Dispute {
    /// The entries to contest; they stay
    #[arg(required = true)]
    entry: Vec<EntryName>,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// An entry that the dispute rests on, with lines: press-a, press-a:3. May be repeated
    #[arg(long, value_name = "ENTRY[:LINES]")]
    basis: Vec<String>,
    #[command(flatten)]
    common: Common,
}

pub fn correct(ctx: &mut Context, args: Correct) -> Result<()> {
    let store = ctx.store()?;
    let (target, now) = {
        let reader = context::reader_for_writing(&store, None)?;
        amendable(
            ctx,
            &reader,
            std::slice::from_ref(&args.entry),
            &args.common,
        )?;
        current(&reader, &args.entry)?
    };
    let replacement = match &args.with {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|e| cannot("read", path, &e))?;
            serde_json::from_str(&text).map_err(|error| {
                Error::input(format!("{}: {error}", path.display())).remedy("Nothing was recorded.")
            })?
        }
        None => {
            let mut event = now.ok_or_else(|| {
                Error::input(format!(
                    "what {target} says cannot be read here: give the whole event --with FILE"
                ))
            })?;
            for change in &args.set {
                set::change(&mut event, change)?;
            }
            event
        }
    };
    let mut line = amendment("corrected", &[target], &args.reason);
    line.insert("replacement".into(), replacement);
    record(ctx, line, &args.common)
}

pub fn retract(ctx: &mut Context, args: Retract) -> Result<()> {
    let store = ctx.store()?;
    {
        let reader = context::reader_for_writing(&store, None)?;
        amendable(ctx, &reader, &args.entry, &args.common)?;
    }
    let targets: Vec<String> = args.entry.iter().map(ToString::to_string).collect();
    record(
        ctx,
        amendment("retracted", &targets, &args.reason),
        &args.common,
    )
}

pub fn dispute(ctx: &mut Context, args: Dispute) -> Result<()> {
    let targets: Vec<String> = args.entry.iter().map(ToString::to_string).collect();
    let mut line = amendment("disputed", &targets, &args.reason);
    let basis: Vec<Value> = args.basis.iter().map(|text| one_basis(text)).collect();
    if !basis.is_empty() {
        line.insert("basis".into(), basis.into());
    }
    record(ctx, line, &args.common)
}

/// Refuses what cannot be amended, and says beforehand what will count only as a dispute.
fn amendable(
    ctx: &Context,
    reader: &Reader<'_>,
    names: &[EntryName],
    common: &Common,
) -> Result<()> {
    let targets = names
        .iter()
        .map(|name| name.find(reader))
        .collect::<Result<Vec<_>>>()?;
    let signer = common.asking.options.key.public();
    let entitled = |author| {
        signer.is_none_or(|key| key == author || reader.authority().custodians().any(|c| *c == key))
    };
    let mut disputed = Vec::new();
    for read in reader.entries() {
        let entry = read?.entry;
        if !targets.contains(&entry.index) {
            continue;
        }
        if matches!(entry.statement.class, Class::Genesis | Class::Governance) {
            return Err(Error::input(format!(
                "{} governs the ledger ({}): it is neither corrected nor withdrawn",
                entry.index,
                summary::kind(&entry)
            ))
            .remedy("Adopt another rule set, or end an admission with `seaproof author revoke`."));
        }
        if !entitled(entry.statement.key) {
            disputed.push(entry.index.to_string());
        }
    }
    if !disputed.is_empty() {
        ctx.note(&format!(
            "the key that signs is no custodian's and did not sign {}: this will count as a dispute only",
            disputed.join(" and ")
        ));
    }
    Ok(())
}

fn amendment(kind: &str, targets: &[String], reason: &str) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("kind".into(), kind.into());
    line.insert("targets".into(), targets.into());
    line.insert("reason".into(), reason.into());
    line
}

/// The entry's number, and what it says after the corrections so far.
fn current(reader: &Reader<'_>, name: &EntryName) -> Result<(String, Option<Value>)> {
    let index = name.find(reader)?;
    let mut names = EntryNames::default();
    let mut target = None;
    let mut event = None;
    for read in reader.entries() {
        let entry = read?.entry;
        names.heed(&entry);
        if entry.index == index {
            target = Some(entry.id);
            event = summary::event(&entry, &names);
            // Of a correction, what it puts in place.
            if let Some(replacement) = event.as_mut().and_then(|e| e.get_mut("replacement")) {
                event = Some(replacement.take());
            }
        } else if let Some(target) = target
            && let Some(amendment) = entry.facts.known().and_then(|f| f.amendment.as_ref())
            && amendment.targets.contains(&target)
            && let Some(mut later) = summary::event(&entry, &names)
            && let Some(replacement) = later.get_mut("replacement")
        {
            event = Some(replacement.take());
        }
    }
    let evidence = |e: &Value| {
        e["kind"].as_str().is_some_and(|kind| {
            Event::KINDS.iter().any(|(known, class)| {
                *known == kind && *class == seaproof_evidence::Class::Evidence
            })
        })
    };
    Ok((index.to_string(), event.filter(evidence)))
}
