//! Folding of ships' names and free text, for searching and matching. Nothing folded is ever
//! hashed, signed or shown as the name: it only says what may be compared.
//!
//! # Text: [`fold`]
//!
//! 1. At most the first 1 MiB of the text is read.
//! 2. Unicode NFKC (full-width forms, ligatures, `№`), then lower case.
//! 3. Hangul syllables become Latin by their parts, in the letters of the Revised Romanisation. A
//!    final consonant before a vowel is written as the initial it becomes; there is no other
//!    assimilation (백마 is `baekma`).
//! 4. Cyrillic becomes Latin letter by letter (`х` is `kh`, `ж` `zh`, `ц` `ts`, `щ` `shch`, `ы` and
//!    `й` `y`; `ъ` and `ь` vanish).
//! 5. Accents and other marks vanish, `ß æ œ ø đ ł þ` become `ss ae oe o d l th`; other scripts
//!    stay as they are.
//! 6. Apostrophes vanish without parting words; whatever else is no letter and no digit parts
//!    them. Chinese characters and kana are one token each. A token ends after 64 characters, a
//!    text after 65,536 tokens.
//!
//! # Names: [`name_key`]
//!
//! At most the first 512 characters are read. After steps 2 to 5:
//!
//! 1. A leading `M/V`, `M/T`, `M/S`, `S/S`, `F/V` (with slash, dots or spaces), `MV` or `MT` is
//!    dropped, if anything else is left.
//! 2. Letters and digits part; leading zeros go; `No`, `No.` or `#` before a number goes, and so
//!    does `ho` (号, 호) after one. A last word of `I` to `X` in Roman numerals, behind another
//!    word, becomes a number.
//! 3. Words are written together, numbers stand apart: that is [`NameKey::spelling`].
//!    `M/V Kum-Gang No. 03` is `kumgang 3`.
//! 4. If the letters read as Korean syllables, [`NameKey::sound`] is the same in whatever
//!    romanisation they were written (next section); otherwise it equals the spelling. For this, Cyrillic is read
//!    as Korean is written in it (`х` is `h`, `ы` `u`, `э` `ae`).
//!
//! # The neutral romanisation
//!
//! DPRK, Revised and McCune-Reischauer spellings, with or without marks, give one key. From left to
//! right, longest first:
//!
//! | written | key |
//! |---|---|
//! | `k kh g gh` | `k` |
//! | `t th d dh` | `t` |
//! | `p ph b bh` | `p` |
//! | `ch chh j z dzh`; `tch` | `j`; `jj` |
//! | `s sh`; `r l`; `m`, `n`, `h` | `s`; `r`; themselves |
//! | `ng` | `ng`, never `n` and `k` |
//! | `eo`; `eu oo woo`; `ee` | `o`; `u`; `i` |
//! | `yeo`; `weo`; `eui` | `yo`; `wo`; `ui` |
//! | `a ae e i o oe u ui ya yae ye yo yu wa wae we wi wo` | themselves |
//!
//! Each word is read by itself, so that `Se Un` is not `Sun`; then they are written together. Only
//! `k t p ch` before `h`, and `t` before `ch`, are one sound across words as within one (`Paek Ho`,
//! `Paekho`). Letters within one word that have two readings give [`NameKey::others`] too, up to three
//! such places: `ng` before a vowel is `ng` or `n` and `k` (`Singwang` is `Sin Kwang`), `aeu oeu oo`
//! may be two syllables (`Haeun` is `Hae Un` or `Ha Eun`). Hangul has one reading.
//!
//! The letters read as Korean if nothing else stands in them, no syllable begins with `ng`, one
//! consonant (or a doubled one) begins a syllable, and one of `k n t r m p ng` may end it. Doubled
//! consonants stay doubled and finals count: `Yu Son` and `Yu Song` differ. A last word `Ho` (ship)
//! behind two others is dropped from the sound. Not folded: the South's dropped first `r`
//! (`Ryong`, `Yong`), assimilation (`Baengma`), `n` for `ng` in Russian, `eu eo ae oe` of two syllables
//! written together (`Seun` is read as `Sun`, not as `Se Un`), and a vowel of two syllables beside the
//! one of two letters (`Ha E`, `Hae`, one key); such names are near each other if they are long enough,
//! or one has to look.

