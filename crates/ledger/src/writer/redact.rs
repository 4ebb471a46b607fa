//! Erasing what is redacted (FORMAT.md §24): exhibits first, then the segments, each replaced as a whole.
//!
//! What is erased is decided by the log alone, after it was verified: no cache, no caller and no file beside the log
//! has a say in it. Each step can be done twice, so whoever opens the ledger after a crash does them again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use sha2::{Digest, Sha256};

use super::open::catch_up;
use super::{Draft, WriteError, Writer};
use crate::cache::Cache;
use crate::entry::{Disclosed, parse_content, parse_statement};
use crate::exhibit::exhibit_path;
use crate::facts::{Facts, Reference, Relation};
use crate::ids::{AuthorKey, Class, EntryIndex, ExhibitHash};
use crate::log::{LogEnd, LogReader, Position, find_end, read_segment_header, walk_records};
use crate::record::{REWRITING, RecordHeader, SEGMENT_HEADER_LEN, rewriting_path, segment_path};
use crate::redaction::{Parts, entitled, erase_to, within_reach};
use crate::statement::{Head, Leaf};
use crate::store::{FoundKind, Store};
use crate::verify::{Report, Unfinished, Verdict, verify_for_redaction};

/// Entries that are looked after at a time: their exhibits are kept in memory.
const ROUND: usize = 1_024;
/// Bytes that are written at a time.
const BLOCK: usize = 1 << 20;
/// What a failure means once the redaction is recorded.
const UNFINISHED: &str = "The redaction is recorded and not finished: whoever next opens the ledger for writing \
     finishes it";
/// Folders whose files are derived and may hold what is erased.
const DERIVED: [&str; 2] = ["cache", INDEX];
/// One of them, which any reader may make.
const INDEX: &str = "index";
/// A lock among them, whose content means nothing.
const INDEX_LOCK: &str = "index/lock";
/// How deep a derived folder is looked into.
const DEPTH: usize = 8;

fn unfinished(why: impl std::fmt::Display) -> WriteError {
    WriteError::Unfinished(why.to_string())
}

fn io_error(path: &str) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io {
        path,
        source,
        outcome: UNFINISHED,
    }
}

