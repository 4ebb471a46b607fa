//! What an entry can be found by. The same terms feed the index and judge every hit, so that the index and a
//! reading of the whole log give the same answer.

use std::collections::BTreeSet;

use seaproof_evidence::folding::{fold, sounds};
use seaproof_evidence::time::{Edtf, Sense, Span, When, Zone};
use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::ids::EntryId;

use crate::walk::{Texts, walk};

/// Changes whenever the same entry can give other terms.
pub const TERMS_VERSION: u32 = 2;

/// What a term is; the first byte of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Field {
    /// The signing key.
    Author = b'a',
    /// A call sign.
    CallSign = b'c',
    /// The beginning of the entry's own id.
    Id = b'i',
    /// The kind.
    Kind = b'k',
    /// The label.
    Label = b'l',
    /// An MMSI.
    Mmsi = b'm',
    /// An IMO number.
    Imo = b'n',
    /// A UN/LOCODE.
    Port = b'p',
    /// The beginning of the id of an entry that it refers to.
    Refers = b'r',
    /// A sound of a name.
    Sound = b's',
    /// A stretch of days.
    Days = b't',
    /// Its key could not record it.
    Unauthorised = b'u',
    /// A folded word.
    Word = b'w',
    /// An exhibit's digest.
    Exhibit = b'x',
}

/// The bytes of a term: field and value.
pub fn term(field: Field, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + value.len());
    bytes.push(field as u8);
    bytes.extend_from_slice(value);
    bytes
}

/// How much of an entry id is kept. A hit is checked against the whole.
pub fn id_term(field: Field, id: &EntryId) -> Vec<u8> {
    term(field, &id.0[..12])
}

/// The longest value that is kept of a text; longer ones are cut, and the hit is checked.
const VALUE_MAX: usize = 256;

/// The most sounds of one entry: neighbouring words are also joined, so there are more of them than words.
const SOUNDS_MAX: usize = 65_536;

/// What one entry can be found by.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Sorted, each once.
    pub terms: BTreeSet<Vec<u8>>,
    /// Every date or interval that it states.
    pub spans: Vec<Span>,
}

impl Terms {
    /// The terms of an entry.
    pub fn of(entry: &Entry, authorised: bool) -> Self {
        let mut found = Found::default();
        found.put(Field::Author, &entry.statement.key.0);
        found.terms.insert(id_term(Field::Id, &entry.id));
        if !authorised {
            found.put(Field::Unauthorised, b"");
        }
        if let Disclosed::Present(source) = &entry.source {
            for field in source.fields() {
                found.words(&field.text);
            }
        }
        if let Disclosed::Present(facts) = &entry.facts {
            found.put(Field::Kind, facts.kind.as_bytes());
            if let Some(label) = &facts.label {
                found.put(Field::Label, label.as_bytes());
            }
            for exhibit in &facts.exhibits {
                found.put(Field::Exhibit, &exhibit.hash.0);
            }
            let targets = facts.amendment.iter().flat_map(|a| &a.targets);
            for id in facts.refs.iter().chain(targets) {
                found.terms.insert(id_term(Field::Refers, id));
            }
            if let Decoded::Known(said) = Decoded::of(entry.statement.class, facts) {
                found.event(said.event());
                if let Some(Decoded::Known(replacement)) = said.replacement() {
                    found.event(replacement.event());
                }
            }
        }
        let spans: Vec<Span> = found.whens.iter().map(When::span).collect();
        let mut terms = found.terms;
        for span in &spans {
            terms.extend(days(span));
        }
        Self { terms, spans }
    }

    /// Whether it has this term.
    pub fn has(&self, term: &[u8]) -> bool {
        self.terms.contains(term)
    }

    /// Whether it has a term that begins so.
    pub fn has_prefix(&self, prefix: &[u8]) -> bool {
        self.terms
            .range(prefix.to_vec()..)
            .next()
            .is_some_and(|term| term.starts_with(prefix))
    }
}

