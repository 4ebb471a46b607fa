//! Openings that are absent, entries that redact them, and openings that are redacted and still here
//! (FORMAT.md §24).

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use super::report::{Code, Problem};
use crate::entry::{parse_content, parse_statement};
use crate::facts::Amendment;
use crate::ids::{AuthorKey, Class, EntryId, EntryIndex};
use crate::log::{LogEnd, LogError, LogReader, Position, RawRecord};
use crate::record::segment_path;
use crate::redaction::{Parts, Redacted, entitled, named, present, within_reach};
use crate::store::Store;

/// Entries with an absent opening that are remembered until an entry redacts them.
const ABSENT_MAX: usize = 65_536;
/// Openings that were not absent when an entry redacted them, and are looked for at a time.
const PENDING_MAX: usize = 65_536;
/// Redacted openings that are listed one by one.
const LISTED_MAX: usize = 1_000;

/// An entry with openings that are not there.
pub(super) struct Absent {
    pub index: EntryIndex,
    pub key: AuthorKey,
    pub class: Class,
    pub parts: Parts,
}

/// An entry that redacts.
pub(super) struct Redacting<'a> {
    pub by: EntryIndex,
    pub key: AuthorKey,
    /// Whether it is in force as custodian.
    pub custodian: bool,
    /// Whether all governance below it can be read.
    pub known: bool,
    pub amendment: &'a Amendment,
}

/// An opening that is redacted and still here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// What, and by which entry.
    pub what: Redacted,
    /// Segment and offset of the entry's record.
    pub at: (u64, u64),
}

/// Whose entry may be meant: anybody's, or this author's own.
type Whose = Option<AuthorKey>;

/// What is known of redactions so far.
#[derive(Default)]
pub(super) struct Redactions {
    absent: BTreeMap<EntryId, Absent>,
    /// What is named and was not absent: by whom (anybody's, or this author's own), and what.
    pending: BTreeMap<(EntryId, Whose), Vec<(EntryIndex, Parts)>>,
    pending_count: usize,
    pub listed: Vec<Redacted>,
    /// Openings that are absent and redacted.
    pub count: u64,
}

impl Redactions {
    /// Keeps an entry with absent openings; the problem if there are too many.
    pub(super) fn absent(&mut self, id: EntryId, absent: Absent) -> Option<Problem> {
        if self.absent.len() >= ABSENT_MAX {
            return Some(absent.problem());
        }
        self.absent.insert(id, absent);
        None
    }

    /// Takes redacted openings off the list of absent ones, and keeps what was not on it.
    pub(super) fn redact(&mut self, redacting: &Redacting<'_>) {
        let wanted = named(redacting.amendment);
        for target in &redacting.amendment.targets {
            let mut left = wanted;
            if let Some(absent) = self.absent.get_mut(target) {
                if !entitled(&redacting.key, redacting.custodian, &absent.key) {
                    continue;
                }
                // What absent facts said cannot be told: they may have been anything.
                let reach = wanted.and(within_reach(absent.class, None));
                let taken = reach.and(absent.parts);
                left = reach.without(taken);
                absent.parts = absent.parts.without(taken);
                if taken.any() {
                    self.count += taken.count();
                    if self.listed.len() < LISTED_MAX {
                        self.listed.push(Redacted {
                            entry: absent.index,
                            parts: taken,
                            by: redacting.by,
                        });
                    }
                }
                if !absent.parts.any() {
                    self.absent.remove(target);
                }
            }
            if left.any() && redacting.known {
                self.keep(*target, redacting, left);
            }
        }
    }

    fn keep(&mut self, target: EntryId, redacting: &Redacting<'_>, parts: Parts) {
        let own = (!redacting.custodian).then_some(redacting.key);
        let kept = self.pending.entry((target, own)).or_default();
        // Of several the lowest counts.
        let new = kept.iter().fold(parts, |left, (_, had)| left.without(*had));
        if new.any() {
            kept.push((redacting.by, new));
            self.pending_count += 1;
        }
    }

    /// The problems of what is absent and not redacted.
    pub(super) fn problems(&mut self) -> impl Iterator<Item = Problem> + use<> {
        std::mem::take(&mut self.absent)
            .into_values()
            .map(|absent| absent.problem())
    }

    /// Whether so much is pending that it must be looked for before more is kept.
    pub(super) const fn is_full(&self) -> bool {
        self.pending_count >= PENDING_MAX
    }

    /// Looks for openings that are redacted and still here, by what was kept since it was last asked. Reads the log
    /// once more if something was redacted that was not absent.
    pub(super) fn unfinished(
        &mut self,
        store: &dyn Store,
        end: &LogEnd,
    ) -> Result<Vec<Unfinished>, LogError> {
        let mut found = Vec::new();
        if self.pending.is_empty() {
            return Ok(found);
        }
        let targets: HashSet<EntryId> = self.pending.keys().map(|(id, _)| *id).collect();
        let this: &Self = self;
        let mut reader = LogReader::new(store, Position::START, end.clone());
        while let Some(chunk) = reader.next_chunk(usize::MAX)? {
            let here: Vec<Unfinished> = (0..chunk.len())
                .into_par_iter()
                .filter_map(|i| chunk.get(i))
                .filter_map(|record| {
                    let id = record.leaf().entry_id();
                    targets.contains(&id).then(|| this.of(&record, id))?
                })
                .collect();
            found.extend(here);
        }
        self.pending.clear();
        self.pending_count = 0;
        Ok(found)
    }

    /// What of an entry is redacted and still here.
    fn of(&self, record: &RawRecord<'_>, id: EntryId) -> Option<Unfinished> {
        let statement = parse_statement(record).ok()?;
        let content = parse_content(record, &statement).ok();
        let facts = content
            .as_ref()
            .and_then(|c| c.facts.as_ref().ok()?.known());
        let reach = within_reach(statement.class, facts).and(present(record));
        let (mut parts, mut by) = (Parts::default(), None);
        for own in [None, Some(statement.key)] {
            for (at, named) in self.pending.get(&(id, own)).into_iter().flatten() {
                let taken = named.and(reach);
                if taken.any() && *at > record.index {
                    parts = parts.or(taken);
                    by = Some(by.map_or(*at, |by: EntryIndex| by.min(*at)));
                }
            }
        }
        Some(Unfinished {
            what: Redacted {
                entry: record.index,
                parts,
                by: by?,
            },
            at: (record.segment, record.offset),
        })
    }
}

impl Absent {
    pub(super) fn problem(&self) -> Problem {
        Problem::new(
            Code::OpeningAbsent,
            format!(
                "the {} of {} are absent, and no entry redacts them",
                self.parts.words(),
                self.index
            ),
        )
        .at(self.index)
    }
}

impl Unfinished {
    pub(super) fn problem(&self) -> Problem {
        let Redacted { entry, parts, by } = self.what;
        let (segment, offset) = self.at;
        Problem::new(
            Code::RedactionUnfinished,
            format!(
                "{entry} still shows its {}, and {by} redacts that",
                parts.words()
            ),
        )
        .at(entry)
        .in_file(segment_path(segment), Some(offset))
        .between(format!("redacted by {by}"), "present")
    }
}
