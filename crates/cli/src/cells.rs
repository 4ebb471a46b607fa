//! Values of the state as cells of a table.

use seaproof_replay::Range;
use seaproof_replay::view::{PlaceRow, ToldRow, WhenRow};

use crate::output::{clean, short};

/// `5 to 5`, `2 or more`.
pub fn range(range: Option<Range>) -> String {
    match range {
        None => String::new(),
        Some(Range {
            low,
            high: Some(high),
        }) => format!("{low} to {high}"),
        Some(Range { low, high: None }) => format!("{low} or more"),
    }
}

/// A date in words.
pub fn when(when: Option<&WhenRow>) -> String {
    when.map_or_else(|| "not stated".to_owned(), |when| clean(&when.words))
}

/// Port, words, position, berth.
pub fn place(place: Option<&PlaceRow>) -> String {
    let Some(place) = place else {
        return String::new();
    };
    let position = place
        .lat
        .as_ref()
        .zip(place.lon.as_ref())
        .map(|(lat, lon)| format!("{lat} {lon}"));
    [
        place.locode.clone(),
        place.words.clone(),
        position,
        place.berth.clone(),
    ]
    .into_iter()
    .flatten()
    .map(|words| clean(&words))
    .collect::<Vec<_>>()
    .join(", ")
}

/// On what it rests, by name.
pub fn basis(told: &ToldRow) -> String {
    let mut names: Vec<String> = told
        .basis
        .iter()
        .map(|source| short(&source.id, 30))
        .collect();
    names.dedup();
    names.join(", ")
}

/// The entry, with a mark for what bears on it.
pub fn told(told: &ToldRow) -> String {
    let mut text = format!("#{}", told.entry);
    if let Some(by) = told.corrected_by {
        text.push_str(&format!(", corrected by #{by}"));
    }
    if !told.disputed_by.is_empty() {
        text.push_str(", disputed");
    }
    if !told.weakened_by.is_empty() {
        text.push_str(", weakened");
    }
    text.push_str(suspect(told.suspect, told.rests_on_suspect));
    text
}

/// A mark for what is by a suspect key, or rests on what is.
pub fn suspect(suspect: bool, rests_on_suspect: bool) -> &'static str {
    match (suspect, rests_on_suspect) {
        (true, _) => ", suspect",
        (false, true) => ", rests on a suspect entry",
        (false, false) => "",
    }
}
