//! Timestamps made by hand: certificates and tokens in DER, signed on P-256 with keys that are written here, so that the
//! same call gives the same bytes. What is wrong with one is chosen by the test.

#![allow(dead_code, reason = "each test binary uses its own part")]

use base64ct::{Base64, Encoding};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha256, Sha512};

pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub const SHA512: &str = "2.16.840.1.101.3.4.2.3";
pub const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
/// Valid for the whole time of these tests.
pub const DATES: (&str, &str) = ("20200101000000Z", "20491231235959Z");

/// A value in DER.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut out = vec![tag];
    match value.len() {
        n @ 0..=0x7f => out.push(n as u8),
        n @ 0x80..=0xff => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(value);
    out
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub fn oid(text: &str) -> Vec<u8> {
    let mut numbers = text.split('.').map(|n| n.parse::<u32>().unwrap());
    let first = numbers.next().unwrap() * 40 + numbers.next().unwrap();
    let mut out = Vec::new();
    for number in std::iter::once(first).chain(numbers) {
        let mut digits = vec![(number & 0x7f) as u8];
        let mut rest = number >> 7;
        while rest > 0 {
            digits.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        out.extend(digits.iter().rev());
    }
    tlv(0x06, &[&out])
}

pub fn algorithm(text: &str) -> Vec<u8> {
    sequence(&[&oid(text)])
}

pub fn name(common: &str) -> Vec<u8> {
    let part = sequence(&[&oid("2.5.4.3"), &tlv(0x0c, &[common.as_bytes()])]);
    sequence(&[&tlv(0x31, &[&part])])
}

/// An extension of a certificate.
pub fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid(id), critical, &tlv(0x04, &[value])])
}

/// Extended key usage with these purposes.
pub fn extended(critical: bool, purposes: &[&str]) -> Vec<u8> {
    let purposes: Vec<u8> = purposes.iter().flat_map(|p| oid(p)).collect();
    extension("2.5.29.37", critical, &sequence(&[&purposes]))
}

pub const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
pub const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";

/// What a timestamping service's certificate has.
pub fn for_timestamps() -> Vec<u8> {
    extended(true, &[TIME_STAMPING])
}

/// What an authority's certificate has.
pub fn for_authority() -> Vec<u8> {
    let basic = extension("2.5.29.19", true, &sequence(&[&[1, 1, 0xff]]));
    // keyCertSign
    let usage = extension("2.5.29.15", true, &[3, 2, 2, 4]);
    [basic, usage].concat()
}

/// Somebody with a key and a name.
#[derive(Clone)]
pub struct Party {
    pub name: String,
    key: SigningKey,
}

impl Party {
    pub fn new(name: &str, seed: u8) -> Self {
        Self {
            name: name.to_owned(),
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(message);
        signature.to_der().as_bytes().to_vec()
    }

    /// A certificate for this party by an issuer.
    pub fn certified(
        &self,
        by: &Party,
        serial: u8,
        dates: (&str, &str),
        extensions: &[u8],
    ) -> Vec<u8> {
        let time = |text: &str| tlv(0x18, &[text.as_bytes()]);
        let utc = |text: &str| match &text[..4] < "2050" {
            true => tlv(0x17, &[&text.as_bytes()[2..]]),
            false => time(text),
        };
        let point = self.key.verifying_key().to_sec1_point(false);
        let key = sequence(&[
            &sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.2.840.10045.3.1.7")]),
            &tlv(0x03, &[&[0], point.as_bytes()]),
        ]);
        let extensions = match extensions {
            [] => Vec::new(),
            some => tlv(0xa3, &[&sequence(&[some])]),
        };
        let tbs = sequence(&[
            &tlv(0xa0, &[&[2, 1, 2]]),
            &[2, 1, serial],
            &algorithm(ECDSA_SHA256),
            &name(&by.name),
            &sequence(&[&utc(dates.0), &utc(dates.1)]),
            &name(&self.name),
            &key,
            &extensions,
        ]);
        let signature = tlv(0x03, &[&[0], &by.sign(&tbs)]);
        sequence(&[&tbs, &algorithm(ECDSA_SHA256), &signature])
    }
}

/// A timestamp (TSTInfo) by SHA-256 at this time, with a nonce of 7 and an accuracy of a second and a half.
pub fn tst_info(message: &[u8], time: &str) -> Vec<u8> {
    let imprint = sequence(&[&algorithm(SHA256), &tlv(0x04, &[&Sha256::digest(message)])]);
    tst_info_of(&imprint, time)
}

/// The same by SHA-512.
pub fn tst_info_512(message: &[u8], time: &str) -> Vec<u8> {
    let imprint = sequence(&[&algorithm(SHA512), &tlv(0x04, &[&Sha512::digest(message)])]);
    tst_info_of(&imprint, time)
}

pub fn tst_info_of(imprint: &[u8], time: &str) -> Vec<u8> {
    sequence(&[
        &[2, 1, 1],
        &oid("1.2.3.4.1"),
        imprint,
        &[2, 1, 9],
        &tlv(0x18, &[time.as_bytes()]),
        // One second and 500 thousandths.
        &sequence(&[&[2, 1, 1], &[0x80, 2, 1, 0xf4]]),
        &[2, 1, 7],
    ])
}

/// One attribute with one value.
pub fn attribute(id: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(id), &tlv(0x31, &[value])])
}

