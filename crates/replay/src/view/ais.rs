//! What held AIS tracks show of vessels, and which of the tracks could be read.

use std::collections::BTreeMap;

use seaproof_ais::analysis::{
    Analysis, Anomaly, AnomalyKind, Encounter, Fix, Gap, Heard, PortVisit, VesselAnalysis,
};
use seaproof_ais::thresholds::Thresholds;
use serde::{Deserialize, Serialize};

use crate::findings::tracks::reception;
use crate::rules::Rules;
use crate::state::At;
use crate::tracks::identity::Radio;
use crate::tracks::known::{LineBehind, TrackReadingRow, Tracks};
use crate::tracks::words::{digits, utc};

/// What was read of the tracks that stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AisReadings {
    /// Files of tracks that stand, and of the gazetteer and the shoreline in use: whether each was read.
    pub files: Vec<TrackReadingRow>,
    /// The thresholds under which vessels are shown; null if nothing was read.
    pub thresholds: Option<Thresholds>,
    /// The entry of the gazetteer that was used.
    pub gazetteer: Option<u64>,
    /// The entry of the shoreline that was used.
    pub shoreline: Option<u64>,
    /// How many MMSI were heard.
    pub mmsi: u64,
    /// How many of them are left out of what is shown and of findings, under one set of thresholds at least: of more than
    /// memory is meant to hold, those are kept that the ledger names, then those with the most positions.
    pub vessels_left_out: u64,
    /// How many of the others no vessel of the ledger claims, and no track is declared to be of.
    pub unclaimed: u64,
    /// How often a vessel was not compared with others, since too many slow ones were around it: where this is not
    /// 0, encounters may be missing.
    pub crowded: u64,
    /// That rules are silent on some of them, in words.
    pub passed_over: Option<String>,
}

/// What held tracks show of a vessel under one MMSI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VesselAisRow {
    /// The MMSI.
    pub mmsi: String,
    /// On what it rests that it is this vessel.
    pub identity: String,
    /// The entries that this rests on.
    pub entries: Vec<u64>,
    /// Positions, after receptions of one transmission were merged.
    pub positions: u64,
    /// First heard.
    pub first: Option<LineBehind>,
    /// Last heard.
    pub last: Option<LineBehind>,
    /// Into how many tracks that overlap it falls by what one hull can do.
    pub ships: u32,
    /// Silences.
    pub dark_periods: Vec<SilenceRow>,
    /// Port visits.
    pub port_visits: Vec<PortVisitRow>,
    /// Vessels that it was close to.
    pub encounters: Vec<EncounterRow>,
    /// Loitering, drift, sudden stops, draught changes, jumps, clones, reappearances, other identities.
    pub anomalies: Vec<AnomalyRow>,
    /// Silences, visits and the like that are not among these, because there were so many before.
    pub left_out: u64,
}

/// A silence in a held track: a fact of reception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceRow {
    /// What the data shows of reception, in words.
    pub coverage: String,
    /// Whole hours of the silence.
    pub hours: u64,
    /// Those in which another was heard in the region of the last position.
    pub hours_heard: u64,
    /// In steps of how many hours these were told apart.
    pub step_hours: u32,
    /// Last heard before.
    pub start: LineBehind,
    /// First heard after; null is open.
    pub end: Option<LineBehind>,
    /// When it ends, or where the data ends.
    pub until: String,
    /// How long, in whole seconds.
    pub seconds: i64,
    /// Whether the data ends before it is heard again.
    pub open: bool,
    /// Positions in the time before it.
    pub positions_before: u64,
    /// Metres between the positions before and after.
    pub distance_m: Option<u32>,
    /// The speed that needs, in tenths of a knot.
    pub implied_tenth_knots: Option<u32>,
    /// Metres from the last position to the shore.
    pub shore_m: Option<u32>,
    /// The port nearest to the last position.
    pub port: Option<GazettedPort>,
}

/// A port of the gazetteer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GazettedPort {
    /// Its row there.
    pub row: u32,
    /// Its name there.
    pub name: String,
    /// Its UN/LOCODE there.
    pub locode: Option<String>,
    /// Metres to it, where a distance is meant.
    pub distance_m: Option<u32>,
}

