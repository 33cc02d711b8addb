//! K1: limits that go away without anybody's judgement. Limits of places are lifted for all alike,
//! those of one account for whoever gains and never for who gives.

use tenantry::model::{Assignee, Membership, WorkspaceStatus};
use tenantry::{Action, NewAssignment, NewResource, NewRole, NewSubAccount, SubAccountId};

use crate::setup::*;
use crate::stage::*;

/// Somebody who holds all but EXPORT, in an organization whose plan lacks EXPORT.
fn capped(house: &House) -> SubAccountId {
    ceiling(house, ROOT, all_but(Permission::EXPORT));
    holder(house, "m", all_but(Permission::EXPORT), ROOT)
}

#[test]
fn kind_1_the_suspended_and_the_departed_are_given_only_what_the_giver_covers() {
    // Completed by whoever reinstates or readmits them for other reasons.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let mate = house.member("mate");
    let team = house.team("team", None);
    house.host().assign(team, EXPORTER, house.support).unwrap();
    house.host().grant(mei, Permission::TEAMS, ROOT).unwrap();
    let steps = [Action::assign(mate, EXPORTER, house.support), in_team(mate, team)];
    house.host().suspend(mate).unwrap();
    for step in &steps {
        house.refuses("G2", &house.by(mei), [step.clone()]);
    }
    house.host().remove(mate, None).unwrap();
    for step in steps {
        assert!(house.by(mei).perform([step]).is_err());
    }
    house.host().readmit(mate, true).unwrap();
    assert!(!house.can(mate, Permission::EXPORT, house.support));
}

#[test]
fn kind_1_a_login_is_not_taken_over_behind_a_ceiling() {
    // Completed by the upgrade: m signs in as the owner of all there is.
    let house = House::new();
    let m = capped(&house);
    let second = house.with_role("second", OWNER, ROOT);
    for account in [second, house.lin] {
        let step = house.by(m).set_login(account, &login("mine"));
        refused_by(&["G2", "G3"], step);
    }
    let wu = house.with_role("wu", EXPORTER, house.support);
    house.refuses("G2", &house.by(m), [Action::SetLogin(wu, login("mine"))]);
}

#[test]
fn kind_1_a_login_is_not_taken_over_behind_a_boundary_an_end_or_a_flag() {
    // Completed by the host, who lifts the boundary, prolongs, or notes the new credential.
    let hide: [fn(&House, SubAccountId); 3] = [
        |house, wu| house.host().set_boundary(wu, Some(AGENTS)).unwrap(),
        |house, wu| {
            house.host().set_end(wu, Some(at(2_000))).unwrap();
            house.turn_clock_to(2_000);
        },
        |house, wu| house.host().require_credential_reset(wu).unwrap(),
    ];
    for hide in hide {
        let house = House::new();
        let hr = house.with_role("hr", USERS, ROOT);
        let wu = house.with_role("wu", EXPORTER, house.support);
        hide(&house, wu);
        house.refuses("G2", &house.by(hr), [Action::SetLogin(wu, login("mine"))]);
    }
}

#[test]
fn kind_1_who_comes_back_is_judged_without_boundary_and_end() {
    // Completed by the host, who lifts the boundary or prolongs.
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let (wu, gus) = (house.member("wu"), house.host().create_guest(&login("gus"), at(2_000)));
    let gus = gus.unwrap();
    for who in [wu, gus] {
        house.give(who, EXPORTER, house.support);
        house.host().suspend(who).unwrap();
    }
    house.host().set_boundary(wu, Some(AGENTS)).unwrap();
    house.turn_clock_to(3_000);
    for who in [wu, gus] {
        house.refuses("G2", &house.by(hr), [Action::Reinstate(who)]);
        house.host().remove(who, None).unwrap();
        let back = |restore| Action::Readmit { sub_account: who, restore };
        house.refuses("G2", &house.by(hr), [back(true)]);
        house.accepts(&house.by(hr), [back(false)]);
    }
}

