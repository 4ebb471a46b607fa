//! Times of reception as they are written. None is ever made up: what cannot be read is no time.

use crate::units::Time;

/// A decimal number of at most 18 digits.
pub(crate) fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut n = 0i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        n = n * 10 + i64::from(digit - b'0');
    }
    Some(n)
}

/// Seconds since 1970 in 1 to 11 digits, or milliseconds in 13; either may be negative, seconds may have one
/// to three decimals.
pub(crate) fn unix(written: &[u8]) -> Option<Time> {
    if written.len() == 10
        && let Some(seconds) = number(written)
    {
        return Some(Time(seconds * 1000));
    }
    let (sign, digits) = match written {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    let ms = match digits.len() {
        13 if !digits.contains(&b'.') => number(digits)?,
        _ => {
            let mut parts = digits.splitn(2, |c| *c == b'.');
            let seconds = parts.next().unwrap_or_default();
            if seconds.len() > 11 {
                return None;
            }
            let decimals = match parts.next() {
                None => 0,
                Some(d @ [_]) => number(d)? * 100,
                Some(d @ [_, _]) => number(d)? * 10,
                Some(d @ [_, _, _]) => number(d)?,
                Some(_) => return None,
            };
            number(seconds)? * 1000 + decimals
        }
    };
    Some(Time(sign * ms))
}

/// Seconds since 1970 in ten digits that do not begin with 0 (2001 to 2286), with up to three decimals, or
/// milliseconds in thirteen, as they stand behind a checksum. Other numbers there are other things, such as MMSIs.
pub(crate) fn bare(written: &[u8]) -> Option<Time> {
    let is_like = match written {
        [b'0' | b'-', ..] => false,
        digits if digits.len() == 13 && !digits.contains(&b'.') => true,
        digits => {
            let seconds = digits.iter().position(|c| *c == b'.');
            seconds.unwrap_or(digits.len()) == 10
        }
    };
    if is_like { unix(written) } else { None }
}

/// A date and time of the proleptic Gregorian calendar, UTC.
pub(crate) fn civil(date: [i64; 3], time: [i64; 3], ms: i64) -> Option<Time> {
    let [year, month, day] = date;
    let [hour, minute, second] = time;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    let valid = (1..=9999).contains(&year)
        && (1..=days_in_month).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second)
        && (0..1000).contains(&ms);
    if !valid {
        return None;
    }
    // Years that begin in March, so that the leap day comes last.
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(Time(
        ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + ms,
    ))
}

/// `2014-12-10 00.00.01`, as tag `T` has it; colons and a `T` are taken too.
pub(crate) fn dotted(written: &[u8]) -> Option<Time> {
    let [
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
        b' ' | b'T',
        h1,
        h2,
        s1,
        n1,
        n2,
        s2,
        t1,
        t2,
    ] = *written
    else {
        return None;
    };
    if s1 != s2 || !matches!(s1, b'.' | b':') {
        return None;
    }
    civil(
        [
            number(&[y1, y2, y3, y4])?,
            number(&[m1, m2])?,
            number(&[d1, d2])?,
        ],
        [number(&[h1, h2])?, number(&[n1, n2])?, number(&[t1, t2])?],
        0,
    )
}

/// What `$PGHP` says of the sentence after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pghp<'a> {
    /// When it was received.
    pub(crate) time: Option<Time>,
    /// Which station received it, as written.
    pub(crate) station: Option<&'a [u8]>,
    /// The checksum of the sentence after it; of a message in fragments the exclusive or of all of theirs. None
    /// where it is not given, which is written as 0.
    pub(crate) sum: Option<u8>,
}

