//! A gain: the permissions that a holder has after a change at one pair of locations, and did not
//! have before.

use std::rc::Rc;

use crate::governance::authority::authority_check::AssignedRole;
use crate::governance::comparison::compared_limits::ComparedLimits;
use crate::governance::comparison::pair::LocationPair;
use crate::governance::comparison::samples::SamplePoint;
use crate::governance::comparison::transition::Transition;
use crate::governance::reach::holding::{HolderId, Holding};
use crate::governance::reach::lifted_limits::LiftedLimits;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::query::{Circumstances, OwnershipSource, ReachKind, ReachQuery};
use crate::id::AssignmentId;

/// A holder at one pair of locations, before and after.
pub(crate) struct Gain<'g, 'a> {
    pub(crate) change: &'g Transition<'a>,
    pub(crate) holder: HolderId,
    pub(crate) pair: LocationPair,
    pub(crate) before: Option<&'g Rc<Holding<'a>>>,
    pub(crate) after: &'g Rc<Holding<'a>>,
    /// Roles that the change assigns, for which a licence is enough.
    pub(crate) assigned: &'g [AssignedRole],
}

impl Gain<'_, '_> {
    pub(crate) fn query<'q>(
        point: &SamplePoint<'q>,
        location: Location,
        ownership: OwnershipSource,
        lifted: &'q LiftedLimits<'q>,
        kind: ReachKind<'q>,
    ) -> ReachQuery<'q> {
        ReachQuery {
            kind,
            ..ReachQuery::new(
                location,
                point.from,
                Circumstances::Assumed(point.assumed),
                ownership,
                lifted,
            )
        }
    }

    pub(crate) fn reach_before(
        &self,
        point: &SamplePoint<'_>,
        ownership: OwnershipSource,
        lifted: &LiftedLimits<'_>,
        kind: ReachKind<'_>,
    ) -> NameSet {
        self.before.map_or(NameSet::NONE, |before| {
            let query = Self::query(point, self.pair.before, ownership, lifted, kind);
            self.change.before.reach(before, &query)
        })
    }

    pub(crate) fn reach_after(
        &self,
        point: &SamplePoint<'_>,
        ownership: OwnershipSource,
        lifted: &LiftedLimits<'_>,
        kind: ReachKind<'_>,
        without: &[AssignmentId],
    ) -> NameSet {
        let query = Self::query(point, self.pair.after, ownership, lifted, kind);
        self.change.after.reach(self.after, &ReachQuery { without, ..query })
    }

    /// Everything that the holder gains: permissions, and permissions that it can assign.
    pub(crate) fn gained(
        &self,
        point: &SamplePoint<'_>,
        earlier: OwnershipSource,
        later: OwnershipSource,
        compared: &ComparedLimits<'_>,
        without: &[AssignmentId],
    ) -> NameSet {
        let in_kind = |kind| {
            self.reach_after(point, later, &compared.after, kind, without)
                .difference(self.reach_before(point, earlier, &compared.before, kind))
        };
        let gained = in_kind(ReachKind::Own);
        if self.after.assignments.iter().all(|applied| applied.gives.licence.is_empty())
            && self.change.after.everyone().iter().all(|applied| applied.gives.licence.is_empty())
        {
            return gained;
        }
        gained.union(in_kind(ReachKind::OwnAndAssignable))
    }
}
