//! What is redacted, by whom, where and why, over the verdicts.

use std::collections::BTreeMap;

use seaproof_ledger::ids::EntryIndex;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::Report;

use crate::error::Result;
use crate::names::Holders;
use crate::output::{Out, WIDTH, clean, count, short, wrap};
use crate::redactions::reason;

/// Redacting entries that are described one by one.
const LISTED_MAX: usize = 25;
/// Entries that are named behind one.
const NAMED_MAX: usize = 12;

/// An entry that redacts: whose openings, and what its author says.
#[derive(Default)]
struct Redacting {
    facts: Vec<EntryIndex>,
    source: Vec<EntryIndex>,
    /// Its author and its reason.
    told: String,
}

pub(super) fn print(out: &mut Out, report: &Report, store: &FolderStore) -> Result<()> {
    if report.redacted == 0 {
        return Ok(());
    }
    let mut all: BTreeMap<EntryIndex, Redacting> = BTreeMap::new();
    for redacted in &report.redactions {
        let by = all.entry(redacted.by).or_default();
        if redacted.parts.facts {
            by.facts.push(redacted.entry);
        }
        if redacted.parts.source {
            by.source.push(redacted.entry);
        }
    }
    // A log that cannot be read on has problems of its own; what is known is said.
    let _ = tell(&mut all, store);
    out.line("REDACTED BY SIGNED ENTRIES")?;
    for (index, redacting) in all.iter().take(LISTED_MAX) {
        for (what, entries) in [
            ("facts", &redacting.facts),
            ("source notes", &redacting.source),
        ] {
            if entries.is_empty() {
                continue;
            }
            let mut named: Vec<String> = entries
                .iter()
                .take(NAMED_MAX)
                .map(ToString::to_string)
                .collect();
            if entries.len() > NAMED_MAX {
                named.push(format!("and {} more", entries.len() - NAMED_MAX));
            }
            let text = format!(
                "{}: {}, in {index}{}",
                entries.len(),
                named.join(" "),
                redacting.told
            );
            for (i, line) in wrap(&clean(&text), WIDTH - 17).iter().enumerate() {
                let what = if i == 0 { what } else { "" };
                out.line(format_args!("  {what:<14}{line}"))?;
            }
        }
    }
    if all.len() > LISTED_MAX {
        out.line(format_args!(
            "  and by {} more; --json lists them",
            count((all.len() - LISTED_MAX) as u64, "entry", "entries")
        ))?;
    }
    for line in wrap(
        "Each is still bound by its commitment: what is shown later can be checked against this ledger. Its content \
         was not seen, so nothing is said of it.",
        WIDTH - 3,
    ) {
        out.line(format_args!("  {line}"))?;
    }
    out.line("")
}

/// Reads the authors and reasons.
fn tell(all: &mut BTreeMap<EntryIndex, Redacting>, store: &FolderStore) -> Result<()> {
    let reader = Reader::open(store, None)?;
    let mut holders = Holders::default();
    for read in reader.entries() {
        let read = read?;
        holders.heed(&read);
        if let Some(redacting) = all.get_mut(&read.entry.index) {
            let author = short(&holders.short(&read.entry.statement.key), 30);
            let reason = reason(&read.entry).map(|reason| format!(": \"{}\"", short(&reason, 200)));
            redacting.told = format!(" by \"{author}\"{}", reason.unwrap_or_default());
        }
    }
    Ok(())
}
