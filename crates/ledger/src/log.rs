//! Reading the log: where it ends, and its records in order.
//!
//! Framing only: whether an entry is what was signed is the verifier's business. Never writes.

use std::io;

use crate::ids::{EntryIndex, LedgerId};
use crate::record::{
    BODY_MAX, FIRST, LAST, MAGIC, RECORD_HEADER_LEN, RecordHeader, SEGMENT_HEADER_LEN,
    SegmentHeader, SegmentHeaderError, segment_number, segment_path,
};
use crate::statement::{LEAF_LEN, Leaf};
use crate::store::{Blob, FoundKind, Store};

/// A place in the log, between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct Position {
    /// Number of the segment.
    pub segment: u64,
    /// Offset in its file.
    pub offset: u64,
    /// Index of the entry that begins here.
    pub index: EntryIndex,
}

impl Position {
    /// Where `#0` begins.
    pub const START: Self = Self {
        segment: 0,
        offset: SEGMENT_HEADER_LEN as u64,
        index: EntryIndex(0),
    };
}

/// Bytes behind the last complete commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The segment they stand in.
    pub segment: u64,
    /// Where they begin: 0 if the whole segment is tail.
    pub offset: u64,
    /// How many there are.
    pub length: u64,
    /// What is wrong with the first of them.
    pub why: String,
    /// Where a complete commit stands among them: then it is damage, and no torn write
    /// (FORMAT.md §12).
    pub commit_at: Option<u64>,
}

/// Where the log ends for a reader: behind the last complete commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEnd {
    /// The segment that the last complete commit stands in.
    pub segment: u64,
    /// The offset behind it.
    pub offset: u64,
    /// What stands behind it.
    pub tail: Option<Tail>,
}

/// Why the log cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// There is no segment 0.
    #[error("no ledger here: there is no file log/00000000.seg")]
    NotALedger,
    /// Another format.
    #[error("{path}: {source}. Use a newer version of this program")]
    Newer {
        /// The segment's path.
        path: String,
        /// The version found.
        source: SegmentHeaderError,
    },
    /// The storage failed.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
    /// A segment's number is missing between others.
    #[error("{path} is missing, while later segments are there")]
    SegmentMissing {
        /// The path that should be there.
        path: String,
    },
    /// A segment's header is not the one that follows from the log.
    #[error("{path}: {why}")]
    SegmentHeader {
        /// The segment's path.
        path: String,
        /// What differs.
        why: String,
    },
    /// A record is not well-formed, or its CRC does not fit.
    #[error("{path} at byte {offset}: {why}")]
    Record {
        /// The segment's path.
        path: String,
        /// Where the record begins.
        offset: u64,
        /// What is wrong.
        why: String,
    },
    /// First and last flags do not alternate.
    #[error("{path} at byte {offset}: {why}")]
    Commit {
        /// The segment's path.
        path: String,
        /// Where the record begins.
        offset: u64,
        /// What is wrong.
        why: &'static str,
    },
}

