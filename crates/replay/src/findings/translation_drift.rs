//! translation-drift: two renderings of one passage of one original, into one language, that differ in more
//! than white space and capitals. Which is right is not decided.

use std::collections::BTreeMap;

use seaproof_evidence::Event;

use super::{Draft, Ground};
use crate::rules::Parameters;
use crate::state::At;
use crate::words;

/// A passage: of which original, into which language, under which name.
type Passage = (At, Option<String>, String);

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut rendered: BTreeMap<Passage, Vec<(String, At, At)>> = BTreeMap::new();
    for statement in ground.settled.of_kind("translation") {
        let Event::Translation(event) = statement.event() else {
            continue;
        };
        let (Some(document), Some(original)) =
            (statement.target(event.document), statement.target(event.of))
        else {
            continue;
        };
        for passage in &event.passages {
            let into = event.into.as_ref().map(ToString::to_string);
            rendered
                .entry((original, into, passage.name.to_string()))
                .or_default()
                .push((passage.rendered.to_string(), document, statement.at));
        }
    }
    rendered
        .into_iter()
        .filter_map(|((original, _, name), renderings)| {
            let first = folded(&renderings.first()?.0);
            if renderings.iter().all(|(text, ..)| folded(text) == first) {
                return None;
            }
            let told: Vec<String> = renderings
                .iter()
                .map(|(text, document, by)| {
                    format!(
                        "{text:?} in {} ({})",
                        ground.name(*document),
                        ground.quoted(*by)
                    )
                })
                .collect();
            let sentence = format!(
                "One passage of {} ({name}) is rendered as {}.",
                ground.name(original),
                words::listed(&told, "and")
            );
            let mut draft = Draft::new(sentence, renderings.iter().map(|(_, _, by)| *by))
                .caveat("Wrong if the renderings are of different passages, or mean the same.");
            draft.also.insert(original);
            draft
                .also
                .extend(renderings.iter().map(|(_, document, _)| *document));
            Some(draft)
        })
        .collect()
}

fn folded(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
