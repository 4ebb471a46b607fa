//! What is asked for, and whether an entry answers it.
//!
//! ```text
//! query  = clause { " " clause }                    all must hold
//! clause = word | word "*" | name ":" value | '"' words '"'
//! name   = vessel imo mmsi callsign port exhibit author label kind id from to
//! ```

use std::collections::BTreeMap;
use std::str::FromStr;

use seaproof_evidence::folding::{JOINED_WORDS_MAX, fold, sounds};
use seaproof_evidence::time::{Edtf, Span};
use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::governance::Governance;
use seaproof_ledger::ids::{AuthorKey, EntryId, EntryIndex, Standing, Timestamp, to_hex};
use seaproof_ledger::keys::fingerprint;

use crate::terms::{Field, Terms, day_ranges, id_term, term};

/// The most clauses of a query.
pub const CLAUSES_MAX: usize = 64;

/// Why a query cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Nothing to look for.
    #[error("nothing to look for: give words, or one of {NAMES}")]
    Empty,
    /// Too much.
    #[error("{0} parts, at most {CLAUSES_MAX} are looked for at once")]
    TooLong(usize),
    /// An unknown name before a colon.
    #[error(
        "there is no {0:?} to look by; put words with a colon in quotes, or use one of {NAMES}"
    )]
    Name(String),
    /// A value that cannot be looked for.
    #[error("{name}:{value}: {why}")]
    Value {
        /// The name before the colon.
        name: &'static str,
        /// What stood behind it.
        value: String,
        /// What is expected.
        why: String,
    },
}

const NAMES: &str = "vessel:LABEL imo:N mmsi:N callsign:C port:LOCODE exhibit:DIGEST author:NAME \
                     label:PREFIX kind:KIND id:DIGITS from:DATE to:DATE";

/// A query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub(crate) clauses: Vec<Clause>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// Words that must all be there; or all of them written together sound like a name that is.
    Words {
        words: Vec<Word>,
        joined: Option<Vec<u8>>,
    },
    /// A term, or the beginning of one.
    Term { term: Vec<u8>, whole: bool },
    /// A digest or an id by its first digits.
    Digits { field: Field, digits: String },
    /// A thing by its label or number: its own entry, and what refers to it.
    Thing(Thing),
    /// Whoever has this name, fingerprint or key.
    Author(String),
    /// A date in common.
    Dates(Span),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub tokens: Vec<Vec<u8>>,
    /// The last token is only a beginning.
    pub prefix: bool,
    pub sounds: Vec<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Thing {
    Label(String),
    Index(u64),
}

/// What is learned of a ledger's authors and of the things that a query names, in the order of the log.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The names of keys' holders.
    pub names: BTreeMap<AuthorKey, String>,
    /// Of each thing that the query names: the entry.
    pub(crate) things: Vec<Option<EntryId>>,
}

impl Known {
    /// Takes in what an entry says about a key's holder. An entry that its key could not record says nothing.
    pub fn heed_names(&mut self, entry: &Entry, standing: Standing) {
        if !standing.authorised {
            return;
        }
        let (Disclosed::Present(facts), Some(source)) = (&entry.facts, entry.source.known()) else {
            return;
        };
        let Some(name) = source.get("name") else {
            return;
        };
        let key = match Governance::of(facts) {
            Ok(Governance::Genesis) => entry.statement.key,
            Ok(Governance::Admitted(admitted)) => admitted.key,
            _ => return,
        };
        self.names.entry(key).or_insert_with(|| name.to_owned());
    }

    pub(crate) fn heed_things(&mut self, query: &Query, entry: &Entry) {
        let things: Vec<&Thing> = query.things().collect();
        self.things.resize(things.len(), None);
        for (known, thing) in self.things.iter_mut().zip(things) {
            if known.is_none() && thing.is(entry) {
                *known = Some(entry.id);
            }
        }
    }
}

impl Thing {
    fn is(&self, entry: &Entry) -> bool {
        match self {
            Self::Index(index) => entry.index == EntryIndex(*index),
            Self::Label(label) => {
                let facts = entry.facts.known();
                facts.and_then(|f| f.label.as_ref()) == Some(label)
            }
        }
    }
}

