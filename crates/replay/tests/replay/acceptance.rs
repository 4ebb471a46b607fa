//! The case at its first point: the two press reports and the resolution, nothing else.

use crate::common::case::at_p;
use seaproof_replay::{Finding, Range, View};

fn findings<'a>(view: &'a View, rule: &str) -> Vec<&'a Finding> {
    view.findings.iter().filter(|f| f.rule == rule).collect()
}

fn names(finding: &Finding, expected: &[u64]) {
    for entry in expected {
        assert!(
            finding.entries.contains(entry),
            "{} names {:?}, not #{entry}",
            finding.rule,
            finding.entries
        );
    }
}

#[test]
fn nothing_is_wrong_with_the_case() {
    let view = at_p().view();
    assert_eq!(view.entries, 38);
    assert_eq!(view.notices, []);
    assert_eq!(view.withdrawn, []);
}

#[test]
fn the_groups_have_their_counts() {
    let view = at_p().view();
    let counts: Vec<_> = view
        .groups
        .iter()
        .map(|g| {
            (
                g.told.id.as_str(),
                g.within.as_deref(),
                g.count.low,
                g.count.high,
            )
        })
        .collect();
    assert_eq!(
        counts,
        [
            ("march-five", None, 5, Some(5)),
            ("march-listed", Some("march-five"), 4, Some(5)),
            ("march-onward", Some("march-five"), 2, Some(5)),
        ]
    );
    let five = &view.groups[0];
    assert_eq!(five.named, 0);
    assert_eq!(five.claims.len(), 1);
    assert_eq!(
        (
            five.claims[0].property.as_str(),
            five.claims[0].value.as_str()
        ),
        ("flag", "KP")
    );
    assert_eq!(five.claims[0].told.entry, 10);
    assert!(view.vessels.is_empty());
    assert_eq!(
        view.distinct_vessels,
        Range {
            low: 5,
            high: Some(5)
        }
    );
}

#[test]
fn what_was_seen_stands_as_it_was_told() {
    let view = at_p().view();
    let seen: Vec<_> = view
        .sightings
        .iter()
        .map(|s| {
            let when = s.when.as_ref().unwrap();
            (
                s.place.locode.as_deref().unwrap(),
                s.count.unwrap(),
                when.edtf.as_str(),
                when.words.as_str(),
            )
        })
        .collect();
    let two = Range {
        low: 2,
        high: Some(2),
    };
    let five = Range {
        low: 5,
        high: Some(5),
    };
    assert_eq!(
        seen,
        [
            (
                "RUVYP",
                five,
                "2024-03-07/2024-03-22",
                "each at some time: 7 to 22 March 2024"
            ),
            (
                "KPCHO",
                two,
                "2024-03-07/..",
                "each at some time: from 7 March 2024 on"
            ),
        ]
    );
    let [call] = &view.port_calls[..] else {
        panic!("one port call");
    };
    assert_eq!(call.count, Some(five));
    assert_eq!(call.place.locode.as_deref(), Some("RUVYP"));
    assert_eq!(
        call.place.berth.as_deref(),
        Some("a Russian oil company's berth, not named")
    );
    assert_eq!(call.arrival.as_ref().unwrap().edtf, "2024-03");
    assert_eq!(call.departure, None);
    assert!(view.listings.is_empty());
    assert_eq!(view.said_listed.len(), 2);
    assert!(view.dark_periods.iter().all(|d| d.coverage == "not stated"));
}

#[test]
fn the_caps_have_their_three_columns() {
    let view = at_p().view();
    let [refined, crude] = &view.caps[..] else {
        panic!("two caps");
    };
    assert_eq!(refined.told.id, "cap-500k");
    assert_eq!(
        (refined.limit.amount, &*refined.limit.unit),
        (500_000, "bbl")
    );
    assert_eq!(refined.notified, None);
    assert_eq!(refined.estimated, None);
    let reported = refined.reported.as_ref().unwrap();
    assert_eq!(
        (
            reported.low,
            reported.low_exclusive,
            reported.high,
            reported.open
        ),
        (0, false, Some(125_000), false)
    );
    let share = reported.share.unwrap();
    assert_eq!((share.low, share.high), (0, Some(2_500)));
    assert_eq!(reported.words, "up to 125,000");
    assert_eq!(reported.share_words.as_deref(), Some("up to 25.00 %"));
    assert_eq!(reported.figures.len(), 1);
    assert_eq!(reported.figures[0].reading, Some(32));
    assert_eq!(reported.entries, [28, 30, 32]);
    assert_eq!(crude.told.id, "cap-4m");
    assert_eq!(
        (&crude.notified, &crude.reported, &crude.estimated),
        (&None, &None, &None)
    );
}

