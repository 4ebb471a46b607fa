//! One row for each statement that stands, by kind.

use std::collections::BTreeSet;

use seaproof_evidence::Event;
use seaproof_evidence::events::movements::{Coverage, Measure};
use seaproof_evidence::events::quantities::Telling;
use seaproof_evidence::events::sources::Receiver;
use seaproof_evidence::events::things::Members;
use seaproof_evidence::events::views::HypothesisStatus;
use seaproof_evidence::units::CountRange;
use serde::Serialize;

use super::told::{Held, PlaceRow, ToldRow, WhenRow, held, place, text, when};
use crate::claims::{self, product};
use crate::groups::{Groups, Range};
use crate::settle::{Settled, Statement};
use crate::state::At;

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
                /// Who says so, on what, in which entries.
                #[serde(flatten)]
                pub told: ToldRow,
            }
        )*
    };
}

rows! {
    /// Unnamed things.
    GroupRow {
        /// What is counted: `vessels` or `calls`.
        members: &'static str,
        /// What makes a member.
        criterion: String,
        /// The group that it is a part of.
        within: Option<String>,
        /// How many members.
        count: Range,
        /// Every entry that the count rests on.
        count_entries: Vec<u64>,
        /// How many members are named.
        named: u32,
        /// What is told of all of them.
        claims: Vec<ClaimRow>,
    }
    /// A named vessel.
    VesselRow {
        /// Its names in Latin letters.
        names: Vec<String>,
        /// Everything told of it.
        claims: Vec<ClaimRow>,
    }
    /// One value of one property.
    ClaimRow {
        /// The thing.
        about: String,
        /// The property.
        property: String,
        /// The value, as text.
        value: String,
        /// Values that this one takes in.
        broader_than: Vec<String>,
        /// When it held.
        when: Option<WhenRow>,
    }
    /// Where something was seen.
    SightingRow {
        /// The vessel or group.
        about: String,
        /// How many; of all of a group, as many as it has.
        count: Option<Range>,
        /// The source's word for it.
        says: Option<String>,
        /// Where.
        place: PlaceRow,
        /// When.
        when: Option<WhenRow>,
        /// What it was doing.
        status: Option<String>,
    }
    /// A call at a port.
    PortCallRow {
        /// The vessel or group.
        about: String,
        /// How many.
        count: Option<Range>,
        /// The source's word for it.
        says: Option<String>,
        /// Where.
        place: PlaceRow,
        /// When it came.
        arrival: Option<WhenRow>,
        /// When it left.
        departure: Option<WhenRow>,
        /// What else is told of this call.
        claims: Vec<ClaimRow>,
    }
    /// A departure.
    DepartureRow {
        /// The vessel or group.
        about: String,
        /// How many.
        count: Option<Range>,
        /// The source's word for it.
        says: Option<String>,
        /// From where.
        place: PlaceRow,
        /// For where.
        bound_for: Option<PlaceRow>,
        /// When.
        when: Option<WhenRow>,
    }
    /// Cargo taken on or given off.
    CargoRow {
        /// The vessel or group.
        about: String,
        /// How many.
        count: Option<Range>,
        /// The source's word for it.
        says: Option<String>,
        /// The port call or sighting during which it happened.
        during: Option<String>,
        /// Where.
        place: Option<PlaceRow>,
        /// The class of products.
        product: &'static str,
        /// The source's word for the cargo.
        product_says: Option<String>,
        /// How much, in words.
        quantity: Option<String>,
        /// When.
        when: Option<WhenRow>,
    }
    /// Said or found silent on AIS.
    DarkRow {
        /// The vessel or group.
        about: String,
        /// How many.
        count: Option<Range>,
        /// The source's word for it.
        says: Option<String>,
        /// When.
        when: Option<WhenRow>,
        /// In which part of the voyage.
        phase: Option<String>,
        /// What shows that it would have been heard; `not stated` if nothing does.
        coverage: String,
    }
    /// Said to be listed.
    SaidListedRow {
        /// The vessel or group.
        about: String,
        /// How many.
        count: Option<Range>,
        /// The source's word for it.
        says: Option<String>,
        /// Whose list.
        authority: String,
        /// Which list, in words; null is not stated.
        list: Option<String>,
        /// What it is said to impose.
        measures: Vec<&'static str>,
        /// When it held.
        when: Option<WhenRow>,
    }
    /// A document.
    DocumentRow {
        /// Its title.
        title: Option<String>,
        /// Who published it.
        publisher: Option<String>,
        /// Where it was found.
        url: Option<String>,
        /// Its language.
        language: Option<String>,
        /// When it was published.
        published: Option<WhenRow>,
        /// Whether and how it is held.
        held: Held,
        /// What it relays.
        relays: Vec<String>,
        /// That it is a translation, from which language.
        translated: Option<String>,
        /// Anything else about it.
        about_it: Option<String>,
    }
    /// An image, or a set of images.
    ImageRow {
        /// How many images; one, or as many as the set has.
        count: Range,
        /// The satellite or aircraft.
        platform: Option<String>,
        /// Scene names.
        scene_ids: Vec<String>,
        /// When taken.
        acquired: Option<WhenRow>,
        /// What it shows, in words.
        shows: Option<String>,
        /// The set that it belongs to.
        within: Option<String>,
        /// Whether and how it is held.
        held: Held,
    }
    /// An AIS track, as declared.
    TrackRow {
        /// The vessel.
        about: Option<String>,
        /// The MMSI.
        mmsi: Option<String>,
        /// Who supplied it.
        source: String,
        /// What received it.
        receiver: Receiver,
        /// What the receivers cover; null is not stated.
        coverage: Option<String>,
        /// From when to when.
        span: Option<WhenRow>,
        /// Positions declared.
        positions: Option<u64>,
        /// Whether and how it is held.
        held: Held,
    }
    /// A general or legal statement.
    AssertionRow {
        /// The thing.
        about: Option<String>,
        /// The question that it answers.
        property: Option<String>,
        /// The statement.
        text: String,
        /// Whether it is of law.
        legal: bool,
        /// Where.
        place: Option<PlaceRow>,
        /// When.
        when: Option<WhenRow>,
    }
    /// Something that might be so.
    HypothesisRow {
        /// What.
        text: String,
        /// Whose.
        raised_by: Vec<String>,
        /// What speaks for it.
        supports: Vec<String>,
        /// What speaks against it.
        against: Vec<String>,
        /// What would refute it.
        would_refute: Option<String>,
        /// Where it stands.
        status: HypothesisStatus,
    }
}

