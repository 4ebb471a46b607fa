//! Which transmissions were heard lately.

use super::Options;
use crate::sentence::armour;
use crate::units::Time;

/// How many transmissions are remembered.
const REMEMBERED: usize = 1 << 15;
/// Twice as many places, so that few transmissions share one.
const PLACES: usize = REMEMBERED * 2;

/// How many of one place are looked at. With hashes as they fall there are seldom ten; whoever makes hashes
/// that fall together slows nobody down, and only hides repeats of their own.
const LOOKED_AT: usize = 128;

/// Characters of a payload that are kept beside each other; the longer ones have the rest elsewhere.
const BESIDE: usize = 30;

/// A message, as it was transmitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    /// The hash of its bits.
    pub(super) payload: u64,
    pub(super) armoured: &'a [u8],
    pub(super) fill_bits: u8,
    /// The character of the channel; 0: not given.
    pub(super) channel: u8,
    pub(super) time: Option<Time>,
    pub(super) line: u64,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    payload: u64,
    /// Meaningless if not `timed`: half a cache line holds an entry so.
    time: Time,
    line: u64,
    /// The number of the entry before it whose payload has the same place.
    before: u32,
    timed: bool,
    channel: u8,
}

/// The bits of a transmission. Hashes can be forged: only equal bits are a repeat.
#[derive(Debug, Clone, Default)]
struct Bits {
    first: [u8; BESIDE],
    fill_bits: u8,
    rest: Box<[u8]>,
}

impl Bits {
    fn set(&mut self, sent: &Sent<'_>) {
        let (first, rest) = split(sent.armoured);
        self.first = [0; BESIDE];
        for (to, from) in self.first.iter_mut().zip(first) {
            *to = *from;
        }
        self.fill_bits = sent.fill_bits;
        if !rest.is_empty() || !self.rest.is_empty() {
            self.rest = rest.into();
        }
        if let Some(last) = self.last(sent.armoured.len()) {
            *last = armour::without_fill(*last, sent.fill_bits);
        }
    }

    fn last(&mut self, len: usize) -> Option<&mut u8> {
        match self.rest.last_mut() {
            None => self.first.get_mut(len.checked_sub(1)?),
            last => last,
        }
    }

    fn are(&self, sent: &Sent<'_>) -> bool {
        let Some((last, start)) = sent.armoured.split_last() else {
            return false;
        };
        let len = sent.armoured.len();
        let (first, rest) = split(start);
        let ended = match self.rest.last() {
            None => self.first.get(len - 1),
            last => last,
        };
        // No payload has a 0 byte: behind its end it is nobody's character.
        let beyond = self.first.get(len).copied().unwrap_or(0);
        self.fill_bits == sent.fill_bits
            && beyond == 0
            && self.rest.len() == len.saturating_sub(BESIDE)
            && self.first.starts_with(first)
            && self.rest.starts_with(rest)
            && ended == Some(&armour::without_fill(*last, sent.fill_bits))
    }
}

fn split(armoured: &[u8]) -> (&[u8], &[u8]) {
    armoured.split_at_checked(BESIDE).unwrap_or((armoured, &[]))
}

/// Channels 1 and 2 are A and B.
fn channel(written: u8) -> u8 {
    match written {
        b'1' => b'A',
        b'2' => b'B',
        other => other,
    }
}

/// The last [`REMEMBERED`] transmissions, by payload.
///
/// Entries stand in a ring by their number. Each names the one before it in its place, and a number that the
/// ring has left behind ends the chain, so that nothing needs to be taken out.
#[derive(Debug)]
pub(super) struct Duplicates {
    ring: Vec<Entry>,
    /// The bits of each.
    bits: Vec<Bits>,
    /// For each place the number of its newest entry, plus 1; 0: none yet.
    newest: Vec<u32>,
    /// How many entries there ever were, from 1 on, so that 0 is none. Wraps.
    next: u32,
    near_ms: i64,
    near_lines: u64,
}

