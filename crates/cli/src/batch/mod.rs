//! From lines of JSON to one durable commit: everything is checked before anything is written, and
//! all of it is recorded or nothing.
//!
//! Lines are read twice: first to check them, with stand-ins for files that are still outside of
//! the ledger, then with those files taken in. So a malformed line costs no copying and leaves no
//! trace.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use seaproof_evidence::Event;
use seaproof_evidence::batch::{Line, Resolve, read_line};
use seaproof_evidence::quotes::{Cited, Files, check_quotes};
use seaproof_ledger::facts::Reference;
use seaproof_ledger::governance::{Authority, Governance};
use seaproof_ledger::ids::{AuthorKey, Class, EntryIndex, ExhibitRef, Timestamp};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::Store;
use seaproof_ledger::writer::{Draft, WriteError};

use crate::error::{Error, Kind, Result};
use crate::input::things_bar;
use crate::keyring::KeyArgs;
use crate::names::EntryName;
use crate::recording::{Recorded, Session};

mod files;
mod lookup;
mod past;
mod places;
mod references;

use files::Planned;
pub use files::{Given, remove_unnamed};
pub use lookup::{Known, Lookup};
use past::Past;
pub use places::fill_places;

/// Lines to record, and where the paths in them begin.
pub struct Batch<'a> {
    /// Each with its number, from 1.
    pub lines: Vec<(usize, &'a str)>,
    /// The folder that paths are relative to.
    pub base: &'a Path,
    /// Whether there are others beside the one line: then errors say which.
    pub numbered: bool,
    /// Files that lines name otherwise than by their path.
    pub given: &'a [Given],
}

/// Who wants to record, and whether that is allowed.
pub struct Author<'a> {
    pub authority: &'a Authority,
    pub key: AuthorKey,
    pub next: EntryIndex,
}

impl<'a> Author<'a> {
    /// The one whose key would sign what is recorded next, if it can be known without a passphrase.
    pub fn of(reader: &'a Reader<'_>, key: &KeyArgs) -> Option<Self> {
        Some(Self {
            authority: reader.authority(),
            key: key.public()?,
            next: EntryIndex(reader.head().size.0),
        })
    }
}

impl Batch<'_> {
    /// Checks every line: form, rules, names, labels, files, quotes. Writes nothing.
    pub fn check(
        &self,
        store: &dyn Store,
        ledger: &mut dyn Lookup,
        author: Option<&Author<'_>>,
    ) -> Result<Planned> {
        let mut names = Names::new(store, ledger, Planned::new(self.base, self.given));
        let bar = things_bar(self.lines.len() as u64, "checking lines");
        for (number, text) in &self.lines {
            let line = names
                .read(text, *number)
                .map_err(|e| self.place(*number, e))?;
            let at = |what: Error| self.place(*number, what);
            if self.numbered && matches!(line.event, Event::Redacted(_)) {
                return Err(at(Error::input(
                    "a batch redacts nothing: `seaproof redact` does, and finds what must go besides",
                )));
            }
            if let Some(author) = author {
                let event = (line.class == Class::Governance).then_some(Governance::RuleSet);
                author
                    .authority
                    .check(author.next, &author.key, line.class, event.as_ref())
                    .map_err(|why| at(Error::new(Kind::Ledger, why.to_string())))?;
            }
            let quotes = check_quotes(
                &line.event,
                &mut Quoted {
                    names: &mut names,
                    line: &line,
                },
            );
            quotes.map_err(|broken| at(Error::input(broken.to_string())))?;
            names.check_references(&line, *number, author).map_err(at)?;
            names.keep(line, *number).map_err(at)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(names.planned)
    }

    /// Checks every line and records them as one commit.
    pub fn record(&self, session: &mut Session<'_>, now: Timestamp) -> Result<Vec<Recorded>> {
        let store = session.writer.store();
        let authority = session.writer.authority().clone();
        let author = Author {
            authority: &authority,
            key: session.key(),
            next: EntryIndex(session.writer.head().size.0),
        };
        let mut planned = self.check(store, &mut session.writer, Some(&author))?;
        let outcome = planned
            .take_in(store)
            .and_then(|()| self.commit(session, &mut planned, now));
        if outcome.is_err() {
            planned.take_back(store);
        }
        outcome
    }

    fn commit(
        &self,
        session: &mut Session<'_>,
        planned: &mut Planned,
        now: Timestamp,
    ) -> Result<Vec<Recorded>> {
        let store = session.writer.store();
        let taken = std::mem::replace(planned, Planned::new(self.base, self.given));
        let mut names = Names::new(store, &mut session.writer, taken);
        let mut drafts: Vec<Draft> = Vec::with_capacity(self.lines.len());
        let mut read = Ok(());
        for (number, text) in &self.lines {
            match names.read(text, *number) {
                Ok(line) => {
                    drafts.push(line.clone().into_draft(now));
                    read = names.keep(line, *number);
                }
                Err(error) => read = Err(error),
            }
            if read.is_err() {
                break;
            }
        }
        *planned = names.planned;
        read?;
        let bar = crate::input::spinner("signing and writing");
        let written = session.append(&drafts).map_err(|error| {
            let line = |draft: usize| {
                draft
                    .checked_sub(1)
                    .and_then(|i| self.lines.get(i))
                    .map_or(draft, |(number, _)| *number)
            };
            match error {
                WriteError::Draft { draft, why } => self.place(line(draft), Error::input(why)),
                WriteError::Unauthorised { draft, source } => {
                    self.place(line(draft), Error::new(Kind::Ledger, source.to_string()))
                }
                other => other.into(),
            }
        })?;
        bar.finish_and_clear();
        Ok(written
            .into_iter()
            .zip(drafts)
            .map(|(written, draft)| Recorded {
                written,
                label: draft.facts.label,
                kind: draft.facts.kind,
            })
            .collect())
    }

    /// Says which line an error is about.
    fn place(&self, number: usize, error: Error) -> Error {
        match self.numbered {
            true => error.at(format_args!("line {number}")),
            false => error,
        }
    }
}

