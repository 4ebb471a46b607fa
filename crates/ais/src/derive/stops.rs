//! From fast to still at once.

use super::{Found, fix, heard_at, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Fix};
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::TenthKnots;

/// Finds sudden stops of one ship.
#[derive(Debug)]
pub struct SuddenStops {
    from: u32,
    to: u32,
    within: i64,
    /// The last position at which it was fast.
    fast: Option<(Fix, TenthKnots)>,
    found: Found<Anomaly>,
}

impl SuddenStops {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        Self {
            from: thresholds.sudden_stop_from_tenth_knots,
            to: thresholds.sudden_stop_to_tenth_knots,
            within: milliseconds(thresholds.sudden_stop_seconds),
            fast: None,
            found: Found::default(),
        }
    }

    /// The next report of the ship.
    pub fn push(&mut self, point: &Point) {
        let (Some(fix), Some(speed)) = (fix(point), point.report.sog) else {
            return;
        };
        if speed.0 < self.to
            && let Some((before, fast)) = self.fast.take()
            && fix.time.since(before.time) <= self.within
        {
            self.found.push(Anomaly {
                start: before.time,
                end: fix.time,
                ship: None,
                what: AnomalyKind::SuddenStop {
                    from: fast,
                    to: speed,
                    place: fix.place,
                },
                rests_on: vec![heard_at(before), heard_at(fix)],
            });
        }
        if speed.0 > self.from {
            self.fast = Some((fix, speed));
        }
    }

    /// The stops found.
    pub fn finish(self) -> Found<Anomaly> {
        self.found
    }
}
