//! All kinds of events under one roof: kind names, classes, and the way to bytes and back.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use seaproof_ledger::encoding;
use seaproof_ledger::facts::{Amendment, Facts, Relation};
use seaproof_ledger::ids::{Class, EntryId, ExhibitRef};
use serde::{Deserialize, Serialize};

use crate::events::amendments::{Corrected, Disputed, Erased, Redacted, Replacement, Retracted};
use crate::events::custody::{Anchored, Attached, Custody, Derived, StateRecorded};
use crate::events::decoding::AisTrackV1;
use crate::events::lists::{Delisted, ListSnapshot, Listed, ListingAmended};
use crate::events::movements::{
    AisSilence, CargoMove, Departure, PortCall, SaidListed, ShipToShipTransfer, Sighting,
};
use crate::events::quantities::{Cap, Figure, Notification, Quantity};
use crate::events::reference::{ConversionFactor, Gazetteer, Port};
use crate::events::rules::RuleSet;
use crate::events::searches::Absence;
use crate::events::sources::{AisTrack, Document, Image, ImageInterpreted, ImageSet, Translation};
use crate::events::things::{Claim, Count, Group, Membership, Reading, Vessel};
use crate::events::views::{Assertion, Hypothesis};
use crate::wire::{EntrySlot, ExhibitSlot, Slots};

/// The most bytes that one event may have: what an envelope can hold.
pub const EVENT_BYTES_MAX: usize = 1 << 20;

/// Why event bytes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    pub(crate) fn cannot_replace(kind: &str) -> Self {
        Self(format!(
            "{kind} cannot replace anything; give an event of the target's kind"
        ))
    }
}

/// Accepts the canonical bytes of a value and nothing else.
fn decode<T>(bytes: &[u8], slots: Slots) -> Result<T, Malformed>
where
    T: bincode::Encode + bincode::Decode<Slots>,
{
    encoding::decode_in(bytes, EVENT_BYTES_MAX, slots).map_err(|e| Malformed(e.to_string()))
}

/// The version that an event is written in, and its bytes: of a kind with an older version that one, wherever
/// it can say all that there is. So an event has one encoding, and what was written before stays as it was.
macro_rules! written {
    ($body:ident) => {
        (1, encoding::encode($body))
    };
    ($body:ident, $older:ty) => {
        match <$older>::of($body) {
            Some(older) => (1, encoding::encode(&older)),
            None => (2, encoding::encode($body)),
        }
    };
}

