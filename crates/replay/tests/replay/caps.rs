//! The arithmetic of caps: the case with later sources, and what the two reports do not reach.

use crate::common::case::at_p;
use crate::common::{By, Log, told, when};
use seaproof_replay::View;
use seaproof_replay::view::ColumnRow;
use serde_json::{Value, json};

fn figure(log: &mut Log, label: &str, period: &str, origin: Value, relations: Value) {
    let event = json!({"kind": "figure", "what": "refined products", "supplier": "RU",
        "receiver": "KP", "product": "refined", "period": when(period, "within"),
        "origin": origin, "relations": relations});
    log.record(By::Ann, label, event);
}

fn tell(log: &mut Log, figure: &str, bound: &str, value: u64) {
    let event = json!({"kind": "quantity", "figure": format!("@{figure}"),
        "quantity": {"amount": {"bound": bound, "value": value, "unit": "bbl"}}});
    log.record(
        By::Ann,
        "",
        told(event, "reported", json!({}), json!([{"cited": "a report"}])),
    );
}

fn contains(label: &str) -> Value {
    json!([{"relation": "contains", "figure": format!("@{label}")}])
}

fn filing() -> Value {
    json!({"who": {"words": "a state"}, "mode": "notified"})
}

fn official() -> Value {
    json!({"who": {"words": "an official"}})
}

/// The case with the numbers of other sources.
fn with_other_sources() -> Log {
    let mut log = at_p();
    figure(
        &mut log,
        "us-march",
        "2024-03",
        official(),
        contains("rusi-march"),
    );
    tell(&mut log, "us-march", "more-than", 165_000);
    figure(&mut log, "ru-jan", "2024-01", filing(), json!([]));
    tell(&mut log, "ru-jan", "exactly", 15_279);
    log
}

fn ends(column: &Option<ColumnRow>) -> (u64, bool, Option<u64>, bool) {
    let c = column.as_ref().expect("a number is recorded");
    (c.low, c.low_exclusive, c.high, c.open)
}

fn not_added(column: &Option<ColumnRow>) -> Vec<&str> {
    let figures = column.iter().flat_map(|c| &c.figures);
    figures
        .filter(|f| !f.counts)
        .map(|f| f.id.as_str())
        .collect()
}

#[test]
fn figures_of_one_month_overlap_and_are_not_added() {
    let view = with_other_sources().view();
    let cap = &view.caps[0];
    assert_eq!(ends(&cap.reported), (165_000, true, None, true));
    assert_eq!(not_added(&cap.reported), ["rusi-march"]);
    let reported = cap.reported.as_ref().unwrap();
    assert_eq!(reported.words, "above 165,000");
    assert_eq!(reported.share_words.as_deref(), Some("above 33.00 %"));
    assert_eq!(ends(&cap.notified), (15_279, false, Some(15_279), false));
    let share = cap.notified.as_ref().unwrap().share.unwrap();
    assert_eq!((share.low, share.high), (305, Some(306)));
    assert_eq!(cap.estimated, None);
    // 125,000 and 165,000 differ in scope.
    assert!(
        !view
            .findings
            .iter()
            .any(|f| f.statement.contains("one scope"))
    );
}

#[test]
fn a_wider_figure_takes_in_the_narrower_ones() {
    let mut log = with_other_sources();
    figure(
        &mut log,
        "us-year",
        "2024-01-01/2024-05-02",
        official(),
        contains("us-march"),
    );
    tell(&mut log, "us-year", "more-than", 500_000);
    figure(
        &mut log,
        "all-notified",
        "2024-01-01/2024-12-04",
        filing(),
        contains("ru-jan"),
    );
    tell(&mut log, "all-notified", "exactly", 168_679);
    let view = log.view();
    let cap = &view.caps[0];
    assert_eq!(ends(&cap.reported), (500_000, true, None, true));
    assert_eq!(not_added(&cap.reported), ["rusi-march", "us-march"]);
    assert_eq!(ends(&cap.notified), (168_679, false, Some(168_679), false));
    assert_eq!(not_added(&cap.notified), ["ru-jan"]);
    let share = cap.notified.as_ref().unwrap().share.unwrap();
    assert_eq!((share.low, share.high), (3_373, Some(3_374)));
    let finding = view
        .findings
        .iter()
        .find(|f| f.rule == "cap-share")
        .unwrap();
    assert!(
        finding
            .statement
            .contains("above 500,000 (above 100.00 %) of the 500,000 bbl of cap-500k, so above it"),
        "{}",
        finding.statement
    );
}

