//! `--set FIELD=VALUE`: any field of an event, named by its path with dots; numbers count list items from 0.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// Changes a field of an event that is there.
pub fn change(event: &mut Value, written: &str) -> Result<()> {
    let (path, value) = parse(written)?;
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
    let (path, value) = parse(written)?;
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

/// The path, and the value: JSON if it can be read as such, else text.
fn parse(written: &str) -> Result<(&str, Value)> {
    let (path, text) = written.split_once('=').ok_or_else(|| {
        Error::usage(format!(
            "--set {written:?}: expected FIELD=VALUE, as place.locode=RUNJK"
        ))
    })?;
    Ok((
        path,
        serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    ))
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
        for wrong in ["looked_in.5=x", "kind.x=1", "a..b=1", "nothing"] {
            assert!(put(&mut line, wrong).is_err(), "{wrong}");
        }
    }
}
