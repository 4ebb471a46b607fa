//! One line, read by itself.

use super::armour::{self, Bits};
use super::gist::{Claims, Gist, gist};
use super::tag::{self, Flags, Group, Rank, Station, TIMES_AGREE_MS, Tags};
use super::{LONGEST_LINE, time};
use crate::sink::{Flag, Reason};
use crate::units::Time;

/// A time of reception that stands on the line itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) time: Time,
    /// Behind the checksum, where it ranks below what stood on the line before.
    pub(crate) suffix: bool,
}

/// Times of one reception, each of one kind of clock: in tag blocks, in `$PGHP`, behind the checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Times {
    pub(crate) tags: Option<Time>,
    pub(crate) pghp: Option<Time>,
    pub(crate) suffix: Option<Time>,
}

impl Times {
    fn all(&self) -> [Option<Time>; 3] {
        [self.tags, self.pghp, self.suffix]
    }

    /// Adds those of another fragment, where there is none of their kind yet.
    pub(crate) fn add(&mut self, other: &Self) {
        self.tags = self.tags.or(other.tags);
        self.pghp = self.pghp.or(other.pghp);
        self.suffix = self.suffix.or(other.suffix);
    }

    /// Whether those of one kind are no farther apart.
    pub(crate) fn are_near(&self, other: &Self, near_ms: i64) -> bool {
        let mut both = self.all().into_iter().zip(other.all());
        both.all(|both| match both {
            (Some(one), Some(other)) => one.since(other).saturating_abs() <= near_ms,
            _ => true,
        })
    }
}

/// When and by whom, as far as the line itself says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Origin<'a> {
    pub(crate) said: Option<Said>,
    pub(crate) station: Option<Station<'a>>,
}

/// A sentence with a whole message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<'a> {
    pub(crate) origin: Origin<'a>,
    pub(crate) armoured: &'a [u8],
    pub(crate) fill_bits: u8,
    /// The character of the channel; 0: not given.
    pub(crate) channel: u8,
    /// The sentence's checksum.
    pub(crate) sum: u8,
    pub(crate) payload: u64,
    pub(crate) gist: Gist,
    /// Whether it said something of identity: its claims are then the last.
    pub(crate) has_claims: bool,
}

/// A sentence with a part of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) origin: Origin<'a>,
    /// Talker and formatter, fragment count, sequence and channel, all in one.
    pub(crate) key: u64,
    pub(crate) count: u8,
    pub(crate) number: u8,
    pub(crate) fill_bits: u8,
    pub(crate) channel: u8,
    pub(crate) sum: u8,
    pub(crate) group: Option<Group>,
    pub(crate) armoured: &'a [u8],
}

/// The talker and formatter in a [`Part`]'s key.
pub(crate) const fn talker(key: u64) -> u64 {
    key & 0xff_ffff
}

/// The sequence number in a [`Part`]'s key, 0 to 9.
pub(crate) const fn sequence(key: u64) -> Option<usize> {
    match key >> 32 & 0xff {
        sequence @ 0..=9 => Some(sequence as usize),
        _ => None,
    }
}

/// What `$PGHP` says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Announced<'a> {
    pub(crate) time: Option<Time>,
    pub(crate) station: Option<Station<'a>>,
    /// The checksum of the sentence that it speaks of.
    pub(crate) sum: Option<u8>,
}

/// What a line is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line<'a> {
    /// A whole message.
    Whole(Whole<'a>),
    /// A part of one.
    Part(Part<'a>),
    /// Says something of the sentence after it.
    Before {
        reason: Reason,
        tags: Option<Tags<'a>>,
        pghp: Option<Announced<'a>>,
    },
    /// A sentence that was refused: what was said before it is used up.
    Spoilt(Reason),
    /// Nothing, and what was said before it stands.
    Nothing(Reason),
}

/// The exclusive or of bytes: NMEA's checksum.
#[inline]
pub(crate) fn xor(bytes: &[u8]) -> u8 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut sum = 0u64;
    for eight in eights {
        sum ^= u64::from_le_bytes(*eight);
    }
    sum ^= sum >> 32;
    sum ^= sum >> 16;
    sum ^= sum >> 8;
    rest.iter().fold(sum as u8, |sum, byte| sum ^ byte)
}

fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'A'..=b'F' => Some(c - b'A' + 10),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    }
}

/// Two hexadecimal digits at the start.
#[inline]
pub(crate) fn hex(text: &[u8]) -> Option<u8> {
    match text {
        [high, low, ..] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

/// Reads a line, which may still end in a carriage return.
#[inline]
pub(crate) fn parse<'a>(line: &'a [u8], flags: &mut Flags, claims: &mut Vec<Claims>) -> Line<'a> {
    let mut line = line.strip_suffix(b"\r").unwrap_or(line);
    // Blanks count: of a line far longer it is not known what comes after them.
    if line.len() > LONGEST_LINE {
        return Line::Spoilt(Reason::LineTooLong);
    }
    while let [start @ .., b'\r' | b' ' | b'\t'] = line {
        line = start;
    }
    while let [b' ' | b'\t', rest @ ..] = line {
        line = rest;
    }
    match line.first() {
        Some(b'!') => sentence(line, Tags::default(), flags, claims),
        Some(b'\\') => match tag::read(line, flags) {
            None => {
                flags.set(Flag::TagMalformed);
                Line::Spoilt(Reason::SentenceMalformed)
            }
            Some((tags, [])) => Line::Before {
                reason: Reason::TagOnly,
                tags: Some(tags),
                pghp: None,
            },
            Some((tags, rest)) => match rest.first() {
                Some(b'!') => sentence(rest, tags, flags, claims),
                Some(b'$') => other(rest, Some(tags), flags),
                _ => Line::Spoilt(Reason::NotASentence),
            },
        },
        Some(b'$') => other(line, None, flags),
        Some(b'#') => Line::Spoilt(Reason::Comment),
        Some(_) => Line::Spoilt(Reason::NotASentence),
        None => Line::Nothing(Reason::Blank),
    }
}

/// A sentence that begins with `$`.
fn other<'a>(line: &'a [u8], tags: Option<Tags<'a>>, flags: &mut Flags) -> Line<'a> {
    if has_sentence(line) {
        return Line::Spoilt(Reason::SeveralSentences);
    }
    let Some(inner) = line.strip_prefix(b"$PGHP,") else {
        let is_sentence = line.len() > 5
            && line.get(1..6).is_some_and(|name| {
                name.iter()
                    .all(|c| c.is_ascii_alphanumeric() || *c == b'-' || *c == b',')
            });
        return Line::Spoilt(if is_sentence {
            Reason::NotAis
        } else {
            Reason::NotASentence
        });
    };
    let Some(star) = memchr::memchr(b'*', inner) else {
        return Line::Spoilt(Reason::ChecksumMissing);
    };
    let (fields, sum) = inner.split_at(star);
    match hex(sum.get(1..).unwrap_or_default()) {
        None => return Line::Spoilt(Reason::ChecksumMissing),
        Some(sum) if sum != xor(fields) ^ xor(b"PGHP,") => {
            return Line::Spoilt(Reason::ChecksumWrong);
        }
        Some(_) => {}
    }
    let Some(read) = time::pghp(fields) else {
        return Line::Spoilt(Reason::NotAis);
    };
    if !is_line_end(sum.get(3..).unwrap_or_default()) {
        flags.set(Flag::RestUnread);
    }
    if read.time.is_none() {
        flags.set(Flag::TimeUnreadable);
    }
    Line::Before {
        reason: Reason::TimeOnly,
        tags,
        pghp: Some(Announced {
            time: read.time,
            station: read
                .station
                .and_then(|name| Station::new(name, Rank::Before, flags)),
            sum: read.sum,
        }),
    }
}

/// Whether there is an AIS sentence in it: the line end before that was lost.
#[cold]
fn has_sentence(text: &[u8]) -> bool {
    memchr::memchr_iter(b'!', text).any(|at| {
        matches!(
            text.get(at..at + 7),
            Some([b'!', _, _, b'V', b'D', b'M' | b'O', b','])
        )
    })
}

