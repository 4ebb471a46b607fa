//! `seaproof record batch`: a file of lines, recorded as one commit or not at all.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::hand::Options;
use crate::batch::{Author, Batch, Known};
use crate::context::{self, Context, cannot};
use crate::error::{Error, Result};
use crate::input::open_exhibit;
use crate::output::count;
use crate::recording::{self, with_session};

pub fn run(ctx: &mut Context, file: &Path, options: &Options) -> Result<()> {
    let text = read(file)?;
    let base = match file.parent() {
        Some(folder) if file != Path::new("-") => folder.to_path_buf(),
        _ => PathBuf::new(),
    };
    let batch = Batch {
        lines: lines(&text),
        base: &base,
        numbered: true,
        given: &[],
    };
    let nothing = |error: Error| {
        let error = match file == Path::new("-") {
            true => error,
            false => error.at(file.display()),
        };
        error.remedy_if_none("Nothing was recorded.")
    };
    if batch.lines.is_empty() {
        return Err(nothing(Error::input("no line holds anything")));
    }
    if options.dry_run {
        let store = ctx.store()?;
        let reader = context::reader_for_writing(&store, None)?;
        let mut known = Known::read(&reader)?;
        let author = Author::of(&reader, &options.key);
        batch
            .check(&store, &mut known, author.as_ref())
            .map_err(nothing)?;
        let values = batch
            .lines
            .iter()
            .map(|(_, text)| serde_json::from_str(text))
            .collect::<serde_json::Result<Vec<serde_json::Value>>>()?;
        if ctx.json {
            return ctx
                .out
                .json(&serde_json::json!({"can_be_recorded": values.len(), "lines": values}));
        }
        for value in &values {
            ctx.out.json_text(value)?;
            ctx.out.line("")?;
        }
        ctx.note(&format!(
            "{} can be recorded; nothing was",
            count(values.len() as u64, "line", "lines")
        ));
        return Ok(());
    }
    let now = ctx.now();
    let recorded = with_session(ctx, &options.key, |session| {
        batch.record(session, now).map_err(nothing)
    })?;
    recording::report(ctx, &recorded)
}

/// The lines that hold something, with their numbers from 1.
pub fn lines(text: &str) -> Vec<(usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect()
}

fn read(file: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|e| Error::storage("cannot read standard input", &e))?;
    } else {
        if file.is_dir() {
            return Err(Error::input(format!("{} is a folder", file.display()))
                .remedy("A batch is a file of lines, one JSON object each: name that file."));
        }
        open_exhibit(file)?
            .0
            .read_to_end(&mut bytes)
            .map_err(|e| cannot("read", file, &e))?;
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        Error::input(format!("{}: line {line} is not UTF-8", file.display()))
            .remedy("Nothing was recorded. Save the file as UTF-8.")
    })
}
