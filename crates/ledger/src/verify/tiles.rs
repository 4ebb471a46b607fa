//! Verifying the published form (FORMAT.md §21): what leaves can show, and that the tiles are those of the leaves.
//!
//! Streams the entry bundles; its memory is that of a few bundles and of a tile for each level.

use std::collections::{BTreeMap, HashSet};
use std::io;

use rayon::prelude::*;

use super::chain::{Chains, First, observed, root_problem, signature_problem};
use super::heads::Heads;
use super::observed::{Roots, WrongRoot};
use super::report::{Answer, Code, LastEntry, Problem, Report, SigningKey, Verdict};
use super::scan::entry_problem;
use super::{Options, PROBLEMS_MAX, Progress, fresh};
use crate::checkpoint::{CHECKPOINT_MAX, origin_of};
use crate::entry::{EntryError, statement_at};
use crate::governance::{AUTHORS_MAX, AuthorAdmitted, Authority, Governance};
use crate::ids::{AuthorKey, Class, EntryId, EntryIndex, LedgerId, Role, TreeHash, TreeSize};
use crate::note::VerifierKey;
use crate::proof::parse_checkpoint;
use crate::signature::{Signed, Verdict as SignatureVerdict, Verifier};
use crate::sshsig;
use crate::statement::{Leaf, Statement};
use crate::store::{Store, read_small};
use crate::tiles::{TILE_WIDTH, TileKind, TileName, Tiler, first_of, leaves_of, tile_bytes};

/// Bundles that are checked together.
const BUNDLES: u64 = 16;
/// Ids of governance entries that are kept, to know what a key's first entry may follow.
const ADMITTING_MAX: usize = 2 * AUTHORS_MAX;

/// Verifies a folder in the published form. `keys` are those of custodians that the caller believes; without any, genesis' key
/// is. A broken folder is a report, never an error.
pub fn verify_tiles(store: &dyn Store, options: &Options<'_>, keys: &[VerifierKey]) -> Report {
    Tiles::new(store, options).run(keys)
}

struct Tiles<'s> {
    store: &'s dyn Store,
    options: &'s Options<'s>,
    verifier: Verifier,
    report: Report,
    failed: [bool; 7],
    uncheckable: bool,
    roots: Roots,
    heads: Heads,
    /// The custodians that are believed.
    authority: Authority,
    chains: Chains,
    counts: BTreeMap<AuthorKey, (EntryIndex, u64)>,
    /// Entries that may have admitted a key; `None` once there were too many.
    admitting: Option<HashSet<EntryId>>,
}

/// A leaf after everything about it that needs no neighbour.
struct CheckedLeaf {
    id: EntryId,
    hash: TreeHash,
    statement: Result<Statement, EntryError>,
    signature: Option<SignatureVerdict>,
}

impl<'s> Tiles<'s> {
    fn new(store: &'s dyn Store, options: &'s Options<'s>) -> Self {
        let mut report = Report::empty();
        report.leaves_only = true;
        Self {
            store,
            options,
            verifier: Verifier::new(),
            report,
            failed: [false; 7],
            uncheckable: false,
            roots: Roots::new(),
            heads: Heads::default(),
            authority: Authority::default(),
            chains: Chains::default(),
            counts: BTreeMap::new(),
            admitting: Some(HashSet::new()),
        }
    }

    fn run(mut self, keys: &[VerifierKey]) -> Report {
        let Some((ledger, size)) = self.checkpoint() else {
            self.report.stopped = true;
            return self.finish();
        };
        self.report.ledger = Some(ledger);
        self.believe(keys, &ledger);
        self.heads.read_checkpoint(self.store);
        if let Err(problem) = self.heads.checkpoint(&ledger) {
            self.problem(*problem);
        }
        for pin in &self.options.pins {
            if let Err(problem) = self.heads.pin(&pin.checkpoint, &ledger) {
                self.problem(*problem);
            }
        }
        for (_, known) in &self.options.memories {
            self.heads.memory(known.head);
        }
        self.read(ledger, size);
        self.settle();
        self.finish()
    }

