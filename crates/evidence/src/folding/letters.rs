//! Characters to lower-case Latin letters: Hangul, Cyrillic, accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// How Cyrillic is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As Russian names are written in Latin letters.
    Plain,
    /// As Korean names are heard: in Cyrillic letters, and with [`super::sound::PART`] between Hangul
    /// syllables.
    Korean,
}

/// Lower-case text in Latin letters where there is a rule for them; apostrophes are gone.
pub(super) fn latin(text: &str, reading: Reading) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        out.extend(
            text.chars()
                .filter(|c| !is_apostrophe(*c))
                .map(|c| c.to_ascii_lowercase()),
        );
        return out;
    }
    let mut chars = text.nfkc().flat_map(char::to_lowercase).peekable();
    while let Some(c) = chars.next() {
        if is_apostrophe(c) {
            continue;
        }
        // Ours; in a text it parts words as any other sign.
        let c = if c == super::sound::PART { ' ' } else { c };
        if let Some(syllable) = Syllable::of(c) {
            let vowel_next = chars
                .peek()
                .and_then(|next| Syllable::of(*next))
                .is_some_and(|next| next.initial == SILENT);
            syllable.write(vowel_next, &mut out);
            let next = chars.peek().and_then(|next| Syllable::of(*next));
            if reading == Reading::Korean && next.is_some() {
                out.push(super::sound::PART);
            }
        } else if let Some(letters) = cyrillic(c, reading) {
            out.push_str(letters);
        } else if c.is_ascii() {
            out.push(c);
        } else {
            decompose_canonical(c, |part| {
                if let Some(letters) = cyrillic(part, reading) {
                    out.push_str(letters);
                } else if !is_combining_mark(part) {
                    special(part, &mut out);
                }
            });
        }
    }
    out
}

/// True if a name sounds otherwise than its Latin letters say.
pub(super) fn has_cyrillic_or_hangul(text: &str) -> bool {
    text.chars().any(
        |c| matches!(c, '\u{400}'..='\u{52f}' | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}'),
    )
}

/// Scripts written without spaces, a character of which is a word.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{b4}' | '\u{2bb}'..='\u{2bf}' | '\u{2018}'..='\u{201b}' | '\u{2b9}' | '\u{2032}'
    )
}

fn special(c: char, out: &mut String) {
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'þ' => out.push_str("th"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ħ' => out.push('h'),
        'ı' => out.push('i'),
        other => out.push(other),
    }
}

const INITIALS: [&str; 19] = [
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
];
const SILENT: usize = 11;
const VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
];
/// Finals: before a consonant or the end, and before a vowel.
const FINALS: [(&str, &str); 28] = [
    ("", ""),
    ("k", "g"),
    ("k", "kk"),
    ("k", "ks"),
    ("n", "n"),
    ("n", "nj"),
    ("n", "n"),
    ("t", "d"),
    ("l", "r"),
    ("k", "lg"),
    ("m", "lm"),
    ("l", "lb"),
    ("l", "ls"),
    ("l", "lt"),
    ("p", "lp"),
    ("l", "r"),
    ("m", "m"),
    ("p", "b"),
    ("p", "ps"),
    ("t", "s"),
    ("t", "ss"),
    ("ng", "ng"),
    ("t", "j"),
    ("t", "ch"),
    ("k", "k"),
    ("t", "t"),
    ("p", "p"),
    ("t", ""),
];

/// The parts of a Hangul syllable, by their place in Unicode's tables.
struct Syllable {
    initial: usize,
    vowel: usize,
    last: usize,
}

impl Syllable {
    /// Unicode lays 11,172 syllables out as initial × 588 + vowel × 28 + final from U+AC00.
    fn of(c: char) -> Option<Self> {
        let index = (c as usize).checked_sub(0xac00).filter(|i| *i < 11_172)?;
        Some(Self {
            initial: index / 588,
            vowel: index % 588 / 28,
            last: index % 28,
        })
    }

    fn write(&self, vowel_next: bool, out: &mut String) {
        out.push_str(INITIALS[self.initial]);
        out.push_str(VOWELS[self.vowel]);
        let (closed, open) = FINALS[self.last];
        out.push_str(if vowel_next { open } else { closed });
    }
}

fn cyrillic(c: char, reading: Reading) -> Option<&'static str> {
    if reading == Reading::Korean {
        match c {
            'х' => return Some("h"),
            'ы' => return Some("u"),
            'э' => return Some("ae"),
            _ => {}
        }
    }
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        'є' => "ye",
        'ї' => "yi",
        'ј' => "j",
        'љ' => "lj",
        'њ' => "nj",
        'ћ' => "c",
        'ђ' => "dj",
        'џ' => "dz",
        _ => return None,
    })
}
