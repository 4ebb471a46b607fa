//! Inputs as they come: plain, gzip or Zstandard, sentences or a table. Told apart by what they hold, never
//! by their name.

mod packed;

use std::io::{self, Read};
use std::num::NonZeroUsize;

pub use packed::{Packing, Unpacked};

use crate::collect::Collector;
use crate::decode;
use crate::sink::{Counts, Sink};
use crate::table::{self, Header, Mapping};

/// So much of an input is looked at to tell what it is.
const LOOK: usize = 1 << 16;

/// An input whose kind is known, with what was looked at still to be read.
pub struct Input<R> {
    /// How it was packed.
    pub packing: Option<Packing>,
    /// What it holds.
    pub content: Content,
    line: u64,
    seen: io::Cursor<Vec<u8>>,
    rest: Unpacked<R>,
    failed: Option<io::Error>,
}

/// What an input holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Sentences, or what is none and is refused line by line.
    Sentences,
    /// A table with a header that is known, or that a mapping explains.
    Table(Box<Header>),
}

/// Why an input was not read to its end.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ReadError {
    /// What was counted before.
    pub counts: Box<Counts>,
    /// The line at which reading ended.
    pub line: u64,
    /// Why.
    #[source]
    pub problem: Problem,
}

/// What ended the reading of an input.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// It cannot be read.
    #[error("the input cannot be read")]
    Io(#[source] io::Error),
    /// It was packed, and the packing is broken, cut short, or of a kind that is not read.
    #[error(
        "the {packing} data is broken, cut short or not read here, after {bytes} unpacked bytes ({packed} packed ones)"
    )]
    Packing {
        /// How it was packed.
        packing: Packing,
        /// Bytes that were unpacked.
        bytes: u64,
        /// Bytes of the input that were read for it.
        packed: u64,
        /// What was wrong.
        #[source]
        source: io::Error,
    },
    /// It was packed, and other bytes follow where that has ended.
    #[error(
        "the {packing} data ends, sound, after {packed} bytes ({bytes} unpacked), and other bytes follow there \
         ({first} …): another file, or what a copy left"
    )]
    Trailing {
        /// How it was packed.
        packing: Packing,
        /// Bytes that were unpacked: all that the packed data holds.
        bytes: u64,
        /// Bytes of the input before those that follow.
        packed: u64,
        /// The first of those, in hexadecimal.
        first: String,
    },
    /// It was packed twice.
    #[error(
        "it is packed twice: inside the {outer} data is {inner} data. Unpack it once and read what comes of that"
    )]
    PackedTwice {
        /// How what was read is packed.
        outer: Packing,
        /// How what is inside is.
        inner: Packing,
    },
    /// A table that is not known.
    #[error(
        "the header is of no table that is known: {found:?}. Known are MarineCadastre (MMSI, BaseDateTime, \
         LAT, LON, …) and the Danish Maritime Authority (# Timestamp, Type of mobile, MMSI, …). For another, \
         say which column is which: --map mmsi=…,time=…,lat=…,lon=…"
    )]
    HeaderUnknown {
        /// The header, at most 400 characters of it.
        found: String,
    },
    /// A table without a column that the mapping names.
    #[error("the header has no column {column:?}, which --map names. It reads {found:?}")]
    ColumnMissing {
        /// Which.
        column: String,
        /// The header, at most 400 characters of it.
        found: String,
    },
    /// A column that stands in the header twice.
    #[error("the header has the column {column:?} twice, so that nobody can say which is meant")]
    ColumnTwice {
        /// Which.
        column: String,
    },
    /// A column that the mapping gives to two fields, of which at most one is what it holds.
    #[error("{first} and {second} are both said to be in the column {column:?}")]
    ColumnShared {
        /// Which.
        column: String,
        /// One field.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// UTF-16, with a mark at its start or without.
    #[error("the text is {0}. Convert it to UTF-8 first: iconv -f {0} -t UTF-8")]
    Utf16(&'static str),
    /// Lines that end with carriage returns alone.
    #[error(
        "its lines end with carriage returns alone (CR), and so are none here. Give them line feeds first: \
         tr '\\r' '\\n'"
    )]
    CarriageReturns,
    /// An archive.
    #[error("this is a {0} archive. Take the file that is meant out of it first")]
    Archive(&'static str),
}

impl Problem {
    /// Of an error in reading: the packing's, or the input's own.
    pub fn of(error: io::Error) -> Self {
        let Some(broken) = packed::broken(&error) else {
            return Self::Io(error);
        };
        let (packing, bytes, packed) = (broken.packing, broken.bytes, broken.packed);
        match broken.trailing() {
            Some(trailing) => Self::Trailing {
                packing,
                bytes,
                packed,
                first: trailing.written(),
            },
            None => Self::Packing {
                packing,
                bytes,
                packed,
                source: error,
            },
        }
    }

