//! Secret keys: made, read from and written to OpenSSH private key files.
//!
//! Only the file's bytes are handled here, never the file. Secrets are wiped when dropped.

use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::encoding::{
    Decode, DecodePem, Reader,
    pem::{LineEnding, PemLabel},
};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{Cipher, Kdf, PrivateKey};
use std::fmt;
use zeroize::Zeroizing;

use super::{ALGORITHM, AdmissibleKey, KeyError, Signer, SignerError, fingerprint, one_line};
use crate::ids::AuthorKey;

/// Rounds of bcrypt-pbkdf in the files written here, as OpenSSH's current default.
const ROUNDS: u32 = 24;

/// The most rounds that are computed to read a file, so that a crafted file cannot occupy the
/// machine for days. A person's own choice (`ssh-keygen -a`) is rarely above a few hundred.
const MAX_ROUNDS: u32 = 4_096;

/// Why bytes could not be read as a secret key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Not an OpenSSH private key file.
    #[error(
        "not an OpenSSH private key (expected \"-----BEGIN OPENSSH PRIVATE KEY-----\"): make one \
         with `seaproof key new`, or convert one with `ssh-keygen -p -f FILE`"
    )]
    NotOpenSsh,
    /// An OpenSSH private key file whose content does not parse.
    #[error("the OpenSSH private key is damaged ({reason}): restore it from a copy")]
    Damaged {
        /// What did not parse.
        reason: String,
    },
    /// A key of another kind.
    #[error(
        "the key is of the kind {found}, only ssh-ed25519 keys are taken: make one with \
         `seaproof key new` or `ssh-keygen -t ed25519`"
    )]
    NotEd25519 {
        /// The kind that stood there.
        found: String,
    },
    /// The file is protected and no passphrase was given.
    #[error("the key is protected by a passphrase and none was given")]
    PassphraseNeeded,
    /// The passphrase does not open the file.
    #[error("wrong passphrase for the key, or its file is damaged")]
    WrongPassphrase,
    /// The file is protected in a way that cannot be read here.
    #[error(
        "the key file is protected with the cipher {cipher}, which is not read here: re-encrypt it \
         with `ssh-keygen -p -f FILE`"
    )]
    UnsupportedCipher {
        /// The cipher's name.
        cipher: String,
    },
    /// The file asks for more key derivation than is reasonable.
    #[error(
        "the key file asks for {rounds} rounds of key derivation, more than {MAX_ROUNDS}: \
         re-encrypt it with `ssh-keygen -p -a 24 -f FILE`"
    )]
    TooManyRounds {
        /// The number in the file.
        rounds: u32,
    },
    /// The file's public part is not an acceptable key.
    #[error("the public part of the key file is not acceptable: {0}")]
    Weak(KeyError),
    /// The file's public part does not belong to its secret part. Signing with such a pair can
    /// give the secret away.
    #[error(
        "the public part of the key file does not belong to its secret part: the file is damaged \
         or was tampered with; do not use it"
    )]
    PublicMismatch,
}

/// Why a key could not be made or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewKeyError {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes ({0}): nothing was made")]
    NoRandomness(getrandom::Error),
    /// An empty passphrase would leave the key unprotected without saying so.
    #[error("the passphrase is empty: give one, or ask for an unprotected key")]
    EmptyPassphrase,
    /// The OpenSSH encoding failed.
    #[error("the key could not be written in OpenSSH's format: {0}")]
    Encoding(ssh_key::Error),
}

/// An author's secret key. Wiped from memory when dropped; never shown by `Debug`.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes a new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`NewKeyError::NoRandomness`].
    pub fn generate() -> Result<Self, NewKeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(NewKeyError::NoRandomness)?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// The key with this RFC 8032 seed: for tests and published vectors. A seed that anyone else
    /// can know is not a secret.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&Zeroizing::new(seed)))
    }

    /// Reads an OpenSSH private key file. A passphrase given for an unprotected key is ignored; an
    /// empty one counts as none, as in `ssh-keygen`.
    ///
    /// Opening a protected file takes as long as its author chose, about a tenth of a second.
    ///
    /// # Errors
    /// [`KeyFileError`]. What the file says in the open (kind, public key) is judged first, so
    /// that an unusable file does not ask for its passphrase.
    pub fn from_openssh(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<Self, KeyFileError> {
        let header = Header::read(bytes)?;
        AdmissibleKey::admit(header.public).map_err(KeyFileError::Weak)?;
        let file = PrivateKey::from_openssh(bytes).map_err(|error| match error {
            // The public key in front, or the one beside the secret, is not the secret's own.
            ssh_key::Error::PublicKey | ssh_key::Error::Crypto => KeyFileError::PublicMismatch,
            other => damaged(&other),
        })?;
        let opened = if file.is_encrypted() {
            header.check_protection()?;
            let passphrase = passphrase
                .filter(|given| !given.is_empty())
                .ok_or(KeyFileError::PassphraseNeeded)?;
            file.decrypt(passphrase).map_err(|error| match error {
                ssh_key::Error::Crypto => KeyFileError::WrongPassphrase,
                ssh_key::Error::PublicKey => KeyFileError::PublicMismatch,
                other => damaged(&other),
            })?
        } else {
            file
        };
        let KeypairData::Ed25519(pair) = opened.key_data() else {
            return Err(KeyFileError::PublicMismatch);
        };
        let key = Self(SigningKey::from(&pair.private));
        if key.public() != header.public {
            return Err(KeyFileError::PublicMismatch);
        }
        Ok(key)
    }

    /// Writes the key as an OpenSSH private key file, protected if a passphrase is given
    /// (bcrypt-pbkdf and aes256-ctr, as `ssh-keygen` does). Control characters in the comment
    /// become spaces.
    ///
    /// # Errors
    /// [`NewKeyError`]: an empty passphrase, no randomness for the salt, or a comment that is too
    /// long for the format.
    pub fn to_openssh(
        &self,
        comment: &str,
        passphrase: Option<&str>,
    ) -> Result<Zeroizing<String>, NewKeyError> {
        let pair = KeypairData::Ed25519(Ed25519Keypair::from(&self.0));
        let mut file = PrivateKey::new(pair, one_line(comment)).map_err(NewKeyError::Encoding)?;
        if let Some(passphrase) = passphrase {
            if passphrase.is_empty() {
                return Err(NewKeyError::EmptyPassphrase);
            }
            let mut salt = vec![0; 16];
            getrandom::fill(&mut salt).map_err(NewKeyError::NoRandomness)?;
            let check = getrandom::u32().map_err(NewKeyError::NoRandomness)?;
            let kdf = Kdf::Bcrypt {
                salt,
                rounds: ROUNDS,
            };
            file = file
                .encrypt_with(Cipher::Aes256Ctr, kdf, check, passphrase)
                .map_err(NewKeyError::Encoding)?;
        }
        file.to_openssh(LineEnding::LF)
            .map_err(NewKeyError::Encoding)
    }
}

