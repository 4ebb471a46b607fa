//! What the caller knows from outside, and what it says about whether newer entries may exist.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use seaproof_ledger::anchors::ANCHOR_MAX;
use seaproof_ledger::ids::Timestamp;
use seaproof_ledger::note::{Note, PosixTime};
use seaproof_ledger::policy::{POLICY_MAX, Policy};
use seaproof_ledger::verify::{Answer, Code, Cosigned, Demand, Pin, Report};

use super::Checked;
use super::words::beyond;
use crate::context::{Context, cannot};
use crate::error::{Error, Result};
use crate::output::{count, rfc3339_seconds};
use crate::times::TrustRoots;

/// Cosignatures may be so much ahead of the checker's own clock, in milliseconds.
const CLOCKS_DIFFER: i64 = 24 * 3_600 * 1_000;

/// What the caller knows from outside.
#[derive(Debug, Clone, Default, Args)]
pub struct Outside {
    /// A checkpoint of this ledger that you kept elsewhere, cosigned or not. May be repeated
    #[arg(long, value_name = "FILE")]
    pub pin: Vec<PathBuf>,
    /// The witnesses that you trust: a C2SP policy file (lines log, witness, group, quorum)
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// With --policy: not before when they must have cosigned, as a date, an RFC 3339 time, or an age such
    /// as 30d, 12h or 90m
    #[arg(long, value_name = "WHEN", requires = "policy")]
    pub fresh_since: Option<String>,
    #[command(flatten)]
    pub roots: TrustRoots,
    /// The verifier key of a custodian, from `checkpoint --vkey`: what proofs and tiles are checked with. May be
    /// repeated
    #[arg(long, value_name = "VKEY")]
    pub ledger_key: Vec<String>,
}

impl Outside {
    /// The checkpoints.
    pub fn pins(&self) -> Result<Vec<Pin>> {
        self.pin.iter().map(|path| read_pin(path)).collect()
    }

    /// What a head must have.
    pub fn demand(&self, ctx: &Context) -> Result<Option<Demand>> {
        let Some(path) = &self.policy else {
            return Ok(None);
        };
        let now = ctx.now();
        let since = match self
            .fresh_since
            .as_deref()
            .map(|when| (when, moment(when, now)))
        {
            None => None,
            Some((_, Some(since))) => Some(PosixTime::of(since)),
            Some((when, None)) => {
                return Err(Error::usage(format!("--fresh-since {when:?} is no time")).remedy(
                    "Give a date (2026-11-01), a time (2026-11-01T12:00:00Z) or an age (30d, 12h, 90m).",
                ));
            }
        };
        Ok(Some(Demand {
            policy: read_policy(path)?,
            since,
            until: Some(PosixTime::of(Timestamp(
                now.0.saturating_add(CLOCKS_DIFFER),
            ))),
        }))
    }
}

/// Reads a policy file.
pub fn read_policy(path: &Path) -> Result<Policy> {
    let remedy = "A policy has lines such as `witness NAME VKEY` and one `quorum NAME`; nothing was checked.";
    let bytes = read_file(path, POLICY_MAX as u64)
        .map_err(|error| cannot("read the policy", path, &error).remedy(remedy))?;
    Policy::parse(&bytes)
        .map_err(|error| Error::usage(format!("{}: {error}", path.display())).remedy(remedy))
}

/// A pin that is no signed note at all is a mistake of whoever gave it; one of another ledger or
/// with another root is the ledger's problem.
pub fn read_pin(path: &Path) -> Result<Pin> {
    let bytes = read_file(path, ANCHOR_MAX).map_err(|error| {
        cannot("read the pin", path, &error).remedy(
            "A pin is a file that holds what `seaproof checkpoint` printed; nothing was checked.",
        )
    })?;
    Note::parse(&bytes).map_err(|error| {
        Error::usage(format!("{} is not a checkpoint: {error}", path.display())).remedy(
            "A pin is what `seaproof checkpoint` printed, kept as it was; nothing was checked.",
        )
    })?;
    Ok(Pin { checkpoint: bytes })
}

/// A regular file of at most so many bytes; nothing of a longer one, which is no note and no policy.
fn read_file(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    match found.is_file() && found.len() <= most {
        true => fs::read(path),
        false => Ok(Vec::new()),
    }
}

/// A date (its beginning in UTC), a time, or an age before now.
fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(milliseconds) = age(text) {
        return now.0.checked_sub(milliseconds).map(Timestamp);
    }
    let time = match text.parse::<jiff::Timestamp>() {
        Ok(time) => time,
        Err(_) if text.len() == "2026-11-01".len() => {
            let date: jiff::civil::Date = text.parse().ok()?;
            date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()
        }
        Err(_) => return None,
    };
    Some(Timestamp(time.as_millisecond()))
}

