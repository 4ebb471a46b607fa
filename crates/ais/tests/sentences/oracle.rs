//! What a reception must say, worked out from the whole message as `aivdm` reads it.

use seaproof_ais::message::{Body, Hull, Message, Position, Reference, Text};
use seaproof_ais::sink::{Dimensions, RawPosition, ReportFields};
use seaproof_ais::units::{Place, TenthKnots};

use crate::common::{Claimed, Says};

fn moves(position: &Position, place: i32, knots: u32, degrees: u16) -> Says {
    Says {
        position: RawPosition {
            lat: position.lat,
            lon: position.lon,
            sog: position.sog.map(i32::from),
            cog: position.cog.map(i32::from),
            heading: position.heading.map(i32::from),
        },
        report: ReportFields {
            place: position
                .lat
                .zip(position.lon)
                .and_then(|(lat, lon)| Place::new(lat * place, lon * place)),
            sog: position.sog.map(|sog| TenthKnots(u32::from(sog) * knots)),
            cog: position
                .cog
                .map(|cog| cog * degrees)
                .filter(|cog| *cog < 3600),
            heading: position.heading.filter(|heading| *heading < 360),
            status: None,
            draught: None,
        },
        identity: None,
    }
}

fn text<const N: usize>(text: &Text<N>) -> Option<String> {
    Some(text.to_string()).filter(|text| !text.is_empty())
}

fn hull(reference: &Reference) -> Option<Dimensions> {
    let length = reference.bow + reference.stern;
    let beam = u16::from(reference.port + reference.starboard);
    (length + beam > 0).then_some(Dimensions { length, beam })
}

pub fn says(message: &Message) -> Says {
    match &message.body {
        Body::ClassA {
            position, status, ..
        } => {
            let mut says = moves(position, 1, 1, 1);
            says.report.status = Some(*status);
            says
        }
        Body::BaseStation { position, .. } | Body::ClassB { position, .. } => {
            moves(position, 1, 1, 1)
        }
        Body::SarAircraft { position, .. } => moves(position, 1, 10, 1),
        Body::LongRange {
            position, status, ..
        } => {
            let mut says = moves(position, 1000, 10, 10);
            says.report.status = Some(*status);
            says
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
        } => Says {
            report: ReportFields {
                draught: *draught,
                ..ReportFields::default()
            },
            identity: Some(Claimed {
                imo: *imo,
                name: text(name),
                call_sign: text(call_sign),
                ship_type: Some(*ship_type).filter(|kind| *kind > 0),
                dimensions: hull(reference),
                destination: text(destination),
            }),
            ..Says::default()
        },
        Body::ClassBExtended {
            position,
            name,
            ship_type,
            reference,
            ..
        } => Says {
            identity: Some(Claimed {
                name: text(name),
                ship_type: Some(*ship_type).filter(|kind| *kind > 0),
                dimensions: hull(reference),
                ..Claimed::default()
            }),
            ..moves(position, 1, 1, 1)
        },
        Body::Aid {
            name,
            position,
            reference,
            ..
        } => Says {
            identity: Some(Claimed {
                name: text(name),
                dimensions: hull(reference),
                ..Claimed::default()
            }),
            ..moves(position, 1, 1, 1)
        },
        Body::StaticA { name } => Says {
            identity: Some(Claimed {
                name: text(name),
                ..Claimed::default()
            }),
            ..Says::default()
        },
        Body::StaticB {
            ship_type,
            call_sign,
            hull: of,
            ..
        } => Says {
            identity: Some(Claimed {
                ship_type: Some(*ship_type).filter(|kind| *kind > 0),
                call_sign: text(call_sign),
                dimensions: match of {
                    Hull::Own(reference) => hull(reference),
                    Hull::CraftOf(_) => None,
                },
                ..Claimed::default()
            }),
            ..Says::default()
        },
        _ => Says::default(),
    }
}
