//! Ships and IMO numbers named inside a text. A reading of words, not a field: each is kept as
//! found in the text, and a person looks at the text before anything rests on it.
//!
//! A ship's name is taken where the text speaks of ships at all (`vessel`, `tanker`, `ship`,
//! `ship-to-ship`, `…-flagged`, `M/V`) and it is
//!
//! - two or more words in capitals, or one and a number (`CHON MA SAN`, `NAM SAN 8`);
//! - one word in capitals right behind such a word (`vessel KOTI`);
//! - two or more words with capital first letters right behind such a word (`vessel, the Chong
//!   Chon Gang`) or behind a ship's name and `or` or `and`;
//! - two to five words between quotation marks, each with a capital first letter or a number.
//!
//! Words of companies (`SHIPPING`, `LTD`, …) and known abbreviations (`DPRK`, `IMO`, …) are no
//! ship's.
//!
//! An IMO number is the first number of five digits or more among the four words behind `IMO`, with
//! the numbers of seven digits that `and`, `or`, a comma or a stroke join to it. `IMO-9187629`,
//! `IMOs`, `IMO/…` and `IMO-No.` are read alike. It is a company's if `company` is one of the three
//! words before or stands between, with no ship's name or word of ships in its way.

use crate::ids::ImoScheme;

/// The most ships or numbers that are taken from one text.
const FOUND_MAX: usize = 64;
/// The most words of a ship's name.
const NAME_WORDS_MAX: usize = 8;

/// What a text names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) ships: Vec<String>,
    pub(super) imos: Vec<ImoInText>,
}

/// Digits behind the word IMO.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ImoInText {
    pub(super) digits: String,
    /// What the words around it say the number is.
    pub(super) stated: Option<ImoScheme>,
    /// It follows a ship's name.
    pub(super) beside_ship: bool,
}

const COMPANY: &[&str] = &[
    "shipping",
    "company",
    "co",
    "corp",
    "corporation",
    "limited",
    "ltd",
    "inc",
    "llc",
    "jv",
    "gmbh",
    "maritime",
    "management",
    "trading",
    "energy",
    "marine",
    "technology",
    "group",
    "bank",
    "agency",
    "bureau",
    "ministry",
    "department",
    "committee",
    "council",
    "llp",
    "pte",
    "shpg",
    "enterprise",
    "enterprises",
    "industries",
    "international",
    "freight",
    "logistics",
];
const ABBREVIATIONS: &[&str] = &[
    "DPRK", "UNSC", "UNSCR", "IMO", "MMSI", "ETA", "DWT", "GRT", "AIS", "USA", "US", "UK", "EU",
    "PRC", "ROK", "UAE", "KOMID", "OMM", "INTERPOL", "ID", "PO", "BOX", "STS", "HS", "DOB", "POB",
    "THE", "AND", "OF", "OR", "II", "III", "IRGC", "NPWMD", "SDGT", "SDN", "OFAC", "INN", "OGRN",
    "BIC", "SWIFT",
];
const SHIP: &[&str] = &[
    "vessel",
    "vessels",
    "tanker",
    "tankers",
    "ship",
    "ships",
    "freighter",
    "freighters",
    "m/v",
    "m/t",
    "mv",
    "mt",
    "carrier",
];

struct Word<'a> {
    text: &'a str,
    /// What stands between the word before and this one.
    gap: &'a str,
    end: usize,
    start: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut end = 0;
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '\'' | '’');
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let mut stop = start + c.len_utf8();
        while let Some((at, c)) = chars.next_if(|(_, c)| inside(*c)) {
            stop = at + c.len_utf8();
        }
        let word = text[start..stop].trim_end_matches(|c: char| !c.is_alphanumeric());
        let word = word
            .strip_suffix("'s")
            .or_else(|| word.strip_suffix("’s"))
            .unwrap_or(word);
        words.push(Word {
            text: word,
            gap: &text[end..start],
            start,
            end: start + word.len(),
        });
        end = start + word.len();
    }
    words
}

