//! The commands, one after the other, as people and scripts use them.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{GROUP, Lab, Ran, SEEN, copy, flip};
use serde_json::json;

#[test]
fn a_ledger_is_begun_written_to_read_and_verified() {
    let lab = Lab::with_ledger();
    lab.write("notes.txt", "one\nfive tankers moored\n");
    let recorded = lab.ok(&[
        "record",
        "document",
        "--as",
        "report",
        "--title",
        "A report",
        "--published",
        "2024-03-26",
        "--file",
        "notes.txt",
        "--form",
        "own-notes",
        "--source",
        "obtained-from=the web",
    ]);
    assert_eq!(recorded, "Recorded #1  document  report\n");
    lab.batch(&[GROUP, SEEN]);
    lab.ok(&[
        "record",
        "port-call",
        "--as",
        "calls",
        "--about",
        "five",
        "--port",
        "RUVYP",
        "--arrival",
        "2024-03",
        "--sense",
        "each-within",
        "--basis",
        "report:2",
        "--quote",
        "five tankers",
    ]);
    let log = lab.ok(&["log"]);
    assert_eq!(log.lines().count(), 6, "{log}");
    assert!(
        log.contains("port-call") && log.contains("A report"),
        "{log}"
    );
    let shown = lab.json(&["show", "calls"]);
    assert_eq!(shown["index"], 4);
    assert_eq!(shown["event"]["basis"][0]["at"]["quote"], "five tankers");
    let by_prefix = lab.json(&["show", &shown["id"].as_str().unwrap()[..12]]);
    assert_eq!(by_prefix, shown);
    assert_eq!(lab.json(&["show", "#4"]), shown);

    let verified = lab.json(&["verify"]);
    assert_eq!(verified["entries"], 5);
    assert_eq!(verified["problems"], json!([]));
    for verdict in ["intact", "complete", "attributable", "authorised"] {
        assert_eq!(verified["verdicts"][verdict], "pass");
    }
    for verdict in ["timestamped", "fresh", "reproducible"] {
        assert_eq!(verified["verdicts"][verdict], "not checked");
    }
    let replayed = lab.json(&["replay"]);
    assert_eq!(replayed["port_calls"][0]["place"]["locode"], "RUVYP");
    assert_eq!(replayed["sightings"].as_array().unwrap().len(), 1);
    assert_eq!(
        lab.json(&["replay", "--at", "five"])["sightings"],
        json!([])
    );
}

#[test]
fn nothing_is_overwritten_when_something_is_corrected_retracted_or_disputed() {
    let lab = Lab::with_ledger();
    lab.batch(&[
        GROUP,
        SEEN,
        r#"{"kind":"vessel","as":"v","names":[{"latin":"X"}],"mode":"reported"}"#,
    ]);
    let before = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    lab.ok(&[
        "correct",
        "seen",
        "--reason",
        "a slip",
        "--set",
        "place.locode=RUNJK",
    ]);
    // The next correction begins from what stands now.
    lab.ok(&[
        "correct",
        "seen",
        "--reason",
        "and when",
        "--set",
        r#"when={"edtf":"2024-03","sense":"within"}"#,
    ]);
    lab.ok(&["retract", "v", "--reason", "no such ship"]);
    lab.ok(&["dispute", "seen", "--reason", "another port"]);
    let after = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    assert_eq!(after[..before.len()], before[..]);
    let state = lab.json(&["replay"]);
    let sighting = &state["sightings"][0];
    assert_eq!(sighting["place"]["locode"], "RUNJK");
    assert_eq!(sighting["when"]["edtf"], "2024-03");
    assert_eq!(sighting["disputed_by"], json!([7]));
    assert_eq!(state["vessels"], json!([]));
    let shown = lab.ok(&["show", "seen"]);
    assert!(
        shown.contains("#4, which corrects it") && shown.contains("#7, which disputes it"),
        "{shown}"
    );
    assert!(
        shown.contains("RUVYP"),
        "the entry itself says what it said: {shown}"
    );
    lab.ok(&["verify"]);
}

#[test]
fn what_is_entered_by_hand_can_be_looked_at_first_and_recorded_as_a_batch() {
    let lab = Lab::with_ledger();
    let before = lab.snapshot("case");
    let line = lab.ok(&[
        "record",
        "vessel",
        "--as",
        "yu-son",
        "--name",
        "Yu Son",
        "--imo",
        "8691702",
        "--flag",
        "KP",
        "--dry-run",
    ]);
    assert_eq!(lab.snapshot("case"), before);
    lab.write("draft.jsonl", &line);
    lab.ok(&["record", "batch", "draft.jsonl", "--dry-run"]);
    assert_eq!(lab.snapshot("case"), before);
    lab.ok(&["record", "batch", "draft.jsonl"]);
    assert_eq!(
        lab.json(&["vessels"])["vessels"][0]["names"],
        json!(["Yu Son"])
    );
}

