//! The JSON Schema of batch lines, from the types themselves. The reader is led by it, so that it
//! and the schema cannot disagree about fields.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use seaproof_ledger::facts::TARGETS_MAX;
use seaproof_ledger::ids::Class;
use serde_json::{Map, Value, json};

use crate::event::Event;

static SCHEMA: LazyLock<Value> = LazyLock::new(build);

/// The JSON Schema (draft 2020-12) of one line of a batch: one definition per kind, named by it.
///
/// It says less than the reader, which also knows check digits, calendars and the rules across
/// fields: what the schema refuses, the reader refuses too.
pub fn schema() -> Value {
    SCHEMA.clone()
}

/// The schema without a copy.
pub(super) fn shared() -> &'static Value {
    &SCHEMA
}

fn build() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let bodies = Event::body_schemas(&mut generator);
    let mut definitions: Map<String, Value> = generator.take_definitions(true);
    for (kind, class, body) in bodies {
        let mut body = body.to_value();
        complete(&mut body, kind, class);
        definitions.insert(kind.to_owned(), body);
    }
    definitions.insert(
        "replacement".to_owned(),
        json!({
            "description": "The event that stands in the target's place, of the target's kind.",
            "type": "object",
            "oneOf": references(|class| class == Class::Evidence),
            "unevaluatedProperties": false,
        }),
    );
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Seaproof batch line",
        "description": "One entry to record: one JSON object per line of a batch file.",
        "type": "object",
        "properties": {
            "as": {
                "description": "The entry's label, by which other entries may name it: unique in \
                    the ledger.",
                "type": "string",
                "pattern": "^[a-z][a-z0-9._-]{0,63}$",
            },
            "source": {
                "description": "How the content was obtained and from whom, as names and texts: \
                    kept in an opening of its own, which can be withheld.",
                "type": "object",
                "propertyNames": {"pattern": "^[a-z][a-z0-9-]{0,31}$"},
                "additionalProperties": {"type": "string", "minLength": 1},
                "maxProperties": seaproof_ledger::opening::SOURCE_FIELDS_MAX,
            },
            "recorded_at": {
                "description": "When the entry was made, in UTC to the millisecond at most, as \
                    2024-03-27T09:30:00Z; absent, the clock at recording.",
                "type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,3})?Z$",
            },
        },
        "oneOf": references(|_| true),
        "unevaluatedProperties": false,
        "$defs": definitions,
    });
    tidy(&mut schema);
    schema
}

/// Adds to a kind's fields its name and, for amendments, the targets.
fn complete(body: &mut Value, kind: &str, class: Class) {
    // Whether a line may hold more is said where the definition is used.
    if let Some(object) = body.as_object_mut() {
        object.remove("additionalProperties");
        object.remove("$schema");
        object.remove("title");
    }
    body["properties"]["kind"] = json!({"type": "string", "const": kind});
    let mut required = vec![json!("kind")];
    if class == Class::Amendment {
        let most = if kind == "corrected" { 1 } else { TARGETS_MAX };
        body["properties"]["targets"] = json!({
            "description": "The entries that it bears on.",
            "type": "array",
            "items": {"$ref": "#/$defs/EntrySlot"},
            "minItems": 1,
            "maxItems": most,
        });
        required.push(json!("targets"));
    }
    if let Some(others) = body["required"].as_array() {
        required.extend(others.iter().cloned());
    }
    body["required"] = required.into();
}

fn references(of: impl Fn(Class) -> bool) -> Vec<Value> {
    Event::KINDS
        .iter()
        .filter(|(_, class)| of(*class))
        .map(|(kind, _)| json!({"$ref": format!("#/$defs/{kind}")}))
        .collect()
}

/// Turns what the types' documentation says to programmers into what it says to writers of JSON.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object.iter_mut() {
                match inner {
                    Value::String(text) if name == "description" => *text = plain(text),
                    _ => tidy(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn plain(text: &str) -> String {
    text.replace('\n', " ")
        .replace(" Variant order is frozen.", "")
        .replace("`None`", "absent")
        .replace("[`", "`")
        .replace("`]", "`")
        .replace("crate::provenance::", "")
}
