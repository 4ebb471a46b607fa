//! Sealed files, replaced as a whole. They hold copies of what a ledger's openings say, so nobody else may read them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::seal::{Key, Seal};

/// Begins every file. Another version of the layout has another one.
const MAGIC: [u8; 8] = *b"SPINDEX2";
pub(crate) const HEAD: usize = MAGIC.len() + 32;

/// Makes a folder that only its owner can look into. What stands there already must be a folder: a link may lead
/// anywhere.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    match fs::symlink_metadata(path)?.is_dir() {
        true => Ok(()),
        false => Err(io::Error::new(
            io::ErrorKind::NotADirectory,
            format!("{} is no folder", path.display()),
        )),
    }
}

/// Names of files on their way differ, so that processes do not write into each other's.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Writes a file that only its owner can read: after a crash it is the old one, the new one, or one whose seal
/// does not fit.
pub(crate) fn write(
    key: &Key,
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let incoming = path.with_extension(format!("{}-{number}.incoming", std::process::id()));
    let done = write_new(key, &incoming, path, content);
    if done.is_err() {
        // It may not even have been made.
        let _ = fs::remove_file(&incoming);
    }
    done
}

fn write_new(
    key: &Key,
    incoming: &Path,
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(incoming)?;
    file.write_all(&[0; HEAD])?;
    let sealing = Sealing {
        out: file,
        seal: key.seal(name(path)),
    };
    let mut buffered = BufWriter::with_capacity(1 << 20, sealing);
    content(&mut buffered)?;
    let sealing = buffered.into_inner().map_err(io::Error::from)?;
    let (mut file, seal) = (sealing.out, sealing.seal.finish());
    io::Seek::rewind(&mut file)?;
    file.write_all(&MAGIC)?;
    file.write_all(&seal)?;
    drop(file);
    fs::rename(incoming, path)
}

struct Sealing {
    out: File,
    seal: Seal,
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.seal.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// All files have names of ours.
fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// The head and the content of a file whose seal fits; `None` if there is no such file.
pub(crate) fn read(key: &Key, path: &Path) -> Option<([u8; HEAD], Vec<u8>)> {
    let mut file = regular(path)?;
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let mut seal = key.seal(name(path));
    seal.update(&bytes);
    (head[..8] == MAGIC && seal.is(&head[8..])).then_some((head, bytes))
}

/// What a file's head says; tells one version of it from another. Not whether the rest fits.
pub(crate) fn head(path: &Path) -> Option<[u8; HEAD]> {
    let mut head = [0; HEAD];
    regular(path)?.read_exact(&mut head).ok()?;
    Some(head)
}

/// The same for a large file: its content, to be read once more.
pub(crate) fn open(key: &Key, path: &Path) -> Option<impl Read + use<>> {
    let mut file = regular(path)?;
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let mut seal = key.seal(name(path));
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => break,
            read => seal.update(&buffer[..read]),
        }
    }
    if head[..8] != MAGIC || !seal.is(&head[8..]) {
        return None;
    }
    io::Seek::seek(&mut file, io::SeekFrom::Start(HEAD as u64)).ok()?;
    Some(BufReader::with_capacity(1 << 20, file))
}

/// Whether there is nothing but files and folders in a folder, none of them a link to somewhere else.
pub(crate) fn is_plain(folder: &Path) -> bool {
    let Ok(found) = fs::read_dir(folder) else {
        return false;
    };
    found.flatten().all(|found| match found.file_type() {
        Ok(kind) if kind.is_dir() => is_plain(&found.path()),
        Ok(kind) => kind.is_file(),
        Err(_) => false,
    })
}

/// Looked at before opening: opening a pipe would wait for ever.
fn regular(path: &Path) -> Option<File> {
    fs::symlink_metadata(path).ok()?.is_file().then_some(())?;
    File::open(path).ok()
}
