//! Texts and lists with a stated maximum, checked wherever a value comes from: bytes, JSON or code.
//!
//! Nothing here knows what a text means; identifiers are in [`crate::ids`].

use std::fmt;
use std::ops::Deref;

use bincode::de::{BorrowDecode, BorrowDecoder, Decode, Decoder};
use bincode::enc::{Encode, Encoder};
use bincode::error::{DecodeError, EncodeError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text or list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoundError {
    /// A text without a visible character.
    #[error("the text is empty; leave the field out where nothing is stated")]
    Empty,
    /// A text over its maximum.
    #[error("the text has {found} bytes of UTF-8, at most {most} are allowed")]
    TextTooLong {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        most: usize,
    },
    /// A control character other than a line feed.
    #[error("the text holds the control character U+{0:04X}; only line feeds are allowed")]
    Control(u32),
    /// A list over its maximum.
    #[error("the list has {found} items, at most {most} are allowed")]
    ListTooLong {
        /// Items found.
        found: u64,
        /// Items allowed.
        most: usize,
    },
    /// Not a keyword.
    #[error("{0:?} is not a keyword: 1 to 64 of a-z, 0-9 and -, beginning with a letter")]
    Keyword(String),
}

impl From<BoundError> for DecodeError {
    fn from(error: BoundError) -> Self {
        Self::OtherString(error.to_string())
    }
}

/// Free text: 1 to `MAX` bytes of UTF-8 with a visible character, without control characters but
/// the line feed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

pub(crate) fn check_text(text: &str, most: usize) -> Result<(), BoundError> {
    if text.trim().is_empty() {
        return Err(BoundError::Empty);
    }
    if text.len() > most {
        return Err(BoundError::TextTooLong {
            found: text.len(),
            most,
        });
    }
    match text.chars().find(|c| c.is_control() && *c != '\n') {
        Some(c) => Err(BoundError::Control(c.into())),
        None => Ok(()),
    }
}

/// A name, a title, a few words.
pub type Words = Text<1000>;
/// A reason, a note, an explanation.
pub type Prose = Text<16000>;

impl<const MAX: usize> Text<MAX> {
    /// Takes a text.
    ///
    /// # Errors
    /// [`BoundError`] if it is empty, too long or holds control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, BoundError> {
        let text = text.into();
        check_text(&text, MAX)?;
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MAX: usize> Encode for Text<MAX> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.0.encode(encoder)
    }
}

impl<C, const MAX: usize> Decode<C> for Text<MAX> {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        Ok(Self::new(String::decode(decoder)?)?)
    }
}

impl<'de, C, const MAX: usize> BorrowDecode<'de, C> for Text<MAX> {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::decode(decoder)
    }
}

impl<const MAX: usize> Serialize for Text<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<const MAX: usize> schemars::JsonSchema for Text<MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Text{MAX}").into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": MAX})
    }
}

/// A keyword: 1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter. Names kinds, properties,
/// rules and their parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Keyword(String);

impl Keyword {
    /// The keyword's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Keyword {
    type Err = BoundError;
    fn from_str(text: &str) -> Result<Self, BoundError> {
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
        if (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(allowed)
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(BoundError::Keyword(text.chars().take(80).collect()))
        }
    }
}

crate::json::as_text!(
    Keyword,
    "^[a-z][a-z0-9-]{0,63}$",
    "A keyword: a-z, 0-9 and -, beginning with a letter"
);

impl Encode for Keyword {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.0.encode(encoder)
    }
}

impl<C> Decode<C> for Keyword {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        Ok(String::decode(decoder)?.parse::<Self>()?)
    }
}

bincode::impl_borrow_decode!(Keyword);

/// A list of at most `MAX` items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> List<T, MAX> {
    /// Takes a list.
    ///
    /// # Errors
    /// [`BoundError::ListTooLong`].
    pub fn new(items: Vec<T>) -> Result<Self, BoundError> {
        if items.len() > MAX {
            return Err(BoundError::ListTooLong {
                found: items.len() as u64,
                most: MAX,
            });
        }
        Ok(Self(items))
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> Deref for List<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a List<T, MAX> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Encode + 'static, const MAX: usize> Encode for List<T, MAX> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.0.encode(encoder)
    }
}

impl<C, T: Decode<C>, const MAX: usize> Decode<C> for List<T, MAX> {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        // The length is judged before anything is kept for it.
        let found = u64::decode(decoder)?;
        if found > MAX as u64 {
            return Err(BoundError::ListTooLong { found, most: MAX }.into());
        }
        let mut items = Vec::new();
        for _ in 0..found {
            items.push(T::decode(decoder)?);
        }
        Ok(Self(items))
    }
}

impl<'de, C, T: Decode<C>, const MAX: usize> BorrowDecode<'de, C> for List<T, MAX> {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        Self::decode(decoder)
    }
}

impl<T: Serialize, const MAX: usize> Serialize for List<T, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<T: schemars::JsonSchema, const MAX: usize> schemars::JsonSchema for List<T, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let items = generator.subschema_for::<T>();
        schemars::json_schema!({"type": "array", "maxItems": MAX, "items": items})
    }
}
