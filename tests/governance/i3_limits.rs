//! I3: holders, seats, invitations, sizes and depths have limits, and a lower limit refuses only what goes further.

use tenantry::catalog::{CatalogBuilder, Limits};
use tenantry::model::{Assignee, DEPTH_LIMIT, Team};
use tenantry::{
    Action, Departure, Name, NewAssignment, NewResource, NewRole, NewSubAccount, RoleDefinition,
    SubAccountId, SystemRole, TeamId,
};

use crate::setup::*;

fn limited(limits: Limits) -> House {
    House::of(builder().limits(limits))
}

#[test]
fn i3_a_seat_is_taken_on_activation() {
    let house = limited(Limits { seats: Some(3), ..Limits::NONE });
    let by = house.by(house.lin);
    let wu = house.member("wu");
    let invited = |name| by.invite(&login(name)).issue().unwrap();
    let (bo, cy) = (invited("bo"), invited("cy"));
    house.directory.accept(&bo.token, &login("bo")).unwrap();
    by_rule("I3", house.directory.accept(&cy.token, &login("cy")));
    by_rule("I3", by.create_member(&login("dee")));
    // A service takes none, and whoever is suspended leaves one.
    by.create_service(wu).unwrap();
    by.suspend(wu).unwrap();
    house.directory.accept(&cy.token, &login("cy")).unwrap();
    house.refuses("I3", &by, [Action::Reinstate(wu)]);
    house.accepts(&by, [Action::Suspend(bo.sub_account), Action::Reinstate(wu)]);
}

#[test]
fn i3_there_are_no_more_than_there_may_be() {
    let limits = Limits {
        sub_accounts: Some(2),
        workspaces: Some(3),
        resources: Some(1),
        teams: Some(1),
        roles: Some(1),
        assignments: Some(2),
        ..Limits::NONE
    };
    let house = limited(limits);
    let host = house.host();
    let wu = house.member("wu");
    by_rule("I3", host.create_member(&login("bo")));
    by_rule("I3", host.create_service(wu));
    by_rule("I3", host.invite(&login("bo")).issue());
    host.create_workspace("Third").unwrap();
    by_rule("I3", host.create_workspace("Fourth"));
    by_rule("I3", host.create_resource(&NewResource::new("inbox", house.sales)));
    host.create_team("One").unwrap();
    by_rule("I3", host.create_team("Two"));
    host.create_role(&NewRole::new("One", Permission::VIEW)).unwrap();
    by_rule("I3", host.create_role(&NewRole::new("Two", Permission::VIEW)));
    let agent = house.give(wu, AGENT, house.support);
    by_rule("I3", host.assign(wu, AGENT, house.sales));
    let instead = NewAssignment::new(wu, AGENT, house.sales);
    house.accepts(&host, [Action::Revoke(agent), instead.into()]);
}

#[test]
fn i3_one_inviter_has_so_many_open_invitations() {
    let house = limited(Limits { open_invitations: Some(1), ..Limits::NONE });
    let mei = house.with_role("mei", MANAGER, house.support);
    let (by, of_mei) = (house.by(house.lin), house.by(mei));
    let first = by.invite(&login("a")).issue().unwrap();
    let of_mei = of_mei.invite(&login("b")).role(AGENT, house.support).issue().unwrap();
    by_rule("I3", by.invite(&login("c")).issue());
    // Another's that ends in the same commit makes no room; one's own does.
    let invite = || {
        Action::Invite(tenantry::NewInvitation::new(
            tenantry::InvitationId::from_u128(1),
            SubAccountId::from_u128(1),
            login("c"),
            first.token.hash(),
            at(9_000),
        ))
    };
    house.refuses("I3", &by, [Action::WithdrawInvitation(of_mei.invitation), invite()]);
    house.accepts(&by, [Action::WithdrawInvitation(first.invitation), invite()]);
}

