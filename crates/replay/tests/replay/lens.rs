//! What is looked at: as of a date with its zone, and without entries, authors and files.

use crate::common::case::at_p;
use crate::common::{By, Log, told, when};
use seaproof_evidence::{EntryIndex, ExhibitHash};
use seaproof_replay::tracks::Readings;
use seaproof_replay::{Lens, View, Without};
use serde_json::{Value, json};

fn under(log: &Log, lens: Lens) -> View {
    log.state().settle_under(lens).view(&Readings::default())
}

fn as_of(log: &Log, date: &str) -> View {
    under(
        log,
        Lens {
            as_of: Some(date.parse().unwrap()),
            ..Lens::default()
        },
    )
}

fn without(log: &Log, without: Without) -> View {
    under(
        log,
        Lens {
            without,
            ..Lens::default()
        },
    )
}

fn without_entries(log: &Log, entries: &[u64]) -> View {
    let entries = entries.iter().map(|n| EntryIndex(*n)).collect();
    without(
        log,
        Without {
            entries,
            ..Without::default()
        },
    )
}

fn without_author(log: &Log, by: By) -> View {
    without(
        log,
        Without {
            authors: [by.key()].into(),
            ..Without::default()
        },
    )
}

/// Without the files of these names.
fn without_files(log: &Log, names: &[&str]) -> View {
    let digest = |name: &&str| {
        let mut hash = [0; 32];
        hash[..name.len()].copy_from_slice(name.as_bytes());
        ExhibitHash(hash)
    };
    without(
        log,
        Without {
            exhibits: names.iter().map(digest).collect(),
            ..Without::default()
        },
    )
}

fn say(log: &mut Log, by: By, label: &str, event: Value, basis: Value) -> u64 {
    log.record(by, label, told(event, "reported", json!({}), basis))
}

fn cited() -> Value {
    json!([{"cited": "a source"}])
}

/// A ship that was seen then.
fn seen(when: Value) -> Log {
    let mut log = Log::new();
    let ship = json!({"kind": "vessel", "names": [{"latin": "Example"}]});
    say(&mut log, By::Ann, "ship", ship, cited());
    let sighting = json!({"kind": "sighting", "about": "@ship", "place": {"locode": "RUVYP"},
        "when": when});
    say(&mut log, By::Ann, "seen", sighting, cited());
    log
}

/// How it is said to be where on a date; nothing if it is not.
fn how(log: &Log, date: &str) -> Vec<String> {
    let presence = as_of(log, date).presence;
    presence.iter().map(|row| row.how.to_string()).collect()
}

#[test]
fn at_is_said_only_where_a_statement_says_so_of_the_date() {
    for (edtf, sense, date, said) in [
        ("2024-03-15", "on", "2024-03-15", &["at"][..]),
        ("2024-03-15", "within", "2024-03-15", &["at"]),
        ("2024-03-15T10:00:00", "on", "2024-03-15", &["at"]),
        (
            "2024-03-07/2024-03-22",
            "each-within",
            "2024-03-15",
            &["possibly at"],
        ),
        (
            "2024-03-07/2024-03-22",
            "within",
            "2024-03-15",
            &["possibly at"],
        ),
        ("2024-03-07/2024-03-22", "throughout", "2024-03-15", &["at"]),
        ("2024-03", "within", "2024-03-15", &["possibly at"]),
        ("2024-03", "within", "2024", &["at"]),
        ("2024-03-07/..", "within", "2030-01-01", &["possibly at"]),
        ("2024-03-16", "on", "2024-03-15", &[]),
        ("2024-03-14", "on", "2024-03-15", &[]),
    ] {
        let log = seen(when(edtf, sense));
        assert_eq!(how(&log, date), said, "{sense} {edtf} as of {date}");
    }
}

#[test]
fn a_moment_is_compared_in_utc_where_both_zones_are_stated() {
    // Five in the morning at Vostochny is seven in the evening of the day before in UTC.
    let log = seen(json!({"edtf": "2024-03-16T05:00:00", "sense": "on", "zone": "+10:00"}));
    for (date, sightings) in [
        ("2024-03-15T18:59:59Z", 0),
        ("2024-03-15T19:00:00Z", 1),
        ("2024-03-16T04:59:59+10:00", 0),
        ("2024-03-16T05:00:00+10:00", 1),
        // Without a zone dates are compared as they are stated.
        ("2024-03-15", 0),
        ("2024-03-16", 1),
        ("2024-03-15T19:00:00", 0),
    ] {
        assert_eq!(as_of(&log, date).sightings.len(), sightings, "{date}");
    }
}

#[test]
fn between_arrival_and_departure_a_ship_is_in_port() {
    let mut log = seen(when("2023-01-01", "on"));
    let call = json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"},
        "arrival": when("2024-03-07", "on"), "departure": when("2024-03-20/2024-03-22", "within")});
    say(&mut log, By::Ann, "call", call, cited());
    for (date, said) in [
        ("2024-03-06", &[][..]),
        ("2024-03-07", &["at"]),
        ("2024-03-15", &["at"]),
        ("2024-03-21", &["possibly at"]),
        ("2024-03-23", &[]),
    ] {
        assert_eq!(how(&log, date), said, "{date}");
    }
}

