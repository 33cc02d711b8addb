//! Rosters: who was given what, and who belongs where, as the organization has it.
//!
//! A roster says what is on record, whether it acts at the moment or not; what somebody may do is a check's or a listing's
//! to say. Each costs what it reads: the assignments made on the way to a scope, and whom they name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::access::paths::{self, closed, members, paths_to_all, teams_above};
use crate::access::snapshot::Snapshot;
use crate::id::{AssignmentId, SubAccountId, TeamId};
use crate::model::link::Relation;
use crate::model::{Assignee, Assignment, Effect, Grant, RoleRef, Scope};
use crate::permission::Permissions;

/// Somebody to whom a role was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Holder {
    /// Who holds the role.
    pub sub_account: SubAccountId,
    /// By which assignment.
    pub assignment: AssignmentId,
    /// Where that was made: the scope asked about, or one above.
    pub at: Scope,
    /// The role that it is of: the one asked about, or one that includes it.
    pub role: RoleRef,
    /// Whom it was made to: the sub-account itself, a team, or the members of a scope.
    pub assignee: Assignee,
}

impl<P: Permissions> Snapshot<P> {
    /// The members of a scope (D3): of the organization, all its sub-accounts; of another scope, whomever an allow made
    /// there names directly or by team.
    pub fn members(&self, scope: Scope) -> BTreeSet<SubAccountId> {
        if scope == Scope::Organization {
            return self.organization().sub_accounts().keys().copied().collect();
        }
        let made = self.organization().assignments_by(scope, Relation::At);
        let allows = made.filter(|assignment| assignment.effect == Effect::Allow);
        allows.flat_map(|assignment| self.named(assignment.assignee)).collect()
    }

    /// To whom a role was given at a scope or above it, by which assignments, in the order of sub-accounts. A role that
    /// includes it counts, and so does what was given to teams and to all members.
    pub fn holders(&self, role: impl Into<RoleRef>, scope: Scope) -> Vec<Holder> {
        let role = role.into();
        let organization = self.organization();
        // Many assignments are of few roles.
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
                let sub_accounts = self.concerned(assignment.assignee);
                holders.extend(sub_accounts.into_iter().map(|sub_account| Holder {
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

    /// Every assignment that comes to a sub-account, allows and denies: by name, by a team, as a member of a scope or as
    /// one of all; in the order of ids.
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

    /// The teams of a sub-account: those that it is in, and those that hold them.
    pub fn teams(&self, sub_account: SubAccountId) -> BTreeSet<TeamId> {
        teams_above(self.organization(), self.organization().teams_of(sub_account))
    }

    /// Everybody in a team and in the teams that it holds.
    pub fn team_members(&self, team: TeamId) -> BTreeSet<SubAccountId> {
        members(self.organization(), [team])
    }

    /// Whom an assignment concerns.
    pub(crate) fn concerned(&self, assignee: Assignee) -> BTreeSet<SubAccountId> {
        match assignee {
            Assignee::MembersOf(scope) => self.members(scope),
            named => self.named(named),
        }
    }

    /// Whom an assignment names, directly or by team.
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
