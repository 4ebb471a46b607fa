//! Which entry redacted what, and why: for everything that shows an entry.

use std::collections::HashMap;

use seaproof_evidence::events::amendments::Redacted;
use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::ids::{AuthorKey, Class, EntryId, EntryIndex, Role};
use seaproof_ledger::reader::{ReadEntry, Reader};
use seaproof_ledger::redaction::{Parts, entitled, named, within_reach};
use serde_json::{Value, json};

use crate::error::Result;
use crate::output::clean;

/// Stands in the place of the kind of what is redacted.
pub const REDACTED: &str = "(redacted)";

/// An entry that redacts, and its reason where that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    pub entry: EntryIndex,
    pub reason: Option<String>,
}

impl By {
    /// As a sentence goes on: `redacted by #12: it names a witness`.
    pub fn words(&self) -> String {
        match &self.reason {
            Some(reason) => format!("redacted by {}: {}", self.entry, clean(reason)),
            None => format!("redacted by {}", self.entry),
        }
    }

    pub fn json(&self) -> Value {
        json!({"by": self.entry.0, "reason": self.reason})
    }
}

/// An entry of which an opening is absent.
#[derive(Debug, Clone)]
struct Gap {
    author: AuthorKey,
    class: Class,
    absent: Parts,
    facts: Option<By>,
    source: Option<By>,
}

/// What is absent in a ledger and redacted by an entry.
#[derive(Debug, Default)]
pub struct Redactions {
    gaps: HashMap<EntryId, Gap>,
}

impl Redactions {
    /// Reads the log once.
    pub fn read(reader: &Reader<'_>) -> Result<Self> {
        let mut redactions = Self::default();
        for read in reader.entries() {
            redactions.heed(&read?);
        }
        Ok(redactions)
    }

    fn heed(&mut self, read: &ReadEntry) {
        let entry = &read.entry;
        let absent = absent(entry);
        if absent.any() {
            self.gaps.entry(entry.id).or_insert(Gap {
                author: entry.statement.key,
                class: entry.statement.class,
                absent,
                facts: None,
                source: None,
            });
        }
        let facts = entry.facts.known().filter(|_| read.standing.authorised);
        let Some(amendment) = facts.and_then(|facts| facts.amendment.as_ref()) else {
            return;
        };
        let parts = named(amendment);
        if !parts.any() {
            return;
        }
        let custodian = read.standing.role == Some(Role::Custodian);
        let by = By {
            entry: entry.index,
            reason: reason(entry),
        };
        for target in &amendment.targets {
            let Some(gap) = self.gaps.get_mut(target) else {
                continue;
            };
            if !entitled(&entry.statement.key, custodian, &gap.author) {
                continue;
            }
            let taken = parts.and(within_reach(gap.class, None)).and(gap.absent);
            if taken.facts {
                gap.facts.get_or_insert_with(|| by.clone());
            }
            if taken.source {
                gap.source.get_or_insert_with(|| by.clone());
            }
        }
    }

    /// Which entry redacted the facts of this one.
    pub fn facts(&self, id: &EntryId) -> Option<&By> {
        self.gaps.get(id)?.facts.as_ref()
    }

    /// Which entry redacted the source of this one.
    pub fn source(&self, id: &EntryId) -> Option<&By> {
        self.gaps.get(id)?.source.as_ref()
    }
}

/// The same, read when the first entry is met that needs it.
pub struct Lazily<'r> {
    reader: &'r Reader<'r>,
    read: Option<Redactions>,
}

impl<'r> Lazily<'r> {
    pub fn new(reader: &'r Reader<'r>) -> Self {
        Self { reader, read: None }
    }

    /// Which entry redacted the facts of this one, if they are absent.
    pub fn facts(&mut self, entry: &Entry) -> Result<Option<By>> {
        if !absent(entry).facts {
            return Ok(None);
        }
        Ok(self.all()?.facts(&entry.id).cloned())
    }

    /// All of them.
    pub fn all(&mut self) -> Result<&Redactions> {
        if self.read.is_none() {
            self.read = Some(Redactions::read(self.reader)?);
        }
        match &self.read {
            Some(read) => Ok(read),
            None => unreachable!("it was just read"),
        }
    }
}

/// Which openings of an entry are absent.
pub fn absent(entry: &Entry) -> Parts {
    Parts {
        facts: matches!(entry.facts, Disclosed::Absent),
        source: matches!(entry.source, Disclosed::Absent),
    }
}

/// Why an entry redacts.
pub fn reason(entry: &Entry) -> Option<String> {
    let facts = entry.facts.known()?;
    match Decoded::of(entry.statement.class, facts) {
        Decoded::Known(said) => match said.event() {
            Event::Redacted(Redacted { reason, .. }) => Some(reason.to_string()),
            _ => None,
        },
        _ => None,
    }
}
