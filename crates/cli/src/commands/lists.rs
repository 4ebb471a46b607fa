//! `seaproof lists` and `seaproof match`: what the lists at hand say. Nothing is asserted here and nothing is
//! written; a listing is what somebody signs with `record listed`.

use clap::{Parser, Subcommand};
use seaproof_evidence::ids::{CallSign, Imo, Mmsi};
use seaproof_evidence::lists::{
    CaseVessel, Change, Format, Kind, Proposal, RowSeen, Snapshot, Stated, compare, propose,
};
use seaproof_replay::View;
use serde_json::{Value, json};

use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::names::EntryName;
use crate::output::{Out, WIDTH, clean, count, grouped, short, wrap};
use crate::snapshots::{Held, held};
use crate::state::view;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// What a list holds, in numbers; with --json every row
    #[command(after_help = "Example: seaproof lists show un-list")]
    Show {
        /// The list
        snapshot: EntryName,
    },
    /// What changed from an older snapshot of a list to a newer one
    #[command(after_help = "Example: seaproof lists diff un-2018 un-2024 --vessels")]
    Diff {
        /// The older one
        #[arg(value_name = "ENTRY")]
        older: EntryName,
        /// The newer one
        #[arg(value_name = "ENTRY")]
        newer: EntryName,
        /// Only rows on ships, and rows that name a ship's IMO number
        #[arg(long)]
        vessels: bool,
    },
}

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof match\n          seaproof match un-list --vessel yu-son --least 500\n\n\
    What is proposed is asserted by nobody: compare, and sign what you hold to be so with `seaproof record listed`."
)]
pub struct Match {
    /// The list [default: every list that is held]
    #[arg(value_name = "ENTRY")]
    snapshot: Option<EntryName>,
    /// Only this vessel
    #[arg(long, value_name = "ENTRY")]
    vessel: Option<EntryName>,
    /// The least score, of 1000, that is shown
    #[arg(long, value_name = "N", default_value_t = 400)]
    least: u16,
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let view = view(&reader)?;
    let one = |name: &EntryName| -> Result<Held> {
        let found = held(&store, &reader, &view, Some(name))?;
        (found.into_iter().next()).ok_or_else(|| Error::input(format!("{name} is no list")))
    };
    match command {
        Command::Show { snapshot } => {
            let list = one(&snapshot)?;
            match ctx.json {
                true => ctx
                    .out
                    .json(&json!({"snapshot": list.name, "list": list.list})),
                false => summary(&mut ctx.out, &list.list),
            }
        }
        Command::Diff {
            older,
            newer,
            vessels,
        } => diff(ctx, &one(&older)?, &one(&newer)?, vessels),
    }
}

/// What a list holds, in a few lines.
pub fn summary(out: &mut Out, list: &Snapshot) -> Result<()> {
    let of = |kind| list.rows.iter().filter(|row| row.kind == kind).count() as u64;
    let head = &list.head;
    out.line(format_args!(
        "List       {}  ({})",
        clean(&head.list),
        head.format
    ))?;
    let dated = head
        .generated
        .as_ref()
        .map_or("not stated in the file".into(), |stated| {
            clean(&stated.written)
        });
    out.line(format_args!("Generated  {dated}"))?;
    out.line(format_args!(
        "Rows       {}: {} on ships, {} on companies and bodies, {} on persons, {} on others",
        grouped(list.rows.len() as u64),
        grouped(of(Kind::Vessel)),
        grouped(of(Kind::Entity)),
        grouped(of(Kind::Person)),
        grouped(of(Kind::Other)),
    ))?;
    let imos: usize = list.rows.iter().map(|row| row.imos.len()).sum();
    let companies: usize = list.rows.iter().map(|row| row.company_imos.len()).sum();
    out.line(format_args!(
        "Numbers    {} of ships, {} of companies",
        count(imos as u64, "IMO number", "IMO numbers"),
        grouped(companies as u64)
    ))?;
    let refused: Vec<_> = list.rows.iter().flat_map(|row| &row.refused).collect();
    if let Some(first) = refused.first() {
        out.line(format_args!(
            "Not read   {}, as {} {:?}: {}",
            count(refused.len() as u64, "value", "values"),
            first.field,
            short(&first.written, 40),
            clean(&first.reason)
        ))?;
    }
    for (what, number) in &head.passed_over {
        out.line(format_args!(
            "Passed     {} {}",
            grouped(*number),
            clean(what)
        ))?;
    }
    for note in &head.notes {
        for (i, line) in wrap(&clean(note), WIDTH - 11).iter().enumerate() {
            let name = if i == 0 { "Note" } else { "" };
            out.line(format_args!("{name:<11}{line}"))?;
        }
    }
    Ok(())
}

