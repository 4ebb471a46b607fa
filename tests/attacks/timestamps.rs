//! Timestamps (§23): tokens of authorities that are forged here, honest and dishonest, under roots that the reader chose.

use std::fs;

use crate::{
    case::*,
    forge::{Certificate, Log, Note, Token, der, hex, sha256},
};

#[test]
fn timestamps() {
    play_all(CASES);
}

/// The text of the base's head of this size.
fn text(size: usize) -> String {
    Note::at(&base(), size).text()
}

/// Puts these bytes among the anchors as a token over the head of this size.
fn token(scene: &Scene, size: usize, bytes: &[u8]) {
    scene.put(
        &format!("case/anchors/{size}-{}.tsr", hex(&sha256(&[bytes]))),
        bytes,
    );
}

/// The base with this token over its head, and a reader who trusts the honest root.
fn stamped(scene: &Scene, bytes: &[u8]) {
    stamped_at(scene, 6, bytes);
}

fn stamped_at(scene: &Scene, size: usize, bytes: &[u8]) {
    scene.whole(&base());
    token(scene, size, bytes);
    scene.put("roots", Certificate::ROOT.pem());
}

/// With a token that is honest but for one thing.
fn but(scene: &Scene, change: impl FnOnce(&mut Token)) {
    let mut token = Token::over(&text(6));
    change(&mut token);
    stamped(scene, &token.der());
}

/// With a token by a service whose certificate is honest but for one thing.
fn by(scene: &Scene, change: impl FnOnce(&mut Certificate)) {
    let mut clock = Certificate::CLOCK;
    change(&mut clock);
    stamped(scene, &Token::by(clock, &text(6)).der());
}

const STAMPED: &[&str] = &[
    "verify",
    "case",
    "--tsa-roots",
    "roots",
    "--require",
    "timestamped",
];
const FRESH: &[&str] = &[
    "verify",
    "case",
    "--tsa-roots",
    "roots",
    "--require",
    "fresh",
];