/// Makes rows.
pub(super) struct Rows<'a> {
    pub(super) settled: &'a Settled<'a>,
    pub(super) groups: &'a Groups,
}

impl<'a> Rows<'a> {
    fn each<T>(
        &self,
        kind: &str,
        row: impl Fn(&Statement<'a>, &'a Event, ToldRow) -> Option<T>,
    ) -> Vec<T> {
        self.settled
            .of_kind(kind)
            .filter_map(|s| row(&s, s.event(), ToldRow::of(self.settled, &s)))
            .collect()
    }

    fn name(&self, at: At) -> String {
        self.settled.state.name(at)
    }

    fn subject(&self, statement: &Statement<'_>) -> String {
        statement
            .subject()
            .map_or_else(String::new, |at| self.name(at))
    }

    fn named(
        &self,
        statement: &Statement<'_>,
        slot: Option<seaproof_evidence::EntrySlot>,
    ) -> Option<String> {
        slot.and_then(|slot| statement.target(slot))
            .map(|at| self.name(at))
    }

    fn all_named(
        &self,
        statement: &Statement<'_>,
        slots: &[seaproof_evidence::EntrySlot],
    ) -> Vec<String> {
        slots
            .iter()
            .filter_map(|slot| self.named(statement, Some(*slot)))
            .collect()
    }

    /// As many as the statement says, or all that its subject has.
    fn count(&self, statement: &Statement<'_>, said: Option<CountRange>) -> Option<Range> {
        match said {
            Some(count) => Some(count.into()),
            None => self.groups.range(statement.subject()?),
        }
    }

    pub(super) fn groups(&self) -> Vec<GroupRow> {
        self.each("group", |statement, event, mut told| {
            let Event::Group(group) = event else {
                return None;
            };
            told.note = group.note.as_ref().map(text);
            Some(GroupRow {
                members: match group.members {
                    Members::Vessels => "vessels",
                    Members::Calls => "calls",
                },
                criterion: group.criterion.to_string(),
                within: self.groups.whole(statement.at).map(|at| self.name(at)),
                count: self.groups.range(statement.at)?,
                count_entries: self.settled.numbers(
                    self.groups
                        .behind
                        .get(&statement.at)
                        .into_iter()
                        .flatten()
                        .copied(),
                ),
                named: 0,
                claims: self.claims(statement.at),
                told,
            })
        })
    }

