//! What a signer remembers outside the ledger (FORMAT.md §15), so that an honest author with a
//! restored backup is stopped instead of producing evidence against themselves.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use crate::ids::{AuthorKey, EntryId, LedgerId, Seq, TreeHash, TreeSize};
use crate::statement::Head;

/// The most bytes of a memory file.
pub const MEMORY_MAX: u64 = 1_024;

/// A key's last acknowledged entry in a ledger, and a durable head that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Its seq.
    pub seq: Seq,
    /// Its id.
    pub entry: EntryId,
    /// The head.
    pub head: Head,
}

/// Where a signer's memory is kept. Being behind is safe, being ahead is not: it is written after
/// the log is durable and before an entry is acknowledged.
pub trait SignerMemory: Send + Sync {
    /// What is remembered of this key in this ledger.
    ///
    /// # Errors
    /// Unreadable, or not a memory file of this key and ledger (`InvalidData`).
    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>>;

    /// Replaces what is remembered, as a whole.
    ///
    /// # Errors
    /// As the storage says.
    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()>;
}

/// The memory file's text.
pub fn encode(ledger: LedgerId, key: AuthorKey, what: &Remembered) -> String {
    let lines = format!(
        "seaproof signer memory 1\nledger {ledger}\nkey {key}\nseq {}\nentry {}\nsize {}\nroot {}\n",
        what.seq, what.entry, what.head.size, what.head.root
    );
    let check = TreeHash(Sha256::digest(&lines).into());
    format!("{lines}check {check}\n")
}

/// Reads a memory file's text; `None` if it is not exactly that of this ledger and key.
pub fn decode(ledger: LedgerId, key: AuthorKey, text: &str) -> Option<Remembered> {
    let mut lines = text.split('\n');
    let mut field = |name: &str| {
        let line = lines.next()?;
        line.strip_prefix(name)?.strip_prefix(' ')
    };
    field("seaproof signer memory").filter(|v| *v == "1")?;
    field("ledger")?;
    field("key")?;
    let what = Remembered {
        seq: Seq(field("seq")?.parse().ok()?),
        entry: field("entry")?.parse().ok()?,
        head: Head {
            size: TreeSize(field("size")?.parse().ok()?),
            root: field("root")?.parse().ok()?,
        },
    };
    // One text for one value: whatever differs anywhere, check line and all, is refused.
    (encode(ledger, key, &what) == text).then_some(what)
}

fn file_name(ledger: LedgerId, key: AuthorKey) -> String {
    format!("{ledger}-{key}")
}

/// Memory in a folder of the signer's own.
#[derive(Debug)]
pub struct FolderMemory {
    folder: PathBuf,
}

impl FolderMemory {
    /// Memory in this folder, which is made when first written to.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }
}

impl SignerMemory for FolderMemory {
    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>> {
        let path = self.folder.join(file_name(ledger, key));
        let text = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(found) if !found.is_file() || found.len() > MEMORY_MAX => String::new(),
            Ok(_) => fs::read_to_string(&path)?,
        };
        decode(ledger, key, &text).map(Some).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is damaged", path.display()),
            )
        })
    }

    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()> {
        let path = self.folder.join(file_name(ledger, key));
        let incoming = path.with_extension("incoming");
        let text = encode(ledger, key, what);
        // Not synced: after a power cut it may be older, which is safe.
        match fs::write(&incoming, &text) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.folder)?;
                fs::write(&incoming, &text)?;
            }
            other => other?,
        }
        fs::rename(&incoming, &path)
    }
}

/// Memory that lasts as long as the value.
#[derive(Debug, Default)]
pub struct VolatileMemory {
    known: Mutex<BTreeMap<(LedgerId, AuthorKey), Remembered>>,
}

impl VolatileMemory {
    /// Nothing remembered yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<(LedgerId, AuthorKey), Remembered>> {
        match self.known.lock() {
            Ok(guard) => guard,
            Err(poisoned) => poisoned.into_inner(),
        }
    }
}

impl SignerMemory for VolatileMemory {
    fn recall(&self, ledger: LedgerId, key: AuthorKey) -> io::Result<Option<Remembered>> {
        Ok(self.known().get(&(ledger, key)).copied())
    }

    fn remember(&self, ledger: LedgerId, key: AuthorKey, what: &Remembered) -> io::Result<()> {
        self.known().insert((ledger, key), *what);
        Ok(())
    }
}
