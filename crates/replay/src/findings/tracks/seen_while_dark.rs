//! seen-while-dark: somebody puts a vessel somewhere at a time that lies inside a silence derived from the held
//! tracks. Unlike seen-while-said-dark, where the silence too is somebody's word.

use std::collections::BTreeSet;

use super::told::{Told, told_of};
use super::{
    OF_RADIO, OF_RECEPTION, around, clocks, draft, of_one_mmsi, reception_of, sides, stretch,
};
use crate::findings::{Draft, Ground};
use crate::rules::Parameters;
use crate::state::At;

pub(super) const RULE: &str = "seen-while-dark";

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let tracks = ground.tracks;
    let Some(analysis) = tracks.analysis(RULE) else {
        return Vec::new();
    };
    let vessels: BTreeSet<At> = tracks.radios().flat_map(|r| r.vessels.clone()).collect();
    let told = told_of(ground, &vessels);
    let mut drafts = Vec::new();
    for vessel in &analysis.vessels {
        let Some(radio) = tracks.radio(vessel.mmsi) else {
            continue;
        };
        for gap in vessel
            .gaps
            .iter()
            .filter(|gap| tracks.begun(gap.start.time))
        {
            let radio = &radio.near(gap.start.time, gap.until);
            let told = radio.vessels.iter().filter_map(|at| told.get(at)).flatten();
            let inside: Vec<&Told> = told
                .filter(|told| told.lies_between(gap.start.time, gap.until))
                .collect();
            if inside.is_empty() {
                continue;
            }
            let said = inside.iter().map(|told| {
                let within = told.is_within(gap.start.time, gap.until);
                let part = if within {
                    ""
                } else {
                    ", of which a part lies in it"
                };
                format!("{}{part}", told.words)
            });
            let said: Vec<String> = said.collect();
            let shown = reception_of(ground, radio, &gap.coverage);
            let sentence = format!(
                "{shown}. Of {} nothing was received {}; {}. In that time it {}.",
                radio.name(ground.settled),
                stretch(ground, gap),
                around(gap, analysis.thresholds.gap_before()),
                said.join("; it ")
            );
            let by = inside.iter().map(|told| told.by);
            let mut one = draft(ground, sentence, &[radio], &sides(gap), by)
                .covered(ground, &shown)
                .with_around(ground, gap)
                .caveat("Wrong if what was seen is not the vessel that transmits under this MMSI.")
                .caveat(OF_RECEPTION)
                .caveat(OF_RADIO);
            for words in of_one_mmsi(ground, radio)
                .into_iter()
                .chain(clocks(vessel, gap))
            {
                one = one.caveat(words);
            }
            one.also
                .extend(inside.iter().flat_map(|told| &told.members));
            drafts.push(one);
        }
    }
    drafts
}
