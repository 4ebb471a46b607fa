//! The pass over the log: everything that needs an entry's neighbours, in order.

use std::collections::{BTreeMap, HashMap};

use super::anchors;
use super::chain::{Chains, First, observed, root_problem, signature_problem};
use super::check::{Checked, check};
use super::exhibits::{BAD_MAX, Bad, Found, examine};
use super::fresh;
use super::heads::Heads;
use super::observed::{Roots, WrongRoot};
use super::redactions::{Absent, Redacting, Redactions, Unfinished};
use super::report::{Answer, Code, LastEntry, PresentedHead, Problem, Report, SigningKey, Verdict};
use super::times::Times;
use super::{NAMED_MAX, Options, PROBLEMS_MAX, Progress};
use crate::entry::{Content, Disclosed, EntryError};
use crate::exhibit::exhibit_path;
use crate::facts::Amendment;
use crate::governance::{Authority, Governance, Unauthorised};
use crate::ids::{
    AuthorKey, Class, EntryId, EntryIndex, ExhibitHash, ExhibitRef, LedgerId, Role, TreeSize,
};
use crate::log::{Chunk, LogEnd, LogError, LogReader, Position, find_end, lengths, segments};
use crate::opening::Part;
use crate::record::segment_path;
use crate::redaction::Parts;
use crate::signature::Verifier;
use crate::statement::{Head, Statement};
use crate::store::Store;

/// Characters that are kept of a title or a name.
const NAME_MAX: usize = 300;
/// Entries that are listed as naming a bad exhibit.
const NAMED_BY_MAX: usize = 100;

pub(super) struct Scan<'s> {
    store: &'s dyn Store,
    options: &'s Options<'s>,
    verifier: Verifier,
    report: Report,
    failed: [bool; 7],
    uncheckable: bool,
    /// Whether somebody was writing when the log's end was found.
    writing: bool,
    roots: Roots,
    authority: Authority,
    heads: Heads,
    anchors: anchors::Kept,
    times: Times,
    chains: Chains,
    counts: BTreeMap<AuthorKey, u64>,
    names: BTreeMap<AuthorKey, String>,
    exhibits: Found,
    /// Named exhibits, with the length that was stated first.
    named: HashMap<ExhibitHash, u64>,
    named_bad: BTreeMap<ExhibitHash, Vec<EntryIndex>>,
    unsound: u64,
    redactions: Redactions,
    unfinished: Vec<Unfinished>,
    /// Whether it is the one writer who looks: then exhibits are left aside, and no other commit is under way.
    for_writer: bool,
    unknown_facts: u64,
}

impl<'s> Scan<'s> {
    pub(super) fn new(store: &'s dyn Store, options: &'s Options<'s>) -> Self {
        Self {
            store,
            options,
            verifier: Verifier::new(),
            report: Report::empty(),
            failed: [false; 7],
            uncheckable: false,
            writing: false,
            roots: Roots::new(),
            authority: Authority::default(),
            heads: Heads::default(),
            anchors: anchors::Kept::default(),
            times: Times::default(),
            chains: Chains::default(),
            counts: BTreeMap::new(),
            names: BTreeMap::new(),
            exhibits: Found::default(),
            named: HashMap::new(),
            named_bad: BTreeMap::new(),
            unsound: 0,
            redactions: Redactions::default(),
            unfinished: Vec::new(),
            for_writer: false,
            unknown_facts: 0,
        }
    }

    /// The report, and whether it found problems while the log changed under it.
    pub(super) fn run(mut self) -> (Report, bool) {
        let store = self.store;
        let segments = || lengths(store, segments(store)?);
        let before = segments();
        self.look();
        if let (Err(error), []) = (&before, &self.report.problems[..]) {
            // What could not be read once is told, though it could be the next time.
            self.log_problem(error, None);
            return (self.finish(), false);
        }
        let report = self.finish();
        let changed = !report.problems.is_empty() && segments().ok() != before.ok();
        (report, changed)
    }

    /// Verifies all but the exhibits, and says what a writer has to erase.
    pub(super) fn run_for_redaction(mut self) -> (Report, Vec<Unfinished>) {
        self.for_writer = true;
        self.look();
        let unfinished = std::mem::take(&mut self.unfinished);
        (self.finish(), unfinished)
    }