#[test]
fn kind_1_two_limits_hide_no_more_than_one() {
    // Completed by two acts of the host: the flag and the ceiling go, in either order.
    let house = House::new();
    let m = capped(&house);
    let mate = house.member("mate");
    house.host().require_credential_reset(mate).unwrap();
    house.host().set_boundary(mate, Some(Permission::VIEW)).unwrap();
    house.host().set_end(mate, Some(at(2_000))).unwrap();
    ceiling(&house, house.support, all_but(Permission::EXPORT));
    house.turn_clock_to(3_000);
    house.refuses("G2", &house.by(m), [house.bare(mate, Permission::EXPORT, house.support)]);
    house.refuses("G2", &house.by(m), [Action::assign(mate, OWNER, ROOT)]);
}

#[test]
fn kind_1_neither_a_team_nor_members_nor_a_service_is_given_what_a_ceiling_holds_back() {
    // Completed by the upgrade, and by whoever joins the team or the workspace.
    let house = House::new();
    let m = capped(&house);
    let quiet = house.host().create_workspace("Quiet").unwrap();
    let (team, bot) = (house.team("empty", None), house.service(m));
    let members = [Assignee::MembersOf(quiet.into()), Assignee::MembersOf(ROOT)];
    for assignee in [team.into(), bot.into()].into_iter().chain(members) {
        refuses(
            &house,
            &["G2", "G4"],
            &house.by(m),
            &[Action::assign(assignee, EXPORTER, house.support)],
        );
    }
}

#[test]
fn kind_1_nobody_is_put_into_a_team_whose_permissions_a_ceiling_holds_back() {
    // Completed by the upgrade.
    let house = House::new();
    let m = capped(&house);
    let mate = house.member("mate");
    let (export, other) = (house.team("export", None), house.team("other", None));
    house.host().assign(export, EXPORTER, house.support).unwrap();
    refuses(&house, &["G2"], &house.by(m), &[in_team(mate, export)]);
    refuses(&house, &["G2", "G4"], &house.by(m), &[in_team(m, export)]);
    refuses(&house, &["G2"], &house.by(m), &[Action::MoveTeam(other, Some(export))]);
}

#[test]
fn kind_1_a_role_neither_includes_nor_assigns_what_a_ceiling_holds_back() {
    // Completed by the upgrade: the mate exports, or hands it out.
    let house = House::new();
    let m = capped(&house);
    let plain = NewRole::new("Role", Permission::VIEW);
    let role = house.host().create_role(&plain).unwrap();
    house.with_role("mate", role, house.support);
    let by = house.by(m);
    by_rule("G2", by.replace_role(role, &plain.clone().includes(EXPORTER)));
    by_rule("G2", by.replace_role(role, &plain.clone().assigns(EXPORTER)));
    by_rule("G2", by.create_role(&NewRole::new("Other", Permission::EXPORT)));
    by_rule("G2", by.create_role(&NewRole::new("Other", Permission::VIEW).assigns(OWNER)));
}

#[test]
fn kind_1_neither_an_invitation_nor_an_approval_promises_what_a_ceiling_holds_back() {
    // Completed by the upgrade.
    let house = House::new();
    let m = capped(&house);
    let by = house.by(m);
    by_rule("G2", by.invite(&login("a")).role(EXPORTER, house.support).issue());
    by_rule("G2", by.invite(&login("a")).role(OWNER, ROOT).issue());
    let join = house.host().request_join(&login("b"), "I work here", at(9_000)).unwrap();
    by_rule("G2", by.approve(join, [promised(EXPORTER, house.support)]));
    let wu = house.member("wu");
    let access = house.by(wu).request_access(EXPORTER, house.support, at(9_000)).unwrap();
    by_rule("G2", by.approve(access, []));
}

#[test]
fn kind_1_an_invitation_is_accepted_only_as_far_as_its_inviter_reaches_behind_ceilings() {
    // The inviter's reach was taken while the ceiling hid it. Completed by the upgrade.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let export = house.give(mei, EXPORTER, house.support);
    let invited = house.by(mei).invite(&login("wu")).role(EXPORTER, house.support).issue().unwrap();
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    house.by(house.lin).revoke(export).unwrap();
    let step = house.directory.accept(&invited.token, &login("wu"));
    lift(&house, ROOT);
    assert!(!house.can(invited.sub_account, Permission::EXPORT, house.support), "wu exports");
    by_rule("G2", step);
}

