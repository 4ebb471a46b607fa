//! Korean in Latin letters, whatever the romanisation, to one neutral spelling.

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Vowel(&'static str),
    Consonant(&'static str),
}
use Unit::{Consonant, Vowel};

/// Longest first within one first letter; the first that fits is taken.
const UNITS: &[(&str, Unit)] = &[
    ("ae", Vowel("ae")),
    ("a", Vowel("a")),
    ("bh", Consonant("p")),
    ("b", Consonant("p")),
    ("chh", Consonant("j")),
    ("ch", Consonant("j")),
    ("dzh", Consonant("j")),
    ("dh", Consonant("t")),
    ("d", Consonant("t")),
    ("eui", Vowel("ui")),
    ("eo", Vowel("o")),
    ("eu", Vowel("u")),
    ("ee", Vowel("i")),
    ("e", Vowel("e")),
    ("gh", Consonant("k")),
    ("g", Consonant("k")),
    ("h", Consonant("h")),
    ("i", Vowel("i")),
    ("j", Consonant("j")),
    ("kh", Consonant("k")),
    ("k", Consonant("k")),
    ("l", Consonant("r")),
    ("m", Consonant("m")),
    ("ng", Consonant("ng")),
    ("n", Consonant("n")),
    ("oe", Vowel("oe")),
    ("oo", Vowel("u")),
    ("o", Vowel("o")),
    ("ph", Consonant("p")),
    ("p", Consonant("p")),
    ("r", Consonant("r")),
    ("sh", Consonant("s")),
    ("s", Consonant("s")),
    ("th", Consonant("t")),
    ("t", Consonant("t")),
    ("ui", Vowel("ui")),
    ("u", Vowel("u")),
    ("wae", Vowel("wae")),
    ("wa", Vowel("wa")),
    ("weo", Vowel("wo")),
    ("we", Vowel("we")),
    ("wi", Vowel("wi")),
    ("woo", Vowel("u")),
    ("wo", Vowel("wo")),
    ("yae", Vowel("yae")),
    ("ya", Vowel("ya")),
    ("yeo", Vowel("yo")),
    ("ye", Vowel("ye")),
    ("yo", Vowel("yo")),
    ("yu", Vowel("yu")),
    ("z", Consonant("j")),
];

/// True if nothing in the word is strange to Korean in Latin letters.
pub(super) fn may_be_korean(word: &str) -> bool {
    word.bytes()
        .all(|b| b.is_ascii_lowercase() && !matches!(b, b'f' | b'q' | b'v' | b'x'))
}

/// Parts the syllables of a Hangul word, of which no letter belongs to two.
pub(super) const PART: char = '\u{e000}';

/// Which of two readings is taken where letters written together have two.
#[derive(Default)]
pub(super) struct Choice {
    /// By place, from the lowest bit: 1 is the second reading.
    pub(super) bits: u8,
    /// How many places there were.
    pub(super) places: u8,
}

impl Choice {
    pub(super) const PLACES_MAX: u8 = 3;

    fn second(&mut self) -> bool {
        let second = self.places < Self::PLACES_MAX && self.bits & (1 << self.places) != 0;
        self.places = self.places.saturating_add(1);
        second
    }
}

/// The neutral spelling of words that read as Korean syllables; `None` for any others. A sound of two letters
/// is read within a word only: `Se Un` is not `Seun`.
pub(super) fn neutral(words: &[impl AsRef<str>], choice: &mut Choice) -> Option<String> {
    let mut units: Vec<Unit> = Vec::new();
    for word in words {
        for part in word.as_ref().split(PART) {
            read(part, choice, &mut units)?;
        }
    }
    let units = joined(&units);
    reads_as_syllables(&units).then(|| {
        units
            .iter()
            .map(|unit| match unit {
                Vowel(text) | Consonant(text) => *text,
            })
            .collect()
    })
}

/// The units of one word.
fn read(word: &str, choice: &mut Choice, units: &mut Vec<Unit>) -> Option<()> {
    let mut rest = word;
    while !rest.is_empty() {
        // The tense consonant of McCune-Reischauer.
        if let Some(after) = rest.strip_prefix("tch") {
            units.extend([Consonant("j"), Consonant("j")]);
            rest = after;
            continue;
        }
        let second = SECOND.iter().find(|(text, ..)| rest.starts_with(text));
        if let Some((_, letters, unit)) = second
            && choice.second()
        {
            units.push(*unit);
            rest = &rest[*letters..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("ng")
            && units.last().is_some_and(|unit| matches!(unit, Vowel(_)))
            && after.starts_with(['a', 'e', 'i', 'o', 'u', 'w', 'y'])
            && choice.second()
        {
            units.extend([Consonant("n"), Consonant("k")]);
            rest = after;
            continue;
        }
        let (text, unit) = UNITS.iter().find(|(text, _)| rest.starts_with(text))?;
        units.push(*unit);
        rest = &rest[text.len()..];
    }
    Some(())
}

/// Letters with a second reading: how many of them it takes, and as what. `Haeun` is `Hae Un` or `Ha Eun`.
const SECOND: &[(&str, usize, Unit)] = &[
    ("aeu", 1, Vowel("a")),
    ("yaeu", 2, Vowel("ya")),
    ("oeu", 1, Vowel("o")),
    ("oo", 1, Vowel("o")),
];

/// What two words side by side cannot keep apart once they are written together: `Paek Ho`, `Paekho`.
fn joined(units: &[Unit]) -> Vec<Unit> {
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    for unit in units {
        match (out.last_mut(), unit) {
            (Some(Consonant("k" | "t" | "p" | "j")), Consonant("h")) => {}
            (Some(last @ Consonant("t")), Consonant("j")) => {
                *last = Consonant("j");
                out.push(*unit);
            }
            _ => out.push(*unit),
        }
    }
    out
}

fn reads_as_syllables(units: &[Unit]) -> bool {
    let mut clusters: Vec<Vec<&str>> = vec![Vec::new()];
    for unit in units {
        match unit {
            Consonant(text) => {
                if let Some(cluster) = clusters.last_mut() {
                    cluster.push(text);
                }
            }
            Vowel(_) => clusters.push(Vec::new()),
        }
    }
    let last = clusters.len() - 1;
    last > 0
        && clusters
            .iter()
            .enumerate()
            .all(|(place, cluster)| match place {
                0 => begins(cluster),
                _ if place == last => {
                    cluster.is_empty() || (cluster.len() == 1 && ends(cluster[0]))
                }
                _ => match &cluster[..] {
                    [] | ["ng"] => true,
                    [coda, onset @ ..] if ends(coda) && !onset.is_empty() && begins(onset) => true,
                    onset => begins(onset),
                },
            })
}

/// Nothing, one consonant, or one doubled.
fn begins(cluster: &[&str]) -> bool {
    match cluster {
        [] => true,
        [one] => *one != "ng",
        [one, two] => one == two && *one != "ng",
        _ => false,
    }
}

fn ends(consonant: &str) -> bool {
    matches!(consonant, "k" | "n" | "t" | "r" | "m" | "p" | "ng")
}