impl Writer<'_> {
    /// Refuses redactions that would not take effect, and those that could not be finished. Whether there is one
    /// among the drafts.
    pub(super) fn check_redactions(
        &mut self,
        signer: AuthorKey,
        drafts: &[Draft],
    ) -> Result<bool, WriteError> {
        let redacts = |draft: &Draft| match draft.facts.amendment {
            Some((Relation::Redacts { facts, source }, _)) => Some(Parts { facts, source }),
            _ => None,
        };
        if drafts.iter().all(|draft| redacts(draft).is_none()) {
            return Ok(false);
        }
        if let Some(at) = self.authority().unread_at() {
            return Err(WriteError::Redaction(format!(
                "{at} governs in a way that this program does not know, so who may redact is not known"
            )));
        }
        let mut taken: BTreeSet<(EntryIndex, Parts)> = BTreeSet::new();
        for (i, draft) in drafts.iter().enumerate() {
            let wrong = |why: String| WriteError::Draft { draft: i + 1, why };
            let Some(parts) = redacts(draft) else {
                return Err(wrong(
                    "it does not redact, and a commit that redacts holds nothing else".into(),
                ));
            };
            let targets = draft
                .facts
                .amendment
                .iter()
                .flat_map(|(_, targets)| targets);
            for target in targets {
                let Reference::Entry(id) = target else {
                    return Err(wrong("it redacts an entry that is not recorded yet".into()));
                };
                let index = self.find_id(*id)?.ok_or_else(|| {
                    wrong(format!("it redacts {id}, which is not in this ledger"))
                })?;
                self.check_target(signer, index, parts)
                    .map_err(wrong_or(i))?;
                let again = [
                    Parts {
                        source: false,
                        ..parts
                    },
                    Parts {
                        facts: false,
                        ..parts
                    },
                ]
                .into_iter()
                .filter(|part| part.any());
                for part in again {
                    if !taken.insert((index, part)) {
                        return Err(wrong(format!(
                            "an entry before it names the {} of {index} too",
                            part.words()
                        )));
                    }
                }
            }
        }
        let (report, _) = verify_for_redaction(self.store);
        fit_to_rewrite(&report, self.head())?;
        // What others made there could not be removed later either.
        remove_files(self.store, INDEX, DEPTH)
            .map_err(|kept| WriteError::Redaction(kept.words(INDEX)))?;
        Ok(true)
    }

    /// Why what a redaction names cannot be taken, in the place of a draft.
    fn check_target(
        &mut self,
        signer: AuthorKey,
        index: EntryIndex,
        parts: Parts,
    ) -> Result<(), Refusal> {
        let entry = self.entry(index).map_err(Refusal::Log)?;
        let statement = &entry.statement;
        let custodian = self.authority().custodians().any(|key| *key == signer);
        if !entitled(&signer, custodian, &statement.key) {
            return Err(Refusal::Why(format!(
                "{index} was signed by somebody else, and only its author or a custodian can redact it"
            )));
        }
        let reach = within_reach(statement.class, entry.facts.known());
        if parts.without(reach).any() {
            return Err(Refusal::Why(match statement.class {
                Class::Genesis | Class::Governance => format!(
                    "{index} governs the ledger, and what governs it is never redacted; its source can be"
                ),
                Class::Evidence | Class::Amendment => format!(
                    "{index} redacts others, and without what it says nobody could tell; its source can be redacted"
                ),
            }));
        }
        let here = Parts {
            facts: !matches!(entry.facts, Disclosed::Absent),
            source: !matches!(entry.source, Disclosed::Absent),
        };
        let gone = parts.without(here);
        match gone.any() {
            true => Err(Refusal::Why(format!(
                "{index} does not show its {} any more",
                gone.words()
            ))),
            false => Ok(()),
        }
    }

    /// Takes up what the log was found to redact since the cache last knew, and finishes what is unfinished. Reads
    /// only the entries that are redacted, unless one of them is still here.
    pub(super) fn heed_redactions(&mut self) -> Result<(), WriteError> {
        self.settle_claims()?;
        let redacted: Vec<_> = self
            .cache
            .state
            .redacted
            .iter()
            .map(|(i, p)| (*i, *p))
            .collect();
        for (index, parts) in redacted {
            let entry = self.entry(index)?;
            let gone = Parts {
                facts: matches!(entry.facts, Disclosed::Absent),
                source: matches!(entry.source, Disclosed::Absent),
            };
            if parts.without(gone).any() {
                return match self.finish_redactions() {
                    // Nothing is erased below what is not sound, and nobody is kept from recording by it.
                    Err(WriteError::Redaction(_)) => Ok(()),
                    outcome => outcome,
                };
            }
        }
        Ok(())
    }

    /// Finds out whose entries the redactions name that were read.
    fn settle_claims(&mut self) -> Result<(), WriteError> {
        // Kept until all are looked into: meanwhile the cache may be written.
        for claim in self.cache.state.claims.clone() {
            for target in &claim.targets {
                let Some(index) = self.find_id(*target)?.filter(|index| *index < claim.by) else {
                    continue;
                };
                let entry = self.entry(index)?;
                let author = entry.statement.key;
                if !entitled(&claim.own.unwrap_or(author), claim.own.is_none(), &author) {
                    continue;
                }
                let reach = within_reach(entry.statement.class, entry.facts.known());
                let taken = claim.parts.and(reach);
                if taken.any() {
                    let known = self.cache.state.redacted.entry(index).or_default();
                    *known = known.or(taken);
                }
            }
        }
        self.cache.state.claims.clear();
        Ok(())
    }

    /// Erases everything that the log redacts and still holds.
    pub(super) fn finish_redactions(&mut self) -> Result<(), WriteError> {
        let (report, found) = verify_for_redaction(self.store);
        fit_to_rewrite(&report, self.head())?;
        if found.is_empty() {
            return Ok(());
        }
        let before = self.head();
        let end = find_end(self.store, None).map_err(unfinished)?;
        self.drop_derived()?;
        for round in found.chunks(ROUND) {
            let erase: BTreeMap<EntryIndex, Parts> =
                round.iter().map(|u| (u.what.entry, u.what.parts)).collect();
            self.remove_exhibits(&erase, &end)?;
            self.rewrite_segments(round, &erase)?;
        }
        // Places have moved, and labels may be gone.
        self.cache = Cache::empty(self.store, self.ledger());
        let end = find_end(self.store, None).map_err(unfinished)?;
        catch_up(self.store, &mut self.cache, end).map_err(|error| match error {
            WriteError::Log(error) => unfinished(error),
            other => other,
        })?;
        if self.head() != before {
            return Err(unfinished("somebody else has written to the log meanwhile"));
        }
        self.settle_claims()
    }

    /// Whether what these drafts name is gone: only then is a redaction acknowledged.
    pub(super) fn check_erased(&mut self, drafts: &[Draft]) -> Result<(), WriteError> {
        for (relation, targets) in drafts.iter().filter_map(|d| d.facts.amendment.as_ref()) {
            let Relation::Redacts { facts, source } = relation else {
                continue;
            };
            for target in targets {
                let Reference::Entry(id) = target else {
                    continue;
                };
                let Some(index) = self.find_id(*id)? else {
                    continue;
                };
                let entry = self.entry(index)?;
                let shown = Parts {
                    facts: *facts && !matches!(entry.facts, Disclosed::Absent),
                    source: *source && !matches!(entry.source, Disclosed::Absent),
                };
                if shown.any() {
                    return Err(unfinished(format!(
                        "{index} still shows its {}",
                        shown.words()
                    )));
                }
            }
        }
        Ok(())
    }

    /// Removes the files that hold copies of what entries say. Before anything else is erased: afterwards the log does
    /// not tell any more that they have to go.
    fn drop_derived(&self) -> Result<(), WriteError> {
        for folder in DERIVED {
            remove_files(self.store, folder, DEPTH)
                .map_err(|kept| unfinished(kept.words(folder)))?;
        }
        Ok(())
    }

    /// Removes the exhibits that only facts name which are being erased.
    fn remove_exhibits(
        &self,
        erase: &BTreeMap<EntryIndex, Parts>,
        end: &LogEnd,
    ) -> Result<(), WriteError> {
        let goes = |index: &EntryIndex| erase.get(index).is_some_and(|parts| parts.facts);
        let mut named: BTreeSet<ExhibitHash> = BTreeSet::new();
        for_facts(self.store, end, &mut |index, facts| {
            if goes(&index) {
                named.extend(facts.exhibits.iter().map(|exhibit| exhibit.hash));
            }
        })?;
        if named.is_empty() {
            return Ok(());
        }
        for_facts(self.store, end, &mut |index, facts| {
            if !goes(&index) {
                for exhibit in &facts.exhibits {
                    named.remove(&exhibit.hash);
                }
            }
        })?;
        let mut folders = BTreeSet::new();
        for hash in named {
            let path = exhibit_path(&hash);
            let Some((folder, name)) = path.rsplit_once('/') else {
                unreachable!("an exhibit lies in a folder");
            };
            // Listed first: nothing that is reached through a link belongs to the ledger.
            let found = match self.store.list(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => continue,
                found => found.map_err(io_error(folder))?,
            };
            if found
                .iter()
                .any(|f| f.name == name && f.kind == FoundKind::File)
            {
                self.store.remove(&path).map_err(io_error(&path))?;
            }
            if !found.is_empty() {
                folders.insert(folder.to_owned());
            }
        }
        for folder in folders {
            self.store.sync_folder(&folder).map_err(io_error(&folder))?;
        }
        Ok(())
    }

    fn rewrite_segments(
        &self,
        round: &[Unfinished],
        erase: &BTreeMap<EntryIndex, Parts>,
    ) -> Result<(), WriteError> {
        let segments: BTreeSet<u64> = round.iter().map(|u| u.at.0).collect();
        for segment in segments {
            rewrite(self.store, segment, erase)?;
        }
        Ok(())
    }
}

