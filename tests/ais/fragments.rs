//! What is said in several sentences rests on all of their lines.

use serde_json::{Value, json};

use crate::common::Lab;
use crate::made::{identity, sentence};

const SHIP: &str = r#"{"kind":"vessel","as":"ship","names":[{"latin":"Example"}],"imo":"8691702","mode":"reported"}"#;
/// 2024-03-07T00:00:00Z.
const START: i64 = 1_709_769_600;

/// Positions of a ship for two hours, then what it says of itself with sentences of another ship between, a silence of
/// ten hours, and two hours more. Gives the lines of the identity, and the lines between.
fn lines(fragments: usize, between: usize) -> (String, Vec<usize>, Vec<String>) {
    let at = |minutes: i64| {
        sentence(
            445_123_000,
            START + minutes * 60,
            25_500_000,
            79_800_000,
            50,
        )
    };
    let mut lines: Vec<String> = (0..13).map(|n| at(n * 10)).collect();
    let (mut mine, mut others) = (Vec::new(), Vec::new());
    for part in identity(445_123_000, START + 7_201, 8_691_702, fragments) {
        if !mine.is_empty() {
            for _ in 0..between {
                let n = others.len() as i64;
                let other = sentence(273_000_001, 0, 25_560_000 + n, 79_800_000, 1);
                // Without a time, so that nothing is missing of it.
                let (_, bare) = other.split_once("\\!").unwrap();
                others.push(format!("!{bare}"));
                lines.extend(others.last().cloned());
            }
        }
        lines.push(part);
        mine.push(lines.len());
    }
    lines.extend((72..85).map(|n| at(n * 10)));
    (lines.concat(), mine, others)
}

fn lab(text: &str) -> Lab {
    let lab = Lab::with_ledger();
    lab.write("track.nmea", text);
    let track = json!({"kind": "ais-track", "as": "track", "mmsi": "445123000", "supplied_by": "a provider", "receiver": "terrestrial",
        "hold": {"held": [{"file": "track.nmea", "form": "original"}]}});
    lab.batch(&[SHIP, &track.to_string()]);
    lab
}

#[test]
fn every_line_of_a_message_is_named_and_shown() {
    for (fragments, between, named) in [
        (2, 0, "lines 14, 15"),
        (2, 3, "lines 14 to 18"),
        (3, 2, "lines 14 to 20"),
    ] {
        let (text, mine, others) = lines(fragments, between);
        let lab = lab(&text);
        let found: Value = lab.json(&["findings", "--rule", "dark-period"]);
        let [dark] = &found["findings"].as_array().unwrap()[..] else {
            panic!("{found}")
        };
        let words = format!("AIS gives IMO 8691702 ({named} of track, #2)");
        assert!(
            dark["identity"].as_str().unwrap().starts_with(&words),
            "{dark}"
        );
        let identity = (dark["lines"].as_array().unwrap().iter())
            .find(|line| line["what"] == "identity")
            .unwrap();
        assert_eq!(identity["first_line"], 14);
        assert_eq!(identity["line"], *mine.last().unwrap());
        let shown = lab.ok(&["findings"]);
        assert!(
            shown.contains(&format!("identity: {named} of track, #2")),
            "{shown}"
        );

        let why = lab.ok(&["why", "dark-period"]);
        let numbers: Vec<String> = mine.iter().map(ToString::to_string).collect();
        let words = format!(", lines {}, held", numbers.join(", "));
        assert!(why.contains(&words), "{words:?} is not in\n{why}");
        // On screen long lines are wrapped.
        let joined: String = why
            .lines()
            .map(|line| line.trim_start().trim_start_matches("| "))
            .collect();
        for line in &mine {
            let line = text.lines().nth(line - 1).unwrap();
            assert!(joined.contains(line), "{line} is not in\n{why}");
        }
        for line in others {
            assert!(!joined.contains(line.trim_end()), "{line} is in\n{why}");
        }
    }
}
