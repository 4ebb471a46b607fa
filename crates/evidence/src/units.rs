//! Amounts, shares, counts and places as integers with their unit. No floats anywhere.

use std::fmt;
use std::str::FromStr;

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::Words;
use crate::ids::Locode;
use crate::json::as_text;
use crate::wire::encoded_as;

/// Why a number or place is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Not degrees in decimal notation, or beyond the globe.
    #[error(
        "{0:?} is not a {1}: decimal degrees from -{2} to {2} with at most 7 decimals, as 42.75"
    )]
    Degrees(String, &'static str, i64),
    /// Not a share.
    #[error("{0:?} is not a share: two whole numbers up to 4294967295 as in 1/4, the second not 0")]
    Share(String),
    /// A range whose low end lies above its high end.
    #[error("the count's low end {low} lies above its high end {high}")]
    Reversed {
        /// Low end.
        low: u32,
        /// High end.
        high: u32,
    },
    /// A place without anything that places it.
    #[error("a place needs a locode, a position or words")]
    Nowhere,
}

/// 1e-7 degrees in one degree.
const PER_DEGREE: i64 = 10_000_000;

/// Reads decimal degrees exactly: no rounding, so at most seven decimals.
fn degrees(text: &str, limit: i64) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !plain(whole, 3) || !plain(fraction, 7) {
        return None;
    }
    let value =
        whole.parse::<i64>().ok()? * PER_DEGREE + format!("{fraction:0<7}").parse::<i64>().ok()?;
    let value = if negative { -value } else { value };
    (value.abs() <= limit * PER_DEGREE)
        .then(|| i32::try_from(value).ok())
        .flatten()
}

macro_rules! degrees {
    ($(#[$doc:meta])* $name:ident, $what:literal, $limit:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i32);

        impl $name {
            /// In 1e-7 degrees.
            pub const fn e7(self) -> i32 {
                self.0
            }
        }

        impl TryFrom<i32> for $name {
            type Error = UnitError;
            fn try_from(e7: i32) -> Result<Self, UnitError> {
                if i64::from(e7).abs() <= $limit * PER_DEGREE {
                    Ok(Self(e7))
                } else {
                    Err(UnitError::Degrees(format!("{e7}e-7"), $what, $limit))
                }
            }
        }

        impl FromStr for $name {
            type Err = UnitError;
            fn from_str(text: &str) -> Result<Self, UnitError> {
                degrees(text, $limit).map(Self).ok_or_else(|| {
                    UnitError::Degrees(text.chars().take(80).collect(), $what, $limit)
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let sign = if self.0 < 0 { "-" } else { "" };
                let e7 = i64::from(self.0).abs();
                write!(f, "{sign}{}.{:07}", e7 / PER_DEGREE, e7 % PER_DEGREE)
            }
        }

        impl From<&$name> for i32 {
            fn from(degrees: &$name) -> Self {
                degrees.0
            }
        }

        encoded_as!($name, i32);
        as_text!(
            $name,
            r"^-?[0-9]{1,3}(\.[0-9]{1,7})?$",
            concat!("A ", $what, " in decimal degrees, at most 7 decimals")
        );
    };
}

degrees! {
    /// Degrees north (WGS 84), -90 to 90, in 1e-7 degrees; in JSON decimal text, as `"42.75"`.
    Latitude, "latitude", 90
}
degrees! {
    /// Degrees east (WGS 84), -180 to 180, in 1e-7 degrees; in JSON decimal text, as `"133.083"`.
    Longitude, "longitude", 180
}

/// A point on the globe.
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
pub struct Position {
    /// North.
    pub lat: Latitude,
    /// East.
    pub lon: Longitude,
}

/// Where something was, as far as it is told: at least one of the first three.
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
pub struct Place {
    /// The port.
    pub locode: Option<Locode>,
    /// The point.
    pub position: Option<Position>,
    /// In words.
    pub words: Option<Words>,
    /// Where in the port, in words; also that it is not named.
    pub berth: Option<Words>,
}

impl Place {
    /// Whether anything places it.
    ///
    /// # Errors
    /// [`UnitError::Nowhere`].
    pub fn check(&self) -> Result<(), UnitError> {
        if self.locode.is_none() && self.position.is_none() && self.words.is_none() {
            return Err(UnitError::Nowhere);
        }
        Ok(())
    }
}

/// What amounts are counted in. Never converted here: there is no official factor. Variant order
/// is frozen.
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
pub enum Unit {
    /// Barrel of 42 US gallons.
    #[serde(rename = "bbl")]
    Barrel,
    /// Tonne, 1,000 kg.
    #[serde(rename = "t")]
    Tonne,
    /// Kilogram.
    #[serde(rename = "kg")]
    Kilogram,
    /// Cubic metre.
    #[serde(rename = "m3")]
    CubicMetre,
    /// Litre.
    #[serde(rename = "l")]
    Litre,
}

impl Unit {
    /// The unit's symbol, in print and in JSON.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Barrel => "bbl",
            Self::Tonne => "t",
            Self::Kilogram => "kg",
            Self::CubicMetre => "m3",
            Self::Litre => "l",
        }
    }
}

/// So much of a unit.
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
pub struct Amount {
    /// How many.
    pub value: u64,
    /// Of what.
    pub unit: Unit,
}

/// How a number is meant to bound what it speaks of. Variant order is frozen.
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
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The number itself.
    Exactly,
    /// The number, roughly.
    About,
    /// The number or less.
    UpTo,
    /// The number or more.
    AtLeast,
    /// More than the number.
    MoreThan,
}

