//! Input cut into chunks at line ends, and what each line of a chunk says by itself.

use std::io::{self, ErrorKind, Read};

use crate::sentence::LONGEST_LINE;
use crate::sentence::gist::{Claims, Gist};
use crate::sentence::line::{self, Line, Origin, Said};
use crate::sentence::tag::{Flags, Group, Rank, Station};
use crate::sink::Reason;
use crate::units::Time;

/// How many bytes a chunk has, but for the last.
/// Small enough that it, and what its lines say, stay in a core's cache.
const CHUNK: usize = 1 << 18;
/// How many lines are read at a time: a chunk of blank lines has many.
const LINES: usize = 1 << 13;

/// Where something stands in a chunk, which is far smaller than 4 GiB, and on a line of at most 4 KiB.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: u32,
    len: u16,
}

/// A station's name in a chunk.
pub(super) type Named = Option<(Span, Rank)>;

/// A whole message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) armoured: Span,
    pub(super) fill_bits: u8,
    pub(super) channel: u8,
    pub(super) sum: u8,
    pub(super) payload: u64,
    pub(super) said: Option<Said>,
    pub(super) gist: Gist,
    pub(super) station: Named,
    /// Where its claims are, if it has any.
    pub(super) claims: Option<u32>,
}

/// A part of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) said: Option<Said>,
    pub(super) station: Named,
    pub(super) key: u64,
    pub(super) count: u8,
    pub(super) number: u8,
    pub(super) fill_bits: u8,
    pub(super) channel: u8,
    pub(super) sum: u8,
    pub(super) group: Option<Group>,
    pub(super) armoured: Span,
}

/// A time and a station.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) time: Option<Time>,
    pub(super) station: Named,
}

/// Something said of the sentence after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    pub(super) reason: Reason,
    /// By tag blocks.
    pub(super) tags: Option<Given>,
    /// By `$PGHP`.
    pub(super) pghp: Option<Given>,
    pub(super) group: Option<Group>,
    /// The checksum of the sentence that `$PGHP` speaks of.
    pub(super) expected: Option<u8>,
}

/// What a line is.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Whole(Whole),
    /// The part with this number.
    Part(u32),
    /// The thing said before with this number.
    Before(u32),
    Spoilt(Reason),
    Nothing(Reason),
}

/// A line, read by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read1 {
    pub(super) flags: Flags,
    pub(super) what: What,
}

/// Lines and what each says by itself. Used again and again, so that its memory is taken once.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// Where the lines begin that were not read yet.
    next: usize,
    pub(super) lines: Vec<Read1>,
    pub(super) parts: Vec<Part>,
    pub(super) befores: Vec<Before>,
    pub(super) claims: Vec<Claims>,
}

impl Chunk {
    /// The bytes of a span.
    pub(super) fn text(&self, span: Span) -> &[u8] {
        let start = span.start as usize;
        self.bytes
            .get(start..start + usize::from(span.len))
            .unwrap_or_default()
    }

    /// A station's name.
    pub(super) fn station(&self, named: Named) -> Option<Station<'_>> {
        named.map(|(span, rank)| Station {
            name: self.text(span),
            rank,
        })
    }

    /// Reads the next lines, at most [`LINES`] of them.
    pub(super) fn parse(&mut self) {
        let Self {
            bytes,
            next,
            lines,
            parts,
            befores,
            claims,
        } = self;
        lines.clear();
        parts.clear();
        befores.clear();
        claims.clear();
        let mut start = *next;
        let from = start;
        let ends = memchr::memchr_iter(b'\n', bytes.get(from..).unwrap_or_default());
        // The last line of an input may have no end.
        let unended = bytes.last().is_some_and(|last| *last != b'\n');
        let ends = ends.map(|end| from + end);
        for end in ends.chain(unended.then_some(bytes.len())).take(LINES) {
            let text = bytes.get(start..end).unwrap_or_default();
            start = end + 1;
            let mut flags = Flags::default();
            let what = match line::parse(text, &mut flags, claims) {
                Line::Whole(whole) => What::Whole(Whole {
                    armoured: span(bytes, whole.armoured),
                    fill_bits: whole.fill_bits,
                    channel: whole.channel,
                    sum: whole.sum,
                    payload: whole.payload,
                    said: whole.origin.said,
                    gist: whole.gist,
                    station: named(bytes, whole.origin),
                    claims: whole.has_claims.then(|| (claims.len() - 1) as u32),
                }),
                Line::Part(part) => {
                    parts.push(Part {
                        said: part.origin.said,
                        station: named(bytes, part.origin),
                        key: part.key,
                        count: part.count,
                        number: part.number,
                        fill_bits: part.fill_bits,
                        channel: part.channel,
                        sum: part.sum,
                        group: part.group,
                        armoured: span(bytes, part.armoured),
                    });
                    What::Part((parts.len() - 1) as u32)
                }
                Line::Before { reason, tags, pghp } => {
                    let given = |time, station: Option<Station<'_>>| Given {
                        time,
                        station: station.map(|station| (span(bytes, station.name), station.rank)),
                    };
                    befores.push(Before {
                        reason,
                        tags: tags.map(|tags| given(tags.time, tags.station)),
                        pghp: pghp.map(|pghp| given(pghp.time, pghp.station)),
                        group: tags.and_then(|tags| tags.group).map(Group::of_line_before),
                        expected: pghp.and_then(|pghp| pghp.sum),
                    });
                    What::Before((befores.len() - 1) as u32)
                }
                Line::Spoilt(reason) => What::Spoilt(reason),
                Line::Nothing(reason) => What::Nothing(reason),
            };
            lines.push(Read1 { flags, what });
        }
        *next = start;
    }

    /// Whether there are lines that were not read yet.
    pub(super) fn has_more(&self) -> bool {
        self.next < self.bytes.len()
    }
}