/// Nothing, or a line end that was written out.
fn is_line_end(rest: &[u8]) -> bool {
    matches!(rest, b"" | b"\\x0d\\x0a" | b"\\r\\n")
}

/// The fields of a sentence that are told apart.
struct Fields<'a> {
    talker: [u8; 3],
    count: u8,
    number: u8,
    sequence: u8,
    channel: u8,
    armoured: &'a [u8],
    fill_bits: u8,
    /// The sentence between `!` and `*`.
    summed: &'a [u8],
    /// What comes after `*`.
    after: &'a [u8],
}

/// Splits off a field that ends in a comma.
#[inline]
fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    // Short fields: a loop is quicker than a search.
    let end = rest.iter().position(|c| *c == b',')?;
    let (field, after) = rest.split_at_checked(end)?;
    *rest = after.get(1..)?;
    Some(field)
}

/// A field of a digit; 0 if empty.
#[inline]
fn one_digit(field: &[u8]) -> Option<u8> {
    match field {
        [c @ b'0'..=b'9'] => Some(c - b'0'),
        _ => None,
    }
}

/// `!AIVDM,count,number,sequence,channel,payload,fill*sum`
#[inline]
fn fields(line: &[u8]) -> Option<Fields<'_>> {
    let (head, mut rest) = line.split_at_checked(7)?;
    let [_, t1, t2, b'V', b'D', own @ (b'M' | b'O'), b','] = *head else {
        return None;
    };
    let count = one_digit(field(&mut rest)?)?;
    let number = one_digit(field(&mut rest)?)?;
    let sequence = match field(&mut rest)? {
        [] => 10,
        some => one_digit(some)?,
    };
    let channel = match field(&mut rest)? {
        [] => 0,
        [c] => *c,
        _ => return None,
    };
    let end = memchr::memchr(b',', rest)?;
    let (armoured, tail) = rest.split_at_checked(end)?;
    let [b',', fill @ b'0'..=b'9', b'*', after @ ..] = tail else {
        return None;
    };
    let summed = line.get(1..line.len() - after.len() - 1)?;
    Some(Fields {
        talker: [t1, t2, own],
        count,
        number,
        sequence,
        channel,
        armoured,
        fill_bits: *fill - b'0',
        summed,
        after,
    })
}

/// A sentence that begins with `!`.
#[inline]
fn sentence<'a>(
    line: &'a [u8],
    tags: Tags<'a>,
    flags: &mut Flags,
    claims: &mut Vec<Claims>,
) -> Line<'a> {
    let Some(fields) = fields(line) else {
        return Line::Spoilt(why_malformed(line));
    };
    let sum = match hex(fields.after) {
        None => return Line::Spoilt(Reason::ChecksumMissing),
        Some(sum) if sum != xor(fields.summed) => return Line::Spoilt(Reason::ChecksumWrong),
        Some(sum) => sum,
    };
    if fields.count == 0 || fields.number == 0 || fields.number > fields.count {
        return Line::Spoilt(Reason::SentenceMalformed);
    }
    let mut origin = Origin {
        said: tags.time.map(|time| Said {
            time,
            suffix: false,
        }),
        station: tags.station,
    };
    if let Some(rest @ [_, ..]) = fields.after.get(2..) {
        if has_sentence(rest) {
            return Line::Spoilt(Reason::SeveralSentences);
        }
        match rest {
            [b',', suffix @ ..] => read_suffix(suffix, &mut origin, flags),
            rest if is_line_end(rest) => {}
            _ => flags.set(Flag::RestUnread),
        }
    }
    let [t1, t2, own] = fields.talker;
    if own == b'O' {
        flags.set(Flag::OwnShip);
    }
    if fields.count == 1 {
        return match whole(&fields, sum, origin, claims) {
            Ok(whole) => Line::Whole(whole),
            Err(reason) => Line::Spoilt(reason),
        };
    }
    // Only the last fragment can have fill bits: the next one's first bit would not be known otherwise. They are bits
    // of its own: without any, those of the fragment before would be cut off.
    let none_here = fields.number < fields.count || fields.armoured.is_empty();
    if fields.fill_bits > 5 || (none_here && fields.fill_bits != 0) {
        return Line::Spoilt(Reason::FillBitsInvalid);
    }
    // Here, so that it is told of the line which has it.
    if !armour::is_sound(fields.armoured) {
        return Line::Spoilt(Reason::ArmourInvalid);
    }
    Line::Part(Part {
        origin,
        key: u64::from_le_bytes([
            t1,
            t2,
            own,
            fields.count,
            fields.sequence,
            fields.channel,
            0,
            0,
        ]),
        count: fields.count,
        number: fields.number,
        fill_bits: fields.fill_bits,
        channel: fields.channel,
        sum,
        group: (tags.group).map(|group| group.of_fragment(fields.number)),
        armoured: fields.armoured,
    })
}

