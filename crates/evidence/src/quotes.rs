//! Whether what a statement points to stands in the files it points into: quotes word for word, and
//! lines that exist. Reads a file once, in memory that does not grow with it.
//!
//! White space is folded: any run of it equals one space, so that a quote may run over line ends.
//! Only UTF-8 text can be searched.

use std::io::{self, Read};

use crate::check::Broken;
use crate::event::Event;
use crate::events::amendments::{Corrected, Disputed};
use crate::provenance::{Basis, Lines, Locator};
use crate::wire::{EntrySlot, ExhibitSlot, Slots};

/// The file that a locator is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cited {
    /// A file that the statement's own entry names.
    Exhibit(ExhibitSlot),
    /// The one file of another entry.
    OnlyFileOf(EntrySlot),
}

/// Gives the files to search.
pub trait Files {
    /// A file to read from its beginning; `None` if none is held, so that nothing can be checked.
    ///
    /// # Errors
    /// In words: it cannot be opened, or the entry holds several files and `file` must say which.
    fn open(&mut self, cited: Cited) -> Result<Option<Box<dyn Read + '_>>, String>;
}

/// Checks every quote and line that an event gives.
///
/// # Errors
/// The first that is not where it is said to be, with its place in the event, and the nearest place
/// to it in the file.
pub fn check_quotes(event: &Event, files: &mut dyn Files) -> Result<(), Broken> {
    for_each_locator(event, "", &mut |at, cited, locator| {
        let field = match locator.quote {
            Some(_) => "quote",
            None => "line",
        };
        look(cited, locator, files).map_err(|rule| Broken {
            at: format!("{at}/{field}"),
            rule,
        })
    })
}

/// Shows every locator of an event's basis with its place in the event and the file it is meant for, also
/// those of a replacement.
fn for_each_locator(
    event: &Event,
    at: &str,
    visit: &mut dyn FnMut(String, Cited, &Locator) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let basis: &[Basis] = match event {
        Event::Corrected(Corrected { replacement, .. }) => {
            return match replacement.read(Slots::ANY) {
                Some(Ok(event)) => for_each_locator(&event, "/replacement", visit),
                _ => Ok(()),
            };
        }
        Event::Disputed(Disputed { basis, .. }) => basis,
        other => other.provenance().map_or(&[], |p| &p.basis),
    };
    for (i, one) in basis.iter().enumerate() {
        let (cited, locator) = match one {
            Basis::Exhibit { file, at: Some(at) }
            | Basis::Entry {
                file: Some(file),
                at: Some(at),
                ..
            } => (Cited::Exhibit(*file), at),
            Basis::Entry {
                of, at: Some(at), ..
            } => (Cited::OnlyFileOf(*of), at),
            _ => continue,
        };
        visit(format!("{at}/basis/{i}/at"), cited, locator)?;
    }
    Ok(())
}

fn look(cited: Cited, locator: &Locator, files: &mut dyn Files) -> Result<(), String> {
    if locator.quote.is_none() && locator.line.is_none() {
        return Ok(());
    }
    let Some(mut file) = files.open(cited)? else {
        return Ok(());
    };
    let found = match (&locator.quote, locator.line) {
        (Some(quote), lines) => find_quote(&mut file, quote.as_str(), lines),
        (None, Some(lines)) => find_lines(&mut file, lines),
        (None, None) => Ok(()),
    };
    found.map_err(|error| error.to_string())
}

/// Why a quote or a line was not found.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// The words do not stand in the file.
    #[error("the file does not hold these words; {}", nearest(.0.as_ref()))]
    Words(Option<Nearest>),
    /// They stand in other lines.
    #[error("these words stand in line {0} of the file, not where the locator says")]
    Elsewhere(u64),
    /// The file ends before the line.
    #[error("the file has {0} lines; check the number, lines count from 1 with the empty ones")]
    NoSuchLine(u64),
    /// The file is no text.
    #[error(
        "the file is not UTF-8 text (byte {0}), so a quote in it cannot be checked; hold a \
         transcript beside it and quote that"
    )]
    NotText(u64),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// The longest beginning of a quote that stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The line in which it begins.
    pub line: u64,
    /// The beginning.
    pub words: String,
}

fn nearest(nearest: Option<&Nearest>) -> String {
    match nearest {
        Some(Nearest { line, words }) => {
            format!("the longest beginning of them is {words:?} in line {line}")
        }
        None => "not even their first letter".to_owned(),
    }
}

