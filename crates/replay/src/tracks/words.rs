//! Figures of AIS in words: times, distances, speeds, places. Integers throughout.

use seaproof_ais::units::{Metres, Mmsi, Place, TenthKnots, Time};

/// `2024-03-08T02:00:00Z`; milliseconds only where there are some. Of a year that has no four digits: the number
/// of milliseconds since 1970.
pub(crate) fn utc(time: Time) -> String {
    const DAY_MS: i64 = 86_400_000;
    let days = time.0.div_euclid(DAY_MS);
    let ms = time.0.rem_euclid(DAY_MS);
    let Some((year, month, day)) = civil(days) else {
        return format!("{} ms since 1970", time.0);
    };
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, part) = (ms / 1_000 % 60, ms % 1_000);
    let part = match part {
        0 => String::new(),
        part => format!(".{part:03}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{part}Z")
}

/// The date so many days after 1970-01-01, in the proleptic Gregorian calendar; `None` outside the years 1 to 9999.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    // Counted from 0000-03-01, so that a leap day ends a year.
    let days = days.checked_add(719_468)?;
    if !(306..=3_652_364).contains(&days) {
        return None;
    }
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    Some((year, month, day))
}

/// `33 h`, `6 h 20 min`, `25 min`, `40 s`; begun minutes do not count.
pub(crate) fn lasting(from: Time, to: Time) -> String {
    let seconds = to.since(from).max(0) / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// `800 m`, `12.3 km`: rounded down.
pub(crate) fn distance(metres: Metres) -> String {
    match metres.0 {
        short @ 0..=999 => format!("{short} m"),
        long => format!("{}.{} km", long / 1_000, long / 100 % 10),
    }
}

/// `4.7 knots`.
pub(crate) fn speed(speed: TenthKnots) -> String {
    format!("{}.{} knots", speed.0 / 10, speed.0 % 10)
}

/// `42.7500 N 133.0830 E`, rounded to the nearest.
pub(crate) fn place(place: Place) -> String {
    let words = |units: i32, plus, minus| {
        // 1/600,000 degree to 1/10,000.
        let rounded = (units.unsigned_abs() + 30) / 60;
        let side = if units < 0 { minus } else { plus };
        format!("{}.{:04} {side}", rounded / 10_000, rounded % 10_000)
    };
    format!(
        "{} {}",
        words(place.lat, 'N', 'S'),
        words(place.lon, 'E', 'W')
    )
}

/// `445123000`, with its zeros.
pub(crate) fn digits(mmsi: Mmsi) -> String {
    format!("{:09}", mmsi.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc() {
        for (ms, words) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_709_251_200_000, "2024-03-01T00:00:00Z"),
            (-1_000, "1969-12-31T23:59:59Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (253_402_300_799_000, "9999-12-31T23:59:59Z"),
            (253_402_300_800_000, "253402300800000 ms since 1970"),
            (i64::MIN, "-9223372036854775808 ms since 1970"),
        ] {
            assert_eq!(utc(Time(ms)), words);
        }
    }

    #[test]
    fn figures_read_as_words() {
        assert_eq!(lasting(Time(0), Time(6 * 3_600_000)), "6 h");
        assert_eq!(lasting(Time(0), Time(22_860_000)), "6 h 21 min");
        assert_eq!(lasting(Time(0), Time(59_999)), "59 s");
        assert_eq!(lasting(Time(1), Time(0)), "0 s");
        assert_eq!(
            lasting(Time(i64::MIN), Time(i64::MAX)),
            "2562047788015 h 12 min"
        );
        assert_eq!(distance(Metres(999)), "999 m");
        assert_eq!(distance(Metres(12_399)), "12.3 km");
        assert_eq!(speed(TenthKnots(47)), "4.7 knots");
        let vostochny = Place::new(25_650_000, 79_849_800).unwrap();
        assert_eq!(place(vostochny), "42.7500 N 133.0830 E");
        let south_west = Place::new(-30, -29).unwrap();
        assert_eq!(place(south_west), "0.0001 S 0.0000 W");
        assert_eq!(digits(Mmsi(5)), "000000005");
    }
}