    /// At the start of an input.
    pub(crate) fn at_start(self) -> ReadError {
        ReadError {
            counts: Box::default(),
            line: 1,
            problem: self,
        }
    }
}

/// Looks at the start of an input and says what it is.
pub fn open<R: Read>(input: R, mapping: Option<&Mapping>) -> Result<Input<R>, ReadError> {
    let mut rest = Unpacked::new(input).map_err(|error| Problem::Io(error).at_start())?;
    let mut seen = Vec::new();
    // What is broken later is told later, by whoever reads so far.
    let failed = (&mut rest).take(LOOK as u64).read_to_end(&mut seen).err();
    let packing = rest.packing();
    if let (Some(outer), Some(inner)) = (packing, packed::again(&seen)) {
        return Err(Problem::PackedTwice { outer, inner }.at_start());
    }
    let content = recognise(&seen, mapping).map_err(Problem::at_start)?;
    let (line, begin) = match content {
        Content::Sentences => (1, 0),
        Content::Table(_) => after_header(&seen),
    };
    if seen.is_empty()
        && let Some(error) = failed
    {
        return Err(Problem::of(error).at_start());
    }
    let mut seen = io::Cursor::new(seen);
    seen.set_position(begin);
    Ok(Input {
        packing,
        content,
        line,
        seen,
        rest,
        failed,
    })
}

impl<R> Input<R> {
    /// The number of the first line that is still to be read: of a table, the one after its header.
    pub fn line(&self) -> u64 {
        self.line
    }
}

/// The line after a table's header, and where it begins.
fn after_header(seen: &[u8]) -> (u64, u64) {
    let mut line = 1;
    let mut at = 0;
    for text in seen.split_inclusive(|byte| *byte == b'\n') {
        line += 1;
        at += text.len() as u64;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if !text.trim_ascii().is_empty() {
            break;
        }
    }
    (line, at)
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let seen = self.seen.read(to)?;
        if seen > 0 || to.is_empty() {
            return Ok(seen);
        }
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.rest.read(to),
        }
    }
}

/// How to read an input.
#[derive(Debug, Clone)]
pub struct Options {
    /// Explains a header that is not known.
    pub mapping: Option<Mapping>,
    /// Of sentences.
    pub sentences: decode::Options,
    /// How many threads. The result does not depend on it.
    pub threads: NonZeroUsize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mapping: None,
            sentences: decode::Options::default(),
            threads: NonZeroUsize::MIN,
        }
    }
}

/// Reads an input whatever it is. `source` is the number that [`crate::report::LineRef`]s get.
pub fn read_any<R: Read + Send>(
    input: R,
    source: u16,
    options: &Options,
    sink: &mut (dyn Sink + Send),
) -> Result<Counts, ReadError> {
    let input = open(input, options.mapping.as_ref())?;
    match input.content.clone() {
        Content::Table(header) => table::read(input, &header, source, sink),
        Content::Sentences => read_sentences(input, source, options, sink),
    }
}

/// [`read_any`] for tracks alone: tables are read by all threads at a time.
pub fn collect_any<R: Read + Send>(
    input: R,
    source: u16,
    options: &Options,
    collector: &mut Collector,
) -> Result<Counts, ReadError> {
    let input = open(input, options.mapping.as_ref())?;
    match input.content.clone() {
        Content::Table(header) => {
            table::collect(input, &header, source, options.threads, collector)
        }
        Content::Sentences => read_sentences(input, source, options, collector),
    }
}

/// Reads sentences of an input that holds them.
///
/// # Errors
/// What reading gave, with what the whole lines before came to: each has its outcome, and a line that was cut has none.
pub fn read_sentences<R: Read + Send>(
    input: Input<R>,
    source: u16,
    options: &Options,
    sink: &mut (dyn Sink + Send),
) -> Result<Counts, ReadError> {
    let (sentences, threads) = (&options.sentences, options.threads);
    let (counts, end) = decode::read_counted(input, source, sentences, threads, sink);
    match end {
        Ok(()) => Ok(counts),
        Err(error) => Err(ReadError {
            line: counts.total.saturating_add(1),
            counts: Box::new(counts),
            problem: Problem::of(error),
        }),
    }
}

