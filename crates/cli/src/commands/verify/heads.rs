//! Problems about tree heads: entries that a signed head covers are missing, or two histories were
//! signed.

use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::statement::Head;
use seaproof_ledger::verify::{Code, PresentedHead, Problem, Report};

use super::Checked;
use super::problem::{paragraph, plain};
use super::words::signer_name;
use crate::error::Result;
use crate::output::{Out, clean, count};

/// A root as checkpoints write it, in short.
fn short_root(checked: &Checked, head: Head) -> String {
    let Some(ledger) = &checked.report.ledger else {
        return head.root.short();
    };
    let text = Checkpoint::of_ledger(ledger, head).to_string();
    let root = text.lines().nth(2).unwrap_or_default();
    format!("{}…", root.chars().take(4).collect::<String>())
}

/// The head that a problem is about.
fn presented<'a>(
    checked: &'a Checked,
    from: &str,
    agrees: Option<bool>,
) -> Option<&'a PresentedHead> {
    checked
        .report
        .heads
        .iter()
        .filter(|head| head.from == from && head.agrees == agrees)
        .max_by_key(|head| head.size)
}

/// The file of a pin, if it can be told from the others.
fn pin_file(checked: &Checked, head: &PresentedHead) -> String {
    let pins = checked.report.heads.iter().filter(|h| h.from == "pin");
    let at = pins.clone().position(|h| h == head);
    match at.and_then(|at| checked.outside.pin.get(at)) {
        Some(file) if pins.count() == checked.outside.pin.len() => {
            format!("   ({})", clean(&file.display().to_string()))
        }
        _ => String::new(),
    }
}

/// A head covers more entries than are here.
pub(super) fn behind(out: &mut Out, checked: &Checked, problem: &Problem) -> Result<()> {
    let report = &checked.report;
    let (from, called) = match problem.code {
        Code::BehindPin => ("pin", "your checkpoint"),
        Code::BehindAnchor => ("anchor", "an anchor"),
        Code::BehindMemory => ("memory", "your memory"),
        _ => ("checkpoint", "its checkpoint"),
    };
    let Some(head) = presented(checked, from, None) else {
        return plain(out, problem);
    };
    let signed = match head.note {
        Some(_) => format!("   {}", signer_name(report, head.signed_by)),
        None => String::new(),
    };
    let known = Head {
        size: head.size,
        root: head.root,
    };
    out.line(format_args!(
        "  {called:<15}   {} entries   root {}{signed}{}",
        head.size,
        short_root(checked, known),
        pin_file(checked, head)
    ))?;
    let here = Head {
        size: report.entries,
        root: report.root,
    };
    let own = report
        .heads
        .iter()
        .find(|h| h.from == "checkpoint" && h.agrees == Some(true) && h.size == report.entries)
        .map(|h| format!("   {}", signer_name(report, h.signed_by)));
    out.line(format_args!(
        "  {:<15}   {} entries   root {}{}",
        "this ledger",
        report.entries,
        short_root(checked, here),
        own.unwrap_or_default()
    ))?;
    let (first, last) = (report.entries.0, head.size.0.saturating_sub(1));
    let which = if first == last {
        format!("#{first}")
    } else {
        format!("#{first} to #{last}")
    };
    let missing = count(head.size.0.saturating_sub(first), "entry", "entries");
    let signed = if from == "memory" {
        "you last signed here"
    } else {
        "that checkpoint was signed"
    };
    let signed = if from == "pin" {
        "your checkpoint was signed"
    } else {
        signed
    };
    let covers = match from {
        "pin" => "your checkpoint covers",
        "memory" => "you signed",
        "anchor" => "that anchor covers",
        _ => "its checkpoint covers",
    };
    paragraph(
        out,
        "",
        &format!("At least {missing}, {which}, existed when {signed}."),
    )?;
    paragraph(
        out,
        "",
        &format!(
            "An older copy and a shortened one look exactly alike: this does not show intent. Nor \
             can it be told, without the missing entries, whether {} the same ones that {covers}.",
            match first {
                0 => "any entry is of".to_owned(),
                1 => "#0 is one of".to_owned(),
                n => format!("#0 to #{} are", n - 1),
            }
        ),
    )
}

/// The head that a fork is of: of those that fit, the one that none of the forks before it is of.
fn forked<'a>(
    report: &'a Report,
    before: &[&Problem],
    problem: &Problem,
) -> Option<&'a PresentedHead> {
    let is_of = |problem: &Problem, head: &PresentedHead| {
        head.agrees == Some(false)
            && problem.file == head.file
            && problem.expected.as_ref() == Some(&head.root.to_string())
            && problem.message.starts_with(&format!("the {} ", head.from))
    };
    let taken = |head: &PresentedHead| before.iter().filter(|one| is_of(one, head)).count();
    let heads = report.heads.iter().filter(|head| is_of(problem, head));
    heads
        .enumerate()
        .find(|(n, head)| *n == taken(head))
        .map(|(_, head)| head)
}

/// A head gives another root: both are printed in full, as evidence.
pub(super) fn fork(out: &mut Out, checked: &Checked, problem: &Problem) -> Result<()> {
    let report = &checked.report;
    plain(out, problem)?;
    let forks: Vec<&Problem> = (report.problems.iter())
        .filter(|one| one.code == Code::Fork)
        .collect();
    let at = forks.iter().position(|one| std::ptr::eq(*one, problem));
    let before = forks.get(..at.unwrap_or_default()).unwrap_or_default();
    let Some(head) = forked(report, before, problem) else {
        return Ok(());
    };
    // A pin and the signer's memory often tell of the same fork: one note of each side is enough.
    let shown: Vec<&PresentedHead> = (0..before.len())
        .filter_map(|n| forked(report, &before[..n], before[n]))
        .collect();
    let is_new = |note: &&String| !shown.iter().any(|h| h.note.as_ref() == Some(*note));
    if head.signed_by.is_some() {
        let who = signer_name(report, head.signed_by).replace("signed by", "key");
        paragraph(
            out,
            "",
            &format!("{who} signed two different histories: at most one is the case's."),
        )?;
    }
    let own = report
        .heads
        .iter()
        .find(|h| h.from == "checkpoint" && h.agrees == Some(true));
    for (called, note) in [
        ("what was presented", head.note.as_ref().filter(is_new)),
        (
            "this ledger's own",
            own.filter(|_| shown.is_empty())
                .and_then(|h| h.note.as_ref()),
        ),
    ] {
        let Some(note) = note else { continue };
        out.line(format_args!(
            "  {called}{}:",
            if called.starts_with("what") {
                pin_file(checked, head)
            } else {
                String::new()
            }
        ))?;
        for line in note.lines() {
            out.line(format_args!("    {}", clean(line)).to_string().trim_end())?;
        }
    }
    Ok(())
}
