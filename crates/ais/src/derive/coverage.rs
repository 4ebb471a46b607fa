//! What the data itself shows of reception: in which hours ships were heard in the region of a place.

use rustc_hash::FxHashSet;

use crate::analysis::{Coverage, CoverageBasis};
use crate::report::Kind;
use crate::track::Point;
use crate::units::{Mmsi, PER_DEGREE, Place, Time};

const HOUR: i64 = 3_600_000;
const CELLS_IN_DEGREE: u32 = 2;
const ROWS: u32 = 180 * CELLS_IN_DEGREE;
const COLUMNS: u32 = 360 * CELLS_IN_DEGREE;
/// Bits of a packed spot that are its cell's.
const CELL_BITS: u32 = 18;
const _: () = assert!(ROWS * COLUMNS <= 1 << CELL_BITS);
/// More hours and cells than this are not told apart: hours are taken together, by two, by four, and so on.
const LIMIT: usize = 3_600_000;

/// A square of half a degree: its row from the south times 720, and its column from 180° west.
pub type Cell = u32;

/// In which cell a place lies.
pub fn cell(place: Place) -> Cell {
    let size = PER_DEGREE.unsigned_abs() / CELLS_IN_DEGREE;
    let row = place
        .lat
        .saturating_add(90 * PER_DEGREE)
        .max(0)
        .unsigned_abs()
        / size;
    let column = place
        .lon
        .saturating_add(180 * PER_DEGREE)
        .max(0)
        .unsigned_abs()
        / size;
    row.min(ROWS - 1) * COLUMNS + column % COLUMNS
}

/// A cell and those around it; around a pole, all that touch it.
fn around(cell: Cell) -> Vec<Cell> {
    let (row, column) = (cell / COLUMNS, cell % COLUMNS);
    let mut cells = Vec::new();
    for row in row.saturating_sub(1)..=(row + 1).min(ROWS - 1) {
        if (row == 0 || row == ROWS - 1) && row == cell / COLUMNS {
            cells.extend((0..COLUMNS).map(|column| row * COLUMNS + column));
        } else {
            for column in [column + COLUMNS - 1, column, column + 1] {
                cells.push(row * COLUMNS + column % COLUMNS);
            }
        }
    }
    cells
}

/// Whether a report is one that a ship's transponder gives. Stations on shore, aids to navigation, aircraft and
/// distress beacons show nothing of ships, and meet none. A row of a table that does not say what it was is a ship's, unless
/// its MMSI has the form of something else: a badly set radio is aboard a ship all the same.
#[inline]
pub fn of_ship(kind: Kind, mmsi: Mmsi) -> bool {
    match kind {
        Kind::Message(1..=3 | 18 | 19 | 27) | Kind::ShipRow => !mmsi.is_of_aircraft_beacon_or_aid(),
        Kind::Message(_) | Kind::OtherRow => false,
        Kind::Row => !mmsi.is_of_another_form(),
    }
}

/// Whether a report, with a position or without, may be of a ship. It is of none where its type or row says so, or the form
/// of its MMSI; a number that was never assigned may be that of a ship whose radio is badly set.
#[inline]
pub fn may_be_of_ship(kind: Kind, mmsi: Mmsi) -> bool {
    match kind {
        Kind::Message(4 | 9 | 16 | 17 | 20..=23) | Kind::OtherRow => false,
        Kind::Message(1..=3 | 5 | 18 | 19 | 24 | 27) | Kind::ShipRow => {
            !mmsi.is_of_aircraft_beacon_or_aid()
        }
        // Binary messages and the like: stations on shore send them too.
        Kind::Message(_) | Kind::Row => !mmsi.is_of_another_form(),
    }
}

/// The hour and cell of a ship's position; `None` for what is no ship's, or may be none: coverage is not to be overstated.
#[inline]
pub fn spot(point: &Point) -> Option<(i64, Cell)> {
    let (kind, mmsi) = (point.report.kind, point.report.mmsi);
    if !of_ship(kind, mmsi) || kind == Kind::Row && !mmsi.is_of_ships_form() {
        return None;
    }
    let hour = point.report.time.0.div_euclid(HOUR);
    Some((hour, cell(point.report.place?)))
}

