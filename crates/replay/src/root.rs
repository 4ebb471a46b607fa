//! The state root: one hash that says whether two replays came to the same state.
//!
//! ```text
//! state root = SHA-256("seaproof/v1/state\0" ‖ state)
//! state      = version u32 = 1 · entries u64 · entry … · notices u64 · notice …
//! entry      = index u64 · id 32 · author · role u8 · authorised bool · suspect bool
//!            · recorded-at i64 · class u8 · label · content · status · corrected-by
//!            · disputed-by · weakened-by
//! content    = 0, kind, version u16, event bytes, references, exhibits          read
//!            | 1 of the log itself | 2, kind, version u16 | 3 malformed | 4 withheld | 5 newer envelope
//! status     = 0 standing | 1, by u64 retracted | 2, with fallen | 3 unauthorised | 4 misplaced
//! notice     = index u64 · code
//! ```
//!
//! `docs/STATE.md` is the specification.
//!
//! Entries stand in the order of the log. The author is an option of 32 bytes, always there. A
//! reference is an option: what it stands for after corrections, or nothing if it dangles; then a
//! notice names the id. The encoding is bincode's legacy configuration: integers
//! of fixed width, little-endian; texts, bytes and lists with their u64 length first; an option as
//! 0, or 1 and its value. `role` is 0 for none, else 1 custodian, 2 investigator, 3 witness. Other
//! entries are named by their index. Views and findings are pure functions of what is covered, so
//! they are not hashed themselves. It names every guessable fact without a salt: it is disclosed
//! only together with every opening that it rests on.

use bincode::config::{Configuration, Fixint, LittleEndian};
use bincode::enc::Encode;
use bincode::enc::write::Writer;
use seaproof_evidence::Role;
use sha2::{Digest, Sha256};

use crate::settle::{Settled, Status};
use crate::state::{At, Body, Entry, State};

/// The hash of a state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateRoot(pub [u8; 32]);

impl std::fmt::Display for StateRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&seaproof_ledger::ids::to_hex(&self.0))
    }
}

impl std::fmt::Debug for StateRoot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateRoot({self})")
    }
}

/// The version of the encoding under the root; it changes with the encoding.
pub const ROOT_VERSION: u16 = 1;

/// The root of a state; [`Settled::root`] if it is settled already.
pub fn state_root(state: &State) -> StateRoot {
    state.settle().root()
}

const ENCODE: Configuration<LittleEndian, Fixint> = bincode::config::legacy();

/// Hashes what is written.
struct Hasher(Sha256);

impl Writer for Hasher {
    fn write(&mut self, bytes: &[u8]) -> Result<(), bincode::error::EncodeError> {
        self.0.update(bytes);
        Ok(())
    }
}

/// Collects one entry's bytes, so that the hash gets them in one piece.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn put<T: Encode>(&mut self, value: T) {
        if bincode::encode_into_std_write(value, &mut self.0, ENCODE).is_err() {
            unreachable!("integers, texts and lists are encoded into memory");
        }
    }
}

impl Settled<'_> {
    /// The root of this state.
    pub fn root(&self) -> StateRoot {
        let mut hash = Hasher(Sha256::new());
        let mut bytes = Bytes::default();
        bytes.0.extend(b"seaproof/v1/state\0");
        bytes.put((u32::from(ROOT_VERSION), self.state.entries.len() as u64));
        for (position, entry) in self.state.entries.iter().enumerate() {
            self.put_entry(&mut bytes, At::new(position), entry);
            // Writing to a hash cannot fail.
            let _ = hash.write(&bytes.0);
            bytes.0.clear();
        }
        bytes.put(self.state.notices.len() as u64);
        for notice in &self.state.notices {
            // The code and not the words: words may be put better one day.
            bytes.put((notice.entry, notice.problem.code()));
        }
        let _ = hash.write(&bytes.0);
        StateRoot(hash.0.finalize().into())
    }

    fn put_entry(&self, bytes: &mut Bytes, at: At, entry: &Entry) {
        let role = match entry.standing.role {
            None => 0_u8,
            Some(Role::Custodian) => 1,
            Some(Role::Investigator) => 2,
            Some(Role::Witness) => 3,
        };
        bytes.put((entry.index, entry.id, self.state.author(entry)));
        bytes.put((role, entry.standing.authorised, entry.standing.suspect));
        bytes.put((entry.recorded_at, entry.class as u8, entry.label()));
        let index = |at: &At| self.state.entry(*at).index;
        match &entry.body {
            Body::Event(event) => {
                bytes.put((0_u8, event.kind, event.version, self.state.bytes_of(event)));
                let refs = self.state.refs_of(entry);
                bytes.put(refs.len() as u64);
                for at in refs {
                    bytes.put(at.as_ref().map(index));
                }
                bytes.put(entry.exhibits());
            }
            Body::OfTheLog => bytes.put(1_u8),
            Body::Unknown { kind, version } => bytes.put((2_u8, kind, version)),
            // Why is said in words that may change; what it is, the entry's id covers.
            Body::Malformed { .. } => bytes.put(3_u8),
            Body::Withheld => bytes.put(4_u8),
            Body::NewerEnvelope => bytes.put(5_u8),
        }
        match self.status(at) {
            Status::Standing => bytes.put(0_u8),
            Status::Retracted { by } => bytes.put((1_u8, index(by))),
            Status::Fallen { with } => {
                bytes.put((2_u8, with.iter().map(index).collect::<Vec<_>>()));
            }
            Status::Unauthorised => bytes.put(3_u8),
            Status::Misplaced => bytes.put(4_u8),
            // Of a part of what was recorded: such a state has a root of its own.
            Status::LeftOut => bytes.put(5_u8),
            Status::Later => bytes.put(6_u8),
        }
        bytes.put(self.corrected_by.get(&at).map(index));
        for marks in [&self.disputes, &self.weakened] {
            let marks = marks.get(&at).map_or(&[][..], Vec::as_slice);
            bytes.put(marks.iter().map(index).collect::<Vec<_>>());
        }
    }
}
