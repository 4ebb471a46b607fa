//! What a reader of an input gives, and to whom: an outcome for each line, and what was heard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::{Kind, LineRef, Report};
use crate::units::{Mmsi, Place, TenthKnots, Time};

/// Takes what a reader of an input gives.
pub trait Sink {
    /// What became of a line. Each line of the input gets exactly one outcome. They come in the order of the
    /// lines, but for fragments of a message: theirs come when the message is whole or given up.
    fn line(&mut self, line: u64, outcome: Outcome);

    /// A message or row that says something of an MMSI, after the outcome of its (last) line. Comes for
    /// duplicates too, since each has a receiver of its own.
    fn heard(&mut self, heard: &Reception<'_>);

    /// The payload of a message in its armour, before it is [`Sink::heard`]: for who wants all of it, by
    /// [`crate::message::Message::decode`]. Rows have none.
    fn payload(&mut self, line: u64, armoured: &[u8], fill_bits: u8) {
        let _ = (line, armoured, fill_bits);
    }

    /// Something odd about a line that does not refuse it. A line may have several flags.
    fn flag(&mut self, line: u64, flag: Flag) {
        let _ = (line, flag);
    }
}

/// One reception of one transmission, or one row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reception<'a> {
    /// Where it stands: for a message in fragments, the line of the last to arrive.
    pub at: LineRef,
    /// When it was received; `None`: not said. Never invented.
    pub time: Option<Time>,
    /// The receiver, as written.
    pub receiver: Option<&'a str>,
    /// A hash of the transmitted bits, or of a row's fields. Two receptions of one MMSI with equal hashes, near
    /// in time, are of one transmission. Under keys of this process: it is another one in the next, and nobody can
    /// make two that are equal.
    pub payload: u64,
    /// Of whom it speaks.
    pub mmsi: Mmsi,
    /// Of which kind.
    pub kind: Kind,
    /// The position in the message's own raw units.
    pub position: RawPosition,
    /// What it says in the units of [`Report`].
    pub report: ReportFields,
    /// What it says of the vessel's identity, if it is of a kind that does.
    pub identity: Option<Identity<'a>>,
}

impl Reception<'_> {
    /// As a report, if the time is known.
    pub fn report(&self) -> Option<Report> {
        Some(Report {
            mmsi: self.mmsi,
            time: self.time?,
            at: self.at,
            kind: self.kind,
            place: self.report.place,
            sog: self.report.sog,
            cog: self.report.cog,
            heading: self.report.heading,
            status: self.report.status,
            draught: self.report.draught,
        })
    }
}

/// A position as it was transmitted, in the raw units of its message: 1/10,000 minute, 1/10 knot, 1/10 degree,
/// degrees; in type 27 1/10 minute, knots, degrees; in type 9 knots. `None`: not available, or not part of
/// the message. A value that is none on Earth and does not mean "not available" is kept here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct RawPosition {
    /// Latitude, north positive.
    pub lat: Option<i32>,
    /// Longitude, east positive.
    pub lon: Option<i32>,
    /// Speed over ground.
    pub sog: Option<i32>,
    /// Course over ground.
    pub cog: Option<i32>,
    /// True heading.
    pub heading: Option<i32>,
}

/// What a reception says, in the units of [`Report`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub struct ReportFields {
    /// Where the transmitter was.
    pub place: Option<Place>,
    /// Speed over ground.
    pub sog: Option<TenthKnots>,
    /// Course over ground in tenths of a degree, 0 to 3,599.
    pub cog: Option<u16>,
    /// True heading in degrees, 0 to 359.
    pub heading: Option<u16>,
    /// Navigational status, 0 to 15.
    pub status: Option<u8>,
    /// Static draught in tenths of a metre, 1 to 255.
    pub draught: Option<u8>,
}