impl LogError {
    fn io(path: &str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// The numbers of the segments, checked to be 0, 1, 2, …
///
/// # Errors
/// No segment 0, a gap, or the storage failed.
pub fn segments(store: &dyn Store) -> Result<u64, LogError> {
    let found = store.list("log").map_err(LogError::io("log"))?;
    let numbers: Vec<u64> = found
        .iter()
        .filter(|f| f.kind != FoundKind::Folder)
        .filter_map(|f| segment_number(&f.name))
        .collect();
    if numbers.is_empty() {
        return Err(LogError::NotALedger);
    }
    for (expected, number) in numbers.iter().enumerate() {
        if *number != expected as u64 {
            return Err(LogError::SegmentMissing {
                path: segment_path(expected as u64),
            });
        }
    }
    Ok(numbers.len() as u64)
}

/// Reads a segment's header; `None` if the file is shorter than one.
///
/// # Errors
/// Damaged, newer, or the storage failed.
pub fn read_segment_header(blob: &dyn Blob, path: &str) -> Result<Option<SegmentHeader>, LogError> {
    let mut bytes = [0; SEGMENT_HEADER_LEN];
    let read = blob
        .read_full_at(0, &mut bytes)
        .map_err(LogError::io(path))?;
    if read < SEGMENT_HEADER_LEN {
        return Ok(None);
    }
    SegmentHeader::decode(&bytes).map(Some).map_err(|source| {
        let path = path.to_owned();
        match source {
            SegmentHeaderError::Newer(_) => LogError::Newer { path, source },
            SegmentHeaderError::Damaged => LogError::SegmentHeader {
                path,
                why: source.to_string(),
            },
        }
    })
}

/// The lengths of the first so many segments.
///
/// # Errors
/// One cannot be opened.
pub(crate) fn lengths(store: &dyn Store, segments: u64) -> Result<Vec<u64>, LogError> {
    let length = |number| {
        let path = segment_path(number);
        let blob = store.open(&path).and_then(|blob| blob.len());
        blob.map_err(LogError::io(&path))
    };
    (0..segments).map(length).collect()
}

/// Finds where the log ends. `from` is a known boundary between commits, to spare reading what lies
/// before it; it is used if it is in the last segment.
///
/// # Errors
/// No segment 0, a gap, a newer format, or the storage failed. Damage is no error here: it is a tail,
/// or is met when the log is read.
pub fn find_end(store: &dyn Store, from: Option<Position>) -> Result<LogEnd, LogError> {
    let last = segments(store)? - 1;
    let path = segment_path(last);
    let blob = store.open(&path).map_err(LogError::io(&path))?;
    let length = blob.len().map_err(LogError::io(&path))?;
    let header = match read_segment_header(blob.as_ref(), &path) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err("shorter than a segment header".to_owned()),
        Err(LogError::SegmentHeader { why, .. }) => Err(why),
        Err(error) => return Err(error),
    };
    let start = match from {
        Some(p) if p.segment == last && p.offset <= length => p.offset,
        _ => SEGMENT_HEADER_LEN as u64,
    };
    let (end, why) = match &header {
        Ok(()) => walk(blob.as_ref(), &path, start, length)?,
        Err(why) => (0, Some(why.clone())),
    };
    // A new segment without a complete commit is tail as a whole; the first one holds genesis.
    let whole = last > 0 && (header.is_err() || end == SEGMENT_HEADER_LEN as u64);
    let Some(why) = why.or_else(|| whole.then(|| "no commit in this segment".to_owned())) else {
        return Ok(LogEnd {
            segment: last,
            offset: end,
            tail: None,
        });
    };
    let from = if whole { 0 } else { end };
    let commit_at = find_commit(blob.as_ref(), &path, from, length, ledger_of(store))?;
    // Damage is where it is; what may be cut goes as a whole.
    let begin = if whole && commit_at.is_none() { 0 } else { end };
    let tail = Some(Tail {
        segment: last,
        offset: begin,
        length: length - begin.min(length),
        why,
        commit_at,
    });
    if whole && (commit_at.is_none() || header.is_ok()) {
        let before = segment_path(last - 1);
        let offset = store
            .open(&before)
            .and_then(|blob| blob.len())
            .map_err(LogError::io(&before))?;
        return Ok(LogEnd {
            segment: last - 1,
            offset,
            tail,
        });
    }
    Ok(LogEnd {
        segment: last,
        offset: end.max(SEGMENT_HEADER_LEN as u64).min(length),
        tail,
    })
}

/// Walks whole commits from `start`; returns the end of the last one and what is wrong behind it.
fn walk(
    blob: &dyn Blob,
    path: &str,
    start: u64,
    length: u64,
) -> Result<(u64, Option<String>), LogError> {
    let mut window = Window::new(blob, path, length);
    let (mut end, mut at, mut open) = (start, start, false);
    while at < length {
        let record = match window.record(at)? {
            Ok(record) => record,
            Err(why) => return Ok((end, Some(why))),
        };
        if (record.flags & FIRST != 0) == open {
            return Ok((end, Some(COMMIT_BROKEN.into())));
        }
        open = record.flags & LAST == 0;
        at += (RECORD_HEADER_LEN + record.length) as u64;
        if !open {
            end = at;
        }
    }
    Ok((end, open.then(|| "the last commit has no end".to_owned())))
}

const COMMIT_BROKEN: &str = "first and last records of commits do not alternate";

/// The most bytes of which looking for a commit in a tail may compute CRCs, so that a hostile tail cannot make it
/// endless. Where it is used up, a commit is assumed: the tail is then damage, which nobody cuts.
const FIND_BUDGET: u64 = 4 << 30;

/// The ledger that segment 0 names, if its header can be read.
fn ledger_of(store: &dyn Store) -> Option<LedgerId> {
    let path = segment_path(0);
    let blob = store.open(&path).ok()?;
    read_segment_header(blob.as_ref(), &path)
        .ok()?
        .map(|header| header.ledger)
}

/// The first offset behind `begin` where a complete, well-formed commit of this ledger stands. One
/// of another ledger may be part of what an entry says.
fn find_commit(
    blob: &dyn Blob,
    path: &str,
    begin: u64,
    length: u64,
    ledger: Option<LedgerId>,
) -> Result<Option<u64>, LogError> {
    let mut window = Window::new(blob, path, length);
    let mut at = begin + 1;
    while let Some(candidate) = window.find_magic(at)? {
        let (mut next, mut wanted) = (candidate, FIRST);
        while next < length {
            let record = window.record(next)?;
            if window.checked > FIND_BUDGET {
                return Ok(Some(candidate));
            }
            let Ok(record) = record else {
                break;
            };
            if record.flags & FIRST != wanted || !window.names(next, ledger)? {
                break;
            }
            if record.flags & LAST != 0 {
                return Ok(Some(candidate));
            }
            next += (RECORD_HEADER_LEN + record.length) as u64;
            wanted = 0;
        }
        at = candidate + 1;
    }
    Ok(None)
}

/// A sliding view of a file, large enough for any record.
struct Window<'a> {
    blob: &'a dyn Blob,
    path: &'a str,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
    /// Bytes of which CRCs were computed.
    checked: u64,
}

