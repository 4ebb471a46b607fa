//! A run: the terms of some neighbouring entries, sorted, in blocks of a few kilobytes, and the places of their
//! records.
//!
//! ```text
//! block   = { shared length · rest length · rest · postings length · postings }       terms in order
//! posting = distance to the entry before it with this term; the first from the run's first entry
//! places  = segment · offset · { record length · 2 + whether it begins a segment }     1,024 entries
//! ```
//!
//! All numbers are variable-length. A long list of postings is parted: the term then comes again. The
//! digest of each block stands in the manifest, so that a block which is lost, old or damaged is noticed.

use std::collections::HashMap;

use seaproof_ledger::ids::EntryIndex;
use seaproof_ledger::log::Position;
use seaproof_ledger::record::SEGMENT_HEADER_LEN;
use sha2::{Digest, Sha256};

use crate::query::Probe;

/// What a block aims at.
const BLOCK: usize = 4_096;
/// The most bytes of postings behind one term in a block.
const POSTINGS: usize = 4_096;
/// The most entries of a run.
pub(crate) const RUN_MAX: u64 = 65_536;
/// The most bytes of terms and postings that are collected before they are written.
const COLLECTED_MAX: usize = 40 << 20;
/// Entries in a block of places.
const PLACES: u64 = 1_024;

/// The first 16 bytes of a block's SHA-256.
pub(crate) type Check = [u8; 16];

pub(crate) fn check(block: &[u8]) -> Check {
    let digest: [u8; 32] = Sha256::digest(block).into();
    let mut check = [0; 16];
    check.copy_from_slice(&digest[..16]);
    check
}

/// A run, as the manifest knows it.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub(crate) struct Run {
    pub id: u32,
    /// The first entry, and the one behind the last.
    pub from: u64,
    pub to: u64,
    /// Blocks of terms: the first term of each, and what it must be.
    pub blocks: Vec<(Vec<u8>, Check)>,
    /// Blocks of places.
    pub places: Vec<Check>,
}

/// Where blocks are kept. A block that is not what it must be is an error.
pub(crate) trait Blocks {
    fn block(&self, key: &[u8; 8], expected: &Check) -> Result<Vec<u8>, Unsound>;
}

/// The index is not what it must be: damaged, lost or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsound;

const FIRST_PLACES: u32 = 1 << 31;

fn key(run: u32, block: u32) -> [u8; 8] {
    let mut key = [0; 8];
    key[..4].copy_from_slice(&run.to_be_bytes());
    key[4..].copy_from_slice(&block.to_be_bytes());
    key
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> Result<u64, Unsound> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(Unsound)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Unsound)
}

fn take_bytes<'b>(bytes: &mut &'b [u8]) -> Result<&'b [u8], Unsound> {
    let length = usize::try_from(take(bytes)?).map_err(|_| Unsound)?;
    let (taken, rest) = bytes.split_at_checked(length).ok_or(Unsound)?;
    *bytes = rest;
    Ok(taken)
}

/// Entries by their numbers within the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub fn none(entries: u64) -> Self {
        Self(vec![0; entries.div_ceil(64) as usize])
    }

    pub fn all(entries: u64) -> Self {
        Self(vec![u64::MAX; entries.div_ceil(64) as usize])
    }

    fn set(&mut self, entry: u64) {
        if let Some(word) = self.0.get_mut((entry / 64) as usize) {
            *word |= 1 << (entry % 64);
        }
    }

    pub fn and(&mut self, other: &Self) {
        let words = self.0.iter_mut().zip(&other.0);
        words.for_each(|(word, other)| *word &= other);
    }

    pub fn or(&mut self, other: &Self) {
        let words = self.0.iter_mut().zip(&other.0);
        words.for_each(|(word, other)| *word |= other);
    }

    pub fn has(&self, entry: u64) -> bool {
        let word = self.0.get((entry / 64) as usize);
        word.is_some_and(|word| word >> (entry % 64) & 1 == 1)
    }

    pub fn is_none(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Those below `below`, the greatest first.
    pub fn down_from(&self, below: u64) -> impl Iterator<Item = u64> + '_ {
        let words = self.0.iter().enumerate().rev();
        words
            .flat_map(|(i, word)| {
                let word = *word;
                (0..64)
                    .rev()
                    .filter(move |bit| word >> bit & 1 == 1)
                    .map(move |bit| i as u64 * 64 + bit)
                    .take(if word == 0 { 0 } else { 64 })
            })
            .filter(move |entry| *entry < below)
    }
}

