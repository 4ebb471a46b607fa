//! port-call-without-ais: somebody records a call or a sighting at a port, and the held tracks do not show the
//! vessel there: they have a silence at that time, or hear it throughout and show no visit.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_ais::analysis::{Gap, Heard, PortVisit, VesselAnalysis};
use seaproof_ais::units::Time;
use seaproof_evidence::ids::Locode;

use super::told::{Bounds, Told, told_of};
use super::{
    OF_RADIO, OF_RECEPTION, draft, ends, no_position, of_one_mmsi, reception_of, sides, stretch,
    unplaced,
};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;
use crate::state::At;
use crate::tracks::identity::Radio;
use crate::tracks::words::utc;
use crate::words;

/// Visits at other times that are named.
const TOLD_VISITS: usize = 3;

pub(super) const RULE: &str = "port-call-without-ais";

/// What an MMSI's track says of a stretch, and who transmits.
type Track<'t> = (&'t VesselAnalysis, &'t Radio);

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let Some(analysis) = tracks.analysis(RULE) else {
        return Vec::new();
    };
    let mut of_vessel: BTreeMap<At, Vec<Track<'_>>> = BTreeMap::new();
    for vessel in &analysis.vessels {
        if let Some(radio) = tracks.radio(vessel.mmsi) {
            for at in &radio.vessels {
                of_vessel.entry(*at).or_default().push((vessel, radio));
            }
        }
    }
    let vessels: BTreeSet<At> = of_vessel.keys().copied().collect();
    let mut drafts = Vec::new();
    for (vessel, told) in told_of(ground, &vessels) {
        let Some(own) = of_vessel.get(&vessel) else {
            continue;
        };
        for one in &told {
            let kind = ground.settled.kind(one.by);
            if let (Some(port), Some("port-call" | "sighting")) = (one.port, kind) {
                drafts.extend(compare(ground, vessel, one, port, own));
            }
        }
    }
    drafts
}

