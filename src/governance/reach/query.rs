//! A query: what a holder has at one location, at one instant, under one set of circumstances, or
//! could assign there.
//!
//! It follows the rules of a check, for all permissions at once, by name, and also for instants and
//! circumstances that are merely possible.

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::{Context, Ownership};
use crate::governance::reach::holding::{AppliedAssignment, HolderId, Holding};
use crate::governance::reach::lifted_limits::{AccountLimit, LiftedLimits};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::{NameParts, NameSet};
use crate::governance::reach::view::{ScopePath, View};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Condition, Consent, RoleRef, SubAccountKind};

/// Which permissions of a holding are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReachKind<'q> {
    /// The permissions that the holder has.
    Own,
    /// The permissions that it has, and those that its licences let it assign.
    OwnAndAssignable,
    /// The permissions that its licences let it assign.
    Assignable,
    /// The permissions that it could assign with this one role: those given, if a licence names the
    /// role.
    AssignableRole(&'q RoleRef, NameParts),
}

/// Who owns the object asked about (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnershipSource {
    /// As the caller claims.
    Claimed(Ownership),
    /// No claim; this is the registered owner.
    Registered(Option<SubAccountId>),
}

/// Every ownership that a caller can claim.
pub(crate) const OWNERSHIPS: [Ownership; 3] =
    [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid];

impl OwnershipSource {
    /// The ownership from the view of one holder.
    pub(crate) fn of(self, holding: &Holding<'_>) -> Ownership {
        match self {
            Self::Claimed(ownership) => ownership,
            Self::Registered(None) => Ownership::Unsaid,
            Self::Registered(owner) => Ownership::from(owner == holding.id),
        }
    }
}

/// What is known of the session.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Circumstances<'q> {
    /// The facts of an actual session.
    Given(&'q Context),
    /// A possible session, by the outcome of each condition that matters.
    Assumed(&'q [(&'q Condition, Truth)]),
    /// Every condition counts as met, as on the bounding side of D13.
    Met,
}

impl Circumstances<'_> {
    fn meet<'c>(self, conditions: impl IntoIterator<Item = &'c Condition>) -> Truth {
        conditions.into_iter().fold(Truth::True, |truth, condition| {
            truth.and(match self {
                Self::Given(context) => context.meets(condition),
                Self::Assumed(assumed) => assumed
                    .iter()
                    .find(|(assumed, _)| *assumed == condition)
                    .map_or(Truth::Unknown, |(_, truth)| *truth),
                Self::Met => Truth::True,
            })
        })
    }
}

/// The role of a holder in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryRole {
    /// The holder whose permissions are asked for.
    Subject,
    /// An account that bounds that holder (D13).
    Bounder(SubAccountId),
}

/// Everything that the permissions of a holder depend on besides the holder itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReachQuery<'q> {
    pub(crate) location: Location,
    pub(crate) time: Timestamp,
    pub(crate) circumstances: Circumstances<'q>,
    pub(crate) ownership: OwnershipSource,
    pub(crate) kind: ReachKind<'q>,
    /// Limits that are ignored.
    pub(crate) lifted: &'q LiftedLimits<'q>,
    /// Whether the holder is the subject of the query or bounds another (D13).
    pub(crate) role: QueryRole,
    /// Whether delegated assignments count.
    pub(crate) delegations: bool,
    /// If set, only allows by these assignments count.
    pub(crate) only: Option<&'q [AssignmentId]>,
    /// Assignments that do not count.
    pub(crate) without: &'q [AssignmentId],
}

impl<'q> ReachQuery<'q> {
    /// Asks for the permissions that a holder has, by all its assignments.
    pub(crate) const fn new(
        location: Location,
        time: Timestamp,
        circumstances: Circumstances<'q>,
        ownership: OwnershipSource,
        lifted: &'q LiftedLimits<'q>,
    ) -> Self {
        Self {
            location,
            time,
            circumstances,
            ownership,
            kind: ReachKind::Own,
            lifted,
            role: QueryRole::Subject,
            delegations: true,
            only: None,
            without: &[],
        }
    }

