//! Small files with a checksum, replaced as a whole. They hold copies of what a ledger's openings say, so nobody else may
//! read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Begins every file. Another version of the layout has another one.
const MAGIC: [u8; 8] = *b"SPINDEX1";
const HEAD: usize = MAGIC.len() + 32;

/// Makes a folder that only its owner can look into.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that only its owner can read: after a crash it is the old one, the new one, or one whose checksum
/// does not fit.
pub(crate) fn write(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let incoming = path.with_extension("incoming");
    match fs::remove_file(&incoming) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&incoming)?;
    file.write_all(&[0; HEAD])?;
    let hashing = Hashing {
        out: file,
        hash: Sha256::new(),
    };
    let mut buffered = BufWriter::with_capacity(1 << 20, hashing);
    content(&mut buffered)?;
    let hashing = buffered.into_inner().map_err(io::Error::from)?;
    let (mut file, check) = (hashing.out, hashing.hash.finalize());
    io::Seek::rewind(&mut file)?;
    file.write_all(&MAGIC)?;
    file.write_all(&check)?;
    drop(file);
    fs::rename(incoming, path)
}

struct Hashing {
    out: File,
    hash: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The content of a file whose checksum fits; `None` if there is no such file.
pub(crate) fn read(path: &Path) -> Option<Vec<u8>> {
    let mut file = regular(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let head: [u8; HEAD] = *bytes.first_chunk()?;
    bytes.drain(..HEAD);
    let sound = head[..8] == MAGIC && Sha256::digest(&bytes)[..] == head[8..];
    sound.then_some(bytes)
}

/// What a file's head says; tells one version of it from another. Not whether the rest fits.
pub(crate) fn head(path: &Path) -> Option<[u8; HEAD]> {
    let mut head = [0; HEAD];
    regular(path)?.read_exact(&mut head).ok()?;
    Some(head)
}

/// The same for a large file: its content, to be read once more.
pub(crate) fn open(path: &Path) -> Option<impl Read + use<>> {
    let mut file = regular(path)?;
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    if head[..8] != MAGIC || hash.finalize()[..] != head[8..] {
        return None;
    }
    io::Seek::seek(&mut file, io::SeekFrom::Start(HEAD as u64)).ok()?;
    Some(BufReader::with_capacity(1 << 20, file))
}

/// Looked at before opening: opening a pipe would wait for ever.
fn regular(path: &Path) -> Option<File> {
    fs::symlink_metadata(path).ok()?.is_file().then_some(())?;
    File::open(path).ok()
}