impl Signer for SecretKey {
    fn public(&self) -> AuthorKey {
        AuthorKey(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        Ok(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", fingerprint(&self.public()))
    }
}

fn damaged(error: &ssh_key::Error) -> KeyFileError {
    KeyFileError::Damaged {
        reason: error.to_string(),
    }
}

/// What a private key file says in the open.
struct Header {
    cipher: Cipher,
    kdf: Kdf,
    public: AuthorKey,
}

/// The header as it stands in the file, with the public key only if it is an Ed25519 key.
struct RawHeader {
    cipher: Cipher,
    kdf: Kdf,
    kind: String,
    public: Option<Ed25519PublicKey>,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, KeyFileError> {
        const BEGIN: &[u8] = b"-----BEGIN OPENSSH PRIVATE KEY-----";
        if !bytes.windows(BEGIN.len()).any(|window| window == BEGIN) {
            return Err(KeyFileError::NotOpenSsh);
        }
        let raw = RawHeader::decode_pem(bytes).map_err(|error| damaged(&error))?;
        let Some(public) = raw.public else {
            return Err(KeyFileError::NotEd25519 {
                found: raw.kind.chars().take(80).collect(),
            });
        };
        Ok(Self {
            cipher: raw.cipher,
            kdf: raw.kdf,
            public: AuthorKey(public.0),
        })
    }

    /// Refuses what would otherwise look like a wrong passphrase, or take for ever.
    fn check_protection(&self) -> Result<(), KeyFileError> {
        if self.cipher == Cipher::TdesCbc {
            return Err(KeyFileError::UnsupportedCipher {
                cipher: self.cipher.to_string(),
            });
        }
        match &self.kdf {
            Kdf::Bcrypt { rounds, .. } if *rounds > MAX_ROUNDS => {
                Err(KeyFileError::TooManyRounds { rounds: *rounds })
            }
            Kdf::Bcrypt { rounds, salt } if *rounds > 0 && !salt.is_empty() => Ok(()),
            _ => Err(KeyFileError::Damaged {
                reason: "it is encrypted without a usable key derivation".to_owned(),
            }),
        }
    }
}

impl PemLabel for RawHeader {
    const PEM_LABEL: &'static str = "OPENSSH PRIVATE KEY";
}

impl Decode for RawHeader {
    type Error = ssh_key::Error;

    fn decode(reader: &mut impl Reader) -> Result<Self, ssh_key::Error> {
        const MAGIC: &[u8; 15] = b"openssh-key-v1\0";
        let mut magic = [0; MAGIC.len()];
        reader.read(&mut magic)?;
        if &magic != MAGIC {
            return Err(ssh_key::Error::FormatEncoding);
        }
        let cipher = Cipher::decode(reader)?;
        let kdf = Kdf::decode(reader)?;
        if u32::decode(reader)? != 1 {
            return Err(ssh_key::Error::FormatEncoding);
        }
        let (kind, public) = reader.read_prefixed(|reader| {
            let kind = String::decode(reader)?;
            if kind == ALGORITHM {
                let public = Ed25519PublicKey::decode(reader)?;
                return Ok((kind, Some(public)));
            }
            reader.drain(reader.remaining_len())?;
            Ok::<_, ssh_key::Error>((kind, None))
        })?;
        // The rest is read by `PrivateKey` once this much is known to be usable.
        reader.drain(reader.remaining_len())?;
        Ok(Self {
            cipher,
            kdf,
            kind,
            public,
        })
    }
}