/// What was met on the way through an entry.
#[derive(Default)]
struct Found {
    terms: BTreeSet<Vec<u8>>,
    whens: Vec<When>,
    sounds: usize,
    /// How deep the newest date lies, for the zone beside it.
    date_at: Option<usize>,
}

impl Found {
    fn put(&mut self, field: Field, value: &[u8]) {
        let value = value.get(..VALUE_MAX).unwrap_or(value);
        self.terms.insert(term(field, value));
    }

    fn event(&mut self, event: &Event) {
        walk(event, self);
    }

    fn words(&mut self, text: &str) {
        for token in fold(text) {
            self.put(Field::Word, token.as_bytes());
        }
        let left = SOUNDS_MAX.saturating_sub(self.sounds);
        if left == 0 {
            return;
        }
        for sound in sounds(text).into_iter().take(left) {
            self.put(Field::Sound, sound.as_bytes());
            self.sounds += 1;
        }
    }
}

/// Fields whose texts are no words of anybody's: the vocabulary's own, and codes looked up otherwise.
const SILENT: [&str; 5] = ["kind", "sense", "mode", "hold", "form"];

impl Texts for Found {
    fn text(&mut self, field: &str, text: &str, depth: usize) {
        match field {
            "edtf" => {
                if let Ok(edtf) = text.parse::<Edtf>() {
                    self.whens.push(When {
                        edtf,
                        sense: Sense::Within,
                        zone: Zone::NotStated,
                    });
                    self.date_at = Some(depth);
                }
                return;
            }
            "zone" => {
                if self.date_at == Some(depth)
                    && let (Some(when), Ok(zone)) = (self.whens.last_mut(), text.parse())
                {
                    when.zone = zone;
                }
                self.date_at = None;
                return;
            }
            field if SILENT.contains(&field) => return,
            "imo" => self.put(Field::Imo, text.as_bytes()),
            "mmsi" => self.put(Field::Mmsi, text.as_bytes()),
            "call_sign" | "call-sign" => self.put(Field::CallSign, text.as_bytes()),
            "locode" => self.put(Field::Port, text.as_bytes()),
            _ => {}
        }
        self.words(text);
    }
}

const DAY_MS: i64 = 86_400_000;
/// Levels of stretches: days, 32 days, 1,024 days; and everything.
const LEVELS: [u32; 3] = [0, 5, 10];
/// The most stretches of one level that a date is kept as.
const STRETCHES: i64 = 33;
/// For dates that need more.
const EVER: u8 = 9;

fn day(ms: i64) -> i64 {
    ms.div_euclid(DAY_MS)
}

fn stretch(level: u32, number: i64) -> Vec<u8> {
    let mut value = vec![level as u8];
    // Biased, so that earlier sorts before later.
    value.extend_from_slice(&(number.wrapping_add(i64::MAX / 2) as u64).to_be_bytes());
    term(Field::Days, &value)
}

/// The stretches of days that a date is kept as.
fn days(span: &Span) -> Vec<Vec<u8>> {
    if let (Some(first), Some(last)) = (span.earliest, span.latest) {
        let (first, last) = (day(first.0), day(last.0));
        for level in LEVELS {
            let (from, to) = (first >> level, last >> level);
            if to - from < STRETCHES {
                return (from..=to).map(|n| stretch(level, n)).collect();
            }
        }
    }
    vec![term(Field::Days, &[EVER])]
}

/// The ranges of terms, ends included, that hold every entry with a date in this span.
pub fn day_ranges(span: &Span) -> Vec<(Vec<u8>, Vec<u8>)> {
    let ever = term(Field::Days, &[EVER]);
    let mut ranges = vec![(ever.clone(), ever)];
    for level in LEVELS {
        let from = span.earliest.map_or(i64::MIN / 4, |t| day(t.0) >> level);
        let to = span.latest.map_or(i64::MAX / 4, |t| day(t.0) >> level);
        ranges.push((stretch(level, from), stretch(level, to)));
    }
    ranges
}
