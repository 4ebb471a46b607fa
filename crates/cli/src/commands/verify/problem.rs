//! One problem for people: where, what was signed, what is there, what rests on it, what to do.

use seaproof_ledger::exhibit::exhibit_path;
use seaproof_ledger::ids::{EntryIndex, ExhibitHash};
use seaproof_ledger::store::{FolderStore, Store};
use seaproof_ledger::verify::{Code, Problem, Verdict};

use super::rests::{Rest, Rests};
use super::{Checked, beside_log, heads, of_exhibit};
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
    title(out, number, checked.report.problem_count, problem)?;
    match problem.code {
        Code::BehindPin | Code::BehindCheckpoint | Code::BehindAnchor | Code::BehindMemory => {
            heads::behind(out, checked, problem)
        }
        Code::Fork => heads::fork(out, checked, problem),
        code if of_exhibit(code) => exhibit(out, checked, store, rests, problem),
        _ => plain(out, problem),
    }?;
    // A tail may hold what a known head covers.
    let behind = checked
        .report
        .heads
        .iter()
        .any(|head| head.size > checked.report.entries);
    let code = match problem.code {
        Code::TornTail if behind => Code::BehindCheckpoint,
        code => code,
    };
    paragraph(out, "Next       ", next(code))
}

/// A problem by itself, without what rests on it.
pub fn alone(out: &mut Out, number: usize, of: usize, problem: &Problem) -> Result<()> {
    title(out, number, of as u64, problem)?;
    plain(out, problem)?;
    paragraph(out, "Next       ", next(problem.code))
}

fn title(out: &mut Out, number: usize, of: u64, problem: &Problem) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    out.line(format_args!(
        "{bold}PROBLEM {number} of {of}{bold:#}   {:<43}[{}]",
        problem.code.words(),
        problem.code.name()
    ))
}

/// A field with a short name, or further lines under it.
pub(super) fn paragraph(out: &mut Out, name: &str, text: &str) -> Result<()> {
    let indent = 2 + name.chars().count();
    for (i, line) in wrap(&clean(text), WIDTH - indent).iter().enumerate() {
        match i {
            0 => out.line(format_args!("  {name}{line}"))?,
            _ => out.line(format_args!("{:indent$}{line}", ""))?,
        }
    }
    Ok(())
}

pub(super) fn plain(out: &mut Out, problem: &Problem) -> Result<()> {
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
        .any(|p| p.code.verdict() == Some(Verdict::Intact) && !beside_log(p.code));
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
        Code::BehindPin | Code::BehindCheckpoint | Code::BehindAnchor | Code::BehindMemory => {
            "ask a holder of all entries for a copy; keep both signed heads and this copy as they are."
        }
        Code::Fork | Code::AuthorFork | Code::ObservedRoot => {
            "keep both signed heads and this copy as they are: together they are evidence. Ask the key's holder."
        }
        Code::ProofMalformed | Code::ProofRoot => {
            "ask for the proof again; keep this one as it is."
        }
        Code::TileMissing | Code::TileMalformed | Code::TileHash => {
            "fetch the file again, or ask for the folder to be exported anew; keep this one as it is."
        }
        Code::UnknownKey | Code::RevokedKey | Code::RoleForbids | Code::AfterClose => {
            "ask the custodian. The entry stands, and no state or finding rests on it."
        }
        Code::AnchorDigest
        | Code::AnchorMalformed
        | Code::AnchorSignature
        | Code::CosignatureInvalid => {
            "ask who gave it for another copy. The log does not rest on it."
        }
        Code::TimestampUntrusted => {
            "compare the service's certificate with what it publishes, and give its root with --tsa-roots."
        }
        Code::TimestampMalformed | Code::TimestampOther | Code::TimestampInvalid => {
            "ask who gave it for another copy; it may belong to another ledger. The log does not rest on it."
        }
        Code::RedactionUnfinished => {
            "if a writer died here, or somebody put it back: the next writing command erases it."
        }
        Code::StateRoot => {
            "compare with `seaproof replay` of another copy or version; do not rely on the recorded state."
        }
        _ => "compare with another copy; keep this one as it is, it may itself be evidence.",
    }
}
