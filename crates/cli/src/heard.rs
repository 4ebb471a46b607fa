//! What held AIS tracks show of vessels, on screen, and which tracks could not be read.

use seaproof_replay::view::{
    AisReadings, AnomalyRow, EncounterRow, GazettedPort, PortVisitRow, SilenceRow, VesselAisRow,
    VesselRow,
};
use seaproof_replay::{LineBehind, TrackReadingRow};

use crate::commands::track::tables::anomaly;
use crate::error::Result;
use crate::output::{Out, WIDTH, clean, count, grouped, wrap};

/// Silences, visits, encounters and anomalies that are listed of one MMSI.
const LISTED_MAX: usize = 50;

/// What could not be read, then what is shown of each vessel.
pub fn vessels(out: &mut Out, vessels: &[VesselRow], ais: &AisReadings) -> Result<()> {
    if ais.files.is_empty() {
        return Ok(());
    }
    let bold = anstyle::Style::new().bold();
    out.line("")?;
    out.line(format_args!(
        "{bold}AIS, from the tracks that are held{bold:#}"
    ))?;
    unread(out, ais)?;
    for vessel in vessels {
        for row in &vessel.ais {
            one(out, vessel, row)?;
        }
        for row in &vessel.not_reproducible {
            let words = format!("track #{}: {}", row.entry, row.words);
            under(out, 0, &vessel.told.id, &words)?;
        }
    }
    if let Some(thresholds) = &ais.thresholds {
        let words = format!(
            "a silence of {} s or more; ports entered within {} m and left beyond {} m",
            grouped(thresholds.gap_seconds.into()),
            grouped(thresholds.port_enter_metres.into()),
            grouped(thresholds.port_exit_metres.into()),
        );
        under(out, 0, "thresholds", &words)?;
        let gazetteer = ais.files.iter().find(|row| row.what == "gazetteer");
        let words = match gazetteer {
            Some(row) if row.read => None,
            Some(row) => Some(format!(
                "no visit is known, as the gazetteer was not read: {}",
                named(row)
            )),
            None => Some("no gazetteer is held, so no visit is known".to_owned()),
        };
        if let Some(words) = words {
            under(out, 0, "ports", &words)?;
        }
    }
    if ais.unclaimed > 0 {
        let words = format!(
            "{} of {} are of no vessel here; --json counts them, `seaproof track` shows them",
            grouped(ais.unclaimed),
            count(ais.mmsi, "MMSI", "MMSI")
        );
        under(out, 0, "others", &words)?;
    }
    passed_over(out, ais)
}

/// `track (#3)`, or `#3` where it has no label.
pub fn named(row: &TrackReadingRow) -> String {
    match row.id == format!("#{}", row.entry) {
        true => row.id.clone(),
        false => format!("{} (#{})", row.id, row.entry),
    }
}

/// Files that could not be read; whether there are any. To be said before what was worked out without them.
pub fn unread(out: &mut Out, ais: &AisReadings) -> Result<bool> {
    let mut any = false;
    for row in ais.files.iter().filter(|row| !row.read) {
        any = true;
        under(out, 0, &named(row), &row.words)?;
    }
    Ok(any)
}

/// Files that were read and are not what their entries say, and on whom rules are silent.
pub fn passed_over(out: &mut Out, ais: &AisReadings) -> Result<()> {
    let read = ais.files.iter().filter(|row| row.read);
    for row in read.filter(|row| row.words != "read") {
        under(out, 0, &named(row), &row.words)?;
    }
    if let Some(words) = &ais.passed_over {
        under(out, 0, "tracks", words)?;
    }
    if ais.vessels_left_out > 0 {
        let words = format!(
            "{} of {} {} left out, here and of findings: so many were heard that memory does not hold what follows for \
             all. Kept are first those that the ledger names, then those with the most positions; with fewer tracks, \
             or fewer rules that have thresholds of their own, it holds more",
            grouped(ais.vessels_left_out),
            count(ais.mmsi, "MMSI", "MMSI"),
            if ais.vessels_left_out == 1 {
                "is"
            } else {
                "are"
            },
        );
        under(out, 0, "left out", &words)?;
    }
    Ok(())
}

