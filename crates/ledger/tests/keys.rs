//! Keys: what is admitted, what is read and written.

#![allow(clippy::expect_used, reason = "a test may panic")]

use base64ct::{Base64, Encoding};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::{
    AdmissibleKey, KeyError, KeyFileError, NewKeyError, PublicKeyLine, PublicKeyLineError,
    SecretKey, Signer,
};

const SEED: [u8; 32] = [7; 32];

fn secret() -> SecretKey {
    SecretKey::from_seed(SEED)
}

// --- Which keys are acceptable ---

/// p + `above`, little-endian: the second spelling of y = `above`.
fn field_prime_plus(above: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed + above;
    bytes[31] = 0x7f;
    bytes
}

#[test]
fn keys_made_from_secrets_are_admitted() {
    for seed in 0..=255 {
        let key = SecretKey::from_seed([seed; 32]).public();
        assert_eq!(AdmissibleKey::admit(key).map(|key| key.author()), Ok(key));
    }
}

#[test]
fn the_eight_small_order_keys_are_refused() {
    for point in EIGHT_TORSION {
        let key = AuthorKey(point.compress().to_bytes());
        assert_eq!(AdmissibleKey::admit(key), Err(KeyError::SmallOrder));
    }
}

#[test]
fn keys_with_a_small_order_part_are_refused() {
    for torsion in &EIGHT_TORSION[1..] {
        let key = AuthorKey((ED25519_BASEPOINT_POINT + torsion).compress().to_bytes());
        assert_eq!(AdmissibleKey::admit(key), Err(KeyError::MixedOrder));
    }
}

#[test]
fn second_spellings_of_a_key_are_refused() {
    let mut refused = 0;
    for above in 0..19 {
        for sign in [0x00, 0x80] {
            let mut bytes = field_prime_plus(above);
            bytes[31] |= sign;
            match AdmissibleKey::admit(AuthorKey(bytes)) {
                Err(KeyError::NonCanonical) => refused += 1,
                other => assert_eq!(other, Err(KeyError::NotAPoint), "{bytes:02x?}"),
            }
        }
    }
    assert!(refused >= 10, "{refused}");
    // x = 0 has no negative: the sign bit is a second spelling of the identity and of (0, −1).
    let mut identity = [0; 32];
    (identity[0], identity[31]) = (1, 0x80);
    let mut minus_one = field_prime_plus(0);
    (minus_one[0], minus_one[31]) = (0xec, 0xff);
    for bytes in [identity, minus_one] {
        assert_eq!(
            AdmissibleKey::admit(AuthorKey(bytes)),
            Err(KeyError::NonCanonical)
        );
    }
}

#[test]
fn bytes_that_are_no_point_are_refused() {
    let mut bytes = [0; 32];
    bytes[0] = 2;
    assert_eq!(
        AdmissibleKey::admit(AuthorKey(bytes)),
        Err(KeyError::NotAPoint)
    );
}

// --- Public key lines ---

#[test]
fn a_public_key_line_is_read_as_it_is_written() {
    for comment in ["", "A. Investigator (laptop)", "größe"] {
        let line = PublicKeyLine {
            key: secret().public(),
            comment: comment.to_owned(),
        };
        assert_eq!(line.to_string().parse(), Ok(line.clone()));
        assert_eq!(format!("  {line}\r\n").parse(), Ok(line));
    }
}

#[test]
fn a_comment_cannot_add_a_second_line() {
    let line = PublicKeyLine {
        key: secret().public(),
        comment: "one\nssh-ed25519 two".to_owned(),
    };
    assert_eq!(line.to_string().lines().count(), 1);
    let text = format!("{line}\n{line}\n");
    assert_eq!(
        text.parse::<PublicKeyLine>(),
        Err(PublicKeyLineError::SeveralLines)
    );
}

#[test]
fn lines_that_are_not_ed25519_keys_say_what_is_wrong() {
    let refused = |text: &str| {
        text.parse::<PublicKeyLine>()
            .expect_err("refused")
            .to_string()
    };
    assert!(refused("ssh-rsa AAAAB3NzaC1yc2E= me").contains("\"ssh-rsa\""));
    assert!(refused("").contains("one word"));
    assert!(refused("ssh-ed25519").contains("one word"));
    assert!(refused("ssh-ed25519 ????").contains("not base64"));
    let line = PublicKeyLine {
        key: secret().public(),
        comment: String::new(),
    };
    let encoded = line.to_string();
    let encoded = encoded.split(' ').nth(1).expect("two words");
    assert!(refused(&format!("ssh-ed25519 {}", &encoded[..64])).contains("not an ssh-ed25519 key"));
    assert!(refused(&format!("ssh-ed25519 {encoded}AAAA")).contains("not an ssh-ed25519 key"));
}