#[test]
fn nothing_falls_with_what_is_only_later() {
    let log = at_p();
    let view = as_of(&log, "2024-02-01");
    assert_eq!(
        view.sightings.len() + view.port_calls.len() + view.loadings.len(),
        0
    );
    assert_eq!(view.groups.len(), 3);
    assert!(view.withdrawn.iter().all(|row| row.how == "later"));
    assert_eq!(view.state_root, None);
    assert_eq!(view.as_of.as_deref(), Some("2024-02-01"));
}

#[test]
fn a_clear_lens_is_no_lens() {
    let log = at_p();
    assert_eq!(under(&log, Lens::default()), log.view());
    assert!(log.view().state_root.is_some());
}

#[test]
fn without_an_author_their_amendments_are_gone_too() {
    let mut log = seen(when("2024-03-15", "on"));
    log.retract(By::Custodian, "seen");
    assert!(log.view().sightings.is_empty());
    let view = without_author(&log, By::Custodian);
    assert_eq!(view.sightings.len(), 1);
    let mut log = seen(when("2024-03-15", "on"));
    log.dispute(By::Bob, "seen");
    assert_eq!(log.view().disputed.len(), 1);
    assert!(without_author(&log, By::Bob).disputed.is_empty());
    assert!(without_author(&log, By::Ann).vessels.is_empty());
}

#[test]
fn without_a_correction_the_first_words_stand() {
    let mut log = seen(when("2024-03-15", "on"));
    let corrected = told(
        json!({"kind": "sighting", "about": "@ship", "place": {"locode": "KPCHO"}}),
        "reported",
        json!({}),
        cited(),
    );
    let by = log.correct(By::Ann, "seen", corrected);
    let place = |view: &View| view.sightings[0].place.locode.clone().unwrap();
    assert_eq!(place(&log.view()), "KPCHO");
    assert_eq!(place(&without_entries(&log, &[by])), "RUVYP");
    // Without what it corrects, there is nothing to correct.
    assert!(without_entries(&log, &[2]).sightings.is_empty());
}

#[test]
fn a_group_and_a_figure_of_which_nothing_is_told_any_more_are_gone() {
    let mut log = Log::new();
    for label in ["report", "other"] {
        let document = json!({"kind": "document", "publisher": label, "hold": "cited"});
        log.record(By::Ann, label, document);
    }
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "five", group);
    let figure = json!({"kind": "figure", "what": "oil", "supplier": "RU", "receiver": "KP",
        "period": when("2024-03", "within")});
    log.record(By::Ann, "oil", figure);
    let on = |of: &str| json!([{"of": format!("@{of}")}]);
    let count = json!({"kind": "count", "about": "@five", "count": {"low": 5, "high": 5}});
    say(&mut log, By::Ann, "counted", count, on("report"));
    let quantity = json!({"kind": "quantity", "figure": "@oil",
        "quantity": {"amount": {"bound": "exactly", "value": 10, "unit": "bbl"}}});
    say(&mut log, By::Ann, "told", quantity, on("report"));
    // Our own reading and what we take to be a member tell nothing of it.
    let reading = json!({"kind": "reading", "about": "@oil", "property": "product",
        "value": {"product": "refined"}});
    say(&mut log, By::Ann, "reading", reading, on("other"));
    let ship = json!({"kind": "vessel", "names": [{"latin": "Example"}]});
    say(&mut log, By::Ann, "ship", ship, on("other"));
    let member = json!({"kind": "membership", "about": "@ship", "group": "@five",
        "degree": "may-be"});
    say(&mut log, By::Ann, "", member, on("other"));
    assert_eq!((log.view().groups.len(), log.view().figures.len()), (1, 1));
    let view = without_entries(&log, &[1]);
    assert_eq!((view.groups.len(), view.figures.len()), (0, 0));
    assert_eq!((view.vessels.len(), view.memberships.len()), (1, 0));
    // Withdrawn is less than never recorded: the group itself stays.
    log.retract(By::Ann, "report");
    assert_eq!(log.view().groups.len(), 1);
}

#[test]
fn a_document_goes_with_its_files_when_all_of_them_go() {
    let mut log = Log::new();
    let files = json!([{"file": "@@one", "form": "original"}, {"file": "@@two", "form": "copy"}]);
    let document = json!({"kind": "document", "publisher": "a paper", "hold": {"held": files}});
    log.record(By::Ann, "paper", document);
    let ship = json!({"kind": "vessel", "names": [{"latin": "Example"}]});
    say(&mut log, By::Ann, "ship", ship, json!([{"of": "@paper"}]));
    assert_eq!(without_files(&log, &["one"]).vessels.len(), 1);
    let gone = without_files(&log, &["one", "two"]);
    assert_eq!((gone.documents.len(), gone.vessels.len()), (0, 0));
    assert_eq!(without_files(&log, &["three"]).documents.len(), 1);
}
