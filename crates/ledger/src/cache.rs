//! What a writer keeps beside the log so that opening costs the same at any size: the tree's nodes,
//! where each entry stands, labels, authors' heads.
//!
//! Derived and disposable. It is believed only as far as the log bears it out from a head that the opening
//! key signed or remembers ([`Cache::load`]); any doubt, and it is rebuilt from the log. Verification never
//! looks at it. Failing to write it fails no command.

use std::collections::{BTreeMap, HashMap};
use std::io;

use sha2::{Digest, Sha256};

use crate::encoding;
use crate::entry::Entry;
use crate::governance::Authority;
use crate::ids::{AuthorKey, EntryId, EntryIndex, LedgerId, Seq, TreeHash, TreeSize};
use crate::log::{LogEnd, LogReader, Position};
use crate::redaction::Parts;
use crate::statement::Head;
use crate::store::{Blob, Store, read_small, replace};
use crate::tree::{self, Frontier, NodeSource};

const STATE: &str = "cache/state";
const TREE: &str = "cache/tree";
const ENTRIES: &str = "cache/entries";
const LABELS: &str = "cache/labels";
const STATE_MAX: u64 = 64 << 20;
const STATE_VERSION: u16 = 2;
const ROW: usize = 32;
const LABEL_ROW: usize = 16;

/// An author's newest entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct AuthorHead {
    /// Its seq.
    pub seq: Seq,
    /// Its id.
    pub id: EntryId,
    /// Its place.
    pub index: EntryIndex,
    /// The size it observed.
    pub observed: TreeSize,
}

/// What is known at one head of the log.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub(crate) struct State {
    version: u16,
    pub ledger: LedgerId,
    /// Behind the last entry.
    pub position: Position,
    root: TreeHash,
    pub heads: BTreeMap<AuthorKey, AuthorHead>,
    pub authority: Authority,
    labels: u64,
    labels_crc: u32,
    /// What entries redact, by the entries whose openings it is (FORMAT.md §24).
    pub redacted: BTreeMap<EntryIndex, Parts>,
    /// Redactions that were read and not looked into yet.
    pub claims: Vec<Claim>,
}

/// A redaction as it was met in the log, before it is known whose entries it names.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub(crate) struct Claim {
    /// The entry that redacts.
    pub by: EntryIndex,
    /// Its author, if only what they wrote themselves is theirs to redact.
    pub own: Option<AuthorKey>,
    pub parts: Parts,
    pub targets: Vec<EntryId>,
}

impl State {
    fn new(ledger: LedgerId) -> Self {
        Self {
            version: STATE_VERSION,
            ledger,
            position: Position::START,
            root: tree::empty_root(),
            heads: BTreeMap::new(),
            authority: Authority::default(),
            labels: 0,
            labels_crc: 0,
            redacted: BTreeMap::new(),
            claims: Vec::new(),
        }
    }
}

/// The cache of one ledger, in step with the log up to [`State::position`].
#[derive(Debug)]
pub(crate) struct Cache {
    pub state: State,
    pub frontier: Frontier,
    /// Rows that are not in the files yet.
    new_nodes: Vec<u8>,
    new_rows: Vec<u8>,
    new_labels: Vec<u8>,
    flushed: Flushed,
    names: Names,
    /// Set when a file could not be written: the files are then left alone.
    broken: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Flushed {
    nodes: u64,
    rows: u64,
    labels: u64,
}

/// Look-ups, filled when first needed.
#[derive(Debug, Default)]
struct Names {
    labels: Option<HashMap<u64, Vec<u64>>>,
    ids: Option<HashMap<[u8; 16], u64>>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub position: Position,
    pub length: u32,
    pub id_prefix: [u8; 16],
}

pub(crate) struct FileNodes(Box<dyn Blob>);

/// The stored nodes, believed by nobody: what is made from them is held against a root that is known otherwise.
pub(crate) fn hinted_nodes(store: &dyn Store) -> Option<FileNodes> {
    store.open(TREE).ok().map(FileNodes)
}

/// Where the entry is said to stand, believed by nobody.
pub(crate) fn hinted_position(store: &dyn Store, index: EntryIndex) -> Option<Position> {
    read_row(store, index).map(|row| row.position)
}

/// Places of entries that are said to have this label, believed by nobody.
pub(crate) fn hinted_labels(store: &dyn Store, label: &str) -> Vec<EntryIndex> {
    let wanted = label_hash(label);
    read_small(store, LABELS, u64::MAX)
        .ok()
        .flatten()
        .unwrap_or_default()
        .chunks_exact(LABEL_ROW)
        .filter(|row| u64_at(row, 0) == wanted)
        .map(|row| EntryIndex(u64_at(row, 8)))
        .collect()
}

impl NodeSource for FileNodes {
    type Error = io::Error;
    fn node(&self, position: crate::tree::NodePosition) -> io::Result<TreeHash> {
        let mut bytes = [0; 32];
        match self
            .0
            .read_full_at(position.0.saturating_mul(32), &mut bytes)?
        {
            32 => Ok(TreeHash(bytes)),
            _ => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    }
}

fn label_hash(label: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(label).into();
    let mut eight = [0; 8];
    eight.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(eight)
}

impl Cache {
    /// An empty cache for a ledger that has no entries read yet.
    pub fn empty(store: &dyn Store, ledger: LedgerId) -> Self {
        let mut cache = Self::empty_of(ledger);
        let cleared = store.make_folder("cache").and_then(|()| {
            [STATE, TREE, ENTRIES, LABELS]
                .iter()
                .try_for_each(|path| store.remove(path))
        });
        cache.broken = cleared.is_err();
        cache
    }