#[test]
fn kind_1_nobody_steps_down_into_what_a_ceiling_holds_back() {
    // Completed by the upgrade.
    let house = House::new();
    let m = capped(&house);
    let down = |into| Action::StepDown { sub_account: m, scope: ROOT, into: Some(into) };
    refuses(&house, &["G2", "G4"], &house.by(m), &[down(OWNER.into())]);
    refuses(&house, &["G2", "G4"], &house.by(m), &[down(EXPORTER.into())]);
}

#[test]
fn kind_1_neither_ownership_nor_services_change_hands_behind_a_ceiling() {
    // Completed by the upgrade.
    let house = House::new();
    let m = capped(&house);
    let mate = house.member("mate");
    let transfer = Action::TransferOwnership { from: house.lin, to: mate };
    assert!(house.by(m).perform([transfer]).is_err());
    let bot = house.service(house.lin);
    house.give(bot, EXPORTER, house.support);
    house.refuses("G2", &house.by(m), [Action::SetServiceOwner(bot, mate)]);
    // Nor does whoever inherits a service from somebody removed.
    let ada = house.member("ada");
    house.host().set_service_owner(bot, ada).unwrap();
    let remove = tenantry::Departure { sub_account: ada, successor: Some(mate) };
    house.refuses("G2", &house.by(m), [Action::Remove(remove)]);
}

#[test]
fn kind_1_a_move_is_judged_without_the_ceilings_at_both_ends() {
    // Under the plan nobody views anything. Completed by the upgrade: b views the inbox.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let b = holder(&house, "b", Permission::VIEW, house.sales);
    ceiling(&house, ROOT, all_but(Permission::VIEW));
    let step = house.by(m).move_resource(house.inbox, house.sales);
    lift(&house, ROOT);
    assert!(!house.can(b, Permission::VIEW, house.inbox), "b views the inbox");
    refused_by(&["G2"], step);
}

#[test]
fn kind_1_a_mask_under_a_ceiling_is_lifted_by_who_covers_what_flows_in() {
    // Completed by the upgrade: all that b has flows in.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    holder(&house, "b", Permission::EXPORT, ROOT);
    house.host().set_inheritance(house.support, Some(all_but(Permission::EXPORT))).unwrap();
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    let open = Action::SetInheritance(house.support.into(), tenantry::PermissionNames::Full);
    refuses(&house, &["G2"], &house.by(m), &[open]);
}

#[test]
fn kind_1_a_ceiling_below_another_is_lifted_by_who_covers_both() {
    // Completed by the upgrade: the workspace's ceiling is gone before the plan's.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    holder(&house, "b", Permission::EXPORT, house.support);
    ceiling(&house, ROOT, all_but(Permission::EXPORT));
    ceiling(&house, house.support, all_but(Permission::EXPORT));
    refuses(&house, &["G2"], &house.by(m), &[Action::SetCeiling(house.support.into(), None)]);
}

#[test]
fn kind_1_a_deny_behind_a_ceiling_is_revoked_by_who_covers_it() {
    // Completed by the upgrade: b exports.
    let house = House::new();
    let m = capped(&house);
    let b = holder(&house, "b", Permission::EXPORT, house.support);
    let deny = house.host().deny(b, Permission::EXPORT, house.support).unwrap();
    refuses(&house, &["G2"], &house.by(m), &[Action::Revoke(deny)]);
    // Nor does who is denied alike shed it for themselves.
    let own = house.host().deny(m, Permission::EXPORT, ROOT).unwrap();
    house.host().grant(m, Permission::EXPORT, ROOT).unwrap();
    refuses(&house, &["G2", "G4"], &house.by(m), &[Action::Revoke(own)]);
}

