//! What is used of a cap, in three columns by who made the number. The arithmetic:
//!
//! 1. A state's filing is *notified*; what an author of this ledger worked out is *estimated*; all
//!    else is *reported*. How the number reached us does not move it.
//! 2. A figure's tellings in the cap's unit give its interval (their hull). Only if there is none,
//!    numbers in other units do by recorded conversion factors, and only without these its shares of this
//!    cap. What is converted is named as such.
//! 3. Figures overlap unless their periods cannot meet, with zones that are not stated widening
//!    them, or a signed *disjoint* with a reason says so. A cluster of overlapping figures counts
//!    once: largest low of any one, largest high, open if any is open. Figures of one scope that
//!    cannot both be true go in as one, from the smallest low to the largest high; that is looked at
//!    two by two, and disjoint ones never are such figures.
//! 4. A column is the sum of its clusters; without figures it is nothing, never 0. Never a total
//!    across columns.
//! 5. A figure counts in each period of the cap that it touches, and with a low of 0 if it reaches
//!    beyond one, or beyond the date that is looked at.
//! 6. A figure whose product is not stated enters by a signed reading, the newest one that stands,
//!    or by a share of that cap. Without them it is named as not counted.

mod clusters;
mod conversions;
mod figures;
pub(crate) mod interval;
pub(crate) mod period;

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::units::Amount;

use crate::settle::{Settled, Statement};
use crate::state::At;
use figures::{Entering, enter};
pub(crate) use figures::{Telling, tellings};
use interval::Interval;
use period::{Calendar, PeriodNumber};

/// Who made a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Notified,
    Reported,
    Estimated,
}

/// A cap over one of its periods.
pub(crate) struct CapState<'a> {
    pub(crate) cap: At,
    pub(crate) statement: Statement<'a>,
    pub(crate) limit: Amount,
    /// First day, and first day of the next; `None` where no figure says which period.
    pub(crate) period: Option<(String, String)>,
    pub(crate) columns: BTreeMap<Column, ColumnState>,
    /// Figures that could bear on the cap and cannot be counted, and why.
    pub(crate) not_counted: Vec<(At, &'static str)>,
}

/// One column of a cap.
pub(crate) struct ColumnState {
    pub(crate) interval: Interval,
    pub(crate) figures: Vec<Counted>,
    /// Figures of one scope that cannot both be true.
    pub(crate) rivals: Vec<Vec<At>>,
}

/// A figure in a column.
pub(crate) struct Counted {
    pub(crate) figure: At,
    pub(crate) interval: Interval,
    /// Whether it sets an end of its cluster; else it is shown as not added.
    pub(crate) sets_an_end: bool,
    /// Whether it reaches beyond the period, or beyond the date that is looked at.
    pub(crate) partly: bool,
    /// Conversion factors by which alone it has a number in the cap's unit.
    pub(crate) factors: BTreeSet<At>,
    /// The reading by which it enters.
    pub(crate) reading: Option<At>,
    /// The tellings as a share of this cap by which alone it enters.
    pub(crate) by_share: BTreeSet<At>,
    /// All entries that its number rests on.
    pub(crate) behind: BTreeSet<At>,
}

/// All caps, each over each period that a figure touches.
pub(crate) fn caps<'a>(settled: &Settled<'a>) -> Vec<CapState<'a>> {
    let mut found = Vec::new();
    let factors = conversions::Factors::of(settled);
    for statement in settled.of_kind("cap") {
        let Event::Cap(cap) = statement.event() else {
            continue;
        };
        let calendar = Calendar::of(&cap.period);
        let mut not_counted = Vec::new();
        let mut entering = Vec::new();
        for figure in settled.of_kind("figure") {
            match enter(settled, &factors, statement.at, cap, &calendar, &figure) {
                Some(Ok(one)) => entering.push(one),
                Some(Err(why)) => not_counted.push((figure.at, why)),
                None => {}
            }
        }
        let periods: BTreeSet<PeriodNumber> = entering
            .iter()
            .flat_map(|e| [e.touched.0, e.touched.1])
            .flatten()
            .filter(|number| calendar.in_force(*number))
            .collect();
        for number in &periods {
            found.push(CapState {
                cap: statement.at,
                statement: statement.clone(),
                limit: cap.amount,
                period: calendar.first_days(*number),
                columns: columns(&entering, *number),
                not_counted: not_counted.clone(),
            });
        }
        if periods.is_empty() {
            not_counted.extend(
                entering
                    .iter()
                    .map(|e| (e.figure, "its period lies before the cap's first")),
            );
            found.push(CapState {
                cap: statement.at,
                statement: statement.clone(),
                limit: cap.amount,
                period: None,
                columns: BTreeMap::new(),
                not_counted,
            });
        }
    }
    found
}

fn columns(entering: &[Entering], number: PeriodNumber) -> BTreeMap<Column, ColumnState> {
    let mut by_column: BTreeMap<Column, Vec<&Entering>> = BTreeMap::new();
    for one in entering {
        let (first, last) = one.touched;
        if first.is_none_or(|first| first <= number) && last.is_none_or(|last| number <= last) {
            by_column.entry(one.column).or_default().push(one);
        }
    }
    by_column
        .into_iter()
        .filter_map(|(column, figures)| Some((column, clusters::column(&figures, number)?)))
        .collect()
}
