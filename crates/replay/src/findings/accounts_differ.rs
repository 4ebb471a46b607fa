//! accounts-differ: two values of one single-valued property, as stated, neither broader than the
//! other. Which properties have one value is the parameter `single-valued`; every question that an
//! assertion answers has one answer. Readings are set against each other, not against what is told.
//! Questions of law are shown and not decided.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::time::{Edtf, Zone};

use super::{Draft, Ground};
use crate::claims::{self, Told};
use crate::rules::Parameters;
use crate::state::At;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let single = |property: &str| {
        let single = parameters.get("single-valued");
        single.is_some_and(|single| single.iter().any(|p| p == property))
    };
    let mut things: BTreeSet<At> = BTreeSet::new();
    for kind in ["claim", "assertion", "reading"] {
        things.extend(ground.settled.subjects_of_kind(kind));
    }
    let mut drafts = Vec::new();
    for thing in things {
        // What was told comes first, what we chose stands apart.
        let mut by_property: BTreeMap<(bool, String), Vec<Told>> = BTreeMap::new();
        let told = claims::told_of(ground.settled, thing);
        let read = claims::readings_of(ground.settled, thing);
        let all = told.into_iter().map(|told| (false, told));
        for (chosen, told) in all.chain(read.into_iter().map(|read| (true, read))) {
            by_property
                .entry((chosen, told.property.clone()))
                .or_default()
                .push(told);
        }
        for ((_, property), told) in by_property {
            let answered = told.iter().any(|t| is_assertion(ground, t.by));
            if single(&property) || answered {
                drafts.extend(differing(ground, thing, &property, &told));
            }
        }
    }
    if single("count") {
        drafts.extend(counts(ground));
    }
    if single("quantity") {
        drafts.extend(rivals(ground));
    }
    drafts
}

fn is_assertion(ground: &Ground<'_>, at: At) -> bool {
    ground.settled.kind(at) == Some("assertion")
}

fn differing(ground: &Ground<'_>, thing: At, property: &str, told: &[Told]) -> Option<Draft> {
    let differs = |one: &Told| told.iter().any(|other| !one.agrees_with(other));
    let differing: Vec<&Told> = told.iter().filter(|one| differs(one)).collect();
    if differing.is_empty() {
        return None;
    }
    let of_law = differing.iter().any(|t| t.legal);
    let mut values: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    for one in &differing {
        values.entry(&one.value).or_default().push(one);
    }
    // In the order in which they were first told.
    let mut values: Vec<(&str, Vec<&Told>)> = values.into_iter().collect();
    values.sort_by_key(|(_, told)| told.iter().map(|t| t.by).min());
    let told_words: Vec<String> = values
        .iter()
        .map(|(value, told)| {
            let by: Vec<String> = told.iter().map(|t| told_by(ground, t.by)).collect();
            format!("{value:?} ({})", by.join("; "))
        })
        .collect();
    let mut sentence = format!(
        "{}, {property}: {}.",
        thing_words(ground, thing),
        words::listed(&told_words, "and")
    );
    if of_law {
        sentence.push_str(" Of law: not decided here.");
    }
    let mut also = BTreeSet::new();
    for broad in told {
        let takes_in = |value: &&(&str, Vec<&Told>)| value.1.iter().any(|t| broad.takes_in(t));
        if values.iter().filter(takes_in).count() > 1 {
            let fits = if values.len() == 2 {
                "both"
            } else {
                "more than one"
            };
            sentence.push_str(&format!(
                " {:?} ({}) fits {fits}.",
                broad.value,
                ground.quoted(broad.by)
            ));
            also.insert(broad.by);
        }
    }
    let may_be_zones = differing.iter().any(|one| {
        differing
            .iter()
            .any(|other| match (&one.date, &other.date) {
                (Some(a), Some(b)) => !one.agrees_with(other) && a.span().meets(&b.span()),
                _ => false,
            })
    });
    if may_be_zones {
        match zone_words(ground, thing, &differing) {
            Some((words, port)) => {
                sentence.push_str(&words);
                also.insert(port);
            }
            None => sentence.push_str(" In some time zone both may be right."),
        }
    }
    let mut draft = Draft::new(sentence, differing.iter().map(|t| t.by))
        .caveat("Wrong if the sources mean different things by the same word.");
    draft.of_law = of_law;
    draft.also = also;
    Some(draft)
}

