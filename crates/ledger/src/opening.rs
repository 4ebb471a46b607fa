//! Openings: what a statement commits to, and the commitments (FORMAT.md §5 and §7).

use sha2::{Digest, Sha256};

use crate::encoding::{self, EncodingError};
use crate::ids::{AuthorKey, Commitment, LedgerId, Salt, Seq};

/// The most bytes that facts may have.
pub const FACTS_MAX: usize = 1 << 20;
/// The most bytes that a source may have.
pub const SOURCE_MAX: usize = 1 << 16;
/// The most fields that a source may have.
pub const SOURCE_FIELDS_MAX: usize = 32;

/// Which of the two openings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What the entry says.
    Facts,
    /// How it was obtained, and from whom.
    Source,
}

impl Part {
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::Facts => b"seaproof/v1/facts\0",
            Self::Source => b"seaproof/v1/source\0",
        }
    }

    const fn most(self) -> usize {
        match self {
            Self::Facts => FACTS_MAX,
            Self::Source => SOURCE_MAX,
        }
    }
}

/// The place that a commitment is bound to, so that nobody can copy it and "corroborate" it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The ledger; zero in genesis.
    pub ledger: LedgerId,
    /// The author.
    pub key: AuthorKey,
    /// The author's count.
    pub seq: Seq,
}

/// `SHA-256(tag ‖ ledger ‖ key ‖ seq ‖ salt ‖ bytes)`.
pub fn commit(part: Part, place: Place, salt: &Salt, bytes: &[u8]) -> Commitment {
    let mut hash = Sha256::new();
    hash.update(part.tag());
    hash.update(place.ledger.0);
    hash.update(place.key.0);
    hash.update(place.seq.0.to_le_bytes());
    hash.update(salt.0);
    hash.update(bytes);
    Commitment(hash.finalize().into())
}

/// One opening as it stands in a record: borrowed, not yet checked against its commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening<'a> {
    /// Its salt.
    pub salt: Salt,
    /// The committed bytes.
    pub bytes: &'a [u8],
}

/// Both openings of an entry, each present or absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Openings<'a> {
    /// What the entry says.
    pub facts: Option<Opening<'a>>,
    /// How it was obtained.
    pub source: Option<Opening<'a>>,
}

impl<'a> Openings<'a> {
    /// Appends the openings' bytes to `out`.
    pub fn encode_to(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.facts.is_some()) | u8::from(self.source.is_some()) << 1);
        for opening in [self.facts, self.source].into_iter().flatten() {
            out.extend_from_slice(&opening.salt.0);
            // Both maxima fit; a sealer checks them before this is reached.
            out.extend_from_slice(&(opening.bytes.len() as u32).to_le_bytes());
            out.extend_from_slice(opening.bytes);
        }
    }

    /// Reads the openings that follow a leaf in a record.
    ///
    /// # Errors
    /// Unknown presence bits, lengths over the maxima, too few or too many bytes.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, EncodingError> {
        match Self::decode_first(bytes)? {
            (openings, []) => Ok(openings),
            (_, rest) => Err(EncodingError::Trailing(rest.len())),
        }
    }

    /// Reads openings that something else follows; returns that too.
    ///
    /// # Errors
    /// Unknown presence bits, lengths over the maxima, too few bytes.
    pub fn decode_first(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), EncodingError> {
        let short = || EncodingError::Malformed("the openings end too early".into());
        let (&present, mut rest) = bytes.split_first().ok_or_else(short)?;
        if present > 3 {
            return Err(EncodingError::Rule(format!(
                "presence byte {present}, expected 0 to 3"
            )));
        }
        let mut take = |part: Part| -> Result<Opening<'a>, EncodingError> {
            let (salt, after) = rest.split_first_chunk::<32>().ok_or_else(short)?;
            let (length, after) = after.split_first_chunk::<4>().ok_or_else(short)?;
            let found = u32::from_le_bytes(*length) as usize;
            if found > part.most() {
                return Err(EncodingError::TooLong {
                    found,
                    most: part.most(),
                });
            }
            let (bytes, after) = after.split_at_checked(found).ok_or_else(short)?;
            rest = after;
            Ok(Opening {
                salt: Salt(*salt),
                bytes,
            })
        };
        let facts = (present & 1 != 0).then(|| take(Part::Facts)).transpose()?;
        let source = (present & 2 != 0).then(|| take(Part::Source)).transpose()?;
        Ok((Self { facts, source }, rest))
    }
}

