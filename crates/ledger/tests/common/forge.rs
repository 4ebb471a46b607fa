//! Ledgers that a writer would not write: entries signed whatever the rules say, records taken apart
//! and put together again with right checksums.

use std::collections::BTreeMap;

use seaproof_ledger::checkpoint::sign_file;
use seaproof_ledger::facts::{Amendment, Facts, Reference};
use seaproof_ledger::ids::{
    AuthorKey, Class, Commitment, EntryId, ExhibitHash, ExhibitRef, LedgerId, Seq, to_hex,
};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::opening::{Opening, Openings, Part, Place, commit};
use seaproof_ledger::record::{SegmentHeader, encode_record, segment_path};
use seaproof_ledger::sshsig::signed_bytes;
use seaproof_ledger::statement::{Head, LEAF_LEN, Leaf, Statement, entry_id};
use seaproof_ledger::tree::Frontier;
use seaproof_ledger::writer::{Draft, Salts};
use sha2::Digest;

use super::{CountingSalts, NOW, genesis};

/// The files of a ledger.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Length of a segment's header in bytes.
pub const HEADER: usize = 62;
/// Length of a record's header in bytes.
pub const RECORD_HEADER: usize = 13;

/// A record without its checksum.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    pub flags: u8,
    pub body: Vec<u8>,
}

impl Record {
    pub fn encode_to(&self, out: &mut Vec<u8>) {
        encode_record(out, self.flags, |out| out.extend_from_slice(&self.body));
    }
}

/// The records of each segment.
pub type Segments = Vec<Vec<Record>>;

/// The records of a sound log.
pub fn unpack(files: &Files) -> Segments {
    let segment = |bytes: &Vec<u8>| {
        let (mut rest, mut records) = (&bytes[HEADER..], Vec::new());
        while !rest.is_empty() {
            let length = u32::from_le_bytes(rest[5..9].try_into().unwrap()) as usize;
            let end = RECORD_HEADER + length;
            records.push(Record {
                flags: rest[4],
                body: rest[RECORD_HEADER..end].to_vec(),
            });
            rest = &rest[end..];
        }
        records
    };
    (0..)
        .map_while(|number| files.get(&segment_path(number)))
        .map(segment)
        .collect()
}

/// Writes these records in the place of a log, with the headers that follow from them.
pub fn pack(files: &Files, segments: &Segments) -> Files {
    let mut files = files.clone();
    files.retain(|path, _| !path.starts_with("log/"));
    let Some(genesis) = segments.iter().flatten().next() else {
        return files;
    };
    let ledger = LedgerId(leaf_of(&genesis.body).entry_id().0);
    let mut first = 0;
    for (number, records) in (0..).zip(segments) {
        let header = SegmentHeader {
            ledger,
            number,
            first,
        };
        let mut bytes = header.encode().to_vec();
        for record in records {
            record.encode_to(&mut bytes);
        }
        first += records.len() as u64;
        files.insert(segment_path(number), bytes);
    }
    files
}

pub fn leaf_of(body: &[u8]) -> Leaf {
    Leaf(body[..LEAF_LEN].try_into().unwrap())
}

/// An entry that is being made.
pub struct Making {
    pub statement: Statement,
    pub facts: Vec<u8>,
    pub source: Vec<u8>,
    pub show_facts: bool,
    pub show_source: bool,
}

/// A ledger that is being made, each entry a commit of its own.
pub struct Forge {
    pub ledger: LedgerId,
    pub ids: Vec<EntryId>,
    pub segments: Segments,
    pub files: Files,
    frontier: Frontier,
    /// Seq and prev of each key's next entry.
    next: BTreeMap<AuthorKey, (u64, EntryId)>,
    salts: CountingSalts,
}

impl Forge {
    /// A ledger of one entry, by key 1.
    pub fn new() -> Self {
        Self::begun_with(|_| {})
    }

    pub fn begun_with(change: impl FnOnce(&mut Making)) -> Self {
        let mut this = Self {
            ledger: LedgerId([0; 32]),
            ids: Vec::new(),
            segments: vec![Vec::new()],
            files: Files::new(),
            frontier: Frontier::new(),
            next: BTreeMap::new(),
            salts: CountingSalts(0),
        };
        let mut draft = super::draft(Class::Genesis, "genesis", Vec::new());
        draft.source = genesis().source;
        this.add_with(&super::key(1), draft, change);
        this
    }

    pub fn add(&mut self, by: &SecretKey, draft: Draft) -> EntryId {
        self.add_with(by, draft, |_| {})
    }

