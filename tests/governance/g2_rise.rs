//! G2 for whoever rises: a new or returning sub-account gains its whole reach, and a takeover needs that of its target.

use tenantry::model::{Assignee, Maker};
use tenantry::{Action, NewAssignment, NewSubAccount, SubAccountId};

use crate::setup::*;

#[test]
fn g2_who_comes_back_rises_to_its_whole_reach() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let (wu, bo) = (house.with_role("wu", AGENT, house.support), house.member("bo"));
    house.give(bo, EXPORTER, house.support);
    let by = house.by(hr);
    for who in [wu, bo] {
        house.host().suspend(who).unwrap();
    }
    house.refuses("G2", &by, [Action::Reinstate(bo)]);
    house.accepts(&by, [Action::Reinstate(wu)]);
    for who in [wu, bo] {
        house.host().remove(who, None).unwrap();
    }
    let back = |sub_account, restore| Action::Readmit { sub_account, restore };
    house.refuses("G2", &by, [back(bo, true)]);
    house.accepts(&by, [back(wu, true)]);
    house.accepts(&by, [back(bo, false)]);
    assert!(house.can(wu, Permission::REPLY, house.support));
    assert!(!house.can(bo, Permission::EXPORT, house.support));
}

#[test]
fn g2_who_rises_rises_to_what_its_teams_have_and_will_have() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let (wu, bo) = (house.member("wu"), house.member("bo"));
    let team = house.team("export", None);
    house.host().add_to_team(wu, team).unwrap();
    house.host().assign(team, EXPORTER, house.support).unwrap();
    let later = house.bare(bo, Permission::EXPORT, house.support).starts(at(9_000));
    house.host().create_assignment(later).unwrap();
    for who in [wu, bo] {
        house.host().suspend(who).unwrap();
        house.refuses("G2", &house.by(hr), [Action::Reinstate(who)]);
    }
}

#[test]
fn g2_a_new_sub_account_gains_what_everybody_has() {
    let house = House::new();
    let hr = house.member("hr");
    house.host().grant(hr, Permission::PEOPLE, ROOT).unwrap();
    let by = house.by(hr);
    house.accepts(&by, [member_action("wu").1]);
    // Whatever all have, hr has too; a boundary of its own makes the difference.
    house.host().create_assignment(house.bare(Assignee::MembersOf(ROOT), AGENTS, ROOT)).unwrap();
    house.accepts(&by, [member_action("bo").1]);
    let limit = house.names(Permission::PEOPLE);
    house.host().perform([Action::SetBoundary(hr, Some(limit))]).unwrap();
    house.refuses("G2", &by, [member_action("cy").1]);
    let (id, _) = member_action("cy");
    // A boundary excuses nothing: the host can lift it from the new account alone.
    let bounded = NewSubAccount::member(id, login("cy")).boundary(house.names(Permission::PEOPLE));
    house.refuses("G2", &by, [bounded]);
}

#[test]
fn g2_a_login_is_changed_only_by_who_covers_all_that_signs_in_with_it() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let wu = house.with_role("wu", AGENT, house.support);
    let bo = house.with_role("bo", EXPORTER, house.sales);
    let by = house.by(hr);
    house.refuses("G2", &by, [Action::SetLogin(bo, login("mine"))]);
    house.refuses("G2", &by, [Action::SetLogin(house.lin, login("mine"))]);
    house.accepts(&by, [Action::SetLogin(wu, login("wu.li"))]);
    house.accepts(&house.by(house.lin), [Action::SetLogin(bo, login("bo.hu"))]);
}

#[test]
fn g2_a_login_is_a_takeover_whatever_the_status() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let bo = house.with_role("bo", EXPORTER, house.sales);
    house.host().suspend(bo).unwrap();
    house.refuses("G2", &house.by(hr), [Action::SetLogin(bo, login("mine"))]);
    house.host().remove(bo, None).unwrap();
    house.refuses("G2", &house.by(hr), [Action::SetLogin(bo, login("mine"))]);
}

#[test]
fn g2_a_service_changes_hands_only_by_who_covers_all_it_can_be() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let (ada, mine) = (house.member("ada"), house.member("mine"));
    let (plain, strong) = (house.service(ada), house.service(ada));
    house.give(strong, EXPORTER, house.support);
    let by = house.by(hr);
    // Neither owner exports, so the service does not today; unbound it would.
    house.refuses("G2", &by, [Action::SetServiceOwner(strong, mine)]);
    house.accepts(&by, [Action::SetServiceOwner(plain, mine)]);
    let sub_accounts = house.snapshot();
    let moved = sub_accounts.organization().sub_accounts().get(&plain).unwrap();
    assert!(moved.credential_reset_required && moved.owner == Some(mine));
}

