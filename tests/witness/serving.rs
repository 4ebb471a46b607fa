//! A witness that answers over HTTP: every answer of the protocol, two at once, the impatient, and a killed one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::thread;

use super::*;

/// A running witness.
struct Server {
    child: Child,
    address: String,
    vkey: String,
}

impl Server {
    /// With its own state folder, trusting these logs.
    fn start(lab: &Lab, logs: &[&str]) -> Self {
        let mut args = vec!["witness", "serve", "--key", "witness", "--name", NAME];
        args.extend(["--listen", "127.0.0.1:0", "--json"]);
        for log in logs {
            args.extend(["--log", log]);
        }
        let mut child = lab
            .command(&args)
            .env("SEAPROOF_STATE", lab.path("witness-state"))
            .env_remove("SEAPROOF_LEDGER")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        // What it prints is one value over some lines.
        while serde_json::from_str::<serde_json::Value>(&text).is_err() {
            if out.read_line(&mut text).unwrap() == 0 {
                let mut why = String::new();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut why)
                    .unwrap();
                panic!("{why}");
            }
        }
        let said: serde_json::Value = serde_json::from_str(&text).unwrap();
        let url = said["url"].as_str().unwrap();
        Self {
            child,
            address: url.strip_prefix("http://").unwrap().to_owned(),
            vkey: said["vkey"].as_str().unwrap().to_owned(),
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn post(&self, body: &str) -> Answer {
        http(&self.address, "POST", "/add-checkpoint", body)
    }

    /// Ends it as a power cut would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    kind: String,
    body: String,
}

fn http(address: &str, method: &str, path: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // It may refuse before it has read all.
    let _ = stream.write_all(body.as_bytes());
    answer(stream)
}

fn answer(stream: TcpStream) -> Answer {
    try_answer(stream).unwrap()
}

fn try_answer(mut stream: TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    // A connection that is reset has said what it had to.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let kind = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-type: ")
            .map(str::to_owned)
    });
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        kind: kind.unwrap_or_default(),
        body: body.to_owned(),
    })
}

/// The body of a request for the newest checkpoint of a ledger, from this size on.
fn request(lab: &Lab, folder: &str, old: u64) -> String {
    let note = lab.ok(&["checkpoint", "--ledger", folder]);
    let mut hashes = String::new();
    if old > 0 {
        let proof = lab.ok(&["prove", "--since", &old.to_string(), "--ledger", folder]);
        let (lines, _) = proof.split_once("\n\n").unwrap();
        hashes = lines
            .lines()
            .skip(2)
            .map(|line| format!("{line}\n"))
            .collect();
    }
    format!("old {old}\n{hashes}\n{note}")
}

#[test]
fn every_answer_of_the_protocol() {
    let lab = lab();
    let server = Server::start(&lab, &[&ledger_key(&lab)]);
    assert_eq!(server.vkey, witness_key(&lab, "witness", NAME));
    let conflict = |answer: Answer, size: &str| {
        assert_eq!(answer.status, 409, "{answer:?}");
        assert_eq!(
            (answer.kind.as_str(), answer.body.as_str()),
            ("text/x.tlog.size", size)
        );
    };
    // From a size that it never cosigned.
    let first = request(&lab, "case", 0);
    conflict(server.post(&first.replacen("old 0", "old 1", 1)), "0\n");
    let good = server.post(&first);
    assert_eq!(good.status, 200, "{good:?}");
    assert!(
        good.body.starts_with("— w.example/one ") && good.body.ends_with('\n'),
        "{good:?}"
    );
    conflict(server.post(&first), "1\n");
    assert_eq!(
        server.post(&first.replacen("old 0", "old 1", 1)).status,
        200
    );
    // It goes on with a proof, and with nothing less.
    record(&lab);
    record(&lab);
    let second = request(&lab, "case", 1);
    let without: String = {
        let (_, note) = second.split_once("\n\n").unwrap();
        format!("old 1\n\n{note}")
    };
    assert_eq!(server.post(&without).status, 422);
    let hash = second.lines().nth(1).unwrap();
    let other = second.replacen(hash, &format!("A{}", &hash[1..]), 1);
    assert_eq!(server.post(&other).status, 422, "{other}");
    assert_eq!(server.post(&second).status, 200, "{second}");
    conflict(server.post(&second), "3\n");
    // Malformed, above its own size, unsigned, unknown.
    for malformed in [
        "",
        "old\n",
        "old 01\n",
        "old 3\n",
        "old 3\n\n",
        "old 3\nx\n\n",
        "\0",
    ] {
        assert_eq!(server.post(malformed).status, 400, "{malformed:?}");
    }
    assert_eq!(
        server.post(&without.replacen("old 1", "old 4", 1)).status,
        400
    );
    let note = lab.ok(&["checkpoint"]);
    let at = note.len() - 10;
    let flipped = format!(
        "{}{}{}",
        &note[..at],
        if &note[at..=at] == "A" { "B" } else { "A" },
        &note[at + 1..]
    );
    assert_eq!(server.post(&format!("old 3\n\n{flipped}")).status, 403);
    lab.ok(&[
        "init", "foreign", "--title", "Another", "--name", "Field", "--key", "field",
    ]);
    let unknown = server.post(&request(&lab, "foreign", 0));
    assert_eq!(unknown.status, 404, "{unknown:?}");
    // Other places and methods, and more than a request can have.
    assert_eq!(http(&server.address, "POST", "/", &second).status, 404);
    assert_eq!(
        http(&server.address, "GET", "/add-checkpoint", "").status,
        405
    );
    assert_eq!(server.post(&"x".repeat(70_000)).status, 413);
    // After all of that it is where it was.
    conflict(server.post(&second), "3\n");
}

