//! A holding: everything that comes to one holder, real or imagined, in one view.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::paths::{AssignmentPath, paths, teams_above, with_memberships};
use crate::governance::names::NameSet;
use crate::governance::view::{RoleView, View};
use crate::id::{AssignmentId, ConsentId, OrganizationId, SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{
    Assignment, Condition, Consent, Effect, Scope, Status, SubAccountKind, Validity,
};

/// Somebody who holds something: a sub-account, or one more than there is. Whatever binds nobody today, such as an
/// empty team, is judged by the one who might come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Holder {
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
pub(super) struct Holding<'a> {
    /// Who it is, if it is real.
    pub(super) id: Option<SubAccountId>,
    pub(super) claims: Vec<Claim<'a>>,
    pub(super) boundary: NameSet,
    pub(super) ends: Option<Timestamp>,
    pub(super) kind: SubAccountKind,
    /// The member who answers for a service.
    pub(super) owner: Option<SubAccountId>,
    /// Whether the status is Active and nothing flags the credential.
    pub(super) is_active: bool,
    /// The consent by which operators have what they have.
    pub(super) consent: Option<&'a Consent>,
}

/// One path by which an assignment comes to a holder.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    pub(super) assignment: &'a Assignment,
    pub(super) membership: Option<&'a Assignment>,
    pub(super) gives: Rc<RoleView>,
    pub(super) starts: Option<Timestamp>,
    pub(super) ends: Option<Timestamp>,
}

impl<'a> Holding<'a> {
    pub(super) fn new(view: &View<'a>, holder: Holder) -> Option<Self> {
        let organization = view.organization;
        let named = |paths: Vec<AssignmentPath<'a>>| -> Vec<Claim<'a>> {
            paths.into_iter().map(|path| Claim::new(view, path)).collect()
        };
        match holder {
            Holder::SubAccount(id) => {
                let sub_account = organization.sub_accounts().get(&id)?;
                Some(Self {
                    id: Some(id),
                    claims: named(paths(organization, id)),
                    boundary: view.register.limit(sub_account.boundary.as_ref()),
                    ends: sub_account.ends,
                    kind: sub_account.kind,
                    owner: sub_account.owner,
                    is_active: sub_account.status == Status::Active
                        && !sub_account.credential_reset_required,
                    consent: None,
                })
            }
            Holder::TeamMember(team) => {
                organization.teams().get(&team)?;
                let assignments = teams_above(organization, [team])
                    .into_iter()
                    .flat_map(|team| {
                        organization.assignments_by(EntityId::Team(team), Relation::Assignee)
                    })
                    .collect();
                Some(Self::imagined(view, named(with_memberships(organization, assignments))))
            }
            Holder::MemberOf(Scope::Organization) => Some(Self::imagined(view, Vec::new())),
            Holder::MemberOf(scope) => {
                organization.contains(scope).then_some(())?;
                let to_members = organization.assignments_by(scope, Relation::MembersOf);
                let paths =
                    to_members.map(|assignment| AssignmentPath { assignment, membership: None });
                Some(Self::imagined(view, named(paths.collect())))
            }
            Holder::OperatorOf { consent, .. } => {
                let consent = organization.consents().get(&consent)?;
                let imagined = Self::imagined(view, Vec::new());
                Some(Self { consent: Some(consent), ..imagined })
            }
        }
    }

    fn imagined(view: &View<'_>, claims: Vec<Claim<'a>>) -> Self {
        Self {
            id: None,
            claims,
            boundary: view.register.full(),
            ends: None,
            kind: SubAccountKind::Member,
            owner: None,
            is_active: true,
            consent: None,
        }
    }

    /// The scopes where something was assigned to the holder, or where a consent lets it in.
    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope> {
        let consented = self.consent.map(|consent| consent.scope);
        self.claims.iter().map(|claim| claim.assignment.scope).chain(consented)
    }

    /// The scopes at which something comes to the holder in one of two holdings and not in the same way in the other.
    pub(super) fn differing(&self, other: &Holding<'_>) -> BTreeSet<Scope> {
        let mut scopes = Claim::differing(&self.claims, &other.claims);
        if self.consent != other.consent {
            scopes.extend(self.consent.into_iter().chain(other.consent).map(|it| it.scope));
        }
        scopes
    }

    /// Whether the two differ in what binds everything they hold.
    pub(super) fn differs_as_a_whole(&self, other: &Holding<'_>) -> bool {
        (self.boundary, self.ends, self.kind, self.owner)
            != (other.boundary, other.ends, other.kind, other.owner)
    }
}

impl<'a> Claim<'a> {
    pub(super) fn new(
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

    pub(super) fn is_allow(&self) -> bool {
        self.assignment.effect == Effect::Allow
    }

    /// The conditions of the assignment, and of the membership that it comes by.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &'a Condition> {
        let also = self.membership.map(|membership| &membership.conditions);
        self.assignment.conditions.iter().chain(also.into_iter().flatten())
    }

    /// The scopes of what is among some claims and not in the same way among others.
    pub(super) fn differing(some: &[Self], others: &[Claim<'_>]) -> BTreeSet<Scope> {
        let mut these: BTreeMap<_, _> = some.iter().map(|it| (it.key(), it)).collect();
        let mut scopes = BTreeSet::new();
        for that in others {
            let this = these.remove(&that.key());
            if !this.is_some_and(|this| this.is_as(that)) {
                scopes.insert(that.assignment.scope);
                scopes.extend(this.map(|this| this.assignment.scope));
            }
        }
        scopes.extend(these.values().map(|claim| claim.assignment.scope));
        scopes
    }

    /// By which assignments it comes.
    fn key(&self) -> (AssignmentId, Option<AssignmentId>) {
        (self.assignment.id, self.membership.map(|membership| membership.id))
    }

    /// Whether two claims by the same assignments, perhaps of different revisions, give the same in the same way.
    fn is_as(&self, other: &Claim<'_>) -> bool {
        let (this, that) = (self.assignment, other.assignment);
        self.gives == other.gives
            && (this.scope, this.effect, &this.reach, this.delegator)
                == (that.scope, that.effect, &that.reach, that.delegator)
            && (self.starts, self.ends) == (other.starts, other.ends)
            && self.conditions().eq(other.conditions())
    }
}
