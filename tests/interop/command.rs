//! The commands around proofs and tiles.

use super::*;
use std::fs;

#[test]
fn a_proof_is_checked_without_the_ledger() {
    let lab = lab();
    let vkey = vkey(&lab);
    let made = lab.json(&["prove", "group-7", "--disclose", "facts", "--out", "p"]);
    assert_eq!(
        (made["index"].as_u64(), made["size"].as_u64()),
        (Some(8), Some(301))
    );
    fs::remove_dir_all(lab.path("case")).unwrap();
    for command in ["check-proof", "verify"] {
        let found = lab.json(&[command, "p", "--ledger-key", &vkey]);
        assert_eq!(found["verdicts"]["intact"], "pass");
        assert_eq!(found["verdicts"]["attributable"], "pass");
        assert_eq!(found["verdicts"]["authorised"], "not checked");
        assert_eq!(found["entry"]["index"], 8);
        assert_eq!(found["entry"]["says"]["kind"], "group");
        assert_eq!(found["entry"]["source"], serde_json::Value::Null);
    }
    let required = ["check-proof", "p", "--ledger-key", &vkey, "--require"];
    let asked = |what| lab.run(&[&required[..], &[what]].concat()).code;
    assert_eq!(asked("authorised"), Some(2));
    assert_eq!(asked("disclosed"), Some(1));
    lab.fails(2, &["check-proof", "p"], &["--ledger-key"]);
    lab.fails(
        2,
        &["check-proof", "p", "--ledger-key", "x"],
        &["name+id+key"],
    );
    lab.write("notes", "nothing");
    lab.fails(
        2,
        &["check-proof", "notes", "--ledger-key", &vkey],
        &["not a proof"],
    );
    lab.write("half", "c2sp.org/tlog-proof@v1\nindex 0\n");
    let half = lab.run(&["check-proof", "half", "--ledger-key", &vkey]);
    assert_eq!(half.code, Some(1));
    assert!(half.stdout.contains("[proof-malformed]"), "{}", half.stdout);
}

#[test]
fn what_cannot_be_proven_is_refused_in_words() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    lab.fails(
        1,
        &["prove", "9", "--out", "p"],
        &["#9", "checkpoint --sign"],
    );
    lab.fails(
        1,
        &["prove", "1", "--roster", "--out", "p"],
        &["author roster"],
    );
    lab.fails(
        1,
        &["prove", "--since", "3", "--out", "p"],
        &["fewer than the 3"],
    );
    lab.fails(1, &["prove", "nobody", "--out", "p"], &["nobody"]);
    assert!(!lab.path("p").exists());
    lab.ok(&["prove", "1", "--out", "p"]);
    lab.fails(2, &["prove", "1", "--out", "p"], &["is there already"]);
    // Without a file it is printed.
    let printed = lab.ok(&["prove", "1"]);
    assert_eq!(printed, fs::read_to_string(lab.path("p")).unwrap());
    lab.ok(&["author", "roster"]);
    lab.ok(&["prove", "1", "--roster", "--out", "q"]);
    let found = lab.json(&[
        "check-proof",
        "q",
        "--ledger-key",
        &vkey(&lab),
        "--require",
        "authorised",
    ]);
    assert_eq!(found["verdicts"]["authorised"], "pass");
    assert_eq!(found["entry"]["role"], "custodian");
}

