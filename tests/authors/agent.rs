//! Keys that an ssh-agent holds: a real one, and such as are broken or hostile.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use seaproof_ledger::keys::{PublicKeyLine, SecretKey, Signer, fingerprint as print_of};
use serde_json::json;

use crate::common::{GROUP, Lab, Ran, SEEN, copy};
use crate::{fingerprint, lab_with};

/// Runs the command with this agent.
fn with_agent(lab: &Lab, socket: &Path, args: &[&str]) -> Ran {
    let mut command = lab.command(args);
    command.env("SSH_AUTH_SOCK", socket);
    Ran::of(command.output().unwrap())
}

fn ok(lab: &Lab, socket: &Path, args: &[&str]) -> String {
    let ran = with_agent(lab, socket, args);
    assert_eq!(ran.code, Some(0), "{args:?}: {}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// Expects that a command fails so and leaves the ledger as it was.
fn refused(lab: &Lab, socket: &Path, args: &[&str], says: &[&str]) {
    let before = lab.snapshot("case");
    with_agent(lab, socket, args).failed(2, says, &format!("{args:?}"));
    assert_eq!(lab.snapshot("case"), before, "{args:?} changed the ledger");
}

const RECORD: [&str; 6] = [
    "record",
    "group",
    "--members",
    "vessels",
    "--criterion",
    "Five.",
];

fn recording(key: &str) -> Vec<&str> {
    [&RECORD[..], &["--key", key]].concat()
}

// A real agent.

struct RealAgent {
    child: Child,
    socket: PathBuf,
    /// A program that types a passphrase.
    types: PathBuf,
}

impl Drop for RealAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether OpenSSH's tools are there. Without them the caller's test is skipped, with a line saying so; where
/// `CI` is `true` they must be there.
fn openssh_is_there() -> bool {
    let tools = ["ssh-agent", "ssh-add", "ssh-keygen"];
    let found = tools.iter().all(|tool| {
        let found = Command::new("sh")
            .args(["-c", &format!("command -v {tool}")])
            .output();
        found.is_ok_and(|output| output.status.success())
    });
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(
        found || !ci,
        "ssh-agent, ssh-add and ssh-keygen are needed for this test"
    );
    if !found {
        eprintln!("skipped: OpenSSH's tools are not installed");
    }
    found
}

fn program(lab: &Lab, name: &str, text: &str) -> PathBuf {
    let path = lab.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

impl RealAgent {
    fn start(lab: &Lab) -> Self {
        let socket = lab.path("agent");
        // Who is asked to confirm says no.
        let denies = program(lab, "deny", "#!/bin/sh\nexit 1\n");
        let child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .env("SSH_ASKPASS", denies)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..1_000 {
            if UnixStream::connect(&socket).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let types = program(lab, "type", "#!/bin/sh\necho 'open sesame'\n");
        Self {
            child,
            socket,
            types,
        }
    }

    /// Runs `ssh-add` in the lab's folder.
    fn add(&self, lab: &Lab, args: &[&str]) {
        let output = Command::new("ssh-add")
            .args(args)
            .current_dir(lab.path(""))
            .env("SSH_AUTH_SOCK", &self.socket)
            .env("SSH_ASKPASS", &self.types)
            .env("SSH_ASKPASS_REQUIRE", "force")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "ssh-add {args:?}: {output:?}");
    }
}

/// A ledger, and a second custodian `desk` whose key is protected by a passphrase.
fn lab_with_protected_key() -> Lab {
    let lab = Lab::with_ledger();
    lab.write("passphrase", "open sesame\n");
    lab.ok(&[
        "key",
        "new",
        "--out",
        "desk",
        "--comment",
        "Desk",
        "--passphrase-file",
        "passphrase",
    ]);
    lab.ok(&["author", "admit", "desk.pub", "--role", "custodian"]);
    lab
}

#[test]
fn an_ssh_agent_signs_entries_and_checkpoints() {
    if !openssh_is_there() {
        return;
    }
    let lab = lab_with_protected_key();
    let agent = RealAgent::start(&lab);
    let socket = agent.socket.as_path();
    agent.add(&lab, &["-q", "desk"]);
    let print = fingerprint(&lab, "desk");
    // By the public key's file, by its fingerprint, by the beginning of it, and because there is no other.
    let by_print = format!("agent:{print}");
    for key in ["desk.pub", &by_print, &by_print[..26], "agent:"] {
        ok(&lab, socket, &recording(key));
    }
    // From the environment, and many at once.
    lab.write("batch.jsonl", [GROUP, SEEN].join("\n"));
    let lines: Vec<String> = (0..40)
        .map(|n| {
            format!(r#"{{"kind":"vessel","names":[{{"latin":"Ship {n}"}}],"mode":"reported"}}"#)
        })
        .collect();
    lab.write("many.jsonl", lines.join("\n"));
    for batch in ["batch.jsonl", "many.jsonl"] {
        let mut command = lab.command(&["record", "batch", batch]);
        command
            .env("SSH_AUTH_SOCK", socket)
            .env("SEAPROOF_KEY", "desk.pub");
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    ok(&lab, socket, &["author", "roster", "--key", "desk.pub"]);
    let report = lab.json(&["verify"]);
    assert_eq!(report["problems"], json!([]));
    assert_eq!(
        (&report["entries"], &report["not_yet_covered"]),
        (&json!(49), &json!(0))
    );
    // A ledger that begins with a key in the agent.
    ok(
        &lab,
        socket,
        &["init", "other", "--title", "Other", "--key", "desk.pub"],
    );
    let verified = lab.json(&["verify", "other"]);
    assert_eq!(verified["problems"], json!([]));
    // What it holds.
    let listed = ok(&lab, socket, &["key", "list"]);
    assert!(
        listed.contains(&print) && listed.contains("Desk"),
        "{listed}"
    );
    let shown = ok(&lab, socket, &["key", "show", "agent:"]);
    assert!(shown.contains(&print), "{shown}");
    // A dry run asks for no signature, and knows whether the key may sign.
    let dry = [&recording("desk.pub")[..], &["--dry-run"]].concat();
    ok(&lab, socket, &dry);
}

#[test]
fn an_ssh_agent_that_is_locked_lacks_the_key_or_is_denied() {
    if !openssh_is_there() {
        return;
    }
    let lab = lab_with_protected_key();
    let agent = RealAgent::start(&lab);
    let socket = agent.socket.as_path();
    let print = fingerprint(&lab, "desk");
    refused(
        &lab,
        socket,
        &recording("desk.pub"),
        &["does not hold", &print, "ssh-add"],
    );
    refused(&lab, socket, &recording("agent:"), &["no Ed25519 key"]);
    agent.add(&lab, &["-q", "desk"]);
    agent.add(&lab, &["-x"]);
    refused(
        &lab,
        socket,
        &recording("desk.pub"),
        &["does not hold", "locked"],
    );
    assert!(ok(&lab, socket, &["key", "list"]).contains("locked"));
    agent.add(&lab, &["-X"]);
    ok(&lab, socket, &recording("desk.pub"));
    // Several keys, of which none is named; a key of another kind.
    agent.add(&lab, &["-q", "field"]);
    refused(
        &lab,
        socket,
        &recording("agent:"),
        &["several", "agent:SHA256:"],
    );
    refused(
        &lab,
        socket,
        &recording("agent:SHA256:AAAAAAAAAAAA"),
        &["holds no key", "Desk"],
    );
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ecdsa", "-N", "", "-f", "ecdsa"])
        .current_dir(lab.path(""))
        .output()
        .unwrap();
    assert!(made.status.success());
    agent.add(&lab, &["-q", "ecdsa"]);
    assert!(ok(&lab, socket, &["key", "list"]).contains("cannot sign here"));
    refused(
        &lab,
        socket,
        &recording("ecdsa.pub"),
        &["ecdsa", "only ssh-ed25519"],
    );
    // Taken away again.
    agent.add(&lab, &["-q", "-d", "desk"]);
    refused(
        &lab,
        socket,
        &recording("desk.pub"),
        &["does not hold", "Field"],
    );
    // Each use is to be confirmed, and nobody does.
    agent.add(&lab, &["-q", "-c", "desk"]);
    refused(
        &lab,
        socket,
        &recording("desk.pub"),
        &["refused", "confirmation"],
    );
    let gone = lab.path("nowhere");
    refused(&lab, &gone, &recording("desk.pub"), &["cannot be reached"]);
    lab.refused(
        2,
        &recording("desk.pub"),
        &["SSH_AUTH_SOCK is not set", "ssh-add"],
    );
}

// Agents that are not what they should be.

/// The key that these agents hold.
fn held() -> SecretKey {
    SecretKey::from_seed([9; 32])
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
}

fn key_blob() -> Vec<u8> {
    [string(b"ssh-ed25519"), string(held().public().as_bytes())].concat()
}

fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    string(&[&[kind][..], body].concat())
}

fn signed(signature: &[u8]) -> Vec<u8> {
    let signature = [string(b"ssh-ed25519"), string(signature)].concat();
    framed(14, &string(&signature))
}

fn honest(message: &[u8]) -> Vec<u8> {
    signed(&held().sign(message).unwrap())
}

/// What is to be signed, out of a request.
fn message(request: &[u8]) -> Vec<u8> {
    let blob = key_blob().len();
    let length = request[5 + blob..9 + blob].try_into().unwrap();
    let length = u32::from_be_bytes(length) as usize;
    request[9 + blob..9 + blob + length].to_vec()
}

/// Answers what is asked for as a protocol has it, and requests for signatures as it likes.
fn agent_that(lab: &Lab, sign: impl Fn(&mut UnixStream, &[u8]) + Send + 'static) -> PathBuf {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let socket = lab.path(&format!("false-agent-{number}"));
    let listener = UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            while let Some(request) = request(&mut stream) {
                match request[0] {
                    11 => {
                        let body = [
                            vec![0, 0, 0, 1],
                            string(&key_blob()),
                            string(b"\x1b[2JHeld"),
                        ];
                        let _ = stream.write_all(&framed(12, &body.concat()));
                    }
                    _ => sign(&mut stream, &message(&request)),
                }
            }
        }
    });
    socket
}

fn request(stream: &mut UnixStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).ok()?;
    let mut request = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut request).ok()?;
    Some(request)
}

