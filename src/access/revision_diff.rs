//! [`RevisionDiff`]: the rows that differ between two revisions of an organization, and the
//! sub-accounts that they concern.
//!
//! Rows are found by [`Organization::differences`], which costs the changes rather than the size of
//! the organization. The sub-accounts are found by following references in the later revision only.
//! That is enough: a reference that only the earlier revision has belongs to a row that differs,
//! and the sub-accounts of that row are included for it.

use std::collections::BTreeSet;
use std::mem;

use crate::access::paths::{closed, members};
use crate::id::{RoleId, SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{
    Assignee, Assignment, Effect, Membership, Organization, RowChange, Rows, Scope,
};

/// The differences between two revisions of an organization, as far as a decision can depend on
/// them.
///
/// It never misses a difference. It may list rows whose difference does not matter to any decision.
#[derive(Debug, Default)]
pub(crate) struct RevisionDiff<'a> {
    /// Whether the organization's own row differs.
    pub(crate) profile: bool,
    /// The workspaces and resources whose own rows differ: created, changed or removed. Those below
    /// them are not listed.
    pub(crate) scopes: BTreeSet<Scope>,
    /// The sub-accounts whose own rows differ.
    pub(crate) sub_accounts: BTreeSet<SubAccountId>,
    /// The teams that were created, moved to another parent or removed. Those below them are not
    /// listed.
    pub(crate) teams: BTreeSet<TeamId>,
    /// The team memberships that were added or removed.
    pub(crate) memberships: BTreeSet<Membership>,
    /// The custom roles whose rows differ, and all roles that include one of them, directly or
    /// through others. Roles that may assign one of them are not listed.
    pub(crate) roles: BTreeSet<RoleId>,
    /// The assignments that differ, in the order of their ids.
    pub(crate) assignments: Vec<Rows<'a, Assignment>>,
    /// Whether the assignments to all members of the organization may differ.
    pub(crate) everyone: bool,
    /// The sub-accounts whose compiled subject may differ. The profile, the scopes and `everyone`
    /// do not count here. Services and delegates that one of these bounds (D13) are not listed,
    /// because bounds are evaluated at the check.
    pub(crate) subjects: BTreeSet<SubAccountId>,
}

impl<'a> RevisionDiff<'a> {
    /// The differences from `before` to `after`. Computes in **O((c + h) log n)** time for c
    /// changes that concern h sub-accounts.
    pub(crate) fn between(before: &'a Organization, after: &'a Organization) -> Self {
        Self::of(&after.differences(before), after)
    }

    /// The differences that some rows make, of which `after` is the later revision.
    pub(crate) fn of(rows: &[RowChange<'a>], after: &Organization) -> Self {
        let mut diff = Self::default();
        for row in rows {
            diff.note(row);
        }
        diff.roles = roles_including(after, mem::take(&mut diff.roles));
        diff.with_concerned(after)
    }

    /// Adds a row. The roles that include a role, `everyone` and `subjects` are not added.
    pub(crate) fn note(&mut self, row: &RowChange<'a>) {
        match row {
            RowChange::Profile(..) => self.profile = true,
            RowChange::Workspace((old, new)) => {
                self.scopes.extend(old.or(*new).map(|it| Scope::from(it.id)));
            }
            RowChange::Resource((old, new)) => {
                self.scopes.extend(old.or(*new).map(|it| Scope::from(it.id)));
            }
            RowChange::SubAccount((old, new)) => {
                self.sub_accounts.extend(old.or(*new).map(|it| it.id));
            }
            // A team under the same parent passes the same assignments on.
            RowChange::Team((old, new)) if old.map(|it| it.parent) == new.map(|it| it.parent) => {}
            RowChange::Team((old, new)) => self.teams.extend(old.or(*new).map(|it| it.id)),
            RowChange::MemberAdded(place) | RowChange::MemberRemoved(place) => {
                self.memberships.insert(**place);
            }
            RowChange::Role((old, new)) => self.roles.extend(old.or(*new).map(|it| it.id)),
            RowChange::Assignment(assignment) => self.assignments.push(*assignment),
            // No decision about a sub-account depends on these rows.
            RowChange::Consent(_) | RowChange::Invitation(_) | RowChange::Request(_) => {}
        }
    }

    /// Sets `everyone` and `subjects` to what the other fields concern in `after`.
    pub(crate) fn with_concerned(mut self, after: &Organization) -> Self {
        let concerned = self.concerned(after);
        self.everyone = concerned.everyone;
        self.subjects = concerned.sub_accounts;
        self
    }

    fn concerned(&self, after: &Organization) -> ConcernedAssignees {
        let mut concerned = ConcernedAssignees::default();
        concerned.sub_accounts.extend(&self.sub_accounts);
        concerned.sub_accounts.extend(self.memberships.iter().map(|it| it.sub_account));
        concerned.teams.extend(&self.teams);
        for assignment in self.assignments.iter().flat_map(|(old, new)| old.iter().chain(new)) {
            concerned.add(assignment.assignee);
        }
        for role in &self.roles {
            for assignment in after.assignments_by(EntityId::Role(*role), Relation::Grants) {
                concerned.add(assignment.assignee);
            }
        }
        concerned.resolve(after);
        concerned
    }
}

/// The sub-accounts that some assignees stand for.
#[derive(Debug, Default)]
struct ConcernedAssignees {
    everyone: bool,
    sub_accounts: BTreeSet<SubAccountId>,
    /// Stands for the members of these teams and of all their sub-teams.
    teams: BTreeSet<TeamId>,
    /// Stands for the members of these scopes.
    scopes: BTreeSet<Scope>,
}

impl ConcernedAssignees {
    fn add(&mut self, assignee: Assignee) {
        match assignee {
            Assignee::SubAccount(id) => drop(self.sub_accounts.insert(id)),
            Assignee::Team(id) => drop(self.teams.insert(id)),
            Assignee::MembersOf(Scope::Organization) => self.everyone = true,
            Assignee::MembersOf(scope) => drop(self.scopes.insert(scope)),
        }
    }

    /// Replaces teams and scopes by the sub-accounts that they stand for; each is walked once.
    fn resolve(&mut self, organization: &Organization) {
        for scope in mem::take(&mut self.scopes) {
            for assignment in organization.assignments_by(scope, Relation::At) {
                // An assignment to members makes no further members (D3).
                let names = !matches!(assignment.assignee, Assignee::MembersOf(_));
                if names && assignment.effect == Effect::Allow {
                    self.add(assignment.assignee);
                }
            }
        }
        self.sub_accounts.extend(members(organization, mem::take(&mut self.teams)));
    }
}

/// Roles with all roles that include one of them.
fn roles_including(
    organization: &Organization,
    roles: impl IntoIterator<Item = RoleId>,
) -> BTreeSet<RoleId> {
    closed(roles, |role| {
        organization.referring(EntityId::Role(role), Relation::Includes).filter_map(|from| {
            match from {
                EntityId::Role(id) => Some(id),
                _ => None,
            }
        })
    })
}
