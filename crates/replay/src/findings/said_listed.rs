//! said-listed-in-foreign-port: a vessel or group said to be listed, and said to have called at a
//! port of a state whose flag it is not said to fly. No list is consulted.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::events::movements::PortCall;
use seaproof_evidence::ids::Locode;
use seaproof_evidence::time::{Span, When};

use super::{Draft, Ground};
use crate::claims;
use crate::groups::Range;
use crate::rules::Parameters;
use crate::settle::Statement;
use crate::state::At;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut listed: BTreeMap<At, Vec<Statement<'_>>> = BTreeMap::new();
    for statement in ground.settled.of_kind("said-listed") {
        if let Some(thing) = statement.subject() {
            listed.entry(thing).or_default().push(statement);
        }
    }
    let mut drafts = Vec::new();
    for call in ground.settled.of_kind("port-call") {
        let (Event::PortCall(event), Some(caller)) = (call.event(), call.subject()) else {
            continue;
        };
        let Some(locode) = event.place.locode else {
            continue;
        };
        for thing in ground.groups.downward(caller) {
            let Some(said) = listed.get(&thing) else {
                continue;
            };
            let said: Vec<&Statement<'_>> =
                said.iter().filter(|s| may_hold_during(s, event)).collect();
            let flags = foreign_flags(ground, thing, locode);
            if !said.is_empty() && !flags.is_empty() {
                drafts.push(draft(ground, &call, event, locode, thing, &said, flags));
            }
        }
    }
    drafts
}

fn draft(
    ground: &Ground<'_>,
    call: &Statement<'_>,
    event: &PortCall,
    locode: Locode,
    thing: At,
    said: &[&Statement<'_>],
    flags: BTreeSet<At>,
) -> Draft {
    let caller = call.subject().unwrap_or(thing);
    let time = event
        .arrival
        .as_ref()
        .or(event.departure.as_ref())
        .map_or_else(String::new, |w| format!(" {}", words::during(&w.edtf)));
    let authorities: BTreeSet<String> = said
        .iter()
        .filter_map(|s| match s.event() {
            Event::SaidListed(e) => Some(e.authority.to_string()),
            _ => None,
        })
        .collect();
    let authorities: Vec<String> = authorities.into_iter().collect();
    let list = format!("on a {} list", words::listed(&authorities, "or"));
    let (sentence, identity) = match (ground.groups.range(thing), ground.groups.range(caller)) {
        (Some(part), Some(whole)) => (
            format!(
                "{} unnamed vessels ({}) said to have been at {locode}{time} are said to be {list}. \
                 No vessel is identified and no list was consulted.",
                part_of(part, whole),
                ground.name(caller)
            ),
            "no vessel is identified",
        ),
        _ => (
            format!(
                "{}, said to have been at {locode}{time}, is said to be {list}. No list was consulted.",
                ground.name(thing)
            ),
            "as the sources name the vessel; not matched with any register",
        ),
    };
    let mut draft = Draft::new(sentence, said.iter().map(|s| s.at).chain([call.at]))
        .caveat("Wrong if the vessels said to be listed are not on any list, or were not yet.")
        .caveat("Wrong if the listing carries no port ban: being listed is none by itself.");
    draft.also = flags;
    draft
        .also
        .extend(ground.groups.behind.get(&thing).into_iter().flatten());
    draft.identity = Some(identity.to_owned());
    if event.arrival.is_none() {
        draft = draft.caveat("When the port was called at is not stated.");
    }
    draft
}

/// `At least 4 of 5`.
fn part_of(part: Range, whole: Range) -> String {
    let whole_words = match whole.high {
        Some(high) if high == whole.low => high.to_string(),
        Some(high) => format!("{} to {high}", whole.low),
        None => format!("at least {}", whole.low),
    };
    match part.high {
        _ if part.low == 0 => format!("Some of {whole_words}"),
        Some(high) if high == part.low && part == whole => format!("All of {whole_words}"),
        Some(high) if high == part.low => format!("{high} of {whole_words}"),
        _ => format!("At least {} of {whole_words}", part.low),
    }
}

/// Statements by which a thing flies another flag than the port's.
pub(super) fn foreign_flags(ground: &Ground<'_>, thing: At, port: Locode) -> BTreeSet<At> {
    ground
        .groups
        .upward(thing)
        .into_iter()
        .flat_map(|at| claims::told_of(ground.settled, at))
        .filter(|told| told.property == "flag" && told.value != port.country().as_str())
        .map(|told| told.by)
        .collect()
}

/// Whether the listing may have held when the port was called at; what is not stated may.
fn may_hold_during(said: &Statement<'_>, call: &PortCall) -> bool {
    let Event::SaidListed(said) = said.event() else {
        return false;
    };
    let span = |when: &Option<When>| when.as_ref().map(When::span);
    let (Some(listed), Some(arrival)) = (span(&said.when), span(&call.arrival)) else {
        return true;
    };
    let stay = Span {
        earliest: arrival.earliest,
        latest: span(&call.departure).map_or(arrival.latest, |departure| departure.latest),
    };
    listed.meets(&stay)
}
