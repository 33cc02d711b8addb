//! Ordinary stories that no limit makes impossible, now or later.

use tenantry::model::WorkspaceStatus;
use tenantry::{Action, NewAssignment, NewResource, NewSubAccount, Status, SubAccountId};

use crate::setup::*;
use crate::stage::*;

/// The work of somebody who is in charge of people and hands out roles without holding them.
fn works(house: &House, ada: SubAccountId) {
    let by = house.by(ada);
    let wu = by.create_member(&login("wu")).unwrap();
    let agent = by.assign(wu, AGENT, house.support).unwrap();
    let bo = by.invite(&login("bo")).role(COLLEAGUE, house.sales).issue().unwrap();
    house.directory.accept(&bo.token, &login("bo")).unwrap();
    let team = by.create_team("Agents").unwrap();
    by.assign(team, AGENT, house.sales).unwrap();
    by.revoke(agent).unwrap();
    by.assign(wu, COLLEAGUE, house.inbox).unwrap();
    by.suspend(bo.sub_account).unwrap();
    by.reinstate(bo.sub_account).unwrap();
    by.set_login(wu, &login("wu.li")).unwrap();
    by.remove(wu, None).unwrap();
    by.readmit(wu, true).unwrap();
    by.require_credential_reset(wu).unwrap();
}

#[test]
fn stays_possible_a_user_administrator_under_a_plan_with_ceilings() {
    let lacks = [
        Permission::EXPORT,
        Permission::EXPORT | Permission::BILL | Permission::SCOPES,
        // The plan lacks something of the very roles that are handed out.
        Permission::REPLY,
        Permission::VIEW | Permission::REPLY,
    ];
    for lacks in lacks {
        let house = House::new();
        ceiling(&house, ROOT, all_but(lacks));
        let ada = house.with_role("ada", USERS, ROOT);
        works(&house, ada);
    }
}

#[test]
fn stays_possible_a_user_administrator_under_ceilings_of_workspaces() {
    let house = House::new();
    ceiling(&house, house.support, all_but(Permission::REPLY | Permission::EXPORT));
    ceiling(&house, house.inbox, all_but(Permission::BILL));
    let ada = house.with_role("ada", USERS, ROOT);
    works(&house, ada);
}

#[test]
fn stays_possible_a_workspace_manager_under_a_plan_with_ceilings() {
    let house = House::new();
    ceiling(&house, ROOT, all_but(Permission::REPLY | Permission::EXPORT));
    let mei = house.with_role("mei", MANAGER, house.support);
    let by = house.by(mei);
    let wu = by.invite(&login("wu")).role(AGENT, house.support).issue().unwrap();
    house.directory.accept(&wu.token, &login("wu")).unwrap();
    let room = by.create_resource(&NewResource::new("room", house.support)).unwrap();
    by.assign(wu.sub_account, AGENT, room).unwrap();
    by.move_resource(room, house.inbox).unwrap();
    by.revoke(holding(&house, wu.sub_account, AGENT)).unwrap();
}

#[test]
fn stays_possible_a_plan_that_grows_and_shrinks() {
    let house = House::new();
    let wu = house.with_role("wu", EXPORTER, house.support);
    for _ in 0..3 {
        ceiling(&house, ROOT, all_but(Permission::EXPORT));
        assert!(!house.can(wu, Permission::EXPORT, house.support));
        ceiling(&house, ROOT, Permission::VIEW);
        lift(&house, ROOT);
        assert!(house.can(wu, Permission::EXPORT, house.support));
    }
}

#[test]
fn stays_possible_the_lost_telephone() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    house.host().grant(hr, Permission::SCOPES | Permission::DELEGATE | AGENTS, ROOT).unwrap();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.by(mei).invite(&login("wu")).role(AGENT, house.support).issue().unwrap();
    // Mei loses the telephone; HR flags mei until the host knows of a new one.
    house.by(hr).require_credential_reset(mei).unwrap();
    assert!(!house.can(mei, Permission::VIEW, house.support));
    house.host().credential_was_reset(mei).unwrap();
    assert!(house.can(mei, AGENTS | Permission::ASSIGN, house.support));
    // What mei had begun stays dead, and mei begins it anew.
    house.directory.accept(&wu.token, &login("wu")).unwrap_err();
    assert_eq!(status(&house, wu.sub_account), Status::Removed);
    let wu = house.by(mei).invite(&login("wu")).role(AGENT, house.support).issue().unwrap();
    house.directory.accept(&wu.token, &login("wu")).unwrap();
}

#[test]
fn stays_possible_a_lost_telephone_of_somebody_who_is_suspended_meanwhile() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    let by = house.by(hr);
    by.require_credential_reset(wu).unwrap();
    by.suspend(wu).unwrap();
    by.reinstate(wu).unwrap();
    house.host().credential_was_reset(wu).unwrap();
    assert!(house.can(wu, AGENTS, house.support));
}

#[test]
fn stays_possible_an_owners_lost_telephone() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    house.by(house.lin).require_credential_reset(second).unwrap();
    house.host().credential_was_reset(second).unwrap();
    assert!(house.can(second, Permission::all(), ROOT));
}

