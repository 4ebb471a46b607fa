//! Rows of what was done with evidence, translations that drifted, conversions, memberships, and findings
//! that an amendment which cannot be read may bear on.

use crate::common::case::at_p;
use crate::common::{By, Log, told, when};
use seaproof_evidence::Class;
use seaproof_replay::{Range, View};
use serde_json::{Value, json};

fn say(log: &mut Log, label: &str, event: Value) -> u64 {
    let basis = json!([{"cited": "a source"}]);
    log.record(By::Ann, label, told(event, "reported", json!({}), basis))
}

fn document(log: &mut Log, label: &str) {
    let event = json!({"kind": "document", "publisher": label, "hold": "cited"});
    log.record(By::Ann, label, event);
}

fn held(view: &View, id: &str) -> Value {
    let row = view.documents.iter().find(|row| row.told.id == id);
    serde_json::to_value(&row.unwrap().held).unwrap()
}

#[test]
fn a_file_that_is_attached_makes_what_was_cited_held() {
    let mut log = Log::new();
    document(&mut log, "paper");
    assert_eq!(held(&log.view(), "paper")["hold"], "cited");
    let attached = json!({"kind": "attached", "about": "@paper",
        "files": [{"file": "@@scan", "form": "capture", "name": "scan.pdf"}]});
    let by = log.record(By::Ann, "scan", attached);
    let row = held(&log.view(), "paper");
    assert_eq!(row["hold"], "held");
    let file = &row["files"][0];
    assert_eq!(
        (&file["form"], &file["name"], &file["attached_by"]),
        (&json!("capture"), &json!("scan.pdf"), &json!(by))
    );
    log.retract(By::Ann, "scan");
    assert_eq!(held(&log.view(), "paper")["hold"], "cited");
}

#[test]
fn custody_says_who_had_what_from_whom_and_why() {
    let mut log = Log::new();
    document(&mut log, "paper");
    let event = json!({"kind": "custody", "action": "transferred", "entries": ["@paper"],
        "exhibits": ["@@disk"], "from": "Field", "to": "Registry", "purpose": "filing",
        "place": "The Hague", "when": when("2024-06-01", "on")});
    let entry = say(&mut log, "", event);
    let view = log.view();
    let [row] = &view.custody[..] else {
        panic!("one row");
    };
    assert_eq!(
        (&row.about[..], row.exhibits.len()),
        (&["paper".to_owned()][..], 1)
    );
    let all = [&row.from, &row.to, &row.purpose, &row.place].map(|part| part.as_deref().unwrap());
    assert_eq!(all, ["Field", "Registry", "filing", "The Hague"]);
    assert_eq!(row.when.as_ref().unwrap().edtf, "2024-06-01");
    assert_eq!((row.whole_ledger, row.told.entry), (false, entry));
}

#[test]
fn what_is_derived_names_its_parents_and_its_tool() {
    let mut log = Log::new();
    let event = json!({"kind": "derived", "parents": ["@@scene"], "tool": "crop",
        "tool_version": "1.2", "parameters": [{"name": "box", "text": "0 0 9 9"}],
        "hold": {"held": [{"file": "@@part", "form": "extract"}]}});
    say(&mut log, "part", event);
    let view = log.view();
    let row = &view.derived[0];
    assert!(
        row.parents[0].starts_with(&format!("{:x}", b's')),
        "{:?}",
        row.parents
    );
    assert_eq!(
        (row.tool.as_str(), row.tool_version.as_deref()),
        ("crop", Some("1.2"))
    );
    assert_eq!(row.parameters, [("box".to_owned(), "0 0 9 9".to_owned())]);
    assert_eq!(serde_json::to_value(&row.held).unwrap()["hold"], "held");
}

/// What translation-drift says of two renderings of one passage.
fn drift(one: (&str, &str, &str), other: (&str, &str, &str)) -> Option<String> {
    let mut log = Log::new();
    for label in ["original", "other-original", "a", "b"] {
        document(&mut log, label);
    }
    for (document, (of, into, rendered)) in [("a", one), ("b", other)] {
        let event = json!({"kind": "translation", "document": format!("@{document}"),
            "of": format!("@{of}"), "into": into,
            "passages": [{"name": "the-port", "rendered": rendered}]});
        say(&mut log, "", event);
    }
    let view = log.view();
    let found = view.findings.iter().find(|f| f.rule == "translation-drift");
    if let Some(finding) = found {
        // Both renderings, both translations, and the original.
        assert_eq!(finding.entries, [1, 3, 4, 5, 6]);
    }
    found.map(|finding| finding.statement.clone())
}

#[test]
fn renderings_of_one_passage_that_differ_have_drifted() {
    let one = ("original", "en", "the port of Vostochny");
    assert_eq!(
        drift(one, ("original", "en", "the eastern port")).unwrap(),
        "One passage of original (the-port) is rendered as \"the port of Vostochny\" in a (#5) and \
         \"the eastern port\" in b (#6)."
    );
    for same in [
        one,
        ("original", "en", "The  port of\nVostochny"),
        ("original", "de", "der Hafen"),
        ("other-original", "en", "another port"),
    ] {
        assert_eq!(drift(one, same), None, "{same:?}");
    }
}

