//! `seaproof replay`: the current state, or the state after some entry, with the findings.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Parser;
use seaproof_evidence::events::things::MembershipDegree;
use seaproof_replay::view::{ClaimRow, GroupRow, VesselRow};
use seaproof_replay::{Range, View};

use super::{findings, quota};
use crate::cells::{basis, place, range, suspect, told, when};
use crate::context::{Context, store_at};
use crate::error::Result;
use crate::heard;
use crate::looking::Looking;
use crate::output::{Out, clean, count, short};

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof replay --at 37\n\n\
    The same entries give the same state and the same state root on every machine.")]
pub struct Args {
    /// The ledger's folder [default: --ledger, SEAPROOF_LEDGER, or the nearest one from here upward]
    path: Option<PathBuf>,
    #[command(flatten)]
    looking: Looking,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = match args.path {
        Some(path) => store_at(&path)?,
        None => ctx.store()?,
    };
    let marked = args.looking.view(&store)?;
    if ctx.json {
        return ctx.out.json(&marked);
    }
    print(&mut ctx.out, &marked.answer, &args.looking.words())?;
    marked.suspect_keys.explain(&mut ctx.out)
}

/// The whole state for people.
pub fn print(out: &mut Out, view: &View, part: &str) -> Result<()> {
    let last = view.entries.saturating_sub(1);
    match &view.state_root {
        Some(root) => out.line(format_args!("State after #{last}   root {root}"))?,
        None => out.line(format_args!(
            "A part of the state after #{last}{}",
            clean(part)
        ))?,
    }
    out.line("")?;
    presence(out, view)?;
    things(out, &view.groups, &view.vessels, view.distinct_vessels)?;
    heard::vessels(out, &view.vessels, &view.ais)?;
    events(out, view)?;
    heading(
        out,
        "CAPS, in three columns that are never added",
        view.caps.len(),
    )?;
    quota::caps(out, &view.caps)?;
    heading(
        out,
        "FINDINGS, each a pattern to examine, not a violation",
        view.findings.len(),
    )?;
    findings::print(out, &view.findings, &view.rules)?;
    amended(out, view)?;
    out.line("")?;
    out.line("This is what is recorded and what follows from it by stated rules; not what is true.")
}

/// Who was where on the date that is looked at.
fn presence(out: &mut Out, view: &View) -> Result<()> {
    let Some(date) = &view.as_of else {
        return Ok(());
    };
    let name = format!("WHERE, on {date}, as far as it is told");
    title(out, &name, view.presence.len())?;
    if !view.presence.is_empty() {
        let rows = view.presence.iter().map(|row| {
            [
                clean(&row.about),
                range(row.count),
                format!("{} {}", row.how, place(Some(&row.place))),
                clean(&row.when),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            ["about", "count", "where", "told when", "by", "entry"],
            rows,
        )?;
    }
    out.line("")
}

/// A title over a table, with an empty line before it.
fn heading(out: &mut Out, title: &str, rows: usize) -> Result<()> {
    out.line("")?;
    self::title(out, title, rows)
}

/// A title over a table; says so where there is nothing under it.
fn title(out: &mut Out, title: &str, rows: usize) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    match rows {
        0 => out.line(format_args!("{bold}{title}{bold:#}: none recorded")),
        _ => out.line(format_args!("{bold}{title}{bold:#}")),
    }
}

/// Groups and vessels.
pub fn things(
    out: &mut Out,
    groups: &[GroupRow],
    vessels: &[VesselRow],
    distinct: Range,
) -> Result<()> {
    title(out, "GROUPS of unnamed things", groups.len())?;
    if !groups.is_empty() {
        let rows = groups.iter().map(|group| {
            let claims: Vec<String> = group.claims.iter().map(claimed).collect();
            let count_suspect = suspect(false, group.count_rests_on_suspect);
            [
                clean(&group.told.id),
                format!("{}{count_suspect}", range(Some(group.count))),
                group.within.as_deref().map(clean).unwrap_or_default(),
                short(&group.criterion, 60),
                clean(&claims.join(", ")),
                told(&group.told),
            ]
        });
        out.table(
            [
                "group",
                "count",
                "within",
                "members are",
                "told of all",
                "entry",
            ],
            rows,
        )?;
    }
    heading(out, "VESSELS with a name", vessels.len())?;
    if !vessels.is_empty() {
        let rows = vessels.iter().map(|vessel| {
            [
                clean(&vessel.told.id),
                clean(&vessel.names.join(" / ")),
                clean(&told_of(groups, vessel).join(", ")),
                basis(&vessel.told),
                told(&vessel.told),
            ]
        });
        out.table(["vessel", "names", "told of it", "by", "entry"], rows)?;
    }
    out.line(format_args!("Distinct vessels: {}", range(Some(distinct))))
}

/// What a claim says: `flag KP, suspect`.
fn claimed(claim: &ClaimRow) -> String {
    let told = &claim.told;
    let mark = match (told.suspect, told.rests_on_suspect) {
        (true, _) => " (suspect)",
        (false, true) => " (rests on a suspect entry)",
        (false, false) => "",
    };
    format!("{} {}{mark}", claim.property, claim.value)
}

/// What is told of a vessel besides its names: claims, and of which groups it may be one.
fn told_of(groups: &[GroupRow], vessel: &VesselRow) -> Vec<String> {
    let claims = vessel.claims.iter();
    let mut all: Vec<String> = claims
        .filter(|claim| claim.property != "name")
        .map(claimed)
        .collect();
    if !vessel.claims.iter().any(|claim| claim.property == "imo") {
        all.insert(0, "no IMO number".to_owned());
    }
    let groups = groups.iter();
    all.extend(
        groups
            .filter(|group| group.may_be.contains(&vessel.told.id))
            .map(|group| format!("may be one of {}", group.told.id)),
    );
    all
}

fn degree(degree: MembershipDegree) -> &'static str {
    match degree {
        MembershipDegree::MayBe => "may be one of",
        MembershipDegree::Is => "is one of",
        MembershipDegree::IsNot => "is none of",
    }
}

