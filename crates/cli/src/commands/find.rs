//! `seaproof find`: entries by words, identifiers, places, authors and dates.

use clap::Parser;
use seaproof_index::{CaughtUp, Index, Page, Paging, Query, Searched, find_in_log};
use serde_json::json;

use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::input::things_bar;
use crate::names::Holders;
use crate::output::{clean, rfc3339, rfc3339_seconds, short};
use crate::redactions::{Lazily, REDACTED};
use crate::summary::{self, EntryNames};
use crate::suspects::Suspects;

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof find baekyangsan port:RUVYP from:2024-03-01\n\n\
    All parts must hold. Words are folded: case, accents, script and romanisation do not matter; a word\n\
    that ends in * is a beginning; \"words in quotes\" are no names before a colon.\n\n\
    vessel:LABEL    the thing itself and what refers to it; also #N\n\
    imo: mmsi: callsign:    as they are written in an entry\n\
    port:LOCODE     exhibit:DIGEST    id:DIGITS    the last two by their first digits\n\
    author:NAME     or the beginning of a fingerprint or key\n\
    label:PREFIX    kind:KIND\n\
    from:DATE to:DATE       entries that state a date in this stretch\n\n\
    The newest entries come first."
)]
pub struct Args {
    /// What to look for
    #[arg(required = true, value_name = "WORDS")]
    query: Vec<String>,
    /// At most so many entries
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// Only entries before this one: the next page
    #[arg(long, value_name = "N")]
    after: Option<u64>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let query: Query = args
        .query
        .join(" ")
        .parse()
        .map_err(|error| Error::usage(format!("{error}")))?;
    let store = ctx.store()?;
    let index = context::index(&store);
    let resumed = match index.as_ref().and_then(Index::search_mark) {
        Some((mark, agreed)) => context::reader_at(&store, &mark, agreed)?,
        None => None,
    };
    let opened = match resumed {
        Some(opened) => opened,
        None => context::newest(&store)?,
    };
    let reader = &opened.reader;
    let bar = things_bar(0, "Indexing");
    let paging = Paging {
        limit: args.limit.into(),
        after: args.after,
    };
    let found = match &index {
        Some(index) => index.find(reader, opened.agreed, &query, paging, &mut |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        }),
        None => find_in_log(reader, &query, paging).map(|page| Searched {
            page,
            index: CaughtUp::No(context::NO_STATE.into()),
        }),
    };
    bar.finish_and_clear();
    let found = found?;
    match &found.index {
        CaughtUp::Yes { .. } => {}
        CaughtUp::Rebuilt => ctx.note("the search index was damaged and was made anew"),
        CaughtUp::No(why) => ctx.note(&format!(
            "searched the log itself, since the index cannot be used: {why}"
        )),
    }
    show(ctx, found.page, reader)
}

fn show(ctx: &mut Context, page: Page, reader: &seaproof_ledger::reader::Reader<'_>) -> Result<()> {
    let next = page
        .hits
        .last()
        .map(|hit| hit.entry.index.0)
        .filter(|_| page.more);
    let suspects = Suspects::read(reader)?;
    let (holders, names) = (Holders::from(page.names), EntryNames::from(page.called));
    let mut redactions = Lazily::new(reader);
    let mut told = Vec::with_capacity(page.hits.len());
    for hit in &page.hits {
        told.push(match redactions.facts(&hit.entry)? {
            Some(by) => (REDACTED.to_owned(), by.words()),
            None => (
                summary::kind(&hit.entry).to_owned(),
                summary::line(&hit.entry, &names),
            ),
        });
    }
    if ctx.json {
        let found: Vec<_> = page
            .hits
            .iter()
            .zip(&told)
            .map(|(hit, (kind, what))| {
                let entry = &hit.entry;
                let key = &entry.statement.key;
                let label = entry.facts.known().and_then(|f| f.label.as_deref());
                json!({
                    "index": entry.index.0, "id": entry.id.to_string(),
                    "class": entry.statement.class as u8, "kind": kind,
                    "label": label, "author": key.to_string(), "author_name": holders.get(key),
                    "recorded_at": rfc3339(entry.statement.recorded_at),
                    "authorised": hit.authorised, "suspect": hit.suspect,
                    "what": what,
                })
            })
            .collect();
        return ctx.out.json(&json!({
            "ledger": reader.ledger().map(|l| l.to_string()), "entries": reader.head().size.0,
            "found": found, "next": next, "suspect_keys": suspects,
        }));
    }
    if page.hits.is_empty() {
        return ctx.out.line("Nothing is found");
    }
    let rows = page.hits.iter().zip(&told).map(|(hit, (kind, what))| {
        let entry = &hit.entry;
        let mark = match (hit.authorised, hit.suspect) {
            (false, _) => " (not allowed)",
            (true, true) => " (suspect)",
            (true, false) => "",
        };
        let label = entry.facts.known().and_then(|f| f.label.as_deref());
        [
            entry.index.to_string(),
            rfc3339_seconds(entry.statement.recorded_at),
            format!("{}{mark}", holders.short(&entry.statement.key)),
            clean(kind),
            label.map(clean).unwrap_or_default(),
            short(what, 80),
        ]
    });
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
    if let Some(next) = next {
        ctx.out.line(format_args!("More: --after {next}"))?;
    }
    suspects.explain(&mut ctx.out)
}