    fn look(&mut self) {
        // Before the log: a writer may add entries and cover them while this reads.
        self.heads.read_checkpoint(self.store);
        self.anchors = anchors::Kept::read(self.store);
        let end = match self.find_end() {
            Ok(end) => end,
            Err(error) => {
                self.report.stopped = true;
                self.log_problem(&error, None);
                return;
            }
        };
        if !self.for_writer {
            self.examine();
        }
        let mut reader = LogReader::new(self.store, Position::START, end.clone());
        if let Err(error) = self.read(&mut reader, &end) {
            self.report.stopped = true;
            let index = EntryIndex(self.roots.size().0);
            self.log_problem(&error, Some(index));
        }
        self.tail(&end);
        match self.roots.settle(self.store, &end) {
            Ok(wrong) => self.wrong_roots(wrong),
            // The pass before met and reported the same.
            Err(_) => self.report.stopped = true,
        }
        self.still_here(&end);
    }

    fn examine(&mut self) {
        let tell = |bytes| self.options.tell(Progress::ExhibitBytes(bytes));
        match examine(self.store, &tell) {
            Ok(found) => self.exhibits = found,
            Err(error) => self.problem(
                Problem::new(
                    Code::Unreadable,
                    format!("exhibits cannot be read: {error}"),
                )
                .in_file("exhibits", None),
            ),
        }
    }

    /// Openings that are redacted and still here.
    fn still_here(&mut self, end: &LogEnd) {
        match self.redactions.unfinished(self.store, end) {
            Ok(found) => self.keep_unfinished(found),
            // The pass before met and reported the same.
            Err(_) if self.report.stopped => {}
            Err(error) => {
                self.report.stopped = true;
                self.log_problem(&error, None);
            }
        }
        if self.unfinished.is_empty() {
            return;
        }
        if self.store.is_locked().unwrap_or(false) {
            self.report.notices.push(format!(
                "somebody is writing: the redaction of {} entries is under way",
                self.unfinished.len()
            ));
            self.leave_aside_what_goes();
            return;
        }
        for unfinished in self.unfinished.clone() {
            self.problem(unfinished.problem());
        }
    }

    /// Finds the log's end, and whether somebody is writing behind it. A commit that was under way may be whole, and
    /// its writer gone, by the time the lock is looked at: then the end is looked for once more.
    fn find_end(&mut self) -> Result<LogEnd, LogError> {
        let end = find_end(self.store, None)?;
        if end.tail.is_none() {
            return Ok(end);
        }
        self.writing = !self.for_writer && self.store.is_locked().unwrap_or(false);
        match self.writing {
            true => Ok(end),
            false => find_end(self.store, None),
        }
    }

    /// Reads the log to its end: a chunk is checked on all cores while the one before is put in order.
    fn read(&mut self, reader: &mut LogReader<'_>, end: &LogEnd) -> Result<(), LogError> {
        let mut before = Vec::new();
        loop {
            let next: Result<Option<Chunk>, LogError> = reader.next_chunk(usize::MAX);
            if self.report.ledger.is_none() {
                self.report.ledger = reader.ledger();
                self.present_heads();
            }
            let chunk = match &next {
                Ok(Some(chunk)) => Some(chunk),
                Ok(None) | Err(_) => None,
            };
            let verifier = std::mem::take(&mut self.verifier);
            let (checked, taken) = rayon::join(
                || chunk.map(|chunk| check(chunk, &verifier)),
                || self.take(std::mem::take(&mut before), end),
            );
            self.verifier = verifier;
            taken?;
            match (next, checked) {
                (Err(error), _) => return Err(error),
                (Ok(_), Some(checked)) => before = checked,
                (Ok(_), None) => return Ok(()),
            }
        }
    }

