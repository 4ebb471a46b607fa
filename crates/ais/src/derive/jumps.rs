//! Positions that one ship cannot have reached: jumps, and one MMSI in two places by turns.

use super::{Found, fix, heard_at, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Fix};
use crate::geodesy::{distance, implied_speed};
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Metres;

/// Finds the jumps of one MMSI, and whether it is in two places by turns. Takes the positions of all its ships.
#[derive(Debug)]
pub struct Jumps {
    near: Metres,
    jump: u32,
    clone: u32,
    slack: i64,
    /// Ships are numbered as they are first heard.
    highest: Option<u32>,
    last: Option<(u32, Fix)>,
    changes: Option<Changes>,
    found: Found<Anomaly>,
}

/// Changes from one ship to another, faster than any.
#[derive(Debug)]
struct Changes {
    first: (Fix, Fix),
    farthest: (Metres, Fix, Fix),
    last: (Fix, Fix),
    count: u64,
    /// One of them was back to a ship heard before.
    back: bool,
}

impl Jumps {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        Self {
            near: Metres(thresholds.jump_metres),
            jump: thresholds.split_tenth_knots,
            clone: thresholds.clone_tenth_knots,
            slack: milliseconds(thresholds.split_slack_seconds),
            highest: None,
            last: None,
            changes: None,
            found: Found::default(),
        }
    }

    /// The next report.
    #[inline]
    pub fn push(&mut self, point: &Point) {
        let Some(fix) = fix(point) else {
            return;
        };
        if let Some((ship, before)) = self.last
            && ship != point.ship
        {
            let new = self.highest.is_none_or(|highest| point.ship > highest);
            self.change(before, fix, new);
        }
        self.highest = self.highest.max(Some(point.ship));
        self.last = Some((point.ship, fix));
    }

    /// The jumps, and at most one clone, given how many tracks of the MMSI overlap. That it was once elsewhere and came back,
    /// for too few positions to be a track, is a jump and no more.
    pub fn finish(mut self, ships: u32) -> Found<Anomaly> {
        let several = |changes: &Changes| changes.back && (ships > 1 || changes.count > 2);
        if let Some(changes) = self.changes.filter(several) {
            let (metres, from, to) = changes.farthest;
            let (begin, end) = (changes.first.0, changes.last.1);
            let mut rests_on: Vec<_> = [begin, changes.first.1, from, to, changes.last.0, end]
                .into_iter()
                .map(heard_at)
                .collect();
            rests_on.sort();
            rests_on.dedup();
            self.found.items.push(Anomaly {
                start: begin.time,
                end: end.time,
                ship: None,
                what: AnomalyKind::Clone {
                    apart: metres,
                    changes: changes.count,
                },
                rests_on,
            });
        }
        self.found
    }

    fn change(&mut self, from: Fix, to: Fix, new: bool) {
        let metres = distance(from.place, to.place);
        if metres <= self.near {
            return;
        }
        if new && self.too_fast(self.jump, metres, from, to) {
            self.found.push(Anomaly {
                start: from.time,
                end: to.time,
                ship: None,
                what: AnomalyKind::Jump {
                    from: from.place,
                    to: to.place,
                    distance: metres,
                    implied: implied_speed(metres, to.time.since(from.time)),
                },
                rests_on: vec![heard_at(from), heard_at(to)],
            });
        }
        if self.too_fast(self.clone, metres, from, to) {
            let changes = self.changes.get_or_insert(Changes {
                first: (from, to),
                farthest: (metres, from, to),
                last: (from, to),
                count: 0,
                back: false,
            });
            changes.count = changes.count.saturating_add(1);
            changes.back |= !new;
            changes.last = (from, to);
            if metres > changes.farthest.0 {
                changes.farthest = (metres, from, to);
            }
        }
    }

    /// `distance > speed × (time + slack)`.
    fn too_fast(&self, tenth_knots: u32, metres: Metres, from: Fix, to: Fix) -> bool {
        let time = to.time.since(from.time).max(0).saturating_add(self.slack);
        let time = u128::from(time.unsigned_abs());
        u128::from(metres.0) * 36_000_000 > u128::from(tenth_knots) * 1_852 * time
    }
}