/// Looks for words in a text, in the given lines if there are any.
///
/// # Errors
/// [`NotFound`].
pub fn find_quote(file: &mut dyn Read, quote: &str, lines: Option<Lines>) -> Result<(), NotFound> {
    let (first, last) = lines.map_or((1, u64::MAX), |lines| {
        let (first, last) = lines.ends();
        (first.into(), last.into())
    });
    let mut search = Search::new(quote);
    let mut elsewhere = None;
    let mut line = 1;
    let found = for_each_char(file, |c| {
        if let Some(begin) = search.push(c, line) {
            if begin >= first && line <= last {
                return true;
            }
            elsewhere.get_or_insert(begin);
        }
        line += u64::from(c == '\n');
        false
    })?;
    match elsewhere {
        _ if found => Ok(()),
        Some(line) => Err(NotFound::Elsewhere(line)),
        None => Err(NotFound::Words(search.nearest())),
    }
}

/// A quote that is given without the lines in which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// The locator's place in the event: a JSON pointer.
    pub at: String,
    /// The file that it is meant for.
    pub cited: Cited,
    /// The words.
    pub quote: String,
}

/// The quotes of an event that give no lines.
pub fn unplaced(event: &Event) -> Vec<Unplaced> {
    let mut found = Vec::new();
    let _ = for_each_locator(event, "", &mut |at, cited, locator| {
        if let (Some(quote), None) = (&locator.quote, locator.line) {
            found.push(Unplaced {
                at,
                cited,
                quote: quote.as_str().to_owned(),
            });
        }
        Ok(())
    });
    found
}

/// Where words stand in a text: the first places, each with the lines it runs over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// In order, at least one.
    pub lines: Vec<Lines>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// Looks for all places of words in a text, at most so many.
///
/// # Errors
/// [`NotFound`].
pub fn find_places(file: &mut dyn Read, quote: &str, most: usize) -> Result<Places, NotFound> {
    let mut search = Search::new(quote);
    let mut lines: Vec<Lines> = Vec::new();
    let mut line = 1_u64;
    let more = for_each_char(file, |c| {
        if let Some(begin) = search.push(c, line) {
            let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
            // Two in one line are one place: a locator could not tell them apart.
            if let Ok(place) = Lines::try_from((number(begin), number(line)))
                && lines.last() != Some(&place)
            {
                if lines.len() == most {
                    return true;
                }
                lines.push(place);
            }
        }
        line += u64::from(c == '\n');
        false
    })?;
    match lines.is_empty() {
        true => Err(NotFound::Words(search.nearest())),
        false => Ok(Places { lines, more }),
    }
}

/// Looks whether a file has lines of these numbers. It need not be text in UTF-8.
///
/// # Errors
/// [`NotFound`].
pub fn find_lines(file: &mut dyn Read, lines: Lines) -> Result<(), NotFound> {
    let last = u64::from(lines.ends().1);
    let mut ended = 0;
    let mut open = false;
    let mut buffer = [0; CHUNK];
    while ended + u64::from(open) < last {
        let bytes = read(file, &mut buffer)?;
        let Some(end) = bytes.last() else {
            return Err(NotFound::NoSuchLine(ended + u64::from(open)));
        };
        ended += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        open = *end != b'\n';
    }
    Ok(())
}

const CHUNK: usize = 1 << 14;

