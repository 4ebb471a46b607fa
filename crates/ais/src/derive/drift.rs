//! Moving slowly across its heading, as a ship does that is carried by wind and current.

use super::{Found, fix, heard_at, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Fix};
use crate::geodesy::abeam;
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Metres;

/// Finds where one ship drifts.
#[derive(Debug)]
pub struct Drift {
    speeds: std::ops::RangeInclusive<u32>,
    angle: u32,
    least: i64,
    far: Metres,
    spell: Option<Spell>,
    found: Found<Anomaly>,
}

#[derive(Debug)]
struct Spell {
    first: Fix,
    last: Fix,
    /// The position from which on it was long and far enough.
    established: Option<Fix>,
    /// How far it came to the side of where it began.
    farthest: Metres,
}

impl Drift {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        Self {
            speeds: thresholds.drift_low_tenth_knots..=thresholds.drift_high_tenth_knots,
            angle: thresholds.drift_angle_degrees.saturating_mul(10),
            least: milliseconds(thresholds.drift_seconds),
            far: Metres(thresholds.drift_metres),
            spell: None,
            found: Found::default(),
        }
    }

    /// The next report of the ship. One that lacks a speed, a course or a heading neither ends a drift nor carries it on.
    pub fn push(&mut self, point: &Point) {
        let report = &point.report;
        let (Some(fix), Some(speed), Some(course), Some(heading)) =
            (fix(point), report.sog, report.cog, report.heading)
        else {
            return;
        };
        let drifting = self.speeds.contains(&speed.0) && across(course, heading) >= self.angle;
        let silent = self
            .spell
            .as_ref()
            .is_some_and(|spell| fix.time.since(spell.last.time) > self.least);
        if !drifting || silent {
            self.end();
        }
        if drifting {
            let spell = self.spell.get_or_insert(Spell {
                first: fix,
                last: fix,
                established: None,
                farthest: Metres(0),
            });
            spell.last = fix;
            let side = abeam(spell.first.place, fix.place, heading);
            spell.farthest = spell.farthest.max(side);
            let long = fix.time.since(spell.first.time) >= self.least;
            if long && side >= self.far && spell.established.is_none() {
                spell.established = Some(fix);
            }
        }
    }

    /// The drifts found.
    pub fn finish(mut self) -> Found<Anomaly> {
        self.end();
        self.found
    }

    fn end(&mut self) {
        let Some(spell) = self.spell.take() else {
            return;
        };
        let Some(established) = spell.established else {
            return;
        };
        let mut rests_on = vec![
            heard_at(spell.first),
            heard_at(established),
            heard_at(spell.last),
        ];
        rests_on.dedup();
        self.found.push(Anomaly {
            start: established.time,
            end: spell.last.time,
            ship: None,
            what: AnomalyKind::Drift {
                distance: spell.farthest,
                place: spell.first.place,
            },
            rests_on,
        });
    }
}

/// The angle between a course in tenths of a degree and a heading in degrees, in tenths: 0 to 1,800.
fn across(course: u16, heading: u16) -> u32 {
    let apart = u32::from(course).abs_diff(u32::from(heading) * 10) % 3_600;
    apart.min(3_600 - apart)
}
