//! One problem for people: where, what was signed, what is there, what rests on it, what to do.

use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::exhibit::exhibit_path;
use seaproof_ledger::ids::{EntryIndex, ExhibitHash};
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::{FolderStore, Store};
use seaproof_ledger::verify::{Code, PresentedHead, Problem, Verdict};

use super::rests::{Rest, Rests};
use super::screen::signer_name;
use super::{Checked, of_exhibit};
use crate::error::Result;
use crate::output::{Out, WIDTH, clean, grouped, wrap};

/// Entries that are listed by number.
const LISTED_MAX: usize = 40;

pub(super) fn print(
    out: &mut Out,
    checked: &Checked,
    store: &FolderStore,
    rests: Option<&Rests>,
    number: usize,
    problem: &Problem,
) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    out.line(format_args!(
        "{bold}PROBLEM {number} of {}{bold:#}   {:<43}[{}]",
        checked.report.problem_count,
        problem.code.words(),
        problem.code.name()
    ))?;
    match problem.code {
        Code::BehindPin | Code::BehindCheckpoint | Code::BehindMemory => {
            behind(out, checked, problem)
        }
        Code::Fork => fork(out, checked, problem),
        code if of_exhibit(code) => exhibit(out, checked, store, rests, problem),
        _ => plain(out, problem),
    }?;
    paragraph(out, "Next       ", next(problem.code))
}

/// A field with a short name, or further lines under it.
fn paragraph(out: &mut Out, name: &str, text: &str) -> Result<()> {
    let indent = 2 + name.chars().count();
    for (i, line) in wrap(&clean(text), WIDTH - indent).iter().enumerate() {
        match i {
            0 => out.line(format_args!("  {name}{line}"))?,
            _ => out.line(format_args!("{:indent$}{line}", ""))?,
        }
    }
    Ok(())
}

fn plain(out: &mut Out, problem: &Problem) -> Result<()> {
    if let Some(entry) = problem.entry {
        out.line(format_args!("  entry      {entry}"))?;
    }
    if let Some(file) = &problem.file {
        let at = problem
            .offset
            .map(|at| format!("   at byte {}", grouped(at)));
        out.line(format_args!(
            "  file       {}{}",
            clean(file),
            at.unwrap_or_default()
        ))?;
    }
    for (name, value) in [("expected", &problem.expected), ("found", &problem.actual)] {
        if let Some(value) = value {
            paragraph(out, &format!("{name:<11}"), value)?;
        }
    }
    paragraph(out, "", &problem.message)
}

fn exhibit(
    out: &mut Out,
    checked: &Checked,
    store: &FolderStore,
    rests: Option<&Rests>,
    problem: &Problem,
) -> Result<()> {
    let hash: Option<ExhibitHash> = problem
        .file
        .as_deref()
        .and_then(|file| file.rsplit('/').next())
        .and_then(|name| name.parse().ok());
    let rest = hash.and_then(|hash| rests?.of(&hash));
    let (
        Some(hash),
        Some(Rest {
            named_in: Some((index, label, author)),
            signed,
            ..
        }),
    ) = (hash, rest)
    else {
        return plain(out, problem);
    };
    let digits = hash.to_string();
    let called = if label.is_empty() {
        String::new()
    } else {
        format!(" \"{}\"", clean(label))
    };
    out.line(format_args!(
        "  file       exhibits/{}/{}…   named in {index}{called}",
        &digits[..2],
        &digits[..8]
    ))?;
    let length = signed
        .map(|s| format!("  {} bytes", grouped(s.length)))
        .unwrap_or_default();
    out.line(format_args!(
        "  signed     sha256 {}…{length}   ({index}, key {author})",
        &digits[..8]
    ))?;
    let found = match (problem.code, &problem.actual) {
        (Code::ExhibitMissing, _) => "no file".to_owned(),
        (Code::ExhibitNotAFile, _) => "something that is not a regular file".to_owned(),
        (Code::ExhibitDigest, Some(actual)) => {
            let length = store.open(&exhibit_path(&hash)).and_then(|blob| blob.len());
            let length = length
                .map(|n| format!("  {} bytes", grouped(n)))
                .unwrap_or_default();
            format!(
                "sha256 {}…{length}",
                actual.chars().take(8).collect::<String>()
            )
        }
        (_, actual) => actual.clone().unwrap_or_default(),
    };
    out.line(format_args!("  found      {found}"))?;
    match problem.code {
        Code::ExhibitMissing => paragraph(out, "", "It does not show who took it away, or when.")?,
        _ => paragraph(
            out,
            "",
            "It does not show who changed it, when, or which bytes differ.",
        )?,
    }
    if let Some(rest) = rest {
        paragraph(out, "Rests on it    ", &resting(rest))?;
        paragraph(out, "Not touched    ", &untouched(checked, rest))?;
    }
    Ok(())
}

