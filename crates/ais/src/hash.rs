//! A quick hash of 64 bits under keys that nobody knows: they are drawn once in a process. It tells equal things quickly,
//! and nobody can make different things for which it is equal. It differs from run to run, so that no order may come
//! of it, and it is written nowhere.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

/// The keys of this process.
pub fn keys() -> Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    *KEYS.get_or_init(|| {
        let drawn = RandomState::new();
        Keys {
            a: drawn.hash_one(1),
            b: drawn.hash_one(2),
        }
    })
}

/// What the hash cannot be foretold without.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// For the lower half of what goes in.
    pub a: u64,
    b: u64,
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

impl Keys {
    /// One more word.
    pub fn mix(self, hash: u64, word: u64) -> u64 {
        fold(hash ^ self.a, word ^ self.b).wrapping_add(hash.rotate_left(23))
    }

    /// Bytes and their length: sixteen at a time, and then, where some are left, the last sixteen of all once more. Fewer
    /// than sixteen in all: as two words that overlap.
    #[inline]
    pub fn bytes(self, hash: u64, bytes: &[u8]) -> u64 {
        let mut hash = hash ^ (bytes.len() as u64).wrapping_mul(self.a | 1);
        let mut words = bytes.chunks_exact(16);
        for word in &mut words {
            let mut sixteen = [0; 16];
            sixteen.copy_from_slice(word);
            hash = self.two(hash, sixteen);
        }
        if words.remainder().is_empty() {
            return self.mix(hash, 0);
        }
        let last = match bytes.last_chunk::<16>() {
            Some(last) => *last,
            None => few(bytes),
        };
        self.two(hash, last)
    }

    fn two(self, hash: u64, sixteen: [u8; 16]) -> u64 {
        let both = u128::from_le_bytes(sixteen);
        let (low, high) = (both as u64, (both >> 64) as u64);
        fold(hash ^ low ^ self.a, high ^ self.b).wrapping_add(hash.rotate_left(23) ^ high)
    }
}

/// Fewer than sixteen bytes, of which each is in one of the two words at least.
fn few(bytes: &[u8]) -> [u8; 16] {
    let mut both = [0; 16];
    let (low, high) = both.split_at_mut(8);
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        low.copy_from_slice(first);
        high.copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        low[..4].copy_from_slice(first);
        high[..4].copy_from_slice(last);
    } else if let [first, .., last] = bytes {
        // Two or three.
        low[..3].copy_from_slice(&[*first, bytes[bytes.len() / 2], *last]);
    } else if let [only] = bytes {
        low[0] = *only;
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_keys_give_another_hash() {
        let (one, other) = (Keys { a: 1, b: 2 }, Keys { a: 1, b: 3 });
        let text = b"sixteen of these, and some more";
        assert_ne!(one.bytes(0, text), other.bytes(0, text));
        assert_ne!(keys().a, keys().b);
        assert_eq!(keys().bytes(1, text), keys().bytes(1, text));
    }

    /// Of bytes that would take a known key away, none takes a half of what stands beside it.
    #[test]
    fn nothing_is_swallowed() {
        let known = Keys {
            a: 0x9e37_79b9_7f4a_7c15,
            b: 0xd6e8_feb8_6659_fd93,
        };
        let with = |low: &[u8; 8]| [low.as_slice(), &known.b.to_le_bytes()].concat();
        let (one, other) = (with(b"KANGNAM "), with(b"YUSON   "));
        assert_eq!(known.bytes(0, &one), known.bytes(0, &other));
        assert_ne!(keys().bytes(0, &one), keys().bytes(0, &other));
    }

    #[test]
    fn every_byte_and_the_length_count() {
        let keys = keys();
        for length in 0..70usize {
            let text = vec![7u8; length];
            let whole = keys.bytes(1, &text);
            assert_ne!(whole, keys.bytes(1, &vec![7u8; length + 1]), "{length}");
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 64;
                assert_ne!(whole, keys.bytes(1, &other), "{length} {at}");
            }
        }
    }
}
