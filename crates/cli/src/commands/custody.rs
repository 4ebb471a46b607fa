//! `seaproof custody`: what happened to a piece of evidence, in order. Reads, never writes.

use std::collections::{BTreeMap, BTreeSet};

use clap::Parser;
use seaproof_evidence::provenance::Hold;
use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::entry::Entry;
use seaproof_ledger::facts::Relation;
use seaproof_ledger::ids::{EntryId, ExhibitHash, ExhibitRef};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::{ReadEntry, Reader};
use serde_json::{Map, Value, json};

use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::names::{EntryName, Holders};
use crate::output::{clean, grouped, rfc3339, short};
use crate::summary::{self, EntryNames};

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof custody press-a\n          seaproof custody sha256:9f86d081…\n\n\
    Whoever had it and what was done with it is as far as somebody recorded it: `seaproof record custody`."
)]
pub struct Args {
    /// An entry, or an exhibit by its digest (sha256:… with 64 digits)
    #[arg(value_name = "ENTRY|EXHIBIT")]
    what: String,
}

/// The evidence that is asked about.
#[derive(Default)]
struct Subject {
    entries: BTreeSet<EntryId>,
    exhibits: BTreeMap<ExhibitHash, u64>,
}

/// The exhibit that a text names by its digest.
pub fn digest(what: &str) -> Option<ExhibitHash> {
    what.strip_prefix("sha256:").unwrap_or(what).parse().ok()
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let subject = Subject::find(&reader, &args.what)?;
    let mut holders = Holders::default();
    let mut names = EntryNames::default();
    let mut chain = Vec::new();
    let mut shown = BTreeSet::new();
    for read in reader.entries() {
        let read = read?;
        holders.heed(&read);
        names.heed(&read.entry);
        if let Some(link) = subject.link(&read.entry, &names, &shown) {
            shown.insert(read.entry.id);
            chain.push(row(&read, &holders, link));
        }
    }
    if ctx.json {
        let exhibits: Vec<Value> = subject
            .exhibits
            .iter()
            .map(|(hash, length)| json!({"sha256": hash.to_string(), "bytes": length}))
            .collect();
        let entries: Vec<String> = subject.entries.iter().map(|id| names.name(*id)).collect();
        return ctx
            .out
            .json(&json!({"entries": entries, "exhibits": exhibits, "chain": chain}));
    }
    print(ctx, &subject, &chain)
}

impl Subject {
    fn find(reader: &Reader<'_>, what: &str) -> Result<Self> {
        let mut subject = Self::default();
        if let Some(hash) = digest(what) {
            for read in reader.entries() {
                subject.take_in_holder(&read?.entry, hash);
            }
            return match subject.exhibits.is_empty() {
                true => Err(Error::input(format!("no entry names the exhibit {hash}"))
                    .remedy("`seaproof show ENTRY` prints the digests of an entry's files.")),
                false => Ok(subject),
            };
        }
        let name: EntryName = what.parse().map_err(Error::usage)?;
        let index = name.find(reader)?;
        for read in reader.entries() {
            let entry = read?.entry;
            let attached = match said(&entry) {
                Some(said) => match said.event() {
                    Event::Attached(event) => subject.entries.contains(&said.entry(event.about)),
                    _ => false,
                },
                None => false,
            };
            if entry.index == index {
                subject.entries.insert(entry.id);
            }
            if entry.index == index || attached {
                subject.hold(&files(&entry));
            }
        }
        Ok(subject)
    }

    fn hold(&mut self, exhibits: &[ExhibitRef]) {
        for exhibit in exhibits {
            self.exhibits.insert(exhibit.hash, exhibit.length);
        }
    }

    /// Takes in the entry that holds an exhibit, or for which it was found.
    fn take_in_holder(&mut self, entry: &Entry, hash: ExhibitHash) {
        let Some(exhibit) = exhibits(entry).iter().find(|e| e.hash == hash) else {
            return;
        };
        self.exhibits.insert(hash, exhibit.length);
        let Some(said) = said(entry) else { return };
        match said.event() {
            Event::Attached(event) => {
                self.entries.insert(said.entry(event.about));
            }
            event => {
                if event.hold().is_some() && files(entry).iter().any(|file| file.hash == hash) {
                    self.entries.insert(entry.id);
                }
            }
        }
    }

    /// What an entry says about the evidence; `None` if nothing.
    fn link(
        &self,
        entry: &Entry,
        names: &EntryNames,
        shown: &BTreeSet<EntryId>,
    ) -> Option<Map<String, Value>> {
        let named = exhibits(entry)
            .iter()
            .any(|exhibit| self.exhibits.contains_key(&exhibit.hash));
        let facts = entry.facts.known()?;
        if let Some(amendment) = &facts.amendment {
            let on: Vec<String> = amendment
                .targets
                .iter()
                .filter(|target| shown.contains(target))
                .map(|target| names.name(*target))
                .collect();
            if on.is_empty() {
                return None;
            }
            let done = match amendment.relation {
                Relation::Corrects => "corrected",
                Relation::Retracts => "retracted",
                Relation::Disputes => "disputed",
                Relation::Redacts { .. } => "redacted",
            };
            let mut link = Map::new();
            link.insert("done".into(), done.into());
            link.insert("of".into(), on.into());
            if let Some(Value::Object(event)) = summary::event(entry, names) {
                link.extend(event.into_iter().filter(|(field, _)| field == "reason"));
            }
            return Some(link);
        }
        let said = said(entry)?;
        let about = |slots: &[seaproof_evidence::EntrySlot]| {
            slots
                .iter()
                .any(|slot| self.entries.contains(&said.entry(*slot)))
        };
        let done = match said.event() {
            Event::Custody(event) => {
                let whole = event.whole_ledger && !shown.is_empty();
                if !(whole || named || about(&event.entries)) {
                    return None;
                }
                "custody"
            }
            Event::Attached(event) => match named || about(&[event.about]) {
                true => "attached",
                false => return None,
            },
            Event::Derived(event) => {
                let from = event
                    .parents
                    .iter()
                    .any(|slot| self.exhibits.contains_key(&said.exhibit(*slot).hash));
                match (self.entries.contains(&entry.id), from) {
                    (true, _) => "derived",
                    (false, true) => "derived-into",
                    (false, false) => return None,
                }
            }
            event if self.entries.contains(&entry.id) || (named && event.hold().is_some()) => {
                match exhibits(entry).is_empty() {
                    true => "recorded",
                    false => "ingested",
                }
            }
            _ => return None,
        };
        let mut link = Map::new();
        link.insert("done".into(), done.into());
        if let Some(Value::Object(event)) = summary::event(entry, names) {
            for (field, value) in event {
                match field.as_str() {
                    "action" => {
                        link.insert("done".into(), value);
                    }
                    "hold" | "files" | "parents" | "tool" | "tool_version" | "from" | "to"
                    | "purpose" | "place" | "medium" | "when" | "captured" | "digest"
                    | "whole_ledger" | "note" => {
                        link.insert(field, value);
                    }
                    _ => {}
                }
            }
        }
        Some(link)
    }
}

