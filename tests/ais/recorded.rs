//! `record track`, `record ports`, `record shoreline`: what is kept, what is signed, what is refused.

use std::fs;

use serde_json::{Value, json};

use crate::common::{Lab, Ran};
use crate::data;
use crate::made::{day, sentence};

const SUPPLIED: [&str; 6] = [
    "--supplied-by",
    "A station ashore",
    "--receiver",
    "terrestrial",
    "--coverage",
    "Peter the Great Gulf",
];

fn record<'a>(files: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [&["record", "track"], files, &SUPPLIED, more].concat()
}

/// What an entry says.
fn event(lab: &Lab, entry: &str) -> Value {
    lab.json(&["show", entry])["event"].clone()
}

/// Gives the exhibit of an entry out, with its digest.
fn exported(lab: &Lab, file: &Value, to: &str) -> Vec<u8> {
    let name = file["file"].as_str().unwrap();
    let digest = name.strip_prefix("sha256:").unwrap();
    let path = lab
        .path("case")
        .join("exhibits")
        .join(&digest[..2])
        .join(digest);
    let held = fs::read(path).unwrap();
    lab.ok(&[
        "export",
        "exhibit",
        name,
        to,
        "--to",
        "A tester",
        "--purpose",
        "A test",
    ]);
    let given = fs::read(lab.path(to)).unwrap();
    assert_eq!(given, held);
    given
}

#[test]
fn who_supplied_a_track_may_be_left_open() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    lab.ok(&["record", "track", "day.csv"]);
    let track = event(&lab, "day.csv");
    assert_eq!(track["supplied_by"], "not stated");
    // Nothing else is said for whoever records it.
    assert_eq!(track["receiver"], Value::Null);
    assert_eq!(track["coverage"], Value::Null);
    assert_eq!(track["decoded"]["lines"], 241);
    lab.write("night.csv", day().replace("MADE", "LATE"));
    lab.ok(&[
        "record",
        "track",
        "night.csv",
        "--supplied-by",
        "A station",
        "--as",
        "again",
    ]);
    assert_eq!(event(&lab, "again")["supplied_by"], "A station");
    lab.ok(&["verify"]);
}

#[test]
fn a_track_is_kept_as_it_was_with_what_came_of_it() {
    let lab = Lab::with_ledger();
    let day = day();
    lab.write("Day 7.csv", &day);
    let said = lab.ok(&record(&["Day 7.csv"], &["--mmsi", "445123000"]));
    for words in [
        "Recorded 2 entries in one commit",
        "241: 241 decoded",
        "MMSIs      2: 273000001, 445123000",
        "241 rows as Parquet",
    ] {
        assert!(said.contains(words), "{words:?}: {said}");
    }
    let track = event(&lab, "day-7.csv");
    assert_eq!(track["kind"], "ais-track");
    assert_eq!(track["mmsi"], "445123000");
    assert_eq!(track["receiver"], "terrestrial");
    assert_eq!(track["coverage"], "Peter the Great Gulf");
    assert_eq!(
        track["span"]["edtf"],
        "2024-03-07T00:00:00/2024-03-07T23:50:00"
    );
    let decoded = &track["decoded"];
    assert_eq!(decoded["format"], "marinecadastre");
    assert_eq!(
        (&decoded["lines"], &decoded["decoded"], &decoded["rows"]),
        (&json!(241), &json!(241), &json!(241))
    );
    assert_eq!(decoded["mmsis"], json!([273_000_001, 445_123_000]));
    assert_eq!(
        decoded["span"],
        json!({"first": 1_709_769_600_000_u64, "last": 1_709_855_400_000_u64})
    );
    assert_eq!(track["hold"]["held"][0]["form"], "original");
    assert_eq!(
        exported(&lab, &track["hold"]["held"][0], "out.csv"),
        day.as_bytes()
    );
    // What was derived names its original, and is the table that it says.
    let derived = event(&lab, "day-7.csv.columns");
    assert_eq!(derived["kind"], "derived");
    assert_eq!(derived["parents"][0], track["hold"]["held"][0]["file"]);
    assert_eq!(derived["basis"][0]["of"], "day-7.csv");
    let parquet = exported(&lab, &derived["hold"]["held"][0], "out.parquet");
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    lab.ok(&["verify"]);
    let replayed = lab.json(&["replay"]);
    assert_eq!(replayed["notices"], json!([]));
    for (command, words) in [
        (&["log"][..], "day-7.csv"),
        (&["why", "day-7.csv.columns"], "day-7.csv"),
        (&["show", "day-7.csv"], "Peter the Great Gulf"),
    ] {
        let shown = lab.ok(command);
        assert!(shown.contains(words), "{command:?}: {shown}");
    }
}

