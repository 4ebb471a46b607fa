//! AIS messages (ITU-R M.1371), types 1 to 27, as they were transmitted.
//!
//! Numbers are the raw integers of the payload, in the units that each field names. What the sender marked as
//! not available is `None`. The bits are read by `aivdm`; none of its types shows here.

mod convert;
mod text;

pub use text::Text;

use crate::sentence::armour;
use crate::sink::{Dimensions, Reason};
use crate::units::Mmsi;

/// A decoded message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Its type, 1 to 27.
    pub kind: u8,
    /// How often it was repeated on the way, 0 to 3.
    pub repeat: u8,
    /// Who sent it.
    pub mmsi: Mmsi,
    /// The rest.
    pub body: Body,
}

/// Bits of the longest message that is in one slot, in two, and in five.
const ONE_SLOT: usize = 168;
const TWO_SLOTS: usize = 424;
const FIVE_SLOTS: usize = 1008;
/// Type 17 has 736 bits of corrections at most.
const MOST_OF_17: usize = 816;
/// Type 26 takes the bits that others leave to a second address.
const FIVE_SLOTS_OF_26: usize = 1064;
/// Bits that may stand behind a message of one or two slots: some senders fill up their last bytes. The most in
/// the files that we hold ourselves against are 18.
const PADDING: usize = 24;
/// No payload up to here is too long, whatever its type.
const NEVER_TOO_LONG: usize = ONE_SLOT + PADDING;

/// Whether a payload has more bits than the slots of its type hold. Of types that there are not none is.
#[inline]
pub(crate) fn is_too_long(kind: u8, bits: usize) -> bool {
    bits > NEVER_TOO_LONG
        && bits
            > match kind {
                5 | 19 | 21 => TWO_SLOTS + PADDING,
                6 | 8 | 12 | 14 => FIVE_SLOTS,
                17 => MOST_OF_17,
                26 => FIVE_SLOTS_OF_26,
                1..=27 => NEVER_TOO_LONG,
                _ => usize::MAX,
            }
}

impl Message {
    /// Decodes a payload in its 6-bit armour; of a message in fragments, their payloads one after another.
    ///
    /// # Errors
    /// [`Reason::ArmourInvalid`], [`Reason::FillBitsInvalid`], [`Reason::TooShort`], [`Reason::TypeUnknown`],
    /// [`Reason::PayloadInvalid`].
    pub fn decode(armoured: &[u8], fill_bits: u8) -> Result<Self, Reason> {
        armour::check(armoured, fill_bits)?;
        convert::decode(armoured, fill_bits)
    }
}

