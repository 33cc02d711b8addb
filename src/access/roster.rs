//! Rosters: members, holders of roles, teams and assignments, as they are recorded.
//!
//! A roster lists records whether they take effect now or not; checks and listings say what a
//! sub-account may do. Each roster costs the assignments that it reads and the sub-accounts that
//! they name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::access::paths::{self, closed, members, paths_to_all, teams_above};
use crate::access::snapshot::Snapshot;
use crate::id::{AssignmentId, SubAccountId, TeamId};
use crate::model::link::Relation;
use crate::model::{Assignee, Assignment, Effect, Grant, RoleRef, Scope};
use crate::permission::Permissions;

/// A sub-account that has been assigned a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct RoleHolder {
    /// The sub-account that holds the role.
    pub sub_account: SubAccountId,
    /// The assignment of the role.
    pub assignment: AssignmentId,
    /// The scope of the assignment: the requested scope, or one above.
    pub at: Scope,
    /// The assigned role: the requested role, or one that includes it.
    pub role: RoleRef,
    /// The assignee: the sub-account itself, a team, or the members of a scope.
    pub assignee: Assignee,
}

impl<P: Permissions> Snapshot<P> {
    /// The members of a scope (D3). Those of the organization are all its sub-accounts; those of
    /// another scope are the sub-accounts that an allow made there names, directly or by team.
    pub fn members(&self, scope: Scope) -> BTreeSet<SubAccountId> {
        if scope == Scope::Organization {
            return self.organization().sub_accounts().keys().copied().collect();
        }
        let made = self.organization().assignments_by(scope, Relation::At);
        let allows = made.filter(|assignment| assignment.effect == Effect::Allow);
        allows.flat_map(|assignment| self.named(assignment.assignee)).collect()
    }

    /// The sub-accounts that have been assigned a role at a scope or above it, with the
    /// assignments, in the order of sub-accounts. Roles that include it count, and so do
    /// assignments to teams and to members.
    pub fn holders(&self, role: impl Into<RoleRef>, scope: Scope) -> Vec<RoleHolder> {
        let role = role.into();
        let organization = self.organization();
        // There are many assignments of few roles.
        let mut judged: BTreeMap<&RoleRef, bool> = BTreeMap::new();
        let mut holders = BTreeSet::new();
        for at in organization.self_and_ancestors(scope) {
            for assignment in organization.assignments_by(at, Relation::At) {
                let Grant::Role(given) = &assignment.grant else { continue };
                let mut counts =
                    || *judged.entry(given).or_insert_with(|| self.includes(given, &role));
                if assignment.effect != Effect::Allow || !counts() {
                    continue;
                }
                let sub_accounts = self.assignees(assignment.assignee);
                holders.extend(sub_accounts.into_iter().map(|sub_account| RoleHolder {
                    sub_account,
                    assignment: assignment.id,
                    at,
                    role: given.clone(),
                    assignee: assignment.assignee,
                }));
            }
        }
        holders.into_iter().collect()
    }

    /// Every assignment that reaches a sub-account, allows and denies, in the order of ids: by
    /// name, by team, as a member of a scope or as a member of the organization.
    pub fn assigned_to(&self, sub_account: SubAccountId) -> Vec<&Assignment> {
        let organization = self.organization();
        if !organization.contains(sub_account) {
            return Vec::new();
        }
        let paths =
            paths::paths(organization, sub_account).into_iter().chain(paths_to_all(organization));
        let mut assignments: Vec<_> = paths.map(|path| path.assignment).collect();
        assignments.sort_unstable_by_key(|assignment| assignment.id);
        assignments.dedup_by_key(|assignment| assignment.id);
        assignments
    }

    /// Every assignment that a sub-account made, in the order of ids.
    pub fn assigned_by(&self, sub_account: SubAccountId) -> impl Iterator<Item = &Assignment> {
        self.organization().assignments_by(sub_account, Relation::MadeBy)
    }

    /// The teams of a sub-account: those that it is in, and all their parents.
    pub fn teams(&self, sub_account: SubAccountId) -> BTreeSet<TeamId> {
        teams_above(self.organization(), self.organization().teams_of(sub_account))
    }

    /// The members of a team and of all its sub-teams.
    pub fn team_members(&self, team: TeamId) -> BTreeSet<SubAccountId> {
        members(self.organization(), [team])
    }

    /// The sub-accounts that an assignee stands for.
    pub(crate) fn assignees(&self, assignee: Assignee) -> BTreeSet<SubAccountId> {
        match assignee {
            Assignee::MembersOf(scope) => self.members(scope),
            named => self.named(named),
        }
    }

    /// The sub-accounts that an assignee names, directly or by team.
    fn named(&self, assignee: Assignee) -> BTreeSet<SubAccountId> {
        match assignee {
            Assignee::SubAccount(id) => [id].into(),
            Assignee::Team(team) => self.team_members(team),
            Assignee::MembersOf(_) => BTreeSet::new(),
        }
    }

    /// Whether a role is another, or includes it, directly or through others.
    fn includes(&self, role: &RoleRef, included: &RoleRef) -> bool {
        let (organization, catalog) = (self.organization(), self.catalog().core());
        let following = |role: RoleRef| paths::included(organization, catalog, &role).into_iter();
        closed([role.clone()], following).contains(included)
    }
}
