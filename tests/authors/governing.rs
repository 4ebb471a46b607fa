//! Admitting, accepting, rotating, revoking, summing up, closing.

use serde_json::{Value, json};

use crate::common::{GROUP, Lab, SEEN};
use crate::{fingerprint, lab_with, new_key, sights};

fn authors(lab: &Lab) -> Vec<Value> {
    let listed = lab.json(&["author", "list"]);
    listed["authors"].as_array().unwrap().clone()
}

fn author(lab: &Lab, key: &str) -> Value {
    let print = fingerprint(lab, key);
    let mut found = authors(lab).into_iter();
    found.find(|a| a["fingerprint"] == print.as_str()).unwrap()
}

fn assert_authorised(lab: &Lab) {
    let report = lab.json(&["verify"]);
    assert_eq!(report["problems"], json!([]));
    assert_eq!(report["verdicts"]["authorised"], "pass");
}

#[test]
fn a_keys_first_entry_is_its_acceptance() {
    let lab = lab_with(&["desk"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    let desk = author(&lab, "desk");
    assert_eq!(
        (&desk["accepted_at"], &desk["entries"]),
        (&json!(null), &json!(0))
    );
    assert!(lab.ok(&["author", "list"]).contains("not accepted yet"));
    sights(&lab, "desk");
    let desk = author(&lab, "desk");
    assert_eq!(
        (&desk["accepted_at"], &desk["entries"]),
        (&json!(2), &json!(1))
    );
    assert!(!lab.ok(&["author", "list"]).contains("not accepted yet"));
    // Its statement names the entry that admitted it.
    let (admission, first) = (lab.json(&["show", "1"]), lab.json(&["show", "2"]));
    assert_eq!(first["prev"], admission["id"]);
}

#[test]
fn an_investigators_key_is_rotated_by_a_custodian_in_one_commit() {
    let lab = lab_with(&["desk", "desk-2"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    sights(&lab, "desk");
    let rotate = ["author", "rotate", "desk-2.pub", "--of", "Desk"];
    let by_desk = [&rotate[..], &["--key", "desk"]].concat();
    lab.refused(1, &by_desk, &["investigator", "nothing was recorded"]);
    let before = lab.snapshot("case");
    let shown = lab.ok(&[&rotate[..], &["--dry-run"]].concat());
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown[0]["role"], "investigator");
    assert_eq!(shown[0]["name"], "Desk");
    assert_eq!(shown[1]["reason"], "replaced");
    assert_eq!(lab.snapshot("case"), before);
    let recorded = lab.ok(&rotate);
    assert!(recorded.contains("one commit, #3 to #4"), "{recorded}");
    let (old, new) = (author(&lab, "desk"), author(&lab, "desk-2"));
    assert_eq!(
        (&old["revoked_at"], &old["suspect_from"]),
        (&json!(4), &json!(null))
    );
    assert_eq!(
        (&new["admitted_at"], &new["role"]),
        (&json!(3), &json!("investigator"))
    );
    // The name is handed on, and means the key in force.
    assert_eq!(
        (&old["name"], &new["name"]),
        (&json!("Desk"), &json!("Desk"))
    );
    let record = |key| {
        [
            "record",
            "group",
            "--members",
            "vessels",
            "--criterion",
            "Six.",
            "--key",
            key,
        ]
    };
    lab.refused(1, &record("desk"), &["revoked at #4"]);
    lab.ok(&record("desk-2"));
    assert_authorised(&lab);
    // Whoever leaves out a person leaves out every key of theirs.
    let without = lab.json(&["replay", "--without", "author:Desk"]);
    assert_eq!(without["groups"], json!([]));
    assert_eq!(lab.json(&["replay"])["groups"].as_array().unwrap().len(), 2);
    // Once more, and then the name alone is revoked: the newest.
    new_key(&lab, "desk-3");
    lab.ok(&[
        "author",
        "rotate",
        "desk-3.pub",
        "--of",
        "Desk",
        "--reason",
        "lost",
    ]);
    lab.ok(&["author", "revoke", "Desk", "--reason", "left"]);
    assert_eq!(author(&lab, "desk-3")["in_force"], false);
    lab.refused(
        1,
        &["author", "revoke", "Desk"],
        &["3 authors are", "fingerprint"],
    );
    assert_authorised(&lab);
}

#[test]
fn a_custodian_rotates_their_own_key_and_is_never_missed() {
    let lab = lab_with(&["field-2"]);
    lab.batch(&[GROUP]);
    let ran = lab.run(&["author", "rotate", "field-2.pub"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("checkpoint --sign"), "{}", ran.stderr);
    let report = lab.json(&["verify"]);
    assert_eq!(report["problems"], json!([]));
    assert_eq!(report["not_yet_covered"], 2);
    lab.refused(1, &["checkpoint", "--sign"], &["custodian"]);
    lab.ok(&["checkpoint", "--sign", "--key", "field-2"]);
    assert_eq!(lab.json(&["verify"])["not_yet_covered"], 0);
    lab.ok(&["author", "roster", "--key", "field-2"]);
    assert_authorised(&lab);
    assert_eq!(author(&lab, "field-2")["role"], "custodian");
    assert_eq!(author(&lab, "field")["revoked_at"], 3);
}

#[test]
fn what_cannot_be_rotated() {
    let lab = lab_with(&["desk", "third"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    let cases: [(&[&str], &[&str]); 5] = [
        (&["desk.pub"], &["admitted before, at #1"]),
        (&["field.pub"], &["admitted before, at #0"]),
        (&["third.pub", "--of", "Nobody"], &["no author", "Nobody"]),
        (
            &["third.pub", "--of", "Desk", "--name", "Field"],
            &["\"Field\" is that of"],
        ),
        (
            &["third.pub", "--of", "Desk", "--suspect-from", "99"],
            &["lies above the revocation"],
        ),
    ];
    for (args, says) in cases {
        let args = [&["author", "rotate"], args].concat();
        lab.refused(1, &args, says);
    }
    lab.ok(&["author", "revoke", "Desk"]);
    lab.refused(
        1,
        &["author", "rotate", "third.pub", "--of", "Desk"],
        &["revoked at #2"],
    );
    lab.refused(2, &["author", "rotate", "nowhere.pub"], &["nowhere.pub"]);
}

#[test]
fn any_key_revokes_itself() {
    let lab = lab_with(&["desk", "watch", "second"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    lab.ok(&["author", "admit", "watch.pub", "--role", "witness"]);
    lab.ok(&["author", "admit", "second.pub", "--role", "custodian"]);
    for (key, name, other) in [("desk", "Desk", "Watch"), ("watch", "Watch", "Field")] {
        let another = ["author", "revoke", other, "--key", key];
        lab.refused(1, &another, &["governance"]);
        lab.ok(&[
            "author",
            "revoke",
            name,
            "--key",
            key,
            "--reason",
            "compromised",
        ]);
        lab.refused(
            1,
            &["author", "revoke", name, "--key", key],
            &["revoked at"],
        );
    }
    lab.ok(&["author", "revoke", "Second", "--key", "second"]);
    // The last custodian only if that is said.
    lab.refused(
        1,
        &["author", "revoke", "Field"],
        &["last custodian", "--last-custodian"],
    );
    lab.ok(&["author", "revoke", "Field", "--last-custodian"]);
    let report = lab.json(&["verify"]);
    assert_eq!(report["problems"], json!([]));
    assert!(authors(&lab).iter().all(|a| a["in_force"] == false));
}

#[test]
fn a_second_custodian_from_the_beginning() {
    let lab = Lab::new();
    for name in ["field", "desk"] {
        new_key(&lab, name);
    }
    let begin = [
        "init", "case", "--title", "A case", "--name", "Field", "--key", "field",
    ];
    let begun = lab.run(&[&begin[..], &["--custodian", "desk.pub"]].concat());
    assert_eq!(begun.code, Some(0), "{}", begun.stderr);
    assert!(!begun.stderr.contains("only custodian"), "{}", begun.stderr);
    // What the first can do, the second can: govern, record, sign checkpoints, let the first go.
    new_key(&lab, "third");
    lab.ok(&["author", "admit", "third.pub", "--key", "desk"]);
    lab.ok(&[
        "author", "revoke", "Field", "--key", "desk", "--reason", "lost",
    ]);
    sights(&lab, "desk");
    let report = lab.json(&["verify"]);
    assert_eq!(
        (&report["problems"], &report["not_yet_covered"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(report["entries"], 5);
}

#[test]
fn a_roster_says_what_the_entries_below_it_say() {
    let lab = lab_with(&["desk", "watch"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    lab.ok(&["author", "admit", "watch.pub", "--role", "witness"]);
    sights(&lab, "desk");
    lab.ok(&["author", "revoke", "Desk", "--suspect-from", "3"]);
    lab.refused(
        1,
        &["author", "roster", "--key", "watch"],
        &["witness", "nothing was recorded"],
    );
    let before = lab.snapshot("case");
    let shown: Value = serde_json::from_str(&lab.ok(&["author", "roster", "--dry-run"])).unwrap();
    assert_eq!(lab.snapshot("case"), before);
    assert_eq!(lab.ok(&["author", "roster"]), "Recorded #5  roster\n");
    let event = &lab.json(&["show", "5"])["event"];
    assert_eq!(event, &shown);
    let keys = event["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 3);
    let desk = fingerprint(&lab, "desk");
    let desk = keys.iter().find(|k| k["key"] == desk.as_str()).unwrap();
    assert_eq!(desk["role"], "investigator");
    assert_eq!(
        (
            &desk["admitted_at"],
            &desk["revoked_at"],
            &desk["suspect_from"]
        ),
        (&json!(1), &json!(4), &json!(3))
    );
    assert_authorised(&lab);
    // It is the ledger's own business: no answer changes with it.
    assert_eq!(
        lab.json(&["replay"])["unknown"],
        lab.json(&["replay", "--at", "4"])["unknown"]
    );
}

#[test]
fn a_closed_ledger_stays_closed() {
    let lab = lab_with(&["desk"]);
    lab.ok(&["author", "admit", "desk.pub"]);
    lab.batch(&[GROUP]);
    lab.refused(2, &["close"], &["no terminal", "--for-ever"]);
    lab.refused(
        1,
        &["close", "--for-ever", "--key", "desk"],
        &["investigator"],
    );
    let before = lab.snapshot("case");
    let shown = lab.ok(&["close", "--reason", "done", "--dry-run"]);
    assert_eq!(
        serde_json::from_str::<Value>(&shown).unwrap()["kind"],
        "closed"
    );
    assert_eq!(lab.snapshot("case"), before);
    assert_eq!(
        lab.ok(&["close", "--reason", "done", "--for-ever"]),
        "Recorded #3  closed\n"
    );
    let shown = lab.json(&["show", "3"]);
    assert_eq!(shown["source"]["reason"], "done");
    lab.write("seen.jsonl", SEEN);
    for args in [
        &["record", "batch", "seen.jsonl"][..],
        &["record", "batch", "seen.jsonl", "--key", "desk"],
        &["retract", "five", "--reason", "x"],
        &["author", "revoke", "Desk"],
        &["author", "revoke", "Desk", "--key", "desk"],
        &["author", "roster"],
        &["close", "--for-ever"],
    ] {
        lab.refused(1, args, &["closed at #3"]);
    }
    assert!(lab.ok(&["author", "list"]).contains("closed at #3"));
    let report = lab.json(&["verify"]);
    assert_eq!(
        (&report["problems"], &report["not_yet_covered"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(report["verdicts"]["fresh"], "pass");
    // A checkpoint is no entry.
    lab.ok(&["checkpoint", "--sign"]);
}

#[test]
fn governance_in_a_batch_observes_all_that_lies_below_it() {
    let lab = Lab::with_ledger();
    lab.batch(&[
        GROUP,
        SEEN,
        r#"{"kind":"rule-set","rules":[{"rule":"cap-share","version":1}]}"#,
        r#"{"kind":"retracted","targets":["seen"],"reason":"a slip"}"#,
    ]);
    let observed: Vec<Value> = (1..5)
        .map(|n: u64| lab.json(&["show", &n.to_string()])["observed"]["size"].clone())
        .collect();
    assert_eq!(observed, [json!(1), json!(1), json!(3), json!(3)]);
    assert_authorised(&lab);
}
