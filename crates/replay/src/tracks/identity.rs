//! Which vessel of the ledger an MMSI stands for, and on what that rests. An MMSI names a radio and no hull; an IMO
//! number that it gives identifies only if its check digit is right and a vessel's claim has the same; and it takes nothing
//! from the vessel that claims the MMSI, since a number is typed in aboard and may be another ship's.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_ais::analysis::{IdentityClaim, IdentityField, VesselAnalysis};
use seaproof_ais::report::LineRef;
use seaproof_ais::units::Time;
use seaproof_evidence::events::things::Value;
use seaproof_evidence::ids::{Imo, ImoScheme, Mmsi};
use seaproof_evidence::time::{Span, When};
use seaproof_evidence::{Event, Timestamp};

use super::Named;
use super::words::digits;
use crate::settle::Settled;
use crate::state::At;
use crate::words;

/// Who says that a vessel has a number.
#[derive(Debug, Clone)]
struct Claimed {
    vessel: At,
    by: At,
    when: Option<When>,
}

/// The numbers that vessels are said to have.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    imo: BTreeMap<Imo, Vec<Claimed>>,
    mmsi: BTreeMap<u32, Vec<Claimed>>,
    /// Of each vessel, the IMO numbers that are claimed for it.
    imos_of: BTreeMap<At, BTreeSet<Imo>>,
    /// MMSIs that tracks are declared to be of.
    declared: BTreeMap<u32, BTreeSet<At>>,
}

impl Claims {
    pub(crate) fn of(settled: &Settled<'_>) -> Self {
        let mut claims = Self::default();
        for statement in settled.of_kind("vessel") {
            let Event::Vessel(event) = statement.event() else {
                continue;
            };
            let vessel = statement.at;
            if let Some(imo) = event.imo {
                claims.add_imo(imo, vessel, vessel, None);
            }
            if let Some(mmsi) = event.mmsi {
                claims.add_mmsi(mmsi.get(), vessel, vessel, None);
            }
            for statement in settled.about_of_kinds(vessel, &["claim"]) {
                let Event::Claim(event) = statement.event() else {
                    continue;
                };
                match &event.value {
                    Value::Imo {
                        scheme: ImoScheme::Ship,
                        number,
                    } => {
                        if let Ok(imo) = number.ship() {
                            claims.add_imo(imo, vessel, statement.at, event.when.as_ref());
                        }
                    }
                    Value::Mmsi(mmsi) => {
                        claims.add_mmsi(mmsi.get(), vessel, statement.at, event.when.as_ref());
                    }
                    _ => {}
                }
            }
        }
        for statement in settled.of_kind("ais-track") {
            let Event::AisTrack(event) = statement.event() else {
                continue;
            };
            let only = match event.decoded.as_ref().map(|decoded| &decoded.mmsis[..]) {
                Some([only]) => Some(*only),
                _ => None,
            };
            let Some(mmsi) = event.mmsi.map(Mmsi::get).or(only) else {
                continue;
            };
            let declared = claims.declared.entry(mmsi).or_default();
            declared.insert(statement.at);
            if let Some(vessel) = event.about.and_then(|slot| statement.target(slot)) {
                claims.add_mmsi(mmsi, vessel, statement.at, event.span.as_ref());
            }
        }
        claims
    }

    /// All numbers that are spoken of, whenever they are said to have held.
    pub(crate) fn named(&self) -> Named {
        let mmsis = self.mmsi.keys().chain(self.declared.keys());
        Named {
            mmsis: mmsis.copied().map(seaproof_ais::units::Mmsi).collect(),
            imos: self.imo.keys().map(|imo| imo.get()).collect(),
        }
    }

    fn add_imo(&mut self, imo: Imo, vessel: At, by: At, when: Option<&When>) {
        let when = when.cloned();
        let claimed = self.imo.entry(imo).or_default();
        claimed.push(Claimed { vessel, by, when });
        self.imos_of.entry(vessel).or_default().insert(imo);
    }

    fn add_mmsi(&mut self, mmsi: u32, vessel: At, by: At, when: Option<&When>) {
        let when = when.cloned();
        let claimed = self.mmsi.entry(mmsi).or_default();
        claimed.push(Claimed { vessel, by, when });
    }
}

/// How long before an IMO number was first given, and after it was last, it may still be that of the ship: static reports
/// come every six minutes.
const NEAR: i64 = 12 * 3_600_000;

