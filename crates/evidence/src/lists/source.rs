//! The bytes of a list: checked to be UTF-8 as they pass, counted by line, and never more of them than what
//! reads them may take for one thing.

use std::io::{self, BufRead, Read};

use super::FILE_BYTES_MAX;
use super::refused::{Place, Refused};

const BUFFER: usize = 64 << 10;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A list's bytes. An I/O error that it returns stands for a [`Refused`], kept in [`Source::why`].
pub(super) struct Source<R> {
    reader: R,
    buffer: Box<[u8]>,
    /// What is consumed, what is known to be UTF-8, what is read.
    at: usize,
    checked: usize,
    filled: usize,
    ended: bool,
    bad: bool,
    place: Place,
    /// How many bytes the present thing may still take, and what it is.
    allowed: u64,
    thing: &'static str,
    why: Option<Refused>,
}

impl<R: Read> Source<R> {
    /// Looks at the first bytes: a UTF-8 mark is skipped; another encoding or a container is refused.
    pub(super) fn open(reader: R) -> Result<Self, Refused> {
        let mut source = Self {
            reader,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            at: 0,
            checked: 0,
            filled: 0,
            ended: false,
            bad: false,
            place: Place { line: 1, byte: 0 },
            allowed: u64::MAX,
            thing: "file",
            why: None,
        };
        while source.filled < BUFFER && !source.ended {
            source.pull()?;
        }
        let start = &source.buffer[..source.filled];
        const COPY: &str = "record the converted file as derived from the original";
        let utf16 = start.starts_with(b"\xff\xfe")
            || start.starts_with(b"\xfe\xff")
            || (start.len() >= 4 && start[..4].iter().filter(|b| **b == 0).count() == 2);
        let refusal = if utf16 {
            Some((
                "the file is UTF-16; only UTF-8 is read",
                format!("convert a copy with `iconv -f UTF-16 -t UTF-8` and {COPY}"),
            ))
        } else if start.starts_with(b"\x1f\x8b") || start.starts_with(b"PK\x03\x04") {
            Some((
                "the file is compressed or a spreadsheet",
                format!("unpack it, or save it as CSV, and {COPY}"),
            ))
        } else if start.starts_with(b"%PDF") {
            Some((
                "the file is a PDF",
                "get the list as XML, CSV or JSON where it is published".to_owned(),
            ))
        } else {
            None
        };
        if let Some((problem, advice)) = refusal {
            return Err(source.refuse(problem, advice));
        }
        if start.starts_with(BOM) {
            source.at = BOM.len();
            source.place.byte = BOM.len() as u64;
        }
        source.checked = source.at;
        source.check();
        Ok(source)
    }

    /// Where the next byte is.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// A refusal at this place.
    pub(super) fn refuse(&self, problem: impl Into<String>, advice: impl Into<String>) -> Refused {
        Refused::at(self.place, problem, advice)
    }

    /// From here on at most so many bytes, for a thing of this name.
    pub(super) fn allow(&mut self, bytes: u64, thing: &'static str) {
        self.allowed = bytes;
        self.thing = thing;
    }

    /// What can be seen without consuming it.
    pub(super) fn peek(&mut self) -> Result<&[u8], Refused> {
        self.fill()?;
        Ok(&self.buffer[self.at..self.checked])
    }

    /// Why the last I/O error was returned.
    pub(super) fn why(&mut self) -> Option<Refused> {
        self.why.take()
    }

    /// Reads once.
    fn pull(&mut self) -> Result<(), Refused> {
        match self.reader.read(&mut self.buffer[self.filled..]) {
            Ok(0) => self.ended = true,
            Ok(read) => self.filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(self.refuse(
                    format!("the file cannot be read on: {error}"),
                    "check the disk or the connection and try again",
                ));
            }
        }
        Ok(())
    }

    /// Moves the border of what is known to be UTF-8.
    fn check(&mut self) {
        match std::str::from_utf8(&self.buffer[self.checked..self.filled]) {
            Ok(_) => self.checked = self.filled,
            Err(error) => {
                self.checked += error.valid_up_to();
                self.bad = error.error_len().is_some() || self.ended;
            }
        }
    }

    /// Makes at least one checked byte available unless the file has ended.
    fn fill(&mut self) -> Result<(), Refused> {
        while self.at == self.checked {
            if self.bad {
                return Err(self.refuse(
                    format!(
                        "byte 0x{:02x} is not UTF-8, so the encoding is another or the file is cut",
                        self.buffer[self.at]
                    ),
                    "get the file again; if it is Latin-1 or Windows-1252, convert a copy with \
                     `iconv -f WINDOWS-1252 -t UTF-8` and record it as derived from the original",
                ));
            }
            if self.ended {
                return Ok(());
            }
            // An unfinished character moves to the front.
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            (self.at, self.checked) = (0, 0);
            self.pull()?;
            self.check();
        }
        Ok(())
    }

    fn limited(&mut self) -> Result<usize, Refused> {
        self.fill()?;
        if self.at == self.checked {
            return Ok(self.at);
        }
        if self.allowed == 0 {
            return Err(self.refuse(
                format!("one {} is longer than it may be", self.thing),
                "the file is damaged or no such list; get it again",
            ));
        }
        if self.place.byte >= FILE_BYTES_MAX {
            return Err(self.refuse(
                format!("the file has more than {FILE_BYTES_MAX} bytes"),
                "cut it to the programme that the case is about",
            ));
        }
        let some =
            (self.checked - self.at).min(usize::try_from(self.allowed).unwrap_or(usize::MAX));
        Ok(self.at + some)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.limited() {
            Ok(end) => Ok(&self.buffer[self.at..end]),
            Err(refused) => {
                self.why = Some(refused);
                Err(io::Error::other("refused"))
            }
        }
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.at + amount).min(self.checked);
        let passed = &self.buffer[self.at..end];
        self.place.line += passed.iter().filter(|b| **b == b'\n').count() as u64;
        self.place.byte += passed.len() as u64;
        self.allowed = self.allowed.saturating_sub(passed.len() as u64);
        self.at = end;
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let some = self.fill_buf()?;
        let length = some.len().min(into.len());
        into[..length].copy_from_slice(&some[..length]);
        self.consume(length);
        Ok(length)
    }
}