/// Why a target cannot be redacted.
enum Refusal {
    Log(WriteError),
    Why(String),
}

fn wrong_or(draft: usize) -> impl FnOnce(Refusal) -> WriteError {
    move |refusal| match refusal {
        Refusal::Log(error) => error,
        Refusal::Why(why) => WriteError::Draft {
            draft: draft + 1,
            why,
        },
    }
}

/// Refuses a log that is damaged or holds entries that nobody signed.
fn fit_to_rewrite(report: &Report, head: Head) -> Result<(), WriteError> {
    let problem = report.problems.iter().find(|problem| {
        problem.code != crate::verify::Code::RedactionUnfinished
            && matches!(
                problem.code.verdict(),
                None | Some(Verdict::Intact | Verdict::Attributable)
            )
    });
    match problem {
        Some(problem) => Err(WriteError::Redaction(problem.message.clone())),
        None if (report.entries, report.root) != (head.size, head.root) => Err(
            WriteError::Redaction("the log is not what was read before".into()),
        ),
        None if report.stopped || report.problem_count > report.problems.len() as u64 => {
            Err(WriteError::Redaction(
                "the log cannot be read to its end, or has too many problems".into(),
            ))
        }
        None => Ok(()),
    }
}

/// Calls `each` with the facts of every entry that shows them.
fn for_facts(
    store: &dyn Store,
    end: &LogEnd,
    each: &mut dyn FnMut(EntryIndex, &Facts),
) -> Result<(), WriteError> {
    let mut reader = LogReader::new(store, Position::START, end.clone());
    while let Some(chunk) = reader.next_chunk(usize::MAX).map_err(unfinished)? {
        for record in chunk.records() {
            let damaged = |why: String| unfinished(format!("{}: {why}", record.index));
            let content = parse_statement(&record)
                .and_then(|statement| parse_content(&record, &statement))
                .map_err(|e| damaged(e.to_string()))?;
            match content.facts.map_err(|e| damaged(e.to_string()))? {
                Disclosed::Present(facts) => each(record.index, &facts),
                Disclosed::Absent => {}
                Disclosed::Newer => {
                    return Err(WriteError::Redaction(format!(
                        "{} is in a newer form, and may name the same files: use a newer version of this program",
                        record.index
                    )));
                }
            }
        }
    }
    Ok(())
}