mod letters;
mod sound;

use letters::Reading;
use sound::Choice;

/// The most bytes of a text that are folded.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// The most tokens of a text.
pub const TOKENS_MAX: usize = 65_536;
/// The most characters of one token.
pub const TOKEN_CHARS_MAX: usize = 64;
/// The most characters of a name that are folded.
pub const NAME_CHARS_MAX: usize = 512;
/// The most words that [`sounds`] joins.
pub const JOINED_WORDS_MAX: usize = 5;

/// The folded words of a text, in order, with repeats. The same text gives the same tokens.
pub fn fold(text: &str) -> Vec<String> {
    let folded = letters::latin(cut(text, TEXT_BYTES_MAX), Reading::Plain);
    let mut tokens: Vec<String> = Vec::new();
    let mut token = String::new();
    let mut chars = 0;
    for c in folded.chars().chain([' ']) {
        let alone = letters::stands_alone(c);
        if !c.is_alphanumeric() || alone || chars == TOKEN_CHARS_MAX {
            if !token.is_empty() {
                tokens.push(std::mem::take(&mut token));
            }
            chars = 0;
        }
        if alone {
            tokens.push(c.to_string());
        } else if c.is_alphanumeric() {
            token.push(c);
            chars += 1;
        }
        if tokens.len() >= TOKENS_MAX {
            tokens.truncate(TOKENS_MAX);
            return tokens;
        }
    }
    tokens
}

/// The sounds in a text: of each word that reads as Korean, and of up to [`JOINED_WORDS_MAX`]
/// neighbouring words written together, so that `Baekyangsan` meets `Paek Yang San`. Sorted, each
/// once, each of at most [`TOKEN_CHARS_MAX`] characters. An index keeps these beside [`fold`]'s tokens.
pub fn sounds(text: &str) -> Vec<String> {
    let words = fold(text);
    let mut found = std::collections::BTreeSet::new();
    for start in 0..words.len() {
        let mut joined = String::new();
        let mut count = 0;
        for word in words[start..].iter().take(JOINED_WORDS_MAX) {
            joined.push_str(word);
            if joined.len() > TOKEN_CHARS_MAX || !sound::may_be_korean(word) {
                break;
            }
            count += 1;
            found.extend(sound::neutral(&[&joined], &mut Choice::default()));
            if count > 1 {
                let parted = &words[start..start + count];
                found.extend(sound::neutral(parted, &mut Choice::default()));
            }
        }
    }
    found.into_iter().collect()
}

/// What a name is compared by. The order of fields is the order of closeness.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct NameKey {
    /// Letters written together and numbers, parted by single spaces; as `paekyangsan 1`.
    pub spelling: String,
    /// The same in a neutral romanisation where it reads as Korean; otherwise the spelling.
    pub sound: String,
    /// Other sounds of the same letters, where they have two readings; as `sinkwang` of `Singwang`.
    pub others: Vec<String>,
}

impl NameKey {
    /// True for a name without a letter or digit: it matches nothing.
    pub fn is_empty(&self) -> bool {
        self.spelling.is_empty()
    }

    /// The sound without its numbers, and the numbers: ships of one name differ by number.
    pub fn parts(&self) -> (String, String) {
        let (mut letters, mut numbers) = (String::new(), String::new());
        for part in self.sound.split(' ') {
            let into = match part.starts_with(|c: char| c.is_ascii_digit()) {
                true => &mut numbers,
                false => &mut letters,
            };
            if !into.is_empty() {
                into.push(' ');
            }
            into.push_str(part);
        }
        (letters, numbers)
    }
}

