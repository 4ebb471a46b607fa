//! Signatures and keys that some verifiers accept and this one must not.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use seaproof_ledger::ids::{AuthorKey, Role, Seq};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::sshsig::signed_bytes;
use seaproof_ledger::statement::STATEMENT_LEN;
use seaproof_ledger::verify::{Answer, Code, Verdict};
use sha2::{Digest, Sha512};

use super::common::forge::{Forge, Record};
use super::common::*;
use super::{Case, forged};

/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A signature by the key with this seed, with a nonce of one's own and something added to R.
fn crafted(seed: u8, message: &[u8], nonce: u64, added: EdwardsPoint) -> [u8; 64] {
    let hash: [u8; 64] = Sha512::digest([seed; 32]).into();
    let secret = Scalar::from_bytes_mod_order(clamp_integer(*hash.first_chunk().unwrap()));
    let r = Scalar::from(nonce);
    let r_bytes = (EdwardsPoint::mul_base(&r) + added).compress().to_bytes();
    let k = Sha512::new()
        .chain_update(r_bytes)
        .chain_update(key(seed).public().0)
        .chain_update(message);
    let k = Scalar::from_bytes_mod_order_wide(&k.finalize().into());
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r_bytes);
    signature[32..].copy_from_slice(&(r + k * secret).to_bytes());
    signature
}

/// The signature of the last record, and what it signs.
fn resigned(forge: &mut Forge, sign: impl FnOnce(&[u8], [u8; 64]) -> [u8; 64]) -> Record {
    let mut record = forge.segments.last_mut().unwrap().pop().unwrap();
    let statement: [u8; STATEMENT_LEN] = record.body[..STATEMENT_LEN].try_into().unwrap();
    let signature = &mut record.body[STATEMENT_LEN..STATEMENT_LEN + 64];
    let old = (&*signature).try_into().unwrap();
    signature.copy_from_slice(&sign(&statement, old));
    record
}

/// A ledger whose last entry, of key 2, has another signature.
fn signed(name: &str, codes: &[Code], sign: impl FnOnce(&[u8], [u8; 64]) -> [u8; 64]) -> Case {
    // Made twice: once for the entry that is taken out, once for the ledger that it is put into.
    let mut aside = super::staffed();
    aside.add(&key(2), evidence("x"));
    let record = resigned(&mut aside, sign);
    forged(name, codes, |forge| forge.add_record(record))
}

fn small_order() -> AuthorKey {
    AuthorKey(EIGHT_TORSION[1].compress().to_bytes())
}

/// (0, −1) with the sign that zero has not: a second spelling.
fn non_canonical() -> AuthorKey {
    let mut bytes = [0xff; 32];
    (bytes[0], bytes[31]) = (0xec, 0xff);
    AuthorKey(bytes)
}

fn mixed_order() -> AuthorKey {
    let point = ED25519_BASEPOINT_POINT + EIGHT_TORSION[1];
    AuthorKey(point.compress().to_bytes())
}

/// Not the encoding of any point.
fn no_point() -> AuthorKey {
    let mut bytes = [0; 32];
    bytes[0] = 2;
    AuthorKey(bytes)
}

pub fn cases() -> Vec<Case> {
    let invalid = [Code::SignatureInvalid];
    let plain = |message: &[u8]| key(2).sign(message).unwrap();
    let mut cases = vec![
        signed("a signature with another nonce", &[], |statement, _| {
            crafted(2, &signed_bytes(statement), 77, EdwardsPoint::default())
        }),
        signed("s with the order added", &invalid, |_, mut signature| {
            let mut carry = 0;
            for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
                let sum = u16::from(*byte) + u16::from(order) + carry;
                (*byte, carry) = (sum as u8, sum >> 8);
            }
            signature
        }),
        signed("R with a small-order part", &invalid, |statement, _| {
            // The equation with the cofactor accepts it.
            crafted(2, &signed_bytes(statement), 77, EIGHT_TORSION[1])
        }),
        signed("R of small order", &invalid, |statement, _| {
            crafted(2, &signed_bytes(statement), 0, EIGHT_TORSION[2])
        }),
        signed("the identity as R", &invalid, |statement, _| {
            crafted(2, &signed_bytes(statement), 0, EdwardsPoint::default())
        }),
        signed("another key's signature", &invalid, |statement, _| {
            key(3).sign(&signed_bytes(statement)).unwrap()
        }),
        signed("the bare statement signed", &invalid, |statement, _| {
            plain(statement)
        }),
        signed("the statement's hash signed", &invalid, |statement, _| {
            plain(&Sha512::digest(statement))
        }),
        signed("another namespace signed", &invalid, |statement, _| {
            let mut bytes = signed_bytes(statement);
            bytes[10] ^= 1;
            plain(&bytes)
        }),
        signed("no signature", &invalid, |_, _| [0; 64]),
    ];
    // A second, valid signature on one statement: the tree would tell them apart, the chain does not.
    cases.push(forged(
        "a statement twice",
        &[Code::SignatureVariant],
        |forge| {
            forge.add(&key(2), evidence("x"));
            let mut aside = super::staffed();
            aside.add(&key(2), evidence("x"));
            let record = resigned(&mut aside, |statement, _| {
                crafted(2, &signed_bytes(statement), 99, EdwardsPoint::default())
            });
            forge.add_record(record);
        },
    ));
    cases.push(forged("a leaf twice", &[Code::SignatureVariant], |forge| {
        forge.add(&key(2), evidence("x"));
        let record = forge.segments[0].last().unwrap().clone();
        forge.add_record(record);
    }));

    for (name, bad) in [
        ("a small-order key", small_order()),
        ("a mixed-order key", mixed_order()),
        ("a non-canonical key", non_canonical()),
        ("a key that is no point", no_point()),
    ] {
        let unacceptable = [Code::KeyUnacceptable];
        cases.push(forged(
            &format!("{name} admitted"),
            &unacceptable,
            |forge| {
                forge.add(&key(1), admitting(bad, Role::Investigator));
            },
        ));
        // What it signs is nobody's.
        let codes = [Code::KeyUnacceptable, Code::UnknownKey];
        cases.push(forged(&format!("{name} at work"), &codes, |forge| {
            let id = forge.add(&key(1), admitting(bad, Role::Custodian));
            forge.add_with(&key(2), evidence("x"), |made| {
                made.statement.key = bad;
                made.statement.seq = Seq(0);
                made.statement.prev = id;
            });
        }));
        let forge = Forge::begun_with(|made| made.statement.key = bad);
        let case = Case::new(format!("{name} begins"), forge.files(), &unacceptable);
        cases.push(case.but(Verdict::Complete, Answer::NotChecked));
    }
    // Anybody can sign under the identity for any message, if it is let in.
    let identity = AuthorKey(EdwardsPoint::default().compress().to_bytes());
    cases.push({
        let mut forge = Forge::begun_with(|made| made.statement.key = identity);
        let mut record = forge.segments[0].pop().unwrap();
        record.body[STATEMENT_LEN..STATEMENT_LEN + 32].copy_from_slice(&identity.0);
        record.body[STATEMENT_LEN + 32..STATEMENT_LEN + 64].fill(0);
        forge.segments[0].push(record);
        Case::new(
            "a signature without a secret",
            forge.files(),
            &[Code::KeyUnacceptable],
        )
        .but(Verdict::Complete, Answer::NotChecked)
    });
    cases
}

#[test]
fn signatures_and_keys() {
    cases().iter().for_each(|case| drop(case.hold()));
}
