//! Vessels as CSV, one row each; and every position as it was transmitted.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use seaproof_ais::report::Kind;
use seaproof_ais::sink::{Outcome, Reception, Sink};
use seaproof_ais::units::Mmsi;

use super::Found;
use super::aside::Aside;
use super::units::time;
use crate::error::Result;
use crate::output::Out;

const VESSELS: &str = "mmsi,imo,name,positions,first,last,ships,gaps,longest_gap_seconds,port_visits,encounters,anomalies";
const POSITIONS: &str = "line,time,mmsi,type,lat,lon,sog,cog,heading";

/// One row for each vessel.
pub fn vessels(out: &mut Out, found: &Found) -> Result<()> {
    out.line(VESSELS)?;
    for vessel in found.vessels() {
        let length = |gap: &seaproof_ais::analysis::Gap| gap.until.since(gap.start.time) / 1000;
        let longest = vessel.gaps.iter().map(length).max();
        let met = (found.encounters())
            .filter(|encounter| encounter.a == vessel.mmsi || encounter.b == vessel.mmsi)
            .count();
        let or_empty = |value: Option<String>| value.unwrap_or_default();
        out.line(format_args!(
            "{},{},{},{},{},{},{},{},{},{},{met},{}",
            vessel.mmsi.0,
            or_empty(found.imo(vessel).map(|imo| imo.to_string())),
            quoted(found.names(vessel).first().copied().unwrap_or_default()),
            found.positions(vessel),
            or_empty(vessel.first.map(|heard| time(heard.time))),
            or_empty(vessel.last.map(|heard| time(heard.time))),
            vessel.ships,
            vessel.gaps.len(),
            or_empty(longest.map(|seconds| seconds.to_string())),
            vessel.port_visits.len(),
            vessel.anomalies.len(),
        ))?;
    }
    Ok(())
}

/// A text as a field (RFC 4180), on one line. One that a spreadsheet would take for a formula has `'` before it:
/// whoever transmits a name must not have it worked out.
pub fn quoted(text: &str) -> String {
    let text = crate::output::clean(text);
    let text = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text,
    };
    match text.contains([',', '"']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// Writes every position that it hears, those that repeat another among them.
pub struct Positions {
    out: Aside,
    wanted: BTreeSet<Mmsi>,
    /// Of several files, what the last column of a row says: the one that its line is counted in.
    file: Option<String>,
}

impl Positions {
    /// `several` says that lines of more than one file will be heard, so that each has to name its own.
    pub fn new(path: &Path, wanted: &BTreeSet<Mmsi>, several: bool) -> Result<Self> {
        let file = if several { ",file" } else { "" };
        Ok(Self {
            out: Aside::new(path, &format!("{POSITIONS}{file}"))?,
            wanted: wanted.clone(),
            file: several.then(String::new),
        })
    }

    /// What is heard from now on stands in this file.
    pub fn begin(&mut self, name: &str) {
        if let Some(file) = &mut self.file {
            *file = quoted(name);
        }
    }

    pub fn finish(self) -> Result<()> {
        self.out.finish()
    }
}

fn row(out: &mut dyn Write, heard: &Reception<'_>, file: Option<&str>) -> io::Result<()> {
    write!(out, "{},", heard.at.line)?;
    if let Some(at) = heard.time {
        out.write_all(time(at).as_bytes())?;
    }
    write!(out, ",{},", heard.mmsi.0)?;
    if let Kind::Message(number) = heard.kind {
        write!(out, "{number}")?;
    }
    let raw = heard.position;
    for value in [raw.lat, raw.lon, raw.sog, raw.cog, raw.heading] {
        out.write_all(b",")?;
        if let Some(value) = value {
            write!(out, "{value}")?;
        }
    }
    if let Some(file) = file {
        write!(out, ",{file}")?;
    }
    out.write_all(b"\n")
}

/// Whether messages of a type give the position of the transmitter.
const fn gives_position(kind: Kind) -> bool {
    match kind {
        Kind::Message(number) => matches!(number, 1..=4 | 9 | 11 | 18 | 19 | 21 | 27),
        Kind::Row | Kind::ShipRow | Kind::OtherRow => true,
    }
}

impl Sink for Positions {
    fn line(&mut self, _: u64, _: Outcome) {}

    fn heard(&mut self, heard: &Reception<'_>) {
        let wanted = self.wanted.is_empty() || self.wanted.contains(&heard.mmsi);
        if wanted && gives_position(heard.kind) {
            let file = self.file.as_deref();
            self.out.put(|out| row(out, heard, file));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_formula() {
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(
            quoted("=HYPERLINK(\"http://x\")"),
            "\"'=HYPERLINK(\"\"http://x\"\")\""
        );
        for first in ["+", "-", "@"] {
            assert_eq!(quoted(&format!("{first}A")), format!("'{first}A"));
        }
        for first in ["\t", "\r", "\n"] {
            let field = quoted(&format!("{first}=A"));
            assert!(!field.starts_with(['=', '\t', '\r', '\n']), "{field:?}");
        }
        assert_eq!(quoted("M-1 = A"), "M-1 = A");
        assert_eq!(quoted(""), "");
    }

    #[test]
    fn a_name_with_a_comma_is_quoted() {
        assert_eq!(quoted("YU SON"), "YU SON");
        assert_eq!(quoted("A \"B\", C\n"), "\"A \"\"B\"\", C \"");
    }
}
