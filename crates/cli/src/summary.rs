//! An entry in a few words, for lists. What it says in full is shown by `seaproof show`.

use std::collections::HashMap;

use seaproof_evidence::Decoded;
use seaproof_evidence::batch::to_json;
use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::facts::Facts;
use seaproof_ledger::governance::{Governance, Roster};
use seaproof_ledger::ids::{Class, EntryId};
use seaproof_ledger::keys::fingerprint;
use serde_json::Value;

use crate::output::grouped;

/// What entries are called: their labels, or their numbers.
#[derive(Debug, Default)]
pub struct EntryNames(HashMap<EntryId, String>);

impl<N: IntoIterator<Item = (EntryId, String)>> From<N> for EntryNames {
    fn from(names: N) -> Self {
        Self(names.into_iter().collect())
    }
}

impl EntryNames {
    pub fn heed(&mut self, entry: &Entry) {
        let label = entry.facts.known().and_then(|f| f.label.clone());
        self.0
            .insert(entry.id, label.unwrap_or_else(|| entry.index.to_string()));
    }

    pub fn name(&self, id: EntryId) -> String {
        self.0
            .get(&id)
            .cloned()
            .unwrap_or_else(|| format!("{}…", id.short()))
    }
}

/// The event as JSON: for evidence as its batch line says it, for governance as its fields.
pub fn event(entry: &Entry, names: &EntryNames) -> Option<Value> {
    said(entry.statement.class, &entry.facts, names)
}

/// The same from an entry's class and facts alone.
pub fn said(class: Class, facts: &Disclosed<Facts>, names: &EntryNames) -> Option<Value> {
    let facts = facts.known()?;
    match Decoded::of(class, facts) {
        Decoded::Known(said) => Some(to_json(&said, &|id| names.name(id))),
        Decoded::OfTheLog => governance(facts),
        Decoded::Unknown { .. } | Decoded::Malformed { .. } => None,
    }
}

fn governance(facts: &Facts) -> Option<Value> {
    match Governance::of(facts).ok()? {
        Governance::Admitted(admitted) => Some(serde_json::json!({
            "kind": facts.kind, "key": fingerprint(&admitted.key), "role": admitted.role.name(),
        })),
        Governance::Revoked(revoked) => Some(serde_json::json!({
            "kind": facts.kind, "key": fingerprint(&revoked.key),
            "reason": format!("{:?}", revoked.reason).to_lowercase(),
            "suspect_from": revoked.suspect_from,
        })),
        Governance::Roster(known) => Some(roster(&known)),
        Governance::Genesis | Governance::Closed | Governance::RuleSet | Governance::Unknown => {
            Some(serde_json::json!({"kind": facts.kind}))
        }
    }
}

/// A roster as its fields.
pub fn roster(roster: &Roster) -> Value {
    let keys = roster.keys().iter().map(|known| {
        serde_json::json!({
            "key": fingerprint(&known.key), "role": known.role.name(),
            "admitted_at": known.admitted_at.0,
            "revoked_at": known.revoked_at.map(|i| i.0),
            "suspect_from": known.suspect_from.map(|i| i.0),
        })
    });
    serde_json::json!({"kind": "roster", "keys": keys.collect::<Vec<_>>()})
}

/// The kind of an entry, as far as it is disclosed.
pub fn kind(entry: &Entry) -> &str {
    match &entry.facts {
        Disclosed::Present(facts) => &facts.kind,
        Disclosed::Newer => "(newer version)",
        Disclosed::Absent => "(withheld)",
    }
}

/// The fields that tell entries of one kind apart, in the order in which they are read.
const TELLING: [&str; 23] = [
    "targets",
    "title",
    "publisher",
    "names",
    "imo",
    "criterion",
    "about",
    "figure",
    "what",
    "property",
    "value",
    "count",
    "place",
    "bound_for",
    "when",
    "arrival",
    "acquired",
    "says",
    "amount",
    "share",
    "text",
    "authority",
    "reason",
];

/// An entry in a few words.
pub fn line(entry: &Entry, names: &EntryNames) -> String {
    let source = |name| entry.source.known().and_then(|s| s.get(name));
    if let Some(words) = source("title").or_else(|| source("name")) {
        let role = event(entry, names).and_then(|e| e["role"].as_str().map(|r| format!(" as {r}")));
        return format!("{words}{}", role.unwrap_or_default());
    }
    let Some(Value::Object(event)) = event(entry, names) else {
        return String::new();
    };
    let told: Vec<String> = TELLING
        .iter()
        .filter_map(|field| Some(words(event.get(*field)?)))
        .filter(|words| !words.is_empty())
        .take(4)
        .collect();
    told.join("  ")
}

/// A value in a few words.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.as_u64().map_or_else(|| number.to_string(), grouped),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            if let (Some(low), high) = (fields.get("low"), fields.get("high")) {
                return match high {
                    Some(high) if high == low => words(low),
                    Some(high) if !high.is_null() => format!("{} to {}", words(low), words(high)),
                    _ => format!("at least {}", words(low)),
                };
            }
            let telling: Vec<&Value> = match fields.len() {
                1 => fields.values().collect(),
                _ => ["bound", "edtf", "locode", "latin", "value", "unit", "share"]
                    .iter()
                    .filter_map(|field| fields.get(*field))
                    .collect(),
            };
            telling.into_iter().map(words).collect::<Vec<_>>().join(" ")
        }
    }
}
