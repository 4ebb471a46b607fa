//! The case of March 2024 as two press reports tell it: entry `#N` says what line N of the case
//! says, up to line 37.

use super::{By, Log, line, told, when};
use serde_json::{Value, json};

fn rusi(mode: &str) -> Value {
    json!({"who": {"entry": "@rusi-analysis"}, "mode": mode})
}

fn images() -> Value {
    json!({"who": {"entry": "@rusi-images"}, "mode": "observed"})
}

fn unnamed() -> Value {
    json!({"mode": "inferred"})
}

fn held(file: &str) -> Value {
    json!({"held": [{"file": format!("@@{file}"), "form": "own-notes"}]})
}

/// The log after line 37.
pub fn at_p() -> Log {
    let mut log = Log::new();
    sources(&mut log);
    movements(&mut log);
    numbers(&mut log);
    assert_eq!(log.entries.len(), 38);
    log
}

fn sources(log: &mut Log) {
    let rules: Vec<Value> = [
        "said-listed-in-foreign-port",
        "listed-in-foreign-port",
        "cap-share",
        "no-notification-found",
        "accounts-differ",
        "wordings-differ",
        "seen-while-said-dark",
        "basis-cannot-show",
        "not-independent",
    ]
    .iter()
    .map(|rule| json!({"rule": rule, "version": 1}))
    .collect();
    let mut add = |label: &str, event: Value| {
        let by = if label == "rules-1" {
            By::Custodian
        } else {
            By::Ann
        };
        log.record(by, label, event);
    };
    add("rules-1", json!({"kind": "rule-set", "rules": rules}));
    add(
        "rusi-images",
        json!({"kind": "image-set", "hold": "cited", "count": {"low": 1, "high": null},
        "acquired": when("2024-03-07/2024-03-22", "each-within"),
        "shows": "tankers at Vostochny; tankers at Chongjin"}),
    );
    add(
        "rusi-analysis",
        json!({"kind": "document", "hold": "cited",
        "publisher": "Royal United Services Institute", "relays": ["@rusi-images"]}),
    );
    add(
        "ft",
        json!({"kind": "document", "hold": "cited", "publisher": "Financial Times",
        "published": when("2024-03-26", "on"), "language": "en", "relays": ["@rusi-analysis"]}),
    );
    add(
        "press-a",
        json!({"kind": "document", "hold": held("press-a"),
        "published": when("2024-03-26", "on"), "language": "en",
        "translated": {"from": "nl"}, "relays": ["@ft"]}),
    );
    add(
        "press-b",
        json!({"kind": "document", "hold": held("press-b"),
        "published": when("2024-03-26/..", "on"), "language": "en",
        "translated": {"from": "de"}, "relays": ["@ft"]}),
    );
    add(
        "res-2397",
        json!({"kind": "document", "hold": "cited", "publisher": "UN Security Council",
        "title": "Resolution 2397 (2017)", "published": when("2017-12-22", "on")}),
    );
}