/// What a message of each type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "copied seldom, never kept")]
pub enum Body {
    /// Types 1, 2, 3.
    ClassA {
        /// Where and how it moves.
        position: Position,
        /// Navigational status, 0 to 15.
        status: u8,
        /// Rate of turn: 4.733 times the root of degrees a minute; 127 and -127: more than 5° in 30 s.
        rate_of_turn: Option<i8>,
        /// Manoeuvre indicator, 1 or 2, 3 is reserved.
        manoeuvre: Option<u8>,
        /// Communication state, 19 bits.
        radio: u32,
    },
    /// Types 4 and 11.
    BaseStation {
        /// UTC by its own clock.
        utc: Utc,
        /// Where it stands; speed, course, heading and second are `None`.
        position: Position,
        /// Kind of position-fixing device, 0 to 15.
        epfd: u8,
        /// Communication state, 19 bits.
        radio: u32,
    },
    /// Type 5.
    StaticVoyage {
        /// Version of AIS, 0 to 3.
        version: u8,
        /// IMO number as given, never 0.
        imo: Option<u32>,
        /// Call sign.
        call_sign: Text<7>,
        /// Name.
        name: Text<20>,
        /// Type of ship and cargo; 0 is "not available".
        ship_type: u8,
        /// Where on the hull the position is.
        reference: Reference,
        /// Kind of position-fixing device.
        epfd: u8,
        /// Estimated time of arrival.
        eta: Eta,
        /// Draught in tenths of a metre.
        draught: Option<u8>,
        /// Destination.
        destination: Text<20>,
        /// Whether its terminal is not ready.
        terminal_not_ready: bool,
    },
    /// Type 6.
    AddressedBinary {
        /// Sequence number, 0 to 3.
        sequence: u8,
        /// To whom.
        to: Mmsi,
        /// Whether it was sent again.
        retransmit: bool,
        /// Whose format.
        application: Application,
        /// The data.
        data: Data,
    },
    /// Types 7 and 13: who is answered, and which sequence number.
    Acknowledge([Option<(Mmsi, u8)>; 4]),
    /// Type 8.
    BroadcastBinary {
        /// Whose format.
        application: Application,
        /// The data.
        data: Data,
    },
    /// Type 9. Speed is in knots, not tenths.
    SarAircraft {
        /// Where and how it moves.
        position: Position,
        /// Metres; 4,094 is that or more.
        altitude: Option<u16>,
        /// Whether its terminal is not ready.
        terminal_not_ready: bool,
        /// Communication state with its selector, 20 bits.
        radio: u32,
    },
    /// Type 10.
    UtcInquiry {
        /// To whom.
        to: Mmsi,
    },
    /// Type 12.
    AddressedText {
        /// Sequence number, 0 to 3.
        sequence: u8,
        /// To whom.
        to: Mmsi,
        /// Whether it was sent again.
        retransmit: bool,
        /// The text.
        text: Text<156>,
    },
    /// Type 14.
    BroadcastText {
        /// The text.
        text: Text<161>,
    },
    /// Type 15.
    Interrogation {
        /// The first station asked.
        first: Mmsi,
        /// What of it.
        request: Request,
        /// What else of it.
        request_more: Option<Request>,
        /// The second station asked, and what of it.
        second: Option<(Mmsi, Request)>,
    },
    /// Type 16.
    Assignment {
        /// For one station
        first: Slots,
        /// and another.
        second: Option<Slots>,
    },
    /// Type 17. The place is of the reference station, in 1/10 minute.
    Dgnss {
        /// Latitude.
        lat: Option<i32>,
        /// Longitude.
        lon: Option<i32>,
        /// The corrections.
        data: Data,
    },
    /// Type 18.
    ClassB {
        /// Where and how it moves.
        position: Position,
        /// Carrier sense rather than SOTDMA.
        carrier_sense: bool,
        /// Whether it was assigned its rate.
        assigned: bool,
        /// Communication state with its selector, 20 bits.
        radio: u32,
    },
    /// Type 19.
    ClassBExtended {
        /// Where and how it moves.
        position: Position,
        /// Name.
        name: Text<20>,
        /// Type of ship and cargo; 0 is "not available".
        ship_type: u8,
        /// Where on the hull the position is.
        reference: Reference,
        /// Kind of position-fixing device.
        epfd: u8,
        /// Whether its terminal is not ready.
        terminal_not_ready: bool,
        /// Whether it was assigned its rate.
        assigned: bool,
    },
    /// Type 20.
    LinkManagement([Option<Reservation>; 4]),
    /// Type 21.
    Aid {
        /// Kind of aid, 0 to 31.
        aid: u8,
        /// Name with its extension.
        name: Text<34>,
        /// Where it stands; speed, course and heading are `None`.
        position: Position,
        /// Where on it the position is.
        reference: Reference,
        /// Kind of position-fixing device.
        epfd: u8,
        /// Whether it is off its charted place.
        off_position: bool,
        /// Whether there is nothing at that place.
        is_virtual: bool,
        /// Whether it was assigned its rate.
        assigned: bool,
        /// Status bits of the region.
        regional: u8,
    },
    /// Type 22.
    ChannelManagement {
        /// Channel A.
        channel_a: u16,
        /// Channel B.
        channel_b: u16,
        /// How to transmit and receive.
        mode: u8,
        /// Whether with low power.
        low_power: bool,
        /// For whom.
        target: Target,
        /// Whether channel A is narrow.
        narrow_a: bool,
        /// Whether channel B is narrow.
        narrow_b: bool,
        /// Size of the zone around the area.
        zone: u8,
    },
    /// Type 23.
    GroupAssignment {
        /// For stations in it.
        area: Area,
        /// Which kind of stations.
        stations: u8,
        /// Which type of ships.
        ship_type: u8,
        /// How to transmit and receive.
        mode: u8,
        /// How often to report, coded.
        interval: u8,
        /// Minutes to be quiet.
        quiet: u8,
    },
    /// Type 24, part A.
    StaticA {
        /// Name.
        name: Text<20>,
    },
    /// Type 24, part B.
    StaticB {
        /// Type of ship and cargo; 0 is "not available".
        ship_type: u8,
        /// Maker, model and serial number, as 42 bits.
        vendor: u64,
        /// Call sign.
        call_sign: Text<7>,
        /// Where on the hull the position is; of a craft that belongs to a ship, the ship.
        hull: Hull,
    },
    /// Types 25 and 26.
    Binary {
        /// To whom, if to somebody.
        to: Option<Mmsi>,
        /// Whose format, if it is said.
        application: Option<Application>,
        /// The data.
        data: Data,
        /// Of type 26, communication state with its selector, 20 bits.
        radio: Option<u32>,
    },
    /// Type 27. Places in 1/10 minute, speed in knots, course in degrees.
    LongRange {
        /// Where and how it moves.
        position: Position,
        /// Navigational status, 0 to 15.
        status: u8,
        /// Whether the position is older than 5 seconds.
        late: bool,
    },
}

