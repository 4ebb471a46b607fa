//! `verify --replay`, of tracks: makes what `record track` derived of a file anew from the original, and says whether
//! it comes out as the file that was recorded.

use std::collections::BTreeMap;

use seaproof_evidence::provenance::Hold;
use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::exhibit::{exhibit_path, hash_blob};
use seaproof_ledger::ids::{EntryIndex, ExhibitHash};
use seaproof_ledger::store::{FolderStore, Store};
use serde_json::{Value, json};

use crate::commands::record::{Making, columns_of};
use crate::error::Result;
use crate::output::clean;
use crate::snapshots::ExhibitReader;

/// Files that are made anew; of more it is only said how many.
const MADE_MAX: usize = 1_024;

/// A normalised track that is recorded.
pub(super) struct Recorded {
    by: EntryIndex,
    original: ExhibitHash,
    held: ExhibitHash,
    making: Making,
}

/// What came of making it anew.
pub(super) struct Remade {
    by: EntryIndex,
    held: ExhibitHash,
    outcome: Outcome,
}

enum Outcome {
    Same,
    Other(ExhibitHash),
    /// Why it was not compared.
    NotCompared(String),
}

/// The normalised track that an entry records; `None` if it records none.
pub(super) fn recorded(entry: &Entry) -> Option<Recorded> {
    let Disclosed::Present(facts) = &entry.facts else {
        return None;
    };
    if facts.kind != "derived" {
        return None;
    }
    let Decoded::Known(said) = Decoded::of(entry.statement.class, facts) else {
        return None;
    };
    let Event::Derived(derived) = said.event() else {
        return None;
    };
    let (Hold::Held(files), [original]) = (&derived.hold, &derived.parents[..]) else {
        return None;
    };
    let [held] = &files[..] else {
        return None;
    };
    let parameters: BTreeMap<&str, &str> = (derived.parameters.iter())
        .map(|one| (one.name.as_str(), one.text.as_str()))
        .collect();
    let version = derived.tool_version.as_ref().map_or("", |v| v.as_str());
    Some(Recorded {
        by: entry.index,
        original: said.exhibit(*original).hash,
        held: said.exhibit(held.file).hash,
        making: Making::of(derived.tool.as_str(), version, &parameters)?,
    })
}

/// Makes them anew.
pub(super) fn remake(store: &FolderStore, all: &[Recorded]) -> Vec<Remade> {
    let mut made = Vec::new();
    for (n, one) in all.iter().enumerate() {
        let outcome = match &one.making {
            _ if n >= MADE_MAX => {
                Outcome::NotCompared(format!("{MADE_MAX} before it are as many as are made anew"))
            }
            Making::Otherwise(why) => Outcome::NotCompared(why.clone()),
            Making::AsNow(map) => match again(store, &one.original, map.as_deref()) {
                Ok(Ok(found)) if found == one.held => Outcome::Same,
                Ok(Ok(found)) => Outcome::Other(found),
                Ok(Err(why)) => Outcome::NotCompared(why),
                Err(error) => Outcome::NotCompared(error.message().to_owned()),
            },
        };
        made.push(Remade {
            by: one.by,
            held: one.held,
            outcome,
        });
    }
    made
}

/// The digest of what the original gives, or why there is none.
fn again(
    store: &FolderStore,
    original: &ExhibitHash,
    map: Option<&str>,
) -> Result<std::result::Result<ExhibitHash, String>> {
    let Ok(blob) = store.open(&exhibit_path(original)) else {
        return Ok(Err("its original is not here".into()));
    };
    match hash_blob(blob.as_ref()) {
        Ok(found) if found.hash == *original => {}
        Ok(_) => return Ok(Err("its original was changed".into())),
        Err(error) => return Ok(Err(format!("its original cannot be read: {error}"))),
    }
    columns_of(ExhibitReader { blob, at: 0 }, map).map(Ok)
}

impl Remade {
    pub(super) fn json(&self) -> Value {
        let (outcome, made, why) = match &self.outcome {
            Outcome::Same => ("same", None, None),
            Outcome::Other(made) => ("other", Some(made.to_string()), None),
            Outcome::NotCompared(why) => ("not-compared", None, Some(why)),
        };
        json!({
            "entry": self.by.0, "sha256": self.held.to_string(), "outcome": outcome, "made": made, "why": why,
        })
    }

    /// What is said of it on screen; nothing of what is the same.
    fn words(&self) -> Option<String> {
        match &self.outcome {
            Outcome::Same => None,
            Outcome::Other(made) => Some(format!(
                "the track that {} records is not what its original gives: made anew it is sha256:{made}, and recorded is \
                 sha256:{}. Findings do not rest on it: they are made from the original",
                self.by, self.held
            )),
            Outcome::NotCompared(why) => Some(format!(
                "the track that {} records was not compared with its original: {}",
                self.by,
                clean(why)
            )),
        }
    }
}

/// What is said on screen of all of them.
pub(super) fn notices(all: &[Remade]) -> Vec<String> {
    let same: Vec<String> = (all.iter())
        .filter(|one| matches!(one.outcome, Outcome::Same))
        .map(|one| one.by.to_string())
        .collect();
    let mut notices: Vec<String> = all.iter().filter_map(Remade::words).collect();
    match &same[..] {
        [] => {}
        [one] => notices.push(format!(
            "the track that {one} records was made anew from its original, and is the same"
        )),
        [first, .., last] => notices.push(format!(
            "{} tracks, {first} to {last}, were made anew from their originals, and are the same",
            same.len()
        )),
    }
    notices
}