#[test]
fn a_report_of_a_fork_convicts_the_key_without_the_ledger() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP]);
    common::copy(&lab.path("case"), &lab.path("other"));
    lab.batch(&[r#"{"kind":"group","as":"six","members":"vessels","criterion":"Six."}"#]);
    lab.write("pin", lab.ok(&["checkpoint"]));
    lab.batch(&[r#"{"kind":"group","as":"eight","members":"vessels","criterion":"Eight."}"#]);
    // The same key goes on in a copy, on a machine that does not remember.
    let elsewhere = |args: &[&str]| {
        let mut command = lab.command(args);
        command
            .env("SEAPROOF_LEDGER", lab.path("other"))
            .env("SEAPROOF_STATE", lab.path("elsewhere"));
        Ran::of(command.output().unwrap())
    };
    for name in ["seven", "nine"] {
        let line =
            format!(r#"{{"kind":"group","as":"{name}","members":"vessels","criterion":"{name}"}}"#);
        lab.write("line", line);
        assert_eq!(elsewhere(&["record", "batch", "line"]).code, Some(0));
    }
    let verified = elsewhere(&["verify", "other", "--pin", "pin", "--report", "report.json"]);
    assert_eq!(verified.code, Some(1), "{}", verified.stdout);
    assert!(verified.stdout.contains("[fork]"), "{}", verified.stdout);
    let vkey = vkey(&lab);
    fs::remove_dir_all(lab.path("case")).unwrap();
    fs::remove_dir_all(lab.path("other")).unwrap();
    let ran = lab.run(&["check-proof", "report.json", "--ledger-key", &vkey]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("[fork]"), "{}", ran.stdout);
    let json = lab.run(&[
        "check-proof",
        "report.json",
        "--ledger-key",
        &vkey,
        "--json",
    ]);
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["kind"], "report");
    assert_eq!(found["problems"][0]["code"], "fork");
    // A report that was made up shows nothing.
    let text = fs::read_to_string(lab.path("report.json")).unwrap();
    let mut made_up: serde_json::Value = serde_json::from_str(&text).unwrap();
    let head = made_up["heads"].as_array_mut().unwrap();
    for head in head.iter_mut().filter(|head| head["from"] == "pin") {
        head["proof"] = serde_json::json!([]);
    }
    lab.write("made-up.json", made_up.to_string());
    let ran = lab.run(&["check-proof", "made-up.json", "--ledger-key", &vkey]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("[proof-root]") && !ran.stdout.contains("[fork]"));
}

#[test]
fn tiles_are_exported_again_and_verified() {
    let lab = lab();
    let first = lab.json(&["export", "tiles", "www"]);
    assert_eq!(
        (first["written"].as_u64(), first["kept"].as_u64()),
        (Some(5), Some(0))
    );
    let again = lab.json(&["export", "tiles", "www"]);
    assert_eq!(
        (again["written"].as_u64(), again["kept"].as_u64()),
        (Some(0), Some(5))
    );
    let found = lab.json(&["verify", "www", "--ledger-key", &vkey(&lab)]);
    assert_eq!(found["entries"], 301);
    assert_eq!(found["verdicts"]["authorised"], "withheld");
    assert_eq!(found["exit"], 0);
    assert_eq!(
        lab.run(&["verify", "www", "--require", "disclosed"]).code,
        Some(1)
    );
    lab.fails(
        2,
        &["export", "tiles", "case/www"],
        &["ledger's own folder"],
    );
    lab.write("mine/notes", "x");
    lab.fails(2, &["export", "tiles", "mine"], &["something else"]);
    // Another ledger's key.
    let other = Lab::with_ledger();
    let ran = lab.run(&["verify", "www", "--ledger-key", &super::vkey(&other)]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[wrong-ledger]"), "{}", ran.stdout);
    let ran = lab.run(&["verify", "case", "--ledger-key", &super::vkey(&other)]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("[wrong-ledger]"), "{}", ran.stdout);
}

#[test]
fn the_verifier_key_is_that_of_the_signer_or_of_the_key_that_is_named() {
    let lab = Lab::with_ledger();
    let signer = vkey(&lab);
    lab.ok(&[
        "key",
        "new",
        "--out",
        "second",
        "--comment",
        "S",
        "--no-passphrase",
    ]);
    let named = lab.ok(&["checkpoint", "--vkey", "--key", "second"]);
    assert_ne!(named.trim(), signer);
    assert_eq!(lab.json(&["checkpoint", "--vkey"])["vkey"], signer.as_str());
    assert!(signer.starts_with("seaproof/"));
}
