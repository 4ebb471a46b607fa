//! OpenSSH's own tool agrees: keys pass both ways, and it checks an author's signature.

#![allow(clippy::expect_used, reason = "a test may panic")]

use seaproof_ledger::keys::{
    AdmissibleKey, KeyFileError, PublicKeyLine, SecretKey, Signer, fingerprint,
};
use seaproof_ledger::signature::verify_one;
use seaproof_ledger::sshsig::{NAMESPACE, allowed_signers_line, armor, signed_bytes};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn secret() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

/// Whether `ssh-keygen` is there. Without it the caller's test is skipped, with a line saying so;
/// where `CI` is `true` it must be there.
fn ssh_keygen_is_there() -> bool {
    let found = Command::new("ssh-keygen")
        .arg("--help")
        .stdin(Stdio::null())
        .output()
        .is_ok();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(found || !ci, "ssh-keygen is needed for this test");
    if !found {
        eprintln!("skipped: ssh-keygen is not installed");
    }
    found
}

/// Runs `ssh-keygen` in a folder, with these bytes on its standard input.
fn ssh_keygen(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new("ssh-keygen")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ssh-keygen starts");
    // It may end without reading everything: that is not this function's concern.
    let _ = child.stdin.take().expect("piped").write_all(input);
    child.wait_with_output().expect("ssh-keygen ends")
}

/// The same, expecting success. Gives the standard output.
fn ssh_keygen_ok(folder: &Path, arguments: &[&str]) -> String {
    let output = ssh_keygen(folder, arguments, b"");
    assert!(
        output.status.success(),
        "ssh-keygen {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// Writes a private key file as `ssh-keygen` wants it: readable by its owner alone.
fn write_private(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, bytes).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("owner only");
}

#[test]
fn keys_made_by_ssh_keygen_are_read() {
    if !ssh_keygen_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let cases: [(&str, &[&str]); 6] = [
        ("", &[]),
        ("open sesame", &[]),
        ("größe", &["-Z", "aes256-cbc"]),
        ("x", &["-Z", "aes128-ctr"]),
        ("x", &["-Z", "aes256-gcm@openssh.com"]),
        ("x", &["-Z", "chacha20-poly1305@openssh.com"]),
    ];
    for (number, (passphrase, more)) in cases.iter().enumerate() {
        let name = format!("key{number}");
        let base = [
            "-q",
            "-t",
            "ed25519",
            "-a",
            "2",
            "-C",
            "a comment",
            "-N",
            passphrase,
        ];
        ssh_keygen_ok(path, &[&base, *more, &["-f", &name]].concat());
        let bytes = fs::read(path.join(&name)).expect("made");
        let given = (!passphrase.is_empty()).then_some(passphrase.as_bytes());
        let key = SecretKey::from_openssh(&bytes, given).expect("read");
        let line: PublicKeyLine = fs::read_to_string(path.join(format!("{name}.pub")))
            .expect("made")
            .parse()
            .expect("a line");
        assert_eq!(line.key, key.public());
        assert_eq!(line.comment, "a comment");
        if given.is_some() {
            assert_eq!(
                SecretKey::from_openssh(&bytes, None).err(),
                Some(KeyFileError::PassphraseNeeded)
            );
            assert_eq!(
                SecretKey::from_openssh(&bytes, Some(b"other")).err(),
                Some(KeyFileError::WrongPassphrase)
            );
        }
    }
}

#[test]
fn keys_of_other_kinds_made_by_ssh_keygen_are_named() {
    if !ssh_keygen_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    for (kind, bits, name) in [
        ("rsa", "2048", "ssh-rsa"),
        ("ecdsa", "256", "ecdsa-sha2-nistp256"),
    ] {
        ssh_keygen_ok(path, &["-q", "-t", kind, "-b", bits, "-N", "", "-f", kind]);
        let bytes = fs::read(path.join(kind)).expect("made");
        assert_eq!(
            SecretKey::from_openssh(&bytes, None).err(),
            Some(KeyFileError::NotEd25519 {
                found: name.to_owned()
            })
        );
    }
}

#[test]
fn our_keys_are_shown_and_reencrypted_by_ssh_keygen() {
    if !ssh_keygen_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let expected = PublicKeyLine {
        key: secret().public(),
        comment: "me@ship".to_owned(),
    };
    for passphrase in [None, Some("open sesame")] {
        let text = secret().to_openssh("me@ship", passphrase).expect("written");
        write_private(&path.join("key"), text.as_bytes());
        let old = passphrase.unwrap_or_default();

        let line = ssh_keygen_ok(path, &["-y", "-P", old, "-f", "key"]);
        assert_eq!(line.parse(), Ok(expected.clone()));

        fs::write(path.join("key.pub"), format!("{expected}\n")).expect("written");
        let shown = ssh_keygen_ok(path, &["-l", "-f", "key.pub"]);
        assert_eq!(
            shown.trim_end(),
            format!("256 {} me@ship (ED25519)", fingerprint(&expected.key))
        );

        ssh_keygen_ok(
            path,
            &[
                "-q", "-p", "-a", "2", "-P", old, "-N", "barley", "-f", "key",
            ],
        );
        let bytes = fs::read(path.join("key")).expect("there");
        let read = SecretKey::from_openssh(&bytes, Some(b"barley")).expect("read");
        assert_eq!(read.public(), secret().public());
    }
}

#[test]
fn ssh_keygen_accepts_an_authors_signature_and_no_other() {
    if !ssh_keygen_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let key = secret().public();
    let statement = [0x5a; 219];
    let signature = secret().sign(&signed_bytes(&statement)).expect("signed");
    assert!(verify_one(
        &AdmissibleKey::admit(key).expect("a good key"),
        &signed_bytes(&statement),
        &signature
    ));

    let write = |name: &str, text: String| fs::write(folder.path().join(name), text);
    let line = allowed_signers_line("alice@ship", &key).expect("a plain identity");
    write("allowed", line).expect("written");
    write("good.sig", armor(&key, &signature)).expect("written");
    let mut wrong = signature;
    wrong[40] ^= 1;
    write("wrong.sig", armor(&key, &wrong)).expect("written");

    let accepts = |namespace: &str, file: &str, message: &[u8]| {
        let arguments = [
            "-Y",
            "verify",
            "-f",
            "allowed",
            "-I",
            "alice@ship",
            "-n",
            namespace,
            "-s",
            file,
        ];
        ssh_keygen(folder.path(), &arguments, message)
            .status
            .success()
    };
    assert!(accepts(NAMESPACE, "good.sig", &statement));
    assert!(!accepts(NAMESPACE, "wrong.sig", &statement));
    assert!(!accepts(NAMESPACE, "good.sig", &statement[1..]));
    assert!(!accepts("file", "good.sig", &statement));
}

#[test]
fn a_signature_made_by_ssh_keygen_is_ours_byte_for_byte() {
    if !ssh_keygen_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = secret().to_openssh("", None).expect("written");
    write_private(&folder.path().join("key"), file.as_bytes());
    fs::write(folder.path().join("statement"), [0x5a; 219]).expect("written");
    ssh_keygen_ok(
        folder.path(),
        &[
            "-q",
            "-Y",
            "sign",
            "-f",
            "key",
            "-n",
            NAMESPACE,
            "statement",
        ],
    );
    let theirs = fs::read_to_string(folder.path().join("statement.sig")).expect("made");
    let ours = secret().sign(&signed_bytes(&[0x5a; 219])).expect("signed");
    assert_eq!(armor(&secret().public(), &ours), theirs);
}
