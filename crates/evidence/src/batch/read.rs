//! Reading a batch line.

use std::collections::BTreeMap;

use seaproof_ledger::facts::{DraftFacts, EXHIBITS_MAX, REFS_MAX, Reference, check_label};
use seaproof_ledger::ids::{Class, ExhibitRef, Timestamp};
use seaproof_ledger::opening::Source;
use seaproof_ledger::writer::Draft;
use serde_json::{Map, Value};

use crate::check::{Broken, field_of};
use crate::event::{Event, relation_of};

use super::shape::{FoundSlot, SlotKind, Walk, Wrong, cut};
use super::strict;

/// The most bytes that one line may have.
pub const LINE_BYTES_MAX: usize = 4 << 20;

/// Says what the names in a batch stand for. An error is shown behind the name's place in the line;
/// it says what was looked for and what to do.
pub trait Resolve {
    /// An entry by label, `#12`, or a prefix of at least 8 digits of its id: of this ledger, or an
    /// earlier draft of the batch.
    ///
    /// # Errors
    /// No such entry, or several.
    fn entry(&mut self, name: &str) -> Result<Reference, String>;

    /// A file by its path relative to the batch, or by `sha256:` and 64 digits if it is held.
    ///
    /// # Errors
    /// No such file, or one that cannot be an exhibit.
    fn file(&mut self, path: &str) -> Result<ExhibitRef, String>;
}

/// Why a line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct LineError {
    /// The line's number, from 1.
    pub line: usize,
    /// The field, as `basis[0].at.line`; empty for the line as a whole.
    pub at: String,
    /// What is wrong, what was expected, what to do.
    pub problem: String,
}

impl std::fmt::Display for LineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at.is_empty() {
            true => write!(f, "line {}: {}", self.line, self.problem),
            false => write!(f, "line {}, {}: {}", self.line, self.at, self.problem),
        }
    }
}

impl LineError {
    /// What is wrong in the event of a line.
    pub fn of(line: usize, broken: Broken) -> Self {
        Self {
            line,
            at: field_of(&broken.at),
            problem: broken.rule,
        }
    }
}

/// A line that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The class of its entry.
    pub class: Class,
    /// Its facts, with references that may lie in the batch.
    pub facts: DraftFacts,
    /// How its content was obtained.
    pub source: Source,
    /// When it was made, if the line says so.
    pub recorded_at: Option<Timestamp>,
    /// What its event bytes hold.
    pub event: Event,
}

impl Line {
    /// The draft to be sealed; `now` stands where the line says no time.
    pub fn into_draft(self, now: Timestamp) -> Draft {
        Draft {
            class: self.class,
            facts: self.facts,
            source: self.source,
            recorded_at: self.recorded_at.unwrap_or(now),
        }
    }
}

/// Reads one line of a batch: first all that can be judged without the names in it, then the names.
/// `number` counts from 1 and is only for errors.
///
/// # Errors
/// [`LineError`], which names the field.
pub fn read_line(json: &str, number: usize, names: &mut dyn Resolve) -> Result<Line, LineError> {
    read(json, names).map_err(|Wrong { at, what }| LineError {
        line: number,
        at: field_of(&at),
        problem: what,
    })
}

fn wrong(at: impl Into<String>, what: impl Into<String>) -> Wrong {
    Wrong {
        at: at.into(),
        what: what.into(),
    }
}

fn read(json: &str, names: &mut dyn Resolve) -> Result<Line, Wrong> {
    if json.len() > LINE_BYTES_MAX {
        return Err(wrong(
            "",
            format!(
                "{} bytes, a line has at most {LINE_BYTES_MAX}; long texts belong into a file",
                json.len()
            ),
        ));
    }
    let Value::Object(mut object) = strict::parse(json).map_err(|what| wrong("", what))? else {
        return Err(wrong("", "expected a JSON object: {\"kind\": …}"));
    };
    let label = object.remove("as").map(read_label).transpose()?;
    let source = object
        .remove("source")
        .map_or(Ok(Source::default()), read_source)?;
    let recorded_at = object.remove("recorded_at").map(read_time).transpose()?;

    let mut walk = Walk::default();
    walk.event(&object, |_| true)?;
    object.remove("targets");
    let (targets, slots): (Vec<_>, Vec<_>) =
        (walk.slots.into_iter()).partition(|slot| slot.at.starts_with("/targets/"));

    // With a number for each name, so that nothing is looked up for a line that cannot stand.
    let mut given = BTreeMap::new();
    let provisional = number_slots(&slots, |slot| {
        let next = given.len();
        Ok(*given
            .entry((slot.kind == SlotKind::Entry, name_of(slot)?))
            .or_insert(next))
    })?;
    build(&object, &slots, &provisional)?;

    let mut refs = Vec::new();
    let mut exhibits: Vec<ExhibitRef> = Vec::new();
    let numbers = number_slots(&slots, |slot| {
        let name = name_of(slot)?;
        let unknown = |why: String| wrong(&slot.at, why);
        match slot.kind {
            SlotKind::Entry => {
                let found = names.entry(name).map_err(unknown)?;
                position(&mut refs, found, REFS_MAX, "entries")
            }
            SlotKind::Exhibit => {
                let found = names.file(name).map_err(unknown)?;
                position(&mut exhibits, found, EXHIBITS_MAX, "files")
            }
        }
        .map_err(|why| wrong(&slot.at, why))
    })?;
    let event = build(&object, &slots, &numbers)?;
    let amendment = relation_of(&event)
        .map(|relation| read_targets(&targets, names).map(|targets| (relation, targets)))
        .transpose()?;
    let (kind_version, bytes) = event.written();
    Ok(Line {
        class: event.class(),
        facts: DraftFacts {
            kind: event.kind().to_owned(),
            kind_version,
            label,
            exhibits,
            refs,
            amendment,
            event: bytes,
        },
        source,
        recorded_at,
        event,
    })
}

