//! `seaproof why` and `seaproof rests-on`: from a finding or an entry down to the files and the words in them,
//! and from an entry up to the findings.

use std::collections::{BTreeMap, BTreeSet};

use clap::Parser;
use seaproof_evidence::EntryIndex;
use seaproof_ledger::ids::ExhibitHash;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_replay::{Finding, ON_LINES, RestsOn, Settled, Step};
use serde_json::json;

use super::findings;
use crate::answers;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exhibits::{Checks, Compared, lines_at, message_at, place_words};
use crate::heard;
use crate::looking::Looking;
use crate::names::{EntryName, Holders};
use crate::output::{Out, WIDTH, clean, count, short, wrap};
use crate::readings;
use crate::summary::{self, EntryNames};
use crate::suspects::Suspects;

/// Entries of one level that `rests-on` lists.
const LISTED_MAX: usize = 100;

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof why finding:6\n          seaproof why wordings-differ\n          seaproof why '#30'\n\n\
    Findings have the numbers that `seaproof findings` shows; a rule's name means all it found."
)]
pub struct Why {
    /// An entry, finding:N, or a rule's name
    what: String,
    #[command(flatten)]
    looking: Looking,
}

#[derive(Debug, Parser)]
#[command(after_help = "Example: seaproof rests-on press-a")]
pub struct RestsOnArgs {
    /// Which entry
    entry: EntryName,
    #[command(flatten)]
    looking: Looking,
}

/// What an entry says in a few words, by its number.
struct Told(BTreeMap<u64, String>);

impl Told {
    fn read(reader: &Reader<'_>, wanted: &BTreeSet<u64>) -> Result<Self> {
        let (mut names, mut holders) = (EntryNames::default(), Holders::default());
        let mut told = BTreeMap::new();
        for read in reader.entries() {
            let read = read?;
            holders.heed(&read);
            let entry = read.entry;
            names.heed(&entry);
            if wanted.contains(&entry.index.0) {
                let author = holders.short(&entry.statement.key);
                let what = summary::line(&entry, &names);
                told.insert(entry.index.0, format!("{what}  [{author}]"));
            }
        }
        Ok(Self(told))
    }

    fn of(&self, entry: u64) -> &str {
        self.0.get(&entry).map_or("", String::as_str)
    }
}

pub fn why(ctx: &mut Context, args: Why) -> Result<()> {
    let store = ctx.store()?;
    let (state, reader) = answers::state(&store, &args.looking)?;
    let lens = args.looking.lens(&reader)?;
    let settled = state.settle_under(lens);
    let found = answers::findings_of(&store, &args.looking, &settled, reader.head())?;
    let wanted = wanted(&args.what, &found, &reader)
        .or_else(|error| Err(found_nothing(&args.what, &store, &settled)?.unwrap_or(error)))?;
    let traced: Vec<(Option<usize>, Vec<Step>)> = wanted
        .iter()
        .map(|one| match one {
            Wanted::Entry(index) => (None, settled.why([*index])),
            Wanted::Finding(i) => (Some(*i), settled.why_found(&found[*i])),
        })
        .collect();
    let suspects = Suspects::read(&reader)?;
    if ctx.json {
        let all: Vec<_> = traced
            .iter()
            .map(|(finding, steps)| {
                let finding = finding.map(|i| json!({"number": i + 1, "finding": found[i]}));
                json!({"finding": finding, "steps": steps})
            })
            .collect();
        return ctx
            .out
            .json(&json!({ "why": all, "suspect_keys": suspects }));
    }
    let mut entries = BTreeSet::new();
    for step in traced.iter().flat_map(|(_, steps)| steps) {
        numbers(step, &mut entries);
    }
    let told = Told::read(&reader, &entries)?;
    let mut held = HeldFiles {
        store: &store,
        checks: Checks::default(),
    };
    for (i, (finding, steps)) in traced.iter().enumerate() {
        if i > 0 {
            ctx.out.line("")?;
        }
        if let Some(number) = finding {
            findings::one(&mut ctx.out, number + 1, &found[*number], true)?;
            ctx.out.line("")?;
        }
        for step in steps {
            print(&mut ctx.out, &mut held, &told, step, 0)?;
        }
    }
    suspects.explain(&mut ctx.out)
}

enum Wanted {
    Entry(EntryIndex),
    /// By its position.
    Finding(usize),
}

