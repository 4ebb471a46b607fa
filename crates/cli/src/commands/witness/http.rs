//! One request over plain HTTP, and its answer: just enough to ask a witness. HTTP/1.0, so that nothing comes in chunks.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// The most bytes of an answer.
const ANSWER_MAX: usize = 256 << 10;
/// How long connecting, and each read or write, may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long all of it may take.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(60);

/// Where a witness answers: `http://host:port/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Host and port.
    authority: String,
    /// Begins with a slash and does not end with one, or is empty.
    prefix: String,
}

impl Address {
    /// Reads an address; `None` if it is none of this kind.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let visible = |b: u8| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'@' | b'\\');
        if !rest.bytes().all(visible) {
            return None;
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.trim_end_matches('/');
        let has_port = |tail: &str| {
            tail.rsplit_once(':')
                .is_some_and(|(_, p)| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
        };
        // The colons of an IPv6 address stand in brackets.
        let authority = match has_port(host.rsplit(']').next().unwrap_or(host)) {
            true => host.to_owned(),
            false => format!("{host}:80"),
        };
        (!host.is_empty()).then(|| Self {
            authority,
            prefix: match path {
                "" => String::new(),
                path => format!("/{path}"),
            },
        })
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Posts a body.
pub fn post(to: &Address, path: &str, body: &[u8]) -> io::Result<Answer> {
    let begun = Instant::now();
    let mut stream = connect(&to.authority)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = format!(
        "POST {}{path} HTTP/1.0\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        to.prefix,
        to.authority,
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    // A witness may refuse, and say so, before it has read all.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let mut buffer = [0; 8_192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => answer.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if answer.len() > ANSWER_MAX {
            return Err(malformed("the answer is longer than a witness's can be"));
        }
        if begun.elapsed() > PATIENCE_IN_ALL {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    parse(&answer)
}

fn connect(authority: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in authority.to_socket_addrs()?.take(8) {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn parse(answer: &[u8]) -> io::Result<Answer> {
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(|| malformed("the answer is no HTTP"))?;
    let head =
        std::str::from_utf8(&answer[..end]).map_err(|_| malformed("the answer is no HTTP"))?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1."))
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| malformed("the answer is no HTTP"))?;
    let body = &answer[end + 4..];
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let length = name.eq_ignore_ascii_case("content-length");
        if length && value.trim().parse() != Ok(body.len()) {
            return Err(malformed("the answer breaks off"));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(malformed("the answer is in chunks, which HTTP/1.0 has not"));
        }
    }
    Ok(Answer {
        status,
        body: body.to_vec(),
    })
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    #[test]
    fn an_address_is_plain_http() {
        let parsed = |text| Address::parse(text).map(|a| (a.authority, a.prefix));
        let is = |a: &str, p: &str| Some((a.to_owned(), p.to_owned()));
        assert_eq!(parsed("http://127.0.0.1:7878"), is("127.0.0.1:7878", ""));
        assert_eq!(parsed("http://127.0.0.1:7878/"), is("127.0.0.1:7878", ""));
        assert_eq!(parsed("http://[::1]:80/a/b/"), is("[::1]:80", "/a/b"));
        assert_eq!(parsed("http://[::1]/"), is("[::1]:80", ""));
        assert_eq!(parsed("http://example.org/w"), is("example.org:80", "/w"));
        for wrong in [
            "",
            "127.0.0.1:1",
            "https://example.org",
            "http://",
            "http:///x",
            "http://a b",
            "http://a\r\nb",
            "http://u@h/",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_answer_that_is_none_is_refused() {
        let good = parse(b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n7\n").unwrap();
        assert_eq!((good.status, &good.body[..]), (409, &b"7\n"[..]));
        for wrong in [
            &b""[..],
            b"HTTP/1.1 200 OK\r\n",
            b"SSH-2.0-x\r\n\r\n",
            b"HTTP/1.1 2x0 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n7\n",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            b"\xff\r\n\r\n",
        ] {
            assert!(parse(wrong).is_err());
        }
    }
}