    pub(crate) const fn kind(self, kind: ReachKind<'q>) -> Self {
        Self { kind, ..self }
    }

    /// Whether the boundary of the account is lifted, and the instant up to which its end is.
    fn account_limits(&self) -> (bool, Option<Timestamp>) {
        match self.role {
            QueryRole::Subject => (self.lifted.boundary, self.lifted.ends_until),
            QueryRole::Bounder(id) => {
                let lifted = self.lifted.limits_of_bounder(id);
                let end = lifted.filter(|it| it.lifts(AccountLimit::PassedEnd));
                let is_boundary_lifted = lifted.is_some_and(|it| it.lifts(AccountLimit::Boundary));
                (is_boundary_lifted, end.map(|it| it.now))
            }
        }
    }
}

impl<'a> View<'a> {
    /// The permissions of a holding; none at a location that does not exist.
    pub(crate) fn reach(&self, holding: &Holding<'a>, query: &ReachQuery<'_>) -> NameSet {
        let Some(path) = self.path_to(query.location.scope()) else { return NameSet::NONE };
        let (is_boundary_lifted, ends_until) = query.account_limits();
        let is_over =
            |ends: Timestamp| ends <= query.time && ends_until.is_none_or(|until| until < ends);
        if holding.ends.is_some_and(is_over) {
            return NameSet::NONE;
        }
        let (mut allowed, mut denied) = (NameParts::default(), NameParts::default());
        if let Some(consent) = holding.consent {
            allowed = NameParts::any(self.consented(consent, &path, query));
        }
        for applied in self.applied_to(holding) {
            let Some(flow) = self.acts(applied, &path, query) else { continue };
            let truth = query.circumstances.meet(applied.conditions());
            if !applied.is_allow() {
                if truth != Truth::False {
                    denied = denied.union(applied.gives.parts);
                }
            } else if truth == Truth::True
                && query.only.is_none_or(|only| only.contains(&applied.assignment.id))
            {
                let mut parts = applied.of_kind(query.kind).intersection(flow);
                if let Some(delegator) = applied.assignment.delegator {
                    parts = parts.intersection(self.delegated(delegator, query));
                }
                allowed = allowed.union(parts);
            }
        }
        let owned = query.ownership.of(holding);
        let allowed = if owned == Ownership::Owned { allowed.both() } else { allowed.any };
        let denied = if owned == Ownership::NotOwned { denied.any } else { denied.both() };
        let mut left =
            allowed.difference(denied).intersection(self.ceiling_at(&path, query.lifted));
        if path.is_archived && !query.lifted.archive {
            left = left.intersection(NameSet::known(self.catalog.archived()));
        }
        if !is_boundary_lifted {
            left = left.intersection(holding.boundary);
        }
        if left.is_empty() {
            return left;
        }
        let bound = if !query.lifted.service_bound && holding.kind == SubAccountKind::Service {
            left.intersection(self.service_bound(holding.owner, query))
        } else {
            left
        };
        if query.lifted.prerequisites {
            return bound;
        }
        NameSet { known: self.catalog.without_unmet_prerequisites(bound.known), ..bound }
    }

    /// The permissions that a consent gives operators at a scope, assuming that they hold all of
    /// them in their own organization (D12).
    fn consented(
        &self,
        consent: &Consent,
        path: &ScopePath<'_>,
        query: &ReachQuery<'_>,
    ) -> NameSet {
        let position = path.steps.iter().position(|step| step.scope == consent.scope);
        // Operators cannot assign roles by a licence.
        let is_asked = matches!(query.kind, ReachKind::Own | ReachKind::OwnAndAssignable);
        match position {
            Some(position) if is_asked && consent.holds(query.time) => {
                let flow = self.flow_from(path, position, query.lifted);
                self.names.set(&consent.mask).intersection(flow)
            }
            _ => NameSet::NONE,
        }
    }

    /// The intersection of the ceilings on a path, without lifted ones.
    fn ceiling_at(&self, path: &ScopePath<'_>, lifted: &LiftedLimits<'_>) -> NameSet {
        let host = if lifted.organization_ceiling { self.names.full() } else { self.ceiling };
        if lifted.ceilings.is_none() {
            return path.ceiling.intersection(host);
        }
        let kept = path.steps.iter().filter(|step| !lifted.ceilings.has(&step.scope));
        kept.fold(host, |ceiling, step| ceiling.intersection(step.ceiling))
    }

