//! Findings beyond the case: who retells whom, rough wordings, corrected statements, group counts.

use crate::common::case::at_p;
use crate::common::{By, Log, told};
use seaproof_replay::{Finding, View};
use serde_json::{Value, json};

fn finding<'a>(view: &'a View, rule: &str) -> Option<&'a Finding> {
    view.findings.iter().find(|f| f.rule == rule)
}

fn document(log: &mut Log, label: &str, relays: &[&str]) {
    let relays: Vec<String> = relays.iter().map(|of| format!("@{of}")).collect();
    let event = json!({"kind": "document", "publisher": label, "hold": "cited", "relays": relays});
    log.record(By::Ann, label, event);
}

fn group(log: &mut Log, label: &str, within: Option<&str>) {
    let within = within.map(|whole| format!("@{whole}"));
    let event = json!({"kind": "group", "members": "vessels", "criterion": label,
        "within": within});
    log.record(By::Ann, label, event);
}

fn count(about: &str, n: u32, of: &[&str]) -> Value {
    let basis: Vec<Value> = of
        .iter()
        .map(|of| json!({"of": format!("@{of}")}))
        .collect();
    told(
        json!({"kind": "count", "about": format!("@{about}"), "count": {"low": n, "high": n}}),
        "reported",
        json!({}),
        json!(basis),
    )
}

/// The statement of not-independent on a group that `p` and `q` count, and `p` and `q` relay these.
fn not_independent(p: &[&str], q: &[&str], retracted: Option<&str>) -> Option<String> {
    let mut log = Log::new();
    document(&mut log, "o", &[]);
    document(&mut log, "o2", &[]);
    document(&mut log, "p", p);
    document(&mut log, "q", q);
    group(&mut log, "ships", None);
    log.record(By::Ann, "by-p", count("ships", 5, &["p"]));
    log.record(By::Ann, "by-both", count("ships", 5, &["p", "q"]));
    if let Some(label) = retracted {
        log.retract(By::Ann, label);
    }
    finding(&log.view(), "not-independent").map(|f| f.statement.clone())
}

#[test]
fn a_report_with_a_second_origin_is_not_counted_as_retelling_the_first() {
    assert!(not_independent(&["o"], &["o"], None).is_some());
    assert_eq!(not_independent(&["o", "o2"], &["o"], None), None);
}

#[test]
fn a_report_that_is_itself_retold_is_named_as_the_one_that_the_other_retells() {
    assert_eq!(
        not_independent(&["o"], &["p"], None).as_deref(),
        Some(
            "All 2 statements on ships reach us through p and q; q retells p. Not shown to be \
             independent: count as 1."
        )
    );
}

#[test]
fn a_retracted_report_does_not_count_and_a_retracted_origin_is_called_so() {
    assert_eq!(not_independent(&["o"], &["o"], Some("q")), None);
    let statement = not_independent(&["o"], &["o"], Some("o")).expect("both still retell it");
    assert!(
        statement.contains("one source (o, cited, not held, retracted)"),
        "{statement}"
    );
}

/// The case's log with one more telling of its figure.
fn with_telling(quantity: Value) -> View {
    let mut log = at_p();
    log.retract(By::Ann, "#31");
    let event = json!({"kind": "quantity", "figure": "@rusi-march", "quantity": quantity});
    let basis = json!([{"of": "@press-b"}]);
    log.record(By::Ann, "", told(event, "reported", json!({}), basis));
    log.view()
}

#[test]
fn a_rough_wording_clashes_with_none() {
    for (bound, clashes) in [("about", false), ("exactly", true)] {
        let view =
            with_telling(json!({"amount": {"bound": bound, "value": 125_001, "unit": "bbl"}}));
        assert_eq!(
            finding(&view, "wordings-differ").is_some(),
            clashes,
            "{bound}"
        );
    }
}

#[test]
fn a_corrected_statement_is_quoted_with_its_correction() {
    let mut log = at_p();
    let event = json!({"kind": "quantity", "figure": "@rusi-march", "says": "up to 120,000",
        "quantity": {"amount": {"bound": "up-to", "value": 120_000, "unit": "bbl"}}});
    let basis = json!([{"of": "@press-b"}]);
    log.correct(By::Ann, "#30", told(event, "reported", json!({}), basis));
    let view = log.view();
    let finding = finding(&view, "wordings-differ").expect("the wordings still differ");
    assert_eq!(
        finding.statement,
        "rusi-march: \"up to 120,000\" (#30 as corrected by #38: up to 120,000 bbl) and \"more than \
         a quarter\" (#31: more than 1/4 of 500,000 bbl) cannot both hold."
    );
}

#[test]
fn more_members_than_a_group_counts_are_clipped_with_a_notice() {
    let mut log = Log::new();
    document(&mut log, "d", &[]);
    group(&mut log, "ships", None);
    log.record(By::Ann, "five", count("ships", 5, &["d"]));
    let sighting = json!({"kind": "sighting", "about": "@ships", "place": {"locode": "RUVYP"},
        "count": {"low": 6, "high": 6}});
    let basis = json!([{"of": "@d"}]);
    log.record(By::Ann, "", told(sighting, "reported", json!({}), basis));
    group(&mut log, "listed", Some("ships"));
    log.record(By::Ann, "", count("listed", 7, &["d"]));
    let view = log.view();
    let counts: Vec<_> = view
        .groups
        .iter()
        .map(|g| (g.count.low, g.count.high))
        .collect();
    assert_eq!(counts, [(5, Some(5)), (5, Some(5))]);
    let notices: Vec<_> = view
        .notices
        .iter()
        .map(|n| (n.entry, n.code, n.message.as_str()))
        .collect();
    assert_eq!(
        notices,
        [
            (
                4,
                "more-than-counted",
                "it speaks of at least 6 of ships, of which there are at most 5 by #3; 5 is used"
            ),
            (
                5,
                "more-than-counted",
                "this part has at least 7 members, and its whole ships at most 5 by #3; 5 is used"
            ),
        ]
    );
}
