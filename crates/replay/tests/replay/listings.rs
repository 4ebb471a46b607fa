//! listed-in-foreign-port where dates, ends, flags and memberships leave doubt: what is said then, and when
//! nothing is.

use crate::common::{By, Log, told, when};
use seaproof_replay::Finding;
use serde_json::{Value, json};

fn say(log: &mut Log, label: &str, event: Value) -> u64 {
    let basis = json!([{"cited": "a source"}]);
    log.record(By::Ann, label, told(event, "reported", json!({}), basis))
}

/// A date with its zone, if one is given behind it: `2018-11-05 +10:00`.
fn dated(text: &str) -> Value {
    let (edtf, zone) = text.split_once(' ').unwrap_or((text, "not-stated"));
    json!({"edtf": edtf, "sense": "on", "zone": zone})
}

/// A ship of the DPRK (#1, #2) that a list (#3) names (#4) with a port ban since a date.
fn listed(since: &str) -> Log {
    let mut log = Log::new();
    let ship = json!({"kind": "vessel", "names": [{"latin": "Example"}]});
    say(&mut log, "ship", ship);
    flag(&mut log, "KP", None);
    let list = json!({"kind": "list-snapshot", "authority": "UN", "list": "vessel list",
        "hold": "cited"});
    log.record(By::Ann, "list", list);
    say(
        &mut log,
        "row",
        json!({"kind": "listed", "about": "@ship", "snapshot": "@list", "reference": "KP.001",
            "matched_by": "imo", "measures": [{"measure": "port-ban"}], "since": dated(since)}),
    );
    log
}

fn flag(log: &mut Log, country: &str, held: Option<&str>) -> u64 {
    let claim = json!({"kind": "claim", "about": "@ship", "property": "flag",
        "value": {"country": country}, "when": held.map(|held| when(held, "throughout"))});
    say(log, "", claim)
}

fn call(log: &mut Log, about: &str, arrival: &str) -> u64 {
    let about = format!("@{about}");
    let call = json!({"kind": "port-call", "about": about, "place": {"locode": "RUVYP"},
        "arrival": dated(arrival)});
    say(log, "", call)
}

fn ended(log: &mut Log, since: Option<&str>) -> u64 {
    let event = json!({"kind": "delisted", "listing": "@row", "since": since.map(dated)});
    say(log, "", event)
}

fn found(log: &Log) -> Vec<Finding> {
    let mut findings = log.view().findings;
    findings.retain(|finding| finding.rule == "listed-in-foreign-port");
    findings
}

fn only(log: &Log) -> Finding {
    let found = found(log);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().expect("one")
}

#[test]
fn a_ban_that_may_have_begun_after_the_call_is_not_in_force() {
    for (since, arrival, fires, doubt) in [
        // A year or a month that begins with the call may begin the ban at its end.
        ("2018", "2018-01-01", false, false),
        ("2018-11", "2018-11-01", false, false),
        ("2018-11-05/2018-11-09", "2018-11-05", false, false),
        // On one day, or the day before, zones decide.
        ("2018-11-05", "2018-11-05", true, true),
        ("2018-11-04", "2018-11-05", true, true),
        ("2018-11-05", "2018-11-05T09:00:00 +10:00", true, true),
        (
            "2018-11-05 +00:00",
            "2018-11-05T09:00:00 +10:00",
            false,
            false,
        ),
        (
            "2018-11-04 +00:00",
            "2018-11-05T10:00:00 +10:00",
            true,
            false,
        ),
        ("2018-11-01", "2018-11-05", true, false),
    ] {
        let mut log = listed(since);
        call(&mut log, "ship", arrival);
        let found = found(&log);
        assert_eq!(!found.is_empty(), fires, "{since} and {arrival}");
        let doubted = found.iter().any(|finding| {
            let mut caveats = finding.caveats.iter();
            caveats.any(|caveat| caveat.contains("compared as stated"))
        });
        assert_eq!(doubted, doubt, "{since} and {arrival}");
    }
    let mut log = listed("2018-11-05");
    call(&mut log, "ship", "2018-11-05 +10:00");
    let caveats = only(&log).caveats;
    assert!(
        caveats.contains(
            &"Wrong if the vessel came before the ban: 5 November 2018 (#4, time zone not stated) and 5 \
              November 2018 (#5, time zone +10:00) are compared as stated."
                .to_owned()
        ),
        "{caveats:?}"
    );
}

#[test]
fn of_several_ends_all_must_come_after_the_call() {
    let mut log = listed("2018-10-16");
    call(&mut log, "ship", "2018-11-05");
    let early = ended(&mut log, Some("2018-11-01"));
    let late = ended(&mut log, Some("2020-01-01"));
    assert!(found(&log).is_empty());
    let row = log.view().listings.remove(0);
    assert_eq!((row.ended_by, row.ends), (Some(early), vec![early, late]));
    log.retract(By::Ann, &format!("#{early}"));
    assert!(only(&log).entries.contains(&late));
    ended(&mut log, None);
    assert!(found(&log).is_empty());
}

#[test]
fn a_flag_of_another_time_is_not_set_against_the_call() {
    let mut log = listed("2018-10-16");
    log.retract(By::Ann, "#2");
    call(&mut log, "ship", "2018-11-05");
    flag(&mut log, "KP", Some("2010/2012"));
    assert!(found(&log).is_empty());
    let foreign = flag(&mut log, "KP", Some("2018"));
    assert!(only(&log).entries.contains(&foreign));
    // The port's own flag in another year changes nothing, and then leaves a doubt.
    let before = only(&log);
    flag(&mut log, "RU", Some("2010"));
    assert_eq!(only(&log), before);
    let own = flag(&mut log, "RU", Some("2018-11"));
    let with_doubt = only(&log);
    assert!(with_doubt.entries.contains(&own));
    let caveat = format!("Wrong if it flew the flag of RU, as #{own} has it");
    assert!(
        with_doubt.caveats.iter().any(|c| c.starts_with(&caveat)),
        "{:?}",
        with_doubt.caveats
    );
}

#[test]
fn a_member_is_said_to_have_been_there_as_one_and_by_whom() {
    let mut log = listed("2018-10-16");
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "tankers", group);
    let member =
        json!({"kind": "membership", "about": "@ship", "group": "@tankers", "degree": "is"});
    let member = say(&mut log, "", member);
    let called = call(&mut log, "tankers", "2018-11-05");
    let statement = only(&log).statement;
    let begins = format!(
        "ship, as a member of tankers (#{member}), is said to have been at RUVYP on 5 November 2018 \
         (#{called}). The vessel list of UN"
    );
    assert!(statement.starts_with(&begins), "{statement}");
    // Two calls of the group are two findings, and its own one more.
    call(&mut log, "tankers", "2018-12-05");
    call(&mut log, "ship", "2018-12-07");
    assert_eq!(found(&log).len(), 3);
}
