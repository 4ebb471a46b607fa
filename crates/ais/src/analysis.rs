//! What was derived from tracks: values, each with the lines that it rests on. Nothing here says why a
//! vessel did anything.

use serde::{Deserialize, Serialize};

use crate::report::LineRef;
use crate::thresholds::Thresholds;
use crate::track::ReceiverCount;
use crate::units::{Metres, Mmsi, Place, TenthKnots, Time};

/// A report that something rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Heard {
    /// When it was received.
    pub time: Time,
    /// Where it stands.
    pub at: LineRef,
}

/// A position that something rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fix {
    /// When it was received.
    pub time: Time,
    /// Where it stands.
    pub at: LineRef,
    /// Where the vessel was.
    pub place: Place,
}

/// Everything derived from some inputs under some thresholds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Analysis {
    /// The thresholds.
    pub thresholds: Thresholds,
    /// The time of the last report of any vessel, of times from 1990 to 2099: where the data ends.
    pub until: Option<Time>,
    /// Where that report stands.
    pub until_at: Option<LineRef>,
    /// One for each MMSI that reported, ascending.
    pub vessels: Vec<VesselAnalysis>,
    /// Pairs close together, by start, then by MMSI.
    pub encounters: Vec<Encounter>,
    /// How often a vessel's place was not compared with others, since too many slow ones were around it. Where this is
    /// not 0, encounters may be missing.
    pub crowded: u64,
    /// MMSIs that are not among [`Self::vessels`], since all together were too many for memory: of those that nobody names
    /// the ones with the fewest positions, and of them the highest MMSIs.
    pub vessels_left_out: u64,
}

/// What was derived of one MMSI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VesselAnalysis {
    /// Whose.
    pub mmsi: Mmsi,
    /// Positions, after receptions of one transmission were merged.
    pub positions: u64,
    /// First report with a time from 1990 to 2099.
    pub first: Option<Heard>,
    /// Last one.
    pub last: Option<Heard>,
    /// Reports with other times, those of clocks that were not set: nothing is derived of them.
    pub improbable: u64,
    /// Identity that it gave, by field and then by first time.
    pub claims: Vec<IdentityClaim>,
    /// Who received it, by name. Empty where the input does not say.
    pub receivers: Vec<ReceiverCount>,
    /// Tracks of this MMSI that overlap in time and that one hull cannot have made together; 1 if there are none. Two
    /// transmitters make two, and so do positions that are spoofed or faulty.
    pub ships: u32,
    /// Silences, by start.
    pub gaps: Vec<Gap>,
    /// Stretches in which it reported and gave no position, by start.
    pub unplaced: Vec<Unplaced>,
    /// Port visits, by arrival.
    pub port_visits: Vec<PortVisit>,
    /// Loitering, drift, draught changes, jumps, clones, sudden stops; by start.
    pub anomalies: Vec<Anomaly>,
    /// Gaps, stretches without a position, visits and anomalies that are not among those, because there were so many of their kind before.
    pub left_out: u64,
    /// Reports whose identity is not among the claims, because it had given so many before.
    pub claims_left_out: u64,
    /// What is not told of it: findings of stray positions, which no ship's speed joins to enough others; gaps of what is no
    /// ship; draught changes that may have taken longer than [`Thresholds::draught_change_seconds`]; and where several ships used the
    /// MMSI at a time, draught changes, and silences of one while another was heard.
    pub not_told: u64,
    /// Positions that are of no ship, by what their message or row says, or by the form of the MMSI. They visit no port, and
    /// take no part in encounters, loitering, drift and sudden stops.
    pub not_of_ship: u64,
}

/// A field of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityField {
    /// IMO number, as transmitted.
    Imo,
    /// Name.
    Name,
    /// Call sign.
    CallSign,
    /// Type of ship, 0 to 255.
    ShipType,
    /// Dimensions: `length x beam` in metres.
    Dimensions,
    /// Draught in metres, with one decimal.
    Draught,
    /// Destination.
    Destination,
}

/// A value that a vessel gave for a field, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityClaim {
    /// The field.
    pub field: IdentityField,
    /// The value, with padding taken off.
    pub value: String,
    /// First heard.
    pub first: Heard,
    /// Last heard.
    pub last: Heard,
    /// How many reports gave it.
    pub count: u64,
    /// Whether the value is one that may be so: for an IMO number, its check digit.
    pub plausible: bool,
}

