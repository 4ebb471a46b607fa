//! Places inside a source. What stands there is not known here; [`crate::quotes`] looks it up.

use std::fmt;
use std::str::FromStr;

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::Text;
use crate::json::as_text;
use crate::wire::encoded_as;

/// Lines of a text, rows, or sentences of an NMEA file: first and last, counted from 1. In JSON
/// text, as `"3"` or `"3-5"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lines {
    first: u32,
    last: u32,
}

/// Why lines are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} are no lines: write 3, or 3-5; they count from 1, and the first comes first")]
pub struct LinesError(String);

impl Lines {
    /// First and last, counted from 1.
    pub const fn ends(self) -> (u32, u32) {
        (self.first, self.last)
    }
}

impl TryFrom<(u32, u32)> for Lines {
    type Error = LinesError;
    fn try_from((first, last): (u32, u32)) -> Result<Self, LinesError> {
        if first == 0 || last < first {
            return Err(LinesError(format!("{first}-{last}")));
        }
        Ok(Self { first, last })
    }
}

impl FromStr for Lines {
    type Err = LinesError;
    fn from_str(text: &str) -> Result<Self, LinesError> {
        let wrong = || LinesError(text.chars().take(80).collect());
        let number = |part: &str| match part.as_bytes() {
            [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => {
                part.parse::<u32>().map_err(|_| wrong())
            }
            _ => Err(wrong()),
        };
        match text.split_once('-') {
            None => number(text).and_then(|n| Self::try_from((n, n))),
            Some((first, last)) => Self::try_from((number(first)?, number(last)?)),
        }
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

impl From<&Lines> for (u32, u32) {
    fn from(lines: &Lines) -> Self {
        lines.ends()
    }
}

encoded_as!(Lines, (u32, u32));
as_text!(
    Lines,
    "^[1-9][0-9]*(-[1-9][0-9]*)?$",
    "A line as 3, or lines as 3-5, counted from 1"
);

/// A rectangle of an image in pixels from its upper left corner.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Pixels from the left.
    pub x: u32,
    /// Pixels from the top.
    pub y: u32,
    /// Width in pixels, above 0.
    pub width: u32,
    /// Height in pixels, above 0.
    pub height: u32,
}

/// Where inside a source: each field narrows it further; at least one is there.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Locator {
    /// Page, counted from 1.
    pub page: Option<u32>,
    /// Paragraph as the source numbers it, as `5` or `5 (b)`.
    pub paragraph: Option<Text<64>>,
    /// Lines, counted from 1.
    pub line: Option<Lines>,
    /// Row of a table, counted from 1 with its header.
    pub row: Option<u32>,
    /// Cell or column, as the source names it.
    pub cell: Option<Text<64>>,
    /// The exact words.
    pub quote: Option<Text<4000>>,
    /// Part of an image.
    pub region: Option<Region>,
    /// Sentences of an NMEA file, by line.
    pub nmea: Option<Lines>,
    /// Second of a recording, counted from 0.
    pub second: Option<u32>,
}
