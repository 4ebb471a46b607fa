//! What is looked at: without some of what was recorded, as of a date; and that nothing depends on the order in which it is
//! worked out.

use crate::common::{By, Log, told, when};
use seaproof_evidence::{EntryIndex, ExhibitHash};
use seaproof_replay::tracks::Readings;
use seaproof_replay::{Lens, View, Without};
use serde_json::{Value, json};

fn document(log: &mut Log, label: &str, hold: Value, relays: &[&str]) -> u64 {
    let relays: Vec<String> = relays.iter().map(|of| format!("@{of}")).collect();
    let event = json!({"kind": "document", "publisher": "a paper", "hold": hold, "relays": relays});
    log.record(By::Ann, label, event)
}

fn on(bases: &[&str]) -> Value {
    let bases: Vec<Value> = bases
        .iter()
        .map(|of| json!({"of": format!("@{of}")}))
        .collect();
    json!(bases)
}

fn vessel(log: &mut Log, label: &str, bases: &[&str]) -> u64 {
    let event = json!({"kind": "vessel", "names": [{"latin": label}]});
    log.record(
        By::Ann,
        label,
        told(event, "reported", json!({}), on(bases)),
    )
}

fn sighting(log: &mut Log, label: &str, about: &str, date: &str, bases: &[&str]) -> u64 {
    let event = json!({"kind": "sighting", "about": format!("@{about}"), "place": {"locode": "RUVYP"},
        "when": when(date, "on")});
    log.record(
        By::Ann,
        label,
        told(event, "reported", json!({}), on(bases)),
    )
}

fn file(name: &str) -> ExhibitHash {
    let mut hash = [0; 32];
    hash[..name.len()].copy_from_slice(name.as_bytes());
    ExhibitHash(hash)
}

fn view(log: &Log, without: Without) -> View {
    let lens = Lens {
        as_of: None,
        without,
    };
    log.state().settle_under(lens).view(&Readings::default())
}

fn without_entry(log: &Log, entry: u64) -> View {
    view(
        log,
        Without {
            entries: [EntryIndex(entry)].into(),
            ..Without::default()
        },
    )
}

fn without_file(log: &Log, name: &str) -> View {
    view(
        log,
        Without {
            exhibits: [file(name)].into(),
            ..Without::default()
        },
    )
}

fn as_of(log: &Log, date: &str) -> View {
    let lens = Lens {
        as_of: Some(date.parse().unwrap()),
        without: Without::default(),
    };
    log.state().settle_under(lens).view(&Readings::default())
}

fn seen(view: &View) -> Vec<&str> {
    view.sightings.iter().map(|s| s.told.id.as_str()).collect()
}

fn held(files: &[&str]) -> Value {
    let files: Vec<Value> = files
        .iter()
        .map(|name| json!({"file": format!("@@{name}"), "form": "copy"}))
        .collect();
    json!({ "held": files })
}

#[test]
fn what_fell_lists_all_that_is_gone_in_whatever_order_it_was_recorded() {
    for swapped in [false, true] {
        let mut log = Log::new();
        for label in if swapped { ["a", "p"] } else { ["p", "a"] } {
            document(&mut log, label, json!("cited"), &[]);
        }
        vessel(&mut log, "ship", &["p"]);
        sighting(&mut log, "seen", "ship", "2024-03-07", &["a"]);
        log.retract(By::Ann, "p");
        log.retract(By::Ann, "a");
        let view = log.view();
        let fallen = view.withdrawn.iter().find(|row| row.id == "seen").unwrap();
        let mut by = fallen.by.clone();
        by.sort_unstable();
        let a = log.id("a");
        let a = log.entries.iter().find(|e| e.id == a).unwrap().index.0;
        let mut expected = vec![3, a];
        expected.sort_unstable();
        assert_eq!(by, expected, "swapped: {swapped}");
        assert_eq!(fallen.by, by, "by ascending place");
    }
}