const WINDOW: usize = 4 << 20;

impl<'a> Window<'a> {
    fn new(blob: &'a dyn Blob, path: &'a str, length: u64) -> Self {
        Self {
            blob,
            path,
            length,
            start: 0,
            bytes: Vec::new(),
            checked: 0,
        }
    }

    /// The bytes at `at`, at least `wanted` of them unless the file ends before.
    fn view(&mut self, at: u64, wanted: usize) -> Result<&[u8], LogError> {
        let have = self.start + self.bytes.len() as u64;
        let need = (at + wanted as u64).min(self.length);
        if at < self.start || need > have {
            let size = WINDOW
                .max(wanted)
                .min((self.length - at.min(self.length)) as usize);
            self.bytes.resize(size, 0);
            let read = self
                .blob
                .read_full_at(at, &mut self.bytes)
                .map_err(LogError::io(self.path))?;
            self.bytes.truncate(read);
            self.start = at;
        }
        let from = (at - self.start).min(self.bytes.len() as u64) as usize;
        Ok(&self.bytes[from..])
    }

    /// The sound record at `at`, or what is wrong with it.
    fn record(&mut self, at: u64) -> Result<Result<RecordHeader, String>, LogError> {
        let view = self.view(at, RECORD_HEADER_LEN)?;
        let Some(header) = view.first_chunk() else {
            return Ok(Err(ENDS_EARLY.into()));
        };
        let header = match RecordHeader::decode(header) {
            Ok(header) => header,
            Err(why) => return Ok(Err(why)),
        };
        let whole = RECORD_HEADER_LEN + header.length;
        self.checked += header.length as u64;
        let view = self.view(at, whole)?;
        Ok(match view.get(..whole) {
            None => Err(ENDS_EARLY.into()),
            Some(record) if !header.crc_fits(record) => Err(CRC_WRONG.into()),
            Some(_) => Ok(header),
        })
    }

