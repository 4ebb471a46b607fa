//! The state as bytes, so that replay goes on from it instead of from the first entry.
//!
//! Derived and disposable: a layout of this version of the program alone, never hashed or signed. Whoever
//! keeps it also keeps a checksum; here every number is checked before it is used, so that damaged bytes give an
//! error and no panic, and claim no memory that they do not fill themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::num::NonZeroU32;

use seaproof_evidence::{
    AuthorKey, Class, EntryId, EntryIndex, Event, ExhibitHash, ExhibitRef, Role, Standing,
    Timestamp,
};

use crate::state::{At, Bearing, Body, Encoded, Entry, How, Notice, Problem, Rare, Refs, State};

/// Changes whenever this layout does.
const LAYOUT: u32 = 1;
/// A text or list in a single entry; an event has at most 1 MiB.
const SMALL: u64 = 1 << 21;

impl State {
    /// Writes the state.
    ///
    /// # Errors
    /// As the writer says.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = Out(out);
        out.u32(LAYOUT)?;
        out.u64(Event::KINDS.len() as u64)?;
        for (kind, _) in Event::KINDS {
            out.bytes(kind.as_bytes())?;
        }
        out.u64(self.authors.len() as u64)?;
        for author in &self.authors {
            out.raw(&author.0)?;
        }
        out.bytes(&self.bytes)?;
        out.u64(self.refs.len() as u64)?;
        for at in &self.refs {
            out.at(*at)?;
        }
        out.u64(self.entries.len() as u64)?;
        for entry in &self.entries {
            out.entry(entry)?;
        }
        out.u64(self.notices.len() as u64)?;
        for notice in &self.notices {
            out.u64(notice.entry.0)?;
            out.problem(&notice.problem)?;
        }
        Ok(())
    }

    /// Reads what [`Self::write_to`] wrote.
    ///
    /// # Errors
    /// As the reader says; `InvalidData` if it is not a state of this version.
    pub fn read_from(input: &mut dyn Read) -> io::Result<Self> {
        let mut input = In {
            input,
            kinds: Vec::new(),
            lists: BTreeMap::new(),
            words: BTreeSet::new(),
        };
        if input.u32()? != LAYOUT {
            return Err(bad());
        }
        for _ in 0..input.count()? {
            let kind = input.text()?;
            let known = Event::KINDS.iter().find(|(known, _)| *known == kind);
            input.kinds.push(known.ok_or_else(bad)?.0);
        }
        let mut state = Self::new();
        for place in 0..input.count()? {
            let author = AuthorKey(input.array()?);
            state.authors.push(author);
            let place = u32::try_from(place).map_err(|_| bad())?;
            if state.author_places.insert(author, place).is_some() {
                return Err(bad());
            }
        }
        state.bytes = input.bytes(u64::MAX)?;
        for _ in 0..input.count()? {
            let at = input.at()?;
            state.refs.push(at);
        }
        let entries = input.count()?;
        for _ in 0..entries {
            let entry = input.entry(&state)?;
            state.take(entry)?;
        }
        let known = |at: Option<At>| at.is_none_or(|at| (at.position() as u64) < entries);
        if !state.refs.iter().copied().all(known) {
            return Err(bad());
        }
        for _ in 0..input.count()? {
            let entry = EntryIndex(input.u64()?);
            let problem = input.problem()?;
            state.notices.push(Notice { entry, problem });
        }
        match input.input.read(&mut [0])? {
            0 => Ok(state),
            _ => Err(bad()),
        }
    }

    /// Appends an entry that was read, with what is found by it.
    fn take(&mut self, entry: Entry) -> io::Result<()> {
        let at = At::new(self.entries.len());
        if let Some(label) = entry.label()
            && self.labels.insert(label.to_owned(), at).is_some()
        {
            return Err(bad());
        }
        self.push(entry);
        Ok(())
    }
}

fn bad() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "not a state of this version of the program",
    )
}

struct Out<'a>(&'a mut dyn Write);