/// What is known of who transmits under an MMSI.
#[derive(Debug, Clone)]
pub(crate) struct Radio {
    pub(crate) mmsi: seaproof_ais::units::Mmsi,
    /// Vessels of the ledger that it may stand for; nearly always one or none.
    pub(crate) vessels: BTreeSet<At>,
    /// The entries by which it does.
    pub(crate) behind: BTreeSet<At>,
    /// The lines in which it gives the IMO number that identifies it.
    pub(crate) lines: Vec<(Time, LineRef)>,
    /// Whether a vessel claims it, or a track is declared to be of it.
    pub(crate) tied: bool,
    /// In which stretch each of the vessels may be meant, in milliseconds: several if it is so by several numbers.
    stretches: BTreeMap<At, Vec<(i64, i64)>>,
    /// Vessels that are not meant in the stretch that is spoken of, though they are in others.
    elsewhere: BTreeSet<At>,
    /// On what the identity rests, in sentences.
    on: Vec<String>,
    /// What else is to be said of it.
    beside: Vec<String>,
}

/// The stretch in which an MMSI was heard.
fn heard(vessel: &VesselAnalysis) -> Span {
    let moment = |heard: Option<seaproof_ais::analysis::Heard>| heard.map(|h| Timestamp(h.time.0));
    Span {
        earliest: moment(vessel.first),
        latest: moment(vessel.last),
    }
}

impl Radio {
    pub(crate) fn of(
        settled: &Settled<'_>,
        claims: &Claims,
        vessel: &VesselAnalysis,
        line_words: impl Fn(LineRef) -> String,
    ) -> Self {
        let span = heard(vessel);
        let then = |claimed: &&Claimed| {
            (claimed.when.as_ref()).is_none_or(|when| when.span().meets(&span))
        };
        let declared = claims.declared.get(&vessel.mmsi.0);
        let mut radio = Self {
            mmsi: vessel.mmsi,
            vessels: BTreeSet::new(),
            behind: declared.into_iter().flatten().copied().collect(),
            lines: Vec::new(),
            tied: declared.is_some(),
            stretches: BTreeMap::new(),
            elsewhere: BTreeSet::new(),
            on: Vec::new(),
            beside: Vec::new(),
        };
        let mut sentences = Vec::new();
        let mut given = BTreeSet::new();
        let mut none = false;
        for claim in (vessel.claims.iter()).filter(|claim| claim.field == IdentityField::Imo) {
            let Some(imo) = ship_number(claim) else {
                none = true;
                continue;
            };
            given.insert(imo);
            for claimed in claims.imo.get(&imo).into_iter().flatten().filter(then) {
                let near = (
                    claim.first.time.0.saturating_sub(NEAR),
                    claim.last.time.0.saturating_add(NEAR),
                );
                radio.may_be(claimed.vessel, near);
                radio.behind.insert(claimed.by);
                radio.lines.push((claim.first.time, claim.first.at));
                sentences.push(format!(
                    "AIS gives IMO {imo} ({}), and {} claims it for {}.",
                    line_words(claim.first.at),
                    hash(settled, claimed.by),
                    settled.state.name(claimed.vessel)
                ));
            }
        }
        radio.lines.sort_unstable();
        radio.lines.dedup();
        let by_number = radio.vessels.clone();
        for claimed in (claims.mmsi.get(&vessel.mmsi.0).into_iter().flatten()).filter(then) {
            let name = settled.state.name(claimed.vessel);
            let says = match settled.kind(claimed.by) {
                Some("ais-track") => "is declared to be of it, and of",
                _ => "claims this MMSI for",
            };
            let by = hash(settled, claimed.by);
            radio.behind.insert(claimed.by);
            radio.may_be(claimed.vessel, bounds(claimed.when.as_ref()));
            if !by_number.is_empty() {
                sentences.push(match by_number.contains(&claimed.vessel) {
                    true => format!("{by} {says} {name} too."),
                    false => format!("{by} {says} {name}, another vessel."),
                });
                continue;
            }
            sentences.push(format!("{by} {says} {name}."));
            let claimed = claims.imos_of.get(&claimed.vessel);
            let others: Vec<String> = given.iter().map(ToString::to_string).collect();
            sentences.push(match (&others[..], claimed) {
                ([], _) if vessel.claims_left_out > 0 => format!(
                    "Of what was looked at AIS gives no IMO number; {} with other identities were not.",
                    words::counted(
                        usize::try_from(vessel.claims_left_out).unwrap_or(usize::MAX),
                        "report",
                        "reports"
                    )
                ),
                ([], _) if none => "The IMO number that AIS gives is none.".to_owned(),
                ([], _) => "AIS gives no IMO number.".to_owned(),
                (others, Some(_)) => format!(
                    "AIS gives IMO {}, which is not the one that is claimed for it.",
                    words::listed(others, "and")
                ),
                (others, None) => {
                    format!("AIS gives IMO {}.", words::listed(others, "and"))
                }
            });
        }
        radio.tied |= !radio.vessels.is_empty();
        if radio.vessels.is_empty() {
            let given: Vec<String> = given.iter().map(ToString::to_string).collect();
            sentences.push(match &given[..] {
                [] => "By its MMSI alone; no vessel of this ledger claims it.".to_owned(),
                given => format!(
                    "By its MMSI alone; no vessel of this ledger claims it or IMO {}, which it gives.",
                    words::listed(given, "or")
                ),
            });
        }
        if given.len() > 1 && !by_number.is_empty() {
            let given: Vec<String> = given.iter().map(ToString::to_string).collect();
            sentences.push(format!("It gives IMO {}.", words::listed(&given, "and")));
        }
        radio.on = sentences;
        if vessel.ships > 1 {
            radio.beside.push(format!(
                "Its positions fall into {} tracks that overlap and that one hull cannot have made together: of several \
                 transmitters, or of positions that are false. Which of them this is, is not known.",
                vessel.ships
            ));
        }
        radio
    }

