//! Rows and their fields as RFC 4180 and its neighbours write them, split without copying where nothing is
//! quoted; and an input cut into chunks of whole rows, so that several threads can read them.

use std::io::{self, Read};

use super::header::Header;

/// A longer row is refused. Quotes that do not close within it are none: their line is refused alone.
pub(super) const ROW_MAX: usize = 1 << 16;
/// Nor are quotes that do not close within so many lines, so that a file of open ones is not read over and over.
const ROW_LINES: usize = 16;
/// Bytes that are cut into rows at a time.
const CHUNK: usize = 1 << 20;

/// One row's fields.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Where they begin and end; more than there are.
    ends: Vec<(u32, u32)>,
    columns: usize,
    /// The row itself, or what its quoted fields say.
    bytes: Vec<u8>,
}

/// A row's fields, wherever they lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    ends: &'a [(u32, u32)],
    columns: usize,
    /// Whether they lie in the row as it was written.
    pub(super) as_written: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// A field without the spaces around it; empty where there is none.
    #[inline]
    pub(super) fn get(&self, at: usize) -> &'a [u8] {
        let Some((start, end)) = self.ends.get(at) else {
            return &[];
        };
        let field = self.bytes.get(*start as usize..*end as usize);
        let field = field.unwrap_or_default();
        match field {
            [first, .., last] if *first > b' ' && *last > b' ' => field,
            _ => field.trim_ascii(),
        }
    }

    /// The bytes of the row that end with a field, the field's last one highest, and how many of them are the
    /// field's; `None`: the field is longer than eight, or stands too near to the row's beginning.
    #[inline]
    pub(super) fn word(&self, at: usize) -> Option<(u64, u32)> {
        let (start, end) = *self.ends.get(at)?;
        let length = end - start;
        let eight = self
            .bytes
            .get((end as usize).checked_sub(8)?..end as usize)?;
        let mut word = [0; 8];
        word.copy_from_slice(eight);
        (length <= 8).then_some((u64::from_le_bytes(word), length))
    }

    /// The bytes from one field to another, with what stands between.
    pub(super) fn span(&self, (first, last): (usize, usize)) -> &'a [u8] {
        match (self.ends.get(first), self.ends.get(last)) {
            (Some((start, _)), Some((_, end))) => self
                .bytes
                .get(*start as usize..*end as usize)
                .unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Row {
    /// Splits a row, which has no line end and is shorter than 4 GiB, and keeps a copy.
    pub(super) fn split(&mut self, row: &[u8], delimiter: u8) {
        if memchr::memchr(b'"', row).is_some() {
            self.unquote(row, delimiter);
        } else {
            self.bytes.clear();
            self.bytes.extend_from_slice(row);
            self.plain(row, delimiter);
        }
    }

    /// Splits a row without copying it where nothing is quoted.
    pub(super) fn fields<'a>(
        &'a mut self,
        row: &'a [u8],
        delimiter: u8,
        quotes: bool,
    ) -> Fields<'a> {
        let quoted = quotes && memchr::memchr(b'"', row).is_some();
        if quoted {
            self.unquote(row, delimiter);
        } else {
            self.plain(row, delimiter);
        }
        Fields {
            bytes: if quoted { &self.bytes } else { row },
            ends: &self.ends,
            columns: self.columns,
            as_written: !quoted,
        }
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn field(&self, at: usize) -> &[u8] {
        let fields = Fields {
            bytes: &self.bytes,
            ends: &self.ends,
            columns: self.columns,
            as_written: false,
        };
        fields.get(at)
    }

    /// Where the fields of a row without quotes stand.
    fn plain(&mut self, row: &[u8], delimiter: u8) {
        self.columns = places(row, delimiter, &mut self.ends);
        if self.columns > self.ends.len() {
            self.ends.resize(self.columns, (0, 0));
            places(row, delimiter, &mut self.ends);
        }
    }

    fn place(&mut self, column: usize, ends: (u32, u32)) {
        match self.ends.get_mut(column) {
            Some(place) => *place = ends,
            None => self.ends.push(ends),
        }
    }

    /// A field that begins with a quote ends at the next that is not doubled; what follows up to the
    /// delimiter is added as it stands. A quote elsewhere is a character like others.
    fn unquote(&mut self, row: &[u8], delimiter: u8) {
        self.columns = 0;
        self.bytes.clear();
        let mut rest = row.iter().copied().peekable();
        let mut start = 0;
        loop {
            let mut quoted = rest.next_if_eq(&b'"').is_some();
            let mut more = false;
            while let Some(byte) = rest.next() {
                if quoted && byte == b'"' {
                    if rest.next_if_eq(&b'"').is_none() {
                        quoted = false;
                        continue;
                    }
                } else if !quoted && byte == delimiter {
                    more = true;
                    break;
                }
                self.bytes.push(byte);
            }
            let end = self.bytes.len() as u32;
            self.place(self.columns, (start, end));
            self.columns += 1;
            start = end;
            if !more {
                return;
            }
        }
    }
}

/// Where the fields stand, as many as there is room for: eight bytes at a time. How many there are.
fn places(row: &[u8], delimiter: u8, ends: &mut [(u32, u32)]) -> usize {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_le_bytes([delimiter; 8]);
    let mut start = 0;
    let mut at = 0;
    let mut columns = 0;
    let mut place = |start: u32, end: u32| {
        if let Some(place) = ends.get_mut(columns) {
            *place = (start, end);
        }
        columns += 1;
    };
    let mut words = row.chunks_exact(8);
    for word in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        let differs = u64::from_le_bytes(eight) ^ pattern;
        // The high bit of each byte that is the delimiter, and of no other.
        let mut found = !(((differs & LOW) + LOW) | differs | LOW);
        while found != 0 {
            let end = at + found.trailing_zeros() / 8;
            place(start, end);
            start = end + 1;
            found &= found - 1;
        }
        at += 8;
    }
    for byte in words.remainder() {
        if *byte == delimiter {
            place(start, at);
            start = at + 1;
        }
        at += 1;
    }
    place(start, at);
    columns
}