/// What a reception says of a vessel's identity. `None`: not available, or not part of the message. Texts are
/// without the padding at their end, and never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Identity<'a> {
    /// IMO number as given, whether or not it can be one; never 0.
    pub imo: Option<u32>,
    /// Name.
    pub name: Option<&'a str>,
    /// Call sign.
    pub call_sign: Option<&'a str>,
    /// Type of ship and cargo, 1 to 255.
    pub ship_type: Option<u8>,
    /// Length and beam.
    pub dimensions: Option<Dimensions>,
    /// Destination.
    pub destination: Option<&'a str>,
}

/// Length and beam in metres; 0 is "not given".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dimensions {
    /// Bow to stern.
    pub length: u16,
    /// Port to starboard.
    pub beam: u16,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It held, or completed, a message or row that was read.
    Decoded(Kind),
    /// It did too, of the same bits as one near before it, and not on another channel: as far as can be seen
    /// the same transmission.
    Duplicate {
        /// Of which kind.
        kind: Kind,
        /// The line of the first reception. Only of a message whose fragments came out of order may it be a
        /// later one: that is held back until it is clear what belongs together.
        of: u64,
    },
    /// A part of a message in fragments.
    Fragment {
        /// The line of the part that came last, which has the message's outcome.
        of: u64,
    },
    /// Nothing was taken from it, but for what its reason says.
    Refused(Reason),
}

macro_rules! codes {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$inner])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

codes! {
    /// Why a line was refused.
    Reason {
        /// Longer than any line is read.
        LineTooLong = "line-too-long",
        /// Nothing on it.
        Blank = "blank",
        /// A comment (`#`).
        Comment = "comment",
        /// Neither a sentence nor anything else that is known here.
        NotASentence = "not-a-sentence",
        /// A sentence of another kind, such as a GPS receiver's own position.
        NotAis = "not-ais",
        /// A tag block alone. What it says is kept for the sentence that follows.
        TagOnly = "tag-only",
        /// A sentence that gives the time of the one that follows (`$PGHP`).
        TimeOnly = "time-only",
        /// The sentence's checksum is not that of its characters.
        ChecksumWrong = "checksum-wrong",
        /// The sentence has no checksum.
        ChecksumMissing = "checksum-missing",
        /// A second AIS sentence on the line: the line end between them was lost. None of them is read.
        SeveralSentences = "several-sentences",
        /// Fields of the sentence are missing or are not what they must be.
        SentenceMalformed = "sentence-malformed",
        /// A character in the payload that is none of the 64.
        ArmourInvalid = "armour-invalid",
        /// Fill bits that the payload cannot have.
        FillBitsInvalid = "fill-bits-invalid",
        /// The payload is too short for its type.
        TooShort = "too-short",
        /// Message type 0 or above 27.
        TypeUnknown = "type-unknown",
        /// The payload is not one that its type can have.
        PayloadInvalid = "payload-invalid",
        /// The other fragments of its message did not come.
        FragmentIncomplete = "fragment-incomplete",
        /// A fragment that could belong to either of two messages, or a part of one of those.
        FragmentAmbiguous = "fragment-ambiguous",
        /// A row with more or fewer columns than the header.
        ColumnCount = "column-count",
        /// A row without a time that can be read.
        TimeInvalid = "time-invalid",
        /// A row without an MMSI that can be one.
        MmsiInvalid = "mmsi-invalid",
        /// A row with a value that cannot be read.
        ValueInvalid = "value-invalid",
        /// Bytes that are no text in the encoding of the input.
        EncodingInvalid = "encoding-invalid",
    }
}

