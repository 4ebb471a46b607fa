//! Stretches in which an MMSI transmits and gives no position: nothing in them says where it was.

use super::{Found, heard, milliseconds};
use crate::analysis::{Heard, Unplaced};
use crate::thresholds::Thresholds;
use crate::track::Point;

/// Finds the stretches of one MMSI without a position, as long as a gap and with a report in them.
#[derive(Debug)]
pub struct WithoutPlace {
    least: i64,
    /// The last position; before the first, the first report.
    from: Option<Heard>,
    /// The last report after it.
    last: Option<Heard>,
    found: Found<Unplaced>,
}

impl WithoutPlace {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: milliseconds(thresholds.gap_seconds).max(1),
            from: None,
            last: None,
            found: Found::default(),
        }
    }

    /// The next report.
    #[inline]
    pub fn push(&mut self, point: &Point) {
        let now = heard(point);
        if point.report.place.is_some() {
            if self.last.take().is_some() {
                self.tell(now);
            }
            self.from = Some(now);
        } else if self.from.is_none() {
            self.from = Some(now);
        } else {
            self.last = Some(now);
        }
    }

    /// The stretches, by start. The last may go on to the last report.
    pub fn finish(mut self) -> Found<Unplaced> {
        if let Some(last) = self.last.take() {
            self.tell(last);
        }
        self.found
    }

    fn tell(&mut self, end: Heard) {
        if let Some(start) = self.from
            && end.time.since(start.time) >= self.least
        {
            self.found.push(Unplaced { start, end });
        }
    }
}