    fn may_be(&mut self, vessel: At, stretch: (i64, i64)) {
        self.vessels.insert(vessel);
        self.stretches.entry(vessel).or_default().push(stretch);
    }

    /// Who is meant in a stretch. Of several vessels those whose number was given near it, or that the MMSI is claimed for
    /// at that time; if none is, all of them may be meant.
    pub(crate) fn near(&self, from: Time, until: Time) -> Self {
        let mut near = self.clone();
        if self.vessels.len() > 1 {
            near.vessels
                .retain(|vessel| self.meant(*vessel, from, until));
            if near.vessels.is_empty() {
                near.vessels.clone_from(&self.vessels);
            }
            near.elsewhere = &self.vessels - &near.vessels;
        }
        near
    }

    fn meant(&self, vessel: At, from: Time, until: Time) -> bool {
        let stretches = self.stretches.get(&vessel).into_iter().flatten();
        let mut stretches = stretches.copied();
        stretches.any(|(first, last)| first <= until.0 && last >= from.0)
    }

    /// On what the identity rests.
    pub(crate) fn words(&self, settled: &Settled<'_>) -> String {
        let mut sentences = self.on.clone();
        if !self.elsewhere.is_empty() {
            let names = self.elsewhere.iter().map(|at| settled.state.name(*at));
            let names: Vec<String> = names.collect();
            sentences.push(format!(
                "What speaks for {} is of another time.",
                words::listed(&names, "and")
            ));
        }
        if self.vessels.len() > 1 {
            sentences.push("Which of these vessels it is, is not known.".to_owned());
        }
        sentences.extend(self.beside.iter().cloned());
        sentences.push("An MMSI names a radio, not a hull.".to_owned());
        sentences.join(" ")
    }

    /// `example (MMSI 445123000)`, or the MMSI alone.
    pub(crate) fn name(&self, settled: &Settled<'_>) -> String {
        let names: Vec<String> = (self.vessels.iter())
            .map(|at| settled.state.name(*at))
            .collect();
        let mmsi = digits(self.mmsi);
        match &names[..] {
            [] => format!("MMSI {mmsi}"),
            names => format!("{} (MMSI {mmsi})", words::listed(names, "or")),
        }
    }
}

/// The IMO number that a claim gives, if it can be a ship's.
pub(crate) fn ship_number(claim: &IdentityClaim) -> Option<Imo> {
    let number = claim.value.parse().ok()?;
    claim.is_ships_number().then_some(number)
}

/// The stretch that a time may lie in.
fn bounds(when: Option<&When>) -> (i64, i64) {
    let span = when.map(When::span);
    let (first, last) = span.map_or((None, None), |span| (span.earliest, span.latest));
    (
        first.map_or(i64::MIN, |t| t.0),
        last.map_or(i64::MAX, |t| t.0),
    )
}

fn hash(settled: &Settled<'_>, at: At) -> String {
    format!("#{}", settled.number(at))
}
