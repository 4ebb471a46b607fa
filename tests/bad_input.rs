//! What cannot be recorded: each gets an error that says what, where and what to do, and leaves the
//! ledger as it was.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

use std::fs;

use common::{GROUP, Lab, Ran, SEEN, copy};
use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::PublicKeyLine;

#[test]
fn a_wrong_passphrase_is_told_apart_from_a_missing_one() {
    let lab = Lab::with_ledger();
    lab.write("pass", "right horse\n");
    lab.ok(&["key", "new", "--out", "locked", "--passphrase-file", "pass"]);
    lab.ok(&["author", "admit", "locked.pub"]);
    lab.write("batch.jsonl", GROUP);
    let record = ["record", "batch", "batch.jsonl", "--key", "locked"];
    lab.refused(
        2,
        &record,
        &["locked", "protected by a passphrase", "SEAPROOF_PASSPHRASE"],
    );
    lab.write("wrong", "wrong horse\n");
    let with_wrong: Vec<&str> = record
        .iter()
        .copied()
        .chain(["--passphrase-file", "wrong"])
        .collect();
    lab.refused(2, &with_wrong, &["wrong passphrase", "Nothing was signed"]);
    let mut command = lab.command(&record);
    let ran = Ran::of(
        command
            .env("SEAPROOF_PASSPHRASE", "right horse")
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn a_key_that_proves_nothing_or_is_no_key_is_refused() {
    let lab = Lab::with_ledger();
    let line = |bytes: [u8; 32]| {
        PublicKeyLine {
            key: AuthorKey(bytes),
            comment: String::new(),
        }
        .to_string()
    };
    let mut weak = [0; 32];
    weak[0] = 1;
    lab.refused(
        2,
        &["author", "admit", &line(weak)],
        &["weak", "another key"],
    );
    lab.refused(
        2,
        &["author", "admit", &line([0xff; 32])],
        &["non-canonical"],
    );
    lab.refused(2, &["author", "admit", &line([2; 32])], &["not a point"]);
    lab.refused(
        2,
        &["author", "admit", "ssh-rsa AAAA x"],
        &["ssh-rsa", "ssh-keygen -t ed25519"],
    );
    lab.refused(2, &["author", "admit", "nowhere.pub"], &["nowhere.pub"]);
    lab.refused(
        1,
        &["author", "admit", "field.pub"],
        &["admitted before", "#0"],
    );
    lab.write("case.txt", "not a key");
    lab.refused(
        2,
        &["checkpoint", "--sign", "--key", "case.txt"],
        &["case.txt"],
    );
}

#[cfg(unix)]
#[test]
fn a_private_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::with_ledger();
    fs::set_permissions(lab.path("field"), fs::Permissions::from_mode(0o644)).unwrap();
    lab.refused(2, &["checkpoint", "--sign"], &["0644", "chmod 600"]);
    lab.ok(&["key", "new", "--out", "other", "--no-passphrase"]);
    assert_eq!(
        fs::metadata(lab.path("other"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[test]
fn keys_and_ledgers_are_never_overwritten() {
    let lab = Lab::with_ledger();
    let before = fs::read(lab.path("field")).unwrap();
    lab.refused(
        2,
        &["key", "new", "--out", "field", "--no-passphrase"],
        &["there already"],
    );
    assert_eq!(fs::read(lab.path("field")).unwrap(), before);
    lab.refused(
        2,
        &["init", "case", "--title", "Another"],
        &["there already and not empty"],
    );
    lab.refused(2, &["init", "field", "--title", "Another"], &["is a file"]);
}

#[test]
fn identifiers_dates_places_and_units_that_cannot_be_are_refused_in_words() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    let vessel = |field: &str| {
        format!(r#"{{"kind":"vessel","names":[{{"latin":"X"}}],"mode":"reported",{field}}}"#)
    };
    let sighting =
        |field: &str| format!(r#"{{"kind":"sighting","about":"five","mode":"reported",{field}}}"#);
    for (line, says) in [
        (vessel(r#""imo":"8691703""#), &["imo", "check digit"][..]),
        (vessel(r#""imo":"0000000""#), &["imo", "0000000"]),
        (sighting(r#""place":{"locode":"RUVYP"},"when":{"edtf":"2023-02-29","sense":"on"}"#), &["when.edtf", "does not exist"]),
        (sighting(r#""place":{"locode":"RUVYP"},"when":{"edtf":"2024-03-22/2024-03-07","sense":"within"}"#), &["when.edtf"]),
        (sighting(r#""place":{"position":{"lat":"90.1","lon":"0"}}"#), &["place.position.lat", "-90 to 90"]),
        (sighting(r#""place":{"position":{"lat":"0","lon":"-180.5"}}"#), &["place.position.lon"]),
        (sighting(r#""place":{}"#), &["place"]),
        (r#"{"kind":"cap","amount":{"value":1,"unit":"firkin"},"product":"oil","receiver":"KP","mode":"reported"}"#.into(), &["amount.unit"]),
        (r#"{"kind":"count","about":"five","count":{"low":6,"high":5},"mode":"reported"}"#.into(), &["count"]),
        (r#"{"kind":"sihgting","about":"five"}"#.into(), &["sihgting", "sighting"]),
        (r#"{"kind":"group","members":"vessels""#.into(), &["JSON"]),
        (sighting(r#""place":{"locode":"RUVYP"},"basis":[{"of":"nobody"}]"#), &["basis[0].of", "nobody"]),
        (sighting(r##""place":{"locode":"RUVYP"},"basis":[{"of":"#99"}]"##), &["basis[0].of", "#99"]),
        (sighting(r#""place":{"locode":"RUVYP"},"basis":[{"of":"0123456789abcdef"}]"#), &["basis[0].of"]),
        (GROUP.into(), &["label", "five", "#1"]),
    ] {
        lab.write("batch.jsonl", &line);
        lab.refused(1, &["record", "batch", "batch.jsonl"], &["batch.jsonl: line 1", "Nothing was recorded"]);
        lab.refused(1, &["record", "batch", "batch.jsonl"], says);
        lab.refused(1, &["record", "batch", "batch.jsonl", "--dry-run"], says);
    }
}

#[test]
fn one_malformed_line_of_ten_thousand_keeps_all_of_them_out() {
    let lab = Lab::with_ledger();
    lab.write("held.txt", "held");
    let mut lines: Vec<String> = (1..=10_000)
        .map(|i| format!(r#"{{"kind":"vessel","as":"v{i}","names":[{{"latin":"Ship {i}"}}],"mode":"reported"}}"#))
        .collect();
    lines[0] =
        r#"{"kind":"document","title":"T","hold":{"held":[{"file":"held.txt","form":"copy"}]}}"#
            .into();
    lines[4_210] = lines[4_210].replace("reported", "rumoured");
    lab.write("batch.jsonl", lines.join("\n"));
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &[
            "batch.jsonl: line 4211: mode: expected",
            "Nothing was recorded",
        ],
    );
    lines[4_210] = lines[4_210].replace("rumoured", "reported");
    lines[9_999] = lines[9_999].replace("v10000", "v17");
    lab.write("batch.jsonl", lines.join("\n"));
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["line 10000", "v17", "line 17"],
    );
    lines[9_999] = lines[9_999].replace("v17", "v10000");
    lab.write("batch.jsonl", lines.join("\n"));
    let recorded = lab.ok(&["record", "batch", "batch.jsonl"]);
    assert_eq!(
        recorded,
        "Recorded 10,000 entries in one commit, #1 to #10000\n"
    );
    assert_eq!(lab.json(&["verify"])["entries"], 10_001);
}

#[test]
fn a_batch_that_is_empty_not_text_or_not_there_is_refused() {
    let lab = Lab::with_ledger();
    lab.write("batch.jsonl", "\n\n");
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["no line holds anything"],
    );
    lab.write("batch.jsonl", b"{}\n\xff\n");
    lab.refused(1, &["record", "batch", "batch.jsonl"], &["line 2", "UTF-8"]);
    lab.refused(2, &["record", "batch", "nowhere.jsonl"], &["nowhere.jsonl"]);
    lab.refused(1, &["record", "batch", "case"], &["a folder"]);
}

#[test]
fn a_quote_or_a_line_that_is_not_in_the_file_is_refused() {
    let lab = Lab::with_ledger();
    lab.write("notes.txt", "one\nfive tankers moored\n");
    let document = r#"{"kind":"document","as":"d","title":"T","hold":{"held":[{"file":"notes.txt","form":"copy"}]}}"#;
    let quoting = |at: &str| {
        format!(
            r#"{{"kind":"sighting","about":"five","place":{{"locode":"RUVYP"}},"mode":"reported","basis":[{{"of":"d","at":{at}}}]}}"#
        )
    };
    let batch = |at: &str| {
        lab.write("batch.jsonl", [GROUP, document, &quoting(at)].join("\n"));
    };
    batch(r#"{"quote":"six tankers"}"#);
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["line 3: basis[0].at.quote"],
    );
    batch(r#"{"line":"1","quote":"five tankers"}"#);
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["line 3", "line 2 of the file"],
    );
    batch(r#"{"line":"7"}"#);
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["line 3", "2 lines"],
    );
    batch(r#"{"line":"2","quote":"five  tankers"}"#);
    lab.ok(&["record", "batch", "batch.jsonl"]);
    // And in the file that the ledger holds now, though the original is gone.
    fs::remove_file(lab.path("notes.txt")).unwrap();
    let sighting = [
        "record", "sighting", "--about", "five", "--port", "RUVYP", "--basis", "d:2", "--quote",
    ];
    let with = |quote| {
        sighting
            .iter()
            .copied()
            .chain([quote])
            .collect::<Vec<&str>>()
    };
    lab.refused(1, &with("six"), &["basis[0].at.quote"]);
    lab.ok(&with("five"));
}

#[cfg(unix)]
#[test]
fn only_a_regular_file_that_stays_as_it_is_becomes_an_exhibit() {
    let lab = Lab::with_ledger();
    let record = |file: &'static str| {
        [
            "record", "document", "--title", "T", "--form", "copy", "--file", file,
        ]
    };
    lab.refused(
        1,
        &record("nowhere.pdf"),
        &["nowhere.pdf", "Check the name"],
    );
    lab.refused(1, &record("case"), &["case", "a folder"]);
    let made = std::process::Command::new("mkfifo")
        .arg(lab.path("pipe"))
        .status();
    if made.is_ok_and(|status| status.success()) {
        lab.refused(1, &record("pipe"), &["pipe", "not a regular file"]);
    }
    std::os::unix::fs::symlink(lab.path("loop"), lab.path("loop")).unwrap();
    lab.refused(1, &record("loop"), &["loop", "symbolic links"]);
    std::os::unix::fs::symlink(lab.path("case"), lab.path("folder-link")).unwrap();
    lab.refused(1, &record("folder-link"), &["a folder"]);
    // Says that it has no bytes, and has some when read: as a file that grows meanwhile.
    if fs::metadata("/proc/self/status").is_ok_and(|found| found.len() == 0) {
        lab.refused(
            1,
            &record("/proc/self/status"),
            &["changed while it was read", "0 bytes at first"],
        );
    }
    let held = r#"{"kind":"document","title":"T","hold":{"held":[{"file":"sha256:0000000000000000000000000000000000000000000000000000000000000000","form":"copy"}]}}"#;
    lab.write("batch.jsonl", held);
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["hold.held[0].file", "does not hold"],
    );
}

#[cfg(unix)]
#[test]
fn an_exhibit_of_any_size_is_taken_in() {
    let lab = Lab::with_ledger();
    let file = fs::File::create(lab.path("big.bin")).unwrap();
    file.set_len(300 << 20).unwrap();
    lab.ok(&[
        "record", "document", "--title", "T", "--form", "copy", "--file", "big.bin",
    ]);
    let shown = lab.json(&["show", "1"]);
    assert_eq!(shown["exhibits"][0]["bytes"], 300 << 20);
}

#[test]
fn a_second_writer_is_turned_away_and_readers_are_not() {
    let lab = Lab::with_ledger();
    lab.write("batch.jsonl", GROUP);
    let lock = fs::File::options()
        .append(true)
        .create(true)
        .open(lab.path("case/lock"))
        .unwrap();
    lock.lock().unwrap();
    lab.refused(
        2,
        &["record", "batch", "batch.jsonl"],
        &["another program is writing", "try again"],
    );
    lab.ok(&["log"]);
    lab.ok(&["verify"]);
    drop(lock);
    lab.ok(&["record", "batch", "batch.jsonl"]);
}

#[test]
fn a_folder_that_is_no_ledger_is_said_to_be_none() {
    let lab = Lab::with_ledger();
    fs::create_dir(lab.path("empty")).unwrap();
    for command in ["log", "checkpoint", "replay", "quota"] {
        lab.fails(
            2,
            &[command, "--ledger", "empty"],
            &["empty is not a ledger", "seaproof init"],
        );
    }
    lab.fails(2, &["replay", "empty"], &["empty is not a ledger"]);
    lab.fails(
        2,
        &["retract", "1", "--reason", "r", "--ledger", "empty"],
        &["is not a ledger"],
    );
    let ran = lab.run(&["verify", "empty"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stdout.contains("[not-a-ledger]"), "{}", ran.stdout);
    assert_eq!(fs::read_dir(lab.path("empty")).unwrap().count(), 0);
}

#[test]
fn a_newer_format_is_named_as_such() {
    let lab = Lab::with_ledger();
    let segment = lab.path("case/log/00000000.seg");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[8] = 2;
    let crc = crc32c::crc32c(&bytes[..58]);
    bytes[58..62].copy_from_slice(&crc.to_le_bytes());
    fs::write(&segment, bytes).unwrap();
    lab.write("batch.jsonl", GROUP);
    for args in [
        &["log"][..],
        &["replay"],
        &["record", "batch", "batch.jsonl"],
    ] {
        lab.refused(2, args, &["version 2", "newer version of this program"]);
    }
    let ran = lab.run(&["verify"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stdout.contains("[newer-version]"), "{}", ran.stdout);
}

#[test]
fn a_restored_old_copy_is_not_written_to() {
    let lab = Lab::with_ledger();
    copy(&lab.path("case"), &lab.path("backup"));
    lab.batch(&[GROUP, SEEN]);
    fs::remove_dir_all(lab.path("case")).unwrap();
    copy(&lab.path("backup"), &lab.path("case"));
    lab.write("batch.jsonl", GROUP);
    lab.refused(
        1,
        &["record", "batch", "batch.jsonl"],
        &["the signer's memory", "older copy", "nothing was signed"],
    );
    let ran = lab.run(&["verify"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[behind-memory]"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("At least 2 entries, #1 to #2, existed when you last signed here."),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_damaged_ledger_is_refused_by_every_command_but_verify() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    lab.batch(&[SEEN]);
    common::flip(&lab.path("case/log/00000000.seg"), 700);
    lab.write(
        "batch.jsonl",
        r#"{"kind":"vessel","names":[{"latin":"X"}],"mode":"reported"}"#,
    );
    fs::remove_dir_all(lab.path("case/cache")).ok();
    for args in [
        &["log"][..],
        &["replay"],
        &["show", "seen"],
        &["record", "batch", "batch.jsonl"],
    ] {
        lab.refused(1, args, &["seaproof verify"]);
    }
    let ran = lab.run(&["verify"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("at byte"), "{}", ran.stdout);
}

#[test]
fn what_is_not_there_or_not_a_pin_is_named() {
    let lab = Lab::with_ledger();
    lab.fails(1, &["show", "nobody"], &["nobody", "seaproof log"]);
    lab.fails(1, &["show", "7"], &["#7"]);
    lab.fails(1, &["replay", "--at", "7"], &["no #7", "#0"]);
    lab.fails(
        1,
        &["author", "revoke", "Nobody"],
        &["Nobody", "author list"],
    );
    lab.write("pin.txt", "hello");
    lab.fails(
        2,
        &["verify", "--pin", "pin.txt"],
        &["pin.txt is not a checkpoint"],
    );
    lab.fails(2, &["verify", "--pin", "nowhere"], &["nowhere"]);
    assert_eq!(lab.run(&["show", "Not A Name"]).code, Some(2));
}

#[test]
fn a_ledger_that_was_cut_is_not_shown_as_if_it_were_whole() {
    let lab = Lab::with_ledger();
    let begun = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    let first = fs::read(lab.path("case/checkpoint")).unwrap();
    lab.batch(&[common::GROUP, common::SEEN]);
    let whole = fs::read(lab.path("case/log/00000000.seg")).unwrap();
    let readers = [
        &["replay"][..],
        &["quota"],
        &["vessels"],
        &["findings"],
        &["log"],
        &["show", "0"],
    ];
    for (length, says) in [
        (begun.len(), "checkpoint covers 3 entries, and 1 are here"),
        (begun.len() + 40, "not a whole entry"),
        (whole.len() - 1, "not a whole entry"),
    ] {
        lab.write("case/log/00000000.seg", &whole[..length]);
        for args in readers {
            lab.refused(1, args, &[says, "seaproof verify` says more"]);
        }
    }
    // An older checkpoint covers less, and a tail is still a tail.
    lab.write("case/checkpoint", &first);
    lab.write("case/log/00000000.seg", &whole);
    for args in readers {
        lab.ok(args);
    }
    lab.write("case/log/00000000.seg", &whole[..whole.len() - 1]);
    lab.refused(1, &["log"], &["not a whole entry"]);
    // Of a tail that may hold what a signer remembers nobody says that nothing was in it.
    let verified = lab.run(&["verify"]);
    assert_eq!(verified.code, Some(1));
    assert!(
        !verified.stdout.contains("nothing that was acknowledged")
            && verified.stdout.contains("ask a holder of all entries"),
        "{}",
        verified.stdout
    );
    fs::remove_dir_all(lab.path("state")).unwrap();
    let verified = lab.run(&["verify"]);
    assert!(
        verified.stdout.contains("the next writing command cuts"),
        "{}",
        verified.stdout
    );
}

#[test]
fn an_empty_passphrase_is_none() {
    let lab = Lab::new();
    lab.write("empty", "\n");
    lab.write("pass", "a long one\n");
    let new = ["key", "new", "--out", "k", "--passphrase-file"];
    let with = |file| new.into_iter().chain([file]).collect::<Vec<_>>();
    lab.fails(
        2,
        &with("empty"),
        &["passphrase is empty", "--no-passphrase"],
    );
    assert!(!lab.path("k").exists());
    lab.ok(&with("pass"));
    lab.fails(
        2,
        &[
            "init",
            "case",
            "--title",
            "T",
            "--key",
            "k",
            "--passphrase-file",
            "empty",
        ],
        &["the one given is empty", "SEAPROOF_PASSPHRASE"],
    );
}

#[test]
fn what_is_not_there_is_named_with_what_to_do() {
    let lab = Lab::with_ledger();
    lab.fails(
        2,
        &["verify", "nowhere"],
        &["no such folder: nowhere", "exhibits/"],
    );
    lab.fails(
        2,
        &["verify", "--pin", "nofile"],
        &["nofile", "seaproof checkpoint"],
    );
    lab.write("file", "");
    lab.fails(
        2,
        &["init", "file/x", "--title", "T"],
        &["file/x", "name another one"],
    );
    lab.fails(
        1,
        &["record", "batch", "case"],
        &["case is a folder", "file of lines"],
    );
    assert!(lab.ok(&["log", "--kind", "zzz"]).contains("kind zzz"));
    assert!(
        lab.ok(&["findings", "--rule", "zzz"])
            .contains("called zzz")
    );
    let unknown = lab.run(&["verify", "--require", "fresh,timestamped"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown
            .stdout
            .contains("Required and not known: timestamped, fresh.\nResult:"),
        "{}",
        unknown.stdout
    );
}

#[test]
fn errors_are_json_where_json_was_asked_for() {
    let lab = Lab::with_ledger();
    lab.write("noise", "no checkpoint, no policy, no certificate");
    for args in [
        &["verify", "--pin", "noise"][..],
        &["verify", "--policy", "noise"],
        &["verify", "--tsa-roots", "noise"],
        &["verify", "--ledger-key", "noise"],
        &["verify", "nowhere"],
    ] {
        let ran = lab.run(&[args, &["--json"]].concat());
        ran.failed(2, &[], &format!("{args:?}"));
        let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let error = &said["error"];
        assert_eq!(error["exit"], 2, "{said}");
        let message = error["message"].as_str().unwrap();
        assert!(ran.stderr.contains(message), "{message}: {}", ran.stderr);
        assert!(
            said["error"].as_object().unwrap().contains_key("remedy"),
            "{said}"
        );
    }
    let ran = lab.run(&["show", "nobody", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(said["error"]["exit"], ran.code.unwrap());
    // Without --json stdout stays empty.
    assert_eq!(lab.run(&["verify", "--pin", "noise"]).stdout, "");
}
