//! How many members a group has.
//!
//! - A `count` sets low and high. Several counts: what all of them allow; if nothing is, their hull,
//!   and accounts-differ fires.
//! - A statement about some of a group raises its low; it never sets its high.
//! - A part is clipped to its whole, and raises its whole's low.
//! - A high that a count sets also clips a low that other statements claim. What was clipped is
//!   kept, with who said so.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::events::things::{Members, MembershipDegree};
use seaproof_evidence::units::CountRange;

use crate::memberships::Memberships;
use crate::settle::{Settled, Statement};
use crate::state::At;

/// A number of things from `low` to `high`; `None` is open upward.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct Range {
    /// At least this many.
    pub low: u32,
    /// At most this many.
    pub high: Option<u32>,
}

impl From<CountRange> for Range {
    fn from(count: CountRange) -> Self {
        Self {
            low: count.low(),
            high: count.high(),
        }
    }
}

impl Range {
    fn clipped(self, high: Option<u32>) -> Self {
        let high = match (self.high, high) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            low: high.map_or(self.low, |high| self.low.min(high)),
            high,
        }
    }

    /// Whether one number lies in both.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.high.is_none_or(|high| other.low <= high)
            && other.high.is_none_or(|high| self.low <= high)
    }
}

/// More members than the counts of a group allow. The group's range is clipped.
pub(crate) struct Excess {
    pub(crate) group: At,
    /// What its counts allow, and the one that sets it.
    pub(crate) at_most: u32,
    pub(crate) count: At,
    /// What a statement or a part of the group comes to.
    pub(crate) at_least: u32,
    pub(crate) by: At,
}

/// Groups with their counts and the statements behind them.
pub(crate) struct Groups {
    pub(crate) ranges: BTreeMap<At, Range>,
    /// Statements that a group's range rests on.
    pub(crate) behind: BTreeMap<At, BTreeSet<At>>,
    within: BTreeMap<At, At>,
    parts: BTreeMap<At, Vec<At>>,
    /// Groups from wholes to parts.
    order: Vec<At>,
    pub(crate) excesses: Vec<Excess>,
}

impl Groups {
    pub(crate) fn of(settled: &Settled<'_>) -> Self {
        let mut groups = Self {
            ranges: BTreeMap::new(),
            behind: BTreeMap::new(),
            within: BTreeMap::new(),
            parts: BTreeMap::new(),
            order: Vec::new(),
            excesses: Vec::new(),
        };
        for statement in settled.of_kind("group") {
            groups.place(settled, &statement);
        }
        for (part, whole) in &groups.within {
            groups.parts.entry(*whole).or_default().push(*part);
        }
        let tops = groups
            .ranges
            .keys()
            .filter(|at| !groups.within.contains_key(at));
        let mut order: Vec<At> = tops.copied().collect();
        let mut next = 0;
        while let Some(whole) = order.get(next).copied() {
            order.extend(groups.parts.get(&whole).into_iter().flatten());
            next += 1;
        }
        groups.order = order;
        groups.count(settled);
        groups
    }

    fn place(&mut self, settled: &Settled<'_>, statement: &Statement<'_>) {
        let Event::Group(group) = statement.event() else {
            return;
        };
        let open = Range { low: 0, high: None };
        self.ranges.insert(statement.at, open);
        let whole = group.within.and_then(|slot| statement.target(slot));
        let Some(whole) = whole.filter(|at| settled.statement(*at).is_some()) else {
            return;
        };
        // A correction can close a circle; then the last link is left out.
        let mut above = Some(whole);
        while let Some(at) = above {
            if at == statement.at {
                return;
            }
            above = self.within.get(&at).copied();
        }
        self.within.insert(statement.at, whole);
    }

