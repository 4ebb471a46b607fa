//! When something was: a strict subset of EDTF (ISO 8601-2 level 0), its sense and its zone.
//!
//! ```text
//! edtf     = date | date "/" date | date "/.." | "../" date
//! date     = year | year "-" month | year "-" month "-" day | year "-" month "-" day "T" time
//! time     = hour ":" minute ":" second
//! year     = 4 digits, 0001 to 9999        month = 01 to 12
//! day      = 01 to the month's last        hour  = 00 to 23; minute, second = 00 to 59
//! ```
//!
//! Proleptic Gregorian calendar. No zone inside the text: the zone is said beside it, or said to
//! be unknown. An interval's end may not lie wholly before its start.

mod zone;

use std::fmt;
use std::str::FromStr;

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use seaproof_ledger::ids::Timestamp;
use serde::{Deserialize, Serialize};

use crate::json::as_text;
use crate::wire::encoded_as;

pub use zone::{UtcOffset, Zone};

/// Why a text is not a date or zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Against the grammar.
    #[error(
        "{0:?} is not a date: write 2024, 2024-03, 2024-03-07, 2024-03-07T14:00:00, or an interval \
         of two of these as 2024-03-07/2024-03-22; .. stands for an open end"
    )]
    Form(String),
    /// A date that no calendar has.
    #[error("{0:?} is a date that does not exist")]
    NoSuchDate(String),
    /// An interval that ends before it begins.
    #[error("{0:?} ends before it begins")]
    Reversed(String),
    /// Not an offset.
    #[error("{0:?} is not a zone: write +10:00, -03:30 or not-stated (from -12:00 to +14:00)")]
    Zone(String),
}

/// Milliseconds on a clock of unstated zone, counted as if it were UTC.
type LocalMs = i64;

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;

/// A date or interval, kept as it was written and as its bounds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edtf {
    text: String,
    first: Option<LocalMs>,
    last: Option<LocalMs>,
}

impl Edtf {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// First and last millisecond on a clock whose zone is not considered; `None` is an open end.
    pub fn local_bounds(&self) -> (Option<i64>, Option<i64>) {
        (self.first, self.last)
    }
}

impl FromStr for Edtf {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let (first, last) = match text.split_once('/') {
            None => {
                let (first, last) = date(text, text)?;
                (Some(first), Some(last))
            }
            Some(("..", "..")) => return Err(form(text)),
            Some((start, "..")) => (Some(date(start, text)?.0), None),
            Some(("..", end)) => (None, Some(date(end, text)?.1)),
            Some((start, end)) => {
                let (first, last) = (date(start, text)?.0, date(end, text)?.1);
                if last < first {
                    return Err(TimeError::Reversed(text.to_owned()));
                }
                (Some(first), Some(last))
            }
        };
        Ok(Self {
            text: text.to_owned(),
            first,
            last,
        })
    }
}

fn form(text: &str) -> TimeError {
    TimeError::Form(text.chars().take(80).collect())
}

/// First and last local millisecond of one date; `whole` is what an error shows.
fn date(text: &str, whole: &str) -> Result<(LocalMs, LocalMs), TimeError> {
    let nonexistent = || TimeError::NoSuchDate(whole.chars().take(80).collect());
    let (day_text, time_text) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day_text.split('-');
    let mut part = |digits| parts.next().map(|t| number(t, digits)).transpose();
    let (Ok(Some(year)), Ok(month), Ok(day)) = (part(4), part(2), part(2)) else {
        return Err(form(whole));
    };
    if parts.next().is_some() || (time_text.is_some() && day.is_none()) {
        return Err(form(whole));
    }
    let months = month.map_or(1..=12, |m| m..=m);
    if year == 0 || *months.start() == 0 || *months.end() > 12 {
        return Err(nonexistent());
    }
    let days = day.map_or(1..=month_length(year, *months.end()), |d| d..=d);
    if *days.start() == 0 || *days.end() > month_length(year, *months.end()) {
        return Err(nonexistent());
    }
    let start = day_number(year, *months.start(), *days.start()) * DAY_MS;
    let end = day_number(year, *months.end(), *days.end()) * DAY_MS;
    let Some(time_text) = time_text else {
        return Ok((start, end + DAY_MS - 1));
    };
    let mut parts = time_text.split(':').map(|t| number(t, 2));
    let (Some(Ok(hour)), Some(Ok(minute)), Some(Ok(second)), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(form(whole));
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err(nonexistent());
    }
    let first = start + ((hour * 60 + minute) * 60 + second) * 1000;
    Ok((first, first + 999))
}

/// Exactly so many decimal digits.
fn number(text: &str, digits: usize) -> Result<i64, ()> {
    if text.len() == digits && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().map_err(|_| ())
    } else {
        Err(())
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the years 1 to 9999.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let to_year = before * 365 + before / 4 - before / 100 + before / 400;
    let to_month: i64 = (1..month).map(|m| month_length(year, m)).sum();
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    to_year + to_month + day - 1 - 719_162
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edtf({})", self.text)
    }
}