/// What is claimed of port calls, a line for each property: `calls-march  first-arrival: 7 March 2024 (#48) /
/// 6 March 2024 (#49)`.
fn claimed_of_calls(out: &mut Out, view: &View) -> Result<()> {
    for call in &view.port_calls {
        let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for claim in &call.claims {
            let value = format!("{} (#{})", claim.value, claim.told.entry);
            told.entry(&claim.property).or_default().push(value);
        }
        for (property, values) in told {
            let line = format!("{}  {property}: {}", call.told.id, values.join(" / "));
            out.line(clean(&line))?;
        }
    }
    Ok(())
}

fn events(out: &mut Out, view: &View) -> Result<()> {
    heading(out, "SIGHTINGS", view.sightings.len())?;
    if !view.sightings.is_empty() {
        let rows = view.sightings.iter().map(|row| {
            let status = row.status.as_deref().map(clean).unwrap_or_default();
            [
                clean(&row.about),
                range(row.count),
                place(Some(&row.place)),
                when(row.when.as_ref()),
                status,
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            ["about", "count", "where", "when", "status", "by", "entry"],
            rows,
        )?;
    }
    heading(out, "PORT CALLS", view.port_calls.len())?;
    if !view.port_calls.is_empty() {
        let rows = view.port_calls.iter().map(|row| {
            [
                clean(&row.about),
                range(row.count),
                place(Some(&row.place)),
                when(row.arrival.as_ref()),
                when(row.departure.as_ref()),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            [
                "about",
                "count",
                "where",
                "arrival",
                "departure",
                "by",
                "entry",
            ],
            rows,
        )?;
        claimed_of_calls(out, view)?;
    }
    heading(out, "DEPARTURES", view.departures.len())?;
    if !view.departures.is_empty() {
        let rows = view.departures.iter().map(|row| {
            [
                clean(&row.about),
                range(row.count),
                place(Some(&row.place)),
                place(row.bound_for.as_ref()),
                when(row.when.as_ref()),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            ["about", "count", "from", "bound for", "when", "by", "entry"],
            rows,
        )?;
    }
    let cargo = view
        .loadings
        .iter()
        .map(|row| ("loading", row))
        .chain(view.unloadings.iter().map(|row| ("unloading", row)));
    heading(out, "CARGO", view.loadings.len() + view.unloadings.len())?;
    if !view.loadings.is_empty() || !view.unloadings.is_empty() {
        let rows = cargo.map(|(what, row)| {
            let product = row
                .product_says
                .as_deref()
                .map_or_else(|| row.product.to_string(), clean);
            let during = row
                .during
                .as_deref()
                .map(|d| format!("during {}", clean(d)));
            [
                what.to_owned(),
                clean(&row.about),
                range(row.count),
                product,
                during.unwrap_or_else(|| place(row.place.as_ref())),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            ["", "about", "count", "product", "where", "by", "entry"],
            rows,
        )?;
    }
    heading(out, "AIS SILENCE", view.dark_periods.len())?;
    if !view.dark_periods.is_empty() {
        let rows = view.dark_periods.iter().map(|row| {
            let phase = row.phase.as_deref().map(clean).unwrap_or_default();
            [
                clean(&row.about),
                range(row.count),
                when(row.when.as_ref()),
                phase,
                clean(&row.coverage),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            ["about", "count", "when", "phase", "coverage", "by", "entry"],
            rows,
        )?;
    }
    heading(
        out,
        "SAID TO BE LISTED, no list consulted",
        view.said_listed.len(),
    )?;
    if !view.said_listed.is_empty() {
        let rows = view.said_listed.iter().map(|row| {
            [
                clean(&row.about),
                range(row.count),
                row.says.as_deref().map(clean).unwrap_or_default(),
                clean(&row.authority),
                when(row.when.as_ref()),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(
            ["about", "count", "says", "authority", "when", "by", "entry"],
            rows,
        )?;
    }
    listings(out, view)
}

/// Listings, memberships, searches.
fn listings(out: &mut Out, view: &View) -> Result<()> {
    heading(out, "LISTINGS matched to a list", view.listings.len())?;
    if !view.listings.is_empty() {
        let rows = view.listings.iter().map(|row| {
            let newest = row.terms.last();
            let since = row.terms.first().and_then(|terms| terms.since.as_ref());
            let until = match (&row.until, row.ended_by) {
                (Some(until), _) => clean(&until.words),
                (None, Some(by)) => format!("ended, #{by}"),
                (None, None) => String::new(),
            };
            [
                clean(&row.about),
                format!("{} {}", clean(&row.snapshot), clean(&row.reference)),
                newest.map_or_else(String::new, |terms| terms.measures.join(", ")),
                when(since),
                until,
                row.told
                    .confidence
                    .as_deref()
                    .unwrap_or_default()
                    .replace('-', " "),
                told(&row.told),
            ]
        });
        out.table(
            [
                "vessel",
                "list and row",
                "measures",
                "since",
                "until",
                "identity",
                "entry",
            ],
            rows,
        )?;
    }
    if !view.memberships.is_empty() {
        heading(out, "NAMED VESSELS AND GROUPS", view.memberships.len())?;
        let rows = view.memberships.iter().map(|row| {
            [
                clean(&row.about),
                format!("{} {}", degree(row.degree), clean(&row.group)),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(["vessel", "group", "by", "entry"], rows)?;
    }
    if !view.absences.is_empty() {
        heading(out, "LOOKED FOR AND NOT FOUND", view.absences.len())?;
        let rows = view.absences.iter().map(|row| {
            let period = row
                .period
                .as_ref()
                .map(|w| clean(&w.words))
                .unwrap_or_default();
            [
                format!("{} {}", clean(&row.looked_for), clean(&row.supplier)),
                period,
                clean(&row.looked_in.join(", ")),
                when(row.as_seen.as_ref()),
                basis(&row.told),
                told(&row.told),
            ]
        });
        out.table(["looked for", "of", "in", "as seen", "by", "entry"], rows)?;
    }
    Ok(())
}

/// Why entries do not stand where only a part is looked at.
const GONE: [(&str, &str); 3] = [
    ("left out", "left out"),
    ("fallen", "gone with it"),
    ("later", "later than the date"),
];

/// What a part leaves out, in a row for each reason.
fn gone(view: &View) -> Vec<[String; 3]> {
    GONE.iter()
        .filter_map(|(how, words)| {
            let entries: Vec<String> = view
                .withdrawn
                .iter()
                .filter(|row| row.how == *how)
                .map(|row| format!("#{}", row.entry))
                .collect();
            let what = format!(
                "{} {words}",
                count(entries.len() as u64, "entry", "entries")
            );
            (!entries.is_empty()).then(|| [what, entries.join(" "), String::new()])
        })
        .collect()
}

/// What was corrected, disputed, withdrawn, or is wrong with entries.
fn amended(out: &mut Out, view: &View) -> Result<()> {
    let mut rows: Vec<[String; 3]> = Vec::new();
    let entries = |all: &[u64]| {
        all.iter()
            .map(|n| format!("#{n}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for row in &view.corrected {
        rows.push([
            format!("#{}", row.entry),
            format!("corrected by #{}", row.by),
            row.reason.as_deref().map(clean).unwrap_or_default(),
        ]);
    }
    for row in &view.disputed {
        let reasons: Vec<String> = row.reasons.iter().flatten().map(|r| clean(r)).collect();
        rows.push([
            format!("#{}", row.entry),
            format!("disputed by {}", entries(&row.by)),
            reasons.join("; "),
        ]);
    }
    let in_part = view.state_root.is_none();
    if in_part {
        rows.extend(gone(view));
    }
    let withdrawn = view.withdrawn.iter();
    for row in withdrawn.filter(|row| !in_part || !GONE.iter().any(|(how, _)| *how == row.how)) {
        rows.push([
            format!("#{}", row.entry),
            format!("{} {}", row.how, entries(&row.by)),
            row.reason.as_deref().map(clean).unwrap_or_default(),
        ]);
    }
    for row in &view.redacted {
        let reasons: Vec<String> = row.reasons.iter().flatten().map(|r| clean(r)).collect();
        rows.push([
            format!("#{}", row.entry),
            format!("redacted by {}", entries(&row.by)),
            reasons.join("; "),
        ]);
    }
    let mut withheld = view.withheld.clone();
    withheld.retain(|n| view.redacted.iter().all(|row| row.entry != *n));
    for (all, what) in [
        (&view.unauthorised, "not allowed, feeds nothing"),
        (&view.suspect, "suspect: its key was revoked"),
        (&withheld, "not disclosed here"),
    ] {
        rows.extend(
            all.iter()
                .map(|n| [format!("#{n}"), what.to_owned(), String::new()]),
        );
    }
    for row in &view.notices {
        rows.push([
            format!("#{}", row.entry),
            row.code.to_owned(),
            clean(&row.message),
        ]);
    }
    if rows.is_empty() {
        return Ok(());
    }
    heading(out, "CORRECTED, DISPUTED, WITHDRAWN, OR WRONG", rows.len())?;
    out.table(["entry", "what", "why"], rows)
}
