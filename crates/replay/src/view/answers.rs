//! The answers that a committee asks for first, each with no more of the view than it shows: so they can
//! be kept and read back at once.

use serde::{Deserialize, Serialize};

use super::{AisReadings, CapRow, FigureRow, GroupRow, VesselRow, View, fill, quantities};
use crate::findings::tracks::is_of_tracks;
use crate::findings::{Finding, Ground, findings};
use crate::groups::{Groups, Range};
use crate::memberships::Memberships;
use crate::rules::{RuleInForce, Rules};
use crate::settle::Settled;
use crate::tracks::Readings;
use crate::tracks::known::{TrackReadingRow, Tracks};

/// Changes whenever replay can come to another answer, or the answers to another shape, from the same entries; and
/// whenever AIS tracks can be read in another way.
pub const ANSWERS_VERSION: u32 = 7;

/// Groups and vessels, with every claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VesselsAnswer {
    /// The ledger's id; null before its first entry.
    pub ledger: Option<String>,
    /// How many entries were applied.
    pub entries: u64,
    /// The state root in hexadecimal digits; null where only a part is looked at.
    pub state_root: Option<String>,
    /// How many vessels there are, named ones and members of groups.
    pub distinct_vessels: Range,
    /// Unnamed things.
    pub groups: Vec<GroupRow>,
    /// Named vessels with every claim, and what held AIS tracks show of them.
    pub vessels: Vec<VesselRow>,
    /// Which tracks were read, and under which thresholds.
    pub ais: AisReadings,
}

/// Caps, and what is told of their use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaAnswer {
    /// The ledger's id; null before its first entry.
    pub ledger: Option<String>,
    /// How many entries were applied.
    pub entries: u64,
    /// The state root in hexadecimal digits; null where only a part is looked at.
    pub state_root: Option<String>,
    /// Caps, each over each of its periods that a figure touches.
    pub caps: Vec<CapRow>,
    /// Figures with all their tellings.
    pub figures: Vec<FigureRow>,
}

/// What the rules in force find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingsAnswer {
    /// The ledger's id; null before its first entry.
    pub ledger: Option<String>,
    /// How many entries were applied.
    pub entries: u64,
    /// The state root in hexadecimal digits; null where only a part is looked at.
    pub state_root: Option<String>,
    /// Where the rules of findings come from.
    pub adopted: Option<u64>,
    /// The rules in force.
    pub rules: Vec<RuleInForce>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Which tracks were read for it.
    pub ais: AisReadings,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Groups and vessels.
    pub vessels: VesselsAnswer,
    /// Caps and figures.
    pub quota: QuotaAnswer,
    /// Rules and findings.
    pub findings: FindingsAnswer,
}

impl Settled<'_> {
    /// The rule of this name that is in force.
    pub fn rule(&self, name: &str) -> Option<RuleInForce> {
        let rules = Rules::of(self).rules;
        rules.into_iter().find(|rule| rule.rule == name)
    }

    /// The files that a rule would have looked into, and that were not read; none of a rule that looks into no tracks.
    pub fn unread_by(&self, rule: &str, readings: &Readings) -> Vec<TrackReadingRow> {
        if !is_of_tracks(rule) {
            return Vec::new();
        }
        let mut rows = Tracks::of(self, readings, &Rules::of(self)).rows();
        rows.retain(|row| !row.read);
        rows
    }

    /// The answers of this state. The same as the parts of [`Settled::view`] of those names.
    pub fn answers(&self, readings: &Readings) -> Answers {
        let groups = Groups::of(self);
        let caps = crate::caps::caps(self);
        let rules = Rules::of(self);
        let memberships = Memberships::of(self);
        let tracks = Tracks::of(self, readings, &rules);
        let rows = fill::Rows {
            settled: self,
            groups: &groups,
            memberships: &memberships,
            tracks: &tracks,
        };
        let ledger = self.state.ledger().map(|id| id.to_string());
        let entries = self.state.entries.len() as u64;
        let state_root = Some(self.root().to_string());
        let ground = Ground {
            settled: self,
            groups: &groups,
            caps: &caps,
            memberships: &memberships,
            tracks: &tracks,
        };
        Answers {
            vessels: VesselsAnswer {
                ledger: ledger.clone(),
                entries,
                state_root: state_root.clone(),
                distinct_vessels: groups.distinct_vessels(self, &memberships),
                groups: rows.groups(),
                vessels: rows.vessels(),
                ais: tracks.readings_row(&rules),
            },
            quota: QuotaAnswer {
                ledger: ledger.clone(),
                entries,
                state_root: state_root.clone(),
                caps: caps.iter().map(|cap| quantities::cap(self, cap)).collect(),
                figures: quantities::figures(self),
            },
            findings: FindingsAnswer {
                ledger,
                entries,
                state_root,
                adopted: rules.adopted.map(|at| self.number(at)),
                findings: findings(&ground, &rules),
                ais: tracks.readings_row(&rules),
                rules: rules.rules,
            },
        }
    }
}

impl From<View> for VesselsAnswer {
    fn from(view: View) -> Self {
        Self {
            ledger: view.ledger,
            entries: view.entries,
            state_root: view.state_root,
            distinct_vessels: view.distinct_vessels,
            groups: view.groups,
            vessels: view.vessels,
            ais: view.ais,
        }
    }
}

impl From<View> for QuotaAnswer {
    fn from(view: View) -> Self {
        Self {
            ledger: view.ledger,
            entries: view.entries,
            state_root: view.state_root,
            caps: view.caps,
            figures: view.figures,
        }
    }
}

impl From<View> for FindingsAnswer {
    fn from(view: View) -> Self {
        Self {
            ledger: view.ledger,
            entries: view.entries,
            state_root: view.state_root,
            adopted: view.adopted,
            rules: view.rules,
            findings: view.findings,
            ais: view.ais,
        }
    }
}