/// Where and how something moves. Values that cannot be and do not mean "not available" are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Latitude in 1/10,000 minute unless the message says otherwise, north positive.
    pub lat: Option<i32>,
    /// Longitude likewise, east positive.
    pub lon: Option<i32>,
    /// Speed over ground in tenths of a knot unless the message says otherwise; 1,022: that or more.
    pub sog: Option<u16>,
    /// Course over ground in tenths of a degree unless the message says otherwise.
    pub cog: Option<u16>,
    /// True heading in degrees.
    pub heading: Option<u16>,
    /// Whether better than 10 m.
    pub accurate: bool,
    /// Whether the receiver checks its own integrity.
    pub raim: bool,
    /// Second of the UTC minute, or why there is none.
    pub second: Option<Second>,
}

/// The second in which a position was measured. No value is `None` in [`Position`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// 0 to 59.
    At(u8),
    /// Entered by hand.
    Manual,
    /// Reckoned.
    Estimated,
    /// Out of order.
    Inoperative,
}

/// A clock's UTC. Fields that are not available are `None`; others are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utc {
    /// Year, not 0.
    pub year: Option<u16>,
    /// Month, not 0.
    pub month: Option<u8>,
    /// Day, not 0.
    pub day: Option<u8>,
    /// Hour, not 24.
    pub hour: Option<u8>,
    /// Minute, not 60.
    pub minute: Option<u8>,
    /// Second, not 60.
    pub second: Option<u8>,
}

/// Estimated time of arrival, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eta {
    /// Month, not 0.
    pub month: Option<u8>,
    /// Day, not 0.
    pub day: Option<u8>,
    /// Hour, not 24.
    pub hour: Option<u8>,
    /// Minute, not 60.
    pub minute: Option<u8>,
}

/// Metres from where the position is measured to the sides of the hull.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reference {
    /// To the bow, 0 to 511.
    pub bow: u16,
    /// To the stern, 0 to 511.
    pub stern: u16,
    /// To port, 0 to 63.
    pub port: u8,
    /// To starboard, 0 to 63.
    pub starboard: u8,
}

impl Reference {
    /// Length and beam; `None` if all is 0, which is "not available".
    pub fn dimensions(self) -> Option<Dimensions> {
        let length = self.bow.saturating_add(self.stern);
        let beam = u16::from(self.port) + u16::from(self.starboard);
        (length != 0 || beam != 0).then_some(Dimensions { length, beam })
    }
}

/// The last 30 bits of type 24, part B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hull {
    /// Of a ship of its own.
    Own(Reference),
    /// Of a craft (MMSI 98…): the ship that it belongs to.
    CraftOf(Mmsi),
}

/// Whose format binary data is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Application {
    /// Designated area code.
    pub area: u16,
    /// Function identifier.
    pub function: u8,
}

/// Binary data, first bit first, filled up with zero bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    bytes: [u8; 126],
    bits: u16,
}

impl Data {
    /// How many bits.
    pub fn bits(&self) -> u16 {
        self.bits
    }

    /// The bytes that hold them.
    pub fn bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.bits).div_ceil(8))
            .unwrap_or(&self.bytes)
    }
}

/// What is asked for in type 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Type of message.
    pub kind: u8,
    /// In which slot.
    pub offset: u16,
}

/// What type 16 assigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// To whom.
    pub to: Mmsi,
    /// From which slot.
    pub offset: u16,
    /// Which next.
    pub increment: u16,
}

/// What type 20 reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// From which slot.
    pub offset: u16,
    /// How many.
    pub slots: u8,
    /// For how many minutes.
    pub timeout: u8,
    /// Which next.
    pub increment: u16,
}

/// For whom type 22 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Stations in an area.
    Area(Area),
    /// Two stations.
    Stations(Mmsi, Mmsi),
}

/// An area, in 1/10 minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// North.
    pub north: Option<i32>,
    /// East.
    pub east: Option<i32>,
    /// South.
    pub south: Option<i32>,
    /// West.
    pub west: Option<i32>,
}