fn diff(ctx: &mut Context, older: &Held, newer: &Held, vessels: bool) -> Result<()> {
    let mut changes = compare(&older.list, &newer.list)
        .map_err(|error| Error::input(format!("{} and {}: {error}", older.name, newer.name)))?;
    if vessels {
        changes.changes.retain(|change| {
            let row = change.row();
            row.kind == Kind::Vessel || !row.imos.is_empty()
        });
    }
    if ctx.json {
        return ctx
            .out
            .json(&json!({"older": older.name, "newer": newer.name, "changes": changes}));
    }
    let dates = |date: &Option<String>| date.as_deref().map_or("no date".into(), clean);
    ctx.out.line(format_args!(
        "{}: {} ({}) to {} ({})",
        clean(&changes.list),
        older.name,
        dates(&changes.from),
        newer.name,
        dates(&changes.to)
    ))?;
    if !changes.order_known {
        ctx.note("a date is missing, so that only you say which one is older");
    }
    let rows: Vec<[String; 4]> = changes.changes.iter().map(change_row).collect();
    let of = |word: &str| rows.iter().filter(|row| row[0] == word).count() as u64;
    ctx.out.line(format_args!(
        "{} added, {} changed, {} gone",
        grouped(of("added")),
        grouped(of("changed")),
        grouped(of("gone"))
    ))?;
    if rows.is_empty() {
        return Ok(());
    }
    ctx.out.line("")?;
    ctx.out
        .table_keeping(2, ["change", "reference", "who", "what"], rows)
}

fn change_row(change: &Change) -> [String; 4] {
    let dates = |dates: &[Stated]| {
        let written: Vec<String> = dates.iter().map(|date| clean(&date.written)).collect();
        match written.is_empty() {
            true => "no date of listing".into(),
            false => format!("listed {}", written.join(", ")),
        }
    };
    let (word, what) = match change {
        Change::Added { listed, .. } => ("added", dates(listed)),
        Change::Removed { listed, .. } => (
            "gone",
            format!(
                "{}; taken off between the two, or renumbered",
                dates(listed)
            ),
        ),
        Change::Changed { fields, .. } => {
            let told: Vec<String> = fields
                .iter()
                .map(|field| {
                    format!(
                        "{}: {} → {}",
                        field.field,
                        short(&field.old.join(", "), 60),
                        short(&field.new.join(", "), 60)
                    )
                })
                .collect();
            ("changed", told.join("; "))
        }
    };
    let row = change.row();
    [word.into(), clean(&row.reference), who(row), what]
}

fn who(row: &RowSeen) -> String {
    let name = row
        .name
        .as_deref()
        .map_or(String::new(), |name| short(name, 40));
    let imos: Vec<String> = row.imos.iter().map(|imo| format!("IMO {imo}")).collect();
    format!("{name} {}", imos.join(" ")).trim().to_owned()
}

pub fn propose_matches(ctx: &mut Context, args: &Match) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let view = view(&reader)?;
    let lists = held(&store, &reader, &view, args.snapshot.as_ref())?;
    if lists.is_empty() {
        return Err(Error::input("no list is held in this ledger")
            .remedy("Record one: seaproof record list FILE."));
    }
    let only = args
        .vessel
        .as_ref()
        .map(|name| name.find(&reader))
        .transpose()?;
    let vessels: Vec<CaseVessel> = case_vessels(&view, only.map(|index| index.0));
    if vessels.is_empty() {
        return Err(Error::input("no vessel of that name is recorded")
            .remedy("`seaproof vessels` shows those that are."));
    }
    let mut found = Vec::new();
    for list in &lists {
        let mut proposed = propose(&vessels, &list.list);
        proposed
            .proposals
            .retain(|proposal| proposal.score >= args.least);
        found.push((list, proposed));
    }
    if ctx.json {
        let lists: Vec<Value> = found
            .iter()
            .map(|(list, proposed)| {
                let proposals: Vec<Value> = proposed
                    .proposals
                    .iter()
                    .map(|proposal| as_json(list, proposal))
                    .collect();
                json!({
                    "snapshot": list.name, "proposals": proposals, "cut": proposed.cut,
                    "names_left_out": proposed.names_left_out,
                    "near_names_left_out": proposed.near_names_left_out,
                })
            })
            .collect();
        return ctx.out.json(&json!({
            "asserted": false, "least": args.least, "vessels": vessels.len(), "lists": lists,
        }));
    }
    for (list, proposed) in &found {
        ctx.out.line(format_args!(
            "{}  {}: {} for {}",
            clean(&list.name),
            clean(&list.title),
            count(proposed.proposals.len() as u64, "proposal", "proposals"),
            count(vessels.len() as u64, "vessel", "vessels")
        ))?;
        for proposal in &proposed.proposals {
            print(&mut ctx.out, list, proposal)?;
        }
        if proposed.names_left_out {
            ctx.note("the list has too many names: those of its last rows were not compared, only numbers");
        } else if proposed.near_names_left_out {
            ctx.note("the list has too many names to look for likenesses among all of them");
        }
        for vessel in &proposed.cut {
            ctx.note(&format!("{vessel}: more rows match by name than are shown"));
        }
        ctx.out.line("")?;
    }
    ctx.out
        .line("These are proposals. Nothing is asserted until somebody signs it.")
}

