//! An authority made with OpenSSL: its answers to our requests, and tokens signed by certificates that are no good.

use seaproof_ledger::timestamp::{Roots, Token, request};

use super::authority::{Authority, CA, DATES, TSA};
use super::stamping::{tst_info, tst_info_512};
use super::{check, refused, roots};

const MESSAGE: &[u8] = b"seaproof/00\n1\nAAAA\n";
const NOON: &str = "20240326120000Z";

#[test]
fn openssl_answers_our_requests_and_we_believe_its_answers() {
    for kind in ["P-256", "P-384", "2048"] {
        let Some(made) = Authority::staffed(kind) else {
            return;
        };
        made.write("message", MESSAGE);
        let query = request(MESSAGE, 0xfeed_f00d_dead_beef);
        made.write("ours.tsq", &query);
        let text = made.openssl(&["ts", "-query", "-in", "ours.tsq", "-text"]);
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(
            text.contains("sha256") && text.contains("Certificate required: yes"),
            "{text}"
        );
        assert!(text.contains("0xFEEDF00DDEADBEEF"), "{text}");
        let ca = roots(made.read("ca.pem"));
        // OpenSSL names the certificate in the first way and in the second.
        for named in ["sha1", "sha256", "sha384"] {
            let answer = made.answer(&query, "tsa", named, None);
            made.openssl(&[
                "ts",
                "-verify",
                "-in",
                "answer.tsr",
                "-queryfile",
                "ours.tsq",
                "-CAfile",
                "ca.pem",
            ]);
            made.openssl(&[
                "ts",
                "-verify",
                "-in",
                "answer.tsr",
                "-data",
                "message",
                "-CAfile",
                "ca.pem",
            ]);
            let authority = check(&answer, MESSAGE, &ca).unwrap();
            assert_eq!(
                (authority.name.as_str(), authority.root.as_str()),
                ("CN=tsa", "CN=ca")
            );
            let token = Token::read(&answer).unwrap();
            assert_eq!(token.stamp().nonce.as_deref(), Some("00feedf00ddeadbeef"));
            assert_eq!(token.stamp().accuracy_micros, Some(1_500_100));
            assert_eq!(token.stamp().policy, "1.2.3.4.1");
            // The bare token says the same.
            made.openssl(&[
                "ts",
                "-reply",
                "-in",
                "answer.tsr",
                "-token_out",
                "-out",
                "bare.der",
            ]);
            check(&made.read("bare.der"), MESSAGE, &ca).unwrap();
        }
        // Without certificates in it: the roots must have the service's own.
        made.openssl(&[
            "ts",
            "-query",
            "-data",
            "message",
            "-sha512",
            "-no_nonce",
            "-out",
            "bare.tsq",
        ]);
        let answer = made.answer(&made.read("bare.tsq"), "tsa", "sha256", None);
        refused(
            check(&answer, MESSAGE, &ca),
            "untrusted",
            "neither in the token nor among the roots",
        );
        let both = [made.read("tsa.pem"), made.read("ca.pem")].concat();
        assert_eq!(
            Token::read(&answer).unwrap().stamp().hash_name(),
            Ok("sha512")
        );
        check(&answer, MESSAGE, &roots(&both)).unwrap();
        // A service that is trusted by itself needs no root above it.
        assert_eq!(
            check(&answer, MESSAGE, &roots(made.read("tsa.pem")))
                .unwrap()
                .root,
            "CN=tsa"
        );
        refused(check(&answer, b"another", &ca), "other", "something else");
    }
}

#[test]
fn a_refusal_is_told_in_the_services_words() {
    let Some(made) = Authority::staffed("P-256") else {
        return;
    };
    made.write("message", MESSAGE);
    made.openssl(&[
        "ts", "-query", "-data", "message", "-sha1", "-out", "weak.tsq",
    ]);
    let answer = made.answer(&made.read("weak.tsq"), "tsa", "sha256", None);
    refused(
        check(&answer, MESSAGE, &Roots::none()),
        "refused",
        "not supported",
    );
}

