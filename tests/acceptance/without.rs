//! What stands if a court excludes an article, an author or a file.

use std::path::Path;

use serde_json::{Value, json};

use crate::case::{
    EXAMPLE, also, ends, find, findings, list, part, record, screen, seen, statement,
};

/// Groups, sightings and port calls, of which nothing is left.
fn assert_no_march(state: &Value) {
    for rows in [
        "groups",
        "sightings",
        "port_calls",
        "departures",
        "loadings",
        "unloadings",
        "dark_periods",
        "said_listed",
        "assertions",
        "memberships",
    ] {
        assert_eq!(state[rows], json!([]), "{rows}");
    }
}

#[test]
fn without_the_article_nothing_is_left_of_march() {
    for point in ["37", "51", "55"] {
        let options = ["--at", point, "--without", "ft"];
        let state = seen(&options);
        assert_no_march(&state);
        let screen = screen(&options);
        assert!(screen.contains(&format!("A part of the state after #{point}, without ft")));
        for heading in ["GROUPS of unnamed things", "SIGHTINGS", "PORT CALLS"] {
            assert!(
                part(&screen, heading).contains("none recorded"),
                "{heading}"
            );
        }
        // What it took with it is named, and what does not rest on it stands.
        assert!(screen.contains("1 entry left out"), "{screen}");
        assert!(part(&screen, "CORRECTED").contains("#30"));
        assert_eq!(find(&state, "documents", "res-2397")["entry"], 7);
        assert_eq!(
            list(&state, "documents")
                .iter()
                .filter(|d| d["id"] == "press-a")
                .count(),
            0
        );
    }
}

#[test]
fn without_the_article_the_briefing_stands_alone() {
    let reported = |point: &str| {
        let state = seen(&["--at", point, "--without", "ft"]);
        find(&state, "caps", "cap-500k")["reported"].clone()
    };
    assert_eq!(reported("37"), Value::Null);
    assert_eq!(ends(&reported("51")), Some((165_000, true, None, true)));
    assert_eq!(also(&reported("51")), Vec::<&str>::new());
    assert_eq!(ends(&reported("55")), Some((500_000, true, None, true)));
    assert_eq!(also(&reported("55")), ["us-march"]);
}

#[test]
fn without_the_article_only_these_findings_are_left() {
    let left = |point: &str| {
        let state = seen(&["--at", point, "--without", "ft"]);
        let rules = crate::case::rules_fired(&state).join(" ");
        for finding in list(&state, "findings") {
            // None of them rests on what is left out, or on what only retells it.
            let entries = crate::case::numbers(&finding["entries"]);
            assert!(
                [4, 5, 6, 8, 28]
                    .iter()
                    .all(|entry| !entries.contains(entry))
            );
        }
        rules
    };
    assert_eq!(left("37"), "");
    assert_eq!(left("51"), "cap-share no-notification-found");
    assert_eq!(left("55"), "cap-share no-notification-found");
}

#[test]
fn a_source_further_down_takes_with_it_all_that_retell_it() {
    for point in ["37", "51", "55"] {
        let images = seen(&["--at", point, "--without", "rusi-images"]);
        assert_no_march(&images);
        let analysis = seen(&["--at", point, "--without", "#3"]);
        assert_no_march(&analysis);
    }
}

#[test]
fn without_one_report_the_other_still_tells_its_part() {
    let state = seen(&["--at", "37", "--without", "press-b"]);
    assert_eq!(
        find(&state, "groups", "march-five")["count"],
        json!({"low": 5, "high": 5})
    );
    let seen_at: Vec<&Value> = list(&state, "sightings")
        .iter()
        .map(|row| &row["place"]["locode"])
        .collect();
    assert_eq!(seen_at, ["RUVYP"]);
    assert_eq!(
        (&state["loadings"], &state["unloadings"]),
        (&json!([]), &json!([]))
    );
    // "A quarter" is all that is left of the amount.
    let reported = &find(&state, "caps", "cap-500k")["reported"];
    assert_eq!(ends(reported), Some((125_000, false, Some(125_000), false)));
    assert_eq!(reported["words"], "about 125,000");
    assert!(findings(&state, "wordings-differ", &[]).is_empty());
    assert!(findings(&state, "not-independent", &[]).is_empty());
}

