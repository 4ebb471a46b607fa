//! `--set FIELD=VALUE`: any field of an event, named by its path with dots; numbers count list items from 0.

use seaproof_evidence::batch::schema;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// Changes a field of an event that is there.
pub fn change(event: &mut Value, written: &str) -> Result<()> {
    let (path, value) = parse(event, written)?;
    let unknown = || {
        Error::usage(format!(
            "--set {written:?}: the entry has nothing at {path:?}"
        ))
    };
    let (holder, field) = match path.rsplit_once('.') {
        Some((holder, field)) => (format!("/{}", holder.replace('.', "/")), field),
        None => (String::new(), path),
    };
    match event.pointer_mut(&holder).ok_or_else(unknown)? {
        Value::Object(fields) if value.is_null() => {
            fields.remove(field).ok_or_else(unknown)?;
        }
        Value::Object(fields) => {
            fields.insert(field.to_owned(), value);
        }
        Value::Array(items) => {
            let item = field.parse::<usize>().ok().and_then(|i| items.get_mut(i));
            *item.ok_or_else(unknown)? = value;
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

/// Puts a field into a line under construction, with what holds it where that is missing.
pub fn put(line: &mut Value, written: &str) -> Result<()> {
    let (path, value) = parse(line, written)?;
    let wrong = |why: &str| Error::usage(format!("--set {written:?}: {why}"));
    let mut here = line;
    for step in path.split('.') {
        if step.is_empty() {
            return Err(wrong("a name is missing between the dots"));
        }
        let index = step.parse::<usize>().ok();
        if here.is_null() {
            *here = match index {
                Some(_) => Value::Array(Vec::new()),
                None => Value::Object(Map::new()),
            };
        }
        here = match here {
            Value::Object(fields) => fields.entry(step).or_insert(Value::Null),
            Value::Array(items) => match index {
                Some(index) if index < items.len() => &mut items[index],
                Some(index) if index == items.len() => {
                    items.push(Value::Null);
                    &mut items[index]
                }
                _ => return Err(wrong("list items are counted from 0, without a gap")),
            },
            _ => return Err(wrong("what holds this field is a plain value")),
        };
    }
    *here = value;
    Ok(())
}

/// The path, and the value: JSON if it can be read as such, else text. Digits in a field of texts, as those of
/// an IMO number, are text.
fn parse<'w>(event: &Value, written: &'w str) -> Result<(&'w str, Value)> {
    let (path, text) = written.split_once('=').ok_or_else(|| {
        Error::usage(format!(
            "--set {written:?}: expected FIELD=VALUE, as place.locode=RUNJK"
        ))
    })?;
    let value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    let kind = event["kind"].as_str().unwrap_or_default();
    let value = match value.is_number() && holds_text(kind, path) {
        true => json!(text),
        false => value,
    };
    Ok((path, value))
}

/// Whether a field of a kind holds text and no number, by the schema of batch lines.
fn holds_text(kind: &str, field: &str) -> bool {
    let schema = schema();
    let definitions = &schema["$defs"];
    let property = &definitions[kind]["properties"][field];
    let one = [property.clone()];
    let forms = property["anyOf"].as_array().map_or(&one[..], Vec::as_slice);
    let mut text = false;
    for form in forms {
        let name = form["$ref"]
            .as_str()
            .and_then(|r| r.strip_prefix("#/$defs/"));
        let form = name.map_or(form, |name| &definitions[name]);
        let is = |wanted: &str| match &form["type"] {
            Value::Array(types) => types.iter().any(|one| one == wanted),
            one => one == wanted,
        };
        if is("integer") || is("number") {
            return false;
        }
        text |= is("string");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_a_field_is_made() {
        let mut line = json!({"kind": "absence"});
        for written in [
            "looked_for.kind=notification",
            "looked_in.0=press-a",
            "looked_in.1=press-b",
            "count={\"low\": 2}",
        ] {
            put(&mut line, written).unwrap();
        }
        assert_eq!(
            line,
            json!({
                "kind": "absence", "looked_for": {"kind": "notification"},
                "looked_in": ["press-a", "press-b"], "count": {"low": 2},
            })
        );
        let mut vessel = json!({"kind": "vessel"});
        for written in ["imo=8691702", "ship_type=7", "deadweight_t=5000"] {
            put(&mut vessel, written).unwrap();
        }
        assert_eq!(
            vessel,
            json!({"kind": "vessel", "imo": "8691702", "ship_type": "7", "deadweight_t": 5000})
        );
        for wrong in ["looked_in.5=x", "kind.x=1", "a..b=1", "nothing"] {
            assert!(put(&mut line, wrong).is_err(), "{wrong}");
        }
    }
}
