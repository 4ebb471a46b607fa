//! `seaproof redact`: erases what entries say, or from whom it came, by a signed entry.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};
use std::path::Path;

use clap::{ArgGroup, Parser};
use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::entry::Entry;
use seaproof_ledger::facts::TARGETS_MAX;
use seaproof_ledger::ids::{AuthorKey, Class, EntryIndex, ExhibitHash, ExhibitRef};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::redaction::{Parts, entitled, within_reach};
use seaproof_ledger::store::FolderStore;
use serde_json::{Value, json};

use super::record::hand::Asking;
use crate::batch::Batch;
use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::names::EntryName;
use crate::output::{WIDTH, clean, count, grouped, wrap};
use crate::readings;
use crate::recording::{self, Recorded, with_session};
use crate::redactions::absent;
use crate::state;
use crate::summary;

#[derive(Debug, Parser)]
#[command(
    group(ArgGroup::new("what").required(true).multiple(true).args(["facts", "source"])),
    after_help = "Example: seaproof redact calls-march --source --reason \"it names a witness\" --dry-run\n\n\
    A signed entry says that it was done, by whom and why; that stays. What is erased cannot be had back, and\n\
    copies of the ledger elsewhere keep it. Files go that only the erased facts name, and so do recorded states\n\
    that rest on them. Without a terminal say --yes."
)]
pub struct Args {
    /// The entries
    #[arg(required = true)]
    entry: Vec<EntryName>,
    /// Erase what they say
    #[arg(long)]
    facts: bool,
    /// Erase how it was obtained and from whom
    #[arg(long)]
    source: bool,
    /// Why; this stays
    #[arg(long, value_name = "WORDS")]
    reason: String,
    #[command(flatten)]
    asking: Asking,
}

/// What a redaction will do.
#[derive(Debug, Default)]
struct Plan {
    targets: BTreeMap<EntryIndex, Target>,
    /// Recorded states that rest on what goes, and go too.
    states: BTreeSet<EntryIndex>,
    /// Files that go.
    files: BTreeMap<ExhibitHash, u64>,
    /// Files that stay, and an entry that names them besides.
    kept: BTreeMap<ExhibitHash, EntryIndex>,
    /// Amendments of what goes: they stay, and may hold the same words.
    amendments: BTreeSet<EntryIndex>,
    /// Entries that rest on what goes.
    resting: BTreeSet<u64>,
    /// Findings that do, by their numbers.
    findings: BTreeSet<usize>,
}

#[derive(Debug)]
struct Target {
    kind: String,
    label: Option<String>,
    /// Whether what it says takes the effect of others away.
    amends: bool,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let parts = Parts {
        facts: args.facts,
        source: args.source,
    };
    let signer = args.asking.options.key.public();
    let (plan, planned_at) = {
        let store = ctx.store()?;
        let reader = context::reader_for_writing(&store, None)?;
        let plan = Plan::new(&store, &reader, &args.entry, parts, signer)?;
        (plan, reader.head())
    };
    let lines = plan.lines(parts, &args.reason);
    if args.asking.options.dry_run {
        return match ctx.json {
            true => ctx.out.json(&plan.json(parts, &lines)),
            false => {
                for line in plan.words(parts) {
                    ctx.out.line(line)?;
                }
                ctx.out.line("Nothing was recorded, and nothing erased.")
            }
        };
    }
    if args.asking.asks(ctx) {
        confirm(&plan.words(parts))?;
    } else if !args.asking.said_yes() {
        return Err(Error::usage(
            "what is redacted cannot be had back, and there is nobody to ask",
        )
        .remedy("Nothing was recorded. See what would go with --dry-run, then say --yes."));
    }
    let texts: Vec<String> = lines.iter().map(Value::to_string).collect();
    let batch = Batch {
        lines: texts.iter().map(|text| (1, text.as_str())).collect(),
        base: Path::new(""),
        numbered: false,
        given: &[],
    };
    let now = ctx.now();
    let recorded = with_session(ctx, &args.asking.options.key, |session| {
        // What was recorded since may rest on what goes: a state, for one.
        recording::unchanged(session, planned_at)?;
        batch
            .record(session, now)
            .map_err(|error: Error| error.remedy_if_none("Nothing was recorded."))
    })?;
    report(ctx, &plan, parts, &lines, &recorded)
}

fn report(
    ctx: &mut Context,
    plan: &Plan,
    parts: Parts,
    lines: &[Value],
    recorded: &[Recorded],
) -> Result<()> {
    if ctx.json {
        let mut value = plan.json(parts, lines);
        value["recorded"] = recorded
            .iter()
            .map(|entry| {
                json!({
                    "index": entry.written.index.0, "id": entry.written.id.to_string(),
                    "kind": entry.kind, "label": entry.label,
                })
            })
            .collect();
        return ctx.out.json(&value);
    }
    for entry in recorded {
        ctx.out.line(format_args!(
            "Recorded {}  {}",
            entry.written.index, entry.kind
        ))?;
    }
    let files = match plan.files.len() as u64 {
        0 => String::new(),
        n => format!(", and {}", count(n, "file", "files")),
    };
    ctx.out.line(format_args!(
        "Erased the {} of {}{files}. Copies elsewhere keep it.",
        parts.words(),
        list(plan.targets.keys().map(|index| index.0)),
    ))
}

