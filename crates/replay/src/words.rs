//! Numbers, dates and ranges in English words. Pure text: nothing is concluded here.

use seaproof_evidence::time::{Edtf, Sense, When, Zone};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `125000` as `125,000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Hundredths of a percent as `25.00 %`.
pub(crate) fn percent(hundredths: u64) -> String {
    format!("{}.{:02} %", grouped(hundredths / 100), hundredths % 100)
}

/// One end of an interval as `7 March 2024`; as it was written where there are no such words.
fn date(text: &str) -> String {
    let day = text.get(..10).unwrap_or(text);
    let mut parts = day.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month
        .and_then(|m| m.parse::<usize>().ok())
        .and_then(|m| MONTHS.get(m.checked_sub(1)?));
    let day = day.and_then(|d| d.parse::<u32>().ok());
    let time = text
        .split_once('T')
        .map(|(_, time)| format!(" {time}"))
        .unwrap_or_default();
    match (year, month, day) {
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}{time}"),
        (Some(year), Some(month), None) => format!("{month} {year}"),
        _ => text.to_owned(),
    }
}

/// A date or interval as `March 2024` or `7 to 22 March 2024`.
pub(crate) fn dates(edtf: &Edtf) -> String {
    match edtf.as_str().split_once('/') {
        None => date(edtf.as_str()),
        Some(("..", end)) => format!("up to {}", date(end)),
        Some((start, "..")) => format!("from {} on", date(start)),
        Some((start, end)) => {
            let whole_days = start.len() == 10 && end.len() == 10;
            if whole_days && start.get(..8) == end.get(..8) {
                let day = date(start);
                let day = day.split(' ').next().unwrap_or_default();
                format!("{day} to {}", date(end))
            } else {
                format!("{} to {}", date(start), date(end))
            }
        }
    }
}

/// Whether this is one day, or a moment of one.
pub(crate) fn is_day(edtf: &Edtf) -> bool {
    let text = edtf.as_str();
    text.len() >= 10 && !text.contains('/')
}

/// A zone for a sentence: `time zone not stated`, `time zone +10:00`.
pub(crate) fn zone(zone: Zone) -> String {
    match zone {
        Zone::NotStated => "time zone not stated".to_owned(),
        offset => format!("time zone {offset}"),
    }
}

/// Dates after a verb: `in March 2024`, `on 7 March 2024`, `within 7 to 22 March 2024`.
pub(crate) fn during(edtf: &Edtf) -> String {
    let text = edtf.as_str();
    let dates = dates(edtf);
    match (text.split_once('/'), text.len()) {
        (Some(("..", _) | (_, "..")), _) => dates,
        (Some(_), _) => format!("within {dates}"),
        (None, ..=7) => format!("in {dates}"),
        (None, _) => format!("on {dates}"),
    }
}

/// When something was, with its sense. Never "at" where only "within" is told.
pub(crate) fn when(when: &When) -> String {
    let dates = dates(&when.edtf);
    match when.sense {
        Sense::On => format!("on {dates}"),
        Sense::Within => format!("at some time: {dates}"),
        Sense::EachWithin => format!("each at some time: {dates}"),
        Sense::Throughout => format!("throughout: {dates}"),
    }
}

/// A stretch by its first day and the day after its last: `2024` of a calendar year.
pub(crate) fn period(from: &str, before: &str) -> String {
    let year = |day: &str| day.strip_suffix("-01-01")?.parse::<u32>().ok();
    match (year(from), year(before)) {
        (Some(year), Some(next)) if year + 1 == next => format!("{year:04}"),
        _ => format!("the time from {from} on and before {before}"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// `1 statement`, `2 statements`.
pub(crate) fn counted(number: usize, one: &str, more: &str) -> String {
    format!(
        "{} {}",
        grouped(number as u64),
        if number == 1 { one } else { more }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_shares_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(percent(2_500), "25.00 %");
        assert_eq!(percent(123_456_705), "1,234,567.05 %");
    }

    #[test]
    fn dates_read_as_english() {
        for (edtf, words) in [
            ("2024", "2024"),
            ("2024-03", "March 2024"),
            ("2024-03-07", "7 March 2024"),
            ("2024-03-07/2024-03-22", "7 to 22 March 2024"),
            ("2024-03-07/2024-04-02", "7 March 2024 to 2 April 2024"),
            ("2024-03-07/..", "from 7 March 2024 on"),
            ("../2024-03", "up to March 2024"),
            ("2024-03-07T14:00:00", "7 March 2024 14:00:00"),
        ] {
            assert_eq!(dates(&edtf.parse().unwrap()), words);
        }
    }
}
