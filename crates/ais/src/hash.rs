//! A quick hash of 64 bits that is the same on every machine. It tells equal things quickly; it proves nothing:
//! whoever wants can make different things with one hash (a state of `A`, for one, swallows the next word). Where
//! that would matter, the things themselves are compared.

const A: u64 = 0x9e37_79b9_7f4a_7c15;
const B: u64 = 0xd6e8_feb8_6659_fd93;

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

/// One more word.
pub fn mix(hash: u64, word: u64) -> u64 {
    fold(hash ^ A, word ^ B).wrapping_add(hash.rotate_left(23))
}

/// Bytes and their length: sixteen at a time, and then, where some are left, the last sixteen of all once more. Fewer
/// than sixteen in all: as two words that overlap.
#[inline]
pub fn bytes(hash: u64, bytes: &[u8]) -> u64 {
    let mut hash = hash ^ (bytes.len() as u64).wrapping_mul(A);
    let mut words = bytes.chunks_exact(16);
    for word in &mut words {
        let mut sixteen = [0; 16];
        sixteen.copy_from_slice(word);
        hash = two(hash, sixteen);
    }
    if words.remainder().is_empty() {
        return mix(hash, 0);
    }
    let last = match bytes.last_chunk::<16>() {
        Some(last) => *last,
        None => few(bytes),
    };
    two(hash, last)
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

fn two(hash: u64, sixteen: [u8; 16]) -> u64 {
    let both = u128::from_le_bytes(sixteen);
    let (low, high) = (both as u64, (both >> 64) as u64);
    fold(hash ^ low ^ A, high ^ B).wrapping_add(hash.rotate_left(23) ^ high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_changes() {
        assert_eq!(bytes(0, b""), mix(0, 0));
        assert_eq!(
            bytes(0, b"The same on every machine"),
            16_111_291_029_311_357_527
        );
        assert_eq!(bytes(0, b"ABCDE"), 3768907047484728444);
        assert_ne!(bytes(0, b"a"), bytes(0, b"a\0"));
        assert_ne!(bytes(0, b"12345678"), bytes(0, b"123456789"));
        assert_ne!(bytes(1, b"12345678"), bytes(0, b"12345678"));
    }

    #[test]
    fn every_byte_and_the_length_count() {
        for length in 0..70usize {
            let text = vec![7u8; length];
            let whole = bytes(1, &text);
            assert_ne!(whole, bytes(1, &vec![7u8; length + 1]), "{length}");
            for at in 0..length {
                let mut other = text.clone();
                other[at] ^= 64;
                assert_ne!(whole, bytes(1, &other), "{length} {at}");
            }
        }
    }
}
