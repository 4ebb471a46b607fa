//! The rules between the fields of an event. What one field alone can hold is its type's affair.
//!
//! They belong to the versions of each kind, as its encodings do: what they refuse is not recorded,
//! and where it stands in a ledger all the same it is shown as malformed.

use std::collections::BTreeSet;

use crate::event::Event;
use crate::events::amendments::{Corrected, Disputed};
use crate::events::custody::{Anchored, Attached, Custody, Derived, NamedText};
use crate::events::decoding::{Decoding, MMSIS_MAX};
use crate::events::movements::{Measure, SaidMeasure, ShipToShipTransfer};
use crate::events::quantities::{Cap, CapPeriod, Figure, FigureRelation};
use crate::events::reference::{ConversionFactor, Port};
use crate::events::rules::RuleSet;
use crate::events::searches::Absence;
use crate::events::sources::{AisTrack, Document, Image, ImageInterpreted, Translation};
use crate::events::things::{Value, Vessel, VesselName};
use crate::events::views::{Assertion, Hypothesis};
use crate::ids::ImoScheme;
use crate::provenance::{Basis, HeldFile, Hold, Locator, Provenance};
use crate::time::When;
use crate::units::{CountRange, Place};
use crate::wire::{EntrySlot, Slots};

/// A rule between fields that an event breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{rule}", field_of(.at), if .at.is_empty() { "" } else { ": " })]
pub struct Broken {
    /// Where in the event: a JSON pointer (RFC 6901).
    pub at: String,
    /// What the rule is, and what to do.
    pub rule: String,
}

/// `basis[0].at.line` for the JSON pointer `/basis/0/at/line`.
pub(crate) fn field_of(pointer: &str) -> String {
    let mut field = String::new();
    for step in pointer.split('/').skip(1) {
        if step.bytes().all(|b| b.is_ascii_digit()) {
            field.push_str(&format!("[{step}]"));
        } else {
            if !field.is_empty() {
                field.push('.');
            }
            field.push_str(step);
        }
    }
    field
}

type Check = Result<(), Broken>;

fn broken(at: impl Into<String>, rule: impl Into<String>) -> Check {
    Err(Broken {
        at: at.into(),
        rule: rule.into(),
    })
}

fn holds(rule: bool, at: &str, otherwise: &str) -> Check {
    if rule { Ok(()) } else { broken(at, otherwise) }
}

impl Event {
    /// Checks the rules between fields.
    ///
    /// # Errors
    /// The first rule that is broken, with its place.
    pub fn check(&self) -> Result<(), Broken> {
        if let Some(hold) = self.hold() {
            check_hold(hold)?;
        }
        if let Some(provenance) = self.provenance() {
            check_basis(&provenance.basis)?;
        }
        match self {
            Self::RuleSet(e) => rule_set(e),
            Self::Document(e) => document(e),
            Self::Image(e) => image(e),
            Self::ImageSet(_)
            | Self::Group(_)
            | Self::Count(_)
            | Self::Retracted(_)
            | Self::Redacted(_) => Ok(()),
            Self::AisTrack(e) => ais_track(e),
            Self::Vessel(e) => vessel(e),
            Self::Claim(e) => values(&e.value, &e.broader_than, "/broader_than"),
            Self::Reading(e) => values(&e.value, &e.alternatives, "/alternatives"),
            Self::Sighting(e) => {
                some(e.count)?;
                place(&e.place, "/place")
            }
            Self::PortCall(e) => {
                some(e.count)?;
                place(&e.place, "/place")?;
                arrival_before_departure(e.arrival.as_ref(), e.departure.as_ref())
            }
            Self::Loading(e) | Self::Unloading(e) => {
                some(e.count)?;
                e.place.as_ref().map_or(Ok(()), |p| place(p, "/place"))
            }
            Self::Departure(e) => {
                some(e.count)?;
                place(&e.place, "/place")?;
                let bound_for = e.bound_for.as_ref();
                bound_for.map_or(Ok(()), |p| place(p, "/bound_for"))
            }
            Self::AisSilence(e) => some(e.count),
            Self::SaidListed(e) => {
                some(e.count)?;
                measures(&e.measures)
            }
            Self::Cap(e) => cap(e),
            Self::Figure(e) => figure(e),
            Self::Quantity(_)
            | Self::Notification(_)
            | Self::ListSnapshot(_)
            | Self::Gazetteer(_) => Ok(()),
            Self::StateRecorded(e) => holds(
                e.entries > 0,
                "/entries",
                "a state has at least the first entry behind it",
            ),
            Self::ImageInterpreted(e) => interpreted(e),
            Self::Translation(e) => translation(e),
            Self::Port(e) => port(e),
            Self::ConversionFactor(e) => conversion(e),
            Self::Membership(e) => holds(
                e.about != e.group,
                "/group",
                "a vessel and a group are two entries",
            ),
            Self::ShipToShipTransfer(e) => transfer(e),
            Self::Listed(e) => measures(&e.measures),
            Self::ListingAmended(e) => measures(&e.measures),
            Self::Delisted(_) => Ok(()),
            Self::Absence(e) => absence(e),
            Self::Custody(e) => custody(e),
            Self::Derived(e) => derived(e),
            Self::Attached(e) => attached(e),
            Self::Anchored(e) => anchored(e),
            Self::Assertion(e) => assertion(e),
            Self::Hypothesis(e) => hypothesis(e),
            Self::Corrected(e) => corrected(e),
            Self::Disputed(Disputed { basis, .. }) => check_basis(basis),
        }
    }

