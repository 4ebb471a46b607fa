//! The published form: a folder of static files as C2SP's tlog-tiles has it (FORMAT.md §21). Leaves and tree hashes,
//! and nothing of what entries say.
//!
//! Exporting streams the log once: the memory is that of a tile for each level. Whether a folder is what it should be is
//! [`crate::verify::verify_tiles`].

use std::io;

use rayon::prelude::*;

use crate::checkpoint::{self, CHECKPOINT_MAX, SignedCheckpoint};
use crate::ids::{EntryIndex, LedgerId, TreeHash, TreeSize};
use crate::log::{LogError, LogReader, Position, find_end, read_segment_header};
use crate::record::segment_path;
use crate::statement::{Head, LEAF_LEN, Leaf};
use crate::store::{FoundKind, Store, read_small, replace};
use crate::tree::{Frontier, empty_root, node_hash};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: usize = 256;
/// Bytes of an entry in a bundle: its length as two bytes, and the leaf.
pub const BUNDLED_LEN: usize = 2 + LEAF_LEN;

/// What a file of the published form holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TileKind {
    /// Hashes of a level; level 0 holds those of leaves.
    Hashes {
        /// The level.
        level: u8,
    },
    /// Leaves.
    Entries,
}

/// A file of the published form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileName {
    /// What it holds.
    pub kind: TileKind,
    /// Its place among those of its kind.
    pub index: u64,
    /// How many hashes or entries it holds: 1 to 256.
    pub width: usize,
}

impl TileName {
    /// Its path in the folder.
    pub fn path(&self) -> String {
        match self.width {
            TILE_WIDTH => self.full_path(),
            width => format!("{}/{width}", self.partial_folder()),
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.width
            * match self.kind {
                TileKind::Hashes { .. } => 32,
                TileKind::Entries => BUNDLED_LEN,
            }
    }

    /// Whether it is empty: never.
    pub fn is_empty(&self) -> bool {
        self.width == 0
    }

    fn full_path(&self) -> String {
        let kind = match self.kind {
            TileKind::Hashes { level } => level.to_string(),
            TileKind::Entries => "entries".to_owned(),
        };
        let mut rest = self.index;
        let mut groups = format!("{:03}", rest % 1_000);
        rest /= 1_000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1_000);
            rest /= 1_000;
        }
        format!("tile/{kind}/{groups}")
    }

    fn partial_folder(&self) -> String {
        format!("{}.p", self.full_path())
    }

    /// How many leaves a tree must have for this file to belong to it when it is full.
    fn end(&self) -> u128 {
        let level = match self.kind {
            TileKind::Hashes { level } => level,
            TileKind::Entries => 0,
        };
        (u128::from(self.index) + 1) << (8 * (u32::from(level) + 1)).min(120)
    }
}

/// Makes the tiles of a tree from its leaf hashes.
#[derive(Debug, Default)]
pub(crate) struct Tiler {
    levels: Vec<Level>,
    size: u64,
}

#[derive(Debug, Default)]
struct Level {
    hashes: Vec<TreeHash>,
    /// Tiles that were full before.
    full: u64,
}

impl Tiler {
    /// Takes in the next leaf, and hands out the tiles that this fills.
    pub fn push<E>(
        &mut self,
        leaf_hash: TreeHash,
        out: &mut impl FnMut(TileName, &[TreeHash]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.size += 1;
        let mut hash = leaf_hash;
        for level in 0u8.. {
            if self.levels.len() == usize::from(level) {
                self.levels.push(Level::default());
            }
            let Some(here) = self.levels.get_mut(usize::from(level)) else {
                unreachable!("made above");
            };
            here.hashes.push(hash);
            if here.hashes.len() < TILE_WIDTH {
                return Ok(());
            }
            out(here.name(level), &here.hashes)?;
            hash = perfect_root(&here.hashes);
            here.hashes.clear();
            here.full += 1;
        }
        Ok(())
    }

    /// How many leaves were taken in.
    pub fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// The root over them.
    pub fn root(&self) -> TreeHash {
        // The digits of the size to the base 256 are the widths of the levels, and their bits the perfect subtrees.
        let mut peaks = Vec::new();
        for level in self.levels.iter().rev() {
            let mut rest = &level.hashes[..];
            while let Some(bits) = rest.len().checked_ilog2() {
                let (peak, after) = rest.split_at(1 << bits);
                peaks.push(perfect_root(peak));
                rest = after;
            }
        }
        Frontier::from_parts(TreeSize(self.size), peaks)
            .map_or_else(|_| empty_root(), |frontier| frontier.root())
    }

    /// Hands out the partial tiles, once every leaf was taken in.
    pub fn finish<E>(
        &self,
        out: &mut impl FnMut(TileName, &[TreeHash]) -> Result<(), E>,
    ) -> Result<(), E> {
        for (level, here) in (0u8..).zip(&self.levels) {
            if !here.hashes.is_empty() {
                out(here.name(level), &here.hashes)?;
            }
        }
        Ok(())
    }
}

impl Level {
    fn name(&self, level: u8) -> TileName {
        TileName {
            kind: TileKind::Hashes { level },
            index: self.full,
            width: self.hashes.len(),
        }
    }
}

/// The root over a power of two of hashes, at least one.
fn perfect_root(hashes: &[TreeHash]) -> TreeHash {
    match hashes {
        [] => empty_root(),
        [only] => *only,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&perfect_root(left), &perfect_root(right))
        }
    }
}