    /// Adds an entry that is changed before it is committed to and signed.
    pub fn add_with(
        &mut self,
        by: &SecretKey,
        draft: Draft,
        change: impl FnOnce(&mut Making),
    ) -> EntryId {
        let key = by.public();
        let (seq, prev) = *self.next.entry(key).or_insert((0, EntryId([0; 32])));
        let mut made = Making {
            statement: Statement {
                class: draft.class,
                ledger: self.ledger,
                key,
                seq: Seq(seq),
                prev,
                observed: self.head(),
                recorded_at: NOW,
                facts: Commitment([0; 32]),
                source: Commitment([0; 32]),
            },
            facts: facts(&draft).encode(),
            source: draft.source.encode(),
            show_facts: true,
            show_source: true,
        };
        change(&mut made);
        let salts = [self.salts.next().unwrap(), self.salts.next().unwrap()];
        let place = Place {
            ledger: made.statement.ledger,
            key: made.statement.key,
            seq: made.statement.seq,
        };
        made.statement.facts = commit(Part::Facts, place, &salts[0], &made.facts);
        made.statement.source = commit(Part::Source, place, &salts[1], &made.source);
        let opening = |show: bool, salt, bytes| show.then_some(Opening { salt, bytes });
        let openings = Openings {
            facts: opening(made.show_facts, salts[0], &made.facts),
            source: opening(made.show_source, salts[1], &made.source),
        };
        let id = self.add_raw(by, made.statement.encode(), |body| openings.encode_to(body));
        if let (Class::Governance, "author-admitted", Ok(key)) = (
            draft.class,
            draft.facts.kind.as_str(),
            draft.facts.event[..draft.facts.event.len().min(32)].try_into(),
        ) {
            self.next.entry(AuthorKey(key)).or_insert((0, id));
        }
        self.next.insert(key, (made.statement.seq.0 + 1, id));
        id
    }

    /// Adds any statement, signed by this key.
    pub fn add_raw(
        &mut self,
        by: &SecretKey,
        statement: [u8; 219],
        openings: impl FnOnce(&mut Vec<u8>),
    ) -> EntryId {
        let signature = by.sign(&signed_bytes(&statement)).unwrap();
        let mut body = Leaf::new(&statement, &signature).0.to_vec();
        openings(&mut body);
        self.add_record(Record { flags: 3, body });
        let id = entry_id(&statement);
        if self.ids.is_empty() {
            self.ledger = LedgerId(id.0);
        }
        self.ids.push(id);
        id
    }

    pub fn add_record(&mut self, record: Record) {
        self.frontier.push(leaf_of(&record.body).hash());
        if let Some(segment) = self.segments.last_mut() {
            segment.push(record);
        }
    }

    /// Begins a new segment.
    pub fn roll(&mut self) {
        self.segments.push(Vec::new());
    }

    /// Makes the records of the last segment one commit.
    pub fn join(&mut self) {
        if let Some(segment) = self.segments.last_mut() {
            let last = segment.len() - 1;
            for (i, record) in segment.iter_mut().enumerate() {
                record.flags = u8::from(i == 0) << 1 | u8::from(i == last);
            }
        }
    }

    pub fn exhibit(&mut self, bytes: &[u8]) -> ExhibitRef {
        let hash: [u8; 32] = sha2::Sha256::digest(bytes).into();
        let hex = to_hex(&hash);
        self.files
            .insert(format!("exhibits/{}/{hex}", &hex[..2]), bytes.to_vec());
        ExhibitRef {
            hash: ExhibitHash(hash),
            length: bytes.len() as u64,
        }
    }

    pub fn head(&self) -> Head {
        Head {
            size: self.frontier.size(),
            root: self.frontier.root(),
        }
    }

    /// Signs the newest head, and puts it into the place of the checkpoint.
    pub fn checkpoint(&mut self, by: &SecretKey) {
        self.checkpoint_of(by, self.ledger, self.head());
    }

    pub fn checkpoint_of(&mut self, by: &SecretKey, ledger: LedgerId, head: Head) {
        let file = sign_file(&ledger, head.size, &head.root, &by.public(), |text| {
            by.sign(text)
        });
        self.files
            .insert("checkpoint".into(), file.unwrap().as_bytes().to_vec());
    }

    pub fn files(&self) -> Files {
        pack(&self.files, &self.segments)
    }

    /// The files, with a checkpoint of the newest head by key 1.
    pub fn finish(mut self) -> Files {
        self.checkpoint(&super::key(1));
        self.files()
    }
}

/// A draft's facts; its references are entries.
pub fn facts(draft: &Draft) -> Facts {
    let ids = |references: &[Reference]| -> Vec<EntryId> {
        references
            .iter()
            .map(|reference| match reference {
                Reference::Entry(id) => *id,
                Reference::Draft(_) => panic!("a forged entry refers to entries"),
            })
            .collect()
    };
    let draft = &draft.facts;
    Facts {
        version: 1,
        kind: draft.kind.clone(),
        kind_version: draft.kind_version,
        label: draft.label.clone(),
        exhibits: draft.exhibits.clone(),
        refs: ids(&draft.refs),
        amendment: draft
            .amendment
            .as_ref()
            .map(|(relation, targets)| Amendment {
                relation: *relation,
                targets: ids(targets),
            }),
        event: draft.event.clone(),
    }
}
