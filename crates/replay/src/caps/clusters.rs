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
            factors: figure.factors.clone(),
            reading: figure.reading,
            by_share: figure.by_share.clone(),
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
    if figure.touched == (Some(number), Some(number)) && !figure.unfinished {
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
    let any_disjoint = figures.iter().any(|f| !f.disjoint.is_empty());
    if any_disjoint {
        let all = (0..figures.len()).collect();
        return connected(all, |a, b| overlap(figures[a], figures[b]));
    }
    // Without exceptions, one sweep through time is enough.
    let mut clusters: Vec<Vec<usize>> = Vec::new();
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
    !disjoint(a, b) && a.span.meets(&b.span)
}

fn disjoint(a: &Entering, b: &Entering) -> bool {
    a.disjoint.contains(&b.figure) || b.disjoint.contains(&a.figure)
}

/// Groups what is linked, directly or through others, each group in order.
fn connected(mut left: Vec<usize>, linked: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    while let Some(first) = left.first().copied() {
        left.remove(0);
        let mut group = vec![first];
        let mut next = 0;
        while let Some(at) = group.get(next).copied() {
            let (near, far): (Vec<usize>, _) =
                left.into_iter().partition(|other| linked(at, *other));
            group.extend(near);
            left = far;
            next += 1;
        }
        group.sort_unstable();
        groups.push(group);
    }
    groups
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
        for clashing in clashing(figures, intervals, scope) {
            if clashing.len() > 1 {
                rivals.push(clashing.iter().map(|i| figures[*i].figure).collect());
            }
            let each = clashing.iter().map(|i| intervals[*i].0);
            let one = each.reduce(Interval::hull)?;
            sum = Some(sum.map_or(one, |sum| sum.together(one)));
        }
    }
    sum
}

/// Splits a scope into figures that cannot be true together, directly or through others, and
/// single ones. Whether two can is looked at for each two of them.
fn clashing(
    figures: &[&Entering],
    intervals: &[(Interval, bool)],
    scope: Vec<usize>,
) -> Vec<Vec<usize>> {
    // On a line, amounts that meet two by two all meet: mostly the ends decide at once. Of equal
    // ends the one that was not told as roughly so is the narrower.
    let each = || scope.iter().map(|i| intervals[*i].0);
    let highest_low = each().max_by_key(|i| (i.lower_end(), !i.about));
    let lowest_high = each().min_by_key(|i| (i.high.unwrap_or(u64::MAX), i.about));
    if highest_low
        .zip(lowest_high)
        .is_none_or(|(low, high)| low.meets(high))
    {
        return scope.into_iter().map(|i| vec![i]).collect();
    }
    connected(scope, |a, b| {
        rivalling(figures[a], figures[b]) && !intervals[a].0.meets(intervals[b].0)
    })
}

/// Whether two figures count the same, or are called rivals. Disjoint ones never do.
fn rivalling(a: &Entering, b: &Entering) -> bool {
    let called = a.rivals.contains(&b.figure) || b.rivals.contains(&a.figure);
    (called || a.scope == b.scope) && !disjoint(a, b)
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
