//! Strict DER, field by field, over bytes that are kept: what is hashed or signed is always a slice of what was read.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader};

use super::TimestampError;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag `[n]` of a primitive.
pub(super) const fn context(n: u8) -> u8 {
    0x80 | n
}

/// The tag `[n]` of something constructed.
pub(super) const fn context_of(n: u8) -> u8 {
    0xa0 | n
}

pub(super) type Parsed<T> = Result<T, TimestampError>;

pub(super) fn malformed(what: impl Into<String>) -> TimestampError {
    TimestampError::Malformed(what.into())
}

/// One value with its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tlv<'a> {
    pub tag: u8,
    /// Without tag and length.
    pub value: &'a [u8],
    /// With tag and length.
    pub whole: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// The one value that these bytes are, with nothing behind it.
    pub(super) fn only(bytes: &'a [u8], what: &'static str) -> Parsed<Self> {
        let mut fields = Fields::of(bytes, what)?;
        let found = fields.next()?;
        fields.end()?;
        Ok(found)
    }

    pub(super) fn expect(self, tag: u8, what: &'static str) -> Parsed<Self> {
        match self.tag == tag {
            true => Ok(self),
            false => Err(malformed(format!(
                "{what}: tag {tag:02x} is expected, {:02x} stands there",
                self.tag
            ))),
        }
    }

    /// What stands in it.
    pub(super) fn fields(&self, what: &'static str) -> Parsed<Fields<'a>> {
        Fields::of(self.value, what)
    }

    /// Decodes it as a type of the DER library.
    pub(super) fn decode<T: Decode<'a>>(&self, what: &'static str) -> Parsed<T>
    where
        T::Error: std::fmt::Display,
    {
        T::from_der(self.whole).map_err(|error| malformed(format!("{what}: {error}")))
    }

    pub(super) fn oid(&self, what: &'static str) -> Parsed<ObjectIdentifier> {
        self.decode(what)
    }

    /// A whole number from 0 up.
    pub(super) fn number(&self, what: &'static str) -> Parsed<u64> {
        self.expect(INTEGER, what)?.number_inside(what)
    }

    /// The same under another tag.
    pub(super) fn number_inside(&self, what: &'static str) -> Parsed<u64> {
        let wrong = || malformed(format!("{what} is no small number"));
        let bytes = self.value;
        let minimal = match bytes {
            [] => false,
            [0, next, ..] => *next >= 0x80,
            _ => true,
        };
        if !minimal || bytes[0] >= 0x80 || bytes.len() > 9 || bytes.len() == 9 && bytes[0] != 0 {
            return Err(wrong());
        }
        Ok(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    }

    /// The bytes of an INTEGER of any sign and size, which have one form.
    pub(super) fn integer(&self, what: &'static str) -> Parsed<&'a [u8]> {
        self.expect(INTEGER, what)?;
        match self.value {
            [] => Err(malformed(format!("{what} is empty"))),
            [0, next, ..] if *next < 0x80 => Err(malformed(format!("{what} is not minimal"))),
            [0xff, next, ..] if *next >= 0x80 => Err(malformed(format!("{what} is not minimal"))),
            bytes => Ok(bytes),
        }
    }

    /// A BIT STRING of whole bytes.
    pub(super) fn bits(&self, what: &'static str) -> Parsed<&'a [u8]> {
        match self.expect(BIT_STRING, what)?.value {
            [0, bytes @ ..] => Ok(bytes),
            _ => Err(malformed(format!("{what} is not of whole bytes"))),
        }
    }
}

/// Values one after the other.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a> {
    reader: SliceReader<'a>,
    what: &'static str,
}

impl<'a> Fields<'a> {
    pub(super) fn of(bytes: &'a [u8], what: &'static str) -> Parsed<Self> {
        let reader = SliceReader::new(bytes).map_err(|e| malformed(format!("{what}: {e}")))?;
        Ok(Self { reader, what })
    }

    fn wrong(&self, why: impl std::fmt::Display) -> TimestampError {
        malformed(format!("{}: {why}", self.what))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reader.is_finished()
    }

    pub(super) fn next(&mut self) -> Parsed<Tlv<'a>> {
        let whole = self.reader.tlv_bytes().map_err(|e| self.wrong(e))?;
        let tag = whole.first().copied().unwrap_or_default();
        if tag & 0x1f == 0x1f {
            return Err(self.wrong("a tag above 30"));
        }
        let any = AnyRef::from_der(whole).map_err(|e| self.wrong(e))?;
        Ok(Tlv {
            tag,
            value: any.value(),
            whole,
        })
    }

    /// The next value, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Parsed<Tlv<'a>> {
        let what = self.what;
        self.next()?.expect(tag, what)
    }

    /// The next value if it has this tag.
    pub(super) fn take_if(&mut self, tag: u8) -> Parsed<Option<Tlv<'a>>> {
        match !self.is_empty() && self.reader.peek_byte() == Some(tag) {
            true => self.next().map(Some),
            false => Ok(None),
        }
    }

    /// That nothing follows.
    pub(super) fn end(self) -> Parsed<()> {
        let what = self.what;
        self.reader
            .finish()
            .map_err(|error| malformed(format!("{what}: {error}")))
    }

    /// All that is left, and no more than so many.
    pub(super) fn at_most(mut self, most: usize) -> Parsed<Vec<Tlv<'a>>> {
        let mut all = Vec::new();
        while !self.is_empty() {
            if all.len() == most {
                return Err(self.wrong(format!("more than {most}")));
            }
            all.push(self.next()?);
        }
        Ok(all)
    }

    /// All that is left.
    pub(super) fn rest(mut self) -> Parsed<Vec<Tlv<'a>>> {
        let mut all = Vec::new();
        while !self.is_empty() {
            all.push(self.next()?);
        }
        Ok(all)
    }
}
