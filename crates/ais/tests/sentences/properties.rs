//! What holds for any lines.

use proptest::prelude::*;

use crate::common::{Heard, kept};
use crate::rules::{sentence, tagged};

/// A payload of some type with any bits: as long as its type wants, or about so.
fn payload() -> impl Strategy<Value = (String, u8)> {
    let kinds = prop_oneof![
        8 => prop::sample::select(vec![1u8, 2, 3, 4, 5, 11, 18, 19, 24]),
        2 => 0u8..=63,
    ];
    let lengths = prop_oneof![
        Just(28usize),
        Just(27),
        Just(53),
        Just(71),
        Just(70),
        Just(26),
        0usize..80,
        80usize..220
    ];
    (kinds, lengths, 0u8..=5, prop::collection::vec(0u8..64, 220)).prop_map(
        |(kind, length, fill_bits, mut values)| {
            values[0] = kind;
            let text: String = values[..length]
                .iter()
                .map(|v| char::from(if *v < 40 { v + 48 } else { v + 56 }))
                .collect();
            (text, fill_bits)
        },
    )
}

/// A line with one whole message and a time, or without.
fn line(timed: bool) -> impl Strategy<Value = String> {
    (payload(), 0u32..40, 0u8..4).prop_map(move |((payload, fill_bits), seconds, station)| {
        let inner = format!("AIVDM,1,1,,A,{payload},{fill_bits}");
        let sentence = sentence(&inner);
        if timed {
            tagged(
                &format!("s:r{station},c:{}", 1_500_000_000 + seconds),
                &sentence,
            )
        } else {
            sentence
        }
    })
}

/// What was heard, whatever the lines.
fn heard(lines: &[String]) -> Vec<Heard> {
    let (_, kept) = kept(lines.join("\n").as_bytes());
    let mut all = kept.heard;
    for heard in &mut all {
        heard.line = 0;
    }
    all.sort_by_key(|heard| format!("{heard:?}"));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// `kept` holds each message of the short way against the long one.
    #[test]
    fn whatever_the_bits_both_ways_of_decoding_agree(lines in prop::collection::vec(line(false), 1..60)) {
        kept(lines.join("\n").as_bytes());
    }

    #[test]
    fn the_order_of_lines_with_times_does_not_matter(
        lines in prop::collection::vec(line(true), 1..40),
        shuffled in any::<prop::sample::Index>(),
    ) {
        let mut other = lines.clone();
        let at = shuffled.index(other.len());
        other.rotate_left(at);
        other.reverse();
        other.swap(0, at);
        prop_assert_eq!(heard(&lines), heard(&other));
    }

    #[test]
    fn repeating_lines_only_adds_duplicates(lines in prop::collection::vec(line(true), 1..40)) {
        let twice: Vec<String> = lines.iter().flat_map(|line| [line.clone(), line.clone()]).collect();
        let (once, _) = kept(lines.join("\n").as_bytes());
        let (again, _) = kept(twice.join("\n").as_bytes());
        prop_assert_eq!(&once.messages, &again.messages);
        prop_assert_eq!(again.decoded + again.duplicate, 2 * (once.decoded + once.duplicate));
        prop_assert_eq!(again.refused_total(), 2 * once.refused_total());
    }

    #[test]
    fn a_message_may_be_cut_into_fragments_anywhere(
        (payload, fill_bits) in payload(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
        backwards in any::<bool>(),
    ) {
        let whole = sentence(&format!("AIVDM,1,1,,A,{payload},{fill_bits}"));
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
        // Fill bits are of the last fragment's own characters.
        prop_assume!(fill_bits == 0 || !payload.is_empty());
        for cut in &mut at {
            *cut = (*cut).min(payload.len() - usize::from(fill_bits != 0));
        }
        at.extend([0, payload.len()]);
        at.sort_unstable();
        let count = at.len() - 1;
        let mut parts: Vec<String> = at
            .windows(2)
            .enumerate()
            .map(|(i, cut)| {
                let fill_bits = if i + 1 == count { fill_bits } else { 0 };
                let part = &payload[cut[0]..cut[1]];
                sentence(&format!("AIVDM,{count},{},4,A,{part},{fill_bits}", i + 1))
            })
            .collect();
        if backwards {
            parts.reverse();
        }
        prop_assert_eq!(heard(&[whole]), heard(&parts));
    }

    #[test]
    fn lines_may_be_cut_anywhere(line in line(true), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let (from, to) = (from.index(line.len() + 1), to.index(line.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        kept(&line.as_bytes()[from..to]);
        kept(format!("{}\n{}", &line[..from], &line[to..]).as_bytes());
    }

    #[test]
    fn any_bytes_have_outcomes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        kept(&bytes);
    }
}
