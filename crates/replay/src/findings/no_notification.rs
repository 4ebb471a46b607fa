//! no-notification-found: somebody looked for a state's notices and found none, for months whose notice was
//! due by then. It says where was looked, as it was seen when, by whom; never that nothing was filed. The
//! notice of a month is due on the day `due-day` of the next, or on its last day if that comes earlier.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::events::quantities::{Figure, Party, ProductClass};
use seaproof_evidence::events::searches::Sought;
use seaproof_evidence::provenance::Mode;
use seaproof_evidence::time::Edtf;

use super::{Draft, Ground};
use crate::caps;
use crate::caps::period::month;
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
    let due_day = parameters.get("due-day").and_then(|day| due_day(day));
    let (Some(due_day), Some(_)) = (due_day, ground.settled.of_kind("absence").next()) else {
        return Vec::new();
    };
    let recorded = Recorded::of(ground);
    ground
        .settled
        .of_kind("absence")
        .filter_map(|absence| draft(ground, &recorded, &absence, due_day))
        .collect()
}

/// The parameter `due-day`, if it is a day of a month.
pub(crate) fn due_day(words: &[String]) -> Option<u8> {
    let [word] = words else {
        return None;
    };
    word.parse().ok().filter(|day| (1..=31).contains(day))
}

/// What a figure is of: its receiver and its product.
type Of = (Party, ProductClass);

/// The first and the last month that a notice is of, and an entry that says so.
type Notice = (Month, Month, At);

/// Notices and figures of deliveries by supplier and by what they are of, made ready for many searches.
#[derive(Default)]
struct Recorded {
    /// Stretches of months of which a notice is recorded, each with one that says so; in their order, and none
    /// reaches into another.
    notices: BTreeMap<Party, BTreeMap<Of, Vec<Notice>>>,
    /// Figures that are no notices, by the one month of each, with their tellings.
    deliveries: BTreeMap<Party, BTreeMap<Of, BTreeMap<Month, Vec<Delivery>>>>,
}

/// A figure of a delivery, and its tellings.
type Delivery = (At, Vec<At>);

impl Recorded {
    fn of(ground: &Ground<'_>) -> Self {
        let mut recorded = Self::default();
        let mut notices: BTreeMap<(Party, Of), Vec<Notice>> = BTreeMap::new();
        for statement in ground.settled.of_kind("figure") {
            let Event::Figure(figure) = statement.event() else {
                continue;
            };
            let (Some(first), Some(last)) = months(&figure.period.edtf) else {
                continue;
            };
            let of = (figure.receiver, figure.product);
            if let Some(notice) = notice(ground, statement.at, figure) {
                let same = notices.entry((figure.supplier, of)).or_default();
                same.push((first, last, notice));
            } else if first == last
                && let Some(tellings) = delivered(ground, statement.at)
            {
                // A longer stretch does not say in which month anything was delivered.
                let by_month = recorded.deliveries.entry(figure.supplier).or_default();
                let same = by_month.entry(of).or_default().entry(first).or_default();
                same.push((statement.at, tellings));
            }
        }
        for ((supplier, of), mut same) in notices {
            same.sort_unstable();
            let mut reached = Month::MIN;
            // Each month once, however many long notices overlap.
            let mut apart = Vec::new();
            for (first, last, notice) in same {
                let first = first.max(reached);
                if first <= last {
                    apart.push((first, last, notice));
                    reached = last + 1;
                }
            }
            let by_supplier = recorded.notices.entry(supplier).or_default();
            by_supplier.insert(of, apart);
        }
        recorded
    }
}

/// The statement that a state notified a figure, if one is recorded.
fn notice(ground: &Ground<'_>, at: At, figure: &Figure) -> Option<At> {
    let kinds: &'static [&'static str] = match figure.origin.mode {
        Some(Mode::Notified) => &["notification", "quantity"],
        _ => &["notification"],
    };
    let mut told = ground.settled.about_of_kinds(at, kinds);
    told.next().map(|statement| statement.at)
}

