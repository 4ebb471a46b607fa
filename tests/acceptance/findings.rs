//! The findings of the acceptance page, each with the entries that it must at least name, and what must not
//! fire.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::case::{
    H, O, P, POINTS, entries_of_line, finding, findings, list, numbers, rules_fired, screen,
    state_at, statement,
};

/// The entries of these lines of the acceptance page.
fn entries_of_lines(lines: impl IntoIterator<Item = u64>) -> Vec<u64> {
    lines.into_iter().flat_map(entries_of_line).collect()
}

/// The one finding of a rule on these lines, which says all this.
fn assert_found(points: &[u64], rule: &str, lines: &[u64], says: &[&str]) {
    let entries = entries_of_lines(lines.iter().copied());
    for point in points {
        let state = state_at(*point);
        let found = finding(&state, rule, &entries);
        for words in says {
            assert!(
                statement(found).contains(words),
                "{rule} at #{point} does not say {words:?}: {}",
                statement(found)
            );
        }
    }
}

#[test]
fn at_least_four_unnamed_tankers_are_said_to_be_listed() {
    assert_found(
        &POINTS,
        "said-listed-in-foreign-port",
        &[12, 17, 18],
        &[
            "At least 4 of 5 unnamed",
            "said to have been at RUVYP in March 2024",
            "said to be on a UN list",
            "No vessel is identified and no list was consulted.",
        ],
    );
}

#[test]
fn accounts_of_the_caps_product_differ_and_oil_fits_both() {
    assert_found(
        &POINTS,
        "accounts-differ",
        &[23, 25],
        &[
            "500,000",
            "\"refined\" (#23 res-2397, cited",
            "\"crude\" (#25 press-a",
            "\"oil\" (#26) fits both",
        ],
    );
    for point in POINTS {
        let state = state_at(point);
        let product = finding(&state, "accounts-differ", &[23, 25]);
        assert!(numbers(&product["entries"]).contains(&26));
        assert_eq!(numbers(&product["statements"]), BTreeSet::from([23, 25]));
    }
}

#[test]
fn accounts_of_the_duty_differ() {
    assert_found(
        &POINTS,
        "accounts-differ",
        &[23, 27],
        &["notice", "(#23 res-2397, cited", "approval", "(#27 press-b"],
    );
}

#[test]
fn whether_the_limits_were_broken_is_of_law_and_not_decided() {
    assert_found(
        &POINTS,
        "accounts-differ",
        &[33, 34],
        &["\"yes\" (#33", "\"no, ", "(#34", "not decided here"],
    );
    for point in POINTS {
        let state = state_at(point);
        let of_law: Vec<&Value> = findings(&state, "accounts-differ", &[])
            .into_iter()
            .filter(|finding| finding["of_law"] == true)
            .collect();
        assert_eq!(of_law.len(), 1);
        assert_eq!(numbers(&of_law[0]["statements"]), BTreeSet::from([33, 34]));
    }
}

#[test]
fn two_dates_of_the_first_arrival_may_both_be_right_in_another_zone() {
    assert_found(
        &[O, H],
        "accounts-differ",
        &[45, 46],
        &[
            "7 March 2024",
            "6 March 2024",
            "Time zone not stated: from 14:00 UTC on 6 March",
            "it is 7 March 2024 at Vostochny, so both may be right",
        ],
    );
    assert!(findings(&state_at(P), "accounts-differ", &[12, 33]).len() == 1);
    assert!(!screen(&["--at", "37"]).contains("Time zone not stated"));
}

#[test]
fn up_to_a_quarter_and_more_than_a_quarter_cannot_both_hold() {
    assert_found(
        &POINTS,
        "wordings-differ",
        &[30, 31],
        &[
            "up to 125,000",
            "more than a quarter",
            "500,000",
            "cannot both hold",
        ],
    );
}

#[test]
fn an_image_cannot_show_that_ais_was_off() {
    assert_found(
        &POINTS,
        "basis-cannot-show",
        &[14, 15],
        &[
            "told from images or with no source",
            "an image cannot show it",
            "No AIS data or coverage is recorded",
        ],
    );
}

#[test]
fn seen_and_dark_in_one_report_is_one_account() {
    assert_found(
        &POINTS,
        "seen-while-said-dark",
        &[11, 14],
        &["same report: one account, not two observations"],
    );
}

#[test]
fn twelve_statements_through_two_reports_count_as_one() {
    let lines: Vec<u64> = (9..=22).collect();
    assert_found(
        &POINTS,
        "not-independent",
        &lines,
        &[
            "All 12 statements on march-five reach us through 2 reports (press-a and press-b)",
            "both relay one source (ft, cited, not held)",
            "Not shown to be independent: count as 1.",
        ],
    );
}