#[test]
fn kind_1_a_licence_behind_a_boundary_is_no_licence_for_the_bounded() {
    // Completed by the host, who lifts the mate's boundary. Ada's stays.
    let house = House::new();
    let ada = house.with_role("ada", USERS, ROOT);
    let mate = house.member("mate");
    house.host().set_boundary(ada, Some(Permission::ASSIGN | Permission::PEOPLE)).unwrap();
    house.host().set_boundary(mate, Some(Permission::BILL)).unwrap();
    let step = house.by(ada).assign(mate, AGENT, house.support);
    house.host().set_boundary(mate, None).unwrap();
    assert!(!house.can(mate, Permission::VIEW, house.support), "the mate is an agent");
    refused_by(&["G2"], step);
}

#[test]
fn kind_1_the_bounded_hand_out_what_their_boundary_leaves_them() {
    // Accepted: m has VIEW behind its boundary and without it.
    let house = House::new();
    let m = house.with_role("m", MANAGER, house.support);
    house.host().set_boundary(m, Some(Permission::ASSIGN | Permission::VIEW)).unwrap();
    let (free, bounded) = (house.member("free"), house.member("bounded"));
    house.host().set_boundary(bounded, Some(Permission::BILL)).unwrap();
    for who in [free, bounded] {
        house.accepts(&house.by(m), [house.bare(who, Permission::VIEW, house.support)]);
        house.refuses("G2", &house.by(m), [Action::assign(who, AGENT, house.support)]);
    }
}

#[test]
fn kind_1_a_permission_without_its_prerequisite_is_given_by_who_covers_it() {
    // REPLY needs VIEW. Completed by an owner, who gives VIEW.
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN, ROOT);
    let mate = house.member("mate");
    let step = house.by(m).grant(mate, Permission::REPLY, house.support);
    house.by(house.lin).grant(mate, Permission::VIEW, house.support).unwrap();
    assert!(!house.can(mate, Permission::REPLY, house.support), "the mate replies");
    refused_by(&["G2"], step);
}

#[test]
fn kind_1_what_a_mask_keeps_from_the_giver_is_not_the_givers() {
    // Completed by nobody: it acts at once. Behind the mask only who is assigned there has it.
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN | Permission::EXPORT, ROOT);
    house.host().grant(m, Permission::ASSIGN, house.support).unwrap();
    house.host().set_inheritance(house.support, Some(all_but(Permission::EXPORT))).unwrap();
    let mate = house.member("mate");
    house.refuses("G2", &house.by(m), [Action::assign(mate, EXPORTER, house.support)]);
    refuses(&house, &["G2", "G4"], &house.by(m), &[Action::assign(m, EXPORTER, house.support)]);
    // Nor under a ceiling that hides that.
    ceiling(&house, house.support, all_but(Permission::EXPORT));
    house.refuses("G2", &house.by(m), [Action::assign(mate, EXPORTER, house.support)]);
}

#[test]
fn kind_1_what_is_archived_is_given_and_taken_back_by_who_covers_it() {
    // Completed by an owner, who takes the workspace back; or at once, by m.
    let house = House::new();
    let m = holder(&house, "m", Permission::SCOPES | Permission::TEAMS, ROOT);
    let mate = house.member("mate");
    let team = house.team("export", None);
    house.host().assign(team, EXPORTER, house.support).unwrap();
    house.with_role("wu", EXPORTER, house.support);
    house.host().archive_workspace(house.support).unwrap();
    house.refuses("G2", &house.by(m), [in_team(mate, team)]);
    let back = Action::SetWorkspaceStatus(house.support, WorkspaceStatus::Active);
    house.refuses("G2", &house.by(m), [back]);
}

#[test]
fn kind_1_a_maker_under_a_ceiling_is_its_maker_and_hands_that_out() {
    // Accepted: the ceiling is lifted for the maker's role as for everybody.
    let house = House::new();
    ceiling(&house, ROOT, all_but(Permission::REPLY));
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let by = house.by(m);
    let room = by.create_workspace("Room").unwrap();
    let inbox = by.create_resource(&NewResource::new("inbox", room)).unwrap();
    let mate = house.member("mate");
    house.accepts(&by, [Action::assign(mate, AGENT, inbox)]);
    house.refuses("G2", &by, [Action::assign(mate, EXPORTER, inbox)]);
}

