//! Figures: which column each belongs to, what its tellings say, and whether it enters a cap.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::events::quantities::{
    self, Cap, Figure, FigureRelation, Party, ProductClass,
};
use seaproof_evidence::events::things::Value;
use seaproof_evidence::provenance::{Mode, Who};
use seaproof_evidence::time::{Span, When};
use seaproof_evidence::units::{Bound, Place, Unit};

use super::Column;
use super::conversions::{self, Factors};
use super::interval::Interval;
use super::period::{Calendar, PeriodNumber};
use crate::claims;
use crate::settle::{Settled, Statement};
use crate::state::At;

/// One wording of a figure.
pub(crate) struct Telling {
    pub(crate) by: At,
    pub(crate) interval: Interval,
    pub(crate) unit: Unit,
    /// The cap that it is a share of.
    pub(crate) share_of: Option<At>,
    /// The number as it was told, in our words.
    pub(crate) number: String,
    /// The source's words.
    pub(crate) says: Option<String>,
}

/// All tellings of a figure that stand.
pub(crate) fn tellings(settled: &Settled<'_>, figure: At) -> Vec<Telling> {
    let of = |statement: Statement<'_>| {
        let (quantity, says) = match statement.event() {
            Event::Quantity(e) => (&e.quantity, &e.says),
            Event::Notification(e) => (&e.quantity, &e.says),
            _ => return None,
        };
        let mut telling = match quantity {
            quantities::Telling::Amount { bound, value, unit } => {
                let interval = Interval::of_amount(*bound, *value);
                Telling {
                    by: statement.at,
                    interval,
                    unit: *unit,
                    share_of: None,
                    number: format!("{} {}", interval.words(), unit.symbol()),
                    says: None,
                }
            }
            quantities::Telling::Share { bound, share, cap } => {
                let at = statement.target(*cap)?;
                let cap = settled.statement(at)?;
                let Event::Cap(cap) = cap.event() else {
                    return None;
                };
                let interval = Interval::of_share(*bound, *share, cap.amount.value);
                Telling {
                    by: statement.at,
                    interval,
                    unit: cap.amount.unit,
                    share_of: Some(at),
                    number: format!(
                        "{} {share} of {}",
                        bound_words(*bound),
                        claims::amount(cap.amount)
                    ),
                    says: None,
                }
            }
        };
        telling.says = says.as_ref().map(ToString::to_string);
        Some(telling)
    };
    settled
        .about_of_kinds(figure, &["notification", "quantity"])
        .filter_map(of)
        .collect()
}

fn bound_words(bound: Bound) -> &'static str {
    match bound {
        Bound::Exactly => "exactly",
        Bound::About => "about",
        Bound::UpTo => "up to",
        Bound::AtLeast => "at least",
        Bound::MoreThan => "more than",
    }
}

/// What a figure counts. Two figures of one scope count the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Scope {
    supplier: Party,
    receiver: Party,
    product: ProductClass,
    period: When,
    place: Option<Place>,
    carrier: Option<At>,
}

/// A figure on its way into a cap's columns.
pub(crate) struct Entering {
    pub(crate) figure: At,
    pub(crate) scope: Scope,
    pub(crate) column: Column,
    pub(crate) interval: Interval,
    pub(crate) span: Span,
    /// First and last period of the cap that it touches.
    pub(crate) touched: (Option<PeriodNumber>, Option<PeriodNumber>),
    /// Whether its period ends after the date that is looked at.
    pub(crate) unfinished: bool,
    /// Conversion factors by which alone it has a number in the cap's unit.
    pub(crate) factors: BTreeSet<At>,
    pub(crate) disjoint: BTreeSet<At>,
    pub(crate) rivals: BTreeSet<At>,
    pub(crate) reading: Option<At>,
    /// The tellings as a share of the cap by which alone it enters.
    pub(crate) by_share: BTreeSet<At>,
    pub(crate) behind: BTreeSet<At>,
}

fn column(figure: &Figure) -> Column {
    match (figure.origin.mode, &figure.origin.who) {
        (Some(Mode::Notified), _) => Column::Notified,
        (_, Who::Recorder) => Column::Estimated,
        _ => Column::Reported,
    }
}

