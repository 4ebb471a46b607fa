//! The table of the acceptance page, row by row, at each of its points.

use serde_json::{Value, json};

use crate::case::{H, O, P, POINTS, also, ends, find, list, part, screen, state_at};

fn count_of(state: &Value, group: &str) -> Value {
    find(state, "groups", group)["count"].clone()
}

fn screen_at(point: u64) -> String {
    screen(&["--at", &point.to_string()])
}

#[test]
fn a_point_is_named_by_its_line() {
    for point in POINTS {
        // Genesis stands before the first line.
        assert_eq!(state_at(point)["entries"], point + 1);
    }
    assert_eq!(crate::case::seen(&[])["entries"], H + 1);
    assert_eq!(state_at(H), crate::case::seen(&[]));
}

#[test]
fn five_unnamed_tankers_with_a_flag_as_told() {
    for point in POINTS {
        let state = state_at(point);
        let five = find(&state, "groups", "march-five");
        assert_eq!(five["count"], json!({"low": 5, "high": 5}), "{point}");
        assert_eq!(five["within"], Value::Null);
        assert_eq!(five["named"], 0);
        let [flag] = &five["claims"].as_array().unwrap()[..] else {
            panic!("one claim on the group");
        };
        assert_eq!(
            (&flag["property"], &flag["value"]),
            (&json!("flag"), &json!("KP"))
        );
        assert_eq!(flag["entry"], 10);
        let row = part(&screen_at(point), "GROUPS").to_owned();
        assert!(
            row.contains("march-five    5 to 5") && row.contains("flag KP"),
            "{row}"
        );
    }
}

#[test]
fn no_vessel_is_named_until_the_trade_press_names_one() {
    let state = state_at(P);
    assert_eq!(state["vessels"], json!([]));
    assert_eq!(find(&state, "groups", "march-five")["may_be"], json!([]));
    assert!(screen_at(P).contains("VESSELS with a name: none recorded"));
    for point in [O, H] {
        let state = state_at(point);
        let [vessel] = list(&state, "vessels") else {
            panic!("one vessel at #{point}");
        };
        assert_eq!(vessel["id"], "paek-yang-san-1");
        assert_eq!(vessel["names"], json!(["Paek Yang San 1", "Baekyangsan 1"]));
        let claims = vessel["claims"].as_array().unwrap();
        assert!(
            claims.iter().all(|claim| claim["property"] == "name"),
            "{claims:?}"
        );
        let [membership] = list(&state, "memberships") else {
            panic!("one membership at #{point}");
        };
        assert_eq!(
            (
                &membership["about"],
                &membership["group"],
                &membership["degree"]
            ),
            (
                &json!("paek-yang-san-1"),
                &json!("march-five"),
                &json!("may-be")
            )
        );
        let five = find(&state, "groups", "march-five");
        assert_eq!(five["may_be"], json!(["paek-yang-san-1"]));
        assert_eq!(five["named"], 0);
        let screen = screen_at(point);
        let row = part(&screen, "VESSELS with a name");
        for words in [
            "Paek Yang San 1 / Baekyangsan 1",
            "no IMO number",
            "may be one of march-five",
        ] {
            assert!(row.contains(words), "{words:?} is not in\n{row}");
        }
    }
}

#[test]
fn distinct_vessels_are_five_and_then_perhaps_six() {
    for (point, low, high) in [(P, 5, 5), (O, 5, 6), (H, 5, 6)] {
        assert_eq!(
            state_at(point)["distinct_vessels"],
            json!({"low": low, "high": high}),
            "{point}"
        );
        assert!(screen_at(point).contains(&format!("Distinct vessels: {low} to {high}\n")));
    }
}

#[test]
fn four_or_five_of_the_five_are_said_to_be_listed_and_no_list_was_consulted() {
    for point in POINTS {
        let state = state_at(point);
        assert_eq!(
            count_of(&state, "march-listed"),
            json!({"low": 4, "high": 5})
        );
        let listed = find(&state, "groups", "march-listed");
        assert_eq!(
            (&listed["within"], &listed["named"]),
            (&json!("march-five"), &json!(0))
        );
        let said = list(&state, "said_listed");
        assert_eq!(said.len(), 2);
        for row in said {
            assert_eq!(
                (&row["about"], &row["list"]),
                (&json!("march-listed"), &Value::Null)
            );
        }
        assert!(screen_at(point).contains("SAID TO BE LISTED, no list consulted\n"));
    }
}

