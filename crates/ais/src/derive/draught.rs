//! Changes of the draught that is given in static reports.

use super::{Found, heard, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Gap, Heard, PortVisit};
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Time;

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
        // Visits by start; before each, when the last of them so far ends. Those of several ships overlap; gaps do not.
        let mut ends: Vec<(Time, Time)> = visits
            .iter()
            .map(|visit| (visit.first.time, visit.last.time))
            .collect();
        ends.sort_unstable();
        let mut latest = Time(i64::MIN);
        for (_, end) in &mut ends {
            latest = latest.max(*end);
            *end = latest;
        }
        for (before, last, after, first) in self.found.items {
            let low = last.time.0.saturating_sub(self.beside);
            let high = first.time.0.saturating_add(self.beside);
            changes.push(Anomaly {
                start: last.time,
                end: first.time,
                ship: None,
                what: AnomalyKind::DraughtChange {
                    before,
                    after,
                    port_visit: last_before(&ends, |(start, _)| start.0 <= high)
                        .is_some_and(|(_, end)| end.0 >= low),
                    gap: last_before(gaps, |gap| gap.start.time.0 <= high)
                        .is_some_and(|gap| gap.until.0 >= low),
                },
                rests_on: vec![last, first],
            });
        }
        changes
    }
}

/// The last of those, sorted, of which something holds.
fn last_before<T>(sorted: &[T], holds: impl Fn(&T) -> bool) -> Option<&T> {
    let count = sorted.partition_point(holds);
    sorted.get(count.checked_sub(1)?)
}
