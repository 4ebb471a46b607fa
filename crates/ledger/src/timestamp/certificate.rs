//! Certificates (RFC 5280), as far as tokens need them, and the trust roots that a caller gives.

use base64ct::{Base64, Encoding};
use der::Decode;
use der::asn1::ObjectIdentifier;
use sha2::{Digest, Sha256};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier};
use x509_cert::name::Name;
use x509_cert::time::Time;

use super::algorithm::{Known, PublicKey, Scheme};
use super::asn1::{
    BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, Parsed, SEQUENCE, Tlv, context, context_of,
    malformed,
};
use super::{PARTS_MAX, TimestampError};
use crate::ids::to_hex;

const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const SUBJECT_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
/// Says under which policies; as no policy is asked for, it forbids nothing.
const POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const ANY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// The most bytes of a file of trust roots.
pub const ROOTS_BYTES_MAX: usize = 4 << 20;
/// The most characters of a name that are told.
const NAME_MAX: usize = 200;
/// The most certificates in a file of trust roots.
const ROOTS_MAX: usize = 2_048;

/// A certificate, held as the bytes received.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub der: Vec<u8>,
    /// The part that its issuer signed.
    tbs: Vec<u8>,
    pub serial: Vec<u8>,
    pub issuer: Vec<u8>,
    pub subject: Vec<u8>,
    /// First and last second of its validity.
    valid: (u64, u64),
    pub key: Known<PublicKey>,
    scheme: Known<Scheme>,
    signature: Vec<u8>,
    basic: Option<BasicConstraints>,
    usage: Option<KeyUsage>,
    extended: Option<(bool, ExtendedKeyUsage)>,
    pub subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
    /// A critical extension that is not known here.
    unknown: Option<ObjectIdentifier>,
}

impl Certificate {
    /// Reads one certificate, with nothing behind it.
    pub(super) fn read(der: &[u8]) -> Parsed<Self> {
        const WHAT: &str = "a certificate";
        let mut outer = Tlv::only(der, WHAT)?.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
        let tbs = outer.take(SEQUENCE)?;
        let algorithm = outer.take(SEQUENCE)?;
        let signature = outer.take(BIT_STRING)?.bits(WHAT)?;
        outer.end()?;
        let mut fields = tbs.fields(WHAT)?;
        let version = match fields.take_if(context_of(0))? {
            Some(version) => Tlv::only(version.value, WHAT)?.number(WHAT)?,
            None => 0,
        };
        let serial = fields
            .take(INTEGER)?
            .integer("a certificate's serial number")?;
        if fields.take(SEQUENCE)?.whole != algorithm.whole {
            return Err(malformed("a certificate names two kinds of signature"));
        }
        let issuer = fields.take(SEQUENCE)?;
        let mut times = fields.take(SEQUENCE)?.fields(WHAT)?;
        let mut time = || -> Parsed<u64> {
            let time: Time = times.next()?.decode("a certificate's validity")?;
            Ok(time.to_unix_duration().as_secs())
        };
        let valid = (time()?, time()?);
        times.end()?;
        let subject = fields.take(SEQUENCE)?;
        let key = PublicKey::read(&fields.take(SEQUENCE)?)?;
        for unique in 1..=2 {
            fields.take_if(context(unique))?;
        }
        let extensions = fields.take_if(context_of(3))?;
        fields.end()?;
        if extensions.is_some() && version != 2 {
            return Err(malformed("a certificate with extensions is of version 3"));
        }
        let mut certificate = Self {
            der: der.to_vec(),
            tbs: tbs.whole.to_vec(),
            serial: serial.to_vec(),
            issuer: issuer.whole.to_vec(),
            subject: subject.whole.to_vec(),
            valid,
            key,
            scheme: Scheme::read(&algorithm, None)?,
            signature: signature.to_vec(),
            basic: None,
            usage: None,
            extended: None,
            subject_key: None,
            authority_key: None,
            unknown: None,
        };
        if let Some(extensions) = extensions {
            let all = Tlv::only(extensions.value, WHAT)?.expect(SEQUENCE, WHAT)?;
            let mut seen = Vec::new();
            for extension in all.fields(WHAT)?.at_most(PARTS_MAX)? {
                certificate.extend(&extension, &mut seen)?;
            }
        }
        Ok(certificate)
    }

