//! The report as JSON. Fields may be added; those that are there stay.

use seaproof_ledger::ids::Role;
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::verify::{Cosigned, Problem, Verdict};
use serde_json::{Map, Value, json};

use super::words::{not_yet_covered, words};
use super::{Checked, fresh};
use crate::output::rfc3339;
use crate::times::token_json;

pub(super) fn report(checked: &Checked) -> Value {
    let report = &checked.report;
    let verdicts: Map<String, Value> = Verdict::ALL
        .iter()
        .map(|verdict| {
            (
                verdict.name().to_owned(),
                report.answer(*verdict).name().into(),
            )
        })
        .collect();
    let evidence: Map<String, Value> = Verdict::ALL
        .iter()
        .map(|verdict| (verdict.name().to_owned(), words(checked, *verdict).into()))
        .collect();
    json!({
        "ledger": report.ledger.map(|l| l.to_string()),
        "entries": report.entries.0,
        "root": report.root.to_string(),
        "verdicts": verdicts,
        "evidence": evidence,
        "problems": report.problems.iter().map(problem).collect::<Vec<_>>(),
        "problem_count": report.problem_count,
        "required": checked.required.iter().map(|v| v.name())
            .chain(checked.disclosed.then_some("disclosed")).collect::<Vec<_>>(),
        "exit": checked.exit,
        "title": report.title,
        "checked_at": checked.checked_at,
        "keys": report.signing_keys.iter().map(|key| json!({
            "key": key.key.to_string(), "fingerprint": fingerprint(&key.key), "name": key.name,
            "role": key.role.map(Role::name), "entries": key.entries,
            "revoked_at": key.revoked_at.map(|i| i.0), "suspect_from": key.suspect_from.map(|i| i.0),
        })).collect::<Vec<_>>(),
        "exhibits": {
            "named": report.exhibits.named, "sound": report.exhibits.sound, "more": report.exhibits.more,
        },
        "last": report.last.map(|last| json!({
            "entry": last.index.0, "id": last.id.to_string(), "recorded_at": rfc3339(last.recorded_at),
        })),
        "heads": report.heads.iter().map(|head| json!({
            "from": head.from, "file": head.file, "size": head.size.0, "root": head.root.to_string(), "agrees": head.agrees,
            "signed_by": head.signed_by.map(|key| fingerprint(&key)), "note": head.note,
        })).collect::<Vec<_>>(),
        "cosigned": report.cosigned.as_ref().map(cosigned),
        "timestamps": report.tokens.iter().map(token_json).collect::<Vec<_>>(),
        "contradicted_clocks": {
            "count": report.clocks.count,
            "listed": report.clocks.listed.iter().map(|clock| json!({
                "entry": clock.entry.0, "recorded_at": rfc3339(clock.recorded_at),
                "came": if clock.before { "before" } else { "after" },
                "time": rfc3339(clock.bound.time), "token": clock.bound.token.to_string(),
            })).collect::<Vec<_>>(),
        },
        "not_yet_covered": not_yet_covered(report),
        "closed_at": report.closed_at.map(|i| i.0),
        "redacted": report.redacted,
        "redactions": report.redactions.iter().map(|redacted| json!({
            "entry": redacted.entry.0, "facts": redacted.parts.facts, "source": redacted.parts.source,
            "by": redacted.by.0,
        })).collect::<Vec<_>>(),
        "notices": report.notices,
        "tracks_remade": checked.remade.iter().map(super::remade::Remade::json).collect::<Vec<_>>(),
    })
}

fn cosigned(cosigned: &Cosigned) -> Value {
    json!({
        "since": cosigned.since.map(fresh::shown),
        "heads": cosigned.heads.iter().map(|head| json!({
            "from": head.from, "file": head.file, "size": head.size.0, "agrees": head.agrees,
            "quorum_at": head.complete_at.map(fresh::shown),
            "by": head.by.iter().map(|(name, at)| json!({
                "name": name.as_str(), "at": fresh::shown(*at),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

pub fn problem(problem: &Problem) -> Value {
    json!({
        "code": problem.code.name(),
        "entry": problem.entry.map(|i| i.0),
        "file": problem.file,
        "offset": problem.offset,
        "expected": problem.expected,
        "actual": problem.actual,
        "message": problem.message,
        "verdict": problem.code.verdict().map(Verdict::name),
        "named_by": problem.named_by.iter().map(|i| i.0).collect::<Vec<_>>(),
    })
}