/// The tellings of a figure, if one of them can be of more than nothing.
fn delivered(ground: &Ground<'_>, figure: At) -> Option<Vec<At>> {
    let tellings = caps::tellings(ground.settled, figure);
    let some = tellings.iter().any(|told| told.interval.high != Some(0));
    some.then(|| tellings.iter().map(|told| told.by).collect())
}

/// What of these is by the supplier, to the receiver and of the product looked for; what is not stated may be.
fn sought<'r, T>(
    sought: &'r Sought,
    all: &'r BTreeMap<Party, BTreeMap<Of, T>>,
) -> impl Iterator<Item = (&'r Of, &'r T)> {
    let products = |product: ProductClass| {
        product == sought.product
            || matches!(product, ProductClass::NotStated | ProductClass::Oil)
            || matches!(sought.product, ProductClass::NotStated | ProductClass::Oil)
    };
    all.iter()
        .filter(|(supplier, _)| sought.supplier == Party::All || **supplier == sought.supplier)
        .flat_map(|(_, of)| of)
        .filter(move |((receiver, product), _)| {
            let all = matches!(sought.receiver, Party::NotStated | Party::All);
            (all || matches!(receiver, Party::NotStated) || *receiver == sought.receiver)
                && products(*product)
        })
}

/// Months that a search was about and whose notice was due when it was made.
struct Due {
    missing: Vec<Month>,
    /// Those of which a notice is recorded all the same, with it.
    filed: Vec<(Month, At)>,
    /// Whether the search names no end.
    onward: bool,
    /// The last month that was due, or that is followed.
    last: Month,
}

impl Due {
    fn of(
        ground: &Ground<'_>,
        recorded: &Recorded,
        absence: &seaproof_evidence::events::searches::Absence,
        due_day: u8,
    ) -> Option<Self> {
        let (first, last) = months(&absence.looked_for.period.as_ref()?.edtf);
        let first = first?;
        let end = last.unwrap_or(Month::MAX).min(first + MONTHS_MAX - 1);
        let mut filed: BTreeMap<Month, At> = BTreeMap::new();
        for (_, notices) in sought(&absence.looked_for, &recorded.notices) {
            let from = notices.partition_point(|(_, last, _)| *last < first);
            for (start, last, notice) in notices.iter().skip(from) {
                if *start > end {
                    break;
                }
                let months = first.max(*start)..=end.min(*last);
                filed.extend(months.map(|month| (month, *notice)));
            }
        }
        let seen = absence.as_seen.edtf.local_bounds().0;
        let was_due = |month: &Month| {
            due_date(*month, due_day).is_some_and(|due| {
                let before = due.local_bounds().1.zip(seen);
                before.is_some_and(|(due, seen)| due <= seen)
                    && (ground.settled.lens.as_of.as_ref()).is_none_or(|d| d.has_passed(&due))
            })
        };
        let due = (first..=end).take_while(was_due);
        let (there, missing): (Vec<Month>, Vec<Month>) =
            due.partition(|month| filed.contains_key(month));
        let both = [there.last(), missing.last()];
        Some(Self {
            last: both.into_iter().flatten().max().copied()?,
            filed: there.iter().map(|month| (*month, filed[month])).collect(),
            missing,
            onward: last.is_none(),
        })
    }

    /// The months that are missing, with what lies between them left out: `February 2024 and April 2024 onward
    /// (to October 2024, the last one due)`.
    fn missing_words(&self) -> Option<String> {
        let runs = runs(self.missing.iter().map(|month| (*month, ())));
        let run = |(start, end, ()): &(Month, Month, ())| {
            let (first, last) = (month_words(*start)?, month_words(*end)?);
            Some(match (start == end, self.onward && *end == self.last) {
                (true, _) => first,
                (false, true) => format!("{first} onward (to {last}, the last one due)"),
                (false, false) => format!("{first} to {last}"),
            })
        };
        let runs: Vec<String> = runs.iter().map(run).collect::<Option<_>>()?;
        Some(words::listed(&runs, "and"))
    }

