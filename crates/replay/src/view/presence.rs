//! Who was where on the date that is looked at: "at" only where a statement says so of that date, "possibly
//! at" where it says within a stretch that reaches into it. A port call whose departure is not stated is
//! shown for the stretch of its arrival only.

use seaproof_evidence::Event;
use seaproof_evidence::time::{Sense, When};

use super::Word;
use super::fill::Rows;
use super::rows::rows;
use super::told::{PlaceRow, ToldRow, place};
use crate::groups::Range;
use crate::lens::{AsOf, Lies};
use crate::words;

rows! {
    /// Who was where on the date that is looked at.
    PresenceRow {
        /// The vessel or group.
        about: String,
        /// How many.
        count: Option<Range>,
        /// `at` or `possibly at`.
        how: Word,
        /// Where.
        place: PlaceRow,
        /// The statement's own date, in words.
        when: String,
    }
}

/// How a date stands to a stretch in some sense; `None` if it says nothing of the date.
fn how(as_of: &AsOf, when: &When) -> Option<&'static str> {
    match (as_of.lies(when), when.sense) {
        (Lies::Before | Lies::After, _) => None,
        // Wherever in the stretch it was, it was on the date.
        (Lies::Inside, _) | (Lies::Over, Sense::Throughout) => Some("at"),
        (Lies::Over, _) => Some("possibly at"),
    }
}

/// The same of a stay between two stretches.
fn how_long(
    as_of: &AsOf,
    arrival: Option<&When>,
    departure: Option<&When>,
) -> Option<&'static str> {
    let (Some(arrival), Some(departure)) = (arrival, departure) else {
        return how(as_of, arrival.or(departure)?);
    };
    match (as_of.lies(arrival), as_of.lies(departure)) {
        (Lies::After, _) | (_, Lies::Before) => None,
        (Lies::Before | Lies::Inside, Lies::After | Lies::Inside) => Some("at"),
        _ => Some("possibly at"),
    }
}

impl Rows<'_> {
    pub(super) fn presence(&self) -> Vec<PresenceRow> {
        let Some(as_of) = &self.settled.lens.as_of else {
            return Vec::new();
        };
        let mut rows = self.each("sighting", |statement, event, told| {
            let Event::Sighting(e) = event else {
                return None;
            };
            let when = e.when.as_ref()?;
            Some(PresenceRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                how: how(as_of, when)?.into(),
                place: place(&e.place),
                when: words::when(when),
                told,
            })
        });
        rows.extend(self.each("port-call", |statement, event, told| {
            let Event::PortCall(e) = event else {
                return None;
            };
            let (arrival, departure) = (e.arrival.as_ref(), e.departure.as_ref());
            let parts = [("arrived", arrival), ("left", departure)]
                .into_iter()
                .filter_map(|(what, when)| Some(format!("{what} {}", words::when(when?))));
            Some(PresenceRow {
                about: self.subject(statement),
                count: self.count(statement, e.count),
                how: how_long(as_of, arrival, departure)?.into(),
                place: place(&e.place),
                when: parts.collect::<Vec<_>>().join(", "),
                told,
            })
        }));
        rows.sort_by_key(|row: &PresenceRow| ToldRow::order(&row.told));
        rows
    }
}