/// A ledger in which the key that false agents hold may record.
fn lab_with_held_key() -> Lab {
    let lab = lab_with(&[]);
    let line = PublicKeyLine {
        key: held().public(),
        comment: "Held".into(),
    };
    lab.write("held.pub", format!("{line}\n"));
    lab.ok(&["author", "admit", "held.pub"]);
    lab
}

#[test]
fn an_agent_is_not_believed() {
    let lab = lab_with_held_key();
    let socket = agent_that(&lab, |stream, message| {
        let _ = stream.write_all(&honest(message));
    });
    ok(&lab, &socket, &recording("held.pub"));
    let listed = ok(&lab, &socket, &["key", "list"]);
    assert!(listed.contains(&print_of(&held().public())));
    assert!(!listed.contains('\u{1b}'), "{listed:?}");

    type Answer = fn(&[u8]) -> Vec<u8>;
    let answers: [(Answer, &[&str]); 9] = [
        (
            |message| {
                let mut signature = held().sign(message).unwrap();
                signature[40] ^= 1;
                signed(&signature)
            },
            &["not that of the key"],
        ),
        (|_| honest(b"another text"), &["not that of the key"]),
        (|_| signed(&[0; 64]), &["not that of the key"]),
        (|_| signed(&[0; 63]), &["cannot be read"]),
        (|_| framed(12, &[0, 0, 0, 0]), &["cannot be read"]),
        (|_| framed(5, &[]), &["refused"]),
        (|_| vec![0, 0, 0, 0], &["cannot be read"]),
        (|_| vec![0xff; 4], &["4294967295 bytes"]),
        (|_| vec![0, 4, 0, 1], &["262145 bytes"]),
    ];
    for (answer, says) in answers {
        let socket = agent_that(&lab, move |stream, message| {
            let _ = stream.write_all(&answer(message));
        });
        let says = [says, &["Nothing was recorded"]].concat();
        refused(&lab, &socket, &recording("held.pub"), &says);
    }
    // One that goes away while it is asked.
    let socket = agent_that(&lab, |stream, _| {
        let _ = stream.shutdown(std::net::Shutdown::Both);
    });
    refused(&lab, &socket, &recording("held.pub"), &["is gone"]);
}

