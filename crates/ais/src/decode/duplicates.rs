//! Which transmissions were heard lately.

use super::Options;
use crate::units::Time;

/// How many transmissions are remembered.
const REMEMBERED: usize = 1 << 15;
/// Twice as many places, so that few transmissions share one.
const PLACES: usize = REMEMBERED * 2;

/// How many of one place are looked at. With hashes as they fall there are seldom ten; whoever makes hashes
/// that fall together slows nobody down, and only hides repeats of their own.
const LOOKED_AT: usize = 128;

#[derive(Debug, Clone, Copy)]
struct Entry {
    payload: u64,
    /// Meaningless if not `timed`: half a cache line holds an entry so.
    time: Time,
    line: u64,
    /// The number of the entry before it whose payload has the same place.
    before: u32,
    timed: bool,
}

/// The last [`REMEMBERED`] transmissions, by payload.
///
/// Entries stand in a ring by their number. Each names the one before it in its place, and a number that the
/// ring has left behind ends the chain, so that nothing needs to be taken out.
#[derive(Debug)]
pub(super) struct Duplicates {
    ring: Vec<Entry>,
    /// For each place the number of its newest entry, plus 1; 0: none yet.
    newest: Vec<u32>,
    /// How many entries there ever were, from 1 on, so that 0 is none. Wraps.
    next: u32,
    near_ms: i64,
    near_lines: u64,
}

impl Duplicates {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            ring: Vec::new(),
            newest: vec![0; PLACES],
            next: 1,
            near_ms: i64::from(options.duplicate_seconds) * 1000,
            near_lines: options.duplicate_lines,
        }
    }

    /// The line on which this transmission was first heard; `None`: not lately, it is remembered now.
    ///
    /// Only the newest transmission with the same payload is looked at. It is the same one if both have
    /// times that are near each other, or neither has one and their lines are near.
    pub(super) fn first(&mut self, payload: u64, time: Option<Time>, line: u64) -> Option<u64> {
        let place = (payload >> 32) as usize % PLACES;
        let newest = self.newest.get(place).copied().unwrap_or(0);
        let mut number = newest;
        for _ in 0..LOOKED_AT {
            let is_kept = (1..=REMEMBERED as u32).contains(&self.next.wrapping_sub(number));
            if number == 0 || !is_kept {
                break;
            }
            let Some(entry) = self.ring.get(number as usize % REMEMBERED) else {
                break;
            };
            if entry.payload == payload {
                let near = match time {
                    Some(time) => {
                        entry.timed && time.since(entry.time).saturating_abs() <= self.near_ms
                    }
                    None => !entry.timed && line.saturating_sub(entry.line) <= self.near_lines,
                };
                if near {
                    return Some(entry.line);
                }
                break;
            }
            // Numbers fall along a chain; one that does not was left behind long ago.
            if self.next.wrapping_sub(entry.before) <= self.next.wrapping_sub(number) {
                break;
            }
            number = entry.before;
        }
        let entry = Entry {
            payload,
            time: time.unwrap_or(Time(0)),
            line,
            before: newest,
            timed: time.is_some(),
        };
        let at = self.next as usize % REMEMBERED;
        if let Some(old) = self.ring.get_mut(at) {
            *old = entry;
        } else {
            // Numbers begin at 1: the place of number 0 is filled first so that all stand where they belong.
            if self.ring.is_empty() {
                self.ring.push(entry);
            }
            self.ring.push(entry);
        }
        if let Some(newest) = self.newest.get_mut(place) {
            *newest = self.next;
        }
        self.next = self.next.wrapping_add(1).max(1);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> Duplicates {
        Duplicates::new(&Options::default())
    }

    #[test]
    fn the_first_line_is_named_while_it_is_near() {
        let mut seen = fresh();
        let at = |s: i64| Some(Time(s * 1000));
        assert_eq!(seen.first(7, at(100), 1), None);
        assert_eq!(seen.first(7, at(110), 2), Some(1));
        assert_eq!(seen.first(7, at(90), 3), Some(1));
        assert_eq!(seen.first(7, at(111), 4), None);
        assert_eq!(seen.first(7, at(111), 5), Some(4));
        assert_eq!(seen.first(7, None, 6), None);
        assert_eq!(seen.first(7, None, 262), Some(6));
        assert_eq!(seen.first(7, None, 263), None);
        assert_eq!(seen.first(7, at(111), 264), None);
    }

    #[test]
    fn exactly_so_many_are_remembered() {
        for extra in [0, 1, 5 * REMEMBERED as u64] {
            let mut seen = fresh();
            let time = Some(Time(0));
            for payload in 0..extra {
                assert_eq!(seen.first(payload << 40 | 1, time, payload), None);
            }
            // Sixteen share a place.
            for i in 0..REMEMBERED as u64 {
                let payload = (i / 16) << 32 | i << 1;
                assert_eq!(seen.first(payload, time, extra + i), None, "{i}");
            }
            for i in [0, 1, 2, 3, REMEMBERED as u64 - 1] {
                let payload = (i / 16) << 32 | i << 1;
                assert_eq!(seen.first(payload, time, 0), Some(extra + i), "{i}");
            }
            assert_eq!(seen.first(u64::MAX, time, 0), None);
            assert_eq!(seen.first(0, time, 0), None, "the oldest is forgotten");
        }
    }

    #[test]
    fn numbers_may_wrap() {
        let mut seen = fresh();
        for payload in 0..REMEMBERED as u64 * 2 {
            seen.first(payload << 32, None, payload);
        }
        seen.next = u32::MAX - 2;
        for i in 0..6u64 {
            assert_eq!(seen.first(i << 50 | 3, Some(Time(0)), i), None);
        }
        for i in 0..6u64 {
            let found = seen.first(i << 50 | 3, Some(Time(0)), 9);
            assert!(found == Some(i) || found.is_none());
        }
    }
}
