//! What an honest author's own command must refuse: to sign on top of damage or of a restored copy, to cut what is no
//! torn tail, to erase what nobody may erase. Played on forged ledgers, with the custodian's key at hand.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use base64ct::{Base64, Encoding};

use crate::{case::*, forge::*};

/// An attempt to write, and what must come of it.
#[derive(Clone, Copy)]
pub struct Attempt {
    pub name: &'static str,
    pub attack: &'static str,
    pub by: &'static str,
    pub make: fn(&Scene),
    /// The key that signs: the custodian's, or an investigator's.
    pub key: fn() -> Key,
    pub args: &'static [&'static str],
    /// 0: it is done, and what it left verifies; else it is refused, and everything authoritative is as it was.
    pub exit: i32,
    /// Where it is done: the problems that were there before and stay.
    pub stays: &'static [&'static str],
}

impl Attempt {
    const RECORDING: Self = Self {
        name: "",
        attack: "",
        by: FOLDER,
        make: |_| (),
        key: field,
        args: &["record", "batch", "batch.jsonl"],
        exit: 2,
        stays: &[],
    };
}

const SIGN: &[&str] = &["checkpoint", "--sign"];

/// What stands in the folder and is not derived.
fn authoritative(scene: &Scene) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in ["case/log", "case/anchors", "case"] {
        for entry in fs::read_dir(scene.path(folder)).into_iter().flatten() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() && entry.file_name() != "lock" {
                found.push((
                    format!("{folder}/{}", entry.file_name().display()),
                    fs::read(entry.path()).unwrap(),
                ));
            }
        }
    }
    found.sort();
    found
}

/// An OpenSSH private key file without a passphrase.
fn key_file(key: &Key) -> String {
    let string = |bytes: &[u8]| {
        let mut out = (bytes.len() as u32).to_be_bytes().to_vec();
        out.extend(bytes);
        out
    };
    let public = [string(b"ssh-ed25519"), string(&key.public)].concat();
    let secret = [&key.seed()[..], &key.public].concat();
    let mut private = [&[7; 8][..], &public, &string(&secret), &string(b"forged")].concat();
    private.extend((1..=8).take((8 - private.len() % 8) % 8));
    let blob = [
        b"openssh-key-v1\0".to_vec(),
        string(b"none"),
        string(b"none"),
        string(b""),
        1u32.to_be_bytes().to_vec(),
        string(&public),
        string(&private),
    ]
    .concat();
    let mut file = String::from("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for line in Base64::encode_string(&blob).as_bytes().chunks(70) {
        file.push_str(&String::from_utf8_lossy(line));
        file.push('\n');
    }
    file + "-----END OPENSSH PRIVATE KEY-----\n"
}

