//! Signing through an ssh-agent: the secret key never comes near this program.
//!
//! The agent is asked for raw Ed25519 signatures over the bytes given, and is not believed: every
//! signature is checked before it is used. Its answers are bounded and waited for only so long.
//! The protocol is that of draft-miller-ssh-agent.

use std::env;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::{AdmissibleKey, PublicKeyLine, Signer, SignerError, fingerprint};
use seaproof_ledger::signature::verify_one;

use crate::error::{Error, Result};
use crate::output::clean;

/// The most bytes of an answer, as OpenSSH's own agent has it.
const ANSWER_MAX: usize = 256 << 10;
/// How long an agent is waited for if nothing else is said: a person may have to confirm.
const PATIENCE: Duration = Duration::from_secs(60);
/// After this long it is said that an agent is waited for.
const SILENCE: Duration = Duration::from_secs(2);

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const FAILURE: u8 = 5;
const ALGORITHM: &[u8] = b"ssh-ed25519";

/// A key that an agent holds.
pub struct Held {
    /// The kind, as `ssh-ed25519`.
    pub kind: String,
    /// The key, if it is of the kind that signs here.
    pub key: Option<AuthorKey>,
    pub comment: String,
}

/// An agent that answers.
pub struct Agent {
    wire: Wire,
}

impl Agent {
    /// The agent that `SSH_AUTH_SOCK` names.
    pub fn connect() -> Result<Self> {
        let path = env::var_os("SSH_AUTH_SOCK")
            .filter(|path| !path.is_empty())
            .ok_or_else(|| {
                Error::key("there is no ssh-agent here: SSH_AUTH_SOCK is not set").remedy(
                    "Start one with `eval $(ssh-agent)` and give it the key with `ssh-add FILE`, or name the \
                     private key's file with --key.",
                )
            })?;
        let patience = patience()?;
        let stream = connect(&path).map_err(|error| {
            Error::key(format!(
                "the ssh-agent at {} cannot be reached: {error}",
                path.to_string_lossy()
            ))
            .remedy("Look at SSH_AUTH_SOCK; `ssh-add -l` asks the same agent.")
        })?;
        Ok(Self {
            wire: Wire { stream, patience },
        })
    }

    /// The keys that it holds.
    pub fn keys(&mut self) -> Result<Vec<Held>> {
        let told = self
            .wire
            .ask(&[REQUEST_IDENTITIES])
            .and_then(|answer| read_keys(&answer).ok_or(Trouble::Garbled));
        told.map_err(|trouble| Error::key(format!("the ssh-agent {trouble}")))
    }

    /// A signer for the key with this fingerprint, or its beginning; the only key if it is empty.
    pub fn signer(mut self, wanted: &str) -> Result<AgentSigner> {
        let held = self.keys()?;
        let fits: Vec<AuthorKey> = held
            .iter()
            .filter_map(|held| held.key)
            .filter(|key| {
                let print = fingerprint(key);
                wanted.is_empty() || wanted.len() > 10 && print.starts_with(wanted)
            })
            .collect();
        match fits[..] {
            [key] => Ok(AgentSigner::new(key, self.wire)),
            [] if wanted.is_empty() => Err(lacks("the ssh-agent holds no Ed25519 key", &held)),
            [] => Err(lacks(
                &format!("the ssh-agent holds no key {}", clean(wanted)),
                &held,
            )),
            _ => Err(lacks("the ssh-agent holds several keys that fit", &held)
                .remedy("Name one by its fingerprint: --key agent:SHA256:…")),
        }
    }

    /// A signer for this key.
    pub fn signer_for(mut self, key: AuthorKey) -> Result<AgentSigner> {
        let held = self.keys()?;
        match held.iter().any(|held| held.key == Some(key)) {
            true => Ok(AgentSigner::new(key, self.wire)),
            false => Err(lacks(
                &format!("the ssh-agent does not hold {}", fingerprint(&key)),
                &held,
            )),
        }
    }
}

/// What an agent holds instead.
fn lacks(what: &str, held: &[Held]) -> Error {
    let held: Vec<String> = held
        .iter()
        .filter_map(|held| Some(format!("{} {}", fingerprint(&held.key?), held.comment)))
        .collect();
    let holds = match held.is_empty() {
        true => "It holds none, or is locked (`ssh-add -X` unlocks it)".to_owned(),
        false => format!("It holds {}", held.join(", ")),
    };
    Error::key(what)
        .remedy_if_none(format!(
            "Nothing was signed. {}. `ssh-add FILE` gives it a key, `seaproof key list` shows what it holds.",
            clean(&holds)
        ))
}

/// A key that an agent holds.
pub struct AgentSigner {
    key: AuthorKey,
    /// One request at a time; gone once an answer failed to come, because a late one would be taken
    /// for that to the next request.
    wire: Mutex<Option<Wire>>,
}

