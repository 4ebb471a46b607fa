//! The 6-bit armour of payloads: checked, taken off, and its bits hashed.

use crate::hash;
use crate::sink::Reason;

/// Bits of a group: eight characters.
const GROUP: usize = 48;
/// Groups that are kept for reading fields: 480 bits, more than any type that is read from them has.
const GROUPS: usize = 10;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * ONES;

/// Whether `c` is one of the 64 characters.
fn is_armour(c: u8) -> bool {
    matches!(c, b'0'..=b'W' | b'`'..=b'w')
}

/// Whether all characters are of the armour.
pub(crate) fn is_sound(armoured: &[u8]) -> bool {
    armoured.iter().copied().all(is_armour)
}

/// The six bits of a character of the armour.
fn value(c: u8) -> u8 {
    let v = c.wrapping_sub(b'0');
    if v > 40 { v.wrapping_sub(8) } else { v }
}

/// Bits of a payload.
pub(crate) fn len(armoured: &[u8], fill_bits: u8) -> usize {
    armoured
        .len()
        .saturating_mul(6)
        .saturating_sub(usize::from(fill_bits))
}

/// Whether a payload can be decoded.
pub(crate) fn check(armoured: &[u8], fill_bits: u8) -> Result<(), Reason> {
    if fill_bits > 5 || (armoured.is_empty() && fill_bits != 0) {
        return Err(Reason::FillBitsInvalid);
    }
    if !is_sound(armoured) {
        return Err(Reason::ArmourInvalid);
    }
    if armoured.is_empty() {
        return Err(Reason::TooShort);
    }
    Ok(())
}

/// Any bits of a payload; `None` if it has not so many. At most 64.
pub(crate) fn bits(armoured: &[u8], start: usize, len: usize) -> Option<u64> {
    let end = start.checked_add(len)?;
    let mut all = 0u64;
    for at in start..end {
        let bit = value(*armoured.get(at / 6)?) >> (5 - at % 6) & 1;
        all = all << 1 | u64::from(bit);
    }
    Some(all)
}

/// Characters of text from a payload, at most as many as it has.
pub(crate) fn characters(
    armoured: &[u8],
    start: usize,
    count: usize,
) -> impl Iterator<Item = u8> + '_ {
    (0..count).map_while(move |i| bits(armoured, start + i * 6, 6).map(|v| character(v as u8)))
}

/// A character of the 6-bit alphabet.
pub(crate) fn character(v: u8) -> u8 {
    if v < 32 { v + 64 } else { v }
}

/// The payload with its fill bits set to zero and one more character of zeros: it has no fill bits then.
pub(crate) fn padded(armoured: &[u8], fill_bits: u8) -> Vec<u8> {
    let mut all = armoured.to_vec();
    if let Some(last) = all.last_mut() {
        *last = without_fill(*last, fill_bits);
    }
    all.push(b'0');
    all
}

/// The last character of a payload with its fill bits (5 at most) set to zero.
pub(crate) fn without_fill(last: u8, fill_bits: u8) -> u8 {
    let v = value(last) >> fill_bits << fill_bits;
    if v < 40 { v + b'0' } else { v + b'8' }
}

/// The first bits of a payload, out of their armour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits {
    groups: [u64; GROUPS + 1],
    len: usize,
    hash: u64,
}

