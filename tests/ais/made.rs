//! Made input: tables and sentences of ships that never were.

use std::fmt::Write;

/// The header of MarineCadastre's tables before 2025.
pub const HEADER: &str = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,\
    Status,Length,Width,Draft,Cargo,TransceiverClass";

/// A table of rows `(mmsi, minutes after midnight of 2024-03-07, lat, lon, sog, name, imo)`.
pub fn table(rows: &[(u32, u32, f64, f64, f64, &str, &str)]) -> String {
    let mut text = format!("{HEADER}\n");
    for (mmsi, minute, lat, lon, sog, name, imo) in rows {
        let (day, hour, minute) = (7 + minute / 1440, minute / 60 % 24, minute % 60);
        writeln!(
            text,
            "{mmsi},2024-03-{day:02}T{hour:02}:{minute:02}:00,{lat:.5},{lon:.5},{sog:.1},90.0,90,{name},{imo},HMAB,80,0,100,16,5.0,80,A"
        )
        .unwrap();
    }
    text
}

/// Two ships off Vostochny for a day. The first is silent from 02:00 to 10:00 and then comes back 0.1° further
/// east; the second is heard every ten minutes.
pub fn day() -> String {
    let mut rows = Vec::new();
    for minute in (0..24 * 60).step_by(10) {
        let east = if minute < 600 { 133.5 } else { 133.6 };
        if !(130..600).contains(&minute) {
            rows.push((
                445_123_000,
                minute,
                42.5,
                east,
                5.0,
                "MADE ONE",
                "IMO8691702",
            ));
        }
        rows.push((
            273_000_001,
            minute,
            42.6,
            133.5,
            5.0,
            "MADE TWO",
            "IMO0000000",
        ));
    }
    table(&rows)
}

/// Six-bit characters of a payload, put together bit by bit.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn put(&mut self, value: i64, width: u32) {
        self.0
            .extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn armoured(&self) -> String {
        self.0
            .chunks(6)
            .map(|six| {
                let value = (0..6).fold(0_u8, |value, bit| {
                    value << 1 | u8::from(six.get(bit).copied().unwrap_or(false))
                });
                char::from(if value < 40 { value + 48 } else { value + 56 })
            })
            .collect()
    }
}

fn checksum(text: &str) -> u8 {
    text.bytes().fold(0, |sum, byte| sum ^ byte)
}

/// A position report of type 1 with its time in a tag block. Latitude and longitude in 1/10,000 minute.
pub fn sentence(mmsi: u32, unix: i64, lat: i64, lon: i64, sog: i64) -> String {
    let mut bits = Bits::default();
    for (value, width) in [
        (1, 6),
        (0, 2),
        (i64::from(mmsi), 30),
        (0, 4),
        (0, 8),
        (sog, 10),
        (1, 1),
        (lon, 28),
        (lat, 27),
        (900, 12),
        (90, 9),
        (unix % 60, 6),
        (0, 2),
        (0, 3),
        (0, 1),
        (0, 19),
    ] {
        bits.put(value, width);
    }
    tagged(unix, &format!("AIVDM,1,1,,A,{},0", bits.armoured()))
}

fn tagged(unix: i64, sentence: &str) -> String {
    let tag = format!("s:made,c:{unix}");
    format!(
        "\\{tag}*{:02X}\\!{sentence}*{:02X}\r\n",
        checksum(&tag),
        checksum(sentence)
    )
}

/// A report of type 5 with an IMO number and nothing else, in so many fragments.
pub fn identity(mmsi: u32, unix: i64, imo: u32, fragments: usize) -> Vec<String> {
    let mut bits = Bits::default();
    bits.put(5, 6);
    bits.put(0, 2);
    bits.put(mmsi.into(), 30);
    bits.put(0, 2);
    bits.put(imo.into(), 30);
    // Names and the like: not available.
    for _ in 0..354 {
        bits.put(0, 1);
    }
    let text = bits.armoured();
    let each = text.len().div_ceil(fragments);
    let parts: Vec<&str> = (0..fragments)
        .map(|n| &text[n * each..text.len().min((n + 1) * each)])
        .collect();
    (1..)
        .zip(parts)
        .map(|(number, part)| {
            let fill = if number == fragments { 2 } else { 0 };
            tagged(
                unix,
                &format!("AIVDM,{fragments},{number},7,A,{part},{fill}"),
            )
        })
        .collect()
}
