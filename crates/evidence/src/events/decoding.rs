//! What a decoder made of the file of an AIS track: which lines became what, of whom, from when to when.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List, Prose, Words};
use crate::ids::Mmsi;
use crate::provenance::Hold;
use crate::time::When;
use crate::wire::{EntrySlot, Slots};

use super::custody::NamedText;
use super::sources::{AisTrack, Receiver};

/// MMSIs that one entry lists at most.
pub const MMSIS_MAX: usize = 16_384;

/// What a decoder made of a track's file. Every line has one outcome: `lines` is the sum of `decoded`,
/// `duplicate`, `fragment` and all `refused`.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Decoding {
    /// In which format the file is, as sentences, marinecadastre, danish or mapped-csv.
    pub format: Keyword,
    /// How it is compressed, as gzip or zstd; `None` is not at all.
    pub compression: Option<Keyword>,
    /// What decoded it.
    pub decoder: Words,
    /// Its version.
    pub decoder_version: Words,
    /// What it was told, as a mapping of columns, or how far apart repetitions and fragments of sentences may be.
    #[serde(default)]
    pub options: List<NamedText, 64>,
    /// Lines.
    pub lines: u64,
    /// Lines that a message or row was decoded from: of a message in fragments, its last.
    pub decoded: u64,
    /// Lines that repeat a line before.
    pub duplicate: u64,
    /// Lines that hold a fragment of a message decoded at another line.
    pub fragment: u64,
    /// Lines that were refused, by reason, in alphabetical order.
    #[serde(default)]
    pub refused: List<Refused, 64>,
    /// What was odd about lines that were read all the same, in alphabetical order. A line may count several times.
    #[serde(default)]
    pub flagged: List<Flagged, 64>,
    /// Messages that were decoded, by type, in order.
    #[serde(default)]
    pub messages: List<MessageCount, 64>,
    /// Rows that were decoded of a table, which does not say of which type they are.
    #[serde(default)]
    pub rows: u64,
    /// Messages and rows that come with no time of reception.
    #[serde(default)]
    pub untimed: u64,
    /// How many MMSIs are heard.
    pub mmsi_count: u64,
    /// Which: the lowest ones first, and no more than 16,384.
    #[serde(default)]
    pub mmsis: List<u32, MMSIS_MAX>,
    /// From the first to the last time of reception that is probable, which is from 1990 to 2099; `None` if there is
    /// none.
    pub span: Option<DecodedSpan>,
}

/// How many lines were refused for one reason.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The reason.
    pub reason: Keyword,
    /// How many lines.
    pub count: u64,
}

/// How many lines were odd in one way.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Flagged {
    /// In which way, as tag-checksum-wrong.
    pub flag: Keyword,
    /// How many lines.
    pub count: u64,
}

/// How many messages of one type were decoded.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct MessageCount {
    /// The type, 0 to 63.
    #[serde(rename = "type")]
    pub message_type: u8,
    /// How many messages.
    pub count: u64,
}

/// The times of the first and the last reception, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct DecodedSpan {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

/// Version 1 of [`AisTrack`], frozen: it says nothing of decoding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[bincode(decode_context = "Slots")]
pub struct AisTrackV1 {
    about: Option<EntrySlot>,
    mmsi: Option<Mmsi>,
    supplied_by: Words,
    receiver: Receiver,
    coverage: Option<Words>,
    span: Option<When>,
    positions: Option<u64>,
    hold: Hold,
    note: Option<Prose>,
}

impl From<AisTrackV1> for AisTrack {
    fn from(old: AisTrackV1) -> Self {
        Self {
            about: old.about,
            mmsi: old.mmsi,
            supplied_by: old.supplied_by,
            receiver: old.receiver,
            coverage: old.coverage,
            span: old.span,
            positions: old.positions,
            hold: old.hold,
            note: old.note,
            decoded: None,
        }
    }
}

impl AisTrackV1 {
    /// A track as version 1 has it; `None` if it says what version 1 cannot.
    pub fn of(track: &AisTrack) -> Option<Self> {
        if track.decoded.is_some() {
            return None;
        }
        let track = track.clone();
        Some(Self {
            about: track.about,
            mmsi: track.mmsi,
            supplied_by: track.supplied_by,
            receiver: track.receiver,
            coverage: track.coverage,
            span: track.span,
            positions: track.positions,
            hold: track.hold,
            note: track.note,
        })
    }
}
