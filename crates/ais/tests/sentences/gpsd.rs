//! Every message of gpsd's files against gpsd's own decodings, field by field.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_ais::message::{Body, Hull, Message, Position, Reference, Second};
use seaproof_ais::sink::{Outcome, Reason};
use serde_json::{Map, Value, json};

use crate::common::{kept, real, summary};

/// A message in gpsd's words and raw units: only what is compared.
fn in_gpsds_words(message: &Message) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| {
        map.insert(key.to_owned(), value);
    };
    put("type", json!(message.kind));
    put("repeat", json!(message.repeat));
    put("mmsi", json!(message.mmsi.0));
    match &message.body {
        Body::ClassA {
            position,
            status,
            rate_of_turn,
            manoeuvre,
            radio,
        } => {
            moves(position, &mut put);
            put("status", json!(status));
            put("turn", json!(rate_of_turn.unwrap_or(-128)));
            put("maneuver", json!(manoeuvre.unwrap_or(0)));
            put("radio", json!(radio));
        }
        Body::BaseStation {
            utc,
            position,
            epfd,
            radio,
        } => {
            stands(position, &mut put);
            put("epfd", json!(epfd));
            put("radio", json!(radio));
            put(
                "timestamp",
                json!(format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                    utc.year.unwrap_or(0),
                    utc.month.unwrap_or(0),
                    utc.day.unwrap_or(0),
                    utc.hour.unwrap_or(24),
                    utc.minute.unwrap_or(60),
                    utc.second.unwrap_or(60)
                )),
            );
        }
        Body::StaticVoyage {
            version,
            imo,
            call_sign,
            name,
            ship_type,
            reference,
            epfd,
            eta,
            draught,
            destination,
            terminal_not_ready,
        } => {
            put("ais_version", json!(version));
            put("imo", json!(imo.unwrap_or(0)));
            put("callsign", json!(call_sign.as_str()));
            put("shipname", json!(name.as_str()));
            put("shiptype", json!(ship_type));
            hull(*reference, &mut put);
            put("epfd", json!(epfd));
            put(
                "eta",
                json!(format!(
                    "{:02}-{:02}T{:02}:{:02}Z",
                    eta.month.unwrap_or(0),
                    eta.day.unwrap_or(0),
                    eta.hour.unwrap_or(24),
                    eta.minute.unwrap_or(60)
                )),
            );
            put("draught", json!(draught.unwrap_or(0)));
            put("destination", json!(destination.as_str()));
            put("dte", json!(u8::from(*terminal_not_ready)));
        }
        Body::AddressedBinary {
            sequence,
            to,
            retransmit,
            application,
            data,
        } => {
            put("seqno", json!(sequence));
            put("dest_mmsi", json!(to.0));
            put("retransmit", json!(retransmit));
            put("dac", json!(application.area));
            put("fid", json!(application.function));
            put("data", json!(hexadecimal(data.bits(), data.bytes())));
        }
        Body::Acknowledge(acks) => {
            for (i, ack) in acks.iter().enumerate() {
                let (mmsi, sequence) = ack.map_or((0, 0), |(mmsi, sequence)| (mmsi.0, sequence));
                put(&format!("mmsi{}", i + 1), json!(mmsi));
                put(&format!("seqno{}", i + 1), json!(sequence));
            }
        }
        Body::BroadcastBinary { application, data } => {
            put("dac", json!(application.area));
            put("fid", json!(application.function));
            put("data", json!(hexadecimal(data.bits(), data.bytes())));
        }
        Body::SarAircraft {
            position,
            altitude,
            terminal_not_ready,
            radio,
        } => {
            moves(position, &mut put);
            put("alt", json!(altitude.unwrap_or(4095)));
            put("dte", json!(u8::from(*terminal_not_ready)));
            put("radio", json!(radio));
        }
        Body::UtcInquiry { to } => put("dest_mmsi", json!(to.0)),
        Body::AddressedText {
            sequence,
            to,
            retransmit,
            text,
        } => {
            put("seqno", json!(sequence));
            put("dest_mmsi", json!(to.0));
            put("retransmit", json!(retransmit));
            put("text", json!(text.as_str()));
        }
        Body::BroadcastText { text } => put("text", json!(text.as_str())),
        Body::Interrogation {
            first,
            request,
            request_more,
            second,
        } => {
            put("mmsi1", json!(first.0));
            put("type1_1", json!(request.kind));
            put("offset1_1", json!(request.offset));
            put("type1_2", json!(request_more.map_or(0, |r| r.kind)));
            put("offset1_2", json!(request_more.map_or(0, |r| r.offset)));
            put("mmsi2", json!(second.map_or(0, |(mmsi, _)| mmsi.0)));
            put("type2_1", json!(second.map_or(0, |(_, r)| r.kind)));
            put("offset2_1", json!(second.map_or(0, |(_, r)| r.offset)));
        }
        Body::Assignment { first, second } => {
            put("mmsi1", json!(first.to.0));
            put("offset1", json!(first.offset));
            put("increment1", json!(first.increment));
            put("mmsi2", json!(second.map_or(0, |s| s.to.0)));
            put("offset2", json!(second.map_or(0, |s| s.offset)));
            put("increment2", json!(second.map_or(0, |s| s.increment)));
        }
        Body::Dgnss { lat, lon, data } => {
            put("lat", json!(lat.unwrap_or(91 * 600)));
            put("lon", json!(lon.unwrap_or(181 * 600)));
            put("data", json!(hexadecimal(data.bits(), data.bytes())));
        }
        Body::ClassB {
            position,
            carrier_sense,
            radio,
            ..
        } => {
            moves(position, &mut put);
            put("cs", json!(carrier_sense));
            put("radio", json!(radio));
        }
        Body::ClassBExtended {
            position,
            name,
            ship_type,
            reference,
            epfd,
            terminal_not_ready,
            assigned,
        } => {
            moves(position, &mut put);
            put("shipname", json!(name.as_str()));
            put("shiptype", json!(ship_type));
            hull(*reference, &mut put);
            put("epfd", json!(epfd));
            put("dte", json!(u8::from(*terminal_not_ready)));
            put("assigned", json!(assigned));
        }
        Body::LinkManagement(reservations) => {
            for (i, reservation) in reservations.iter().enumerate() {
                let i = i + 1;
                put(
                    &format!("offset{i}"),
                    json!(reservation.map_or(0, |r| r.offset)),
                );
                put(
                    &format!("number{i}"),
                    json!(reservation.map_or(0, |r| r.slots)),
                );
                put(
                    &format!("timeout{i}"),
                    json!(reservation.map_or(0, |r| r.timeout)),
                );
                put(
                    &format!("increment{i}"),
                    json!(reservation.map_or(0, |r| r.increment)),
                );
            }
        }
        Body::Aid {
            aid,
            name,
            position,
            reference,
            epfd,
            off_position,
            is_virtual,
            regional,
            ..
        } => {
            stands(position, &mut put);
            put("second", json!(second(position.second)));
            put("aid_type", json!(aid));
            put("name", json!(name.as_str()));
            hull(*reference, &mut put);
            put("epfd", json!(epfd));
            put("off_position", json!(off_position));
            put("virtual_aid", json!(is_virtual));
            put("regional", json!(regional));
        }
        Body::ChannelManagement {
            channel_a,
            channel_b,
            mode,
            low_power,
            narrow_a,
            narrow_b,
            zone,
            ..
        } => {
            put("channel_a", json!(channel_a));
            put("channel_b", json!(channel_b));
            put("txrx", json!(mode));
            put("power", json!(low_power));
            put("band_a", json!(narrow_a));
            put("band_b", json!(narrow_b));
            put("zonesize", json!(zone));
        }
        Body::GroupAssignment {
            area,
            stations,
            ship_type,
            interval,
            quiet,
            ..
        } => {
            put("ne_lon", json!(area.east.unwrap_or(181 * 600)));
            put("ne_lat", json!(area.north.unwrap_or(91 * 600)));
            put("sw_lon", json!(area.west.unwrap_or(181 * 600)));
            put("sw_lat", json!(area.south.unwrap_or(91 * 600)));
            put("stationtype", json!(stations));
            put("shiptype", json!(ship_type));
            put("interval", json!(interval));
            put("quiet", json!(quiet));
        }
        Body::StaticA { name } => put("shipname", json!(name.as_str())),
        Body::StaticB {
            ship_type,
            call_sign,
            hull: of,
            ..
        } => {
            put("shiptype", json!(ship_type));
            put("callsign", json!(call_sign.as_str()));
            match of {
                Hull::Own(reference) => hull(*reference, &mut put),
                Hull::CraftOf(ship) => put("mothership_mmsi", json!(ship.0)),
            }
        }
        Body::Binary { to, data, .. } => {
            put("addressed", json!(to.is_some()));
            put("dest_mmsi", json!(to.map_or(0, |to| to.0)));
            put("data", json!(hexadecimal(data.bits(), data.bytes())));
        }
        Body::LongRange {
            position, status, ..
        } => {
            stands(position, &mut put);
            put("lon", json!(position.lon.unwrap_or(181 * 600)));
            put("lat", json!(position.lat.unwrap_or(91 * 600)));
            put("status", json!(status));
            put("speed", json!(position.sog.unwrap_or(63)));
            put("course", json!(position.cog.unwrap_or(511)));
        }
    }
    map
}

