//! The rows: one type for each kind of statement. How they are filled is in `fill`.

use seaproof_evidence::events::sources::Receiver;
use seaproof_evidence::events::views::HypothesisStatus;

use super::Word;
use super::ais::VesselAisRow;
use super::told::{Held, PlaceRow, WhenRow};
use crate::groups::Range;
use crate::tracks::known::TrackReadingRow;

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
                /// Who says so, on what, in which entries.
                #[serde(flatten)]
                pub told: $crate::view::told::ToldRow,
            }
        )*
    };
}

pub(super) use rows;

rows! {
    /// Unnamed things.
    GroupRow {
        /// What is counted: `vessels` or `calls`.
        members: Word,
        /// What makes a member.
        criterion: String,
        /// The group that it is a part of.
        within: Option<String>,
        /// How many members.
        count: Range,
        /// Every entry that the count rests on.
        count_entries: Vec<u64>,
        /// Whether one of these is by a key that is called suspect, or rests on such.
        count_rests_on_suspect: bool,
        /// How many members are named: vessels that are said to be one of them.
        named: u32,
        /// Vessels that may be one of them.
        may_be: Vec<String>,
        /// What is told of all of them.
        claims: Vec<ClaimRow>,
    }
    /// A named vessel.
    VesselRow {
        /// Its names in Latin letters.
        names: Vec<String>,
        /// Everything told of it.
        claims: Vec<ClaimRow>,
        /// What held AIS tracks show of it, by MMSI.
        ais: Vec<VesselAisRow>,
        /// Tracks declared to be of it that could not be read.
        not_reproducible: Vec<TrackReadingRow>,
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
        product: Word,
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
        measures: Vec<Word>,
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
        /// Each of its files, and whether it was read.
        read: Vec<TrackReadingRow>,
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
