//! A store in a folder of the file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::{Blob, Found, FoundKind, Store, WriterLock, other_end};

/// A ledger's folder on disk.
#[derive(Debug)]
pub struct FolderStore {
    root: PathBuf,
    /// The file that was last appended to, with its length: a log is appended to thousands of times.
    appending: Mutex<Option<Appending>>,
}

#[derive(Debug)]
struct Appending {
    path: String,
    file: File,
    end: u64,
}

impl FolderStore {
    /// A store in this folder, which need not exist yet. Touches nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            appending: Mutex::new(None),
        }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, path: &str) -> PathBuf {
        // Never `join("")`, which would add a separator at the end.
        match path {
            "" => self.root.clone(),
            path => self.root.join(path),
        }
    }

    fn appending(&self) -> std::sync::MutexGuard<'_, Option<Appending>> {
        // Held across no panic: a poisoned lock still guards a usable file.
        match self.appending.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    /// Refuses what is there and is not a regular file. Looked at before opening: opening a pipe would
    /// wait for ever.
    fn regular(&self, path: &str) -> io::Result<PathBuf> {
        let full = self.path(path);
        if fs::symlink_metadata(&full)?.is_file() {
            return Ok(full);
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ))
    }

    /// As [`regular`](Self::regular), or nothing yet.
    fn regular_or_new(&self, path: &str) -> io::Result<PathBuf> {
        match self.regular(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.path(path)),
            found => found,
        }
    }

    /// Whether somebody is writing whose file `lock` was deleted.
    fn is_folder_locked(&self) -> bool {
        let folder = File::open(&self.root).ok();
        folder.and_then(|folder| is_taken(folder.try_lock_shared())) == Some(true)
    }

    fn forget(&self, path: &str) {
        let mut open = self.appending();
        if open.as_ref().is_some_and(|a| a.path == path) {
            *open = None;
        }
    }
}

struct FileBlob(File);

impl Blob for FileBlob {
    fn len(&self) -> io::Result<u64> {
        self.0.metadata().map(|m| m.len())
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buf, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.0, buf, offset)
    }
}

/// The file `lock` and, where folders can be locked, the folder itself: whoever deletes the file does not make room for
/// a second writer by it.
#[derive(Debug)]
#[expect(dead_code, reason = "dropping the files releases the locks")]
struct FileLock {
    file: File,
    folder: Option<File>,
}

/// Whether something is locked by somebody else; `None` if it cannot be locked at all.
fn is_taken(locked: Result<(), fs::TryLockError>) -> Option<bool> {
    match locked {
        Ok(()) => Some(false),
        Err(fs::TryLockError::WouldBlock) => Some(true),
        Err(fs::TryLockError::Error(_)) => None,
    }
}

impl WriterLock for FileLock {}

impl Store for FolderStore {
    fn list(&self, folder: &str) -> io::Result<Vec<Found>> {
        let full = self.path(folder);
        // Nothing that is reached through a link is in the folder; the folder itself may be given as one.
        if !folder.is_empty() && full.is_symlink() {
            return Err(io::Error::new(
                io::ErrorKind::NotADirectory,
                "a link, and no folder",
            ));
        }
        let entries = match fs::read_dir(full) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            // Of the name itself, not of what a link points to.
            let kind = entry.file_type()?;
            found.push(Found {
                name: entry.file_name().to_string_lossy().into_owned(),
                kind: if kind.is_file() {
                    FoundKind::File
                } else if kind.is_dir() {
                    FoundKind::Folder
                } else {
                    FoundKind::Other
                },
            });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Blob>> {
        Ok(Box::new(FileBlob(File::open(self.regular(path)?)?)))
    }

    fn append(&self, path: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut open = self.appending();
        if open.as_ref().is_none_or(|a| a.path != path) {
            let file = OpenOptions::new()
                .append(true)
                .create(at == 0)
                .open(self.regular_or_new(path)?)?;
            let end = file.metadata()?.len();
            *open = Some(Appending {
                path: path.to_owned(),
                file,
                end,
            });
        }
        let Some(appending) = open.as_mut() else {
            unreachable!("opened above");
        };
        // Asked each time: somebody who deleted the lock may be writing too.
        appending.end = appending.file.metadata()?.len();
        if appending.end != at {
            let end = appending.end;
            *open = None;
            return Err(other_end(end, at));
        }
        match appending.file.write_all(bytes) {
            Ok(()) => {
                appending.end += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                // How much was written is unknown: look again next time.
                *open = None;
                Err(error)
            }
        }
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let open = self.appending();
        match open.as_ref() {
            Some(appending) if appending.path == path => appending.file.sync_data(),
            _ => File::open(self.path(path))?.sync_data(),
        }
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        self.forget(path);
        OpenOptions::new()
            .write(true)
            .open(self.path(path))?
            .set_len(length)
    }

    fn make_folder(&self, folder: &str) -> io::Result<()> {
        let full = self.path(folder);
        let missing = full.ancestors().take_while(|path| !path.exists());
        let above: Vec<PathBuf> = missing
            .filter_map(Path::parent)
            .map(Path::to_path_buf)
            .collect();
        fs::create_dir_all(&full)?;
        // The ledger's own folder has no other name that could be synced later.
        if folder.is_empty() && !cfg!(windows) {
            for path in above {
                let path = match path.as_os_str().is_empty() {
                    true => Path::new("."),
                    false => &path,
                };
                File::open(path)?.sync_all()?;
            }
        }
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        // Windows keeps names by itself and cannot open a folder as a file.
        if cfg!(windows) {
            return Ok(());
        }
        File::open(self.path(folder))?.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.forget(from);
        self.forget(to);
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.forget(path);
        match fs::remove_file(self.path(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn make_read_only(&self, path: &str) -> io::Result<()> {
        let full = self.path(path);
        let mut permissions = fs::metadata(&full)?.permissions();
        #[cfg(unix)]
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o444);
        #[cfg(not(unix))]
        permissions.set_readonly(true);
        fs::set_permissions(full, permissions)
    }

    fn lock(&self) -> io::Result<Option<Box<dyn WriterLock>>> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.regular_or_new("lock")?)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        // Windows and some network file systems lock files only.
        let folder = File::open(&self.root).ok();
        let folder = match folder.map(|folder| (is_taken(folder.try_lock()), folder)) {
            Some((Some(true), _)) => return Ok(None),
            Some((Some(false), folder)) => Some(folder),
            Some((None, _)) | None => None,
        };
        Ok(Some(Box::new(FileLock { file, folder })))
    }

    fn is_locked(&self) -> io::Result<bool> {
        let file = match self.regular("lock").and_then(File::open) {
            Ok(file) => file,
            // Nobody can be writing behind what is not a lock.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::InvalidInput
                ) =>
            {
                return Ok(self.is_folder_locked());
            }
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(self.is_folder_locked()),
            Err(fs::TryLockError::WouldBlock) => Ok(true),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}
