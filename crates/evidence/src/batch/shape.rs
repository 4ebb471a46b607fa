//! Leads a JSON value along the schema: every refusal of a form knows its place in the line, and
//! every name of an entry or file is found.

use serde_json::{Map, Value};

use crate::bounded::{BoundError, Keyword, check_text};
use crate::event::Event;
use crate::events::quantities::Party;
use crate::ids::{CallSign, Country, Digest, Imo, ImoNumber, Language, Locode, Mmsi, Script};
use crate::provenance::Lines;
use crate::time::{Edtf, Zone};
use crate::units::{Latitude, Longitude, Share};
use seaproof_ledger::ids::Class;

use super::schema;

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    /// JSON pointer.
    pub(super) at: String,
    pub(super) what: String,
}

/// What a slot refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotKind {
    Entry,
    Exhibit,
}

/// A place in the value that refers to an entry or an exhibit.
#[derive(Debug)]
pub(super) struct FoundSlot {
    /// JSON pointer.
    pub(super) at: String,
    pub(super) kind: SlotKind,
    /// What stands there: a name in a batch line, a number in a serialized event.
    pub(super) holds: Value,
}

/// Walks one event's object.
#[derive(Default)]
pub(super) struct Walk {
    at: String,
    /// Slots in the order of the walk, which is that of the fields' names: the same for any order
    /// in which a line gives them.
    pub(super) slots: Vec<FoundSlot>,
    /// Optional fields that hold nothing or their default.
    pub(super) idle: Vec<String>,
}

type Shape = Result<(), Wrong>;

fn definition(name: &str) -> &'static Value {
    &schema::shared()["$defs"][name]
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema["oneOf"].as_array().or(schema["anyOf"].as_array())
}

impl Walk {
    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, Wrong> {
        Err(Wrong {
            at: self.at.clone(),
            what: what.into(),
        })
    }

    fn inside(&mut self, step: &str, walk: impl FnOnce(&mut Self) -> Shape) -> Shape {
        let before = self.at.len();
        self.at.push('/');
        self.at.push_str(step);
        walk(self)?;
        self.at.truncate(before);
        Ok(())
    }

    /// An object with the fields of its kind.
    pub(super) fn event(
        &mut self,
        object: &Map<String, Value>,
        allowed: impl Fn(Class) -> bool,
    ) -> Shape {
        let kinds = || Event::KINDS.iter().filter(|(_, class)| allowed(*class));
        let kind = match object.get("kind") {
            Some(Value::String(kind)) => kind,
            Some(_) => {
                return self.inside("kind", |walk| walk.wrong("expected a kind in quotes"));
            }
            None => return self.wrong("the field \"kind\" is missing: which event is this?"),
        };
        if !kinds().any(|(known, _)| known == kind) {
            let names: Vec<&str> = kinds().map(|(known, _)| *known).collect();
            let what = format!(
                "{:?} is no kind that can stand here{}",
                cut(kind),
                meant(kind, names.iter().copied())
                    .unwrap_or_else(|| format!("; known are {}", names.join(", ")))
            );
            return self.inside("kind", |walk| walk.wrong(what));
        }
        // A replacement has none of the fields that make an entry of a line.
        let of_line: &[&str] = match self.at.is_empty() {
            true => &["as", "source", "recorded_at"],
            false => &[],
        };
        self.object(object, definition(kind), of_line)
    }