#[test]
fn a_statement_that_rests_on_a_withdrawn_dispute_falls() {
    let mut log = Log::new();
    document(&mut log, "a", json!("cited"), &[]);
    vessel(&mut log, "ship", &["a"]);
    let dispute = format!("#{}", log.dispute(By::Bob, "ship"));
    let event = json!({"kind": "claim", "about": "@ship", "property": "flag", "value": {"country": "KP"},
        "mode": "reported", "basis": [{"of": format!("@{dispute}")}]});
    log.record(By::Bob, "claim", event);
    let flags = |view: &View| {
        view.vessels[0]
            .claims
            .iter()
            .filter(|c| c.property == "flag")
            .count()
    };
    assert_eq!(flags(&log.view()), 1);
    log.retract(By::Bob, &dispute);
    assert_eq!(flags(&log.view()), 0);
}

#[test]
fn an_entry_of_the_log_is_no_vessel() {
    let mut log = Log::new();
    log.names.insert("#0".into(), log.entries[0].id);
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "ships", group);
    let event = json!({"kind": "membership", "about": "@#0", "group": "@ships", "degree": "is", "mode": "inferred"});
    log.record(By::Ann, "member", event);
    let view = log.view();
    assert!(view.memberships.is_empty());
    assert_eq!(view.withdrawn[0].how, "misplaced");
    assert_eq!(view.groups[0].named, 0);
}

#[test]
fn of_two_bases_the_one_left_out_is_named_nowhere() {
    let mut log = Log::new();
    let left_out = document(&mut log, "a", json!("cited"), &[]);
    document(&mut log, "b", json!("cited"), &[]);
    vessel(&mut log, "ship", &["a", "b"]);
    sighting(&mut log, "seen", "ship", "2024-03-07", &["a", "b"]);
    let view = without_entry(&log, left_out);
    assert_eq!(seen(&view), ["seen"]);
    assert_eq!(view.sightings[0].told.basis.len(), 1);
    assert!(view.sightings[0].told.weakened_by.is_empty());
    let text = serde_json::to_string(&(&view.sightings, &view.vessels, &view.findings)).unwrap();
    assert!(!text.contains("\"a\""), "{text}");
}

#[test]
fn without_a_file_goes_what_is_held_as_nothing_else() {
    let mut log = Log::new();
    document(&mut log, "one", held(&["x"]), &[]);
    document(&mut log, "two", held(&["x", "y"]), &[]);
    document(&mut log, "retells", json!("cited"), &["one"]);
    for source in ["one", "two", "retells"] {
        let ship = format!("ship-{source}");
        vessel(&mut log, &ship, &[source]);
    }
    let names = |view: &View| {
        view.vessels
            .iter()
            .map(|v| v.told.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&without_file(&log, "x")), ["ship-two"]);
    assert_eq!(names(&without_file(&log, "y")).len(), 3);
    // An attached file keeps a source, and one that is left out leaves the source as it was before.
    let attached =
        json!({"kind": "attached", "about": "@one", "files": [{"file": "@@z", "form": "copy"}]});
    log.record(By::Bob, "", attached);
    assert_eq!(names(&without_file(&log, "x")).len(), 3);
    let without_z = without_file(&log, "z");
    assert_eq!(names(&without_z).len(), 3);
    assert_eq!(without_z.documents[0].held.files.len(), 1);
}

#[test]
fn the_files_that_count_are_those_of_the_correction() {
    let mut log = Log::new();
    document(&mut log, "one", held(&["x"]), &[]);
    vessel(&mut log, "ship", &["one"]);
    let corrected =
        json!({"kind": "document", "publisher": "a paper", "hold": held(&["y"]), "relays": []});
    log.correct(By::Ann, "one", corrected);
    assert_eq!(without_file(&log, "x").vessels.len(), 1);
    assert_eq!(without_file(&log, "y").vessels.len(), 0);
}