impl Out<'_> {
    fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn u8(&mut self, value: u8) -> io::Result<()> {
        self.raw(&[value])
    }

    fn u16(&mut self, value: u16) -> io::Result<()> {
        self.raw(&value.to_le_bytes())
    }

    fn u32(&mut self, value: u32) -> io::Result<()> {
        self.raw(&value.to_le_bytes())
    }

    fn u64(&mut self, value: u64) -> io::Result<()> {
        self.raw(&value.to_le_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.u64(bytes.len() as u64)?;
        self.raw(bytes)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.bytes(text.as_bytes())
    }

    fn at(&mut self, at: Option<At>) -> io::Result<()> {
        self.u32(at.map_or(0, |at| at.position() as u32 + 1))
    }

    fn kind(&mut self, kind: &str) -> io::Result<()> {
        let place = Event::KINDS.iter().position(|(known, _)| *known == kind);
        self.u16(place.unwrap_or(usize::from(u16::MAX)) as u16)
    }

    fn encoded(&mut self, encoded: &Encoded) -> io::Result<()> {
        self.kind(encoded.kind)?;
        self.u16(encoded.version)?;
        self.u32(encoded.length)?;
        self.u64(encoded.start as u64)
    }

    fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.u64(entry.index.0)?;
        self.raw(&entry.id.0)?;
        let role = match entry.standing.role {
            None => 0,
            Some(Role::Custodian) => 1,
            Some(Role::Investigator) => 2,
            Some(Role::Witness) => 3,
        };
        let marks = [
            entry.standing.authorised,
            entry.standing.suspect,
            entry.misplaced,
            entry.rare.is_some(),
        ];
        let marks = (0..).zip(marks).map(|(i, set)| u8::from(set) << i);
        self.u8(role << 4 | marks.sum::<u8>())?;
        self.u8(entry.class as u8)?;
        self.u64(entry.recorded_at.0 as u64)?;
        self.u32(entry.author)?;
        self.at(entry.subject)?;
        match &entry.body {
            Body::Event(encoded) => {
                self.u8(0)?;
                self.encoded(encoded)?;
            }
            Body::OfTheLog => self.u8(1)?,
            Body::Unknown { kind, version } => {
                self.u8(2)?;
                self.text(kind)?;
                self.u16(*version)?;
            }
            Body::Malformed { why } => {
                self.u8(3)?;
                self.text(why)?;
            }
            Body::Withheld => self.u8(4)?,
            Body::NewerEnvelope => self.u8(5)?,
        }
        self.u64(entry.refs.start as u64)?;
        self.u16(entry.refs.length)?;
        match &entry.rare {
            Some(rare) => self.rare(rare),
            None => Ok(()),
        }
    }

    fn rare(&mut self, rare: &Rare) -> io::Result<()> {
        self.u8(u8::from(rare.label.is_some()))?;
        if let Some(label) = &rare.label {
            self.text(label)?;
        }
        self.u64(rare.exhibits.len() as u64)?;
        for exhibit in &rare.exhibits {
            self.raw(&exhibit.hash.0)?;
            self.u64(exhibit.length)?;
        }
        self.u64(rare.bearings.len() as u64)?;
        for bearing in &rare.bearings {
            self.at(Some(bearing.on))?;
            self.u8(match bearing.how {
                How::Corrects => 0,
                How::Retracts => 1,
                How::Disputes => 2,
                How::Redacts => 3,
            })?;
        }
        self.u8(u8::from(rare.replacement.is_some()))?;
        if let Some(replacement) = &rare.replacement {
            self.encoded(replacement)?;
        }
        self.at(rare.stands_for)
    }

    fn problem(&mut self, problem: &Problem) -> io::Result<()> {
        match problem {
            Problem::Repeated => self.u8(0),
            Problem::OutOfOrder => self.u8(1),
            Problem::LabelTaken { label, by } => {
                self.u8(2)?;
                self.text(label)?;
                self.u64(by.0)
            }
            Problem::Dangling { id } => {
                self.u8(3)?;
                self.raw(&id.0)
            }
            Problem::WrongKind {
                entry,
                found,
                expected,
            } => {
                self.u8(4)?;
                self.u64(entry.0)?;
                self.text(found)?;
                self.u64(expected.len() as u64)?;
                expected.iter().try_for_each(|kind| self.kind(kind))
            }
            Problem::UnknownKind { kind, version } => {
                self.u8(5)?;
                self.text(kind)?;
                self.u16(*version)
            }
            Problem::NewerEnvelope => self.u8(6),
            Problem::Malformed { why } => {
                self.u8(7)?;
                self.text(why)
            }
            Problem::NotEntitled { entry } => {
                self.u8(8)?;
                self.u64(entry.0)
            }
            Problem::CannotAmend { entry, why } => {
                self.u8(9)?;
                self.u64(entry.0)?;
                self.text(why)
            }
        }
    }
}

