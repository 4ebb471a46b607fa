//! Units as AIS transmits them (ITU-R M.1371): raw integers, never floats.

use serde::{Deserialize, Serialize};

/// A Maritime Mobile Service Identity as it was transmitted: any value of 30 bits, and so perhaps of ten digits.
/// Names a radio, not a hull; nothing says that it is a well-formed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mmsi(pub u32);

impl Mmsi {
    /// Whether it has the form of a ship's (ITU-R M.585): nine digits of which the first is 2 to 7, as in the identification
    /// digits of a country (MID), or 98 and so of a craft associated with a parent ship. Stations ashore (00), groups of
    /// ships (0), aircraft (111), handheld radios (8), distress beacons (97) and aids to navigation (99) have other forms; so do
    /// numbers that were never assigned, which a badly set ship's radio may send.
    pub const fn is_of_ships_form(self) -> bool {
        matches!(self.0, 200_000_000..=799_999_999 | 980_000_000..=989_999_999)
    }

    /// Whether it has the form of something that is no ship (ITU-R M.585): 00 and a country (stations ashore), 0 and a country
    /// (groups of ships), 111 (aircraft), 97 (distress beacons), 99 (aids to navigation). Not the opposite of
    /// [`Self::is_of_ships_form`]: numbers that were never assigned are neither.
    pub const fn is_of_another_form(self) -> bool {
        self.is_of_aircraft_beacon_or_aid()
            || matches!(self.0, 2_000_000..=7_999_999 | 20_000_000..=79_999_999)
    }

    /// Whether it has the form of an aircraft (111), a distress beacon (97) or an aid to navigation (99).
    pub const fn is_of_aircraft_beacon_or_aid(self) -> bool {
        matches!(
            self.0,
            111_000_000..=111_999_999 | 970_000_000..=979_999_999 | 990_000_000..=999_999_999
        )
    }
}

/// A time of reception, in milliseconds since 1970-01-01T00:00:00Z. Never a clock of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Milliseconds from an earlier time to this; saturates, negative if it is not earlier.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whether AIS can have been heard at that time: from 1990 on, since it is younger, and before 2100.
    /// Other times are those of clocks that were not set.
    pub const fn is_probable(self) -> bool {
        self.0 >= 631_152_000_000 && self.0 < 4_102_444_800_000
    }
}

/// A place in units of 1/10,000 minute (1/600,000 degree), as position reports transmit it: north and
/// east are positive. Always a place on Earth: what means "not available" is no `Place`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// -54,000,000 to 54,000,000.
    pub lat: i32,
    /// -108,000,000 to 108,000,000.
    pub lon: i32,
}

/// Units of [`Place`] in a degree.
pub const PER_DEGREE: i32 = 600_000;

impl Place {
    /// A place; `None` if it is none on Earth (91° and 181° mean "not available").
    pub const fn new(lat: i32, lon: i32) -> Option<Self> {
        if lat.unsigned_abs() <= 90 * PER_DEGREE as u32
            && lon.unsigned_abs() <= 180 * PER_DEGREE as u32
        {
            Some(Self { lat, lon })
        } else {
            None
        }
    }
}

/// Metres along the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(pub u32);

/// Speed in tenths of a knot. As transmitted 1,022 means 102.2 knots or more; computed ones may be higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenthKnots(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ships_form_begins_with_a_country_or_98() {
        let ships = [
            200_000_000,
            445_123_000,
            799_999_999,
            980_000_000,
            989_999_999,
        ];
        let others = [
            0,
            2_190_045,
            23_456_789,
            111_219_502,
            199_999_999,
            800_000_000,
            899_999_999,
            970_010_119,
            979_999_999,
            990_000_000,
            992_191_234,
            1_073_741_823,
        ];
        assert!(ships.iter().all(|mmsi| Mmsi(*mmsi).is_of_ships_form()));
        assert!(!others.iter().any(|mmsi| Mmsi(*mmsi).is_of_ships_form()));
        assert!(!ships.iter().any(|mmsi| Mmsi(*mmsi).is_of_another_form()));
        let never_assigned: Vec<u32> = others
            .into_iter()
            .filter(|mmsi| !Mmsi(*mmsi).is_of_another_form())
            .collect();
        assert_eq!(
            never_assigned,
            [0, 199_999_999, 800_000_000, 899_999_999, 1_073_741_823]
        );
    }
}