/// A visit of a port in a held track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortVisitRow {
    /// Which port.
    pub port: GazettedPort,
    /// Its first position inside.
    pub first: LineBehind,
    /// Its last position inside.
    pub last: LineBehind,
    /// Whether it was heard to enter.
    pub entered: bool,
    /// Whether it was heard outside after it, however long after.
    pub left: bool,
    /// Whether it was heard to stop.
    pub stopped: bool,
    /// Whether it has a silence that begins there.
    pub silent: bool,
    /// Whether it is so silent when it leaves: when that was is not known.
    pub left_unheard: bool,
    /// From 4, heard before, after, and stopped or silent there, to 1.
    pub confidence: u8,
}

/// Another vessel close by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncounterRow {
    /// Its MMSI.
    pub with: String,
    /// Vessels of the ledger that it may stand for.
    pub with_vessels: Vec<String>,
    /// From when.
    pub start: String,
    /// To when.
    pub end: String,
    /// Metres at the closest.
    pub closest_m: u32,
    /// The nearest port.
    pub port: Option<GazettedPort>,
    /// The first and last positions of both that it rests on.
    pub lines: Vec<LineBehind>,
}

/// Something odd in a held track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnomalyRow {
    /// From when.
    pub start: String,
    /// To when; the same for what happens at once.
    pub end: String,
    /// Its kind and figures, in the units of the track: places in 1/10,000 minutes, speeds in tenths of a knot, distances in
    /// metres, draughts in tenths of a metre.
    #[serde(flatten)]
    pub what: AnomalyKind,
    /// The reports it rests on: at least its first and last.
    pub lines: Vec<LineBehind>,
}

fn heard(fix: Fix) -> Heard {
    Heard {
        time: fix.time,
        at: fix.at,
    }
}

fn port(
    port: &seaproof_ais::analysis::PortRef,
    distance: Option<seaproof_ais::units::Metres>,
) -> GazettedPort {
    GazettedPort {
        row: port.row,
        name: port.name.clone(),
        locode: port.locode.clone(),
        distance_m: distance.map(|metres| metres.0),
    }
}