/// Folds one name; the rules stand in the head of this module.
pub fn name_key(name: &str) -> NameKey {
    let name = match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => &name[..end],
        None => name,
    };
    let spelled = runs(&letters::latin(name, Reading::Plain));
    let spelling = written(&spelled, |words| words.concat());
    let heard = match letters::has_cyrillic_or_hangul(name) {
        true => runs(&letters::latin(name, Reading::Korean)),
        false => spelled,
    };
    let mut first = Choice::default();
    let Some(sound) = sound_of(&heard, &mut first) else {
        return NameKey {
            sound: spelling.clone(),
            spelling,
            others: Vec::new(),
        };
    };
    let mut others: Vec<String> = Vec::new();
    for bits in 1..1u8 << first.places.min(Choice::PLACES_MAX) {
        let other = sound_of(&heard, &mut Choice { bits, places: 0 });
        others.extend(other.filter(|other| *other != sound && !others.contains(other)));
    }
    NameKey {
        spelling,
        sound,
        others,
    }
}

/// The sound of a name of which at least one stretch reads as Korean.
fn sound_of(heard: &[Run], choice: &mut Choice) -> Option<String> {
    let mut korean = false;
    let sound = written(heard, |words| {
        let words = match words.split_last() {
            Some((last, rest)) if last == "ho" && rest.len() >= 2 => rest,
            _ => words,
        };
        match sound::neutral(words, choice) {
            Some(sound) => {
                korean = true;
                sound
            }
            None => words.concat().replace(sound::PART, ""),
        }
    });
    korean.then_some(sound)
}

/// A stretch of a name.
#[derive(Clone)]
enum Run {
    Words(Vec<String>),
    Number(String),
}

fn written(runs: &[Run], mut letters: impl FnMut(&[String]) -> String) -> String {
    let mut key = String::new();
    for run in runs {
        if !key.is_empty() {
            key.push(' ');
        }
        match run {
            Run::Words(words) => key.push_str(&letters(words)),
            Run::Number(number) => key.push_str(number),
        }
    }
    key
}

/// The words of a folded name with prefixes, numbers and number words seen to.
fn runs(folded: &str) -> Vec<Run> {
    let mut words = split(folded);
    drop_prefix(&mut words);
    // `No` before a number, `ho` after one.
    let mut kept: Vec<String> = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let before_number = words.peek().is_some_and(|next| is_number(next));
        let after_number = kept.last().is_some_and(|last| is_number(last));
        if (word == "no" && before_number) || (word == "ho" && after_number) {
            continue;
        }
        kept.push(word);
    }
    if kept.len() > 1
        && let Some(last) = kept.last_mut()
        && let Some(number) = roman(last)
    {
        *last = number.to_owned();
    }
    let mut runs: Vec<Run> = Vec::new();
    for word in kept {
        if is_number(&word) {
            let digits = word.trim_start_matches('0');
            runs.push(Run::Number(
                if digits.is_empty() { "0" } else { digits }.to_owned(),
            ));
        } else if let Some(Run::Words(words)) = runs.last_mut() {
            words.push(word);
        } else {
            runs.push(Run::Words(vec![word]));
        }
    }
    runs
}

/// Words of letters and words of digits.
fn split(folded: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut digits = None;
    for c in folded.chars() {
        if c == sound::PART {
            if let (Some(word), Some(false)) = (words.last_mut(), digits) {
                word.push(c);
            }
            continue;
        }
        if !c.is_alphanumeric() {
            digits = None;
            continue;
        }
        let digit = c.is_ascii_digit();
        match words.last_mut() {
            Some(word) if digits == Some(digit) => word.push(c),
            _ => words.push(c.to_string()),
        }
        digits = Some(digit);
    }
    words
}

