//! Who may amend what, and what stands afterwards.

use crate::common::{By, Log, told, when};
use seaproof_replay::View;
use seaproof_replay::tracks::Readings;
use serde_json::{Value, json};

/// Two documents, a group counted as five on both of them, by Ann.
fn log() -> Log {
    let mut log = Log::new();
    for label in ["a", "b"] {
        let document = json!({"kind": "document", "publisher": "a paper", "hold": "cited"});
        log.record(By::Ann, label, document);
    }
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "ships", group);
    log.record(By::Ann, "five", count(5, &["a", "b"]));
    log
}

fn count(n: u32, on: &[&str]) -> Value {
    let basis: Vec<Value> = on
        .iter()
        .map(|of| json!({"of": format!("@{of}")}))
        .collect();
    told(
        json!({"kind": "count", "about": "@ships", "count": {"low": n, "high": n}}),
        "reported",
        json!({}),
        json!(basis),
    )
}

fn counted(log: &Log) -> (u32, Option<u32>) {
    let view = log.view();
    let group = view.groups.iter().find(|g| g.told.id == "ships");
    group.map_or((0, None), |g| (g.count.low, g.count.high))
}

fn codes(view: &View) -> Vec<&str> {
    view.notices.iter().map(|n| n.code).collect()
}

const NOTHING: (u32, Option<u32>) = (0, None);

#[test]
fn only_the_author_or_a_custodian_corrects_and_retracts() {
    for (by, may) in [
        (By::Ann, true),
        (By::Custodian, true),
        (By::Suspect, false),
        (By::Bob, false),
    ] {
        let mut corrected = log();
        corrected.correct(by, "five", count(4, &["a"]));
        let mut retracted = log();
        retracted.retract(by, "five");
        if may {
            assert_eq!(counted(&corrected), (4, Some(4)));
            assert_eq!(counted(&retracted), NOTHING);
            assert!(codes(&corrected.view()).is_empty());
            assert!(corrected.view().disputed.is_empty());
        } else {
            for log in [corrected, retracted] {
                let view = log.view();
                assert_eq!(counted(&log), (5, Some(5)));
                assert_eq!(codes(&view), ["not-entitled"]);
                assert_eq!(view.disputed[0].entry, 4);
                assert_eq!(view.disputed[0].by, [5]);
            }
        }
    }
}

#[test]
fn an_unauthorised_entry_is_kept_and_feeds_nothing() {
    let mut log = log();
    log.retract(By::Stranger, "five");
    log.record(By::Stranger, "six", count(6, &["a"]));
    let view = log.view();
    assert_eq!(counted(&log), (5, Some(5)));
    assert_eq!(view.unauthorised, [5, 6]);
    assert!(view.disputed.is_empty() && view.withdrawn.is_empty());
}

#[test]
fn a_suspect_entry_feeds_the_state_and_is_marked() {
    let mut log = log();
    log.record(By::Suspect, "", count(5, &["a"]));
    let view = log.view();
    assert_eq!(view.suspect, [5]);
    assert_eq!(view.groups[0].count_entries, [3, 4, 5]);
}

#[test]
fn a_retraction_can_itself_be_retracted_by_its_author_or_a_custodian() {
    let mut log = log();
    log.retract(By::Custodian, "five");
    assert_eq!(counted(&log), NOTHING);
    // The entry's author is not the retraction's.
    log.retract(By::Ann, "#5");
    assert_eq!(counted(&log), NOTHING);
    log.retract(By::Custodian, "#5");
    assert_eq!(counted(&log), (5, Some(5)));
    log.retract(By::Custodian, "#7");
    assert_eq!(counted(&log), NOTHING);
}

#[test]
fn the_newest_correction_in_effect_stands() {
    let mut log = log();
    log.correct(By::Ann, "five", count(6, &["a"]));
    log.correct(By::Ann, "#5", count(7, &["a"]));
    assert_eq!(counted(&log), (7, Some(7)));
    let view = log.view();
    assert_eq!((view.corrected[0].entry, view.corrected[0].by), (4, 6));
    log.correct(By::Ann, "five", count(8, &["a"]));
    assert_eq!(counted(&log), (8, Some(8)));
    log.retract(By::Ann, "#7");
    assert_eq!(counted(&log), (7, Some(7)));
    // With a correction goes what corrects it.
    log.retract(By::Ann, "#5");
    assert_eq!(counted(&log), (5, Some(5)));
}

#[test]
fn retracting_a_corrected_entry_withdraws_its_correction() {
    let mut log = log();
    log.correct(By::Ann, "five", count(6, &["a"]));
    log.retract(By::Ann, "five");
    assert_eq!(counted(&log), NOTHING);
    log.correct(By::Ann, "five", count(7, &["a"]));
    assert_eq!(counted(&log), NOTHING);
}