#[test]
fn an_agent_that_never_answers_is_not_waited_for_for_ever() {
    let lab = lab_with_held_key();
    let drip = |stream: &mut UnixStream, message: &[u8]| {
        // Something now and then, and never all of it.
        for byte in &honest(message)[..50] {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_secs(60));
    };
    let silent = |_: &mut UnixStream, _: &[u8]| std::thread::sleep(Duration::from_secs(60));
    for socket in [agent_that(&lab, silent), agent_that(&lab, drip)] {
        let before = lab.snapshot("case");
        let mut command = lab.command(&recording("held.pub"));
        command
            .env("SSH_AUTH_SOCK", socket)
            .env("SEAPROOF_AGENT_TIMEOUT", "1");
        let ran = Ran::of(command.output().unwrap());
        ran.failed(2, &["no answer within 1 seconds", "confirmation"], "silent");
        assert_eq!(lab.snapshot("case"), before);
    }
    let mut command = lab.command(&recording("held.pub"));
    command
        .env("SSH_AUTH_SOCK", lab.path("nowhere"))
        .env("SEAPROOF_AGENT_TIMEOUT", "soon");
    let ran = Ran::of(command.output().unwrap());
    ran.failed(2, &["SEAPROOF_AGENT_TIMEOUT"], "soon");
}

