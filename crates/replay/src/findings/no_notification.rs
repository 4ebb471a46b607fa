//! no-notification-found: somebody looked for a state's notices and found none, for months whose notice was
//! due by then. It says where was looked, as it was seen when, by whom; never that nothing was filed. The
//! notice of a month is due on the day `due-day` of the next, or on its last day if that comes earlier.

use std::collections::BTreeSet;

use seaproof_evidence::Event;
use seaproof_evidence::events::quantities::{Figure, Party, ProductClass};
use seaproof_evidence::events::searches::{Absence, Sought};
use seaproof_evidence::time::Edtf;

use super::{Draft, Ground};
use crate::rules::Parameters;
use crate::settle::Statement;
use crate::sources;
use crate::state::At;
use crate::words;

/// The most months that one search is followed through.
const MONTHS_MAX: i64 = 1_200;

/// A month, counted from January of year 0.
type Month = i64;

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let due_day: u8 = parameters
        .get("due-day")
        .and_then(|day| day.first()?.parse().ok())
        .unwrap_or(30);
    ground
        .settled
        .of_kind("absence")
        .filter_map(|absence| draft(ground, &absence, due_day))
        .collect()
}

fn draft(ground: &Ground<'_>, absence: &Statement<'_>, due_day: u8) -> Option<Draft> {
    let Event::Absence(event) = absence.event() else {
        return None;
    };
    if event.looked_for.kind.as_str() != "notification" {
        return None;
    }
    let period = event.looked_for.period.as_ref()?;
    let (first, last) = months(&period.edtf);
    let first = first?;
    let (filed, told) = (notified(ground, event), delivered(ground, event));
    let mut missing: Vec<Month> = Vec::new();
    let mut month = first;
    while last.is_none_or(|last| month <= last) && month - first < MONTHS_MAX {
        let due = due_date(month, due_day)?;
        let seen = event.as_seen.edtf.local_bounds().0;
        let was_due =
            matches!((due.local_bounds().1, seen), (Some(due), Some(seen)) if due <= seen);
        let had_passed = (ground.settled.lens.as_of.as_ref()).is_none_or(|d| d.has_passed(&due));
        if !was_due || !had_passed {
            break;
        }
        if !filed.contains(&month) {
            missing.push(month);
        }
        month += 1;
    }
    if missing.is_empty() {
        return None;
    }
    let looked_in: Vec<String> = event
        .looked_in
        .iter()
        .filter_map(|slot| absence.target(*slot))
        .map(|at| {
            let held = sources::hold_words(ground.settled, at);
            format!("{} ({held})", ground.name(at))
        })
        .collect();
    let looked_in = match looked_in.is_empty() {
        true => "What was looked in".to_owned(),
        false => words::listed(&looked_in, "and"),
    };
    let told_by = ground.told_by(absence);
    let who = match event.looked_for.supplier {
        Party::Country(country) => format!("from {country}"),
        Party::All => "from any state".to_owned(),
        Party::NotStated => "from a state not named".to_owned(),
    };
    let span = spans(&missing, last.is_none())?;
    let mut sentence = format!(
        "As {looked_in} was seen on {}, told by {told_by}: no notification {who} found for {span} ({}).",
        words::dates(&event.as_seen.edtf),
        ground.quoted(absence.at)
    );
    let mut also: BTreeSet<At> = BTreeSet::new();
    let mut any = false;
    for month in &missing {
        let figures: Vec<At> = told
            .iter()
            .filter(|(_, months)| months.contains(month))
            .map(|(figure, _)| *figure)
            .collect();
        if figures.is_empty() {
            continue;
        }
        any = true;
        let names: Vec<String> = figures.iter().map(|at| ground.name(*at)).collect();
        sentence.push_str(&format!(
            " For {}, of which deliveries are told ({}), notice was due by {}.",
            words::dates(&edtf(*month)?),
            words::listed(&names, "and"),
            words::dates(&due_date(*month, due_day)?)
        ));
        for figure in figures {
            also.insert(figure);
            let tellings = crate::caps::tellings(ground.settled, figure);
            also.extend(tellings.iter().map(|telling| telling.by));
        }
    }
    if !any {
        sentence.push_str(" No delivery in these months is recorded here.");
    }
    let mut draft = Draft::new(sentence, [absence.at])
        .caveat("Not found is not the same as not filed: notices can be late, or not published.")
        .caveat("Wrong if nothing was delivered that had to be notified.");
    draft.coverage = Some(format!(
        "{looked_in}, as seen on {}",
        words::dates(&event.as_seen.edtf)
    ));
    draft.also = also;
    draft.also.extend(
        event
            .looked_in
            .iter()
            .filter_map(|slot| absence.target(*slot)),
    );
    Some(draft)
}