fn compare(
    ground: &Ground<'_>,
    of: At,
    told: &Told,
    port: Locode,
    own: &[Track<'_>],
) -> Vec<Draft> {
    let window = told.window();
    let there = |visit: &&PortVisit| {
        let same = visit.port.locode.as_deref() == Some(port.as_str());
        same && window.is_none_or(|window| meets(window, visit.first.time, visit.last.time))
    };
    // Under any of its MMSIs: then AIS does show it there.
    if own
        .iter()
        .any(|(vessel, _)| vessel.port_visits.iter().any(|visit| there(&visit)))
    {
        return Vec::new();
    }
    let other_times = other_times(own, port);
    own.iter()
        .filter_map(|(vessel, radio)| {
            let gap = vessel.gaps.iter().find(|gap| {
                ground.tracks.begun(gap.start.time) && told.lies_between(gap.start.time, gap.until)
            });
            // Only what may be of this vessel at that time.
            let (from, until) = match gap {
                Some(gap) => (gap.start.time, gap.until),
                None => window.map(|(from, until)| (Time(from), Time(until)))?,
            };
            let radio = &radio.near(from, until);
            if !radio.vessels.contains(&of) {
                return None;
            }
            match gap {
                Some(gap) => Some(silent(
                    ground,
                    told,
                    port,
                    (vessel, radio),
                    gap,
                    &other_times,
                )),
                None => elsewhere(ground, told, port, vessel, radio, window?),
            }
        })
        .collect()
}

fn meets(window: Bounds, first: Time, last: Time) -> bool {
    first.0 <= window.1 && last.0 >= window.0
}

/// Visits of a port that AIS does show, under any of the vessel's MMSIs, in words; empty if there are none.
fn other_times(own: &[Track<'_>], port: Locode) -> String {
    let visits: Vec<String> = own
        .iter()
        .flat_map(|(vessel, _)| vessel.port_visits.iter().map(move |visit| (vessel, visit)))
        .filter(|(_, visit)| visit.port.locode.as_deref() == Some(port.as_str()))
        .map(|(vessel, visit)| {
            let (first, last) = (utc(visit.first.time), utc(visit.last.time));
            format!("{first} to {last} (MMSI {:09})", vessel.mmsi.0)
        })
        .collect();
    let more = visits.len().saturating_sub(TOLD_VISITS);
    match &visits[..visits.len() - more] {
        [] => String::new(),
        told if more > 0 => format!(
            " At other times it does: {}, and {more} more.",
            told.join("; ")
        ),
        told => format!(" At other times it does: {}.", told.join("; ")),
    }
}

/// The call lies in a silence.
fn silent(
    ground: &Ground<'_>,
    told: &Told,
    port: Locode,
    (vessel, radio): Track<'_>,
    gap: &Gap,
    other_times: &str,
) -> Draft {
    let shown = reception_of(ground, radio, &gap.coverage);
    let part = match told.is_within(gap.start.time, gap.until) {
        true => "",
        false => "in a part of it ",
    };
    let sentence = format!(
        "{shown}. {} {}. AIS does not show it at {port} at that time{}: {part}nothing was received {}.{other_times}",
        radio.name(ground.settled),
        told.words,
        not_among(vessel),
        stretch(ground, gap)
    );
    let one = finish(ground, told, radio, &sides(gap), sentence, &shown).caveat(OF_RECEPTION);
    match of_one_mmsi(ground, radio) {
        Some(words) => one.caveat(words),
        None => one,
    }
}

/// The vessel was heard from before to after the call, and not at the port.
fn elsewhere(
    ground: &Ground<'_>,
    told: &Told,
    port: Locode,
    vessel: &VesselAnalysis,
    radio: &Radio,
    window: Bounds,
) -> Option<Draft> {
    let (first, last) = (vessel.first?, vessel.last?);
    let covered = first.time.0 <= window.0 && last.time.0 >= window.1;
    if !covered || !ground.tracks.has_port(port.as_str()) || !ground.tracks.begun(Time(window.0)) {
        return None;
    }
    let within = |gap: &&Gap| meets(window, gap.start.time, gap.until);
    let gaps: Vec<&Gap> = vessel.gaps.iter().filter(within).collect();
    let stretches = unplaced(vessel, Time(window.0), Time(window.1));
    let nowhere = no_position(ground, &stretches);
    let silences = words::counted(gaps.len(), "silence", "silences");
    let shown = match (&gaps[..], nowhere) {
        ([], None) => "In the time told it has no silence as long as the threshold; a shorter stay between two positions may not \
               show"
            .to_owned(),
        (_, None) => format!("In the time told it has {silences}: a visit may lie in one"),
        ([], Some(nowhere)) => format!("In the time told {nowhere}: a visit may lie there"),
        (_, Some(nowhere)) => {
            format!("In the time told it has {silences}, and {nowhere}: a visit may lie there")
        }
    };
    let visits = vessel.port_visits.iter();
    let others: BTreeSet<String> = visits
        .filter(|visit| meets(window, visit.first.time, visit.last.time))
        .map(|visit| match &visit.port.locode {
            Some(code) => format!("{} ({code})", visit.port.name),
            None => visit.port.name.clone(),
        })
        .collect();
    let others: Vec<String> = others.into_iter().collect();
    let others = match &others[..] {
        [] => "of any port".to_owned(),
        others => format!("there, but of {}", words::listed(others, "and")),
    };
    let beside = not_among(vessel);
    let sentence = format!(
        "{shown}. {} {}. Its track, first heard {} ({}) and last {} ({}), shows no visit {others} in the time told{beside}.",
        radio.name(ground.settled),
        told.words,
        utc(first.time),
        ground.tracks.line_words(first.at),
        utc(last.time),
        ground.tracks.line_words(last.at),
    );
    let mut lines: Vec<(&'static str, Heard)> = vec![("first heard", first), ("last heard", last)];
    lines.extend(gaps.iter().flat_map(|gap| sides(gap)));
    lines.extend(stretches.iter().take(1).flat_map(|one| ends(one)));
    Some(
        finish(ground, told, radio, &lines, sentence, &shown)
            .caveat("Wrong if the gazetteer has the port elsewhere than where the vessel lay."),
    )
}

/// What was found of the vessel and is not told: a visit may be among it.
pub(super) fn not_among(vessel: &VesselAnalysis) -> String {
    let mut said = String::new();
    if vessel.not_told > 0 {
        said.push_str(&format!(
            "; {} not told, as stray positions, tracks that overlap or what is no ship show them, and a visit may be among them",
            match vessel.not_told {
                1 => "1 thing is".to_owned(),
                n => format!("{} things are", words::grouped(n)),
            }
        ));
    }
    if vessel.left_out > 0 {
        said.push_str(&format!(
            "; {} left out since there were so many, and a visit may be among them",
            match vessel.left_out {
                1 => "1 finding is".to_owned(),
                n => format!("{} findings are", words::grouped(n)),
            }
        ));
    }
    said
}

fn finish(
    ground: &Ground<'_>,
    told: &Told,
    radio: &Radio,
    lines: &[(&'static str, Heard)],
    sentence: String,
    shown: &str,
) -> Draft {
    let mut one = draft(ground, sentence, &[radio], lines, [told.by])
        .covered(ground, shown)
        .by_ports(ground)
        .caveat("Wrong if the call did not happen, or was of another vessel than the one that transmits under this MMSI.")
        .caveat(OF_RADIO);
    one.also.extend(&told.members);
    one
}
