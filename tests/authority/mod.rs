//! A timestamping authority made with OpenSSL's own tools, in a folder of its own.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Valid for the whole time of these tests.
pub const DATES: (&str, &str) = ("20200101000000Z", "20491231235959Z");
/// Extensions of an authority's certificate.
pub const CA: &str = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n\
                      subjectKeyIdentifier=hash\n";
/// Extensions of a timestamping service's certificate.
pub const TSA: &str = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n\
                       subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";

const CA_CONFIG: &str = "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\n\
    default_md=sha256\npolicy=p\nunique_subject=no\nemail_in_dn=no\ncopy_extensions=none\n\
    [p]\ncommonName=supplied\n[req]\ndistinguished_name=dn\n[dn]\n";

pub struct Authority {
    dir: TempDir,
}

impl Authority {
    /// `None` where OpenSSL is not there; in CI it must be.
    pub fn new() -> Option<Self> {
        let found = Command::new("openssl").arg("version").output();
        if !found.is_ok_and(|out| out.status.success()) {
            assert!(
                std::env::var_os("CI").is_none(),
                "openssl is not there, and CI must have it"
            );
            eprintln!("skipped: openssl is not there");
            return None;
        }
        let made = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        made.write("ca.cnf", CA_CONFIG);
        made.write("index.txt", "");
        Some(made)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn try_openssl(&self, args: &[&str]) -> Output {
        Command::new("openssl")
            .args(args)
            .current_dir(self.dir.path())
            .env_remove("OPENSSL_CONF")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    pub fn openssl(&self, args: &[&str]) -> Vec<u8> {
        let out = self.try_openssl(args);
        assert!(
            out.status.success(),
            "openssl {args:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        out.stdout
    }

    /// A new key: `P-256`, `P-384`, or bits of RSA.
    pub fn key(&self, name: &str, kind: &str) {
        let file = format!("{name}.key");
        let option = match kind.starts_with('P') {
            true => format!("ec_paramgen_curve:{kind}"),
            false => format!("rsa_keygen_bits:{kind}"),
        };
        let algorithm = if kind.starts_with('P') { "EC" } else { "RSA" };
        self.openssl(&[
            "genpkey",
            "-algorithm",
            algorithm,
            "-pkeyopt",
            &option,
            "-out",
            &file,
        ]);
    }

    /// A certificate by an issuer, or by itself, for a key that is there.
    pub fn certify(&self, name: &str, issuer: &str, extensions: &str, dates: (&str, &str)) {
        let file = |ending: &str| format!("{name}.{ending}");
        let subject = format!("/CN={name}");
        self.openssl(&[
            "req",
            "-new",
            "-config",
            "ca.cnf",
            "-key",
            &file("key"),
            "-subj",
            &subject,
            "-out",
            &file("csr"),
        ]);
        self.write(&file("ext"), extensions);
        let (key, certificate) = (format!("{issuer}.key"), format!("{issuer}.pem"));
        let (csr, out, ext) = (file("csr"), file("pem"), file("ext"));
        let mut args = vec![
            "ca",
            "-batch",
            "-notext",
            "-rand_serial",
            "-config",
            "ca.cnf",
            "-in",
            &csr,
            "-out",
            &out,
            "-extfile",
            &ext,
            "-keyfile",
            &key,
            "-startdate",
            dates.0,
            "-enddate",
            dates.1,
        ];
        match name == issuer {
            true => args.push("-selfsign"),
            false => args.extend(["-cert", &certificate]),
        }
        self.openssl(&args);
    }

    /// A root `ca` and a service `tsa` under it, with keys of this kind.
    pub fn staffed(kind: &str) -> Option<Self> {
        let made = Self::new()?;
        made.key("ca", kind);
        made.certify("ca", "ca", CA, DATES);
        made.key("tsa", kind);
        made.certify("tsa", "ca", TSA, DATES);
        Some(made)
    }

    /// The service's answer to a request, at the time of this computer's clock. `named`: the digest that names the
    /// signer's certificate.
    pub fn answer(
        &self,
        request: &[u8],
        signer: &str,
        named: &str,
        chain: Option<&str>,
    ) -> Vec<u8> {
        self.write(
            "ts.cnf",
            format!(
                "[t]\nserial=ts.serial\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\n\
                 digests=sha256,sha384,sha512\naccuracy=secs:1,millisecs:500,microsecs:100\nordering=no\n\
                 tsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg={named}\n"
            ),
        );
        self.write("ts.serial", "01\n");
        self.write("query.tsq", request);
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let chain = chain.map(|name| format!("{name}.pem"));
        let mut args = vec![
            "ts",
            "-reply",
            "-config",
            "ts.cnf",
            "-section",
            "t",
            "-queryfile",
            "query.tsq",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-out",
            "answer.tsr",
        ];
        if let Some(chain) = &chain {
            args.extend(["-chain", chain]);
        }
        self.openssl(&args);
        self.read("answer.tsr")
    }

    /// A token of any content, signed as CMS by whoever is named.
    pub fn sign(&self, content: &[u8], signer: &str, more: &[&str]) -> Vec<u8> {
        self.write("content.der", content);
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let mut args = vec![
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-cades",
            "-nosmimecap",
            "-md",
            "sha256",
            "-econtent_type",
            "1.2.840.113549.1.9.16.1.4",
            "-in",
            "content.der",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-outform",
            "DER",
            "-out",
            "token.der",
        ];
        args.extend(more);
        self.openssl(&args);
        self.read("token.der")
    }
}
