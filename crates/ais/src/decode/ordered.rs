//! What needs the lines before: done in the order of the lines.

use super::Options;
use super::assemble::{Arrival, Assembler, Came, GivenUp, Message};
use super::chunks::{Before, Chunk, Given, Part, What, Whole};
use super::duplicates::{Duplicates, Sent};
use crate::report::{Kind, LineRef};
use crate::sentence::armour::Bits;
use crate::sentence::gist::{Claims, Gist, gist};
use crate::sentence::line::{Said, Times};
use crate::sentence::tag::{Flags, Group, Rank, Station, TIMES_AGREE_MS};
use crate::sink::{Counts, Flag, Outcome, Reason, Reception, Sink};
use crate::units::Time;

/// A message this much before the one before it is flagged.
const BACKWARDS_MS: i64 = 60_000;
/// Message types, and 0 for none.
const KINDS: usize = 28;

/// Counts in arrays: quicker than maps.
#[derive(Debug)]
struct Tally {
    total: u64,
    fragment: u64,
    untimed: u64,
    messages: [u64; KINDS],
    repeated: [u64; KINDS],
    refused: [u64; Reason::ALL.len()],
    flagged: [u64; Flag::ALL.len()],
}

impl Tally {
    #[inline]
    fn count(&mut self, outcome: Outcome) {
        self.total += 1;
        let place = match outcome {
            Outcome::Decoded(kind) => self.messages.get_mut(number(kind)),
            Outcome::Duplicate { kind, .. } => self.repeated.get_mut(number(kind)),
            Outcome::Fragment { .. } => Some(&mut self.fragment),
            Outcome::Refused(reason) => self.refused.get_mut(reason as usize),
        };
        if let Some(place) = place {
            *place += 1;
        }
    }

    fn counts(&self) -> Counts {
        let kinds = |counts: &[u64; KINDS]| {
            (0u8..)
                .zip(counts)
                .filter(|(_, n)| **n > 0)
                .map(|(kind, n)| (Kind::Message(kind), *n))
                .collect()
        };
        Counts {
            total: self.total,
            decoded: self.messages.iter().sum(),
            duplicate: self.repeated.iter().sum(),
            fragment: self.fragment,
            refused: (Reason::ALL.iter().copied())
                .zip(self.refused)
                .filter(|(_, n)| *n > 0)
                .collect(),
            messages: kinds(&self.messages),
            repeated: kinds(&self.repeated),
            flagged: (Flag::ALL.iter().copied())
                .zip(self.flagged)
                .filter(|(_, n)| *n > 0)
                .collect(),
            untimed: self.untimed,
        }
    }
}

fn number(kind: Kind) -> usize {
    match kind {
        Kind::Message(kind) => usize::from(kind),
        Kind::Row | Kind::ShipRow | Kind::OtherRow => 0,
    }
}

/// What one line said of the sentence to come.
#[derive(Debug, Default)]
struct Told {
    is_there: bool,
    time: Option<Time>,
    rank: Option<Rank>,
    station: Vec<u8>,
}

impl Told {
    fn clear(&mut self) {
        self.is_there = false;
        self.time = None;
        self.rank = None;
        self.station.clear();
    }

    fn set(&mut self, chunk: &Chunk, given: &Given) {
        self.clear();
        self.is_there = true;
        self.time = given.time;
        if let Some(station) = chunk.station(given.station) {
            self.rank = Some(station.rank);
            self.station.extend_from_slice(station.name);
        }
    }

    fn station(&self) -> Option<Station<'_>> {
        self.rank.map(|rank| Station {
            name: &self.station,
            rank,
        })
    }
}

/// What was said of the sentence to come, on lines before it.
#[derive(Debug, Default)]
struct Context {
    is_there: bool,
    tags: Told,
    pghp: Told,
    group: Option<Group>,
    /// Its checksum, by `$PGHP`.
    expected: Option<u8>,
}

impl Context {
    fn clear(&mut self) {
        self.is_there = false;
        self.tags.clear();
        self.pghp.clear();
        self.group = None;
        self.expected = None;
    }

    #[inline]
    fn is_empty(&self) -> bool {
        !self.is_there
    }

    fn add(&mut self, chunk: &Chunk, before: &Before, flags: &mut Flags) {
        if (before.tags.is_some() && self.tags.is_there)
            || (before.pghp.is_some() && self.pghp.is_there)
        {
            // The sentence of the first did not come.
            self.clear();
        }
        self.is_there = true;
        if let Some(tags) = &before.tags {
            self.tags.set(chunk, tags);
            self.group = before.group;
        }
        if let Some(pghp) = &before.pghp {
            self.pghp.set(chunk, pghp);
            self.expected = before.expected;
        }
        if let (Some(tags), Some(pghp)) = (self.tags.time, self.pghp.time)
            && differ(tags, pghp)
        {
            flags.set(Flag::TimesDiffer);
        }
    }

    /// Leaves out what `$PGHP` said.
    fn without_pghp(&mut self) {
        self.pghp.clear();
        self.expected = None;
    }
}

fn differ(one: Time, other: Time) -> bool {
    one.since(other).saturating_abs() > TIMES_AGREE_MS
}

