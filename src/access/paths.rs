//! [`AssignmentPath`]: how assignments reach sub-accounts (D3).
//!
//! Paths are read from the index of references, so that finding those of one sub-account costs its
//! own assignments only, whatever the size of the organization.

use std::collections::BTreeSet;

use crate::catalog::CatalogCore;
use crate::id::{SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignment, Effect, Organization, RoleRef, Scope};

/// How an assignment reaches a sub-account: by name or by team, or through an allow that makes the
/// sub-account a member of a scope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AssignmentPath<'a> {
    pub(crate) assignment: &'a Assignment,
    pub(crate) membership: Option<&'a Assignment>,
}

/// The paths to a sub-account: assignments that reach it directly, by team or by scope membership,
/// but not as a member of the organization.
pub(crate) fn paths(
    organization: &Organization,
    sub_account: SubAccountId,
) -> Vec<AssignmentPath<'_>> {
    let to = |entity| organization.assignments_by(entity, Relation::Assignee);
    let mut named: Vec<&Assignment> = to(EntityId::SubAccount(sub_account)).collect();
    for team in teams_above(organization, organization.teams_of(sub_account)) {
        named.extend(to(EntityId::Team(team)));
    }
    with_memberships(organization, named)
}

/// The paths to all members of the organization.
pub(crate) fn paths_to_all(
    organization: &Organization,
) -> impl Iterator<Item = AssignmentPath<'_>> {
    organization
        .assignments_by(EntityId::Organization, Relation::MembersOf)
        .map(|assignment| AssignmentPath { assignment, membership: None })
}

/// The paths that some assignments make: the assignments themselves, and those to the members of
/// the scopes where they are allows. `named` are assignments that name a sub-account directly or by
/// team.
pub(crate) fn with_memberships<'a>(
    organization: &'a Organization,
    named: Vec<&'a Assignment>,
) -> Vec<AssignmentPath<'a>> {
    let mut paths: Vec<_> =
        named.iter().map(|assignment| AssignmentPath { assignment, membership: None }).collect();
    if !organization.has_member_assignments() {
        return paths;
    }
    for membership in named {
        if membership.effect == Effect::Allow && membership.scope != Scope::Organization {
            let of_members = organization.assignments_by(membership.scope, Relation::MembersOf);
            let membership = Some(membership);
            paths.extend(of_members.map(|assignment| AssignmentPath { assignment, membership }));
        }
    }
    paths
}

/// Teams with all their parents.
pub(crate) fn teams_above(
    organization: &Organization,
    teams: impl IntoIterator<Item = TeamId>,
) -> BTreeSet<TeamId> {
    let mut found = BTreeSet::new();
    for team in teams {
        let mut above = Some(team);
        while let Some(team) = above.filter(|team| found.insert(*team)) {
            above = organization.teams().get(&team).and_then(|team| team.parent);
        }
    }
    found
}

/// Teams with all their sub-teams.
pub(crate) fn teams_below(
    organization: &Organization,
    teams: impl IntoIterator<Item = TeamId>,
) -> BTreeSet<TeamId> {
    closed(teams, |team| {
        let held = organization.referring(EntityId::Team(team), Relation::Parent);
        held.filter_map(|held| match held {
            EntityId::Team(id) => Some(id),
            _ => None,
        })
    })
}

/// The members of some teams and of all their sub-teams.
pub(crate) fn members(
    organization: &Organization,
    teams: impl IntoIterator<Item = TeamId>,
) -> BTreeSet<SubAccountId> {
    teams_below(organization, teams)
        .into_iter()
        .flat_map(|team| organization.referring(EntityId::Team(team), Relation::Member))
        .filter_map(|member| match member {
            EntityId::SubAccount(id) => Some(id),
            _ => None,
        })
        .collect()
}

/// The roles that a role includes directly; none for an unknown role.
pub(crate) fn included(
    organization: &Organization,
    catalog: &CatalogCore,
    role: &RoleRef,
) -> Vec<RoleRef> {
    match role {
        RoleRef::System(name) => {
            let role = catalog.role_document(name).into_iter();
            role.flat_map(|role| &role.includes).cloned().map(RoleRef::System).collect()
        }
        RoleRef::Custom(id) => {
            let role = organization.roles().get(id).into_iter();
            role.flat_map(|role| &role.includes).cloned().collect()
        }
    }
}

/// The transitive closure: the items at the start and all that follow from them, each followed
/// once.
pub(crate) fn closed<T: Ord + Clone, I: Iterator<Item = T>>(
    start: impl IntoIterator<Item = T>,
    following: impl Fn(T) -> I,
) -> BTreeSet<T> {
    let mut open: Vec<T> = start.into_iter().collect();
    let mut found = BTreeSet::new();
    while let Some(next) = open.pop() {
        if found.insert(next.clone()) {
            open.extend(following(next));
        }
    }
    found
}
