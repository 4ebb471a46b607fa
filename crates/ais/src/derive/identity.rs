//! Another value for what does not change while a ship does not.

use super::Found;
use crate::analysis::{Anomaly, AnomalyKind, IdentityClaim, IdentityField};

/// Changes of IMO number and call sign among the claims of one MMSI, in the order in which values were first given. An
/// IMO number that cannot be one, or begins with 0 as no ship's does, is left out: it says nothing of identity.
pub fn changes(claims: &[IdentityClaim]) -> Found<Anomaly> {
    let mut found = Found::default();
    for field in [IdentityField::Imo, IdentityField::CallSign] {
        let mut values: Vec<&IdentityClaim> = claims
            .iter()
            .filter(|claim| {
                let number = claim.plausible && !claim.value.starts_with('0');
                claim.field == field && (number || field != IdentityField::Imo)
            })
            .collect();
        // Not by line: of two first given at one time, the order of lines says nothing.
        values.sort_by(|a, b| (a.first.time, &a.value).cmp(&(b.first.time, &b.value)));
        for (before, after) in values.iter().zip(values.iter().skip(1)) {
            found.push(Anomaly {
                start: after.first.time,
                end: after.first.time,
                ship: None,
                what: AnomalyKind::IdentityChange {
                    field,
                    before: before.value.clone(),
                    after: after.value.clone(),
                },
                rests_on: vec![before.first, after.first],
            });
        }
    }
    found
}