/// A part of a whole as an exact fraction, as told: "a quarter" is `1/4`, "33 %" is `33/100`.
/// Above 1 is allowed. In JSON text, as `"1/4"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    numerator: u32,
    denominator: u32,
}

impl Share {
    /// Numerator and denominator; the denominator is never 0.
    pub const fn parts(self) -> (u32, u32) {
        (self.numerator, self.denominator)
    }

    /// The share of a whole, rounded down and rounded up.
    pub fn of(self, whole: u64) -> (u128, u128) {
        let product = u128::from(whole) * u128::from(self.numerator);
        let denominator = u128::from(self.denominator);
        (product / denominator, product.div_ceil(denominator))
    }
}

impl TryFrom<(u32, u32)> for Share {
    type Error = UnitError;
    fn try_from((numerator, denominator): (u32, u32)) -> Result<Self, UnitError> {
        if denominator == 0 {
            return Err(UnitError::Share(format!("{numerator}/0")));
        }
        Ok(Self {
            numerator,
            denominator,
        })
    }
}

impl FromStr for Share {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let plain = |part: &str| {
            part.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| part.parse::<u32>().ok())
                .flatten()
        };
        text.split_once('/')
            .and_then(|(n, d)| Some((plain(n)?, plain(d)?)))
            .and_then(|parts| parts.try_into().ok())
            .ok_or_else(|| UnitError::Share(text.chars().take(80).collect()))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl From<&Share> for (u32, u32) {
    fn from(share: &Share) -> Self {
        share.parts()
    }
}

encoded_as!(Share, (u32, u32));
as_text!(
    Share,
    "^[0-9]{1,10}/[0-9]{1,10}$",
    "A share as a fraction, as 1/4"
);

/// A number of things between two ends; without a high end it is open upward.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields, try_from = "RawRange")]
pub struct CountRange {
    low: u32,
    high: Option<u32>,
}

impl CountRange {
    /// A range.
    ///
    /// # Errors
    /// [`UnitError::Reversed`] if `low` lies above `high`.
    pub fn new(low: u32, high: Option<u32>) -> Result<Self, UnitError> {
        match high {
            Some(high) if low > high => Err(UnitError::Reversed { low, high }),
            _ => Ok(Self { low, high }),
        }
    }

    /// At least this many.
    pub const fn low(self) -> u32 {
        self.low
    }

    /// At most this many, if anything is said.
    pub const fn high(self) -> Option<u32> {
        self.high
    }
}

/// A number of things; without a high end it is open upward.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CountRange")]
struct RawRange {
    /// At least this many.
    low: u32,
    /// At most this many.
    high: Option<u32>,
}

impl TryFrom<RawRange> for CountRange {
    type Error = UnitError;
    fn try_from(raw: RawRange) -> Result<Self, UnitError> {
        Self::new(raw.low, raw.high)
    }
}

impl TryFrom<(u32, Option<u32>)> for CountRange {
    type Error = UnitError;
    fn try_from((low, high): (u32, Option<u32>)) -> Result<Self, UnitError> {
        Self::new(low, high)
    }
}

impl From<&CountRange> for (u32, Option<u32>) {
    fn from(range: &CountRange) -> Self {
        (range.low, range.high)
    }
}

encoded_as!(CountRange, (u32, Option<u32>));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_read_exactly_or_not_at_all() {
        let e7 = |text: &str| text.parse::<Latitude>().map(Latitude::e7).ok();
        assert_eq!(e7("42.75"), Some(427_500_000));
        assert_eq!(e7("-0.0000001"), Some(-1));
        assert_eq!(e7("90"), Some(900_000_000));
        for bad in [
            "90.0000001",
            "-90.0000001",
            "1.23456789",
            "+1",
            "1.",
            ".5",
            "1e1",
            "",
            "-",
            "٤",
        ] {
            assert_eq!(e7(bad), None, "{bad}");
        }
        assert_eq!("-180".parse::<Longitude>().unwrap().e7(), -1_800_000_000);
        assert!("180.0000001".parse::<Longitude>().is_err());
        assert!(Longitude::try_from(i32::MIN).is_err());
        assert_eq!(
            "-0.5".parse::<Latitude>().unwrap().to_string(),
            "-0.5000000"
        );
    }

    #[test]
    fn a_share_is_exact_and_rounds_outward() {
        assert_eq!(
            "1/4".parse::<Share>().unwrap().of(500_000),
            (125_000, 125_000)
        );
        assert_eq!("1/3".parse::<Share>().unwrap().of(100), (33, 34));
        for bad in ["1/0", "1", "/4", "1/", "-1/4", "1/4/2", "1/4294967296"] {
            assert!(bad.parse::<Share>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_reversed_count_is_refused() {
        assert!(CountRange::new(2, Some(2)).is_ok());
        assert!(CountRange::new(3, Some(2)).is_err());
    }
}
