//! What became of every line, and where what is written beside the report goes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::Lab;
use crate::data;
use crate::made::{day, identity, sentence, table};

const HEADING: &str = "file,line,outcome,of,reason,flags";

/// What became of the lines of a file, each as its fields.
fn outcomes(lab: &Lab, file: &str) -> Vec<Vec<String>> {
    let _ = fs::remove_file(lab.path("lines.csv"));
    lab.ok(&["track", file, "--lines", "lines.csv"]);
    let written = fs::read_to_string(lab.path("lines.csv")).unwrap();
    let mut rows = written.lines();
    assert_eq!(rows.next(), Some(HEADING));
    rows.map(|row| row.split(',').map(str::to_owned).collect())
        .collect()
}

/// The lines stand in order, from the first, each once, and come to what is counted.
fn agree(lab: &Lab, file: &str, first: u64) -> Vec<Vec<String>> {
    let rows = outcomes(lab, file);
    let found = lab.json(&["track", file]);
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    let mut flags: BTreeMap<String, u64> = BTreeMap::new();
    for (row, line) in rows.iter().zip(first..) {
        assert_eq!(row.len(), 6, "{row:?}");
        assert_eq!(
            (row[0].as_str(), row[1].as_str()),
            (file, line.to_string().as_str())
        );
        let what = if row[4].is_empty() { &row[2] } else { &row[4] };
        *sums.entry(what.clone()).or_default() += 1;
        assert_eq!(row[4].is_empty(), row[2] != "refused", "{row:?}");
        let of = ["duplicate", "fragment"].contains(&row[2].as_str());
        assert_eq!(row[3].is_empty(), !of, "{row:?}");
        for flag in row[5].split_whitespace() {
            *flags.entry(flag.to_owned()).or_default() += 1;
        }
    }
    let lines = &found["lines"];
    assert_eq!(lines["total"], rows.len());
    assert_eq!(found["flags"], json!(flags));
    for outcome in ["decoded", "duplicate", "fragment"] {
        let n = sums.remove(outcome).unwrap_or(0);
        assert_eq!(lines[outcome], n, "{outcome}");
    }
    assert_eq!(lines["refused"], json!(sums));
    rows
}

fn shown(rows: &[Vec<String>]) -> Vec<String> {
    rows.iter().map(|row| row[2..].join(",")).collect()
}

#[test]
fn each_line_of_sentences_has_its_outcome_in_order() {
    let lab = Lab::new();
    let start = 1_709_769_600;
    let whole = sentence(445_123_000, start, 25_500_000, 80_100_000, 52);
    let parts = identity(445_123_000, start + 1, 8_691_702, 2);
    let wrong = whole.replace("\\s:made", "\\s:mode");
    let text = [
        whole.as_str(),
        &parts[0],
        "noise\r\n",
        &whole,
        &parts[1],
        &wrong,
        // Its other part never comes.
        &identity(273_000_001, start + 2, 8_691_702, 2)[0],
        &sentence(273_000_001, start + 3, 25_500_000, 80_100_000, 52).replace(",A,", ",B,"),
    ]
    .concat();
    lab.write("made.nmea", text);
    let rows = agree(&lab, "made.nmea", 1);
    assert_eq!(
        shown(&rows),
        [
            "decoded,,,",
            "fragment,5,,",
            "refused,,not-a-sentence,",
            "duplicate,1,,",
            "decoded,,,",
            "duplicate,1,,tag-checksum-wrong",
            "refused,,fragment-incomplete,",
            "refused,,checksum-wrong,",
        ]
    );
}

#[test]
fn lines_stand_in_order_however_long_messages_wait() {
    let lab = Lab::new();
    let mut text = String::new();
    let mut waiting: Vec<Vec<String>> = Vec::new();
    // Messages in up to nine parts that stand far apart, some of which never end; lines of others between them.
    for n in 0..6_000_u32 {
        let at = 1_709_769_600 + i64::from(n) / 60;
        if n % 41 == 0 && waiting.len() < 2 {
            waiting.push(identity(
                445_000_000 + n,
                at,
                8_691_702,
                2 + (n as usize % 8),
            ));
        }
        if n % 11 == 0 && !waiting.is_empty() {
            let which = n as usize % waiting.len();
            text += &waiting[which].remove(0);
            if waiting[which].is_empty() || n % 5 == 0 {
                waiting.remove(which);
            }
        }
        text += &sentence(
            273_000_000 + n % 7,
            at,
            25_500_000 + i64::from(n),
            80_100_000,
            52,
        );
    }
    lab.write("made.nmea", text);
    let rows = agree(&lab, "made.nmea", 1);
    let of = |outcome: &str| rows.iter().filter(|row| row[2] == outcome).count();
    assert!(
        of("fragment") > 20 && of("refused") > 20,
        "{} {}",
        of("fragment"),
        of("refused")
    );
}

