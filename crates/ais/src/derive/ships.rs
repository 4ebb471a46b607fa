//! The ships that use one MMSI, each with a state of its own.

use crate::track::Point;
use crate::units::Time;

/// How many ships of one MMSI are followed at a time: more than tracks are split into at a time.
const OPEN: usize = 16;

/// States by ship.
#[derive(Debug)]
pub(super) struct Ships<T> {
    open: Vec<Ship<T>>,
    /// The one asked for last.
    last: usize,
    confirm: u64,
    /// What counts as a silence, in milliseconds.
    silence: i64,
}

/// A ship and its state.
#[derive(Debug)]
pub(super) struct Ship<T> {
    /// Its number.
    pub(super) number: u32,
    /// When last.
    pub(super) heard: Time,
    /// Its positions.
    pub(super) positions: u64,
    /// Its silences in which another was heard.
    pub(super) silences: u64,
    /// Its state.
    pub(super) state: T,
}

impl<T> Ships<T> {
    /// `confirm`: positions that make a ship more than a stray. `silence`: of a ship, in milliseconds.
    pub(super) fn new(confirm: u32, silence: i64) -> Self {
        Self {
            open: Vec::new(),
            last: 0,
            confirm: u64::from(confirm),
            silence,
        }
    }

    /// The ship of a point, which is counted. A new one may displace another, which is given back: a stray before
    /// others, then the one not heard for longest.
    pub(super) fn of(
        &mut self,
        point: &Point,
        new: impl FnOnce() -> T,
    ) -> (Option<&mut Ship<T>>, Option<Ship<T>>) {
        let mut displaced = None;
        let mut other = false;
        if self
            .open
            .get(self.last)
            .is_none_or(|ship| ship.number != point.ship)
        {
            let found = self.open.iter().position(|ship| ship.number == point.ship);
            self.last = match found {
                Some(at) => {
                    other = true;
                    at
                }
                None => {
                    displaced = self.make_room();
                    self.open.push(Ship {
                        number: point.ship,
                        heard: point.report.time,
                        positions: 0,
                        silences: 0,
                        state: new(),
                    });
                    self.open.len() - 1
                }
            };
        }
        let silence = self.silence;
        let mut ship = self.open.get_mut(self.last);
        if let Some(ship) = &mut ship {
            if other && point.report.time.since(ship.heard) >= silence {
                ship.silences += 1;
            }
            ship.heard = point.report.time;
            ship.positions += u64::from(point.report.place.is_some());
        }
        (ship, displaced)
    }

    /// All that are left, by number, given when the last of any was heard.
    pub(super) fn finish(mut self, last: Option<Time>) -> Vec<Ship<T>> {
        for ship in &mut self.open {
            let until = last.map_or(0, |last| last.since(ship.heard));
            ship.silences += u64::from(until >= self.silence);
        }
        self.open.sort_by_key(|ship| ship.number);
        self.open
    }

    fn make_room(&mut self) -> Option<Ship<T>> {
        if self.open.len() < OPEN {
            return None;
        }
        let least = (0..)
            .zip(&self.open)
            .min_by_key(|(_, ship)| (ship.positions >= self.confirm, ship.heard, ship.number));
        let (at, _) = least?;
        Some(self.open.remove(at))
    }
}
