//! Those who might come: one more member of every team and of every scope, one more holder of every custom role wherever
//! it may be assigned, and every service as if it had no owner - in the world as it is, and in one in which every scope
//! carries every label.
//!
//! What binds nobody today is judged as if it did; so nobody is handed anything later, by somebody who means no harm,
//! that nobody could have handed out before.

use std::collections::BTreeSet;

use tenantry::catalog::Catalog;
use tenantry::model::{
    Assignee, Assignment, Change, ChangeSet, Grant, Membership, Organization, Profile, Reach,
    Resource, Scope, ScopeKinds, SubAccount, SubAccountKind, Workspace,
};
use tenantry::{AssignmentId, Context, Label, PermissionNames, Permissions, SubAccountId};

use super::held::Held;

/// Who has nothing of its own.
pub(crate) const NEWCOMER: SubAccountId = SubAccountId::from_u128(u128::MAX);

/// Whether somebody is there as one who might come to hold a custom role.
pub(crate) const fn is_holder_of_role(who: SubAccountId) -> bool {
    who.to_u128() >> 100 == 3
}

/// The two worlds of one organization, with all who might come.
#[derive(Debug)]
pub(crate) struct Imagined<P> {
    worlds: [Held<P>; 2],
}

/// Where and when it is asked what somebody gains.
pub(crate) struct Asked<'a> {
    pub(crate) scope: Scope,
    pub(crate) context: &'a Context,
    /// Whether roles themselves are edited. Who may come to hold one that is not is judged when it is assigned.
    pub(crate) edits_roles: bool,
    /// Whether the actor passes on its own access: what that comes to is at most what it has itself, in any world.
    pub(crate) passes_on: bool,
}

impl<P: Permissions> Imagined<P> {
    pub(crate) fn new(organization: &Organization, catalog: &Catalog<P>) -> Self {
        let peopled = peopled(organization);
        let labelled = labelled(&peopled);
        Self { worlds: [Held::new(&peopled, catalog), Held::new(&labelled, catalog)] }
    }

    /// What anybody has or reaches, real or imagined, in either world, that it did not before.
    pub(crate) fn gained_since(&self, before: &Self, asked: &Asked<'_>) -> Vec<(SubAccountId, P)> {
        let mut gained = Vec::new();
        let worlds = if asked.passes_on { 1 } else { 2 };
        for (before, after) in before.worlds.iter().zip(&self.worlds).take(worlds) {
            for who in after.organization.sub_accounts().keys().copied() {
                let is_new = !before.organization.sub_accounts().contains_key(&who);
                let was = if is_new { NEWCOMER } else { who };
                let Asked { scope, context, edits_roles, .. } = *asked;
                if is_holder_of_role(who) && !edits_roles {
                    continue;
                }
                let had = before.permissions(was, scope, context);
                let has = after.permissions(who, scope, context).difference(had);
                let reached = before.reach(was, scope, context);
                let reaches = after.reach(who, scope, context).difference(reached);
                let both = has.union(reaches);
                if !both.is_empty() {
                    gained.push((who, both));
                }
            }
        }
        gained
    }
}

/// The organization with all who might come.
pub(crate) fn peopled(organization: &Organization) -> Organization {
    let mut changes: Vec<Change> = Vec::new();
    let newcomer = SubAccount::member(NEWCOMER);
    changes.push(newcomer.into());
    for team in organization.teams().keys() {
        let sub_account = SubAccountId::from_u128(1 << 100 ^ team.to_u128());
        changes.push(SubAccount::member(sub_account).into());
        changes.push(Membership { sub_account, team: *team }.into());
    }
    // A permission that no catalog knows makes a member of a scope and gives nothing.
    let nothing = Grant::any(["NOTHING".parse().unwrap()].into_iter().collect::<PermissionNames>());
    for scope in scopes(organization) {
        let member = 2 << 100 ^ id_of(scope);
        let made = AssignmentId::from_u128(member);
        let member = SubAccountId::from_u128(member);
        changes.push(SubAccount::member(member).into());
        changes.push(Assignment::allow(made, member, nothing.clone(), scope).into());
        for role in organization.roles().values() {
            if role.assignable.contains(ScopeKinds::from(scope.kind())) {
                let holder = (3 << 100) ^ role.id.to_u128() ^ (id_of(scope) << 8);
                let made = AssignmentId::from_u128(holder);
                let holder = SubAccountId::from_u128(holder);
                changes.push(SubAccount::member(holder).into());
                changes.push(Assignment::allow(made, holder, role.id, scope).into());
            }
        }
    }
    let services = organization.sub_accounts().values();
    for service in services.filter(|it| it.kind == SubAccountKind::Service) {
        let unbound = SubAccountId::from_u128(4 << 100 ^ service.id.to_u128());
        let boundary = service.boundary.clone();
        let ends = service.ends;
        changes.push(SubAccount { boundary, ends, ..SubAccount::member(unbound) }.into());
        for team in organization.teams_of(service.id) {
            changes.push(Membership { sub_account: unbound, team }.into());
        }
        for it in organization.assignments().values() {
            if it.assignee == Assignee::SubAccount(service.id) {
                let id = AssignmentId::from_u128(4 << 100 ^ it.id.to_u128());
                let twin = Assignment { id, assignee: unbound.into(), reason: None, ..it.clone() };
                changes.push(twin.into());
            }
        }
    }
    changed(organization, changes)
}

/// The organization in which every scope carries every label that anything is about.
fn labelled(organization: &Organization) -> Organization {
    let labels = organization.assignments().values().filter_map(|it| match &it.reach {
        Reach::Labelled(label) => Some(label.clone()),
        Reach::Subtree | Reach::Here => None,
    });
    let labels: BTreeSet<Label> = labels.collect();
    let profile = Profile { labels: labels.clone(), ..organization.profile().clone() };
    let workspaces = organization.workspaces().values();
    let workspaces = workspaces.map(|it| Workspace { labels: labels.clone(), ..it.clone() }.into());
    let resources = organization.resources().values();
    let resources = resources.map(|it| Resource { labels: labels.clone(), ..it.clone() }.into());
    changed(organization, workspaces.chain(resources).chain([profile.into()]).collect())
}

fn changed(organization: &Organization, changes: Vec<Change>) -> Organization {
    let time = organization.time();
    let set = ChangeSet { time, changes, personal: Vec::new() };
    organization.clone().with(&set).unwrap()
}

fn scopes(organization: &Organization) -> Vec<Scope> {
    let workspaces = organization.workspaces().keys().copied().map(Scope::Workspace);
    let resources = organization.resources().keys().copied().map(Scope::Resource);
    std::iter::once(Scope::Organization).chain(workspaces).chain(resources).collect()
}

fn id_of(scope: Scope) -> u128 {
    match scope {
        Scope::Organization => 0,
        Scope::Workspace(id) => 1 << 90 | id.to_u128(),
        Scope::Resource(id) => 1 << 91 | id.to_u128(),
    }
}
