//! Listings of vessels with what they impose from when to when. A listing is a signed reading of a row of a
//! list as it stood on a day; a freeze alone is no port ban.

use seaproof_evidence::Event;
use seaproof_evidence::events::lists::MatchedBy;
use seaproof_evidence::events::movements::{Measure, SaidMeasure};
use seaproof_evidence::time::{When, Zone};

use crate::settle::{Settled, Statement};
use crate::state::At;

/// A listing and what came of it.
pub(crate) struct Listing<'a> {
    pub(crate) statement: Statement<'a>,
    pub(crate) vessel: At,
    pub(crate) snapshot: At,
    /// What it imposes, from when on: at the beginning, then after each change, by the changes' dates.
    pub(crate) terms: Vec<Terms>,
    /// Its end, if it has one.
    pub(crate) ended: Option<(At, Option<When>)>,
}

/// What a listing imposes from a date on.
pub(crate) struct Terms {
    pub(crate) by: At,
    /// `None` is not stated.
    pub(crate) since: Option<When>,
    /// Whether that date is the one of the list, because the listing states none.
    pub(crate) by_list_date: bool,
    pub(crate) measures: Vec<SaidMeasure>,
}

/// All listings that stand, in the order of the log.
pub(crate) fn listings<'a>(settled: &Settled<'a>) -> Vec<Listing<'a>> {
    settled
        .of_kind("listed")
        .filter_map(|statement| listing(settled, statement))
        .collect()
}

fn listing<'a>(settled: &Settled<'a>, statement: Statement<'a>) -> Option<Listing<'a>> {
    let Event::Listed(event) = statement.event() else {
        return None;
    };
    let vessel = statement.target(event.about)?;
    let snapshot = statement.target(event.snapshot)?;
    // A list that names the row on its own date had it in force by then.
    let list = settled.statement(snapshot)?;
    let dated = match list.event() {
        Event::ListSnapshot(list) => list.generated.clone(),
        _ => None,
    };
    let mut terms = vec![Terms {
        by: statement.at,
        by_list_date: event.since.is_none() && dated.is_some(),
        since: event.since.clone().or(dated),
        measures: event.measures.to_vec(),
    }];
    let mut changes = Vec::new();
    let mut ended = None;
    for change in settled.about_of_kinds(statement.at, &["listing-amended", "delisted"]) {
        match change.event() {
            Event::ListingAmended(e) => changes.push(Terms {
                by: change.at,
                since: e.since.clone(),
                by_list_date: false,
                measures: e.measures.to_vec(),
            }),
            Event::Delisted(e) => ended = Some((change.at, e.since.clone())),
            _ => {}
        }
    }
    // Without a date of its own, a change stands where it was recorded.
    changes.sort_by_key(|terms| {
        let first = terms.since.as_ref().and_then(|w| w.edtf.local_bounds().0);
        (first, terms.by)
    });
    terms.extend(changes);
    Some(Listing {
        vessel,
        snapshot,
        terms,
        ended,
        statement,
    })
}

impl Terms {
    /// Whether a port ban is among the measures.
    pub(crate) fn bans_ports(&self) -> bool {
        let mut measures = self.measures.iter();
        measures.any(|said| said.measure == Measure::PortBan)
    }
}

impl Listing<'_> {
    /// The statements by which a port ban was surely in force during a stay, as stated; `None` if it was
    /// not, or if that cannot be told.
    pub(crate) fn port_ban_during(
        &self,
        arrival: &When,
        departure: Option<&When>,
    ) -> Option<Vec<At>> {
        let leaves = departure.unwrap_or(arrival);
        if let Some((_, ended)) = &self.ended
            && !ended
                .as_ref()
                .is_some_and(|ended| begins_after(ended, leaves))
        {
            return None;
        }
        let (mut in_force, mut behind) = (false, Vec::new());
        for (i, terms) in self.terms.iter().enumerate() {
            let banned = terms.bans_ports();
            match &terms.since {
                Some(since) if begins_before(since, arrival) => {
                    in_force = banned;
                    behind = vec![terms.by];
                }
                Some(since) if begins_after(since, leaves) => {}
                // The first terms may not have been there yet; of a change it may be either.
                _ if i == 0 => return None,
                _ if !banned => return None,
                _ => behind.push(terms.by),
            }
        }
        in_force.then_some(behind)
    }

    /// By what the vessel is taken to be that of the row, in words.
    pub(crate) fn matched_words(&self) -> &'static str {
        let Event::Listed(event) = self.statement.event() else {
            return "";
        };
        match event.matched_by {
            MatchedBy::Imo => "by its IMO number",
            MatchedBy::Name => "by its name",
            MatchedBy::Alias => "by an alias",
            MatchedBy::FormerName => "by a former name",
            MatchedBy::Other => "by other means",
        }
    }
}

/// A measure in words.
pub(crate) fn measure_words(said: &SaidMeasure) -> String {
    let measure = measure_word(said.measure).replace('-', " ");
    match &said.says {
        Some(says) if said.measure == Measure::Other => says.to_string(),
        _ => measure,
    }
}

/// A measure in a word, as in JSON.
pub(crate) fn measure_word(measure: Measure) -> &'static str {
    match measure {
        Measure::PortBan => "port-ban",
        Measure::AssetFreeze => "asset-freeze",
        Measure::Deflag => "deflag",
        Measure::Other => "other",
    }
}

type Ends = (Option<i64>, Option<i64>);

/// Both on one scale: in UTC if both zones are stated, else as stated.
fn scales(a: &When, b: &When) -> (Ends, Ends) {
    let utc = |when: &When| {
        let span = when.span();
        (span.earliest.map(|t| t.0), span.latest.map(|t| t.0))
    };
    match (a.zone, b.zone) {
        (Zone::Offset(_), Zone::Offset(_)) => (utc(a), utc(b)),
        _ => (a.edtf.local_bounds(), b.edtf.local_bounds()),
    }
}

/// Whether a, whenever in its stretch it was, was not after the beginning of b.
fn begins_before(a: &When, b: &When) -> bool {
    let ((_, a_last), (b_first, _)) = scales(a, b);
    let ((a_first, _), _) = scales(a, b);
    // On the same day is in force that day.
    match (a_first, a_last, b_first) {
        (Some(first), Some(last), Some(begins)) => last <= begins || first == begins,
        _ => false,
    }
}

/// Whether a begins after the end of b.
fn begins_after(a: &When, b: &When) -> bool {
    let ((a_first, _), (_, b_last)) = scales(a, b);
    matches!((a_first, b_last), (Some(first), Some(last)) if first > last)
}
