//! Unpacking gzip and Zstandard as they are read, in bounded memory: several members or frames one after
//! the other are one input.

use std::fmt;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Zstandard data that looks farther back is refused, so that memory stays bounded.
const WINDOW_MAX: u64 = 64 << 20;
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How an input was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Packing {
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstandard,
}

impl fmt::Display for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        })
    }
}

/// An input without its packing.
pub struct Unpacked<R> {
    from: From<R>,
    bytes: u64,
}

enum From<R> {
    Plain(Source<R>),
    Gzip(Members<R>),
    Zstandard(Box<Frames<R>>),
}

impl<R: Read> Unpacked<R> {
    /// Looks at the first four bytes.
    pub fn new(input: R) -> io::Result<Self> {
        let mut source = Source::new(input);
        let magic = source.peek(4)?;
        let from = if magic.starts_with(GZIP) {
            From::Gzip(Members::new(source))
        } else if is_frame(magic) {
            From::Zstandard(Box::new(Frames::new(source)))
        } else {
            From::Plain(source)
        };
        Ok(Self { from, bytes: 0 })
    }

    /// How it is packed.
    pub fn packing(&self) -> Option<Packing> {
        match self.from {
            From::Plain(_) => None,
            From::Gzip(_) => Some(Packing::Gzip),
            From::Zstandard(_) => Some(Packing::Zstandard),
        }
    }

    /// Bytes of the packing that were read.
    fn packed(&self) -> u64 {
        match &self.from {
            From::Plain(source) => source.taken,
            From::Gzip(members) => members.taken(),
            From::Zstandard(frames) => frames.source.taken,
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.from {
            From::Plain(plain) => return plain.read(to),
            From::Gzip(packed) => packed.read(to),
            From::Zstandard(packed) => packed.read(to),
        };
        match (read, self.packing()) {
            (Ok(read), _) => {
                self.bytes += read as u64;
                Ok(read)
            }
            (Err(source), Some(packing)) if source.kind() != io::ErrorKind::Interrupted => {
                Err(io::Error::new(
                    source.kind(),
                    Broken {
                        packing,
                        bytes: self.bytes,
                        packed: self.packed(),
                        source,
                    },
                ))
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// An input that is read through a buffer, may be looked at ahead, and is counted.
struct Source<R> {
    input: R,
    buffer: Box<[u8]>,
    from: usize,
    to: usize,
    /// Bytes that were read from here.
    taken: u64,
}

impl<R: Read> Source<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; 1 << 17].into_boxed_slice(),
            from: 0,
            to: 0,
            taken: 0,
        }
    }

    /// The next bytes, so many if there are, without reading them. Far fewer than the buffer holds.
    fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        self.buffer.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        while self.to < most {
            match self.input.read(&mut self.buffer[self.to..]) {
                Ok(0) => break,
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[..self.to.min(most)])
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.from == self.to {
            (self.from, self.to) = (0, 0);
            self.to = self.input.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.from..self.to])
    }

    fn consume(&mut self, bytes: usize) {
        let bytes = bytes.min(self.to - self.from);
        self.from += bytes;
        self.taken += bytes as u64;
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.from == self.to && to.len() >= self.buffer.len() {
            let read = self.input.read(to)?;
            self.taken += read as u64;
            return Ok(read);
        }
        let read = self.fill_buf()?.read(to)?;
        self.consume(read);
        Ok(read)
    }
}

/// gzip members, one after the other. Zero bytes behind the last one are padding, as gzip has it.
struct Members<R> {
    /// `None` once all is read.
    now: Option<Box<GzDecoder<Source<R>>>>,
    taken: u64,
}

impl<R: Read> Members<R> {
    fn new(source: Source<R>) -> Self {
        Self {
            now: Some(Box::new(GzDecoder::new(source))),
            taken: 0,
        }
    }

    fn taken(&self) -> u64 {
        (self.now.as_ref()).map_or(self.taken, |now| now.get_ref().taken)
    }

    /// What follows a member: another, or nothing but zeros.
    fn follow(&mut self, mut source: Source<R>) -> io::Result<()> {
        let next = source.peek(GZIP.len());
        if matches!(next, Ok(bytes) if bytes == GZIP) {
            self.now = Some(Box::new(GzDecoder::new(source)));
            return Ok(());
        }
        next?;
        loop {
            let zeros = source.peek(4_096)?;
            let length = zeros.iter().take_while(|byte| **byte == 0).count();
            let (whole, none) = (length == zeros.len(), zeros.is_empty());
            source.consume(length);
            self.taken = source.taken;
            if none {
                return Ok(());
            }
            if !whole {
                return Err(Trailing::at(&mut source));
            }
        }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(now) = &mut self.now else {
                return Ok(0);
            };
            let read = now.read(to)?;
            if read > 0 {
                return Ok(read);
            }
            if let Some(ended) = self.now.take() {
                let source = ended.into_inner();
                self.taken = source.taken;
                self.follow(source)?;
            }
        }
    }
}

