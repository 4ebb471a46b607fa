//! Whatever comes in, the answer is an event or a refusal in words.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Names, facts, said};
use proptest::prelude::*;
use seaproof_evidence::batch::{Line, to_json};
use seaproof_evidence::ids::{Imo, Locode, Mmsi};
use seaproof_evidence::time::{Edtf, Sense, When, Zone};
use seaproof_evidence::{Decoded, Event, Slots};

const EVENTS: &str = include_str!("vectors/events.jsonl");

fn lines() -> Vec<Line> {
    let read = |line| Names::default().read(line).unwrap();
    EVENTS.lines().map(read).collect()
}

fn slots(line: &Line) -> Slots {
    Slots {
        entries: line.facts.refs.len(),
        exhibits: line.facts.exhibits.len(),
    }
}

fn decode(line: &Line, bytes: &[u8]) -> Option<Event> {
    let read = Event::from_bytes(&line.facts.kind, 1, bytes, slots(line)).unwrap();
    read.ok()
}

#[test]
fn bytes_cut_short_or_lengthened_are_refused() {
    for line in lines() {
        let bytes = &line.facts.event;
        for cut in 0..bytes.len() {
            assert_eq!(decode(&line, &bytes[..cut]), None, "{cut}");
        }
        assert_eq!(decode(&line, &[bytes, &[0][..]].concat()), None);
    }
}

#[test]
fn a_flipped_bit_gives_a_refusal_or_another_event_that_can_be_shown_and_read() {
    let mut accepted = 0;
    for line in lines() {
        for bit in 0..line.facts.event.len() * 8 {
            let mut flipped = line.clone();
            flipped.facts.event[bit / 8] ^= 1 << (bit % 8);
            let Some(event) = decode(&line, &flipped.facts.event) else {
                continue;
            };
            accepted += 1;
            assert_eq!(event.to_bytes(), flipped.facts.event);
            assert_ne!(event, line.event);
            let Decoded::Known(said_first) = Decoded::of(line.class, &facts(&flipped)) else {
                // What it erases stands in the envelope too, and must be the same.
                assert_eq!(event.kind(), "redacted", "bit {bit}");
                continue;
            };
            let unreadable = said_first
                .replacement()
                .is_some_and(|r| !matches!(r, Decoded::Known(_)));
            if unreadable {
                continue;
            }
            let names = |id: seaproof_evidence::EntryId| format!("e{}", id.0[0]);
            let shown = to_json(&said_first, &names);
            let mut others = Names::default();
            let again = others
                .read(&shown.to_string())
                .unwrap_or_else(|error| panic!("{error}: {shown}"));
            let shown_again = to_json(&said(&again), &|id| others.name_of(id));
            assert_eq!(shown_again, shown);
        }
    }
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn replacements_within_replacements_are_refused_without_descending() {
    let text = |text: &str| {
        let length = (text.len() as u64).to_le_bytes();
        [&length[..], text.as_bytes()].concat()
    };
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        let length = (bytes.len() as u64).to_le_bytes();
        let head = [text("r"), text("corrected"), vec![1, 0], length.to_vec()].concat();
        bytes = [head, bytes].concat();
    }
    let read = Event::from_bytes("corrected", 1, &bytes, Slots::ANY).unwrap();
    let error = read.unwrap_err().to_string();
    assert!(
        error.contains("corrected cannot replace anything"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn arbitrary_bytes_are_refused_or_canonical(
        bytes in proptest::collection::vec(prop_oneof![4 => Just(0u8), 1 => any::<u8>()], 0..200),
        kind in 0..Event::KINDS.len(),
    ) {
        let slots = Slots { entries: 3, exhibits: 3 };
        if let Ok(event) = Event::from_bytes(Event::KINDS[kind].0, 1, &bytes, slots).unwrap() {
            prop_assert_eq!(event.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_damaged_line_is_refused_or_read(
        which in 0..Event::KINDS.len(),
        at in any::<prop::sample::Index>(),
        cut in 0..6usize,
        put in "[\\PC\"\\[\\]{}:,0-9\\x00-\\x1f]{0,4}",
    ) {
        let line = EVENTS.lines().nth(which).unwrap();
        let letters: Vec<char> = line.chars().collect();
        let at = at.index(letters.len());
        let after = (at + cut).min(letters.len());
        let damaged: String = letters[..at].iter().copied()
            .chain(put.chars())
            .chain(letters[after..].iter().copied())
            .collect();
        match Names::default().read(&damaged) {
            Ok(line) => prop_assert!(line.event.check().is_ok()),
            Err(error) => {
                prop_assert!(error.to_string().starts_with("line 1"));
                prop_assert!(!error.problem.is_empty());
            }
        }
    }

    #[test]
    fn a_date_is_refused_or_stays_as_it_was_written(text in "[0-9T:./-]{0,24}|\\PC{0,12}") {
        if let Ok(edtf) = text.parse::<Edtf>() {
            prop_assert_eq!(edtf.as_str(), text);
            let (first, last) = edtf.local_bounds();
            prop_assert!(first.is_none_or(|f| last.is_none_or(|l| f <= l)));
            for zone in ["not-stated", "+14:00", "-12:00"] {
                let zone: Zone = zone.parse().unwrap();
                let span = When { edtf: edtf.clone(), sense: Sense::On, zone }.span();
                prop_assert_eq!(span.earliest.is_none(), first.is_none());
            }
        }
    }

    #[test]
    fn the_calendar_is_that_of_another_implementation(
        year in 1i16..=9999, month in 1i8..=13, day in 1i8..=32,
    ) {
        let ours = format!("{year:04}-{month:02}-{day:02}").parse::<Edtf>();
        match jiff::civil::Date::new(year, month, day) {
            Err(_) => prop_assert!(ours.is_err()),
            Ok(date) => {
                let start = jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap();
                prop_assert_eq!(ours.unwrap().local_bounds().0, Some(start.as_millisecond()));
            }
        }
    }

    #[test]
    fn of_ten_last_digits_an_imo_number_has_one(six in 1u32..=999_999) {
        let good = (0..10).filter(|last| Imo::try_from(six * 10 + last).is_ok()).count();
        prop_assert_eq!(good, 1);
    }

    #[test]
    fn identifiers_are_refused_or_written_as_they_were_read(text in "[A-Z0-9]{0,10}|\\PC{0,10}") {
        if let Ok(imo) = text.parse::<Imo>() {
            prop_assert_eq!(imo.to_string(), text.clone());
        }
        if let Ok(mmsi) = text.parse::<Mmsi>() {
            prop_assert_eq!(mmsi.to_string(), text.clone());
        }
        if let Ok(locode) = text.parse::<Locode>() {
            prop_assert_eq!(locode.to_string(), text);
        }
    }
}
