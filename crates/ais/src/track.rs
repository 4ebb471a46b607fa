//! A track: all that one MMSI reported, by time.

use serde::{Deserialize, Serialize};

use crate::analysis::{Fix, Heard, IdentityClaim};
use crate::report::Report;
use crate::units::{Metres, Mmsi};

/// One transmission in a track, after receptions of it by several receivers were merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// What it said; time and line are those of its first reception.
    pub report: Report,
    /// Which of the ships that use this MMSI it is of, from 0: nearly always 0.
    pub ship: u32,
    /// How many receptions were merged: of one time and receiver they count once.
    pub receptions: u32,
}

/// What is known of an MMSI once its whole track was walked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackSummary {
    /// Whose.
    pub mmsi: Mmsi,
    /// Points: transmissions with a time.
    pub points: u64,
    /// Those with a place.
    pub positions: u64,
    /// Receptions of them.
    pub receptions: u64,
    /// Receptions without a time, which are in no track.
    pub untimed: u64,
    /// First point.
    pub first: Option<Heard>,
    /// Last point.
    pub last: Option<Heard>,
    /// Identity that it gave, by field, then by first time, then by value.
    pub claims: Vec<IdentityClaim>,
    /// Points whose identity is not among the claims, because it had given so many before.
    pub claims_left_out: u64,
    /// Who received it, by name. Empty where the input does not say.
    pub receivers: Vec<ReceiverCount>,
    /// How it falls into the tracks of several ships; `None`: one hull can have made all of it.
    pub split: Option<Split>,
}

/// How many receptions a receiver had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReceiverCount {
    /// Its name as written.
    pub name: String,
    /// Receptions.
    pub receptions: u64,
}

/// How the track of one MMSI falls into several, none of which needs more speed than a ship has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// How many of the tracks overlap in time, as if several ships used the MMSI; 1 if none do, and the track only
    /// jumped. A track that was given up and begun anew counts again, and no more than eight are followed at a time.
    pub ships: u32,
    /// The tracks of enough positions, by number. Numbers without one are stray positions.
    pub tracks: Vec<ShipTrack>,
    /// Further ones, which are not told apart.
    pub tracks_left_out: u64,
    /// Positions in tracks of too few.
    pub stray: u64,
    /// How often one position and the next are of different tracks.
    pub changes: u64,
    /// The farthest of those.
    pub apart: Option<Apart>,
}

/// Two positions, one after the other, of different tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    /// How far.
    pub distance: Metres,
    /// The first.
    pub from: Fix,
    /// The second.
    pub to: Fix,
}

/// One of the tracks that an MMSI's falls into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipTrack {
    /// Its number, as in [`Point::ship`].
    pub ship: u32,
    /// Positions.
    pub positions: u64,
    /// The first.
    pub first: Fix,
    /// The last.
    pub last: Fix,
}