    /// The months between and beside them of which a notice is recorded, with the notices.
    fn filed_words(&self, ground: &Ground<'_>) -> Option<String> {
        let run = |(start, end, notice): &(Month, Month, At)| {
            let first = month_words(*start)?;
            let months = match start == end {
                true => first,
                false => format!("{first} to {}", month_words(*end)?),
            };
            Some(format!("{months} ({})", ground.quoted(*notice)))
        };
        let runs: Vec<String> = (runs(self.filed.iter().copied()).iter())
            .map(run)
            .collect::<Option<_>>()?;
        (!runs.is_empty()).then(|| words::listed(&runs, "and"))
    }
}

/// Months that follow each other with the same beside them, as one each.
fn runs<T: PartialEq>(months: impl Iterator<Item = (Month, T)>) -> Vec<(Month, Month, T)> {
    let mut runs: Vec<(Month, Month, T)> = Vec::new();
    for (month, beside) in months {
        match runs.last_mut() {
            Some((_, end, same)) if *end + 1 == month && *same == beside => *end = month,
            _ => runs.push((month, month, beside)),
        }
    }
    runs
}

fn draft(
    ground: &Ground<'_>,
    recorded: &Recorded,
    absence: &Statement<'_>,
    due_day: u8,
) -> Option<Draft> {
    let Event::Absence(event) = absence.event() else {
        return None;
    };
    if event.looked_for.kind.as_str() != "notification" {
        return None;
    }
    let due = Due::of(ground, recorded, event, due_day)?;
    if due.missing.is_empty() {
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
    let mut sentence = format!(
        "As {looked_in} was seen on {}, told by {told_by}: no notification {who} found for {} ({}).",
        words::dates(&event.as_seen.edtf),
        due.missing_words()?,
        ground.quoted(absence.at)
    );
    let mut also: BTreeSet<At> = BTreeSet::new();
    if let Some(filed) = due.filed_words(ground) {
        sentence.push_str(&format!(" A notice is recorded for {filed}."));
        also.extend(due.filed.iter().map(|(_, notice)| *notice));
    }
    let mut any = false;
    for (month, figures) in deliveries(recorded, &event.looked_for, &due.missing) {
        any = true;
        let names: Vec<String> = figures.iter().map(|(at, _)| ground.name(*at)).collect();
        sentence.push_str(&format!(
            " For {}, of which deliveries are told ({}), notice was due by {}.",
            month_words(month)?,
            words::listed(&names, "and"),
            words::dates(&due_date(month, due_day)?)
        ));
        for (figure, tellings) in figures {
            also.insert(*figure);
            also.extend(tellings);
        }
    }
    if !any {
        sentence.push_str(" No figure for one of these months alone is recorded here.");
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

/// The figures of deliveries in months that are missing. One for a receiver that is not stated is none of them.
fn deliveries<'r>(
    recorded: &'r Recorded,
    looked_for: &'r Sought,
    missing: &[Month],
) -> BTreeMap<Month, Vec<&'r Delivery>> {
    let mut found: BTreeMap<Month, Vec<&Delivery>> = BTreeMap::new();
    let (Some(first), Some(last)) = (missing.first(), missing.last()) else {
        return found;
    };
    let missing: BTreeSet<Month> = missing.iter().copied().collect();
    for ((receiver, _), by_month) in sought(looked_for, &recorded.deliveries) {
        if *receiver == Party::NotStated && looked_for.receiver != Party::NotStated {
            continue;
        }
        for (month, figures) in by_month.range(*first..=*last) {
            if missing.contains(month) {
                found.entry(*month).or_default().extend(figures);
            }
        }
    }
    for figures in found.values_mut() {
        figures.sort_unstable();
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

fn month_words(month: Month) -> Option<String> {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let month: Edtf = format!("{year:04}-{month:02}").parse().ok()?;
    Some(words::dates(&month))
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