    /// Whether the statement of the record at `at` is one of this ledger.
    fn names(&mut self, at: u64, ledger: Option<LedgerId>) -> Result<bool, LogError> {
        let view = self.view(at + RECORD_HEADER_LEN as u64, LEAF_LEN)?;
        Ok(match (ledger, view.get(2), view.get(3..35)) {
            (Some(ledger), Some(class), Some(named)) => *class == 0 || *named == ledger.0,
            _ => true,
        })
    }

    fn find_magic(&mut self, mut at: u64) -> Result<Option<u64>, LogError> {
        while at + (MAGIC.len() as u64) <= self.length {
            let view = self.view(at, MAGIC.len())?;
            if view.len() < MAGIC.len() {
                return Ok(None);
            }
            if let Some(found) = view.windows(4).position(|w| w == MAGIC) {
                return Ok(Some(at + found as u64));
            }
            at += (view.len() - MAGIC.len() + 1) as u64;
        }
        Ok(None)
    }
}

const ENDS_EARLY: &str = "the file ends inside a record";
const CRC_WRONG: &str = "the record's CRC-32C does not fit its bytes";

/// Walks the sound records of a segment's file that begin behind its header, to the file's end.
///
/// # Errors
/// The first one that is not sound, or the storage failed.
pub(crate) fn walk_records(
    blob: &dyn Blob,
    path: &str,
    mut each: impl FnMut(RecordHeader, &Leaf),
) -> Result<(), LogError> {
    let length = blob.len().map_err(LogError::io(path))?;
    let mut window = Window::new(blob, path, length);
    let mut at = SEGMENT_HEADER_LEN as u64;
    while at < length {
        let damaged = |why: String| LogError::Record {
            path: path.to_owned(),
            offset: at,
            why,
        };
        let header = window.record(at)?.map_err(damaged)?;
        let view = window.view(at + RECORD_HEADER_LEN as u64, LEAF_LEN)?;
        let Some(leaf) = view.first_chunk::<LEAF_LEN>() else {
            return Err(damaged(ENDS_EARLY.into()));
        };
        each(header, &Leaf(*leaf));
        at += (RECORD_HEADER_LEN + header.length) as u64;
    }
    Ok(())
}

/// Some records that follow each other in one segment.
#[derive(Debug)]
pub struct Chunk {
    segment: u64,
    base: u64,
    first: EntryIndex,
    bytes: Vec<u8>,
    spans: Vec<(usize, RecordHeader)>,
}

/// A record as it stands in a chunk.
#[derive(Debug, Clone, Copy)]
pub struct RawRecord<'a> {
    /// The entry's index.
    pub index: EntryIndex,
    /// The segment's number.
    pub segment: u64,
    /// Where the record begins in the segment's file.
    pub offset: u64,
    /// Its header.
    pub header: RecordHeader,
    /// The whole record.
    pub bytes: &'a [u8],
}

impl<'a> RawRecord<'a> {
    /// The leaf.
    pub fn leaf(&self) -> Leaf {
        match self.bytes[RECORD_HEADER_LEN..].first_chunk::<LEAF_LEN>() {
            Some(bytes) => Leaf(*bytes),
            None => unreachable!("a record's body has at least a leaf"),
        }
    }

    /// The openings' bytes, behind the leaf.
    pub fn openings(&self) -> &'a [u8] {
        &self.bytes[RECORD_HEADER_LEN + LEAF_LEN..]
    }

    /// Where the next record begins.
    pub fn end(&self) -> Position {
        Position {
            segment: self.segment,
            offset: self.offset + self.bytes.len() as u64,
            index: EntryIndex(self.index.0 + 1),
        }
    }

    /// Checks the CRC.
    ///
    /// # Errors
    /// The record is damaged.
    pub fn check_crc(&self) -> Result<(), LogError> {
        if self.header.crc_fits(self.bytes) {
            return Ok(());
        }
        Err(LogError::Record {
            path: segment_path(self.segment),
            offset: self.offset,
            why: CRC_WRONG.into(),
        })
    }
}

