//! Signed heads (§14) and the lines under them.

use base64ct::{Base64, Encoding};

use super::{Bytes32, Key, Log, hex, sha256};

/// The first four bytes of SHA-256(name ‖ 0a ‖ type ‖ key).
pub fn key_id(name: &str, kind: u8, key: &Bytes32) -> [u8; 4] {
    sha256(&[name.as_bytes(), b"\n", &[kind], key])[..4]
        .try_into()
        .unwrap()
}

impl Key {
    /// C2SP's verifier key of a cosigner.
    pub fn witness_line(&self, name: &str) -> String {
        self.named(name, 4)
    }

    /// C2SP's verifier key of a signer of notes.
    pub fn verifier_line(&self, name: &str) -> String {
        self.named(name, 1)
    }

    fn named(&self, name: &str, kind: u8) -> String {
        let mut key = vec![kind];
        key.extend(self.public);
        format!(
            "{name}+{}+{}",
            hex(&key_id(name, kind, &self.public)),
            Base64::encode_string(&key)
        )
    }
}

/// A signed note under construction.
#[derive(Clone)]
pub struct Note {
    pub origin: String,
    pub size: String,
    pub root: String,
    /// (name, blob) of each signature line.
    pub lines: Vec<(String, Vec<u8>)>,
}

impl Note {
    /// The head of this log, unsigned.
    pub fn of(log: &Log) -> Self {
        Self::at(log, log.size())
    }

    pub fn at(log: &Log, size: usize) -> Self {
        Self::claiming(log, size as u64, &log.root_at(size))
    }

    /// Any head at all.
    pub fn claiming(log: &Log, size: u64, root: &Bytes32) -> Self {
        Self {
            origin: format!("seaproof/{}", hex(&log.id)),
            size: size.to_string(),
            root: Base64::encode_string(root),
            lines: Vec::new(),
        }
    }

    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    pub fn sign(mut self, key: &Key) -> Self {
        let signature = key.sign(self.text().as_bytes());
        self.line(key, signature);
        self
    }

    /// A line of type 01 with these 64 bytes for a signature.
    pub fn line(&mut self, key: &Key, signature: [u8; 64]) {
        let name = self.origin.clone();
        let mut blob = key_id(&name, 1, &key.public).to_vec();
        blob.extend(signature);
        self.lines.push((name, blob));
    }

    /// C2SP cosignature/v1 by a witness of this name, at this time in seconds.
    pub fn cosign(mut self, key: &Key, name: &str, time: u64) -> Self {
        let signed = format!("cosignature/v1\ntime {time}\n{}", self.text());
        let mut blob = key_id(name, 4, &key.public).to_vec();
        blob.extend(time.to_be_bytes());
        blob.extend(key.sign(signed.as_bytes()));
        self.lines.push((name.to_owned(), blob));
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut note = self.text();
        note.push('\n');
        for (name, blob) in &self.lines {
            note.push_str(&format!(
                "\u{2014} {name} {}\n",
                Base64::encode_string(blob)
            ));
        }
        note.into_bytes()
    }
}
