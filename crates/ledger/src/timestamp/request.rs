//! A request for a timestamp (RFC 3161 §2.4.1).

use sha2::{Digest, Sha256};

/// SHA-256 without parameters' value: AlgorithmIdentifier with NULL.
const SHA256: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];

/// Writes a TimeStampReq over these bytes, by their SHA-256: version 1, no policy asked for, the nonce, and with the
/// certificates in the answer.
pub fn request(message: &[u8], nonce: u64) -> Vec<u8> {
    let mut imprint = SHA256.to_vec();
    imprint.extend([0x04, 32]);
    imprint.extend(Sha256::digest(message));
    let mut body = vec![0x02, 1, 1];
    push(&mut body, 0x30, &imprint);
    let digits = nonce.to_be_bytes();
    let from = digits.iter().position(|byte| *byte != 0).unwrap_or(7);
    // A number whose first bit is set would be negative.
    let mut number = vec![0; usize::from(digits[from] >= 0x80)];
    number.extend(&digits[from..]);
    push(&mut body, 0x02, &number);
    push(&mut body, 0x01, &[0xff]);
    let mut request = Vec::new();
    push(&mut request, 0x30, &body);
    request
}

/// Puts in a value of less than 128 bytes.
fn push(to: &mut Vec<u8>, tag: u8, value: &[u8]) {
    debug_assert!(value.len() < 128);
    to.extend([tag, value.len() as u8]);
    to.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_the_shortest_positive_number() {
        let nonce = |n| {
            let request = request(b"", n);
            let at = 2 + 3 + 2 + 49;
            request[at..request.len() - 3].to_vec()
        };
        assert_eq!(nonce(0), [2, 1, 0]);
        assert_eq!(nonce(0x7f), [2, 1, 0x7f]);
        assert_eq!(nonce(0x80), [2, 2, 0, 0x80]);
        assert_eq!(nonce(u64::MAX)[..3], [2, 9, 0]);
    }
}
