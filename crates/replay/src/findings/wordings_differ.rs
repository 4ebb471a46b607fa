//! wordings-differ: tellings of one figure that cannot all hold. They come from one number, so at
//! least one of them does not retell it. A rough telling is set against none: how far "about" reaches
//! is not stated.

use seaproof_evidence::Event;

use super::{Draft, Ground};
use crate::caps::{self, Telling};
use crate::rules::Parameters;
use crate::words;

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for figure in ground.settled.of_kind("figure") {
        let tellings = caps::tellings(ground.settled, figure.at);
        // Amounts in different units are not compared: nothing is converted.
        let rough = |a: &Telling, b: &Telling| a.interval.about || b.interval.about;
        let clash = |a: &Telling, b: &Telling| {
            a.unit == b.unit && !rough(a, b) && !a.interval.meets(b.interval)
        };
        let clashing: Vec<&Telling> = tellings
            .iter()
            .filter(|one| tellings.iter().any(|other| clash(one, other)))
            .collect();
        if clashing.is_empty() {
            continue;
        }
        let told: Vec<String> = clashing
            .iter()
            .map(|t| match &t.says {
                Some(says) => format!("{says:?} ({}: {})", ground.quoted(t.by), t.number),
                None => format!("{} ({})", t.number, ground.quoted(t.by)),
            })
            .collect();
        let all = if told.len() == 2 { "both" } else { "all" };
        let sentence = format!(
            "{}: {} cannot {all} hold.",
            ground.name(figure.at),
            words::listed(&told, "and")
        );
        let mut draft = Draft::new(sentence, clashing.iter().map(|t| t.by))
            .caveat("Wrong if the tellings are of different figures.");
        draft
            .also
            .extend(clashing.iter().filter_map(|t| t.share_of));
        if let Event::Figure(event) = figure.event() {
            draft
                .also
                .extend(event.about.and_then(|slot| figure.target(slot)));
        }
        drafts.push(draft);
    }
    drafts
}