/// The digest of the one file of a document.
fn file_of(state: &Value, document: &str) -> String {
    let [file] = &find(state, "documents", document)["held"]["files"]
        .as_array()
        .unwrap()[..]
    else {
        panic!("one file of {document}");
    };
    file["sha256"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_goes_with_the_document_that_is_held_as_nothing_else() {
    let digest = file_of(&seen(&[]), "press-b");
    for point in ["37", "51", "55"] {
        let by_file = seen(&["--at", point, "--without", &format!("sha256:{digest}")]);
        let mut by_entry = seen(&["--at", point, "--without", "press-b"]);
        by_entry["withdrawn"] = by_file["withdrawn"].clone();
        assert_eq!(by_file, by_entry);
    }
}

#[test]
fn several_parts_are_left_out_together() {
    let state = seen(&[
        "--without",
        "press-a",
        "--without",
        "press-b",
        "--as-of",
        "2024-12-31",
    ]);
    for rows in ["groups", "sightings", "port_calls"] {
        assert_eq!(state[rows], json!([]), "{rows}");
    }
    assert_eq!(list(&state, "vessels").len(), 1);
}

#[test]
fn without_an_author_everything_that_they_signed_is_gone() {
    let lab = record(&Path::new(EXAMPLE).join("case.jsonl"));
    let before = lab.json(&["replay"]);
    lab.ok(&[
        "key",
        "new",
        "--out",
        "desk",
        "--comment",
        "Desk",
        "--no-passphrase",
    ]);
    lab.ok(&["author", "admit", "desk.pub"]);
    let lines = [
        r#"{"kind": "document", "as": "log-book", "publisher": "Harbour office", "hold": "cited"}"#,
        r#"{"kind": "count", "about": "march-five", "count": {"low": 4, "high": 4}, "mode": "reported", "basis": [{"of": "log-book"}]}"#,
        r#"{"kind": "quantity", "figure": "us-march", "quantity": {"amount": {"bound": "exactly", "value": 170000, "unit": "bbl"}}, "mode": "reported", "basis": [{"of": "log-book"}]}"#,
    ];
    lab.write("desk.jsonl", lines.join("\n"));
    lab.ok(&["record", "batch", "desk.jsonl", "--key", "desk"]);

    let with = lab.json(&["replay"]);
    let count = |state: &Value| find(state, "groups", "march-five")["count"].clone();
    assert_ne!(count(&with), count(&before));
    let without = lab.json(&["replay", "--without", "author:Desk"]);
    assert_eq!(count(&without), count(&before));
    for rows in [
        "groups",
        "vessels",
        "caps",
        "figures",
        "documents",
        "findings",
        "claims",
    ] {
        assert_eq!(without[rows], before[rows], "{rows}");
    }
    let gone: Vec<&Value> = list(&without, "withdrawn")
        .iter()
        .map(|row| &row["how"])
        .collect();
    assert_eq!(gone, ["left out"; 3]);
    // The other author's evidence rests on the first one's things, and goes with them.
    let rest = lab.json(&["replay", "--without", "author:Field"]);
    assert_eq!((&rest["groups"], &rest["caps"]), (&json!([]), &json!([])));
    assert_eq!(list(&rest, "documents").len(), 1);
    lab.fails(1, &["replay", "--without", "author:Nobody"], &["Nobody"]);
}

#[test]
fn what_cannot_be_left_out_is_refused_in_words() {
    let lab = crate::case::case();
    lab.fails(2, &["replay", "--without", "#0"], &["the ledger itself"]);
    lab.fails(2, &["replay", "--without", "sha256:abc"], &["64 digits"]);
    let gone = lab.run(&["replay", "--without", "no-such-label"]);
    assert_ne!(gone.code, Some(0));
    assert!(gone.stderr.contains("no-such-label"), "{}", gone.stderr);
}

#[test]
fn what_is_left_out_of_a_finding_is_not_named_in_it() {
    let state = seen(&["--without", "us-briefing"]);
    let share = crate::case::finding(&state, "cap-share", &[23, 28, 30]);
    assert!(
        !statement(share).contains("500,000 (above"),
        "{}",
        statement(share)
    );
    let found = crate::case::finding(&state, "no-notification-found", &[45]);
    assert!(
        statement(found).contains("(rusi-march)"),
        "{}",
        statement(found)
    );
}
