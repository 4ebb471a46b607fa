//! `seaproof track FILE…`: what AIS files hold and what follows from it. Needs no ledger and writes none.

mod aside;
mod csv;
mod geojson;
pub mod json;
mod lines;
pub mod tables;
pub mod thresholds;
pub mod units;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Read as _};
use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_ais::analyse::{MEMORY, Named, analyse_within};
use seaproof_ais::analysis::{Analysis, Encounter, IdentityClaim, IdentityField, VesselAnalysis};
use seaproof_ais::collect::{Collector, Settings, Tracks};
use seaproof_ais::imo;
use seaproof_ais::ports::Gazetteer;
use seaproof_ais::shore::Shoreline;
use seaproof_ais::sink::{Counts, Sink};
use seaproof_ais::units::Mmsi;

use crate::context::{Context, cannot};
use crate::decoding::{self, How, MapArgs, To};
use crate::error::{Error, Result};
use crate::input::open_exhibit;
use crate::output::count;
use crate::tally::{All, Untimed};

use csv::Positions;
use lines::Lines;
use thresholds::ThresholdArgs;

/// What every reading of what was derived needs to know first.
pub const BASIS: &str = "All of this is a pattern to examine. It rests on what the receivers of these files \
    heard: a silence says that nothing was received, not that nothing was sent, and less still why. \"Others \
    heard\" counts the whole hours of a silence in which another ship was heard in the region of the last position.";

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof track january.csv.gz february.nmea --ports wpi.csv --json\n\n\
    It reads AIVDM sentences with or without tag blocks, the CSV of MarineCadastre and of the Danish Maritime Authority, \
    and other CSV with --map; gz and zst as they are. Nothing is written but with --positions and --lines, which take - for standard output: then nothing else is printed."
)]
pub struct Args {
    /// The files, or - for standard input, which is read too if none is named
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
    /// A gazetteer of ports, as the World Port Index in CSV: without it port visits are not looked for
    #[arg(long, value_name = "FILE")]
    ports: Option<PathBuf>,
    /// A shoreline in GeoJSON: without it distances to the shore are not known
    #[arg(long, value_name = "FILE")]
    shore: Option<PathBuf>,
    #[command(flatten)]
    thresholds: ThresholdArgs,
    /// Show only this vessel, and whom it met. May be repeated. All are read, since others show what could be heard
    #[arg(long, value_name = "MMSI")]
    mmsi: Vec<u32>,
    /// Rows of a table at most; 0 is all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Print GeoJSON: tracks, gaps, visits, encounters
    #[arg(long, conflicts_with_all = ["csv", "json"])]
    geojson: bool,
    /// Print CSV, one row for each vessel
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Write every position as it was transmitted, in raw units; of several files the last column names each
    #[arg(long, value_name = "FILE.csv")]
    positions: Option<PathBuf>,
    /// Write what became of every line
    #[arg(long, value_name = "FILE.csv")]
    lines: Option<PathBuf>,
    /// Print every threshold with its default
    #[arg(long)]
    list_thresholds: bool,
}

/// A file that was read.
pub struct FileRead {
    pub name: String,
    pub format: &'static str,
    pub compression: Option<&'static str>,
    pub counts: Counts,
}

/// What was read and derived.
pub struct Found {
    pub files: Vec<FileRead>,
    pub counts: Counts,
    pub tracks: Tracks,
    pub untimed: Untimed,
    pub analysis: Analysis,
    /// Of whom it is to be shown; empty is all.
    pub wanted: BTreeSet<Mmsi>,
    pub with_ports: bool,
}

impl Found {
    /// The vessels that are to be shown.
    pub fn vessels(&self) -> impl Iterator<Item = &VesselAnalysis> {
        (self.analysis.vessels.iter()).filter(|vessel| self.shows(vessel.mmsi))
    }

    /// The encounters that are to be shown.
    pub fn encounters(&self) -> impl Iterator<Item = &Encounter> {
        (self.analysis.encounters.iter())
            .filter(|encounter| self.shows(encounter.a) || self.shows(encounter.b))
    }

    /// Positions of a vessel, those without a time among them.
    pub fn positions(&self, vessel: &VesselAnalysis) -> u64 {
        let untimed = self
            .untimed
            .of(vessel.mmsi)
            .map_or(0, |said| said.positions);
        vessel.positions.saturating_add(untimed)
    }

