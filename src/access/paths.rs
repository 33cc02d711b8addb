//! Paths: by which assignments somebody comes to have something (D3).
//!
//! Read from the organization's index of references, so that finding the paths of one holder costs what that holder
//! has, whatever the size of the organization.

use std::collections::BTreeSet;

use crate::catalog::CatalogCore;
use crate::id::{SubAccountId, TeamId};
use crate::model::link::{EntityId, Relation};
use crate::model::{Assignment, Effect, Organization, RoleRef, Scope};

/// One path by which an assignment comes to somebody: by name or by team, or through an allow that makes it a member
/// of a scope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'a> {
    pub(crate) assignment: &'a Assignment,
    pub(crate) membership: Option<&'a Assignment>,
}

/// The paths to a sub-account otherwise than as one of all.
pub(crate) fn paths(organization: &Organization, sub_account: SubAccountId) -> Vec<Path<'_>> {
    let to = |entity| organization.assignments_by(entity, Relation::Assignee);
    let mut named: Vec<&Assignment> = to(EntityId::SubAccount(sub_account)).collect();
    for team in teams_above(organization, organization.teams_of(sub_account)) {
        named.extend(to(EntityId::Team(team)));
    }
    with_memberships(organization, named)
}

/// The paths to everybody in the organization.
pub(crate) fn paths_to_all(organization: &Organization) -> impl Iterator<Item = Path<'_>> {
    organization
        .assignments_by(EntityId::Organization, Relation::MembersOf)
        .map(|assignment| Path { assignment, membership: None })
}

/// The paths that `named`, assignments which name somebody directly or by team, make: themselves, and what is assigned
/// to the members of the scopes where they allow something.
pub(crate) fn with_memberships<'a>(
    organization: &'a Organization,
    named: Vec<&'a Assignment>,
) -> Vec<Path<'a>> {
    let mut paths: Vec<_> =
        named.iter().map(|assignment| Path { assignment, membership: None }).collect();
    if !organization.has_member_assignments() {
        return paths;
    }
    for membership in named {
        if membership.effect == Effect::Allow && membership.scope != Scope::Organization {
            let of_members = organization.assignments_by(membership.scope, Relation::MembersOf);
            let membership = Some(membership);
            paths.extend(of_members.map(|assignment| Path { assignment, membership }));
        }
    }
    paths
}

/// Teams, with all that hold them.
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

/// Teams, with all that they hold.
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

/// Everybody in some teams and in the teams that those hold.
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

/// The roles that a role includes directly; none for a role that is not there.
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

/// What there is at the start and whatever follows from it, each followed once.
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
