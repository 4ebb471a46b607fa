//! All rules over one MMSI at once.

use super::coverage::{Cell, of_ship, spot};
use super::draught::DraughtChanges;
use super::drift::Drift;
use super::gaps::Gaps;
use super::jumps::Jumps;
use super::loitering::Loitering;
use super::resample::{Resampler, Sample};
use super::ships::{Ship, Ships};
use super::stops::SuddenStops;
use super::unplaced::WithoutPlace;
use super::visits::PortVisits;
use super::{Found, heard, heard_at, identity, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Gap, Heard, PortVisit, VesselAnalysis};
use crate::collect::DataEnds;
use crate::geodesy::reach;
use crate::ports::Gazetteer;
use crate::shore::Shoreline;
use crate::thresholds::Thresholds;
use crate::track::{Point, TrackSummary};
use crate::units::{Metres, TenthKnots};

/// What every derivation is given.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The thresholds.
    pub thresholds: &'a Thresholds,
    /// Ports; without them there are no visits, and encounters are told near ports too.
    pub gazetteer: Option<&'a Gazetteer>,
    /// The coast; without it there is no loitering.
    pub shoreline: Option<&'a Shoreline>,
}

/// Derives everything of one MMSI that does not need other vessels.
#[derive(Debug)]
pub struct OfVessel<'a> {
    given: Given<'a>,
    gaps: Gaps,
    unplaced: WithoutPlace,
    draught: DraughtChanges,
    jumps: Jumps,
    ships: Ships<OfShip<'a>>,
    /// Positions that make a ship more than a stray.
    confirm: u64,
    not_told: u64,
    /// The ends of what was heard at times that may be so, and how much was heard at others.
    first: Option<Heard>,
    last: Option<Heard>,
    improbable: u64,
    not_of_ship: u64,
    /// Of its ships, while another was heard.
    silences: u64,
    visits: Found<PortVisit>,
    anomalies: [Found<Anomaly>; 3],
    last_spot: Option<(i64, Cell)>,
}

/// What is derived of each ship.
#[derive(Debug)]
struct OfShip<'a> {
    visits: Option<PortVisits<'a>>,
    loitering: Option<Loitering<'a>>,
    drift: Drift,
    stops: SuddenStops,
    resampler: Resampler<'a>,
    /// Where it was at whole steps, as long as it may be a stray.
    held: Vec<Sample>,
}

/// What comparing vessels needs of one.
#[derive(Debug, Clone, Default)]
pub struct ForOthers {
    /// The hours and cells in which it was heard.
    pub spots: Vec<(i64, Cell)>,
    /// Where it was at whole steps, where it was slow and away from ports.
    pub samples: Vec<Sample>,
}

impl<'a> OfVessel<'a> {
    /// Nothing yet.
    pub fn new(given: Given<'a>) -> Self {
        let thresholds = given.thresholds;
        Self {
            gaps: Gaps::new(thresholds),
            unplaced: WithoutPlace::new(thresholds),
            draught: DraughtChanges::new(thresholds),
            jumps: Jumps::new(thresholds),
            ships: no_ships(thresholds),
            confirm: u64::from(thresholds.split_positions.max(1)),
            not_told: 0,
            first: None,
            last: None,
            improbable: 0,
            not_of_ship: 0,
            silences: 0,
            visits: Found::default(),
            anomalies: Default::default(),
            last_spot: None,
            given,
        }
    }

