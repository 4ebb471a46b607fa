//! cap-share: what the figures of each column come to against a cap in one of its periods. Columns
//! are never added to each other.

use seaproof_evidence::Event;

use super::{Draft, Ground};
use crate::caps::{CapState, Column, ColumnState};
use crate::rules::Parameters;
use crate::words;

const COLUMNS: [(Column, &str); 3] = [
    (Column::Notified, "Notified"),
    (Column::Reported, "Reported"),
    (Column::Estimated, "Estimated"),
];

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let used = ground.caps.iter().filter(|cap| !cap.columns.is_empty());
    used.map(|cap| draft(ground, cap)).collect()
}

fn draft(ground: &Ground<'_>, cap: &CapState<'_>) -> Draft {
    let period = cap.period.as_ref().map_or_else(
        || "no period".to_owned(),
        |(from, before)| words::period(from, before),
    );
    let limit = cap.limit.value;
    let unit = cap.limit.unit.symbol();
    let mut sentences = Vec::new();
    let mut missing = Vec::new();
    for (column, name) in COLUMNS {
        let Some(state) = cap.columns.get(&column) else {
            missing.push(format!("{name}: none recorded."));
            continue;
        };
        let share = state
            .interval
            .share_words(limit)
            .map_or_else(String::new, |share| format!(" ({share})"));
        let above = state.interval.low > limit
            || (state.interval.low == limit && state.interval.low_exclusive);
        sentences.push(format!(
            "{name} figures put {period} at {}{share} of the {} {unit} of {}{}.",
            state.interval.words(),
            words::grouped(limit),
            ground.name(cap.cap),
            if above { ", so above it" } else { "" }
        ));
    }
    sentences.extend(missing);
    let figures = || cap.columns.values().flat_map(|c| &c.figures);
    let mut draft = Draft::new(
        sentences.join(" "),
        figures()
            .filter(|f| f.sets_an_end)
            .flat_map(|f| f.behind.iter().copied()),
    );
    draft.also.insert(cap.cap);
    draft
        .also
        .extend(figures().flat_map(|f| f.behind.iter().copied()));
    for (column, name) in COLUMNS {
        if let Some(state) = cap.columns.get(&column) {
            draft.caveats.extend(caveats(ground, state, name, unit));
        }
    }
    draft.caveat("Wrong if a figure counts other deliveries than the cap does.")
}

fn caveats(ground: &Ground<'_>, column: &ColumnState, name: &str, unit: &str) -> Vec<String> {
    let mut caveats = Vec::new();
    for figure in &column.figures {
        let id = ground.name(figure.figure);
        if !figure.sets_an_end {
            caveats.push(format!(
                "{name}, also: {id}, {} {unit}, not added.",
                figure.interval.words()
            ));
        }
        if figure.partly {
            caveats.push(format!(
                "{id} reaches beyond the period, or the date looked at: its low end counts as 0."
            ));
        }
        if !figure.factors.is_empty() {
            let factors: Vec<String> = figure.factors.iter().map(|at| ground.quoted(*at)).collect();
            caveats.push(format!(
                "{id} is told in another unit; converted by {}.",
                words::listed(&factors, "and")
            ));
        }
        if let Some(reading) = figure.reading {
            caveats.push(format!(
                "{id} counts here by the reading {}.",
                ground.quoted(reading)
            ));
        }
        if !figure.by_share.is_empty() {
            let tellings: Vec<String> = figure
                .by_share
                .iter()
                .map(|at| ground.quoted(*at))
                .collect();
            caveats.push(format!(
                "{id} counts because it is told as a share of this cap ({}).",
                tellings.join(" ")
            ));
        }
        let statement = ground.settled.statement(figure.figure);
        if let Some(Event::Figure(event)) = statement.as_ref().map(|s| s.event()) {
            caveats.push(match &event.origin.method {
                Some(method) => format!("{id}: its author's method: {method}."),
                None => format!("{id}: the working is not shown by its author."),
            });
        }
    }
    caveats
}