#[test]
fn every_kind_that_can_be_entered_by_hand_is_recorded() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    lab.write("scene.tif", [0xff, 0xfe]);
    lab.write("track.csv", "a,b\n");
    for args in [
        &[
            "record",
            "document",
            "--publisher",
            "A paper",
            "--hold",
            "withheld",
            "--translated-from",
            "nl",
            "--translated-by",
            "not named",
        ][..],
        &[
            "record",
            "image",
            "--platform",
            "Sentinel-2A",
            "--acquired",
            "2024-03-07T02:11:09",
            "--zone",
            "+00:00",
            "--file",
            "scene.tif",
            "--form",
            "original",
        ],
        &[
            "record",
            "track",
            "--mmsi",
            "445123000",
            "--supplied-by",
            "A receiver",
            "--span",
            "2024-03-01/2024-03-31",
            "--file",
            "track.csv",
            "--form",
            "extract",
        ],
        &[
            "record",
            "vessel",
            "--name",
            "A",
            "--name",
            "B",
            "--imo",
            "8691702",
            "--deadweight",
            "3400",
            "--owner",
            "A company",
            "--confidence",
            "possible",
            "--why",
            "one source",
        ],
        &[
            "record",
            "sighting",
            "--about",
            "five",
            "--count",
            "2+",
            "--position",
            "42.75,133.083",
            "--when",
            "2024-03-07/2024-03-22",
            "--origin",
            "a think tank",
            "--origin-mode",
            "estimated",
        ],
        &[
            "record",
            "port-call",
            "--about",
            "five",
            "--count",
            "2-4",
            "--port",
            "RUVYP",
            "--berth",
            "not named",
            "--arrival",
            "2024-03",
            "--cited",
            "a radio report",
        ],
    ] {
        lab.ok(args);
    }
    assert_eq!(
        lab.json(&["replay"])["sightings"][0]["count"],
        json!({"low": 2, "high": null})
    );
}

#[test]
fn an_investigator_records_and_does_not_govern_and_a_custodian_covers_what_was_recorded() {
    let lab = Lab::with_ledger();
    lab.ok(&[
        "key",
        "new",
        "--out",
        "desk",
        "--comment",
        "Desk",
        "--no-passphrase",
    ]);
    lab.ok(&["author", "admit", "desk.pub"]);
    lab.write("batch.jsonl", GROUP);
    lab.ok(&["record", "batch", "batch.jsonl", "--key", "desk"]);
    assert_eq!(lab.json(&["verify"])["not_yet_covered"], 1);
    lab.ok(&[
        "key",
        "new",
        "--out",
        "third",
        "--comment",
        "Third",
        "--no-passphrase",
    ]);
    lab.refused(
        1,
        &["author", "admit", "third.pub", "--key", "desk"],
        &["investigator may not sign"],
    );
    lab.refused(
        1,
        &["checkpoint", "--sign", "--key", "desk"],
        &["custodian"],
    );
    lab.ok(&["checkpoint", "--sign"]);
    assert_eq!(lab.json(&["verify"])["not_yet_covered"], 0);
    lab.ok(&[
        "author",
        "revoke",
        "Desk",
        "--reason",
        "compromised",
        "--suspect-from",
        "2",
        "--note",
        "stolen",
    ]);
    lab.refused(
        1,
        &["retract", "five", "--reason", "r", "--key", "desk"],
        &["revoked at #3"],
    );
    let authors = lab.json(&["author", "list"]);
    assert_eq!(authors["authors"][1]["name"], "Desk");
    assert_eq!(authors["authors"][1]["suspect_from"], 2);
    assert_eq!(lab.json(&["replay"])["suspect"], json!([2]));
}

#[test]
fn openssh_alone_checks_an_entry() {
    if Command::new("ssh-keygen").arg("-?").output().is_err() {
        assert!(
            std::env::var_os("CI").is_none(),
            "ssh-keygen is needed here"
        );
        println!("skipped: there is no ssh-keygen");
        return;
    }
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    let shown = lab.ok(&["show", "five", "--export-signature", "a 'sig'"]);
    let command = shown.lines().last().unwrap().trim();
    assert!(command.starts_with("ssh-keygen -Y verify "), "{shown}");
    let run = || {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(lab.path(""))
            .output();
        Ran::of(output.unwrap())
    };
    let ran = run();
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout
            .contains("Good \"seaproof-statement-v1\" signature"),
        "{}",
        ran.stdout
    );
    flip(&lab.path("a 'sig'/statement"), 100);
    assert_ne!(run().code, Some(0));
}