/// Where a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Here, after its line end.
    At(usize),
    /// Not in these bytes, as far as one can tell.
    Open,
}

/// Where the row at the start of `bytes` ends. `last`: nothing follows them in the input, or they were cut
/// after a row.
pub(super) fn row_end(bytes: &[u8], delimiter: u8, quotes: bool, last: bool) -> End {
    let line = memchr::memchr(b'\n', bytes).map(|at| at + 1);
    let physical = line.unwrap_or(bytes.len());
    let first_line = bytes.get(..physical).unwrap_or(bytes);
    if quotes && memchr::memchr(b'"', first_line).is_some() {
        let reach = bytes.get(..ROW_MAX).unwrap_or(bytes);
        let lines = memchr::memchr_iter(b'\n', reach).nth(ROW_LINES - 1);
        let whole = lines.is_some() || reach.len() == ROW_MAX;
        let reach = lines.map_or(reach, |end| &reach[..=end]);
        if let Some(end) = quoted_end(reach, delimiter) {
            return End::At(end);
        }
        if !whole && !last {
            return End::Open;
        }
        // The quote does not close: this line alone is the row.
    }
    match line {
        Some(end) => End::At(end),
        None if last => End::At(bytes.len()),
        None => End::Open,
    }
}

/// After the first line end that is in no quotes.
fn quoted_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 0;
    let mut field_start = true;
    let mut quoted = false;
    while let Some(byte) = bytes.get(at) {
        if quoted {
            if *byte == b'"' {
                if bytes.get(at + 1) == Some(&b'"') {
                    at += 1;
                } else {
                    quoted = false;
                }
            }
        } else if *byte == b'\n' {
            return Some(at + 1);
        } else if *byte == b'"' && field_start {
            quoted = true;
        }
        field_start = !quoted && *byte == delimiter;
        at += 1;
    }
    None
}

/// Rows that follow one another.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Whole rows.
    pub(super) bytes: Vec<u8>,
    /// The line at which they begin.
    pub(super) line: u64,
    /// A line that was too long to be held, after them.
    pub(super) too_long: Option<u64>,
}

/// Cuts an input into chunks.
pub(super) struct Chunks<R> {
    input: R,
    delimiter: u8,
    carry: Vec<u8>,
    line: u64,
    ended: bool,
    failed: Option<io::Error>,
}

impl<R: Read> Chunks<R> {
    /// `line` is the number of the input's first line.
    pub(super) fn new(line: u64, header: &Header, input: R) -> Self {
        Self {
            input,
            delimiter: header.delimiter,
            carry: Vec::new(),
            line,
            ended: false,
            failed: None,
        }
    }

    /// The line that comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next rows, in `chunk`; whether there are any. An error comes after all whole rows before it.
    pub(super) fn next(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.bytes.clear();
        chunk.too_long = None;
        chunk.line = self.line;
        chunk.bytes.append(&mut self.carry);
        if !self.ended {
            let want = CHUNK.saturating_sub(chunk.bytes.len());
            chunk.bytes.reserve(want);
            match (&mut self.input)
                .take(want as u64)
                .read_to_end(&mut chunk.bytes)
            {
                Ok(read) => self.ended = read < want,
                Err(error) => {
                    self.ended = true;
                    self.failed = Some(error);
                }
            }
        }
        // What stands before an error is read as far as its rows are whole.
        let last = self.ended && self.failed.is_none();
        let cut = self.cut(&chunk.bytes, last);
        if cut == 0 && !self.ended {
            // A line that fills the whole chunk.
            chunk.bytes.clear();
            chunk.too_long = Some(self.line);
            self.skip_line();
            return Ok(true);
        }
        if self.ended {
            if cut == 0 {
                return match self.failed.take() {
                    Some(error) => Err(error),
                    None => Ok(false),
                };
            }
            if self.failed.is_none() {
                self.carry
                    .extend_from_slice(chunk.bytes.get(cut..).unwrap_or_default());
            }
        } else {
            self.carry
                .extend_from_slice(chunk.bytes.get(cut..).unwrap_or_default());
        }
        chunk.bytes.truncate(cut);
        self.line += memchr::memchr_iter(b'\n', &chunk.bytes).count() as u64;
        Ok(true)
    }

    /// Where the last whole row ends.
    fn cut(&self, bytes: &[u8], last: bool) -> usize {
        if memchr::memchr(b'"', bytes).is_none() {
            return match last {
                true => bytes.len(),
                false => memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            };
        }
        let mut at = 0;
        while let Some(rest) = bytes.get(at..)
            && !rest.is_empty()
            && let End::At(end) = row_end(rest, self.delimiter, true, last)
        {
            at += end;
        }
        at
    }

    /// Reads up to the end of a line without keeping it.
    fn skip_line(&mut self) {
        let mut block = Vec::new();
        loop {
            block.clear();
            match (&mut self.input).take(1 << 16).read_to_end(&mut block) {
                Ok(read) => self.ended = read < 1 << 16,
                Err(error) => {
                    self.ended = true;
                    self.failed = Some(error);
                }
            }
            if let Some(end) = memchr::memchr(b'\n', &block) {
                self.carry
                    .extend_from_slice(block.get(end + 1..).unwrap_or_default());
                self.line += 1;
                return;
            }
            if self.ended {
                return;
            }
        }
    }
}