struct In<'a> {
    input: &'a mut dyn Read,
    /// What the numbers of kinds stand for.
    kinds: Vec<&'static str>,
    /// Lists and words that live as long as the program, each made once.
    lists: BTreeMap<Vec<&'static str>, &'static [&'static str]>,
    words: BTreeSet<&'static str>,
}

/// Lists and words that live as long as the program: a sound state has a few.
const LASTING: usize = 256;

impl In<'_> {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn u8(&mut self) -> io::Result<u8> {
        self.array().map(|[byte]| byte)
    }

    fn u16(&mut self) -> io::Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// How many items follow. Nothing is reserved for them: each takes bytes of its own.
    fn count(&mut self) -> io::Result<u64> {
        match self.u64()? {
            count if count <= u64::from(u32::MAX) => Ok(count),
            _ => Err(bad()),
        }
    }

    fn bytes(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let length = self.u64()?;
        if length > most {
            return Err(bad());
        }
        let mut bytes = Vec::new();
        self.input.take(length).read_to_end(&mut bytes)?;
        match bytes.len() as u64 == length {
            true => Ok(bytes),
            false => Err(bad()),
        }
    }

    fn text(&mut self) -> io::Result<String> {
        String::from_utf8(self.bytes(SMALL)?).map_err(|_| bad())
    }

    fn flag(&mut self) -> io::Result<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(bad()),
        }
    }

    fn at(&mut self) -> io::Result<Option<At>> {
        Ok(NonZeroU32::new(self.u32()?).map(|place| At::new(place.get() as usize - 1)))
    }

    /// A place before the entry that is being read.
    fn at_before(&mut self, state: &State) -> io::Result<Option<At>> {
        let at = self.at()?;
        match at.is_none_or(|at| at.position() < state.entries.len()) {
            true => Ok(at),
            false => Err(bad()),
        }
    }

    fn kind(&mut self) -> io::Result<&'static str> {
        let place = usize::from(self.u16()?);
        self.kinds.get(place).copied().ok_or_else(bad)
    }

    fn encoded(&mut self, state: &State) -> io::Result<Encoded> {
        let encoded = Encoded {
            kind: self.kind()?,
            version: self.u16()?,
            length: self.u32()?,
            start: usize::try_from(self.u64()?).map_err(|_| bad())?,
        };
        let end = encoded.start.checked_add(encoded.length as usize);
        match end.is_some_and(|end| end <= state.bytes.len()) {
            true => Ok(encoded),
            false => Err(bad()),
        }
    }

    fn entry(&mut self, state: &State) -> io::Result<Entry> {
        let index = EntryIndex(self.u64()?);
        let id = EntryId(self.array()?);
        let marks = self.u8()?;
        let role = match marks >> 4 {
            0 => None,
            1 => Some(Role::Custodian),
            2 => Some(Role::Investigator),
            3 => Some(Role::Witness),
            _ => return Err(bad()),
        };
        let set = |bit: u8| marks >> bit & 1 == 1;
        let class = Class::from_byte(self.u8()?).ok_or_else(bad)?;
        let recorded_at = Timestamp(self.u64()? as i64);
        let author = self.u32()?;
        if author as usize >= state.authors.len() {
            return Err(bad());
        }
        let subject = self.at_before(state)?;
        let body = match self.u8()? {
            0 => Body::Event(self.encoded(state)?),
            1 => Body::OfTheLog,
            2 => Body::Unknown {
                kind: self.text()?,
                version: self.u16()?,
            },
            3 => Body::Malformed { why: self.text()? },
            4 => Body::Withheld,
            5 => Body::NewerEnvelope,
            _ => return Err(bad()),
        };
        let refs = Refs {
            start: usize::try_from(self.u64()?).map_err(|_| bad())?,
            length: self.u16()?,
        };
        if refs.start.saturating_add(usize::from(refs.length)) > state.refs.len() {
            return Err(bad());
        }
        let rare = match set(3) {
            true => Some(Box::new(self.rare(state)?)),
            false => None,
        };
        Ok(Entry {
            index,
            id,
            standing: Standing {
                role,
                authorised: set(0),
                suspect: set(1),
            },
            recorded_at,
            class,
            misplaced: set(2),
            author,
            subject,
            body,
            refs,
            rare,
        })
    }

    fn rare(&mut self, state: &State) -> io::Result<Rare> {
        let mut rare = Rare::default();
        if self.flag()? {
            rare.label = Some(self.text()?);
        }
        let mut exhibits = Vec::new();
        for _ in 0..self.count()? {
            exhibits.push(ExhibitRef {
                hash: ExhibitHash(self.array()?),
                length: self.u64()?,
            });
        }
        rare.exhibits = exhibits.into();
        let mut bearings = Vec::new();
        for _ in 0..self.count()? {
            bearings.push(Bearing {
                on: self.at_before(state)?.ok_or_else(bad)?,
                how: match self.u8()? {
                    0 => How::Corrects,
                    1 => How::Retracts,
                    2 => How::Disputes,
                    3 => How::Redacts,
                    _ => return Err(bad()),
                },
            });
        }
        rare.bearings = bearings.into();
        if self.flag()? {
            rare.replacement = Some(self.encoded(state)?);
        }
        rare.stands_for = self.at_before(state)?;
        Ok(rare)
    }

    fn problem(&mut self) -> io::Result<Problem> {
        Ok(match self.u8()? {
            0 => Problem::Repeated,
            1 => Problem::OutOfOrder,
            2 => Problem::LabelTaken {
                label: self.text()?,
                by: EntryIndex(self.u64()?),
            },
            3 => Problem::Dangling {
                id: EntryId(self.array()?),
            },
            4 => Problem::WrongKind {
                entry: EntryIndex(self.u64()?),
                found: self.text()?,
                expected: self.expected()?,
            },
            5 => Problem::UnknownKind {
                kind: self.text()?,
                version: self.u16()?,
            },
            6 => Problem::NewerEnvelope,
            7 => Problem::Malformed { why: self.text()? },
            8 => Problem::NotEntitled {
                entry: EntryIndex(self.u64()?),
            },
            9 => Problem::CannotAmend {
                entry: EntryIndex(self.u64()?),
                why: self.lasting()?,
            },
            _ => return Err(bad()),
        })
    }

    fn expected(&mut self) -> io::Result<&'static [&'static str]> {
        let mut kinds = Vec::new();
        for _ in 0..self.count()? {
            kinds.push(self.kind()?);
        }
        if let Some(list) = self.lists.get(&kinds) {
            return Ok(list);
        }
        if self.lists.len() >= LASTING || kinds.len() > LASTING {
            return Err(bad());
        }
        let list: &'static [&'static str] = Box::leak(kinds.clone().into_boxed_slice());
        self.lists.insert(kinds, list);
        Ok(list)
    }

    fn lasting(&mut self) -> io::Result<&'static str> {
        let text = self.text()?;
        if let Some(known) = self.words.get(text.as_str()) {
            return Ok(known);
        }
        if self.words.len() >= LASTING || text.len() > LASTING {
            return Err(bad());
        }
        let text: &'static str = Box::leak(text.into_boxed_str());
        self.words.insert(text);
        Ok(text)
    }
}