/// What a signer signs: kind of content, its digest, and the signer's certificate by its SHA-256.
pub fn attributes(content: &[u8], certificate: &[u8]) -> Vec<Vec<u8>> {
    let named = sequence(&[&sequence(&[&sequence(&[&tlv(
        0x04,
        &[&Sha256::digest(certificate)],
    )])])]);
    let mut all = vec![
        attribute("1.2.840.113549.1.9.3", &oid(TST_INFO)),
        attribute(
            "1.2.840.113549.1.9.4",
            &tlv(0x04, &[&Sha256::digest(content)]),
        ),
        attribute("1.2.840.113549.1.9.16.2.47", &named),
    ];
    all.sort();
    all
}

/// Signer, signed attributes and signature.
pub fn signer_info(party: &Party, issuer: &str, serial: u8, attributes: &[Vec<u8>]) -> Vec<u8> {
    let attributes = attributes.concat();
    let signature = party.sign(&tlv(0x31, &[&attributes]));
    sequence(&[
        &[2, 1, 1],
        &sequence(&[&name(issuer), &[2, 1, serial]]),
        &algorithm(SHA256),
        &tlv(0xa0, &[&attributes]),
        &algorithm(ECDSA_SHA256),
        &tlv(0x04, &[&signature]),
    ])
}

/// A token of content, certificates and signers.
pub fn token(content: &[u8], certificates: &[&[u8]], signers: &[&[u8]]) -> Vec<u8> {
    let certificates = match certificates {
        [] => Vec::new(),
        some => tlv(0xa0, some),
    };
    let signed = sequence(&[
        &[2, 1, 3],
        &tlv(0x31, &[&algorithm(SHA256)]),
        &sequence(&[&oid(TST_INFO), &tlv(0xa0, &[&tlv(0x04, &[content])])]),
        &certificates,
        &tlv(0x31, signers),
    ]);
    sequence(&[&oid("1.2.840.113549.1.7.2"), &tlv(0xa0, &[&signed])])
}

/// An answer that grants a token.
pub fn response(token: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&[2, 1, 0]]), token])
}

/// A service with a root above it.
pub struct Service {
    pub root: Party,
    pub root_certificate: Vec<u8>,
    pub tsa: Party,
    pub certificate: Vec<u8>,
}

impl Service {
    pub fn new() -> Self {
        Self::dated(DATES)
    }

    /// Whose own certificate is valid between these times.
    pub fn dated(dates: (&str, &str)) -> Self {
        let (root, tsa) = (Party::new("Trial Root", 3), Party::new("Trial Clock", 4));
        Self {
            root_certificate: root.certified(&root, 1, DATES, &for_authority()),
            certificate: tsa.certified(&root, 2, dates, &for_timestamps()),
            root,
            tsa,
        }
    }

    /// Its answer over these bytes, with its certificate in it.
    pub fn stamp(&self, message: &[u8], time: &str) -> Vec<u8> {
        response(&self.signed(&tst_info(message, time)))
    }

    /// A token of this content.
    pub fn signed(&self, content: &[u8]) -> Vec<u8> {
        let attributes = attributes(content, &self.certificate);
        let signer = signer_info(&self.tsa, &self.root.name, 2, &attributes);
        token(content, &[&self.certificate], &[&signer])
    }

    /// Its root in PEM.
    pub fn roots(&self) -> String {
        pem(&[&self.root_certificate])
    }
}

/// Certificates in PEM.
pub fn pem(certificates: &[&[u8]]) -> String {
    let mut out = String::new();
    for der in certificates {
        let text = Base64::encode_string(der);
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in text.as_bytes().chunks(64) {
            out.push_str(std::str::from_utf8(line).unwrap());
            out.push('\n');
        }
        out.push_str("-----END CERTIFICATE-----\n");
    }
    out
}