/// The blocks of a run that is not used any more.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub(crate) struct Gone {
    id: u32,
    blocks: u32,
    places: u32,
}

impl Gone {
    pub fn keys(&self) -> impl Iterator<Item = [u8; 8]> + use<> {
        let (id, blocks, places) = (self.id, self.blocks, self.places);
        let places = (0..places).map(move |i| key(id, FIRST_PLACES.saturating_add(i)));
        (0..blocks).map(move |i| key(id, i)).chain(places)
    }
}

/// Before every block of this run and of those that come after it.
pub(crate) fn first_key(id: u32) -> [u8; 8] {
    key(id, 0)
}

impl Run {
    pub fn len(&self) -> u64 {
        self.to - self.from
    }

    /// Which blocks are left when it is not used any more.
    pub fn gone(&self) -> Gone {
        Gone {
            id: self.id,
            blocks: self.blocks.len() as u32,
            places: self.places.len() as u32,
        }
    }

    /// Whether its numbers can be right.
    pub fn is_plausible(&self) -> bool {
        self.from < self.to
            && self.len() <= RUN_MAX
            && self.places.len() as u64 == self.len().div_ceil(PLACES)
            && self.blocks.len() < FIRST_PLACES as usize
    }

    /// Hands out all terms between two, ends included, with their entries.
    fn terms(
        &self,
        blocks: &impl Blocks,
        from: &[u8],
        wanted: impl Fn(&[u8]) -> Option<bool>,
        mut each: impl FnMut(&[u8], u64),
    ) -> Result<(), Unsound> {
        // The block before the first that begins at or behind `from` may end with it.
        let begin = self.blocks.partition_point(|(first, _)| &first[..] < from);
        let begin = begin.saturating_sub(1);
        for (i, (_, expected)) in self.blocks.iter().enumerate().skip(begin) {
            let block = blocks.block(&key(self.id, i as u32), expected)?;
            let (mut rest, mut term) = (&block[..], Vec::new());
            while !rest.is_empty() {
                let shared = usize::try_from(take(&mut rest)?).map_err(|_| Unsound)?;
                if shared > term.len() {
                    return Err(Unsound);
                }
                term.truncate(shared);
                term.extend_from_slice(take_bytes(&mut rest)?);
                let mut postings = take_bytes(&mut rest)?;
                if &term[..] < from {
                    continue;
                }
                match wanted(&term) {
                    None => return Ok(()),
                    Some(false) => continue,
                    Some(true) => {}
                }
                let mut entry = self.from;
                while !postings.is_empty() {
                    entry = entry.checked_add(take(&mut postings)?).ok_or(Unsound)?;
                    if entry >= self.to {
                        return Err(Unsound);
                    }
                    each(&term, entry);
                }
            }
        }
        Ok(())
    }

    /// Sets the bits of the entries under a probe that is no list.
    fn probe(&self, blocks: &impl Blocks, probe: &Probe, found: &mut Bits) -> Result<(), Unsound> {
        let set = |_: &[u8], entry| found.set(entry);
        match probe {
            Probe::Whole(term) => {
                self.terms(blocks, term, |t| (t == &term[..]).then_some(true), set)
            }
            Probe::Beginning(start) => {
                let wanted = |t: &[u8]| t.starts_with(start).then_some(true);
                self.terms(blocks, start, wanted, set)
            }
            Probe::Range(from, to) => {
                let wanted = |t: &[u8]| (t <= &to[..]).then_some(true);
                self.terms(blocks, from, wanted, set)
            }
            Probe::All(_) | Probe::Any(_) => Ok(()),
        }
    }

    /// The terms that begin so.
    pub fn terms_from(
        &self,
        blocks: &impl Blocks,
        start: &[u8],
        mut each: impl FnMut(&[u8]),
    ) -> Result<(), Unsound> {
        let wanted = |t: &[u8]| t.starts_with(start).then_some(true);
        self.terms(blocks, start, wanted, |term, _| each(term))
    }

