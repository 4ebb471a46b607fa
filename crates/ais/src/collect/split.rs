//! Which of the ships that use one MMSI a position is of: by what one hull can do, and nothing else.

use crate::analysis::Fix;
use crate::geodesy::distance;
use crate::thresholds::Thresholds;
use crate::track::{Apart, ShipTrack, Split};
use crate::units::{Metres, Place};

/// How many ships of one MMSI are followed at a time.
const OPEN: usize = 8;
/// Tracks that are kept apart in what is told of a split.
const KEPT: usize = 64;

/// Follows the ships of one MMSI, position by position in the order of time.
pub(super) struct Splitter {
    tenth_knots: u64,
    slack_ms: u64,
    near: Metres,
    confirm: u64,
    open: Vec<ShipTrack>,
    closed: Vec<ShipTrack>,
    next: u32,
    last: Option<(u32, Fix)>,
    changes: u64,
    stray: u64,
    left_out: u64,
    apart: Option<Apart>,
}

impl Splitter {
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        Self {
            tenth_knots: u64::from(thresholds.split_tenth_knots),
            slack_ms: u64::from(thresholds.split_slack_seconds) * 1_000,
            near: Metres(thresholds.jump_metres),
            confirm: u64::from(thresholds.split_positions.max(1)),
            open: Vec::new(),
            closed: Vec::new(),
            next: 0,
            last: None,
            changes: 0,
            stray: 0,
            left_out: 0,
            apart: None,
        }
    }

    /// The ship of the latest position: that of a report without one.
    pub(super) fn current(&self) -> u32 {
        self.last.map_or(0, |(ship, _)| ship)
    }

    /// Assigns a position to a ship.
    pub(super) fn assign(&mut self, fix: Fix) -> u32 {
        let chosen = self.choose(fix);
        let ship = match chosen {
            Some(at) => {
                let track = &mut self.open[at];
                track.positions += 1;
                track.last = fix;
                track.ship
            }
            None => self.begin(fix),
        };
        if let Some((before, from)) = self.last
            && before != ship
        {
            self.changes += 1;
            let distance = distance(from.place, fix.place);
            if self.apart.is_none_or(|apart| distance > apart.distance) {
                self.apart = Some(Apart {
                    distance,
                    from,
                    to: fix,
                });
            }
        }
        self.last = Some((ship, fix));
        ship
    }

    /// Of the tracks that it can have come from: a confirmed one before others, then the nearest, then the
    /// oldest.
    fn choose(&self, fix: Fix) -> Option<usize> {
        if let [track] = &self.open[..]
            && self.reaches(at_most(track.last.place, fix.place), elapsed(track, fix))
        {
            // Nearly always. The exact distance decides nothing here.
            return Some(0);
        }
        let mut best: Option<((bool, Metres, u32), usize)> = None;
        for (at, track) in self.open.iter().enumerate() {
            let distance = distance(track.last.place, fix.place);
            if !self.reaches(distance, elapsed(track, fix)) {
                continue;
            }
            let rank = (track.positions < self.confirm, distance, track.ship);
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, at));
            }
        }
        best.map(|(_, at)| at)
    }

    /// `distance ≤ speed × (elapsed + slack)`; a tenth of a knot is 185.2 metres in 3,600 seconds. What is near is
    /// reached at once: clocks of receivers differ, and places are not exact.
    fn reaches(&self, distance: Metres, elapsed_ms: u64) -> bool {
        if distance <= self.near {
            return true;
        }
        let time = u128::from(elapsed_ms.saturating_add(self.slack_ms));
        u128::from(distance.0) * 36_000_000 <= u128::from(self.tenth_knots) * 1_852 * time
    }

    fn begin(&mut self, fix: Fix) -> u32 {
        if self.open.len() >= OPEN {
            // Unconfirmed before confirmed, then the one not heard for longest, then the oldest.
            let least = (0..self.open.len()).min_by_key(|at| {
                let track = &self.open[*at];
                (track.positions >= self.confirm, track.last.time, track.ship)
            });
            if let Some(least) = least {
                let track = self.open.remove(least);
                self.close(track);
            }
        }
        let ship = self.next;
        self.next = self.next.saturating_add(1);
        self.open.push(ShipTrack {
            ship,
            positions: 1,
            first: fix,
            last: fix,
        });
        ship
    }

    fn close(&mut self, track: ShipTrack) {
        if track.positions < self.confirm {
            self.stray += track.positions;
        } else if self.closed.len() < KEPT {
            self.closed.push(track);
        } else {
            self.left_out += 1;
        }
    }

    /// What became of it; `None`: one hull can have made the whole track.
    pub(super) fn finish(&mut self) -> Option<Split> {
        if self.next <= 1 {
            return None;
        }
        for track in std::mem::take(&mut self.open) {
            self.close(track);
        }
        let mut tracks = std::mem::take(&mut self.closed);
        tracks.sort_by_key(|track| track.ship);
        let overlapping = |a: &ShipTrack| {
            tracks.iter().any(|b| {
                a.ship != b.ship && a.first.time <= b.last.time && b.first.time <= a.last.time
            })
        };
        let ships = tracks.iter().filter(|track| overlapping(track)).count();
        Some(Split {
            ships: u32::try_from(ships).unwrap_or(u32::MAX).max(1),
            tracks,
            tracks_left_out: self.left_out,
            stray: self.stray,
            changes: self.changes,
            apart: self.apart,
        })
    }
}

fn elapsed(track: &ShipTrack, fix: Fix) -> u64 {
    fix.time.since(track.last.time).max(0) as u64
}

/// What the distance is at most: along a meridian, then along the equator, at the most metres a degree has.
fn at_most(a: Place, b: Place) -> Metres {
    let north = u64::from(a.lat.abs_diff(b.lat));
    let east = u64::from(a.lon.abs_diff(b.lon));
    let metres = (north + east) * 111_700 / 600_000 + 1;
    Metres(u32::try_from(metres).unwrap_or(u32::MAX))
}