#[test]
fn i3_a_person_has_so_many_open_invitations_with_all_services_together() {
    let house = limited(Limits { open_invitations: Some(2), ..Limits::NONE });
    let mei = house.with_role("mei", MANAGER, house.support);
    let (bot, other) = (house.service(mei), house.service(mei));
    for service in [bot, other] {
        house.give(service, MANAGER, house.support);
    }
    let invite = |by: &By<'_>, name| by.invite(&login(name)).role(AGENT, house.support).issue();
    invite(&house.by(mei), "a").unwrap();
    invite(&house.by(bot), "b").unwrap();
    for account in [mei, bot, other] {
        by_rule("I3", invite(&house.by(account), "c"));
    }
    // What somebody else began counts for whoever sends it anew.
    let of_lin = invite(&house.by(house.lin), "c").unwrap();
    by_rule("I3", house.by(other).resend(of_lin.invitation));
    house.by(house.lin).resend(of_lin.invitation).unwrap();
}

const RARE: SystemRole = SystemRole::new("rare");

fn rare(at_least: u32, at_most: Option<u32>) -> CatalogBuilder<Permission> {
    builder().define(RoleDefinition::new(RARE).any(Permission::BILL).holders(at_least, at_most))
}

#[test]
fn i3_a_role_has_so_many_holders_at_most() {
    let house = House::of(rare(0, Some(2)));
    let by = house.by(house.lin);
    let first = house.with_role("first", RARE, house.support);
    house.with_role("second", RARE, house.sales);
    let third = house.member("third");
    house.refuses("I3", &by, [Action::assign(third, RARE, ROOT)]);
    house.accepts(&by, [Action::assign(first, RARE, house.sales)]);
    let team = house.team("team", None);
    house.host().add_to_team(third, team).unwrap();
    house.refuses("I3", &by, [Action::assign(team, RARE, ROOT)]);
    // Whoever leaves makes room, and comes back only if there is some.
    by.remove(first, None).unwrap();
    house.accepts(&by, [Action::assign(third, RARE, ROOT)]);
    house.refuses("I3", &by, [Action::Readmit { sub_account: first, restore: true }]);
    house.accepts(&by, [Action::Readmit { sub_account: first, restore: false }]);
}

#[test]
fn i3_holders_are_also_members_of_a_scope_and_whoever_has_a_role_that_includes_it() {
    let house = House::of(rare(0, Some(1)));
    let by = house.by(house.lin);
    let first = house.with_role("first", AGENT, house.support);
    let of_support = Assignee::MembersOf(house.support.into());
    house.refuses("I3", &by, [Action::assign(Assignee::MembersOf(ROOT), RARE, house.sales)]);
    house.accepts(&by, [Action::assign(of_support, RARE, house.support)]);
    // Whatever makes a second member there makes a second holder.
    let second = house.member("second");
    house.refuses("I3", &by, [Action::assign(second, AGENT, house.support)]);
    let team = house.team("team", None);
    house.accepts(&by, [Action::assign(team, AGENT, house.support)]);
    house.refuses("I3", &by, [in_team(second, team)]);
    house.accepts(&by, [in_team(first, team)]);
    // A role that includes it gives it, from the day on which it includes it.
    let with = |rare: bool| {
        let role = NewRole::new("Role", Permission::VIEW);
        by.role(tenantry::RoleId::from_u128(1), &if rare { role.includes(RARE) } else { role })
    };
    house.accepts(&by, [Action::CreateRole(with(true).unwrap())]);
    let custom = tenantry::RoleId::from_u128(1);
    house.refuses("I3", &by, [Action::assign(second, custom, house.sales)]);
    house.accepts(&by, [Action::ReplaceRole(with(false).unwrap())]);
    house.accepts(&by, [Action::assign(second, custom, house.sales)]);
    house.refuses("I3", &by, [Action::ReplaceRole(with(true).unwrap())]);
    // Whoever holds it twice is one.
    house.accepts(&by, [Action::assign(first, RARE, ROOT)]);
}

