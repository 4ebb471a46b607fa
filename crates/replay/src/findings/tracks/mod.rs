//! Rules over held AIS tracks. Each says first what the data shows of reception, and never why a vessel did
//! anything. What was read comes as values; a rule without its readings finds nothing.

mod close_together;
mod dark_period;
mod draught_change;
mod port_call;
mod reappearance;
mod seen_while_dark;
mod told;
mod two_places;

use std::collections::BTreeSet;

use seaproof_ais::analysis::{Coverage, CoverageBasis, Gap, Heard, Unplaced, VesselAnalysis};
use seaproof_ais::units::Time;

use super::{Draft, Ground, RunRule};
use crate::state::At;
use crate::tracks::identity::Radio;
use crate::tracks::words::{digits, distance, lasting, speed, utc};
use crate::words::listed;

/// The rules in the order in which their findings are shown.
pub(super) const RULES: &[(&str, RunRule)] = &[
    (dark_period::RULE, dark_period::run),
    (seen_while_dark::RULE, seen_while_dark::run),
    (port_call::RULE, port_call::run),
    (draught_change::RULE, draught_change::run),
    (close_together::RULE, close_together::run),
    (two_places::RULE, two_places::run),
    (reappearance::RULE, reappearance::run),
];

/// Whether a rule looks into tracks.
pub(crate) fn is_of_tracks(rule: &str) -> bool {
    RULES.iter().any(|(name, _)| *name == rule)
}

const OF_RECEPTION: &str = "A silence is one of reception: why nothing was received is not in the data, and nothing here says \
     that anything was switched off.";
const OF_RADIO: &str = "Wrong if another transmitter used its MMSI, or its positions were not where it was: AIS is told by \
     whoever transmits.";

/// What the data shows of reception in a silence.
pub(crate) fn reception(coverage: &Coverage) -> String {
    let Coverage {
        basis,
        hours,
        hours_heard,
        step_hours,
    } = *coverage;
    let mut words = match basis {
        CoverageBasis::OthersHeard => format!(
            "Others were heard in the region of its last position (within half a degree to a degree) in {hours_heard} \
             of {hours} whole hours of the silence"
        ),
        CoverageBasis::Thin => format!(
            "Others were heard in the region of its last position (within half a degree to a degree) in only \
             {hours_heard} of {hours} whole hours of the silence: a thin basis"
        ),
        CoverageBasis::Nobody => {
            format!(
                "Nobody was heard in the region of its last position (within half a degree to a degree) in any of the \
                 {hours} whole hours of the silence: it is not shown that anything was received there"
            )
        }
        CoverageBasis::NotKnown => {
            "Whether others were heard nearby is not known, as it gave no position before the \
             silence"
                .to_owned()
        }
    };
    if step_hours > 1 {
        words.push_str(&format!(
            " (hours were told apart only in steps of {step_hours}; each step counts for one)"
        ));
    }
    words
}

/// The other MMSIs under which the vessel is taken to transmit.
fn also_under(ground: &Ground<'_>, radio: &Radio) -> Vec<String> {
    let others = ground
        .tracks
        .radios()
        .filter(|other| other.mmsi != radio.mmsi && !other.vessels.is_disjoint(&radio.vessels));
    others.map(|other| digits(other.mmsi)).collect()
}

/// The same, where the others that were heard may be the vessel itself.
fn reception_of(ground: &Ground<'_>, radio: &Radio, coverage: &Coverage) -> String {
    let mut words = reception(coverage);
    let others = also_under(ground, radio);
    if coverage.hours_heard > 0 && !others.is_empty() {
        words.push_str(&format!(
            "; among them it may be the vessel itself, under MMSI {}",
            listed(&others, "or")
        ));
    }
    words
}

/// What has to be said of a silence where the vessel may have been heard all the time.
fn of_one_mmsi(ground: &Ground<'_>, radio: &Radio) -> Option<String> {
    let others = also_under(ground, radio);
    let words = || {
        format!(
            "The vessel is also taken to transmit under MMSI {}: this silence is of one of them.",
            listed(&others, "and")
        )
    };
    (!others.is_empty()).then(words)
}

/// From when to when, and on which lines that rests.
fn stretch(ground: &Ground<'_>, gap: &Gap) -> String {
    let tracks = ground.tracks;
    let start = format!(
        "{} ({})",
        utc(gap.start.time),
        tracks.line_words(gap.start.at)
    );
    let lasted = lasting(gap.start.time, gap.until);
    match gap.end {
        Some(end) => format!(
            "from {start} to {} ({}), {lasted}",
            utc(end.time),
            tracks.line_words(end.at)
        ),
        None => format!(
            "from {start} to the end of the data at {}, at least {lasted}",
            utc(gap.until)
        ),
    }
}

/// What is known of it before and after: `144 positions in the 12 h before`, how far and how fast.
fn around(gap: &Gap, before_seconds: u32) -> String {
    let before = lasting(
        seaproof_ais::units::Time(0),
        seaproof_ais::units::Time(i64::from(before_seconds) * 1_000),
    );
    let mut words = match gap.positions_before {
        1 => format!("1 position in the {before} before"),
        n => format!(
            "{} positions in the {before} before",
            crate::words::grouped(n)
        ),
    };
    if let Some(metres) = gap.distance {
        words.push_str(&format!("; next heard {} off", distance(metres)));
        if let Some(implied) = gap.implied {
            words.push_str(&format!(", which needs {}", speed(implied)));
        }
    }
    if let Some(near) = &gap.port {
        let code = near.port.locode.as_ref();
        let code = code.map_or_else(String::new, |code| format!(" ({code})"));
        words.push_str(&format!(
            "; last position {} from {}{code}",
            distance(near.distance),
            near.port.name
        ));
    }
    if let Some(shore) = gap.shore {
        words.push_str(&format!("; {} from the shore", distance(shore)));
    }
    words
}

