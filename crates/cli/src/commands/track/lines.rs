//! What became of every line, as CSV in the order of the lines.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use seaproof_ais::sink::{Flag, Outcome, Reception, Sink};

use super::aside::Aside;
use super::csv::quoted;
use crate::error::Result;

const HEADING: &str = "file,line,outcome,of,reason,flags";

/// Lines that wait until nothing more can be said of them. The first part of a message has its outcome when the message
/// is whole or given up, which is at most about 1,300 lines later.
const WAITING: u64 = 4_096;

/// Writes the outcome of every line.
pub struct Lines {
    out: Aside,
    /// The name of the file that is read, as a field.
    file: String,
    waiting: BTreeMap<u64, Said>,
}

/// What is known of a line.
#[derive(Default)]
struct Said {
    outcome: Option<Outcome>,
    flags: Vec<Flag>,
}

impl Lines {
    pub fn new(path: &Path) -> Result<Self> {
        Ok(Self {
            out: Aside::new(path, HEADING)?,
            file: String::new(),
            waiting: BTreeMap::new(),
        })
    }

    /// The lines that follow are of this file, from 1.
    pub fn begin(&mut self, file: &str) {
        self.all();
        self.file = quoted(file);
    }

    pub fn finish(mut self) -> Result<()> {
        self.all();
        self.out.finish()
    }

    fn all(&mut self) {
        while let Some((line, said)) = self.waiting.pop_first() {
            self.put(line, &said);
        }
    }

    fn put(&mut self, line: u64, said: &Said) {
        let file = &self.file;
        self.out.put(|out| row(out, file, line, said));
    }
}

fn row(out: &mut dyn Write, file: &str, line: u64, said: &Said) -> io::Result<()> {
    let Some(outcome) = said.outcome else {
        return Ok(());
    };
    write!(out, "{file},{line},")?;
    match outcome {
        Outcome::Decoded(_) => write!(out, "decoded,,")?,
        Outcome::Duplicate { of, .. } => write!(out, "duplicate,{of},")?,
        Outcome::Fragment { of } => write!(out, "fragment,{of},")?,
        Outcome::Refused(reason) => write!(out, "refused,,{}", reason.code())?,
    }
    let flags: Vec<&str> = said.flags.iter().map(|flag| flag.code()).collect();
    writeln!(out, ",{}", flags.join(" "))
}

impl Sink for Lines {
    fn line(&mut self, line: u64, outcome: Outcome) {
        // A flag of a line may come right after its outcome.
        while let Some(first) = self.waiting.first_entry()
            && first.key().saturating_add(WAITING) < line
        {
            let (line, said) = first.remove_entry();
            self.put(line, &said);
        }
        self.waiting.entry(line).or_default().outcome = Some(outcome);
    }

    fn heard(&mut self, _: &Reception<'_>) {}

    fn flag(&mut self, line: u64, flag: Flag) {
        let flags = &mut self.waiting.entry(line).or_default().flags;
        if let Err(at) = flags.binary_search(&flag) {
            flags.insert(at, flag);
        }
    }
}