codes! {
    /// What was odd about a line that was read all the same.
    Flag {
        /// The tag block's checksum is not that of its characters.
        TagChecksumWrong = "tag-checksum-wrong",
        /// The tag block has no checksum.
        TagChecksumMissing = "tag-checksum-missing",
        /// A tag block, or a field of it, that cannot be read.
        TagMalformed = "tag-malformed",
        /// A time that cannot be one. It was not used.
        TimeUnreadable = "time-unreadable",
        /// Two sources of its time are more than two seconds apart. The one that ranks first was used.
        TimesDiffer = "times-differ",
        /// A time before 1990 or from 2100 on ([`Time::is_probable`]). It was used as it stands.
        TimeImprobable = "time-improbable",
        /// A time more than a minute before that of the message before. It was used as it stands.
        TimeBackwards = "time-backwards",
        /// A value of a row that is none its column can have. It was not used.
        ValueUnreadable = "value-unreadable",
        /// A text of a row that is not UTF-8. It was not used.
        TextUnreadable = "text-unreadable",
        /// A receiver's name that is not printable ASCII. It was not used.
        ReceiverUnreadable = "receiver-unreadable",
        /// The `$PGHP` before it names another sentence by its checksum. Its time and receiver were not used.
        TimeOfAnother = "time-of-another",
        /// Something stands behind the checksum that is not known here. It was not read.
        RestUnread = "rest-unread",
        /// The receiver's own ship (`VDO`): not heard over the air.
        OwnShip = "own-ship",
        /// Not the first line of its row: a quoted field goes on over the line end before it.
        RowGoesOn = "row-goes-on",
    }
}

/// How many lines had which outcome. `total` is always decoded, duplicate, fragment and refused together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Lines.
    pub total: u64,
    /// Lines that held or completed a message or row not heard before.
    pub decoded: u64,
    /// Lines that did, and it was heard before.
    pub duplicate: u64,
    /// Other lines of messages in fragments.
    pub fragment: u64,
    /// Lines refused, by reason.
    pub refused: BTreeMap<Reason, u64>,
    /// Messages and rows by kind, duplicates not counted.
    pub messages: BTreeMap<Kind, u64>,
    /// Those that were heard before, by kind.
    pub repeated: BTreeMap<Kind, u64>,
    /// Lines flagged, by flag.
    pub flagged: BTreeMap<Flag, u64>,
    /// Receptions without a time, duplicates among them.
    pub untimed: u64,
}

impl Counts {
    /// Counts a line's outcome.
    pub fn count(&mut self, outcome: Outcome) {
        self.total = self.total.saturating_add(1);
        match outcome {
            Outcome::Decoded(kind) => {
                self.decoded = self.decoded.saturating_add(1);
                bump(&mut self.messages, kind, 1);
            }
            Outcome::Duplicate { kind, .. } => {
                self.duplicate = self.duplicate.saturating_add(1);
                bump(&mut self.repeated, kind, 1);
            }
            Outcome::Fragment { .. } => self.fragment = self.fragment.saturating_add(1),
            Outcome::Refused(reason) => bump(&mut self.refused, reason, 1),
        }
    }

    /// Counts a flag.
    pub fn flag(&mut self, flag: Flag) {
        bump(&mut self.flagged, flag, 1);
    }

    /// All lines refused.
    pub fn refused_total(&self) -> u64 {
        self.refused
            .values()
            .fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Adds the counts of another input.
    pub fn add(&mut self, other: &Self) {
        self.total = self.total.saturating_add(other.total);
        self.decoded = self.decoded.saturating_add(other.decoded);
        self.duplicate = self.duplicate.saturating_add(other.duplicate);
        self.fragment = self.fragment.saturating_add(other.fragment);
        self.untimed = self.untimed.saturating_add(other.untimed);
        for (key, n) in &other.refused {
            bump(&mut self.refused, *key, *n);
        }
        for (key, n) in &other.messages {
            bump(&mut self.messages, *key, *n);
        }
        for (key, n) in &other.repeated {
            bump(&mut self.repeated, *key, *n);
        }
        for (key, n) in &other.flagged {
            bump(&mut self.flagged, *key, *n);
        }
    }
}

fn bump<K: Ord>(map: &mut BTreeMap<K, u64>, key: K, by: u64) {
    let n = map.entry(key).or_default();
    *n = n.saturating_add(by);
}
