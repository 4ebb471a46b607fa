//! The sets of identity that vessels gave, each kept once while memory lasts.

use std::io;

use rustc_hash::{FxHashMap, FxHashSet};

use super::spill::{Run, SpillFile};
use crate::hash::keys;
use crate::sink::{Dimensions, Identity};
use crate::units::Mmsi;

/// Longer texts are no names. They are not taken.
const TEXT_MAX: usize = 255;

/// A set of identity with its MMSI and hash: sorts by these.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdentitySet {
    pub(super) mmsi: Mmsi,
    pub(super) hash: u64,
    fields: Vec<u8>,
}

/// What it takes in memory beside its bytes: its place in the list and in the table of hashes.
const ENTRY: usize = 24 + 24;
/// What a way of writing it takes.
const WRITTEN: usize = 24;

/// The sets heard since the last spill.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    known: FxHashSet<u64>,
    /// The set that was read from what has this hash as it was written.
    written: FxHashMap<u64, u64>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    scratch: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    mmsi: Mmsi,
    hash: u64,
    start: usize,
}

impl Dictionary {
    /// The hash of a set, never 0; 0 if it says nothing. The set is kept.
    pub(super) fn learn(&mut self, mmsi: Mmsi, identity: &Identity<'_>) -> u64 {
        let identity = without_long_texts(identity);
        if identity == Identity::default() {
            return 0;
        }
        self.scratch.clear();
        encode(&identity, &mut self.scratch);
        let hash = keys().bytes(u64::from(mmsi.0), &self.scratch).max(1);
        if self.known.insert(hash) {
            self.entries.push(Entry {
                mmsi,
                hash,
                start: self.bytes.len(),
            });
            self.bytes.extend_from_slice(&self.scratch);
        }
        hash
    }

    /// [`Self::learn`], and the set is known from now on by a hash of how it was written too: in several ways, perhaps.
    pub(super) fn learn_as(&mut self, mmsi: Mmsi, identity: &Identity<'_>, written: u64) -> u64 {
        let hash = self.learn(mmsi, identity);
        self.written.insert(written, hash);
        hash
    }

    /// The hash of the set that was written like this.
    pub(super) fn recall(&self, written: u64) -> Option<u64> {
        self.written.get(&written).copied()
    }

    /// About what it takes.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len() + self.entries.len() * ENTRY + self.written.len() * WRITTEN
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn sort(&mut self) {
        self.entries
            .sort_unstable_by_key(|entry| (entry.mmsi, entry.hash));
    }

    fn set(&self, entry: Entry) -> IdentitySet {
        let fields = self.bytes.get(entry.start..).unwrap_or_default();
        let length = encoded_length(fields).unwrap_or(0);
        IdentitySet {
            mmsi: entry.mmsi,
            hash: entry.hash,
            fields: fields.get(..length).unwrap_or_default().to_vec(),
        }
    }

    /// Writes all as a run and forgets them.
    pub(super) fn spill(&mut self, file: &SpillFile) -> io::Result<Run> {
        self.sort();
        let run = file.add(|out| {
            for entry in &self.entries {
                let set = self.set(*entry);
                out.write_all(&set.mmsi.0.to_le_bytes())?;
                out.write_all(&set.hash.to_le_bytes())?;
                out.write_all(&(set.fields.len() as u32).to_le_bytes())?;
                out.write_all(&set.fields)?;
            }
            Ok(())
        })?;
        *self = Self::default();
        Ok(run)
    }

    /// All in their order.
    pub(super) fn into_sorted(mut self) -> SortedSets {
        self.sort();
        self.known = FxHashSet::default();
        self.written = FxHashMap::default();
        SortedSets(self)
    }
}

/// Sets in their order, in memory.
#[derive(Debug)]
pub(super) struct SortedSets(Dictionary);

impl SortedSets {
    /// About what they take.
    pub(super) fn memory(&self) -> usize {
        self.0.memory()
    }

    /// Writes them as a run.
    pub(super) fn spill(mut self, file: &SpillFile) -> io::Result<Run> {
        self.0.spill(file)
    }

    pub(super) fn get(&self, at: usize) -> Option<IdentitySet> {
        let entry = self.0.entries.get(at)?;
        Some(self.0.set(*entry))
    }
}

