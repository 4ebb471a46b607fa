//! Small texts as the formats here have them.

use base64ct::{Base64, Encoding};

use crate::ids::TreeHash;

/// A decimal number in its only spelling.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// 32 bytes in strict base64, which has one spelling.
pub(crate) fn hash(text: &str) -> Option<TreeHash> {
    Some(TreeHash(base64(text, 32)?.try_into().ok()?))
}

/// Strict base64 of at most so many bytes.
pub(crate) fn base64(text: &str, most: usize) -> Option<Vec<u8>> {
    let fits = text.len() <= most.div_ceil(3) * 4;
    fits.then(|| Base64::decode_vec(text).ok())?
}

/// At most 80 characters of something strange, for a message.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_hash_have_one_spelling() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for text in [
            "",
            "00",
            "+1",
            " 1",
            "1 ",
            "-0",
            "18446744073709551616",
            "1e3",
        ] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
        let text = Base64::encode_string(&[255; 32]);
        assert_eq!(hash(&text), Some(TreeHash([255; 32])));
        for wrong in [
            text.replacen("8=", "9=", 1),
            text.trim_end_matches('=').to_owned(),
            format!("{text}\n"),
            Base64::encode_string(&[255; 31]),
            Base64::encode_string(&[255; 33]),
            text.replace('/', "_"),
        ] {
            assert_eq!(hash(&wrong), None, "{wrong}");
        }
        assert_eq!(base64(&text, 30), None);
    }

    #[test]
    fn what_is_strange_is_cut_between_characters() {
        assert_eq!(cut(&"é".repeat(100)), "é".repeat(80));
    }
}