    /// The next report of the MMSI.
    pub fn push(&mut self, point: &Point, others: &mut ForOthers) {
        // A clock that was not set is no silence of years.
        if !point.report.time.is_probable() {
            self.improbable = self.improbable.saturating_add(1);
            return;
        }
        let now = heard(point);
        self.first.get_or_insert(now);
        self.last = Some(now);
        self.gaps.push(point);
        self.unplaced.push(point);
        self.draught.push(point);
        self.jumps.push(point);
        let spot = spot(point);
        if spot.is_some() && spot != self.last_spot {
            others.spots.extend(spot);
            self.last_spot = spot;
        }
        let given = self.given;
        let (ship, displaced) = self.ships.of(point, || OfShip::new(given));
        // What is no ship calls nowhere and meets nobody. A static report has no place.
        let counts = point.report.place.is_none() || of_ship(point.report.kind, point.report.mmsi);
        if !counts {
            self.not_of_ship = self.not_of_ship.saturating_add(1);
        }
        if let Some(ship) = ship.filter(|_| counts) {
            // Whom a stray position meets is not told; whether it is one shows later.
            let told = ship.positions >= self.confirm;
            let ship = &mut ship.state;
            if let Some(visits) = &mut ship.visits {
                visits.push(point);
            }
            if let Some(loitering) = &mut ship.loitering {
                loitering.push(point);
            }
            ship.drift.push(point);
            ship.stops.push(point);
            let samples = match told {
                true => {
                    others.samples.append(&mut ship.held);
                    &mut others.samples
                }
                false => &mut ship.held,
            };
            ship.resampler
                .push(point, &mut |sample| samples.push(sample));
        }
        if let Some(displaced) = displaced {
            self.take(displaced, true, None, others);
        }
    }

    /// What was found, given where the data ends and what the track came to. What the gaps' coverage is stays open.
    pub fn finish(
        mut self,
        ends: &DataEnds,
        summary: &TrackSummary,
        others: &mut ForOthers,
    ) -> VesselAnalysis {
        let ships = std::mem::replace(&mut self.ships, no_ships(self.given.thresholds));
        let last = self.last.map(|last| last.time);
        for ship in ships.finish(last) {
            // Of several ships, that one is not heard any more may be because the hull goes by another's number.
            let end = last.filter(|last| ship.heard == *last);
            let end = end.and_then(|last| ends.after(last));
            self.take(ship, summary.split.is_some(), end, others);
        }
        let of_ship = self.gaps.of_ship();
        let mut gaps = self.gaps.finish(ends);
        if !of_ship {
            // A base station, an aid to navigation, an aircraft: its silences are no ship's.
            let told = (gaps.items.len() as u64).saturating_add(gaps.left_out);
            self.not_told = self.not_told.saturating_add(told);
            gaps = Found::default();
        }
        for gap in &mut gaps.items {
            locate(gap, self.given);
        }
        let changes = (self.draught).finish(&summary.claims, &self.visits.items, &gaps.items);
        let mut draught = changes.told;
        self.not_told = self.not_told.saturating_add(changes.slow);
        let ships = summary.split.as_ref().map_or(1, |split| split.ships);
        if ships > 1 {
            // A static report has no place: whose draught it is, is not known.
            let told = (draught.items.len() as u64).saturating_add(draught.left_out);
            self.not_told = self.not_told.saturating_add(told);
            draught = Found::default();
            // In each another was heard under the MMSI, so that it is none of the MMSI.
            self.not_told = self.not_told.saturating_add(self.silences);
        }
        let mut unplaced = self.unplaced.finish();
        let mut left_out = gaps.left_out.saturating_add(self.visits.left_out);
        left_out = left_out.saturating_add(unplaced.left_out);
        let mut anomalies = Vec::new();
        let found = [
            draught,
            self.jumps.finish(ships),
            reappearances(&gaps.items, self.given.thresholds),
            identity::changes(&summary.claims, self.given.thresholds),
        ];
        for found in self.anomalies.into_iter().chain(found) {
            left_out = left_out.saturating_add(found.left_out);
            anomalies.extend(found.items);
        }
        // Stable: of those that begin and end together, the order of the rules stays.
        anomalies.sort_by_key(|anomaly| (anomaly.start, anomaly.end));
        self.visits.items.sort_by_key(|visit| {
            let (first, last) = (visit.first, visit.last);
            (first.time, first.place, last.time, visit.port.row, first.at)
        });
        gaps.items.shrink_to_fit();
        unplaced.items.shrink_to_fit();
        self.visits.items.shrink_to_fit();
        anomalies.shrink_to_fit();
        VesselAnalysis {
            mmsi: summary.mmsi,
            positions: summary.positions,
            first: self.first,
            last: self.last,
            improbable: self.improbable,
            claims: summary.claims.clone(),
            receivers: summary.receivers.clone(),
            ships,
            gaps: gaps.items,
            unplaced: unplaced.items,
            port_visits: self.visits.items,
            anomalies,
            left_out,
            claims_left_out: summary.claims_left_out,
            not_told: self.not_told,
            not_of_ship: self.not_of_ship,
        }
    }