/// A message to hand on.
struct Heard<'a> {
    line: u64,
    /// How many lines before it its first fragment stands.
    before: u16,
    time: Option<Time>,
    station: Option<&'a [u8]>,
    armoured: &'a [u8],
    fill_bits: u8,
    channel: u8,
    payload: u64,
    gist: Gist,
    claims: Option<&'a Claims>,
}

/// The state that goes from line to line.
#[derive(Debug)]
pub(super) struct Ordered {
    line: u64,
    context: Context,
    assembler: Assembler,
    given_up: GivenUp,
    armoured: Vec<u8>,
    claims: Vec<Claims>,
    out: Out,
}

/// What is needed to hand a message on.
#[derive(Debug)]
struct Out {
    source: u16,
    duplicates: Duplicates,
    /// Of the message before, if it had one.
    time: Option<Time>,
    tally: Tally,
}

impl Ordered {
    pub(super) fn new(source: u16, options: &Options) -> Self {
        Self {
            line: 0,
            context: Context::default(),
            assembler: Assembler::new(options),
            given_up: Vec::new(),
            armoured: Vec::new(),
            claims: Vec::new(),
            out: Out {
                source,
                duplicates: Duplicates::new(options),
                time: None,
                tally: Tally {
                    total: 0,
                    fragment: 0,
                    untimed: 0,
                    messages: [0; KINDS],
                    repeated: [0; KINDS],
                    refused: [0; Reason::ALL.len()],
                    flagged: [0; Flag::ALL.len()],
                },
            },
        }
    }

    /// Takes the next lines.
    pub(super) fn take(&mut self, chunk: &Chunk, sink: &mut dyn Sink) {
        for read in &chunk.lines {
            self.line += 1;
            while let Some(message) = self.assembler.due(self.line) {
                self.message(&message, Flags::default(), sink);
            }
            self.assembler.sweep(self.line, &mut self.given_up);
            if !self.given_up.is_empty() {
                self.give_up(sink);
            }
            let mut flags = read.flags;
            match &read.what {
                What::Whole(whole) => self.whole(chunk, whole, flags, sink),
                What::Part(at) => {
                    if let Some(part) = chunk.parts.get(*at as usize) {
                        self.part(chunk, part, flags, sink);
                    }
                }
                What::Before(at) => {
                    if let Some(before) = chunk.befores.get(*at as usize) {
                        self.context.add(chunk, before, &mut flags);
                        self.out.refuse(self.line, before.reason, sink);
                        self.out.flag(self.line, flags, sink);
                    }
                }
                What::Spoilt(reason) => {
                    self.context.clear();
                    self.out.refuse(self.line, *reason, sink);
                    self.out.flag(self.line, flags, sink);
                }
                What::Nothing(reason) => {
                    self.out.refuse(self.line, *reason, sink);
                    self.out.flag(self.line, flags, sink);
                }
            }
        }
    }

    /// Gives up what still waits, and counts.
    pub(super) fn finish(mut self, sink: &mut dyn Sink) -> Counts {
        while let Some(message) = self.assembler.pop_due() {
            self.message(&message, Flags::default(), sink);
        }
        self.assembler.finish(&mut self.given_up);
        self.give_up(sink);
        self.out.tally.counts()
    }

    fn give_up(&mut self, sink: &mut dyn Sink) {
        self.given_up.sort_unstable();
        for (line, reason) in self.given_up.drain(..) {
            self.out.refuse(line, reason, sink);
        }
    }

    #[inline]
    fn whole(&mut self, chunk: &Chunk, whole: &Whole, mut flags: Flags, sink: &mut dyn Sink) {
        let station = chunk.station(whole.station);
        if self
            .context
            .expected
            .is_some_and(|expected| expected != whole.sum)
        {
            flags.set(Flag::TimeOfAnother);
            self.context.without_pghp();
        }
        let (time, station) = origin(&self.context, whole.said, station, &mut flags);
        self.out.hear(
            &Heard {
                line: self.line,
                before: 0,
                time,
                station: station.map(|station| station.name),
                armoured: chunk.text(whole.armoured),
                fill_bits: whole.fill_bits,
                channel: whole.channel,
                payload: whole.payload,
                gist: whole.gist,
                claims: whole.claims.and_then(|at| chunk.claims.get(at as usize)),
            },
            flags,
            sink,
        );
        if !self.context.is_empty() {
            self.context.clear();
        }
    }

    fn part(&mut self, chunk: &Chunk, part: &Part, mut flags: Flags, sink: &mut dyn Sink) {
        let station = chunk.station(part.station);
        let (time, station) = origin(&self.context, part.said, station, &mut flags);
        let came = self.assembler.take(
            &Arrival {
                line: self.line,
                key: part.key,
                count: part.count,
                number: part.number,
                fill_bits: part.fill_bits,
                channel: part.channel,
                sum: part.sum,
                expected: self.context.expected,
                group: part.group.or(self.context.group),
                time,
                times: Times {
                    tags: (part.said)
                        .filter(|said| !said.suffix)
                        .map(|said| said.time)
                        .or(self.context.tags.time),
                    pghp: self.context.pghp.time,
                    suffix: (part.said).filter(|said| said.suffix).map(|said| said.time),
                },
                station,
                armoured: chunk.text(part.armoured),
            },
            &mut self.given_up,
        );
        self.context.clear();
        if !self.given_up.is_empty() {
            self.give_up(sink);
        }
        match came {
            Came::Waits => self.out.flag(self.line, flags, sink),
            Came::Ambiguous => {
                self.out.refuse(self.line, Reason::FragmentAmbiguous, sink);
                self.out.flag(self.line, flags, sink);
            }
            Came::Whole(message) => self.message(&message, flags, sink),
        }
    }

