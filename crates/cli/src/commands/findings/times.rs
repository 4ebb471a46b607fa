//! Between which moments the entries were made that a finding rests on.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_ledger::anchors::{self, AnchorKind};
use seaproof_ledger::ids::{EntryIndex, Timestamp};
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::timestamp::Bounds;
use seaproof_replay::Finding;
use serde_json::{Value, json};

use super::{numbers, paragraph};
use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::output::{Out, rfc3339};
use crate::times::{Tokens, TrustRoots};

/// What trusted tokens tell of the entries of findings.
pub struct Times {
    /// How many tokens are kept.
    pub kept: u64,
    /// What they tell; `None` if nobody was named to trust.
    pub bounds: Option<Told>,
}

/// What tokens tell of entries.
pub struct Told {
    tokens: Tokens,
    /// Bounds, and the recorded-at that they are held against.
    entries: BTreeMap<EntryIndex, (Bounds, Timestamp)>,
}

/// Entries that were made between the same moments.
struct Together {
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    entries: Vec<u64>,
}

impl Times {
    /// Reads the log once if there are tokens and somebody to trust.
    pub fn read<'f>(
        ctx: &Context,
        store: &FolderStore,
        roots: &TrustRoots,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Result<Self> {
        let listing = anchors::list(store).map_err(|e| Error::storage("anchors", &e))?;
        let tokens = listing
            .anchors
            .iter()
            .filter(|a| a.kind == AnchorKind::Token);
        let kept = tokens.count() as u64;
        let roots = roots.read(ctx)?;
        let (Some(roots), true) = (roots, kept > 0) else {
            return Ok(Self { kept, bounds: None });
        };
        let wanted: BTreeSet<u64> = findings.flat_map(|f| f.entries.iter().copied()).collect();
        let reader = context::reader(store, None)?;
        let mut tokens = Tokens::read(store, &reader, Some(&roots))?;
        let mut seen = Vec::new();
        for read in reader.entries() {
            let entry = read?.entry;
            tokens.heed(&entry);
            if wanted.contains(&entry.index.0) {
                let statement = &entry.statement;
                seen.push((entry.index, statement.observed.size, statement.recorded_at));
            }
        }
        tokens.settle();
        let entries = seen
            .into_iter()
            .map(|(index, observed, at)| (index, (tokens.of(index, observed), at)))
            .collect();
        Ok(Self {
            kept,
            bounds: Some(Told { tokens, entries }),
        })
    }

    /// A finding with the times of its entries.
    pub fn json(&self, finding: &Finding) -> Result<Value> {
        let mut value = serde_json::to_value(finding)?;
        if let Some(Told { tokens, entries }) = &self.bounds {
            let times: Vec<Value> = finding
                .entries
                .iter()
                .filter_map(|n| {
                    let (bounds, at) = entries.get(&EntryIndex(*n))?;
                    let mut told = tokens.json(bounds, *at);
                    told["entry"] = json!(n);
                    Some(told)
                })
                .collect();
            value["times"] = times.into();
        }
        Ok(value)
    }

    /// The times of a finding's entries, those together that were made between the same moments.
    pub fn print(&self, out: &mut Out, finding: &Finding) -> Result<()> {
        let Some(told) = &self.bounds else {
            return Ok(());
        };
        let mut groups: Vec<Together> = Vec::new();
        for entry in &finding.entries {
            let Some((found, _)) = told.entries.get(&EntryIndex(*entry)) else {
                continue;
            };
            let (after, before) = (found.after.map(|b| b.time), found.before.map(|b| b.time));
            let same = |other: &&mut Together| (other.after, other.before) == (after, before);
            match groups.iter_mut().find(same) {
                Some(group) => group.entries.push(*entry),
                None => groups.push(Together {
                    after,
                    before,
                    entries: vec![*entry],
                }),
            }
        }
        for (i, group) in groups.iter().enumerate() {
            let made = match (group.after, group.before) {
                (None, None) => "at a time that no token bounds".to_owned(),
                (Some(after), None) => format!("after {}", rfc3339(after)),
                (None, Some(before)) => format!("before {}", rfc3339(before)),
                (Some(after), Some(before)) => {
                    format!("after {} and before {}", rfc3339(after), rfc3339(before))
                }
            };
            let text = format!("{} made {made}", numbers(&group.entries));
            paragraph(out, if i == 0 { "times    " } else { "         " }, &text)?;
        }
        Ok(())
    }
}
