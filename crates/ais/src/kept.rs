//! What was derived of each MMSI, within a bound on memory: of more than it holds, the MMSIs with the most positions are
//! kept, the same ones whatever the order in which they come.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::mem::size_of;

use crate::analysis::{Anomaly, Gap, IdentityClaim, PortVisit, VesselAnalysis};
use crate::units::Mmsi;

/// Bytes of what is kept, about.
pub(crate) const MEMORY: usize = 144 << 20;
/// What an allocation costs beside its bytes, and what a text in a value comes to.
const BESIDE: usize = 16;
const TEXTS: usize = 64;

/// More positions first, then the lower MMSI: the least is the first to go.
type Rank = (u64, Reverse<Mmsi>);

#[derive(Debug)]
pub(crate) struct Kept {
    limit: usize,
    cost: usize,
    vessels: BTreeMap<Rank, VesselAnalysis>,
    /// The highest that went. What ranks lower goes too, if there is room or not.
    gone: Option<Rank>,
    left_out: u64,
}

impl Kept {
    pub(crate) fn within(limit: usize) -> Self {
        Self {
            limit,
            cost: 0,
            vessels: BTreeMap::new(),
            gone: None,
            left_out: 0,
        }
    }

    pub(crate) fn add(&mut self, vessel: VesselAnalysis) {
        let rank = (vessel.positions, Reverse(vessel.mmsi));
        if self.gone > Some(rank) {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.cost = self.cost.saturating_add(cost(&vessel));
        self.vessels.insert(rank, vessel);
        while self.cost > self.limit
            && let Some((rank, vessel)) = self.vessels.pop_first()
        {
            self.cost = self.cost.saturating_sub(cost(&vessel));
            self.gone = Some(rank);
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Those that are kept, by MMSI, and how many are not.
    pub(crate) fn finish(self) -> (Vec<VesselAnalysis>, u64) {
        let mut vessels: Vec<VesselAnalysis> = self.vessels.into_values().collect();
        vessels.sort_unstable_by_key(|vessel| vessel.mmsi);
        (vessels, self.left_out)
    }
}

/// Bytes, about. The same for the same analysis, whatever it was allocated with.
fn cost(vessel: &VesselAnalysis) -> usize {
    let claims = vessel.claims.iter().map(|claim| claim.value.len() + BESIDE);
    // Half as much again for the tree.
    size_of::<VesselAnalysis>() * 3 / 2
        + 4 * BESIDE
        + vessel.claims.len() * size_of::<IdentityClaim>()
        + claims.sum::<usize>()
        + vessel.gaps.len() * (size_of::<Gap>() + TEXTS)
        + vessel.port_visits.len() * (size_of::<PortVisit>() + TEXTS)
        + vessel.anomalies.len() * (size_of::<Anomaly>() + 3 * TEXTS)
}
