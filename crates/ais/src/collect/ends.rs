//! Where data ends: the last report of anybody, but not one whose time cannot be, nor one far from all others.

use rustc_hash::FxHashMap;

use crate::analysis::Heard;
use crate::units::Time;

/// A slot of time: no two reports in one are as far apart as what ends the data.
const SLOT: i64 = 12 * 3_600_000;

/// When anybody was heard, by half days. The same for any order of reports, and for repeated ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends {
    slots: FxHashMap<i64, Span>,
    /// The slot of the latest report, not yet among the others.
    now: Option<(i64, Span)>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    first: Time,
    last: Heard,
}

impl Span {
    fn and(self, other: Self) -> Self {
        // Of two at one time the one on the lower line, so that repeated lines change nothing.
        let later = (self.last.time, std::cmp::Reverse(self.last.at))
            < (other.last.time, std::cmp::Reverse(other.last.at));
        Self {
            first: self.first.min(other.first),
            last: if later { other.last } else { self.last },
        }
    }
}

impl Ends {
    /// Somebody was heard.
    #[inline]
    pub(super) fn heard(&mut self, heard: Heard) {
        if !heard.time.is_probable() {
            return;
        }
        let slot = heard.time.0 / SLOT;
        let span = Span {
            first: heard.time,
            last: heard,
        };
        match &mut self.now {
            Some((now, known)) if *now == slot => *known = known.and(span),
            _ => {
                if let Some((now, known)) = self.now.replace((slot, span)) {
                    self.add(now, known);
                }
            }
        }
    }

    fn add(&mut self, slot: i64, span: Span) {
        self.slots
            .entry(slot)
            .and_modify(|known| *known = known.and(span))
            .or_insert(span);
    }

    /// Takes what another took.
    pub(super) fn join(&mut self, other: Self) {
        for (slot, span) in other.slots.into_iter().chain(other.now) {
            self.add(slot, span);
        }
    }

    /// The stretches of data.
    pub(super) fn finish(mut self) -> DataEnds {
        if let Some((slot, span)) = self.now.take() {
            self.add(slot, span);
        }
        let mut slots: Vec<(i64, Span)> = self.slots.into_iter().collect();
        slots.sort_unstable_by_key(|(slot, _)| *slot);
        let mut stretches: Vec<Span> = Vec::new();
        for (_, span) in slots {
            match stretches.last_mut() {
                Some(stretch)
                    if span.first.since(stretch.last.time)
                        < SLOT.max(stretch.last.time.since(stretch.first)) =>
                {
                    *stretch = stretch.and(span);
                }
                _ => stretches.push(span),
            }
        }
        DataEnds {
            ends: stretches.into_iter().map(|stretch| stretch.last).collect(),
        }
    }
}

/// Where data ends. It falls into stretches: after one of them nobody at all was heard for half a day, and for as long as
/// the stretch itself lasted. What comes later is other data, or a clock that is wrong.
#[derive(Debug, Clone, Default)]
pub struct DataEnds {
    /// The last report of each stretch, by time.
    ends: Vec<Heard>,
}

impl DataEnds {
    /// The last report of anybody in the stretch in which a time lies. `None`: it lies in none.
    pub fn after(&self, time: Time) -> Option<Heard> {
        if !time.is_probable() {
            return None;
        }
        let at = self.ends.partition_point(|end| end.time < time);
        self.ends.get(at).copied()
    }

    /// The last report of all.
    pub fn last(&self) -> Option<Heard> {
        self.ends.last().copied()
    }
}
