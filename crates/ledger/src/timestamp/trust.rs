//! Whether a token's signature is right, and whether its signer's certificate leads to a root that the caller trusts,
//! all at the token's own time.

use sha2::Digest;

use super::certificate::{Certificate, Roots};
use super::token::{CertificateDigest, CertificateName, SignerId};
use super::{Authority, TimestampError, Token};

/// The most steps from a signer's certificate to a root: one less lie between.
const DEPTH_MAX: usize = 8;
/// The most signatures of certificates that may turn out wrong. What others put into a token costs no more than that.
const FAILED_MAX: usize = 64;

pub(super) fn verify(token: &Token, roots: &Roots) -> Result<Authority, TimestampError> {
    let signer = &token.signer;
    let invalid = |why: String| TimestampError::Invalid(why);
    let untrusted = |why: String| TimestampError::Untrusted(why);
    // One that cannot be read is nobody's certificate: it may have been put in by anybody.
    let (mut embedded, mut unread) = (Vec::new(), None);
    for der in &token.certificates {
        match Certificate::read(der) {
            Ok(certificate) => embedded.push(certificate),
            Err(error) => drop(unread.get_or_insert(error.to_string())),
        }
    }
    let with_unread = |why: String| match &unread {
        Some(unread) => format!("{why}; one in the token cannot be read: {unread}"),
        None => why,
    };
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
        return Err(untrusted(with_unread(format!(
            "its signer's certificate ({}) is neither in the token nor among the roots",
            signer.id
        ))));
    }
    for named in &signer.named {
        if let CertificateDigest::Sha2(Err(why), _) = &named.digest {
            return Err(untrusted(why.clone()));
        }
    }
    candidates.retain(|certificate| signer.named.iter().all(|named| named.is(certificate)));
    if candidates.is_empty() {
        return Err(untrusted(with_unread(
            "the certificate that its signed attributes name as its signer's is not here".into(),
        )));
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
    let root = leads_to_root(certificate, &embedded, roots, token.stamp.gen_time.0)
        .map_err(|why| untrusted(with_unread(why)))?;
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
/// the token, nearest first: so the work is bounded by their numbers. After too many wrong signatures it ends without a root.
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
    let (mut next, mut failed) = (0, 0);
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
        let (mut found, mut unchecked) = (false, None);
        for issuer in roots.certificates.iter().chain(embedded) {
            if !issuer.could_issue(certificate)
                || steps.iter().any(|s| s.certificate.der == issuer.der)
            {
                continue;
            }
            match issuer.signed(certificate) {
                Ok(true) => {}
                Ok(false) if failed == FAILED_MAX => {
                    return Err(format!(
                        "more than {FAILED_MAX} signatures of certificates are wrong"
                    ));
                }
                Ok(false) => {
                    failed += 1;
                    continue;
                }
                Err(not) => {
                    let name = certificate.name();
                    unchecked.get_or_insert(format!(
                        "the signature of the certificate of {name} cannot be checked: {not}"
                    ));
                    continue;
                }
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
            why.get_or_insert_with(|| match (unchecked, certificate.is_self_issued()) {
                (Some(unchecked), _) => unchecked,
                (None, true) => format!("{} is not among the roots", certificate.name()),
                (None, false) => format!(
                    "the issuer of the certificate of {} ({}) is neither in the token nor among the roots",
                    certificate.name(),
                    super::certificate::name_of(&certificate.issuer)
                ),
            });
        }
    }
    Err(why.unwrap_or_else(|| format!("{} leads to no root", signer.name())))
}
