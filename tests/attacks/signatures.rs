//! Keys and signatures (§4): what a lenient check accepts and a strict one refuses.

use curve25519_dalek::constants::EIGHT_TORSION;

use crate::{case::*, forge::*};

#[test]
fn signatures() {
    play_all(CASES);
}

/// Desk's entry with what this makes of key and message for a signature; under a head that covers it.
fn signed_as(scene: &Scene, sign: impl FnOnce(&Key, &Statement) -> [u8; 64]) {
    let mut log = base();
    let mut entry = log.draft(&desk(), 2, Facts::trial("one more").encode(), source(&[]));
    entry.commit();
    entry.signature = sign(&desk(), &entry.statement);
    log.push(entry);
    scene.whole(&log);
}

/// This key is admitted, and signs an entry in its own way.
fn admitted(scene: &Scene, key: &Key, sign: impl FnOnce(&Key, &[u8]) -> [u8; 64]) {
    let mut log = base();
    log.admit(&field(), key, 1);
    let mut entry = log.draft(key, 2, Facts::trial("one more").encode(), source(&[]));
    entry.commit();
    entry.signature = sign(key, &sshsig(&entry.statement));
    log.push(entry);
    scene.whole(&log);
}

const INVALID: (i32, [&str; 4], &[&str]) = (1, [P, P, F, P], &["signature-invalid"]);
/// The admission is refused, so the key never enters; and under such a key nothing is a signature.
const UNACCEPTABLE: (i32, [&str; 4], &[&str]) =
    (1, [P, P, F, F], &["key-unacceptable", "unknown-key"]);