    /// An object whose fields are the schema's and no others. `taken` are fields that can stand in
    /// it but were taken out before; they are named among the known ones.
    fn object(&mut self, object: &Map<String, Value>, schema: &Value, taken: &[&str]) -> Shape {
        let empty = Map::new();
        let fields = schema["properties"].as_object().unwrap_or(&empty);
        for (name, value) in object {
            match fields.get(name) {
                Some(field) => self.inside(name, |walk| walk.field(value, field))?,
                None => {
                    let known = fields.keys().map(String::as_str);
                    let known: Vec<&str> = known.chain(taken.iter().copied()).collect();
                    return self.wrong(format!(
                        "there is no field {:?} here{}",
                        cut(name),
                        meant(name, known.iter().copied())
                            .unwrap_or_else(|| format!("; known are {}", known.join(", ")))
                    ));
                }
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        let required: Vec<&str> = required.filter_map(Value::as_str).collect();
        if let Some(missing) = required.iter().find(|name| !object.contains_key(**name)) {
            return self.wrong(format!(
                "the field {missing:?} is missing: {}",
                expected(&fields[*missing])
            ));
        }
        for (name, value) in object {
            let default = &fields[name]["default"];
            if !required.contains(&name.as_str()) && (value.is_null() || value == default) {
                self.idle.push(format!("{}/{name}", self.at));
            }
        }
        Ok(())
    }

    fn field(&mut self, value: &Value, schema: &Value) -> Shape {
        if let Some(name) = reference(schema) {
            return self.named(value, name);
        }
        if let Some(choices) = alternatives(schema) {
            return self.choice(value, choices);
        }
        if let Some(constant) = schema.get("const") {
            return match value == constant {
                true => Ok(()),
                false => self.wrong(format!("expected {constant}, found {}", found(value))),
            };
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        match value {
            Value::Null if types.contains(&"null") => Ok(()),
            Value::Bool(_) if types.contains(&"boolean") => Ok(()),
            Value::Number(number) if types.contains(&"integer") => self.integer(number, schema),
            Value::String(text) if types.contains(&"string") => {
                let most = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
                self.judge(check_text(
                    text,
                    usize::try_from(most).unwrap_or(usize::MAX),
                ))
            }
            Value::Array(items) if types.contains(&"array") => self.list(items, schema),
            Value::Object(object) if types.contains(&"object") => self.object(object, schema, &[]),
            other => self.wrong(format!(
                "expected {}, found {}",
                expected(schema),
                kind_of(other)
            )),
        }
    }

    fn judge<E: std::fmt::Display>(&self, checked: Result<(), E>) -> Shape {
        checked.or_else(|error| self.wrong(error.to_string()))
    }

    fn list(&mut self, items: &[Value], schema: &Value) -> Shape {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        if (items.len() as u64) < least {
            return self.wrong(format!("the list needs at least {least} items"));
        }
        if let Some(most) = schema["maxItems"].as_u64()
            && items.len() as u64 > most
        {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let found = items.len() as u64;
            return self.judge(Err(BoundError::ListTooLong { found, most }));
        }
        for (i, item) in items.iter().enumerate() {
            self.inside(&i.to_string(), |walk| walk.field(item, &schema["items"]))?;
        }
        Ok(())
    }

    fn integer(&self, number: &serde_json::Number, schema: &Value) -> Shape {
        let (least, most) = range(schema);
        let value = number
            .as_i64()
            .map(i128::from)
            .or(number.as_u64().map(i128::from));
        match value {
            Some(value) if (least..=most).contains(&value) => Ok(()),
            _ => self.wrong(format!(
                "expected a whole number from {least} to {most}, found {number}"
            )),
        }
    }

    /// A value of one of several forms. With one form beside `null`, refusals are that form's own.
    fn choice(&mut self, value: &Value, choices: &[Value]) -> Shape {
        let is_null = |schema: &&Value| schema["type"] == "null";
        let others: Vec<&Value> = choices.iter().filter(|s| !is_null(s)).collect();
        if value.is_null() && choices.iter().any(|s| is_null(&s)) {
            return Ok(());
        }
        if let [only] = others.as_slice() {
            return self.field(value, only);
        }
        if let Some(choice) = others.iter().find(|schema| admits(schema, value)) {
            return self.field(value, choice);
        }
        let forms: Vec<String> = others.iter().map(|schema| expected(schema)).collect();
        let names = others
            .iter()
            .filter_map(|s| s["const"].as_str().or(s["required"][0].as_str()));
        let given = match value {
            Value::String(text) => Some(text),
            Value::Object(object) => object.keys().next(),
            _ => None,
        };
        self.wrong(format!(
            "expected {}, found {}{}",
            forms.join(" or "),
            found(value),
            given
                .and_then(|text| meant(text, names))
                .unwrap_or_default()
        ))
    }

    /// A value of a named type.
    fn named(&mut self, value: &Value, name: &str) -> Shape {
        let slot = match name {
            "EntrySlot" => Some(SlotKind::Entry),
            "ExhibitSlot" => Some(SlotKind::Exhibit),
            _ => None,
        };
        if let Some(kind) = slot {
            self.slots.push(FoundSlot {
                at: self.at.clone(),
                kind,
                holds: value.clone(),
            });
            return Ok(());
        }
        let schema = definition(name);
        if name == "replacement" {
            return match value {
                Value::Object(object) => self.event(object, |class| class == Class::Evidence),
                _ => self.wrong("expected the event that stands in the target's place"),
            };
        }
        match (value, schema.get("pattern")) {
            (Value::String(text), Some(_)) => match leaf(name, text) {
                Some(judged) => self.judge(judged),
                None => self.wrong(format!("a {name} cannot be read")),
            },
            (other, Some(_)) => self.wrong(format!(
                "expected {}, found {}",
                expected(schema),
                kind_of(other)
            )),
            _ => self.field(value, schema),
        }
    }
}

/// Judges a text of a type with a form of its own; `None` if there is no such type.
pub(super) fn leaf(name: &str, text: &str) -> Option<Result<(), String>> {
    macro_rules! judge {
        ($($type:ident),*) => {
            match name {
                $(stringify!($type) => {
                    text.parse::<$type>().map(|_| ()).map_err(|e| e.to_string())
                })*
                _ => return None,
            }
        };
    }
    Some(judge!(
        CallSign, Country, Digest, Edtf, Imo, ImoNumber, Keyword, Language, Latitude, Lines,
        Locode, Longitude, Mmsi, Party, Script, Share, Zone
    ))
}

/// Whether a value has the outer form of a schema.
fn admits(schema: &Value, value: &Value) -> bool {
    if let Some(name) = reference(schema) {
        return admits(definition(name), value);
    }
    if let Some(choices) = alternatives(schema) {
        return choices.iter().any(|choice| admits(choice, value));
    }
    if let Some(constant) = schema.get("const") {
        return constant == value;
    }
    match (schema["type"].as_str(), value) {
        (Some("string"), Value::String(_))
        | (Some("integer"), Value::Number(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("array"), Value::Array(_)) => true,
        (Some("object"), Value::Object(object)) => {
            schema["required"].as_array().is_none_or(|names| {
                names
                    .iter()
                    .any(|n| n.as_str().is_some_and(|n| object.contains_key(n)))
            })
        }
        _ => false,
    }
}

/// The least and the greatest value of an integer type.
fn range(schema: &Value) -> (i128, i128) {
    match schema["format"].as_str() {
        Some("uint8") => (0, u8::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("uint64") => (0, u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// What a schema asks for, in words.
fn expected(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return match name {
            "EntrySlot" => "the name of an entry in quotes".to_owned(),
            "ExhibitSlot" => "the path of a file in quotes".to_owned(),
            _ => expected(definition(name)),
        };
    }
    if let Some(constant) = schema.get("const") {
        return constant.to_string();
    }
    if let Some(choices) = alternatives(schema) {
        let forms: Vec<String> = choices
            .iter()
            .filter(|choice| choice["type"] != "null")
            .map(expected)
            .collect();
        return forms.join(" or ");
    }
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("string") => match (schema.get("pattern"), schema["description"].as_str()) {
            (Some(_), Some(form)) => format!("a text in quotes ({form})"),
            _ => "a text in quotes".to_owned(),
        },
        Some("integer") => "a whole number".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => "a list".to_owned(),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten();
            let names: Vec<String> = required.map(|name| format!("{name}: …")).collect();
            match names.is_empty() {
                true => "an object".to_owned(),
                false => format!("{{{}}}", names.join(", ")),
            }
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What stands in the place of one of several values: a text or number as it is written.
fn found(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", cut(text)),
        Value::Number(number) => number.to_string(),
        other => kind_of(other).to_owned(),
    }
}

/// The first 80 characters.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

/// `; did you mean …?` if a known name is near.
fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = cut(name);
    known
        .map(|known| (distance(&name, known), known))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 3)
        .min()
        .map(|(_, known)| format!("; did you mean {known:?}?"))
}

/// How many letters must be put in, taken out or changed to get from one text to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_with_a_form_of_its_own_is_judged_by_its_type() {
        let definitions = schema::shared()["$defs"].as_object().unwrap();
        for (name, definition) in definitions {
            if definition.get("pattern").is_some() {
                assert!(matches!(leaf(name, "?"), Some(Err(_))), "{name}");
            }
        }
        assert!(leaf("Who", "recorder").is_none());
    }

    #[test]
    fn the_nearest_name_is_offered_if_it_is_near() {
        let meant = |name| meant(name, ["status", "place", "about"].into_iter());
        assert!(meant("stauts").unwrap().contains("status"));
        assert!(meant("statuss").unwrap().contains("status"));
        assert!(meant("plase").unwrap().contains("place"));
        assert_eq!(meant("wholly-other"), None);
    }

    #[test]
    fn distances_count_single_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
