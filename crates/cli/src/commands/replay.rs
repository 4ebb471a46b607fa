//! `seaproof replay`: the current state, or the state after some entry, with the findings.

use std::path::PathBuf;

use clap::Parser;
use seaproof_replay::View;

use super::{findings, quota};
use crate::cells::{basis, place, range, told, when};
use crate::context::{Context, store_at};
use crate::error::Result;
use crate::names::EntryName;
use crate::output::{Out, clean, short};
use crate::state::view_at;

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof replay --at 37\n\n\
    The same entries give the same state and the same state root on every machine.")]
pub struct Args {
    /// The ledger's folder [default: --ledger, SEAPROOF_LEDGER, or the nearest one from here upward]
    path: Option<PathBuf>,
    /// The state after this entry
    #[arg(long, value_name = "ENTRY")]
    at: Option<EntryName>,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = match args.path {
        Some(path) => store_at(&path)?,
        None => ctx.store()?,
    };
    let view = view_at(&store, args.at.as_ref())?;
    if ctx.json {
        return ctx.out.json(&view);
    }
    print(&mut ctx.out, &view)
}

/// The whole state for people.
pub fn print(out: &mut Out, view: &View) -> Result<()> {
    out.line(format_args!(
        "State after #{}   root {}",
        view.entries.saturating_sub(1),
        view.state_root
    ))?;
    out.line("")?;
    things(out, view)?;
    events(out, view)?;
    heading(
        out,
        "CAPS, in three columns that are never added",
        view.caps.len(),
    )?;
    quota::caps(out, view)?;
    heading(
        out,
        "FINDINGS, each a pattern to examine, not a violation",
        view.findings.len(),
    )?;
    findings::print(out, view)?;
    amended(out, view)?;
    out.line("")?;
    out.line("This is what is recorded and what follows from it by stated rules; not what is true.")
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
pub fn things(out: &mut Out, view: &View) -> Result<()> {
    title(out, "GROUPS of unnamed things", view.groups.len())?;
    if !view.groups.is_empty() {
        let rows = view.groups.iter().map(|group| {
            let claims: Vec<String> = group
                .claims
                .iter()
                .map(|claim| format!("{} {}", claim.property, claim.value))
                .collect();
            [
                clean(&group.told.id),
                range(Some(group.count)),
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
    heading(out, "VESSELS with a name", view.vessels.len())?;
    if !view.vessels.is_empty() {
        let rows = view.vessels.iter().map(|vessel| {
            let claims: Vec<String> = vessel
                .claims
                .iter()
                .filter(|claim| claim.property != "name")
                .map(|claim| format!("{} {}", claim.property, claim.value))
                .collect();
            [
                clean(&vessel.told.id),
                clean(&vessel.names.join(" / ")),
                clean(&claims.join(", ")),
                basis(&vessel.told),
                told(&vessel.told),
            ]
        });
        out.table(["vessel", "names", "told of it", "by", "entry"], rows)?;
    }
    out.line(format_args!(
        "Distinct vessels: {}",
        range(Some(view.distinct_vessels))
    ))
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
    heading(out, "LISTINGS matched to a list", view.listings.len())
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
    for row in &view.withdrawn {
        rows.push([
            format!("#{}", row.entry),
            format!("{} {}", row.how, entries(&row.by)),
            row.reason.as_deref().map(clean).unwrap_or_default(),
        ]);
    }
    for (all, what) in [
        (&view.unauthorised, "not allowed, feeds nothing"),
        (&view.suspect, "suspect: its key was revoked"),
        (&view.withheld, "not disclosed here"),
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