    /// Whether and how the thing that this event introduces is held; `None` for statements.
    pub const fn hold(&self) -> Option<&Hold> {
        match self {
            Self::Document(e) => Some(&e.hold),
            Self::Image(e) => Some(&e.hold),
            Self::ImageSet(e) => Some(&e.hold),
            Self::AisTrack(e) => Some(&e.hold),
            Self::ListSnapshot(e) => Some(&e.hold),
            Self::Gazetteer(e) => Some(&e.hold),
            Self::Derived(e) => Some(&e.hold),
            Self::Anchored(e) => Some(&e.hold),
            _ => None,
        }
    }

    /// What the event carries if it is a statement about the world.
    pub const fn provenance(&self) -> Option<&Provenance> {
        match self {
            Self::Vessel(e) => Some(&e.provenance),
            Self::Count(e) => Some(&e.provenance),
            Self::Claim(e) => Some(&e.provenance),
            Self::Reading(e) => Some(&e.provenance),
            Self::Sighting(e) => Some(&e.provenance),
            Self::PortCall(e) => Some(&e.provenance),
            Self::Loading(e) | Self::Unloading(e) => Some(&e.provenance),
            Self::Departure(e) => Some(&e.provenance),
            Self::AisSilence(e) => Some(&e.provenance),
            Self::SaidListed(e) => Some(&e.provenance),
            Self::Cap(e) => Some(&e.provenance),
            Self::Quantity(e) => Some(&e.provenance),
            Self::Assertion(e) => Some(&e.provenance),
            Self::Hypothesis(e) => Some(&e.provenance),
            Self::ImageInterpreted(e) => Some(&e.provenance),
            Self::Translation(e) => Some(&e.provenance),
            Self::Port(e) => Some(&e.provenance),
            Self::ConversionFactor(e) => Some(&e.provenance),
            Self::Membership(e) => Some(&e.provenance),
            Self::ShipToShipTransfer(e) => Some(&e.provenance),
            Self::Listed(e) => Some(&e.provenance),
            Self::ListingAmended(e) => Some(&e.provenance),
            Self::Delisted(e) => Some(&e.provenance),
            Self::Notification(e) => Some(&e.provenance),
            Self::Absence(e) => Some(&e.provenance),
            Self::Custody(e) => Some(&e.provenance),
            Self::Derived(e) => Some(&e.provenance),
            _ => None,
        }
    }
}

/// Refuses an item that stands in a list twice.
fn distinct<T: Ord>(items: impl Iterator<Item = T>, at: &str) -> Check {
    let mut seen = BTreeSet::new();
    for (i, item) in items.enumerate() {
        if !seen.insert(item) {
            return broken(format!("{at}/{i}"), "given twice; name it once");
        }
    }
    Ok(())
}

fn check_hold(hold: &Hold) -> Check {
    let Hold::Held(files) = hold else {
        return Ok(());
    };
    holds(
        !files.is_empty(),
        "/hold/held",
        "what is held has at least one file; write \"cited\" for what is known of and not held",
    )?;
    distinct(
        files.iter().map(|HeldFile { file, .. }| *file),
        "/hold/held",
    )
}