fn drop_prefix(words: &mut Vec<String>) {
    let two = |a: &str, b: &str| {
        matches!(
            (a, b),
            ("m", "v") | ("m", "t") | ("m", "s") | ("s", "s") | ("f", "v")
        )
    };
    let prefix = match &words[..] {
        [a, b, _, ..] if two(a, b) => 2,
        [a, _, ..] if a == "mv" || a == "mt" => 1,
        _ => 0,
    };
    words.drain(..prefix);
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

fn roman(word: &str) -> Option<&'static str> {
    Some(match word {
        "i" => "1",
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "v" => "5",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        "ix" => "9",
        "x" => "10",
        _ => return None,
    })
}

/// At most so many bytes, whole characters.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(name: &str) -> String {
        name_key(name).sound
    }

    #[test]
    fn one_korean_name_has_one_sound_in_every_romanisation() {
        for same in [
            &[
                "Paek Yang San 1",
                "Baekyangsan 1",
                "Paekyangsan No. 1",
                "PAEK-YANG SAN I",
                "M/V Paek Yang San-1",
                "백양산 1호",
                "백양산1",
                "Paegyangsan 01",
            ][..],
            &["Un Hung", "Eunheung", "Ŭnhŭng", "은흥"],
            &[
                "Chon Ma San",
                "Cheonmasan",
                "Ch'ŏnmasan",
                "천마산",
                "Чхонмасан",
            ],
            &[
                "Phyongyang",
                "Pyongyang",
                "P'yŏngyang",
                "Pyeongyang",
                "평양",
            ],
            &["Wol Bong San", "Wolbongsan", "Wŏlbongsan", "월봉산"],
            &[
                "Kum Gang 3",
                "Geumgang 3",
                "Kŭmgang III",
                "KUMGANG3",
                "금강 3",
            ],
            &["Ryong Rim", "Ryongrim", "룡림"],
            &["O Un Chong Nyon", "O UN CHONG NYON HO"],
            &["Yu Song 12", "Yuseong No.12", "유성 12호", "유성12"],
            &["Joson", "Joseon", "Choson", "Chosŏn", "조선"],
            &["Goo Ryong", "Ku Ryong", "Kuryong"],
            &["Paek Ho", "Baekho", "백호"],
            &["Ha Un", "Ha Eun", "하은"],
            &["Sin Kwang", "신광", "Sin Gwang"],
            &["Chong Un", "Jeong Eun", "정은", "Chongun"],
        ] {
            let first = sound(same[0]);
            for name in same {
                assert_eq!(sound(name), first, "{name} beside {}", same[0]);
            }
        }
    }

    #[test]
    fn names_that_differ_by_a_final_consonant_or_a_number_stay_apart() {
        for (one, other) in [
            ("Yu Son", "Yu Song"),
            ("유선", "유성"),
            ("Pae Kang", "Paek Kang"),
            ("Paek Yang San 1", "Paek Yang San 2"),
            ("Paek Yang San 1", "Paek Yang San"),
            ("Kum Un San", "Kum Un San 3"),
            ("Won San", "Won Sam"),
            ("Bold", "Port"),
            ("Star 18", "Star 81"),
            ("Chong Bong", "Chong Pom"),
            ("Se Un", "Sun"),
            ("So Ok", "Suk"),
            ("Chon Gun", "Chong Un"),
            ("천군", "정은"),
            ("Hae Un", "Ha Un"),
            ("해운", "하은"),
        ] {
            assert_ne!(sound(one), sound(other), "{one} beside {other}");
        }
    }

    #[test]
    fn letters_written_together_have_every_sound_that_they_may_have() {
        for (together, parted) in [
            ("Singwang", "Sin Kwang"),
            ("Mangyongbong", "Man Kyong Bong"),
            ("Mangyongyon", "Man Gyong Yon"),
            ("Haeun", "Ha Un"),
            ("Haeun", "Ha Eun"),
            ("Haeun", "Hae Un"),
            ("Sook", "So Ok"),
            ("Pyongan 2", "Pyong An 2"),
            ("Chongun", "Chon Gun"),
        ] {
            let key = name_key(together);
            let wanted = name_key(parted);
            assert!(wanted.others.is_empty(), "{parted} has one reading");
            let sounds: Vec<_> = key.others.iter().chain([&key.sound]).collect();
            assert!(sounds.contains(&&wanted.sound), "{parted} in {key:?}");
        }
        assert!(name_key("Yu Song").others.is_empty());
        assert!(name_key("ng".repeat(200).as_str()).others.len() < 8);
        assert!(name_key(&"Sing Chongang".repeat(40)).others.len() < 8);
    }

    #[test]
    fn prefixes_marks_and_numerals_do_not_part_one_name_from_itself() {
        for (written, key) in [
            ("M/V Kum-Gang No. 03", "kumgang 3"),
            ("M.T. SÃO JOSÉ", "saojose"),
            ("MT Sevastopol", "sevastopol"),
            ("MV", "mv"),
            ("BILLIONS NO. 18", "billions 18"),
            ("Billions #18", "billions 18"),
            ("VICTORY II", "victory 2"),
            ("II", "ii"),
            ("MIN NING DE YOU 078", "minningdeyou 78"),
            ("ＳＴＡＲ　１８", "star 18"),
            ("Находка", "nakhodka"),
            ("ПАРТИЗАН", "partizan"),
            ("Łódź", "lodz"),
            ("X-Press 0", "xpress 0"),
            ("KUM\u{e000}GANG", "kumgang"),
            ("長安", "長安"),
            ("  --- ", ""),
        ] {
            assert_eq!(name_key(written).spelling, key, "{written}");
        }
        assert!(name_key("!?").is_empty());
    }

    #[test]
    fn korean_in_russian_letters_sounds_as_in_latin_ones() {
        for (russian, latin) in [
            ("Чхонмасан", "Chon Ma San"),
            ("Ю Сон", "Yu Son"),
            ("Пэк Ма", "Paek Ma"),
        ] {
            assert_eq!(sound(russian), sound(latin), "{russian}");
        }
    }

    #[test]
    fn what_does_not_read_as_korean_sounds_as_it_is_spelled() {
        for name in ["UNICA", "HUA FU", "BRIGHT STAR", "JW JEWEL", "Ngong Ping"] {
            let key = name_key(name);
            assert_eq!(key.sound, key.spelling, "{name}");
        }
    }

    #[test]
    fn text_becomes_words_without_case_marks_or_scripts() {
        assert_eq!(
            fold("The ship’s name: “Paek-Yang San” (백양산), Восточный №1; 長安"),
            [
                "the",
                "ships",
                "name",
                "paek",
                "yang",
                "san",
                "baegyangsan",
                "vostochnyy",
                "no1",
                "長",
                "安"
            ]
        );
        assert_eq!(fold(""), Vec::<String>::new());
        assert_eq!(fold(&"a".repeat(130)).len(), 3);
    }

    #[test]
    fn a_joined_and_a_parted_spelling_share_a_sound() {
        let parted = sounds("the tanker Paek Yang San 1 moored");
        for query in ["Baekyangsan", "Paekyangsan", "백양산"] {
            assert!(parted.contains(&sounds(query)[0]), "{query} in {parted:?}");
        }
        assert!(!sounds("Yu Song").contains(&sounds("Yuson")[0]));
    }

    #[test]
    fn long_texts_are_cut_and_never_in_the_middle_of_a_character() {
        assert!(fold(&"백 ".repeat(TEXT_BYTES_MAX)).len() <= TOKENS_MAX);
        assert!(name_key(&"한".repeat(5000)).spelling.len() < 5000);
    }

    proptest::proptest! {
        #[test]
        fn folding_is_total_and_folding_the_folded_changes_nothing(text in "\\PC{0,60}") {
            let folded = fold(&text);
            proptest::prop_assert_eq!(fold(&folded.join(" ")), folded);
            let key = name_key(&text);
            proptest::prop_assert_eq!(key.clone(), name_key(&text));
            let _ = (key.parts(), sounds(&text));
        }
    }
}