#[test]
fn a_chain_through_others_is_found_wherever_they_stand() {
    let Some(made) = Authority::new() else { return };
    made.key("ca", "P-384");
    made.certify("ca", "ca", CA, DATES);
    made.key("middle", "2048");
    made.certify(
        "middle",
        "ca",
        &format!(
            "{}authorityKeyIdentifier=keyid\n",
            CA.replace("CA:true", "CA:true,pathlen:0")
        ),
        DATES,
    );
    made.key("tsa", "P-256");
    made.certify("tsa", "middle", TSA, DATES);
    let query = request(MESSAGE, 1);
    let ca = roots(made.read("ca.pem"));
    let whole = made.answer(&query, "tsa", "sha256", Some("middle"));
    assert_eq!(check(&whole, MESSAGE, &ca).unwrap().root, "CN=ca");
    let alone = made.answer(&query, "tsa", "sha256", None);
    refused(check(&alone, MESSAGE, &ca), "untrusted", "CN=middle");
    let both = [made.read("middle.pem"), made.read("ca.pem")].concat();
    check(&alone, MESSAGE, &roots(&both)).unwrap();
    // One more below is more than the one in the middle allows.
    made.key("lower", "P-256");
    made.certify("lower", "middle", CA, DATES);
    made.key("late", "P-256");
    made.certify("late", "lower", TSA, DATES);
    let all = [made.read("lower.pem"), made.read("middle.pem")].concat();
    made.write("all.pem", &all);
    let late = made.answer(&query, "late", "sha256", Some("all"));
    refused(
        check(&late, MESSAGE, &ca),
        "untrusted",
        "allows fewer certificates below it",
    );
}

/// Tokens as CMS messages by whoever is named: OpenSSL's service would refuse to sign with some of these certificates.
#[test]
fn only_certificates_for_timestamps_stamp() {
    let Some(made) = Authority::staffed("P-256") else {
        return;
    };
    let content = tst_info(MESSAGE, NOON);
    let ca = roots(made.read("ca.pem"));
    check(&made.sign(&content, "tsa", &[]), MESSAGE, &ca).unwrap();
    check(&made.sign(&content, "tsa", &["-keyid"]), MESSAGE, &ca).unwrap();
    for (name, extensions, says) in [
        (
            "plain",
            "keyUsage=digitalSignature",
            "no extended key usage",
        ),
        ("meek", "extendedKeyUsage=timeStamping", "not critical"),
        (
            "broad",
            "extendedKeyUsage=critical,timeStamping,codeSigning",
            "not for timestamps alone",
        ),
        (
            "code",
            "extendedKeyUsage=critical,codeSigning",
            "not for timestamps alone",
        ),
        (
            "locked",
            "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,keyAgreement",
            "not for signatures",
        ),
        (
            "odd",
            "extendedKeyUsage=critical,timeStamping\n1.2.3.4=critical,DER:0500",
            "critical extension 1.2.3.4",
        ),
    ] {
        made.key(name, "P-256");
        made.certify(name, "ca", extensions, DATES);
        let token = made.sign(&content, name, &[]);
        refused(check(&token, MESSAGE, &ca), "untrusted", says);
        // Not even where the caller trusts it by itself.
        let own = roots(made.read(&format!("{name}.pem")));
        refused(check(&token, MESSAGE, &own), "untrusted", says);
    }
}

#[test]
fn certificates_count_at_the_tokens_own_time() {
    let Some(made) = Authority::staffed("P-256") else {
        return;
    };
    let ca = roots(made.read("ca.pem"));
    made.key("old", "P-256");
    made.certify("old", "ca", TSA, ("20210101000000Z", "20211231235959Z"));
    for (time, good) in [
        ("20201231235959Z", false),
        ("20210101000000Z", true),
        ("20211231235959Z", true),
        ("20211231235959.999Z", true),
        ("20220101000000Z", false),
    ] {
        let token = made.sign(&tst_info(MESSAGE, time), "old", &[]);
        match good {
            true => drop(check(&token, MESSAGE, &ca).unwrap()),
            false => refused(
                check(&token, MESSAGE, &ca),
                "untrusted",
                "not valid at its time",
            ),
        }
    }
    // The root's own validity counts too, and that of one in the middle.
    for (name, issuer) in [("brief", "brief"), ("between", "ca")] {
        made.key(name, "P-256");
        made.certify(name, issuer, CA, ("20200101000000Z", "20201231235959Z"));
        let below = format!("under-{name}");
        made.key(&below, "P-256");
        made.certify(&below, name, TSA, DATES);
        let chain = format!("{name}.pem");
        let all = [made.read("ca.pem"), made.read("brief.pem")].concat();
        for (time, good) in [("20200601000000Z", true), ("20210601000000Z", false)] {
            let token = made.sign(&tst_info(MESSAGE, time), &below, &["-certfile", &chain]);
            match good {
                true => drop(check(&token, MESSAGE, &roots(&all)).unwrap()),
                false => refused(
                    check(&token, MESSAGE, &roots(&all)),
                    "untrusted",
                    "not valid at its time",
                ),
            }
        }
    }
}