impl Duplicates {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            ring: Vec::new(),
            bits: Vec::new(),
            newest: vec![0; PLACES],
            next: 1,
            near_ms: i64::from(options.duplicate_seconds) * 1000,
            near_lines: options.duplicate_lines,
        }
    }

    /// The line on which this transmission was first heard; `None`: not lately, it is remembered now.
    ///
    /// It is the newest with the same bits that is near, in time if both have one, in lines if neither has; and
    /// not on another channel, where both say on which.
    pub(super) fn first(&mut self, sent: &Sent<'_>) -> Option<u64> {
        let on = channel(sent.channel);
        let place = (sent.payload >> 32) as usize % PLACES;
        let newest = self.newest.get(place).copied().unwrap_or(0);
        let mut number = newest;
        for _ in 0..LOOKED_AT {
            let is_kept = (1..=REMEMBERED as u32).contains(&self.next.wrapping_sub(number));
            if number == 0 || !is_kept {
                break;
            }
            let at = number as usize % REMEMBERED;
            let Some(entry) = self.ring.get(at) else {
                break;
            };
            if entry.payload == sent.payload
                && (entry.channel == on || entry.channel == 0 || on == 0)
                && self.is_near(entry, sent)
                && self.bits.get(at).is_some_and(|bits| bits.are(sent))
            {
                return Some(entry.line);
            }
            // Numbers fall along a chain; one that does not was left behind long ago.
            if self.next.wrapping_sub(entry.before) <= self.next.wrapping_sub(number) {
                break;
            }
            number = entry.before;
        }
        let entry = Entry {
            payload: sent.payload,
            time: sent.time.unwrap_or(Time(0)),
            line: sent.line,
            before: newest,
            timed: sent.time.is_some(),
            channel: on,
        };
        let at = self.next as usize % REMEMBERED;
        // Numbers begin at 1: the place of number 0 is filled first so that all stand where they belong.
        while self.ring.len() <= at {
            self.ring.push(entry);
            self.bits.push(Bits::default());
        }
        if let Some(old) = self.ring.get_mut(at) {
            *old = entry;
        }
        if let Some(bits) = self.bits.get_mut(at) {
            bits.set(sent);
        }
        if let Some(newest) = self.newest.get_mut(place) {
            *newest = self.next;
        }
        self.next = self.next.wrapping_add(1).max(1);
        None
    }

    fn is_near(&self, entry: &Entry, sent: &Sent<'_>) -> bool {
        match sent.time {
            Some(time) => entry.timed && time.since(entry.time).saturating_abs() <= self.near_ms,
            None => !entry.timed && sent.line.abs_diff(entry.line) <= self.near_lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> Duplicates {
        Duplicates::new(&Options::default())
    }

    impl Duplicates {
        fn see(&mut self, payload: u64, time: Option<Time>, line: u64) -> Option<u64> {
            self.first(&Sent {
                payload,
                armoured: b"15RTgt0PAso;90TKcjM8h6g208CQ",
                fill_bits: 0,
                channel: b'A',
                time,
                line,
            })
        }
    }

    #[test]
    fn the_first_line_is_named_while_it_is_near() {
        let mut seen = fresh();
        let at = |s: i64| Some(Time(s * 1000));
        assert_eq!(seen.see(7, at(100), 1), None);
        assert_eq!(seen.see(7, at(110), 2), Some(1));
        assert_eq!(seen.see(7, at(90), 3), Some(1));
        assert_eq!(seen.see(7, at(111), 4), None);
        assert_eq!(seen.see(7, at(111), 5), Some(4));
        assert_eq!(seen.see(7, None, 6), None);
        assert_eq!(seen.see(7, None, 14), Some(6));
        assert_eq!(seen.see(7, None, 15), None);
        // Those between are passed over.
        assert_eq!(seen.see(7, at(111), 16), Some(4));
        assert_eq!(seen.see(7, at(95), 17), Some(1));
    }

    #[test]
    fn only_equal_bits_on_one_channel_are_a_repeat() {
        let mut seen = fresh();
        let long = [b'5'; 71];
        let mut longer = long;
        longer[70] = b'4';
        let mut line = 0;
        let mut first = |armoured: &[u8], fill_bits, channel| {
            line += 1;
            seen.first(&Sent {
                payload: 7,
                armoured,
                fill_bits,
                channel,
                time: Some(Time(0)),
                line,
            })
        };
        assert_eq!(first(b"15RTgt0PAso", 2, b'A'), None);
        assert_eq!(first(b"15RTgt0PAsn", 2, b'A'), Some(1));
        assert_eq!(first(b"15RTgt0PAsk", 2, b'A'), None);
        assert_eq!(first(b"15RTgt0PAso", 0, b'A'), None);
        assert_eq!(first(b"15RTgt0PAs", 2, b'A'), None);
        assert_eq!(first(b"15RTgt0PAs0", 2, b'A'), None);
        assert_eq!(first(&long, 0, b'A'), None);
        assert_eq!(first(&longer, 0, b'A'), None);
        assert_eq!(first(&long, 0, b'A'), Some(7));
        assert_eq!(first(&long[..70], 0, b'A'), None);
        assert_eq!(first(&long[..30], 0, b'A'), None);
        assert_eq!(first(&long[..31], 0, b'A'), None);
        assert_eq!(first(&long[..30], 0, b'A'), Some(11));
        assert_eq!(first(&long, 0, b'B'), None);
        assert_eq!(first(&long, 0, b'2'), Some(14));
        assert_eq!(first(&long, 0, b'1'), Some(7));
        assert_eq!(first(&long, 0, 0), Some(14));
    }

    #[test]
    fn exactly_so_many_are_remembered() {
        for extra in [0, 1, 5 * REMEMBERED as u64] {
            let mut seen = fresh();
            let time = Some(Time(0));
            for payload in 0..extra {
                assert_eq!(seen.see(payload << 40 | 1, time, payload), None);
            }
            // Sixteen share a place.
            for i in 0..REMEMBERED as u64 {
                let payload = (i / 16) << 32 | i << 1;
                assert_eq!(seen.see(payload, time, extra + i), None, "{i}");
            }
            for i in [0, 1, 2, 3, REMEMBERED as u64 - 1] {
                let payload = (i / 16) << 32 | i << 1;
                assert_eq!(seen.see(payload, time, 0), Some(extra + i), "{i}");
            }
            assert_eq!(seen.see(u64::MAX, time, 0), None);
            assert_eq!(seen.see(0, time, 0), None, "the oldest is forgotten");
        }
    }

    #[test]
    fn numbers_may_wrap() {
        let mut seen = fresh();
        for payload in 0..REMEMBERED as u64 * 2 {
            seen.see(payload << 32, None, payload * 100);
        }
        seen.next = u32::MAX - 2;
        for i in 0..6u64 {
            assert_eq!(seen.see(i << 50 | 3, Some(Time(0)), i), None);
        }
        for i in 0..6u64 {
            let found = seen.see(i << 50 | 3, Some(Time(0)), 9);
            assert!(found == Some(i) || found.is_none());
        }
    }
}