    /// Where the record of an entry of this run begins.
    pub fn place(&self, blocks: &impl Blocks, entry: u64) -> Result<Position, Unsound> {
        let within = entry.checked_sub(self.from).ok_or(Unsound)?;
        let number = within / PLACES;
        let expected = self.places.get(number as usize).ok_or(Unsound)?;
        let block = blocks.block(&key(self.id, FIRST_PLACES + number as u32), expected)?;
        let mut rest = &block[..];
        let mut at = Position {
            segment: take(&mut rest)?,
            offset: take(&mut rest)?,
            index: EntryIndex(self.from + number * PLACES),
        };
        for _ in 0..within % PLACES {
            let (length, _) = length(&mut rest)?;
            at.offset = at.offset.checked_add(length).ok_or(Unsound)?;
            at.index.0 += 1;
            let mut ahead = rest;
            if length_begins_segment(&mut ahead)? {
                at.segment = at.segment.checked_add(1).ok_or(Unsound)?;
                at.offset = SEGMENT_HEADER_LEN as u64;
            }
        }
        Ok(at)
    }

    /// Everything in it, to be written again with what follows.
    pub fn load(&self, blocks: &impl Blocks) -> Result<Collected, Unsound> {
        let mut collected = Collected::new(self.from);
        self.terms(
            blocks,
            &[],
            |_| Some(true),
            |term, entry| {
                collected.term(term, entry);
            },
        )?;
        for (number, expected) in self.places.iter().enumerate() {
            let block = blocks.block(&key(self.id, FIRST_PLACES + number as u32), expected)?;
            let mut rest = &block[..];
            let mut at = (take(&mut rest)?, take(&mut rest)?);
            while !rest.is_empty() {
                let (length, begins) = length(&mut rest)?;
                if begins && !collected.places.is_empty() {
                    at = (
                        at.0.checked_add(1).ok_or(Unsound)?,
                        SEGMENT_HEADER_LEN as u64,
                    );
                }
                collected.places.push((at.0, at.1, length));
                at.1 = at.1.checked_add(length).ok_or(Unsound)?;
            }
        }
        match collected.places.len() as u64 == self.len() {
            true => Ok(collected),
            false => Err(Unsound),
        }
    }
}

fn length(rest: &mut &[u8]) -> Result<(u64, bool), Unsound> {
    let value = take(rest)?;
    Ok((value >> 1, value & 1 == 1))
}

fn length_begins_segment(rest: &mut &[u8]) -> Result<bool, Unsound> {
    length(rest).map(|(_, begins)| begins)
}

/// The entries under a probe, over all runs.
pub(crate) fn candidates(
    runs: &[Run],
    blocks: &impl Blocks,
    probe: &Probe,
    entries: u64,
) -> Result<Bits, Unsound> {
    match probe {
        Probe::All(probes) => {
            let mut found = Bits::all(entries);
            for probe in probes {
                if found.is_none() {
                    break;
                }
                found.and(&candidates(runs, blocks, probe, entries)?);
            }
            Ok(found)
        }
        Probe::Any(probes) => {
            let mut found = Bits::none(entries);
            for probe in probes {
                found.or(&candidates(runs, blocks, probe, entries)?);
            }
            Ok(found)
        }
        probe => {
            let mut found = Bits::none(entries);
            for run in runs {
                run.probe(blocks, probe, &mut found)?;
            }
            Ok(found)
        }
    }
}

/// Terms and places that are not written yet.
pub(crate) struct Collected {
    pub from: u64,
    terms: HashMap<Box<[u8]>, Postings>,
    /// Segment, offset and length of each record.
    places: Vec<(u64, u64, u64)>,
    bytes: usize,
}

#[derive(Default)]
struct Postings {
    last: u64,
    bytes: Vec<u8>,
}

/// What a collected term takes beside its bytes.
const OVERHEAD: usize = 96;

