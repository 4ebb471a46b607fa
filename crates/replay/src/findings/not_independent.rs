//! not-independent: statements on a vessel or group that reach us through several reports which
//! all relay one origin and nothing beside it. They count as one. Tellings of a figure are one figure anyway, and are not
//! looked at here.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, Ground};
use crate::rules::Parameters;
use crate::settle::{Statement, Status};
use crate::sources::{self, Ancestries};
use crate::state::At;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut things: Vec<At> = ground.settled.ats_of_kind("vessel").to_vec();
    let tops = ground.groups.ranges.keys();
    things.extend(tops.filter(|at| ground.groups.whole(**at).is_none()));
    let mut ancestries = Ancestries::default();
    things
        .into_iter()
        .flat_map(|thing| of_thing(ground, thing, &mut ancestries))
        .collect()
}

fn of_thing(ground: &Ground<'_>, thing: At, ancestries: &mut Ancestries) -> Vec<Draft> {
    let own = ground
        .settled
        .statement(thing)
        .filter(|s| s.provenance().is_some());
    let parts = ground.groups.downward(thing);
    let statements: Vec<(Statement<'_>, BTreeSet<Option<At>>)> = own
        .into_iter()
        .chain(parts.iter().flat_map(|part| ground.settled.about(*part)))
        .map(|s| {
            // A withdrawn report reports nothing.
            let mut sources = sources::sources_of(ground.settled, &s);
            sources.retain(|source| source.is_none_or(|at| ground.settled.status(at).stands()));
            (s, sources)
        })
        .collect();
    let mut reports: BTreeSet<At> = statements
        .iter()
        .flat_map(|(_, sources)| sources.iter().flatten().copied())
        .collect();
    let mut drafts = Vec::new();
    // Each origin takes its reports away; what is left may share another.
    while let Some((origin, relaying)) = shared_origin(ground, &reports, ancestries) {
        reports.retain(|report| !relaying.contains(report));
        let through: Vec<&Statement<'_>> = statements
            .iter()
            .filter(|(_, sources)| {
                !sources.is_empty()
                    && sources
                        .iter()
                        .all(|s| s.is_some_and(|at| relaying.contains(&at)))
            })
            .map(|(statement, _)| statement)
            .collect();
        if through.len() > 1 {
            drafts.push(draft(
                ground,
                thing,
                &through,
                statements.len(),
                origin,
                &relaying,
                ancestries,
            ));
        }
    }
    drafts
}

/// The origin that most of the reports relay, at least two; of several the nearest one. A report
/// that also goes back to something else is not counted.
fn shared_origin(
    ground: &Ground<'_>,
    reports: &BTreeSet<At>,
    ancestries: &mut Ancestries,
) -> Option<(At, BTreeSet<At>)> {
    let mut relaying: BTreeMap<At, (u64, BTreeSet<At>)> = BTreeMap::new();
    for report in reports {
        for (steps, origin) in ancestries.of(ground.settled, *report) {
            let (distance, by) = relaying.entry(*origin).or_default();
            *distance += u64::from(*steps);
            by.insert(*report);
        }
    }
    for (origin, (_, by)) in &mut relaying {
        if by.len() > 1 {
            let begins = ancestries.beginnings(ground.settled, *origin).clone();
            by.retain(|report| {
                let from = ancestries.beginnings(ground.settled, *report);
                from.is_subset(&begins)
            });
        }
    }
    relaying
        .into_iter()
        .filter(|(_, (_, by))| by.len() > 1)
        .min_by_key(|(origin, (distance, by))| (std::cmp::Reverse(by.len()), *distance, *origin))
        .map(|(origin, (_, by))| (origin, by))
}

fn draft(
    ground: &Ground<'_>,
    thing: At,
    through: &[&Statement<'_>],
    all: usize,
    origin: At,
    relaying: &BTreeSet<At>,
    ancestries: &mut Ancestries,
) -> Draft {
    let how_many = if through.len() == all {
        format!("All {}", words::counted(all, "statement", "statements"))
    } else {
        format!(
            "{} of {}",
            through.len(),
            words::counted(all, "statement", "statements")
        )
    };
    let names: Vec<String> = relaying.iter().map(|at| ground.name(*at)).collect();
    let names = words::listed(&names, "and");
    let source = ground.name(origin);
    let thing = ground.name(thing);
    let retelling: Vec<String> = relaying
        .iter()
        .filter(|at| **at != origin)
        .map(|at| ground.name(*at))
        .collect();
    let how = if retelling.len() < relaying.len() {
        let verb = if retelling.len() == 1 {
            "retells"
        } else {
            "retell"
        };
        format!(
            "{names}; {} {verb} {source}",
            words::listed(&retelling, "and")
        )
    } else {
        format!(
            "{} ({names}) that {} relay one source ({source}, {}{})",
            words::counted(relaying.len(), "report", "reports"),
            if relaying.len() == 2 { "both" } else { "all" },
            sources::hold_words(ground.settled, origin),
            match ground.settled.status(origin) {
                Status::Retracted { .. } => ", retracted",
                status if !status.stands() => ", does not stand",
                _ => "",
            }
        )
    };
    let sentence = format!(
        "{how_many} on {thing} reach us through {how}. Not shown to be independent: count as 1."
    );
    let mut draft = Draft::new(sentence, through.iter().map(|s| s.at))
        .caveat("Wrong if one of the reports also had a source of its own that it does not name.");
    // The chain of retelling, from each report to the origin.
    for report in relaying {
        let chain = ancestries.of(ground.settled, *report).to_vec();
        let upto = chain
            .iter()
            .find(|(_, at)| *at == origin)
            .map_or(0, |(steps, _)| *steps);
        draft.also.extend(
            chain
                .iter()
                .filter(|(steps, _)| *steps < upto)
                .map(|(_, at)| *at),
        );
    }
    draft.also.insert(origin);
    draft
        .also
        .extend(through.iter().filter_map(|s| s.subject()));
    draft
}