fn capped(product: &str) -> Log {
    let mut log = Log::new();
    let cap = json!({"kind": "cap", "receiver": "KP", "amount": {"value": 1_000, "unit": "bbl"},
        "product": product, "suppliers": "all",
        "period": {"month": 1, "day": 1, "months": 12, "first_year": 2018}});
    log.record(By::Ann, "cap", told(cap, "reported", json!({}), json!([])));
    log
}

fn reported(view: &View) -> (u64, Option<u64>) {
    let column = view.caps[0]
        .reported
        .as_ref()
        .expect("a number is recorded");
    (column.low, column.high)
}

#[test]
fn only_a_reason_makes_overlapping_figures_disjoint() {
    for (reason, sum) in [
        (json!("by sea, by rail"), (30, Some(30))),
        (json!(null), (20, Some(20))),
    ] {
        let mut log = capped("refined");
        figure(&mut log, "sea", "2024-03", official(), json!([]));
        tell(&mut log, "sea", "exactly", 10);
        let event = json!({"kind": "figure", "what": "by rail", "supplier": "RU", "receiver": "KP",
            "product": "refined", "period": when("2024-03-05/2024-04", "within"),
            "relations": [{"relation": "disjoint", "figure": "@sea", "reason": reason}]});
        if reason.is_null() {
            // Without a reason it is no such link at all.
            let mut plain = event.clone();
            plain["relations"] = json!([]);
            log.record(By::Ann, "rail", plain);
        } else {
            log.record(By::Ann, "rail", event);
        }
        tell(&mut log, "rail", "exactly", 20);
        assert_eq!(reported(&log.view()), sum);
    }
}

#[test]
fn periods_that_cannot_meet_are_added_and_unstated_zones_widen_them() {
    for (second, sum) in [("2024-02", (20, Some(20))), ("2024-03", (30, Some(30)))] {
        let mut log = capped("refined");
        figure(&mut log, "january", "2024-01", official(), json!([]));
        tell(&mut log, "january", "exactly", 10);
        figure(&mut log, "later", second, official(), json!([]));
        tell(&mut log, "later", "exactly", 20);
        assert_eq!(reported(&log.view()), sum, "{second}");
    }
}

#[test]
fn rivals_that_cannot_both_be_true_keep_both_ends_and_are_a_finding() {
    let mut log = capped("refined");
    figure(&mut log, "one", "2024-03", official(), json!([]));
    tell(&mut log, "one", "exactly", 10);
    figure(&mut log, "other", "2024-03", official(), json!([]));
    tell(&mut log, "other", "at-least", 20);
    let view = log.view();
    assert_eq!(reported(&view), (10, None));
    let finding = view
        .findings
        .iter()
        .find(|f| f.rule == "accounts-differ")
        .unwrap();
    assert_eq!(
        finding.statement,
        "Figures of one scope that cannot all be true, in bbl: one: 10; other: at least 20. Both \
         ends are kept."
    );
}

#[test]
fn figures_count_in_each_period_that_they_touch() {
    let mut log = capped("refined");
    figure(&mut log, "winter", "2023-12/2024-02", official(), json!([]));
    tell(&mut log, "winter", "exactly", 10);
    let view = log.view();
    let periods: Vec<_> = view
        .caps
        .iter()
        .map(|c| (c.period_words().unwrap(), ends(&c.reported)))
        .collect();
    let part = (0, false, Some(10), false);
    assert_eq!(
        periods,
        [("2023".to_owned(), part), ("2024".to_owned(), part)]
    );
    assert!(view.caps[0].reported.as_ref().unwrap().figures[0].partly);
}

#[test]
fn a_figure_of_unstated_product_needs_a_reading_or_a_share_of_the_cap() {
    let unstated = json!({"kind": "figure", "what": "oil", "supplier": "RU", "receiver": "KP",
        "period": when("2024-03", "within")});
    let mut log = capped("refined");
    log.record(By::Ann, "oil", unstated);
    tell(&mut log, "oil", "exactly", 10);
    let view = log.view();
    assert_eq!(view.caps[0].reported, None);
    assert_eq!(
        view.caps[0].not_counted,
        [(
            "oil".to_owned(),
            "its product is not stated, nor read, nor is it told as a share of this cap".into()
        )]
    );

    let mut read = log.clone();
    for product in ["crude", "refined"] {
        let reading = json!({"kind": "reading", "about": "@oil", "property": "product",
            "value": {"product": product}});
        read.record(
            By::Ann,
            product,
            told(reading, "inferred", json!({}), json!([])),
        );
    }
    let view = read.view();
    assert_eq!(reported(&view), (10, Some(10)));
    let differ = view.findings.iter().find(|f| f.rule == "accounts-differ");
    assert_eq!(differ.unwrap().statements, [4, 5]);
    read.retract(By::Ann, "refined");
    assert_eq!(read.view().caps[0].reported, None);

    let share = json!({"kind": "quantity", "figure": "@oil",
        "quantity": {"share": {"bound": "up-to", "share": "1/2", "cap": "@cap"}}});
    log.record(By::Ann, "", told(share, "reported", json!({}), json!([])));
    // The number in units gives the interval; the share only lets it in.
    let view = log.view();
    assert_eq!(reported(&view), (10, Some(10)));
    let column = view.caps[0].reported.as_ref().unwrap();
    assert_eq!(column.figures[0].by_share, [4]);
    assert!(view.caps[0].not_counted.is_empty());
    let finding = view.findings.iter().find(|f| f.rule == "cap-share");
    assert!(
        finding
            .unwrap()
            .caveats
            .contains(&"oil counts because it is told as a share of this cap (#4).".to_owned())
    );
}

