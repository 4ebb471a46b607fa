//! What an author signs: OpenSSH's signature preamble over a statement's SHA-512 (FORMAT.md §4).
//!
//! With it `ssh-keygen -Y verify` checks any entry, an ssh-agent can sign one, and a statement's
//! signature can never be taken for an SSH login or for a signature on anything else. Only the 64
//! signature bytes are stored; the armoured file is made on demand. Nothing here judges a
//! signature: see [`crate::signature`].

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha512};

use crate::ids::AuthorKey;
use crate::keys::{ALGORITHM, PublicKeyLine, put_string, wire_key};

/// The SSHSIG namespace of statements. It keeps their signatures apart from all others.
pub const NAMESPACE: &str = "seaproof-statement-v1";

/// Length in bytes of what is signed.
pub const SIGNED_LENGTH: usize = 113;

/// Everything before the digest: magic, namespace, reserved, hash name, the digest's length.
const PREAMBLE: &[u8; 49] =
    b"SSHSIG\0\0\0\x15seaproof-statement-v1\0\0\0\0\0\0\0\x06sha512\0\0\0\x40";

/// The 113 bytes that are signed for a message:
/// `"SSHSIG" ‖ string namespace ‖ string "" ‖ string "sha512" ‖ string SHA-512(message)`.
pub fn signed_bytes(message: &[u8]) -> [u8; SIGNED_LENGTH] {
    let mut signed = [0; SIGNED_LENGTH];
    let (preamble, digest) = signed.split_at_mut(PREAMBLE.len());
    preamble.copy_from_slice(PREAMBLE);
    digest.copy_from_slice(&Sha512::digest(message));
    signed
}

/// A signature as the file that `ssh-keygen -Y verify -s FILE` reads.
pub fn armor(key: &AuthorKey, signature: &[u8; 64]) -> String {
    let mut blob = Vec::with_capacity(200);
    blob.extend_from_slice(b"SSHSIG");
    blob.extend_from_slice(&1_u32.to_be_bytes());
    put_string(&mut blob, &wire_key(key));
    put_string(&mut blob, NAMESPACE.as_bytes());
    put_string(&mut blob, b"");
    put_string(&mut blob, b"sha512");
    let mut inner = Vec::with_capacity(83);
    put_string(&mut inner, ALGORITHM.as_bytes());
    put_string(&mut inner, signature);
    put_string(&mut blob, &inner);

    let encoded = Base64::encode_string(&blob);
    let mut text = String::from("-----BEGIN SSH SIGNATURE-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(70));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END SSH SIGNATURE-----\n");
    text
}

/// A line for the file that `ssh-keygen -Y verify -f FILE -I identity` reads: it lets this key sign
/// for `identity` in the namespace of statements and in no other.
///
/// `None` unless the identity is of letters, digits and `@ . _ + -`: in that file other characters
/// are separators or patterns that match other names.
pub fn allowed_signers_line(identity: &str, key: &AuthorKey) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@._+-".contains(c);
    if identity.is_empty() || !identity.chars().all(plain) {
        return None;
    }
    let key = PublicKeyLine {
        key: *key,
        comment: String::new(),
    };
    Some(format!("{identity} namespaces=\"{NAMESPACE}\" {key}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preamble_is_the_protocols_fields_in_order() {
        let mut fields = b"SSHSIG".to_vec();
        put_string(&mut fields, NAMESPACE.as_bytes());
        put_string(&mut fields, b"");
        put_string(&mut fields, b"sha512");
        put_string(&mut fields, &Sha512::digest(b"a statement"));
        assert_eq!(fields, signed_bytes(b"a statement"));
    }

    #[test]
    fn an_identity_cannot_smuggle_patterns_or_options_into_the_allowed_signers() {
        let key = AuthorKey([7; 32]);
        for identity in ["", "*", "a,b", "a b", "!a", "a\nb", "a\"", "#a", "a?"] {
            assert_eq!(allowed_signers_line(identity, &key), None, "{identity:?}");
        }
    }
}