/// One named text of a source.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct SourceField {
    /// 1 to 32 of `a-z`, `0-9`, `-`, beginning with a letter.
    pub name: String,
    /// The text.
    pub text: String,
}

/// How an entry's content was obtained and from whom; for governance, the words that facts must not
/// hold (FORMAT.md §7). Empty for most entries.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct Source {
    version: u16,
    fields: Vec<SourceField>,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            version: 1,
            fields: Vec::new(),
        }
    }
}

impl Source {
    /// A source of these fields, in any order.
    ///
    /// # Errors
    /// A name against the rule or given twice, too many fields, too many bytes.
    pub fn new<N: Into<String>, T: Into<String>>(
        fields: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Self, EncodingError> {
        let mut fields: Vec<SourceField> = fields
            .into_iter()
            .map(|(name, text)| SourceField {
                name: name.into(),
                text: text.into(),
            })
            .collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let source = Self { version: 1, fields };
        source.check()?;
        let found = source.encode().len();
        if found > SOURCE_MAX {
            return Err(EncodingError::TooLong {
                found,
                most: SOURCE_MAX,
            });
        }
        Ok(source)
    }

    /// The fields, in ascending order of their names.
    pub fn fields(&self) -> &[SourceField] {
        &self.fields
    }

    /// The text of one field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.text.as_str())
    }

    /// The source's bytes.
    pub fn encode(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// Reads a source; `None` if its version is above 1.
    ///
    /// # Errors
    /// Not canonical, or against a rule.
    pub fn decode(bytes: &[u8]) -> Result<Option<Self>, EncodingError> {
        if newer_version(bytes)? {
            return Ok(None);
        }
        let source: Self = encoding::decode(bytes, SOURCE_MAX)?;
        source.check()?;
        Ok(Some(source))
    }

    fn check(&self) -> Result<(), EncodingError> {
        let rule = |text: String| Err(EncodingError::Rule(text));
        if self.fields.len() > SOURCE_FIELDS_MAX {
            return rule(format!(
                "{} source fields, at most {SOURCE_FIELDS_MAX} are allowed",
                self.fields.len()
            ));
        }
        if let Some(field) = self
            .fields
            .iter()
            .find(|field| !is_name(&field.name, 32, b"-"))
        {
            return rule(format!(
                "source field name {:?}: 1 to 32 of a-z, 0-9, -, beginning with a letter",
                excerpt(&field.name)
            ));
        }
        if self.fields.windows(2).any(|w| w[0].name >= w[1].name) {
            return rule("source fields are not strictly ascending by name".into());
        }
        Ok(())
    }
}

/// Whether an opening's own version is one that this reader does not know.
///
/// # Errors
/// Fewer than two bytes, or version 0.
pub(crate) fn newer_version(bytes: &[u8]) -> Result<bool, EncodingError> {
    match bytes.first_chunk::<2>().map(|v| u16::from_le_bytes(*v)) {
        None => Err(EncodingError::Malformed("shorter than its version".into())),
        Some(0) => Err(EncodingError::Rule("version 0 does not exist".into())),
        Some(version) => Ok(version > 1),
    }
}

/// The beginning of a text that an error repeats: it may be as long as a hostile entry.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Whether `text` is 1 to `most` of `a-z`, `0-9` and `others`, beginning with a letter.
pub(crate) fn is_name(text: &str, most: usize, others: &[u8]) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= most
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || others.contains(b))
}