/// Takes a figure into a cap: `None` if it does not bear on it, `Err` if it cannot be counted.
pub(crate) fn enter(
    settled: &Settled<'_>,
    factors: &Factors,
    cap_at: At,
    cap: &Cap,
    calendar: &Calendar,
    statement: &Statement<'_>,
) -> Option<Result<Entering, &'static str>> {
    let Event::Figure(figure) = statement.event() else {
        return None;
    };
    let tellings = tellings(settled, statement.at);
    let shares = || tellings.iter().filter(|t| t.share_of == Some(cap_at));
    let reading = reading(settled, statement.at);
    let stated = matches!(figure.product, ProductClass::Crude | ProductClass::Refined);
    let (product, reading) = match reading {
        Some((by, class)) if !stated => (class, Some(by)),
        _ => (figure.product, None),
    };
    let counts = covers(cap.product, product);
    let by_share = !stated && reading.is_none() && shares().next().is_some();
    if !by_share && counts == Ok(false) {
        return None;
    }
    let party = |cap: Party, figure: Party| match cap {
        Party::All | Party::NotStated => Ok(true),
        Party::Country(_) if by_share => Ok(true),
        Party::Country(_) => match figure {
            Party::NotStated => Err(()),
            _ => Ok(figure == cap),
        },
    };
    match party(cap.receiver, figure.receiver) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(()) => return Some(Err("its receiver is not stated")),
    }
    match party(cap.suppliers, figure.supplier) {
        Ok(true) => {}
        Ok(false) => return None,
        Err(()) => return Some(Err("its supplier is not stated")),
    }
    let mut only_by = BTreeSet::new();
    if let Err(why) = counts {
        if !by_share {
            return Some(Err(why));
        }
        only_by.extend(shares().map(|t| t.by));
    }
    let hull = |of: &mut dyn Iterator<Item = &Telling>| {
        let mut behind = BTreeSet::new();
        let interval = of
            .inspect(|t| {
                behind.insert(t.by);
            })
            .map(|t| t.interval)
            .reduce(Interval::hull)?;
        Some((interval, behind))
    };
    let in_units = hull(
        &mut tellings
            .iter()
            .filter(|t| t.share_of.is_none() && t.unit == cap.amount.unit),
    );
    let converted = match in_units {
        Some(_) => Vec::new(),
        None => conversions::converted(factors, &tellings, cap.amount.unit, product),
    };
    let by_factors = || {
        let mut behind = BTreeSet::new();
        let interval = converted
            .iter()
            .inspect(|c| behind.extend([c.telling].iter().chain(&c.factors)))
            .map(|c| c.interval)
            .reduce(Interval::hull)?;
        Some((interval, behind))
    };
    let Some((interval, mut behind)) = in_units.or_else(by_factors).or_else(|| hull(&mut shares()))
    else {
        return Some(Err(if tellings.is_empty() {
            "no number is told of it"
        } else {
            "it is told in another unit, or as a share of another cap, and no factor is recorded"
        }));
    };
    let factors: BTreeSet<At> = converted.into_iter().flat_map(|c| c.factors).collect();
    behind.insert(statement.at);
    behind.extend(reading);
    if by_share {
        behind.extend(shares().map(|t| t.by));
    }
    let links = |wanted: FigureRelation| {
        figure
            .relations
            .iter()
            .filter(|link| link.relation == wanted)
            // Without a reason, disjoint is no more than a word.
            .filter(|link| wanted != FigureRelation::Disjoint || link.reason.is_some())
            .filter_map(|link| statement.target(link.figure))
            .collect()
    };
    Some(Ok(Entering {
        figure: statement.at,
        scope: Scope {
            supplier: figure.supplier,
            receiver: figure.receiver,
            product,
            period: figure.period.clone(),
            place: figure.place.clone(),
            carrier: figure.about.and_then(|slot| statement.target(slot)),
        },
        column: column(figure),
        interval,
        span: figure.period.span(),
        touched: calendar.touched(&figure.period.edtf),
        unfinished: (settled.lens.as_of.as_ref())
            .is_some_and(|as_of| as_of.ends_later(&figure.period)),
        factors,
        disjoint: links(FigureRelation::Disjoint),
        rivals: links(FigureRelation::Rival),
        reading,
        by_share: only_by,
        behind,
    }))
}

/// Whether a cap on one class of products counts another; `Err` if that cannot be told.
fn covers(cap: ProductClass, product: ProductClass) -> Result<bool, &'static str> {
    match (cap, product) {
        (ProductClass::NotStated, _) => Err("the cap's product is not stated"),
        (_, ProductClass::NotStated) => {
            Err("its product is not stated, nor read, nor is it told as a share of this cap")
        }
        (ProductClass::Oil, _) => Ok(true),
        (_, ProductClass::Oil) => {
            Err("its product is oil, of which this cap counts only one class")
        }
        (ProductClass::Crude | ProductClass::Refined, _) => Ok(cap == product),
    }
}

/// How a figure's product is read: the newest reading that stands.
fn reading(settled: &Settled<'_>, figure: At) -> Option<(At, ProductClass)> {
    let mut newest = BTreeMap::new();
    for statement in settled.about_of_kinds(figure, &["reading"]) {
        if let Event::Reading(reading) = statement.event()
            && matches!(reading.property.as_str(), "product" | "product-class")
            && let Value::Product(class) = reading.value
        {
            newest.insert(statement.at, class);
        }
    }
    newest.pop_last()
}