    /// What was found of a ship, but not of strays: positions that one garbled report may have made.
    fn take(
        &mut self,
        ship: Ship<OfShip<'a>>,
        split: bool,
        end: Option<Heard>,
        others: &mut ForOthers,
    ) {
        let Ship {
            number,
            positions,
            silences,
            mut state,
            ..
        } = ship;
        let visits = state.visits.map(|visits| visits.finish(end));
        let mut visits = visits.unwrap_or_default();
        let loitering = state.loitering.map(Loitering::finish).unwrap_or_default();
        let mut found = [loitering, state.drift.finish(), state.stops.finish()];
        if split && positions < self.confirm {
            let told = visits.items.len() + found.iter().map(|one| one.items.len()).sum::<usize>();
            self.not_told = self.not_told.saturating_add(told as u64);
            return;
        }
        others.samples.append(&mut state.held);
        self.silences = self.silences.saturating_add(silences);
        for visit in &mut visits.items {
            visit.ship = number;
        }
        self.visits.extend(visits);
        for (all, found) in self.anomalies.iter_mut().zip(&mut found) {
            for anomaly in &mut found.items {
                anomaly.ship = Some(number);
            }
            all.extend(std::mem::take(found));
        }
    }
}

fn no_ships<T>(thresholds: &Thresholds) -> Ships<T> {
    Ships::new(
        thresholds.split_positions.max(1),
        milliseconds(thresholds.gap_seconds).max(1),
    )
}

impl<'a> OfShip<'a> {
    fn new(given: Given<'a>) -> Self {
        let thresholds = given.thresholds;
        Self {
            visits: given
                .gazetteer
                .map(|ports| PortVisits::new(thresholds, ports)),
            loitering: Loitering::new(thresholds, given.shoreline),
            drift: Drift::new(thresholds),
            stops: SuddenStops::new(thresholds),
            resampler: Resampler::new(thresholds, given.gazetteer),
            held: Vec::new(),
        }
    }
}

/// Fills in how far a gap's last position is from a port and the shore.
pub fn locate(gap: &mut Gap, given: Given<'_>) {
    if let Some(from) = gap.from {
        gap.port = given.gazetteer.and_then(|ports| ports.nearest(from.place));
        gap.shore = given.shoreline.map(|shore| shore.distance(from.place));
    }
}

/// Gaps after which a vessel is heard farther off than it can have come.
fn reappearances(gaps: &[Gap], thresholds: &Thresholds) -> Found<Anomaly> {
    let mut found = Found::default();
    let mut told = None;
    for gap in gaps {
        let (Some(from), Some(to), Some(distance)) = (gap.from, gap.to, gap.distance) else {
            continue;
        };
        // Static reports between two positions may divide the silence: the way is one.
        if told.replace((from, to)) == Some((from, to)) {
            continue;
        }
        let reachable: Metres = reach(
            TenthKnots(thresholds.reappear_tenth_knots),
            to.time.since(from.time),
        );
        let allowed = u64::from(reachable.0) * u64::from(thresholds.reappear_percent);
        if u64::from(distance.0) * 100 > allowed {
            found.push(Anomaly {
                start: from.time,
                end: to.time,
                ship: None,
                what: AnomalyKind::ImplausibleReappearance {
                    distance,
                    reachable,
                },
                rests_on: vec![heard_at(from), heard_at(to)],
            });
        }
    }
    found
}
