//! Ed25519 as an honest author and as a dishonest one uses it (§4).

use curve25519_dalek::{
    EdwardsPoint, Scalar,
    constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION},
    edwards::CompressedEdwardsY,
};
use sha2::{Digest, Sha512};

use super::{Bytes32, log::Statement};

/// A secret scalar and the public bytes that go with it, which need not be an honest pair.
#[derive(Clone, Copy)]
pub struct Key {
    /// The Ed25519 seed, if the key is an honest one.
    seed: Bytes32,
    scalar: Scalar,
    pub public: Bytes32,
}

impl Key {
    pub fn new(seed: u8) -> Self {
        let seed = [seed; 32];
        let wide: [u8; 64] = Sha512::digest(seed).into();
        let mut half: Bytes32 = wide[..32].try_into().unwrap();
        half[0] &= 248;
        half[31] = half[31] & 63 | 64;
        let scalar = Scalar::from_bytes_mod_order(half);
        let public = ed25519_dalek::SigningKey::from_bytes(&seed)
            .verifying_key()
            .to_bytes();
        assert_eq!(
            public,
            (ED25519_BASEPOINT_POINT * scalar).compress().to_bytes()
        );
        Self {
            seed,
            scalar,
            public,
        }
    }

    /// The secret as a key file holds it.
    pub fn seed(&self) -> &Bytes32 {
        &self.seed
    }

    /// The same secret under a public key with a component of order eight.
    pub fn mixed_order(seed: u8) -> Self {
        let key = Self::new(seed);
        let point = ED25519_BASEPOINT_POINT * key.scalar + EIGHT_TORSION[1];
        Self {
            public: point.compress().to_bytes(),
            ..key
        }
    }

    /// The point of order eight, four, two or one with this number in curve25519-dalek's table.
    pub fn small_order(number: usize) -> Self {
        Self {
            seed: [0; 32],
            scalar: Scalar::ZERO,
            public: EIGHT_TORSION[number].compress().to_bytes(),
        }
    }

    /// A point that is not of small order, written with y + p in place of y.
    pub fn not_canonical() -> Self {
        // p = 2^255 - 19, so y + p fits for y below 19; y is tried from the top.
        let public = (0..19u8)
            .rev()
            .find_map(|y| {
                let mut bytes = ZERO_Y;
                bytes[0] = y;
                let point = CompressedEdwardsY(bytes).decompress()?;
                if point.is_small_order() {
                    return None;
                }
                let mut shifted = [0xff; 32];
                shifted[0] = 0xed + y; // at most ed + 12 = ff
                shifted[31] = 0x7f;
                Some(shifted)
            })
            .expect("some y below 19 lies on the curve");
        Self {
            seed: [0; 32],
            scalar: Scalar::ZERO,
            public,
        }
    }

    /// RFC 8032, by an independent implementation. For honest keys only.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer;
        let key = ed25519_dalek::SigningKey::from_bytes(&self.seed);
        assert_eq!(key.verifying_key().to_bytes(), self.public);
        key.sign(message).to_bytes()
    }

    /// A signature that fulfils the equation (with the cofactor, if a torsion point is added to R), by
    /// a nonce of the signer's choice: so one statement gets a second signature.
    pub fn sign_with(&self, message: &[u8], nonce: u64, torsion: usize) -> [u8; 64] {
        let nonce = Scalar::from(nonce);
        let r = (ED25519_BASEPOINT_POINT * nonce + EIGHT_TORSION[torsion])
            .compress()
            .to_bytes();
        self.answer(message, r, nonce)
    }

    /// The same for these bytes of R, whatever point they stand for.
    pub fn answer(&self, message: &[u8], r: Bytes32, nonce: Scalar) -> [u8; 64] {
        let k = Scalar::from_bytes_mod_order_wide(
            &Sha512::new()
                .chain_update(r)
                .chain_update(self.public)
                .chain_update(message)
                .finalize()
                .into(),
        );
        joined(r, (nonce + k * self.scalar).to_bytes())
    }

    /// With R the identity, as these bytes.
    pub fn sign_with_identity(&self, message: &[u8], r: Bytes32) -> [u8; 64] {
        self.answer(message, r, Scalar::ZERO)
    }

    /// An honest signature with s + L in place of s.
    pub fn sign_above_order(&self, message: &[u8]) -> [u8; 64] {
        const L: Bytes32 = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let mut signature = self.sign(message);
        let mut carry = 0;
        for (byte, of_l) in signature[32..].iter_mut().zip(L) {
            let sum = u16::from(*byte) + u16::from(of_l) + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
        signature
    }

    /// For a public key of small order: R and s that fulfil the equation without any secret. Gives up
    /// never: one message in eight at worst is as good as any, so the nonce is counted up.
    pub fn sign_small_order(&self, message: &[u8]) -> [u8; 64] {
        let point = CompressedEdwardsY(self.public).decompress().unwrap();
        for nonce in 1.. {
            let nonce = Scalar::from(nonce as u64);
            let r: EdwardsPoint = ED25519_BASEPOINT_POINT * nonce;
            let r = r.compress().to_bytes();
            let k = Scalar::from_bytes_mod_order_wide(
                &Sha512::new()
                    .chain_update(r)
                    .chain_update(self.public)
                    .chain_update(message)
                    .finalize()
                    .into(),
            );
            // [s]B - [k]A = R exactly if [k]A is the identity.
            if (point * k).compress().to_bytes() == IDENTITY {
                return joined(r, nonce.to_bytes());
            }
        }
        unreachable!("a counter has no end")
    }
}

const ZERO_Y: Bytes32 = [0; 32];

/// The identity: y = 1.
pub const IDENTITY: Bytes32 = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

fn joined(r: Bytes32, s: Bytes32) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    signature
}

/// §4: what an author signs.
pub fn sshsig(statement: &Statement) -> Vec<u8> {
    sshsig_of("seaproof-statement-v1", &statement.encode())
}

/// The same in any namespace.
pub fn sshsig_of(namespace: &str, message: &[u8]) -> Vec<u8> {
    let digest: [u8; 64] = Sha512::digest(message).into();
    let mut bytes = b"SSHSIG".to_vec();
    for part in [namespace.as_bytes(), b"", b"sha512", &digest] {
        bytes.extend((part.len() as u32).to_be_bytes());
        bytes.extend(part);
    }
    bytes
}
