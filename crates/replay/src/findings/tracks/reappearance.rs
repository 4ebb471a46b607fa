//! implausible-reappearance: after a silence a vessel is heard farther off than its speed allows.

use seaproof_ais::analysis::{AnomalyKind, Fix, Gap};

use super::{OF_RADIO, draft, reception_of};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;
use crate::tracks::words::{distance, lasting, speed, utc};
use seaproof_ais::units::TenthKnots;

pub(super) const RULE: &str = "implausible-reappearance";

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let Some(analysis) = tracks.analysis(RULE) else {
        return Vec::new();
    };
    let fastest = speed(TenthKnots(analysis.thresholds.reappear_tenth_knots));
    let mut drafts = Vec::new();
    for (vessel, radio) in tracks.vessels(analysis, parameters) {
        for anomaly in vessel
            .anomalies
            .iter()
            .filter(|one| tracks.begun(one.start))
        {
            let AnomalyKind::ImplausibleReappearance {
                distance: off,
                reachable,
            } = anomaly.what
            else {
                continue;
            };
            let radio = &radio.near(anomaly.start, anomaly.end);
            // The silences between its two positions, and no other that touches them.
            let time = |fix: Option<Fix>| fix.map(|fix| fix.time);
            let gaps = vessel.gaps.iter().filter(|gap| {
                time(gap.from) == Some(anomaly.start) && time(gap.to) == Some(anomaly.end)
            });
            let gaps: Vec<&Gap> = gaps.collect();
            let gap = gaps.first().copied();
            let shown = match &gaps[..] {
                [] => "Both positions were heard".to_owned(),
                [gap] => reception_of(ground, radio, &gap.coverage),
                [gap, ..] => format!(
                    "Between the two positions lie {} silences. Of the first of them: {}",
                    gaps.len(),
                    reception_of(ground, radio, &gap.coverage)
                ),
            };
            let implied = gap
                .and_then(|gap| gap.implied)
                .map_or_else(String::new, |implied| {
                    format!(", which needs {}", speed(implied))
                });
            let sentence = format!(
                "{shown}. The last position of {} before is of {} and the next of {}, {} later, {} off{implied}; at {fastest} it would have come \
                 {}.",
                radio.name(ground.settled),
                utc(anomaly.start),
                utc(anomaly.end),
                lasting(anomaly.start, anomaly.end),
                distance(off),
                distance(reachable),
            );
            let lines: Vec<_> = anomaly
                .rests_on
                .iter()
                .map(|heard| ("heard", *heard))
                .collect();
            drafts.push(
                draft(ground, sentence, &[radio], &lines, [])
                    .covered(ground, &shown)
                    .caveat("Wrong if one of the two positions is false, or two transmitters share the MMSI.")
                    .caveat(OF_RADIO),
            );
        }
    }
    drafts
}
