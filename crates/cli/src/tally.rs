//! What is counted of an AIS input while it is read: of whom, from when to when.

use std::collections::BTreeMap;

use seaproof_ais::sink::{Flag, Outcome, Reception, Sink};
use seaproof_ais::units::{Mmsi, Time};

/// Of a set of MMSIs, 65,536 neighbours.
type Chunk = Box<[u64; 1024]>;

/// A set of MMSIs whose memory is bounded whatever an input holds: at most an eighth of a GiB for all 30 bits.
#[derive(Default)]
pub struct Mmsis {
    chunks: BTreeMap<u32, Chunk>,
    count: u64,
}

impl Mmsis {
    fn insert(&mut self, Mmsi(mmsi): Mmsi) {
        let chunk = self
            .chunks
            .entry(mmsi >> 16)
            .or_insert_with(|| Box::new([0; 1024]));
        let (word, bit) = ((mmsi >> 6) & 1023, 1 << (mmsi & 63));
        if let Some(word) = chunk.get_mut(word as usize)
            && *word & bit == 0
        {
            *word |= bit;
            self.count += 1;
        }
    }

    /// How many there are.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// All, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.chunks.iter().flat_map(|(high, chunk)| {
            chunk.iter().zip(0..).flat_map(move |(word, at): (_, u32)| {
                (0..64).filter_map(move |bit| {
                    (word >> bit & 1 == 1).then_some(high << 16 | at << 6 | bit)
                })
            })
        })
    }
}

/// Counts what it hears.
#[derive(Default)]
pub struct Tally {
    /// Of whom.
    pub mmsis: Mmsis,
    /// The times of the first and last reception, of those that are probable ([`Time::is_probable`]): one clock that
    /// was not set would say anything of the others.
    pub span: Option<(Time, Time)>,
    /// Receptions at other times.
    pub improbable: u64,
}

impl Sink for Tally {
    fn line(&mut self, _: u64, _: Outcome) {}

    fn heard(&mut self, heard: &Reception<'_>) {
        self.mmsis.insert(heard.mmsi);
        if let Some(time) = heard.time {
            if !time.is_probable() {
                self.improbable = self.improbable.saturating_add(1);
                return;
            }
            let (first, last) = self.span.unwrap_or((time, time));
            self.span = Some((first.min(time), last.max(time)));
        }
    }
}

/// MMSIs that are told of though no time of reception is known; further ones are counted by the collector alone.
const UNTIMED: usize = 1 << 16;
/// Names and IMO numbers that are kept of one.
const KEPT: usize = 16;

/// What was heard without a time, which is in no track: so that a vessel is known by more than its number.
#[derive(Default)]
pub struct Untimed {
    of: BTreeMap<Mmsi, Said>,
    new: bool,
}

/// What one MMSI said without a time.
#[derive(Default)]
pub struct Said {
    /// Positions, repetitions not counted.
    pub positions: u64,
    /// Names, in the order of their first line.
    pub names: Vec<String>,
    /// IMO numbers, in the order of their first line.
    pub imos: Vec<u32>,
}

impl Untimed {
    /// What an MMSI said.
    pub fn of(&self, mmsi: Mmsi) -> Option<&Said> {
        self.of.get(&mmsi)
    }
}

impl Sink for Untimed {
    fn line(&mut self, _: u64, outcome: Outcome) {
        self.new = matches!(outcome, Outcome::Decoded(_));
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        let full = self.of.len() >= UNTIMED && !self.of.contains_key(&heard.mmsi);
        if heard.time.is_some() || !self.new || full {
            return;
        }
        let said = self.of.entry(heard.mmsi).or_default();
        if heard.report.place.is_some() {
            said.positions = said.positions.saturating_add(1);
        }
        let Some(identity) = &heard.identity else {
            return;
        };
        if let Some(name) = identity.name
            && said.names.len() < KEPT
            && !said.names.iter().any(|known| known == name)
        {
            said.names.push(name.to_owned());
        }
        if let Some(imo) = identity.imo
            && said.imos.len() < KEPT
            && !said.imos.contains(&imo)
        {
            said.imos.push(imo);
        }
    }
}

/// Gives everything to two.
pub struct Both<'s>(pub &'s mut (dyn Sink + Send), pub &'s mut (dyn Sink + Send));

impl Sink for Both<'_> {
    fn line(&mut self, line: u64, outcome: Outcome) {
        self.0.line(line, outcome);
        self.1.line(line, outcome);
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        self.0.heard(heard);
        self.1.heard(heard);
    }

    fn flag(&mut self, line: u64, flag: Flag) {
        self.0.flag(line, flag);
        self.1.flag(line, flag);
    }
}

/// Gives everything to all of them.
pub struct All<'s>(pub Vec<&'s mut (dyn Sink + Send)>);

impl Sink for All<'_> {
    fn line(&mut self, line: u64, outcome: Outcome) {
        self.0.iter_mut().for_each(|to| to.line(line, outcome));
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        self.0.iter_mut().for_each(|to| to.heard(heard));
    }

    fn flag(&mut self, line: u64, flag: Flag) {
        self.0.iter_mut().for_each(|to| to.flag(line, flag));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mmsis_are_told_in_order_each_once() {
        let mut mmsis = Mmsis::default();
        let all = [
            0,
            1,
            63,
            64,
            65_535,
            65_536,
            445_123_000,
            1_073_741_823,
            u32::MAX,
        ];
        for mmsi in all.iter().rev().chain(&all) {
            mmsis.insert(Mmsi(*mmsi));
        }
        assert_eq!(mmsis.iter().collect::<Vec<_>>(), all);
        assert_eq!(mmsis.count(), all.len() as u64);
    }
}
