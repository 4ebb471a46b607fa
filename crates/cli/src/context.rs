//! Where things are: the ledger, the signer's memory, the clock. The only reader of the environment.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

use seaproof_index::Index;
use seaproof_ledger::checkpoint::{self, CHECKPOINT_MAX};
use seaproof_ledger::ids::{AuthorKey, LedgerId, Timestamp, TreeSize};
use seaproof_ledger::log::read_segment_header;
use seaproof_ledger::memory::{FolderMemory, Remembered, SignerMemory};
use seaproof_ledger::reader::{Mark, Reader};
use seaproof_ledger::record::segment_path;
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::{FolderStore, Store, read_small};

use crate::error::{Error, Kind, Result};
use crate::output::{Out, WIDTH, clean, wrap};

/// What every command gets.
pub struct Context {
    pub out: Out,
    /// Whether JSON is asked for.
    pub json: bool,
    /// `--ledger` or `SEAPROOF_LEDGER`.
    ledger: Option<PathBuf>,
}

impl Context {
    pub fn new(json: bool, ledger: Option<PathBuf>) -> Self {
        Self {
            out: Out::new(),
            json,
            ledger,
        }
    }

    /// The ledger's folder: the one named, or the nearest from the current folder upward.
    pub fn folder(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.ledger {
            return Ok(folder.clone());
        }
        let here = env::current_dir().map_err(|e| Error::storage("the current folder", &e))?;
        here.ancestors()
            .find(|folder| folder.join(segment_path(0)).is_file())
            .map(Path::to_path_buf)
            .ok_or_else(|| {
                Error::usage(format!("no ledger in {} or above it", here.display()))
                    .remedy("Name one with --ledger DIR or SEAPROOF_LEDGER, or begin one with `seaproof init DIR`.")
            })
    }

    /// The ledger's folder as a store, if a ledger is there.
    pub fn store(&self) -> Result<FolderStore> {
        store_at(&self.folder()?)
    }

    /// The clock, read once per entry or batch.
    pub fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }

    /// The signer's memory, outside of any ledger.
    pub fn memory(&self) -> Result<FolderMemory> {
        memory_folder().map(FolderMemory::new).ok_or_else(|| {
            Error::usage("there is no place for the signer's memory: neither SEAPROOF_STATE nor XDG_STATE_HOME nor HOME is set")
                .remedy("Set SEAPROOF_STATE to a folder of your own, outside of any ledger.")
        })
    }

    /// Prints a line on stderr that is no error and that nobody parses.
    pub fn note(&self, text: &str) {
        let mut stderr = anstream::stderr().lock();
        for (i, line) in wrap(&clean(text), WIDTH - 6).iter().enumerate() {
            let name = if i == 0 { "note:" } else { "" };
            // Nobody to tell when stderr is gone.
            let _ = writeln!(stderr, "{name:<6}{line}");
        }
    }
}

/// A folder as a store, if a ledger is there.
pub fn store_at(folder: &Path) -> Result<FolderStore> {
    if folder.join(segment_path(0)).is_file() {
        return Ok(FolderStore::new(folder));
    }
    Err(Error::usage(format!(
        "{} is not a ledger: it has no file {}",
        folder.display(),
        segment_path(0)
    ))
    .remedy("Name another folder, or begin a ledger with `seaproof init DIR`."))
}

/// Opens a ledger for reading, up to and with `#until`. To its end only if that is where its
/// writers left it: no torn tail, and nothing missing that its own checkpoint covers.
pub fn reader<'s>(store: &'s FolderStore, until: Option<u64>) -> Result<Reader<'s>> {
    if until.is_some() {
        return reader_for_writing(store, until);
    }
    newest(store).map(|opened| opened.reader)
}

/// Opens a ledger to its end.
pub fn newest(store: &FolderStore) -> Result<Opened<'_>> {
    let opened = opened(store, None, |store| {
        reader_for_writing(store, None).map(Some)
    })?;
    // It is opened, or that fails: there is no mark that could not fit.
    opened.ok_or_else(|| damaged(store, "it cannot be opened".into()))
}

/// The newest of a ledger, and the checkpoint that was found to be a head of it.
pub struct Opened<'s> {
    pub reader: Reader<'s>,
    pub agreed: Option<Head>,
}

/// Opens a ledger to its end with the same care, and reads only what came after a mark. `agreed` is a
/// checkpoint that was found to be a head of the log before the mark. `None`: the mark does not fit.
pub fn reader_at<'s>(
    store: &'s FolderStore,
    mark: &Mark,
    agreed: Option<Head>,
) -> Result<Option<Opened<'s>>> {
    opened(store, agreed, |store| Ok(Reader::open_at(store, mark)))
}