#[test]
fn kind_1_who_is_an_owner_behind_a_ceiling_is_an_owner() {
    // Accepted: limits of places are lifted for who counts as an owner. Nobody else takes from it.
    let house = House::new();
    ceiling(&house, ROOT, Permission::HOUSE | Permission::ASSIGN);
    let second = house.with_role("second", OWNER, ROOT);
    let people = holder(&house, "people", Permission::all(), ROOT);
    let role = holding(&house, second, OWNER);
    refuses(&house, &["G3"], &house.by(people), &[Action::Revoke(role)]);
    house.accepts(&house.by(house.lin), [Action::Revoke(role)]);
    house.accepts(&house.by(house.lin), [Action::assign(second, OWNER, ROOT)]);
}

#[test]
fn kind_1_a_newcomer_is_judged_without_the_boundary_and_end_it_is_made_with() {
    // Completed by the host, who lifts what m wrote down in the same breath.
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE | Permission::ASSIGN, ROOT);
    let id = SubAccountId::from_u128(77);
    let guest = NewSubAccount::guest(id, login("gus"), at(2_000)).boundary(house.names(AGENTS));
    let export = NewAssignment::new(id, EXPORTER, house.support);
    house.refuses("G2", &house.by(m), [guest.into(), Action::from(export)]);
    // Ended already when it is made.
    let ended = NewSubAccount::guest(id, login("gus"), at(500));
    let export = NewAssignment::new(id, EXPORTER, house.support);
    assert!(house.by(m).perform([ended.into(), Action::from(export)]).is_err());
}

#[test]
fn kind_1_a_team_of_the_ended_and_bounded_is_a_team() {
    // Completed by the host, who prolongs whoever is in it.
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    let gus = house.host().create_guest(&login("gus"), at(1_500)).unwrap();
    let team = house.team("ended", None);
    house.host().add_to_team(gus, team).unwrap();
    house.turn_clock_to(2_000);
    house.refuses("G2", &house.by(mei), [Action::assign(team, EXPORTER, house.support)]);
    // To leave it costs only oneself, whoever has ended.
    let place = Membership { sub_account: gus, team };
    house.accepts(&house.by(house.lin), [Action::RemoveFromTeam(place)]);
}

#[test]
fn kind_1_who_comes_back_is_judged_without_ceilings() {
    // Completed by the upgrade: an owner, or an exporter, is back.
    let house = House::new();
    let m = capped(&house);
    let second = house.with_role("second", OWNER, ROOT);
    let wu = house.with_role("wu", EXPORTER, house.support);
    for who in [second, wu] {
        house.host().suspend(who).unwrap();
        house.refuses("G2", &house.by(m), [Action::Reinstate(who)]);
        house.host().remove(who, None).unwrap();
        let back = Action::Readmit { sub_account: who, restore: true };
        house.refuses("G2", &house.by(m), [back]);
    }
}

#[test]
fn kind_1_rank_sees_through_the_organizations_ceiling() {
    // Completed by the upgrade: HR would have taken out whoever administers more than it does.
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let boss = house.with_role("boss", MANAGER, house.support);
    ceiling(&house, ROOT, all_but(Permission::SCOPES | Permission::DELEGATE));
    for step in [Action::Suspend(boss), Action::SetCredentialResetRequired(boss, true)] {
        house.refuses("G3", &house.by(hr), [step.clone()]);
        house.accepts(&house.by(house.lin), [step]);
    }
}

#[test]
fn kind_1_who_holds_something_behind_a_ceiling_hands_it_out_behind_it() {
    // Accepted: limits of places are lifted for the actor as for whoever gains.
    for scope in [true, false] {
        let house = House::new();
        let m = holder(&house, "m", Permission::ASSIGN | Permission::EXPORT, house.support);
        let scope = if scope { ROOT } else { house.support.into() };
        ceiling(&house, scope, all_but(Permission::EXPORT));
        let mate = house.member("mate");
        house.accepts(&house.by(m), [Action::assign(mate, EXPORTER, house.support)]);
        house.accepts(&house.by(m), [Action::assign(m, EXPORTER, house.inbox)]);
        lift(&house, scope);
        assert!(house.can(mate, Permission::EXPORT, house.support));
    }
}