/// A tile's bytes.
pub(crate) fn tile_bytes(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Appends a leaf to a bundle.
fn bundle(out: &mut Vec<u8>, leaf: &Leaf) {
    out.extend_from_slice(&(LEAF_LEN as u16).to_be_bytes());
    out.extend_from_slice(&leaf.0);
}

/// The leaves of a bundle; `None` if it is not one of leaves.
pub(crate) fn leaves_of(bytes: &[u8]) -> Option<Vec<Leaf>> {
    let entries = bytes.chunks_exact(BUNDLED_LEN);
    if !entries.remainder().is_empty() {
        return None;
    }
    entries
        .map(|entry| {
            let (length, leaf) = entry.split_first_chunk::<2>()?;
            let whole = usize::from(u16::from_be_bytes(*length)) == LEAF_LEN;
            whole.then_some(Leaf(*leaf.first_chunk()?))
        })
        .collect()
}

/// Why a ledger was not published.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log cannot be read.
    #[error("{0}")]
    Log(#[from] LogError),
    /// There is no checkpoint, or it is not one.
    #[error("the checkpoint: {0}")]
    Checkpoint(String),
    /// The log is not what the checkpoint says.
    #[error("the log does not have the root that its checkpoint states for {size} entries")]
    OtherHistory {
        /// The checkpoint's size.
        size: TreeSize,
    },
    /// The folder holds something else.
    #[error("{why}")]
    Occupied {
        /// What it holds.
        why: String,
    },
    /// The folder holds a newer head.
    #[error("the folder holds the head of {there} entries, and the checkpoint here covers {here}")]
    Older {
        /// The size that is published.
        there: TreeSize,
        /// The checkpoint's size.
        here: TreeSize,
    },
    /// The folder holds a head that this log does not have.
    #[error("the folder holds another history: this log has another root for its {there} entries")]
    Fork {
        /// The size that is published.
        there: TreeSize,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Which.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
}

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// The ledger.
    pub ledger: LedgerId,
    /// The head.
    pub head: Head,
    /// Tiles and bundles that were written.
    pub written: u64,
    /// Those that were there.
    pub kept: u64,
}

/// Publishes a ledger up to its checkpoint in a folder that is new, or holds an earlier head of it. What an earlier
/// export wrote is left as it is, each file appears whole, and the checkpoint is replaced last. `tell` is called now and then with how many
/// entries were read.
///
/// # Errors
/// See [`ExportError`]; the folder's own checkpoint is then as it was.
pub fn export(
    log: &dyn Store,
    to: &dyn Store,
    tell: &dyn Fn(TreeSize),
) -> Result<Exported, ExportError> {
    let (ledger, checkpoint) = own_checkpoint(log)?;
    let head = checkpoint.head();
    let published = published(to, &ledger)?;
    refuse_older(published, head)?;
    let mut export = Export {
        to,
        published: published.map_or(TreeSize(0), |published| published.size),
        head,
        folder: [const { String::new() }; 2],
        written: 0,
        kept: 0,
    };
    export.run(log, published, tell)?;
    // Somebody may have published a newer one meanwhile.
    refuse_older(self::published(to, &ledger)?, head)?;
    replace(to, "checkpoint", checkpoint.as_bytes(), true).map_err(write("checkpoint"))?;
    export.remove_outgrown()?;
    Ok(Exported {
        ledger,
        head,
        written: export.written,
        kept: export.kept,
    })
}

fn write(path: &str) -> impl FnOnce(io::Error) -> ExportError {
    let path = path.to_owned();
    move |source| ExportError::Write { path, source }
}

fn own_checkpoint(log: &dyn Store) -> Result<(LedgerId, SignedCheckpoint), ExportError> {
    let path = segment_path(0);
    let blob = log.open(&path).map_err(|_| LogError::NotALedger)?;
    let ledger = read_segment_header(blob.as_ref(), &path)?
        .ok_or(LogError::NotALedger)?
        .ledger;
    let wrong = ExportError::Checkpoint;
    let bytes = read_small(log, "checkpoint", CHECKPOINT_MAX as u64)
        .map_err(|error| wrong(error.to_string()))?
        .ok_or_else(|| wrong("there is none, and every ledger begins with one".into()))?;
    let signed = checkpoint::parse_file(&bytes, &ledger).map_err(|e| wrong(e.to_string()))?;
    Ok((ledger, signed))
}

/// The head that is published in a folder; `None` if the folder holds none yet.
fn published(to: &dyn Store, ledger: &LedgerId) -> Result<Option<Head>, ExportError> {
    let bytes = read_small(to, "checkpoint", CHECKPOINT_MAX as u64).map_err(|error| {
        let why = format!("the folder's own checkpoint cannot be read: {error}");
        ExportError::Occupied { why }
    })?;
    if let Some(bytes) = bytes {
        let found = checkpoint::parse_file(&bytes, ledger).map_err(|error| {
            let why = format!("the folder's own checkpoint is not of this ledger: {error}");
            ExportError::Occupied { why }
        })?;
        return Ok(Some(found.head()));
    }
    let ours = ["tile", "checkpoint.incoming"];
    let found = to.list("").map_err(write("the folder"))?;
    match found.iter().find(|f| !ours.contains(&f.name.as_str())) {
        None => Ok(None),
        Some(other) => Err(ExportError::Occupied {
            why: format!("the folder holds something else: {}", other.name),
        }),
    }
}

fn refuse_older(published: Option<Head>, head: Head) -> Result<(), ExportError> {
    match published {
        Some(there) if there.size > head.size => Err(ExportError::Older {
            there: there.size,
            here: head.size,
        }),
        Some(there) if there.size == head.size && there.root != head.root => {
            Err(ExportError::Fork { there: there.size })
        }
        _ => Ok(()),
    }
}

struct Export<'a> {
    to: &'a dyn Store,
    published: TreeSize,
    head: Head,
    /// The folders of tiles and bundles that were made last.
    folder: [String; 2],
    written: u64,
    kept: u64,
}

