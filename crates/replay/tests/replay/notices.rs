//! no-notification-found: which months a search speaks of, and what is due when.

use crate::common::{By, Log, told, when};
use seaproof_replay::tracks::Readings;
use seaproof_replay::{AsOf, Lens};
use serde_json::{Value, json};

fn say(log: &mut Log, event: Value) {
    let basis = json!([{"of": "@page"}]);
    log.record(By::Ann, "", told(event, "reported", json!({}), basis));
}

/// Somebody looked for Russia's notices of these months on this day, and found none.
fn search(months: &str, seen: &str) -> Log {
    let mut log = Log::new();
    let page = json!({"kind": "document", "publisher": "Committee", "hold": "cited"});
    log.record(By::Ann, "page", page);
    say(
        &mut log,
        json!({"kind": "absence", "looked_for": {"kind": "notification", "supplier": "RU",
            "receiver": "KP", "product": "refined", "period": when(months, "within")},
            "looked_in": ["@page"], "as_seen": when(seen, "on")}),
    );
    log
}

/// A figure of refined products, from Russia to the DPRK if nothing else is said, with its number.
fn figure(log: &mut Log, label: &str, months: &str, notified: bool, other: Value) {
    let origin = match notified {
        true => json!({"who": {"words": "a state"}, "mode": "notified"}),
        false => json!({"who": {"words": "an official"}}),
    };
    let mut event = json!({"kind": "figure", "what": "refined products", "supplier": "RU",
        "receiver": "KP", "product": "refined", "period": when(months, "within"), "origin": origin});
    for (name, value) in other.as_object().into_iter().flatten() {
        event[name] = value.clone();
    }
    log.record(By::Ann, label, event);
    let amount = json!({"amount": {"bound": "exactly", "value": 10, "unit": "bbl"}});
    let figure = format!("@{label}");
    say(
        log,
        match notified {
            true => json!({"kind": "notification", "figure": figure, "quantity": amount,
                "state": "RU"}),
            false => json!({"kind": "quantity", "figure": figure, "quantity": amount}),
        },
    );
}

fn found_as_of(log: &Log, date: Option<&str>) -> Option<String> {
    let as_of = date.map(|date| date.parse::<AsOf>().unwrap());
    let state = log.state();
    let view = state
        .settle_under(Lens {
            as_of,
            ..Lens::default()
        })
        .view(&Readings::default());
    let mut found = view
        .findings
        .into_iter()
        .filter(|finding| finding.rule == "no-notification-found");
    let first = found.next();
    assert_eq!(found.count(), 0);
    first.map(|finding| finding.statement)
}

fn found(log: &Log) -> Option<String> {
    found_as_of(log, None)
}

/// The months that it says nothing was found for.
fn months(log: &Log) -> String {
    let statement = found(log).unwrap_or_default();
    let rest = statement.split("found for ").nth(1).unwrap_or_default();
    rest.split(" (#").next().unwrap_or_default().to_owned()
}

#[test]
fn a_month_is_missing_once_its_notice_was_due_when_the_page_was_seen() {
    for (seen, missing) in [
        ("2024-03-29", ""),
        // On the day itself it may still come.
        ("2024-03-30", ""),
        ("2024-03-31", "February 2024"),
        ("2024-04-30", "February 2024"),
        (
            "2024-05-01",
            "February 2024 onward (to March 2024, the last one due)",
        ),
    ] {
        assert_eq!(months(&search("2024-02/..", seen)), missing, "{seen}");
    }
    // The notice of January is due on the last day of February.
    assert_eq!(months(&search("2024-01", "2024-02-29")), "");
    assert_eq!(months(&search("2024-01", "2024-03-01")), "January 2024");
}

#[test]
fn a_search_of_some_months_speaks_of_no_others() {
    assert_eq!(
        months(&search("2024-02/2024-04", "2024-12-04")),
        "February 2024 to April 2024"
    );
    assert_eq!(
        months(&search("2024-02/2024-04", "2024-05-01")),
        "February 2024 to March 2024"
    );
}

#[test]
fn it_says_where_was_looked_when_and_by_whom_and_never_that_nothing_was_filed() {
    assert_eq!(
        found(&search("2024-02", "2024-12-04")).unwrap(),
        "As page (cited, not held) was seen on 4 December 2024, told by page, cited, not held: no \
         notification from RU found for February 2024 (#2). No figure for one of these months \
         alone is recorded here."
    );
}

#[test]
fn as_of_a_date_only_what_was_due_by_then_is_missing() {
    let log = search("2024-02/..", "2024-12-04");
    assert_eq!(found_as_of(&log, Some("2024-03-26")), None);
    assert_eq!(found_as_of(&log, Some("2024-03-29")), None);
    let march = found_as_of(&log, Some("2024-03-30")).unwrap();
    assert!(march.contains("found for February 2024 (#2)"), "{march}");
    assert_eq!(found_as_of(&log, Some("2025-01-01")), found(&log));
}

#[test]
fn months_that_were_filed_are_left_out() {
    let mut log = search("2024-02/..", "2024-12-04");
    figure(&mut log, "february", "2024-02", true, json!({}));
    assert_eq!(
        months(&log),
        "March 2024 onward (to October 2024, the last one due)"
    );
    figure(&mut log, "april", "2024-04", true, json!({}));
    assert_eq!(
        months(&log),
        "March 2024 and May 2024 onward (to October 2024, the last one due)"
    );
    log.retract(By::Ann, "february");
    assert_eq!(
        months(&log),
        "February 2024 to March 2024 and May 2024 onward (to October 2024, the last one due)"
    );
    let mut all = search("2024-02/2024-03", "2024-12-04");
    figure(&mut all, "both", "2024-02/2024-03", true, json!({}));
    assert_eq!(found(&all), None);
}

