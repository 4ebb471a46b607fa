//! The report for people: problems first, then the seven verdicts, one sentence on the result, and
//! the sentence on truth. 78 columns.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use seaproof_ledger::ids::{Role, to_hex};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::{Answer, Report, Verdict};

use super::rests::Rests;
use super::words::{result, words};
use super::{Checked, problem, redacted, stamps};
use crate::error::Result;
use crate::output::{Out, WIDTH, clean, count, grouped, rfc3339_seconds, short, wrap};

/// Column where a verdict's words begin.
const WORDS_AT: usize = 38;
/// Columns that they have.
const WORDS_WIDTH: usize = 41;
/// Keys that are listed one by one.
const KEYS_MAX: usize = 20;
/// Problems that are described one by one.
const PROBLEMS_MAX: usize = 25;

pub(super) fn print(out: &mut Out, checked: &Checked, store: &FolderStore) -> Result<()> {
    let report = &checked.report;
    let rests = match report.problems.is_empty() {
        true => None,
        false => Rests::read(checked, store),
    };
    for (i, found) in report.problems.iter().take(PROBLEMS_MAX).enumerate() {
        problem::print(out, checked, store, rests.as_ref(), i + 1, found)?;
        out.line("")?;
    }
    let unsaid = report.problem_count.saturating_sub(PROBLEMS_MAX as u64);
    if unsaid > 0 {
        out.line(format_args!(
            "and {} more; --json lists them up to 1,000\n",
            count(unsaid, "problem", "problems")
        ))?;
    }
    head(out, checked)?;
    redacted::print(out, report, store)?;
    for verdict in Verdict::ALL {
        verdict_lines(out, checked, verdict)?;
    }
    out.line("")?;
    for notice in report.notices.iter().chain(&stamps::notices(report)) {
        hanging(out, "Note: ", notice)?;
    }
    let unknown = checked.unknown();
    if checked.exit == 2 && !unknown.is_empty() {
        hanging(
            out,
            "Required and not known: ",
            &format!("{}.", unknown.join(", ")),
        )?;
    }
    if checked.disclosed && report.redacted > 0 {
        let what = "that nothing is withheld. What is redacted is not disclosed.";
        hanging(out, "Required and not so: ", what)?;
    }
    hanging(out, "Result: ", &result(report))?;
    out.line("This says nothing about whether any statement is true.")
}

/// A paragraph whose lines after the first stand under its words.
pub fn hanging(out: &mut Out, name: &str, text: &str) -> Result<()> {
    let indent = name.chars().count();
    for (i, line) in wrap(&clean(text), WIDTH - 1 - indent).iter().enumerate() {
        match i {
            0 => out.line(format_args!("{name}{line}"))?,
            _ => out.line(format_args!("{:indent$}{line}", ""))?,
        }
    }
    Ok(())
}

fn head(out: &mut Out, checked: &Checked) -> Result<()> {
    let report = &checked.report;
    out.line(format_args!(
        "seaproof {}  verify {}  (checked {}, nothing written)",
        env!("CARGO_PKG_VERSION"),
        clean(&checked.shown),
        checked.checked_at
    ))?;
    out.line("")?;
    if let Some(title) = &report.title {
        hanging(out, "Case       ", title)?;
    }
    if let Some(ledger) = &report.ledger {
        let hex = to_hex(ledger.as_bytes());
        out.line(format_args!(
            "Ledger     {} {} … (64 digits with --json)",
            &hex[..8],
            &hex[8..16]
        ))?;
    }
    out.line(format_args!("Here       {}", here(report)))?;
    if let Some(last) = &report.last {
        out.line(format_args!(
            "Last       {}, recorded {} by its author's own clock",
            last.index,
            rfc3339_seconds(last.recorded_at)
        ))?;
    }
    if let Some(at) = report.closed_at {
        out.line(format_args!("Closed     at {at}: nothing may follow"))?;
    }
    out.line("")
}