    fn present_heads(&mut self) {
        let Some(ledger) = self.report.ledger else {
            return;
        };
        if let Err(problem) = self.heads.checkpoint(&ledger) {
            self.problem(*problem);
        }
        for pin in &self.options.pins {
            if let Err(problem) = self.heads.pin(&pin.checkpoint, &ledger) {
                self.problem(*problem);
            }
        }
        let anchors = std::mem::take(&mut self.anchors);
        let (problems, tokens) = anchors.present(&ledger, &mut self.heads, &mut self.report);
        for problem in problems {
            self.problem(problem);
        }
        self.times = Times::read(&tokens, self.options.tsa_roots);
        self.heads.await_roots(self.times.sizes());
        let empty = Head::empty();
        self.times.meet(&ledger, empty.size, empty.root);
        for (_, known) in &self.options.memories {
            self.heads.memory(known.head);
        }
    }

    /// Keeps what is unfinished, each entry once.
    fn keep_unfinished(&mut self, found: Vec<Unfinished>) {
        let mut all = BTreeMap::new();
        for new in std::mem::take(&mut self.unfinished)
            .into_iter()
            .chain(found)
        {
            all.entry(new.what.entry)
                .and_modify(|known: &mut Unfinished| {
                    known.what.parts = known.what.parts.or(new.what.parts);
                })
                .or_insert(new);
        }
        self.unfinished = all.into_values().collect();
    }

    /// An exhibit goes before the facts that name it: while that is under way it is not missing.
    fn leave_aside_what_goes(&mut self) {
        let goes = |index: &EntryIndex| {
            let mut unfinished = self.unfinished.iter();
            unfinished.any(|u| u.what.parts.facts && u.what.entry == *index)
        };
        let before = self.report.problems.len() as u64;
        self.report.problems.retain(|problem| {
            problem.code != Code::ExhibitMissing || !problem.named_by.iter().all(goes)
        });
        let left = &self.report.problems;
        if (left.len() as u64) < before {
            self.report.problem_count -= before - left.len() as u64;
            let incomplete = |p: &Problem| p.code.verdict() == Some(Verdict::Complete);
            self.failed[Verdict::Complete as usize] = left.iter().any(incomplete);
        }
    }

    /// Puts checked records in order.
    fn take(&mut self, checked: Vec<Checked>, end: &LogEnd) -> Result<(), LogError> {
        for record in checked {
            let (segment, offset) = record.at;
            let place = |problem: Problem| {
                let problem = problem.at(record.index);
                match problem.file {
                    // An exhibit's.
                    Some(_) => problem,
                    None => problem.in_file(segment_path(segment), Some(offset)),
                }
            };
            if let Err(error) = &record.crc {
                self.problem(place(Problem::new(Code::RecordDamaged, error.to_string())));
            }
            match (&record.statement, &record.content) {
                (Ok(statement), Some(content)) => {
                    for error in errors(content) {
                        self.problem(place(entry_problem(error)));
                    }
                    let mut found = Vec::new();
                    self.entry(&record, statement, content.as_ref().ok(), &mut found);
                    for problem in found {
                        self.problem(place(problem));
                    }
                }
                (Err(error), _) => self.problem(place(entry_problem(error))),
                (Ok(_), None) => unreachable!("content is given when the statement is"),
            }
            self.roots.push(record.leaf_hash);
            let roots = &mut self.roots;
            let root = self
                .heads
                .pass(roots.size(), || roots.root(), &self.authority);
            if let (Some(root), Some(ledger)) = (root, self.report.ledger) {
                self.times.meet(&ledger, self.roots.size(), root);
            }
            if self.redactions.is_full() {
                let found = self.redactions.unfinished(self.store, end)?;
                self.keep_unfinished(found);
            }
            if self.roots.is_full() {
                let wrong = self.roots.settle(self.store, end)?;
                self.wrong_roots(wrong);
            }
        }
        self.options.tell(Progress::Entries(self.roots.size().0));
        Ok(())
    }

