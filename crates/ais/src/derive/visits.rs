//! Port visits, with how well each is shown.

use super::{Found, fix, heard, heard_at, milliseconds};
use crate::analysis::{Fix, Heard, PortRef, PortVisit};
use crate::geodesy::{at_least, distance};
use crate::ports::Gazetteer;
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Metres;

/// Finds the port visits of one ship.
#[derive(Debug)]
pub struct PortVisits<'a> {
    gazetteer: &'a Gazetteer,
    enter: Metres,
    exit: Metres,
    stop_begin: u32,
    stop_end: u32,
    silence: i64,
    /// A position outside was heard.
    outside: bool,
    last: Option<Heard>,
    visit: Option<Visit<'a>>,
    found: Found<PortVisit>,
}

#[derive(Debug)]
struct Visit<'a> {
    port: &'a PortRef,
    first: Fix,
    last: Fix,
    entered: bool,
    stop: Option<(Fix, Fix)>,
    /// The stop goes on.
    stopped: bool,
    silence: Option<(Heard, Heard)>,
    /// The longest that began inside since the last position, which was inside.
    pending: Option<(Heard, Heard)>,
}

impl<'a> PortVisits<'a> {
    /// None yet.
    pub fn new(thresholds: &Thresholds, gazetteer: &'a Gazetteer) -> Self {
        Self {
            gazetteer,
            enter: Metres(thresholds.port_enter_metres),
            exit: Metres(thresholds.port_exit_metres),
            stop_begin: thresholds.stop_begin_tenth_knots,
            stop_end: thresholds.stop_end_tenth_knots,
            silence: milliseconds(thresholds.port_gap_seconds).max(1),
            outside: false,
            last: None,
            visit: None,
            found: Found::default(),
        }
    }

    /// The next report of the ship.
    pub fn push(&mut self, point: &Point) {
        let now = heard(point);
        if let (Some(visit), Some(last)) = (&mut self.visit, self.last) {
            visit.silent(self.silence, last, now);
        }
        self.last = Some(now);
        let Some(fix) = fix(point) else {
            return;
        };
        if let Some(visit) = &mut self.visit {
            let port = visit.port.place;
            let gone =
                at_least(fix.place, port) >= self.exit || distance(fix.place, port) >= self.exit;
            if gone {
                self.leave(true);
                self.outside = true;
            } else {
                // Here again: it was silent in port, from position to position. What it gave between them says not where.
                visit.silent(self.silence, heard_at(visit.last), now);
                visit.last = fix;
                let pending = visit.pending.take();
                if length(pending) > length(visit.silence) {
                    visit.silence = pending;
                }
            }
        }
        if self.visit.is_none() {
            let port = self.gazetteer.nearest_within(fix.place, self.enter);
            let Some((port, _)) = port else {
                self.outside = true;
                return;
            };
            self.visit = Some(Visit {
                port,
                first: fix,
                last: fix,
                entered: self.outside,
                stop: None,
                stopped: false,
                silence: None,
                pending: None,
            });
        }
        if let (Some(visit), Some(speed)) = (&mut self.visit, point.report.sog) {
            visit.moved(fix, speed.0 <= self.stop_begin, speed.0 >= self.stop_end);
        }
    }

    /// The visits; the last may not be over. Given the report with which the data ends, unless the ship was followed no
    /// farther: then its silence at the end shows nothing.
    pub fn finish(mut self, end: Option<Heard>) -> Found<PortVisit> {
        if let (Some(visit), Some(last), Some(end)) = (&mut self.visit, self.last, end) {
            visit.silent(self.silence, last, end);
        }
        self.leave(false);
        self.found
    }

    fn leave(&mut self, left: bool) {
        let Some(visit) = self.visit.take() else {
            return;
        };
        let silent = visit.silence.is_some() || visit.pending.is_some();
        let stayed = visit.stop.is_some() || silent;
        let confidence = match (stayed, visit.entered, left) {
            (true, true, true) => 4,
            (true, true, false) | (true, false, true) => 3,
            (true, false, false) => 2,
            (false, true, _) | (false, _, true) => 1,
            (false, false, false) => return,
        };
        self.found.push(PortVisit {
            port: visit.port.clone(),
            ship: 0,
            first: visit.first,
            last: visit.last,
            entered: visit.entered,
            left,
            stop: visit.stop,
            silence: visit.silence,
            silence_out: visit.pending,
            confidence,
        });
    }
}

fn length(silence: Option<(Heard, Heard)>) -> i64 {
    silence.map_or(0, |(from, to)| to.time.since(from.time))
}

impl Visit<'_> {
    /// Of one report to the next, a silence if that is long.
    fn silent(&mut self, least: i64, from: Heard, to: Heard) {
        let long = to.time.since(from.time);
        if long >= least && long > length(self.pending) {
            self.pending = Some((from, to));
        }
    }

    /// Only the first stop is told.
    fn moved(&mut self, fix: Fix, still: bool, moving: bool) {
        match &mut self.stop {
            None if still => {
                self.stop = Some((fix, fix));
                self.stopped = true;
            }
            Some((_, to)) if self.stopped && !moving => *to = fix,
            Some(_) if moving => self.stopped = false,
            _ => {}
        }
    }
}
