//! Entries and the log they stand in (§3, §5): built as an honest writer would, and open to every change.

use std::collections::BTreeMap;

use super::{Bytes32, Facts, Key, ZERO, leaf_hash, root, sha256, source, sshsig};

/// §3, field by field.
#[derive(Clone)]
pub struct Statement {
    pub version: u16,
    pub class: u8,
    pub ledger: Bytes32,
    pub key: Bytes32,
    pub seq: u64,
    pub prev: Bytes32,
    pub observed_size: u64,
    pub observed_root: Bytes32,
    pub recorded_at: i64,
    pub facts: Bytes32,
    pub source: Bytes32,
}

impl Statement {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.version.to_le_bytes().to_vec();
        bytes.push(self.class);
        bytes.extend(self.ledger);
        bytes.extend(self.key);
        bytes.extend(self.seq.to_le_bytes());
        bytes.extend(self.prev);
        bytes.extend(self.observed_size.to_le_bytes());
        bytes.extend(self.observed_root);
        bytes.extend(self.recorded_at.to_le_bytes());
        bytes.extend(self.facts);
        bytes.extend(self.source);
        assert_eq!(bytes.len(), 219);
        bytes
    }

    pub fn id(&self) -> Bytes32 {
        sha256(&[b"seaproof/v1/entry\0", &self.encode()])
    }
}

/// Facts or source with its salt (§5).
#[derive(Clone)]
pub struct Opening {
    pub salt: Bytes32,
    pub bytes: Vec<u8>,
}

impl Opening {
    fn commitment(&self, tag: &str, place: &Statement) -> Bytes32 {
        sha256(&[
            tag.as_bytes(),
            &place.ledger,
            &place.key,
            &place.seq.to_le_bytes(),
            &self.salt,
            &self.bytes,
        ])
    }
}

#[derive(Clone)]
pub struct Entry {
    pub statement: Statement,
    pub signature: [u8; 64],
    pub facts: Option<Opening>,
    pub source: Option<Opening>,
    /// First and last of its commit (§10).
    pub first: bool,
    pub last: bool,
    /// Stands in the record in place of the openings.
    pub openings: Option<Vec<u8>>,
}

impl Entry {
    pub fn id(&self) -> Bytes32 {
        self.statement.id()
    }

    pub fn leaf(&self) -> Vec<u8> {
        let mut leaf = self.statement.encode();
        leaf.extend(self.signature);
        leaf
    }

    /// Commits to the openings that are here, from this place.
    pub fn commit(&mut self) {
        if let Some(facts) = &self.facts {
            self.statement.facts = facts.commitment("seaproof/v1/facts\0", &self.statement);
        }
        if let Some(source) = &self.source {
            self.statement.source = source.commitment("seaproof/v1/source\0", &self.statement);
        }
    }

    pub fn sign(&mut self, key: &Key) {
        self.signature = key.sign(&sshsig(&self.statement));
    }

    /// §5: presence, then what is present.
    pub fn openings(&self) -> Vec<u8> {
        if let Some(raw) = &self.openings {
            return raw.clone();
        }
        let mut bytes = vec![u8::from(self.facts.is_some()) | u8::from(self.source.is_some()) << 1];
        for opening in [&self.facts, &self.source].into_iter().flatten() {
            bytes.extend(opening.salt);
            bytes.extend((opening.bytes.len() as u32).to_le_bytes());
            bytes.extend(&opening.bytes);
        }
        bytes
    }

    pub fn body(&self) -> Vec<u8> {
        let mut body = self.leaf();
        body.extend(self.openings());
        body
    }
}

/// A log under construction. `cuts` says how it is laid out in segments.
#[derive(Clone)]
pub struct Log {
    pub id: Bytes32,
    pub entries: Vec<Entry>,
    pub exhibits: Vec<Vec<u8>>,
    /// Key to the entry id that admitted it.
    admitted: BTreeMap<Bytes32, Bytes32>,
    salts: u64,
}

pub const RECORDED_AT: i64 = 1_711_454_400_000;

impl Log {
    /// Begun by this key, under this title.
    pub fn begin(key: &Key, title: &str) -> Self {
        let mut log = Self {
            id: ZERO,
            entries: Vec::new(),
            exhibits: Vec::new(),
            admitted: BTreeMap::new(),
            salts: 0,
        };
        log.admitted.insert(key.public, ZERO);
        let genesis = Facts::kind("genesis", Vec::new()).encode();
        let mut entry = log.draft(
            key,
            0,
            genesis,
            source(&[("name", "Field"), ("title", title)]),
        );
        entry.commit();
        entry.sign(key);
        log.id = entry.id();
        log.entries.push(entry);
        log
    }