impl Export<'_> {
    fn run(
        &mut self,
        log: &dyn Store,
        published: Option<Head>,
        tell: &dyn Fn(TreeSize),
    ) -> Result<(), ExportError> {
        let size = self.head.size;
        let other = || ExportError::OtherHistory { size };
        let mut reader = LogReader::new(log, Position::START, find_end(log, None)?);
        let (mut tiler, mut entries) = (Tiler::default(), Vec::new());
        let fork = |at: &Tiler| match published {
            Some(there) if there.size == at.size() && there.root != at.root() => {
                Err(ExportError::Fork { there: there.size })
            }
            _ => Ok(()),
        };
        while tiler.size() < size
            && let Some(chunk) = reader.next_chunk(usize::MAX)?
        {
            let leaves: Vec<(Leaf, TreeHash)> = (0..chunk.len())
                .into_par_iter()
                .filter_map(|i| chunk.get(i))
                .map(|record| (record.leaf(), record.leaf().hash()))
                .collect();
            let left = (size.0 - tiler.size().0).min(leaves.len() as u64) as usize;
            for (leaf, hash) in &leaves[..left] {
                bundle(&mut entries, leaf);
                tiler.push(*hash, &mut |name, hashes| {
                    self.put(name, &tile_bytes(hashes))
                })?;
                if entries.len() == TILE_WIDTH * BUNDLED_LEN {
                    self.put_entries(&tiler, &mut entries)?;
                }
                fork(&tiler)?;
            }
            tell(tiler.size());
        }
        if tiler.size() != size || tiler.root() != self.head.root {
            return Err(other());
        }
        if !entries.is_empty() {
            self.put_entries(&tiler, &mut entries)?;
        }
        tiler.finish(&mut |name, hashes| self.put(name, &tile_bytes(hashes)))
    }

    fn put_entries(&mut self, tiler: &Tiler, entries: &mut Vec<u8>) -> Result<(), ExportError> {
        let width = entries.len() / BUNDLED_LEN;
        let name = TileName {
            kind: TileKind::Entries,
            index: (tiler.size().0 - width as u64) / TILE_WIDTH as u64,
            width,
        };
        self.put(name, entries)?;
        entries.clear();
        Ok(())
    }

    /// Writes a file, unless an earlier export published it and it is whole.
    fn put(&mut self, name: TileName, bytes: &[u8]) -> Result<(), ExportError> {
        let path = name.path();
        let was_published = match name.width {
            TILE_WIDTH => name.end() <= u128::from(self.published.0),
            _ => self.published == self.head.size,
        };
        let there = || self.to.open(&path).and_then(|blob| blob.len()).ok();
        if was_published && there() == Some(bytes.len() as u64) {
            self.kept += 1;
            return Ok(());
        }
        if let Some((folder, _)) = path.rsplit_once('/') {
            let made = &mut self.folder[usize::from(name.kind == TileKind::Entries)];
            if made != folder {
                self.to.make_folder(folder).map_err(write(folder))?;
                *made = folder.to_owned();
            }
        }
        replace(self.to, &path, bytes, false).map_err(write(&path))?;
        self.written += 1;
        Ok(())
    }

    /// Removes the partial tiles of the earlier export in whose place a full one stands now.
    fn remove_outgrown(&self) -> Result<(), ExportError> {
        let before = self.published.0;
        let kinds = (0..8u8)
            .map(|level| (TileKind::Hashes { level }, level))
            .chain([(TileKind::Entries, 0)]);
        for (kind, level) in kinds {
            let index = before.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
            let name = TileName {
                kind,
                index,
                width: TILE_WIDTH,
            };
            if before == 0 || name.end() > u128::from(self.head.size.0) {
                continue;
            }
            let folder = name.partial_folder();
            let found = self.to.list(&folder).map_err(write(&folder))?;
            for file in found.iter().filter(|f| f.kind == FoundKind::File) {
                let path = format!("{folder}/{}", file.name);
                self.to.remove(&path).map_err(write(&path))?;
            }
        }
        Ok(())
    }
}

