//! Tokens of services that exist: Sigstore's staging service, DigiCert's, and one that has expired.

use std::fs;
use std::path::PathBuf;

use seaproof_ledger::timestamp::{Roots, TimestampError, Token};

use super::{check, refused, roots};

fn data() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/timestamps");
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the tokens to test with are not there"
    );
    eprintln!("skipped: {} is not there", path.display());
    None
}

struct Real(PathBuf);

impl Real {
    fn of(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    fn roots(&self, name: &str) -> Roots {
        roots(self.of(name))
    }

    /// Only the last certificate of a file.
    fn last(&self, name: &str) -> Roots {
        let text = String::from_utf8(self.of(name)).unwrap();
        roots(&text[text.rfind("-----BEGIN").unwrap()..])
    }
}

#[test]
fn sigstores_tokens() {
    let Some(real) = data().map(Real) else { return };
    let chain = real.roots("sigstage/ts_chain.pem");
    let top = real.last("sigstage/ts_chain.pem");
    for (name, hash, time) in [
        ("sha256", "sha256", 1_746_791_935_000),
        ("sha384", "sha384", 1_746_791_935_000),
        ("sha512", "sha512", 1_746_791_936_000),
        ("no-embedded-cert", "sha256", 1_750_234_382_000),
    ] {
        let bytes = real.of(&format!("sigstage/response-{name}.tsr"));
        let authority = check(&bytes, b"hello", &chain).unwrap();
        assert_eq!(authority.name, "CN=sigstore-tsa,O=sigstore.dev");
        let token = Token::read(&bytes).unwrap();
        let stamp = token.stamp();
        assert_eq!(stamp.hash_name(), Ok(hash));
        assert_eq!(
            (stamp.gen_time.0, stamp.accuracy_micros),
            (time, Some(1_000_000))
        );
        assert_eq!(
            (stamp.earliest().0, stamp.latest().0),
            (time - 1_000, time + 1_000)
        );
        assert_eq!(stamp.policy, "1.3.6.1.4.1.57264.2");
        assert_eq!(
            stamp.authority.as_deref(),
            Some("CN=sigstore-tsa,O=sigstore.dev")
        );
        refused(check(&bytes, b"hello\n", &chain), "other", "something else");
        refused(check(&bytes, b"hello", &Roots::none()), "untrusted", "");
        // Where the certificate is in the token, the root alone will do.
        let under_top = check(&bytes, b"hello", &top);
        match name {
            "no-embedded-cert" => refused(under_top, "untrusted", "neither in the token nor"),
            _ => assert!(under_top.unwrap().root.contains("selfsigned")),
        }
    }
    let wrong = real.of("sigstage/response-invalid-signature.tsr");
    refused(check(&wrong, b"hello", &chain), "invalid", "signature");
    // That needs no roots to be seen.
    refused(
        check(&wrong, b"hello", &Roots::none()),
        "invalid",
        "signature",
    );
}

#[test]
fn a_token_is_good_at_its_own_time_long_after_its_certificate_expired() {
    let Some(real) = data().map(Real) else { return };
    let bytes = real.of("expired-tsa/response-expired.tsr");
    let chain = real.roots("expired-tsa/ts_chain.pem");
    let payload = real.of("expired-tsa/payload");
    let authority = check(&bytes, &payload, &chain).unwrap();
    assert_eq!(authority.name, "O=sigstore.mock,CN=tsa signing");
    let token = Token::read(&bytes).unwrap();
    // A serial number may be negative.
    assert_eq!(token.stamp().serial, "deadbeef");
    assert_eq!(token.stamp().gen_time.0, 1_675_209_600_000);
}

#[test]
fn digicerts_token_is_signed_with_rsa() {
    let Some(real) = data().map(Real) else { return };
    let bytes = real.of("digicert/digicert.tsr");
    let message = real.of("digicert/data.txt");
    for roots in [
        real.roots("digicert/chain.pem"),
        real.last("digicert/chain.pem"),
    ] {
        let authority = check(&bytes, &message, &roots).unwrap();
        assert_eq!(authority.name, "CN=DigiCert Timestamp 2024,O=DigiCert,C=US");
    }
    let others = real.roots("sigstage/ts_chain.pem");
    refused(check(&bytes, &message, &others), "untrusted", "DigiCert");
}

/// Whatever is changed, it says the same as before or is refused.
#[test]
fn no_byte_of_a_real_token_can_be_changed_to_say_something_else() {
    let Some(real) = data().map(Real) else { return };
    for (token, message, roots) in [
        (
            "sigstage/response-sha256.tsr",
            b"hello".to_vec(),
            "sigstage/ts_chain.pem",
        ),
        (
            "expired-tsa/response-expired.tsr",
            real.of("expired-tsa/payload"),
            "expired-tsa/ts_chain.pem",
        ),
        (
            "digicert/digicert.tsr",
            real.of("digicert/data.txt"),
            "digicert/chain.pem",
        ),
    ] {
        let good = real.of(token);
        let roots = real.roots(roots);
        let stamp = Token::read(&good).unwrap().stamp().clone();
        let authority = check(&good, &message, &roots).unwrap();
        let mut believed = 0;
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            match check(&bytes, &message, &roots) {
                Ok(found) => {
                    assert_eq!(
                        (&found, Token::read(&bytes).unwrap().stamp()),
                        (&authority, &stamp),
                        "{token} at {at}"
                    );
                    believed += 1;
                }
                Err(TimestampError::Refused(_)) => assert!(at < 10, "{token} at {at}"),
                Err(_) => {}
            }
        }
        // Status, digests in the list nobody needs, certificates that the roots hold too.
        assert!(believed < good.len(), "{believed} changes went unseen");
        for cut in 0..good.len() {
            assert!(
                matches!(Token::read(&good[..cut]), Err(TimestampError::Malformed(_))),
                "{token} cut at {cut}"
            );
        }
    }
}
