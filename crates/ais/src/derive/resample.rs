//! Where a slow ship was at whole steps of time, so that ships can be compared.

use super::{fix, milliseconds};
use crate::analysis::Fix;
use crate::geodesy::{between, distance, implied_speed};
use crate::ports::Gazetteer;
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::{Metres, Mmsi, Place, TenthKnots, Time};

/// The most steps that are worked out between two positions.
const MOST_STEPS: i64 = 1_000;

/// Where a ship was at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sample {
    /// Which step, from 1970.
    pub step: i64,
    /// Of whom.
    pub mmsi: Mmsi,
    /// Which of its ships.
    pub ship: u32,
    /// Where.
    pub place: Place,
    /// The position at or before it.
    pub before: Fix,
    /// The position at or after it.
    pub after: Fix,
}

/// Resamples one ship where it is slow and away from ports.
#[derive(Debug)]
pub struct Resampler<'a> {
    step: i64,
    bridge: i64,
    slow: TenthKnots,
    port: Metres,
    gazetteer: Option<&'a Gazetteer>,
    last: Option<(Fix, Option<TenthKnots>)>,
}

impl<'a> Resampler<'a> {
    /// None yet.
    pub fn new(thresholds: &Thresholds, gazetteer: Option<&'a Gazetteer>) -> Self {
        let step = step(thresholds);
        Self {
            step,
            bridge: milliseconds(thresholds.encounter_bridge_seconds)
                .min(MOST_STEPS.saturating_mul(step)),
            slow: TenthKnots(thresholds.encounter_tenth_knots),
            port: Metres(thresholds.encounter_port_metres),
            gazetteer,
            last: None,
        }
    }

    /// The next report of the ship. Gives the steps after the position before, to this one.
    pub fn push(&mut self, point: &Point, give: &mut dyn FnMut(Sample)) {
        let Some(to) = fix(point) else {
            return;
        };
        let speed = point.report.sog;
        let last = self.last.replace((to, speed));
        let bridged = last.filter(|(from, _)| to.time.since(from.time) <= self.bridge);
        let (from, speed_before) = bridged.unwrap_or((to, speed));
        let passed = to.time.since(from.time).max(0);
        // The first step at or after `from`; it is not repeated where a position stands right on it.
        let on_step = from.time.0.rem_euclid(self.step) == 0;
        let mut step = from.time.0.div_euclid(self.step);
        if !on_step || bridged.is_some() {
            step = step.saturating_add(1);
        }
        let last_step = to.time.0.div_euclid(self.step);
        if step > last_step || !self.was_slow(from, speed_before, to, speed, passed) {
            return;
        }
        for step in step..=last_step {
            let part = step.saturating_mul(self.step).saturating_sub(from.time.0);
            let place = between(from.place, to.place, part, passed);
            let at_port = self
                .gazetteer
                .is_some_and(|ports| ports.nearest_within(place, self.port).is_some());
            if !at_port {
                give(Sample {
                    step,
                    mmsi: point.report.mmsi,
                    ship: point.ship,
                    place,
                    before: from,
                    after: to,
                });
            }
        }
    }

    /// Slow at both positions, and between them where they are far enough apart in time for that to be told.
    fn was_slow(
        &self,
        from: Fix,
        before: Option<TenthKnots>,
        to: Fix,
        after: Option<TenthKnots>,
        passed: i64,
    ) -> bool {
        let fast = |speed: Option<TenthKnots>| speed.is_some_and(|speed| speed >= self.slow);
        if fast(before) || fast(after) {
            return false;
        }
        if passed < self.step && before.is_some() && after.is_some() {
            return true;
        }
        let implied = implied_speed(distance(from.place, to.place), passed);
        implied.map_or(before.is_some() && after.is_some(), |speed| {
            speed < self.slow
        })
    }
}

/// The length of a step in milliseconds.
pub(super) fn step(thresholds: &Thresholds) -> i64 {
    milliseconds(thresholds.encounter_step_seconds).max(1_000)
}

/// When a step is.
pub(super) fn time_of(step: i64, length: i64) -> Time {
    Time(step.saturating_mul(length))
}