#[test]
fn a_notice_of_another_state_receiver_or_product_is_none() {
    for other in [
        json!({"supplier": "CN"}),
        json!({"receiver": "CN"}),
        json!({"product": "crude"}),
    ] {
        let mut log = search("2024-02", "2024-12-04");
        figure(&mut log, "other", "2024-02", true, other.clone());
        assert_eq!(months(&log), "February 2024", "{other}");
    }
}

#[test]
fn deliveries_of_one_month_are_named_with_the_day_their_notice_was_due() {
    let mut log = search("2024-02/..", "2024-12-04");
    figure(&mut log, "march", "2024-03-07/2024-03-22", false, json!({}));
    let said = found(&log).unwrap();
    assert!(
        said.ends_with(
            "For March 2024, of which deliveries are told (march), notice was due by 30 April 2024."
        ),
        "{said}"
    );
    // A longer stretch does not say in which month, and what was filed is no delivery told.
    for (label, period, other) in [
        ("year", "2024-01/2024-12", json!({})),
        ("crude", "2024-05", json!({"product": "crude"})),
        ("china", "2024-05", json!({"supplier": "CN"})),
    ] {
        figure(&mut log, label, period, false, other);
        assert_eq!(found(&log).unwrap(), said, "{label}");
    }
}

#[test]
fn the_day_on_which_notice_is_due_is_a_parameter() {
    let mut log = search("2024-02", "2024-03-20");
    assert_eq!(found(&log), None);
    let rules = |day: u8| {
        json!({"kind": "rule-set", "rules": [{"rule": "no-notification-found", "version": 1,
            "parameters": [{"name": "due-day", "value": day}]}]})
    };
    log.record(By::Custodian, "rules-1", rules(30));
    log.record(By::Custodian, "rules-2", rules(15));
    assert_eq!(months(&log), "February 2024");
    let view = log.view();
    let adopted = &view.findings[0].adopted;
    assert_eq!(adopted.entry, Some(4));
    assert_eq!(adopted.position, "adopted in #4, after the evidence");
    assert_eq!(adopted.changes, ["#4: due-day from 30 to 15"]);
}

#[test]
fn a_search_for_something_else_is_no_finding() {
    let mut log = Log::new();
    let page = json!({"kind": "document", "publisher": "Committee", "hold": "cited"});
    log.record(By::Ann, "page", page);
    for kind in ["listed", "port-call"] {
        say(
            &mut log,
            json!({"kind": "absence", "looked_for": {"kind": kind, "supplier": "RU",
                "period": when("2024-02", "within")}, "looked_in": ["@page"],
                "as_seen": when("2024-12-04", "on")}),
        );
    }
    assert_eq!(found(&log), None);
    assert_eq!(log.view().absences.len(), 2);
}

#[test]
fn the_notices_that_make_gaps_are_named() {
    let mut log = search("2024-02/2024-06", "2024-12-04");
    // A figure that a state notified is a notice, however its number was recorded.
    let event = json!({"kind": "figure", "what": "refined products", "supplier": "RU",
        "receiver": "KP", "product": "refined", "period": when("2024-04", "within"),
        "origin": {"who": {"words": "a state"}, "mode": "notified"}});
    log.record(By::Ann, "april", event);
    assert_eq!(months(&log), "February 2024 to June 2024");
    say(
        &mut log,
        json!({"kind": "quantity", "figure": "@april",
            "quantity": {"amount": {"bound": "exactly", "value": 0, "unit": "bbl"}}}),
    );
    let said = found(&log).unwrap();
    assert!(
        said.contains(
            "found for February 2024 to March 2024 and May 2024 to June 2024 (#2). A notice is recorded for \
             April 2024 (#4)."
        ),
        "{said}"
    );
    assert!(log.view().findings[0].entries.contains(&4));
    figure(&mut log, "spring", "2024-03/2024-05", true, json!({}));
    let said = found(&log).unwrap();
    assert!(
        said.contains(
            "found for February 2024 and June 2024 (#2). A notice is recorded for March 2024 to May 2024 (#6)."
        ),
        "{said}"
    );
}

#[test]
fn a_figure_of_nothing_or_without_a_number_tells_of_no_delivery() {
    let mut log = search("2024-02", "2024-12-04");
    let said = found(&log).unwrap();
    let event = json!({"kind": "figure", "what": "oil", "supplier": "RU", "receiver": "KP",
        "period": when("2024-02", "within"), "origin": {"who": {"words": "an official"}}});
    log.record(By::Ann, "february", event);
    assert_eq!(found(&log).unwrap(), said);
    let telling = |value: u32| {
        json!({"kind": "quantity", "figure": "@february",
            "quantity": {"amount": {"bound": "exactly", "value": value, "unit": "bbl"}}})
    };
    say(&mut log, telling(0));
    assert_eq!(found(&log).unwrap(), said);
    say(&mut log, telling(1));
    assert!(found(&log).unwrap().contains("told (february)"));
}

#[test]
fn a_due_day_that_no_month_has_is_not_replaced_by_another() {
    for value in [
        json!(0),
        json!(32),
        json!(300),
        json!("thirty"),
        json!(["one", "two"]),
    ] {
        let mut log = search("2024-02", "2024-12-04");
        assert!(found(&log).is_some());
        let rules = json!({"kind": "rule-set", "rules": [{"rule": "no-notification-found", "version": 1,
            "parameters": [{"name": "due-day", "value": value}]}]});
        log.record(By::Custodian, "rules", rules);
        assert_eq!(found(&log), None, "{value}");
        let why = log.view().rules[0].does_not_run.clone().unwrap();
        assert_eq!(why, "its due-day is no day of a month, from 1 to 31");
    }
}
