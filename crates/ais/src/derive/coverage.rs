//! What the data itself shows of reception: in which hours others were heard near a place.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::analysis::{Coverage, CoverageBasis};
use crate::report::Kind;
use crate::track::Point;
use crate::units::{Mmsi, PER_DEGREE, Place, Time};

const HOUR: i64 = 3_600_000;
const ROWS: u32 = 180;
const COLUMNS: u32 = 360;
/// More hours and cells than this are not told apart: hours are taken together, by two, by four, and so on.
const LIMIT: usize = 1_800_000;

/// A square of a degree: its row from the south times 360, and its column from 180° west.
pub type Cell = u32;

/// In which cell a place lies.
pub fn cell(place: Place) -> Cell {
    let size = PER_DEGREE.unsigned_abs();
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

/// The hour and cell of a ship's position; `None` for what is no ship's: stations on shore, aids to navigation and
/// aircraft do not show that a ship would have been heard.
#[inline]
pub fn spot(point: &Point) -> Option<(i64, Cell)> {
    match point.report.kind {
        Kind::Message(1..=3 | 18 | 19 | 27) | Kind::Row => {}
        Kind::Message(_) => return None,
    }
    let hour = point.report.time.0.div_euclid(HOUR);
    Some((hour, cell(point.report.place?)))
}

/// Who was heard in a step of hours and a cell: whether it was one MMSI, and which, or several.
#[derive(Debug, Clone, Copy)]
struct Who {
    lowest: Mmsi,
    several: bool,
}

impl Who {
    fn and(self, other: Self) -> Self {
        Self {
            lowest: self.lowest.min(other.lowest),
            several: self.several || other.several || self.lowest != other.lowest,
        }
    }
}

/// Takes where ships were heard, in any order.
#[derive(Debug)]
pub struct HeardNear {
    spots: FxHashMap<(i64, Cell), Who>,
    /// Hours that are not told apart: 1, 2, 4 …
    step: i64,
    limit: usize,
}

impl Default for HeardNear {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

impl HeardNear {
    /// With another limit of hours and cells told apart.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            spots: FxHashMap::default(),
            step: 1,
            // All cells in the two steps that are left in the end.
            limit: limit.max(2 * (ROWS * COLUMNS) as usize),
        }
    }

    /// A ship was heard in an hour and cell, as [`spot`] tells.
    pub fn heard(&mut self, mmsi: Mmsi, (hour, cell): (i64, Cell)) {
        let who = Who {
            lowest: mmsi,
            several: false,
        };
        self.add((hour.div_euclid(self.step), cell), who);
        while self.spots.len() > self.limit {
            self.step = self.step.saturating_mul(2);
            for ((slot, cell), who) in std::mem::take(&mut self.spots) {
                self.add((slot.div_euclid(2), cell), who);
            }
        }
    }

    fn add(&mut self, spot: (i64, Cell), who: Who) {
        self.spots
            .entry(spot)
            .and_modify(|known| *known = known.and(who))
            .or_insert(who);
    }

    /// All that was heard, to be asked.
    pub fn finish(self) -> Heardness {
        let mut spots: Vec<_> = self
            .spots
            .into_iter()
            .map(|((slot, cell), who)| (cell, slot, who))
            .collect();
        spots.sort_unstable_by_key(|(cell, slot, _)| (*cell, *slot));
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
    spots: Vec<(Cell, i64, Who)>,
    step: i64,
}

impl Heardness {
    /// What was heard in a cell and those around it.
    pub fn near(&self, cell: Cell) -> Nearby {
        let mut slots: BTreeMap<i64, Who> = BTreeMap::new();
        for cell in around(cell) {
            let from = self.spots.partition_point(|(other, ..)| *other < cell);
            let here = self.spots.iter().skip(from);
            for (_, slot, who) in here.take_while(|(other, ..)| *other == cell) {
                slots
                    .entry(*slot)
                    .and_modify(|known| *known = known.and(*who))
                    .or_insert(*who);
            }
        }
        Nearby {
            slots: slots.into_iter().collect(),
            step: self.step,
        }
    }
}

/// What was heard near a cell.
#[derive(Debug)]
pub struct Nearby {
    slots: Vec<(i64, Who)>,
    step: i64,
}

impl Nearby {
    /// Of the hours of a silence, those in which another was heard.
    pub fn coverage(&self, of: Mmsi, start: Time, until: Time, percent: u32) -> Coverage {
        let first = start.0.div_euclid(HOUR);
        // The hour that begins as it ends is none of its own.
        let last = until.0.saturating_sub(1).div_euclid(HOUR).max(first);
        let hours = last - first + 1;
        let (low, high) = (first.div_euclid(self.step), last.div_euclid(self.step));
        let from = self.slots.partition_point(|(slot, _)| *slot < low);
        let to = self.slots.partition_point(|(slot, _)| *slot <= high);
        let inside = self.slots.get(from..to).unwrap_or(&[]);
        // Inside a silence nobody is heard but others. In the step of its start and end it is itself, too.
        let mut heard: i64 = 0;
        let mut count = |(slot, who): &(i64, Who)| {
            if who.several || who.lowest != of {
                let begin = slot.saturating_mul(self.step);
                let end = begin.saturating_add(self.step - 1);
                heard += end.min(last) - begin.max(first) + 1;
            }
        };
        match inside {
            [] => {}
            [only] => count(only),
            [begin, middle @ .., end] => {
                count(begin);
                count(end);
                heard += self.step * i64::try_from(middle.len()).unwrap_or(i64::MAX);
            }
        }
        let (hours, heard) = (hours.unsigned_abs(), heard.unsigned_abs());
        let basis = if heard == 0 {
            CoverageBasis::Nobody
        } else if u128::from(heard) * 100 >= u128::from(hours) * u128::from(percent) {
            CoverageBasis::OthersHeard
        } else {
            CoverageBasis::Thin
        };
        Coverage {
            basis,
            hours,
            hours_heard: heard,
            step_hours: u32::try_from(self.step).unwrap_or(u32::MAX),
        }
    }
}