// --- Secret key files ---

#[test]
fn a_secret_key_survives_being_written_and_read() {
    let bare = secret().to_openssh("me", None).expect("written");
    let read = SecretKey::from_openssh(bare.as_bytes(), None).expect("read");
    assert_eq!(read.public(), secret().public());
    assert_eq!(read.sign(b"x"), secret().sign(b"x"));

    let locked = secret()
        .to_openssh("me", Some("open sesame"))
        .expect("written");
    let open = |passphrase| SecretKey::from_openssh(locked.as_bytes(), passphrase);
    assert_eq!(
        open(Some(b"open sesame")).expect("read").public(),
        secret().public()
    );
    assert_eq!(open(None).err(), Some(KeyFileError::PassphraseNeeded));
    assert_eq!(open(Some(b"")).err(), Some(KeyFileError::PassphraseNeeded));
    assert_eq!(
        open(Some(b"open barley")).err(),
        Some(KeyFileError::WrongPassphrase)
    );
}

#[test]
fn two_protected_copies_of_a_key_differ() {
    let once = secret().to_openssh("me", Some("x")).expect("written");
    let again = secret().to_openssh("me", Some("x")).expect("written");
    assert_ne!(*once, *again);
}

#[test]
fn an_empty_passphrase_does_not_silently_leave_a_key_unprotected() {
    assert_eq!(
        secret().to_openssh("me", Some("")).err(),
        Some(NewKeyError::EmptyPassphrase)
    );
}

#[test]
fn generated_keys_differ_and_are_acceptable() {
    let one = SecretKey::generate().expect("made").public();
    let two = SecretKey::generate().expect("made").public();
    assert_ne!(one, two);
    assert!(AdmissibleKey::admit(one).is_ok() && AdmissibleKey::admit(two).is_ok());
}

#[test]
fn a_secret_key_does_not_show_itself() {
    let shown = format!("{:?}", SecretKey::from_seed([0xab; 32]));
    assert!(shown.starts_with("SecretKey(of SHA256:"));
    assert!(!shown.contains("ab, ab") && !shown.contains("abab") && !shown.contains("171"));
}

/// The fields of an unprotected key file that can contradict one another.
struct Parts {
    kind: &'static str,
    outer: [u8; 32],
    inner: [u8; 32],
    seed: [u8; 32],
    beside_seed: [u8; 32],
    kdf: Option<u32>,
}

impl Parts {
    fn consistent() -> Self {
        let public = *secret().public().as_bytes();
        Self {
            kind: "ssh-ed25519",
            outer: public,
            inner: public,
            seed: SEED,
            beside_seed: public,
            kdf: None,
        }
    }

    /// The file's bytes before armouring.
    fn bytes(&self) -> Vec<u8> {
        fn string(bytes: &[u8]) -> Vec<u8> {
            let length = u32::try_from(bytes.len()).expect("short");
            [&length.to_be_bytes(), bytes].concat()
        }
        let public = [string(self.kind.as_bytes()), string(&self.outer)].concat();
        let pair = [self.seed, self.beside_seed].concat();
        let mut private = [
            vec![1, 2, 3, 4, 1, 2, 3, 4],
            string(b"ssh-ed25519"),
            string(&self.inner),
            string(&pair),
            string(b"comment"),
        ]
        .concat();
        let block = if self.kdf.is_some() { 16 } else { 8 };
        private.extend((1..).take(private.len().next_multiple_of(block) - private.len()));
        let (cipher, kdf, options) = match self.kdf {
            None => ("none", "none", Vec::new()),
            Some(rounds) => (
                "aes256-ctr",
                "bcrypt",
                [string(&[9; 16]), rounds.to_be_bytes().to_vec()].concat(),
            ),
        };
        [
            b"openssh-key-v1\0".to_vec(),
            string(cipher.as_bytes()),
            string(kdf.as_bytes()),
            string(&options),
            vec![0, 0, 0, 1],
            string(&public),
            string(&private),
        ]
        .concat()
    }

    fn read(&self) -> Result<SecretKey, KeyFileError> {
        SecretKey::from_openssh(armor(&self.bytes()).as_bytes(), Some(b"x"))
    }
}

