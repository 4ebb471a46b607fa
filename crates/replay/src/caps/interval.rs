//! Amounts between two ends, and the wordings that give them. Whole numbers only.

use seaproof_evidence::units::{Bound, Share};

use crate::words::{grouped, percent};

/// An amount from `low` to `high` of a cap's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    /// At least this much.
    pub low: u64,
    /// More than `low`, not `low` itself.
    pub low_exclusive: bool,
    /// At most this much; `None` is open upward.
    pub high: Option<u64>,
    /// Whether the number was told as roughly so.
    pub about: bool,
}

impl Interval {
    /// A number as it is worded: exactly or about v is [v, v]; up to v is [0, v]; at least v is
    /// [v, open]; more than v is [v, open] without v itself.
    pub(crate) fn of_amount(bound: Bound, value: u64) -> Self {
        Self::between(bound, value, Some(value))
    }

    /// A share of a limit, rounded outward to whole units.
    pub(crate) fn of_share(bound: Bound, share: Share, limit: u64) -> Self {
        let (down, up) = share.of(limit);
        // Beyond u64 nothing is said: the low end stays true, the high end opens.
        let low = u64::try_from(down).unwrap_or(u64::MAX);
        Self::between(bound, low, u64::try_from(up).ok())
    }

    fn between(bound: Bound, down: u64, up: Option<u64>) -> Self {
        let (low, high) = match bound {
            Bound::Exactly | Bound::About => (down, up),
            Bound::UpTo => (0, up),
            Bound::AtLeast | Bound::MoreThan => (down, None),
        };
        Self {
            low,
            low_exclusive: bound == Bound::MoreThan,
            high,
            about: bound == Bound::About,
        }
    }

    /// The smallest interval that holds both.
    pub(crate) fn hull(self, other: Self) -> Self {
        let (low, low_exclusive) = match self.low.cmp(&other.low) {
            std::cmp::Ordering::Less => (self.low, self.low_exclusive),
            std::cmp::Ordering::Greater => (other.low, other.low_exclusive),
            std::cmp::Ordering::Equal => (self.low, self.low_exclusive && other.low_exclusive),
        };
        Self {
            low,
            low_exclusive,
            high: self.high.zip(other.high).map(|(a, b)| a.max(b)),
            about: self.about || other.about,
        }
    }

    /// What overlapping figures say together: the largest low of any one, the largest high.
    pub(crate) fn together(self, other: Self) -> Self {
        let (low, low_exclusive) = self.lower_end().max(other.lower_end());
        Self {
            low,
            low_exclusive,
            high: self.high.zip(other.high).map(|(a, b)| a.max(b)),
            about: self.about || other.about,
        }
    }

    /// Low ends in their order: more than v lies above v.
    pub(crate) fn lower_end(self) -> (u64, bool) {
        (self.low, self.low_exclusive)
    }

    /// What two amounts without anything in common come to.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            low_exclusive: self.low_exclusive || other.low_exclusive,
            high: self
                .high
                .zip(other.high)
                .and_then(|(a, b)| a.checked_add(b)),
            about: self.about || other.about,
        }
    }

    /// Whether one amount fits both. A rough number also fits a bound that it only touches.
    pub(crate) fn meets(self, other: Self) -> bool {
        let above = |a: Self, b: Self| {
            a.high.is_some_and(|high| {
                high < b.low || (high == b.low && b.low_exclusive && !a.about && !b.about)
            })
        };
        !above(self, other) && !above(other, self)
    }

    /// In words, as `up to 125,000`.
    pub(crate) fn words(self) -> String {
        in_words(self.low, self.low_exclusive, self.high, self.about, grouped)
    }

    /// As a share of a limit; `None` of a limit of nothing.
    pub(crate) fn share_of(self, limit: u64) -> Option<SharePart> {
        let limit = u128::from(limit);
        if limit == 0 {
            return None;
        }
        let parts = |amount: u64| u128::from(amount) * 10_000;
        Some(SharePart {
            low: u64::try_from(parts(self.low) / limit).unwrap_or(u64::MAX),
            high: self
                .high
                .and_then(|high| u64::try_from(parts(high).div_ceil(limit)).ok()),
        })
    }

    /// Its share of a limit in words, as `up to 25.00 %`.
    pub(crate) fn share_words(self, limit: u64) -> Option<String> {
        let share = self.share_of(limit)?;
        Some(in_words(
            share.low,
            self.low_exclusive,
            share.high,
            self.about,
            percent,
        ))
    }
}