    /// Takes in an extension.
    fn extend(&mut self, extension: &Tlv<'_>, seen: &mut Vec<ObjectIdentifier>) -> Parsed<()> {
        const WHAT: &str = "an extension of a certificate";
        let mut fields = extension.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
        let oid = fields.take(OID)?.oid(WHAT)?;
        let critical = match fields.take_if(BOOLEAN)? {
            // Written as false it is not canonical; there are certificates that do so, and it is one thing to be
            // strict about what is signed by our own rules.
            Some(boolean) => boolean.decode::<bool>(WHAT)?,
            None => false,
        };
        let value = fields.take(OCTET_STRING)?.value;
        fields.end()?;
        if seen.contains(&oid) {
            return Err(malformed(format!(
                "a certificate has the extension {oid} twice"
            )));
        }
        seen.push(oid);
        match oid {
            BASIC_CONSTRAINTS => self.basic = Some(decode(value)?),
            KEY_USAGE => self.usage = Some(decode(value)?),
            EXTENDED_KEY_USAGE => self.extended = Some((critical, decode(value)?)),
            SUBJECT_KEY => {
                self.subject_key = Some(
                    decode::<SubjectKeyIdentifier>(value)?
                        .0
                        .into_bytes()
                        .into_vec(),
                );
            }
            AUTHORITY_KEY => {
                let mut parts = Tlv::only(value, WHAT)?
                    .expect(SEQUENCE, WHAT)?
                    .fields(WHAT)?;
                self.authority_key = parts.take_if(context(0))?.map(|id| id.value.to_vec());
                // Issuer and serial number say nothing that is asked for here.
                parts.rest()?;
            }
            POLICIES => {}
            _ if critical => self.unknown = Some(oid),
            _ => {}
        }
        Ok(())
    }

    /// Whose it is, for people.
    pub(super) fn name(&self) -> String {
        name_of(&self.subject)
    }

    pub(super) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// Whether it holds at this moment, in milliseconds.
    pub(super) fn holds_at(&self, millis: i64) -> bool {
        u64::try_from(millis.div_euclid(1_000))
            .is_ok_and(|second| (self.valid.0..=self.valid.1).contains(&second))
    }

    /// Why its holder does not sign timestamps; `None` if it does (RFC 3161 §2.3).
    pub(super) fn not_for_timestamps(&self) -> Option<String> {
        if let Some(unknown) = &self.unknown {
            return Some(format!(
                "has the critical extension {unknown}, which is not known here"
            ));
        }
        match &self.extended {
            Some((true, ExtendedKeyUsage(usages))) if usages[..] == [TIME_STAMPING] => {}
            Some((false, ExtendedKeyUsage(usages))) if usages[..] == [TIME_STAMPING] => {
                return Some(
                    "is for timestamps, but its extended key usage is not critical".into(),
                );
            }
            Some(_) => return Some("is not for timestamps alone".into()),
            None => return Some("is not one for timestamps: it has no extended key usage".into()),
        }
        match &self.usage {
            Some(usage) if !usage.digital_signature() && !usage.non_repudiation() => {
                Some("is not for signatures".into())
            }
            _ => None,
        }
    }

    /// Why it is no issuer of certificates with so many others between it and the signer's; `None` if it is.
    pub(super) fn no_issuer(&self, between: usize) -> Option<String> {
        if let Some(unknown) = &self.unknown {
            return Some(format!(
                "has the critical extension {unknown}, which is not known here"
            ));
        }
        match &self.basic {
            Some(basic) if basic.ca => {
                if basic
                    .path_len_constraint
                    .is_some_and(|most| usize::from(most) < between)
                {
                    return Some("allows fewer certificates below it".into());
                }
            }
            _ => return Some("is not an authority's".into()),
        }
        if self
            .usage
            .as_ref()
            .is_some_and(|usage| !usage.key_cert_sign())
        {
            return Some("is not for signing certificates".into());
        }
        match &self.extended {
            Some((_, ExtendedKeyUsage(usages)))
                if !usages.contains(&TIME_STAMPING) && !usages.contains(&ANY_USAGE) =>
            {
                Some("is not for timestamps".into())
            }
            _ => None,
        }
    }

    /// Whether it can be the issuer by its name and key identifier.
    pub(super) fn could_issue(&self, other: &Self) -> bool {
        let differ =
            matches!((&self.subject_key, &other.authority_key), (Some(a), Some(b)) if a != b);
        self.subject == other.issuer && !differ
    }

