//! Cosigning from file to file, and what `verify` makes of it.

use std::fs;
use std::process::Command;

use super::common::{Ran, copy};
use super::*;

const COSIGNER: [&str; 4] = ["--key", "witness", "--name", NAME];

fn cosigns(lab: &Lab, machine: &str, args: &[&str]) -> Ran {
    elsewhere(lab, machine, &[&["cosign"], args, &COSIGNER].concat())
}

fn ok(ran: Ran) -> String {
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

#[test]
fn another_machine_cosigns_and_a_reader_knows_that_the_copy_is_fresh() {
    let lab = lab();
    let (ledger, witness) = (ledger_key(&lab), witness_key(&lab, "witness", NAME));
    policy(&lab, &witness);
    let with_policy = ["--policy", "policy", "--fresh-since", "1d"];
    checkpoint(&lab, "c1");
    let (answer, words) = fresh(&lab, &[]);
    assert_eq!(answer, "not checked");
    assert_eq!(
        words,
        "not known nothing from outside was given. Entries after #0 may exist and be missing here: use --pin, --policy or --tsa-roots"
    );
    let (answer, words) = fresh(&lab, &with_policy);
    assert_eq!(answer, "not checked");
    assert_eq!(
        words,
        "not known no head here is cosigned by enough witnesses of your policy. Entries after #0 may exist and be missing here"
    );

    // The other machine has the checkpoint and nothing else.
    cosigns(&lab, "other", &["c1"]).failed(2, &["--ledger-key"], "no key");
    ok(cosigns(
        &lab,
        "other",
        &["c1", "--ledger-key", &ledger, "--out", "s1"],
    ));
    cosigns(
        &lab,
        "other",
        &["c1", "--ledger-key", &ledger, "--out", "s1"],
    )
    .failed(2, &["there already", "Nothing was cosigned"], "over a file");
    let kept = lab.ok(&["anchors", "add", "s1"]);
    assert!(
        kept.contains("Kept the head of 1 entry, cosigned by w.example/one at "),
        "{kept}"
    );
    assert_eq!(lab.ok(&["anchors", "add", "s1"]), kept);
    let name = anchor(&lab)
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(name.starts_with("1-") && name.ends_with(".note"), "{name}");
    let listed = lab.json(&["anchors", "list"]);
    assert_eq!(listed["anchors"][0]["by"][0]["name"], NAME);
    assert_eq!(listed["anchors"][0]["size"], 1);
    let (answer, words) = fresh(&lab, &with_policy);
    assert_eq!(answer, "pass");
    assert!(
        words.starts_with("yes what your witnesses cosigned at ")
            && words.ends_with(" is the head of this log"),
        "{words}"
    );
    let required = [&["verify", "--require", "fresh"], &with_policy[..]].concat();
    assert_eq!(lab.run(&required).code, Some(0));

    // What is recorded later follows it, and the witness wants to see that it does.
    record(&lab);
    let (answer, words) = fresh(&lab, &with_policy);
    assert_eq!(answer, "pass");
    assert!(
        words.ends_with("is a head of this log, and 1 entry follows after it. Entries after #1 may exist and be missing here"),
        "{words}"
    );
    checkpoint(&lab, "c2");
    cosigns(&lab, "other", &["c2", "--ledger-key", &ledger]).failed(
        2,
        &["cosigned 1 entries", "prove --since 1"],
        "without a proof",
    );
    lab.ok(&["prove", "--since", "1", "--out", "proof"]);
    let text = ok(cosigns(
        &lab,
        "other",
        &["c2", "--ledger-key", &ledger, "--proof", "proof"],
    ));
    assert!(
        text.starts_with(&fs::read_to_string(lab.path("c2")).unwrap()),
        "{text}"
    );
    // Once cosigned, it is cosigned again; what came before is not.
    ok(cosigns(&lab, "other", &["c2", "--ledger-key", &ledger]));
    cosigns(&lab, "other", &["c1", "--ledger-key", &ledger]).failed(
        2,
        &["cosigned 2 entries", "Ask the custodian"],
        "rolled back",
    );
    cosigns(
        &lab,
        "other",
        &["c2", "--ledger-key", &ledger, "--proof", "proof"],
    )
    .failed(
        1,
        &["last cosigned 2 entries", "Nothing was cosigned"],
        "an old proof",
    );
}

#[test]
fn how_old_a_cosignature_may_be_is_the_readers_to_say() {
    let lab = lab();
    policy(&lab, &witness_key(&lab, "witness", NAME));
    lab.ok(&[&["cosign", "--out", "s1"], &COSIGNER[..]].concat());
    lab.ok(&["anchors", "add", "s1"]);
    let (answer, words) = fresh(&lab, &["--policy", "policy"]);
    assert_eq!(answer, "not checked");
    assert!(
        words.contains("Say with --fresh-since how old that may be"),
        "{words}"
    );
    let (answer, words) = fresh(&lab, &["--policy", "policy", "--fresh-since", "2999-01-01"]);
    assert_eq!(answer, "not checked");
    assert!(
        words.contains(", before 2999-01-01T00:00:00Z. Entries after #0 may exist"),
        "{words}"
    );
    for since in ["2024-01-01", "2024-01-01T00:00:00Z", "52w", "1h"] {
        let (answer, _) = fresh(&lab, &["--policy", "policy", "--fresh-since", since]);
        assert_eq!(answer, "pass", "{since}");
    }
    // Required and not known is no pass and no fail.
    let required = ["verify", "--require", "fresh", "--policy", "policy"];
    assert_eq!(lab.run(&required).code, Some(2));
    lab.fails(
        2,
        &["verify", "--policy", "policy", "--fresh-since", "lately"],
        &["\"lately\"", "30d"],
    );
    lab.fails(
        2,
        &["verify", "--policy", "nothing"],
        &["cannot read the policy"],
    );
    lab.write("wrong", "witness a b\nquorum a\n");
    lab.fails(
        2,
        &["verify", "--policy", "wrong"],
        &["wrong: line 1: a verifier key"],
    );
    lab.write("wrong", "quorum b\n");
    lab.fails(
        2,
        &["verify", "--policy", "wrong"],
        &["line 1: no line above names", "\"b\""],
    );
    // A policy that asks for nobody shows nothing.
    lab.write("none", "quorum none\n");
    let (answer, words) = fresh(&lab, &["--policy", "none", "--fresh-since", "1d"]);
    assert_eq!(answer, "not checked");
    assert!(words.contains("asks for no witness"), "{words}");
    lab.write(
        "others",
        format!("log {}\nquorum none\n", ledger_key(&lab))
            .replace("quorum none", "witness x w+00000000+AA==\nquorum x"),
    );
    lab.fails(2, &["verify", "--policy", "others"], &["line 2"]);
    // A cosigned checkpoint is a pin like any other, and shows who cosigned it.
    let (answer, words) = fresh(&lab, &["--pin", "s1"]);
    assert_eq!(
        (answer.as_str(), words.as_str()),
        (
            "pass",
            "yes the checkpoint you gave is the head of this log"
        )
    );
    let json = lab.json(&[
        "verify",
        "--pin",
        "s1",
        "--policy",
        "policy",
        "--fresh-since",
        "1d",
    ]);
    assert_eq!(json["cosigned"]["heads"][0]["from"], "pin");
    assert_eq!(json["cosigned"]["heads"][0]["by"][0]["name"], NAME);
}

#[test]
fn with_the_ledger_at_hand_all_of_it_is_checked() {
    let lab = lab();
    ok(cosigns(&lab, "other", &["case"]));
    copy(&lab.path("case"), &lab.path("older"));
    record(&lab);
    record(&lab);
    let text = ok(cosigns(&lab, "other", &["case"]));
    assert_eq!(text.lines().nth(1), Some("3"), "{text}");
    // An older copy, another history, a damaged copy.
    cosigns(&lab, "other", &["older"]).failed(
        1,
        &[
            "cosigned 3 entries",
            "its checkpoint covers 1",
            "Nothing was cosigned",
        ],
        "an older copy",
    );
    copy(&lab.path("older"), &lab.path("case-then"));
    fs::remove_dir_all(lab.path("case")).unwrap();
    copy(&lab.path("older"), &lab.path("case"));
    forked_copy(&lab);
    cosigns(&lab, "other", &["fork"]).failed(
        1,
        &["two histories", "together they are evidence"],
        "another history",
    );
    // Nothing that was refused was remembered.
    forked_copy_is_news_to(&lab, "third");
    let segment = lab.path("older/log/00000000.seg");
    super::common::flip(&segment, 300);
    cosigns(&lab, "fourth", &["older"]).failed(1, &["not sound: intact is fail"], "a damaged copy");
}

/// A witness that knows nothing of the ledger takes what it is given.
fn forked_copy_is_news_to(lab: &Lab, machine: &str) {
    ok(cosigns(lab, machine, &["fork"]));
}

#[test]
fn who_records_in_a_ledger_does_not_vouch_for_it() {
    let lab = lab();
    let says = ["does not vouch for it", "key new"];
    lab.refused(1, &["cosign", "--key", "field", "--name", NAME], &says);
    lab.ok(&[
        "author",
        "admit",
        "witness.pub",
        "--role",
        "investigator",
        "--yes",
    ]);
    lab.refused(1, &[&["cosign"], &COSIGNER[..]].concat(), &says);
    new_key(&lab, "second");
    lab.ok(&[
        "author",
        "admit",
        "second.pub",
        "--role",
        "witness",
        "--yes",
    ]);
    lab.ok(&["cosign", "--key", "second", "--name", NAME]);
    // Of a checkpoint by itself only its signer is known.
    checkpoint(&lab, "c");
    let ledger = ledger_key(&lab);
    let args = [
        "cosign",
        "c",
        "--ledger-key",
        &ledger,
        "--key",
        "field",
        "--name",
        NAME,
    ];
    lab.fails(1, &args, &["a witness has a key of its own"]);
    // And whoever is asked about freshness counts none of them.
    policy(&lab, &witness_key(&lab, "witness", NAME));
    let cosigned = elsewhere(
        &lab,
        "other",
        &[
            "cosign",
            "c",
            "--ledger-key",
            &ledger,
            "--key",
            "witness",
            "--name",
            NAME,
        ],
    );
    lab.write("s", ok(cosigned));
    lab.ok(&["anchors", "add", "s"]);
    let (answer, _) = fresh(&lab, &["--policy", "policy", "--fresh-since", "1d"]);
    assert_eq!(answer, "not checked");
}

#[test]
fn only_heads_of_this_log_are_kept() {
    let lab = lab();
    copy(&lab.path("case"), &lab.path("older"));
    forked_copy(&lab);
    let of = |folder: &str, file: &str| {
        lab.write(file, lab.ok(&["checkpoint", "--ledger", folder]));
    };
    of("fork", "behind");
    lab.refused(
        1,
        &["anchors", "add", "behind"],
        &["covers 3 entries, and 1 are here"],
    );
    record(&lab);
    record(&lab);
    lab.refused(
        1,
        &["anchors", "add", "behind"],
        &["another root for the first 3 entries", "evidence"],
    );
    lab.ok(&[
        "init", "foreign", "--title", "Another", "--name", "Field", "--key", "field",
    ]);
    of("foreign", "other");
    lab.refused(
        1,
        &["anchors", "add", "other"],
        &["other: the checkpoint is of", "Nothing was added"],
    );
    // Changed, or signed by nobody who may.
    let good = checkpoint(&lab, "good");
    let (text, _) = good.rsplit_once("\n— ").unwrap();
    let (foreign, _) = (fs::read_to_string(lab.path("other")).unwrap(), ());
    let line = foreign.lines().last().unwrap().rsplit_once(' ').unwrap().1;
    let name = text.lines().next().unwrap();
    lab.write("unsigned", format!("{text}\n— {name} {line}\n"));
    lab.refused(
        1,
        &["anchors", "add", "unsigned"],
        &["no key in force as custodian"],
    );
    lab.write("garbage", "0");
    lab.refused(1, &["anchors", "add", "garbage"], &["timestamp"]);
    lab.write("garbage", "words\n");
    lab.refused(1, &["anchors", "add", "garbage"], &["garbage"]);
    // One that cannot be kept keeps the others out.
    lab.refused(1, &["anchors", "add", "good", "other"], &["other"]);
    lab.ok(&["anchors", "add", "good"]);
    assert!(
        lab.ok(&["anchors", "list"])
            .contains("3 entries  without a cosignature")
    );
}

#[test]
fn a_false_cosignature_and_a_fork_are_said_in_words() {
    let lab = lab();
    policy(&lab, &witness_key(&lab, "witness", NAME));
    let with_policy = ["--policy", "policy", "--fresh-since", "1d"];
    let first = ok(cosigns(&lab, "other", &["case"]));
    let line = first.lines().last().unwrap();
    record(&lab);
    // The cosignature of the first head under the second.
    let spoiled = format!("{}{line}\n", checkpoint(&lab, "c"));
    lab.write("spoiled", spoiled);
    lab.ok(&["anchors", "add", "spoiled"]);
    let (answer, words) = fresh(&lab, &with_policy);
    assert_eq!(
        (answer.as_str(), words.as_str()),
        (
            "fail",
            "no a cosignature in the name of a witness of your policy is false"
        )
    );
    let screen = lab.run(&[&["verify"], &with_policy[..]].concat());
    assert!(
        screen.stdout.contains("[cosignature-invalid]"),
        "{}",
        screen.stdout
    );
    // Whoever gave a policy asked for it.
    assert_eq!(screen.code, Some(1), "{}", screen.stdout);
    fs::remove_file(anchor(&lab)).unwrap();

    // A history that the witness saw and this copy is not.
    forked_copy(&lab);
    let forked = ok(cosigns(&lab, "third", &["fork"]));
    lab.write("forked", &forked);
    let (answer, words) = fresh(&lab, &[&["--pin", "forked"], &with_policy[..]].concat());
    assert_eq!(
        (answer.as_str(), words.as_str()),
        ("fail", "no behind the checkpoint you gave")
    );
    // As an anchor, put there by hand.
    use sha2::{Digest, Sha256};
    let digest: String = Sha256::digest(&forked)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    lab.write(&format!("case/anchors/4-{digest}.note"), &forked);
    let (answer, words) = fresh(&lab, &with_policy);
    assert_eq!(
        (answer.as_str(), words.as_str()),
        ("fail", "no behind what your witnesses cosigned")
    );
    record(&lab);
    record(&lab);
    let (answer, words) = fresh(&lab, &with_policy);
    assert_eq!(
        (answer.as_str(), words.as_str()),
        (
            "fail",
            "no another history than what your witnesses cosigned"
        )
    );
}

#[test]
fn a_fork_that_two_heads_show_is_shown_once() {
    let lab = lab();
    forked_copy(&lab);
    // The signer's memory and the pin then tell of the same head of the other history.
    record(&lab);
    let note = checkpoint(&lab, "mine");
    let shown = lab.run(&["verify", "fork", "--pin", "mine"]);
    assert_eq!(shown.code, Some(1), "{}", shown.stdout);
    let times = |words: &str| shown.stdout.matches(words).count();
    assert_eq!(times("the pin gives another root"), 1, "{}", shown.stdout);
    assert_eq!(
        times("the memory gives another root"),
        1,
        "{}",
        shown.stdout
    );
    assert_eq!(times("what was presented"), 1, "{}", shown.stdout);
    assert_eq!(times("this ledger's own:"), 1, "{}", shown.stdout);
    assert_eq!(times(note.lines().nth(2).unwrap()), 1, "{}", shown.stdout);
}

/// Checks a cosignature with another implementation: C2SP's words and Ed25519 of `cryptography`.
const PYTHON: &str = r#"
import base64, hashlib, struct, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
note, vkey = open(sys.argv[1], "rb").read(), sys.argv[2]
name, key_id, blob = vkey.split("+", 2)
blob = base64.b64decode(blob, validate=True)
assert blob[0] == 4 and len(blob) == 33
assert hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4].hex() == key_id
text, lines = note.rsplit(b"\n\n", 1)
text += b"\n"
mine = [l.rsplit(b" ", 1)[1] for l in lines.splitlines() if l.startswith(("\u2014 " + name + " ").encode())]
assert len(mine) == 1
raw = base64.b64decode(mine[0], validate=True)
assert raw[:4].hex() == key_id and len(raw) == 76
time = struct.unpack(">Q", raw[4:12])[0]
signed = b"cosignature/v1\ntime %d\n" % time + text
Ed25519PublicKey.from_public_bytes(blob[1:]).verify(raw[12:], signed)
print(time)
"#;

#[test]
fn another_implementation_checks_a_cosignature() {
    if !has_python_cryptography() {
        println!("skipped: there is no python3 with cryptography");
        return;
    }
    let lab = lab();
    lab.ok(&[&["cosign", "--out", "s"], &COSIGNER[..]].concat());
    let vkey = witness_key(&lab, "witness", NAME);
    let check = |file: &str| {
        let file = lab.path(file);
        let args = ["-c", PYTHON, file.to_str().unwrap(), &vkey];
        Command::new("python3").args(args).output().unwrap()
    };
    let output = check("s");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let time: u64 = String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(time > 1_700_000_000);
    let text = fs::read_to_string(lab.path("s")).unwrap();
    lab.write("changed", text.replacen("\n1\n", "\n2\n", 1));
    assert!(!check("changed").status.success());
}
