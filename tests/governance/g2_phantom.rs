//! G2: what binds nobody today is judged as if it did: an empty team, a role without holders, a label that nothing
//! carries, a service whose owner holds it back.

use tenantry::model::{Assignee, Team};
use tenantry::{Action, Label, Name, NewAssignment, NewResource, NewRole, ScopeKinds, TeamId};

use crate::setup::*;

#[test]
fn g2_an_empty_team_counts_a_member() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let empty = house.team("empty", None);
    let by = house.by(mei);
    house.refuses("G2", &by, [Action::assign(empty, EXPORTER, house.support)]);
    house.accepts(&by, [Action::assign(empty, AGENT, house.support)]);
}

#[test]
fn g2_a_team_in_a_team_counts_a_member_of_both() {
    let house = House::new();
    let ada = house.member("ada");
    house.host().grant(ada, Permission::TEAMS | AGENTS, ROOT).unwrap();
    let (export, other) = (house.team("export", None), house.team("other", None));
    house.host().assign(export, EXPORTER, house.support).unwrap();
    let by = house.by(ada);
    house.refuses("G2", &by, [Action::MoveTeam(other, Some(export))]);
    let id = TeamId::from_u128(99);
    let new = Team { parent: Some(export), ..Team::new(id, Name::new("new").unwrap()) };
    house.refuses("G2", &by, [Action::CreateTeam(new.clone())]);
    house.accepts(&by, [Action::CreateTeam(Team { parent: Some(other), ..new })]);
    let agents = house.team("agents", None);
    house.host().assign(agents, AGENT, house.support).unwrap();
    house.accepts(&by, [Action::MoveTeam(other, Some(agents))]);
}

#[test]
fn g2_who_is_put_into_a_team_gains_what_it_has_and_what_holds_it_has() {
    let house = House::new();
    let ada = house.member("ada");
    house.host().grant(ada, Permission::TEAMS | AGENTS, ROOT).unwrap();
    let wu = house.member("wu");
    let above = house.team("above", None);
    let within = house.team("within", Some(above));
    house.host().assign(above, EXPORTER, house.support).unwrap();
    let by = house.by(ada);
    house.refuses("G2", &by, [in_team(wu, within)]);
    house.refuses("G2", &by, [in_team(wu, above)]);
    let harmless = house.team("harmless", None);
    house.accepts(&by, [in_team(wu, harmless)]);
}

#[test]
fn g2_a_role_without_holders_counts_one_wherever_it_may_be_assigned() {
    let house = House::new();
    let roz = house.member("roz");
    house.host().grant(roz, Permission::ROLES, ROOT).unwrap();
    house.host().grant(roz, Permission::EXPORT, house.support).unwrap();
    let by = house.by(roz);
    // EXPORT is held in support; a role is for everywhere.
    by_rule("G2", by.create_role(&NewRole::new("Role", Permission::EXPORT)));
    house.host().grant(roz, Permission::BILL, ROOT).unwrap();
    by.create_role(&NewRole::new("Role", Permission::BILL)).unwrap();
}

#[test]
fn g2_a_role_that_gives_what_its_holders_could_hand_out_gains_it() {
    // Nobody holds the role. Whoever would could hand out to others what an agent has, and would now have it.
    let house = House::new();
    let recruiter = |any| NewRole::new("Recruiter", any).assigns(AGENT);
    let role = house.host().create_role(&recruiter(Permission::VIEW)).unwrap();
    let roz = house.member("roz");
    house.host().grant(roz, Permission::ROLES | Permission::VIEW, ROOT).unwrap();
    let by = house.by(roz);
    by_rule("G2", by.replace_role(role, &recruiter(AGENTS)));
    house.host().grant(roz, Permission::REPLY, ROOT).unwrap();
    by.replace_role(role, &recruiter(AGENTS)).unwrap();
}

#[test]
fn g2_a_role_for_workspaces_alone_counts_no_holder_at_the_organization() {
    let house = House::new();
    let roz = house.member("roz");
    house.host().grant(roz, Permission::ROLES, ROOT).unwrap();
    // Below the organization and not at it: by two grants, and none for a workspace to come.
    for workspace in [house.support, house.sales] {
        house.host().grant(roz, Permission::EXPORT, workspace).unwrap();
    }
    let by = house.by(roz);
    let role = NewRole::new("Role", Permission::EXPORT).assignable(ScopeKinds::WORKSPACE);
    by_rule("G2", by.create_role(&role));
    house.host().create_assignment(house.bare(roz, Permission::EXPORT, ROOT)).unwrap();
    let here = house.bare(roz, Permission::EXPORT, ROOT).denying().here();
    house.host().create_assignment(here).unwrap();
    by_rule("G2", by.create_role(&NewRole::new("Role", Permission::EXPORT)));
    by.create_role(&role).unwrap();
}