impl AgentSigner {
    fn new(key: AuthorKey, wire: Wire) -> Self {
        Self {
            key,
            wire: Mutex::new(Some(wire)),
        }
    }

    fn ask(&self, message: &[u8]) -> Result<[u8; 64], Trouble> {
        let key = AdmissibleKey::admit(self.key).map_err(|_| Trouble::Wrong)?;
        let mut wire = match self.wire.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        };
        let Some(open) = wire.as_mut() else {
            return Err(Trouble::Gone("it failed before".to_owned()));
        };
        let mut request = vec![SIGN_REQUEST];
        put_string(&mut request, &blob(&self.key));
        put_string(&mut request, message);
        request.extend(0u32.to_be_bytes());
        let answered = open
            .ask(&request)
            .and_then(|answer| read_signature(&answer).ok_or(Trouble::Garbled))
            .and_then(|signature| match verify_one(&key, message, &signature) {
                true => Ok(signature),
                false => Err(Trouble::Wrong),
            });
        if answered.is_err() {
            *wire = None;
        }
        answered
    }
}

impl Signer for AgentSigner {
    fn public(&self) -> AuthorKey {
        self.key
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        self.ask(message).map_err(|trouble| SignerError {
            key: self.key,
            reason: format!("the ssh-agent {trouble}"),
        })
    }
}

/// Why an agent gave nothing of use; reads behind "the ssh-agent".
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(
        "refused: it may be locked, the key may have been removed from it, or a confirmation was denied; `ssh-add -l` tells"
    )]
    Refused,
    #[error(
        "gave no answer within {} seconds; if it waits for a confirmation, try again, or set SEAPROOF_AGENT_TIMEOUT",
        .0.as_secs()
    )]
    Silent(Duration),
    #[error("is gone: {0}")]
    Gone(String),
    #[error("wanted to answer with {0} bytes, more than any answer has")]
    Long(usize),
    #[error("gave an answer that cannot be read")]
    Garbled,
    #[error("gave a signature that is not that of the key over what was to be signed")]
    Wrong,
}

/// A connection, one request and answer after the other.
struct Wire {
    stream: Stream,
    patience: Duration,
}

impl Wire {
    /// Sends a request and reads the answer, all within the time there is.
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Trouble> {
        let begun = Instant::now();
        let mut framed = Vec::with_capacity(request.len() + 4);
        put_string(&mut framed, request);
        self.stream
            .set_write_timeout(Some(self.patience))
            .and_then(|()| self.stream.write_all(&framed))
            .map_err(|error| self.trouble(&error))?;
        let mut length = [0; 4];
        self.read(&mut length, begun)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > ANSWER_MAX {
            return Err(Trouble::Long(length));
        }
        let mut answer = vec![0; length];
        self.read(&mut answer, begun)?;
        match answer.first() {
            None => Err(Trouble::Garbled),
            Some(&FAILURE) => Err(Trouble::Refused),
            Some(_) => Ok(answer),
        }
    }

    fn read(&mut self, mut into: &mut [u8], begun: Instant) -> Result<(), Trouble> {
        let mut told = false;
        while !into.is_empty() {
            let waited = begun.elapsed();
            let left = self.patience.saturating_sub(waited);
            if left.is_zero() {
                return Err(Trouble::Silent(self.patience));
            }
            let pause = match told || waited > SILENCE {
                true => left,
                false => left.min(SILENCE),
            };
            let read = self
                .stream
                .set_read_timeout(Some(pause))
                .and_then(|()| self.stream.read(into));
            match read {
                Ok(0) => return Err(Trouble::Gone("it closed the connection".to_owned())),
                Ok(n) => into = &mut std::mem::take(&mut into)[n..],
                Err(error) if is_pause(&error) => {
                    if !told && begun.elapsed() < self.patience {
                        told = true;
                        // Nobody to tell when stderr is gone.
                        let note = "note: waiting for the ssh-agent; it may ask you to confirm\n";
                        let _ = io::stderr().write_all(note.as_bytes());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.trouble(&error)),
            }
        }
        Ok(())
    }

    fn trouble(&self, error: &io::Error) -> Trouble {
        match is_pause(error) {
            true => Trouble::Silent(self.patience),
            false => Trouble::Gone(error.to_string()),
        }
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

#[cfg(unix)]
type Stream = std::os::unix::net::UnixStream;

#[cfg(unix)]
fn connect(path: &OsString) -> io::Result<Stream> {
    Stream::connect(path)
}

#[cfg(not(unix))]
type Stream = std::net::TcpStream;

#[cfg(not(unix))]
fn connect(_: &OsString) -> io::Result<Stream> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "agents are reached on Unix only",
    ))
}

