//! Times as tables write them. A time without a zone is taken as UTC only where the table's makers, or the
//! caller, say so.

use crate::units::Time;

/// How a column writes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeFormat {
    /// `2024-03-07T14:00:00Z`, with `Z` or an offset.
    Rfc3339,
    /// `2024-03-07T14:00:00` or with a space, in UTC; a `Z` or offset after it is heeded.
    Utc,
    /// `07/03/2024 14:00:00`: day, month, year, in UTC.
    DayMonthYear,
    /// Seconds since 1970-01-01T00:00:00Z, perhaps with a fraction.
    UnixSeconds,
    /// Milliseconds since then.
    UnixMilliseconds,
}

impl TimeFormat {
    /// All by name.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("rfc3339", Self::Rfc3339),
        ("utc", Self::Utc),
        ("dmy", Self::DayMonthYear),
        ("unix", Self::UnixSeconds),
        ("unix-ms", Self::UnixMilliseconds),
    ];

    /// Reads a time of the years 1500 to 2499, to the millisecond below.
    pub fn read(self, text: &[u8]) -> Option<Time> {
        let ms = match self {
            Self::Rfc3339 => stamp(text, false)?,
            Self::Utc => stamp(text, true)?,
            Self::DayMonthYear => day_month_year(text)?,
            Self::UnixSeconds => super::number::scaled(text, 1_000, b'.')?,
            Self::UnixMilliseconds => super::number::scaled(text, 1, b'.')?,
        };
        (EARLIEST..LATEST).contains(&ms).then_some(Time(ms))
    }
}

/// 1500-01-01T00:00:00Z.
const EARLIEST: i64 = days(1500, 1, 1) * DAY;
/// 2500-01-01T00:00:00Z.
const LATEST: i64 = days(2500, 1, 1) * DAY;
const DAY: i64 = 86_400_000;

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the day that comes and goes is the last of a year.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 719_469
}

fn number(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(value * 10 + i64::from(digit))
    })
}

fn date(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=last)
        .contains(&day)
        .then(|| days(year, month, day) * DAY)
}

/// `HH:MM:SS` with an optional fraction, in milliseconds; what stands after it. A leap second is the last
/// second of its minute once more.
fn clock(text: &[u8]) -> Option<(i64, &[u8])> {
    let (head, mut rest) = text.split_at_checked(8)?;
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = head else {
        return None;
    };
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut ms = ((hour * 60 + minute) * 60 + second.min(59)) * 1_000;
    if let Some((b'.', after)) = rest.split_first() {
        let digits = after
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits == 0 || digits > 18 {
            return None;
        }
        let (fraction, after) = after.split_at(digits);
        for (digit, worth) in fraction.iter().zip([100, 10, 1]) {
            ms += i64::from(digit - b'0') * worth;
        }
        rest = after;
    }
    Some((ms, rest))
}

/// `YYYY-MM-DD`, `T` or a space, the time, the zone.
fn stamp(text: &[u8], without_zone: bool) -> Option<i64> {
    let (head, rest) = text.split_at_checked(11)?;
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
    ] = head
    else {
        return None;
    };
    let day = date(
        number(&[y1, y2, y3, y4])?,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
    )?;
    let (ms, zone) = clock(rest)?;
    let offset = match zone {
        [] if without_zone => 0,
        [b'Z' | b'z'] => 0,
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = (hours * 60 + minutes) * 60_000;
            if sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    Some(day + ms - offset)
}

/// `DD/MM/YYYY HH:MM:SS`; one digit of a day or month is enough.
fn day_month_year(text: &[u8]) -> Option<i64> {
    let space = memchr::memchr2(b' ', b'T', text)?;
    let (date_text, time) = text.split_at(space);
    let mut parts = date_text.split(|byte| matches!(byte, b'/' | b'-' | b'.'));
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &[u8]| (1..=2).contains(&part.len());
    if parts.next().is_some() || !short(day) || !short(month) || year.len() != 4 {
        return None;
    }
    let day = date(number(year)?, number(month)?, number(day)?)?;
    let (ms, rest) = clock(time.get(1..)?)?;
    matches!(rest, [] | [b'Z']).then_some(day + ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(format: TimeFormat, text: &str) -> Option<i64> {
        format.read(text.as_bytes()).map(|time| time.0)
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(1969, 12, 31), -1);
        assert_eq!(days(2000, 3, 1), 11_017);
        assert_eq!(days(2024, 2, 29), 19_782);
        assert_eq!(days(2100, 1, 1), 47_482);
        // No day is missing or counted twice.
        let mut expected = days(1500, 1, 1);
        for year in 1500..2500 {
            for month in 1..=12 {
                for day in 1..=31 {
                    if date(year, month, day).is_some() {
                        assert_eq!(days(year, month, day), expected);
                        expected += 1;
                    }
                }
            }
        }
        assert_eq!(expected, days(2500, 1, 1));
    }

    #[test]
    fn each_format_reads_its_own() {
        let at = Some(1_709_820_000_000);
        assert_eq!(ms(TimeFormat::Rfc3339, "2024-03-07T14:00:00Z"), at);
        assert_eq!(ms(TimeFormat::Rfc3339, "2024-03-08T00:00:00+10:00"), at);
        assert_eq!(ms(TimeFormat::Rfc3339, "2024-03-07T14:00:00"), None);
        assert_eq!(ms(TimeFormat::Utc, "2024-03-07T14:00:00"), at);
        assert_eq!(ms(TimeFormat::Utc, "2024-03-07 14:00:00"), at);
        assert_eq!(
            ms(TimeFormat::Utc, "2024-03-07 14:00:00.1239"),
            at.map(|at| at + 123)
        );
        assert_eq!(ms(TimeFormat::DayMonthYear, "07/03/2024 14:00:00"), at);
        assert_eq!(ms(TimeFormat::DayMonthYear, "7/3/2024 14:00:00"), at);
        assert_eq!(ms(TimeFormat::UnixSeconds, "1709820000"), at);
        assert_eq!(ms(TimeFormat::UnixMilliseconds, "1709820000000"), at);
        assert_eq!(ms(TimeFormat::Utc, "1969-12-31T23:59:59"), Some(-1_000));
        assert_eq!(
            ms(TimeFormat::Utc, "2100-02-28T00:00:00"),
            Some(4_107_456_000_000)
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "2024-02-30T00:00:00",
            "2023-02-29T00:00:00",
            "2100-02-29T00:00:00",
            "2024-13-01T00:00:00",
            "2024-00-01T00:00:00",
            "2024-01-01T24:00:00",
            "2024-01-01T00:60:00",
            "2024-01-01T00:00",
            "2024-01-01",
            "0000-01-01T00:00:00",
            "2500-01-01T00:00:00",
            "2024-01-01T00:00:00.",
            "2024-01-01T00:00:00 ",
            "２０２４-01-01T00:00:00",
        ] {
            assert_eq!(ms(TimeFormat::Utc, bad), None, "{bad}");
        }
        for bad in [
            "31/04/2024 00:00:00",
            "01/13/2024 00:00:00",
            "01/01/24 00:00:00",
            "//// 00:00:00",
        ] {
            assert_eq!(ms(TimeFormat::DayMonthYear, bad), None, "{bad}");
        }
        for bad in ["99999999999999999999", "1e30", "-1e30", "now"] {
            assert_eq!(ms(TimeFormat::UnixSeconds, bad), None, "{bad}");
        }
    }
}
