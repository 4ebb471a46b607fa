//! Numbers in other units than a cap's, by recorded conversion factors. There is no official table, so all
//! factors that fit are used: from the least they allow to the most, rounded outward.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::events::quantities::ProductClass;
use seaproof_evidence::units::{Share, Unit};

use super::figures::Telling;
use super::interval::Interval;
use crate::settle::Settled;
use crate::state::At;

/// A telling in the cap's unit, and the factors behind it.
pub(crate) struct Converted {
    pub(crate) telling: At,
    pub(crate) interval: Interval,
    pub(crate) factors: BTreeSet<At>,
}

/// Recorded factors, by what they convert.
pub(crate) struct Factors(BTreeMap<(Unit, Unit, ProductClass), Vec<(At, Share)>>);

impl Factors {
    pub(crate) fn of(settled: &Settled<'_>) -> Self {
        let mut factors: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for statement in settled.of_kind("conversion-factor") {
            if let Event::ConversionFactor(e) = statement.event() {
                let same = factors.entry((e.from, e.to, e.product)).or_default();
                same.push((statement.at, e.factor));
            }
        }
        Self(factors)
    }
}

/// Converts the tellings in other units, where a factor for this product is recorded.
pub(crate) fn converted(
    factors: &Factors,
    tellings: &[Telling],
    to: Unit,
    product: ProductClass,
) -> Vec<Converted> {
    tellings
        .iter()
        .filter(|telling| telling.share_of.is_none() && telling.unit != to)
        .filter_map(|telling| {
            let factors = factors.0.get(&(telling.unit, to, product))?;
            let interval = factors
                .iter()
                .map(|(_, factor)| times(telling.interval, *factor))
                .reduce(Interval::hull)?;
            Some(Converted {
                telling: telling.by,
                interval,
                factors: factors.iter().map(|(at, _)| *at).collect(),
            })
        })
        .collect()
}

fn times(interval: Interval, factor: Share) -> Interval {
    let fits = |number: u128| u64::try_from(number).ok();
    Interval {
        low: fits(factor.of(interval.low).0).unwrap_or(u64::MAX),
        high: interval.high.and_then(|high| fits(factor.of(high).1)),
        // Rounded down, the low end itself may be all there is.
        low_exclusive: interval.low_exclusive
            && factor.of(interval.low).0 == factor.of(interval.low).1,
        about: true,
    }
}
