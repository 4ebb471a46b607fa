//! The one encoding of everything that is hashed or signed (FORMAT.md §1), and the only door to it.
//!
//! Not a general serializer: a type must be frozen, without floats, maps, `usize`, recursion or
//! zero-sized list items. Bytes are accepted if and only if they are the canonical encoding.

use bincode::config::{Configuration, Fixint, Limit, LittleEndian};

/// Why bytes are not the canonical encoding of a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Longer than the type may be.
    #[error("{found} bytes, at most {most} are allowed")]
    TooLong {
        /// Length found.
        found: usize,
        /// Length allowed.
        most: usize,
    },
    /// Too short, or a byte that no value has there.
    #[error("not a well-formed encoding: {0}")]
    Malformed(String),
    /// The value ends before the bytes do.
    #[error("{0} bytes too many after the value")]
    Trailing(usize),
    /// Another encoding of the same value.
    #[error("not the canonical encoding of its value")]
    NotCanonical,
    /// Well-formed, and against a rule of the format.
    #[error("{0}")]
    Rule(String),
}

/// Memory that decoding may claim: 64 times the largest type's bytes. Only a bound against
/// hostile lengths; no verdict depends on it, because no value of allowed length needs as much.
const CLAIM: usize = 64 * (1 << 20);

const ENCODE: Configuration<LittleEndian, Fixint> = bincode::config::legacy();
const DECODE: Configuration<LittleEndian, Fixint, Limit<CLAIM>> =
    bincode::config::legacy().with_limit::<CLAIM>();

/// Encodes a value.
pub fn encode<T: bincode::Encode>(value: &T) -> Vec<u8> {
    match bincode::encode_to_vec(value, ENCODE) {
        Ok(bytes) => bytes,
        // Encoding to memory fails only for types that this module's rule excludes.
        Err(error) => unreachable!("an encodable type failed to encode: {error}"),
    }
}

/// Decodes the canonical encoding of a value of at most `most` bytes, and nothing else.
///
/// `most` is at most 1 MiB (all the format has).
pub fn decode<T>(bytes: &[u8], most: usize) -> Result<T, EncodingError>
where
    T: bincode::Encode + bincode::Decode<()>,
{
    decode_in(bytes, most, ())
}

/// As [`decode`], for types that are checked against a context while they are decoded.
///
/// # Errors
/// Not canonical, or not allowed by the context.
pub fn decode_in<T, C>(bytes: &[u8], most: usize, context: C) -> Result<T, EncodingError>
where
    T: bincode::Encode + bincode::Decode<C>,
{
    if bytes.len() > most {
        return Err(EncodingError::TooLong {
            found: bytes.len(),
            most,
        });
    }
    let (value, consumed) =
        bincode::decode_from_slice_with_context::<C, T, _>(bytes, DECODE, context)
            .map_err(|error| EncodingError::Malformed(error.to_string()))?;
    if consumed != bytes.len() {
        return Err(EncodingError::Trailing(bytes.len() - consumed));
    }
    let mut same = Comparing { rest: bytes };
    match bincode::encode_into_writer(&value, &mut same, ENCODE) {
        Ok(()) if same.rest.is_empty() => Ok(value),
        _ => Err(EncodingError::NotCanonical),
    }
}

/// Compares what is written with what is expected, so that re-encoding needs no memory.
struct Comparing<'a> {
    rest: &'a [u8],
}

impl bincode::enc::write::Writer for Comparing<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), bincode::error::EncodeError> {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(bincode::error::EncodeError::Other("differs")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_everything_but_the_canonical_bytes() {
        let bytes = encode(&(true, Some(7u16), vec![1u8, 2]));
        type T = (bool, Option<u16>, Vec<u8>);
        assert!(decode::<T>(&bytes, 100).is_ok());
        for cut in 0..bytes.len() {
            assert!(decode::<T>(&bytes[..cut], 100).is_err());
        }
        let mut long = bytes.clone();
        long.push(0);
        assert_eq!(decode::<T>(&long, 100), Err(EncodingError::Trailing(1)));
        let mut odd = bytes.clone();
        odd[0] = 2;
        assert!(decode::<T>(&odd, 100).is_err());
        assert!(matches!(
            decode::<T>(&bytes, 5),
            Err(EncodingError::TooLong { .. })
        ));
    }

    #[test]
    fn a_hostile_length_claims_no_memory() {
        let bomb = u64::MAX.to_le_bytes();
        assert!(decode::<Vec<u8>>(&bomb, 100).is_err());
        assert!(decode::<String>(&bomb, 100).is_err());
        assert!(decode::<Vec<[u8; 32]>>(&(1u64 << 40).to_le_bytes(), 100).is_err());
    }
}
