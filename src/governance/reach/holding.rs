//! A holding: everything that comes to one holder, real or imagined, in one view.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::paths::{Path, paths, teams_above, with_memberships};
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

/// Somebody who holds something: a sub-account, or one more than there is. Whatever binds nobody today, such as an
/// empty team, is judged by the one who might come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum HolderId {
    SubAccount(SubAccountId),
    /// One more member of a team.
    TeamMember(TeamId),
    /// One more member of a scope; of the organization, a sub-account with nothing of its own.
    MemberOf(Scope),
    /// The operators whom a consent lets in, with everything at home.
    OperatorOf {
        consent: ConsentId,
        operators: OrganizationId,
    },
}

/// Everything that comes to a holder otherwise than as one of all.
#[derive(Debug)]
pub(crate) struct Holding<'a> {
    /// Who it is, if it is real.
    pub(crate) id: Option<SubAccountId>,
    pub(crate) assignments: Vec<AppliedAssignment<'a>>,
    pub(crate) boundary: NameSet,
    pub(crate) ends: Option<Timestamp>,
    pub(crate) kind: SubAccountKind,
    /// The member who answers for a service.
    pub(crate) owner: Option<SubAccountId>,
    /// Whether the status is Active and nothing flags the credential.
    pub(crate) is_active: bool,
    /// The consent by which operators have what they have.
    pub(crate) consent: Option<&'a Consent>,
}

/// One path by which an assignment comes to a holder.
#[derive(Debug)]
pub(crate) struct AppliedAssignment<'a> {
    pub(crate) assignment: &'a Assignment,
    pub(crate) membership: Option<&'a Assignment>,
    pub(crate) gives: Rc<RoleClosure>,
    pub(crate) starts: Option<Timestamp>,
    pub(crate) ends: Option<Timestamp>,
}

impl<'a> Holding<'a> {
    pub(crate) fn new(view: &View<'a>, holder: HolderId) -> Option<Self> {
        let organization = view.organization;
        let named = |paths: Vec<Path<'a>>| -> Vec<AppliedAssignment<'a>> {
            paths.into_iter().map(|path| AppliedAssignment::new(view, path)).collect()
        };
        match holder {
            HolderId::SubAccount(id) => {
                let sub_account = organization.sub_accounts().get(&id)?;
                Some(Self {
                    id: Some(id),
                    assignments: named(paths(organization, id)),
                    boundary: view.names.limit(sub_account.boundary.as_ref()),
                    ends: sub_account.ends,
                    kind: sub_account.kind,
                    owner: sub_account.owner,
                    is_active: sub_account.status == Status::Active
                        && !sub_account.credential_reset_required,
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
                Some(Self::imagined(view, named(with_memberships(organization, assignments))))
            }
            HolderId::MemberOf(Scope::Organization) => Some(Self::imagined(view, Vec::new())),
            HolderId::MemberOf(scope) => {
                organization.contains(scope).then_some(())?;
                let to_members = organization.assignments_by(scope, Relation::MembersOf);
                let paths = to_members.map(|assignment| Path { assignment, membership: None });
                Some(Self::imagined(view, named(paths.collect())))
            }
            HolderId::OperatorOf { consent, .. } => {
                let consent = organization.consents().get(&consent)?;
                let imagined = Self::imagined(view, Vec::new());
                Some(Self { consent: Some(consent), ..imagined })
            }
        }
    }

    fn imagined(view: &View<'_>, assignments: Vec<AppliedAssignment<'a>>) -> Self {
        Self {
            id: None,
            assignments,
            boundary: view.names.full(),
            ends: None,
            kind: SubAccountKind::Member,
            owner: None,
            is_active: true,
            consent: None,
        }
    }

    /// The scopes where something was assigned to the holder, or where a consent lets it in.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = Scope> {
        let consented = self.consent.map(|consent| consent.scope);
        self.assignments.iter().map(|applied| applied.assignment.scope).chain(consented)
    }

    /// The scopes at which something comes to the holder in one of two holdings and not in the same way in the other.
    pub(crate) fn differing(&self, other: &Holding<'_>) -> BTreeSet<Scope> {
        let mut scopes = AppliedAssignment::differing(&self.assignments, &other.assignments);
        if self.consent != other.consent {
            scopes.extend(self.consent.into_iter().chain(other.consent).map(|it| it.scope));
        }
        scopes
    }

    /// Whether the two differ in what binds everything they hold.
    pub(crate) fn differs_in_account_limits(&self, other: &Holding<'_>) -> bool {
        (self.boundary, self.ends, self.kind, self.owner)
            != (other.boundary, other.ends, other.kind, other.owner)
    }
}

impl<'a> AppliedAssignment<'a> {
    pub(crate) fn new(view: &View<'a>, Path { assignment, membership }: Path<'a>) -> Self {
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

    /// The conditions of the assignment, and of the membership that it comes by.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &'a Condition> {
        let also = self.membership.map(|membership| &membership.conditions);
        self.assignment.conditions.iter().chain(also.into_iter().flatten())
    }

    /// The scopes of what is among some applied and not in the same way among others.
    pub(crate) fn differing(some: &[Self], others: &[AppliedAssignment<'_>]) -> BTreeSet<Scope> {
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

    /// By which assignments it comes.
    fn key(&self) -> (AssignmentId, Option<AssignmentId>) {
        (self.assignment.id, self.membership.map(|membership| membership.id))
    }

    /// Whether two applied by the same assignments, perhaps of different revisions, give the same in the same way.
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