impl FromStr for Query {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let mut clauses = Vec::new();
        let (mut from, mut to, mut to_text) = (None, None, String::new());
        let mut plain: Vec<(String, bool)> = Vec::new();
        let parts = parts(text);
        if parts.len() > CLAUSES_MAX {
            return Err(QueryError::TooLong(parts.len()));
        }
        for Part { name, value } in parts {
            let Some(name) = name else {
                plain.push(match value.strip_suffix('*') {
                    Some(beginning) => (beginning.to_owned(), true),
                    None => (value, false),
                });
                continue;
            };
            match name.as_str() {
                "from" => from = Some(date("from", &value)?.0),
                "to" => {
                    to = Some(date("to", &value)?.1);
                    to_text = value;
                }
                name => clauses.push(named(name, value)?),
            }
        }
        if let (Some(Some(first)), Some(Some(last))) = (from, to)
            && first > last
        {
            return Err(QueryError::Value {
                name: "to",
                value: short(&to_text),
                why: "it ends before from: begins".into(),
            });
        }
        clauses.extend(words(&plain));
        if from.is_some() || to.is_some() {
            clauses.push(Clause::Dates(Span {
                earliest: from.flatten().map(Timestamp),
                latest: to.flatten().map(Timestamp),
            }));
        }
        match clauses.is_empty() {
            true => Err(QueryError::Empty),
            false => Ok(Self { clauses }),
        }
    }
}

struct Part {
    name: Option<String>,
    value: String,
}

/// Parts at spaces outside of quotes; a name stands before a colon outside of quotes.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut name, mut value) = (None, String::new());
    let (mut quoted, mut any) = (false, false);
    for c in text.chars().chain([' ']) {
        match c {
            '"' => {
                quoted = !quoted;
                any = true;
            }
            ':' if !quoted && name.is_none() && !value.is_empty() && !any => {
                name = Some(std::mem::take(&mut value));
            }
            c if c.is_whitespace() && !quoted => {
                if name.is_some() || !value.trim().is_empty() {
                    parts.push(Part {
                        name: name.take(),
                        value: std::mem::take(&mut value),
                    });
                }
                value.clear();
                any = false;
            }
            c => value.push(c),
        }
    }
    // A quote that was never closed ends with the text.
    if name.is_some() || !value.trim().is_empty() {
        parts.push(Part { name, value });
    }
    parts
}

fn date(name: &'static str, value: &str) -> Result<(Option<i64>, Option<i64>), QueryError> {
    value
        .parse::<Edtf>()
        .map(|edtf| edtf.local_bounds())
        .map_err(|error| QueryError::Value {
            name,
            value: short(value),
            why: error.to_string(),
        })
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

fn words(plain: &[(String, bool)]) -> Option<Clause> {
    let words: Vec<Word> = plain
        .iter()
        .map(|(text, prefix)| {
            let tokens = fold(text);
            Word {
                // A beginning has no sound of its own, unless it is of whole syllables.
                sounds: match *prefix && !text.chars().any(is_syllable) {
                    true => Vec::new(),
                    false => sounds(&tokens.concat()),
                }
                .into_iter()
                .map(|sound| term(Field::Sound, sound.as_bytes()))
                .collect(),
                tokens: tokens
                    .into_iter()
                    .map(|token| term(Field::Word, token.as_bytes()))
                    .collect(),
                prefix: *prefix,
            }
        })
        .filter(|word| !word.tokens.is_empty())
        .collect();
    let together: Vec<String> = plain.iter().flat_map(|(text, _)| fold(text)).collect();
    let joinable =
        (2..=JOINED_WORDS_MAX).contains(&together.len()) && plain.iter().all(|(_, prefix)| !prefix);
    let joined = joinable
        .then(|| sounds(&together.concat()).pop())
        .flatten()
        .map(|sound| term(Field::Sound, sound.as_bytes()));
    (!words.is_empty()).then_some(Clause::Words { words, joined })
}

/// Of Hangul.
fn is_syllable(c: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&c)
}