#[test]
fn each_row_of_a_table_has_its_outcome() {
    let lab = Lab::new();
    let mut text = table(&[
        (445_123_000, 0, 42.5, 133.5, 5.0, "ONE", ""),
        (445_123_000, 10, 42.5, 133.5, 5.0, "ONE", ""),
        (445_123_000, 0, 42.5, 133.5, 5.0, "ONE", ""),
        (445_123_000, 20, 92.5, 133.5, 5.0, "ONE", ""),
    ]);
    text += "too,few\n";
    // A name of a file may need quotes.
    lab.write("odd, name.csv", &text);
    lab.write("made.csv", &text);
    let rows = agree(&lab, "made.csv", 2);
    assert_eq!(
        shown(&rows),
        [
            "decoded,,,",
            "decoded,,,",
            "duplicate,2,,",
            "decoded,,,value-unreadable",
            "refused,,column-count,",
        ]
    );
    // Several files: each with its own lines. Not one is left out, whoever is shown.
    lab.ok(&[
        "track",
        "made.csv",
        "odd, name.csv",
        "--mmsi",
        "445123000",
        "--lines",
        "both.csv",
    ]);
    let written = fs::read_to_string(lab.path("both.csv")).unwrap();
    let rows: Vec<&str> = written.lines().collect();
    assert_eq!(rows.len(), 11);
    assert_eq!(rows[5], "made.csv,6,refused,,column-count,");
    assert_eq!(rows[6], "\"odd, name.csv\",2,decoded,,,");
}

#[test]
fn each_line_of_real_files_has_its_outcome() {
    let lab = Lab::new();
    for name in [
        "ais/kystverket/Ais1000Lines.nm4",
        "ais/gpsd/ais-nmea.log",
        "ais/labelled/aislib_stream_example.txt",
    ] {
        let Some(file) = data(name) else {
            return;
        };
        fs::copy(file, lab.write("real.txt", "")).unwrap();
        let rows = agree(&lab, "real.txt", 1);
        if name.contains("kystverket") {
            let wrong = rows
                .iter()
                .filter(|row| row[5].contains("tag-checksum-wrong"));
            assert_eq!((rows.len(), wrong.count()), (1_000, 246));
        }
        fs::remove_file(lab.path("real.txt")).unwrap();
    }
}

#[test]
fn what_is_written_beside_the_report_may_be_standard_output() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    lab.ok(&[
        "track",
        "day.csv",
        "--positions",
        "out.csv",
        "--lines",
        "lines.csv",
    ]);
    for (option, file) in [("--positions", "out.csv"), ("--lines", "lines.csv")] {
        let written = fs::read_to_string(lab.path(file)).unwrap();
        // Nothing else is printed, so that it can be read by others.
        assert_eq!(lab.ok(&["track", "day.csv", option, "-"]), written);
        assert!(!lab.path("-").exists());
        for other in ["--json", "--csv", "--geojson"] {
            lab.fails(
                2,
                &["track", "day.csv", option, "-", other],
                &[option, "standard output"],
            );
        }
        // Without a reader it ends quietly.
        let ran = lab.shell(&format!(
            "{} track day.csv {option} - | head -n 1",
            env!("CARGO_BIN_EXE_seaproof")
        ));
        assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
    }
    lab.fails(
        2,
        &["track", "day.csv", "--positions", "-", "--lines", "-"],
        &["standard output"],
    );
    #[cfg(unix)]
    {
        let written = fs::read_to_string(lab.path("out.csv")).unwrap();
        let ran = lab.shell(&format!(
            "{} track day.csv --positions /dev/stdout > redirected.csv",
            env!("CARGO_BIN_EXE_seaproof")
        ));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(
            fs::read_to_string(lab.path("redirected.csv")).unwrap(),
            written
        );
        lab.ok(&[
            "track",
            "day.csv",
            "--positions",
            "/dev/null",
            "--lines",
            "/dev/null",
        ]);
        let ran = lab.shell(&format!(
            "mkfifo pipe && (cat pipe > piped.csv & {} track day.csv --positions pipe > report && wait)",
            env!("CARGO_BIN_EXE_seaproof")
        ));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert_eq!(fs::read_to_string(lab.path("piped.csv")).unwrap(), written);
    }
}

#[test]
fn only_an_empty_file_is_written_to() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    lab.write("torn.csv", "\"");
    for option in ["--positions", "--lines"] {
        lab.write("empty", "");
        lab.ok(&["track", "day.csv", option, "empty"]);
        let written = fs::read_to_string(lab.path("empty")).unwrap();
        assert!(written.lines().count() > 200);
        // Now it holds something.
        let says = [
            "empty is there already",
            "nothing is overwritten",
            "Name a file",
        ];
        lab.fails(2, &["track", "day.csv", option, "empty"], &says);
        assert_eq!(fs::read_to_string(lab.path("empty")).unwrap(), written);
        fs::create_dir_all(lab.path("folder")).unwrap();
        lab.fails(
            2,
            &["track", "day.csv", option, "folder"],
            &["folder is a folder"],
        );
        // What cannot be read leaves nothing behind, and what was there empty empty.
        lab.write("before", "");
        for out in ["before", "new"] {
            let ran = lab.run(&["track", "day.csv", "absent.csv", option, out]);
            ran.failed(2, &["absent.csv"], option);
        }
        assert_eq!(fs::read(lab.path("before")).unwrap(), b"");
        assert!(!lab.path("new").exists());
        fs::remove_file(lab.path("before")).unwrap();
        fs::remove_file(lab.path("empty")).unwrap();
    }
    // Both to one file would be neither.
    lab.fails(
        2,
        &["track", "day.csv", "--positions", "one", "--lines", "one"],
        &["one is there already"],
    );
    assert!(!Path::new(&lab.path("one")).exists());
}

#[test]
fn without_a_file_standard_input_is_read() {
    let lab = Lab::new();
    lab.write("day.csv", day());
    let seaproof = env!("CARGO_BIN_EXE_seaproof");
    let ran = lab.shell(&format!("cat day.csv | {seaproof} track --json"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let mut piped: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(piped["files"][0]["name"], "standard input");
    piped["files"][0]["name"] = "day.csv".into();
    assert_eq!(piped, lab.json(&["track", "day.csv"]));
}
