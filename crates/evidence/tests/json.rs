//! Texts that are not one plain JSON object are refused before anything in them is understood.

#![allow(clippy::expect_used)]

mod common;

use common::{Names, tells};
use seaproof_evidence::batch::LINE_BYTES_MAX;

fn refusal(text: &str) -> String {
    let refused = Names::default().read(text);
    refused.expect_err("a refusal").to_string()
}

#[test]
fn json_that_is_not_one_plain_object() {
    for (text, part) in [
        ("", "column 0"),
        ("[]", "expected a JSON object"),
        ("{\"kind\": \"group\"} {}", "trailing"),
        (
            "{\"kind\": \"group\", \"kind\": \"group\"}",
            "\"kind\" is given twice",
        ),
        (
            "{\"kind\": \"count\", \"count\": {\"low\": 1, \"low\": 2}}",
            "\"low\" is given twice",
        ),
        ("{\"kind\": \"group\", \"note\": \"\\ud800\"}", "column"),
        ("{\"kind\": \"group\", \"note\": 1e999}", "column"),
        ("{\"kind\": \"group\", \"note\": NaN}", "column"),
    ] {
        tells(&refusal(text), &["line 1: ", part]);
    }
    let huge = "9".repeat(400);
    let huge = format!(
        "{{\"kind\":\"count\",\"about\":\"a\",\"mode\":\"reported\",\"count\":{{\"low\":{huge}}}}}"
    );
    tells(&refusal(&huge), &["line 1"]);
    let deep = |levels| format!("{{\"kind\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    tells(&refusal(&deep(31)), &["kind"]);
    tells(&refusal(&deep(33)), &["more than 32 levels"]);
    tells(&refusal(&"[".repeat(1_000_000)), &["32 levels"]);
    let long = format!("{{\"kind\":\"{}\"}}", "a".repeat(LINE_BYTES_MAX));
    tells(&refusal(&long), &["a line has at most"]);
}
