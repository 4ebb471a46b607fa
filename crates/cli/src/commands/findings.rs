//! `seaproof findings`: what the rules in force find.

use clap::Parser;
use seaproof_replay::{Finding, RuleInForce};
use serde_json::json;

use crate::answers;
use crate::context::Context;
use crate::error::Result;
use crate::heard;
use crate::looking::Looking;
use crate::output::{Out, WIDTH, clean, count, wrap};
use crate::times::TrustRoots;
use times::Times;

mod times;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof findings --rule accounts-differ")]
pub struct Args {
    #[command(flatten)]
    looking: Looking,
    /// Only those of this rule
    #[arg(long)]
    rule: Option<String>,
    #[command(flatten)]
    roots: TrustRoots,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let marked = answers::findings(ctx, &store, &args.looking)?;
    let view = marked.answer;
    let wanted = |name: &str| args.rule.as_deref().is_none_or(|rule| rule == name);
    // Numbered among all, so that a finding keeps its number.
    let found: Vec<(usize, &Finding)> = numbered(&view.findings)
        .filter(|f| wanted(&f.1.rule))
        .collect();
    let times = Times::read(ctx, &store, &args.roots, found.iter().map(|f| f.1))?;
    let rules: Vec<&RuleInForce> = view.rules.iter().filter(|r| wanted(&r.rule)).collect();
    if ctx.json {
        let found = found
            .into_iter()
            .map(|(_, finding)| times.json(finding))
            .collect::<Result<Vec<_>>>()?;
        return ctx.out.json(&json!({
            "ledger": view.ledger, "entries": view.entries, "state_root": view.state_root,
            "adopted": view.adopted, "rules": rules, "findings": found, "suspect_keys": marked.suspect_keys,
            "ais": view.ais,
            "timestamps": {"kept": times.kept, "checked": times.bounds.is_some()},
        }));
    }
    let partly = heard::unread(&mut ctx.out, &view.ais)?;
    if partly && !found.is_empty() {
        ctx.out.line("")?;
    }
    if found.is_empty() {
        match &args.rule {
            Some(rule) if rules.is_empty() => ctx
                .out
                .line(format_args!("No rule in force is called {}", clean(rule)))?,
            _ if partly => ctx.out.line("Nothing is found in what could be read")?,
            _ => ctx.out.line("Nothing is found")?,
        }
    }
    for (i, (number, finding)) in found.into_iter().enumerate() {
        if i > 0 {
            ctx.out.line("")?;
        }
        one(&mut ctx.out, number, finding, true)?;
        times.print(&mut ctx.out, finding)?;
    }
    if times.kept > 0 && times.bounds.is_none() {
        ctx.note(&format!(
            "{} here, not checked: with --tsa-roots FILE each finding says between which moments its entries were made",
            count(times.kept, "timestamp is kept", "timestamps are kept")
        ));
    }
    silent(&mut ctx.out, &rules)?;
    heard::passed_over(&mut ctx.out, &view.ais)?;
    marked.suspect_keys.explain(&mut ctx.out)
}

/// All findings in short.
pub fn print(out: &mut Out, findings: &[Finding], rules: &[RuleInForce]) -> Result<()> {
    for (number, finding) in numbered(findings) {
        one(out, number, finding, false)?;
    }
    silent(out, &rules.iter().collect::<Vec<_>>())
}

fn numbered(findings: &[Finding]) -> impl Iterator<Item = (usize, &Finding)> {
    findings
        .iter()
        .enumerate()
        .map(|(i, finding)| (i + 1, finding))
}

/// Rules that were adopted and do not run here.
fn silent(out: &mut Out, rules: &[&RuleInForce]) -> Result<()> {
    for rule in rules {
        if let Some(why) = &rule.does_not_run {
            out.line(format_args!(
                "    {} version {}: {why}",
                clean(&rule.rule),
                rule.version
            ))?;
        }
    }
    Ok(())
}

pub fn one(out: &mut Out, number: usize, finding: &Finding, whole: bool) -> Result<()> {
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
    if !finding.suspect.is_empty() {
        paragraph(out, "suspect  ", &numbers(&finding.suspect))?;
    }
    if !whole {
        return Ok(());
    }
    paragraph(out, "compares ", &numbers(&finding.statements))?;
    paragraph(out, "rule     ", &finding.adopted.position)?;
    for change in &finding.adopted.changes {
        paragraph(out, "         ", &format!("changed in {change}"))?;
    }
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
    for (i, line) in finding.lines.iter().enumerate() {
        let name = if i == 0 { "lines    " } else { "         " };
        let words = format!("{}: {}, {}", line.what, heard::line(line), line.time);
        paragraph(out, name, &words)?;
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
