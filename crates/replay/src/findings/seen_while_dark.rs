//! seen-while-said-dark: a sighting inside a stretch in which AIS is said to have been off. From
//! one report, or from reports that retell one origin, it is one account, not two observations.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::time::When;

use super::{Draft, Ground};
use crate::claims::contains;
use crate::rules::Parameters;
use crate::settle::Statement;
use crate::sources::{self, Ancestries};
use crate::state::At;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    // Their times alone: there may be very many, and a decoded statement is large.
    let mut dark: BTreeMap<At, Vec<(At, When)>> = BTreeMap::new();
    for silence in ground.settled.of_kind("ais-silence") {
        if let (Some(thing), Event::AisSilence(event)) = (silence.subject(), silence.event())
            && let Some(when) = &event.when
        {
            let silences = dark.entry(thing).or_default();
            silences.push((silence.at, when.clone()));
        }
    }
    let mut ancestries = Ancestries::default();
    let mut drafts = Vec::new();
    for sighting in ground.settled.of_kind("sighting") {
        let (Event::Sighting(event), Some(thing)) = (sighting.event(), sighting.subject()) else {
            continue;
        };
        // A silence of a whole group is one of its parts; the reverse is not known.
        let inside: Vec<Statement<'_>> = ground
            .groups
            .upward(thing)
            .iter()
            .filter_map(|at| dark.get(at))
            .flatten()
            .filter(|(_, dark)| lies_inside(&event.when, dark))
            .filter_map(|(at, _)| ground.settled.statement(*at))
            .collect();
        if !inside.is_empty() {
            drafts.push(draft(ground, &sighting, &inside, &mut ancestries));
        }
    }
    drafts
}

fn draft(
    ground: &Ground<'_>,
    sighting: &Statement<'_>,
    inside: &[Statement<'_>],
    ancestries: &mut Ancestries,
) -> Draft {
    let seen_by = sources::sources_of(ground.settled, sighting);
    let origins = |sources: &BTreeSet<Option<At>>, ancestries: &mut Ancestries| {
        let all = sources.iter().flatten();
        all.flat_map(|at| ancestries.of(ground.settled, *at).to_vec())
            .map(|(_, at)| at)
            .collect::<BTreeSet<At>>()
    };
    let seen_origins = origins(&seen_by, ancestries);
    let (mut same, mut retold, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for silence in inside {
        let by = sources::sources_of(ground.settled, silence);
        let shares_report = by.iter().flatten().any(|at| seen_by.contains(&Some(*at)));
        let hash = ground.quoted(silence.at);
        if shares_report {
            same.push(hash);
        } else if origins(&by, ancestries).is_disjoint(&seen_origins) {
            other.push(hash);
        } else {
            retold.push(hash);
        }
    }
    let mut sentence = format!(
        "{}: said seen ({}) and said dark",
        sighting
            .subject()
            .map_or_else(String::new, |at| ground.name(at)),
        ground.quoted(sighting.at)
    );
    let mut parts = Vec::new();
    if !same.is_empty() {
        parts.push(format!(
            " ({}) in the same report: one account, not two observations",
            words::listed(&same, "and")
        ));
    }
    if !retold.is_empty() {
        parts.push(format!(
            " ({}) in a report that retells the same origin: not shown to be a second observation",
            words::listed(&retold, "and")
        ));
    }
    if !other.is_empty() {
        parts.push(format!(
            " ({}) in another source: not shown to be independent",
            words::listed(&other, "and")
        ));
    }
    sentence.push_str(&parts.join("; also said dark"));
    sentence.push('.');
    let statements = inside.iter().map(|s| s.at).chain([sighting.at]);
    let mut draft = Draft::new(sentence, statements)
        .caveat("Wrong if the sighting and the silence are of different moments: each may be any time in its stretch.");
    let stated = inside.iter().any(|s| {
        matches!(s.event(), Event::AisSilence(e)
            if e.coverage != seaproof_evidence::events::movements::Coverage::NotStated)
    });
    draft.coverage = Some(if stated { "stated" } else { "not stated" }.to_owned());
    draft
}

/// Whether the sighting, as stated, lies inside the silence.
fn lies_inside(seen: &Option<When>, dark: &When) -> bool {
    seen.as_ref()
        .is_some_and(|seen| contains(&dark.edtf, &seen.edtf) && dark.span().meets(&seen.span()))
}
