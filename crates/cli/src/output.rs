//! What goes to stdout: text for people, JSON for programs, and nothing that a terminal would obey.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Write};

use anstyle::Style;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use seaproof_ledger::ids::Timestamp;
use serde::Serialize;

use crate::error::Result;

/// Where text becomes wider than this, it is wrapped, on every terminal.
pub const WIDTH: usize = 78;

/// Stdout, without colour where none is wanted.
pub struct Out {
    stdout: BufWriter<anstream::AutoStream<io::StdoutLock<'static>>>,
    /// Columns of the terminal; `None` in a pipe.
    columns: Option<u16>,
    begun: bool,
}

impl Out {
    pub fn new() -> Self {
        let columns = io::stdout()
            .is_terminal()
            .then(|| terminal_size::terminal_size().map_or(80, |(width, _)| width.0));
        Self {
            stdout: BufWriter::new(anstream::stdout().lock()),
            columns,
            begun: false,
        }
    }

    /// Whether anything was said.
    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    /// One line.
    pub fn line(&mut self, text: impl std::fmt::Display) -> Result<()> {
        self.begun = true;
        Ok(writeln!(self.stdout, "{text}")?)
    }

    /// Text as it is, without an end of line.
    pub fn text(&mut self, text: &str) -> Result<()> {
        self.begun = true;
        Ok(write!(self.stdout, "{text}")?)
    }

    /// An aligned table. In a pipe each row is one line, whatever its width.
    pub fn table<const N: usize>(
        &mut self,
        head: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        self.table_keeping(0, head, rows)
    }

    /// The same, with the first `whole` columns never wrapped.
    pub fn table_keeping<const N: usize>(
        &mut self,
        whole: usize,
        head: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Result<()> {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        match self.columns {
            Some(columns) => {
                table.set_content_arrangement(ContentArrangement::Dynamic);
                table.set_width(columns.max(40));
            }
            None => {
                table.set_content_arrangement(ContentArrangement::Disabled);
            }
        }
        table.set_header(head);
        table.add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for column in table.column_iter_mut().take(whole) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        let bold = Style::new().bold();
        for (i, line) in table.lines().enumerate() {
            let line = line.trim_end();
            match i {
                0 => self.line(format_args!("{bold}{line}{bold:#}"))?,
                _ => self.line(line)?,
            }
        }
        Ok(())
    }

    /// A value as JSON, over several lines.
    pub fn json<T: Serialize>(&mut self, value: &T) -> Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.line(harmless(&text))
    }

    /// The same for values that are made as they are written: nothing is held but what is made at a time.
    pub fn json_as_made<T: Serialize>(&mut self, value: &T) -> Result<()> {
        self.begun = true;
        serde_json::to_writer_pretty(Harmless(&mut self.stdout), value)?;
        self.line("")
    }

    /// A value as JSON, without an end of line.
    pub fn json_text<T: Serialize>(&mut self, value: &T) -> Result<()> {
        let text = serde_json::to_string(value)?;
        self.text(&harmless(&text))
    }

    /// Everything is out, or it is an error.
    pub fn finish(&mut self) -> Result<()> {
        Ok(self.stdout.flush()?)
    }
}

/// Characters that a terminal obeys, that change the order in which others are shown, or that are
/// not shown at all (Unicode's default ignorable ones), so that two words could look alike.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Text from a file or a ledger, on one line, with nothing in it that a terminal would obey.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push(' '),
            c if is_hostile(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// JSON text, with the characters escaped that JSON allows and terminals obey. Outside of strings
/// it holds none of them but line feeds.
pub fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\n' => out.push(c),
            c if is_hostile(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// Writes JSON as [`harmless`] has it.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Whole characters always, as JSON is written piece by piece from texts.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        match text.chars().any(|c| c != '\n' && is_hostile(c)) {
            true => self.0.write_all(harmless(text).as_bytes())?,
            false => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Cuts cleaned text to so many characters.
pub fn short(text: &str, most: usize) -> String {
    let text = clean(text);
    match text.char_indices().nth(most) {
        None => text,
        Some(_) => {
            let kept: String = text.chars().take(most.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// Breaks text into lines of at most `width` characters, at spaces where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word_length;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A time as RFC 3339 UTC, to the millisecond.
pub fn rfc3339(time: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(time.0) {
        Ok(time) => time.to_string(),
        // An author's clock can claim anything.
        Err(_) => format!("{} ms from 1970", time.0),
    }
}

/// A time as RFC 3339 UTC, to the second.
pub fn rfc3339_seconds(time: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(time.0) {
        Ok(_) => rfc3339(Timestamp(time.0.div_euclid(1_000) * 1_000)),
        Err(_) => rfc3339(time),
    }
}

/// A number with its thousands set apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 entry`, `2 entries`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        n => format!("{} {many}", grouped(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        assert_eq!(
            clean("a\u{1b}[31mb\u{9b}2J\u{202e}c\r\nd"),
            "a\\u{1b}[31mb\\u{9b}2J\\u{202e}c\\u{d} d"
        );
        assert_eq!(
            clean("p\u{200b}r\u{ad}e\u{e0041}s\u{3164}s"),
            "p\\u{200b}r\\u{ad}e\\u{e0041}s\\u{3164}s"
        );
        let tag = serde_json::to_string("a\u{e0041}").unwrap();
        assert_eq!(harmless(&tag), r#""a\udb40\udc41""#);
        let json = serde_json::to_string("a\u{1b}\u{9b}\u{202e}").unwrap();
        let shown = harmless(&json);
        assert_eq!(shown, r#""a\u001b\u009b\u202e""#);
        assert_eq!(
            serde_json::from_str::<String>(&shown).unwrap(),
            "a\u{1b}\u{9b}\u{202e}"
        );
    }

    #[test]
    fn json_that_is_written_as_it_is_made_is_the_same() {
        let value = serde_json::json!({"a\u{202e}": ["\u{1b}[2J\u{9b}", {"b\n": "ü\u{e0041}"}, []], "c": {}});
        let mut written = Vec::new();
        serde_json::to_writer_pretty(Harmless(&mut written), &value).unwrap();
        let whole = harmless(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(String::from_utf8(written).unwrap(), whole);
    }

    #[test]
    fn any_time_can_be_printed() {
        assert_eq!(
            rfc3339_seconds(Timestamp(1_711_454_400_999)),
            "2024-03-26T12:00:00Z"
        );
        assert_eq!(
            rfc3339(Timestamp(1_711_454_400_999)),
            "2024-03-26T12:00:00.999Z"
        );
        assert_eq!(
            rfc3339_seconds(Timestamp(i64::MIN)),
            "-9223372036854775808 ms from 1970"
        );
        assert_eq!(rfc3339_seconds(Timestamp(-1)), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn text_is_wrapped_at_spaces() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable word", 3), ["unbreakable", "word"]);
        assert!(wrap("", 10).is_empty());
        assert_eq!(grouped(4_182_016), "4,182,016");
        assert_eq!(grouped(999), "999");
    }
}
