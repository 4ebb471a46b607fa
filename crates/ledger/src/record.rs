//! Records and segment headers: how entries stand in a file (FORMAT.md §10 and §11).

use crate::ids::LedgerId;
use crate::opening::{FACTS_MAX, SOURCE_MAX};
use crate::statement::LEAF_LEN;

/// Begins every record.
pub const MAGIC: [u8; 4] = *b"SPR1";
/// Length of what stands before a record's body.
pub const RECORD_HEADER_LEN: usize = 13;
/// The shortest body: a leaf and the presence byte of its openings.
pub const BODY_MIN: usize = LEAF_LEN + 1;
/// The longest body.
pub const BODY_MAX: usize = BODY_MIN + 36 + FACTS_MAX + 36 + SOURCE_MAX;
/// Flag: last record of its commit.
pub const LAST: u8 = 1;
/// Flag: first record of its commit.
pub const FIRST: u8 = 2;

/// Begins every segment.
pub const SEGMENT_MAGIC: [u8; 8] = *b"SEAPROOF";
/// Length of a segment's header.
pub const SEGMENT_HEADER_LEN: usize = 62;

/// What stands before a record's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader {
    /// [`FIRST`] and [`LAST`].
    pub flags: u8,
    /// Length of the body.
    pub length: usize,
    /// CRC-32C over flags, length and body.
    pub crc: u32,
}

impl RecordHeader {
    /// Reads the bytes before a body.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn decode(bytes: &[u8; RECORD_HEADER_LEN]) -> Result<Self, String> {
        let [m0, m1, m2, m3, flags, l0, l1, l2, l3, c0, c1, c2, c3] = *bytes;
        if [m0, m1, m2, m3] != MAGIC {
            return Err("no record begins here".into());
        }
        if flags & !(FIRST | LAST) != 0 {
            return Err(format!("record flags {flags:#04x}"));
        }
        let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        if !(BODY_MIN..=BODY_MAX).contains(&length) {
            return Err(format!(
                "record length {length}, expected {BODY_MIN} to {BODY_MAX}"
            ));
        }
        Ok(Self {
            flags,
            length,
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
        })
    }

    /// Whether this header's CRC is right for the whole record's bytes, header and body.
    pub fn crc_fits(&self, record: &[u8]) -> bool {
        record.len() == RECORD_HEADER_LEN + self.length && record_crc(record) == self.crc
    }
}

fn record_crc(record: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&record[4..9]), &record[RECORD_HEADER_LEN..])
}

/// Appends a record to `out`; `body` appends the body.
pub fn encode_record(out: &mut Vec<u8>, flags: u8, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&MAGIC);
    out.push(flags);
    out.extend_from_slice(&[0; 8]);
    body(out);
    let length = out.len() - start - RECORD_HEADER_LEN;
    assert!(
        (BODY_MIN..=BODY_MAX).contains(&length),
        "a sealed entry has a body of allowed length"
    );
    out[start + 5..start + 9].copy_from_slice(&(length as u32).to_le_bytes());
    let crc = record_crc(&out[start..]);
    out[start + 9..start + 13].copy_from_slice(&crc.to_le_bytes());
}

/// A segment's header. Every field can be derived; a reader compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader {
    /// The ledger.
    pub ledger: LedgerId,
    /// The number in the file's name.
    pub number: u64,
    /// Index of the segment's first entry.
    pub first: u64,
}

/// Why a segment's header cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentHeaderError {
    /// Not the magic, or the CRC does not fit.
    #[error("damaged segment header")]
    Damaged,
    /// Sound, and of a version above 1.
    #[error("ledger format version {0}; this program reads version 1")]
    Newer(u16),
}

impl SegmentHeader {
    /// The header's bytes.
    pub fn encode(&self) -> [u8; SEGMENT_HEADER_LEN] {
        let mut bytes = [0; SEGMENT_HEADER_LEN];
        bytes[..8].copy_from_slice(&SEGMENT_MAGIC);
        bytes[8..10].copy_from_slice(&1u16.to_le_bytes());
        bytes[10..42].copy_from_slice(&self.ledger.0);
        bytes[42..50].copy_from_slice(&self.number.to_le_bytes());
        bytes[50..58].copy_from_slice(&self.first.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..58]);
        bytes[58..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header.
    ///
    /// # Errors
    /// Damaged, or of a newer version.
    pub fn decode(bytes: &[u8; SEGMENT_HEADER_LEN]) -> Result<Self, SegmentHeaderError> {
        let number = |at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(eight)
        };
        if bytes[..8] != SEGMENT_MAGIC || crc32c::crc32c(&bytes[..58]).to_le_bytes() != bytes[58..]
        {
            return Err(SegmentHeaderError::Damaged);
        }
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if version == 0 {
            return Err(SegmentHeaderError::Damaged);
        }
        if version > 1 {
            return Err(SegmentHeaderError::Newer(version));
        }
        let mut ledger = [0; 32];
        ledger.copy_from_slice(&bytes[10..42]);
        Ok(Self {
            ledger: LedgerId(ledger),
            number: number(42),
            first: number(50),
        })
    }
}

/// The path of a segment: eight decimal digits.
pub fn segment_path(number: u64) -> String {
    format!("log/{number:08}.seg")
}

/// The path of what a segment is to become, while it is rewritten (FORMAT.md §24).
pub(crate) fn rewriting_path(number: u64) -> String {
    format!("log/{number:08}{REWRITING}")
}

/// Ends the name of a segment that is being rewritten.
pub(crate) const REWRITING: &str = ".redacting";

/// The number of the segment with this file name, if it is one's.
pub fn segment_number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    (digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}
