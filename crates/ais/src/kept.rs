//! What was derived of each MMSI, within a bound on memory: of more than it holds, the MMSIs with the most positions are
//! kept, the same ones whatever the order in which they come.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::mem::size_of;

use crate::analyse::VesselGaps;
use crate::analysis::{Anomaly, Gap, IdentityClaim, PortVisit, Unplaced, VesselAnalysis};
use crate::track::ReceiverCount;
use crate::units::Mmsi;

/// Bytes of what is kept, about.
pub(crate) const MEMORY: usize = 144 << 20;
/// What an allocation costs beside its bytes, and what a text in a value comes to.
const BESIDE: usize = 16;
const TEXTS: usize = 64;

/// More positions first, then the lower MMSI: the least is the first to go.
type Rank = (u64, Reverse<Mmsi>);

/// What an MMSI comes to.
pub(crate) trait Keeps {
    /// Of whom it is.
    fn mmsi(&self) -> Mmsi;
    /// Bytes, about. The same for the same values, whatever they were allocated with.
    fn cost(&self) -> usize;
}

#[derive(Debug)]
pub(crate) struct Kept<T> {
    limit: usize,
    cost: usize,
    vessels: BTreeMap<Rank, T>,
    /// The highest that went. What ranks lower goes too, if there is room or not.
    gone: Option<Rank>,
    left_out: u64,
}

impl<T: Keeps> Kept<T> {
    pub(crate) fn within(limit: usize) -> Self {
        Self {
            limit,
            cost: 0,
            vessels: BTreeMap::new(),
            gone: None,
            left_out: 0,
        }
    }

    pub(crate) fn add(&mut self, positions: u64, vessel: T) {
        let rank = (positions, Reverse(vessel.mmsi()));
        if self.gone > Some(rank) {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.cost = self.cost.saturating_add(vessel.cost());
        self.vessels.insert(rank, vessel);
        while self.cost > self.limit
            && let Some((rank, vessel)) = self.vessels.pop_first()
        {
            self.cost = self.cost.saturating_sub(vessel.cost());
            self.gone = Some(rank);
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Those that are kept, by MMSI, and how many are not.
    pub(crate) fn finish(self) -> (Vec<T>, u64) {
        let mut vessels: Vec<T> = self.vessels.into_values().collect();
        vessels.sort_unstable_by_key(Keeps::mmsi);
        (vessels, self.left_out)
    }
}

fn of_gaps(gaps: &[Gap]) -> usize {
    gaps.len() * (size_of::<Gap>() + TEXTS)
}

impl Keeps for VesselAnalysis {
    fn mmsi(&self) -> Mmsi {
        self.mmsi
    }

    fn cost(&self) -> usize {
        let claims = self.claims.iter().map(|claim| claim.value.len() + BESIDE);
        let receivers = (self.receivers.iter())
            .map(|receiver| size_of::<ReceiverCount>() + receiver.name.len() + BESIDE);
        // Half as much again for the tree.
        size_of::<Self>() * 3 / 2
            + 6 * BESIDE
            + self.claims.len() * size_of::<IdentityClaim>()
            + claims.sum::<usize>()
            + receivers.sum::<usize>()
            + of_gaps(&self.gaps)
            + self.unplaced.len() * size_of::<Unplaced>()
            + self.port_visits.len() * (size_of::<PortVisit>() + TEXTS)
            + self.anomalies.len() * (size_of::<Anomaly>() + 3 * TEXTS)
    }
}

impl Keeps for VesselGaps {
    fn mmsi(&self) -> Mmsi {
        self.mmsi
    }

    fn cost(&self) -> usize {
        size_of::<Self>() * 3 / 2 + BESIDE + of_gaps(&self.gaps)
    }
}