fn recognise(start: &[u8], mapping: Option<&Mapping>) -> Result<Content, Problem> {
    if let Some(encoding) = utf16(start) {
        return Err(Problem::Utf16(encoding));
    }
    if start.starts_with(b"PK\x03\x04") {
        return Err(Problem::Archive("zip"));
    }
    if start.get(257..262) == Some(b"ustar") {
        return Err(Problem::Archive("tar"));
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    if ends_lines_with_carriage_returns(text) {
        return Err(Problem::CarriageReturns);
    }
    let first = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| !line.is_empty());
    let Some(first) = first else {
        return Ok(Content::Sentences);
    };
    // A mapping is said on purpose, so it goes before what is known. But it is said of all inputs: one in which its
    // columns are not found is taken as it would be without it, if that is known.
    let starts_with_a_sentence =
        matches!(first, [b'!' | b'$' | b'\\', ..]) && looks_like_a_sentence(first);
    let unmapped = match mapping {
        Some(mapping) if !starts_with_a_sentence => match Header::mapped(first, mapping) {
            Ok(header) => return Ok(Content::Table(Box::new(header))),
            Err(problem) => Some(problem),
        },
        _ => None,
    };
    if let Some(header) = Header::known(first)? {
        return Ok(Content::Table(Box::new(header)));
    }
    let sentences = text.split(|byte| *byte == b'\n').any(looks_like_a_sentence);
    match unmapped {
        // Sentences may stand in the rows of a table, and a comment before sentences.
        Some(problem) if !sentences || (looks_like_a_header(first) && !first.starts_with(b"#")) => {
            Err(problem)
        }
        None if !sentences && looks_like_a_header(first) => Err(Problem::HeaderUnknown {
            found: shown(first),
        }),
        _ => Ok(Content::Sentences),
    }
}

/// UTF-16 by its mark, or by every other of its first bytes being zero, as of any text in Latin letters.
fn utf16(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Some("UTF-16");
    }
    let pairs = || start.chunks_exact(2).take(64);
    let text = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if pairs().len() < 4 {
        return None;
    }
    if pairs().all(|pair| matches!(pair, [letter, 0] if text(*letter))) {
        return Some("UTF-16LE");
    }
    if pairs().all(|pair| matches!(pair, [0, letter] if text(*letter))) {
        return Some("UTF-16BE");
    }
    None
}

/// Text of sentences or of a table with several lines, none of which ends with a line feed.
fn ends_lines_with_carriage_returns(text: &[u8]) -> bool {
    if memchr::memchr(b'\n', text).is_some() {
        return false;
    }
    let mut lines = text
        .split(|byte| *byte == b'\r')
        .filter(|line| !line.trim_ascii().is_empty());
    let (Some(first), Some(_)) = (lines.next(), lines.next()) else {
        return false;
    };
    looks_like_a_header(first.trim_ascii())
        || text.split(|byte| *byte == b'\r').any(looks_like_a_sentence)
}

/// `!` or `$`, five or more letters, a comma, somewhere in the line.
fn looks_like_a_sentence(line: &[u8]) -> bool {
    memchr::memchr2_iter(b'!', b'$', line).any(|at| {
        let after = line.get(at + 1..).unwrap_or_default();
        let name = after
            .iter()
            .take_while(|byte| byte.is_ascii_uppercase())
            .count();
        (4..=5).contains(&name) && after.get(name) == Some(&b',')
    })
}

/// Three or more names between one delimiter, none of them a number.
fn looks_like_a_header(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    [',', ';', '\t', '|'].into_iter().any(|delimiter| {
        let mut names = 0;
        let all = line.split(delimiter).all(|name| {
            let name = name.trim().trim_matches('"').trim_start_matches(['#', ' ']);
            names += 1;
            name.len() <= 64
                && name.starts_with(|first: char| first.is_alphabetic() || first == '_')
                && !name.contains(char::is_control)
        });
        all && names >= 3
    })
}