/// How two days next to each other fit if one was told in UTC and one by the port's clocks, and the entry of
/// the gazetteer that gives its zone.
fn zone_words(ground: &Ground<'_>, thing: At, differing: &[&Told]) -> Option<(String, At)> {
    let mut days: Vec<&Edtf> = Vec::new();
    for told in differing {
        let date = told.date.as_ref()?;
        if date.zone != Zone::NotStated
            || date.edtf.as_str().len() != 10
            || !words::is_day(&date.edtf)
        {
            return None;
        }
        if !days.contains(&&date.edtf) {
            days.push(&date.edtf);
        }
    }
    days.sort_by_key(|day| day.local_bounds());
    let [earlier, later] = days[..] else {
        return None;
    };
    let thing = ground.settled.statement(thing)?;
    let Event::PortCall(call) = thing.event() else {
        return None;
    };
    let locode = call.place.locode?;
    let port = ground.settled.of_kind("port").filter(
        |s| matches!(s.event(), Event::Port(port) if port.locode == locode && port.zone != Zone::NotStated),
    );
    let ports: Vec<_> = port.collect();
    let zones = ports.iter().filter_map(|s| match s.event() {
        Event::Port(port) => Some(port.zone),
        _ => None,
    });
    // Which of several zones is meant is not for us to choose.
    if zones.collect::<BTreeSet<Zone>>().len() > 1 {
        return None;
    }
    let port = ports.last()?;
    let Event::Port(entry) = port.event() else {
        return None;
    };
    let Zone::Offset(offset) = entry.zone else {
        return None;
    };
    let minutes = i64::from(offset.minutes());
    const DAY_MS: i64 = 86_400_000;
    let begins = later.local_bounds().0?;
    if begins != earlier.local_bounds().0? + DAY_MS || minutes == 0 {
        return None;
    }
    // What the clock in UTC shows when the later day begins at the port.
    let clock = (-minutes).rem_euclid(24 * 60);
    let clock = format!("{:02}:{:02} UTC", clock / 60, clock % 60);
    let name = entry.names.first()?;
    let (earlier, later) = (words::dates(earlier), words::dates(later));
    let fits = match minutes > 0 {
        true => format!("from {clock} on {earlier} it is {later} at {name}"),
        false => format!("until {clock} on {later} it is {earlier} at {name}"),
    };
    let words = format!(" Time zone not stated: {fits}, so both may be right.");
    Some((words, port.at))
}

fn told_by(ground: &Ground<'_>, at: At) -> String {
    let sources = ground
        .settled
        .statement(at)
        .map_or_else(String::new, |s| format!(" {}", ground.told_by(&s)));
    format!("{}{sources}", ground.quoted(at))
}

/// A cap by its limit, everything else by its name.
fn thing_words(ground: &Ground<'_>, thing: At) -> String {
    let name = ground.name(thing);
    match ground.settled.statement(thing).as_ref().map(|s| s.event()) {
        Some(Event::Cap(cap)) => format!("The {} cap ({name})", claims::amount(cap.amount)),
        _ => name,
    }
}

/// Counts of one group that allow no common number.
fn counts(ground: &Ground<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for group in ground.groups.ranges.keys() {
        let counts: Vec<_> = ground
            .settled
            .about_of_kinds(*group, &["count"])
            .filter_map(|s| match s.event() {
                Event::Count(e) => Some((s.at, crate::groups::Range::from(e.count))),
                _ => None,
            })
            .collect();
        let differing: Vec<_> = counts
            .iter()
            .filter(|(_, one)| counts.iter().any(|(_, other)| !one.meets(*other)))
            .collect();
        if differing.is_empty() {
            continue;
        }
        let told: Vec<String> = differing
            .iter()
            .map(|(at, range)| {
                let number = match range.high {
                    Some(high) if high == range.low => high.to_string(),
                    Some(high) => format!("{} to {high}", range.low),
                    None => format!("at least {}", range.low),
                };
                format!("{number} ({})", told_by(ground, *at))
            })
            .collect();
        let sentence = format!(
            "{}, count: {}.",
            ground.name(*group),
            words::listed(&told, "and")
        );
        drafts.push(
            Draft::new(sentence, differing.iter().map(|(at, _)| *at))
                .caveat("Wrong if the sources count different things, such as ships and calls."),
        );
    }
    drafts
}

/// Figures of one scope that cannot both be true.
fn rivals(ground: &Ground<'_>) -> Vec<Draft> {
    let mut seen = BTreeSet::new();
    let mut drafts = Vec::new();
    for (cap, column) in ground
        .caps
        .iter()
        .flat_map(|cap| cap.columns.values().map(move |column| (cap, column)))
    {
        for rivals in &column.rivals {
            if !seen.insert(rivals.clone()) {
                continue;
            }
            let counted: Vec<_> = column
                .figures
                .iter()
                .filter(|f| rivals.contains(&f.figure))
                .collect();
            let told: Vec<String> = counted
                .iter()
                .map(|f| format!("{}: {}", ground.name(f.figure), f.interval.words()))
                .collect();
            let sentence = format!(
                "Figures of one scope that cannot all be true, in {}: {}. Both ends are kept.",
                cap.limit.unit.symbol(),
                told.join("; ")
            );
            let behind = counted.iter().flat_map(|f| f.behind.iter().copied());
            drafts.push(
                Draft::new(sentence, behind)
                    .caveat("Wrong if the figures count different deliveries after all."),
            );
        }
    }
    drafts
}