    pub(super) fn vessels(&self) -> Vec<VesselRow> {
        self.each("vessel", |statement, event, told| {
            let Event::Vessel(vessel) = event else {
                return None;
            };
            Some(VesselRow {
                names: vessel.names.iter().map(|n| n.latin.to_string()).collect(),
                claims: self.claims(statement.at),
                told,
            })
        })
    }

    /// Everything told of a thing, by itself and by claims.
    fn claims(&self, thing: At) -> Vec<ClaimRow> {
        let told = claims::told_of(self.settled, thing);
        told.into_iter()
            .filter_map(|one| {
                let statement = self.settled.statement(one.by)?;
                // Answers of assertions have rows of their own.
                (!matches!(statement.event(), Event::Assertion(_))).then(|| ClaimRow {
                    about: self.name(thing),
                    property: one.property,
                    value: one.value,
                    broader_than: one.broader_than,
                    when: when(one.when.as_ref()),
                    told: ToldRow::of(self.settled, &statement),
                })
            })
            .collect()
    }

    /// Claims on things whose rows do not show them.
    pub(super) fn other_claims(&self) -> Vec<ClaimRow> {
        let things: BTreeSet<At> = self
            .settled
            .of_kind("claim")
            .filter_map(|s| s.subject())
            .filter(|at| {
                let statement = self.settled.statement(*at);
                !statement.is_some_and(|s| {
                    matches!(
                        s.event(),
                        Event::Group(_) | Event::Vessel(_) | Event::PortCall(_)
                    )
                })
            })
            .collect();
        things.into_iter().flat_map(|at| self.claims(at)).collect()
    }

