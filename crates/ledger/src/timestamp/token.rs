//! A token taken apart: TimeStampResp (RFC 3161 §2.4.2), SignedData (RFC 5652 §5) and TSTInfo. Nothing is verified here.

use der::asn1::ObjectIdentifier;

use super::algorithm::{Hash, Known, Scheme};
use super::asn1::{
    BOOLEAN, Fields, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, Parsed, SEQUENCE, SET, Tlv,
    context, context_of, malformed,
};
use super::certificate::{for_people, hex_for_people, name_of};
use super::{CERTIFICATES_MAX, PARTS_MAX, Stamp, TOKEN_MAX, TimestampError, Token};
use crate::ids::{Timestamp, to_hex};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Who signed, and how (SignerInfo).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signer {
    pub id: SignerId,
    pub digest: Known<Hash>,
    pub scheme: Known<Scheme>,
    /// The signed attributes as they were signed: with the tag of a SET.
    pub attributes: Vec<u8>,
    pub message_digest: Vec<u8>,
    /// How the signed attributes name the signer's certificate: at least one.
    pub named: Vec<CertificateName>,
    pub signature: Vec<u8>,
}

/// Which certificate is the signer's (SignerIdentifier).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SignerId {
    Issuer { issuer: Vec<u8>, serial: Vec<u8> },
    Key(Vec<u8>),
}

impl std::fmt::Display for SignerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Issuer { issuer, serial } => {
                write!(
                    f,
                    "serial number {} by {}",
                    hex_for_people(serial),
                    name_of(issuer)
                )
            }
            Self::Key(key) => write!(f, "key identifier {}", hex_for_people(key)),
        }
    }
}

