//! From findings down to all that they rest on, and from entries up: what is shown, and what is said to be left out.

use crate::common::{By, Log, line, told, when};
use seaproof_evidence::EntryIndex;
use seaproof_replay::Step;
use seaproof_replay::tracks::Readings;
use serde_json::{Value, json};

fn document(log: &mut Log, label: &str, relays: &[&str]) {
    let relays: Vec<String> = relays.iter().map(|of| format!("@{of}")).collect();
    let event =
        json!({"kind": "document", "publisher": "a paper", "hold": "cited", "relays": relays});
    log.record(By::Ann, label, event);
}

fn say(log: &mut Log, label: &str, of: &str, event: Value) -> u64 {
    log.record(
        By::Ann,
        label,
        told(event, "reported", json!({}), json!([line(of, "1")])),
    )
}

/// Two figures of one thing that differ: `p` (#1) has 5 ships (#3), `q` (#4, attached in #5) has 7 (#6).
fn counts() -> Log {
    let mut log = Log::new();
    document(&mut log, "p", &[]);
    let group = json!({"kind": "group", "members": "vessels", "criterion": "tankers"});
    log.record(By::Ann, "ships", group);
    let count =
        |n: u32| json!({"kind": "count", "about": "@ships", "count": {"low": n, "high": n}});
    say(&mut log, "five", "p", count(5));
    document(&mut log, "q", &[]);
    let attached =
        json!({"kind": "attached", "about": "@q", "files": [{"file": "@@q.txt", "form": "copy"}]});
    log.record(By::Ann, "file", attached);
    say(&mut log, "seven", "q", count(7));
    log
}

fn flat<'s>(steps: &'s [Step], into: &mut Vec<&'s Step>) {
    for step in steps {
        into.push(step);
        flat(&step.below, into);
    }
}

#[test]
fn a_finding_names_what_attached_its_files_and_leads_to_every_entry() {
    let log = counts();
    let state = log.state();
    let settled = state.settle();
    let findings = settled.findings(&Readings::default());
    let finding = findings
        .iter()
        .find(|finding| finding.rule == "accounts-differ")
        .expect("the counts differ");
    assert_eq!(finding.entries, [1, 2, 3, 4, 5, 6]);
    let steps = settled.why_found(finding);
    let mut all = Vec::new();
    flat(&steps, &mut all);
    for entry in &finding.entries {
        let first = all.iter().find(|step| step.entry == Some(*entry));
        assert!(!first.expect("each is shown").again, "#{entry}");
    }
    assert!(all.iter().all(|step| !step.cut));
    // And back up again.
    for entry in &finding.entries {
        let up = settled
            .rests_on(EntryIndex(*entry), &findings)
            .expect("it is there");
        assert!(!up.findings.is_empty(), "#{entry}");
    }
}

#[test]
fn a_retracted_entry_leads_to_its_retraction_and_a_dispute_is_seen_from_what_it_rests_on() {
    let mut log = counts();
    let retraction = log.retract(By::Ann, "five");
    let dispute = log.dispute(By::Bob, "seven");
    let state = log.state();
    let settled = state.settle();
    let why = |entry: u64| settled.why([EntryIndex(entry)]).remove(0);
    let links = |step: &Step| -> Vec<(&str, Option<u64>)> {
        step.below
            .iter()
            .map(|below| (below.link, below.entry))
            .collect()
    };
    let retracted = why(3);
    assert_eq!(retracted.status, Some("retracted"));
    assert!(links(&retracted).contains(&("retracted by", Some(retraction))));
    assert_eq!(links(&why(dispute)), [("disputes", Some(6))]);
    // Not back from the dispute to what it contests.
    let disputed = why(6);
    assert_eq!(disputed.below[0].entry, Some(dispute));
    assert!(disputed.below[0].below.is_empty());
    let up = settled.rests_on(EntryIndex(6), &[]).expect("it is there");
    assert_eq!(up.entries.len(), 1);
    assert_eq!(
        (up.entries[0].entry, &up.entries[0].on[..]),
        (dispute, &[(6, "disputes")][..])
    );
}

