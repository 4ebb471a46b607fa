//! Proof files (§20), with every part open to change.

use base64ct::{Base64, Encoding};

use super::{Bytes32, Entry, Log, Note, consistency, inclusion};

/// A tlog-proof of one entry under construction.
#[derive(Clone)]
pub struct Proof {
    pub version: u16,
    pub leaf: Vec<u8>,
    pub openings: Vec<u8>,
    pub roster: Option<Roster>,
    /// Behind everything else in `extra`.
    pub trailing: Vec<u8>,
    pub index: String,
    pub hashes: Vec<Bytes32>,
    pub checkpoint: Vec<u8>,
}

/// A later entry that travels with it.
#[derive(Clone)]
pub struct Roster {
    pub index: u64,
    pub leaf: Vec<u8>,
    pub openings: Vec<u8>,
    pub hashes: Vec<Bytes32>,
}

/// No opening is disclosed.
pub const CLOSED: &[u8] = &[0];

impl Proof {
    /// Of the leaf alone, under this checkpoint of the whole log.
    pub fn of(log: &Log, index: usize, checkpoint: &Note) -> Self {
        Self {
            version: 1,
            leaf: log.entries[index].leaf(),
            openings: CLOSED.to_vec(),
            roster: None,
            trailing: Vec::new(),
            index: index.to_string(),
            hashes: inclusion(&log.hashes(), index),
            checkpoint: checkpoint.bytes(),
        }
    }

    pub fn with_roster(mut self, log: &Log, index: usize) -> Self {
        let entry: &Entry = &log.entries[index];
        self.roster = Some(Roster {
            index: index as u64,
            leaf: entry.leaf(),
            openings: entry.openings(),
            hashes: inclusion(&log.hashes(), index),
        });
        self
    }

    pub fn extra(&self) -> Vec<u8> {
        let mut extra = self.version.to_le_bytes().to_vec();
        extra.extend(&self.leaf);
        extra.extend(&self.openings);
        match &self.roster {
            None => extra.push(0),
            Some(roster) => {
                extra.push(1);
                extra.extend(roster.index.to_le_bytes());
                extra.extend(&roster.leaf);
                extra.extend(&roster.openings);
                extra.extend(super::list(&roster.hashes));
            }
        }
        extra.extend(&self.trailing);
        extra
    }

    pub fn bytes(&self) -> Vec<u8> {
        let extra = format!("extra {}\n", Base64::encode_string(&self.extra()));
        self.bytes_with(&extra)
    }

    /// With this line for `extra`.
    pub fn bytes_with(&self, extra: &str) -> Vec<u8> {
        let mut file =
            format!("c2sp.org/tlog-proof@v1\n{extra}index {}\n", self.index).into_bytes();
        file.extend(lines(&self.hashes));
        file.push(b'\n');
        file.extend(&self.checkpoint);
        file
    }
}

fn lines(hashes: &[Bytes32]) -> Vec<u8> {
    hashes
        .iter()
        .flat_map(|hash| (Base64::encode_string(hash) + "\n").into_bytes())
        .collect()
}

/// That one head extends another.
#[derive(Clone)]
pub struct Consistency {
    pub old: String,
    pub root: Bytes32,
    pub hashes: Vec<Bytes32>,
    pub checkpoint: Vec<u8>,
}

impl Consistency {
    pub fn of(log: &Log, old: usize, checkpoint: &Note) -> Self {
        Self {
            old: old.to_string(),
            root: log.root_at(old),
            hashes: consistency(&log.hashes(), old),
            checkpoint: checkpoint.bytes(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut file = format!(
            "seaproof/consistency@v1\nold {} {}\n",
            self.old,
            Base64::encode_string(&self.root)
        )
        .into_bytes();
        file.extend(lines(&self.hashes));
        file.push(b'\n');
        file.extend(&self.checkpoint);
        file
    }
}