    /// The names that a vessel gave, by first time; then those that it gave without one.
    pub fn names<'f>(&'f self, vessel: &'f VesselAnalysis) -> Vec<&'f str> {
        let mut names: Vec<&str> = (vessel.claims.iter())
            .filter(|claim| claim.field == IdentityField::Name)
            .map(|claim| claim.value.as_str())
            .collect();
        for name in (self.untimed.of(vessel.mmsi).into_iter()).flat_map(|said| &said.names) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The IMO number that a vessel gave most often of those that can be one, of several the first, of those at one time the
    /// lowest; of what it said without a time, the first.
    pub fn imo(&self, vessel: &VesselAnalysis) -> Option<u32> {
        let given = |claim: &&IdentityClaim| claim.is_ships_number();
        let claimed = (vessel.claims.iter().filter(given))
            .max_by(|a, b| {
                // Of equals the earlier, then the lower: in whatever order the lines stand.
                let of = |claim: &IdentityClaim| (claim.first.time, claim.value.clone());
                a.count.cmp(&b.count).then_with(|| of(b).cmp(&of(a)))
            })
            .and_then(|claim| claim.value.parse().ok());
        let said = self.untimed.of(vessel.mmsi).into_iter();
        claimed.or_else(|| {
            said.flat_map(|said| said.imos.iter().copied())
                .find(|imo| *imo >= 1_000_000 && imo::plausible(&imo.to_string()))
        })
    }

    fn shows(&self, mmsi: Mmsi) -> bool {
        self.wanted.is_empty() || self.wanted.contains(&mmsi)
    }
}

pub fn run(ctx: &mut Context, args: &Args) -> Result<()> {
    if args.list_thresholds {
        return list_thresholds(ctx);
    }
    let thresholds = args.thresholds.read()?;
    let mapping = args.map.mapping()?;
    let how = How::under(&thresholds, mapping.as_ref());
    let files = given(&args.files, io::stdin().is_terminal())?;
    let standard = files.iter().filter(|file| is_standard(file)).count();
    if standard > 1 {
        return Err(Error::usage("standard input can be read once: give - once"));
    }
    if files.len() > usize::from(u16::MAX) {
        return Err(Error::usage(format!(
            "at most {} files at a time",
            u16::MAX
        )));
    }
    let alone = args.alone(ctx.json)?;
    let ports = args.ports.as_deref().map(read_ports).transpose()?;
    let shore = args.shore.as_deref().map(read_shore).transpose()?;
    let wanted: BTreeSet<Mmsi> = args.mmsi.iter().copied().map(Mmsi).collect();
    let mut positions = match &args.positions {
        Some(path) => Some(Positions::new(path, &wanted, files.len() > 1)?),
        None => None,
    };
    let mut lines = args.lines.as_deref().map(Lines::new).transpose()?;
    let mut collector = Collector::new(Settings::new(std::env::temp_dir(), &thresholds));
    let mut untimed = Untimed::default();
    let mut read = Vec::new();
    let mut counts = Counts::default();
    for (source, file) in (0_u16..).zip(&files) {
        let mut sinks: Vec<&mut (dyn Sink + Send)> = Vec::new();
        if let Some(positions) = &mut positions {
            positions.begin(&name(file));
            sinks.push(positions);
        }
        if let Some(lines) = &mut lines {
            lines.begin(&name(file));
            sinks.push(lines);
        }
        let mut all;
        let to = if sinks.is_empty() {
            To::Tracks(&mut collector, &mut untimed)
        } else {
            if !alone {
                sinks.push(&mut collector);
                sinks.push(&mut untimed);
            }
            all = All(sinks);
            To::Sink(&mut all)
        };
        let came = decoding::read_file(file, source, how, to)?;
        counts.add(&came.counts);
        read.push(FileRead {
            name: name(file),
            format: came.format,
            compression: came.compression,
            counts: came.counts,
        });
    }
    if let Some(positions) = positions {
        positions.finish()?;
    }
    if let Some(lines) = lines {
        lines.finish()?;
    }
    if alone {
        return Ok(());
    }
    let mut tracks = collector.finish()?;
    let spinner = crate::input::spinner("working out what follows");
    let named = Named {
        mmsis: wanted.clone(),
        ..Named::default()
    };
    let (ports, shore) = (ports.as_ref(), shore.as_ref());
    let analysis = analyse_within(MEMORY, &named, &mut tracks, &thresholds, ports, shore);
    spinner.finish_and_clear();
    let mut found = Found {
        files: read,
        counts,
        tracks,
        untimed,
        analysis: analysis?,
        wanted,
        with_ports: ports.is_some(),
    };
    let left_out = found.analysis.vessels_left_out;
    if left_out > 0 {
        ctx.note(&format!(
            "{} left out: so many were heard that memory does not hold what follows for all. Kept are those with the most \
             positions; --mmsi names others",
            count(left_out, "MMSI is", "MMSIs are")
        ));
    }
    for mmsi in &found.wanted {
        if !found.analysis.vessels.iter().any(|v| v.mmsi == *mmsi) {
            ctx.note(&format!("{} is not heard in these files", mmsi.0));
        }
    }
    match () {
        () if ctx.json => ctx.out.json_as_made(&json::All(&found)),
        () if args.geojson => geojson::write(&mut ctx.out, &mut found),
        () if args.csv => csv::vessels(&mut ctx.out, &found),
        () => tables::all(&mut ctx.out, &found, args.limit),
    }
}

impl Args {
    /// Whether what is written beside the report goes to standard output, and so is all that goes there.
    fn alone(&self, json: bool) -> Result<bool> {
        let beside = [("--positions", &self.positions), ("--lines", &self.lines)];
        let beside = (beside.into_iter())
            .filter(|(_, path)| path.as_deref().is_some_and(aside::is_standard))
            .map(|(option, _)| option);
        let shown = [
            ("--json", json),
            ("--csv", self.csv),
            ("--geojson", self.geojson),
        ];
        let shown = (shown.into_iter())
            .filter(|(_, asked)| *asked)
            .map(|(option, _)| option);
        let beside: Vec<&str> = beside.collect();
        let all: Vec<&str> = beside.iter().copied().chain(shown).collect();
        match (&beside[..], &all[..]) {
            ([], _) => Ok(false),
            (_, [_]) => Ok(true),
            (_, all) => Err(Error::usage(format!(
                "standard output is asked for by {}",
                all.join(" and by ")
            ))
            .remedy("It can take one: give a file to the other, or leave it out.")),
        }
    }
}

/// The files to read. Where none is named, what is piped in; who sits at a terminal is told what to give.
fn given(files: &[PathBuf], terminal: bool) -> Result<Vec<PathBuf>> {
    match files {
        [] if terminal => Err(Error::usage("there is nothing to read: no FILE is given").remedy(
            "Name one or more, as `seaproof track january.csv.gz`, or pipe one in. `seaproof track --help` shows what can be read.",
        )),
        [] => Ok(vec![PathBuf::from("-")]),
        files => Ok(files.to_vec()),
    }
}

/// Whether a name stands for standard input.
pub fn is_standard(file: &Path) -> bool {
    file == Path::new("-")
}

fn name(file: &Path) -> String {
    match is_standard(file) {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    }
}

fn list_thresholds(ctx: &mut Context) -> Result<()> {
    let all = thresholds::all()?;
    if ctx.json {
        return ctx.out.json(&all);
    }
    for (name, value) in all {
        let name = name.replace('_', "-");
        ctx.out.line(format_args!("{name}={value}"))?;
    }
    Ok(())
}

/// Reads a file whole, if it is not too long.
pub fn read_whole(file: &Path, most: usize, what: &str) -> Result<Vec<u8>> {
    let (opened, length) = open_exhibit(file)?;
    let too_long = |length: u64| {
        Error::input(format!(
            "{} is no {what}: it has {length} bytes, and at most {most} are read",
            file.display()
        ))
    };
    if length > most as u64 {
        return Err(too_long(length));
    }
    let mut bytes = Vec::new();
    let mut opened = opened.take((most as u64).saturating_add(1));
    let read = opened.read_to_end(&mut bytes);
    read.map_err(|error| cannot("read", file, &error))?;
    match bytes.len() > most {
        // It grew while it was read.
        true => Err(too_long(bytes.len() as u64)),
        false => Ok(bytes),
    }
}

/// Reads a gazetteer of ports.
fn read_ports(file: &Path) -> Result<Gazetteer> {
    ports_of(file, &ports_bytes(file)?)
}

/// The bytes of a gazetteer.
pub fn ports_bytes(file: &Path) -> Result<Vec<u8>> {
    read_whole(file, seaproof_ais::ports::MAX_BYTES, "gazetteer")
}

/// The gazetteer that the bytes of a file are.
pub fn ports_of(file: &Path, bytes: &[u8]) -> Result<Gazetteer> {
    Gazetteer::read(bytes).map_err(|error| {
        Error::input(format!("{}: {error}", file.display())).remedy(
            "A gazetteer is a CSV file with a heading, as the World Port Index of the National Geospatial-Intelligence Agency.",
        )
    })
}

/// Reads a shoreline.
fn read_shore(file: &Path) -> Result<Shoreline> {
    shore_of(file, &shore_bytes(file)?)
}

/// The bytes of a shoreline.
pub fn shore_bytes(file: &Path) -> Result<Vec<u8>> {
    read_whole(file, seaproof_ais::shore::MAX_BYTES, "shoreline")
}

/// The shoreline that the bytes of a file are.
pub fn shore_of(file: &Path, bytes: &[u8]) -> Result<Shoreline> {
    Shoreline::read(bytes).map_err(|error| {
        Error::input(format!("{}: {error}", file.display()))
            .remedy("A shoreline is GeoJSON of lines or polygons, as the land of Natural Earth.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sits_at_a_terminal_is_told_what_to_give() {
        let error = given(&[], true).unwrap_err().sentence();
        assert!(
            error.contains("no FILE") && error.contains("pipe one in"),
            "{error}"
        );
        assert_eq!(given(&[], false).unwrap(), [PathBuf::from("-")]);
        let named = [PathBuf::from("a"), PathBuf::from("-")];
        assert_eq!(given(&named, true).unwrap(), named);
    }
}
