//! Quotes without lines: where they stand is looked up in the file, so that nobody has to count lines.

use std::path::Path;

use seaproof_evidence::quotes::{Cited, Files, Places, Unplaced, find_places, unplaced};
use seaproof_ledger::store::Store;
use serde_json::Value;

use super::files::Planned;
use super::{Lookup, Names, Quoted};
use crate::error::{Error, Result};

/// The most places that are named when there are several.
const NAMED_MAX: usize = 12;

/// Puts the lines of every quote that gives none into an entry's line, and returns where they are, in
/// words. What cannot be looked up, because no file is held, stays as it is.
pub fn fill_places(
    value: &mut Value,
    base: &Path,
    store: &dyn Store,
    ledger: &mut dyn Lookup,
) -> Result<Vec<String>> {
    // Nothing to look for; and nothing is read for it.
    if !value.to_string().contains("\"quote\"") {
        return Ok(Vec::new());
    }
    let mut names = Names::new(store, ledger, Planned::new(base, &[]));
    let line = names.read(&value.to_string(), 1)?;
    let mut told = Vec::new();
    for Unplaced { at, cited, quote } in unplaced(&line.event) {
        let mut files = Quoted {
            names: &mut names,
            line: &line,
        };
        let Some(mut file) = files.open(cited).map_err(Error::input)? else {
            continue;
        };
        let found = find_places(file.as_mut(), &quote, NAMED_MAX)
            .map_err(|error| Error::input(format!("{}: {error}", field_of(&at))));
        drop(file);
        let Places { lines, more } = found?;
        let of = match cited {
            Cited::OnlyFileOf(slot) => line.facts.refs.get(usize::from(slot.0)).copied(),
            Cited::Exhibit(_) => None,
        };
        let of = of.map_or("the file".into(), |of| names.call(of));
        let [only] = &lines[..] else {
            return Err(several(&of, &lines, more));
        };
        if let Some(Value::Object(locator)) = value.pointer_mut(&at) {
            locator.insert("line".into(), only.to_string().into());
        }
        told.push(format!("the quote stands in line {only} of {of}"));
    }
    Ok(told)
}

fn several(of: &str, lines: &[seaproof_evidence::provenance::Lines], more: bool) -> Error {
    let named: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let and_more = if more { " and more" } else { "" };
    Error::input(format!(
        "these words stand in several places of {of}: lines {}{and_more}",
        named.join(", ")
    ))
    .remedy(format!(
        "Nothing was recorded. Say which is meant behind the basis, as {of}:{}, or quote more words.",
        named.first().map_or("1", String::as_str)
    ))
}

/// `basis[0].at` for `/basis/0/at`.
fn field_of(pointer: &str) -> String {
    let mut field = String::new();
    for step in pointer.split('/').skip(1) {
        match step.parse::<usize>() {
            Ok(index) => field.push_str(&format!("[{index}]")),
            Err(_) if field.is_empty() => field.push_str(step),
            Err(_) => field.push_str(&format!(".{step}")),
        }
    }
    field
}
