//! Who retells whom: from documents to what they relay, as far as it is recorded.
//!
//! A relay that was told stays told when the entry of what is relayed is withdrawn: so this graph
//! also runs through entries that no longer stand. Two reports never become independent by a
//! retraction further up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use seaproof_evidence::provenance::{Basis, Form, HeldFile, Hold, Who};
use seaproof_evidence::{Event, ExhibitRef};

use crate::settle::{Settled, Statement};
use crate::state::At;

/// How many origins of one source are followed, nearest first. Beyond, chains of retelling say
/// nothing that a person would follow.
const REACH: usize = 1_024;

/// Kinds that can be held, and relay others.
const SOURCES: [&str; 7] = [
    "document",
    "image",
    "image-set",
    "ais-track",
    "list-snapshot",
    "gazetteer",
    "derived",
];

/// Whether a thing is held, in a word, as in JSON.
pub(crate) fn hold_word(hold: &Hold) -> &'static str {
    match hold {
        Hold::NotStated => "not-stated",
        Hold::Cited => "cited",
        Hold::Withheld => "withheld",
        Hold::Held(_) => "held",
    }
}

/// A form in a word, as in JSON.
pub(crate) fn form_word(form: Form) -> &'static str {
    match form {
        Form::Original => "original",
        Form::Capture => "capture",
        Form::Copy => "copy",
        Form::Extract => "extract",
        Form::Transcript => "transcript",
        Form::Translation => "translation",
        Form::OwnNotes => "own-notes",
    }
}

/// A file that a source is held as.
pub(crate) struct File {
    pub(crate) exhibit: ExhibitRef,
    pub(crate) form: Form,
    pub(crate) name: Option<String>,
    /// The source's own entry, or the one that attached the file later.
    pub(crate) by: At,
}

/// The files that a source is held as: its own, then those attached to it.
pub(crate) fn files(settled: &Settled<'_>, statement: &Statement<'_>) -> Vec<File> {
    let mut found = Vec::new();
    let mut take = |statement: &Statement<'_>, files: &[HeldFile]| {
        found.extend(files.iter().filter_map(|held| {
            Some(File {
                exhibit: statement.exhibit(held.file)?,
                form: held.form,
                name: held.name.as_ref().map(ToString::to_string),
                by: statement.at,
            })
        }));
    };
    if let Some(Hold::Held(files)) = statement.event().hold() {
        take(statement, files);
    }
    for attached in settled.about_of_kinds(statement.at, &["attached"]) {
        if let Event::Attached(event) = attached.event() {
            take(&attached, &event.files);
        }
    }
    found
}

/// How a source is held, for a sentence: `cited, not held` or `held as own notes`.
pub(crate) fn hold_words(settled: &Settled<'_>, at: At) -> String {
    let Some(statement) = settled.words_of(at) else {
        return "not stated whether held".to_owned();
    };
    let files = files(settled, &statement);
    if !files.is_empty() {
        let forms: BTreeSet<String> = files
            .iter()
            .map(|file| form_word(file.form).replace('-', " "))
            .collect();
        let forms: Vec<String> = forms.into_iter().collect();
        return format!("held as {}", crate::words::listed(&forms, "and"));
    }
    match statement.event().hold().unwrap_or(&Hold::NotStated) {
        Hold::NotStated => "not stated whether held".to_owned(),
        Hold::Cited => "cited, not held".to_owned(),
        Hold::Withheld => "withheld".to_owned(),
        // There is always a file, unless its slot leads nowhere.
        Hold::Held(_) => "held".to_owned(),
    }
}

