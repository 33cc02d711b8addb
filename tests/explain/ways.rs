//! How an assignment comes to a sub-account, and through which role it holds a permission.

use tenantry::access::{Context, Named, PathOutcome, Way};
use tenantry::id::TeamId;
use tenantry::model::RoleRef;

use crate::support::{AGENT, LEAD, Permission, ROOT, World, allow, custom, role_id, team_id};
use crate::{explain, paths};

fn world() -> World {
    let world = World::with_chain();
    world.team("company");
    world.sub_team("sales", "company");
    world.sub_team("crew", "sales");
    world.member("lin");
    world.join("lin", "crew");
    world
}

fn view(world: &World) -> Way {
    let explanation = explain(world, &Context::new(), "lin", Permission::VIEW, "note");
    let [path] = paths(&explanation, "VIEW") else { panic!("{explanation}") };
    assert_eq!(path.outcome, PathOutcome::Acts);
    path.way.clone()
}

fn ids(teams: &[Named<TeamId>]) -> Vec<TeamId> {
    teams.iter().map(|team| team.id).collect()
}

#[test]
fn by_name_and_as_one_of_all() {
    let world = world();
    let id = world.allow("lin", Permission::VIEW, ROOT);
    assert_eq!(view(&world), Way::ByName);
    world.take_back(id);
    world.allow("members of organization", Permission::VIEW, "support");
    assert_eq!(view(&world), Way::Everyone);
}

#[test]
fn by_a_team_with_the_teams_between() {
    let world = world();
    world.allow("company", Permission::VIEW, ROOT);
    let Way::Team(teams) = view(&world) else { panic!() };
    assert_eq!(ids(&teams), ["crew", "sales", "company"].map(team_id));
    assert_eq!(teams[0].name.as_ref().unwrap().as_str(), "crew");
}

#[test]
fn as_a_member_of_a_scope_with_the_allow_that_makes_it_one() {
    let world = world();
    let membership = world.assign(allow("sales", Permission::EXPORT, "inbox"));
    world.allow("members of inbox", Permission::VIEW, "support");
    let Way::MemberOf { scope, by, way } = view(&world) else { panic!() };
    assert_eq!((scope.id, by), (world.scope("inbox"), membership));
    let Way::Team(teams) = *way else { panic!() };
    assert_eq!(ids(&teams), ["crew", "sales"].map(team_id));
}

#[test]
fn a_role_is_followed_to_the_one_that_names_the_permission() {
    let world = world();
    world.role(custom("night", Permission::EXPORT));
    let mut role = custom("shift", Permission::empty());
    role.includes.extend([RoleRef::from(role_id("night")), AGENT.into()]);
    world.role(role);
    world.allow("lin", role_id("shift"), ROOT);
    let explanation =
        explain(&world, &Context::new(), "lin", Permission::REPLY | Permission::EXPORT, ROOT);
    let through = |permission| -> Vec<RoleRef> {
        paths(&explanation, permission)[0].roles.iter().map(|role| role.id.clone()).collect()
    };
    let shift = || RoleRef::from(role_id("shift"));
    assert_eq!(through("EXPORT"), [shift(), role_id("night").into()]);
    assert_eq!(through("REPLY"), [shift(), AGENT.into()]);
}

#[test]
fn a_system_role_is_followed_too_by_part() {
    let world = world();
    world.allow("lin", LEAD, ROOT);
    let explanation = explain(&world, &Context::new(), "lin", Permission::all(), ROOT);
    let through = |permission, path: usize| -> Vec<String> {
        paths(&explanation, permission)[path].roles.iter().map(|it| it.id.to_string()).collect()
    };
    assert_eq!(through("EXPORT", 0), ["lead"]);
    assert_eq!(through("REPLY", 0), ["lead", "agent"]);
    assert_eq!(through("REPLY", 1), ["lead", "colleague"]);
    assert_eq!(through("CLOSE", 0), ["lead", "colleague"]);
    assert!(paths(&explanation, "ADMINISTER").is_empty());
}