/// Bytes that stand where the packed data has ended.
#[derive(Debug, thiserror::Error)]
#[error("it has ended, and other bytes follow: {}", self.written())]
pub(super) struct Trailing {
    /// The first of them, at most eight.
    first: Vec<u8>,
}

impl Trailing {
    fn at<R: Read>(source: &mut Source<R>) -> io::Error {
        match source.peek(8) {
            Ok(first) => io::Error::new(
                io::ErrorKind::InvalidData,
                Self {
                    first: first.to_vec(),
                },
            ),
            Err(error) => error,
        }
    }

    /// In hexadecimal.
    pub(super) fn written(&self) -> String {
        let bytes: Vec<String> = (self.first.iter())
            .map(|byte| format!("{byte:02x}"))
            .collect();
        bytes.join(" ")
    }
}

/// Where packed data broke off.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub(super) struct Broken {
    pub(super) packing: Packing,
    /// Bytes that were unpacked.
    pub(super) bytes: u64,
    /// Bytes that were read for it.
    pub(super) packed: u64,
    source: io::Error,
}

impl Broken {
    /// The bytes behind its end, if it is they that are wrong.
    pub(super) fn trailing(&self) -> Option<&Trailing> {
        self.source.get_ref()?.downcast_ref()
    }
}

/// Whether an error comes of the packing, and where.
pub(super) fn broken(error: &io::Error) -> Option<&Broken> {
    error.get_ref()?.downcast_ref()
}

/// How bytes are packed that were unpacked already, if they are.
pub(super) fn again(bytes: &[u8]) -> Option<Packing> {
    if bytes.starts_with(GZIP) {
        Some(Packing::Gzip)
    } else {
        bytes
            .get(..4)
            .filter(|magic| is_frame(magic))
            .map(|_| Packing::Zstandard)
    }
}

/// A frame, or one to be skipped.
fn is_frame(magic: &[u8]) -> bool {
    magic == [0x28, 0xb5, 0x2f, 0xfd] || matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// Zstandard frames, one after the other.
struct Frames<R> {
    decoder: FrameDecoder,
    source: Source<R>,
    begun: bool,
    /// Bytes of the frame that were unpacked.
    unpacked: u64,
    /// How many it says it has.
    stated: Option<u64>,
}

impl<R: Read> Frames<R> {
    fn new(source: Source<R>) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW_MAX);
        Self {
            decoder,
            source,
            begun: false,
            unpacked: 0,
            stated: None,
        }
    }

    /// Begins the next frame; whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            let next = self.source.peek(5)?;
            if next.is_empty() {
                return Ok(false);
            }
            if !is_frame(next.get(..4).unwrap_or(next)) {
                return Err(Trailing::at(&mut self.source));
            }
            // The decoder gives 0 for a size that is not stated. It is by the flag of its length, or where the frame is of
            // a single segment.
            let states_size = next.get(4).is_some_and(|flags| flags & 0b1110_0000 != 0);
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.unpacked = 0;
                    self.stated = states_size.then(|| self.decoder.content_size());
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.source).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(invalid(error)),
            }
        }
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        loop {
            if self.begun {
                if self.decoder.can_collect() > 0 {
                    let read = self.decoder.read(to)?;
                    self.unpacked = self.unpacked.saturating_add(read as u64);
                    return Ok(read);
                }
                if !self.decoder.is_finished() {
                    self.decoder
                        .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                        .map_err(invalid)?;
                    continue;
                }
                let stands = self.decoder.get_checksum_from_data();
                if stands.is_some() && stands != self.decoder.get_calculated_checksum() {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, Altered));
                }
                if let Some(stated) = self.stated.filter(|stated| *stated != self.unpacked) {
                    let unpacked = self.unpacked;
                    let wrong = OtherSize { stated, unpacked };
                    return Err(io::Error::new(io::ErrorKind::InvalidData, wrong));
                }
            }
            self.begun = self.begin()?;
            if !self.begun {
                return Ok(0);
            }
        }
    }
}

/// A frame that holds more or less than its header says.
#[derive(Debug, thiserror::Error)]
#[error("its header says {stated} bytes, and {unpacked} were unpacked")]
struct OtherSize {
    stated: u64,
    unpacked: u64,
}

/// The checksum at a frame's end is not that of what was unpacked.
#[derive(Debug, thiserror::Error)]
#[error("its checksum is not that of what was unpacked")]
struct Altered;

/// A frame that is sound and asks for too much memory.
#[derive(Debug, thiserror::Error)]
#[error(
    "its window of {0} bytes is larger than the 64 MiB that are read: pack it again without a long window"
)]
struct TooFar(u64);

fn invalid(error: FrameDecoderError) -> io::Error {
    if let FrameDecoderError::WindowSizeTooBig { requested, .. } = error {
        return io::Error::new(io::ErrorKind::InvalidData, TooFar(requested));
    }
    io::Error::new(io::ErrorKind::InvalidData, error)
}