#[test]
fn the_two_reports_give_these_findings_and_no_others() {
    let view = at_p().view();
    let mut rules: Vec<_> = view.findings.iter().map(|f| f.rule.as_str()).collect();
    rules.sort_unstable();
    assert_eq!(
        rules,
        [
            "accounts-differ",
            "accounts-differ",
            "accounts-differ",
            "basis-cannot-show",
            "cap-share",
            "not-independent",
            "said-listed-in-foreign-port",
            "seen-while-said-dark",
            "wordings-differ",
        ]
    );
    for finding in &view.findings {
        assert_eq!(finding.version, 1);
        assert_eq!(finding.adopted.entry, Some(1));
        assert_eq!(
            finding.adopted.position,
            "adopted in #1, before the evidence"
        );
        assert_eq!(finding.caveats[0], "A pattern to examine, not a violation.");
        assert!(
            finding.caveats.iter().any(|c| c.starts_with("Wrong if")),
            "{finding:?}"
        );
    }
}

#[test]
fn said_listed_in_a_foreign_port_identifies_nobody() {
    let view = at_p().view();
    let [finding] = findings(&view, "said-listed-in-foreign-port")[..] else {
        panic!("one finding");
    };
    names(finding, &[5, 6, 8, 9, 10, 12, 16, 17, 18]);
    assert_eq!(
        finding.statement,
        "At least 4 of 5 unnamed vessels (march-five) said to have been at RUVYP in March 2024 are \
         said to be on a UN list. No vessel is identified and no list was consulted."
    );
    assert_eq!(finding.identity.as_deref(), Some("no vessel is identified"));
}

#[test]
fn accounts_differ_on_product_duty_and_law() {
    let view = at_p().view();
    let [product, duty, law] = {
        let mut found = findings(&view, "accounts-differ");
        found.sort_by_key(|f| (f.of_law, f.statements.clone()));
        <[&Finding; 3]>::try_from(found).unwrap()
    };
    names(product, &[5, 6, 7, 23, 25, 26]);
    assert_eq!(product.statements, [23, 25]);
    assert_eq!(
        product.statement,
        "The 500,000 bbl cap (cap-500k), product: \"refined\" (#23 res-2397, cited, not held) and \
         \"crude\" (#25 press-a, held as own notes). \"oil\" (#26) fits both."
    );
    names(duty, &[23, 27]);
    assert!(
        duty.statement
            .contains("\"approval by a UN committee\" (#27 press-b")
    );
    names(law, &[12, 33, 34]);
    assert!(law.of_law && !product.of_law && !duty.of_law);
    assert!(
        law.statement.ends_with("Of law: not decided here."),
        "{}",
        law.statement
    );
}

#[test]
fn wordings_of_one_figure_differ() {
    let view = at_p().view();
    let [finding] = findings(&view, "wordings-differ")[..] else {
        panic!("one finding");
    };
    names(finding, &[23, 28, 30, 31]);
    assert_eq!(finding.statements, [30, 31]);
    assert_eq!(
        finding.statement,
        "rusi-march: \"up to 125,000\" (#30: up to 125,000 bbl) and \"more than a quarter\" (#31: \
         more than 1/4 of 500,000 bbl) cannot both hold."
    );
}

#[test]
fn darkness_rests_on_images_and_one_account() {
    let view = at_p().view();
    let [basis] = findings(&view, "basis-cannot-show")[..] else {
        panic!("one finding");
    };
    names(basis, &[5, 6, 8, 14, 15]);
    assert_eq!(basis.coverage.as_deref(), Some("not stated"));
    assert!(basis.statement.contains("an image cannot show it"));
    let [seen] = findings(&view, "seen-while-said-dark")[..] else {
        panic!("one finding");
    };
    names(seen, &[5, 8, 11, 14]);
    assert!(seen.statement.contains("said seen (#11) and said dark (#14) in the same report: one account, not two observations"), "{}", seen.statement);
}

#[test]
fn the_reports_count_as_one() {
    let view = at_p().view();
    let [finding] = findings(&view, "not-independent")[..] else {
        panic!("one finding");
    };
    assert_eq!(
        finding.statement,
        "All 12 statements on march-five reach us through 2 reports (press-a and press-b) that both \
         relay one source (ft, cited, not held). Not shown to be independent: count as 1."
    );
    names(finding, &(9..=22).chain([4, 5, 6, 8]).collect::<Vec<_>>());
}

#[test]
fn the_share_of_the_cap_says_what_is_not_recorded() {
    let view = at_p().view();
    let [finding] = findings(&view, "cap-share")[..] else {
        panic!("one finding");
    };
    names(finding, &[23, 28, 30, 32]);
    assert_eq!(
        finding.statement,
        "Reported figures put 2024 at up to 125,000 (up to 25.00 %) of the 500,000 bbl of cap-500k. \
         Notified: none recorded. Estimated: none recorded."
    );
}

#[test]
fn sums_that_nobody_made_appear_nowhere() {
    let text = serde_json::to_string(&at_p().view()).unwrap();
    let numbers: Vec<String> = text
        .split(|c: char| !c.is_ascii_digit() && c != ',')
        .map(|token| token.replace(',', ""))
        .collect();
    for forbidden in [
        "250000", "290000", "305279", "140279", "180279", "183958", "333679", "375000", "665000",
    ] {
        assert!(!numbers.iter().any(|n| n == forbidden), "{forbidden}");
    }
    assert!(numbers.iter().any(|n| n == "125000"));
}
