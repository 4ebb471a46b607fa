//! Statements, their chains, what they observed, and their signatures.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use seaproof_ledger::ids::{Class, EntryId, LedgerId};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::sshsig::signed_bytes;
use seaproof_ledger::statement::Head;
use sha2::{Digest, Sha512};

use crate::common::forge::{Forge, Making, leaf_of};
use crate::common::*;
use crate::ledgers::*;
use crate::{Case, INVESTIGATOR, STRANGER};

/// Chains, observed heads, statements and their place.
pub fn statements() -> Vec<Case> {
    let changed = |name: &str, by: u8, change: fn(&mut Making)| {
        forged(name, |f| {
            signs(f, INVESTIGATOR);
            f.add_with(&key(by), evidence("changed"), change);
            signs(f, by);
            signs(f, 1);
        })
    };
    // Evidence signed over any bytes of a statement.
    let raw = |name: &str, at: usize, value: u8| {
        forged(name, |f| {
            let body = f.segments[0][1].body.clone();
            let mut statement: [u8; 219] = body[..219].try_into().unwrap();
            statement[at] = value;
            f.add_raw(&key(1), statement, |out| {
                out.extend_from_slice(&body[283..])
            });
            signs(f, 1);
        })
    };
    let again = |name: &str, number: usize, entries: fn(&mut Forge)| {
        forged(name, |f| {
            signs(f, 1);
            let record = f.segments[0][number].clone();
            f.add_record(record);
            entries(f);
        })
    };
    let signed = |name: &str, sign: fn(&[u8]) -> [u8; 64]| {
        forged(name, |f| {
            signs(f, 1);
            let body = &mut f.segments[0][4].body;
            let signature = sign(&signed_bytes(leaf_of(body).statement()));
            body[219..283].copy_from_slice(&signature);
        })
    };
    vec![
        signed("signed by hand", |message| {
            craft(message, Scalar::from(5u8), 0)
        }),
        signed("R with a part of small order", |message| {
            craft(message, Scalar::from(5u8), 3)
        }),
        signed("R of small order", |message| {
            craft(message, Scalar::ZERO, 1)
        }),
        signed("R the identity", |message| craft(message, Scalar::ZERO, 0)),
        signed("s not reduced", |message| {
            let mut signature = craft(message, Scalar::from(5u8), 0);
            let mut carry = 0;
            for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
                let sum = u16::from(*byte) + u16::from(order) + carry;
                (*byte, carry) = (sum as u8, sum >> 8);
            }
            signature
        }),
        changed("a gap", INVESTIGATOR, |m| m.statement.seq.0 += 1),
        changed("a gap at the first entry", 4, |m| m.statement.seq.0 += 1),
        changed("a fork", INVESTIGATOR, |m| m.statement.seq.0 = 0),
        changed("another entry before", INVESTIGATOR, |m| {
            m.statement.prev.0[0] ^= 1;
        }),
        changed("another admission", 4, |m| m.statement.prev.0[0] ^= 1),
        changed("a stranger out of nowhere", STRANGER, |m| {
            m.statement.seq.0 = 7;
            m.statement.prev.0[0] ^= 1;
        }),
        changed("more observed than there is", 1, |m| {
            m.statement.observed.size.0 += 1;
        }),
        changed("another root observed", 1, |m| {
            m.statement.observed.root.0[0] ^= 1;
        }),
        changed("less observed than before", INVESTIGATOR, |m| {
            m.statement.observed = Head::empty();
        }),
        changed("less observed than before by a stranger", STRANGER, |m| {
            m.statement.observed = Head::empty();
        }),
        changed("another ledger", 1, |m| m.statement.ledger.0[0] ^= 1),
        changed("another ledger by a stranger", STRANGER, |m| {
            m.statement.ledger.0[0] ^= 1;
        }),
        changed("the ledger zero", 1, |m| {
            m.statement.ledger = LedgerId([0; 32])
        }),
        changed("evidence of class 1", 1, |m| {
            m.statement.class = Class::Governance;
        }),
        changed("evidence of class 3", 1, |m| {
            m.statement.class = Class::Amendment;
        }),
        changed("evidence of class 0", 1, |m| {
            m.statement.class = Class::Genesis
        }),
        forged("less observed than all by a custodian", |f| {
            f.add_with(&key(4), governing("rule-set", b""), |m| {
                m.statement.observed = Head::empty();
            });
        }),
        raw("a statement of version 2", 0, 2),
        raw("a statement of class 4", 2, 4),
        raw("a statement of class 0 that is not genesis", 2, 0),
        again("the same entry twice", 4, |f| {
            signs(f, 1);
        }),
        again("an older entry twice", 1, |_| {}),
        again("genesis twice", 0, |f| {
            signs(f, 1);
        }),
        forged("a second signature of the same statement", |f| {
            let mut record = f.segments[0][3].clone();
            record.body[219] ^= 1;
            f.add_record(record);
        }),
        forged("a fork that goes on", |f| {
            signs(f, INVESTIGATOR);
            let mut other = EntryId([0; 32]);
            f.add_with(&key(INVESTIGATOR), evidence("other"), |m| {
                m.statement.seq.0 = 0;
            });
            if let Some(id) = f.ids.last() {
                other = *id;
            }
            f.add_with(&key(INVESTIGATOR), evidence("on"), |m| {
                m.statement.prev = other;
            });
        }),
        Case::new("genesis by evidence", {
            let mut forge = Forge::begun_with(|m| {
                m.statement.class = Class::Evidence;
            });
            signs(&mut forge, 1);
            forge.finish()
        }),
        Case::new("genesis with a seq", {
            let mut forge = Forge::begun_with(|m| m.statement.seq.0 = 1);
            signs(&mut forge, 1);
            forge.finish()
        }),
    ]
}

/// The order of the base point, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A signature by key 1 with this nonce, whose R has this part of small order.
fn craft(message: &[u8], nonce: Scalar, torsion: usize) -> [u8; 64] {
    let hash: [u8; 64] = Sha512::digest([1; 32]).into();
    let secret = clamp_integer(hash[..32].try_into().unwrap());
    let r = EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[torsion];
    let r = r.compress().to_bytes();
    let k = Sha512::new()
        .chain_update(r)
        .chain_update(key(1).public().0)
        .chain_update(message);
    let k = Scalar::from_bytes_mod_order_wide(&k.finalize().into());
    let s = nonce + k * Scalar::from_bytes_mod_order(secret);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s.to_bytes());
    signature
}