fn check_basis(basis: &[Basis]) -> Check {
    for (i, one) in basis.iter().enumerate() {
        if let Basis::Entry { at: Some(at), .. } | Basis::Exhibit { at: Some(at), .. } = one {
            locator(at, &format!("/basis/{i}/at"))?;
        }
    }
    Ok(())
}

fn locator(locator: &Locator, at: &str) -> Check {
    holds(
        *locator != Locator::default(),
        at,
        "this says no place; give a page, a line, a quote or the like, or leave it out",
    )?;
    for (number, field) in [(locator.page, "page"), (locator.row, "row")] {
        holds(
            number != Some(0),
            &format!("{at}/{field}"),
            "counted from 1",
        )?;
    }
    let empty = locator
        .region
        .is_some_and(|r| r.width == 0 || r.height == 0);
    holds(
        !empty,
        &format!("{at}/region"),
        "width and height are at least 1 pixel",
    )
}

fn place(place: &Place, at: &str) -> Check {
    place.check().or_else(|error| broken(at, error.to_string()))
}

/// How many of a group did something: not none of it.
fn some(count: Option<CountRange>) -> Check {
    holds(
        count.and_then(CountRange::high) != Some(0),
        "/count",
        "that none did it is not an event; leave the line out",
    )
}

fn arrival_before_departure(arrival: Option<&When>, departure: Option<&When>) -> Check {
    let earliest = arrival.and_then(|when| when.span().earliest);
    let latest = departure.and_then(|when| when.span().latest);
    let reversed = matches!((earliest, latest), (Some(came), Some(left)) if left < came);
    holds(
        !reversed,
        "/departure",
        "the departure lies wholly before the arrival; check both dates and zones",
    )
}

fn rule_set(set: &RuleSet) -> Check {
    holds(
        !set.rules.is_empty(),
        "/rules",
        "a rule set has at least one rule",
    )?;
    distinct(set.rules.iter().map(|rule| &rule.rule), "/rules")?;
    for (i, rule) in set.rules.iter().enumerate() {
        let at = format!("/rules/{i}");
        holds(
            rule.version > 0,
            &format!("{at}/version"),
            "versions count from 1",
        )?;
        let ascending = rule.parameters.windows(2).all(|w| w[0].name < w[1].name);
        holds(
            ascending,
            &format!("{at}/parameters"),
            "parameters stand in alphabetical order of their names, each once",
        )?;
    }
    Ok(())
}

fn document(document: &Document) -> Check {
    let named = document.title.is_some() || document.publisher.is_some() || document.url.is_some();
    holds(
        named || matches!(document.hold, Hold::Held(_)),
        "",
        "a document needs a title, a publisher, a url or a file to be known by",
    )?;
    distinct(document.relays.iter(), "/relays")
}

fn image(image: &Image) -> Check {
    holds(
        image.footprint.is_empty() || image.footprint.len() >= 3,
        "/footprint",
        "a footprint has at least 3 corners; leave it out where it is not known",
    )?;
    holds(
        image.resolution_mm != Some(0),
        "/resolution_mm",
        "a pixel has at least 1 mm",
    )?;
    holds(
        image.cloud.is_none_or(|cloud| cloud <= 10_000),
        "/cloud",
        "at most 10000 hundredths of a percent",
    )
}

fn ais_track(track: &AisTrack) -> Check {
    holds(
        track.about.is_some() || track.mmsi.is_some() || track.decoded.is_some(),
        "",
        "a track needs the vessel (about) or the mmsi that it is declared to be of, or what was decoded of it",
    )?;
    track.decoded.as_ref().map_or(Ok(()), decoding)
}

