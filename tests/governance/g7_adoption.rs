//! G7: what somebody has only begun goes with them, unless an adopter covers it.

use tenantry::{Action, NewAssignment};

use crate::setup::*;

/// What wu, a manager, has begun: an invitation of an agent and an export that has not started, both in support.
fn begun(house: &House) -> (tenantry::SubAccountId, tenantry::Invited, tenantry::SubAccountId) {
    let wu = house.with_role("wu", MANAGER, house.support);
    house.give(wu, EXPORTER, house.support);
    let invited = house.by(wu).invite(&login("cy")).role(AGENT, house.support).issue().unwrap();
    let bo = house.member("bo");
    let later = NewAssignment::new(bo, EXPORTER, house.support).starts(at(5_000));
    house.by(wu).create_assignment(later).unwrap();
    (wu, invited, bo)
}

#[test]
fn g7_what_is_adopted_outlives_who_began_it() {
    let house = House::new();
    let (wu, invited, bo) = begun(&house);
    let owner = house.by(house.lin);
    house.accepts(&owner, [Action::Adopt(wu), Action::Suspend(wu)]);
    house.directory.accept(&invited.token, &login("cy")).unwrap();
    house.turn_clock_to(5_000);
    assert!(house.can(bo, Permission::EXPORT, house.support));
}

#[test]
fn g7_what_nobody_adopts_goes() {
    let house = House::new();
    let (wu, invited, bo) = begun(&house);
    house.by(house.lin).suspend(wu).unwrap();
    house.directory.accept(&invited.token, &login("cy")).unwrap_err();
    house.turn_clock_to(5_000);
    assert!(!house.can(bo, Permission::EXPORT, house.support));
}

#[test]
fn g7_an_adopter_covers_what_was_begun() {
    let house = House::new();
    let (wu, invited, _) = begun(&house);
    // May assign and invite there, and has no export to give.
    let mei = house.with_role("mei", MANAGER, house.support);
    house.refuses("G2", &house.by(mei), [Action::Adopt(wu)]);
    // What was adopted stands on the adopter's own reach from then on.
    house.give(mei, EXPORTER, house.support);
    house.accepts(&house.by(mei), [Action::Adopt(wu)]);
    house.host().suspend(wu).unwrap();
    house.directory.accept(&invited.token, &login("cy")).unwrap();
}

#[test]
fn g7_who_may_not_begin_it_may_not_adopt_it() {
    let house = House::new();
    let (wu, ..) = begun(&house);
    let bystander = house.with_role("dan", AGENT, house.support);
    house.refuses("G1", &house.by(bystander), [Action::Adopt(wu)]);
}