fn hexadecimal(bits: u16, bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{bits}:{digits}")
}

fn second(second: Option<Second>) -> u8 {
    match second {
        Some(Second::At(second)) => second,
        None => 60,
        Some(Second::Manual) => 61,
        Some(Second::Estimated) => 62,
        Some(Second::Inoperative) => 63,
    }
}

fn stands(position: &Position, put: &mut impl FnMut(&str, Value)) {
    put("lat", json!(position.lat.unwrap_or(91 * 600_000)));
    put("lon", json!(position.lon.unwrap_or(181 * 600_000)));
    put("accuracy", json!(position.accurate));
    put("raim", json!(position.raim));
}

fn moves(position: &Position, put: &mut impl FnMut(&str, Value)) {
    stands(position, put);
    put("speed", json!(position.sog.unwrap_or(1023)));
    put("course", json!(position.cog.unwrap_or(3600)));
    put("heading", json!(position.heading.unwrap_or(511)));
    put("second", json!(second(position.second)));
}

fn hull(reference: Reference, put: &mut impl FnMut(&str, Value)) {
    put("to_bow", json!(reference.bow));
    put("to_stern", json!(reference.stern));
    put("to_port", json!(reference.port));
    put("to_starboard", json!(reference.starboard));
}

/// gpsd's decodings, in order. Where its file shows the sentences too, it says the last message once more after each
/// sentence of another kind that follows: only what stands behind an AIS sentence counts.
fn theirs(bytes: &[u8]) -> Vec<Value> {
    let mut after_ais = true;
    let mut all = Vec::new();
    for line in bytes.split(|c| *c == b'\n') {
        match line.first() {
            Some(b'!') => after_ais = true,
            Some(b'{') => {
                let value: Value = serde_json::from_slice(line).unwrap();
                if value["class"] == "AIS" && after_ais {
                    all.push(value);
                }
            }
            Some(_) => after_ais = false,
            None => {}
        }
    }
    all
}

