//! Witnesses: machines that cosign heads of a ledger, and what that shows to somebody who has only a copy.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

#[path = "witness/files.rs"]
mod files;
#[path = "witness/serving.rs"]
mod serving;

use std::fs;
use std::process::Command;

use common::{GROUP, Lab, Ran, copy};

const NAME: &str = "w.example/one";

/// A ledger with an unprotected key `witness` that has nothing to do with it.
fn lab() -> Lab {
    let lab = Lab::with_ledger();
    new_key(&lab, "witness");
    lab
}

fn new_key(lab: &Lab, name: &str) {
    lab.ok(&[
        "key",
        "new",
        "--out",
        name,
        "--comment",
        name,
        "--no-passphrase",
    ]);
}

/// The ledger's key as others know it.
fn ledger_key(lab: &Lab) -> String {
    lab.ok(&["checkpoint", "--vkey"]).trim().to_owned()
}

/// The witness's key as policies write it.
fn witness_key(lab: &Lab, key: &str, name: &str) -> String {
    let args = ["cosign", "--vkey", "--key", key, "--name", name];
    lab.ok(&args).trim().to_owned()
}

/// The command on another machine: with a state folder of its own, and no ledger or key at hand.
fn elsewhere(lab: &Lab, machine: &str, args: &[&str]) -> Ran {
    let mut command = lab.command(args);
    command
        .env("SEAPROOF_STATE", lab.path(machine))
        .env_remove("SEAPROOF_LEDGER")
        .env_remove("SEAPROOF_KEY");
    Ran::of(command.output().unwrap())
}

/// Writes the ledger's newest checkpoint to a file.
fn checkpoint(lab: &Lab, file: &str) -> String {
    let text = lab.ok(&["checkpoint"]);
    lab.write(file, &text);
    text
}

/// Records one entry.
fn record(lab: &Lab) {
    lab.batch(&[&GROUP.replace(r#""as":"five","#, "")]);
}

/// A policy of one witness.
fn policy(lab: &Lab, vkey: &str) {
    lab.write("policy", format!("witness one {vkey}\nquorum one\n"));
}

/// What `verify` answers about freshness, and in which words.
fn fresh(lab: &Lab, args: &[&str]) -> (String, String) {
    let args = [&["verify"], args].concat();
    let json = [&args[..], &["--json"]].concat();
    let json: serde_json::Value = serde_json::from_str(&lab.run(&json).stdout).unwrap();
    let screen = lab.run(&args).stdout;
    let words = screen.split("[fresh]").nth(1).unwrap();
    let words = words.split("Re-derived").next().unwrap();
    let words: Vec<&str> = words.split_whitespace().collect();
    (
        json["verdicts"]["fresh"].as_str().unwrap().to_owned(),
        words.join(" "),
    )
}

fn has_python_cryptography() -> bool {
    let found = Command::new("python3")
        .args(["-c", "import cryptography"])
        .output()
        .is_ok_and(|output| output.status.success());
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(found || !ci, "python3 with cryptography is missing");
    found
}

/// A copy of the ledger in which its custodian signed another history from here on.
fn forked_copy(lab: &Lab) {
    copy(&lab.path("case"), &lab.path("fork"));
    let line = GROUP.replace(r#""as":"five","#, "").replace("Five", "Six");
    lab.write("fork.jsonl", line);
    let field = lab.path("field");
    for _ in 0..2 {
        let args = [
            "record",
            "batch",
            "fork.jsonl",
            "--ledger",
            "fork",
            "--key",
            field.to_str().unwrap(),
        ];
        let ran = elsewhere(lab, "forging", &args);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
}

/// What a file in `case/anchors` is called; there must be one.
fn anchor(lab: &Lab) -> std::path::PathBuf {
    let mut found = fs::read_dir(lab.path("case/anchors")).unwrap();
    let path = found.next().unwrap().unwrap().path();
    assert!(found.next().is_none());
    path
}
