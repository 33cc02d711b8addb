//! Five further limits that somebody lifts later, or by which a change is mistaken for another.

use tenantry::model::Condition;
use tenantry::{Action, Networks, NewAssignment};

use crate::setup::*;
use crate::stage::*;

#[test]
fn further_1_who_has_ended_is_given_only_what_the_giver_covers() {
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN | Permission::VIEW, ROOT);
    let gus = house.host().create_guest(&login("gus"), at(2_000)).unwrap();
    house.turn_clock_to(3_000);
    let step = house.by(m).grant(gus, Permission::EXPORT, house.support);
    // The host prolongs a guest, as it does every month.
    house.host().set_end(gus, Some(at(9_000))).unwrap();
    assert!(!house.can(gus, Permission::EXPORT, house.support), "the guest exports");
    refused_by(&["G2"], step);
}

#[test]
fn further_1_who_has_ended_is_no_deputy_for_what_nobody_in_the_group_has() {
    // V and X, by two who have neither.
    let house = House::new();
    let one = holder(&house, "one", Permission::ASSIGN, ROOT);
    let gus = house.host().create_guest(&login("gus"), at(2_000)).unwrap();
    house.turn_clock_to(2_000);
    house.refuses("G2", &house.by(one), [Action::assign(gus, AGENT, house.support)]);
    house.refuses("G2", &house.by(one), [Action::assign(gus, OWNER, ROOT)]);
    let team = house.team("export", None);
    house.give(one, EXPORTER, house.sales);
    house.host().assign(team, EXPORTER, house.support).unwrap();
    let teams = holder(&house, "teams", Permission::TEAMS, ROOT);
    house.refuses("G2", &house.by(teams), [in_team(gus, team)]);
    house.accepts(&house.by(one), [Action::assign(gus, EXPORTER, house.sales)]);
}

#[test]
fn further_2_what_lies_behind_the_givers_boundary_is_not_given_to_the_bounded() {
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN | Permission::EXPORT, ROOT);
    let mate = house.member("mate");
    house.host().set_boundary(m, Some(Permission::ASSIGN)).unwrap();
    house.host().set_boundary(mate, Some(Permission::VIEW)).unwrap();
    let step = house.by(m).grant(mate, Permission::EXPORT, house.support);
    house.host().set_boundary(mate, None).unwrap();
    assert!(!house.can(mate, Permission::EXPORT, house.support), "the mate exports");
    refused_by(&["G2"], step);
}

#[test]
fn further_2_the_bounded_make_nobody_bounded_with_what_both_lack() {
    let house = House::new();
    let m = holder(&house, "m", Permission::PEOPLE | Permission::ASSIGN, ROOT);
    let all = tenantry::model::Assignee::MembersOf(ROOT);
    house.host().create_assignment(house.bare(all, Permission::EXPORT, house.support)).unwrap();
    let bound = Permission::PEOPLE | Permission::ASSIGN;
    house.host().set_boundary(m, Some(bound)).unwrap();
    let id = tenantry::SubAccountId::from_u128(77);
    let new = tenantry::NewSubAccount::member(id, login("new"));
    house.refuses("G2", &house.by(m), [new.boundary(house.names(bound))]);
}

#[test]
fn further_3_nobody_gives_themselves_what_a_workspaces_ceiling_holds_back() {
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN, house.support);
    ceiling(&house, house.support, all_but(Permission::EXPORT));
    let step = house.by(m).assign(m, EXPORTER, house.support);
    house.by(house.lin).set_ceiling(house.support, None).unwrap();
    assert!(!house.can(m, Permission::EXPORT, house.support), "m exports");
    refused_by(&["G2", "G4"], step);
}

#[test]
fn further_3_nor_to_a_mate_at_a_resource_below_it() {
    let house = House::new();
    let m = holder(&house, "m", Permission::ASSIGN, house.support);
    let mate = house.member("mate");
    ceiling(&house, house.inbox, all_but(Permission::EXPORT));
    let step = house.by(m).assign(mate, EXPORTER, house.inbox);
    house.by(house.lin).set_ceiling(house.inbox, None).unwrap();
    assert!(!house.can(mate, Permission::EXPORT, house.inbox), "the mate exports");
    refused_by(&["G2"], step);
}

#[test]
fn further_4_a_deny_that_has_not_started_outlives_who_made_it() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    house.give(mei, EXPORTER, house.support);
    let wu = house.with_role("wu", EXPORTER, house.support);
    let deny = NewAssignment::new(wu, EXPORTER, house.support).denying().starts(at(5_000));
    house.by(mei).create_assignment(deny).unwrap();
    let hr = house.with_role("hr", USERS, ROOT);
    // HR reaches what an agent has, and not EXPORT.
    house.host().revoke(holding(&house, mei, MANAGER)).unwrap();
    house.accepts(&house.by(hr), [Action::Suspend(mei)]);
    house.turn_clock_to(5_000);
    assert!(!house.can(wu, Permission::EXPORT, house.support), "the deny went along");
}

#[test]
fn further_4_what_else_has_not_started_still_goes_along() {
    let house = House::new();
    let mei = house.with_role("mei", MANAGER, house.support);
    let wu = house.member("wu");
    let allow = NewAssignment::new(wu, AGENT, house.support).starts(at(5_000));
    house.by(mei).create_assignment(allow).unwrap();
    house.by(house.lin).suspend(mei).unwrap();
    house.turn_clock_to(5_000);
    assert!(!house.can(wu, Permission::VIEW, house.support));
}

/// Twenty conditional grants to somebody, as far as they can be made.
fn intricate(house: &House, who: tenantry::SubAccountId) {
    for number in 0..20 {
        let network = format!("10.{number}.0.0/16").parse().unwrap();
        let condition = Condition::Network(Networks::new([network]).unwrap());
        let grant = house.bare(who, Permission::VIEW, ROOT).when(condition);
        if house.host().create_assignment(grant).is_err() {
            break;
        }
    }
}

#[test]
fn further_5_an_owner_stays_one_however_much_else_it_is_given() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    intricate(&house, second);
    // Nobody but owners takes from it.
    let ada = holder(&house, "ada", Permission::all(), ROOT);
    house.refuses("G3", &house.by(ada), [Action::Suspend(second)]);
    house.refuses("G3", &house.by(ada), [Action::Revoke(holding(&house, second, OWNER))]);
    // It counts as an owner when the other one goes.
    house.by(house.lin).leave().unwrap();
    house.refuses("I1", &house.by(second), [Action::Leave(second.into())]);
}

#[test]
fn further_5_an_owner_acts_as_one_however_much_else_it_is_given() {
    let house = House::new();
    let second = house.with_role("second", OWNER, ROOT);
    intricate(&house, second);
    house.host().set_security_policy([Condition::Mfa]).unwrap();
    let loosen = Action::SetSecurityPolicy(tenantry::model::SecurityPolicy::default());
    house.accepts(&house.by_in(second, &mfa()), [loosen]);
    house.accepts(&house.by(second), [Action::Suspend(house.lin)]);
}
