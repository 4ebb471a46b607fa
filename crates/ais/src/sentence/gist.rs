//! What a track needs of a message: by a short way for the types that make up most of what is heard, from the
//! whole message for the others. Tests hold the short way against the long one.

use super::armour::Bits;
use crate::message::{Body, Hull, Message, Position, Reference, Text, is_too_long};
use crate::sink::{Dimensions, Identity, RawPosition, Reason, ReportFields};
use crate::units::{Mmsi, Place, TenthKnots};

/// Latitude 91° and longitude 181° in 1/10,000 minute: not available.
pub(crate) const LAT_NONE: i32 = 91 * 600_000;
pub(crate) const LON_NONE: i32 = 181 * 600_000;
/// Speed, course and heading that are not available.
const SOG_NONE: u16 = 1023;
const COG_NONE: u16 = 3600;
const HEADING_NONE: u16 = 511;
/// No status: 0 to 15 are all taken.
const STATUS_NONE: u8 = 0xff;

/// Whether an MMSI is of a craft that belongs to a ship (98…).
pub(crate) fn is_craft(mmsi: Mmsi) -> bool {
    mmsi.0 / 10_000_000 == 98
}

/// In which units a message gives its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    /// 1/10,000 minute, 1/10 knot, 1/10 degree.
    Fine,
    /// 1/10,000 minute, knots, 1/10 degree: type 9.
    Knots,
    /// 1/10 minute, knots, degrees: type 27.
    Coarse,
}

/// What a track needs of a message, in its raw units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gist {
    pub(crate) mmsi: Mmsi,
    pub(crate) kind: u8,
    units: Units,
    status: u8,
    draught: u8,
    lat: i32,
    lon: i32,
    sog: u16,
    cog: u16,
    heading: u16,
}

/// What a message says of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Claims {
    imo: Option<u32>,
    name: Text<34>,
    call_sign: Text<7>,
    ship_type: u8,
    dimensions: Option<Dimensions>,
    destination: Text<20>,
}

impl Claims {
    pub(crate) fn identity(&self) -> Identity<'_> {
        Identity {
            imo: self.imo,
            name: self.name.some(),
            call_sign: self.call_sign.some(),
            ship_type: Some(self.ship_type).filter(|kind| *kind != 0),
            dimensions: self.dimensions,
            destination: self.destination.some(),
        }
    }
}

impl Gist {
    fn new(kind: u8, mmsi: Mmsi) -> Self {
        Self {
            mmsi,
            kind,
            units: Units::Fine,
            status: STATUS_NONE,
            draught: 0,
            lat: LAT_NONE,
            lon: LON_NONE,
            sog: SOG_NONE,
            cog: COG_NONE,
            heading: HEADING_NONE,
        }
    }

    /// The position in its raw units.
    pub(crate) fn raw(&self) -> RawPosition {
        RawPosition {
            lat: (self.lat != LAT_NONE).then_some(self.lat),
            lon: (self.lon != LON_NONE).then_some(self.lon),
            sog: (self.sog != SOG_NONE).then_some(i32::from(self.sog)),
            cog: (self.cog != COG_NONE).then_some(i32::from(self.cog)),
            heading: (self.heading != HEADING_NONE).then_some(i32::from(self.heading)),
        }
    }

    /// All of it in the units of reports.
    pub(crate) fn fields(&self) -> ReportFields {
        let (place, knots, degrees) = match self.units {
            Units::Fine => (1, 1, 1),
            Units::Knots => (1, 10, 1),
            Units::Coarse => (1000, 10, 10),
        };
        let here = self.lat != LAT_NONE && self.lon != LON_NONE;
        let cog = self.cog.saturating_mul(degrees);
        ReportFields {
            place: if here {
                Place::new(
                    self.lat.saturating_mul(place),
                    self.lon.saturating_mul(place),
                )
            } else {
                None
            },
            sog: (self.sog != SOG_NONE).then_some(TenthKnots(u32::from(self.sog) * knots)),
            cog: (cog < 3600).then_some(cog),
            heading: (self.heading < 360).then_some(self.heading),
            status: (self.status != STATUS_NONE).then_some(self.status),
            draught: (self.draught != 0).then_some(self.draught),
        }
    }