/// How long an agent is waited for.
fn patience() -> Result<Duration> {
    let Some(text) = env::var_os("SEAPROOF_AGENT_TIMEOUT").filter(|text| !text.is_empty()) else {
        return Ok(PATIENCE);
    };
    text.to_str()
        .and_then(|text| text.parse::<u16>().ok())
        .filter(|seconds| *seconds > 0)
        .map(|seconds| Duration::from_secs(seconds.into()))
        .ok_or_else(|| Error::usage("SEAPROOF_AGENT_TIMEOUT is a number of seconds, 1 to 65535"))
}

/// The public key as SSH carries it.
fn blob(key: &AuthorKey) -> Vec<u8> {
    let mut blob = Vec::new();
    put_string(&mut blob, ALGORITHM);
    put_string(&mut blob, key.as_bytes());
    blob
}

/// Appends a string of SSH: its length, then its bytes. What is signed here has some hundred bytes.
fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(bytes);
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*length))
}

fn string<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(number(bytes)?).ok()?;
    let (string, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(string)
}

/// Exactly an Ed25519 value of the field's own form: its kind, then so many bytes.
fn ed25519<const N: usize>(mut bytes: &[u8]) -> Option<[u8; N]> {
    let value = match string(&mut bytes)? {
        ALGORITHM => string(&mut bytes)?.try_into().ok()?,
        _ => return None,
    };
    bytes.is_empty().then_some(value)
}

fn read_keys(answer: &[u8]) -> Option<Vec<Held>> {
    let mut rest = answer.strip_prefix(&[IDENTITIES_ANSWER])?;
    let count = number(&mut rest)?;
    let mut keys = Vec::new();
    for _ in 0..count {
        // Each takes bytes of the answer, so a false count ends soon.
        let (mut blob, comment) = (string(&mut rest)?, string(&mut rest)?);
        let key = ed25519::<32>(blob).map(AuthorKey);
        keys.push(Held {
            kind: String::from_utf8_lossy(string(&mut blob)?).into_owned(),
            key,
            comment: String::from_utf8_lossy(comment).into_owned(),
        });
    }
    rest.is_empty().then_some(keys)
}

fn read_signature(answer: &[u8]) -> Option<[u8; 64]> {
    let mut rest = answer.strip_prefix(&[SIGN_RESPONSE])?;
    let signature = string(&mut rest)?;
    ed25519(signature).filter(|_| rest.is_empty())
}

impl Held {
    /// Its public key line, if it is of the kind that signs here.
    pub fn line(&self) -> Option<PublicKeyLine> {
        Some(PublicKeyLine {
            key: self.key?,
            comment: self.comment.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature_answer(kind: &[u8], bytes: &[u8]) -> Vec<u8> {
        let mut signature = Vec::new();
        put_string(&mut signature, kind);
        put_string(&mut signature, bytes);
        let mut answer = vec![SIGN_RESPONSE];
        put_string(&mut answer, &signature);
        answer
    }

    #[test]
    fn answers_are_read_exactly_or_not_at_all() {
        let whole = signature_answer(ALGORITHM, &[7; 64]);
        assert_eq!(read_signature(&whole), Some([7; 64]));
        for cut in 0..whole.len() {
            assert_eq!(read_signature(&whole[..cut]), None);
        }
        assert_eq!(read_signature(&[&whole[..], &[0]].concat()), None);
        assert_eq!(read_signature(&signature_answer(ALGORITHM, &[7; 63])), None);
        let other = signature_answer(b"ssh-rsa", &[7; 64]);
        assert_eq!(read_signature(&other), None);

        let mut answer = vec![IDENTITIES_ANSWER, 0, 0, 0, 2];
        put_string(&mut answer, &blob(&AuthorKey([3; 32])));
        put_string(&mut answer, b"Field");
        let mut rsa = Vec::new();
        put_string(&mut rsa, b"ssh-rsa");
        put_string(&mut rsa, &[1, 2, 3]);
        put_string(&mut answer, &rsa);
        put_string(&mut answer, b"\xff");
        let keys = read_keys(&answer).map(|keys| {
            keys.into_iter()
                .map(|held| (held.kind, held.key))
                .collect::<Vec<_>>()
        });
        let expected = vec![
            ("ssh-ed25519".to_owned(), Some(AuthorKey([3; 32]))),
            ("ssh-rsa".to_owned(), None),
        ];
        assert_eq!(keys, Some(expected));
        for cut in 0..answer.len() {
            assert!(read_keys(&answer[..cut]).is_none());
        }
        // A count of four thousand millions takes no memory.
        assert!(read_keys(&[IDENTITIES_ANSWER, 255, 255, 255, 255]).is_none());
    }
}