#[test]
fn verify_writes_nothing_and_works_where_nothing_can_be_written() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP, SEEN]);
    let everything = || {
        let mut all = lab.snapshot("case");
        all.extend(lab.snapshot("state"));
        all
    };
    fs::remove_dir_all(lab.path("case/cache")).ok();
    let before = everything();
    read_only(&lab.path("case"), true);
    let ran = lab.run(&["verify"]);
    let replayed = lab.run(&["replay"]);
    read_only(&lab.path("case"), false);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(replayed.code, Some(0), "{}", replayed.stderr);
    assert_eq!(everything(), before);
    assert!(!lab.path("case/cache").exists());

    // Nor on a computer that has never seen it.
    let mut command = lab.command(&["verify"]);
    let ran = Ran::of(
        command
            .env("SEAPROOF_STATE", lab.path("elsewhere"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!lab.path("elsewhere").exists() && !lab.path("home").exists());
}

fn read_only(folder: &Path, yes: bool) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for found in fs::read_dir(folder).unwrap() {
            let path = found.unwrap().path();
            if path.is_dir() {
                read_only(&path, yes);
            }
        }
        let mode = if yes { 0o555 } else { 0o755 };
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (folder, yes);
}

#[test]
fn the_screen_of_a_sound_ledger_is_laid_out_as_promised() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP, SEEN]);
    let screen = lab.ok(&["verify", "case"]);
    let expected = format!(
        "\
seaproof {}  verify case  (checked <time>, nothing written)

Case       A case
Ledger     <8> <8> … (64 digits with --json)
Here       3 entries · 1 signing key · no exhibits · nothing withheld
Last       #2, recorded <time> by its author's own clock

Unchanged   [intact]        yes       3 of 3 entries are byte for byte what was
                                      signed
Unbroken    [complete]      yes       #0 to #2, none missing in between
Signed      [attributable]  yes       by these keys. Whose keys they are is not
                                      proven here; compare with the person:
        \"Field\"  SHA256:<43>  custodian
Allowed     [authorised]    yes       by the case's own rules, which began with
                                      the key \"Field\"
In time     [timestamped]   not known no timestamp here. All times are the
                                      authors' own word
Latest      [fresh]         not known nothing from outside was given. Entries
                                      after #2 may exist and be missing here:
                                      use --pin, --policy or --tsa-roots
Re-derived  [reproducible]  not known replay was not asked for: use --replay

Result: everything that is here is unaltered since it was signed. Whether
        newer entries exist, and when it was signed, is not known.
This says nothing about whether any statement is true.
",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(without_samples(&screen), expected);
}

/// Replaces times, digests and fingerprints by what they are.
fn without_samples(screen: &str) -> String {
    let mut out = String::new();
    for word in screen.split_inclusive(|c: char| c.is_whitespace() || c == ',') {
        let bare = word.trim_end_matches(|c: char| c.is_whitespace() || c == ',');
        let (lead, core) = match bare.strip_prefix("(") {
            Some(core) => ("(", core),
            None => ("", bare),
        };
        let tail = &word[bare.len()..];
        let sample = if core.len() == 20 && core.ends_with('Z') && core.as_bytes()[10] == b'T' {
            "<time>"
        } else if core.len() == 50 && core.starts_with("SHA256:") {
            "SHA256:<43>"
        } else if core.len() == 8 && core.bytes().all(|b| b.is_ascii_hexdigit()) {
            "<8>"
        } else {
            core
        };
        out.push_str(&format!("{lead}{sample}{tail}"));
    }
    out
}