/// What a source itself is made from: what it relays, the set it belongs to.
pub(crate) fn made_from(settled: &Settled<'_>, at: At) -> Vec<At> {
    let Some(statement) = settled.words_of(at) else {
        return Vec::new();
    };
    let mut found: Vec<At> = match statement.event() {
        Event::Document(e) => e
            .relays
            .iter()
            .filter_map(|s| statement.target(*s))
            .collect(),
        // What a tool made goes back to what it was made of.
        Event::Derived(_) => statement.bases().collect(),
        Event::Image(e) => e
            .within
            .and_then(|s| statement.target(s))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    };
    found.retain(|at| !settled.hidden.entries.contains(at));
    found
}

/// A source with all that it goes back to, nearest first: steps of retelling and the entry.
pub(crate) fn ancestry(settled: &Settled<'_>, source: At) -> Vec<(u32, At)> {
    let mut seen = BTreeSet::from([source]);
    let mut queue = VecDeque::from([(0, source)]);
    let mut found = Vec::new();
    while let Some((steps, at)) = queue.pop_front() {
        found.push((steps, at));
        for next in made_from(settled, at) {
            if seen.len() < REACH && seen.insert(next) {
                queue.push_back((steps + 1, next));
            }
        }
    }
    found
}

/// Where the retelling of a source begins, as far as it is recorded.
pub(crate) fn beginnings(settled: &Settled<'_>, source: At) -> Vec<At> {
    ancestry(settled, source)
        .into_iter()
        .map(|(_, at)| at)
        .filter(|at| made_from(settled, *at).is_empty())
        .collect()
}

/// The sources that a statement rests on: its bases, followed through other statements to what
/// can be held; `None` in their place is something without an entry.
pub(crate) fn sources_of(settled: &Settled<'_>, statement: &Statement<'_>) -> BTreeSet<Option<At>> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([statement.at]);
    let mut open = vec![statement.clone()];
    while let Some(statement) = open.pop() {
        for basis in statement.basis() {
            let target = match basis {
                Basis::Entry { of, .. } => statement.target(*of),
                Basis::Exhibit { .. } | Basis::Cited(_) => None,
            };
            let Some(at) = target else {
                found.insert(None);
                continue;
            };
            let made_of_statements = settled
                .kind(at)
                .is_some_and(|kind| !SOURCES.contains(&kind));
            if !made_of_statements {
                found.insert(Some(at));
            } else if seen.len() < REACH && seen.insert(at) {
                open.extend(settled.words_of(at));
            }
        }
    }
    found
}

/// The entry that is named as a statement's maker.
pub(crate) fn maker(statement: &Statement<'_>) -> Option<At> {
    match statement.provenance()?.origin.who {
        Who::Entry(slot) => statement.target(slot),
        _ => None,
    }
}

/// How many origins of sources are kept at once. A long chain of retelling has a thousand for each of its parts.
const KEPT_MAX: usize = 500_000;

/// Ancestries that were already followed, the newest ones.
#[derive(Default)]
pub(crate) struct Ancestries {
    all: BTreeMap<At, Vec<(u32, At)>>,
    beginnings: BTreeMap<At, BTreeSet<At>>,
    kept: usize,
}

impl Ancestries {
    pub(crate) fn of(&mut self, settled: &Settled<'_>, source: At) -> &[(u32, At)] {
        if !self.all.contains_key(&source) {
            let found = ancestry(settled, source);
            self.make_room(found.len());
            self.all.insert(source, found);
        }
        self.all.get(&source).map_or(&[], Vec::as_slice)
    }

    /// Where the retelling of a source begins.
    pub(crate) fn beginnings(&mut self, settled: &Settled<'_>, source: At) -> &BTreeSet<At> {
        if !self.beginnings.contains_key(&source) {
            let found: BTreeSet<At> = beginnings(settled, source).into_iter().collect();
            self.make_room(found.len());
            self.beginnings.insert(source, found);
        }
        self.beginnings.entry(source).or_default()
    }

    fn make_room(&mut self, wanted: usize) {
        self.kept += wanted;
        if self.kept > KEPT_MAX {
            self.all.clear();
            self.beginnings.clear();
            self.kept = wanted;
        }
    }
}