fn wanted(what: &str, found: &[Finding], reader: &Reader<'_>) -> Result<Vec<Wanted>> {
    if let Some(number) = what.strip_prefix("finding:") {
        let at = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        return match at.filter(|at| *at < found.len()) {
            Some(at) => Ok(vec![Wanted::Finding(at)]),
            None => Err(Error::input(format!(
                "there is no finding {}: there are {}",
                clean(number),
                found.len()
            ))
            .remedy("`seaproof findings` shows them with their numbers.")),
        };
    }
    let by_rule: Vec<Wanted> = found
        .iter()
        .enumerate()
        .filter(|(_, finding)| finding.rule == what)
        .map(|(at, _)| Wanted::Finding(at))
        .collect();
    if !by_rule.is_empty() {
        return Ok(by_rule);
    }
    let name: EntryName = what.parse().map_err(Error::usage)?;
    Ok(vec![Wanted::Entry(name.find(reader)?)])
}

/// Why a rule in force found nothing, if that is what was asked for.
fn found_nothing(what: &str, store: &FolderStore, settled: &Settled<'_>) -> Result<Option<Error>> {
    let Some(rule) = settled.rule(what) else {
        return Ok(None);
    };
    if let Some(why) = rule.does_not_run {
        return Ok(Some(Error::input(format!(
            "the rule {what} does not run here: {why}"
        ))));
    }
    let unread = settled.unread_by(what, &readings::only(store, settled)?);
    let rows: Vec<String> = (unread.iter())
        .map(|row| format!("{}, {}", heard::named(row), row.words))
        .collect();
    Ok(Some(match &rows[..] {
        [] => Error::input(format!("the rule {what} finds nothing here"))
            .remedy("`seaproof findings` shows what is found."),
        rows => Error::input(format!(
            "not everything could be read that the rule {what} looks into, and in the rest it finds nothing: {}",
            rows.join("; ")
        ))
        .remedy("Put the file back from a copy; `seaproof verify` says which is missing or changed."),
    }))
}

fn numbers(step: &Step, into: &mut BTreeSet<u64>) {
    into.extend(step.entry);
    for below in &step.below {
        numbers(below, into);
    }
}

/// The files of the ledger's folder.
struct HeldFiles<'s> {
    store: &'s FolderStore,
    checks: Checks,
}

fn print(
    out: &mut Out,
    held: &mut HeldFiles<'_>,
    told: &Told,
    step: &Step,
    depth: usize,
) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    let link = match step.link {
        "itself" => String::new(),
        link => format!("{link} "),
    };
    let number = step.entry.map(|n| format!("#{n} ")).unwrap_or_default();
    let label = match step.entry {
        Some(n) if step.id == format!("#{n}") => String::new(),
        _ => format!("{} ", clean(&step.id)),
    };
    let kind = step.kind.as_deref().map(clean).unwrap_or_default();
    let exhibit = exhibit_of(step);
    let message = match (step.link == ON_LINES, &exhibit, &step.at) {
        (true, Some(hash), Some(at)) => message_at(held.store, hash, at),
        _ => Vec::new(),
    };
    let place = match &message[..] {
        [] => step.at.as_ref().map(place_words),
        lines => {
            let numbers: Vec<String> = lines.iter().map(|(number, _)| number.to_string()).collect();
            Some(format!("lines {}", numbers.join(", ")))
        }
    };
    let mut words = String::new();
    for part in [
        place.filter(|words| !words.is_empty()),
        step.held.clone(),
        step.status
            .map(|status| format!("does not stand: {status}")),
        step.suspect.then(|| "suspect".to_owned()),
        step.again.then(|| "see above".to_owned()),
        step.cut.then(|| "more lies below than is shown".to_owned()),
    ]
    .into_iter()
    .flatten()
    {
        words.push_str(&format!(", {part}"));
    }
    let indent = depth * 2;
    let named = format!("{label}{kind}");
    let named = match number.is_empty() {
        // Nothing to stand between it and what follows.
        true => named.trim_end(),
        false => &named,
    };
    let head = format!("{link}{bold}{number}{bold:#}{named}{}", clean(&words));
    out.line(format_args!("{:indent$}{head}", ""))?;
    let under = indent + 2;
    if let Some(entry) = step.entry
        && !step.again
        && !told.of(entry).trim().is_empty()
    {
        for line in wrap(&clean(told.of(entry)), WIDTH.saturating_sub(under).max(30)) {
            out.line(format_args!("{:under$}{line}", ""))?;
        }
    }
    let message = message.into_iter().map(|(_, line)| line).collect();
    words_inside(out, held, step, message, under)?;
    for below in &step.below {
        print(out, held, told, below, depth + 1)?;
    }
    Ok(())
}

/// The file that a step points into.
fn exhibit_of(step: &Step) -> Option<ExhibitHash> {
    let only = match (&step.exhibit, &step.files[..]) {
        (Some(digest), _) => Some(digest.as_str()),
        (None, [only]) => Some(only.sha256.as_str()),
        _ => None,
    };
    only.and_then(|digest| digest.parse().ok())
}