fn in_words(
    low: u64,
    exclusive: bool,
    high: Option<u64>,
    about: bool,
    number: fn(u64) -> String,
) -> String {
    let about = if about { "about " } else { "" };
    match high {
        Some(high) if high == low && !exclusive => format!("{about}{}", number(low)),
        Some(high) if low == 0 && !exclusive => format!("up to {about}{}", number(high)),
        Some(high) if exclusive => format!("above {about}{} to {}", number(low), number(high)),
        Some(high) => format!("{about}{} to {}", number(low), number(high)),
        None if exclusive => format!("above {about}{}", number(low)),
        None => format!("at least {about}{}", number(low)),
    }
}

/// Parts of a limit in hundredths of a percent, rounded outward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SharePart {
    /// Rounded down.
    pub low: u64,
    /// Rounded up; `None` is open upward.
    pub high: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bound: Bound, value: u64) -> Interval {
        Interval::of_amount(bound, value)
    }

    #[test]
    fn wordings_give_their_bounds() {
        let ends = |i: Interval| (i.low, i.low_exclusive, i.high);
        assert_eq!(ends(of(Bound::Exactly, 5)), (5, false, Some(5)));
        assert_eq!(ends(of(Bound::About, 5)), (5, false, Some(5)));
        assert_eq!(ends(of(Bound::UpTo, 5)), (0, false, Some(5)));
        assert_eq!(ends(of(Bound::AtLeast, 5)), (5, false, None));
        assert_eq!(ends(of(Bound::MoreThan, 5)), (5, true, None));
        let third = "1/3".parse().unwrap();
        assert_eq!(
            ends(Interval::of_share(Bound::Exactly, third, 100)),
            (33, false, Some(34))
        );
    }

    #[test]
    fn up_to_a_number_and_more_than_it_cannot_both_hold() {
        assert!(!of(Bound::UpTo, 125).meets(of(Bound::MoreThan, 125)));
        assert!(of(Bound::UpTo, 125).meets(of(Bound::AtLeast, 125)));
        assert!(of(Bound::UpTo, 125).meets(of(Bound::About, 125)));
        assert!(of(Bound::About, 125).meets(of(Bound::MoreThan, 125)));
        assert!(!of(Bound::Exactly, 125).meets(of(Bound::MoreThan, 125)));
        assert!(!of(Bound::About, 125).meets(of(Bound::MoreThan, 126)));
    }

    #[test]
    fn shares_round_outward() {
        let share = of(Bound::Exactly, 15_279).share_of(500_000).unwrap();
        assert_eq!((share.low, share.high), (305, Some(306)));
        let share = of(Bound::Exactly, 168_679).share_of(500_000).unwrap();
        assert_eq!((share.low, share.high), (3_373, Some(3_374)));
        assert_eq!(of(Bound::Exactly, 1).share_of(0), None);
        assert_eq!(
            of(Bound::MoreThan, 165_000).share_words(500_000).unwrap(),
            "above 33.00 %"
        );
    }

    #[test]
    fn what_does_not_fit_opens_upward() {
        let huge = "4294967295/1".parse().unwrap();
        let interval = Interval::of_share(Bound::UpTo, huge, u64::MAX);
        assert_eq!(interval.high, None);
        let most = of(Bound::Exactly, u64::MAX);
        assert_eq!(most.plus(most).high, None);
        assert_eq!(most.plus(most).low, u64::MAX);
    }
}