#[test]
fn a_tampered_exhibit_is_named_with_what_rests_on_it() {
    let lab = Lab::with_ledger();
    lab.write("a.txt", "five tankers\n");
    lab.write("b.txt", "other\n");
    lab.batch(&[
        r#"{"kind":"document","as":"a","title":"A","hold":{"held":[{"file":"a.txt","form":"copy"}]}}"#,
        r#"{"kind":"document","as":"b","title":"B","hold":{"held":[{"file":"b.txt","form":"copy"}]}}"#,
        GROUP,
        r#"{"kind":"sighting","about":"five","place":{"locode":"RUVYP"},"mode":"reported","basis":[{"of":"a","at":{"line":"1"}}]}"#,
    ]);
    let shown = lab.json(&["show", "a"]);
    let hash = shown["exhibits"][0]["sha256"].as_str().unwrap();
    let file = format!("exhibits/{}/{hash}", &hash[..2]);
    flip(&lab.path("case").join(&file), 3);
    let ran = lab.run(&["verify"]);
    assert_eq!(ran.code, Some(1));
    let screen = ran.stdout;
    assert!(
        screen.starts_with(
            "PROBLEM 1 of 1   a file is not the one that was signed      [exhibit-digest]\n"
        ),
        "{screen}"
    );
    for line in [
        &format!(
            "  file       exhibits/{}/{}…   named in #1 \"a\"",
            &hash[..2],
            &hash[..8]
        )[..],
        &format!(
            "  signed     sha256 {}…  13 bytes   (#1, key \"Field\")",
            &hash[..8]
        ),
        "  It does not show who changed it, when, or which bytes differ.",
        "  Rests on it    statements #4",
        "  Not touched    the log, the other exhibit",
        "Unchanged   [intact]        no        5 of 5 entries, 1 of 2 exhibits",
        "Unbroken    [complete]      yes       #0 to #4, none missing in between",
        "Result: 1 of 2 exhibits is not what was signed. The signed log itself is",
        "        unaltered.",
    ] {
        assert!(
            screen.lines().any(|l| l == line),
            "{line:?} is not in\n{screen}"
        );
    }
    let report: serde_json::Value =
        serde_json::from_str(&lab.run(&["verify", "--json"]).stdout).unwrap();
    let problem = &report["problems"][0];
    assert_eq!(problem["code"], "exhibit-digest");
    assert_eq!(problem["entry"], 1);
    assert_eq!(problem["file"], file);
    assert_eq!(problem["expected"], hash);
    assert_eq!(report["verdicts"]["intact"], "fail");
    assert_eq!(report["verdicts"]["complete"], "pass");

    fs::remove_file(lab.path("case").join(&file)).unwrap();
    let ran = lab.run(&["verify"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[exhibit-missing]"), "{}", ran.stdout);
}

#[test]
fn a_pin_shows_that_entries_are_missing_that_the_head_is_known_or_that_there_are_two_histories() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    copy(&lab.path("case"), &lab.path("older"));
    copy(&lab.path("state"), &lab.path("older-state"));
    lab.batch(&[
        SEEN,
        r#"{"kind":"vessel","names":[{"latin":"X"}],"mode":"reported"}"#,
    ]);
    lab.write("pin.txt", lab.ok(&["checkpoint"]));
    let known = lab.json(&["verify", "--pin", "pin.txt", "--require", "fresh"]);
    assert_eq!(known["verdicts"]["fresh"], "pass");
    lab.batch(&[r#"{"kind":"vessel","names":[{"latin":"Y"}],"mode":"reported"}"#]);
    assert!(
        lab.ok(&["verify", "--pin", "pin.txt"])
            .contains("1 entry follows after it")
    );

    // On another computer, so that no memory tells as much as the pin.
    let elsewhere = |args: &[&str]| {
        let mut command = lab.command(args);
        Ran::of(
            command
                .env("SEAPROOF_STATE", lab.path("nowhere"))
                .output()
                .unwrap(),
        )
    };
    let ran = elsewhere(&["verify", "older", "--pin", "pin.txt"]);
    assert_eq!(ran.code, Some(1));
    for line in [
        "PROBLEM 1 of 1   entries that were signed are not here      [behind-pin]",
        "  At least 2 entries, #2 to #3, existed when your checkpoint was signed.",
        "  An older copy and a shortened one look exactly alike: this does not show",
        "Unchanged   [intact]        yes       2 of 2 entries are byte for byte what was",
        "Unbroken    [complete]      no        #2 to #3 are missing",
        "Latest      [fresh]         no        behind the checkpoint you gave",
        "Result: what is here is unaltered in itself, and it is not everything that",
        "        was signed. Do not rely on the current state shown from it.",
    ] {
        assert!(
            ran.stdout.lines().any(|l| l == line),
            "{line:?} is not in\n{}",
            ran.stdout
        );
    }
    assert!(
        ran.stdout.contains("  your checkpoint   4 entries   root "),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("signed by \"Field\"   (pin.txt)"),
        "{}",
        ran.stdout
    );

    // The same key goes on from the older copy: another history.
    lab.write(
        "other.jsonl",
        [SEEN.replace("RUVYP", "RUNJK"), GROUP.replace("five", "six")].join("\n"),
    );
    let mut command = lab.command(&["record", "batch", "other.jsonl", "--ledger", "older"]);
    let ran = Ran::of(
        command
            .env("SEAPROOF_STATE", lab.path("older-state"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ran = elsewhere(&["verify", "older", "--pin", "pin.txt"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[fork]"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("key \"Field\" signed two different histories"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        ran.stdout.matches("    — seaproof/").count(),
        2,
        "both notes in full: {}",
        ran.stdout
    );
}

#[test]
fn a_verdict_that_was_required_and_cannot_be_checked_is_not_a_pass() {
    let lab = Lab::with_ledger();
    assert_eq!(
        lab.run(&["verify", "--require", "timestamped"]).code,
        Some(2)
    );
    assert_eq!(
        lab.run(&["verify", "--require", "fresh,reproducible"]).code,
        Some(2)
    );
    assert_eq!(lab.run(&["verify", "--require", "disclosed"]).code, Some(0));
    fs::remove_file(lab.path("case/checkpoint")).unwrap();
    let mut command = lab.command(&["verify"]);
    let ran = Ran::of(
        command
            .env("SEAPROOF_STATE", lab.path("nowhere"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(2), "no head to compare with: {}", ran.stdout);
}

#[test]
fn colour_is_for_terminals_and_obeys_no_color() {
    let lab = Lab::with_ledger();
    let esc = |set: &[(&str, &str)]| {
        let mut command = lab.command(&["verify"]);
        command.envs(set.iter().copied());
        String::from_utf8(command.output().unwrap().stdout)
            .unwrap()
            .contains('\u{1b}')
    };
    assert!(!esc(&[]));
    assert!(esc(&[("CLICOLOR_FORCE", "1")]));
    assert!(!esc(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn nothing_in_a_ledger_reaches_the_terminal_as_a_command() {
    let lab = Lab::new();
    lab.ok(&["key", "new", "--out", "field", "--no-passphrase"]);
    lab.ok(&[
        "init",
        "case",
        "--title",
        "a\u{1b}[2Jb\u{202e}c\u{9b}d",
        "--name",
        "\u{1b}]0;x\u{7}",
        "--key",
        "field",
    ]);
    lab.batch(&["{\"kind\":\"vessel\",\"as\":\"v\",\"names\":[{\"latin\":\"A\u{202e}B\"}],\"mode\":\"reported\"}"]);
    for args in [
        &["verify"][..],
        &["log"],
        &["show", "0"],
        &["show", "v"],
        &["author", "list"],
        &["vessels"],
        &["replay"],
        &["log", "--json"],
        &["verify", "--json"],
        &["show", "0", "--json"],
    ] {
        let text = lab.ok(args);
        let hostile = text
            .chars()
            .find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(hostile, None, "{args:?}: {text:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_a_full_disk_is_one() {
    let lab = Lab::with_ledger();
    let lines: Vec<String> = (0..3_000)
        .map(|i| {
            format!(
                r#"{{"kind":"vessel","names":[{{"latin":"Ship number {i}"}}],"mode":"reported"}}"#
            )
        })
        .collect();
    lab.batch(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let mut child = lab
        .command(&["log"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = lab.command(&["log"]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}

#[test]
fn the_nearest_ledger_upward_is_meant_unless_another_is_named() {
    let lab = Lab::with_ledger();
    fs::create_dir_all(lab.path("case/work/deep")).unwrap();
    let run = |folder: &str| {
        let mut command = lab.command(&["log"]);
        let output = command
            .env_remove("SEAPROOF_LEDGER")
            .current_dir(lab.path(folder))
            .output();
        Ran::of(output.unwrap())
    };
    assert_eq!(run("case/work/deep").code, Some(0));
    run("").failed(2, &["no ledger in", "seaproof init"], "outside");
}

#[test]
fn every_command_has_a_help_text_with_an_example() {
    let lab = Lab::new();
    let help = lab.ok(&["--help"]);
    for command in [
        "key new",
        "key show",
        "key list",
        "init",
        "author admit",
        "author revoke",
        "author rotate",
        "author roster",
        "author list",
        "close",
        "record document",
        "record image",
        "record track",
        "record vessel",
        "record sighting",
        "record port-call",
        "record batch",
        "correct",
        "retract",
        "dispute",
        "log",
        "show",
        "verify",
        "replay",
        "vessels",
        "quota",
        "findings",
        "checkpoint",
        "schema",
        "demo",
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        assert!(help.contains(words[0]), "{command}");
        let args: Vec<&str> = words.into_iter().chain(["--help"]).collect();
        let text = lab.ok(&args);
        assert!(
            text.contains("Example") && text.contains(&format!("seaproof {command}")),
            "{command}: {text}"
        );
    }
}

#[test]
fn the_schema_is_json() {
    let lab = Lab::new();
    let schema: serde_json::Value = serde_json::from_str(&lab.ok(&["schema"])).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}
