//! listed-in-foreign-port: a vessel whose identity with a row of a held or cited list somebody signed for, at
//! a port of a state whose flag it is not said to fly, with a *port ban* surely in force during the stay.

use std::collections::BTreeMap;

use seaproof_evidence::Event;
use seaproof_evidence::events::things::MembershipDegree;
use seaproof_evidence::time::When;

use super::said_listed::flags;
use super::{Draft, Ground, confidence_word};
use crate::listings::{Listing, listings, measure_words};
use crate::rules::Parameters;
use crate::settle::Statement;
use crate::state::At;
use crate::words;

/// A listing, and the memberships by which its vessel is held to have been on a call.
type OnCall<'l, 'a> = (&'l Listing<'a>, Vec<At>);

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut of_vessel: BTreeMap<At, Vec<&Listing<'_>>> = BTreeMap::new();
    let listings = listings(ground.settled);
    for listing in &listings {
        of_vessel.entry(listing.vessel).or_default().push(listing);
    }
    if of_vessel.is_empty() {
        return Vec::new();
    }
    // Many calls are of few groups.
    let mut of_members: BTreeMap<At, Vec<OnCall<'_, '_>>> = BTreeMap::new();
    let mut drafts = Vec::new();
    for call in ground.settled.of_kind("port-call") {
        let (Event::PortCall(event), Some(caller)) = (call.event(), call.subject()) else {
            continue;
        };
        for listing in of_vessel.get(&caller).into_iter().flatten() {
            drafts.extend(draft(ground, &call, listing, &[]));
        }
        // Which of its members some of a group are is not told.
        if event.count.is_some() {
            continue;
        }
        let members = of_members.entry(caller).or_insert_with(|| {
            let members = ground.memberships.vessels(caller, MembershipDegree::Is);
            let listed = members.into_iter().flat_map(|(vessel, behind)| {
                let behind: Vec<At> = behind.into_iter().collect();
                let listings = of_vessel.get(&vessel).into_iter().flatten();
                listings.map(move |listing| (*listing, behind.clone()))
            });
            listed.collect()
        });
        for (listing, behind) in members.iter() {
            drafts.extend(draft(ground, &call, listing, behind));
        }
    }
    drafts
}

/// `memberships` are those by which the vessel is one of a group that called; empty of its own call.
fn draft(
    ground: &Ground<'_>,
    call: &Statement<'_>,
    listing: &Listing<'_>,
    memberships: &[At],
) -> Option<Draft> {
    let (Event::PortCall(event), Event::Listed(listed)) = (call.event(), listing.statement.event())
    else {
        return None;
    };
    let locode = event.place.locode?;
    let arrival = event.arrival.as_ref()?;
    let ban = listing.port_ban_during(arrival, event.departure.as_ref())?;
    let flags = flags(ground, listing.vessel, locode, event);
    if flags.foreign.is_empty() {
        return None;
    }
    let since = ban.began.since.as_ref().map_or_else(String::new, |since| {
        let dates = words::dates(&since.edtf);
        match ban.began.by_list_date {
            true => format!(" by {dates}, the date of the list"),
            false => format!(" since {dates}"),
        }
    });
    let measures: Vec<String> = ban.in_force.measures.iter().map(measure_words).collect();
    let member = match (memberships, call.subject()) {
        ([], _) | (_, None) => String::new(),
        (by, Some(group)) => {
            let by: Vec<String> = by.iter().map(|at| ground.quoted(*at)).collect();
            let by = words::listed(&by, "and");
            format!(", as a member of {} ({by}),", ground.name(group))
        }
    };
    let sentence = format!(
        "{}{member} is said to have been at {locode} {} ({}). {} lists it as {}, with a port ban in \
         force{since} (measures: {}).",
        ground.name(listing.vessel),
        words::during(&arrival.edtf),
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
    if let Some(since) = ban.in_force.since.as_ref().filter(|_| ban.as_stated) {
        draft = draft.caveat(format!(
            "Wrong if the vessel came before the ban: {} ({}, {}) and {} ({}, {}) are compared as stated.",
            words::dates(&since.edtf),
            ground.quoted(ban.in_force.by),
            words::zone(since.zone),
            words::dates(&arrival.edtf),
            ground.quoted(call.at),
            words::zone(arrival.zone),
        ));
    }
    draft.caveats.extend(flags.caveat(ground, locode));
    draft.identity = Some(format!(
        "taken to be the row's vessel {}; {level}{why}",
        listing.matched_words()
    ));
    draft.also.extend(ban.behind);
    draft.also.extend(flags.foreign);
    draft.also.extend(flags.own);
    draft.also.extend(memberships);
    draft.also.insert(listing.snapshot);
    draft.also.insert(listing.vessel);
    Some(draft)
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
