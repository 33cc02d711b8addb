//! G2: a licence hands out by assigning its roles, and in no other way; it flows, is masked, denied and bounded like a
//! permission.

use tenantry::model::Condition;
use tenantry::{Action, Context, Grant, NewAssignment, NewRole};

use crate::setup::*;

#[test]
fn g2_a_licence_assigns_a_role_that_the_actor_does_not_hold() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let wu = house.member("wu");
    assert!(!house.can(ada, Permission::VIEW, house.support));
    let by = house.by(ada);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    assert!(house.can(wu, Permission::REPLY, house.inbox));
    house.accepts(&by, [NewAssignment::new(wu, COLLEAGUE, house.sales).ends(at(2_000))]);
    house.refuses("G2", &by, [Action::assign(wu, EXPORTER, house.support)]);
    house.refuses("G2", &by, [Action::assign(wu, MANAGER, house.support)]);
}

#[test]
fn g2_a_licence_does_not_hand_out_the_same_bits_in_another_way() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    house.host().grant(ada, Permission::ROLES, ROOT).unwrap();
    let wu = house.member("wu");
    let by = house.by(ada);
    house.refuses("G2", &by, [house.bare(wu, AGENTS, house.support)]);
    house.refuses("G2", &by, [house.bare(wu, Permission::VIEW, house.support)]);
    by_rule("G2", by.create_role(&NewRole::new("Like an agent", AGENTS)));
    by_rule("G2", by.create_role(&NewRole::new("An agent", Permission::empty()).includes(AGENT)));
    by_rule("G2", by.clone_role(AGENT, "Agent 2"));
    // Not even beside the role itself.
    let both = [
        Action::assign(wu, AGENT, house.support),
        house.bare(wu, Permission::VIEW, house.support).into(),
    ];
    house.refuses("G2", &by, both);
}

#[test]
fn g2_a_licence_for_one_does_not_cover_another_in_the_same_commit() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let (wu, bo) = (house.member("wu"), house.member("bo"));
    let by = house.by(ada);
    let one_and_other = [
        Action::assign(wu, AGENT, house.support),
        house.bare(bo, Permission::VIEW, house.support).into(),
    ];
    house.refuses("G2", &by, one_and_other);
    // Nor in another place.
    let here_and_there = [
        Action::assign(wu, AGENT, house.support),
        house.bare(wu, Permission::VIEW, house.sales).into(),
    ];
    house.refuses("G2", &by, here_and_there);
}

#[test]
fn g2_beside_a_licence_what_is_held_counts_as_it_is_held() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let wu = house.member("wu");
    let host = house.host();
    host.create_assignment(house.bare(ada, Permission::VIEW, house.support).ends(at(5_000)))
        .unwrap();
    host.create_assignment(house.bare(ada, Permission::VIEW, house.sales).when(Condition::Mfa))
        .unwrap();
    let agent = |scope: tenantry::WorkspaceId| Action::assign(wu, AGENT, scope);
    let bare = |scope: tenantry::WorkspaceId| house.bare(wu, Permission::VIEW, scope);
    // VIEW beside the role that gives it: for longer than it is held, and in a session that does not have it.
    let by = house.by(ada);
    house.refuses("G2", &by, [agent(house.support), bare(house.support).into()]);
    let with_mfa = bare(house.sales).when(Condition::Mfa);
    house.refuses("G2", &by, [agent(house.sales), with_mfa.clone().into()]);
    house.accepts(&by, [agent(house.support), bare(house.support).ends(at(5_000)).into()]);
    house.accepts(&house.by_in(ada, &mfa()), [agent(house.sales), with_mfa.into()]);
}

#[test]
fn g2_a_licence_reaches_through_licences_but_each_step_is_a_step() {
    let house = House::new();
    let chief = house.with_role("chief", CHIEF, ROOT);
    let wu = house.member("wu");
    let by = house.by(chief);
    // What user administrators could assign is reached, and not assigned by the chief itself.
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [Action::assign(wu, USERS, house.support)]);
    let bo = house.member("bo");
    house.accepts(&house.by(wu), [Action::assign(bo, AGENT, house.support)]);
    let cy = house.member("cy");
    house.refuses("G2", &house.by(wu), [Action::assign(cy, USERS, house.support)]);
}

#[test]
fn g2_a_licence_holds_where_it_was_given() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, house.support);
    house.host().grant(ada, Permission::ASSIGN, ROOT).unwrap();
    let wu = house.member("wu");
    let by = house.by(ada);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.sales)]);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, ROOT)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
}

#[test]
fn g2_a_mask_stops_a_licence() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let inherits = house.names(Permission::ASSIGN | Permission::VIEW);
    house.host().perform([Action::SetInheritance(house.support.into(), inherits)]).unwrap();
    let wu = house.member("wu");
    // Of what an agent has, REPLY does not come through.
    let by = house.by(ada);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.sales)]);
}

#[test]
fn g2_a_deny_stops_a_licence() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    house.host().deny(ada, Permission::REPLY, house.support).unwrap();
    let wu = house.member("wu");
    let by = house.by(ada);
    house.refuses("G2", &by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.sales)]);
}