fn read<'b>(file: &mut dyn Read, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
    loop {
        match file.read(buffer) {
            Ok(length) => return Ok(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Gives a text's characters one by one until one is the last that is wanted.
fn for_each_char(
    file: &mut dyn Read,
    mut is_enough: impl FnMut(char) -> bool,
) -> Result<bool, NotFound> {
    let mut buffer = [0; CHUNK];
    // The beginning of a character that the chunk before cut through.
    let mut kept = 0;
    let mut offset = 0;
    loop {
        let length = read(file, &mut buffer[kept..])?.len();
        let bytes = &buffer[..kept + length];
        let (text, rest) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, 0),
            Err(error) => {
                let valid = error.valid_up_to();
                if error.error_len().is_some() || length == 0 {
                    return Err(NotFound::NotText(offset + valid as u64));
                }
                let text = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
                (text, bytes.len() - valid)
            }
        };
        if text.chars().any(&mut is_enough) {
            return Ok(true);
        }
        if length == 0 {
            return Ok(false);
        }
        let end = bytes.len();
        offset += (end - rest) as u64;
        buffer.copy_within(end - rest..end, 0);
        kept = rest;
    }
}

/// The search of Knuth, Morris and Pratt over folded text: it never goes back in the file.
struct Search {
    words: Vec<char>,
    /// For each beginning of the words, how much of its end is a shorter beginning.
    shorter: Vec<usize>,
    matched: usize,
    /// The lines of the last characters, as many as there are in the words.
    lines: Vec<u64>,
    pushed: usize,
    after_space: bool,
    longest: usize,
    longest_line: u64,
}

impl Search {
    fn new(quote: &str) -> Self {
        let folded = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let words: Vec<char> = folded.chars().collect();
        let mut shorter = vec![0; words.len()];
        let mut matched = 0;
        for i in 1..words.len() {
            while matched > 0 && words[i] != words[matched] {
                matched = shorter[matched - 1];
            }
            matched += usize::from(words[i] == words[matched]);
            shorter[i] = matched;
        }
        Self {
            lines: vec![1; words.len()],
            words,
            shorter,
            matched: 0,
            pushed: 0,
            after_space: false,
            longest: 0,
            longest_line: 1,
        }
    }

    /// Takes the next character; the line in which the words begin, if they end with it.
    fn push(&mut self, c: char, line: u64) -> Option<u64> {
        let is_space = c.is_whitespace();
        if self.words.is_empty() || (is_space && self.after_space) {
            return None;
        }
        self.after_space = is_space;
        let c = if is_space { ' ' } else { c };
        let length = self.words.len();
        self.lines[self.pushed % length] = line;
        self.pushed += 1;
        while self.matched > 0 && c != self.words[self.matched] {
            self.matched = self.shorter[self.matched - 1];
        }
        self.matched += usize::from(c == self.words[self.matched]);
        if self.matched == 0 {
            return None;
        }
        let begin = self.lines[(self.pushed - self.matched) % length];
        if self.matched > self.longest {
            (self.longest, self.longest_line) = (self.matched, begin);
        }
        if self.matched < length {
            return None;
        }
        self.matched = self.shorter[length - 1];
        Some(begin)
    }

    fn nearest(&self) -> Option<Nearest> {
        (self.longest > 0).then(|| Nearest {
            line: self.longest_line,
            words: self.words[..self.longest].iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "First line.\n\nFive  tankers under\r\n the flag,\u{a0}moored.\nanana banana\n";

    fn find(quote: &str, lines: &str) -> Result<(), String> {
        let lines = (!lines.is_empty()).then(|| lines.parse().unwrap());
        find_quote(&mut TEXT.as_bytes(), quote, lines).map_err(|e| e.to_string())
    }

    #[test]
    fn words_are_found_over_line_ends_and_folded_space() {
        for (quote, lines) in [
            ("Five tankers", ""),
            ("tankers under the flag, moored.", "3-4"),
            (" banana ", "5"),
            ("anana b", "5"),
            ("First line. Five", "1-3"),
        ] {
            assert_eq!(find(quote, lines), Ok(()), "{quote}");
        }
    }

    #[test]
    fn all_places_of_words_are_found_up_to_so_many() {
        let places = |text: &str, quote, most| {
            let found = find_places(&mut text.as_bytes(), quote, most).unwrap();
            let lines: Vec<String> = found.lines.iter().map(ToString::to_string).collect();
            (lines.join(","), found.more)
        };
        assert_eq!(places(TEXT, "tankers under the", 9), ("3-4".into(), false));
        assert_eq!(places(TEXT, "ana", 9), ("5".into(), false));
        let many = "one\ntwo one\n\none\nx one\n";
        assert_eq!(places(many, "one", 9), ("1,2,4,5".into(), false));
        assert_eq!(places(many, "one", 3), ("1,2,4".into(), true));
        let error = find_places(&mut many.as_bytes(), "onyx", 3).unwrap_err();
        assert!(matches!(error, NotFound::Words(Some(_))), "{error}");
    }

    #[test]
    fn what_is_not_found_is_told_with_the_nearest_place() {
        let told = |quote, lines| find(quote, lines).unwrap_err();
        assert!(told("Five tankers over", "").ends_with("\"Five tankers \" in line 3"));
        assert!(told("under the flag", "3").contains("stand in line 3"));
        assert!(told("banana", "1-4").contains("stand in line 5"));
        assert!(told("\u{4e94}", "").contains("not even"));
    }

    #[test]
    fn lines_exist_up_to_the_last_with_or_without_its_end() {
        let find = |text: &str, lines: &str| {
            find_lines(&mut text.as_bytes(), lines.parse().unwrap()).map_err(|e| e.to_string())
        };
        assert!(find("a\nb", "2").is_ok());
        assert!(find("a\nb\n", "1-2").is_ok());
        assert!(find("a\nb\n", "3").unwrap_err().contains("has 2 lines"));
        assert!(find("", "1").is_err());
    }

    /// Gives a few bytes at a time, cutting through characters.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn it_does_not_matter_how_the_bytes_come() {
        let text = "x\u{1f6a2}\u{e9}\n".repeat(10_000) + "d\u{e9}part \u{1f6a2}";
        for size in 1..9 {
            let mut drops = Drops(text.as_bytes(), size);
            assert!(find_quote(&mut drops, "d\u{e9}part \u{1f6a2}", None).is_ok());
        }
    }

    #[test]
    fn what_is_no_text_is_said_with_its_place() {
        for bytes in [&b"ab\xff\n"[..], b"ab\xe2\x82"] {
            let error = find_quote(&mut &bytes[..], "c", None).unwrap_err();
            assert!(matches!(error, NotFound::NotText(2)), "{error}");
        }
    }
}
