//! A holding: every assignment that applies to one holder in one view.
//!
//! A holder is a sub-account or a hypothetical one, such as a further member of a team. Changes
//! that affect no account today are checked on the account that could come.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::paths::{AssignmentPath, paths, teams_above, with_memberships};
use crate::governance::reach::lifted_limits::AccountLimit;
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameSet;
use crate::governance::reach::view::{RoleClosure, ScopePath, View};
use crate::governance::refusal::AffectedHolder;
use crate::id::{AssignmentId, ConsentId, OrganizationId, SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{
    Assignment, Condition, Consent, Effect, Reach, Scope, Status, SubAccountKind, Validity,
};
use crate::text::Label;

/// Identifies a holder: an existing sub-account, or a hypothetical account that nothing but one
/// membership or consent is known of. A change to an empty team, for example, is checked on a
/// hypothetical member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum HolderId {
    SubAccount(SubAccountId),
    /// A hypothetical further member of a team.
    TeamMember(TeamId),
    /// A hypothetical further member of a scope; for the organization, a sub-account without
    /// assignments of its own.
    MemberOf(Scope),
    /// Operators let in by a consent, assumed to hold every permission in their own organization.
    OperatorOf {
        consent: ConsentId,
        operators: OrganizationId,
    },
}

/// Everything that applies to one holder, without the assignments to all members of the
/// organization: those are in [`View::everyone`].
#[derive(Debug)]
pub(crate) struct Holding<'a> {
    /// The sub-account, unless the holder is hypothetical.
    pub(crate) id: Option<SubAccountId>,
    pub(crate) assignments: Vec<AppliedAssignment<'a>>,
    pub(crate) boundary: NameSet,
    pub(crate) ends: Option<Timestamp>,
    pub(crate) kind: SubAccountKind,
    /// The member that owns the service.
    pub(crate) owner: Option<SubAccountId>,
    /// Whether the status is active.
    pub(crate) has_active_status: bool,
    /// Whether the status is active and no credential reset is required.
    pub(crate) is_active: bool,
    /// The consent that lets the operators in.
    pub(crate) consent: Option<&'a Consent>,
}

/// One assignment that applies to a holder, and the membership by which it does.
#[derive(Debug)]
pub(crate) struct AppliedAssignment<'a> {
    pub(crate) assignment: &'a Assignment,
    pub(crate) membership: Option<&'a Assignment>,
    pub(crate) gives: Rc<RoleClosure>,
    pub(crate) starts: Option<Timestamp>,
    pub(crate) ends: Option<Timestamp>,
}

impl<'a> Holding<'a> {
    /// Whether the end of the account has passed.
    pub(crate) fn has_ended(&self, now: Timestamp) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    /// Whether a limit of the account is less strict than it was before.
    pub(crate) fn raises(&self, limit: AccountLimit, before: &Self, now: Timestamp) -> bool {
        match limit {
            AccountLimit::Status => !before.has_active_status && self.has_active_status,
            AccountLimit::Boundary => !before.boundary.holds(self.boundary),
            AccountLimit::PassedEnd => before.has_ended(now) && !self.has_ended(now),
        }
    }

    pub(crate) fn new(view: &View<'a>, holder: HolderId) -> Option<Self> {
        let organization = view.organization;
        let named = |paths: Vec<AssignmentPath<'a>>| -> Vec<AppliedAssignment<'a>> {
            paths.into_iter().map(|path| AppliedAssignment::new(view, path)).collect()
        };
        match holder {
            HolderId::SubAccount(id) => {
                let sub_account = organization.sub_accounts().get(&id)?;
                let has_active_status = sub_account.status == Status::Active;
                Some(Self {
                    id: Some(id),
                    assignments: named(paths(organization, id)),
                    boundary: view.names.limit(sub_account.boundary.as_ref()),
                    ends: sub_account.ends,
                    kind: sub_account.kind,
                    owner: sub_account.owner,
                    has_active_status,
                    is_active: has_active_status && !sub_account.credential_reset_required,
                    consent: None,
                })
            }
            HolderId::TeamMember(team) => {
                organization.teams().get(&team)?;
                let assignments = teams_above(organization, [team])
                    .into_iter()
                    .flat_map(|team| {
                        organization.assignments_by(EntityId::Team(team), Relation::Assignee)
                    })
                    .collect();
                Some(Self::hypothetical(view, named(with_memberships(organization, assignments))))
            }
            HolderId::MemberOf(Scope::Organization) => Some(Self::hypothetical(view, Vec::new())),
            HolderId::MemberOf(scope) => {
                organization.contains(scope).then_some(())?;
                let to_members = organization.assignments_by(scope, Relation::MembersOf);
                let paths =
                    to_members.map(|assignment| AssignmentPath { assignment, membership: None });
                Some(Self::hypothetical(view, named(paths.collect())))
            }
            HolderId::OperatorOf { consent, .. } => {
                let consent = organization.consents().get(&consent)?;
                let hypothetical = Self::hypothetical(view, Vec::new());
                Some(Self { consent: Some(consent), ..hypothetical })
            }
        }
    }

