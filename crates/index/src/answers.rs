//! Finished answers, and the state of replay from which the next ones are made.

use std::io::{self, Read};
use std::path::PathBuf;

use seaproof_ledger::encoding;
use seaproof_ledger::ids::{TreeHash, TreeSize};
use seaproof_ledger::reader::Mark;
use seaproof_ledger::statement::Head;
use seaproof_replay::State;
use seaproof_replay::view::ANSWERS_VERSION;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Index, files};

/// What a file was made from.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
struct Stamp {
    /// The answer's name: one is never taken for another.
    name: String,
    /// Of the rules that made it.
    answers_version: u32,
    /// The program's.
    program: String,
    mark: Vec<u8>,
    /// The checkpoint that was found to be a head of this log.
    agreed: Option<(TreeSize, TreeHash)>,
}

const STAMP_MAX: usize = 40 << 20;

/// An answer that was kept, and what is needed to see whether it still holds.
#[derive(Debug)]
pub struct Stored {
    /// Where the log was read to.
    pub mark: Mark,
    /// A checkpoint that was found to be a head of that log.
    pub agreed: Option<Head>,
    content: Vec<u8>,
}

impl Stored {
    /// The answer. It is the ledger's if the log still ends at [`Stored::mark`].
    pub fn value<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.content).ok()
    }
}

/// The state of replay that was kept.
#[derive(Debug)]
pub struct StoredState {
    /// After the entries up to [`StoredState::mark`].
    pub state: State,
    /// Where the log was read to.
    pub mark: Mark,
    /// A checkpoint that was found to be a head of that log.
    pub agreed: Option<Head>,
}

/// Whether what was made could be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Kept {
    /// It was.
    Yes,
    /// The folder cannot be written; the answer is right nonetheless.
    No(String),
}

impl From<io::Result<()>> for Kept {
    fn from(done: io::Result<()>) -> Self {
        match done {
            Ok(()) => Self::Yes,
            Err(error) => Self::No(error.to_string()),
        }
    }
}

impl Index {
    fn answer_path(&self, name: &str) -> PathBuf {
        self.answers().join(name)
    }

    /// The answer kept under a name, if there is a sound one of this version.
    pub fn stored(&self, name: &str) -> Option<Stored> {
        let (_, bytes) = files::read(&self.key, &self.answer_path(name))?;
        let mut rest = &bytes[..];
        let stamp = read_stamp(&mut rest, name)?;
        Some(Stored {
            mark: Mark::from_bytes(&stamp.mark)?,
            agreed: stamp.head(),
            content: rest.to_vec(),
        })
    }

    /// Keeps an answer.
    pub fn keep(
        &self,
        name: &str,
        mark: &Mark,
        agreed: Option<Head>,
        value: &impl Serialize,
    ) -> Kept {
        let stamp = Stamp::new(name, mark, agreed);
        self.write(name, &stamp, |out| {
            serde_json::to_writer(&mut *out, value).map_err(io::Error::from)
        })
        .into()
    }

    /// What was kept under a name and was made from exactly this, by this version. It is of no place of the log:
    /// whoever asks says all that it depends on.
    pub fn made<T: DeserializeOwned>(&self, name: &str, from: &[u8]) -> Option<T> {
        let (_, bytes) = files::read(&self.key, &self.answer_path(name))?;
        let rest = bytes.strip_prefix(&made_from(name, from)[..])?;
        serde_json::from_slice(rest).ok()
    }

    /// Keeps what was made from this, in the place of what was kept under the name before.
    pub fn keep_made(&self, name: &str, from: &[u8], value: &impl Serialize) -> Kept {
        let keep = || {
            files::private_folder(&self.folder)?;
            files::private_folder(&self.answers())?;
            files::write(&self.key, &self.answer_path(name), |out| {
                out.write_all(&made_from(name, from))?;
                serde_json::to_writer(&mut *out, value).map_err(io::Error::from)
            })
        };
        keep().into()
    }

    /// The state that was kept, if it is sound and of this version. Replay goes on from it if the log still goes
    /// through its mark and nothing that came later [reaches back](seaproof_ledger::reader::Reader::reaches_back).
    pub fn stored_state(&self) -> Option<StoredState> {
        let mut input = files::open(&self.key, &self.answer_path(STATE))?;
        let stamp = read_stamp(&mut input, STATE)?;
        let mark = Mark::from_bytes(&stamp.mark)?;
        let state = State::read_from(&mut input).ok()?;
        let whole = state.entries().len() as u64 == mark.head().size.0;
        whole.then(|| StoredState {
            state,
            mark,
            agreed: stamp.head(),
        })
    }

    /// Keeps the state after the entries up to a mark.
    pub fn keep_state(&self, mark: &Mark, agreed: Option<Head>, state: &State) -> Kept {
        let stamp = Stamp::new(STATE, mark, agreed);
        self.write(STATE, &stamp, |mut out| state.write_to(&mut out))
            .into()
    }

    fn write(
        &self,
        name: &str,
        stamp: &Stamp,
        content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<()> {
        files::private_folder(&self.folder)?;
        files::private_folder(&self.answers())?;
        let stamp = encoding::encode(stamp);
        files::write(&self.key, &self.answer_path(name), |out| {
            out.write_all(&(stamp.len() as u64).to_le_bytes())?;
            out.write_all(&stamp)?;
            content(out)
        })
    }
}

const STATE: &str = "state";

/// The beginning of what was made from something: its name, this version, and what it was made from.
fn made_from(name: &str, from: &[u8]) -> Vec<u8> {
    let version = (name, env!("CARGO_PKG_VERSION"), ANSWERS_VERSION, from.len());
    let mut bytes = format!("{version:?}\n").into_bytes();
    bytes.extend(from);
    bytes
}

impl Stamp {
    fn new(name: &str, mark: &Mark, agreed: Option<Head>) -> Self {
        Self {
            name: name.to_owned(),
            answers_version: ANSWERS_VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            mark: mark.to_bytes(),
            agreed: agreed.map(|head| (head.size, head.root)),
        }
    }

    fn head(&self) -> Option<Head> {
        self.agreed.map(|(size, root)| Head { size, root })
    }
}

fn read_stamp(input: &mut impl Read, name: &str) -> Option<Stamp> {
    let mut length = [0; 8];
    input.read_exact(&mut length).ok()?;
    let length = u64::from_le_bytes(length);
    if length > STAMP_MAX as u64 {
        return None;
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes).ok()?;
    let stamp: Stamp = encoding::decode(&bytes, STAMP_MAX).ok()?;
    let now = stamp.name == name
        && stamp.answers_version == ANSWERS_VERSION
        && stamp.program == env!("CARGO_PKG_VERSION");
    now.then_some(stamp)
}