/// A number and one of w, d, h, m, s, in milliseconds.
fn age(text: &str) -> Option<i64> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds: i64 = match unit {
        "w" => 7 * 86_400,
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(seconds * 1_000)
}

/// A time as it is shown.
pub(super) fn shown(time: PosixTime) -> String {
    rfc3339_seconds(time.moment())
}

/// What stands beside the answer.
pub(super) fn words(checked: &Checked, answer: Answer) -> String {
    let report = &checked.report;
    match answer {
        Answer::Pass | Answer::Partly => passed(report),
        Answer::Fail => failed(report),
        _ if !checked.outside.pin.is_empty() => {
            "the checkpoint you gave could not be compared".into()
        }
        _ => match &report.cosigned {
            Some(cosigned) => unknown(report, cosigned),
            None => format!(
                "nothing from outside was given{}: use --pin, --policy or --tsa-roots",
                may_exist(report, ". ", "")
            ),
        },
    }
}

/// That entries may follow those that are here.
fn may_exist(report: &Report, before: &str, after: &str) -> String {
    match report.entries.0 {
        0 => String::new(),
        n => format!(
            "{before}Entries after #{} may exist and be missing here{after}",
            n - 1
        ),
    }
}

fn passed(report: &Report) -> String {
    if report.closed_at.is_some() {
        return "the ledger was closed; nothing can follow".into();
    }
    let (head, beyond) = match beyond(report, |head| head.from == "pin") {
        Some(beyond) => ("the checkpoint you gave".to_owned(), beyond),
        None => match report.cosigned.as_ref().and_then(Cosigned::newest) {
            Some(head) => (
                format!(
                    "what your witnesses cosigned{}",
                    (head.complete_at).map_or(String::new(), |at| format!(" at {}", shown(at)))
                ),
                report.entries.0.saturating_sub(head.size.0),
            ),
            None => ("the checkpoint you gave".to_owned(), 0),
        },
    };
    match beyond {
        0 => format!("{head} is the head of this log"),
        n => format!(
            "{head} is a head of this log, and {} after it{}",
            count(n, "entry follows", "entries follow"),
            may_exist(report, ". ", "")
        ),
    }
}

fn failed(report: &Report) -> String {
    let pins = |agrees| {
        (report.heads.iter())
            .any(|h| h.from == "pin" && h.signed_by.is_some() && h.agrees == agrees)
    };
    let met = |agrees| {
        (report.cosigned.iter())
            .flat_map(Cosigned::met)
            .any(|head| head.agrees == agrees)
    };
    let false_line = (report.problems.iter()).any(|p| p.code == Code::CosignatureInvalid);
    match () {
        () if pins(Some(false)) => "another history than the checkpoint you gave",
        () if met(Some(false)) => "another history than what your witnesses cosigned",
        () if pins(None) => "behind the checkpoint you gave",
        () if met(None) => "behind what your witnesses cosigned",
        () if false_line => "a cosignature in the name of a witness of your policy is false",
        () if report.heads.iter().any(|head| head.agrees.is_none()) => {
            "behind a head that was signed"
        }
        () => "another history than one that was signed",
    }
    .into()
}

/// Why a policy told nothing.
fn unknown(report: &Report, cosigned: &Cosigned) -> String {
    let may_exist = may_exist(report, ". ", "");
    if !cosigned.asks_for_witnesses {
        return "your policy asks for no witness, and without one nothing tells how old a head is"
            .into();
    }
    if cosigned.of_other_logs {
        return "your policy names other logs than this ledger".into();
    }
    let newest = cosigned.newest().and_then(|head| head.complete_at);
    match (newest, cosigned.since) {
        (None, _) => {
            format!("no head here is cosigned by enough witnesses of your policy{may_exist}")
        }
        (Some(at), None) => format!(
            "your witnesses cosigned a head of this log at {}. Say with --fresh-since how old that may be",
            shown(at)
        ),
        (Some(at), Some(since)) => format!(
            "your witnesses last cosigned a head of this log at {}, before {}{may_exist}",
            shown(at),
            shown(since)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_moments_or_ages() {
        // 2026-11-22T01:30:00Z.
        let now = Timestamp(1_795_311_000_000);
        let at = |text: &str| moment(text, now).map(rfc3339_seconds);
        for (text, time) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
            ("2026-11-01T12:00:00+09:00", "2026-11-01T03:00:00Z"),
            ("1d", "2026-11-21T01:30:00Z"),
            ("2w", "2026-11-08T01:30:00Z"),
            ("36h", "2026-11-20T13:30:00Z"),
            ("90m", "2026-11-22T00:00:00Z"),
            ("0s", "2026-11-22T01:30:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(time), "{text}");
        }
        for text in [
            "",
            "d",
            "-1d",
            "1.5d",
            "1y",
            "yesterday",
            "2026-13-01",
            "2026-11",
            "é",
            "1é",
            "99999999999999999999d",
            "9223372036854775807w",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
