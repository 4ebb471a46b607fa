//! Certificates (RFC 5280) and timestamp tokens (RFC 3161) of authorities that do not exist: honest ones and those that
//! are wrong in one place.

use base64ct::{Base64, Encoding};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};

use super::{der::*, sha256};

const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// A key on P-256 with this number for its secret.
pub fn p256_key(number: u8) -> SigningKey {
    let mut scalar = [0; 32];
    scalar[31] = number;
    SigningKey::from_slice(&scalar).unwrap()
}

fn ecdsa(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(message);
    let (r, s) = signature.split_bytes();
    seq(&[unsigned(&r), unsigned(&s)])
}

fn name(common: &str) -> Vec<u8> {
    seq(&[set(&[seq(&[oid("2.5.4.3"), tlv(0x0c, common.as_bytes())])])])
}

fn extension(id: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(id)];
    if critical {
        parts.push(tlv(1, &[0xff]));
    }
    parts.push(octets(value));
    seq(&parts)
}

/// What a certificate says; the key that it is for, and who issued it.
#[derive(Clone)]
pub struct Certificate {
    pub subject: &'static str,
    pub serial: u64,
    pub key: u8,
    pub issuer: &'static str,
    pub issuer_key: u8,
    pub from: &'static str,
    pub until: &'static str,
    /// basicConstraints, if it is an authority: how many authorities may stand below it.
    pub authority: Option<Option<u64>>,
    /// extendedKeyUsage: critical or not, and what for.
    pub usage: Option<(bool, &'static [&'static str])>,
}

impl Certificate {
    /// A root.
    pub const ROOT: Self = Self {
        subject: "Root",
        serial: 1,
        key: 3,
        issuer: "Root",
        issuer_key: 3,
        from: "20200101000000Z",
        until: "20491231235959Z",
        authority: Some(None),
        usage: None,
    };
    /// A timestamping service under that root.
    pub const CLOCK: Self = Self {
        subject: "Clock",
        serial: 2,
        key: 4,
        issuer: "Root",
        issuer_key: 3,
        from: "20200101000000Z",
        until: "20491231235959Z",
        authority: None,
        usage: Some((true, &[TIME_STAMPING])),
    };

    pub fn der(&self) -> Vec<u8> {
        let algorithm = seq(&[oid(ECDSA_SHA256)]);
        let key = p256_key(self.key);
        let point = key.verifying_key().to_sec1_point(false);
        let mut extensions = Vec::new();
        if let Some(path) = self.authority {
            let path: Vec<Vec<u8>> = [tlv(1, &[0xff])].into_iter().chain(path.map(int)).collect();
            extensions.push(extension("2.5.29.19", true, &seq(&path)));
        }
        if let Some((critical, usages)) = self.usage {
            let usages: Vec<Vec<u8>> = usages.iter().map(|usage| oid(usage)).collect();
            extensions.push(extension("2.5.29.37", critical, &seq(&usages)));
        }
        let mut parts = vec![
            explicit(0, &int(2)),
            int(self.serial),
            algorithm.clone(),
            name(self.issuer),
            seq(&[cert_time(self.from), cert_time(self.until)]),
            name(self.subject),
            seq(&[
                seq(&[oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")]),
                bits(point.as_bytes()),
            ]),
        ];
        if !extensions.is_empty() {
            parts.push(explicit(3, &seq(&extensions)));
        }
        let signed = seq(&parts);
        let signature = ecdsa(&p256_key(self.issuer_key), &signed);
        seq(&[signed, algorithm, bits(&signature)])
    }

    pub fn pem(&self) -> String {
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for line in Base64::encode_string(&self.der()).as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem + "-----END CERTIFICATE-----\n"
    }
}

/// A token under construction.
#[derive(Clone)]
pub struct Token {
    /// What it is over.
    pub message: Vec<u8>,
    pub time: &'static str,
    pub signer: Certificate,
    /// The key that really signs.
    pub signing_key: u8,
    /// The certificates in it, in this order.
    pub certificates: Vec<Vec<u8>>,
    pub info_version: u64,
    pub content_type: &'static str,
    /// The digest that names the signer's certificate, if it is named.
    pub named: Option<[u8; 32]>,
    /// Signed attributes are left out.
    pub bare: bool,
    /// How many times the one SignerInfo stands there.
    pub signers: usize,
    /// Changes TSTInfo after its digest was taken.
    pub changed_time: Option<&'static str>,
}

impl Token {
    /// Over this text, by the honest service at noon on 26 March 2024.
    pub fn over(text: &str) -> Self {
        Self::by(Certificate::CLOCK, text)
    }

    pub fn by(signer: Certificate, text: &str) -> Self {
        let certificate = signer.der();
        Self {
            message: text.as_bytes().to_vec(),
            time: "20240326120000Z",
            signing_key: signer.key,
            signer,
            named: Some(sha256(&[&certificate])),
            certificates: vec![certificate],
            info_version: 1,
            content_type: TST_INFO,
            bare: false,
            signers: 1,
            changed_time: None,
        }
    }

    fn info(&self, at: &str) -> Vec<u8> {
        seq(&[
            int(self.info_version),
            oid("1.2.3.4.1"),
            seq(&[seq(&[oid(SHA256)]), octets(&sha256(&[&self.message]))]),
            int(7),
            time(at),
            // Accurate to a second.
            seq(&[int(1)]),
        ])
    }

    pub fn der(&self) -> Vec<u8> {
        let info = self.info(self.time);
        let mut attributes = vec![
            seq(&[oid("1.2.840.113549.1.9.3"), set(&[oid(self.content_type)])]),
            seq(&[
                oid("1.2.840.113549.1.9.4"),
                set(&[octets(&sha256(&[&info]))]),
            ]),
        ];
        if let Some(named) = self.named {
            let certificates = seq(&[seq(&[octets(&named)])]);
            attributes.push(seq(&[
                oid("1.2.840.113549.1.9.16.2.47"),
                set(&[seq(&[certificates])]),
            ]));
        }
        let signed = if self.bare {
            info.clone()
        } else {
            set(&attributes)
        };
        let mut signer = vec![
            int(1),
            seq(&[name(self.signer.issuer), int(self.signer.serial)]),
            seq(&[oid(SHA256)]),
        ];
        if !self.bare {
            signer.push(tlv(0xa0, &sorted(&attributes)));
        }
        signer.push(seq(&[oid(ECDSA_SHA256)]));
        signer.push(octets(&ecdsa(&p256_key(self.signing_key), &signed)));
        let info = self.info(self.changed_time.unwrap_or(self.time));
        let data = seq(&[
            int(3),
            set(&[seq(&[oid(SHA256)])]),
            seq(&[oid(self.content_type), explicit(0, &octets(&info))]),
            // Certificates as they are given: which comes first is the forger's choice.
            tlv(0xa0, &self.certificates.concat()),
            tlv(0x31, &vec![seq(&signer); self.signers].concat()),
        ]);
        seq(&[oid(SIGNED_DATA), explicit(0, &data)])
    }

    /// As the answer of a service, with this status.
    pub fn answer(&self, status: u64) -> Vec<u8> {
        seq(&[seq(&[int(status)]), self.der()])
    }
}
