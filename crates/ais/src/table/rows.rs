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

/// Bytes whose fields are found together, so that where they begin stays near.
pub(super) const PIECE: usize = 1 << 14;

/// One row's fields, with a copy of it.
#[derive(Debug, Default)]
pub(super) struct Row {
    edges: Vec<u32>,
    bytes: Vec<u8>,
}

/// A row's fields, wherever they lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    /// Where each begins; each ends one byte before the next edge.
    edges: &'a [u32],
    /// Whether they lie in the row as it was written.
    pub(super) as_written: bool,
}

impl<'a> Fields<'a> {
    /// Of a row that lies in `bytes`, between its edges.
    pub(super) fn of(bytes: &'a [u8], edges: &'a [u32]) -> Self {
        Self {
            bytes,
            edges,
            as_written: true,
        }
    }

    #[inline]
    pub(super) fn columns(&self) -> usize {
        self.edges.len() - 1
    }

    #[inline]
    fn place(&self, at: usize) -> Option<(usize, usize)> {
        match self.edges.get(at..)? {
            [start, next, ..] => Some((*start as usize, *next as usize - 1)),
            _ => None,
        }
    }

    /// A field without the spaces around it; empty where there is none.
    #[inline]
    pub(super) fn get(&self, at: usize) -> &'a [u8] {
        let Some((start, end)) = self.place(at) else {
            return &[];
        };
        let field = self.bytes.get(start..end).unwrap_or_default();
        match field {
            [first, .., last] if *first > b' ' && *last > b' ' => field,
            _ => field.trim_ascii(),
        }
    }

    /// A number's sixteen last bytes in two words, its last one highest, with what stands before it if it is shorter; its
    /// length without a minus, and whether there is one. `None`: it stands too near to the beginning.
    #[inline]
    pub(super) fn number(&self, at: usize) -> Option<(u64, u64, u32, bool)> {
        let (start, end) = self.place(at)?;
        let sixteen: &[u8; 16] = self.bytes.get(..end)?.last_chunk()?;
        let both = u128::from_le_bytes(*sixteen);
        let negative = self.bytes.get(start) == Some(&b'-') && end > start;
        let length = (end - start - usize::from(negative)) as u32;
        Some((both as u64, (both >> 64) as u64, length, negative))
    }

    /// The bytes from one field to another, with what stands between.
    pub(super) fn span(&self, (first, last): (usize, usize)) -> &'a [u8] {
        match (self.place(first), self.place(last)) {
            (Some((start, _)), Some((_, end))) => self.bytes.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Row {
    /// Splits a row, which has no line end and is shorter than 4 GiB, and keeps a copy.
    pub(super) fn split(&mut self, row: &[u8], delimiter: u8) -> Fields<'_> {
        if memchr::memchr(b'"', row).is_some() {
            self.unquote(row, delimiter);
        } else {
            self.bytes.clear();
            self.bytes.extend_from_slice(row);
            self.plain(row, delimiter);
        }
        Fields {
            bytes: &self.bytes,
            edges: &self.edges,
            as_written: false,
        }
    }

    /// Splits a row without copying it where nothing is quoted.
    pub(super) fn fields<'a>(&'a mut self, row: &'a [u8], delimiter: u8) -> Fields<'a> {
        let quoted = memchr::memchr(b'"', row).is_some();
        if quoted {
            self.unquote(row, delimiter);
        } else {
            self.plain(row, delimiter);
        }
        Fields {
            bytes: if quoted { &self.bytes } else { row },
            edges: &self.edges,
            as_written: !quoted,
        }
    }

    /// Where the fields of a row without quotes stand.
    fn plain(&mut self, row: &[u8], delimiter: u8) {
        self.edges.clear();
        self.edges.push(0);
        let ends = memchr::memchr_iter(delimiter, row).chain([row.len()]);
        self.edges.extend(ends.map(|end| end as u32 + 1));
    }

    /// A field that begins with a quote ends at the next that is not doubled; what follows up to the
    /// delimiter is added as it stands. A quote elsewhere is a character like others.
    fn unquote(&mut self, row: &[u8], delimiter: u8) {
        self.edges.clear();
        self.edges.push(0);
        self.bytes.clear();
        let mut rest = row.iter().copied().peekable();
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
            self.bytes.push(delimiter);
            self.edges.push(self.bytes.len() as u32);
            if !more {
                return;
            }
        }
    }
}

