//! Silences of an MMSI: facts about reception, whatever their reason.

use std::collections::VecDeque;

use super::coverage::may_be_of_ship;
use super::{Found, MOST, fix, heard, milliseconds};
use crate::analysis::{Coverage, CoverageBasis, Fix, Gap, Heard};
use crate::collect::DataEnds;
use crate::geodesy::{distance, implied_speed};
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Time;

/// Finds the gaps of one MMSI. Takes every report of it, of all ships that use it.
#[derive(Debug)]
pub struct Gaps {
    least: i64,
    before: i64,
    last: Option<Heard>,
    of_ship: bool,
    from: Option<Fix>,
    /// Positions by whole second, no farther back than `before`.
    recent: VecDeque<(i64, u32)>,
    positions: u64,
    found: Found<Gap>,
    /// Gaps from here on wait for the first position after them.
    waiting: usize,
}

impl Gaps {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: milliseconds(thresholds.gap_seconds).max(1),
            before: i64::from(thresholds.gap_before()),
            last: None,
            of_ship: false,
            from: None,
            recent: VecDeque::new(),
            positions: 0,
            found: Found::default(),
            waiting: 0,
        }
    }

    /// The next report.
    #[inline]
    pub fn push(&mut self, point: &Point) {
        let now = heard(point);
        if let Some(last) = self.last
            && now.time.since(last.time) >= self.least
        {
            self.open(last, Some(now), now);
        }
        self.last = Some(now);
        self.of_ship = self.of_ship || may_be_of_ship(point.report.kind, point.report.mmsi);
        if let Some(fix) = fix(point) {
            if self.waiting < self.found.items.len() {
                self.close(fix);
            }
            self.from = Some(fix);
            self.count(fix.time);
        }
    }

    /// Whether any report may have been of a ship. Where none was, nobody is to be told of its silences as of a ship's.
    pub fn of_ship(&self) -> bool {
        self.of_ship
    }

    /// The gaps, given where the data ends. Ports, shore and coverage are not known here.
    pub fn finish(mut self, ends: &DataEnds) -> Found<Gap> {
        if let Some(last) = self.last
            && let Some(end) = ends.after(last.time)
            && end.time.since(last.time) >= self.least
        {
            self.open(last, None, end);
        }
        self.found
    }

    fn count(&mut self, time: Time) {
        let second = time.0.div_euclid(1_000);
        self.positions += 1;
        match self.recent.back_mut() {
            Some((last, count)) if *last >= second && *count < u32::MAX => *count += 1,
            _ => self.recent.push_back((second, 1)),
        }
        self.forget(second);
    }

    fn forget(&mut self, now: i64) {
        let oldest = now.saturating_sub(self.before);
        while let Some((second, count)) = self.recent.front()
            && *second < oldest
        {
            self.positions -= u64::from(*count);
            self.recent.pop_front();
        }
    }

    fn open(&mut self, start: Heard, end: Option<Heard>, until: Heard) {
        self.forget(start.time.0.div_euclid(1_000));
        self.found.push(Gap {
            start,
            end,
            until: until.time,
            until_at: until.at,
            from: self.from,
            to: None,
            positions_before: self.positions,
            distance: None,
            implied: None,
            shore: None,
            port: None,
            coverage: Coverage {
                basis: CoverageBasis::NotKnown,
                hours: 0,
                hours_heard: 0,
                step_hours: 1,
            },
        });
    }

    fn close(&mut self, to: Fix) {
        for gap in self.found.items.iter_mut().skip(self.waiting) {
            gap.to = Some(to);
            if let Some(from) = gap.from {
                let metres = distance(from.place, to.place);
                gap.distance = Some(metres);
                gap.implied = implied_speed(metres, to.time.since(from.time));
            }
        }
        self.waiting = self.found.items.len().min(MOST);
    }
}
