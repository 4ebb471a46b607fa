//! `seaproof log`: the entries in order.

use clap::Parser;
use serde_json::json;

use crate::context::{self, Context};
use crate::error::Result;
use crate::names::Holders;
use crate::output::{clean, rfc3339, rfc3339_seconds, short};
use crate::redactions::{Lazily, REDACTED};
use crate::summary::{self, EntryNames};
use crate::suspects::Suspects;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof log --kind port-call")]
pub struct Args {
    /// Only the newest N entries
    #[arg(long, value_name = "N")]
    last: Option<u64>,
    /// Only entries of this kind
    #[arg(long)]
    kind: Option<String>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let first = args
        .last
        .map_or(0, |last| reader.head().size.0.saturating_sub(last));
    let (mut holders, mut names) = (Holders::default(), EntryNames::default());
    let suspects = Suspects::read(&reader)?;
    let mut rows = Vec::new();
    // Written as it is read, one entry a line: a log may be long.
    let mut listed = 0;
    if ctx.json {
        let ledger = reader.ledger().map(|l| l.to_string());
        let entries = reader.head().size.0;
        ctx.out.text(&format!(
            r#"{{"ledger":{},"entries":{entries},"suspect_keys":{},"log":["#,
            json!(ledger),
            json!(suspects)
        ))?;
    }
    let mut redactions = Lazily::new(&reader);
    for read in reader.entries() {
        let read = read?;
        let entry = &read.entry;
        holders.heed(&read);
        names.heed(entry);
        let redacted = redactions.facts(entry)?;
        let kind = match redacted {
            Some(_) => REDACTED,
            None => summary::kind(entry),
        };
        if entry.index.0 < first || args.kind.as_deref().is_some_and(|wanted| wanted != kind) {
            continue;
        }
        let facts = entry.facts.known();
        let label = facts.and_then(|f| f.label.as_deref());
        let what = match redacted {
            Some(by) => by.words(),
            None => summary::line(entry, &names),
        };
        let key = &entry.statement.key;
        if ctx.json {
            let comma = if listed > 0 { "," } else { "" };
            listed += 1;
            ctx.out.text(&format!("{comma}\n"))?;
            ctx.out.json_text(&json!({
                "index": entry.index.0, "id": entry.id.to_string(), "class": entry.statement.class as u8,
                "kind": kind, "label": label, "author": key.to_string(), "author_name": holders.get(key),
                "recorded_at": rfc3339(entry.statement.recorded_at),
                "authorised": read.standing.authorised, "suspect": read.standing.suspect, "what": what,
            }))?;
            continue;
        }
        let mark = match (read.standing.authorised, read.standing.suspect) {
            (false, _) => " (not allowed)",
            (true, true) => " (suspect)",
            (true, false) => "",
        };
        rows.push([
            entry.index.to_string(),
            rfc3339_seconds(entry.statement.recorded_at),
            format!("{}{mark}", holders.short(key)),
            clean(kind),
            label.map(clean).unwrap_or_default(),
            short(&what, 80),
        ]);
    }
    if ctx.json {
        return ctx.out.line("\n]}");
    }
    if let (true, Some(kind)) = (rows.is_empty(), &args.kind) {
        return ctx.out.line(format_args!(
            "No entry listed is of the kind {}",
            clean(kind)
        ));
    }
    // Number and time are read down the column: they stay whole.
    ctx.out.table_keeping(
        2,
        [
            "#",
            "recorded (author's clock)",
            "author",
            "kind",
            "label",
            "what",
        ],
        rows,
    )?;
    suspects.explain(&mut ctx.out)
}
