//! Rows of what is seen in sources, looked for, and computed with.

use seaproof_evidence::Event;
use seaproof_evidence::events::movements::TransferRole;
use seaproof_evidence::events::things::MembershipDegree;

use super::Word;
use super::fill::{Rows, telling_words};
use super::rows::rows;
use super::told::{PlaceRow, WhenRow, place, text, when};
use crate::claims::product;
use crate::groups::Range;

rows! {
    /// Whether a named vessel belongs to a group.
    MembershipRow {
        /// The vessel.
        about: String,
        /// The group.
        group: String,
        /// How it is held to belong.
        degree: MembershipDegree,
    }
    /// Cargo moved from ship to ship.
    TransferRow {
        /// One vessel or group.
        about: String,
        /// How many of it.
        count: Option<Range>,
        /// What that vessel did.
        role: TransferRole,
        /// The other; null is not known.
        with: Option<String>,
        /// Where.
        place: Option<PlaceRow>,
        /// The class of products.
        product: Word,
        /// How much, in words.
        quantity: Option<String>,
        /// When.
        when: Option<WhenRow>,
    }
    /// Something looked for and not found.
    AbsenceRow {
        /// Which kind of thing.
        looked_for: String,
        /// About which things.
        about: Vec<String>,
        /// By which supplier.
        supplier: String,
        /// To which receiver.
        receiver: String,
        /// Of which product.
        product: Word,
        /// Of which time.
        period: Option<WhenRow>,
        /// In words.
        words: Option<String>,
        /// In what was looked.
        looked_in: Vec<String>,
        /// As it was seen when.
        as_seen: Option<WhenRow>,
    }
    /// What somebody sees in an image.
    InterpretationRow {
        /// The image or set.
        image: String,
        /// The vessel or group that is seen.
        about: Option<String>,
        /// What is seen.
        sees: String,
        /// What else it could be.
        alternatives: Vec<String>,
    }
    /// That a document renders another.
    TranslationRow {
        /// The translation.
        document: String,
        /// The original.
        of: Option<String>,
        /// The original's language.
        from: Option<String>,
        /// The translation's language.
        into: Option<String>,
        /// By whom; null is not stated.
        by: Option<String>,
        /// Passages that were looked at.
        passages: u64,
    }
    /// A port of the gazetteer.
    PortRow {
        /// UN/LOCODE.
        locode: String,
        /// Its names.
        names: Vec<String>,
        /// Degrees north, as decimal text.
        lat: Option<String>,
        /// Degrees east, as decimal text.
        lon: Option<String>,
        /// How far that may be off, in metres.
        uncertainty_m: Option<u32>,
        /// What its clocks show.
        zone: String,
    }
    /// What one unit makes in another, by a source.
    FactorRow {
        /// The unit that is converted.
        from: Word,
        /// The unit that it is converted to.
        to: Word,
        /// Of which product.
        product: Word,
        /// How many of the second make one of the first, as a fraction.
        factor: String,
    }
}

impl Rows<'_> {
    pub(super) fn memberships(&self) -> Vec<MembershipRow> {
        self.each("membership", |statement, event, told| {
            let Event::Membership(e) = event else {
                return None;
            };
            Some(MembershipRow {
                about: self.subject(statement),
                group: self.named(statement, Some(e.group))?,
                degree: e.degree,
                told,
            })
        })
    }

    pub(super) fn transfers(&self) -> Vec<TransferRow> {
        self.each("ship-to-ship-transfer", |statement, event, told| {
            let Event::ShipToShipTransfer(e) = event else {
                return None;
            };
            Some(TransferRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                role: e.role,
                with: self.named(statement, e.with),
                place: e.place.as_ref().map(place),
                product: product(e.product.class).into(),
                quantity: e.quantity.as_ref().map(telling_words),
                when: when(e.when.as_ref()),
                told,
            })
        })
    }

    pub(super) fn absences(&self) -> Vec<AbsenceRow> {
        self.each("absence", |statement, event, told| {
            let Event::Absence(e) = event else {
                return None;
            };
            let sought = &e.looked_for;
            Some(AbsenceRow {
                looked_for: sought.kind.to_string(),
                about: self.all_named(statement, &sought.about),
                supplier: sought.supplier.to_string(),
                receiver: sought.receiver.to_string(),
                product: product(sought.product).into(),
                period: when(sought.period.as_ref()),
                words: sought.words.as_ref().map(text),
                looked_in: self.all_named(statement, &e.looked_in),
                as_seen: when(Some(&e.as_seen)),
                told,
            })
        })
    }

    pub(super) fn interpretations(&self) -> Vec<InterpretationRow> {
        self.each("image-interpreted", |statement, event, told| {
            let Event::ImageInterpreted(e) = event else {
                return None;
            };
            Some(InterpretationRow {
                image: self.subject(statement),
                about: self.named(statement, e.about),
                sees: e.sees.to_string(),
                alternatives: e.alternatives.iter().map(text).collect(),
                told,
            })
        })
    }

    pub(super) fn translations(&self) -> Vec<TranslationRow> {
        self.each("translation", |statement, event, told| {
            let Event::Translation(e) = event else {
                return None;
            };
            Some(TranslationRow {
                document: self.subject(statement),
                of: self.named(statement, Some(e.of)),
                from: e.from.as_ref().map(text),
                into: e.into.as_ref().map(text),
                by: e.by.as_ref().map(text),
                passages: e.passages.len() as u64,
                told,
            })
        })
    }

    pub(super) fn ports(&self) -> Vec<PortRow> {
        self.each("port", |_, event, told| {
            let Event::Port(e) = event else {
                return None;
            };
            Some(PortRow {
                locode: e.locode.to_string(),
                names: e.names.iter().map(text).collect(),
                lat: e.position.map(|p| p.lat.to_string()),
                lon: e.position.map(|p| p.lon.to_string()),
                uncertainty_m: e.uncertainty_m,
                zone: e.zone.to_string(),
                told,
            })
        })
    }

    pub(super) fn conversion_factors(&self) -> Vec<FactorRow> {
        self.each("conversion-factor", |_, event, told| {
            let Event::ConversionFactor(e) = event else {
                return None;
            };
            Some(FactorRow {
                from: e.from.symbol().into(),
                to: e.to.symbol().into(),
                product: product(e.product).into(),
                factor: e.factor.to_string(),
                told,
            })
        })
    }
}