    pub fn size(&self) -> usize {
        self.entries.len()
    }

    pub fn hashes(&self) -> Vec<Bytes32> {
        self.entries
            .iter()
            .map(|entry| leaf_hash(&entry.leaf()))
            .collect()
    }

    pub fn root(&self) -> Bytes32 {
        self.root_at(self.size())
    }

    pub fn root_at(&self, size: usize) -> Bytes32 {
        root(&self.hashes()[..size])
    }

    pub fn id_of(&self, entry: usize) -> Bytes32 {
        self.entries[entry].id()
    }

    fn salt(&mut self) -> Bytes32 {
        self.salts += 1;
        let mut salt = [0xa5; 32];
        salt[..8].copy_from_slice(&self.salts.to_le_bytes());
        salt
    }

    /// What this key would honestly sign next; commitments and signature are still to be made.
    pub fn draft(&mut self, key: &Key, class: u8, facts: Vec<u8>, source: Vec<u8>) -> Entry {
        let own: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| entry.statement.key == key.public)
            .collect();
        let prev = match own.last() {
            Some(newest) => newest.id(),
            None => self.admitted.get(&key.public).copied().unwrap_or(ZERO),
        };
        let statement = Statement {
            version: 1,
            class,
            ledger: self.id,
            key: key.public,
            seq: own.len() as u64,
            prev,
            observed_size: self.size() as u64,
            observed_root: self.root(),
            recorded_at: RECORDED_AT,
            facts: ZERO,
            source: ZERO,
        };
        Entry {
            statement,
            signature: [0; 64],
            facts: Some(Opening {
                salt: self.salt(),
                bytes: facts,
            }),
            source: Some(Opening {
                salt: self.salt(),
                bytes: source,
            }),
            first: true,
            last: true,
            openings: None,
        }
    }

    /// Appends what an honest author would; gives its number.
    pub fn add(&mut self, key: &Key, class: u8, facts: &Facts) -> usize {
        self.add_as(key, class, facts.encode(), source(&[]), |_| ())
    }

    /// The same with a place that is changed before anything is committed to or signed.
    pub fn add_changed(
        &mut self,
        key: &Key,
        class: u8,
        facts: &Facts,
        change: impl FnOnce(&mut Statement),
    ) -> usize {
        self.add_as(key, class, facts.encode(), source(&[]), change)
    }

    pub fn add_as(
        &mut self,
        key: &Key,
        class: u8,
        facts: Vec<u8>,
        source: Vec<u8>,
        change: impl FnOnce(&mut Statement),
    ) -> usize {
        let mut entry = self.draft(key, class, facts, source);
        change(&mut entry.statement);
        entry.commit();
        entry.sign(key);
        self.push(entry)
    }

    pub fn push(&mut self, entry: Entry) -> usize {
        self.entries.push(entry);
        self.size() - 1
    }

    /// A custodian admits a key: 0 custodian, 1 investigator, 2 witness.
    pub fn admit(&mut self, by: &Key, key: &Key, role: u32) -> usize {
        let number = self.add(by, 1, &super::admits(&key.public, role));
        let id = self.id_of(number);
        self.admitted.entry(key.public).or_insert(id);
        number
    }

    pub fn revoke(&mut self, by: &Key, key: &Key, suspect_from: Option<u64>) -> usize {
        self.add(by, 1, &super::revokes(&key.public, suspect_from))
    }

    /// Evidence, with nothing but words in it.
    pub fn tell(&mut self, key: &Key, words: &str) -> usize {
        self.add(key, 2, &Facts::trial(words))
    }

    /// Evidence that names a file, which becomes an exhibit.
    pub fn exhibit(&mut self, key: &Key, words: &str, file: &[u8]) -> usize {
        self.exhibits.push(file.to_vec());
        self.add(key, 2, &Facts::trial(words).naming(file))
    }

    /// Changes a statement after it was signed, as somebody with the folder can.
    pub fn tamper(&mut self, entry: usize, change: impl FnOnce(&mut Entry)) {
        change(&mut self.entries[entry]);
    }
}