/// Where the fields of many rows begin that have no quotes: 64 bytes at a time.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// As many as there may be; those beyond `found` are of earlier bytes.
    edges: Vec<u32>,
    found: usize,
    /// Which of them begin a row, and the last one's end.
    rows: Vec<u32>,
}

impl Edges {
    /// Finds those of whole rows of at most [`PIECE`] bytes, each with its line end.
    pub(super) fn find(&mut self, bytes: &[u8], delimiter: u8) {
        self.edges.resize(PIECE + 1, 0);
        self.found = 1;
        self.rows.clear();
        self.rows.push(0);
        let (blocks, rest) = bytes.as_chunks::<64>();
        let mut at = 0;
        for block in blocks {
            self.block(block, at, delimiter, u64::MAX);
            at += 64;
        }
        let mut last = [0; 64];
        last[..rest.len()].copy_from_slice(rest);
        self.block(&last, at, delimiter, (1 << rest.len()) - 1);
    }

    #[inline(always)]
    fn block(&mut self, block: &[u8; 64], at: u32, delimiter: u8, there: u64) {
        let mut lines = bits(block, b'\n') & there;
        let mut all = bits(block, delimiter) & there | lines;
        while lines != 0 {
            let before = all & ((lines & lines.wrapping_neg()) - 1);
            self.rows.push(self.found as u32 + before.count_ones());
            lines &= lines - 1;
        }
        let found = all.count_ones() as usize;
        for edge in self.edges.iter_mut().skip(self.found).take(found) {
            *edge = at + all.trailing_zeros() + 1;
            all &= all.wrapping_sub(1);
        }
        self.found += found;
    }

    /// The edges of each row.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u32]> {
        self.rows.windows(2).map(|pair| match pair {
            [first, end] => &self.edges[*first as usize..=*end as usize],
            _ => unreachable!("windows of two"),
        })
    }
}

/// A bit for each byte that is this one.
#[inline(always)]
fn bits(block: &[u8; 64], wanted: u8) -> u64 {
    let mut is = [0u8; 64];
    for (is, byte) in is.iter_mut().zip(block) {
        *is = u8::from(*byte == wanted);
    }
    let mut bits = 0;
    for (number, eight) in is.as_chunks::<8>().0.iter().enumerate() {
        // Moves the lowest bit of each byte into the highest byte, each to its place.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= gathered << (8 * number);
    }
    bits
}

/// Where a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Here, after its line end.
    At(usize),
    /// Not in these bytes, as far as one can tell.
    Open,
}

/// Where the row at the start of `bytes` ends. `quotes`: a quoted field may go over line ends. `last`: nothing follows them in the input, or they were cut
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
    rows_go_on: bool,
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
            rows_go_on: header.rows_go_on(),
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
        if !self.rows_go_on || memchr::memchr(b'"', bytes).is_none() {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_piece_has_the_fields_of_its_rows(
            rows in proptest::collection::vec("[a,; 0-9\\r]{0,90}", 1..40),
            delimiter in prop_oneof![Just(b','), Just(b';')],
        ) {
            let piece = rows.join("\n") + "\n";
            let mut found = Edges::default();
            // What was found before leaves nothing behind.
            found.find(b"1,2\n3;4\n", delimiter);
            found.find(piece.as_bytes(), delimiter);
            let edges: Vec<&[u32]> = found.rows().collect();
            prop_assert_eq!(edges.len(), rows.len());
            for (edges, text) in edges.into_iter().zip(&rows) {
                let mut row = Row::default();
                let alone = row.fields(text.as_bytes(), delimiter);
                let fields = Fields::of(piece.as_bytes(), edges);
                prop_assert_eq!(fields.columns(), alone.columns());
                for at in 0..alone.columns() + 2 {
                    prop_assert_eq!(fields.get(at), alone.get(at));
                    if let (Some(one), Some(other)) = (fields.number(at), alone.number(at)) {
                        prop_assert_eq!((one.2, one.3), (other.2, other.3));
                    }
                    prop_assert_eq!(fields.span((0, at)), alone.span((0, at)));
                }
            }
        }
    }
}
