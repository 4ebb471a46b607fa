//! Fills one row for each statement that stands, by kind.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::events::movements::Coverage;
use seaproof_evidence::events::quantities::Telling;
use seaproof_evidence::events::things::{Members, MembershipDegree};
use seaproof_evidence::units::CountRange;
use seaproof_evidence::{EntrySlot, Event};

use super::NoticeRow;
use super::rows::{
    AssertionRow, CargoRow, ClaimRow, DarkRow, DepartureRow, DocumentRow, GroupRow, HypothesisRow,
    ImageRow, PortCallRow, SaidListedRow, SightingRow, TrackRow, VesselRow,
};
use super::told::{ToldRow, held, place, text, when};
use crate::claims::{self, product};
use crate::groups::{Groups, Range};
use crate::listings::measure_word;
use crate::memberships::Memberships;
use crate::settle::{Settled, Statement};
use crate::state::At;
use crate::tracks::known::{TrackReadingRow, Tracks};

/// Makes rows.
pub(super) struct Rows<'a> {
    pub(super) settled: &'a Settled<'a>,
    pub(super) groups: &'a Groups,
    pub(super) memberships: &'a Memberships,
    pub(super) tracks: &'a Tracks<'a>,
}

impl<'a> Rows<'a> {
    pub(super) fn each<T>(
        &self,
        kind: &str,
        row: impl Fn(&Statement<'a>, &Event, ToldRow) -> Option<T>,
    ) -> Vec<T> {
        self.settled
            .of_kind(kind)
            .filter_map(|s| row(&s, s.event(), ToldRow::of(self.settled, &s)))
            .collect()
    }

    pub(super) fn name(&self, at: At) -> String {
        self.settled.state.name(at)
    }

    pub(super) fn subject(&self, statement: &Statement<'_>) -> String {
        statement
            .subject()
            .map_or_else(String::new, |at| self.name(at))
    }

    pub(super) fn named(
        &self,
        statement: &Statement<'_>,
        slot: Option<EntrySlot>,
    ) -> Option<String> {
        slot.and_then(|slot| statement.target(slot))
            .map(|at| self.name(at))
    }

    pub(super) fn all_named(&self, statement: &Statement<'_>, slots: &[EntrySlot]) -> Vec<String> {
        slots
            .iter()
            .filter_map(|slot| self.named(statement, Some(*slot)))
            .collect()
    }

    /// As many as the statement says, or all that its subject has.
    pub(super) fn count(
        &self,
        statement: &Statement<'_>,
        said: Option<CountRange>,
    ) -> Option<Range> {
        match said {
            Some(count) => Some(count.into()),
            None => self.groups.range(statement.subject()?),
        }
    }

    /// Groups of which more members are told than their counts allow.
    pub(super) fn excesses(&self) -> impl Iterator<Item = NoticeRow> {
        self.groups.excesses.iter().map(|excess| {
            let hash = |at: At| format!("#{}", self.settled.number(at));
            let (group, count) = (self.name(excess.group), hash(excess.count));
            let (least, most) = (excess.at_least, excess.at_most);
            let message = if self.settled.kind(excess.by) == Some("group") {
                format!("this part has at least {least} members, and its whole {group} at most {most} by {count}")
            } else {
                format!("it speaks of at least {least} of {group}, of which there are at most {most} by {count}")
            };
            NoticeRow {
                entry: self.settled.number(excess.by),
                code: "more-than-counted",
                message: format!("{message}; {most} is used"),
            }
        })
    }

    pub(super) fn groups(&self) -> Vec<GroupRow> {
        self.each("group", |statement, event, mut told| {
            let Event::Group(group) = event else {
                return None;
            };
            told.note = group.note.as_ref().map(text);
            let behind = || self.groups.behind.get(&statement.at).into_iter().flatten();
            Some(GroupRow {
                members: match group.members {
                    Members::Vessels => "vessels".into(),
                    Members::Calls => "calls".into(),
                },
                criterion: group.criterion.to_string(),
                within: self.groups.whole(statement.at).map(|at| self.name(at)),
                count: self.groups.range(statement.at)?,
                count_entries: self.settled.numbers(behind().copied()),
                count_rests_on_suspect: self.settled.any_on_suspect(behind().copied()),
                named: u32::try_from(self.members(statement.at, MembershipDegree::Is).len())
                    .unwrap_or(u32::MAX),
                may_be: self.members(statement.at, MembershipDegree::MayBe),
                claims: self.claims(statement.at),
                told,
            })
        })
    }

    pub(super) fn vessels(&self) -> Vec<VesselRow> {
        let mut heard = self.tracks.by_vessel();
        let mut not_read = self.not_read();
        let mut rows = self.vessel_rows();
        for (at, row) in &mut rows {
            row.ais = heard.remove(at).unwrap_or_default();
            row.not_reproducible = not_read.remove(at).unwrap_or_default();
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Tracks that could not be read, by the vessel that they are declared to be of.
    fn not_read(&self) -> BTreeMap<At, Vec<TrackReadingRow>> {
        let mut found: BTreeMap<At, Vec<TrackReadingRow>> = BTreeMap::new();
        let mut rows = self.tracks.rows();
        rows.retain(|row| !row.read);
        for statement in self.settled.of_kind("ais-track") {
            let Event::AisTrack(track) = statement.event() else {
                continue;
            };
            let Some(vessel) = track.about.and_then(|slot| statement.target(slot)) else {
                continue;
            };
            let number = self.settled.number(statement.at);
            let of_it = rows.iter().filter(|row| row.entry == number).cloned();
            found.entry(vessel).or_default().extend(of_it);
        }
        found
    }

    fn vessel_rows(&self) -> Vec<(At, VesselRow)> {
        self.each("vessel", |statement, event, told| {
            let Event::Vessel(vessel) = event else {
                return None;
            };
            let row = VesselRow {
                names: vessel.names.iter().map(|n| n.latin.to_string()).collect(),
                claims: self.claims(statement.at),
                ais: Vec::new(),
                not_reproducible: Vec::new(),
                told,
            };
            Some((statement.at, row))
        })
    }

    fn members(&self, group: At, degree: MembershipDegree) -> Vec<String> {
        let vessels = self.memberships.vessels(group, degree);
        vessels.keys().map(|at| self.name(*at)).collect()
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
            let quantity = e.quantity.as_ref().map(telling_words);
            Some(CargoRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                during: self.named(statement, e.during),
                place: e.place.as_ref().map(place),
                product: product(e.product.class).into(),
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
            Some(SaidListedRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                says: e.says.as_ref().map(text),
                authority: e.authority.to_string(),
                list: e.list.as_ref().map(text),
                measures: e
                    .measures
                    .iter()
                    .map(|m| measure_word(m.measure).into())
                    .collect(),
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
                held: held(self.settled, statement),
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
                held: held(self.settled, statement),
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
                held: held(self.settled, statement),
                told,
            })
        }));
        rows.sort_by_key(|row| row.told.entry);
        rows
    }

    pub(super) fn tracks(&self) -> Vec<TrackRow> {
        let read = self.tracks.rows();
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
                read: (read.iter())
                    .filter(|row| row.entry == told.entry)
                    .cloned()
                    .collect(),
                held: held(self.settled, statement),
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

/// A quantity as it is told, in words.
pub(super) fn telling_words(telling: &Telling) -> String {
    match telling {
        Telling::Amount { bound, value, unit } => {
            let interval = crate::caps::interval::Interval::of_amount(*bound, *value);
            format!("{} {}", interval.words(), unit.symbol())
        }
        Telling::Share { share, .. } => format!("{share} of a cap"),
    }
}
