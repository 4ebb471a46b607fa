//! CSV as RFC 4180 has it, strictly: a quote that is never closed is refused instead of swallowing
//! the rest of the list.

use std::io::{BufRead, Read};

use super::refused::{Place, cut};
use super::source::Source;
use super::{COLUMNS_MAX, FIELD_BYTES_MAX, ROW_BYTES_MAX, Refused, Snapshot, eu, ofac};

/// Reads a list in CSV: which one, its first row says.
pub(super) fn read<R: Read>(source: Source<R>) -> Result<Snapshot, Refused> {
    let mut records = Records::new(source);
    let Some((place, first)) = records.next()? else {
        return Err(records.source.refuse("the file is empty", "get it again"));
    };
    let has = |name: &str| first.iter().any(|f| f.trim().eq_ignore_ascii_case(name));
    if has("celex") {
        return eu::read(records, Header::of(first, place)?);
    }
    if has("ent_num") {
        return ofac::read_cut(records, Header::of(first, place)?);
    }
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if first.len() == ofac::OFFICIAL_COLUMNS && number(first[0].trim()) {
        return ofac::read_official(records, place, first);
    }
    let hint = if first[0].contains(';') {
        "this looks like the EU's own file with semicolons, which is not read: use the XML-free CSV \
         by legal act (first column celex), or OpenSanctions' JSON of the EU list"
    } else if first[0].trim_start().starts_with("id") {
        "this looks like a table made from FollowTheMoney entities: use the JSON they come from"
    } else {
        "read are UN consolidated XML, EU CSV (first column celex), OFAC SDN CSV (ent_num, or the \
         official file of 12 columns) and FollowTheMoney JSON"
    };
    Err(Refused::at(
        place,
        format!(
            "no list is known that begins with {:?}",
            cut(&first.join(","))
        ),
        hint,
    ))
}

/// The rows of a CSV file.
pub(super) struct Records<R> {
    pub(super) source: Source<R>,
}

#[derive(PartialEq, Clone, Copy)]
enum At {
    FieldStart,
    Bare,
    Quoted,
    /// Behind a quote inside quotes: a second one is a quote, anything else ends the field.
    Quote,
}

impl<R: Read> Records<R> {
    fn new(source: Source<R>) -> Self {
        Self { source }
    }

    /// The next row that is not blank, and where it begins.
    pub(super) fn next(&mut self) -> Result<Option<(Place, Vec<String>)>, Refused> {
        loop {
            let place = self.source.place();
            let Some(fields) = self.record()? else {
                return Ok(None);
            };
            // The official file ends with the end-of-file mark of CP/M.
            let blank = matches!(&fields[..], [one] if one.trim().is_empty() || one == "\u{1a}");
            if !blank {
                return Ok(Some((place, fields)));
            }
        }
    }