fn resting(rest: &Rest) -> String {
    let mut parts = Vec::new();
    if !rest.resting.is_empty() {
        parts.push(format!("statements {}", listed(rest.resting.iter())));
    }
    let touched = rest.findings.iter().flatten().filter(|f| f.1);
    let numbers: Vec<String> = touched.map(|(number, _)| number.to_string()).collect();
    match &numbers[..] {
        [] => {}
        [one] => parts.push(format!("finding {one}")),
        [first @ .., last] => {
            parts.push(format!("findings {} and {last}", first.join(" ")));
        }
    }
    match parts.is_empty() {
        true => "no other statement".into(),
        false => parts.join(", "),
    }
}

fn listed<'a>(entries: impl ExactSizeIterator<Item = &'a EntryIndex>) -> String {
    let more = entries.len().saturating_sub(LISTED_MAX);
    let mut text: Vec<String> = entries.take(LISTED_MAX).map(ToString::to_string).collect();
    if more > 0 {
        text.push(format!("and {more} more"));
    }
    text.join(" ")
}

fn untouched(checked: &Checked, rest: &Rest) -> String {
    let log_is_sound = !checked
        .report
        .problems
        .iter()
        .any(|p| p.code.verdict() == Some(Verdict::Intact) && !of_exhibit(p.code));
    let mut parts = Vec::new();
    if log_is_sound {
        parts.push("the log".to_owned());
    }
    match checked.report.exhibits.sound {
        0 => {}
        1 => parts.push("the other exhibit".into()),
        n => parts.push(format!("the other {} exhibits", grouped(n))),
    }
    let others = rest.findings.iter().flatten().filter(|f| !f.1);
    let numbers: Vec<String> = others.map(|(number, _)| number.to_string()).collect();
    match &numbers[..] {
        [] => {}
        [one] => parts.push(format!("finding {one}")),
        several => parts.push(format!("findings {}", several.join(" "))),
    }
    parts.join(", ")
}

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
    match at.and_then(|at| checked.pins.get(at)) {
        Some(file) if pins.count() == checked.pins.len() => {
            format!("   ({})", clean(&file.display().to_string()))
        }
        _ => String::new(),
    }
}

fn behind(out: &mut Out, checked: &Checked, problem: &Problem) -> Result<()> {
    let report = &checked.report;
    let (from, called) = match problem.code {
        Code::BehindPin => ("pin", "your checkpoint"),
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
    let missing = crate::output::count(head.size.0.saturating_sub(first), "entry", "entries");
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

fn fork(out: &mut Out, checked: &Checked, problem: &Problem) -> Result<()> {
    let report = &checked.report;
    plain(out, problem)?;
    let Some(head) = report.heads.iter().find(|h| {
        h.agrees == Some(false)
            && h.root.to_string() == problem.expected.clone().unwrap_or_default()
    }) else {
        return Ok(());
    };
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
        ("what was presented", head.note.as_ref()),
        ("this ledger's own", own.and_then(|h| h.note.as_ref())),
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

/// What can be done, in a sentence.
fn next(code: Code) -> &'static str {
    match code {
        Code::NotALedger => "name the folder that holds log/ and exhibits/.",
        Code::NewerVersion => "use a newer version of this program.",
        Code::Unreadable => "check the medium and the permissions, and run this again on a copy.",
        Code::TornTail => {
            "if a writer died here, the next writing command cuts the tail; nothing that was acknowledged is in it."
        }
        Code::ExhibitDigest | Code::ExhibitLength | Code::ExhibitNotAFile => {
            "ask another holder for the file with the signed digest; keep this copy as it is, it may itself be evidence."
        }
        Code::ExhibitMissing => "ask another holder for the file with the signed digest.",
        Code::BehindPin | Code::BehindCheckpoint | Code::BehindMemory => {
            "ask a holder of all entries for a copy; keep both signed heads and this copy as they are."
        }
        Code::Fork | Code::AuthorFork | Code::ObservedRoot => {
            "keep both signed heads and this copy as they are: together they are evidence. Ask the key's holder."
        }
        Code::UnknownKey | Code::RevokedKey | Code::RoleForbids | Code::AfterClose => {
            "ask the custodian. The entry stands, and no state or finding rests on it."
        }
        _ => "compare with another copy; keep this one as it is, it may itself be evidence.",
    }
}
