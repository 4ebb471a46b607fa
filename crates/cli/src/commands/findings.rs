//! `seaproof findings`: what the rules in force find.

use clap::Parser;
use seaproof_replay::{Finding, View};
use serde_json::json;

use crate::context::Context;
use crate::error::Result;
use crate::names::EntryName;
use crate::output::{Out, WIDTH, clean, wrap};
use crate::state::view_at;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof findings --rule accounts-differ")]
pub struct Args {
    /// As they were after this entry
    #[arg(long, value_name = "ENTRY")]
    at: Option<EntryName>,
    /// Only those of this rule
    #[arg(long)]
    rule: Option<String>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let mut view = view_at(&store, args.at.as_ref())?;
    if let Some(rule) = &args.rule {
        view.findings.retain(|finding| finding.rule == *rule);
    }
    if ctx.json {
        return ctx.out.json(&json!({
            "ledger": view.ledger, "entries": view.entries, "state_root": view.state_root,
            "adopted": view.adopted, "rules": view.rules, "findings": view.findings,
        }));
    }
    if view.findings.is_empty() {
        return ctx.out.line("The rules in force find nothing");
    }
    print(&mut ctx.out, &view, true)
}

/// All findings for people; `whole` with everything to know before using one.
pub fn print(out: &mut Out, view: &View, whole: bool) -> Result<()> {
    for (i, finding) in view.findings.iter().enumerate() {
        if i > 0 && whole {
            out.line("")?;
        }
        one(out, i + 1, finding, whole)?;
    }
    let silent = view
        .rules
        .iter()
        .filter_map(|rule| Some((rule, rule.does_not_run?)));
    for (rule, why) in silent {
        out.line(format_args!(
            "    {} version {}: {why}",
            clean(&rule.rule),
            rule.version
        ))?;
    }
    Ok(())
}

fn one(out: &mut Out, number: usize, finding: &Finding, whole: bool) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    let of_law = if finding.of_law {
        ", of law: not decided here"
    } else {
        ""
    };
    out.line(format_args!(
        "{number:>2}  {bold}{}{bold:#}  version {}{of_law}",
        clean(&finding.rule),
        finding.version
    ))?;
    paragraph(out, "", &finding.statement)?;
    paragraph(out, "entries  ", &numbers(&finding.entries))?;
    if !whole {
        return Ok(());
    }
    paragraph(out, "compares ", &numbers(&finding.statements))?;
    paragraph(out, "rule     ", &finding.adopted.position)?;
    for (name, values) in &finding.parameters {
        paragraph(out, "         ", &format!("{name}: {}", values.join(", ")))?;
    }
    let sources: Vec<String> = finding
        .sources
        .iter()
        .map(|s| format!("{} (#{}), {}", s.id, s.entry, s.held))
        .collect();
    paragraph(out, "sources  ", &sources.join("; "))?;
    for (name, words) in [
        ("coverage ", &finding.coverage),
        ("identity ", &finding.identity),
    ] {
        if let Some(words) = words {
            paragraph(out, name, words)?;
        }
    }
    for (i, caveat) in finding.caveats.iter().enumerate() {
        paragraph(out, if i == 0 { "caveats  " } else { "         " }, caveat)?;
    }
    Ok(())
}

fn numbers(entries: &[u64]) -> String {
    entries
        .iter()
        .map(|n| format!("#{n}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn paragraph(out: &mut Out, name: &str, text: &str) -> Result<()> {
    let indent = 4 + name.len();
    for (i, line) in wrap(&clean(text), WIDTH - indent).iter().enumerate() {
        match i {
            0 => out.line(format_args!("    {name}{line}"))?,
            _ => out.line(format_args!("{:indent$}{line}", ""))?,
        }
    }
    Ok(())
}