    fn record(&mut self) -> Result<Option<Vec<String>>, Refused> {
        self.source.allow(ROW_BYTES_MAX, "row");
        let mut fields: Vec<String> = Vec::new();
        let mut field: Vec<u8> = Vec::new();
        let mut at = At::FieldStart;
        let mut any = false;
        let mut opened = self.source.place();
        loop {
            let base = self.source.place();
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(_) if at == At::Quoted => {
                    let advice = "the quote is probably never closed; get the file again";
                    let why = self.source.why();
                    let problem = why.map_or_else(String::new, |why| why.problem);
                    return Err(Refused::at(opened, problem, advice));
                }
                Err(error) => return Err(refusal(&mut self.source, &error)),
            };
            if chunk.is_empty() {
                if at == At::Quoted {
                    return Err(Refused::at(
                        opened,
                        "the quote that opens here is never closed",
                        "the file is cut or damaged; get it again",
                    ));
                }
                if !any {
                    return Ok(None);
                }
                fields.push(text(&mut field));
                return Ok(Some(fields));
            }
            any = true;
            let mut used = 0;
            let mut lines = 0;
            let mut ended = false;
            let here = |used: usize, lines: u64| Place {
                line: base.line + lines,
                byte: base.byte + used as u64,
            };
            for byte in chunk {
                let separates = matches!(byte, b',' | b'\n' | b'\r');
                match (at, byte) {
                    (At::FieldStart, b'"') => {
                        at = At::Quoted;
                        opened = here(used, lines);
                    }
                    (At::FieldStart | At::Bare | At::Quote, _) if separates => {
                        at = At::FieldStart;
                        fields.push(text(&mut field));
                        ended = *byte != b',';
                    }
                    (At::Quoted, b'"') => at = At::Quote,
                    (At::Quote, b'"') => {
                        field.push(b'"');
                        at = At::Quoted;
                    }
                    (At::Quote, _) => {
                        return Err(Refused::at(
                            here(used, lines),
                            "text stands behind a closing quote",
                            "a quote inside quotes is written twice; get the file again",
                        ));
                    }
                    (At::FieldStart, byte) => {
                        at = At::Bare;
                        field.push(*byte);
                    }
                    (_, byte) => field.push(*byte),
                }
                used += 1;
                lines += u64::from(*byte == b'\n');
                if ended {
                    break;
                }
                if field.len() > FIELD_BYTES_MAX || fields.len() >= COLUMNS_MAX {
                    return Err(Refused::at(
                        here(used, lines),
                        format!(
                            "a field has more than {FIELD_BYTES_MAX} bytes or a row more than \
                             {COLUMNS_MAX} columns"
                        ),
                        "a quote is probably never closed; get the file again",
                    ));
                }
            }
            self.source.consume(used);
            if ended {
                return Ok(Some(fields));
            }
        }
    }
}

/// The refusal behind an I/O error of a source.
pub(super) fn refusal<R: Read>(source: &mut Source<R>, error: &std::io::Error) -> Refused {
    source.why().unwrap_or_else(|| {
        source.refuse(format!("the file cannot be read on: {error}"), "try again")
    })
}

fn text(field: &mut Vec<u8>) -> String {
    // The source lets only UTF-8 pass.
    String::from_utf8(std::mem::take(field)).unwrap_or_default()
}

/// The first row of a file with a header.
pub(super) struct Header {
    names: Vec<String>,
}

impl Header {
    fn of(first: Vec<String>, place: Place) -> Result<Self, Refused> {
        let names: Vec<String> = first
            .iter()
            .map(|name| name.trim().to_lowercase())
            .collect();
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) && !name.is_empty() {
                return Err(Refused::at(
                    place,
                    format!("two columns are named {name:?}"),
                    "get the file again",
                ));
            }
        }
        Ok(Self { names })
    }

    /// The place of a column that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<usize, Refused> {
        self.column(name).ok_or_else(|| {
            Refused::at(
                Place { line: 1, byte: 0 },
                format!("there is no column {name:?}"),
                format!("the columns are {}", cut(&self.names.join(", "))),
            )
        })
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n.eq_ignore_ascii_case(name))
    }

    /// A field of a row; empty where there is no such column.
    pub(super) fn get<'a>(&self, row: &'a [String], name: &str) -> &'a str {
        self.column(name)
            .and_then(|at| row.get(at))
            .map_or("", |field| field.trim())
    }

    /// A row has as many fields as the header.
    pub(super) fn check(&self, row: &[String], place: Place) -> Result<(), Refused> {
        check_columns(self.names.len(), row, place)
    }
}

pub(super) fn check_columns(expected: usize, row: &[String], place: Place) -> Result<(), Refused> {
    if row.len() == expected {
        return Ok(());
    }
    Err(Refused::at(
        place,
        format!(
            "a row of {} fields where there are {expected} columns",
            row.len()
        ),
        "a quote or comma is missing or the file is cut; get it again",
    ))
}