/// Takes where ships were heard, in any order.
#[derive(Debug)]
pub struct HeardNear {
    /// Step of hours and cell: an hour of any time has 43 bits, a cell 18.
    spots: FxHashSet<i64>,
    /// Hours that are not told apart: 1, 2, 4 …
    step: i64,
    limit: usize,
}

impl Default for HeardNear {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

fn pack(slot: i64, cell: Cell) -> i64 {
    (slot << CELL_BITS) | i64::from(cell & ((1 << CELL_BITS) - 1))
}

fn unpack(spot: i64) -> (i64, Cell) {
    let cell = spot & ((1 << CELL_BITS) - 1);
    (spot >> CELL_BITS, cell as Cell)
}

impl HeardNear {
    /// With another limit of hours and cells told apart.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            spots: FxHashSet::default(),
            step: 1,
            // All cells in the two steps that are left in the end.
            limit: limit.max(2 * (ROWS * COLUMNS) as usize),
        }
    }

    /// A ship was heard in an hour and cell, as [`spot`] tells. Hours beyond those that a [`Time`] has are the last of
    /// them.
    pub fn heard(&mut self, (hour, cell): (i64, Cell)) {
        let hour = hour.clamp(i64::MIN / HOUR - 1, i64::MAX / HOUR);
        self.spots.insert(pack(hour.div_euclid(self.step), cell));
        while self.spots.len() > self.limit {
            self.step = self.step.saturating_mul(2);
            for spot in std::mem::take(&mut self.spots) {
                let (slot, cell) = unpack(spot);
                self.spots.insert(pack(slot.div_euclid(2), cell));
            }
        }
    }

    /// All that was heard, to be asked.
    pub fn finish(self) -> Heardness {
        let mut spots: Vec<(Cell, i64)> = Vec::with_capacity(self.spots.len());
        spots.extend(self.spots.into_iter().map(|spot| {
            let (slot, cell) = unpack(spot);
            (cell, slot)
        }));
        spots.sort_unstable();
        Heardness {
            spots,
            step: self.step,
        }
    }
}

/// Where and when ships were heard.
#[derive(Debug)]
pub struct Heardness {
    /// By cell, then by step of hours.
    spots: Vec<(Cell, i64)>,
    step: i64,
}

impl Heardness {
    /// What was heard in a cell and those around it.
    pub fn near(&self, cell: Cell) -> Nearby {
        let mut slots: Vec<i64> = Vec::new();
        for cell in around(cell) {
            let from = self.spots.partition_point(|(other, _)| *other < cell);
            let here = self.spots.iter().skip(from);
            slots.extend(
                here.take_while(|(other, _)| *other == cell)
                    .map(|(_, slot)| *slot),
            );
        }
        slots.sort_unstable();
        slots.dedup();
        Nearby {
            slots,
            step: self.step,
        }
    }
}

/// What was heard near a cell.
#[derive(Debug)]
pub struct Nearby {
    slots: Vec<i64>,
    step: i64,
}

impl Nearby {
    /// Of the whole hours of a silence, those in which somebody was heard. Only hours that begin after the silence and end
    /// no later than it count: who was heard in the hour of its start may have been heard before it. In them the silent one
    /// was not heard, so whoever was is another.
    pub fn coverage(&self, start: Time, until: Time, percent: u32) -> Coverage {
        let first = start.0.div_euclid(HOUR) + 1;
        let after = until.0.div_euclid(HOUR).max(first);
        // Steps that lie in it whole. One shows an hour in which somebody was heard, however many it has.
        let low = first.saturating_add(self.step - 1).div_euclid(self.step);
        let high = after.div_euclid(self.step).max(low);
        let from = self.slots.partition_point(|slot| *slot < low);
        let to = self.slots.partition_point(|slot| *slot < high);
        let heard = to.saturating_sub(from) as u64;
        let hours = (after - first).unsigned_abs();
        let enough = u128::from(heard) * 100 >= u128::from(hours) * u128::from(percent);
        let basis = match heard {
            0 => CoverageBasis::Nobody,
            _ if enough && self.step == 1 => CoverageBasis::OthersHeard,
            _ => CoverageBasis::Thin,
        };
        Coverage {
            basis,
            hours,
            hours_heard: heard,
            step_hours: u32::try_from(self.step).unwrap_or(u32::MAX),
        }
    }
}