impl Plan {
    fn new(
        store: &FolderStore,
        reader: &Reader<'_>,
        names: &[EntryName],
        parts: Parts,
        signer: Option<AuthorKey>,
    ) -> Result<Self> {
        let wanted = names
            .iter()
            .map(|name| name.find(reader))
            .collect::<Result<BTreeSet<_>>>()?;
        let custodian = |key: &AuthorKey| reader.authority().custodians().any(|c| c == key);
        let may =
            |author: &AuthorKey| signer.is_none_or(|key| entitled(&key, custodian(&key), author));
        let mut plan = Self::default();
        let mut ids = BTreeSet::new();
        let mut named: BTreeSet<ExhibitRef> = BTreeSet::new();
        let mut elsewhere: BTreeMap<ExhibitHash, EntryIndex> = BTreeMap::new();
        let lowest = wanted.first().copied();
        for read in reader.entries() {
            let entry = read?.entry;
            let facts = entry.facts.known();
            let exhibits = facts.map_or(&[][..], |facts| &facts.exhibits[..]);
            if wanted.contains(&entry.index) {
                can_go(&entry, parts, may(&entry.statement.key))?;
                ids.insert(entry.id);
                if parts.facts {
                    named.extend(exhibits);
                }
                plan.targets.insert(
                    entry.index,
                    Target {
                        kind: summary::kind(&entry).to_owned(),
                        label: facts.and_then(|facts| facts.label.clone()),
                        amends: entry.statement.class == Class::Amendment,
                    },
                );
            } else {
                for exhibit in exhibits {
                    elsewhere.entry(exhibit.hash).or_insert(entry.index);
                }
                let amendment = facts.and_then(|facts| facts.amendment.as_ref());
                if amendment.is_some_and(|a| a.targets.iter().any(|id| ids.contains(id))) {
                    plan.amendments.insert(entry.index);
                }
            }
            // Recorded states that cover what goes: an unsalted hash of what anybody may guess.
            if parts.facts
                && !wanted.contains(&entry.index)
                && let Some(entries) = state_of(&entry)
                && lowest.is_some_and(|lowest| lowest.0 < entries)
            {
                if !may(&entry.statement.key) {
                    return Err(Error::input(format!(
                        "{} records a state that rests on what would be erased, and was signed by somebody else",
                        entry.index
                    ))
                    .remedy("Nothing was recorded. A custodian can redact both."));
                }
                plan.states.insert(entry.index);
            }
        }
        for exhibit in named {
            match elsewhere.get(&exhibit.hash) {
                Some(by) if !plan.states.contains(by) => {
                    plan.kept.insert(exhibit.hash, *by);
                }
                _ => {
                    plan.files.insert(exhibit.hash, exhibit.length);
                }
            }
        }
        plan.rests(store, reader)?;
        Ok(plan)
    }

    /// What rests on what goes.
    fn rests(&mut self, store: &FolderStore, reader: &Reader<'_>) -> Result<()> {
        let state = state::replay(reader)?;
        let settled = state.settle();
        let readings = readings::only(store, &settled)?;
        let findings = settled.findings(&readings);
        for index in self.targets.keys() {
            if let Some(resting) = settled.rests_on(*index, &findings) {
                self.resting
                    .extend(resting.entries.iter().map(|row| row.entry));
                self.findings.extend(resting.findings);
            }
        }
        for index in self.targets.keys() {
            self.resting.remove(&index.0);
        }
        Ok(())
    }

    /// The lines to be recorded, each with as many targets as an entry can have.
    fn lines(&self, parts: Parts, reason: &str) -> Vec<Value> {
        let erases = match (parts.facts, parts.source) {
            (true, true) => "both",
            (false, true) => "source",
            _ => "facts",
        };
        let line = |targets: &[String], erases: &str, reason: &str| json!({"kind": "redacted", "targets": targets, "reason": reason, "erases": erases});
        let named = |entries: Vec<EntryIndex>| -> Vec<String> {
            entries.iter().map(ToString::to_string).collect()
        };
        let targets = named(self.targets.keys().copied().collect());
        let states = named(self.states.iter().copied().collect());
        let mut lines: Vec<Value> = targets
            .chunks(TARGETS_MAX)
            .map(|targets| line(targets, erases, reason))
            .collect();
        lines.extend(states.chunks(TARGETS_MAX).map(|states| {
            line(
                states,
                "facts",
                "A recorded state that rests on what is redacted.",
            )
        }));
        lines
    }