#[test]
fn stays_possible_a_temporary_administrator_who_hires_guests_until_friday() {
    let house = House::new();
    let friday = at(5_000);
    let tia = house.member("tia");
    house
        .host()
        .create_assignment(NewAssignment::new(tia, MANAGER, house.support).ends(friday))
        .unwrap();
    house.host().create_assignment(NewAssignment::new(tia, USERS, ROOT).ends(friday)).unwrap();
    let by = house.by(tia);
    let gus = by.invite(&login("gus")).guest(friday);
    let gus = gus.assignment(promised(AGENT, house.support).ends(friday));
    let gus = gus.issue().unwrap();
    house.directory.accept(&gus.token, &login("gus")).unwrap();
    assert!(house.can(gus.sub_account, AGENTS, house.support));
    house.turn_clock_to(5_000);
    assert!(!house.can(gus.sub_account, Permission::VIEW, house.support));
}

#[test]
fn stays_possible_a_temporary_administrator_with_an_end_of_its_own() {
    let house = House::new();
    let friday = at(5_000);
    let tia = house.with_role("tia", MANAGER, house.support);
    house.give(tia, USERS, ROOT);
    house.host().set_end(tia, Some(friday)).unwrap();
    let by = house.by(tia);
    // Guests that end with tia, with plain roles that do not.
    let gus = by.invite(&login("gus")).guest(friday).role(AGENT, house.support).issue().unwrap();
    house.directory.accept(&gus.token, &login("gus")).unwrap();
    let pam = by.create_guest(&login("pam"), at(4_000)).unwrap();
    by.assign(pam, COLLEAGUE, house.support).unwrap();
    house.turn_clock_to(4_999);
    assert!(house.can(gus.sub_account, AGENTS, house.support));
    house.turn_clock_to(5_000);
    assert!(!house.can(gus.sub_account, Permission::VIEW, house.support));
}

#[test]
fn stays_possible_a_bounded_guest() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.host().grant(mei, Permission::PEOPLE, ROOT).unwrap();
    house.host().grant(mei, AGENTS | Permission::ASSIGN, ROOT).unwrap();
    let by = house.by(mei);
    let id = SubAccountId::from_u128(77);
    let view = house.names(Permission::VIEW);
    house.accepts(&by, [NewSubAccount::guest(id, login("gus"), at(5_000)).boundary(view)]);
    // A role of which the boundary leaves a part; mei holds all of it.
    by.assign(id, AGENT, house.support).unwrap();
    assert!(house.can(id, Permission::VIEW, house.support));
    assert!(!house.can(id, Permission::REPLY, house.support));
    by.set_boundary(id, Some(AGENTS)).unwrap();
    by.set_boundary(id, Some(Permission::VIEW)).unwrap();
    by.set_end(id, Some(at(4_000))).unwrap();
    by.suspend(id).unwrap();
    by.reinstate(id).unwrap();
}

#[test]
fn stays_possible_hr_suspends_a_bounded_administrator() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let boss = house.with_role("boss", MANAGER, house.support);
    // Behind the boundary boss administers nothing, so HR is not outranked.
    house.host().set_boundary(boss, Some(AGENTS)).unwrap();
    let by = house.by(hr);
    house.accepts(&by, [Action::SetCredentialResetRequired(boss, true)]);
    house.accepts(&by, [Action::Suspend(boss)]);
    house.accepts(&by, [Action::Remove(boss.into())]);
}

#[test]
fn stays_possible_hr_suspends_whom_a_workspaces_ceiling_leaves_no_administration() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let boss = house.with_role("boss", MANAGER, house.support);
    ceiling(&house, house.support, AGENTS | Permission::EXPORT);
    house.accepts(&house.by(hr), [Action::Suspend(boss)]);
}

#[test]
fn stays_possible_an_ended_guest_is_prolonged_and_goes_on() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.host().grant(mei, Permission::PEOPLE, ROOT).unwrap();
    let gus = house.host().create_guest(&login("gus"), at(2_000)).unwrap();
    house.turn_clock_to(3_000);
    let by = house.by(mei);
    by.assign(gus, AGENT, house.support).unwrap();
    by.set_end(gus, Some(at(9_000))).unwrap();
    assert!(house.can(gus, AGENTS, house.support));
}

#[test]
fn stays_possible_an_archived_workspace_is_put_away_and_taken_back() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, ROOT);
    house.with_role("wu", EXPORTER, house.support);
    let lin = house.by(house.lin);
    house.accepts(
        &house.by(mei),
        [Action::SetWorkspaceStatus(house.support, WorkspaceStatus::Archived)],
    );
    house.accepts(&lin, [Action::SetWorkspaceStatus(house.support, WorkspaceStatus::Active)]);
}

#[test]
fn stays_possible_a_support_case_with_consent() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    let mask = AGENTS | Permission::SCOPES | Permission::PEOPLE;
    let consent = vendor.consent(1, ROOT, house.names(mask));
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let wu = house.with_role("wu", AGENT, house.support);
    let by = vendor.operate(&house);
    by.rename_workspace(house.sales, "Shop").unwrap();
    by.set_name(wu, Some("Wu")).unwrap();
    by.suspend(wu).unwrap();
    let room = by.create_resource(&NewResource::new("room", house.support)).unwrap();
    by.move_resource(room, house.inbox).unwrap();
}

#[test]
fn stays_possible_resources_are_registered_and_moved_while_consents_stand() {
    let house = House::new();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, tenantry::PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    // The consent is for the whole organization, so operators gain nothing by a move.
    let m = holder(&house, "m", Permission::SCOPES, ROOT);
    let by = house.by(m);
    let room = by.create_resource(&NewResource::new("room", house.support)).unwrap();
    by.move_resource(room, house.sales).unwrap();
    by.move_resource(house.inbox, house.sales).unwrap();
}
