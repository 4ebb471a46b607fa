//! The state as it is shown: typed rows with the entries behind each value. `replay --json` is
//! this, and the tables on screen are drawn from it.
//!
//! Entries are integers (`12` is `#12`); `labels` names those that have one. Amounts are integers
//! with a unit; shares are in hundredths of a percent. What is not stated is null.

mod ais;
mod amended;
mod answers;
mod custody;
mod fill;
mod lists;
mod others;
mod presence;
mod quantities;
mod rows;
mod told;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::findings::{Adopted, Finding, Ground, findings};
use crate::groups::{Groups, Range};
use crate::memberships::Memberships;
use crate::rules::{RuleInForce, Rules};
use crate::settle::Settled;
use crate::state::At;
use crate::tracks::Readings;
use crate::tracks::known::Tracks;

pub use ais::{
    AisReadings, AnomalyRow, EncounterRow, GazettedPort, PortVisitRow, SilenceRow, VesselAisRow,
};
pub use amended::{Amended, Correction, NoticeRow, Withdrawn};
pub use answers::{ANSWERS_VERSION, Answers, FindingsAnswer, QuotaAnswer, VesselsAnswer};
pub use custody::{AnchorRow, CustodyRow, DerivedRow, RecordedStateRow};
pub use lists::{ListRow, ListingRow, TermsRow};
pub use others::{
    AbsenceRow, FactorRow, InterpretationRow, MembershipRow, PortRow, TransferRow, TranslationRow,
};
pub use presence::PresenceRow;
pub use quantities::{CapRow, ColumnRow, CountedFigure, FigureRow, Limit, TellingRow};
pub use rows::{
    AssertionRow, CargoRow, ClaimRow, DarkRow, DepartureRow, DocumentRow, GroupRow, HypothesisRow,
    ImageRow, PortCallRow, SaidListedRow, SightingRow, TrackRow, VesselRow,
};
pub(crate) use told::held_files;
pub use told::{Held, HeldFileRow, PlaceRow, SourceRow, ToldRow, WhenRow, WhoRow};

/// A word of this program's own, or the same word read back.
pub type Word = std::borrow::Cow<'static, str>;

/// The current state, or the state after some entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View {
    /// The ledger's id; null before its first entry.
    pub ledger: Option<String>,
    /// How many entries were applied.
    pub entries: u64,
    /// The state root in hexadecimal digits; null where only a part is looked at.
    pub state_root: Option<String>,
    /// The date that is looked at; null is all that was recorded.
    pub as_of: Option<String>,
    /// Who was where on that date; empty without one.
    pub presence: Vec<PresenceRow>,
    /// Entries by their labels.
    pub labels: BTreeMap<String, u64>,
    /// Where the rules of findings come from.
    pub adopted: Option<u64>,
    /// The rules in force.
    pub rules: Vec<RuleInForce>,
    /// How many vessels there are, named ones and members of groups.
    pub distinct_vessels: Range,
    /// Unnamed things.
    pub groups: Vec<GroupRow>,
    /// Named vessels with every claim.
    pub vessels: Vec<VesselRow>,
    /// Where something was seen.
    pub sightings: Vec<SightingRow>,
    /// Calls at ports.
    pub port_calls: Vec<PortCallRow>,
    /// Departures.
    pub departures: Vec<DepartureRow>,
    /// Cargo taken on.
    pub loadings: Vec<CargoRow>,
    /// Cargo given off.
    pub unloadings: Vec<CargoRow>,
    /// Said or found silent on AIS, with the coverage that it rests on.
    pub dark_periods: Vec<DarkRow>,
    /// Cargo moved from ship to ship.
    pub transfers: Vec<TransferRow>,
    /// Whether named vessels belong to groups.
    pub memberships: Vec<MembershipRow>,
    /// Sanctions lists as they stood.
    pub lists: Vec<ListRow>,
    /// Listings of vessels, each by a row of a list.
    pub listings: Vec<ListingRow>,
    /// Said to be listed; no list was consulted.
    pub said_listed: Vec<SaidListedRow>,
    /// Caps, each over each of its periods that a figure touches.
    pub caps: Vec<CapRow>,
    /// Figures with all their tellings.
    pub figures: Vec<FigureRow>,
    /// Documents.
    pub documents: Vec<DocumentRow>,
    /// Images and sets of images.
    pub images: Vec<ImageRow>,
    /// AIS tracks.
    pub tracks: Vec<TrackRow>,
    /// Which of them were read, and under which thresholds.
    pub ais: AisReadings,
    /// What somebody sees in images.
    pub interpretations: Vec<InterpretationRow>,
    /// Documents that render others.
    pub translations: Vec<TranslationRow>,
    /// What was looked for and not found.
    pub absences: Vec<AbsenceRow>,
    /// Ports with their positions and zones.
    pub ports: Vec<PortRow>,
    /// Conversion factors.
    pub conversion_factors: Vec<FactorRow>,
    /// Who had which evidence.
    pub custody: Vec<CustodyRow>,
    /// What tools made of exhibits.
    pub derived: Vec<DerivedRow>,
    /// Heads of this ledger that are known outside.
    pub anchors: Vec<AnchorRow>,
    /// States that were recorded.
    pub recorded_states: Vec<RecordedStateRow>,
    /// Claims on anything that has no row of its own: port calls, documents and the like.
    pub claims: Vec<ClaimRow>,
    /// General and legal assertions.
    pub assertions: Vec<AssertionRow>,
    /// Hypotheses.
    pub hypotheses: Vec<HypothesisRow>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Entries that are disputed, and by which.
    pub disputed: Vec<Amended>,
    /// Entries whose words were corrected.
    pub corrected: Vec<Correction>,
    /// Entries that do not stand, and why.
    pub withdrawn: Vec<Withdrawn>,
    /// Entries by keys that could not record them; they feed nothing.
    pub unauthorised: Vec<u64>,
    /// Entries by keys that are called suspect; they feed the state.
    pub suspect: Vec<u64>,
    /// Entries whose facts are not here.
    pub withheld: Vec<u64>,
    /// Entries of which something is redacted, and by which.
    pub redacted: Vec<Amended>,
    /// What was wrong with entries.
    pub notices: Vec<NoticeRow>,
}

