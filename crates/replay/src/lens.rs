//! What of the state is looked at: as of a date in the world, and without some of what was recorded.
//!
//! Together with the number of entries applied this makes replay bitemporal: what was known after an
//! entry, of what held on a date. A date without a zone is compared with dates as stated; one with a zone in UTC,
//! where a zone that is not stated widens what it is compared with.

use std::collections::BTreeSet;
use std::str::FromStr;

use seaproof_evidence::events::quantities::Figure;
use seaproof_evidence::time::{Edtf, Sense, When, Zone};
use seaproof_evidence::{AuthorKey, EntryIndex, Event, ExhibitHash};

/// What of the state is looked at. The default is all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lens {
    /// Only what had begun by the end of this date.
    pub as_of: Option<AsOf>,
    /// What is left out, with all that rests on it alone.
    pub without: Without,
}

impl Lens {
    /// Whether nothing is left out.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }
}

/// Entries, authors and files that are left out, as if they had not been recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Without {
    /// Entries.
    pub entries: BTreeSet<EntryIndex>,
    /// Everything that these keys signed.
    pub authors: BTreeSet<AuthorKey>,
    /// Files, and the sources that are held as nothing else.
    pub exhibits: BTreeSet<ExhibitHash>,
}

impl Without {
    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.authors.is_empty() && self.exhibits.is_empty()
    }
}

/// A date in the world: a year, a month, a day or a second, perhaps with its zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf(When);

/// Why a text is no such date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date: write 2024-03-15, or 2024-03-15T14:00:00 with Z or +10:00 behind it")]
pub struct NotADate(String);

impl FromStr for AsOf {
    type Err = NotADate;
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let wrong = || NotADate(text.chars().take(80).collect());
        let (date, zone) = match text.strip_suffix('Z') {
            Some(date) => (date, "+00:00"),
            // An offset has six characters, and stands behind a time only.
            None => match text
                .len()
                .checked_sub(6)
                .map(|at| text.split_at_checked(at))
            {
                Some(Some((date, zone))) if date.contains('T') && zone.ends_with_offset() => {
                    (date, zone)
                }
                _ => (text, "not-stated"),
            },
        };
        let edtf: Edtf = date.parse().map_err(|_| wrong())?;
        if edtf.as_str().contains('/') || (zone != "not-stated" && !date.contains('T')) {
            return Err(wrong());
        }
        Ok(Self(When {
            edtf,
            sense: Sense::On,
            zone: zone.parse().map_err(|_| wrong())?,
        }))
    }
}

trait Offset {
    fn ends_with_offset(&self) -> bool;
}

impl Offset for str {
    fn ends_with_offset(&self) -> bool {
        matches!(self.as_bytes(), [b'+' | b'-', .., b':', _, _])
    }
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.zone {
            Zone::NotStated => self.0.edtf.fmt(f),
            zone => write!(f, "{}{zone}", self.0.edtf),
        }
    }
}

/// How a stretch of time lies to a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lies {
    /// Wholly before it.
    Before,
    /// Wholly inside it.
    Inside,
    /// It reaches into the date and beyond.
    Over,
    /// Wholly after it.
    After,
}

impl AsOf {
    /// First and last moment of the date, and of a stretch, on one scale.
    fn scales(&self, when: &When) -> [(Option<i64>, Option<i64>); 2] {
        match self.0.zone {
            // A zone that is not stated widens the stretch by every offset in use.
            Zone::Offset(_) => [&self.0, when].map(|when| {
                let span = when.span();
                (span.earliest.map(|t| t.0), span.latest.map(|t| t.0))
            }),
            // A day without a zone is the day of whoever tells of it.
            Zone::NotStated => [self.0.edtf.local_bounds(), when.edtf.local_bounds()],
        }
    }

    pub(crate) fn lies(&self, when: &When) -> Lies {
        let [(first, last), (start, end)] = self.scales(when);
        let (Some(first), Some(last)) = (first, last) else {
            return Lies::Over;
        };
        if end.is_some_and(|end| end < first) {
            Lies::Before
        } else if start.is_some_and(|start| start > last) {
            Lies::After
        } else if start.is_some_and(|start| start >= first) && end.is_some_and(|end| end <= last) {
            Lies::Inside
        } else {
            Lies::Over
        }
    }

