use proptest::prelude::*;

use super::*;

/// A row of a small world, where much happens at the same time and place.
fn row() -> impl Strategy<Value = String> {
    (0u32..4, 0u32..40, 0i32..6, 0i32..6, 0u32..3, 0u32..4).prop_map(
        |(mmsi, second, lat, lon, name, imo)| {
            format!(
                "{},2022-01-03T00:{:02}:{:02},{}.5,{}.25,{}.0,,,{},{},,,,,,,,A",
                200_000_000 + mmsi,
                second / 4,
                second % 4 * 15,
                lat * 15,
                lon * 30,
                lat,
                ["", "A", "B"][name as usize],
                ["", "IMO0000000", "IMO9074729", "IMO9074728"][imo as usize],
            )
        },
    )
}

fn text(rows: &[String]) -> String {
    let mut text = format!("{HEADER}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

fn read(inputs: &[&[String]]) -> Vec<Track> {
    let texts: Vec<String> = inputs.iter().map(|rows| text(rows)).collect();
    let bytes: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    read_all(&bytes, 1, ROOMY).1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_order_of_rows_changes_no_track(rows in proptest::collection::vec(row(), 1..200), seed: u64) {
        let whole = without_lines(&read(&[&rows]));
        let mut shuffled = rows.clone();
        let mut dice = seed | 1;
        for at in (1..shuffled.len()).rev() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (dice >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(without_lines(&read(&[&shuffled])), whole);
    }

    #[test]
    fn halves_of_a_file_give_the_tracks_of_the_whole(rows in proptest::collection::vec(row(), 2..200), cut: prop::sample::Index) {
        let cut = cut.index(rows.len());
        let whole = without_lines(&read(&[&rows]));
        let (a, b) = rows.split_at(cut);
        prop_assert_eq!(without_lines(&read(&[a, b])), whole.clone());
        prop_assert_eq!(without_lines(&read(&[b, a])), whole);
    }

    #[test]
    fn repeated_rows_change_no_track(rows in proptest::collection::vec(row(), 1..150), again in proptest::collection::vec(any::<prop::sample::Index>(), 1..50)) {
        let mut more = rows.clone();
        more.extend(again.iter().map(|at| at.get(&rows).clone()));
        prop_assert_eq!(read(&[&more]), read(&[&rows]));
    }

    #[test]
    fn tracks_do_not_depend_on_memory_or_threads(rows in proptest::collection::vec(row(), 1..200)) {
        let text = text(&rows);
        let expected = read_all(&[text.as_bytes()], 1, ROOMY);
        for (threads, memory) in [(1, 1), (1, 2_000), (2, 1), (3, 5_000), (2, ROOMY)] {
            prop_assert_eq!(read_all(&[text.as_bytes()], threads, memory), expected.clone());
        }
    }
}
