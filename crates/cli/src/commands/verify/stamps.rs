//! What timestamps say of the ledger, in words.

use seaproof_ledger::timestamp::{Authority, KeptToken, Worth};
use seaproof_ledger::verify::{Answer, Code, Report, Verdict};

use super::Checked;
use crate::output::{clean, count, rfc3339, rfc3339_seconds, short};
use crate::times::contradiction;

/// Clocks that are told one by one.
const CLOCKS_SHOWN: usize = 5;

/// The first `size` entries.
fn span(size: u64) -> String {
    match size {
        1 => "#0".into(),
        n => format!("#0 to #{}", n.saturating_sub(1)),
    }
}

/// What stands beside the verdict.
pub(super) fn words(checked: &Checked, answer: Answer) -> String {
    let report = &checked.report;
    let kept = report.tokens.len() as u64;
    if answer == Answer::Fail {
        let untrusted = |code| code == Code::TimestampUntrusted;
        let problems = report
            .problems
            .iter()
            .filter(|p| p.code.verdict() == Some(Verdict::Timestamped) && !untrusted(p.code));
        let wrong = problems.count() as u64;
        return match wrong {
            0 => format!(
                "{} here, by nobody whom you trust",
                count(kept, "timestamp", "timestamps")
            ),
            _ => format!(
                "{wrong} of {} nothing",
                count(kept, "timestamp proves", "timestamps prove")
            ),
        };
    }
    if kept == 0 {
        return "no timestamp here. All times are the authors' own word".into();
    }
    let Some((token, authority)) = strongest(report) else {
        return match checked.trusts {
            false => format!(
                "{} here, not checked: use --tsa-roots. All times are the authors' own word",
                count(kept, "timestamp", "timestamps")
            ),
            true => "no timestamp is over entries that are here".into(),
        };
    };
    let size = token.name.size.0;
    let time = token.dated().map(|t| rfc3339(t.latest)).unwrap_or_default();
    let by = short(&authority.name, 60);
    let mut text = format!("{} existed before {time}, says {by}", span(size));
    if token.stamp().is_some_and(|s| s.accuracy_micros.is_none()) {
        text.push_str(" (accuracy not stated)");
    }
    match report.entries.0.saturating_sub(size) {
        0 => {}
        1 => text.push_str(&format!("; #{size} is under no timestamp")),
        n => text.push_str(&format!("; #{size} to #{} are under none", size + n - 1)),
    }
    text
}

/// The trusted token that covers most, and of several the earliest.
fn strongest(report: &Report) -> Option<(&KeptToken, Authority)> {
    let trusted = report
        .tokens
        .iter()
        .filter_map(|token| match token.worth() {
            Worth::Trusted(authority) => Some((token, authority)),
            _ => None,
        });
    trusted.min_by_key(|(token, _)| {
        let latest = token.dated().map(|t| t.latest);
        (std::cmp::Reverse(token.name.size), latest)
    })
}

/// When what is here existed, for the sentence on the result.
pub(super) fn when(report: &Report) -> Option<String> {
    if report.answer(Verdict::Timestamped) != Answer::Pass {
        return None;
    }
    let (token, _) = strongest(report)?;
    let existed = rfc3339_seconds(token.stamp()?.gen_time);
    Some(format!(
        "{} existed at {existed}",
        match token.name.size == report.entries {
            true => "It".to_owned(),
            false => span(token.name.size.0),
        }
    ))
}

/// Authors' clocks that tokens contradict, and heads that the log does not reach.
pub(super) fn notices(report: &Report) -> Vec<String> {
    let mut notices = Vec::new();
    for clock in report.clocks.listed.iter().take(CLOCKS_SHOWN) {
        let told = contradiction(clock.recorded_at, clock.before, &clock.bound);
        notices.push(format!("{} is {told}", clock.entry));
    }
    let more = report.clocks.count.saturating_sub(CLOCKS_SHOWN as u64);
    if more > 0 {
        notices.push(format!(
            "{} more like that",
            count(
                more,
                "author's clock is contradicted",
                "authors' clocks are contradicted"
            )
        ));
    }
    for token in report.tokens.iter().filter(|t| t.worth() == Worth::Beyond) {
        notices.push(format!(
            "{} is said to be over {}, which are not all here",
            clean(&token.name.path()),
            count(token.name.size.0, "entry", "entries")
        ));
    }
    notices
}