    /// An empty cache that touches no file.
    pub fn empty_of(ledger: LedgerId) -> Self {
        Self {
            state: State::new(ledger),
            frontier: Frontier::new(),
            new_nodes: Vec::new(),
            new_rows: Vec::new(),
            new_labels: Vec::new(),
            flushed: Flushed::default(),
            names: Names {
                labels: Some(HashMap::new()),
                ids: Some(HashMap::new()),
            },
            broken: false,
        }
    }

    /// The stored cache, if it is sound and follows, by what the log itself holds, from one of `trusted`: heads
    /// that the opening key signed or remembers. `None` asks to rebuild.
    pub fn load(store: &dyn Store, ledger: LedgerId, trusted: &[Head]) -> Option<Self> {
        let bytes = read_small(store, STATE, STATE_MAX).ok()??;
        let (check, bytes) = bytes.split_first_chunk::<32>()?;
        if Sha256::digest(bytes).as_slice() != check {
            return None;
        }
        let state: State = encoding::decode(bytes, STATE_MAX as usize).ok()?;
        let size = TreeSize(state.position.index.0);
        if state.version != STATE_VERSION || state.ledger != ledger {
            return None;
        }
        let nodes = FileNodes(store.open(TREE).ok()?);
        let frontier = tree::frontier_at(size, &nodes).ok()?;
        if frontier.root() != state.root {
            return None;
        }
        let known = trusted.iter().filter(|h| h.size <= size);
        extends(store, known.max_by_key(|h| h.size)?, &nodes, &state)?;
        let flushed = Flushed {
            nodes: tree::stored_count(size).checked_mul(32)?,
            rows: size.0.checked_mul(ROW as u64)?,
            labels: state.labels.checked_mul(LABEL_ROW as u64)?,
        };
        for (path, expected) in [
            (TREE, flushed.nodes),
            (ENTRIES, flushed.rows),
            (LABELS, flushed.labels),
        ] {
            let found = store.open(path).map_or(Ok(0), |blob| blob.len()).ok()?;
            if found < expected {
                return None;
            }
            // Rows beyond the state belong to a session that did not end in order.
            if found > expected && store.truncate(path, expected).is_err() {
                return None;
            }
        }
        Some(Self {
            state,
            frontier,
            new_nodes: Vec::new(),
            new_rows: Vec::new(),
            new_labels: Vec::new(),
            flushed,
            names: Names::default(),
            broken: false,
        })
    }

    /// The head that the cache is in step with.
    pub fn head(&self) -> Head {
        Head {
            size: TreeSize(self.state.position.index.0),
            root: self.frontier.root(),
        }
    }

