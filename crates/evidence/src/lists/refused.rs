//! Why a list cannot be read.

/// A place in a list file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The byte, from 0.
    pub byte: u64,
}

/// A list that is refused as a whole: what, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize)]
#[error("line {}, byte {}: {problem}; {advice}", place.line, place.byte)]
pub struct Refused {
    /// Where reading stopped.
    pub place: Place,
    /// What is wrong there.
    pub problem: String,
    /// What to do about it.
    pub advice: String,
}

impl Refused {
    pub(super) fn at(place: Place, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            place,
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}

/// At most 80 characters of something strange, for a message.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}
