//! translation-drift: two renderings of one passage of one original, into one language, that differ in more
//! than white space and capitals. Which is right is not decided. Renderings that
//! give different words of the original are of different passages.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;

use super::{Draft, Ground};
use crate::rules::Parameters;
use crate::state::At;
use crate::words;

/// A passage: of which original, into which language, under which name.
type Passage = (At, Option<String>, String);

/// A rendering: its words, the document, the statement and the words of the original if it gives them.
type Rendering = (String, At, At, Option<String>);

pub(super) fn run(ground: &Ground<'_>, _: &Parameters) -> Vec<Draft> {
    let mut rendered: BTreeMap<Passage, Vec<Rendering>> = BTreeMap::new();
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
                .push((
                    passage.rendered.to_string(),
                    document,
                    statement.at,
                    passage.original.as_ref().map(|text| folded(text.as_str())),
                ));
        }
    }
    rendered
        .into_iter()
        .flat_map(|(passage, renderings)| {
            let of_one_text = of_one_text(renderings).into_iter();
            of_one_text.map(move |renderings| (passage.clone(), renderings))
        })
        .filter_map(|((original, _, name), renderings)| {
            let first = folded(&renderings.first()?.0);
            if renderings.iter().all(|(text, ..)| folded(text) == first) {
                return None;
            }
            let told: Vec<String> = renderings
                .iter()
                .map(|(text, document, by, _)| {
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
            let mut draft = Draft::new(sentence, renderings.iter().map(|(_, _, by, _)| *by))
                .caveat("Wrong if the renderings are of different passages, or mean the same.");
            draft.also.insert(original);
            draft
                .also
                .extend(renderings.iter().map(|(_, document, ..)| *document));
            Some(draft)
        })
        .collect()
}

/// Splits renderings by the words of the original, if they give more than one.
fn of_one_text(renderings: Vec<Rendering>) -> Vec<Vec<Rendering>> {
    let mut texts: BTreeMap<Option<String>, Vec<Rendering>> = BTreeMap::new();
    let given = |rendering: &Rendering| rendering.3.clone();
    let originals: BTreeSet<String> = renderings.iter().filter_map(given).collect();
    if originals.len() < 2 {
        return vec![renderings];
    }
    for rendering in renderings {
        let text = rendering.3.clone();
        texts.entry(text).or_default().push(rendering);
    }
    texts.into_values().collect()
}

fn folded(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}