/// A derived file that cannot be removed.
struct Kept {
    path: String,
    error: io::Error,
}

impl Kept {
    fn words(&self, folder: &str) -> String {
        format!(
            "{} cannot be removed: {}. It may hold a copy of what is to be erased, and nothing is erased before it is gone. \
             Remove the folder {folder}, or have its owner remove it: it is made anew from the log",
            self.path, self.error
        )
    }
}

/// Removes the files in a folder and in those under it. Links are not followed.
fn remove_files(store: &dyn Store, folder: &str, depth: usize) -> Result<(), Kept> {
    let kept = |path: &str| {
        let path = path.to_owned();
        move |error| Kept { path, error }
    };
    let found = match store.list(folder) {
        // A link in its place: nothing there is ours.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(()),
        found => found.map_err(kept(folder))?,
    };
    for found in &found {
        let path = format!("{folder}/{}", found.name);
        match found.kind {
            // Whoever holds it goes on holding it.
            FoundKind::File if path == INDEX_LOCK => {}
            FoundKind::File => store.remove(&path).map_err(kept(&path))?,
            FoundKind::Folder if depth > 0 => remove_files(store, &path, depth - 1)?,
            FoundKind::Folder | FoundKind::Other => {}
        }
    }
    match found.is_empty() {
        true => Ok(()),
        false => store.sync_folder(folder).map_err(kept(folder)),
    }
}