    fn count(&mut self, settled: &Settled<'_>) {
        // Parts first, so that they raise their wholes.
        for at in self.order.clone().into_iter().rev() {
            let mut counts: Vec<Range> = Vec::new();
            let mut counted_by = Vec::new();
            let mut lows: Vec<(u32, At)> = Vec::new();
            let mut behind = BTreeSet::from([at]);
            for statement in settled.about(at) {
                match (statement.event(), some_of(statement.event())) {
                    (Event::Count(e), _) => {
                        counts.push(e.count.into());
                        counted_by.push((e.count.high(), statement.at));
                    }
                    (_, Some(count)) => lows.push((count.low(), statement.at)),
                    _ => continue,
                }
                behind.insert(statement.at);
            }
            for part in self.parts.get(&at).into_iter().flatten() {
                lows.extend(self.ranges.get(part).map(|range| (range.low, *part)));
                behind.extend(self.behind.get(part).into_iter().flatten());
            }
            let counted = combined(&counts);
            let low = lows.iter().map(|(low, _)| *low).max().unwrap_or(0);
            let range = Range {
                low: counted.low.max(low),
                high: None,
            };
            let sets_high = counted_by.iter().find(|(high, _)| *high == counted.high);
            if let Some((Some(high), count)) = sets_high {
                let above = lows.iter().filter(|(low, _)| low > high);
                self.excesses.extend(above.map(|(low, by)| Excess {
                    group: at,
                    at_most: *high,
                    count: *count,
                    at_least: *low,
                    by: *by,
                }));
            }
            self.ranges.insert(at, range.clipped(counted.high));
            self.behind.insert(at, behind);
        }
        // Then wholes first, so that they clip their parts.
        for at in &self.order {
            let Some(whole) = self.within.get(at) else {
                continue;
            };
            let high = self.ranges.get(whole).and_then(|range| range.high);
            if let Some(range) = self.ranges.get_mut(at) {
                *range = range.clipped(high);
            }
            let above = self.behind.get(whole).cloned().unwrap_or_default();
            // Of what is behind the whole, other parts say nothing about this one.
            let counts = above
                .into_iter()
                .filter(|b| b == whole || settled.kind(*b) == Some("count"));
            self.behind.entry(*at).or_default().extend(counts);
        }
    }

    pub(crate) fn range(&self, at: At) -> Option<Range> {
        self.ranges.get(&at).copied()
    }

    pub(crate) fn whole(&self, at: At) -> Option<At> {
        self.within.get(&at).copied()
    }

    /// A thing and all that it is a part of, from itself upward.
    pub(crate) fn upward(&self, at: At) -> Vec<At> {
        let mut found = vec![at];
        let mut next = self.whole(at);
        while let Some(at) = next {
            found.push(at);
            next = self.whole(at);
        }
        found
    }

    /// A thing and all its parts.
    pub(crate) fn downward(&self, at: At) -> Vec<At> {
        let mut found = vec![at];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            found.extend(self.parts.get(&at).into_iter().flatten());
            next += 1;
        }
        found
    }

    /// How many vessels there are at least and at most, named ones and members of groups. Unless a
    /// membership says so, a named vessel may be in a group or not, and two groups may share members.
    pub(crate) fn distinct_vessels(
        &self,
        settled: &Settled<'_>,
        memberships: &Memberships,
    ) -> Range {
        let named = u32::try_from(settled.ats_of_kind("vessel").len()).unwrap_or(u32::MAX);
        let mut range = Range {
            low: named,
            high: Some(named),
        };
        for (at, group) in &self.ranges {
            let vessels = settled.statement(*at).is_some_and(
                |s| matches!(s.event(), Event::Group(g) if g.members == Members::Vessels),
            );
            if !vessels || self.within.contains_key(at) {
                continue;
            }
            let named = |degree| {
                let all = self.downward(*at).into_iter();
                let vessels: BTreeSet<At> = all
                    .flat_map(|part| memberships.vessels(part, degree).into_keys())
                    .collect();
                u32::try_from(vessels.len()).unwrap_or(u32::MAX)
            };
            // Not of a part is not yet not of the whole.
            let others = memberships.vessels(*at, MembershipDegree::IsNot).len();
            let others = u32::try_from(others).unwrap_or(u32::MAX);
            range.low = range.low.max(group.low.saturating_add(others));
            let unnamed = group
                .high
                .map(|high| high.saturating_sub(named(MembershipDegree::Is)));
            range.high = match (range.high, unnamed) {
                (Some(a), Some(b)) => a.checked_add(b),
                _ => None,
            };
        }
        range
    }
}

/// What several counts allow together.
fn combined(counts: &[Range]) -> Range {
    let low = counts.iter().map(|c| c.low).max().unwrap_or(0);
    let high = counts.iter().filter_map(|c| c.high).min();
    if high.is_none_or(|high| low <= high) {
        return Range { low, high };
    }
    Range {
        low: counts.iter().map(|c| c.low).min().unwrap_or(0),
        high: counts
            .iter()
            .map(|c| c.high)
            .try_fold(0, |most, high| high.map(|high| most.max(high))),
    }
}

/// How many a statement speaks of, if it does not speak of all.
pub(crate) fn some_of(event: &Event) -> Option<CountRange> {
    match event {
        Event::Sighting(e) => e.count,
        Event::PortCall(e) => e.count,
        Event::Loading(e) | Event::Unloading(e) => e.count,
        Event::Departure(e) => e.count,
        Event::AisSilence(e) => e.count,
        Event::SaidListed(e) => e.count,
        Event::ShipToShipTransfer(e) => e.count,
        _ => None,
    }
}