#[test]
fn g2_a_boundary_stops_a_licence() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let limit = house.names(Permission::ASSIGN | Permission::PEOPLE);
    house.host().perform([Action::SetBoundary(ada, Some(limit))]).unwrap();
    let wu = house.member("wu");
    house.refuses("G2", &house.by(ada), [Action::assign(wu, AGENT, house.support)]);
}

#[test]
fn g2_a_conditional_licence_assigns_under_its_condition_alone() {
    let house = House::new();
    let (ada, wu) = (house.member("ada"), house.member("wu"));
    house.host().grant(ada, Permission::ASSIGN, ROOT).unwrap();
    house
        .host()
        .create_assignment(NewAssignment::new(ada, USERS, ROOT).when(Condition::Mfa))
        .unwrap();
    let agent = NewAssignment::new(wu, AGENT, house.support);
    let with_mfa = house.by_in(ada, &mfa());
    house.refuses("G2", &with_mfa, [agent.clone()]);
    let conditional = agent.when(Condition::Mfa);
    house.refuses("G2", &house.by_in(ada, &Context::new()), [conditional.clone()]);
    house.accepts(&with_mfa, [conditional]);
}

#[test]
fn g2_a_licence_that_ends_assigns_until_then() {
    let house = House::new();
    let (ada, wu) = (house.member("ada"), house.member("wu"));
    house.host().create_assignment(NewAssignment::new(ada, USERS, ROOT).ends(at(2_000))).unwrap();
    let agent = NewAssignment::new(wu, AGENT, house.support);
    let by = house.by(ada);
    house.refuses("G2", &by, [agent.clone()]);
    house.refuses("G2", &by, [agent.clone().ends(at(2_001))]);
    house.accepts(&by, [agent.ends(at(2_000))]);
}

#[test]
fn g2_who_is_given_a_licence_gains_what_it_reaches() {
    let house = House::new();
    let mei = house.member("mei");
    let all = Permission::ASSIGN | Permission::PEOPLE | Permission::TEAMS | Permission::ROLES;
    house.host().grant(mei, all, ROOT).unwrap();
    let wu = house.member("wu");
    // Everything that the role itself gives is held; what it may assign is not.
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(wu, USERS, ROOT)]);
    by_rule("G2", by.create_role(&NewRole::new("Licensed", Permission::empty()).assigns(AGENT)));
    house.host().grant(mei, AGENTS, ROOT).unwrap();
    house.accepts(&by, [Action::assign(wu, USERS, ROOT)]);
    by.create_role(&NewRole::new("Licensed", Permission::empty()).assigns(AGENT)).unwrap();
}

#[test]
fn g2_a_licence_works_through_a_team_and_for_one() {
    let house = House::new();
    let (ada, wu) = (house.member("ada"), house.member("wu"));
    let (admins, agents) = (house.team("admins", None), house.team("agents", None));
    house.host().add_to_team(ada, admins).unwrap();
    house.host().assign(admins, USERS, ROOT).unwrap();
    let by = house.by(ada);
    house.accepts(&by, [Action::assign(agents, AGENT, house.support)]);
    // Putting somebody into a team that has a role is not assigning the role.
    house.refuses("G2", &by, [in_team(wu, agents)]);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    house.accepts(&by, [in_team(wu, agents)]);
}

#[test]
fn g2_passing_on_is_not_assigning() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    house.host().grant(ada, Permission::DELEGATE, ROOT).unwrap();
    let wu = house.member("wu");
    let by = house.by(ada);
    let role = NewAssignment::new(wu, AGENT, house.support).delegated_by(ada).ends(at(2_000));
    // It gives nothing, for the one who passes it on has nothing.
    house.accepts(&by, [role]);
    assert!(!house.can(wu, Permission::VIEW, house.support));
    // And once she has it by right, it acts: that is her own gain, covered by whoever gives it.
    house.refuses("G2", &house.by(ada), [Action::assign(ada, EXPORTER, house.support)]);
}

#[test]
fn g2_an_edit_of_a_role_that_may_be_assigned_by_licence_is_covered_by_right() {
    let house = House::new();
    let exporters = house.host().create_role(&NewRole::new("Exports", Permission::VIEW)).unwrap();
    let licensed = NewRole::new("Hands out exports", Permission::ASSIGN).assigns(exporters);
    let licensed = house.host().create_role(&licensed).unwrap();
    house.with_role("ada", licensed, ROOT);
    let roz = house.member("roz");
    house.host().grant(roz, Permission::ROLES | AGENTS, ROOT).unwrap();
    let by = house.by(roz);
    // Nobody holds the role; whoever may assign it would reach more.
    let more = NewRole::new("Exports", Permission::VIEW | Permission::EXPORT);
    let more = Action::ReplaceRole(by.role(exporters, &more).unwrap());
    house.refuses("G2", &by, [more]);
    let reply = Action::ReplaceRole(by.role(exporters, &NewRole::new("Exports", AGENTS)).unwrap());
    house.accepts(&by, [reply]);
}

#[test]
fn g2_a_bare_grant_of_a_licensed_roles_bits_is_no_licence_for_grants() {
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let wu = house.member("wu");
    let own = Grant::own(house.names(AGENTS));
    house.refuses("G2", &house.by(ada), [NewAssignment::new(wu, own, house.support)]);
}