/// The names in a batch: labels of its own lines, entries of the ledger, files.
struct Names<'l> {
    store: &'l dyn Store,
    ledger: &'l mut dyn Lookup,
    planned: Planned,
    /// Labels of the lines so far: the line's number and its draft's.
    labels: BTreeMap<String, (usize, usize)>,
    /// The lines so far.
    lines: Vec<Kept>,
    /// How the entries that the lines refer to are named in them.
    called: HashMap<Reference, String>,
    /// What later entries did to earlier ones; read when it is first needed.
    past: Option<Past>,
    /// The references of the rows of lists that lines name; `None` for what is no list that can be read.
    rows: HashMap<ExhibitRef, Option<HashSet<String>>>,
    /// A failure that is not the line's.
    failure: Option<Error>,
}

/// What those after a line must know of it.
struct Kept {
    kind: String,
    exhibits: Vec<ExhibitRef>,
}

impl<'l> Names<'l> {
    fn new(store: &'l dyn Store, ledger: &'l mut dyn Lookup, planned: Planned) -> Self {
        Self {
            store,
            ledger,
            planned,
            labels: BTreeMap::new(),
            lines: Vec::new(),
            called: HashMap::new(),
            past: None,
            rows: HashMap::new(),
            failure: None,
        }
    }

    fn read(&mut self, text: &str, number: usize) -> Result<Line> {
        let line = read_line(text, number, self);
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => line.map_err(|error| {
                let field = match error.at.is_empty() {
                    true => String::new(),
                    false => format!("{}: ", error.at),
                };
                Error::input(format!("{field}{}", error.problem))
            }),
        }
    }

    /// Makes a line known to those after it.
    fn keep(&mut self, line: Line, number: usize) -> Result<()> {
        if let Some(label) = &line.facts.label {
            if let Some((other, _)) = self.labels.get(label) {
                return Err(Error::input(format!(
                    "the label {label:?} is that of line {other} already"
                )));
            }
            if let Some(index) = self.ledger.labelled(label)? {
                return Err(Error::input(format!(
                    "the label {label:?} belongs to {index} already; choose another"
                )));
            }
            self.labels
                .insert(label.clone(), (number, self.lines.len()));
        }
        self.lines.push(Kept {
            kind: line.facts.kind,
            exhibits: line.facts.exhibits,
        });
        Ok(())
    }

    fn past(&mut self) -> Result<&mut Past> {
        if self.past.is_none() {
            self.past = Some(Past::read(self.store, self.ledger)?);
        }
        match &mut self.past {
            Some(past) => Ok(past),
            None => unreachable!("it was just read"),
        }
    }

    /// The files of an entry, with those found for it later.
    fn files_of(&mut self, of: Reference) -> Result<Vec<ExhibitRef>> {
        let mut files = match of {
            Reference::Draft(draft) => self
                .lines
                .get(draft)
                .map(|kept| kept.exhibits.clone())
                .unwrap_or_default(),
            Reference::Entry(id) => self
                .ledger
                .about(id)?
                .map(|about| about.exhibits)
                .unwrap_or_default(),
        };
        for file in self.past()?.attached(of) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        Ok(files)
    }
}

impl Resolve for Names<'_> {
    fn entry(&mut self, name: &str) -> Result<Reference, String> {
        if let Some((_, draft)) = self.labels.get(name) {
            let draft = Reference::Draft(*draft);
            self.called.insert(draft, name.to_owned());
            return Ok(draft);
        }
        let name: EntryName = name.parse()?;
        self.ledger
            .find(&name)
            .map(|id| {
                let entry = Reference::Entry(id);
                self.called.insert(entry, name.to_string());
                entry
            })
            .map_err(|error| {
                let text = error.message().to_owned();
                if !error.is_input() {
                    self.failure = Some(error);
                }
                format!("{text}; a label must stand in an earlier line or in the ledger")
            })
    }

    fn file(&mut self, path: &str) -> Result<ExhibitRef, String> {
        self.planned.find(path, self.store)
    }
}

/// The files that a line quotes.
struct Quoted<'n, 'l> {
    names: &'n mut Names<'l>,
    line: &'n Line,
}

impl Files for Quoted<'_, '_> {
    fn open(&mut self, cited: Cited) -> Result<Option<Box<dyn Read + '_>>, String> {
        let facts = &self.line.facts;
        let exhibit = match cited {
            Cited::Exhibit(slot) => facts.exhibits.get(usize::from(slot.0)).copied(),
            Cited::OnlyFileOf(slot) => {
                let held = match facts.refs.get(usize::from(slot.0)) {
                    Some(of) => self.names.files_of(*of).map_err(|error| error.sentence())?,
                    None => Vec::new(),
                };
                match held[..] {
                    [] => None,
                    [only] => Some(only),
                    _ => {
                        return Err("the entry holds several files: say which with \"file\"".into());
                    }
                }
            }
        };
        match exhibit {
            Some(exhibit) => self.names.planned.open(exhibit, self.names.store).map(Some),
            None => Ok(None),
        }
    }
}