fn opened<'s>(
    store: &'s FolderStore,
    agreed: Option<Head>,
    open: impl FnOnce(&'s FolderStore) -> Result<Option<Reader<'s>>>,
) -> Result<Option<Opened<'s>>> {
    // Looked at first: a writer may go on meanwhile.
    let writing = store.is_locked().unwrap_or(false);
    let signed = own_checkpoint(store)?;
    let Some(reader) = open(store)? else {
        return Ok(None);
    };
    if let Some(tail) = reader.tail()
        && !writing
        && !store.is_locked().unwrap_or(false)
    {
        return Err(damaged(
            store,
            format!(
                "{} bytes at the end of {} are not a whole entry: {}",
                tail.length,
                segment_path(tail.segment),
                tail.why
            ),
        ));
    }
    if let Some(signed) = signed
        && agreed != Some(signed)
        && let Err(error) = agrees(store, &reader, signed)
    {
        // A reader that went on from a mark takes what stands before it from the mark: one that reads all decides.
        return match reader.resumed_at().0 {
            0 => Err(error),
            _ => Ok(None),
        };
    }
    Ok(Some(Opened {
        reader,
        agreed: signed,
    }))
}

/// Whether the log holds what the ledger's own checkpoint covers.
fn agrees(store: &FolderStore, reader: &Reader<'_>, signed: Head) -> Result<()> {
    let here = reader.head();
    if here.size < signed.size {
        return Err(damaged(
            store,
            format!(
                "its checkpoint covers {} entries, and {} are here",
                signed.size, here.size
            ),
        ));
    }
    let root = reader
        .root_at(signed.size)
        .map_err(|error| Error::from(error).at(store.root().display()))?;
    match root == Some(signed.root) || signed.size.0 == 0 {
        true => Ok(()),
        false => Err(damaged(
            store,
            "its checkpoint is of another history than its log".into(),
        )),
    }
}

/// The head that the ledger's own checkpoint states, if there is one. Who signed it is for
/// `seaproof verify` to judge.
fn own_checkpoint(store: &FolderStore) -> Result<Option<Head>> {
    let wrong = |why: String| damaged(store, format!("the checkpoint: {why}"));
    let bytes = read_small(store, "checkpoint", CHECKPOINT_MAX as u64)
        .map_err(|error| wrong(error.to_string()))?;
    let Some((bytes, ledger)) = bytes.zip(ledger_of(store)) else {
        return Ok(None);
    };
    let signed = checkpoint::parse_file(&bytes, &ledger).map_err(|e| wrong(e.to_string()))?;
    Ok(Some(signed.head()))
}

fn damaged(store: &FolderStore, what: String) -> Error {
    Error::new(Kind::Ledger, format!("{}: {what}", store.root().display())).remedy(
        "`seaproof verify` says more; what stands before the end can be seen with replay --at N.",
    )
}

/// The same for a command that goes on to write: a torn tail is what the writer cuts, and a
/// checkpoint that does not fit is what it refuses.
pub fn reader_for_writing<'s>(store: &'s FolderStore, until: Option<u64>) -> Result<Reader<'s>> {
    let most = until.map(|n| TreeSize(n.saturating_add(1)));
    let reader =
        Reader::open(store, most).map_err(|error| Error::from(error).at(store.root().display()))?;
    let reached = until.is_some_and(|until| reader.head().size.0 > until);
    if let Some(tail) = reader.tail()
        && tail.commit_at.is_some()
        && !reached
    {
        return Err(Error::new(
            Kind::Ledger,
            format!(
                "{}: {} is damaged at byte {}, and whole entries follow: {}",
                store.root().display(),
                segment_path(tail.segment),
                tail.offset,
                tail.why
            ),
        )
        .remedy(
            "`seaproof verify` says more; what stands before it can be seen with replay --at N.",
        ));
    }
    match until {
        Some(until) if !reached => Err(Error::input(format!(
            "there is no #{until}: the newest entry is #{}",
            reader.head().size.0.saturating_sub(1)
        ))),
        _ => Ok(reader),
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|v| !v.is_empty())
        .map(PathBuf::from)
}

fn state_folder() -> Option<PathBuf> {
    variable("SEAPROOF_STATE")
        // The base directory rules: relative paths count for nothing.
        .or_else(|| {
            Some(
                variable("XDG_STATE_HOME")
                    .filter(|p| p.is_absolute())?
                    .join("seaproof"),
            )
        })
        .or_else(|| Some(variable("HOME")?.join(".local/state/seaproof")))
}

/// Why there is no read model.
pub const NO_STATE: &str = "there is no place for its key; set SEAPROOF_STATE to a folder of your own, outside of any ledger";

/// The read model of a ledger, under a secret of this user's own; `None` if there is no place for one.
pub fn index(store: &FolderStore) -> Option<Index> {
    let folder = state_folder()?;
    index_secret(&folder).map(|secret| Index::of(store, secret))
}

/// The secret that shows that kept answers are this user's own. Made when it is not there; whoever loses it has
/// the answers worked out anew.
fn index_secret(folder: &Path) -> Option<[u8; 32]> {
    let path = folder.join("index-key");
    let read = || <[u8; 32]>::try_from(std::fs::read(&path).ok()?).ok();
    if let Some(secret) = read() {
        return Some(secret);
    }
    std::fs::create_dir_all(folder).ok()?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).ok()?;
    let incoming = folder.join(format!("index-key.{}.incoming", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&incoming)
        .and_then(|mut file| file.write_all(&secret))
        .and_then(|()| std::fs::rename(&incoming, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&incoming);
    }
    // Another process may have made one meanwhile: the one that stands there counts.
    read()
}

