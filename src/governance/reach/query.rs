//! Reach: what a holder has at one place, at one instant, under one set of circumstances - and, by licence, could hand
//! out there.
//!
//! The same rules as a check follows, but for the whole set at once, by name, and for instants and circumstances that
//! are merely possible.

use jiff::Timestamp;

use crate::access::context::Truth;
use crate::access::{Context, Ownership};
use crate::governance::reach::holding::{AppliedAssignment, HolderId, Holding};
use crate::governance::reach::lifted_limits::LiftedLimits;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::{NameParts, NameSet};
use crate::governance::reach::view::{ScopePath, View};
use crate::id::{AssignmentId, SubAccountId};
use crate::model::{Condition, Consent, RoleRef, SubAccountKind};

/// Which side of a holding is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReachKind<'q> {
    /// What the holder may do.
    Own,
    /// What it may do, and what it could hand out by licence.
    OwnAndAssignable,
    /// What it could hand out by any licence.
    Assignable,
    /// What it could hand out by assigning one role, which gives this and can hand out that.
    AssignableRole(&'q RoleRef, NameParts),
}

/// Who owns what is asked about (D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnershipSource {
    /// As the host applied.
    Claimed(Ownership),
    /// Nobody applied anything, and this is who is registered.
    Registered(Option<SubAccountId>),
}

/// The three ways in which a thing can belong to somebody.
pub(crate) const OWNERSHIPS: [Ownership; 3] =
    [Ownership::Owned, Ownership::NotOwned, Ownership::Unsaid];

impl OwnershipSource {
    /// What it comes to for one holder.
    pub(crate) fn of(self, holding: &Holding<'_>) -> Ownership {
        match self {
            Self::Claimed(ownership) => ownership,
            Self::Registered(None) => Ownership::Unsaid,
            Self::Registered(owner) => Ownership::from(owner == holding.id),
        }
    }
}

/// What is known of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Circumstances<'q> {
    /// A request that is at hand.
    Given(&'q Context),
    /// A possible one, by what it makes of each condition that matters.
    Assumed(&'q [(&'q Condition, Truth)]),
    /// The bounding side of D13, whose conditions count as met.
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

/// As what a holder is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QueryRole {
    /// As the one who is asked about.
    Subject,
    /// As one who bounds the one who is asked about.
    Bounder(SubAccountId),
}

/// Everything that an answer depends on besides the holder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReachQuery<'q> {
    pub(crate) location: Location,
    pub(crate) time: Timestamp,
    pub(crate) circumstances: Circumstances<'q>,
    pub(crate) ownership: OwnershipSource,
    pub(crate) kind: ReachKind<'q>,
    /// Which limits are lifted.
    pub(crate) lifted: &'q LiftedLimits<'q>,
    /// Whether the holder itself is asked about, or as one who bounds somebody (D13).
    pub(crate) role: QueryRole,
    /// Whether what was passed on to the holder counts.
    pub(crate) delegations: bool,
    /// The assignments of which alone an allow counts, if not every one does.
    pub(crate) only: Option<&'q [AssignmentId]>,
    /// Assignments that are left aside.
    pub(crate) without: &'q [AssignmentId],
}

impl<'q> ReachQuery<'q> {
    /// What a holder itself may do at a place, by all its assignments.
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

    /// Whether the account's boundary is lifted, and up to when its end is.
    fn account_limits(&self) -> (bool, Option<Timestamp>) {
        match self.role {
            QueryRole::Subject => (self.lifted.boundary, self.lifted.ends_until),
            QueryRole::Bounder(id) => {
                let lifted = self.lifted.lifts_limits_of(id);
                (lifted.is_some(), lifted)
            }
        }
    }
}

impl<'a> View<'a> {
    /// What `holding` has; nothing at a place that is not here.
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
        NameSet { known: self.catalog.with_prerequisites(bound.known), ..bound }
    }

    /// What a consent lets in at a scope, for operators who have everything at home (D12).
    fn consented(
        &self,
        consent: &Consent,
        path: &ScopePath<'_>,
        query: &ReachQuery<'_>,
    ) -> NameSet {
        let position = path.steps.iter().position(|step| step.scope == consent.scope);
        // Operators do what they have, and hand out nothing by licence.
        let is_asked = matches!(query.kind, ReachKind::Own | ReachKind::OwnAndAssignable);
        match position {
            Some(position) if is_asked && consent.holds(query.time) => {
                let flow = self.flow_from(path, position, query.lifted);
                self.names.set(&consent.mask).intersection(flow)
            }
            _ => NameSet::NONE,
        }
    }

    /// All ceilings at a scope that a world does not lift.
    fn ceiling_at(&self, path: &ScopePath<'_>, lifted: &LiftedLimits<'_>) -> NameSet {
        let host = if lifted.organization_ceiling { self.names.full() } else { self.ceiling };
        if lifted.ceilings.is_none() {
            return path.ceiling.intersection(host);
        }
        let kept = path.steps.iter().filter(|step| !lifted.ceilings.has(&step.scope));
        kept.fold(host, |ceiling, step| ceiling.intersection(step.ceiling))
    }

    /// What flows from one scope on the way to a scope down to there (D4).
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

    /// What flows down to the place from where a applied was made, if the applied acts there at that
    /// time (D3, D4, D7).
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

    /// D13: what a delegator has there otherwise than by delegation.
    fn delegated(&self, delegator: SubAccountId, query: &ReachQuery<'_>) -> NameSet {
        if query.delegations {
            self.bounding(delegator, &ReachQuery { delegations: false, ..*query })
        } else {
            NameSet::NONE
        }
    }

    /// D13: what the owner of a service has there, if it is an active member.
    fn service_bound(&self, owner: Option<SubAccountId>, query: &ReachQuery<'_>) -> NameSet {
        let holding = owner.and_then(|owner| self.holding(HolderId::SubAccount(owner)));
        match (owner, holding) {
            (Some(owner), Some(holding)) if holding.kind == SubAccountKind::Member => {
                self.bounding(owner, query)
            }
            _ => NameSet::NONE,
        }
    }

    /// D13: what another has there, its conditions counted as met.
    fn bounding(&self, id: SubAccountId, query: &ReachQuery<'_>) -> NameSet {
        let role = QueryRole::Bounder(id);
        let is_let_in =
            |holding: &Holding<'_>| holding.is_active || query.lifted.lifts_limits_of(id).is_some();
        match self.holding(HolderId::SubAccount(id)) {
            Some(holding) if is_let_in(&holding) => {
                // Leaving assignments aside is a question about one holder, not about its bounder.
                // What a holder could hand out is bounded by all that the other reaches, whether
                // by licence or not.
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