#[test]
fn what_was_made_of_left_out_files_goes() {
    let mut log = Log::new();
    document(&mut log, "one", held(&["x"]), &[]);
    let event = json!({"kind": "derived", "parents": ["@@x"], "tool": "a cropper", "hold": held(&["crop"]),
        "mode": "observed"});
    log.record(By::Ann, "crop", event);
    vessel(&mut log, "ship", &["crop"]);
    assert_eq!(log.view().vessels.len(), 1);
    let view = without_file(&log, "x");
    assert!(view.derived.is_empty() && view.vessels.is_empty());
}

#[test]
fn a_search_in_nothing_but_what_is_left_out_found_nothing() {
    let mut log = Log::new();
    let page = document(&mut log, "page", json!("cited"), &[]);
    document(&mut log, "agency", json!("cited"), &[]);
    let event = json!({"kind": "absence", "looked_for": {"kind": "notification", "supplier": "RU",
        "period": when("2024-02/..", "within")}, "looked_in": ["@page"], "as_seen": when("2024-12-04", "on")});
    log.record(
        By::Ann,
        "none",
        told(event, "reported", json!({}), on(&["agency"])),
    );
    assert_eq!(log.view().absences.len(), 1);
    assert!(without_entry(&log, page).absences.is_empty());
}

#[test]
fn a_group_of_which_only_the_unauthorised_tell_is_gone() {
    let mut log = Log::new();
    let paper = document(&mut log, "paper", json!("cited"), &[]);
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "ships", group);
    let count = |of: &str| {
        let event = json!({"kind": "count", "about": "@ships", "count": {"low": 5, "high": 5}});
        told(event, "reported", json!({}), on(&[of]))
    };
    log.record(By::Ann, "five", count("paper"));
    log.record(By::Stranger, "five-too", count("paper"));
    assert_eq!(log.view().groups.len(), 1);
    let view = without_entry(&log, paper);
    assert!(view.groups.is_empty());
    assert_eq!(view.distinct_vessels.high, Some(0));
}

#[test]
fn what_is_said_of_a_call_that_has_not_happened_yet_is_not_said_yet() {
    let mut log = Log::new();
    document(&mut log, "a", json!("cited"), &[]);
    vessel(&mut log, "ship", &["a"]);
    let call = json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"},
        "arrival": when("2024-03-07", "on")});
    log.record(
        By::Ann,
        "call",
        told(call, "reported", json!({}), on(&["a"])),
    );
    for date in ["2024-03-06", "2024-03-07"] {
        let claim = json!({"kind": "claim", "about": "@call", "property": "first-arrival",
            "value": {"when": when(date, "on")}});
        log.record(By::Ann, "", told(claim, "reported", json!({}), on(&["a"])));
    }
    let differ = |view: &View| {
        view.findings
            .iter()
            .filter(|f| f.rule == "accounts-differ")
            .count()
    };
    assert_eq!(differ(&log.view()), 1);
    let before = as_of(&log, "2024-02-15");
    assert_eq!(
        (
            differ(&before),
            before.port_calls.len(),
            before.claims.len()
        ),
        (0, 0, 0)
    );
    assert_eq!(differ(&as_of(&log, "2024-03-08")), 1);
}

#[test]
fn a_moment_in_utc_is_compared_with_every_zone_that_a_date_may_have() {
    let mut log = Log::new();
    document(&mut log, "a", json!("cited"), &[]);
    vessel(&mut log, "ship", &["a"]);
    sighting(&mut log, "seen", "ship", "2024-03-16", &["a"]);
    // Already the 16th in the far east.
    assert_eq!(seen(&as_of(&log, "2024-03-15T10:00:00Z")), ["seen"]);
    assert!(seen(&as_of(&log, "2024-03-15T09:59:59Z")).is_empty());
    assert!(seen(&as_of(&log, "2024-03-15")).is_empty());
    let there = as_of(&log, "2024-03-16T12:00:00Z");
    assert_eq!(there.presence[0].how, "possibly at");
}
