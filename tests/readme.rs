//! The output that the README and the page on the command show is the output that there is.
//!
//! Of each page, every `console` block is run in one folder, in order, by `sh`. Digests, keys and times differ from run to run
//! and are compared by their form; a line `...` stands for any lines.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::{Command, Stdio};

const README: &str = include_str!("../README.md");
const COMMANDS: &str = include_str!("../docs/CLI.md");

struct Step {
    command: String,
    shown: Vec<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match line.strip_prefix("$ ") {
                Some(command) => steps.push(Step {
                    command: command.to_owned(),
                    shown: Vec::new(),
                }),
                None => steps
                    .last_mut()
                    .expect("a block begins with a command")
                    .shown
                    .push(form(line)),
            },
            (false, _) => {}
        }
    }
    steps
}

/// A line with what differs from run to run replaced by what it is.
fn form(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in line.trim_end().split(' ') {
        let plain = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let hex = plain.len() >= 8 && plain.bytes().all(|b| b.is_ascii_hexdigit());
        let time = plain.len() >= 20 && plain.as_bytes()[10] == b'T' && plain.ends_with('Z');
        words.push(match () {
            () if word.starts_with("SHA256:") => "<fingerprint>".into(),
            () if hex => "<digest>".into(),
            () if time => "<time>".into(),
            () => word.into(),
        });
    }
    words.join(" ")
}

/// Whether the lines are those shown, where `...` stands for any.
fn fits(shown: &[String], lines: &[String]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((line, rest)) if line == "..." => (0..=lines.len()).any(|n| fits(rest, &lines[n..])),
        Some((line, rest)) => lines.first() == Some(line) && fits(rest, &lines[1..]),
    }
}

fn have(tool: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .output()
        .is_ok_and(|output| output.status.success());
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(found || !ci, "{tool} is missing");
    found
}

#[test]
#[cfg(unix)]
fn the_readme_shows_what_happens() {
    follow(README);
}

#[test]
#[cfg(unix)]
fn the_page_on_the_command_shows_what_happens() {
    follow(COMMANDS);
}

/// Runs a page's blocks and compares what they print.
fn follow(page: &str) {
    if !have("ssh-keygen") {
        println!("skipped: there is no ssh-keygen");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let binary = Path::new(env!("CARGO_BIN_EXE_seaproof"));
    let path = format!(
        "{}:{}",
        binary.parent().expect("a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut exports = String::new();
    let steps = steps(page);
    assert!(steps.len() > 10);
    for Step { command, shown } in &steps {
        if command.starts_with("export ") {
            exports = format!("{command};");
            continue;
        }
        let output = Command::new("sh")
            .args(["-c", &format!("{exports} {command}")])
            .current_dir(folder.path())
            // Without a terminal nothing is asked.
            .stdin(Stdio::null())
            .env("PATH", &path)
            .env("SEAPROOF_STATE", folder.path().join("state"))
            .env_remove("SSH_AUTH_SOCK")
            .env_remove("SEAPROOF_LEDGER")
            .env_remove("SEAPROOF_KEY")
            .output()
            .expect("sh");
        let text = String::from_utf8_lossy(&output.stdout);
        let lines: Vec<String> = text.lines().map(form).collect();
        assert!(
            fits(shown, &lines),
            "$ {command}\n{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