fn here(report: &Report) -> String {
    let exhibits = report.exhibits;
    let present = match (exhibits.named, exhibits.named == exhibits.sound) {
        (0, _) if report.leaves_only => "leaves only".to_owned(),
        (0, _) => "no exhibits".to_owned(),
        (named, true) => format!("{}, all present", count(named, "exhibit", "exhibits")),
        (named, false) => format!(
            "{} of {}",
            grouped(exhibits.sound),
            count(named, "exhibit", "exhibits")
        ),
    };
    let more = if exhibits.more { " and more" } else { "" };
    let redacted = match report.redacted {
        0 if report.leaves_only => "what entries say is withheld".to_owned(),
        0 => "nothing withheld".to_owned(),
        n => count(n, "redacted opening", "redacted openings"),
    };
    format!(
        "{} · {} · {present}{more} · {redacted}",
        count(report.entries.0, "entry", "entries"),
        count(
            report.signing_keys.len() as u64,
            "signing key",
            "signing keys"
        ),
    )
}

/// One answer with the words beside it.
pub fn answer_lines(out: &mut Out, verdict: Verdict, answer: Answer, words: &str) -> Result<()> {
    let question = match verdict {
        Verdict::Intact => "Unchanged",
        Verdict::Complete => "Unbroken",
        Verdict::Attributable => "Signed",
        Verdict::Authorised => "Allowed",
        Verdict::Timestamped => "In time",
        Verdict::Fresh => "Latest",
        Verdict::Reproducible => "Re-derived",
    };
    let (answer, colour) = match answer {
        Answer::Pass => ("yes", Some(AnsiColor::Green)),
        Answer::Fail => ("no", Some(AnsiColor::Red)),
        Answer::Partly => ("partly", Some(AnsiColor::Yellow)),
        Answer::Withheld => ("withheld", Some(AnsiColor::Yellow)),
        Answer::NotChecked => ("not known", None),
    };
    let style = colour.map_or(Style::new(), |colour| colour.on_default().bold());
    let name = format!("[{}]", verdict.name());
    let lines = wrap(&clean(words), WORDS_WIDTH);
    out.line(format_args!(
        "{question:<12}{name:<16}{style}{answer}{style:#}{:pad$}{}",
        "",
        lines.first().map_or("", String::as_str),
        pad = WORDS_AT - 28 - answer.len(),
    ))?;
    for line in lines.iter().skip(1) {
        out.line(format_args!("{:WORDS_AT$}{line}", ""))?;
    }
    Ok(())
}

fn verdict_lines(out: &mut Out, checked: &Checked, verdict: Verdict) -> Result<()> {
    let report = &checked.report;
    answer_lines(
        out,
        verdict,
        report.answer(verdict),
        &words(checked, verdict),
    )?;
    if verdict == Verdict::Attributable {
        keys(out, report)?;
    }
    Ok(())
}

/// The keys, under the words, in full: they are there to be compared.
fn keys(out: &mut Out, report: &Report) -> Result<()> {
    let lines: Vec<String> = report
        .signing_keys
        .iter()
        .take(KEYS_MAX)
        .map(|key| {
            let name = key.name.as_deref().map_or("(no name)".to_owned(), |name| {
                format!("\"{}\"", short(name, 30))
            });
            let role = key.role.map(Role::name).unwrap_or_default();
            let mut line = format!("{name}  {}  {role}", fingerprint(&key.key));
            if let Some(at) = key.revoked_at {
                let _ = write!(line, ", revoked at {at}");
            }
            if let Some(from) = key.suspect_from {
                let _ = write!(line, ", suspect from {from}");
            }
            line
        })
        .collect();
    let widest = lines
        .iter()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let indent = (WORDS_AT + 2).min(WIDTH.saturating_sub(widest)).max(2);
    for line in &lines {
        out.line(format_args!("{:indent$}{line}", ""))?;
    }
    match report.signing_keys.len().saturating_sub(KEYS_MAX) {
        0 => Ok(()),
        more => out.line(format_args!(
            "{:indent$}and {more} more: `seaproof author list`",
            ""
        )),
    }
}
