//! Signatures: every way of judging them gives the verdict of `ed25519-dalek`'s `verify_strict`.

#![allow(clippy::expect_used, reason = "a test may panic")]

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use ed25519_dalek::{Signature, VerifyingKey};
use rayon::prelude::*;
use seaproof_ledger::ids::{AuthorKey, from_hex, to_hex};
use seaproof_ledger::keys::{AdmissibleKey, KeyError, SecretKey, Signer};
use seaproof_ledger::signature::{AuthorTable, Item, Signed, Verdict, Verifier, verify_one};
use sha2::{Digest, Sha512};

/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A number that depends on nothing but its label.
fn scalar(label: &str) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::digest(label).into())
}

/// An author whose secret scalar the tests know, to craft signatures with.
struct Author {
    secret: SecretKey,
    scalar: Scalar,
    key: AdmissibleKey,
}

impl Author {
    fn new(number: u8) -> Self {
        let seed = [number; 32];
        let secret = SecretKey::from_seed(seed);
        let hash: [u8; 64] = Sha512::digest(seed).into();
        let half = *hash.first_chunk::<32>().expect("half of 64");
        let scalar = Scalar::from_bytes_mod_order(clamp_integer(half));
        let key = AdmissibleKey::admit(secret.public()).expect("a good key");
        Self {
            secret,
            scalar,
            key,
        }
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).expect("signed")
    }

    /// R as given, and s = r + k·a for the k that belongs to it.
    fn craft(&self, r_bytes: [u8; 32], r: Scalar, message: &[u8]) -> [u8; 64] {
        let hash = Sha512::new()
            .chain_update(r_bytes)
            .chain_update(self.key.author().as_bytes())
            .chain_update(message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        join(r_bytes, (r + k * self.scalar).to_bytes())
    }

    fn strict(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(self.key.author().as_bytes())
            .expect("a good key")
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

fn join(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    signature
}

fn split(signature: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (r, s) = signature.split_at(32);
    (r.try_into().expect("32"), s.try_into().expect("32"))
}

/// A sum of 256-bit numbers, without the last carry.
fn plus(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    std::array::from_fn(|i| {
        let sum = u16::from(a[i]) + u16::from(b[i]) + carry;
        carry = sum >> 8;
        sum as u8
    })
}

fn mul_base(scalar: &Scalar) -> [u8; 32] {
    EdwardsPoint::mul_base(scalar).compress().to_bytes()
}

/// One crafted signature, and whether it ought to be valid.
struct Case {
    kind: &'static str,
    message: Vec<u8>,
    signature: [u8; 64],
    valid: bool,
}

/// Every kind of signature that verifiers have been seen to judge differently, and the plain ways
/// in which one can be wrong.
fn cases(author: &Author, other: &Author, round: usize) -> Vec<Case> {
    let label = format!("{} round {round}", to_hex(author.key.author().as_bytes()));
    let message = Sha512::digest(&label).to_vec();
    let good = author.sign(&message);
    let (r, s) = split(&good);
    let nonce = scalar(&label);
    let torsion = EIGHT_TORSION[1 + round % 7];
    let mut all = Vec::new();
    let mut case = |kind, message: &[u8], signature, valid| {
        all.push(Case {
            kind,
            message: message.to_vec(),
            signature,
            valid,
        });
    };

    case("signed", &message, good, true);
    case(
        "signed by hand",
        &message,
        author.craft(mul_base(&nonce), nonce, &message),
        true,
    );
    case("of an empty message", b"", author.sign(b""), true);
    let long = message.repeat(1 + round % 70);
    case("of a long message", &long, author.sign(&long), true);

    let flip = |at: usize| {
        let mut flipped = good;
        flipped[at / 8] ^= 1 << (at % 8);
        flipped
    };
    case("a bit of R flipped", &message, flip(round * 7 % 256), false);
    case("the sign of R flipped", &message, flip(255), false);
    case(
        "a bit of s flipped",
        &message,
        flip(256 + round * 11 % 256),
        false,
    );
    let mut changed = message.clone();
    changed[round % 64] ^= 1 << (round % 8);
    case("a bit of the message flipped", &changed, good, false);
    case("a message cut short", &message[..63], good, false);
    case("another author's", &message, other.sign(&message), false);
    case("of another message", &long, author.sign(&changed), false);
    case("halves swapped", &message, join(s, r), false);

    case("s + L", &message, join(r, plus(s, ORDER)), false);
    case(
        "s + 2L",
        &message,
        join(r, plus(plus(s, ORDER), ORDER)),
        false,
    );
    for bit in [0x20, 0x40, 0x80] {
        let mut high = s;
        high[31] |= bit;
        case("s with a high bit", &message, join(r, high), false);
    }
    case("s = L", &message, join(r, ORDER), false);
    case("s = 0", &message, join(r, [0; 32]), false);
    let negated = -Option::<Scalar>::from(Scalar::from_canonical_bytes(s)).expect("canonical");
    case("s negated", &message, join(r, negated.to_bytes()), false);

    let identity = EIGHT_TORSION[0].compress().to_bytes();
    case(
        "R the identity",
        &message,
        author.craft(identity, Scalar::ZERO, &message),
        false,
    );
    case(
        "R the identity, s = 0",
        &message,
        join(identity, [0; 32]),
        false,
    );
    let small = torsion.compress().to_bytes();
    case(
        "R of small order",
        &message,
        author.craft(small, Scalar::ZERO, &message),
        false,
    );
    // The identity with y = p + 1, and with the sign of x = 0 set.
    let mut above = [0xff; 32];
    (above[0], above[31]) = (0xee, 0x7f);
    let mut signed = identity;
    signed[31] |= 0x80;
    for spelling in [above, signed] {
        let crafted = author.craft(spelling, Scalar::ZERO, &message);
        case("R a second spelling", &message, crafted, false);
        case(
            "R a second spelling, not hashed",
            &message,
            {
                let (_, s) = split(&author.craft(identity, Scalar::ZERO, &message));
                join(spelling, s)
            },
            false,
        );
    }

    let mixed = EdwardsPoint::mul_base(&nonce) + torsion;
    let mixed = mixed.compress().to_bytes();
    case(
        "torsion in R",
        &message,
        author.craft(mixed, nonce, &message),
        false,
    );
    let (_, s_of_pure) = split(&author.craft(mul_base(&nonce), nonce, &message));
    case(
        "torsion in R, not hashed",
        &message,
        join(mixed, s_of_pure),
        false,
    );

    let noise: [u8; 64] = Sha512::digest(format!("noise {label}")).into();
    case("noise", &message, noise, false);
    let no_point = (0_u8..).map(|i| {
        let mut bytes = *noise.first_chunk::<32>().expect("half");
        bytes[0] = i;
        bytes
    });
    let no_point = no_point
        .into_iter()
        .find(|bytes| CompressedEdwardsY(*bytes).decompress().is_none())
        .expect("half of all encodings are none");
    case(
        "R not a point",
        &message,
        author.craft(no_point, nonce, &message),
        false,
    );
    case("all zero", &message, [0; 64], false);
    case("all ones", &message, [0xff; 64], false);
    all
}

#[test]
fn every_crafted_signature_gets_the_verdict_of_strict_verification() {
    let authors: Vec<Author> = (1..=4).map(Author::new).collect();
    let verifier = Verifier::new();
    let mut judged = 0;
    for (index, author) in authors.iter().enumerate() {
        let other = &authors[(index + 1) % authors.len()];
        let cases: Vec<Case> = (0..80)
            .flat_map(|round| cases(author, other, round))
            .collect();
        let items: Vec<Item<'_>> = cases
            .iter()
            .map(|case| Item {
                message: &case.message,
                signature: &case.signature,
            })
            .collect();
        let table = AuthorTable::new(&author.key).verify_many(&items);
        let key = author.key.author();
        let signed: Vec<Signed<'_>> = items
            .iter()
            .map(|item| Signed {
                key: &key,
                message: item.message,
                signature: item.signature,
            })
            .collect();
        let verdicts = verifier.verify(&signed);
        assert_eq!(table.len(), cases.len());
        assert_eq!(verdicts.len(), cases.len());
        for ((case, table), verdict) in cases.iter().zip(table).zip(verdicts) {
            let strict = author.strict(&case.message, &case.signature);
            let kind = case.kind;
            assert_eq!(strict, case.valid, "{kind}: strict");
            assert_eq!(table, strict, "{kind}: with a table");
            assert_eq!(verdict.is_valid(), strict, "{kind}: by the verifier");
            assert_eq!(
                verify_one(&author.key, &case.message, &case.signature),
                strict,
                "{kind}: alone"
            );
            judged += 1;
        }
    }
    assert!(judged > 10_000, "{judged}");
}

#[test]
fn the_signatures_of_rfc_8032_are_valid() {
    let abc = to_hex(&Sha512::digest(b"abc"));
    // §7.1, tests 1 to 3 and SHA(abc): seed, public key, message, signature.
    let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            &abc,
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ),
    ];
    for (seed, public, message, signature) in vectors {
        let secret = SecretKey::from_seed(from_hex(seed).expect("hex"));
        let key = AuthorKey(from_hex(public).expect("hex"));
        let message = bytes(message);
        let signature: [u8; 64] = bytes(signature).try_into().expect("64 bytes");
        assert_eq!(secret.public(), key);
        assert_eq!(secret.sign(&message), Ok(signature));
        let key = AdmissibleKey::admit(key).expect("a good key");
        assert!(verify_one(&key, &message, &signature));
        let item = Item {
            message: &message,
            signature: &signature,
        };
        assert_eq!(AuthorTable::new(&key).verify_many(&[item]), [true]);
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hex")
        })
        .collect()
}