#[test]
fn an_entry_says_when_it_was_signed_and_not_when_its_file_was_opened() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    lab.ok(&record(&["day.csv"], &["--as", "t"]));
    // The table that was made of the file was written before anything was signed.
    let name = event(&lab, "t.columns")["hold"]["held"][0]["file"].clone();
    let digest = name.as_str().unwrap().strip_prefix("sha256:").unwrap();
    let path = lab.path(&format!("case/exhibits/{}/{digest}", &digest[..2]));
    let written = fs::metadata(path).unwrap().modified().unwrap();
    let written = written.duration_since(std::time::UNIX_EPOCH).unwrap();
    let signed: jiff::Timestamp = lab.json(&["show", "t"])["recorded_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        signed.as_millisecond() >= i64::try_from(written.as_millis()).unwrap(),
        "signed {signed}, {written:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_of_any_name_is_recorded() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let lab = Lab::with_ledger();
    let digest = format!("sha256:{}", "0".repeat(64));
    for (n, name) in [b"d\xff.csv", digest.as_bytes()].iter().enumerate() {
        let name = OsStr::from_bytes(name);
        let text = day() + &"\n".repeat(n);
        if fs::write(lab.path("").join(name), &text).is_err() {
            println!("skipped: no file can have such a name here");
            continue;
        }
        let label = format!("odd-{n}");
        let args = record(&[], &["--as", &label]);
        let ran = Ran::of(lab.command(&args).arg(name).output().unwrap());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let held = &event(&lab, &label)["hold"]["held"][0];
        let given = exported(&lab, held, &format!("out-{n}.csv"));
        assert_eq!(given, text.as_bytes());
    }
    lab.ok(&["verify"]);
}

#[test]
fn the_same_file_gives_the_same_table_in_any_ledger() {
    let parquet = |name: &str| {
        let lab = Lab::with_ledger();
        lab.write(name, day());
        lab.ok(&record(&[name], &["--as", "t"]));
        event(&lab, "t.columns")["hold"]["held"][0]["file"].clone()
    };
    assert_eq!(parquet("a.csv"), parquet("b.csv"));
}

