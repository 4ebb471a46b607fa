//! Precomputed multiples of an author's key, and the strict equation evaluated with them.
//!
//! `[s]B − [k]A` is a sum of one table entry per digit of s and of k, without doublings: the tables
//! hold every digit's multiple at every place. Many signatures go through it together, place by
//! place, so that a place's entries stay in the processor's cache, and their points are encoded
//! together, which shares one field inversion. Each still has its own sum and its own verdict.
//!
//! Everything here is public, so that branching on it gives nothing away.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use sha2::{Digest, Sha512};
use std::sync::OnceLock;

use crate::keys::AdmissibleKey;

/// Bits of a digit of s. The base point's table is shared: 4,096 points, 640 KiB.
const BASE_BITS: usize = 8;
/// Bits of a digit of k. An author's table: 2,368 points, 370 KiB, built in the time of about 15
/// strict verifications.
const KEY_BITS: usize = 7;
/// Signatures that go through the tables together: their sums take 40 KiB.
const BLOCK: usize = 256;

/// Digits of `bits` bits in a scalar below L < 2^253, with a bit left over for the sign.
const fn places(bits: usize) -> usize {
    254_usize.div_ceil(bits)
}

/// A message and what is said to be its signature.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The bytes that were signed.
    pub message: &'a [u8],
    /// R and s.
    pub signature: &'a [u8; 64],
}

/// What makes the signatures of one author cheap to verify. 370 KiB; worth building from about
/// twenty signatures on.
pub struct AuthorTable {
    key: [u8; 32],
    /// Multiples of −A.
    negated: Multiples<KEY_BITS>,
}

impl AuthorTable {
    /// Computes the table of a key.
    pub fn new(key: &AdmissibleKey) -> Self {
        let point = key.verifying().to_edwards();
        Self::of_point(*key.author().as_bytes(), &point)
    }

    fn of_point(key: [u8; 32], point: &EdwardsPoint) -> Self {
        Self {
            key,
            negated: Multiples::of(&-point),
        }
    }

    /// Judges signatures of this author: one verdict for each, in the same order, the same as
    /// [`super::verify_one`] gives. Cheapest in batches of some hundreds.
    pub fn verify_many(&self, items: &[Item<'_>]) -> Vec<bool> {
        let jobs: Vec<Job<'_>> = items
            .iter()
            .map(|&item| Job { table: self, item })
            .collect();
        verify_jobs(&jobs)
    }
}

/// One signature to judge, with its author's table.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) table: &'a AuthorTable,
    pub(super) item: Item<'a>,
}