/// The vessels of a case with everything by which they could be found.
fn case_vessels(view: &View, only: Option<u64>) -> Vec<CaseVessel> {
    let rows = view.vessels.iter();
    rows.filter(|row| only.is_none_or(|only| only == row.told.entry))
        .map(|row| {
            let mut vessel = CaseVessel {
                id: row.told.id.clone(),
                names: row.names.clone(),
                ..CaseVessel::default()
            };
            for claim in &row.claims {
                let value = &claim.value;
                match claim.property.as_str() {
                    "name" | "former-name" | "alias" => vessel.names.push(value.clone()),
                    "imo" => vessel.imos.extend(value.parse::<Imo>()),
                    "mmsi" => vessel.mmsis.extend(value.parse::<Mmsi>()),
                    "call-sign" => vessel.call_signs.extend(value.parse::<CallSign>()),
                    _ => {}
                }
            }
            vessel.names.sort_unstable();
            vessel.names.dedup();
            vessel.imos.sort_unstable();
            vessel.imos.dedup();
            vessel.mmsis.sort_unstable();
            vessel.mmsis.dedup();
            vessel.call_signs.sort_unstable();
            vessel.call_signs.dedup();
            vessel
        })
        .collect()
}

fn as_json(list: &Held, proposal: &Proposal) -> Value {
    json!({"proposal": proposal, "record": command(list, proposal)})
}

fn print(out: &mut Out, list: &Held, proposal: &Proposal) -> Result<()> {
    let row = &proposal.row;
    out.line("")?;
    out.line(format_args!(
        "{:>5}  {} and {} ({}), row {}, line {}",
        proposal.score,
        clean(&proposal.vessel),
        clean(&row.reference),
        who(row),
        row.number,
        proposal.place.line
    ))?;
    let best = proposal.matches.first();
    let matched = best.map_or(String::new(), |best| {
        format!(
            "{}: {:?} and {:?}",
            best.field,
            clean(&best.vessel_value),
            clean(&best.row_value)
        )
    });
    for line in [matched, clean(&proposal.reason)] {
        for line in wrap(&line, WIDTH - 7) {
            out.line(format_args!("       {line}"))?;
        }
    }
    out.line(format_args!("       {}", clean(&command(list, proposal))))
}

/// The command that would assert it: what is in it comes from the row and stands for the recorder to check.
fn command(list: &Held, proposal: &Proposal) -> String {
    let reference = &proposal.row.reference;
    let row = list
        .list
        .rows
        .iter()
        .find(|row| row.number == proposal.row.number);
    let best = proposal.matches.first();
    let by = best
        .and_then(|best| serde_json::to_value(best.matched_by()).ok())
        .and_then(|by| by.as_str().map(str::to_owned))
        .unwrap_or_else(|| "other".into());
    let mut words = vec![
        "seaproof record listed".to_owned(),
        format!("--about {}", quoted(&proposal.vessel)),
        format!("--snapshot {}", quoted(&list.name)),
        format!("--reference {}", quoted(reference)),
        format!("--matched-by {by}"),
    ];
    if let Some(row) = row {
        if let Some(name) = row.name() {
            words.push(format!("--named {}", quoted(name)));
        }
        if let [programme] = &row.programmes[..] {
            words.push(format!("--programme {}", quoted(programme)));
        }
        for measure in &row.measures {
            let name = serde_json::to_value(measure.measure).unwrap_or_default();
            let name = name.as_str().unwrap_or("other");
            words.push(format!(
                "--measure {}",
                quoted(&format!("{name}={}", measure.says))
            ));
        }
        if let [
            Stated {
                date: Some(date), ..
            },
        ] = &row.listed[..]
        {
            words.push(format!("--since {}", date.as_str()));
        }
    }
    // A locator counts a table's rows with the header.
    let table = matches!(list.list.head.format, Format::EuCsv | Format::OfacCsv);
    let first = list.list.rows.first();
    let header = u32::from(table && first.is_some_and(|row| row.place.line > 1));
    let row = proposal.row.number.saturating_add(header);
    words.push(format!(
        "--basis {}",
        quoted(&format!("{}:r{row}", list.name))
    ));
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