    /// An entry with its neighbours: ledger, chain, observed head, authorisation, exhibits.
    fn entry(
        &mut self,
        record: &Checked,
        statement: &Statement,
        content: Option<&Content>,
        found: &mut Vec<Problem>,
    ) {
        let (index, id, key) = (record.index, record.id, statement.key);
        self.report.last = Some(LastEntry {
            index,
            id,
            recorded_at: statement.recorded_at,
        });
        found.extend(
            record
                .signature
                .and_then(|verdict| signature_problem(index, verdict)),
        );
        let named = match statement.class {
            Class::Genesis => LedgerId(id.0),
            _ => statement.ledger,
        };
        if let Some(ledger) = self.report.ledger
            && named != ledger
        {
            found.push(
                Problem::new(
                    Code::WrongLedger,
                    format!("{index} belongs to another ledger"),
                )
                .between(ledger, named),
            );
        }
        let first = match self.authority.author(&key) {
            Some(author) => First::After(author.admitted_by),
            None if statement.class == Class::Genesis => First::After(EntryId([0; 32])),
            // A key that never entered has no chain; that it signs is a problem by itself.
            None => First::NoChain,
        };
        self.chains.step(index, id, statement, first, found);
        observed(&mut self.roots, index, statement, found);
        let authorised = self.authorise(record, statement, content, found);
        self.heed_content(record, statement, content, authorised, found);
        self.times
            .entry(index, statement.observed.size, statement.recorded_at);
        if self.authority.author(&key).is_some() {
            *self.counts.entry(key).or_default() += 1;
        }
    }

    fn authorise(
        &mut self,
        record: &Checked,
        statement: &Statement,
        content: Option<&Content>,
        found: &mut Vec<Problem>,
    ) -> bool {
        let index = record.index;
        let facts = content.and_then(|c| c.facts.as_ref().ok());
        let source = content.and_then(|c| c.source.as_ref().ok());
        let absent = Disclosed::Absent;
        let governance = Governance::of_entry(statement.class, facts.unwrap_or(&absent))
            .unwrap_or_else(|error| {
                found.push(entry_problem(&EntryError::Facts(error)));
                Some(Governance::undisclosed(statement.class))
            });
        // Behind governance that cannot be read, what is allowed is unknown.
        let unread = self.authority.unread_at().is_some();
        let judged = self.authority.apply(
            index,
            record.id,
            &statement.key,
            statement.class,
            governance.as_ref(),
        );
        let authorised = judged.is_ok();
        if authorised
            && let (Some(Disclosed::Present(facts)), Some(source)) =
                (facts, source.and_then(Disclosed::known))
        {
            self.name(statement.key, facts, source);
        }
        if let Err(why) = judged
            && !unread
        {
            let code = match why {
                Unauthorised::UnknownKey => Code::UnknownKey,
                Unauthorised::Revoked(_) => Code::RevokedKey,
                Unauthorised::RoleForbids { .. } => Code::RoleForbids,
                Unauthorised::AdmittedTwice(_) => Code::AdmittedTwice,
                Unauthorised::RevokedUnknown(_) | Unauthorised::SuspectAhead(_) => {
                    Code::RevokedUnknown
                }
                Unauthorised::Unacceptable(_) => Code::KeyUnacceptable,
                Unauthorised::RosterWrong { .. } => Code::RosterWrong,
                Unauthorised::Full => Code::TooManyKeys,
                Unauthorised::Closed(_) => Code::AfterClose,
            };
            found.push(Problem::new(code, format!("{index}: {why}")));
        }
        authorised
    }

    /// Keeps the words of governance: the case's title and the names of keys' holders.
    fn name(
        &mut self,
        author: AuthorKey,
        facts: &crate::facts::Facts,
        source: &crate::opening::Source,
    ) {
        let named = match Governance::of(facts) {
            Ok(Governance::Genesis) => {
                let title = source.get("title");
                self.report.title = title.map(|t| t.chars().take(NAME_MAX).collect());
                Some(author)
            }
            Ok(Governance::Admitted(admitted)) => Some(admitted.key),
            _ => None,
        };
        if let (Some(key), Some(name)) = (named, source.get("name"))
            && self.names.len() < crate::governance::AUTHORS_MAX
        {
            let name = name.chars().take(NAME_MAX).collect();
            self.names.entry(key).or_insert(name);
        }
    }