impl Collected {
    pub fn new(from: u64) -> Self {
        Self {
            from,
            terms: HashMap::new(),
            places: Vec::new(),
            bytes: 0,
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> u64 {
        self.places.len() as u64
    }

    pub fn is_full(&self) -> bool {
        self.len() >= RUN_MAX || self.bytes >= COLLECTED_MAX
    }

    fn term(&mut self, term: &[u8], entry: u64) {
        if !self.terms.contains_key(term) {
            self.bytes += term.len() + OVERHEAD;
            self.terms.insert(term.into(), Postings::default());
        }
        let Some(postings) = self.terms.get_mut(term) else {
            return;
        };
        let before = match postings.bytes.is_empty() {
            true => self.from,
            false => postings.last,
        };
        let length = postings.bytes.len();
        put(&mut postings.bytes, entry.saturating_sub(before));
        self.bytes += postings.bytes.len() - length;
        postings.last = entry;
    }

    /// Takes in everything of a run that follows.
    pub fn append(&mut self, next: Self) {
        let from = next.from;
        for (term, postings) in next.terms {
            let (mut rest, mut entry) = (&postings.bytes[..], from);
            // These were put together here, so every number is whole.
            while let Ok(step) = take(&mut rest) {
                entry += step;
                self.term(&term, entry);
            }
        }
        self.places.extend(next.places);
    }

    /// Takes in the next entry.
    pub fn push<'t>(
        &mut self,
        at: Position,
        length: u32,
        terms: impl IntoIterator<Item = &'t Vec<u8>>,
    ) {
        for term in terms {
            self.term(term, at.index.0);
        }
        self.places.push((at.segment, at.offset, length.into()));
    }

    /// Writes all of it as one run.
    pub fn write<E>(
        self,
        id: u32,
        mut insert: impl FnMut([u8; 8], &[u8]) -> Result<(), E>,
    ) -> Result<Run, E> {
        let mut run = Run {
            id,
            from: self.from,
            to: self.from + self.places.len() as u64,
            blocks: Vec::new(),
            places: Vec::new(),
        };
        let mut terms: Vec<(Box<[u8]>, Postings)> = self.terms.into_iter().collect();
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let (mut block, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for (term, postings) in terms {
            for part in parted(run.from, &postings.bytes) {
                if block.len() >= BLOCK {
                    let number = run.blocks.len() as u32;
                    insert(key(id, number), &block)?;
                    run.blocks.push((std::mem::take(&mut first), check(&block)));
                    block.clear();
                    last.clear();
                }
                if block.is_empty() {
                    first = term.to_vec();
                }
                let shared = term.iter().zip(&last).take_while(|(a, b)| a == b).count();
                put(&mut block, shared as u64);
                put(&mut block, (term.len() - shared) as u64);
                block.extend_from_slice(&term[shared..]);
                put(&mut block, part.len() as u64);
                block.extend_from_slice(&part);
                last = term.to_vec();
            }
        }
        if !block.is_empty() {
            insert(key(id, run.blocks.len() as u32), &block)?;
            run.blocks.push((first, check(&block)));
        }
        for places in self.places.chunks(PLACES as usize) {
            let mut block = Vec::new();
            let mut segment = None;
            for (at, offset, length) in places {
                if segment.is_none() {
                    put(&mut block, *at);
                    put(&mut block, *offset);
                }
                let begins = *offset == SEGMENT_HEADER_LEN as u64 && segment.is_some();
                put(&mut block, length << 1 | u64::from(begins));
                segment = Some(*at);
            }
            insert(key(id, FIRST_PLACES + run.places.len() as u32), &block)?;
            run.places.push(check(&block));
        }
        Ok(run)
    }
}

/// Postings in parts of bounded length, each counted from the run's first entry.
fn parted(from: u64, postings: &[u8]) -> Vec<Vec<u8>> {
    if postings.len() <= POSTINGS {
        return vec![postings.to_vec()];
    }
    let (mut parts, mut part) = (Vec::new(), Vec::new());
    let (mut rest, mut entry) = (postings, from);
    // These were put together here, so every number is whole.
    while let Ok(step) = take(&mut rest) {
        entry += step;
        match part.is_empty() {
            true => put(&mut part, entry - from),
            false => put(&mut part, step),
        }
        if part.len() >= POSTINGS {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.push(part);
    parts
}
