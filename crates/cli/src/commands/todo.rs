//! `seaproof todo`: what a careful reader of the evidence would ask for next.

use clap::Parser;
use seaproof_replay::Open;

use crate::answers;
use crate::context::Context;
use crate::error::Result;
use crate::looking::Looking;
use crate::output::{Out, WIDTH, clean, count, wrap};

/// Statements of one kind of gap that are listed.
const LISTED_MAX: usize = 40;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof todo --json\n\n\
    `seaproof attach ENTRY FILE` makes a cited source held; `seaproof correct` adds a locator.")]
pub struct Args {
    #[command(flatten)]
    looking: Looking,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let (state, reader) = answers::state(&store, &args.looking)?;
    let lens = args.looking.lens(&reader)?;
    let settled = state.settle_under(lens);
    let findings = answers::findings_of(&store, &args.looking, &settled, reader.head())?;
    let todo = settled.todo(&findings);
    if ctx.json {
        return ctx.out.json(&todo);
    }
    let out = &mut ctx.out;
    heading(out, "CITED, NOT HELD", todo.cited_not_held.len())?;
    if !todo.cited_not_held.is_empty() {
        let rows = todo.cited_not_held.iter().map(|row| {
            [
                format!("#{}", row.entry),
                clean(&row.id),
                row.kind.clone(),
                row.held.clone(),
                count(
                    row.statements,
                    "statement rests on it",
                    "statements rest on it",
                ),
            ]
        });
        out.table(["entry", "source", "kind", "how", ""], rows)?;
    }
    out.line("")?;
    heading(out, "HELD, AND NOT SAID WHERE IN IT", todo.no_locator.len())?;
    open(out, &todo.no_locator)?;
    out.line("")?;
    heading(out, "RESTING ON NOTHING", todo.no_basis.len())?;
    open(out, &todo.no_basis)?;
    out.line("")?;
    heading(
        out,
        "NOT SHOWN TO BE INDEPENDENT",
        todo.not_independent.len(),
    )?;
    for number in &todo.not_independent {
        if let Some(finding) = findings.get(number - 1) {
            let text = format!("finding {number}: {}", clean(&finding.statement));
            for line in wrap(&text, WIDTH - 4) {
                out.line(format_args!("  {line}"))?;
            }
        }
    }
    out.line("")?;
    let beyond = count(todo.not_anchored, "entry", "entries");
    match todo.anchored_size {
        None => out.line(format_args!(
            "NOT ANCHORED: no head of this ledger is said to be known outside of it, {beyond}"
        )),
        Some(size) if todo.not_anchored > 0 => out.line(format_args!(
            "NOT ANCHORED: {beyond} above the head of {size} that is said to be known outside"
        )),
        Some(_) => out.line("ANCHORED: the newest head is said to be known outside"),
    }
}

fn heading(out: &mut Out, title: &str, rows: usize) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    match rows {
        0 => out.line(format_args!("{bold}{title}{bold:#}: nothing")),
        _ => out.line(format_args!("{bold}{title}{bold:#}: {rows}")),
    }
}

fn open(out: &mut Out, rows: &[Open]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let shown = rows.iter().take(LISTED_MAX).map(|row| {
        [
            format!("#{}", row.entry),
            row.kind.clone(),
            clean(&row.id),
            clean(&row.sources.join(", ")),
        ]
    });
    out.table(["entry", "kind", "name", "sources"], shown)?;
    if rows.len() > LISTED_MAX {
        out.line(format_args!(
            "and {} more; --json lists them all",
            rows.len() - LISTED_MAX
        ))?;
    }
    Ok(())
}