    /// Whether a moment, in milliseconds UTC, lies in the date or before it.
    pub(crate) fn reaches(&self, ms: i64) -> bool {
        let last = match self.0.zone {
            Zone::Offset(_) => self.0.span().latest.map(|t| t.0),
            Zone::NotStated => self.0.edtf.local_bounds().1,
        };
        last.is_none_or(|last| ms <= last)
    }

    /// Whether a stretch goes on after the date.
    pub(crate) fn ends_later(&self, when: &When) -> bool {
        let [(_, last), (_, end)] = self.scales(when);
        last.is_some_and(|last| end.is_none_or(|end| end > last))
    }

    /// Whether a moment of a calendar day, given as its text, had passed by the end of the date.
    pub(crate) fn has_passed(&self, day: &Edtf) -> bool {
        let (_, end) = day.local_bounds();
        let (_, last) = self.0.edtf.local_bounds();
        matches!((end, last), (Some(end), Some(last)) if end <= last)
    }
}

/// When what a statement tells of happened or began; `None` for what is about no time, and for what
/// is about the evidence itself.
pub(crate) fn world_time(event: &Event) -> Option<&When> {
    match event {
        Event::Count(e) => e.when.as_ref(),
        Event::Claim(e) => e.when.as_ref(),
        Event::Sighting(e) => e.when.as_ref(),
        // Of a call whose arrival is not told, the beginning is not known.
        Event::PortCall(e) => e.arrival.as_ref(),
        Event::Loading(e) | Event::Unloading(e) => e.when.as_ref(),
        Event::Departure(e) => e.when.as_ref(),
        Event::ShipToShipTransfer(e) => e.when.as_ref(),
        Event::AisSilence(e) => e.when.as_ref(),
        Event::SaidListed(e) => e.when.as_ref(),
        Event::Listed(e) => e.since.as_ref(),
        Event::ListingAmended(e) => e.since.as_ref(),
        Event::Delisted(e) => e.since.as_ref(),
        Event::Assertion(e) => e.when.as_ref(),
        Event::Figure(Figure { period, .. }) => Some(period),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(edtf: &str, zone: &str) -> When {
        When {
            edtf: edtf.parse().unwrap(),
            sense: Sense::On,
            zone: zone.parse().unwrap(),
        }
    }

    #[test]
    fn a_date_is_read_with_or_without_its_zone() {
        for text in [
            "2024",
            "2024-03",
            "2024-03-15",
            "2024-03-15T14:00:00",
            "2024-03-15T14:00:00+10:00",
        ] {
            assert_eq!(text.parse::<AsOf>().unwrap().to_string(), text);
        }
        let utc = "2024-03-15T14:00:00Z".parse::<AsOf>().unwrap();
        assert_eq!(utc.to_string(), "2024-03-15T14:00:00+00:00");
        for wrong in [
            "",
            "yesterday",
            "2024-03-15/2024-03-16",
            "2024-03-15+10:00",
            "2024-02-30",
            "é",
            "15.3.2024",
        ] {
            assert!(wrong.parse::<AsOf>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn stretches_lie_before_inside_over_and_after() {
        let day: AsOf = "2024-03-15".parse().unwrap();
        for (edtf, lies) in [
            ("2024-03-14", Lies::Before),
            ("2024-03-15", Lies::Inside),
            ("2024-03-15T03:00:00", Lies::Inside),
            ("2024-03-07/2024-03-22", Lies::Over),
            ("2024-03-15/..", Lies::Over),
            ("2024-03-16", Lies::After),
        ] {
            assert_eq!(day.lies(&when(edtf, "not-stated")), lies, "{edtf}");
        }
        // 20:00 UTC is the next day at Vostochny, and not after the moment.
        let moment: AsOf = "2024-03-15T20:00:00Z".parse().unwrap();
        let local = when("2024-03-16T05:59:59", "+10:00");
        assert_eq!(moment.lies(&local), Lies::Before);
    }
}
