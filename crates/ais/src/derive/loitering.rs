//! Slow for hours, far from the shore.

use super::{Found, fix, heard_at, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Fix};
use crate::shore::Shoreline;
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::{Metres, Place, TenthKnots};

const HOUR: i64 = 3_600_000;

/// Finds where one ship loiters.
#[derive(Debug)]
pub struct Loitering<'a> {
    speed: u64,
    far: Metres,
    least: i64,
    shoreline: Option<&'a Shoreline>,
    hour: Option<Hour>,
    spell: Option<Spell>,
    found: Found<Anomaly>,
}

#[derive(Debug, Clone, Copy)]
struct Hour {
    number: i64,
    first: Fix,
    last: Fix,
    sum: u64,
    count: u64,
}

#[derive(Debug)]
struct Spell {
    hours: Hour,
    shore: Option<Metres>,
}

impl<'a> Loitering<'a> {
    /// None yet. `None` if a distance to the shore is asked for and no shoreline was given: then loitering is not
    /// derived, since nothing would tell it from lying at a quay.
    pub fn new(thresholds: &Thresholds, shoreline: Option<&'a Shoreline>) -> Option<Self> {
        let far = Metres(thresholds.loiter_shore_metres);
        (shoreline.is_some() || far == Metres(0)).then(|| Self {
            speed: u64::from(thresholds.loiter_tenth_knots),
            far,
            least: milliseconds(thresholds.loiter_seconds),
            shoreline,
            hour: None,
            spell: None,
            found: Found::default(),
        })
    }

    /// The next report of the ship.
    pub fn push(&mut self, point: &Point) {
        let Some(fix) = fix(point) else {
            return;
        };
        let number = fix.time.0.div_euclid(HOUR);
        if self.hour.as_ref().is_some_and(|hour| hour.number != number) {
            self.end_hour();
        }
        let hour = self.hour.get_or_insert(Hour {
            number,
            first: fix,
            last: fix,
            sum: 0,
            count: 0,
        });
        hour.last = fix;
        if let Some(speed) = point.report.sog {
            hour.sum += u64::from(speed.0);
            hour.count += 1;
        }
    }

    /// The spells found.
    pub fn finish(mut self) -> Found<Anomaly> {
        self.end_hour();
        self.end_spell();
        self.found
    }

    fn end_hour(&mut self) {
        let Some(hour) = self.hour.take() else {
            return;
        };
        // A mean below the threshold, without dividing.
        let slow = hour.count > 0 && hour.sum < self.speed.saturating_mul(hour.count);
        let shore = if slow { self.shore(&hour) } else { None };
        let Some(shore) = shore else {
            return self.end_spell();
        };
        match &mut self.spell {
            Some(spell) if spell.hours.number.checked_add(1) == Some(hour.number) => {
                spell.hours.number = hour.number;
                spell.hours.last = hour.last;
                spell.hours.sum = spell.hours.sum.saturating_add(hour.sum);
                spell.hours.count = spell.hours.count.saturating_add(hour.count);
                spell.shore = spell.shore.min(shore);
            }
            _ => {
                self.end_spell();
                self.spell = Some(Spell { hours: hour, shore });
            }
        }
    }

    /// The smaller distance from the shore of an hour's first and last position; `None` if it is not far enough, and
    /// `Some(None)` if it is not asked for.
    fn shore(&self, hour: &Hour) -> Option<Option<Metres>> {
        let Some(shoreline) = self.shoreline else {
            return Some(None);
        };
        let far = |place: Place| Some(shoreline.distance(place)).filter(|far| *far >= self.far);
        let first = far(hour.first.place)?;
        Some(Some(first.min(far(hour.last.place)?)))
    }

    fn end_spell(&mut self) {
        let Some(Spell { hours, shore }) = self.spell.take() else {
            return;
        };
        if hours.last.time.since(hours.first.time) < self.least || hours.count == 0 {
            return;
        }
        let mean = (hours.sum + hours.count / 2) / hours.count;
        self.found.push(Anomaly {
            start: hours.first.time,
            end: hours.last.time,
            ship: None,
            what: AnomalyKind::Loitering {
                mean: TenthKnots(u32::try_from(mean).unwrap_or(u32::MAX)),
                place: hours.first.place,
                shore,
            },
            rests_on: vec![heard_at(hours.first), heard_at(hours.last)],
        });
    }
}
