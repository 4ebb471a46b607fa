//! The stretches that a cap counts by: each so many months from a day of the year, one after the
//! other. Dates are taken as stated, without regard to zones.

use seaproof_evidence::events::quantities::CapPeriod;
use seaproof_evidence::time::Edtf;

/// The number of a cap's period, counted from the one that begins in its first year.
pub(crate) type PeriodNumber = i64;

/// The calendar of one cap.
pub(crate) struct Calendar {
    first: i64,
    day: u8,
    months: i64,
    begins: bool,
}

impl Calendar {
    pub(crate) fn of(period: &CapPeriod) -> Self {
        Self {
            first: i64::from(period.first_year.unwrap_or(2000)) * 12 + i64::from(period.month) - 1,
            day: period.day,
            months: i64::from(period.months.max(1)),
            begins: period.first_year.is_some(),
        }
    }

    /// The first and the last period that a stretch touches; `None` is open, or beyond all dates.
    pub(crate) fn touched(&self, edtf: &Edtf) -> (Option<PeriodNumber>, Option<PeriodNumber>) {
        let (first, last) = edtf.local_bounds();
        let (start, end) = edtf
            .as_str()
            .split_once('/')
            .unwrap_or((edtf.as_str(), edtf.as_str()));
        (
            first.and_then(|ms| self.holding(ms, month(start, 1)?)),
            last.and_then(|ms| self.holding(ms, month(end, 12)?)),
        )
    }

    /// The period that holds a moment of this month.
    fn holding(&self, ms: i64, month: i64) -> Option<PeriodNumber> {
        let number = (month - self.first).div_euclid(self.months);
        let begun = self.start(number)?.local_bounds().0? <= ms;
        Some(if begun { number } else { number - 1 })
    }

    /// Whether the cap was there in this period.
    pub(crate) fn in_force(&self, number: PeriodNumber) -> bool {
        !self.begins || number >= 0
    }

    /// The day on which a period begins: in a shorter month its last day.
    fn start(&self, number: PeriodNumber) -> Option<Edtf> {
        let month = self.first + number.checked_mul(self.months)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        (0..4)
            .filter_map(|less| self.day.checked_sub(less))
            .find_map(|day| format!("{year:04}-{month:02}-{day:02}").parse().ok())
    }

    /// A period by its first day and the first day of the next one: 2024-01-01 and 2025-01-01.
    pub(crate) fn first_days(&self, number: PeriodNumber) -> Option<(String, String)> {
        let text = |edtf: Edtf| edtf.as_str().to_owned();
        Some((text(self.start(number)?), text(self.start(number + 1)?)))
    }
}

/// Months since year 0 of a date; a year alone is taken to mean the month given.
pub(crate) fn month(date: &str, of_a_year: i64) -> Option<i64> {
    let year: i64 = date.get(..4)?.parse().ok()?;
    let month = match date.get(5..7) {
        Some(month) => month.parse().ok()?,
        None => of_a_year,
    };
    Some(year * 12 + month - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(month: u8, day: u8, months: u8) -> Calendar {
        Calendar::of(&CapPeriod {
            month,
            day,
            months,
            first_year: Some(2018),
        })
    }

    fn touched(calendar: &Calendar, edtf: &str) -> (Option<i64>, Option<i64>) {
        calendar.touched(&edtf.parse().unwrap())
    }

    #[test]
    fn a_calendar_year_holds_its_dates() {
        let year = calendar(1, 1, 12);
        assert_eq!(touched(&year, "2024-03-07/2024-03-22"), (Some(6), Some(6)));
        assert_eq!(touched(&year, "2024"), (Some(6), Some(6)));
        assert_eq!(touched(&year, "2023-12/2024-01"), (Some(5), Some(6)));
        assert_eq!(touched(&year, "2024-03/.."), (Some(6), None));
        assert_eq!(
            year.first_days(6),
            Some(("2024-01-01".to_owned(), "2025-01-01".to_owned()))
        );
        assert!(!year.in_force(-1));
    }

    #[test]
    fn a_period_can_begin_within_a_month() {
        let year = calendar(12, 22, 12);
        assert_eq!(touched(&year, "2018-12-21"), (Some(-1), Some(-1)));
        assert_eq!(touched(&year, "2018-12-22"), (Some(0), Some(0)));
        assert_eq!(touched(&year, "2019-03"), (Some(0), Some(0)));
    }

    #[test]
    fn dates_at_the_edge_of_the_calendar_have_no_period_rather_than_a_wrong_one() {
        let odd = calendar(2, 31, 1);
        assert_eq!(
            odd.first_days(0),
            Some(("2018-02-28".to_owned(), "2018-03-31".to_owned()))
        );
        let _ = touched(&odd, "0001-01-01/9999-12-31");
    }
}
