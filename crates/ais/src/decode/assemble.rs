//! Messages in fragments, put together.
//!
//! Nothing in a fragment says whose it is: sequence numbers come again every few messages. So fragments are
//! joined only where they are near each other, and never where another one could be meant. It is better to
//! lose a message, which comes again, than to make one up of two ships.

use super::Options;
use crate::report::LineRef;
use crate::sentence::line::{Times, sequence, talker};
use crate::sentence::tag::{Group, Rank, Station};
use crate::sink::Reason;
use crate::units::Time;

/// Fragments of a message at most, by NMEA.
const MOST: usize = 9;
/// Messages that wait under one key at most.
const MOST_OF_A_KEY: usize = 16;
/// Buckets that keys are sorted into.
const BUCKETS: usize = 256;
/// How many lines after one of a higher number a fragment may come, where nothing shows that they are of one
/// message. In our files no message has its fragments farther apart, and what comes later is nearly always the
/// rest of a message whose beginning was lost.
const OUT_OF_ORDER_LINES: u64 = 4;
/// How often messages that waited too long are looked for.
const SWEEP_LINES: u64 = 128;
/// How many times [`Options::fragment_lines`] a fragment may come after one of a lower number, where it is shown.
const NUMBERED: u64 = 4;
/// Places for keys, and for talkers.
const KEYS: usize = 1 << 12;
const TALKERS: usize = 16;
/// What [`Options::fragment_lines`] is at most, so that [`LineRef::before`] holds the lines of any message.
const LINES_MAX: u64 = LineRef::BEFORE_MAX as u64 / (MOST as u64 - 1);

/// A fragment that arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival<'a> {
    pub(super) line: u64,
    pub(super) key: u64,
    pub(super) count: u8,
    pub(super) number: u8,
    pub(super) fill_bits: u8,
    /// The character of the channel, which is part of the key.
    pub(super) channel: u8,
    /// The sentence's checksum.
    pub(super) sum: u8,
    /// What `$PGHP` before it says that the checksums of its message's sentences make together.
    pub(super) expected: Option<u8>,
    pub(super) group: Option<Group>,
    /// The time that counts.
    pub(super) time: Option<Time>,
    /// All times that were given, each from one kind of clock.
    pub(super) times: Times,
    pub(super) station: Option<Station<'a>>,
    pub(super) armoured: &'a [u8],
}

/// A message that waits for its other fragments, or has them all.
#[derive(Debug)]
pub(super) struct Message {
    key: u64,
    count: u8,
    channel: u8,
    /// The highest number that it holds.
    highest: u8,
    /// Whether one came after one of a higher number.
    out_of_order: bool,
    /// The exclusive or of its sentences' checksums.
    sum: u8,
    expected: Option<u8>,
    group: Option<Group>,
    /// Of the lowest-numbered fragment that has one.
    time: Option<(u8, Time)>,
    /// The first of each kind. Only like times are compared: others are often of another clock.
    times: Times,
    station: Option<(Rank, u8, Vec<u8>)>,
    fill_bits: u8,
    last_line: u64,
    /// Whether no other message used its key lately when it began.
    alone: bool,
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
    fn new(arrival: &Arrival<'_>, alone: bool) -> Self {
        let mut message = Self {
            key: arrival.key,
            count: arrival.count,
            channel: arrival.channel,
            highest: 0,
            out_of_order: false,
            sum: 0,
            expected: None,
            group: None,
            time: None,
            times: Times::default(),
            station: None,
            fill_bits: 0,
            last_line: arrival.line,
            alone,
            text: Vec::new(),
            parts: [None; MOST],
        };
        message.add(arrival);
        message
    }

