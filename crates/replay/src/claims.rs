//! Properties of things as they are told: what a thing's own entry says of it, and later claims.
//! Values are compared as stated.

use seaproof_evidence::Event;
use seaproof_evidence::events::quantities::{Party, ProductClass};
use seaproof_evidence::events::things::Value;
use seaproof_evidence::time::{Edtf, When};
use seaproof_evidence::units::Amount;

use crate::settle::{Settled, Statement};
use crate::state::At;
use crate::words;

/// One value of one property, as somebody has it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) property: String,
    pub(crate) value: String,
    /// Of a date: as it was written, to compare it.
    pub(crate) date: Option<When>,
    /// Values that this one takes in.
    pub(crate) broader_than: Vec<String>,
    /// When it held.
    pub(crate) when: Option<When>,
    /// Whether it is of law.
    pub(crate) legal: bool,
    /// The statement.
    pub(crate) by: At,
}

impl Told {
    fn new(property: &str, value: String, by: At) -> Self {
        Self {
            property: property.to_owned(),
            value,
            date: None,
            broader_than: Vec::new(),
            when: None,
            legal: false,
            by,
        }
    }

    /// Whether both can hold as stated: the same value, one broader than the other, or at times
    /// that do not meet.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (&self.when, &other.when)
            && !a.span().meets(&b.span())
        {
            return true;
        }
        if let (Some(a), Some(b)) = (&self.date, &other.date) {
            return contains(&a.edtf, &b.edtf) || contains(&b.edtf, &a.edtf);
        }
        self.value == other.value || self.takes_in(other) || other.takes_in(self)
    }

    /// Whether this value is broader than the other.
    pub(crate) fn takes_in(&self, other: &Self) -> bool {
        match (&self.date, &other.date) {
            (Some(a), Some(b)) => a.edtf != b.edtf && contains(&a.edtf, &b.edtf),
            _ => self.broader_than.contains(&other.value),
        }
    }
}

/// Whether one stretch, as stated, holds all of another.
pub(crate) fn contains(outer: &Edtf, inner: &Edtf) -> bool {
    let ((outer_first, outer_last), (first, last)) = (outer.local_bounds(), inner.local_bounds());
    let starts = outer_first.is_none_or(|outer| first.is_some_and(|first| outer <= first));
    let ends = outer_last.is_none_or(|outer| last.is_some_and(|last| last <= outer));
    starts && ends
}

/// Everything told of a thing, its own entry first.
pub(crate) fn told_of(settled: &Settled<'_>, thing: At) -> Vec<Told> {
    let mut told = Vec::new();
    if let Some(statement) = settled.statement(thing) {
        own(&statement, &mut told);
    }
    for statement in settled.about_of_kinds(thing, &["claim", "assertion"]) {
        match statement.event() {
            Event::Claim(e) => {
                let mut one = of_value(settled, &statement, e.property.as_str(), &e.value);
                one.when.clone_from(&e.when);
                for value in &e.broader_than {
                    one.broader_than
                        .push(of_value(settled, &statement, "", value).value);
                }
                told.push(one);
            }
            Event::Assertion(e) => {
                if let Some(property) = &e.property {
                    let value = e.text.to_string();
                    let mut one = Told::new(property.as_str(), value, statement.at);
                    one.when.clone_from(&e.when);
                    one.legal = e.legal;
                    told.push(one);
                }
            }
            _ => {}
        }
    }
    told
}

/// How a thing is read by signed choices.
pub(crate) fn readings_of(settled: &Settled<'_>, thing: At) -> Vec<Told> {
    let of = |statement: Statement<'_>| {
        let Event::Reading(e) = statement.event() else {
            return None;
        };
        // Two words for one property.
        let property = match e.property.as_str() {
            "product-class" => "product",
            other => other,
        };
        Some(of_value(settled, &statement, property, &e.value))
    };
    settled
        .about_of_kinds(thing, &["reading"])
        .filter_map(of)
        .collect()
}

/// What a thing's own entry says of it.
fn own(statement: &Statement<'_>, told: &mut Vec<Told>) {
    let mut add = |property: &str, value: String| {
        told.push(Told::new(property, value, statement.at));
    };
    match statement.event() {
        Event::Vessel(e) => {
            for name in &e.names {
                add("name", name.latin.to_string());
                if let Some(original) = &name.original {
                    add("name", original.to_string());
                }
            }
            let texts = [
                ("imo", e.imo.map(|v| v.to_string())),
                ("flag", e.flag.map(|v| v.to_string())),
                ("mmsi", e.mmsi.map(|v| v.to_string())),
                ("call-sign", e.call_sign.as_ref().map(ToString::to_string)),
                ("ship-type", e.ship_type.as_ref().map(ToString::to_string)),
                (
                    "deadweight",
                    e.deadweight_t.map(|v| amount_words(v.into(), "t")),
                ),
                ("owner", e.owner.as_ref().map(|v| v.name.to_string())),
            ];
            for (property, value) in texts {
                if let Some(value) = value {
                    add(property, value);
                }
            }
        }
        Event::Cap(e) => {
            add("amount", amount(e.amount));
            if let Some(duty) = &e.duty {
                add("duty", duty.to_string());
            }
            if e.suppliers != Party::NotStated {
                add("supplier", e.suppliers.to_string());
            }
            if e.receiver != Party::NotStated {
                add("receiver", e.receiver.to_string());
            }
            if e.product != ProductClass::NotStated {
                let mut one = Told::new("product", product(e.product).to_owned(), statement.at);
                one.broader_than = broader_than(e.product);
                told.push(one);
            }
        }
        _ => {}
    }
}

fn of_value(
    settled: &Settled<'_>,
    statement: &Statement<'_>,
    property: &str,
    value: &Value,
) -> Told {
    let text = match value {
        Value::Words(words) => words.to_string(),
        Value::Country(country) => country.to_string(),
        Value::Product(class) => product(*class).to_owned(),
        Value::Amount(value) => amount(*value),
        Value::When(when) => words::dates(&when.edtf),
        Value::Name(name) => name.latin.to_string(),
        Value::Imo { number, .. } => number.to_string(),
        Value::Mmsi(mmsi) => mmsi.to_string(),
        Value::CallSign(sign) => sign.to_string(),
        Value::Entry(slot) => statement.target(*slot).map_or_else(
            || "an entry that is not here".to_owned(),
            |at| settled.state.name(at),
        ),
    };
    let mut told = Told::new(property, text, statement.at);
    match value {
        Value::When(when) => told.date = Some(when.clone()),
        Value::Product(class) => told.broader_than = broader_than(*class),
        _ => {}
    }
    told
}

/// A product class in a word, as in JSON.
pub(crate) fn product(class: ProductClass) -> &'static str {
    match class {
        ProductClass::NotStated => "not-stated",
        ProductClass::Oil => "oil",
        ProductClass::Crude => "crude",
        ProductClass::Refined => "refined",
    }
}

/// Oil is said of both without choosing.
fn broader_than(class: ProductClass) -> Vec<String> {
    match class {
        ProductClass::Oil => vec!["crude".to_owned(), "refined".to_owned()],
        _ => Vec::new(),
    }
}

/// An amount with its unit.
pub(crate) fn amount(amount: Amount) -> String {
    amount_words(amount.value, amount.unit.symbol())
}

fn amount_words(value: u64, unit: &str) -> String {
    format!("{} {unit}", words::grouped(value))
}
