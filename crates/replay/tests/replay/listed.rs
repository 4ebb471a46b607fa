//! listed-in-foreign-port fires only where somebody signed for the identity with a row of a list, and a port
//! ban was surely in force during the stay; and the rows of listings.

use crate::common::{By, Log, told, when};
use seaproof_replay::Finding;
use serde_json::{Value, json};

const PORT_BAN: &[&str] = &["port-ban"];

fn say(log: &mut Log, label: &str, event: Value) -> u64 {
    let basis = json!([{"cited": "a source"}]);
    log.record(By::Ann, label, told(event, "reported", json!({}), basis))
}

fn measures(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"measure": name})).collect()
}

fn dated(date: Option<&str>) -> Value {
    date.map_or(Value::Null, |date| when(date, "on"))
}

/// A tanker under the flag of the DPRK and a list of this date with a row for it.
fn listed(names: &[&str], since: Option<&str>, list: Option<&str>) -> Log {
    let mut log = Log::new();
    say(
        &mut log,
        "ship",
        json!({"kind": "vessel", "names": [{"latin": "Example"}]}),
    );
    flag(&mut log, "KP");
    let snapshot = json!({"kind": "list-snapshot", "authority": "UN", "list": "vessel list",
        "generated": dated(list), "hold": "cited"});
    log.record(By::Ann, "list", snapshot);
    say(
        &mut log,
        "row",
        json!({"kind": "listed", "about": "@ship", "snapshot": "@list", "reference": "KP.001",
            "matched_by": "imo", "measures": measures(names), "since": dated(since)}),
    );
    log
}

fn flag(log: &mut Log, country: &str) {
    let claim = json!({"kind": "claim", "about": "@ship", "property": "flag",
        "value": {"country": country}});
    say(log, "flag", claim);
}

/// A call of the ship at Vostochny on this day.
fn calls(log: &mut Log, day: &str) -> u64 {
    let call = json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"},
        "arrival": when(day, "on")});
    say(log, "call", call)
}

fn amended(log: &mut Log, names: &[&str], since: Option<&str>) {
    let event = json!({"kind": "listing-amended", "listing": "@row", "measures": measures(names),
        "since": dated(since)});
    say(log, "amended", event);
}

fn delisted(log: &mut Log, since: Option<&str>) {
    let event = json!({"kind": "delisted", "listing": "@row", "since": dated(since)});
    say(log, "delisted", event);
}

fn found(log: &Log) -> Vec<Finding> {
    let mut findings = log.view().findings;
    findings.retain(|finding| finding.rule == "listed-in-foreign-port");
    findings
}

fn fires(log: &Log) -> bool {
    let found = found(log);
    assert!(found.len() < 2, "{found:?}");
    !found.is_empty()
}

#[test]
fn an_identity_a_list_and_a_port_ban_in_force_are_a_finding() {
    let mut log = listed(PORT_BAN, Some("2018-10-16"), Some("2018-10-29"));
    let call = calls(&mut log, "2018-11-05");
    let [finding] = &found(&log)[..] else {
        panic!("one finding");
    };
    assert_eq!(
        finding.statement,
        format!(
            "ship is said to have been at RUVYP on 5 November 2018 (#{call}). The vessel list of UN, as of 29 October \
             2018 (list, cited, not held) lists it as KP.001, with a port ban in force since 16 \
             October 2018 (measures: port ban)."
        )
    );
    // The vessel, its flag, the list, the row and the call.
    assert_eq!(finding.entries, [1, 2, 3, 4, 5]);
    assert_eq!(finding.statements, [4, 5]);
    let identity = finding.identity.as_deref().expect("said");
    assert_eq!(
        identity,
        "taken to be the row's vessel by its IMO number; not assessed"
    );
}

#[test]
fn a_freeze_alone_is_no_port_ban() {
    for names in [&[][..], &["asset-freeze"], &["deflag", "asset-freeze"]] {
        let mut log = listed(names, Some("2018-10-16"), None);
        calls(&mut log, "2018-11-05");
        assert!(!fires(&log), "{names:?}");
    }
    let mut log = listed(&["asset-freeze", "port-ban"], Some("2018-10-16"), None);
    calls(&mut log, "2018-11-05");
    assert!(fires(&log));
}