#[test]
fn no_notification_is_found_as_the_page_was_seen() {
    assert_found(
        &[O, H],
        "no-notification-found",
        &[39, 43],
        &[
            "As committee-page (cited, not held) was seen on 4 December 2024",
            "told by yonhap",
            "from RU found for February 2024 onward",
            "For March 2024",
            "due by 30 April 2024",
        ],
    );
    for point in [O, H] {
        let state = state_at(point);
        let coverage = &finding(&state, "no-notification-found", &[])["coverage"];
        assert_eq!(
            coverage,
            "committee-page (cited, not held), as seen on 4 December 2024"
        );
    }
}

#[test]
fn reported_figures_put_the_year_above_the_cap_without_their_working() {
    assert_found(
        &[H],
        "cap-share",
        &[30, 39, 49],
        &["Reported figures put 2024 at above 500,000", "so above it"],
    );
    let state = state_at(H);
    let share = finding(&state, "cap-share", &[]);
    let caveats = share["caveats"].as_array().unwrap();
    assert!(
        caveats.contains(&Value::from(
            "us-year: the working is not shown by its author."
        )),
        "{caveats:?}"
    );
    for point in [P, O] {
        let state = state_at(point);
        let share = statement(finding(&state, "cap-share", &[23, 28, 30]));
        assert!(!share.contains("above it"), "{share}");
    }
}

#[test]
fn these_rules_fire_and_no_others() {
    let from_two_reports = [
        "accounts-differ",
        "accounts-differ",
        "accounts-differ",
        "basis-cannot-show",
        "cap-share",
        "not-independent",
        "said-listed-in-foreign-port",
        "seen-while-said-dark",
        "wordings-differ",
    ];
    let mut from_all = from_two_reports.to_vec();
    from_all.extend(["accounts-differ", "no-notification-found"]);
    from_all.sort_unstable();
    assert_eq!(rules_fired(&state_at(P)), from_two_reports);
    assert_eq!(rules_fired(&state_at(O)), from_all);
    assert_eq!(rules_fired(&state_at(H)), from_all);
}

#[test]
fn each_finding_says_which_rule_gave_it_and_what_would_make_it_wrong() {
    for point in POINTS {
        let state = state_at(point);
        for finding in list(&state, "findings") {
            assert_eq!(finding["version"], 1);
            assert_eq!(finding["adopted"]["entry"], 1);
            let position = finding["adopted"]["position"].as_str().unwrap();
            assert!(position.ends_with("before the evidence"), "{position}");
            assert_eq!(finding["adopted"]["changes"], serde_json::json!([]));
            assert_eq!(finding["subject_to"], serde_json::json!([]));
            let caveats = finding["caveats"].as_array().unwrap();
            assert_eq!(caveats[0], "A pattern to examine, not a violation.");
            assert!(caveats.iter().any(|caveat| {
                caveat
                    .as_str()
                    .is_some_and(|words| words.starts_with("Wrong if"))
            }));
            let compared = numbers(&finding["statements"]);
            assert!(!compared.is_empty());
            assert!(compared.is_subset(&numbers(&finding["entries"])));
            assert!(list(finding, "sources").iter().all(|s| s["held"] != ""));
        }
    }
}

/// No finding sets these two statements against each other.
fn assert_not_against(one: u64, other: u64) {
    for point in POINTS {
        let state = state_at(point);
        for rule in ["accounts-differ", "wordings-differ"] {
            for finding in findings(&state, rule, &[]) {
                let compared = numbers(&finding["statements"]);
                assert!(
                    !(compared.contains(&one) && compared.contains(&other)),
                    "#{one} against #{other}: {}",
                    statement(finding)
                );
            }
        }
    }
}

#[test]
fn at_least_four_is_not_set_against_several() {
    assert_not_against(17, 18);
}

#[test]
fn two_is_not_set_against_at_least_two() {
    assert_not_against(20, 21);
    assert_not_against(20, 22);
}

#[test]
fn march_is_not_set_against_the_days_in_it() {
    assert_not_against(11, 12);
    assert_not_against(14, 15);
}

#[test]
fn numbers_of_which_one_scope_contains_the_other_are_not_set_against_each_other() {
    for (narrow, wide) in [(28, 39), (30, 40), (30, 39), (28, 40), (40, 53), (44, 55)] {
        assert_not_against(narrow, wide);
    }
}

#[test]
fn without_identity_snapshot_and_measure_no_vessel_is_listed_in_a_foreign_port() {
    for point in POINTS {
        let state = state_at(point);
        assert!(findings(&state, "listed-in-foreign-port", &[]).is_empty());
        // The rule is in force and runs; it found nothing.
        let rules = list(&state, "rules").iter();
        let runs = rules.filter(|rule| rule["rule"] == "listed-in-foreign-port");
        assert!(runs.clone().all(|rule| rule["does_not_run"].is_null()));
        assert_eq!(runs.count(), 1);
    }
}

#[test]
fn nothing_is_concluded_about_oil_for_arms() {
    for point in POINTS {
        let state = state_at(point);
        assert_eq!(list(&state, "hypotheses").len(), 1);
        for finding in list(&state, "findings") {
            let entries = numbers(&finding["entries"]);
            assert!(
                [35, 36, 37].iter().all(|entry| !entries.contains(entry)),
                "{}",
                statement(finding)
            );
        }
    }
}