/// ESSCertID (RFC 2634 §5.4.1) and ESSCertIDv2 (RFC 5035 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CertificateName {
    pub digest: CertificateDigest,
    /// Issuer and serial number, where they are stated.
    pub issuer: Option<(Vec<u8>, Vec<u8>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CertificateDigest {
    Sha1(Vec<u8>),
    Sha2(Known<Hash>, Vec<u8>),
}

/// Reads a TimeStampResp or a bare TimeStampToken.
pub(super) fn read(bytes: &[u8]) -> Parsed<Token> {
    const WHAT: &str = "the file";
    if bytes.len() > TOKEN_MAX {
        return Err(malformed(format!(
            "{} bytes, a token has at most {TOKEN_MAX}",
            bytes.len()
        )));
    }
    let outer = Tlv::only(bytes, WHAT)?.expect(SEQUENCE, WHAT)?;
    let mut fields = outer.fields(WHAT)?;
    let first = fields.next()?;
    match first.tag {
        OID => signed_data(&outer),
        SEQUENCE => {
            status(&first)?;
            let token = fields.take(SEQUENCE)?;
            fields.end()?;
            signed_data(&token)
        }
        _ => Err(malformed(
            "neither a timestamping service's answer nor a token",
        )),
    }
}

/// PKIStatusInfo: whether a token was granted.
fn status(info: &Tlv<'_>) -> Parsed<()> {
    const WHAT: &str = "the answer's status";
    let mut fields = info.fields(WHAT)?;
    let status = fields.take(INTEGER)?.number(WHAT)?;
    let words: Vec<String> = match fields.take_if(SEQUENCE)? {
        Some(texts) => texts
            .fields(WHAT)?
            .at_most(PARTS_MAX)?
            .iter()
            .map(|text| for_people(&String::from_utf8_lossy(text.value)))
            .collect(),
        None => Vec::new(),
    };
    let failure = fields.take_if(super::asn1::BIT_STRING)?;
    fields.end()?;
    if status <= 1 {
        return Ok(());
    }
    let mut why = match status {
        2 => "the service refused".to_owned(),
        3 => "the service has put it off".to_owned(),
        4 | 5 => "the service warns of a revocation".to_owned(),
        other => format!("the service answered with status {other}"),
    };
    if !words.is_empty() {
        why.push_str(&format!(": {}", words.join("; ")));
    }
    if let Some(failure) = failure {
        why.push_str(&format!(" (failure {})", hex_for_people(failure.value)));
    }
    Err(TimestampError::Refused(why))
}

/// ContentInfo with SignedData in it, and in that a TSTInfo and one SignerInfo.
fn signed_data(token: &Tlv<'_>) -> Parsed<Token> {
    const WHAT: &str = "the token";
    let mut outer = token.fields(WHAT)?;
    if outer.take(OID)?.oid(WHAT)? != SIGNED_DATA {
        return Err(malformed("the token is not signed data"));
    }
    let inner = outer.take(context_of(0))?;
    outer.end()?;
    let mut fields = Tlv::only(inner.value, WHAT)?
        .expect(SEQUENCE, WHAT)?
        .fields("the token's signed data")?;
    if fields.take(INTEGER)?.number(WHAT)? != 3 {
        return Err(malformed("the token's signed data are not of version 3"));
    }
    fields.take(SET)?;
    let mut content = fields.take(SEQUENCE)?.fields("the token's content")?;
    if content.take(OID)?.oid(WHAT)? != TST_INFO {
        return Err(malformed("what is signed in the token is not a timestamp"));
    }
    let octets = content.take(context_of(0))?;
    content.end()?;
    let content = Tlv::only(octets.value, WHAT)?
        .expect(OCTET_STRING, WHAT)?
        .value;
    let certificates = match fields.take_if(context_of(0))? {
        Some(set) => set.fields("the token's certificates")?.rest()?,
        None => Vec::new(),
    };
    if certificates.len() > CERTIFICATES_MAX {
        return Err(malformed(format!(
            "{} certificates in the token, at most {CERTIFICATES_MAX} are read",
            certificates.len()
        )));
    }
    // Revocation lists: none is asked for, as the time that counts is the token's own.
    fields.take_if(context_of(1))?;
    let signers = fields.take(SET)?.fields("the token's signers")?.rest()?;
    fields.end()?;
    let [signer] = signers[..] else {
        return Err(malformed(format!(
            "{} signers, a timestamp has exactly one",
            signers.len()
        )));
    };
    Ok(Token {
        stamp: stamp(content)?,
        content: content.to_vec(),
        certificates: certificates.iter().map(|c| c.whole.to_vec()).collect(),
        signer: self::signer(&signer)?,
    })
}

fn signer(info: &Tlv<'_>) -> Parsed<Signer> {
    const WHAT: &str = "the token's signer";
    let mut fields = info.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
    let version = fields.take(INTEGER)?.number(WHAT)?;
    let id = fields.next()?;
    let id = match (version, id.tag) {
        (1, SEQUENCE) => {
            let (issuer, serial) = issuer_and_serial(id.fields(WHAT)?)?;
            SignerId::Issuer { issuer, serial }
        }
        (3, tag) if tag == context(0) => SignerId::Key(id.value.to_vec()),
        _ => {
            return Err(malformed(
                "the token's signer is named in no way that there is",
            ));
        }
    };
    let digest = Hash::read(&fields.take(SEQUENCE)?)?;
    let Some(attributes) = fields.take_if(context_of(0))? else {
        return Err(malformed("the token has no signed attributes"));
    };
    let scheme = Scheme::read(&fields.take(SEQUENCE)?, digest.as_ref().ok().copied())?;
    let signature = fields.take(OCTET_STRING)?.value.to_vec();
    // What is not signed says nothing.
    fields.take_if(context_of(1))?;
    fields.end()?;
    let (message_digest, named) = self::attributes(&attributes)?;
    // They are signed under the tag of a SET (RFC 5652 §5.4).
    let mut signed = attributes.whole.to_vec();
    signed[0] = SET;
    Ok(Signer {
        id,
        digest,
        scheme,
        attributes: signed,
        message_digest,
        named,
        signature,
    })
}

/// IssuerAndSerialNumber.
fn issuer_and_serial(mut fields: Fields<'_>) -> Parsed<(Vec<u8>, Vec<u8>)> {
    let issuer = fields.take(SEQUENCE)?.whole.to_vec();
    let serial = fields.take(INTEGER)?.integer("a serial number")?.to_vec();
    fields.end()?;
    Ok((issuer, serial))
}

/// What the signed attributes say: the digest of the content, and the signer's certificate.
fn attributes(set: &Tlv<'_>) -> Parsed<(Vec<u8>, Vec<CertificateName>)> {
    const WHAT: &str = "the token's signed attributes";
    let mut seen = Vec::new();
    let (mut content_type, mut digest, mut named) = (false, None, Vec::new());
    for attribute in set.fields(WHAT)?.at_most(PARTS_MAX)? {
        let mut fields = attribute.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
        let oid = fields.take(OID)?.oid(WHAT)?;
        let values = fields.take(SET)?;
        fields.end()?;
        if seen.contains(&oid) {
            return Err(malformed(format!("{WHAT} hold {oid} twice")));
        }
        seen.push(oid);
        let one = || match values.fields(WHAT)?.rest()?[..] {
            [only] => Ok(only),
            _ => Err(malformed(format!("{WHAT} do not hold one value of {oid}"))),
        };
        match oid {
            CONTENT_TYPE => content_type = one()?.oid(WHAT)? == TST_INFO,
            MESSAGE_DIGEST => digest = Some(one()?.expect(OCTET_STRING, WHAT)?.value.to_vec()),
            SIGNING_CERTIFICATE => named.push(certificate_name(&one()?, false)?),
            SIGNING_CERTIFICATE_V2 => named.push(certificate_name(&one()?, true)?),
            _ => {}
        }
    }
    let digest = digest.ok_or_else(|| malformed(format!("{WHAT} hold no digest")))?;
    if !content_type {
        return Err(malformed(format!(
            "{WHAT} do not say that it is a timestamp"
        )));
    }
    if named.is_empty() {
        return Err(malformed(format!(
            "{WHAT} do not name the signer's certificate"
        )));
    }
    Ok((digest, named))
}

/// SigningCertificate or SigningCertificateV2: the first certificate named is the signer's.
fn certificate_name(value: &Tlv<'_>, second: bool) -> Parsed<CertificateName> {
    const WHAT: &str = "the name of the signer's certificate";
    let mut fields = value.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
    let all = fields.take(SEQUENCE)?.fields(WHAT)?.rest()?;
    fields.take_if(SEQUENCE)?;
    fields.end()?;
    let first = all.first().ok_or_else(|| malformed(WHAT))?;
    let mut fields = first.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
    let hash = match fields.take_if(SEQUENCE)? {
        Some(algorithm) if second => Some(Hash::read(&algorithm)?),
        Some(_) => return Err(malformed(WHAT)),
        None => None,
    };
    let digest = fields.take(OCTET_STRING)?.value.to_vec();
    let digest = match (second, hash) {
        (true, hash) => CertificateDigest::Sha2(hash.unwrap_or(Ok(Hash::Sha256)), digest),
        (false, _) => CertificateDigest::Sha1(digest),
    };
    let issuer = match fields.take_if(SEQUENCE)? {
        Some(issuer) => {
            let mut fields = issuer.fields(WHAT)?;
            let names = fields.take(SEQUENCE)?.fields(WHAT)?.rest()?;
            let serial = fields.take(INTEGER)?.integer(WHAT)?.to_vec();
            fields.end()?;
            match names[..] {
                // directoryName
                [name] if name.tag == context_of(4) => Some((name.value.to_vec(), serial)),
                _ => return Err(malformed(WHAT)),
            }
        }
        None => None,
    };
    fields.end()?;
    Ok(CertificateName { digest, issuer })
}

/// TSTInfo (RFC 3161 §2.4.2).
fn stamp(content: &[u8]) -> Parsed<Stamp> {
    const WHAT: &str = "the timestamp";
    let mut fields = Tlv::only(content, WHAT)?
        .expect(SEQUENCE, WHAT)?
        .fields(WHAT)?;
    if fields.take(INTEGER)?.number(WHAT)? != 1 {
        return Err(malformed("the timestamp is not of version 1"));
    }
    let policy = fields.take(OID)?.oid("the timestamp's policy")?.to_string();
    let mut imprint = fields.take(SEQUENCE)?.fields("the timestamp's imprint")?;
    let hash = Hash::read(&imprint.take(SEQUENCE)?)?;
    let digest = imprint.take(OCTET_STRING)?.value.to_vec();
    imprint.end()?;
    let serial = fields
        .take(INTEGER)?
        .integer("the timestamp's serial number")?;
    let serial = to_hex(serial);
    let (gen_time, unit_millis) = time(fields.take(GENERALIZED_TIME)?.value)?;
    let accuracy_micros = match fields.take_if(SEQUENCE)? {
        Some(accuracy) => Some(self::accuracy(&accuracy)?),
        None => None,
    };
    let ordering = fields.take_if(BOOLEAN)?;
    if let Some(ordering) = ordering {
        ordering.decode::<bool>(WHAT)?;
    }
    let nonce = match fields.take_if(INTEGER)? {
        Some(nonce) => Some(to_hex(nonce.integer("the timestamp's nonce")?)),
        None => None,
    };
    let authority = match fields.take_if(context_of(0))? {
        Some(name) => {
            let name = Tlv::only(name.value, WHAT)?;
            Some(match name.tag {
                tag if tag == context_of(4) => name_of(name.value),
                _ => for_people(&String::from_utf8_lossy(name.value)),
            })
        }
        None => None,
    };
    if let Some(extensions) = fields.take_if(context_of(1))? {
        for extension in extensions.fields(WHAT)?.at_most(PARTS_MAX)? {
            let mut inside = extension.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
            let oid = inside.take(OID)?.oid(WHAT)?;
            let critical = match inside.take_if(BOOLEAN)? {
                Some(boolean) => boolean.decode::<bool>(WHAT)?,
                None => false,
            };
            inside.take(OCTET_STRING)?;
            inside.end()?;
            if critical {
                return Err(malformed(format!(
                    "the timestamp has the critical extension {oid}, which is not known here"
                )));
            }
        }
    }
    fields.end()?;
    Ok(Stamp {
        gen_time,
        accuracy_micros,
        unit_millis,
        policy,
        serial,
        nonce,
        authority,
        hash,
        digest,
    })
}

/// Accuracy in microseconds.
fn accuracy(value: &Tlv<'_>) -> Parsed<u64> {
    const WHAT: &str = "the timestamp's accuracy";
    let mut fields = value.fields(WHAT)?;
    let seconds = match fields.take_if(INTEGER)? {
        Some(seconds) => seconds.number(WHAT)?,
        None => 0,
    };
    let mut thousandth = |tag| match fields.take_if(context(tag))? {
        Some(part) => match part.number_inside(WHAT)? {
            part @ 1..=999 => Ok(part),
            _ => Err(malformed(WHAT)),
        },
        None => Ok(0),
    };
    let (millis, micros) = (thousandth(0)?, thousandth(1)?);
    fields.end()?;
    match u32::try_from(seconds) {
        Ok(seconds) => Ok(u64::from(seconds) * 1_000_000 + millis * 1_000 + micros),
        Err(_) => Err(malformed(format!("{WHAT} is no accuracy"))),
    }
}

/// GeneralizedTime in UTC to the second, with a fraction or without (RFC 3161 §2.4.2), cut to milliseconds; and one unit
/// of its last digit, rounded up to milliseconds.
fn time(text: &[u8]) -> Parsed<(Timestamp, i64)> {
    let wrong = || malformed("the timestamp's time is not of the form YYYYMMDDhhmmss[.s]Z");
    let (whole, fraction) = text.split_at_checked(14).ok_or_else(wrong)?;
    let fraction = match fraction {
        b"Z" => &[][..],
        [b'.', digits @ .., b'Z'] if !digits.is_empty() && digits.last() != Some(&b'0') => digits,
        _ => return Err(wrong()),
    };
    if !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(wrong());
    }
    let number = |from: usize, to: usize| {
        whole[from..to]
            .iter()
            .fold(0u16, |n, digit| n * 10 + u16::from(digit - b'0'))
    };
    let part = |from: usize| number(from, from + 2) as u8;
    let time = der::DateTime::new(number(0, 4), part(4), part(6), part(8), part(10), part(12))
        .map_err(|_| wrong())?;
    let millis = (0..3).fold(0, |n, i| {
        n * 10 + i64::from(fraction.get(i).map_or(0, |digit| digit - b'0'))
    });
    let seconds = i64::try_from(time.unix_duration().as_secs()).map_err(|_| wrong())?;
    let unit = [1_000, 100, 10].get(fraction.len()).copied().unwrap_or(1);
    Ok((Timestamp(seconds * 1_000 + millis), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_one_form() {
        let of = |text: &str| time(text.as_bytes()).map(|(t, _)| t.0).ok();
        let unit = |text: &str| time(text.as_bytes()).map(|(_, unit)| unit).ok();
        assert_eq!(unit("20240326120000Z"), Some(1_000));
        assert_eq!(unit("20240326120000.5Z"), Some(100));
        assert_eq!(unit("20240326120000.05Z"), Some(10));
        assert_eq!(unit("20240326120000.0019Z"), Some(1));
        assert_eq!(of("19700101000000Z"), Some(0));
        assert_eq!(of("20240326120000.5Z"), Some(1_711_454_400_500));
        assert_eq!(of("20240326120000.0019Z"), Some(1_711_454_400_001));
        for wrong in [
            "",
            "20240326120000",
            "20240326120000+0100",
            "20240326120000.Z",
            "20240326120000.50Z",
            "20240230120000Z",
            "202403261200Z",
            "2024032612000aZ",
            "19691231235959Z",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
