//! Names that differ by a letter or two, found without comparing all with all.
//!
//! Two words with at most `d` differences share a word that is left when at most `d` letters are
//! taken from each; the same holds for their beginnings of equal length. So every listed name is
//! kept under all such remainders of its first letters, and a name of the case is looked up by its
//! own. Candidates are then compared in full.

use crate::folding::NameKey;

/// How many first letters are taken remainders of.
const FIRST: usize = 12;

/// The most remainders that are kept: those of 100,000 long names and more.
const REMAINDERS_MAX: usize = 8 << 20;

/// How many letters may differ in a name of so many.
fn allowed(letters: usize) -> usize {
    match letters {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    }
}

/// Remainders of listed names.
pub(super) struct Near {
    /// Hash of numbers and remainder, and the entry. Sorted before it is looked into.
    remainders: Vec<(u64, u32)>,
    /// Names were left out because there are too many.
    pub(super) full: bool,
}

impl Near {
    pub(super) fn new() -> Self {
        Self {
            remainders: Vec::new(),
            full: false,
        }
    }

    pub(super) fn add(&mut self, key: &NameKey, entry: usize) {
        let Ok(entry) = u32::try_from(entry) else {
            return;
        };
        if self.remainders.len() >= REMAINDERS_MAX {
            self.full = true;
            return;
        }
        each_remainder(key, &mut |hash| self.remainders.push((hash, entry)));
    }

    pub(super) fn sort(&mut self) {
        self.remainders.sort_unstable();
        self.remainders.dedup();
    }

    /// Entries that may be near, each once, in order.
    pub(super) fn candidates(&self, key: &NameKey) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        each_remainder(key, &mut |hash| {
            let start = self.remainders.partition_point(|(known, _)| *known < hash);
            found.extend(
                self.remainders[start..]
                    .iter()
                    .take_while(|(known, _)| *known == hash)
                    .map(|(_, entry)| *entry as usize)
                    .take(super::SAME_NAME_ROWS_MAX + 1),
            );
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn each_remainder(key: &NameKey, take: &mut impl FnMut(u64)) {
    let (letters, numbers) = key.parts();
    let all = letters.chars().count();
    let edits = allowed(all);
    if edits == 0 {
        return;
    }
    let first: Vec<char> = letters.chars().take(FIRST).collect();
    let seed = hash(0xcbf2_9ce4_8422_2325, numbers.chars());
    let without = |skip: &[usize]| {
        let left = first
            .iter()
            .enumerate()
            .filter(|(at, _)| !skip.contains(at));
        hash(seed, left.map(|(_, c)| *c))
    };
    take(without(&[]));
    for one in 0..first.len() {
        take(without(&[one]));
        if edits > 1 {
            for two in one + 1..first.len() {
                take(without(&[one, two]));
            }
        }
    }
}

/// FNV-1a over characters. Two remainders of one hash only cost a comparison.
fn hash(seed: u64, chars: impl Iterator<Item = char>) -> u64 {
    chars.fold(seed, |hash, c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// How many letters differ, swapped neighbours counting as one; `None` if more than the shorter one's
/// length allows.
pub(super) fn edits(one: &[char], other: &[char]) -> Option<usize> {
    let most = allowed(one.len().min(other.len()));
    if most == 0 || one.len().abs_diff(other.len()) > most {
        return None;
    }
    // What both begin and end with costs nothing; little is left of a near name.
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    let ends = one.iter().rev().zip(other.iter().rev());
    let same = ends.take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[..one.len() - same], &other[..other.len() - same]);
    if one.is_empty() || other.is_empty() {
        return Some(one.len().max(other.len())).filter(|cost| *cost <= most);
    }
    let width = other.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut row: Vec<usize> = vec![0; width];
    for (i, a) in one.iter().enumerate() {
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let mut cost = (last[j] + usize::from(a != b))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row[j + 1] = cost;
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().filter(|cost| *cost <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::name_key;

    fn edits(one: &str, other: &str) -> Option<usize> {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        super::edits(&chars(one), &chars(other))
    }

    #[test]
    fn letters_that_differ_are_counted() {
        for (one, other, count) in [
            ("piryukang", "piruykang", Some(1)),
            ("ryongkang", "ryongang", Some(1)),
            ("yuson", "yusong", None),
            ("sampho", "samphoo", Some(1)),
            ("chonmasan", "chonmasam", Some(1)),
            ("paekyangsan", "paekyangsam", Some(1)),
            ("paekyangsan", "pakyangsam", Some(2)),
            ("paekyangsan", "pakyansam", None),
        ] {
            assert_eq!(edits(one, other), count, "{one} {other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_near_name_is_missed_by_its_remainders(
            name in "[a-e]{6,20}", at in 0usize..20, c in proptest::char::range('a', 'e'), what in 0..3,
        ) {
            let mut changed: Vec<char> = name.chars().collect();
            let at = at % changed.len();
            match what {
                0 => changed[at] = c,
                1 => changed.insert(at, c),
                _ => { changed.remove(at); }
            }
            let changed: String = changed.into_iter().collect();
            if edits(&name, &changed).is_some() {
                let key = |name: &str| NameKey { spelling: name.to_owned(), sound: name.to_owned(), others: Vec::new() };
                let mut near = Near::new();
                near.add(&key(&name), 7);
                near.sort();
                proptest::prop_assert_eq!(near.candidates(&key(&changed)), vec![7]);
            }
        }
    }

    #[test]
    fn numbers_are_no_letters() {
        let mut near = Near::new();
        near.add(&name_key("Paek Yang San 1"), 0);
        near.sort();
        assert!(near.candidates(&name_key("Paek Yang San 2")).is_empty());
        assert_eq!(near.candidates(&name_key("Paek Yang Son 1")), [0]);
    }
}
