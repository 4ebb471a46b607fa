//! Unpacking gzip and Zstandard as they are read, in bounded memory: several members or frames one after
//! the other are one input.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
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
    Plain(Start<R>),
    Gzip(Box<MultiGzDecoder<Start<R>>>),
    Zstandard(Box<Frames<Start<R>>>),
}

type Start<R> = BufReader<io::Chain<io::Cursor<Vec<u8>>, R>>;

impl<R: Read> Unpacked<R> {
    /// Looks at the first four bytes.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut magic = Vec::new();
        (&mut input).take(4).read_to_end(&mut magic)?;
        let gzip = magic.starts_with(GZIP);
        let zstandard = is_frame(&magic);
        let start = BufReader::with_capacity(1 << 17, io::Cursor::new(magic).chain(input));
        let from = if gzip {
            From::Gzip(Box::new(MultiGzDecoder::new(start)))
        } else if zstandard {
            From::Zstandard(Box::new(Frames::new(start)))
        } else {
            From::Plain(start)
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
                        source,
                    },
                ))
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// Where packed data broke off.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
struct Broken {
    packing: Packing,
    bytes: u64,
    source: io::Error,
}

/// Whether an error comes of the packing, and after how many unpacked bytes.
pub(super) fn broken(error: &io::Error) -> Option<(Packing, u64)> {
    let broken: &Broken = error.get_ref()?.downcast_ref()?;
    Some((broken.packing, broken.bytes))
}

/// A frame, or one to be skipped.
fn is_frame(magic: &[u8]) -> bool {
    magic == [0x28, 0xb5, 0x2f, 0xfd] || matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// Zstandard frames, one after the other.
struct Frames<R> {
    decoder: FrameDecoder,
    source: R,
    begun: bool,
}

impl<R: BufRead> Frames<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW_MAX);
        Self {
            decoder,
            source,
            begun: false,
        }
    }

    /// Begins the next frame; whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
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

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        loop {
            if self.begun {
                if self.decoder.can_collect() > 0 {
                    return self.decoder.read(to);
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
            }
            self.begun = self.begin()?;
            if !self.begun {
                return Ok(0);
            }
        }
    }
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