#[inline]
fn whole<'a>(
    fields: &Fields<'a>,
    sum: u8,
    origin: Origin<'a>,
    claims: &mut Vec<Claims>,
) -> Result<Whole<'a>, Reason> {
    let bits = Bits::unpack(fields.armoured, fields.fill_bits)?;
    let before = claims.len();
    let gist = gist(&bits, fields.armoured, fields.fill_bits, claims)?;
    Ok(Whole {
        origin,
        armoured: fields.armoured,
        fill_bits: fields.fill_bits,
        channel: fields.channel,
        sum,
        payload: bits.hash(),
        gist,
        has_claims: claims.len() > before,
    })
}

/// Why a sentence could not be split into its fields.
#[cold]
fn why_malformed(line: &[u8]) -> Reason {
    let is_ais = matches!(line.get(3..6), Some(b"VDM" | b"VDO"));
    let inner = line.get(1..).unwrap_or_default();
    if !is_ais && has_sentence(inner) {
        return Reason::SeveralSentences;
    }
    match memchr::memchr(b'*', inner) {
        Some(star) => {
            let (summed, sum) = inner.split_at(star);
            match hex(sum.get(1..).unwrap_or_default()) {
                None => Reason::ChecksumMissing,
                Some(sum) if sum != xor(summed) => Reason::ChecksumWrong,
                Some(_) if is_ais => Reason::SentenceMalformed,
                Some(_) => Reason::NotAis,
            }
        }
        None if !is_ais => Reason::NotASentence,
        None if inner.iter().filter(|c| **c == b',').count() == 6 => Reason::ChecksumMissing,
        None => Reason::SentenceMalformed,
    }
}

/// What some loggers write behind the checksum: `,field,…,station,seconds`. The station is the last field that begins
/// with `r` or `b` and is longer than that; the time stands behind it, or last where there is no station. Of
/// two times the first counts.
#[cold]
fn read_suffix<'a>(suffix: &'a [u8], origin: &mut Origin<'a>, flags: &mut Flags) {
    let mut station = None;
    let mut times = [None; 2];
    let mut odd = false;
    for field in suffix.split(|c| *c == b',') {
        let field = field.trim_ascii();
        match field {
            [b'r' | b'b', _, ..] => {
                station = Some(field);
                times = [None; 2];
                odd = false;
            }
            [b'-' | b'0'..=b'9', ..] => {
                let time = time::bare(field);
                odd |= time.is_none();
                let [first, second] = &mut times;
                if first.is_none() {
                    *first = time;
                } else if second.is_none() {
                    *second = time;
                }
            }
            _ if station.is_none() => times = [None; 2],
            _ => {}
        }
    }
    // Without a station numbers may be anything.
    if odd && station.is_some() {
        flags.set(Flag::TimeUnreadable);
    }
    if origin
        .station
        .is_none_or(|known| known.rank == Rank::Suffix)
    {
        origin.station = station
            .and_then(|name| Station::new(name, Rank::Suffix, flags))
            .or(origin.station);
    }
    let mut known = origin.said.map(|said| said.time);
    for time in times.into_iter().flatten() {
        match known {
            None => {
                origin.said = Some(Said { time, suffix: true });
                known = Some(time);
            }
            Some(known) => {
                if known.since(time).saturating_abs() > TIMES_AGREE_MS {
                    flags.set(Flag::TimesDiffer);
                }
            }
        }
    }
}