/// The files that the published form of so many entries consists of, bundles first, beside the checkpoint.
pub fn names(size: TreeSize) -> impl Iterator<Item = TileName> {
    let kinds = (0..8u8)
        .map(|level| (TileKind::Hashes { level }, level))
        .map(Some);
    let all = std::iter::once(Some((TileKind::Entries, 0))).chain(kinds);
    all.flatten().flat_map(move |(kind, level)| {
        let hashes = size.0.checked_shr(8 * u32::from(level)).unwrap_or(0);
        let full = hashes / TILE_WIDTH as u64;
        let rest = (hashes % TILE_WIDTH as u64) as usize;
        let name = move |index, width| TileName { kind, index, width };
        (0..full)
            .map(move |index| name(index, TILE_WIDTH))
            .chain((rest > 0).then(|| name(full, rest)))
    })
}

/// The place of a bundle's first entry.
pub(crate) fn first_of(bundle: u64) -> EntryIndex {
    EntryIndex(bundle * TILE_WIDTH as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_specification() {
        let name = TileName {
            kind: TileKind::Hashes { level: 0 },
            index: 1_234_067,
            width: TILE_WIDTH,
        };
        assert_eq!(name.path(), "tile/0/x001/x234/067");
        let of = |size| names(TreeSize(size)).map(|n| n.path());
        let paths: Vec<String> = of(70_000).collect();
        let full = |level: &str| {
            let level = format!("tile/{level}/");
            let all = paths.iter().filter(|p| p.starts_with(&level));
            all.filter(|p| !p.contains(".p/")).count()
        };
        assert_eq!((full("0"), full("1"), full("2")), (273, 1, 0));
        for partial in [
            "tile/0/273.p/112",
            "tile/1/001.p/17",
            "tile/2/000.p/1",
            "tile/entries/273.p/112",
        ] {
            assert!(paths.iter().any(|p| p == partial), "{partial}");
        }
        let paths: Vec<String> = of(256).collect();
        assert_eq!(paths, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    }

    #[test]
    fn the_root_is_that_of_the_tree() {
        let (mut tiler, mut frontier) = (Tiler::default(), Frontier::new());
        let mut out = |_: TileName, _: &[TreeHash]| Ok::<(), ()>(());
        for n in 0..70_000u64 {
            let leaf = crate::tree::leaf_hash(&n.to_le_bytes());
            assert_eq!(tiler.push(leaf, &mut out), Ok(()));
            frontier.push(leaf);
            if n < 600 || n % 997 == 0 || n > 65_530 && n < 65_540 {
                assert_eq!(tiler.root(), frontier.root(), "{n}");
            }
        }
    }
}
