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

/// Entries with an absent opening that are remembered by their id until an entry redacts them. Of later ones only the
/// place is, and what redacts them is looked for by reading the log again.
const ABSENT_MAX: usize = 65_536;
/// How many entries, from the first of those later ones on, have such a place: a quarter of a byte each.
const LATE_MAX: u64 = 1 << 26;
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

/// What an entry names to be erased.
struct Named {
    by: EntryIndex,
    parts: Parts,
    /// Whether all governance below it can be read. If not, nothing is called unfinished for it.
    known: bool,
}

/// Which openings are absent and not redacted, two bits for each entry from the first of these on.
#[derive(Default)]
struct Late {
    from: Option<EntryIndex>,
    bits: Vec<u8>,
}

impl Late {
    /// The byte of an entry's bits, and where in it they begin.
    fn place(&self, index: EntryIndex) -> Option<(usize, u32)> {
        let n = index.0.checked_sub(self.from?.0)?;
        let byte = usize::try_from(n / 4).ok().filter(|_| n < LATE_MAX)?;
        Some((byte, (n % 4) as u32 * 2))
    }

    fn left(&self, index: EntryIndex) -> Parts {
        let found = self.place(index);
        let bits = found.and_then(|(byte, shift)| self.bits.get(byte).map(|bits| bits >> shift));
        Parts {
            facts: bits.is_some_and(|bits| bits & 1 != 0),
            source: bits.is_some_and(|bits| bits & 2 != 0),
        }
    }

    /// Whether there is a place for the entry.
    fn set(&mut self, index: EntryIndex, parts: Parts) -> bool {
        self.from.get_or_insert(index);
        let Some((byte, shift)) = self.place(index) else {
            return false;
        };
        if self.bits.len() <= byte {
            self.bits.resize(byte + 1, 0);
        }
        let bits = u8::from(parts.facts) | u8::from(parts.source) << 1;
        if let Some(held) = self.bits.get_mut(byte) {
            *held = *held & !(3 << shift) | bits << shift;
        }
        true
    }

    /// What is left, in the order of the entries.
    fn all(self) -> impl Iterator<Item = (EntryIndex, Parts)> {
        let entries = (self.bits.len() as u64) * 4;
        let from = self.from.map_or(0, |from| from.0);
        (0..entries)
            .map(move |n| EntryIndex(from.saturating_add(n)))
            .map(move |index| (index, self.left(index)))
            .filter(|(_, parts)| parts.any())
    }
}

/// What was found of an entry that is named.
struct Hit {
    unfinished: Option<Unfinished>,
    /// Openings that were absent, and by whom they are redacted.
    absent: Vec<Redacted>,
}

/// What is known of redactions so far.
#[derive(Default)]
pub(super) struct Redactions {
    absent: BTreeMap<EntryId, Absent>,
    late: Late,
    /// What is named and was not known as absent: anybody's, or this author's own.
    pending: BTreeMap<(EntryId, Whose), Vec<Named>>,
    pending_count: usize,
    pub listed: Vec<Redacted>,
    /// Openings that are absent and redacted.
    pub count: u64,
}

impl Redactions {
    /// Keeps an entry with absent openings; the problem if there are too many.
    pub(super) fn absent(&mut self, id: EntryId, absent: Absent) -> Option<Problem> {
        if self.late.from.is_none() && self.absent.len() < ABSENT_MAX {
            self.absent.insert(id, absent);
            return None;
        }
        let kept = self.late.set(absent.index, absent.parts);
        (!kept).then(|| problem(absent.index, absent.parts))
    }

