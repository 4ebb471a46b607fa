//! What was read and derived as tables. First what was received, then what follows from it.

use std::collections::BTreeMap;

use seaproof_ais::analysis::{AnomalyKind, CoverageBasis, Gap, VesselAnalysis};

use super::json::kind_name;
use super::units::{knots, length, minute, place};
use super::{BASIS, Found};
use crate::error::Result;
use crate::output::{Out, WIDTH, clean, count, grouped, short, wrap};

/// Ends a table that was cut.
const REST: &str = "more; --limit 0 shows all, --json and --csv always do";

/// Receivers that are named.
const RECEIVERS: usize = 8;

pub fn all(out: &mut Out, found: &Found, limit: usize) -> Result<()> {
    head(out, found)?;
    vessels(out, found, limit)?;
    gaps(out, found, limit)?;
    visits(out, found, limit)?;
    encounters(out, found, limit)?;
    anomalies(out, found, limit)?;
    if found.analysis.vessels.is_empty() {
        return Ok(());
    }
    out.line("")?;
    paragraph(out, BASIS)
}

fn paragraph(out: &mut Out, text: &str) -> Result<()> {
    for line in wrap(text, WIDTH) {
        out.line(line)?;
    }
    Ok(())
}

/// A name before some text, wrapped beside it.
fn named(out: &mut Out, name: &str, text: &str) -> Result<()> {
    for (i, line) in wrap(text, WIDTH - 11).iter().enumerate() {
        let name = if i == 0 { name } else { "" };
        out.line(format_args!("{name:<11}{line}"))?;
    }
    Ok(())
}

/// `a 3, b 2`.
fn numbers<K: AsRef<str>>(of: impl IntoIterator<Item = (K, u64)>) -> String {
    let words = of
        .into_iter()
        .map(|(what, n)| format!("{} {}", what.as_ref(), grouped(n)));
    words.collect::<Vec<_>>().join(", ")
}

fn head(out: &mut Out, found: &Found) -> Result<()> {
    for file in &found.files {
        let packed = file
            .compression
            .map(|c| format!(", {c}"))
            .unwrap_or_default();
        let text = format!("{} ({}{packed})", clean(&file.name), file.format);
        named(out, "File", &text)?;
    }
    let counts = &found.counts;
    let refused = counts.refused_total();
    named(
        out,
        "Lines",
        &format!(
            "{}: {} decoded, {} heard before, {}, {} refused",
            grouped(counts.total),
            grouped(counts.decoded),
            grouped(counts.duplicate),
            count(counts.fragment, "other fragment", "other fragments"),
            grouped(refused),
        ),
    )?;
    if refused > 0 {
        let by_reason = counts.refused.iter().map(|(reason, n)| (reason.code(), *n));
        named(out, "Refused", &numbers(by_reason))?;
    }
    if !counts.flagged.is_empty() {
        let by_flag = counts.flagged.iter().map(|(flag, n)| (flag.code(), *n));
        named(out, "Flagged", &numbers(by_flag))?;
    }
    if !counts.messages.is_empty() {
        let by_type = counts
            .messages
            .iter()
            .map(|(kind, n)| (kind_name(*kind), *n));
        let by_type = by_type.map(|(kind, n)| match kind.as_str() {
            "row" => ("rows".to_owned(), n),
            _ => (format!("type {kind}:"), n),
        });
        named(out, "Messages", &numbers(by_type))?;
    }
    if counts.untimed > 0 {
        let text = format!(
            "{} without a time of reception: counted, and in no track",
            count(counts.untimed, "reception", "receptions")
        );
        named(out, "Untimed", &text)?;
    }
    let first = (found.analysis.vessels.iter())
        .filter_map(|vessel| vessel.first)
        .min();
    if let (Some(first), Some(until)) = (first, found.analysis.until) {
        let text = format!(
            "{} to {} UTC ({})",
            minute(first.time),
            minute(until),
            length(until.since(first.time))
        );
        named(out, "Received", &text)?;
    }
    receivers(out, found)
}

/// Who received, where the input says it: by name if they are few.
fn receivers(out: &mut Out, found: &Found) -> Result<()> {
    let mut receptions: BTreeMap<&str, u64> = BTreeMap::new();
    for receiver in found.vessels().flat_map(|vessel| &vessel.receivers) {
        let sum = receptions.entry(&receiver.name).or_default();
        *sum = sum.saturating_add(receiver.receptions);
    }
    match receptions.len() {
        0 => Ok(()),
        1..=RECEIVERS => {
            let names = receptions.iter().map(|(name, n)| (clean(name), *n));
            named(out, "Receivers", &numbers(names))
        }
        many => named(
            out,
            "Receivers",
            &format!(
                "{}; --json names those of each vessel",
                grouped(many as u64)
            ),
        ),
    }
}

/// A heading with a number.
fn heading(out: &mut Out, what: &str, number: usize) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    out.line("")?;
    out.line(format_args!(
        "{bold}{what}{bold:#}  {}",
        grouped(number as u64)
    ))
}

