//! What the report says in sentences: one for each verdict, and the result.

use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::verify::{Answer, Code, PresentedHead, Problem, Report, Verdict};

use super::{Checked, beside_log, fresh, of_anchor, of_exhibit, stamps};
use crate::output::{clean, count, grouped, short};

/// The first and the last of the entries that are here.
fn span(report: &Report) -> String {
    match report.entries.0 {
        0 => "no entry".into(),
        1 => "#0".into(),
        n => format!("#0 to #{}", n - 1),
    }
}

/// What stands beside a verdict's answer.
pub(super) fn words(checked: &Checked, verdict: Verdict) -> String {
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
        (Verdict::Authorised, Answer::Withheld) => {
            "what governance says is not in the published form".into()
        }
        (Verdict::Authorised, Answer::Partly) => "as far as the log could be read".into(),
        (Verdict::Authorised, _) => match report.unread_governance {
            Some(at) => format!("{at} governs in a way that this program does not know"),
            None => "no entry could be read".into(),
        },
        (Verdict::Timestamped, answer) => stamps::words(checked, answer),
        (Verdict::Fresh, answer) => fresh::words(checked, answer),
        (Verdict::Reproducible, _) => match &checked.derived {
            Some(derived) => derived.words(),
            None => "replay was not asked for: use --replay".into(),
        },
    }
}

/// How many distinct entries have a problem that fails this verdict.
fn entries_with(report: &Report, verdict: Verdict) -> usize {
    let mut entries: Vec<_> = report
        .problems
        .iter()
        .filter(|p| p.code.verdict() == Some(verdict) && !beside_log(p.code))
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
    if answer == Answer::Pass && report.redacted > 0 {
        let files = match files.is_empty() {
            true => files,
            false => format!(" and {files}"),
        };
        return format!(
            "{entries}{files}; {} redacted, bound, not seen",
            count(report.redacted, "opening is", "openings are")
        );
    }
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
pub(super) fn beyond(report: &Report, of: impl Fn(&PresentedHead) -> bool) -> Option<u64> {
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

/// The one sentence on all of it.
pub(super) fn result(report: &Report) -> String {
    let failed = |verdict| report.answer(verdict) == Answer::Fail;
    let log_problem =
        |p: &&Problem| p.code.verdict() == Some(Verdict::Intact) && !beside_log(p.code);
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
        if bad > 0 {
            sentences.push(format!(
                "{bad} of {} not what was signed.",
                count(report.exhibits.named, "exhibit is", "exhibits is"),
            ));
        }
        let anchors = report.problems.iter().filter(|p| of_anchor(p.code));
        match anchors.count() as u64 {
            0 => {}
            n => sentences.push(format!(
                "{} of no use as it stands.",
                count(n, "file in anchors is", "files in anchors are")
            )),
        }
        sentences.push("The signed log itself is unaltered.".into());
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
        if report.redacted > 0 {
            sentences.push(format!(
                "{} redacted by signed entries, and bound.",
                count(report.redacted, "opening was", "openings were")
            ));
        }
        let when = stamps::when(report);
        let newer = report.answer(Verdict::Fresh) != Answer::Pass;
        sentences.push(match (newer, &when) {
            (false, None) => "When it was signed is not known.".into(),
            (true, None) => {
                "Whether newer entries exist, and when it was signed, is not known.".into()
            }
            (false, Some(when)) => format!("{when}."),
            (true, Some(when)) => format!("{when}. Whether newer entries exist is not known."),
        });
    }
    sentences.join(" ")
}

/// The holder of the key that signed a head.
pub(super) fn signer_name(report: &Report, key: Option<AuthorKey>) -> String {
    let Some(key) = key else {
        return "not signed by a custodian".into();
    };
    let found = report.signing_keys.iter().find(|k| k.key == key);
    match found.and_then(|k| k.name.as_deref()) {
        Some(name) => format!("signed by \"{}\"", short(name, 30)),
        None => format!("signed by {}", fingerprint(&key)),
    }
}