    /// Takes in the next entry.
    pub fn push(&mut self, entry: &NewEntry<'_>) {
        let nodes = &mut self.new_nodes;
        self.frontier
            .absorb(entry.leaf_hash, |node| nodes.extend_from_slice(&node.0));
        let index = entry.position.index;
        self.new_rows
            .extend_from_slice(&(entry.position.segment as u32).to_le_bytes());
        self.new_rows.extend_from_slice(&entry.length.to_le_bytes());
        self.new_rows
            .extend_from_slice(&entry.position.offset.to_le_bytes());
        self.new_rows.extend_from_slice(&entry.id.0[..16]);
        if let Some(label) = entry.label {
            let hash = label_hash(label);
            let start = self.new_labels.len();
            self.new_labels.extend_from_slice(&hash.to_le_bytes());
            self.new_labels.extend_from_slice(&index.0.to_le_bytes());
            self.state.labels += 1;
            self.state.labels_crc =
                crc32c::crc32c_append(self.state.labels_crc, &self.new_labels[start..]);
            if let Some(labels) = &mut self.names.labels {
                labels.entry(hash).or_default().push(index.0);
            }
        }
        if let Some(ids) = &mut self.names.ids {
            ids.insert(prefix(entry.id), index.0);
        }
        self.state.heads.insert(
            entry.key,
            AuthorHead {
                seq: entry.seq,
                id: entry.id,
                index,
                observed: entry.observed,
            },
        );
        self.state.position = Position {
            segment: entry.position.segment,
            offset: entry.position.offset + u64::from(entry.length),
            index: EntryIndex(index.0 + 1),
        };
    }

    /// How many entries are not in the files yet.
    pub fn unwritten(&self) -> usize {
        self.new_rows.len() / ROW
    }

    /// Writes what is new; errors only make the files be left behind.
    pub fn write(&mut self, store: &dyn Store) {
        if self.broken {
            return;
        }
        self.state.root = self.frontier.root();
        let mut bytes = encoding::encode(&self.state);
        let check: [u8; 32] = Sha256::digest(&bytes).into();
        bytes.splice(0..0, check);
        let written = store
            .append(TREE, self.flushed.nodes, &self.new_nodes)
            .and_then(|()| store.append(ENTRIES, self.flushed.rows, &self.new_rows))
            .and_then(|()| store.append(LABELS, self.flushed.labels, &self.new_labels))
            .and_then(|()| replace(store, STATE, &bytes, false));
        if written.is_err() {
            self.broken = true;
            return;
        }
        for (flushed, new) in [
            (&mut self.flushed.nodes, &mut self.new_nodes),
            (&mut self.flushed.rows, &mut self.new_rows),
            (&mut self.flushed.labels, &mut self.new_labels),
        ] {
            *flushed += new.len() as u64;
            new.clear();
        }
    }

    /// Whether the files hold everything, so that they can be read.
    fn readable(&mut self, store: &dyn Store) -> bool {
        if self.unwritten() > 0 {
            self.write(store);
        }
        !self.broken
    }

    /// The places of the entries that may have this label; the caller looks. `None`: the cache cannot
    /// tell.
    pub fn label_candidates(&mut self, store: &dyn Store, label: &str) -> Option<Vec<EntryIndex>> {
        if self.names.labels.is_none() {
            if !self.readable(store) {
                return None;
            }
            let bytes = read_small(store, LABELS, u64::MAX)
                .ok()?
                .unwrap_or_default();
            let bytes = bytes.get(..self.flushed.labels as usize)?;
            if crc32c::crc32c(bytes) != self.state.labels_crc {
                return None;
            }
            let mut labels: HashMap<u64, Vec<u64>> = HashMap::new();
            for row in bytes.chunks_exact(LABEL_ROW) {
                labels
                    .entry(u64_at(row, 0))
                    .or_default()
                    .push(u64_at(row, 8));
            }
            self.names.labels = Some(labels);
        }
        let labels = self.names.labels.as_ref()?;
        Some(
            labels
                .get(&label_hash(label))
                .map(|found| found.iter().map(|i| EntryIndex(*i)).collect())
                .unwrap_or_default(),
        )
    }

    /// The place of the entry with this id, as far as its first 16 bytes tell; the caller looks.
    /// `None`: the cache cannot tell.
    pub fn id_candidate(&mut self, store: &dyn Store, id: EntryId) -> Option<Option<EntryIndex>> {
        if self.names.ids.is_none() {
            let ids = self
                .all_rows(store)?
                .chunks_exact(ROW)
                .enumerate()
                .map(|(index, row)| (row_prefix(row), index as u64))
                .collect();
            self.names.ids = Some(ids);
        }
        let ids = self.names.ids.as_ref()?;
        Some(ids.get(&prefix(id)).map(|index| EntryIndex(*index)))
    }

    /// The places of up to two entries whose ids begin with these hexadecimal digits (at most 32 are looked at).
    pub fn prefix_candidates(
        &mut self,
        store: &dyn Store,
        digits: &str,
    ) -> Option<Vec<EntryIndex>> {
        let wanted = digits.get(..32).unwrap_or(digits);
        Some(
            self.all_rows(store)?
                .chunks_exact(ROW)
                .enumerate()
                .filter(|(_, row)| crate::ids::to_hex(&row[16..]).starts_with(wanted))
                .map(|(index, _)| EntryIndex(index as u64))
                .take(2)
                .collect(),
        )
    }

