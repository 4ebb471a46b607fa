//! Another value for what does not change while a ship does not, or seldom.

use super::Found;
use crate::analysis::{Anomaly, AnomalyKind, IdentityClaim, IdentityField};
use crate::thresholds::Thresholds;

/// A difference of dimensions, in metres, that rounding makes: each is the sum of two whole numbers.
const ROUNDING: u16 = 1;

/// Changes of IMO number, call sign, name and dimensions among the claims of one MMSI, in the order in which values were
/// first given. Left out are an IMO number that cannot be one, or begins with 0 as no ship's does, since it says nothing of
/// identity, and names and dimensions that too few reports gave, which may be a slip put right.
pub fn changes(claims: &[IdentityClaim], thresholds: &Thresholds) -> Found<Anomaly> {
    let mut found = Found::default();
    for field in [
        IdentityField::Imo,
        IdentityField::Name,
        IdentityField::CallSign,
        IdentityField::Dimensions,
    ] {
        let least = match field {
            IdentityField::Name | IdentityField::Dimensions => {
                u64::from(thresholds.identity_reports)
            }
            _ => 0,
        };
        let mut values: Vec<&IdentityClaim> = claims
            .iter()
            .filter(|claim| {
                claim.field == field
                    && claim.count >= least
                    && (field != IdentityField::Imo || claim.is_ships_number())
            })
            .collect();
        // Not by line: of two first given at one time, the order of lines says nothing.
        values.sort_by(|a, b| (a.first.time, &a.value).cmp(&(b.first.time, &b.value)));
        for (before, after) in values.iter().zip(values.iter().skip(1)) {
            if contradict(before, after) {
                found.push(change(field, before, after));
            }
        }
    }
    found
}

fn change(field: IdentityField, before: &IdentityClaim, after: &IdentityClaim) -> Anomaly {
    let mut rests_on = vec![before.first, before.last, after.first, after.last];
    rests_on.sort();
    rests_on.dedup();
    Anomaly {
        start: after.first.time,
        end: after.first.time,
        ship: None,
        what: AnomalyKind::IdentityChange {
            field,
            before: before.value.clone(),
            after: after.value.clone(),
            before_given: (before.first.time, before.last.time),
            after_given: (after.first.time, after.last.time),
        },
        rests_on,
    }
}

/// Whether two values of one field say different things, and not the same in other words.
fn contradict(a: &IdentityClaim, b: &IdentityClaim) -> bool {
    if let (Some(a), Some(b)) = (a.dimensions(), b.dimensions()) {
        return differ(a.0, b.0) || differ(a.1, b.1);
    }
    match a.field {
        IdentityField::Name => !plain(&a.value).eq(plain(&b.value)),
        _ => a.value != b.value,
    }
}

/// A name without spaces and punctuation, in capitals.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|letter| !letter.is_ascii() || letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_uppercase())
}

fn differ(a: u16, b: u16) -> bool {
    a != 0 && b != 0 && a.abs_diff(b) > ROUNDING
}