    fn place_at(&mut self, bits: &Bits, lon: usize) {
        self.lon = bits.signed(lon, 28);
        self.lat = bits.signed(lon + 28, 27);
    }

    fn position(&mut self, position: &Position) {
        self.lat = position.lat.unwrap_or(LAT_NONE);
        self.lon = position.lon.unwrap_or(LON_NONE);
        self.sog = position.sog.unwrap_or(SOG_NONE);
        self.cog = position.cog.unwrap_or(COG_NONE);
        self.heading = position.heading.unwrap_or(HEADING_NONE);
    }
}

fn long_enough(bits: &Bits, len: usize) -> Result<(), Reason> {
    if bits.len() < len {
        return Err(Reason::TooShort);
    }
    Ok(())
}

fn dimensions(bits: &Bits, start: usize) -> Option<Dimensions> {
    Reference {
        bow: bits.field(start, 9) as u16,
        stern: bits.field(start + 9, 9) as u16,
        port: bits.field(start + 18, 6) as u8,
        starboard: bits.field(start + 24, 6) as u8,
    }
    .dimensions()
}

/// The gist of a payload, which must be the one that `bits` was unpacked from. What it says of identity is
/// added to `claims`: most say nothing, and are not to carry the room for it along.
#[inline]
pub(crate) fn gist(
    bits: &Bits,
    armoured: &[u8],
    fill_bits: u8,
    claims: &mut Vec<Claims>,
) -> Result<Gist, Reason> {
    long_enough(bits, 6)?;
    let kind = bits.field(0, 6) as u8;
    if is_too_long(kind, bits.len()) {
        return Err(Reason::PayloadInvalid);
    }
    let mut gist = Gist::new(kind, Mmsi(bits.field(8, 30) as u32));
    match kind {
        1..=3 => {
            long_enough(bits, 168)?;
            gist.status = bits.field(38, 4) as u8;
            gist.sog = bits.field(50, 10) as u16;
            gist.place_at(bits, 61);
            gist.cog = bits.field(116, 12) as u16;
            gist.heading = bits.field(128, 9) as u16;
            Ok(gist)
        }
        18 => {
            long_enough(bits, 168)?;
            gist.sog = bits.field(46, 10) as u16;
            gist.place_at(bits, 57);
            gist.cog = bits.field(112, 12) as u16;
            gist.heading = bits.field(124, 9) as u16;
            Ok(gist)
        }
        4 | 11 => {
            long_enough(bits, 168)?;
            gist.place_at(bits, 79);
            Ok(gist)
        }
        5 | 19 | 24 => claimed(bits, gist, claims),
        _ => {
            let (gist, more) = of_message(&Message::decode(armoured, fill_bits)?);
            claims.extend(more);
            Ok(gist)
        }
    }
}

