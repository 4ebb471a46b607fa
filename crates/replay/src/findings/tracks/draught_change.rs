//! draught-change-without-port-call: the draught that a vessel gives changes, and no visit of a port stands beside it.
//! Without a gazetteer no visit is known, and it finds nothing.

use seaproof_ais::analysis::AnomalyKind;

use super::port_call::not_among;
use super::{HEARD, OF_RADIO, draft, ends, no_position, unplaced};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;
use crate::tracks::words::{lasting, utc};
use seaproof_ais::units::Time;

pub(super) const RULE: &str = "draught-change-without-port-call";

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let Some(analysis) = tracks.analysis(RULE).filter(|_| tracks.has_ports()) else {
        return Vec::new();
    };
    let beside = lasting(
        Time(0),
        Time(i64::from(analysis.thresholds.draught_seconds) * 1_000),
    );
    let mut drafts = Vec::new();
    for (vessel, radio) in tracks.vessels(analysis, parameters) {
        for anomaly in vessel
            .anomalies
            .iter()
            .filter(|one| tracks.begun(one.start))
        {
            let AnomalyKind::DraughtChange {
                before,
                after,
                least,
                length,
                port_visit: false,
                gap,
            } = anomaly.what
            else {
                continue;
            };
            let radio = &radio.near(anomaly.start, anomaly.end);
            let side = i64::from(analysis.thresholds.draught_seconds) * 1_000;
            let stretches = unplaced(
                vessel,
                Time(anomaly.start.0.saturating_sub(side)),
                Time(anomaly.end.0.saturating_add(side)),
            );
            let nowhere = no_position(ground, &stretches);
            let shown = match (gap, nowhere) {
                (true, None) => "A silence stands beside it, in which a call may lie".to_owned(),
                (true, Some(nowhere)) => {
                    format!("A silence stands beside it, and {nowhere}: a call may lie there")
                }
                (false, None) => "No silence as long as the threshold stands beside it".to_owned(),
                (false, Some(nowhere)) => format!("Beside it {nowhere}: a call may lie there"),
            };
            let metres = |tenths: u32| format!("{}.{} m", tenths / 10, tenths % 10);
            let length = match length {
                Some(length) => format!("a length of {length} m, as it was given"),
                None => "a length that is not known".to_owned(),
            };
            let sentence = format!(
                "{shown}. {} gave a draught of {} until {} and of {} from {}; its track shows no visit of a port within \
                 {beside} of that{}. For {length}, changes from {} on are told.",
                radio.name(ground.settled),
                metres(before.into()),
                utc(anomaly.start),
                metres(after.into()),
                utc(anomaly.end),
                not_among(vessel),
                metres(least),
            );
            let mut lines: Vec<_> = anomaly
                .rests_on
                .iter()
                .map(|heard| ("draught given", *heard))
                .collect();
            lines.extend(stretches.iter().take(1).flat_map(|one| ends(one)));
            drafts.push(
                draft(ground, sentence, &[radio], &lines, [])
                    .covered(ground, &format!("{shown}. {HEARD}"))
                    .by_ports(ground)
                    .caveat("The draught is what somebody aboard typed in: it may be late, wrong, or put right.")
                    .caveat("Wrong if it took on or gave off ballast, or called at a port that the gazetteer does not have.")
                    .caveat(OF_RADIO),
            );
        }
    }
    drafts
}