    /// The ledger and the size that the folder's checkpoint states.
    fn checkpoint(&mut self) -> Option<(LedgerId, TreeSize)> {
        let problem = match read_small(self.store, "checkpoint", CHECKPOINT_MAX as u64) {
            Ok(Some(bytes)) => match parse_checkpoint(&bytes) {
                Ok((ledger, checkpoint)) => return Some((ledger, checkpoint.head().size)),
                Err(error) => Problem::new(Code::CheckpointMalformed, error.to_string()),
            },
            Ok(None) => Problem::new(
                Code::NotALedger,
                "no published ledger here: there is no file checkpoint",
            ),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Problem::new(Code::CheckpointMalformed, error.to_string())
            }
            Err(error) => Problem::new(Code::Unreadable, error.to_string()),
        };
        self.problem(problem.in_file("checkpoint", None));
        None
    }

    /// Takes the caller's keys for the custodians.
    fn believe(&mut self, keys: &[VerifierKey], ledger: &LedgerId) {
        let origin = origin_of(ledger);
        let named: Vec<AuthorKey> = keys
            .iter()
            .filter(|key| *key.name() == origin)
            .map(VerifierKey::key)
            .collect();
        if let (None, Some(other)) = (named.first(), keys.first()) {
            let message = "the folder is of another ledger than the key you gave";
            let problem = Problem::new(Code::WrongLedger, message).between(other.name(), &origin);
            self.problem(problem.in_file("checkpoint", None));
        }
        for key in named {
            self.admit(key);
        }
    }

    fn admit(&mut self, key: AuthorKey) {
        let first = self.authority.authors().next().map(|(first, _)| *first);
        let (class, event, by) = match first {
            None => (Class::Genesis, Governance::Genesis, key),
            Some(by) => {
                let role = Role::Custodian;
                let admitted = Governance::Admitted(AuthorAdmitted { key, role });
                (Class::Governance, admitted, by)
            }
        };
        // A key that is given twice changes nothing.
        let _ = self
            .authority
            .apply(EntryIndex(0), EntryId([0; 32]), &by, class, Some(&event));
    }

    /// Reads the bundles and holds the tiles against them.
    fn read(&mut self, ledger: LedgerId, size: TreeSize) {
        let mut tiler = Tiler::default();
        let bundles = size.0.div_ceil(TILE_WIDTH as u64);
        let mut at = 0;
        while at < bundles && !self.report.stopped {
            let until = bundles.min(at + BUNDLES);
            let mut leaves = Vec::new();
            for bundle in at..until {
                match self.bundle(bundle, size) {
                    Some(more) => leaves.extend(more),
                    None => {
                        self.report.stopped = true;
                        break;
                    }
                }
            }
            self.take(&leaves, first_of(at), ledger, &mut tiler);
            at = until;
            self.options.tell(Progress::Entries(tiler.size().0));
        }
        if !self.report.stopped {
            let mut wrong = Vec::new();
            let _ = tiler.finish(&mut |name, hashes| {
                wrong.extend(self.compare(name, hashes));
                Ok::<(), ()>(())
            });
            for problem in wrong {
                self.problem(problem);
            }
        }
    }

    /// The leaves of a bundle.
    fn bundle(&mut self, index: u64, size: TreeSize) -> Option<Vec<Leaf>> {
        let width = (size.0 - first_of(index).0).min(TILE_WIDTH as u64) as usize;
        let kind = TileKind::Entries;
        let name = TileName { kind, index, width };
        let problem = match self.file(&name) {
            Ok(bytes) => match leaves_of(&bytes) {
                Some(leaves) => return Some(leaves),
                None => Problem::new(
                    Code::TileMalformed,
                    format!(
                        "{} holds something else than entries of 283 bytes",
                        name.path()
                    ),
                )
                .in_file(name.path(), None),
            },
            Err(problem) => *problem,
        };
        self.problem(problem.at(first_of(index)));
        None
    }

    /// A file of the length that it must have.
    fn file(&self, name: &TileName) -> Result<Vec<u8>, Box<Problem>> {
        let path = name.path();
        let wrong = |code, why: String| {
            Err(Box::new(
                Problem::new(code, format!("{path} {why}")).in_file(&path, None),
            ))
        };
        let blob = match self.store.open(&path) {
            Ok(blob) => blob,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return wrong(Code::TileMissing, "is not here".into());
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                return wrong(Code::TileMalformed, "is no regular file".into());
            }
            Err(error) => return wrong(Code::Unreadable, format!("cannot be read: {error}")),
        };
        let unread = |error: io::Error| wrong(Code::Unreadable, format!("cannot be read: {error}"));
        let found = match blob.len() {
            Ok(found) => found,
            Err(error) => return unread(error),
        };
        let expected = name.len();
        if found != expected as u64 {
            let why = format!("has {found} bytes, expected {expected}");
            return wrong(Code::TileMalformed, why);
        }
        let mut bytes = vec![0; expected];
        match blob.read_full_at(0, &mut bytes) {
            Ok(read) if read == expected => Ok(bytes),
            Ok(_) => wrong(Code::TileMalformed, "became shorter".into()),
            Err(error) => unread(error),
        }
    }

    fn compare(&self, name: TileName, hashes: &[TreeHash]) -> Option<Problem> {
        match self.file(&name) {
            Err(problem) => Some(*problem),
            Ok(bytes) => (bytes != tile_bytes(hashes)).then(|| {
                let path = name.path();
                let message = format!("{path} does not hold the hashes that the entries give");
                Problem::new(Code::TileHash, message).in_file(path, None)
            }),
        }
    }

    /// Puts leaves in order.
    fn take(&mut self, leaves: &[Leaf], first: EntryIndex, ledger: LedgerId, tiler: &mut Tiler) {
        let checked: Vec<CheckedLeaf> = leaves
            .par_chunks(TILE_WIDTH)
            .enumerate()
            .flat_map_iter(|(slice, leaves)| {
                let first = EntryIndex(first.0 + (slice * TILE_WIDTH) as u64);
                check(leaves, first, &self.verifier)
            })
            .collect();
        for (index, leaf) in (first.0..).map(EntryIndex).zip(checked) {
            let mut found = Vec::new();
            match &leaf.statement {
                Ok(statement) => self.entry(index, &leaf, statement, ledger, &mut found),
                Err(error) => found.push(entry_problem(error)),
            }
            for problem in found {
                let kind = TileKind::Entries;
                let bundle = index.0 / TILE_WIDTH as u64;
                let width = TILE_WIDTH;
                let name = TileName {
                    kind,
                    index: bundle,
                    width,
                };
                self.problem(problem.at(index).in_file(name.path(), None));
            }
            self.roots.push(leaf.hash);
            let mut wrong = Vec::new();
            let _ = tiler.push(leaf.hash, &mut |name, hashes| {
                wrong.extend(self.compare(name, hashes));
                Ok::<(), ()>(())
            });
            for problem in wrong {
                self.problem(problem);
            }
            let roots = &mut self.roots;
            self.heads
                .pass(roots.size(), || roots.root(), &self.authority);
            if self.roots.is_full() {
                self.settle();
            }
        }
    }

    fn entry(
        &mut self,
        index: EntryIndex,
        leaf: &CheckedLeaf,
        statement: &Statement,
        ledger: LedgerId,
        found: &mut Vec<Problem>,
    ) {
        let (id, key) = (leaf.id, statement.key);
        self.report.last = Some(LastEntry {
            index,
            id,
            recorded_at: statement.recorded_at,
        });
        found.extend(
            leaf.signature
                .and_then(|verdict| signature_problem(index, verdict)),
        );
        let named = match statement.class {
            Class::Genesis => LedgerId(id.0),
            Class::Governance | Class::Evidence | Class::Amendment => statement.ledger,
        };
        if named != ledger {
            let message = format!("{index} belongs to another ledger");
            found.push(Problem::new(Code::WrongLedger, message).between(ledger, named));
        }
        if statement.class == Class::Genesis && self.authority.authors().next().is_none() {
            self.admit(key);
        }
        if self.chains.knows(&key) || self.chains.len() < AUTHORS_MAX {
            let first = self.first(statement);
            self.chains.step(index, id, statement, first, found);
            self.counts.entry(key).or_insert((index, 0)).1 += 1;
        } else {
            self.uncheckable = true;
        }
        if matches!(statement.class, Class::Genesis | Class::Governance)
            && let Some(admitting) = &mut self.admitting
        {
            admitting.insert(id);
            if admitting.len() > ADMITTING_MAX {
                self.admitting = None;
            }
        }
        observed(&mut self.roots, index, statement, found);
    }

    /// What a key's first entry must be, as far as leaves tell: which entry admitted it is withheld, but it is one of
    /// governance below.
    fn first(&self, statement: &Statement) -> First {
        let zero = EntryId([0; 32]);
        match &self.admitting {
            _ if statement.class == Class::Genesis => First::After(zero),
            None => First::After(statement.prev),
            Some(admitting) if admitting.contains(&statement.prev) => First::After(statement.prev),
            Some(_) => First::After(zero),
        }
    }

    /// Settles observed heads that lagged far, by reading the bundles again.
    fn settle(&mut self) {
        let size = self.roots.size();
        let mut at = 0;
        let settled = {
            let mut roots = std::mem::replace(&mut self.roots, Roots::new());
            let wrong = roots.settle_from(|| {
                if first_of(at) >= EntryIndex(size.0) {
                    return Ok(None);
                }
                let leaves = self.bundle_again(at, size);
                at += 1;
                leaves.map(Some)
            });
            self.roots = roots;
            wrong
        };
        match settled {
            Ok(wrong) => self.wrong_roots(&wrong),
            Err(()) => self.report.stopped = true,
        }
    }

    /// Leaf hashes of a bundle that was read before; its width may be that of the checkpoint's tree.
    fn bundle_again(&self, index: u64, read: TreeSize) -> Result<Vec<TreeHash>, ()> {
        let kind = TileKind::Entries;
        let last = self.heads_size().max(read);
        let width = (last.0 - first_of(index).0).min(TILE_WIDTH as u64) as usize;
        let bytes = self
            .file(&TileName { kind, index, width })
            .map_err(|_| ())?;
        let leaves = leaves_of(&bytes).ok_or(())?;
        let left = (read.0 - first_of(index).0).min(TILE_WIDTH as u64) as usize;
        Ok(leaves.iter().take(left).map(Leaf::hash).collect())
    }

    /// The size of the folder's own checkpoint.
    fn heads_size(&self) -> TreeSize {
        self.heads.own_size().unwrap_or(TreeSize(0))
    }

    fn wrong_roots(&mut self, wrong: &[WrongRoot]) {
        for wrong in wrong {
            self.problem(root_problem(wrong).at(wrong.entry));
        }
    }

    fn problem(&mut self, problem: Problem) {
        match problem.code.verdict() {
            Some(verdict) => self.failed[verdict as usize] = true,
            None => self.uncheckable |= problem.code != Code::PinUnusable,
        }
        self.report.problem_count += 1;
        if self.report.problems.len() < PROBLEMS_MAX {
            self.report.problems.push(problem);
        }
    }

    fn finish(mut self) -> Report {
        let entries = self.roots.size();
        let root = self.roots.root();
        let heads = std::mem::take(&mut self.heads);
        let presented = heads.finish(entries, root, &self.authority, self.report.stopped);
        for problem in presented.problems {
            self.problem(problem);
        }
        if let (Some(demand), Some(ledger)) = (&self.options.demand, self.report.ledger) {
            let (cosigned, problems) =
                fresh::judge(demand, &presented.heads, &ledger, &self.authority);
            self.report.cosigned = Some(cosigned);
            for problem in problems {
                self.problem(problem);
            }
        }
        self.report.entries = entries;
        self.report.root = root;
        self.report.heads = presented.heads;
        let mut keys: Vec<_> = std::mem::take(&mut self.counts).into_iter().collect();
        keys.sort_by_key(|(_, (first, _))| *first);
        self.report.signing_keys = keys
            .into_iter()
            .map(|(key, (_, entries))| SigningKey {
                key,
                name: None,
                role: None,
                revoked_at: None,
                suspect_from: None,
                entries,
            })
            .collect();
        self.report.answers = self.answers(entries);
        self.report
    }

    fn answers(&self, entries: TreeSize) -> [Answer; 7] {
        let report = &self.report;
        let answer = |verdict: Verdict, otherwise: Answer| match self.failed[verdict as usize] {
            true => Answer::Fail,
            false => otherwise,
        };
        let nothing = entries.0 == 0;
        let read = match (nothing, report.stopped) {
            (true, _) => Answer::NotChecked,
            (false, true) => Answer::Partly,
            (false, false) => Answer::Pass,
        };
        let whole = |otherwise| match self.uncheckable || nothing {
            true => Answer::NotChecked,
            false => otherwise,
        };
        let heads = &report.heads;
        let complete = if heads.iter().any(|head| head.agrees.is_none()) {
            Answer::Fail
        } else if heads
            .iter()
            .any(|head| head.agrees == Some(true) && head.signed_by.is_some())
        {
            Answer::Pass
        } else {
            Answer::NotChecked
        };
        let mut answers = [Answer::NotChecked; 7];
        answers[Verdict::Intact as usize] = answer(Verdict::Intact, whole(read));
        answers[Verdict::Complete as usize] = answer(Verdict::Complete, whole(complete));
        answers[Verdict::Attributable as usize] = answer(Verdict::Attributable, read);
        answers[Verdict::Authorised as usize] = match nothing {
            true => Answer::NotChecked,
            false => Answer::Withheld,
        };
        answers[Verdict::Fresh as usize] = fresh::answer(&fresh::Evidence {
            heads,
            cosigned: report.cosigned.as_ref(),
            pins: self.options.pins.len(),
            closed: None,
            stopped: report.stopped,
            failed: self.failed[Verdict::Fresh as usize],
        });
        answers
    }
}

/// Checks leaves by themselves, in their order.
fn check(leaves: &[Leaf], first: EntryIndex, verifier: &Verifier) -> Vec<CheckedLeaf> {
    let mut checked: Vec<CheckedLeaf> = leaves
        .iter()
        .zip(first.0..)
        .map(|(leaf, index)| CheckedLeaf {
            id: leaf.entry_id(),
            hash: leaf.hash(),
            statement: statement_at(leaf, EntryIndex(index)),
            signature: None,
        })
        .collect();
    let messages: Vec<_> = leaves
        .iter()
        .map(|leaf| sshsig::signed_bytes(leaf.statement()))
        .collect();
    let (places, signed): (Vec<usize>, Vec<Signed<'_>>) = checked
        .iter()
        .enumerate()
        .filter_map(|(place, leaf)| {
            let key = &leaf.statement.as_ref().ok()?.key;
            let (message, signature) = (&messages[place], leaves[place].signature());
            Some((
                place,
                Signed {
                    key,
                    message,
                    signature,
                },
            ))
        })
        .unzip();
    let verdicts = verifier.verify(&signed);
    for (place, verdict) in places.into_iter().zip(verdicts) {
        checked[place].signature = Some(verdict);
    }
    checked
}