impl Bits {
    /// Checks the armour and takes it off.
    #[inline(always)]
    pub(crate) fn unpack(armoured: &[u8], fill_bits: u8) -> Result<Self, Reason> {
        if fill_bits > 5 || (armoured.is_empty() && fill_bits != 0) {
            return Err(Reason::FillBitsInvalid);
        }
        let len = len(armoured, fill_bits);
        let mut bits = Self {
            groups: [0; GROUPS + 1],
            len,
            hash: 0,
        };
        let (whole, rest) = armoured.as_chunks::<8>();
        let mut hash = hash::keys().a;
        let mut at = 0;
        let last = if rest.is_empty() {
            let Some((last, whole)) = whole.split_last() else {
                return Err(Reason::TooShort);
            };
            for eight in whole {
                let group = group(*eight)?;
                hash = fold(hash ^ group);
                if let Some(place) = bits.groups.get_mut(at) {
                    *place = group;
                }
                at += 1;
            }
            *last
        } else {
            for eight in whole {
                let group = group(*eight)?;
                hash = fold(hash ^ group);
                if let Some(place) = bits.groups.get_mut(at) {
                    *place = group;
                }
                at += 1;
            }
            let mut last = [b'0'; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            last
        };
        // Fill bits are no part of what was sent.
        let beyond = (at + 1) * GROUP - len;
        let group = group(last)? >> beyond << beyond;
        hash = fold(hash ^ group);
        if let Some(place) = bits.groups.get_mut(at) {
            *place = group;
        }
        bits.hash = fold(hash ^ len as u64);
        Ok(bits)
    }

    /// How many bits the payload has.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A hash of all its bits and their number, under the keys of this process.
    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    /// A field of at most 48 bits. What is beyond the payload's end, or not kept, reads as zeros.
    #[inline(always)]
    pub(crate) fn field(&self, start: usize, len: usize) -> u64 {
        let (group, offset) = (start / GROUP, start % GROUP);
        let first = self.groups.get(group).copied().unwrap_or(0);
        let mask = (1u64 << len) - 1;
        if offset + len <= GROUP {
            first >> (GROUP - offset - len) & mask
        } else {
            let second = self.groups.get(group + 1).copied().unwrap_or(0);
            let beyond = offset + len - GROUP;
            (first << beyond | second >> (GROUP - beyond)) & mask
        }
    }

    /// A field in two's complement.
    #[inline(always)]
    pub(crate) fn signed(&self, start: usize, len: usize) -> i32 {
        let shift = 64 - len;
        ((self.field(start, len) << shift).cast_signed() >> shift) as i32
    }

    /// Characters of text.
    pub(crate) fn text(&self, start: usize, count: usize) -> impl Iterator<Item = u8> + '_ {
        (0..count).map(move |i| character(self.field(start + 6 * i, 6) as u8))
    }
}

/// Mixes 64 bits: both halves of a product.
#[inline(always)]
fn fold(x: u64) -> u64 {
    let product = u128::from(x ^ 0xa076_1d64_78bd_642f) * 0xe703_7ed1_a0b4_28db_u128;
    (product >> 64) as u64 ^ product as u64
}

/// Eight characters as 48 bits, all checked at once.
#[inline(always)]
fn group(eight: [u8; 8]) -> Result<u64, Reason> {
    let x = u64::from_be_bytes(eight);
    // Each byte below 128, at least 48, at most 119, and not of 88 to 95 (whose upper five bits are 01011).
    let between = ((x & (0xf8 * ONES)) ^ (0x58 * ONES)).wrapping_add(0x7f * ONES);
    let low = x.wrapping_add(0x50 * ONES);
    let bad = x | x.wrapping_add(0x08 * ONES) | !low | !between;
    if bad & HIGH != 0 {
        // Above 127 a byte may carry into its neighbour, but then its own high bit has told already.
        return Err(Reason::ArmourInvalid);
    }
    let upper = (x.wrapping_add(0x20 * ONES) & HIGH) >> 4;
    let v = x - 0x30 * ONES - upper;
    let twos = (v & 0x3f00_3f00_3f00_3f00) >> 2 | (v & 0x003f_003f_003f_003f);
    let fours = (twos & 0x0fff_0000_0fff_0000) >> 4 | (twos & 0x0000_0fff_0000_0fff);
    Ok((fours >> 32) << 24 | (fours & 0x00ff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_takes_the_64_characters_and_no_other() {
        for c in 0..=255u8 {
            for at in 0..8 {
                let mut eight = *b"0WW0ww`0";
                eight[at] = c;
                let plain = eight
                    .iter()
                    .fold(0, |all, c| all << 6 | u64::from(value(*c)));
                let expected = is_armour(c).then_some(plain).ok_or(Reason::ArmourInvalid);
                assert_eq!(group(eight), expected, "{c} at {at}");
            }
        }
    }

    #[test]
    fn fields_are_those_of_the_plain_reader() {
        let payload: Vec<u8> = (0..77u8)
            .map(|i| *b"0W`wQ1k9".get(usize::from(i) * 7 % 8).unwrap())
            .collect();
        let unpacked = Bits::unpack(&payload, 2).unwrap();
        assert_eq!(unpacked.len(), 460);
        for start in 0..400 {
            for len in 1..=48 {
                assert_eq!(
                    Some(unpacked.field(start, len)),
                    bits(&payload, start, len),
                    "{start} {len}"
                );
            }
        }
    }

    #[test]
    fn fill_bits_do_not_change_the_hash_and_lengths_do() {
        let hash = |payload: &[u8], fill| Bits::unpack(payload, fill).unwrap().hash();
        assert_eq!(hash(b"15RTgt0PAsp", 3), hash(b"15RTgt0PAsw", 3));
        assert_ne!(hash(b"15RTgt0PAsp", 3), hash(b"15RTgt0PAsp", 2));
        assert_ne!(hash(b"00000000", 0), hash(b"0000000000000000", 0));
    }
}