    fn took(&mut self, redacted: Redacted) {
        self.count += redacted.parts.count();
        if self.listed.len() < LISTED_MAX {
            self.listed.push(redacted);
        }
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
                let (entry, gone) = (absent.index, !absent.parts.any());
                if taken.any() {
                    self.took(Redacted {
                        entry,
                        parts: taken,
                        by: redacting.by,
                    });
                }
                if gone {
                    self.absent.remove(target);
                }
            }
            if left.any() && (redacting.known || self.late.from.is_some()) {
                self.keep(*target, redacting, left);
            }
        }
    }

    fn keep(&mut self, target: EntryId, redacting: &Redacting<'_>, parts: Parts) {
        let own = (!redacting.custodian).then_some(redacting.key);
        let (by, known) = (redacting.by, redacting.known);
        let kept = self.pending.entry((target, own)).or_default();
        // Of several the lowest counts.
        let parts = kept
            .iter()
            .filter(|had| had.known || !known)
            .fold(parts, |left, had| left.without(had.parts));
        if parts.any() {
            kept.push(Named { by, parts, known });
            self.pending_count += 1;
        }
    }

    /// The problems of what is absent and not redacted.
    pub(super) fn problems(&mut self) -> impl Iterator<Item = Problem> + use<> {
        let known = std::mem::take(&mut self.absent).into_values();
        known
            .map(|absent| (absent.index, absent.parts))
            .chain(std::mem::take(&mut self.late).all())
            .map(|(index, parts)| problem(index, parts))
    }

    /// Whether so much is pending that it must be looked for before more is kept.
    pub(super) const fn is_full(&self) -> bool {
        self.pending_count >= PENDING_MAX
    }

    /// Looks for openings that are redacted and still here, by what was kept since it was last asked, and takes those
    /// off that are absent and were not remembered by their id. Reads the log once more if there is any of either.
    pub(super) fn unfinished(
        &mut self,
        store: &dyn Store,
        end: &LogEnd,
    ) -> Result<Vec<Unfinished>, LogError> {
        // Of each target one, and of these there are at most as many as are kept.
        let (mut found, mut absent) = (Vec::new(), Vec::new());
        if self.pending.is_empty() {
            return Ok(found);
        }
        let targets: HashSet<EntryId> = self.pending.keys().map(|(id, _)| *id).collect();
        let this: &Self = self;
        let mut reader = LogReader::new(store, Position::START, end.clone());
        while let Some(chunk) = reader.next_chunk(usize::MAX)? {
            let here: Vec<Hit> = (0..chunk.len())
                .into_par_iter()
                .filter_map(|i| chunk.get(i))
                .filter_map(|record| {
                    let id = record.leaf().entry_id();
                    targets.contains(&id).then(|| this.of(&record, id))?
                })
                .collect();
            for hit in here {
                found.extend(hit.unfinished);
                absent.extend(hit.absent);
            }
        }
        for redacted in absent {
            let left = self.late.left(redacted.entry).without(redacted.parts);
            self.late.set(redacted.entry, left);
            self.took(redacted);
        }
        self.pending.clear();
        self.pending_count = 0;
        Ok(found)
    }

    /// What of an entry is redacted and still here, or absent.
    fn of(&self, record: &RawRecord<'_>, id: EntryId) -> Option<Hit> {
        let statement = parse_statement(record).ok()?;
        let content = parse_content(record, &statement).ok();
        let facts = content
            .as_ref()
            .and_then(|c| c.facts.as_ref().ok()?.known());
        let mut named: Vec<&Named> = [None, Some(statement.key)]
            .into_iter()
            .filter_map(|own| self.pending.get(&(id, own)))
            .flatten()
            .filter(|named| named.by > record.index)
            .collect();
        named.sort_by_key(|named| named.by);
        let reach = within_reach(statement.class, facts).and(present(record));
        let mut here: Option<Redacted> = None;
        let mut left = within_reach(statement.class, None).and(self.late.left(record.index));
        let mut absent = Vec::new();
        for one in named {
            let (entry, by) = (record.index, one.by);
            let parts = one.parts.and(reach);
            if one.known && parts.any() {
                let first = here.get_or_insert(Redacted { entry, parts, by });
                first.parts = first.parts.or(parts);
            }
            let parts = one.parts.and(left);
            if parts.any() {
                absent.push(Redacted { entry, parts, by });
                left = left.without(parts);
            }
        }
        let at = (record.segment, record.offset);
        Some(Hit {
            unfinished: here.map(|what| Unfinished { what, at }),
            absent,
        })
    }
}

/// An opening that is absent, and not redacted.
fn problem(index: EntryIndex, parts: Parts) -> Problem {
    Problem::new(
        Code::OpeningAbsent,
        format!(
            "the {} of {index} are absent, and no entry redacts them",
            parts.words()
        ),
    )
    .at(index)
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