#[test]
fn a_stranger_and_an_issuer_who_is_none_are_not_believed() {
    let Some(made) = Authority::staffed("P-256") else {
        return;
    };
    let content = tst_info(MESSAGE, NOON);
    let ca = roots(made.read("ca.pem"));
    // An authority of the same name with another key.
    let Some(other) = Authority::staffed("P-256") else {
        return;
    };
    let token = other.sign(&content, "tsa", &["-certfile", "ca.pem"]);
    refused(check(&token, MESSAGE, &ca), "untrusted", "");
    check(&token, MESSAGE, &roots(other.read("ca.pem"))).unwrap();
    for (name, extensions, says) in [
        (
            "end",
            "basicConstraints=critical,CA:false",
            "not an authority's",
        ),
        ("silent", "subjectKeyIdentifier=hash", "not an authority's"),
        (
            "clerk",
            "basicConstraints=critical,CA:true\nkeyUsage=critical,digitalSignature",
            "not for signing certificates",
        ),
        (
            "mail",
            "basicConstraints=critical,CA:true\nextendedKeyUsage=emailProtection",
            "not for timestamps",
        ),
    ] {
        made.key(name, "P-256");
        made.certify(name, "ca", extensions, DATES);
        let below = format!("under-{name}");
        made.key(&below, "P-256");
        made.certify(&below, name, TSA, DATES);
        let token = made.sign(&content, &below, &["-certfile", &format!("{name}.pem")]);
        refused(check(&token, MESSAGE, &ca), "untrusted", says);
    }
}

#[test]
fn certificates_that_others_put_in_change_nothing() {
    let Some(made) = Authority::staffed("P-256") else {
        return;
    };
    let content = tst_info(MESSAGE, NOON);
    let ca = roots(made.read("ca.pem"));
    let plain = check(&made.sign(&content, "tsa", &[]), MESSAGE, &ca).unwrap();
    let Some(other) = Authority::staffed("2048") else {
        return;
    };
    let mut more = Vec::new();
    for name in ["ca.pem", "tsa.pem"] {
        more.extend(other.read(name));
    }
    more.extend(made.read("ca.pem"));
    made.write("more.pem", &more);
    let token = made.sign(&content, "tsa", &["-certfile", "more.pem"]);
    assert_eq!(check(&token, MESSAGE, &ca).unwrap(), plain);
    refused(
        check(&token, MESSAGE, &roots(other.read("ca.pem"))),
        "untrusted",
        "",
    );
}

#[test]
fn two_signers_are_one_too_many() {
    let Some(made) = Authority::staffed("P-256") else {
        return;
    };
    made.key("second", "P-256");
    made.certify("second", "ca", TSA, DATES);
    let token = made.sign(
        &tst_info(MESSAGE, NOON),
        "tsa",
        &["-signer", "second.pem", "-inkey", "second.key"],
    );
    refused(
        check(&token, MESSAGE, &roots(made.read("ca.pem"))),
        "malformed",
        "2 signers",
    );
}

#[test]
fn rsa_with_pss_and_other_digests() {
    let Some(made) = Authority::staffed("3072") else {
        return;
    };
    let ca = roots(made.read("ca.pem"));
    let content = tst_info_512(MESSAGE, NOON);
    for digest in ["sha256", "sha384", "sha512"] {
        let plain = made.sign(&content, "tsa", &["-md", digest]);
        check(&plain, MESSAGE, &ca).unwrap();
        for salt in ["digest", "max", "0"] {
            let salt = format!("rsa_pss_saltlen:{salt}");
            let padded = made.sign(
                &content,
                "tsa",
                &[
                    "-md",
                    digest,
                    "-keyopt",
                    "rsa_padding_mode:pss",
                    "-keyopt",
                    &salt,
                ],
            );
            check(&padded, MESSAGE, &ca).unwrap();
        }
    }
    let weak = made.sign(&content, "tsa", &["-md", "sha1"]);
    refused(check(&weak, MESSAGE, &ca), "untrusted", "not checked here");
    made.key("small", "1024");
    made.certify("small", "ca", TSA, DATES);
    refused(
        check(&made.sign(&content, "small", &[]), MESSAGE, &ca),
        "untrusted",
        "less than 2048 bits",
    );
}