/// Digest over what must not change: flags and leaves, in order.
#[derive(Default)]
struct Unchanged(Sha256);

impl Unchanged {
    fn heed(&mut self, header: RecordHeader, leaf: &Leaf) {
        self.0.update([header.flags]);
        self.0.update(leaf.0);
    }

    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// Puts a segment without these openings in the place of the segment.
fn rewrite(
    store: &dyn Store,
    segment: u64,
    erase: &BTreeMap<EntryIndex, Parts>,
) -> Result<(), WriteError> {
    let path = segment_path(segment);
    let new = rewriting_path(segment);
    let written = write_new(store, segment, &path, &new, erase);
    if written.is_err() {
        // It may not even have been made; the next writer removes it if this fails.
        let _ = store.remove(&new);
    }
    written?;
    store.rename(&new, &path).map_err(io_error(&path))?;
    store.sync_folder("log").map_err(io_error("log"))
}

fn write_new(
    store: &dyn Store,
    segment: u64,
    path: &str,
    new: &str,
    erase: &BTreeMap<EntryIndex, Parts>,
) -> Result<(), WriteError> {
    let blob = store.open(path).map_err(io_error(path))?;
    let length = blob.len().map_err(io_error(path))?;
    let header = read_segment_header(blob.as_ref(), path)
        .map_err(unfinished)?
        .ok_or_else(|| unfinished(format!("{path} is shorter than a segment header")))?;
    let first = Position {
        segment,
        offset: SEGMENT_HEADER_LEN as u64,
        index: EntryIndex(header.first),
    };
    let end = LogEnd {
        segment,
        offset: length,
        tail: None,
    };
    store.remove(new).map_err(io_error(new))?;
    let mut kept = Unchanged::default();
    let (mut out, mut at) = (header.encode().to_vec(), 0);
    let mut reader = LogReader::new(store, first, end);
    while let Some(chunk) = reader.next_chunk(usize::MAX).map_err(unfinished)? {
        for record in chunk.records() {
            record.check_crc().map_err(unfinished)?;
            kept.heed(record.header, &record.leaf());
            match erase.get(&record.index) {
                None => out.extend_from_slice(record.bytes),
                Some(parts) => {
                    erase_to(&mut out, &record, *parts)
                        .map_err(|error| unfinished(format!("{}: {error}", record.index)))?;
                }
            }
            if out.len() >= BLOCK {
                store.append(new, at, &out).map_err(io_error(new))?;
                at += out.len() as u64;
                out.clear();
            }
        }
    }
    store.append(new, at, &out).map_err(io_error(new))?;
    store.sync(new).map_err(io_error(new))?;
    // Read back: it takes the place of what nobody else may have.
    let mut read = Unchanged::default();
    let blob = store.open(new).map_err(io_error(new))?;
    walk_records(blob.as_ref(), new, |header, leaf| read.heed(header, leaf)).map_err(unfinished)?;
    match read.finish() == kept.finish() {
        true => Ok(()),
        false => Err(io_error(new)(io::Error::other(
            "what was written is not what was read back",
        ))),
    }
}

/// Removes what a writer that died left of a rewriting.
pub(super) fn clear_rewriting(store: &dyn Store) -> io::Result<()> {
    for found in store.list("log")? {
        if found.kind == FoundKind::File && found.name.ends_with(REWRITING) {
            store.remove(&format!("log/{}", found.name))?;
        }
    }
    Ok(())
}