    /// Exhibits that are named, openings that are absent, and redactions.
    fn heed_content(
        &mut self,
        record: &Checked,
        statement: &Statement,
        content: Option<&Content>,
        authorised: bool,
        found: &mut Vec<Problem>,
    ) {
        let Some(Content { facts, source }) = content else {
            return;
        };
        match facts {
            Ok(Disclosed::Present(facts)) => {
                for exhibit in &facts.exhibits {
                    self.exhibit(record.index, exhibit, found);
                    self.times.named(record.index, &exhibit.hash);
                }
                if let Some(amendment) = &facts.amendment
                    && authorised
                {
                    self.redact(record.index, statement.key, amendment);
                }
            }
            Ok(Disclosed::Newer) => self.unknown_facts += 1,
            Ok(Disclosed::Absent) | Err(_) => {}
        }
        let parts = Parts {
            facts: matches!(facts, Ok(Disclosed::Absent)),
            source: matches!(source, Ok(Disclosed::Absent)),
        };
        if parts.any() {
            let absent = Absent {
                index: record.index,
                key: statement.key,
                class: statement.class,
                parts,
            };
            found.extend(self.redactions.absent(record.id, absent));
        }
    }

    fn exhibit(&mut self, index: EntryIndex, exhibit: &ExhibitRef, found: &mut Vec<Problem>) {
        if self.for_writer {
            return;
        }
        let bad = self.exhibits.is_bad(&exhibit.hash);
        if bad && (self.named_bad.len() < BAD_MAX || self.named_bad.contains_key(&exhibit.hash)) {
            let named_by = self.named_bad.entry(exhibit.hash).or_default();
            if named_by.len() < NAMED_BY_MAX {
                named_by.push(index);
            }
        } else if bad {
            self.exhibits.more_bad = true;
        }
        let first = match self.named.get(&exhibit.hash) {
            Some(length) if bad || *length == exhibit.length => return,
            Some(_) => false,
            None if self.named.len() < NAMED_MAX => {
                self.named.insert(exhibit.hash, exhibit.length);
                true
            }
            None => {
                self.report.exhibits.more = true;
                true
            }
        };
        if bad {
            self.unsound += 1;
            return;
        }
        let path = exhibit_path(&exhibit.hash);
        let problem = match self.store.open(&path).and_then(|blob| blob.len()) {
            Ok(length) if length == exhibit.length => return,
            Ok(length) => Problem::new(
                Code::ExhibitLength,
                format!("{index} names {path} with another length"),
            )
            .between(exhibit.length, length),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Problem::new(
                Code::ExhibitMissing,
                format!("{path}, named by {index}, is not here"),
            )
            .between(format!("{} bytes", exhibit.length), "no file"),
            Err(error) => Problem::new(
                Code::Unreadable,
                format!("{path}, named by {index}, cannot be read: {error}"),
            ),
        };
        self.unsound += u64::from(first);
        let mut problem = problem.in_file(path, None);
        problem.named_by = vec![index];
        found.push(problem);
    }

    fn redact(&mut self, index: EntryIndex, by: AuthorKey, amendment: &Amendment) {
        let custodian = self
            .authority
            .author(&by)
            .is_some_and(|a| a.role == Role::Custodian && a.in_force());
        self.redactions.redact(&Redacting {
            by: index,
            key: by,
            custodian,
            known: self.authority.unread_at().is_none(),
            amendment,
        });
    }

    /// What stands behind the last complete commit.
    fn tail(&mut self, end: &LogEnd) {
        let Some(tail) = &end.tail else {
            return;
        };
        let path = segment_path(tail.segment);
        let problem = match tail.commit_at {
            Some(at) => {
                self.report.stopped = true;
                Problem::new(
                    Code::RecordDamaged,
                    format!(
                        "{path} at byte {}: {}, and whole entries follow at byte {at}",
                        tail.offset, tail.why
                    ),
                )
            }
            None if self.writing => {
                self.report.notices.push(format!(
                    "somebody is writing: {} bytes at the end of {path} are left aside",
                    tail.length
                ));
                return;
            }
            None => Problem::new(
                Code::TornTail,
                format!(
                    "{} bytes at the end of {path} are not a whole entry: {}",
                    tail.length, tail.why
                ),
            ),
        };
        let problem = problem.in_file(path, Some(tail.offset));
        // Reading may have met the same place.
        let known = |p: &Problem| p.file == problem.file && p.offset == problem.offset;
        if !self.report.problems.iter().any(known) {
            self.problem(problem.at(EntryIndex(self.roots.size().0)));
        }
    }

    fn wrong_roots(&mut self, wrong: Vec<WrongRoot>) {
        for wrong in wrong {
            self.problem(root_problem(&wrong).at(wrong.entry));
        }
    }