/// The event of an object whose slots have these numbers.
fn build(
    object: &Map<String, Value>,
    slots: &[FoundSlot],
    numbers: &[u16],
) -> Result<Event, Wrong> {
    let mut value = Value::Object(object.clone());
    for (slot, number) in slots.iter().zip(numbers) {
        if let Some(place) = value.pointer_mut(&slot.at) {
            *place = (*number).into();
        }
    }
    let event: Event =
        serde_json::from_value(value).map_err(|error| wrong("", error.to_string()))?;
    event
        .check()
        .map_err(|broken| wrong(broken.at, broken.rule))?;
    Ok(event)
}

fn number_slots<'a>(
    slots: &'a [FoundSlot],
    mut number: impl FnMut(&'a FoundSlot) -> Result<usize, Wrong>,
) -> Result<Vec<u16>, Wrong> {
    slots
        .iter()
        .map(|slot| {
            let number = number(slot)?;
            u16::try_from(number).map_err(|_| wrong(&slot.at, "too many names in one line"))
        })
        .collect()
}

/// Where an item stands in a list of distinct ones; it is put there if it is new.
fn position<T: PartialEq>(
    list: &mut Vec<T>,
    item: T,
    most: usize,
    what: &str,
) -> Result<usize, String> {
    if let Some(at) = list.iter().position(|known| *known == item) {
        return Ok(at);
    }
    if list.len() == most {
        return Err(format!("one entry names at most {most} other {what}"));
    }
    list.push(item);
    Ok(list.len() - 1)
}

fn name_of(slot: &FoundSlot) -> Result<&str, Wrong> {
    match &slot.holds {
        Value::String(name) if !name.is_empty() && !name.chars().any(char::is_control) => Ok(name),
        _ => Err(wrong(
            &slot.at,
            match slot.kind {
                SlotKind::Entry => {
                    "expected the name of an entry in quotes: a label, \"#12\", or at least 8 \
                     digits of the entry's id"
                }
                SlotKind::Exhibit => {
                    "expected the path of a file in quotes, relative to the batch, or \"sha256:\" \
                     and the 64 digits of one that is held"
                }
            },
        )),
    }
}

fn read_targets(slots: &[FoundSlot], names: &mut dyn Resolve) -> Result<Vec<Reference>, Wrong> {
    let mut targets = Vec::new();
    for slot in slots {
        let target = names
            .entry(name_of(slot)?)
            .map_err(|why| wrong(&slot.at, why))?;
        if targets.contains(&target) {
            return Err(wrong(&slot.at, "this entry is a target already"));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn read_label(value: Value) -> Result<String, Wrong> {
    match value {
        Value::String(label) => match check_label(&cut(&label)) {
            Ok(()) => Ok(label),
            Err(error) => Err(wrong("/as", error.to_string())),
        },
        _ => Err(wrong("/as", "expected a label in quotes")),
    }
}

fn read_source(value: Value) -> Result<Source, Wrong> {
    let Value::Object(fields) = value else {
        return Err(wrong(
            "/source",
            "expected an object of names and texts, as {\"obtained-from\": \"…\"}",
        ));
    };
    let mut texts = Vec::new();
    for (name, text) in fields {
        match text {
            Value::String(text) if !text.trim().is_empty() => texts.push((name, text)),
            _ => {
                return Err(wrong(
                    "/source",
                    format!("expected a text for {:?}, not empty, in quotes", cut(&name)),
                ));
            }
        }
    }
    Source::new(texts).map_err(|error| wrong("/source", error.to_string()))
}

fn read_time(value: Value) -> Result<Timestamp, Wrong> {
    let text = value.as_str().unwrap_or_default();
    // Only UTC, so that the same moment is written one way.
    let digits = text
        .strip_suffix('Z')
        .filter(|t| t.as_bytes().get(10) == Some(&b'T'));
    digits
        .and_then(|_| text.parse::<jiff::Timestamp>().ok())
        .filter(|time| time.subsec_nanosecond() % 1_000_000 == 0)
        .map(|time| Timestamp(time.as_millisecond()))
        .ok_or_else(|| {
            wrong(
                "/recorded_at",
                format!(
                    "{:?} is not a time in UTC: write 2024-03-27T09:30:00Z, to the millisecond at \
                     most",
                    cut(text)
                ),
            )
        })
}