fn rest(out: &mut Out, number: usize, limit: usize) -> Result<()> {
    match number.checked_sub(limit) {
        Some(rest) if limit > 0 && rest > 0 => {
            out.line(format_args!("… {} {REST}", grouped(rest as u64)))
        }
        _ => Ok(()),
    }
}

fn most(limit: usize) -> usize {
    if limit == 0 { usize::MAX } else { limit }
}

fn vessels(out: &mut Out, found: &Found, limit: usize) -> Result<()> {
    let mut vessels: Vec<&VesselAnalysis> = found.vessels().collect();
    if vessels.is_empty() {
        out.line("")?;
        return out.line("No vessel was heard.");
    }
    heading(out, "Vessels", vessels.len())?;
    // Those that were heard most first.
    vessels.sort_by_key(|vessel| (std::cmp::Reverse(found.positions(vessel)), vessel.mmsi));
    let rows = vessels.iter().take(most(limit)).map(|vessel| {
        let heard = vessel.first.zip(vessel.last);
        [
            vessel.mmsi.0.to_string(),
            found
                .imo(vessel)
                .map_or_else(String::new, |imo| imo.to_string()),
            short(found.names(vessel).first().copied().unwrap_or_default(), 18),
            grouped(found.positions(vessel)),
            heard.map_or_else(|| "no time".into(), |(first, _)| minute(first.time)),
            heard.map_or_else(String::new, |(first, last)| {
                length(last.time.since(first.time))
            }),
        ]
    });
    out.table_keeping(
        1,
        ["MMSI", "IMO", "name", "positions", "first, UTC", "for"],
        rows,
    )?;
    rest(out, vessels.len(), limit)?;
    let others: Vec<u64> = (vessels.iter())
        .map(|vessel| vessel.not_of_ship)
        .filter(|positions| *positions > 0)
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    out.line(format_args!(
        "{} of {} are of no ship: no visits, encounters or movements are derived of them.",
        count(others.iter().sum(), "position", "positions"),
        count(others.len() as u64, "MMSI", "MMSIs"),
    ))
}

/// Whether others were heard in the region meanwhile.
fn coverage(gap: &Gap) -> String {
    let of = format!(
        "{}/{} h",
        grouped(gap.coverage.hours_heard),
        grouped(gap.coverage.hours)
    );
    match gap.coverage.basis {
        CoverageBasis::OthersHeard => of,
        CoverageBasis::Thin => format!("thin, {of}"),
        CoverageBasis::Nobody => "nobody".into(),
        CoverageBasis::NotKnown => "not known".into(),
    }
}

fn gaps(out: &mut Out, found: &Found, limit: usize) -> Result<()> {
    let mut gaps: Vec<(u32, &Gap)> = (found.vessels())
        .flat_map(|vessel| vessel.gaps.iter().map(|gap| (vessel.mmsi.0, gap)))
        .collect();
    let least = length(i64::from(found.analysis.thresholds.gap_seconds) * 1000);
    heading(out, &format!("Silences of {least} and more"), gaps.len())?;
    if gaps.is_empty() {
        return Ok(());
    }
    let mut by_basis: BTreeMap<CoverageBasis, u64> = BTreeMap::new();
    for (_, gap) in &gaps {
        *by_basis.entry(gap.coverage.basis).or_default() += 1;
    }
    let words = by_basis.iter().map(|(basis, n)| {
        let what = match basis {
            CoverageBasis::OthersHeard => "with others heard in the region",
            CoverageBasis::Thin => "with others heard too seldom to show anything",
            CoverageBasis::Nobody => "with nobody heard in the region, which show nothing",
            CoverageBasis::NotKnown => "whose last position is not known",
        };
        format!("{} {what}", grouped(*n))
    });
    paragraph(
        out,
        &format!("Coverage: {}.", words.collect::<Vec<_>>().join(", ")),
    )?;
    gaps.sort_by_key(|(mmsi, gap)| (gap.coverage.basis, gap.start.time, *mmsi));
    let rows = gaps.iter().take(most(limit)).map(|(mmsi, gap)| {
        let end = match gap.end {
            Some(end) => minute(end.time),
            None => "open".into(),
        };
        [
            mmsi.to_string(),
            coverage(gap),
            minute(gap.start.time),
            end,
            length(gap.until.since(gap.start.time)),
            gap.implied
                .map_or_else(String::new, |speed| format!("{:.1}", knots(speed))),
        ]
    });
    out.table_keeping(
        1,
        ["MMSI", "others heard", "from, UTC", "to", "for", "kn"],
        rows,
    )?;
    rest(out, gaps.len(), limit)
}