#[test]
fn a_correction_of_another_kind_counts_as_a_dispute() {
    let mut log = log();
    let group = json!({"kind": "group", "members": "calls", "criterion": "calls"});
    log.correct(By::Ann, "five", group);
    let view = log.view();
    assert_eq!(counted(&log), (5, Some(5)));
    assert_eq!(codes(&view), ["cannot-amend"]);
    assert_eq!(view.disputed[0].entry, 4);
}

#[test]
fn governance_cannot_be_retracted() {
    let mut log = log();
    let rules = json!({"kind": "rule-set", "rules": [{"rule": "cap-share", "version": 1}]});
    log.record(By::Custodian, "rules", rules);
    log.retract(By::Custodian, "rules");
    let view = log.view();
    assert_eq!(view.adopted, Some(5));
    assert_eq!(codes(&view), ["cannot-amend"]);
}

#[test]
fn a_dispute_marks_and_changes_nothing() {
    let mut log = log();
    log.dispute(By::Bob, "five");
    let view = log.view();
    assert_eq!(counted(&log), (5, Some(5)));
    assert_eq!(view.disputed[0].reasons, [Some("not so".to_owned())]);
    log.retract(By::Bob, "#5");
    assert!(log.view().disputed.is_empty());
}

#[test]
fn a_statement_falls_with_its_last_basis_and_is_marked_before() {
    let mut log = log();
    log.retract(By::Ann, "a");
    let view = log.view();
    assert_eq!(counted(&log), (5, Some(5)));
    assert_eq!(view.withdrawn.len(), 1);
    log.retract(By::Ann, "b");
    let view = log.view();
    assert_eq!(counted(&log), NOTHING);
    let fallen = view.withdrawn.iter().find(|w| w.entry == 4).unwrap();
    assert_eq!((fallen.how, &fallen.by[..]), ("fallen", &[1, 2][..]));
    // A correction can give it another basis.
    let document = json!({"kind": "document", "publisher": "another", "hold": "cited"});
    log.record(By::Ann, "c", document);
    log.correct(By::Ann, "five", count(5, &["c"]));
    assert_eq!(counted(&log), (5, Some(5)));
}

#[test]
fn a_weakened_statement_says_on_what_it_rested() {
    let mut log = log();
    let seen = told(
        json!({"kind": "sighting", "about": "@ships", "place": {"locode": "RUVYP"}}),
        "reported",
        json!({}),
        json!([{"of": "@a"}, {"cited": "a radio report"}]),
    );
    log.record(By::Ann, "seen", seen);
    log.retract(By::Ann, "a");
    let view = log.view();
    assert_eq!(view.sightings[0].told.weakened_by, [1]);
}

#[test]
fn what_is_about_a_retracted_thing_falls_with_it() {
    let mut log = log();
    log.retract(By::Ann, "ships");
    let view = log.view();
    assert!(view.groups.is_empty());
    let how: Vec<_> = view.withdrawn.iter().map(|w| (w.entry, w.how)).collect();
    assert_eq!(how, [(3, "retracted"), (4, "fallen")]);
}

#[test]
fn correcting_what_others_rest_on_leaves_them_standing() {
    let mut log = log();
    let corrected = json!({"kind": "group", "members": "vessels", "criterion": "tankers, loaded"});
    log.correct(By::Ann, "ships", corrected);
    // Whoever refers to the correction means the group.
    let mut flag = told(
        json!({"kind": "claim", "about": "@#5", "property": "flag", "value": {"country": "KP"}}),
        "reported",
        json!({}),
        json!([{"of": "@a"}]),
    );
    flag["when"] = when("2024-03", "throughout");
    log.record(By::Ann, "", flag);
    let view = log.view();
    let [group] = &view.groups[..] else {
        panic!("one group");
    };
    assert_eq!(group.criterion, "tankers, loaded");
    assert_eq!((group.told.entry, group.told.corrected_by), (3, Some(5)));
    assert_eq!(group.told.entries, [3, 5]);
    assert_eq!((group.count.low, group.claims.len()), (5, 1));
}

#[test]
fn a_prefix_of_the_log_is_what_was_known_then() {
    let mut log = log();
    log.retract(By::Ann, "five");
    let before = log.state_at(5);
    let view = before.settle().view(&Readings::default());
    assert_eq!(view.entries, 5);
    assert_eq!(view.groups[0].count.low, 5);
    assert_ne!(view.state_root, log.view().state_root);
}

#[test]
fn a_withheld_amendment_marks_every_finding() {
    let mut log = crate::common::case::at_p();
    log.entries
        .push(log.blank(By::Ann, seaproof_evidence::Class::Amendment));
    let view = log.view();
    assert_eq!(view.withheld, [38]);
    assert!(!view.findings.is_empty());
    assert!(view.findings.iter().all(|f| f.subject_to == [38]));
}

#[test]
fn a_retracted_article_between_two_reports_does_not_make_them_independent() {
    let mut log = crate::common::case::at_p();
    log.retract(By::Ann, "ft");
    let view = log.view();
    let found = view.findings.iter().find(|f| f.rule == "not-independent");
    assert!(found.unwrap().statement.contains("relay one source (ft"));
}
