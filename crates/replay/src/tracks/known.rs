//! Readings beside the entries that they are of: what rules and rows are made from.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use seaproof_ais::analysis::{Analysis, Heard, VesselAnalysis};
use seaproof_ais::report::LineRef;
use seaproof_ais::units::{Mmsi, Time};
use seaproof_evidence::events::sources::Receiver;
use seaproof_evidence::{Event, ExhibitHash};
use serde::{Deserialize, Serialize};

use super::identity::{Claims, Radio};
use super::thresholds::{self, Plan};
use super::wanted::{TrackHeld, tracks};
use super::words::utc;
use super::{Counted, Readings, Unread};
use crate::rules::{Parameters, Rules};
use crate::settle::Settled;
use crate::state::At;
use crate::view::Word;
use crate::words;

/// A line of a held file that something rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineBehind {
    /// What it is to what rests on it.
    pub what: Word,
    /// The entry of the track.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// SHA-256 of the file.
    pub exhibit: String,
    /// The line, from 1; of a message in fragments the last one's.
    pub line: u64,
    /// The line of the first fragment; the same as `line` for what stands on one.
    pub first_line: u64,
    /// When it was received, RFC 3339 in UTC.
    pub time: String,
}

impl LineBehind {
    /// `line 12`; `lines 61, 62` or `lines 61 to 64` of a message in fragments.
    pub fn lines(&self) -> String {
        lines(self.first_line, self.line)
    }
}

fn lines(first: u64, last: u64) -> String {
    match last.saturating_sub(first) {
        0 => format!("line {last}"),
        1 => format!("lines {first}, {last}"),
        // Others may stand between them.
        _ => format!("lines {first} to {last}"),
    }
}

/// A track that stands, and whether it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackReadingRow {
    /// Its entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// What it is: `track`, `gazetteer` or `shoreline`.
    pub what: Word,
    /// SHA-256 of the file; null where it has none that could be read.
    pub sha256: Option<String>,
    /// Whether it was read.
    pub read: bool,
    /// In words: `read`, with where its lines are counted otherwise than its entry says, or why it is not
    /// reproducible.
    pub words: String,
}

/// No readings.
static NONE: Readings = Readings {
    sources: Vec::new(),
    analyses: Vec::new(),
    gazetteer: None,
    shoreline: None,
    ports: BTreeMap::new(),
    counted: BTreeMap::new(),
    not_read: BTreeMap::new(),
};

/// How many MMSIs there are.
pub(crate) struct Counts {
    /// All that were heard.
    pub(crate) heard: u64,
    /// Those of which something was derived, and that no vessel claims and no track is declared to be of.
    pub(crate) untied: u64,
    /// Those of which nothing was derived under some of the thresholds, since memory is bounded.
    pub(crate) left_out: u64,
}

/// Readings, and what they are of.
#[derive(Debug)]
pub(crate) struct Tracks<'a> {
    settled: &'a Settled<'a>,
    readings: &'a Readings,
    plan: Plan,
    held: Vec<TrackHeld>,
    /// By source, the tracks that it is a file of.
    sources: Vec<Vec<At>>,
    /// Who transmits, by MMSI.
    radios: BTreeMap<Mmsi, Radio>,
    untied: usize,
    /// Made once: every finding says it.
    read_words: OnceCell<String>,
    /// The entries of the gazetteer and the shoreline that were used.
    pub(crate) tables: [Option<At>; 2],
}

impl<'a> Tracks<'a> {
    pub(crate) fn of(settled: &'a Settled<'a>, readings: &'a Readings, rules: &Rules) -> Self {
        let held = tracks(settled);
        let sources: Vec<Vec<At>> = (readings.sources.iter())
            .map(|hash| {
                let of = |track: &&TrackHeld| track.files.iter().any(|f| f.exhibit.hash == *hash);
                held.iter().filter(of).map(|track| track.at).collect()
            })
            .collect();
        // Readings of a file that is not of a track that stands here are readings of another state.
        let readings = match sources.iter().any(Vec::is_empty) {
            true => &NONE,
            false => readings,
        };
        let mut tracks = Self {
            settled,
            readings,
            plan: Plan::of(rules),
            held,
            sources: match readings.sources.is_empty() {
                true => Vec::new(),
                false => sources,
            },
            radios: BTreeMap::new(),
            untied: 0,
            read_words: OnceCell::new(),
            tables: super::wanted::tables(settled, readings),
        };
        if readings.analyses.is_empty() {
            return tracks;
        }
        let claims = Claims::of(settled);
        let mut radios = BTreeMap::new();
        for vessel in readings.analyses.iter().flat_map(|one| &one.vessels) {
            radios
                .entry(vessel.mmsi)
                .or_insert_with(|| Radio::of(settled, &claims, vessel, |at| tracks.line_words(at)));
        }
        tracks.untied = radios.values().filter(|radio| !radio.tied).count();
        tracks.radios = radios;
        tracks
    }

