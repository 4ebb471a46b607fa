//! What was known after an entry, of what held on a date.

use serde_json::{Value, json};

use crate::case::{also, ends, find, findings, list, part, rules_fired, screen, seen, statement};

/// What no-notification-found says, if it fires.
fn not_found(options: &[&str]) -> Option<String> {
    let state = seen(options);
    let found = findings(&state, "no-notification-found", &[]);
    assert!(found.len() < 2);
    found.first().map(|finding| statement(finding).to_owned())
}

#[test]
fn before_a_notice_was_due_nothing_is_missing() {
    assert_eq!(not_found(&["--at", "55", "--as-of", "2024-03-26"]), None);
    assert_eq!(not_found(&["--as-of", "2024-03-26"]), None);
    // For February it was due by the thirtieth of March, for March by that of April.
    for (date, february, march) in [
        ("2024-03-29", false, false),
        ("2024-03-30", true, false),
        ("2024-04-29", true, false),
        ("2024-04-30", true, true),
        ("2024-12-04", true, true),
    ] {
        let said = not_found(&["--as-of", date]).unwrap_or_default();
        assert_eq!(said.contains("February 2024"), february, "{date}: {said}");
        assert_eq!(said.contains("For March 2024"), march, "{date}: {said}");
    }
}

#[test]
fn before_the_search_was_recorded_nothing_is_missing() {
    assert_eq!(not_found(&["--at", "37", "--as-of", "2024-12-04"]), None);
    assert_eq!(not_found(&["--at", "44", "--as-of", "2024-12-04"]), None);
    assert!(not_found(&["--at", "45", "--as-of", "2024-12-04"]).is_some());
}

#[test]
fn on_a_day_in_the_stretch_the_five_are_possibly_there_and_never_surely() {
    for point in ["37", "51", "55"] {
        let options = ["--at", point, "--as-of", "2024-03-15"];
        let state = seen(&options);
        let rows: Vec<&Value> = list(&state, "presence")
            .iter()
            .filter(|row| row["about"] == "march-five")
            .collect();
        assert_eq!(rows.len(), 2);
        for row in rows {
            assert_eq!(
                (&row["how"], &row["place"]["locode"]),
                (&json!("possibly at"), &json!("RUVYP"))
            );
        }
        assert!(
            list(&state, "presence")
                .iter()
                .all(|row| row["how"] != "at")
        );
        let screen = screen(&options);
        let there = part(&screen, "WHERE, on 2024-03-15");
        assert!(there.contains("possibly at RUVYP"), "{there}");
        assert_eq!(
            there.matches("at RUVYP").count(),
            there.matches("possibly at RUVYP").count()
        );
    }
}

#[test]
fn outside_the_stretch_nobody_is_said_to_be_anywhere() {
    let early = seen(&["--as-of", "2024-02-15"]);
    assert_eq!(early["presence"], json!([]));
    for rows in [
        "sightings",
        "port_calls",
        "loadings",
        "dark_periods",
        "said_listed",
    ] {
        assert_eq!(early[rows], json!([]), "{rows}");
    }
    let after = seen(&["--as-of", "2024-04-02"]);
    let there: Vec<&Value> = list(&after, "presence")
        .iter()
        .map(|row| &row["place"]["locode"])
        .collect();
    // Only what was said of "from 7 March on" reaches so far.
    assert_eq!(there, ["KPCHO"]);
    assert_eq!(list(&after, "sightings").len(), 2);
}

#[test]
fn a_figure_counts_as_far_as_its_period_had_passed() {
    let columns = |date: &str| {
        let state = seen(&["--as-of", date]);
        let cap = find(&state, "caps", "cap-500k");
        ["notified", "reported", "estimated"].map(|column| cap[column].clone())
    };
    // In the middle of February only January is over; the figures of March have not begun.
    let [notified, reported, estimated] = columns("2024-02-15");
    assert_eq!(ends(&notified), Some((15_279, false, Some(168_679), false)));
    assert_eq!(ends(&reported), Some((0, false, None, true)));
    assert_eq!(also(&reported), Vec::<&str>::new());
    assert_eq!(estimated, Value::Null);
    // At the end of March both of its figures are whole; the year's is not.
    let [_, reported, _] = columns("2024-03-31");
    assert_eq!(ends(&reported), Some((165_000, true, None, true)));
    // On the day of the briefing it is.
    let [_, reported, _] = columns("2024-05-02");
    assert_eq!(ends(&reported), Some((500_000, true, None, true)));
    let [notified, ..] = columns("2023-12-31");
    assert_eq!(notified, Value::Null);
}

#[test]
fn a_part_has_no_state_root_and_the_whole_has() {
    assert!(seen(&[])["state_root"].is_string());
    for part in [&["--as-of", "2024-12-31"][..], &["--without", "ft"]] {
        assert_eq!(seen(part)["state_root"], Value::Null);
        assert!(screen(part).starts_with("A part of the state after #55"));
    }
}

#[test]
fn as_of_the_end_nothing_is_missing() {
    let all = rules_fired(&seen(&[])).join(" ");
    assert_eq!(
        rules_fired(&seen(&["--as-of", "2024-12-31"])).join(" "),
        all
    );
    assert_eq!(seen(&["--as-of", "2024-12-31"])["withdrawn"], json!([]));
}

#[test]
fn what_is_no_date_is_refused_in_words() {
    for wrong in ["yesterday", "2024-13-01", "2024-03-15/2024-03-20"] {
        crate::case::case().fails(2, &["replay", "--as-of", wrong], &[wrong, "2024-03-15"]);
    }
}
