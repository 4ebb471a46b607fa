//! basis-cannot-show: an AIS silence told from images, or from no source that could have heard it.
//! An image shows no transmitter.

use std::collections::BTreeMap;

use seaproof_evidence::Event;
use seaproof_evidence::events::movements::Coverage;
use seaproof_evidence::provenance::Who;

use super::{Draft, Ground};
use crate::rules::Parameters;
use crate::settle::Statement;
use crate::sources;
use crate::state::At;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut by_thing: BTreeMap<At, Vec<At>> = BTreeMap::new();
    for silence in ground.settled.of_kind("ais-silence") {
        if let Some(thing) = silence.subject()
            && cannot_show(ground, &silence)
        {
            by_thing.entry(thing).or_default().push(silence.at);
        }
    }
    by_thing
        .into_iter()
        .map(|(thing, silences)| {
            let hashes: Vec<String> = silences.iter().map(|at| ground.quoted(*at)).collect();
            let sentence = format!(
                "AIS silence of {} ({}) is told from images or with no source; an image cannot show \
                 it. No AIS data or coverage is recorded for it.",
                ground.name(thing),
                words::listed(&hashes, "and")
            );
            let mut draft = Draft::new(sentence, silences).caveat(
                "Wrong if the source had AIS data that it does not mention. Absence of a signal is \
                 not evidence without coverage.",
            );
            draft.coverage = Some("not stated".to_owned());
            draft
        })
        .collect()
}

/// Whether nothing that the statement goes back to could have heard a transmission.
fn cannot_show(ground: &Ground<'_>, silence: &Statement<'_>) -> bool {
    let Event::AisSilence(event) = silence.event() else {
        return false;
    };
    if event.coverage != Coverage::NotStated {
        return false;
    }
    // A maker named in words alone may have had data: nothing can be said.
    if matches!(event.provenance.origin.who, Who::Words(_)) {
        return false;
    }
    let maker = sources::maker(silence);
    let given = sources::sources_of(ground.settled, silence);
    let unknown = given.contains(&None);
    let beginnings: Vec<At> = given
        .into_iter()
        .flatten()
        .chain(maker)
        .flat_map(|at| sources::beginnings(ground.settled, at))
        .collect();
    let is = |at: &At, kinds: &[&str]| {
        ground
            .settled
            .kind(*at)
            .is_some_and(|kind| kinds.contains(&kind))
    };
    if beginnings.iter().any(|at| is(at, &["ais-track"])) {
        return false;
    }
    let images = !beginnings.is_empty()
        && !unknown
        && beginnings.iter().all(|at| is(at, &["image", "image-set"]));
    // "Not stated" names no source at all.
    images || event.provenance.origin.who == Who::NotStated
}
