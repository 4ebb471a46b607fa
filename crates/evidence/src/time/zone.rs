//! The zone beside a date: an offset from UTC, or that it is not stated.

use std::fmt;
use std::str::FromStr;

use super::{TimeError, number};
use crate::json::as_text;
use crate::wire::encoded_as;

/// The clock that a date was told on. In JSON `"+10:00"` or `"not-stated"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Zone {
    /// Not known; comparisons widen by every offset in use, -12:00 to +14:00.
    #[default]
    NotStated,
    /// Known.
    Offset(UtcOffset),
}

/// Minutes ahead of UTC, -720 to 840.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcOffset(i16);

impl UtcOffset {
    /// The least and the greatest offset in use.
    pub const RANGE: std::ops::RangeInclusive<i16> = -720..=840;

    /// Minutes ahead of UTC.
    pub const fn minutes(self) -> i16 {
        self.0
    }
}

impl TryFrom<i16> for UtcOffset {
    type Error = TimeError;
    fn try_from(minutes: i16) -> Result<Self, TimeError> {
        if Self::RANGE.contains(&minutes) {
            Ok(Self(minutes))
        } else {
            Err(TimeError::Zone(format!("{minutes} minutes")))
        }
    }
}

impl FromStr for Zone {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError::Zone(text.chars().take(80).collect());
        if text == "not-stated" {
            return Ok(Self::NotStated);
        }
        let (sign, rest) = match text.as_bytes().first() {
            Some(b'+') => (1, &text[1..]),
            Some(b'-') => (-1, &text[1..]),
            _ => return Err(wrong()),
        };
        let (hours, minutes) = rest.split_once(':').ok_or_else(wrong)?;
        let (Ok(hours), Ok(minutes)) = (number(hours, 2), number(minutes, 2)) else {
            return Err(wrong());
        };
        // -00:00 would be a second way to write +00:00.
        if minutes > 59 || text == "-00:00" {
            return Err(wrong());
        }
        i16::try_from(sign * (hours * 60 + minutes))
            .ok()
            .and_then(|m| UtcOffset::try_from(m).ok())
            .map(Self::Offset)
            .ok_or_else(wrong)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStated => f.write_str("not-stated"),
            Self::Offset(UtcOffset(minutes)) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl From<&Zone> for Option<i16> {
    fn from(zone: &Zone) -> Self {
        match zone {
            Zone::NotStated => None,
            Zone::Offset(offset) => Some(offset.0),
        }
    }
}

impl TryFrom<Option<i16>> for Zone {
    type Error = TimeError;
    fn try_from(minutes: Option<i16>) -> Result<Self, TimeError> {
        minutes.map_or(Ok(Self::NotStated), |m| m.try_into().map(Self::Offset))
    }
}

encoded_as!(Zone, Option<i16>);
as_text!(
    Zone,
    r"^(not-stated|[+-][0-9]{2}:[0-9]{2})$",
    "An offset from UTC as +10:00, or not-stated"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_written_one_way() {
        for text in ["not-stated", "+00:00", "+14:00", "-12:00", "-03:30"] {
            assert_eq!(text.parse::<Zone>().unwrap().to_string(), text);
        }
        for bad in [
            "", "Z", "-00:00", "+14:01", "-12:01", "+9:00", "+09:60", "10:00", "é",
        ] {
            assert!(bad.parse::<Zone>().is_err(), "{bad}");
        }
    }
}