    /// A message whose fragments are all there.
    fn message(&mut self, message: &Message, flags: Flags, sink: &mut dyn Sink) {
        let of = message.last_line();
        for line in message.lines().filter(|line| *line != of) {
            let outcome = Outcome::Fragment { of };
            self.out.tally.count(outcome);
            sink.line(line, outcome);
        }
        message.armoured(&mut self.armoured);
        let fill_bits = message.fill_bits();
        self.claims.clear();
        let read = Bits::unpack(&self.armoured, fill_bits).and_then(|bits| {
            gist(&bits, &self.armoured, fill_bits, &mut self.claims).map(|gist| (bits.hash(), gist))
        });
        match read {
            Ok((payload, gist)) => self.out.hear(
                &Heard {
                    line: of,
                    before: u16::try_from(of.saturating_sub(message.first_line()))
                        .unwrap_or(LineRef::BEFORE_MAX),
                    time: message.time(),
                    station: message.station(),
                    armoured: &self.armoured,
                    fill_bits,
                    channel: message.channel(),
                    payload,
                    gist,
                    claims: self.claims.first(),
                },
                flags,
                sink,
            ),
            Err(reason) => {
                self.out.refuse(of, reason, sink);
                self.out.flag(of, flags, sink);
            }
        }
    }
}

/// When and by whom a sentence was received: what its own tags say, else what the lines before it said, else
/// what stands behind its checksum.
#[inline]
fn origin<'a>(
    context: &'a Context,
    said: Option<Said>,
    station: Option<Station<'a>>,
    flags: &mut Flags,
) -> (Option<Time>, Option<Station<'a>>) {
    if context.is_empty() {
        return (said.map(|said| said.time), station);
    }
    let before = context.tags.time.or(context.pghp.time);
    if let (Some(said), Some(before)) = (said, before)
        && differ(said.time, before)
    {
        flags.set(Flag::TimesDiffer);
    }
    let time = match said {
        Some(said) if !said.suffix => Some(said.time),
        _ => before.or(said.map(|said| said.time)),
    };
    let mut best = station;
    for station in [context.tags.station(), context.pghp.station()] {
        if let Some(station) = station
            && best.is_none_or(|best| station.rank > best.rank)
        {
            best = Some(station);
        }
    }
    (time, best)
}

impl Out {
    fn refuse(&mut self, line: u64, reason: Reason, sink: &mut dyn Sink) {
        let outcome = Outcome::Refused(reason);
        self.tally.count(outcome);
        sink.line(line, outcome);
    }

    #[inline]
    fn flag(&mut self, line: u64, flags: Flags, sink: &mut dyn Sink) {
        if flags.is_empty() {
            return;
        }
        for flag in flags.iter() {
            if let Some(n) = self.tally.flagged.get_mut(flag as usize) {
                *n += 1;
            }
            sink.flag(line, flag);
        }
    }

    #[inline]
    fn hear(&mut self, heard: &Heard<'_>, mut flags: Flags, sink: &mut dyn Sink) {
        match heard.time {
            None => self.tally.untimed += 1,
            Some(time) => {
                if !time.is_probable() {
                    flags.set(Flag::TimeImprobable);
                }
                if self
                    .time
                    .is_some_and(|before| before.since(time) > BACKWARDS_MS)
                {
                    flags.set(Flag::TimeBackwards);
                }
                self.time = Some(time);
            }
        }
        let kind = Kind::Message(heard.gist.kind);
        let outcome = match self.duplicates.first(&Sent {
            payload: heard.payload,
            armoured: heard.armoured,
            fill_bits: heard.fill_bits,
            channel: heard.channel,
            time: heard.time,
            line: heard.line,
        }) {
            None => Outcome::Decoded(kind),
            Some(of) => Outcome::Duplicate { kind, of },
        };
        self.tally.count(outcome);
        sink.line(heard.line, outcome);
        self.flag(heard.line, flags, sink);
        sink.payload(heard.line, heard.armoured, heard.fill_bits);
        sink.heard(&Reception {
            at: LineRef {
                source: self.source,
                line: heard.line,
                before: heard.before,
            },
            time: heard.time,
            // Names are printable ASCII.
            receiver: heard
                .station
                .and_then(|name| std::str::from_utf8(name).ok()),
            payload: heard.payload,
            mmsi: heard.gist.mmsi,
            kind,
            position: heard.gist.raw(),
            report: heard.gist.fields(),
            identity: heard.claims.map(Claims::identity),
        });
    }
}
