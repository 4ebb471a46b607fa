//! Tables in MarineCadastre's form of ships that sail about: realistic in widths and in what repeats, the same
//! for the same numbers, made as they are read so that no size needs a file.

use std::io::{self, Read, Write};

/// Ships, unless a benchmark wants another number of them.
pub const SHIPS: u64 = 15_000;

/// The rows of a table, as a stream.
pub struct Rows {
    rows: u64,
    ships: u64,
    next: u64,
    text: Vec<u8>,
    given: usize,
}

impl Rows {
    /// So many rows of so many ships, in the order of time.
    pub fn new(rows: u64, ships: u64) -> Self {
        let text = b"MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,\
                     Width,Draft,Cargo,TransceiverClass\n"
            .to_vec();
        Self {
            rows,
            ships: ships.max(1),
            next: 0,
            text,
            given: 0,
        }
    }

    fn write(&mut self) {
        let row = self.next;
        self.next += 1;
        let dice = mixed(row);
        let ship = row % self.ships;
        let about = mixed(ship ^ 0x5ea);
        // Each ship a position in five minutes or so; every 97th ship is silent for the hours from 8 to 16.
        let mut second = row / self.ships * 300 + dice % 60;
        if ship.is_multiple_of(97) {
            second += if second > 8 * 3_600 { 8 * 3_600 } else { 0 };
        }
        let (day, second) = (second / 86_400, second % 86_400);
        let sailed = (row / self.ships % 30_000) as f64 * 0.000_3;
        let lat = 25.0 + (about % 20_000) as f64 / 1_000.0 + sailed;
        let lon = -125.0 + (about >> 20 & 0xffff) as f64 / 1_100.0 + sailed;
        let _ = writeln!(
            self.text,
            "{},2022-01-{:02}T{:02}:{:02}:{:02},{lat:.5},{lon:.5},{:.1},{:.1},{:.1},{},IMO{:07},{},{},{},{},{},{:.1},{},A",
            200_000_000 + about % 500_000_000 / self.ships * self.ships + ship,
            3 + day % 28,
            second / 3_600,
            second / 60 % 60,
            second % 60,
            (dice >> 8) as u8 as f64 / 10.0,
            (dice >> 16 & 0xfff) as f64 / 11.4,
            (dice >> 28) % 360,
            NAMES[(about >> 40) as usize % NAMES.len()],
            9_000_000 + ship % 1_000_000,
            format_args!("WD{}", 1_000 + ship % 9_000),
            30 + about % 60,
            dice % 16,
            about % 300,
            about % 40,
            (about % 150) as f64 / 10.0,
            about % 90,
        );
    }
}

const NAMES: [&str; 6] = [
    "OCEAN TRADER",
    "MISS MOLLY",
    "EVER ONWARD",
    "",
    "POLARIS 7",
    "CAPT JOHN H BAILEY",
];

/// A number from a number, without a pattern that matters.
fn mixed(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

impl Read for Rows {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.text.clear();
            self.given = 0;
            while self.text.len() < 1 << 17 && self.next < self.rows {
                self.write();
            }
        }
        let left = &self.text[self.given..];
        let length = left.len().min(to.len());
        to[..length].copy_from_slice(&left[..length]);
        self.given += length;
        Ok(length)
    }
}