/// What stands on both sides of a silence.
fn sides(gap: &Gap) -> Vec<(&'static str, Heard)> {
    let mut lines = vec![("last heard before", gap.start)];
    if let Some(from) = gap.from.filter(|from| from.at != gap.start.at) {
        let (time, at) = (from.time, from.at);
        lines.push(("last position before", Heard { time, at }));
    }
    match gap.end {
        Some(end) => lines.push(("first heard after", end)),
        None => {
            let (time, at) = (gap.until, gap.until_at);
            lines.push(("last heard of any vessel", Heard { time, at }));
        }
    }
    if let Some(to) = gap
        .to
        .filter(|to| gap.end.is_none_or(|end| end.at != to.at))
    {
        let (time, at) = (to.time, to.at);
        lines.push(("first position after", Heard { time, at }));
    }
    lines
}

/// What has to be said of a silence beside a single report, or of a vessel that was heard at times that cannot be: a
/// wrong clock makes silences.
fn clocks(vessel: &VesselAnalysis, gap: &Gap) -> Vec<String> {
    let mut caveats = Vec::new();
    let one = |side: &str| {
        format!(
            "{side} the silence there is one report alone: a clock that was wrong looks like this."
        )
    };
    let before = vessel.gaps.iter().any(|other| {
        let end = other.end.map(|end| end.time);
        end == Some(gap.start.time)
    });
    if before
        || vessel
            .first
            .is_some_and(|first| first.time == gap.start.time)
    {
        caveats.push(one("Before"));
    }
    if let Some(end) = gap.end {
        let after = vessel.gaps.iter().any(|other| other.start.time == end.time);
        if after || vessel.last.is_some_and(|last| last.time == end.time) {
            caveats.push(one("After"));
        }
    }
    if vessel.improbable > 0 {
        caveats.push(format!(
            "Of it {} left out, at times before 1990 or after 2099: a clock was not always right.",
            match vessel.improbable {
                1 => "1 report is".to_owned(),
                n => format!("{} reports are", crate::words::grouped(n)),
            }
        ));
    }
    caveats
}

/// The stretches without a position that touch a time.
fn unplaced(vessel: &VesselAnalysis, from: Time, until: Time) -> Vec<&Unplaced> {
    let touches = |one: &&Unplaced| one.start.time <= until && one.end.time >= from;
    vessel.unplaced.iter().filter(touches).collect()
}

/// `no position was received of it from … (line 2 of track-a, #9) to … (line 40 …)`, of the first of them, and how many
/// more there are.
fn no_position(ground: &Ground<'_>, stretches: &[&Unplaced]) -> Option<String> {
    let tracks = ground.tracks;
    let (first, more) = stretches.split_first()?;
    let mut words = format!(
        "no position was received of it from {} ({}) to {} ({})",
        utc(first.start.time),
        tracks.line_words(first.start.at),
        utc(first.end.time),
        tracks.line_words(first.end.at)
    );
    match more.len() {
        0 => {}
        1 => words.push_str(", nor in 1 other stretch"),
        more => words.push_str(&format!(", nor in {more} other stretches")),
    }
    Some(words)
}

/// What bounds a stretch without a position.
fn ends(stretch: &Unplaced) -> [(&'static str, Heard); 2] {
    [
        ("no position from", stretch.start),
        ("no position to", stretch.end),
    ]
}

/// A finding on what was received: of whom, on which lines, and what else somebody says.
fn draft(
    ground: &Ground<'_>,
    statement: String,
    of: &[&Radio],
    lines: &[(&'static str, Heard)],
    said: impl IntoIterator<Item = At>,
) -> Draft {
    let tracks = ground.tracks;
    let mut compared: BTreeSet<At> = said.into_iter().collect();
    compared.extend(lines.iter().flat_map(|(_, heard)| tracks.of_line(heard.at)));
    let mut draft = Draft::new(statement, compared);
    draft.lines = lines
        .iter()
        .map(|(what, heard)| tracks.line(*what, *heard))
        .collect();
    for radio in of {
        draft.lines.extend(radio.lines.iter().map(|(time, at)| {
            let (time, at) = (*time, *at);
            tracks.line("identity", Heard { time, at })
        }));
        draft.also.extend(&radio.vessels);
        draft.also.extend(&radio.behind);
    }
    draft.also.extend(tracks.read());
    let identities: Vec<String> = match of {
        [one] => vec![one.words(ground.settled)],
        more => more
            .iter()
            .map(|radio| {
                format!(
                    "{}: {}",
                    radio.name(ground.settled),
                    radio.words(ground.settled)
                )
            })
            .collect(),
    };
    draft.identity = Some(identities.join(" "));
    draft
}

impl Draft {
    /// It rests on the gazetteer, if one was used.
    fn by_ports(mut self, ground: &Ground<'_>) -> Self {
        let [ports, _] = ground.tracks.tables;
        self.also.extend(ports);
        self
    }

    /// It says what [`around`] does of a silence, and rests on the tables that this names.
    fn with_around(mut self, ground: &Ground<'_>, gap: &Gap) -> Self {
        let [ports, shore] = ground.tracks.tables;
        self.also.extend(ports.filter(|_| gap.port.is_some()));
        self.also.extend(shore.filter(|_| gap.shore.is_some()));
        self
    }

    /// What the data shows of reception, and what was read.
    fn covered(mut self, ground: &Ground<'_>, shown: &str) -> Self {
        self.coverage = Some(format!("{shown}. {}", ground.tracks.read_words()));
        self
    }
}

/// Where nothing turns on what was not received.
const HEARD: &str = "It rests on what was received; what was not received is not known";
