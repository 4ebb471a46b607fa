//! Tag blocks (NMEA 0183 version 4): `\key:value,…*hh\` before a sentence.

use super::time;
use crate::sink::Flag;
use crate::units::Time;

/// Flags of a line, as bits in the order of [`Flag::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Flags(u16);

impl Flags {
    pub(crate) fn set(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u16;
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL
            .iter()
            .copied()
            .filter(move |flag| self.0 >> *flag as u16 & 1 == 1)
    }
}

/// What the tag blocks of a line say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tags<'a> {
    /// `c`, else `T`.
    pub(crate) time: Option<Time>,
    /// `s`, else `si`.
    pub(crate) station: Option<Station<'a>>,
    /// The group of sentences (`g`).
    pub(crate) group: Option<Group>,
}

/// A group of sentences, as one of them names it: `sentence-total-id`. Ids are used again, by some loggers for
/// each group, so that equal ones show nothing; different ones do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    id: u32,
    /// The sentence's number less that of its fragment, and how many sentences there are; if it is the
    /// fragment's own.
    place: Option<(i64, u32)>,
}

impl Group {
    /// `sentence-total-id`
    fn read(written: &[u8]) -> Option<Self> {
        let mut numbers = written.splitn(3, |c| *c == b'-').map(time::number);
        let (sentence, total, id) = (numbers.next()??, numbers.next()??, numbers.next()??);
        Some(Self {
            id: u32::try_from(id).ok()?,
            place: Some((sentence, u32::try_from(total).ok()?)),
        })
    }

    /// As a fragment's own tag block gives it.
    pub(crate) fn of_fragment(self, number: u8) -> Self {
        Self {
            place: self
                .place
                .map(|(sentence, total)| (sentence - i64::from(number), total)),
            ..self
        }
    }

    /// As a line before a fragment gives it.
    pub(crate) fn of_line_before(self) -> Self {
        Self {
            place: None,
            ..self
        }
    }

    /// Whether two fragments may be of one group.
    pub(crate) fn may_be(self, other: Self) -> bool {
        self.id == other.id
            && match (self.place, other.place) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            }
    }
}

/// A receiver's name, and where it was given: of several the highest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Station<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) rank: Rank,
}

/// Where a receiver's name was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Behind the checksum.
    Suffix,
    /// Tag `si`, which names a system of many receivers.
    System,
    /// `$PGHP`.
    Before,
    /// Tag `s`.
    Source,
}

impl<'a> Station<'a> {
    /// Of a name that can be one: printable ASCII, not too long.
    pub(crate) fn new(name: &'a [u8], rank: Rank, flags: &mut Flags) -> Option<Self> {
        if name.is_empty() {
            return None;
        }
        if name.len() > LONGEST_NAME || !is_printable(name) {
            flags.set(Flag::ReceiverUnreadable);
            return None;
        }
        Some(Self { name, rank })
    }
}

fn is_printable(name: &[u8]) -> bool {
    name.iter()
        .fold(true, |all, c| all & (0x20..0x7f).contains(c))
}

/// The longest name of a receiver that is kept.
const LONGEST_NAME: usize = 255;

/// Two times of one reception this far apart do not agree.
pub(crate) const TIMES_AGREE_MS: i64 = 2000;

/// Reads the tag blocks at the start of a line; gives what comes after them. `None`: one of them has no end.
pub(crate) fn read<'a>(line: &'a [u8], flags: &mut Flags) -> Option<(Tags<'a>, &'a [u8])> {
    let mut tags = Tags::default();
    let mut rest = line;
    while let Some((b'\\', inner)) = rest.split_first().map(|(first, inner)| (*first, inner)) {
        let end = inner.iter().position(|c| *c == b'\\')?;
        let (block, after) = inner.split_at_checked(end)?;
        read_block(block, &mut tags, flags);
        rest = after.get(1..).unwrap_or_default();
    }
    Some((tags, rest))
}

fn read_block<'a>(block: &'a [u8], tags: &mut Tags<'a>, flags: &mut Flags) {
    // The checksum's place is nearly always the last three bytes.
    let star = match block {
        [.., b'*', _, _] => Some(block.len() - 3),
        _ => memchr::memrchr(b'*', block),
    };
    let fields = match star {
        Some(star) => {
            let (fields, sum) = block.split_at(star);
            if super::line::hex(sum.get(1..).unwrap_or_default()) != Some(super::line::xor(fields))
            {
                flags.set(Flag::TagChecksumWrong);
            } else if sum.len() > 3 {
                flags.set(Flag::TagMalformed);
            }
            fields
        }
        None => {
            flags.set(Flag::TagChecksumMissing);
            block
        }
    };
    let mut dotted = None;
    let mut rest = Some(fields);
    while let Some(fields) = rest {
        // Short fields: a loop is quicker than a search.
        let field = match fields.iter().position(|c| *c == b',') {
            Some(end) => {
                rest = fields.get(end + 1..);
                fields.get(..end).unwrap_or_default()
            }
            None => {
                rest = None;
                fields
            }
        };
        match field {
            [b'c', b':', value @ ..] => match time::unix(value) {
                Some(time) => set_time(tags, time, flags),
                None => flags.set(Flag::TimeUnreadable),
            },
            [b'T', b':', value @ ..] => match time::dotted(value) {
                Some(time) => dotted = Some(time),
                None => flags.set(Flag::TimeUnreadable),
            },
            [b's', b':', value @ ..] => {
                if tags
                    .station
                    .is_none_or(|station| station.rank < Rank::Source)
                {
                    tags.station = Station::new(value, Rank::Source, flags).or(tags.station);
                }
            }
            [b's', b'i', b':', value @ ..] => {
                if tags.station.is_none() {
                    tags.station = Station::new(value, Rank::System, flags);
                }
            }
            [b'g', b':', value @ ..] => {
                let group = Group::read(value);
                if group.is_none() {
                    flags.set(Flag::TagMalformed);
                }
                tags.group = tags.group.or(group);
            }
            // What else there is (n, q, d, t, i, x, r …) says nothing that is used here.
            _ if field.contains(&b':') => {}
            _ => flags.set(Flag::TagMalformed),
        }
    }
    // After the others, so that `c` ranks before `T` in whichever order they stand.
    if let Some(time) = dotted {
        set_time(tags, time, flags);
    }
}

fn set_time(tags: &mut Tags<'_>, time: Time, flags: &mut Flags) {
    match tags.time {
        None => tags.time = Some(time),
        Some(first) => {
            if first.since(time).abs() > TIMES_AGREE_MS {
                flags.set(Flag::TimesDiffer);
            }
        }
    }
}