impl IdentityClaim {
    /// Whether it is an IMO number that can be a ship's. None begins with 0: what does is a short number that was typed
    /// in, whose check digit is right by chance.
    pub fn is_ships_number(&self) -> bool {
        self.field == IdentityField::Imo && self.plausible && !self.value.starts_with('0')
    }

    /// Length and beam in metres, 0 where not given; `None`: it claims something else.
    pub fn dimensions(&self) -> Option<(u16, u16)> {
        let (length, beam) = self.value.split_once(" x ")?;
        let dimensions = (length.parse().ok()?, beam.parse().ok()?);
        (self.field == IdentityField::Dimensions).then_some(dimensions)
    }
}

/// Whether others were heard in the region of a silent vessel's last position: in the same square of half a degree or one
/// of the eight around it, so at most a degree of latitude away. It does not say that the silent one would have been
/// heard: others may have been nearer to the receiver, and it need not have stayed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageBasis {
    /// Others were heard there in enough of the silence's whole hours.
    OthersHeard,
    /// Others were heard there in some of them, too few; or hours were not told apart ([`Coverage::step_hours`]).
    Thin,
    /// Nobody was heard there in any of them: the silence shows nothing.
    Nobody,
    /// Not known: the last position is not.
    NotKnown,
}

/// What the data itself shows of reception near a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coverage {
    /// The verdict.
    pub basis: CoverageBasis,
    /// Whole hours of the silence (UTC): those that begin after its start and end no later than it.
    pub hours: u64,
    /// Those in which another ship was heard in the region of the last position, at least.
    pub hours_heard: u64,
    /// Hours were told apart no finer than in steps of so many: 1, but for very large data. Being heard in a step
    /// counts for one of its hours.
    pub step_hours: u32,
}

/// A distance to the nearest of something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NearPort {
    /// Which port.
    pub port: PortRef,
    /// How far.
    pub distance: Metres,
}

/// A port of the gazetteer that was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PortRef {
    /// Its row in the gazetteer, from 1 after the heading.
    pub row: u32,
    /// Its name there.
    pub name: String,
    /// Its UN/LOCODE as written there without spaces, if it has one.
    pub locode: Option<String>,
    /// Its place there.
    pub place: Place,
}

/// A silence. A fact about reception, not about intent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// The last report before.
    pub start: Heard,
    /// The first report after; `None`: open, the data ends first.
    pub end: Option<Heard>,
    /// When it ends: of `end`, or where the data ends.
    pub until: Time,
    /// Where the report of that time stands: of an open gap, the last one of any vessel.
    pub until_at: LineRef,
    /// The last position before.
    pub from: Option<Fix>,
    /// The first position after.
    pub to: Option<Fix>,
    /// Positions in the time before it ([`Thresholds::gap_before_seconds`]).
    pub positions_before: u64,
    /// Between the two positions.
    pub distance: Option<Metres>,
    /// The speed that the distance needs, rounded to the nearest.
    pub implied: Option<TenthKnots>,
    /// From the last position to the shoreline that was given; `None`: none was, or no position.
    pub shore: Option<Metres>,
    /// The nearest port to the last position.
    pub port: Option<NearPort>,
    /// Whether others were heard there meanwhile.
    pub coverage: Coverage,
}

/// A stretch as long as a gap in which an MMSI reported and gave no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Unplaced {
    /// Its last position before, or its first report of all.
    pub start: Heard,
    /// Its next position, or its last report of all.
    pub end: Heard,
}

/// A port visit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PortVisit {
    /// Which port.
    pub port: PortRef,
    /// Which of the ships that use the MMSI.
    pub ship: u32,
    /// Its first position inside.
    pub first: Fix,
    /// Its last position inside.
    pub last: Fix,
    /// Whether a position outside stands before it, however long before.
    pub entered: bool,
    /// Whether a position outside stands after it, however long after.
    pub left: bool,
    /// Its first stop there, from and to.
    pub stop: Option<(Fix, Fix)>,
    /// The longest time there between one position and the next, both inside. Reports without a position may stand in it.
    pub silence: Option<(Heard, Heard)>,
    /// A silence that long that began inside, and after which its next position was outside, or there was none. It is one
    /// in port as the other is, but nobody heard the vessel leave: it may have lain there all that time, or sailed at once.
    /// Where it is not heard again, `to` is the report with which the data ends, of any vessel.
    pub silence_out: Option<(Heard, Heard)>,
    /// 4: entry, exit, and a stop or silence (of either kind); 3: one of entry and exit, and a stop or silence; 2: a stop
    /// or silence alone; 1: entry or exit or both, without stop or silence. Without any of them there is no visit.
    pub confidence: u8,
}

