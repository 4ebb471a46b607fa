//! Which named vessels are held to belong to which groups. Nothing is concluded from "may be"; where one
//! says that a vessel is a member and another that it is not, it may be.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::Event;
use seaproof_evidence::events::things::MembershipDegree;

use crate::settle::Settled;
use crate::state::At;

/// Vessels of groups, each with the statements that say so.
#[derive(Debug, Default)]
pub(crate) struct Memberships {
    told: BTreeMap<(At, At), BTreeMap<MembershipDegree, BTreeSet<At>>>,
}

impl Memberships {
    pub(crate) fn of(settled: &Settled<'_>) -> Self {
        let mut memberships = Self::default();
        for statement in settled.of_kind("membership") {
            let Event::Membership(event) = statement.event() else {
                continue;
            };
            let (Some(vessel), Some(group)) =
                (statement.target(event.about), statement.target(event.group))
            else {
                continue;
            };
            memberships
                .told
                .entry((group, vessel))
                .or_default()
                .entry(event.degree)
                .or_default()
                .insert(statement.at);
        }
        memberships
    }

    /// Vessels of a group in this degree, with the statements behind it.
    pub(crate) fn vessels(
        &self,
        group: At,
        degree: MembershipDegree,
    ) -> BTreeMap<At, BTreeSet<At>> {
        self.told
            .range((group, At::new(0))..)
            .take_while(|((of, _), _)| *of == group)
            .filter(|(_, told)| together(told) == degree)
            .map(|((_, vessel), told)| (*vessel, told.values().flatten().copied().collect()))
            .collect()
    }
}

fn together(told: &BTreeMap<MembershipDegree, BTreeSet<At>>) -> MembershipDegree {
    match (
        told.contains_key(&MembershipDegree::Is),
        told.contains_key(&MembershipDegree::IsNot),
    ) {
        (true, false) => MembershipDegree::Is,
        (false, true) => MembershipDegree::IsNot,
        _ => MembershipDegree::MayBe,
    }
}