    fn log_problem(&mut self, error: &LogError, index: Option<EntryIndex>) {
        let mut problem = match error {
            LogError::NotALedger => Problem::new(Code::NotALedger, error.to_string()),
            LogError::Newer { path, .. } => {
                Problem::new(Code::NewerVersion, error.to_string()).in_file(path, Some(0))
            }
            LogError::Io { path, .. } => {
                Problem::new(Code::Unreadable, error.to_string()).in_file(path, None)
            }
            LogError::SegmentMissing { path } => {
                Problem::new(Code::SegmentMissing, error.to_string()).in_file(path, None)
            }
            LogError::SegmentHeader { path, .. } => {
                Problem::new(Code::SegmentHeader, error.to_string()).in_file(path, Some(0))
            }
            LogError::Record { path, offset, .. } => {
                Problem::new(Code::RecordDamaged, error.to_string()).in_file(path, Some(*offset))
            }
            LogError::Commit { path, offset, .. } => {
                Problem::new(Code::CommitBroken, error.to_string()).in_file(path, Some(*offset))
            }
        };
        problem.entry = index;
        self.problem(problem);
    }

    fn problem(&mut self, problem: Problem) {
        match problem.code.verdict() {
            Some(verdict) => self.failed[verdict as usize] = true,
            // A pin that cannot be used says nothing of the ledger.
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
        self.finish_exhibits();
        for problem in self.redactions.problems() {
            self.problem(problem);
        }
        self.report.redacted = self.redactions.count;
        self.report.redactions = std::mem::take(&mut self.redactions.listed);
        let heads = std::mem::take(&mut self.heads);
        if self.report.ledger.is_some() && !heads.checkpoint_found {
            self.report.notices.push(
                "there is no checkpoint: a ledger is begun with one, so it was taken away".into(),
            );
        }
        let presented = heads.finish(entries, root, &self.authority, self.report.stopped);
        for problem in presented.problems {
            self.problem(problem);
        }
        if self.unknown_facts > 0 {
            self.report.notices.push(format!(
                "what {} entries say is in a newer form than this program reads; that it is what was \
                 signed was checked",
                self.unknown_facts
            ));
        }
        self.report.entries = entries;
        self.report.root = root;
        if let (Some(demand), Some(ledger)) = (&self.options.demand, self.report.ledger) {
            let (cosigned, problems) =
                fresh::judge(demand, &presented.heads, &ledger, &self.authority);
            self.report.cosigned = Some(cosigned);
            for problem in problems {
                self.problem(problem);
            }
        }
        self.report.heads = presented.heads;
        let (problems, clocks) = self.times.finish(self.options.tsa_roots);
        self.report.clocks = clocks;
        for problem in problems {
            self.problem(problem);
        }
        self.report.closed_at = self.authority.closed_at();
        self.report.unread_governance = self.authority.unread_at();
        self.report.signing_keys = self.signing_keys();
        self.report.answers = self.answers(entries);
        self.report.tokens = self.times.tokens;
        self.report
    }

    fn finish_exhibits(&mut self) {
        let mut bad = std::mem::take(&mut self.exhibits.bad);
        for hash in self.named_bad.keys() {
            // Named, and its folder is a link or the like.
            bad.entry(*hash).or_insert(Bad::NotAFile);
        }
        if self.exhibits.more_bad {
            self.problem(
                Problem::new(
                    Code::ExhibitDigest,
                    "more files in exhibits/ are not what their names say than can be told apart",
                )
                .in_file("exhibits", None),
            );
        }
        let mut unnamed = 0u64;
        for (hash, what) in bad {
            match self.named_bad.remove(&hash) {
                Some(named_by) => {
                    let mut problem = what.problem(hash);
                    problem.entry = named_by.first().copied();
                    problem.named_by = named_by;
                    self.problem(problem);
                }
                None => unnamed += 1,
            }
        }
        if unnamed > 0 {
            self.report.notices.push(format!(
                "{unnamed} files in exhibits/ are not what their names say, and no entry names them"
            ));
        }
        for stray in std::mem::take(&mut self.exhibits.strays) {
            self.report
                .notices
                .push(format!("{stray} is not part of the ledger"));
        }
        self.report.exhibits.named = self.named.len() as u64;
        self.report.exhibits.sound = self.report.exhibits.named.saturating_sub(self.unsound);
    }

    fn signing_keys(&mut self) -> Vec<SigningKey> {
        let mut keys: Vec<_> = self
            .authority
            .authors()
            .filter_map(|(key, author)| {
                let entries = *self.counts.get(key)?;
                Some((
                    author.admitted_at,
                    SigningKey {
                        key: *key,
                        name: self.names.get(key).cloned(),
                        role: Some(author.role),
                        revoked_at: author.revoked_at,
                        suspect_from: author.suspect_from,
                        entries,
                    },
                ))
            })
            .collect();
        keys.sort_by_key(|(at, _)| *at);
        keys.into_iter().map(|(_, key)| key).collect()
    }

    fn answers(&self, entries: TreeSize) -> [Answer; 7] {
        let report = &self.report;
        let failed = |verdict: Verdict| self.failed[verdict as usize];
        let answer = |verdict: Verdict, otherwise: Answer| match failed(verdict) {
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
        // A head of another history, or one that nobody entitled signed, is none.
        let vouched = |h: &PresentedHead| {
            h.agrees == Some(true) && (h.signed_by.is_some() || h.note.is_none())
        };
        let complete = if heads.iter().any(|h| h.agrees.is_none()) {
            // The log breaks off below a head; where it was merely shorter, that is a problem of its own.
            Answer::Fail
        } else if heads.iter().any(vouched) && self.unknown_facts == 0 {
            Answer::Pass
        } else {
            // What entries say in a newer form may name exhibits that are not here.
            Answer::NotChecked
        };
        let sound = ![Verdict::Intact, Verdict::Attributable, Verdict::Authorised]
            .into_iter()
            .any(failed);
        let fresh = fresh::answer(&fresh::Evidence {
            heads,
            cosigned: report.cosigned.as_ref(),
            pins: self.options.pins.len(),
            closed: (report.closed_at.is_some() && sound && report.unread_governance.is_none())
                .then(|| whole(read)),
            failed: failed(Verdict::Fresh),
            stopped: report.stopped,
        });
        let mut answers = [Answer::NotChecked; 7];
        answers[Verdict::Intact as usize] = answer(Verdict::Intact, whole(read));
        answers[Verdict::Complete as usize] = answer(Verdict::Complete, whole(complete));
        answers[Verdict::Attributable as usize] = answer(Verdict::Attributable, read);
        let authorised = match report.unread_governance {
            Some(_) => Answer::NotChecked,
            None => read,
        };
        answers[Verdict::Authorised as usize] = answer(Verdict::Authorised, authorised);
        let timestamped = self
            .times
            .answer(self.options.tsa_roots, heads, entries, read);
        answers[Verdict::Timestamped as usize] = answer(Verdict::Timestamped, timestamped);
        answers[Verdict::Fresh as usize] = fresh;
        answers
    }
}

/// Everything that is wrong with what an entry says.
pub(crate) fn errors(content: &Result<Content, EntryError>) -> impl Iterator<Item = &EntryError> {
    let (whole, parts) = match content {
        Ok(content) => (
            None,
            [content.facts.as_ref().err(), content.source.as_ref().err()],
        ),
        Err(error) => (Some(error), [None, None]),
    };
    whole.into_iter().chain(parts.into_iter().flatten())
}

pub(crate) fn entry_problem(error: &EntryError) -> Problem {
    let code = match error {
        EntryError::Record(_) => Code::RecordDamaged,
        EntryError::Statement(_) => Code::StatementMalformed,
        EntryError::Genesis { .. } => Code::WrongLedger,
        EntryError::Openings(_) => Code::OpeningsMalformed,
        EntryError::Facts(_) => Code::FactsMalformed,
        EntryError::Source(_) => Code::SourceMalformed,
        EntryError::Commitment {
            part: Part::Facts, ..
        } => Code::FactsCommitment,
        EntryError::Commitment {
            part: Part::Source, ..
        } => Code::SourceCommitment,
    };
    let problem = Problem::new(code, error.to_string());
    match error {
        EntryError::Commitment {
            expected, actual, ..
        } => problem.between(expected, actual),
        _ => problem,
    }
}