fn movements(log: &mut Log) {
    let march = || when("2024-03", "each-within");
    let seen = || when("2024-03-07/2024-03-22", "each-within");
    let after = || when("2024-03-07/..", "each-within");
    let mut add = |label: &str, event: Value| {
        log.record(By::Ann, label, event);
    };
    add(
        "march-five",
        json!({"kind": "group", "members": "vessels",
        "criterion": "DPRK-flagged tankers seen coming into Vostochny in March 2024"}),
    );
    add(
        "",
        told(
            json!({"kind": "count", "about": "@march-five", "count": {"low": 5, "high": 5},
        "says": "five"}),
            "reported",
            rusi("observed"),
            json!([line("press-a", "3"), line("press-b", "9")]),
        ),
    );
    add(
        "",
        told(
            json!({"kind": "claim", "about": "@march-five", "property": "flag",
        "value": {"country": "KP"}, "when": when("2024-03-07/2024-03-22", "throughout")}),
            "reported",
            rusi("observed"),
            json!([line("press-a", "3"), line("press-b", "11")]),
        ),
    );
    add(
        "seen-march",
        told(
            json!({"kind": "sighting", "about": "@march-five",
        "place": {"locode": "RUVYP"}, "when": seen(), "status": "coming in"}),
            "reported",
            images(),
            json!([line("press-a", "3")]),
        ),
    );
    add(
        "calls-march",
        told(
            json!({"kind": "port-call", "about": "@march-five",
        "place": {"locode": "RUVYP", "berth": "a Russian oil company's berth, not named"},
        "arrival": march()}),
            "reported",
            images(),
            json!([
                line("press-a", "5"),
                line("press-b", "9"),
                line("press-b", "11")
            ]),
        ),
    );
    add(
        "",
        told(
            json!({"kind": "loading", "about": "@march-five", "during": "@calls-march",
        "product": {"says": "oil"}, "when": march()}),
            "reported",
            rusi("inferred"),
            json!([line("press-b", "11")]),
        ),
    );
    add(
        "dark-a",
        told(
            json!({"kind": "ais-silence", "about": "@march-five", "when": seen(),
        "phase": "when coming in"}),
            "reported",
            unnamed(),
            json!([line("press-a", "3")]),
        ),
    );
    add(
        "dark-b",
        told(
            json!({"kind": "ais-silence", "about": "@march-five", "when": march(),
        "phase": "on the journey"}),
            "reported",
            unnamed(),
            json!([line("press-b", "19")]),
        ),
    );
    add(
        "march-listed",
        json!({"kind": "group", "within": "@march-five", "members": "vessels",
        "criterion": "those said to be on a UN sanctions list"}),
    );
    let measures = json!([{"measure": "port-ban", "says": "as the report understands it"}]);
    add(
        "",
        told(
            json!({"kind": "said-listed", "about": "@march-listed",
        "count": {"low": 4, "high": null}, "says": "at least four", "authority": "UN",
        "measures": measures, "when": when("2024-03-07/2024-03-22", "throughout")}),
            "reported",
            unnamed(),
            json!([line("press-a", "5")]),
        ),
    );
    add(
        "",
        told(
            json!({"kind": "said-listed", "about": "@march-listed",
        "count": {"low": 2, "high": null}, "says": "several", "authority": "UN",
        "measures": measures, "when": when("2024-03", "throughout")}),
            "reported",
            rusi("inferred"),
            json!([line("press-b", "19")]),
        ),
    );
    add(
        "march-onward",
        json!({"kind": "group", "within": "@march-five", "members": "vessels",
        "criterion": "those said to have gone on to Chongjin"}),
    );
    add(
        "",
        told(
            json!({"kind": "departure", "about": "@march-onward",
        "count": {"low": 2, "high": null}, "says": "at least two",
        "place": {"locode": "RUVYP"}, "bound_for": {"locode": "KPCHO"}, "when": after()}),
            "reported",
            rusi("inferred"),
            json!([line("press-a", "5")]),
        ),
    );
    add(
        "seen-chongjin",
        told(
            json!({"kind": "sighting", "about": "@march-onward",
        "count": {"low": 2, "high": 2}, "says": "two", "place": {"locode": "KPCHO"},
        "when": after(), "status": "at port"}),
            "reported",
            images(),
            json!([line("press-b", "11")]),
        ),
    );
    add(
        "",
        told(
            json!({"kind": "unloading", "about": "@march-onward",
        "count": {"low": 2, "high": 2}, "during": "@seen-chongjin", "product": {"says": "oil"}}),
            "reported",
            rusi("inferred"),
            json!([line("press-b", "11")]),
        ),
    );
}