    /// The permissions inherited from one step down to the end of the path (D4), without lifted
    /// masks.
    fn flow_from(
        &self,
        path: &ScopePath<'_>,
        position: usize,
        lifted: &LiftedLimits<'_>,
    ) -> NameSet {
        let below = path.steps.iter().skip(position.saturating_add(1));
        let kept = below.filter(|step| !lifted.masks.has(&step.scope));
        kept.fold(self.names.full(), |flow, step| flow.intersection(step.inherits))
    }

    /// The permissions that an assignment can give at the location, if it acts there at that time
    /// (D3, D4, D7).
    fn acts(
        &self,
        applied: &AppliedAssignment<'_>,
        path: &ScopePath<'_>,
        query: &ReachQuery<'_>,
    ) -> Option<NameSet> {
        if query.without.contains(&applied.assignment.id)
            || applied.starts.is_some_and(|starts| query.time < starts)
            || applied.ends.is_some_and(|ends| ends <= query.time)
        {
            return None;
        }
        let lifted = query.lifted;
        let carried =
            if applied.is_allow() { &lifted.labels_for_allows } else { &lifted.labels_for_denies };
        let position = applied.position_on(path, query.location, |label| carried.has(&label))?;
        if lifted.masks.is_none() {
            return Some(path.flow_from(position));
        }
        Some(self.flow_from(path, position, lifted))
    }

    /// The permissions that a delegator has there otherwise than by delegation (D13).
    fn delegated(&self, delegator: SubAccountId, query: &ReachQuery<'_>) -> NameSet {
        if query.delegations {
            self.bounding(delegator, &ReachQuery { delegations: false, ..*query })
        } else {
            NameSet::NONE
        }
    }

    /// The permissions that the owner of a service has there, if the owner is an active member
    /// (D13).
    fn service_bound(&self, owner: Option<SubAccountId>, query: &ReachQuery<'_>) -> NameSet {
        let holding = owner.and_then(|owner| self.holding(HolderId::SubAccount(owner)));
        match (owner, holding) {
            (Some(owner), Some(holding)) if holding.kind == SubAccountKind::Member => {
                self.bounding(owner, query)
            }
            _ => NameSet::NONE,
        }
    }

    /// The permissions of a bounding account there, with its conditions counted as met (D13).
    fn bounding(&self, id: SubAccountId, query: &ReachQuery<'_>) -> NameSet {
        let role = QueryRole::Bounder(id);
        let is_let_in = |holding: &Holding<'_>| match query.lifted.limits_of_bounder(id) {
            Some(lifted) => lifted.lifts(AccountLimit::Status) || holding.has_active_status,
            None => holding.is_active,
        };
        match self.holding(HolderId::SubAccount(id)) {
            Some(holding) if is_let_in(&holding) => {
                // `only` and `without` concern the subject of the query, not its bounders.
                // Assignable permissions are bounded by everything within reach of the bounder,
                // whether by licence or not.
                let kind = match query.kind {
                    ReachKind::Assignable => ReachKind::OwnAndAssignable,
                    kind => kind,
                };
                let query = ReachQuery {
                    kind,
                    role,
                    circumstances: Circumstances::Met,
                    only: None,
                    without: &[],
                    ..*query
                };
                self.reach(&holding, &query)
            }
            _ => NameSet::NONE,
        }
    }
}

impl AppliedAssignment<'_> {
    pub(crate) fn of_kind(&self, kind: ReachKind<'_>) -> NameParts {
        match kind {
            ReachKind::Own => self.gives.parts,
            ReachKind::OwnAndAssignable => self.gives.reach(),
            ReachKind::Assignable => self.gives.by_licence,
            ReachKind::AssignableRole(role, reach) if self.gives.licence.contains(role) => reach,
            ReachKind::AssignableRole(..) => NameParts::default(),
        }
    }
}
