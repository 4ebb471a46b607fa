//! Which parts of an event refer to what, and which kinds each of them may mean.
//!
//! References are resolved elsewhere: before recording, where one of a wrong kind is refused, and in
//! replay, where it is told as a problem.

use crate::event::Event;
use crate::events::movements::Coverage;
use crate::events::quantities::Telling;
use crate::events::things::Value;
use crate::provenance::{Basis, Who};
use crate::wire::EntrySlot;

/// What a reference is to the event that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// What the statement is about: without it, the statement says nothing.
    Subject,
    /// A part of what it says.
    Part,
    /// What it rests on.
    Basis,
    /// Who made it.
    Origin,
}

/// Kinds that can be meant by a reference; empty is every kind.
pub type Kinds = &'static [&'static str];

const ANYTHING: Kinds = &[];
const SHIPS: Kinds = &["vessel", "group"];
const SOURCES: Kinds = &[
    "document",
    "image",
    "image-set",
    "ais-track",
    "list-snapshot",
    "gazetteer",
    "derived",
];
/// What files can be attached to: things that may be only cited.
const HELD: Kinds = &[
    "document",
    "image",
    "image-set",
    "ais-track",
    "list-snapshot",
    "gazetteer",
    "derived",
    "anchored",
];

/// What a statement is about.
pub fn subject(event: &Event) -> Option<EntrySlot> {
    Some(match event {
        Event::Count(e) => e.about,
        Event::Claim(e) => e.about,
        Event::Sighting(e) => e.about,
        Event::PortCall(e) => e.about,
        Event::Loading(e) | Event::Unloading(e) => e.about,
        Event::Departure(e) => e.about,
        Event::AisSilence(e) => e.about,
        Event::SaidListed(e) => e.about,
        Event::Quantity(e) => e.figure,
        Event::Reading(e) => e.about,
        Event::Assertion(e) => e.about?,
        Event::ImageInterpreted(e) => e.image,
        Event::Translation(e) => e.document,
        Event::Membership(e) => e.about,
        Event::ShipToShipTransfer(e) => e.about,
        Event::Listed(e) => e.about,
        Event::ListingAmended(e) => e.listing,
        Event::Delisted(e) => e.listing,
        Event::Notification(e) => e.figure,
        Event::Attached(e) => e.about,
        _ => return None,
    })
}

/// Shows every reference of an event with the kinds that it can mean. A replacement's references
/// are its own.
pub fn links(event: &Event, visit: &mut impl FnMut(EntrySlot, Link, Kinds)) {
    if let Some(slot) = subject(event) {
        let kinds: Kinds = match event {
            Event::Count(_) => &["group"],
            Event::Quantity(_) | Event::Notification(_) => &["figure"],
            Event::ImageInterpreted(_) => &["image", "image-set"],
            Event::Translation(_) => &["document"],
            Event::Membership(_) | Event::Listed(_) => &["vessel"],
            Event::ListingAmended(_) | Event::Delisted(_) => &["listed"],
            Event::Attached(_) => HELD,
            Event::Claim(_) | Event::Reading(_) | Event::Assertion(_) => ANYTHING,
            _ => SHIPS,
        };
        visit(slot, Link::Subject, kinds);
    }
    match event {
        Event::Document(e) => {
            for slot in &e.relays {
                visit(*slot, Link::Part, SOURCES);
            }
        }
        Event::Image(e) => parts(e.within, &["image-set"], visit),
        Event::AisTrack(e) => parts(e.about, &["vessel"], visit),
        Event::Group(e) => parts(e.within, &["group"], visit),
        Event::Claim(e) => {
            for value in std::iter::once(&e.value).chain(&e.broader_than) {
                parts(value_slot(value), ANYTHING, visit);
            }
        }
        Event::Reading(e) => {
            for value in std::iter::once(&e.value).chain(&e.alternatives) {
                parts(value_slot(value), ANYTHING, visit);
            }
        }
        Event::Loading(e) | Event::Unloading(e) => {
            parts(e.during, &["port-call", "sighting"], visit);
            parts(e.quantity.as_ref().and_then(telling_slot), &["cap"], visit);
        }
        Event::AisSilence(e) => {
            if let Coverage::Track(slot) = e.coverage {
                visit(slot, Link::Part, &["ais-track"]);
            }
        }
        Event::Figure(e) => {
            parts(e.about, SHIPS, visit);
            for link in &e.relations {
                visit(link.figure, Link::Part, &["figure"]);
            }
            origin(&e.origin.who, visit);
        }
        Event::Quantity(e) => parts(telling_slot(&e.quantity), &["cap"], visit),
        Event::Notification(e) => parts(telling_slot(&e.quantity), &["cap"], visit),
        Event::ImageInterpreted(e) => parts(e.about, SHIPS, visit),
        Event::Translation(e) => visit(e.of, Link::Subject, &["document"]),
        // Without the group or the list, the statement says nothing either.
        Event::Membership(e) => visit(e.group, Link::Subject, &["group"]),
        Event::Listed(e) => visit(e.snapshot, Link::Subject, &["list-snapshot"]),
        Event::ListingAmended(e) => parts(e.snapshot, &["list-snapshot"], visit),
        Event::Delisted(e) => parts(e.snapshot, &["list-snapshot"], visit),
        Event::ShipToShipTransfer(e) => {
            parts(e.with, SHIPS, visit);
            parts(e.quantity.as_ref().and_then(telling_slot), &["cap"], visit);
        }
        Event::Absence(e) => {
            for slot in [&e.looked_for.about[..], &e.looked_in].concat() {
                visit(slot, Link::Part, ANYTHING);
            }
        }
        Event::Custody(e) => {
            for slot in &e.entries {
                visit(*slot, Link::Part, ANYTHING);
            }
        }
        Event::Hypothesis(e) => {
            for slot in [&e.raised_by[..], &e.supports, &e.against].concat() {
                visit(slot, Link::Part, ANYTHING);
            }
        }
        Event::Disputed(e) => bases(&e.basis, visit),
        _ => {}
    }
    if let Some(provenance) = event.provenance() {
        bases(&provenance.basis, visit);
        origin(&provenance.origin.who, visit);
    }
}

fn parts(slot: Option<EntrySlot>, kinds: Kinds, visit: &mut impl FnMut(EntrySlot, Link, Kinds)) {
    if let Some(slot) = slot {
        visit(slot, Link::Part, kinds);
    }
}

fn bases(bases: &[Basis], visit: &mut impl FnMut(EntrySlot, Link, Kinds)) {
    for basis in bases {
        if let Basis::Entry { of, .. } = basis {
            visit(*of, Link::Basis, ANYTHING);
        }
    }
}

fn origin(who: &Who, visit: &mut impl FnMut(EntrySlot, Link, Kinds)) {
    if let Who::Entry(slot) = who {
        visit(*slot, Link::Origin, ANYTHING);
    }
}

fn value_slot(value: &Value) -> Option<EntrySlot> {
    match value {
        Value::Entry(slot) => Some(*slot),
        _ => None,
    }
}

fn telling_slot(telling: &Telling) -> Option<EntrySlot> {
    match telling {
        Telling::Share { cap, .. } => Some(*cap),
        Telling::Amount { .. } => None,
    }
}
