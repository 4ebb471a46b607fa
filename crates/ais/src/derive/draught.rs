//! Changes of the draught that is given in static reports.

use std::collections::BTreeMap;

use super::{Found, heard, milliseconds};
use crate::analysis::{Anomaly, AnomalyKind, Gap, Heard, IdentityClaim, PortVisit};
use crate::thresholds::Thresholds;
use crate::track::Point;
use crate::units::Time;

/// Finds the draught changes of one MMSI. Typed in by a crew, draught is what was said, not what was measured.
///
/// How long the vessel is, and so what counts, is known only at the end: for each size it looks by itself.
#[derive(Debug)]
pub struct DraughtChanges {
    beside: i64,
    medium: u32,
    large: u32,
    /// Small, medium, large.
    sizes: [OfSize; 3],
    /// How long a silence is, how much of them there was so far, and when it was heard last.
    gap: i64,
    silent: i64,
    last: Option<Time>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Changes {
    /// The changes.
    pub told: Found<Anomaly>,
    /// Those that may have taken longer than the threshold, silences not counted.
    pub slow: u64,
}

/// Changes as a vessel of one size has them.
#[derive(Debug)]
struct OfSize {
    least: u32,
    within: i64,
    /// Draughts given since the last change, each with when it was given last, in that order, and how much of silences
    /// there was till then.
    held: Vec<(u8, Heard, i64)>,
    slow: u64,
    found: Found<(u8, Heard, u8, Heard)>,
}

impl DraughtChanges {
    /// None yet.
    pub fn new(thresholds: &Thresholds) -> Self {
        let within = milliseconds(thresholds.draught_change_seconds);
        let leasts = [
            thresholds.draught_tenth_metres,
            thresholds.draught_medium_tenth_metres,
            thresholds.draught_large_tenth_metres,
        ];
        Self {
            beside: milliseconds(thresholds.draught_seconds),
            medium: thresholds.draught_medium_metres,
            large: thresholds.draught_large_metres,
            sizes: leasts.map(|least| OfSize {
                least: least.max(1),
                within,
                held: Vec::new(),
                slow: 0,
                found: Found::default(),
            }),
            gap: milliseconds(thresholds.gap_seconds),
            silent: 0,
            last: None,
        }
    }

    /// The next report.
    #[inline]
    pub fn push(&mut self, point: &Point) {
        let time = point.report.time;
        if let Some(last) = self.last.replace(time)
            && time.since(last) >= self.gap
        {
            self.silent = self.silent.saturating_add(time.since(last));
        }
        let Some(draught) = point.report.draught else {
            return;
        };
        let now = heard(point);
        for size in &mut self.sizes {
            size.push(draught, now, self.silent);
        }
    }

    /// The changes, each with whether a port visit or a gap stands beside it, given what the vessel said of its length.
    pub fn finish(self, claims: &[IdentityClaim], visits: &[PortVisit], gaps: &[Gap]) -> Changes {
        let length = length(claims);
        let [small, medium, large] = self.sizes;
        let size = match length {
            Some(length) if u32::from(length) >= self.large => large,
            Some(length) if u32::from(length) >= self.medium => medium,
            _ => small,
        };
        Changes {
            slow: size.slow,
            told: size.beside(self.beside, length, visits, gaps),
        }
    }
}

/// The length that most reports gave; of equal ones the shortest.
fn length(claims: &[IdentityClaim]) -> Option<u16> {
    let mut counts: BTreeMap<u16, u64> = BTreeMap::new();
    for claim in claims {
        if let Some((length, _)) = claim.dimensions()
            && length > 0
        {
            let count = counts.entry(length).or_default();
            *count = count.saturating_add(claim.count);
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(length, _)| length)
}

impl OfSize {
    fn push(&mut self, draught: u8, now: Heard, silent: i64) {
        if let [(only, last, before)] = &mut self.held[..]
            && *only == draught
        {
            (*last, *before) = (now, silent);
            return;
        }
        let (least, within) = (self.least, self.within);
        let differs = |before: u8| u32::from(before.abs_diff(draught)) >= least;
        // Of those that it differs from, the one given last.
        let before = self.held.iter().rfind(|(before, _, _)| differs(*before));
        if let Some((before, last, silent_then)) = before.copied() {
            // What nobody could hear took no time that is known.
            if now.time.since(last.time) - (silent - silent_then) <= within {
                self.found.push((before, last, draught, now));
                self.held.clear();
            } else {
                self.slow = self.slow.saturating_add(1);
                self.held.retain(|(before, _, _)| !differs(*before));
            }
        }
        self.held.retain(|(before, _, _)| *before != draught);
        self.held.push((draught, now, silent));
    }

    /// The changes, each with what stands at most so many milliseconds beside it.
    fn beside(
        self,
        beside: i64,
        length: Option<u16>,
        visits: &[PortVisit],
        gaps: &[Gap],
    ) -> Found<Anomaly> {
        let mut changes = Found {
            items: Vec::new(),
            left_out: self.found.left_out,
        };
        // Visits by start; before each, when the last of them so far ends. Those of several ships overlap; gaps do not.
        let mut ends: Vec<(Time, Time)> = visits
            .iter()
            .map(|visit| (visit.first.time, visit.last.time))
            .collect();
        ends.sort_unstable();
        let mut latest = Time(i64::MIN);
        for (_, end) in &mut ends {
            latest = latest.max(*end);
            *end = latest;
        }
        for (before, last, after, first) in self.found.items {
            let low = last.time.0.saturating_sub(beside);
            let high = first.time.0.saturating_add(beside);
            changes.push(Anomaly {
                start: last.time,
                end: first.time,
                ship: None,
                what: AnomalyKind::DraughtChange {
                    before,
                    after,
                    least: self.least,
                    length,
                    port_visit: last_before(&ends, |(start, _)| start.0 <= high)
                        .is_some_and(|(_, end)| end.0 >= low),
                    gap: last_before(gaps, |gap| gap.start.time.0 <= high)
                        .is_some_and(|gap| gap.until.0 >= low),
                },
                rests_on: vec![last, first],
            });
        }
        changes
    }
}

/// The last of those, sorted, of which something holds.
fn last_before<T>(sorted: &[T], holds: impl Fn(&T) -> bool) -> Option<&T> {
    let count = sorted.partition_point(holds);
    sorted.get(count.checked_sub(1)?)
}
