//! The parts that rows share: who says it, on what it rests, when, where, and how it is held.

use seaproof_evidence::provenance::{Basis, Hold, Locator, Mode, Who};
use seaproof_evidence::time::{Sense, When};
use seaproof_evidence::units::Place;
use serde::{Deserialize, Serialize};

use super::Word;
use crate::findings::confidence_word;
use crate::settle::{Settled, Statement};
use crate::sources;
use crate::words;

/// What every row carries: the entries behind it and who says so on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldRow {
    /// Its label or number.
    pub id: String,
    /// The entry that introduced it.
    pub entry: u64,
    /// The entries whose words it shows: itself, or the correction in its place, and what it is
    /// about.
    pub entries: Vec<u64>,
    /// Who recorded it, as a key in hexadecimal digits.
    pub author: String,
    /// When, by the author's clock: milliseconds since 1970, UTC.
    pub recorded_at_ms: i64,
    /// How we hold it; null for things that are not statements.
    pub mode: Option<Word>,
    /// Who made it and how; null for things that are not statements.
    pub origin: Option<WhoRow>,
    /// What it rests on.
    pub basis: Vec<SourceRow>,
    /// The recorder's confidence; null for things that are not statements.
    pub confidence: Option<Word>,
    /// Why.
    pub confidence_reason: Option<String>,
    /// Anything else, in the recorder's words.
    pub note: Option<String>,
    /// The correction whose words are shown.
    pub corrected_by: Option<u64>,
    /// Disputes of it.
    pub disputed_by: Vec<u64>,
    /// What it rests on and is gone.
    pub weakened_by: Vec<u64>,
    /// Whether its words are by a key that is called suspect.
    pub suspect: bool,
    /// Whether it, or anything that it is about or rests on, is by such a key.
    pub rests_on_suspect: bool,
}

/// Who made a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoRow {
    /// Label, number, `recorder` or words; null is not stated.
    pub who: Option<String>,
    /// The entry, if the maker has one.
    pub entry: Option<u64>,
    /// How it was made; null is not stated.
    pub mode: Option<Word>,
    /// By which method.
    pub method: Option<String>,
}

/// One basis of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRow {
    /// Label, number or words.
    pub id: String,
    /// The entry, if it is one.
    pub entry: Option<u64>,
    /// SHA-256 of the file, if it is one.
    pub exhibit: Option<String>,
    /// How it is held, in words.
    pub held: String,
    /// Where inside.
    pub at: Option<Locator>,
}

/// When something was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhenRow {
    /// As it was told.
    pub edtf: String,
    /// How the statement lies in it.
    pub sense: Sense,
    /// The clock it was told on.
    pub zone: String,
    /// In words.
    pub words: String,
}

/// Where something was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// UN/LOCODE.
    pub locode: Option<String>,
    /// Degrees north, as decimal text.
    pub lat: Option<String>,
    /// Degrees east, as decimal text.
    pub lon: Option<String>,
    /// In words.
    pub words: Option<String>,
    /// Where in the port.
    pub berth: Option<String>,
}

/// Whether and how a thing is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// `held`, `cited`, `withheld` or `not-stated`.
    pub hold: Word,
    /// The files, if held.
    pub files: Vec<HeldFileRow>,
}

/// A file that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldFileRow {
    /// SHA-256.
    pub sha256: String,
    /// Bytes.
    pub length: u64,
    /// In which form it holds the thing.
    pub form: Word,
    /// Its name where it came from.
    pub name: Option<String>,
    /// The entry that attached it, if it came later than the thing itself.
    pub attached_by: Option<u64>,
}

pub(super) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Observed => "observed",
        Mode::Reported => "reported",
        Mode::Estimated => "estimated",
        Mode::Notified => "notified",
        Mode::Inferred => "inferred",
    }
}

pub(super) fn text(value: &impl ToString) -> String {
    value.to_string()
}

pub(super) fn when(when: Option<&When>) -> Option<WhenRow> {
    when.map(|when| WhenRow {
        edtf: when.edtf.to_string(),
        sense: when.sense,
        zone: when.zone.to_string(),
        words: words::when(when),
    })
}

pub(super) fn place(place: &Place) -> PlaceRow {
    PlaceRow {
        locode: place.locode.as_ref().map(text),
        lat: place.position.map(|p| p.lat.to_string()),
        lon: place.position.map(|p| p.lon.to_string()),
        words: place.words.as_ref().map(text),
        berth: place.berth.as_ref().map(text),
    }
}

