//! Lists, custody, exports, completions and man pages: what stands around the entries.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;

use common::Lab;

fn un(date: &str, entities: &[(&str, &str)]) -> String {
    let entities: String = entities
        .iter()
        .map(|(reference, rest)| {
            format!("<ENTITY><DATAID>7</DATAID><REFERENCE_NUMBER>{reference}</REFERENCE_NUMBER><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>{rest}</ENTITY>\n")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST dateGenerated=\"{date}T03:04:05Z\">\n\
         <INDIVIDUALS/>\n<ENTITIES>\n{entities}</ENTITIES>\n</CONSOLIDATED_LIST>\n"
    )
}

const OWNER: &str = "<FIRST_NAME>A SHIPPING COMPANY</FIRST_NAME><LISTED_ON>2018-03-30</LISTED_ON>\
                     <COMMENTS1>Owner of the tanker YU SON (IMO 8691702).</COMMENTS1>";
const OTHER: &str = "<FIRST_NAME>ANOTHER COMPANY</FIRST_NAME><LISTED_ON>2019-01-01</LISTED_ON>";

fn lab() -> Lab {
    let lab = Lab::with_ledger();
    lab.write("old.xml", un("2018-10-29", &[("KPe.100", OWNER)]));
    lab.write("new.xml", un("2024-01-02", &[("KPe.101", OTHER)]));
    lab.ok(&[
        "record", "vessel", "--as", "yu-son", "--name", "Yu Son", "--imo", "8691702",
    ]);
    lab
}

#[test]
fn a_list_tells_what_it_is() {
    let lab = lab();
    let before = lab.snapshot("case");
    let line = lab.ok(&["record", "list", "old.xml", "--as", "un-2018", "--dry-run"]);
    assert!(
        line.contains(r#""format":"un-xml""#) && line.contains(r#""rows":1"#),
        "{line}"
    );
    assert!(line.contains("2018-10-29"), "{line}");
    assert_eq!(lab.snapshot("case"), before);
    let told = lab.ok(&["record", "list", "old.xml", "--as", "un-2018"]);
    assert!(
        told.contains("list-snapshot  un-2018") && told.contains("1 on companies"),
        "{told}"
    );
    let shown = lab.json(&["lists", "show", "un-2018"]);
    assert_eq!(shown["list"]["rows"][0]["reference"], "KPe.100");
    lab.write("broken.xml", "<CONSOLIDATED_LIST><ENTITIES>");
    lab.refused(
        1,
        &["record", "list", "broken.xml"],
        &["broken.xml", "line", "Nothing was recorded"],
    );
    lab.write("prose.txt", "These are no rows.");
    lab.refused(
        1,
        &["record", "list", "prose.txt"],
        &["prose.txt", "Nothing was recorded"],
    );
}

#[test]
fn two_snapshots_show_what_changed() {
    let lab = lab();
    lab.ok(&["record", "list", "old.xml", "--as", "un-2018"]);
    lab.ok(&["record", "list", "new.xml", "--as", "un-2024"]);
    let text = lab.ok(&["lists", "diff", "un-2018", "un-2024"]);
    assert!(text.contains("1 added, 0 changed, 1 gone"), "{text}");
    assert!(
        text.contains("KPe.100") && text.contains("listed 2019-01-01"),
        "{text}"
    );
    let json = lab.json(&["lists", "diff", "un-2018", "un-2024"]);
    assert_eq!(json["changes"]["changes"][0]["change"], "removed");
    assert_eq!(json["changes"]["order_known"], true);
    lab.fails(
        1,
        &["lists", "diff", "un-2024", "un-2018"],
        &["wrong order", "older one first"],
    );
    lab.fails(
        1,
        &["lists", "diff", "un-2024", "yu-son"],
        &["is a vessel and no list"],
    );
}

#[test]
#[cfg(unix)]
fn a_match_is_proposed_with_the_command_that_would_assert_it() {
    let lab = lab();
    lab.fails(1, &["match"], &["no list is held", "record list"]);
    lab.ok(&["record", "list", "old.xml", "--as", "un-2018"]);
    let entries = lab.json(&["log"])["entries"].as_array().map(Vec::len);
    let text = lab.ok(&["match"]);
    assert!(text.contains("Nothing is asserted"), "{text}");
    let json = lab.json(&["match", "un-2018", "--vessel", "yu-son"]);
    assert_eq!(json["asserted"], false);
    let first = &json["lists"][0]["proposals"][0];
    // The row is on a company, which is said to own the ship: its number and its name.
    assert_eq!(first["proposal"]["score"], 850);
    assert_eq!(first["proposal"]["matches"][0]["how"], "imo-in-text");
    assert_eq!(first["proposal"]["row"]["reference"], "KPe.100");
    assert_eq!(
        lab.json(&["log"])["entries"].as_array().map(Vec::len),
        entries
    );
    // The command that it prints is one that can be run.
    let command = first["record"].as_str().unwrap();
    let words = command.strip_prefix("seaproof ").unwrap();
    let script = format!("{} {words} --as asserted", env!("CARGO_BIN_EXE_seaproof"));
    let ran = lab.shell(&script);
    assert_eq!(ran.code, Some(0), "{command}: {}", ran.stderr);
    assert_eq!(
        lab.json(&["show", "asserted"])["event"]["matched_by"],
        "other"
    );
    // A row that the list does not have is refused, also from a file that the same batch brings.
    lab.refused(
        1,
        &[
            "record",
            "listed",
            "--about",
            "yu-son",
            "--snapshot",
            "un-2018",
            "--reference",
            "KPe.999",
            "--matched-by",
            "imo",
        ],
        &["un-2018 has no row \"KPe.999\"", "Nothing was recorded"],
    );
    lab.write("batch.jsonl", [
        r#"{"kind":"list-snapshot","as":"n","authority":"UN","list":"L","hold":{"held":[{"file":"new.xml","form":"copy"}]}}"#,
        r#"{"kind":"listed","about":"yu-son","snapshot":"n","reference":"KPe.100","matched_by":"imo","mode":"inferred"}"#,
    ].join("\n"));
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["line 2", "n has no row \"KPe.100\""],
    );
}

#[test]
fn a_list_that_does_not_stand_or_has_changed_since_is_not_matched() {
    let lab = lab();
    lab.ok(&["record", "list", "old.xml", "--as", "un-2018"]);
    lab.ok(&[
        "record",
        "list-snapshot",
        "--as",
        "seen",
        "--authority",
        "UN",
        "--list",
        "L",
        "--hold",
        "cited",
    ]);
    lab.ok(&[
        "attach", "seen", "new.xml", "--form", "copy", "--as", "file",
    ]);
    let shown = lab.json(&["lists", "show", "seen"]);
    assert_eq!(shown["list"]["rows"][0]["reference"], "KPe.101");
    lab.ok(&["retract", "file", "--reason", "another list", "--yes"]);
    lab.fails(1, &["lists", "show", "seen"], &["its file is not held"]);

    let held = lab.path("case/exhibits");
    let found = fs::read_dir(&held)
        .unwrap()
        .map(|folder| folder.unwrap().path());
    let files = found.filter(|path| path.is_dir()).flat_map(|folder| {
        let inside = fs::read_dir(folder).unwrap();
        inside.map(|file| file.unwrap().path()).collect::<Vec<_>>()
    });
    let old = fs::read(lab.path("old.xml")).unwrap();
    let file = (files
        .into_iter()
        .find(|file| fs::read(file).unwrap() == old))
    .unwrap();
    // A byte of the IMO number, which the list would still be read with.
    let at = old.windows(3).position(|three| three == b"869").unwrap();
    common::flip(&file, at);
    lab.fails(
        1,
        &["match", "un-2018"],
        &["is damaged", "Nothing of it was used"],
    );
    common::flip(&file, at);
    lab.ok(&["match", "un-2018"]);

    lab.ok(&["retract", "un-2018", "--reason", "another day", "--yes"]);
    lab.fails(1, &["lists", "show", "un-2018"], &["does not stand"]);
    lab.fails(1, &["match"], &["no list is held"]);
}

#[test]
fn custody_is_told_in_order() {
    let lab = lab();
    lab.write("scan.txt", "A scan.");
    lab.write("part.txt", "A part.");
    lab.ok(&[
        "record", "document", "--as", "scan", "--title", "A scan", "--hold", "cited",
    ]);
    lab.ok(&["attach", "scan", "scan.txt", "--form", "copy"]);
    lab.ok(&[
        "record",
        "custody",
        "--action",
        "transferred",
        "--of",
        "scan",
        "--from",
        "A colleague",
        "--to",
        "The archive",
        "--when",
        "2024-06-01",
        "--as",
        "moved",
    ]);
    lab.ok(&[
        "record", "derived", "--as", "part", "--parent", "scan.txt", "--tool", "Scissors",
        "--file", "part.txt", "--form", "extract",
    ]);
    lab.ok(&["dispute", "moved", "--reason", "It never left"]);
    lab.ok(&[
        "export",
        "exhibit",
        "scan",
        "out.txt",
        "--to",
        "The court",
        "--purpose",
        "Evidence",
    ]);
    assert_eq!(fs::read_to_string(lab.path("out.txt")).unwrap(), "A scan.");
    lab.ok(&[
        "record",
        "custody",
        "--action",
        "copied",
        "--whole-ledger",
        "--to",
        "A mirror",
    ]);
    let done = |json: &serde_json::Value| -> Vec<String> {
        let rows = json["chain"].as_array().unwrap().iter();
        rows.map(|row| row["done"].as_str().unwrap().to_owned())
            .collect()
    };
    let json = lab.json(&["custody", "scan"]);
    assert_eq!(
        done(&json),
        [
            "recorded",
            "attached",
            "transferred",
            "derived-into",
            "disputed",
            "exported",
            "copied"
        ]
    );
    assert_eq!(json["chain"][2]["to"], "The archive");
    assert_eq!(json["chain"][5]["purpose"], "Evidence");
    assert_eq!(json["chain"][0]["by"], "Field");
    let digest = json["exhibits"][0]["sha256"].as_str().unwrap().to_owned();
    assert_eq!(json["chain"][5]["digest"], digest.as_str());
    // By its digest the same, and the other way round from what was made of it.
    assert_eq!(
        done(&lab.json(&["custody", &format!("sha256:{digest}")])),
        done(&json)
    );
    assert_eq!(done(&lab.json(&["custody", "part"]))[0], "derived");
    let text = lab.ok(&["custody", "scan"]);
    assert!(
        text.contains("to The archive") && text.contains(&digest),
        "{text}"
    );
    lab.fails(
        1,
        &["custody", &"ab".repeat(32)],
        &["no entry names the exhibit"],
    );
    lab.ok(&["verify"]);
}

#[test]
fn an_export_is_checked_and_recorded_or_not_made() {
    let lab = lab();
    lab.write("scan.txt", "A scan.");
    lab.ok(&[
        "record", "document", "--as", "scan", "--title", "A scan", "--file", "scan.txt", "--form",
        "copy",
    ]);
    let export = |file: &'static str| {
        [
            "export",
            "exhibit",
            "scan",
            file,
            "--to",
            "The court",
            "--purpose",
            "Evidence",
        ]
    };
    lab.refused(
        2,
        &export("scan.txt"),
        &["there already", "Nothing was recorded"],
    );
    let before = lab.snapshot("case");
    let line = lab.ok(&[&export("out.txt")[..], &["--dry-run"]].concat());
    assert!(line.contains(r#""action":"exported""#), "{line}");
    assert_eq!(lab.snapshot("case"), before);
    assert!(!lab.path("out.txt").exists());
    lab.refused(
        1,
        &[
            "export",
            "exhibit",
            "yu-son",
            "out.txt",
            "--to",
            "x",
            "--purpose",
            "y",
        ],
        &["holds no file"],
    );
    // Damaged bytes are not given out.
    let digest = lab.json(&["custody", "scan"])["exhibits"][0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    common::flip(
        &lab.path(&format!("case/exhibits/{}/{digest}", &digest[..2])),
        0,
    );
    lab.refused(1, &export("out.txt"), &["damaged", &digest]);
    assert!(!lab.path("out.txt").exists() && !lab.path("out.txt.incoming").exists());
}

#[test]
fn shells_are_offered_labels() {
    let lab = lab();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            lab.ok(&["completions", shell]).contains("seaproof"),
            "{shell}"
        );
    }
    let offered = |words: &[&str]| {
        let mut command = lab.command(&[&["--"], words].concat());
        command.env("COMPLETE", "fish");
        common::Ran::of(command.output().unwrap()).stdout
    };
    assert!(
        offered(&["seaproof", "show", "yu"]).contains("yu-son"),
        "{}",
        offered(&["seaproof", "show", "yu"])
    );
    assert!(offered(&["seaproof", "record", "claim", "--about", "y"]).contains("yu-son"));
    assert!(offered(&["seaproof", "rec"]).contains("record"));
    assert!(!offered(&["seaproof", "show", "zz"]).contains("yu-son"));
}

#[test]
fn every_command_has_a_man_page() {
    let lab = Lab::new();
    assert!(lab.ok(&["man"]).contains(".TH"));
    lab.ok(&["man", "pages"]);
    for page in [
        "seaproof.1",
        "seaproof-record-sighting.1",
        "seaproof-export-exhibit.1",
    ] {
        assert!(lab.path(&format!("pages/{page}")).is_file(), "{page}");
    }
}
