//! Timestamps from the command line, with an authority made by OpenSSL: request, answer, verdict, and between which moments
//! entries were made.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod authority;
mod common;
mod stamping;

use std::fs;

use authority::Authority;
use common::{GROUP, Lab, SEEN, flip};
use serde_json::Value;
use stamping::{Service, tst_info};

/// A ledger with three entries, and an authority whose roots lie beside it.
fn lab() -> Option<(Lab, Authority)> {
    let made = Authority::staffed("P-256")?;
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP, SEEN]);
    lab.write("ca.pem", made.read("ca.pem"));
    Some((lab, made))
}

/// Has the newest checkpoint timestamped; the answer lies in the file `name`.
fn answered(lab: &Lab, made: &Authority, name: &str) {
    let query = format!("{name}.tsq");
    lab.ok(&["timestamp", "request", "--out", &query]);
    let answer = made.answer(&fs::read(lab.path(&query)).unwrap(), "tsa", "sha256", None);
    lab.write(name, answer);
}

fn verified(lab: &Lab, more: &[&str]) -> (Option<i32>, Value) {
    let mut args = vec!["verify", "--json"];
    args.extend(more);
    let ran = lab.run(&args);
    let report = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    (ran.code, report)
}

fn codes(report: &Value) -> Vec<&str> {
    let problems = report["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect()
}

const TRUST: [&str; 2] = ["--tsa-roots", "ca.pem"];

#[test]
fn a_checkpoint_is_timestamped_by_a_real_authority() {
    let Some((lab, made)) = lab() else { return };
    let told = lab.ok(&["timestamp", "list"]);
    assert!(told.contains("No timestamps are kept here"), "{told}");
    let (code, before) = verified(&lab, &TRUST);
    assert_eq!(
        (code, &before["verdicts"]["timestamped"]),
        (Some(0), &"not checked".into())
    );

    let told = lab.ok(&["timestamp", "request"]);
    assert!(
        told.contains("head-3.tsq") && told.contains("3 entries"),
        "{told}"
    );
    // A file that is there is never touched.
    lab.fails(2, &["timestamp", "request"], &["head-3.tsq", "--out"]);
    answered(&lab, &made, "answer.tsr");

    let before = lab.snapshot("case");
    let line = lab.ok(&["timestamp", "add", "answer.tsr", "--dry-run"]);
    assert!(
        line.contains(r#""kind":"anchored""#) && line.contains(r#""size":3"#),
        "{line}"
    );
    assert_eq!(lab.snapshot("case"), before);
    let told = lab.ok(&["timestamp", "add", "answer.tsr"]);
    assert!(told.contains("the first 3 entries existed at"), "{told}");
    assert!(told.contains("Who signed it was not checked"), "{told}");
    assert!(told.contains("Recorded #3  anchored"), "{told}");

    // Without roots nobody is believed; with them all that the checkpoint covers is timestamped.
    let (code, report) = verified(&lab, &[]);
    assert_eq!(
        (code, &report["verdicts"]["timestamped"]),
        (Some(0), &"not checked".into())
    );
    assert_eq!(report["timestamps"][0]["worth"], "untrusted");
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!(
        (code, &report["verdicts"]["timestamped"]),
        (Some(0), &"pass".into()),
        "{report}"
    );
    assert_eq!(report["verdicts"]["fresh"], "not checked");
    let token = &report["timestamps"][0];
    assert_eq!(token["worth"], "trusted");
    assert_eq!(
        (&token["covers"], &token["recorded_at"]),
        (&3.into(), &3.into())
    );
    assert_eq!(
        (&token["authority"], &token["trust_root"]),
        (&"CN=tsa".into(), &"CN=ca".into())
    );
    assert_eq!(
        (&token["policy"], &token["accuracy_micros"]),
        (&"1.2.3.4.1".into(), &1_500_100.into())
    );
    assert_eq!(token["serial"], "02");
    let (code, _) = verified(&lab, &["--tsa-roots", "ca.pem", "--require", "timestamped"]);
    assert_eq!(code, Some(0));
    let (code, _) = verified(&lab, &["--require", "timestamped"]);
    assert_eq!(code, Some(2));
    let screen = lab.ok(&["verify", "--tsa-roots", "ca.pem"]);
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("In time [timestamped] yes #0 to #2 existed before"),
        "{screen}"
    );
    assert!(
        words.contains("says CN=tsa; #3 is under no timestamp"),
        "{screen}"
    );
    assert!(words.contains("#0 to #2 existed at"), "{screen}");
    // The first line names the folder, whatever its length.
    let wide = screen
        .lines()
        .skip(1)
        .find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    let screen = lab.ok(&["verify"]);
    assert!(
        screen.contains("1 timestamp here, not checked: use"),
        "{screen}"
    );
    // The variable does what the option does.
    let ran = common::Ran::of(
        lab.command(&["verify", "--require", "timestamped"])
            .env("SEAPROOF_TSA_ROOTS", lab.path("ca.pem"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);

    let list = lab.json(&["timestamp", "list", "--tsa-roots", "ca.pem"]);
    assert_eq!(
        (&list["tokens"][0]["worth"], &list["checked"]),
        (&"trusted".into(), &true.into())
    );
    let told = lab.ok(&["timestamp", "list", "--tsa-roots", "ca.pem"]);
    assert!(told.contains("over 3 entries, recorded in #3"), "{told}");
    assert!(told.contains("by CN=tsa, under the root CN=ca"), "{told}");
    assert!(told.contains("accurate to 1.5001 s"), "{told}");
    assert!(
        lab.ok(&["timestamp", "list"])
            .contains("not checked: give --tsa-roots FILE")
    );

    // The next entry moves the checkpoint on: what it covers is no longer all timestamped.
    lab.batch(&[r#"{"kind":"group","as":"six","members":"vessels","criterion":"Six."}"#]);
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!(
        (code, &report["verdicts"]["timestamped"]),
        (Some(0), &"partly".into())
    );
    let (code, _) = verified(&lab, &["--tsa-roots", "ca.pem", "--require", "timestamped"]);
    assert_eq!(code, Some(2));
}

#[test]
fn a_token_is_kept_without_a_key_and_without_an_entry() {
    let Some((lab, made)) = lab() else { return };
    answered(&lab, &made, "answer.tsr");
    fs::remove_file(lab.path("field")).unwrap();
    let told = lab.ok(&[
        "timestamp",
        "add",
        "answer.tsr",
        "--no-entry",
        "--tsa-roots",
        "ca.pem",
    ]);
    assert!(
        told.contains("It is signed by CN=tsa, under the root CN=ca"),
        "{told}"
    );
    assert_eq!(lab.json(&["timestamp", "list"])["entries"], 3);
    let kept = lab.snapshot("case");
    // Once is enough.
    lab.ok(&["timestamp", "add", "answer.tsr", "--no-entry"]);
    assert_eq!(lab.snapshot("case"), kept);
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!(
        (code, &report["verdicts"]["timestamped"]),
        (Some(0), &"pass".into())
    );
    let screen = lab.ok(&["verify", "--tsa-roots", "ca.pem"]);
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("It existed at 20"), "{screen}");
}

#[test]
fn only_tokens_over_heads_of_this_ledger_are_kept() {
    let Some((lab, made)) = lab() else { return };
    let add = |file: &str, says: &[&str]| {
        let mut says = says.to_vec();
        says.push("Nothing was kept or recorded");
        lab.refused(1, &["timestamp", "add", file], &says);
    };
    made.write("message", "something else");
    made.openssl(&[
        "ts",
        "-query",
        "-data",
        "message",
        "-sha256",
        "-cert",
        "-out",
        "other.tsq",
    ]);
    lab.write(
        "other.tsr",
        made.answer(&made.read("other.tsq"), "tsa", "sha256", None),
    );
    add("other.tsr", &["over no head of this ledger"]);
    made.openssl(&[
        "ts", "-query", "-data", "message", "-sha1", "-cert", "-out", "weak.tsq",
    ]);
    lab.write(
        "weak.tsr",
        made.answer(&made.read("weak.tsq"), "tsa", "sha256", None),
    );
    add("weak.tsr", &["the service refused", "not supported"]);
    lab.write("prose.tsr", "These are no bytes of a token.");
    add("prose.tsr", &[]);
    lab.write("long.tsr", vec![0x30; 70_000]);
    add("long.tsr", &["65536 bytes"]);
    lab.refused(2, &["timestamp", "add", "missing.tsr"], &["missing.tsr"]);
    answered(&lab, &made, "answer.tsr");
    let mut wrong = fs::read(lab.path("answer.tsr")).unwrap();
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    lab.write("wrong.tsr", &wrong);
    add("wrong.tsr", &["proves nothing", "signature"]);
    // Roots that do not bear it out.
    lab.write("others.pem", Service::new().roots());
    lab.refused(
        1,
        &[
            "timestamp",
            "add",
            "answer.tsr",
            "--tsa-roots",
            "others.pem",
        ],
        &["not trusted under the roots that you gave"],
    );
    lab.write("none.pem", "no certificates");
    lab.refused(
        2,
        &["timestamp", "add", "answer.tsr", "--tsa-roots", "none.pem"],
        &["none.pem", "-----BEGIN CERTIFICATE-----"],
    );
    lab.fails(
        2,
        &["verify", "--tsa-roots", "missing.pem"],
        &["missing.pem"],
    );
    // One over a head that is no longer the newest is found all the same.
    lab.batch(&[r#"{"kind":"group","as":"six","members":"vessels","criterion":"Six."}"#]);
    let told = lab.ok(&["timestamp", "add", "answer.tsr", "--no-entry"]);
    assert!(told.contains("the first 3 entries existed at"), "{told}");
}

#[test]
fn what_is_wrong_with_a_kept_token_is_told() {
    let Some((lab, made)) = lab() else { return };
    answered(&lab, &made, "answer.tsr");
    lab.ok(&["timestamp", "add", "answer.tsr", "--no-entry"]);
    let name = fs::read_dir(lab.path("case/anchors"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .file_name();
    let name = name.into_string().unwrap();
    let kept = lab.path("case/anchors").join(&name);
    // Nobody whom the caller trusts.
    lab.write("others.pem", Service::new().roots());
    let (code, report) = verified(&lab, &["--tsa-roots", "others.pem"]);
    assert_eq!(
        (code, codes(&report)),
        (Some(1), vec!["timestamp-untrusted"])
    );
    let ran = lab.run(&["verify", "--tsa-roots", "others.pem"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("[timestamp-untrusted]"),
        "{}",
        ran.stdout
    );
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("1 timestamp here, by nobody whom you trust"),
        "{words}"
    );
    // Under the name of another size it is over something else.
    let digest = name.split_once('-').unwrap().1;
    fs::rename(&kept, lab.path("case/anchors").join(format!("2-{digest}"))).unwrap();
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!((code, codes(&report)), (Some(1), vec!["timestamp-other"]));
    // Beyond the log nothing can be said of it.
    fs::rename(
        lab.path("case/anchors").join(format!("2-{digest}")),
        lab.path("case/anchors").join(format!("9-{digest}")),
    )
    .unwrap();
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!(
        (code, &report["timestamps"][0]["worth"]),
        (Some(0), &"beyond".into())
    );
    let screen = lab.ok(&["verify", "--tsa-roots", "ca.pem"]);
    assert!(screen.contains("which are not all here"), "{screen}");
    // A changed byte is not what its name says.
    fs::rename(lab.path("case/anchors").join(format!("9-{digest}")), &kept).unwrap();
    flip(&kept, 40);
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!((code, codes(&report)), (Some(1), vec!["anchor-digest"]));
    let list = lab.json(&["timestamp", "list"]);
    assert!(
        list["unreadable"][0].as_str().unwrap().contains(&name),
        "{list}"
    );
}

#[test]
fn every_entry_has_its_bounds() {
    let Some((lab, made)) = lab() else { return };
    answered(&lab, &made, "first.tsr");
    lab.ok(&["timestamp", "add", "first.tsr"]);
    lab.batch(&[
        r#"{"kind":"group","as":"six","members":"vessels","criterion":"Six."}"#,
        r#"{"kind":"group","as":"seven","members":"vessels","criterion":"Seven."}"#,
    ]);
    answered(&lab, &made, "second.tsr");
    lab.ok(&["timestamp", "add", "second.tsr", "--no-entry"]);
    let time = |entry: &str| lab.json(&["show", entry, "--tsa-roots", "ca.pem"])["time"].clone();
    let token = |bound: &Value| {
        bound["token"]
            .as_str()
            .map(|t| t.split('-').next().unwrap().to_owned())
    };
    let bounds = |entry: &str| {
        let time = time(entry);
        assert_eq!(time["checked"], true);
        (token(&time["after"]), token(&time["before"]))
    };
    let (three, six) = (Some("3".to_owned()), Some("6".to_owned()));
    assert_eq!(bounds("0"), (None, three.clone()));
    assert_eq!(bounds("seen"), (None, three.clone()));
    // The entry that names the token, and those whose author had seen it.
    assert_eq!(bounds("3"), (three.clone(), six.clone()));
    assert_eq!(bounds("six"), (three.clone(), six.clone()));
    assert_eq!(bounds("seven"), (three, six));
    let told = lab.ok(&["show", "six", "--tsa-roots", "ca.pem"]);
    assert!(
        told.contains("Made after  20") && told.contains("Made before 20"),
        "{told}"
    );
    assert!(
        told.contains("says the token 3-") && told.contains("by CN=tsa"),
        "{told}"
    );
    let told = lab.ok(&["show", "six"]);
    assert!(
        told.contains("the tokens here were not checked: give --tsa-roots FILE"),
        "{told}"
    );
    assert_eq!(lab.json(&["show", "six"])["time"]["checked"], false);
    // The clocks of this test agree with those of the authority.
    assert_eq!(time("six")["contradicts_recorded_at"], Value::Null);
}

#[test]
fn a_clock_that_a_token_contradicts_is_told_and_is_no_problem() {
    let lab = Lab::with_ledger();
    lab.batch(&[GROUP, SEEN]);
    let service = Service::new();
    lab.write("ca.pem", service.roots());
    let head = lab.json(&["checkpoint"]);
    let note = head["note"].as_str().unwrap();
    let text: String = note.split_inclusive('\n').take(3).collect();
    // The service says that it was made before the computer's clock has it.
    lab.write(
        "early.tsr",
        service.stamp(text.as_bytes(), "20210101000000Z"),
    );
    lab.ok(&[
        "timestamp",
        "add",
        "early.tsr",
        "--no-entry",
        "--tsa-roots",
        "ca.pem",
    ]);
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!((code, codes(&report)), (Some(0), vec![]));
    assert_eq!(report["contradicted_clocks"]["count"], 1);
    assert_eq!(report["contradicted_clocks"]["listed"][0]["came"], "before");
    let screen = lab.ok(&["verify", "--tsa-roots", "ca.pem"]);
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("by its author's own clock, but the token 3-"),
        "{screen}"
    );
    assert!(
        words.contains("says that it existed before 2021-01-01T00:00:01.5Z"),
        "{screen}"
    );
    let told = lab.ok(&["show", "seen", "--tsa-roots", "ca.pem"]);
    assert!(
        told.contains("existed before 2021-01-01T00:00:01.5Z"),
        "{told}"
    );
    // One whose maker had seen a token from a time to come.
    let content = tst_info(text.as_bytes(), "20481231235959Z");
    lab.write("late.tsr", stamping::response(&service.signed(&content)));
    lab.ok(&["timestamp", "add", "late.tsr", "--tsa-roots", "ca.pem"]);
    let (code, report) = verified(&lab, &TRUST);
    assert_eq!((code, codes(&report)), (Some(0), vec![]));
    assert_eq!(report["contradicted_clocks"]["listed"][0]["came"], "after");
    assert_eq!(report["contradicted_clocks"]["listed"][0]["entry"], 3);
}

#[test]
fn findings_say_between_which_moments_their_entries_were_made() {
    let service = Service::new();
    let lab = Lab::new();
    lab.ok(&["demo", "demo"]);
    let ledger = lab.path("demo/ledger");
    let ledger = ledger.to_str().unwrap();
    lab.write("ca.pem", service.roots());
    let head = lab.json(&["checkpoint", "--ledger", ledger]);
    let text: String = head["note"]
        .as_str()
        .unwrap()
        .split_inclusive('\n')
        .take(3)
        .collect();
    lab.write("a.tsr", service.stamp(text.as_bytes(), "20480101000000Z"));
    lab.ok(&[
        "timestamp",
        "add",
        "a.tsr",
        "--no-entry",
        "--ledger",
        ledger,
    ]);
    let plain = lab.run(&["findings", "--ledger", ledger]);
    assert!(
        plain
            .stderr
            .contains("1 timestamp is kept here, not checked"),
        "{}",
        plain.stderr
    );
    let told = lab.ok(&["findings", "--ledger", ledger, "--tsa-roots", "ca.pem"]);
    assert!(
        told.contains("made before 2048-01-01T00:00:01.5Z"),
        "{told}"
    );
    let found = lab.json(&["findings", "--ledger", ledger, "--tsa-roots", "ca.pem"]);
    let first = &found["findings"][0];
    let entries = first["entries"].as_array().unwrap();
    let times = first["times"].as_array().unwrap();
    assert_eq!(entries.len(), times.len());
    assert_eq!(times[0]["before"]["time"], "2048-01-01T00:00:01.5Z");
    assert_eq!(times[0]["entry"], entries[0]);
    assert_eq!(found["timestamps"]["checked"], true);
    let without = lab.json(&["findings", "--ledger", ledger]);
    assert_eq!(without["findings"][0]["times"], Value::Null);
    assert_eq!(without["timestamps"]["kept"], 1);
}