#[test]
fn no_signatures_give_no_verdicts() {
    let author = Author::new(1);
    assert!(AuthorTable::new(&author.key).verify_many(&[]).is_empty());
    assert!(Verifier::new().verify(&[]).is_empty());
}

/// A signature of a numbered author: every third one is wrong.
struct Sample {
    key: AuthorKey,
    message: Vec<u8>,
    signature: [u8; 64],
    expected: Verdict,
}

impl Sample {
    fn new(secret: &SecretKey, number: usize) -> Self {
        let message = format!("message {number}").into_bytes();
        let mut signature = secret.sign(&message).expect("signed");
        let expected = if number.is_multiple_of(3) {
            signature[number % 64] ^= 4;
            Verdict::WrongSignature
        } else {
            Verdict::Valid
        };
        Self {
            key: secret.public(),
            message,
            signature,
            expected,
        }
    }

    fn signed(&self) -> Signed<'_> {
        Signed {
            key: &self.key,
            message: &self.message,
            signature: &self.signature,
        }
    }
}

fn assert_judged_as_expected(verifier: &Verifier, samples: &[Sample], chunk: usize) {
    samples.par_chunks(chunk).for_each(|samples| {
        let signed: Vec<Signed<'_>> = samples.iter().map(Sample::signed).collect();
        let expected: Vec<Verdict> = samples.iter().map(|sample| sample.expected).collect();
        assert_eq!(verifier.verify(&signed), expected);
    });
}

