//! Files of the user's own: what becomes an exhibit, and progress while it is read.

use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::context::cannot;
use crate::error::{Error, Result};

/// Opens a file that is to become an exhibit; returns its length as it is now.
pub fn open_exhibit(path: &Path) -> Result<(File, u64)> {
    // Looked at before opening: opening a pipe would wait for ever.
    let found = fs::metadata(path).map_err(|error| {
        cannot("read", path, &error).remedy(match error.kind() {
            io::ErrorKind::NotFound => {
                "Check the name; names in a batch are looked up from the batch's own folder."
            }
            _ => "Check that the file can be read, and try again.",
        })
    })?;
    if !found.is_file() {
        let what = if found.is_dir() {
            "a folder"
        } else {
            "not a regular file"
        };
        return Err(Error::input(format!("{} is {what}", path.display()))
            .remedy("An exhibit is one regular file: name the file, or pack the folder first."));
    }
    let file = File::open(path).map_err(|e| cannot("read", path, &e))?;
    let opened = file.metadata().map_err(|e| cannot("read", path, &e))?;
    if !opened.is_file() {
        return Err(Error::input(format!(
            "{} was replaced while it was opened",
            path.display()
        )));
    }
    Ok((file, opened.len()))
}

/// A progress bar on stderr over so many bytes; silent without a terminal.
pub fn bytes_bar(total: u64, what: &str) -> ProgressBar {
    bar(
        ProgressBar::new(total),
        "{msg}  {bar:30}  {bytes} of {total_bytes}",
        what,
    )
}

/// A progress bar on stderr over so many things.
pub fn things_bar(total: u64, what: &str) -> ProgressBar {
    bar(
        ProgressBar::new(total),
        "{msg}  {bar:30}  {human_pos} of {human_len}",
        what,
    )
}

/// A count on stderr without a known end.
pub fn spinner(what: &str) -> ProgressBar {
    bar(ProgressBar::new_spinner(), "{spinner} {msg}", what)
}

fn bar(bar: ProgressBar, template: &str, what: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(crate::output::short(what, 40));
    bar
}
