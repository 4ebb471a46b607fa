use seaproof_ais::input::{Options, Problem};
use seaproof_ais::sink::{Flag, Outcome, Reason};

use super::*;

#[test]
fn an_empty_input_has_no_lines() {
    for empty in ["", "\n\n\r\n", HEADER, &format!("{HEADER}\n\n")] {
        let (counts, _) = read_kept(empty.as_bytes(), &Options::default());
        let counts = counts.unwrap();
        assert_eq!(counts.decoded, 0);
        if empty.starts_with('M') || empty.is_empty() {
            assert_eq!(counts.total, 0);
        }
    }
}

#[test]
fn an_unknown_header_is_described() {
    let (counts, kept) = read_kept(&b"ship,when,north,east\n1,2,3,4\n"[..], &Options::default());
    let error = counts.unwrap_err();
    let text = error.to_string();
    for part in [
        "line 1",
        "ship,when,north,east",
        "MarineCadastre",
        "Danish",
        "--map mmsi=",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(kept.lines.is_empty());
}

#[test]
fn other_encodings_and_archives_are_described() {
    let utf16: Vec<u8> = format!("\u{feff}{HEADER}\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let problem = |bytes: &[u8]| read_kept(bytes, &Options::default()).0.unwrap_err().problem;
    assert!(matches!(problem(&utf16), Problem::Utf16("UTF-16")));
    assert!(matches!(
        problem(b"PK\x03\x04\x14\0"),
        Problem::Archive("zip")
    ));
}

#[test]
fn rows_of_any_length_are_refused_without_being_held() {
    let good = "1,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A\n";
    for length in [
        1 << 15,
        1 << 16,
        (1 << 16) + 1,
        (1 << 20) - 1,
        1 << 20,
        (1 << 20) + 1,
        10_000_000,
    ] {
        let text = format!(
            "{HEADER}\n{good}{}\n{}",
            "9".repeat(length),
            good.replace("1,2", "2,2")
        );
        for threads in [1, 2] {
            let (counts, tracks) = read_all(&[text.as_bytes()], threads, ROOMY);
            assert_eq!((counts.total, counts.decoded), (3, 2), "{length}");
            assert_eq!(counts.refused_total(), 1);
            assert_eq!(tracks[1].1[0].report.at.line, 4, "{length}");
        }
        let (_, kept) = read_kept(text.as_bytes(), &Options::default());
        let reason = if length > 1 << 16 {
            Reason::LineTooLong
        } else {
            Reason::ColumnCount
        };
        assert_eq!(kept.lines[1], (3, Outcome::Refused(reason)), "{length}");
    }
}

#[test]
fn a_stray_quote_hides_no_row_of_a_known_table() {
    let marine_cadastre =
        |mmsi: usize, name: &str| format!("{mmsi},2024-03-07T14:00:00,42.75,133.08,{name}\n");
    let danish = |mmsi: usize, name: &str| {
        format!("07/03/2024 14:00:00,Class A,{mmsi},42.75,133.08,{name}\n")
    };
    let rows = ["\"A", "B", "C\"", "D"];
    let table = |header: &str, row: &dyn Fn(usize, &str) -> String| {
        let rows = rows.iter().enumerate();
        rows.fold(format!("{header}\n"), |text, (n, name)| {
            text + &row(n + 1, name)
        })
    };
    for text in [
        table("MMSI,BaseDateTime,LAT,LON,VesselName", &marine_cadastre),
        table(
            "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Name",
            &danish,
        ),
    ] {
        let (counts, kept) = read_kept(text.as_bytes(), &Options::default());
        let counts = counts.unwrap();
        assert_eq!((counts.total, counts.decoded), (4, 4), "{text}");
        assert!(kept.flags.is_empty());
        for threads in [1, 2] {
            let (counts, tracks) = read_all(&[text.as_bytes()], threads, ROOMY);
            assert_eq!((counts.decoded, tracks.len()), (4, 4));
        }
    }
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let mut text = format!("{HEADER}\n1,2022-01-03T00:00:00,1,1,,,,\"OPEN,,,,,,,,,A\n");
    for row in 0..50_000 {
        text.push_str(&format!("2,2022-01-03T00:00:00,1,1.{row},,,,,,,,,,,,,A\n"));
    }
    for threads in [1, 2] {
        let (counts, tracks) = read_all(&[text.as_bytes()], threads, ROOMY);
        assert_eq!((counts.total, counts.decoded), (50_001, 50_000));
        assert_eq!(tracks[0].1.len(), 50_000);
    }
}

#[test]
fn a_quote_closes_within_sixteen_lines_or_not_at_all() {
    for (lines, decoded) in [(15, 1), (16, 0)] {
        let mut text = format!("{HEADER}\n1,2022-01-03T00:00:00,1,1,,,,\"OPEN");
        text.push_str(&"\nX".repeat(lines));
        text.push_str("\",,,,,,,,,A\n2,2022-01-03T00:00:00,1,1,,,,,,,,,,,,,A\n");
        for threads in [1, 2] {
            let (counts, _) = read_with(&[text.as_bytes()], &mapped(threads), ROOMY);
            assert_eq!(counts.decoded, decoded + 1, "{lines}");
            let further = counts.flagged.get(&Flag::RowGoesOn).copied();
            assert_eq!(further, (decoded > 0).then_some(lines as u64));
        }
    }
}

/// Good tables and pieces that readers have a rule for.
#[test]
fn mangled_tables_are_counted_row_by_row() {
    let seeds = [
        format!("{HEADER}\n368000001,2022-01-03T00:00:04,43.26183,-79.06389,12.3,-50.9,511,SEA,IMO9074729,WDA1,70,5,200,32,10.2,70,A\n\"2\",2022-01-03T00:00:05,1,1,,,,\"A\"\"B\nC\",,,,,,,,,A\n").into_bytes(),
        b"# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,SOG,Name\r\n07/03/2024 14:00:00,Class A,219000001,55.5,-0.5,Moored,0.1,NORD\r\n08/03/2024 14:00:00,Class A,219000001,91,181,Unknown value,,Unknown\r\n".to_vec(),
        b"mmsi,base_date_time,longitude,latitude,sog\n1,2025-01-03 00:00:04,-79.06389,43.26183,102.3\n1,2025-01-03 00:00:05,-79.06389,43.26183,-0.1\n".to_vec(),
    ];
    let pieces: [&[u8]; 14] = [
        b"\"",
        b"\"\"",
        b",",
        b"\n",
        b"\r\n",
        b"\xff",
        b"1e9",
        b"-",
        b"9999999999",
        b"\0",
        b"91",
        b"IMO",
        b"\xef\xbb\xbf",
        b";",
    ];
    fuzzing::rounds(3_000, |seed| {
        let bytes = fuzzing::mangled(&seeds, &pieces, seed);
        let (counts, kept) = read_kept(&bytes[..], &Options::default());
        let Ok(counts) = counts else { return false };
        assert!(kept.lines.is_sorted_by_key(|(line, _)| *line));
        // By any number of threads and in hardly any memory it comes to the same.
        let (serial, tracks) = read_all(&[&bytes], 1, ROOMY);
        let (parallel, spilled) = read_all(&[&bytes], 2, 1);
        assert_eq!((&serial, &tracks), (&parallel, &spilled));
        assert_eq!(counts, serial);
        let points: u64 = tracks.iter().map(|(summary, _)| summary.receptions).sum();
        assert!(points <= counts.decoded + counts.duplicate);
        counts.decoded > 0
    });
}