/// Months in words, with what lies between them left out: `February 2024 and April 2024 onward`.
fn spans(months: &[Month], goes_on: bool) -> Option<String> {
    let mut runs: Vec<(Month, Month)> = Vec::new();
    for month in months {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *month => *end = *month,
            _ => runs.push((*month, *month)),
        }
    }
    let last = runs.len().checked_sub(1)?;
    let run = |(i, (start, end)): (usize, &(Month, Month))| {
        let first = words::dates(&edtf(*start)?);
        Some(match (start == end, goes_on && i == last) {
            (true, _) => first,
            (false, true) => format!("{first} onward"),
            (false, false) => format!("{first} to {}", words::dates(&edtf(*end)?)),
        })
    };
    let runs: Vec<String> = runs.iter().enumerate().map(run).collect::<Option<_>>()?;
    Some(words::listed(&runs, "and"))
}

/// Whether a figure is of what was looked for: by this supplier, and not for another receiver or of another
/// product.
fn is_sought(sought: &Sought, figure: &Figure) -> bool {
    let product = sought.product == ProductClass::NotStated
        || figure.product == sought.product
        || matches!(figure.product, ProductClass::NotStated | ProductClass::Oil);
    figure.supplier == sought.supplier
        && (sought.receiver == Party::NotStated || figure.receiver == sought.receiver)
        && product
}

/// Months of which a notice of the state looked for is recorded.
fn notified(ground: &Ground<'_>, absence: &Absence) -> BTreeSet<Month> {
    let mut found = BTreeSet::new();
    for notice in ground.settled.of_kind("notification") {
        let figure = notice.subject().and_then(|at| ground.settled.statement(at));
        if let Some(Event::Figure(figure)) = figure.as_ref().map(|s| s.event())
            && is_sought(&absence.looked_for, figure)
        {
            found.extend(months_of(&figure.period.edtf));
        }
    }
    found
}

/// Figures of deliveries by the state looked for that are no notices, with the one month of each.
fn delivered(ground: &Ground<'_>, absence: &Absence) -> Vec<(At, BTreeSet<Month>)> {
    let sought = &absence.looked_for;
    let mut found = Vec::new();
    for statement in ground.settled.of_kind("figure") {
        let Event::Figure(figure) = statement.event() else {
            continue;
        };
        let meant = is_sought(sought, figure)
            && figure.origin.mode != Some(seaproof_evidence::provenance::Mode::Notified);
        let months = months_of(&figure.period.edtf);
        // A longer stretch does not say in which month anything was delivered.
        if meant && months.len() == 1 {
            found.push((statement.at, months));
        }
    }
    found
}

/// First and last month of a stretch as stated; `None` is open.
fn months(edtf: &Edtf) -> (Option<Month>, Option<Month>) {
    let (start, end) = edtf
        .as_str()
        .split_once('/')
        .unwrap_or((edtf.as_str(), edtf.as_str()));
    (month(start, 1), month(end, 12))
}

fn months_of(edtf: &Edtf) -> BTreeSet<Month> {
    match months(edtf) {
        (Some(first), Some(last)) => (first..=last.min(first + MONTHS_MAX)).collect(),
        _ => BTreeSet::new(),
    }
}

/// The month of a date; a year alone is taken to mean the month given.
fn month(date: &str, of_a_year: i64) -> Option<Month> {
    let year: i64 = date.get(..4)?.parse().ok()?;
    let month = match date.get(5..7) {
        Some(month) => month.parse().ok()?,
        None => of_a_year,
    };
    Some(year * 12 + month - 1)
}

fn edtf(month: Month) -> Option<Edtf> {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    format!("{year:04}-{month:02}").parse().ok()
}

/// The day on which the notice of a month is due.
fn due_date(of: Month, day: u8) -> Option<Edtf> {
    let next = of + 1;
    let (year, month) = (next.div_euclid(12), next.rem_euclid(12) + 1);
    (0..=day.min(31))
        .filter_map(|less| day.min(31).checked_sub(less))
        .find_map(|day| format!("{year:04}-{month:02}-{day:02}").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_due_on_the_thirtieth_of_the_next_month_or_its_last_day() {
        let due = |text: &str| {
            let month = month(text, 1).unwrap();
            due_date(month, 30).unwrap().as_str().to_owned()
        };
        assert_eq!(due("2024-03"), "2024-04-30");
        assert_eq!(due("2024-01"), "2024-02-29");
        assert_eq!(due("2023-12"), "2024-01-30");
    }
}