fn armor(bytes: &[u8]) -> String {
    let encoded = Base64::encode_string(bytes);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(70)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    format!(
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

#[test]
fn a_key_file_put_together_by_hand_is_read() {
    let read = Parts::consistent().read().expect("read");
    assert_eq!(read.public(), secret().public());
}

#[test]
fn a_public_part_that_is_not_the_secrets_is_refused() {
    let other = *SecretKey::from_seed([8; 32]).public().as_bytes();
    let wrong = [
        Parts {
            outer: other,
            ..Parts::consistent()
        },
        Parts {
            inner: other,
            ..Parts::consistent()
        },
        Parts {
            beside_seed: other,
            ..Parts::consistent()
        },
        Parts {
            seed: [8; 32],
            ..Parts::consistent()
        },
        Parts {
            outer: other,
            inner: other,
            beside_seed: other,
            ..Parts::consistent()
        },
    ];
    for parts in wrong {
        assert_eq!(parts.read().err(), Some(KeyFileError::PublicMismatch));
    }
}

#[test]
fn a_weak_public_part_is_refused_as_such() {
    let weak = EIGHT_TORSION[3].compress().to_bytes();
    let parts = Parts {
        outer: weak,
        inner: weak,
        beside_seed: weak,
        ..Parts::consistent()
    };
    assert_eq!(
        parts.read().err(),
        Some(KeyFileError::Weak(KeyError::SmallOrder))
    );
}

#[test]
fn a_key_of_another_kind_is_named() {
    let parts = Parts {
        kind: "ssh-something",
        ..Parts::consistent()
    };
    assert_eq!(
        parts.read().err(),
        Some(KeyFileError::NotEd25519 {
            found: "ssh-something".to_owned()
        })
    );
}

#[test]
fn a_crafted_number_of_rounds_does_not_occupy_the_machine() {
    let rounds = |rounds| {
        Parts {
            kdf: Some(rounds),
            ..Parts::consistent()
        }
        .read()
        .err()
    };
    assert_eq!(
        rounds(u32::MAX),
        Some(KeyFileError::TooManyRounds { rounds: u32::MAX })
    );
    assert!(matches!(rounds(0), Some(KeyFileError::Damaged { .. })));
    assert_eq!(rounds(1), Some(KeyFileError::WrongPassphrase));
}

#[test]
fn what_is_not_an_openssh_key_says_so() {
    for text in [
        "",
        "ssh-ed25519 AAAA",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    ] {
        assert_eq!(
            SecretKey::from_openssh(text.as_bytes(), None).err(),
            Some(KeyFileError::NotOpenSsh)
        );
    }
    let cut = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza";
    assert!(matches!(
        SecretKey::from_openssh(cut.as_bytes(), None),
        Err(KeyFileError::Damaged { .. })
    ));
}

#[test]
fn a_damaged_key_file_never_gives_another_key() {
    let bytes = Parts::consistent().bytes();
    for bit in 0..bytes.len() * 8 {
        assert_not_another_key(&flipped(&bytes, bit));
    }
    for length in 0..bytes.len() {
        let text = armor(&bytes[..length]);
        assert!(SecretKey::from_openssh(text.as_bytes(), None).is_err());
        let text = &armor(&bytes)[..length];
        assert!(SecretKey::from_openssh(text.as_bytes(), None).is_err());
    }
}

#[test]
fn a_damaged_protected_key_file_never_gives_another_key() {
    let pair = ssh_key::private::Ed25519Keypair::from_seed(&SEED);
    let kdf = ssh_key::Kdf::Bcrypt {
        salt: vec![9; 16],
        rounds: 1,
    };
    let bytes = ssh_key::PrivateKey::from(pair)
        .encrypt_with(ssh_key::Cipher::Aes256Ctr, kdf, 1, "x")
        .and_then(|key| key.to_bytes())
        .expect("protected");
    let whole = SecretKey::from_openssh(armor(&bytes).as_bytes(), Some(b"x")).expect("read");
    assert_eq!(whole.public(), secret().public());
    // A flip in the number of rounds only makes reading slow.
    for byte in (0..63).chain(67..bytes.len()) {
        assert_not_another_key(&flipped(&bytes, byte * 8 + byte % 8));
    }
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

fn assert_not_another_key(bytes: &[u8]) {
    if let Ok(read) = SecretKey::from_openssh(armor(bytes).as_bytes(), Some(b"x")) {
        assert_eq!(read.public(), secret().public());
    }
}