/// One verdict for each job, in order.
pub(super) fn verify_jobs(jobs: &[Job<'_>]) -> Vec<bool> {
    jobs.chunks(BLOCK).flat_map(verify_block).collect()
}

fn verify_block(jobs: &[Job<'_>]) -> Vec<bool> {
    let digits: Vec<Option<Digits>> = jobs.iter().map(Digits::of).collect();
    let base = base_multiples();
    let mut sums = vec![EdwardsPoint::identity(); jobs.len()];
    for place in 0..places(BASE_BITS) {
        for (sum, digits) in sums.iter_mut().zip(&digits) {
            if let Some(digits) = digits {
                base.add_to(sum, place, digits.s[place]);
            }
        }
    }
    for place in 0..places(KEY_BITS) {
        for ((sum, digits), job) in sums.iter_mut().zip(&digits).zip(jobs) {
            if let Some(digits) = digits {
                job.table.negated.add_to(sum, place, digits.k[place]);
            }
        }
    }
    let encoded = EdwardsPoint::compress_batch_alloc(&sums);
    jobs.iter()
        .zip(&digits)
        .zip(&encoded)
        .map(|((job, digits), sum)| {
            let r = &job.item.signature[..32];
            // Equal bytes also show that R is canonical and a point of the curve.
            digits.is_some() && sum.as_bytes() == r && !is_small_order(sum)
        })
        .collect()
}

/// The signed digits of a signature's two scalars, least significant first.
struct Digits {
    s: [i8; places(BASE_BITS)],
    k: [i8; places(KEY_BITS)],
}

impl Digits {
    /// `None` if s is not below L.
    fn of(job: &Job<'_>) -> Option<Self> {
        let (r, s) = job.item.signature.split_at(32);
        let s: Option<Scalar> = Scalar::from_canonical_bytes(s.try_into().ok()?).into();
        let hash = Sha512::new()
            .chain_update(r)
            .chain_update(job.table.key)
            .chain_update(job.item.message)
            .finalize();
        let k = Scalar::from_bytes_mod_order_wide(&hash.into());
        Some(Self {
            s: signed_digits::<BASE_BITS, _>(&s?),
            k: signed_digits::<KEY_BITS, _>(&k),
        })
    }
}

/// Writes a scalar below L in `PLACES` digits d of `BITS` ≤ 8 bits, −2^(BITS−1) ≤ d < 2^(BITS−1).
fn signed_digits<const BITS: usize, const PLACES: usize>(scalar: &Scalar) -> [i8; PLACES] {
    let bytes = scalar.as_bytes();
    let byte = |index: usize| u16::from(bytes.get(index).copied().unwrap_or(0));
    let mut carry = 0;
    std::array::from_fn(|place| {
        let bit = place * BITS;
        let two = byte(bit / 8) | byte(bit / 8 + 1) << 8;
        let digit = (two >> (bit % 8) & ((1 << BITS) - 1)) as i16 + carry;
        // The last digit is small, so that nothing is left to carry after it: see `places`.
        carry = i16::from(digit >= 1 << (BITS - 1));
        (digit - (carry << BITS)) as i8
    })
}

/// For each place p and each m from 1 to 2^(BITS−1): the point m · 2^(BITS·p) · P.
struct Multiples<const BITS: usize>(Vec<EdwardsPoint>);

impl<const BITS: usize> Multiples<BITS> {
    const PER_PLACE: usize = 1 << (BITS - 1);

    fn of(point: &EdwardsPoint) -> Self {
        let mut points = Vec::with_capacity(places(BITS) * Self::PER_PLACE);
        let mut unit = *point;
        for _ in 0..places(BITS) {
            let mut multiple = unit;
            for _ in 1..Self::PER_PLACE {
                points.push(multiple);
                multiple += unit;
            }
            points.push(multiple);
            unit = multiple + multiple;
        }
        Self(points)
    }

    /// Adds `digit` times the place's unit to a sum.
    #[inline(always)]
    fn add_to(&self, sum: &mut EdwardsPoint, place: usize, digit: i8) {
        let multiples = &self.0[place * Self::PER_PLACE..(place + 1) * Self::PER_PLACE];
        let index = usize::from(digit.unsigned_abs());
        if digit > 0 {
            *sum += &multiples[index - 1];
        } else if digit < 0 {
            *sum -= &multiples[index - 1];
        }
    }
}

/// The base point's multiples, computed once in a process.
fn base_multiples() -> &'static Multiples<BASE_BITS> {
    static BASE: OnceLock<Multiples<BASE_BITS>> = OnceLock::new();
    BASE.get_or_init(|| Multiples::of(&ED25519_BASEPOINT_POINT))
}

/// Whether a canonical encoding is that of one of the eight points of small order.
fn is_small_order(encoded: &CompressedEdwardsY) -> bool {
    static SMALL: OnceLock<[CompressedEdwardsY; 8]> = OnceLock::new();
    SMALL
        .get_or_init(|| EdwardsPoint::compress_batch(&EIGHT_TORSION))
        .iter()
        .any(|small| small.as_bytes() == encoded.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signature, VerifyingKey};

    fn scalar(label: &str) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&Sha512::digest(label).into())
    }

    fn value<const BITS: usize>(digits: &[i8]) -> Scalar {
        let radix = Scalar::from(1_u64 << BITS);
        digits.iter().rev().fold(Scalar::ZERO, |value, digit| {
            let size = Scalar::from(digit.unsigned_abs());
            value * radix + if *digit < 0 { -size } else { size }
        })
    }

    #[test]
    fn the_digits_of_a_scalar_are_worth_the_scalar() {
        let edges = [
            Scalar::ZERO,
            Scalar::ONE,
            -Scalar::ONE,
            Scalar::from(127_u64),
            Scalar::from(128_u64),
            Scalar::from_bytes_mod_order([0x80; 32]),
            Scalar::from_bytes_mod_order([0x7f; 32]),
            Scalar::from_bytes_mod_order([0xff; 32]),
        ];
        let many = (0..2_000).map(|i| scalar(&format!("digits {i}")));
        for scalar in edges.into_iter().chain(many) {
            let s: [i8; places(BASE_BITS)] = signed_digits::<BASE_BITS, _>(&scalar);
            let k: [i8; places(KEY_BITS)] = signed_digits::<KEY_BITS, _>(&scalar);
            assert_eq!(value::<BASE_BITS>(&s), scalar);
            assert_eq!(value::<KEY_BITS>(&k), scalar);
            assert!(k.iter().all(|digit| (-64..64).contains(digit)));
        }
    }

    /// Keys outside the prime-order subgroup are never admitted. The equation is still the same
    /// as `verify_strict`'s for them, wherever their small-order part cancels out and where not.
    #[test]
    fn the_equation_agrees_with_strict_verification_for_mixed_order_keys() {
        let mut accepted = 0;
        let mut refused = 0;
        for (which, torsion) in EIGHT_TORSION.iter().enumerate().skip(1) {
            let secret = scalar(&format!("secret {which}"));
            let point = EdwardsPoint::mul_base(&secret) + torsion;
            let key = point.compress().to_bytes();
            let table = AuthorTable::of_point(key, &point);
            let strict = VerifyingKey::from_bytes(&key).expect("a point");
            for i in 0..64 {
                let message = format!("message {i}");
                let nonce = scalar(&format!("nonce {which} {i}"));
                let r = EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[i % 8];
                let r = r.compress().to_bytes();
                let hash = Sha512::new()
                    .chain_update(r)
                    .chain_update(key)
                    .chain_update(&message);
                let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
                let mut signature = [0; 64];
                signature[..32].copy_from_slice(&r);
                signature[32..].copy_from_slice((nonce + k * secret).as_bytes());
                let item = Item {
                    message: message.as_bytes(),
                    signature: &signature,
                };
                let expected = strict
                    .verify_strict(item.message, &Signature::from_bytes(&signature))
                    .is_ok();
                assert_eq!(table.verify_many(&[item]), [expected], "{which} {i}");
                *(if expected {
                    &mut accepted
                } else {
                    &mut refused
                }) += 1;
            }
        }
        assert!(accepted > 20 && refused > 200, "{accepted} {refused}");
    }
}
