//! Positions that one ship cannot have reached: jumps, and one MMSI in two places by turns.

use super::ships::Ships;
use super::{Found, fix, heard_at, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Fix};
use crate::geodesy::{distance, implied_speed};
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Metres;

/// Finds the jumps of one MMSI, and whether several transmitters use it. Takes the positions of all its ships.
#[derive(Debug)]
pub struct Jumps {
    near: Metres,
    jump: u32,
    clone: u32,
    slack: i64,
    confirm: u64,
    ships: Ships<()>,
    highest: Option<u32>,
    last: Option<(u32, Fix)>,
    turns: Option<Turns>,
    found: Found<Anomaly>,
}

/// Changes from one ship to another that was heard before.
#[derive(Debug)]
struct Turns {
    first: (Fix, Fix),
    farthest: (Metres, Fix, Fix),
    last: (Fix, Fix),
    changes: u64,
}

impl Jumps {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        let confirm = thresholds.split_positions.max(1);
        Self {
            near: Metres(thresholds.jump_metres),
            jump: thresholds.split_tenth_knots,
            clone: thresholds.clone_tenth_knots,
            slack: milliseconds(thresholds.split_slack_seconds),
            confirm: u64::from(confirm),
            ships: Ships::new(confirm),
            highest: None,
            last: None,
            turns: None,
            found: Found::default(),
        }
    }

    /// The next report.
    #[inline]
    pub fn push(&mut self, point: &Point) {
        let Some(fix) = fix(point) else {
            return;
        };
        self.ships.of(point, || ());
        if let Some((ship, before)) = self.last
            && ship != point.ship
        {
            self.change(ship, before, point.ship, fix);
        }
        self.highest = self.highest.max(Some(point.ship));
        self.last = Some((point.ship, fix));
    }

    /// The jumps, and at most one clone.
    pub fn finish(mut self) -> Found<Anomaly> {
        if let Some(turns) = self.turns {
            let (metres, from, to) = turns.farthest;
            let (begin, end) = (turns.first.0, turns.last.1);
            let mut rests_on: Vec<_> = [begin, turns.first.1, from, to, turns.last.0, end]
                .into_iter()
                .map(heard_at)
                .collect();
            rests_on.sort();
            rests_on.dedup();
            self.found.items.push(Anomaly {
                start: begin.time,
                end: end.time,
                what: AnomalyKind::Clone {
                    apart: metres,
                    changes: turns.changes,
                },
                rests_on,
            });
        }
        self.found
    }

    fn change(&mut self, from_ship: u32, from: Fix, to_ship: u32, to: Fix) {
        let metres = distance(from.place, to.place);
        if metres <= self.near {
            return;
        }
        // A ship that was never heard before: what follows it, or comes back from it, is told once.
        if self.highest.is_none_or(|highest| to_ship > highest)
            && self.too_fast(self.jump, metres, from, to)
        {
            self.found.push(Anomaly {
                start: from.time,
                end: to.time,
                what: AnomalyKind::Jump {
                    from: from.place,
                    to: to.place,
                    distance: metres,
                    implied: implied_speed(metres, to.time.since(from.time)),
                },
                rests_on: vec![heard_at(from), heard_at(to)],
            });
        }
        // Each with positions enough not to be a stray: then this is a return.
        let known = |ship| self.ships.positions(ship) >= self.confirm;
        if known(from_ship) && known(to_ship) && self.too_fast(self.clone, metres, from, to) {
            let turns = self.turns.get_or_insert(Turns {
                first: (from, to),
                farthest: (metres, from, to),
                last: (from, to),
                changes: 0,
            });
            turns.changes = turns.changes.saturating_add(1);
            turns.last = (from, to);
            if metres > turns.farthest.0 {
                turns.farthest = (metres, from, to);
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