impl Settled<'_> {
    /// All rows, caps and findings. What tracks show comes from readings of the files that
    /// [`Settled::tracks_wanted`] names; without them each says that it was not read.
    pub fn view(&self, readings: &Readings) -> View {
        let groups = Groups::of(self);
        let caps = crate::caps::caps(self);
        let rules = Rules::of(self);
        let memberships = Memberships::of(self);
        let tracks = Tracks::of(self, readings, &rules);
        let ground = Ground {
            settled: self,
            groups: &groups,
            caps: &caps,
            memberships: &memberships,
            tracks: &tracks,
        };
        let rows = fill::Rows {
            settled: self,
            groups: &groups,
            memberships: &memberships,
            tracks: &tracks,
        };
        View {
            ledger: self.state.ledger().map(|id| id.to_string()),
            entries: self.state.entries.len() as u64,
            state_root: self.lens.is_clear().then(|| self.root().to_string()),
            as_of: self.lens.as_of.as_ref().map(ToString::to_string),
            presence: rows.presence(),
            labels: self.labels(),
            adopted: rules.adopted.map(|at| self.number(at)),
            distinct_vessels: groups.distinct_vessels(self, &memberships),
            groups: rows.groups(),
            vessels: rows.vessels(),
            sightings: rows.sightings(),
            port_calls: rows.port_calls(),
            departures: rows.departures(),
            loadings: rows.cargo("loading"),
            unloadings: rows.cargo("unloading"),
            dark_periods: rows.dark_periods(),
            transfers: rows.transfers(),
            memberships: rows.memberships(),
            lists: rows.lists(),
            listings: rows.listings(),
            said_listed: rows.said_listed(),
            caps: caps.iter().map(|cap| quantities::cap(self, cap)).collect(),
            figures: quantities::figures(self),
            documents: rows.documents(),
            images: rows.images(),
            tracks: rows.tracks(),
            ais: tracks.readings_row(&rules),
            interpretations: rows.interpretations(),
            translations: rows.translations(),
            absences: rows.absences(),
            ports: rows.ports(),
            conversion_factors: rows.conversion_factors(),
            custody: rows.custody(),
            derived: rows.derived(),
            anchors: rows.anchors(),
            recorded_states: rows.recorded_states(),
            claims: rows.other_claims(),
            assertions: rows.assertions(),
            hypotheses: rows.hypotheses(),
            findings: findings(&ground, &rules),
            disputed: self.disputed_rows(),
            corrected: self.correction_rows(),
            withdrawn: self.withdrawn_rows(),
            unauthorised: self.entries_where(|e| !e.standing.authorised),
            suspect: self.entries_where(|e| e.standing.suspect),
            withheld: self.entries_where(|e| e.body == crate::state::Body::Withheld),
            redacted: self.redacted_rows(),
            notices: {
                let mut notices = self.notice_rows();
                notices.extend(rows.excesses());
                notices
            },
            rules: rules.rules,
        }
    }

    /// The findings alone.
    pub fn findings(&self, readings: &Readings) -> Vec<Finding> {
        let groups = Groups::of(self);
        let caps = crate::caps::caps(self);
        let memberships = Memberships::of(self);
        let rules = Rules::of(self);
        let tracks = Tracks::of(self, readings, &rules);
        let ground = Ground {
            settled: self,
            groups: &groups,
            caps: &caps,
            memberships: &memberships,
            tracks: &tracks,
        };
        findings(&ground, &rules)
    }

    pub(crate) fn number(&self, at: At) -> u64 {
        self.state.entry(at).index.0
    }

    pub(crate) fn numbers(&self, all: impl IntoIterator<Item = At>) -> Vec<u64> {
        all.into_iter().map(|at| self.number(at)).collect()
    }

    fn labels(&self) -> BTreeMap<String, u64> {
        let labels = self.state.labels.iter();
        labels
            .map(|(label, at)| (label.clone(), self.number(*at)))
            .collect()
    }
}

/// Where a finding's rule comes from, in one line for a table.
impl std::fmt::Display for Adopted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.position)
    }
}
