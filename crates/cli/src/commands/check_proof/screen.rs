//! What came of a proof: for people in the order and the words of `verify`, and as JSON.

use seaproof_evidence::Decoded;
use seaproof_ledger::entry::Disclosed;
use seaproof_ledger::ids::{Class, Role, to_hex};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::proof::ProvenEntry;
use seaproof_ledger::verify::{Answer, Verdict};
use serde_json::{Map, Value, json};

use super::{FileKind, Judged};
use crate::commands::show::flatten;
use crate::commands::verify::{answer_lines, hanging, problem_alone, problem_json};
use crate::error::Result;
use crate::output::{Out, WIDTH, clean, count, rfc3339, rfc3339_seconds, wrap};
use crate::summary::{self, EntryNames};

pub(super) fn print(out: &mut Out, judged: &Judged) -> Result<()> {
    let report = &judged.report;
    for (i, problem) in report.problems.iter().enumerate() {
        problem_alone(out, i + 1, report.problems.len(), problem)?;
        out.line("")?;
    }
    out.line(format_args!(
        "seaproof {}  check-proof {}  (checked {}, nothing written)",
        env!("CARGO_PKG_VERSION"),
        clean(&judged.shown),
        judged.checked_at
    ))?;
    out.line("")?;
    if let Some(ledger) = &report.ledger {
        let hex = to_hex(ledger.as_bytes());
        let (first, second) = (&hex[..8], &hex[8..16]);
        out.line(format_args!(
            "Ledger     {first} {second} … (64 digits with --json)"
        ))?;
    }
    hanging(out, "Proof      ", &shows(judged))?;
    if let Some(head) = report.head {
        let by = match report.signed_by {
            Some(key) => format!("signed by {}", fingerprint(&key)),
            None => "not signed by the key you gave".into(),
        };
        let entries = count(head.size.0, "entry", "entries");
        hanging(
            out,
            "Under      ",
            &format!("the checkpoint of {entries}, {by}"),
        )?;
    }
    if let Some(entry) = &report.entry {
        out.line("")?;
        statement(out, entry)?;
    }
    out.line("")?;
    for verdict in Verdict::ALL {
        let answer = report.answer(verdict);
        answer_lines(out, verdict, answer, &words(judged, verdict, answer))?;
    }
    out.line("")?;
    for notice in &report.notices {
        hanging(out, "Note: ", notice)?;
    }
    hanging(out, "Result: ", &result(judged))?;
    out.line("This says nothing about whether any statement is true.")
}

/// What the file is meant to show.
fn shows(judged: &Judged) -> String {
    let report = &judged.report;
    match (judged.kind, &report.entry, report.old) {
        (FileKind::Entry, Some(entry), _) => format!("{} stands in this ledger", entry.index),
        (FileKind::Entry, None, _) => "one entry stands in this ledger".into(),
        (FileKind::Consistency, _, Some(old)) => {
            let entries = count(old.size.0, "entry", "entries");
            format!(
                "the checkpoint extends the head of {entries}, root {}",
                old.root
            )
        }
        (FileKind::Consistency, ..) => "the checkpoint extends an older head".into(),
        (FileKind::Report, ..) => {
            let heads = count(report.heads.len() as u64, "signed head", "signed heads");
            format!("what a verification found of {heads}")
        }
    }
}

const fn class_name(class: Class) -> &'static str {
    match class {
        Class::Genesis => "the beginning of the ledger",
        Class::Governance => "governance",
        Class::Evidence => "evidence",
        Class::Amendment => "an amendment of other entries",
    }
}

/// The statement in words.
fn statement(out: &mut Out, entry: &ProvenEntry) -> Result<()> {
    let statement = &entry.statement;
    let mut field = |name: &str, value: &str| out.line(format!("{name:<11}{value}").trim_end());
    let class = class_name(statement.class);
    field("Entry", &format!("{}  {class}", entry.index))?;
    field("Id", &entry.id.to_string())?;
    let role = entry.role.map(Role::name).unwrap_or_default();
    let suspect = entry.suspect_from.filter(|from| entry.index >= *from);
    let suspect = suspect.map(|from| format!("  suspect from {from}"));
    field(
        "Author",
        &format!(
            "{}  {role}{}",
            fingerprint(&statement.key),
            suspect.unwrap_or_default()
        ),
    )?;
    let recorded = rfc3339(statement.recorded_at);
    field("Recorded", &format!("{recorded} by its author's own clock"))?;
    let observed = count(statement.observed.size.0, "entry", "entries");
    let root = statement.observed.root;
    field("Observed", &format!("{observed}, root {root}"))?;
    said(out, "Says", &facts(entry))?;
    said(out, "Source", &source(entry))
}

