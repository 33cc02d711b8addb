//! Owners: members that hold everything at the organization, at every time and in every session.

use std::collections::BTreeSet;
use std::rc::Rc;

use jiff::Timestamp;

use crate::access::paths::members;
use crate::catalog::CatalogCore;
use crate::governance::comparison::samples::Samples;
use crate::governance::reach::holding::{AppliedAssignment, HolderId, Holding};
use crate::governance::reach::location::Location;
use crate::governance::reach::names::NameTable;
use crate::governance::reach::query::{Circumstances, OWNERSHIPS, OwnershipSource, ReachQuery};
use crate::governance::reach::view::View;
use crate::id::SubAccountId;
use crate::model::{
    Assignee, Assignment, Effect, Grant, Organization, Reach, RoleRef, Scope, SubAccountKind,
};

impl<'a> View<'a> {
    /// Whether a sub-account is an owner: an active, unflagged member that has the role of the
    /// owner at the organization, and holds everything there otherwise than by delegation, at every
    /// time from now on and in every session.
    pub(crate) fn is_owner(&self, id: SubAccountId, now: Timestamp) -> bool {
        let holding = self.holding(HolderId::SubAccount(id));
        holding.is_some_and(|it| it.is_active) && self.is_owner_once_active(id, now)
    }

    /// Whether a sub-account is an owner, or would be if it were active and unflagged.
    pub(crate) fn is_owner_once_active(&self, id: SubAccountId, now: Timestamp) -> bool {
        // An account that is too complex to evaluate does not count as an owner.
        self.ownership(id, now) == Some(true)
    }

    /// As [`is_owner_once_active`](Self::is_owner_once_active); `None` if the account is too
    /// complex to evaluate.
    pub(crate) fn ownership(&self, id: SubAccountId, now: Timestamp) -> Option<bool> {
        let Some(holding) = self.holding(HolderId::SubAccount(id)) else { return Some(false) };
        let is_made =
            self.applied_to(&holding).any(|applied| self.makes_owners(applied.assignment));
        if !is_made || holding.kind != SubAccountKind::Member {
            return Some(false);
        }
        if self.is_owner_by_rows(&holding, now) {
            return Some(true);
        }
        self.holds_everything(&holding, now)
    }

    /// Whether an assignment gives the owner's role at the organization to a sub-account, a team or
    /// all members. Members of a part of the organization come and go with the assignments there,
    /// so an assignment to them makes no owners.
    fn makes_owners(&self, assignment: &Assignment) -> bool {
        assignment.effect == Effect::Allow
            && assignment.scope == Scope::Organization
            && assignment.delegator.is_none()
            && match assignment.assignee {
                Assignee::SubAccount(_) | Assignee::Team(_) => true,
                Assignee::MembersOf(scope) => scope == Scope::Organization,
            }
            && match &assignment.grant {
                Grant::Role(RoleRef::System(role)) => role == self.catalog.owner(),
                Grant::Role(RoleRef::Custom(_)) | Grant::Permissions { .. } => false,
            }
    }

    /// Whether the rows alone show that a holder holds everything: the owner's role for the whole
    /// organization without condition, end or delegator, and no deny or limit that could take from
    /// it. So no number of further allows can make such an owner too complex to recognize.
    fn is_owner_by_rows(&self, holding: &Holding<'a>, now: Timestamp) -> bool {
        let location = Location::At(Scope::Organization);
        let Some(path) = self.path_to(Scope::Organization) else { return false };
        let is_certain = |applied: &AppliedAssignment<'_>| {
            self.makes_owners(applied.assignment)
                && applied.assignment.reach == Reach::Subtree
                && applied.starts.is_none_or(|starts| starts <= now)
                && applied.ends.is_none()
                && applied.conditions().next().is_none()
        };
        let may_take = |applied: &AppliedAssignment<'_>| {
            !applied.is_allow()
                && applied.ends.is_none_or(|ends| now < ends)
                && applied.position_on(&path, location, |_| true).is_some()
        };
        holding.ends.is_none()
            && holding.boundary.holds(self.names.full())
            && self.applied_to(holding).any(is_certain)
            && !self.applied_to(holding).any(may_take)
    }

    fn holds_everything(&self, holding: &Rc<Holding<'a>>, now: Timestamp) -> Option<bool> {
        let location = Location::At(Scope::Organization);
        let samples = Samples::new(now, [(self, holding, location)]).ok()?;
        Some(samples.points().all(|point| {
            OWNERSHIPS.into_iter().all(|owned| {
                let assumed = Circumstances::Assumed(point.assumed);
                let query = ReachQuery {
                    delegations: false,
                    ..ReachQuery::new(
                        location,
                        point.from,
                        assumed,
                        OwnershipSource::Claimed(owned),
                        &self.standing_limits,
                    )
                };
                self.reach(holding, &query).holds(self.names.full())
            })
        }))
    }

    /// Counts owners, up to `enough`.
    pub(crate) fn owners(&self, now: Timestamp, enough: usize) -> usize {
        let mut seen = BTreeSet::new();
        let mut owners = 0;
        let role = RoleRef::System(self.catalog.owner().clone());
        for assignment in self.organization.assignments_of(&role).filter(|it| self.makes_owners(it))
        {
            for id in self.directly_assigned(assignment.assignee) {
                if owners >= enough {
                    return owners;
                }
                if seen.insert(id) && self.is_owner(id, now) {
                    owners += 1;
                }
            }
        }
        owners
    }

    /// The sub-accounts that an assignment to `assignee` reaches by name, by team or as all members
    /// of the organization.
    pub(crate) fn directly_assigned(&self, assignee: Assignee) -> Vec<SubAccountId> {
        let organization = self.organization;
        match assignee {
            Assignee::SubAccount(id) => vec![id],
            Assignee::MembersOf(Scope::Organization) => {
                organization.sub_accounts().keys().copied().collect()
            }
            Assignee::MembersOf(_) => Vec::new(),
            Assignee::Team(team) => members(organization, [team]).into_iter().collect(),
        }
    }
}

/// Whether a sub-account is an owner, in any session.
pub(crate) fn is_owner(
    organization: &Organization,
    catalog: &CatalogCore,
    id: SubAccountId,
    now: Timestamp,
) -> bool {
    let names = NameTable::new(catalog.vocabulary());
    View::new(organization, catalog, &names).is_owner(id, now)
}