#[test]
fn verdicts_do_not_depend_on_chunks_threads_or_which_authors_have_tables() {
    // More authors than there may be tables, each with more signatures than a table needs.
    let secrets: Vec<SecretKey> = (0..70)
        .map(|seed| SecretKey::from_seed([seed; 32]))
        .collect();
    let mut samples: Vec<Sample> = (0..70 * 40)
        .map(|number| Sample::new(&secrets[number * 31 % 70], number))
        .collect();
    // Keys that are not acceptable stand between them.
    for (number, torsion) in EIGHT_TORSION.iter().enumerate() {
        let mut sample = Sample::new(&secrets[0], 1);
        sample.key = AuthorKey(torsion.compress().to_bytes());
        sample.expected = Verdict::UnacceptableKey(KeyError::SmallOrder);
        samples.insert(number * 300, sample);
    }
    for chunk in [1, 7, 256, samples.len()] {
        let verifier = Verifier::new();
        assert_judged_as_expected(&verifier, &samples, chunk);
        assert_judged_as_expected(&verifier, &samples, chunk);
    }
}

#[test]
fn more_authors_than_are_remembered_are_still_judged() {
    let secret = |number: usize| {
        let hash: [u8; 64] = Sha512::digest(format!("author {number}")).into();
        SecretKey::from_seed(*hash.first_chunk().expect("half"))
    };
    let mut samples: Vec<Sample> = (0..4_200)
        .map(|number| Sample::new(&secret(number), number))
        .collect();
    let last = secret(4_199);
    samples.extend((0..40).map(|number| Sample::new(&last, number)));
    assert_judged_as_expected(&Verifier::new(), &samples, 1_060);
}