impl Chunk {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Index of the first record's entry.
    pub fn first(&self) -> EntryIndex {
        self.first
    }

    /// The record at this place of the chunk.
    pub fn get(&self, i: usize) -> Option<RawRecord<'_>> {
        let (start, header) = *self.spans.get(i)?;
        Some(RawRecord {
            index: EntryIndex(self.first.0 + i as u64),
            segment: self.segment,
            offset: self.base + start as u64,
            header,
            bytes: &self.bytes[start..start + RECORD_HEADER_LEN + header.length],
        })
    }

    /// The records in order.
    pub fn records(&self) -> impl Iterator<Item = RawRecord<'_>> {
        (0..self.spans.len()).filter_map(|i| self.get(i))
    }
}

/// Reads the log forward in chunks, up to a fixed end. CRCs are left to the reader's user, who can
/// check them in parallel.
pub struct LogReader<'s> {
    store: &'s dyn Store,
    end: LogEnd,
    at: Position,
    blob: Option<(Box<dyn Blob>, u64)>,
    ledger: Option<LedgerId>,
    open_commit: bool,
    /// Whether the first record may stand anywhere in its commit.
    resuming: bool,
    /// Met behind the records that the last chunk gave.
    pending: Option<LogError>,
}

/// Bytes that a chunk aims at; one record may exceed it.
const CHUNK_BYTES: usize = 2 << 20;

impl<'s> LogReader<'s> {
    /// A reader from `from`, a boundary between commits, to `end`.
    pub fn new(store: &'s dyn Store, from: Position, end: LogEnd) -> Self {
        Self {
            store,
            end,
            at: from,
            blob: None,
            ledger: None,
            open_commit: false,
            resuming: false,
            pending: None,
        }
    }

    /// A reader from a record that need not begin its commit.
    pub(crate) fn resume(store: &'s dyn Store, from: Position, end: LogEnd) -> Self {
        Self {
            resuming: true,
            ..Self::new(store, from, end)
        }
    }

    /// Where the next chunk begins.
    pub fn position(&self) -> Position {
        self.at
    }

    /// The ledger that the segments' headers name, once one was read.
    pub fn ledger(&self) -> Option<LedgerId> {
        self.ledger
    }

    fn segment_end(&self, length: u64) -> u64 {
        if self.at.segment == self.end.segment {
            self.end.offset.min(length)
        } else {
            length
        }
    }

    /// Opens the segment at the current position and checks its header.
    fn enter(&mut self) -> Result<u64, LogError> {
        if let Some((_, end)) = &self.blob {
            return Ok(*end);
        }
        let path = segment_path(self.at.segment);
        let blob = self.store.open(&path).map_err(LogError::io(&path))?;
        let length = blob.len().map_err(LogError::io(&path))?;
        let header_error = |why: String| LogError::SegmentHeader {
            path: path.clone(),
            why,
        };
        let header = read_segment_header(blob.as_ref(), &path)?
            .ok_or_else(|| header_error("shorter than a segment header".into()))?;
        if header.number != self.at.segment {
            return Err(header_error(format!(
                "the header says segment {}, the file's name {}",
                header.number, self.at.segment
            )));
        }
        if *self.ledger.get_or_insert(header.ledger) != header.ledger {
            return Err(header_error(format!(
                "the header names ledger {}, earlier segments another",
                header.ledger
            )));
        }
        if self.at.offset == SEGMENT_HEADER_LEN as u64 && header.first != self.at.index.0 {
            return Err(header_error(format!(
                "the header says that #{} comes first, expected {}",
                header.first, self.at.index
            )));
        }
        let end = self.segment_end(length);
        self.blob = Some((blob, end));
        Ok(end)
    }