#[test]
fn two_to_five_of_the_five_went_on_to_chongjin_and_two_were_seen_there() {
    for point in POINTS {
        let state = state_at(point);
        assert_eq!(
            count_of(&state, "march-onward"),
            json!({"low": 2, "high": 5})
        );
        assert_eq!(
            find(&state, "groups", "march-onward")["within"],
            "march-five"
        );
        let [departure] = list(&state, "departures") else {
            panic!("one departure");
        };
        assert_eq!(departure["bound_for"]["locode"], "KPCHO");
        assert_eq!(departure["count"], json!({"low": 2, "high": null}));
    }
}

#[test]
fn there_are_two_sightings_each_at_some_time() {
    for point in POINTS {
        let state = state_at(point);
        let rows: Vec<Value> = list(&state, "sightings")
            .iter()
            .map(|row| {
                json!([
                    row["place"]["locode"],
                    row["count"],
                    row["when"]["edtf"],
                    row["when"]["sense"]
                ])
            })
            .collect();
        assert_eq!(
            rows,
            [
                json!(["RUVYP", {"low": 5, "high": 5}, "2024-03-07/2024-03-22", "each-within"]),
                json!(["KPCHO", {"low": 2, "high": 2}, "2024-03-07/..", "each-within"]),
            ]
        );
        let screen = screen_at(point);
        let rows = part(&screen, "SIGHTINGS");
        assert!(rows.contains("RUVYP  each at some time: 7 to 22 March 2024"));
        assert!(rows.contains("KPCHO  each at some time: from 7 March 2024 on"));
    }
}

#[test]
fn there_is_one_port_call_whose_first_arrival_two_sources_date() {
    for point in POINTS {
        let state = state_at(point);
        let [call] = list(&state, "port_calls") else {
            panic!("one port call");
        };
        assert_eq!(call["about"], "march-five");
        assert_eq!(call["count"], json!({"low": 5, "high": 5}));
        assert_eq!(call["place"]["locode"], "RUVYP");
        let berth = call["place"]["berth"].as_str().unwrap();
        assert!(berth.contains("unnamed"), "{berth}");
        assert_eq!(
            (&call["arrival"]["edtf"], &call["arrival"]["sense"]),
            (&json!("2024-03"), &json!("each-within"))
        );
        assert_eq!(call["departure"], Value::Null);
        let told: Vec<_> = call["claims"]
            .as_array()
            .unwrap()
            .iter()
            .map(|claim| (&claim["property"], &claim["value"], &claim["entry"]))
            .collect();
        let screen = screen_at(point);
        let row = part(&screen, "PORT CALLS");
        assert!(row.contains("not stated"), "{row}");
        let both = "first-arrival: 7 March 2024 (#48) / 6 March 2024 (#49)";
        if point == P {
            assert_eq!(told, []);
            assert!(!row.contains("first-arrival"), "{row}");
        } else {
            assert_eq!(
                told,
                [
                    (&json!("first-arrival"), &json!("7 March 2024"), &json!(48)),
                    (&json!("first-arrival"), &json!("6 March 2024"), &json!(49)),
                ]
            );
            assert!(row.contains(both), "{row}");
        }
    }
}

#[test]
fn no_listing_is_matched_to_a_list() {
    for point in POINTS {
        let state = state_at(point);
        assert_eq!(
            (&state["listings"], &state["lists"]),
            (&json!([]), &json!([]))
        );
        assert!(screen_at(point).contains("LISTINGS matched to a list: none recorded\n"));
    }
}

#[test]
fn the_cap_counts_refined_products_of_all_states_in_the_calendar_year() {
    for point in POINTS {
        let state = state_at(point);
        let cap = find(&state, "caps", "cap-500k");
        assert_eq!(cap["limit"], json!({"amount": 500_000, "unit": "bbl"}));
        assert_eq!(
            [
                &cap["product"],
                &cap["suppliers"],
                &cap["receiver"],
                &cap["from"],
                &cap["before"]
            ],
            [
                &json!("refined"),
                &json!("all"),
                &json!("KP"),
                &json!("2024-01-01"),
                &json!("2025-01-01")
            ]
        );
        // One year is touched by a figure, so there is one row.
        let caps = list(&state, "caps").iter();
        assert_eq!(caps.filter(|cap| cap["id"] == "cap-500k").count(), 1);
    }
}

