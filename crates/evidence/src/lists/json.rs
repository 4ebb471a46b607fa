//! JSON entities out of a stream, one at a time: one per line, in a list, or a single one.

use std::io::{BufRead, Read};

use serde_json::Value;

use crate::batch::strict;

use super::csv::refusal;
use super::refused::Place;
use super::source::Source;
use super::{JSON_DEPTH_MAX, ROW_BYTES_MAX, Refused};

/// The entities of a JSON file.
pub(super) struct Entities<R> {
    pub(super) source: Source<R>,
    /// Inside a list that began the file; `None` before anything was read.
    in_list: Option<bool>,
    count: u64,
    closed: bool,
}

impl<R: Read> Entities<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Self {
            source,
            in_list: None,
            count: 0,
            closed: false,
        }
    }

    /// The next entity and where it begins.
    pub(super) fn next(&mut self) -> Result<Option<(Place, Value)>, Refused> {
        let mut comma = false;
        loop {
            // White space between entities may be as long as it likes.
            self.source.allow(1, "file");
            let byte = match self.source.fill_buf() {
                Ok(rest) => rest.first().copied(),
                Err(error) => return Err(refusal(&mut self.source, &error)),
            };
            let in_list = self.in_list == Some(true);
            match byte {
                None if in_list && !self.closed => {
                    return Err(self.source.refuse(
                        "the file ends inside its list of entities",
                        "it is cut; get it again",
                    ));
                }
                None => return Ok(None),
                Some(b) if b.is_ascii_whitespace() => {}
                Some(b'[') if self.in_list.is_none() => self.in_list = Some(true),
                Some(b']') if in_list && !self.closed && !comma => self.closed = true,
                Some(b',') if in_list && !self.closed && self.count > 0 && !comma => comma = true,
                Some(b'{') if !self.closed && (!in_list || self.count == 0 || comma) => {
                    self.in_list.get_or_insert(false);
                    self.count += 1;
                    return self.entity().map(Some);
                }
                Some(other) => {
                    return Err(self.source.refuse(
                        format!("{:?} where an entity or the end was due", char::from(other)),
                        "entities stand one per line, or in one list with commas; get the file again",
                    ));
                }
            }
            self.source.consume(1);
        }
    }

    fn entity(&mut self) -> Result<(Place, Value), Refused> {
        let place = self.source.place();
        self.source.allow(ROW_BYTES_MAX, "JSON entity");
        let mut bytes: Vec<u8> = Vec::new();
        let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
        loop {
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) => return Err(refusal(&mut self.source, &error)),
            };
            if chunk.is_empty() {
                return Err(Refused::at(
                    place,
                    "the entity that begins here is never closed",
                    "the file is cut; get it again",
                ));
            }
            let mut used = 0;
            let mut ended = false;
            for byte in chunk {
                used += 1;
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_text => escaped = true,
                    b'"' => in_text = !in_text,
                    b'{' | b'[' if !in_text => depth += 1,
                    b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth > JSON_DEPTH_MAX {
                    return Err(Refused::at(
                        place,
                        format!(
                            "the entity that begins here has more than {JSON_DEPTH_MAX} levels"
                        ),
                        "no list of entities needs them; get the file again",
                    ));
                }
                if depth == 0 {
                    ended = true;
                    break;
                }
            }
            bytes.extend_from_slice(&chunk[..used]);
            self.source.consume(used);
            if ended {
                break;
            }
        }
        // The source lets only UTF-8 pass.
        let text = String::from_utf8(bytes).unwrap_or_default();
        match strict::parse(&text) {
            Ok(value) => Ok((place, value)),
            Err(problem) => Err(Refused::at(
                place,
                format!("the entity that begins here is {problem}"),
                "the file is damaged; get it again",
            )),
        }
    }
}