#[test]
fn a_trace_that_is_too_deep_says_so_and_does_not_call_it_shown() {
    let mut log = Log::new();
    document(&mut log, "d0", &[]);
    for n in 1..=70 {
        document(&mut log, &format!("d{n}"), &[&format!("d{}", n - 1)]);
    }
    let state = log.state();
    let settled = state.settle();
    // The second way reaches d5, where the first one stopped, from near by.
    let steps = settled.why([EntryIndex(71), EntryIndex(8)]);
    let mut all = Vec::new();
    flat(&steps, &mut all);
    let cut: Vec<&str> = all
        .iter()
        .filter(|s| s.cut)
        .map(|s| s.id.as_str())
        .collect();
    assert_eq!(cut, ["d6"]);
    let short = settled.why([EntryIndex(71), EntryIndex(7)]);
    let again = &short[1];
    assert_eq!((again.id.as_str(), again.again), ("d6", false));
    assert_eq!(again.below.len(), 1);
}

#[test]
fn a_head_of_more_entries_than_there_were_anchors_nothing() {
    let mut log = counts();
    let anchored = |size: u64| {
        json!({"kind": "anchored", "size": size, "root": "00".repeat(32), "anchor": "other",
            "hold": "cited"})
    };
    log.record(By::Ann, "", anchored(u64::MAX));
    let state = log.state();
    let todo = state.settle().todo(&[]);
    assert_eq!((todo.anchored_size, todo.not_anchored), (None, 8));
    log.record(By::Ann, "", anchored(5));
    let state = log.state();
    let todo = state.settle().todo(&[]);
    assert_eq!((todo.anchored_size, todo.not_anchored), (Some(5), 4));
}

#[test]
fn renderings_of_different_passages_are_not_set_against_each_other() {
    let mut log = Log::new();
    for label in ["original", "one", "two"] {
        document(&mut log, label, &[]);
    }
    let translation = |of: &str, original: &str, rendered: &str| {
        json!({"kind": "translation", "document": format!("@{of}"), "of": "@original",
            "from": "ru", "into": "en",
            "passages": [{"name": "first", "original": original, "rendered": rendered}]})
    };
    let drifts = |log: &Log| {
        let findings = log.view().findings;
        findings
            .iter()
            .filter(|f| f.rule == "translation-drift")
            .count()
    };
    say(&mut log, "", "one", translation("one", "neft", "oil"));
    say(&mut log, "", "two", translation("two", "ugol", "coal"));
    assert_eq!(drifts(&log), 0);
    say(&mut log, "", "two", translation("two", "Neft", "petroleum"));
    assert_eq!(drifts(&log), 1);
}

/// A port call with two days of arrival, told without a zone, and ports with these zones.
fn days_differ(days: [&str; 2], zones: &[&str]) -> String {
    let mut log = Log::new();
    document(&mut log, "p", &[]);
    let ship = json!({"kind": "vessel", "names": [{"latin": "Example"}]});
    say(&mut log, "ship", "p", ship);
    let call = json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"}});
    say(&mut log, "call", "p", call);
    for zone in zones {
        let port = json!({"kind": "port", "locode": "RUVYP", "names": ["Vostochny"], "zone": zone});
        say(&mut log, "", "p", port);
    }
    for day in days {
        let claim = json!({"kind": "claim", "about": "@call", "property": "first-arrival",
            "value": {"when": when(day, "on")}});
        say(&mut log, "", "p", claim);
    }
    let mut findings = log.view().findings;
    findings.retain(|finding| finding.rule == "accounts-differ");
    findings.remove(0).statement
}

#[test]
fn days_are_explained_by_a_zone_only_if_they_are_days_and_there_is_one_zone() {
    let explained = "it is 8 March 2024 at Vostochny";
    let days = ["2024-03-07", "2024-03-08"];
    assert!(days_differ(days, &["+10:00"]).contains(explained));
    assert!(days_differ(days, &["+10:00", "+10:00"]).contains(explained));
    let several = days_differ(days, &["+10:00", "+09:00"]);
    assert!(
        several.contains("In some time zone both may be right."),
        "{several}"
    );
    let open = days_differ(["2024-02-29", "2024-03/.."], &["+10:00"]);
    assert!(!open.contains("at Vostochny"), "{open}");
}