    fn json(&self, parts: Parts, lines: &[Value]) -> Value {
        let numbers = |entries: &BTreeSet<EntryIndex>| -> Vec<u64> {
            entries.iter().map(|index| index.0).collect()
        };
        json!({
            "facts": parts.facts, "source": parts.source,
            "entries": self.targets.iter().map(|(index, target)| json!({
                "entry": index.0, "kind": target.kind, "label": target.label,
            })).collect::<Vec<_>>(),
            "recorded_states": numbers(&self.states),
            "files_erased": self.files.iter().map(|(hash, length)| json!({
                "sha256": hash.to_string(), "bytes": length,
            })).collect::<Vec<_>>(),
            "files_kept": self.kept.iter().map(|(hash, by)| json!({
                "sha256": hash.to_string(), "named_in": by.0,
            })).collect::<Vec<_>>(),
            "amendments_that_stay": numbers(&self.amendments),
            "rests_on_it": self.resting,
            "findings": self.findings,
            "lines": lines,
        })
    }

    /// The same for people, in lines.
    fn words(&self, parts: Parts) -> Vec<String> {
        let mut lines = Vec::new();
        let mut say = |name: &str, text: String| {
            for (i, line) in wrap(&clean(&text), WIDTH - 12).into_iter().enumerate() {
                let name = if i == 0 { name } else { "" };
                lines.push(format!("{name:<11}{line}"));
            }
        };
        for (index, target) in &self.targets {
            let label = match &target.label {
                Some(label) => format!(" {label}"),
                None => String::new(),
            };
            let what = format!("the {} of {index} {}{label}", parts.words(), target.kind);
            say("Erases", what);
            if parts.facts && target.amends {
                say(
                    "",
                    format!(
                        "{index} is an amendment: what it does to others is lost with it, and every finding is \
                         marked as subject to it"
                    ),
                );
            }
        }
        for index in &self.states {
            say(
                "Erases",
                format!("the state recorded in {index}, which rests on it"),
            );
        }
        for (hash, length) in &self.files {
            say(
                "Erases",
                format!("file sha256:{hash} {} bytes", grouped(*length)),
            );
        }
        for (hash, by) in &self.kept {
            say("Stays", format!("file sha256:{hash}, which {by} names too"));
        }
        if !self.amendments.is_empty() {
            let amendments = list(self.amendments.iter().map(|index| index.0));
            say(
                "Stays",
                format!("{amendments}, which amended it and may hold the same words"),
            );
        }
        if !self.resting.is_empty() {
            let resting = list(self.resting.iter().copied());
            say("Affects", format!("{resting}, resting on it"));
        }
        if !self.findings.is_empty() {
            let numbers: Vec<String> = self.findings.iter().map(ToString::to_string).collect();
            say("Affects", format!("findings {}", numbers.join(" ")));
        }
        let undone = "This cannot be undone. The entries stay in the log, signed and counted; copies of the ledger \
                      elsewhere keep what is erased here.";
        say("Note", undone.into());
        lines
    }
}

/// Entries by their numbers, not too many of them.
fn list(entries: impl IntoIterator<Item = u64>) -> String {
    let all: Vec<String> = entries.into_iter().map(|n| format!("#{n}")).collect();
    match all.len() {
        0..=20 => all.join(" "),
        n => format!("{} and {} more", all[..20].join(" "), n - 20),
    }
}

/// Refuses what the ledger would refuse, before anybody is asked.
fn can_go(entry: &Entry, parts: Parts, may: bool) -> Result<()> {
    let index = entry.index;
    let nothing = |what: String| Err(Error::input(what).remedy("Nothing was recorded."));
    if !may {
        return nothing(format!(
            "{index} was signed by somebody else: only its author or a custodian can redact it"
        ));
    }
    if parts
        .without(within_reach(entry.statement.class, entry.facts.known()))
        .any()
    {
        return nothing(match entry.statement.class {
            Class::Genesis | Class::Governance => format!(
                "{index} governs the ledger ({}), and what governs it is never redacted; its --source can be",
                summary::kind(entry)
            ),
            Class::Evidence | Class::Amendment => format!(
                "{index} redacts others, and without what it says nobody could tell; its --source can be redacted"
            ),
        });
    }
    let gone = parts.and(absent(entry));
    match gone.any() {
        true => nothing(format!(
            "{index} does not show its {} any more",
            gone.words()
        )),
        false => Ok(()),
    }
}

/// Over how many entries an entry records a state.
fn state_of(entry: &Entry) -> Option<u64> {
    let facts = entry.facts.known()?;
    match Decoded::of(entry.statement.class, facts) {
        Decoded::Known(said) => match said.event() {
            Event::StateRecorded(state) => Some(state.entries),
            _ => None,
        },
        _ => None,
    }
}

/// Shows what will go, and asks.
fn confirm(lines: &[String]) -> Result<()> {
    let mut stderr = io::stderr().lock();
    let asked = |e| Error::storage("cannot ask", &e);
    for line in lines {
        writeln!(stderr, "{}", crate::output::harmless(line)).map_err(asked)?;
    }
    write!(stderr, "Sign it, and erase this for good? [y/N] ").map_err(asked)?;
    stderr.flush().map_err(asked)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(asked)?;
    match matches!(answer.trim(), "y" | "Y" | "yes") {
        true => Ok(()),
        false => Err(Error::usage(
            "not signed: nothing was recorded, and nothing erased",
        )),
    }
}
