//! What rests on a file: the entries that name it, and those whose references lead to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use seaproof_ledger::ids::{EntryId, EntryIndex, ExhibitHash, ExhibitRef};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;

use super::Checked;
use crate::names::Holders;
use crate::output::short;

/// What is known of one bad exhibit.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// The first entry that names it, with its title or label and its author.
    pub named_in: Option<(EntryIndex, String, String)>,
    /// As it was signed.
    pub signed: Option<ExhibitRef>,
    /// Entries that name it.
    pub naming: BTreeSet<EntryIndex>,
    /// Entries that rest on those.
    pub resting: BTreeSet<EntryIndex>,
    /// All findings by number, each with whether it rests on the file; `None` if replay did not run.
    pub findings: Option<Vec<(usize, bool)>>,
}

/// The same for all bad exhibits of a report.
#[derive(Debug, Default)]
pub(super) struct Rests(BTreeMap<ExhibitHash, Rest>);

impl Rests {
    /// Reads the log once; `None` if it cannot be read or nothing is wrong with an exhibit.
    pub(super) fn read(checked: &Checked, store: &FolderStore) -> Option<Self> {
        let mut rests: BTreeMap<ExhibitHash, Rest> = checked
            .report
            .bad_exhibits()
            .map(|(_, hash)| (hash, Rest::default()))
            .collect();
        if rests.is_empty() {
            return None;
        }
        let reader = Reader::open(store, None).ok()?;
        let mut holders = Holders::default();
        // Which of the bad exhibits each tainted entry leads to.
        let mut leads: HashMap<EntryId, BTreeSet<ExhibitHash>> = HashMap::new();
        for read in reader.entries() {
            let read = read.ok()?;
            holders.heed(&read);
            let entry = read.entry;
            let Some(facts) = entry.facts.known() else {
                continue;
            };
            let mut to = BTreeSet::new();
            for exhibit in &facts.exhibits {
                let Some(rest) = rests.get_mut(&exhibit.hash) else {
                    continue;
                };
                to.insert(exhibit.hash);
                rest.naming.insert(entry.index);
                rest.signed.get_or_insert(*exhibit);
                rest.named_in.get_or_insert_with(|| {
                    let name = facts.label.clone().unwrap_or_default();
                    let author = holders.get(&entry.statement.key).map_or_else(
                        || fingerprint(&entry.statement.key),
                        |name| format!("\"{}\"", short(name, 30)),
                    );
                    (entry.index, name, author)
                });
            }
            for reference in &facts.refs {
                for hash in leads.get(reference).into_iter().flatten() {
                    to.insert(*hash);
                    if let Some(rest) = rests.get_mut(hash)
                        && !rest.naming.contains(&entry.index)
                    {
                        rest.resting.insert(entry.index);
                    }
                }
            }
            if !to.is_empty() {
                leads.insert(entry.id, to);
            }
        }
        let findings = crate::state::view(&reader).ok().map(|view| view.findings);
        for rest in rests.values_mut() {
            let touched = |entries: &[u64]| {
                let mut entries = entries.iter().map(|n| EntryIndex(*n));
                entries.any(|entry| rest.naming.contains(&entry) || rest.resting.contains(&entry))
            };
            rest.findings = findings.as_ref().map(|all| {
                let numbered = all.iter().enumerate();
                numbered
                    .map(|(i, finding)| (i + 1, touched(&finding.entries)))
                    .collect()
            });
        }
        Some(Self(rests))
    }

    pub(super) fn of(&self, hash: &ExhibitHash) -> Option<&Rest> {
        self.0.get(hash)
    }
}