    fn add(&mut self, arrival: &Arrival<'_>) {
        let number = arrival.number;
        self.out_of_order |= number < self.highest;
        self.highest = self.highest.max(number);
        self.sum ^= arrival.sum;
        // One that is of this sentence alone says nothing of the others.
        let expected = arrival.expected.filter(|sum| *sum != arrival.sum);
        self.expected = self.expected.or(expected);
        self.group = self.group.or(arrival.group);
        self.times.add(&arrival.times);
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

    fn held(&self) -> usize {
        self.parts.iter().flatten().count()
    }

    fn is_whole(&self) -> bool {
        self.held() == usize::from(self.count)
    }

    /// Whether the fragment may be of this message, as far as group, station and time tell.
    fn may_have(&self, arrival: &Arrival<'_>, near_ms: i64) -> bool {
        let group = match (self.group, arrival.group) {
            (Some(one), Some(other)) => one.may_be(other),
            _ => true,
        };
        let station = match (&self.station, arrival.station) {
            (Some((rank, _, name)), Some(other)) if *rank == other.rank => name == other.name,
            _ => true,
        };
        group && station && self.times.are_near(&arrival.times, near_ms)
    }

    /// Whether it waits for this fragment.
    fn wants(&self, arrival: &Arrival<'_>, limits: Limits, numbers: &Numbers) -> bool {
        let far = arrival.line.saturating_sub(self.last_line);
        let (plain, numbered) = if arrival.number < self.highest {
            (OUT_OF_ORDER_LINES.min(limits.lines), limits.lines)
        } else {
            (limits.lines, limits.numbered_lines)
        };
        (far <= plain || (far <= numbered && numbers.tell(self)))
            && self.part(arrival.number).is_none()
            && self.may_have(arrival, limits.near_ms)
            && self.sums_agree(arrival)
    }

    /// Whether the checksums of all its sentences make what `$PGHP` says, if they would be all with this one.
    fn sums_agree(&self, arrival: &Arrival<'_>) -> bool {
        if self.held() + 1 < usize::from(self.count) {
            return true;
        }
        let sum = self.sum ^ arrival.sum;
        let other = arrival.expected.filter(|sum| *sum != arrival.sum);
        [self.expected, other]
            .into_iter()
            .flatten()
            .all(|expected| expected == sum)
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

    /// The line of the fragment that came first.
    pub(super) fn first_line(&self) -> u64 {
        self.lines().min().unwrap_or(self.last_line)
    }

    /// The line of the fragment that came last.
    pub(super) fn last_line(&self) -> u64 {
        self.last_line
    }

    pub(super) fn channel(&self) -> u8 {
        self.channel
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

#[derive(Debug, Clone, Copy)]
struct Limits {
    lines: u64,
    /// In order, of a message whose number is its own.
    numbered_lines: u64,
    near_ms: i64,
}

impl Limits {
    fn is_over(self, message: &Message, line: u64) -> bool {
        line.saturating_sub(message.last_line) > self.numbered_lines
    }
}

/// All messages that wait. Each line adds at most one fragment, and none waits longer than
/// [`NUMBERED`] times [`Options::fragment_lines`] after it, so there are never many.
#[derive(Debug)]
pub(super) struct Assembler {
    buckets: Vec<Vec<Message>>,
    waiting: usize,
    /// The last line of the oldest of those that are whole and wait all the same.
    due: Option<u64>,
    limits: Limits,
    numbers: Numbers,
}

impl Assembler {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            buckets: (0..BUCKETS).map(|_| Vec::new()).collect(),
            waiting: 0,
            due: None,
            limits: Limits {
                lines: options.fragment_lines.min(LINES_MAX),
                numbered_lines: options
                    .fragment_lines
                    .saturating_mul(NUMBERED)
                    .min(LINES_MAX),
                near_ms: i64::from(options.fragment_seconds) * 1000,
            },
            numbers: Numbers::new(),
        }
    }

    /// Takes a fragment.
    pub(super) fn take(&mut self, arrival: &Arrival<'_>, given_up: &mut GivenUp) -> Came {
        let came = self.join(arrival, given_up);
        self.numbers.note(arrival);
        came
    }

    fn join(&mut self, arrival: &Arrival<'_>, given_up: &mut GivenUp) -> Came {
        let Some(bucket) = self.buckets.get_mut(mixed(arrival.key, BUCKETS)) else {
            return Came::Ambiguous;
        };
        let before = bucket.len();
        let limits = self.limits;
        let numbers = &self.numbers;
        // What waited too long, or whose beginning did not come before that of another.
        bucket.retain(|message| {
            let headless = message.key == arrival.key
                && arrival.number == 1
                && message.part(1).is_none()
                && arrival.line.saturating_sub(message.last_line) > OUT_OF_ORDER_LINES
                && message.may_have(arrival, limits.near_ms)
                && !message.wants(arrival, limits, numbers);
            let over = !message.is_whole() && limits.is_over(message, arrival.line);
            if headless || over {
                give_up(message, Reason::FragmentIncomplete, given_up);
            }
            !(headless || over)
        });
        // Another fragment of a number that a message put together out of order has: the one may belong to
        // the beginning that the other was joined to.
        let mut ambiguous = false;
        bucket.retain(|message| {
            let contradicted = message.key == arrival.key
                && message.is_whole()
                && message.may_have(arrival, limits.near_ms)
                && message.part(arrival.number) != Some(arrival.armoured);
            if contradicted {
                give_up(message, Reason::FragmentAmbiguous, given_up);
                ambiguous = true;
            }
            !contradicted
        });
        if ambiguous {
            self.waiting = self.waiting + bucket.len() - before;
            self.find_due();
            return Came::Ambiguous;
        }
        let mut found: Option<usize> = None;
        let (mut oldest, mut of_key) = (None, 0);
        for (at, message) in bucket.iter().enumerate() {
            if message.key != arrival.key || message.is_whole() {
                continue;
            }
            of_key += 1;
            oldest = oldest.or(Some(at));
            if !message.wants(arrival, limits, numbers) {
                continue;
            }
            match found.and_then(|found| bucket.get(found)) {
                None => found = Some(at),
                Some(other) => {
                    ambiguous |= !other.is_like(message);
                    // Of equal ones the newest: its time is nearest.
                    if message.last_line > other.last_line {
                        found = Some(at);
                    }
                }
            }
        }
        let came = if ambiguous {
            bucket.retain(|message| {
                let meant = message.key == arrival.key
                    && !message.is_whole()
                    && message.wants(arrival, limits, numbers);
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
            if !message.is_whole() {
                Came::Waits
            } else if message.out_of_order {
                self.due = self.due.or(Some(arrival.line));
                Came::Waits
            } else {
                Came::Whole(Box::new(bucket.remove(at)))
            }
        } else {
            if of_key >= MOST_OF_A_KEY
                && let Some(at) = oldest
            {
                give_up(&bucket.remove(at), Reason::FragmentIncomplete, given_up);
            }
            bucket.push(Message::new(
                arrival,
                numbers.is_free(arrival, limits.lines),
            ));
            Came::Waits
        };
        self.waiting = self.waiting + bucket.len() - before;
        came
    }

    /// A message that came out of order, once no other fragment of it can come any more; to be called for each
    /// line until there is none.
    #[inline]
    pub(super) fn due(&mut self, line: u64) -> Option<Box<Message>> {
        match self.due {
            Some(due) if line.saturating_sub(due) > self.limits.lines => self.pop_due(),
            _ => None,
        }
    }

    /// A message that came out of order, at the end of the input.
    pub(super) fn pop_due(&mut self) -> Option<Box<Message>> {
        let due = self.due?;
        let mut found = None;
        for bucket in &mut self.buckets {
            let at = bucket
                .iter()
                .position(|message| message.is_whole() && message.last_line == due);
            if let Some(at) = at {
                self.waiting -= 1;
                found = Some(Box::new(bucket.remove(at)));
                break;
            }
        }
        self.find_due();
        found
    }

    fn find_due(&mut self) {
        self.due = (self.buckets.iter().flatten())
            .filter(|message| message.is_whole())
            .map(|message| message.last_line)
            .min();
    }

    /// Gives up what waited too long; to be called for each line.
    #[inline]
    pub(super) fn sweep(&mut self, line: u64, given_up: &mut GivenUp) {
        if line.is_multiple_of(SWEEP_LINES) && self.waiting > 0 {
            let limits = self.limits;
            self.give_up_if(given_up, |message| {
                !message.is_whole() && limits.is_over(message, line)
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

/// Which of so many places a key has.
fn mixed(key: u64, places: usize) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % places
}

/// How often sequence numbers come again, as far as it shows whose a fragment is: where a receiver counts its
/// messages, one number stands for one message until all others were used.
///
/// Of a fixed size. Where two keys share a place, each counts as a use of the other, so that less is joined.
#[derive(Debug)]
struct Numbers {
    /// For each place of a key the line of the last fragment with it, plus 1; 0: none yet.
    keys: Vec<u64>,
    /// For each place of a talker the last line of each number.
    talkers: [Talker; TALKERS],
}

#[derive(Debug, Clone, Copy, Default)]
struct Talker {
    talker: u64,
    /// The line of the last fragment with each number, plus 1; 0: none yet.
    numbers: [u64; 10],
}

impl Numbers {
    fn new() -> Self {
        Self {
            keys: vec![0; KEYS],
            talkers: [Talker::default(); TALKERS],
        }
    }

    fn last(&self, key: u64) -> u64 {
        self.keys.get(mixed(key, KEYS)).copied().unwrap_or(u64::MAX)
    }

    /// Whether no fragment with its key came on so many lines before.
    fn is_free(&self, arrival: &Arrival<'_>, lines: u64) -> bool {
        match self.last(arrival.key) {
            0 => true,
            last => arrival.line.saturating_sub(last - 1) > lines,
        }
    }

    /// Whether its number shows which fragments are its own: nobody else used its key lately, and since it
    /// began the talker gave another number to another message.
    fn tell(&self, message: &Message) -> bool {
        let Some(own) = sequence(message.key) else {
            return false;
        };
        if !message.alone || self.last(message.key) != message.last_line + 1 {
            return false;
        }
        let talker = talker(message.key);
        let known = self.talkers.get(mixed(talker, TALKERS));
        let Some(known) = known.filter(|known| known.talker == talker) else {
            return false;
        };
        let since = message.first_line();
        let mut numbers = known.numbers.iter().enumerate();
        numbers.any(|(number, last)| number != own && *last > since + 1)
    }

    fn note(&mut self, arrival: &Arrival<'_>) {
        let line = arrival.line.saturating_add(1);
        if let Some(last) = self.keys.get_mut(mixed(arrival.key, KEYS)) {
            *last = line;
        }
        let talker = talker(arrival.key);
        if let Some(known) = self.talkers.get_mut(mixed(talker, TALKERS)) {
            if known.talker != talker {
                *known = Talker {
                    talker,
                    ..Talker::default()
                };
            }
            let number = sequence(arrival.key).and_then(|own| known.numbers.get_mut(own));
            if let Some(last) = number {
                *last = line;
            }
        }
    }
}

fn give_up(message: &Message, reason: Reason, given_up: &mut GivenUp) {
    given_up.extend(message.lines().map(|line| (line, reason)));
}