#[test]
fn i3_a_member_of_a_scope_and_a_role_that_includes_it_keep_a_least_number_too() {
    let house = House::of(rare(1, None));
    let by = house.by(house.lin);
    let only = house.with_role("only", AGENT, house.support);
    let of_support = Assignee::MembersOf(house.support.into());
    let to_members = house.host().assign(of_support, RARE, house.support).unwrap();
    let snapshot = house.snapshot();
    let mut all = snapshot.organization().assignments().values();
    let agent = all.find(|it| it.assignee == only.into()).unwrap().id;
    house.refuses("I3", &by, [Action::Revoke(to_members)]);
    house.refuses("I3", &by, [Action::Revoke(agent)]);
    let role = NewRole::new("Role", Permission::VIEW).includes(RARE);
    let custom = house.host().create_role(&role).unwrap();
    let other = house.with_role("other", custom, house.sales);
    house.accepts(&by, [Action::Revoke(agent)]);
    house.refuses("I3", &by, [Action::DeleteRole(custom)]);
    house.accepts(&by, [Action::Suspend(other)]);
}

#[test]
fn i3_a_role_has_so_many_holders_at_least_but_that_keeps_nobody_in() {
    let house = House::of(rare(1, None));
    let only = house.with_role("only", RARE, ROOT);
    let snapshot = house.snapshot();
    let mut all = snapshot.organization().assignments().values();
    let held = all.find(|it| it.assignee == only.into()).unwrap().id;
    let by = house.by(house.lin);
    house.refuses("I3", &by, [Action::Revoke(held)]);
    house.refuses("I3", &house.by(only), [Action::Revoke(held)]);
    house.accepts(&by, [Action::SetCredentialResetRequired(only, true)]);
    house.accepts(&by, [Action::Suspend(only)]);
    house.accepts(&by, [Action::Remove(Departure::from(only))]);
}

#[test]
fn i3_a_role_is_swapped_in_one_commit() {
    let house = House::of(rare(1, Some(1)));
    let only = house.with_role("only", RARE, ROOT);
    let next = house.member("next");
    let snapshot = house.snapshot();
    let mut all = snapshot.organization().assignments().values();
    let held = all.find(|it| it.assignee == only.into()).unwrap().id;
    let by = house.by(house.lin);
    house.refuses("I3", &by, [Action::assign(next, RARE, ROOT)]);
    house.accepts(&by, [Action::assign(next, RARE, ROOT), Action::Revoke(held)]);
    assert!(house.can(next, Permission::BILL, ROOT) && !house.can(only, Permission::BILL, ROOT));
}

#[test]
fn i3_a_lower_limit_refuses_only_what_goes_further() {
    let store = tenantry::store::MemoryStore::new();
    let wide = tenantry::Directory::with_store(builder().build().unwrap(), store.clone());
    let founded = wide.create_organization("Acme", &login("lin")).unwrap();
    let host = wide.system("test").administer(founded.organization);
    let made: Vec<_> = ["a", "b", "c"].map(|name| host.create_member(&login(name)).unwrap()).into();
    let limits = Limits { seats: Some(2), ..Limits::NONE };
    let narrow = builder().edition(1).limits(limits).build().unwrap();
    let narrow = tenantry::Directory::with_store(narrow, store);
    let host = narrow.system("test").administer(founded.organization);
    host.create_workspace("Still possible").unwrap();
    host.suspend(made[0]).unwrap();
    by_rule("I3", host.reinstate(made[0]));
    by_rule("I3", host.create_member(&login("d")));
}

#[test]
fn i3_trees_have_a_depth() {
    let house = House::new();
    let host = house.host();
    let mut parent = None;
    for depth in 0.. {
        let id = TeamId::from_u128(1_000 + depth);
        let team = Team { parent, ..Team::new(id, Name::new("Team").unwrap()) };
        if let Err(refused) = host.perform([Action::CreateTeam(team)]) {
            assert_eq!(depth, u128::try_from(DEPTH_LIMIT).unwrap(), "{refused}");
            break;
        }
        parent = Some(id);
    }
}

#[test]
fn i4_no_id_is_used_twice() {
    let house = House::new();
    let (id, wu) = member_action("wu");
    house.accepts(&house.host(), [wu]);
    let again = NewSubAccount::member(id, login("other"));
    assert!(house.host().perform([again.clone()]).is_err());
    house.host().remove(id, None).unwrap();
    assert!(house.host().perform([again]).is_err());
}
