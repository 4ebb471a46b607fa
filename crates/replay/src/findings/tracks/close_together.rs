//! close-together: two vessels within a distance of each other for a time, slow, and away from ports. Nothing shows
//! that anything passed between them.

use seaproof_ais::analysis::{Encounter, Fix, Heard};

use super::{HEARD, OF_RADIO, draft};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;
use crate::tracks::identity::Radio;
use crate::tracks::words::{distance, lasting, place, utc};
use crate::words;

pub(super) const RULE: &str = "close-together";

pub(super) fn run(ground: &Ground<'_>, parameters: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let Some(analysis) = tracks.analysis(RULE) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for encounter in (analysis.encounters.iter()).filter(|one| tracks.begun(one.start)) {
        let (Some(a), Some(b)) = (tracks.radio(encounter.a), tracks.radio(encounter.b)) else {
            continue;
        };
        if tracks.speaks_of(a, parameters) || tracks.speaks_of(b, parameters) {
            drafts.push(one(ground, encounter, a, b));
        }
    }
    drafts
}

fn one(ground: &Ground<'_>, encounter: &Encounter, a: &Radio, b: &Radio) -> Draft {
    let of = |radio: &Radio| radio.near(encounter.start, encounter.end);
    let (a, b) = (&of(a), &of(b));
    let port = match &encounter.port {
        Some(near) => {
            let code = near.port.locode.as_ref();
            let code = code.map_or_else(String::new, |code| format!(" ({code})"));
            format!(
                ", {} from {}{code}, the nearest port",
                distance(near.distance),
                near.port.name
            )
        }
        None if ground.tracks.has_ports() => String::new(),
        None => ", how far from a port is not known, as no gazetteer was used".to_owned(),
    };
    let shown = "Both were heard; between two reports their places are worked out";
    let sentence = format!(
        "{shown}. {} and {} were close together from {} to {}, {}: {} apart at the closest, near {}{port}.",
        a.name(ground.settled),
        b.name(ground.settled),
        utc(encounter.start),
        utc(encounter.end),
        lasting(encounter.start, encounter.end),
        distance(encounter.closest),
        place(encounter.place),
    );
    let one_hull: Vec<String> = (a.vessels.intersection(&b.vessels))
        .map(|at| ground.settled.state.name(*at))
        .collect();
    let (sentence, met) = match &one_hull[..] {
        [] => (sentence, None),
        both => {
            let both = words::listed(both, "or");
            (
                format!("{sentence} Both MMSIs are taken for {both}: it may have met nobody."),
                Some("Wrong if both MMSIs are of one vessel."),
            )
        }
    };
    let heard = |fix: Fix| Heard {
        time: fix.time,
        at: fix.at,
    };
    let lines = [
        ("first of the lower MMSI", heard(encounter.a_fixes.0)),
        ("last of the lower MMSI", heard(encounter.a_fixes.1)),
        ("first of the higher MMSI", heard(encounter.b_fixes.0)),
        ("last of the higher MMSI", heard(encounter.b_fixes.1)),
    ];
    let one = draft(ground, sentence, &[a, b], &lines, [])
        .covered(ground, &format!("{shown}. {HEARD}"))
        .by_ports(ground)
        .caveat("Being close together is no transfer: nothing here shows that anything passed between them.")
        .caveat("Wrong if they lay at anchor, fished, or waited for a pilot or a tug.")
        .caveat(OF_RADIO);
    match met {
        Some(words) => one.caveat(words),
        None => one,
    }
}
