//! Only one process at a time searches or makes the index; whoever comes second reads the log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::files;

/// Held as long as it lives; a process that ends lets go of it.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

pub(crate) const NAME: &str = "lock";

impl Lock {
    /// Takes it, or says why not. Makes the folder, if it is not there.
    pub fn take(folder: &Path) -> Result<Self, String> {
        let cannot = |error: io::Error| error.to_string();
        files::private_folder(folder).map_err(cannot)?;
        let path = folder.join(NAME);
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(format!("{} is no file", path.display()));
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err("another process has it open".into()),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }
}
