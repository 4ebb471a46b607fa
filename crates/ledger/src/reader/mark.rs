//! Where a reader stopped, so that a later one can go on from there.
//!
//! A mark is derived and disposable. Whether it still fits the log is told by the lengths of the segments and the bytes
//! of the last entry: cheap, and enough to notice another ledger, a log that was cut, and one whose openings were
//! redacted. It is no verification: bytes that were changed in place further back are for
//! [`crate::verify`] to find.

use crate::encoding;
use crate::governance::Authority;
use crate::ids::{EntryIndex, LedgerId, TreeHash, TreeSize};
use crate::log::{Position, RawRecord, lengths, read_segment_header};
use crate::record::{LAST, RECORD_HEADER_LEN, RecordHeader, segment_path};
use crate::statement::{Head, LEAF_LEN, Leaf};
use crate::store::Store;
use crate::tree::Frontier;

/// The most bytes that a mark is read from.
pub const MARK_MAX: usize = 32 << 20;

/// A place behind a commit, and what was known there.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct Mark {
    version: u16,
    ledger: LedgerId,
    last: LastRecord,
    /// Lengths of the segments before the last entry's.
    lengths: Vec<u64>,
    peaks: Vec<TreeHash>,
    authority: Authority,
}

/// The last record that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub(super) struct LastRecord {
    position: Position,
    length: u32,
    /// Of the whole record, openings included.
    crc: u32,
    leaf: TreeHash,
}

impl LastRecord {
    pub(super) fn of(record: &RawRecord<'_>) -> Self {
        Self {
            position: Position {
                segment: record.segment,
                offset: record.offset,
                index: record.index,
            },
            length: record.bytes.len() as u32,
            crc: record.header.crc,
            leaf: record.leaf().hash(),
        }
    }

    fn end(&self) -> Position {
        Position {
            segment: self.position.segment,
            offset: self.position.offset.saturating_add(self.length.into()),
            index: EntryIndex(self.position.index.0.saturating_add(1)),
        }
    }
}

impl Mark {
    pub(super) fn new(
        store: &dyn Store,
        ledger: LedgerId,
        last: LastRecord,
        frontier: &Frontier,
        authority: &Authority,
    ) -> Option<Self> {
        Some(Self {
            version: 1,
            ledger,
            last,
            lengths: lengths(store, last.position.segment).ok()?,
            peaks: frontier.hashes().to_vec(),
            authority: authority.clone(),
        })
    }

    /// The mark's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// A mark from its bytes; `None` if they are not those of one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mark: Self = encoding::decode(bytes, MARK_MAX).ok()?;
        (mark.version == 1 && mark.frontier().is_some()).then_some(mark)
    }

    /// The ledger.
    pub fn ledger(&self) -> LedgerId {
        self.ledger
    }

    /// The head at the mark.
    pub fn head(&self) -> Head {
        Head {
            size: TreeSize(self.end().index.0),
            root: self
                .frontier()
                .map_or_else(crate::tree::empty_root, |frontier| frontier.root()),
        }
    }

    /// The authors at the mark.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Behind the last entry.
    pub fn end(&self) -> Position {
        self.last.end()
    }

    pub(super) fn last(&self) -> LastRecord {
        self.last
    }

    pub(super) fn frontier(&self) -> Option<Frontier> {
        Frontier::from_parts(TreeSize(self.end().index.0), self.peaks.clone()).ok()
    }

    /// Whether the log is still one that this mark can have been made in.
    pub(super) fn fits(&self, store: &dyn Store) -> bool {
        let at = self.last.position;
        self.named(store, 0)
            && self.named(store, at.segment)
            && lengths(store, at.segment).is_ok_and(|now| now == self.lengths)
            && self.last_is_there(store).unwrap_or(false)
    }

    /// Whether a segment's header names this mark's ledger.
    fn named(&self, store: &dyn Store, segment: u64) -> bool {
        let path = segment_path(segment);
        let header = store
            .open(&path)
            .ok()
            .and_then(|blob| read_segment_header(blob.as_ref(), &path).ok()?);
        header.is_some_and(|header| header.ledger == self.ledger)
    }

    fn last_is_there(&self, store: &dyn Store) -> Option<bool> {
        let bytes = super::record_at(store, self.last.position)?;
        let header = RecordHeader::decode(bytes.first_chunk()?).ok()?;
        let leaf = Leaf(*bytes.get(RECORD_HEADER_LEN..)?.first_chunk::<LEAF_LEN>()?);
        Some(
            bytes.len() == self.last.length as usize
                && header.flags & LAST != 0
                && header.crc == self.last.crc
                && header.crc_fits(&bytes)
                && leaf.hash() == self.last.leaf,
        )
    }
}
