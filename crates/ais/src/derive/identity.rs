//! Another value for what does not change while a ship does not, or seldom.

use super::Found;
use crate::analysis::{Anomaly, AnomalyKind, IdentityClaim, IdentityField};
use crate::thresholds::Thresholds;

/// A difference of dimensions, in metres, that rounding makes: each is the sum of two whole numbers.
const ROUNDING: u32 = 1;

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
                let number = claim.plausible && !claim.value.starts_with('0');
                claim.field == field
                    && claim.count >= least
                    && (number || field != IdentityField::Imo)
            })
            .collect();
        // Not by line: of two first given at one time, the order of lines says nothing.
        values.sort_by(|a, b| (a.first.time, &a.value).cmp(&(b.first.time, &b.value)));
        for (before, after) in values.iter().zip(values.iter().skip(1)) {
            if contradict(field, &before.value, &after.value) {
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

/// Whether two values say different things, and not the same in other words.
fn contradict(field: IdentityField, a: &str, b: &str) -> bool {
    match field {
        IdentityField::Name => !plain(a).eq(plain(b)),
        IdentityField::Dimensions => match (size(a), size(b)) {
            (Some(a), Some(b)) => differ(a.0, b.0) || differ(a.1, b.1),
            _ => a != b,
        },
        _ => a != b,
    }
}

/// A name without spaces and punctuation, in capitals.
fn plain(name: &str) -> impl Iterator<Item = char> {
    name.chars()
        .filter(|letter| !letter.is_ascii() || letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_uppercase())
}

/// Length and beam, as claims write them; 0 is not given.
fn size(written: &str) -> Option<(u32, u32)> {
    let (length, beam) = written.split_once(" x ")?;
    Some((length.parse().ok()?, beam.parse().ok()?))
}

fn differ(a: u32, b: u32) -> bool {
    a != 0 && b != 0 && a.abs_diff(b) > ROUNDING
}
