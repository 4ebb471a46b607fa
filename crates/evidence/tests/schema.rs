//! The JSON Schema of batch lines hangs together and says what the reader does.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::Names;
use seaproof_evidence::Event;
use seaproof_evidence::batch::schema;
use serde_json::{Value, json};

/// Calls `visit` with every object of the schema.
fn each(schema: &Value, visit: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|inner| each(inner, visit));
        }
        Value::Array(items) => items.iter().for_each(|inner| each(inner, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_to_a_definition_and_every_definition_is_used() {
    let schema = schema();
    let mut used = BTreeSet::new();
    each(&schema, &mut |object| {
        if let Some(Value::String(reference)) = object.get("$ref") {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(schema.pointer(pointer).is_some(), "{reference}");
            used.insert(pointer.strip_prefix("/$defs/").unwrap().to_owned());
        }
    });
    let defined = schema["$defs"].as_object().unwrap().keys().cloned();
    assert_eq!(used, defined.collect());
}

#[test]
fn every_kind_has_a_definition_whose_fields_are_described() {
    let schema = schema();
    let mut kinds: Vec<String> = Vec::new();
    for reference in schema["oneOf"].as_array().unwrap() {
        let pointer = reference["$ref"].as_str().unwrap();
        let definition = schema.pointer(&pointer[1..]).unwrap();
        let kind = definition["properties"]["kind"]["const"].as_str().unwrap();
        assert!(definition["description"].is_string(), "{kind}");
        for (field, form) in definition["properties"].as_object().unwrap() {
            let described = form["description"].is_string() || field == "kind";
            assert!(described, "{kind}.{field}");
            // These stand beside the event and would hide a field of it.
            assert!(!["as", "source", "recorded_at"].contains(&field.as_str()));
        }
        kinds.push(kind.to_owned());
    }
    let all: Vec<&str> = Event::KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, all);
}

#[test]
fn its_words_are_for_writers_of_json() {
    each(&schema(), &mut |object| {
        if let Some(Value::String(text)) = object.get("description") {
            for leftover in ["[`", "`None`", "crate::", "is frozen", "\n"] {
                assert!(!text.contains(leftover), "{text}");
            }
        }
    });
}

#[test]
fn what_it_requires_the_reader_requires() {
    let schema = schema();
    for line in include_str!("vectors/events.jsonl").lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let definition = &schema["$defs"][line["kind"].as_str().unwrap()];
        for field in definition["required"].as_array().unwrap() {
            let field = field.as_str().unwrap();
            let mut less = line.clone();
            less.as_object_mut().unwrap().remove(field).unwrap();
            let error = Names::default().read(&less.to_string()).unwrap_err();
            assert!(
                error.problem.contains(&format!("{field:?} is missing")),
                "{error}"
            );
        }
        let mut more = line.clone();
        more["no-such-field"] = json!(1);
        assert!(Names::default().read(&more.to_string()).is_err());
    }
}