#[test]
fn the_ban_was_in_force_when_the_ship_came() {
    for (since, fired) in [
        ("2018-10-16", true),
        // That day is in force that day.
        ("2018-11-05", true),
        ("2018-11-06", false),
        // Perhaps, is not surely.
        ("2018-11", false),
        ("2018-10", true),
    ] {
        let mut log = listed(PORT_BAN, Some(since), None);
        calls(&mut log, "2018-11-05");
        assert_eq!(fires(&log), fired, "{since}");
    }
}

#[test]
fn a_delisting_before_the_call_ends_it() {
    for (since, fired) in [
        (Some("2018-11-01"), false),
        (Some("2018-11-05"), false),
        // The next day somewhere may still be that day at the port.
        (Some("2018-11-06"), false),
        (Some("2018-11-08"), true),
        (None, false),
    ] {
        let mut log = listed(PORT_BAN, Some("2018-10-16"), None);
        calls(&mut log, "2018-11-05");
        delisted(&mut log, since);
        assert_eq!(fires(&log), fired, "{since:?}");
        log.retract(By::Ann, "delisted");
        assert!(fires(&log));
    }
}

#[test]
fn a_change_counts_from_its_date() {
    for (first, then, since, fired) in [
        ("asset-freeze", "port-ban", Some("2018-11-01"), true),
        ("asset-freeze", "port-ban", Some("2018-11-06"), false),
        ("asset-freeze", "port-ban", None, false),
        ("port-ban", "asset-freeze", Some("2018-11-01"), false),
        ("port-ban", "asset-freeze", Some("2018-11-06"), false),
        ("port-ban", "asset-freeze", Some("2018-11-08"), true),
        ("port-ban", "asset-freeze", None, false),
        ("port-ban", "port-ban", None, true),
    ] {
        let mut log = listed(&[first], Some("2018-10-16"), None);
        calls(&mut log, "2018-11-05");
        amended(&mut log, &[then], since);
        assert_eq!(fires(&log), fired, "{first} to {then} since {since:?}");
    }
}

#[test]
fn a_change_that_brings_the_ban_is_named() {
    let mut log = listed(&["asset-freeze"], Some("2018-10-16"), None);
    calls(&mut log, "2018-11-05");
    amended(&mut log, PORT_BAN, Some("2018-11-01"));
    let [finding] = &found(&log)[..] else {
        panic!("one finding");
    };
    assert!(finding.entries.contains(&6), "{:?}", finding.entries);
    assert!(
        finding
            .statement
            .contains("a port ban in force since 1 November 2018"),
        "{}",
        finding.statement
    );
}

#[test]
fn what_was_in_force_is_named_and_not_what_came_later() {
    let mut log = listed(PORT_BAN, Some("2018-10-16"), None);
    calls(&mut log, "2018-11-05");
    amended(&mut log, &["port-ban", "deflag"], Some("2018-11-01"));
    amended_again(&mut log, &["asset-freeze"], "2020-01-01");
    let statement = found(&log)[0].statement.clone();
    assert!(
        statement.ends_with(
            "a port ban in force since 16 October 2018 (measures: port ban and deflag)."
        ),
        "{statement}"
    );
}

fn amended_again(log: &mut Log, names: &[&str], since: &str) {
    let event = json!({"kind": "listing-amended", "listing": "@row", "measures": measures(names),
        "since": when(since, "on")});
    say(log, "amended-again", event);
}

#[test]
fn where_the_row_has_no_date_the_list_has() {
    for (list, fired) in [
        (Some("2018-10-29"), true),
        (Some("2018-11-06"), false),
        (None, false),
    ] {
        let mut log = listed(PORT_BAN, None, list);
        calls(&mut log, "2018-11-05");
        assert_eq!(fires(&log), fired, "{list:?}");
        if fired {
            let statement = found(&log)[0].statement.clone();
            assert!(
                statement.contains("in force by 29 October 2018, the date of the list"),
                "{statement}"
            );
        }
    }
}

#[test]
fn a_port_of_the_own_flag_is_not_foreign() {
    let mut log = listed(PORT_BAN, Some("2018-10-16"), None);
    calls(&mut log, "2018-11-05");
    log.retract(By::Ann, "flag");
    // A flag that is not told is not foreign either.
    assert!(!fires(&log));
    flag_again(&mut log, "RU");
    assert!(!fires(&log));
    flag_again(&mut log, "KP");
    assert!(fires(&log));
}

