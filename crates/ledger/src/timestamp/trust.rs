//! Whether a token's signature is right, and whether its signer's certificate leads to a root that the caller trusts,
//! all at the token's own time.

use sha2::Digest;

use super::certificate::{Certificate, Roots};
use super::token::{CertificateDigest, CertificateName, SignerId};
use super::{Authority, TimestampError, Token};
use crate::ids::to_hex;

/// The most certificates between a signer's and a root's.
const DEPTH_MAX: usize = 8;

pub(super) fn verify(token: &Token, roots: &Roots) -> Result<Authority, TimestampError> {
    let signer = &token.signer;
    let invalid = |why: String| TimestampError::Invalid(why);
    let untrusted = |why: String| TimestampError::Untrusted(why);
    // One that cannot be read is nobody's certificate: it may have been put in by anybody.
    let embedded: Vec<Certificate> = token
        .certificates
        .iter()
        .filter_map(|der| Certificate::read(der).ok())
        .collect();
    let mut candidates: Vec<&Certificate> = Vec::new();
    for certificate in roots.certificates.iter().chain(&embedded) {
        let wanted = match &signer.id {
            SignerId::Issuer { issuer, serial } => {
                certificate.issuer == *issuer && certificate.serial == *serial
            }
            SignerId::Key(key) => certificate.subject_key.as_ref() == Some(key),
        };
        if wanted && !candidates.iter().any(|c| c.der == certificate.der) {
            candidates.push(certificate);
        }
    }
    if candidates.is_empty() {
        return Err(untrusted(format!(
            "its signer's certificate ({}) is neither in the token nor among the roots",
            signer.id
        )));
    }
    for named in &signer.named {
        if let CertificateDigest::Sha2(Err(why), _) = &named.digest {
            return Err(untrusted(why.clone()));
        }
    }
    candidates.retain(|certificate| signer.named.iter().all(|named| named.is(certificate)));
    if candidates.is_empty() {
        return Err(invalid(
            "its signed attributes name another certificate than its signer's".into(),
        ));
    }
    let digest = signer
        .digest
        .as_ref()
        .map_err(|why| untrusted(why.clone()))?;
    if digest.of(&token.content) != signer.message_digest {
        return Err(invalid("what it says is not what was signed".into()));
    }
    let scheme = signer
        .scheme
        .as_ref()
        .map_err(|why| untrusted(why.clone()))?;
    let mut unusable = None;
    let certificate = candidates
        .iter()
        .find(|certificate| match &certificate.key {
            Ok(key) => key.verifies(*scheme, &signer.attributes, &signer.signature),
            Err(why) => {
                unusable.get_or_insert(why.clone());
                false
            }
        });
    let Some(certificate) = certificate else {
        return Err(match unusable {
            Some(why) => untrusted(format!("its signer has {why}")),
            None => invalid("its signature is wrong".into()),
        });
    };
    if let Some(why) = certificate.not_for_timestamps() {
        let name = certificate.name();
        return Err(untrusted(format!(
            "its signer's certificate ({name}) {why}"
        )));
    }
    let root =
        leads_to_root(certificate, &embedded, roots, token.stamp.gen_time.0).map_err(untrusted)?;
    Ok(Authority {
        name: certificate.name(),
        certificate: certificate.sha256(),
        root: root.name(),
        root_certificate: root.sha256(),
    })
}

impl CertificateName {
    fn is(&self, certificate: &Certificate) -> bool {
        let digest = match &self.digest {
            CertificateDigest::Sha1(digest) => {
                sha1::Sha1::digest(&certificate.der).as_slice() == digest
            }
            CertificateDigest::Sha2(Ok(hash), digest) => hash.of(&certificate.der) == *digest,
            CertificateDigest::Sha2(Err(_), _) => false,
        };
        let issuer = self.issuer.as_ref().is_none_or(|(issuer, serial)| {
            certificate.issuer == *issuer && certificate.serial == *serial
        });
        digest && issuer
    }
}

/// A certificate from which on an issuer is looked for.
struct Step<'a> {
    certificate: &'a Certificate,
    /// Certificates between the signer's and the issuer that is looked for, those that name themselves as issuer left
    /// out (RFC 5280 §4.2.1.9).
    between: usize,
    depth: usize,
}

/// The root that a signer's certificate leads to. Each certificate is looked at once, roots before those that came in
/// the token, nearest first: so the work is bounded by their numbers, and what others put into a token changes nothing.
fn leads_to_root<'a>(
    signer: &'a Certificate,
    embedded: &'a [Certificate],
    roots: &'a Roots,
    at: i64,
) -> Result<&'a Certificate, String> {
    if roots.is_empty() {
        return Err("no roots were given".into());
    }
    let is_root = |c: &Certificate| roots.certificates.iter().any(|root| root.der == c.der);
    let mut steps = vec![Step {
        certificate: signer,
        between: 0,
        depth: 0,
    }];
    let mut why = None;
    let mut next = 0;
    while let Some(&Step {
        certificate,
        between,
        depth,
    }) = steps.get(next)
    {
        next += 1;
        if !certificate.holds_at(at) {
            let name = certificate.name();
            why.get_or_insert(format!(
                "the certificate of {name} was not valid at its time"
            ));
            continue;
        }
        if is_root(certificate) {
            return Ok(certificate);
        }
        if depth == DEPTH_MAX {
            why.get_or_insert(format!("more than {DEPTH_MAX} certificates lead nowhere"));
            continue;
        }
        let mut found = false;
        for issuer in roots.certificates.iter().chain(embedded) {
            if !issuer.could_issue(certificate)
                || steps.iter().any(|s| s.certificate.der == issuer.der)
                || !issuer.signed(certificate)
            {
                continue;
            }
            if let Some(not) = issuer.no_issuer(between) {
                why.get_or_insert(format!("the certificate of {} {not}", issuer.name()));
                continue;
            }
            found = true;
            steps.push(Step {
                certificate: issuer,
                between: between + usize::from(!issuer.is_self_issued()),
                depth: depth + 1,
            });
        }
        if !found {
            why.get_or_insert_with(|| match certificate.is_self_issued() {
                true => format!("{} is not among the roots", certificate.name()),
                false => format!(
                    "the issuer of the certificate of {} ({}) is neither in the token nor among the roots",
                    certificate.name(),
                    super::certificate::name_of(&certificate.issuer)
                ),
            });
        }
    }
    Err(why.unwrap_or_else(|| format!("{} leads to no root", to_hex(&signer.serial))))
}