/// What came of comparing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Compared {
    /// Messages of both.
    messages: usize,
    /// Fields that are equal.
    equal: usize,
    /// `mmsi type field: gpsd's, ours`
    differences: Vec<String>,
    /// Parts of type 24 of which gpsd says nothing: A, which waits for B, and B that no A came before.
    held_back: usize,
}

/// Compares in order. gpsd gives one message for parts A and B of type 24, at part B.
fn compare(
    ours: &[(u64, Message)],
    theirs: &[Value],
    equal: impl Fn(&str, &Value, &Value) -> bool,
) -> Compared {
    let mut compared = Compared::default();
    let mut theirs = theirs.iter().peekable();
    let mut names: BTreeMap<u32, Value> = BTreeMap::new();
    for (line, message) in ours {
        let mut words = in_gpsds_words(message);
        let (mmsi, kind) = (words["mmsi"].clone(), words["type"].clone());
        let (mut is_part_a, mut is_part) = (false, false);
        match message.body {
            Body::StaticA { .. } => {
                (is_part_a, is_part) = (true, true);
                names.insert(message.mmsi.0, words["shipname"].clone());
            }
            Body::StaticB { .. } => {
                is_part = true;
                if let Some(name) = names.remove(&message.mmsi.0) {
                    words.insert("shipname".into(), name);
                }
            }
            _ => {}
        }
        let next = theirs
            .peek()
            .filter(|next| next["mmsi"] == mmsi && next["type"] == kind);
        let next = match next {
            Some(next) if !(is_part_a && next.get("callsign").is_some()) => next,
            _ if is_part => {
                compared.held_back += 1;
                continue;
            }
            _ => {
                compared
                    .differences
                    .push(format!("line {line}: {mmsi} {kind} is only ours"));
                continue;
            }
        };
        for (key, ours) in &words {
            match next.get(key) {
                Some(theirs) if equal(key, theirs, ours) => compared.equal += 1,
                Some(theirs) => compared
                    .differences
                    .push(format!("{mmsi} {kind} {key}: {theirs}, {ours}")),
                None => {}
            }
        }
        compared.messages += 1;
        theirs.next();
    }
    compared
        .differences
        .extend(theirs.map(|next| format!("{} {} is only gpsd's", next["mmsi"], next["type"])));
    compared
}

/// Raw units on both sides.
fn raw(_: &str, theirs: &Value, ours: &Value) -> bool {
    theirs == ours
}