pub(crate) fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line).chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Dialect;

    fn content(start: &[u8]) -> Result<Content, Problem> {
        recognise(start, None)
    }

    #[test]
    fn content_is_told_by_its_start() {
        assert!(matches!(content(b""), Ok(Content::Sentences)));
        assert!(matches!(content(b"\n\n"), Ok(Content::Sentences)));
        assert!(matches!(content(b"\0\x01\x02junk"), Ok(Content::Sentences)));
        assert!(matches!(
            content(b"!AIVDM,1,1,,A,15M,0*00"),
            Ok(Content::Sentences)
        ));
        assert!(matches!(
            content(b"# made by, somebody, with\n\\s:a*00\\!BSVDM,1,1,,A,15M,0*00"),
            Ok(Content::Sentences)
        ));
        assert!(matches!(
            content(b"\xff\xfem\0m\0"),
            Err(Problem::Utf16("UTF-16"))
        ));
        assert!(matches!(
            content(b"!\0A\0I\0V\0D\0M\0,\0"),
            Err(Problem::Utf16("UTF-16LE"))
        ));
        assert!(matches!(
            content(b"\0M\0M\0S\0I\0,\0t\0\r\0\n"),
            Err(Problem::Utf16("UTF-16BE"))
        ));
        for cr in [
            &b"!AIVDM,1,1,,A,15M,0*00\r!AIVDM,1,1,,A,15M,0*00\r"[..],
            b"# a comment\r!AIVDM,1,1,,A,15M,0*00",
            b"MMSI,BaseDateTime,LAT,LON\r1,2022-01-03T00:00:00,1,1\r",
        ] {
            assert!(matches!(content(cr), Err(Problem::CarriageReturns)));
        }
        // One line, or junk, is what it is.
        for other in [
            &b"!AIVDM,1,1,,A,15M,0*00\r"[..],
            b"\x01\r\x02\r\x03",
            b"!AIVDM,1,1,,A,15M,0*00\r\r\n\r!AIVDM,1,1,,A,15M,0*00\r",
            b"m\0\0m",
        ] {
            assert!(matches!(content(other), Ok(Content::Sentences)));
        }
        assert!(matches!(
            content(b"PK\x03\x04"),
            Err(Problem::Archive("zip"))
        ));
        assert!(matches!(
            content(b"ship,when,north,east\n1,2,3,4\n"),
            Err(Problem::HeaderUnknown { .. })
        ));
        assert!(matches!(content(b"1,2,3,4\n"), Ok(Content::Sentences)));
    }

    #[test]
    fn a_mapping_explains_what_has_its_columns_and_hinders_nothing_else() {
        let mapping: Mapping = "mmsi=mmsi,time=seen,lat=lat,lon=lon".parse().unwrap();
        let dialect = |start: &str| match recognise(start.as_bytes(), Some(&mapping)) {
            Ok(Content::Table(header)) => Ok(Some(header.dialect)),
            Ok(Content::Sentences) => Ok(None),
            Err(problem) => Err(problem),
        };
        let mapped = |start: &str| matches!(dialect(start), Ok(Some(Dialect::Mapped)));
        assert!(mapped("MMSI;seen;LAT;LON\n"));
        // What looks like a known table is mapped where it has all the columns,
        assert!(mapped("MMSI,BaseDateTime,seen,LAT,LON\n"));
        // and is what it is where it has not.
        assert!(matches!(
            dialect("MMSI,BaseDateTime,LAT,LON\n"),
            Ok(Some(Dialect::MarineCadastre))
        ));
        let line = "!AIVDM,1,1,,A,15M,0*00\n";
        for sentences in [
            line.to_owned(),
            format!("# made by, somebody, with\n{line}"),
            format!("\\s:a*00\\{line}"),
            String::new(),
        ] {
            assert!(matches!(dialect(&sentences), Ok(None)), "{sentences}");
        }
        // By number any line has columns, but a sentence is no header.
        let numbers: Mapping = "mmsi=#1,time=#2,lat=#3,lon=#4".parse().unwrap();
        let content = recognise(line.as_bytes(), Some(&numbers));
        assert!(matches!(content, Ok(Content::Sentences)));
        // A table in which the columns are not found is an error all the same, whatever stands in its rows.
        for table in [
            "MMSI,when,LAT,LON\n1,2,3,4\n",
            "ship,when,raw\n1,2,\"!AIVDM,1,1,,A,15M,0*00\"\n",
            "1,2\n3,4\n",
        ] {
            let problem = dialect(table).unwrap_err();
            assert!(matches!(problem, Problem::ColumnMissing { .. }), "{table}");
        }
    }

    #[test]
    fn known_headers_are_told_whatever_their_case_quotes_and_line_ends() {
        for header in [
            "MMSI,BaseDateTime,LAT,LON,SOG,COG\n",
            "\u{feff}mmsi,base_date_time,longitude,latitude,sog\r\n",
            "\r\n\"MMSI\",\"BaseDateTime\",\"LAT\",\"LON\"\r\n",
            "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status\n",
        ] {
            assert!(
                matches!(content(header.as_bytes()), Ok(Content::Table(_))),
                "{header}"
            );
        }
        let twice = content(b"MMSI,BaseDateTime,LAT,LON,lon\n");
        assert!(matches!(twice, Err(Problem::ColumnTwice { column }) if column == "lon"));
    }
}
