//! What is derived from tracks: one small machine for each rule, which takes points in the order of time and gives what
//! it found at the end. None holds a track. `docs/AIS.md` ("Derivations") has each rule to the letter.

pub mod coverage;
pub mod draught;
pub mod drift;
pub mod encounters;
pub mod gaps;
pub mod identity;
pub mod jumps;
pub mod loitering;
pub mod resample;
mod ships;
pub mod stops;
pub mod unplaced;
pub mod vessel;
pub mod visits;

use crate::analysis::{Fix, Heard};
use crate::track::Point;

/// How many findings of a kind one MMSI may have. Further ones are counted and left out.
pub const MOST: usize = 10_000;

/// What was found, up to [`MOST`], and how much was left out.
#[derive(Debug, Clone)]
pub struct Found<T> {
    /// The first of them.
    pub items: Vec<T>,
    /// Further ones.
    pub left_out: u64,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            left_out: 0,
        }
    }
}

impl<T> Found<T> {
    fn push(&mut self, item: T) {
        if self.items.len() < MOST {
            self.items.push(item);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    fn extend(&mut self, other: Self) {
        self.left_out = self.left_out.saturating_add(other.left_out);
        for item in other.items {
            self.push(item);
        }
    }
}

fn heard(point: &Point) -> Heard {
    Heard {
        time: point.report.time,
        at: point.report.at,
    }
}

fn fix(point: &Point) -> Option<Fix> {
    Some(Fix {
        time: point.report.time,
        at: point.report.at,
        place: point.report.place?,
    })
}

fn heard_at(fix: Fix) -> Heard {
    Heard {
        time: fix.time,
        at: fix.at,
    }
}

fn milliseconds(seconds: u32) -> i64 {
    i64::from(seconds) * 1_000
}