/// Reads the bytes of an event in one of its kind's versions.
macro_rules! read_version {
    ($version:ident, $bytes:ident, $slots:ident, $body:ty) => {
        match $version {
            1 => decode::<$body>($bytes, $slots),
            _ => return None,
        }
    };
    ($version:ident, $bytes:ident, $slots:ident, $body:ty, $older:ty) => {
        match $version {
            1 => decode::<$older>($bytes, $slots).map(<$body>::from),
            2 => decode::<$body>($bytes, $slots).and_then(|body| match <$older>::of(&body) {
                None => Ok(body),
                Some(_) => Err(Malformed(
                    "version 2 without anything that version 1 could not say".into(),
                )),
            }),
            _ => return None,
        }
    };
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($body:ty $(, before $older:ty)?) = $kind:literal, $class:ident;)*) => {
        /// What an entry says, whatever the version of its bytes.
        ///
        /// In JSON its slots are numbers; with names in their place it is a line of
        /// [`crate::batch`].
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum Event {
            $($(#[$doc])* #[serde(rename = $kind)] $variant($body),)*
        }

        impl Event {
            /// All kinds with their classes.
            pub const KINDS: &[(&str, Class)] = &[$(($kind, Class::$class)),*];

            /// The kind's name, in the envelope and in JSON.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            /// The class of entries that hold this kind.
            pub const fn class(&self) -> Class {
                match self { $(Self::$variant(_) => Class::$class,)* }
            }

            /// The version that [`Event::to_bytes`] writes: of each kind the oldest that can say it.
            pub fn version(&self) -> u16 {
                self.written().0
            }

            /// The event bytes. Nothing is checked here: what [`Event::check`] refuses, a reader
            /// refuses too.
            pub fn to_bytes(&self) -> Vec<u8> {
                self.written().1
            }

            /// The version, and the event bytes.
            pub fn written(&self) -> (u16, Vec<u8>) {
                match self { $(Self::$variant(body) => written!(body $(, $older)?),)* }
            }

            /// Reads event bytes of a kind and version; `None` if this vocabulary has no such.
            ///
            /// # Errors
            /// [`Malformed`] if the bytes are not canonical, refer beyond the envelope, or hold what
            /// [`Event::check`] refuses.
            pub fn from_bytes(
                kind: &str,
                version: u16,
                bytes: &[u8],
                slots: Slots,
            ) -> Option<Result<Self, Malformed>> {
                let read = match kind {
                    $($kind => read_version!(version, bytes, slots, $body $(, $older)?).map(Self::$variant),)*
                    _ => return None,
                };
                Some(read.and_then(|event| event.checked(slots)))
            }

            /// The fields of each kind.
            pub(crate) fn body_schemas(
                generator: &mut SchemaGenerator,
            ) -> Vec<(&'static str, Class, Schema)> {
                vec![$(($kind, Class::$class, <$body>::json_schema(generator)),)*]
            }
        }
    };
}

events! {
    /// See [`RuleSet`].
    RuleSet(RuleSet) = "rule-set", Governance;
    /// See [`Document`].
    Document(Document) = "document", Evidence;
    /// See [`Image`].
    Image(Image) = "image", Evidence;
    /// See [`ImageSet`].
    ImageSet(ImageSet) = "image-set", Evidence;
    /// See [`AisTrack`].
    AisTrack(AisTrack, before AisTrackV1) = "ais-track", Evidence;
    /// See [`Vessel`].
    Vessel(Vessel) = "vessel", Evidence;
    /// See [`Group`].
    Group(Group) = "group", Evidence;
    /// See [`Count`].
    Count(Count) = "count", Evidence;
    /// See [`Claim`].
    Claim(Claim) = "claim", Evidence;
    /// See [`Sighting`].
    Sighting(Sighting) = "sighting", Evidence;
    /// See [`PortCall`].
    PortCall(PortCall) = "port-call", Evidence;
    /// See [`CargoMove`].
    Loading(CargoMove) = "loading", Evidence;
    /// See [`CargoMove`].
    Unloading(CargoMove) = "unloading", Evidence;
    /// See [`Departure`].
    Departure(Departure) = "departure", Evidence;
    /// See [`AisSilence`].
    AisSilence(AisSilence) = "ais-silence", Evidence;
    /// See [`SaidListed`].
    SaidListed(SaidListed) = "said-listed", Evidence;
    /// See [`Cap`].
    Cap(Cap) = "cap", Evidence;
    /// See [`Figure`].
    Figure(Figure) = "figure", Evidence;
    /// See [`Quantity`].
    Quantity(Quantity) = "quantity", Evidence;
    /// See [`Reading`].
    Reading(Reading) = "reading", Evidence;
    /// See [`Assertion`].
    Assertion(Assertion) = "assertion", Evidence;
    /// See [`Hypothesis`].
    Hypothesis(Hypothesis) = "hypothesis", Evidence;
    /// See [`ImageInterpreted`].
    ImageInterpreted(ImageInterpreted) = "image-interpreted", Evidence;
    /// See [`Translation`].
    Translation(Translation) = "translation", Evidence;
    /// See [`ListSnapshot`].
    ListSnapshot(ListSnapshot) = "list-snapshot", Evidence;
    /// See [`Port`].
    Port(Port) = "port", Evidence;
    /// See [`ConversionFactor`].
    ConversionFactor(ConversionFactor) = "conversion-factor", Evidence;
    /// See [`Gazetteer`].
    Gazetteer(Gazetteer) = "gazetteer", Evidence;
    /// See [`Membership`].
    Membership(Membership) = "membership", Evidence;
    /// See [`ShipToShipTransfer`].
    ShipToShipTransfer(ShipToShipTransfer) = "ship-to-ship-transfer", Evidence;
    /// See [`Listed`].
    Listed(Listed) = "listed", Evidence;
    /// See [`ListingAmended`].
    ListingAmended(ListingAmended) = "listing-amended", Evidence;
    /// See [`Delisted`].
    Delisted(Delisted) = "delisted", Evidence;
    /// See [`Notification`].
    Notification(Notification) = "notification", Evidence;
    /// See [`Absence`].
    Absence(Absence) = "absence", Evidence;
    /// See [`Custody`].
    Custody(Custody) = "custody", Evidence;
    /// See [`Derived`].
    Derived(Derived) = "derived", Evidence;
    /// See [`Attached`].
    Attached(Attached) = "attached", Evidence;
    /// See [`Anchored`].
    Anchored(Anchored) = "anchored", Evidence;
    /// See [`StateRecorded`].
    StateRecorded(StateRecorded) = "state-recorded", Evidence;
    /// See [`Corrected`].
    Corrected(Corrected) = "corrected", Amendment;
    /// See [`Retracted`].
    Retracted(Retracted) = "retracted", Amendment;
    /// See [`Disputed`].
    Disputed(Disputed) = "disputed", Amendment;
    /// See [`Redacted`].
    Redacted(Redacted) = "redacted", Amendment;
}

/// An event in its envelope: what its slots stand for can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    event: Event,
    entries: Vec<EntryId>,
    exhibits: Vec<ExhibitRef>,
    amendment: Option<Amendment>,
}

