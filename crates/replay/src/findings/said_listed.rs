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
            let flags = flags(ground, thing, locode, event);
            if !said.is_empty() && !flags.foreign.is_empty() {
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
    flags: Flags,
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
    draft.caveats.extend(flags.caveat(ground, locode));
    draft.also.extend(flags.foreign);
    draft.also.extend(flags.own);
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

/// Which flags a thing is told to fly at a call, from the port's point of view.
pub(super) struct Flags {
    /// Statements by which it flies another flag than the port's.
    pub(super) foreign: BTreeSet<At>,
    /// Statements by which it flies the port's own.
    pub(super) own: BTreeSet<At>,
}

impl Flags {
    /// What to know where one has it that the flag is the port's own.
    pub(super) fn caveat(&self, ground: &Ground<'_>, port: Locode) -> Option<String> {
        let by: Vec<String> = self.own.iter().map(|at| ground.quoted(*at)).collect();
        (!by.is_empty()).then(|| {
            format!(
                "Wrong if it flew the flag of {}, as {} has it: then the port is not foreign to it.",
                port.country().as_str(),
                words::listed(&by, "and")
            )
        })
    }
}

/// The flags told of a thing, and of what it is a part of, that may have held at a call.
pub(super) fn flags(ground: &Ground<'_>, thing: At, port: Locode, call: &PortCall) -> Flags {
    let mut flags = Flags {
        foreign: BTreeSet::new(),
        own: BTreeSet::new(),
    };
    let stay = stay(call);
    let told = ground.groups.upward(thing).into_iter();
    for told in told.flat_map(|at| claims::told_of(ground.settled, at)) {
        let then =
            (told.when.as_ref().zip(stay)).is_none_or(|(when, stay)| when.span().meets(&stay));
        if told.property == "flag" && then {
            match told.value == port.country().as_str() {
                true => flags.own.insert(told.by),
                false => flags.foreign.insert(told.by),
            };
        }
    }
    flags
}

/// From the first moment of a call that may be meant to the last; `None` if it is about no time.
fn stay(call: &PortCall) -> Option<Span> {
    let span = |when: &Option<When>| when.as_ref().map(When::span);
    match (span(&call.arrival), span(&call.departure)) {
        (Some(arrival), departure) => Some(Span {
            earliest: arrival.earliest,
            latest: departure.map_or(arrival.latest, |departure| departure.latest),
        }),
        (None, departure) => departure.map(|departure| Span {
            earliest: None,
            latest: departure.latest,
        }),
    }
}

/// Whether the listing may have held when the port was called at; what is not stated may.
fn may_hold_during(said: &Statement<'_>, call: &PortCall) -> bool {
    let Event::SaidListed(said) = said.event() else {
        return false;
    };
    let arrives = call.arrival.as_ref().and_then(|_| stay(call));
    (said.when.as_ref().zip(arrives)).is_none_or(|(when, stay)| when.span().meets(&stay))
}