/// The fields of `$PGHP,1,year,month,day,hour,minute,second,ms,country,region,station,…`, from the `1` on;
/// `None` if it is of another kind.
pub(crate) fn pghp(fields: &[u8]) -> Option<Pghp<'_>> {
    let mut fields = fields.split(|c| *c == b',');
    if fields.next()? != b"1" {
        return None;
    }
    let mut numbers = [0i64; 7];
    let mut whole = true;
    for n in &mut numbers {
        let field = fields.next()?;
        match number(field) {
            Some(read) if field.len() <= 4 => *n = read,
            _ => whole = false,
        }
    }
    let [year, month, day, hour, minute, second, ms] = numbers;
    let (_country, _region) = (fields.next(), fields.next());
    let station = fields.next().filter(|station| !station.is_empty());
    let _online = fields.next();
    let sum = fields.next().filter(|sum| sum.len() == 2);
    Some(Pghp {
        time: if whole {
            civil([year, month, day], [hour, minute, second], ms)
        } else {
            None
        },
        station,
        sum: sum.and_then(super::line::hex).filter(|sum| *sum != 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_times_are_read_as_seconds_or_milliseconds() {
        assert_eq!(unix(b"1565218798"), Some(Time(1_565_218_798_000)));
        assert_eq!(unix(b"1565218798123"), Some(Time(1_565_218_798_123)));
        assert_eq!(unix(b"1565218798.5"), Some(Time(1_565_218_798_500)));
        assert_eq!(unix(b"0"), Some(Time(0)));
        assert_eq!(unix(b"-1"), Some(Time(-1000)));
        for not in [
            &b""[..],
            b"-",
            b".",
            b"1.",
            b"1.2345",
            b"156521879812",
            b"15652187981234",
            b"99999999999999999999999",
            b"12a",
            b"+1",
            b"--1",
            b"1-",
        ] {
            assert_eq!(unix(not), None, "{not:?}");
        }
    }

    #[test]
    fn what_stands_behind_a_checksum_is_a_time_only_if_it_looks_like_one() {
        for time in [&b"1411922661"[..], b"1411922661.25", b"1411922661250"] {
            assert_eq!(bare(time), unix(time));
            assert!(bare(time).is_some());
        }
        for not in [
            &b"003669945"[..],
            b"992190921",
            b"12",
            b"0411922661",
            b"0411922661250",
            b"-411922661",
            b"-1411922661",
            b"14119226612",
            b"141192266125.0",
            b"1411922661.",
            b"",
        ] {
            assert_eq!(bare(not), None, "{not:?}");
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(
            dotted(b"2014-12-10 00.00.01"),
            Some(Time(1_418_169_601_000))
        );
        assert_eq!(dotted(b"1969-12-31T23:59:59"), Some(Time(-1000)));
        assert_eq!(
            dotted(b"2100-01-01 00.00.00"),
            Some(Time(4_102_444_800_000))
        );
        assert_eq!(dotted(b"2000-02-29 12.00.00"), Some(Time(951_825_600_000)));
        for not in [
            &b"2100-02-29 00.00.00"[..],
            b"2014-13-10 00.00.01",
            b"2014-00-10 00.00.01",
            b"2014-12-10 24.00.01",
            b"2014-12-10 00.60.01",
            b"2014-12-10 00.00.60",
            b"2014-12-10 00.00:01",
            b"2014-12-10 00.00.0",
            b"0000-12-10 00.00.01",
        ] {
            assert_eq!(dotted(not), None, "{:?}", String::from_utf8_lossy(not));
        }
    }

    #[test]
    fn what_stands_before_a_sentence_gives_time_and_station() {
        let read = pghp(b"1,2014,9,28,16,0,4,684,219,21,992190921,1,14").unwrap();
        assert_eq!(read.time, Some(Time(1_411_920_004_684)));
        assert_eq!(read.station, Some(&b"992190921"[..]));
        assert_eq!(read.sum, Some(0x14));
        for none in [&b"00"[..], b"", b"1", b"zz", b"014"] {
            let written = [b"1,2014,9,28,16,0,4,684,219,21,,1,", none].concat();
            assert_eq!(pghp(&written).unwrap().sum, None);
        }
        let none = pghp(b"1,2014,9,31,16,0,4,684,219,21,,1,14").unwrap();
        assert_eq!((none.time, none.station), (None, None));
        assert_eq!(pghp(b"2,2014,9,28,16,0,4,684,219,21,992190921,1,14"), None);
        assert_eq!(pghp(b"1,2014,9"), None);
    }
}