fn visits(out: &mut Out, found: &Found, limit: usize) -> Result<()> {
    if !found.with_ports {
        out.line("")?;
        return out.line("Port visits were not looked for: --ports FILE names a gazetteer.");
    }
    let visits: Vec<_> = (found.vessels())
        .flat_map(|vessel| {
            vessel
                .port_visits
                .iter()
                .map(|visit| (vessel.mmsi.0, visit))
        })
        .collect();
    heading(out, "Port visits", visits.len())?;
    if visits.is_empty() {
        return Ok(());
    }
    let rows = visits.iter().take(most(limit)).map(|(mmsi, visit)| {
        let code = visit.port.locode.as_deref().unwrap_or_default();
        let edge = |seen: bool, time: String| if seen { time } else { format!("≤ {time}") };
        // Who fell silent there was not heard to leave.
        let left = match visit.left && visit.silence_out.is_none() {
            true => minute(visit.last.time),
            false => format!("≥ {}", minute(visit.last.time)),
        };
        [
            mmsi.to_string(),
            short(&format!("{} {code}", visit.port.name), 22),
            edge(visit.entered, minute(visit.first.time)),
            left,
            format!("{}/4", visit.confidence),
        ]
    });
    out.table_keeping(1, ["MMSI", "port", "from, UTC", "to", "sure"], rows)?;
    rest(out, visits.len(), limit)
}

fn encounters(out: &mut Out, found: &Found, limit: usize) -> Result<()> {
    let encounters: Vec<_> = found.encounters().collect();
    heading(out, "Close together", encounters.len())?;
    if found.analysis.crowded > 0 {
        let text = format!(
            "{} not compared among too many slow ones: encounters may be missing.",
            count(found.analysis.crowded, "place was", "places were")
        );
        paragraph(out, &text)?;
    }
    if encounters.is_empty() {
        return Ok(());
    }
    let rows = encounters.iter().take(most(limit)).map(|encounter| {
        [
            encounter.a.0.to_string(),
            encounter.b.0.to_string(),
            minute(encounter.start),
            length(encounter.end.since(encounter.start)),
            format!("{} m", grouped(encounter.closest.0.into())),
            place(encounter.place),
        ]
    });
    out.table_keeping(
        2,
        ["MMSI", "MMSI", "from, UTC", "for", "closest", "at"],
        rows,
    )?;
    rest(out, encounters.len(), limit)
}

fn kilometres(metres: u32) -> String {
    format!(
        "{}.{} km",
        grouped((metres / 1000).into()),
        metres % 1000 / 100
    )
}

/// An anomaly in words.
pub fn anomaly(what: &AnomalyKind) -> String {
    let tenths = |tenths: u8| format!("{}.{} m", tenths / 10, tenths % 10);
    match what {
        AnomalyKind::Loitering {
            mean, place: at, ..
        } => format!("loitering, {:.1} kn, {}", knots(*mean), place(*at)),
        AnomalyKind::Drift {
            distance,
            place: at,
        } => format!(
            "drift of {} across its heading, {}",
            kilometres(distance.0),
            place(*at)
        ),
        AnomalyKind::SuddenStop {
            from,
            to,
            place: at,
        } => format!(
            "from {:.1} to {:.1} kn at once, {}",
            knots(*from),
            knots(*to),
            place(*at)
        ),
        AnomalyKind::DraughtChange {
            before,
            after,
            port_visit,
            gap,
            ..
        } => format!(
            "draught from {} to {}{}{}",
            tenths(*before),
            tenths(*after),
            if *port_visit {
                ", beside a port visit"
            } else {
                ""
            },
            if *gap { ", beside a silence" } else { "" },
        ),
        AnomalyKind::Jump {
            distance, implied, ..
        } => {
            let speed =
                implied.map_or_else(|| "at one time".into(), |s| format!("{:.1} kn", knots(s)));
            format!("jump of {}, {speed}", kilometres(distance.0))
        }
        AnomalyKind::Clone { apart, changes } => format!(
            "in two places by turns, {} apart, {}",
            kilometres(apart.0),
            count(*changes, "change", "changes")
        ),
        AnomalyKind::ImplausibleReappearance {
            distance,
            reachable,
        } => format!(
            "back {} off, {} could be reached",
            kilometres(distance.0),
            kilometres(reachable.0)
        ),
        AnomalyKind::IdentityChange {
            field,
            before,
            after,
            before_given,
            after_given,
        } => {
            let field = serde_json::to_value(field).unwrap_or_default();
            let field = field.as_str().unwrap_or("identity").to_owned();
            let (before, after) = (short(before, 20), short(after, 20));
            match before_given.1 > after_given.0 {
                true => format!("{field} both {before} and {after}"),
                false => format!("{field} from {before} to {after}"),
            }
        }
    }
}

fn anomalies(out: &mut Out, found: &Found, limit: usize) -> Result<()> {
    let anomalies: Vec<_> = (found.vessels())
        .flat_map(|vessel| {
            vessel
                .anomalies
                .iter()
                .map(|anomaly| (vessel.mmsi.0, anomaly))
        })
        .collect();
    heading(out, "Patterns to examine", anomalies.len())?;
    if anomalies.is_empty() {
        return Ok(());
    }
    let rows = anomalies.iter().take(most(limit)).map(|(mmsi, anomaly)| {
        [
            mmsi.to_string(),
            minute(anomaly.start),
            length(anomaly.end.since(anomaly.start)),
            self::anomaly(&anomaly.what),
        ]
    });
    out.table_keeping(1, ["MMSI", "from, UTC", "for", "what"], rows)?;
    rest(out, anomalies.len(), limit)
}