fn named(bytes: &[u8], origin: Origin<'_>) -> Named {
    origin
        .station
        .map(|station| (span(bytes, station.name), station.rank))
}

/// Where `part` stands in `bytes`, of which it must be a part.
fn span(bytes: &[u8], part: &[u8]) -> Span {
    let start = (part.as_ptr() as usize).wrapping_sub(bytes.as_ptr() as usize);
    Span {
        start: start as u32,
        len: part.len() as u16,
    }
}

/// Cuts an input into chunks at line ends.
#[derive(Debug)]
pub(super) struct Chunks<R> {
    input: R,
    /// The beginning of a line whose end was not in the chunk before.
    rest: Vec<u8>,
    begun: bool,
    ended: bool,
    /// What reading gave: told after the lines before it.
    failed: Option<io::Error>,
}

impl<R: Read> Chunks<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            rest: Vec::new(),
            begun: false,
            ended: false,
            failed: None,
        }
    }

    /// Fills `chunk` with the next lines, not yet read; `false`: there are no more.
    ///
    /// Of a line longer than a chunk only so much is kept that it is seen to be too long.
    pub(super) fn fill(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        chunk.next = 0;
        let bytes = &mut chunk.bytes;
        bytes.clear();
        bytes.append(&mut self.rest);
        while !self.ended && bytes.len() < CHUNK {
            let kept = bytes.len();
            if let Err(error) = self.more(bytes, CHUNK - kept) {
                // The line in which it failed is not known whole.
                self.ended = true;
                let lines = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
                bytes.truncate(lines);
                if lines == 0 {
                    return Err(error);
                }
                self.failed = Some(error);
            }
        }
        if !self.begun {
            self.begun = true;
            if bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
        }
        if self.ended {
            return Ok(!bytes.is_empty());
        }
        match memchr::memrchr(b'\n', bytes) {
            Some(end) => {
                self.rest
                    .extend_from_slice(bytes.get(end + 1..).unwrap_or_default());
                bytes.truncate(end + 1);
            }
            None => {
                bytes.truncate(LONGEST_LINE);
                // In case that all of it is blank.
                bytes.extend_from_slice(b"xx\n");
                self.skip_line()?;
            }
        }
        Ok(true)
    }

    /// Reads until at least one byte came, or the end.
    fn more(&mut self, to: &mut Vec<u8>, most: usize) -> io::Result<()> {
        let read = (&mut self.input).take(most as u64).read_to_end(to);
        match read {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Leaves out the rest of a line; what follows it goes to `rest`.
    fn skip_line(&mut self) -> io::Result<()> {
        let mut scratch = Vec::with_capacity(1 << 16);
        while !self.ended {
            scratch.clear();
            self.more(&mut scratch, 1 << 16)?;
            if let Some(end) = memchr::memchr(b'\n', &scratch) {
                self.rest
                    .extend_from_slice(scratch.get(end + 1..).unwrap_or_default());
                return Ok(());
            }
        }
        Ok(())
    }
}
