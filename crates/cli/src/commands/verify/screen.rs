//! The report for people: problems first, then the seven verdicts, one sentence on the result, and
//! the sentence on truth. 78 columns.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use seaproof_ledger::ids::to_hex;
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::{Answer, Code, PresentedHead, Report, Verdict};

use super::rests::Rests;
use super::{Checked, of_exhibit, problem};
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
    for verdict in Verdict::ALL {
        verdict_lines(out, checked, verdict)?;
    }
    out.line("")?;
    for notice in &report.notices {
        hanging(out, "Note: ", notice)?;
    }
    hanging(out, "Result: ", &result(report))?;
    out.line("This says nothing about whether any statement is true.")
}

/// A paragraph whose lines after the first stand under its words.
fn hanging(out: &mut Out, name: &str, text: &str) -> Result<()> {
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

fn verdict_lines(out: &mut Out, checked: &Checked, verdict: Verdict) -> Result<()> {
    let report = &checked.report;
    let question = match verdict {
        Verdict::Intact => "Unchanged",
        Verdict::Complete => "Unbroken",
        Verdict::Attributable => "Signed",
        Verdict::Authorised => "Allowed",
        Verdict::Timestamped => "In time",
        Verdict::Fresh => "Latest",
        Verdict::Reproducible => "Re-derived",
    };
    let (answer, colour) = match report.answer(verdict) {
        Answer::Pass => ("yes", Some(AnsiColor::Green)),
        Answer::Fail => ("no", Some(AnsiColor::Red)),
        Answer::Partly => ("partly", Some(AnsiColor::Yellow)),
        Answer::Withheld => ("withheld", Some(AnsiColor::Yellow)),
        Answer::NotChecked => ("not known", None),
    };
    let style = colour.map_or(Style::new(), |colour| colour.on_default().bold());
    let name = format!("[{}]", verdict.name());
    let lines = wrap(&clean(&words(checked, verdict)), WORDS_WIDTH);
    out.line(format_args!(
        "{question:<12}{name:<16}{style}{answer}{style:#}{:pad$}{}",
        "",
        lines.first().map_or("", String::as_str),
        pad = WORDS_AT - 28 - answer.len(),
    ))?;
    for line in lines.iter().skip(1) {
        out.line(format_args!("{:WORDS_AT$}{line}", ""))?;
    }
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
            let mut line = format!("{name}  {}  {}", fingerprint(&key.key), key.role.name());
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

/// The first and the last of the entries that are here.
fn span(report: &Report) -> String {
    match report.entries.0 {
        0 => "no entry".into(),
        1 => "#0".into(),
        n => format!("#0 to #{}", n - 1),
    }
}

fn words(checked: &Checked, verdict: Verdict) -> String {
    let report = &checked.report;
    match (verdict, report.answer(verdict)) {
        (Verdict::Intact, answer) => intact(report, answer),
        (Verdict::Complete, answer) => complete(report, answer),
        (Verdict::Attributable, Answer::Fail) => {
            let wrong = entries_with(report, Verdict::Attributable);
            format!(
                "the signatures of {wrong} entries prove nothing. Those of the others are by these keys; compare with the person:"
            )
        }
        (Verdict::Attributable, Answer::NotChecked) => "no entry could be read".into(),
        (Verdict::Attributable, _) => {
            "by these keys. Whose keys they are is not proven here; compare with the person:".into()
        }
        (Verdict::Authorised, Answer::Pass) => {
            let first = report.signing_keys.first();
            let key = first.and_then(|k| k.name.as_deref()).map_or_else(
                || first.map(|k| fingerprint(&k.key)).unwrap_or_default(),
                |name| format!("\"{}\"", clean(name)),
            );
            format!("by the case's own rules, which began with the key {key}")
        }
        (Verdict::Authorised, Answer::Fail) => {
            let wrong = entries_with(report, Verdict::Authorised);
            format!(
                "{wrong} of {} entries are against the case's own rules",
                report.entries
            )
        }
        (Verdict::Authorised, Answer::Partly) => "as far as the log could be read".into(),
        (Verdict::Authorised, _) => match report.unread_governance {
            Some(at) => format!("{at} governs in a way that this program does not know"),
            None => "no entry could be read".into(),
        },
        (Verdict::Timestamped, _) => {
            "no timestamp here. All times are the authors' own word".into()
        }
        (Verdict::Fresh, answer) => fresh(checked, answer),
        (Verdict::Reproducible, _) => {
            "no state is recorded here to compare with: `seaproof replay` derives it anew".into()
        }
    }
}

/// How many distinct entries have a problem that fails this verdict.
fn entries_with(report: &Report, verdict: Verdict) -> usize {
    let mut entries: Vec<_> = report
        .problems
        .iter()
        .filter(|p| p.code.verdict() == Some(verdict) && !of_exhibit(p.code))
        .filter_map(|p| p.entry)
        .collect();
    entries.sort_unstable();
    entries.dedup();
    entries.len()
}

fn intact(report: &Report, answer: Answer) -> String {
    let (all, exhibits) = (report.entries.0, report.exhibits);
    let sound = all.saturating_sub(entries_with(report, Verdict::Intact) as u64);
    let files = match exhibits.named {
        0 => String::new(),
        named => format!("{} of {} exhibits", grouped(exhibits.sound), grouped(named)),
    };
    let entries = format!("{} of {} entries", grouped(sound), grouped(all));
    match answer {
        Answer::Pass if files.is_empty() => format!("{entries} are byte for byte what was signed"),
        Answer::Pass => format!("{entries} and {files} are byte for byte what was signed"),
        Answer::Fail if report.stopped => {
            format!(
                "{entries} that could be read before the log breaks off{}{files}",
                if files.is_empty() { "" } else { ", " }
            )
        }
        Answer::Fail if files.is_empty() => entries,
        Answer::Fail => format!("{entries}, {files}"),
        _ => "not everything could be read".into(),
    }
}

fn complete(report: &Report, answer: Answer) -> String {
    let behind = report
        .heads
        .iter()
        .filter(|head| head.agrees.is_none())
        .map(|head| head.size.0)
        .max();
    match answer {
        Answer::Pass => {
            let uncovered = match not_yet_covered(report) {
                None | Some(0) => String::new(),
                Some(n) => format!(
                    "; the last {} under no signed head yet",
                    count(n, "is", "are")
                ),
            };
            format!("{}, none missing in between{uncovered}", span(report))
        }
        Answer::Fail => {
            let missing = |code| report.problems.iter().filter(|p| p.code == code).count() as u64;
            let mut parts = Vec::new();
            match behind {
                Some(size) if size == report.entries.0 + 1 => {
                    parts.push(format!("#{} is missing", size - 1))
                }
                Some(size) => {
                    parts.push(format!("#{} to #{} are missing", report.entries, size - 1))
                }
                None => {}
            }
            match missing(Code::ExhibitMissing) {
                0 => {}
                n => parts.push(format!(
                    "{} missing",
                    count(n, "exhibit is", "exhibits are")
                )),
            }
            match missing(Code::OpeningAbsent) {
                0 => {}
                n => parts.push(format!(
                    "the content of {} missing",
                    count(n, "entry is", "entries is")
                )),
            }
            parts.join("; ")
        }
        _ if report.heads.is_empty() => "there is no signed head to compare with".into(),
        _ => "not everything could be read".into(),
    }
}

/// Entries beyond the newest of these heads.
fn beyond(report: &Report, of: impl Fn(&PresentedHead) -> bool) -> Option<u64> {
    let heads = report
        .heads
        .iter()
        .filter(|head| head.agrees == Some(true) && of(head));
    let newest = heads.map(|head| head.size.0).max()?;
    Some(report.entries.0.saturating_sub(newest))
}

/// Entries that no signed head covers yet. What a signer remembers is no signature.
pub(super) fn not_yet_covered(report: &Report) -> Option<u64> {
    beyond(report, |head| head.note.is_some())
}

fn fresh(checked: &Checked, answer: Answer) -> String {
    let report = &checked.report;
    match answer {
        Answer::Pass if report.closed_at.is_some() => {
            "the ledger was closed; nothing can follow".into()
        }
        Answer::Pass => match beyond(report, |head| head.from == "pin") {
            None | Some(0) => "the checkpoint you gave is the head of this log".into(),
            Some(n) => format!(
                "the checkpoint you gave is a head of this log, and {} after it",
                count(n, "entry follows", "entries follow")
            ),
        },
        Answer::Fail
            if report
                .heads
                .iter()
                .any(|h| h.from == "pin" && h.agrees == Some(false)) =>
        {
            "another history than the checkpoint you gave".into()
        }
        Answer::Fail => "behind the checkpoint you gave".into(),
        _ if !checked.pins.is_empty() => "the checkpoint you gave could not be compared".into(),
        _ => match report.entries.0 {
            0 => "nothing from outside was given: use --pin".into(),
            n => format!(
                "nothing from outside was given. Entries after #{} may exist and be missing here: use --pin",
                n - 1
            ),
        },
    }
}

fn result(report: &Report) -> String {
    let failed = |verdict| report.answer(verdict) == Answer::Fail;
    let log_problem = |p: &&seaproof_ledger::verify::Problem| {
        p.code.verdict() == Some(Verdict::Intact) && !of_exhibit(p.code)
    };
    if report.entries.0 == 0 {
        return "nothing could be checked.".into();
    }
    if report.problems.iter().filter(log_problem).count() > 0 {
        return "the signed log is not what it was. Do not rely on the current state shown from it.".into();
    }
    let mut sentences = Vec::new();
    if failed(Verdict::Intact) {
        let bad = report
            .problems
            .iter()
            .filter(|p| of_exhibit(p.code) && p.code.verdict() == Some(Verdict::Intact))
            .count();
        sentences.push(format!(
            "{bad} of {} not what was signed. The signed log itself is unaltered.",
            count(report.exhibits.named, "exhibit is", "exhibits is"),
        ));
    }
    if failed(Verdict::Attributable) {
        sentences.push("some signatures are wrong: what they stand under is nobody's word.".into());
    }
    if failed(Verdict::Authorised) {
        sentences.push(
            "some entries were not allowed by the case's own rules: replay leaves them aside."
                .into(),
        );
    }
    if failed(Verdict::Complete) {
        sentences.push(match sentences.is_empty() {
            true => "what is here is unaltered in itself, and it is not everything that was signed. Do not rely on the current state shown from it.".into(),
            false => "Not everything that was signed is here.".into(),
        });
    }
    if sentences.is_empty() {
        let unread = report.answer(Verdict::Intact) != Answer::Pass;
        if unread {
            return "not everything here could be read.".into();
        }
        sentences.push("everything that is here is unaltered since it was signed.".into());
        sentences.push(match report.answer(Verdict::Fresh) {
            Answer::Pass => "When it was signed is not known.".into(),
            _ => "Whether newer entries exist, and when it was signed, is not known.".into(),
        });
    }
    sentences.join(" ")
}

/// The holder of the key that signed a head.
pub(super) fn signer_name(report: &Report, key: Option<seaproof_ledger::ids::AuthorKey>) -> String {
    let Some(key) = key else {
        return "not signed by a custodian".into();
    };
    let found = report.signing_keys.iter().find(|k| k.key == key);
    match found.and_then(|k| k.name.as_deref()) {
        Some(name) => format!("signed by \"{}\"", short(name, 30)),
        None => format!("signed by {}", fingerprint(&key)),
    }
}