/// The files, and what stands at the place that is pointed to: the lines of a message if they were looked for.
fn words_inside(
    out: &mut Out,
    held: &mut HeldFiles<'_>,
    step: &Step,
    message: Vec<String>,
    indent: usize,
) -> Result<()> {
    for file in &step.files {
        let form = file.form.replace('-', " ");
        let attached = file
            .attached_by
            .map(|by| format!(", attached in #{by}"))
            .unwrap_or_default();
        out.line(format_args!(
            "{:indent$}file sha256:{} {} bytes, {form}{attached}",
            "", file.sha256, file.length
        ))?;
    }
    let Some(at) = &step.at else {
        return Ok(());
    };
    if let Some(quote) = &at.quote {
        for line in wrap(
            &clean(quote.as_str()),
            WIDTH.saturating_sub(indent + 2).max(30),
        ) {
            out.line(format_args!("{:indent$}\u{201c} {line}", ""))?;
        }
    }
    let Some(hash) = exhibit_of(step) else {
        return Ok(());
    };
    let lines = match message.is_empty() {
        true => lines_at(held.store, &hash, at),
        false => message,
    };
    if !lines.is_empty() {
        let said = match held.checks.of(held.store, &hash) {
            Compared::Same => None,
            Compared::Differs => {
                Some("the file here is not the one that was recorded: its digest differs")
            }
            Compared::NotChecked => Some("the file was not checked against its digest"),
        };
        if let Some(said) = said {
            out.line(format_args!("{:indent$}! {said}", ""))?;
        }
    }
    for line in lines {
        let line = short(&clean(line.trim()), 600);
        for line in wrap(&line, WIDTH.saturating_sub(indent + 2).max(30)) {
            out.line(format_args!("{:indent$}| {line}", ""))?;
        }
    }
    Ok(())
}

pub fn rests_on(ctx: &mut Context, args: RestsOnArgs) -> Result<()> {
    let store = ctx.store()?;
    let (state, reader) = answers::state(&store, &args.looking)?;
    let index = args.entry.find(&reader)?;
    let lens = args.looking.lens(&reader)?;
    let settled = state.settle_under(lens);
    let found = answers::findings_of(&store, &args.looking, &settled, reader.head())?;
    let resting = settled
        .rests_on(index, &found)
        .ok_or_else(|| Error::input(format!("there is no {index} in this ledger")))?;
    if ctx.json {
        return ctx
            .out
            .json(&json!({"entry": index.0, "rests_on_it": resting}));
    }
    let mut shown: BTreeSet<u64> = resting.entries.iter().map(|row| row.entry).collect();
    shown.insert(index.0);
    let told = Told::read(&reader, &shown)?;
    ctx.out
        .line(format_args!("{index}  {}", clean(told.of(index.0))))?;
    levels(&mut ctx.out, &resting, &told)?;
    if resting.entries.is_empty() {
        ctx.out.line("No entry rests on it")?;
    }
    ctx.out.line("")?;
    match resting.findings.is_empty() {
        true => ctx.out.line("No finding rests on it"),
        false => {
            for number in &resting.findings {
                let finding = &found[number - 1];
                ctx.out.line(format_args!(
                    "finding {number}  {}  {}",
                    finding.rule,
                    short(&clean(&finding.statement), WIDTH - 16 - finding.rule.len())
                ))?;
            }
            Ok(())
        }
    }
}

fn levels(out: &mut Out, resting: &RestsOn, told: &Told) -> Result<()> {
    let mut level = 0;
    let mut listed = 0;
    for row in &resting.entries {
        if row.steps != level {
            (level, listed) = (row.steps, 0);
            let all = resting.entries.iter().filter(|r| r.steps == level).count();
            let how = match level {
                1 => "by itself".to_owned(),
                n => format!("through {}", count(u64::from(n) - 1, "other", "others")),
            };
            out.line("")?;
            out.line(format_args!(
                "{} {how}",
                count(all as u64, "entry", "entries")
            ))?;
        }
        listed += 1;
        if listed == LISTED_MAX + 1 {
            out.line("  and more; --json lists them all")?;
        }
        if listed > LISTED_MAX {
            continue;
        }
        let links: BTreeSet<String> = row
            .on
            .iter()
            .map(|(target, link)| format!("{link} #{target}"))
            .collect();
        let links: Vec<String> = links.into_iter().collect();
        let status = row
            .status
            .map(|status| format!(", does not stand: {status}"))
            .unwrap_or_default();
        let suspect = if row.suspect { ", suspect" } else { "" };
        let text = format!(
            "#{}  {}  {}  ({}{status}{suspect})",
            row.entry,
            row.kind.as_deref().map(clean).unwrap_or_default(),
            clean(told.of(row.entry)),
            links.join(", ")
        );
        for (i, line) in wrap(&text, WIDTH - 6).iter().enumerate() {
            let indent = if i == 0 { 2 } else { 6 };
            out.line(format_args!("{:indent$}{line}", ""))?;
        }
    }
    Ok(())
}
