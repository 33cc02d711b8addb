//! Bounds: the most and the least that a holder can have at one location from now on, whatever its
//! times and conditions turn out to be.
//!
//! Both are read off its assignments once, without sampling.

use jiff::Timestamp;

use crate::access::Ownership;
use crate::governance::reach::holding::{AppliedAssignment, HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::{NameParts, NameSet};
use crate::governance::reach::query::{OwnershipSource, ReachKind};
use crate::governance::reach::view::View;
use crate::model::{Reach, SubAccountKind};

/// Which limits apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LimitMode {
    /// Every mask, ceiling and boundary.
    All,
    /// All but the organization's own ceiling, which the host may lift.
    AllButHost,
    /// None, not even the end of the account or prerequisites.
    Lifted,
}

/// What to bound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoundQuery {
    pub(crate) location: Location,
    pub(crate) ownership: OwnershipSource,
    pub(crate) kind: ReachKind<'static>,
    pub(crate) limits: LimitMode,
    /// The start of the period.
    pub(crate) now: Timestamp,
}

impl<'a> View<'a> {
    /// An upper bound: all allows that have not ended, under any condition, with any label and for
    /// any delegator or owner, less the denies that certainly act.
    pub(crate) fn at_most(&self, holding: &Holding<'a>, query: &BoundQuery) -> NameSet {
        let Some(path) = self.path_to(query.location.scope()) else { return NameSet::NONE };
        if query.limits != LimitMode::Lifted && holding.has_ended(query.now) {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        for applied in self.applied_to(holding).filter(|it| !is_over(it.ends, query.now)) {
            if applied.is_allow() {
                if let Some(position) = applied.position_on(&path, query.location, |_| true) {
                    let flow = if query.limits == LimitMode::Lifted {
                        self.names.full()
                    } else {
                        path.flow_from(position)
                    };
                    allowed = allowed.union(applied.of_kind(query.kind).intersection(flow));
                }
            } else if is_certain(applied, query.now)
                && applied.position_on(&path, query.location, |_| false).is_some()
            {
                denied = denied.union(applied.gives.parts);
            }
        }
        self.limited(holding, query, path.ceiling, (allowed, denied))
    }

    /// A lower bound, at every time and in every session, of what a holder has otherwise than by
    /// delegation: allows that certainly act, less all denies that ever could.
    pub(crate) fn at_least(&self, holding: &Holding<'a>, query: &BoundQuery) -> NameSet {
        let Some(path) = self.path_to(query.location.scope()) else { return NameSet::NONE };
        if holding.ends.is_some() {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        for applied in self.applied_to(holding) {
            if !applied.is_allow() {
                if !is_over(applied.ends, query.now)
                    && applied.position_on(&path, query.location, |_| true).is_some()
                {
                    denied = denied.union(applied.gives.parts);
                }
            } else if is_certain(applied, query.now)
                && applied.assignment.delegator.is_none()
                && let Some(position) = applied.position_on(&path, query.location, |_| false)
            {
                let flow = path.flow_from(position);
                allowed = allowed.union(applied.of_kind(query.kind).intersection(flow));
            }
        }
        let least = self.limited(holding, query, path.ceiling, (allowed, denied));
        if holding.kind != SubAccountKind::Service || least.is_empty() {
            return least;
        }
        // The owner bounds a service by everything within its reach, whichever kind of permissions
        // is asked for (D13).
        let owner = holding.owner.and_then(|owner| self.holding(HolderId::SubAccount(owner)));
        let owner = owner.filter(|it| it.kind == SubAccountKind::Member && it.is_active);
        let kind =
            if query.kind == ReachKind::Own { ReachKind::Own } else { ReachKind::OwnAndAssignable };
        let of_owner =
            owner.map_or(NameSet::NONE, |it| self.at_least(&it, &BoundQuery { kind, ..*query }));
        self.with_needs(least.intersection(of_owner))
    }

    fn limited(
        &self,
        holding: &Holding<'a>,
        query: &BoundQuery,
        ceiling: NameSet,
        (allowed, denied): (NameParts, NameParts),
    ) -> NameSet {
        let owned = query.ownership.of(holding);
        let allowed = if owned == Ownership::Owned { allowed.both() } else { allowed.any };
        let denied = if owned == Ownership::NotOwned { denied.any } else { denied.both() };
        let left = allowed.difference(denied);
        let left = match query.limits {
            LimitMode::Lifted => return left,
            LimitMode::AllButHost => left.intersection(ceiling).intersection(holding.boundary),
            LimitMode::All => {
                left.intersection(ceiling).intersection(holding.boundary).intersection(self.ceiling)
            }
        };
        self.with_needs(left)
    }

    /// The set without permissions whose prerequisites are not in it (D10).
    fn with_needs(&self, set: NameSet) -> NameSet {
        NameSet { known: self.catalog.without_unmet_prerequisites(set.known), ..set }
    }
}

/// Whether an assignment acts at every instant from `now` on, in every session, and depends on no
/// label.
fn is_certain(applied: &AppliedAssignment<'_>, now: Timestamp) -> bool {
    applied.starts.is_none_or(|starts| starts <= now)
        && applied.ends.is_none()
        && applied.conditions().next().is_none()
        && match applied.assignment.reach {
            Reach::Subtree | Reach::Here => true,
            Reach::Labelled(_) => false,
        }
}

fn is_over(ends: Option<Timestamp>, now: Timestamp) -> bool {
    ends.is_some_and(|ends| ends <= now)
}