impl Tracks<'_> {
    /// Which tracks were read.
    pub(super) fn readings_row(&self, rules: &Rules) -> AisReadings {
        let counts = self.counts();
        let [gazetteer, shoreline] = self.tables.map(|at| at.map(|at| self.number(at)));
        AisReadings {
            files: self.rows(),
            thresholds: self.shown().map(|analysis| analysis.thresholds.clone()),
            gazetteer,
            shoreline,
            mmsi: counts.heard,
            vessels_left_out: counts.left_out,
            unclaimed: counts.untied,
            crowded: self.shown().map_or(0, |analysis| analysis.crowded),
            passed_over: self.passed_over(rules),
        }
    }

    /// What is shown of each vessel of the ledger.
    pub(super) fn by_vessel(&self) -> BTreeMap<At, Vec<VesselAisRow>> {
        let mut rows: BTreeMap<At, Vec<VesselAisRow>> = BTreeMap::new();
        let Some(analysis) = self.shown() else {
            return rows;
        };
        for vessel in &analysis.vessels {
            let Some(radio) = self.radio(vessel.mmsi) else {
                continue;
            };
            for at in &radio.vessels {
                let row = self.vessel(analysis, vessel, radio, *at);
                rows.entry(*at).or_default().push(row);
            }
        }
        rows
    }

    fn vessel(
        &self,
        analysis: &Analysis,
        vessel: &VesselAnalysis,
        radio: &Radio,
        of: At,
    ) -> VesselAisRow {
        // Of several that the MMSI may stand for, each has what may be its own.
        let its = |from, until| radio.near(from, until).vessels.contains(&of);
        let mut entries = self.read();
        entries.extend(&radio.behind);
        entries.extend(self.tables.iter().flatten());
        let gaps = vessel
            .gaps
            .iter()
            .filter(|gap| self.begun(gap.start.time) && its(gap.start.time, gap.until));
        let visits = vessel.port_visits.iter();
        let visits = visits
            .filter(|visit| self.begun(visit.first.time) && its(visit.first.time, visit.last.time));
        let encounters = analysis.encounters.iter().filter(|one| {
            (one.a == vessel.mmsi || one.b == vessel.mmsi)
                && self.begun(one.start)
                && its(one.start, one.end)
        });
        let anomalies = vessel.anomalies.iter();
        let anomalies = anomalies.filter(|one| self.begun(one.start) && its(one.start, one.end));
        VesselAisRow {
            mmsi: digits(vessel.mmsi),
            identity: radio.words(self.settled()),
            entries: entries.into_iter().map(|at| self.number(at)).collect(),
            positions: vessel.positions,
            first: vessel.first.map(|first| self.line("first heard", first)),
            last: vessel.last.map(|last| self.line("last heard", last)),
            ships: vessel.ships,
            dark_periods: gaps.map(|gap| self.silence(gap)).collect(),
            port_visits: visits.map(|visit| self.visit(visit)).collect(),
            encounters: encounters.map(|one| self.encounter(one, vessel)).collect(),
            anomalies: anomalies.map(|one| self.anomaly(one)).collect(),
            left_out: vessel.left_out,
        }
    }

    fn silence(&self, gap: &Gap) -> SilenceRow {
        SilenceRow {
            coverage: reception(&gap.coverage),
            hours: gap.coverage.hours,
            hours_heard: gap.coverage.hours_heard,
            step_hours: gap.coverage.step_hours,
            start: self.line("last heard before", gap.start),
            end: gap.end.map(|end| self.line("first heard after", end)),
            until: utc(gap.until),
            seconds: gap.until.since(gap.start.time) / 1_000,
            open: gap.end.is_none(),
            positions_before: gap.positions_before,
            distance_m: gap.distance.map(|metres| metres.0),
            implied_tenth_knots: gap.implied.map(|speed| speed.0),
            shore_m: gap.shore.map(|metres| metres.0),
            port: (gap.port.as_ref()).map(|near| port(&near.port, Some(near.distance))),
        }
    }

    fn visit(&self, visit: &PortVisit) -> PortVisitRow {
        PortVisitRow {
            port: port(&visit.port, None),
            first: self.line("first inside", heard(visit.first)),
            last: self.line("last inside", heard(visit.last)),
            entered: visit.entered,
            left: visit.left,
            stopped: visit.stop.is_some(),
            silent: visit.silence.is_some() || visit.silence_out.is_some(),
            left_unheard: visit.silence_out.is_some(),
            confidence: visit.confidence,
        }
    }

    fn anomaly(&self, one: &Anomaly) -> AnomalyRow {
        let lines = one.rests_on.iter();
        AnomalyRow {
            start: utc(one.start),
            end: utc(one.end),
            what: one.what.clone(),
            lines: lines.map(|heard| self.line("rests on", *heard)).collect(),
        }
    }

    fn encounter(&self, one: &Encounter, vessel: &VesselAnalysis) -> EncounterRow {
        let other = if one.a == vessel.mmsi { one.b } else { one.a };
        let fixes = [
            ("first of the lower MMSI", one.a_fixes.0),
            ("last of the lower MMSI", one.a_fixes.1),
            ("first of the higher MMSI", one.b_fixes.0),
            ("last of the higher MMSI", one.b_fixes.1),
        ];
        EncounterRow {
            with: digits(other),
            with_vessels: self.radio(other).map_or_else(Vec::new, |radio| {
                let near = radio.near(one.start, one.end);
                near.vessels.iter().map(|at| self.name(*at)).collect()
            }),
            start: utc(one.start),
            end: utc(one.end),
            closest_m: one.closest.0,
            port: (one.port.as_ref()).map(|near| port(&near.port, Some(near.distance))),
            lines: fixes
                .map(|(what, fix)| self.line(what, heard(fix)))
                .to_vec(),
        }
    }
}