impl Said {
    /// The event.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The entry that a slot of this event stands for.
    ///
    /// # Panics
    /// If the slot belongs to another event. The event's own were checked when it was read.
    pub fn entry(&self, slot: EntrySlot) -> EntryId {
        self.entries[usize::from(slot.0)]
    }

    /// The exhibit that a slot of this event stands for.
    ///
    /// # Panics
    /// If the slot belongs to another event. The event's own were checked when it was read.
    pub fn exhibit(&self, slot: ExhibitSlot) -> ExhibitRef {
        self.exhibits[usize::from(slot.0)]
    }

    /// All entries that the envelope refers to.
    pub fn entries(&self) -> &[EntryId] {
        &self.entries
    }

    /// All exhibits that the envelope names.
    pub fn exhibits(&self) -> &[ExhibitRef] {
        &self.exhibits
    }

    /// Relation and targets of an amendment.
    pub fn amendment(&self) -> Option<&Amendment> {
        self.amendment.as_ref()
    }

    /// What a correction puts in its target's place; `None` for every other event.
    pub fn replacement(&self) -> Option<Decoded> {
        let Event::Corrected(Corrected { replacement, .. }) = &self.event else {
            return None;
        };
        let Replacement {
            kind,
            version,
            event,
        } = replacement;
        Some(read(
            Class::Evidence,
            kind.as_str(),
            *version,
            event,
            self.entries.clone(),
            self.exhibits.clone(),
        ))
    }
}

/// What replay gets of an entry's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// An event of this vocabulary.
    Known(Box<Said>),
    /// A kind that belongs to the log itself: genesis, admissions, revocations, closing.
    OfTheLog,
    /// A kind or version that this vocabulary does not have. Kept, verified, named.
    Unknown {
        /// The kind.
        kind: String,
        /// The version of its encoding.
        version: u16,
    },
    /// A known kind whose bytes are not its encoding, or break a rule of it.
    Malformed {
        /// Why, in words.
        why: String,
    },
}

impl Decoded {
    /// Reads the event in an envelope. Total: whatever it is, it has an answer.
    pub fn of(class: Class, facts: &Facts) -> Self {
        let mut decoded = read(
            class,
            &facts.kind,
            facts.kind_version,
            &facts.event,
            facts.refs.clone(),
            facts.exhibits.clone(),
        );
        if let Self::Known(said) = &mut decoded
            && let Some(relation) = relation_of(said.event())
        {
            said.amendment.clone_from(&facts.amendment);
            let told = facts
                .amendment
                .as_ref()
                .map(|a| (a.relation, a.targets.len()));
            let why = match told {
                Some((told, _)) if told != relation => "whose envelope says otherwise",
                Some((Relation::Corrects, targets)) if targets != 1 => "of several entries",
                Some(_) => return decoded,
                None => "without targets",
            };
            return Self::Malformed {
                why: format!("{} {why}", facts.kind),
            };
        }
        decoded
    }
}

