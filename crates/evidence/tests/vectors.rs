//! The wire format, pinned. The files in `vectors` never change: ledgers hold such bytes. A new
//! version of a kind gets files of its own beside them.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use bincode::Decode;
use common::Names;
use seaproof_evidence::events::amendments::{Corrected, Erased};
use seaproof_evidence::events::custody::{AnchorKind, CustodyAction};
use seaproof_evidence::events::lists::MatchedBy;
use seaproof_evidence::events::movements::{Coverage, Measure, TransferRole};
use seaproof_evidence::events::quantities::{FigureRelation, ProductClass, Telling};
use seaproof_evidence::events::rules::ParameterValue;
use seaproof_evidence::events::sources::Receiver;
use seaproof_evidence::events::things::{Members, MembershipDegree, Value};
use seaproof_evidence::events::views::HypothesisStatus;
use seaproof_evidence::ids::ImoScheme;
use seaproof_evidence::provenance::{Basis, ConfidenceLevel, Form, Hold, Mode, Who};
use seaproof_evidence::time::Sense;
use seaproof_evidence::units::{Bound, Unit};
use seaproof_evidence::{Event, Slots};
use seaproof_ledger::encoding;
use serde::Serialize;
use serde_json::{Value as Json, json};

/// The bytes of a vector.
fn vector(kind: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{kind}.hex"));
    let digits: Vec<u8> = std::fs::read_to_string(path)
        .unwrap()
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn every_vector_is_the_event_it_was_made_of() {
    let lines: Vec<&str> = include_str!("vectors/events.jsonl").lines().collect();
    assert_eq!(lines.len(), Event::KINDS.len());
    for (json, (kind, _)) in lines.iter().zip(Event::KINDS) {
        let line = Names::default().read(json).unwrap();
        let slots = Slots {
            entries: line.facts.refs.len(),
            exhibits: line.facts.exhibits.len(),
        };
        let bytes = vector(kind);
        let event = Event::from_bytes(kind, 1, &bytes, slots).unwrap().unwrap();
        assert_eq!(event, line.event, "{kind}");
        assert_eq!(event.to_bytes(), bytes, "{kind}");
    }
}

/// The number of a kind's version that a vector beside the first is of.
const LATER: [(&str, u16); 1] = [("ais-track", 2)];

#[test]
fn every_later_version_is_the_event_it_was_made_of_and_the_versions_before_stay() {
    let lines: Vec<&str> = include_str!("vectors/versions.jsonl").lines().collect();
    assert_eq!(lines.len(), LATER.len());
    for (json, (kind, version)) in lines.iter().zip(LATER) {
        let line = Names::default().read(json).unwrap();
        assert_eq!(line.facts.kind_version, version);
        let slots = Slots {
            entries: line.facts.refs.len(),
            exhibits: line.facts.exhibits.len(),
        };
        let bytes = vector(&format!("{kind}.{version}"));
        let read = |version, bytes: &[u8]| Event::from_bytes(kind, version, bytes, slots);
        assert_eq!(read(version, &bytes).unwrap().unwrap(), line.event);
        assert_eq!(line.event.written(), (version, bytes.clone()));
        // The bytes of one version are not those of another, and no version is skipped.
        assert!(read(version - 1, &bytes).unwrap().is_err());
        assert!(read(version, &vector(kind)).unwrap().is_err());
        assert_eq!(read(version + 1, &bytes), None);
    }
}

#[test]
fn what_version_1_can_say_has_no_other_encoding() {
    // Its bytes with an empty option behind them are what version 2 would write for the same.
    let bytes = [&vector("ais-track")[..], &[0]].concat();
    let slots = Slots {
        entries: 1,
        exhibits: 1,
    };
    let error = Event::from_bytes("ais-track", 2, &bytes, slots)
        .unwrap()
        .unwrap_err();
    assert!(error.to_string().contains("version 1"), "{error}");
}

/// What another implementation of the encoding, serde's, makes of plain tuples.
fn other<T: Serialize>(value: &T) -> Vec<u8> {
    bincode1::serialize(value).unwrap()
}

/// Mode *reported* and nothing else: origin, basis, confidence, note.
type Bare = (
    u32,
    (u32, Option<u32>, Option<&'static str>),
    Vec<()>,
    (u32, Option<&'static str>),
    Option<&'static str>,
);
const REPORTED: Bare = (1, (0, None, None), Vec::new(), (0, None), None);

#[test]
fn another_implementation_writes_the_same_bytes() {
    let group = (0u32, "Tankers on the images.", Some(0u16), Some("A note."));
    assert_eq!(other(&group), vector("group"));

    let share = (4u32, (1u32, 4u32), 1u16);
    let quantity = (0u16, (1u32, share), Some("more than a quarter"), REPORTED);
    assert_eq!(other(&quantity), vector("quantity"));

    let when = ("2024-03-07/..", 2u32, None::<i16>);
    let position = (417_670_000i32, 1_298_170_000i32);
    let place = (
        Some(*b"KPCHO"),
        Some(position),
        Some("off the port"),
        Some("not named"),
    );
    let origin = ((2u32, 2u16), Some(0u32), None::<&str>);
    let at = (
        None::<u32>,
        None::<&str>,
        Some((11u32, 11u32)),
        None::<u32>,
        None::<&str>,
    );
    let rest = (
        None::<&str>,
        None::<(u32, u32, u32, u32)>,
        None::<(u32, u32)>,
        None::<u32>,
    );
    let bases = (
        2u64,
        (0u32, 1u16, Some(0u16), Some((at, rest))),
        (1u32, 1u16, None::<()>),
    );
    let provenance = (1u32, origin, bases, (0u32, None::<&str>), None::<&str>);
    let count = Some((2u32, Some(2u32)));
    let sighting = (
        0u16,
        count,
        Some("two"),
        place,
        Some(when),
        Some("at port"),
        provenance,
    );
    assert_eq!(other(&sighting), vector("sighting"));

    let parameters = (
        3u64,
        ("digits", (0u32, 4i64)),
        ("rounding", (1u32, "outward")),
        ("single-valued", (2u32, vec!["duty", "flag"])),
    );
    let rule_set = (1u64, ("cap-share", 1u16, parameters));
    assert_eq!(other(&rule_set), vector("rule-set"));

    let zone = 600i16;
    let port = (
        *b"RUVYP",
        vec!["Vostochny", "Vostochnyy"],
        Some((427_500_000i32, 1_330_830_000i32)),
        Some(1_000u32),
        Some(zone),
        (
            1u32,
            (0u32, None::<u32>, None::<&str>),
            (1u64, 2u32, "a port index"),
            (0u32, None::<&str>),
            None::<&str>,
        ),
    );
    assert_eq!(other(&port), vector("port"));

    let since = Some(("2020-01-01", 0u32, None::<i16>));
    let delisted = (0u16, Some(1u16), since, REPORTED);
    assert_eq!(other(&delisted), vector("delisted"));

    let notified = (
        3u32,
        (0u32, None::<u32>, None::<&str>),
        0u64,
        (0u32, None::<&str>),
        None::<&str>,
    );
    let filed = Some(("2024-02", 1u32, None::<i16>));
    let amount = (0u32, 0u32, 15_279u64, 0u32);
    let notification = (
        0u16,
        amount,
        Some("15,279"),
        (2u32, *b"RU"),
        filed,
        notified,
    );
    assert_eq!(other(&notification), vector("notification"));

    let held = (
        3u32,
        (1u64, (0u16, 0u32, Some("track.nmea.gz"), None::<&str>)),
    );
    let words = ("A receiver ashore", 1u32, Some("Peter the Great Gulf"));
    let nothing = (None::<()>, None::<()>);
    let counts = (14u64, 7u64, 2u64, 1u64);
    let refused = (2u64, ("checksum-wrong", 3u64), ("not-ais", 1u64));
    let flagged = (1u64, ("tag-checksum-wrong", 5u64));
    let messages = (3u64, (1u8, 4u64), (5u8, 1u64), (18u8, 2u64));
    let mmsis = (2u64, vec![445_123_000u32, 1_073_741_823]);
    let decoded = (
        ("sentences", Some("gzip"), "seaproof-ais", "0.1.0"),
        (1u64, ("duplicate-seconds", "10")),
        (counts, refused, flagged, messages),
        (0u64, 1u64),
        mmsis,
        Some((1_711_454_400_000i64, 1_711_540_800_999i64)),
    );
    let track = (
        (Some(0u16), None::<()>),
        words,
        nothing,
        held,
        None::<()>,
        Some(decoded),
    );
    assert_eq!(other(&track), vector("ais-track.2"));

    let mut root = [0u8; 32];
    for (i, byte) in root.iter_mut().enumerate() {
        *byte = u8::try_from(i % 16).unwrap() * 0x11;
    }
    assert_eq!(other(&(38u64, root, 1u16)), vector("state-recorded"));

    let replacement = ("sighting", 1u16, vector_of_replacement());
    assert_eq!(other(&("A slip.", replacement)), vector("corrected"));
}

/// The bytes of the event inside the vector of a correction.
fn vector_of_replacement() -> Vec<u8> {
    let slots = Slots {
        entries: 2,
        exhibits: 0,
    };
    let read = Event::from_bytes("corrected", 1, &vector("corrected"), slots);
    let Event::Corrected(Corrected { replacement, .. }) = read.unwrap().unwrap() else {
        panic!("another kind");
    };
    replacement.event
}

/// Checks that a type's values are encoded as 0, 1, 2 and so on.
fn in_order<T>(values: &[Json])
where
    T: bincode::Encode + Decode<Slots> + for<'de> serde::Deserialize<'de>,
{
    for (i, json) in values.iter().enumerate() {
        let value: T = serde_json::from_value(json.clone()).unwrap();
        let number = u32::try_from(i).unwrap();
        assert_eq!(
            encoding::encode(&value)[..4],
            number.to_le_bytes(),
            "{json}"
        );
    }
    let beyond = u32::try_from(values.len()).unwrap().to_le_bytes();
    let zeros = [&beyond[..], &[0; 64]].concat();
    let error = encoding::decode_in::<T, _>(&zeros, 100, Slots::ANY)
        .err()
        .unwrap();
    assert!(error.to_string().contains("UnexpectedVariant"), "{error}");
}

fn words<T>(values: &[&str])
where
    T: bincode::Encode + Decode<Slots> + for<'de> serde::Deserialize<'de>,
{
    let values: Vec<Json> = values.iter().map(|word| (*word).into()).collect();
    in_order::<T>(&values);
}

#[test]
fn the_order_of_variants_is_frozen() {
    words::<Erased>(&["facts", "source", "both"]);
    words::<Mode>(&["observed", "reported", "estimated", "notified", "inferred"]);
    words::<ConfidenceLevel>(&[
        "not-assessed",
        "doubtful",
        "possible",
        "probable",
        "confirmed",
    ]);
    words::<Form>(&[
        "original",
        "capture",
        "copy",
        "extract",
        "transcript",
        "translation",
        "own-notes",
    ]);
    words::<Sense>(&["on", "within", "each-within", "throughout"]);
    words::<Unit>(&["bbl", "t", "kg", "m3", "l"]);
    words::<Bound>(&["exactly", "about", "up-to", "at-least", "more-than"]);
    words::<ImoScheme>(&["ship", "company"]);
    words::<Receiver>(&[
        "not-stated",
        "terrestrial",
        "satellite",
        "both",
        "shipborne",
    ]);
    words::<Members>(&["vessels", "calls"]);
    words::<Measure>(&["port-ban", "asset-freeze", "deflag", "other"]);
    words::<ProductClass>(&["not-stated", "oil", "crude", "refined"]);
    words::<FigureRelation>(&["contains", "disjoint", "rival"]);
    words::<HypothesisStatus>(&["open", "supported", "refuted", "abandoned"]);
    words::<MatchedBy>(&["imo", "name", "alias", "former-name", "other"]);
    words::<MembershipDegree>(&["may-be", "is", "is-not"]);
    words::<TransferRole>(&["not-stated", "giver", "receiver"]);
    words::<CustodyAction>(&["transferred", "accessed", "copied", "exported", "served"]);
    words::<AnchorKind>(&["timestamp", "cosignature", "publication", "other"]);
    in_order::<Who>(&[
        "not-stated".into(),
        "recorder".into(),
        json!({"entry": 0}),
        json!({"words": "w"}),
    ]);
    in_order::<Hold>(&[
        "not-stated".into(),
        "cited".into(),
        "withheld".into(),
        json!({"held": []}),
    ]);
    in_order::<Coverage>(&[
        "not-stated".into(),
        json!({"track": 0}),
        json!({"words": "w"}),
    ]);
    in_order::<Basis>(&[json!({"of": 0}), json!({"file": 0}), json!({"cited": "w"})]);
    in_order::<ParameterValue>(&[json!(1), json!("k"), json!(["k"])]);
    in_order::<Telling>(&[
        json!({"amount": {"bound": "exactly", "value": 1, "unit": "bbl"}}),
        json!({"share": {"bound": "exactly", "share": "1/4", "cap": 0}}),
    ]);
    in_order::<Value>(&[
        json!({"words": "w"}),
        json!({"country": "KP"}),
        json!({"product": "oil"}),
        json!({"amount": {"value": 1, "unit": "bbl"}}),
        json!({"when": {"edtf": "2024", "sense": "on"}}),
        json!({"name": {"latin": "N"}}),
        json!({"imo": {"scheme": "ship", "number": "8691702"}}),
        json!({"mmsi": "445123000"}),
        json!({"call-sign": "HMZF"}),
        json!({"entry": 0}),
    ]);
}
