//! What shows that a file was written by whoever reads it: HMAC-SHA-256 under the user's secret.
//!
//! A checksum alone tells of damage only: whoever hands over a folder could put a false answer with a right
//! checksum into it.

use sha2::{Digest, Sha256};

const BLOCK: usize = 64;

/// A user's secret.
#[derive(Clone)]
pub(crate) struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// Begins the seal of a file with this name. The name counts, so that no file is taken for another.
    pub fn seal(&self, name: &str) -> Seal {
        let mut seal = Seal::begin(&self.0);
        seal.update(&(name.len() as u64).to_le_bytes());
        seal.update(name.as_bytes());
        seal
    }
}

/// A seal in the making (RFC 2104).
pub(crate) struct Seal {
    inner: Sha256,
    outer: Sha256,
}

impl Seal {
    /// The secret is at most a block long, so it is used as it is.
    fn begin(secret: &[u8; 32]) -> Self {
        let padded = |with: u8| {
            let mut block = [with; BLOCK];
            for (byte, secret) in block.iter_mut().zip(secret) {
                *byte ^= secret;
            }
            let mut hash = Sha256::new();
            hash.update(block);
            hash
        };
        Self {
            inner: padded(0x36),
            outer: padded(0x5c),
        }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    pub fn finish(self) -> [u8; 32] {
        let mut outer = self.outer;
        outer.update(self.inner.finalize());
        outer.finalize().into()
    }

    /// Whether it is this one; takes the same time whichever byte differs.
    pub fn is(self, other: &[u8]) -> bool {
        let own = self.finish();
        let differ = own.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == other.len() && differ == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test cases 1 and 2: shorter keys are padded with zeros, as ours would be.
    #[test]
    fn it_is_hmac_sha_256() {
        let seal = |key: &[u8], text: &[u8]| {
            let mut secret = [0; 32];
            secret[..key.len()].copy_from_slice(key);
            let mut seal = Seal::begin(&secret);
            seal.update(text);
            seaproof_ledger::ids::to_hex(&seal.finish())
        };
        assert_eq!(
            seal(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            seal(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