    pub(super) fn sightings(&self) -> Vec<SightingRow> {
        self.each("sighting", |statement, event, told| {
            let Event::Sighting(e) = event else {
                return None;
            };
            Some(SightingRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                place: place(&e.place),
                when: when(e.when.as_ref()),
                status: e.status.as_ref().map(text),
                told,
            })
        })
    }

    pub(super) fn port_calls(&self) -> Vec<PortCallRow> {
        self.each("port-call", |statement, event, told| {
            let Event::PortCall(e) = event else {
                return None;
            };
            Some(PortCallRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                place: place(&e.place),
                arrival: when(e.arrival.as_ref()),
                departure: when(e.departure.as_ref()),
                claims: self.claims(statement.at),
                told,
            })
        })
    }

    pub(super) fn departures(&self) -> Vec<DepartureRow> {
        self.each("departure", |statement, event, told| {
            let Event::Departure(e) = event else {
                return None;
            };
            Some(DepartureRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                place: place(&e.place),
                bound_for: e.bound_for.as_ref().map(place),
                when: when(e.when.as_ref()),
                told,
            })
        })
    }

    pub(super) fn cargo(&self, kind: &str) -> Vec<CargoRow> {
        self.each(kind, |statement, event, told| {
            let (Event::Loading(e) | Event::Unloading(e)) = event else {
                return None;
            };
            let quantity = e.quantity.as_ref().map(|quantity| match quantity {
                Telling::Amount { bound, value, unit } => {
                    let interval = crate::caps::interval::Interval::of_amount(*bound, *value);
                    format!("{} {}", interval.words(), unit.symbol())
                }
                Telling::Share { share, .. } => format!("{share} of a cap"),
            });
            Some(CargoRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                during: self.named(statement, e.during),
                place: e.place.as_ref().map(place),
                product: product(e.product.class),
                product_says: e.product.says.as_ref().map(text),
                quantity,
                when: when(e.when.as_ref()),
                told,
            })
        })
    }

    pub(super) fn dark_periods(&self) -> Vec<DarkRow> {
        self.each("ais-silence", |statement, event, told| {
            let Event::AisSilence(e) = event else {
                return None;
            };
            Some(DarkRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                when: when(e.when.as_ref()),
                phase: e.phase.as_ref().map(text),
                coverage: match &e.coverage {
                    Coverage::NotStated => "not stated".to_owned(),
                    Coverage::Words(words) => words.to_string(),
                    Coverage::Track(slot) => self
                        .named(statement, Some(*slot))
                        .unwrap_or_else(|| "a track that is not here".to_owned()),
                },
                told,
            })
        })
    }

    pub(super) fn said_listed(&self) -> Vec<SaidListedRow> {
        self.each("said-listed", |statement, event, told| {
            let Event::SaidListed(e) = event else {
                return None;
            };
            let measure = |measure: Measure| match measure {
                Measure::PortBan => "port-ban",
                Measure::AssetFreeze => "asset-freeze",
                Measure::Deflag => "deflag",
                Measure::Other => "other",
            };
            Some(SaidListedRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                authority: e.authority.to_string(),
                list: e.list.as_ref().map(text),
                measures: e.measures.iter().map(|m| measure(m.measure)).collect(),
                when: when(e.when.as_ref()),
                told,
            })
        })
    }

    pub(super) fn documents(&self) -> Vec<DocumentRow> {
        self.each("document", |statement, event, told| {
            let Event::Document(e) = event else {
                return None;
            };
            let translated = e.translated.as_ref().map(|t| {
                t.from
                    .as_ref()
                    .map_or_else(|| "not stated".to_owned(), ToString::to_string)
            });
            Some(DocumentRow {
                title: e.title.as_ref().map(text),
                publisher: e.publisher.as_ref().map(text),
                url: e.url.as_ref().map(text),
                language: e.language.as_ref().map(text),
                published: when(e.published.as_ref()),
                held: held(statement, &e.hold),
                relays: self.all_named(statement, &e.relays),
                translated,
                about_it: e.note.as_ref().map(text),
                told,
            })
        })
    }

    pub(super) fn images(&self) -> Vec<ImageRow> {
        let mut rows = self.each("image-set", |statement, event, mut told| {
            let Event::ImageSet(e) = event else {
                return None;
            };
            told.note = e.note.as_ref().map(text);
            Some(ImageRow {
                count: e.count.into(),
                platform: e.platform.as_ref().map(text),
                scene_ids: e.scene_ids.iter().map(ToString::to_string).collect(),
                acquired: when(e.acquired.as_ref()),
                shows: e.shows.as_ref().map(text),
                within: None,
                held: held(statement, &e.hold),
                told,
            })
        });
        rows.extend(self.each("image", |statement, event, mut told| {
            let Event::Image(e) = event else {
                return None;
            };
            told.note = e.note.as_ref().map(text);
            Some(ImageRow {
                count: Range {
                    low: 1,
                    high: Some(1),
                },
                platform: e.platform.as_ref().map(text),
                scene_ids: e.scene_id.iter().map(ToString::to_string).collect(),
                acquired: when(e.acquired.as_ref()),
                shows: e.shows.as_ref().map(text),
                within: self.named(statement, e.within),
                held: held(statement, &e.hold),
                told,
            })
        }));
        rows.sort_by_key(|row| row.told.entry);
        rows
    }

    pub(super) fn tracks(&self) -> Vec<TrackRow> {
        self.each("ais-track", |statement, event, mut told| {
            let Event::AisTrack(e) = event else {
                return None;
            };
            told.note = e.note.as_ref().map(text);
            Some(TrackRow {
                about: self.named(statement, e.about),
                mmsi: e.mmsi.map(|mmsi| mmsi.to_string()),
                source: e.supplied_by.to_string(),
                receiver: e.receiver,
                coverage: e.coverage.as_ref().map(text),
                span: when(e.span.as_ref()),
                positions: e.positions,
                held: held(statement, &e.hold),
                told,
            })
        })
    }

    pub(super) fn assertions(&self) -> Vec<AssertionRow> {
        self.each("assertion", |statement, event, told| {
            let Event::Assertion(e) = event else {
                return None;
            };
            Some(AssertionRow {
                about: self.named(statement, e.about),
                property: e.property.as_ref().map(text),
                text: e.text.to_string(),
                legal: e.legal,
                place: e.place.as_ref().map(place),
                when: when(e.when.as_ref()),
                told,
            })
        })
    }

    pub(super) fn hypotheses(&self) -> Vec<HypothesisRow> {
        self.each("hypothesis", |statement, event, told| {
            let Event::Hypothesis(e) = event else {
                return None;
            };
            Some(HypothesisRow {
                text: e.text.to_string(),
                raised_by: self.all_named(statement, &e.raised_by),
                supports: self.all_named(statement, &e.supports),
                against: self.all_named(statement, &e.against),
                would_refute: e.would_refute.as_ref().map(text),
                status: e.status,
                told,
            })
        })
    }
}
