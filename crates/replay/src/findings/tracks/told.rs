//! What others say of where a vessel was, and when: sightings, images, port calls, cargo.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_ais::units::Time;
use seaproof_evidence::events::things::MembershipDegree;
use seaproof_evidence::ids::Locode;
use seaproof_evidence::time::{Sense, UtcOffset, When, Zone};
use seaproof_evidence::units::{CountRange, Place};
use seaproof_evidence::{EntrySlot, Event};

use crate::findings::Ground;
use crate::settle::Statement;
use crate::state::At;
use crate::words;

/// A statement that puts a vessel somewhere.
pub(super) struct Told {
    pub(super) by: At,
    /// The memberships by which it is of the vessel; empty if it is about the vessel itself.
    pub(super) members: BTreeSet<At>,
    /// `is said to have called at RUVYP on 8 March 2024`.
    pub(super) words: String,
    /// The port, if it says which.
    pub(super) port: Option<Locode>,
    /// When: any of these puts it there.
    pub(super) moments: Vec<When>,
    /// From the latest arrival to the earliest departure that are told.
    stay: Option<(i64, i64)>,
}

/// How a stretch of UTC in milliseconds is bounded.
pub(super) type Bounds = (i64, i64);

const KINDS: [&str; 7] = [
    "sighting",
    "port-call",
    "departure",
    "loading",
    "unloading",
    "ship-to-ship-transfer",
    "image-interpreted",
];

/// What is told of each of these vessels.
pub(super) fn told_of(ground: &Ground<'_>, vessels: &BTreeSet<At>) -> BTreeMap<At, Vec<Told>> {
    let mut found: BTreeMap<At, Vec<Told>> = BTreeMap::new();
    if vessels.is_empty() {
        return found;
    }
    for kind in KINDS {
        for statement in ground.settled.of_kind(kind) {
            for (thing, count) in subjects(&statement) {
                for (vessel, members) in of_whom(ground, thing, count) {
                    if vessels.contains(&vessel)
                        && let Some(told) = told(ground, &statement, members)
                    {
                        found.entry(vessel).or_default().push(told);
                    }
                }
            }
        }
    }
    found
}

/// Whom a statement puts somewhere, and how many of them.
fn subjects(statement: &Statement<'_>) -> Vec<(At, Option<CountRange>)> {
    let of = |slot: Option<EntrySlot>, count| {
        let thing = slot.and_then(|slot| statement.target(slot));
        thing.map(|thing| (thing, count))
    };
    let found = match statement.event() {
        Event::Sighting(e) => [of(Some(e.about), e.count), None],
        Event::PortCall(e) => [of(Some(e.about), e.count), None],
        Event::Departure(e) => [of(Some(e.about), e.count), None],
        Event::Loading(e) | Event::Unloading(e) => [of(Some(e.about), e.count), None],
        Event::ShipToShipTransfer(e) => [of(Some(e.about), e.count), of(e.with, None)],
        Event::ImageInterpreted(e) => [of(e.about, None), None],
        _ => [None, None],
    };
    found.into_iter().flatten().collect()
}

/// The vessels that are meant: the thing itself, or the members of a group of which all are meant.
fn of_whom(
    ground: &Ground<'_>,
    thing: At,
    count: Option<CountRange>,
) -> BTreeMap<At, BTreeSet<At>> {
    if ground.settled.kind(thing) != Some("group") {
        return BTreeMap::from([(thing, BTreeSet::new())]);
    }
    // Which of its members some of a group are is not told.
    match count {
        None => ground.memberships.vessels(thing, MembershipDegree::Is),
        Some(_) => BTreeMap::new(),
    }
}

