//! From `aivdm`'s types to ours. Nothing else in the crate names them.

use aivdm::error::{AisError, BitError, MessageError};
use aivdm::message as wire;
use aivdm::{AisMessage, BinaryPayload, Timestamp};

use super::{
    Application, Area, Body, Data, Eta, Hull, Message, Position, Reference, Request, Reservation,
    Second, Slots, Target, Text, Utc, is_too_long,
};
use crate::sentence::armour;
use crate::sentence::gist::{LAT_NONE, LON_NONE, is_craft};
use crate::sink::Reason;
use crate::units::Mmsi;

/// Latitude 91° and longitude 181° in 1/10 minute.
const LAT_NONE_COARSE: i32 = 91 * 600;
const LON_NONE_COARSE: i32 = 181 * 600;

/// Bits of an acknowledgement or reservation of one.
const SHORTEST: usize = 70;

/// Decodes a payload whose armour was checked.
pub(super) fn decode(armoured: &[u8], fill_bits: u8) -> Result<Message, Reason> {
    let bits = armour::bits(armoured, 0, 8).unwrap_or(0);
    let (kind, repeat) = ((bits >> 2) as u8, (bits & 3) as u8);
    let len = armour::len(armoured, fill_bits);
    if is_too_long(kind, len) {
        return Err(Reason::PayloadInvalid);
    }
    // Some senders leave off the last two bits of type 5, a flag and a spare one: they are read as zeros.
    let padded;
    let (armoured, fill_bits) = if kind == 5 && (422..424).contains(&len) {
        padded = armour::padded(armoured, fill_bits);
        (&padded[..], 0)
    } else {
        (armoured, fill_bits)
    };
    let message = aivdm::decode_payload(armoured, fill_bits).map_err(reason)?;
    // Of these a payload without any is none.
    if matches!(kind, 7 | 13 | 20) && len < SHORTEST {
        return Err(Reason::TooShort);
    }
    let mmsi = Mmsi(armour::bits(armoured, 8, 30).unwrap_or(0) as u32);
    let radio = |len| armour::bits(armoured, 168 - len, len).unwrap_or(0) as u32;
    Ok(Message {
        kind,
        repeat,
        mmsi,
        body: body(message, mmsi, armoured, len, radio).ok_or(Reason::PayloadInvalid)?,
    })
}

fn reason(error: AisError) -> Reason {
    match error {
        AisError::Message(MessageError::UnknownMessageType(_)) => Reason::TypeUnknown,
        AisError::Message(MessageError::Bit(BitError::UnexpectedEof)) => Reason::TooShort,
        _ => Reason::PayloadInvalid,
    }
}

fn mmsi_of(mmsi: aivdm::Mmsi) -> Mmsi {
    Mmsi(mmsi.raw())
}

fn unless<T: PartialEq>(value: T, none: T) -> Option<T> {
    (value != none).then_some(value)
}

fn second(timestamp: Timestamp) -> Option<Second> {
    match timestamp {
        Timestamp::Second(second) => Some(Second::At(second)),
        Timestamp::ManualInputMode => Some(Second::Manual),
        Timestamp::DeadReckoning => Some(Second::Estimated),
        Timestamp::Inoperative => Some(Second::Inoperative),
        _ => None,
    }
}

fn text<const N: usize, const M: usize>(from: &aivdm::string::FixedStr<N>) -> Text<M> {
    Text::new(from.as_str().bytes())
}

fn data<const N: usize>(from: &BinaryPayload<N>) -> Data {
    let mut bytes = [0; 126];
    for (to, from) in bytes.iter_mut().zip(from.bytes()) {
        *to = *from;
    }
    Data {
        bytes,
        bits: u16::try_from(from.bit_len()).unwrap_or(u16::MAX),
    }
}

fn application(area: u16, function: u8) -> Application {
    Application { area, function }
}

fn request(from: wire::MessageRequest) -> Request {
    Request {
        kind: from.message_type,
        offset: from.slot_offset,
    }
}

