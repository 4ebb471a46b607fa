//! Which files have to be read: those of tracks that stand and are held, inside what is looked at.

use std::collections::BTreeSet;

use seaproof_evidence::events::reference::Gazetted;
use seaproof_evidence::provenance::{Form, Hold};
use seaproof_evidence::{Event, ExhibitRef};

use super::identity::Claims;
use super::thresholds::Plan;
use super::{Readings, Wanted, WantedFile};
use crate::rules::Rules;
use crate::settle::{Settled, Statement};
use crate::sources;
use crate::state::At;

/// A track that stands, and the files that are read of it.
#[derive(Debug)]
pub(crate) struct TrackHeld {
    pub(crate) at: At,
    pub(crate) files: Vec<WantedFile>,
    /// Where nothing is read of it: why, in words.
    pub(crate) instead: Option<&'static str>,
}

/// Every track that stands.
pub(crate) fn tracks(settled: &Settled<'_>) -> Vec<TrackHeld> {
    settled
        .of_kind("ais-track")
        .map(|statement| {
            let files: Vec<WantedFile> = to_read(settled, &statement)
                .into_iter()
                .map(|exhibit| WantedFile {
                    exhibit,
                    options: options(&statement),
                })
                .collect();
            TrackHeld {
                at: statement.at,
                instead: files.is_empty().then(|| instead(settled, &statement)),
                files,
            }
        })
        .collect()
}

/// What the decoder was told.
fn options(statement: &Statement<'_>) -> Vec<(String, String)> {
    let Event::AisTrack(track) = statement.event() else {
        return Vec::new();
    };
    let options = track.decoded.iter().flat_map(|decoded| &decoded.options);
    options
        .map(|option| (option.name.to_string(), option.text.to_string()))
        .collect()
}

/// Files that are the thing itself: originals if there are any, otherwise what was taken from one unchanged. What
/// people wrote of it is none.
fn to_read(settled: &Settled<'_>, statement: &Statement<'_>) -> Vec<ExhibitRef> {
    let without = &settled.lens.without.exhibits;
    let mut files = sources::files(settled, statement);
    files.retain(|file| !without.contains(&file.exhibit.hash));
    let of = |forms: &[Form]| {
        let mut seen = BTreeSet::new();
        let files = files.iter().filter(|file| forms.contains(&file.form));
        files
            .map(|file| file.exhibit)
            .filter(|exhibit| seen.insert(exhibit.hash))
            .collect::<Vec<_>>()
    };
    let originals = of(&[Form::Original]);
    match originals.is_empty() {
        false => originals,
        true => of(&[Form::Capture, Form::Copy, Form::Extract]),
    }
}

/// Why nothing is read of a track.
fn instead(settled: &Settled<'_>, statement: &Statement<'_>) -> &'static str {
    if !sources::files(settled, statement).is_empty() {
        return "not reproducible: no file of it is the track itself";
    }
    match statement.event().hold() {
        Some(Hold::Withheld) => "not reproducible: exhibit withheld",
        Some(Hold::Cited) => "not reproducible: cited, not held",
        _ => "not reproducible: not stated whether held",
    }
}

impl Settled<'_> {
    /// What has to be read before tracks say anything of this state.
    pub fn tracks_wanted(&self) -> Wanted {
        let mut seen = BTreeSet::new();
        let files: Vec<WantedFile> = tracks(self)
            .into_iter()
            .flat_map(|track| track.files)
            .filter(|file| seen.insert(file.exhibit.hash))
            .collect();
        if files.is_empty() {
            return Wanted::default();
        }
        Wanted {
            files,
            gazetteer: table(self, Gazetted::Ports).map(|(_, file)| file),
            shoreline: table(self, Gazetted::Shoreline).map(|(_, file)| file),
            thresholds: Plan::of(&Rules::of(self)).thresholds,
            locodes: locodes(self),
            named: Claims::of(self).named(),
        }
    }
}

/// Ports at which somebody is said to have been.
fn locodes(settled: &Settled<'_>) -> Vec<String> {
    let mut found = BTreeSet::new();
    for kind in ["port-call", "sighting"] {
        for statement in settled.of_kind(kind) {
            let place = match statement.event() {
                Event::PortCall(event) => &event.place,
                Event::Sighting(event) => &event.place,
                _ => continue,
            };
            found.extend(place.locode.map(|locode| locode.to_string()));
        }
    }
    found.into_iter().collect()
}

/// The newest table of this kind that stands and is held, and its file.
fn table(settled: &Settled<'_>, what: Gazetted) -> Option<(At, ExhibitRef)> {
    let tables: Vec<Statement<'_>> = settled.of_kind("gazetteer").collect();
    tables.iter().rev().find_map(|statement| {
        let Event::Gazetteer(event) = statement.event() else {
            return None;
        };
        let file = to_read(settled, statement).into_iter().next()?;
        (event.what == what).then_some((statement.at, file))
    })
}

/// The tables of ports and of the shore that are to be used.
pub(crate) fn tables_wanted(settled: &Settled<'_>) -> [Option<(At, ExhibitRef)>; 2] {
    [Gazetted::Ports, Gazetted::Shoreline].map(|what| table(settled, what))
}

/// The entries of the tables of ports and of the shore that were used.
pub(crate) fn tables(settled: &Settled<'_>, readings: &Readings) -> [Option<At>; 2] {
    let [ports, shore] = tables_wanted(settled);
    [(ports, readings.gazetteer), (shore, readings.shoreline)].map(|(table, used)| {
        let (at, file) = table?;
        (used == Some(file.hash)).then_some(at)
    })
}