fn told(ground: &Ground<'_>, statement: &Statement<'_>, members: BTreeSet<At>) -> Option<Told> {
    let at_place = |place: &Place| {
        let words = place_words(place);
        words.map_or_else(String::new, |words| format!(" at {words}"))
    };
    let (verb, place, moments) = match statement.event() {
        Event::Sighting(e) => ("seen", Some(&e.place), vec![e.when.clone()]),
        Event::PortCall(e) => (
            "to have called",
            Some(&e.place),
            vec![e.arrival.clone(), e.departure.clone()],
        ),
        Event::Departure(e) => ("to have departed", Some(&e.place), vec![e.when.clone()]),
        Event::Loading(e) => ("to have loaded", e.place.as_ref(), vec![e.when.clone()]),
        Event::Unloading(e) => ("to have unloaded", e.place.as_ref(), vec![e.when.clone()]),
        Event::ShipToShipTransfer(e) => (
            "to have moved cargo from ship to ship",
            e.place.as_ref(),
            vec![e.when.clone()],
        ),
        Event::ImageInterpreted(e) => {
            let image = statement.target(e.image)?;
            let image = ground.settled.statement(image)?;
            let acquired = match image.event() {
                Event::Image(image) => image.acquired.clone(),
                Event::ImageSet(set) => set.acquired.clone(),
                _ => None,
            };
            ("seen in an image", None, vec![acquired])
        }
        _ => return None,
    };
    let stay = match &moments[..] {
        [Some(arrival), Some(departure)] => {
            let ends = (arrival.span().latest, departure.span().earliest);
            match ends {
                (Some(from), Some(to)) if from <= to => Some((from.0, to.0)),
                _ => None,
            }
        }
        _ => None,
    };
    // Of a stay both ends are told: either may be what lies in a silence.
    let on = |when: &When| words::during(&when.edtf);
    let time = match &moments[..] {
        [Some(arrival), Some(departure)] => {
            format!(", arriving {} and leaving {}", on(arrival), on(departure))
        }
        [None, Some(departure)] => format!(", leaving {}", on(departure)),
        other => format!(" {}", on(other.first()?.as_ref()?)),
    };
    let moments: Vec<When> = moments.into_iter().flatten().collect();
    let group = match statement.subject() {
        Some(group) if !members.is_empty() => format!(", as one of {},", ground.name(group)),
        _ => String::new(),
    };
    Some(Told {
        by: statement.at,
        words: format!(
            "is said{group} {verb}{}{time} ({})",
            place.map(at_place).unwrap_or_default(),
            ground.quoted(statement.at)
        ),
        port: place.and_then(|place| place.locode),
        members,
        moments,
        stay,
    })
}

fn place_words(place: &Place) -> Option<String> {
    if let Some(locode) = place.locode {
        return Some(locode.to_string());
    }
    let position = place.position.map(|p| format!("{} N, {} E", p.lat, p.lon));
    position.or_else(|| place.words.as_ref().map(ToString::to_string))
}

impl Told {
    /// Whether it surely puts the vessel there at a moment between these two.
    pub(super) fn lies_between(&self, from: Time, to: Time) -> bool {
        let stays = self
            .stay
            .is_some_and(|(start, end)| start < to.0 && end > from.0);
        stays
            || self.moments.iter().any(|when| {
                let span = when.span();
                let inside = span.earliest.is_some_and(|t| t.0 > from.0)
                    && span.latest.is_some_and(|t| t.0 < to.0);
                inside || surely(when).is_some_and(|(start, end)| start < to.0 && end > from.0)
            })
    }

    /// Whether all that it may speak of lies between these two.
    pub(super) fn is_within(&self, from: Time, to: Time) -> bool {
        self.window()
            .is_some_and(|(first, last)| first >= from.0 && last <= to.0)
    }

    /// All of the time that it may speak of, if that has two ends.
    pub(super) fn window(&self) -> Option<Bounds> {
        let spans: Vec<_> = self.moments.iter().map(When::span).collect();
        let first = spans.first()?.earliest?.0;
        let last = spans.last()?.latest?.0;
        (first <= last).then_some((first, last))
    }
}

/// Of what is told of all of a stretch: what lies in it whatever the clock it was told on.
fn surely(when: &When) -> Option<Bounds> {
    if when.sense != Sense::Throughout {
        return None;
    }
    let (Some(first), Some(last)) = when.edtf.local_bounds() else {
        return None;
    };
    let (low, high) = match when.zone {
        Zone::NotStated => (*UtcOffset::RANGE.start(), *UtcOffset::RANGE.end()),
        Zone::Offset(offset) => (offset.minutes(), offset.minutes()),
    };
    let utc = |local: i64, minutes: i16| local.saturating_sub(i64::from(minutes) * 60_000);
    let (from, to) = (utc(first, low), utc(last, high));
    (from <= to).then_some((from, to))
}