/// A cap of a million barrels of refined products, and a figure of it told so.
fn told_in(amounts: &[(u64, &str)], factors: &[(&str, &str, &str)]) -> View {
    let mut log = Log::new();
    let cap = json!({"kind": "cap", "receiver": "KP", "product": "refined", "suppliers": "all",
        "amount": {"value": 1_000_000, "unit": "bbl"},
        "period": {"month": 1, "day": 1, "months": 12, "first_year": 2018}});
    say(&mut log, "cap", cap);
    let figure = json!({"kind": "figure", "what": "products", "supplier": "RU", "receiver": "KP",
        "product": "refined", "period": when("2024-03", "within"),
        "origin": {"who": {"words": "an official"}}});
    log.record(By::Ann, "oil", figure);
    for (value, unit) in amounts {
        let quantity = json!({"kind": "quantity", "figure": "@oil",
            "quantity": {"amount": {"bound": "exactly", "value": value, "unit": unit}}});
        say(&mut log, "", quantity);
    }
    for (from, product, factor) in factors {
        let event = json!({"kind": "conversion-factor", "from": from, "to": "bbl",
            "product": product, "factor": factor});
        say(&mut log, "", event);
    }
    log.view()
}

fn reported(view: &View) -> Option<(u64, Option<u64>)> {
    let column = view.caps[0].reported.as_ref()?;
    Some((column.low, column.high))
}

#[test]
fn tonnes_become_barrels_by_every_factor_that_fits_rounded_outward() {
    let tonnes = [(1_001, "t")];
    let none = told_in(&tonnes, &[]);
    assert_eq!(reported(&none), None);
    assert!(
        none.caps[0].not_counted[0]
            .1
            .contains("no factor is recorded")
    );
    // 7,507.5 barrels.
    let one = told_in(&tonnes, &[("t", "refined", "75/10")]);
    assert_eq!(reported(&one), Some((7_507, Some(7_508))));
    // And 8,308.3 by another.
    let both = told_in(
        &tonnes,
        &[("t", "refined", "75/10"), ("t", "refined", "83/10")],
    );
    assert_eq!(reported(&both), Some((7_507, Some(8_309))));
    let figure = &both.caps[0].reported.as_ref().unwrap().figures[0];
    let factors = serde_json::to_value(&figure.factors).unwrap();
    assert_eq!(factors.as_array().map(Vec::len), Some(2), "{factors}");
    assert!(
        figure.entries.contains(&4) && figure.entries.contains(&5),
        "{:?}",
        figure.entries
    );
    assert_eq!(both.conversion_factors.len(), 2);
}

#[test]
fn a_factor_for_something_else_converts_nothing() {
    let tonnes = [(1_000, "t")];
    assert_eq!(
        reported(&told_in(&tonnes, &[("t", "crude", "73/10")])),
        None
    );
    assert_eq!(
        reported(&told_in(&tonnes, &[("m3", "refined", "63/10")])),
        None
    );
}

#[test]
fn barrels_that_were_told_are_not_replaced_by_converted_tonnes() {
    let view = told_in(
        &[(1_000, "t"), (7_000, "bbl")],
        &[("t", "refined", "75/10")],
    );
    assert_eq!(reported(&view), Some((7_000, Some(7_000))));
}

/// How many vessels there are if one is named and belongs so to a group of five.
fn distinct(degrees: &[&str]) -> (Range, u32) {
    let mut log = Log::new();
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "five", group);
    let count = json!({"kind": "count", "about": "@five", "count": {"low": 5, "high": 5}});
    say(&mut log, "", count);
    say(
        &mut log,
        "ship",
        json!({"kind": "vessel", "names": [{"latin": "Example"}]}),
    );
    for degree in degrees {
        let member = json!({"kind": "membership", "about": "@ship", "group": "@five",
            "degree": degree});
        say(&mut log, "", member);
    }
    let view = log.view();
    (view.distinct_vessels, view.groups[0].named)
}

#[test]
fn a_member_is_counted_once_and_who_may_be_one_once_or_twice() {
    for (degrees, low, high, named) in [
        (&[][..], 5, 6, 0),
        (&["may-be"], 5, 6, 0),
        (&["is"], 5, 5, 1),
        (&["is-not"], 6, 6, 0),
        (&["is", "is-not"], 5, 6, 0),
        (&["may-be", "is"], 5, 5, 1),
    ] {
        let range = Range {
            low,
            high: Some(high),
        };
        assert_eq!(distinct(degrees), (range, named), "{degrees:?}");
    }
}

#[test]
fn an_amendment_that_is_withheld_may_bear_on_every_finding() {
    let mut log = at_p();
    assert!(log.view().findings.iter().all(|f| f.subject_to.is_empty()));
    log.entries.push(log.blank(By::Ann, Class::Amendment));
    let view = log.view();
    assert_eq!(view.withheld, [38]);
    assert_eq!(view.findings.len(), 9);
    for finding in &view.findings {
        assert_eq!(finding.subject_to, [38]);
        let caveat = "Subject to #38: an amendment that cannot be read here may bear on it.";
        assert!(
            finding.caveats.iter().any(|c| c == caveat),
            "{:?}",
            finding.caveats
        );
    }
    // Evidence that is withheld amends nothing.
    let mut log = at_p();
    log.entries.push(log.blank(By::Ann, Class::Evidence));
    assert!(log.view().findings.iter().all(|f| f.subject_to.is_empty()));
}