/// gpsd's in degrees, knots, metres; rounded to raw units.
fn scaled(key: &str, theirs: &Value, ours: &Value) -> bool {
    let factor = match key {
        "lat" | "lon" => 600_000.0,
        "speed" | "course" | "draught" => 10.0,
        "turn" => {
            // This gpsd squares the rate and loses its sign.
            let turn = ours.as_i64().unwrap();
            let rate = (turn as f64 / 4.733).powi(2);
            return match turn {
                -128 => *theirs == "nan",
                -127 => *theirs == "fastleft",
                127 => *theirs == "fastright",
                _ => theirs
                    .as_f64()
                    .is_some_and(|theirs| (theirs - rate).abs() <= 0.5),
            };
        }
        _ => return theirs == ours,
    };
    match theirs.as_f64() {
        Some(theirs) => (theirs * factor).round() as i64 == ours.as_i64().unwrap(),
        None => *theirs == "nan" && *ours == 1023,
    }
}

#[test]
fn gpsds_sample_of_all_types_is_decoded_as_gpsd_does() {
    let (Some(log), Some(chk)) = (real("gpsd/sample.aivdm"), real("gpsd/sample.aivdm.ju.chk"))
    else {
        return;
    };
    let (counts, kept) = kept(&log);
    assert_eq!(
        summary(&counts),
        "1121 lines: 100 decoded, 1 duplicate, 16 fragment; refused: blank 1, comment 1001, \
         not-a-sentence 1, too-short 1; flagged: own-ship 3; 98 untimed"
    );
    let mut theirs = theirs(&chk);
    // Its second last sentence: type 1 of 163 bits, which gpsd reads as if the last five were there.
    let short = theirs.iter().position(|m| m["radio"] == 1076).unwrap();
    assert_eq!(theirs.remove(short)["mmsi"], 244_740_981);
    assert_eq!(kept.outcomes[&1098], Outcome::Refused(Reason::TooShort));
    let compared = compare(&kept.messages, &theirs, raw);
    assert_eq!(
        compared,
        Compared {
            messages: 96,
            equal: compared.equal,
            differences: vec![
                // 24 bits are left, where an acknowledgement has 32. gpsd reads on into what is not there.
                "655901842 7 mmsi3: 836359488, 0".into(),
                "537411077 7 mmsi3: 76161024, 0".into(),
                // 198 and 116 bits: gpsd shows the bits that come after them in the last byte too.
                "84148325 26 data: \"198:e41c40000000000000004000003d4031c01b400000066b4813\", \
                 \"198:e41c40000000000000004000003d4031c01b400000066b4810\""
                    .into(),
                "16777280 26 data: \"116:c700ef007300e0000000080018282e\", \
                 \"116:c700ef007300e00000000800182820\""
                    .into(),
            ],
            held_back: 5,
        }
    );
    assert!(compared.equal > 870, "{}", compared.equal);
    let kinds: BTreeSet<u8> = kept
        .messages
        .iter()
        .map(|(_, message)| message.kind)
        .collect();
    assert!(kinds.into_iter().eq(1..=27));
}

#[test]
fn gpsds_logs_are_decoded_as_gpsd_does() {
    for (log, chk, messages, least, held_back) in [
        ("gpsd/ais-nmea.log", "gpsd/ais-nmea.log.chk", 166, 2420, 5),
        (
            "gpsd/ais_unpack_sixbit.log",
            "gpsd/ais_unpack_sixbit.log.chk",
            12,
            206,
            1,
        ),
    ] {
        let (Some(log), Some(chk)) = (real(log), real(chk)) else {
            return;
        };
        let (_, kept) = kept(&log);
        let compared = compare(&kept.messages, &theirs(&chk), raw);
        assert_eq!(compared.differences, [""; 0]);
        assert_eq!(
            (compared.messages, compared.held_back),
            (messages, held_back)
        );
        assert!(compared.equal >= least, "{}", compared.equal);
    }
}

#[test]
fn the_norwegian_log_is_decoded_as_gpsd_does() {
    let (Some(log), Some(chk)) = (
        real("kystverket/Ais1000Lines.nm4"),
        real("kystverket/Ais1000Lines.gpsdecode-3.22.jsonl"),
    ) else {
        return;
    };
    let (counts, kept) = kept(&log);
    assert_eq!(
        summary(&counts),
        "1000 lines: 877 decoded, 0 duplicate, 123 fragment; refused: ; \
         flagged: tag-checksum-wrong 246; 0 untimed"
    );
    let compared = compare(&kept.messages, &theirs(&chk), scaled);
    assert_eq!(
        compared.differences,
        // The last line has no end: the tool did not read it.
        ["line 1000: 245184000 3 is only ours"]
    );
    assert_eq!((compared.messages, compared.held_back), (870, 6));
}