/// Types 5, 19 and 24.
#[inline(never)]
fn claimed(bits: &Bits, mut gist: Gist, claims: &mut Vec<Claims>) -> Result<Gist, Reason> {
    let claimed = match gist.kind {
        5 => {
            long_enough(bits, 422)?;
            gist.draught = bits.field(294, 8) as u8;
            let imo = bits.field(40, 30) as u32;
            Claims {
                imo: (imo != 0).then_some(imo),
                call_sign: Text::new(bits.text(70, 7)),
                name: Text::new(bits.text(112, 20)),
                ship_type: bits.field(232, 8) as u8,
                dimensions: dimensions(bits, 240),
                destination: Text::new(bits.text(302, 20)),
            }
        }
        19 => {
            long_enough(bits, 312)?;
            gist.sog = bits.field(46, 10) as u16;
            gist.place_at(bits, 57);
            gist.cog = bits.field(112, 12) as u16;
            gist.heading = bits.field(124, 9) as u16;
            Claims {
                name: Text::new(bits.text(143, 20)),
                ship_type: bits.field(263, 8) as u8,
                dimensions: dimensions(bits, 271),
                ..Claims::default()
            }
        }
        _ => {
            long_enough(bits, 40)?;
            match bits.field(38, 2) {
                0 => {
                    long_enough(bits, 160)?;
                    Claims {
                        name: Text::new(bits.text(40, 20)),
                        ..Claims::default()
                    }
                }
                1 => {
                    long_enough(bits, 162)?;
                    Claims {
                        call_sign: Text::new(bits.text(90, 7)),
                        ship_type: bits.field(40, 8) as u8,
                        dimensions: if is_craft(gist.mmsi) {
                            None
                        } else {
                            dimensions(bits, 132)
                        },
                        ..Claims::default()
                    }
                }
                _ => return Err(Reason::PayloadInvalid),
            }
        }
    };
    claims.push(claimed);
    Ok(gist)
}

/// The gist of a whole message.
pub(crate) fn of_message(message: &Message) -> (Gist, Option<Claims>) {
    let mut gist = Gist::new(message.kind, message.mmsi);
    let mut claims = None;
    match &message.body {
        Body::ClassA {
            position, status, ..
        } => {
            gist.position(position);
            gist.status = *status;
        }
        Body::BaseStation { position, .. } | Body::ClassB { position, .. } => {
            gist.position(position);
        }
        Body::SarAircraft { position, .. } => {
            gist.position(position);
            gist.units = Units::Knots;
        }
        Body::StaticVoyage {
            imo,
            call_sign,
            name,
            ship_type,
            reference,
            draught,
            destination,
            ..
        } => {
            gist.draught = draught.unwrap_or(0);
            claims = Some(Claims {
                imo: *imo,
                name: Text::new(name.all().bytes()),
                call_sign: *call_sign,
                ship_type: *ship_type,
                dimensions: reference.dimensions(),
                destination: *destination,
            });
        }
        Body::ClassBExtended {
            position,
            name,
            ship_type,
            reference,
            ..
        } => {
            gist.position(position);
            claims = Some(Claims {
                name: Text::new(name.all().bytes()),
                ship_type: *ship_type,
                dimensions: reference.dimensions(),
                ..Claims::default()
            });
        }
        Body::Aid {
            position,
            name,
            reference,
            ..
        } => {
            gist.position(position);
            claims = Some(Claims {
                name: *name,
                dimensions: reference.dimensions(),
                ..Claims::default()
            });
        }
        Body::StaticA { name } => {
            claims = Some(Claims {
                name: Text::new(name.all().bytes()),
                ..Claims::default()
            });
        }
        Body::StaticB {
            ship_type,
            call_sign,
            hull,
            ..
        } => {
            claims = Some(Claims {
                call_sign: *call_sign,
                ship_type: *ship_type,
                dimensions: match hull {
                    Hull::Own(reference) => reference.dimensions(),
                    Hull::CraftOf(_) => None,
                },
                ..Claims::default()
            });
        }
        Body::LongRange {
            position, status, ..
        } => {
            gist.position(position);
            gist.units = Units::Coarse;
            gist.status = *status;
        }
        Body::AddressedBinary { .. }
        | Body::Acknowledge(_)
        | Body::BroadcastBinary { .. }
        | Body::UtcInquiry { .. }
        | Body::AddressedText { .. }
        | Body::BroadcastText { .. }
        | Body::Interrogation { .. }
        | Body::Assignment { .. }
        | Body::Dgnss { .. }
        | Body::LinkManagement(_)
        | Body::ChannelManagement { .. }
        | Body::GroupAssignment { .. }
        | Body::Binary { .. } => {}
    }
    (gist, claims)
}