impl TryFrom<String> for Edtf {
    type Error = TimeError;
    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl From<&Edtf> for String {
    fn from(edtf: &Edtf) -> Self {
        edtf.text.clone()
    }
}

encoded_as!(Edtf, String);
as_text!(
    Edtf,
    r"^(\.\.|[0-9][0-9T:-]*)(/(\.\.|[0-9][0-9T:-]*))?$",
    "A date as 2024, 2024-03, 2024-03-07 or 2024-03-07T14:00:00, or an interval of two joined by /; \
     .. is an open end"
);

/// How a statement lies in its time. Variant order is frozen.
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
pub enum Sense {
    /// On that date.
    On,
    /// Once, at some moment in it.
    Within,
    /// For each of several things: at some moment in it.
    EachWithin,
    /// All the time from its beginning to its end.
    Throughout,
}

/// When something was.
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
pub struct When {
    /// The date or interval.
    pub edtf: Edtf,
    /// How the statement lies in it.
    pub sense: Sense,
    /// The clock it was told on.
    #[serde(default)]
    pub zone: Zone,
}

/// A stretch of UTC, both ends inclusive; `None` is an open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first millisecond that it may hold.
    pub earliest: Option<Timestamp>,
    /// The last.
    pub latest: Option<Timestamp>,
}

impl Span {
    /// Whether the two have a millisecond in common.
    pub fn meets(&self, other: &Self) -> bool {
        let before = |end: Option<Timestamp>, start: Option<Timestamp>| matches!((end, start), (Some(end), Some(start)) if end < start);
        !before(self.latest, other.earliest) && !before(other.latest, self.earliest)
    }
}

impl When {
    /// All of UTC that this may speak of: with a zone that is not stated, from the first
    /// millisecond at +14:00 to the last at -12:00.
    pub fn span(&self) -> Span {
        let (ahead, behind) = match self.zone {
            Zone::NotStated => (*UtcOffset::RANGE.end(), *UtcOffset::RANGE.start()),
            Zone::Offset(offset) => (offset.minutes(), offset.minutes()),
        };
        let utc = |local: i64, offset: i16| Timestamp(local - i64::from(offset) * MINUTE_MS);
        Span {
            earliest: self.edtf.first.map(|ms| utc(ms, ahead)),
            latest: self.edtf.last.map(|ms| utc(ms, behind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(text: &str) -> (Option<i64>, Option<i64>) {
        text.parse::<Edtf>().unwrap().local_bounds()
    }

    #[test]
    fn dates_have_their_first_and_last_millisecond() {
        assert_eq!(bounds("1970-01-01"), (Some(0), Some(DAY_MS - 1)));
        // 1,709,251,200 s is 2024-03-01T00:00:00Z.
        let march = 1_709_251_200_000;
        assert_eq!(
            bounds("2024-03"),
            (Some(march), Some(march + 31 * DAY_MS - 1))
        );
        assert_eq!(
            bounds("2024-03-07/2024-03-22"),
            (Some(march + 6 * DAY_MS), Some(march + 22 * DAY_MS - 1))
        );
        assert_eq!(bounds("2024-03-01/.."), (Some(march), None));
        assert_eq!(bounds("../2024-02"), (None, Some(march - 1)));
        assert_eq!(
            bounds("2024-03-01T00:00:01"),
            (Some(march + 1000), Some(march + 1999))
        );
        assert_eq!(bounds("0001").0, Some(-719_162 * DAY_MS));
    }

    #[test]
    fn impossible_dates_and_other_notations_are_refused() {
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13",
            "2024-00",
            "2024-04-31",
            "2024-03-00",
            "0000",
            "2024-03-07T24:00:00",
            "2024-03-07T23:59:60",
        ] {
            assert_eq!(bad.parse::<Edtf>(), Err(TimeError::NoSuchDate(bad.into())));
        }
        for bad in [
            "",
            "24",
            "2024-3",
            "2024-03-07Z",
            "2024-03-07T14:00",
            "2024-03T14:00:00",
            "../..",
            "2024/2025/2026",
            "2024-03-07/",
            "/2024",
            "2024?",
            "202X",
            "-2024",
            "2024-03-07-01",
            "٢٠٢٤",
            "+024",
            "2024-03-07T14:00:00Z",
            "..",
            " 2024",
        ] {
            assert_eq!(
                bad.parse::<Edtf>(),
                Err(TimeError::Form(bad.into())),
                "{bad}"
            );
        }
        let reversed = "2024-03-22/2024-03-07";
        assert_eq!(
            reversed.parse::<Edtf>(),
            Err(TimeError::Reversed(reversed.into()))
        );
        // The end is all of March, which does not lie wholly before the 7th.
        assert!("2024-03-07/2024-03".parse::<Edtf>().is_ok());
    }

    #[test]
    fn the_zone_shifts_and_its_absence_widens() {
        let when = |zone: &str| When {
            edtf: "2024-03-07".parse().unwrap(),
            sense: Sense::On,
            zone: zone.parse().unwrap(),
        };
        let midnight = 1_709_769_600_000;
        let hour = 3_600_000;
        let vladivostok = when("+10:00").span();
        assert_eq!(vladivostok.earliest, Some(Timestamp(midnight - 10 * hour)));
        assert_eq!(
            vladivostok.latest,
            Some(Timestamp(midnight + 14 * hour - 1))
        );
        let unknown = when("not-stated").span();
        assert_eq!(unknown.earliest, Some(Timestamp(midnight - 14 * hour)));
        assert_eq!(unknown.latest, Some(Timestamp(midnight + 36 * hour - 1)));
        assert!(unknown.meets(&vladivostok));
    }
}