impl Event {
    /// Refuses what its rules refuse, also in a replacement, whose slots are the same envelope's.
    fn checked(self, slots: Slots) -> Result<Self, Malformed> {
        self.check()
            .map_err(|broken| Malformed(broken.to_string()))?;
        if let Self::Corrected(Corrected { replacement, .. }) = &self
            && let Some(Err(Malformed(why))) = replacement.read(slots)
        {
            return Err(Malformed(format!("replacement: {why}")));
        }
        Ok(self)
    }
}

/// The relation that an amendment's envelope must have.
pub(crate) const fn relation_of(event: &Event) -> Option<Relation> {
    match event {
        Event::Corrected(_) => Some(Relation::Corrects),
        Event::Retracted(_) => Some(Relation::Retracts),
        Event::Disputed(_) => Some(Relation::Disputes),
        Event::Redacted(redacted) => Some(Relation::Redacts {
            facts: matches!(redacted.erases, Erased::Facts | Erased::Both),
            source: matches!(redacted.erases, Erased::Source | Erased::Both),
        }),
        _ => None,
    }
}

fn read(
    class: Class,
    kind: &str,
    version: u16,
    bytes: &[u8],
    entries: Vec<EntryId>,
    exhibits: Vec<ExhibitRef>,
) -> Decoded {
    if matches!(
        kind,
        "genesis" | "author-admitted" | "author-revoked" | "roster" | "closed"
    ) {
        return Decoded::OfTheLog;
    }
    let slots = Slots {
        entries: entries.len(),
        exhibits: exhibits.len(),
    };
    match Event::from_bytes(kind, version, bytes, slots) {
        None => Decoded::Unknown {
            kind: kind.to_owned(),
            version,
        },
        Some(Err(Malformed(why))) => Decoded::Malformed { why },
        Some(Ok(event)) if event.class() != class => Decoded::Malformed {
            why: format!(
                "{kind} in class {}; it belongs to class {}",
                class as u8,
                event.class() as u8
            ),
        },
        Some(Ok(event)) => Decoded::Known(Box::new(Said {
            event,
            entries,
            exhibits,
            amendment: None,
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: Slots = Slots {
        entries: 2,
        exhibits: 1,
    };

    fn sighting() -> Event {
        serde_json::from_value(serde_json::json!({
            "kind": "sighting",
            "about": 0,
            "count": {"low": 5, "high": 5},
            "place": {"locode": "RUVYP"},
            "when": {"edtf": "2024-03-07/2024-03-22", "sense": "each-within"},
            "mode": "reported",
            "origin": {"who": {"entry": 1}, "mode": "observed"},
            "basis": [{"of": 1, "at": {"line": "3"}}, {"file": 0}, {"cited": "a radio report"}],
        }))
        .unwrap()
    }

    #[test]
    fn an_event_survives_its_bytes_and_its_json() {
        let event = sighting();
        let bytes = event.to_bytes();
        assert_eq!(
            Event::from_bytes("sighting", 1, &bytes, SLOTS),
            Some(Ok(event.clone()))
        );
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
        assert_eq!(Event::from_bytes("sighting", 2, &bytes, SLOTS), None);
    }

    #[test]
    fn bytes_that_refer_beyond_the_envelope_are_refused() {
        let bytes = sighting().to_bytes();
        for (entries, exhibits) in [(1, 1), (2, 0)] {
            let slots = Slots { entries, exhibits };
            let read = Event::from_bytes("sighting", 1, &bytes, slots).unwrap();
            assert!(read.is_err(), "{entries} entries, {exhibits} exhibits");
        }
    }

    #[test]
    fn a_field_that_no_event_has_is_refused() {
        let mut json = serde_json::to_value(sighting()).unwrap();
        json["stauts"] = "coming in".into();
        let error = serde_json::from_value::<Event>(json).unwrap_err();
        assert!(error.to_string().contains("stauts"), "{error}");
    }
}
