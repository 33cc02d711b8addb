//! K3, people: makers and inviters, holders, duties, and denies that stay with a login.

use tenantry::catalog::{DutyDefinition, Limits, Separation};
use tenantry::model::Assignee;
use tenantry::{
    Action, Departure, NewAssignment, NewRole, RoleDefinition, SubAccountId, SystemRole,
};

use crate::setup::*;
use crate::stage::*;

#[test]
fn kind_3_what_was_adopted_goes_with_its_adopter() {
    let house = House::new();
    let m = house.with_role("m", MANAGER, ROOT);
    let peer = house.with_role("peer", MANAGER, ROOT);
    let mate = house.by(m).invite(&login("mate")).role(AGENT, house.sales).issue().unwrap();
    house.by(peer).adopt(m).unwrap();
    house.by(house.lin).remove(m, None).unwrap();
    house.by(house.lin).remove(peer, None).unwrap();
    house.directory.accept(&mate.token, &login("mate")).unwrap_err();
}

#[test]
fn kind_3_what_an_operator_did_is_no_sub_accounts_and_stays() {
    // An operator's deny that has not started goes with nobody of this organization.
    let house = House::new();
    let vendor = Vendor::new(&house);
    let consent = vendor.consent(1, ROOT, tenantry::PermissionNames::Full);
    house.by(house.lin).perform([Action::GiveConsent(consent)]).unwrap();
    let wu = house.with_role("wu", AGENT, house.support);
    let deny = house.bare(wu, Permission::REPLY, house.support).denying().starts(at(5_000));
    vendor.operate(&house).create_assignment(deny).unwrap();
    house.turn_clock_to(5_000);
    assert!(!house.can(wu, Permission::REPLY, house.support));
}

#[test]
fn kind_3_an_invitation_resent_by_a_service_is_its_owners() {
    // The service and who answers for it are one person to the limit, and go together.
    let limits = Limits { open_invitations: Some(1), ..Limits::NONE };
    let house = House::of(builder().limits(limits));
    let mei = house.with_role("mei", MANAGER, house.support);
    let peer = house.with_role("peer", MANAGER, house.support);
    let bot = house.service(peer);
    house.give(bot, MANAGER, house.support);
    let invite = |who, name| house.by(who).invite(&login(name)).role(AGENT, house.support).issue();
    let wu = invite(mei, "wu").unwrap();
    invite(peer, "bo").unwrap();
    // Peer has an open invitation, so peer's service does not take over another.
    by_rule("I3", house.by(bot).resend(wu.invitation));
}