#[test]
fn another_history_is_never_cosigned_whoever_asks_and_however_often_it_is_killed() {
    let lab = lab();
    let log = ledger_key(&lab);
    forked_copy(&lab);
    record(&lab);
    record(&lab);
    let (ours, theirs) = (request(&lab, "case", 0), request(&lab, "fork", 0));
    let server = Server::start(&lab, &[&log]);
    assert_eq!(server.post(&ours).status, 200);
    server.kill();
    let again = |body: &str| body.replacen("old 0", "old 3", 1);
    let server = Server::start(&lab, &[&log]);
    let refused = server.post(&theirs);
    assert_eq!((refused.status, refused.body.as_str()), (409, "3\n"));
    let refused = server.post(&again(&theirs));
    assert_eq!((refused.status, refused.body.as_str()), (409, "3\n"));
    assert_eq!(server.post(&again(&ours)).status, 200);
    server.kill();

    // Killed at any moment of a request: what was answered holds.
    for (size, round) in (3..).zip(0..6) {
        record(&lab);
        let body = request(&lab, "case", size);
        let server = Server::start(&lab, &[&log]);
        let address = server.address.clone();
        let asking = thread::spawn(move || {
            let mut stream = TcpStream::connect(address).ok()?;
            let head = format!(
                "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(head.as_bytes()).ok()?;
            try_answer(stream)
        });
        thread::sleep(std::time::Duration::from_millis(3 * round));
        server.kill();
        let answered = asking
            .join()
            .unwrap()
            .is_some_and(|answer| answer.status == 200);
        let server = Server::start(&lab, &[&log]);
        let now = server.post(&ours);
        assert_eq!(now.status, 409);
        let now: u64 = now.body.trim().parse().unwrap();
        assert!(
            now == size + 1 || now == size && !answered,
            "{now} after {size}, answered: {answered}"
        );
        let ended = server.post(&request(&lab, "case", now));
        assert_eq!(ended.status, 200, "{ended:?}");
    }
}

#[test]
fn of_two_requests_at_once_one_wins() {
    let lab = lab();
    let server = Server::start(&lab, &[&ledger_key(&lab)]);
    assert_eq!(server.post(&request(&lab, "case", 0)).status, 200);
    let mut size = 1;
    for _ in 0..5 {
        record(&lab);
        let one = request(&lab, "case", size);
        record(&lab);
        let two = request(&lab, "case", size);
        let bodies = [one.clone(), two.clone(), one, two];
        let asking: Vec<_> = bodies
            .into_iter()
            .map(|body| {
                let address = server.address.clone();
                thread::spawn(move || http(&address, "POST", "/add-checkpoint", &body))
            })
            .collect();
        let answers: Vec<Answer> = asking.into_iter().map(|a| a.join().unwrap()).collect();
        let won = answers.iter().filter(|a| a.status == 200).count();
        assert_eq!(won, 1, "{answers:?}");
        assert!(
            answers.iter().all(|a| matches!(a.status, 200 | 409)),
            "{answers:?}"
        );
        // The others were told how far the winner got.
        let told: Vec<u64> = answers
            .iter()
            .filter(|a| a.status == 409)
            .map(|a| a.body.trim().parse().unwrap())
            .collect();
        assert!(
            told.iter().all(|t| *t == told[0] && *t > size),
            "{answers:?}"
        );
        size = told[0];
        let rest = server.post(&request(&lab, "case", size));
        assert_eq!(rest.status, 200);
        size = request(&lab, "case", 0)
            .lines()
            .nth(3)
            .unwrap()
            .parse()
            .unwrap();
    }
}

#[test]
fn whoever_is_slow_or_says_nothing_keeps_nobody_waiting() {
    let lab = lab();
    let server = Server::start(&lab, &[&ledger_key(&lab)]);
    let begun = |text: &str| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let slow: Vec<TcpStream> = (0..20)
        .flat_map(|_| {
            [
                begun(""),
                begun("POST /add-check"),
                begun("POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nold 0\n"),
            ]
        })
        .collect();
    assert_eq!(server.post(&request(&lab, "case", 0)).status, 200);
    // A head without an end is cut off, whatever is sent.
    let mut endless = begun("POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n");
    let line = format!("X-Long: {}\r\n", "x".repeat(4_000));
    while endless.write_all(line.as_bytes()).is_ok() {}
    // In the end the slow ones are let go: it is the server that closes.
    for stream in slow {
        if let Some(answer) = try_answer(stream) {
            assert_eq!(answer.status, 408, "{answer:?}");
        }
    }
    assert_eq!(server.post("old").status, 400);
}

#[test]
#[cfg(unix)]
fn it_ends_when_it_is_told_to() {
    let lab = lab();
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&lab, &[&ledger_key(&lab)]);
        // Somebody who is connected and asks nothing does not keep it.
        let idle = TcpStream::connect(&server.address).unwrap();
        let told = Command::new("kill")
            .args([signal, &server.child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
        drop(idle);
    }
}

#[test]
fn the_ledger_asks_and_keeps_what_it_is_told() {
    let lab = lab();
    let log = ledger_key(&lab);
    let server = Server::start(&lab, &[&log]);
    let (url, vkey) = (server.url(), server.vkey.clone());
    let ask = ["witness", "ask", &url, "--witness", &vkey];
    let said = lab.ok(&ask);
    assert!(
        said.starts_with("w.example/one cosigned 1 entry at ")
            && said.contains("Kept as anchors/1-"),
        "{said}"
    );
    record(&lab);
    record(&lab);
    let json = lab.json(&ask);
    assert_eq!(json["size"], 3);
    assert!(
        lab.path(&format!("case/{}", json["file"].as_str().unwrap()))
            .is_file()
    );
    policy(&lab, &server.vkey);
    let (answer, _) = fresh(&lab, &["--policy", "policy", "--fresh-since", "1h"]);
    assert_eq!(answer, "pass");
    // Another key than the witness's, an address of another kind, nobody there, a ledger that it does not know.
    new_key(&lab, "second");
    let other = witness_key(&lab, "second", NAME);
    lab.refused(
        1,
        &["witness", "ask", &url, "--witness", &other],
        &["holds no cosignature by w.example/one"],
    );
    let field = witness_key(&lab, "field", NAME);
    lab.refused(
        1,
        &["witness", "ask", &url, "--witness", &field],
        &["does not vouch for it"],
    );
    lab.refused(
        2,
        &["witness", "ask", "https://x", "--witness", &server.vkey],
        &["no TLS"],
    );
    lab.refused(
        2,
        &["witness", "ask", &url, "--witness", &log],
        &["one of type 04 is wanted"],
    );
    lab.ok(&[
        "init", "foreign", "--title", "Another", "--name", "Field", "--key", "field",
    ]);
    lab.fails(
        1,
        &[&ask[..], &["--ledger", "foreign"]].concat(),
        &["does not cosign (404)", "no log with the origin"],
    );
    // An older copy, and another history.
    copy(&lab.path("case"), &lab.path("older"));
    forked_copy(&lab);
    record(&lab);
    lab.ok(&ask);
    lab.fails(
        1,
        &[&ask[..], &["--ledger", "older"]].concat(),
        &["cosigned 4 entries", "its checkpoint covers 3"],
    );
    lab.fails(
        1,
        &[&ask[..], &["--ledger", "fork"]].concat(),
        &["does not cosign (422)"],
    );
    drop(server);
    lab.refused(2, &ask, &["does not answer"]);
}

fn serve<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let always = [
        "witness",
        "serve",
        "--name",
        NAME,
        "--listen",
        "127.0.0.1:0",
    ];
    [&always[..], args].concat()
}

#[test]
fn what_cannot_be_served_is_said_before_it_listens() {
    let lab = lab();
    let log = ledger_key(&lab);
    lab.fails(
        2,
        &serve(&["--key", "field", "--log", &log]),
        &["is that of the log", "a key of its own"],
    );
    lab.fails(
        2,
        &serve(&["--key", "witness", "--log", "x"]),
        &["the log's key \"x\""],
    );
    lab.write("policy", "quorum none\n");
    lab.fails(
        2,
        &serve(&["--key", "witness", "--policy", "policy"]),
        &["no log to cosign"],
    );
    let args = [
        "witness",
        "serve",
        "--name",
        "a b",
        "--key",
        "witness",
        "--log",
        &log,
        "--listen",
        "127.0.0.1:0",
    ];
    lab.fails(2, &args, &["--name"]);
    let args = [
        "witness",
        "serve",
        "--name",
        NAME,
        "--key",
        "witness",
        "--log",
        &log,
        "--listen",
        "203.0.113.1:1",
    ];
    lab.fails(2, &args, &["cannot listen on 203.0.113.1:1"]);
}