#[test]
fn the_words_of_a_rough_number_say_so_once() {
    let mut log = capped("refined");
    figure(&mut log, "one", "2024-03", official(), json!([]));
    tell(&mut log, "one", "about", 250);
    let view = log.view();
    let column = view.caps[0].reported.as_ref().unwrap();
    assert_eq!(column.words, "about 250");
    assert_eq!(column.share_words.as_deref(), Some("about 25.00 %"));
}

#[test]
fn oil_against_a_cap_on_refined_products_is_named_as_not_counted() {
    let mut log = capped("refined");
    let event = json!({"kind": "figure", "what": "oil", "supplier": "RU", "receiver": "KP",
        "product": "oil", "period": when("2024-03", "within")});
    log.record(By::Ann, "oil", event);
    tell(&mut log, "oil", "exactly", 10);
    let view = log.view();
    assert_eq!(view.caps[0].reported, None);
    assert_eq!(
        view.caps[0].not_counted,
        [(
            "oil".to_owned(),
            "its product is oil, of which this cap counts only one class".into()
        )]
    );
}

#[test]
fn disjoint_figures_of_one_scope_are_no_rivals_when_a_third_overlaps_both() {
    let mut log = capped("refined");
    figure(&mut log, "a", "2024-03", official(), json!([]));
    tell(&mut log, "a", "exactly", 100);
    let disjoint = json!([{"relation": "disjoint", "figure": "@a", "reason": "another ship"}]);
    figure(&mut log, "b", "2024-03", official(), disjoint);
    tell(&mut log, "b", "exactly", 40);
    figure(&mut log, "c", "2024-03", official(), json!([]));
    tell(&mut log, "c", "more-than", 10);
    let view = log.view();
    assert_eq!(reported(&view), (100, None));
    assert!(!view.findings.iter().any(|f| f.rule == "accounts-differ"));
}

#[test]
fn the_maker_decides_the_column_and_nothing_is_converted() {
    let mut log = capped("crude");
    for (label, origin) in [
        (
            "own",
            json!({"who": "recorder", "mode": "estimated", "method": "hull volume"}),
        ),
        (
            "press",
            json!({"who": {"words": "a think tank"}, "mode": "estimated"}),
        ),
        ("state", filing()),
    ] {
        let event = json!({"kind": "figure", "what": "crude", "supplier": "RU", "receiver": "KP",
            "product": "crude", "period": when("2024-03", "within"), "origin": origin});
        log.record(By::Ann, label, event);
        let unit = if label == "state" { "t" } else { "bbl" };
        let event = json!({"kind": "quantity", "figure": format!("@{label}"),
            "quantity": {"amount": {"bound": "exactly", "value": 7, "unit": unit}}});
        log.record(By::Ann, "", told(event, "reported", json!({}), json!([])));
    }
    let view = log.view();
    let cap = &view.caps[0];
    assert_eq!(cap.estimated.as_ref().unwrap().figures[0].id, "own");
    assert_eq!(cap.reported.as_ref().unwrap().figures[0].id, "press");
    assert_eq!(cap.notified, None);
    assert_eq!(cap.not_counted[0].0, "state");
}

#[test]
fn a_figure_for_somebody_else_does_not_count() {
    let mut log = capped("refined");
    let event = json!({"kind": "figure", "what": "elsewhere", "supplier": "RU", "receiver": "CN",
        "product": "refined", "period": when("2024-03", "within")});
    log.record(By::Ann, "elsewhere", event);
    tell(&mut log, "elsewhere", "exactly", 10);
    let view = log.view();
    assert_eq!(view.caps[0].reported, None);
    assert!(view.caps[0].not_counted.is_empty());
}
