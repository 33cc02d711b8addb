//! Touched: what differs between two revisions of an organization, and whom that concerns.
//!
//! Rows are found by [`Table::differences`], so that this costs what changed and not what there is. Whom they concern is
//! found by following references, in the later revision alone: a reference that only the earlier one has is itself a
//! difference, of the row that makes it, and whoever that row is about is touched for that reason already.

use std::collections::BTreeSet;
use std::mem;

use crate::access::paths::{closed, members};
use crate::id::{RoleId, SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignee, Assignment, Effect, Membership, Organization, Scope};
use crate::table::Table;

/// An assignment before and after; one of the two may be missing.
pub(crate) type ChangedAssignment<'a> = (Option<&'a Assignment>, Option<&'a Assignment>);

/// What differs between two revisions of an organization, as far as a decision can depend on it.
///
/// It says where to look, never too little and at times too much: a row that is listed differs, but it may differ in
/// nothing that matters to a decision.
#[derive(Debug, Default)]
pub(crate) struct Touched<'a> {
    /// Whether the organization's own row differs.
    pub(crate) profile: bool,
    /// The workspaces and resources whose own rows differ: made, changed or removed. What is below them is not listed.
    pub(crate) scopes: BTreeSet<Scope>,
    /// The sub-accounts whose own rows differ.
    pub(crate) sub_accounts: BTreeSet<SubAccountId>,
    /// The teams that were made, moved to another parent or removed. What is below them is not listed.
    pub(crate) teams: BTreeSet<TeamId>,
    /// The places in teams that were taken or given up.
    pub(crate) memberships: BTreeSet<Membership>,
    /// The custom roles whose rows differ, and all that include one of them, directly or through others. Roles that may
    /// assign one of them are not listed.
    pub(crate) roles: BTreeSet<RoleId>,
    /// The assignments that differ, in the order of their ids.
    pub(crate) assignments: Vec<ChangedAssignment<'a>>,
    /// Whether what is assigned to all members of the organization may differ.
    pub(crate) everyone: bool,
    /// The sub-accounts whose own part of a decision may differ, by any of the above but the profile, the scopes and
    /// what concerns everyone. Whoever is bounded by one of them, a service or a delegate (D13), is not listed: bounds
    /// are read at the check.
    pub(crate) lines: BTreeSet<SubAccountId>,
}

impl<'a> Touched<'a> {
    /// What differs in `after`. Computes in **O((c + h) log n)** time for c changes that concern h holders.
    pub(crate) fn between(before: &'a Organization, after: &'a Organization) -> Self {
        let teams = after.teams().differences(before.teams());
        let assignments = after.assignments().differences(before.assignments());
        let workspaces = changed(before.workspaces(), after.workspaces()).map(Scope::Workspace);
        let resources = changed(before.resources(), after.resources()).map(Scope::Resource);
        let touched = Self {
            profile: before.profile() != after.profile(),
            scopes: workspaces.chain(resources).collect(),
            sub_accounts: changed(before.sub_accounts(), after.sub_accounts()).collect(),
            // A team that stands where it stood has the members it had.
            teams: teams
                .filter(|(_, old, new)| old.map(|old| old.parent) != new.map(|new| new.parent))
                .map(|(id, _, _)| *id)
                .collect(),
            memberships: changed(before.memberships(), after.memberships()).collect(),
            roles: roles_including(after, changed(before.roles(), after.roles())),
            assignments: assignments.map(|(_, old, new)| (old, new)).collect(),
            everyone: false,
            lines: BTreeSet::new(),
        };
        touched.with_holders(after)
    }

    /// The same rows, with everybody in `after` whom they concern: what `everyone` and `lines` say.
    pub(crate) fn with_holders(mut self, after: &Organization) -> Self {
        let holders = self.holders(after);
        self.everyone = holders.everyone;
        self.lines = holders.sub_accounts;
        self
    }

    fn holders(&self, after: &Organization) -> Holders {
        let mut holders = Holders::default();
        holders.sub_accounts.extend(&self.sub_accounts);
        holders.sub_accounts.extend(self.memberships.iter().map(|it| it.sub_account));
        holders.teams.extend(&self.teams);
        for assignment in self.assignments.iter().flat_map(|(old, new)| old.iter().chain(new)) {
            holders.add(assignment.assignee);
        }
        for role in &self.roles {
            for assignment in after.assignments_by(EntityId::Role(*role), Relation::Grants) {
                holders.add(assignment.assignee);
            }
        }
        holders.resolve(after);
        holders
    }
}

/// Whoever an assignment may concern.
#[derive(Debug, Default)]
struct Holders {
    everyone: bool,
    sub_accounts: BTreeSet<SubAccountId>,
    /// All who are in these teams or below.
    teams: BTreeSet<TeamId>,
    /// All members of these scopes.
    scopes: BTreeSet<Scope>,
}

impl Holders {
    fn add(&mut self, assignee: Assignee) {
        match assignee {
            Assignee::SubAccount(id) => drop(self.sub_accounts.insert(id)),
            Assignee::Team(id) => drop(self.teams.insert(id)),
            Assignee::MembersOf(Scope::Organization) => self.everyone = true,
            Assignee::MembersOf(scope) => drop(self.scopes.insert(scope)),
        }
    }

    /// Names every sub-account that teams and scopes stand for; each of those is walked once.
    fn resolve(&mut self, organization: &Organization) {
        for scope in mem::take(&mut self.scopes) {
            for assignment in organization.assignments_by(scope, Relation::At) {
                // To be assigned something as a member makes nobody a member (D3).
                let names = !matches!(assignment.assignee, Assignee::MembersOf(_));
                if names && assignment.effect == Effect::Allow {
                    self.add(assignment.assignee);
                }
            }
        }
        self.sub_accounts.extend(members(organization, mem::take(&mut self.teams)));
    }
}

/// The keys whose entries differ.
fn changed<'a, K: Ord + Copy, V: PartialEq>(
    before: &'a Table<K, V>,
    after: &'a Table<K, V>,
) -> impl Iterator<Item = K> {
    after.differences(before).map(|(key, _, _)| *key)
}

/// Roles, with all that include one of them.
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
