//! One column of one period: overlapping figures counted once.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::Entering;
use super::interval::Interval;
use super::period::PeriodNumber;
use super::{ColumnState, Counted};
use crate::state::At;

/// The column of these figures; `None` of none.
pub(crate) fn column(figures: &[&Entering], number: PeriodNumber) -> Option<ColumnState> {
    let mut figures: Vec<&Entering> = figures.to_vec();
    figures.sort_by_key(|f| (f.span.earliest, f.figure));
    let intervals: Vec<(Interval, bool)> = figures.iter().map(|f| within(f, number)).collect();
    let mut total: Option<Interval> = None;
    let mut rivals = Vec::new();
    let mut sets_an_end = BTreeSet::new();
    for cluster in overlapping(&figures) {
        let together = together(&figures, &intervals, &cluster, &mut rivals)?;
        for wanted in [
            &|i: Interval| i.lower_end() == together.lower_end(),
            &|i: Interval| i.high == together.high,
        ] as [&dyn Fn(Interval) -> bool; 2]
        {
            sets_an_end.extend(cluster.iter().copied().find(|i| wanted(intervals[*i].0)));
        }
        total = Some(total.map_or(together, |sum| sum.plus(together)));
    }
    let mut counted: Vec<Counted> = figures
        .iter()
        .zip(&intervals)
        .enumerate()
        .map(|(i, (figure, (interval, partly)))| Counted {
            figure: figure.figure,
            interval: *interval,
            sets_an_end: sets_an_end.contains(&i),
            partly: *partly,
            reading: figure.reading,
            behind: figure.behind.clone(),
        })
        .collect();
    counted.sort_by_key(|c| c.figure);
    Some(ColumnState {
        interval: total?,
        figures: counted,
        rivals,
    })
}

/// What a figure says of one period: if it reaches beyond it, perhaps nothing.
fn within(figure: &Entering, number: PeriodNumber) -> (Interval, bool) {
    if figure.touched == (Some(number), Some(number)) {
        return (figure.interval, false);
    }
    let reduced = Interval {
        low: 0,
        low_exclusive: false,
        ..figure.interval
    };
    (reduced, true)
}

/// Groups figures (by position) that overlap, directly or through others. They come sorted by
/// the beginning of their periods.
fn overlapping(figures: &[&Entering]) -> Vec<Vec<usize>> {
    let mut clusters: Vec<Vec<usize>> = Vec::new();
    let any_disjoint = figures.iter().any(|f| !f.disjoint.is_empty());
    if any_disjoint {
        let mut left: Vec<usize> = (0..figures.len()).collect();
        while let Some(first) = left.first().copied() {
            left.remove(0);
            let mut cluster = vec![first];
            let mut next = 0;
            while let Some(at) = cluster.get(next).copied() {
                let (near, far) = left
                    .into_iter()
                    .partition(|other| overlap(figures[at], figures[*other]));
                cluster.extend::<Vec<usize>>(near);
                left = far;
                next += 1;
            }
            cluster.sort_unstable();
            clusters.push(cluster);
        }
        return clusters;
    }
    // Without exceptions, one sweep through time is enough.
    let mut reach = None;
    for (i, figure) in figures.iter().enumerate() {
        let joins = match (reach, figure.span.earliest) {
            (None, _) => false,
            (Some(None), _) | (_, None) => true,
            (Some(Some(reach)), Some(start)) => start <= reach,
        };
        match clusters.last_mut() {
            Some(cluster) if joins => cluster.push(i),
            _ => clusters.push(vec![i]),
        }
        reach = Some(match (joins, reach, figure.span.latest) {
            (true, Some(None), _) | (_, _, None) => None,
            (true, Some(Some(reach)), Some(end)) => Some(reach.max(end)),
            (_, _, end) => end,
        });
    }
    clusters
}

fn overlap(a: &Entering, b: &Entering) -> bool {
    let disjoint = a.disjoint.contains(&b.figure) || b.disjoint.contains(&a.figure);
    !disjoint && a.span.meets(&b.span)
}

/// What a cluster says: figures of one scope that cannot all be true go in as their hull.
fn together(
    figures: &[&Entering],
    intervals: &[(Interval, bool)],
    cluster: &[usize],
    rivals: &mut Vec<Vec<At>>,
) -> Option<Interval> {
    let mut sum: Option<Interval> = None;
    for scope in scopes(figures, cluster) {
        let each = || scope.iter().map(|i| intervals[*i].0);
        // On a line, amounts that meet two by two all meet: the ends decide.
        let highest_low = each().max_by_key(|i| i.lower_end())?;
        let lowest_high = each().min_by_key(|i| i.high.unwrap_or(u64::MAX))?;
        let one = if highest_low.meets(lowest_high) {
            each().reduce(Interval::together)?
        } else {
            rivals.push(scope.iter().map(|i| figures[*i].figure).collect());
            each().reduce(Interval::hull)?
        };
        sum = Some(sum.map_or(one, |sum| sum.together(one)));
    }
    sum
}

/// Figures of one scope: the same parties, product, period, place and carrier; or called rivals.
fn scopes(figures: &[&Entering], cluster: &[usize]) -> Vec<Vec<usize>> {
    // Each figure points to an earlier one of its scope, the first of a scope to itself.
    let mut joined: Vec<usize> = (0..cluster.len()).collect();
    let first_of = |joined: &[usize], mut n: usize| {
        while joined[n] != n {
            n = joined[n];
        }
        n
    };
    let mut by_scope = BTreeMap::new();
    let place: BTreeMap<At, usize> = cluster
        .iter()
        .enumerate()
        .map(|(n, i)| (figures[*i].figure, n))
        .collect();
    for (n, i) in cluster.iter().enumerate() {
        let figure = figures[*i];
        let same = *by_scope.entry(&figure.scope).or_insert(n);
        let rivals = figure.rivals.iter().filter_map(|at| place.get(at).copied());
        for other in rivals.chain([same]) {
            let (a, b) = (first_of(&joined, n), first_of(&joined, other));
            joined[a.max(b)] = a.min(b);
        }
    }
    let mut scopes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (n, i) in cluster.iter().enumerate() {
        scopes.entry(first_of(&joined, n)).or_default().push(*i);
    }
    scopes.into_values().collect()
}
