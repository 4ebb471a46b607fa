//! Between which moments an entry came into being, as far as trusted tokens tell (FORMAT.md §23).

use crate::anchors::AnchorName;
use crate::ids::{EntryIndex, Timestamp, TreeSize};

/// A trusted token over a head of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// Its name, which states the size of the head.
    pub name: AnchorName,
    /// It was made after this moment.
    pub earliest: Timestamp,
    /// It was made before this moment.
    pub latest: Timestamp,
    /// The first entry that names it as an exhibit.
    pub recorded_at: Option<EntryIndex>,
}

/// A moment, and the token that tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The moment.
    pub time: Timestamp,
    /// The token.
    pub token: AnchorName,
}

/// Between which moments an entry came into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// After this.
    pub after: Option<Bound>,
    /// Before this.
    pub before: Option<Bound>,
}

impl Bounds {
    /// The bound that an author's clock contradicts, if one is: `true` if it is [`before`](Self::before).
    pub fn contradicts(&self, recorded_at: Timestamp) -> Option<(bool, Bound)> {
        let late = self.before.filter(|bound| recorded_at > bound.time);
        let early = self.after.filter(|bound| recorded_at < bound.time);
        late.map(|bound| (true, bound))
            .or(early.map(|bound| (false, bound)))
    }
}

/// What all trusted tokens tell of a log. Answers for any entry in logarithmic time.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// Ascending by size; each with the least bound of itself and those of larger sizes.
    before: Vec<(TreeSize, Bound)>,
    /// Ascending by the entry that names the token: its own bound, and the greatest of itself and those named earlier.
    after: Vec<(EntryIndex, Bound, Bound)>,
}

impl Timeline {
    /// Takes in tokens in any order.
    pub fn new<'t>(tokens: impl IntoIterator<Item = &'t Dated>) -> Self {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for token in tokens {
            let bound = |time| Bound {
                time,
                token: token.name,
            };
            before.push((token.name.size, bound(token.latest)));
            let earliest = bound(token.earliest);
            after.extend(token.recorded_at.map(|at| (at, earliest, earliest)));
        }
        before.sort_by_key(|(size, bound)| (*size, bound.time, bound.token));
        for i in (1..before.len()).rev() {
            if before[i].1.time < before[i - 1].1.time {
                before[i - 1].1 = before[i].1;
            }
        }
        after.sort_by_key(|(at, own, _)| (*at, own.time, own.token));
        for i in 1..after.len() {
            if after[i - 1].2.time > after[i].2.time {
                after[i].2 = after[i - 1].2;
            }
        }
        Self { before, after }
    }

    /// Whether nothing is told of any entry.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// What is told of the entry at `index`, whose author had observed `observed` entries.
    pub fn of(&self, index: EntryIndex, observed: TreeSize) -> Bounds {
        let above = self.before.partition_point(|(size, _)| size.0 <= index.0);
        // An entry that names a token came after it, and so did those that observed such an entry.
        let below = self.after.partition_point(|(at, ..)| at.0 < observed.0);
        let seen = below.checked_sub(1).map(|i| self.after[i].2);
        let from = self.after.partition_point(|(at, ..)| *at < index);
        let own = self.after[from..]
            .iter()
            .take_while(|(at, ..)| *at == index)
            .map(|(_, own, _)| *own);
        Bounds {
            before: self.before.get(above).map(|(_, bound)| *bound),
            after: own.chain(seen).max_by_key(|bound| bound.time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchors::AnchorKind;

    fn token(size: u64, time: i64, recorded_at: Option<u64>) -> Dated {
        Dated {
            name: AnchorName::of(TreeSize(size), AnchorKind::Token, &time.to_le_bytes()),
            earliest: Timestamp(time - 1),
            latest: Timestamp(time + 1),
            recorded_at: recorded_at.map(EntryIndex),
        }
    }

    fn bounds(line: &Timeline, index: u64, observed: u64) -> (Option<i64>, Option<i64>) {
        let found = line.of(EntryIndex(index), TreeSize(observed));
        (
            found.after.map(|b| b.time.0),
            found.before.map(|b| b.time.0),
        )
    }

    #[test]
    fn entries_lie_between_tokens() {
        let tokens = [
            token(9, 300, Some(10)),
            token(3, 100, Some(4)),
            token(6, 200, None),
        ];
        let line = Timeline::new(&tokens);
        assert_eq!(bounds(&line, 0, 0), (None, Some(101)));
        assert_eq!(bounds(&line, 2, 1), (None, Some(101)));
        assert_eq!(bounds(&line, 3, 2), (None, Some(201)));
        // The entry that names a token came after it, whatever it observed.
        assert_eq!(bounds(&line, 4, 2), (Some(99), Some(201)));
        // The next one only if its author had seen that entry.
        assert_eq!(bounds(&line, 5, 4), (None, Some(201)));
        assert_eq!(bounds(&line, 5, 5), (Some(99), Some(201)));
        assert_eq!(bounds(&line, 8, 8), (Some(99), Some(301)));
        assert_eq!(bounds(&line, 10, 9), (Some(299), None));
        assert_eq!(bounds(&line, 11, 11), (Some(299), None));
    }

    #[test]
    fn a_later_token_may_tell_more_of_earlier_entries() {
        // Clocks that disagree: what counts is the strongest word on each side.
        let tokens = [token(3, 500, Some(4)), token(9, 300, Some(10))];
        let line = Timeline::new(&tokens);
        assert_eq!(bounds(&line, 0, 0), (None, Some(301)));
        assert_eq!(bounds(&line, 12, 12), (Some(499), None));
        let found = line.of(EntryIndex(0), TreeSize(0));
        assert!(found.contradicts(Timestamp(301)).is_none());
        assert!(matches!(found.contradicts(Timestamp(302)), Some((true, _))));
        let found = line.of(EntryIndex(12), TreeSize(12));
        assert!(matches!(
            found.contradicts(Timestamp(498)),
            Some((false, _))
        ));
        assert!(Timeline::default().is_empty());
    }

    #[test]
    fn an_entry_that_names_a_token_inherits_nothing_that_it_had_not_observed() {
        let tokens = [token(1, 500, Some(2)), token(1, 100, Some(5))];
        let line = Timeline::new(&tokens);
        assert_eq!(bounds(&line, 5, 1), (Some(99), None));
        assert_eq!(bounds(&line, 5, 2), (Some(99), None));
        assert_eq!(bounds(&line, 5, 3), (Some(499), None));
        assert_eq!(bounds(&line, 6, 2), (None, None));
        assert_eq!(bounds(&line, 6, 6), (Some(499), None));
    }

    #[test]
    fn the_least_and_the_greatest_are_those_of_a_plain_search() {
        let mut state = 7u64;
        let mut roll = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..200 {
            let tokens: Vec<Dated> = (0..roll(8))
                .map(|_| {
                    let recorded = roll(3) > 0;
                    token(roll(12), roll(50) as i64, recorded.then(|| roll(14)))
                })
                .collect();
            let line = Timeline::new(&tokens);
            for index in 0..14 {
                for observed in 0..=index {
                    let before = tokens.iter().filter(|t| t.name.size.0 > index);
                    let after = tokens.iter().filter(|t| {
                        t.recorded_at
                            .is_some_and(|at| at.0 < observed || at.0 == index)
                    });
                    let expected = (
                        after.map(|t| t.earliest.0).max(),
                        before.map(|t| t.latest.0).min(),
                    );
                    assert_eq!(bounds(&line, index, observed), expected);
                }
            }
        }
    }
}