    /// Whether its key signed the other one.
    ///
    /// # Errors
    /// Why that cannot be told here: what the key or the signature is of.
    pub(super) fn signed(&self, other: &Self) -> Known<bool> {
        match (&self.key, &other.scheme) {
            (Ok(key), Ok(scheme)) => Ok(key.verifies(*scheme, &other.tbs, &other.signature)),
            (Err(why), _) | (_, Err(why)) => Err(why.clone()),
        }
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }
}

fn decode<'a, T: Decode<'a>>(bytes: &'a [u8]) -> Parsed<T>
where
    T::Error: std::fmt::Display,
{
    T::from_der(bytes).map_err(|e| malformed(format!("an extension of a certificate: {e}")))
}

/// A name for people (RFC 4514), or its bytes.
pub(super) fn name_of(der: &[u8]) -> String {
    match Name::from_der(der) {
        Ok(name) => for_people(&name.to_string()),
        Err(_) => hex_for_people(der),
    }
}

/// Somebody else's words, fit for a terminal and a line: no controls (C0, C1), nothing that turns the direction of
/// writing or breaks the line, and not too long.
pub(super) fn for_people(text: &str) -> String {
    let unfit = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut chars = text.chars().map(|c| {
        if unfit(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    });
    let mut out: String = chars.by_ref().take(NAME_MAX).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// Bytes as hexadecimal digits, not too many.
pub(super) fn hex_for_people(bytes: &[u8]) -> String {
    // One digit more than is shown tells that there are more.
    for_people(&to_hex(&bytes[..bytes.len().min(NAME_MAX / 2 + 1)]))
}

/// Why bytes are no trust roots.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// Too much to be looked at.
    #[error("{found} bytes, at most {ROOTS_BYTES_MAX} are read")]
    TooLong {
        /// How many bytes.
        found: usize,
    },
    /// Too many certificates.
    #[error("more than {ROOTS_MAX} certificates")]
    TooMany,
    /// A certificate begins and does not end, or is not base64.
    #[error("certificate {number}: {why}")]
    Pem {
        /// The how-manieth, from 1.
        number: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// No certificate that can be used.
    #[error("no certificate in PEM (-----BEGIN CERTIFICATE-----) that can be read{0}")]
    None(String),
}

/// Certificates that the caller trusts for timestamps: authorities', or single timestamping services' own. Every
/// certificate in the file is trusted by itself; it need not be self-signed.
#[derive(Debug, Clone, Default)]
pub struct Roots {
    pub(super) certificates: Vec<Certificate>,
    unreadable: usize,
}

impl Roots {
    /// No trust in anybody: what a token says is then only held against itself.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a file of certificates in PEM. Text between them is passed over; certificates that cannot be read are
    /// counted and trusted in nothing.
    ///
    /// # Errors
    /// See [`RootsError`].
    pub fn from_pem(bytes: &[u8]) -> Result<Self, RootsError> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        const END: &str = "-----END CERTIFICATE-----";
        if bytes.len() > ROOTS_BYTES_MAX {
            return Err(RootsError::TooLong { found: bytes.len() });
        }
        let text = String::from_utf8_lossy(bytes);
        let mut roots = Self::default();
        let mut first = None;
        for (at, part) in text.split(BEGIN).skip(1).enumerate() {
            let number = at + 1;
            if number > ROOTS_MAX {
                return Err(RootsError::TooMany);
            }
            let pem = |why| RootsError::Pem { number, why };
            let (body, _) = part.split_once(END).ok_or_else(|| pem("it does not end"))?;
            let body: String = body.split_ascii_whitespace().collect();
            let der = Base64::decode_vec(&body).map_err(|_| pem("it is not base64"))?;
            match Certificate::read(&der) {
                Ok(certificate) => roots.certificates.push(certificate),
                Err(error) => {
                    roots.unreadable += 1;
                    first.get_or_insert(error);
                }
            }
        }
        match (roots.certificates.is_empty(), first) {
            (false, _) => Ok(roots),
            (true, None) => Err(RootsError::None(String::new())),
            (true, Some(TimestampError::Malformed(why))) => {
                Err(RootsError::None(format!(": {why}")))
            }
            (true, Some(other)) => Err(RootsError::None(format!(": {other}"))),
        }
    }

    /// How many certificates there are.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// How many could not be read.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }
}
