//! Lines of NMEA 0183 as receivers and loggers write them: tag blocks, sentences, their checksums, the times
//! that are given with them.
//!
//! A line is read by itself (`line::parse`), whoever came before it: what needs more than one line (times of
//! the line before, fragments, duplicates) is `decode`'s.

pub(crate) mod armour;
pub(crate) mod gist;
pub(crate) mod line;
pub(crate) mod tag;
pub(crate) mod time;

/// The longest line that is read, without its line end.
pub const LONGEST_LINE: usize = 4096;
