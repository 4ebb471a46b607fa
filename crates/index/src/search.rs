//! Finding entries: by the index where it can be used, by reading the log where it cannot, with the same
//! answer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::{fs, io};

use rayon::prelude::*;
use seaproof_ledger::encoding;
use seaproof_ledger::entry::Entry;
use seaproof_ledger::ids::{AuthorKey, EntryId, TreeHash, TreeSize};
use seaproof_ledger::reader::{Mark, ReadEntry, ReadError, Reader};
use seaproof_ledger::statement::Head;

use crate::lock::{self, Lock};
use crate::pages::{NoPages, Pages};
use crate::query::{Known, Probe, Query, Thing};
use crate::run::{Bits, Collected, Gone, RUN_MAX, Run, Unsound, candidates};
use crate::terms::{Field, TERMS_VERSION, Terms, id_term, term};
use crate::{Index, files};

/// Which part of what is found is wanted. The newest entries come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// The most entries.
    pub limit: usize,
    /// Only entries before this one: the last of the page before.
    pub after: Option<u64>,
}

/// An entry that was found, read from the log, and answers the query.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The entry.
    pub entry: Entry,
    /// Whether its key could record it.
    pub authorised: bool,
    /// Whether a revocation calls it suspect.
    pub suspect: bool,
}

/// A page of what is found.
#[derive(Debug, Default)]
pub struct Page {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// Whether there is more behind them.
    pub more: bool,
    /// The names of keys' holders.
    pub names: BTreeMap<AuthorKey, String>,
    /// What the entries that the hits refer to are called: their labels or numbers.
    pub called: BTreeMap<EntryId, String>,
}

/// A page, and where it comes from.
#[derive(Debug)]
pub struct Searched {
    /// The page.
    pub page: Page,
    /// How the index did.
    pub index: CaughtUp,
}

/// What became of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaughtUp {
    /// It covers the log; so many entries were new to it.
    Yes {
        /// How many.
        added: u64,
    },
    /// It was damaged, was moved aside and made anew.
    Rebuilt,
    /// It cannot be used now, and the log was read instead.
    No(String),
}

/// What the index knows of itself.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
struct Manifest {
    version: u32,
    mark: Vec<u8>,
    /// A checkpoint that was found to be a head of that log.
    agreed: Option<(TreeSize, TreeHash)>,
    /// The number of the next run.
    next: u32,
    names: BTreeMap<AuthorKey, String>,
    runs: Vec<Run>,
    /// Runs whose blocks are to be removed: by whoever goes on with the index, so that a crash leaves none behind.
    gone: Vec<Gone>,
}

/// A manifest that was read, and the head of its file.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    head: [u8; files::HEAD],
    manifest: Manifest,
}

const MANIFEST_MAX: usize = 1 << 30;

/// Why the index gives no answer.
enum Trouble {
    /// It cannot be used here and now.
    Unavailable(String),
    /// It is not what it must be.
    Damaged,
    /// The log cannot be read, index or no index.
    Log(ReadError),
}

impl From<Unsound> for Trouble {
    fn from(_: Unsound) -> Self {
        Self::Damaged
    }
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::Log(error)
    }
}

/// Told while the index is made: how many entries are done, and of how many.
pub type Progress<'p> = &'p mut dyn FnMut(u64, u64);

impl Index {
    fn manifest_path(&self) -> PathBuf {
        self.folder.join("search")
    }

    fn pages_path(&self) -> PathBuf {
        self.folder.join("sled")
    }

    /// Where the index's reading of the log ended, and a checkpoint that was found to be a head of the log before that. A
    /// reader that is opened there reads only what is new.
    pub fn search_mark(&self) -> Option<(Mark, Option<Head>)> {
        let found = self.read_manifest()?;
        let agreed = found.manifest.agreed;
        let agreed = agreed.map(|(size, root)| Head { size, root });
        let mark = found.manifest.mark()?;
        self.manifest.replace(Some(found));
        Some((mark, agreed))
    }