    /// The next records, at most `most` of them; `None` at the end of the log.
    ///
    /// # Errors
    /// Damage or the storage; the reader is then of no further use.
    pub fn next_chunk(&mut self, most: usize) -> Result<Option<Chunk>, LogError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let mut end = self.enter()?;
        while self.at.offset >= end {
            if self.open_commit {
                return Err(self.commit_error("the commit has no end"));
            }
            if self.at.offset == SEGMENT_HEADER_LEN as u64 {
                return Err(LogError::SegmentHeader {
                    path: segment_path(self.at.segment),
                    why: "the segment holds no entry".into(),
                });
            }
            if self.at.segment >= self.end.segment {
                return Ok(None);
            }
            self.at.segment += 1;
            self.at.offset = SEGMENT_HEADER_LEN as u64;
            self.blob = None;
            end = self.enter()?;
        }
        let Some((blob, _)) = &self.blob else {
            unreachable!("entered above");
        };
        let path = segment_path(self.at.segment);
        let left = end - self.at.offset;
        let size = left.min(CHUNK_BYTES.max(RECORD_HEADER_LEN + BODY_MAX) as u64);
        let mut bytes = vec![0; size as usize];
        let read = blob
            .read_full_at(self.at.offset, &mut bytes)
            .map_err(LogError::io(&path))?;
        if read == 0 {
            return Err(self.record_error(ENDS_EARLY.into()));
        }
        bytes.truncate(read);
        let all_read = read as u64 == left;
        let mut chunk = Chunk {
            segment: self.at.segment,
            base: self.at.offset,
            first: self.at.index,
            bytes,
            spans: Vec::new(),
        };
        let mut start = 0;
        while chunk.spans.len() < most && start < chunk.bytes.len() {
            match self.frame(&chunk.bytes[start..]) {
                Framed::Whole(header) => {
                    self.resuming = false;
                    self.open_commit = header.flags & LAST == 0;
                    chunk.spans.push((start, header));
                    start += RECORD_HEADER_LEN + header.length;
                    self.at.offset = chunk.base + start as u64;
                    self.at.index.0 += 1;
                }
                // What is cut off here is whole in the next chunk, which begins with it.
                Framed::Cut if !all_read && !chunk.spans.is_empty() => break,
                Framed::Cut => {
                    self.pending = Some(self.record_error(ENDS_EARLY.into()));
                    break;
                }
                Framed::Damaged(why) => {
                    self.pending = Some(self.record_error(why));
                    break;
                }
                Framed::CommitBroken => {
                    self.pending = Some(self.commit_error(COMMIT_BROKEN));
                    break;
                }
            }
        }
        match self.pending.take() {
            Some(error) if chunk.spans.is_empty() => Err(error),
            pending => {
                self.pending = pending;
                Ok(Some(chunk))
            }
        }
    }

    fn frame(&self, rest: &[u8]) -> Framed {
        let Some(header) = rest.first_chunk() else {
            return Framed::Cut;
        };
        match RecordHeader::decode(header) {
            Err(why) => Framed::Damaged(why),
            Ok(header) if rest.len() < RECORD_HEADER_LEN + header.length => Framed::Cut,
            Ok(header) if !self.resuming && (header.flags & FIRST != 0) == self.open_commit => {
                Framed::CommitBroken
            }
            Ok(header) => Framed::Whole(header),
        }
    }

    fn record_error(&self, why: String) -> LogError {
        LogError::Record {
            path: segment_path(self.at.segment),
            offset: self.at.offset,
            why,
        }
    }

    fn commit_error(&self, why: &'static str) -> LogError {
        LogError::Commit {
            path: segment_path(self.at.segment),
            offset: self.at.offset,
            why,
        }
    }
}

/// What stands at the beginning of some bytes.
enum Framed {
    Whole(RecordHeader),
    Cut,
    Damaged(String),
    CommitBroken,
}
