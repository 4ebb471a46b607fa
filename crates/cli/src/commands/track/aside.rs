//! Files that `track` writes beside what it shows: each whole or not at all, and none over what somebody has.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::context::cannot;
use crate::error::{Error, Result};

/// A file that is being written. What does not become whole is taken away again, so that nobody takes it for all, and
/// the next try finds its place free.
pub struct Aside {
    path: PathBuf,
    /// `None`: given up.
    out: Option<BufWriter<File>>,
    place: Place,
    failed: Option<io::Error>,
    whole: bool,
}

/// What was there before.
enum Place {
    /// Nothing.
    New,
    /// An empty file, as `mktemp` makes one.
    Empty,
    /// What is no file of its own, as a pipe: what went there is gone.
    Stream,
    Stdout,
}

/// Whether a name stands for standard output.
pub fn is_standard(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|name| path == Path::new(name))
}

impl Aside {
    /// Opens it and writes its heading.
    pub fn new(path: &Path, heading: &str) -> Result<Self> {
        let (file, place) = match is_standard(path) {
            true => (stdout().map_err(Error::from)?, Place::Stdout),
            false => open(path)?,
        };
        let mut aside = Self {
            path: path.to_path_buf(),
            out: Some(BufWriter::with_capacity(1 << 16, file)),
            place,
            failed: None,
            whole: false,
        };
        // At once, so that the same file named a second time is not empty any more.
        aside.put(|out| {
            writeln!(out, "{heading}")?;
            out.flush()
        });
        Ok(aside)
    }

    /// Writes more, unless that failed before.
    pub fn put(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if let (None, Some(out)) = (&self.failed, &mut self.out) {
            self.failed = write(out).err();
        }
    }

    /// Everything is written, or it is an error.
    pub fn finish(mut self) -> Result<()> {
        self.put(|out| out.flush());
        match self.failed.take() {
            None => {
                self.whole = true;
                Ok(())
            }
            Some(error) => match self.place {
                Place::Stdout => Err(error.into()),
                _ => Err(cannot("write", &self.path, &error)),
            },
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if self.whole {
            return;
        }
        // What stands in the way of that stands in the way of the next try, which then says so.
        match self.place {
            Place::New => {
                let _ = fs::remove_file(&self.path);
            }
            Place::Empty => {
                // What is still to be written would be after this.
                if let Some((file, _)) = self.out.take().map(BufWriter::into_parts) {
                    let _ = file.set_len(0);
                }
            }
            Place::Stream | Place::Stdout => {}
        }
    }
}

fn open(path: &Path) -> Result<(File, Place)> {
    let failed = |error: io::Error| cannot("write", path, &error);
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok((File::create_new(path).map_err(failed)?, Place::New));
        }
        found => found.map_err(failed)?,
    };
    if found.is_dir() {
        return Err(
            Error::usage(format!("{} is a folder", path.display())).remedy("Name a file in it.")
        );
    }
    let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    match (opened.is_file(), opened.len()) {
        (false, _) => Ok((file, Place::Stream)),
        (true, 0) => Ok((file, Place::Empty)),
        (true, length) => Err(Error::usage(format!(
            "{} is there already, with {length} bytes: nothing is overwritten",
            path.display()
        ))
        .remedy("Name a file that is not there or is empty, remove this one, or give - for standard output.")),
    }
}

/// Standard output as a file that any thread may write to.
fn stdout() -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
    }
}
