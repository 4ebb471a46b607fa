//! The digests and signatures that tokens and certificates use: SHA-2; RSA (PKCS#1 v1.5, PSS) from 2,048 bits and ECDSA
//! on P-256 and P-384. Only verifies.

use der::asn1::{ObjectIdentifier, UintRef};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::asn1::{BIT_STRING, INTEGER, NULL, OID, Parsed, SEQUENCE, Tlv, context_of, malformed};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = oid("1.2.840.10045.4.3.4");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");

/// The smallest RSA modulus that proves something, in bits. The library's largest is 8,192.
const RSA_BITS_MIN: u32 = 2_048;

/// Something that is well-formed and that this program does not check.
pub(super) type Known<T> = Result<T, String>;

/// A digest of SHA-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Reads an AlgorithmIdentifier.
    pub(super) fn read(algorithm: &Tlv<'_>) -> Parsed<Known<Self>> {
        let (oid, parameters) = identifier(algorithm)?;
        let hash = match oid {
            SHA256 => Self::Sha256,
            SHA384 => Self::Sha384,
            SHA512 => Self::Sha512,
            other => return Ok(Err(format!("the digest {other} is not checked here"))),
        };
        none_or_null(parameters)?;
        Ok(Ok(hash))
    }
}

/// How something is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Rsa(Hash),
    RsaPss { hash: Hash, salt: usize },
    Ecdsa(Hash),
}

impl Scheme {
    /// Reads an AlgorithmIdentifier. `digest`: the one that holds where the identifier names none.
    pub(super) fn read(algorithm: &Tlv<'_>, digest: Option<Hash>) -> Parsed<Known<Self>> {
        let (oid, parameters) = identifier(algorithm)?;
        let scheme = match oid {
            RSA => match digest {
                Some(hash) => Self::Rsa(hash),
                None => return Ok(Err("a signature whose digest is not named".into())),
            },
            RSA_SHA256 => Self::Rsa(Hash::Sha256),
            RSA_SHA384 => Self::Rsa(Hash::Sha384),
            RSA_SHA512 => Self::Rsa(Hash::Sha512),
            RSA_PSS => return pss(parameters),
            ECDSA_SHA256 => Self::Ecdsa(Hash::Sha256),
            ECDSA_SHA384 => Self::Ecdsa(Hash::Sha384),
            ECDSA_SHA512 => Self::Ecdsa(Hash::Sha512),
            other => {
                return Ok(Err(format!(
                    "signatures of kind {other} are not checked here"
                )));
            }
        };
        none_or_null(parameters)?;
        Ok(Ok(scheme))
    }
}

/// The identifier and its parameters.
fn identifier<'a>(algorithm: &Tlv<'a>) -> Parsed<(ObjectIdentifier, Option<Tlv<'a>>)> {
    const WHAT: &str = "an algorithm";
    let mut fields = algorithm.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
    let oid = fields.take(OID)?.oid(WHAT)?;
    let parameters = match fields.is_empty() {
        true => None,
        false => Some(fields.next()?),
    };
    fields.end()?;
    Ok((oid, parameters))
}