fn decoding(decoded: &Decoding) -> Check {
    let refused = decoded.refused.iter().map(|one| one.count);
    let outcomes = [decoded.decoded, decoded.duplicate, decoded.fragment]
        .into_iter()
        .chain(refused)
        .try_fold(0_u64, u64::checked_add);
    holds(
        outcomes == Some(decoded.lines),
        "/decoded/lines",
        "every line has one outcome: decoded, duplicate, fragment and all refused add up to it",
    )?;
    let ascending = (decoded.refused.windows(2)).all(|w| w[0].reason < w[1].reason);
    holds(
        ascending && decoded.refused.iter().all(|one| one.count > 0),
        "/decoded/refused",
        "reasons stand in alphabetical order, each once, with at least one line",
    )?;
    let ascending = (decoded.flagged.windows(2)).all(|w| w[0].flag < w[1].flag);
    holds(
        ascending && decoded.flagged.iter().all(|one| one.count > 0),
        "/decoded/flagged",
        "flags stand in alphabetical order, each once, with at least one line",
    )?;
    let ascending = (decoded.messages.windows(2)).all(|w| w[0].message_type < w[1].message_type);
    holds(
        ascending && (decoded.messages.iter()).all(|one| one.count > 0 && one.message_type < 64),
        "/decoded/messages",
        "types stand in order, each once, from 0 to 63, with at least one message",
    )?;
    holds(
        decoded.mmsis.windows(2).all(|w| w[0] < w[1]),
        "/decoded/mmsis",
        "MMSIs stand in ascending order, each once",
    )?;
    holds(
        decoded.mmsis.len() as u64 == decoded.mmsi_count.min(MMSIS_MAX as u64),
        "/decoded/mmsi_count",
        "all MMSIs are listed, or the lowest 16,384 of them",
    )?;
    holds(
        decoded.span.is_none_or(|span| span.first <= span.last),
        "/decoded/span",
        "the first time lies behind the last",
    )?;
    distinct(
        decoded.options.iter().map(|option| &option.name),
        "/decoded/options",
    )
}

fn vessel_name(name: &VesselName, at: &str) -> Check {
    holds(
        name.script.is_none() || name.original.is_some(),
        &format!("{at}/script"),
        "the script of a name in its original letters, which are missing",
    )
}

fn vessel(vessel: &Vessel) -> Check {
    let identified = vessel.imo.is_some() || vessel.mmsi.is_some() || vessel.call_sign.is_some();
    holds(
        identified || !vessel.names.is_empty(),
        "",
        "a vessel needs a name, an imo, an mmsi or a call_sign; unnamed ships are a group",
    )?;
    distinct(vessel.names.iter(), "/names")?;
    for (i, name) in vessel.names.iter().enumerate() {
        vessel_name(name, &format!("/names/{i}"))?;
    }
    Ok(())
}

