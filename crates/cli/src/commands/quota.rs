//! `seaproof quota`: the caps, and what is told of their use, in three columns.

use clap::Parser;
use seaproof_replay::view::{CapRow, ColumnRow};

use crate::answers;
use crate::cells::{suspect, told};
use crate::context::Context;
use crate::error::Result;
use crate::looking::Looking;
use crate::output::{Out, WIDTH, clean, grouped, wrap};

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof quota --at rusi-march\n\n\
    Notified: filed by states. Reported: numbers of outsiders. Estimated: worked out by authors of the\n\
    ledger. The three are never added, and overlapping figures count once.")]
pub struct Args {
    #[command(flatten)]
    looking: Looking,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let marked = answers::quota(ctx, &store, &args.looking)?;
    if ctx.json {
        return ctx.out.json(&marked);
    }
    if marked.answer.caps.is_empty() {
        return ctx.out.line("No cap is recorded");
    }
    caps(&mut ctx.out, &marked.answer.caps)?;
    marked.suspect_keys.explain(&mut ctx.out)
}

/// All caps for people.
pub fn caps(out: &mut Out, caps: &[CapRow]) -> Result<()> {
    for (i, cap) in caps.iter().enumerate() {
        if i > 0 {
            out.line("")?;
        }
        one(out, cap)?;
    }
    Ok(())
}

fn one(out: &mut Out, cap: &CapRow) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    let period = cap
        .period_words()
        .map(|p| format!(", {}", clean(&p)))
        .unwrap_or_default();
    let suppliers = match cap.suppliers.as_str() {
        "all" => "all states".to_owned(),
        other => clean(other),
    };
    out.line(format_args!(
        "{bold}{}{bold:#}  {} {} of {}, {suppliers} to {}{period}  ({})",
        clean(&cap.told.id),
        grouped(cap.limit.amount),
        cap.limit.unit,
        cap.product,
        clean(&cap.receiver),
        told(&cap.told),
    ))?;
    for (name, column) in [
        ("notified", &cap.notified),
        ("reported", &cap.reported),
        ("estimated", &cap.estimated),
    ] {
        match column {
            None => out.line(format_args!("  {name:<11}none recorded"))?,
            Some(column) => self::column(out, name, column)?,
        }
    }
    for (figure, why) in &cap.not_counted {
        words(out, "", &format!("{}: not counted, {why}", clean(figure)))?;
    }
    Ok(())
}

fn column(out: &mut Out, name: &str, column: &ColumnRow) -> Result<()> {
    let share = column
        .share_words
        .as_ref()
        .map(|s| format!(" ({s})"))
        .unwrap_or_default();
    let suspect = suspect(false, column.rests_on_suspect);
    words(out, name, &format!("{}{share}{suspect}", column.words))?;
    for figure in &column.figures {
        let reading = figure
            .reading
            .map(|n| format!(", its product as read in #{n}"))
            .unwrap_or_default();
        let factors: Vec<String> = figure.factors.iter().map(|n| format!("#{n}")).collect();
        let factors = match factors.is_empty() {
            true => String::new(),
            false => format!(", converted by {}", factors.join(" ")),
        };
        let partly = if figure.partly {
            ", reaches beyond it: at least 0"
        } else {
            ""
        };
        let how = if figure.counts {
            "from"
        } else {
            "also, not added:"
        };
        words(
            out,
            "",
            &format!(
                "{how} {} {} (#{}{reading}{factors}{partly}{})",
                clean(&figure.id),
                figure.words,
                figure.entry,
                self::suspect(false, figure.rests_on_suspect)
            ),
        )?;
    }
    Ok(())
}

fn words(out: &mut Out, name: &str, text: &str) -> Result<()> {
    for (i, line) in wrap(text, WIDTH - 13).iter().enumerate() {
        let name = if i == 0 { name } else { "" };
        out.line(format_args!("  {name:<11}{line}"))?;
    }
    Ok(())
}
