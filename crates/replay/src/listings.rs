//! Listings of vessels with what they impose from when to when. A listing is a signed reading of a row of a
//! list as it stood on a day; a freeze alone is no port ban.

use seaproof_evidence::Event;
use seaproof_evidence::events::lists::MatchedBy;
use seaproof_evidence::events::movements::{Measure, SaidMeasure};
use seaproof_evidence::time::{When, Zone};

use crate::settle::{Settled, Statement};
use crate::state::At;
use crate::words;

/// A listing and what came of it.
pub(crate) struct Listing<'a> {
    pub(crate) statement: Statement<'a>,
    pub(crate) vessel: At,
    pub(crate) snapshot: At,
    /// What it imposes, from when on: at the beginning, then after each change, by the changes' dates.
    pub(crate) terms: Vec<Terms>,
    /// Every end that is told of it, in the order of the log; `None` is a date not stated.
    pub(crate) ends: Vec<(At, Option<When>)>,
}

/// A port ban that was in force during a stay.
pub(crate) struct PortBan<'l> {
    /// The terms with which it began.
    pub(crate) began: &'l Terms,
    /// The terms in force when the vessel came.
    pub(crate) in_force: &'l Terms,
    /// Every statement by which it was in force, also those that end or change it only later or perhaps.
    pub(crate) behind: Vec<At>,
    /// Whether it had begun only by the dates as they are told, whose zones may differ.
    pub(crate) as_stated: bool,
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
    let mut ends = Vec::new();
    for change in settled.about_of_kinds(statement.at, &["listing-amended", "delisted"]) {
        match change.event() {
            Event::ListingAmended(e) => changes.push(Terms {
                by: change.at,
                since: e.since.clone(),
                by_list_date: false,
                measures: e.measures.to_vec(),
            }),
            Event::Delisted(e) => ends.push((change.at, e.since.clone())),
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
        ends,
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
    /// The port ban that was surely in force during a stay; `None` if none was, or if that cannot be told.
    pub(crate) fn port_ban_during(
        &self,
        arrival: &When,
        departure: Option<&When>,
    ) -> Option<PortBan<'_>> {
        let stay = Stay { arrival, departure };
        // Of several ends each may be the right one.
        let ends_later = |(_, since): &(At, Option<When>)| {
            let since = since.as_ref();
            since.is_some_and(|since| stay.is_surely_over_before(since))
        };
        if !self.ends.iter().all(ends_later) {
            return None;
        }
        let mut in_force: Option<usize> = None;
        let mut as_stated = false;
        let mut perhaps = Vec::new();
        for (i, terms) in self.terms.iter().enumerate() {
            match terms
                .since
                .as_ref()
                .map(|since| (since, began(since, arrival)))
            {
                Some((_, Began::Surely)) => (in_force, as_stated) = (Some(i), false),
                Some((_, Began::AsStated)) => {
                    // What goes on banning leaves no doubt about when the ban began.
                    let goes_on = in_force.is_some_and(|before| self.terms[before].bans_ports());
                    as_stated |= !(goes_on && terms.bans_ports());
                    in_force = Some(i);
                }
                Some((since, Began::Perhaps)) if stay.is_surely_over_before(since) => {}
                // The first terms may not have been there yet; of a change it may be either.
                _ if i == 0 || !terms.bans_ports() => return None,
                _ => perhaps.push(terms.by),
            }
        }
        let at = in_force?;
        let in_force = self.terms.get(at)?;
        let began = self.terms[..=at]
            .iter()
            .rev()
            .take_while(|terms| terms.bans_ports())
            .last()?;
        let mut behind = vec![began.by, in_force.by];
        behind.extend(perhaps);
        behind.extend(self.ends.iter().map(|(by, _)| *by));
        Some(PortBan {
            began,
            in_force,
            behind,
            as_stated,
        })
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

/// A stay at a port, each end as it is told.
struct Stay<'w> {
    arrival: &'w When,
    departure: Option<&'w When>,
}

impl Stay<'_> {
    /// Whether it was over before something began, in every time zone that may be meant.
    fn is_surely_over_before(&self, since: &When) -> bool {
        let Some(begins) = since.span().earliest else {
            return false;
        };
        let ends = [Some(self.arrival), self.departure];
        let mut ends = ends.into_iter().flatten().map(|when| when.span().latest);
        ends.all(|end| end.is_some_and(|end| end < begins))
    }
}

/// Whether something had begun by the time a vessel came.
#[derive(Clone, Copy)]
enum Began {
    /// In every time zone that may be meant.
    Surely,
    /// By the dates as they are told, or on one day: what is in force from a day on is so all day.
    AsStated,
    /// It may have been later.
    Perhaps,
}

fn began(since: &When, arrival: &When) -> Began {
    let (latest, comes) = (since.span().latest, arrival.span().earliest);
    if latest
        .zip(comes)
        .is_some_and(|(latest, comes)| latest <= comes)
    {
        return Began::Surely;
    }
    let utc = |when: &When| {
        let span = when.span();
        (span.earliest.map(|t| t.0), span.latest.map(|t| t.0))
    };
    let ((first, last), (comes, _)) = match (since.zone, arrival.zone) {
        (Zone::Offset(_), Zone::Offset(_)) => (utc(since), utc(arrival)),
        _ => (since.edtf.local_bounds(), arrival.edtf.local_bounds()),
    };
    let (Some(first), Some(last), Some(comes)) = (first, last, comes) else {
        return Began::Perhaps;
    };
    match last <= comes || (words::is_day(&since.edtf) && first <= comes) {
        true => Began::AsStated,
        false => Began::Perhaps,
    }
}
