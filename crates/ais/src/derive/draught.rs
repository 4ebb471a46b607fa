//! Changes of the draught that is given in static reports.

use super::{Found, heard, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Gap, Heard, PortVisit};
use crate::thresholds::Thresholds;
use crate::track::Point;

/// Finds the draught changes of one MMSI. Typed in by a crew, draught is what was said, not what was measured.
#[derive(Debug)]
pub struct DraughtChanges {
    least: u32,
    beside: i64,
    /// The draught that changes are held against, and when it was last given.
    held: Option<(u8, Heard)>,
    found: Found<(u8, Heard, u8, Heard)>,
}

impl DraughtChanges {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        Self {
            least: thresholds.draught_tenth_metres.max(1),
            beside: milliseconds(thresholds.draught_seconds),
            held: None,
            found: Found::default(),
        }
    }

    /// The next report.
    #[inline]
    pub fn push(&mut self, point: &Point) {
        let Some(draught) = point.report.draught else {
            return;
        };
        let now = heard(point);
        match &mut self.held {
            Some((before, last)) if u32::from(before.abs_diff(draught)) >= self.least => {
                self.found.push((*before, *last, draught, now));
                self.held = Some((draught, now));
            }
            Some((before, last)) => {
                if *before == draught {
                    *last = now;
                }
            }
            None => self.held = Some((draught, now)),
        }
    }

    /// The changes, each with whether a port visit or a gap stands beside it.
    pub fn finish(self, visits: &[PortVisit], gaps: &[Gap]) -> Found<Anomaly> {
        let mut changes = Found {
            items: Vec::new(),
            left_out: self.found.left_out,
        };
        for (before, last, after, first) in self.found.items {
            let low = last.time.0.saturating_sub(self.beside);
            let high = first.time.0.saturating_add(self.beside);
            changes.push(Anomaly {
                start: last.time,
                end: first.time,
                what: AnomalyKind::DraughtChange {
                    before,
                    after,
                    port_visit: (visits.iter())
                        .any(|visit| visit.first.time.0 <= high && visit.last.time.0 >= low),
                    gap: (gaps.iter()).any(|gap| gap.start.time.0 <= high && gap.until.0 >= low),
                },
                rests_on: vec![last, first],
            });
        }
        changes
    }
}
