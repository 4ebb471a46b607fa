//! Messages in fragments, put together.

use super::Options;
use crate::sentence::line::Said;
use crate::sentence::tag::{Rank, Station};
use crate::sink::Reason;
use crate::units::Time;

/// Fragments of a message at most, by NMEA.
const MOST: usize = 9;
/// Messages that wait under one key at most.
const MOST_OF_A_KEY: usize = 16;
/// Buckets that keys are sorted into.
const BUCKETS: usize = 256;
/// Two first fragments with one key, not more lines apart than this, may be of two messages that came mixed;
/// farther apart, the rest of the first was lost.
const MIXED_LINES: u64 = 32;
/// How often messages that waited too long are looked for.
const SWEEP_LINES: u64 = 128;

/// A fragment that arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival<'a> {
    pub(super) line: u64,
    pub(super) key: u64,
    pub(super) count: u8,
    pub(super) number: u8,
    pub(super) fill_bits: u8,
    pub(super) group: Option<u32>,
    pub(super) time: Option<Time>,
    /// The time that stands on its own line.
    pub(super) said: Option<Said>,
    pub(super) station: Option<Station<'a>>,
    pub(super) armoured: &'a [u8],
}

/// A message that waits for its other fragments, or has them all.
#[derive(Debug)]
pub(super) struct Message {
    key: u64,
    count: u8,
    group: Option<u32>,
    /// Of the lowest-numbered fragment that has one.
    time: Option<(u8, Time)>,
    /// The first that stood on a fragment's own line. Only like times are compared: those of a line before are
    /// often of another clock.
    said: Option<Said>,
    station: Option<(Rank, u8, Vec<u8>)>,
    fill_bits: u8,
    first_line: u64,
    last_line: u64,
    /// Payloads in the order of their arrival.
    text: Vec<u8>,
    parts: [Option<Held>; MOST],
}

#[derive(Debug, Clone, Copy)]
struct Held {
    line: u64,
    start: u16,
    len: u16,
}

/// What came of a fragment.
#[derive(Debug)]
pub(super) enum Came {
    /// Its message waits.
    Waits,
    /// Its message is whole.
    Whole(Box<Message>),
    /// It cannot be said which of two messages it belongs to.
    Ambiguous,
}

impl Message {
    fn new(arrival: &Arrival<'_>) -> Self {
        let mut message = Self {
            key: arrival.key,
            count: arrival.count,
            group: None,
            time: None,
            said: None,
            station: None,
            fill_bits: 0,
            first_line: arrival.line,
            last_line: arrival.line,
            text: Vec::new(),
            parts: [None; MOST],
        };
        message.add(arrival);
        message
    }

    fn add(&mut self, arrival: &Arrival<'_>) {
        let number = arrival.number;
        self.group = self.group.or(arrival.group);
        self.said = self.said.or(arrival.said);
        if let Some(time) = arrival.time
            && self.time.is_none_or(|(of, _)| number < of)
        {
            self.time = Some((number, time));
        }
        if let Some(station) = arrival.station {
            let better = match &self.station {
                None => true,
                Some((rank, of, _)) => {
                    station.rank > *rank || (station.rank == *rank && number < *of)
                }
            };
            if better {
                self.station = Some((station.rank, number, station.name.to_vec()));
            }
        }
        if number == arrival.count {
            self.fill_bits = arrival.fill_bits;
        }
        self.last_line = self.last_line.max(arrival.line);
        // Nine fragments of the longest line fit.
        let held = Held {
            line: arrival.line,
            start: self.text.len() as u16,
            len: arrival.armoured.len() as u16,
        };
        self.text.extend_from_slice(arrival.armoured);
        if let Some(place) = self.parts.get_mut(usize::from(number) - 1) {
            *place = Some(held);
        }
    }

    fn text(&self, held: &Held) -> &[u8] {
        let start = usize::from(held.start);
        self.text
            .get(start..start + usize::from(held.len))
            .unwrap_or_default()
    }

    fn part(&self, number: u8) -> Option<&[u8]> {
        let held = self.parts.get(usize::from(number) - 1)?.as_ref()?;
        Some(self.text(held))
    }

    fn is_whole(&self) -> bool {
        self.parts.iter().flatten().count() == usize::from(self.count)
    }

    /// Whether the fragment may be of this message, as far as group, station and time tell.
    fn may_have(&self, arrival: &Arrival<'_>, near_ms: i64) -> bool {
        let group = match (self.group, arrival.group) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let station = match (&self.station, arrival.station) {
            (Some((rank, _, name)), Some(other)) if *rank == other.rank => name == other.name,
            _ => true,
        };
        let time = match (self.said, arrival.said) {
            (Some(one), Some(other)) if one.suffix == other.suffix => {
                one.time.since(other.time).saturating_abs() <= near_ms
            }
            _ => true,
        };
        group && station && time
    }

    /// Whether all fragments that both have are equal, and there are some.
    fn is_like(&self, other: &Self) -> bool {
        let mut common = false;
        for (one, two) in self.parts.iter().zip(&other.parts) {
            if let (Some(one), Some(two)) = (one, two) {
                if self.text(one) != other.text(two) {
                    return false;
                }
                common = true;
            }
        }
        common
    }