/// How a thing is held, with the files that were attached to it later.
pub(super) fn held(settled: &Settled<'_>, statement: &Statement<'_>) -> Held {
    let hold = statement.event().hold().unwrap_or(&Hold::NotStated);
    let files = held_files(settled, statement);
    Held {
        hold: match files.is_empty() {
            true => sources::hold_word(hold).into(),
            false => "held".into(),
        },
        files,
    }
}

/// The files that a thing is held as.
pub(crate) fn held_files(settled: &Settled<'_>, statement: &Statement<'_>) -> Vec<HeldFileRow> {
    sources::files(settled, statement)
        .into_iter()
        .map(|file| HeldFileRow {
            sha256: file.exhibit.hash.to_string(),
            length: file.exhibit.length,
            form: sources::form_word(file.form).into(),
            name: file.name,
            attached_by: (file.by != statement.at).then(|| settled.number(file.by)),
        })
        .collect()
}

pub(super) fn who(
    settled: &Settled<'_>,
    statement: &Statement<'_>,
    origin: &seaproof_evidence::provenance::Origin,
) -> WhoRow {
    let (name, entry) = match &origin.who {
        Who::NotStated => (None, None),
        Who::Recorder => (Some("recorder".to_owned()), None),
        Who::Words(words) => (Some(words.to_string()), None),
        Who::Entry(slot) => match statement.target(*slot) {
            Some(at) => (Some(settled.state.name(at)), Some(settled.number(at))),
            None => (Some("an entry that is not here".to_owned()), None),
        },
    };
    WhoRow {
        who: name,
        entry,
        mode: origin.mode.map(|mode| mode_word(mode).into()),
        method: origin.method.as_ref().map(text),
    }
}

fn basis(settled: &Settled<'_>, statement: &Statement<'_>, basis: &Basis) -> SourceRow {
    let exhibit = |slot| statement.exhibit(slot).map(|file| file.hash.to_string());
    let (id, entry, file, held, at) = match basis {
        Basis::Entry { of, file, at } => match statement.target(*of) {
            Some(target) => (
                settled.state.name(target),
                Some(settled.number(target)),
                file.and_then(exhibit),
                basis_held(settled, target),
                at.clone(),
            ),
            None => (
                "an entry that is not here".to_owned(),
                None,
                None,
                "not here".to_owned(),
                at.clone(),
            ),
        },
        Basis::Exhibit { file, at } => {
            let file = exhibit(*file);
            (
                file.clone().unwrap_or_default(),
                None,
                file,
                "held".to_owned(),
                at.clone(),
            )
        }
        Basis::Cited(words) => (
            words.to_string(),
            None,
            None,
            "cited, not held".to_owned(),
            None,
        ),
    };
    SourceRow {
        id,
        entry,
        exhibit: file,
        held,
        at,
    }
}

/// How a basis is held; a statement that serves as one is none that could be.
fn basis_held(settled: &Settled<'_>, at: crate::state::At) -> String {
    match settled.words_of(at) {
        Some(s) if s.event().hold().is_none() => {
            format!("a statement: {}", s.event().kind())
        }
        _ => sources::hold_words(settled, at),
    }
}

impl ToldRow {
    /// By the log.
    pub(super) fn order(&self) -> u64 {
        self.entry
    }

    pub(super) fn of(settled: &Settled<'_>, statement: &Statement<'_>) -> Self {
        let at = statement.at;
        let entry = settled.state.entry(at);
        let provenance = statement.provenance();
        let marks =
            |by: Option<&Vec<crate::state::At>>| settled.numbers(by.into_iter().flatten().copied());
        let mut entries =
            settled.numbers([at, statement.words].into_iter().chain(statement.subject()));
        entries.sort_unstable();
        entries.dedup();
        Self {
            id: settled.state.name(at),
            entry: entry.index.0,
            entries,
            author: settled
                .state
                .author(entry)
                .map(|key| key.to_string())
                .unwrap_or_default(),
            recorded_at_ms: entry.recorded_at.0,
            mode: provenance.map(|p| mode_word(p.mode).into()),
            origin: provenance.map(|p| who(settled, statement, &p.origin)),
            basis: statement
                .basis()
                .map(|b| basis(settled, statement, b))
                .collect(),
            confidence: provenance.map(|p| confidence_word(p.confidence.level).into()),
            confidence_reason: provenance
                .and_then(|p| p.confidence.reason.as_ref())
                .map(text),
            note: provenance.and_then(|p| p.note.as_ref()).map(text),
            corrected_by: settled.corrected_by.get(&at).map(|by| settled.number(*by)),
            disputed_by: marks(settled.disputes.get(&at)),
            weakened_by: marks(settled.weakened.get(&at)),
            suspect: settled.is_suspect(at),
            rests_on_suspect: settled.rests_on_suspect(at),
        }
    }
}
