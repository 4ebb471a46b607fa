//! What the tests share: names that stand for themselves.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;

use seaproof_evidence::batch::{Line, LineError, Resolve, read_line};
use seaproof_evidence::{Amendment, Decoded, EntryId, ExhibitHash, ExhibitRef, Facts, Said};
use seaproof_ledger::facts::Reference;

/// Knows every label, and each file by its path. The same name is the same thing.
#[derive(Default)]
pub struct Names {
    pub labels: Vec<String>,
    pub files: Vec<String>,
    /// Names that do not exist.
    pub missing: Vec<&'static str>,
    /// Other names of the same entry.
    pub aliases: BTreeMap<&'static str, &'static str>,
}

impl Resolve for Names {
    fn entry(&mut self, name: &str) -> Result<Reference, String> {
        if self.missing.contains(&name) {
            return Err(format!("there is no entry {name:?}"));
        }
        let name = self.aliases.get(name).copied().unwrap_or(name);
        Ok(Reference::Entry(EntryId(number(&mut self.labels, name))))
    }

    fn file(&mut self, path: &str) -> Result<ExhibitRef, String> {
        if self.missing.contains(&path) {
            return Err(format!("there is no file {path:?}"));
        }
        // A held file goes by its digest, as events are shown.
        let hash = match path.strip_prefix("sha256:").map(str::parse) {
            Some(Ok(hash)) => hash,
            _ => ExhibitHash(number(&mut self.files, path)),
        };
        Ok(ExhibitRef { hash, length: 7 })
    }
}

fn number(names: &mut Vec<String>, name: &str) -> [u8; 32] {
    let at = names.iter().position(|known| known == name);
    let at = at.unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    [u8::try_from(at).unwrap(); 32]
}

impl Names {
    pub fn name_of(&self, id: EntryId) -> String {
        self.labels[usize::from(id.0[0])].clone()
    }

    pub fn read(&mut self, json: &str) -> Result<Line, LineError> {
        read_line(json, 1, self)
    }
}

/// The facts of a line as they stand in a ledger.
pub fn facts(line: &Line) -> Facts {
    let id = |reference: &Reference| match reference {
        Reference::Entry(id) => *id,
        Reference::Draft(_) => unreachable!("the names above are all of the ledger"),
    };
    Facts {
        version: 1,
        kind: line.facts.kind.clone(),
        kind_version: line.facts.kind_version,
        label: line.facts.label.clone(),
        exhibits: line.facts.exhibits.clone(),
        refs: line.facts.refs.iter().map(id).collect(),
        amendment: (line.facts.amendment.as_ref()).map(|(relation, targets)| Amendment {
            relation: *relation,
            targets: targets.iter().map(id).collect(),
        }),
        event: line.facts.event.clone(),
    }
}

/// A line as it is read from a ledger.
pub fn said(line: &Line) -> Said {
    let facts = facts(line);
    facts.check(line.class).unwrap();
    match Decoded::of(line.class, &facts) {
        Decoded::Known(said) => *said,
        other => panic!("{other:?}"),
    }
}

/// Checks that a refusal says all of these.
#[track_caller]
pub fn tells(refusal: &str, parts: &[&str]) {
    for part in parts {
        assert!(refusal.contains(part), "{part:?} is not in {refusal:?}");
    }
}