fn without_long_texts<'a>(identity: &Identity<'a>) -> Identity<'a> {
    Identity {
        name: identity.name.filter(|text| text.len() <= TEXT_MAX),
        call_sign: identity.call_sign.filter(|text| text.len() <= TEXT_MAX),
        destination: identity.destination.filter(|text| text.len() <= TEXT_MAX),
        ..*identity
    }
}

/// Reads the next set of a run.
pub(super) fn read_set(run: &mut super::spill::RunReader) -> io::Result<Option<IdentitySet>> {
    let Some(head) = run.take(16)? else {
        return Ok(None);
    };
    let word = |at: usize| {
        let mut four = [0; 4];
        four.copy_from_slice(&head[at..at + 4]);
        u32::from_le_bytes(four)
    };
    let (mmsi, hash) = (Mmsi(word(0)), u64::from(word(8)) << 32 | u64::from(word(4)));
    let length = word(12) as usize;
    let fields = run.take(length)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Some(IdentitySet {
        mmsi,
        hash,
        fields: fields.to_vec(),
    }))
}

/// Numbers in 9 bytes, then three texts, each after its length; a length of 0 is none.
fn encode(identity: &Identity<'_>, out: &mut Vec<u8>) {
    let dimensions = identity
        .dimensions
        .unwrap_or(Dimensions { length: 0, beam: 0 });
    out.extend_from_slice(&identity.imo.unwrap_or(0).to_le_bytes());
    out.push(identity.ship_type.unwrap_or(0));
    out.extend_from_slice(&dimensions.length.to_le_bytes());
    out.extend_from_slice(&dimensions.beam.to_le_bytes());
    for text in [identity.name, identity.call_sign, identity.destination] {
        let text = text.unwrap_or("");
        out.push(u8::try_from(text.len()).unwrap_or(0));
        out.extend_from_slice(text.as_bytes());
    }
}

const NUMBERS: usize = 9;

fn encoded_length(bytes: &[u8]) -> Option<usize> {
    let mut at = NUMBERS;
    for _ in 0..3 {
        at += 1 + usize::from(*bytes.get(at)?);
    }
    Some(at)
}

impl IdentitySet {
    /// The identity again.
    pub(super) fn identity(&self) -> Option<Identity<'_>> {
        let (numbers, mut rest) = self.fields.split_at_checked(NUMBERS)?;
        let half = |at: usize| u16::from_le_bytes([numbers[at], numbers[at + 1]]);
        let mut texts = [None; 3];
        for text in &mut texts {
            let (length, after) = rest.split_first()?;
            let (this, after) = after.split_at_checked(usize::from(*length))?;
            *text = std::str::from_utf8(this)
                .ok()
                .filter(|text| !text.is_empty());
            rest = after;
        }
        let imo = u32::from(half(0)) | u32::from(half(2)) << 16;
        let dimensions = Dimensions {
            length: half(5),
            beam: half(7),
        };
        Some(Identity {
            imo: (imo != 0).then_some(imo),
            name: texts[0],
            call_sign: texts[1],
            ship_type: Some(numbers[4]).filter(|kind| *kind != 0),
            dimensions: (dimensions.length != 0 || dimensions.beam != 0).then_some(dimensions),
            destination: texts[2],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_learned_comes_back_sorted_and_once() {
        let full = Identity {
            imo: Some(9_074_729),
            name: Some("SEA"),
            call_sign: Some("ABCD"),
            ship_type: Some(70),
            dimensions: Some(Dimensions {
                length: 200,
                beam: 30,
            }),
            destination: Some("VOSTOCHNY"),
        };
        let mut dictionary = Dictionary::default();
        let b = dictionary.learn(Mmsi(2), &full);
        assert_eq!(dictionary.learn(Mmsi(2), &full), b);
        let name = Identity {
            name: Some("SEA"),
            ..Identity::default()
        };
        let a = dictionary.learn(Mmsi(1), &name);
        assert_eq!(dictionary.learn(Mmsi(1), &Identity::default()), 0);
        let sets = dictionary.into_sorted();
        assert_eq!(sets.get(0).unwrap().hash, a);
        assert_eq!(sets.get(0).unwrap().identity(), Some(name));
        assert_eq!(sets.get(1).unwrap().identity(), Some(full));
        assert_eq!(sets.get(2), None);
    }
}