fn one(out: &mut Out, vessel: &VesselRow, row: &VesselAisRow) -> Result<()> {
    let mut words = format!(
        "MMSI {}, {}",
        row.mmsi,
        count(row.positions, "position", "positions")
    );
    if let (Some(first), Some(last)) = (&row.first, &row.last) {
        words.push_str(&format!(", heard from {} to {}", first.time, last.time));
    }
    under(out, 0, &vessel.told.id, &words)?;
    under(out, 4, "identity", &row.identity)?;
    let mut listed = 0;
    let mut list = |out: &mut Out, name: &str, words: &str| {
        listed += 1;
        match listed {
            ..=LISTED_MAX => under(out, 4, name, words),
            _ => Ok(()),
        }
    };
    for silence in &row.dark_periods {
        list(out, "dark", &dark(silence))?;
    }
    for visit in &row.port_visits {
        list(out, "visit", &visited(visit))?;
    }
    for encounter in &row.encounters {
        list(out, "close", &close(encounter))?;
    }
    for anomaly in &row.anomalies {
        list(out, "odd", &odd(anomaly))?;
    }
    let more = listed.saturating_sub(LISTED_MAX) as u64;
    match more.saturating_add(row.left_out) {
        0 => Ok(()),
        more => under(out, 4, "", &format!("and {} more", grouped(more))),
    }
}

/// Coverage first.
fn dark(row: &SilenceRow) -> String {
    let (hours, minutes) = (row.seconds / 3_600, row.seconds / 60 % 60);
    let end = match &row.end {
        Some(end) => format!("{} ({})", end.time, line(end)),
        None => format!("the end of the data at {}", row.until),
    };
    let mut words = format!(
        "{}: nothing received from {} ({}) to {end}, {hours} h {minutes} min",
        row.coverage,
        row.start.time,
        line(&row.start)
    );
    if let Some(metres) = row.distance_m {
        words.push_str(&format!(", next heard {} m off", grouped(metres.into())));
    }
    if let Some(speed) = row.implied_tenth_knots {
        words.push_str(&format!(
            ", which needs {}.{} knots",
            speed / 10,
            speed % 10
        ));
    }
    words
}

fn visited(row: &PortVisitRow) -> String {
    let seen = |seen: bool, word: &str| match seen {
        true => format!("heard to {word}"),
        false => format!("not heard to {word}"),
    };
    format!(
        "{} from {} ({}) to {} ({}), {}, {}, confidence {} of 4",
        port(&row.port),
        row.first.time,
        line(&row.first),
        row.last.time,
        line(&row.last),
        seen(row.entered, "enter"),
        match row.left_unheard {
            true => "silent in port, so not heard to leave".to_owned(),
            false => seen(row.left, "leave"),
        },
        row.confidence
    )
}

fn close(row: &EncounterRow) -> String {
    let with = match &row.with_vessels[..] {
        [] => String::new(),
        names => format!(" ({})", names.join(" or ")),
    };
    let near = row.port.as_ref().map_or_else(String::new, |near| {
        let metres = near.distance_m.unwrap_or_default();
        format!(", {} m from {}", grouped(metres.into()), port(near))
    });
    format!(
        "to MMSI {}{with} from {} to {}, {} m at the closest{near}",
        row.with,
        row.start,
        row.end,
        grouped(row.closest_m.into())
    )
}

fn odd(row: &AnomalyRow) -> String {
    let lines: Vec<String> = row.lines.iter().map(line).collect();
    let until = match row.start == row.end {
        true => String::new(),
        false => format!(" to {}", row.end),
    };
    let words = anomaly(&row.what);
    format!("{words}, {}{until} ({})", row.start, lines.join("; "))
}

fn port(port: &GazettedPort) -> String {
    match &port.locode {
        Some(code) => format!("{} ({code})", port.name),
        None => port.name.clone(),
    }
}

/// `line 12 of track, #2`.
pub fn line(behind: &LineBehind) -> String {
    let hash = format!("#{}", behind.entry);
    match behind.id == hash {
        true => format!("{} of {hash}", behind.lines()),
        false => format!("{} of {}, {hash}", behind.lines(), behind.id),
    }
}

/// A name and words beside it, wrapped.
fn under(out: &mut Out, indent: usize, name: &str, words: &str) -> Result<()> {
    let name = clean(name);
    let left = indent + 12;
    let lines = wrap(&clean(words), WIDTH.saturating_sub(left).max(30));
    for (i, line) in lines.iter().enumerate() {
        match (i, name.chars().count() < 12) {
            (0, true) => out.line(format_args!("{:indent$}{name:<12}{line}", ""))?,
            (0, false) => {
                out.line(format_args!("{:indent$}{name}", ""))?;
                out.line(format_args!("{:left$}{line}", ""))?;
            }
            _ => out.line(format_args!("{:left$}{line}", ""))?,
        }
    }
    Ok(())
}