fn flag_again(log: &mut Log, country: &str) {
    let claim = json!({"kind": "claim", "about": "@ship", "property": "flag",
        "value": {"country": country}});
    say(log, &format!("flag-{country}").to_lowercase(), claim);
}

/// Does the rule fire if a group called and the ship belongs to it so?
fn fires_for_a_member(degrees: &[&str], count: Option<u32>) -> bool {
    let mut log = listed(PORT_BAN, Some("2018-10-16"), None);
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "group", group);
    let call = json!({"kind": "port-call", "about": "@group", "place": {"locode": "RUVYP"},
        "arrival": when("2018-11-05", "on"),
        "count": count.map(|n| json!({"low": n, "high": n}))});
    say(&mut log, "call", call);
    for degree in degrees {
        let member = json!({"kind": "membership", "about": "@ship", "group": "@group",
            "degree": degree});
        say(&mut log, "", member);
    }
    fires(&log)
}

#[test]
fn a_member_was_where_all_of_the_group_were() {
    assert!(fires_for_a_member(&["is"], None));
    assert!(!fires_for_a_member(&["may-be"], None));
    assert!(!fires_for_a_member(&["is-not"], None));
    assert!(!fires_for_a_member(&["is", "is-not"], None));
    assert!(!fires_for_a_member(&[], None));
    // Some of them called; which, is not told.
    assert!(!fires_for_a_member(&["is"], Some(2)));
}

#[test]
fn another_snapshot_of_the_list_changes_nothing_before_or_after() {
    for date in ["2018-01-01", "2024-01-01"] {
        let mut log = listed(PORT_BAN, Some("2018-10-16"), Some("2018-10-29"));
        calls(&mut log, "2018-11-05");
        let one = found(&log);
        let snapshot = json!({"kind": "list-snapshot", "authority": "UN", "list": "vessel list",
            "generated": when(date, "on"), "hold": "cited"});
        log.record(By::Ann, "other-list", snapshot);
        assert_eq!(found(&log), one, "{date}");
        assert_eq!(log.view().lists.len(), 2);
    }
}

#[test]
fn without_the_ship_the_list_or_the_row_there_is_no_finding() {
    for gone in ["ship", "list", "row", "call"] {
        let mut log = listed(PORT_BAN, Some("2018-10-16"), None);
        calls(&mut log, "2018-11-05");
        assert!(fires(&log));
        log.retract(By::Ann, gone);
        assert!(!fires(&log), "{gone}");
    }
}

#[test]
fn a_listing_shows_its_terms_from_when_on_and_its_end() {
    let mut log = listed(&["asset-freeze"], None, Some("2018-10-29"));
    amended(&mut log, &["asset-freeze", "port-ban"], Some("2019-01-01"));
    let open = log.view();
    assert_eq!(
        (open.listings[0].ended_by, &open.listings[0].until),
        (None, &None)
    );
    delisted(&mut log, Some("2020-05-06"));
    let view = log.view();
    let [row] = &view.listings[..] else {
        panic!("one listing");
    };
    assert_eq!(
        (
            row.about.as_str(),
            row.snapshot.as_str(),
            row.reference.as_str()
        ),
        ("ship", "list", "KP.001")
    );
    let terms: Vec<(u64, &str, bool, String)> = row
        .terms
        .iter()
        .map(|terms| {
            let since = terms.since.as_ref().map_or("", |when| when.edtf.as_str());
            (
                terms.entry,
                since,
                terms.by_list_date,
                terms.measures.join(" "),
            )
        })
        .collect();
    assert_eq!(
        terms,
        [
            (4, "2018-10-29", true, "asset-freeze".to_owned()),
            (5, "2019-01-01", false, "asset-freeze port-ban".to_owned()),
        ]
    );
    assert_eq!(row.until.as_ref().expect("an end").edtf, "2020-05-06");
    assert_eq!(row.ended_by, Some(6));
    let list = &view.lists[0];
    assert_eq!(
        (list.authority.as_str(), list.list.as_str()),
        ("UN", "vessel list")
    );
    assert_eq!(list.generated.as_ref().expect("dated").edtf, "2018-10-29");
}
