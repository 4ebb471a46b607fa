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

/// The neutral spelling of letters that read as Korean syllables; `None` for any others.
pub(super) fn neutral(letters: &str) -> Option<String> {
    let mut units: Vec<Unit> = Vec::with_capacity(letters.len());
    let mut rest = letters;
    while !rest.is_empty() {
        // The tense consonant of McCune-Reischauer.
        if let Some(after) = rest.strip_prefix("tch") {
            units.extend([Consonant("j"), Consonant("j")]);
            rest = after;
            continue;
        }
        let (text, unit) = UNITS.iter().find(|(text, _)| rest.starts_with(text))?;
        units.push(*unit);
        rest = &rest[text.len()..];
    }
    reads_as_syllables(&units).then(|| {
        units
            .iter()
            .map(|unit| match unit {
                Vowel(text) | Consonant(text) => *text,
            })
            .collect()
    })
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