pub const CASES: &[Case] = &[
    Case {
        name: "signature-of-another",
        attack: "an entry in Desk's name, signed by a stranger",
        by: "a stranger",
        make: |scene| signed_as(scene, |_, statement| stranger().sign(&sshsig(statement))),
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "signature-of-a-custodian",
        attack: "an entry in Desk's name, signed by the custodian",
        by: CUSTODIAN,
        make: |scene| signed_as(scene, |_, statement| field().sign(&sshsig(statement))),
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "signature-of-another-entry",
        attack: "Desk's signature of another entry",
        make: |scene| signed_as(scene, |_, _| base().entries[3].signature),
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "signature-of-zeros",
        attack: "64 zero bytes",
        make: |scene| signed_as(scene, |_, _| [0; 64]),
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "signature-bare",
        attack: "a plain Ed25519 signature of the statement, as some other program may ask for",
        make: |scene| signed_as(scene, |key, statement| key.sign(&statement.encode())),
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "signature-of-a-file",
        attack: "an SSH signature of the same bytes in another namespace",
        make: |scene| {
            signed_as(scene, |key, statement| {
                key.sign(&sshsig_of("file", &statement.encode()))
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint-signature-as-entry",
        attack: "a custodian's signature of a head under an entry",
        make: |scene| {
            let mut log = base();
            let signature = field().sign(Note::of(&log).text().as_bytes());
            log.tell(&field(), "one more");
            log.tamper(6, |entry| entry.signature = signature);
            scene.whole(&log);
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "s-plus-l",
        attack: "s + L in place of s: a second form of one signature",
        make: |scene| {
            signed_as(scene, |key, statement| {
                key.sign_above_order(&sshsig(statement))
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "s-highest",
        attack: "s with all bits set",
        make: |scene| {
            signed_as(scene, |key, statement| {
                let mut signature = key.sign(&sshsig(statement));
                signature[32..].fill(0xff);
                signature
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "torsion",
        attack: "a torsion point in R: an equation with the cofactor, or a batch, accepts it",
        by: AUTHOR,
        make: |scene| {
            signed_as(scene, |key, statement| {
                key.sign_with(&sshsig(statement), 5, 1)
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "torsion-of-order-two",
        attack: "the same with the point of order two, where half of all batches accept it",
        by: AUTHOR,
        make: |scene| {
            signed_as(scene, |key, statement| {
                key.sign_with(&sshsig(statement), 5, 4)
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "r-identity",
        attack: "R is the identity, and the equation holds",
        by: AUTHOR,
        make: |scene| {
            signed_as(scene, |key, statement| {
                key.sign_with_identity(&sshsig(statement), EIGHT_TORSION[0].compress().to_bytes())
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "r-identity-not-canonical",
        attack: "R is the identity with y + p for y",
        by: AUTHOR,
        make: |scene| {
            signed_as(scene, |key, statement| {
                let mut r = [0xff; 32];
                (r[0], r[31]) = (0xee, 0x7f);
                key.sign_with_identity(&sshsig(statement), r)
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "r-identity-with-a-sign",
        attack: "R is the identity with the sign bit set: minus zero",
        by: AUTHOR,
        make: |scene| {
            signed_as(scene, |key, statement| {
                let mut r = [0; 32];
                (r[0], r[31]) = (1, 0x80);
                key.sign_with_identity(&sshsig(statement), r)
            })
        },
        gets: INVALID,
        ..Case::PLAIN
    },
    Case {
        name: "chosen-nonce",
        attack: "none: a signature with a nonce of its author's own choice is a signature",
        by: "nobody",
        make: |scene| {
            signed_as(scene, |key, statement| {
                key.sign_with(&sshsig(statement), 5, 0)
            })
        },
        ..Case::PLAIN
    },
    Case {
        name: "key-identity",
        attack: "the identity is admitted as a key: one signature fits every message",
        by: CUSTODIAN,
        make: |scene| {
            admitted(scene, &Key::small_order(0), |key, message| {
                key.sign_small_order(message)
            })
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "key-small-order",
        attack: "a key of order eight, under which anybody can sign",
        by: CUSTODIAN,
        make: |scene| {
            admitted(scene, &Key::small_order(1), |key, message| {
                key.sign_small_order(message)
            })
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "key-order-two",
        attack: "the key of order two",
        by: CUSTODIAN,
        make: |scene| {
            admitted(scene, &Key::small_order(4), |key, message| {
                key.sign_small_order(message)
            })
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "key-mixed-order",
        attack: "a key with a torsion component, whose signatures verify or not as the verifier is made",
        by: CUSTODIAN,
        make: |scene| {
            admitted(scene, &Key::mixed_order(9), |key, message| {
                key.sign_with(message, 5, 0)
            })
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "key-not-canonical",
        attack: "a key written with y + p for y: a second name for one key",
        by: CUSTODIAN,
        make: |scene| {
            admitted(scene, &Key::not_canonical(), |key, message| {
                key.sign_with(message, 5, 0)
            })
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "key-not-a-point",
        attack: "32 bytes that are no point of the curve",
        by: CUSTODIAN,
        make: |scene| {
            let mut key = stranger();
            key.public = [2; 32];
            admitted(scene, &key, |key, message| key.sign_with(message, 5, 0));
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "key-minus-zero",
        attack: "the identity with the sign bit set",
        by: CUSTODIAN,
        make: |scene| {
            let mut key = Key::small_order(0);
            key.public[31] = 0x80;
            admitted(scene, &key, |_, _| [0; 64]);
        },
        gets: UNACCEPTABLE,
        ..Case::PLAIN
    },
    Case {
        name: "genesis-by-a-small-order-key",
        attack: "a ledger begun by a key of small order, so that anybody can be its custodian",
        by: SENDER,
        make: |scene| {
            let key = Key::small_order(1);
            let mut log = Log::begin(&field(), "Trial");
            let mut genesis = log.entries.remove(0);
            genesis.statement.key = key.public;
            genesis.commit();
            genesis.signature = key.sign_small_order(&sshsig(&genesis.statement));
            log.id = genesis.id();
            log.push(genesis);
            let mut head = Note::of(&log);
            let signature = key.sign_small_order(head.text().as_bytes());
            head.line(&key, signature);
            scene.under(&log, &head);
        },
        gets: (
            1,
            [F, N, F, P],
            &["checkpoint-signature", "key-unacceptable"],
        ),
        ..Case::PLAIN
    },
];