impl Word<'_> {
    fn is(&self, list: &[&str]) -> bool {
        let lower = self.text.to_lowercase();
        list.contains(&lower.as_str())
    }

    fn speaks_of_ships(&self) -> bool {
        self.is(SHIP) || self.text.to_lowercase().ends_with("-flagged")
    }

    /// In capitals, perhaps with digits behind: `KUMJINGANG3`.
    fn capitals(&self) -> bool {
        self.text.chars().any(char::is_alphabetic)
            && self
                .text
                .chars()
                .all(|c| c.is_uppercase() || c.is_ascii_digit())
            && self.text.starts_with(char::is_uppercase)
            && !ABBREVIATIONS.contains(&self.text)
    }

    fn capital_first(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
            && self.text.chars().all(char::is_alphanumeric)
            && !ABBREVIATIONS.contains(&self.text)
    }

    fn number(&self) -> bool {
        (1..=4).contains(&self.text.len()) && self.text.bytes().all(|b| b.is_ascii_digit())
    }

    fn follows(&self) -> bool {
        !self.gap.is_empty() && self.gap.chars().all(char::is_whitespace)
    }
}

/// A stretch of words that may be a ship's name.
struct Run {
    first: usize,
    /// Behind the last.
    end: usize,
}

pub(super) fn look_through(text: &str) -> Found {
    let mut found = Found::default();
    let words = words(text);
    let mut behind_ship: Option<usize> = None;
    let of_ships = |word: &Word<'_>| {
        word.speaks_of_ships() || word.text.to_lowercase().starts_with("ship-to-ship")
    };
    if words.iter().any(of_ships) {
        let mut at = 0;
        while at < words.len() {
            let run = run_at(&words, at, behind_ship);
            let Some(run) = run else {
                at += 1;
                continue;
            };
            let name = &text[words[run.first].start..words[run.end - 1].end];
            if !found.ships.iter().any(|known| known == name) && found.ships.len() < FOUND_MAX {
                found.ships.push(name.to_owned());
            }
            behind_ship = Some(run.end);
            numbers(&words, run.end, 3, true, &mut found);
            at = run.end;
        }
    }
    for at in 0..words.len() {
        numbers(&words, at, 1, false, &mut found);
    }
    found
}