    /// What was derived under the thresholds of a rule.
    pub(crate) fn analysis(&self, rule: &str) -> Option<&'a Analysis> {
        let thresholds = self.plan.of_rule(rule)?;
        let mut analyses = self.readings.analyses.iter();
        analyses.find(|analysis| analysis.thresholds == *thresholds)
    }

    /// What vessels are shown under.
    pub(crate) fn shown(&self) -> Option<&'a Analysis> {
        let thresholds = self.plan.thresholds.first()?;
        let mut analyses = self.readings.analyses.iter();
        analyses.find(|analysis| analysis.thresholds == *thresholds)
    }

    pub(crate) fn radio(&self, mmsi: Mmsi) -> Option<&Radio> {
        self.radios.get(&mmsi)
    }

    pub(crate) fn radios(&self) -> impl Iterator<Item = &Radio> {
        self.radios.values()
    }

    pub(crate) fn counts(&self) -> Counts {
        let heard =
            |one: &Analysis| (one.vessels.len() as u64).saturating_add(one.vessels_left_out);
        let analyses = &self.readings.analyses;
        let left_out = analyses.iter().map(|one| one.vessels_left_out).max();
        Counts {
            heard: analyses.iter().map(heard).max().unwrap_or_default(),
            untied: self.untied as u64,
            left_out: left_out.unwrap_or_default(),
        }
    }

    /// Whether a rule with these parameters speaks of an MMSI: of those that the case names, and of the others
    /// as long as there are few.
    pub(crate) fn speaks_of(&self, radio: &Radio, parameters: &Parameters) -> bool {
        radio.tied || self.untied <= thresholds::unnamed_most(parameters)
    }

    /// What was derived of the MMSIs that a rule speaks of.
    pub(crate) fn vessels<'t>(
        &'t self,
        analysis: &'t Analysis,
        parameters: &'t Parameters,
    ) -> impl Iterator<Item = (&'t VesselAnalysis, &'t Radio)> {
        analysis.vessels.iter().filter_map(move |vessel| {
            let radio = self.radio(vessel.mmsi)?;
            self.speaks_of(radio, parameters).then_some((vessel, radio))
        })
    }

    /// Whether something had begun by the end of the date that is looked at.
    pub(crate) fn begun(&self, time: Time) -> bool {
        let as_of = self.settled.lens.as_of.as_ref();
        as_of.is_none_or(|date| date.reaches(time.0))
    }

    /// The tracks that a line stands in.
    pub(crate) fn of_line(&self, at: LineRef) -> &[At] {
        let tracks = self.sources.get(usize::from(at.source));
        tracks.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn number(&self, at: At) -> u64 {
        self.settled.number(at)
    }

    pub(crate) fn settled(&self) -> &Settled<'a> {
        self.settled
    }

    pub(crate) fn name(&self, at: At) -> String {
        self.settled.state.name(at)
    }

    /// `line 120 of track-a, #9`.
    pub(crate) fn line_words(&self, at: LineRef) -> String {
        let lines = lines(at.first(), at.line);
        match self.of_line(at) {
            [track, ..] => format!("{lines} of {}", self.named(*track)),
            [] => format!("{lines} of a file of no track"),
        }
    }

    /// `track-a, #9`, or `#9` where it has no label.
    fn named(&self, at: At) -> String {
        let (name, hash) = (
            self.settled.state.name(at),
            format!("#{}", self.settled.number(at)),
        );
        match name == hash {
            true => hash,
            false => format!("{name}, {hash}"),
        }
    }

    pub(crate) fn line(&self, what: impl Into<Word>, heard: Heard) -> LineBehind {
        let track = self.of_line(heard.at).first().copied();
        let exhibit = self.readings.sources.get(usize::from(heard.at.source));
        LineBehind {
            what: what.into(),
            entry: track.map_or(0, |at| self.settled.number(at)),
            id: track.map_or_else(String::new, |at| self.settled.state.name(at)),
            exhibit: exhibit.map(ToString::to_string).unwrap_or_default(),
            line: heard.at.line,
            first_line: heard.at.first(),
            time: utc(heard.time),
        }
    }

    /// Every track that was read: a silence is one in all of them.
    pub(crate) fn read(&self) -> BTreeSet<At> {
        self.sources.iter().flatten().copied().collect()
    }

    /// Whether the gazetteer has a port, by its UN/LOCODE.
    pub(crate) fn has_port(&self, locode: &str) -> bool {
        self.readings.gazetteer.is_some()
            && self
                .readings
                .ports
                .get(locode)
                .is_some_and(|ports| !ports.is_empty())
    }

    /// Whether visits of ports could be worked out.
    pub(crate) fn has_ports(&self) -> bool {
        self.readings.gazetteer.is_some()
    }

    /// All tracks that stand and the tables beside them, each of their files, and what became of it.
    pub(crate) fn rows(&self) -> Vec<TrackReadingRow> {
        let mut rows = Vec::new();
        for track in &self.held {
            let row = |sha256, read, words| TrackReadingRow {
                entry: self.settled.number(track.at),
                id: self.settled.state.name(track.at),
                what: "track".into(),
                sha256,
                read,
                words,
            };
            rows.extend(track.instead.map(|why| row(None, false, why.to_owned())));
            for file in &track.files {
                let hash = file.exhibit.hash;
                let read = self.readings.sources.contains(&hash);
                let words = match (read, self.readings.not_read.get(&hash)) {
                    (true, _) => match self.differs(track.at, &hash) {
                        None => "read".to_owned(),
                        Some(words) => {
                            format!("read, and counted otherwise than its entry says: {words}")
                        }
                    },
                    (false, why) => {
                        format!("not reproducible: {}", why.unwrap_or(&Unread::NotTried))
                    }
                };
                rows.push(row(Some(hash.to_string()), read, words));
            }
        }
        if rows.is_empty() {
            return rows;
        }
        let tables = super::wanted::tables_wanted(self.settled);
        for (what, table) in ["gazetteer", "shoreline"].into_iter().zip(tables) {
            let Some((at, exhibit)) = table else {
                continue;
            };
            let read = self.tables.contains(&Some(at));
            let why = self.readings.not_read.get(&exhibit.hash);
            let words = match read {
                true => "read".to_owned(),
                false => format!("not reproducible: {}", why.unwrap_or(&Unread::NotTried)),
            };
            rows.push(TrackReadingRow {
                entry: self.settled.number(at),
                id: self.settled.state.name(at),
                what: what.into(),
                sha256: Some(exhibit.hash.to_string()),
                read,
                words,
            });
        }
        rows
    }

    /// Where what was counted of a track's file differs from what its entry says, in words.
    fn differs(&self, track: At, file: &ExhibitHash) -> Option<String> {
        let statement = self.settled.statement(track)?;
        let Event::AisTrack(event) = statement.event() else {
            return None;
        };
        let said = Counted::said(event.decoded.as_ref()?)?;
        self.readings.counted.get(file)?.differs(&said)
    }

    /// Which tracks were read together, with what is declared of their reception, and which were not.
    pub(crate) fn read_words(&self) -> &str {
        self.read_words.get_or_init(|| self.say_what_was_read())
    }

    fn say_what_was_read(&self) -> String {
        let read: Vec<String> = (self.read().into_iter())
            .map(|at| format!("{} ({})", self.named(at), self.declared(at)))
            .collect();
        let mut words = format!("Read together: {}.", read.join("; "));
        let mut not_read = BTreeMap::new();
        for row in self.rows().into_iter().filter(|row| !row.read) {
            not_read.entry(row.entry).or_insert((row.id, row.words));
        }
        if !not_read.is_empty() {
            let all: Vec<String> = (not_read.into_iter())
                .map(|(entry, (id, words))| match id == format!("#{entry}") {
                    true => format!("{id}, {words}"),
                    false => format!("{id} (#{entry}), {words}"),
                })
                .collect();
            words.push_str(&format!(" Not considered: {}.", all.join("; ")));
        }
        words
    }

    /// What is declared of a track's reception.
    fn declared(&self, at: At) -> String {
        let statement = self.settled.statement(at);
        let Some(Event::AisTrack(track)) = statement.as_ref().map(|s| s.event()) else {
            return "not stated".to_owned();
        };
        let receiver = match track.receiver {
            Receiver::NotStated => "receivers not stated",
            Receiver::Terrestrial => "receivers on land",
            Receiver::Satellite => "satellites",
            Receiver::Both => "receivers on land and satellites",
            Receiver::Shipborne => "aboard a ship",
        };
        let coverage = match &track.coverage {
            Some(words) => format!("said to cover: {words}"),
            None => "what they cover is not stated".to_owned(),
        };
        let by = match track.supplied_by.to_string() {
            by if by == "not stated" => "supplier not stated".to_owned(),
            by => by,
        };
        format!("{by}, {receiver}, {coverage}")
    }

    /// How many MMSI nothing is said of, for a note.
    pub(crate) fn passed_over(&self, rules: &Rules) -> Option<String> {
        let Counts { heard, untied, .. } = self.counts();
        let mut running = thresholds::rules().filter_map(|(name, _)| rules.running(name));
        let passed = running.any(|rule| self.untied > thresholds::unnamed_most(&rule.parameters));
        passed.then(|| {
            format!(
                "{} of {} MMSI in the tracks are of no vessel of this ledger: no finding is made of them alone",
                words::grouped(untied),
                words::grouped(heard)
            )
        })
    }
}
