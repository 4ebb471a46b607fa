//! Reading AIS files: how far it is, what the command line says of their columns, and what went wrong in words.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::Path;

use clap::Args;
use indicatif::ProgressBar;
use seaproof_ais::collect::Collector;
use seaproof_ais::decode;
use seaproof_ais::input::{self, Content, Options, Packing, Problem, ReadError};
use seaproof_ais::sink::{Counts, Sink};
use seaproof_ais::table::{self, Dialect, Mapping};
use seaproof_ais::thresholds::Thresholds;

use crate::context::cannot;
use crate::error::{Error, Kind, Result};
use crate::input::{bytes_bar, spinner};
use crate::output::{count, grouped};
use crate::tally::{Both, Untimed};

/// What the command line says of columns.
#[derive(Debug, Args)]
pub struct MapArgs {
    /// Which columns of a table that is not known hold what, as mmsi=Ship,time=Seen,lat=North,lon=East
    #[arg(long, value_name = "FIELD=COLUMN,…")]
    map: Option<String>,
}

impl MapArgs {
    /// The mapping, if one was given.
    pub fn mapping(&self) -> Result<Option<Mapping>> {
        let read = self.map.as_ref().map(|written| {
            let mapping = written.parse();
            mapping.map_err(|error| Error::usage(format!("--map {written:?}: {error}")))
        });
        read.transpose()
    }

    /// As parameters of what is made with it.
    pub fn options(&self) -> Vec<(String, String)> {
        let map = self.map.iter();
        map.map(|written| ("map".to_owned(), written.clone()))
            .collect()
    }
}

/// How an input is read.
#[derive(Clone, Copy)]
pub struct How<'h> {
    pub mapping: Option<&'h Mapping>,
    /// What sentences are read with.
    pub options: decode::Options,
}

impl<'h> How<'h> {
    /// Under these thresholds: what counts as heard before is what tracks merge.
    pub fn under(thresholds: &Thresholds, mapping: Option<&'h Mapping>) -> Self {
        let options = decode::Options {
            duplicate_seconds: thresholds.duplicate_seconds,
            ..decode::Options::default()
        };
        Self { mapping, options }
    }

    /// What sentences are read with, by name.
    pub fn of_sentences(&self) -> [(String, String); 4] {
        let decode::Options {
            duplicate_seconds,
            duplicate_lines,
            fragment_lines,
            fragment_seconds,
        } = self.options;
        [
            ("duplicate-seconds", duplicate_seconds.into()),
            ("duplicate-lines", duplicate_lines),
            ("fragment-lines", fragment_lines),
            ("fragment-seconds", fragment_seconds.into()),
        ]
        .map(|(name, value): (&str, u64)| (name.to_owned(), value.to_string()))
    }
}

/// What came of an input.
pub struct Reading {
    pub counts: Counts,
    /// `sentences`, or whose table it is.
    pub format: &'static str,
    /// `gzip` or `zstd`.
    pub compression: Option<&'static str>,
}

/// Who takes what is read.
pub enum To<'s> {
    /// Tracks, and what is heard without a time, as no row of a table is: tables are then read by all cores at a
    /// time.
    Tracks(&'s mut Collector, &'s mut Untimed),
    /// Anybody.
    Sink(&'s mut (dyn Sink + Send)),
}

/// Reads an input, whatever it is.
pub fn read(input: impl Read + Send, source: u16, how: How<'_>, to: To<'_>) -> Result<Reading> {
    let input = input::open(input, how.mapping).map_err(refused)?;
    let compression = input.packing.map(|packing| match packing {
        Packing::Gzip => "gzip",
        Packing::Zstandard => "zstd",
    });
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let (format, counts) = match input.content.clone() {
        Content::Table(header) => {
            let format = match header.dialect {
                Dialect::MarineCadastre => "marinecadastre",
                Dialect::DanishMaritimeAuthority => "danish",
                Dialect::Mapped => "mapped-csv",
            };
            let counts = match to {
                To::Tracks(collector, _) => {
                    table::collect(input, &header, source, threads, collector)
                }
                To::Sink(sink) => table::read(input, &header, source, sink),
            };
            (format, counts.map_err(refused)?)
        }
        Content::Sentences => {
            let options = Options {
                threads,
                sentences: how.options,
                ..Options::default()
            };
            let mut both;
            let sink: &mut (dyn Sink + Send) = match to {
                To::Tracks(collector, untimed) => {
                    both = Both(collector, untimed);
                    &mut both
                }
                To::Sink(sink) => sink,
            };
            let counts = input::read_sentences(input, source, &options, sink);
            ("sentences", counts.map_err(refused)?)
        }
    };
    Ok(Reading {
        counts,
        format,
        compression,
    })
}

/// Reads a file, or standard input under the name `-`.
pub fn read_file(path: &Path, source: u16, how: How<'_>, to: To<'_>) -> Result<Reading> {
    if path == Path::new("-") {
        let bar = spinner("reading standard input");
        let watched = Watched {
            input: io::stdin(),
            bar: bar.clone(),
        };
        let read = read(watched, source, how, to);
        bar.finish_and_clear();
        return read.map_err(|error| error.at("standard input"));
    }
    if path.is_dir() {
        return Err(
            Error::input(format!("{} is a folder", path.display())).remedy("Name the files in it.")
        );
    }
    let file = File::open(path).map_err(|error| cannot("read", path, &error))?;
    // A pipe has no length; one can be read all the same.
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let bar = bytes_bar(length, &path.display().to_string());
    let watched = Watched {
        input: file,
        bar: bar.clone(),
    };
    let read = read(watched, source, how, to);
    bar.finish_and_clear();
    read.map_err(|error| error.at(path.display()))
}

fn refused(error: ReadError) -> Error {
    let words = up_to(&error.counts);
    let told = problem(&error.problem, &words);
    match error.line {
        0 | 1 => told,
        line => told.at(format_args!("line {line}")),
    }
}

/// What was counted before an input broke off.
fn up_to(counts: &Counts) -> String {
    if counts.total == 0 {
        return String::new();
    }
    let parts = [
        (counts.decoded, "decoded"),
        (counts.duplicate, "duplicate"),
        (counts.fragment, "fragments"),
        (counts.refused_total(), "refused"),
    ];
    let parts: Vec<String> = (parts.iter())
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", grouped(*n)))
        .collect();
    let lines = count(counts.total, "line was read", "lines were read");
    format!(". Up to there {lines}: {}", parts.join(", "))
}

/// What ended the reading of an input: most often the input's own fault.
fn problem(problem: &Problem, up_to: &str) -> Error {
    let mut text = problem.to_string();
    let mut cause = problem.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text.push_str(up_to);
    match problem {
        Problem::Io(_) => Error::new(Kind::Storage, text),
        Problem::Packing { .. } => Error::input(text)
            .remedy("Get the whole file, or unpack what there is of it and read that: its lines are then counted."),
        Problem::Trailing { packed, .. } => Error::input(text).remedy(format!(
            "Cut the file there and read that, and look what the rest is: head -c {packed} FILE."
        )),
        _ => Error::input(text),
    }
}

/// Moves a bar while it is read.
struct Watched<R> {
    input: R,
    bar: ProgressBar,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(to)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