fn named(name: &str, value: String) -> Result<Clause, QueryError> {
    let wrong = |name: &'static str, why: String| QueryError::Value {
        name,
        value: short(&value),
        why,
    };
    let exact = |field: Field, text: &str| Clause::Term {
        term: term(field, text.as_bytes()),
        whole: true,
    };
    let digits = |name: &'static str, field: Field| {
        let digits = value.to_lowercase();
        let sound =
            (1..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        match sound {
            true => Ok(Clause::Digits { field, digits }),
            false => Err(wrong(name, "write 1 to 64 hexadecimal digits".into())),
        }
    };
    match name {
        "imo" => match value.parse::<seaproof_evidence::ids::ImoNumber>() {
            Ok(imo) => Ok(exact(Field::Imo, &imo.to_string())),
            Err(error) => Err(wrong("imo", error.to_string())),
        },
        "mmsi" => match value.parse::<seaproof_evidence::ids::Mmsi>() {
            Ok(mmsi) => Ok(exact(Field::Mmsi, &mmsi.to_string())),
            Err(error) => Err(wrong("mmsi", error.to_string())),
        },
        "callsign" => Ok(exact(Field::CallSign, &value.to_uppercase())),
        "port" => Ok(exact(Field::Port, &value.to_uppercase())),
        "kind" => Ok(exact(Field::Kind, &value)),
        "label" => Ok(Clause::Term {
            term: term(Field::Label, value.trim_end_matches('*').as_bytes()),
            whole: false,
        }),
        "exhibit" => digits("exhibit", Field::Exhibit),
        "id" => digits("id", Field::Id),
        "author" => match value.trim().is_empty() {
            true => Err(wrong(
                "author",
                "write a name, a fingerprint SHA256:… or the first digits of a key".into(),
            )),
            false => Ok(Clause::Author(value)),
        },
        "vessel" => Ok(Clause::Thing(match value.strip_prefix('#') {
            Some(number) => Thing::Index(
                number
                    .parse()
                    .map_err(|_| wrong("vessel", "write a label, or #N".into()))?,
            ),
            None => Thing::Label(value),
        })),
        other => Err(QueryError::Name(short(other))),
    }
}

/// What to look up in the index: an entry that answers a clause has one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Probe {
    Whole(Vec<u8>),
    Beginning(Vec<u8>),
    /// From one term to another, both included.
    Range(Vec<u8>, Vec<u8>),
    /// All of these.
    All(Vec<Probe>),
    /// Any of these.
    Any(Vec<Probe>),
}

impl Query {
    /// The things that it names, in order.
    pub(crate) fn things(&self) -> impl Iterator<Item = &Thing> {
        self.clauses.iter().filter_map(|clause| match clause {
            Clause::Thing(thing) => Some(thing),
            _ => None,
        })
    }

    /// Whether it asks for authors, so that the keys of the ledger are wanted.
    pub(crate) fn wants_keys(&self) -> bool {
        let mut clauses = self.clauses.iter();
        clauses.any(|clause| matches!(clause, Clause::Author(_)))
    }

    /// What to look up, among entries by these keys: entries under it may answer the query, no others can.
    pub(crate) fn probe(&self, known: &Known, keys: &[AuthorKey]) -> Probe {
        let mut things = known.things.iter();
        let clauses = self
            .clauses
            .iter()
            .map(|clause| match clause {
                Clause::Words { words, joined } => {
                    let all = Probe::All(words.iter().map(Word::probe).collect());
                    let joined = joined.iter().map(|term| Probe::Whole(term.clone()));
                    [all].into_iter().chain(joined).collect()
                }
                Clause::Term { term, whole: true } => vec![Probe::Whole(term.clone())],
                Clause::Term { term, whole: false } => vec![Probe::Beginning(term.clone())],
                Clause::Digits { field, digits } => {
                    let bytes: Vec<u8> = (0..digits.len() / 2)
                        .filter_map(|i| u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok())
                        .collect();
                    let kept = match field {
                        Field::Id => 12,
                        _ => 32,
                    };
                    let bytes = bytes.get(..kept).unwrap_or(&bytes);
                    vec![Probe::Beginning(term(*field, bytes))]
                }
                Clause::Thing(_) => match things.next().copied().flatten() {
                    Some(id) => vec![
                        Probe::Whole(id_term(Field::Id, &id)),
                        Probe::Whole(id_term(Field::Refers, &id)),
                    ],
                    None => Vec::new(),
                },
                Clause::Author(text) => keys
                    .iter()
                    .filter(|key| is_author(text, key, known.names.get(key).map(String::as_str)))
                    .map(|key| Probe::Whole(term(Field::Author, &key.0)))
                    .collect(),
                Clause::Dates(span) => day_ranges(span)
                    .into_iter()
                    .map(|(from, to)| Probe::Range(from, to))
                    .collect(),
            })
            .map(Probe::Any);
        Probe::All(clauses.collect())
    }