#[test]
fn several_files_are_one_commit_and_each_has_its_entry() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    lab.write(
        "made.nmea",
        sentence(445_123_000, 1_709_769_600, 1, 2, 3) + "junk\r\n",
    );
    let recorded = lab.json(&record(&["day.csv", "made.nmea"], &["--as", "t"]));
    let labels: Vec<&str> = (recorded["recorded"].as_array().unwrap().iter())
        .map(|entry| entry["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["t-1", "t-1.columns", "t-2", "t-2.columns"]);
    let decoded = &event(&lab, "t-2")["decoded"];
    assert_eq!(decoded["format"], "sentences");
    let told = |name: &str, text: &str| json!({"name": name, "text": text});
    assert_eq!(
        decoded["options"],
        json!([
            told("duplicate-seconds", "10"),
            told("duplicate-lines", "8"),
            told("fragment-lines", "32"),
            told("fragment-seconds", "10"),
        ])
    );
    assert_eq!(
        decoded["refused"],
        json!([{"reason": "not-a-sentence", "count": 1}])
    );
    assert_eq!(decoded["messages"], json!([{"type": 1, "count": 1}]));
    // The same files again, without a label: the names are taken, so they get others.
    let again = lab.json(&record(&["day.csv"], &[]));
    assert_eq!(again["recorded"][0]["label"], "day.csv");
    let again = lab.json(&record(&["day.csv"], &[]));
    assert_eq!(again["recorded"][0]["label"], "day.csv-2");
    lab.ok(&["verify"]);
}

#[test]
fn a_dry_run_shows_all_and_writes_nothing() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    let before = lab.snapshot("case");
    let ran = lab.run(&record(&["day.csv"], &["--dry-run"]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(lab.snapshot("case"), before);
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["decoded"]["lines"], 241);
    assert_eq!(lines[1]["kind"], "derived");
    // It has no name by which it could be left behind; the same is recorded.
    let file = lines[1]["hold"]["held"][0]["file"].clone();
    assert!(file.as_str().unwrap().starts_with("sha256:"), "{file}");
    lab.ok(&record(&["day.csv"], &["--yes"]));
    assert_eq!(
        event(&lab, "day.csv.columns")["hold"]["held"][0]["file"],
        file
    );
    for words in [
        "241 decoded",
        "2024-03-07 00:00 to 2024-03-07 23:50",
        "MMSIs      2",
    ] {
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_recorded_leaves_nothing() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    lab.write("other.csv", "ship,seen,north,east\n1,2,3,4\n");
    // The first bytes of a packed file, and no more.
    lab.write("cut.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]);
    lab.write("bare.nmea", "!AIVDM,1,1,,A,15M,0*00\r\n");
    lab.batch(&[
        r#"{"kind":"vessel","as":"taken.columns","names":[{"latin":"Example"}],"mode":"reported"}"#,
    ]);
    let long = "a".repeat(60);
    for (code, args, says) in [
        (
            1,
            record(&["day.csv"], &["--about", "nobody"]),
            &["nobody"][..],
        ),
        (
            1,
            record(&["day.csv"], &["--form", "telepathy"]),
            &["telepathy"],
        ),
        (1, record(&["day.csv"], &["--mmsi", "12"]), &["mmsi"]),
        (1, record(&["day.csv"], &["--as", "A B"]), &["label"]),
        (
            1,
            record(&["other.csv"], &[]),
            &["other.csv", "--map", "Nothing was recorded"],
        ),
        (1, record(&["day.csv", "other.csv"], &[]), &["other.csv"]),
        (
            1,
            record(&["cut.gz"], &[]),
            &["cut.gz", "cut short", "Nothing was recorded", "ais-track"],
        ),
        // The label of the table that is made of it, before anything is read.
        (
            1,
            record(&["cut.gz"], &["--as", &long]),
            &["label", ".columns"],
        ),
        (
            1,
            record(&["cut.gz"], &["--as", "taken"]),
            &["\"taken.columns\"", "belongs to #1"],
        ),
        (2, record(&["-"], &[]), &["standard input", "Save it"]),
        (2, record(&["absent.csv"], &[]), &["absent.csv"]),
    ] {
        lab.refused(code, &args, says);
    }
    // What has no time gives no table, and is kept all the same.
    let ran = lab.run(&record(&["bare.nmea"], &["--as", "bare"]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no track"), "{}", ran.stderr);
    assert_eq!(event(&lab, "bare")["decoded"]["lines"], 1);
    lab.ok(&["verify"]);
}

/// An exhibit may be of an entry whose facts are withheld: then no entry names it.
#[test]
fn what_stood_in_the_ledger_before_stays_when_nothing_is_recorded() {
    let other = Lab::with_ledger();
    other.write("day.csv", day());
    other.ok(&record(&["day.csv"], &["--as", "t"]));
    let lab = Lab::with_ledger();
    let name = event(&other, "t")["hold"]["held"][0]["file"].clone();
    let digest = name.as_str().unwrap().strip_prefix("sha256:").unwrap();
    let path = format!("case/exhibits/{}/{digest}", &digest[..2]);
    lab.write(&path, day());
    lab.write("day.csv", day());
    lab.write("other.csv", "ship,seen,north,east\n1,2,3,4\n");
    lab.refused(1, &record(&["day.csv", "other.csv"], &[]), &["other.csv"]);
    assert_eq!(fs::read(lab.path(&path)).unwrap(), day().as_bytes());
}

#[test]
fn a_track_by_hand_stays_as_it_was() {
    let lab = Lab::with_ledger();
    lab.write("track.csv", "anything");
    lab.ok(&[
        "record",
        "ais-track",
        "--mmsi",
        "445123000",
        "--supplied-by",
        "A receiver",
        "--file",
        "track.csv",
        "--form",
        "extract",
        "--as",
        "by-hand",
    ]);
    lab.ok(&[
        "record",
        "track",
        "--mmsi",
        "445123000",
        "--supplied-by",
        "A receiver",
        "--span",
        "2024-03",
        "--file",
        "track.csv",
        "--form",
        "extract",
    ]);
    lab.write("day.csv", day());
    lab.refused(
        2,
        &record(&["day.csv"], &["--file", "track.csv", "--form", "extract"]),
        &["--file", "without reading"],
    );
    lab.ok(&record(&["day.csv"], &["--as", "read"]));
    let version = |entry: &str| lab.json(&["show", entry])["kind_version"].clone();
    if !version("by-hand").is_null() {
        assert_eq!((version("by-hand"), version("read")), (json!(1), json!(2)));
    }
    assert_eq!(event(&lab, "by-hand").get("decoded"), None);
}

#[test]
fn what_the_decoder_found_cannot_be_set() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    lab.write("other.csv", day());
    for set in [
        "decoded.mmsis=[111]",
        "decoded.mmsi_count=1",
        "decoded=null",
        "hold.held.0.file=other.csv",
        "hold=\"withheld\"",
        "as=another",
        "kind=document",
    ] {
        lab.refused(
            2,
            &record(&["day.csv"], &["--set", set]),
            &[set.split(['.', '=']).next().unwrap(), "by hand"],
        );
    }
    lab.ok(&record(
        &["day.csv"],
        &["--as", "t", "--set", "note=as it came"],
    ));
    assert_eq!(event(&lab, "t")["note"], "as it came");
}

#[test]
fn a_clock_that_was_not_set_is_not_in_the_span() {
    let lab = Lab::with_ledger();
    let at = |unix| sentence(445_123_000, unix, 2, 3, 52);
    let lines = [0, 1_709_769_600, 1_709_773_200, 5_000_000_000].map(at);
    lab.write("made.nmea", lines.concat());
    let said = lab.ok(&record(&["made.nmea"], &["--as", "t"]));
    for words in ["Improbable 2 times", "4 rows as Parquet", "(1 h 0 min)"] {
        assert!(said.contains(words), "{words:?}: {said}");
    }
    let track = event(&lab, "t");
    assert_eq!(
        track["span"]["edtf"],
        "2024-03-07T00:00:00/2024-03-07T01:00:00"
    );
    let decoded = &track["decoded"];
    assert_eq!(
        decoded["span"],
        json!({"first": 1_709_769_600_000_u64, "last": 1_709_773_200_000_u64})
    );
    let flagged = decoded["flagged"].as_array().unwrap();
    assert!(
        flagged.contains(&json!({"flag": "time-improbable", "count": 2})),
        "{flagged:?}"
    );
    // Where no time is probable, there is none to tell.
    lab.write("unset.nmea", at(0));
    lab.ok(&record(&["unset.nmea"], &["--as", "unset"]));
    let unset = event(&lab, "unset");
    assert_eq!(
        (&unset["span"], &unset["decoded"]["span"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(event(&lab, "unset.columns")["kind"], "derived");
}

#[test]
fn ports_and_shorelines_are_read_before_they_are_recorded() {
    let lab = Lab::with_ledger();
    lab.write("bad.csv", "a,b\n1,2\n");
    lab.refused(
        1,
        &["record", "ports", "bad.csv"],
        &["bad.csv", "World Port Index", "column"],
    );
    lab.write(
        "land.geojson",
        r#"{"type":"LineString","coordinates":[[133.0,42.0],[133.1,42.0]]}"#,
    );
    lab.refused(2, &["record", "shoreline", "land.geojson"], &["--title"]);
    let said = lab.ok(&[
        "record",
        "shoreline",
        "land.geojson",
        "--title",
        "A coast",
        "--as",
        "coast",
    ]);
    assert!(
        said.contains("gazetteer  coast") && said.contains("1 piece"),
        "{said}"
    );
    // A table of somebody's own is nobody else's.
    lab.write(
        "own ports.csv",
        "Main Port Name,UN/LOCODE,Latitude,Longitude\nA,RU AAA,1,1\nB,RU BBB,100,1\n",
    );
    lab.ok(&["record", "ports", "own ports.csv", "--as", "own"]);
    let own = event(&lab, "own");
    assert_eq!(own["title"], "own ports.csv");
    assert_eq!(own.get("publisher").unwrap_or(&Value::Null), &Value::Null);
    let said = ["--title", "Mine", "--publisher", "Me"];
    let named = ["record", "ports", "own ports.csv", "--as", "named"];
    lab.ok(&[&named[..], &said].concat());
    let named = event(&lab, "named");
    assert_eq!(
        (&named["title"], &named["publisher"]),
        (&json!("Mine"), &json!("Me"))
    );
    let Some(wpi) = data("ports/wpi_UpdatedPub150.csv") else {
        return;
    };
    fs::copy(wpi, lab.path("wpi.csv")).unwrap();
    let said = lab.ok(&[
        "record",
        "ports",
        "wpi.csv",
        "--as",
        "ports",
        "--published",
        "2019",
    ]);
    assert!(said.contains("gazetteer  ports"), "{said}");
    let ports = event(&lab, "ports");
    assert_eq!(ports["what"], "ports");
    assert_eq!(ports["title"], "World Port Index");
    assert_eq!(ports.get("publisher").unwrap_or(&Value::Null), &Value::Null);
    assert!(ports["rows"].as_u64().unwrap() > 3_700, "{ports}");
    lab.ok(&["verify"]);
    assert_eq!(lab.json(&["replay"])["notices"], json!([]));
}

/// Of files with such names it is the one that was named that is read and kept.
#[cfg(unix)]
#[test]
fn the_table_that_was_read_is_the_one_that_is_kept() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let lab = Lab::with_ledger();
    let heading = "Main Port Name,UN/LOCODE,Latitude,Longitude\n";
    let held = "A,RU AAA,1,1\n";
    lab.write("held.csv", heading.to_owned() + held);
    lab.ok(&["record", "ports", "held.csv", "--as", "held"]);
    let held = event(&lab, "held")["hold"]["held"][0]["file"].clone();
    let odd = OsStr::from_bytes(b"p\xff.csv");
    for (n, name) in [odd, OsStr::new(held.as_str().unwrap())].iter().enumerate() {
        let text = format!("{heading}B,RU BBB,{n},2\nC,RU CCC,{n},3\n");
        let path = lab.path("").join(name);
        if fs::write(&path, &text).is_err() {
            println!("skipped: no file can have such a name here");
            continue;
        }
        lab.write("p\u{fffd}.csv", heading);
        let label = format!("odd-{n}");
        let mut command = lab.command(&["record", "ports"]);
        let output = command.arg(name).args(["--as", &label]).output().unwrap();
        let ran = Ran::of(output);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let kept = event(&lab, &label);
        assert_eq!(kept["rows"], 2);
        let out = format!("out-{n}.csv");
        let given = exported(&lab, &kept["hold"]["held"][0], &out);
        assert_eq!(given, text.as_bytes());
    }
    lab.ok(&["verify"]);
}

#[test]
fn a_real_log_is_kept_bit_for_bit() {
    let Some(file) = data("ais/kystverket/Ais1000Lines.nm4") else {
        return;
    };
    let lab = Lab::with_ledger();
    lab.ok(&record(&[file.to_str().unwrap()], &["--as", "norway"]));
    let track = event(&lab, "norway");
    assert_eq!(track["decoded"]["lines"], 1_000);
    let wrong = json!({"flag": "tag-checksum-wrong", "count": 246});
    assert!(
        track["decoded"]["flagged"]
            .as_array()
            .unwrap()
            .contains(&wrong)
    );
    assert_eq!(
        exported(&lab, &track["hold"]["held"][0], "out.nm4"),
        fs::read(file).unwrap()
    );
    lab.ok(&["verify"]);
}

#[test]
fn verify_makes_a_recorded_track_anew() {
    let lab = Lab::with_ledger();
    lab.write("day.csv", day());
    lab.ok(&record(&["day.csv"], &["--as", "day"]));
    let remade = |lab: &Lab| {
        let ran = lab.run(&["verify", "--replay", "--json"]);
        let said: Value = serde_json::from_str(&ran.stdout).unwrap();
        said["tracks_remade"].as_array().unwrap().clone()
    };
    let [same] = &remade(&lab)[..] else {
        panic!("{:?}", remade(&lab))
    };
    assert_eq!(
        (&same["entry"], &same["outcome"]),
        (&json!(2), &json!("same"))
    );
    let shown = |lab: &Lab| {
        let shown = lab.run(&["verify", "--replay"]).stdout;
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let words = "the track that #2 records was made anew from its original, and is the same";
    assert!(shown(&lab).contains(words), "{}", shown(&lab));
    // Without --replay nothing is made.
    assert_eq!(lab.json(&["verify"])["tracks_remade"], json!([]));

    // Somebody says that another file came of it; that another version made it; and that it is of other thresholds.
    let made = event(&lab, "day.columns");
    let other = |label: &str, change: &dyn Fn(&mut Value)| {
        lab.write(&format!("{label}.parquet"), label);
        let mut line = json!({
            "kind": "derived", "as": label, "parents": made["parents"], "tool": "seaproof",
            "tool_version": made["tool_version"], "parameters": made["parameters"],
            "hold": {"held": [{"file": format!("{label}.parquet"), "form": "extract"}]},
            "mode": "observed", "basis": [{"of": "day"}],
        });
        change(&mut line);
        lab.batch(&[&line.to_string()]);
    };
    other("false", &|_| {});
    other("old", &|line| line["tool_version"] = "0.0.1".into());
    other("wide", &|line| line["parameters"][2]["text"] = "1".into());
    let found = remade(&lab);
    let outcomes: Vec<_> = found
        .iter()
        .map(|one| one["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["same", "other", "not-compared", "not-compared"]);
    assert_eq!(found[1]["made"], same["sha256"]);
    assert_eq!(found[2]["why"], "it was made by another version (0.0.1)");
    assert_eq!(found[3]["why"], "it was made with other parameters");
    let screen = shown(&lab);
    for words in [
        "the track that #3 records is not what its original gives",
        "#4 records was not compared with its original: it was made by another version",
    ] {
        assert!(screen.contains(words), "{words:?}: {screen}");
    }

    let digest = made["parents"][0]
        .as_str()
        .unwrap()
        .strip_prefix("sha256:")
        .unwrap();
    let path = lab.path("case/exhibits").join(&digest[..2]).join(digest);
    fs::remove_file(path).unwrap();
    assert_eq!(remade(&lab)[0]["why"], "its original is not here");
}
