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
    /// Its state.
    pub(super) state: T,
}

impl<T> Ships<T> {
    /// `confirm`: positions that make a ship more than a stray.
    pub(super) fn new(confirm: u32) -> Self {
        Self {
            open: Vec::new(),
            last: 0,
            confirm: u64::from(confirm),
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
        if self
            .open
            .get(self.last)
            .is_none_or(|ship| ship.number != point.ship)
        {
            let found = self.open.iter().position(|ship| ship.number == point.ship);
            self.last = match found {
                Some(at) => at,
                None => {
                    displaced = self.make_room();
                    self.open.push(Ship {
                        number: point.ship,
                        heard: point.report.time,
                        positions: 0,
                        state: new(),
                    });
                    self.open.len() - 1
                }
            };
        }
        let mut ship = self.open.get_mut(self.last);
        if let Some(ship) = &mut ship {
            ship.heard = point.report.time;
            ship.positions += u64::from(point.report.place.is_some());
        }
        (ship, displaced)
    }

    /// All that are left, by number.
    pub(super) fn finish(mut self) -> Vec<Ship<T>> {
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