#[test]
fn what_is_recorded_is_said_though_the_checkpoint_fails() {
    let lab = lab_with(&[]);
    let line = PublicKeyLine {
        key: held().public(),
        comment: "Held".into(),
    };
    lab.write("held.pub", format!("{line}\n"));
    lab.ok(&["author", "admit", "held.pub", "--role", "custodian"]);
    // Entries begin with the preamble of a signature of OpenSSH, checkpoints with the ledger's name.
    let socket = agent_that(&lab, |stream, message| {
        let answer = match message.starts_with(b"SSHSIG") {
            true => honest(message),
            false => framed(5, &[]),
        };
        let _ = stream.write_all(&answer);
    });
    let ran = with_agent(&lab, &socket, &recording("held.pub"));
    ran.failed(
        2,
        &["refused", "are recorded", "checkpoint --sign"],
        "half-way",
    );
    let report = lab.json(&["verify"]);
    assert_eq!(
        (&report["problems"], &report["not_yet_covered"]),
        (&json!([]), &json!(1))
    );
}

/// An agent that says when it is asked, and signs when it is told to.
fn agent_that_waits(lab: &Lab) -> (PathBuf, Receiver<()>, Sender<()>) {
    let (asked, is_asked) = channel();
    let (go, may_go) = channel();
    let (asked, may_go) = (Mutex::new(asked), Mutex::new(may_go));
    let socket = agent_that(lab, move |stream, message| {
        let _ = asked.lock().unwrap().send(());
        let _ = may_go.lock().unwrap().recv();
        let _ = stream.write_all(&honest(message));
    });
    (socket, is_asked, go)
}

#[test]
fn two_programs_with_two_copies_do_not_both_sign() {
    let lab = lab_with_held_key();
    copy(&lab.path("case"), &lab.path("copy"));
    let secret = held().to_openssh("Held", None).unwrap();
    let path = lab.write("held", secret.as_bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();

    let (socket, is_asked, go) = agent_that_waits(&lab);
    let mut first = lab.command(&recording("held.pub"));
    first
        .env("SSH_AUTH_SOCK", &socket)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let first = first.spawn().unwrap();
    is_asked.recv().unwrap();
    // While the one signs, the other has nothing to compare with that would stop it, but for the lock.
    let second = [&recording("held")[..], &["--ledger", "copy"]].concat();
    let copied = lab.snapshot("copy");
    let words = ["another program is signing", "Nothing was signed"];
    lab.fails(2, &second, &words);
    // Another key is nobody's concern.
    let other = [&recording("field")[..], &["--ledger", "copy"]].concat();
    copy(&lab.path("copy"), &lab.path("third"));
    let elsewhere = [&recording("held")[..], &["--ledger", "third"]].concat();
    lab.fails(2, &elsewhere, &words);
    go.send(()).unwrap();
    let ran = Ran::of(first.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    // Now its memory stops it.
    lab.fails(1, &second, &["older copy or another history"]);
    assert_eq!(lab.snapshot("copy"), copied);
    assert_eq!(lab.json(&["verify"])["problems"], json!([]));
    lab.ok(&other);
}