    fn all_rows(&mut self, store: &dyn Store) -> Option<Vec<u8>> {
        if !self.readable(store) {
            return None;
        }
        let mut bytes = read_small(store, ENTRIES, u64::MAX).ok()??;
        (bytes.len() as u64 >= self.flushed.rows).then(|| {
            bytes.truncate(self.flushed.rows as usize);
            bytes
        })
    }

    /// Where an entry stands. `None`: the cache cannot tell.
    pub fn row(&mut self, store: &dyn Store, index: EntryIndex) -> Option<Row> {
        if !self.readable(store) || index.0 >= self.state.position.index.0 {
            return None;
        }
        read_row(store, index)
    }

    /// The tree's nodes, for roots and proofs of any size up to now. `None`: the cache cannot tell.
    pub fn nodes(
        &mut self,
        store: &dyn Store,
    ) -> Option<impl NodeSource<Error = io::Error> + use<>> {
        self.readable(store)
            .then(|| store.open(TREE).ok().map(FileNodes))
            .flatten()
    }
}

/// Whether the cache's head follows from a known head by the entries that the log holds behind it, and the
/// cache's position lies behind the last of them. The place where they begin is believed because the entry
/// before it stands there and is proven to be in the known head.
fn extends(store: &dyn Store, known: &Head, nodes: &FileNodes, state: &State) -> Option<()> {
    let last = EntryIndex(known.size.0.checked_sub(1)?);
    let row = read_row(store, last)?;
    let from = LogEnd {
        segment: state.position.segment,
        offset: state.position.offset,
        tail: None,
    };
    let mut reader = LogReader::resume(store, row.position, from);
    let mut frontier = tree::frontier_at(known.size, nodes).ok()?;
    let mut proven = false;
    while let Some(chunk) = reader.next_chunk(usize::MAX).ok()? {
        for record in chunk.records() {
            record.check_crc().ok()?;
            let leaf = record.leaf().hash();
            if proven {
                frontier.push(leaf);
                continue;
            }
            let proof = tree::prove_inclusion(last, known.size, nodes).ok()?;
            tree::check_inclusion(&leaf, last, known.size, &proof, &known.root).ok()?;
            proven = true;
        }
    }
    let at = reader.position();
    let reached = (at.segment, at.offset) == (state.position.segment, state.position.offset);
    (reached
        && proven
        && frontier.size().0 == state.position.index.0
        && frontier.root() == state.root)
        .then_some(())
}

fn read_row(store: &dyn Store, index: EntryIndex) -> Option<Row> {
    let mut row = [0; ROW];
    let read = store
        .open(ENTRIES)
        .and_then(|blob| blob.read_full_at(index.0.saturating_mul(ROW as u64), &mut row))
        .ok()?;
    let mut four = [0; 4];
    four.copy_from_slice(&row[..4]);
    let segment = u64::from(u32::from_le_bytes(four));
    four.copy_from_slice(&row[4..8]);
    (read == ROW).then(|| Row {
        position: Position {
            segment,
            offset: u64_at(&row, 8),
            index,
        },
        length: u32::from_le_bytes(four),
        id_prefix: row_prefix(&row),
    })
}

/// What the cache keeps of an entry.
pub(crate) struct NewEntry<'a> {
    pub position: Position,
    pub length: u32,
    pub id: EntryId,
    pub leaf_hash: TreeHash,
    pub key: AuthorKey,
    pub seq: Seq,
    pub observed: TreeSize,
    pub label: Option<&'a str>,
}

impl<'a> From<&'a Entry> for NewEntry<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            position: entry.position,
            length: entry.length,
            id: entry.id,
            leaf_hash: entry.leaf_hash,
            key: entry.statement.key,
            seq: entry.statement.seq,
            observed: entry.statement.observed.size,
            label: entry.facts.known().and_then(|f| f.label.as_deref()),
        }
    }
}

fn prefix(id: EntryId) -> [u8; 16] {
    row_prefix_of(&id.0)
}

fn row_prefix(row: &[u8]) -> [u8; 16] {
    row_prefix_of(&row[16..])
}

fn row_prefix_of(bytes: &[u8]) -> [u8; 16] {
    let mut sixteen = [0; 16];
    sixteen.copy_from_slice(&bytes[..16]);
    sixteen
}

fn u64_at(row: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&row[at..at + 8]);
    u64::from_le_bytes(eight)
}
