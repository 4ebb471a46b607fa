//! one-identity-two-places: an MMSI heard by turns in places that no one ship can be in, or an IMO number given under
//! two MMSIs in stretches that overlap. Mistyped numbers do this too.

use std::collections::BTreeMap;

use seaproof_ais::analysis::{Analysis, AnomalyKind, IdentityClaim};
use seaproof_evidence::ids::Imo;

use super::{HEARD, draft};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;
use crate::tracks::identity::{Radio, ship_number};
use crate::tracks::words::{digits, distance, utc};
use crate::words;

pub(super) const RULE: &str = "one-identity-two-places";

const SHOWN: &str =
    "All of it was heard; that a receiver garbled a number or a place is not ruled out";

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let Some(analysis) = ground.tracks.analysis(RULE) else {
        return Vec::new();
    };
    let mut drafts = by_turns(ground, analysis, parameters);
    drafts.extend(shared(ground, analysis, parameters));
    drafts
}

fn by_turns(ground: &Ground<'_>, analysis: &Analysis, parameters: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let mut drafts = Vec::new();
    for (vessel, radio) in tracks.vessels(analysis, parameters) {
        for anomaly in vessel
            .anomalies
            .iter()
            .filter(|one| tracks.begun(one.start))
        {
            let AnomalyKind::Clone { apart, changes } = anomaly.what else {
                continue;
            };
            let radio = &radio.near(anomaly.start, anomaly.end);
            let sentence = format!(
                "{SHOWN}. Under MMSI {} somebody was heard by turns in places up to {} apart, from {} to {}: {} from one \
                 to the other, faster than one ship can go.",
                digits(vessel.mmsi),
                distance(apart),
                utc(anomaly.start),
                utc(anomaly.end),
                words::counted(
                    usize::try_from(changes).unwrap_or(usize::MAX),
                    "change",
                    "changes"
                ),
            );
            let lines: Vec<_> = anomaly
                .rests_on
                .iter()
                .map(|heard| ("heard", *heard))
                .collect();
            drafts.push(
                draft(ground, sentence, &[radio], &lines, [])
                    .covered(ground, &format!("{SHOWN}. {HEARD}"))
                    .caveat("Two transmitters share an MMSI by mistake as well as on purpose: nothing here says which, or which of them is meant.")
                    .caveat("Wrong if a transmitter gave false positions, or times are those of the relay and not of the receiver."),
            );
        }
    }
    drafts
}

/// What is given by several MMSIs, in groups: each overlaps another of its group in time, and none of another group.
fn overlapping<'t>(
    mut given: Vec<(&'t Radio, &'t IdentityClaim)>,
) -> Vec<Vec<(&'t Radio, &'t IdentityClaim)>> {
    given.sort_by_key(|(radio, claim)| (claim.first.time, radio.mmsi));
    let mut groups: Vec<Vec<(&Radio, &IdentityClaim)>> = Vec::new();
    let mut until = None;
    for one in given {
        let (first, last) = (one.1.first.time, one.1.last.time);
        match groups.last_mut() {
            Some(group) if until >= Some(first) => group.push(one),
            _ => groups.push(vec![one]),
        }
        until = until.max(Some(last));
    }
    groups.retain(|group| {
        let of = group.first().map(|(radio, _)| radio.mmsi);
        group.iter().any(|(radio, _)| Some(radio.mmsi) != of)
    });
    groups
}

/// An IMO number that some give in stretches that overlap.
fn shared(ground: &Ground<'_>, analysis: &Analysis, parameters: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let mut of_number: BTreeMap<Imo, Vec<(&Radio, &IdentityClaim)>> = BTreeMap::new();
    for vessel in &analysis.vessels {
        let Some(radio) = tracks.radio(vessel.mmsi) else {
            continue;
        };
        let given = (vessel.claims.iter()).filter(|claim| tracks.begun(claim.first.time));
        for claim in given {
            if let Some(imo) = ship_number(claim) {
                of_number.entry(imo).or_default().push((radio, claim));
            }
        }
    }
    let mut drafts = Vec::new();
    let groups = of_number.into_iter().flat_map(|(imo, given)| {
        let groups = overlapping(given);
        groups.into_iter().map(move |given| (imo, given))
    });
    for (imo, given) in groups {
        if !given
            .iter()
            .any(|(radio, _)| tracks.speaks_of(radio, parameters))
        {
            continue;
        }
        let who: Vec<String> = given
            .iter()
            .map(|(radio, claim)| {
                format!(
                    "MMSI {} from {} to {}",
                    digits(radio.mmsi),
                    utc(claim.first.time),
                    utc(claim.last.time)
                )
            })
            .collect();
        let sentence = format!(
            "{SHOWN}. IMO {imo} was given under {} MMSIs in stretches that overlap: {}. Where they were then was not compared.",
            who.len(),
            words::listed(&who, "and")
        );
        let lines: Vec<_> = given
            .iter()
            .flat_map(|(_, claim)| [("first given", claim.first), ("last given", claim.last)])
            .collect();
        let near = |(radio, claim): &(&Radio, &IdentityClaim)| {
            radio.near(claim.first.time, claim.last.time)
        };
        let radios: Vec<Radio> = given.iter().map(near).collect();
        let radios: Vec<&Radio> = radios.iter().collect();
        drafts.push(
            draft(ground, sentence, &radios, &lines, [])
                .covered(ground, &format!("{SHOWN}. {HEARD}"))
                .caveat("First and last given: it need not have been given all the time between.")
                .caveat("An IMO number is typed in once aboard: a slip gives one ship the number of another, and one ship may have two transmitters."),
        );
    }
    drafts
}