#[test]
fn refusals() {
    let mut wrong = Vec::new();
    for attempt in ATTEMPTS {
        let dir = tempfile::tempdir().unwrap();
        let scene = Scene {
            dir: dir.path().to_owned(),
        };
        (attempt.make)(&scene);
        scene.put("key", key_file(&(attempt.key)()));
        fs::set_permissions(scene.path("key"), fs::Permissions::from_mode(0o600)).unwrap();
        scene.put(
            "batch.jsonl",
            r#"{"kind":"group","as":"pair","members":"vessels","criterion":"The two tankers of the report"}"#,
        );
        let before = authoritative(&scene);
        let args: Vec<&str> = attempt
            .args
            .iter()
            .copied()
            .chain(["--ledger", "case", "--key", "key"])
            .collect();
        let ran = match run(&scene, &args) {
            Ok(ran) => ran,
            Err(error) => {
                wrong.push(format!("{}: {error}", attempt.name));
                continue;
            }
        };
        let refused = attempt.exit != 0;
        if (ran.code != Some(0)) != refused || refused && ran.stderr.trim().is_empty() {
            wrong.push(format!(
                "{}: exit {:?}: {}",
                attempt.name, ran.code, ran.stderr
            ));
        } else if refused && authoritative(&scene) != before {
            wrong.push(format!(
                "{}: refused, and wrote all the same: {}",
                attempt.name, ran.stderr
            ));
        } else if !refused {
            let verified = run(&scene, &["verify", "case", "--json"]).unwrap();
            let expected = attempt
                .stays
                .iter()
                .map(|code| (*code).to_owned())
                .collect();
            if codes(&verified.json()) != expected {
                wrong.push(format!(
                    "{}: what was written does not verify: {}",
                    attempt.name, verified.stdout
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        ATTEMPTS.len(),
        wrong.join("\n")
    );
}

/// The base in one segment whose records are changed, under the genuine checkpoint.
fn damaged(scene: &Scene, change: impl FnOnce(&mut Segment)) {
    scene.whole(&base());
    let mut segments = base().segments(&[]);
    change(&mut segments[0]);
    scene.put("case/log/00000000.seg", segments[0].bytes());
}

/// Field's memory of a head.
fn remembered(scene: &Scene, log: &Log, size: usize, root: &Bytes32) {
    let newest = (0..log.size())
        .rev()
        .find(|entry| log.entries[*entry].statement.key == field().public)
        .unwrap();
    let entry = &log.entries[newest];
    let slot = memory(
        &log.id,
        &field().public,
        entry.statement.seq,
        &entry.id(),
        size as u64,
        root,
    );
    scene.put(
        &format!("state/memory/{}-{}", hex(&log.id), hex(&field().public)),
        slot,
    );
}

/// #3 is to be redacted by this key's entry; its openings are still there.
fn redaction_by(scene: &Scene, key: &Key) {
    let mut log = base();
    let target = log.id_of(4);
    log.add(key, 3, &Facts::redacts(true, true, &[target]));
    scene.whole(&log);
}

pub const ATTEMPTS: &[Attempt] = &[
    Attempt {
        name: "records",
        attack: "none: an entry on top of an honest ledger",
        by: "nobody",
        make: |scene| scene.whole(&base()),
        exit: 0,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "records-behind-a-torn-tail",
        attack: "none: a torn tail that nobody signed a head over is cut",
        by: STORAGE,
        make: |scene| {
            damaged(scene, |segment| {
                segment.records[5].extend(b"SPR1\x03half a record")
            })
        },
        exit: 0,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "damage-in-the-middle-cut",
        attack: "damage in the middle would be cut as torn, with all entries behind it",
        make: |scene| {
            damaged(scene, |segment| {
                *segment.records[3].last_mut().unwrap() ^= 1
            })
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "damage-in-the-middle-cut-to-sign",
        attack: "the same, where only a head is to be signed",
        make: |scene| {
            damaged(scene, |segment| {
                *segment.records[3].last_mut().unwrap() ^= 1
            })
        },
        args: SIGN,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "covered-entry-cut",
        attack: "an entry that the checkpoint covers looks torn",
        make: |scene| damaged(scene, |segment| segment.records[5].truncate(100)),
        ..Attempt::RECORDING
    },
    Attempt {
        name: "remembered-entry-cut",
        attack: "an entry that the signer remembers looks torn, and the checkpoint is set back",
        make: |scene| {
            damaged(scene, |segment| segment.records[5].truncate(100));
            scene.put(
                "case/checkpoint",
                Note::at(&base(), 4).sign(&field()).bytes(),
            );
            remembered(scene, &base(), 6, &base().root());
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "signs-on-an-older-copy",
        attack: "an older genuine copy is put in the ledger's place, so that its author forks themselves",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            scene.whole(&log);
            remembered(scene, &base(), 6, &base().root());
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "signs-a-head-of-an-older-copy",
        attack: "the same, where a head is to be signed",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            scene.whole(&log);
            remembered(scene, &base(), 6, &base().root());
        },
        args: SIGN,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "signs-on-another-history",
        attack: "a ledger of the same size with another history than the signer remembers",
        make: |scene| {
            scene.whole(&base());
            remembered(scene, &base(), 5, &[7; 32]);
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "signs-with-a-spoilt-memory",
        attack: "the signer's memory is unreadable, so that nothing stops them",
        by: STORAGE,
        make: |scene| {
            scene.whole(&base());
            remembered(scene, &base(), 6, &base().root());
            let path = format!("state/memory/{}-{}", hex(&base().id), hex(&field().public));
            scene.edit(&path, |bytes| bytes[30] ^= 1);
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "signs-below-a-forked-checkpoint",
        attack: "the checkpoint is a head of another history",
        make: |scene| {
            scene.under(
                &base(),
                &Note::claiming(&base(), 6, &[7; 32]).sign(&field()),
            )
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "records-in-a-closed-ledger",
        attack: "an entry behind the end",
        by: AUTHOR,
        make: |scene| {
            let mut log = base();
            log.add(&field(), 1, &closed());
            scene.whole(&log);
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "records-with-a-revoked-key",
        attack: "an author who was revoked records",
        by: "a revoked author",
        make: |scene| {
            let mut log = base();
            log.revoke(&field(), &desk(), None);
            scene.whole(&log);
        },
        key: desk,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "records-with-an-unknown-key",
        attack: "somebody whom nobody admitted records",
        by: "a stranger",
        make: |scene| scene.whole(&base()),
        key: stranger,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "investigator-signs-a-head",
        attack: "an investigator signs a head",
        by: AUTHOR,
        make: |scene| scene.whole(&base()),
        key: desk,
        args: SIGN,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "records-through-a-link",
        attack: "the segment is a link to a file of the author's that is not to be written to",
        make: |scene| {
            scene.whole(&base());
            fs::rename(scene.path("case/log/00000000.seg"), scene.path("elsewhere")).unwrap();
            symlink(scene.path("elsewhere"), scene.path("case/log/00000000.seg")).unwrap();
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "segment-of-another-ledger-continued",
        attack: "the log of another ledger under this one's checkpoint",
        make: |scene| {
            let mut other = Log::begin(&field(), "Another trial");
            other.tell(&field(), "seen elsewhere");
            scene.whole(&other);
            scene.put("case/checkpoint", Note::of(&base()).sign(&field()).bytes());
        },
        ..Attempt::RECORDING
    },
    Attempt {
        name: "false-cache-believed",
        attack: "a cache full of lies beside a genuine log",
        make: |scene| {
            scene.whole(&base());
            scene.put("case/cache/tree", vec![7; 6 * 32]);
            scene.put("case/cache/entries", vec![7; 6 * 32]);
            scene.put("case/cache/state", b"seaproof cache 1\nsize 6\n");
            scene.put("case/cache/labels", vec![7; 4096]);
        },
        exit: 0,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "erases-for-a-stranger",
        attack: "a stranger's redaction in the folder, for the next honest writer to carry out",
        by: "a stranger",
        make: |scene| redaction_by(scene, &stranger()),
        exit: 0,
        stays: &["unknown-key"],
        ..Attempt::RECORDING
    },
    Attempt {
        name: "erases-for-another-author",
        attack: "an investigator's redaction of the custodian's words, for the next honest writer to carry out",
        by: AUTHOR,
        make: |scene| redaction_by(scene, &desk()),
        exit: 0,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "erases-for-a-false-signature",
        attack: "a redaction in the custodian's name that the custodian did not sign",
        by: "a stranger",
        make: |scene| {
            let mut log = base();
            let target = log.id_of(4);
            let redaction = log.add(&field(), 3, &Facts::redacts(true, true, &[target]));
            let message = sshsig(&log.entries[redaction].statement);
            log.tamper(redaction, |entry| {
                entry.signature = stranger().sign(&message)
            });
            scene.under(&log, &Note::of(&base()).sign(&field()));
        },
        // Nobody is kept from recording by it, and nothing is erased for it.
        exit: 0,
        stays: &["redaction-unfinished", "signature-invalid"],
        ..Attempt::RECORDING
    },
    Attempt {
        name: "finishes-a-redaction",
        attack: "none: the custodian's redaction is finished by the next writer",
        by: "nobody",
        make: |scene| redaction_by(scene, &field()),
        exit: 0,
        ..Attempt::RECORDING
    },
    Attempt {
        name: "rewrites-through-a-link",
        attack: "a link in the place where a rewriting is to go, to have another file overwritten",
        make: |scene| {
            redaction_by(scene, &field());
            scene.put("precious", b"precious");
            symlink(
                scene.path("precious"),
                scene.path("case/log/00000000.redacting"),
            )
            .unwrap();
        },
        exit: 0,
        ..Attempt::RECORDING
    },
];

/// Whatever the writer answers to a redaction that has no effect, the words stay.
#[test]
fn nothing_is_erased_that_may_not_be() {
    for name in [
        "erases-for-a-stranger",
        "erases-for-another-author",
        "erases-for-a-false-signature",
    ] {
        let attempt = ATTEMPTS
            .iter()
            .find(|attempt| attempt.name == name)
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let scene = Scene {
            dir: dir.path().to_owned(),
        };
        (attempt.make)(&scene);
        scene.put("key", key_file(&field()));
        fs::set_permissions(scene.path("key"), fs::Permissions::from_mode(0o600)).unwrap();
        let before = scene.get("case/log/00000000.seg");
        run(
            &scene,
            &["checkpoint", "--sign", "--ledger", "case", "--key", "key"],
        )
        .unwrap();
        assert!(
            scene.get("case/log/00000000.seg").starts_with(&before),
            "{name}"
        );
    }
}

/// A link in the place of a temporary file is not followed.
#[test]
fn nothing_elsewhere_is_overwritten() {
    let attempt = ATTEMPTS
        .iter()
        .find(|attempt| attempt.name == "rewrites-through-a-link")
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene {
        dir: dir.path().to_owned(),
    };
    (attempt.make)(&scene);
    scene.put("key", key_file(&field()));
    fs::set_permissions(scene.path("key"), fs::Permissions::from_mode(0o600)).unwrap();
    run(
        &scene,
        &["checkpoint", "--sign", "--ledger", "case", "--key", "key"],
    )
    .unwrap();
    assert_eq!(scene.get("precious"), b"precious");
}
