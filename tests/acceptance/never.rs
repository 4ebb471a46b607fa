//! Numbers that only wrong arithmetic gives stand in no output, of no command, at no point.

use std::collections::BTreeSet;

use crate::case::{POINTS, case};

/// Sums and differences of numbers that describe the same month or the same cap.
const NEVER: [u64; 9] = [
    250_000, 290_000, 305_279, 140_279, 180_279, 183_958, 333_679, 375_000, 665_000,
];

/// The words and numbers of a text, numbers without what groups their digits.
fn tokens(text: &str) -> BTreeSet<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut plain = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let digit = |at: Option<usize>| {
            at.and_then(|at| letters.get(at))
                .is_some_and(char::is_ascii_digit)
        };
        let groups = matches!(
            letter,
            ',' | '.' | '_' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2009}'
        );
        if !(groups && digit(at.checked_sub(1)) && digit(at.checked_add(1))) {
            plain.push(*letter);
        }
    }
    plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(str::to_owned)
        .collect()
}

fn assert_clean(args: &[&str]) {
    for json in [&[][..], &["--json"]] {
        let args = [args, json].concat();
        let text = case().ok(&args);
        let found = tokens(&text);
        for number in NEVER {
            assert!(!found.contains(&number.to_string()), "{number} in {args:?}");
        }
        // Without a notice found, one may still have been given.
        for word in ["un-notified", "unnotified", "unreported"] {
            assert!(!text.to_lowercase().contains(word), "{word} in {args:?}");
        }
    }
}

#[test]
fn no_command_prints_a_wrong_sum_at_any_point() {
    for point in POINTS {
        for command in ["replay", "quota", "findings", "vessels"] {
            assert_clean(&[command, "--at", &point.to_string()]);
        }
    }
    assert_clean(&["log"]);
    assert_clean(&["show", "cap-500k"]);
}

#[test]
fn no_part_of_the_state_has_a_wrong_sum() {
    for part in [
        &["--as-of", "2024-03-15"][..],
        &["--as-of", "2024-04-30"],
        &["--at", "37", "--as-of", "2024-12-04"],
        &["--without", "ft"],
        &["--without", "us-march"],
        &["--without", "all-notified"],
        &["--at", "51", "--without", "press-b"],
    ] {
        assert_clean(&[&["replay"], part].concat());
    }
}

#[test]
fn a_number_is_found_however_it_is_written() {
    for text in [
        "up to 125,000.",
        "125000",
        "(125\u{202f}000)",
        "\"high\":125000,",
        "125'000",
    ] {
        assert!(tokens(text).contains("125000"), "{text}");
    }
    assert!(!tokens("1,125,000").contains("125000"));
    assert!(tokens(&case().ok(&["replay"])).contains("165000"));
}
