//! `seaproof record ports FILE` and `record shoreline FILE`: tables of places, read before they are recorded.

use std::path::{Path, PathBuf};

use clap::Args;
use seaproof_ledger::ids::{ExhibitHash, ExhibitRef};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

use super::fields::{Dating, text};
use super::hand::{Common, record_given};
use crate::batch::Given;
use crate::commands::track::{ports_bytes, ports_of, shore_bytes, shore_of};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{clean, count, grouped};

/// What every table of places has.
#[derive(Debug, Args)]
struct Table {
    /// The file, which becomes an exhibit
    file: PathBuf,
    /// Its title. Of ports the default is that of the World Port Index where the file has its numbers, and else the
    /// file's name
    #[arg(long, value_name = "WORDS")]
    title: Option<String>,
    /// Who publishes it: no file tells it
    #[arg(long, value_name = "WORDS")]
    publisher: Option<String>,
    /// Which edition, as its publisher calls it
    #[arg(long, value_name = "WORDS")]
    edition: Option<String>,
    /// Where it was found
    #[arg(long)]
    url: Option<String>,
    /// When it was published
    #[arg(long, value_name = "DATE")]
    published: Option<String>,
    /// When it was fetched
    #[arg(long, value_name = "DATE")]
    captured: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// The file's form: original, capture, copy or extract
    #[arg(long, value_name = "FORM", default_value = "copy")]
    form: String,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: seaproof record ports wpi.csv --as ports --published 2019 \
    --publisher \"National Geospatial-Intelligence Agency\"\n\n\
    It reads a CSV file with a heading, as the World Port Index."
)]
pub struct Ports {
    #[command(flatten)]
    table: Table,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: seaproof record shoreline land.geojson --title \"Natural Earth, 1:50m land\" --as shore\n\n\
    It reads lines and polygons of GeoJSON."
)]
pub struct Shore {
    #[command(flatten)]
    table: Table,
}

pub fn ports(ctx: &mut Context, args: &Ports) -> Result<()> {
    let table = &args.table;
    let bytes = ports_bytes(&table.file)?;
    let ports = ports_of(&table.file, &bytes)?;
    let known = Known {
        what: "ports",
        format: "wpi-csv",
        title: Some(match ports.is_world_port_index() {
            true => "World Port Index".to_owned(),
            false => file_name(&table.file),
        }),
        rows: ports.ports().len() as u64,
        exhibit: exhibit(&bytes),
    };
    if !put(ctx, table, &known)? {
        return Ok(());
    }
    let named = ports.ports().iter().filter(|port| port.locode.is_some());
    ctx.out.line(format_args!(
        "Ports      {}, {} with a UN/LOCODE",
        grouped(known.rows),
        grouped(named.count() as u64)
    ))?;
    if let Some(first) = ports.refused().first() {
        let rows = count(ports.refused_total(), "row", "rows");
        let text = format!(
            "Not read   {rows}, the first in line {}: {}",
            first.line, first.why
        );
        ctx.out.line(text)?;
    }
    Ok(())
}

pub fn shoreline(ctx: &mut Context, args: &Shore) -> Result<()> {
    let table = &args.table;
    let bytes = shore_bytes(&table.file)?;
    let shore = shore_of(&table.file, &bytes)?;
    let known = Known {
        what: "shoreline",
        format: "geojson",
        title: None,
        rows: shore.pieces() as u64,
        exhibit: exhibit(&bytes),
    };
    if put(ctx, table, &known)? {
        let pieces = count(known.rows, "piece", "pieces");
        ctx.out.line(format_args!(
            "Shoreline  {pieces} of at most a quarter of a degree"
        ))?;
    }
    Ok(())
}

/// What the file itself tells.
struct Known {
    what: &'static str,
    format: &'static str,
    title: Option<String>,
    rows: u64,
    /// The bytes that were read.
    exhibit: ExhibitRef,
}

/// What a file is called, as a title.
fn file_name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    clean(&name.unwrap_or_default())
}

fn exhibit(bytes: &[u8]) -> ExhibitRef {
    ExhibitRef {
        hash: ExhibitHash(Sha256::digest(bytes).into()),
        length: bytes.len() as u64,
    }
}

/// How the line names the file; another name than that of a held exhibit.
fn named(path: &Path) -> String {
    let name = path.to_string_lossy();
    match name.starts_with("sha256:") {
        true => format!("./{name}"),
        false => name.into_owned(),
    }
}

/// Records the table; whether there is more to say of it.
fn put(ctx: &mut Context, table: &Table, known: &Known) -> Result<bool> {
    let title = table.title.clone().or_else(|| known.title.clone());
    let title = title.ok_or_else(|| {
        Error::usage("the file does not tell its title: say so with --title")
            .remedy("Nothing was recorded.")
    })?;
    let mut line = Map::new();
    line.insert("kind".into(), "gazetteer".into());
    line.insert("what".into(), known.what.into());
    line.insert("title".into(), title.into());
    text(&mut line, "publisher", &table.publisher);
    text(&mut line, "edition", &table.edition);
    line.insert("format".into(), known.format.into());
    text(&mut line, "url", &table.url);
    let dating = &table.dating;
    dating.put(&mut line, "published", &table.published, "within");
    dating.put(&mut line, "captured", &table.captured, "on");
    line.insert("rows".into(), known.rows.into());
    let given = Given {
        name: named(&table.file),
        path: table.file.clone(),
        exhibit: Some(known.exhibit),
    };
    line.insert(
        "hold".into(),
        json!({"held": [{"file": given.name, "form": table.form}]}),
    );
    text(&mut line, "note", &table.note);
    record_given(ctx, line, &table.common, &[given])?;
    Ok(!ctx.json && !table.common.asking.options.dry_run)
}