#[test]
fn g2_who_inherits_services_takes_them_over() {
    let house = House::new();
    let hr = house.with_role("hr", USERS, ROOT);
    let (ada, heir) = (house.member("ada"), house.member("heir"));
    let bot = house.service(ada);
    house.give(bot, EXPORTER, house.support);
    let by = house.by(hr);
    let remove = |successor| Action::Remove(tenantry::Departure { sub_account: ada, successor });
    house.refuses("G2", &by, [remove(Some(heir))]);
    house.accepts(&by, [remove(None)]);
}

#[test]
fn g2_a_delegation_gives_what_the_delegator_covers_and_only_its_own() {
    let house = House::new();
    let (mei, wu) = (house.with_role("mei", MANAGER, house.support), house.member("wu"));
    let by = house.by(mei);
    let agent = NewAssignment::new(wu, AGENT, house.support);
    // Without an end, or somebody else's: refused for what it is.
    house.refuses("G1", &by, [agent.clone().delegated_by(mei)]);
    house.refuses("G1", &by, [agent.clone().delegated_by(house.lin).ends(at(2_000))]);
    house.accepts(&by, [agent.delegated_by(mei).ends(at(2_000))]);
    assert!(house.can(wu, Permission::REPLY, house.support));
    house.turn_clock_to(2_000);
    assert!(!house.can(wu, Permission::REPLY, house.support));
}

#[test]
fn g2_a_delegation_is_passed_on_in_no_other_way_either() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let of_lin =
        |who: SubAccountId| NewAssignment::new(who, AGENT, house.support).delegated_by(house.lin);
    let by = house.by(mei);
    let outsider = SubAccountId::from_u128(5);
    by_rule("G1", by.invite(&login("new")).assignment(of_lin(outsider)).issue());
    let wu = house.member("wu");
    let request = house.by(wu).request_access(AGENT, house.support, at(9_000)).unwrap();
    by_rule("G1", by.approve(request, [of_lin(wu).ends(at(2_000))]));
    by.approve(request, []).unwrap();
}

#[test]
fn g2_what_is_passed_on_is_not_passed_on_again() {
    let house = House::new();
    let (mei, wu, bo) =
        (house.with_role("mei", MANAGER, house.support), house.member("wu"), house.member("bo"));
    house.host().grant(wu, Permission::DELEGATE, house.support).unwrap();
    let agent = |who| NewAssignment::new(who, AGENT, house.support).ends(at(2_000));
    house.accepts(&house.by(mei), [agent(wu).delegated_by(mei)]);
    // It may be written down, and gives nothing.
    house.accepts(&house.by(wu), [agent(bo).delegated_by(wu)]);
    assert!(!house.can(bo, Permission::VIEW, house.support));
}

#[test]
fn g2_who_approves_gives_on_its_own_authority() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let asked = house.by(wu);
    let export = asked.request_access(EXPORTER, house.support, at(9_000)).unwrap();
    let agent = asked.request_access(AGENT, house.support, at(9_000)).unwrap();
    let by = house.by(mei);
    let approve = |request, assignments| Action::Approve { request, assignments };
    house.refuses("G2", &by, [approve(export, Vec::new())]);
    let also = NewAssignment::new(wu, EXPORTER, house.support);
    house.refuses("G2", &by, [approve(agent, vec![also])]);
    house.accepts(&by, [approve(agent, Vec::new())]);
    house.accepts(&by, [Action::Reject(export)]);
}

#[test]
fn g2_operators_cover_nothing() {
    let house = House::new();
    let vendor = house.directory.create_organization("Vendor", &login("olga")).unwrap();
    let consent = tenantry::model::Consent {
        id: tenantry::ConsentId::from_u128(1),
        operators: vendor.organization,
        scope: ROOT,
        mask: tenantry::PermissionNames::Full,
        starts: None,
        ends: at(9_000),
        by: Maker::Host,
    };
    house.host().perform([Action::GiveConsent(consent)]).unwrap();
    let session = tenantry::Context::new();
    let operator = house.directory.administer_as_operator(
        house.organization,
        vendor.organization,
        vendor.owner,
        &session,
    );
    let wu = house.with_role("wu", AGENT, house.support);
    house.refuses("G2", &operator, [house.bare(wu, Permission::VIEW, house.sales)]);
    let host = house.host();
    let bo = host.create_member(&login("bo")).unwrap();
    house.accepts(&operator, [Action::SetName(bo, Some("Bo".to_owned()))]);
    // What takes from somebody who administers nothing is possible.
    house.accepts(&operator, [Action::Suspend(wu)]);
    house.refuses("G2", &operator, [Action::Reinstate(wu)]);
    house.refuses("G3", &operator, [Action::Suspend(house.lin)]);
    // Nobody here would stand behind what it invites to.
    by_rule("G7", operator.invite(&login("dan")).issue());
}