#[test]
fn g2_a_role_made_assignable_in_more_places_counts_a_holder_there() {
    let house = House::new();
    let host = house.host();
    let narrow = NewRole::new("Role", Permission::EXPORT).assignable(ScopeKinds::RESOURCE);
    let role = host.create_role(&narrow).unwrap();
    let roz = house.member("roz");
    host.grant(roz, Permission::ROLES, ROOT).unwrap();
    let by = house.by(roz);
    for kinds in [ScopeKinds::WORKSPACE, ScopeKinds::WORKSPACE | ScopeKinds::RESOURCE] {
        let wide = NewRole::new("Role", Permission::EXPORT).assignable(kinds);
        by_rule("G2", by.replace_role(role, &wide));
    }
    let wide = NewRole::new("Role", Permission::EXPORT);
    by_rule("G2", by.replace_role(role, &wide));
    by.replace_role(role, &narrow).unwrap();
}

#[test]
fn g2_a_label_that_nothing_carries_counts_as_carried() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    let nowhere = Label::new("nowhere").unwrap();
    let by = house.by(mei);
    let export = house.bare(wu, Permission::EXPORT, ROOT).labelled(nowhere.clone());
    house.refuses("G2", &by, [export]);
    house.accepts(&by, [NewAssignment::new(wu, AGENT, ROOT).labelled(nowhere)]);
}

#[test]
fn g2_a_label_for_which_what_was_passed_on_waits_counts_as_carried() {
    // Pat has passed on to the members of a workspace what Pat itself has only where a label is.
    let house = House::new();
    let (pat, wu) = (house.member("pat"), house.member("wu"));
    let nowhere = Label::new("nowhere").unwrap();
    let export = house.bare(pat, Permission::EXPORT, ROOT).labelled(nowhere);
    house.host().create_assignment(export).unwrap();
    let members = Assignee::MembersOf(house.support.into());
    let passed_on = house.bare(members, Permission::EXPORT, ROOT).delegated_by(pat);
    house.host().create_assignment(passed_on).unwrap();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let member = [Action::assign(wu, AGENT, house.support)];
    house.refuses("G2", &house.by(mei), member.clone());
    house.accepts(&house.by(house.lin), member);
}

#[test]
fn g2_a_service_counts_without_its_owners_bound() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let poor = house.member("poor");
    let bot = house.service(poor);
    let by = house.by(mei);
    // The owner has nothing, so the service gets nothing today.
    house.refuses("G2", &by, [Action::assign(bot, EXPORTER, house.support)]);
    house.accepts(&by, [Action::assign(bot, AGENT, house.support)]);
    assert!(!house.can(bot, Permission::VIEW, house.support));
}

#[test]
fn g2_a_service_counts_without_its_bound_where_a_label_is_missing_too() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let bot = house.service(house.member("poor"));
    let nowhere = Label::new("nowhere").unwrap();
    let by = house.by(mei);
    let export = house.bare(bot, Permission::EXPORT, house.support).labelled(nowhere);
    house.refuses("G2", &by, [export]);
}

#[test]
fn g2_members_of_a_scope_without_members_count_one() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let quiet = house.host().create_workspace("Quiet").unwrap();
    let by = house.by(mei);
    let members = Assignee::MembersOf(quiet.into());
    house.refuses("G2", &by, [house.bare(members, Permission::EXPORT, house.sales)]);
    house.accepts(&by, [house.bare(members, Permission::VIEW, house.sales)]);
}

#[test]
fn g2_who_becomes_a_member_of_a_scope_gains_what_its_members_have() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let members = Assignee::MembersOf(house.support.into());
    house.host().create_assignment(house.bare(members, Permission::EXPORT, house.sales)).unwrap();
    // Any allow in support makes a member of it, who then exports in sales. Mei exports there too, as a member.
    let by = house.by(mei);
    house.accepts(&by, [Action::assign(wu, AGENT, house.support)]);
    assert!(house.can(wu, Permission::EXPORT, house.sales));
    // Somebody who may assign there without being a member of it may not.
    let ada = house.member("ada");
    house.host().grant(ada, Permission::ASSIGN | AGENTS, ROOT).unwrap();
    let bo = house.member("bo");
    house.refuses("G2", &house.by(ada), [Action::assign(bo, AGENT, house.support)]);
    house.accepts(&house.by(ada), [Action::assign(bo, AGENT, house.inbox)]);
}

#[test]
fn g2_resources_below_count_even_if_they_are_not_registered() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let wu = house.member("wu");
    // Mei is denied at the one resource there is; so what flows below support is not all hers to give.
    house.host().deny(mei, Permission::VIEW, house.inbox).unwrap();
    let by = house.by(mei);
    house.refuses("G2", &by, [house.bare(wu, Permission::VIEW, house.support)]);
    let other = house.host().create_resource(&NewResource::new("inbox", house.support)).unwrap();
    house.accepts(&by, [house.bare(wu, Permission::VIEW, other)]);
}