    /// Finds entries. The index is brought up to the reader's head first; where that cannot be done, the log is
    /// read instead.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn find(
        &self,
        reader: &Reader<'_>,
        agreed: Option<Head>,
        query: &Query,
        paging: Paging,
        progress: Progress<'_>,
    ) -> Result<Searched, ReadError> {
        self.with_session(reader, agreed, progress, Begin::Here, |session| {
            session.find(reader, query, paging)
        })
        .and_then(|(page, index)| {
            let page = match page {
                Some(page) => page,
                None => find_in_log(reader, query, paging)?,
            };
            Ok(Searched { page, index })
        })
    }

    /// Brings the index up to the reader's head. `agreed` is a checkpoint that was found to be a head of the log;
    /// it is kept, so that a reader who resumes need not look again.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn catch_up(
        &self,
        reader: &Reader<'_>,
        agreed: Option<Head>,
        progress: Progress<'_>,
    ) -> Result<CaughtUp, ReadError> {
        self.with_session(reader, agreed, progress, Begin::Here, |_| Ok(()))
            .map(|(_, index)| index)
    }

    /// Removes the index, answers included, and makes its search anew.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn rebuild(
        &self,
        reader: &Reader<'_>,
        agreed: Option<Head>,
        progress: Progress<'_>,
    ) -> Result<CaughtUp, ReadError> {
        self.with_session(reader, agreed, progress, Begin::Anew, |_| Ok(()))
            .map(|(_, index)| index)
    }

    /// Removes everything but the lock, which is held.
    fn clear(&self) -> io::Result<()> {
        for found in fs::read_dir(&self.folder)? {
            let found = found?;
            if found.file_name() == lock::NAME {
                continue;
            }
            match found.file_type()?.is_dir() {
                true => fs::remove_dir_all(found.path())?,
                false => fs::remove_file(found.path())?,
            }
        }
        Ok(())
    }

    /// What is done with an index that covers the log; tried once more with a new one if it turns out to be
    /// damaged.
    fn with_session<T>(
        &self,
        reader: &Reader<'_>,
        agreed: Option<Head>,
        progress: Progress<'_>,
        begin: Begin,
        work: impl Fn(&Session) -> Result<T, Trouble>,
    ) -> Result<(Option<T>, CaughtUp), ReadError> {
        // Before anything is read, changed or removed: another process may be using it.
        let _lock = match Lock::take(&self.folder) {
            Ok(lock) => lock,
            Err(why) => return Ok((None, CaughtUp::No(why))),
        };
        if begin == Begin::Anew
            && let Err(error) = self.clear()
        {
            return Ok((None, CaughtUp::No(error.to_string())));
        }
        let mut damaged = false;
        loop {
            let done = self.session(reader, agreed, progress).and_then(|session| {
                let added = session.added;
                work(&session).map(|done| (done, added))
            });
            match done {
                Ok((done, _)) if damaged => return Ok((Some(done), CaughtUp::Rebuilt)),
                Ok((done, added)) => return Ok((Some(done), CaughtUp::Yes { added })),
                Err(Trouble::Log(error)) => return Err(error),
                Err(Trouble::Unavailable(why)) => return Ok((None, CaughtUp::No(why))),
                Err(Trouble::Damaged) if damaged => {
                    let why = "it is damaged as soon as it is made".into();
                    return Ok((None, CaughtUp::No(why)));
                }
                Err(Trouble::Damaged) => {
                    damaged = true;
                    if let Err(error) = self.set_aside() {
                        let why = format!("it is damaged and cannot be moved aside: {error}");
                        return Ok((None, CaughtUp::No(why)));
                    }
                }
            }
        }
    }

    fn aside(&self) -> PathBuf {
        self.folder.join("damaged")
    }

    /// Moves what is damaged out of the way; what was moved before is removed.
    fn set_aside(&self) -> io::Result<()> {
        let aside = self.aside();
        remove_all(&aside)?;
        files::private_folder(&aside)?;
        for path in [self.pages_path(), self.manifest_path()] {
            let Some(name) = path.file_name() else {
                continue;
            };
            match fs::rename(&path, aside.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_manifest(&self) -> Option<Found> {
        let (head, bytes) = files::read(&self.key, &self.manifest_path())?;
        let manifest: Manifest = encoding::decode(&bytes, MANIFEST_MAX).ok()?;
        manifest.is_plausible().then_some(Found { head, manifest })
    }

    /// The manifest as it is now: the one that was read before, if it is still that.
    fn manifest(&self) -> Option<Manifest> {
        let read = self.manifest.take();
        match read {
            Some(found) if files::head(&self.manifest_path()) == Some(found.head) => {
                Some(found.manifest)
            }
            _ => self.read_manifest().map(|found| found.manifest),
        }
    }

    /// Opens the index and brings it up to the reader's head. The lock is held.
    fn session(
        &self,
        reader: &Reader<'_>,
        agreed: Option<Head>,
        progress: Progress<'_>,
    ) -> Result<Session, Trouble> {
        let unavailable = |error: io::Error| Trouble::Unavailable(error.to_string());
        let head = reader.head();
        let found = self.manifest();
        if let Some(mark) = found.as_ref().and_then(Manifest::mark)
            && reader.ledger() == Some(mark.ledger())
            && mark.head().size > head.size
        {
            // The reader was opened before what the index has was appended, or looks at a part of the log.
            return Err(Trouble::Unavailable(
                "it covers entries that were not read here".into(),
            ));
        }
        let mut manifest = match found {
            Some(manifest) if manifest.is_of(reader)? => manifest,
            found => {
                // Made from another log, by another version, by somebody else, damaged, or without its other half.
                if found.is_none() && self.manifest_path().exists() {
                    self.set_aside().map_err(unavailable)?;
                }
                remove(&self.manifest_path()).map_err(unavailable)?;
                remove_all(&self.pages_path()).map_err(unavailable)?;
                Manifest::empty()
            }
        };
        let fresh = manifest.runs.is_empty();
        files::private_folder(&self.pages_path()).map_err(unavailable)?;
        if !files::is_plain(&self.pages_path()) {
            return Err(Trouble::Damaged);
        }
        let pages = Pages::open(&self.pages_path()).map_err(|why| match why {
            NoPages::Unavailable => {
                Trouble::Unavailable("another process has it open, or it cannot be written".into())
            }
            NoPages::Damaged => Trouble::Damaged,
        })?;
        let have = manifest.size();
        let added = head.size.0.saturating_sub(have);
        if added > 0 {
            let write = |manifest: &Manifest| {
                let bytes = encoding::encode(manifest);
                files::write(&self.key, &self.manifest_path(), |out| {
                    out.write_all(&bytes)
                })
                .map_err(unavailable)
            };
            manifest.agreed = agreed.map(|head| (head.size, head.root));
            manifest = take_in(reader, &pages, manifest, progress, write)?;
        }
        if fresh {
            // There is a sound one now. What cannot be removed does no harm.
            let _ = remove_all(&self.aside());
        }
        Ok(Session {
            pages,
            manifest,
            added,
        })
    }
}

fn remove(path: &std::path::Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_all(path: &std::path::Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => remove(path),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// From where the index goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// From what there is of it.
    Here,
    /// From nothing.
    Anew,
}

impl Manifest {
    fn empty() -> Self {
        Self {
            version: TERMS_VERSION,
            mark: Vec::new(),
            agreed: None,
            next: 0,
            names: BTreeMap::new(),
            runs: Vec::new(),
            gone: Vec::new(),
        }
    }

    fn mark(&self) -> Option<Mark> {
        Mark::from_bytes(&self.mark)
    }

    /// How many entries it covers.
    fn size(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.to)
    }

    fn is_plausible(&self) -> bool {
        let mut size = 0;
        let follow = self.runs.iter().all(|run| {
            let follows = run.from == size && run.is_plausible();
            size = run.to;
            follows
        });
        follow
            && self.version == TERMS_VERSION
            && self.mark().is_some_and(|mark| mark.head().size.0 == size)
    }

    /// Whether it was made from a beginning of the reader's log.
    fn is_of(&self, reader: &Reader<'_>) -> Result<bool, ReadError> {
        let Some(mark) = self.mark() else {
            return Ok(false);
        };
        let head = mark.head();
        Ok(reader.fits(&mark) && reader.root_at(head.size)? == Some(head.root))
    }
}

/// Entries whose terms are worked out at once.
const AT_ONCE: usize = 1_024;
/// Bytes of records that are looked at together.
const BYTES_AT_ONCE: u64 = 2 << 20;
/// The most bytes of records on one page; the next page goes on behind it.
const PAGE_BYTES: u64 = 16 << 20;

/// Adds what the reader has and the manifest has not.
fn take_in(
    reader: &Reader<'_>,
    pages: &Pages,
    mut manifest: Manifest,
    progress: Progress<'_>,
    write: impl Fn(&Manifest) -> Result<(), Trouble>,
) -> Result<Manifest, Trouble> {
    let (have, head) = (manifest.size(), reader.head().size.0);
    let Some(mark) = reader.mark() else {
        return Err(Trouble::Unavailable(
            "the log was not read to its end".into(),
        ));
    };
    for gone in std::mem::take(&mut manifest.gone) {
        pages.remove(gone.keys())?;
    }
    // Of a process that ended before it had written what it added.
    pages.remove_from(manifest.next)?;
    // Small runs grow together, so that there are never many.
    let mut replaced = Vec::new();
    let mut from = have;
    while let Some(last) = manifest.runs.last()
        && head - last.from <= RUN_MAX
        && last.len() <= 4 * (head - from)
        && let Some(last) = manifest.runs.pop()
    {
        from = last.from;
        replaced.push(last);
    }
    let mut collected = Collected::new(from);
    for (i, run) in replaced.iter().rev().enumerate() {
        match i {
            0 => collected = run.load(pages)?,
            _ => collected.append(run.load(pages)?),
        }
    }
    let mut known = Known {
        names: std::mem::take(&mut manifest.names),
        ..Known::default()
    };
    let finish = |collected: Collected, manifest: &mut Manifest| -> Result<(), Trouble> {
        let id = manifest.next;
        manifest.next = id.checked_add(1).ok_or(Trouble::Damaged)?;
        let run = collected.write(id, |key, block| pages.insert(key, block))?;
        manifest.runs.push(run);
        Ok(())
    };
    let entries = match reader.resumed_at().0 <= have {
        true => reader.entries_after(),
        false => reader.entries(),
    };
    let mut entries = entries.skip_while(|read| {
        let read = read.as_ref();
        read.is_ok_and(|read| read.entry.index.0 < have)
    });
    let mut done = have;
    loop {
        let batch = next_batch(&mut entries)?;
        if batch.is_empty() {
            break;
        }
        let terms: Vec<Terms> = batch
            .par_iter()
            .map(|read| Terms::of(&read.entry, read.standing.authorised))
            .collect();
        for (read, terms) in batch.iter().zip(&terms) {
            if collected.is_full() {
                let next = Collected::new(read.entry.index.0);
                finish(std::mem::replace(&mut collected, next), &mut manifest)?;
            }
            known.heed_names(&read.entry, read.standing);
            collected.push(read.entry.position, read.entry.length, &terms.terms);
        }
        done += batch.len() as u64;
        progress(done - have, head - have);
    }
    if collected.len() > 0 {
        finish(collected, &mut manifest)?;
    }
    manifest.gone = replaced.iter().map(Run::gone).collect();
    manifest.names = known.names;
    manifest.mark = mark.to_bytes();
    if manifest.size() != head {
        return Err(Trouble::Damaged);
    }
    pages.flush()?;
    write(&manifest)?;
    Ok(manifest)
}

/// Some neighbouring entries, no more than fit in memory many times over.
fn next_batch(
    entries: &mut impl Iterator<Item = Result<ReadEntry, ReadError>>,
) -> Result<Vec<ReadEntry>, ReadError> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < AT_ONCE && bytes < BYTES_AT_ONCE {
        let Some(read) = entries.next() else {
            break;
        };
        let read = read?;
        bytes += u64::from(read.entry.length);
        batch.push(read);
    }
    Ok(batch)
}

/// The index, open, and covering the log.
struct Session {
    pages: Pages,
    manifest: Manifest,
    added: u64,
}

impl Session {
    fn candidates(&self, probe: &Probe) -> Result<Bits, Unsound> {
        candidates(
            &self.manifest.runs,
            &self.pages,
            probe,
            self.manifest.size(),
        )
    }

    fn entry(&self, reader: &Reader<'_>, index: u64) -> Result<Entry, Trouble> {
        let runs = &self.manifest.runs;
        let run = runs.partition_point(|run| run.to <= index);
        let run = runs.get(run).ok_or(Trouble::Damaged)?;
        let place = run.place(&self.pages, index)?;
        reader.entry_at(place).ok_or(Trouble::Damaged)
    }

    fn find(&self, reader: &Reader<'_>, query: &Query, paging: Paging) -> Result<Page, Trouble> {
        let size = self.manifest.size();
        let mut known = Known {
            names: self.manifest.names.clone(),
            things: Vec::new(),
        };
        for thing in query.things() {
            known.things.push(self.thing(reader, thing)?);
        }
        let keys = match query.wants_keys() {
            true => self.keys()?,
            false => Vec::new(),
        };
        let found = self.candidates(&query.probe(&known, &keys))?;
        let unauthorised = self.candidates(&Probe::Whole(term(Field::Unauthorised, b"")))?;
        let (mut page, mut bytes) = (Page::default(), 0);
        for index in found.down_from(paging.after.unwrap_or(size).min(size)) {
            let entry = self.entry(reader, index)?;
            let authorised = !unauthorised.has(index);
            if !query.is_answered_by(&entry, &Terms::of(&entry, authorised), &known) {
                continue;
            }
            bytes += u64::from(entry.length);
            if page.hits.len() == paging.limit || bytes > PAGE_BYTES && !page.hits.is_empty() {
                page.more = true;
                break;
            }
            page.hits.push(Hit::of(reader, entry, authorised));
        }
        for id in page.referred() {
            if let Some(entry) = self.by_id(reader, id)? {
                page.called.insert(id, called(&entry));
            }
        }
        page.names = known.names;
        Ok(page)
    }

    /// The entry with this id. What is referred to most stands early, so the runs are asked in order.
    fn by_id(&self, reader: &Reader<'_>, id: EntryId) -> Result<Option<Entry>, Trouble> {
        let probe = Probe::Whole(id_term(Field::Id, &id));
        for run in &self.manifest.runs {
            let found = candidates(std::slice::from_ref(run), &self.pages, &probe, run.to)?;
            for index in found.down_from(run.to) {
                let entry = self.entry(reader, index)?;
                if entry.id == id {
                    return Ok(Some(entry));
                }
            }
        }
        Ok(None)
    }

    /// The first entry that is the thing named.
    fn thing(&self, reader: &Reader<'_>, thing: &Thing) -> Result<Option<EntryId>, Trouble> {
        let size = self.manifest.size();
        match thing {
            Thing::Index(index) if *index < size => Ok(Some(self.entry(reader, *index)?.id)),
            Thing::Index(_) => Ok(None),
            Thing::Label(label) => {
                let probe = Probe::Whole(term(Field::Label, label.as_bytes()));
                let first = self.candidates(&probe)?.down_from(size).last();
                first
                    .map(|index| self.entry(reader, index).map(|entry| entry.id))
                    .transpose()
            }
        }
    }

    /// Every key that signed something.
    fn keys(&self) -> Result<Vec<AuthorKey>, Unsound> {
        let mut keys = BTreeSet::new();
        for run in &self.manifest.runs {
            run.terms_from(&self.pages, &[Field::Author as u8], |term| {
                if let Some(key) = term.get(1..33).and_then(|key| key.try_into().ok()) {
                    keys.insert(AuthorKey(key));
                }
            })?;
        }
        Ok(keys.into_iter().collect())
    }
}

fn called(entry: &Entry) -> String {
    let label = entry.facts.known().and_then(|facts| facts.label.clone());
    label.unwrap_or_else(|| entry.index.to_string())
}

impl Hit {
    fn of(reader: &Reader<'_>, entry: Entry, authorised: bool) -> Self {
        Self {
            suspect: reader.is_suspect(&entry.statement.key, entry.index),
            entry,
            authorised,
        }
    }
}

/// The most references of a page whose names are looked up.
const CALLED_MAX: usize = 256;

impl Page {
    /// What the hits refer to.
    fn referred(&self) -> BTreeSet<EntryId> {
        let facts = self.hits.iter().filter_map(|hit| hit.entry.facts.known());
        facts
            .flat_map(|facts| {
                let targets = facts.amendment.iter().flat_map(|a| &a.targets);
                facts.refs.iter().chain(targets).copied()
            })
            .take(CALLED_MAX)
            .collect()
    }
}

/// The same from the log alone.
///
/// # Errors
/// The log cannot be read.
pub fn find_in_log(reader: &Reader<'_>, query: &Query, paging: Paging) -> Result<Page, ReadError> {
    let mut known = Known::default();
    if query.wants_keys() {
        // An entry may stand before its key was admitted by name.
        for read in reader.entries() {
            let read = read?;
            known.heed_names(&read.entry, read.standing);
        }
    }
    let below = paging.after.unwrap_or(u64::MAX);
    // The newest of those that answer, as many as the page takes.
    let (mut kept, mut bytes, mut more) = (VecDeque::<Hit>::new(), 0, false);
    let mut entries = reader.entries();
    loop {
        let batch = next_batch(&mut entries)?;
        if batch.is_empty() {
            break;
        }
        // Names and things stand before what they are needed for.
        for read in &batch {
            known.heed_names(&read.entry, read.standing);
            known.heed_things(query, &read.entry);
        }
        let answering: Vec<bool> = batch
            .par_iter()
            .map(|read| {
                let terms = || Terms::of(&read.entry, read.standing.authorised);
                read.entry.index.0 < below && query.is_answered_by(&read.entry, &terms(), &known)
            })
            .collect();
        for (read, answers) in batch.into_iter().zip(answering) {
            if answers {
                bytes += u64::from(read.entry.length);
                kept.push_front(Hit::of(reader, read.entry, read.standing.authorised));
                while kept.len() > paging.limit || bytes > PAGE_BYTES && kept.len() > 1 {
                    more = true;
                    let older = kept.pop_back();
                    bytes -= older.map_or(0, |hit| u64::from(hit.entry.length));
                }
            }
        }
    }
    let mut page = Page {
        more,
        hits: kept.into(),
        names: known.names,
        called: BTreeMap::new(),
    };
    let referred = page.referred();
    if !referred.is_empty() {
        for read in reader.entries() {
            let entry = read?.entry;
            if referred.contains(&entry.id) {
                page.called.insert(entry.id, called(&entry));
            }
        }
    }
    Ok(page)
}
