//! What a batch line is refused for: each refusal names the field and says what to do.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Names, tells};
use serde_json::{Value, json};

/// The line of a kind in the vectors.
fn line(kind: &str) -> Value {
    include_str!("vectors/events.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["kind"] == kind)
        .unwrap()
}

/// The refusal of a text, told without the resolver having been asked.
fn refusal(text: &str) -> String {
    let mut names = Names::default();
    let error = names.read(text).expect_err(text);
    assert!(
        names.labels.is_empty() && names.files.is_empty(),
        "names were looked up for a line that cannot stand: {error}"
    );
    error.to_string()
}

/// The refusal of a line with one value put at a JSON pointer.
fn with(kind: &str, at: &str, value: Value) -> String {
    let mut json = line(kind);
    match json.pointer_mut(at) {
        Some(place) => *place = value,
        None => {
            let (holder, field) = at.rsplit_once('/').unwrap();
            json.pointer_mut(holder).unwrap()[field] = value;
        }
    }
    refusal(&json.to_string())
}

/// The refusal of a line without some fields.
fn without(kind: &str, fields: &[&str]) -> String {
    let mut json = line(kind);
    for field in fields {
        json.as_object_mut().unwrap().remove(*field).unwrap();
    }
    refusal(&json.to_string())
}

#[test]
fn a_value_that_its_field_cannot_hold() {
    for (kind, at, value, parts) in [
        (
            "vessel",
            "/imo",
            json!("8691703"),
            ["line 1, imo: ", "should be 2"],
        ),
        (
            "vessel",
            "/imo",
            json!("0000000"),
            ["imo: ", "leave the field out"],
        ),
        (
            "vessel",
            "/imo",
            json!(8_691_702),
            ["imo: ", "seven digits"],
        ),
        ("vessel", "/mmsi", json!("12345"), ["mmsi: ", "nine digits"]),
        (
            "sighting",
            "/place/locode",
            json!("ruvyp"),
            ["place.locode: ", "as RUVYP"],
        ),
        (
            "sighting",
            "/place/position/lat",
            json!("90.1"),
            ["place.position.lat: ", "-90 to 90"],
        ),
        (
            "sighting",
            "/place/position/lon",
            json!(12.5),
            ["place.position.lon: ", "a number"],
        ),
        (
            "sighting",
            "/when/edtf",
            json!("2024-02-30"),
            ["when.edtf: ", "does not exist"],
        ),
        (
            "sighting",
            "/when/edtf",
            json!("2024-03/2024-02"),
            ["when.edtf: ", "ends before"],
        ),
        (
            "sighting",
            "/when/edtf",
            json!("March 2024"),
            ["when.edtf: ", "write 2024"],
        ),
        (
            "sighting",
            "/when/zone",
            json!("MSK"),
            ["when.zone: ", "+10:00"],
        ),
        (
            "sighting",
            "/when/sense",
            json!("withn"),
            ["when.sense: ", "did you mean \"within\"?"],
        ),
        (
            "sighting",
            "/count/low",
            json!(-1),
            ["count.low: ", "from 0 to 4294967295"],
        ),
        (
            "sighting",
            "/count/low",
            json!(2.5),
            ["count.low: ", "whole number"],
        ),
        (
            "sighting",
            "/count/low",
            json!(5_000_000_000u64),
            ["count.low: ", "whole number"],
        ),
        (
            "sighting",
            "/basis/0/at/line",
            json!("5-3"),
            ["basis[0].at.line: ", "write 3, or 3-5"],
        ),
        (
            "sighting",
            "/basis/0/of",
            json!(12),
            ["basis[0].of: ", "\"#12\""],
        ),
        (
            "sighting",
            "/basis/1/file",
            json!("a\u{0}b"),
            ["basis[1].file: ", "the path of a file"],
        ),
        (
            "sighting",
            "/origin/who",
            json!({"entri": "a"}),
            ["origin.who: ", "\"entry\"?"],
        ),
        (
            "sighting",
            "/status",
            json!(" \n"),
            ["status: ", "leave the field out"],
        ),
        (
            "sighting",
            "/status",
            json!("a\u{7}"),
            ["status: ", "U+0007"],
        ),
        (
            "sighting",
            "/mode",
            json!("seen"),
            ["mode: expected \"observed\"", ", found \"seen\""],
        ),
        (
            "cap",
            "/amount/unit",
            json!("barrels"),
            [
                "amount.unit: expected \"bbl\" or \"t\"",
                ", found \"barrels\"",
            ],
        ),
        (
            "cap",
            "/amount/unit",
            json!(3),
            ["amount.unit: expected \"bbl\" or \"t\"", ", found 3"],
        ),
        (
            "cap",
            "/period/month",
            json!(300),
            ["period.month: ", "0 to 255"],
        ),
        (
            "quantity",
            "/quantity/share/share",
            json!("1/0"),
            ["quantity.share.share: ", "1/4"],
        ),
        (
            "claim",
            "/property",
            json!("Flag State"),
            ["property: ", "keyword"],
        ),
        (
            "assertion",
            "/legal",
            json!("yes"),
            ["legal: ", "true or false"],
        ),
        (
            "rule-set",
            "/rules/0/parameters/0/value",
            json!(0.5),
            ["rules[0].parameters[0].value: ", "whole number"],
        ),
    ] {
        tells(&with(kind, at, value), &parts);
    }
}

#[test]
fn a_field_that_is_unknown_missing_or_in_the_wrong_place() {
    tells(
        &with("sighting", "/stauts", json!("x")),
        &["\"stauts\"", "did you mean \"status\"?"],
    );
    tells(
        &with("sighting", "/when/zones", json!("x")),
        &["line 1, when: ", "\"zone\"?"],
    );
    tells(
        &with("sighting", "/lable", json!("x")),
        &["known are about, basis", ", as, source, recorded_at"],
    );
    let replacement = with("corrected", "/replacement/wholly-other", json!("x"));
    tells(&replacement, &["replacement: ", "known are "]);
    assert!(!replacement.contains("recorded_at"), "{replacement}");
    tells(
        &with("sighting", "/targets", json!(["a"])),
        &["no field \"targets\""],
    );
    tells(
        &with("quantity", "/quantity/share/of", json!("a")),
        &["quantity.share: ", "no field \"of\""],
    );
    tells(&without("sighting", &["place"]), &["\"place\" is missing"]);
    tells(
        &without("sighting", &["mode"]),
        &["\"mode\" is missing", "\"observed\""],
    );
    tells(
        &without("retracted", &["targets"]),
        &["\"targets\" is missing"],
    );
    tells(&without("sighting", &["kind"]), &["\"kind\" is missing"]);
    tells(
        &with("sighting", "/kind", json!("sightin")),
        &["kind: ", "\"sighting\"?"],
    );
    tells(
        &with("sighting", "/kind", json!("genesis")),
        &["kind: ", "known are"],
    );
}

#[test]
fn a_rule_between_fields() {
    for (kind, at, value, parts) in [
        (
            "sighting",
            "/place",
            json!({"berth": "the third"}),
            ["place: ", "needs a locode"],
        ),
        (
            "sighting",
            "/count",
            json!({"low": 3, "high": 2}),
            ["count", "above its high end"],
        ),
        (
            "sighting",
            "/count",
            json!({"low": 0, "high": 0}),
            ["count: ", "none did it"],
        ),
        (
            "sighting",
            "/basis/0/at",
            json!({}),
            ["basis[0].at: ", "says no place"],
        ),
        (
            "sighting",
            "/basis/0/cited",
            json!("w"),
            ["basis", "{cited} alone"],
        ),
        (
            "count",
            "/basis/0/at/page",
            json!(0),
            ["basis[0].at.page: ", "from 1"],
        ),
        (
            "count",
            "/basis/0/at/region/width",
            json!(0),
            ["basis[0].at.region: ", "1 pixel"],
        ),
        (
            "cap",
            "/period/month",
            json!(13),
            ["period.month: ", "1 to 12"],
        ),
        (
            "cap",
            "/period/day",
            json!(32),
            ["period.day: ", "every year"],
        ),
        (
            "cap",
            "/period/months",
            json!(0),
            ["period.months: ", "1 to 12"],
        ),
        (
            "figure",
            "/relations/1/reason",
            json!(null),
            ["relations[1]: ", "need a reason"],
        ),
        (
            "figure",
            "/relations/1/figure",
            json!("fig-1"),
            ["relations[1]: ", "twice"],
        ),
        (
            "port-call",
            "/departure/edtf",
            json!("2024-03-04"),
            ["departure: ", "before the arrival"],
        ),
        (
            "image",
            "/cloud",
            json!(10_001),
            ["cloud: ", "at most 10000"],
        ),
        (
            "image",
            "/footprint/2",
            json!(null),
            ["footprint[2]: ", "lat"],
        ),
        (
            "document",
            "/hold/held",
            json!([]),
            ["hold.held: ", "\"cited\""],
        ),
        (
            "document",
            "/hold/held/1/file",
            json!("a.txt"),
            ["hold.held[1]: ", "twice"],
        ),
        (
            "document",
            "/relays",
            json!(["ft", "ft"]),
            ["relays[1]: ", "twice"],
        ),
        (
            "vessel",
            "/names/0/original",
            json!(null),
            ["names[0].script: ", "missing"],
        ),
        (
            "said-listed",
            "/measures/1/says",
            json!(null),
            ["measures[1]: ", "needs the source's words"],
        ),
        (
            "claim",
            "/broader_than/0",
            json!({"product": "oil"}),
            ["broader_than: ", "the value itself"],
        ),
        (
            "hypothesis",
            "/against/0",
            json!("ammo"),
            ["against[0]: ", "already"],
        ),
        ("rule-set", "/rules", json!([]), ["rules: ", "at least one"]),
        (
            "rule-set",
            "/rules/0/version",
            json!(0),
            ["rules[0].version: ", "from 1"],
        ),
        (
            "corrected",
            "/targets",
            json!(["a", "b"]),
            ["targets: ", "at most 1"],
        ),
        (
            "retracted",
            "/targets",
            json!([]),
            ["targets: ", "at least 1"],
        ),
        (
            "corrected",
            "/replacement/kind",
            json!("retracted"),
            ["replacement.kind: ", "can stand here"],
        ),
        (
            "corrected",
            "/replacement/place",
            json!({}),
            ["replacement: ", "needs a locode"],
        ),
    ] {
        tells(&with(kind, at, value), &parts);
    }
    // The number of a company that passes only its own check.
    let imo = |scheme: &str, number: &str| {
        let mut json = line("claim");
        json["value"] = json!({"imo": {"scheme": scheme, "number": number}});
        json.to_string()
    };
    for wrong in [imo("ship", "5342883"), imo("company", "8691702")] {
        tells(&refusal(&wrong), &["value.imo.number: ", "check digit"]);
    }
    assert!(Names::default().read(&imo("company", "5342883")).is_ok());
    tells(
        &without("ais-track", &["about", "mmsi"]),
        &["needs the vessel (about) or the mmsi"],
    );
    tells(
        &without("vessel", &["names", "imo", "mmsi", "call_sign"]),
        &["needs a name"],
    );
    tells(
        &without("assertion", &["about"]),
        &["property: ", "name it in about"],
    );
    tells(
        &without("document", &["title", "publisher", "url", "hold"]),
        &["needs a title"],
    );
    let parameter = json!({"name": "digits", "value": 4});
    tells(
        &with(
            "rule-set",
            "/rules/0/parameters",
            json!([parameter, parameter]),
        ),
        &["rules[0].parameters: ", "each once"],
    );
}

#[test]
fn what_stands_beside_the_event() {
    for (at, value, parts) in [
        (
            "/as",
            json!("Seen March"),
            ["as: ", "beginning with a letter"],
        ),
        ("/as", json!(7), ["as: ", "in quotes"]),
        ("/source", json!("web"), ["source: ", "obtained-from"]),
        ("/source", json!({"note": ""}), ["source: ", "\"note\""]),
        ("/source", json!({"Note": "x"}), ["source: ", "\"Note\""]),
        (
            "/recorded_at",
            json!("2024-03-27"),
            ["recorded_at: ", "T09:30:00Z"],
        ),
        (
            "/recorded_at",
            json!("2024-03-27T09:30:00+01:00"),
            ["recorded_at: ", "UTC"],
        ),
        (
            "/recorded_at",
            json!("2024-03-27T09:30:00.0001Z"),
            ["recorded_at: ", "millisecond"],
        ),
    ] {
        tells(&with("group", at, value), &parts);
    }
}

#[test]
fn a_replacement_within_a_replacement_is_refused_at_once() {
    let mut inner = line("retracted");
    for _ in 0..20 {
        inner = json!({"kind": "corrected", "targets": ["a"], "reason": "r", "replacement": inner});
    }
    tells(&refusal(&inner.to_string()), &["replacement.kind: "]);
}

#[test]
fn a_name_that_stands_for_nothing() {
    let mut names = Names {
        missing: vec!["press-b", "c.txt", "seen-march"],
        ..Names::default()
    };
    let refusal = names.read(&line("sighting").to_string()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "line 1, basis[0].of: there is no entry \"press-b\""
    );
    names.missing.remove(0);
    let refusal = names.read(&line("sighting").to_string()).unwrap_err();
    assert_eq!(refusal.at, "basis[1].file");
    let refusal = names.read(&line("corrected").to_string()).unwrap_err();
    assert_eq!(refusal.at, "targets[0]");
}

#[test]
fn two_names_of_one_entry_do_not_get_past_a_rule() {
    let mut names = Names::default();
    names.aliases.insert("#3", "ft");
    let mut json = line("document");
    json["relays"] = json!(["ft", "#3"]);
    let refusal = names.read(&json.to_string()).unwrap_err();
    assert_eq!(refusal.at, "relays[1]");
    let mut json = line("retracted");
    json["targets"] = json!(["#3", "ft"]);
    assert_eq!(names.read(&json.to_string()).unwrap_err().at, "targets[1]");
}

/// Version 2 of a track: what was decoded must hang together.
#[test]
fn a_count_that_does_not_add_up() {
    let line: Value = serde_json::from_str(include_str!("vectors/versions.jsonl")).unwrap();
    for (at, value, part) in [
        ("/lines", json!(15), "add up"),
        ("/lines", json!(u64::MAX), "add up"),
        ("/refused/0/count", json!(u64::MAX), "add up"),
        ("/refused/1/reason", json!("armour"), "alphabetical"),
        ("/refused/1/reason", json!("checksum-wrong"), "alphabetical"),
        ("/flagged/0/count", json!(0), "flags stand"),
        ("/messages/2/type", json!(5), "types stand in order"),
        ("/messages/2/type", json!(64), "types stand in order"),
        ("/messages/0/count", json!(0), "at least one message"),
        ("/mmsis/1", json!(445123000), "ascending"),
        ("/mmsi_count", json!(3), "lowest 16,384"),
        ("/span/first", json!(1711540801000u64), "behind the last"),
        (
            "/options",
            json!([{"name": "a", "text": "1"}, {"name": "a", "text": "2"}]),
            "twice",
        ),
    ] {
        let mut json = line.clone();
        *json["decoded"].pointer_mut(at).unwrap() = value;
        let refusal = refusal(&json.to_string());
        assert!(refusal.contains(part), "{at}: {refusal}");
        assert!(refusal.contains("decoded."), "{at}: {refusal}");
    }
    let mut many = line;
    many["decoded"]["mmsis"] = (0..16_385).collect();
    let refusal = refusal(&many.to_string());
    assert!(refusal.contains("16384"), "{refusal}");
}