fn slots(from: wire::Assignment) -> Slots {
    Slots {
        to: mmsi_of(from.destination_mmsi),
        offset: from.offset,
        increment: from.increment,
    }
}

fn area(north: i32, east: i32, south: i32, west: i32) -> Area {
    Area {
        north: unless(north, LAT_NONE_COARSE),
        east: unless(east, LON_NONE_COARSE),
        south: unless(south, LAT_NONE_COARSE),
        west: unless(west, LON_NONE_COARSE),
    }
}

fn place(lat: aivdm::Latitude, lon: aivdm::Longitude) -> (Option<i32>, Option<i32>) {
    (unless(lat.raw(), LAT_NONE), unless(lon.raw(), LON_NONE))
}

#[allow(
    clippy::too_many_lines,
    reason = "one arm for each type, nothing else to it"
)]
fn body(
    message: AisMessage,
    mmsi: Mmsi,
    armoured: &[u8],
    len: usize,
    radio: impl Fn(usize) -> u32,
) -> Option<Body> {
    Some(match message {
        AisMessage::PositionReportClassA(m) => {
            let (lat, lon) = place(m.latitude, m.longitude);
            Body::ClassA {
                position: Position {
                    lat,
                    lon,
                    sog: unless(m.sog.raw(), 1023),
                    cog: unless(m.cog.raw(), 3600),
                    heading: unless(m.heading.raw(), 511),
                    accurate: m.position_accuracy,
                    raim: m.raim,
                    second: second(m.timestamp),
                },
                status: m.navigation_status.to_raw(),
                rate_of_turn: unless(m.rate_of_turn.raw(), -128),
                manoeuvre: unless(m.maneuver_indicator.to_raw(), 0),
                radio: m.radio_status,
            }
        }
        AisMessage::BaseStationReport(m) => {
            let (lat, lon) = place(m.latitude, m.longitude);
            Body::BaseStation {
                utc: Utc {
                    year: unless(m.utc_year, 0),
                    month: unless(m.utc_month, 0),
                    day: unless(m.utc_day, 0),
                    hour: unless(m.utc_hour, 24),
                    minute: unless(m.utc_minute, 60),
                    second: unless(m.utc_second, 60),
                },
                position: Position {
                    lat,
                    lon,
                    accurate: m.position_accuracy,
                    raim: m.raim,
                    ..Position::default()
                },
                epfd: m.epfd_type.to_raw(),
                radio: m.radio_status,
            }
        }
        AisMessage::StaticVoyageData(m) => Body::StaticVoyage {
            version: m.ais_version,
            imo: unless(m.imo_number, 0),
            call_sign: text(&m.call_sign),
            name: text(&m.name),
            ship_type: m.ship_type,
            reference: Reference {
                bow: m.dimension_to_bow,
                stern: m.dimension_to_stern,
                port: m.dimension_to_port,
                starboard: m.dimension_to_starboard,
            },
            epfd: m.epfd_type.to_raw(),
            eta: Eta {
                month: unless(m.eta_month, 0),
                day: unless(m.eta_day, 0),
                hour: unless(m.eta_hour, 24),
                minute: unless(m.eta_minute, 60),
            },
            draught: unless(m.draught_decimeters, 0),
            destination: text(&m.destination),
            terminal_not_ready: m.dte_not_ready,
        },
        AisMessage::BinaryAddressedMessage(m) => Body::AddressedBinary {
            sequence: m.sequence_number,
            to: mmsi_of(m.destination_mmsi),
            // The bit is set when it was sent again; `aivdm` turns it round here and not in type 12.
            retransmit: !m.retransmit,
            application: application(m.dac, m.fi),
            data: data(&m.data),
        },
        AisMessage::Acknowledge(m) => Body::Acknowledge(
            m.acks
                .map(|ack| ack.map(|ack| (mmsi_of(ack.mmsi), ack.sequence_number))),
        ),
        AisMessage::BinaryBroadcastMessage(m) => Body::BroadcastBinary {
            application: application(m.dac, m.fi),
            data: data(&m.data),
        },
        AisMessage::SarAircraftPositionReport(m) => {
            let (lat, lon) = place(m.latitude, m.longitude);
            Body::SarAircraft {
                position: Position {
                    lat,
                    lon,
                    sog: unless(m.sog_knots, 1023),
                    cog: unless(m.cog.raw(), 3600),
                    heading: None,
                    accurate: m.position_accuracy,
                    raim: m.raim,
                    second: second(m.timestamp),
                },
                altitude: unless(m.altitude_meters, 4095),
                terminal_not_ready: m.dte_not_ready,
                radio: radio(20),
            }
        }
        AisMessage::UtcDateInquiry(m) => Body::UtcInquiry {
            to: mmsi_of(m.destination_mmsi),
        },
        AisMessage::SafetyRelatedAddressed(m) => Body::AddressedText {
            sequence: m.sequence_number,
            to: mmsi_of(m.destination_mmsi),
            retransmit: m.retransmit,
            text: text(&m.text),
        },
        AisMessage::SafetyRelatedBroadcast(m) => Body::BroadcastText {
            text: text(&m.text),
        },
        AisMessage::Interrogation(m) => Body::Interrogation {
            first: mmsi_of(m.station_1_mmsi),
            request: request(m.station_1_request_1),
            // Type 0: nothing more of the first, only of a second.
            request_more: (m.station_1_request_2)
                .map(request)
                .filter(|request| request.kind != 0),
            second: m
                .station_2
                .map(|station| (mmsi_of(station.mmsi), request(station.request))),
        },
        AisMessage::AssignmentModeCommand(m) => Body::Assignment {
            first: slots(m.first),
            second: m.second.map(slots),
        },
        AisMessage::DgnssBroadcastMessage(m) => Body::Dgnss {
            lat: unless(m.latitude_raw, LAT_NONE_COARSE),
            lon: unless(m.longitude_raw, LON_NONE_COARSE),
            data: data(&m.data),
        },
        AisMessage::PositionReportClassB(m) => {
            let (lat, lon) = place(m.latitude, m.longitude);
            Body::ClassB {
                position: Position {
                    lat,
                    lon,
                    sog: unless(m.sog.raw(), 1023),
                    cog: unless(m.cog.raw(), 3600),
                    heading: unless(m.heading.raw(), 511),
                    accurate: m.position_accuracy,
                    raim: m.raim,
                    second: second(m.timestamp),
                },
                carrier_sense: m.cs_unit,
                assigned: m.assigned,
                radio: m.radio_status,
            }
        }
        AisMessage::PositionReportClassBExtended(m) => {
            let (lat, lon) = place(m.latitude, m.longitude);
            Body::ClassBExtended {
                position: Position {
                    lat,
                    lon,
                    sog: unless(m.sog.raw(), 1023),
                    cog: unless(m.cog.raw(), 3600),
                    heading: unless(m.heading.raw(), 511),
                    accurate: m.position_accuracy,
                    raim: m.raim,
                    second: second(m.timestamp),
                },
                name: text(&m.name),
                ship_type: m.ship_type,
                reference: Reference {
                    bow: m.dimension_to_bow,
                    stern: m.dimension_to_stern,
                    port: m.dimension_to_port,
                    starboard: m.dimension_to_starboard,
                },
                epfd: m.epfd_type.to_raw(),
                terminal_not_ready: m.dte_not_ready,
                assigned: m.assigned,
            }
        }
        AisMessage::DataLinkManagement(m) => Body::LinkManagement(m.reservations.map(|slot| {
            slot.map(|slot| Reservation {
                offset: slot.offset,
                slots: slot.reserved_slots,
                timeout: slot.timeout,
                increment: slot.increment,
            })
        })),
        AisMessage::AidToNavigationReport(m) => {
            let (lat, lon) = place(m.latitude, m.longitude);
            Body::Aid {
                aid: m.aid_type,
                // Not as `aivdm` puts it together: it takes a space from the end of the first twenty characters.
                name: Text::new(
                    armour::characters(armoured, 43, 20).chain(armour::characters(
                        armoured,
                        272,
                        len.saturating_sub(272) / 6,
                    )),
                ),
                position: Position {
                    lat,
                    lon,
                    accurate: m.position_accuracy,
                    raim: m.raim,
                    second: second(m.timestamp),
                    ..Position::default()
                },
                reference: Reference {
                    bow: m.dimension_to_bow,
                    stern: m.dimension_to_stern,
                    port: m.dimension_to_port,
                    starboard: m.dimension_to_starboard,
                },
                epfd: m.epfd_type.to_raw(),
                off_position: m.off_position,
                is_virtual: m.virtual_aid,
                assigned: m.assigned,
                regional: m.regional_reserved,
            }
        }
        AisMessage::ChannelManagement(m) => Body::ChannelManagement {
            channel_a: m.channel_a,
            channel_b: m.channel_b,
            mode: m.tx_rx_mode,
            low_power: m.low_power,
            target: match m.target {
                wire::ChannelManagementTarget::Addressed {
                    destination_mmsi_1: one,
                    destination_mmsi_2: two,
                } => Target::Stations(mmsi_of(one), mmsi_of(two)),
                wire::ChannelManagementTarget::Area {
                    ne_longitude_raw: east,
                    ne_latitude_raw: north,
                    sw_longitude_raw: west,
                    sw_latitude_raw: south,
                } => Target::Area(area(north, east, south, west)),
                _ => return None,
            },
            narrow_a: m.channel_a_bandwidth,
            narrow_b: m.channel_b_bandwidth,
            zone: m.zone_size,
        },
        AisMessage::GroupAssignmentCommand(m) => Body::GroupAssignment {
            area: area(
                m.ne_latitude_raw,
                m.ne_longitude_raw,
                m.sw_latitude_raw,
                m.sw_longitude_raw,
            ),
            stations: m.station_type,
            ship_type: m.ship_type,
            mode: m.tx_rx_mode,
            interval: m.report_interval,
            quiet: m.quiet_time,
        },
        AisMessage::StaticDataReport(wire::StaticDataReport::A(m)) => Body::StaticA {
            name: text(&m.name),
        },
        AisMessage::StaticDataReport(wire::StaticDataReport::B(m)) => Body::StaticB {
            ship_type: m.ship_type,
            vendor: armour::bits(armoured, 48, 42).unwrap_or(0),
            call_sign: text(&m.call_sign),
            hull: if is_craft(mmsi) {
                Hull::CraftOf(Mmsi(armour::bits(armoured, 132, 30).unwrap_or(0) as u32))
            } else {
                Hull::Own(Reference {
                    bow: m.dimension_to_bow,
                    stern: m.dimension_to_stern,
                    port: m.dimension_to_port,
                    starboard: m.dimension_to_starboard,
                })
            },
        },
        AisMessage::SingleSlotBinaryMessage(m) => Body::Binary {
            to: m.destination_mmsi.map(mmsi_of),
            application: m.app_id.map(|(area, function)| application(area, function)),
            data: data(&m.data),
            radio: None,
        },
        AisMessage::MultiSlotBinaryMessage(m) => Body::Binary {
            to: m.destination_mmsi.map(mmsi_of),
            application: m.app_id.map(|(area, function)| application(area, function)),
            data: data(&m.data),
            radio: Some(u32::from(m.communication_state_itdma) << 19 | m.radio_status),
        },
        AisMessage::LongRangeBroadcast(m) => Body::LongRange {
            position: Position {
                lat: unless(m.latitude_raw, LAT_NONE_COARSE),
                lon: unless(m.longitude_raw, LON_NONE_COARSE),
                sog: unless(u16::from(m.sog_knots), 63),
                cog: unless(m.cog_degrees, 511),
                heading: None,
                accurate: m.position_accuracy,
                raim: m.raim,
                second: None,
            },
            status: m.navigation_status.to_raw(),
            late: m.position_latency_high,
        },
        _ => return None,
    })
}