type Gets = (i32, [&'static str; 4], &'static [&'static str]);
const OTHER: Gets = (1, [P; 4], &["timestamp-other"]);
const INVALID: Gets = (1, [P; 4], &["timestamp-invalid"]);
const MALFORMED: Gets = (1, [P; 4], &["timestamp-malformed"]);
const UNTRUSTED: Gets = (1, [P; 4], &["timestamp-untrusted"]);

impl Case {
    /// A token that must not be believed.
    const TOKEN: Self = Self {
        args: STAMPED,
        also: &[("timestamped", F)],
        ..Self::PLAIN
    };
    /// One that must.
    const GOOD_TOKEN: Self = Self {
        args: STAMPED,
        also: &[("timestamped", P)],
        ..Self::PLAIN
    };
}

pub const CASES: &[Case] = &[
    Case {
        name: "stamped",
        attack: "none: a token over the newest head",
        by: "nobody",
        make: |scene| stamped(scene, &Token::over(&text(6)).der()),
        ..Case::GOOD_TOKEN
    },
    Case {
        name: "stamped-answer",
        attack: "none: the same as the whole answer of the service",
        by: "nobody",
        make: |scene| stamped(scene, &Token::over(&text(6)).answer(0)),
        ..Case::GOOD_TOKEN
    },
    Case {
        name: "stamped-without-roots",
        attack: "a token, and a reader who gave no roots to trust",
        make: |scene| stamped(scene, &Token::over(&text(6)).der()),
        args: VERIFY,
        also: &[("timestamped", N)],
        ..Case::PLAIN
    },
    Case {
        name: "stamped-in-part",
        attack: "a token over an older head: what came after has no time",
        make: |scene| stamped_at(scene, 4, &Token::over(&text(4)).der()),
        gets: (2, [P; 4], &[]),
        also: &[("timestamped", PARTLY)],
        ..Case::TOKEN
    },
    Case {
        name: "stamped-and-old",
        attack: "an older genuine copy with its token: a timestamp never shows freshness",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            scene.whole(&log);
            token(scene, 4, &Token::over(&text(4)).der());
            scene.put("roots", Certificate::ROOT.pem());
        },
        args: FRESH,
        gets: (2, [P; 4], &[]),
        also: &[("timestamped", P), ("fresh", N)],
        ..Case::PLAIN
    },
    Case {
        name: "token-over-another-digest",
        attack: "a genuine token over something else",
        make: |scene| stamped(scene, &Token::over("something else").der()),
        gets: OTHER,
        ..Case::TOKEN
    },
    Case {
        name: "token-over-another-size",
        attack: "the token of an older head under the name of the newest",
        make: |scene| stamped(scene, &Token::over(&text(4)).der()),
        gets: OTHER,
        ..Case::TOKEN
    },
    Case {
        name: "token-of-another-ledger",
        attack: "the token of another ledger's head",
        make: |scene| {
            let other = Log::begin(&field(), "Another trial");
            stamped(scene, &Token::over(&Note::of(&other).text()).der());
        },
        gets: OTHER,
        ..Case::TOKEN
    },
    Case {
        name: "token-over-another-history",
        attack: "a token over a head of this size with another root: the log was rewritten since",
        by: CUSTODIAN,
        make: |scene| {
            stamped(
                scene,
                &Token::over(&Note::claiming(&base(), 6, &[7; 32]).text()).der(),
            )
        },
        gets: OTHER,
        ..Case::TOKEN
    },
    Case {
        name: "token-changed",
        attack: "a bit of a token's signature is another",
        make: |scene| {
            let mut bytes = Token::over(&text(6)).der();
            *bytes.last_mut().unwrap() ^= 1;
            stamped(scene, &bytes);
        },
        gets: INVALID,
        ..Case::TOKEN
    },
    Case {
        name: "token-backdated",
        attack: "the time in a genuine token is moved back",
        make: |scene| but(scene, |token| token.changed_time = Some("20230326120000Z")),
        gets: INVALID,
        ..Case::TOKEN
    },
    Case {
        name: "token-by-another-key",
        attack: "a token in the service's name, with its certificate, signed by somebody else",
        by: "a stranger",
        make: |scene| but(scene, |token| token.signing_key = 9),
        gets: INVALID,
        ..Case::TOKEN
    },
    Case {
        name: "token-names-another-certificate",
        attack: "the signed name of the certificate is not that of the certificate which comes with it",
        make: |scene| but(scene, |token| token.named = Some([7; 32])),
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "certificate-exchanged",
        attack: "the service's certificate is exchanged for another with its issuer and serial number",
        make: |scene| {
            but(scene, |token| {
                token.certificates = vec![
                    Certificate {
                        key: 9,
                        ..Certificate::CLOCK
                    }
                    .der(),
                ];
            })
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "certificate-injected-first",
        attack: "another certificate with the same issuer and serial number stands before the service's: it changes nothing",
        make: |scene| {
            but(scene, |token| {
                let twin = Certificate {
                    key: 9,
                    issuer_key: 9,
                    ..Certificate::CLOCK
                };
                token.certificates.insert(0, twin.der());
            })
        },
        ..Case::GOOD_TOKEN
    },
    Case {
        name: "certificate-injected",
        attack: "certificates of somebody else beside the service's: they change nothing",
        make: |scene| {
            but(scene, |token| {
                let own = Certificate {
                    key: 9,
                    issuer_key: 9,
                    subject: "Mine",
                    issuer: "Mine",
                    ..Certificate::ROOT
                };
                token.certificates.insert(0, own.der());
                token.certificates.push(b"\x30\x03\x02\x01\x01".to_vec());
            })
        },
        ..Case::GOOD_TOKEN
    },
    Case {
        name: "root-injected",
        attack: "a token under a root of the forger's own, which comes with it",
        make: |scene| {
            let root = Certificate {
                key: 9,
                issuer_key: 9,
                ..Certificate::ROOT
            };
            let clock = Certificate {
                key: 10,
                issuer_key: 9,
                ..Certificate::CLOCK
            };
            let mut token = Token::by(clock, &text(6));
            token.certificates.push(root.der());
            stamped(scene, &token.der());
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "root-not-trusted",
        attack: "a genuine token of a service under another root than the reader's",
        make: |scene| {
            stamped(scene, &Token::over(&text(6)).der());
            scene.put(
                "roots",
                Certificate {
                    key: 9,
                    issuer_key: 9,
                    ..Certificate::ROOT
                }
                .pem(),
            );
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-signs-itself",
        attack: "a service whose certificate is its own word",
        make: |scene| {
            by(scene, |clock| {
                clock.issuer = "Clock";
                clock.issuer_key = clock.key;
            })
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-expired-since",
        attack: "none: a certificate that has expired since and was good at the token's own time",
        by: "nobody",
        make: |scene| by(scene, |clock| clock.until = "20240401000000Z"),
        ..Case::GOOD_TOKEN
    },
    Case {
        name: "clock-expired-then",
        attack: "a token by a certificate that had expired at the token's own time",
        make: |scene| by(scene, |clock| clock.until = "20240301000000Z"),
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-not-yet",
        attack: "a token by a certificate that was not yet valid at the token's own time: a backdated token",
        by: "an authority",
        make: |scene| by(scene, |clock| clock.from = "20240401000000Z"),
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "root-expired-then",
        attack: "a root that had expired at the token's own time",
        make: |scene| {
            stamped(scene, &Token::over(&text(6)).der());
            scene.put(
                "roots",
                Certificate {
                    until: "20240301000000Z",
                    ..Certificate::ROOT
                }
                .pem(),
            );
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-for-something-else",
        attack: "a certificate for web servers makes a token",
        make: |scene| {
            by(scene, |clock| {
                clock.usage = Some((true, &["1.3.6.1.5.5.7.3.1"]))
            })
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-for-more",
        attack: "a certificate for timestamps and for code makes a token",
        make: |scene| {
            by(scene, |clock| {
                clock.usage = Some((true, &["1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.3"]))
            })
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-for-anything",
        attack: "a certificate that does not say what it is for makes a token",
        make: |scene| by(scene, |clock| clock.usage = None),
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-not-critical",
        attack: "a certificate whose purpose is not critical makes a token",
        make: |scene| {
            by(scene, |clock| {
                clock.usage = Some((false, &["1.3.6.1.5.5.7.3.8"]))
            })
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-issued-by-a-leaf",
        attack: "a certificate that is no authority issues one for a service",
        make: |scene| {
            let leaf = Certificate {
                subject: "Leaf",
                serial: 3,
                key: 11,
                usage: None,
                ..Certificate::CLOCK
            };
            let clock = Certificate {
                issuer: "Leaf",
                issuer_key: 11,
                ..Certificate::CLOCK
            };
            let mut token = Token::by(clock, &text(6));
            token.certificates.push(leaf.der());
            stamped(scene, &token.der());
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "clock-under-an-authority",
        attack: "none: a service two steps below the root",
        by: "nobody",
        make: |scene| {
            let middle = Certificate {
                subject: "Middle",
                serial: 3,
                key: 11,
                authority: Some(Some(0)),
                ..Certificate::ROOT
            };
            let clock = Certificate {
                issuer: "Middle",
                issuer_key: 11,
                ..Certificate::CLOCK
            };
            let mut token = Token::by(clock, &text(6));
            token.certificates.push(middle.der());
            stamped(scene, &token.der());
        },
        ..Case::GOOD_TOKEN
    },
    Case {
        name: "clock-too-far-below",
        attack: "an authority that may have none below it has one",
        make: |scene| {
            let middle = Certificate {
                subject: "Middle",
                serial: 3,
                key: 11,
                authority: Some(Some(0)),
                ..Certificate::ROOT
            };
            let lower = Certificate {
                subject: "Lower",
                serial: 4,
                key: 12,
                issuer: "Middle",
                issuer_key: 11,
                authority: Some(None),
                ..Certificate::ROOT
            };
            let clock = Certificate {
                issuer: "Lower",
                issuer_key: 12,
                ..Certificate::CLOCK
            };
            let mut token = Token::by(clock, &text(6));
            token.certificates.extend([middle.der(), lower.der()]);
            stamped(scene, &token.der());
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "authorities-in-a-circle",
        attack: "two authorities that issued each other, and no root",
        by: SENDER,
        make: |scene| {
            let one = Certificate {
                subject: "One",
                issuer: "Two",
                key: 11,
                issuer_key: 12,
                ..Certificate::ROOT
            };
            let two = Certificate {
                subject: "Two",
                issuer: "One",
                key: 12,
                issuer_key: 11,
                ..Certificate::ROOT
            };
            let clock = Certificate {
                issuer: "One",
                issuer_key: 11,
                ..Certificate::CLOCK
            };
            let mut token = Token::by(clock, &text(6));
            token.certificates.extend([one.der(), two.der()]);
            stamped(scene, &token.der());
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "authorities-in-a-thicket",
        attack: "thirty authorities with one name and one key, each the issuer of each: paths without end",
        by: SENDER,
        make: |scene| {
            let clock = Certificate {
                issuer: "Each",
                issuer_key: 11,
                ..Certificate::CLOCK
            };
            let mut token = Token::by(clock, &text(6));
            for serial in 10..40 {
                let each = Certificate {
                    subject: "Each",
                    issuer: "Each",
                    key: 11,
                    issuer_key: 11,
                    serial,
                    ..Certificate::ROOT
                };
                token.certificates.push(each.der());
            }
            stamped(scene, &token.der());
        },
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "token-without-its-certificate",
        attack: "a token whose certificate nobody has",
        make: |scene| but(scene, |token| token.certificates.clear()),
        gets: UNTRUSTED,
        ..Case::TOKEN
    },
    Case {
        name: "token-of-too-many-certificates",
        attack: "33 certificates in a token",
        by: SENDER,
        make: |scene| {
            but(scene, |token| {
                token
                    .certificates
                    .extend(vec![b"\x30\x03\x02\x01\x01".to_vec(); 32])
            });
        },
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-trailing",
        attack: "a byte behind a token",
        make: |scene| {
            let mut bytes = Token::over(&text(6)).der();
            bytes.push(0);
            stamped(scene, &bytes);
        },
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-cut",
        attack: "a token without its last byte",
        by: STORAGE,
        make: |scene| {
            let mut bytes = Token::over(&text(6)).der();
            bytes.pop();
            stamped(scene, &bytes);
        },
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-of-words",
        attack: "a token that is no DER",
        make: |scene| stamped(scene, b"trust me"),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-empty",
        attack: "a token of no bytes",
        by: STORAGE,
        make: |scene| stamped(scene, b""),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-length-bomb",
        attack: "a token that says it has 4 GiB",
        by: SENDER,
        make: |scene| stamped(scene, b"\x30\x84\xff\xff\xff\xff\x30"),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-indefinite",
        attack: "a token whose length is not said",
        make: |scene| {
            let token = Token::over(&text(6)).der();
            // A SEQUENCE of a length in two bytes.
            let mut bytes = vec![0x30, 0x80];
            bytes.extend(&token[4..]);
            bytes.extend([0, 0]);
            stamped(scene, &bytes);
        },
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-nested",
        attack: "thirty thousand sequences, one in the other",
        by: SENDER,
        make: |scene| {
            let mut bytes = Vec::new();
            for depth in (0..15_000u16).rev() {
                bytes.extend([0x30, 0x82]);
                bytes.extend((depth * 4).to_be_bytes());
            }
            stamped(scene, &bytes);
        },
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-of-two-signers",
        attack: "two signers in a token, of which a reader may look at either",
        make: |scene| but(scene, |token| token.signers = 2),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-of-no-signer",
        attack: "a token without a signer",
        make: |scene| but(scene, |token| token.signers = 0),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-without-signed-attributes",
        attack: "a signature over the content alone, which may be of something else",
        make: |scene| but(scene, |token| token.bare = true),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-without-a-named-certificate",
        attack: "a token that does not sign whose it is",
        make: |scene| but(scene, |token| token.named = None),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-of-another-content",
        attack: "a signed message of another type, made to look like a token",
        make: |scene| but(scene, |token| token.content_type = "1.2.840.113549.1.7.1"),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-version",
        attack: "a token of version 2",
        make: |scene| but(scene, |token| token.info_version = 2),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-refused",
        attack: "an answer that says the request was refused, with a token in it",
        make: |scene| stamped(scene, &Token::over(&text(6)).answer(2)),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-refused-without",
        attack: "an answer that says the request was refused, without a token",
        make: |scene| stamped(scene, &der::seq(&[der::seq(&[der::int(2)])])),
        gets: MALFORMED,
        ..Case::TOKEN
    },
    Case {
        name: "token-beyond",
        attack: "a token over a head of more entries than there are: it cannot be judged",
        make: |scene| {
            let mut log = base();
            log.entries.truncate(4);
            scene.whole(&log);
            token(scene, 6, &Token::over(&text(6)).der());
            scene.put("roots", Certificate::ROOT.pem());
        },
        gets: (2, [P; 4], &[]),
        also: &[("timestamped", N)],
        ..Case::TOKEN
    },
    Case {
        name: "roots-of-words",
        attack: "a file of roots that holds none",
        by: SENDER,
        make: |scene| {
            stamped(scene, &Token::over(&text(6)).der());
            scene.put("roots", "trust me\n");
        },
        gets: (2, [NONE; 4], &[]),
        also: &[],
        ..Case::TOKEN
    },
    Case {
        name: "roots-larger-than-memory",
        attack: "a file of roots that is larger than the memory there is",
        by: SENDER,
        make: |scene| {
            stamped(scene, &Token::over(&text(6)).der());
            fs::OpenOptions::new()
                .write(true)
                .open(scene.path("roots"))
                .unwrap()
                .set_len(1 << 40)
                .unwrap();
        },
        gets: (2, [NONE; 4], &[]),
        also: &[],
        ..Case::TOKEN
    },
];