    /// The lines of its fragments, in the order of their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = u64> + '_ {
        self.parts.iter().flatten().map(|held| held.line)
    }

    /// Its payload, in the order of its fragments.
    pub(super) fn armoured(&self, to: &mut Vec<u8>) {
        to.clear();
        for held in self.parts.iter().flatten() {
            to.extend_from_slice(self.text(held));
        }
    }

    pub(super) fn fill_bits(&self) -> u8 {
        self.fill_bits
    }

    pub(super) fn time(&self) -> Option<Time> {
        self.time.map(|(_, time)| time)
    }

    pub(super) fn station(&self) -> Option<&[u8]> {
        self.station.as_ref().map(|(_, _, name)| name.as_slice())
    }
}

/// Lines of messages that were given up, and why.
pub(super) type GivenUp = Vec<(u64, Reason)>;

/// All messages that wait. Each line adds at most one and none waits longer than
/// [`Options::fragment_lines`], so there are never more than that many.
#[derive(Debug)]
pub(super) struct Assembler {
    buckets: Vec<Vec<Message>>,
    waiting: usize,
    longest_lines: u64,
    near_ms: i64,
}

impl Assembler {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            buckets: (0..BUCKETS).map(|_| Vec::new()).collect(),
            waiting: 0,
            longest_lines: options.fragment_lines,
            near_ms: i64::from(options.fragment_seconds) * 1000,
        }
    }

    /// Takes a fragment.
    pub(super) fn take(&mut self, arrival: &Arrival<'_>, given_up: &mut GivenUp) -> Came {
        let mixed = arrival.key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let Some(bucket) = self.buckets.get_mut((mixed >> 56) as usize % BUCKETS) else {
            return Came::Ambiguous;
        };
        let before = bucket.len();
        let (longest, near_ms) = (self.longest_lines, self.near_ms);
        // What waited too long, or whose rest was lost before another message took its key.
        bucket.retain(|message| {
            let late = arrival.line.saturating_sub(message.first_line) > longest;
            let replaced = message.key == arrival.key
                && arrival.line.saturating_sub(message.last_line) > MIXED_LINES
                && message.may_have(arrival, near_ms)
                && message
                    .part(arrival.number)
                    .is_some_and(|held| held != arrival.armoured);
            if late || replaced {
                give_up(message, Reason::FragmentIncomplete, given_up);
            }
            !(late || replaced)
        });
        let mut found: Option<usize> = None;
        let mut ambiguous = false;
        let (mut oldest, mut of_key) = (None, 0);
        for (at, message) in bucket.iter().enumerate() {
            if message.key != arrival.key {
                continue;
            }
            of_key += 1;
            oldest = oldest.or(Some(at));
            if message.part(arrival.number).is_some() || !message.may_have(arrival, near_ms) {
                continue;
            }
            match found.and_then(|found| bucket.get(found)) {
                None => found = Some(at),
                Some(first) => ambiguous |= !first.is_like(message),
            }
        }
        let came = if ambiguous {
            bucket.retain(|message| {
                let meant = message.key == arrival.key
                    && message.part(arrival.number).is_none()
                    && message.may_have(arrival, near_ms);
                if meant {
                    give_up(message, Reason::FragmentAmbiguous, given_up);
                }
                !meant
            });
            Came::Ambiguous
        } else if let Some((at, message)) =
            found.and_then(|at| bucket.get_mut(at).map(|message| (at, message)))
        {
            message.add(arrival);
            if message.is_whole() {
                Came::Whole(Box::new(bucket.remove(at)))
            } else {
                Came::Waits
            }
        } else {
            if of_key >= MOST_OF_A_KEY
                && let Some(at) = oldest
            {
                give_up(&bucket.remove(at), Reason::FragmentIncomplete, given_up);
            }
            bucket.push(Message::new(arrival));
            Came::Waits
        };
        self.waiting = self.waiting + bucket.len() - before;
        came
    }

    /// Gives up what waited too long; to be called for each line.
    #[inline]
    pub(super) fn sweep(&mut self, line: u64, given_up: &mut GivenUp) {
        if line.is_multiple_of(SWEEP_LINES) && self.waiting > 0 {
            let longest = self.longest_lines;
            self.give_up_if(given_up, |message| {
                line.saturating_sub(message.first_line) > longest
            });
        }
    }

    /// Gives up all.
    pub(super) fn finish(&mut self, given_up: &mut GivenUp) {
        self.give_up_if(given_up, |_| true);
    }

    fn give_up_if(&mut self, given_up: &mut GivenUp, is_over: impl Fn(&Message) -> bool) {
        self.waiting = 0;
        for bucket in &mut self.buckets {
            bucket.retain(|message| {
                let over = is_over(message);
                if over {
                    give_up(message, Reason::FragmentIncomplete, given_up);
                }
                !over
            });
            self.waiting += bucket.len();
        }
    }
}

fn give_up(message: &Message, reason: Reason, given_up: &mut GivenUp) {
    given_up.extend(message.lines().map(|line| (line, reason)));
}
