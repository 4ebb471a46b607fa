//! listed-in-foreign-port: a vessel whose identity with a row of a held or cited list somebody signed for, at
//! a port of a state whose flag it is not said to fly, with a *port ban* surely in force during the stay.

use seaproof_evidence::Event;
use seaproof_evidence::events::things::MembershipDegree;
use seaproof_evidence::time::When;

use super::said_listed::foreign_flags;
use super::{Draft, Ground, confidence_word};
use crate::listings::{Listing, Terms, listings, measure_words};
use crate::rules::Parameters;
use crate::settle::Statement;
use crate::state::At;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let listings = listings(ground.settled);
    if listings.is_empty() {
        return Vec::new();
    }
    let mut drafts = Vec::new();
    for call in ground.settled.of_kind("port-call") {
        let Some(caller) = call.subject() else {
            continue;
        };
        for listing in &listings {
            if let Some(behind) = was_there(ground, &call, caller, listing.vessel) {
                drafts.extend(draft(ground, &call, listing, behind));
            }
        }
    }
    drafts
}

/// Why the vessel is held to have been on this call: because it is its own, or all of a group's of which
/// it is a member.
fn was_there(ground: &Ground<'_>, call: &Statement<'_>, caller: At, vessel: At) -> Option<Vec<At>> {
    if caller == vessel {
        return Some(Vec::new());
    }
    let Event::PortCall(event) = call.event() else {
        return None;
    };
    if event.count.is_some() {
        return None;
    }
    let members = ground.memberships.vessels(caller, MembershipDegree::Is);
    members
        .get(&vessel)
        .map(|behind| behind.iter().copied().collect())
}

fn draft(
    ground: &Ground<'_>,
    call: &Statement<'_>,
    listing: &Listing<'_>,
    behind: Vec<At>,
) -> Option<Draft> {
    let (Event::PortCall(event), Event::Listed(listed)) = (call.event(), listing.statement.event())
    else {
        return None;
    };
    let locode = event.place.locode?;
    let arrival = event.arrival.as_ref()?;
    let terms = listing.port_ban_during(arrival, event.departure.as_ref())?;
    let flags = foreign_flags(ground, listing.vessel, locode);
    if flags.is_empty() {
        return None;
    }
    let (began, in_force) = ban(listing, &terms)?;
    let since = began.since.as_ref().map_or_else(String::new, |since| {
        let dates = words::dates(&since.edtf);
        match began.by_list_date {
            true => format!(" by {dates}, the date of the list"),
            false => format!(" since {dates}"),
        }
    });
    let measures: Vec<String> = in_force.measures.iter().map(measure_words).collect();
    let sentence = format!(
        "{} was at {locode}{} ({}). {} lists it as {}, with a port ban in force{since} (measures: {}).",
        ground.name(listing.vessel),
        format_args!(" {}", words::during(&arrival.edtf)),
        ground.quoted(call.at),
        list_words(ground, listing.snapshot),
        listed.reference,
        words::listed(&measures, "and"),
    );
    let confidence = &listed.provenance.confidence;
    let level = confidence_word(confidence.level).replace('-', " ");
    let why = confidence
        .reason
        .as_ref()
        .map_or_else(String::new, |why| format!(" ({why})"));
    let mut draft = Draft::new(sentence, [call.at, listing.statement.at])
        .caveat("Wrong if the vessel at the port is not the one of the list's row.")
        .caveat("Wrong if the port call did not happen, or an exemption was granted.");
    draft.identity = Some(format!(
        "taken to be the row's vessel {}; {level}{why}",
        listing.matched_words()
    ));
    draft.also.extend(terms);
    draft.also.extend(flags);
    draft.also.extend(behind);
    draft.also.insert(listing.snapshot);
    draft.also.insert(listing.vessel);
    Some(draft)
}

/// The terms with which the port ban began that was in force, and those that were in force when the ship came.
fn ban<'l>(listing: &'l Listing<'_>, behind: &[At]) -> Option<(&'l Terms, &'l Terms)> {
    let first = behind.first()?;
    let at = listing.terms.iter().position(|terms| terms.by == *first)?;
    let began = listing.terms[..=at]
        .iter()
        .rev()
        .take_while(|terms| terms.bans_ports())
        .last()?;
    Some((began, &listing.terms[at]))
}

/// `The 1718 Sanctions List of the UN as of 29 October 2018 (un-list, cited, not held)`.
fn list_words(ground: &Ground<'_>, snapshot: At) -> String {
    let statement = ground.settled.statement(snapshot);
    let Some(Event::ListSnapshot(list)) = statement.as_ref().map(|s| s.event()) else {
        return ground.name(snapshot);
    };
    let date = |when: &Option<When>| when.as_ref().map(|w| words::dates(&w.edtf));
    let as_of = date(&list.generated)
        .map(|date| format!(", as of {date}"))
        .or_else(|| date(&list.captured).map(|date| format!(", fetched on {date}")))
        .unwrap_or_default();
    format!(
        "The {} of {}{as_of} ({}, {})",
        list.list,
        list.authority,
        ground.name(snapshot),
        crate::sources::hold_words(ground.settled, snapshot)
    )
}
