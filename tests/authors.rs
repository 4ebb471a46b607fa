//! Who may write in a ledger, what becomes of their keys, and what is said of what they signed.

#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

mod common;

#[cfg(unix)]
#[path = "authors/agent.rs"]
mod agent;
#[path = "authors/governing.rs"]
mod governing;
#[path = "authors/suspect.rs"]
mod suspect;

use common::Lab;

/// A ledger with unprotected keys of these names beside `field`, none of them admitted.
fn lab_with(names: &[&str]) -> Lab {
    let lab = Lab::with_ledger();
    for name in names {
        new_key(&lab, name);
    }
    lab
}

fn new_key(lab: &Lab, name: &str) {
    let mut comment = name.to_owned();
    comment[..1].make_ascii_uppercase();
    let args = ["key", "new", "--out", name, "--comment", &comment];
    lab.ok(&[&args[..], &["--no-passphrase"]].concat());
}

fn fingerprint(lab: &Lab, key: &str) -> String {
    let shown = lab.json(&["key", "show", &format!("{key}.pub")]);
    shown["fingerprint"].as_str().unwrap().to_owned()
}

/// Records a sighting with this key.
fn sights(lab: &Lab, key: &str) -> String {
    lab.ok(&[
        "record",
        "group",
        "--members",
        "vessels",
        "--criterion",
        "Five tankers.",
        "--key",
        key,
    ])
}