fn none_or_null(parameters: Option<Tlv<'_>>) -> Parsed<()> {
    match parameters {
        None => Ok(()),
        Some(Tlv {
            tag: NULL,
            value: [],
            ..
        }) => Ok(()),
        Some(_) => Err(malformed("an algorithm has parameters that it cannot have")),
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1).
fn pss(parameters: Option<Tlv<'_>>) -> Parsed<Known<Scheme>> {
    const WHAT: &str = "the parameters of RSASSA-PSS";
    let unknown = || Ok(Err("RSASSA-PSS with SHA-1 is not checked here".to_owned()));
    let Some(parameters) = parameters else {
        return unknown();
    };
    let mut fields = parameters.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
    let Some(hash) = fields.take_if(context_of(0))? else {
        return unknown();
    };
    let hash = match Hash::read(&Tlv::only(hash.value, WHAT)?)? {
        Ok(hash) => hash,
        Err(why) => return Ok(Err(why)),
    };
    let Some(mask) = fields.take_if(context_of(1))? else {
        return unknown();
    };
    let (mgf, of) = identifier(&Tlv::only(mask.value, WHAT)?)?;
    let of = of.ok_or_else(|| malformed(WHAT))?;
    if mgf != MGF1 || Hash::read(&of)? != Ok(hash) {
        return Ok(Err("RSASSA-PSS with two digests is not checked here".into()));
    }
    let salt = match fields.take_if(context_of(2))? {
        Some(salt) => Tlv::only(salt.value, WHAT)?.number(WHAT)?,
        None => 20,
    };
    if let Some(trailer) = fields.take_if(context_of(3))?
        && Tlv::only(trailer.value, WHAT)?.number(WHAT)? != 1
    {
        return Err(malformed(WHAT));
    }
    fields.end()?;
    match usize::try_from(salt) {
        Ok(salt) if salt <= 512 => Ok(Ok(Scheme::RsaPss { hash, salt })),
        _ => Err(malformed(WHAT)),
    }
}

/// A key that can verify.
#[derive(Debug, Clone)]
pub(super) enum PublicKey {
    Rsa(Box<RsaPublicKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    pub(super) fn read(info: &Tlv<'_>) -> Parsed<Known<Self>> {
        const WHAT: &str = "a public key";
        let mut fields = info.expect(SEQUENCE, WHAT)?.fields(WHAT)?;
        let (oid, parameters) = identifier(&fields.take(SEQUENCE)?)?;
        let bits = fields.take(BIT_STRING)?.bits(WHAT)?;
        fields.end()?;
        match oid {
            RSA => {
                none_or_null(parameters)?;
                rsa_key(bits)
            }
            EC => {
                let curve = match parameters {
                    Some(curve) if curve.tag == OID => curve.oid(WHAT)?,
                    _ => return Ok(Err("a key on a curve without a name".into())),
                };
                let wrong = |_| malformed("a public key is no point of its curve");
                match curve {
                    P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(bits)
                        .map(|key| Ok(Self::P256(Box::new(key))))
                        .map_err(wrong),
                    P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(bits)
                        .map(|key| Ok(Self::P384(Box::new(key))))
                        .map_err(wrong),
                    other => Ok(Err(format!("keys on the curve {other} are not used here"))),
                }
            }
            other => Ok(Err(format!("keys of kind {other} are not used here"))),
        }
    }

    /// Whether this key made the signature.
    pub(super) fn verifies(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        match (self, scheme) {
            (Self::Rsa(key), Scheme::Rsa(hash)) => {
                let padding = match hash {
                    Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                    Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                    Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                };
                key.verify(padding, &hash.of(message), signature).is_ok()
            }
            (Self::Rsa(key), Scheme::RsaPss { hash, salt }) => {
                let digest = hash.of(message);
                match hash {
                    Hash::Sha256 => {
                        key.verify(Pss::<Sha256>::new_with_salt(salt), &digest, signature)
                    }
                    Hash::Sha384 => {
                        key.verify(Pss::<Sha384>::new_with_salt(salt), &digest, signature)
                    }
                    Hash::Sha512 => {
                        key.verify(Pss::<Sha512>::new_with_salt(salt), &digest, signature)
                    }
                }
                .is_ok()
            }
            (Self::P256(key), Scheme::Ecdsa(hash)) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|s| key.verify_prehash(&hash.of(message), &s).is_ok()),
            (Self::P384(key), Scheme::Ecdsa(hash)) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|s| key.verify_prehash(&hash.of(message), &s).is_ok()),
            _ => false,
        }
    }
}

/// RSAPublicKey (RFC 8017 §A.1.1).
fn rsa_key(bits: &[u8]) -> Parsed<Known<PublicKey>> {
    const WHAT: &str = "an RSA key";
    let mut fields = Tlv::only(bits, WHAT)?
        .expect(SEQUENCE, WHAT)?
        .fields(WHAT)?;
    let modulus: UintRef<'_> = fields.take(INTEGER)?.decode(WHAT)?;
    let exponent: UintRef<'_> = fields.take(INTEGER)?.decode(WHAT)?;
    fields.end()?;
    let (modulus, exponent) = (modulus.as_bytes(), exponent.as_bytes());
    // Lengths first: what follows takes memory for them.
    if modulus.len() > 1_024 || exponent.len() > 5 {
        return Ok(Err("an RSA key that is too large".into()));
    }
    let leading = modulus.first().map_or(8, |byte| byte.leading_zeros());
    if (modulus.len() as u32 * 8).saturating_sub(leading) < RSA_BITS_MIN {
        return Ok(Err(format!(
            "an RSA key of less than {RSA_BITS_MIN} bits proves nothing"
        )));
    }
    let number = |bytes| BoxedUint::from_be_slice_vartime(bytes);
    Ok(RsaPublicKey::new(number(modulus), number(exponent))
        .map(|key| PublicKey::Rsa(Box::new(key)))
        .map_err(|error| format!("an RSA key that cannot be used: {error}")))
}