    /// Whether an entry with these terms answers all of it.
    pub(crate) fn is_answered_by(&self, entry: &Entry, terms: &Terms, known: &Known) -> bool {
        let mut things = known.things.iter();
        self.clauses.iter().all(|clause| match clause {
            Clause::Words { words, joined } => {
                words.iter().all(|word| word.is_in(terms))
                    || joined.as_ref().is_some_and(|sound| terms.has(sound))
            }
            Clause::Term { term, whole: true } => terms.has(term),
            Clause::Term { term, whole: false } => terms.has_prefix(term),
            Clause::Digits { field, digits } => match field {
                Field::Id => to_hex(&entry.id.0).starts_with(digits),
                _ => entry.facts.known().is_some_and(|facts| {
                    let mut exhibits = facts.exhibits.iter();
                    exhibits.any(|e| to_hex(&e.hash.0).starts_with(digits))
                }),
            },
            Clause::Thing(_) => things.next().copied().flatten().is_some_and(|id| {
                entry.id == id
                    || entry.facts.known().is_some_and(|facts| {
                        let targets = facts.amendment.iter().flat_map(|a| &a.targets);
                        facts.refs.iter().chain(targets).any(|other| *other == id)
                    })
            }),
            Clause::Author(text) => {
                let key = entry.statement.key;
                let name = known.names.get(&key).map(String::as_str);
                is_author(text, &key, name)
            }
            Clause::Dates(span) => terms.spans.iter().any(|other| other.meets(span)),
        })
    }
}

impl Word {
    fn probe(&self) -> Probe {
        let last = self.tokens.len().saturating_sub(1);
        let tokens = self.tokens.iter().enumerate();
        let tokens = tokens.map(|(i, term)| match self.prefix && i == last {
            true => Probe::Beginning(term.clone()),
            false => Probe::Whole(term.clone()),
        });
        let tokens = Probe::All(tokens.collect());
        match self.sounds.last() {
            Some(sound) if self.prefix => Probe::Any(vec![tokens, Probe::Beginning(sound.clone())]),
            Some(sound) => Probe::Any(vec![tokens, Probe::Whole(sound.clone())]),
            None => tokens,
        }
    }

    fn is_in(&self, terms: &Terms) -> bool {
        let last = self.tokens.len().saturating_sub(1);
        let mut tokens = self.tokens.iter().enumerate();
        tokens.all(|(i, term)| match self.prefix && i == last {
            true => terms.has_prefix(term),
            false => terms.has(term),
        }) || self.sounds.last().is_some_and(|sound| match self.prefix {
            true => terms.has_prefix(sound),
            false => terms.has(sound),
        })
    }
}

/// Whether a text names an author: words of the holder's name, the beginning of the fingerprint, or at
/// least eight digits of the key.
fn is_author(text: &str, key: &AuthorKey, name: Option<&str>) -> bool {
    if text.starts_with("SHA256:") {
        return fingerprint(key).starts_with(text);
    }
    let digits = text.len() >= 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if digits && to_hex(&key.0).starts_with(&text.to_lowercase()) {
        return true;
    }
    let wanted = fold(text);
    let name = name.map(fold).unwrap_or_default();
    !wanted.is_empty() && wanted.iter().all(|word| name.contains(word))
}