/// Paths of fields with their texts, or a sentence.
enum Said {
    Fields(Vec<(String, String)>),
    Words(&'static str),
}

fn facts(entry: &ProvenEntry) -> Said {
    let facts = match &entry.facts {
        Disclosed::Absent => return Said::Words("not disclosed here"),
        Disclosed::Newer => return Said::Words("in a form that this program does not read"),
        Disclosed::Present(facts) => facts,
    };
    let class = entry.statement.class;
    if let Some(event) = summary::said(class, &entry.facts, &EntryNames::default()) {
        let mut fields = Vec::new();
        flatten(&event, "", &mut fields);
        for exhibit in &facts.exhibits {
            let text = format!("sha256 {}  {} bytes", exhibit.hash, exhibit.length);
            fields.push(("exhibit".into(), text));
        }
        return Said::Fields(fields);
    }
    match Decoded::of(class, facts) {
        Decoded::Malformed { .. } => Said::Words("what cannot be read"),
        _ => Said::Words("something of a kind that this program does not know"),
    }
}

fn source(entry: &ProvenEntry) -> Said {
    match &entry.source {
        Disclosed::Absent => Said::Words("not disclosed here"),
        Disclosed::Newer => Said::Words("in a form that this program does not read"),
        Disclosed::Present(source) if source.fields().is_empty() => Said::Words("nothing"),
        Disclosed::Present(source) => {
            let fields = source.fields().iter();
            Said::Fields(fields.map(|f| (f.name.clone(), f.text.clone())).collect())
        }
    }
}

fn said(out: &mut Out, name: &str, said: &Said) -> Result<()> {
    let fields = match said {
        Said::Words(words) => return out.line(format_args!("{name:<11}{words}")),
        Said::Fields(fields) => fields,
    };
    let longest = fields.iter().map(|(path, _)| path.chars().count()).max();
    let width = longest.unwrap_or(0) + 2;
    let mut name = name;
    for (path, text) in fields {
        let lines = wrap(&clean(text), WIDTH.saturating_sub(11 + width).max(30));
        let mut path = clean(path);
        for line in lines {
            out.line(format_args!("{name:<11}{path:<width$}{line}"))?;
            (name, path) = ("", String::new());
        }
    }
    Ok(())
}

/// What stands beside an answer.
fn words(judged: &Judged, verdict: Verdict, answer: Answer) -> String {
    let report = &judged.report;
    match (verdict, judged.kind, answer) {
        (Verdict::Intact, FileKind::Report, Answer::Pass) => {
            "all these heads are of one history".into()
        }
        (Verdict::Intact, FileKind::Report, Answer::Fail) => {
            "not one history, or not shown: see above".into()
        }
        (Verdict::Intact, FileKind::Report, _) => {
            "that these heads are of one history is not shown".into()
        }
        (Verdict::Intact, FileKind::Entry, Answer::Pass) => {
            "byte for byte what was signed, at its place under the checkpoint".into()
        }
        (Verdict::Intact, FileKind::Consistency, Answer::Pass) => {
            "the older head is a beginning of the newer".into()
        }
        (Verdict::Intact, ..) => "the proof does not hold: see above".into(),
        (Verdict::Complete, ..) => "no proof shows that nothing is missing".into(),
        (Verdict::Attributable, FileKind::Entry, Answer::Pass) => {
            "by the author's key. Whose key it is is not proven here; compare the fingerprint"
                .into()
        }
        (Verdict::Attributable, FileKind::Entry, Answer::Fail) => {
            "the signature proves nothing".into()
        }
        (Verdict::Authorised, FileKind::Entry, answer) => {
            let roster = report.entry.as_ref().and_then(|entry| entry.roster);
            match (answer, roster) {
                (Answer::Pass, Some(at)) => format!("as the roster {at} has it"),
                (Answer::Fail, Some(at)) => format!("not as the roster {at} has it"),
                _ => "one entry cannot show it: ask for the proof with a roster".into(),
            }
        }
        (Verdict::Attributable | Verdict::Authorised, ..) => "the file holds no entry".into(),
        (Verdict::Timestamped, ..) => {
            "no timestamp here. All times are the authors' own word".into()
        }
        (Verdict::Fresh, _, Answer::Pass) => {
            "the checkpoint you gave is a head of this history; newer ones may exist".into()
        }
        (Verdict::Fresh, _, Answer::Fail) => "another history than the checkpoint you gave".into(),
        (Verdict::Fresh, ..) if !report.heads.is_empty() && judged.kind != FileKind::Report => {
            "the checkpoint you gave is of another size: ask for `prove --since`".into()
        }
        (Verdict::Fresh, ..) => "nothing from outside was given: use --pin".into(),
        (Verdict::Reproducible, ..) => "a proof holds no state".into(),
    }
}

/// The one sentence on all of it.
fn result(judged: &Judged) -> String {
    let report = &judged.report;
    let intact = report.answer(Verdict::Intact);
    match (judged.kind, intact) {
        (FileKind::Report, Answer::Fail)
            if report.heads.iter().any(|head| head.agrees == Some(false)) =>
        {
            "two different histories of this ledger were signed, and this file shows it by itself: at most one is the \
             case's."
                .into()
        }
        (FileKind::Report, Answer::Pass) => {
            "these signed heads are of one history. No more is shown.".into()
        }
        (FileKind::Report, _) => "the file does not show by itself what was found.".into(),
        (_, Answer::Fail) => "the proof shows nothing. Do not rely on it.".into(),
        (FileKind::Entry, _) if report.answer(Verdict::Attributable) != Answer::Pass => {
            "the entry stands there, and its signature proves nothing.".into()
        }
        (FileKind::Entry, _) if report.answer(Verdict::Authorised) == Answer::Fail => {
            "the entry stands there, and its author was not allowed to sign it.".into()
        }
        (FileKind::Entry, _) => {
            "this entry was signed by this key and stands in the ledger. Whether it was corrected, retracted or its \
             author revoked is not shown."
                .into()
        }
        (FileKind::Consistency, _) => {
            "nothing was changed or removed between the two heads; something was added, or nothing.".into()
        }
    }
}

pub(super) fn as_json(judged: &Judged) -> Value {
    let report = &judged.report;
    let verdicts: Map<String, Value> = Verdict::ALL
        .iter()
        .map(|verdict| {
            let answer = report.answer(*verdict).name();
            (verdict.name().to_owned(), answer.into())
        })
        .collect();
    json!({
        "kind": match judged.kind {
            FileKind::Entry => "entry",
            FileKind::Consistency => "consistency",
            FileKind::Report => "report",
        },
        "ledger": report.ledger.map(|ledger| ledger.to_string()),
        "entries": report.head.map(|head| head.size.0),
        "root": report.head.map(|head| head.root.to_string()),
        "signed_by": report.signed_by.map(|key| fingerprint(&key)),
        "old": report.old.map(|old| json!({"size": old.size.0, "root": old.root.to_string()})),
        "entry": report.entry.as_ref().map(entry_json),
        "heads": report.heads.iter().map(|head| json!({
            "from": head.from, "size": head.size.0, "root": head.root.to_string(), "agrees": head.agrees,
            "signed_by": head.signed_by.map(|key| fingerprint(&key)), "note": head.note,
        })).collect::<Vec<_>>(),
        "verdicts": verdicts,
        "problems": report.problems.iter().map(problem_json).collect::<Vec<_>>(),
        "required": judged.required.iter().map(|verdict| verdict.name()).collect::<Vec<_>>(),
        "notices": report.notices,
        "checked_at": judged.checked_at,
        "exit": judged.exit,
    })
}

fn entry_json(entry: &ProvenEntry) -> Value {
    let statement = &entry.statement;
    let source = entry.source.known().map(|source| {
        let fields = source.fields().iter();
        let fields = fields.map(|f| (f.name.clone(), Value::from(f.text.clone())));
        fields.collect::<Map<_, _>>()
    });
    json!({
        "index": entry.index.0,
        "id": entry.id.to_string(),
        "class": statement.class as u8,
        "key": statement.key.to_string(),
        "fingerprint": fingerprint(&statement.key),
        "seq": statement.seq.0,
        "recorded_at": rfc3339_seconds(statement.recorded_at),
        "observed": {"size": statement.observed.size.0, "root": statement.observed.root.to_string()},
        "statement": to_hex(&statement.encode()),
        "kind": entry.facts.known().map(|facts| facts.kind.clone()),
        "label": entry.facts.known().and_then(|facts| facts.label.clone()),
        "says": summary::said(statement.class, &entry.facts, &EntryNames::default()),
        "exhibits": entry.facts.known().map(|facts| facts.exhibits.iter().map(|exhibit| json!({
            "sha256": exhibit.hash.to_string(), "bytes": exhibit.length,
        })).collect::<Vec<_>>()),
        "source": source,
        "roster": entry.roster.map(|at| at.0),
        "role": entry.role.map(Role::name),
        "suspect_from": entry.suspect_from.map(|from| from.0),
    })
}
