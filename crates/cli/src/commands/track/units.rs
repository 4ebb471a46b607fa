//! Units of AIS as people and other tools read them.

use seaproof_ais::units::{Place, TenthKnots, Time};
use seaproof_ledger::ids::Timestamp;

use crate::output::rfc3339;

/// RFC 3339, UTC.
pub fn time(time: Time) -> String {
    rfc3339(Timestamp(time.0))
}

/// `2024-03-07 14:05`, UTC: for tables.
pub fn minute(time: Time) -> String {
    let text = rfc3339(Timestamp(time.0));
    match text.get(..16).filter(|_| text.ends_with('Z')) {
        Some(text) => text.replace('T', " "),
        None => text,
    }
}

/// Knots with one decimal.
pub fn knots(speed: TenthKnots) -> f64 {
    f64::from(speed.0) / 10.0
}

/// Ten millionths of a degree: of 1/600,000 degree, rounded half away from zero.
const fn e7(units: i32) -> i64 {
    let scaled = units as i64 * 100;
    let half = if scaled < 0 { -3 } else { 3 };
    (scaled + half) / 6
}

/// Degrees with at most seven decimals.
pub fn degrees(units: i32) -> f64 {
    // Below 2^53, so that the quotient is the number nearest to those decimals.
    e7(units) as f64 / 1e7
}

/// `42.750N 133.083E`: for tables.
pub fn place(place: Place) -> String {
    let part = |units: i32, north: char, south: char| {
        // To 1/1,000 degree.
        let rounded = (e7(units).unsigned_abs() + 5_000) / 10_000;
        let side = if units < 0 { south } else { north };
        format!("{}.{:03}{side}", rounded / 1_000, rounded % 1_000)
    };
    format!(
        "{} {}",
        part(place.lat, 'N', 'S'),
        part(place.lon, 'E', 'W')
    )
}

/// `3 h 5 min`, `2 d 4 h`, `45 s`.
pub fn length(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if days > 0 => format!("{days} d {} h", hours % 24),
        () if hours > 0 => format!("{hours} h {} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_exact_to_seven_decimals() {
        assert_eq!(degrees(25_650_000), 42.75);
        assert_eq!(degrees(-1), -0.000_001_7);
        assert_eq!(degrees(1), 0.000_001_7);
        assert_eq!(degrees(-108_000_000), -180.0);
        assert_eq!(
            serde_json::json!(degrees(79_849_801)).to_string(),
            "133.0830017"
        );
        let there = Place {
            lat: 25_650_000,
            lon: -79_849_801,
        };
        assert_eq!(place(there), "42.750N 133.083W");
    }

    #[test]
    fn times_and_lengths_are_short() {
        assert_eq!(minute(Time(1_711_454_400_999)), "2024-03-26 12:00");
        assert_eq!(time(Time(1_711_454_400_999)), "2024-03-26T12:00:00.999Z");
        assert_eq!(length(45_999), "45 s");
        assert_eq!(length(3 * 3_600_000 + 5 * 60_000), "3 h 5 min");
        assert_eq!(length(100 * 3_600_000), "4 d 4 h");
        assert_eq!(length(-1), "0 s");
        // Nothing that a clock of a receiver may claim is a panic.
        minute(Time(i64::MIN));
        length(i64::MIN);
    }
}