/// Two vessels close together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Encounter {
    /// The lower MMSI.
    pub a: Mmsi,
    /// The higher MMSI.
    pub b: Mmsi,
    /// Which of the ships that use them.
    pub ships: (u32, u32),
    /// From.
    pub start: Time,
    /// To.
    pub end: Time,
    /// The closest they came at a compared step.
    pub closest: Metres,
    /// Where, at that step: of the lower MMSI.
    pub place: Place,
    /// The nearest port.
    pub port: Option<NearPort>,
    /// Positions of the lower MMSI that it rests on, first and last.
    pub a_fixes: (Fix, Fix),
    /// Those of the higher.
    pub b_fixes: (Fix, Fix),
}

/// Something out of the ordinary in a track.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Anomaly {
    /// When it begins.
    pub start: Time,
    /// When it ends; the same for what happens at once.
    pub end: Time,
    /// Which of the ships that use the MMSI; `None`: it is of the MMSI.
    pub ship: Option<u32>,
    /// What.
    #[serde(flatten)]
    pub what: AnomalyKind,
    /// The positions or reports it rests on: at least its first and last.
    pub rests_on: Vec<Heard>,
}

/// Which kind of anomaly, with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum AnomalyKind {
    /// Slow and far from the shore.
    Loitering {
        /// Mean speed.
        mean: TenthKnots,
        /// Where it begins.
        place: Place,
        /// To the shoreline that was given; `None`: none was, so the distance was not asked for.
        shore: Option<Metres>,
    },
    /// Moving across its heading. It starts where it is established: the first report it rests on is that of its
    /// beginning, the second the one that establishes it.
    Drift {
        /// How far to the side.
        distance: Metres,
        /// Where it begins.
        place: Place,
    },
    /// From fast to still at once.
    SuddenStop {
        /// Speed before.
        from: TenthKnots,
        /// Speed after.
        to: TenthKnots,
        /// Where.
        place: Place,
    },
    /// The draught it gave changed.
    DraughtChange {
        /// Before, in tenths of a metre.
        before: u8,
        /// After, in tenths of a metre.
        after: u8,
        /// How much must change to be told, in tenths of a metre: by its length.
        least: u32,
        /// The length by which, in metres, as it was given most often; `None`: none was given.
        length: Option<u16>,
        /// Whether a port visit stands beside it ([`Thresholds::draught_seconds`]).
        port_visit: bool,
        /// Whether a gap does.
        gap: bool,
    },
    /// Two positions farther apart than one ship can have gone.
    Jump {
        /// From where.
        from: Place,
        /// To where.
        to: Place,
        /// How far.
        distance: Metres,
        /// The speed that needs; `None` if no time passed.
        implied: Option<TenthKnots>,
    },
    /// One MMSI as if in two places by turns, faster than any ship: two transmitters, or one whose positions are spoofed,
    /// faulty or late. A single wrong position is none: it is a jump.
    Clone {
        /// How far one position and the next lie apart at most.
        apart: Metres,
        /// How many times it changed from one to the other.
        changes: u64,
    },
    /// A reappearance after a gap farther off than the time allows.
    ImplausibleReappearance {
        /// How far.
        distance: Metres,
        /// How far the speed of the threshold would have brought it.
        reachable: Metres,
    },
    /// Another value for what seldom changes: an IMO number, a call sign, a name, dimensions.
    IdentityChange {
        /// Which field.
        field: IdentityField,
        /// The value that was given first.
        before: String,
        /// The other.
        after: String,
        /// When the first was given first and last.
        before_given: (Time, Time),
        /// When the other was: it may begin before that ends.
        after_given: (Time, Time),
    },
}