/// A value and others that are not it.
fn values(value: &Value, others: &[Value], at: &str) -> Check {
    distinct(others.iter(), at)?;
    holds(
        !others.contains(value),
        at,
        "the value itself does not stand among the others",
    )?;
    let all = std::iter::once((value, "/value".to_owned())).chain(
        others
            .iter()
            .enumerate()
            .map(|(i, other)| (other, format!("{at}/{i}"))),
    );
    for (value, at) in all {
        match value {
            Value::Name(name) => vessel_name(name, &format!("{at}/name"))?,
            Value::Imo { scheme, number } => {
                let checked = match scheme {
                    ImoScheme::Ship => number.ship().map(drop),
                    ImoScheme::Company => number.company().map(drop),
                };
                if let Err(error) = checked {
                    broken(format!("{at}/imo/number"), error.to_string())?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn measures(measures: &[SaidMeasure]) -> Check {
    distinct(measures.iter(), "/measures")?;
    for (i, SaidMeasure { measure, says }) in measures.iter().enumerate() {
        holds(
            *measure != Measure::Other || says.is_some(),
            &format!("/measures/{i}"),
            "another measure needs the source's words: says",
        )?;
    }
    Ok(())
}

fn cap(cap: &Cap) -> Check {
    let CapPeriod {
        month,
        day,
        months,
        first_year,
    } = cap.period;
    // The 29th of February begins no period in three years of four.
    let longest = match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let at = "/period";
    holds((1..=12).contains(&month), &format!("{at}/month"), "1 to 12")?;
    holds(
        (1..=longest).contains(&day),
        &format!("{at}/day"),
        "a day that the month has in every year",
    )?;
    holds(
        (1..=12).contains(&months),
        &format!("{at}/months"),
        "1 to 12",
    )?;
    holds(
        first_year.is_none_or(|year| (1..=9999).contains(&year)),
        &format!("{at}/first_year"),
        "1 to 9999",
    )
}

fn figure(figure: &Figure) -> Check {
    distinct(
        figure.relations.iter().map(|link| link.figure),
        "/relations",
    )?;
    for (i, link) in figure.relations.iter().enumerate() {
        let needs = matches!(
            link.relation,
            FigureRelation::Disjoint | FigureRelation::Rival
        );
        holds(
            !needs || link.reason.is_some(),
            &format!("/relations/{i}"),
            "disjoint and rival change how figures are counted and need a reason",
        )?;
    }
    figure.place.as_ref().map_or(Ok(()), |p| place(p, "/place"))
}

fn assertion(assertion: &Assertion) -> Check {
    holds(
        assertion.property.is_none() || assertion.about.is_some(),
        "/property",
        "a property is one of a thing: name it in about",
    )?;
    let where_ = assertion.place.as_ref();
    where_.map_or(Ok(()), |p| place(p, "/place"))
}

fn hypothesis(hypothesis: &Hypothesis) -> Check {
    distinct(hypothesis.raised_by.iter(), "/raised_by")?;
    distinct(hypothesis.supports.iter(), "/supports")?;
    distinct(hypothesis.against.iter(), "/against")?;
    let both = |slot: &EntrySlot| hypothesis.supports.contains(slot);
    match hypothesis.against.iter().position(both) {
        Some(i) => broken(
            format!("/against/{i}"),
            "this entry speaks for the hypothesis already",
        ),
        None => Ok(()),
    }
}

fn corrected(corrected: &Corrected) -> Check {
    match corrected.replacement.read(Slots::ANY) {
        Some(Err(error)) => broken("/replacement", error.to_string()),
        Some(Ok(_)) | None => Ok(()),
    }
}

fn interpreted(seen: &ImageInterpreted) -> Check {
    let empty = seen.region.is_some_and(|r| r.width == 0 || r.height == 0);
    holds(!empty, "/region", "width and height are at least 1 pixel")?;
    distinct(seen.alternatives.iter(), "/alternatives")
}

fn translation(translation: &Translation) -> Check {
    holds(
        translation.document != translation.of,
        "/of",
        "a document is no translation of itself",
    )?;
    distinct(
        translation.passages.iter().map(|passage| &passage.name),
        "/passages",
    )?;
    for (i, passage) in translation.passages.iter().enumerate() {
        if let Some(at) = &passage.at {
            locator(at, &format!("/passages/{i}/at"))?;
        }
    }
    Ok(())
}

fn port(port: &Port) -> Check {
    holds(
        !port.names.is_empty(),
        "/names",
        "a port has at least one name",
    )?;
    distinct(port.names.iter(), "/names")
}

fn conversion(conversion: &ConversionFactor) -> Check {
    holds(
        conversion.from != conversion.to,
        "/to",
        "from and to are the same unit",
    )?;
    holds(
        conversion.factor.parts().0 > 0,
        "/factor",
        "a factor is above 0",
    )
}

fn transfer(transfer: &ShipToShipTransfer) -> Check {
    some(transfer.count)?;
    holds(
        transfer.with != Some(transfer.about),
        "/with",
        "the other ship is the same entry; leave it out where it is not known",
    )?;
    let at = transfer.place.as_ref();
    at.map_or(Ok(()), |p| place(p, "/place"))
}

fn absence(absence: &Absence) -> Check {
    distinct(absence.looked_in.iter(), "/looked_in")?;
    distinct(absence.looked_for.about.iter(), "/looked_for/about")?;
    let at = absence.looked_for.place.as_ref();
    at.map_or(Ok(()), |p| place(p, "/looked_for/place"))
}

fn custody(custody: &Custody) -> Check {
    let named = !custody.entries.is_empty() || !custody.exhibits.is_empty();
    holds(
        named != custody.whole_ledger,
        "",
        "name the entries or the exhibits that it is about, or else say whole_ledger: true",
    )?;
    distinct(custody.entries.iter(), "/entries")?;
    distinct(custody.exhibits.iter(), "/exhibits")
}

fn derived(derived: &Derived) -> Check {
    let from_entry = derived
        .provenance
        .basis
        .iter()
        .any(|basis| matches!(basis, Basis::Entry { .. }));
    holds(
        from_entry || !derived.parents.is_empty(),
        "/parents",
        "what is derived has something it was made of: name the files, or an entry in basis",
    )?;
    distinct(derived.parents.iter(), "/parents")?;
    distinct(
        derived.parameters.iter().map(|NamedText { name, .. }| name),
        "/parameters",
    )
}

fn attached(attached: &Attached) -> Check {
    holds(
        !attached.files.is_empty(),
        "/files",
        "what is attached has at least one file",
    )?;
    distinct(
        attached.files.iter().map(|HeldFile { file, .. }| *file),
        "/files",
    )
}

fn anchored(anchored: &Anchored) -> Check {
    holds(
        anchored.size > 0,
        "/size",
        "a head of no entries anchors nothing",
    )
}
