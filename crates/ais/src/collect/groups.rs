//! Merging the receptions of one transmission, in the order of records and so in none of the input's.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::record::Record;

/// Transmissions of one MMSI that are open at a time. Beyond, the oldest is closed early.
const OPEN: usize = 1 << 16;
/// Up to here they are looked through one by one.
const FEW: usize = 16;

/// A transmission and its receptions so far.
#[derive(Debug)]
pub(super) struct Group {
    /// Its first reception.
    pub(super) first: Record,
    /// Receptions of different time or receiver.
    pub(super) receptions: u32,
    last_time: i64,
    last_receiver: u32,
    at_last_time: FxHashSet<u32>,
}

/// The transmissions of one MMSI that another reception may still join.
#[derive(Debug)]
pub(super) struct Groups {
    within_ms: i64,
    open: VecDeque<Group>,
    /// How many were closed: the number of the first that is open.
    closed: u64,
    by_transmission: FxHashMap<[u64; 3], u64>,
    indexed: bool,
}

impl Groups {
    pub(super) fn new(within_ms: i64) -> Self {
        Self {
            within_ms,
            open: VecDeque::new(),
            closed: 0,
            by_transmission: FxHashMap::default(),
            indexed: false,
        }
    }

    /// Whether a record stands alone: nothing is open that it might join, and nothing that follows can join it.
    pub(super) fn alone(&self, record: &Record, following: Option<&Record>) -> bool {
        let joins = |other: &Record| other.time().since(record.time()) <= self.within_ms;
        self.open.is_empty() && !following.is_some_and(joins)
    }

    /// Takes the next record of the MMSI; whether it is a reception that was not there before.
    pub(super) fn push(&mut self, record: Record) -> bool {
        if let Some(group) = self.find(&record) {
            return group.join(&record);
        }
        if self.indexed {
            self.by_transmission
                .insert(record.transmission(), self.closed + self.open.len() as u64);
        }
        self.open.push_back(Group {
            first: record,
            receptions: 1,
            last_time: record.time().0,
            last_receiver: record.receiver(),
            at_last_time: FxHashSet::default(),
        });
        if !self.indexed && self.open.len() > FEW {
            self.indexed = true;
            for (number, group) in self.open.iter().enumerate() {
                self.by_transmission
                    .insert(group.first.transmission(), self.closed + number as u64);
            }
        }
        true
    }

    fn find(&mut self, record: &Record) -> Option<&mut Group> {
        let found = if self.indexed {
            let number = *self.by_transmission.get(&record.transmission())?;
            usize::try_from(number.checked_sub(self.closed)?).ok()?
        } else {
            self.open
                .iter()
                .rposition(|group| group.first.same_transmission(record))?
        };
        let within = self.within_ms;
        self.open
            .get_mut(found)
            .filter(|group| record.time().since(group.first.time()) <= within)
    }

    /// The oldest that none can join any more, if the next record has this time; at the MMSI's end, any.
    pub(super) fn close(&mut self, next: Option<&Record>) -> Option<Group> {
        let oldest = self.open.front()?;
        let joinable = next.is_some_and(|next| {
            next.time().since(oldest.first.time()) <= self.within_ms && self.open.len() <= OPEN
        });
        if joinable {
            return None;
        }
        let group = self.open.pop_front()?;
        if self.indexed {
            let key = group.first.transmission();
            if self.by_transmission.get(&key) == Some(&self.closed) {
                self.by_transmission.remove(&key);
            }
            if self.open.is_empty() {
                self.indexed = false;
                self.by_transmission.clear();
            }
        }
        self.closed += 1;
        Some(group)
    }
}

impl Group {
    fn join(&mut self, record: &Record) -> bool {
        let (time, receiver) = (record.time().0, record.receiver());
        if time != self.last_time {
            self.at_last_time.clear();
            self.last_time = time;
        } else if receiver == self.last_receiver || !self.at_last_time.insert(receiver) {
            return false;
        } else {
            self.receptions = self.receptions.saturating_add(1);
            return true;
        }
        self.last_receiver = receiver;
        self.receptions = self.receptions.saturating_add(1);
        true
    }
}