/// Wu, who is denied REPLY in support, and somebody in charge of people and agents.
fn denied(house: &House) -> (SubAccountId, SubAccountId) {
    let people = Permission::PEOPLE | Permission::ASSIGN;
    let hr = holder(house, "hr", people | AGENTS, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    house.host().deny(wu, Permission::REPLY, house.support).unwrap();
    (hr, wu)
}

#[track_caller]
fn is_denied(house: &House, name: &str) {
    if let Some(who) = house.snapshot().sub_account(login(name)) {
        assert!(!house.can(who, Permission::REPLY, house.support), "{name} has shed the deny");
    }
}

/// Somebody new signs in as `name`, if that can be brought about, and is an agent.
fn comes(house: &House, by: SubAccountId, name: &str) {
    let invited = house.by(by).invite(&login(name)).role(AGENT, house.support).issue();
    if let Ok(invited) = invited {
        let _ = house.directory.accept(&invited.token, &login(name));
    }
}

#[test]
fn kind_3_a_deny_binds_a_login_through_any_number_of_names() {
    let house = House::new();
    let (hr, wu) = denied(&house);
    house.by(hr).remove(wu, None).unwrap();
    for name in ["one", "two", "three"] {
        let _ = house.by(hr).set_login(wu, &login(name));
    }
    for name in ["wu", "one", "two", "three"] {
        comes(&house, hr, name);
        is_denied(&house, name);
    }
}

#[test]
fn kind_3_a_deny_binds_a_login_that_its_account_had_before_it() {
    // The deny is made when the account already has another login.
    let house = House::new();
    let hr = holder(&house, "hr", Permission::PEOPLE | Permission::ASSIGN | AGENTS, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    house.by(hr).set_login(wu, &login("dummy")).unwrap();
    house.host().deny(wu, Permission::REPLY, house.support).unwrap();
    comes(&house, hr, "wu");
    is_denied(&house, "wu");
    is_denied(&house, "dummy");
}

#[test]
fn kind_3_a_deny_binds_a_login_after_its_account_was_erased() {
    let house = House::new();
    let (hr, wu) = denied(&house);
    let _ = house.by(hr).remove(wu, None);
    let _ = house.by(hr).set_login(wu, &login("dummy"));
    let _ = house.by(hr).erase(wu);
    for name in ["wu", "dummy"] {
        comes(&house, hr, name);
        is_denied(&house, name);
    }
}

#[test]
fn kind_3_a_deny_binds_whoever_asks_to_join_under_the_old_login() {
    let house = House::new();
    let (hr, wu) = denied(&house);
    house.by(hr).remove(wu, None).unwrap();
    let _ = house.by(hr).set_login(wu, &login("dummy"));
    let request = house.host().request_join(&login("wu"), "it is me", at(9_000));
    if let Ok(request) = request {
        let _ = house.by(hr).approve(request, [promised(AGENT, house.support)]);
    }
    is_denied(&house, "wu");
}

#[test]
fn kind_3_a_conditional_deny_and_one_of_a_role_bind_the_login_alike() {
    let house = House::new();
    let hr = holder(&house, "hr", Permission::PEOPLE | Permission::ASSIGN | AGENTS, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    let deny = NewAssignment::new(wu, AGENT, house.support).denying();
    house.host().create_assignment(deny.when(tenantry::Condition::Mfa)).unwrap();
    house.by(hr).remove(wu, None).unwrap();
    let _ = house.by(hr).set_login(wu, &login("dummy"));
    comes(&house, hr, "wu");
    is_denied(&house, "wu");
}

const RARE: SystemRole = SystemRole::new("rare");
const WIDER: SystemRole = SystemRole::new("wider");

/// One holder of RARE at most; WIDER includes it. Nobody holds it yet.
fn rare() -> House {
    let rare = RoleDefinition::new(RARE).any(Permission::BILL).holders(0, Some(1));
    let wider = RoleDefinition::new(WIDER).any(Permission::VIEW).includes([RARE]);
    House::of(builder().define(rare).define(wider))
}

#[test]
fn kind_3_a_holder_through_two_roles_is_a_holder() {
    let house = rare();
    house.with_role("first", RARE, ROOT);
    let outer = NewRole::new("Outer", Permission::VIEW).includes(WIDER);
    let outer = house.host().create_role(&outer).unwrap();
    let second = house.member("second");
    house.refuses("I3", &house.by(house.lin), [Action::assign(second, outer, house.sales)]);
}

#[test]
fn kind_3_an_invitee_and_who_is_approved_become_holders() {
    let house = rare();
    house.with_role("first", RARE, ROOT);
    let lin = house.by(house.lin);
    let invited = lin.invite(&login("a")).role(WIDER, house.sales).issue();
    if let Ok(invited) = invited {
        by_rule("I3", house.directory.accept(&invited.token, &login("a")));
    }
    let join = house.host().request_join(&login("b"), "please", at(9_000)).unwrap();
    by_rule("I3", lin.approve(join, [promised(WIDER, house.sales)]));
}

#[test]
fn kind_3_who_comes_back_as_a_member_of_a_scope_becomes_a_holder() {
    let house = rare();
    let members = Assignee::MembersOf(house.sales.into());
    house.host().assign(members, RARE, house.support).unwrap();
    let first = house.with_role("first", AGENT, house.sales);
    house.host().remove(first, None).unwrap();
    house.with_role("second", AGENT, house.sales);
    let back = Action::Readmit { sub_account: first, restore: true };
    house.refuses("I3", &house.by(house.lin), [back]);
    let team = house.team("team", None);
    house.host().add_to_team(house.lin, team).unwrap();
    house.refuses("I3", &house.by(house.lin), [Action::assign(team, AGENT, house.sales)]);
}

#[test]
fn kind_3_who_holds_a_role_in_two_ways_is_one_holder() {
    // Accepted: first holds it already.
    let house = rare();
    let first = house.with_role("first", RARE, ROOT);
    house.give(first, AGENT, house.sales);
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::assign(first, WIDER, house.support)]);
    let members = Assignee::MembersOf(house.sales.into());
    house.accepts(&lin, [Action::assign(members, RARE, house.support)]);
}

const PAY: SystemRole = SystemRole::new("pay");
const APPROVE: SystemRole = SystemRole::new("approve");

fn separated() -> House {
    let duties = [DutyDefinition::Role(PAY), DutyDefinition::Role(APPROVE)];
    let catalog = builder()
        .define(RoleDefinition::new(PAY).any(Permission::BILL))
        .define(RoleDefinition::new(APPROVE).any(Permission::EXPORT))
        .separate("four eyes", 2, Separation::AtOneScope, duties);
    House::of(catalog)
}

#[test]
fn kind_3_duties_of_a_person_meet_by_teams_and_memberships() {
    let house = separated();
    let m = house.with_role("m", PAY, house.support);
    let bot = house.service(m);
    let (team, lin) = (house.team("approvers", None), house.by(house.lin));
    house.host().assign(team, APPROVE, house.support).unwrap();
    house.refuses("I2", &lin, [in_team(bot, team)]);
    house.accepts(&lin, [Action::assign(bot, AGENT, house.sales)]);
    let members = Assignee::MembersOf(house.sales.into());
    house.refuses("I2", &lin, [Action::assign(members, APPROVE, house.inbox)]);
    house.accepts(&lin, [Action::assign(members, APPROVE, house.sales)]);
}

#[test]
fn kind_3_duties_of_a_person_meet_by_a_move() {
    let house = separated();
    let m = house.with_role("m", PAY, house.inbox);
    let bot = house.service(m);
    house.give(bot, APPROVE, house.sales);
    let move_in = Action::MoveResource(house.inbox, house.sales.into());
    house.refuses("I2", &house.by(house.lin), [move_in.clone()]);
    house.refuses("I2", &house.host(), [move_in]);
}

#[test]
fn kind_3_duties_of_a_person_meet_by_what_it_inherits() {
    let house = separated();
    let heir = house.with_role("heir", PAY, house.support);
    let wu = house.member("wu");
    let bot = house.service(wu);
    house.give(bot, APPROVE, house.support);
    let leave = Departure { sub_account: wu, successor: Some(heir) };
    house.refuses("I2", &house.by(house.lin), [Action::Remove(leave)]);
    house.accepts(&house.by(house.lin), [Action::Remove(wu.into())]);
}

#[test]
fn kind_3_duties_are_counted_while_a_service_is_kept_out() {
    // Completed by whoever reinstates it.
    let house = separated();
    let m = house.with_role("m", PAY, house.support);
    let bot = house.service(m);
    house.host().suspend(bot).unwrap();
    house.refuses("I2", &house.by(house.lin), [Action::assign(bot, APPROVE, house.support)]);
}

#[test]
fn kind_3_the_same_duty_of_a_person_and_its_service_is_one() {
    // Accepted: one duty, however many of the person's accounts have it.
    let house = separated();
    let m = house.with_role("m", PAY, ROOT);
    let (one, other) = (house.service(m), house.service(m));
    let lin = house.by(house.lin);
    house.accepts(&lin, [Action::assign(one, PAY, house.support)]);
    house.accepts(&lin, [Action::assign(other, PAY, house.inbox)]);
}