fn numbers(log: &mut Log) {
    let mut add = |label: &str, event: Value| {
        log.record(By::Ann, label, event);
    };
    let reported = |event: Value, of: &str, at: &str| {
        told(event, "reported", json!({}), json!([line(of, at)]))
    };
    let resolution = |paragraph: &str| json!([{"of": "@res-2397", "at": {"paragraph": paragraph}}]);
    add(
        "cap-500k",
        told(
            json!({"kind": "cap", "receiver": "KP",
        "amount": {"value": 500_000, "unit": "bbl"}, "product": "refined", "suppliers": "all",
        "period": {"month": 1, "day": 1, "months": 12, "first_year": 2018},
        "duty": "supplying state notifies the committee every 30 days"}),
            "reported",
            json!({}),
            resolution("5"),
        ),
    );
    add(
        "cap-4m",
        told(
            json!({"kind": "cap", "receiver": "KP",
        "amount": {"value": 4_000_000, "unit": "bbl"}, "product": "crude", "suppliers": "all",
        "period": {"month": 12, "day": 22, "months": 12}}),
            "reported",
            json!({}),
            resolution("4"),
        ),
    );
    add(
        "",
        reported(
            json!({"kind": "claim", "about": "@cap-500k", "property": "product",
        "value": {"product": "crude"}}),
            "press-a",
            "7",
        ),
    );
    add(
        "",
        told(
            json!({"kind": "claim", "about": "@cap-500k", "property": "product",
        "value": {"product": "oil"},
        "broader_than": [{"product": "crude"}, {"product": "refined"}]}),
            "reported",
            json!({}),
            json!([
                line("press-b", "13"),
                line("press-b", "15"),
                line("press-b", "17")
            ]),
        ),
    );
    add(
        "",
        reported(
            json!({"kind": "claim", "about": "@cap-500k", "property": "duty",
        "value": {"words": "approval by a UN committee"}}),
            "press-b",
            "19",
        ),
    );
    add(
        "rusi-march",
        json!({"kind": "figure", "what": "oil carried from Vostochny",
        "about": "@march-five", "supplier": "RU", "receiver": "KP",
        "period": when("2024-03-07/2024-03-22", "within"),
        "origin": {"who": {"entry": "@rusi-analysis"}, "mode": "estimated",
            "method": "not stated; perhaps the ships' capacity"}}),
    );
    add(
        "",
        reported(
            json!({"kind": "quantity", "figure": "@rusi-march", "says": "a quarter",
        "quantity": {"share": {"bound": "about", "share": "1/4", "cap": "@cap-500k"}}}),
            "press-a",
            "7",
        ),
    );
    add(
        "",
        reported(
            json!({"kind": "quantity", "figure": "@rusi-march", "says": "up to 125,000",
        "quantity": {"amount": {"bound": "up-to", "value": 125_000, "unit": "bbl"}}}),
            "press-b",
            "17",
        ),
    );
    add(
        "",
        reported(
            json!({"kind": "quantity", "figure": "@rusi-march", "says": "more than a quarter",
        "quantity": {"share": {"bound": "more-than", "share": "1/4", "cap": "@cap-500k"}}}),
            "press-b",
            "17",
        ),
    );
    add(
        "",
        told(
            json!({"kind": "reading", "about": "@rusi-march", "property": "product",
        "value": {"product": "refined"}, "alternatives": [{"product": "crude"}]}),
            "inferred",
            json!({"who": "recorder"}),
            json!([{"of": "@ft"}, {"of": "@cap-500k"}]),
        ),
    );
    let legal = |text: &str| {
        json!({"kind": "assertion", "about": "@calls-march",
        "property": "breach-of-the-2017-limits", "text": text, "legal": true})
    };
    add("", reported(legal("yes"), "press-a", "1"));
    add(
        "",
        reported(legal("no, the volume limit is not broken"), "press-b", "17"),
    );
    add(
        "ammo",
        reported(
            json!({"kind": "assertion",
        "text": "The DPRK has supplied Russia with much ammunition for months"}),
            "press-a",
            "11",
        ),
    );
    add(
        "arms-port",
        reported(
            json!({"kind": "assertion", "place": {"locode": "RUVYP"},
        "text": "Vostochny has been used as a transshipment place for suspected arms traffic"}),
            "press-b",
            "21",
        ),
    );
    add(
        "oil-for-arms",
        told(
            json!({"kind": "hypothesis", "text": "The oil pays for arms",
        "raised_by": ["@ft", "@rusi-analysis"], "supports": ["@ammo", "@arms-port"],
        "would_refute": "payment records; no link in time between cargoes"}),
            "reported",
            json!({}),
            json!([line("press-b", "21")]),
        ),
    );
}