fn said(entry: &Entry) -> Option<Box<seaproof_evidence::Said>> {
    match Decoded::of(entry.statement.class, entry.facts.known()?) {
        Decoded::Known(said) => Some(said),
        _ => None,
    }
}

/// The files that an entry holds; those that it only speaks of, as what something was made of, are not its own.
fn files(entry: &Entry) -> Vec<ExhibitRef> {
    match said(entry) {
        Some(said) => match said.event().hold() {
            Some(Hold::Held(files)) => files.iter().map(|held| said.exhibit(held.file)).collect(),
            Some(_) => Vec::new(),
            None => exhibits(entry).to_vec(),
        },
        None => Vec::new(),
    }
}

fn exhibits(entry: &Entry) -> &[ExhibitRef] {
    entry.facts.known().map_or(&[], |facts| &facts.exhibits)
}

fn row(read: &ReadEntry, holders: &Holders, link: Map<String, Value>) -> Value {
    let entry = &read.entry;
    let mut row = json!({
        "entry": entry.index.0, "kind": summary::kind(entry),
        "label": entry.facts.known().and_then(|facts| facts.label.clone()),
        "by": holders.short(&entry.statement.key), "fingerprint": fingerprint(&entry.statement.key),
        "recorded_at": rfc3339(entry.statement.recorded_at), "authorised": read.standing.authorised,
    });
    if let Value::Object(row) = &mut row {
        row.extend(link);
    }
    row
}

fn print(ctx: &mut Context, subject: &Subject, chain: &[Value]) -> Result<()> {
    for (hash, length) in &subject.exhibits {
        ctx.out
            .line(format_args!("Exhibit  {hash}  {} bytes", grouped(*length)))?;
    }
    if subject.exhibits.is_empty() {
        ctx.out.line("No file is held")?;
    }
    ctx.out.line("")?;
    let rows = chain.iter().map(|row| {
        [
            format!("#{}", row["entry"]),
            clean(row["done"].as_str().unwrap_or_default()),
            when(row),
            clean(row["by"].as_str().unwrap_or_default()),
            details(row),
        ]
    });
    ctx.out
        .table_keeping(2, ["#", "done", "when", "recorded by", ""], rows)?;
    ctx.out.line("")?;
    ctx.out.line(
        "Times without a day of their own are those of recording, by the author's own clock.",
    )?;
    ctx.out.line("What nobody recorded does not stand here.")
}

/// The day on which it was done, if it is told; else when it was recorded, to the second.
fn when(row: &Value) -> String {
    match row["when"]["edtf"].as_str() {
        Some(told) => clean(told),
        None => {
            let recorded = row["recorded_at"].as_str().unwrap_or_default();
            match recorded.split_once('.') {
                Some((seconds, _)) => format!("{seconds}Z"),
                None => recorded.to_owned(),
            }
        }
    }
}

fn details(row: &Value) -> String {
    let mut told = Vec::new();
    if row["authorised"] == false {
        told.push("NOT AUTHORISED".to_owned());
    }
    let held = row["hold"]["held"].as_array().or(row["files"].as_array());
    for file in held.into_iter().flatten() {
        let digest = file["file"].as_str().unwrap_or_default();
        let digest = digest.strip_prefix("sha256:").unwrap_or(digest);
        told.push(format!(
            "as {} {}…",
            file["form"].as_str().unwrap_or_default(),
            digest.chars().take(8).collect::<String>()
        ));
    }
    if let Some(hold) = row["hold"].as_str() {
        told.push(format!("{hold}, not held"));
    }
    for (field, name) in [
        ("from", "from "),
        ("to", "to "),
        ("purpose", "for: "),
        ("place", "at "),
        ("medium", "on "),
        ("tool", "by "),
        ("reason", "because: "),
        ("note", "note: "),
    ] {
        if let Some(text) = row[field].as_str() {
            told.push(format!("{name}{}", short(text, 200)));
        }
    }
    if row["whole_ledger"] == true {
        told.push("the whole ledger".into());
    }
    for of in row["of"].as_array().into_iter().flatten() {
        told.push(format!(
            "what {} says",
            clean(of.as_str().unwrap_or_default())
        ));
    }
    if row["done"] == "derived-into"
        && let Some(label) = row["label"].as_str()
    {
        told.insert(0, clean(label));
    }
    told.join("; ")
}
