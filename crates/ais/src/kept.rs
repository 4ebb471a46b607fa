//! What was derived of each MMSI, within a bound on memory: of more than it holds, those that are named are kept first, then
//! the MMSIs with the most positions, the same ones whatever the order in which they come.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::size_of;

use serde::{Deserialize, Serialize};

use crate::analyse::VesselGaps;
use crate::analysis::{
    Anomaly, Gap, IdentityClaim, IdentityField, PortVisit, Unplaced, VesselAnalysis,
};
use crate::track::ReceiverCount;
use crate::units::Mmsi;

/// Whom somebody asks about: however little was heard of them, they are kept before all others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// MMSIs.
    pub mmsis: BTreeSet<Mmsi>,
    /// IMO numbers: after the MMSIs come those that give one of these.
    pub imos: BTreeSet<u32>,
}

/// By what an MMSI is named; the least is the first to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    Nothing,
    Imo,
    Mmsi,
}

impl Named {
    fn by_mmsi(&self, mmsi: Mmsi) -> By {
        match self.mmsis.contains(&mmsi) {
            true => By::Mmsi,
            false => By::Nothing,
        }
    }
}

/// Bytes of what is kept, about.
pub(crate) const MEMORY: usize = 144 << 20;
/// What an allocation costs beside its bytes, and what a text in a value comes to.
const BESIDE: usize = 16;
const TEXTS: usize = 64;

/// Those that are named first, then more positions, then the lower MMSI: the least is the first to go.
type Rank = (By, u64, Reverse<Mmsi>);

/// What an MMSI comes to.
pub(crate) trait Keeps {
    /// Of whom it is.
    fn mmsi(&self) -> Mmsi;
    /// By what it is named, as far as this tells.
    fn by(&self, named: &Named) -> By;
    /// Bytes, about. The same for the same values, whatever they were allocated with.
    fn cost(&self) -> usize;
}

#[derive(Debug)]
pub(crate) struct Kept<'n, T> {
    named: &'n Named,
    limit: usize,
    cost: usize,
    vessels: BTreeMap<Rank, T>,
    /// The highest that went. What ranks lower goes too, if there is room or not.
    gone: Option<Rank>,
    left_out: u64,
}

impl<'n, T: Keeps> Kept<'n, T> {
    pub(crate) fn within(limit: usize, named: &'n Named) -> Self {
        Self {
            named,
            limit,
            cost: 0,
            vessels: BTreeMap::new(),
            gone: None,
            left_out: 0,
        }
    }

    pub(crate) fn add(&mut self, positions: u64, vessel: T) {
        let rank = (vessel.by(self.named), positions, Reverse(vessel.mmsi()));
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

    fn by(&self, named: &Named) -> By {
        let mut imos = (self.claims.iter()).filter(|claim| claim.field == IdentityField::Imo);
        let gives = |claim: &IdentityClaim| {
            let imo = claim.value.parse::<u32>().ok();
            claim.plausible && imo.is_some_and(|imo| named.imos.contains(&imo))
        };
        match named.by_mmsi(self.mmsi) {
            By::Nothing if !named.imos.is_empty() && imos.any(gives) => By::Imo,
            by => by,
        }
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

    /// What it says of itself is not among gaps.
    fn by(&self, named: &Named) -> By {
        named.by_mmsi(self.mmsi)
    }

    fn cost(&self) -> usize {
        size_of::<Self>() * 3 / 2 + BESIDE + of_gaps(&self.gaps)
    }
}
