//! Proofs, checkpoints and the published form, judged by others: Python's `cryptography` with a script of its own, over
//! files and over a plain web server; and by the command itself.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

#[path = "../common/mod.rs"]
mod common;

mod command;

use std::process::{Child, Command, Stdio};

use common::{GROUP, Lab, Ran};

/// The script of its own.
const CHECK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interop/check.py");

/// A ledger of some hundred entries, so that there are full tiles.
fn lab() -> Lab {
    let lab = Lab::with_ledger();
    let lines: Vec<String> = (0..300)
        .map(|i| GROUP.replace("\"five\"", &format!("\"group-{i}\"")))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    lab.batch(&lines);
    lab
}

fn vkey(lab: &Lab) -> String {
    lab.ok(&["checkpoint", "--vkey"]).trim().to_owned()
}

/// Whether Python with `cryptography` is there; it must be in CI.
fn python() -> bool {
    let found = Command::new("python3")
        .args(["-c", "import cryptography"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(found || !ci, "python3 with cryptography is missing");
    if !found {
        println!("skipped: there is no python3 with the package cryptography");
    }
    found
}

fn judge(lab: &Lab, what: &str, place: &str, vkey: &str) -> Ran {
    let mut command = Command::new("python3");
    command
        .args([CHECK, what, place, vkey])
        .current_dir(lab.path(""));
    Ran::of(command.output().unwrap())
}

fn agrees(lab: &Lab, what: &str, place: &str, vkey: &str, says: &str) {
    let ran = judge(lab, what, place, vkey);
    assert_eq!(ran.code, Some(0), "{what} {place}: {}", ran.stderr);
    assert!(ran.stdout.contains(says), "{what} {place}: {}", ran.stdout);
}

/// Copies a file with one character of the text replaced.
fn with(lab: &Lab, file: &str, from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(lab.path(file)).unwrap();
    assert!(text.contains(from), "{file} holds no {from:?}");
    lab.write("changed", text.replacen(from, to, 1));
    "changed".into()
}

#[test]
fn python_agrees_about_checkpoints_and_proofs() {
    if !python() {
        return;
    }
    let lab = lab();
    let vkey = vkey(&lab);
    lab.write("note", lab.ok(&["checkpoint"]));
    agrees(&lab, "note", "note", &vkey, "size 301");
    for (index, parts) in [("0", ""), ("17", "facts"), ("300", "facts,source")] {
        let file = format!("{index}.tlog-proof");
        let mut args = vec!["prove", index, "--out", &file];
        if !parts.is_empty() {
            args.extend(["--disclose", parts]);
        }
        lab.ok(&args);
        agrees(
            &lab,
            "proof",
            &file,
            &vkey,
            &format!("index {index} size 301"),
        );
    }
    for since in ["0", "1", "64", "200", "301"] {
        let file = format!("{since}.consistency");
        lab.ok(&["prove", "--since", since, "--out", &file]);
        agrees(
            &lab,
            "consistency",
            &file,
            &vkey,
            &format!("old {since} size 301"),
        );
    }
    // Both refuse the same.
    for (what, file) in [
        ("proof", with(&lab, "17.tlog-proof", "index 17", "index 18")),
        ("proof", with(&lab, "17.tlog-proof", "\n301\n", "\n302\n")),
    ] {
        assert_eq!(judge(&lab, what, &file, &vkey).code, Some(1));
        let ours = lab.run(&["check-proof", &file, "--ledger-key", &vkey]);
        assert_eq!(ours.code, Some(1), "{}", ours.stdout);
    }
    let file = with(&lab, "200.consistency", "old 200", "old 201");
    assert_eq!(judge(&lab, "consistency", &file, &vkey).code, Some(1));
    let ours = lab.run(&["check-proof", &file, "--ledger-key", &vkey]);
    assert_eq!(ours.code, Some(1), "{}", ours.stdout);
}

/// A web server over a folder, ended with the test.
struct Server(Child, String);

impl Server {
    fn over(folder: &std::path::Path) -> Self {
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It says on which port it listens.
        let mut line = String::new();
        let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        let at = line.split("http://").nth(1).unwrap();
        let url = format!("http://{}", at.split('/').next().unwrap());
        Self(child, url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn python_reads_the_published_form_from_a_plain_web_server() {
    if !python() {
        return;
    }
    let lab = lab();
    let vkey = vkey(&lab);
    lab.ok(&["export", "tiles", "www"]);
    agrees(&lab, "tiles", "www", &vkey, "size 301 levels 2");
    let server = Server::over(&lab.path("www"));
    agrees(&lab, "tiles", &server.1, &vkey, "size 301 levels 2");
    common::flip(&lab.path("www/tile/0/000"), 40);
    assert_eq!(judge(&lab, "tiles", "www", &vkey).code, Some(1));
    assert_eq!(lab.run(&["verify", "www"]).code, Some(1));
}