/// A ship's name that begins with this word.
fn run_at(words: &[Word<'_>], at: usize, behind_ship: Option<usize>) -> Option<Run> {
    quoted(words, at)
        .or_else(|| in_capitals(words, at, behind_ship))
        .or_else(|| in_first_capitals(words, at, behind_ship))
        .filter(|run| {
            let name = &words[run.first..run.end];
            !name.iter().any(|word| word.is(COMPANY)) && name.len() <= NAME_WORDS_MAX
        })
}

/// True if the word right before speaks of ships; `, the` may stand between.
fn direct(words: &[Word<'_>], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    if words[before].speaks_of_ships() && !words[at].gap.contains(['.', ';', ':']) {
        return true;
    }
    words[before].is(&["the", "named", "called"])
        && before > 0
        && words[before - 1].speaks_of_ships()
        && !words[before].gap.contains(['.', ';', ':'])
}

/// True if this word is joined to a ship's name by `and`, `or` or a comma.
fn joined(words: &[Word<'_>], at: usize, behind_ship: Option<usize>) -> bool {
    behind_ship.is_some_and(|end| {
        (end + 1 == at && words[end].is(&["and", "or"]) && words[end].follows())
            || (end == at && words[at].gap.trim() == ",")
    })
}

fn in_capitals(words: &[Word<'_>], at: usize, behind_ship: Option<usize>) -> Option<Run> {
    if !words[at].capitals() {
        return None;
    }
    let mut end = at + 1;
    let mut numbered = words[at].text.ends_with(|c: char| c.is_ascii_digit());
    // A run longer than any name is none; it is not followed to its end.
    while end < words.len() && end - at <= NAME_WORDS_MAX {
        let word = &words[end];
        let no = word.text == "NO"
            && words
                .get(end + 1)
                .is_some_and(|n| n.number() && n.gap.trim_matches(['.', ' ']).is_empty());
        if no && word.follows() {
            numbered = true;
            end += 2;
            break;
        }
        if word.follows() && word.number() {
            numbered = true;
            end += 1;
            break;
        }
        if !(word.follows() && word.capitals()) {
            break;
        }
        end += 1;
    }
    let letters = words[at].text.chars().filter(|c| c.is_alphabetic()).count();
    let named = words[at..end].iter().filter(|word| !word.number()).count();
    let beside = direct(words, at) || joined(words, at, behind_ship);
    let long = named >= 2 || (numbered && letters > 2);
    let short = beside && (letters > 2 || numbered);
    (long || short).then_some(Run { first: at, end })
}

fn in_first_capitals(words: &[Word<'_>], at: usize, behind_ship: Option<usize>) -> Option<Run> {
    if !(direct(words, at) || joined(words, at, behind_ship)) || !words[at].capital_first() {
        return None;
    }
    let mut end = at + 1;
    while end < words.len()
        && end - at <= NAME_WORDS_MAX
        && words[end].follows()
        && (words[end].capital_first() || words[end].number())
    {
        end += 1;
    }
    (end - at >= 2).then_some(Run { first: at, end })
}

fn quoted(words: &[Word<'_>], at: usize) -> Option<Run> {
    let opens = |gap: &str| gap.ends_with(['“', '"', '‘']);
    let closes = |gap: &str| gap.starts_with(['”', '"', '’']);
    if !opens(words[at].gap) {
        return None;
    }
    let mut end = at;
    while end < words.len() && end - at < 5 {
        let word = &words[end];
        if !(word.capital_first() || word.number()) || (end > at && !word.follows()) {
            return None;
        }
        end += 1;
        // The closing mark may be the last character of all.
        if words.get(end).is_none_or(|next| closes(next.gap)) {
            break;
        }
    }
    (end - at >= 2 && words.get(end).is_none_or(|next| closes(next.gap)))
        .then_some(Run { first: at, end })
}

/// Looks for `IMO` among the next words, and for digits behind it.
fn numbers(words: &[Word<'_>], from: usize, among: usize, beside_ship: bool, found: &mut Found) {
    let near = words.len().min(from + among);
    for at in from..near {
        let Some(own) = behind_imo(words[at].text) else {
            if beside_ship && words[at].gap.contains(['.', ';']) {
                return;
            }
            continue;
        };
        // The word that holds the first digits: this one, or one of the next four.
        let (first, digits) = match own.is_empty() {
            false => (at, own),
            true => {
                let next = at + 1..words.len().min(at + 5);
                let Some(first) = next
                    .into_iter()
                    .find(|n| !groups(words[*n].text, 5).is_empty())
                else {
                    continue;
                };
                (first, words[first].text)
            }
        };
        let mut all = groups(digits, 5);
        let mut next = first + 1;
        while let Some(word) = words.get(next) {
            if word.gap.contains(['.', '(', ':']) || all.len() >= FOUND_MAX {
                break;
            }
            if !word.is(&["and", "or"]) {
                let more = groups(word.text, 7);
                if more.is_empty() {
                    break;
                }
                all.extend(more);
            }
            next += 1;
        }
        // A ship or its name stands between the company and the number.
        let floor = if beside_ship { from } else { 0 };
        let before = words[at.saturating_sub(3).max(floor)..at].iter().rev();
        let company = before
            .take_while(|word| !word.speaks_of_ships() && (!word.capitals() || word.is(COMPANY)))
            .chain(&words[at + 1..first.max(at + 1)])
            .any(|word| word.text.eq_ignore_ascii_case("company"));
        for number in all {
            if found.imos.len() < FOUND_MAX && !found.imos.iter().any(|imo| imo.digits == number) {
                found.imos.push(ImoInText {
                    digits: number.to_owned(),
                    stated: company.then_some(ImoScheme::Company),
                    beside_ship,
                });
            }
        }
    }
}

/// What stands behind `IMO` and such words as `No.`: nothing, or something that begins with a digit.
/// `None` for other words, as `imogen`.
pub(super) fn behind_imo(text: &str) -> Option<&str> {
    let start = text.get(..3)?;
    if !start.eq_ignore_ascii_case("imo") {
        return None;
    }
    let mut rest = &text[3..];
    for words in [&["s"][..], &["no", "nos", "nr", "num", "number", "numbers"]] {
        let end = rest.find(|c: char| !c.is_ascii_alphabetic());
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        if words.iter().any(|known| word.eq_ignore_ascii_case(known)) {
            rest = after;
        }
        rest = rest.trim_start_matches([' ', ':', '.', '-', '/', '#', '_']);
    }
    (rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit())).then_some(rest)
}

/// The numbers of a word that is nothing but numbers of at least so many digits, as `8691702/8628597`.
fn groups(word: &str, digits: usize) -> Vec<&str> {
    let parts: Vec<&str> = word.split(['/', '-']).collect();
    let number = |part: &&str| part.len() >= digits && part.bytes().all(|b| b.is_ascii_digit());
    match parts.iter().all(number) {
        true => parts,
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ships(text: &str) -> Vec<String> {
        look_through(text).ships
    }

    #[test]
    fn ships_are_found_in_the_sentences_of_the_lists() {
        for (text, names) in [
            (
                "Registered owner of Panama-flagged vessel HUA FU, a cargo ship that loaded DPRK coal",
                &["HUA FU"][..],
            ),
            (
                "The company also owns vessels JI SONG 8 and WOORY STAR.",
                &["JI SONG 8", "WOORY STAR"],
            ),
            (
                "Manager of HAO FAN 2 and HAO FAN 6, St Kitts-Nevis-flagged vessels.",
                &["HAO FAN 2", "HAO FAN 6"],
            ),
            (
                "through its vessel, the Chong Chon Gang, attempted",
                &["Chong Chon Gang"],
            ),
            (
                "operator of the vessel Chong Chon Gang. It played",
                &["Chong Chon Gang"],
            ),
            (
                "the Panama-flagged vessel KOTI, which met the DPRK-flagged KUM UN SAN 3 on",
                &["KOTI", "KUM UN SAN 3"],
            ),
            (
                "A tanker. Erase SAMMA SHIPPING and put “Hai Xin You 606” to mask",
                &["Hai Xin You 606"],
            ),
            (
                "A vessel named the KUMJINGANG3 or Kum Jin Gang 3.",
                &["KUMJINGANG3", "Kum Jin Gang 3"],
            ),
            (
                "owner of the YU PHYONG 5. CHON MA SAN’s size in a ship-to-ship transfer",
                &["YU PHYONG 5", "CHON MA SAN"],
            ),
            (
                "the tanker UN HUNG and the UN Panel of UNSCR 1718",
                &["UN HUNG"],
            ),
            ("with M/V BILLIONS NO. 18 in May", &["BILLIONS NO. 18"]),
            ("KOREA SAMJONG has nothing to do with boats", &[]),
            ("The DPRK uses UN aid; a ship manager", &[]),
        ] {
            assert_eq!(ships(text), names, "{text}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_capitals_is_looked_through_in_one_pass() {
        let capitals = format!("vessel {}", "ABC ".repeat(200_000));
        let found = look_through(&capitals);
        assert!(found.ships.len() <= FOUND_MAX);
        let firsts = format!("vessel {}", "Abc ".repeat(200_000));
        assert!(look_through(&firsts).ships.is_empty());
    }

    #[test]
    fn imo_numbers_are_found_with_what_they_are_said_to_be() {
        let of = |text: &str| {
            look_through(text)
                .imos
                .into_iter()
                .map(|i| (i.digits, i.stated, i.beside_ship))
                .collect::<Vec<_>>()
        };
        let number = |n: &str, stated, beside| vec![(n.to_owned(), stated, beside)];
        assert_eq!(
            of("IMO Number: 5342883. The Chong"),
            number("5342883", None, false)
        );
        assert_eq!(
            of("in 2017. Company Number IMO 5434358."),
            number("5434358", Some(ImoScheme::Company), false)
        );
        assert_eq!(
            of("Organization (IMO) Number: 1790183."),
            number("1790183", None, false)
        );
        assert_eq!(
            of("the tanker YU SON (IMO 8691702) left"),
            number("8691702", None, true)
        );
        assert_eq!(of("IMO9242223"), number("9242223", None, false));
        assert_eq!(of("the IMO has no number for it"), vec![]);
        assert_eq!(of("Imogen 9187629"), vec![]);
        assert_eq!(of("the IMO-registered 9187629"), vec![]);
        for written in [
            "IMO-9187629",
            "IMO/9187629",
            "IMO-No. 9187629",
            "IMOs 9187629",
            "IMO#9187629",
            "imo no: 9187629",
        ] {
            assert_eq!(of(written), number("9187629", None, false), "{written}");
        }
        for written in [
            "IMO numbers 8691702 and 8628597",
            "IMO 8691702/8628597, 12000 tons",
            "IMO: 8691702, 8628597. 1234567 tons",
            "IMOs 8691702 & 8628597 (1234567)",
        ] {
            let two = ["8691702", "8628597"].map(|n| (n.to_owned(), None, false));
            assert_eq!(of(written), two, "{written}");
        }
        assert_eq!(
            of("shipping company vessel KOTI (IMO 9417115)"),
            number("9417115", None, true)
        );
        assert_eq!(
            of("company of the ship with IMO 9417115"),
            number("9417115", None, false)
        );
        assert_eq!(
            of("COMPANY IMO 5434358"),
            number("5434358", Some(ImoScheme::Company), false)
        );
    }
}