/// What a column holds: its ends, its share of the cap in hundredths of a percent, its words, and what
/// stands beside it.
type Column = (
    (u64, bool, Option<u64>, bool),
    (u64, Option<u64>),
    [&'static str; 2],
    &'static [&'static str],
);

fn assert_column(point: u64, name: &str, expected: Option<Column>) {
    let state = state_at(point);
    let column = &find(&state, "caps", "cap-500k")[name];
    let at = format!("{name} at #{point}");
    let screen = screen_at(point);
    let cap = part(&screen, "cap-500k");
    let Some((interval, share, [words, share_words], beside)) = expected else {
        assert_eq!(column, &Value::Null, "{at}");
        assert!(
            cap.contains(&format!("{name:<10} none recorded")),
            "{at}\n{cap}"
        );
        return;
    };
    assert_eq!(ends(column), Some(interval), "{at}");
    assert_eq!(
        column["share"],
        json!({"low": share.0, "high": share.1}),
        "{at}"
    );
    assert_eq!(column["words"], words, "{at}");
    assert_eq!(column["share_words"], share_words, "{at}");
    assert_eq!(also(column), beside, "{at}");
    assert!(
        cap.contains(&format!("{name:<10} {words} ({share_words})\n")),
        "{at}\n{cap}"
    );
    for figure in beside {
        assert!(
            cap.contains(&format!("also, not added: {figure} ")),
            "{at}\n{cap}"
        );
    }
}

#[test]
fn notified_is_what_states_filed_as_told() {
    let january = (15_279, false, Some(15_279), false);
    let all = (168_679, false, Some(168_679), false);
    assert_column(P, "notified", None);
    assert_column(
        O,
        "notified",
        Some((
            january,
            (305, Some(306)),
            ["15,279", "3.05 % to 3.06 %"],
            &[],
        )),
    );
    assert_column(
        H,
        "notified",
        Some((
            all,
            (3_373, Some(3_374)),
            ["168,679", "33.73 % to 33.74 %"],
            &["ru-jan"],
        )),
    );
}

#[test]
fn reported_is_the_widest_of_what_outsiders_say() {
    assert_column(
        P,
        "reported",
        Some((
            (0, false, Some(125_000), false),
            (0, Some(2_500)),
            ["up to 125,000", "up to 25.00 %"],
            &[],
        )),
    );
    assert_column(
        O,
        "reported",
        Some((
            (165_000, true, None, true),
            (3_300, None),
            ["above 165,000", "above 33.00 %"],
            &["rusi-march"],
        )),
    );
    assert_column(
        H,
        "reported",
        Some((
            (500_000, true, None, true),
            (10_000, None),
            ["above 500,000", "above 100.00 %"],
            &["rusi-march", "us-march"],
        )),
    );
}

#[test]
fn nobody_in_this_ledger_estimated_anything() {
    for point in POINTS {
        assert_column(point, "estimated", None);
    }
}

#[test]
fn nothing_counts_against_the_cap_on_crude() {
    for point in POINTS {
        let state = state_at(point);
        let cap = find(&state, "caps", "cap-4m");
        assert_eq!(cap["limit"], json!({"amount": 4_000_000, "unit": "bbl"}));
        assert_eq!(cap["product"], "crude");
        for column in ["notified", "reported", "estimated"] {
            assert_eq!(cap[column], Value::Null, "{column} at #{point}");
        }
    }
}

#[test]
fn quota_shows_the_same_caps() {
    for point in POINTS {
        let at = point.to_string();
        let lab = crate::case::case();
        let state = state_at(point);
        assert_eq!(lab.json(&["quota", "--at", &at])["caps"], state["caps"]);
        let quota = lab.ok(&["quota", "--at", &at]);
        assert_eq!(
            part(&quota, "cap-500k"),
            part(&screen_at(point), "cap-500k")
        );
    }
}