/// Where a witness remembers what it cosigned, if nothing else is said.
pub fn witness_folder() -> Option<PathBuf> {
    Some(state_folder()?.join("witness"))
}

/// Reads a regular file of at most so many bytes.
pub fn read_file(path: &Path, most: u64) -> Result<Vec<u8>> {
    let found = std::fs::metadata(path).map_err(|e| cannot("read", path, &e))?;
    if !found.is_file() || found.len() > most {
        return Err(Error::input(format!(
            "{} is not a regular file of at most {most} bytes",
            path.display()
        )));
    }
    std::fs::read(path).map_err(|e| cannot("read", path, &e))
}

/// Writes a new file, durably; never over another.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|e| cannot("write", path, &e))
}

fn memory_folder() -> Option<PathBuf> {
    Some(state_folder()?.join("memory"))
}

/// Where the key is if nothing names it.
pub fn default_key() -> Option<PathBuf> {
    variable("XDG_CONFIG_HOME")
        .filter(|p| p.is_absolute())
        .or_else(|| Some(variable("HOME")?.join(".config")))
        .map(|config| config.join("seaproof").join("key"))
}

/// What this computer's signers remember of the ledger in a store. Reads, never writes; memories
/// that cannot be read are named in the second list.
pub fn memories(store: &dyn Store) -> (Vec<(AuthorKey, Remembered)>, Vec<String>) {
    let (mut known, mut unreadable) = (Vec::new(), Vec::new());
    let Some((folder, ledger)) = memory_folder().zip(ledger_of(store)) else {
        return (known, unreadable);
    };
    let memory = FolderMemory::new(&folder);
    let prefix = format!("{ledger}-");
    let mut keys: Vec<AuthorKey> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|found| {
            let name = found.file_name().into_string().ok()?;
            name.strip_prefix(&prefix)?.parse().ok()
        })
        .collect();
    keys.sort_unstable();
    for key in keys {
        match memory.recall(ledger, key) {
            Ok(Some(what)) => known.push((key, what)),
            Ok(None) => {}
            Err(error) => unreadable.push(format!("a signer's memory was left aside: {error}")),
        }
    }
    (known, unreadable)
}

/// The ledger that segment 0 names.
pub fn ledger_of(store: &dyn Store) -> Option<LedgerId> {
    let path = segment_path(0);
    let blob = store.open(&path).ok()?;
    read_segment_header(blob.as_ref(), &path)
        .ok()?
        .map(|h| h.ledger)
}

/// A storage error about a path.
pub fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(
        Kind::Storage,
        format!("cannot {what} {}: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use seaproof_evidence::{Class, Role};
    use seaproof_ledger::facts::DraftFacts;
    use seaproof_ledger::governance::AuthorAdmitted;
    use seaproof_ledger::keys::{SecretKey, Signer};
    use seaproof_ledger::memory::VolatileMemory;
    use seaproof_ledger::opening::Source;
    use seaproof_ledger::writer::{Draft, Genesis, OsSalts, Writer};

    use super::*;

    #[test]
    fn a_mark_whose_root_the_checkpoint_does_not_bear_out_is_left_aside() {
        let dir = tempfile::tempdir().unwrap();
        let (store, memory) = (FolderStore::new(dir.path()), VolatileMemory::new());
        let (key, now) = (SecretKey::from_seed([1; 32]), Timestamp(0));
        let genesis = Genesis {
            source: Source::new([("title", "Trial"), ("name", "Desk")]).unwrap(),
            recorded_at: now,
        };
        let salts = Box::<OsSalts>::default();
        let mut writer = Writer::init(&store, &memory, salts, &key, &genesis, &[]).unwrap();
        let admitted = AuthorAdmitted {
            key: SecretKey::from_seed([2; 32]).public(),
            role: Role::Witness,
        };
        let draft = Draft {
            class: Class::Governance,
            facts: DraftFacts {
                kind: "author-admitted".into(),
                kind_version: 1,
                label: None,
                exhibits: Vec::new(),
                refs: Vec::new(),
                amendment: None,
                event: seaproof_ledger::encoding::encode(&admitted),
            },
            source: Source::default(),
            recorded_at: now,
        };
        writer.append(&key, &[draft]).unwrap();
        writer.checkpoint(&key).unwrap();
        writer.close();
        let mark = newest(&store).unwrap().reader.mark().unwrap();
        assert!(reader_at(&store, &mark, None).unwrap().is_some());
        let (mut bytes, root) = (mark.to_bytes(), mark.head().root.0);
        let at = bytes.windows(32).position(|w| w == root).unwrap();
        bytes[at] ^= 1;
        let wrong = Mark::from_bytes(&bytes).unwrap();
        assert!(reader_at(&store, &wrong, None).unwrap().is_none());
    }
}