    fn hypothetical(view: &View<'_>, assignments: Vec<AppliedAssignment<'a>>) -> Self {
        Self {
            id: None,
            assignments,
            boundary: view.names.full(),
            ends: None,
            kind: SubAccountKind::Member,
            owner: None,
            has_active_status: true,
            is_active: true,
            consent: None,
        }
    }

    /// The scopes at which the holder has assignments, or is let in by a consent.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = Scope> {
        let consented = self.consent.map(|consent| consent.scope);
        self.assignments.iter().map(|applied| applied.assignment.scope).chain(consented)
    }

    /// The scopes of the assignments that differ between two holdings.
    pub(crate) fn differing_scopes(&self, other: &Holding<'_>) -> BTreeSet<Scope> {
        let mut scopes = AppliedAssignment::differing_scopes(&self.assignments, &other.assignments);
        if self.consent != other.consent {
            scopes.extend(self.consent.into_iter().chain(other.consent).map(|it| it.scope));
        }
        scopes
    }

    /// Whether two holdings differ in the limits of the account itself.
    pub(crate) fn differs_in_account_limits(&self, other: &Holding<'_>) -> bool {
        (self.boundary, self.ends, self.kind, self.owner)
            != (other.boundary, other.ends, other.kind, other.owner)
    }
}

impl<'a> AppliedAssignment<'a> {
    pub(crate) fn new(
        view: &View<'a>,
        AssignmentPath { assignment, membership }: AssignmentPath<'a>,
    ) -> Self {
        let window = assignment.validity;
        let also = membership.map(|membership| membership.validity);
        Self {
            assignment,
            membership,
            gives: match assignment.effect {
                Effect::Allow => view.grant(&assignment.grant),
                Effect::Deny => view.denial(&assignment.grant),
            },
            starts: window.starts().max(also.and_then(Validity::starts)),
            ends: window.ends().into_iter().chain(also.and_then(Validity::ends)).min(),
        }
    }

    /// The index on `path` of the scope where the assignment was made, if it reaches `location` at
    /// any time (D3); `None` otherwise. The closure says which labels count as carried by every
    /// scope.
    pub(crate) fn position_on(
        &self,
        path: &ScopePath<'_>,
        location: Location,
        is_carried: impl Fn(&Label) -> bool,
    ) -> Option<usize> {
        let scope = self.assignment.scope;
        let position = path.steps.iter().position(|step| step.scope == scope)?;
        let mut steps = path.steps.iter().skip(position);
        let reaches = match &self.assignment.reach {
            Reach::Subtree => true,
            Reach::Here => location == Location::At(scope),
            Reach::Labelled(label) => {
                is_carried(label) || steps.any(|step| step.labels.contains(label))
            }
        };
        reaches.then_some(position)
    }

    pub(crate) fn is_allow(&self) -> bool {
        self.assignment.effect == Effect::Allow
    }

    /// The conditions of the assignment and of the membership by which it applies.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &'a Condition> {
        let also = self.membership.map(|membership| &membership.conditions);
        self.assignment.conditions.iter().chain(also.into_iter().flatten())
    }

    /// The scopes of the assignments that one list has and the other has not, or not with the same
    /// effect.
    pub(crate) fn differing_scopes(
        some: &[Self],
        others: &[AppliedAssignment<'_>],
    ) -> BTreeSet<Scope> {
        let mut these: BTreeMap<_, _> = some.iter().map(|it| (it.key(), it)).collect();
        let mut scopes = BTreeSet::new();
        for that in others {
            let this = these.remove(&that.key());
            if !this.is_some_and(|this| this.is_equivalent_to(that)) {
                scopes.insert(that.assignment.scope);
                scopes.extend(this.map(|this| this.assignment.scope));
            }
        }
        scopes.extend(these.values().map(|applied| applied.assignment.scope));
        scopes
    }

    /// Identifies the pair of assignment and membership across revisions.
    fn key(&self) -> (AssignmentId, Option<AssignmentId>) {
        (self.assignment.id, self.membership.map(|membership| membership.id))
    }

    /// Whether two revisions of one assignment have the same effect.
    fn is_equivalent_to(&self, other: &AppliedAssignment<'_>) -> bool {
        let (this, that) = (self.assignment, other.assignment);
        self.gives == other.gives
            && (this.scope, this.effect, &this.reach, this.delegator)
                == (that.scope, that.effect, &that.reach, that.delegator)
            && (self.starts, self.ends) == (other.starts, other.ends)
            && self.conditions().eq(other.conditions())
    }
}

impl From<HolderId> for AffectedHolder {
    fn from(holder: HolderId) -> Self {
        match holder {
            HolderId::SubAccount(id) => Self::SubAccount(id),
            HolderId::TeamMember(team) => Self::TeamMember(team),
            HolderId::MemberOf(scope) => Self::MemberOf(scope),
            HolderId::OperatorOf { operators, .. } => Self::OperatorsOf(operators),
        }
    }
}
