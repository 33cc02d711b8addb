//! Rosters of random organizations against a plain reading of every assignment.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tenantry::model::{Assignee, Assignment, Effect, Organization, RoleRef, Scope};
use tenantry::{Grant, RoleName, SubAccountId, TeamId};

use crate::common::*;

/// Whether a team is another, or in it.
fn is_within(organization: &Organization, team: TeamId, other: TeamId) -> bool {
    let parent = organization.teams().get(&team).and_then(|team| team.parent);
    team == other || parent.is_some_and(|parent| is_within(organization, parent, other))
}

fn names(organization: &Organization, assignee: Assignee, who: SubAccountId) -> bool {
    match assignee {
        Assignee::SubAccount(id) => id == who,
        Assignee::Team(team) => {
            let mut memberships = organization.memberships().keys();
            memberships.any(|it| it.sub_account == who && is_within(organization, it.team, team))
        }
        Assignee::MembersOf(_) => false,
    }
}

fn is_member(organization: &Organization, scope: Scope, who: SubAccountId) -> bool {
    let mut made = organization.assignments().values();
    scope == Scope::Organization
        || made.any(|it| {
            it.scope == scope && it.effect == Effect::Allow && names(organization, it.assignee, who)
        })
}

fn comes_to(organization: &Organization, assignment: &Assignment, who: SubAccountId) -> bool {
    match assignment.assignee {
        Assignee::MembersOf(scope) => is_member(organization, scope, who),
        named => names(organization, named, who),
    }
}

fn includes(organization: &Organization, role: &RoleRef, included: &RoleRef) -> bool {
    role == included
        || match role {
            RoleRef::System(name) => {
                let roles = &catalog().document().roles;
                let role = roles.iter().find(|role| role.name == *name);
                role.is_some_and(|role| {
                    let mut names = role.includes.iter().cloned();
                    names.any(|name| includes(organization, &RoleRef::System(name), included))
                })
            }
            RoleRef::Custom(id) => organization.roles().get(id).is_some_and(|role| {
                role.includes.iter().any(|role| includes(organization, role, included))
            }),
        }
}

fn is_above(organization: &Organization, scope: Scope, above: Scope) -> bool {
    let parent = organization.parent(scope);
    scope == above || parent.is_some_and(|parent| is_above(organization, parent, above))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn d3_members_and_holders_are_whom_the_assignments_name(blueprint in blueprint()) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog());
        let organization = &world.organization;
        let people = world.sub_accounts();
        let custom = organization.roles().keys().map(|id| RoleRef::Custom(*id));
        let system = ["reader", "agent", "administrator", "wizard"];
        let system = system.map(|name| RoleRef::System(RoleName::new(name).unwrap()));
        let roles: Vec<RoleRef> = custom.chain(system).collect();
        for scope in world.scopes() {
            let expected: BTreeSet<_> =
                people.iter().copied().filter(|who| is_member(organization, scope, *who)).collect();
            prop_assert_eq!(snapshot.members(scope), expected);
            for role in &roles {
                let mut expected = BTreeSet::new();
                for it in organization.assignments().values() {
                    let Grant::Role(given) = &it.grant else { continue };
                    let counts = it.effect == Effect::Allow
                        && is_above(organization, scope, it.scope)
                        && includes(organization, given, role);
                    let whom = people.iter().filter(|who| comes_to(organization, it, **who));
                    expected.extend(whom.filter(|_| counts).map(|who| (*who, it.id, it.scope)));
                }
                let holders = snapshot.holders(role.clone(), scope);
                let listed: Vec<_> =
                    holders.iter().map(|it| (it.sub_account, it.assignment, it.at)).collect();
                prop_assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
                for holder in holders {
                    let assignment = organization.assignments().get(&holder.assignment).unwrap();
                    prop_assert_eq!(Grant::Role(holder.role), assignment.grant.clone());
                    prop_assert_eq!(holder.assignee, assignment.assignee);
                }
            }
        }
    }

    #[test]
    fn what_is_assigned_to_and_by_somebody_is_all_that_is(blueprint in blueprint()) {
        let world = World::new(blueprint);
        let snapshot = world.snapshot(catalog());
        let organization = &world.organization;
        for who in world.sub_accounts() {
            let all = organization.assignments().values();
            let to: Vec<_> = all.clone().filter(|it| comes_to(organization, it, who)).collect();
            prop_assert_eq!(snapshot.assigned_to(who), to);
            let by: Vec<_> = all.filter(|it| it.by == who.into()).collect();
            prop_assert_eq!(snapshot.assigned_by(who).collect::<Vec<_>>(), by);
            for team in organization.teams().keys() {
                let is_in = names(organization, Assignee::Team(*team), who);
                prop_assert_eq!(snapshot.teams(who).contains(team), is_in);
                prop_assert_eq!(snapshot.team_members(*team).contains(&who), is_in);
            }
        }
        prop_assert!(snapshot.assigned_to(NOBODY).is_empty());
        prop_assert_eq!(snapshot.assigned_by(NOBODY).count(), 0);
    }
}
