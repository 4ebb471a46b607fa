//! Lists as they stood, and listings matched to them.

use seaproof_evidence::Event;
use seaproof_evidence::events::lists::MatchedBy;

use super::Word;
use super::fill::Rows;
use super::rows::rows;
use super::told::{Held, ToldRow, WhenRow, held, text, when};
use crate::listings::{listings, measure_word};

rows! {
    /// A sanctions list as it stood on a day.
    ListRow {
        /// Whose list.
        authority: String,
        /// Which of its lists.
        list: String,
        /// The programme.
        programme: Option<String>,
        /// The date that the list itself states.
        generated: Option<WhenRow>,
        /// When it was fetched.
        captured: Option<WhenRow>,
        /// How many rows it has.
        rows: Option<u64>,
        /// Whether and how it is held.
        held: Held,
    }
    /// A listing of a vessel: a signed reading of a row of a list.
    ListingRow {
        /// The vessel.
        about: String,
        /// The list, as it stood.
        snapshot: String,
        /// The row's own reference.
        reference: String,
        /// The vessel's name in the row.
        named: Option<String>,
        /// By what the vessel is taken to be that of the row.
        matched_by: MatchedBy,
        /// The programme of the row.
        programme: Option<String>,
        /// What it imposes from when on: at the beginning, then after each change.
        terms: Vec<TermsRow>,
        /// From when on it is no longer in force; null also if it ended on a date not stated.
        until: Option<WhenRow>,
        /// The entry that ends it; of several the one that ends it first.
        ended_by: Option<u64>,
        /// Every entry that ends it.
        ends: Vec<u64>,
    }
}

/// What a listing imposes from a date on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TermsRow {
    /// The entry that says so.
    pub entry: u64,
    /// From when on; null is not stated.
    pub since: Option<WhenRow>,
    /// Whether that is the date of the list, because the listing states none.
    pub by_list_date: bool,
    /// The measures.
    pub measures: Vec<Word>,
}

impl Rows<'_> {
    pub(super) fn lists(&self) -> Vec<ListRow> {
        self.each("list-snapshot", |statement, event, mut told| {
            let Event::ListSnapshot(e) = event else {
                return None;
            };
            told.note = e.note.as_ref().map(text);
            Some(ListRow {
                authority: e.authority.to_string(),
                list: e.list.to_string(),
                programme: e.programme.as_ref().map(text),
                generated: when(e.generated.as_ref()),
                captured: when(e.captured.as_ref()),
                rows: e.rows,
                held: held(self.settled, statement),
                told,
            })
        })
    }

    pub(super) fn listings(&self) -> Vec<ListingRow> {
        let row = |listing: crate::listings::Listing<'_>| {
            let Event::Listed(e) = listing.statement.event() else {
                return None;
            };
            let terms = listing.terms.iter().map(|terms| TermsRow {
                entry: self.settled.number(terms.by),
                since: when(terms.since.as_ref()),
                by_list_date: terms.by_list_date,
                measures: terms
                    .measures
                    .iter()
                    .map(|m| measure_word(m.measure).into())
                    .collect(),
            });
            // A date not stated may be any.
            let ended = listing.ends.iter().min_by_key(|(by, since)| {
                let since = since.as_ref().and_then(|w| w.edtf.local_bounds().0);
                (since, *by)
            });
            let ends = listing.ends.iter().map(|(by, _)| self.settled.number(*by));
            Some(ListingRow {
                about: self.name(listing.vessel),
                snapshot: self.name(listing.snapshot),
                reference: e.reference.to_string(),
                named: e.named.as_ref().map(text),
                matched_by: e.matched_by,
                programme: e.programme.as_ref().map(text),
                terms: terms.collect(),
                until: ended.and_then(|(_, w)| when(w.as_ref())),
                ended_by: ended.map(|(by, _)| self.settled.number(*by)),
                ends: ends.collect(),
                told: ToldRow::of(self.settled, &listing.statement),
            })
        };
        listings(self.settled).into_iter().filter_map(row).collect()
    }
}
